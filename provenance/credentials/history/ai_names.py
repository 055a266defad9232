"""Does a name that a maker chose (of an assertion, an action, a parameter) speak of AI?

Names are all that is known of a kind that is not read here: what speaks of AI is named then, and never passed over.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import Final

from provenance.metadata.generators import generator_named

TRAINING: Final = ("c2pa.training-mining", "cawg.training-mining", "c2pa.ai_training", "c2pa.ai_generative_training",
                   "c2pa.ai_inference", "c2pa.data_mining", "cawg.ai_training", "cawg.ai_generative_training",
                   "cawg.ai_inference", "cawg.data_mining")  # fmt: skip
"""Labels of what may be done with the media, which say nothing of its making (C2PA 1.4, section 19.23; CAWG 1.1)."""
_ALL: Final = ("data_mining", "ai_training", "ai_generative_training")
PLUS: Final = {
    "DMI-ALLOWED": tuple((use, "allowed") for use in _ALL),
    "DMI-PROHIBITED": tuple((use, "notAllowed") for use in _ALL),
    "DMI-PROHIBITED-AIMLTRAINING": (("ai_training", "notAllowed"), ("ai_generative_training", "notAllowed")),
    "DMI-PROHIBITED-GENAIMLTRAINING": (("ai_generative_training", "notAllowed"),),
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": tuple((use, "constrained") for use in _ALL),
    "DMI-PROHIBITED-SEECONSTRAINT": tuple((use, "constrained") for use in _ALL),
    "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": tuple((use, "constrained") for use in _ALL),
    "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": tuple((use, "constrained") for use in _ALL),
}
"""PLUS data mining vocabulary, in CAWG's words: what it says of all data mining it says of training too."""
_WORDS: Final = frozenset(
    ("ai", "genai", "aigc", "gai", "generative", "synthetic", "synthid", "deepfake", "llm", "digitalsourcetype",
     "aigenerated", "aidisclosure", "aimodel", "aitool", "aiedit", "aiedited", "aicontent")
)  # fmt: skip
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=1_024)
def speaks_of_ai(name: str) -> bool:
    """Whether one of a name's words does, however they are joined, or it names a program that generates media."""
    words = [word.casefold() for word in _WORD.findall(name)]
    pairs = (first + second for first, second in itertools.pairwise(words))
    threes = ("".join(words[at : at + 3]) for at in range(len(words) - 2))
    spoken = (words, pairs, threes)
    return not all(map(_WORDS.isdisjoint, spoken)) or bool(generator_named(" ".join(words)))

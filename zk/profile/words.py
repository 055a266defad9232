"""How do two people compare a file over the telephone? Four words of its digest.

The words are those of BIP-39 (https://github.com/bitcoin/bips/blob/master/bip-0039/english.txt, MIT licence), made so
that the first four letters tell them apart. Four of 2,048 are 44 bits: somebody who wants another request to have the
same words has to make some 2^44 of them.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

from zk.bbs.encoding import require_octets
from zk.errors import EncodingError, RefusedError

WORDS: Final = 4
"""Words that are shown."""

WORD_BITS: Final = 11
"""Bits of a digest that one word stands for."""

_LIST: Final = "english.txt"
_MAX_CHARACTERS: Final = 200  # of what a person types
_SEPARATORS: Final = re.compile(r"[\s,.;-]+")


@cache
def word_list() -> tuple[str, ...]:
    """Return the 2,048 words in their order, which never changes."""
    return tuple(files("zk.profile").joinpath(_LIST).read_text("ascii").split())


def words_of(digest: bytes) -> tuple[str, ...]:
    """Return the words of a digest of 32 octets: its first 44 bits, 11 a word, the most significant first."""
    require_octets(digest, "digest", length=32)
    number = int.from_bytes(digest, "big") >> (8 * len(digest) - WORDS * WORD_BITS)
    indexes = [number >> WORD_BITS * place & (1 << WORD_BITS) - 1 for place in reversed(range(WORDS))]
    return tuple(word_list()[index] for index in indexes)


def check_words(text: str, digest: bytes) -> None:
    """Compare words as a person types them with those of a digest: case and what stands between do not matter.

    Raises EncodingError (not four words) or RefusedError (other words than the digest's).
    """
    if not isinstance(text, str) or len(text) > _MAX_CHARACTERS:
        raise EncodingError(f"words: expected {WORDS} words")
    typed = tuple(word for word in _SEPARATORS.split(text.strip().lower()) if word)
    if len(typed) != WORDS:
        raise EncodingError(f"words: expected {WORDS} words, got {len(typed)}")
    if typed != words_of(digest):
        raise RefusedError("words: not those of this request: it is not the one that the person made")

"""What is said of data mining and the training of AI? A part of the AI line."""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_ANSWERS: Final = {
    "notAllowed": "forbids",
    "constrained": "sets conditions on",
    "allowed": "allows",
}
"""Every answer as a verb."""
_WHOSE: Final = {
    "": ("The signer", "The content's own signer"),
    ".earlier": ("The signer of an earlier version", "An ancestor's signer"),
    ".part": ("The signer of something used in it", "A component's signer"),
    ".input": ("The signer of something that went into it", "An input's signer"),
}
"""Whose word it is, as a sentence begins and as its facts are told."""


def _answers() -> tuple[Sentence, ...]:
    found = []
    for answer, does in _ANSWERS.items():
        for whose, (who, when) in _WHOSE.items():
            found += [
                Sentence(
                    f"ai.training.{answer}{whose}",
                    f"{who} {does} {{uses:listed}}.",
                    f"{when} states it of its own file.",
                ),
                Sentence(
                    f"ai.training.{answer}.passed_on{whose}",
                    f"{who} passes on somebody else's word, which {does} {{uses:listed}}.",
                    f"{when} lists it among the gathered statements.",
                ),
            ]
        found += [
            Sentence(
                f"ai.training.{answer}.update",
                f"{{who:signer}}, who signed a later update, {does} {{uses:listed}}.",
                "An update states it; an update changes no content.",
            ),
            Sentence(
                f"ai.training.{answer}.doubted",
                f"What the file's credentials state {does} {{uses:listed}}.",
                "It is stated, and something stands against the credentials; that is told behind it.",
            ),
        ]
    return tuple(found)


SENTENCES: Final = (
    *_answers(),
    *(
        Sentence(
            f"ai.training.twice{whose}",
            f"{who} says two things about {{uses:listed}}; the stricter counts.",
            f"{when} gives one use two answers.",
        )
        for whose, (who, when) in _WHOSE.items()
    ),
    *(
        Sentence(
            f"ai.training.unread{whose}",
            f"{who} says something on training that is not read here ({{words:quotes}}).",
            f"{when} gives an answer that the specification does not have.",
        )
        for whose, (who, when) in _WHOSE.items()
    ),
    Sentence("use.data_mining", "data mining", "The entry is about data mining."),
    Sentence("use.ai_training", "the training of AI", "The entry is about training."),
    Sentence("use.ai_generative_training", "the training of generative AI", "The entry is about that."),
    Sentence("use.ai_inference", "the use as input to AI", "The entry is about inference."),
    Sentence(
        "doubt.other_bytes",
        "These are not the bytes that were signed: disregard that.",
        "Behind what the credentials state: the digest is another one.",
    ),
    Sentence(
        "doubt.unsigned",
        "The signature is not valid: treat that as unsigned.",
        "Behind what the credentials state: the signature does not verify.",
    ),
    Sentence(
        "doubt.broken",
        "Its credentials do not hold: disregard that.",
        "Behind what the credentials state: another failure.",
    ),
    Sentence(
        "doubt.unmeasured",
        "Whether that is about what is seen here could not be established.",
        "Behind what the credentials state: what is covered is not known.",
    ),
)

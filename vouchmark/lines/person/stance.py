"""Does a person stand behind it, speak against it, or only say something? By a signed stance, never by a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Said

if TYPE_CHECKING:
    from zk.profile.personhood import Vouch
    from zk.verifier.voices import Voice


def supports(voice: Voice) -> bool:
    """Whether the person stands behind it, by what is signed as their stance and not by what a text says."""
    return voice.vouch.presentation.effective_stance == "for"


def beside(others: Sequence[Voice]) -> tuple[Said, ...]:
    """Who else spoke of it without standing for it."""
    against = sum(voice.vouch.presentation.effective_stance == "against" for voice in others)
    told = (("against", against), ("noted", len(others) - against))
    return tuple(
        say(f"person.others.{word}.one") if number == 1 else say(f"person.others.{word}", number=number)
        for word, number in told
        if number
    )


def deed(vouch: Vouch) -> str:
    """What a person does to the file, as the ids of sentences end."""
    said = vouch.presentation
    return f"{said.effective_stance.value}{'' if said.statement is None else '.said'}"

"""Does a person stand behind it, speak against it, or only say something? By a signed stance, never by a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zk.profile.personhood import Vouch
    from zk.verifier.voices import Voice


def supports(voice: Voice) -> bool:
    """Whether the person stands behind it, by what is signed as their stance and not by what a text says."""
    return voice.vouch.presentation.effective_stance == "for"


def beside(others: Sequence[Voice]) -> str:
    """Who else spoke of it without standing behind it."""
    against = sum(voice.vouch.presentation.effective_stance == "against" for voice in others)
    notes = len(others) - against
    said = [f"{number_of(against)} spoke against it"] if against else []
    said += [f"{number_of(notes)} made a statement"] if notes else []
    words = " and ".join(said)
    return f"{words[:1].upper()}{words[1:]}."


_DOES: Final = {
    ("for", False): "vouches for",
    ("for", True): "made a statement for",
    ("against", False): "speaks against",
    ("against", True): "made a statement against",
    ("note", False): "took note of",
    ("note", True): "made a statement about",
}
"""What a person does by stance and by whether they say something: a text is read out, and not judged."""


def deed(vouch: Vouch) -> str:
    """What a person does to the file, as the verb of a sentence."""
    said = vouch.presentation
    return _DOES[said.effective_stance.value, said.statement is not None]


def number_of(count: int) -> str:
    """So many people, in words."""
    return f"{count} person" if count == 1 else f"{count} people"

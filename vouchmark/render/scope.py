"""How do scopes, periods, and issuers that bear one name, read to people?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from vouchmark.render.safe import plain

_MEDIA: Final = re.compile(r"(.+:media/[0-9a-f]{8})[0-9a-f]{56}")
"""As the profile resolves `media`: with the SHA-256 of what a vouch is bound to."""


def scope_words(scope: str, *, which: str = "this file") -> str:
    """The scope as it is, or where it is the media itself, shorter and with what that means.

    Args:
        scope: as resolved, `public:review/cafe` or `public:media/` with 64 hexadecimal digits.
        which: the media that is meant.
    """
    found = _MEDIA.fullmatch(scope)
    return scope if found is None else f"{found[1]}… ({which} alone)"


def period_words(period: str) -> str:
    """A period in a sentence: `ever`, or the name of an epoch."""
    return "for ever" if period == "ever" else f"in {period}"


def issuer_names(issuers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """What to call each issuer: its name, and where another bears that name too, its number besides.

    Args:
        issuers: number (hexadecimal) and name of each; a name is what an issuer calls itself.
    """
    found = set(issuers)
    bearers: dict[str, set[str]] = {}
    for number, name in found:
        bearers.setdefault(folded(name), set()).add(number)
    return {
        (number, name): f"{plain(name)}{f' (issuer {number[:8]}…)' if len(bearers[folded(name)]) > 1 else ''}"
        for number, name in found
    }


def folded(name: str) -> str:
    """What people take for one name."""
    return unicodedata.normalize("NFKC", name).casefold()

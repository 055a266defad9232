"""How do scopes and periods read to people?"""

from __future__ import annotations

import re
from typing import Final

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

"""How do scopes and periods read to people?"""

from __future__ import annotations

import re
from typing import Final

from vouchmark.wording.catalogue import render_phrase
from vouchmark.wording.model import Phrase

_MEDIA: Final = re.compile(r"(.+:media/[0-9a-f]{8})[0-9a-f]{56}")
"""As the profile resolves `media`: with the SHA-256 of what a vouch is bound to."""


def scope_phrase(scope: str, *, other: bool = False) -> Phrase:
    """The scope as it is, or where it is the media itself, shorter and with what that means.

    Args:
        scope: as resolved, `public:review/cafe` or `public:media/` with 64 hexadecimal digits.
        other: whether the media that is meant is another file than the one at hand.
    """
    found = _MEDIA.fullmatch(scope)
    if found is None:
        return {"id": "scope.name", "scope": scope}
    return {"id": f"scope.media{'.that' if other else ''}", "scope": found[1]}


def scope_words(scope: str) -> str:
    """The same as text."""
    return render_phrase(scope_phrase(scope))


def period_phrase(period: str) -> Phrase:
    """A period in a sentence: `ever`, or the name of an epoch."""
    return {"id": "period.ever"} if period == "ever" else {"id": "period.epoch", "period": period}


def period_words(period: str) -> str:
    """The same as text."""
    return render_phrase(period_phrase(period))

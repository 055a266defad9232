"""What of a type of file is not looked at, though a reader might expect it?"""

from __future__ import annotations

from typing import Final

from vouchmark.report import NotChecked
from vouchmark.wording.catalogue import gap, say

SIZE, ELSEWHERE, MACROS, SIGNATURES = "gap.size", "gap.elsewhere", "gap.macros", "gap.signatures"

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_OPEN: Final = "application/vnd.oasis.opendocument."
_MACRO_ENABLED: Final = ".macroenabled.12"


def gaps(media_type: str | None, *, measured: bool) -> tuple[NotChecked, ...]:
    """What is not looked at in a file of that type.

    Args:
        media_type: by content.
        measured: whether the picture's size is known, or why it is not is said elsewhere.
    """
    kind = media_type or ""
    found = [SIZE] if kind.startswith("image/") and not measured else []
    if kind in ("image/svg+xml", "application/pdf", "application/epub+zip"):
        found.append(ELSEWHERE)
    if kind.startswith((_OFFICE, _OPEN)) or kind.endswith(_MACRO_ENABLED):
        found += [ELSEWHERE, MACROS, SIGNATURES]
    if kind == "application/pdf":
        found.append(SIGNATURES)
    return tuple(gap(say(one), say(f"{one}.why")) for one in found)

"""What of a type of file is not looked at, though a reader might expect it?"""

from __future__ import annotations

from typing import Final

from vouchmark.report import NotChecked

SIZE: Final = NotChecked(what="the size of the picture", why="not measured in this type of file")
ELSEWHERE: Final = NotChecked(what="what the file loads from elsewhere", why="nothing of it is opened")
MACROS: Final = NotChecked(what="macros in the document", why="nothing of it is run or read")
SIGNATURES: Final = NotChecked(what="the document's own digital signatures", why="only Content Credentials are read")

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
    return tuple(found)

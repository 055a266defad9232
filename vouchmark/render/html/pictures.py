"""Which pictures stand on a page, and how many of them does it bear?"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from vouchmark.report import Line, Report, ReportPicture, Status
from vouchmark.wording.catalogue import say

MAX_PICTURES: Final = 24 * 1024 * 1024
"""Bytes of pictures on one page, encoded: those of some fifty files. Later ones are left out, and that is said."""

_MAGIC: Final[Mapping[str, tuple[int, bytes]]] = {
    "image/jpeg": (0, b"\xff\xd8\xff"),
    "image/png": (0, b"\x89PNG\r\n\x1a\n"),
    "image/webp": (8, b"WEBP"),
}
"""The types of pictures that may stand in a page, and how their bytes begin."""


@dataclass(slots=True)
class Pictures:
    """How many bytes of pictures stand in a page already."""

    used: int = 0

    def shown(self, picture: ReportPicture) -> dict[str, str]:
        """A picture as a template shows it: `source` is empty where there is none, and `alt` then says why."""
        place, magic = _MAGIC.get(picture.media_type, (0, b"\0"))
        if not picture.data or not picture.data[place:].startswith(magic):
            return {"source": "", "alt": picture.alt}
        encoded = base64.b64encode(picture.data).decode()
        if self.used + len(encoded) > MAX_PICTURES:
            return {"source": "", "alt": say("page.picture.left_out")}
        self.used += len(encoded)
        return {"source": f"data:{picture.media_type};base64,{encoded}", "alt": picture.alt}


def by_role(report: Report) -> dict[str, list[ReportPicture]]:
    """The report's pictures by what they are of."""
    found: dict[str, list[ReportPicture]] = {}
    for picture in report.pictures:
        found.setdefault(picture.role, []).append(picture)
    return found


def side_by_side(report: Report, pictures: Pictures) -> list[dict[str, Any]]:
    """The picture as it is, beside the one that was signed where they differ, and the map of the difference.

    Each with `title` and `words`; one alone has no title.
    """
    roles = by_role(report)
    ancestors = {picture.subject: picture for picture in roles.get("ancestor", ())}
    signed = _signed_picture(report, ancestors)
    found: list[dict[str, Any]] = []
    for picture in roles.get("asset", ())[:1]:
        found.append(
            {**pictures.shown(picture), "title": say("page.picture.here"), "words": say("page.picture.here.words")}
        )
    if signed is not None:
        words = {"title": say("page.picture.signed"), "words": say("page.picture.signed.words")}
        found.append({**pictures.shown(signed), **words})
    for picture in roles.get("difference", ()):
        shown = pictures.shown(picture)
        found.append({**shown, "title": say("page.picture.difference"), "words": shown["alt"]})
    return found


def _signed_picture(report: Report, ancestors: Mapping[str, ReportPicture]) -> ReportPicture | None:
    """The thumbnail of what was signed, where the file is no longer that."""
    evidence = report.evidence[Line.INTEGRITY]
    if evidence.status is not Status.FAIL:
        return None
    return next((ancestors[found.subject] for found in evidence.findings if found.subject in ancestors), None)

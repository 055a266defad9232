"""What do archived media prove of themselves? One property where something was found, and the report as a page."""

from __future__ import annotations

from pathlib import Path

from auto_archiver.core import Enricher, Media, Metadata
from auto_archiver.utils.custom_logger import logger

from vouchmark import ERRORS, Checker
from vouchmark.render.headline.answer import answer
from vouchmark.render.html import Page
from vouchmark.report import Line, Report, Status

OWN = ("screenshot", "thumbnail", "warc-file-", "vouchmark")
"""How ids of media begin that the archiver made itself."""
SILENT = (Status.ABSENT, Status.SKIPPED)


class VouchmarkEnricher(Enricher):
    """Checks every archived medium, offline."""

    def enrich(self, to_enrich: Metadata) -> None:
        """Set `vouchmark`, and `vouchmark_report`, on media where something was found."""
        found = [
            one for medium in to_enrich.media for one in medium.all_inner_media(include_self=True) if not _is_own(one)
        ]
        if not found:
            return
        with Checker(seconds=float(self.time_limit)) as checker:
            for medium in found:
                try:
                    report = checker.check(medium.filename)
                except ERRORS as error:
                    logger.error(f"vouchmark: {medium.filename}: {error}")
                    continue
                if _tells(report):
                    medium.set("vouchmark", answer(report))
                    medium.set("vouchmark_report", self._page(report, medium))

    def _page(self, report: Report, medium: Media) -> Media:
        """The report as a page, to be stored beside the medium."""
        folder = Path(self.tmp_dir or Path(medium.filename).parent)
        path = folder / f"vouchmark-{report.media.sha256 or 'unread'}.html"
        with Page(one=True) as page, path.open("w", encoding="utf-8") as out:
            page.add(report)
            out.writelines(page.pieces())
        made = Media(filename=str(path))
        made.set("id", "vouchmark-report")
        return made


def _is_own(medium: Media) -> bool:
    return str(medium.get("id", "")).startswith(OWN)


def _tells(report: Report) -> bool:
    """Whether something was found: credentials that hold or do not, a statement about AI, a person, or a failure."""
    return any(report.evidence[line].status not in SILENT for line in (Line.INTEGRITY, Line.AI, Line.PERSON))

"""What does a file prove that somebody dropped on the page, and what of it is kept until the page is closed?

Files are parsed by workers, as everywhere; reports wait on the disk, in the private folder of this run.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from provenance.workers.pool import Pool
from vouchmark.service.problems import ProblemError
from vouchmark.service.spool import Piece, Spool

if TYPE_CHECKING:
    from provenance.hashes.index.index import KnownMedia
    from vouchmark.examination.settings import Settings
    from vouchmark.known.originals import Original
    from vouchmark.report import Report
    from vouchmark.service.uploads import Part, Upload

WORKERS: Final = 2
MAX_REPORTS: Final = 2000
"""Reports that can be opened from one page; the oldest is forgotten first."""
INDEX: Final = "index"
"""Name of the index of known media in the data folder."""
TONES: Final = {"bad": "bad", "doubt": "doubt", "good": "good", "note": "note"}
"""Colours of an answer, by the report page's own words for them."""


class Looking:
    """Workers, and the reports that they led to. A context manager."""

    def __init__(self, spool: Spool, home: Path) -> None:
        """Say where uploads and reports lie, and where the reader's own data."""
        self.home = home
        self._spool = spool
        self._pool = Pool(WORKERS)
        self.threads = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="vouchmark-app")
        self._settings: Settings | None = None
        self._known: KnownMedia | None = None
        self._lock = threading.Lock()
        self._reports: OrderedDict[int, Piece] = OrderedDict()
        self._count = 0

    def __enter__(self) -> Looking:
        """Start the workers."""
        self._pool.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End them, and forget everything."""
        self._pool.close()
        self.threads.shutdown(wait=True, cancel_futures=True)
        self.changed()

    def changed(self) -> None:
        """Lists, issuers or the index are others: read them again for the next file."""
        with self._lock:
            self._settings, known, self._known = None, self._known, None
        if known is not None:
            known.close()

    def _settled(self) -> Settings:
        """What a check goes by: the reader's lists, issuers and index, as `vouchmark check` has them."""
        from vouchmark.examination.settings import make_settings

        with self._lock:
            if self._settings is None:
                folder = self.home / INDEX
                if folder.is_dir():
                    from provenance.hashes.index.index import KnownMedia

                    self._known = KnownMedia(folder)
                self._settings = make_settings(pictures=True, known=self._known)
            return self._settings

    def look(self, upload: Upload) -> dict[str, Any]:
        """Check one file, and say what the page shows of it. Raises ProblemError."""
        report = self._report(upload)
        return self._told(report)

    def page(self, upload: Upload) -> bytes:
        """Check one file, and give the whole report as a page. Raises ProblemError."""
        from vouchmark.render import html

        return html.render(self._report(upload)).encode("utf-8", "replace")

    def _report(self, upload: Upload) -> Report:
        from vouchmark.errors import VouchmarkError
        from vouchmark.examination.examine import examine_all
        from vouchmark.examination.opening.sources import Upload as Sent
        from zk.errors import ZkError

        part = upload.one("file")
        if part is None:
            raise ProblemError("no-file", "no file was chosen")
        try:
            settings = self._settled()
            original = upload.one("original")
            asked = settings.begun_now() if original is None else settings.asked_otherwise(original=_original(original))
            return next(examine_all([Sent(part.piece.path, part.file_name)], asked, pool=self._pool))
        except (VouchmarkError, ZkError) as error:
            raise ProblemError("option", str(error), hint=error.hint) from error

    def _told(self, report: Report) -> dict[str, Any]:
        from vouchmark.render import html
        from vouchmark.render.groups import group_of, worst_first
        from vouchmark.render.headline.answer import answer
        from vouchmark.render.html import words
        from vouchmark.render.html.markup import without_options
        from vouchmark.render.html.top import paste, three
        from vouchmark.render.safe import plain
        from vouchmark.report import Line, Status

        number = self._keep(html.render(report).encode("utf-8", "replace"))
        rows = [{"question": one["question"], "value": plain(one["value"])} for one in three(report, "x")]
        known = report.evidence[Line.KNOWN]
        if known.status in (Status.PASS, Status.UNKNOWN, Status.FAIL):
            rows.append({"question": "Have you seen it?", "value": plain(without_options(known.summary))})
        codes = {finding.code for finding in known.findings}
        return {
            "number": number,
            "place": worst_first(report),
            "tone": TONES.get(words.TONES[group_of(report)], ""),
            "headline": _sentence(plain(without_options(answer(report)))),
            "rows": rows,
            "paste": plain(paste(report)),
            "known": "known.exact" in codes,
        }

    def _keep(self, content: bytes) -> int:
        with self._lock:
            self._count += 1
            number = self._count
            piece = self._spool.new()
            piece.write(content)
            piece.close()
            self._reports[number] = piece
            while len(self._reports) > MAX_REPORTS:
                _, oldest = self._reports.popitem(last=False)
                oldest.remove()
        return number

    def report(self, number: str) -> bytes:
        """A report that was made, as a page. Raises ProblemError."""
        with self._lock:
            piece = self._reports.get(int(number)) if number.isdecimal() and len(number) < 10 else None
            if piece is None:
                raise ProblemError("not-found", "there is no such report any more", hint="check the file again")
            return piece.read()

    def remember(self, upload: Upload) -> dict[str, Any]:
        """Put a file into the index in the data folder. Raises ProblemError."""
        from dataclasses import replace

        from provenance.hashes.errors import KnownIndexError
        from provenance.hashes.index.recorder import Recorder
        from vouchmark.examination.examine import examine_to_keep
        from vouchmark.examination.opening.sources import Upload as Sent
        from vouchmark.examination.settings import make_settings
        from vouchmark.known.keeping import entry_of

        part = upload.one("file")
        if part is None:
            raise ProblemError("no-file", "no file was chosen")
        settings = make_settings(hashes=True)
        kept = next(examine_to_keep([Sent(part.piece.path, part.file_name)], settings, pool=self._pool))
        if not kept.sha256:
            raise ProblemError("option", "the file could not be read", hint="choose another one")
        entry, bits = entry_of(replace(kept, vouches=()))
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            with Recorder(self.home / INDEX) as recorder:
                recorder.add(entry, bits)
                recorder.commit()
        except (KnownIndexError, OSError) as error:
            raise ProblemError(
                "option", f"the index cannot be written: {error}", hint="run: vouchmark doctor"
            ) from error
        self.changed()
        return {"told": "remembered"}


def _sentence(text: str) -> str:
    """The answer as a sentence by itself; what it begins with may be a quotation, which stays as it is."""
    return f"{text[:1].upper()}{text[1:]}."


def _original(part: Part) -> Original:
    from vouchmark.service.checking import original_of
    from vouchmark.service.config import MIB

    return original_of(part, MOST * MIB)


MOST: Final = 512
"""MiB of an upload, as `vouchmark check` takes them."""

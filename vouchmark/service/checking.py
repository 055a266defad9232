"""What does a file that was sent prove? The same examination as the command line's, by workers that stay warm."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from provenance.workers.pool import Pool
from vouchmark.service.answers import CRJSON, HTML, Answer, written
from vouchmark.service.names import MIB, Asked, Names
from vouchmark.service.problems import ProblemError

if TYPE_CHECKING:
    from vouchmark.examination.settings import Settings
    from vouchmark.known.originals import Original
    from vouchmark.report import Report
    from vouchmark.service.config import Server
    from vouchmark.service.uploads import Part, Upload
    from zk.storage.challenges import Challenge

AHEAD: Final = 2
"""Files for each worker that are read and told at a time; the others wait on the disk."""
MAX_SIDECAR: Final = 64 * MIB
"""Bytes of a manifest store that is sent beside a file, as on the command line."""
LATER: Final = 5
"""Seconds after which a ledger that failed may be asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One file and what is asked of it."""

    upload: Upload
    asked: Asked
    form: str
    challenge: Challenge | None = None


class Checks:
    """Workers, and threads that wait for them. A context manager."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._pool = Pool(server.workers, seconds=server.time_limit, memory=server.memory_limit * MIB)
        self.threads = ThreadPoolExecutor(max_workers=AHEAD * server.workers, thread_name_prefix="vouchmark-check")

    def __enter__(self) -> Checks:
        """Start the workers."""
        self._pool.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End them."""
        self._pool.close()
        self.threads.shutdown(wait=True, cancel_futures=True)

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers that are there now."""
        return self._pool.pids

    def answer(self, question: Question, names: Names) -> Answer:
        """Check and write down, in this thread. Raises ProblemError."""
        from vouchmark.examination.examine import examine_all
        from vouchmark.examination.opening.sources import Upload as Sent
        from zk.errors import ZkError

        part = question.upload.one("file")
        if part is None:
            raise ProblemError("no-file", "the body has no part 'file'")
        settings = self._settings(question, names)
        try:
            report = next(examine_all([Sent(part.piece.path, part.file_name)], settings, pool=self._pool))
        except ZkError as error:
            raise ProblemError("ledger", "the ledger failed, and nothing was counted", retry_after=LATER) from error
        content, told = self._written(report, settings, question.form)
        return Answer(
            content=content,
            media_type=f"{question.form}; charset=utf-8" if question.form == HTML else question.form,
            sha256=told.media.sha256 or "",
            outcome=str(told.verdict.outcome) if told.verdict else "",
        )

    def _written(self, report: Report, settings: Settings, form: str) -> tuple[bytes, Report]:
        """The text in the time that a file has; one that takes longer says no more than that."""
        from functools import partial

        from vouchmark.examination.examine import without_lines
        from vouchmark.examination.late import in_time

        text = in_time(partial(written, report, form), bytes, seconds=self._server.time_limit)
        if text:
            return text, report
        bare = without_lines(report, settings)
        return written(bare, form), bare

    def _settings(self, question: Question, names: Names) -> Settings:
        from provenance.errors import OptionError

        base = names.settings(_in_form(question))
        overrides = self._overrides(question)
        if not overrides:
            return base.begun_now()
        try:
            return base.asked_otherwise(**overrides)
        except OptionError as error:
            raise ProblemError("option", str(error)) from error

    def _overrides(self, question: Question) -> dict[str, Any]:
        upload, found = question.upload, dict[str, Any]()
        if (manifest := upload.one("manifest")) is not None:
            found["manifest"] = _bytes(manifest, MAX_SIDECAR)
        if fragments := upload.all("fragment"):
            found["fragments"] = tuple(part.piece.read() for part in fragments)
        if (original := upload.one("original")) is not None:
            found["original"] = original_of(original, self._server.max_size * MIB)
        if vouches := upload.all("vouch"):
            found["vouches"] = tuple(_vouch(part) for part in vouches)
        if question.challenge is not None:
            found |= {"nonce": question.challenge.nonce, "scopes": (question.challenge.scope,)}
            if question.challenge.audience:
                found["audience"] = question.challenge.audience
        return found


def _in_form(question: Question) -> Asked:
    return replace(question.asked, crjson=question.form == CRJSON, pictures=question.form == HTML)


def _bytes(part: Part, most: int) -> bytes:
    if part.piece.size > most:
        raise ProblemError("too-large", f"{part.name}: got {part.piece.size} bytes, expected at most {most}")
    return part.piece.read()


def _vouch(part: Part) -> Any:
    """A vouch; what is in it is for the report to say."""
    from vouchmark.vouching.files import VouchFile
    from vouchmark.vouching.vouch import MAX_OCTETS

    trouble = "too-large" if part.piece.size > MAX_OCTETS else ""
    with part.piece.path.open("rb") as file:
        return VouchFile(name=part.file_name, octets=file.read(MAX_OCTETS), trouble=trouble)


def original_of(part: Part, most: int) -> Original:
    """What a file may have been made from, out of its part. Raises ProblemError."""
    from importlib.util import find_spec

    from provenance.asset import AssetError, Limits
    from vouchmark.known.originals import Original

    try:
        found = replace(Original.load(part.piece.path, limits=Limits(bytes=most)), name=part.file_name)
    except AssetError as error:
        raise ProblemError("option", f"original: {error}") from error
    needs = "cv2" if found.media_type.startswith("image/") else "av" if found.media_type[:6] in _TIMED else ""
    if needs and find_spec(needs) is None:
        raise ProblemError("option", "nothing here can compare with an original of that type")
    return found


_TIMED: Final = ("video/", "audio/")

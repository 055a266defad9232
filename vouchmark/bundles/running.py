"""How are the reports of a bundle made, from what lies in it alone: now, and again years later?

One way for both. The files are looked at where the bundle keeps them, under the names and with the neighbours that they
had; what the reader's index and ledger answer comes from a recorder or a replay.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from provenance.files.sidecar import Sidecar, Unused
from vouchmark.bundles.bag.model import FileRow
from vouchmark.examination.examine import examine_all, without_lines
from vouchmark.examination.late import in_time
from vouchmark.examination.opening.sources import Held
from vouchmark.examination.settings import Settings, make_settings
from vouchmark.options import Options
from vouchmark.render import crjson, json
from vouchmark.render.html import render
from vouchmark.vouching.files import VouchFile

if TYPE_CHECKING:
    from provenance.workers.pool import Pool
    from vouchmark.report import Report

ASKED_TWICE: Final = ("crjson", "pictures")
"""What is asked otherwise in the two runs that a bundle's reports take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The reports on one file, as they stand in a bundle, but for the crJSON of a second run."""

    row: FileRow
    report: Report
    texts: dict[str, bytes]
    """By format."""


def held(row: FileRow, place: Callable[[str], Path], read: Callable[[str], bytes]) -> Held:
    """A file of a bundle as it was found.

    Args:
        row: as the bundle describes it.
        place: where a path of the bundle lies on the disk.
        read: gives the octets of a small one.
    """
    sidecar = row.sidecar
    data = None if not sidecar.name else b"" if sidecar.path is None else read(sidecar.path)
    return Held(
        path=place(row.path),
        name=row.name,
        below=row.below,
        sidecar=Sidecar(
            data=data, name=sidecar.name, unused=tuple(Unused(one.name, one.is_shared) for one in sidecar.unused)
        ),
        vouches=tuple(
            VouchFile(name=one.name, octets=b"" if one.path is None else read(one.path), trouble=one.trouble)
            for one in row.vouches
        ),
        more=row.more_vouches,
    )


def reports(
    rows: Iterable[FileRow],
    files: Iterable[Held],
    options: Options,
    pool: Pool | None,
    *,
    seconds: float = math.inf,
) -> Iterator[Written]:
    """The reports on some files in JSON and as pages, in order: one run over all of them.

    Args:
        rows: which files.
        files: the same, as they were found.
        options: what is asked.
        pool: where to parse; None parses in this process.
        seconds: for writing one report down.
    """
    settings = make_settings(options, pictures=True, crjson=False)
    for row, report in zip(rows, examine_all(files, settings, pool=pool), strict=True):
        texts, told = {}, report
        for form, write in (("json", _json), ("html", render)):
            texts[form], told = _text(write, report, settings, seconds)
        yield Written(row=row, report=told, texts=texts)


def crjsons(
    rows: Iterable[FileRow],
    files: Iterable[Held],
    options: Options,
    pool: Pool | None,
    *,
    seconds: float = math.inf,
) -> Iterator[tuple[FileRow, bytes]]:
    """The reports in crJSON: another run, as the conformance programme means the reader's lists."""
    settings = make_settings(options, pictures=False, crjson=True)
    for row, report in zip(rows, examine_all(files, settings, pool=pool), strict=True):
        yield row, _text(_crjson, report, settings, seconds)[0]


def _json(report: Report) -> str:
    return json.dumps(report) + "\n"


def _crjson(report: Report) -> str:
    return crjson.dumps(report) + "\n"


def _text(write: Callable[[Any], str], report: Report, settings: Settings, seconds: float) -> tuple[bytes, Report]:
    """A report written down, in the time that its file had; one that takes longer says no more than that."""
    text = in_time(partial(write, report), str, seconds=seconds)
    told = report if text else without_lines(report, settings)
    return (text or write(told)).encode("utf-8", "surrogatepass"), told

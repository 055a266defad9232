"""Does any damaged file end the run, hang, or pass although its media is another one?

Every file goes through the whole pipeline in worker processes and into every format of output. Whether media changed
is decided three ways: by where bytes were replaced, by the media that our container reader finds, and for pictures by
the pixels that another library decodes. Bytes that no reader takes as media may change: the manifest store with its
padding, headers, chunk names and checksums outside the binding, free boxes, bytes behind the end. None of these is
counted here, and nothing else is left out.
"""

from __future__ import annotations

import io
import json
import random
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from PIL import Image

from provenance.credentials.errors import CredentialsError
from provenance.formats import read_layout
from provenance.formats.parts import Kind
from provenance.workers.pool import DEFAULT_SECONDS, Pool
from tests.fuzz.mutate import Mutation, mutate
from tests.fuzz.seeds import Seed, seeds
from tests.support.attacks import LISTED
from tests.support.authority import NOW
from tests.support.media.streams import with_fragments
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import Settings, make_settings
from vouchmark.render import crjson, text
from vouchmark.render import json as as_json
from vouchmark.report import Line, Report, Status

SECONDS: Final = DEFAULT_SECONDS
"""For one file: the limit of the command itself; the slowest healthy one takes a few hundredths."""
MEMORY: Final = 1024 * 1024 * 1024
"""Bytes for a worker beyond its engines."""
HARM: Final = ("crash", "time-limit", "memory-limit", "panic")
"""Words for what happened to a worker over a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One damaged file."""

    number: int
    seed: Seed
    mutation: Mutation


@dataclass(slots=True)
class Figures:
    """What came of all files."""

    files: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    by_type: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[str] = field(default_factory=Counter)
    harmed: list[str] = field(default_factory=list)
    """Files over which a worker ended, was ended or ran out of memory."""
    wrong: list[str] = field(default_factory=list)
    """Files that passed with other media, or that could not be written down."""

    def lines(self) -> Iterator[str]:
        """As a person reads it."""
        yield f"{self.files} files of {len(self.by_type)} formats"
        yield "integrity: " + ", ".join(f"{status} {count}" for status, count in sorted(self.by_status.items()))
        yield "kinds: " + ", ".join(f"{kind} {count}" for kind, count in sorted(self.by_kind.items()))
        yield f"harm: {len(self.harmed)}; wrong: {len(self.wrong)}"
        yield from (f"  {told}" for told in (self.harmed + self.wrong)[:50])


def cases(count: int, *, seed: int, ground: Sequence[Seed] = ()) -> Iterator[Case]:
    """So many damaged files out of `ground`; the same ones for the same number, as far as signatures can be."""
    ground = ground or seeds()
    for number in range(count):
        rng = random.Random(f"{seed}:{number}")
        chosen = ground[number % len(ground)]
        target = chosen.fragments[0] if chosen.fragments else chosen.data
        other = ground[rng.randrange(len(ground))].data
        media = ((0, len(target)),) if chosen.fragments else chosen.media
        yield Case(number=number, seed=chosen, mutation=mutate(rng, target, media, other))


def settings() -> Settings:
    return make_settings(trust=LISTED, at=NOW, snapshot=False, crjson=True)


def run(
    count: int,
    *,
    seed: int = 1,
    jobs: int = 1,
    ground: Sequence[Seed] = (),
    keep: Path | None = None,
    tell: Callable[[str], None] = print,
) -> Figures:
    """Examine so many damaged files in worker processes.

    Args:
        count: files.
        seed: which ones.
        jobs: worker processes.
        ground: files to damage; one of every format where none are given.
        keep: a folder for files over which something went wrong.
        tell: what to do with a line about progress.
    """
    figures, base = Figures(), settings()
    with Pool(jobs, seconds=SECONDS, memory=MEMORY) as pool:
        for case, report in _reports(cases(count, seed=seed, ground=ground), base, pool):
            told = f"{case.number} {case.seed.media_type} {case.mutation.kind}"
            harm = [f.detail["reason"] for f in report.findings() if f.detail.get("reason") in HARM]
            fault = wrong(case, report)
            figures.files += 1
            figures.by_status[report.evidence[Line.INTEGRITY].status.value] += 1
            figures.by_type[case.seed.media_type] += 1
            figures.by_kind[case.mutation.kind] += 1
            figures.harmed += [f"{told}: {harm}"] if harm else []
            figures.wrong += [f"{told}: {fault}"] if fault else []
            if keep is not None and (harm or fault):
                (keep / f"{seed}-{case.number}").write_bytes(case.mutation.data)
                (keep / f"{seed}-{case.number}.seed").write_bytes(case.seed.data)
            if figures.files % 1000 == 0:
                tell(f"{figures.files} of {count}: {len(figures.harmed)} harmed, {len(figures.wrong)} wrong")
    return figures


def _reports(source: Iterator[Case], base: Settings, pool: Pool) -> Iterator[tuple[Case, Report]]:
    """Every case with its report, in order; streams by themselves, for their fragments belong to the settings."""
    waiting: list[Case] = []

    def whole() -> Iterator[tuple[Case, Report]]:
        yield from zip(waiting, examine_all([one.mutation.data for one in waiting], base, pool=pool), strict=True)
        waiting.clear()

    for case in source:
        if not case.seed.fragments:
            waiting.append(case)
            if len(waiting) >= 64:
                yield from whole()
            continue
        yield from whole()
        fragments = (case.mutation.data, *case.seed.fragments[1:])
        (report,) = examine_all([case.seed.data], with_fragments(base, fragments), pool=pool)
        yield case, report
    yield from whole()


def wrong(case: Case, report: Report) -> str:
    """What must not be; empty where all is well."""
    try:
        json.loads(crjson.dumps(report))
        as_json.loads(as_json.dumps(report))
        text.render(report, width=100, colour=False, verbosity=1)
    except Exception as error:
        return f"could not be written: {error!r}"
    if report.evidence[Line.INTEGRITY].status is not Status.PASS:
        return ""
    if case.seed.fragments:
        same = _fragment(case.mutation.data) == _fragment(case.seed.fragments[0])
        return "" if same else "a changed fragment passed"
    return _media_changed(case.seed, case.mutation)


def _media_changed(seed: Seed, mutation: Mutation) -> str:
    old, new = seed.data, mutation.data
    if mutation.changed is not None:
        start, end = mutation.changed
        for first, last in seed.media:
            inside = slice(max(start, first), max(start, min(end, last)))
            if old[inside] != new[inside]:
                return f"media bytes {inside.start} to {inside.stop} were replaced and passed"
    try:
        if _media(old, seed.media_type) != _media(new, seed.media_type):
            return "other media was found and passed"
    except CredentialsError as error:
        return f"passed, and our own reader refuses it: {error}"
    before, after = _pixels(old), _pixels(new)
    # A picture that no longer opens shows nothing else: a damaged checksum of the manifest's chunk is enough for that.
    if before is not None and after is not None and before != after:
        return "other pixels are shown and passed"
    return ""


def _media(data: bytes, media_type: str) -> bytes:
    """All media bytes by our own reader."""
    return b"".join(data[r.start : r.end] for r in read_layout(data, media_type).of_kind(Kind.MEDIA))


def _pixels(data: bytes) -> Sequence[Any] | None:
    """Every frame's size and pixels as Pillow shows them; None where it shows none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                frames = []
                for number in range(min(8, getattr(image, "n_frames", 1))):
                    image.seek(number)
                    frames.append((image.size, image.convert("RGBA").tobytes()))
                return frames
    except Exception:
        return None


def _fragment(data: bytes) -> bytes:
    """What of a segment is signed: everything but the proof and the boxes that no binding covers."""
    boxes = read_layout(data, "video/mp4").bmff
    return b"".join(data[box.start : box.end] for box in boxes if box.type not in ("uuid", "ftyp", "mfra"))

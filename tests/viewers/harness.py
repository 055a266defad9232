"""How are many mutants judged by processes that may crash or hang over them, without the run noticing?"""

from __future__ import annotations

import json
import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Final

from tests.support.attacks import CAMERA, LISTED
from tests.support.authority import NOW
from tests.support.media.streams import with_fragments
from tests.viewers.cases import Case, case
from tests.viewers.judge import Judge, Judged
from tests.viewers.model import Original
from tests.viewers.originals import originals
from tests.viewers.table import Figures
from tests.viewers.viewing import viewers
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import Settings, make_settings
from vouchmark.report import Line, Status

PATIENCE: Final = 120.0
"""Seconds for one mutant with all viewers; the slowest take five, the first of each original twice as long."""


MEMORY: Final = 4 * 1024**3
"""Bytes that one process may fill, and each program that it starts: what asks for more ends alone, and is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is a function of; goes to every process."""

    count: int
    seed: int
    jobs: int
    ground: tuple[Original, ...]
    settings: Settings
    only: frozenset[str] = frozenset()
    """Mutators that count; all where empty."""
    viewers: frozenset[str] = frozenset()
    """Viewers that are asked; all where empty."""
    keep: Path | None = None


def base_settings() -> Settings:
    """By one list, at one instant, and nothing but whether the file was changed."""
    return make_settings(trust=LISTED, at=NOW, snapshot=False, only=(Line.INTEGRITY,))


def passing(found: Sequence[Original], settings: Settings) -> tuple[list[Original], dict[str, str]]:
    """(originals that pass, what is said of the others)."""
    good, doubted = [], {}
    for original in found:
        (report,) = examine_all([original.data], with_fragments(settings, original.fragments), pool=None)
        evidence = report.evidence[Line.INTEGRITY]
        if evidence.status is Status.PASS:
            good.append(original)
        else:
            codes = [finding.code for finding in evidence.findings if finding.status is evidence.status]
            doubted[original.name] = f"{evidence.status}, {', '.join(codes)}"
    return good, doubted


def _work(plan: Plan, job: int, start: int, pipe: Connection) -> None:
    """In a process of its own: judge every number of one job from `start` on."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    asked = [one for one in viewers() if not plan.viewers or one.name in plan.viewers]
    judge = Judge(asked, plan.settings)
    for number in range(start, plan.count):
        if number % plan.jobs != job:
            continue
        original = plan.ground[number % len(plan.ground)]
        pipe.send((number, original.name, original.format, "unmade", ""))
        tried = case(number, seed=plan.seed, ground=plan.ground)
        if plan.only and tried.mutant.mutator not in plan.only:
            continue
        pipe.send((number, tried.original.name, tried.original.format, tried.mutant.mutator, tried.mutant.detail))
        judged = judge.judge(tried)
        if plan.keep is not None and judged.is_wrong:
            _keep(plan.keep, f"{tried.original.name}-{plan.seed}-{number}", tried, judged)
        pipe.send(judged)
    pipe.send(None)


def _keep(folder: Path, name: str, tried: Case, judged: Judged) -> None:
    """The mutant, its original, and a line about them."""
    fragments = tried.original.fragments if tried.mutant.fragments is None else tried.mutant.fragments
    (folder / name).write_bytes(tried.mutant.data + b"".join(fragments))
    (folder / f"{tried.original.name}.original").write_bytes(tried.original.shown)
    with (folder / "found.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"kept": name, **asdict(judged)}) + "\n")


@dataclass(slots=True)
class _Worker:
    """One process and what it is about."""

    process: Any
    pipe: Connection
    job: int
    at: tuple[int, str, str, str, str] | None = None
    since: float = 0.0


def _start(plan: Plan, job: int, start: int) -> _Worker:
    context = multiprocessing.get_context("spawn")
    own, theirs = context.Pipe()
    process = context.Process(target=_work, args=(plan, job, start, theirs), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process=process, pipe=own, job=job, since=time.monotonic())


def _lost(worker: _Worker, why: str) -> Judged | None:
    worker.process.kill()
    worker.process.join()
    if worker.at is None:
        return None
    number, original, form, mutator, detail = worker.at
    return Judged(number=number, original=original, format=form, mutator=mutator, detail=detail, status=why)


def judged_by_processes(plan: Plan, take: Callable[[Judged], None]) -> None:
    """Judge everything; a process that ends or hangs is replaced and goes on behind the mutant that ended it.

    Raises:
        RuntimeError: a process ends before it has looked at anything.
    """
    working = [_start(plan, job, 0) for job in range(plan.jobs)]
    while working:
        ready = wait([worker.pipe for worker in working], timeout=5.0)
        for worker in list(working):
            told = _heard(worker) if worker.pipe in ready else ""
            if not told and worker.at is not None and time.monotonic() - worker.since > PATIENCE:
                told = "hang"
            if isinstance(told, Judged):
                take(told)
            elif told == "done":
                worker.process.join()
                working.remove(worker)
            elif told:
                working.remove(worker)
                lost = _lost(worker, told)
                if lost is None:
                    raise RuntimeError(f"job {worker.job} ended before it had looked at anything")
                take(lost)
                working.append(_start(plan, worker.job, lost.number + 1))


def _heard(worker: _Worker) -> Judged | str:
    """What a process tells: a judgement, `done`, `crash`, or nothing yet."""
    try:
        message = worker.pipe.recv()
    except (EOFError, OSError):
        return "crash"
    if message is None:
        return "done"
    if isinstance(message, Judged):
        return message
    worker.at, worker.since = message, time.monotonic()
    return ""


def run(
    count: int,
    *,
    seed: int = 1,
    jobs: int = 1,
    formats: Sequence[str] = (),
    mutators: Sequence[str] = (),
    asked: Sequence[str] = (),
    keep: Path | None = None,
    tell: Callable[[str], None] = print,
) -> Figures:
    """Judge so many mutants.

    Args:
        count: mutants.
        seed: which ones.
        jobs: processes.
        formats: of originals, by their format or their own name; all where none are given.
        mutators: by name; all where none are given.
        asked: viewers by name; all where none are given.
        keep: a folder for what passed wrongly, with the originals.
        tell: what to do with a line about progress.
    """
    settings, figures = base_settings(), Figures()
    made, figures.unmade = originals(CAMERA, formats)
    ground, figures.doubted = passing(made, settings)
    everybody = (one for one in viewers() if not asked or one.name in asked)
    figures.missing = {one.name: one.missing for one in everybody if one.missing}
    if not ground:
        return figures
    plan = Plan(count=count, seed=seed, jobs=jobs, ground=tuple(ground), settings=settings, keep=keep)
    plan = replace(plan, only=frozenset(mutators), viewers=frozenset(asked))

    def take(judged: Judged) -> None:
        figures.take(judged)
        if figures.total % 1000 == 0:
            tell(f"{figures.total} of {count}: {figures.passed} passed, {len(figures.wrong)} wrong")

    judged_by_processes(plan, take)
    return figures

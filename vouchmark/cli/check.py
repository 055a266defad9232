"""`vouchmark check`: what do these files prove?"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TextIO

import click

from vouchmark.cli.common import Instant, fail_usage, progress
from vouchmark.report import EXIT_ORDER, Exit, Line, Outcome, exit_code

if TYPE_CHECKING:
    from provenance.credentials.pool import Pool
    from vouchmark.examine import Settings
    from vouchmark.report import Report

FORMATS: Final = ("text", "json", "jsonl")
ENGINE_NAMES: Final = ("c2pa-rs", "encypher-c2pa")
MIB: Final = 1024 * 1024
MAX_JOBS: Final = 64
"""Worker processes; more than a large machine has cores helps nobody."""
MIN_WIDTH, MAX_WIDTH = 40, 200
"""Columns between which text is laid out."""
MAX_SIDECAR: Final = 64 * MIB
"""Bytes of a manifest store given by hand; real ones stay below 20 MiB."""


@click.command(short_help="Say what files prove, who stands behind them, and what follows.")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|FOLDER|-…", type=click.Path(path_type=str))
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="What to write.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write there, not to stdout.")
@click.option("--require", multiple=True, type=click.Choice([*Line]), help="Lines that must pass for exit code 0.")
@click.option("--only", multiple=True, type=click.Choice([*Line]), help="Check and require exactly these lines.")
@click.option("--policy", type=click.Path(path_type=Path), help="Your policy (TOML) in place of the built-in one.")
@click.option("--fail-on", type=click.Choice([*Outcome]), help="Exit 1 where the verdict is this or stronger.")
@click.option("--at", type=Instant(), help="Judge expiry and lists at this time (RFC 3339); now by default.")
@click.option("--trust", multiple=True, type=click.Path(path_type=Path), help="A list of signers (PEM) for this run.")
@click.option("--tsa-trust", multiple=True, type=click.Path(path_type=Path), help="Time-stamping authorities (PEM).")
@click.option("--no-default-trust", is_flag=True, help="Use only the lists given for this run.")
@click.option("--manifest", type=click.Path(path_type=Path), help="A manifest store (.c2pa) kept outside the file.")
@click.option("--engine", multiple=True, type=click.Choice(ENGINE_NAMES), help="Engines to ask; both by default.")
@click.option("--in-process", is_flag=True, help="Parse without child processes; for input that you trust.")
@click.option("--jobs", type=click.IntRange(1, MAX_JOBS), default=1, show_default=True, help="Worker processes.")
@click.option("--max-size", type=click.IntRange(1), default=512, show_default=True, help="Largest file, in MiB.")
@click.option("--max-pixels", type=click.IntRange(1), default=256, show_default=True, help="Most pixels, in millions.")
@click.option("--time-limit", type=click.FloatRange(0.1, 3600), default=30, show_default=True, help="Seconds a file.")
@click.option("--memory-limit", type=click.IntRange(64), default=2048, show_default=True, help="MiB a worker.")
@click.option("-q", "--quiet", is_flag=True, help="One line a file.")
@click.option("-v", "--verbose", count=True, help="Every finding.")
@click.pass_context
def check(ctx: click.Context, /, **options: Any) -> None:
    """Say what files prove, who stands behind them, and what follows.

    Reads files, whole folders, or standard input (-). Exit codes: 0 every required line passed, 1 something failed,
    2 usage, 3 inconclusive, 4 unreadable.
    """
    with ExitStack() as stack:
        pool = _start_pool(stack, options)
        settings = _settings(options)
        codes = _run(options, settings, pool)
    ctx.exit(next((int(code) for code in EXIT_ORDER if code in codes), int(Exit.INCONCLUSIVE)))


def _start_pool(stack: ExitStack, options: dict[str, Any]) -> Pool | None:
    """Start the workers before anything heavy is imported here, so that their imports run at the same time."""
    if options["in_process"]:
        return None
    from provenance.credentials.spawn import Child

    memory = options["memory_limit"] * MIB
    started = [Child(memory) for _ in range(options["jobs"])]

    from provenance.credentials.pool import Pool

    return stack.enter_context(
        Pool(workers=options["jobs"], seconds=options["time_limit"], memory=memory, started=started)
    )


def _settings(options: dict[str, Any]) -> Settings:
    """Read what the reader owns: policy, lists, limits. A mistake there is a usage error."""
    from provenance.asset import Limits
    from provenance.credentials.trust_lists import TrustListError, TrustStore
    from vouchmark.examine import REQUIRED, make_settings
    from vouchmark.policy import Policy, PolicyError

    try:
        policy = Policy.load(options["policy"]) if options["policy"] else Policy.default()
    except PolicyError as error:
        fail_usage(str(error), hint="see 'A policy is yours' in the README, and 'vouchmark codes' for codes")
    try:
        store = TrustStore.empty() if options["no_default_trust"] else TrustStore.load()
        trust = store.with_run_lists(trust=options["trust"], tsa_trust=options["tsa_trust"])
    except TrustListError as error:
        fail_usage(str(error), hint="a list is a PEM file of certificates; 'vouchmark trust show' names your own")
    return make_settings(
        policy=policy,
        trust=trust,
        at=options["at"],
        engines=options["engine"] or ENGINE_NAMES,
        only=options["only"],
        require=options["require"] or REQUIRED,
        limits=Limits(bytes=options["max_size"] * MIB, pixels=options["max_pixels"] * 1_000_000),
        manifest=_sidecar(options["manifest"]),
    )


def _sidecar(path: Path | None) -> bytes | None:
    if path is None:
        return None
    from provenance.asset import AssetError, Limits, open_asset

    try:
        return open_asset(path, limits=Limits(bytes=MAX_SIDECAR)).data
    except AssetError as error:
        fail_usage(f"the manifest store {path} cannot be read: {error}", hint=error.hint)


def _sources(inputs: tuple[str, ...]) -> Iterator[Path | BinaryIO]:
    """Every file to look at, in order; folders are walked."""
    from provenance.asset import walk

    for name in inputs:
        if name == "-":
            yield sys.stdin.buffer
        else:
            yield from walk([Path(name)])


def _run(options: dict[str, Any], settings: Settings, pool: Pool | None) -> set[Exit]:
    """Examine, render and write, one report after the other; the exit codes that came up."""
    from vouchmark.examine import examine_all

    inputs: tuple[str, ...] = options["inputs"]
    one = len(inputs) == 1 and (inputs[0] == "-" or not Path(inputs[0]).is_dir())
    codes: set[Exit] = set()
    with _output(options["output"]) as out:
        reports = progress(examine_all(_sources(inputs), settings, pool=pool), quiet=options["quiet"])
        for text, report in _rendered(reports, options, out, one=one):
            out.write(text)
            if report is not None:
                out.flush()
                codes.add(_exit(report, options["fail_on"]))
    if not codes:
        click.echo("there is no file in what you named", err=True)
    return codes


def _exit(report: Report, fail_on: str | None) -> Exit:
    """The report's exit code; the verdict raises it only where that was asked for."""
    reached = (
        fail_on is not None
        and report.verdict is not None
        and [*Outcome].index(report.verdict.outcome) >= [*Outcome].index(Outcome(fail_on))
    )
    return Exit.FAILED if reached else exit_code(report)


def _rendered(
    reports: Iterator[Report], options: dict[str, Any], out: TextIO, *, one: bool
) -> Iterator[tuple[str, Report | None]]:
    """Pieces of output with the report that each completes."""
    if options["form"] == "text":
        yield from _as_text(reports, options, out)
        return
    from vouchmark.render import json

    if options["form"] == "jsonl":
        for report in reports:
            yield json.dumps_line(report) + "\n", report
    elif one:
        for report in reports:
            yield json.dumps(report) + "\n", report
    else:
        opening = "["
        for report in reports:
            yield opening + "\n" + json.dumps(report), report
            opening = ","
        yield ("[]\n" if opening == "[" else "\n]\n"), None


def _as_text(reports: Iterator[Report], options: dict[str, Any], out: TextIO) -> Iterator[tuple[str, Report]]:
    from vouchmark.render import text

    terminal = out.isatty()
    colour = terminal and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    columns = min(MAX_WIDTH, max(MIN_WIDTH, shutil.get_terminal_size((100, 24)).columns))
    verbosity = -1 if options["quiet"] else options["verbose"]
    gap = ""
    for report in reports:
        unicode = text.can_encode(getattr(out, "encoding", None))
        yield gap + text.render(report, width=columns, colour=colour, verbosity=verbosity, unicode=unicode), report
        gap = "" if verbosity < 0 else "\n"


@contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears only when it is complete."""
    if path is None:
        yield sys.stdout
        return
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        fail_usage(f"cannot write to {path}: {error.strerror}", hint="name a file in a folder that you may write to")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            yield out
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask

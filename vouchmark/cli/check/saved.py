"""`check --policy NEW --from reports.jsonl`: what would another policy have said of reports that are there already?"""

from __future__ import annotations

import json as json_module
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NoReturn, TypeVar

import click
from click.core import ParameterSource

from vouchmark.cli.common import fail_usage, standard_input
from vouchmark.report import Exit, Outcome

if TYPE_CHECKING:
    from vouchmark.policies.changes import Change, Changes
    from vouchmark.policies.policy import Policy
    from vouchmark.report import Report

Command = TypeVar("Command", bound=Callable[..., Any])
FORMS: Final = ("text", "json")
"""What is written of differences."""
GO_TOGETHER: Final = frozenset({"from_reports", "policy", "form", "fail_on", "quiet", "verbose"})
"""What means something where no file is looked at."""

saved_options: Final = click.option(
    "--from",
    "from_reports",
    type=click.Path(allow_dash=True, path_type=Path),
    help="Look at no file: say what --policy changes for these saved reports (jsonl).",
)
"""Reports that are there already."""


def compare_saved(ctx: click.Context, options: dict[str, Any]) -> NoReturn:
    """Apply the policy to every saved report, say what changes, and end.

    Raises:
        click.exceptions.Exit: with 0; with 1 where a verdict reaches --fail-on; with 2 for what cannot be read.
    """
    _refuse_the_rest(ctx, options)
    from vouchmark.policies.changes import Changes
    from vouchmark.policies.policy import Policy, PolicyError, at_least_as_strong

    try:
        policy = Policy.load(options["policy"]) if options["policy"] else Policy.default()
    except PolicyError as error:
        fail_usage(str(error))
    changes, tells = Changes(policy=policy), options["form"] == "text" and options["verbose"]
    reached = False
    for report in _reports(options["from_reports"]):
        change = changes.add(report)
        if change is not None and tells:
            click.echo(_line(change))
        if options["fail_on"]:
            reached |= at_least_as_strong(policy.decide(report).outcome, Outcome(options["fail_on"]))
    _tell(changes, options)
    ctx.exit(int(Exit.FAILED if reached else Exit.OK))


def _refuse_the_rest(ctx: click.Context, options: dict[str, Any]) -> None:
    """Files, and options about how to look at them, have no place here."""
    if options["inputs"]:
        fail_usage("--from takes saved reports in place of files", hint="leave the files out, or leave --from out")
    if options["form"] not in FORMS:
        fail_usage("--from writes text or json", hint="--format json")
    for param in ctx.command.params:
        given = ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE
        if given and param.name not in GO_TOGETHER and isinstance(param, click.Option):
            fail_usage(f"{param.opts[0]} means nothing with --from", hint="the reports are taken as they were made")


def _reports(path: Path) -> Iterator[Report]:
    """Each report of a file, one a line, read strictly."""
    from vouchmark.render.json import MAX_BYTES, loads
    from vouchmark.report import ReportError

    with _opened(path) as lines:
        number = 0
        while line := lines.readline(MAX_BYTES + 2):
            number += 1
            if not line.strip():
                continue
            try:
                yield loads(line)
            except ReportError as error:
                hint = "write reports with: vouchmark check --format jsonl"
                fail_usage(f"--from {path}, line {number}: {error}", hint=hint)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if str(path) == "-":
        yield standard_input().buffer
        return
    try:
        file = path.open("rb")
    except OSError as error:
        fail_usage(f"--from {path}: {error.strerror}", hint="name what 'check --format jsonl' wrote")
    with file:
        yield file


def _line(change: Change) -> str:
    """One changed report on one line."""
    from vouchmark.render.safe import plain

    labels = " ".join((*(f"+{label}" for label in change.gained), *(f"-{label}" for label in change.lost)))
    moved = change.before if change.before == change.after else f"{change.before} -> {change.after}"
    return f"{plain(change.report.media.shown)}: {moved}{f'  {labels}' if labels else ''}"


def _tell(changes: Changes, options: dict[str, Any]) -> None:
    if options["form"] == "json":
        click.echo(json_module.dumps(changes.to_dict(), indent=2, ensure_ascii=False))
        return
    for line in _words(changes, changes.policy, quiet=options["quiet"]):
        click.echo(line)


def _words(changes: Changes, policy: Policy, *, quiet: bool) -> Iterator[str]:
    """The counts for a person."""
    from vouchmark.render.safe import plain, quoted

    reports = f"{changes.reports:,} {'report' if changes.reports == 1 else 'reports'}"
    yield f"{changes.changed:,} of {reports} get another verdict from the policy {quoted(policy.name)}"
    if quiet:
        return
    moves = [(f"{before} -> {after}", count) for before, after, count in changes.sorted_moves()]
    yield from _table("outcomes that change", moves)
    yield from _table("labels that come", sorted(changes.gained.items()))
    yield from _table("labels that go", sorted(changes.lost.items()))
    for scope, count in sorted(changes.uncounted.items()):
        yield f"people in {plain(scope)} were not counted in {count:,} of them: check the files again for that"


def _table(heading: str, rows: list[tuple[str, int]]) -> Iterator[str]:
    if not rows:
        return
    yield f"{heading}:"
    width = max(len(f"{count:,}") for _, count in rows)
    yield from (f"  {count:{width},}  {name}" for name, count in rows)

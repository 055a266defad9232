"""`vouchmark demo`: what does the whole range look like, without a file of one's own?"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from vouchmark.cli.common import Times, fail_usage, standard_output
from vouchmark.report import Exit
from vouchmark.wording.catalogue import say

if TYPE_CHECKING:
    from vouchmark.demo.demo import Piece
    from vouchmark.report import Report

FOLDER: Final = "vouchmark-demo"
"""In the current folder, so that a newcomer finds the pictures and can look at them."""
SHOWN: Final = "5-laundered.jpg"
"""The picture whose whole report is shown: trusted by its last signer, and not what it seems."""
NAME: Final = "vouchmark"
"""Of the command, where it is installed so that a shell finds it."""
MIN_WIDTH, MAX_WIDTH = 40, 100
"""Columns between which text is laid out."""


@click.command(short_help="Make good and bad pictures, and check them.")
@click.argument("folder", required=False, default=FOLDER, type=click.Path(file_okay=False, path_type=Path))
@click.option("-q", "--quiet", is_flag=True, help="Only the answer for each picture.")
@click.option(
    "-v", "--verbose", count=True, type=Times(), help="The whole report on each picture; twice: every finding."
)
def demo(folder: Path, quiet: bool, verbose: int) -> None:
    """Make a small gallery of good and bad files and check it.

    Draws nine pictures into FOLDER (default: vouchmark-demo), signs them with keys that are thrown away at once, and
    checks them with the demo's own authority as the only list; the reports are also written as one page, report.html.
    Your own lists are neither used nor changed, and nothing is sent or fetched. Ends with 0 where the pictures could be
    made, whatever the checks say.
    """
    from provenance.workers.pool import Pool

    standard_output()
    # The worker starts while the pictures are drawn.
    with Pool(workers=1) as pool:
        pool.start()
        from vouchmark.demo.demo import AUTHORITY_FILE, GALLERY, DemoError, make_gallery

        try:
            pictures = make_gallery(folder)
        except DemoError as error:
            fail_usage(str(error), hint="name a folder that does not exist yet: vouchmark demo FOLDER")
        from provenance.credentials.trust.lists import TrustLists
        from vouchmark.examination.examine import examine_all
        from vouchmark.examination.settings import make_settings

        trust = TrustLists.empty().with_run_lists(trust=[folder / AUTHORITY_FILE])
        reports = list(examine_all(pictures, make_settings(trust=trust, pictures=True), pool=pool))
        _write_page(folder, reports)
        _show(folder, zip(GALLERY, reports, strict=True), verbosity=-1 if quiet else verbose)
    click.get_current_context().exit(int(Exit.OK))


def _write_page(folder: Path, reports: Iterable[Report]) -> None:
    """The same as a page, beside the pictures."""
    from vouchmark.demo.demo import PAGE_FILE
    from vouchmark.render.html import render_many

    try:
        with (folder / PAGE_FILE).open("w", encoding="utf-8", newline="\n") as page:
            page.writelines(render_many(reports))
    except OSError as error:
        fail_usage(f"cannot write to {folder}: {error.strerror}", hint="name a folder that you may write to")


def _show(folder: Path, checked: Iterable[tuple[Piece, Report]], *, verbosity: int) -> None:
    """What was made, the answer for each picture, one whole report (or all of them), and what to try next."""
    from vouchmark.demo.demo import AUTHORITY_FILE, GALLERY
    from vouchmark.render import text

    out = standard_output()
    terminal = out.isatty()
    colour = terminal and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    width = min(MAX_WIDTH, max(MIN_WIDTH, shutil.get_terminal_size((MAX_WIDTH, 24)).columns))
    unicode = text.can_encode(out.encoding)

    def write(report: Report, level: int) -> None:
        click.echo(text.render(report, width=width, colour=colour, verbosity=level, unicode=unicode), nl=False)

    shown: Report | None = None
    click.echo(say("demo.made", count=len(GALLERY), folder=str(folder)))
    for piece, report in checked:
        click.echo(f"\n{say('demo.piece', caption=piece.caption[0].upper() + piece.caption[1:])}")
        if verbosity > 0:
            write(report, verbosity - 1)
            continue
        answer = text.render(report, width=width, colour=False, verbosity=-1, unicode=unicode)
        click.echo(textwrap.fill(answer, width, initial_indent="  ", subsequent_indent="    "))
        if verbosity == 0:
            click.echo(textwrap.fill(piece.teaches, width, initial_indent="  > ", subsequent_indent="    "))
        if piece.name == SHOWN:
            shown = report
    if verbosity == 0 and shown is not None:
        click.echo(f"\n{say('demo.whole')}\n")
        write(shown, 0)
    for line in next_steps(folder, folder / AUTHORITY_FILE, [piece.name for piece in GALLERY]):
        click.echo(line)


def next_steps(folder: Path, authority: Path, names: Sequence[str]) -> list[str]:
    """Lines on what to look at and to type next, as they can be typed here."""
    from vouchmark.demo.demo import PAGE_FILE

    program = _program()
    return [
        "",
        say("demo.page", file=str(folder / PAGE_FILE)),
        "",
        say("demo.next"),
        f"  {program} check {folder / names[4]} --trust {authority} -v",
        f"  {say('demo.next.without', command=f'{program} check {folder / names[0]}')}",
        f"  {program} check YOUR-FILE",
    ]


def _program() -> str:
    """How the command can be called here: by its name where a shell finds it, else as it was called just now."""
    called = sys.argv[0]
    return called if Path(called).stem == NAME and shutil.which(NAME) is None else NAME

"""`check AFTER/ --original BEFORE/`: what did a platform, a network or a command leave of a folder of files?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.check.original import refuse_without
from vouchmark.cli.check.pages import Folder
from vouchmark.cli.common import fail_usage, progress, standard_output
from vouchmark.cli.placing import output_text
from vouchmark.report import Exit

if TYPE_CHECKING:
    from provenance.workers.pool import Pool
    from vouchmark.examination.settings import Settings
    from vouchmark.known.preservation.judging import Fate, Totals

FORMS: Final = ("text", "json", "csv", "html")
"""What is written of two folders."""
_MEANS_NOTHING: Final = ("fail_on", "require", "only", "sort", "diff_out", "manifest", "fragment", "compare_pictures")


def are_folders(options: dict[str, Any]) -> bool:
    """Whether two folders are to be held against each other; leaves where only one of the two is a folder."""
    name = options["original"]
    if name is None or not name or not Path(name).is_dir():
        return False
    inputs: tuple[str, ...] = options["inputs"]
    if len(inputs) != 1 or not Path(inputs[0]).is_dir():
        fail_usage(
            f"--original {name} is a folder, and belongs to one folder",
            hint="vouchmark check AFTER/ --original BEFORE/",
        )
    if options["form"] not in FORMS:
        fail_usage("of two folders text, json, csv or html is written", hint="--format csv")
    if isinstance(options["output"], Folder):
        fail_usage("of two folders one page is written", hint="name a file: -o kept.html")
    for option in _MEANS_NOTHING:
        if options[option]:
            fail_usage(f"--{option.replace('_', '-')} means nothing for two folders")
    refuse_without("cv2", "opencv-python-headless", "compare")
    return True


def compare_folders(options: dict[str, Any], settings: Settings, pool: Pool | None) -> Exit:
    """Pair, examine, judge and write; the exit code.

    Raises:
        click.exceptions.Exit: something cannot be written.
    """
    from vouchmark.examination.before_after import Folders
    from vouchmark.known.preservation.judging import Totals

    folders = Folders(before=Path(options["original"]), after=Path(options["inputs"][0]))
    totals = Totals()
    fates: list[Fate] = []
    for fate in progress(folders.fates(settings, pool=pool), quiet=bool(options["quiet"])):
        fates.append(fate)
        totals.add(fate)
    _write(options, "".join(_pieces(options, settings, fates, totals)))
    if not fates:
        click.echo("there is no file in what you named", err=True)
        return Exit.INCONCLUSIVE
    return Exit.FAILED if totals.has_losses else Exit.OK


def _pieces(options: dict[str, Any], settings: Settings, fates: list[Fate], totals: Totals) -> Iterator[str]:
    from vouchmark import __version__
    from vouchmark.lines.facts import instant
    from vouchmark.render import preservation

    tool = f"vouchmark {__version__}"
    if options["form"] == "json":
        yield preservation.as_json(fates, totals, at=instant(settings.at), tool=tool)
    elif options["form"] == "csv":
        yield from preservation.as_csv(fates)
    elif options["form"] == "html":
        yield from preservation.as_page(fates, totals, tool=tool)
    else:
        yield from (f"{line}\n" for line in preservation.as_text(fates, totals, quiet=bool(options["quiet"])))


def _write(options: dict[str, Any], text: str) -> None:
    path = options["output"]
    if path is None or str(path) == "-":
        standard_output().write(text)
        return
    with output_text(path, newline="" if options["form"] == "csv" else "\n") as out:
        out.write(text)

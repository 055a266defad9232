"""How is a folder of pages written: one for each file, and an index that is there only when all of them are?"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from provenance.files import system
from vouchmark.cli.common import fail_usage
from vouchmark.cli.placing import output_text

if TYPE_CHECKING:
    from vouchmark.report import Report

INDEX: Final = "index.html"
OURS: Final = re.compile(r"[0-9]{6}(?:-[a-z0-9-]+)?\.html")
"""Names of pages as `vouchmark.render.html.index` gives them; nothing else in the folder is ever removed."""
_MARK: Final = b'<meta name="generator" content="vouchmark">'
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | system.CLOEXEC | system.NOFOLLOW
"""How a page is opened: through no link."""
_HEAD: Final = 4096
"""Bytes of an index in which its mark stands."""


class Folder(NamedTuple):
    """A folder in which a run writes its pages."""

    path: Path

    def __str__(self) -> str:
        """As somebody would type it."""
        return f"{self.path}/"


class Output(click.Path):
    """A file, or a folder where the name ends in a slash."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As click does, but for a name that ends in a slash: that is a `Folder`."""
        text = os.fspath(value)
        if isinstance(text, str) and len(text) > 1 and text.endswith(("/", os.sep)):
            return Folder(Path(text))
        return super().convert(value, param, ctx)


def prepare(folder: Path) -> None:
    """Make the folder, and the one for pages in it. What is there must be an earlier index of ours, or nothing.

    Raises:
        click.exceptions.Exit: it cannot be made, or something else is there.
    """
    from vouchmark.render.html.index import INSIDE

    index, inside = folder / INDEX, folder / INSIDE
    try:
        inside.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(index) and not _is_ours(index):
            fail_usage(f"{index}: is there, and is no index of ours", hint="name another folder")
        foreign = next((one.name for one in inside.iterdir() if not OURS.fullmatch(one.name)), None)
    except OSError as error:
        fail_usage(f"cannot write to {folder}: {error.strerror}", hint="name a folder that you may write to")
    if foreign is not None:
        fail_usage(f"{inside / foreign}: is there, and is no page of ours", hint="name another folder")


def _is_ours(index: Path) -> bool:
    with index.open("rb") as file:
        return _MARK in file.read(_HEAD)


def write_pages(reports: Iterator[Report], folder: Path) -> Iterator[Report]:
    """Each report, once its page is written; the index comes after the last one, and pages of earlier runs go.

    Raises:
        OSError: something cannot be written.
    """
    from vouchmark.render.html import Page
    from vouchmark.render.html.index import INSIDE, Index, page_name

    index, written = Index(), set[str]()
    for number, report in enumerate(reports, start=1):
        name = page_name(number, report)
        with Page(one=True, back=f"../{INDEX}") as page:
            page.add(report)
            place = folder / INSIDE / name
            # Pages are no use before the index is there, which appears whole or not at all.
            with os.fdopen(os.open(place, _NEW, 0o666), "w", encoding="utf-8", newline="\n") as out:
                out.writelines(page.pieces())
        written.add(name)
        index.add(report, name)
        yield report
    if not written:
        return
    with output_text(folder / INDEX, newline="\n") as out:
        out.writelines(index.pieces())
    for earlier in (folder / INSIDE).iterdir():
        if earlier.name not in written and OURS.fullmatch(earlier.name):
            earlier.unlink()

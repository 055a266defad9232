"""How are the media segments of a fragmented video named on the command line, and read?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from vouchmark.cli.common import fail_usage

MAX_FRAGMENTS: Final = 10_000
"""Media segments of one stream: a film of five hours in segments of two seconds has 9,000."""

fragment_options: Final = click.option(
    "--fragment",
    multiple=True,
    type=click.Path(path_type=Path),
    help="* A media segment of a video in pieces, whose first part is FILE.",
)


def read_fragments(paths: Sequence[Path], *, one: bool, limit: int) -> tuple[bytes, ...]:
    """The bytes of the media segments, in order.

    Args:
        paths: as given.
        one: whether exactly one file is looked at.
        limit: bytes that all of them together may have.

    Raises:
        click.exceptions.Exit: several files are looked at, or a segment cannot be read (usage).
    """
    if not paths:
        return ()
    if not one:
        fail_usage("--fragment was given with several files, and belongs to one", hint="run it once for each video")
    if len(paths) > MAX_FRAGMENTS:
        fail_usage(f"got {len(paths)} fragments, expected at most {MAX_FRAGMENTS}")
    from provenance.asset import AssetError, Limits, open_asset

    found, left = list[bytes](), limit
    for path in paths:
        try:
            data = open_asset(path, limits=Limits(bytes=max(1, left))).data
        except AssetError as error:
            fail_usage(f"the fragment {path} cannot be read: {error}", hint=error.hint)
        found.append(data)
        left -= len(data)
    return tuple(found)

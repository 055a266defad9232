"""What was it made from? The options of `vouchmark check` about an original."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.common import fail, fail_usage, with_options
from vouchmark.cli.placing import output_file
from vouchmark.report import Exit

if TYPE_CHECKING:
    from vouchmark.known.originals import Original
    from vouchmark.report import Report

MIB: Final = 1024 * 1024

original_options: Final = with_options(
    click.option(
        "--original",
        metavar="FILE|FOLDER|thumbnail|index",
        help="Say where it differs from this one, which part of this recording it is, or what of this folder was kept.",
    ),
    click.option(
        "--compare-pictures",
        is_flag=True,
        help="Match it to the thumbnails that were signed with it and with earlier files.",
    ),
    click.option(
        "--diff-out",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write a picture (PNG) of where they differ.",
    ),
)
"""An original, and what comes of comparing."""


def read_original(options: dict[str, Any], *, is_one: bool) -> Original | None:
    """What the options say of an original.

    Raises:
        click.exceptions.Exit: it cannot be read, or cannot be compared here.
    """
    name: str | None = options["original"]
    if name is None:
        if options["diff_out"] is not None:
            fail_usage("--diff-out was given without --original", hint="name the file that it was made from")
        return None
    if name and Path(name).is_dir():
        return None  # two folders, each file of which has an original of its own
    if not is_one:
        fail_usage("--original was given with several files, and belongs to one", hint="run it once for each file")
    from provenance.asset import AssetError, Limits
    from vouchmark.known.originals import INDEX, THUMBNAIL, Original

    if name == INDEX:
        if options["index"] is None:
            fail_usage("--original index was given without --index", hint="name your index, or ./index for a file")
        refuse_without("cv2", "opencv-python-headless", "compare")
        return Original.kept()
    if name == THUMBNAIL:
        refuse_without("cv2", "opencv-python-headless", "compare")
        return Original.thumbnail()
    if not name:
        fail_usage("got an empty name, expected an original", hint="an unset variable in a script leaves it empty")
    try:
        original = Original.load(Path(name), limits=Limits(bytes=options["max_size"] * MIB))
    except AssetError as error:
        fail_usage(f"the original {name} cannot be read: {error}", hint=error.hint)
    if original.media_type.startswith("image/"):
        refuse_without("cv2", "opencv-python-headless", "compare")
    elif original.media_type.startswith(("video/", "audio/")):
        refuse_without("av", "av", "video")
    return original


def refuse_without(module: str, package: str, extra: str) -> None:
    """Leave where a package that comparing needs is not installed."""
    if find_spec(module) is None:
        fail(
            f"comparing with an original needs the package {package}, which is not installed",
            hint=f"run: pip install 'vouchmark[{extra}]'",
            code=Exit.ERROR,
        )


def write_difference(report: Report, path: Path | None) -> None:
    """Write the picture of where they differ, whole or not at all; say so where there is none.

    Raises:
        click.exceptions.Exit: it cannot be written.
    """
    if path is None:
        return
    from vouchmark.examination.pictures import DIFFERENCE

    found = next((one for one in report.pictures if one.role == DIFFERENCE and one.data), None)
    if found is None:
        click.echo(f"nothing was written to {path}: the two were not aligned", err=True)
        return
    with output_file(path) as out:
        out.write(found.data)

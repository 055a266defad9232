"""How does what a command makes get into a file that the user named: whole or not at all?"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from provenance.whole_file import whole_file
from vouchmark.cli.common import fail_usage, umask
from vouchmark.cli.placing import precious


@contextmanager
def output_file(path: Path) -> Iterator[BinaryIO]:
    """The file, as readable as the user's new files are, once the block ends; a device or a pipe stays what it is.

    Raises:
        click.exceptions.Exit: nothing can be written there.
        OSError: it cannot be filled or put in place; the command line as a whole tells of that.
    """
    if what := precious(path):
        fail_usage(f"{path}: is {what}, and never overwritten", hint="name another one")
    with ExitStack() as stack:
        try:
            if path.exists() and not path.is_file():
                out: BinaryIO = stack.enter_context(path.open("wb"))
            else:
                out = stack.enter_context(whole_file(path.resolve(), mode=0o666 & ~umask()))
        except OSError as error:
            fail_usage(
                f"cannot write to {path}: {error.strerror}", hint="name a file in a folder that you may write to"
            )
        yield out


@contextmanager
def output_text(path: Path, *, newline: str) -> Iterator[TextIO]:
    """The same for text, in UTF-8. Raises as `output_file` does.

    Args:
        path: where it appears.
        newline: how a line ends there; empty where the text says so itself.
    """
    with output_file(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline=newline)
        yield text
        text.detach()

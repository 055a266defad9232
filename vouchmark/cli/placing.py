"""How does a finished file get to its place: whole or not at all, and over nothing that nobody can make again?"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from provenance.files import system
from provenance.files.whole_file import whole_file
from vouchmark.cli.common import fail_usage, umask

_HEAD: Final = 1024  # octets that show what a file is: a vault's header has some 200
_PRECIOUS: Final = (
    (b"vouchmark-vault/1", "a vault with secrets that are nowhere else"),
    (b"SQLite format 3\0", "a database"),
    (b"PRIVATE KEY-----", "a private key"),
)
"""What no command overwrites, whatever it is told, by something in its first octets."""


def may_write(output: Path, *, overwrite: bool, hint: str = "name another one, or say --overwrite") -> None:
    """Leave before anything is done where a file would be overwritten that nobody said should be, or never should."""
    if not overwrite and os.path.lexists(output):
        fail_usage(f"{output}: there is a file", hint=hint)
    if not output.parent.is_dir():
        fail_usage(f"{output.parent}: no such folder")
    if what := precious(output):
        fail_usage(f"{output}: is {what}, and never overwritten", hint="name another one")


def precious(path: Path) -> str:
    """What a file is that nobody can make again; empty where it is nothing of the kind, or cannot be looked into."""
    try:
        descriptor = os.open(path, os.O_RDONLY | system.CLOEXEC | system.NONBLOCK)
    except OSError:
        return ""
    try:
        head = os.read(descriptor, _HEAD) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    except OSError:
        return ""
    finally:
        os.close(descriptor)
    return next((words for mark, words in _PRECIOUS if mark in head), "")


def place(path: Path, octets: bytes, *, mode: int, overwrite: bool) -> None:
    """Put a file in place, whole or not at all, flushed to the disk; through a link, and into a device as it is.

    Args:
        path: where to.
        octets: what it holds.
        mode: its permissions.
        overwrite: whether it may take another's place; else whatever came in between stays, a link too.

    Raises:
        zk.errors.RefusedError: There is a file that stays.
        zk.errors.StorageError: It cannot be written.
    """
    from zk.errors import RefusedError, StorageError

    if what := precious(path):
        raise RefusedError(f"{path}: is {what}, and never overwritten")
    try:
        if overwrite and path.exists() and not (path.is_file() or path.is_dir()):
            path.write_bytes(octets)
            return
        with whole_file(path.resolve() if overwrite else path, mode=mode, durable=True, overwrite=overwrite) as file:
            file.write(octets)
    except FileExistsError as error:
        raise RefusedError(f"{path}: a file came in between, and stays") from error
    except OSError as error:
        raise StorageError(f"{path}: cannot write: {error.strerror}") from error


@contextmanager
def output_file(path: Path) -> Iterator[BinaryIO]:
    """A file that takes another's place, as readable as the user's new files are, once the block ends.

    It goes through a link, and a device or a pipe stays what it is.

    Raises:
        click.exceptions.Exit: Nothing can be written there, or never should be.
        OSError: It cannot be filled or put in place; the command line as a whole tells of that.
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
            hint = "name a file in a folder that you may write to"
            fail_usage(f"cannot write to {path}: {error.strerror}", hint=hint)
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

"""Which segments does an index consist of at one moment? The list that is put in place in one step.

A line of JSON and its SHA-256 on a line of its own: what ends early or was changed is noticed before all else.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from msgspec import Struct

from provenance.hashes.errors import DamagedIndexError, ForeignIndexError, NoIndexError
from provenance.nesting import check_nesting

FORMAT: Final = "vouchmark-index/1"
LIST: Final = "index.json"
"""The list of the segments that count; everything else in the folder is theirs or left behind."""
MAX_LIST: Final = 4 * 1024 * 1024
"""Bytes of the list; segments are merged long before it has a hundredth."""


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One segment, as the list names it."""

    file: str
    entries: int
    hashes: int
    thumbnails: bool
    """Whether any of its entries has a small picture to compare with."""
    sha256: str
    """Of its header."""


class Listing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The list itself."""

    format: str
    generation: int
    """Counts up with every change."""
    parts: tuple[Part, ...]


def read_list(folder: Path) -> tuple[Listing, str]:
    """The list of an index and its SHA-256.

    Raises:
        NoIndexError, ForeignIndexError, DamagedIndexError, OSError: as for `KnownMedia`.
    """
    if not folder.exists():
        raise NoIndexError(f"there is no index {folder.name}")
    if not folder.is_dir():
        raise ForeignIndexError(f"{folder.name} is a file; an index is a folder")
    try:
        with open_file(folder / LIST) as file:
            content = file.read(MAX_LIST + 1)
    except FileNotFoundError as error:
        raise ForeignIndexError(f"{folder.name} is a folder, and no index of known media") from error
    body, tail = content[:-66], content[-66:]
    if not content.startswith(b'{"format":"vouchmark-index/'):
        raise ForeignIndexError(f"the list in {folder.name} is not one of an index of known media")
    if not content.startswith(b'{"format":"' + FORMAT.encode() + b'"'):
        raise ForeignIndexError(f"{folder.name} is an index of another version than {FORMAT}")
    digest = hashlib.sha256(body).hexdigest()
    if tail != b"\n" + digest.encode() + b"\n":
        raise DamagedIndexError("the list of the index is not what was written")
    try:
        check_nesting(body.decode())
        listing = msgspec.json.decode(body, type=Listing)
    except (msgspec.MsgspecError, ValueError) as error:
        raise DamagedIndexError("the list of the index has another shape") from error
    if any(os.sep in part.file or part.file.startswith(".") for part in listing.parts):
        raise DamagedIndexError("the list of the index names files outside it")
    return listing, digest


def open_file(path: Path) -> BinaryIO:
    """A file of an index, open for reading; whatever lies in its place, nothing is waited for.

    Raises:
        FileNotFoundError: it is not there.
        ForeignIndexError: it is a FIFO, a socket or a device.
        OSError: the system could not read it.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise ForeignIndexError(f"{path.name} is no file; nothing that an index wrote")
    return os.fdopen(handle, "rb")


def write_list(listing: Listing, path: Path) -> None:
    """Write a list and make sure that it is on disk.

    Raises:
        OSError: the disk is full or goes away.
    """
    body = msgspec.json.encode(listing)
    with path.open("wb") as file:
        file.write(body + b"\n" + hashlib.sha256(body).hexdigest().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())

"""What is there to look at, in which order, and where in the named folder does each file lie?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, TypeAlias

from provenance.asset import walk
from provenance.files.sidecar import Sidecar
from vouchmark.examination.opening.addresses import is_address
from vouchmark.vouching.files import Beside, VouchFile


class Found(NamedTuple):
    """A file that was found in a folder which was named."""

    path: Path
    below: str
    """Its path below that folder, with `/`; where several inputs were named, with the folder's own name before it."""


class Upload(NamedTuple):
    """A file that somebody sent: it lies where a service keeps it, and nothing beside it is its own."""

    path: Path
    name: str
    """What its sender calls it: for the report, and never a place on this machine."""


class Held(NamedTuple):
    """A file with what lay beside it, kept in another place and perhaps under another name."""

    path: Path
    name: str
    """What it was called; bytes that are no text read as U+FFFD."""
    below: str | None
    """Its path below the folder that was named, as in `Found`; None where the file itself was named."""
    sidecar: Sidecar
    vouches: tuple[VouchFile, ...]
    more: int
    """How many further vouches lay beside it than are read."""


Source: TypeAlias = str | Path | bytes | BinaryIO | Found | Upload | Held
"""Whatever can be examined: a path, an address, the bytes, a binary stream, a file found in a folder or sent, one that
is held with what lay beside it."""

STREAM: Final = "-"
"""How a command line calls standard input."""


def place_of(source: Source) -> tuple[str | Path | bytes | BinaryIO | Upload | Held, str | None]:
    """(what is opened, its path below the folder that was named; None where the file itself was named)."""
    if isinstance(source, Held):
        return source, source.below
    return (source.path, source.below) if isinstance(source, Found) else (source, None)


def files(
    sources: Iterable[str | Path | bytes | BinaryIO],
    *,
    several: bool,
    leaves_out: Callable[[Path], bool] = lambda _: False,
) -> Iterator[Source]:
    """Every file, folders walked in order, without the vouches that lie beside one: those are looked at with it.

    Args:
        sources: paths, addresses, bytes or streams; a folder stands for every file in it, and the folders within.
        several: whether more than one input was named, so that paths below a folder begin with its name.
        leaves_out: files of a folder that are passed over, such as what this run itself writes.
    """
    beside = Beside()
    for source in sources:
        if (isinstance(source, str) and is_address(source)) or not isinstance(source, str | Path):
            yield source
        elif (named := Path(source)).is_dir():
            start = f"{named.name}/" if several and named.name else ""
            for path in walk([named]):
                if path != named and (leaves_out(path) or beside.belongs(path)):
                    continue
                yield Found(path, start + path.relative_to(named).as_posix()) if path != named else path
        else:
            yield named

"""What exactly is the file that everything else is said about? Opened once, read once, with its digest and type.

Nothing here waits: a FIFO, a device or a socket is refused before a byte is read, and a file over the limit by its
size alone. Pixels are never decoded; a picture's measures come from its header.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, ClassVar, Final

from provenance.errors import OptionError, ProvenanceError
from provenance.files.large_file import LargeFile
from provenance.files.window import ChangedError, Window, as_bytes
from provenance.media_type import disagrees, named_type, recognise

DEFAULT_BYTES: Final = 512 * 1024 * 1024
"""Bytes: an hour of phone video is larger, but both engines keep a whole file in memory."""
DEFAULT_FILM_BYTES: Final = 64 * 1024 * 1024 * 1024
"""Bytes of a film that is read through a window, and never held: some hours of the best that cameras record."""
LARGE: Final = 128 * 1024 * 1024
"""Bytes above which a file is read through a window, where its type is one of `WINDOWED`."""
WINDOWED: Final = frozenset({"video/mp4", "video/quicktime", "audio/mp4"})
"""Types of whose media no more than some pieces are held at a time."""
DEFAULT_PIXELS: Final = 256_000_000
"""Pixels: the largest phone sensors have 200 million; as RGBA this is 1 GiB."""
MAX_DEPTH: Final = 256
"""Folders inside folders; deeper ones are not entered. Paths end at 4,096 bytes anyway."""
CHUNK: Final = 1024 * 1024
"""Bytes asked of a stream at a time."""


class AssetError(ProvenanceError):
    """A file could not be read. Says nothing on what may be in it."""

    reason: ClassVar[str] = "unreadable"
    """A stable word for machines."""
    hint = "check the disk or the connection to it, then try again"


class AssetNotFoundError(AssetError):
    """There is nothing at that path."""

    reason = "not-found"
    hint = "check the name; quote names with spaces"


class AssetPermissionError(AssetError):
    """This user may not read it."""

    reason = "no-permission"
    hint = "ask for the right to read it, or run as a user who has it"


class AssetFolderError(AssetError):
    """It is a folder where one file was expected."""

    reason = "folder"
    hint = "name a file in it"


class AssetKindError(AssetError):
    """It is a FIFO, a device or a socket: reading it may wait for ever or change something."""

    reason = "not-a-file"
    hint = "copy what it gives into a file, or pipe it to standard input (-)"


class AssetTooLargeError(AssetError):
    """More bytes than the limit."""

    reason = "too-large"
    hint = "--max-size lifts that, if you trust the file and have the memory: both engines hold it whole"


class AssetChangedError(AssetError):
    """It is another one than when it was opened: it grew, or something in it was changed meanwhile."""

    reason = "changed-meanwhile"
    hint = "wait until whatever writes it has ended, then try again"


class PictureTooLargeError(AssetError):
    """A header that announces more pixels than the limit (a decompression bomb)."""

    reason = "too-many-pixels"
    hint = "--max-pixels lifts that, if you trust the file and have the memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one file may ask for."""

    bytes: int = DEFAULT_BYTES
    pixels: int = DEFAULT_PIXELS
    film_bytes: int | None = None
    """Of a film that is read through a window; DEFAULT_FILM_BYTES where neither is given, else `bytes`."""
    second_bytes: int = LARGE
    """Above which the second engine, which holds a file and a copy of it, is not asked."""

    @property
    def films(self) -> int:
        """Bytes that a film may have."""
        if self.film_bytes is not None:
            return self.film_bytes
        return DEFAULT_FILM_BYTES if self.bytes == DEFAULT_BYTES else self.bytes

    def __post_init__(self) -> None:
        """Refuse limits that let nothing through; OptionError."""
        if self.bytes < 1 or self.pixels < 1 or self.films < 1:
            raise OptionError(f"got limits of {self.bytes} bytes and {self.pixels} pixels, expected at least 1 of each")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file as it was read: its bytes cannot change under the checks."""

    name: str
    """The file's name without its folder, `-` where it has none; bytes that are no text read as U+FFFD."""
    data: bytes = field(repr=False)
    media_type: str
    """From the content; `application/octet-stream` where nothing is recognised."""
    named_type: str | None
    """What the name claims where the content is something else; None where they agree or it claims nothing."""
    size: int
    """Bytes."""
    sha256: str
    """Lower-case hex; empty of a file that is read through a window, until it is settled."""
    large: LargeFile | None = field(default=None, repr=False, compare=False)
    """The open file, where `data` is a window to it; None where it is held."""

    def settled(self, seconds: float | None = None) -> Asset:
        """The same with its digest, where all of it is still as it was when it was opened.

        Raises:
            AssetChangedError: It is not.
            AssetError: It could not be read to its end, or not in so many seconds.
        """
        if self.large is None:
            return self
        try:
            return replace(self, sha256=self.large.sha256(seconds))
        except ChangedError as error:
            raise AssetChangedError(str(error)) from error
        except TimeoutError as error:
            raise AssetError(str(error)) from error
        except OSError as error:
            raise _typed(error) from error


def open_asset(
    source: Path | bytes | BinaryIO,
    *,
    name: str | None = None,
    limits: Limits | None = None,
    may_be_large: bool = False,
) -> Asset:
    """Read a file, some bytes, or a stream to its end: once, and never waiting for anything but the disk or stream.

    Args:
        source: A path, the bytes themselves, or a binary stream.
        name: What to call it; the path's last part, or `-`, where not given.
        limits: How many bytes are let in.
        may_be_large: Whether a large film at a path is to be read through a window; whoever asks for that has it
            `settled` before anything is said of it, and never holds `data` whole.

    Raises:
        AssetNotFoundError: Nothing is there.
        AssetPermissionError: It may not be read.
        AssetFolderError: It is a folder.
        AssetKindError: It is a FIFO, a device or a socket.
        AssetTooLargeError: It is over the limit; found out without reading it where it tells its size.
        AssetError: Any other failure of the system.
    """
    limit, large = (limits or Limits()).bytes, None
    if isinstance(source, bytes):
        data = source
        if len(data) > limit:
            raise AssetTooLargeError(f"it has {len(data)} bytes, over the limit of {limit}")
    elif isinstance(source, Path):
        name = source.name if name is None else name
        large = _open_large(source, limits or Limits(), name) if may_be_large else None
        data = large.data if large is not None else _read_path(source, limit)
    else:
        data = _read_stream(source, limit)
    plain = os.fsencode(name or "-").decode("utf-8", "replace")
    media_type = recognise(data, name=plain)
    claimed = named_type(plain)
    return Asset(
        name=plain,
        data=data,
        media_type=media_type,
        named_type=claimed if disagrees(media_type, claimed) else None,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest() if large is None else "",
        large=large,
    )


_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
"""Not to wait for a FIFO's writer or a tape, and not to make a terminal ours."""


def _read_path(path: Path, limit: int) -> bytes:
    try:
        # Asked before opening, because opening some devices does something (a tape rewinds) ...
        _refuse_other_kinds(path.stat().st_mode)
        handle = os.open(path, _FLAGS)
        try:
            # ... and again after, because another file may have taken its place.
            status = os.fstat(handle)
            _refuse_other_kinds(status.st_mode)
            if status.st_size > limit:
                raise AssetTooLargeError(f"it has {status.st_size} bytes, over the limit of {limit}")
            return _read_all(handle, status.st_size, limit)
        finally:
            os.close(handle)
    except OSError as error:
        raise _typed(error) from error
    except ValueError as error:  # a NUL in the path
        raise AssetNotFoundError("the name holds a character that no file name can have") from error


def _open_large(path: Path, limits: Limits, name: str) -> LargeFile | None:
    """A film that is read through a window; None for anything else, and for what is read whole."""
    try:
        if path.stat().st_size <= LARGE:
            return None
        _refuse_other_kinds(path.stat().st_mode)
        handle = os.open(path, _FLAGS)
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size <= LARGE:
            os.close(handle)
            return None
        window = Window(handle, status.st_size)
    except (OSError, ValueError):
        # Whoever reads it whole says what is wrong.
        return None
    if recognise(as_bytes(window), name=name) not in WINDOWED:
        window.close()
        return None
    if status.st_size > limits.films:
        window.close()
        raise AssetTooLargeError(f"it has {status.st_size} bytes, over the limit of {limits.films}")
    return LargeFile(path, window)


def _read_all(handle: int, size: int, limit: int) -> bytes:
    """Everything up to the end: normally one read of the announced size and one that finds the end."""
    parts: list[bytes] = []
    total, ask = 0, size + 1
    while part := os.read(handle, ask):
        parts.append(part)
        total += len(part)
        if total > limit:
            raise AssetTooLargeError(f"it grew past the limit of {limit} bytes while it was read")
        ask = max(CHUNK, size + 1 - total)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _read_stream(stream: BinaryIO, limit: int) -> bytes:
    parts: list[bytes] = []
    total = 0
    try:
        while part := stream.read(min(CHUNK, limit + 1 - total)):
            if not isinstance(part, bytes):
                raise TypeError(f"got a stream of {type(part).__name__}, expected one of bytes")
            parts.append(part)
            total += len(part)
            if total > limit:
                raise AssetTooLargeError(f"it is over the limit of {limit} bytes")
    except OSError as error:
        raise _typed(error) from error
    if part is None:
        raise AssetError("the stream has nothing to give yet and does not wait")
    return b"".join(parts)


def _refuse_other_kinds(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise AssetFolderError("it is a folder")
    if not stat.S_ISREG(mode):
        kinds = ((stat.S_ISFIFO, "a FIFO"), (stat.S_ISSOCK, "a socket"))
        kind = next((words for is_kind, words in kinds if is_kind(mode)), "a device")
        raise AssetKindError(f"it is {kind}, not a file")


def _typed(error: OSError) -> AssetError:
    """Whose fault it is, in our own words: the system's wording differs between machines."""
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return AssetNotFoundError("there is no such file")
    if error.errno in (errno.EACCES, errno.EPERM):
        return AssetPermissionError("you are not allowed to read it")
    if error.errno == errno.EISDIR:
        return AssetFolderError("it is a folder")
    if error.errno == errno.ENXIO:
        return AssetKindError("it is a socket or a device, not a file")
    if error.errno == errno.ENAMETOOLONG:
        return AssetNotFoundError("the name is longer than any file's")
    if error.errno == errno.ELOOP:
        return AssetNotFoundError("it is a link that leads to itself")
    return AssetError(f"the system could not read it ({errno.errorcode.get(error.errno or 0, 'unknown error')})")


def walk(paths: Iterable[Path], *, max_depth: int = MAX_DEPTH) -> Iterator[Path]:
    """Every file under some paths: named files as they are, folders in the order of their names' bytes, deep first.

    Inside a folder, links to files are followed and links to folders are not, so that nobody else's folder is entered
    and no loop is. What cannot be read (a folder too) is yielded as well: opening it then says why.
    """
    for path in paths:
        yield from _walk_folder(path, max_depth) if _is(stat.S_ISDIR, path) else (path,)


def _is(kind: Callable[[int], bool], path: Path) -> bool:
    """Whether there is something of that kind; False where nothing can be found out."""
    try:
        return kind(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _walk_folder(folder: Path, max_depth: int) -> Iterator[Path]:
    pending: list[tuple[Path, bool, int]] = [(folder, True, 0)]
    while pending:
        path, is_folder, depth = pending.pop()
        if not is_folder:
            yield path
            continue
        try:
            with os.scandir(path) as listing:
                entries = sorted(listing, key=lambda entry: os.fsencode(entry.name), reverse=True)
        except OSError:
            yield path
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if depth < max_depth:
                    pending.append((path / entry.name, True, depth + 1))
            elif not _is(stat.S_ISDIR, path / entry.name):  # asked this way, a link that leads to itself is no error
                pending.append((path / entry.name, False, depth))

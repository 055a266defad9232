"""How is a file of several gigabytes read by what asks for bytes, without holding it?

A `Window` stands where bytes do: slices are read from the one open file as they are asked for, searches and digests go
over it piece by piece, and what a search has mapped is let go again. Reading never holds more than some pieces.
"""

from __future__ import annotations

import bisect
import io
import mmap
import os
import re
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from provenance.files import system

PIECE: Final = 8 * 1024 * 1024
"""Bytes that are read, hashed or searched at a time: large enough that a call costs nothing beside them."""
GLANCE: Final = 1024 * 1024
"""Bytes that a scout goes over at a time: so few that nothing else waits for it, and that they stay in the cache."""
LONGEST: Final = 4_096
"""Bytes by which pieces that are searched overlap; no signature or pattern that is searched for is longer."""
NEAR: Final = 8_192
"""Bytes that a search reads first: what is searched for is mostly near."""
MAX_PLACES: Final = 100_000
"""Places of one thing that a scout keeps; of what is there more often it says nothing."""
TOUCHED: Final = 2_048
"""Single looks at mapped pages after which these are let go: each may map 64 KiB."""


class ChangedError(OSError):
    """The file is not the one that was opened, or became shorter."""


class Identity(NamedTuple):
    """Which file that is, and in which state."""

    device: int
    inode: int
    size: int
    changed: int
    """Nanoseconds since 1970 of the last change of its content."""

    @classmethod
    def of(cls, handle: int) -> Identity:
        """Of an open file. Raises OSError."""
        status = os.fstat(handle)
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


class Window(mmap.mmap):
    """A file, read as it is asked for. For whoever takes bytes and only indexes, slices and searches them."""

    handle: int
    """The open file; it is closed with the window."""
    scout: Scout | None
    """What goes over the whole file beforehand; None where nothing does."""
    _reads: int

    def __new__(cls, handle: int, size: int) -> Window:
        """`handle` is an open file of `size` bytes, at least one, and belongs to the window from now on."""
        window = super().__new__(cls, handle, size, access=mmap.ACCESS_READ)
        window.handle, window.scout, window._reads = handle, None, 0
        return window

    def __getitem__(self, key: Any, /) -> Any:
        """A byte, or bytes: read, and not mapped."""
        if not isinstance(key, slice) or key.step not in (None, 1):
            self._reads += 1
            if self._reads >= TOUCHED:
                self.forget()
            return super().__getitem__(key)
        start, stop, _ = key.indices(len(self))
        return self._read(start, max(0, stop - start))

    def _read(self, start: int, size: int) -> bytes:
        found = system.read_at(self.handle, size, start)
        while len(found) < size:
            more = system.read_at(self.handle, size - len(found), start + len(found))
            if not more:
                raise ChangedError("the file became shorter while it was read")
            found += more
        return found

    def find(self, sub: Any, start: int | None = None, end: int | None = None, /) -> int:
        """As of bytes, piece by piece."""
        first, stop, _ = slice(start, end).indices(len(self))
        if self.scout is not None and (places := self.scout.places(sub)) is not None:
            number = bisect.bisect_left(places, first)
            return places[number] if number < len(places) and places[number] + len(sub) <= stop else -1
        # Never less than what is searched for: else no piece could hold it.
        size, most = max(NEAR, 2 * len(sub)), max(PIECE, 2 * len(sub))
        while first < stop:
            at = self._read(first, min(size, stop - first)).find(sub)
            if at >= 0:
                return first + at
            first += size - len(sub) + 1
            size = min(most, 8 * size)
        return -1

    def rfind(self, sub: Any, start: int | None = None, end: int | None = None, /) -> int:
        """As of bytes, piece by piece."""
        first, stop, _ = slice(start, end).indices(len(self))
        most = max(PIECE, 2 * len(sub))
        while stop - first >= len(sub):
            begin = max(first, stop - most)
            at = self._read(begin, stop - begin).rfind(sub)
            if at >= 0:
                return begin + at
            if begin == first:
                return -1
            stop = begin + len(sub) - 1
        return -1

    def count(self, sub: bytes, start: int | None = None, end: int | None = None) -> int:
        """As of bytes."""
        first, stop, _ = slice(start, end).indices(len(self))
        number = 0
        while (at := self.find(sub, first, stop)) >= 0:
            number, first = number + 1, at + len(sub)
        return number

    def startswith(self, prefix: bytes, start: int = 0) -> bool:
        """As of bytes."""
        return bool(self[start : start + len(prefix)] == prefix)

    def __contains__(self, sub: object) -> bool:
        """Whether some bytes stand anywhere in the file."""
        return self.find(sub) >= 0

    def forget(self) -> None:
        """Let go of what was mapped; it is read again where it is asked for again."""
        self._reads = 0
        if hasattr(mmap, "MADV_DONTNEED"):
            self.madvise(mmap.MADV_DONTNEED)

    def __del__(self) -> None:
        """Nothing stays open that nobody has any more."""
        self.close()

    def close(self) -> None:
        """Close window and file. Idempotent."""
        if self.closed:
            return
        if self.scout is not None:
            self.scout.stop()
        super().close()
        os.close(self.handle)


def open_window(path: Path, identity: Identity) -> bytes:
    """A file that somebody else has opened, opened again; a `Window`, which stands for bytes.

    Raises:
        ChangedError: Another file lies there, or it was changed.
        OSError: It cannot be opened or mapped.
    """
    handle = os.open(path, os.O_RDONLY | system.CLOEXEC)
    if Identity.of(handle) != identity:
        os.close(handle)
        raise ChangedError("the file was changed or replaced")
    return as_bytes(Window(handle, identity.size))


def as_bytes(window: Window) -> bytes:
    """A window under the type of what it stands for."""
    return cast("bytes", window)


def window_of(data: bytes) -> Window | None:
    """The window that stands for bytes; None where they are bytes."""
    found: object = data
    return found if isinstance(found, Window) else None


def pieces(data: bytes, start: int, end: int) -> Iterator[memoryview]:
    """Bytes `start` to `end`, in order, to be used up before the next piece is asked for."""
    window = window_of(data)
    if window is None:
        yield memoryview(data)[start:end]
        return
    room = memoryview(bytearray(min(PIECE, max(0, end - start))))
    while start < end:
        count = system.read_into(window.handle, room[: min(len(room), end - start)], start)
        if not count:
            raise ChangedError("the file became shorter while it was read")
        yield room[:count]
        start += count


def matches(pattern: re.Pattern[bytes], data: bytes, start: int, end: int) -> Iterator[re.Match[bytes]]:
    """Every match of a pattern between two offsets, in order; of a window piece by piece.

    A match is found where it is no longer than LONGEST.
    """
    window = window_of(data)
    if window is None or end - start <= PIECE:
        yield from pattern.finditer(data, start, end)
        return
    if window.scout is not None and (places := window.scout.places(pattern)) is not None:
        for place in places[bisect.bisect_left(places, start) : bisect.bisect_left(places, end)]:
            match = pattern.match(data, place, min(end, place + LONGEST))
            if match is not None and place >= start:
                yield match
                start = match.end()
        return
    while start < end:
        stop = min(end, start + PIECE)
        for match in pattern.finditer(data, start, min(end, stop + LONGEST)):
            if match.start() >= stop:
                break
            yield match
            stop = max(stop, match.end())
        window.forget()
        start = stop


class Scout(threading.Thread):
    """Goes over a file once, beside everything else, for what will be searched for in all of it."""

    def __init__(self, handle: int, size: int, wanted: Mapping[object, bytes | re.Pattern[bytes]]) -> None:
        """Settle what is searched for.

        Args:
            handle: the open file, which stays open until the thread has ended.
            size: its bytes.
            wanted: by what is searched for later (bytes, or a pattern): what each of its places begins with.
        """
        super().__init__(daemon=True)
        self._handle, self._size, self._wanted = handle, size, wanted
        self._places: dict[object, list[int]] = {key: [] for key in wanted}
        self._is_whole = False
        self._is_stopped = False

    def places(self, key: object) -> list[int] | None:
        """Where that is, in order; None where it was not searched for, or is too often there. Waits for the end."""
        if key not in self._places:
            return None
        self.join()
        return self._places.get(key) if self._is_whole else None

    def stop(self) -> None:
        """End it, and wait for that."""
        self._is_stopped = True
        self.join()

    def run(self) -> None:
        """The one pass."""
        step = min(PIECE, GLANCE)
        room = bytearray(step + LONGEST)
        for start in range(0, self._size, step):
            count = 0
            while count < min(len(room), self._size - start) and not self._is_stopped:
                more = system.read_into(self._handle, memoryview(room)[count:], start + count)
                if not more:
                    return
                count += more
            if self._is_stopped:
                return
            for key in tuple(self._places):
                self._places[key] += (start + at for at in _found(self._wanted[key], room, count) if at < step)
                if len(self._places[key]) > MAX_PLACES:
                    del self._places[key]
        self._is_whole = True


def _found(sought: bytes | re.Pattern[bytes], room: bytearray, count: int) -> Iterator[int]:
    """Where something begins in a piece of a file."""
    if isinstance(sought, re.Pattern):
        yield from (match.start() for match in sought.finditer(room, 0, count))
        return
    at = room.find(sought, 0, count)
    while at >= 0:
        yield at
        at = room.find(sought, at + 1, count)


class Stream(io.RawIOBase):
    """A window as a file of its own place, for an engine that reads and seeks."""

    def __init__(self, window: Window) -> None:
        """Begins at the start."""
        self._window = window
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go elsewhere. Raises ValueError."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._window)}[whence]
        if base + offset < 0:
            raise ValueError("got a place before the start of the file")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        """As many bytes as there are, into a buffer."""
        room = memoryview(buffer)[: max(0, len(self._window) - self._at)]
        count = system.read_into(self._window.handle, room, self._at) if room else 0
        self._at += count
        return count

"""How do bytes get into an engine and out of it, so that a failing read is never taken for what the media are?"""

from __future__ import annotations

import io
from typing import Any

from provenance.files.window import Stream, window_of
from provenance.reasons import Reason


def source_of(data: bytes) -> Source | WindowSource:
    """Media as an engine reads them: a window through its one open file."""
    window = window_of(data)
    return Source(data) if window is None else WindowSource(window)


class WindowSource(Stream):
    """A window that remembers when it could not be read."""

    failed = False
    reason: Reason = Reason.IO

    def readinto(self, buffer: Any, /) -> int:
        """As of any stream. Raises MemoryError, OSError."""
        try:
            return super().readinto(buffer)
        except (MemoryError, OSError):
            self.failed = True
            raise


class Source(io.BytesIO):
    """Media for an engine, which remembers when it could not be read: the engine's own words for that vary."""

    failed = False
    reason: Reason = Reason.MEMORY_LIMIT

    def readinto(self, buffer: Any, /) -> int:
        """As of any stream. Raises MemoryError."""
        try:
            return super().readinto(buffer)
        except MemoryError:
            self.failed = True
            raise


class Bounded(io.BytesIO):
    """A stream that takes so many bytes and then no more; an engine then gives up what it was to write."""

    def __init__(self, limit: int) -> None:
        """`limit` is how many bytes."""
        super().__init__()
        self._limit = limit

    def write(self, data: Any, /) -> int:
        """As of any stream. Raises OSError."""
        if self.tell() + len(data) > self._limit:
            raise OSError("over the limit")
        return super().write(data)

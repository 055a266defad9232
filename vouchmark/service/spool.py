"""Where does an upload lie until it is answered? In a folder that this process alone may enter, and then nowhere.

What is received goes to the disk piece by piece: a body is never in memory as a whole. What a process left behind that
was killed is removed by the next one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from provenance.files import system
from vouchmark.service.limits import LATER
from vouchmark.service.problems import ProblemError

_PREFIX: Final = "vouchmark-spool-"
_LOCK: Final = ".lock"


class Spool:
    """A private folder for uploads. A context manager: the folder is gone afterwards."""

    def __init__(self, parent: Path | None, *, most: int) -> None:
        """Say where.

        Args:
            parent: the folder in which it is made; the system's for temporary files where None.
            most: bytes that may lie there at a time.
        """
        self._parent = parent or Path(tempfile.gettempdir())
        self._most = most
        self.held = 0
        """Bytes that lie there now."""
        self._path: Path | None = None
        self._lock: BinaryIO | None = None
        self._count = 0

    def __enter__(self) -> Spool:
        """Make the folder, and remove those of processes that are no more. Raises OSError."""
        self._sweep()
        self._path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self._parent))
        self._lock = (self._path / _LOCK).open("wb")
        system.try_lock(self._lock.fileno())
        return self

    def __exit__(self, *_: object) -> None:
        """Remove it with all in it."""
        if self._lock is not None:
            self._lock.close()
        if self._path is not None:
            shutil.rmtree(self._path, ignore_errors=True)
        self._path = None

    def _sweep(self) -> None:
        for path in self._parent.glob(f"{_PREFIX}*"):
            with contextlib.suppress(OSError):
                if path.is_symlink() or path.stat().st_uid != os.getuid():
                    continue
                with (path / _LOCK).open("rb") as lock:
                    system.try_lock(lock.fileno())
                    shutil.rmtree(path)

    def new(self) -> Piece:
        """A place for one part of an upload, empty."""
        if self._path is None:
            raise ProblemError("stopping", "this server is about to end", retry_after=LATER)
        self._count += 1
        return Piece(self, self._path / f"{self._count:08x}")

    def take(self, count: int) -> None:
        """Count bytes that are about to be written. Raises ProblemError where there is no room for them."""
        if self.held + count > self._most:
            raise ProblemError("spool", "as many uploads lie here as may", retry_after=LATER)
        self.held += count


class Piece:
    """One part of an upload on the disk."""

    def __init__(self, spool: Spool, path: Path) -> None:
        self.path = path
        self.size = 0
        """Bytes."""
        self._spool = spool
        self._file: BinaryIO | None = None
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | system.CLOEXEC | system.NOFOLLOW
        self._file = os.fdopen(os.open(path, flags, 0o600), "wb", buffering=0)

    def write(self, data: bytes) -> None:
        """Add bytes. Raises ProblemError where there is no room."""
        self._spool.take(len(data))
        self.size += len(data)
        try:
            rest = memoryview(data)
            while rest and self._file is not None:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise ProblemError("spool", "the upload cannot be kept", retry_after=LATER) from error

    def close(self) -> None:
        """Nothing more comes."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def read(self) -> bytes:
        """All of it."""
        return self.path.read_bytes()

    def remove(self) -> None:
        """Forget it."""
        self.close()
        with contextlib.suppress(OSError):
            self.path.unlink()
        self._spool.held -= self.size
        self.size = 0


@contextlib.contextmanager
def pieces() -> Iterator[list[Piece]]:
    """A list of pieces that are removed when the block ends, however it ends."""
    found: list[Piece] = []
    try:
        yield found
    finally:
        for one in found:
            one.remove()

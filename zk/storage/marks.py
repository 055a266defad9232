"""Was a file put back from an older copy? A mark kept apart from it remembers how far it had come.

The file counts its own changes; the mark is the highest count that was seen here. A file that lies behind it was put
back; one without a mark came from elsewhere, and nobody here knows whether it is the newest. Whoever puts back file
and mark together is not noticed.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zk.errors import StorageError
from zk.storage.vault import locked, read_private, write_private

ID_OCTETS: Final = 16
"""Octets of the random id by which a mark finds its file, wherever that lies."""

MAX_COUNT: Final = 1 << 53
"""Changes at most: more than a life's."""

_MAX_OCTETS: Final = 32
_FOLDER_MODE: Final = 0o700


def draw_id() -> bytes:
    """Return a fresh id."""
    return secrets.token_bytes(ID_OCTETS)


@dataclass(frozen=True, slots=True)
class Marks:
    """The folder in which marks are kept."""

    folder: Path

    def read(self, file_id: bytes) -> int | None:
        """Return the highest count that was seen of a file; None without a mark, or where it cannot be read as one.

        Raises StorageError where the system refuses.
        """
        path = self._path(file_id)
        if not os.path.lexists(path):
            return None
        text = read_private(path, most=_MAX_OCTETS).strip()
        if not text.isdigit() or int(text) > MAX_COUNT:
            return None
        return int(text)

    def write(self, file_id: bytes, count: int) -> None:
        """Remember a count, on the disk; a lower one than before changes nothing. Raises StorageError."""
        try:
            self.folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{self.folder}: cannot create: {error.strerror}") from error
        with locked(self._path(file_id)):  # copies of one file have locks of their own
            write_private(self._path(file_id), b"%d\n" % max(count, self.read(file_id) or 0))

    def _path(self, file_id: bytes) -> Path:
        return self.folder / f".vouchmark-{file_id.hex()}.mark"

"""How is a film of several gigabytes kept open while it is checked, and what if it changes meanwhile?

One descriptor from the first byte to the last: its identity, size and time of change are taken when it is opened and
compared when all is read. The digest is made beside the checks, which do not wait for it.
"""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

from provenance.files import system
from provenance.files.window import PIECE, ChangedError, Identity, Window, as_bytes


class LargeFile:
    """An open file that is never held whole."""

    def __init__(self, path: Path, window: Window) -> None:
        """Begin with the digest of what a window opens. Raises OSError."""
        self.path = path.absolute()
        self.identity = Identity.of(window.handle)
        self.data = as_bytes(window)
        self._handle = os.dup(window.handle)
        self._digest = hashlib.sha256()
        self._read = 0
        self._failed: OSError | None = None
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        room = memoryview(bytearray(PIECE))
        try:
            while count := system.read_into(self._handle, room, self._read):
                self._digest.update(room[:count])
                self._read += count
                if self._read > self.identity.size or self._is_stopped:
                    return
        except OSError as error:
            self._failed = error

    def sha256(self, seconds: float | None = None) -> str:
        """The digest, in lower-case hex, within so many seconds.

        Raises:
            ChangedError: What was read is not what was opened.
            TimeoutError: It took longer.
            OSError: It could not be read.
        """
        self._thread.join(seconds)
        if self._thread.is_alive():
            self._is_stopped = True
            raise TimeoutError("its digest took longer than the time limit (--time-limit)")
        if self._failed is not None:
            raise self._failed
        now = Identity.of(self._handle)
        if now.size > self.identity.size:
            raise ChangedError(f"it grew from {self.identity.size} to {now.size} bytes while it was read")
        if now != self.identity or self._read != self.identity.size:
            raise ChangedError("it was changed while it was read")
        return self._digest.hexdigest()

    def close(self) -> None:
        """Close the file. Idempotent."""
        self._is_stopped = True
        if self._thread is not threading.current_thread():  # the last to let go of it may be the thread itself
            self._thread.join()
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __del__(self) -> None:
        """Nothing stays open that nobody has any more."""
        if getattr(self, "_handle", -1) >= 0:
            self.close()

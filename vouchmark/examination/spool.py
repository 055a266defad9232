"""Where do reports wait whose person line is not known yet, when there may be a million of them?

The first ones as they are, then packed in memory, then in a temporary file without a name that only this process can
open. What is pickled here was made by this process and is read by it alone.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from typing import IO, Final

from vouchmark.report import Report

AS_THEY_ARE: Final = 16
"""Reports that wait unpacked: where there are few, packing would cost more than it saves."""
IN_MEMORY: Final = 16 * 1024 * 1024
"""Bytes of packed reports that are kept in memory: some 8,000 of them."""
_LENGTH: Final = struct.Struct(">Q")


class Spool:
    """Reports in order: put in one by one, taken out all at once. Nothing is opened before the first one."""

    def __init__(self) -> None:
        self._first: list[Report] = []
        self._file: IO[bytes] | None = None
        self._count = 0
        """Of those in the file."""

    def __len__(self) -> int:
        return len(self._first) + self._count

    def put(self, report: Report) -> None:
        """Add one. Raises OSError where there is no room on the disk."""
        if len(self._first) < AS_THEY_ARE:
            self._first.append(report)
            return
        import pickle
        import tempfile
        import zlib

        if self._file is None:
            self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by drain and close
        content = zlib.compress(pickle.dumps(report, pickle.HIGHEST_PROTOCOL), 1)
        self._file.write(_LENGTH.pack(len(content)) + content)
        self._count += 1

    def drain(self) -> Iterator[Report]:
        """Every report in the order in which they came; afterwards there are none."""
        first, file, count = self._first, self._file, self._count
        self._first, self._file, self._count = [], None, 0
        with file or contextlib.nullcontext():
            yield from first
            if file is None:
                return
            import pickle
            import zlib

            file.seek(0)
            for _ in range(count):
                (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
                report = pickle.loads(zlib.decompress(file.read(length)))  # noqa: S301 - written above, by us
                if not isinstance(report, Report):
                    raise TypeError(f"got {type(report).__name__}, expected a report")
                yield report

    def close(self) -> None:
        """Forget everything."""
        self._first = []
        if self._file is not None:
            self._file.close()

"""Where is the reader's own data kept, and how, so that neither a crash nor a second command harms it?

A folder in it has an index that names every other file by its SHA-256. Every file is written beside its place and
moved into it, and a lock keeps two commands apart, so that what is cut off leaves what was there before.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provenance.files.whole_file import whole_file


def default_home() -> Path:
    """The folder of the reader's own data: `VOUCHMARK_HOME`, else the system's place for it."""
    chosen = os.environ.get("VOUCHMARK_HOME", "")
    if chosen:
        return Path(chosen)
    from platformdirs import user_data_path

    return user_data_path("vouchmark", appauthor=False)


def default_state() -> Path:
    """The folder of what must not be put back from a backup: `state` in `VOUCHMARK_HOME`, else the system's place."""
    chosen = os.environ.get("VOUCHMARK_HOME", "")
    if chosen:
        return Path(chosen) / "state"
    from platformdirs import user_state_path

    return user_state_path("vouchmark", appauthor=False)


@dataclass(frozen=True, slots=True)
class HomeFolder:
    """A folder in it. Reading never creates anything."""

    path: Path
    error: type[Exception]
    """What is raised where the system refuses, with the file and its reason."""

    def read(self, name: str, *, limit: int) -> bytes | None:
        """A file's bytes; None where it is not there. Raises `error`, for more than `limit` bytes too."""
        path = self.path / name
        try:
            with path.open("rb") as file:
                data = file.read(limit + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self.error(f"{path}: {error.strerror}") from error
        if len(data) > limit:
            raise self.error(f"{path}: more than {limit} bytes")
        return data

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other commands from writing meanwhile; make the folder where there is none. Raises `error`."""
        from provenance.files import system

        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = (self.path / ".lock").open("wb")
        except OSError as error:
            raise self._refused(error) from error
        with lock:
            try:
                system.lock(lock.fileno())
            except OSError as error:
                raise self._refused(error) from error
            yield

    def write(self, name: str, data: bytes) -> None:
        """Put a file in place, on the disk. Call it under `locked()`. Raises `error`; what was there then stands."""
        path = self.path / name
        try:
            path.parent.mkdir(exist_ok=True)
            with whole_file(path, mode=0o644, durable=True) as file:
                file.write(data)
        except OSError as error:
            raise self._refused(error) from error

    def move(self, name: str, place: str) -> None:
        """Rename a file, over another one if there is one. Call it under `locked()`. Raises `error`."""
        try:
            (self.path / name).replace(self.path / place)
        except OSError as error:
            raise self._refused(error) from error

    def keep_only(self, names: frozenset[str], *, within: str) -> None:
        """Remove every file in a folder within it but these. Call it under `locked()`. Raises `error`."""
        try:
            for path in (self.path / within).glob("*"):
                if path.name not in names:
                    path.unlink()
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> Exception:
        return self.error(f"cannot write to {self.path}: {error.strerror}")

"""How does a bundle appear whole or not at all? Filled beside its place, put on the disk, named once it is complete.

Whatever ends the process meanwhile (kill -9, a full disk, a crash of the machine), nothing stands under the bundle's
own name but a whole bundle. What was begun lies beside it under a name of ours, and the next bundle made there under
that name removes it, unless somebody is still at work on it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from provenance.files import system
from provenance.files.whole_file import whole_file
from vouchmark.bundles.bag import layout, manifests
from vouchmark.bundles.bag.errors import BundleError

ENDING: Final = ".partial"
LOCK: Final = ".lock"
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every entry of a ZIP: the first that one can have."""
_MODE: Final = (stat.S_IFREG | 0o644) << 16


class SourceError(BundleError):
    """A file that was to go into a bundle cannot be read, or changed while it was read."""

    hint = "check the name and the disk; wait until whatever writes the file has ended"


class Stage:
    """A bundle that is being filled."""

    def __init__(self, folder: Path) -> None:
        """`folder` is there, and empty."""
        self.folder = folder
        self.payload: dict[str, tuple[str, int]] = {}
        """Path to digest and size, of what lies below `data`."""
        self.tags: dict[str, str] = {}
        """Path to digest, of what lies outside."""

    def path(self, place: str) -> Path:
        """Where a file of the bundle lies while it is filled."""
        return self.folder / place

    def put(self, place: str, data: bytes) -> str:
        """Write a file of the bundle; its SHA-256. Raises OSError."""
        with self._new(place) as file:
            file.write(data)
        return self._note(place, hashlib.sha256(data).hexdigest(), len(data))

    def copy(self, source: Path, place: str) -> str:
        """Copy a file into the bundle in pieces; its SHA-256.

        Raises:
            SourceError: it cannot be read, is no file, or changed meanwhile.
            OSError: it cannot be written.
        """
        digest, size = hashlib.sha256(), 0
        with _opened(source) as (file, before), self._new(place) as out:
            while part := _read(file, source):
                out.write(part)
                digest.update(part)
                size += len(part)
            after = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or size != after.st_size:
            raise SourceError(f"{source}: changed while it was copied")
        return self._note(place, digest.hexdigest(), size)

    @contextlib.contextmanager
    def _new(self, place: str) -> Iterator[BinaryIO]:
        if not layout.is_path(place):
            raise ValueError(f"{place!r} is no path in a bundle")
        path = self.path(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())

    def _note(self, place: str, digest: str, size: int) -> str:
        if place.startswith("data/"):
            self.payload[place] = (digest, size)
        else:
            self.tags[place] = digest
        return digest

    def close_payload(self) -> str:
        """Write the manifest of everything below `data`; its SHA-256, which stands for the whole payload."""
        return self.put(layout.MANIFEST, manifests.dumps({path: one[0] for path, one in self.payload.items()}))

    def close(self) -> None:
        """Write the manifest of everything else, and see that all of it is on the disk."""
        self.put(layout.TAG_MANIFEST, manifests.dumps(self.tags))
        for folder, _, _ in os.walk(self.folder, topdown=False):
            system.sync_folder(Path(folder))


@contextlib.contextmanager
def _opened(source: Path) -> Iterator[tuple[BinaryIO, os.stat_result]]:
    """A regular file, open, with what the system says of it; nothing is waited for, and no device is opened."""
    try:
        if not stat.S_ISREG(source.stat().st_mode):
            raise SourceError(f"{source}: is no file")
        handle = os.open(source, os.O_RDONLY | system.CLOEXEC | system.NONBLOCK)
    except (OSError, ValueError) as error:
        raise SourceError(f"{source}: {getattr(error, 'strerror', None) or 'cannot be read'}") from error
    with os.fdopen(handle, "rb", buffering=0) as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise SourceError(f"{source}: is no file")
        yield file, status


def _read(file: BinaryIO, source: Path) -> bytes:
    try:
        return file.read(layout.CHUNK)
    except OSError as error:
        raise SourceError(f"{source}: {error.strerror}") from error


@contextlib.contextmanager
def staged(place: Path) -> Iterator[Stage]:
    """A bundle to be filled, which appears at `place` when the block ends, and of which nothing stays where it raises.

    Args:
        place: a folder that there is not yet; a ZIP file where it ends in `.zip`.

    Raises:
        BundleError: there is something already, or nothing can be put there.
        OSError: the system refused, such as a full disk.
    """
    _refuse_place(place)
    _sweep(place)
    folder = place.with_name(f"{_prefix(place)}{secrets.token_hex(8)}{ENDING}")
    folder.mkdir(mode=0o700)
    try:
        with (folder / LOCK).open("wb") as lock:
            system.lock(lock.fileno())
            inside = folder / (place.stem if is_zip(place) else "bag")
            inside.mkdir()
            stage = Stage(inside)
            yield stage
            if is_zip(place):
                _write_zip(inside, place)
            else:
                inside.chmod(0o755)
                _refuse_place(place)
                inside.rename(place)
                system.sync_folder(place.parent)
    except FileExistsError as error:
        raise BundleError(f"{place}: something came in between, and stays") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def is_zip(place: Path) -> bool:
    """Whether a bundle is one file."""
    return place.suffix.lower() == ".zip"


def _refuse_place(place: Path) -> None:
    if os.path.lexists(place):
        raise BundleError(f"{place}: is there already", hint="name another one; no bundle is written over")
    if not place.parent.is_dir():
        raise BundleError(f"{place.parent}: no such folder", hint="make the folder first")
    if is_zip(place) and not layout.is_path(place.stem):
        raise BundleError(
            f"{place.name}: a ZIP's name becomes that of the folder in it, and has plain letters and digits alone",
            hint="name it like case-42.zip",
        )


def _prefix(place: Path) -> str:
    return f".vouchmark-{hashlib.sha256(os.fsencode(place.name)).hexdigest()[:16]}-"


def _sweep(place: Path) -> None:
    """Remove what was begun under this name by somebody who is gone: whoever is at work holds the lock."""
    for stale in place.parent.glob(f"{_prefix(place)}{'?' * 16}{ENDING}"):
        with contextlib.suppress(OSError):
            if stale.is_symlink():
                continue
            with (stale / LOCK).open("rb+") as lock:
                system.try_lock(lock.fileno())
            shutil.rmtree(stale, ignore_errors=True)


def _write_zip(folder: Path, place: Path) -> None:
    """One ZIP of a folder, stored and in order, so that the same bundle gives the same octets."""
    with whole_file(place, mode=0o644, durable=True, overwrite=False) as file:
        write_zip(folder, file, name=folder.name)


def write_zip(folder: Path, file: BinaryIO, *, name: str) -> None:
    """Write everything below a folder as a ZIP, in pieces, with nothing in it that another run would write otherwise.

    Args:
        folder: a bundle.
        file: where to.
        name: of the one folder in it.
    """
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for path in paths:
            entry = zipfile.ZipInfo(f"{name}/{path}", EPOCH)
            entry.create_system, entry.external_attr = 3, _MODE
            entry.file_size = (folder / path).stat().st_size
            with (folder / path).open("rb") as source, archive.open(entry, "w") as out:
                shutil.copyfileobj(source, out, layout.CHUNK)

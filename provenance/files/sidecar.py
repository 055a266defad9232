"""Which manifest store lies beside a file, and which lies there without being taken for its own?"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from provenance.asset import AssetError, Limits, open_asset
from provenance.readings.names import STORE, named_type

MAX_SIDECAR: Final = 64 * 1024 * 1024
"""Bytes of a manifest store beside a file; real ones stay below 20 MiB."""
ENDING: Final = ".c2pa"


class Unused(NamedTuple):
    """A manifest store beside a file that is not looked at."""

    name: str
    """Of its file."""
    is_shared: bool
    """Whether other files could own it as well; else another one bears the file's whole name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """What lies beside a file."""

    data: bytes | None = None
    """The manifest store; empty where it is there and cannot be read, which must not look like none."""
    name: str = ""
    """Of its file; empty where there is none."""
    unused: tuple[Unused, ...] = ()


def find_sidecar(path: Path, *, limits: Limits | None = None) -> Sidecar:
    """The manifest store kept beside a file: `x.jpg.c2pa`, else `x.c2pa` where no other file shares that stem.

    Args:
        path: The media file.
        limits: As for any file; a sidecar has at most `MAX_SIDECAR` bytes besides.
    """
    if named_type(path.name) == STORE:
        return Sidecar()
    appended = path.with_name(f"{path.name}{ENDING}")
    replaced = path.with_suffix(ENDING) if path.suffix else appended
    is_shared = replaced != appended and _is_file(replaced) and not _is_only_one(path, (replaced, appended))
    unused = (Unused(_shown(replaced), is_shared=True),) if is_shared else ()
    if _is_file(appended):
        if replaced != appended and _is_file(replaced) and not is_shared:
            unused = (Unused(_shown(replaced), is_shared=False),)
        return Sidecar(data=_read(appended, limits), name=_shown(appended), unused=unused)
    if replaced == appended or is_shared or not _is_file(replaced):
        return Sidecar(unused=unused)
    return Sidecar(data=_read(replaced, limits), name=_shown(replaced))


def _shown(path: Path) -> str:
    """A file's name; bytes that are no text read as U+FFFD."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _read(path: Path, limits: Limits | None) -> bytes:
    try:
        return open_asset(path, limits=Limits(bytes=min(MAX_SIDECAR, (limits or Limits()).bytes))).data
    except AssetError:
        return b""


def _is_only_one(path: Path, sidecars: tuple[Path, ...]) -> bool:
    """Whether no third file of a known type has this stem: `x.c2pa` beside `x.jpg` and `x.png` is nobody's."""
    try:
        with os.scandir(path.parent) as entries:
            names = {entry.name for entry in entries if entry.name.rpartition(".")[0] == path.stem}
    except OSError:
        return False
    others = names - {path.name, *(one.name for one in sidecars)}
    return not any(named_type(other) for other in others)

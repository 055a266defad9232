"""Which vouches lie beside a file? `FILE.vouch` and `FILE.*.vouch`, a bounded number of them, each of bounded size.

Whoever sends a folder can put anything there: links, FIFOs, thousands of them. Nothing here waits or raises, and what
cannot be read is told as that.
"""

from __future__ import annotations

import bisect
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provenance.asset import AssetError, AssetTooLargeError, Limits, open_asset
from vouchmark.vouching.vouch import ENDING, MAX_OCTETS

MAX_BESIDE: Final = 256
"""Vouches read beside one file: each costs up to 3 ms; beyond that the report says how many were left out."""
MAX_FOLDERS: Final = 64
"""Folders whose lists of vouches are remembered during a run; folders are walked one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VouchFile:
    """A file that is said to be a vouch."""

    name: str
    """Without its folder; bytes that are no text read as U+FFFD."""
    octets: bytes
    trouble: str = ""
    """Why it could not be read (`too-large`, `not-a-file`, …); empty where it was."""


def read_vouch(path: Path) -> VouchFile:
    """Read one file, at most MAX_OCTETS of it, without ever waiting."""
    name = os.fsencode(path.name).decode("utf-8", "replace")
    try:
        return VouchFile(name=name, octets=open_asset(path, limits=Limits(bytes=MAX_OCTETS)).data)
    except AssetTooLargeError:
        return VouchFile(name=name, octets=b"", trouble="too-large")
    except AssetError as error:
        return VouchFile(name=name, octets=b"", trouble=error.reason)


class Beside:
    """Finds vouches beside files; each folder is listed once a run."""

    def __init__(self) -> None:
        self._folders: dict[Path, list[str]] = {}

    def find(self, media: Path) -> tuple[tuple[VouchFile, ...], int]:
        """The vouches beside a file, `FILE.vouch` first, and how many more there are than are read."""
        names = self._names(media)
        return tuple(read_vouch(media.with_name(name)) for name in names[:MAX_BESIDE]), max(0, len(names) - MAX_BESIDE)

    def belongs(self, path: Path) -> bool:
        """Whether a file is a vouch beside some other file, and so is looked at with that one.

        It must be a vouch to its last octet: media that call themselves so are not hidden from anybody.
        """
        if not path.name.endswith(ENDING) or not _is_vouch(path):
            return False
        stem = path.name.removesuffix(ENDING)
        while stem:
            if os.path.lexists(path.with_name(stem)):
                return True
            stem = stem.rpartition(".")[0]
        return False

    def _names(self, media: Path) -> list[str]:
        listed = self._listed(media.parent)
        exact, prefix = media.name + ENDING, media.name + "."
        found = []
        for name in listed[bisect.bisect_left(listed, prefix) :]:
            if not name.startswith(prefix):
                break
            if name not in (exact, media.name) and not os.path.lexists(media.with_name(name.removesuffix(ENDING))):
                found.append(name)  # `a.jpg.b.png.vouch` is that of `a.jpg.b.png`, where there is such a file
        at = bisect.bisect_left(listed, exact)
        return [*([exact] if listed[at : at + 1] == [exact] else []), *found]

    def _listed(self, folder: Path) -> list[str]:
        if folder not in self._folders:
            if len(self._folders) >= MAX_FOLDERS:
                self._folders.clear()
            try:
                with os.scandir(folder) as entries:
                    names = sorted(entry.name for entry in entries if entry.name.endswith(ENDING))
            except (OSError, ValueError):
                names = []
            self._folders[folder] = names
        return self._folders[folder]


def _is_vouch(path: Path) -> bool:
    from zk.errors import ZkError
    from zk.profile.personhood import Vouch

    try:
        Vouch.decode(read_vouch(path).octets)
    except ZkError:
        return False
    return True

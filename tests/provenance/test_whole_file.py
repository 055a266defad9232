"""Does a file appear whole or not at all?"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from provenance.whole_file import whole_file


def test_the_file_appears_with_its_mode_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    with whole_file(path, mode=0o640) as file:
        file.write(b"whole")
        assert not path.exists()
    assert path.read_bytes() == b"whole"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_there_stays_where_the_block_raises_and_no_trace_is_left(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"before")
    with contextlib.suppress(KeyboardInterrupt), whole_file(path, mode=0o644) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_as_long_as_the_system_takes_leaves_room_for_the_file_beside_it(tmp_path: Path) -> None:
    path = tmp_path / ("名" * 85)
    with whole_file(path, mode=0o644) as file:
        file.write(b"whole")
    assert path.read_bytes() == b"whole"


def test_a_durable_file_is_on_the_disk_before_it_has_its_name_and_the_name_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen = tmp_path / "index.json", list[tuple[int, bool]]()
    inodes = {tmp_path.stat().st_ino: "folder"}

    def fsync(handle: int) -> None:
        seen.append((os.fstat(handle).st_ino, path.exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    with whole_file(path, mode=0o644, durable=True) as file:
        file.write(b"whole")
        inodes[os.fstat(file.fileno()).st_ino] = "file"
    assert [(inodes[inode], is_there) for inode, is_there in seen] == [("file", False), ("folder", True)]

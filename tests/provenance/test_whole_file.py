"""Does a file appear whole or not at all?"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from pathlib import Path

import pytest

from provenance.files.whole_file import whole_file


def put(path: Path, content: bytes, *, overwrite: bool) -> None:
    with whole_file(path, mode=0o644, overwrite=overwrite) as file:
        file.write(content)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


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


@pytest.mark.parametrize("name", ["w" * 251 + ".jpg", "é" * 125 + ".jpg", "[a]*?.jpg"])
def test_every_name_that_a_file_can_have_is_one(tmp_path: Path, name: str) -> None:
    put(tmp_path / name, b"1", overwrite=False)
    assert names(tmp_path) == [name]


def test_of_many_at_the_same_moment_one_wins_and_the_others_are_told(tmp_path: Path) -> None:
    start, outcomes = threading.Barrier(8), []

    def write(number: int) -> None:
        start.wait()
        try:
            put(tmp_path / "a.jpg", bytes([number]) * 100_000, overwrite=False)
            outcomes.append(number)
        except FileExistsError:
            outcomes.append(-1)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [number for number in outcomes if number >= 0]
    assert len(outcomes) == 8
    assert (tmp_path / "a.jpg").read_bytes() == bytes([winner]) * 100_000
    assert names(tmp_path) == ["a.jpg"]


def test_what_a_killed_writer_left_goes_and_what_a_living_one_writes_stays(tmp_path: Path) -> None:
    put(tmp_path / "a.jpg", b"1", overwrite=False)
    prefix = ".vouchmark-" + hashlib.sha256(b"a.jpg").hexdigest()[:16] + "-"
    old, young = tmp_path / f"{prefix}{'0' * 16}.tmp", tmp_path / f"{prefix}{'1' * 16}.tmp"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    put(tmp_path / "a.jpg", b"2", overwrite=True)
    assert names(tmp_path) == [young.name, "a.jpg"]

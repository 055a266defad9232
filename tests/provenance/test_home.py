"""Is the reader's own data read and written so that nothing harms it?"""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.files.home import HomeFolder


class KeptError(Exception):
    """What the folder of these tests raises."""


@pytest.fixture
def folder(tmp_path: Path) -> HomeFolder:
    return HomeFolder(tmp_path / "home" / "kept", KeptError)


def test_what_was_written_is_read(folder: HomeFolder) -> None:
    with folder.locked():
        folder.write("lists/one", b"content")
    assert folder.read("lists/one", limit=7) == b"content"
    assert (folder.path / "lists/one").stat().st_mode & 0o777 == 0o644


def test_reading_makes_nothing(folder: HomeFolder, tmp_path: Path) -> None:
    assert folder.read("index.json", limit=10) is None
    assert list(tmp_path.iterdir()) == []


def test_a_file_over_the_limit_is_refused_by_name(folder: HomeFolder) -> None:
    with folder.locked():
        folder.write("index.json", b"content")
    with pytest.raises(KeptError, match=r"index\.json: more than 6 bytes"):
        folder.read("index.json", limit=6)


def test_what_the_system_refuses_is_told_in_the_folders_own_error(folder: HomeFolder) -> None:
    folder.path.mkdir(parents=True)
    (folder.path / "index.json").mkdir()
    with pytest.raises(KeptError, match=r"index\.json: Is a directory"):
        folder.read("index.json", limit=10)
    with pytest.raises(KeptError, match=r"cannot write to .*: Is a directory"):
        folder.write("index.json", b"content")
    assert [path.name for path in folder.path.iterdir()] == ["index.json"]


def test_only_the_named_files_are_kept(folder: HomeFolder) -> None:
    with folder.locked():
        folder.keep_only(frozenset(), within="lists")
        for name in ("one", "two", ".new-left-behind"):
            folder.write(f"lists/{name}", b"content")
        folder.write("index.json", b"content")
        folder.keep_only(frozenset({"two"}), within="lists")
    assert sorted(path.name for path in folder.path.rglob("*")) == [".lock", "index.json", "lists", "two"]

"""Which manifest store beside a file is taken for its own, and is every other one named?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from provenance.asset import Limits
from provenance.files.sidecar import Sidecar, Unused, find_sidecar


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "harbour.jpg"
    path.write_bytes(b"picture")
    return path


def beside(photo: Path, name: str, content: bytes = b"store") -> None:
    photo.with_name(name).write_bytes(content)


def test_none_lies_beside_a_file_that_is_alone(photo: Path) -> None:
    assert find_sidecar(photo) == Sidecar()


def test_one_with_the_same_stem_is_the_only_files(photo: Path) -> None:
    beside(photo, "harbour.c2pa")
    assert find_sidecar(photo) == Sidecar(data=b"store", name="harbour.c2pa")


def test_one_with_the_whole_name_comes_first_and_the_other_is_named(photo: Path) -> None:
    beside(photo, "harbour.c2pa", b"by stem")
    beside(photo, "harbour.jpg.c2pa", b"by name")
    assert find_sidecar(photo) == Sidecar(
        data=b"by name", name="harbour.jpg.c2pa", unused=(Unused("harbour.c2pa", is_shared=False),)
    )


def test_one_that_two_files_could_own_is_nobodys_and_is_named(photo: Path) -> None:
    beside(photo, "harbour.c2pa")
    beside(photo, "harbour.dng")
    whose = Unused("harbour.c2pa", is_shared=True)
    assert find_sidecar(photo) == Sidecar(unused=(whose,))
    beside(photo, "harbour.jpg.c2pa", b"by name")
    assert find_sidecar(photo) == Sidecar(data=b"by name", name="harbour.jpg.c2pa", unused=(whose,))
    assert find_sidecar(photo.with_name("harbour.dng")) == Sidecar(unused=(whose,))


@pytest.mark.parametrize("name", ["harbour.xmp", "harbour.vouch", "harbour.jpg.vouch", "harbour.jpg.json", "other.dng"])
def test_what_can_have_no_credentials_of_its_own_shares_none(photo: Path, name: str) -> None:
    beside(photo, "harbour.c2pa")
    beside(photo, name)
    assert find_sidecar(photo).data == b"store"


def test_one_that_cannot_be_read_does_not_look_like_none(photo: Path) -> None:
    beside(photo, "harbour.c2pa", b"x" * 11)
    assert find_sidecar(photo, limits=Limits(bytes=10)) == Sidecar(data=b"", name="harbour.c2pa")


def test_a_manifest_store_has_none(tmp_path: Path) -> None:
    for name in ("a.c2pa", "a.c2pa.c2pa"):
        (tmp_path / name).write_bytes(b"store")
    assert find_sidecar(tmp_path / "a.c2pa") == Sidecar()


def test_a_file_without_an_ending_has_one_with_its_whole_name(tmp_path: Path) -> None:
    for name in ("scan", "scan.c2pa", "scan.png"):
        (tmp_path / name).write_bytes(b"x")
    assert find_sidecar(tmp_path / "scan") == Sidecar(data=b"x", name="scan.c2pa")


def test_a_folder_or_fifo_called_like_one_is_none(photo: Path) -> None:
    photo.with_suffix(".c2pa").mkdir()
    os.mkfifo(photo.with_name("harbour.jpg.c2pa"))
    assert find_sidecar(photo) == Sidecar()

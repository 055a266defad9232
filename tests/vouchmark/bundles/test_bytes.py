"""Is every octet of a bundle of thirty files accounted for: changed, missing, added, renamed, linked?"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.support import command
from tests.vouchmark.bundles import cases
from vouchmark.bundles import making, tool
from vouchmark.bundles.bag import layout
from vouchmark.bundles.bag.errors import BundleError, NoBundleError
from vouchmark.bundles.bag.opening import opened
from vouchmark.bundles.hands.sealing import Sealer
from vouchmark.bundles.inputs.asked import Asked

SLOW: Final = bool(os.environ.get("VOUCHMARK_SLOW"))
SMALL: Final = 700 if SLOW else 130
"""Bytes of a file of which every offset is tried."""
SAMPLES: Final = 400 if SLOW else 4
"""Offsets of a larger one."""


@pytest.fixture(scope="module")
def thirty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("thirty")
    (folder / "in").mkdir()
    for number in range(30):
        (folder / "in" / f"{number:02}.bin").write_bytes(bytes([number]) * (number + 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tool, "wheel", lambda: b"the program")
        seal = Sealer(key=cases.new_key(folder))
        return making.make(
            [folder / "in"], folder / "case", Asked(only=("integrity",), engines=("c2pa-rs",)), seal=seal
        ).place


def named(case: Path) -> set[str]:
    with opened(case) as bag:
        return {one.path for one in bag.troubles}


def test_nothing_is_wrong_with_it(thirty: Path) -> None:
    assert named(thirty) == set()


def test_every_changed_byte_is_found_and_its_file_named(thirty: Path) -> None:
    tried = 0
    for path in sorted(thirty.rglob("*")):
        if not path.is_file():
            continue
        octets, name = path.read_bytes(), path.relative_to(thirty).as_posix()
        step = 1 if len(octets) <= SMALL else max(1, len(octets) // SAMPLES)
        for offset in range(0, len(octets), step):
            path.write_bytes(octets[:offset] + bytes([octets[offset] ^ 1]) + octets[offset + 1 :])
            told = named(thirty)
            assert any(name in one for one in told) or name == layout.TAG_MANIFEST, (name, offset, told)
            assert told, (name, offset)
            tried += 1
        path.write_bytes(octets)
    assert tried > 800
    assert named(thirty) == set()


def test_of_a_changed_list_of_digests_outside_data_both_sides_are_named(thirty: Path) -> None:
    path = thirty / layout.TAG_MANIFEST
    octets = path.read_bytes()
    try:
        for offset in range(0, len(octets), 1 if SLOW else 5):
            path.write_bytes(octets[:offset] + bytes([octets[offset] ^ 1]) + octets[offset + 1 :])
            with opened(thirty) as bag:
                assert any(layout.TAG_MANIFEST in f"{one.path} {one.words}" for one in bag.troubles), (
                    offset,
                    bag.troubles,
                )
    finally:
        path.write_bytes(octets)


def changes() -> dict[str, tuple[Callable[[Path], object], str]]:
    def swap(case: Path) -> None:
        one, two = case / "data/files/0001/00.bin", case / "data/files/0002/01.bin"
        first, second = one.read_bytes(), two.read_bytes()
        one.write_bytes(second)
        two.write_bytes(first)

    def link(case: Path) -> None:
        path = case / "data/files/0003/02.bin"
        shutil.move(path, case.parent / "elsewhere")
        path.symlink_to(case.parent / "elsewhere")

    def fetch(case: Path) -> None:
        (case / "fetch.txt").write_text("https://a.example/x - data/files/0001/00.bin\n")
        (case / "data/files/0001/00.bin").unlink()
        cases.tags_again(case)

    def twice(case: Path) -> None:
        (case / "data/files/0001/00.BIN").write_bytes(b"other")
        cases.closed_again(case)

    return {
        "swapped": (swap, "data/files/0002/01.bin"),
        "removed": (lambda case: (case / "data/reports/0004.html").unlink(), "data/reports/0004.html"),
        "emptied": (lambda case: (case / "data/files/0005/04.bin").write_bytes(b""), "data/files/0005/04.bin"),
        "added": (lambda case: (case / "data/files/0001/more").write_bytes(b"x"), "data/files/0001/more"),
        "added outside": (lambda case: (case / "more.txt").write_bytes(b"x"), "more.txt"),
        "added and listed": (lambda case: ((case / "more.txt").write_bytes(b"x"), cases.tags_again(case)), "more.txt"),
        "a folder": (lambda case: (case / "data" / "empty").mkdir(), "data/empty"),
        "a link": (link, "data/files/0003/02.bin"),
        "a link to a folder": (lambda case: (case / "data" / "away").symlink_to("/"), "data/away"),
        "a FIFO": (lambda case: os.mkfifo(case / "data" / "pipe"), "data/pipe"),
        "an odd name": (lambda case: (case / "data" / "a b").write_bytes(b"x"), "data/a b"),
        "to be fetched": (fetch, "fetch.txt"),
        "one name in two cases": (twice, "data/files/0001/00.BIN"),
        "no manifest": (lambda case: (case / layout.MANIFEST).unlink(), layout.MANIFEST),
        "no tag manifest": (lambda case: (case / layout.TAG_MANIFEST).unlink(), layout.TAG_MANIFEST),
        "no custody": (lambda case: (case / layout.CUSTODY).unlink(), layout.CUSTODY),
        "another order": (
            lambda case: (case / layout.MANIFEST).write_text(
                "".join(sorted((case / layout.MANIFEST).read_text().splitlines(keepends=True)))
            ),
            layout.MANIFEST,
        ),
    }


@pytest.mark.parametrize("how", list(changes()))
def test_whatever_else_is_changed_is_found_and_named(how: str, thirty: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(thirty, case)
    change, name = changes()[how]
    change(case)
    assert name in named(case)


def test_what_lies_outside_of_data_is_never_read_without_end(thirty: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(thirty, case)
    with (case / layout.CUSTODY).open("r+b") as file:
        file.truncate(layout.MAX_TEXT_BYTES + 1)
    assert layout.CUSTODY in named(case)
    with opened(case) as bag:
        assert not bag.has(layout.CUSTODY)


def zipped(thirty: Path, tmp_path: Path, how: Callable[[Path], None]) -> Path:
    import zipfile

    place = tmp_path / "case.zip"
    with zipfile.ZipFile(place, "w") as archive:
        for path in sorted(thirty.rglob("*")):
            if path.is_file():
                archive.write(path, f"case/{path.relative_to(thirty).as_posix()}")
    how(place)
    return place


def test_a_zip_by_another_program_is_taken_and_told(thirty: Path, tmp_path: Path) -> None:
    with opened(zipped(thirty, tmp_path, lambda place: None)) as bag:
        assert bag.troubles == []
        assert "packed by another program" in bag.container


def test_what_could_lead_elsewhere_in_a_zip_is_refused(thirty: Path, tmp_path: Path) -> None:
    import zipfile

    def add(name: str, attributes: int = 0) -> Callable[[Path], None]:
        def change(place: Path) -> None:
            with zipfile.ZipFile(place, "a") as archive:
                entry = zipfile.ZipInfo(name)
                entry.external_attr = attributes
                archive.writestr(entry, b"/etc/passwd")

        return change

    for how in (
        add("case/../../x"),
        add("/x"),
        add("other/x"),
        add("case/data/link", 0o120777 << 16),
        add("case/BAGIT.txt"),
        lambda place: place.write_bytes(place.read_bytes()[:-30]),
        lambda place: place.write_bytes(b"PK\x03\x04" + bytes(100)),
    ):
        with pytest.raises(NoBundleError), opened(zipped(thirty, tmp_path, how)):
            pass
    assert not (tmp_path.parent / "x").exists()


def test_a_zip_that_grows_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import zipfile

    from vouchmark.bundles.bag import opening

    monkeypatch.setattr(opening, "LEAST_ROOM", 1000)
    with zipfile.ZipFile(tmp_path / "case.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("case/bagit.txt", bytes(10_000_000))
    with pytest.raises(BundleError, match="grows"), opened(tmp_path / "case.zip"):
        pass


def test_what_is_no_bundle_is_told_as_that(tmp_path: Path) -> None:
    command.write(tmp_path / "in", "plain.jpg")
    for place in (tmp_path / "none", tmp_path / "in", tmp_path / "in" / "plain.jpg"):
        with pytest.raises(NoBundleError), opened(place):
            pass

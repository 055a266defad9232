"""Does a window give what bytes give, without ever holding the file, and does it notice another file?"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.asset import AssetChangedError, AssetTooLargeError, Limits, open_asset
from provenance.files import window
from provenance.files.window import (
    ChangedError,
    Identity,
    Scout,
    Stream,
    Window,
    as_bytes,
    matches,
    open_window,
    pieces,
    window_of,
)

CONTENT = random.Random(7).randbytes(5_000) + b"needle" + bytes(3_000) + b"needleneedle" + b"<a>" * 700 + b"end"


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "PIECE", 257)
    monkeypatch.setattr(window, "NEAR", 16)
    monkeypatch.setattr(window, "LONGEST", 40)
    monkeypatch.setattr(window, "TOUCHED", 3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "film").write_bytes(CONTENT)
    return tmp_path / "film"


@pytest.fixture
def seen(path: Path) -> Iterator[Window]:
    found = Window(os.open(path, os.O_RDONLY), len(CONTENT))
    yield found
    found.close()


PLACES = [(None, None), (0, 0), (3, 5_003), (5_000, 5_006), (-9, None), (4_000, 99_999), (7, 3)]


@pytest.mark.parametrize(("start", "end"), PLACES)
def test_slices_and_searches_are_those_of_bytes(seen: Window, start: int | None, end: int | None) -> None:
    assert seen[start:end] == CONTENT[start:end]
    assert [seen[at] for at in (0, -1, 77, 78)] == [CONTENT[at] for at in (0, -1, 77, 78)]
    for sub in (b"needle", b"end", b"\0" * 300, b"never", CONTENT[:1]):
        assert seen.find(sub, start, end) == CONTENT.find(sub, start, end), sub
        assert seen.rfind(sub, start, end) == CONTENT.rfind(sub, start, end), sub
        assert seen.count(sub, start, end) == CONTENT.count(sub, start, end), sub
        assert (sub in seen) == (sub in CONTENT)
    assert seen.startswith(b"needle", 5_000)
    assert not seen.startswith(b"needle")


@pytest.mark.parametrize(("start", "end"), [(0, len(CONTENT)), (5_001, 9_000), (100, 100), (3, 200)])
def test_pieces_and_matches_are_those_of_bytes(seen: Window, start: int, end: int) -> None:
    data = as_bytes(seen)
    assert b"".join(bytes(piece) for piece in pieces(data, start, end)) == CONTENT[start:end]
    for pattern in (re.compile(rb"needle"), re.compile(rb"(?:<a>){1,9}"), re.compile(rb"\0(?!\0)")):
        found = [match.span() for match in matches(pattern, data, start, end)]
        assert found == [match.span() for match in pattern.finditer(CONTENT, start, end)]


def test_a_scout_answers_as_the_search_itself(path: Path, seen: Window) -> None:
    pattern = re.compile(rb"<a>|needle")
    other = Window(os.open(path, os.O_RDONLY), len(CONTENT))
    other.scout = Scout(other.handle, len(other), {b"needle": b"needle", pattern: pattern})
    other.scout.start()

    for start, end in [(0, len(CONTENT)), (5_001, 8_100), (8_012, 8_018)]:
        assert other.find(b"needle", start, end) == seen.find(b"needle", start, end)
        spans = [[m.span() for m in matches(pattern, as_bytes(one), start, end)] for one in (seen, other)]
        assert spans[0] == spans[1]
    assert other.find(b"end") == CONTENT.find(b"end")
    other.close()
    other.close()


def test_what_is_there_too_often_is_searched_for_anew(seen: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "MAX_PLACES", 2)
    seen.scout = Scout(seen.handle, len(seen), {b"needle": b"needle"})
    seen.scout.start()

    assert seen.scout.places(b"needle") is None
    assert seen.find(b"needle") == 5_000


def test_a_stream_reads_and_seeks(seen: Window) -> None:
    stream = Stream(seen)
    assert stream.read(10) == CONTENT[:10]
    assert stream.seek(-3, os.SEEK_END) == len(CONTENT) - 3
    assert (stream.read(), stream.read(), stream.tell()) == (b"end", b"", len(CONTENT))
    assert (stream.seek(5), stream.seek(5, os.SEEK_CUR)) == (5, 10)
    with pytest.raises(ValueError, match="before the start"):
        stream.seek(-1)


def test_bytes_are_no_window() -> None:
    assert window_of(CONTENT) is None
    assert [bytes(piece) for piece in pieces(CONTENT, 2, 9)] == [CONTENT[2:9]]


def test_another_file_at_the_same_place_is_refused(path: Path, seen: Window) -> None:
    identity = Identity.of(seen.handle)
    assert open_window(path, identity)[:9] == CONTENT[:9]
    for change in (
        lambda: os.utime(path, ns=(1, 1)),
        lambda: path.write_bytes(CONTENT + b"x"),
        lambda: (path.rename(path.with_name("old")), path.write_bytes(CONTENT)),
    ):
        change()
        with pytest.raises(ChangedError):
            open_window(path, identity)


def test_a_file_that_became_shorter_is_noticed(path: Path, seen: Window) -> None:
    os.truncate(path, 4_000)
    with pytest.raises(ChangedError):
        seen[3_990:4_010]
    with pytest.raises(ChangedError):
        list(pieces(as_bytes(seen), 0, len(CONTENT)))


class TestLargeAssets:
    """Films that are opened and not read."""

    @pytest.fixture
    def film(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr("provenance.asset.LARGE", 1_000)
        path = tmp_path / "film.mp4"
        path.write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\x20\0mdat" + bytes(8_184))
        return path

    def test_a_film_has_its_digest_when_it_is_settled(self, film: Path) -> None:
        held, asset = open_asset(film), open_asset(film, may_be_large=True)
        assert (asset.sha256, asset.media_type, asset.size) == ("", "video/mp4", held.size)
        assert window_of(asset.data) is not None
        assert asset.settled().sha256 == held.sha256
        assert held.settled() is held

    def test_one_that_grows_or_changes_is_told(self, film: Path) -> None:
        grown = open_asset(film, may_be_large=True)
        with film.open("ab") as file:
            file.write(b"more")
        with pytest.raises(AssetChangedError, match=r"it grew from \d+ to \d+ bytes"):
            grown.settled()
        changed = open_asset(film, may_be_large=True)
        os.utime(film, ns=(5, 5))
        with pytest.raises(AssetChangedError, match="it was changed"):
            changed.settled()

    def test_other_types_and_small_files_are_held(self, film: Path) -> None:
        other = film.with_name("a.jpg")
        other.write_bytes(b"\xff\xd8\xff" + bytes(5_000))
        small = film.with_name("b.mp4")
        small.write_bytes(film.read_bytes()[:900])
        assert [open_asset(one, may_be_large=True).large for one in (other, small)] == [None, None]

    def test_a_limit_that_is_given_counts_for_films_too(self, film: Path) -> None:
        with pytest.raises(AssetTooLargeError) as caught:
            open_asset(film, limits=Limits(bytes=2_000), may_be_large=True)
        assert "--max-size" in caught.value.hint
        assert open_asset(film, limits=Limits(bytes=2_000, film_bytes=9_000), may_be_large=True).large

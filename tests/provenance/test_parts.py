"""Are the parts of an examination what their files say, and is a new one a file and nothing else?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.asset import open_asset
from provenance.credentials.trust.settings import TrustSettings
from provenance.credentials.trust.view import TrustView
from provenance.options import ENGINES, MediaOptions
from provenance.workers import parts, wire
from provenance.workers.parts import Answer, decoded, encoded, parts_of, registry
from provenance.workers.parts.picture import Picture
from provenance.workers.pool import examine_in_process
from provenance.workers.task import Lists, Task
from tests.support.authority import picture

AT = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
WITH_A_VIEW = Lists.of(TrustSettings(), TrustView())

A_PART = '''
"""The part that counts a file's zeros."""

import msgspec
from provenance.workers.parts import Part


class Zeros(msgspec.Struct, frozen=True, kw_only=True):
    count: int = 0
    reason: str = ""


PART = Part(
    name="zeros",
    place=95,
    wanted=lambda task: task.hashes,
    load=lambda: None,
    run=lambda work: Zeros(count=work.data.count(0)),
    failed=lambda reason, _version: Zeros(reason=reason),
    decode=msgspec.msgpack.Decoder(Zeros).decode,
    budget=64,
)
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A second folder of parts."""
    monkeypatch.setattr(parts, "__path__", [*parts.__path__, str(tmp_path)])
    registry.cache_clear()
    yield tmp_path
    registry.cache_clear()


def test_a_part_is_added_by_one_file(folder: Path) -> None:
    (folder / "zeros.py").write_text(A_PART)
    item = open_asset(picture())
    found = examine_in_process(item, Task(media_type=item.media_type, at=AT, hashes=True)).values["zeros"]
    assert getattr(found, "count", None) == item.data.count(0)
    content = encoded(7, "zeros", found)[9:]
    assert decoded(content) == Answer(number=7, name="zeros", value=found)


def test_two_parts_of_one_name_or_place_are_refused(folder: Path) -> None:
    (folder / "zeros_again.py").write_text(A_PART.replace("place=95", "place=90"))
    with pytest.raises(ValueError, match="each name and place once"):
        registry()


def test_what_most_depends_on_comes_first() -> None:
    task = Task(media_type="image/jpeg", at=AT, lists=WITH_A_VIEW)
    assert parts_of(task)[:4] == ("c2pa-rs", "own", "encypher-c2pa", "metadata")
    alone = Task(media_type="image/jpeg", at=AT, lists=WITH_A_VIEW, options=MediaOptions(engines=ENGINES[1:]))
    assert parts_of(alone)[:2] == ("encypher-c2pa", "own")
    everything = Task(
        media_type="image/jpeg",
        at=AT,
        lists=WITH_A_VIEW,
        options=MediaOptions(crjson=True, pictures=True),
        hashes=True,
        original=b"x",
    )
    assert parts_of(everything) == tuple(registry())


def test_our_own_check_needs_lists_for_it() -> None:
    assert "own" not in parts_of(Task(media_type="image/jpeg", at=AT))
    assert "own" not in parts_of(Task(media_type="image/jpeg", at=AT, lists=WITH_A_VIEW, own=False))


def test_of_a_file_only_its_hashes_can_be_asked() -> None:
    task = Task(media_type="image/jpeg", at=AT, lists=WITH_A_VIEW, sidecar=b"store", original=b"x")
    assert parts_of(task.for_hashes()) == ("picture", "hashes")


@pytest.mark.parametrize("name", list(registry()))
def test_every_part_says_why_it_failed_and_that_travels(name: str) -> None:
    value = parts.failed(name, "crash")
    assert getattr(value, "reason", None) == "crash"
    assert decoded(encoded(3, name, value)[9:]) == Answer(number=3, name=name, value=value)


def test_an_answer_over_its_parts_budget_is_none_on_either_side(monkeypatch: pytest.MonkeyPatch) -> None:
    long = Picture(reason="x" * 5000)
    with pytest.raises(MemoryError, match="expected at most 4096"):
        encoded(1, "picture", long)
    packed = registry()["picture"].encode(long)
    with pytest.raises(wire.BrokenWireError, match="expected at most 4096"):
        decoded(parts._NAMED.pack(1, 7) + b"picture" + packed)


def test_a_part_of_no_such_name_is_refused() -> None:
    with pytest.raises(wire.BrokenWireError, match="without a name that there is"):
        decoded(parts._NAMED.pack(1, 4) + b"none" + b"\x80")

"""Does `-m fast` reach every room, and is every file there that it names?"""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).parent
LISTED = (TESTS / "fast.txt").read_text(encoding="utf-8").split()
AT_LENGTH = {"adapters", "examples", "fuzz", "scripts", "viewers", "vouchmark/app", "vouchmark/service"}
"""Rooms whose tests start processes or servers: no part of them is fast."""


def test_every_file_that_is_named_is_there_once() -> None:
    assert [name for name in LISTED if not (TESTS / name).is_file()] == []
    assert sorted(set(LISTED)) == LISTED


def test_every_room_has_some() -> None:
    rooms = {path.parent.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py")}
    reached = {Path(name).parent.as_posix() for name in LISTED}
    assert rooms - reached <= AT_LENGTH, "put a short file of the room into fast.txt, or the room into AT_LENGTH"

"""Does no line say `absent` or `pass` over what a bound cut off, whichever bound it is?

Every number in the code is found by walking it. One that can cut something off has a file that reaches it once it is
lowered; each of the others is named with why it cannot. Nobody adds a bound without saying which it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Final

import pytest

from tests.support.attacks import examine
from tests.support.authority import change_pixels, picture
from tests.support.media.crafting import Draft, bind, signed
from tests.support.media.metadata_files import document, exif, xmp
from tests.vouchmark.cap_files import ASKED, CAMERA, CAPS, MORE, TRUST, Cap, chain, collage, held, steps
from tests.vouchmark.caps import CLOSED, EXEMPT, REFUSES, constants, exempt, lower
from vouchmark.report import Line, Report, Status

SLOW: Final = bool(os.environ.get("VOUCHMARK_SLOW"))
SAYS: Final = (Status.PASS, Status.ABSENT)
JUDGED: Final = (Line.INTEGRITY, Line.SIGNER, Line.TIME, Line.HISTORY, Line.AI, Line.CLAIM)

FILES: Final[Mapping[str, Callable[[], bytes]]] = {
    "stamped": lambda: held(steps()),
    "changed": lambda: change_pixels(held(steps())),
    "with a history": lambda: chain(2),
    "of parts": lambda: collage(2),
    "described": lambda: signed(CAMERA, picture("PNG"), assertions=[steps()]),
    "with something left out": lambda: bind(
        Draft(signer=CAMERA, assertions=[steps()]), picture(), extra=lambda whole: [(len(whole) - 2, 2)]
    ),
    "a document": lambda: document(xmp(dc_title="x")),
    "unsigned": lambda: picture() + exif({0x010F: "Maker"}),
}
"""Files at which the bounds that refuse, and those that count against, are tried."""


def look(data: bytes) -> Report:
    return examine(data, TRUST, **ASKED)


def told(report: Report, line: Line) -> tuple[Status, list[str]]:
    evidence = report.evidence[line]
    return evidence.status, [finding.code for finding in evidence.findings]


def test_every_number_in_the_code_is_named_here() -> None:
    reached = {cap.name for cap in CAPS}
    unnamed = sorted(name for name in constants() if not exempt(name) and name not in reached)
    assert not unnamed, "say in tests/vouchmark/caps.py or cap_files.py what these bound"
    assert reached <= set(constants())
    assert not [name for name in reached if exempt(name)]
    assert len(reached) == len(CAPS)
    assert not [pattern for pattern, _ in EXEMPT if not any(fnmatchcase(name, pattern) for name in constants())]


@pytest.mark.parametrize("cap", [*CAPS, *(MORE if SLOW else MORE[::3])], ids=lambda cap: cap.name.partition(".")[2])
def test_a_line_waits_where_a_bound_cut_something_off(cap: Cap, monkeypatch: pytest.MonkeyPatch) -> None:
    data = cap.build()
    before = examine(data, TRUST, **cap.options)
    lower(monkeypatch, cap.name, cap.to)
    after = examine(data, TRUST, **cap.options)
    named = cap.named.format(to=cap.to)
    for line in cap.lines:
        evidence = after.evidence[line]
        assert evidence.status not in SAYS, (line, evidence)
        assert evidence.status is not Status.FAIL or cap.fails, (line, evidence)
        assert any(named in finding.statement for finding in evidence.findings), (line, evidence.findings)
    for line in JUDGED:
        if line not in cap.lines and after.evidence[line].status in SAYS:
            assert told(after, line) == told(before, line)
    monkeypatch.undo()
    lower(monkeypatch, cap.name, constants()[cap.name])
    assert told(look(data), cap.lines[0]) == told(before, cap.lines[0]), "the bound is not what it was"


@pytest.mark.parametrize("cap", CAPS, ids=lambda cap: cap.name.partition(".")[2])
def test_as_it_is_no_bound_is_met_by_so_small_a_file(cap: Cap) -> None:
    report = examine(cap.build(), TRUST, **cap.options)
    assert not [finding.code for finding in report.findings() if finding.code.endswith(".cut")]


REFUSING: Final = sorted(name for name in constants() if exempt(name) in (REFUSES, CLOSED))


@pytest.mark.parametrize("number", range(len(REFUSING)), ids=lambda number: REFUSING[number].partition(".")[2])
def test_a_bound_that_refuses_or_counts_against_lets_nothing_pass(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    names = list(FILES) if SLOW else [list(FILES)[number % len(FILES)]]
    built = [FILES[name]() for name in names]
    before = [look(data) for data in built]
    lower(monkeypatch, REFUSING[number], 0)
    for name, data, then in zip(names, built, before, strict=True):
        after = look(data)
        for line in JUDGED:
            if line is Line.SIGNER and after.evidence[Line.INTEGRITY].status not in SAYS:
                continue  # who signed is told whether or not the bytes could be measured; whether they hold is not
            if after.evidence[line].status in SAYS:
                assert told(after, line) == told(then, line), (name, line)

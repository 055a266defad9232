"""Do reports that wait come back as they were and in order, from memory and from the disk?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.vouchmark import samples
from tests.vouchmark.people import PLAIN, SIGNED, look, vouch
from vouchmark.examination import spool
from vouchmark.examination.spool import Spool
from vouchmark.report import Report


def reports() -> list[Report]:
    return [samples.signed(f"{number}.jpg") for number in range(20)]


@pytest.mark.parametrize("unpacked", [0, 3, 16, 20, 21])
@pytest.mark.parametrize("room", [1, 700, 1 << 20])
def test_they_come_back_as_they_were_and_in_order(unpacked: int, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "AS_THEY_ARE", unpacked)
    monkeypatch.setattr(spool, "IN_MEMORY", room)
    waiting = Spool()
    for report in reports():
        waiting.put(report)
    assert len(waiting) == 20
    assert list(waiting.drain()) == reports()
    assert len(waiting) == 0
    waiting.put(samples.signed("again.jpg"))
    assert list(waiting.drain()) == [samples.signed("again.jpg")]
    waiting.close()


@pytest.mark.parametrize("unpacked", [0, 1])
@pytest.mark.parametrize(
    "make",
    [
        lambda: look(SIGNED, vouches=[vouch(SIGNED)], pictures=True, crjson=True),
        lambda: look(PLAIN),
        lambda: look(b""),
        lambda: samples.signed(),
    ],
)
def test_whole_reports_do_too(make: Callable[[], Report], unpacked: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "AS_THEY_ARE", unpacked)
    report = make()
    waiting = Spool()
    waiting.put(report)
    assert list(waiting.drain()) == [report]
    waiting.close()

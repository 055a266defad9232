"""Rows on calls: what an answer shows, and why one shows nothing."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.vouchmark.wording.rows import group, row
from vouchmark.vouching.calls import agreement, asking, refusal, shown
from zk.call import refusals

NOW = dt.datetime(2026, 11, 10, tzinfo=dt.UTC)


def answered(*, again: bool = False, crowd: int | None = None) -> Callable[[], Any]:
    issuer = SimpleNamespace(name="Harbour Press Club", id=bytes(32), crowd=lambda *_, **__: crowd)
    heard = SimpleNamespace(issuer=issuer, epoch="2026-11", level=1, age=3.2, again=again, peer="Ben")
    return lambda: shown(heard, ("a", "b", "c", "d"), NOW)  # type: ignore[arg-type]


def refused(error: Any) -> Callable[[], Any]:
    return lambda: refusal(error("x"))


REFUSALS = {
    one.code: refused(one)
    for _, one in inspect.getmembers(refusals, inspect.isclass)
    if one.__module__ == refusals.__name__
}
group(REFUSALS)
for _id in ("call.relay", "call.shown", "call.words", "call.not_shown"):
    row(_id, answered(), REFUSALS["call.proof"])
group({"call.first": answered(), "call.again": answered(again=True)})
group({"call.crowd.unknown": answered(crowd=1), "call.crowd": answered(crowd=2)})
MEETING = SimpleNamespace(call_id="a" * 52, epoch="2026-11")
CLUB = SimpleNamespace(name="Harbour Press Club", id=bytes(32))
ASKED = SimpleNamespace(challenge=SimpleNamespace(meeting=MEETING), issuer=CLUB, level=1, crowd=None)
group({"call.agree": lambda: agreement(ASKED), "call.paste": lambda: asking(120.0)})  # type: ignore[arg-type]

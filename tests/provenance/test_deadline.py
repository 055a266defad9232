"""Is what may never end waited for no longer than it is said to be?"""

from __future__ import annotations

import io
import threading
import time

import pytest

from provenance.net.deadline import TooLateError, read_until, within


def test_what_ends_in_time_gives_what_it_returns() -> None:
    assert within(5, lambda: threading.current_thread().daemon) is True


def test_what_raises_in_time_raises_here() -> None:
    def work() -> None:
        raise TimeoutError("a socket's own limit")

    with pytest.raises(TimeoutError, match="a socket's own limit"):
        within(5, work)


def test_what_does_not_end_is_left_behind() -> None:
    never, started = threading.Event(), time.monotonic()
    with pytest.raises(TooLateError):
        within(0.05, never.wait)
    assert time.monotonic() - started < 2
    never.set()


def test_what_is_left_behind_closes_what_it_holds() -> None:
    begun, over, closed = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        over.wait(10)
        for _ in range(100_000):  # where an exception from outside would come
            pass
        closed.set()

    with pytest.raises(TooLateError):
        within(0.05, work)
    assert begun.is_set()
    over.set()
    assert closed.wait(10)


def test_what_only_reckons_can_be_told_to_end() -> None:
    ended = threading.Event()

    def work() -> None:
        try:
            while True:
                pass
        finally:
            ended.set()

    with pytest.raises(TooLateError):
        within(0.05, work, interrupt=True)
    assert ended.wait(10)


class Drip(io.BytesIO):
    """An answer that comes in pieces of one byte; how many were taken."""

    taken = 0

    def read1(self, size: int | None = -1, /) -> bytes:
        self.taken += 1
        return super().read1(1)


def test_an_answer_is_read_to_its_end_or_to_the_first_piece_beyond_the_limit() -> None:
    never = time.monotonic() + 60
    assert read_until(io.BytesIO(), 10, never) == b""
    assert read_until(Drip(bytes(10)), 10, never) == bytes(10)
    endless = Drip(bytes(1000))
    assert read_until(endless, 10, never) == bytes(11)
    assert endless.taken == 11


def test_an_answer_that_goes_on_behind_the_deadline_is_left() -> None:
    endless = Drip(bytes(1000))
    with pytest.raises(TooLateError):
        read_until(endless, 1000, time.monotonic() - 1)
    assert endless.taken == 1

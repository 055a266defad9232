"""Is what may never end waited for no longer than it is said to be?"""

from __future__ import annotations

import gc
import io
import os
import threading
import time
import weakref

import pytest

from provenance.net.deadline import TooLateError, read_until, within
from tests.support.effort import ends


def test_what_ends_in_time_gives_what_it_returns() -> None:
    assert within(5, lambda: threading.current_thread().daemon) is True


def test_what_raises_in_time_raises_here() -> None:
    def work() -> None:
        raise TimeoutError("a socket's own limit")

    with pytest.raises(TimeoutError, match="a socket's own limit"):
        within(5, work)


def test_what_does_not_end_is_left_behind() -> None:
    never = threading.Event()
    with ends(), pytest.raises(TooLateError):
        within(0.05, never.wait)
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


def test_one_thread_does_one_thing_after_the_other() -> None:
    seen = {within(5, threading.get_ident) for _ in range(20)}
    assert len(seen) == 1


def test_several_that_wait_at_once_have_a_thread_each() -> None:
    barrier = threading.Barrier(3)

    def work() -> int:
        barrier.wait(10)
        return threading.get_ident()

    found: list[int] = []
    callers = [threading.Thread(target=lambda: found.append(within(10, work))) for _ in range(3)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(set(found)) == 3


@pytest.mark.parametrize("interrupt", [False, True])
def test_whoever_is_left_behind_is_given_nothing_more(interrupt: bool) -> None:
    left, over = list[int](), threading.Event()

    def work() -> None:
        left.append(threading.get_ident())
        over.wait(10)

    with pytest.raises(TooLateError):
        within(0.05, work, interrupt=interrupt)
    assert within(5, threading.get_ident) != left[0]
    over.set()
    for _ in range(100):
        if left[0] not in {thread.ident for thread in threading.enumerate()}:
            return
        time.sleep(0.05)
    raise AssertionError("the thread goes on waiting for work")


def test_what_was_returned_is_not_kept() -> None:
    class Report:
        pass

    found = within(5, Report)
    there = weakref.ref(found)
    del found
    gc.collect()
    assert there() is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_fork_starts_a_thread_of_its_own() -> None:
    assert within(5, lambda: 1) == 1
    child = os.fork()
    if not child:
        code = 1
        try:
            code = 0 if within(5, lambda: 2) == 2 else 1
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


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

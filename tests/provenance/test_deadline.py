"""Is what may never end waited for no longer than it is said to be?"""

from __future__ import annotations

import threading
import time

import pytest

from provenance.credentials.deadline import TooLateError, within


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

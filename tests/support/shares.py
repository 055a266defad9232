"""How long may a check take of this processor, and how much room, for what it is given?

One second and no more for each megabyte: a loop over two lists of a file shows here as tens of seconds, and no busy
machine turns a tenth of a second into one. Time is that of this thread alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

MEGABYTE = 1_000_000
SECONDS_PER_MEGABYTE = 1.0


def in_its_share(size: int, work: Callable[[], T]) -> T:
    """What `work` returns, which looks at so many bytes; AssertionError where it takes longer than its share."""
    start = time.thread_time()
    found = work()
    taken = time.thread_time() - start
    allowed = SECONDS_PER_MEGABYTE * max(1.0, size / MEGABYTE)
    assert taken <= allowed, f"took {taken:.1f} s for {size} bytes, expected at most {allowed:.1f} s"
    return found

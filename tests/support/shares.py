"""How long may a check take of this processor, and how much room, for what it is given?

One second for each megabyte, and as much again on a busy machine: a loop over two lists of a file shows here as tens of
seconds, and no busy machine turns a tenth of a second into one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tests.support.effort import at_most

T = TypeVar("T")

MEGABYTE = 1_000_000
SECONDS_PER_MEGABYTE = 1.0
ROOM = 2
"""Times that share before a test fails: neighbours on the same processor slow it down as well."""


def in_its_share(size: int, work: Callable[[], T]) -> T:
    """What `work` returns, which looks at so many bytes; AssertionError where it takes longer than its share."""
    return at_most(ROOM * SECONDS_PER_MEGABYTE * max(1.0, size / MEGABYTE), work)

"""How much at a time? Rates, uploads and work in hand, each with a bound, and an answer at once where it is reached."""

from __future__ import annotations

import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from vouchmark.service.problems import ProblemError

MAX_CALLERS: Final = 100_000
"""Callers whose rate is remembered; the one that was quiet longest is forgotten first, and then has a full bucket."""
BURST: Final = 6.0
"""Seconds' worth of a rate that may come at once."""
UPLOAD_SHARE: Final = 4
"""One caller has one part in so many of the uploads at most."""
LATER: Final = 2
"""Seconds after which somebody who is told to come later may try again: a queue is worked off in less."""


class Rates:
    """A bucket for each caller (token bucket): so many a minute, some of them at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str, per_minute: int) -> None:
        """Count one request. Raises ProblemError with the seconds until there is room for another one."""
        now, pace = self._clock(), per_minute / 60
        room = max(1.0, pace * BURST)
        left, at = self._left.pop(caller, (room, now))
        left = min(room, left + (now - at) * pace)
        taken = left >= 1
        self._left[caller] = (left - 1 if taken else left, now)
        while len(self._left) > MAX_CALLERS:
            self._left.popitem(last=False)
        if not taken:
            wait = math.ceil((1 - left) / pace)
            raise ProblemError("rate", f"got more than {per_minute} requests a minute", retry_after=max(1, wait))


class Admission:
    """What is in hand: uploads that come in, and files that are looked at or wait for that."""

    def __init__(self, *, uploads: int, places: int) -> None:
        """`places` is for files in hand and waiting."""
        self.uploads, self.places = uploads, places
        self.uploading: Counter[str] = Counter()
        self.in_hand = 0
        self.stopping = False

    def refuse_if_full(self) -> None:
        """Say later at once, before a body is read. Raises ProblemError."""
        if self.stopping:
            raise ProblemError("stopping", "this server is about to end", retry_after=LATER)
        if self.in_hand >= self.places:
            raise ProblemError("later", f"{self.in_hand} files are in hand and wait", retry_after=LATER)

    @contextmanager
    def uploads_of(self, caller: str) -> Iterator[None]:
        """Hold a place for an upload. Raises ProblemError where there is none for this caller, or at all."""
        if self.uploading[caller] >= max(1, self.uploads // UPLOAD_SHARE):
            raise ProblemError("uploads", "got too many uploads of one caller at a time", retry_after=LATER)
        if self.uploading.total() >= self.uploads:
            raise ProblemError("later", "too many uploads at a time", retry_after=LATER)
        self.uploading[caller] += 1
        try:
            yield
        finally:
            self.uploading[caller] -= 1
            if not self.uploading[caller]:
                del self.uploading[caller]

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place for a file. Raises ProblemError where there is none."""
        self.refuse_if_full()
        self.in_hand += 1
        try:
            yield
        finally:
            self.in_hand -= 1

"""How much work does a call cost? Processor time, the least of a few rounds: a busy machine fails no test.

Held here is that work grows no faster than the input and that a bomb is not unfolded; bounds are some times what is
needed, and wider on a machine that is slow at a loop of ours. How fast things are is for ``benchmarks/``.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

T = TypeVar("T")

#: Further rounds are only run where the first ones were too slow.
ROUNDS = 4
PATIENCE: Final = 60.0
"""Seconds by the clock for what would otherwise never end: a busy machine needs some of them, a fault all."""
_LOOP: Final = 200_000
_USUAL: Final = 0.008
"""Processor time for so many turns of an empty loop on the machines that the bounds were set for, or a little more."""


def seconds(run: Callable[[], object]) -> float:
    """Processor time of one call, without what the collector of the whole test session adds."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        started = time.process_time()
        run()
        return time.process_time() - started
    finally:
        if enabled:
            gc.enable()


def slowness() -> float:
    """How many times slower this machine is just now than those that the bounds were set for; at least 1."""
    return max(1.0, seconds(_turns) / _USUAL)


def _turns() -> None:
    for _ in range(_LOOP):
        pass


def at_most(bound: float, run: Callable[[], T]) -> T:
    """What the call returns; AssertionError where none of a few calls stays under the bound, in seconds."""
    found: list[T] = []
    spent = []
    for _ in range(ROUNDS):
        spent.append(seconds(lambda: found.append(run())))
        if _stays_under(bound, spent[-1]):
            return found[-1]
    raise AssertionError(f"took {min(spent):.2f} s of the processor, expected at most {bound} s")


def costs_at_most(bound: float, run: Callable[[], object]) -> bool:
    """Whether one of a few calls stays under the bound, in seconds."""
    return any(_stays_under(bound, seconds(run)) for _ in range(ROUNDS))


def _stays_under(bound: float, spent: float) -> bool:
    return spent < bound or spent < bound * slowness()


def grows_no_faster(
    small: Callable[[], object], large: Callable[[], object], *, factor: float = 24, spare: float = 0.2
) -> bool:
    """Whether the large input costs at most so many times the small one, and a little.

    With a large input of eight times the size, linear work costs eight times, quadratic work 64 times.
    """
    least = seconds(small)
    for _ in range(ROUNDS):
        if seconds(large) < factor * least + spare:
            return True
        least = max(least, seconds(small))
    return False


@contextmanager
def ends(patience: float = PATIENCE) -> Iterator[None]:
    """What waits within ends by itself, long before what it waits for would."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < patience

"""How much work does a call cost? Processor time, the least of a few rounds: a busy machine fails no test.

Held here is that work grows no faster than the input and that a bomb is not unfolded; bounds are some times what is
needed. How fast things are is for ``benchmarks/``.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

#: Further rounds are only run where the first ones were too slow.
ROUNDS = 4


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


def costs_at_most(bound: float, run: Callable[[], object]) -> bool:
    """Whether one of a few calls stays under the bound, in seconds."""
    return any(seconds(run) < bound for _ in range(ROUNDS))


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

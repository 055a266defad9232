"""What happens to a run at Ctrl-C? The record at hand is written to its end, and what was done stays."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")


class Interrupt:
    """Whether somebody pressed Ctrl-C: at once while a file is looked at, else when its record is written.

    The second time it ends the command wherever it is.
    """

    def __init__(self) -> None:
        """Nobody has, yet."""
        self.came = False
        self._waits = False

    def until(self, items: Iterator[T]) -> Iterator[T]:
        """Pass items on until Ctrl-C; then end, as if there were no more."""
        while True:
            try:
                if self.came:
                    return
                self._waits = True
                item = next(items)
                self._waits = False
            except StopIteration:
                return
            except KeyboardInterrupt:
                self.came = True
                return
            finally:
                self._waits = False
            yield item

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if self._waits or self.came:
            raise KeyboardInterrupt
        self.came = True


@contextmanager
def listening() -> Iterator[Interrupt]:
    """Hear Ctrl-C in this block; off the main thread, and where it was set to be ignored, it stays as it is."""
    interrupt = Interrupt()
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is not signal.default_int_handler:
        yield interrupt
        return
    signal.signal(signal.SIGINT, interrupt._hear)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)

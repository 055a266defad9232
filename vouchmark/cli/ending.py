"""How does a command end that is told to, by SIGTERM or because its terminal is gone, without leaving anything behind?

The signal becomes an exception, so that whatever is open is closed as after any other error: half-written files go, and
workers end. What keeps the main thread from seeing it (an engine at work in this process, a callback that swallows
exceptions) gets a moment; then the rest is removed from another thread, and the process ends.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, NoReturn

GRACE: Final = 5.0
"""Seconds for everything that is open to be closed; it takes well below one."""
BY_SIGNAL: Final = 128
"""What shells add a signal's number to, for the exit code of what it ended."""
_SIGNALS: Final = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class ToldToEnd(BaseException):
    """A signal to end came. Like KeyboardInterrupt, it is nobody's to handle but the last one's."""

    def __init__(self, number: int) -> None:
        """`number` is the signal's."""
        super().__init__(f"signal {number}")
        self.code = BY_SIGNAL + number


@contextmanager
def ends_when_told() -> Iterator[None]:
    """Raise ToldToEnd in this thread for the first signal to end; further ones change nothing any more.

    A signal that whoever started us has set to be ignored stays ignored (`nohup`). Only the main thread hears signals;
    in another one this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    if os.name != "posix":
        # Windows ends a process without asking it, and wakes nobody by a pipe.
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    heard = [number for number, handler in before.items() if handler is signal.SIG_DFL]
    ears, mouth = os.pipe()
    os.set_blocking(mouth, False)
    told = signal.set_wakeup_fd(mouth, warn_on_full_buffer=False)
    watch = threading.Thread(target=_watch, args=(ears, bytes(heard)), daemon=True)
    watch.start()

    def end(number: int, _frame: Any) -> NoReturn:
        for one in heard:
            signal.signal(one, signal.SIG_IGN)
        raise ToldToEnd(number)

    try:
        for number in heard:
            signal.signal(number, end)
        yield
    finally:
        signal.set_wakeup_fd(told)
        os.close(mouth)
        for number in heard:
            signal.signal(number, before[number])


def _watch(ears: int, heard: bytes) -> None:
    """End the process some time after the first signal to end, should it still be there."""
    with os.fdopen(ears, "rb", buffering=0) as pipe:
        while (told := pipe.read(1)) and told not in heard:
            pass
        if not told or _closes_within(pipe, GRACE):
            return
    from provenance.files.whole_file import remove_unfinished

    with suppress(Exception):
        remove_unfinished()
    os._exit(BY_SIGNAL + told[0])


def _closes_within(pipe: Any, seconds: float) -> bool:
    """Whether the other side is gone in time; further signals are no news."""
    import select
    import time

    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([pipe], [], [], left)[0] and not pipe.read(1):
            return True
    return False

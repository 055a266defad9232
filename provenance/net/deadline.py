"""How is something that may never end waited for no longer than so many seconds?

What holds a connection has to keep its own deadline as well, so that it closes what it opened; what only reckons can be
told to end: Python's own code does at its next step, what waits for a system call when that returns. All of it ends
with the process.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError, wait
from io import BufferedIOBase
from queue import SimpleQueue
from typing import Final, TypeVar

from provenance.errors import ProvenanceError

_PIECE: Final = 64 * 1024
T = TypeVar("T")


class TooLateError(ProvenanceError):
    """It had not ended in time."""

    hint = "give it more time"


def within(seconds: float, work: Callable[[], T], *, interrupt: bool = False) -> T:
    """What `work` returns or raises, if it does so in time.

    A name server that is silent, and a server that sends a byte now and then, trip no limit of a socket; leaving the
    thread in which they are waited for does.

    Args:
        seconds: How long it is waited for.
        work: Runs in another thread.
        interrupt: Raise in that thread where it is too late. Only for work that holds nothing open: the exception may
            come in the midst of what closes a file or a connection.

    Raises:
        TooLateError: it did not.
    """
    try:
        hand = _idle.pop()
    except IndexError:
        hand = _Hand()
    if hand.process != os.getpid():
        # Threads do not come along into a fork.
        hand = _Hand()
    outcome: Future[T] = Future()
    hand.take(outcome, work)
    if outcome not in wait([outcome], seconds).done:
        hand.leave(interrupt=interrupt)
        raise TooLateError
    _idle.append(hand)
    return outcome.result()


class _Hand:
    """A thread that does one piece of work after the other, until one takes too long: starting one costs as much as
    what is mostly done in it."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self._given: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def take(self, outcome: Future[T], work: Callable[[], T]) -> None:
        """Begin with some work, whose outcome is told there."""

        def run() -> None:
            try:
                outcome.set_result(work())
            except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                outcome.set_exception(error)

        self._given.put(run)

    def leave(self, *, interrupt: bool) -> None:
        """Give it nothing more to do, and raise in it what ends its work, where that may be."""
        self._given.put(None)
        if interrupt:
            _end(self._thread)

    def _serve(self) -> None:
        with contextlib.suppress(TooLateError, InvalidStateError):
            while (run := self._given.get()) is not None:
                run()
                # What it held is let go before the next one comes.
                del run


_idle: list[_Hand] = []
"""Those that wait for work."""


def read_until(response: BufferedIOBase, limit: int, deadline: float) -> bytes:
    """What an answer holds, up to the first piece that goes over `limit` bytes.

    Args:
        response: an answer's body.
        limit: bytes; a longer result tells that there was more.
        deadline: by `time.monotonic`, looked at after each piece: a server that sends a byte now and then trips no
            limit of a socket.

    Raises:
        TooLateError: it goes on behind the deadline.
    """
    parts: list[bytes] = []
    size = 0
    while size <= limit and (piece := response.read1(_PIECE)):
        parts.append(piece)
        size += len(piece)
        if size <= limit and time.monotonic() > deadline:
            raise TooLateError
    return b"".join(parts)


def _end(thread: threading.Thread) -> None:
    """Raise in a thread that nobody waits for any more, so that it does not go on reckoning for hours."""
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(TooLateError))

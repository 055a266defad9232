"""How is something that may never end waited for no longer than so many seconds?

What holds a connection has to keep its own deadline as well, so that it closes what it opened; what only reckons can be
told to end: Python's own code does at its next step, what waits for a system call when that returns. All of it ends
with the process.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from io import BufferedIOBase
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
        work: Runs in a thread of its own.
        interrupt: Raise in that thread where it is too late. Only for work that holds nothing open: the exception may
            come in the midst of what closes a file or a connection.

    Raises:
        TooLateError: it did not.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            outcome.set_exception(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    if outcome not in wait([outcome], seconds).done:
        if interrupt:
            _end(thread)
        raise TooLateError
    return outcome.result()


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

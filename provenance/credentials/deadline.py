"""How is something that may never end waited for no longer than so many seconds?"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

T = TypeVar("T")


class TooLateError(Exception):
    """It had not ended in time."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns or raises, if it does so in time.

    A name server that is silent, and a server that sends a byte now and then, trip no limit of a socket; leaving the
    thread in which they are waited for does. It ends with the process at the latest.

    Raises:
        TooLateError: it did not.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    if outcome not in wait([outcome], seconds).done:
        raise TooLateError
    return outcome.result()

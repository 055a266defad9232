"""A child process that is killed at a chosen step, for the tests of what survives."""

import os
import signal
import warnings
from collections.abc import Callable

import pytest


def fork() -> int:
    """Fork; Python 3.12 and later warn of threads that the child does not have and does not need."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def killed_at(owner: object, name: str, act: Callable[[], object], *, after: int = 0) -> bool:
    """Run `act` in a child that is killed when it calls `owner.name` for the (after + 1)th time; return whether it was.

    The child never comes back into the test; whatever it raises ends it.
    """
    child = fork()
    if child == 0:
        try:
            with pytest.MonkeyPatch.context() as patched:
                real = getattr(owner, name)
                calls = iter(range(1 << 30))

                def die(*arguments: object, **keywords: object) -> object:
                    if next(calls) >= after:
                        os.kill(os.getpid(), signal.SIGKILL)
                    return real(*arguments, **keywords)

                patched.setattr(owner, name, die)
                act()
        finally:
            os._exit(0)
    status = os.waitpid(child, 0)[1]
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL

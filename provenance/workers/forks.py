"""Is this the process that began something, or a copy of it, in which neither threads nor engines survive?"""

from __future__ import annotations

import os

from provenance.errors import ProvenanceError


class ForkedError(ProvenanceError, RuntimeError):
    """What was begun in one process is gone on with in a copy of it."""

    hint = "start processes by spawn, or make a new Pool in each"


class Home:
    """The process in which something was begun; none yet at first."""

    def __init__(self, words: str) -> None:
        """`words` say what is wrong in a copy, and what to do there."""
        self._words = words
        self._process = 0

    @property
    def is_elsewhere(self) -> bool:
        """Whether this process is a copy of the one in which it was begun."""
        return self._process not in (0, os.getpid())

    def check(self) -> None:
        """Raise ForkedError in a copy."""
        if self.is_elsewhere:
            raise ForkedError(self._words)

    def begin(self) -> None:
        """Begin in this process. Raises ForkedError in a copy."""
        self.check()
        self._process = os.getpid()

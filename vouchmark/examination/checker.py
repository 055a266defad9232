"""How does a pipeline check media as they come: from many threads or tasks, by workers that stay warm?

A `Checker` holds worker processes for as long as it is open. It looks cheaply first: engines are asked only where a
file may hold something for them (`provenance.credentials.store.signs`), and the report says where they were not.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self, Unpack

from provenance.errors import OptionError
from provenance.workers.pool import DEFAULT_MEMORY, DEFAULT_SECONDS, Pool
from vouchmark.errors import VouchmarkError
from vouchmark.examination.examine import examine_all
from vouchmark.examination.many import are_several
from vouchmark.examination.opening.sources import files
from vouchmark.examination.settings import Settings, settings_of
from vouchmark.options import Options, Overrides, with_overrides
from vouchmark.report import Report

WAITING: Final = 4
"""Files for each worker that are taken at a time where nobody says how many: in hand, in its pipe, and two ready."""


class CheckerClosedError(VouchmarkError, RuntimeError):
    """A checker was asked that is not open: use it in a `with`, and not after it."""

    hint = "use it in a with statement, and not after it"


class Checker:
    """Checks many files with the same options, one by one or at a time. A context manager; threads may share it.

    Every file is a run of its own, as with `check`: the time is the moment at which it begins, unless `at` says
    otherwise, and each voice is counted once in it. `many` is one run, as with `check_many`.
    """

    def __init__(
        self,
        options: Options | None = None,
        *,
        workers: int = 1,
        seconds: float = DEFAULT_SECONDS,
        memory: int = DEFAULT_MEMORY,
        waiting: int | None = None,
        **overrides: Unpack[Overrides],
    ) -> None:
        """Settle what is asked; nothing is started yet.

        Args:
            options: what is asked of every file (`vouchmark.Options`); the defaults where None.
            workers: processes at work at the same time, at least 1.
            seconds: for one file.
            memory: bytes for one worker beyond its loaded engines.
            waiting: files that are taken at a time, at least one; further callers wait. 4 for each worker where None.
            overrides: what is asked otherwise, by the names of `Options`; `look_first=False` asks every engine always.

        Raises:
            OptionError: as `check`, or a number is below what makes sense.
        """
        room = WAITING * workers if waiting is None else waiting
        if room < 1:
            raise OptionError(f"got room for {room} files, expected at least 1")
        asked = with_overrides(options, **overrides)
        self._options = asked if "look_first" in overrides else with_overrides(asked, look_first=True)
        # Mistakes show now, and lists are read once: what is kept later counts for later checkers.
        self._settled = settings_of(self._options)
        self._pool = Pool(workers, seconds=seconds, memory=memory)
        self._room = threading.BoundedSemaphore(room)
        self._threads = ThreadPoolExecutor(max_workers=room, thread_name_prefix="vouchmark-check")
        self._rooms: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
            weakref.WeakKeyDictionary()
        )
        self._size = room
        self._open = False

    def __enter__(self) -> Self:
        """Start the workers."""
        self._pool.start()
        self._open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers; what is still being checked gets an `error`."""
        self.close()

    def close(self) -> None:
        """End the workers, at once also where they are busy. Idempotent."""
        self._open = False
        self._pool.close()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def check(self, source: str | Path | bytes | BinaryIO) -> Report:
        """One report, as `vouchmark.check` gives it but for the engines that had nothing to read.

        Waits for its turn where as many files as there is room for are being checked.

        Args:
            source: a path, the bytes, or a binary stream; with `online` the address of one file.

        Raises:
            CheckerClosedError: it is not open.
            zk.errors.ZkError: the ledger fails.
        """
        with self._room:
            return next(examine_all([source], self._begun(), pool=self._pool))

    async def acheck(self, source: str | Path | bytes | BinaryIO) -> Report:
        """The same for a task of asyncio: other tasks go on meanwhile. Raises as `check` does."""
        loop = asyncio.get_running_loop()
        async with self._rooms.setdefault(loop, asyncio.Semaphore(self._size)):
            return await loop.run_in_executor(self._threads, self.check, source)

    def many(self, sources: Iterable[str | Path | bytes | BinaryIO]) -> Iterator[Report]:
        """One report for each source, in order, as they become ready; sources are taken a few ahead, reports not kept.

        Args:
            sources: as in `check_many`: a folder stands for every file in it.

        Raises:
            CheckerClosedError: at once, where it is not open.
        """
        found = files(sources, several=are_several(sources))
        return examine_all(found, self._begun(), pool=self._pool)

    def _begun(self) -> Settings:
        """What a run goes by that begins now."""
        if not self._open:
            raise CheckerClosedError("this checker is not open: use it in a with statement")
        return self._settled if self._options.at is not None else self._settled.begun_now()

"""Who examines an opened source: a worker or this process, with or without asking over the network?"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from provenance.asset import Asset
from provenance.workers.pool import Examination, Pool, examine_in_process
from provenance.workers.task import Task
from vouchmark.examination.opening.opened import OpenedSource, Unread
from vouchmark.examination.settings import Settings

if TYPE_CHECKING:
    from provenance.credentials.own_check import OwnCheck
    from provenance.net.online import Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found out about one source."""

    examination: Examination | None
    contacts: tuple[Contact, ...] = ()
    """Who was asked over the network."""
    remote: bytes | None = None
    """The remote manifest store, where one was fetched."""

    @property
    def seconds_left(self) -> float:
        """Of the source's time; without end where there is no limit, or nothing to parse."""
        return self.examination.seconds_left if self.examination is not None else float("inf")


Examine: TypeAlias = Callable[[Asset, Task], Examination]

LEAST: Final = 1.0
"""Seconds that there always are for one more look, or for saying what was found: real files take a hundredth."""


def examine_by(pool: Pool | None, *, seconds: float | None = None) -> Examine:
    """What examines one source as often as there is something new to look at, all in so many seconds or its limit."""
    if pool is None:
        return examine_in_process
    left = seconds

    def examine(asset: Asset, task: Task) -> Examination:
        nonlocal left
        limit = pool.seconds_for(asset)
        examination = pool.examine(asset, task, seconds=max(min(LEAST, limit), limit if left is None else left))
        left = examination.seconds_left
        return examination

    return examine


def examine_source(source: OpenedSource, settings: Settings, examine: Examine) -> Examined:
    """Examine one source by itself, with what the reader allows to be fetched."""
    if source.task is None or not isinstance(source.item, Asset):
        return Examined(examination=None, contacts=source.contacts)
    if settings.online is None:
        return Examined(examination=examine(source.item, source.task))
    from vouchmark.examination.online import ask

    asked = ask(source.item, source.task, settings.online, examine)
    return Examined(examination=asked.examination, contacts=(*source.contacts, *asked.contacts), remote=asked.remote)


def examine_sources(
    sources: Iterator[OpenedSource],
    settings: Settings,
    pool: Pool | None,
    *,
    ahead: Callable[[OwnCheck], None] | None = None,
) -> Iterator[tuple[OpenedSource, Examined]]:
    """Each source with what was found out about it, in order; `ahead` as `Pool.examine_stream` has it."""
    if pool is None or settings.online is not None:
        for source in sources:
            examined = examine_source(source, settings, examine_by(pool))
            yield source.settled(pool), examined
        return
    opened: deque[OpenedSource] = deque()

    def tasks() -> Iterator[tuple[Asset | Unread, Task | None]]:
        for source in sources:
            opened.append(source)
            yield source.item, source.task

    for _item, examination in pool.examine_stream(tasks(), ahead=ahead):
        yield opened.popleft().settled(pool), Examined(examination=examination)

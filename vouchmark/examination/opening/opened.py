"""What was opened of each source, and what is asked of a worker about it?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import msgspec

from provenance.asset import Asset, AssetError, open_asset
from provenance.files.sidecar import Sidecar, find_sidecar
from provenance.options import MediaOptions
from provenance.workers.pool import Pool
from provenance.workers.task import Task
from vouchmark.examination.opening.addresses import fetch, is_address, name_of
from vouchmark.examination.opening.sources import Held, Source, Upload, place_of
from vouchmark.examination.settings import Settings
from vouchmark.persons.run import FileVouches, vouches_for, vouches_of
from vouchmark.report import Line
from vouchmark.vouching.assertion import VOUCHES
from vouchmark.vouching.files import Beside

if TYPE_CHECKING:
    from provenance.net.online import Contact
    from vouchmark.known.originals import Original


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """An input whose bytes could not be had."""

    name: str
    error: AssetError


NO_SIDECAR: Final = Sidecar()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSource:
    """One source on its way to its report."""

    item: Asset | Unread
    task: Task | None
    """None where there is nothing to parse."""
    vouches: FileVouches
    """The vouches given for it or lying beside it."""
    sidecar: Sidecar = NO_SIDECAR
    """The manifest stores that lie beside it; none where the reader gave one."""
    contacts: tuple[Contact, ...] = ()
    """Who was asked for it, where the reader named an address."""
    below: str | None = None
    """Its path below the folder that the reader named; None where the file itself was named."""

    def settled(self, pool: Pool | None) -> OpenedSource:
        """The same when all of a large file has been read: with its digest, or unread where it changed meanwhile."""
        if not isinstance(self.item, Asset) or self.item.large is None or self.item.sha256:
            return self
        try:
            return replace(self, item=self.item.settled(None if pool is None else pool.seconds_for(self.item)))
        except AssetError as error:
            return replace(self, item=Unread(name=self.item.name, error=error), task=None)


def open_sources(sources: Iterable[Source], settings: Settings) -> Iterator[OpenedSource]:
    """Each source, opened when it is asked for."""
    beside = Beside()
    return (_opened(source, settings, beside) for source in sources)


def _opened(found: Source, settings: Settings, beside: Beside) -> OpenedSource:
    source, below = place_of(found)
    if isinstance(source, str) and is_address(source):
        return _fetched(source, settings)
    if isinstance(source, Held):
        return _held(source, settings)
    item = _open(source, settings)
    path = Path(source) if isinstance(source, str | Path) else None
    vouches = vouches_for(path, settings.person, beside) if settings.asks(Line.PERSON) else FileVouches()
    sidecar = _sidecar(item, source, settings)
    return OpenedSource(
        item=item, task=task_for(item, settings, beside=sidecar), vouches=vouches, sidecar=sidecar, below=below
    )


def _held(found: Held, settings: Settings) -> OpenedSource:
    """A file whose name and neighbours are told: nothing is looked for beside it."""
    item = _open(Upload(found.path, found.name), settings)
    asks = settings.asks(Line.PERSON)
    vouches = vouches_of(found.vouches, found.more, settings.person) if asks else FileVouches()
    is_given = settings.options.manifest is not None or isinstance(item, Unread)
    sidecar = NO_SIDECAR if is_given else found.sidecar
    return OpenedSource(
        item=item, task=task_for(item, settings, beside=sidecar), vouches=vouches, sidecar=sidecar, below=found.below
    )


def _sidecar(item: Asset | Unread, source: object, settings: Settings) -> Sidecar:
    """What lies beside a file on disk; nothing where the reader says which manifest store counts."""
    if settings.options.manifest is not None or not isinstance(source, str | Path) or isinstance(item, Unread):
        return NO_SIDECAR
    return find_sidecar(Path(source))


def _fetched(address: str, settings: Settings) -> OpenedSource:
    """A file that the reader names by its address: nothing lies beside it."""
    found = fetch(address, settings.online, settings.media.limits)
    item = found.item if isinstance(found.item, Asset) else Unread(name=name_of(address), error=found.item)
    contacts = (found.contact,) if found.contact is not None else ()
    vouches = vouches_for(None, settings.person, Beside()) if settings.asks(Line.PERSON) else FileVouches()
    return OpenedSource(item=item, task=task_for(item, settings), vouches=vouches, contacts=contacts)


def opened_alone(asset: Asset, source: Path | bytes, settings: Settings) -> OpenedSource:
    """An asset by itself: of what speaks of it from outside, its manifest store alone."""
    sidecar = _sidecar(asset, source, settings)
    return OpenedSource(
        item=asset, task=task_for(asset, settings, beside=sidecar), vouches=FileVouches(), sidecar=sidecar
    )


def _open(source: str | Path | bytes | BinaryIO | Upload, settings: Settings) -> Asset | Unread:
    try:
        if isinstance(source, Upload):
            return open_asset(source.path, name=source.name, limits=settings.media.limits, may_be_large=True)
        path = Path(source) if isinstance(source, str) else source
        return open_asset(path, limits=settings.media.limits, may_be_large=True)
    except AssetError as error:
        if isinstance(source, Upload):
            return Unread(name=source.name, error=error)
        name = Path(source).name if isinstance(source, str | Path) else "-"
        return Unread(name=name or str(source), error=error)


def task_for(item: Asset | Unread, settings: Settings, *, beside: Sidecar = NO_SIDECAR) -> Task | None:
    """What a worker is asked about an asset; None where there is nothing to parse."""
    if isinstance(item, Unread) or not item.size:
        return None
    options, original = settings.options, _given(item, settings)
    return Task(
        media_type=item.media_type,
        at=settings.at,
        options=_media(item, settings),
        lists=settings.lists,
        metadata=settings.reads_metadata,
        hashes=settings.makes_hashes,
        sidecar=beside.data if options.manifest is None else options.manifest,
        sidecar_wins=options.manifest is not None,
        fragments=tuple(options.fragments),
        carries=VOUCHES,
        original=original.data if original is not None else None,
        original_type=original.media_type if original is not None else "",
        own_thumbnail=_takes_thumbnail(settings),
    )


def _media(item: Asset, settings: Settings) -> MediaOptions:
    """What a worker is told about one asset: fewer engines where it is large."""
    engines = engines_for(item, settings)
    media = settings.media
    return media if engines == media.engines else msgspec.structs.replace(media, engines=engines)


def engines_for(item: Asset, settings: Settings) -> tuple[str, ...]:
    """The engines that are asked about one asset: one that holds files whole is not asked about a large one."""
    is_large = item.size > settings.media.limits.second_bytes
    return tuple(name for name in settings.media.engines if not is_large or name not in HOLDING)


HOLDING: Final = frozenset({"encypher-c2pa"})
"""Engines that take nothing but bytes, and copy them."""


def _takes_thumbnail(settings: Settings) -> bool:
    """Whether the thumbnail in the asset's own history takes the place of an original."""
    original = settings.options.original
    return original is not None and original.is_thumbnail and settings.asks(Line.KNOWN)


def _given(item: Asset, settings: Settings) -> Original | None:
    """The original that the worker shall compare with; None where there is none, or it is the same file."""
    original = settings.options.original
    if original is None or not original.is_file or not settings.asks(Line.KNOWN):
        return None
    return None if original.sha256 == item.sha256 else original

"""What is known about one asset before any line of evidence has spoken?

Opens each source once, has it examined by a worker (or here), asks over the network where the reader allows it, and
puts together the facts that the lines look at. Nothing here judges.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, TypeAlias

import msgspec

from provenance.asset import Asset, AssetError, open_asset
from provenance.credentials.engines.encypher import SNAPSHOT_DATED
from provenance.credentials.engines.model import Outcome, Reading
from provenance.credentials.trust.formats import Content, ListKind
from provenance.credentials.trust.view import Label
from provenance.files.sidecar import Sidecar, find_sidecar
from provenance.options import MediaOptions
from provenance.workers.pool import Examination, Pool, examine_in_process
from provenance.workers.task import Task
from vouchmark.examination.accounts import account_in_place_of
from vouchmark.examination.addresses import fetch, is_address, name_of
from vouchmark.examination.settings import Settings
from vouchmark.examination.sources import Source, place_of
from vouchmark.known.lookup import compared_with_kept, look_up
from vouchmark.known.soft_bindings import ISCC, check_softly, soft_bindings
from vouchmark.lines.engines.line import SIZE
from vouchmark.lines.facts import Facts, OutsideStore
from vouchmark.persons.run import Beheld, behold
from vouchmark.report import (
    Line,
)
from vouchmark.vouching.files import Beside
from vouchmark.vouching.likeness import pdq_of

if TYPE_CHECKING:
    from provenance.credentials.own_check import OwnCheck
    from provenance.hashes.likeness import Likeness
    from provenance.net.online import Contact
    from vouchmark.known.lookup import Lookup
    from vouchmark.known.originals import Compared, Original


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """An input whose bytes could not be had."""

    name: str
    error: AssetError


def turns_of(sources: Iterable[Source], settings: Settings) -> Iterator[Turn]:
    """Each source, opened when its turn comes."""
    beside = Beside()
    return (_turn(source, settings, beside) for source in sources)


def examined(
    turns: Iterator[Turn], settings: Settings, pool: Pool | None, *, ahead: Callable[[OwnCheck], None] | None = None
) -> Iterator[tuple[Turn, Seen]]:
    """Each source with what was found out about it, in order; `ahead` as `Pool.examine_stream` has it."""
    if pool is None or settings.online is not None:
        for turn in turns:
            seen = _seen(turn, settings, examine_by(pool))
            yield turn.settled(pool), seen
        return
    opened: deque[Turn] = deque()

    def tasks() -> Iterator[tuple[Asset | Unread, Task | None]]:
        for turn in turns:
            opened.append(turn)
            yield turn.item, turn.task

    for _item, examination in pool.examine_stream(tasks(), ahead=ahead):
        yield opened.popleft().settled(pool), Seen(examination=examination)


NO_SIDECAR: Final = Sidecar()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One source on its way to its report."""

    item: Asset | Unread
    task: Task | None
    """None where there is nothing to parse."""
    beheld: Beheld
    """The vouches given for it or lying beside it."""
    sidecar: Sidecar = NO_SIDECAR
    """The manifest stores that lie beside it; none where the reader gave one."""
    contacts: tuple[Contact, ...] = ()
    """Who was asked for it, where the reader named an address."""
    below: str | None = None
    """Its path below the folder that the reader named; None where the file itself was named."""

    def settled(self, pool: Pool | None) -> Turn:
        """The same when all of a large file has been read: with its digest, or unread where it changed meanwhile."""
        if not isinstance(self.item, Asset) or self.item.large is None or self.item.sha256:
            return self
        try:
            return replace(self, item=self.item.settled(None if pool is None else pool.seconds_for(self.item)))
        except AssetError as error:
            return replace(self, item=Unread(name=self.item.name, error=error), task=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
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


def _seen(turn: Turn, settings: Settings, examine: Examine) -> Seen:
    """Examine one source by itself, with what the reader allows to be fetched."""
    if turn.task is None or not isinstance(turn.item, Asset):
        return Seen(examination=None, contacts=turn.contacts)
    if settings.online is None:
        return Seen(examination=examine(turn.item, turn.task))
    from vouchmark.examination.online import ask

    asked = ask(turn.item, turn.task, settings.online, examine)
    return Seen(examination=asked.examination, contacts=(*turn.contacts, *asked.contacts), remote=asked.remote)


def _turn(found: Source, settings: Settings, beside: Beside) -> Turn:
    source, below = place_of(found)
    if isinstance(source, str) and is_address(source):
        return _fetched(source, settings)
    item = _open(source, settings)
    path = Path(source) if isinstance(source, str | Path) else None
    beheld = behold(path, settings.person, beside) if settings.asks(Line.PERSON) else Beheld()
    sidecar = _sidecar(item, source, settings)
    return Turn(item=item, task=_task(item, sidecar, settings), beheld=beheld, sidecar=sidecar, below=below)


def _sidecar(item: Asset | Unread, source: object, settings: Settings) -> Sidecar:
    """What lies beside a file on disk; nothing where the reader says which manifest store counts."""
    if settings.options.manifest is not None or not isinstance(source, str | Path) or isinstance(item, Unread):
        return NO_SIDECAR
    return find_sidecar(Path(source))


def _fetched(address: str, settings: Settings) -> Turn:
    """A file that the reader names by its address: nothing lies beside it."""
    found = fetch(address, settings.online, settings.media.limits)
    item = found.item if isinstance(found.item, Asset) else Unread(name=name_of(address), error=found.item)
    contacts = (found.contact,) if found.contact is not None else ()
    beheld = behold(None, settings.person, Beside()) if settings.asks(Line.PERSON) else Beheld()
    return Turn(item=item, task=_task(item, NO_SIDECAR, settings), beheld=beheld, contacts=contacts)


def look(source: Path | bytes, settings: Settings, *, pool: Pool | None) -> tuple[Asset, Facts]:
    """One asset and what is known of it before any line has spoken.

    Raises:
        AssetError: its bytes could not be had.
    """
    asset = open_asset(source, limits=settings.media.limits)
    sidecar = _sidecar(asset, source, settings)
    turn = Turn(item=asset, task=_task(asset, sidecar, settings), beheld=Beheld(), sidecar=sidecar)
    seen = _seen(turn, settings, examine_by(pool))
    return asset, facts_of(turn, seen, settings)


def picture_hint(asset: Asset, settings: Settings, *, pool: Pool | None) -> bytes | None:
    """The perceptual hash that a vouch for a picture carries as a hint; None for what is no picture, or too plain."""
    task = _task(asset, NO_SIDECAR, settings)
    examine = examine_by(pool)
    return None if task is None else pdq_of(asset, task, examine)


def _open(source: str | Path | bytes | BinaryIO, settings: Settings) -> Asset | Unread:
    try:
        path = Path(source) if isinstance(source, str) else source
        return open_asset(path, limits=settings.media.limits, may_be_large=True)
    except AssetError as error:
        name = Path(source).name if isinstance(source, str | Path) else "-"
        return Unread(name=name or str(source), error=error)


def _task(item: Asset | Unread, beside: Sidecar, settings: Settings) -> Task | None:
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


def _hosts_of(contacts: tuple[Contact, ...]) -> tuple[str, ...]:
    """The hosts that gave the file itself, as `Facts.fetched_from` has them."""
    found = next((one for one in contacts if one.purpose == "file" and one.sha256), None)
    return tuple(host for host in (found.host, found.answered_by) if host) if found is not None else ()


def _outside(turn: Turn, seen: Seen, first: Reading, settings: Settings) -> OutsideStore | None:
    """Where the store that was read, or could not be read, came from, where not from the file."""
    unread = first.store is None and first.outcome is not Outcome.UNPARSABLE
    if unread or turn.task is None or (first.store is not None and first.store.embedded):
        return None
    if seen.remote is not None:
        host = next((contact.host for contact in seen.contacts if contact.purpose == "manifest"), "")
        return OutsideStore(origin="remote", host=host, sha256=hashlib.sha256(seen.remote).hexdigest())
    if turn.task.sidecar is None:
        return None
    origin = "beside" if settings.options.manifest is None else "given"
    return OutsideStore(origin=origin, sha256=hashlib.sha256(turn.task.sidecar).hexdigest(), name=turn.sidecar.name)


def facts_of(turn: Turn, seen: Seen, settings: Settings) -> Facts:
    """Everything known about one asset, out of what was found out about it."""
    item, examination = turn.item, seen.examination
    readings = {reading.engine: reading for reading in (examination.readings if examination else ())}
    asked = [readings[name] for name in settings.media.engines if name in readings]
    first = asked[0] if asked else Reading(engine=settings.media.engines[0], version="", outcome=Outcome.SKIPPED)
    second = asked[1] if len(asked) > 1 else _not_asked(item, settings)
    account = account_in_place_of(first, second, examination)
    kinds = {trust_list.kind for trust_list in settings.trust.lists}
    unreadable, words = "", ""
    if isinstance(item, Unread):
        unreadable, words = item.error.reason, str(item.error)
    elif not item.size:
        # No type of file is empty: a copy or a download failed, and that must not look like an answer.
        unreadable, words = "empty", "it is empty"
    lookup = _known(item, examination, settings) if not unreadable else None
    return Facts(
        name=item.name,
        media_type=None if isinstance(item, Unread) else item.media_type,
        named_type=None if isinstance(item, Unread) else item.named_type,
        first=account or first,
        refused=first if account is not None else None,
        second=second,
        at=settings.at,
        unreadable=unreadable,
        unreadable_words=words,
        signer_lists="signer" in kinds,
        tsa_lists=any(one.anchors_for(ListKind.TSA) or one.leaves_for(ListKind.TSA) for one in settings.trust.lists),
        product_lists=any(one.content is Content.PRODUCTS for one in settings.trust.configurations),
        list_dates=_dates_of(settings),
        fetched_from=_hosts_of(turn.contacts),
        own=examination.own if examination else None,
        fragments=len(tuple(settings.options.fragments)),
        own_failure=examination.own_failure if examination else "",
        metadata=examination.metadata if examination else None,
        claim=settings.claim,
        picture_reason=examination.picture_reason if examination else "",
        outside=_outside(turn, seen, account or first, settings),
        beside=turn.sidecar,
        is_online=settings.online is not None,
        missing=settings.missing,
        contacts=seen.contacts,
        snapshot=SNAPSHOT_DATED if settings.options.snapshot and "signer" not in kinds else None,
        has_index=settings.known is not None,
        likeness=_likeness(examination),
        known=lookup,
        original=_compared(item, examination, settings, lookup),
    )


def _likeness(examination: Examination | None) -> Likeness | None:
    """The picture against the thumbnails in its own history; None where it has none."""
    value = examination.values.get("likeness") if examination is not None else None
    if value is None:
        return None
    from provenance.hashes.likeness import Likeness

    return value if isinstance(value, Likeness) else None


def _dates_of(settings: Settings) -> dict[Label, str]:
    """The dates of the lists of claim signers, of labels that have one date alone."""
    found: dict[Label, set[str]] = {}
    for one in settings.trust.lists:
        if one.dated is not None and one.anchors_for(ListKind.SIGNER):
            found.setdefault(Label(one.label.value), set()).add(one.dated.isoformat())
    return {label: next(iter(dates)) for label, dates in found.items() if len(dates) == 1}


def _not_asked(item: Asset | Unread, settings: Settings) -> Reading | None:
    """The second engine's reading where it was asked for and a file is too large for it; else None."""
    if isinstance(item, Unread):
        return None
    left_out = [name for name in settings.media.engines[1:] if name not in engines_for(item, settings)]
    return Reading(engine=left_out[0], version="", outcome=Outcome.SKIPPED, reason=SIZE) if left_out else None


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


def _compared(
    item: Asset | Unread, examination: Examination | None, settings: Settings, lookup: Lookup | None
) -> Compared | None:
    """What came of comparing with the original; None where there is none, or nobody asks."""
    from vouchmark.known.originals import Compared

    if settings.options.original is None or not settings.asks(Line.KNOWN):
        return None
    if settings.options.original.is_kept:
        return compared_with_kept(settings.options.original, lookup, examination.fingerprint if examination else None)
    return Compared(
        original=settings.options.original,
        is_same_file=isinstance(item, Asset) and settings.options.original.sha256 == item.sha256,
        against=examination.against if examination else None,
    )


def _known(item: Asset | Unread, examination: Examination | None, settings: Settings) -> Lookup | None:
    """What the reader's index says; None where there is none, or nobody asks."""
    if settings.known is None or not isinstance(item, Asset) or not settings.asks(Line.KNOWN):
        return None
    return look_up(item.sha256, examination.fingerprint if examination else None, settings.known)


def with_soft_bindings(facts: Facts, turn: Turn, seen: Seen, settings: Settings, examine: Examine) -> Facts:
    """The same facts with what signed soft bindings come to: for the few files that have any, the pixels are needed."""
    bindings = soft_bindings(facts.bound, facts.own) if settings.asks(Line.KNOWN) else ()
    if not bindings or not isinstance(turn.item, Asset) or turn.task is None:
        return facts
    found = seen.examination.fingerprint if seen.examination else None
    if found is None and any(binding.algorithm == ISCC for binding in bindings):
        found = examine(turn.item, turn.task.for_hashes()).fingerprint
    return replace(facts, soft_bindings=bindings, soft_checks=check_softly(bindings, found))

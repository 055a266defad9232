"""What is known about one asset before any line of evidence has spoken?

Puts what was opened, and what was found out about it, together into the facts that the lines look at. Nothing here
judges.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.asset import Asset, open_asset
from provenance.credentials.engines.encypher import SNAPSHOT_DATED
from provenance.credentials.engines.model import Outcome, Reading
from provenance.credentials.trust.formats import Content, ListKind
from provenance.credentials.trust.view import Label
from provenance.workers.pool import Examination, Pool
from vouchmark.examination.accounts import account_in_place_of
from vouchmark.examination.asking import Examine, Examined, examine_by, examine_source
from vouchmark.examination.opening.opened import OpenedSource, Unread, engines_for, opened_alone, task_for
from vouchmark.examination.settings import Settings
from vouchmark.known.lookup import compared_with_kept, look_up
from vouchmark.known.soft_bindings import ISCC, check_softly, soft_bindings
from vouchmark.lines.engines.line import SIZE
from vouchmark.lines.facts import Facts, OutsideStore, StoreOrigin
from vouchmark.report import Line
from vouchmark.vouching.likeness import pdq_of

if TYPE_CHECKING:
    from provenance.hashes.likeness import Likeness
    from provenance.net.online import Contact
    from vouchmark.known.lookup import Lookup
    from vouchmark.known.originals import Compared


def facts_about(source: Path | bytes, settings: Settings, *, pool: Pool | None) -> tuple[Asset, Facts]:
    """One asset and what is known of it before any line has spoken.

    Raises:
        AssetError: its bytes could not be had.
    """
    asset = open_asset(source, limits=settings.media.limits)
    opened = opened_alone(asset, source, settings)
    examined = examine_source(opened, settings, examine_by(pool))
    return asset, facts_of(opened, examined, settings)


def picture_hint(asset: Asset, settings: Settings, *, pool: Pool | None) -> bytes | None:
    """The perceptual hash that a vouch for a picture carries as a hint; None for what is no picture, or too plain."""
    task = task_for(asset, settings)
    examine = examine_by(pool)
    return None if task is None else pdq_of(asset, task, examine)


def _hosts_of(contacts: tuple[Contact, ...]) -> tuple[str, ...]:
    """The hosts that gave the file itself, as `Facts.fetched_from` has them."""
    found = next((one for one in contacts if one.purpose == "file" and one.sha256), None)
    return tuple(host for host in (found.host, found.answered_by) if host) if found is not None else ()


def _outside(source: OpenedSource, examined: Examined, first: Reading, settings: Settings) -> OutsideStore | None:
    """Where the store that was read, or could not be read, came from, where not from the file."""
    unread = first.store is None and first.outcome is not Outcome.UNPARSABLE
    if unread or source.task is None or (first.store is not None and first.store.embedded):
        return None
    if examined.remote is not None:
        host = next((contact.host for contact in examined.contacts if contact.purpose == "manifest"), "")
        return OutsideStore(origin=StoreOrigin.REMOTE, host=host, sha256=hashlib.sha256(examined.remote).hexdigest())
    if source.task.sidecar is None:
        return None
    origin = StoreOrigin.BESIDE if settings.options.manifest is None else StoreOrigin.GIVEN
    return OutsideStore(origin=origin, sha256=hashlib.sha256(source.task.sidecar).hexdigest(), name=source.sidecar.name)


def facts_of(source: OpenedSource, examined: Examined, settings: Settings) -> Facts:
    """Everything known about one asset, out of what was found out about it."""
    item, examination = source.item, examined.examination
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
        fetched_from=_hosts_of(source.contacts),
        own=examination.own if examination else None,
        fragments=len(tuple(settings.options.fragments)),
        own_failure=examination.own_failure if examination else None,
        metadata=examination.metadata if examination else None,
        claim=settings.claim,
        picture_reason=examination.picture_reason if examination else None,
        outside=_outside(source, examined, account or first, settings),
        beside=source.sidecar,
        is_online=settings.online is not None,
        missing=settings.missing,
        contacts=examined.contacts,
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


def with_soft_bindings(
    facts: Facts, source: OpenedSource, examined: Examined, settings: Settings, examine: Examine
) -> Facts:
    """The same facts with what signed soft bindings come to: for the few files that have any, the pixels are needed."""
    bindings = soft_bindings(facts.bound, facts.own) if settings.asks(Line.KNOWN) else ()
    if not bindings or not isinstance(source.item, Asset) or source.task is None:
        return facts
    found = examined.examination.fingerprint if examined.examination else None
    if found is None and any(binding.algorithm == ISCC for binding in bindings):
        found = examine(source.item, source.task.for_hashes()).fingerprint
    return replace(facts, soft_bindings=bindings, soft_checks=check_softly(bindings, found))

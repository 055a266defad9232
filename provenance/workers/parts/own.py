"""The part that is our own check: what do we establish ourselves?"""

from __future__ import annotations

import functools
import importlib
import threading
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from provenance.credentials.engines.model import ManifestStore
from provenance.reasons import Reason
from provenance.workers import wire
from provenance.workers.parts import Part, Work

if TYPE_CHECKING:
    from provenance.credentials.own_check import OwnCheck

NAME: Final = "own"


class Own(Struct, frozen=True, kw_only=True):
    """What we established ourselves, or why that did not come about."""

    check: OwnCheck | None = None
    reason: Reason | None = None
    account: ManifestStore | None = None
    """The manifests as we read them ourselves, where the first engine gave no account of them."""


_WHY: Final = b"W"
_CHECK: Final = b"C"


def run(work: Work) -> Own:
    """Our own check of the store that the first engine read, or of what lies in the file where it read none."""
    from provenance.credentials.binding.base import Match
    from provenance.credentials.certificates.ocsp import Fresh
    from provenance.credentials.own_check import examine_own

    task, store = work.task, work.store
    raw, is_sidecar = (store.raw or None, not store.embedded) if store is not None else (None, False)
    if raw is None and task.sidecar_wins and task.sidecar:
        raw, is_sidecar = task.sidecar, True
    check = examine_own(
        work.data,
        task.media_type,
        raw,
        parsed=store.parsed if store is not None else None,
        layout=work.layout,
        trust=task.lists.view,
        at=task.at,
        is_sidecar=is_sidecar,
        beside=task.sidecar if not task.sidecar_wins else None,
        fragments=task.fragments,
        fresh=Fresh(answers=task.answers, fetched=task.answered) if task.answered is not None else None,
        asking=task.asking,
        carries=task.carries,
    )
    work.history = check.history if work.wants("preview", "original", "likeness") else None
    work.check = check if work.wants("crjson") else None
    coverage = check.coverage
    work.held = check.bound if coverage and coverage.match is Match.MATCH and not coverage.is_open else ""
    return Own(check=check.without_bytes(), account=_account(work, check, store))


def _account(work: Work, check: OwnCheck, store: ManifestStore | None) -> ManifestStore | None:
    """The manifests as we read them, where the first engine gave no account and they are signed."""
    if store is not None or check.store is None:
        return None
    from provenance.credentials.crjson import own_account

    if not own_account.is_signed(check):
        return None
    # Of a store that does not come from the file it is not asked whether it is the file's.
    embedded = check.store_matches_file is not None
    return own_account.account(check.store, check, at=work.task.at, embedded=embedded)


def _load() -> None:
    """What it needs for any file, so that it does not count against a task."""
    for module in (
        "provenance.credentials.own_check",
        "provenance.credentials.binding.readings",
        "provenance.credentials.store.hidden",
        "provenance.formats.bmff.order",
        "provenance.formats.cut_off.reading",
        "provenance.formats.text",
        "provenance.formats.zip",
    ):
        importlib.import_module(module)


def _encode(value: Own) -> bytes:
    if value.check is None:
        return _WHY + str(value.reason or "").encode()
    return _CHECK + msgspec.msgpack.encode((value.check.folded(), value.account))


def _reason(content: bytes | memoryview) -> Reason | None:
    word = str(content, "ascii", "replace")
    try:
        return Reason(word) if word else None
    except ValueError as error:
        raise wire.BrokenWireError("got a check of ours that failed for no reason that there is") from error


def _decode(body: memoryview) -> Own:
    kind, content = bytes(body[:1]), body[1:]
    if kind == _WHY:
        return Own(reason=_reason(content))
    if kind != _CHECK:
        raise wire.BrokenWireError("got a check of ours of another kind")
    check, account = _decoder().decode(content)
    if account is not None and not account.manifests:
        raise wire.BrokenWireError("got a manifest store without a manifest")
    return Own(check=check.unfolded(), account=account)


_making: Final = threading.Lock()
"""Several threads of a pool may want the first decoder at once, and msgspec crashes where two look into one class."""


def _decoder() -> msgspec.msgpack.Decoder[tuple[OwnCheck, ManifestStore | None]]:
    """The decoder of our own check, made once."""
    with _making:
        return _make_decoder()


@functools.lru_cache(maxsize=1)
def _make_decoder() -> msgspec.msgpack.Decoder[tuple[OwnCheck, ManifestStore | None]]:
    # Only now: its types bring an X.509 library, which most of this module's users do without.
    from provenance.credentials.own_check import OwnCheck

    return msgspec.msgpack.Decoder(tuple[OwnCheck, ManifestStore | None])


PART: Final = Part(
    name=NAME,
    place=20,
    wanted=lambda task: task.own and bool(task.lists.packed),
    load=_load,
    run=run,
    failed=lambda reason, _version: Own(reason=reason),
    decode=_decode,
    encode=_encode,
    budget=wire.MAX_FRAME,
)

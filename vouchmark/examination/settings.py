"""What is a report a function of, besides the bytes: lists, policy, time, limits, and what is asked for?"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

from provenance.asset import Limits
from provenance.credentials.trust.lists import TrustLists
from provenance.credentials.trust.settings import TrustSettings
from provenance.credentials.trust.view import TrustView, view_of
from provenance.workers.pool import ENGINES
from vouchmark.examination.claimed import Claimed, claimed
from vouchmark.known.lookup import KnownSettings
from vouchmark.persons.settings import PersonSettings, counting, person_settings
from vouchmark.policies.policy import Policy
from vouchmark.report import REQUIRED, Line

if TYPE_CHECKING:
    from provenance.hashes.index.index import KnownMedia
    from provenance.net.online import Online
    from vouchmark.known.originals import Original
    from zk.storage.ledger import NullifierLedger


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that a report is a function of, besides the bytes; `make_settings` fills in what is not asked for."""

    at: dt.datetime
    """Aware; expiry and lists are judged at this instant."""
    policy: Policy
    trust: TrustLists
    engines: tuple[str, ...]
    only: tuple[Line, ...]
    """Lines to check and require; empty for all."""
    require: tuple[Line, ...]
    limits: Limits
    fragments: tuple[bytes, ...]
    """Media segments, where the asset is the first part of a video in pieces."""
    sidecar: bytes | None
    """A manifest store given by hand; None to look beside the file."""
    crjson: bool
    """Whether the manifests go with the report in crJSON."""
    pictures: bool
    """Whether small pictures go with the report, for people's eyes."""
    online: Online | None
    """The reader's leave to ask over the network in this run; None asks nobody."""
    claim: Claimed | None
    """What somebody says about place and time, to be compared."""
    may_use_snapshot: bool
    """Whether the second engine's bundled lists may answer where the reader has none."""
    person: PersonSettings
    """Which issuers and scopes count, and which vouches were given."""
    known: KnownSettings | None
    """The reader's index of known media; None where none was named."""
    original: Original | None
    """What the asset may have been made from; None where none was given."""
    fingerprints: bool = False
    """Whether it is wanted what each file may be recognised by, for an index to keep."""

    @functools.cached_property
    def told(self) -> TrustSettings:
        """The lists as the engines are told of them."""
        return self.trust.settings()

    @functools.cached_property
    def view(self) -> TrustView:
        """The lists as our own chain check looks at them."""
        return view_of(self.trust)

    @property
    def reads_metadata(self) -> bool:
        """Whether any line asks for what the file's own metadata says."""
        return any(self.asks(line) for line in (Line.AI, Line.TIME, Line.CLAIM))

    @property
    def makes_hashes(self) -> bool:
        """Whether anybody asks what a file may be recognised by."""
        return self.fingerprints or (self.known is not None and self.asks(Line.KNOWN))

    def asks(self, line: Line) -> bool:
        """Whether a line is asked for."""
        return not self.only or line in self.only

    @property
    def required(self) -> tuple[Line, ...]:
        """The lines that the exit code rests on."""
        return self.only or self.require


class Options(TypedDict, total=False):
    """What `check` can be asked besides its source, by the same names; what is missing has the default of `check`."""

    policy: Policy | None
    trust: TrustLists | None
    at: dt.datetime | None
    engines: tuple[str, ...]
    only: Iterable[Line | str]
    require: Iterable[Line | str]
    limits: Limits | None
    manifest: bytes | None
    fragments: Iterable[bytes]
    snapshot: bool
    crjson: bool
    pictures: bool
    online: bool
    claim_place: str | None
    claim_time: str | None
    vouches: Iterable[bytes]
    issuers: Iterable[bytes] | None
    scopes: Iterable[str]
    slots: int
    ledger: NullifierLedger | None
    nonce: bytes | None
    audience: str | None
    grace: dt.timedelta
    known: KnownMedia | None
    original: Original | None


def settings_for(**options: Unpack[Options]) -> Settings:
    """Settings out of what `check` was asked, so that whoever checks many files asks for the same in the same words.

    Raises the errors of `check`.
    """
    rest: dict[str, Any] = dict(options)
    claim = claimed(rest.pop("claim_place", None), rest.pop("claim_time", None))
    person = {name: rest.pop(name) for name in PERSON_OPTIONS if name in rest}
    known: KnownMedia | None = rest.pop("known", None)
    return make_settings(
        **rest,
        claim=claim,
        person=person_settings(**person),
        known=KnownSettings(index=known) if known is not None else None,
    )


FIRST_YEAR, LAST_YEAR = 2, 9990
"""Years that a time may lie in, as in vouchmark.cli.common: what is added to it or taken from it is still a date."""

PERSON_OPTIONS: Final = ("vouches", "issuers", "scopes", "slots", "ledger", "nonce", "audience", "grace")
"""The options that are settings of the person line."""


def make_settings(
    *,
    policy: Policy | None = None,
    trust: TrustLists | None = None,
    at: dt.datetime | None = None,
    engines: tuple[str, ...] = ENGINES,
    only: Iterable[Line | str] = (),
    require: Iterable[Line | str] = REQUIRED,
    limits: Limits | None = None,
    manifest: bytes | None = None,
    fragments: Iterable[bytes] = (),
    snapshot: bool = True,
    crjson: bool = False,
    pictures: bool = False,
    online: bool = False,
    claim: Claimed | None = None,
    person: PersonSettings | None = None,
    known: KnownSettings | None = None,
    original: Original | None = None,
) -> Settings:
    """Settings with the defaults filled in; see `check` for what each one is.

    Raises:
        ValueError: `at` is naive or at the calendar's edges, or a line or engine has no such name.
    """
    if at is not None and at.tzinfo is None:
        raise ValueError("got a time without a zone, expected an aware one")
    if at is not None and not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"got a time of the year {at.year}, expected one of {FIRST_YEAR} to {LAST_YEAR}")
    unknown = [name for name in engines if name not in ENGINES]
    if unknown or not engines:
        raise ValueError(f"got engines {list(engines)}, expected some of {list(ENGINES)}")
    lists = trust if trust is not None else TrustLists.load()
    return Settings(
        at=(at or dt.datetime.now(dt.UTC)).astimezone(dt.UTC).replace(microsecond=0),
        policy=policy or Policy.default(),
        trust=lists.as_programme() if crjson else lists,
        engines=tuple(name for name in ENGINES if name in engines),
        only=_lines(only),
        require=_lines(require),
        limits=limits or Limits(),
        fragments=tuple(fragments),
        sidecar=manifest,
        may_use_snapshot=snapshot,
        crjson=crjson,
        pictures=pictures,
        online=_leave() if online else None,
        claim=claim,
        person=counting(person or PersonSettings(), policy),
        known=known,
        original=original,
    )


def _leave() -> Online:
    """Leave to ask over the network; only here, because a run without it needs no network library."""
    from provenance.net.online import Online

    return Online()


def _lines(names: Iterable[Line | str]) -> tuple[Line, ...]:
    """Lines in report order, without repeats."""
    wanted = {Line(name) for name in names}
    return tuple(line for line in Line if line in wanted)

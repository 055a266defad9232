"""What can be asked of a check, in one object (Options), by one set of names?

Every way to check takes it: `check`, `check_many`, `Checker`, and the command line. What a worker needs to
know of it is `provenance.options.MediaOptions`; what stays in this process (lists, ledger, index, policy) stands here.
An option has three places: here, the word on the command line (`vouchmark/cli/check/`), and where it decides something.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Unpack

import msgspec

from provenance.asset import Limits
from provenance.errors import OptionError
from provenance.options import ENGINES, MediaOptions, MediaOverrides
from vouchmark.report import REQUIRED, Line

if TYPE_CHECKING:
    from provenance.credentials.trust.lists import TrustLists
    from provenance.hashes.index.index import KnownMedia
    from vouchmark.known.originals import Original
    from vouchmark.persons.issuers import IssuerFile
    from vouchmark.policies.policy import Policy
    from vouchmark.vouching.files import VouchFile
    from zk.storage.ledger import NullifierLedger


class Options(MediaOptions, frozen=True, kw_only=True):
    """Everything that a report is a function of, besides the bytes. Frozen; `with_overrides` makes others of it.

    Raises:
        OptionError: `at` is naive or at the calendar's edges, or an engine or line has no such name.
    """

    policy: Policy | None = None
    """The reader's policy; the built-in default where None."""
    trust: TrustLists | None = None
    """The reader's lists; those of the user's data folder where None."""
    at: dt.datetime | None = None
    """Aware instant at which expiry and lists are judged; when the check begins where None."""
    only: Iterable[Line | str] = ()
    """Lines to check and require, where not all."""
    require: Iterable[Line | str] = REQUIRED
    """Lines that the exit code rests on."""
    manifest: bytes | None = None
    """A manifest store kept outside the asset."""
    fragments: Iterable[bytes] = ()
    """Media segments, where the asset is the first part of a video in pieces."""
    snapshot: bool = True
    """Whether the dated lists inside the second engine may answer where `trust` has none."""
    online: bool = False
    """Whether the hosts that the asset names may be asked for remote manifests and revocation; each one that was asked
    is named in the report."""
    claim_place: str | None = None
    """Where it is said to be from, `LAT,LON` or `LAT,LON,KM` in decimal degrees (1 km without)."""
    claim_time: str | None = None
    """When it is said to be from: an instant, a day, a month or a year in ISO 8601, or START/END."""
    claim_ai: bool | None = None
    """Whether it is said to have been made or edited with AI; None where nothing is said of that."""
    vouches: Iterable[bytes | VouchFile] = ()
    """Octets of `.vouch` files that speak of this asset, besides those beside it and inside it."""
    issuers: Iterable[bytes | IssuerFile] | None = None
    """Octets of the `issuer.json` of each issuer that you trust; those of your data folder where None."""
    scopes: Iterable[str] = ()
    """The scopes whose voices count, besides those that the policy names."""
    slots: int = 1
    """How many of an issuer's slots count."""
    ledger: NullifierLedger | None = None
    """Where voices are recorded, once each (`zk.open_ledger`); without one, uniqueness is not checked."""
    nonce: bytes | None = None
    """The challenge that a vouch must answer."""
    audience: str | None = None
    """The name of a reader for whom a vouch must be made."""
    grace: dt.timedelta = dt.timedelta(0)
    """How long after its epoch a credential is accepted."""
    known: KnownMedia | None = None
    """Your index of known media, open."""
    original: Original | None = None
    """What the asset may have been made from: where do they differ?"""
    hashes: bool = False
    """Whether it is wanted what each file may be recognised by, for an index to keep."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, and bring the rest into one order."""
        MediaOptions.__post_init__(self)
        if not self.engines:
            raise OptionError(f"got no engines, expected some of {list(ENGINES)}")
        _refuse_no_time(self.at)
        settled: dict[str, Any] = {
            "engines": tuple(name for name in ENGINES if name in self.engines),
            "only": _lines(self.only),
            "require": _lines(self.require),
            "fragments": tuple(self.fragments),
            "vouches": tuple(self.vouches),
            "issuers": None if self.issuers is None else tuple(self.issuers),
            "scopes": tuple(self.scopes),
        }
        for name, value in settled.items():
            msgspec.structs.force_setattr(self, name, value)

    @property
    def media(self) -> MediaOptions:
        """What of it goes to a worker."""
        return MediaOptions(**{name: getattr(self, name) for name in MediaOptions.__struct_fields__})


class Overrides(MediaOverrides, total=False):
    """The same as keyword arguments; a test holds both together."""

    policy: Policy | None
    trust: TrustLists | None
    at: dt.datetime | None
    only: Iterable[Line | str]
    require: Iterable[Line | str]
    manifest: bytes | None
    fragments: Iterable[bytes]
    snapshot: bool
    online: bool
    claim_place: str | None
    claim_time: str | None
    claim_ai: bool | None
    vouches: Iterable[bytes | VouchFile]
    issuers: Iterable[bytes | IssuerFile] | None
    scopes: Iterable[str]
    slots: int
    ledger: NullifierLedger | None
    nonce: bytes | None
    audience: str | None
    grace: dt.timedelta
    known: KnownMedia | None
    original: Original | None
    hashes: bool


def with_overrides(options: Options | None = None, **overrides: Unpack[Overrides]) -> Options:
    """Some options with others in their place.

    Args:
        options: what is asked; the defaults where None.
        overrides: what is asked otherwise, by the names of `Options`.

    Raises:
        OptionError: as `Options`.
        TypeError: there is no option of that name.
    """
    asked: dict[str, Any] = dict(overrides)
    if "limits" in asked:
        asked["limits"] = asked["limits"] or Limits()
    return Options(**asked) if options is None else msgspec.structs.replace(options, **asked)


FIRST_YEAR, LAST_YEAR = 2, 9990
"""Years that a time may lie in, as in vouchmark.cli.common: what is added to it or taken from it is still a date."""


def _refuse_no_time(at: dt.datetime | None) -> None:
    if at is not None and at.tzinfo is None:
        raise OptionError("got a time without a zone, expected an aware one")
    if at is not None and not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise OptionError(f"got a time of the year {at.year}, expected one of {FIRST_YEAR} to {LAST_YEAR}")


def _lines(names: Iterable[Line | str]) -> tuple[Line, ...]:
    """Lines in report order, without repeats."""
    asked = tuple(names)
    if unknown := [str(name) for name in asked if name not in set(Line)]:
        raise OptionError(f"got lines {unknown}, expected some of {[line.value for line in Line]}")
    wanted = {Line(name) for name in asked}
    return tuple(line for line in Line if line in wanted)

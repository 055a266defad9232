"""Whom does the reader trust and count, as far as persons are concerned?"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provenance.errors import OptionError
from vouchmark.lines.person.facts import Found
from vouchmark.lines.person.names import issuer_names
from vouchmark.persons.issuers import IssuerFile, IssuerFolder
from vouchmark.report import Json
from vouchmark.vouching.files import VouchFile
from vouchmark.vouching.vouch import MAX_OCTETS
from vouchmark.wording.model import Said

if TYPE_CHECKING:
    from vouchmark.options import Options
    from vouchmark.policies.policy import Policy
    from zk.profile.issuer_info import IssuerInfo
    from zk.profile.personhood import Scope
    from zk.storage.ledger import NullifierLedger

MAX_GIVEN: Final = 256
"""Vouches given by hand for one file, as many as are read beside one."""
MAX_SLOTS: Final = 1024
"""Slots at most, as in zk.profile.constants, which is not imported before there is a vouch (a test compares)."""
MAX_GRACE: Final = dt.timedelta(days=366)
MAX_NONCE: Final = 64
MAX_AUDIENCE: Final = 200
"""As in zk.verifier.verifier and zk.profile.personhood (a test compares)."""


@dataclass(frozen=True, kw_only=True)
class PersonSettings:
    """What the reader trusts and asks for, as far as persons are concerned."""

    issuers: tuple[IssuerFile, ...] = ()
    """Kept ones, then those given for this run."""
    scopes: tuple[str, ...] = ()
    """Those that count, sorted; a vouch for another counts for nothing."""
    slots: int = 1
    """How many of an issuer's slots count."""
    vouches: tuple[VouchFile, ...] = ()
    """Given by hand: for the one file that is checked."""
    ledger: NullifierLedger | None = None
    nonce: bytes | None = None
    audience: str | None = None
    grace: dt.timedelta = dt.timedelta(0)

    @functools.cached_property
    def trusted(self) -> Mapping[bytes, tuple[IssuerInfo, str]]:
        """The issuers by id, each with the SHA-256 of its file; parsed when the first vouch turns up.

        Raises the errors of `IssuerFile.parse`, and UntrustedError for two versions of an issuer that disagree.
        """
        latest: dict[bytes, tuple[IssuerInfo, str]] = {}
        for file in self.issuers:
            info = file.parse()
            known = latest[info.id][0] if info.id in latest else None
            if known is not None and known.serial > info.serial:
                known.supersedes(info)  # raises where the older one is no version of it
                continue
            if known is not None:
                info.supersedes(known)
            latest[info.id] = (info, file.sha256)
        return latest

    @functools.cached_property
    def petnames(self) -> Mapping[str, str]:
        """What the reader calls issuers, by id in lower-case hex. Raises as `trusted` does."""
        return {file.parse().id.hex(): file.petname for file in self.issuers if file.petname is not None}

    @functools.cached_property
    def called(self) -> Mapping[bytes, Said]:
        """What reports call each trusted issuer. Raises as `trusted` does."""
        names = issuer_names(
            ((issuer.hex(), info.name) for issuer, (info, _) in self.trusted.items()), petnames=self.petnames
        )
        return {issuer: names[issuer.hex(), info.name] for issuer, (info, _) in self.trusted.items()}

    def _row(self, issuer: bytes, info: IssuerInfo, sha256: str) -> dict[str, Json]:
        row: dict[str, Json] = {"id": issuer.hex(), "serial": info.serial, "sha256": sha256}
        petname = self.petnames.get(issuer.hex())
        return row if petname is None else {**row, "petname": petname}

    @functools.cached_property
    def named(self) -> frozenset[Scope]:
        """The scopes, parsed. Raises EncodingError."""
        from zk.profile.personhood import Scope

        return frozenset(Scope.parse(scope) for scope in self.scopes)

    @property
    def is_asked(self) -> bool:
        """Whether the reader said anything about persons for this run."""
        return bool(self.scopes or self.vouches or self.ledger or self.nonce or self.audience)

    def inputs(self, vouches: Iterable[Found]) -> dict[str, Json]:
        """What a report with these vouches is a function of, besides the bytes of its file."""
        values: dict[str, Json] = {
            "issuers": [self._row(issuer, info, sha256) for issuer, (info, sha256) in sorted(self.trusted.items())],
            "scopes": list[Json](self.scopes),
            "slots": self.slots,
            "vouches": list[Json](sorted({found.sha256 for found in vouches if found.octets})),
        }
        if self.grace:
            values["grace_days"] = self.grace.days
        if self.nonce is not None:
            values["nonce"] = self.nonce.hex()
        if self.audience is not None:
            values["audience"] = self.audience
        if self.ledger is not None:
            # A file's folder is this machine's matter: the same ledger elsewhere gives the same report.
            kind, _, place = self.ledger.name.partition(":")
            name = f"{kind}:{Path(place).name}" if kind == "sqlite" else self.ledger.name
            values["ledger"] = {"name": name, "read_only": self.ledger.read_only}
        return values


def with_ids(policy: Policy, settings: PersonSettings) -> Policy:
    """The policy with the id of each issuer that it names by the reader's petname.

    Raises:
        PolicyError: no kept issuer has that petname.
    """
    wanted = policy.petnames
    if not wanted:
        return policy
    from vouchmark.policies.policy import PolicyError

    ids = {petname: issuer for issuer, petname in settings.petnames.items()}
    for petname in wanted:
        if petname not in ids:
            raise PolicyError(
                f"no kept issuer has the petname {petname!r}: 'vouchmark trust issuer add FILE --as NAME' gives one",
                policy=policy.name,
            )
    return policy.with_issuers(ids)


def counting(settings: PersonSettings, policy: Policy | None) -> PersonSettings:
    """The same, with the scopes in which a policy of the reader counts people."""
    if policy is None or not policy.scopes:
        return settings
    return replace(settings, scopes=tuple(sorted({*settings.scopes, *policy.scopes})))


def person_settings(options: Options) -> PersonSettings:
    """What options say about persons.

    Raises:
        OptionError: a scope or a number is none.
        zk.errors.ZkError: an issuer is none, or two versions of one disagree.
        IssuersError: the kept issuers cannot be read.
    """
    _refuse_nonsense(options)
    if options.issuers is None:
        from provenance.files.home import default_home

        files = tuple(IssuerFolder(default_home()).files())
    else:
        files = tuple(one if isinstance(one, IssuerFile) else IssuerFile.of(one) for one in options.issuers)
    made = PersonSettings(
        issuers=files,
        scopes=tuple(sorted(set(options.scopes))),
        slots=options.slots,
        vouches=tuple(_given(number, one) for number, one in enumerate(options.vouches, start=1)),
        ledger=options.ledger,
        nonce=options.nonce,
        audience=options.audience,
        grace=options.grace,
    )
    if len(made.vouches) > MAX_GIVEN:
        raise OptionError(f"got {len(made.vouches)} vouches, expected at most {MAX_GIVEN}")
    # A mistake shows now, not at the first vouch; whoever gives files as such has seen to them.
    if made.scopes:
        _ = made.named
    if any(isinstance(one, bytes) for one in options.issuers or ()):
        _ = made.trusted
    return made


def _refuse_nonsense(options: Options) -> None:
    slots, grace, nonce, audience = options.slots, options.grace, options.nonce, options.audience
    if not 1 <= slots <= MAX_SLOTS:
        raise OptionError(f"got {slots} slots, expected 1 to {MAX_SLOTS}")
    if not dt.timedelta(0) <= grace <= MAX_GRACE:
        raise OptionError(f"got a grace of {grace}, expected 0 to {MAX_GRACE.days} days")
    if nonce is not None and not 1 <= len(nonce) <= MAX_NONCE:
        raise OptionError(f"got a nonce of {len(nonce)} octets, expected 1 to {MAX_NONCE}")
    if audience is not None and not 1 <= len(audience.encode("utf-8", "replace")) <= MAX_AUDIENCE:
        raise OptionError(f"got an audience of {len(audience)} characters, expected 1 to {MAX_AUDIENCE} octets")


def _given(number: int, vouch: bytes | VouchFile) -> VouchFile:
    """A vouch given by hand, as a file or as its octets."""
    if isinstance(vouch, VouchFile):
        return vouch
    trouble = "too-large" if len(vouch) > MAX_OCTETS else ""
    return VouchFile(name=f"vouch {number}", octets=vouch[:MAX_OCTETS], trouble=trouble)

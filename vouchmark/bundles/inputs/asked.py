"""What decided, as files that go into a bundle; and out of it again, as the settings of another run.

`Asked` is what the maker says: files and numbers, so that each can be written down octet for octet. `settings_from`
makes of what a bundle holds the very settings that its reports were made with.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from provenance.asset import Limits
from provenance.credentials.trust import distrust as distrust_file
from provenance.options import ENGINES
from vouchmark.bundles.bag import layout
from vouchmark.bundles.bag.errors import NoBundleError
from vouchmark.bundles.bag.model import (
    InputsRow,
    IssuerRow,
    LimitsRow,
    OptionsRow,
    PolicyRow,
    VouchRow,
)
from vouchmark.bundles.inputs import answers as answering
from vouchmark.bundles.inputs.lists import TrustFile, TrustFiles, check_row
from vouchmark.errors import VouchmarkError
from vouchmark.lines.facts import instant
from vouchmark.options import Options
from vouchmark.persons.issuers import IssuerFile, check_petname
from vouchmark.policies.policy import DEFAULT_FILE, Policy
from vouchmark.report import REQUIRED, Line
from vouchmark.vouching.files import VouchFile

if TYPE_CHECKING:
    from provenance.hashes.index.index import KnownMedia
    from zk.storage.ledger import NullifierLedger


LEFT_OUT: Final = {
    "online": "what hosts answer then, they answer to nobody later",
    "fragments": "media segments belong to streams, which are not bundled",
    "original": "what it may have been made from is another file: bundle both",
    "crjson": "each of the two runs says so itself",
    "pictures": "each of the two runs says so itself",
    "look_first": "a bundle asks every engine",
    "hashes": "for an index to keep",
}
"""Options of a check that no bundle is made with, and why (a test compares)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a reader asks of a run whose inputs can be written down; the fields that `vouchmark.Options` has as well
    mean the same."""

    at: dt.datetime | None = None
    policy: bytes = field(default_factory=DEFAULT_FILE.read_bytes, repr=False)
    policy_name: str = "default"
    trust: TrustFiles = field(default_factory=TrustFiles)
    issuers: tuple[IssuerFile, ...] = ()
    only: tuple[Line | str, ...] = ()
    require: tuple[Line | str, ...] = REQUIRED
    engines: tuple[str, ...] = ENGINES
    snapshot: bool = True
    limits: Limits = field(default_factory=Limits)
    compare_pictures: bool = False
    claim_place: str | None = None
    claim_time: str | None = None
    claim_ai: bool | None = None
    scopes: tuple[str, ...] = ()
    slots: int = 1
    nonce: bytes | None = None
    audience: str | None = None
    grace: dt.timedelta = dt.timedelta(0)
    manifest: bytes | None = field(default=None, repr=False)
    vouches: tuple[VouchFile, ...] = ()
    known: KnownMedia | Any | None = None
    ledger: NullifierLedger | Any | None = None

    def options(self, **more: Any) -> Options:
        """As checks take them; `more` by the names of `Options`.

        Raises:
            PolicyError: the policy is none.
            TrustListDataError: a list is none.
            OptionError: as `Options`.
        """
        return Options(
            at=self.at,
            policy=Policy.parse(self.policy, self.policy_name),
            trust=self.trust.lists(),
            issuers=self.issuers,
            only=self.only,
            require=self.require,
            engines=self.engines,
            snapshot=self.snapshot,
            limits=self.limits,
            compare_pictures=self.compare_pictures,
            claim_place=self.claim_place,
            claim_time=self.claim_time,
            claim_ai=self.claim_ai,
            scopes=self.scopes,
            slots=self.slots,
            nonce=self.nonce,
            audience=self.audience,
            grace=self.grace,
            manifest=self.manifest,
            vouches=self.vouches,
            known=self.known,
            ledger=self.ledger,
            **more,
        )


def policy_of(path: Path) -> tuple[bytes, str]:
    """(the octets of a policy file, what it is called where it gives itself no name). Raises PolicyError."""
    from vouchmark.policies.file import MAX_BYTES
    from vouchmark.policies.policy import PolicyError

    Policy.load(path)
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1), path.stem
    except OSError as error:
        raise PolicyError(f"cannot be read ({error.strerror})", policy=str(path)) from None


def written(asked: Asked, *, issuers_spoke: bool) -> tuple[InputsRow, dict[str, bytes]]:
    """What a bundle says of its inputs, and the files that go with that, by path; index and ledger apart.

    Args:
        asked: with `at` filled in.
        issuers_spoke: whether any report rests on the issuers that the reader trusts.
    """
    files: dict[str, bytes] = {layout.POLICY: asked.policy}
    for listed in asked.trust.files:
        files[layout.list_path(listed.row.sha256)] = listed.data
    distrust = asked.trust.distrust_octets
    if distrust is not None:
        files[layout.DISTRUST] = distrust
    if asked.manifest is not None:
        files[layout.MANIFEST_STORE] = asked.manifest
    given, octets = vouch_rows(asked.vouches, layout.given_path)
    issuers = asked.issuers if issuers_spoke else ()
    files |= octets | {layout.issuer_path(one.sha256): one.octets for one in issuers}
    row = InputsRow(
        lists=tuple(listed.row for listed in asked.trust.files),
        distrust=distrust is not None,
        policy=PolicyRow(name=asked.policy_name, sha256=hashlib.sha256(asked.policy).hexdigest()),
        issuers=tuple(
            IssuerRow(
                sha256=one.sha256, dated=None if one.dated is None else one.dated.isoformat(), petname=one.petname
            )
            for one in issuers
        ),
        options=_options_row(asked, given),
        index=None if asked.known is None else asked.known.name,
        ledger=None if asked.ledger is None else str(asked.ledger.name).replace("\\", "/").rpartition("/")[2],
    )
    return row, files


def _options_row(asked: Asked, given: tuple[VouchRow, ...]) -> OptionsRow:
    limits = asked.limits
    return OptionsRow(
        at=instant(asked.at) if asked.at is not None else "",
        only=tuple(map(str, asked.only)),
        require=tuple(map(str, asked.require)),
        engines=tuple(asked.engines),
        snapshot=asked.snapshot,
        limits=LimitsRow(
            bytes=limits.bytes, pixels=limits.pixels, film_bytes=limits.film_bytes, second_bytes=limits.second_bytes
        ),
        compare_pictures=asked.compare_pictures,
        claim_place=asked.claim_place,
        claim_time=asked.claim_time,
        claim_ai=asked.claim_ai,
        scopes=tuple(asked.scopes),
        slots=asked.slots,
        nonce=None if asked.nonce is None else asked.nonce.hex(),
        audience=asked.audience,
        grace_days=asked.grace.days,
        manifest=asked.manifest is not None,
        vouches=given,
    )


def vouch_rows(
    vouches: tuple[VouchFile, ...], path_of: Callable[[int], str]
) -> tuple[tuple[VouchRow, ...], dict[str, bytes]]:
    """What a bundle says of some vouches, and their octets by path."""
    rows: list[VouchRow] = []
    files: dict[str, bytes] = {}
    for number, one in enumerate(vouches, start=1):
        path = None if one.trouble and not one.octets else path_of(number)
        if path is not None:
            files[path] = one.octets
        rows.append(VouchRow(name=one.name, path=path, trouble=one.trouble))
    return tuple(rows), files


MAX_DAYS: Final = 366
"""Days of grace, as in `vouchmark.persons.settings`."""


def asked_from(inputs: InputsRow, read: Callable[[str], bytes]) -> Asked:
    """What a bundle's reports were asked with.

    Args:
        inputs: as the bundle describes them.
        read: gives the octets of a path in it, whose digests were looked at.

    Raises:
        NoBundleError: something in it is not what it is said to be.
    """
    try:
        return _asked_from(inputs, read)
    except (VouchmarkError, ValueError, TypeError, OverflowError) as error:
        if isinstance(error, NoBundleError):
            raise
        raise NoBundleError(f"its inputs cannot be used: {str(error)[:200]}") from error


def _asked_from(inputs: InputsRow, read: Callable[[str], bytes]) -> Asked:
    options = inputs.options
    at = dt.datetime.fromisoformat(options.at)
    if at.tzinfo is None or not 0 <= options.grace_days <= MAX_DAYS:
        raise NoBundleError("its inputs cannot be used: a time has no zone, or the grace is none")
    answers = answering.loads(read(layout.ANSWERS)) if inputs.index is not None or inputs.ledger is not None else None
    if answers is not None and ((answers.index is None) is not (inputs.index is None)):
        raise NoBundleError("its inputs cannot be used: an index is named without answers, or the other way round")
    if answers is not None and ((answers.ledger is None) is not (inputs.ledger is None)):
        raise NoBundleError("its inputs cannot be used: a ledger is named without answers, or the other way round")
    index = None if answers is None or answers.index is None else answering.IndexReplay(answers.index)
    ledger = None if answers is None or answers.ledger is None else answering.LedgerReplay(answers.ledger, at=at)
    return Asked(
        at=at,
        policy=_pinned(read(layout.POLICY), inputs.policy.sha256),
        policy_name=inputs.policy.name,
        trust=_trust_from(inputs, read),
        issuers=tuple(_issuer_from(row, read) for row in inputs.issuers),
        only=options.only,
        require=options.require,
        engines=options.engines,
        snapshot=options.snapshot,
        limits=Limits(
            bytes=options.limits.bytes,
            pixels=options.limits.pixels,
            film_bytes=options.limits.film_bytes,
            second_bytes=options.limits.second_bytes,
        ),
        compare_pictures=options.compare_pictures,
        claim_place=options.claim_place,
        claim_time=options.claim_time,
        claim_ai=options.claim_ai,
        scopes=options.scopes,
        slots=options.slots,
        nonce=None if options.nonce is None else bytes.fromhex(options.nonce),
        audience=options.audience,
        grace=dt.timedelta(days=options.grace_days),
        manifest=read(layout.MANIFEST_STORE) if options.manifest else None,
        vouches=tuple(vouch_from(row, read) for row in options.vouches),
        known=index,
        ledger=ledger,
    )


def _trust_from(inputs: InputsRow, read: Callable[[str], bytes]) -> TrustFiles:
    files = []
    for row in inputs.lists:
        check_row(row)
        files.append(TrustFile(row=row, data=_pinned(read(layout.list_path(row.sha256)), row.sha256)))
    distrust = distrust_file.parse(read(layout.DISTRUST)) if inputs.distrust else ()
    return TrustFiles(files=tuple(files), distrust=distrust)


def _issuer_from(row: IssuerRow, read: Callable[[str], bytes]) -> IssuerFile:
    if row.petname is not None:
        check_petname(row.petname)
    file = IssuerFile.of(_pinned(read(layout.issuer_path(row.sha256)), row.sha256))
    return replace(file, dated=None if row.dated is None else dt.date.fromisoformat(row.dated), petname=row.petname)


def _pinned(octets: bytes, sha256: str) -> bytes:
    if hashlib.sha256(octets).hexdigest() != sha256:
        raise NoBundleError("its inputs cannot be used: a file is not the one that its description names")
    return octets


def vouch_from(row: VouchRow, read: Callable[[str], bytes]) -> VouchFile:
    """A vouch out of a bundle."""
    return VouchFile(name=row.name, octets=b"" if row.path is None else read(row.path), trouble=row.trouble)


def with_limits(asked: Asked, limits: Limits) -> Asked:
    """The same with what this machine gives one file: no bundle asks for more than its reader allows."""
    theirs = asked.limits
    film = min(theirs.films, limits.films)
    return replace(
        asked,
        limits=Limits(
            bytes=min(theirs.bytes, limits.bytes),
            pixels=min(theirs.pixels, limits.pixels),
            film_bytes=None if film == theirs.films and theirs.film_bytes is None else film,
            second_bytes=min(theirs.second_bytes, limits.second_bytes),
        ),
    )

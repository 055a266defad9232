"""Who signed a manifest, and who vouches for that signer: which list, of which kind, at which moment?

Our own chain check (C2PA 2.4, sections 14.4 and 14.5). Claim signers are never reached through roots listed for time
stamps or identities, expiry is judged at the time that a trusted stamp proves and else at the instant asked for, and a
name is a claim unless a list vouches for the certificate.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from provenance.credentials.certificates.chain import Path, describe, find_path, fingerprint
from provenance.credentials.certificates.keys import load_certificate
from provenance.credentials.certificates.ocsp import (
    Fresh,
    Question,
    Revocation,
    RevocationAssessment,
    assess_revocation,
    questions,
)
from provenance.credentials.certificates.profile import assurance_level, product_record, purposes, violations
from provenance.credentials.certificates.public_keys import TEST_AUTHORITIES, TEST_SIGNERS
from provenance.credentials.certificates.time_trust import StampAssessment, assess_time
from provenance.credentials.cose import Sign1
from provenance.credentials.engines.model import CertificateInfo
from provenance.credentials.errors import CredentialsError
from provenance.credentials.trust.distrust import DistrustEntry, distrust_of
from provenance.credentials.trust.view import ORDER, Label, TrustView

if TYPE_CHECKING:
    from cryptography import x509

_SOURCE_TYPE: Final = "digitalsourcetype/"
SIGNALS: Final[Mapping[str, str]] = {
    "digitalCapture": "capturedMedia",
    "computationalCapture": "capturedMedia",
    "compositeCapture": "capturedMediaStitched",
    "digitalCreation": "nonGenAIDigitalCreation",
}
"""IPTC digital source types to the conformance programme's words for what a product may be forbidden to claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerAssessment:
    """What is known about one manifest's signer. Nothing here says that the signature holds."""

    codes: tuple[str, ...]
    """Ours, the most serious first: `signer.distrusted`, `signer.revoked`, `signer.profile.violated`,
    `signer.test_key`, `signer.expired`, `signer.not_yet_valid`, then one of `signer.official`, `signer.interim`,
    `signer.yours`, `signer.publisher`, `signer.unknown`, `signer.unreadable`, then `signer.publisher` beside another
    list, `signer.assurance.exceeded`, `signer.signal.disallowed`, `signer.product.listed`,
    `signer.product.unlisted`."""
    label: Label
    """The list that vouches at the moment that counts; UNKNOWN also where another code forbids it."""
    algorithm: str
    certificate: CertificateInfo | None
    """What the certificate says of itself: a claim unless `is_vouched`."""
    fingerprint: str
    """SHA-256 of the signer's certificate, lower-case hex."""
    anchor: str
    """SHA-256 of the listed certificate that the path ends in, or of the allowed certificate itself."""
    moment: dt.datetime
    """The time at which certificates and revocation were judged."""
    moment_by: str
    """`time-stamp` where a trusted authority proves it, else `asked`."""
    would_be: Label
    """The list that would vouch but for dates; UNKNOWN where none would."""
    outside: tuple[str, ...]
    """SHA-256 of certificates on that path that were not valid at the moment."""
    violations: tuple[str, ...]
    """What of the certificate profile is broken, by words."""
    stamp: StampAssessment
    revocation: RevocationAssessment
    assurance_level: int | None
    """1 or 2, as the certificate claims it."""
    product: str
    """Record id in the conforming-products list, empty where no entry fits."""
    max_assurance_level: int | None
    disallowed_signals: tuple[str, ...]
    """Signals that the manifest claims and the product may not."""
    test_key: str
    """Which public key this is, empty where it is none."""
    asks: tuple[Question, ...]
    """What could be asked over the network where revocation is not checked."""
    distrusted_by: DistrustEntry | None
    """The reader's own entry that speaks of the signer or of a certificate above; None where none does."""
    is_said: bool = False
    """Whether the label of the list that vouches rests on the reader's word alone."""
    publisher: Label = Label.UNKNOWN
    """The list of publishers that names the signer's certificate at the moment that counts."""
    is_publisher_said: bool = False
    """The same of that list's label."""

    @property
    def is_vouched(self) -> bool:
        """Whether a list vouches and nothing speaks against it: then the name may be shown as the signer's."""
        return self.label is not Label.UNKNOWN


@lru_cache(maxsize=256)
def _key_hash(certificate: x509.Certificate) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return ""
    return hashlib.sha256(key).hexdigest()


def test_key_of(sent: tuple[bytes, ...]) -> str:
    """Which public test key signed, or which public test authority issued the signer's certificate; else empty."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    chain = _readable(sent)
    if not chain:
        return ""
    named = TEST_SIGNERS.get(_key_hash(chain[0]), "")
    if named:
        return named
    for certificate in chain[1:]:
        if _key_hash(certificate) not in TEST_AUTHORITIES:
            continue
        try:
            chain[0].verify_directly_issued_by(certificate)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
            continue
        return "c2pa-rs test authority"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vouching:
    """Which list vouches, or would but for dates."""

    label: Label = Label.UNKNOWN
    would_be: Label = Label.UNKNOWN
    anchor: str = ""
    path: Path | None = None


def _vouching(chain: tuple[bytes, ...], leaf: x509.Certificate, at: dt.datetime, view: TrustView) -> _Vouching:
    """The first list, official before interim before yours, that names this certificate or leads to it."""
    own, found = fingerprint(chain[0]), purposes(leaf)
    in_time = leaf.not_valid_before_utc <= at <= leaf.not_valid_after_utc
    late: _Vouching | None = None
    for label in ORDER:
        if own in view.leaves.get(label, frozenset()):
            if in_time:
                return _Vouching(label=label, anchor=own)
            late = late or _Vouching(would_be=label, anchor=own)
        if not found & view.purposes(label):
            continue
        path = find_path(chain, view.signers.get(label, ()), at)
        if path is None:
            continue
        if path.holds:
            return _Vouching(label=label, anchor=path.anchor, path=path)
        late = late or _Vouching(would_be=label, anchor=path.anchor, path=path)
    return late or _Vouching()


def _published(chain: tuple[bytes, ...], leaf: x509.Certificate, at: dt.datetime, view: TrustView) -> _Vouching:
    """The same of lists of publishers: which of them names this certificate, or leads to it."""
    as_signers = replace(view, signers=view.publishers, leaves=view.publisher_leaves)
    return _vouching(chain, leaf, at, as_signers)


def _revocation(
    answers: tuple[bytes, ...],
    chain: tuple[bytes, ...],
    at: dt.datetime,
    fresh: Fresh | None,
    kept: Mapping[int, Sequence[bytes]],
) -> RevocationAssessment:
    """The worst over the path, or over the chain that was sent; "good" speaks of the signer's own certificate."""
    own = assess_revocation(answers, chain, at, fresh=fresh, kept=kept)
    for start in range(1, len(chain) - 1):
        above = assess_revocation(answers, chain[start:], at, fresh=fresh, kept=kept)
        if above.state is Revocation.REVOKED and own.state is not Revocation.REVOKED:
            return replace(above, of_authority=True)
    return own


def _signals(source_types: frozenset[str]) -> frozenset[str]:
    names = {value.rpartition(_SOURCE_TYPE)[2] for value in source_types}
    return frozenset(SIGNALS[name] for name in names if name in SIGNALS)


def _unreadable(sign1: Sign1, at: dt.datetime, stamp: StampAssessment) -> SignerAssessment:
    return SignerAssessment(
        codes=("signer.unreadable",),
        label=Label.UNKNOWN,
        algorithm=sign1.algorithm,
        certificate=None,
        fingerprint=fingerprint(sign1.chain[0]),
        anchor="",
        moment=stamp.time if stamp.is_trusted and stamp.time else at,
        moment_by="time-stamp" if stamp.is_trusted else "asked",
        would_be=Label.UNKNOWN,
        outside=(),
        violations=("unreadable-certificate",),
        stamp=stamp,
        revocation=RevocationAssessment(state=Revocation.NOT_CHECKED),
        assurance_level=None,
        product="",
        max_assurance_level=None,
        disallowed_signals=(),
        test_key="",
        asks=(),
        distrusted_by=None,
    )


def assess_signer(
    sign1: Sign1,
    claim: bytes,
    *,
    trust: TrustView,
    at: dt.datetime,
    source_types: frozenset[str] = frozenset(),
    later_stamps: tuple[bytes, ...] = (),
    later_answers: Mapping[int, Sequence[bytes]] = MappingProxyType({}),
    fresh: Fresh | None = None,
    asking: bool = False,
) -> SignerAssessment:
    """Who signed, judged against `trust` at `at` or at the time that a trusted stamp proves.

    Args:
        sign1: the claim signature.
        claim: the claim's bytes, which a time stamp may cover.
        trust: the lists, by kind.
        at: aware; the instant asked for.
        source_types: digital source types by which the manifest's own actions say how it began.
        later_stamps: tokens kept by later manifests' `c2pa.time-stamp` assertions.
        later_answers: OCSP responses kept in `c2pa.certificate-status` assertions, by serial number.
        fresh: OCSP responses that were asked for just now.
        asking: whether it is wanted what could be asked.

    Never raises for what the bytes hold: an unreadable certificate is `signer.unreadable`.
    """
    stamp = assess_time(sign1, claim, trust, at=at, later=later_stamps)
    try:
        leaf, info = load_certificate(sign1.chain[0]), describe(sign1.chain[0])
    except CredentialsError:
        return _unreadable(sign1, at, stamp)
    moment = stamp.time if stamp.is_trusted and stamp.time is not None else at
    vouching, published = (find(sign1.chain, leaf, moment, trust) for find in (_vouching, _published))
    is_published = vouching.label is Label.UNKNOWN and (
        published.label is not Label.UNKNOWN or vouching.would_be is Label.UNKNOWN
    )
    vouching = published if is_published else vouching
    sent = tuple(dict.fromkeys((*sign1.chain, *(vouching.path.certificates if vouching.path else ()))))
    distrusted = distrust_of(sent, trust.distrust)
    path = vouching.path.certificates if vouching.path is not None else sign1.chain
    revocation = _revocation(sign1.ocsp, path, moment, fresh, later_answers)
    broken, test_key = violations(leaf, your_purposes=trust.your_purposes), test_key_of(sign1.chain)
    level, record = assurance_level(leaf), product_record(leaf)
    product = trust.product(
        record=record, organization=info.subject.get("O", ""), common_name=info.subject.get("CN", "")
    )
    disallowed = tuple(sorted(_signals(source_types) & product.disallowed)) if product else ()
    # The severest first; a list's word counts only where nothing forbids it.
    against: list[str] = []
    if distrusted is not None:
        against.append("signer.distrusted")
    if revocation.state is Revocation.REVOKED:
        against.append("signer.revoked")
    if broken:
        against.append("signer.profile.violated")
    if test_key and Label.YOURS not in (vouching.label, vouching.would_be):
        against.append("signer.test_key")
    if moment < leaf.not_valid_before_utc:
        against.append("signer.not_yet_valid")
    elif moment > leaf.not_valid_after_utc or vouching.would_be is not Label.UNKNOWN:
        against.append("signer.expired")
    label = Label.UNKNOWN if against else vouching.label
    publisher = Label.UNKNOWN if against else published.label
    codes = [*against, "signer.publisher" if is_published and publisher is not Label.UNKNOWN else f"signer.{label}"]
    codes += ["signer.publisher"] if not is_published and publisher is not Label.UNKNOWN else []
    if label is Label.OFFICIAL and trust.products:
        if product is None:
            codes.append("signer.product.unlisted")
        elif level is not None and level > product.assurance_level:
            codes.append("signer.assurance.exceeded")
        elif not disallowed:
            codes.append("signer.product.listed")
        if disallowed:
            codes.append("signer.signal.disallowed")
    return SignerAssessment(
        codes=tuple(codes),
        label=label,
        algorithm=sign1.algorithm,
        certificate=info,
        fingerprint=fingerprint(sign1.chain[0]),
        anchor=vouching.anchor,
        moment=moment,
        moment_by="time-stamp" if stamp.is_trusted else "asked",
        would_be=vouching.would_be,
        outside=vouching.path.outside if vouching.path else (),
        violations=broken,
        stamp=stamp,
        revocation=revocation,
        assurance_level=level,
        product=product.record if product else "",
        max_assurance_level=product.assurance_level if product else None,
        disallowed_signals=disallowed,
        test_key=test_key,
        is_said=trust.is_said("publisher" if is_published else "signer", label, vouching.anchor),
        publisher=publisher,
        is_publisher_said=trust.is_said("publisher", publisher, published.anchor),
        asks=questions(path) if revocation.state is Revocation.NOT_CHECKED and asking else (),
        distrusted_by=distrusted,
    )


def _readable(chain: tuple[bytes, ...]) -> list[x509.Certificate]:
    loaded = []
    for der in chain:
        try:
            loaded.append(load_certificate(der))
        except CredentialsError:
            continue
    return loaded

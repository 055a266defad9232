"""What is found out about an identity that is attached to a manifest, as data? (CAWG Identity Assertion 1.3)"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from provenance.credentials.certificates.time_trust import StampAssessment
from provenance.credentials.engines.model import CertificateInfo
from provenance.credentials.store.uris import HashedUri
from provenance.credentials.trust.view import Label

X509: Final = "cawg.x509.cose"
AGGREGATION: Final = "cawg.identity_claims_aggregation"
MAX_TEXT: Final = 256
"""Characters kept of a word by a stranger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedIdentity:
    """One account, name or document that an aggregator says it has verified (section 8.1). Its words, nobody else's."""

    kind: str
    """`cawg.social_media`, `cawg.document_verification`, …"""
    name: str = ""
    username: str = ""
    uri: str = ""
    provider: str = ""
    """Name of whoever vouches for it to the aggregator."""
    verified_at: str = ""
    """As written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCheck:
    """One identity assertion by itself."""

    manifest: str
    """Label of the manifest that carries it."""
    label: str
    """Label of the assertion."""
    sig_type: str
    """How it is signed, as written; empty where it could not be read."""
    codes: tuple[str, ...]
    """CAWG status codes and `signer.identity.conditions`, failures first; `cawg.identity.trusted` or
    `cawg.identity.well-formed` where it holds."""
    name: str = ""
    """What the certificate, or the only verified identity, calls the actor. A claim unless `is_trusted`."""
    certificate: CertificateInfo | None = None
    """The actor's certificate (X.509)."""
    fingerprint: str = ""
    """SHA-256 of that certificate, lower-case hex."""
    listed: Label = Label.UNKNOWN
    """The reader's list for identities, or of publishers, that vouches."""
    is_said: bool = False
    """Whether that list's label rests on the reader's word alone."""
    distrusted: str = ""
    """The reader's own entry that speaks against the certificate, in words."""
    test_key: str = ""
    """Which public key this is, empty where it is none."""
    issuer: str = ""
    """The aggregator, as the credential names it (a DID)."""
    identities: tuple[VerifiedIdentity, ...] = ()
    valid_from: str = ""
    """Of the credential, as written."""
    valid_until: str = ""
    roles: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    """Labels of the statements that the actor stands behind."""
    stamp: StampAssessment = field(default_factory=lambda: StampAssessment(codes=()))
    """The identity's own time stamp."""
    moment: dt.datetime | None = None
    """When certificates were judged; None where none were."""
    moment_by: str = ""
    """`identity-time-stamp`, `claim-time-stamp` or `asked`."""

    @property
    def failures(self) -> tuple[str, ...]:
        """What speaks against it, or could not be found out."""
        return tuple(code for code in self.codes if code not in GOOD)

    @property
    def is_broken(self) -> bool:
        """Something in it does not hold, whoever signed it."""
        return any(code not in UNDECIDED for code in self.failures)

    @property
    def is_trusted(self) -> bool:
        """It holds, and a list of the reader's for identities vouches."""
        return "cawg.identity.trusted" in self.codes


GOOD: Final = frozenset(
    {
        "cawg.identity.trusted",
        "cawg.identity.well-formed",
        "cawg.x509.credential.trusted",
        "cawg.x509.signature.validated",
        "cawg.x509.signature.inside_validity",
        "cawg.x509.time_stamp.validated",
        "cawg.x509.time_stamp.trusted",
        "cawg.x509.ocsp.not_revoked",
        "cawg.ica.credential_valid",
        "cawg.ica.time_stamp.validated",
    }
)
"""Codes that say something good."""
UNDECIDED: Final = frozenset(
    {
        "cawg.ica.did_unavailable",
        "cawg.ica.did_unsupported_method",
        "cawg.ica.untrusted_issuer",
        "cawg.ica.revocation.unavailable",
        "cawg.ica.revocation.unsupported",
        "cawg.identity.sig_type.unknown",
        "cawg.x509.credential.untrusted",
        "cawg.x509.algorithm.unsupported",
        "cawg.x509.time_stamp.untrusted",
        "signer.identity.conditions",
    }
)
"""Codes that leave it open whether it holds: nobody vouches, or nobody could look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What an actor signs: the statements that it stands behind, and how (section 5.1)."""

    references: tuple[HashedUri, ...]
    sig_type: str
    roles: tuple[str, ...]
    content: Mapping[str, Any] = field(repr=False)
    """The same, decoded and with everything else that it says."""
    encodings: tuple[bytes, ...] = field(repr=False)
    """What may have been signed: the bytes as they stand there, then the deterministic encoding (RFC 8949, 4.2.1).

    The specification wants the latter; the most common writer signs its own order of keys. Both say the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The time at which an identity is judged."""

    at: dt.datetime
    """The instant asked for."""
    claim: dt.datetime | None
    """What a trusted time stamp of the claim proves; None without one."""

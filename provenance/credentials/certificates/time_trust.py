"""Is a time stamp believed: does a list lead to its authority, and may it decide which certificates were valid?

A stamp that holds (`timestamp.py`) moves the time at which a certificate is judged only when its authority leads to a
list of time-stamping authorities, never to a list of claim signers (C2PA 2.4, section 10.3.2.5).
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from provenance.credentials.certificates.algorithms import problems
from provenance.credentials.certificates.chain import describe, find_path, fingerprint
from provenance.credentials.certificates.keys import load_certificate
from provenance.credentials.certificates.timestamp import Flaw, Stamp, TimeStampError, read_stamp
from provenance.credentials.cose import Sign1, stamped_bytes
from provenance.credentials.engines.model import CertificateInfo
from provenance.credentials.errors import CredentialsError, UnsupportedCredentialsError
from provenance.credentials.trust.distrust import distrust_of
from provenance.credentials.trust.view import ORDER, Label, TrustView

_TIME_STAMPING: Final = "1.3.6.1.5.5.7.3.8"
_HOLDS: Final = ("timeStamp.validated",)
_UNTRUSTED: Final = (*_HOLDS, "timeStamp.untrusted")
_OUTSIDE: Final = (*_HOLDS, "timeStamp.outsideValidity")


class Doubt(enum.StrEnum):
    """Why a stamp that holds is not trusted."""

    NONE = ""
    """It is trusted, or does not even hold."""
    UNLISTED = "unlisted"
    """No list leads to its authority, or not for that purpose."""
    DISTRUSTED = "distrusted"
    """A list names the authority, and the reader distrusts it or one above it."""
    WEAK = "weak"
    """A list names the authority itself, whose certificate has a key or a signature that is not accepted."""
    OUTSIDE = "outside"
    """A list leads to the authority, whose certificate, or one above it, was not valid when it stamped."""
    LATER = "later"
    """A list leads to the authority, and it stamped after the instant at which is judged."""
    LOOSE = "loose"
    """A list leads to the authority, and the signature does not cover the key with which it was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StampAssessment:
    """What one claim signature's time stamp is worth."""

    codes: tuple[str, ...]
    """The specification's: `timeStamp.validated`, `timeStamp.trusted`, `timeStamp.untrusted`, `timeStamp.mismatch`,
    `timeStamp.malformed`, `timeStamp.outsideValidity`; empty where there is no stamp."""
    time: dt.datetime | None = None
    """What the stamp says, where it holds, whoever made it."""
    label: Label = Label.UNKNOWN
    """The list that names the authority."""
    authority: CertificateInfo | None = None
    anchor: str = ""
    """SHA-256 of the listed certificate."""
    version: int = 0
    """Of the stamp that decided: 2 where it stamps the signature, 1 where it is of the older form, which stamps the
    claim; 0 without one."""
    doubt: Doubt = Doubt.NONE
    """Why it is not trusted, where it holds."""
    flaw: Flaw = Flaw.NONE
    """Why it shows no time, where it does not hold."""
    is_said: bool = False
    """Whether the label of that list rests on the reader's word alone."""
    is_kept: bool = False
    """Whether a later manifest keeps that stamp, so that it may be younger than the manifests between."""

    @property
    def is_present(self) -> bool:
        """Whether there was a stamp at all, good or bad."""
        return bool(self.codes)

    @property
    def is_authority_outside(self) -> bool:
        """Whether the authority's own certificate was not valid at the time of the stamp."""
        return self.authority is not None and self.time is not None and not _was_valid(self.authority, self.time)

    @property
    def is_trusted(self) -> bool:
        """Whether this time may decide which certificates were valid."""
        return "timeStamp.trusted" in self.codes


@lru_cache(maxsize=256)
def _serves_stamps(der: bytes) -> bool:
    """Its only purpose is time stamping (RFC 3161, section 2.3)."""
    from cryptography import x509

    try:
        purposes = load_certificate(der).extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError, TypeError):
        return False
    return [oid.dotted_string for oid in purposes] == [_TIME_STAMPING]


def assess_stamp(stamp: Stamp, trust: TrustView, *, at: dt.datetime) -> StampAssessment:
    """Who vouches for the authority, at the moment that the stamp itself names, for a reader at `at`.

    An authority's certificate that has expired since is fine; one that was not valid then is not. What stamps a time
    that has not come yet proves none.
    """
    try:
        authority = describe(stamp.certificate)
    except CredentialsError:
        authority = None
    said = StampAssessment(codes=_UNTRUSTED, time=stamp.time, authority=authority, doubt=Doubt.UNLISTED)
    if authority is None or not _serves_stamps(stamp.certificate):
        return said
    # The first list that vouches; else the first that would, and what stands against it.
    listed = [found for label in ORDER if (found := _listed(stamp, authority, label, trust)) is not None]
    nowhere = (Label.UNKNOWN, "", Doubt.UNLISTED)
    label, anchor, doubt = min(listed, key=lambda one: one[2] is not Doubt.NONE, default=nowhere)
    if doubt is Doubt.NONE and stamp.time.replace(microsecond=0) > at:
        return replace(said, codes=_HOLDS, doubt=Doubt.LATER)
    if doubt is Doubt.NONE:
        is_said = trust.is_said("tsa", label, anchor)
        return replace(
            said, codes=(*_HOLDS, "timeStamp.trusted"), label=label, anchor=anchor, doubt=doubt, is_said=is_said
        )
    return replace(said, codes=_OUTSIDE if doubt is Doubt.OUTSIDE else _UNTRUSTED, doubt=doubt)


def _listed(
    stamp: Stamp, authority: CertificateInfo, label: Label, trust: TrustView
) -> tuple[Label, str, Doubt] | None:
    """(list, its certificate's SHA-256, what stands against it) where a list of that label leads to the authority."""
    own = fingerprint(stamp.certificate)
    if own in trust.authority_leaves.get(label, frozenset()):
        path: tuple[bytes, ...] = (stamp.certificate,)
        anchor, holds = own, _was_valid(authority, stamp.time)
        is_weak = bool(problems(load_certificate(stamp.certificate)))
    else:
        found = find_path((stamp.certificate, *stamp.others), trust.authorities.get(label, ()), stamp.time)
        if found is None:
            return None
        path, anchor, holds, is_weak = found.certificates, found.anchor, found.holds, False
    if distrust_of(path, trust.distrust) is not None:
        return label, anchor, Doubt.DISTRUSTED
    return label, anchor, Doubt.WEAK if is_weak else Doubt.NONE if holds else Doubt.OUTSIDE


def _was_valid(certificate: CertificateInfo, at: dt.datetime) -> bool:
    start, end = certificate.not_before, certificate.not_after
    return start is not None and end is not None and start <= at <= end


def assess_time(
    sign1: Sign1, claim: bytes, trust: TrustView, *, at: dt.datetime, later: tuple[bytes, ...] = ()
) -> StampAssessment:
    """What the stamps of one claim signature are worth: those stapled to it, then those that later manifests keep.

    `at` is the instant asked for; `later` are tokens from `c2pa.time-stamp` assertions of verified manifests. The
    earliest trusted one decides; without any, the first that holds is reported, or what is wrong with the first.

    Version 1 stamps the claim itself. Version 2 and later tokens stamp the signature, and so the claim only through a
    key that the signature covers: whoever holds an old stamp over some signature could else find a key under which
    the same signature belongs to a claim of today. Where the certificate stands in the unprotected header such a stamp
    is therefore never trusted; no writer of version 2 stamps is known to put it there.
    """
    own = sign1.time_stamp_version
    tokens: list[tuple[bytes, tuple[bytes, ...], int, bool]] = [
        (token, (stamped_bytes(sign1, claim),), own, False) for token in sign1.time_stamps
    ]
    tokens += [(token, (sign1.signature, *_v2_bytes(sign1)), 2, True) for token in later]
    found: list[StampAssessment] = []
    if len(sign1.time_stamps) > 1:
        # C2PA 2.4, section 10.3.2.5: exactly one token; a choice of times is no time.
        tokens = tokens[len(sign1.time_stamps) :]
        found.append(StampAssessment(codes=("timeStamp.malformed",), version=own, flaw=Flaw.SEVERAL))
    for token, stamped, version, is_kept in tokens:
        try:
            one = assess_stamp(read_stamp(token, stamped), trust, at=at)
            one = one if version == 1 or sign1.chain_is_signed else _loose(one)
        except TimeStampError as error:
            one = StampAssessment(codes=(error.code,), flaw=error.flaw)
        except UnsupportedCredentialsError:
            one = StampAssessment(codes=("timeStamp.malformed",), flaw=Flaw.UNSUPPORTED)
        except CredentialsError:
            one = StampAssessment(codes=("timeStamp.malformed",), flaw=Flaw.UNREADABLE)
        found.append(replace(one, version=version, is_kept=is_kept))
    if not found:
        return StampAssessment(codes=())
    return max(found, key=_worth)


def _worth(one: StampAssessment) -> tuple[bool, bool, float]:
    """Trusted before held before flawed; of trusted ones the earliest, by which everything was there already."""
    return one.is_trusted, one.time is not None, -one.time.timestamp() if one.is_trusted and one.time else 0.0


def _loose(stamp: StampAssessment) -> StampAssessment:
    """A stamp that says nothing of the claim, whoever made it."""
    if not stamp.is_trusted:
        return stamp
    return replace(stamp, codes=_UNTRUSTED, label=Label.UNKNOWN, anchor="", doubt=Doubt.LOOSE)


def _v2_bytes(sign1: Sign1) -> tuple[bytes, ...]:
    """What a version 2 stamp of this signature hashes, whichever version is stapled."""
    return (stamped_bytes(replace(sign1, time_stamp_version=2), b""),)

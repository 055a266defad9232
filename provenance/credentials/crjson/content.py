"""What does one manifest hold, in the words of crJSON (C2PA 2.4, crJSON): claim, assertions, signature?

Written from the manifest's own bytes, whether or not any engine reads it. Nothing here judges; the results stand in
`results.py`. Bytes become `b64'…'`; a payload that is no CBOR or JSON, that cannot be decoded or that is larger
than `MAX_PAYLOAD` is given as a reference with its digest.
"""

from __future__ import annotations

import base64
import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from provenance.credentials.certificates.chain import describe
from provenance.credentials.certificates.signer import SignerAssessment
from provenance.credentials.certificates.time_trust import StampAssessment
from provenance.credentials.cose import Sign1
from provenance.credentials.engines.model import CertificateInfo
from provenance.credentials.errors import CredentialsError
from provenance.credentials.store import cbor
from provenance.credentials.store.boxes import digest
from provenance.credentials.store.jumbf import Assertion, RawManifest
from provenance.nesting import check_nesting

MAX_PAYLOAD: Final = 4 * 1024 * 1024
"""Bytes of one assertion that are written out; real ones stay below 1 MiB, Merkle maps of films aside."""
MAX_WRITTEN: Final = 32 * 1024 * 1024
"""Bytes of claims and assertions of one file that are written out; beyond, assertions are references, claims empty."""
MAX_DEPTH: Final = 40
"""Nested containers that are written out: more than our CBOR reader lets through."""
_MAX_INTEGER: Final = 2**63

_CLAIM: Final = (
    "instanceID",
    "claim_generator",
    "claim_generator_info",
    "signature",
    "assertions",
    "created_assertions",
    "gathered_assertions",
    "dc:title",
    "dc:format",
    "redacted_assertions",
    "alg",
    "alg_soft",
    "specVersion",
    "metadata",
)
"""Fields of a claim that crJSON has, in its order; a version 2 claim has neither `assertions` nor `dc:format`."""
_ATTRIBUTES: Final = frozenset({"C", "ST", "L", "O", "OU", "CN", "E", "2.5.4.97"})
_NAMES: Final = {"1.2.840.113549.1.9.1": "E"}
_FIRST_ONLY: Final = frozenset({"claim_generator", "assertions", "dc:format"})
_SECOND_ONLY: Final = frozenset({"created_assertions", "gathered_assertions", "specVersion"})
_REFERENCES: Final = frozenset({"assertions", "created_assertions", "gathered_assertions"})


@dataclass(slots=True)
class Budget:
    """How much of one file may still be written out: a file of megabytes must not become a document of many more."""

    left: int = MAX_WRITTEN

    def allows(self, size: int) -> bool:
        """Whether so many bytes may be written out; they are taken off where they may."""
        if size > min(MAX_PAYLOAD, self.left):
            return False
        self.left -= size
        return True


def bytes_text(data: bytes | memoryview) -> str:
    """Bytes as crJSON writes them."""
    return f"b64'{base64.b64encode(data).decode('ascii')}'"


def plain(value: object, depth: int = 0) -> Any:
    """A decoded value in JSON's own types; what JSON cannot say becomes text, what is nested too deeply null."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes_text(bytes(value))
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -_MAX_INTEGER <= value < _MAX_INTEGER else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {_key(key): plain(entry, depth + 1) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(entry, depth + 1) for entry in value]
    return _text(str(value))


def _key(key: object) -> str:
    return bytes_text(key) if isinstance(key, bytes) else _text(str(key))


def _text(value: str) -> str:
    """The same without halves of characters, which no UTF-8 holds."""
    return value.encode("utf-8", "replace").decode("utf-8")


def claim_of(manifest: RawManifest, budget: Budget) -> dict[str, Any]:
    """The claim under the name of its version: `claim` or `claim.v2`."""
    first = manifest.claim_version == 1 and bool(manifest.claim_bytes)
    if not budget.allows(len(manifest.claim_bytes)):
        return {"claim" if first else "claim.v2": {}}
    left_out = _SECOND_ONLY if first else _FIRST_ONLY
    claim: dict[str, Any] = {}
    for name in _CLAIM:
        if name in manifest.claim and name not in left_out:
            value = manifest.claim[name]
            if name == "metadata" and not isinstance(value, Mapping):
                # A list before version 2; crJSON has one map.
                continue
            claim[name] = _references(value) if name in _REFERENCES else plain(value)
    if manifest.claim:
        claim["claim_generator_info"] = _generator(claim, first=first)
        if first:
            claim.setdefault("dc:format", "")
        else:
            claim.setdefault("redacted_assertions", [])
    return {"claim" if first else "claim.v2": claim}


def _generator(claim: Mapping[str, Any], *, first: bool) -> Any:
    """A list of maps before version 2, since then one map; both at least with a name."""
    stored = claim.get("claim_generator_info")
    found = [entry for entry in (stored if isinstance(stored, list) else [stored]) if isinstance(entry, dict)]
    name = claim.get("claim_generator")
    found = found or [{"name": name if isinstance(name, str) else "Unknown"}]
    return found if first else found[0]


def _references(value: object) -> Any:
    """Hashed URIs without what crJSON has no place for."""
    if not isinstance(value, list):
        return plain(value)
    return [
        {name: plain(entry[name]) for name in ("url", "hash", "alg") if entry.get(name) is not None}
        if isinstance(entry, Mapping)
        else plain(entry)
        for entry in value
    ]


def assertions_of(manifest: RawManifest, budget: Budget) -> dict[str, Any]:
    """The assertions by label, also those that no claim names; the first of several with one label."""
    found: dict[str, Any] = {}
    for assertion in manifest.assertions:
        label = _text(assertion.label)
        if label not in found:
            found[label] = _assertion(assertion, manifest, budget)
    return found


def decoded(assertion: Assertion) -> Any:
    """The payload of a CBOR or JSON assertion. Raises CredentialsError, msgspec.DecodeError, ValueError."""
    if assertion.kind == "json":
        text = str(assertion.data, "utf-8")
        check_nesting(text)
        return msgspec.json.decode(text)
    return cbor.decode(bytes(assertion.data), what="an assertion")


def _assertion(assertion: Assertion, manifest: RawManifest, budget: Budget) -> Any:
    if assertion.kind in ("cbor", "json") and budget.allows(len(assertion.data)):
        try:
            return plain(decoded(assertion))
        except (CredentialsError, msgspec.DecodeError, ValueError, RecursionError):
            pass
    reference = {
        "identifier": _text(f"self#jumbf=/c2pa/{manifest.label}/c2pa.assertions/{assertion.label}"),
        "hash": bytes_text(_digest(manifest.algorithm, assertion.content)),
    }
    return {"format": _text(assertion.media_type), **reference} if assertion.media_type else reference


def _digest(algorithm: str, content: memoryview) -> bytes:
    try:
        return digest(algorithm, content)
    except CredentialsError:
        return digest("sha256", content)


def signature_of(sign1: Sign1 | None, signer: SignerAssessment | None) -> dict[str, Any]:
    """Algorithm, certificate and time stamp, as they stand there; empty where there is no readable signature."""
    if sign1 is None:
        return {}
    try:
        certificate = describe(sign1.chain[0])
    except CredentialsError:
        certificate = None
    shown: dict[str, Any] = {"algorithm": sign1.algorithm.upper()}
    if certificate is not None:
        shown["certificateInfo"] = certificate_info(certificate)
    stamp = _time_stamp(signer.stamp) if signer is not None else None
    return shown | ({"timeStampInfo": stamp} if stamp else {})


def _time_stamp(stamp: StampAssessment) -> dict[str, Any] | None:
    """What a stamp says that holds over this very signature; whether it is trusted stands among the results."""
    if stamp.time is None or stamp.authority is None:
        return None
    return {"timestamp": instant(stamp.time), "certificateInfo": certificate_info(stamp.authority)}


def certificate_info(certificate: CertificateInfo) -> dict[str, Any]:
    """What a certificate says of itself."""
    validity = {"notBefore": certificate.not_before, "notAfter": certificate.not_after}
    return {
        "serialNumber": certificate.serial,
        "issuer": _name(certificate.issuer),
        "subject": _name(certificate.subject),
        "validity": {name: instant(value) for name, value in validity.items() if value is not None},
    }


def _name(attributes: Mapping[str, str]) -> dict[str, str]:
    """The attributes of a name that crJSON has, under its names for them."""
    found = {_NAMES.get(name, name): _text(value) for name, value in attributes.items()}
    return {name: value for name, value in found.items() if name in _ATTRIBUTES}


def instant(moment: dt.datetime) -> str:
    """An instant in UTC to the second (RFC 3339)."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

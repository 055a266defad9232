"""What do the manifests say that an engine has read, where it is asked for its codes alone?

c2pa-rs writes its whole account as crJSON, for which it verifies every time stamp once more and holds every result
against every manifest. Its brief account has the same codes. What the manifests say is then read from the store that it
hands out, by the reader of our own check; where that finds anything odd in it, the engine is asked for its account.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import msgspec

from provenance.credentials.certificates.chain import describe
from provenance.credentials.certificates.timestamp import TimeStampError, read_stamp
from provenance.credentials.cose import parse_sign1, stamped_bytes
from provenance.credentials.crjson import reading
from provenance.credentials.crjson.as_written import is_claim_as_written, is_ingredient_as_written
from provenance.credentials.crjson.content import decoded, plain
from provenance.credentials.engines.model import CertificateInfo, Manifest, Signer, Timestamp
from provenance.credentials.store.jumbf import Assertion, RawManifest, RawStore

ATTRIBUTES: Final = ("C", "ST", "L", "O", "OU", "CN")
"""What the engine tells of a name."""
_IN_DOUBT: Final = (".malformed", ".invalid", ".missing", ".multiple")
"""How codes end by which the engine says that it did not read something as it was written."""
_OF_IDENTITIES: Final = "cawg."
"""How codes begin that speak of identities, which are no part of what is read here."""
_OF_STAMPS: Final = "timeStamp."
_STAMPED: Final = frozenset({"timeStamp.validated", "timeStamp.trusted", "timeStamp.untrusted"})
"""Codes of a time stamp that the engine takes for one, whoever made it."""
_UNSTAMPED: Final = frozenset({"timeStamp.mismatch", "timeStamp.malformed"})
"""Codes of one that is none to it: then it tells of no time either."""


class OddError(Exception):
    """The store holds something that two readers may take for two things."""


def manifests(
    store: RawStore, *, active: str, labels: Collection[str], results: Mapping[str, Any]
) -> tuple[Manifest, ...]:
    """Every manifest of the store, the active one first, then the newest.

    Args:
        store: as the engine hands it out.
        active: the label of the manifest that it calls active.
        labels: those of the manifests that it has read.
        results: its codes, as `validationResults` has them (C2PA 2.4, section 15.2).

    Raises:
        OddError: what the engine read may not be what is read here.
        CredentialsError: something cannot be read here.
    """
    found = {one.label: one for one in reversed(store.manifests)}
    if len(found) != len(store.manifests) or store.unreadable or found.keys() != set(labels) or active not in found:
        raise OddError("other manifests than those that the engine has read")
    contents = {label: _contents(one) for label, one in found.items()}
    deltas = list(reading.maps(results.get("ingredientDeltas")))
    about = _about(contents, active, results, deltas)
    of: dict[str | None, list[Mapping[str, Any]]] = {}
    for delta in deltas:
        of.setdefault(reading.manifest_label(delta.get("ingredientAssertionURI")), []).append(delta)
    made = []
    for label in sorted(found, key=lambda one: one != active):
        raw = _document(found[label], contents[label]) | {
            "validationResults": about.get(label),
            "ingredientDeltas": of.get(label),
        }
        signer, timestamp, is_none = _signature(found[label])
        one = reading.manifest_of(raw, signer=signer, timestamp=timestamp)
        said = {code.code for code in one.codes}
        if is_none != bool(said & _UNSTAMPED) or any(map(_is_in_doubt, said - _UNSTAMPED)):
            raise OddError("the engine did not read everything as it was written, or as it is read here")
        made.append(one)
    return tuple(made)


def _is_in_doubt(code: str) -> bool:
    if code.startswith(_OF_STAMPS):
        return code not in _STAMPED
    return code.endswith(_IN_DOUBT) and not code.startswith(_OF_IDENTITIES)


def _about(
    contents: Mapping[str, Mapping[str, Any]],
    active: str,
    results: Mapping[str, Any],
    deltas: Iterable[Mapping[str, Any]],
) -> dict[str, Any]:
    """What the engine says of each manifest: of those below, what it says of the last ingredient that leads there."""
    targets = dict(
        reading.link(name, body, label)
        for label, bodies in contents.items()
        for name, body in bodies.items()
        if isinstance(body, Mapping)
    )
    about: dict[str, Any] = {active: results.get("activeManifest")}
    for delta in deltas:
        target = targets.get(str(delta.get("ingredientAssertionURI")))
        if target is not None:
            about[target] = delta.get("validationDeltas")
    return about


def _contents(manifest: RawManifest) -> dict[str, Any]:
    """The assertions by label, those decoded of which more is asked than that they are there."""
    if manifest.problems or len({one.label for one in manifest.assertions}) != len(manifest.assertions):
        raise OddError("a manifest that is malformed")
    return {one.label: _content(one) if reading.is_read(one.label) else None for one in manifest.assertions}


def _content(assertion: Assertion) -> Any:
    try:
        content = assertion.map() if assertion.kind == "cbor" else decoded(assertion)
    except (msgspec.DecodeError, ValueError) as error:
        raise OddError("an assertion that cannot be decoded") from error
    if reading.is_ingredient(assertion.label) and not is_ingredient_as_written(content, assertion.version):
        raise OddError("an ingredient that is not written as its version has it")
    return plain(content) if reading.is_kept(assertion.label) else content


def _document(manifest: RawManifest, contents: Mapping[str, Any]) -> dict[str, Any]:
    """What crJSON has of a manifest, as far as it becomes part of the model."""
    claim, first = manifest.claim, manifest.claim_version == 1
    fields = ("dc:title", "instanceID", "claim_generator_info", "redacted_assertions")
    told = {name: claim.get(name) for name in fields}
    if not is_claim_as_written(claim):
        raise OddError("a claim whose fields are not written as they have to be")
    if first:
        told |= {name: claim.get(name) for name in ("claim_generator", "dc:format")}
    elif not isinstance(told["claim_generator_info"], Mapping):
        raise OddError("a claim that does not name its generator as it has to")
    return {
        "label": manifest.label,
        "isUpdateManifest": manifest.is_update,
        "isCompressedManifest": manifest.is_compressed,
        "assertions": contents,
        "claim" if first else "claim.v2": told,
    }


def _signature(manifest: RawManifest) -> tuple[Signer, Timestamp | None, bool]:
    """Who signed, by the certificate, and when, by the one time stamp that there may be; whether that is none."""
    sign1 = parse_sign1(manifest.signature)
    signer = Signer(algorithm=sign1.algorithm, certificate=_described(sign1.chain[0]))
    if not sign1.time_stamps:
        return signer, None, False
    if len(sign1.time_stamps) > 1:
        raise OddError("a choice of times")
    try:
        stamp = read_stamp(sign1.time_stamps[0], (stamped_bytes(sign1, manifest.claim_bytes),))
    except TimeStampError:
        return signer, None, True
    return signer, Timestamp(time=stamp.time, authority=_described(stamp.certificate)), False


def _described(der: bytes) -> CertificateInfo:
    """What a certificate says of itself, in so many words as the engine has for it."""
    found = describe(der)
    subject, issuer = (
        {name: names[name] for name in names if name in ATTRIBUTES} for names in (found.subject, found.issuer)
    )
    return msgspec.structs.replace(found, subject=subject, issuer=issuer)

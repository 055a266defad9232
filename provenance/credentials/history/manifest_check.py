"""Does one manifest hold on its own: its signature, its assertions' digests, its shape?

Nothing here follows a link. Every code is the specification's (C2PA 2.4, section 15.2) and established by our own
computation, so that the answer on an ancestor does not rest on what a claim generator recorded.
"""

from __future__ import annotations

import enum
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from provenance.credentials.binding.coverage import hard_bindings
from provenance.credentials.certificates.keys import ClaimSignatureError
from provenance.credentials.cose import Sign1, parse_sign1, verify_claim
from provenance.credentials.errors import CredentialsError, MalformedCredentialsError, UnsupportedCredentialsError
from provenance.credentials.store.boxes import digest
from provenance.credentials.store.jumbf import Assertion, RawManifest
from provenance.credentials.store.kept import check_kept
from provenance.credentials.store.uris import split_uri

UPDATE_ACTIONS: Final = frozenset({"c2pa.edited.metadata", "c2pa.opened", "c2pa.published", "c2pa.redacted"})
"""Actions that an update manifest may record (C2PA 2.4, section 11.2.3)."""


BEGINNINGS: Final = frozenset({"c2pa.created", "c2pa.opened"})
"""Actions whose source type is a signal of how it began (the conformance programme's inception signals)."""


class SignatureState(enum.StrEnum):
    """What our own verification of a claim signature says."""

    VALID = "valid"
    MISMATCH = "mismatch"
    """It belongs to other bytes or another key."""
    MALFORMED = "malformed"
    """It cannot be read: the issuer's fault, or a crude change."""
    UNSUPPORTED = "unsupported"
    """An algorithm or key that is not verified here."""
    MISSING = "missing"


_SHAPES: Final = ("claim.", "manifest.", "assertion.multiple", "assertion.outsideManifest", "algorithm.")
_SIGNATURE_CODES: Final = {
    SignatureState.VALID: "claimSignature.validated",
    SignatureState.MISMATCH: "claimSignature.mismatch",
    SignatureState.MALFORMED: "claimSignature.mismatch",
    SignatureState.UNSUPPORTED: "algorithm.unsupported",
    SignatureState.MISSING: "claimSignature.missing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestCheck:
    """One manifest by itself."""

    label: str
    signature: SignatureState
    codes: tuple[str, ...]
    """The specification's, failures first; `claimSignature.validated` where it is."""
    verified: tuple[Assertion, ...] = field(repr=False)
    """Assertions that the claim names and whose bytes match."""
    changed: tuple[str, ...]
    """Labels of assertions, and of data boxes that they refer to, that are there with other bytes than is signed."""
    absent: tuple[str, ...]
    """Labels of assertions that the claim names, and of data boxes, that are not there, or zeroed."""
    undeclared: tuple[str, ...]
    """Labels of assertions that no claim names: nobody signed them."""
    sign1: Sign1 | None = field(repr=False)
    source_types: frozenset[str]
    """Digital source types in verified actions that say how it began."""
    actions: tuple[str, ...]
    """Names of verified actions, in order."""
    held: frozenset[str] = frozenset()
    """Data boxes and credentials that something signed covers, as `c2pa.databoxes/LABEL` and `c2pa.credentials/…`."""
    held_inside: frozenset[str] = frozenset()
    """The same of those whose payload alone it covers."""
    unread: tuple[str, ...] = ()
    """In words, what of it could not be looked at, so that nobody knows what it says."""
    gathered: frozenset[str] = frozenset()
    """Labels of assertions that the claim lists as gathered alone: part of the claim, and no statement that is
    attributed to its signer (C2PA 2.2, section 10.2.2)."""

    @property
    def is_intact(self) -> bool:
        """The signature holds and every assertion that it covers is unchanged; absent ones are for the redactions."""
        return self.signature is SignatureState.VALID and not self.changed and not self.shape_failures

    @property
    def shape_failures(self) -> tuple[str, ...]:
        """Failures of the manifest's shape: its issuer broke the rules, nobody changed bytes later."""
        return tuple(code for code in self.codes if code.startswith(_SHAPES))


def _signature(manifest: RawManifest) -> tuple[SignatureState, Sign1 | None]:
    if not manifest.signature or not manifest.claim_bytes:
        return SignatureState.MISSING, None
    try:
        sign1 = parse_sign1(manifest.signature)
    except UnsupportedCredentialsError:
        return SignatureState.UNSUPPORTED, None
    except CredentialsError:
        return SignatureState.MALFORMED, None
    try:
        verify_claim(sign1, manifest.claim_bytes)
    except ClaimSignatureError:
        return SignatureState.MISMATCH, sign1
    except UnsupportedCredentialsError:
        return SignatureState.UNSUPPORTED, sign1
    except CredentialsError:
        return SignatureState.MALFORMED, sign1
    return SignatureState.VALID, sign1


@dataclass(slots=True)
class _Tally:
    """What checking the references found so far."""

    verified: list[Assertion] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    unread: dict[str, None] = field(default_factory=dict)


def _references(manifest: RawManifest) -> _Tally:
    tally = _Tally()
    if manifest.claim_bytes and not manifest.claim:
        tally.unread["a claim that cannot be read"] = None
    try:
        references = manifest.references()
    except MalformedCredentialsError:
        tally.codes.append("claim.malformed")
        tally.unread["a claim whose references cannot be read"] = None
        return tally
    for reference in references:
        try:
            owner, path = split_uri(reference.url, manifest=manifest.label)
        except MalformedCredentialsError:
            tally.codes.append("claim.malformed")
            continue
        name = path[-1] if path else ""
        if owner != manifest.label or len(path) != 2 or path[0] != "c2pa.assertions":
            tally.codes.append("assertion.outsideManifest")
            continue
        if name in tally.named:
            # Named twice: the second reference could only hide that the first does not match.
            tally.codes.append("claim.malformed")
            continue
        tally.named.add(name)
        assertion = manifest.assertion(name)
        if assertion is None or assertion.is_zeroed:
            tally.absent.append(name)
            continue
        try:
            own = digest(reference.algorithm or manifest.algorithm, assertion.content)
        except UnsupportedCredentialsError:
            # Nobody can tell here whether it was changed: it is not verified, and not called changed.
            tally.codes.append("algorithm.unsupported")
            tally.unread["assertions whose digest is not computed here"] = None
            continue
        (tally.verified.append(assertion) if hmac.compare_digest(own, reference.hash) else tally.changed.append(name))
    return tally


def _actions(verified: list[Assertion]) -> tuple[list[str], set[str]]:
    """(action names, source types that say how it began) of verified actions; unreadable ones yield none."""
    names, sources = list[str](), set[str]()
    for assertion in verified:
        if assertion.base_label != "c2pa.actions" or assertion.kind != "cbor":
            continue
        try:
            found: Any = assertion.map().get("actions")
        except CredentialsError:
            continue
        for action in found if isinstance(found, list) else []:
            if not isinstance(action, Mapping):
                continue
            name, source = action.get("action"), action.get("digitalSourceType")
            names += [name] if isinstance(name, str) else []
            sources |= {source} if isinstance(source, str) and name in BEGINNINGS else set()
    return names, sources


def _shape(manifest: RawManifest, verified: list[Assertion], actions: list[str]) -> list[str]:
    """Rules on which bindings, parents and actions a manifest of its kind has (C2PA 2.4, section 11.2)."""
    bindings = hard_bindings(verified)
    if not manifest.is_update:
        if len(bindings) == 1:
            return []
        return ["assertion.multipleHardBindings" if bindings else "claim.hardBindings.missing"]
    codes = []
    if bindings or set(actions) - UPDATE_ACTIONS:
        codes.append("manifest.update.invalid")
    parents = [one for one in verified if one.base_label == "c2pa.ingredient"]
    if len(parents) != 1 or _relationship(parents[0]) != "parentOf":
        codes.append("manifest.update.wrongParents")
    return codes


def _relationship(assertion: Assertion) -> str:
    try:
        value = assertion.map().get("relationship")
    except CredentialsError:
        return ""
    return value if isinstance(value, str) else ""


def check_manifest(manifest: RawManifest) -> ManifestCheck:
    """One manifest by itself. Never raises for what the bytes hold."""
    state, sign1 = _signature(manifest)
    tally = _references(manifest)
    kept = check_kept(manifest, tally.verified)
    changed, absent = [*tally.changed, *kept.changed], [*tally.absent, *kept.absent]
    actions, sources = _actions(tally.verified)
    undeclared = tuple(a.label for a in manifest.assertions if a.label not in tally.named)
    failures = [*manifest.problems, *tally.codes, *(["algorithm.unsupported"] if kept.is_unsupported else [])]
    if changed:
        failures.append("assertion.hashedURI.mismatch")
    if absent:
        failures.append("assertion.missing")
    if undeclared:
        failures.append("assertion.undeclared")
    if manifest.claim:
        failures += _shape(manifest, tally.verified, actions)
    signature_code = _SIGNATURE_CODES[state]
    ordered = dict.fromkeys(
        [*failures, signature_code] if state is SignatureState.VALID else [signature_code, *failures]
    )
    return ManifestCheck(
        label=manifest.label,
        signature=state,
        codes=tuple(ordered),
        verified=tuple(tally.verified),
        changed=tuple(dict.fromkeys(changed)),
        absent=tuple(dict.fromkeys(absent)),
        undeclared=undeclared,
        held=frozenset(kept.held),
        held_inside=frozenset(kept.held_inside),
        sign1=sign1,
        source_types=frozenset(sources),
        actions=tuple(actions),
        unread=tuple(tally.unread),
        gathered=_gathered(manifest),
    )


def _gathered(manifest: RawManifest) -> frozenset[str]:
    """Labels that stand among the gathered assertions and not among the created ones."""
    if manifest.claim_version == 1:
        return frozenset()
    names: dict[str, set[str]] = {"created_assertions": set(), "gathered_assertions": set()}
    for key, found in names.items():
        listed = manifest.claim.get(key)
        for entry in listed if isinstance(listed, list) else ():
            url = entry.get("url") if isinstance(entry, Mapping) else None
            if isinstance(url, str):
                found.add(url.rpartition("/")[2])
    return frozenset(names["gathered_assertions"] - names["created_assertions"])

"""What does validation at a given time come to, manifest by manifest, in the codes of the specification?

The conformance programme hands a validator an asset, a list of signers, a list of time-stamping authorities and a
time. The engines cannot be told all of these, so that every code that depends on them is established here: all of
`signingCredential.*`, `timeStamp.*`, `claimSignature.*` and `cawg.*`, with those of the hard binding and of hashed
URIs, which we compute as well. Of the engine's own codes the others stay (actions, metadata, soft bindings …).

Steps follow C2PA 2.4, section 15: claim, signature and credential, assertions, binding. Validation ends at the first
step that fails for good, so that no success stands behind it. A signer that no list names is no such step.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from provenance.credentials.certificates.ocsp import Revocation
from provenance.credentials.certificates.signer import SignerAssessment
from provenance.credentials.crjson.content import Budget, assertions_of, claim_of, decoded, instant, signature_of
from provenance.credentials.engines.model import Kind, Manifest, ManifestStore
from provenance.credentials.errors import CredentialsError
from provenance.credentials.history.history import Link, LinkState
from provenance.credentials.history.manifest_check import ManifestCheck, SignatureState, check_manifest
from provenance.credentials.identities.identity import GOOD, IdentityCheck
from provenance.credentials.own_check import OwnCheck
from provenance.credentials.store.jumbf import RawManifest, RawStore
from provenance.credentials.store.uris import split_uri

SPECIFICATION: Final = "2.4.0"
"""The version of the C2PA specification whose codes these are."""
MAX_CODES: Final = 20_000
"""Codes of one manifest; a claim names at most 5,000 assertions."""

FAMILIES: Final = frozenset(
    ["algorithm", "assertion", "claim", "general", "hashedURI", "ingredient", "livevideo", "manifest", "timeOfSigning"]
)
"""First words of an engine's codes that are taken over: the specification's, and none that an engine made up."""
REPLACED: Final = ("signingCredential.", "timeStamp.", "claimSignature.", "assertion.hashedURI.", "cawg.")
"""Starts of engine codes in whose place ours stand."""
_BINDING: Final = re.compile(r"assertion\.(?:data|bmff|boxes|collection|multiAsset)Hash\.\w+")
_EXTRA: Final = "additionalExclusionsPresent"
"""How the one kind of binding code ends that stays the engine's: it looks at what is excluded, not at the digest."""
_LINKS: Final[Mapping[LinkState, tuple[Kind, str]]] = {
    LinkState.VERIFIED: (Kind.SUCCESS, "ingredient.manifest.validated"),
    LinkState.CHANGED: (Kind.FAILURE, "ingredient.manifest.mismatch"),
    LinkState.UNVERIFIABLE: (Kind.FAILURE, "ingredient.manifest.mismatch"),
    LinkState.MISSING: (Kind.FAILURE, "ingredient.manifest.missing"),
    LinkState.AMBIGUOUS: (Kind.FAILURE, "ingredient.manifest.missing"),
    LinkState.NONE: (Kind.INFORMATIONAL, "ingredient.unknownProvenance"),
    LinkState.MALFORMED: (Kind.FAILURE, "assertion.ingredient.malformed"),
}
_UNDECIDED: Final = (
    "cawg.ica.untrusted_issuer",
    "cawg.identity.sig_type.unknown",
    "cawg.x509.ocsp.",
    "cawg.x509.time_stamp.",
)
"""Starts of codes about an identity that say neither that it holds nor that it does not."""
_NO_CLAIM: Final = frozenset({"claim.missing", "claim.multiple", "claim.cbor.invalid"})
_REQUIRED: Final[Mapping[int, tuple[str, ...]]] = {
    1: ("signature", "assertions", "instanceID"),
    2: ("claim_generator_info", "signature", "created_assertions", "instanceID"),
}
"""Fields without which a claim is malformed (C2PA 2.4, section 10.2)."""


@dataclass(slots=True)
class _Results:
    """Codes of one manifest, in the order in which they came up."""

    label: str
    found: dict[Kind, dict[tuple[str, str], None]] = field(default_factory=lambda: {kind: {} for kind in Kind})
    ended: bool = False
    """Whether a step failed for good."""

    def add(self, kind: Kind, code: str, url: str = "") -> None:
        """Note a code; a success only as long as validation goes on."""
        entries = self.found[kind]
        if not (kind is Kind.SUCCESS and self.ended) and len(entries) < MAX_CODES:
            entries[(code, url)] = None

    def fail(self, code: str, url: str = "") -> None:
        """Note a failure after which no step succeeds."""
        self.add(Kind.FAILURE, code, url)
        self.ended = True

    def uri(self, path: str = "") -> str:
        """The JUMBF URI of something in this manifest."""
        return f"self#jumbf=/c2pa/{self.label}" + (f"/{path}" if path else "")

    def document(self, at: dt.datetime) -> dict[str, Any]:
        """As crJSON has it, sorted."""
        lists = {
            kind.value: [{"code": code, "url": url} if url else {"code": code} for code, url in sorted(entries)]
            for kind, entries in self.found.items()
        }
        return {**lists, "specVersion": SPECIFICATION, "validationTime": instant(at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """What the walk over all manifests says of each one: gone through once, and not again for every manifest."""

    links_of: Mapping[str, list[Link]]
    """By the manifest that names the ingredient."""
    links_to: Mapping[str, list[Link]]
    """By the manifest to which a verified link leads."""
    identities: Mapping[str, list[IdentityCheck]]
    redacted: frozenset[str]
    """JUMBF URIs of what was removed by right."""

    @classmethod
    def of(cls, check: OwnCheck) -> _Walk:
        links_of, links_to = dict[str, list[Link]](), dict[str, list[Link]]()
        identities: dict[str, list[IdentityCheck]] = {}
        for node in check.history.root.walk() if check.history is not None else ():
            if node.link is not None:
                links_of.setdefault(node.link.owner, []).append(node.link)
                if node.link.state is LinkState.VERIFIED:
                    links_to.setdefault(node.link.target, []).append(node.link)
        for identity in check.identities:
            identities.setdefault(identity.manifest, []).append(identity)
        redactions = check.history.redactions if check.history is not None else ()
        redacted = frozenset(f"self#jumbf=/c2pa/{one.manifest}/{one.assertion}" for one in redactions if one.is_allowed)
        return cls(links_of=links_of, links_to=links_to, identities=identities, redacted=redacted)


def manifests(store: RawStore, check: OwnCheck, engine: ManifestStore | None, *, at: dt.datetime) -> list[Any]:
    """Every manifest of a store as crJSON has it, with its results: the active one first, then the newest first.

    Args:
        store: the store that `check` speaks of.
        check: our own check, with its assertions' bytes.
        engine: what an engine read, for the codes that are not ours; None where it read nothing.
        at: aware; the validation time.
    """
    walk = _Walk.of(check)
    engines = {one.label: one for one in reversed(engine.manifests)} if engine is not None else {}
    found, budget = [], Budget()
    for manifest in reversed(store.manifests):
        # Of several manifests with one label only the active one is reached: no reference can mean another.
        own = None if store.is_hidden(manifest) else check.checks.get(manifest.label)
        signer = check.signers.get(manifest.label) if own is not None else None
        results = _Results(manifest.label)
        if own is None:
            # Nothing vouches for a manifest that no verified link leads to: it is named, and not validated.
            results.add(Kind.INFORMATIONAL, "manifest.unreferenced", results.uri())
            own = check_manifest(manifest)
        else:
            _validate(results, manifest, own, signer, check, walk)
            _add_engine(results, engines.get(manifest.label))
        found.append(
            {
                "label": manifest.label,
                "assertions": assertions_of(manifest, budget),
                **claim_of(manifest, budget),
                "signature": signature_of(own.sign1, signer),
                "validationResults": results.document(at),
            }
        )
    return found


def _validate(
    results: _Results,
    manifest: RawManifest,
    own: ManifestCheck,
    signer: SignerAssessment | None,
    check: OwnCheck,
    walk: _Walk,
) -> None:
    """The steps in their order."""
    _claim(results, manifest)
    if not _NO_CLAIM & {code for code, _ in results.found[Kind.FAILURE]}:
        _signature(results, own, signer)
        _assertions(results, own, walk.redacted)
        _binding(results, check)
        _links(results, walk)
        _identities(results, walk)


def _claim(results: _Results, manifest: RawManifest) -> None:
    """The claim's own shape."""
    for code in manifest.problems:
        if code.startswith("claim."):
            results.fail(code, results.uri())
    if manifest.claim:
        if not all(manifest.claim.get(name) for name in _REQUIRED[manifest.claim_version]):
            results.fail("claim.malformed", results.uri())
        if not _names_own_signature(manifest):
            results.fail("claimSignature.missing", results.uri())


def _names_own_signature(manifest: RawManifest) -> bool:
    """Whether the claim's own word for its signature leads to this manifest's signature box."""
    named = manifest.claim.get("signature")
    if not isinstance(named, str):
        return False
    try:
        return split_uri(named, manifest=manifest.label) == (manifest.label, ("c2pa.signature",))
    except CredentialsError:
        return False


def _signature(results: _Results, own: ManifestCheck, signer: SignerAssessment | None) -> None:
    """Time stamp, credential, signature (C2PA 2.4, sections 15.7 and 15.8)."""
    url = results.uri("c2pa.signature")
    if signer is not None:
        for code in signer.stamp.codes:
            good = code in ("timeStamp.validated", "timeStamp.trusted")
            results.add(Kind.SUCCESS if good else Kind.INFORMATIONAL, code, url)
    state = own.signature
    if state is not SignatureState.VALID:
        results.fail(next((c for c in own.codes if c.startswith(("claimSignature.", "algorithm."))), ""), url)
        return
    if signer is None:
        return
    codes = set(signer.codes)
    if codes & {"signer.profile.violated", "signer.unreadable"}:
        results.fail("signingCredential.invalid", url)
    elif codes & {"signer.expired", "signer.not_yet_valid"}:
        results.fail("claimSignature.outsideValidity", url)
    else:
        results.add(Kind.SUCCESS, "claimSignature.insideValidity", url)
    _revocation(results, signer, url)
    if signer.is_vouched:
        results.add(Kind.SUCCESS, "signingCredential.trusted", url)
    elif not results.ended:
        results.add(Kind.FAILURE, "signingCredential.untrusted", url)
    results.add(Kind.SUCCESS, "claimSignature.validated", url)


def _revocation(results: _Results, signer: SignerAssessment, url: str) -> None:
    answer = signer.revocation
    if answer.state is Revocation.GOOD:
        results.add(Kind.SUCCESS, "signingCredential.ocsp.notRevoked", url)
    elif answer.state is Revocation.NOT_CHECKED:
        results.add(Kind.INFORMATIONAL, "signingCredential.ocsp.skipped", url)
    elif not answer.of_authority:
        results.fail("signingCredential.ocsp.revoked", url)


def _assertions(results: _Results, own: ManifestCheck, redacted: frozenset[str]) -> None:
    """What the claim says of its assertions, and whether those can be read."""
    for assertion in own.verified:
        url = results.uri(f"c2pa.assertions/{assertion.label}")
        results.add(Kind.SUCCESS, "assertion.hashedURI.match", url)
        if assertion.kind in ("cbor", "json"):
            try:
                decoded(assertion)
            except (CredentialsError, msgspec.DecodeError, ValueError, RecursionError):
                results.fail(f"assertion.{assertion.kind}.invalid", url)
    for code, labels in (
        ("assertion.hashedURI.mismatch", own.changed),
        ("assertion.missing", [label for label in own.absent if results.uri(label) not in redacted]),
        ("assertion.undeclared", own.undeclared),
    ):
        for label in labels:
            results.fail(code, results.uri(f"c2pa.assertions/{label}"))
    said = {code for code, _ in results.found[Kind.FAILURE]}
    for code in own.codes:
        if code not in said and code not in ("claimSignature.validated", "assertion.missing"):
            results.fail(code, results.uri())


def _binding(results: _Results, check: OwnCheck) -> None:
    """Our own digest over the file, for the manifest that is bound to it."""
    coverage = check.coverage
    if coverage is None or check.bound != results.label:
        return
    url = results.uri(f"c2pa.assertions/{coverage.binding}") if coverage.binding else results.uri()
    for code in coverage.codes:
        if code.startswith("integrity."):
            continue
        if code.endswith(".match"):
            if "integrity.fragments.missing" not in coverage.codes:
                # Without its segments the first part of a stream proves itself, and nothing that is shown.
                results.add(Kind.SUCCESS, code, url)
        else:
            results.fail(code, url)


def _links(results: _Results, walk: _Walk) -> None:
    """Where this manifest's ingredients lead, and what was recorded when this manifest was one itself."""
    for link in walk.links_of.get(results.label, ()):
        kind, code = _LINKS[link.state]
        results.add(kind, code, results.uri(f"c2pa.assertions/{link.assertion}"))
    for link in walk.links_to.get(results.label, ()):
        for code in link.recorded:
            if _BINDING.fullmatch(code):
                # The file that it was bound to is not here: whoever took it over saw this.
                results.fail(code, results.uri())


def _identities(results: _Results, walk: _Walk) -> None:
    """Whoever says to stand behind the manifest (CAWG); nothing of it decides about the claim."""
    for identity in walk.identities.get(results.label, ()):
        url = results.uri(f"c2pa.assertions/{identity.label}")
        for code in identity.codes:
            if not code.startswith("cawg."):
                continue
            kind = Kind.SUCCESS if code in GOOD else Kind.FAILURE
            results.add(Kind.INFORMATIONAL if kind is Kind.FAILURE and code.startswith(_UNDECIDED) else kind, code, url)


def _add_engine(results: _Results, manifest: Manifest | None) -> None:
    """The engine's codes about what we do not look at ourselves."""
    if manifest is None:
        return
    said = {code for entries in results.found.values() for code, _ in entries}
    for entry in manifest.codes:
        if entry.code.partition(".")[0] not in FAMILIES:
            continue
        ours = entry.code.startswith(REPLACED) or (_BINDING.fullmatch(entry.code) and not entry.code.endswith(_EXTRA))
        if not ours and entry.code not in said and not entry.io_error:
            results.add(entry.kind, entry.code, entry.url)

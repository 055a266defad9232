"""Whose identities are attached to a manifest, and what of each one holds?

Reads identity assertions (CAWG Identity Assertion 1.3) from the raw store and checks them by itself: shape, padding,
what they refer to, and then the signature by its type. Pure, offline, and scoped to the identity: nothing found here
says anything about the file's bytes or about who signed the claim.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from provenance.credentials.certificates.time_trust import StampAssessment
from provenance.credentials.errors import CredentialsError
from provenance.credentials.history.history import Node
from provenance.credentials.identities import aggregation as cawg_aggregation
from provenance.credentials.identities import certificate as cawg_x509
from provenance.credentials.identities.identity import AGGREGATION, MAX_TEXT, X509, IdentityCheck, Moment, Payload
from provenance.credentials.store import cbor
from provenance.credentials.store.jumbf import HARD_BINDINGS, Assertion, RawStore
from provenance.credentials.store.uris import HashedUri, hashed_uri, split_uri
from provenance.credentials.trust.view import TrustView

LABEL: Final = "cawg.identity"
"""The assertion's label, without instance (section 5.2)."""
CONDITION: Final = "expected_"
"""Starts of fields of a payload that set conditions (Identity 1.1, section 5.1), which are not checked here."""
MAX_IDENTITIES: Final = 16
"""Identity assertions of one file that are checked, nearest to the active manifest first: each costs milliseconds."""
MAX_REFERENCES: Final = 256
"""Referenced assertions of one identity; real ones name fewer than ten, and one that names more is none."""
MAX_ROLES: Final = 16
"""Roles of one named actor."""


class _InvalidError(Exception):
    """The assertion is not what the schema says (section 5.3)."""


def _text(value: object) -> str:
    return value[:MAX_TEXT] if isinstance(value, str) else ""


def _payload(content: Mapping[str, Any], raw: bytes) -> Payload:
    """Raises _InvalidError."""
    import cbor2

    value = content.get("signer_payload")
    entries = value.get("referenced_assertions") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(entries, list) or not isinstance(value.get("sig_type"), str):
        raise _InvalidError
    if not 1 <= len(entries) <= MAX_REFERENCES:
        raise _InvalidError
    try:
        references = tuple(hashed_uri(entry, what="an identity") for entry in entries)
        encodings = dict.fromkeys((raw, cbor2.dumps(value, canonical=True)))
    except (CredentialsError, ValueError, TypeError) as error:
        raise _InvalidError from error
    roles = value.get("role")
    named = tuple(_text(role) for role in roles[:MAX_ROLES]) if isinstance(roles, list) else ()
    return Payload(
        references=references,
        sig_type=value["sig_type"],
        roles=tuple(role for role in named if role),
        content=value,
        encodings=tuple(encodings),
    )


def _read(assertion: Assertion) -> tuple[Payload, bytes, bool]:
    """(what is signed, the signature, whether the padding is empty). Raises _InvalidError."""
    try:
        content = assertion.map()
        raw = cbor.slices(bytes(assertion.data), what="an identity").get("signer_payload", b"")
    except CredentialsError as error:
        raise _InvalidError from error
    signature, pads = content.get("signature"), [content.get("pad1"), content.get("pad2", b"")]
    if not isinstance(signature, bytes) or not all(isinstance(pad, bytes) for pad in pads):
        raise _InvalidError
    return _payload(content, raw), signature, not any(any(pad) for pad in pads if isinstance(pad, bytes))


def _claimed(store: RawStore, label: str) -> Mapping[str, HashedUri]:
    """What the claim of a manifest refers to, by assertion label; empty where it cannot be read."""
    manifest = store.manifest(label)
    found: dict[str, HashedUri] = {}
    try:
        for reference in manifest.references() if manifest is not None else ():
            owner, path = split_uri(reference.url, manifest=label)
            if owner == label and len(path) == 2 and path[0] == "c2pa.assertions":
                found.setdefault(path[1], reference)
    except CredentialsError:
        return {}
    return found


def _references(store: RawStore, node: Node, payload: Payload) -> tuple[list[str], tuple[str, ...]]:
    """(codes against what the identity refers to, labels that it rightly refers to). Section 7.1."""
    below = {one.check.label: one for one in node.walk() if one.check is not None}
    own = node.check.label if node.check is not None else ""
    codes: list[str] = []
    named: set[tuple[str, str]] = set()
    bindings: list[str] = []
    claimed: dict[str, Mapping[str, HashedUri]] = {}
    for reference in payload.references:
        try:
            owner, path = split_uri(reference.url, manifest=own)
        except CredentialsError:
            codes.append("cawg.identity.assertion.mismatch")
            continue
        target = (owner, path[-1] if path else "")
        if target in named:
            codes.append("cawg.identity.assertion.duplicate")
        named.add(target)
        if owner in below and owner not in claimed:
            claimed[owner] = _claimed(store, owner)
        stated = claimed[owner].get(target[1]) if owner in below else None
        if stated is None or len(path) != 2 or not _same(stated, reference):
            codes.append("cawg.identity.assertion.mismatch")
        if target[1].startswith(HARD_BINDINGS):
            bindings.append(owner)
    if not bindings:
        codes.append("cawg.identity.hard_binding_missing")
    elif own not in bindings and not (node.is_update and set(bindings) <= set(below)):
        codes.append("cawg.identity.hard_binding_incorrect")
    return list(dict.fromkeys(codes)), tuple(sorted({label[:MAX_TEXT] for _, label in named}))


def _same(stated: HashedUri, reference: HashedUri) -> bool:
    algorithms = {stated.algorithm, reference.algorithm} - {""}
    return len(algorithms) <= 1 and hmac.compare_digest(stated.hash, reference.hash)


def _check(store: RawStore, node: Node, assertion: Assertion, trust: TrustView, moment: Moment) -> IdentityCheck:
    manifest = node.check.label if node.check is not None else ""
    try:
        payload, signature, is_padded = _read(assertion)
    except _InvalidError:
        unread = ("cawg.identity.cbor.invalid",)
        return IdentityCheck(manifest=manifest, label=assertion.label, sig_type="", codes=unread)
    codes, references = _references(store, node, payload)
    against = [*([] if is_padded else ["cawg.identity.pad.invalid"]), *codes]
    if any(name.startswith(CONDITION) for name in payload.content):
        # Identity 1.1 and 1.2 let an actor say which claim, software or other actors it expects; 1.3 does not.
        against.append("signer.identity.conditions")
    base = IdentityCheck(
        manifest=manifest,
        label=assertion.label,
        sig_type=payload.sig_type[:MAX_TEXT],
        codes=tuple(against),
        roles=payload.roles,
        references=references,
    )
    if payload.sig_type == X509:
        return cawg_x509.check(base, payload, signature, trust=trust, moment=moment)
    if payload.sig_type == AGGREGATION:
        return cawg_aggregation.check(base, payload, signature, trust=trust, moment=moment)
    return replace(base, codes=(*against, "cawg.identity.sig_type.unknown"))


def check_identities(
    store: RawStore,
    nodes: Sequence[Node],
    *,
    trust: TrustView,
    at: dt.datetime,
    stamps: Mapping[str, StampAssessment],
) -> tuple[tuple[IdentityCheck, ...], int]:
    """Every identity assertion that a claim of the walk covers with the right digest, nearest first, and how many more
    there are than are checked.

    Args:
        store: the manifest store.
        nodes: the walk from the active manifest, each manifest once or more.
        trust: the reader's lists; only those for identities and for time-stamping authorities are looked at.
        at: aware; dates are judged at this instant, unless a trusted time stamp proves another.
        stamps: what is known of the claims' own time stamps, by manifest label.

    Never raises for what the bytes hold.
    """
    found, more = list[IdentityCheck](), 0
    visited: set[str] = set()
    for node in sorted(nodes, key=lambda one: one.depth):
        if node.check is None or node.check.label in visited:
            continue
        visited.add(node.check.label)
        stamp = stamps.get(node.check.label)
        claim = stamp.time if stamp is not None and stamp.is_trusted else None
        for assertion in node.check.verified:
            if assertion.base_label != LABEL:
                continue
            if len(found) < MAX_IDENTITIES:
                found.append(_check(store, node, assertion, trust, Moment(at=at, claim=claim)))
            else:
                more += 1
    return tuple(found), more

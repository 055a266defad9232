"""Whose name is attached to a manifest besides the signer's, and what is that worth?

Identities (CAWG) are shown as "says that", each with a result of its own. They stand on the signer's line and never
move its status: whoever attaches an identity, good or bad, neither raises nor lowers the one who signed. A broken one
is `unknown` and not `fail`, because all that fails is the statement that this person stands behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from provenance.credentials.binding.base import Match
from provenance.credentials.engines.model import Kind, Manifest
from provenance.credentials.history.lineage import Removed
from provenance.credentials.identities.identity import AGGREGATION, IdentityCheck, VerifiedIdentity
from provenance.credentials.own_check import OwnCheck
from provenance.credentials.trust.view import Label
from vouchmark.lines.authority import ORDER, Of, Speaker
from vouchmark.lines.facts import Draft, Facts, instant, source_of
from vouchmark.lines.redactions import removals
from vouchmark.lines.signer.trust_words import among_publishers, shown_label
from vouchmark.render.safe import plain, quoted
from vouchmark.report import Json, NotChecked, Root, Status

OWN: Final = "vouchmark identity check"
MAX_SHOWN: Final = 3
"""Verified identities named in a sentence; the detail has all."""

NOT_FETCHED: Final = "identities that a service on the network vouches for"
REVOCATION: Final = "revocation of the certificates of identities"

_LISTS: Final = {"official": "an official list", "interim": "the interim list", "yours": "your own list"}
_PUBLISHERS: Final = Label.IPTC
_KINDS: Final = {
    "document_verification": "by an identity document",
    "affiliation": "as a member",
    "web_site": "by a web site",
    "social_media": "by an account",
    "crypto_wallet": "by a wallet",
}
"""How something was verified, by the specification's word without `cawg.`."""

_REASONS: Final = {
    "cawg.identity.cbor.invalid": "it is malformed",
    "cawg.identity.pad.invalid": "its padding is not empty",
    "cawg.identity.assertion.mismatch": "it speaks of statements that are not in this manifest",
    "cawg.identity.assertion.duplicate": "it names the same statement twice",
    "cawg.identity.hard_binding_missing": "it is not tied to this content",
    "cawg.identity.hard_binding_incorrect": "it is tied to other content",
    "cawg.identity.credential_revoked": "its certificate was revoked",
    "signer.identity.conditions": "it sets conditions that are not checked here",
    "cawg.identity.sig_type.unknown": "it is signed in a way that is not known here",
    "cawg.x509.signature.mismatch": "its signature does not hold",
    "cawg.x509.algorithm.unsupported": "it is signed with an algorithm that is not allowed",
    "cawg.x509.credential.invalid": "its certificate breaks the rules",
    "cawg.x509.signature.outside_validity": "its certificate was not valid then",
    "cawg.x509.time_stamp.mismatch": "its time stamp belongs to something else",
    "cawg.x509.time_stamp.malformed": "its time stamp is malformed",
    "cawg.x509.time_stamp.outside_validity": "its time stamp was made outside the validity of a certificate",
    "cawg.ica.invalid_cose_sign1": "its signature is malformed",
    "cawg.ica.invalid_alg": "it names no algorithm that is allowed",
    "cawg.ica.invalid_content_type": "its type of content is missing or wrong",
    "cawg.ica.invalid_verifiable_credential": "it is no credential",
    "cawg.ica.invalid_issuer": "it does not say who issued it",
    "cawg.ica.invalid_did_document": "its issuer's key cannot be used",
    "cawg.ica.did_unavailable": "the key of that service was not fetched",
    "cawg.ica.did_unsupported_method": "its issuer is named in a way that is not known here",
    "cawg.ica.signature_mismatch": "its signature does not hold",
    "cawg.ica.signer_payload.mismatch": "it was issued for something else",
    "cawg.ica.time_stamp.invalid": "its time stamp does not hold",
    "cawg.ica.valid_from.missing": "it does not say from when it is valid",
    "cawg.ica.valid_from.invalid": "it was not yet valid",
    "cawg.ica.valid_until.invalid": "it was out of date",
    "cawg.ica.revocation.unsupported": "whether it was revoked could not be found out",
    "cawg.ica.verified_identities.missing": "it names nobody",
    "cawg.ica.verified_identities.invalid": "part of what it says was verified is missing",
}
"""Why an identity does not hold, or was not found out, behind a sentence that says whose it is."""

_COMPARED: Final = ("cawg.identity.", "cawg.ica.")
"""Of a certificate's signature the engine says nothing any more once its own clock finds the certificate expired."""
_NOT_COMPARED: Final = (
    # By the wall clock, or by lists that the engine cannot be told of.
    "cawg.ica.valid_from.",
    "cawg.ica.valid_until.",
    "cawg.ica.time_stamp.",
    "cawg.ica.untrusted_issuer",
    "cawg.ica.revocation.",
    "cawg.identity.trusted",
    "cawg.identity.well-formed",
    "cawg.identity.credential_revoked",
    "cawg.identity.credential.",
)
_SAME: Final = {"cawg.ica.did_unsupported_method": "cawg.ica.invalid_issuer"}
"""Our code to the engine's for the same thing: it has no word of its own for a method of DID that it does not know."""


def drafts(facts: Facts) -> tuple[Draft, ...]:
    """One finding for each thing that is said about each identity; empty where none is attached."""
    own = facts.own
    if own is None or own.problem:
        return ()
    known, found = facts.speakers, list[Draft]()
    # The content's own first: what is attached to something else is told after it.
    for identity in sorted(own.identities, key=lambda one: ORDER.index(of(known, one))):
        said = _about(known, identity) if _stands(own, identity) else [_unestablished(known, identity)]
        disputed = _disputed(facts, identity) if _stands(own, identity) else None
        said += [disputed] if disputed is not None else []
        found += [replace(draft, detail={**draft.detail, "of": str(of(known, identity))}) for draft in said]
    return (*found, *_removed(own, known))


def _removed(own: OwnCheck, known: Mapping[str, Speaker]) -> Iterator[Draft]:
    """That a later signer took an identity away: nobody knows whose it was."""
    for one in removals(own, known):
        if one.kind is Removed.IDENTITY and one.concerns_content:
            yield Draft(
                code="signer.identity.redacted",
                status=Status.UNKNOWN,
                statement=one.statement,
                source=OWN,
                root=Root.IDENTITY,
                subject=one.redaction.manifest,
                detail=one.detail(),
            )


def not_checked(facts: Facts) -> tuple[NotChecked, ...]:
    """What was not looked at, because the network is off, or because nothing of the kind is ever asked for."""
    identities = facts.own.identities if facts.own is not None else ()
    more = facts.own.more_identities if facts.own is not None else 0
    beyond = (NotChecked(what=f"{more} more identities", why="more than are looked at"),) if more else ()
    why = "not asked, even online" if facts.is_online else "network off"
    gaps = [NOT_FETCHED] if any("cawg.ica.did_unavailable" in one.codes for one in identities) else []
    signed = [one for one in identities if one.certificate is not None]
    open_ones = [one for one in signed if not {"cawg.x509.ocsp.not_revoked", _REVOKED} & set(one.codes)]
    return (*beyond, *(NotChecked(what=what, why=why) for what in (*gaps, *([REVOCATION] if open_ones else []))))


_REVOKED: Final = "cawg.identity.credential_revoked"


def _stands(own: OwnCheck, identity: IdentityCheck) -> bool:
    """Whether what it is attached to holds: the manifest, and the content where it speaks of these bytes."""
    check = own.checks.get(identity.manifest)
    if check is None or not check.is_intact:
        return False
    nodes = own.history.root.walk() if own.history is not None else iter(())
    if any(node.check is not None and node.check.label == check.label and node.outcome != "intact" for node in nodes):
        return False
    if check.label not in {one.label for one in own.chain}:
        return True
    # What is computed elsewhere or nowhere is the integrity line's to doubt.
    if own.coverage is None:
        return True
    return own.coverage.match in (Match.MATCH, Match.UNSUPPORTED) and not own.coverage.is_open


_OF: Final = {
    Of.CONTENT: "",
    Of.EARLIER: "Of an earlier version: ",
    Of.PART: "Of something used in it: ",
    Of.INPUT: "Of something that went into it: ",
    Of.UPDATE: "Of a later update: ",
}
"""Of what an identity speaks, in front of its sentence."""


def of(known: Mapping[str, Speaker], identity: IdentityCheck) -> Of:
    """Of what the manifest speaks to which an identity is attached."""
    return known[identity.manifest].of if identity.manifest in known else Of.PART


def _where(known: Mapping[str, Speaker], identity: IdentityCheck) -> str:
    return _OF[of(known, identity)]


def _unestablished(known: Mapping[str, Speaker], identity: IdentityCheck) -> Draft:
    whose = f" ({quoted(identity.name)})" if identity.name else ""
    words = f"{_where(known, identity)}an identity{whose} is attached to something that does not hold: it shows nobody."
    return _draft(identity, "signer.identity.unestablished", Status.UNKNOWN, words)


def _about(known: Mapping[str, Speaker], identity: IdentityCheck) -> list[Draft]:
    """The full sentence first, then what else speaks against it."""
    where, whose = _where(known, identity), _whose(identity)
    if identity.is_trusted:
        name = plain(identity.name)
        words = f"{where}{name} also vouches for {_what(identity)} by a signature of their own; "
        if identity.listed is _PUBLISHERS:
            words += f"{name} is {among_publishers(identity.listed, is_said=identity.is_said)}."
        elif identity.is_said:
            words += f"a list for identities ({shown_label(identity.listed, is_said=True)}) vouches for that name."
        else:
            words += f"{_LISTS.get(str(identity.listed), 'a list')} for identities vouches for that name."
        return [_draft(identity, "cawg.identity.trusted", Status.PASS, words)]
    first, *others = identity.failures or ("cawg.identity.well-formed",)
    found = [_draft(identity, first, _status(first), f"{where}{_inner(where, whose)}{_but(identity, first)}.")]
    for code in others:
        reason = _REASONS.get(code) or _unvouched(identity)
        words = f"{where}{_inner(where, 'Of the identity')} {_short(identity)}: {reason}."
        found.append(_draft(identity, code, Status.UNKNOWN, words))
    return found


def _status(code: str) -> Status:
    return Status.PASS if code == "cawg.identity.well-formed" else Status.UNKNOWN


def _but(identity: IdentityCheck, code: str) -> str:
    reason = _REASONS.get(code)
    if reason is None:
        return f"; {_unvouched(identity)}"
    return f"; that identity does not hold: {reason}" if identity.is_broken else f"; {reason}"


def _unvouched(identity: IdentityCheck) -> str:
    if identity.distrusted:
        return "you distrust that certificate or one above it"
    if identity.test_key:
        return "the key is a public test key, with which anybody can sign"
    if identity.sig_type == AGGREGATION:
        return "its signature holds, and no list vouches for that service"
    return "its signature holds, and no list for identities that you use vouches for that name"


def _what(identity: IdentityCheck) -> str:
    """What the actor stands behind: the content, and those statements of the signer that the identity names."""
    number = len([name for name in identity.references if not name.startswith("c2pa.hash.")])
    statements = "one statement" if number == 1 else f"{number} statements"
    return f"the content and {statements} about it" if number else "the content"


def _inner(where: str, sentence: str) -> str:
    """A sentence behind a colon."""
    return sentence[:1].lower() + sentence[1:] if where else sentence


def _short(identity: IdentityCheck) -> str:
    return quoted(identity.name) if identity.name else "that is attached"


def _whose(identity: IdentityCheck) -> str:
    """Who it says it is, as its own word."""
    if identity.sig_type != AGGREGATION or not identity.issuer:
        return (
            f"An attached identity says that {quoted(identity.name)} vouches for {_what(identity)}"
            if identity.name
            else _NAMELESS
        )
    shown = [_verified(one) for one in identity.identities[:MAX_SHOWN]]
    more = len(identity.identities) - len(shown)
    listed = "; ".join(shown) + (f"; and {more} more" if more > 0 else "")
    # Whose words these are is established only where the service's signature was verified.
    says = "says that it knows" if "cawg.ica.untrusted_issuer" in identity.codes else "is said to know"
    return f"{_service(identity.issuer)} {says} who is behind it ({listed or 'nobody that can be read'})"


_NAMELESS: Final = "An identity without a name that can be read is attached"


def _service(issuer: str) -> str:
    """The service by its DID; the key in a `did:jwk` is no name."""
    return "A service without a name" if "did:jwk:" in issuer else f"A service that calls itself {quoted(issuer)}"


def _verified(one: VerifiedIdentity) -> str:
    name = one.name or one.username or one.uri
    who = quoted(name) if name else "somebody"
    how = _KINDS.get(one.kind.removeprefix("cawg."), f"by {quoted(one.kind)}")
    return f"{who} {how}{f', says {quoted(one.provider)}' if one.provider else ''}"


def _disputed(facts: Facts, identity: IdentityCheck) -> Draft | None:
    """That the first engine judges it otherwise, in what depends on neither clock nor lists."""
    store = facts.first.store
    manifest = store.manifest(identity.manifest) if store is not None else None
    if manifest is None or identity.codes == ("cawg.identity.cbor.invalid",):
        # The engine has no word for an identity that it cannot read; it says so of the whole manifest.
        return None
    theirs = _engine_codes(facts, manifest, identity.label)
    ours = {_SAME.get(code, code) for code in identity.failures if _is_compared(code)}
    if theirs is None or ours == theirs:
        return None
    engine, check = (", ".join(sorted(codes)) or "nothing against it" for codes in (theirs, ours))
    words = (
        f"{_where(facts.speakers, identity)}an engine judges the identity otherwise: it says {engine}, we say {check}."
    )
    detail: dict[str, Json] = {"engine": list[Json](sorted(theirs)), "own": list[Json](sorted(ours))}
    draft = _draft(identity, "signer.identity.disputed", Status.UNKNOWN, words)
    return Draft(
        code=draft.code,
        status=draft.status,
        statement=draft.statement,
        source=f"{OWN} and {source_of(facts.first)}",
        root=draft.root,
        subject=draft.subject,
        detail=detail,
    )


def _engine_codes(facts: Facts, manifest: Manifest, label: str) -> set[str] | None:
    """What the first engine says against that assertion; None where it says nothing at all of identities."""
    mark = f"/{label}"
    about = [code for code in facts.codes_of(manifest) if code.url.endswith(mark) and code.code.startswith("cawg.")]
    if not about:
        return None
    return {code.code for code in about if code.kind is not Kind.SUCCESS and _is_compared(code.code)}


def _is_compared(code: str) -> bool:
    return code.startswith(_COMPARED) and not code.startswith(_NOT_COMPARED)


def _draft(identity: IdentityCheck, code: str, status: Status, statement: str) -> Draft:
    return Draft(
        code=code,
        status=status,
        statement=statement[:1].upper() + statement[1:],
        source=OWN,
        root=Root.IDENTITY,
        subject=f"{identity.manifest}/{identity.label}",
        detail=_detail(identity),
    )


def _detail(identity: IdentityCheck) -> dict[str, Json]:
    detail: dict[str, Json] = {
        "codes": list[Json](identity.codes),
        "sig_type": identity.sig_type,
        "name": identity.name,
        "references": list[Json](identity.references),
    }
    if identity.certificate is not None:
        detail |= {
            "issuer": ", ".join(f"{kind}={value}" for kind, value in sorted(identity.certificate.issuer.items())),
            "certificate_sha256": identity.fingerprint,
            "label": shown_label(identity.listed, is_said=identity.is_said),
        }
    if identity.issuer:
        detail["issuer"] = identity.issuer
    if identity.identities:
        detail["verified_identities"] = [
            {key: value for key, value in _entry(one).items() if value} for one in identity.identities
        ]
    more: dict[str, Json] = {
        "valid_from": identity.valid_from,
        "valid_until": identity.valid_until,
        "roles": list[Json](identity.roles),
        "test_key": identity.test_key,
        "distrusted_by": identity.distrusted,
        "judged_at": instant(identity.moment) if identity.moment else "",
        "judged_by": identity.moment_by,
        "time": instant(identity.stamp.time) if identity.stamp.time else "",
    }
    return detail | {key: value for key, value in more.items() if value}


def _entry(one: VerifiedIdentity) -> dict[str, Json]:
    return {
        "type": one.kind,
        "name": one.name,
        "username": one.username,
        "uri": one.uri,
        "provider": one.provider,
        "verified_at": one.verified_at,
    }

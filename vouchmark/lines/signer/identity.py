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
from vouchmark.lines.authority import ORDER, WHOSE, Of, Speaker
from vouchmark.lines.facts import Draft, Facts, instant, source_of
from vouchmark.lines.redactions import removals
from vouchmark.lines.signer.trust_words import shown_label
from vouchmark.report import Json, NotChecked, Root, Status
from vouchmark.wording.catalogue import gap, has, say, together
from vouchmark.wording.model import Fact, Phrase, Said

OWN: Final = "vouchmark identity check"
MAX_SHOWN: Final = 3
"""Verified identities named in a sentence; the detail has all."""

_PUBLISHERS: Final = Label.IPTC

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
                statement=together(one.statement, say("redaction.gone.identity")),
                source=OWN,
                root=Root.IDENTITY,
                subject=one.redaction.manifest,
                detail=one.detail(),
            )


def not_checked(facts: Facts) -> tuple[NotChecked, ...]:
    """What was not looked at, because the network is off, or because nothing of the kind is ever asked for."""
    identities = facts.own.identities if facts.own is not None else ()
    more = facts.own.more_identities if facts.own is not None else 0
    beyond = (gap(say("gap.identities", number=more), say("gap.identities.why")),) if more else ()
    why = say(f"gap.identity.{'online' if facts.is_online else 'offline'}")
    services = [say("gap.services")] if any("cawg.ica.did_unavailable" in one.codes for one in identities) else []
    signed = [one for one in identities if one.certificate is not None]
    open_ones = [one for one in signed if not {"cawg.x509.ocsp.not_revoked", _REVOKED} & set(one.codes)]
    revocation = [say("gap.identity_revocation")] if open_ones else []
    return (*beyond, *(gap(what, why) for what in (*services, *revocation)))


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


def of(known: Mapping[str, Speaker], identity: IdentityCheck) -> Of:
    """Of what the manifest speaks to which an identity is attached."""
    return known[identity.manifest].of if identity.manifest in known else Of.PART


def _unestablished(known: Mapping[str, Speaker], identity: IdentityCheck) -> Draft:
    where = {"id": f"identity.of{WHOSE[of(known, identity)]}"}
    words = say("identity.unestablished", of=where)
    if identity.name:
        words = say("identity.unestablished.named", of=where, name=identity.name)
    return _draft(identity, "signer.identity.unestablished", Status.UNKNOWN, words)


def _about(known: Mapping[str, Speaker], identity: IdentityCheck) -> list[Draft]:
    """The full sentence first, then what else speaks against it."""
    where = WHOSE[of(known, identity)]
    if identity.is_trusted:
        words = together(say("identity.trusted", name=identity.name, what=_what(identity, where)), _listed(identity))
        return [_draft(identity, "cawg.identity.trusted", Status.PASS, words)]
    first, *others = identity.failures or ("cawg.identity.well-formed",)
    words = together(_whose(identity, where), _but(identity, first))
    found = [_draft(identity, first, _status(first), words)]
    for code in others:
        why = _why(identity, code)
        also = say("identity.also.named", name=identity.name, why=why) if identity.name else say(
            "identity.also", why=why
        )  # fmt: skip
        found.append(_draft(identity, code, Status.UNKNOWN, also))
    return found


def _listed(identity: IdentityCheck) -> Said:
    """Which list vouches for a name."""
    label = shown_label(identity.listed, is_said=identity.is_said)
    if identity.listed is _PUBLISHERS:
        return say("identity.listed.iptc.said", label=label) if identity.is_said else say("identity.listed.iptc")
    sentence = f"identity.listed.{identity.listed}"
    return say("identity.listed.said", label=label) if identity.is_said or not has(sentence) else say(sentence)


def _status(code: str) -> Status:
    return Status.PASS if code == "cawg.identity.well-formed" else Status.UNKNOWN


def _but(identity: IdentityCheck, code: str) -> Said:
    """What stands against it: that it does not hold, or that nothing establishes it."""
    broken = has(f"identity.why.{code}") and identity.is_broken
    return say(f"identity.but.{'broken' if broken else 'open'}", why=_why(identity, code))


def _why(identity: IdentityCheck, code: str) -> Phrase:
    """Why it does not hold, by the code, or why nobody vouches for it."""
    word = code
    if not has(f"identity.why.{code}"):
        word = "service" if identity.sig_type == AGGREGATION else "unlisted"
        word = "distrusted" if identity.distrusted else "test_key" if identity.test_key else word
    return {"id": f"identity.why.{word}"}


def _what(identity: IdentityCheck, where: str) -> Phrase:
    """What the actor vouches for: the content, and those statements of the signer that the identity names."""
    number = len([name for name in identity.references if not name.startswith("c2pa.hash.")])
    if number > 1:
        return {"id": f"identity.what.several{where}", "number": number}
    return {"id": f"identity.what{'.one' if number else ''}{where}"}


def _whose(identity: IdentityCheck, where: str) -> Said:
    """Who it says it is, as its own word."""
    if identity.sig_type != AGGREGATION or not identity.issuer:
        if identity.name:
            return say("identity.says", name=identity.name, what=_what(identity, where))
        return say("identity.nameless", of={"id": f"identity.of{where}"})
    shown: list[Fact] = [_verified(one) for one in identity.identities[:MAX_SHOWN]]
    more = len(identity.identities) - len(shown)
    shown += [{"id": "list.more.number", "number": more}] if more > 0 else []
    # Whose words these are is established only where the service's signature was verified.
    said = "" if "cawg.ica.untrusted_issuer" in identity.codes else ".said"
    facts: dict[str, Fact] = {"of": {"id": f"identity.of{where}"}, "who": shown or [{"id": "identity.nobody"}]}
    if "did:jwk:" in identity.issuer:
        # The service is known by its DID; the key in a `did:jwk` is no name.
        return say(f"identity.service{said}.nameless", **facts)
    return say(f"identity.service{said}", issuer=identity.issuer, **facts)


def _verified(one: VerifiedIdentity) -> Phrase:
    name = one.name or one.username or one.uri
    who: Phrase = {"id": "identity.who", "name": name} if name else {"id": "identity.who.somebody"}
    kind = one.kind.removeprefix("cawg.")
    known = has(f"identity.verified.{kind}")
    said: dict[str, Fact] = {"who": who} if known else {"who": who, "kind": one.kind}
    said |= {"provider": one.provider} if one.provider else {}
    return {"id": f"identity.verified.{kind if known else 'other'}{'.provider' if one.provider else ''}", **said}


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
    nothing: list[Fact] = [{"id": "identity.nothing"}]
    engine, check = (list[Fact](sorted(codes)) or nothing for codes in (theirs, ours))
    where = {"id": f"identity.of{WHOSE[of(facts.speakers, identity)]}"}
    words = say("identity.disputed", of=where, theirs=engine, ours=check)
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


def _draft(identity: IdentityCheck, code: str, status: Status, statement: Said) -> Draft:
    return Draft(
        code=code,
        status=status,
        statement=statement,
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

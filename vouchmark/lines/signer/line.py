"""Who signed, and who vouches for that signer?

A name in a certificate is shown as that maker's name only where a list vouches for the certificate; else it is
a name that is used. A certificate that has expired is another sentence than an unknown signer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from provenance.credentials.binding.base import Match
from provenance.credentials.certificates.ocsp import Revocation
from provenance.credentials.certificates.signer import SignerAssessment
from provenance.credentials.engines.model import Manifest, State, ValidationCode
from provenance.credentials.history.manifest_check import ManifestCheck, SignatureState
from provenance.credentials.own_check import OwnCheck
from provenance.credentials.trust.view import Label
from vouchmark.lines.authority import NOBODY, Of
from vouchmark.lines.facts import (
    FRAGMENT,
    STORE_ALONE,
    Answer,
    Draft,
    Drafter,
    Facts,
    certificate_name,
    day,
    failures,
    has,
    instant,
    own_gap,
    source_of,
)
from vouchmark.lines.nothing import nothing_to_look_at
from vouchmark.lines.signer import identity
from vouchmark.lines.signer.trust_words import called, listed, publisher, shown_label
from vouchmark.report import SERIOUSNESS, Json, Line, NotChecked, Root, Status
from vouchmark.wording.catalogue import because, gap, say, together
from vouchmark.wording.catalogue import has as has_sentence
from vouchmark.wording.model import Said

OWN: Final = "vouchmark chain check"
"""The source of what we established ourselves."""
_own: Final = Drafter(OWN, Root.CERTIFICATE)

PUBLISHER: Final = "signer.publisher"
OTHER_BYTES: Final = "signer.other_bytes"
COVERED: Final = "signer.covered"

_LISTS: Final = frozenset({"signer.official", "signer.interim", "signer.yours"})
_AGAINST: Final = {
    "signer.distrusted": Status.FAIL,
    "signer.revoked": Status.FAIL,
    "signer.profile.violated": Status.FAIL,
    "signer.test_key": Status.FAIL,
    "signer.not_yet_valid": Status.UNKNOWN,
    "signer.expired": Status.UNKNOWN,
}

_SILENT: Final = frozenset({"signer.unknown", "signer.expired"})
"""What we say of a signer where the reader has no lists at all: the second engine's lists may know more."""
VOUCHED: Final = "valid_for_supplied_material"
"""The second engine's word for a chain that ends on one of its lists."""

_PRODUCT: Final = {
    "signer.product.listed": Status.PASS,
    "signer.product.unlisted": Status.ABSENT,
    "signer.assurance.exceeded": Status.FAIL,
    "signer.signal.disallowed": Status.FAIL,
}


def answer(facts: Facts) -> Answer:
    """The signer line, by our own chain check where there is one."""
    nothing = nothing_to_look_at(facts, Line.SIGNER)
    if nothing is not None:
        return nothing
    own = facts.own
    if own is not None and own.signer is not None and own.check is not None:
        return _by_own_check(facts, own, own.signer, own.check)
    return _by_engine(facts)


def _by_own_check(facts: Facts, own: OwnCheck, signer: SignerAssessment, check: ManifestCheck) -> Answer:
    detail = _detail(signer)
    name = certificate_name(signer.certificate) or NOBODY
    revocation = () if signer.revocation.state is not Revocation.NOT_CHECKED else (_unchecked(facts, signer),)
    if check.signature is not SignatureState.VALID:
        statement = say("signer.unestablished", who=called(name))
        draft = _own("signer.unestablished", Status.UNKNOWN, statement, own.bound, detail)
        return Answer(summary=statement, drafts=(draft, *identity.drafts(facts)), not_checked=revocation)
    drafts = [draft for code in signer.codes for draft in _own_code(facts, code, name, signer, own.bound, detail)]
    bundled = _bundled(facts, signer, name)
    if bundled is not None:
        drafts = [bundled]
    elif any(draft.code in _AGAINST for draft in drafts):
        # What speaks against the signer says more than that no list vouches.
        drafts = [draft for draft in drafts if draft.code != "signer.unknown"]
    if is_for_other_bytes(facts):
        # Whoever signed, signed something else: nothing here passes, whatever a list says of the name.
        is_vouched = signer.is_vouched or bundled is not None
        statement = say(OTHER_BYTES, who=called(name, vouched=is_vouched))
        drafts = [draft for draft in drafts if draft.status is not Status.PASS and draft.code != "signer.unknown"]
        more: dict[str, Json] = {"vouched": is_vouched}
        drafts.insert(0, _own(OTHER_BYTES, Status.UNKNOWN, statement, own.bound, detail | more))
    if signer.revocation.is_cut:
        statement = say("signer.revocation.cut")
        drafts.append(_own("signer.revocation.cut", Status.UNKNOWN, statement, own.bound, detail))
    drafts.extend(_updates(own))
    drafts.sort(key=lambda draft: SERIOUSNESS.index(draft.status))
    return _concluded(facts, signer, drafts, revocation)


def _concluded(
    facts: Facts, signer: SignerAssessment, drafts: list[Draft], revocation: tuple[NotChecked, ...]
) -> Answer:
    """The line's sentence: the most serious finding, then which publisher it is, then an identity beside it."""
    status, summary = drafts[0].status, drafts[0].statement
    published = next((one for one in drafts if one.code == PUBLISHER and one is not drafts[0]), None)
    if published is not None and status is Status.PASS:
        summary = together(summary, published.statement)
    identities = identity.drafts(facts)
    mine = next((one for one in identities if one.detail.get("of") == str(Of.CONTENT)), None)
    if mine is not None and status is not Status.FAIL:
        summary = together(summary, mine.statement)
    return Answer(
        summary=summary,
        drafts=(*drafts, *identities),
        not_checked=(*revocation, *_product_gap(facts, signer), *identity.not_checked(facts)),
        # An identity that somebody attached neither raises nor lowers the one who signed.
        status=status,
    )


def is_for_other_bytes(facts: Facts) -> bool:
    """Whether the bytes at hand are media, and not those of which the bound manifest speaks, by our own digest."""
    coverage = facts.own.coverage if facts.own is not None else None
    return coverage is not None and coverage.match is Match.MISMATCH and facts.media_type not in (STORE_ALONE, FRAGMENT)


def _product_gap(facts: Facts, signer: SignerAssessment) -> tuple[NotChecked, ...]:
    """That nobody looked whether the signing product conforms, where the official list vouches for the signer."""
    if signer.label is not Label.OFFICIAL or facts.product_lists:
        return ()
    return (gap(say("gap.product"), say("gap.product.why")),)


def _unchecked(facts: Facts, signer: SignerAssessment) -> NotChecked:
    """Why nobody said whether the certificate was revoked."""
    if signer.revocation.is_cut:
        return _unasked("cut")
    if not facts.is_online:
        return _unasked("offline")
    if not signer.asks:
        return _unasked("nobody")
    outcomes = {contact.outcome for contact in facts.contacts if contact.purpose == "revocation"}
    refused = sorted(outcomes - {"answered"})
    return gap(say("gap.revocation"), because(refused[0])) if refused else _unasked("unbelieved")


def _unasked(why: str) -> NotChecked:
    return gap(say("gap.revocation"), say(f"gap.revocation.{why}"))


def _own_code(
    facts: Facts, code: str, name: str, signer: SignerAssessment, subject: str, detail: dict[str, Json]
) -> Iterator[Draft]:
    """One of our own codes as findings."""
    if code in _LISTS:
        yield _own(code, Status.PASS, listed(signer, name, facts.list_dates), subject, detail)
    elif code == PUBLISHER:
        label = shown_label(signer.publisher, is_said=signer.is_publisher_said)
        statement = publisher(signer, name)
        yield _own(code, Status.PASS, statement, subject, {**detail, "publishers": label})
    elif code in _AGAINST:
        statement = say(f"{code}{_when(code, signer)}", who=called(name), **_moment(code, signer))
        yield _own(code, _AGAINST[code], statement, subject, detail)
        covered = f"{COVERED}.{signer.would_be}"
        if code == "signer.expired" and has_sentence(covered):
            yield _own(COVERED, Status.ABSENT, say(covered), subject, {"label": str(signer.would_be)})
    elif code in _PRODUCT:
        yield _own(code, _PRODUCT[code], say(code), subject, detail)
    elif code == "signer.unreadable":
        yield _own(code, Status.UNKNOWN, say(code), subject, detail)
    else:
        yield _own("signer.unknown", Status.UNKNOWN, say("signer.unknown", who=called(name)), subject, detail)


def _when(code: str, signer: SignerAssessment) -> str:
    """Which certificate was not valid, and at which moment, as the end of a sentence's id."""
    if code not in ("signer.expired", "signer.not_yet_valid"):
        return ""
    whose = ".authority" if code == "signer.expired" and _is_in_time(signer) else ""
    return f"{whose}.stamped" if signer.moment_by == "time-stamp" else whose


def _moment(code: str, signer: SignerAssessment) -> dict[str, str]:
    return {"time": day(signer.moment)} if _when(code, signer).endswith("stamped") else {}


def _is_in_time(signer: SignerAssessment) -> bool:
    """Whether the signer's own certificate was valid at the moment that counts."""
    found = signer.certificate
    start, end = (found.not_before, found.not_after) if found is not None else (None, None)
    return start is not None and end is not None and start <= signer.moment <= end


def _bundled(facts: Facts, signer: SignerAssessment, name: str) -> Draft | None:
    """The second engine's dated lists, where the reader has none: labelled as what they are."""
    if facts.snapshot is None or facts.second is None or not set(signer.codes) <= _SILENT:
        return None
    if facts.second.state is not State.TRUSTED or facts.second.answers.get("trust") != VOUCHED:
        return None
    certificate = signer.certificate
    words = [*certificate.subject.values(), *certificate.issuer.values()] if certificate else []
    if any("encypher" in word.casefold() for word in words):
        # The snapshot holds the engine maker's own roots: those vouch for nobody here.
        return None
    statement = say("signer.bundled", name=name, dated=facts.snapshot.isoformat())
    detail = _detail(signer) | {"dated": facts.snapshot.isoformat(), "label": "bundled snapshot"}
    return Draft(
        code="signer.bundled",
        status=Status.PASS,
        statement=statement,
        source=source_of(facts.second),
        root=Root.CERTIFICATE,
        subject=facts.own.bound if facts.own else facts.name,
        detail=detail,
    )


def _updates(own: OwnCheck) -> list[Draft]:
    """Whoever signed an update above the bound manifest, apart: they never raise this line."""
    if own.history is None or own.active == own.bound:
        return []
    drafts = []
    for label, signer in sorted(own.signers.items()):
        check = own.checks.get(label)
        if label == own.bound or check is None or not _is_update_above(own, label):
            continue
        name = certificate_name(signer.certificate) or NOBODY
        same = own.signer is not None and signer.fingerprint and signer.fingerprint == own.signer.fingerprint
        who = called(name, vouched=signer.is_vouched)
        statement = say("signer.update.same" if same else "signer.update", who=who)
        drafts.append(_own("signer.update", Status.ABSENT, statement, label, _detail(signer)))
    return drafts


def _is_update_above(own: OwnCheck, label: str) -> bool:
    node = own.history.root if own.history else None
    while node is not None and node.check is not None and node.is_update:
        if node.check.label == label:
            return True
        node = next((child for child in node.children if child.link and child.link.relationship == "parentOf"), None)
    return False


def _detail(signer: SignerAssessment) -> dict[str, Json]:
    detail: dict[str, Json] = {
        "name": certificate_name(signer.certificate),
        "algorithm": signer.algorithm,
        "label": shown_label(signer.label, is_said=signer.is_said),
        "certificate_sha256": signer.fingerprint,
        "judged_at": instant(signer.moment),
        "judged_by": signer.moment_by,
        "revocation": str(signer.revocation.state),
    }
    certificate = signer.certificate
    if certificate:
        detail["issuer"] = _words(certificate.issuer)
        detail["serial"] = certificate.serial
        if certificate.not_before and certificate.not_after:
            detail["valid_from"] = instant(certificate.not_before)
            detail["valid_until"] = instant(certificate.not_after)
    if signer.outside:
        detail["outside"] = "authority" if _is_in_time(signer) else "signer"
    if signer.assurance_level is not None:
        detail["assurance_level"] = signer.assurance_level
    if signer.product:
        detail["product"] = signer.product
        detail["max_assurance_level"] = signer.max_assurance_level
    if signer.disallowed_signals:
        detail["disallowed_signals"] = list[Json](signer.disallowed_signals)
    if signer.violations:
        detail["violations"] = list[Json](signer.violations)
    if signer.test_key:
        detail["test_key"] = signer.test_key
    if signer.distrusted_by is not None:
        detail["distrusted_by"] = signer.distrusted_by.describe()
    return detail


def _by_engine(facts: Facts) -> Answer:
    """By the first engine's chain check; only where ours is missing.

    It keeps neither the kinds of lists apart nor knows whom the reader distrusts, so that nobody passes by it: whoever
    makes a file can make it one that our own check gives up on.
    """
    manifest = facts.bound
    if manifest is None or manifest.signer is None or manifest.signer.certificate is None:
        unbound = manifest is None and facts.own is not None and not facts.own.problem
        statement = say("signer.unbound" if unbound else "signer.unreadable")
        draft = _draft(facts, "signer.unreadable", Status.UNKNOWN, statement, "")
        return Answer(summary=draft.statement, drafts=(draft,))
    drafts = [_who(facts, manifest)]
    drafts.extend(_certificate_failures(facts, manifest))
    drafts.sort(key=lambda draft: draft.status is not Status.FAIL)
    return Answer(summary=drafts[0].statement, drafts=tuple(drafts), not_checked=(_unasked("offline"), *own_gap(facts)))


def _who(facts: Facts, manifest: Manifest) -> Draft:
    """One finding about the certificate and the lists."""
    certificate = manifest.signer.certificate if manifest.signer else None
    name = certificate_name(certificate) or NOBODY
    codes = facts.codes_of(manifest)
    detail: dict[str, Json] = {
        "name": name,
        "algorithm": manifest.signer.algorithm if manifest.signer else "",
    }
    if certificate:
        detail["issuer"] = _words(certificate.issuer)
        detail["serial"] = certificate.serial
        if certificate.not_before and certificate.not_after:
            detail["valid_from"] = instant(certificate.not_before)
            detail["valid_until"] = instant(certificate.not_after)
    code, sentence = _standing(facts, manifest, codes)
    return _draft(facts, code, Status.UNKNOWN, say(sentence, who=called(name)), manifest.label, detail)


def _standing(facts: Facts, manifest: Manifest, codes: tuple[ValidationCode, ...]) -> tuple[str, str]:
    """Code and sentence for what an engine alone says of a signer."""
    if not has(codes, "claimSignature.validated"):
        return "signer.unestablished", "signer.unestablished"
    if facts.own is not None and not facts.own.problem:
        return "signer.unestablished", "signer.unestablished.form"
    expired = facts.expired(manifest)
    if has(codes, "signingCredential.trusted") and not expired:
        return "signer.listed", "signer.listed"
    return ("signer.expired", "signer.expired") if expired else ("signer.unknown", "signer.unknown")


def _certificate_failures(facts: Facts, manifest: Manifest) -> list[Draft]:
    """Failures of the certificate itself: revoked, or against the profile."""
    drafts = []
    for code in sorted({c.code for c in failures(facts.codes_of(manifest)) if c.code.startswith("signingCredential.")}):
        if code in ("signingCredential.untrusted", "signingCredential.expired"):
            continue
        sentence = "signer.engine.revoked" if "revoked" in code else "signer.engine.irregular"
        drafts.append(_draft(facts, code, Status.FAIL, say(sentence), manifest.label))
    return drafts


def _words(names: Mapping[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(names.items()))


def _draft(
    facts: Facts, code: str, status: Status, statement: Said, subject: str, detail: Mapping[str, Json] | None = None
) -> Draft:
    return Drafter(source_of(facts.first), Root.CERTIFICATE)(code, status, statement, subject or facts.name, detail)

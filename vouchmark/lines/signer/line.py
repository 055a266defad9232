"""Who signed, and who vouches for that signer?

A name in a certificate is shown as that maker's name only where a list vouches for the certificate; else it is
"a signer who calls itself …". A certificate that has expired is another sentence than an unknown signer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provenance.credentials.certificates.ocsp import Revocation
from provenance.credentials.certificates.signer import SignerAssessment
from provenance.credentials.engines.model import Manifest, State
from provenance.credentials.history.manifest_check import ManifestCheck, SignatureState
from provenance.credentials.own_check import OwnCheck
from provenance.credentials.trust.view import Label
from vouchmark.lines.authority import Of
from vouchmark.lines.facts import (
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
from vouchmark.lines.signer.trust_words import among_publishers, shown_label, vouching
from vouchmark.render.safe import plain, quoted
from vouchmark.report import SERIOUSNESS, Json, Line, NotChecked, Root, Status

REVOCATION = NotChecked(what="revocation", why="network off")


OWN: Final = "vouchmark chain check"
"""The source of what we established ourselves."""
_own: Final = Drafter(OWN, Root.CERTIFICATE)

_LISTS: Final = frozenset({"signer.official", "signer.interim", "signer.yours"})
PUBLISHER: Final = "signer.publisher"

_AGAINST: Final = {
    "signer.distrusted": (Status.FAIL, "you distrust this signer or a certificate above it"),
    "signer.revoked": (Status.FAIL, "the certificate was revoked"),
    "signer.profile.violated": (Status.FAIL, "the certificate breaks the rules for signing Content Credentials"),
    "signer.test_key": (Status.FAIL, "the key is a public test key, with which anybody can sign"),
    "signer.not_yet_valid": (Status.UNKNOWN, "the certificate is not valid yet at the time of this report"),
    "signer.expired": (Status.UNKNOWN, "the certificate is out of date and no trusted time says when it signed"),
}

_SILENT: Final = frozenset({"signer.unknown", "signer.expired"})
"""What we say of a signer where the reader has no lists at all: the second engine's lists may know more."""
_REPORT: Final = "at the time of this report"
VOUCHED: Final = "valid_for_supplied_material"
"""The second engine's word for a chain that ends on one of its lists."""

_PRODUCT: Final = {
    "signer.product.listed": (
        Status.PASS,
        "The signing product is on the list of conforming products; its level of assurance and the origin that it "
        "states are within what that list allows.",
    ),
    "signer.product.unlisted": (Status.ABSENT, "The signing product is not on your list of conforming products."),
    "signer.assurance.exceeded": (
        Status.FAIL,
        "The certificate claims a higher assurance level than its product has on the list of conforming products.",
    ),
    "signer.signal.disallowed": (
        Status.FAIL,
        "The manifest states an origin that its product may not state, says the list of conforming products.",
    ),
}


_REVOCATION_CUT: Final = (
    "There are more or larger answers about its revocation than are looked at; one of the others may say that the "
    "signer's certificate was revoked."
)


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
    name = certificate_name(signer.certificate) or "nobody in particular"
    revocation = () if signer.revocation.state is not Revocation.NOT_CHECKED else (_unchecked(facts, signer),)
    if check.signature is not SignatureState.VALID:
        statement = f"The signature does not verify, so it is not established that {_calls_itself(name)} signed this."
        draft = _own("signer.unestablished", Status.UNKNOWN, statement, own.bound, detail)
        return Answer(summary=statement, drafts=(draft, *identity.drafts(facts)), not_checked=revocation)
    drafts = [_own_code(code, name, signer, own.bound, detail) for code in signer.codes]
    bundled = _bundled(facts, signer, name)
    if bundled is not None:
        drafts = [bundled]
    elif any(draft.code in _AGAINST for draft in drafts):
        # What speaks against the signer says more than that no list vouches.
        drafts = [draft for draft in drafts if draft.code != "signer.unknown"]
    if signer.revocation.is_cut:
        drafts.append(_own("signer.revocation.cut", Status.UNKNOWN, _REVOCATION_CUT, own.bound, detail))
    drafts.extend(_updates(own))
    drafts.sort(key=lambda draft: SERIOUSNESS.index(draft.status))
    status, summary = drafts[0].status, drafts[0].statement
    published = next((one for one in drafts if one.code == PUBLISHER and one is not drafts[0]), None)
    if published is not None and status is Status.PASS:
        summary = f"{summary} {published.statement}"
    identities = identity.drafts(facts)
    mine = next((one for one in identities if one.detail.get("of") == str(Of.CONTENT)), None)
    if mine is not None and status is not Status.FAIL:
        summary = f"{summary} {mine.statement}"
    return Answer(
        summary=summary,
        drafts=(*drafts, *identities),
        not_checked=(*revocation, *_product_gap(facts, signer), *identity.not_checked(facts)),
        # An identity that somebody attached neither raises nor lowers the one who signed.
        status=status,
    )


def _product_gap(facts: Facts, signer: SignerAssessment) -> tuple[NotChecked, ...]:
    """That nobody looked whether the signing product conforms, where the official list vouches for the signer."""
    if signer.label is not Label.OFFICIAL or facts.product_lists:
        return ()
    return (NotChecked(what="the conforming product", why="no list of conforming products is kept"),)


def _unchecked(facts: Facts, signer: SignerAssessment) -> NotChecked:
    """Why nobody said whether the certificate was revoked."""
    if signer.revocation.is_cut:
        return NotChecked(what="revocation", why="there are more answers about it than are looked at")
    if not facts.is_online:
        return REVOCATION
    if not signer.asks:
        return NotChecked(what="revocation", why="the certificate names nobody to ask")
    outcomes = {contact.outcome for contact in facts.contacts if contact.purpose == "revocation"}
    refused = sorted(outcomes - {"answered"})
    return NotChecked(what="revocation", why=refused[0] if refused else "no answer that could be believed")


def _own_code(code: str, name: str, signer: SignerAssessment, subject: str, detail: dict[str, Json]) -> Draft:
    """One of our own codes as a finding."""
    if code in _LISTS:
        by = vouching(signer.label, is_said=signer.is_said)
        statement = f"Signed by {plain(name)}; {by} vouches for this signer."
        return _own(code, Status.PASS, statement, subject, detail)
    if code == PUBLISHER:
        label = shown_label(signer.publisher, is_said=signer.is_publisher_said)
        where = among_publishers(signer.publisher, is_said=signer.is_publisher_said)
        return _own(code, Status.PASS, f"Signed by {plain(name)}, {where}.", subject, {**detail, "publishers": label})
    if code in _AGAINST:
        status, words = _AGAINST[code]
        words = _dates(code, signer) or words
        would = "" if signer.would_be is Label.UNKNOWN else vouching(signer.would_be, is_said=False).rstrip(",")
        rest = f" ({would} names it)" if code == "signer.expired" and would else ""
        return _own(code, status, f"Signed by {_calls_itself(name)}; {words}{rest}.", subject, detail)
    if code in _PRODUCT:
        status, statement = _PRODUCT[code]
        return _own(code, status, statement, subject, detail)
    if code == "signer.unreadable":
        return _own(code, Status.UNKNOWN, "The signer's certificate could not be read.", subject, detail)
    statement = f"Signed by {_calls_itself(name)}; no list that you use vouches for this signer."
    return _own("signer.unknown", Status.UNKNOWN, statement, subject, detail)


def _dates(code: str, signer: SignerAssessment) -> str:
    """Which certificate was not valid, and when; empty where the code speaks of something else than dates."""
    trusted = day(signer.moment) if signer.moment_by == "time-stamp" else ""
    if code == "signer.not_yet_valid" and trusted:
        return f"the only trusted time, {trusted}, lies before the certificate was valid"
    if code != "signer.expired":
        return ""
    if _is_in_time(signer):
        return f"a certificate above it was not valid {f'on {trusted}, the only trusted time' if trusted else _REPORT}"
    return f"the only trusted time, {trusted}, lies after its certificate's expiry" if trusted else ""


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
    statement = (
        f"Signed by {plain(name)}, says a list of {facts.snapshot.isoformat()} that came with the second engine."
    )
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
        name = certificate_name(signer.certificate) or "nobody in particular"
        words = plain(name) if signer.is_vouched else _calls_itself(name)
        if own.signer is not None and signer.fingerprint and signer.fingerprint == own.signer.fingerprint:
            words = f"the same signer ({words})"
        statement = f"A later update, which changes no content, was signed by {words}."
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
        words = "The signer's certificate could not be read."
        if manifest is None and facts.own is not None and not facts.own.problem:
            words = "No manifest is bound to this content, so that nobody is known to have signed it."
        draft = _draft(facts, "signer.unreadable", Status.UNKNOWN, words, "")
        return Answer(summary=draft.statement, drafts=(draft,))
    drafts = [_who(facts, manifest)]
    drafts.extend(_certificate_failures(facts, manifest))
    drafts.sort(key=lambda draft: draft.status is not Status.FAIL)
    return Answer(summary=drafts[0].statement, drafts=tuple(drafts), not_checked=(REVOCATION, *own_gap(facts)))


def _who(facts: Facts, manifest: Manifest) -> Draft:
    """One finding about the certificate and the lists."""
    certificate = manifest.signer.certificate if manifest.signer else None
    name = certificate_name(certificate) or "nobody in particular"
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
    if not has(codes, "claimSignature.validated"):
        statement = f"The signature does not verify, so it is not established that {_calls_itself(name)} signed this."
        return _draft(facts, "signer.unestablished", Status.UNKNOWN, statement, manifest.label, detail)
    if facts.own is not None and not facts.own.problem:
        statement = (
            "The signature is of a form that our own check cannot read, so it is not established that "
            f"{_calls_itself(name)} signed this."
        )
        return _draft(facts, "signer.unestablished", Status.UNKNOWN, statement, manifest.label, detail)
    expired = facts.expired(manifest)
    if has(codes, "signingCredential.trusted") and not expired:
        statement = (
            f"Signed by {_calls_itself(name)}; one engine finds it on a list that you use, and our own check, which "
            "would tell on which kind of list, is missing."
        )
        return _draft(facts, "signer.listed", Status.UNKNOWN, statement, manifest.label, detail)
    if expired:
        statement = (
            f"Signed by {_calls_itself(name)}; the certificate is out of date and no trusted time says when it signed."
        )
        return _draft(facts, "signer.expired", Status.UNKNOWN, statement, manifest.label, detail)
    statement = f"Signed by {_calls_itself(name)}; no list that you use vouches for this signer."
    return _draft(facts, "signer.unknown", Status.UNKNOWN, statement, manifest.label, detail)


def _certificate_failures(facts: Facts, manifest: Manifest) -> list[Draft]:
    """Failures of the certificate itself: revoked, or against the profile."""
    drafts = []
    for code in sorted({c.code for c in failures(facts.codes_of(manifest)) if c.code.startswith("signingCredential.")}):
        if code in ("signingCredential.untrusted", "signingCredential.expired"):
            continue
        words = (
            "The signer's certificate was revoked."
            if "revoked" in code
            else "The signer's certificate breaks the rules."
        )
        drafts.append(_draft(facts, code, Status.FAIL, words, manifest.label))
    return drafts


def _calls_itself(name: str) -> str:
    return f"a signer who calls itself {quoted(name)}"


def _words(names: Mapping[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(names.items()))


def _draft(
    facts: Facts, code: str, status: Status, statement: str, subject: str, detail: Mapping[str, Json] | None = None
) -> Draft:
    return Drafter(source_of(facts.first), Root.CERTIFICATE)(code, status, statement, subject or facts.name, detail)

"""Rows on verifiers, times, AI, identities, people, likeness, and what there is not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

from provenance.credentials.certificates.time_trust import Doubt, StampAssessment
from provenance.credentials.certificates.timestamp import Flaw
from provenance.credentials.engines.model import Outcome, State
from provenance.credentials.history.ai_statements import AiStatement, Carrier
from provenance.credentials.history.statements import Role, SignedTime
from provenance.credentials.identities.identity import AGGREGATION, IdentityCheck, VerifiedIdentity
from provenance.credentials.trust.view import Label
from provenance.hashes.pictures.pdq import Orientation
from provenance.metadata import Meaning, Sort, Statement
from provenance.pictures.preview import Preview, Previews
from provenance.reasons import Reason
from provenance.written.times import Span
from tests.vouchmark.readings import AT, certificate, facts, manifest, own_check, reading
from tests.vouchmark.wording.rows import group, row
from vouchmark.examination.pictures import pictures_of
from vouchmark.lines.ai import signed as ai_signed
from vouchmark.lines.ai import training as ai_training
from vouchmark.lines.ai import unsigned as ai_unsigned
from vouchmark.lines.authority import WHY, Of, Speaker, Standing
from vouchmark.lines.engines import line as engines
from vouchmark.lines.known import line as known
from vouchmark.lines.known import original, words
from vouchmark.lines.nothing import nothing_to_look_at
from vouchmark.lines.person import line as person
from vouchmark.lines.person.names import issuer_names
from vouchmark.lines.signer import identity
from vouchmark.lines.time import line as time
from vouchmark.lines.time import order
from vouchmark.render.headline import additions
from vouchmark.render.scope import period_phrase, scope_phrase
from vouchmark.report import Finding, Line, Message, Root, Status
from vouchmark.wording.catalogue import say, together


# There is nothing to look at.
def lacking(line: Line, outcome: Outcome, **changes: Any) -> Callable[[], Any]:
    reason = changes.pop("reason", None)
    return lambda: nothing_to_look_at(facts(reading(outcome=outcome, reason=reason), **changes), line)


for _line in (Line.SIGNER, Line.TIME, Line.HISTORY, Line.AI, Line.CLAIM):
    group(
        {
            f"nothing.{_line}.absent": lacking(_line, Outcome.ABSENT),
            f"nothing.{_line}.unreadable": lacking(_line, Outcome.ERROR),
            f"nothing.{_line}.fragment": lacking(_line, Outcome.UNPARSABLE, media_type="video/iso.segment"),
            f"nothing.{_line}.remote": lacking(_line, Outcome.REMOTE),
            f"nothing.{_line}.remote.refused": lacking(_line, Outcome.REMOTE, is_online=True),
            f"nothing.{_line}.unsupported": lacking(_line, Outcome.UNSUPPORTED, reason=Reason.TYPE),
            f"nothing.{_line}.unsupported.here": lacking(_line, Outcome.UNSUPPORTED),
            f"nothing.{_line}.unreached": lacking(_line, Outcome.ABSENT, own=own_check()),
        }
    )
row("nothing.skipped", lacking(Line.AI, Outcome.SKIPPED), lacking(Line.AI, Outcome.ABSENT))


# What an engine came to.
def unread(outcome: Outcome, reason: Any = None) -> Callable[[], Any]:
    return lambda: engines._unread(reading(outcome=outcome, reason=reason))


group(
    {
        "engines.says.absent": unread(Outcome.ABSENT),
        "engines.says.remote": unread(Outcome.REMOTE),
        "engines.says.unsupported": unread(Outcome.UNSUPPORTED),
        "engines.says.too_deep": unread(Outcome.UNSUPPORTED, Reason.TOO_DEEP),
        "engines.says.unparsable": unread(Outcome.UNPARSABLE),
        "engines.says.chain-depth": unread(Outcome.UNPARSABLE, Reason.CHAIN_DEPTH),
        "engines.says.claim": unread(Outcome.UNPARSABLE, Reason.CLAIM),
        "engines.says.assertion": unread(Outcome.UNPARSABLE, Reason.ASSERTION),
        "engines.says.rules": unread(Outcome.UNPARSABLE, Reason.RULES),
        "engines.says.parts": unread(Outcome.UNPARSABLE, Reason.PARTS),
        "engines.says.failed": unread(Outcome.ERROR),
        "engines.says.nothing": unread(Outcome.SKIPPED),
    }
)


def both(first: Any, second: Any = None, **changes: Any) -> Callable[[], Any]:
    return lambda: engines.answer(facts(first, second=second, **changes))


_FOUND = reading(manifest())
_NONE = reading(outcome=Outcome.ABSENT, engine="encypher-c2pa")
group(
    {
        "engines.unread.file": both(_FOUND, unreadable="folder"),
        "engines.unasked": both(reading(outcome=Outcome.SKIPPED)),
        "engines.unbuilt": both(_FOUND, missing=("encypher-c2pa",)),
        "engines.nothing": both(reading(outcome=Outcome.ABSENT, reason=Reason.NOTHING_TO_READ)),
        "engines.large": both(_FOUND, reading(outcome=Outcome.SKIPPED, reason=Reason.SIZE, engine="encypher-c2pa")),
        "engines.incomparable.failed": both(_FOUND, reading(outcome=Outcome.ERROR, engine="encypher-c2pa")),
        "engines.incomparable.unread": both(_FOUND, reading(outcome=Outcome.UNSUPPORTED, engine="encypher-c2pa")),
        "engines.neither.unsupported": both(
            reading(outcome=Outcome.UNSUPPORTED), reading(outcome=Outcome.UNSUPPORTED, engine="encypher-c2pa")
        ),
        "engines.neither.unparsable": both(
            reading(outcome=Outcome.UNPARSABLE), reading(outcome=Outcome.UNPARSABLE, engine="encypher-c2pa")
        ),
        "engines.unread": both(_FOUND, reading(outcome=Outcome.UNPARSABLE, engine="encypher-c2pa")),
        "engines.agree.absent": both(reading(outcome=Outcome.ABSENT), _NONE),
        "engines.differ.presence.why": both(_FOUND, _NONE),
        "engines.agree.holds": both(_FOUND, reading(manifest(), engine="encypher-c2pa")),
        "engines.agree.holds.trust": both(_FOUND, reading(manifest(), state=State.TRUSTED, engine="encypher-c2pa")),
    }
)
group(
    {
        "gap.second.unasked": both(_FOUND),
        "gap.second.unbuilt": both(_FOUND, missing=("encypher-c2pa",)),
        "gap.second.large": both(_FOUND, reading(outcome=Outcome.SKIPPED, reason=Reason.SIZE, engine="encypher-c2pa")),
    }
)
row("gap.second", both(_FOUND), both(_FOUND, _NONE))


# Time stamps.
def stamped(*, trusted: bool = False, now: dt.datetime = AT, shown: str = "", **changes: Any) -> Callable[[], Any]:
    codes = ("timeStamp.validated", *(("timeStamp.trusted",) if trusted else ()))
    told: dict[str, Any] = {"codes": codes, "time": AT, "authority": certificate("Clockwork")} | changes
    return lambda: time._own_stamp(manifest(), StampAssessment(**told), own_check(), now, shown)


_EXPIRED = certificate("Clockwork", until=2025)
_STAMPS: Final[dict[str, dict[str, Any]]] = {
    "time.trusted": {"trusted": True, "label": Label.YOURS},
    "time.trusted.interim": {"trusted": True, "label": Label.INTERIM},
    "time.trusted.said": {"trusted": True, "is_said": True},
    "time.trusted.kept": {"trusted": True, "is_kept": True},
    "time.trusted.nameless": {"trusted": True, "authority": None},
    **{
        f"time.{word}{kept}": {"is_kept": bool(kept), **facts}
        for kept in ("", ".kept")
        for word, facts in (
            ("unlisted", {"doubt": Doubt.UNLISTED}),
            ("distrusted", {"doubt": Doubt.DISTRUSTED}),
            ("weak", {"doubt": Doubt.WEAK}),
            ("outside", {"doubt": Doubt.OUTSIDE, "authority": _EXPIRED}),
            ("outside.above", {"doubt": Doubt.OUTSIDE}),
            ("later", {"doubt": Doubt.LATER}),
            ("loose", {"doubt": Doubt.LOOSE}),
        )
    },
}
group(
    {
        f"{word}{shown}": stamped(shown=shown, **facts)
        for word, facts in _STAMPS.items()
        for shown in (time._shown(legacy=old, other_bytes=other) for old in (False, True) for other in (False, True))
    }
)
row("authority.named", stamped(doubt=Doubt.UNLISTED), stamped(doubt=Doubt.UNLISTED, authority=None))
row("authority.nameless", stamped(doubt=Doubt.UNLISTED, authority=None), stamped(doubt=Doubt.UNLISTED))
group(
    {
        "time.flaw.unfit": stamped(time=None, flaw=Flaw.OTHER_BYTES),
        "time.flaw.unreadable": stamped(time=None, flaw=Flaw.UNREADABLE),
        "time.flaw.unsupported": stamped(time=None, flaw=Flaw.UNSUPPORTED),
        "time.flaw.several": stamped(time=None, flaw=Flaw.SEVERAL),
        "time.flaw.no-certificate": stamped(time=None, flaw=Flaw.NO_CERTIFICATE),
        "time.flaw.broken": stamped(time=None, flaw=Flaw.BROKEN),
        "time.none": stamped(codes=()),
    }
)


def valid(moment: dt.datetime, by: str) -> Callable[[], Any]:
    signer: Any = SimpleNamespace(certificate=certificate(), moment=moment, moment_by=by)
    return lambda: time._certificate(manifest(), signer)


_LATE = dt.datetime(2035, 1, 1, tzinfo=dt.UTC)
group(
    {
        "time.certificate.stamped.inside": valid(AT, "time-stamp"),
        "time.certificate.stamped.outside": valid(_LATE, "time-stamp"),
        "time.certificate.inside": valid(AT, "asked"),
        "time.certificate.outside": valid(_LATE, "asked"),
    }
)


def spanned(days: float, *, zoned: bool = True) -> Callable[[], Any]:
    moment = AT + dt.timedelta(days=days)
    return lambda: order._gap(Span(start=moment, end=moment, zoned=zoned), AT)


group(
    {
        "time.gap.same": spanned(0),
        "time.gap.same.zone": spanned(0, zoned=False),
        "time.gap.before": spanned(-3),
        "time.gap.before.least": spanned(-3, zoned=False),
        "time.gap.after": spanned(3),
        "time.gap.after.least": spanned(3, zoned=False),
    }
)
group(
    {
        f"span.{unit}": lambda seconds=seconds: order.length_of(dt.timedelta(seconds=seconds))  # type: ignore[misc]
        for unit, seconds in (
            ("second", 1), ("seconds", 90), ("minutes", 600), ("hours", 20_000), ("days", 900_000),
            ("years", 90_000_000),
        )
    }
)  # fmt: skip


def happened(where: str) -> Callable[[], Any]:
    span = Span(start=AT, end=AT, zoned=True)
    return lambda: order.what_happened(SignedTime(where=where, assertion="", role=Role.CREATED, written="", span=span))


group(
    {
        "done.created": happened("c2pa.created"),
        "done.edited": happened("c2pa.edited"),
        "done.published": happened("c2pa.published"),
        "done.opened": happened("c2pa.opened"),
        "done.captured": happened("exif:DateTimeOriginal"),
        "done.digitised": happened("exif:DateTimeDigitized"),
        "done.position": happened("exif:GPSTimeStamp"),
        "done.changed": happened("xmp:ModifyDate"),
        "done.other": happened("org.example.drawn"),
    }
)
_YEAR = Span(start=AT, end=AT + dt.timedelta(days=364), zoned=False)
row("when.day", lambda: order.when_of(Span(start=AT, end=AT, zoned=True)), lambda: order.when_of(_YEAR))
row("when.month", lambda: order.when_of(_YEAR), lambda: order.when_of(Span(start=AT, end=AT, zoned=True)))


# What is declared of AI.
def declared(written: str) -> Callable[[], Any]:
    address = f"http://cv.iptc.org/newscodes/digitalsourcetype/{written}"
    return lambda: ai_signed.meaning_of(
        told(AiStatement(carrier=Carrier.ACTION, written=address, action="c2pa.created"))
    )()


def told(statement: AiStatement, of: Of = Of.CONTENT) -> ai_signed.Said:
    return ai_signed.Said(statement=statement, speaker=speaker(of), of=of, counts=True)


def speaker(of: Of = Of.CONTENT, standing: Standing = Standing.LISTED) -> Speaker:
    return Speaker(
        label="active", of=of, name="Harbour Press", standing=standing, weakest=standing, fingerprint="", in_order=True
    )


_TYPES = (
    "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic", "trainedAlgorithmicData",
    "algorithmicMedia", "algorithmicallyEnhanced", "dataDrivenMedia", "virtualRecording", "digitalCapture",
    "computationalCapture", "negativeFilm", "positiveFilm", "print", "screenCapture", "humanEdits", "minorHumanEdits",
    "digitalCreation", "digitalArt", "composite", "compositeCapture", "softwareImage", "empty",
)  # fmt: skip
group({f"ai.that.{kind}": declared(kind) for kind in _TYPES} | {"ai.that.other": declared("neverHeardOf")})


def carried(carrier: Carrier, **changes: Any) -> Callable[[], Any]:
    fields: dict[str, Any] = {"carrier": carrier, "written": "words", "software": "Midjourney"} | changes
    return lambda: ai_signed.meaning_of(told(AiStatement(**fields)))()


group(
    {
        "ai.that.generated.by": carried(Carrier.CONTENT),
        "ai.that.edited.by": carried(Carrier.DESCRIPTION, means=Meaning.EDITED),
        "ai.that.used.by": carried(Carrier.SYSTEM),
        "ai.that.used": carried(Carrier.DISCLOSURE),
        "ai.that.disclosed": carried(Carrier.DISCLOSURE, fields=(("modelName", "x"),)),
        "ai.that.prompt": carried(Carrier.INPUT, written="c2pa.types.generator.prompt"),
        "ai.that.seed": carried(Carrier.INPUT, written="c2pa.types.generator.seed"),
        "ai.that.program": carried(Carrier.INPUT, written="c2pa.types.generator"),
        "ai.that.model": carried(Carrier.INPUT, written="c2pa.types.model"),
        "ai.that.unread": carried(Carrier.UNREAD),
        "ai.that.unread.words": carried(Carrier.UNREAD, means=Meaning.OTHER),
        "ai.that.generator": carried(Carrier.AGENT, action="c2pa.created"),
        "ai.that.also_generates": carried(Carrier.AGENT, action="c2pa.created", software="Adobe Photoshop"),
        "ai.that.step": carried(Carrier.AGENT, action="c2pa.edited"),
    }
)
group(
    {
        "disclosed.model": carried(Carrier.DISCLOSURE, fields=(("modelName", "x"),)),
        "disclosed.share": carried(Carrier.DISCLOSURE, fields=(("a.contentProportion", "x"),)),
        "disclosed.oversight": carried(Carrier.DISCLOSURE, fields=(("a.humanOversightLevel", "x"),)),
    }
)


def stated(kind: Sort, value: str = "", meaning: Meaning = Meaning.USED, system: str = "") -> Callable[[], Any]:
    one = Statement(kind=kind, value=value, where="XMP", meaning=meaning, system=system)

    def said() -> Any:
        found = ai_unsigned._says(one)
        return {"id": found[1][0]} if found is not None else {}

    return said


group(
    {f"ai.says.{kind}": stated(Sort.SOURCE_TYPE, kind) for kind in _TYPES}
    | {
        "ai.says.other": stated(Sort.SOURCE_TYPE, "neverHeardOf"),
        "ai.says.parameters": stated(Sort.PARAMETERS, system="x"),
        "ai.says.generator": stated(Sort.SOFTWARE, meaning=Meaning.GENERATED),
        "ai.says.also_generates": stated(Sort.SOFTWARE),
        "ai.says.credit": stated(Sort.CREDIT),
        "ai.says.system": stated(Sort.SYSTEM),
        "ai.says.prompt": stated(Sort.PROMPT),
        "ai.says.label": stated(Sort.LABEL, meaning=Meaning.GENERATED, system="GB 45438-2025"),
        "ai.says.label.possible": stated(Sort.LABEL, meaning=Meaning.POSSIBLE, system="GB 45438-2025"),
        "ai.says.tiktok": stated(Sort.LABEL, system="TikTok"),
        "ai.says.noted": stated(Sort.LABEL, system="x"),
    }
    | {
        f"ai.says.mining.{word}": stated(Sort.TRAINING, f"DMI-{end}")
        for word, end in (
            ("allowed", "ALLOWED"), ("prohibited", "PROHIBITED"), ("training", "PROHIBITED-AIMLTRAINING"),
            ("generative", "PROHIBITED-GENAIMLTRAINING"), ("search", "PROHIBITED-EXCEPTSEARCHENGINEINDEXING"),
            ("constraint", "PROHIBITED-SEECONSTRAINT"), ("embedded", "PROHIBITED-SEEEMBEDDEDRIGHTSEXPR"),
            ("linked", "PROHIBITED-SEELINKEDRIGHTSEXPR"),
        )
    }
)  # fmt: skip


# Training.
def trained(answer: str, of: Of = Of.CONTENT, **changes: Any) -> Callable[[], Any]:
    standing = changes.pop("standing", Standing.LISTED)
    statement = AiStatement(carrier=Carrier.TRAINING, written="", fields=(("ai_training", answer),), **changes)
    one = ai_signed.Said(statement=statement, speaker=speaker(of, standing), of=of, counts=True)
    return lambda: list(ai_training._of_one(facts(reading(manifest())), [one]))


for _answer in ("notAllowed", "constrained", "allowed"):
    group(
        {
            f"ai.training.{_answer}{'.passed_on' if gathered else ''}{end}": trained(_answer, of, gathered=gathered)
            for gathered in (False, True)
            for end, of in (("", Of.CONTENT), (".earlier", Of.EARLIER), (".part", Of.PART), (".input", Of.INPUT))
        }
        | {f"ai.training.{_answer}.update": trained(_answer, Of.UPDATE)}
    )
group(
    {
        f"ai.training.unread{end}": trained("perhaps", of)
        for end, of in (("", Of.CONTENT), (".earlier", Of.EARLIER), (".part", Of.PART), (".input", Of.INPUT))
    }
)
group(
    {
        f"use.{use}": lambda use=use: ai_training._told({use: "allowed"}, "")  # type: ignore[misc]
        for use in ("data_mining", "ai_training", "ai_generative_training", "ai_inference")
    }
)
group({why: lambda standing=standing: speaker(Of.EARLIER, standing).but for standing, why in WHY.items()})  # type: ignore[misc]


# Identities.
def attached(*codes: str, sort: str = "cawg.x509.cose", **changes: Any) -> IdentityCheck:
    fields: dict[str, Any] = {"manifest": "active", "label": "cawg.identity", "sig_type": sort, "codes": codes}
    return IdentityCheck(**(fields | {"name": "Jo"} | changes))


def known_of(of: Of = Of.CONTENT) -> Any:
    return {"active": SimpleNamespace(of=of)}


_CODES = (
    "cawg.identity.cbor.invalid", "cawg.identity.pad.invalid", "cawg.identity.assertion.mismatch",
    "cawg.identity.assertion.duplicate", "cawg.identity.hard_binding_missing", "cawg.identity.hard_binding_incorrect",
    "cawg.identity.credential_revoked", "signer.identity.conditions", "cawg.identity.sig_type.unknown",
    "cawg.x509.signature.mismatch", "cawg.x509.algorithm.unsupported", "cawg.x509.credential.invalid",
    "cawg.x509.signature.outside_validity", "cawg.x509.time_stamp.mismatch", "cawg.x509.time_stamp.malformed",
    "cawg.x509.time_stamp.outside_validity", "cawg.ica.invalid_cose_sign1", "cawg.ica.invalid_alg",
    "cawg.ica.invalid_content_type", "cawg.ica.invalid_verifiable_credential", "cawg.ica.invalid_issuer",
    "cawg.ica.invalid_did_document", "cawg.ica.did_unavailable", "cawg.ica.did_unsupported_method",
    "cawg.ica.signature_mismatch", "cawg.ica.signer_payload.mismatch", "cawg.ica.time_stamp.invalid",
    "cawg.ica.valid_from.missing", "cawg.ica.valid_from.invalid", "cawg.ica.valid_until.invalid",
    "cawg.ica.revocation.unsupported", "cawg.ica.verified_identities.missing", "cawg.ica.verified_identities.invalid",
)  # fmt: skip
group({f"identity.why.{code}": lambda code=code: identity._about(known_of(), attached(code)) for code in _CODES})  # type: ignore[misc]
_OPEN = "cawg.x509.credential.untrusted"
group(
    {
        "identity.why.unlisted": lambda: identity._about(known_of(), attached(_OPEN)),
        "identity.why.service": lambda: identity._about(known_of(), attached(_OPEN, sort=AGGREGATION)),
        "identity.why.distrusted": lambda: identity._about(known_of(), attached(_OPEN, distrusted="x")),
        "identity.why.test_key": lambda: identity._about(known_of(), attached(_OPEN, test_key="x")),
    }
)
row(
    "identity.but.broken",
    lambda: identity._about(known_of(), attached("cawg.x509.signature.mismatch")),
    lambda: identity._about(known_of(), attached(_OPEN)),
)
row(
    "identity.but.open",
    lambda: identity._about(known_of(), attached(_OPEN)),
    lambda: identity._about(known_of(), attached("cawg.x509.signature.mismatch")),
)
_OFS = (
    ("", Of.CONTENT), (".earlier", Of.EARLIER), (".part", Of.PART), (".input", Of.INPUT), (".update", Of.UPDATE),
)  # fmt: skip
group({f"identity.of{end}": lambda of=of: identity._unestablished(known_of(of), attached()) for end, of in _OFS})  # type: ignore[misc]
group(
    {
        f"identity.what{number}{end}": lambda of=of, names=names: identity._about(  # type: ignore[misc]
            known_of(of), attached(_OPEN, references=names)
        )
        for number, names in (("", ()), (".one", ("a",)), (".several", ("a", "b")))
        for end, of in _OFS
    }
)
row(
    "identity.unestablished",
    lambda: identity._unestablished(known_of(), attached(name="")),
    lambda: identity._unestablished(known_of(), attached()),
)
row(
    "identity.unestablished.named",
    lambda: identity._unestablished(known_of(), attached()),
    lambda: identity._unestablished(known_of(), attached(name="")),
)
_HOLDS = "cawg.identity.trusted"
group(
    {
        "identity.listed.official": lambda: identity._listed(attached(_HOLDS, listed=Label.OFFICIAL)),
        "identity.listed.interim": lambda: identity._listed(attached(_HOLDS, listed=Label.INTERIM)),
        "identity.listed.yours": lambda: identity._listed(attached(_HOLDS, listed=Label.YOURS)),
        "identity.listed.said": lambda: identity._listed(attached(_HOLDS, listed=Label.OFFICIAL, is_said=True)),
        "identity.listed.iptc": lambda: identity._listed(attached(_HOLDS, listed=Label.IPTC)),
        "identity.listed.iptc.said": lambda: identity._listed(attached(_HOLDS, listed=Label.IPTC, is_said=True)),
    }
)
row(
    "identity.trusted",
    lambda: identity._about(known_of(), attached(_HOLDS, listed=Label.YOURS)),
    lambda: identity._about(known_of(), attached(_OPEN)),
)
row(
    "identity.says",
    lambda: identity._about(known_of(), attached(_OPEN)),
    lambda: identity._about(known_of(), attached(_HOLDS, listed=Label.YOURS)),
)
row(
    "identity.nameless",
    lambda: identity._about(known_of(), attached(_OPEN, name="")),
    lambda: identity._about(known_of(), attached(_OPEN)),
)


def service(*codes: str, issuer: str = "did:web:x", who: tuple[VerifiedIdentity, ...] = ()) -> Callable[[], Any]:
    return lambda: identity._about(known_of(), attached(*codes, sort=AGGREGATION, issuer=issuer, identities=who))


_UNTRUSTED = "cawg.ica.untrusted_issuer"
group(
    {
        "identity.service": service(_UNTRUSTED),
        "identity.service.nameless": service(_UNTRUSTED, issuer="did:jwk:x"),
        "identity.service.said": service("cawg.ica.did_unavailable"),
        "identity.service.said.nameless": service("cawg.ica.did_unavailable", issuer="did:jwk:x"),
    }
)


def somebody(kind: str = "cawg.affiliation", **changes: Any) -> VerifiedIdentity:
    fields: dict[str, Any] = {"kind": kind, "name": "Jo", "username": "", "uri": "", "provider": "", "verified_at": ""}
    return VerifiedIdentity(**(fields | changes))


group(
    {
        f"identity.verified.{kind}{end}": service(
            _UNTRUSTED, who=(somebody(f"cawg.{kind}" if kind != "other" else "org.other", provider=provider),)
        )
        for kind in ("document_verification", "affiliation", "web_site", "social_media", "crypto_wallet", "other")
        for end, provider in (("", ""), (".provider", "Club"))
    }
)
row("identity.nobody", service(_UNTRUSTED), service(_UNTRUSTED, who=(somebody(),)))
row("identity.who", service(_UNTRUSTED, who=(somebody(),)), service(_UNTRUSTED, who=(somebody(name=""),)))
row("identity.who.somebody", service(_UNTRUSTED, who=(somebody(name=""),)), service(_UNTRUSTED, who=(somebody(),)))
_TWICE = ("cawg.x509.signature.mismatch", "cawg.identity.pad.invalid")
row(
    "identity.also.named",
    lambda: identity._about(known_of(), attached(*_TWICE)),
    lambda: identity._about(known_of(), attached(_TWICE[0])),
)
row(
    "identity.also",
    lambda: identity._about(known_of(), attached(*_TWICE, name="")),
    lambda: identity._about(known_of(), attached(*_TWICE)),
)


# People.
group({f"person.misplaced.{word}": lambda word=word: person.misplaced(word) for word in (  # type: ignore[misc]
    "other", "not-update", "broken", "unreferenced", "unreached", "parent", "several", "malformed", "too-large",
)})  # fmt: skip
row("person.absent", lambda: person._nothing("a", ()), lambda: person.unreadable("a"))
row("person.unreadable", lambda: person.unreadable("a"), lambda: person._nothing("a", ()))
row("person.clock", lambda: person.wrong_clock("a", "x"), lambda: person.unreadable("a"))
row("gap.vouches", lambda: person._left_out(3), lambda: person._left_out(0))
row("gap.vouches.why", lambda: person._left_out(3), lambda: person._left_out(0))
_NUMBER = "ab" * 32


def called(name: str = "Club", *, petname: str = "") -> Callable[[], Any]:
    given = {_NUMBER: petname} if petname else {}
    return lambda: list(issuer_names([(_NUMBER, name)], petnames=given).values())


group(
    {
        "issuer.own": called(),
        "issuer.own.number": called("Club deadbeef"),
        "issuer.called": called(petname="press"),
        "issuer.called.number": called("Club deadbeef", petname="press"),
    }
)
_MEDIA = f"public:media/{'0' * 64}"
group(
    {
        "scope.name": lambda: scope_phrase("public:review/cafe"),
        "scope.media": lambda: scope_phrase(_MEDIA),
        "scope.media.that": lambda: scope_phrase(_MEDIA, other=True),
    }
)
row("period.ever", lambda: period_phrase("ever"), lambda: period_phrase("2026-11"))
row("period.epoch", lambda: period_phrase("2026-11"), lambda: period_phrase("ever"))


# Likeness.
group(
    {
        f"uncompared.{reason}": lambda reason=reason: original._uncompared(facts(reading()), reason, original.GIVEN)  # type: ignore[misc]
        for reason in (
            "not-installed", "different-kinds", "unsupported", "undecodable", "too-many-pixels", "original-unsupported",
            "original-undecodable", "original-too-many-pixels", "no-entry", "no-thumbnail", "time-limit",
            "memory-limit",
            "crash", "unread", "other",
        )
    }
)  # fmt: skip
for _start in ("known.uncompared", "known.answer.uncompared"):
    group(
        {
            f"{_start}.{end}": lambda what=what: original._uncompared(facts(reading()), "crash", what)  # type: ignore[arg-type, misc]
            for end, what in (
                ("original", original.GIVEN),
                ("thumbnail", original.THUMBNAIL),
                ("kept", original.KEPT),
            )
        }
    )


def lies(x: int, y: int) -> Callable[[], Any]:
    return lambda: words.where((x, y, x + 10, y + 10), (100, 100))


group(
    {
        "region.middle": lies(45, 45), "region.top": lies(45, 0), "region.bottom": lies(45, 90),
        "region.left": lies(0, 45),
        "region.right": lies(90, 45), "region.upper-left": lies(0, 0), "region.upper-right": lies(90, 0),
        "region.lower-left": lies(0, 90), "region.lower-right": lies(90, 90),
    }
)  # fmt: skip
_STILL = {"across": 1.0, "down": 1.0, "mirrored": False, "rotation": 0.0}
_SIDES = {"left": 0.0, "top": 0.0, "right": 0.0, "bottom": 0.0}


def done(
    *, relit: bool = False, shown: float = 1, added: float = 0, sides: Any = None, bent: str = "",
    inside: tuple[int, int, int, int] | None = None, **moved: Any,
) -> Callable[[], Any]:  # fmt: skip
    found: Any = SimpleNamespace(
        movement=SimpleNamespace(**(_STILL | moved)),
        straightened=bent,
        inside=inside,
        relit=relit,
        shown=shown,
        added=added,
        plain=True,
        regions=(),
        cut=SimpleNamespace(**(_SIDES | (sides or {}))),
    )
    return lambda: words.how(found)


group(
    {
        "known.how.anew": done(),
        "made.light": done(relit=True),
        "made.shown": done(shown=0.5),
        "made.shown.cut": done(shown=0.5, sides={"left": 0.5}),
        "made.border": done(added=0.2),
        "made.perspective": done(bent="perspective"),
        "made.lens": done(bent="lens"),
        "made.inside": done(inside=(10, 20, 30, 40)),
        "made.stretched": done(across=0.5),
        "made.scaled": done(across=0.5, down=0.5),
        "made.mirrored": done(mirrored=True),
        "made.half": done(rotation=180.0),
        "made.clockwise": done(rotation=90.0),
        "made.anticlockwise": done(rotation=-90.0),
    }
)
row("known.how", done(relit=True), done())
group({f"crop.{side}": done(shown=0.5, sides={side: 0.5}) for side in _SIDES})


def around(**shares: float) -> Callable[[], Any]:
    empty = {"left": 0.0, "top": 0.0, "right": 0.0, "bottom": 0.0}
    return lambda: original._sides(SimpleNamespace(around=SimpleNamespace(**(empty | shares))))  # type: ignore[arg-type]


group(
    {
        "side.above": around(top=0.1),
        "side.below": around(bottom=0.1),
        "side.left": around(left=0.1),
        "side.right": around(right=0.1),
        "side.around": around(),
    }
)


def match(orientation: Orientation = Orientation.NONE, *, trimmed: bool = False) -> Callable[[], Any]:
    return lambda: known._bits(SimpleNamespace(orientation=orientation, is_trimmed=trimmed, distance=3))  # type: ignore[arg-type]


group(
    {
        "turned.rotate-90": match(Orientation.ROTATE_90),
        "turned.rotate-180": match(Orientation.ROTATE_180),
        "turned.rotate-270": match(Orientation.ROTATE_270),
        "turned.mirror": match(Orientation.MIRROR),
        "turned.flip": match(Orientation.FLIP),
        "turned.diagonal": match(Orientation.TRANSPOSE),
        "turned.trimmed": match(trimmed=True),
    }
)
row("known.near.bits", match(), match(trimmed=True))
row("known.near.bits.turned", match(trimmed=True), match())
group(
    {
        f"gap.unsearched.{reason}": lambda reason=reason: known.unsearched(reason)  # type: ignore[misc]
        for reason in (
            "no-picture", "unsupported", "undecodable", "too-small", "too-plain", "too-many-pixels", "no-frames",
            "not-installed", "time-limit", "memory-limit",
        )
    }
)  # fmt: skip


# Pictures for people's eyes.
def shown(media_type: str = "text/plain", reason: Any = "", drawn: Any = None) -> Callable[[], Any]:
    previews = Previews(pictures=(drawn,) if drawn is not None else (), reason=reason)
    return lambda: [picture.alt for picture in pictures_of("a", media_type, previews)]


def drawn(label: str = "", *, turned: bool = False, transparent: bool = False) -> Any:
    return Preview(label=label, data=b"x", is_turned=turned, is_transparent=transparent)


group(
    {
        f"picture.none.{word}": shown(media_type, reason)
        for word, media_type, reason in (
            ("not-drawn", "image/svg+xml", "not-drawn"), ("unsupported", "image/x", "unsupported"),
            ("too-many-pixels", "image/png", "too-many-pixels"), ("undecodable", "image/png", "undecodable"),
            ("time-limit", "image/png", "time-limit"), ("memory-limit", "image/png", "memory-limit"),
            ("video", "video/mp4", ""), ("audio", "audio/mpeg", ""), ("font", "font/otf", ""),
            ("image", "image/png", ""),
            ("other", "text/plain", ""),
        )
    }
)  # fmt: skip
row("picture.asset", shown(drawn=drawn()), shown())
row("picture.ancestor", shown(drawn=drawn("older")), shown(drawn=drawn()))
row("picture.turned", shown(drawn=drawn(turned=True)), shown(drawn=drawn()))
row("picture.transparent", shown(drawn=drawn(transparent=True)), shown(drawn=drawn()))
row(
    "both",
    lambda: together(say("nothing.unasked"), say("engines.unasked")),
    lambda: together(say("nothing.unasked")),
)


def removed_by(finding: Finding, more: str) -> Callable[[], Any]:
    return lambda: additions._gone(finding, more)


def _removal(of: str, **who: Any) -> Finding:
    message = Message("redaction", {"what": {"id": "redaction.what.ai"}, **who})
    return Finding(
        id="history.1",
        code="history.redaction.ai",
        status=Status.ABSENT,
        statement="",
        source="",
        root=Root.INGREDIENT,
        subject="",
        detail={"of": of, "removed": "ai"},
        message=message,
    )


_BY: dict[str, Any] = {"who": {"name": "Somebody", "vouched": ""}}
group(
    {
        f"headline.removed{of}{nobody}{more}": removed_by(_removal(what, **who), more)
        for of, what in (("", "this file"), (".earlier", "earlier file"))
        for nobody, who in (("", _BY), (".nobody", {}))
        for more in ("", ".more")
    }
)


def other(*, is_plain: bool = False, regions: int = 1) -> Any:
    """A comparison of which it cannot be told whether it is of an edit."""
    place = SimpleNamespace(share=0.1, strength=3.0, picture=(0, 0, 10, 10), original=(0, 0, 10, 10))
    sides = SimpleNamespace(**_SIDES)
    return SimpleNamespace(
        verdict="other", is_plain=is_plain, regions=(place,) * regions, share=0.1, shown=1, added=0, plain=True,
        movement=SimpleNamespace(agreement=0.5, inliers=30, **_STILL), straightened="", inside=None, relit=False,
        cut=sides, around=sides, reason=None, least=0.01, picture_size=(100, 100), original_size=(100, 100), map=b"",
        is_first=False, original_is_first=False,
    )  # fmt: skip


def answered_other(found: Any, what: str) -> Callable[[], Any]:
    against = original.Against(what, "" if what == original.THUMBNAIL else "a.jpg")
    return lambda: original._picture_answer(facts(reading()), found, against, source="", label="")


row("known.other.form", answered_other(other(is_plain=True), original.GIVEN), answered_other(other(), original.GIVEN))
row("known.other.broad", answered_other(other(), original.GIVEN), answered_other(other(is_plain=True), original.GIVEN))
for end, what in (("original", original.GIVEN), ("thumbnail", original.THUMBNAIL), ("kept", original.KEPT)):
    elsewhere = original.KEPT if what == original.GIVEN else original.GIVEN
    row(f"known.answer.other.{end}", answered_other(other(), what), answered_other(other(), elsewhere))
    row(f"known.other.vague.{end}", answered_other(other(regions=0), what), answered_other(other(), what))

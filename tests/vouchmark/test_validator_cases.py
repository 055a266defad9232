"""Does `check` answer as the conformance programme asks of a validator, group by group, with files of our own making?

The programme's input is an asset, a signer list, a time-stamping list and a validation time. Its groups are made here
with certificates and manifests of our own: assertions, claims, formats, ingredients, revocation (OCSP), signature, time
stamps and trust.

Here stands what the report says of them; the programme's 107 cases by name, with its own expected codes in crJSON and
through the installed command, stand in `test_programme.py`. What cannot be had here are the programme's own files: its
authorities and its generator. What is tested elsewhere: deeper faults of stamps and answers in
`tests/provenance/test_timestamp.py` and `test_signer.py`, every format in `test_every_format.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import cbor2
import pytest

from provenance.credentials.trust.formats import ListKind
from provenance.credentials.trust.lists import TrustLists
from provenance.formats import read_layout
from provenance.formats.parts import Kind
from tests.support.attacks import (
    ABSENT,
    BROKEN,
    BY_LISTED,
    BY_UNKNOWN,
    CAMERA,
    CHANGED,
    ERROR,
    FAIL,
    FAILED,
    INCONCLUSIVE,
    LONG,
    MALFORMED,
    OK,
    PASS,
    PAST,
    RECORD_CHANGED,
    ROOT,
    STATEMENT_CHANGED,
    UNKNOWN,
    UNREADABLE,
    Must,
    codes,
    examine,
    other,
    said,
)
from tests.support.authority import (
    ANY_PURPOSE,
    CLAIM_SIGNING,
    DAY,
    EMAIL_PROTECTION,
    NOW,
    Identity,
    certify,
    list_of,
    make_root,
    make_signer,
    manifest_store,
    picture,
    sign,
    store_of,
    with_manifest_store,
)
from tests.support.media.crafting import (
    Draft,
    actions,
    bind,
    make_authority,
    make_responder,
    revocation_answer,
    signed,
    stamper,
    store,
)
from tests.support.media.forms import MEDIA
from tests.support.media.histories import earlier, edited, laundered
from tests.vouchmark.test_attacks_signer import AGAINST, EXPIRED, EXPIRED_THEN, VERSION_1
from vouchmark.report import Line, exit_code

HOUR: Final = dt.timedelta(hours=1)


def integrity(name: str, build: Callable[[], bytes], code: str, says: str, **more: Any) -> Must:
    """A case of the bytes or of what is signed about them."""
    fields: dict[str, Any] = {"status": FAIL, "exit": FAILED}
    return Must(name=name, build=build, line=Line.INTEGRITY, code=code, says=says, **(fields | more))


def unreadable(name: str, build: Callable[[], bytes]) -> Must:
    """A case so malformed that no engine reads it: never a pass."""
    return integrity(name, build, "integrity.unparsable", UNREADABLE, status=ERROR, exit=BROKEN)


def refused(name: str, build: Callable[[], bytes]) -> Must:
    """A case that one engine refuses to read, so that our own check stands alone: never a pass."""
    says = "whether it was changed cannot be told: c2pa-rs cannot read"
    return integrity(name, build, "integrity.engine.refused", says, status=UNKNOWN, exit=INCONCLUSIVE)


def who(name: str, build: Callable[[], bytes], code: str, trust: Callable[[], TrustLists], **more: Any) -> Must:
    """A case of the signer; the file itself is unchanged."""
    kinds: dict[str, tuple[Any, Any, str]] = {
        "signer.yours": (PASS, OK, BY_LISTED),
        "signer.unknown": (UNKNOWN, INCONCLUSIVE, BY_UNKNOWN),
        "signer.expired": (UNKNOWN, INCONCLUSIVE, EXPIRED),
        "signer.revoked": (FAIL, FAILED, AGAINST + "whose certificate was revoked"),
        "signer.profile.violated": (FAIL, FAILED, AGAINST + "with a certificate that breaks the rules"),
    }
    status, code_of_exit, says = kinds.get(code, (UNKNOWN, INCONCLUSIVE, "signed under the name “"))
    fields: dict[str, Any] = {
        "status": status,
        "exit": code_of_exit,
        "says": says,
        "others": {Line.INTEGRITY: PASS} | more.pop("others", {}),
    }
    return Must(name=name, build=build, line=Line.SIGNER, code=code, trust=trust, **(fields | more))


def made(kind: type[Draft] = Draft, **options: Any) -> bytes:
    """A picture bound by a draft of the listed camera."""
    return bind(kind(signer=CAMERA, **{"assertions": [actions()], **options}), picture())


def tampered() -> bytes:
    """One letter of a signed statement changed."""
    whole = made()
    raw = manifest_store(whole)
    return with_manifest_store(whole, raw.replace(b"digitalCapture", b"digitalCaptura"))


class Unresolvable(Draft):
    """Names an assertion that is not there."""

    def references(self) -> list[dict[str, Any]]:
        gone = {"url": "self#jumbf=c2pa.assertions/org.test.gone", "hash": bytes(32)}
        return [*super().references(), gone]


class WithoutClaim(Draft):
    def parts(self) -> list[bytes]:
        assertions, _, signature = super().parts()
        return [assertions, signature]


class TwoClaims(Draft):
    def parts(self) -> list[bytes]:
        assertions, claim, signature = super().parts()
        return [assertions, claim, claim, signature]


class WithoutSignature(Draft):
    def parts(self) -> list[bytes]:
        return super().parts()[:2]


class WithoutInstance(Draft):
    def claim_bytes(self) -> bytes:
        claim = cbor2.loads(super().claim_bytes())
        del claim["instanceID"]
        return cbor2.dumps(claim)


def unbound() -> bytes:
    """A signed manifest without a hard binding."""
    return with_manifest_store(picture(), store(Draft(signer=CAMERA, assertions=[actions()]).build()))


ASSERTIONS: Final = (
    integrity("assertions-unresolvable", lambda: made(Unresolvable), "assertion.missing", STATEMENT_CHANGED),
    integrity("assertions-tampered", tampered, "assertion.hashedURI.mismatch", STATEMENT_CHANGED),
    integrity(
        "assertions-undeclared",
        lambda: made(undeclared=[("org.test.added", {"a": 1})]),
        "assertion.undeclared",
        STATEMENT_CHANGED,
    ),
    integrity(
        "assertions-missing-created",
        lambda: made(assertions=[actions({"action": "c2pa.cropped"})]),
        "integrity.malformed",
        MALFORMED,
    ),
    integrity(
        "assertions-missing-actions",
        lambda: made(assertions=[("org.test.note", {"a": 1})]),
        "integrity.rule",
        f"its credentials break a rule of the specification; {BY_LISTED}",
        status=PASS,
        exit=OK,
    ),
    refused("assertions-malformed", lambda: made(assertions=[("c2pa.actions.v2", {"actions": "none"})])),
)

CLAIMS: Final = (
    integrity(
        "claims-cbor-invalid",
        lambda: made(claim_after=lambda claim: b"\xff" * len(claim)),
        "claimSignature.mismatch",
        RECORD_CHANGED,
    ),
    unreadable("claims-missing", lambda: made(WithoutClaim)),
    unreadable("claims-several", lambda: made(TwoClaims)),
    refused("claims-instance-id-missing", lambda: made(WithoutInstance)),
    integrity("claims-hard-binding-missing", unbound, "integrity.malformed", MALFORMED),
    integrity(
        "claims-unsupported-hash-algorithm",
        lambda: made(claim={"alg": "md5"}),
        "assertion.hashedURI.mismatch",
        STATEMENT_CHANGED,
    ),
)

INGREDIENTS: Final = (
    Must(
        name="ingredients-hard-binding-mismatch",
        build=lambda: laundered(other()),
        line=Line.HISTORY,
        code="history.parent.broken",
        status=FAIL,
        exit=FAILED,
        says="its signer recorded that the credentials of the earlier file did not hold; " + BY_LISTED,
    ),
    Must(
        name="ingredients-missing-manifest",
        build=lambda: edited(earlier().build(), before=()),
        line=Line.HISTORY,
        code="history.parent.missing",
        status=FAIL,
        exit=FAILED,
        says="the credentials of the earlier file that it names are missing; " + BY_LISTED,
    ),
    Must(
        name="ingredients-opened",
        build=lambda: edited(parent := earlier().build(), before=(parent,)),
        line=Line.HISTORY,
        code="history.parent.intact",
        status=PASS,
        exit=OK,
        says=BY_LISTED,
    ),
)


def listed() -> TrustLists:
    return store_of(list_of(ROOT))


def answered(answer: bytes, signer: Identity = CAMERA) -> bytes:
    return signed(signer, cose={"answers": [answer]})


MIDDLE: Final = certify({"O": "Test Authority", "CN": "Middle"}, issuer=ROOT, is_authority=True)
UNDER_MIDDLE: Final = make_signer(MIDDLE)


def revoking(**options: Any) -> bytes:
    """An answer that the camera was revoked an hour ago, with whatever is wrong with it."""
    return revocation_answer(options.pop("signer", CAMERA), **({"revoked_at": NOW - HOUR} | options))


# Whoever was revoked stays so: only a "good" answer ages.
UNBELIEVED: Final = {
    "bad-signature": lambda: revoking()[:-1] + b"\0",
    "expired": lambda: revoking(revoked_at=None, next_update=NOW - dt.timedelta(minutes=1)),
    "future": lambda: revoking(revoked_at=None, this_update=NOW + HOUR, next_update=NOW + DAY),
    "no-purpose": lambda: revoking(responder=make_responder(ROOT, purposes=None)),
    "unauthorised": lambda: revoking(responder=make_responder(make_root("Other"))),
    "wrong-certificate": lambda: revoking(signer=make_signer(ROOT)),
}

OLD_ROOT: Final = make_root("Old", **LONG)
OLD: Final = make_signer(OLD_ROOT, **PAST)
TIME_ROOT: Final = make_root("Time", **LONG)
CLOCK: Final = make_authority(TIME_ROOT, **LONG)
IN_TIME: Final = NOW - 60 * DAY


def stamped(signer: Identity = OLD, *, by: Identity = CLOCK, when: dt.datetime = IN_TIME, **more: Any) -> bytes:
    cose = {"stamp": stamper(by, when)} | more.pop("cose", {})
    return signed(signer, cose=cose, **more)


def old(*, kind: ListKind | None = ListKind.TSA, root: Identity = OLD_ROOT) -> TrustLists:
    times = [list_of(TIME_ROOT, kind=kind, name="time")] if kind else []
    return store_of(list_of(root), *times)


REVOCATION: Final = (
    who("ocsp-good", lambda: answered(revocation_answer(CAMERA)), "signer.yours", listed),
    who("ocsp-revoked", lambda: answered(revoking()), "signer.revoked", listed),
    who(
        "ocsp-revoked-by-an-appointed-responder",
        lambda: answered(revoking(responder=make_responder(ROOT))),
        "signer.revoked",
        listed,
    ),
    who(
        "ocsp-intermediate-revoked",
        lambda: answered(revoking(signer=MIDDLE), UNDER_MIDDLE),
        "signer.revoked",
        listed,
    ),
)


def by(algorithm: str) -> bytes:
    """A picture signed by a key for that algorithm."""
    return signed(make_signer(ROOT, algorithm=algorithm))


SIGNATURES: Final = (
    *(
        who(f"signature-{algorithm}", partial(by, algorithm), "signer.yours", listed)
        for algorithm in ("es256", "es384", "es512", "ps256", "ps384", "ps512", "ed25519")
    ),
    who(
        "signature-by-a-certificate-authority",
        lambda: signed(make_signer(ROOT, is_authority=True, usages=("digital_signature",))),
        "signer.profile.violated",
        listed,
    ),
    who(
        "signature-by-a-key-that-may-sign-certificates",
        lambda: signed(make_signer(ROOT, usages=("digital_signature", "key_cert_sign"))),
        "signer.profile.violated",
        listed,
    ),
    who("signature-expired", lambda: signed(OLD), "signer.expired", old),
    who(
        "signature-not-yet-valid",
        lambda: signed(make_signer(ROOT, start=NOW + DAY, end=NOW + 9 * DAY)),
        "signer.not_yet_valid",
        listed,
    ),
    integrity("signature-missing", lambda: made(WithoutSignature), "claimSignature.missing", RECORD_CHANGED),
    integrity(
        "signature-uri-invalid",
        lambda: made(claim={"signature": "self#jumbf=/c2pa/urn:c2pa:other/c2pa.signature"}),
        "claimSignature.missing",
        RECORD_CHANGED,
    ),
    integrity(
        "signature-by-the-wrong-key",
        lambda: made(cose={"chain": make_signer(ROOT).chain}),
        "claimSignature.mismatch",
        RECORD_CHANGED,
        others={Line.SIGNER: UNKNOWN},
    ),
)

ABOVE: Final = "signed under the name “Test Camera (Camera 1)”; a certificate above it was not valid; unchanged since"
EXPIRED_MIDDLE: Final = certify({"O": "Old", "CN": "Middle"}, issuer=OLD_ROOT, is_authority=True, **PAST)

TIMES: Final = (
    who("time-stamp-in-time", stamped, "signer.yours", old, others={Line.TIME: PASS}),
    who("time-stamp-none", lambda: signed(OLD), "signer.expired", old, others={Line.TIME: ABSENT}),
    who("time-stamp-late", lambda: stamped(when=NOW - 10 * DAY), "signer.expired", old, says=EXPIRED_THEN),
    who(
        "time-stamp-before-the-certificate",
        lambda: stamped(when=NOW - 200 * DAY),
        "signer.not_yet_valid",
        old,
    ),
    who("time-stamp-untrusted", stamped, "signer.expired", lambda: old(kind=None), others={Line.TIME: UNKNOWN}),
    who(
        "time-stamp-by-an-authority-on-the-wrong-list",
        stamped,
        "signer.expired",
        lambda: old(kind=ListKind.SIGNER),
        others={Line.TIME: UNKNOWN},
    ),
    who(
        "time-stamp-by-an-authority-without-the-purpose",
        lambda: stamped(by=make_authority(TIME_ROOT, purposes=(CLAIM_SIGNING,), **LONG)),
        "signer.expired",
        old,
        others={Line.TIME: UNKNOWN},
    ),
    who(
        "time-stamp-by-an-authority-expired-since",
        lambda: stamped(by=make_authority(TIME_ROOT, **PAST)),
        "signer.yours",
        old,
        others={Line.TIME: PASS},
    ),
    who(
        "time-stamp-intermediate-expired-since",
        lambda: stamped(make_signer(EXPIRED_MIDDLE, **LONG)),
        "signer.yours",
        old,
    ),
    who(
        "time-stamp-first-version",
        lambda: stamped(version=1, claim=VERSION_1, cose={"stamp_version": 1}),
        "signer.yours",
        old,
        others={Line.TIME: PASS},
    ),
)


def purposes(*oids: str) -> Callable[[], bytes]:
    return lambda: signed(make_signer(ROOT, purposes=oids or None))


BETWEEN: Final = certify({"O": "Test Authority", "CN": "Below"}, issuer=ROOT, is_authority=True, path_length=0)
BELOW: Final = certify({"O": "Test Authority", "CN": "Too deep"}, issuer=BETWEEN, is_authority=True)
STALE: Final = certify({"O": "Test Authority", "CN": "Stale"}, issuer=ROOT, is_authority=True, end=NOW - HOUR)
EARLY: Final = certify({"O": "Test Authority", "CN": "Early"}, issuer=ROOT, is_authority=True, start=NOW + DAY)

TRUST: Final = (
    who("trust-listed", lambda: sign(CAMERA), "signer.yours", listed),
    who("trust-any-purpose", purposes(ANY_PURPOSE), "signer.profile.violated", listed),
    who("trust-any-purpose-and-c2pa", purposes(ANY_PURPOSE, CLAIM_SIGNING), "signer.profile.violated", listed),
    who("trust-no-purpose", purposes(), "signer.profile.violated", listed),
    who(
        "trust-e-mail-only",
        purposes(EMAIL_PROTECTION),
        "signer.unknown",
        lambda: store_of(list_of(ROOT), eku_oids=(CLAIM_SIGNING,)),
    ),
    who("trust-issuer-not-listed", lambda: sign(other("Test Camera")), "signer.unknown", listed),
    who(
        "trust-issuer-missing",
        lambda: signed(UNDER_MIDDLE, cose={"chain": UNDER_MIDDLE.chain[:1]}),
        "signer.unknown",
        listed,
    ),
    who(
        "trust-issuer-listed-for-time-stamps-only",
        lambda: sign(CAMERA),
        "signer.unknown",
        lambda: store_of(list_of(ROOT, kind=ListKind.TSA)),
    ),
    who("trust-no-key-usage", lambda: signed(make_signer(ROOT, usages=None)), "signer.profile.violated", listed),
    who("trust-path-length", lambda: signed(make_signer(BELOW)), "signer.unknown", listed),
    who("trust-intermediate", lambda: signed(UNDER_MIDDLE), "signer.yours", listed),
    who("trust-intermediate-expired", lambda: signed(make_signer(STALE)), "signer.expired", listed, says=ABOVE),
    who("trust-intermediate-not-yet-valid", lambda: signed(make_signer(EARLY)), "signer.expired", listed, says=ABOVE),
    integrity(
        "trust-chain-in-reverse-order",
        lambda: signed(UNDER_MIDDLE, cose={"chain": UNDER_MIDDLE.chain[::-1]}),
        "claimSignature.mismatch",
        RECORD_CHANGED,
        others={Line.SIGNER: UNKNOWN},
    ),
)


@pytest.mark.parametrize(
    "case",
    [*ASSERTIONS, *CLAIMS, *INGREDIENTS, *REVOCATION, *SIGNATURES, *TIMES, *TRUST],
    ids=lambda case: case.name,
)
def test_a_case_of_the_programme_reads_as_it_must(case: Must) -> None:
    case.hold()


@pytest.mark.parametrize("fault", UNBELIEVED)
def test_an_answer_that_may_not_be_believed_leaves_revocation_unchecked(fault: str) -> None:
    report = examine(answered(UNBELIEVED[fault]()))
    assert codes(report, Line.SIGNER) == ["signer.yours"]
    assert ("revocation", "network off") in [(gap.what, gap.why) for gap in report.not_checked]


def test_a_revocation_after_the_stamped_time_does_not_count_and_one_before_does() -> None:
    signer = make_signer(OLD_ROOT, **LONG)
    for revoked_at, code in ((NOW - HOUR, "signer.yours"), (NOW - 90 * DAY, "signer.revoked")):
        answer = revocation_answer(signer, revoked_at=revoked_at)
        report = examine(stamped(signer, cose={"answers": [answer]}), old())
        assert codes(report, Line.SIGNER) == [code]


@pytest.mark.parametrize("media_type", sorted(MEDIA))
def test_every_format_is_read_with_and_without_a_manifest_and_changed(media_type: str) -> None:
    plain = MEDIA[media_type]()
    whole = sign(CAMERA, plain, media_type=media_type)
    report = examine(whole)
    assert exit_code(report) is OK, codes(report, Line.INTEGRITY)
    assert said(report).startswith(BY_LISTED)
    bare = examine(plain)
    assert bare.evidence[Line.INTEGRITY].status is ABSENT
    signed_otherwise = "; whether the document is signed in another way was not looked at"
    told = said(bare)
    if media_type == "application/pdf":
        assert told.endswith(signed_otherwise)
        told = told.removesuffix(signed_otherwise)
    assert told.endswith(("no Content Credentials", "that is true of most files"))
    finding = report.evidence[Line.INTEGRITY].findings[-1]
    assert finding.code == "integrity.coverage.full"
    assert finding.detail["media"] == finding.detail["media_covered"]


@pytest.mark.parametrize("form", ["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "audio/wav"])
def test_a_changed_byte_is_a_change_in_every_format(form: str) -> None:
    whole = sign(CAMERA, MEDIA[form](), media_type=form)
    # A byte of the media, far from the credentials and from every header.
    region = max(read_layout(whole, form).of_kind(Kind.MEDIA), key=lambda one: one.end - one.start)
    place = region.end - max(2, (region.end - region.start) // 3)
    report = examine(whole[:place] + bytes((whole[place] ^ 1,)) + whole[place + 1 :])
    assert report.evidence[Line.INTEGRITY].status is FAIL
    assert exit_code(report) is FAILED
    assert said(report).startswith(CHANGED)


def test_the_validation_time_decides_and_not_the_clock() -> None:
    data = signed(OLD)
    assert codes(examine(data, old(), at=NOW - 60 * DAY), Line.SIGNER) == ["signer.yours"]
    assert codes(examine(data, old(), at=NOW), Line.SIGNER) == ["signer.expired", "signer.covered"]
    assert codes(examine(data, old(), at=NOW - 300 * DAY), Line.SIGNER) == ["signer.not_yet_valid"]

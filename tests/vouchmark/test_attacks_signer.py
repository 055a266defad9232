"""Does a report say rightly who signed, whatever certificates, stamps, revocations and lists a file comes with?"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import pytest

from provenance.credentials.trust.distrust import DistrustEntry
from provenance.credentials.trust.formats import Content, Label, ListKind
from provenance.credentials.trust.lists import KeptConfiguration, TrustLists
from tests.provenance.test_signer import RECORD, level, record
from tests.support.attacks import (
    ABSENT,
    BY_LISTED,
    BY_UNKNOWN,
    CAMERA,
    FAIL,
    FAILED,
    INCONCLUSIVE,
    LISTED,
    LONG,
    NONE,
    OK,
    PASS,
    PAST,
    ROOT,
    UNKNOWN,
    Must,
    examine,
    other,
)
from tests.support.authority import DAY, NOW, Identity, list_of, make_root, make_signer, sign, store_of
from tests.support.lists import product, products_list
from tests.support.media.crafting import make_authority, make_responder, revocation_answer, signed, stamper
from vouchmark.report import Line

OLD_ROOT: Final = make_root("Old", **LONG)
OLD: Final = make_signer(OLD_ROOT, **PAST)
"""Expired by now."""
TIME_ROOT: Final = make_root("Time", **LONG)
CLOCK: Final = make_authority(TIME_ROOT, **LONG)
IN_TIME: Final = NOW - 60 * DAY

EXPIRED: Final = (
    "signed under the name “Test Camera (Camera 1)”, with an expired certificate and no trusted date; unchanged since"
)
EXPIRED_THEN: Final = (
    "signed under the name “Test Camera (Camera 1)”; by the only trusted date, "
    f"{(NOW - 10 * DAY).date()}, its certificate had expired; unchanged since"
)
AGAINST: Final = "signed under the name “Test Camera (Camera 1)”, "
VERSION_1: Final = {"claim_generator": "test/1", "dc:format": "image/jpeg", "claim_generator_info": [{"name": "Test"}]}


def old(*kinds: ListKind) -> TrustLists:
    """A store with the old root for signers, and the time root on those kinds of list."""
    return store_of(list_of(OLD_ROOT), *(list_of(TIME_ROOT, kind=kind, name=f"time {kind}") for kind in kinds))


def stamped(when: Any = IN_TIME, **options: Any) -> bytes:
    return signed(OLD, cose={"stamp": stamper(CLOCK, when), **options.pop("cose", {})}, **options)


def distrusting(**entry: Any) -> TrustLists:
    return store_of(list_of(ROOT), distrust=(DistrustEntry(**entry),))


def conforming(**fields: Any) -> TrustLists:
    """The official list and a list of conforming products with one entry."""
    data = products_list(product(**fields) | {"recordId": RECORD})
    kept = KeptConfiguration(
        name="products",
        content=Content.PRODUCTS,
        label=Label.OFFICIAL,
        dated=NOW.date(),
        sha256=hashlib.sha256(data).hexdigest(),
        data=data,
    )
    return store_of(list_of(ROOT, label=Label.OFFICIAL), configurations=(kept,))


def revoked(signer: Identity = CAMERA) -> bytes:
    answer = revocation_answer(signer, revoked_at=NOW - DAY / 2)
    return signed(signer, cose={"answers": [answer]})


CASES: Final = (
    Must(
        name="an-own-ca-that-calls-itself-a-known-maker",
        build=lambda: sign(other("NIKON CORPORATION", common_name="Z6III")),
        line=Line.SIGNER,
        code="signer.unknown",
        status=UNKNOWN,
        exit=INCONCLUSIVE,
        says="unknown signer using the name “NIKON CORPORATION (Z6III)”; unchanged since",
        others={Line.INTEGRITY: PASS},
    ),
    Must(
        name="an-own-ca-with-the-name-of-the-listed-authority",
        build=lambda: sign(make_signer(make_root())),
        line=Line.SIGNER,
        code="signer.unknown",
        status=UNKNOWN,
        exit=INCONCLUSIVE,
        says=BY_UNKNOWN,
    ),
    Must(
        name="a-root-that-only-a-list-of-time-stamps-names",
        build=lambda: sign(CAMERA),
        trust=lambda: store_of(list_of(ROOT, kind=ListKind.TSA)),
        line=Line.SIGNER,
        code="signer.unknown",
        status=UNKNOWN,
        exit=INCONCLUSIVE,
        says=BY_UNKNOWN,
    ),
    Must(
        name="a-root-that-only-a-list-of-identities-names",
        build=lambda: sign(CAMERA),
        trust=lambda: store_of(list_of(ROOT, kind=ListKind.CAWG)),
        line=Line.SIGNER,
        code="signer.unknown",
        status=UNKNOWN,
        exit=INCONCLUSIVE,
        says=BY_UNKNOWN,
    ),
    Must(
        name="expired-without-a-stamp",
        build=lambda: signed(OLD),
        trust=old,
        line=Line.SIGNER,
        code="signer.expired",
        status=UNKNOWN,
        exit=INCONCLUSIVE,
        says=EXPIRED,
        others={Line.TIME: ABSENT, Line.INTEGRITY: PASS},
    ),
    Must(
        name="expired-with-a-trusted-stamp-in-time",
        build=stamped,
        trust=lambda: old(ListKind.TSA),
        line=Line.SIGNER,
        code="signer.yours",
        status=PASS,
        exit=OK,
        says=BY_LISTED,
        others={Line.TIME: PASS},
    ),
    Must(
        name="expired-with-an-unlisted-stamp",
        build=stamped,
        trust=old,
        line=Line.SIGNER,
        code="signer.expired",
        status=UNKNOWN,
        exit=INCONCLUSIVE,
        says=EXPIRED,
        others={Line.TIME: UNKNOWN},
    ),
    Must(
        name="expired-with-a-stamp-of-an-authority-listed-for-signers",
        build=stamped,
        trust=lambda: old(ListKind.SIGNER, ListKind.CAWG),
        line=Line.SIGNER,
        code="signer.expired",
        status=UNKNOWN,
        exit=INCONCLUSIVE,
        says=EXPIRED,
        others={Line.TIME: UNKNOWN},
    ),
    Must(
        name="expired-with-a-stamp-that-came-too-late",
        build=lambda: stamped(NOW - 10 * DAY),
        trust=lambda: old(ListKind.TSA),
        line=Line.SIGNER,
        code="signer.expired",
        status=UNKNOWN,
        exit=INCONCLUSIVE,
        says=EXPIRED_THEN,
        others={Line.TIME: PASS},
    ),
    Must(
        name="expired-with-a-first-version-stamp-and-no-list-for-it",
        build=lambda: stamped(version=1, claim=VERSION_1, cose={"stamp_version": 1}),
        trust=old,
        line=Line.SIGNER,
        code="signer.expired",
        status=UNKNOWN,
        exit=INCONCLUSIVE,
        says=EXPIRED,
        others={Line.TIME: UNKNOWN},
    ),
    Must(
        name="expired-with-a-stamp-of-other-bytes",
        build=lambda: signed(OLD, cose={"stamp": stamper(CLOCK, IN_TIME, imprint=bytes(32))}),
        trust=lambda: old(ListKind.TSA),
        line=Line.TIME,
        code="time.stamp.invalid",
        status=UNKNOWN,
        exit=INCONCLUSIVE,
        says=EXPIRED,
    ),
    Must(
        name="distrusted-by-name",
        build=lambda: sign(CAMERA),
        trust=lambda: distrusting(subject=(("CN", "camera  1"), ("O", "TEST CAMERA"))),
        line=Line.SIGNER,
        code="signer.distrusted",
        status=FAIL,
        exit=FAILED,
        says=AGAINST + "which you distrust",
        others={Line.INTEGRITY: PASS},
    ),
    Must(
        name="distrusted-by-issuer",
        build=lambda: sign(CAMERA),
        trust=lambda: distrusting(issuer=(("CN", "Test Authority Root"),)),
        line=Line.SIGNER,
        code="signer.distrusted",
        status=FAIL,
        exit=FAILED,
        says=AGAINST + "which you distrust",
    ),
    Must(
        name="distrusted-by-certificate",
        build=lambda: sign(CAMERA),
        trust=lambda: distrusting(sha256=hashlib.sha256(CAMERA.der).hexdigest()),
        line=Line.SIGNER,
        code="signer.distrusted",
        status=FAIL,
        exit=FAILED,
        says=AGAINST + "which you distrust",
    ),
    Must(
        name="revoked-says-a-stapled-answer",
        build=revoked,
        line=Line.SIGNER,
        code="signer.revoked",
        status=FAIL,
        exit=FAILED,
        says=AGAINST + "whose certificate was revoked",
        others={Line.INTEGRITY: PASS},
    ),
    Must(
        name="revoked-says-an-appointed-responder",
        build=lambda: signed(
            CAMERA,
            cose={"answers": [revocation_answer(CAMERA, responder=make_responder(ROOT), revoked_at=NOW - DAY)]},
        ),
        line=Line.SIGNER,
        code="signer.revoked",
        status=FAIL,
        exit=FAILED,
        says=AGAINST + "whose certificate was revoked",
    ),
    Must(
        name="a-certificate-authority-that-signs-media-itself",
        build=lambda: signed(
            make_signer(ROOT, is_authority=True, usages=("digital_signature", "key_cert_sign")),
        ),
        line=Line.SIGNER,
        code="signer.profile.violated",
        status=FAIL,
        exit=FAILED,
        says=AGAINST + "with a certificate that breaks the rules",
    ),
    Must(
        name="assurance-above-the-product",
        build=lambda: sign(make_signer(ROOT, extra=[level(2), record()])),
        trust=conforming,
        line=Line.SIGNER,
        code="signer.assurance.exceeded",
        status=FAIL,
        exit=FAILED,
        says="its signer claims a higher assurance level than its product has",
    ),
    Must(
        name="a-signal-that-the-product-may-not-claim",
        build=lambda: sign(CAMERA),
        trust=lambda: conforming(disallowed=["capturedMedia"]),
        line=Line.SIGNER,
        code="signer.signal.disallowed",
        status=FAIL,
        exit=FAILED,
        says="its signer states an origin that its product may not state",
    ),
    Must(
        name="a-product-that-is-not-on-the-list",
        build=lambda: sign(CAMERA),
        trust=lambda: conforming(common_name="Other"),
        line=Line.SIGNER,
        code="signer.product.unlisted",
        status=PASS,
        exit=OK,
        says="signed by Test Camera (Camera 1), certified under the official C2PA list; unchanged since",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_signer_is_named_as_what_it_is(case: Must) -> None:
    case.hold()


def test_without_an_answer_it_is_said_aloud_that_revocation_was_not_checked() -> None:
    gaps = [(gap.what, gap.why) for gap in examine(sign(CAMERA)).not_checked]
    assert ("revocation", "network off") in gaps


def test_a_stapled_good_answer_closes_that_gap() -> None:
    report = examine(signed(CAMERA, cose={"answers": [revocation_answer(CAMERA)]}))
    assert report.evidence[Line.SIGNER].status is PASS
    assert report.evidence[Line.SIGNER].findings[0].detail["revocation"] == "good"
    assert "revocation" not in [gap.what for gap in report.not_checked]


def test_a_distrusted_signer_is_distrusted_without_any_list_too() -> None:
    store = store_of(distrust=(DistrustEntry(subject=(("O", "Test Camera"),)),))
    assert examine(sign(CAMERA), store).evidence[Line.SIGNER].status is FAIL


def test_a_public_test_key_is_named_unless_the_readers_own_list_vouches(monkeypatch: pytest.MonkeyPatch) -> None:
    from provenance.credentials.certificates import signer

    # The private halves of the real ones are public, and still not ours to ship: one of our own stands for them.
    monkeypatch.setattr(signer, "TEST_SIGNERS", {signer._key_hash(CAMERA.certificate): "a public key"})
    case = Must(
        name="test-key",
        build=lambda: sign(CAMERA),
        trust=lambda: NONE,
        line=Line.SIGNER,
        code="signer.test_key",
        status=FAIL,
        exit=FAILED,
        says="signed with a public test key: anybody could have made this",
        others={Line.INTEGRITY: PASS},
    )
    case.hold()
    assert examine(sign(CAMERA), LISTED).evidence[Line.SIGNER].status is PASS


def test_a_name_is_never_shown_as_the_signers_where_only_another_kind_of_list_vouches() -> None:
    store = store_of(list_of(ROOT, kind=ListKind.TSA), list_of(ROOT, kind=ListKind.CAWG, name="identities"))
    for finding in examine(sign(CAMERA), store).evidence[Line.SIGNER].findings:
        assert "Signed by Test Camera" not in finding.statement


@pytest.mark.parametrize("kind", [ListKind.TSA, ListKind.CAWG])
def test_a_second_chain_in_the_header_opens_no_list_of_another_kind(kind: ListKind) -> None:
    # Two chains are refused by our own check, and the engine keeps the kinds of lists not apart.
    case = Must(
        name="two-chains",
        build=lambda: signed(CAMERA, cose={"unprotected": {33: list(CAMERA.chain)}}),
        trust=lambda: store_of(list_of(ROOT, kind=kind)),
        line=Line.SIGNER,
        code="signer.unestablished",
        status=UNKNOWN,
        exit=INCONCLUSIVE,
        says="whether it was changed cannot be told: the signature is of a form that our own check cannot read",
        others={Line.INTEGRITY: UNKNOWN},
        never=("signer.listed",),
    )
    case.hold()


def test_a_second_chain_in_the_header_makes_no_time_trusted() -> None:
    cose = {"unprotected": {33: list(CAMERA.chain)}, "stamp": stamper(CLOCK, NOW)}
    for kind in (ListKind.SIGNER, ListKind.TSA):
        report = examine(signed(CAMERA, cose=cose), store_of(list_of(ROOT), list_of(TIME_ROOT, kind=kind, name="time")))
        assert report.evidence[Line.TIME].status is UNKNOWN
        assert "could not read it" in report.evidence[Line.TIME].summary


@pytest.mark.parametrize("label", list(Label))
def test_each_label_of_a_list_is_told_apart(label: Label) -> None:
    kind = ListKind.PUBLISHER if label is Label.IPTC else ListKind.SIGNER
    report = examine(sign(CAMERA), store_of(list_of(ROOT, kind=kind, label=label)))
    code = "signer.publisher" if label is Label.IPTC else f"signer.{label}"
    assert report.evidence[Line.SIGNER].findings[0].code == code
    assert report.inputs.trust_lists[0].label == str(label)

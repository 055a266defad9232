"""Does a report name nobody over a path that breaks a rule, and say of each stamp why it does not count?"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from provenance.credentials.trust.distrust import DistrustEntry
from provenance.credentials.trust.formats import ListKind
from provenance.credentials.trust.lists import TrustLists
from tests.support.attacks import INCONCLUSIVE, LONG, OK, PASS, UNKNOWN, Must, codes, examine, said
from tests.support.authority import DAY, NOW, Identity, certify, list_of, make_root, make_signer, name_of, store_of
from tests.support.media.crafting import make_authority, signed, stamper
from vouchmark.report import Line, exit_code

LIMITED: Final = make_root(
    "RootNC", extra=[(x509.NameConstraints([x509.DirectoryName(name_of({"O": "Allowed Org"}))], None), True)]
)
"""A root that may name one organisation alone."""
JUNK: Final = make_signer(make_root("Junk", algorithm="ed25519"), algorithm="ed25519")
ROOT: Final = make_root(**LONG)
CAMERA: Final = make_signer(ROOT, start=NOW - 900 * DAY, end=NOW + 900 * DAY)
TIME_ROOT: Final = make_root("Time", **LONG)
CLOCK: Final = make_authority(TIME_ROOT, **LONG)
OLD_CLOCK: Final = make_authority(TIME_ROOT, start=NOW - 90 * DAY, end=NOW - 50 * DAY)
BOTH: Final = store_of(list_of(ROOT), list_of(TIME_ROOT, kind=ListKind.TSA, name="time"))


def with_junk(signer: Identity) -> bytes:
    return signed(signer, cose={"chain": [*signer.chain, JUNK.der]})


def below(curve: type[ec.EllipticCurve]) -> Identity:
    """A camera under an authority with a key on that curve, below the listed root."""
    key = ec.generate_private_key(curve())
    return make_signer(certify({"O": "T", "CN": "Middle"}, issuer=ROOT, is_authority=True, key=key))


@pytest.mark.parametrize("build", [signed, with_junk], ids=["alone", "with an unrelated certificate"])
@pytest.mark.parametrize(
    ("organization", "right"), [("Famous", False), ("Allowed Org", True)], ids=["another name", "the name it may give"]
)
def test_a_root_limited_to_one_name_vouches_for_that_name_alone(build: Any, organization: str, right: bool) -> None:
    Must(
        name=organization,
        build=lambda: build(make_signer(LIMITED, organization=organization)),
        trust=lambda: store_of(list_of(LIMITED)),
        line=Line.SIGNER,
        code="signer.yours" if right else "signer.unknown",
        status=PASS if right else UNKNOWN,
        exit=OK if right else INCONCLUSIVE,
        says="unknown signer using the name “Famous (Camera 1)”" if not right else "signed by ",
        others={Line.INTEGRITY: PASS},
    ).hold()


@pytest.mark.parametrize("build", [signed, with_junk], ids=["alone", "with an unrelated certificate"])
@pytest.mark.parametrize("curve", [ec.SECP192R1, ec.SECP224R1, ec.SECP256K1])
def test_an_authority_on_a_weak_curve_vouches_for_nobody(build: Any, curve: type[ec.EllipticCurve]) -> None:
    Must(
        name=curve.name,
        build=lambda: build(below(curve)),
        trust=lambda: store_of(list_of(ROOT)),
        line=Line.SIGNER,
        code="signer.unknown",
        status=UNKNOWN,
        exit=INCONCLUSIVE,
        says="unknown signer using the name “Test Camera (Camera 1)”; unchanged since",
    ).hold()


def about_time(
    by: Identity, when: dt.datetime, trust: TrustLists = BOTH, *, at: dt.datetime = NOW, **cose: Any
) -> tuple[str, str]:
    """Code and sentence of the time line; the file is unchanged whatever it says."""
    report = examine(signed(CAMERA, cose={"stamp": stamper(by, when), **cose}), trust, at=at)
    assert report.evidence[Line.INTEGRITY].status is PASS
    assert report.evidence[Line.TIME].status is (PASS if codes(report, Line.TIME)[0] == "time.trusted" else UNKNOWN)
    return codes(report, Line.TIME)[0], report.evidence[Line.TIME].summary


def test_a_stamp_later_than_the_time_of_judging_proves_nothing() -> None:
    at = NOW - 10 * DAY
    code, sentence = about_time(CLOCK, NOW, at=at)
    assert code == "time.later"
    assert sentence.endswith(f"later than the time of judging, {at.strftime('%Y-%m-%dT%H:%M:%SZ')}.")
    assert "an authority on a list you use" in sentence
    assert about_time(CLOCK, NOW)[0] == "time.trusted"


def test_a_later_stamp_does_not_move_the_time_at_which_the_signer_is_judged() -> None:
    young = make_signer(ROOT, start=NOW - DAY)
    data = signed(young, cose={"stamp": stamper(CLOCK, NOW)})
    early, now = (examine(data, BOTH, at=at) for at in (NOW - 10 * DAY, NOW))
    assert early.evidence[Line.SIGNER].findings[0].code == "signer.not_yet_valid"
    assert early.evidence[Line.SIGNER].findings[0].detail["judged_by"] == "asked"
    assert now.evidence[Line.SIGNER].status is PASS
    assert (exit_code(early), exit_code(now)) == (INCONCLUSIVE, OK)


def test_a_listed_authority_that_was_not_valid_then_is_not_called_unlisted() -> None:
    code, sentence = about_time(OLD_CLOCK, NOW - 10 * DAY)
    assert code == "time.outside"
    assert sentence.endswith(
        "by an authority on a list you use (“Test Time (Stamper)”), whose certificate was not valid then."
    )
    assert about_time(OLD_CLOCK, NOW - 60 * DAY)[0] == "time.trusted"


def test_an_authority_below_one_that_was_not_valid_then_is_told_apart() -> None:
    middle = certify(
        {"O": "T", "CN": "M"}, issuer=TIME_ROOT, is_authority=True, start=NOW - 90 * DAY, end=NOW - 50 * DAY
    )
    clock = make_authority(middle, **LONG)
    lists = store_of(list_of(ROOT), list_of(middle, kind=ListKind.TSA, name="time"))
    code, sentence = about_time(clock, NOW - 10 * DAY, lists)
    assert code == "time.outside"
    assert sentence.endswith("and a certificate above it was not valid then.")


def test_every_other_reason_not_to_believe_a_stamp_has_its_own_sentence() -> None:
    distrusting = store_of(*BOTH.lists, distrust=(DistrustEntry(subject=(("CN", "Stamper"),)),))
    weak = make_authority(TIME_ROOT, key=ec.generate_private_key(ec.SECP224R1()), **LONG)
    itself = store_of(list_of(ROOT), list_of(weak, kind=ListKind.TSA, name="time"))
    loose = {"header": {1: -7}, "unprotected": {"x5chain": list(CAMERA.chain)}}
    found = [
        about_time(CLOCK, NOW, store_of(list_of(ROOT))),
        about_time(CLOCK, NOW, distrusting),
        about_time(weak, NOW, itself),
        about_time(CLOCK, NOW, **loose),
    ]
    assert [code for code, _ in found] == ["time.unlisted", "time.distrusted", "time.weak", "time.loose"]
    assert ["not on a list" in sentence for _, sentence in found] == [True, False, False, False]
    assert len({sentence for _, sentence in found}) == 4


class TestWhichCertificateWasOutOfDate:
    PAST: Final[dict[str, Any]] = {"start": NOW - 100 * DAY, "end": NOW - 50 * DAY}

    def _told(self, signer: Identity, **cose: Any) -> tuple[str, str]:
        report = examine(signed(signer, cose=cose), BOTH)
        assert codes(report, Line.SIGNER)[0] == "signer.expired"
        assert exit_code(report) is INCONCLUSIVE
        return report.evidence[Line.SIGNER].summary, said(report)

    def test_the_signers_own(self) -> None:
        line, first = self._told(make_signer(ROOT, **self.PAST))
        assert line.endswith("certificate is out of date, and no trusted time says when it signed.")
        assert "with an expired certificate and no trusted date" in first

    def test_the_signers_own_when_it_signed(self) -> None:
        line, first = self._told(make_signer(ROOT, **self.PAST), stamp=stamper(CLOCK, NOW - 10 * DAY))
        day = (NOW - 10 * DAY).date().isoformat()
        assert f"the only trusted time, {day}, lies after that certificate's expiry" in line
        assert f"by the only trusted date, {day}, its certificate had expired" in first
        assert "no trusted" not in line + first

    @pytest.mark.parametrize("is_stamped", [False, True])
    def test_one_above(self, is_stamped: bool) -> None:
        middle = certify({"O": "T", "CN": "M"}, issuer=ROOT, is_authority=True, **self.PAST)
        cose = {"stamp": stamper(CLOCK, NOW - 10 * DAY)} if is_stamped else {}
        for words in self._told(make_signer(middle, **LONG), **cose):
            assert "a certificate above it" in words
            assert "no trusted" not in words
            if words.endswith("."):
                assert ((NOW - 10 * DAY).date().isoformat() in words) is is_stamped

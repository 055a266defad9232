"""Does a report tell the ways apart in which a time does not help, and why verifiers then differ?"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import pytest

from provenance.credentials.trust.formats import ListKind
from tests.support.attacks import LONG, PASS, UNKNOWN, codes, examine, said
from tests.support.authority import DAY, NOW, certify, list_of, make_root, make_signer, picture, store_of
from tests.support.media.crafting import Draft, actions, bind, link_to, make_authority, opening, signed, stamper
from tests.support.media.tokens import of_version_1, rewritten, string, with_certificates, with_raw_signature
from vouchmark.report import Line, Report

ROOT: Final = make_root(**LONG)
CAMERA: Final = make_signer(ROOT, start=NOW - 900 * DAY, end=NOW + 900 * DAY)
TIME_ROOT: Final = make_root("Time", **LONG)
CLOCK: Final = make_authority(TIME_ROOT, **LONG)
BOTH: Final = store_of(list_of(ROOT), list_of(TIME_ROOT, kind=ListKind.TSA, name="time"))
THEN: Final = NOW - 10 * DAY
PAST: Final[dict[str, Any]] = {"start": NOW - 100 * DAY, "end": NOW - 50 * DAY}


def told(report: Report, line: Line) -> str:
    return report.evidence[line].summary


def with_stamp(stamp: Any, signer: Any = CAMERA, trust: Any = BOTH, at: dt.datetime = NOW) -> Report:
    return examine(signed(signer, cose={"stamp": stamp}), trust, at=at)


SIX: Final = {
    "unreadable": (lambda: with_stamp(lambda _: b"\x30\x00"), "time.stamp.unreadable", "cannot be read"),
    "does not fit": (
        lambda: with_stamp(stamper(CLOCK, THEN, imprint=bytes(32))),
        "time.stamp.invalid",
        "does not fit this signature",
    ),
    "authority not listed": (
        lambda: with_stamp(stamper(CLOCK, THEN), trust=store_of(list_of(ROOT))),
        "time.unlisted",
        "an authority not on a list you use",
    ),
    "listed, not valid then": (
        lambda: with_stamp(stamper(make_authority(TIME_ROOT, **PAST), THEN)),
        "time.outside",
        "whose certificate was not valid then",
    ),
    "after the time of judging": (
        lambda: with_stamp(stamper(CLOCK, NOW), at=THEN),
        "time.later",
        "later than the time of judging",
    ),
}


@pytest.mark.parametrize("name", SIX)
def test_each_reason_for_which_a_stamp_shows_no_time_has_its_own_sentence(name: str) -> None:
    build, code, words = SIX[name]
    report = build()
    assert codes(report, Line.TIME)[0] == code
    assert words in told(report, Line.TIME)
    assert report.evidence[Line.TIME].status is UNKNOWN
    # Octets that are no stamp at all lie where nobody signed anything.
    assert report.evidence[Line.INTEGRITY].status is (UNKNOWN if code == "time.stamp.unreadable" else PASS)
    others = [other for key, (_, _, other) in SIX.items() if key != name]
    assert not any(other in told(report, Line.TIME) for other in others)


def test_a_stamp_after_expiry_is_the_only_trusted_time_and_not_a_missing_one() -> None:
    report = with_stamp(stamper(CLOCK, THEN), make_signer(ROOT, **PAST))
    assert codes(report, Line.SIGNER)[0] == "signer.expired"
    words = f"the only trusted time, {THEN.date()}, lies after that certificate's expiry"
    assert words in told(report, Line.SIGNER)
    assert f"by the only trusted date, {THEN.date()}" in said(report)
    assert report.evidence[Line.TIME].status is PASS
    dates = next(one for one in report.findings() if one.code == "time.certificate.outside")
    assert f"was not valid at the time of the time stamp, {THEN.date()} (it runs from" in dates.statement
    assert "no trusted time" not in f"{told(report, Line.SIGNER)} {told(report, Line.TIME)} {said(report)}"


def test_a_stamp_before_the_certificate_is_the_only_trusted_time_too() -> None:
    report = with_stamp(stamper(CLOCK, THEN), make_signer(ROOT, start=NOW - DAY))
    assert codes(report, Line.SIGNER)[0] == "signer.not_yet_valid"
    words = f"the only trusted time, {THEN.date()}, lies before"
    assert words in told(report, Line.SIGNER)
    assert f"on the only trusted date, {THEN.date()}" in said(report)


def test_genuine_stamps_in_the_forms_of_the_wild_are_read_without_a_word_about_other_bytes() -> None:
    plain = certify({"O": "Test Time", "CN": "Stamp_er"}, issuer=TIME_ROOT, purposes=("1.3.6.1.5.5.7.3.8",), **LONG)
    broken = rewritten(plain, (string(0x0C, b"Stamp_er"), string(0x13, b"Stamp_er")))
    for make in (
        of_version_1(stamper(CLOCK, THEN)),
        with_raw_signature(stamper(CLOCK, THEN)),
        stamper(broken, THEN),
        with_certificates(stamper(CLOCK, THEN), [TIME_ROOT.der, CLOCK.der]),
    ):
        report = with_stamp(make)
        assert codes(report, Line.TIME)[0] == "time.trusted"
        assert report.evidence[Line.INTEGRITY].status is PASS
    assert "Test Time (Stamp_er)" in told(with_stamp(stamper(broken, THEN)), Line.TIME)
    unlisted = with_stamp(stamper(broken, THEN), trust=store_of(list_of(ROOT)))
    assert "an authority not on a list you use (“Test Time (Stamp_er)”)" in told(unlisted, Line.TIME)


class TestWhyVerifiersDiffer:
    def _engines(self, report: Report) -> str:
        assert codes(report, Line.ENGINES)[0] == "engines.disagree"
        return told(report, Line.ENGINES)

    def test_a_certificate_that_is_not_valid_yet_is_not_said_to_have_expired(self) -> None:
        said_of = self._engines(examine(signed(make_signer(ROOT, start=NOW + DAY)), BOTH))
        assert "the certificate is not valid yet, which one of them counts as invalid" in said_of
        assert "expired" not in said_of

    def test_a_certificate_that_has_expired_is_said_to_have(self) -> None:
        assert "the certificate has expired, which" in self._engines(examine(signed(make_signer(ROOT, **PAST)), BOTH))

    def test_a_stamp_that_one_engine_believes_is_named_as_the_cause(self) -> None:
        middle = certify({"O": "T", "CN": "M"}, issuer=TIME_ROOT, is_authority=True, start=NOW - DAY)
        clock = make_authority(middle, **LONG)
        trust = store_of(list_of(ROOT), list_of(middle, kind=ListKind.TSA, name="time"))
        young = make_signer(ROOT, start=NOW - DAY)
        report = with_stamp(stamper(clock, THEN), young, trust)
        assert codes(report, Line.TIME)[0] == "time.outside"
        words = f"a time stamp of {THEN.date()}, which c2pa-rs believes, lies before the certificate was valid"
        assert words in self._engines(report)

    @pytest.mark.parametrize("is_early", [False, True])
    def test_an_earlier_versions_certificate_is_named_as_the_cause(self, is_early: bool) -> None:
        dates: dict[str, Any] = {"start": NOW + DAY} if is_early else PAST
        before = Draft(
            signer=make_signer(make_root("Else"), **dates),
            label="urn:c2pa:00000000-0000-4000-8000-000000000002",
            assertions=[actions()],
        )
        bind(before, picture())
        built = before.build()
        link = ("c2pa.ingredient.v3", link_to(built, before.label))
        data = bind(Draft(signer=CAMERA, assertions=[link, opening(link)]), picture(), before=[built])
        report = examine(data, BOTH)
        assert report.evidence[Line.SIGNER].status is PASS
        what = "is not valid yet" if is_early else "has expired"
        assert f"the certificate of an earlier version or a part {what}" in self._engines(report)

    def test_that_they_differ_on_trust_alone_is_said_and_is_no_disagreement(self) -> None:
        report = examine(signed(CAMERA), store_of(list_of(ROOT)))
        assert codes(report, Line.ENGINES)[0] == "engines.agree"
        assert report.evidence[Line.ENGINES].status is PASS
        assert told(report, Line.ENGINES) == (
            "Both verifiers find the signature valid and the bytes as they were signed; "
            "on trust they differ: c2pa-rs says Trusted, encypher-c2pa says Valid."
        )
        assert told(examine(signed(CAMERA), store_of()), Line.ENGINES) == (
            "Both verifiers find the signature valid and the bytes as they were signed."
        )

    def test_wherever_they_disagree_a_code_or_a_cause_follows(self) -> None:
        changed = bytearray(signed(CAMERA))
        changed[-40] ^= 1
        report = examine(bytes(changed), BOTH)
        if codes(report, Line.ENGINES)[0] == "engines.disagree":
            assert ": " in told(report, Line.ENGINES)

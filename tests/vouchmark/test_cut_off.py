"""Does a report say of a file that breaks off first of all that it does, in every container?"""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.media_type import recognise
from tests.fuzz.seeds import LARGER
from tests.support.attacks import CAMERA, FAILED, INCONCLUSIVE, codes, examine, said
from tests.support.authority import change_pixels, picture, sign
from tests.support.media.crafting import Draft, actions, bind
from tests.support.media.forms import FORMS, with_exif
from vouchmark.policies.policy import Policy
from vouchmark.render.words import amount
from vouchmark.report import Line, Status, exit_code

OTHERS = (Line.SIGNER, Line.TIME, Line.HISTORY, Line.AI)
BY_TAIL = {"audio/mpeg", "image/svg+xml"}
"""Types that are told only by their last bytes: an MP3 by its frames, a drawing by its name where its start is cut."""


def plain(media_type: str) -> bytes:
    return LARGER.get(media_type, FORMS[media_type])()


@pytest.mark.parametrize("share", [0.2, 0.6, 0.97])
@pytest.mark.parametrize("media_type", sorted(FORMS.keys() - BY_TAIL))
def test_a_signed_file_that_breaks_off_is_called_that_before_anything_else(media_type: str, share: float) -> None:
    whole = sign(CAMERA, plain(media_type), media_type=media_type)
    report = examine(whole[: int(len(whole) * share)])
    line = report.evidence[Line.INTEGRITY]
    assert codes(report, Line.INTEGRITY)[0] == "integrity.cut"
    assert line.summary.startswith("The file is cut off after ")
    assert line.status in (Status.FAIL, Status.UNKNOWN)
    assert said(report).startswith("cut off after ")
    told = " ".join(finding.statement for finding in line.findings)
    assert "malformed" not in told
    assert "was changed after" not in told
    assert exit_code(report) in (FAILED, INCONCLUSIVE)
    assert not {report.evidence[one].status for one in OTHERS} & {Status.ERROR}


@pytest.mark.parametrize("share", [0.3, 0.9])
@pytest.mark.parametrize("media_type", sorted(FORMS.keys() - BY_TAIL))
def test_a_file_without_credentials_that_breaks_off_may_have_lost_them(media_type: str, share: float) -> None:
    bare = plain(media_type)
    part = bare[: max(24, int(len(bare) * share))]
    if recognise(part) != media_type and share < 0.5:
        pytest.skip("too little is left to tell the type by")
    report = examine(part)
    assert codes(report, Line.INTEGRITY)[0] == "integrity.cut"
    assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN
    assert {report.evidence[one].status for one in OTHERS} <= {Status.UNKNOWN}


def test_a_film_is_cut_off_after_so_much_of_so_much() -> None:
    whole = sign(CAMERA, plain("video/mp4"), media_type="video/mp4")
    report = examine(whole[:-1_000])
    (cut,) = report.having("integrity.cut")
    assert cut.status is Status.FAIL
    assert cut.detail == {
        "present": len(whole) - 1_000,
        "announced": len(whole),
        "at_least": True,
        "from": "assertion.bmffHash.mismatch",
    }
    assert cut.statement == ("The file is cut off after 13.1 of at least 14.1 kB, so that it is not what was signed.")
    assert report.verdict is not None
    assert "cut-off" in report.verdict.labels
    assert "altered-after-signing" not in report.verdict.labels
    assert {one.statement for one in report.having("assertion.bmffHash.mismatch")} == {
        "What is left of the file does not match the hash of what was signed.",
        "By our own computation what is left of the file does not match the hash of what was signed.",
    }


def test_a_file_that_is_all_there_and_was_changed_is_changed() -> None:
    report = examine(change_pixels(sign(CAMERA)))
    assert codes(report, Line.INTEGRITY)[0] == "assertion.dataHash.mismatch"
    assert not report.having("integrity.cut")


def test_a_file_that_was_changed_and_breaks_off_still_fails() -> None:
    changed = change_pixels(sign(CAMERA))
    report = examine(changed[:-3])
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL
    assert said(report).startswith("cut off after")


@pytest.mark.parametrize("name", ["moderation", "newsroom"])
def test_a_changed_file_does_not_come_through_a_policy_by_breaking_off(name: str) -> None:
    policy = Policy.load(Path(__file__).parents[2] / f"examples/policies/{name}.toml")
    for data in (change_pixels(sign(CAMERA))[:-3], sign(CAMERA)[:-3]):
        verdict = examine(data, policy=policy).verdict
        assert verdict is not None
        assert verdict.outcome in ("review", "block")
        assert "cut-off" in verdict.labels


def test_a_file_that_was_signed_as_it_breaks_off_is_unchanged() -> None:
    report = examine(bind(Draft(signer=CAMERA, assertions=[actions()]), picture()[:-40]))
    assert report.evidence[Line.INTEGRITY].status is Status.PASS
    assert not report.having("integrity.cut")


def test_what_was_wrong_before_it_broke_off_is_told_too() -> None:
    broken = bind(Draft(signer=CAMERA, assertions=[actions()], after=lambda raw: raw[:-1] + bytes(1)), with_exif())
    report = examine(broken[:-10])
    found = codes(report, Line.INTEGRITY)
    assert found[0] == "integrity.cut"
    assert "claimSignature.mismatch" in found


def test_a_file_of_a_type_that_nobody_reads_says_how_much_is_there() -> None:
    report = examine(b"\x1aE\xdf\xa3\x81\0\x18S\x80\x67\x08\xff\xff\xff\xff" + bytes(200))
    assert codes(report, Line.INTEGRITY) == ["integrity.cut", "integrity.unsupported"]


@pytest.mark.parametrize(
    ("size", "of", "text"),
    [
        (1_200_000, 3_400_000, "1.2 of 3.4 MB"),
        (15, 988, "15 of 988 bytes"),
        (15, 11_888, "15 bytes of 11.9 kB"),
        (1_249_000, 1_250_000, "1.249 of 1.250 MB"),
        (1_249_999, 1_250_000, "1,249,999 of 1,250,000 bytes"),
        (4_000_000_000, 4_100_000_000, "4.0 of 4.1 GB"),
        (999, 1_000, "0.999 of 1.000 kB"),
        (1_234, 0, "1.2 kB"),
    ],
)
def test_two_amounts_are_told_apart_in_one_unit(size: int, of: int, text: str) -> None:
    assert amount(size, of=of) == text

"""Somebody vouched for a bare picture, and a stranger adds Content Credentials: what did the person stand behind?"""

from pathlib import Path

import pytest

from tests.support import authority as made
from tests.support.command import SIGNER
from tests.vouchmark.people import CAFE, codes, line, look, one, put, vouch
from vouchmark import Policy
from vouchmark.report import Line, Status

FAIL, PASS, UNKNOWN = "fail", "pass", "unknown"
FORMS = (("JPEG", "image/jpeg"), ("PNG", "image/png"))
DESK = 'otherwise = "review"\n[[rules]]\nwhen = { people = {} }\noutcome = "allow"\n'


def credentials_added(form: str = "JPEG", media_type: str = "image/jpeg") -> tuple[bytes, bytes]:
    """Return a bare picture, and the same with a stranger's statement of what it shows."""
    bare = made.picture(form)
    says = made.definition(made.created("digitalCapture"))
    return bare, made.sign(SIGNER, bare, media_type=media_type, manifest=says)


@pytest.mark.parametrize(("form", "media_type"), FORMS)
def test_a_vouch_for_the_bare_file_is_not_about_credentials_added_later(form: str, media_type: str) -> None:
    bare, signed = credentials_added(form, media_type)
    said = line(signed, vouches=[vouch(bare)])
    assert codes(said) == [("person.bare", UNKNOWN)]
    assert said.summary == (
        "A person enrolled by “Harbour Press Club” vouches for this file as it was before these Content Credentials "
        f"were added, for {CAFE}, one voice each for ever. That is not about them."
    )
    assert "voice" not in one(said).detail
    assert codes(line(bare, vouches=[vouch(bare)])) == [("person.voice.unchecked", PASS)]


def test_the_file_looks_vouched_for_to_no_policy() -> None:
    bare, signed = credentials_added()
    policy = Policy.parse(DESK.encode(), "desk")
    report = look(signed, vouches=[vouch(bare)], policy=policy)
    assert report.verdict.outcome == "review"
    assert look(bare, vouches=[vouch(bare)], policy=policy).verdict.outcome == "allow"
    labels = look(signed, vouches=[vouch(bare)]).verdict.labels
    assert "person-vouched" not in labels


def test_changed_pixels_are_other_media_and_a_made_up_proof_is_none() -> None:
    bare, signed = credentials_added()
    assert codes(line(made.change_pixels(signed), vouches=[vouch(bare)])) == [("person.binding.mismatch", FAIL)]
    made_up = bytearray(vouch(bare))
    made_up[-600] ^= 1
    assert "person.bare" not in dict(codes(line(signed, vouches=[bytes(made_up)])))


def test_credentials_beside_the_file_are_no_more_vouched_for_than_in_it(tmp_path: Path) -> None:
    bare = made.picture()
    beside = made.sign_detached(SIGNER, bare)
    path = put(tmp_path, "a.jpg", bare, [vouch(bare)])
    assert codes(line(path)) == [("person.voice.unchecked", PASS)]
    (tmp_path / "a.c2pa").write_bytes(beside)
    report = look(path)
    assert report.evidence[Line.SIGNER].status is not Status.ABSENT
    assert codes(report.evidence[Line.PERSON]) == [("person.bare", UNKNOWN)]
    assert codes(line(bare, vouches=[vouch(bare)], manifest=beside)) == [("person.bare", UNKNOWN)]


def test_credentials_beside_it_that_are_anothers_take_nothing_away(tmp_path: Path) -> None:
    """Else anybody could spoil a vouched file by laying a strange sidecar beside it."""
    bare = made.picture()
    path = put(tmp_path, "a.jpg", bare, [vouch(bare)])
    (tmp_path / "a.c2pa").write_bytes(made.sign_detached(SIGNER, made.picture(shade=90)))
    assert codes(line(path)) == [("person.voice.unchecked", PASS)]
    (tmp_path / "a.c2pa").write_bytes(b"no store")
    assert codes(line(path)) == [("person.voice.unchecked", PASS)]


def test_who_vouched_for_the_file_with_its_credentials_vouched_for_both() -> None:
    _, signed = credentials_added()
    assert codes(line(signed, vouches=[vouch(signed)])) == [("person.voice.unchecked", PASS)]


def test_beside_one_that_counts_it_is_information() -> None:
    bare, signed = credentials_added()
    said = line(signed, vouches=[vouch(bare), vouch(signed)])
    assert said.status is Status.PASS
    assert dict(codes(said)) == {"person.bare": "absent", "person.voice.unchecked": PASS}
    assert "1 person" in said.summary

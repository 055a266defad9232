"""Does the person line say what vouches show, and can nobody make it say more, or spoil it for others?"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from provenance.workers.pool import Pool
from tests.support import authority as made
from tests.support.media.crafting import store
from tests.support.media.vouched import LABELS, base, content_of, edited, examine, update
from tests.support.people import club, world
from tests.vouchmark import people
from tests.vouchmark.people import (
    AT,
    CAFE,
    CLUB,
    EPOCH,
    LAST_EPOCH,
    NEXT_EPOCH,
    OTHER_SCOPE,
    PLAIN,
    SIGNED,
    STRANGER,
    TOWN,
    codes,
    file_binding,
    issuer_json,
    line,
    look,
    manifest_binding,
    one,
    put,
    somebody,
    vouch,
)
from vouchmark.demo.pictures import cafe, harbour
from vouchmark.examination.examine import examine_all
from vouchmark.examination.gather import facts_about as known
from vouchmark.examination.gather import picture_hint
from vouchmark.examination.settings import make_settings
from vouchmark.persons.issuers import MAX_ISSUER_OCTETS
from vouchmark.persons.settings import MAX_AUDIENCE, MAX_GIVEN, MAX_GRACE, MAX_NONCE, MAX_SLOTS
from vouchmark.report import Exit, Line, Root, Status, exit_code
from vouchmark.vouching import vouch as vouches
from vouchmark.vouching.files import MAX_BESIDE
from zk.bbs.encoding import dcbor_decode, dcbor_encode
from zk.errors import ZkError
from zk.profile import constants as profile
from zk.profile import issuer_info, personhood
from zk.profile.personhood import Binding, CredentialClass, Level, Scope, Stance, Vouch
from zk.storage.ledger import open_ledger
from zk.verifier import verifier

PASS, FAIL, UNKNOWN, ABSENT = "pass", "fail", "unknown", "absent"
JUNK = b"no vouch at all"


def test_bounds_that_are_written_twice_are_the_profiles() -> None:
    assert vouches.MAX_OCTETS == personhood.MAX_VOUCH_OCTETS
    assert MAX_SLOTS == profile.MAX_SLOTS
    assert (MAX_GRACE, MAX_NONCE) == (verifier.MAX_GRACE, personhood.MAX_NONCE_OCTETS)
    assert MAX_AUDIENCE == personhood.MAX_AUDIENCE_OCTETS
    assert issuer_info.MAX_JSON_OCTETS == MAX_ISSUER_OCTETS


@pytest.mark.parametrize(
    "mistake",
    [
        {"issuers": [b"no issuer"]},
        {"issuers": [issuer_json(CLUB)[0].replace(b"Harbour", b"Forged!")]},
        {"issuers": issuer_json(CLUB, replace(CLUB, epochs=(EPOCH,)))},
        {"scopes": ["café"]},
        {"slots": 0},
        {"slots": MAX_SLOTS + 1},
        {"nonce": b""},
        {"nonce": bytes(MAX_NONCE + 1)},
        {"audience": ""},
        {"audience": "é" * (MAX_AUDIENCE // 2 + 1)},
        {"grace": dt.timedelta(seconds=-1)},
        {"grace": MAX_GRACE + dt.timedelta(seconds=1)},
        {"vouches": [JUNK] * (MAX_GIVEN + 1)},
    ],
)
def test_a_mistake_of_the_reader_is_told_whether_there_is_a_vouch_or_not(mistake: dict[str, Any]) -> None:
    with pytest.raises((ValueError, ZkError)):
        look(PLAIN, **mistake)


class TestWhatHolds:
    def test_no_vouch_says_nothing(self) -> None:
        said = line(PLAIN)
        assert (said.status, codes(said)) == (Status.ABSENT, [("person.absent", ABSENT)])
        assert said.summary == "No vouch was found; that says nothing about the file."

    def test_a_vouch_beside_the_file_is_one_person(self, tmp_path: Path) -> None:
        report = look(put(tmp_path, "café.jpg", PLAIN, [vouch(PLAIN, statement="The fish was cold.")]))
        said = report.evidence[Line.PERSON]
        assert said.status is Status.PASS
        assert said.summary == (
            f"1 person enrolled by “Harbour Press Club”, for {CAFE}, one voice each for ever. "
            "They say: “The fish was cold.”"
        )
        finding = one(said)
        assert (finding.code, finding.root, finding.subject) == (
            "person.voice.unchecked",
            Root.PERSONHOOD_PROOF,
            "café.jpg.vouch",
        )
        assert finding.detail["where"] == "beside"
        assert exit_code(look(tmp_path / "café.jpg", require=["person"])) is Exit.OK

    @pytest.mark.parametrize(
        ("stance", "statement", "code", "does"),
        [
            (Stance.AGAINST, None, "person.against", "speaks against this file"),
            (Stance.AGAINST, "A forgery.", "person.against", "made a statement against this file"),
            (Stance.NOTE, "FORGERY, do not publish.", "person.statement", "made a statement about this file"),
            (None, "FORGERY, do not publish.", "person.statement", "made a statement about this file"),
            (Stance.NOTE, None, "person.statement", "took note of this file"),
        ],
    )
    def test_who_does_not_stand_behind_it_is_no_support(
        self, stance: Stance | None, statement: str | None, code: str, does: str
    ) -> None:
        report = look(PLAIN, vouches=[vouch(PLAIN, stance=stance, statement=statement)], require=["person"])
        said = report.evidence[Line.PERSON]
        assert [(one.code, one.status) for one in said.findings if one.code != "person.bound"] == [
            (code, Status.UNKNOWN)
        ]
        assert does in said.summary
        assert "vouches for" not in said.summary
        assert exit_code(report) is Exit.INCONCLUSIVE
        assert "voice" not in said.findings[0].detail

    def test_who_speaks_against_it_is_told_beside_who_stands_behind_it(self) -> None:
        said = line(PLAIN, vouches=[vouch(PLAIN), vouch(PLAIN, stance=Stance.AGAINST, statement="A forgery.")])
        assert said.status is Status.PASS
        assert said.summary.startswith("1 person enrolled by “Harbour Press Club”, for ")
        assert said.summary.endswith("1 person spoke against it.")

    def test_a_text_is_never_said_to_stand_behind_it(self) -> None:
        said = line(PLAIN, vouches=[vouch(PLAIN, statement="FORGERY, do not publish.")])
        assert "made a statement for this file" in said.findings[0].statement
        assert "vouches for" not in said.findings[0].statement

    def test_several_people_are_counted(self) -> None:
        said = line(PLAIN, vouches=[vouch(PLAIN), vouch(PLAIN), vouch(PLAIN)])
        assert said.summary == f"3 people enrolled by “Harbour Press Club”, for {CAFE}, one voice each for ever."

    def test_two_issuers_are_never_a_sum(self) -> None:
        given = [vouch(PLAIN), vouch(PLAIN), vouch(PLAIN, by=somebody(TOWN))]
        said = line(PLAIN, vouches=given, issuers=issuer_json(CLUB, TOWN))
        assert said.summary == (
            "At least 2 people, in 2 groups that may hold the same people. "
            f"2 people enrolled by “Harbour Press Club”, for {CAFE}, one voice each for ever. "
            f"1 person enrolled by “Town Hall”, for {CAFE}, one voice each for ever."
        )

    def test_two_issuers_of_one_name_are_told_apart(self) -> None:
        borrowed = world.Issuer(name="HARBOUR Press Club", epochs=CLUB.epochs)
        given = [vouch(PLAIN), vouch(PLAIN, by=somebody(borrowed))]
        said = line(PLAIN, vouches=given, issuers=issuer_json(CLUB, borrowed))
        for issuer in (CLUB, borrowed):
            assert f"enrolled by “{issuer.name}” (issuer {issuer.info.id.hex()[:8]}…), for" in said.summary

    def test_one_person_with_a_hundred_scopes_is_one(self) -> None:
        person = somebody()
        scopes = [f"public:topic/{number}" for number in range(100)]
        said = line(PLAIN, vouches=[vouch(PLAIN, by=person, scope=scope) for scope in scopes], scopes=scopes)
        assert said.status is Status.PASS
        assert said.summary.startswith("At least 1 person, in 100 groups that may hold the same people. ")
        assert said.findings[-1].detail["at_least"] == 1

    def test_one_person_with_every_slot_is_one(self) -> None:
        person = somebody()
        said = line(PLAIN, vouches=[vouch(PLAIN, by=person, slot=slot) for slot in range(3)], slots=3)
        assert said.summary.startswith("At least 1 person, in ")
        assert said.findings[-1].detail["at_least"] == 1

    def test_the_same_vouch_twice_is_one(self, tmp_path: Path) -> None:
        octets = vouch(PLAIN)
        said = line(put(tmp_path, "a.jpg", PLAIN, [octets, octets]), vouches=[octets])
        assert said.summary.startswith("1 person enrolled by")

    def test_class_epoch_counts_in_its_epoch(self) -> None:
        person = somebody(credential_class=CredentialClass.EPOCH)
        assert line(PLAIN, vouches=[vouch(PLAIN, by=person)]).summary.endswith(f", one voice each in {EPOCH}.")

    def test_one_voice_for_this_file_alone(self) -> None:
        said = line(PLAIN, vouches=[vouch(PLAIN, scope="public:media")], scopes=["public:media"])
        assert said.status is Status.PASS
        digest = file_binding(PLAIN).digest.hex()
        assert f"for public:media/{digest[:8]}… (this file alone), one voice each for ever" in said.summary
        assert one(said).detail["scope"] == f"public:media/{digest}"

    def test_every_report_that_counts_says_the_bound(self) -> None:
        said = line(PLAIN, vouches=[vouch(PLAIN)])
        assert said.findings[-1].code == "person.bound"
        assert said.findings[-1].statement == (
            "People are counted within one issuer, class, scope, period and slot, and never added up across these. "
            "In a "
            "scope that counts for ever, one ledger sees at most people × issuers × slots × (1 + resets) voices: here "
            "1 × 1 × (1 + 0) for each. "
            "Among how many each of them hides is not known: assume one, whom the issuer can tell."
        )

    def test_what_was_not_checked_is_said(self) -> None:
        words = {gap.what for gap in look(PLAIN, vouches=[vouch(PLAIN)]).not_checked}
        assert words >= {
            "whether the same person vouched for something else as well",
            "whether a vouch was made for you, and now",
            "whether an issuer has withdrawn a credential",
            "when a vouch was made",
        }

    def test_the_inputs_are_named(self) -> None:
        octets = vouch(PLAIN)
        options = look(PLAIN, vouches=[octets], grace=dt.timedelta(days=2), slots=2).inputs.options["person"]
        assert isinstance(options, dict)
        assert options["scopes"] == [CAFE]
        assert (options["slots"], options["grace_days"]) == (2, 2)
        assert options["issuers"] == [
            {
                "id": CLUB.info.id.hex(),
                "serial": 1,
                "sha256": hashlib.sha256(CLUB.info.to_json()).hexdigest(),
            }
        ]

    def test_a_report_without_persons_has_no_such_input(self) -> None:
        assert "person" not in look(PLAIN, scopes=[]).inputs.options

    def test_not_asked_for_is_skipped(self) -> None:
        report = look(PLAIN, vouches=[vouch(PLAIN)], only=["integrity"])
        assert report.evidence[Line.PERSON].status is Status.SKIPPED
        assert not report.evidence[Line.PERSON].findings

    def test_what_cannot_be_read_is_an_error(self, tmp_path: Path) -> None:
        report = look(tmp_path / "missing.jpg", vouches=[vouch(PLAIN)], require=["person"])
        assert codes(report.evidence[Line.PERSON]) == [("person.unreadable", "error")]
        assert exit_code(report) is Exit.ERROR

    def test_where_nobody_asked_for_people_a_file_that_cannot_be_read_says_so(self, tmp_path: Path) -> None:
        report = look(tmp_path / "missing.jpg")
        assert report.evidence[Line.PERSON].status is Status.SKIPPED
        assert report.evidence[Line.PERSON].summary == "Not asked for."
        given = look(tmp_path / "missing.jpg", vouches=[vouch(PLAIN)])
        assert codes(given.evidence[Line.PERSON]) == [("person.unreadable", "error")]


class TestTrust:
    def test_no_trusted_issuer_no_pass(self) -> None:
        octets = vouch(PLAIN, by=somebody(STRANGER))
        for issuers in ([], issuer_json(CLUB, TOWN)):
            said = line(PLAIN, vouches=[octets], issuers=issuers)
            assert (said.status, codes(said)) == (Status.UNKNOWN, [("person.issuer.unknown", UNKNOWN)])

    def test_a_scope_that_nobody_named_counts_for_nothing(self) -> None:
        for scopes in ([], [OTHER_SCOPE]):
            said = line(PLAIN, vouches=[vouch(PLAIN)], scopes=scopes)
            assert (said.status, codes(said)) == (Status.UNKNOWN, [("person.voice.uncounted", UNKNOWN)])
            assert "voice" not in one(said).detail

    def test_a_key_that_the_readers_file_does_not_know_is_doubt_and_a_withdrawn_one_failure(self) -> None:
        old = replace(CLUB, epochs=(LAST_EPOCH,))
        said = line(PLAIN, vouches=[vouch(PLAIN)], issuers=issuer_json(old))
        assert codes(said) == [("person.issuer.key.unknown", UNKNOWN)]
        withdrawn = replace(CLUB, compromised=frozenset({EPOCH}), serial=2)
        said = line(PLAIN, vouches=[vouch(PLAIN)], issuers=issuer_json(withdrawn))
        assert codes(said) == [("person.issuer.key.unknown", FAIL)]

    def test_what_was_proved_with_a_key_that_was_replaced_is_not_called_made_up(self, tmp_path: Path) -> None:
        home = club.club(tmp_path)
        octets = home.member().present(scope=club.CAFE, binding=file_binding(PLAIN), at=club.NOVEMBER).encode()
        asked: dict[str, Any] = {"vouches": [octets], "at": club.NOVEMBER}
        assert line(PLAIN, issuers=[home.info.to_json()], **asked).status is Status.PASS
        home.rotate(club.NOVEMBER, compromised="2026-11")
        said = line(PLAIN, issuers=[home.info.to_json()], **asked)
        assert codes(said) == [("person.proof.invalid", FAIL)]
        assert "made with a key that was withdrawn" in said.summary

    def test_the_latest_version_of_an_issuer_decides(self) -> None:
        withdrawn = replace(CLUB, compromised=frozenset({EPOCH}), serial=2)
        for issuers in (issuer_json(CLUB, withdrawn), issuer_json(withdrawn, CLUB)):
            assert line(PLAIN, vouches=[vouch(PLAIN)], issuers=issuers).status is Status.FAIL

    def test_a_slot_that_the_reader_does_not_count_is_doubt(self) -> None:
        octets = vouch(PLAIN, slot=2)
        assert codes(line(PLAIN, vouches=[octets])) == [("person.slot.exceeded", UNKNOWN)]
        assert line(PLAIN, vouches=[octets], slots=3).status is Status.PASS

    def test_closed_epochs_fail_but_within_the_grace(self) -> None:
        octets = vouch(PLAIN, epoch=LAST_EPOCH)
        assert codes(line(PLAIN, vouches=[octets])) == [("person.epoch.closed", FAIL)]
        assert line(PLAIN, vouches=[octets], grace=dt.timedelta(days=31)).status is Status.PASS
        early = vouch(PLAIN, epoch=NEXT_EPOCH)
        assert line(PLAIN, vouches=[early], grace=dt.timedelta(days=366)).status is Status.FAIL

    def test_a_challenge_is_answered_or_not(self) -> None:
        answering = vouch(PLAIN, nonce=b"today", audience="desk.example")
        assert line(PLAIN, vouches=[answering], nonce=b"today", audience="desk.example").status is Status.PASS
        assert codes(line(PLAIN, vouches=[answering], nonce=b"tomorrow")) == [("person.nonce.mismatch", FAIL)]
        assert codes(line(PLAIN, vouches=[vouch(PLAIN)], nonce=b"today")) == [("person.nonce.mismatch", FAIL)]
        other = line(PLAIN, vouches=[answering], audience="other.example")
        assert codes(other) == [("person.audience.mismatch", FAIL)]

    def test_only_a_challenge_keeps_old_copies_away_and_that_is_said(self) -> None:
        answering = vouch(PLAIN, nonce=b"today", audience="desk.example")
        asked: list[dict[str, Any]] = [{}, {"audience": "desk.example"}, {"nonce": b"today"}]
        gaps = [
            [gap.what for gap in look(PLAIN, vouches=[answering], **one).not_checked if "was made" in gap.what]
            for one in asked
        ]
        assert gaps == [
            ["when a vouch was made", "whether a vouch was made for you, and now"],
            ["when a vouch was made", "whether a vouch was made now"],
            ["when a vouch was made"],
        ]


class TestWhoCanSpoilIt:
    def test_a_stray_one_never_fails_the_file(self, tmp_path: Path) -> None:
        for number, stray in enumerate([JUNK, b"", vouch(SIGNED), vouch(PLAIN, epoch=LAST_EPOCH)]):
            report = look(put(tmp_path / str(number), "a.jpg", PLAIN, [stray]))
            assert report.evidence[Line.PERSON].status is Status.UNKNOWN
            assert exit_code(report) is exit_code(look(PLAIN))

    def test_one_that_was_given_does(self) -> None:
        for bad in (JUNK, b"", vouch(SIGNED), vouch(PLAIN, epoch=LAST_EPOCH)):
            report = look(PLAIN, vouches=[bad])
            assert report.evidence[Line.PERSON].status is Status.FAIL
            assert exit_code(report) is Exit.FAILED

    def test_and_so_does_a_stray_one_where_persons_are_required(self, tmp_path: Path) -> None:
        said = look(put(tmp_path, "a.jpg", PLAIN, [JUNK]), require=["person"])
        assert said.evidence[Line.PERSON].status is Status.FAIL

    @pytest.mark.parametrize("bad", [JUNK, b"", b"\xff" * 9000])
    def test_junk_beside_a_good_one_changes_nothing(self, bad: bytes, tmp_path: Path) -> None:
        good = vouch(PLAIN)
        report = look(put(tmp_path, "a.jpg", PLAIN, [good, bad]), vouches=[bad], require=["person"])
        said = report.evidence[Line.PERSON]
        assert said.status is Status.PASS
        assert said.summary == line(PLAIN, vouches=[good]).summary
        first, *others = codes(said)
        assert first == ("person.voice.unchecked", PASS)
        assert set(others) == {("person.vouch.malformed", ABSENT)}

    def test_a_transplanted_vouch_is_bound_to_other_media(self) -> None:
        said = line(made.picture(shade=9), vouches=[vouch(PLAIN)])
        assert codes(said) == [("person.binding.mismatch", FAIL)]
        assert said.summary == "The vouch is bound to other media, not to this file."

    @pytest.mark.parametrize(
        ("name", "change", "code"),
        [
            ("statement", {"statement": "Otherwise."}, "person.proof.invalid"),
            ("audience", {"audience": "you.example"}, "person.proof.invalid"),
            ("nonce", {"nonce": b"1"}, "person.proof.invalid"),
            ("hint", {"pdq": bytes(32)}, "person.proof.invalid"),
            ("binding", {"binding": file_binding(b"other")}, "person.binding.mismatch"),
        ],
    )
    def test_what_the_holder_said_cannot_be_changed(self, name: str, change: dict[str, Any], code: str) -> None:
        before = Vouch.decode(vouch(PLAIN, statement="Cold."))
        header = replace(before.presentation, **change)
        forged = world.changed(before, presentation_header=header.encode())
        assert codes(line(PLAIN, vouches=[forged.encode()])) == [(code, FAIL)], name

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"scope": Scope.parse(OTHER_SCOPE)}, "person.proof.invalid"),
            ({"slot": 1}, "person.proof.invalid"),
            ({"level": Level.THREE}, "person.proof.invalid"),
            ({"epoch": LAST_EPOCH}, "person.epoch.closed"),
            ({"credential_class": CredentialClass.EPOCH, "period": EPOCH}, "person.proof.invalid"),
            ({"issuer": TOWN.info.id}, "person.proof.invalid"),
            ({"issuer": STRANGER.info.id}, "person.issuer.unknown"),
        ],
    )
    def test_what_it_is_for_cannot_be_changed(self, change: dict[str, Any], code: str) -> None:
        forged = world.changed(Vouch.decode(vouch(PLAIN)), **change).encode()
        said = line(PLAIN, vouches=[forged], scopes=[CAFE, OTHER_SCOPE], slots=3, issuers=issuer_json(CLUB, TOWN))
        assert [found for found, _ in codes(said)] == [code]
        assert said.status is not Status.PASS

    @pytest.mark.parametrize(
        ("member", "value"), [("profile", "vouchmark/2"), ("drafts", ["later"]), ("suite", "BBS_ANOTHER_")]
    )
    def test_one_of_a_later_version_is_doubt_and_no_failure(self, member: str, value: Any) -> None:
        values = dcbor_decode(vouch(PLAIN), max_size=vouches.MAX_OCTETS)
        assert isinstance(values, dict)
        later = dcbor_encode({**values, member: value})
        assert codes(line(PLAIN, vouches=[later])) == [("person.vouch.unsupported", UNKNOWN)]
        assert line(PLAIN, vouches=[later, vouch(PLAIN)]).status is Status.PASS

    def test_anybodys_own_signature_is_no_issuers(self) -> None:
        assert codes(line(PLAIN, vouches=[vouch(PLAIN, self_signed=True)])) == [("person.proof.invalid", FAIL)]

    @given(st.data())
    @settings(max_examples=60, deadline=None)
    def test_no_changed_octet_and_no_other_length_passes(self, data: st.DataObject) -> None:
        octets = _SAMPLE
        kind = data.draw(st.sampled_from(["flip", "cut", "more"]))
        if kind == "flip":
            at = data.draw(st.integers(0, len(octets) - 1))
            changed = octets[:at] + bytes((octets[at] ^ data.draw(st.integers(1, 255)),)) + octets[at + 1 :]
        elif kind == "cut":
            changed = octets[: data.draw(st.integers(0, len(octets) - 1))]
        else:
            changed = octets + data.draw(st.binary(min_size=1, max_size=40))
        assert line(PLAIN, vouches=[changed], slots=3).status is not Status.PASS

    def test_a_huge_file_is_not_read(self, tmp_path: Path) -> None:
        path = put(tmp_path, "a.jpg", PLAIN)
        with (tmp_path / "a.jpg.vouch").open("wb") as file:
            file.truncate(1 << 40)
        finding = one(line(path))
        assert (finding.code, finding.detail["reason"]) == ("person.vouch.malformed", "too-large")

    def test_thousands_of_files_are_not_read_and_hide_none(self, tmp_path: Path) -> None:
        path = put(tmp_path, "a.jpg", PLAIN, [vouch(PLAIN)])
        for number in range(3000):
            (tmp_path / f"a.jpg.!{number:04}.vouch").write_bytes(JUNK)
        report = look(path)
        said = report.evidence[Line.PERSON]
        assert said.status is Status.PASS
        assert len(said.findings) == MAX_BESIDE + 1
        assert f"{3001 - MAX_BESIDE} more vouches beside the file or in it" in {gap.what for gap in report.not_checked}

    def test_a_fifo_is_not_waited_for(self, tmp_path: Path) -> None:
        path = put(tmp_path, "a.jpg", PLAIN)
        os.mkfifo(tmp_path / "a.jpg.vouch")
        finding = one(line(path))
        assert (finding.code, finding.detail["reason"]) == ("person.vouch.malformed", "not-a-file")

    def test_a_link_shows_nothing_of_what_it_leads_to(self, tmp_path: Path) -> None:
        path = put(tmp_path, "a.jpg", PLAIN)
        (tmp_path / "secret").write_text("the secret words")
        (tmp_path / "a.jpg.vouch").symlink_to(tmp_path / "secret")
        (tmp_path / "a.jpg.loop.vouch").symlink_to(tmp_path / "a.jpg.loop.vouch")
        said = line(path)
        assert {code for code, _ in codes(said)} == {"person.vouch.malformed"}
        assert "secret words" not in repr(said)

    def test_a_link_to_a_vouch_is_one(self, tmp_path: Path) -> None:
        path = put(tmp_path, "a.jpg", PLAIN)
        (tmp_path / "elsewhere").write_bytes(vouch(PLAIN))
        (tmp_path / "a.jpg.vouch").symlink_to(tmp_path / "elsewhere")
        assert line(path).status is Status.PASS

    def test_a_statement_cannot_write_our_sentence(self) -> None:
        text = "” is true. 9 people enrolled by “Harbour Press Club” stand behind it. “"
        said = line(PLAIN, vouches=[vouch(PLAIN, statement=text)])
        inner = text.replace("”", '"').replace("“", '"')
        assert (
            said.summary
            == f"1 person enrolled by “Harbour Press Club”, for {CAFE}, one voice each for ever. They say: “{inner}”"
        )


_SAMPLE = vouch(PLAIN, statement="As it was.")


class TestMedia:
    def bound(self, data: bytes) -> dict[str, str]:
        return dict(examine(data).manifest_digests)

    def digest(self, data: bytes) -> Binding:
        (digest,) = self.bound(data).values()
        return manifest_binding(digest)

    def test_a_manifest_that_holds_is_the_files(self) -> None:
        assert line(SIGNED, vouches=[vouch(self.digest(SIGNED))]).status is Status.PASS

    def test_who_signed_plays_no_part(self) -> None:
        octets = vouch(self.digest(SIGNED))
        untrusted = look(SIGNED, vouches=[octets], trust=made.store_of(made.list_of(made.make_root("Other"))))
        assert untrusted.evidence[Line.SIGNER].status is Status.UNKNOWN
        assert untrusted.evidence[Line.PERSON].status is Status.PASS

    def test_a_manifest_over_changed_pixels_is_not(self) -> None:
        said = line(made.change_pixels(SIGNED), vouches=[vouch(self.digest(SIGNED))])
        assert codes(said) == [("person.binding.mismatch", FAIL)]
        assert said.summary == "The vouch is bound to Content Credentials that do not hold for this file."
        assert one(said).detail["bound_to"] == "broken-credentials"

    def test_a_transplanted_manifest_brings_no_person_with_it(self) -> None:
        other = made.transplant(SIGNED, made.picture(shade=120))
        assert line(other, vouches=[vouch(self.digest(SIGNED))]).status is Status.FAIL

    def test_an_edited_file_has_not_what_was_vouched_for_its_parent(self) -> None:
        edit = made.sign_edit(people.command.SIGNER, SIGNED, data=made.picture(shade=70))
        said = line(edit, vouches=[vouch(self.digest(SIGNED))])
        assert codes(said) == [("person.ancestor", UNKNOWN)]
        assert "an earlier version" in said.summary

    def test_an_earlier_versions_vouch_is_never_recorded(self, tmp_path: Path) -> None:
        edit = made.sign_edit(people.command.SIGNER, SIGNED, data=made.picture(shade=70))
        octets = vouch(self.digest(SIGNED))
        with open_ledger(tmp_path / "ledger.sqlite") as ledger:
            line(edit, vouches=[octets], ledger=ledger)
            assert codes(line(SIGNED, vouches=[octets], ledger=ledger)) == [("person.voice.new", PASS)]

    def test_a_vouch_inside_counts_and_one_for_the_grandparent_does_not(self) -> None:
        media, own = base()
        octets = vouch(self.digest(media))
        first = update(own, LABELS[1], LABELS[0], ("org.vouchmark.vouch", content_of(octets)))
        embedded = made.with_manifest_store(media, store(own, first))
        assert codes(line(embedded)) == [("person.voice.unchecked", PASS)]
        second = update(first, LABELS[2], LABELS[1], ("org.vouchmark.vouch", content_of(octets)))
        again = made.with_manifest_store(media, store(own, first, second))
        assert codes(line(again)) == [("person.voice.unchecked", PASS), ("person.binding.mismatch", ABSENT)]

    def test_a_bad_vouch_inside_fails_and_beside_a_good_one_does_not(self) -> None:
        media, own = base()
        bad = update(own, LABELS[1], LABELS[0], ("org.vouchmark.vouch", content_of(JUNK)))
        said = line(made.with_manifest_store(media, store(own, bad)))
        assert codes(said) == [("person.vouch.malformed", FAIL)]
        good = vouch(manifest_binding(self.bound(media)[LABELS[0]]))
        said = line(made.with_manifest_store(media, store(own, bad)), vouches=[good])
        assert said.status is Status.PASS

    def test_a_vouch_inside_a_changed_file_fails(self) -> None:
        media, own = base()
        octets = vouch(manifest_binding(self.bound(media)[LABELS[0]]))
        first = update(own, LABELS[1], LABELS[0], ("org.vouchmark.vouch", content_of(octets)))
        changed = made.change_pixels(made.with_manifest_store(media, store(own, first)))
        assert codes(line(changed)) == [("person.binding.mismatch", FAIL)]

    def test_across_an_edit_a_vouch_inside_speaks_of_the_earlier_version(self) -> None:
        media, own = base()
        octets = vouch(manifest_binding(self.bound(media)[LABELS[0]]))
        carrier = update(own, LABELS[1], LABELS[0], ("org.vouchmark.vouch", content_of(octets)))
        edit = edited(own, carrier, parent=carrier, parent_label=LABELS[1])
        said = line(edit)
        assert codes(said) == [("person.ancestor", UNKNOWN)]
        assert one(said).detail["manifest"] == LABELS[0]

    @pytest.mark.parametrize("relationship", ["componentOf", "inputTo"])
    def test_a_vouch_for_what_was_used_in_a_file_speaks_of_that_and_of_no_earlier_version(
        self, relationship: str
    ) -> None:
        media, own = base()
        octets = vouch(manifest_binding(self.bound(media)[LABELS[0]]))
        carrier = update(own, LABELS[1], LABELS[0], ("org.vouchmark.vouch", content_of(octets)))
        collage = edited(own, carrier, parent=carrier, parent_label=LABELS[1], relationship=relationship)
        said = line(collage)
        assert codes(said) == [("person.component", UNKNOWN)]
        assert "something that was used in this file" in said.summary
        assert "earlier" not in said.summary
        assert one(said).detail["manifest"] == LABELS[0]
        bare = edited(own, parent=own, parent_label=LABELS[0], relationship=relationship)
        assert codes(line(bare, vouches=[octets])) == [("person.component", UNKNOWN)]

    def test_a_vouch_in_a_place_where_none_counts_is_not_looked_at(self) -> None:
        media = base(LABELS[0], ("org.vouchmark.vouch", content_of(vouch(PLAIN))))[0]
        said = line(media)
        assert codes(said) == [("person.vouch.misplaced", UNKNOWN)]


@cache
def _scene() -> Image.Image:
    return harbour()


def jpeg(picture: Image.Image, quality: int) -> bytes:
    output = io.BytesIO()
    picture.save(output, "JPEG", quality=quality)
    return output.getvalue()


class TestLikeness:
    def hint(self, data: bytes) -> bytes | None:
        asset, _ = known(data, make_settings(trust=people.TRUST, at=AT), pool=None)
        return picture_hint(asset, make_settings(trust=people.TRUST, at=AT), pool=None)

    def test_a_recompressed_copy_is_said_to_look_like_it_and_no_more(self, tmp_path: Path) -> None:
        original, copy = jpeg(_scene(), 92), jpeg(_scene(), 40)
        octets = vouch(original, pdq=self.hint(original), statement="Mine.")
        with open_ledger(tmp_path / "ledger.sqlite") as ledger:
            said = line(copy, vouches=[octets], ledger=ledger)
            assert codes(line(original, vouches=[octets], ledger=ledger)) == [("person.voice.new", PASS)]
        finding = one(said)
        assert (said.status, finding.code, finding.root) == (
            Status.UNKNOWN,
            "person.lookalike",
            Root.PERCEPTUAL_HASH,
        )
        assert isinstance(finding.detail["distance"], int)
        assert finding.detail["distance"] <= 31
        assert "voice" not in finding.detail
        assert f"(distance {finding.detail['distance']} of 256)" in finding.statement
        assert "; not for these bytes." in finding.statement

    def test_in_a_child_process_and_among_others_too(self, tmp_path: Path) -> None:
        original, copy = jpeg(_scene(), 92), jpeg(_scene(), 40)
        octets = vouch(original, pdq=self.hint(original))
        paths = [put(tmp_path, f"{number}.jpg", data, [octets]) for number, data in enumerate([copy, original, copy])]
        settings_ = make_settings(trust=people.TRUST, at=AT, issuers=issuer_json(CLUB), scopes=[CAFE])
        with Pool(2) as pool:
            found = [codes(report.evidence[Line.PERSON]) for report in examine_all(paths, settings_, pool=pool)]
        alike = [("person.lookalike", UNKNOWN)]
        assert found == [alike, [("person.voice.unchecked", PASS)], alike]

    def test_another_picture_does_not_look_like_it(self) -> None:
        original, other = jpeg(_scene(), 92), jpeg(cafe(), 92)
        said = line(other, vouches=[vouch(original, pdq=self.hint(original))])
        assert codes(said) == [("person.binding.mismatch", FAIL)]

    def test_a_hint_that_was_put_in_afterwards_breaks_the_proof(self) -> None:
        original, copy = jpeg(_scene(), 92), jpeg(_scene(), 40)
        before = Vouch.decode(vouch(original))
        header = replace(before.presentation, pdq=self.hint(copy))
        forged = world.changed(before, presentation_header=header.encode()).encode()
        assert codes(line(copy, vouches=[forged])) == [("person.proof.invalid", FAIL)]

    def test_likeness_takes_no_place_beside_one_that_holds(self) -> None:
        original, copy = jpeg(_scene(), 92), jpeg(_scene(), 40)
        alike, holds = vouch(original, pdq=self.hint(original)), vouch(copy)
        said = line(copy, vouches=[alike, holds])
        assert codes(said) == [("person.voice.unchecked", PASS), ("person.lookalike", ABSENT)]
        assert said.summary.startswith("1 person enrolled by")

    def test_what_is_no_picture_or_too_plain_has_no_hint(self) -> None:
        assert self.hint(b"no picture") is None
        assert self.hint(jpeg(Image.new("RGB", (400, 300), "white"), 90)) is None
        assert self.hint(jpeg(_scene(), 92)) is not None

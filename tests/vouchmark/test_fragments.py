"""Are all segments of a video in pieces held against what is signed in its first part, and missing ones named?"""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.credentials.engines.c2pa_rs import read
from provenance.credentials.own_check import examine_own
from provenance.credentials.trust.view import view_of
from tests.support.attacks import CAMERA, LISTED, codes, examine, said
from tests.support.authority import NOW, picture, sign
from tests.support.command import AT, Command
from tests.support.corpus import media, needs_corpus
from tests.support.media.crafting import box
from tests.support.media.hostile import movie
from tests.support.media.streams import signed_stream
from tests.vouchmark import people
from vouchmark.examination.gather import facts_about
from vouchmark.examination.settings import make_settings
from vouchmark.report import Line, Status
from vouchmark.vouching.vouch import VouchError, binding_for

THREE = (b"a" * 40, b"b" * 50, b"c" * 60)


def test_all_fragments_of_a_stream_hold_together() -> None:
    first, fragments = signed_stream(CAMERA, THREE)
    report = examine(first, fragments=fragments)
    assert report.evidence[Line.INTEGRITY].status is Status.PASS
    assert report.evidence[Line.INTEGRITY].summary.startswith("The media and the 3 fragments that you gave")
    assert not [gap for gap in report.not_checked if "fragments" in gap.what]
    assert len(report.inputs.options["fragments_sha256"]) == 3  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_changed_byte_in_any_fragment_is_a_change(number: int) -> None:
    first, fragments = signed_stream(CAMERA, THREE)
    changed = list(fragments)
    changed[number] = changed[number][:-1] + b"!"
    report = examine(first, fragments=changed)
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL
    assert said(report).startswith("does not match its credentials: changed after ")


@pytest.mark.parametrize("kind", [b"mdat", b"moof"])
def test_fragments_whose_media_is_left_out_of_what_is_signed_fail(kind: bytes) -> None:
    first, fragments = signed_stream(CAMERA, THREE, left_out=[kind])
    changed = [fragment[:-1] + b"!" for fragment in fragments] if kind == b"mdat" else fragments
    report = examine(first, fragments=changed)
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL
    assert "integrity.coverage.media_excluded" in codes(report, Line.INTEGRITY)
    assert said(report).startswith("part of the content is not signed and could be anything")


PAGE = b"<!DOCTYPE html><html><body><h1>Another thing</h1></body></html>"
DOCUMENT = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"


@pytest.mark.parametrize("number", [0, 2])
@pytest.mark.parametrize(("content", "kind"), [(PAGE, "text/html"), (DOCUMENT, "application/pdf")])
def test_a_fragment_that_is_also_another_file_does_not_pass(content: bytes, kind: str, number: int) -> None:
    first, fragments = signed_stream(CAMERA, THREE, left_out=[b"free"])
    more = [one + box(b"free", content if place == number else bytes(9)) for place, one in enumerate(fragments)]
    report = examine(first, fragments=more)
    assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN
    (finding,) = report.having("integrity.second_reading")
    assert (finding.detail["also"], finding.detail["fragment"]) == (kind, number + 1)
    assert finding.statement.startswith(f"Fragment {number + 1} of the video can be read as {kind} too")
    plain = [one + box(b"free", bytes(9)) for one in fragments]
    assert examine(first, fragments=plain).evidence[Line.INTEGRITY].status is Status.PASS


def test_a_fragment_of_another_stream_is_a_change() -> None:
    first, fragments = signed_stream(CAMERA, THREE)
    _, others = signed_stream(CAMERA, (b"x" * 40, b"y" * 40, b"z" * 40))
    report = examine(first, fragments=[fragments[0], others[1]])
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL


@pytest.mark.parametrize("given", [(0,), (2, 0), (1, 1)])
def test_fragments_that_were_not_given_are_named(given: tuple[int, ...]) -> None:
    first, fragments = signed_stream(CAMERA, THREE)
    report = examine(first, fragments=[fragments[number] for number in given])
    assert report.evidence[Line.INTEGRITY].status is Status.PASS
    missing = 3 - len(set(given))
    assert (f"{missing} of 3 fragments of the video", "not given with --fragment") in [
        (gap.what, gap.why) for gap in report.not_checked
    ]
    assert said(report).startswith(f"only {3 - missing} of its 3 fragments given; ")
    assert "; the part that was given is unchanged since Test Camera" in said(report)


def test_a_stream_that_is_all_there_is_called_unchanged_as_a_whole() -> None:
    first, fragments = signed_stream(CAMERA, THREE)
    assert "; signed by Test Camera" in said(examine(first, fragments=fragments))


def test_a_vouch_for_the_first_parts_bytes_says_nothing_of_the_fragments() -> None:
    first, fragments = signed_stream(CAMERA, THREE)
    of_bytes = people.vouch(first)
    assert people.line(first, vouches=[of_bytes]).status is Status.PASS
    found = people.line(first, vouches=[of_bytes], fragments=fragments)
    assert people.codes(found) == [("person.binding.mismatch", "fail")]
    assert found.summary.startswith("The vouch is bound to the bytes of the first part alone")


def test_a_vouch_for_the_manifest_that_binds_all_fragments_counts_while_they_hold() -> None:
    first, fragments = signed_stream(CAMERA, THREE)
    own = examine_own(first, "video/mp4", None, trust=view_of(LISTED), at=NOW)
    octets = people.vouch(people.manifest_binding(own.manifest_digests[own.active]))
    assert people.line(first, vouches=[octets], fragments=fragments).status is Status.PASS
    changed = [fragments[0], fragments[1][:-1] + b"!", fragments[2]]
    assert people.line(first, vouches=[octets], fragments=changed).status is Status.FAIL
    alone = people.line(first, vouches=[octets])
    assert people.codes(alone) == [("person.binding.unknown", "unknown")]


def test_nobody_vouches_for_a_first_part_in_place_of_the_video() -> None:
    first, _ = signed_stream(CAMERA, THREE)
    asset, facts = facts_about(first, make_settings(trust=LISTED, at=NOW), pool=None)
    with pytest.raises(VouchError, match="first part of a video in pieces"):
        binding_for(asset, facts)


def test_a_first_part_alone_cannot_be_compared() -> None:
    first, _ = signed_stream(CAMERA, THREE)
    report = examine(first)
    assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN
    assert "integrity.fragments.missing" in codes(report, Line.INTEGRITY)
    assert ("the fragments of the video", "not given with --fragment") in [
        (gap.what, gap.why) for gap in report.not_checked
    ]


@pytest.mark.parametrize(
    "build",
    [lambda: sign(CAMERA, picture()), lambda: sign(CAMERA, movie(256), media_type="video/mp4")],
    ids=["picture", "whole-movie"],
)
def test_fragments_that_nothing_signed_speaks_of_never_pass(build: object) -> None:
    report = examine(build(), fragments=[b"anything"])  # type: ignore[operator]
    assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN
    assert "integrity.fragments.unused" in codes(report, Line.INTEGRITY)


def test_fragments_go_through_a_worker_too() -> None:
    first, fragments = signed_stream(CAMERA, THREE)
    for given, status in ((fragments, Status.PASS), ([*fragments[:2], b"\0" * 70], Status.FAIL)):
        report = examine(first, fragments=given, in_process=False)
        assert report.evidence[Line.INTEGRITY].status is status


def test_a_stream_made_by_hand_is_as_the_engine_reads_one() -> None:
    first, fragments = signed_stream(CAMERA, THREE)
    found = [code.code for code in read(first, "video/mp4", fragments=fragments).codes if "bmffHash" in code.code]
    assert found == ["assertion.bmffHash.match"]


class TestCommand:
    @pytest.fixture
    def run(self, tmp_path: Path) -> Command:
        first, fragments = signed_stream(CAMERA, THREE)
        (tmp_path / "init.mp4").write_bytes(first)
        for number, fragment in enumerate(fragments, start=1):
            (tmp_path / f"{number}.m4s").write_bytes(fragment)
        (tmp_path / "bad.m4s").write_bytes(fragments[0][:-1] + b"!")
        return Command(folder=tmp_path, home=tmp_path / "home")

    def test_several_fragments_are_named_one_by_one(self, run: Command) -> None:
        words = [word for number in (1, 2, 3) for word in ("--fragment", f"{number}.m4s")]
        done = run("check", "init.mp4", *words, "--only", "integrity", "--at", AT)
        assert (done.code, done.stderr) == (0, "")
        done = run("check", "init.mp4", *words, "--fragment", "bad.m4s", "--only", "integrity", "--at", AT)
        assert done.code == 1

    def test_what_cannot_be_meant_is_refused(self, run: Command) -> None:
        done = run("check", "init.mp4", "init.mp4", "--fragment", "1.m4s")
        assert done.said == (2, "error: --fragment was given with several files, and belongs to one")
        done = run("check", "init.mp4", "--fragment", "nothing.m4s")
        assert done.said == (2, "error: the fragment nothing.m4s cannot be read: there is no such file")


@pytest.mark.corpus
@needs_corpus
def test_a_real_stream_holds_with_its_segment_and_with_no_other() -> None:
    found = {row.id: row.path for row in media()}
    first, segment = found["rs__dashinit.mp4"], found["rs__dash1.m4s"].read_bytes()
    report = examine(first, fragments=[segment])
    assert report.evidence[Line.INTEGRITY].status is Status.PASS
    assert ("10 of 11 fragments of the video", "not given with --fragment") in [
        (gap.what, gap.why) for gap in report.not_checked
    ]
    middle = len(segment) // 2
    changed = segment[:middle] + bytes((segment[middle] ^ 1,)) + segment[middle + 1 :]
    assert examine(first, fragments=[changed]).evidence[Line.INTEGRITY].status is Status.FAIL
    _, others = signed_stream(CAMERA, THREE)
    assert examine(first, fragments=others).evidence[Line.INTEGRITY].status is Status.FAIL

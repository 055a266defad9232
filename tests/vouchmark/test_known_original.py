"""Does the known line say what comparing with an original came to, in true sentences, and load nothing before?"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from provenance.hashes.clips.clips import Placement
from provenance.hashes.clips.placing import Placed, Stretch
from provenance.hashes.original import Against
from provenance.workers.pool import Pool
from tests.support import talks
from tests.support.authority import NOW, store_of
from tests.support.command import AT, Command
from vouchmark import check
from vouchmark.demo.pictures import harbour
from vouchmark.examination.examine import examine_all
from vouchmark.examination.pictures import DIFFERENCE
from vouchmark.examination.settings import make_settings
from vouchmark.known.originals import Original
from vouchmark.lines.facts import Facts
from vouchmark.lines.known.clip import clip_answer
from vouchmark.lines.known.words import clock, percent, where
from vouchmark.render import json as rendered
from vouchmark.report import Line, Report, Status
from vouchmark.wording.catalogue import render_phrase


def photo() -> Image.Image:
    base = np.asarray(harbour().convert("RGB").resize((640, 430), Image.Resampling.BICUBIC), np.int16)
    grain = np.random.default_rng(4).integers(-22, 22, (215, 320, 1)).repeat(2, axis=0).repeat(2, axis=1)
    return Image.fromarray(np.clip(base + grain, 0, 255).astype(np.uint8))


def encoded(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def pasted() -> Image.Image:
    image = photo()
    image.paste(Image.fromarray(np.random.default_rng(1).integers(0, 255, (60, 90, 3), np.uint8)), (430, 300))
    return image


ORIGINAL = encoded(photo(), quality=92)


def report(data: bytes, original: bytes = ORIGINAL, **options: Any) -> Report:
    given = Original.load(io.BytesIO(original))
    return check(data, original=given, only=["known"], trust=store_of(), at=NOW, **options)


def known(data: bytes, original: bytes = ORIGINAL, **options: Any) -> tuple[Status, list[str], str]:
    evidence = report(data, original, **options).evidence[Line.KNOWN]
    codes = [finding.code for finding in evidence.findings]
    return evidence.status, codes, evidence.findings[0].statement


def test_the_same_bytes_are_the_original_and_nothing_is_decoded() -> None:
    status, codes, words = known(ORIGINAL, in_process=True)
    assert (status, codes) == (Status.PASS, ["known.same"])
    assert words == "It is the original “-”, byte for byte."


def test_another_encoding_is_the_same_picture() -> None:
    status, codes, words = known(encoded(photo().resize((320, 215)), "PNG"))
    assert (status, codes) == (Status.PASS, ["known.same"])
    assert "No region differs" in words
    assert "scaled to 50 % of its size" in words
    assert "0.25 % of the area can be missed" in words


def test_a_paste_fails_and_is_placed() -> None:
    found = report(encoded(pasted(), quality=80))
    (finding,) = found.evidence[Line.KNOWN].findings
    assert (finding.code, finding.status) == ("known.changed", Status.FAIL)
    (region,) = finding.detail["regions"]  # type: ignore[misc, union-attr]
    left, top, right, bottom = region["box"]  # type: ignore[index, call-overload]
    assert (left, top, right, bottom) == pytest.approx((430, 300, 520, 360), abs=10)
    assert "lower right" in finding.statement
    assert finding.detail["false_alarm_rate"]
    assert finding.source.startswith("OpenCV ")


def test_the_map_goes_with_the_report_and_not_into_its_json() -> None:
    found = report(encoded(pasted()))
    (picture,) = [one for one in found.pictures if one.role == DIFFERENCE]
    assert picture.data.startswith(b"\x89PNG")
    assert picture.alt
    assert "PNG" not in rendered.dumps(found)


def test_what_lies_around_is_unknown_and_a_plain_border_is_not() -> None:
    framed = Image.new("RGB", (760, 550), "white")
    framed.paste(photo(), (60, 60))
    assert known(encoded(framed))[:2] == (Status.PASS, ["known.same"])
    framed.paste(Image.fromarray(np.random.default_rng(1).integers(0, 255, (50, 700, 3), np.uint8)), (30, 495))
    assert known(encoded(framed))[:2] == (Status.UNKNOWN, ["known.same", "known.added"])


def test_another_picture_is_unknown_and_never_something_else() -> None:
    other = Image.fromarray(np.random.default_rng(3).integers(0, 255, (430, 640, 3), np.uint8))
    status, codes, words = known(encoded(other))
    assert (status, codes) == (Status.UNKNOWN, ["known.unaligned"])
    assert "another picture, or heavily edited" in words


@pytest.mark.parametrize(
    ("data", "original", "status", "code", "words"),
    [
        (b"\xff\xd8\xff\xe0 broken", ORIGINAL, Status.ERROR, "known.uncompared", "could not be decoded"),
        (ORIGINAL, b"\xff\xd8\xff\xe0 broken", Status.ERROR, "known.uncompared", "the original could not be decoded"),
        (b"just text", ORIGINAL, Status.ERROR, "known.uncompared", "this type of file"),
        (b"", ORIGINAL, Status.ERROR, "known.uncompared", "could not be read"),
    ],
)
def test_what_cannot_be_compared_is_an_error(
    data: bytes, original: bytes, status: Status, code: str, words: str
) -> None:
    found = known(data, original)
    assert found[:2] == (status, [code])
    assert words in found[2]


def test_a_small_copy_is_said_to_hide_more() -> None:
    large, small = (known(encoded(image, "PNG"), in_process=True)[2] for image in (photo(), photo().resize((120, 81))))
    assert "Changes of less than about 0.25 % of the area can be missed, and so can a blurred background" in large
    assert "Changes of less than about 1.3 % of the area can be missed, and so can a blurred background" in small


def test_of_an_animation_only_the_first_picture_is_compared_and_that_is_said() -> None:
    moving = encoded(photo(), "GIF", save_all=True, append_images=[Image.new("RGB", photo().size, "red")])
    found = report(moving, encoded(photo(), "PNG"), in_process=True)
    line = found.evidence[Line.KNOWN]
    assert line.findings[0].code == "known.same"
    assert line.summary.startswith("No region of its first picture differs from the original.")
    assert line.findings[0].statement.startswith("No region of its first picture differs from the original “-”.")
    assert [gap.what for gap in found.not_checked if "pictures" in gap.what] == ["further pictures in the file"]
    other_way = report(encoded(photo(), "PNG"), moving, in_process=True)
    assert other_way.evidence[Line.KNOWN].summary.startswith("No region differs")
    assert "further pictures in the original" in [gap.what for gap in other_way.not_checked]


def test_a_bomb_is_refused_by_its_header() -> None:
    from provenance.asset import Limits

    bomb = encoded(Image.new("1", (9000, 9000)), "PNG")
    limits = Limits(pixels=1_000_000)
    assert "announces too many pixels" in known(bomb, limits=limits)[2]
    assert "the original announces too many" in known(ORIGINAL, bomb, limits=limits)[2]


def test_the_worker_and_this_process_say_the_same() -> None:
    data = encoded(pasted(), quality=70)
    assert rendered.dumps(report(data)) == rendered.dumps(report(data, in_process=True))


def test_a_worker_that_runs_out_of_time_compares_nothing() -> None:
    settings = make_settings(original=Original.load(io.BytesIO(ORIGINAL)), only=["known"], trust=store_of(), at=NOW)
    with Pool(workers=1, seconds=0.01) as pool:
        (found,) = examine_all([encoded(pasted())], settings, pool=pool)
    (finding,) = found.evidence[Line.KNOWN].findings
    assert (finding.code, finding.detail["reason"]) == ("known.uncompared", "time-limit")


def test_a_verdict_says_that_a_region_changed() -> None:
    verdict = report(encoded(pasted())).verdict
    assert verdict is not None
    assert verdict.labels == ("region-changed",)


def test_a_picture_and_a_talk_are_not_compared() -> None:
    talk = talks.encode(None, talks.speech(4, 1), kind="wav")
    status, codes, words = known(ORIGINAL, talk)
    assert (status, codes) == (Status.UNKNOWN, ["known.unaligned"])
    assert "one is a picture and the other is not" in words


def test_an_original_that_the_report_names_is_an_input() -> None:
    options = report(ORIGINAL, in_process=True).inputs.options
    assert options["original"] == {"name": "-", "sha256": Original.load(io.BytesIO(ORIGINAL)).sha256}


# Clips


def facts() -> Facts:
    from provenance.credentials.engines.model import Outcome, Reading

    first = Reading(engine="c2pa-rs", version="", outcome=Outcome.ABSENT)
    return Facts(name="clip.mp4", media_type="video/mp4", named_type=None, first=first, second=None, at=NOW)


def stretch(start: float, end: float, original: float) -> Stretch:
    return Stretch(start=start, end=end, original_start=original, original_end=original + end - start, score=0.9)


def placed(*stretches: Stretch, unfound: tuple[tuple[float, float], ...] = ()) -> Placed:
    return Placed(stretches=stretches, unfound=unfound, informative=20.0)


def told(sound: Placed | None, pictures: Placed | None = None, *, seconds: float = 20.0) -> tuple[list[str], str]:
    found = Placement(sound=sound, pictures=pictures, seconds=seconds, original_seconds=100.0)
    answer = clip_answer(facts(), found, name="a.mp4", source="PyAV")
    return [draft.code for draft in answer.drafts], answer.drafts[0].statement


def test_an_excerpt_is_told_with_its_ends_and_what_is_missing() -> None:
    codes, words = told(placed(stretch(0, 20, 30)), placed(stretch(0.5, 20, 30.5)))
    assert codes == ["known.excerpt"]
    assert "from 0:30.0 to 0:50.0 of the original “a.mp4”, which lasts 1:40.0, by its sound and its pictures" in words
    assert "Left out: 0:30.0 before it and 0:50.0 after it" in words


def test_all_of_it_is_told_as_such() -> None:
    words = told(placed(stretch(0, 99, 0.5)), seconds=99.5)[1]
    assert words == "It follows the original “a.mp4” from beginning to end, by its sound."


def test_a_part_that_was_left_out_within_is_a_failure() -> None:
    codes, words = told(placed(stretch(0, 10, 20), stretch(10, 20, 50)))
    assert codes == ["known.spliced"]
    assert "at 0:10.0 what lies from 0:30.0 to 0:50.0 in the original was left out" in words


def test_a_part_that_was_moved_is_a_failure() -> None:
    codes, words = told(placed(stretch(0, 10, 50), stretch(10, 20, 20)))
    assert codes == ["known.spliced"]
    assert "at 0:10.0 it goes back to 0:20.0" in words


def test_sound_of_another_place_than_the_pictures_is_a_failure() -> None:
    codes, words = told(placed(stretch(0, 20, 60)), placed(stretch(0, 20, 10)))
    assert codes == ["known.spliced"]
    assert "its sound is that of 1:00.0, and its pictures are those of 0:10.0" in words


def test_half_a_second_between_sound_and_pictures_is_none() -> None:
    assert told(placed(stretch(0, 20, 30.3)), placed(stretch(0, 20, 30)))[0] == ["known.excerpt"]


def test_sound_alone_speaks_for_sound_alone() -> None:
    words = told(placed(stretch(0, 20, 10)), placed(unfound=((0.0, 20.0),)))[1]
    assert words.startswith("Its sound is the part from 0:10.0 to 0:30.0 of the original")
    words = told(placed(unfound=((0.0, 20.0),)), placed(stretch(0, 20, 10)))[1]
    assert words.startswith("What its pictures show is the part from 0:10.0 to 0:30.0 of the original")
    found = Placement(sound=placed(stretch(0, 99, 0.5)), alone=("pictures",), seconds=99.5, original_seconds=100)
    answer = clip_answer(facts(), found, name="a.mp4", source="PyAV")
    assert answer.summary == "Its sound is a part of the original: 0:00.5 to 1:39.5."
    assert answer.drafts[0].statement == "Its sound follows the original “a.mp4” from beginning to end."
    assert ("its pictures", "the original has none that can be decoded") in [
        (gap.what, gap.why) for gap in answer.not_checked
    ]


def test_what_was_looked_at_in_part_is_no_whole() -> None:
    for seconds, which in ((99.5, "original_is_cut"), (99.5, "is_cut")):
        found = Placement(sound=placed(stretch(0, 99, 0.5)), seconds=seconds, original_seconds=100.0, **{which: True})
        answer = clip_answer(facts(), found, name="a.mp4", source="PyAV")
        words = answer.drafts[0].statement
        if which == "is_cut":
            assert words.startswith("As far as it was looked at, it follows the original")
        else:
            assert "of which what lies before 1:40.0 was looked at" in words
            assert "from beginning to end" not in words
            assert "which lasts" not in words
        [gap] = [gap.what for gap in answer.not_checked if gap.what.startswith("all of")]
        assert gap == {"is_cut": "all of the recording", "original_is_cut": "all of the original"}[which]


def test_what_was_found_nowhere_is_unknown_beside_what_was() -> None:
    assert told(placed(stretch(0, 10, 30), unfound=((10.0, 20.0),)))[0] == ["known.excerpt", "known.unfound"]
    assert told(placed(), placed(stretch(0, 20, 10)))[0] == ["known.excerpt", "known.unfound"]


def test_nothing_follows_where_nothing_was_found() -> None:
    codes, words = told(placed(unfound=((0.0, 20.0),)))
    assert codes == ["known.unaligned"]
    assert "another recording, or heavily edited" in words


def test_a_clip_is_told_end_to_end() -> None:
    voice = talks.speech(40, 2)
    talk = talks.encode(None, voice, kind="wav")
    part = talks.encode(None, talks.cut_sound(voice, (12, 27)), kind="mp3", rate=32_000)
    status, codes, words = known(part, talk)
    assert (status, codes) == (Status.PASS, ["known.excerpt"])
    assert "from 0:12.0 to 0:27.0" in words


def test_a_worker_can_say_nothing_that_contradicts_itself() -> None:
    assert not Against().is_sound
    assert not Against(clip=Placement(), reason="crash").is_sound
    assert Against(reason="crash").is_sound


# Words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0:00.0"), (9.96, "0:10.0"), (61.26, "1:01.3"), (3599.99, "1:00:00.0"), (7265.5, "2:01:05.5")],
)
def test_places_in_a_recording_are_told_as_clocks_do(seconds: float, words: str) -> None:
    assert clock(seconds) == words


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "0.0 %"), (0.0004, "<0.1 %"), (0.0123, "1.2 %"), (0.5, "50 %"), (1.0, "100 %")]
)
def test_shares_are_told_as_finely_as_they_are_known(share: float, words: str) -> None:
    assert percent(share) == words


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ((0, 0, 10, 10), "upper left (10 x 10 pixels at 0, 0)"),
        ((45, 45, 55, 55), "in the middle (10 x 10 pixels at 45, 45)"),
        ((45, 0, 55, 10), "at the top (10 x 10 pixels at 45, 0)"),
        ((90, 45, 100, 55), "right (10 x 10 pixels at 90, 45)"),
    ],
)
def test_a_region_is_told_by_where_one_looks(box: tuple[int, int, int, int], words: str) -> None:
    assert render_phrase(where(box, (100, 100))) == words


# The command


@pytest.fixture
def command(tmp_path: Path) -> Command:
    folder = tmp_path / "media"
    folder.mkdir()
    (folder / "original.jpg").write_bytes(ORIGINAL)
    (folder / "copy.jpg").write_bytes(encoded(photo(), quality=60))
    (folder / "pasted.jpg").write_bytes(encoded(pasted(), quality=80))
    return Command(folder=folder, home=tmp_path / "home")


def run(command: Command, *words: str) -> Any:
    return command("check", "--only", "known", "--at", AT, *words)


def test_the_exit_code_tells_a_copy_from_an_edit(command: Command) -> None:
    assert run(command, "copy.jpg", "--original", "original.jpg").code == 0
    assert run(command, "pasted.jpg", "--original", "original.jpg").code == 1


def test_the_picture_of_the_difference_is_written_whole(command: Command) -> None:
    done = run(command, "pasted.jpg", "--original", "original.jpg", "--diff-out", "map.png")
    assert "map.png" in done.files
    with Image.open(command.folder / "map.png") as shown:
        assert shown.size == (640, 430)
    assert [name for name in done.files if name.startswith(".")] == []


def test_the_picture_goes_through_a_link_to_where_it_leads(command: Command) -> None:
    (command.folder / "there").mkdir()
    (command.folder / "map.png").symlink_to("there/shown.png")
    run(command, "pasted.jpg", "--original", "original.jpg", "--diff-out", "map.png")
    assert (command.folder / "map.png").is_symlink()
    with Image.open(command.folder / "there/shown.png") as shown:
        assert shown.size == (640, 430)


def test_nothing_is_written_where_nothing_was_compared(command: Command) -> None:
    done = run(command, "original.jpg", "--original", "original.jpg", "--diff-out", "map.png")
    assert "map.png" not in done.files
    assert "nothing was written to map.png" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("copy.jpg", "--original", "missing.jpg"), "the original missing.jpg cannot be read"),
        (("copy.jpg", "pasted.jpg", "--original", "original.jpg"), "--original was given with several files"),
        (("copy.jpg", "--diff-out", "map.png"), "--diff-out was given without --original"),
        (("copy.jpg", "--original", ""), "got an empty name"),
        (("pasted.jpg", "--original", "original.jpg", "--diff-out", "no/map.png"), "cannot write to no/map.png"),
        (
            ("pasted.jpg", "--original", "original.jpg", "--diff-out", "./original.jpg"),
            "is one of the files that are read",
        ),
        (("pasted.jpg", "--original", "original.jpg", "--diff-out", "pasted.jpg"), "is one of the files that are read"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(command: Command, words: tuple[str, ...], said: str) -> None:
    done = run(command, *words)
    assert done.code == 2
    assert said in done.stderr
    assert (command.folder / "original.jpg").read_bytes() == ORIGINAL


def test_a_file_without_a_signed_thumbnail_says_so(command: Command) -> None:
    done = run(command, "copy.jpg", "--original", "thumbnail", "--format", "json")
    (finding,) = json.loads(done.stdout)["evidence"]["known"]["findings"]
    assert finding["statement"].endswith("no signature in its history covers a thumbnail.")
    assert done.code == 3


def test_a_signed_thumbnail_takes_the_place_of_an_original() -> None:
    from tests.support.authority import make_root, make_signer, sign_with_thumbnail

    signer = make_signer(make_root())
    small = encoded(photo().resize((400, 269)), quality=85)
    for picture, code, status in ((photo(), "known.same", Status.PASS), (pasted(), "known.changed", Status.FAIL)):
        signed = sign_with_thumbnail(signer, encoded(picture, quality=90), small)
        found = check(signed, original=Original.thumbnail(), trust=store_of(), at=NOW)
        first = found.evidence[Line.KNOWN].findings[0]
        assert (first.code, first.status) == (code, status)
        assert "the thumbnail that a signature in its own history covers" in first.statement
        # What a signer signs is intact, whatever it shows: that is the known line's matter alone.
        assert found.evidence[Line.INTEGRITY].status is Status.PASS
        assert not any("thumbnail" in gap.what for gap in found.not_checked)


@pytest.mark.parametrize(("module", "extra"), [("cv2", "compare"), ("av", "video")])
def test_a_missing_package_is_named_with_what_to_install(
    command: Command, module: str, extra: str, tmp_path: Path
) -> None:
    (command.folder / "talk.wav").write_bytes(talks.encode(None, talks.speech(4, 1), kind="wav"))
    original = {"cv2": "original.jpg", "av": "talk.wav"}[module]
    script = (
        "import importlib.util as u, sys; find = u.find_spec;"
        f"u.find_spec = lambda name, *rest: None if name == {module!r} else find(name, *rest);"
        f"sys.argv = ['vouchmark', 'check', 'copy.jpg', '--original', {original!r}];"
        "from vouchmark.cli import main; main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=command.folder, check=False
    )
    assert ran.returncode == 4
    assert f"pip install 'vouchmark[{extra}]'" in ran.stderr


def test_nothing_heavy_is_loaded_without_an_original() -> None:
    script = (
        "import sys; from vouchmark.demo.pictures import harbour; import io;"
        "from vouchmark import check; from tests.support.authority import NOW, store_of;"
        "check(b'\\xff\\xd8\\xff\\xe0', trust=store_of(), at=NOW, in_process=True);"
        "print(sorted({'cv2', 'av'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert ran.stdout.strip() == "[]"


class TestAgainstTheIndex:
    """The small picture that an index keeps takes the place of an original."""

    @pytest.fixture
    def known(self, tmp_path: Path) -> Command:
        folder = tmp_path / "here"
        (folder / "mine").mkdir(parents=True)
        (folder / "mine" / "harbour.jpg").write_bytes(ORIGINAL)
        run = Command(folder=folder, home=tmp_path / "home")
        done = run("index", "add", "mine", "--index", "known", "--label", "harbour series")
        assert done.code == 0, done.stderr
        return run

    def line(self, run: Command, data: bytes) -> tuple[int, Any]:
        (run.folder / "asked.jpg").write_bytes(data)
        words = ("--index", "known", "--original", "index", "--only", "known", "--format", "json", "--at", AT)
        done = run("check", "asked.jpg", *words)
        assert done.stderr == ""
        return done.code, done.json["evidence"]["known"]

    def test_a_copy_has_no_region_that_differs(self, known: Command) -> None:
        code, line = self.line(known, encoded(photo().resize((320, 215)), quality=60))
        assert (code, line["status"]) == (0, "pass")
        first = line["findings"][0]
        assert first["code"] == "known.same"
        assert "the small picture of “harbour series” in your index" in first["statement"]
        assert {finding["code"] for finding in line["findings"]} >= {"known.same", "known.near"}

    def test_an_edited_copy_is_told_where_it_differs(self, known: Command) -> None:
        code, line = self.line(known, encoded(pasted(), quality=80))
        assert (code, line["status"], line["findings"][0]["code"]) == (1, "fail", "known.changed")
        assert len(line["findings"][0]["detail"]["regions"]) == 1

    def test_the_same_file_is_told_as_that(self, known: Command) -> None:
        code, line = self.line(known, ORIGINAL)
        assert (code, line["findings"][0]["code"]) == (0, "known.same")
        assert line["findings"][0]["statement"] == "It is “harbour series” in your index, byte for byte."

    def test_a_stranger_has_nothing_to_be_compared_with(self, known: Command) -> None:
        noise = np.random.default_rng(9).integers(0, 255, (48, 64, 3), np.uint8).repeat(8, axis=0).repeat(8, axis=1)
        code, line = self.line(known, encoded(Image.fromarray(noise), quality=90))
        assert (code, line["status"]) == (3, "unknown")
        assert line["findings"][0]["code"] == "known.unaligned"
        assert "nothing that the index keeps a picture of looks like it" in line["findings"][0]["statement"]

    def test_without_an_index_it_is_a_mistake_of_the_command_line(self, known: Command) -> None:
        (known.folder / "asked.jpg").write_bytes(ORIGINAL)
        done = known("check", "asked.jpg", "--original", "index")
        assert done.said == (2, "error: --original index was given without --index")

    def test_it_is_named_among_the_inputs(self, known: Command) -> None:
        (known.folder / "asked.jpg").write_bytes(ORIGINAL)
        done = known("check", "asked.jpg", "--original", "index", "--index", "known", "--format", "json", "--at", AT)
        assert done.json["inputs"]["options"]["original"] == {"name": "index", "sha256": None}

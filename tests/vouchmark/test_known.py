"""Does the known line say what the reader's index says, no more, and load nothing where nobody asks?"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance, ImageOps

from provenance.hashes.index.entry import Entry, Hashed, Said
from provenance.hashes.index.index import KnownMedia
from provenance.hashes.index.recorder import Recorder
from provenance.hashes.pictures.pdq import MIN_QUALITY, RULE, Orientation, pdq_of_bytes
from provenance.workers.pool import Pool
from tests.support.authority import NOW, created, definition, make_root, make_signer, sign, store_of
from vouchmark import check
from vouchmark.demo.pictures import harbour
from vouchmark.examination.examine import examine_to_keep
from vouchmark.examination.settings import make_settings
from vouchmark.known.keeping import entry_of
from vouchmark.render.headline.answer import answer
from vouchmark.report import Evidence, Line, Report, Status

CHECKOUT = Path(__file__).resolve().parents[2]
HEAVY = ("numpy", "cv2", "av", "faiss", "iscc_lib")


def photo(size: tuple[int, int] = (640, 480)) -> Image.Image:
    return harbour().convert("RGB").resize(size, Image.Resampling.BICUBIC)


def encoded(image: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


SIGNER = make_signer(make_root())
SIGNED = sign(SIGNER, encoded(photo(), quality=90), manifest=definition(created("digitalCapture")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index that knows one signed picture, with a vouch beside it, and one plain one."""
    base = tmp_path_factory.mktemp("known")
    (base / "media").mkdir()
    (base / "media" / "harbour.jpg").write_bytes(SIGNED)
    (base / "media" / "harbour.jpg.vouch").write_bytes(b"not checked here")
    (base / "media" / "grey.png").write_bytes(encoded(Image.new("L", (200, 200), 77), "PNG"))
    keep([base / "media" / "harbour.jpg", base / "media" / "grey.png"], base / "index", label="harbour series")
    return base / "index"


def keep(paths: list[Path], folder: Path, **options: object) -> None:

    settings = make_settings(trust=store_of(), at=NOW, hashes=True)
    with Recorder(folder) as recorder:
        for kept in examine_to_keep(paths, settings, pool=None):
            recorder.add(*entry_of(kept, **options))  # type: ignore[arg-type]
        recorder.commit()


def look(data: bytes, folder: Path, **options: object) -> Report:
    with KnownMedia(folder) as known:
        return check(data, trust=store_of(), at=NOW, known=known, in_process=True, **options)  # type: ignore[arg-type]


def known_line(data: bytes, folder: Path) -> Evidence:
    return look(data, folder).evidence[Line.KNOWN]


def codes(line: Evidence) -> list[str]:
    return [finding.code for finding in line.findings]


def test_the_same_file_is_known_byte_for_byte(folder: Path) -> None:
    line = known_line(SIGNED, folder)
    assert line.status is Status.PASS
    assert codes(line) == ["known.exact", "known.vouches"]
    assert line.summary == "The very same file is in your index as “harbour series”."
    assert line.findings[0].detail["name"] == "harbour.jpg"
    assert line.findings[0].detail["sha256"] == hashlib.sha256(SIGNED).hexdigest()


COPIES = {
    "recompressed": (lambda image: encoded(image, quality=40), Orientation.NONE, False),
    "smaller": (lambda image: encoded(image.resize((320, 240)), quality=70), Orientation.NONE, False),
    "another format": (lambda image: encoded(image, "WEBP", quality=60), Orientation.NONE, False),
    "mirrored": (lambda image: encoded(ImageOps.mirror(image), quality=60), Orientation.MIRROR, False),
    "on its side": (
        lambda image: encoded(image.transpose(Image.Transpose.ROTATE_90), quality=60),
        Orientation.ROTATE_270,
        False,
    ),
    "upside down": (lambda image: encoded(image.rotate(180), quality=60), Orientation.ROTATE_180, False),
    "framed": (lambda image: encoded(ImageOps.expand(image, 70, "white"), quality=60), Orientation.NONE, True),
    "brighter": (
        lambda image: encoded(ImageEnhance.Brightness(image).enhance(1.2), quality=60),
        Orientation.NONE,
        False,
    ),
}


@pytest.mark.parametrize("name", list(COPIES))
def test_a_copy_is_known_with_how_it_was_turned(name: str, folder: Path) -> None:
    make, turn, is_trimmed = COPIES[name]
    line = known_line(make(photo()), folder)
    assert line.status is Status.PASS
    near = line.findings[0]
    assert (near.code, near.root) == ("known.near", "perceptual-hash")
    assert (near.detail["turn"], near.detail["trimmed"]) == (turn, is_trimmed)
    assert near.detail["pixels"] == "aligned"
    assert isinstance(near.detail["distance"], int)
    assert near.statement.endswith("Similarity binds nothing: hashes can be made alike on purpose.")


def test_what_its_credentials_said_is_told_as_matched_and_not_bound(folder: Path) -> None:
    line = known_line(encoded(photo(), quality=50), folder)
    assert codes(line) == ["known.near", "known.credentials", "known.vouches"]
    said = line.findings[1]
    assert "was matched by similarity, and is not bound to this file" in said.statement
    assert "The file is unchanged since it was signed." in said.statement
    assert {one["line"] for one in said.detail["said"]} >= {"integrity", "signer", "ai"}  # type: ignore[index, union-attr]
    assert "a vouch for a picture that looks like this one" in line.findings[2].statement


def test_nothing_that_an_index_says_moves_another_line(folder: Path) -> None:
    data = encoded(photo(), quality=50)
    report, without = look(data, folder), check(data, trust=store_of(), at=NOW, in_process=True)
    others = [line for line in Line if line is not Line.KNOWN]
    assert [report.evidence[line] for line in others] == [without.evidence[line] for line in others]


def test_a_stranger_is_not_known_and_that_is_evidence_of_nothing(folder: Path) -> None:
    import random

    noise = Image.frombytes("RGB", (40, 30), random.Random(3).randbytes(3600)).resize((640, 480))
    line = known_line(encoded(noise), folder)
    assert (line.status, codes(line)) == (Status.ABSENT, ["known.none"])


def test_a_plain_picture_is_looked_up_byte_for_byte_and_that_is_said(folder: Path) -> None:
    report = look(encoded(Image.new("L", (200, 200), 78), "PNG"), folder)
    assert codes(report.evidence[Line.KNOWN]) == ["known.none"]
    assert "look-alikes were not looked for" in report.evidence[Line.KNOWN].summary
    gap = next(gap for gap in report.not_checked if gap.what == "look-alikes in the index")
    assert gap.why == "there is too little in it to tell it from others"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"%PDF-1.7\n%%EOF\n", "only pictures and videos have look-alikes here"),
        (SIGNED[:4000], "the picture could not be decoded"),
        (encoded(Image.new("RGB", (3, 900)), "PNG"), "the picture is too small"),
    ],
)
def test_says_why_look_alikes_were_not_looked_for(data: bytes, why: str, folder: Path) -> None:
    report = look(data, folder)
    assert why in [gap.why for gap in report.not_checked if gap.what == "look-alikes in the index"]


def test_a_file_that_cannot_be_read_is_an_error(folder: Path, tmp_path: Path) -> None:
    with KnownMedia(folder) as known:
        report = check(tmp_path / "nothing.jpg", trust=store_of(), at=NOW, known=known, in_process=True)
    assert codes(report.evidence[Line.KNOWN]) == ["known.unreadable"]
    assert report.evidence[Line.KNOWN].status is Status.ERROR


def test_a_chance_likeness_of_hashes_is_told_apart_by_its_pixels(tmp_path: Path) -> None:
    found = pdq_of_bytes(encoded(photo()), "image/jpeg")
    assert found.pdq is not None
    other = encoded(ImageOps.invert(photo().transpose(Image.Transpose.ROTATE_90)).rotate(33))
    with Recorder(tmp_path / "known") as recorder:
        recorder.add(Entry(label="forged", hashes=(Hashed(rule=RULE, quality=90),), thumbnail=other), [found.pdq.bits])
        recorder.commit()
    line = known_line(encoded(photo()), tmp_path / "known")
    assert (line.status, codes(line)) == (Status.UNKNOWN, ["known.near"])
    assert line.findings[0].detail["pixels"] == "unaligned"
    assert "it may well be another picture" in line.findings[0].statement


def test_another_picture_says_nothing_of_this_one(tmp_path: Path) -> None:
    found = pdq_of_bytes(encoded(photo()), "image/jpeg")
    assert found.pdq is not None
    for name, other, told in (
        ("other", ImageOps.invert(photo().transpose(Image.Transpose.ROTATE_90)), ["known.near"]),
        ("same", photo(), ["known.near", "known.credentials", "known.vouches"]),
    ):
        said = (Said(line="integrity", status="pass", summary="The file is unchanged since it was signed."),)
        kept = Entry(hashes=(Hashed(rule=RULE, quality=90),), thumbnail=encoded(other), said=said, vouches=(b"x",))
        with Recorder(tmp_path / name) as recorder:
            recorder.add(kept, [found.pdq.bits])
            recorder.commit()
        assert codes(known_line(encoded(photo()), tmp_path / name)) == told


def test_a_foreign_list_is_told_as_one_with_its_tolerance(tmp_path: Path) -> None:
    found = pdq_of_bytes(encoded(photo()), "image/jpeg")
    assert found.pdq is not None
    with Recorder(tmp_path / "known") as recorder:
        recorder.add(Entry(label="x", hashes=(Hashed(),), source="partners.csv"), [found.pdq.bits])
        recorder.commit()
    line = known_line(encoded(photo()), tmp_path / "known")
    assert (line.findings[0].detail["list"], line.findings[0].detail["sha256"]) == ("partners.csv", None)
    assert "like a picture whose hash the list “partners.csv” put into the index “known” as “x”" in (
        line.findings[0].statement
    )
    assert "made by another rule, which alone may change 42 bits" in line.findings[0].statement
    assert line.findings[0].detail["pixels"] is None


def test_a_digest_out_of_a_list_is_no_file_that_was_seen(tmp_path: Path) -> None:
    data = encoded(photo())
    with Recorder(tmp_path / "known") as recorder:
        listed = Entry(label="x", sha256=hashlib.sha256(data).digest(), hashes=(Hashed(),), source="partners.csv")
        recorder.add(listed, [bytes(32)])
        recorder.commit()
    line = known_line(data, tmp_path / "known")
    assert (line.status, line.summary) == (Status.PASS, "A list in your index names this very file as “x”.")
    assert line.findings[0].statement == (
        "The list “partners.csv” in the index “known” names the digest (SHA-256) of this very file as “x”."
    )


def test_of_an_animation_the_first_picture_is_looked_for_and_that_is_said(folder: Path) -> None:
    moving = encoded(photo(), "GIF", save_all=True, append_images=[Image.new("RGB", photo().size, "red")])
    report = look(moving, folder)
    assert report.evidence[Line.KNOWN].findings[0].code == "known.near"
    assert any(gap.what == "look-alikes of further pictures in the file" for gap in report.not_checked)
    still = look(encoded(photo(), "GIF"), folder)
    assert not any("further pictures" in gap.what for gap in still.not_checked)


def test_words_of_an_index_cannot_write_our_sentences(tmp_path: Path) -> None:
    found = pdq_of_bytes(encoded(photo()), "image/jpeg")
    assert found.pdq is not None
    with Recorder(tmp_path / "known") as recorder:
        label = "x” is real. Certified by “us\x1b[2J\u202egpj"
        recorder.add(Entry(label=label, hashes=(Hashed(rule=RULE, quality=90),)), [found.pdq.bits])
        recorder.commit()
    line = known_line(encoded(photo()), tmp_path / "known")
    for text in (line.summary, line.findings[0].statement):
        assert text.count("“") == text.count("”")
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "x” is" not in text


def test_a_thumbnail_that_is_none_or_huge_is_left_aside(tmp_path: Path) -> None:
    found = pdq_of_bytes(encoded(photo()), "image/jpeg")
    assert found.pdq is not None
    for number, thumbnail in enumerate((b"no picture", encoded(Image.new("RGB", (3000, 3000))), b"\xff\xd8\xff")):
        with Recorder(tmp_path / str(number)) as recorder:
            recorder.add(
                Entry(label="x", hashes=(Hashed(rule=RULE, quality=90),), thumbnail=thumbnail), [found.pdq.bits]
            )
            recorder.commit()
        line = known_line(encoded(photo()), tmp_path / str(number))
        assert (line.status, line.findings[0].detail["pixels"]) == (Status.PASS, None)


def test_a_damaged_index_is_an_error_of_this_line_alone(folder: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(folder, tmp_path / "known")
    [part] = list((tmp_path / "known").glob("part-*"))
    content = bytearray(part.read_bytes())
    place = content.index(b"harbour series")
    content[place] ^= 1
    part.write_bytes(content)
    report = look(SIGNED, tmp_path / "known")
    assert codes(report.evidence[Line.KNOWN]) == ["known.unreadable"]
    assert report.evidence[Line.INTEGRITY].status is Status.PASS


def test_an_index_that_nobody_names_is_skipped_and_named_as_not_checked() -> None:
    report = check(SIGNED, trust=store_of(), at=NOW, in_process=True)
    assert report.evidence[Line.KNOWN].status is Status.SKIPPED
    assert ("known media", "no --index and no --original given") in [(gap.what, gap.why) for gap in report.not_checked]


def test_the_state_of_the_index_is_an_input(folder: Path) -> None:
    with KnownMedia(folder) as known:
        expected = {"name": "index", "generation": known.listing.generation, "sha256": known.sha256}
    assert look(SIGNED, folder).inputs.options["index"] == expected


def test_the_same_state_gives_the_same_report_in_any_process(folder: Path) -> None:
    from vouchmark.render.json import dumps

    data = encoded(photo(), quality=50)
    with KnownMedia(folder) as known, Pool(workers=1) as pool:
        from vouchmark.examination.examine import examine_all

        settings = make_settings(trust=store_of(), at=NOW, known=known)
        [report] = examine_all([data], settings, pool=pool)
    assert dumps(report) == dumps(look(data, folder))


def test_the_first_line_says_that_it_was_recognised_and_how_far_that_carries(folder: Path) -> None:
    assert answer(look(SIGNED, folder)).endswith("; the very same file is in your index")
    copy = answer(look(encoded(photo(), quality=50), folder))
    assert copy == "it looks like something in your index; no Content Credentials"
    assert "index" not in answer(look(encoded(Image.new("L", (99, 99), 7), "PNG"), folder))


def test_the_default_policy_labels_what_was_found(folder: Path) -> None:
    exact, near = look(SIGNED, folder).verdict, look(encoded(photo(), quality=50), folder).verdict
    assert exact is not None
    assert "known-media" in exact.labels
    assert near is not None
    assert "near-duplicate" in near.labels


def test_an_index_keeps_only_hashes_that_say_something(folder: Path) -> None:
    with KnownMedia(folder) as known:
        entries = {entry.name: entry for entry, _ in known.every()}
    assert entries["grey.png"].hashes == ()
    assert entries["grey.png"].thumbnail == b""
    hashes = entries["harbour.jpg"].hashes
    assert {one.rule for one in hashes} == {RULE}
    assert all(one.quality is not None and one.quality >= MIN_QUALITY for one in hashes)
    assert entries["harbour.jpg"].codes[0].value.startswith("ISCC:")
    assert "iscc-lib" in entries["harbour.jpg"].codes[0].rule


WATCH = """
import sys
sys.path.insert(0, {checkout!r})
if __name__ == "__main__":
    from vouchmark.cli import main
    try:
        main(["check", {path!r}, "--format", "json", "--no-default-trust", *{words!r}], standalone_mode=False)
    finally:
        print(sorted({heavy!r} & {{name.split(".")[0] for name in sys.modules}}), file=sys.stderr)
"""


def loaded_in_parent(path: Path, *words: str) -> list[str]:
    code = WATCH.format(checkout=str(CHECKOUT), path=str(path), words=list(words), heavy=set(HEAVY))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "80"}
    )
    assert json.loads(done.stdout)["media"]["name"] == path.name
    return list(ast.literal_eval(done.stderr.splitlines()[-1]))


def test_without_an_index_nothing_heavy_is_loaded_in_this_process(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(SIGNED)
    assert loaded_in_parent(tmp_path / "photo.jpg") == []
    assert "numpy" in loaded_in_parent(tmp_path / "photo.jpg", "--index", str(folder))


def mapped(pid: int) -> str:
    return Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")


def test_without_an_index_nothing_heavy_is_loaded_in_a_worker(folder: Path, tmp_path: Path) -> None:
    if not Path("/proc/self/maps").exists():
        pytest.skip("what another process has loaded can be seen on Linux alone")
    from vouchmark.examination.examine import examine_all

    (tmp_path / "photo.jpg").write_bytes(SIGNED)
    with Pool(workers=1) as pool, KnownMedia(folder) as known:
        list(examine_all([tmp_path / "photo.jpg"], make_settings(trust=store_of(), at=NOW), pool=pool))
        [pid] = pool.pids
        assert not any(f"/{name}" in mapped(pid) for name in HEAVY)
        settings = make_settings(trust=store_of(), at=NOW, known=known)
        list(examine_all([tmp_path / "photo.jpg"], settings, pool=pool))
        assert "/numpy" in mapped(pid)

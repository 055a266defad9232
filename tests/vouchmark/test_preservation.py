"""Is every kind of damage found that a platform does on the way, and none where there is none?"""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image, ImageDraw

from tests.support import authority as made
from tests.support.command import AT, SIGNER, Command
from vouchmark.demo.pictures import harbour
from vouchmark.known.preservation import pairing
from vouchmark.known.preservation.judging import Credentials, judge
from vouchmark.known.preservation.pairing import MAX_LIKENESS, Hash, pair
from vouchmark.render.preservation import COLUMNS

pytest.importorskip("cv2", reason="the extra 'compare' is not installed")
SIZE: Final = (720, 484)
OTHER: Final = made.make_signer(organization="Some Platform")


def scene(shift: int = 0) -> Image.Image:
    """A picture with enough in it to be recognised; another one for each number."""
    image = harbour().convert("RGB").resize(SIZE)
    if shift:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if shift % 2 else image
        image = image.crop((0, 24 * shift, SIZE[0] - 30 * shift, SIZE[1])).resize(SIZE)
    return image


def jpeg(image: Image.Image, *, quality: int = 92, exif: bool = True) -> bytes:
    out, tags = io.BytesIO(), Image.Exif()
    if exif:
        tags[0x010F], tags[0x0110] = "Canon", "Canon EOS R6"
        tags[0x9003] = "2026:05:01 18:22:00"
    image.save(out, "JPEG", quality=quality, exif=tags)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def platform(before: Path, after: Path) -> None:
    """Eight kinds of damage, one each, beside one file that is left as it is."""
    after.mkdir()
    data = {path.name: path.read_bytes() for path in before.iterdir()}
    shutil.copy(before / "left-alone.jpg", after)
    (after / "stripped.jpg").write_bytes(made.remove_manifest(data["stripped.jpg"]))
    (after / "broken.jpg").write_bytes(made.change_pixels(data["broken.jpg"]))
    (after / "re-signed.jpg").write_bytes(made.sign_edit(OTHER, data["re-signed.jpg"]))
    (after / "replaced.jpg").write_bytes(made.sign(OTHER, made.remove_manifest(data["replaced.jpg"])))
    (after / "no-metadata.jpg").write_bytes(jpeg(opened(data["no-metadata.jpg"]), exif=False))
    pasted = opened(data["logo.jpg"])
    ImageDraw.Draw(pasted).rectangle((40, 40, 200, 150), fill=(250, 10, 90))
    (after / "logo.jpg").write_bytes(jpeg(pasted))
    small = opened(data["scaled.jpg"]).resize((SIZE[0] // 2, SIZE[1] // 2))
    (after / "scaled.jpg").write_bytes(jpeg(small))
    opened(data["converted.jpg"]).save(after / "converted.webp", quality=90)


NAMES: Final = (
    "left-alone", "stripped", "broken", "re-signed", "replaced", "no-metadata", "logo", "scaled", "converted",
    "missing",
)  # fmt: skip
UNSIGNED: Final = ("no-metadata", "logo", "scaled", "converted")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Command:
    folder = tmp_path_factory.mktemp("platform")
    (folder / "before").mkdir()
    for name in NAMES:
        data = jpeg(scene())
        signed = data if name in UNSIGNED else made.sign(SIGNER, data)
        (folder / "before" / f"{name}.jpg").write_bytes(signed)
    platform(folder / "before", folder / "after")
    return Command(folder=folder, home=folder / "home")


@pytest.fixture(scope="module")
def found(run: Command) -> dict[str, Any]:
    done = run("check", "after/", "--original", "before/", "--format", "json", "--at", AT)
    assert (done.code, done.stderr) == (1, "")
    return dict(done.json)


@pytest.fixture(scope="module")
def rows(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {Path(row["before"]).stem: row for row in found["files"]}


class TestDamage:
    @pytest.mark.parametrize(
        ("name", "credentials", "pixels"),
        [
            ("left-alone", "kept", "same file"),
            ("stripped", "stripped", "no region differs"),
            ("broken", "broken", None),
            ("re-signed", "re-signed", "no region differs"),
            ("replaced", "replaced", "no region differs"),
            ("no-metadata", "none", "no region differs"),
            ("logo", "none", "changed"),
            ("scaled", "none", "no region differs"),
            ("converted", "none", "no region differs"),
            ("missing", "missing", "not compared"),
        ],
    )
    def test_each_kind_is_found(
        self, name: str, credentials: str, pixels: str | None, rows: dict[str, dict[str, Any]]
    ) -> None:
        row = rows[name]
        assert row["credentials"] == credentials
        assert pixels in (row["pixels"], None)

    def test_lost_metadata_is_named(self, rows: dict[str, dict[str, Any]]) -> None:
        assert set(rows["no-metadata"]["metadata_lost"]) >= {"camera"}
        assert rows["stripped"]["metadata_lost"] == []

    def test_a_logo_is_measured(self, rows: dict[str, dict[str, Any]]) -> None:
        assert 0.02 < rows["logo"]["share_changed"] < 0.2

    def test_other_sizes_and_types_are_told(self, rows: dict[str, dict[str, Any]]) -> None:
        assert (rows["scaled"]["size_before"], rows["scaled"]["size_after"]) == ([720, 484], [360, 242])
        assert (rows["converted"]["type_after"], rows["converted"]["paired_by"]) == ("image/webp", "name")

    def test_totals_are_counted_for_each_type(self, found: dict[str, Any]) -> None:
        counts = found["totals"]["image/jpeg"]
        assert sum(counts.values()) == len(NAMES)
        assert {name: counts[name] for name in ("kept", "stripped", "broken", "missing")} == {
            "kept": 1, "stripped": 1, "broken": 1, "missing": 1,
        }  # fmt: skip


class TestForms:
    def test_text_names_what_lost_something_and_nothing_else(self, run: Command) -> None:
        done = run("check", "after", "--original", "before", "--at", AT)
        assert done.code == 1
        assert "stripped.jpg: credentials stripped" in done.stdout
        assert "left-alone" not in done.stdout
        assert f"{len(NAMES)} files" in done.lines

    def test_a_table_and_a_page(self, run: Command, tmp_path: Path) -> None:
        run("check", "after", "--original", "before", "--format", "csv", "-o", tmp_path / "kept.csv", "--at", AT)
        table = list(csv.reader(io.StringIO((tmp_path / "kept.csv").read_text())))
        assert tuple(table[0]) == COLUMNS
        assert len(table) == len(NAMES) + 1
        run("check", "after", "--original", "before", "--format", "html", "-o", tmp_path / "kept.html", "--at", AT)
        page = (tmp_path / "kept.html").read_text()
        assert page.count('scope="row"') == len(NAMES) + 1
        assert "credentials stripped" in page

    def test_nothing_lost_is_zero(self, run: Command) -> None:
        done = run("check", "before", "--original", "before", "-q", "--at", AT)
        assert (done.code, done.stderr) == (0, "")

    @pytest.mark.parametrize(
        ("words", "error"),
        [
            (("after/logo.jpg", "--original", "before"), "--original before is a folder, and belongs to one folder"),
            (("after", "--original", "before/logo.jpg"), "--original was given with several files"),
            (("after", "--original", "before", "--format", "crjson"), "of two folders text, json, csv or html"),
            (("after", "--original", "before", "--fail-on", "block"), "--fail-on means nothing for two folders"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(self, words: tuple[str, ...], error: str, run: Command) -> None:
        done = run("check", *words)
        assert done.code == 2
        assert done.stderr.startswith(f"error: {error}")


def none(*_: object) -> tuple[dict[str, Hash], dict[str, Hash]]:
    return {}, {}


class TestPairs:
    def test_by_path_then_by_name_then_by_likeness(self) -> None:
        one, far = b"\xff" * 32, b"\x0f" * 32
        near = bytes([0xFE]) + one[1:]

        def likeness(ours: object, theirs: object) -> tuple[dict[str, Hash], dict[str, Hash]]:
            assert (ours, theirs) == (["c/x.jpg"], ["9f3.webp", "q.webp"])
            return {"c/x.jpg": one}, {"9f3.webp": near, "q.webp": far}

        found = pair(["a.jpg", "b/IMG.JPG", "c/x.jpg"], ["a.jpg", "img.webp", "9f3.webp", "q.webp"], likeness)
        assert [(pairing.before, pairing.after, pairing.by, pairing.distance) for pairing in found] == [
            ("a.jpg", "a.jpg", "name", None),
            ("b/IMG.JPG", "img.webp", "name", None),
            ("c/x.jpg", "9f3.webp", "likeness", 1),
            (None, "q.webp", "", None),
        ]

    def test_nothing_is_paired_twice_and_nothing_by_a_name_that_means_two(self) -> None:
        found = pair(["a/x.jpg", "b/x.jpg"], ["x.jpg"], none)
        assert [(one.before, one.after) for one in found] == [("a/x.jpg", None), ("b/x.jpg", None), (None, "x.jpg")]

    def test_what_is_farther_apart_is_no_pair(self) -> None:
        wanted = (1 << (MAX_LIKENESS + 1)) - 1
        far = wanted.to_bytes(32, "big")
        found = pair(["a.jpg"], ["b.jpg"], lambda *_: ({"a.jpg": bytes(32)}, {"b.jpg": far}))
        assert found[0].after is None

    def test_what_too_many_are_left_of_is_not_called_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pairing, "MAX_BY_LIKENESS", 1)
        found = pair(["a.jpg", "b.jpg"], ["c.jpg"], none)
        assert [judge(one, None, None).credentials for one in found] == [Credentials.UNKNOWN] * 3
        monkeypatch.undo()
        found = pair(["a.jpg", "b.jpg"], ["c.jpg"], none)
        wanted = [Credentials.MISSING, Credentials.MISSING, Credentials.NEW]
        assert [judge(one, None, None).credentials for one in found] == wanted

    def test_other_names_are_found_by_their_look(self, run: Command, tmp_path: Path) -> None:
        for name in ("before", "after"):
            (tmp_path / name).mkdir()
        for number in range(3):
            (tmp_path / "before" / f"one{number}.jpg").write_bytes(jpeg(scene(number)))
            (tmp_path / "after" / f"{9 - number}.jpg").write_bytes(jpeg(scene(number), quality=70, exif=False))
        done = run("check", tmp_path / "after", "--original", tmp_path / "before", "--format", "json")
        files = {row["before"]: (row["after"], row["paired_by"]) for row in json.loads(done.stdout)["files"]}
        assert files == {f"one{number}.jpg": (f"{9 - number}.jpg", "likeness") for number in range(3)}
        assert done.code == 0


def test_every_word_for_credentials_is_explained_on_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs/preservation.md").read_text(encoding="utf-8")
    assert {one for one in Credentials if f"| `{one}` |" in page} == set(Credentials)

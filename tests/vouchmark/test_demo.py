"""Is the demo's gallery what it says, made anywhere, offline and without touching anything of the reader's?"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import socket
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from PIL import Image

import vouchmark
from provenance.credentials.trust.folder import TrustFolder
from provenance.credentials.trust.lists import TrustLists
from tests.support.effort import slowness
from vouchmark.cli import main
from vouchmark.cli.demo import SHOWN, next_steps
from vouchmark.demo import pictures as demo_pictures
from vouchmark.demo.authority import LIFE, issue_signer, make_authority
from vouchmark.demo.demo import AUTHORITY_FILE, GALLERY, MARK, PAGE_FILE, DemoError, make_gallery
from vouchmark.report import Line, Report, Status

SECONDS: float = 10.0
"""What a newcomer is promised; it takes about two on two slow cores."""


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "gallery"
    make_gallery(folder)
    return folder


@pytest.fixture(scope="module")
def reports(gallery: Path) -> dict[str, Report]:
    trust = TrustLists.empty().with_run_lists(trust=[gallery / AUTHORITY_FILE])
    return {piece.name: vouchmark.check(gallery / piece.name, trust=trust, in_process=True) for piece in GALLERY}


def codes(report: Report, line: Line) -> set[str]:
    return {finding.code for finding in report.evidence[line].findings}


EXPECTED = {
    "1-signed.jpg": {Line.INTEGRITY: Status.PASS, Line.SIGNER: Status.PASS, Line.HISTORY: Status.ABSENT},
    "2-edited.jpg": {Line.INTEGRITY: Status.PASS, Line.SIGNER: Status.PASS, Line.HISTORY: Status.PASS},
    "3-generated.png": {Line.INTEGRITY: Status.PASS, Line.SIGNER: Status.PASS, Line.AI: Status.PASS},
    "4-altered.jpg": {Line.INTEGRITY: Status.FAIL},
    "5-laundered.jpg": {Line.INTEGRITY: Status.PASS, Line.SIGNER: Status.PASS, Line.HISTORY: Status.FAIL},
    "6-plain.jpg": {Line.INTEGRITY: Status.ABSENT, Line.SIGNER: Status.ABSENT, Line.ENGINES: Status.ABSENT},
    "7-calls-itself-nikon.jpg": {Line.INTEGRITY: Status.PASS, Line.SIGNER: Status.UNKNOWN},
    "8-false-parent.jpg": {Line.INTEGRITY: Status.PASS, Line.SIGNER: Status.PASS},
    "9-moved-credentials.jpg": {Line.INTEGRITY: Status.FAIL},
}


@pytest.mark.parametrize("name", [piece.name for piece in GALLERY])
def test_each_picture_reads_as_what_it_is(name: str, reports: dict[str, Report]) -> None:
    found = {line: reports[name].evidence[line].status for line in EXPECTED[name]}
    if name == "6-plain.jpg":
        found[Line.ENGINES] = Status.ABSENT
    assert found == EXPECTED[name]


def test_the_declared_generation_the_broken_parent_and_the_borrowed_name_are_named(reports: dict[str, Report]) -> None:
    assert "ai.generated" in codes(reports["3-generated.png"], Line.AI)
    assert "history.parent.broken" in codes(reports["5-laundered.jpg"], Line.HISTORY)
    signer = reports["7-calls-itself-nikon.jpg"].evidence[Line.SIGNER]
    assert "using the name" in signer.summary
    assert "NIKON" in signer.summary


def test_without_the_demo_s_list_nobody_vouches_for_its_signers(gallery: Path) -> None:
    report = vouchmark.check(gallery / "1-signed.jpg", trust=TrustLists.empty(), in_process=True)
    assert report.evidence[Line.INTEGRITY].status is Status.PASS
    assert report.evidence[Line.SIGNER].status is Status.UNKNOWN


def test_a_drawing_is_not_said_to_be_captured_because_its_signer_names_a_photo(reports: dict[str, Report]) -> None:
    drawing = reports["8-false-parent.jpg"].evidence[Line.AI]
    assert drawing.status is Status.ABSENT
    assert "ai.captured" not in {finding.code for finding in drawing.findings if finding.status is Status.PASS}


def test_moved_credentials_are_a_mismatch_and_the_pictures_have_nothing_in_common(gallery: Path) -> None:
    with Image.open(gallery / "1-signed.jpg") as before, Image.open(gallery / "9-moved-credentials.jpg") as after:
        assert before.size == after.size
        assert before.getpixel((480, 600)) != pytest.approx(list(after.getpixel((480, 600))), abs=12)


def test_every_picture_teaches_something_else_in_one_line() -> None:
    assert len({piece.teaches for piece in GALLERY}) == len(GALLERY)
    assert all(len(piece.teaches) <= 90 and piece.teaches.endswith(".") for piece in GALLERY)


def test_the_altered_picture_shows_something_else_under_the_same_credentials(gallery: Path) -> None:
    with Image.open(gallery / "1-signed.jpg") as before, Image.open(gallery / "4-altered.jpg") as after:
        sky = (300, 50, 650, 190)
        assert before.size == after.size
        assert before.crop(sky).tobytes() != after.crop(sky).tobytes()
        assert list(before.getpixel((480, 600))) == pytest.approx(list(after.getpixel((480, 600))), abs=12)


SCENES = ["harbour", "harbour_with_airship", "harbour_edited", "cafe", "dream", "mountains"]


@pytest.mark.parametrize("scene", SCENES)
def test_pictures_have_the_same_pixels_every_time_and_look_like_something(scene: str) -> None:
    draw = getattr(demo_pictures, scene)
    demo_pictures._harbour.cache_clear()
    first = draw()
    demo_pictures._harbour.cache_clear()
    assert first.tobytes() == draw().tobytes()
    assert first.size == demo_pictures.SIZE
    # Many colours, light and dark: no flat field came out.
    assert len(set(first.resize((96, 64)).get_flattened_data())) > 1_500
    low, high = first.convert("L").getextrema()
    assert high - low > 150


def test_no_two_scenes_are_alike() -> None:
    assert len({hashlib.sha256(getattr(demo_pictures, scene)().tobytes()).digest() for scene in SCENES}) == len(SCENES)


# The authority behind it.


def test_the_demo_s_authority_is_a_throw_away(gallery: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    make_gallery(again)
    first, second = (x509.load_pem_x509_certificate((path / AUTHORITY_FILE).read_bytes()) for path in (gallery, again))
    assert first.public_key() != second.public_key()
    assert first.not_valid_after_utc - first.not_valid_before_utc == LIFE
    for path in gallery.iterdir():
        assert b"PRIVATE" not in path.read_bytes(), path.name


def test_certificates_keep_to_the_profile() -> None:
    root = make_authority("O of the root", "CN of the root")
    leaf = issue_signer(root, "O of the signer", "CN of the signer").certificate
    leaf.verify_directly_issued_by(root.certificate)
    extensions = leaf.extensions
    assert [oid.dotted_string for oid in extensions.get_extension_for_class(x509.ExtendedKeyUsage).value] == [
        "1.3.6.1.4.1.62558.2.1"
    ]
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert (usage.value.digital_signature, usage.value.key_cert_sign) == (True, False)
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)


def test_a_holder_shows_no_key() -> None:
    assert "PrivateKey" not in repr(make_authority("O", "CN"))


# Where it is put.


def test_writes_over_its_own_folder_and_over_nobody_else_s(tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    mine.mkdir()
    make_gallery(mine)
    (mine / "note.txt").write_text("kept")
    make_gallery(mine)
    assert (mine / "note.txt").read_text() == "kept"
    theirs.mkdir()
    (theirs / "1-signed.jpg").write_text("somebody's")
    with pytest.raises(DemoError, match="not empty"):
        make_gallery(theirs)
    assert [path.name for path in theirs.iterdir()] == ["1-signed.jpg"]
    assert (mine / MARK).is_file()


def test_says_where_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DemoError, match="cannot write"):
        make_gallery(tmp_path / "file" / "below")


def test_makes_the_gallery_without_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    assert len(make_gallery(tmp_path / "gallery")) == len(GALLERY)


# The command.


def run(*words: str) -> Result:
    result = CliRunner().invoke(main, ["demo", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOUCHMARK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def test_the_command_shows_the_whole_range_in_time_and_leaves_the_reader_s_lists_alone(here: Path) -> None:
    before = sum(os.times()[:4])
    result = run()
    # Processor time, ours and the worker's: what a clock shows depends on what else the machine is doing.
    assert sum(os.times()[:4]) - before < SECONDS * slowness()
    assert (result.exit_code, result.stderr) == (0, "")
    for piece in GALLERY:
        assert piece.caption[1:] in result.stdout
        assert f"\n  {piece.name}: " in result.stdout
        assert f"\n  > {piece.teaches}\n" in result.stdout
        assert (here / "vouchmark-demo" / piece.name).is_file()
    assert "using the name" in result.stdout
    assert result.stdout.count("  not shown: ") == 1
    assert f"vouchmark check vouchmark-demo/{SHOWN} --trust vouchmark-demo/{AUTHORITY_FILE} -v" in result.stdout
    page = (here / "vouchmark-demo" / PAGE_FILE).read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert page.count("<article") == len(GALLERY)
    assert f"open vouchmark-demo/{PAGE_FILE}" in result.stdout
    assert not TrustFolder(here / "home").path.exists()


@pytest.mark.parametrize(
    ("called", "found", "shown"),
    [
        (".venv/bin/vouchmark", None, ".venv/bin/vouchmark"),
        (".venv/bin/vouchmark", "/usr/bin/vouchmark", "vouchmark"),
        ("/usr/lib/python3/vouchmark/__main__.py", None, "vouchmark"),
    ],
)
def test_what_to_try_next_can_be_typed_as_it_stands(
    called: str, found: str | None, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [called])
    monkeypatch.setattr(shutil, "which", lambda name: found)
    lines = next_steps(Path("made"), Path("made/root.pem"), [piece.name for piece in GALLERY])
    tried = [line.split()[:2] for line in lines if " check " in line]
    assert tried == [[shown, "check"]] * 3
    assert not any("(" in line for line in lines)


def test_the_reader_s_own_lists_do_not_change_what_the_demo_shows(here: Path) -> None:
    (here / "home" / "trust").mkdir(parents=True)
    (here / "home" / "trust" / "index.json").write_text("damaged")
    assert run("-q").exit_code == 0


def test_less_and_more_of_it(here: Path) -> None:
    quiet = run("-q", "one")
    assert "  not shown: " not in quiet.stdout
    assert len(quiet.stdout.splitlines()) < 50
    assert GALLERY[0].teaches not in quiet.stdout
    whole = run("-v", "one")
    assert whole.stdout.count("  not shown: ") == len(GALLERY)
    assert len(run("-vv", "one").stdout) > len(whole.stdout)


def test_the_command_refuses_a_folder_of_somebody_else_s(here: Path) -> None:
    (here / "photos").mkdir()
    (here / "photos" / "mine.jpg").write_bytes(b"mine")
    result = run("photos")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [
        "error: photos is not empty, and no earlier demo made it",
        "hint: name a folder that does not exist yet: vouchmark demo FOLDER",
    ]


def test_the_pictures_open_in_any_viewer(gallery: Path) -> None:
    for piece in GALLERY:
        with Image.open(io.BytesIO((gallery / piece.name).read_bytes())) as image:
            image.load()
            assert image.size == demo_pictures.SIZE

"""Does `vouch make --sign-first` write one file that carries its vouch, and lose nothing where it cannot?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import Result

from provenance.credentials.own_check import OwnCheck, examine_own
from provenance.credentials.trust.view import view_of
from provenance.media_type import recognise
from tests.support import authority as made
from tests.support.media.crafting import make_authority
from tests.support.media.forms import FORMS
from tests.support.tsa import serving
from tests.vouchmark.persons_cli import NOVEMBER, Desk, refusal
from tests.vouchmark.test_cli_vouch_embed import write_key
from vouchmark.cli.vouch import first as vouch_first
from vouchmark.vouching.assertion import VOUCHES
from zk.errors import StorageError
from zk.profile.personhood import Vouch

SCOPE: Final = "public:review/cafe-harbour"
NO_LISTS: Final = view_of(made.store_of())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.issuer()
    desk.enrol()
    (tmp_path / "photo.jpg").write_bytes(made.picture())
    write_key(tmp_path)
    return desk


def first(desk: Desk, *more: str, file: str = "photo.jpg", out: str = "out.jpg", code: int = 0, **env: Any) -> Result:
    words = ["vouch", "make", desk.path(file), "--scope", SCOPE, "--at", NOVEMBER, "-y", "--sign-first"]
    keys = ["--cert", desk.path("chain.pem"), "--key", desk.path("key.pem"), "-o", desk.path(out)]
    return desk.run(*words, *keys, *more, code=code, **env)


def own(path: Path) -> OwnCheck:
    data = path.read_bytes()
    return examine_own(data, recognise(data), None, trust=NO_LISTS, at=made.NOW, carries=VOUCHES)


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png", "image/jxl"])
def test_a_bare_file_comes_out_signed_with_its_vouch_inside(desk: Desk, media_type: str) -> None:
    (desk.home / "photo.jpg").write_bytes(FORMS[media_type]())
    done = first(desk, "--statement", "Seen by me.")
    found = own(desk.home / "out.jpg")
    (vouch,) = found.carried
    assert vouch.reaches_file
    read = Vouch.decode(vouch.octets)
    assert read.media_digest.hex() == found.manifest_digests[found.bound]
    assert read.presentation.statement == "Seen by me."
    assert found.check is not None
    assert (found.check.actions, found.check.source_types) == (("c2pa.opened",), frozenset())
    assert found.coverage is not None
    assert found.coverage.is_whole
    assert "is in the Content Credentials" in done.stdout
    assert "not anonymous" in done.stderr
    assert not (desk.home / "out.jpg.vouch").exists()
    assert not (desk.home / "photo.jpg.vouch").exists()


def test_check_counts_the_person_in_it(desk: Desk) -> None:
    first(desk)
    issuer = ["--issuer", desk.path("club/issuer.json"), "--scope", SCOPE, "--at", NOVEMBER, "--no-default-trust"]
    report = json.loads(desk.run("check", desk.path("out.jpg"), *issuer, "--format", "json", code=3).stdout)
    person = report["evidence"]["person"]
    assert person["status"] == "pass"
    assert person["summary"].startswith("1 person enrolled by “Harbour Press Club”, for public:review/cafe-harbour")
    # A person's proof makes the picture no truer: who signed it is as unknown as before.
    assert report["evidence"]["signer"]["status"] == "unknown"
    assert report["evidence"]["ai"]["status"] == "absent"


def test_both_manifests_get_the_time_stamp_that_was_asked_for(desk: Desk) -> None:
    with serving(make_authority(made.make_root("Time")), made.NOW) as authority:
        first(desk, "--tsa", authority.url)
        assert len(authority.asked) == 2
    found = own(desk.home / "out.jpg")
    assert [found.signers[label].stamp.time for label in (found.active, found.bound)] == [made.NOW, made.NOW]


def test_where_the_vouch_cannot_be_put_in_nothing_is_lost(desk: Desk) -> None:
    with serving(make_authority(made.make_root("Time")), made.NOW) as authority:
        authority.only = 1
        failed = first(desk, "--tsa", authority.url, code=4)
    assert "no time stamp" in failed.stderr
    error, hint = failed.stderr.splitlines()[-2:]
    assert error.endswith(f"{desk.path('out.jpg')} is signed, and the vouch lies beside it")
    assert f"vouchmark vouch embed {desk.path('out.jpg')} {desk.path('out.jpg.vouch')}" in hint
    assert own(desk.home / "out.jpg").carried == ()
    again = ["vouch", "embed", desk.path("out.jpg"), desk.path("out.jpg.vouch"), "-o", desk.path("two.jpg")]
    desk.run(*again, "--cert", desk.path("chain.pem"), "--key", desk.path("key.pem"))
    assert len(own(desk.home / "two.jpg").carried) == 1


def test_the_same_file_cannot_be_signed_first_and_vouched_for_twice(desk: Desk) -> None:
    first(desk)
    assert "another" in refusal_of(first(desk, out="two.jpg", code=2))
    assert not list(desk.home.glob("*two*"))
    assert not list(desk.home.glob("*.signed.jpg"))


def interrupted(*_arguments: Any, **_options: Any) -> Any:
    raise KeyboardInterrupt


def full_disk(output: Path, *_arguments: Any, **_options: Any) -> None:
    raise StorageError(f"{output}: cannot write: No space left on device")


@pytest.mark.parametrize(
    ("where", "instead", "code"),
    [("vouching.embedding.embed", interrupted, 130), ("cli.vouch.first.write_media", full_disk, 4)],
)
def test_whoever_is_interrupted_after_the_wallet_was_told_has_lost_no_voice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str, instead: Any, code: int
) -> None:
    real = vouch_first.write_media

    def writes(output: Path, *arguments: Any, **options: Any) -> None:
        (instead if output.name == "out.jpg" else real)(output, *arguments, **options)

    monkeypatch.setattr(f"vouchmark.{where}", writes if "write" in where else instead)
    failed = first(desk, "--statement", "Seen by me.", code=code)
    assert "out.signed.jpg is the signed file" in failed.stderr
    assert not (desk.home / "out.jpg").exists()
    monkeypatch.undo()
    assert "a run that was cut off" in first(desk, "--statement", "Seen by me.", code=2).stderr
    words = ["--scope", SCOPE, "--at", NOVEMBER, "-y", "--statement", "Seen by me.", "-o", desk.path("again.vouch")]
    desk.run("vouch", "make", desk.path("out.signed.jpg"), *words)
    keys = ["--cert", desk.path("chain.pem"), "--key", desk.path("key.pem"), "-o", desk.path("out.jpg")]
    desk.run("vouch", "embed", desk.path("out.signed.jpg"), desk.path("again.vouch"), *keys)
    assert len(own(desk.home / "out.jpg").carried) == 1


def test_where_nothing_can_be_written_the_wallet_is_told_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vouch_first, "write_media", full_disk)
    assert "No space left" in refusal_of(first(desk, code=4))
    monkeypatch.undo()
    first(desk)
    assert desk.json("wallet", "show", "--at", NOVEMBER)["issuers"][0]["used_slots"] == 1
    assert [path.name for path in desk.home.glob("*out*")] == ["out.jpg"]


def refusal_of(done: Result) -> str:
    assert done.stdout == ""
    return next(line for line in done.stderr.splitlines() if line.startswith("error: "))


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: made.sign(made.make_signer()), "has Content Credentials already"),
        (lambda: made.change_pixels(made.sign(made.make_signer())), "has Content Credentials already"),
        (lambda: made.picture("GIF"), "for JPEG, PNG and JPEG XL alone, got image/gif"),
        (lambda: b"words", "for JPEG, PNG and JPEG XL alone"),
    ],
)
def test_a_file_that_it_is_not_for_is_refused_before_the_wallet_is_opened(desk: Desk, build: Any, words: str) -> None:
    (desk.home / "photo.jpg").write_bytes(build())
    assert words in refusal_of(first(desk, code=2, VOUCHMARK_PASSPHRASE="wrong"))
    assert not (desk.home / "out.jpg").exists()


def test_a_key_that_does_not_fit_is_refused_before_the_wallet_is_opened(desk: Desk) -> None:
    write_key(desk.home, made.make_signer(end=made.NOW - made.DAY / 2))
    assert "expired" in refusal_of(first(desk, code=2, VOUCHMARK_PASSPHRASE="wrong"))


def test_its_options_belong_together(desk: Desk) -> None:
    words = ["vouch", "make", desk.path("photo.jpg"), "--scope", SCOPE]
    assert refusal(desk.run(*words, "--cert", desk.path("chain.pem"), code=2))[0] == "error: --cert is for --sign-first"
    assert refusal(desk.run(*words, "--tsa", "http://stamps.example", code=2))[0] == "error: --tsa is for --sign-first"
    assert "say where: -o OUT" in refusal(desk.run(*words, "--sign-first", code=2))[1]
    (desk.home / "out.jpg.vouch").write_bytes(b"somebody else's")
    assert "there is a file" in refusal(first(desk, code=2))[0]
    (desk.home / "out.jpg.vouch").unlink()
    (desk.home / "out.jpg").write_bytes(b"something")
    assert "--overwrite" in refusal(first(desk, code=2))[1]
    first(desk, "--overwrite")
    assert len(own(desk.home / "out.jpg").carried) == 1

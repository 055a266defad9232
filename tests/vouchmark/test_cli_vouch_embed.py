"""Does `vouchmark vouch embed` write exactly what was asked for, or nothing, and say in words which?"""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import Result
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from provenance.credentials.own_check import examine_own
from provenance.credentials.signing import c2pa_sign
from provenance.credentials.signing.key import AUTO
from provenance.credentials.trust.view import view_of
from tests.support import authority as made
from tests.support import no_network
from tests.support.command import arguments, environment
from tests.support.media.crafting import make_authority
from tests.support.people.world import person
from tests.support.tsa import serving
from tests.vouchmark.persons_cli import Desk, refusal
from vouchmark.cli.vouch.embed import ALGORITHMS
from vouchmark.examination.gather import facts_about
from vouchmark.examination.settings import make_settings
from vouchmark.vouching.assertion import VOUCHES
from vouchmark.vouching.vouch import binding_for

ROOT: Final = made.make_root()
CAMERA: Final = made.make_signer(ROOT)
PLATFORM: Final = made.make_signer(made.make_root("Platform CA"), organization="Harbour Platform", common_name="Desk")
SIGNED: Final = made.sign(CAMERA)
NO_LISTS: Final = view_of(made.store_of())


def vouch_for(data: bytes) -> bytes:
    asset, facts = facts_about(data, make_settings(at=made.NOW), pool=None)
    return person().vouch(bound=binding_for(asset, facts), statement="Seen by me.").encode()


def write_key(folder: Path, signer: made.Identity = PLATFORM, *, passphrase: bytes = b"") -> None:
    how: Any = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    (folder / "key.pem").write_bytes(signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how))
    (folder / "chain.pem").write_text(signer.pem)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "photo.jpg").write_bytes(SIGNED)
    (tmp_path / "photo.vouch").write_bytes(vouch_for(SIGNED))
    write_key(tmp_path)
    return Desk(tmp_path)


def embed(desk: Desk, *more: str, file: str = "photo.jpg", out: str = "out.jpg", code: int = 0, **env: Any) -> Result:
    words = ["vouch", "embed", desk.path(file), desk.path("photo.vouch"), "-o", desk.path(out)]
    keys = ["--cert", desk.path("chain.pem"), "--key", desk.path("key.pem")]
    return desk.run(*words, *keys, *more, code=code, **env)


def embedded(path: Path) -> list[bytes]:
    own = examine_own(path.read_bytes(), "image/jpeg", None, trust=NO_LISTS, at=made.NOW, carries=VOUCHES)
    return [one.octets for one in own.carried if one.reaches_file]


def names(desk: Desk) -> set[str]:
    return {path.name for path in desk.home.iterdir()} - {"data"}


BEFORE: Final = {"photo.jpg", "photo.vouch", "key.pem", "chain.pem"}


def test_a_vouch_is_put_in_and_everything_else_stays(desk: Desk) -> None:
    (desk.home / "photo.jpg").chmod(0o640)
    done = embed(desk)
    assert embedded(desk.home / "out.jpg") == [(desk.home / "photo.vouch").read_bytes()]
    assert (desk.home / "photo.jpg").read_bytes() == SIGNED
    assert stat.S_IMODE((desk.home / "out.jpg").stat().st_mode) == 0o640
    assert names(desk) == BEFORE | {"out.jpg"}
    first, second = done.stdout.splitlines()
    assert first == (
        f"{desk.path('out.jpg')}: the vouch for public:review/cafe-harbour is in the Content Credentials, in an update "
        "signed by “Harbour Platform (Desk)”"
    )
    assert second.startswith("  read again by both engines")


def test_it_says_that_the_updates_signer_is_not_anonymous(desk: Desk) -> None:
    notes = embed(desk).stderr.splitlines()
    assert len(notes) == 2
    assert "not anonymous" in notes[0]
    assert "links every file" in notes[1]


def test_json_says_what_was_done(desk: Desk) -> None:
    said = json.loads(embed(desk, "--json").stdout)
    own = examine_own(
        (desk.home / "out.jpg").read_bytes(), "image/jpeg", None, trust=NO_LISTS, at=made.NOW, carries=VOUCHES
    )
    assert said == {
        "file": desk.path("out.jpg"),
        "manifest": own.active,
        "vouched": own.bound,
        "vouched_sha256": own.manifest_digests[own.bound],
        "scope": "public:review/cafe-harbour",
        "signer": "Harbour Platform (Desk)",
        "time": None,
        "time_is_trusted": False,
        "engines_agree": True,
        "engines": "Both verifiers find the signature valid and the bytes as they were signed.",
    }


def test_a_time_stamp_comes_from_the_authority_that_was_named(desk: Desk) -> None:
    with serving(make_authority(made.make_root("Time")), made.NOW) as authority:
        done = embed(desk, "--tsa", authority.url)
        assert len(authority.asked) == 1
        assert "by an authority on no list of yours" in done.stdout
        authority.how = "redirect"
        failed = embed(desk, "--tsa", authority.url, out="late.jpg", code=4)
        assert "a redirect, which is not followed" in failed.stderr
        assert len(authority.asked) == 2
    assert "late.jpg" not in names(desk)


@pytest.mark.parametrize("address", ["stamps.example", "ftp://stamps.example", "http://user:secret@stamps.example"])
def test_what_is_no_address_of_an_authority_is_refused_before_anything_is_done(desk: Desk, address: str) -> None:
    done = embed(desk, "--tsa", address, code=2)
    assert done.stderr.startswith("error: --tsa: ")
    assert "secret" not in done.stderr
    assert names(desk) == BEFORE


def test_a_file_that_is_there_is_overwritten_only_when_that_was_said(desk: Desk) -> None:
    error, hint = refusal(embed(desk, out="photo.jpg", code=2))
    assert error == f"error: {desk.path('photo.jpg')}: there is a file"
    assert "--overwrite" in hint
    assert (desk.home / "photo.jpg").read_bytes() == SIGNED
    embed(desk, "--overwrite", out="photo.jpg")
    assert len(embedded(desk.home / "photo.jpg")) == 1
    (desk.home / "link.jpg").symlink_to(desk.home / "nowhere.jpg")
    refusal(embed(desk, out="link.jpg", code=2))


def test_a_second_persons_vouch_goes_on_top_and_one_for_what_was_below_does_not(desk: Desk) -> None:
    embed(desk)
    late = embed(desk, file="out.jpg", out="two.jpg", code=2)
    assert "an earlier manifest of this file" in late.stderr
    assert late.stderr.splitlines()[-1].startswith("hint: make a vouch for the file as it is now")
    (desk.home / "photo.vouch").write_bytes(vouch_for((desk.home / "out.jpg").read_bytes()))
    embed(desk, file="out.jpg", out="two.jpg")
    assert len(embedded(desk.home / "two.jpg")) == 2


@pytest.mark.parametrize(
    ("build", "words", "hint"),
    [
        (
            lambda: made.change_pixels(SIGNED),
            "do not hold: these are not the bytes that were signed",
            "as it was signed",
        ),
        (made.picture, "has no Content Credentials", "--sign-first"),
        (lambda: made.picture("WEBP"), "would not survive in a file of type image/webp", "FILE.vouch"),
        (lambda: b"words", "would not survive", "FILE.vouch"),
        (lambda: made.sign(CAMERA, made.picture(shade=9)), "a manifest that is not in this file", "as it is now"),
    ],
)
def test_a_file_that_a_vouch_cannot_be_put_into_is_refused(desk: Desk, build: Any, words: str, hint: str) -> None:
    (desk.home / "photo.jpg").write_bytes(build())
    done = embed(desk, code=2)
    assert done.stdout == ""
    *_, error, advice = done.stderr.splitlines()
    assert error.startswith(f"error: {desk.path('photo.jpg')}: ")
    assert words in error
    assert hint in advice
    assert names(desk) == BEFORE


def test_what_cannot_be_read_is_told_apart_from_what_is_refused(desk: Desk) -> None:
    assert "there is no such file" in embed(desk, file="none.jpg", code=4).stderr.lower().replace(
        "no such file", "there is no such file"
    )
    (desk.home / "photo.vouch").write_bytes(b"junk")
    assert "a vouch is a file made by" in embed(desk, code=2).stderr
    (desk.home / "photo.vouch").unlink()
    assert "cannot read" in embed(desk, code=4).stderr
    assert names(desk) == BEFORE - {"photo.vouch"}


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--cert", "none.pem"], "--cert and --key name PEM files"),
        (["--key", "none.pem"], "--cert and --key name PEM files"),
        (["--key-passphrase-file", "none.txt"], "--key-passphrase-file names a file"),
    ],
)
def test_a_file_of_the_options_that_is_not_there_is_named(desk: Desk, options: list[str], hint: str) -> None:
    error, advice = refusal(embed(desk, options[0], desk.path(options[1]), code=4))
    assert error.startswith(f"error: {desk.path(options[1])}: cannot read")
    assert advice.startswith(f"hint: {hint}")


def test_nothing_is_said_of_signing_where_there_is_no_vouch_to_sign_for(desk: Desk) -> None:
    (desk.home / "photo.vouch").write_bytes(b"junk")
    refusal(embed(desk, code=2))


def test_a_folder_that_is_not_there_is_named_before_anything_is_signed(desk: Desk) -> None:
    assert "no such folder" in embed(desk, out="none/out.jpg", code=2).stderr


# Keys.


def test_an_encrypted_key_takes_its_passphrase_from_the_environment_or_a_file(desk: Desk, tmp_path: Path) -> None:
    write_key(tmp_path, passphrase=b"harbour lights")
    embed(desk, VOUCHMARK_KEY_PASSPHRASE="harbour lights")
    (tmp_path / "pass.txt").write_text("harbour lights\n")
    embed(desk, "--key-passphrase-file", desk.path("pass.txt"), out="two.jpg")
    for env in ({}, {"VOUCHMARK_KEY_PASSPHRASE": "other"}):
        error, hint = refusal(embed(desk, out="three.jpg", code=2, **env))
        assert "passphrase" in error
        assert "VOUCHMARK_KEY_PASSPHRASE" in hint
        assert "other" not in error.replace("another", "")
    assert "three.jpg" not in names(desk)


@pytest.mark.parametrize(
    ("signer", "words"),
    [
        (made.make_signer(ROOT, end=made.NOW - made.DAY / 2), "the certificate expired on"),
        (made.make_signer(ROOT, purposes=(made.TIME_STAMPING,)), "may not sign Content Credentials"),
    ],
)
def test_a_certificate_that_may_not_sign_is_refused(desk: Desk, signer: made.Identity, words: str) -> None:
    write_key(desk.home, signer)
    error, _ = refusal(embed(desk, code=2))
    assert words in error


def test_a_key_of_another_certificate_and_an_algorithm_of_another_key_are_refused(desk: Desk) -> None:
    (desk.home / "chain.pem").write_text(CAMERA.pem)
    assert "does not belong to the certificate" in refusal(embed(desk, code=2))[0]
    write_key(desk.home)
    assert "expected es256 for this key" in refusal(embed(desk, "--alg", "es384", code=2))[0]


def test_without_a_key_it_says_which_options_give_one(desk: Desk) -> None:
    words = ["vouch", "embed", desk.path("photo.jpg"), desk.path("photo.vouch"), "-o", desk.path("out.jpg")]
    error, hint = refusal(desk.run(*words, code=2))
    assert (error, hint) == ("error: no key to sign with", "hint: give --cert CHAIN.pem and --key KEY.pem")


def test_the_algorithms_are_those_of_the_engine() -> None:
    assert (AUTO, *c2pa_sign.ALGORITHMS) == ALGORITHMS


def test_help_loads_nothing_that_signs_or_proves() -> None:
    program = (
        "import sys; sys.argv = ['vouchmark', 'vouch', 'embed', '--help']\n"
        "from vouchmark.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'c2pa', 'cryptography', 'zk.profile.personhood', 'provenance.credentials.own_check'}\n"
        "bad = heavy & set(sys.modules)\n"
        "assert not bad, bad"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(bool(no_network.why_not()), reason=no_network.why_not() or "this machine can forbid connections")
def test_without_an_authority_no_connection_is_opened(desk: Desk) -> None:
    """The kernel ends any process that tries."""
    words = ["vouch", "embed", "photo.jpg", "photo.vouch", "--cert", "chain.pem", "--key", "key.pem", "-o", "out.jpg"]
    done = subprocess.run(
        no_network.command(arguments(*words)),
        cwd=desk.home,
        env=environment(desk.home / "data"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(embedded(desk.home / "out.jpg")) == 1


def test_credentials_beside_the_file_are_none_to_put_a_vouch_into(desk: Desk) -> None:
    (desk.home / "photo.jpg").write_bytes(made.picture())
    (desk.home / "photo.jpg.c2pa").write_bytes(made.sign_detached(CAMERA, made.picture()))
    done = embed(desk, code=2)
    assert "not the one store inside the file" in done.stderr
    assert "out.jpg" not in names(desk)

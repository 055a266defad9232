"""Does a finished file get to its place whole or not at all, and over nothing that nobody can make again?"""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest

from tests.vouchmark.persons_cli import NOVEMBER, Desk, refusal
from vouchmark.cli.placing import may_write, place, precious
from zk.errors import RefusedError, StorageError
from zk.storage.ledger import open_ledger


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_with_its_content_and_permissions_and_nothing_beside_it(tmp_path: Path) -> None:
    for overwrite in (False, True):
        place(tmp_path / "a.jpg", b"content", mode=0o640, overwrite=overwrite)
    assert (tmp_path / "a.jpg").read_bytes() == b"content"
    assert (tmp_path / "a.jpg").stat().st_mode & 0o777 == 0o640
    assert names(tmp_path) == ["a.jpg"]


def test_a_file_that_came_in_between_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jpg").write_bytes(b"somebody else's")
    with pytest.raises(RefusedError, match="came in between"):
        place(tmp_path / "a.jpg", b"mine", mode=0o644, overwrite=False)
    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(PermissionError("no links here")))
    with pytest.raises(RefusedError, match="came in between"):
        place(tmp_path / "a.jpg", b"mine", mode=0o644, overwrite=False)
    place(tmp_path / "b.jpg", b"mine", mode=0o644, overwrite=False)
    assert (tmp_path / "a.jpg").read_bytes() == b"somebody else's"
    assert names(tmp_path) == ["a.jpg", "b.jpg"]


def test_a_link_is_written_through_and_a_device_stays_a_device(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"old")
    (tmp_path / "link.jpg").symlink_to("a.jpg")
    place(tmp_path / "link.jpg", b"new", mode=0o600, overwrite=True)
    assert (tmp_path / "link.jpg").is_symlink()
    assert (tmp_path / "a.jpg").read_bytes() == b"new"
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        place(tmp_path / "pipe", b"piped", mode=0o600, overwrite=True)
        assert os.read(reader, 100) == b"piped"
    finally:
        os.close(reader)
    assert (tmp_path / "pipe").is_fifo()
    assert names(tmp_path) == ["a.jpg", "link.jpg", "pipe"]


def test_a_folder_that_is_not_there_or_takes_nothing_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "none" / "a.jpg", tmp_path / "folder"):
        with pytest.raises(StorageError, match="cannot write"):
            place(path, b"1", mode=0o644, overwrite=True)
    assert names(tmp_path) == ["folder"]


def test_what_nobody_can_make_again_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(b"-----BEGIN EC PRIVATE KEY-----\n")
    open_ledger(tmp_path / "voices.sqlite").close()
    (tmp_path / "link.jpg").symlink_to("key.pem")
    for name in ("key.pem", "voices.sqlite", "link.jpg"):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(RefusedError, match="never overwritten"):
            place(tmp_path / name, b"1", mode=0o644, overwrite=True)
        with pytest.raises(click.exceptions.Exit):
            may_write(tmp_path / name, overwrite=True)
        assert (tmp_path / name).read_bytes() == before


def test_only_plain_files_are_looked_into(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    for name in ("fifo", "folder", "loop", "none"):
        assert precious(tmp_path / name) == ""


def test_a_request_is_never_written_over_a_wallet_or_an_issuer(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.issuer()
    desk.enrol()
    wallet, vault = tmp_path / "data" / "wallet.vault", tmp_path / "club" / "secrets.vault"
    before = wallet.read_bytes(), vault.read_bytes()
    renew = ["wallet", "renew", "--code", desk.invite("--renew")]
    approve = ["issuer", "approve", desk.path("club"), desk.path("request.vmr")]
    for words in (renew, approve):
        for output in (wallet, vault):
            done = desk.run(*words, "-o", str(output), "--at", NOVEMBER, code=2)
            assert "never overwritten" in refusal(done)[0]
            assert vault.read_bytes() == before[1]
    assert precious(wallet) == precious(vault) == "a vault with secrets that are nowhere else"

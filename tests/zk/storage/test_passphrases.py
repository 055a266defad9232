"""Passphrases: how short is too short, how they are changed, and what the estimate of guesses says."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.people.club import DECEMBER, FAST, NOVEMBER
from tests.support.people.dying import killed_at
from zk.errors import RefusedError, StorageError
from zk.issuer.issuer import Issuer
from zk.issuer.passphrases import change_passphrase
from zk.storage import vault as module
from zk.storage.guessing import guess_bits, guess_time
from zk.storage.vault import Passphrase, Vault, WrongPassphraseError, locked
from zk.wallet.wallet import Wallet

OLD, NEW = Passphrase.of("correct horse"), Passphrase.of("battery staple")


@pytest.mark.parametrize("text", ["x", "1234567", "üüüüüüü", "🐴" * 7])
def test_nothing_is_newly_encrypted_with_fewer_than_8_characters(tmp_path: Path, text: str) -> None:
    with pytest.raises(RefusedError, match="at least 8 characters"):
        Wallet.create(tmp_path / "wallet", Passphrase.of(text), log_cost=FAST)
    assert not (tmp_path / "wallet").exists()
    wallet = Wallet.create(tmp_path / "wallet", OLD, log_cost=FAST)
    before = (tmp_path / "wallet").read_bytes()
    with pytest.raises(RefusedError, match="at least 8 characters"):
        wallet.change_passphrase(Passphrase.of(text))
    assert (tmp_path / "wallet").read_bytes() == before


def test_a_file_with_a_short_one_still_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(module, "LEAST_PASSPHRASE_CHARACTERS", 1)
        Wallet.create(tmp_path / "wallet", Passphrase.of("x"), log_cost=FAST)
    wallet = Wallet.open(tmp_path / "wallet", Passphrase.of("x"))
    wallet.change_passphrase(NEW)
    Wallet.open(tmp_path / "wallet", NEW)


def test_after_a_change_the_old_passphrase_opens_copies_alone(tmp_path: Path) -> None:
    path, copy = tmp_path / "wallet", tmp_path / "copy"
    wallet = Wallet.create(path, OLD, log_cost=FAST)
    copy.write_bytes(path.read_bytes())
    copy.chmod(0o600)
    wallet.change_passphrase(NEW)
    assert wallet.held(at=NOVEMBER) == ()  # and goes on being used
    with pytest.raises(WrongPassphraseError):
        Wallet.open(path, OLD)
    Wallet.open(path, NEW)
    Wallet.open(copy, OLD)


def test_a_change_draws_a_new_salt_and_another_opening_is_told(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    vault = Vault.create(path, "test", OLD, b"content", log_cost=FAST)
    other = Vault.open(path, "test", OLD)
    salt = vault._key.salt
    with locked(path):
        vault.rekey(OLD)  # the same words, and yet another key
    assert vault._key.salt != salt
    assert vault.read() == b"content"
    with pytest.raises(StorageError, match="replaced by another vault"):
        other.read()


@pytest.mark.parametrize("name", ["write_private", "sync_directory", "_derive"])
def test_a_killed_change_leaves_one_of_the_two(tmp_path: Path, name: str) -> None:
    path = tmp_path / "wallet"
    wallet = Wallet.create(path, OLD, log_cost=FAST)
    assert killed_at(module, name, lambda: wallet.change_passphrase(NEW))
    opened = []
    for passphrase in (OLD, NEW):
        try:
            opened.append(Wallet.open(path, passphrase))
        except WrongPassphraseError:
            continue
    assert len(opened) == 1


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("aaaaaaaaaaaaaaaa", 20),
        ("12345678", 20),
        ("qwertyuiop", 20),
        ("abcdefgh", 20),
        ("password", 14),
        ("Password1", 20),
        ("19841984", 24),
        ("horse horse horse horse", 25),
        ("        ", 8),
    ],
)
def test_the_estimate_sees_through_what_everybody_does(text: str, most: float) -> None:
    assert guess_bits(text) <= most


def test_the_estimate_gives_long_random_ones_their_due() -> None:
    assert guess_bits("correct horse battery staple") > 45
    assert guess_bits("tx7;Qm2.vK9+Lw4") > 60
    assert guess_bits("") == 0


def test_more_signs_never_make_it_less() -> None:
    text = "harbour lights, 1984; staple"
    bits = [guess_bits(text[:size]) for size in range(len(text) + 1)]
    assert all(after >= before - 6.01 for before, after in pairwise(bits))
    assert bits[-1] > bits[8]


def test_times_are_told_in_words() -> None:
    assert guess_time(10) == "about 1 second"
    assert "minutes" in guess_time(18)
    assert "hours" in guess_time(24)
    assert "days" in guess_time(30)
    assert "years" in guess_time(45)
    assert guess_time(90) == guess_time(4000.0) == "more than 10,000 years"


# An issuer's two files


def test_an_issuers_two_files_get_the_new_one_together(tmp_path: Path) -> None:
    Issuer.create(tmp_path / "club", OLD, name="Club", at=NOVEMBER, log_cost=FAST).close()
    with pytest.raises(WrongPassphraseError):
        change_passphrase(tmp_path / "club", NEW, Passphrase.of("another one"))
    changed = change_passphrase(tmp_path / "club", OLD, NEW)
    assert [path.name for path in changed] == ["secrets.vault", "identity.vault"]
    with pytest.raises(WrongPassphraseError):
        Issuer.open(tmp_path / "club", OLD)
    with Issuer.open(tmp_path / "club", NEW) as issuer:
        issuer.rotate(NEW, at=DECEMBER)


def test_a_killed_change_of_an_issuer_is_finished_by_the_next(tmp_path: Path) -> None:
    folder, stick = tmp_path / "club", tmp_path / "identity.vault"
    Issuer.create(folder, OLD, name="Club", at=NOVEMBER, log_cost=FAST).close()
    (folder / "identity.vault").rename(stick)
    assert killed_at(Vault, "rekey", lambda: change_passphrase(folder, OLD, NEW, identity=stick), after=1)
    with pytest.raises(WrongPassphraseError):
        Issuer.open(folder, OLD)
    assert change_passphrase(folder, OLD, NEW, identity=stick) == (stick,)
    with Issuer.open(folder, NEW) as issuer:
        issuer.rotate(NEW, at=DECEMBER, identity=stick)
    with pytest.raises(RefusedError, match="not an issuer's folder"):
        change_passphrase(tmp_path, NEW, OLD)

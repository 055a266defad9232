"""Secrets on a disk: unreadable, unchanged, private, and whole after a crash."""

import os
import signal
import stat
import threading
from pathlib import Path

import pytest

from tests.support.people.dying import fork, killed_at
from zk.bbs.encoding import dcbor_decode, dcbor_encode
from zk.errors import EncodingError, RefusedError, StorageError, ZkError
from zk.storage import vault as module
from zk.storage.vault import LEAST_LOG_COST, MAX_CONTENT_OCTETS, PADDING, Passphrase, Vault, locked, write_private

PASSPHRASE = Passphrase.of("correct horse")
SECRET = b"the quick brown fox jumps over the lazy dog" * 10


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "secret.vault"


def make(path: Path, content: bytes = SECRET) -> Vault:
    return Vault.create(path, "test", PASSPHRASE, content, log_cost=LEAST_LOG_COST)


def test_gives_back_what_was_put_in(path: Path) -> None:
    make(path)
    opened = Vault.open(path, "test", PASSPHRASE)
    assert opened.read() == SECRET
    opened.write(b"")
    assert Vault.open(path, "test", PASSPHRASE).read() == b""


def test_is_private_from_the_first_moment(path: Path) -> None:
    old = os.umask(0)
    try:
        make(path).write(b"again")
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_file_holds_nothing_of_its_content_and_hides_its_size(path: Path) -> None:
    make(path)
    octets = path.read_bytes()
    assert not any(SECRET[i : i + 6] in octets for i in range(len(SECRET) - 6))
    short = path.with_name("short")
    make(short, b"x")
    assert abs(len(short.read_bytes()) - len(octets)) == 0
    assert len(octets) > PADDING


def test_two_files_of_one_passphrase_and_content_have_nothing_in_common(path: Path) -> None:
    make(path)
    other = path.with_name("other")
    make(other)
    first, second = (dcbor_decode(file.read_bytes(), max_size=1 << 20) for file in (path, other))
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert all(first[name] != second[name] for name in ("salt", "nonce", "sealed"))


def test_each_write_takes_a_fresh_nonce(path: Path) -> None:
    opened = make(path)
    nonces = set()
    for _ in range(20):
        opened.write(SECRET)
        value = dcbor_decode(path.read_bytes(), max_size=1 << 20)
        assert isinstance(value, dict)
        nonces.add(value["nonce"])
    assert len(nonces) == 20


def test_refuses_a_wrong_passphrase_without_repeating_it(path: Path) -> None:
    make(path)
    with pytest.raises(StorageError, match="wrong passphrase") as caught:
        Vault.open(path, "test", Passphrase.of("Correct Horse"))
    assert "Horse" not in str(caught.value)


def test_refuses_every_flipped_octet_and_every_truncation(path: Path) -> None:
    make(path)
    opened = Vault.open(path, "test", PASSPHRASE)
    octets = path.read_bytes()
    positions = [*range(0, 250, 3), *range(250, len(octets), 997), len(octets) - 1]
    for position in positions:
        changed = bytearray(octets)
        changed[position] ^= 0x01
        path.write_bytes(changed)
        with pytest.raises(ZkError):
            opened.read()
    for size in (0, 1, 100, len(octets) - 1):
        path.write_bytes(octets[:size])
        with pytest.raises(ZkError):
            opened.read()
    path.write_bytes(octets + b"\0")
    with pytest.raises(EncodingError):
        opened.read()


def test_refuses_a_vault_of_another_kind(path: Path) -> None:
    make(path)
    with pytest.raises(EncodingError, match="kind"):
        Vault.open(path, "other", PASSPHRASE)


@pytest.mark.parametrize(
    ("member", "value"), [("log_cost", 10), ("log_cost", 30), ("log_cost", True), ("r", 1), ("p", 0)]
)
def test_refuses_parameters_below_the_floor_or_above_the_ceiling(path: Path, member: str, value: int) -> None:
    make(path)
    members = dcbor_decode(path.read_bytes(), max_size=1 << 20)
    assert isinstance(members, dict)
    path.write_bytes(dcbor_encode({**members, member: value}))
    with pytest.raises(EncodingError):
        Vault.open(path, "test", PASSPHRASE)


@pytest.mark.parametrize("log_cost", [0, LEAST_LOG_COST - 1, 21])
def test_will_not_write_a_cost_out_of_bounds(path: Path, log_cost: int) -> None:
    with pytest.raises(RefusedError):
        Vault.create(path, "test", PASSPHRASE, SECRET, log_cost=log_cost)
    assert not path.exists()


def test_never_overwrites(path: Path) -> None:
    make(path)
    before = path.read_bytes()
    with pytest.raises(RefusedError, match="already there"):
        make(path)
    assert path.read_bytes() == before
    dangling = path.with_name("link")
    dangling.symlink_to(path.with_name("nowhere"))
    with pytest.raises(RefusedError):
        make(dangling)


def test_refuses_a_file_open_to_others(path: Path) -> None:
    make(path)
    path.chmod(0o640)
    with pytest.raises(StorageError, match="open to others"):
        Vault.open(path, "test", PASSPHRASE)


def test_refuses_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        Vault.open(tmp_path, "test", PASSPHRASE)
    with pytest.raises(StorageError):
        Vault.open(tmp_path / "none", "test", PASSPHRASE)
    os.mkfifo(tmp_path / "fifo", 0o600)
    with pytest.raises(StorageError, match="regular"):
        Vault.open(tmp_path / "fifo", "test", PASSPHRASE)


def test_writes_through_a_link_and_not_over_it(path: Path) -> None:
    make(path)
    link = path.with_name("link")
    link.symlink_to(path)
    Vault.open(link, "test", PASSPHRASE).write(b"new")
    assert link.is_symlink()
    assert Vault.open(path, "test", PASSPHRASE).read() == b"new"


def test_an_over_large_content_is_refused_before_anything_is_written(path: Path) -> None:
    opened = make(path)
    with pytest.raises(StorageError):
        opened.write(bytes(MAX_CONTENT_OCTETS + 1))
    assert opened.read() == SECRET


def test_passphrases_are_normalised_bounded_and_hidden() -> None:
    assert Passphrase.of("e\u0301") == Passphrase.of("\u00e9")
    for text in ("", "x" * 1025, "\udc80"):
        with pytest.raises(RefusedError):
            Passphrase.of(text)
    assert "horse" not in repr(PASSPHRASE)


@pytest.mark.parametrize(
    ("owner", "name"), [(os, "fsync"), (os, "fchmod"), (Path, "replace"), (module, "sync_directory")]
)
def test_survives_being_killed_at_each_step_of_a_write(path: Path, owner: object, name: str) -> None:
    opened = make(path)

    def act() -> None:
        with locked(path):
            opened.write(b"new")

    assert killed_at(owner, name, act)
    after = Vault.open(path, "test", PASSPHRASE).read()
    assert after == (b"new" if name == "sync_directory" else SECRET)
    with locked(path):  # the dead process holds no lock
        opened.write(b"later")
    assert Vault.open(path, "test", PASSPHRASE).read() == b"later"
    assert not list(path.parent.glob(".*.tmp"))  # its leftover went with the next write


def test_survives_being_killed_at_random_moments(path: Path) -> None:
    opened = make(path)
    for delay in (0.001, 0.003, 0.006, 0.01, 0.02):
        child = fork()
        if child == 0:
            try:
                for number in range(100_000):
                    with locked(path):
                        opened.write(b"%d" % number * 50)
            finally:
                os._exit(0)
        threading.Event().wait(delay)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        content = Vault.open(path, "test", PASSPHRASE).read()
        assert content == SECRET or len(set(content)) <= 10
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_full_disk_leaves_the_old_content_and_no_litter(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = make(path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="No space left"):
            opened.write(b"new")
    assert opened.read() == SECRET
    assert not list(path.parent.glob(".*.tmp"))


def test_the_lock_orders_writers(path: Path) -> None:
    opened = make(path, b"0")

    def count() -> None:
        for _ in range(25):
            with locked(path):
                opened.write(b"%d" % (int(opened.read()) + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened.read() == b"100"


def test_says_who_is_in_the_way(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.1)
    with locked(path), pytest.raises(StorageError, match="in use"), locked(path):
        raise AssertionError("unreachable")


def test_private_files_with_odd_names_are_written(tmp_path: Path) -> None:
    for name in ("a[b]*?.vmr", "ümlaut"):
        write_private(tmp_path / name, b"1")
        write_private(tmp_path / name, b"2")
        assert (tmp_path / name).read_bytes() == b"2"

"""A wallet put back from a copy: what it knows of that, what it still says, and how it comes to know better."""

import shutil
import socket
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.people.club import CAFE, DECEMBER, NOVEMBER, OTHER_PHOTO, PHOTO, Club, club, vault_at
from tests.support.people.dying import killed_at
from zk.bbs.encoding import dcbor_decode, dcbor_encode
from zk.errors import EncodingError, RefusedError, StorageError
from zk.profile.codes import CodeKind
from zk.profile.personhood import CredentialClass, Scope, Vouch
from zk.storage.marks import Marks
from zk.wallet import restored
from zk.wallet.state import WalletState
from zk.wallet.wallet import Wallet

EPOCH = CredentialClass.EPOCH
OTHER = Scope.parse("public:review/bakery")


@pytest.fixture
def the_club(tmp_path: Path) -> Club:
    return club(tmp_path)


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restored, "our_clock", lambda: NOVEMBER)


@pytest.fixture
def member(the_club: Club) -> Wallet:
    return the_club.member()


def say(wallet: Wallet, **changes: Any) -> Vouch:
    values: dict[str, Any] = {"scope": CAFE, "binding": PHOTO, "at": NOVEMBER, **changes}
    return wallet.present(**values)


def file_of(wallet: Wallet) -> Path:
    return wallet._vault.path


def put_back(wallet: Wallet, copy: bytes) -> Wallet:
    file_of(wallet).write_bytes(copy)
    return wallet


def test_a_copy_put_back_refuses_class_epoch_until_the_next_epoch(the_club: Club, member: Wallet) -> None:
    """In good faith its owner would vouch twice, and both vouches would be void."""
    copy = file_of(member).read_bytes()
    say(member, credential_class=EPOCH)
    put_back(member, copy)
    for _ in range(2):  # and it stays so
        with pytest.raises(RefusedError, match=r"older copy of it was put back in 2026-11.*waits until 2026-12"):
            say(member, credential_class=EPOCH, binding=OTHER_PHOTO)
    with pytest.raises(RefusedError, match="waits"):
        say(member, credential_class=EPOCH, scope=OTHER, nothing_said_since=True)
    assert member.held(at=NOVEMBER)[0].restored_in == "2026-11"
    the_club.rotate(DECEMBER)
    the_club.renew(member)
    say(member, credential_class=EPOCH, binding=OTHER_PHOTO, at=DECEMBER)


@pytest.mark.parametrize("step", ["request", "renew", "present"])
def test_a_past_time_named_by_its_owner_does_not_shorten_the_wait(the_club: Club, member: Wallet, step: str) -> None:
    copy = file_of(member).read_bytes()
    say(member, credential_class=EPOCH)
    put_back(member, copy)
    past = NOVEMBER - timedelta(days=45)
    with suppress(RefusedError):
        if step == "present":
            say(member, at=past)
        elif step == "renew":
            member.renew(the_club.invite("ID-4711", CodeKind.RENEW), at=past)
        else:
            member.request(the_club.info, the_club.invite("ann"), at=past)
    for at in (NOVEMBER, past):
        with pytest.raises(RefusedError, match=r"put back in 2026-11.*waits until 2026-12|no epoch credential"):
            say(member, credential_class=EPOCH, binding=OTHER_PHOTO, at=at)
    assert member.held(at=past)[0].restored_in == "2026-11"


def test_a_clock_that_is_behind_does_not_either(
    the_club: Club, member: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The later one of both counts."""
    copy = file_of(member).read_bytes()
    say(member, credential_class=EPOCH)
    put_back(member, copy)
    monkeypatch.setattr(restored, "our_clock", lambda: NOVEMBER.replace(year=1980))
    with pytest.raises(RefusedError, match="waits until 2026-12"):
        say(member, credential_class=EPOCH, binding=OTHER_PHOTO)


def test_in_class_lasting_it_wants_to_be_told_for_ever(the_club: Club, member: Wallet) -> None:
    copy = file_of(member).read_bytes()
    say(member)
    put_back(member, copy)
    with pytest.raises(RefusedError, match="makes both void"):
        say(member, binding=OTHER_PHOTO)
    say(member, scope=OTHER, nothing_said_since=True)
    the_club.rotate(DECEMBER)
    the_club.renew(member)
    with pytest.raises(RefusedError, match="makes both void"):
        say(member, binding=OTHER_PHOTO, at=DECEMBER)


def test_what_the_copy_itself_remembers_may_be_said_again(member: Wallet) -> None:
    say(member)
    say(member, credential_class=EPOCH)
    copy = file_of(member).read_bytes()
    say(member, scope=OTHER)
    put_back(member, copy)
    assert say(member).slot == say(member, credential_class=EPOCH).slot == 0


def test_a_copy_opened_elsewhere_does_not_know_that_it_is_the_newest(the_club: Club, member: Wallet) -> None:
    say(member)
    elsewhere = the_club.home / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(file_of(member), elsewhere / "wallet")
    moved = Wallet(vault_at(elsewhere / "wallet", member._vault))
    with pytest.raises(RefusedError, match="older copy"):
        say(moved, scope=OTHER)
    moved.declare_current()
    assert moved.held(at=NOVEMBER)[0].restored_in is None
    say(moved, scope=OTHER)
    say(moved, scope=OTHER, credential_class=EPOCH)


def test_two_copies_side_by_side_distrust_each_other(the_club: Club, member: Wallet) -> None:
    """One folder of marks, two files: whichever falls behind knows that the other one may have spoken."""
    second_file = the_club.home / "second"
    shutil.copy(file_of(member), second_file)
    second = Wallet(vault_at(second_file, member._vault))
    say(member, credential_class=EPOCH)
    with pytest.raises(RefusedError, match="older copy"):
        say(second, credential_class=EPOCH, binding=OTHER_PHOTO)
    with pytest.raises(RefusedError, match="older copy"):
        say(member, credential_class=EPOCH, scope=OTHER)


@pytest.mark.parametrize("step", ["request", "accept"])
def test_asking_and_accepting_do_not_wash_a_copy_clean(the_club: Club, member: Wallet, step: str) -> None:
    request = member.renew(the_club.invite("ID-4711", CodeKind.RENEW), at=NOVEMBER)
    answer = the_club.approve(request)
    copy = file_of(member).read_bytes()
    say(member)
    put_back(member, copy)
    for _ in range(4):  # more changes than the mark is ahead
        if step == "accept":
            member.accept(answer)
        else:
            member.renew(the_club.invite("ID-4711", CodeKind.RENEW), at=NOVEMBER)
    with pytest.raises(RefusedError, match="older copy"):
        say(member, credential_class=EPOCH, binding=OTHER_PHOTO)


def test_put_back_twice_it_waits_for_the_later_epoch(the_club: Club, member: Wallet) -> None:
    copy = file_of(member).read_bytes()
    say(member)
    put_back(member, copy)
    with pytest.raises(RefusedError):
        say(member, scope=OTHER)
    the_club.rotate(DECEMBER)
    the_club.renew(member)
    later = file_of(member).read_bytes()
    say(member, scope=OTHER, at=DECEMBER, credential_class=EPOCH)
    put_back(member, later)
    with pytest.raises(RefusedError, match="waits until 2027-01"):
        say(member, credential_class=EPOCH, at=DECEMBER)


def test_a_crash_between_wallet_and_mark_is_no_copy(member: Wallet) -> None:
    assert killed_at(Marks, "write", lambda: say(member))
    say(member)
    say(member, scope=OTHER)
    assert member.held(at=NOVEMBER)[0].restored_in is None


@pytest.mark.parametrize("content", [b"", b"many\n", b"-1\n", b"\xff\xfe", b"9" * 31])
def test_a_mark_that_is_no_number_counts_as_none(member: Wallet, content: bytes) -> None:
    (mark,) = file_of(member).parent.glob(f".vouchmark-{member._state().id.hex()}.mark")
    mark.write_bytes(content)
    with pytest.raises(RefusedError, match="older copy"):
        say(member)


def test_a_mark_that_cannot_be_read_is_an_error_and_changes_nothing(member: Wallet) -> None:
    (mark,) = file_of(member).parent.glob(f".vouchmark-{member._state().id.hex()}.mark")
    mark.unlink()
    mark.mkdir()
    before = file_of(member).read_bytes()
    with pytest.raises(StorageError):
        say(member)
    assert file_of(member).read_bytes() == before


def test_a_mark_never_goes_back_whoever_writes_it(tmp_path: Path) -> None:
    marks, file_id = Marks(tmp_path / "state" / "marks"), bytes(16)
    threads = [threading.Thread(target=marks.write, args=(file_id, count)) for count in (3, 9, 1, 7, 5, 8, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert marks.read(file_id) == 9
    marks.write(file_id, 4)
    assert marks.read(file_id) == 9
    assert marks.read(bytes([1]) * 16) is None


def test_a_mark_says_nothing_but_a_count(member: Wallet) -> None:
    say(member)
    (mark,) = file_of(member).parent.glob(f".vouchmark-{member._state().id.hex()}.mark")
    assert mark.read_bytes() == b"%d\n" % member._state().count
    assert mark.stat().st_mode & 0o077 == 0


def test_a_wallet_of_the_first_format_opens_and_gets_a_mark(member: Wallet) -> None:
    say(member)
    value = dcbor_decode(member._vault.read(), max_size=1 << 24)
    assert isinstance(value, dict)
    issuers = value["issuers"]
    assert isinstance(issuers, list)
    first = [as_before(each)[:7] for each in issuers]
    member._vault.write(dcbor_encode({"format": "vouchmark-wallet/1", "issuers": first}))
    with pytest.raises(RefusedError, match="used for another"):
        say(member, binding=OTHER_PHOTO)
    say(member, scope=OTHER)
    assert member._marks.read(member._state().id) == member._state().count == 1


def as_before(membership: object) -> list[Any]:
    """What a wallet holds of an issuer as version 0.2.0 wrote it: used slots without the digest of the file."""
    assert isinstance(membership, list)
    return [*membership[:6], [use[:2] for use in membership[6]], *membership[7:]]


def test_a_wallet_of_the_second_format_opens_and_knows_its_slots_though_not_their_files(member: Wallet) -> None:
    say(member)
    value = dcbor_decode(member._vault.read(), max_size=1 << 24)
    assert isinstance(value, dict)
    assert isinstance(value["issuers"], list)
    older = {**value, "format": "vouchmark-wallet/2", "issuers": [as_before(each) for each in value["issuers"]]}
    member._vault.write(dcbor_encode(older))
    assert not member.has_vouched_for(PHOTO)
    with pytest.raises(RefusedError, match="used for another"):
        say(member, binding=OTHER_PHOTO)
    say(member, scope=OTHER)
    assert member.has_vouched_for(PHOTO)
    assert not member.has_vouched_for(OTHER_PHOTO)
    member._vault.write(dcbor_encode({**older, "issuers": value["issuers"]}))  # of neither format
    with pytest.raises(EncodingError):
        member.held(at=NOVEMBER)


def test_it_asks_nobody(the_club: Club, member: Wallet, monkeypatch: pytest.MonkeyPatch) -> None:
    """An issuer that was asked what a wallet had said would learn pseudonyms: no connection, and nothing written."""
    copy = file_of(member).read_bytes()
    say(member)
    put_back(member, copy)
    before = {path: path.read_bytes() for path in the_club.folder.iterdir()}
    monkeypatch.setattr(socket, "socket", lambda *_arguments, **_keywords: pytest.fail("a connection"))
    with pytest.raises(RefusedError, match="older copy"):
        say(member, scope=OTHER)
    assert {path: path.read_bytes() for path in the_club.folder.iterdir()} == before


# Forgetting, and other passphrases


def test_forgetting_an_issuer_leaves_nothing_of_it(the_club: Club, member: Wallet) -> None:
    say(member)
    state = member._state()
    secrets = [*state.memberships[0].lasting[0].nyms, state.memberships[0].credentials[0].signature]
    member.forget(the_club.info.id)
    content = member._vault.read()
    assert not any(secret in content for secret in [*secrets, the_club.info.id])
    assert member.held(at=NOVEMBER) == ()
    with pytest.raises(RefusedError, match="holds nothing"):
        member.forget(the_club.info.id)


def test_the_mark_outlives_what_is_forgotten(the_club: Club, member: Wallet) -> None:
    copy = file_of(member).read_bytes()
    member.forget(the_club.info.id)
    put_back(member, copy)
    with pytest.raises(RefusedError, match="older copy"):
        say(member)


def test_the_state_is_the_same_after_encoding(member: Wallet) -> None:
    state = replace(member._state(), restored=True)
    state = state.with_membership(replace(state.memberships[0], restored_in="2026-11"))
    assert WalletState.decode(state.encode()) == state


def test_time_goes_on_for_each_issuer_by_its_own_epochs(member: Wallet) -> None:
    copy = file_of(member).read_bytes()
    say(member)
    put_back(member, copy)
    end_of_month = NOVEMBER + timedelta(days=20, hours=14)
    with pytest.raises(RefusedError, match="put back in 2026-11"):
        say(member, credential_class=EPOCH, at=end_of_month, scope=OTHER)

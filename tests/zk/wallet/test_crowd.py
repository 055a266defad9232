"""Among how many does a person hide? By key, at the least, as last published; one where that is not known."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.people.club import CAFE, DECEMBER, JANUARY, NOVEMBER, PHOTO, Club, club
from zk.errors import StorageError, UntrustedError
from zk.profile.issuer_info import read_info
from zk.profile.personhood import CredentialClass, HolderCount, Level
from zk.wallet.wallet import Wallet

MARCH = JANUARY + timedelta(days=60)


@pytest.fixture
def the_club(tmp_path: Path) -> Club:
    return club(tmp_path)


def crowd(wallet: Wallet, at: Any = NOVEMBER) -> int | None:
    return wallet.held(at=at)[0].crowd


def test_it_is_unknown_until_it_is_published_and_then_seen(the_club: Club) -> None:
    members = [the_club.member(f"p{number}") for number in range(3)]
    assert [crowd(member) for member in members] == [None] * 3
    the_club.rotate(NOVEMBER)
    assert crowd(members[0]) is None  # the wallet has not looked yet
    members[0].refresh()
    assert crowd(members[0]) == 3
    assert the_club.info.published_in == "2026-11"


def test_a_wallet_that_alone_got_the_new_keys_signature_does_not_hide_among_all(the_club: Club) -> None:
    """The numbers are by class, epoch and level; after a key was replaced they say nothing of its holders."""
    wallets = [the_club.wallet(f"p{number}") for number in range(3)]
    requests = [
        wallet.request(
            the_club.info, the_club.invite(f"p{number}"), at=NOVEMBER, source=the_club.folder / "issuer.json"
        )
        for number, wallet in enumerate(wallets)
    ]
    for wallet, request in zip(wallets, requests, strict=True):
        wallet.accept(the_club.approve(request))
    the_club.rotate(NOVEMBER)
    the_club.rotate(NOVEMBER, compromised="2026-11")
    wallets[0].accept(the_club.approve(requests[0]), newer=the_club.info)
    assert the_club.info.holders(CredentialClass.LASTING, "2026-11", Level.ONE) == 3
    assert crowd(wallets[0]) is None


def test_a_withdrawn_key_is_seen_before_anything_is_said(the_club: Club) -> None:
    member = the_club.member()
    member.present(scope=CAFE, binding=PHOTO, at=NOVEMBER)
    the_club.rotate(NOVEMBER, compromised="2026-11")
    with pytest.raises(UntrustedError, match="replaced its key"):
        member.present(scope=CAFE, binding=PHOTO, at=NOVEMBER)


def test_an_old_publication_is_none(the_club: Club) -> None:
    member = the_club.member()
    the_club.rotate(NOVEMBER)
    member.refresh()
    info = the_club.info
    assert info.crowd("2026-11", Level.ONE, at=DECEMBER) == 1
    assert info.crowd("2026-11", Level.ONE, at=JANUARY) is None
    assert crowd(member, MARCH) is None


def test_the_smaller_of_the_two_classes_counts(the_club: Club) -> None:
    the_club.rotate(NOVEMBER)
    info = the_club.info
    count = HolderCount(credential_class=CredentialClass.EPOCH, epoch="2026-11", level=Level.ONE, holders=9)
    for lasting, expected in ((4, 4), (20, 9)):
        both = (count, replace(count, credential_class=CredentialClass.LASTING, holders=lasting))
        assert replace(info, counts=both).crowd("2026-11", Level.ONE, at=NOVEMBER) == expected
    assert replace(info, counts=(count,)).crowd("2026-11", Level.ONE, at=NOVEMBER) is None
    assert replace(info, counts=(count,)).crowd("2026-11", Level.TWO, at=NOVEMBER) is None


def test_a_list_made_for_one_member_is_seen_by_comparing(the_club: Club, tmp_path: Path) -> None:
    one, other = the_club.member("a"), the_club.member("b")
    assert one.refresh().digest == other.refresh().digest
    the_club.rotate(NOVEMBER)
    assert one.refresh().digest != other.held(at=NOVEMBER)[0].info.digest
    assert one.refresh().digest == other.refresh().digest


def test_the_first_epoch_of_all_has_none_before_it(the_club: Club) -> None:
    info = the_club.info
    first = replace(info, keys=(replace(info.keys[0], epoch="2000-01"),))
    assert first.published_in is None
    assert first.crowd("2000-01", Level.ONE, at=NOVEMBER) is None
    assert replace(info, keys=()).crowd("2026-11", Level.ONE, at=NOVEMBER) is None


def test_a_pipe_where_issuer_json_was_keeps_nobody_waiting(the_club: Club) -> None:
    member = the_club.member()
    source = the_club.folder / "issuer.json"
    source.unlink()
    os.mkfifo(source)
    member.present(scope=CAFE, binding=PHOTO, at=NOVEMBER)
    with pytest.raises(StorageError, match="not a regular file"):
        read_info(source)
    source.unlink()
    source.mkdir()
    member.present(scope=CAFE, binding=PHOTO, at=NOVEMBER)
    with pytest.raises(StorageError):
        read_info(source)

"""Renewal without a new invitation: once, for the person's next epochs, for a year after the last check, revocable."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.people.club import CAFE, DECEMBER, JANUARY, NOVEMBER, PHOTO, Club, club
from tests.support.people.dying import killed_at
from zk.errors import EncodingError, ProofError, RefusedError, SignatureError, UntrustedError
from zk.issuer import approving, rules
from zk.issuer.epochs import renewable_until
from zk.issuer.seals import Pen
from zk.profile.codes import CodeKind
from zk.profile.constants import CredentialClass, EpochLength, Level
from zk.profile.exchange import EnrolmentRequest, EnrolmentResponse, RenewalToken
from zk.wallet.state import WalletState
from zk.wallet.wallet import Wallet

PERSON = "ID-4711"


@pytest.fixture
def the_club(tmp_path: Path) -> Club:
    return club(tmp_path)


@pytest.fixture
def member(the_club: Club) -> Wallet:
    return the_club.member(PERSON)


def tokens(the_club: Club) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(the_club.folder / "enrolment.sqlite")) as connection:
        return connection.execute("SELECT id, after, expires_at, epoch FROM code WHERE kind = 'token'").fetchall()


def month(the_club: Club, at: datetime) -> datetime:
    """Rotate at the start of the month after `at`, and return a time in it."""
    start = the_club.info.epoch_length.epoch_bounds(the_club.info.epoch_length.epoch_at(at))[1]
    the_club.rotate(start)
    return start + timedelta(days=3)


def renew(the_club: Club, wallet: Wallet, at: datetime) -> EnrolmentResponse:
    answer = the_club.approve(wallet.renew(at=at, newer=the_club.info), at)
    wallet.accept(answer, newer=the_club.info)
    return EnrolmentResponse.decode(answer)


def test_a_member_renews_for_a_year_without_another_invitation_and_then_is_seen_again(
    the_club: Club, member: Wallet
) -> None:
    first = member.present(scope=CAFE, binding=PHOTO, at=NOVEMBER)
    at, renewed = NOVEMBER, []
    for _ in range(11):
        at = month(the_club, at)
        renewed.append(renew(the_club, member, at).epoch)
    assert (renewed[0], renewed[-1]) == ("2026-12", "2027-10")
    at = month(the_club, at)
    with pytest.raises(RefusedError, match="run out, ask the issuer for a code"):
        member.renew(at=at)
    assert member.held(at=at)[0].renewable_until == datetime(2027, 11, 1, tzinfo=UTC)
    the_club.renew(member, PERSON, at)  # by a code, after a check
    assert member.held(at=at)[0].renewable_until == datetime(2028, 11, 1, tzinfo=UTC)
    assert member.present(scope=CAFE, binding=PHOTO, at=at).pseudonym == first.pseudonym


def test_a_token_is_for_one_request(the_club: Club, member: Wallet) -> None:
    the_club.rotate(DECEMBER)
    request = member.renew(at=DECEMBER)
    assert member.renew(at=DECEMBER) == request  # the same one as long as there is no answer
    answer = the_club.approve(request, DECEMBER)
    assert the_club.approve(request, DECEMBER) == answer
    used = member._state().memberships[0].token
    assert used is not None
    member.accept(answer)
    again = replace(EnrolmentRequest.decode(request), epoch="2027-01")
    with pytest.raises((SignatureError, ProofError)):
        the_club.approve(again.encode(), DECEMBER)
    stale = RenewalToken(secret=used.secret, until=used.until).code(0)
    with pytest.raises(RefusedError, match="already used"):
        the_club.approve(member.renew(stale, at=DECEMBER), DECEMBER)


def test_a_token_is_only_for_epochs_after_its_answers(the_club: Club, member: Wallet) -> None:
    """By a wallet that asks for the same epoch once more."""
    membership = member._state().memberships[0]
    member._vault.write(WalletState(memberships=(replace(membership, credentials=()),)).encode())
    with pytest.raises(RefusedError, match="for epochs after 2026-11"):
        the_club.approve(member.renew(at=NOVEMBER))


def test_an_epoch_may_be_left_out(the_club: Club, member: Wallet) -> None:
    the_club.rotate(DECEMBER)
    the_club.rotate(JANUARY)
    assert renew(the_club, member, JANUARY).epoch == "2027-01"


def test_a_token_is_bound_to_its_person(the_club: Club, member: Wallet) -> None:
    """Somebody else's wallet cannot renew by it: the issuer takes T from its books, by the token's tag."""
    token = member._state().memberships[0].token
    assert token is not None
    other = the_club.member("other")
    the_club.rotate(DECEMBER)
    stolen = RenewalToken(secret=token.secret, until=token.until).code(0)
    with pytest.raises(ProofError):
        the_club.approve(other.renew(stolen, at=DECEMBER), DECEMBER)
    renew(the_club, member, DECEMBER)  # and it is not used up


@pytest.mark.parametrize("kind", [CodeKind.RENEW, CodeKind.RESET])
def test_an_invitation_takes_the_place_of_the_token(the_club: Club, member: Wallet, kind: CodeKind) -> None:
    the_club.rotate(DECEMBER)
    the_club.invite(PERSON, kind, DECEMBER)
    with pytest.raises(RefusedError, match="unknown, or replaced"):
        the_club.approve(member.renew(at=DECEMBER), DECEMBER)


def test_there_is_at_most_one_unused_token_a_person(the_club: Club, member: Wallet) -> None:
    assert len(tokens(the_club)) == 1
    code = the_club.invite(PERSON, CodeKind.RENEW)
    assert tokens(the_club) == []
    member.accept(the_club.approve(member.renew(code, at=NOVEMBER)))
    assert [row[1] for row in tokens(the_club)] == ["2026-12"]


def test_who_leaves_renews_no_more_and_comes_back_by_an_invitation(the_club: Club, member: Wallet) -> None:
    the_club.invite("stranger")
    with the_club.open() as issuer:
        assert issuer.revoke("id-4711", at=NOVEMBER) == 1
        assert issuer.revoke(PERSON, at=NOVEMBER) == 0
        assert issuer.revoke("stranger", at=NOVEMBER) == 1
        with pytest.raises(RefusedError, match="not enrolled or invited"):
            issuer.revoke("nobody", at=NOVEMBER)
    the_club.rotate(DECEMBER)
    with pytest.raises(RefusedError, match="unknown, or replaced"):
        the_club.approve(member.renew(at=DECEMBER), DECEMBER)
    the_club.renew(member, PERSON, DECEMBER)
    the_club.rotate(JANUARY)
    renew(the_club, member, JANUARY)


def test_a_reset_leaves_the_lost_wallets_token_worthless(the_club: Club, member: Wallet) -> None:
    the_club.rotate(DECEMBER)
    new = the_club.wallet("new")
    code = the_club.invite(PERSON, CodeKind.RESET, DECEMBER)
    new.accept(the_club.approve(new.request(the_club.info, code, at=DECEMBER), DECEMBER))
    the_club.rotate(JANUARY)
    with pytest.raises(RefusedError, match="unknown, or replaced"):
        the_club.approve(member.renew(at=JANUARY, newer=the_club.info), JANUARY)
    renew(the_club, new, JANUARY)


def test_an_answer_that_is_accepted_again_brings_back_no_used_token(the_club: Club) -> None:
    wallet = the_club.wallet()
    old = the_club.approve(wallet.request(the_club.info, the_club.invite(PERSON), at=NOVEMBER))
    wallet.accept(old)
    the_club.rotate(DECEMBER)
    renew(the_club, wallet, DECEMBER)
    wallet.accept(old)
    the_club.rotate(JANUARY)
    renew(the_club, wallet, JANUARY)


def test_without_a_token_the_wallet_says_whom_to_ask(the_club: Club, member: Wallet) -> None:
    membership = member._state().memberships[0]
    member._vault.write(WalletState(memberships=(replace(membership, token=None),)).encode())
    with pytest.raises(RefusedError, match="ask it for a code"):
        member.renew(at=DECEMBER)
    with pytest.raises(EncodingError):
        member.renew(at=DECEMBER.replace(tzinfo=None))


def test_the_issuer_itself_refuses_a_token_that_has_run_out_to_the_second(tmp_path: Path) -> None:
    the_club = club(tmp_path, epoch_length=EpochLength.YEAR)
    wallet = the_club.member(PERSON)
    until = datetime(2027, 11, 1, tzinfo=UTC)
    the_club.rotate(datetime(2027, 2, 1, tzinfo=UTC))
    request = wallet.renew(at=until - timedelta(seconds=1), newer=the_club.info)
    with pytest.raises(RefusedError, match="expired"):
        the_club.approve(request, until)
    wallet.accept(the_club.approve(request, until - timedelta(seconds=1)), newer=the_club.info)
    # The next answer's token could be used for a second: it is given, and no longer after that.
    assert wallet.held(at=until)[0].renewable_until == until
    assert EnrolmentResponse.decode(the_club.approve(request, until)).renewal is not None


def test_nobody_gives_out_tokens_by_hand(the_club: Club, member: Wallet) -> None:
    with pytest.raises(RefusedError, match="come with answers"):
        the_club.invite(PERSON, CodeKind.TOKEN)


@pytest.mark.parametrize("length", list(EpochLength))
def test_the_books_keep_the_month_of_the_check_and_no_more(tmp_path: Path, length: EpochLength) -> None:
    the_club = club(tmp_path, epoch_length=length)
    the_club.member(PERSON)
    assert [row[2] for row in tokens(the_club)] == [int(datetime(2027, 11, 1, tzinfo=UTC).timestamp())]
    days = {renewable_until(datetime(2026, 11, day, 13, tzinfo=UTC)) for day in range(1, 31)}
    assert len(days) == 1
    for day in range(800):
        checked = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
        until = datetime.fromtimestamp(renewable_until(checked), UTC)
        assert timedelta(days=334) <= until - checked <= timedelta(days=365)


def test_the_level_goes_with_the_token(the_club: Club) -> None:
    wallet = the_club.wallet()
    with the_club.open() as issuer:
        code = issuer.invite(PERSON, at=NOVEMBER, level=Level.THREE)
        wallet.accept(issuer.approve(wallet.request(issuer.info, code, at=NOVEMBER), at=NOVEMBER))
    the_club.rotate(DECEMBER)
    assert renew(the_club, wallet, DECEMBER).level is Level.THREE


@pytest.mark.parametrize(
    ("owner", "name", "after"),
    [
        (rules, "use_code", 0),
        (Pen, "insert", 1),
        (rules, "add_token", 0),
        (Pen, "insert", 2),
        (Pen, "insert", 4),
        (Pen, "finish", 5),
        (approving, "blind_sign_with_nym", 0),
        (approving, "blind_sign_with_nym", 1),
    ],
)
def test_a_killed_renewal_gives_the_same_answer_and_one_token(
    the_club: Club, member: Wallet, owner: object, name: str, after: int
) -> None:
    the_club.rotate(DECEMBER)
    request = member.renew(at=DECEMBER)
    assert killed_at(owner, name, lambda: the_club.approve(request, DECEMBER), after=after)
    answer = the_club.approve(request, DECEMBER)
    assert the_club.approve(request, DECEMBER) == answer
    member.accept(answer)
    assert len([row for row in tokens(the_club) if row[3] is None]) == 1
    the_club.rotate(JANUARY)
    renew(the_club, member, JANUARY)


def test_after_a_recovery_tokens_still_renew_and_nobody_is_lost(the_club: Club, member: Wallet) -> None:
    from tests.support.people.club import PASSPHRASE
    from zk.issuer.recovery import back_up, recover

    the_club.rotate(NOVEMBER)
    published = the_club.info
    copy = back_up(the_club.folder, the_club.home / "copy", PASSPHRASE)
    shutil.rmtree(the_club.folder)
    shutil.copytree(copy, the_club.folder)
    recover(the_club.folder, PASSPHRASE, published=published, at=NOVEMBER)
    the_club.rotate(DECEMBER)
    assert renew(the_club, member, DECEMBER).epoch == "2026-12"


def test_a_token_in_an_answer_is_checked_before_it_is_kept(the_club: Club, member: Wallet) -> None:
    for secret, until in ((bytes(15), 5), (bytes(17), 5), (bytes(16), 0), (bytes(16), 1 << 60), (bytes(16), True)):
        with pytest.raises(EncodingError):
            RenewalToken(secret=secret, until=until)


def test_every_class_of_credential_is_renewed_by_it(the_club: Club, member: Wallet) -> None:
    the_club.rotate(DECEMBER)
    renew(the_club, member, DECEMBER)
    held = {(one.credential_class, one.epoch) for one in member.held(at=DECEMBER)[0].credentials}
    assert held == {(each, epoch) for each in CredentialClass for epoch in ("2026-11", "2026-12")}


def test_a_withdrawn_token_of_a_voided_code_is_told(the_club: Club, member: Wallet) -> None:
    """Two wallets with one token, as after a theft of a wallet's copy: two requests, and neither is signed."""
    the_club.rotate(DECEMBER)
    path = shutil.copy(member._vault.path, the_club.home / "stolen.vault")
    thief = Wallet(member._vault.moved_to(Path(path)))
    one, other = member.renew(at=DECEMBER), thief.renew(at=DECEMBER)
    assert one != other
    with the_club.open() as issuer:
        issuer.review(one, at=DECEMBER)
        with pytest.raises(RefusedError, match="two different requests"):
            issuer.review(other, at=DECEMBER)
        for request in (one, other):
            with pytest.raises((RefusedError, UntrustedError), match="two different requests"):
                issuer.approve(request, at=DECEMBER)
    the_club.renew(member, PERSON, DECEMBER)

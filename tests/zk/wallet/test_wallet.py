"""The wallet: trusts its issuer with nothing but signatures, loses nothing, and speaks once for each slot."""

import os
import signal
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.people.club import (
    CAFE,
    DECEMBER,
    FAST,
    JANUARY,
    NOVEMBER,
    OTHER_PHOTO,
    PASSPHRASE,
    PHOTO,
    Club,
    binding,
    club,
    proof_holds,
    vault_at,
)
from tests.support.people.dying import fork, killed_at
from zk.bbs.ciphersuite import SUITES, Suite
from zk.bbs.core import draw_scalars
from zk.bbs.curve import using
from zk.bbs.encoding import scalar_to_octets
from zk.errors import EncodingError, RefusedError, SignatureError, StorageError, UntrustedError, ZkError
from zk.issuer import approving as issuer_module
from zk.profile.exchange import Code, CodeKind, EnrolmentResponse
from zk.profile.personhood import (
    BindingKind,
    CredentialClass,
    Level,
    PresentationHeader,
    Scope,
    Stance,
    Vouch,
    proof_octets,
)
from zk.storage import vault as vault_module
from zk.storage.vault import MAX_CONTENT_OCTETS, Passphrase
from zk.wallet import wallet as module
from zk.wallet.state import MAX_PENDING, WalletState
from zk.wallet.wallet import Wallet

PERSON = "ID-4711"
EPOCH = CredentialClass.EPOCH


@pytest.fixture
def the_club(tmp_path: Path) -> Club:
    return club(tmp_path)


@pytest.fixture
def member(the_club: Club) -> Wallet:
    return the_club.member(PERSON)


def say(wallet: Wallet, **changes: Any) -> Vouch:
    values: dict[str, Any] = {"scope": CAFE, "binding": PHOTO, "at": NOVEMBER, **changes}
    return wallet.present(**values)


def secrets_of(wallet: Wallet) -> list[bytes]:
    """Everything in a wallet that nobody else may ever see."""
    found: list[bytes] = []
    for membership in wallet._state().memberships:
        for lasting in membership.lasting:
            found += [*lasting.nyms, *([lasting.entropy] if lasting.entropy else [])]
        for pending in membership.pending:
            found += [pending.lasting_blind, pending.epochal_blind, *pending.epochal_nyms]
        for credential in membership.credentials:
            found += [credential.signature, credential.entropy, credential.blind, *credential.nym_secrets]
    return found


# The file


def test_the_file_reveals_nothing_and_is_private(the_club: Club, member: Wallet) -> None:
    say(member, statement="seen at the harbour")
    octets = member._vault.path.read_bytes()
    public = [the_club.info.id, the_club.info.name.encode(), str(CAFE).encode(), PHOTO.digest, b"2026-11", b"lasting"]
    for needle in [*secrets_of(member), *public, b"harbour"]:
        assert needle not in octets
        assert needle.hex().encode() not in octets
    assert stat.S_IMODE(member._vault.path.stat().st_mode) == 0o600


def test_what_it_vouched_for_is_kept_as_digests_only(member: Wallet) -> None:
    say(member, statement="seen at the harbour")
    content = member._vault.read()
    assert str(CAFE).encode() not in content
    assert PHOTO.digest not in content
    assert b"harbour" not in content.replace(b"Harbour Press Club", b"").replace(b"club", b"")


def test_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "wallet"
    Wallet.create(path, PASSPHRASE, log_cost=FAST)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert Wallet.open(path, PASSPHRASE).held(at=NOVEMBER) == ()
    with pytest.raises(StorageError, match="wrong passphrase"):
        Wallet.open(path, Passphrase.of("wrong"))
    with pytest.raises(RefusedError, match="already there"):
        Wallet.create(path, PASSPHRASE, log_cost=FAST)
    with pytest.raises(RefusedError, match="cost"):
        Wallet.create(tmp_path / "cheap", PASSPHRASE, log_cost=10)
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        Wallet.create(tmp_path / "file" / "wallet", PASSPHRASE, log_cost=FAST)


def test_its_content_comes_back_as_it_was(member: Wallet) -> None:
    say(member)
    state = member._state()
    assert WalletState.decode(state.encode()) == state
    assert state.memberships[0].uses
    assert state.memberships[0].pending


@pytest.mark.parametrize(
    "octets", [b"", b"\xa0", b"\xa2\x66format\x60\x67issuers\x80", b"\x80"], ids=["none", "empty", "format", "list"]
)
def test_refuses_content_of_another_form(octets: bytes) -> None:
    with pytest.raises(EncodingError):
        WalletState.decode(octets)


@pytest.mark.parametrize(
    ("owner", "name", "presented"),
    [
        (os, "fsync", False),
        (Path, "replace", False),
        (vault_module, "sync_directory", True),
        (module, "proof_gen_with_nym", True),
    ],
)
def test_a_killed_presentation_loses_no_slot_and_gives_no_second_voice(
    member: Wallet, owner: object, name: str, presented: bool
) -> None:
    """The slot is on the disk before the proof exists: whoever saw the proof, the wallet remembers."""
    assert killed_at(owner, name, lambda: say(member))
    if presented:
        with pytest.raises(RefusedError, match="used"):
            say(member, binding=OTHER_PHOTO)
        say(member)
    else:
        say(member, binding=OTHER_PHOTO)


@pytest.mark.parametrize(("owner", "name"), [(os, "fsync"), (Path, "replace"), (vault_module, "sync_directory")])
def test_a_killed_request_or_acceptance_is_repeated_without_loss(the_club: Club, owner: object, name: str) -> None:
    wallet, code = the_club.wallet(), the_club.invite(PERSON)
    assert killed_at(owner, name, lambda: wallet.request(the_club.info, code, at=NOVEMBER))
    request = wallet.request(the_club.info, code, at=NOVEMBER)
    answer = the_club.approve(request)
    assert killed_at(owner, name, lambda: wallet.accept(answer))
    wallet.accept(answer)
    proof_holds(say(wallet), the_club.info)


def test_killed_at_random_moments_it_is_always_whole(member: Wallet) -> None:
    scopes = [Scope.parse(f"public:topic/{number}") for number in range(400)]
    for delay in (0.01, 0.03, 0.05):
        child = fork()
        if child == 0:
            try:
                for scope in scopes:
                    say(member, scope=scope)
            finally:
                os._exit(0)
        threading.Event().wait(delay)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert len(member.held(at=NOVEMBER)) == 1
    say(member)


# Asking


def test_the_same_code_gives_the_same_request(the_club: Club) -> None:
    wallet, code = the_club.wallet(), the_club.invite(PERSON)
    first = wallet.request(the_club.info, code, at=NOVEMBER)
    assert wallet.request(the_club.info, code, at=NOVEMBER + timedelta(days=1)) == first
    assert wallet.request(the_club.info, code, at=NOVEMBER, ahead=True) != first


def test_a_request_shows_no_secret_of_the_wallet(the_club: Club) -> None:
    wallet = the_club.wallet()
    request = wallet.request(the_club.info, the_club.invite(PERSON), at=NOVEMBER)
    pending = wallet._state().memberships[0].pending[0]
    hidden = [*wallet._state().memberships[0].lasting[0].nyms, *pending.epochal_nyms]
    for secret in [*hidden, pending.lasting_blind, pending.epochal_blind]:
        assert secret not in request


def test_the_classes_share_no_nym(member: Wallet) -> None:
    credentials = member._state().memberships[0].credentials
    lasting, epochal = (set(credential.nym_secrets) for credential in credentials)
    assert not lasting & epochal
    assert len(lasting) == len(epochal) == 4


def test_refuses_codes_for_something_else(the_club: Club, member: Wallet) -> None:
    code = the_club.invite(PERSON, CodeKind.RENEW)
    with pytest.raises(RefusedError, match="for a renewal"):
        member.request(the_club.info, code, at=NOVEMBER)
    with pytest.raises(RefusedError, match="not for a renewal"):
        member.renew(replace(code, kind=CodeKind.RESET), at=NOVEMBER)
    with pytest.raises(RefusedError, match="nym secrets"):  # of another generation
        member.renew(replace(code, generation=1), at=NOVEMBER)
    with pytest.raises(RefusedError, match="already"):
        member.request(the_club.info, the_club.invite("somebody else"), at=NOVEMBER)
    with pytest.raises(RefusedError, match="0 issuers"):
        the_club.wallet("empty").renew(code, at=NOVEMBER)


def test_keeps_a_bounded_number_of_requests(the_club: Club) -> None:
    wallet = the_club.wallet()
    for _ in range(MAX_PENDING + 3):
        wallet.request(the_club.info, the_club.invite(PERSON), at=NOVEMBER)
    assert len(wallet._state().memberships[0].pending) == MAX_PENDING


# Accepting


def forged(the_club: Club, request: bytes, **changes: Any) -> bytes:
    """Return what a cheating issuer answers: signed with other values than everybody's."""
    with the_club.open() as issuer, pytest.MonkeyPatch.context() as patched:
        for name, value in changes.items():
            patched.setattr(issuer_module, name, value)
        return issuer.approve(request, at=NOVEMBER)


@pytest.mark.parametrize(
    "changes",
    [
        {"header": lambda info, _class, epoch: b"header for you alone"},
        {"issuer_messages": lambda info, _class, epoch, level: [b"a", b"b", b"c", b"d", b"e"]},
        {"issuer_messages": lambda info, _class, epoch, level: [b"vouchmark/1"]},
    ],
    ids=["header", "messages", "fewer messages"],
)
def test_refuses_a_signature_over_anything_but_what_it_computes_itself(
    the_club: Club, changes: dict[str, Callable[..., Any]]
) -> None:
    wallet = the_club.wallet()
    request = wallet.request(the_club.info, the_club.invite(PERSON), at=NOVEMBER)
    with pytest.raises(SignatureError):
        wallet.accept(forged(the_club, request, **changes))
    assert wallet.held(at=NOVEMBER)[0].credentials == ()
    wallet.accept(the_club.approve(request))


def other_scalar() -> bytes:
    return scalar_to_octets(draw_scalars(1)[0])


def test_refuses_switched_entropy(the_club: Club, member: Wallet) -> None:
    """With other entropy the issuer could tell old pseudonyms from new, or make a second voice."""
    request = member.renew(the_club.invite(PERSON, CodeKind.RENEW, DECEMBER), at=DECEMBER)
    other = other_scalar()
    with the_club.open() as issuer, pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(issuer._secrets), "nym_entropy", lambda *_arguments, **_keywords: other)
        switched = issuer.approve(request, at=DECEMBER)  # a perfect signature, with other entropy in it
    with pytest.raises(SignatureError, match="entropy"):
        member.accept(switched)
    member.accept(the_club.approve(request, DECEMBER))
    assert say(member, at=DECEMBER).pseudonym == say(member).pseudonym


def test_refuses_another_answer_to_the_same_request(the_club: Club, member: Wallet) -> None:
    with the_club.open() as issuer:
        request = member._state().memberships[0].pending[0].request
        answer = EnrolmentResponse.decode(issuer.approve(request, at=NOVEMBER))
    member.accept(answer.encode())
    epochal = replace(answer.epochal, entropy=other_scalar())
    with pytest.raises(SignatureError, match="another way"):
        member.accept(replace(answer, epochal=epochal).encode())
    with pytest.raises(SignatureError, match="another way"):
        member.accept(replace(answer, level=Level.THREE).encode())


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"request": bytes(32)}, RefusedError),
        ({"issuer": bytes(32)}, RefusedError),
        ({"epoch": "2026-12"}, SignatureError),
        ({"generation": 1}, SignatureError),
        ({"level": Level.TWO}, SignatureError),
    ],
    ids=lambda value: str(value),
)
def test_refuses_an_answer_to_something_else(the_club: Club, changes: dict[str, Any], error: type[ZkError]) -> None:
    wallet = the_club.wallet()
    answer = the_club.approve(wallet.request(the_club.info, the_club.invite(PERSON), at=NOVEMBER))
    with pytest.raises(error):
        wallet.accept(replace(EnrolmentResponse.decode(answer), **changes).encode())


def test_refuses_swapped_signatures_and_flipped_bits(the_club: Club) -> None:
    wallet = the_club.wallet()
    octets = the_club.approve(wallet.request(the_club.info, the_club.invite(PERSON), at=NOVEMBER))
    answer = EnrolmentResponse.decode(octets)
    with pytest.raises(SignatureError):
        wallet.accept(replace(answer, lasting=answer.epochal, epochal=answer.lasting).encode())
    for position in range(0, len(octets), 9):
        changed = bytearray(octets)
        changed[position] ^= 0x04
        try:
            got = EnrolmentResponse.decode(bytes(changed))
        except ZkError:
            continue
        if replace(got, renewal=answer.renewal) == answer:
            continue  # another renewal token: one that the issuer does not know, as if none had come
        with pytest.raises(ZkError):
            wallet.accept(bytes(changed))
    wallet.accept(octets)


def test_refuses_an_answer_to_somebody_else(the_club: Club) -> None:
    one, other = the_club.wallet("a"), the_club.wallet("b")
    answer = the_club.approve(one.request(the_club.info, the_club.invite(PERSON), at=NOVEMBER))
    other.request(the_club.info, the_club.invite("other"), at=NOVEMBER)
    with pytest.raises(RefusedError, match="answers no request"):
        other.accept(answer)


# Knowing the issuer


def test_takes_a_later_issuer_json_from_where_the_first_came(the_club: Club, member: Wallet) -> None:
    the_club.rotate(DECEMBER)
    the_club.renew(member, at=DECEMBER)
    the_club.rotate(JANUARY)
    the_club.renew(member, at=JANUARY)
    assert member.held(at=JANUARY)[0].info.serial == the_club.info.serial == 3
    assert say(member, at=JANUARY).epoch == "2027-01"


def test_without_the_later_issuer_json_it_says_what_is_missing(the_club: Club) -> None:
    wallet = the_club.wallet()
    old = the_club.info
    wallet.accept(the_club.approve(wallet.request(old, the_club.invite(PERSON), at=NOVEMBER)))
    the_club.rotate(DECEMBER)
    the_club.rotate(JANUARY)
    request = wallet.renew(the_club.invite(PERSON, CodeKind.RENEW, JANUARY), at=JANUARY)
    answer = the_club.approve(request, JANUARY)
    with pytest.raises(UntrustedError, match="no key for epoch 2027-01"):
        wallet.accept(answer)
    wallet.accept(answer, newer=the_club.info)


def test_refuses_an_issuer_json_that_goes_back_or_differs(the_club: Club, member: Wallet) -> None:
    old = the_club.info
    the_club.rotate(DECEMBER)
    code = the_club.invite(PERSON, CodeKind.RENEW, DECEMBER)
    member.renew(code, at=DECEMBER)
    with pytest.raises(UntrustedError, match="older"):
        member.renew(code, at=DECEMBER, newer=old)


def test_refuses_two_issuer_jsons_with_one_serial(tmp_path: Path, the_club: Club) -> None:
    """A key made for one person alone would need this: two versions of the same serial."""
    other = Club(tmp_path / "equivocating", the_club.model)
    other.home.mkdir()
    club(other.home)
    member = the_club.member(PERSON)
    the_club.rotate(DECEMBER)
    other.rotate(DECEMBER)
    assert other.info.id == the_club.info.id
    assert other.info.serial == the_club.info.serial
    code = the_club.invite(PERSON, CodeKind.RENEW, DECEMBER)
    member.renew(code, at=DECEMBER)
    with pytest.raises(UntrustedError, match="two different versions"):
        member.renew(code, at=DECEMBER, newer=other.info)


def test_ignores_another_file_where_issuer_json_was(the_club: Club, member: Wallet) -> None:
    path = the_club.folder / "issuer.json"
    published = path.read_bytes()
    for octets in (b"something else", b""):
        path.write_bytes(octets)
        with pytest.raises(RefusedError):
            member.renew(Code.draw(CodeKind.RENEW, 5), at=NOVEMBER)
    path.write_bytes(published)
    the_club.renew(member, at=NOVEMBER)


# Presenting


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_presents_in_both_classes_and_both_suites(tmp_path: Path, suite: Suite) -> None:
    the_club = club(tmp_path, suite=suite)
    member = the_club.member()
    for credential_class in CredentialClass:
        vouch = say(member, credential_class=credential_class, statement="seen", audience="news.example", nonce=b"n")
        proof_holds(vouch, the_club.info)
        assert Vouch.decode(vouch.encode()) == vouch
        assert len(vouch.proof) == proof_octets(4)
        assert vouch.presentation == PresentationHeader(
            binding=PHOTO, statement="seen", stance=Stance.NOTE, audience="news.example", nonce=b"n"
        )
    again = {say(member, statement="seen", credential_class=each).period for each in CredentialClass}
    assert again == {"ever", "2026-11"}


def test_a_second_presentation_is_the_same_voice_in_a_fresh_proof(member: Wallet) -> None:
    first, second = say(member, nonce=b"1"), say(member, nonce=b"2")
    assert first.pseudonym == second.pseudonym
    assert first.slot == second.slot
    assert first.proof != second.proof


@pytest.mark.parametrize(
    "changes",
    [
        {"binding": OTHER_PHOTO},
        {"statement": "else"},
        {"stance": Stance.AGAINST},
        {"binding": replace(PHOTO, kind=BindingKind.MANIFEST)},
    ],
)
def test_refuses_a_second_vouch_for_a_used_slot(member: Wallet, changes: dict[str, Any]) -> None:
    say(member)
    with pytest.raises(RefusedError, match="used for another"):
        say(member, **changes)
    with pytest.raises(RefusedError, match="slot 0: used"):
        say(member, slot=0, **changes)
    say(member, scope=Scope.parse("public:review/bakery"), **changes)
    say(member, credential_class=EPOCH, **changes)


def test_the_slot_is_used_up_for_this_epoch_alone_in_class_epoch(the_club: Club, member: Wallet) -> None:
    say(member, credential_class=EPOCH)
    the_club.renew(member)
    say(member, credential_class=EPOCH, binding=OTHER_PHOTO, at=DECEMBER)
    with pytest.raises(RefusedError, match="used"):
        say(member, credential_class=EPOCH, binding=OTHER_PHOTO, at=NOVEMBER)


def test_a_used_slot_stays_used_after_renewal_in_class_lasting(the_club: Club, member: Wallet) -> None:
    say(member)
    the_club.renew(member)
    with pytest.raises(RefusedError, match="used"):
        say(member, binding=OTHER_PHOTO, at=DECEMBER)


def test_takes_slot_0_unless_told_and_each_once(tmp_path: Path) -> None:
    """Readers count slot 0 alone unless they say otherwise: an honest vouch must not be lost to a random number."""
    the_club = club(tmp_path, slots=3)
    member = the_club.member()
    first = say(member)
    assert first.slot == 0
    assert say(member).slot == 0
    with pytest.raises(RefusedError, match=r"slot 0: used .* slots 0 to 2: name one"):
        say(member, binding=OTHER_PHOTO)
    others = [say(member, binding=binding(b"%d" % slot), slot=slot) for slot in (2, 1)]
    assert [vouch.slot for vouch in others] == [2, 1]
    assert len({vouch.pseudonym for vouch in (first, *others)}) == 3
    assert say(member, binding=binding(b"2")).slot == 2  # what was said there keeps its slot
    with pytest.raises(RefusedError, match=r"in this scope and period$"):
        say(member, binding=binding(b"fourth"))
    for slot in (3, -1):
        with pytest.raises(EncodingError):
            say(member, slot=slot)


def test_one_media_scope_is_a_context_for_each_file(member: Wallet) -> None:
    scope = Scope.parse("public:media")
    first, second = say(member, scope=scope), say(member, scope=scope, binding=OTHER_PHOTO)
    assert first.pseudonym != second.pseudonym
    with pytest.raises(RefusedError, match="used"):
        say(member, scope=scope, statement="else")


def test_refuses_without_a_credential_for_the_epoch(the_club: Club, member: Wallet) -> None:
    for at in (DECEMBER, NOVEMBER - timedelta(days=30)):
        with pytest.raises(RefusedError, match="no lasting credential"):
            say(member, at=at)
    with pytest.raises(RefusedError, match="holds nothing of issuer"):
        say(member, issuer_id=bytes(32))
    with pytest.raises(RefusedError, match="0 issuers"):
        say(the_club.wallet("empty"))


class TestTwoIssuers:
    """Every shape of issuer has keys of its own: these two are strangers to each other."""

    @pytest.fixture
    def other(self, tmp_path: Path, the_club: Club, member: Wallet) -> Club:
        (tmp_path / "other").mkdir()
        other = club(tmp_path / "other", slots=2)
        assert other.info.id != the_club.info.id
        member.accept(other.approve(member.request(other.info, other.invite(PERSON), at=NOVEMBER)))
        return other

    def test_the_one_that_is_named_is_renewed(self, the_club: Club, other: Club, member: Wallet) -> None:
        for place, one in enumerate((other, the_club), start=1):
            code = one.invite(PERSON, CodeKind.RENEW, DECEMBER)
            request = member.renew(code, at=DECEMBER, issuer_id=one.info.id)
            member.accept(one.approve(request, at=DECEMBER))
            held = [len(membership.credentials) for membership in member._state().memberships]
            assert sum(held) == 4 + 2 * place

    def test_a_later_publication_names_it_too(self, the_club: Club, other: Club, member: Wallet) -> None:
        for one in (other, the_club):
            code = one.invite(PERSON, CodeKind.RENEW, DECEMBER)
            member.accept(one.approve(member.renew(code, at=DECEMBER, newer=one.info), at=DECEMBER))

    def test_without_a_name_none_is_guessed(self, other: Club, member: Wallet) -> None:
        with pytest.raises(RefusedError, match="2 issuers"):
            member.renew(other.invite(PERSON, CodeKind.RENEW, DECEMBER), at=DECEMBER)
        with pytest.raises(RefusedError, match="2 issuers"):
            say(member)

    def test_a_vouch_is_of_the_one_that_is_named(self, the_club: Club, other: Club, member: Wallet) -> None:
        for one in (the_club, other):
            assert say(member, issuer_id=one.info.id).issuer == one.info.id


def test_a_refused_presentation_uses_up_nothing(member: Wallet) -> None:
    before = member._state()
    for changes in ({"at": DECEMBER}, {"statement": "two\nlines"}, {"slot": 3}):
        with pytest.raises(ZkError):
            say(member, **changes)
    assert member._state() == before


def test_will_not_present_with_a_withdrawn_key(the_club: Club, member: Wallet) -> None:
    request = member._state().memberships[0].pending[0].request
    the_club.rotate(NOVEMBER, compromised="2026-11")
    code = the_club.invite(PERSON, CodeKind.RENEW)
    member.renew(code, at=NOVEMBER)  # learns of the later issuer.json
    with pytest.raises(UntrustedError, match="replaced its key"):
        say(member)
    member.accept(the_club.approve(request))
    proof_holds(say(member), the_club.info)


def test_two_threads_and_two_openings_cannot_use_one_slot_twice(member: Wallet) -> None:
    results: list[str] = []

    def speak(number: int) -> None:
        wallet = Wallet(vault_at(member._vault.path, member._vault))
        try:
            say(wallet, binding=binding(b"%d" % number))
            results.append("said")
        except RefusedError:
            results.append("refused")

    threads = [threading.Thread(target=speak, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["refused"] * 7 + ["said"]


# Looking


def test_shows_what_it_holds_and_no_secret(the_club: Club, member: Wallet) -> None:
    say(member)
    member.renew(the_club.invite(PERSON, CodeKind.RENEW), at=NOVEMBER)
    (held,) = member.held(at=NOVEMBER)
    assert [(each.credential_class, each.epoch, each.is_current) for each in held.credentials] == [
        (CredentialClass.LASTING, "2026-11", True),
        (CredentialClass.EPOCH, "2026-11", True),
    ]
    assert ([each.epoch for each in held.open_requests], held.used_slots, held.crowd) == (["2026-12"], 1, None)
    texts = [repr(member), repr(held), repr(member._state()), repr(member._vault), repr(member._state().memberships)]
    with pytest.raises(RefusedError) as caught:
        say(member, binding=OTHER_PHOTO)
    texts.append(str(caught.value))
    for secret in secrets_of(member):
        for text in texts:
            assert secret.hex() not in text
            assert repr(secret)[2:-1] not in text


def test_shows_the_size_of_the_crowd_that_was_published(the_club: Club, member: Wallet) -> None:
    the_club.rotate(NOVEMBER)
    member.renew(the_club.invite(PERSON, CodeKind.RENEW), at=NOVEMBER)
    assert member.held(at=NOVEMBER)[0].crowd == 1


def test_the_moment_to_renew_is_drawn_at_random_in_the_last_half(the_club: Club) -> None:
    moments = set()
    for number in range(6):
        (held,) = the_club.member(f"p{number}").held(at=NOVEMBER)
        assert held.renew_from is not None
        start, end = held.info.epoch_length.epoch_bounds("2026-11")
        assert start + (end - start) / 2 <= held.renew_from < end
        moments.add(held.renew_from)
    assert len(moments) == 6  # two equal ones: once in 10^5


def test_a_wallet_that_is_too_large_says_so(member: Wallet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zk.wallet.state.MAX_USES", 1)
    say(member)
    with pytest.raises(RefusedError, match="remember no more"):
        say(member, scope=Scope.parse("public:other"))
    assert len(member._vault.read()) < MAX_CONTENT_OCTETS


def test_the_whole_way_on_the_reference_engine(the_club: Club, member: Wallet) -> None:
    """Made on one engine and read on the other, both ways; the same person has the same pseudonym on both."""
    with using("py_ecc"):
        other = the_club.wallet("reference")
        other.accept(the_club.approve(other.request(the_club.info, the_club.invite("reference"), at=NOVEMBER)))
        slow = say(member)
        proof_holds(say(other), the_club.info)
    assert slow.pseudonym == say(member).pseudonym
    proof_holds(slow, the_club.info)
    proof_holds(say(other), the_club.info)

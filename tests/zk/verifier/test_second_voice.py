"""Can one person get a second voice? Each way to try, from the code to the ledger."""

import hashlib
import os
import sqlite3
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.people.club import (
    CAFE,
    DECEMBER,
    JANUARY,
    NOVEMBER,
    OTHER_PHOTO,
    PHOTO,
    Club,
    club,
    keyed_books,
    vault_at,
)
from tests.support.people.dying import fork
from zk.bbs.core import draw_scalars
from zk.bbs.encoding import scalar_to_octets
from zk.bbs.pseudonym import commit_with_nym
from zk.errors import EncodingError, ProofError, RefusedError, SignatureError, ZkError
from zk.issuer import approving as issuer_module
from zk.issuer.books_schema import CODES
from zk.profile.continuity import ContinuityStatement, continuity_tag, prove_continuity
from zk.profile.exchange import Code, CodeKind, EnrolmentRequest, EnrolmentResponse
from zk.profile.personhood import CredentialClass, Vouch
from zk.storage.ledger import Entry, NullifierLedger, Outcome, open_ledger
from zk.verifier.verifier import verify
from zk.verifier.voices import EpochClosedError, SlotExceededError
from zk.wallet.wallet import Wallet

LASTING, EPOCH = CredentialClass.LASTING, CredentialClass.EPOCH
PERSON = "ID-4711"
YEAR = timedelta(days=365)


@pytest.fixture
def the_club(tmp_path: Path) -> Club:
    return club(tmp_path)


@pytest.fixture
def member(the_club: Club) -> Wallet:
    return the_club.member(PERSON)


def say(wallet: Wallet, **changes: Any) -> Vouch:
    values: dict[str, Any] = {"scope": CAFE, "binding": PHOTO, "at": NOVEMBER, **changes}
    return wallet.present(**values)


def count(ledger: NullifierLedger, the_club: Club, vouch: Vouch, at: datetime = NOVEMBER) -> Outcome:
    """Verify as a reader at some time, then record as a ledger does now (whose clock no test can set)."""
    voice = verify(vouch.encode(), bindings=[vouch.presentation.binding], issuers=[the_club.info], scopes=[CAFE], at=at)
    issuer, credential_class, context, pseudonym = voice.nullifier
    entry = Entry(
        issuer=issuer,
        credential_class=credential_class,
        context=context,
        pseudonym=pseudonym,
        content=voice.content,
    )
    return ledger.consume(entry).outcome


@pytest.fixture
def ledger(tmp_path: Path) -> Any:
    with open_ledger(tmp_path / "ledger.sqlite") as opened:
        yield opened


def forgetful(wallet: Wallet) -> Wallet:
    """Make a wallet forget what it vouched for, as a cheating one would."""
    state = wallet._state()
    membership = replace(state.memberships[0], uses=())
    wallet._vault.write(state.with_membership(membership).encode())
    return wallet


def add_code(the_club: Club, person: str = PERSON, kind: CodeKind = CodeKind.ENROL, generation: int = 0) -> Code:
    """Put a code into the books beside those that are there, as if two had been given in the same moment."""
    code = Code.draw(kind, generation)
    with the_club.open() as issuer:
        own = issuer._secrets
    row = {
        "id": code.id,
        "key": code.public_key,
        "tag": own.tag(person),
        "kind": kind.value,
        "generation": generation,
        "level": 1,
        "expires_at": int((NOVEMBER + YEAR).timestamp()),
        "void": False,
    }
    books = keyed_books(the_club)
    with books._writing("write") as pen:
        assert pen.insert(CODES, row)
    books.close()
    return code


# One voice for ever


def test_a_renewal_after_key_rotation_keeps_the_lasting_nullifier(
    the_club: Club, member: Wallet, ledger: NullifierLedger
) -> None:
    first = say(member)
    assert count(ledger, the_club, first) is Outcome.NEW
    the_club.rotate(DECEMBER)
    the_club.renew(member)
    second = say(member, at=DECEMBER)
    assert second.epoch != first.epoch
    assert second.pseudonym == first.pseudonym
    assert count(ledger, the_club, second, DECEMBER) is Outcome.SEEN
    other = say(forgetful(member), at=DECEMBER, binding=OTHER_PHOTO)
    assert count(ledger, the_club, other, DECEMBER) is Outcome.DUPLICATE


def test_the_epoch_class_has_a_new_voice_in_each_epoch_and_one_in_each(
    the_club: Club, member: Wallet, ledger: NullifierLedger
) -> None:
    first = say(member, credential_class=EPOCH)
    assert count(ledger, the_club, first) is Outcome.NEW
    assert count(ledger, the_club, say(forgetful(member), credential_class=EPOCH, binding=OTHER_PHOTO)) is (
        Outcome.DUPLICATE
    )
    the_club.renew(member)
    second = say(member, credential_class=EPOCH, at=DECEMBER)
    assert second.pseudonym != first.pseudonym
    assert count(ledger, the_club, second, DECEMBER) is Outcome.NEW


def test_a_replaced_key_gives_the_same_voice(the_club: Club, member: Wallet, ledger: NullifierLedger) -> None:
    before = {each: say(member, credential_class=each).pseudonym for each in CredentialClass}
    request = member._state().memberships[0].pending[0].request
    the_club.rotate(NOVEMBER, compromised="2026-11")
    member.accept(the_club.approve(request), newer=the_club.info)
    after = {each: say(member, credential_class=each) for each in CredentialClass}
    assert {each: vouch.pseudonym for each, vouch in after.items()} == before
    assert count(ledger, the_club, after[LASTING]) is Outcome.NEW


def test_renewals_far_apart_keep_the_voice(the_club: Club, member: Wallet) -> None:
    first = say(member)
    the_club.rotate(JANUARY)
    the_club.renew(member, at=JANUARY)
    assert say(member, at=JANUARY).pseudonym == first.pseudonym


# Other nym secrets


def with_nyms(wallet: Wallet, nyms: tuple[bytes, ...]) -> Wallet:
    """Put other lasting nyms into a wallet."""
    state = wallet._state()
    membership = state.memberships[0]
    lasting = replace(membership.lasting[0], nyms=nyms)
    wallet._vault.write(state.with_membership(membership.with_lasting(lasting)).encode())
    return wallet


def draw(count: int) -> tuple[bytes, ...]:
    return tuple(scalar_to_octets(scalar) for scalar in draw_scalars(count))


def test_refuses_a_renewal_with_other_nym_secrets(the_club: Club, member: Wallet) -> None:
    nyms = member._state().memberships[0].lasting[0].nyms
    request = with_nyms(member, draw(4)).renew(the_club.invite(PERSON, CodeKind.RENEW, DECEMBER), at=DECEMBER)
    with pytest.raises(ProofError, match="continuity"):
        the_club.approve(request, DECEMBER)
    the_club.renew(with_nyms(member, nyms))


@pytest.mark.parametrize("position", [0, 3])
def test_refuses_a_renewal_with_one_other_nym_secret(the_club: Club, member: Wallet, position: int) -> None:
    nyms = list(member._state().memberships[0].lasting[0].nyms)
    nyms[position] = draw(1)[0]
    with_nyms(member, tuple(nyms))
    with pytest.raises(ProofError):
        the_club.renew(member)


def asking(
    the_club: Club, code: Code, *, lasting: tuple[bytes, ...], epochal: tuple[bytes, ...], tagged: tuple[bytes, ...]
) -> EnrolmentRequest:
    """Return a request with these nyms, however many: as a cheating wallet would make it."""
    info = the_club.info
    commitment, blind = commit_with_nym(lasting, [], suite=info.suite)
    other, _ = commit_with_nym(epochal, [], suite=info.suite)
    statement = ContinuityStatement(
        issuer_id=info.id,
        suite=info.suite,
        n=len(lasting),
        epoch="2026-11",
        generation=code.generation,
        code_id=code.id,
        lasting=commitment,
        epochal=other,
    )
    tag = continuity_tag(tagged, info.id, suite=info.suite)
    proof = prove_continuity(statement, tag, nyms=lasting, secret_prover_blind=blind)
    return EnrolmentRequest(
        issuer=info.id,
        suite=info.suite,
        code_id=code.id,
        kind=code.kind,
        generation=code.generation,
        epoch="2026-11",
        lasting=commitment,
        epochal=other,
        tag=None if code.kind is CodeKind.RENEW else tag,
        proof=proof,
    ).signed_by(code)


@pytest.mark.parametrize("n", [1, 3, 5])
def test_n_is_the_issuers_and_never_read_from_a_request(the_club: Club, n: int) -> None:
    """With fewer nyms than the issuer's N a request would still be consistent in itself."""
    code = the_club.invite(PERSON)
    short = draw(n)
    for request in (
        asking(the_club, code, lasting=short, epochal=draw(n), tagged=short),
        asking(the_club, code, lasting=short, epochal=draw(4), tagged=short),
    ):
        with pytest.raises(EncodingError):
            the_club.approve(request.encode())
    nyms = draw(4)
    with pytest.raises(EncodingError):
        the_club.approve(asking(the_club, code, lasting=nyms, epochal=short, tagged=nyms).encode())
    the_club.approve(asking(the_club, code, lasting=nyms, epochal=draw(4), tagged=nyms).encode())


def test_refuses_a_first_enrolment_whose_tag_is_of_other_nyms(the_club: Club) -> None:
    """Else a later renewal could be proved for the tag, with nyms that were never signed."""
    code, nyms = the_club.invite(PERSON), draw(4)
    with pytest.raises(ProofError):
        the_club.approve(asking(the_club, code, lasting=nyms, epochal=draw(4), tagged=draw(4)).encode())


def test_refuses_a_renewal_with_a_tag_of_its_own(the_club: Club, member: Wallet) -> None:
    code = the_club.invite(PERSON, CodeKind.RENEW)
    nyms = draw(4)
    request = asking(the_club, code, lasting=nyms, epochal=draw(4), tagged=nyms)
    with pytest.raises(EncodingError, match="continuity tag"):
        replace(request, tag=continuity_tag(nyms, the_club.info.id, suite=the_club.info.suite))
    with pytest.raises((ProofError, RefusedError)):
        the_club.approve(request.encode())


def test_refuses_forged_continuity_proofs(the_club: Club, member: Wallet) -> None:
    code = the_club.invite(PERSON, CodeKind.RENEW)
    request = EnrolmentRequest.decode(member.renew(code, at=NOVEMBER))
    first = EnrolmentRequest.decode(member._state().memberships[0].pending[0].request)
    for proof in (first.proof, b"".join(draw(6)), request.proof[32:] + request.proof[:32]):
        with pytest.raises(ProofError):
            the_club.approve(replace(request, proof=proof).signed_by(code).encode())
    for proof in (b"", bytes(192), request.proof[:-32], request.proof + draw(1)[0]):
        with pytest.raises(EncodingError):
            the_club.approve(replace(request, proof=proof).signed_by(code).encode())
    the_club.approve(request.encode())


def test_refuses_somebody_elses_request_replayed_with_ones_own_code(the_club: Club, member: Wallet) -> None:
    first = EnrolmentRequest.decode(member._state().memberships[0].pending[0].request)
    code = the_club.invite("another person")
    with pytest.raises(SignatureError):
        the_club.approve(replace(first, code_id=code.id).encode())
    with pytest.raises(ProofError):  # and signed with it: the continuity proof is bound to the first code's id
        the_club.approve(replace(first, code_id=code.id).signed_by(code).encode())


def test_switched_entropy_would_be_a_second_voice_and_is_refused(the_club: Club, member: Wallet) -> None:
    other = draw(1)[0]
    request = member.renew(the_club.invite(PERSON, CodeKind.RENEW, DECEMBER), at=DECEMBER)
    with the_club.open() as issuer, pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(issuer._secrets), "nym_entropy", lambda *_arguments, **_keywords: other)
        answer = issuer.approve(request, at=DECEMBER)
    assert EnrolmentResponse.decode(answer).lasting.entropy == other
    with pytest.raises(ZkError, match="entropy"):
        member.accept(answer)


# Two enrolments


def test_two_first_enrolments_for_different_epochs_at_once(the_club: Club) -> None:
    """Neither epoch's row forbids the other; the person's row does."""
    codes = [add_code(the_club), add_code(the_club)]
    requests = [
        the_club.wallet(f"w{ahead}").request(the_club.info, code, at=NOVEMBER, ahead=ahead)
        for code, ahead in zip(codes, (False, True), strict=True)
    ]
    outcomes = approve_at_once(the_club, requests)
    assert sorted(outcomes) == ["enrolled", "refused"]
    assert len(enrolments(the_club)) == 2


@pytest.mark.parametrize("attempt", range(3))
def test_two_wallets_with_one_code_at_once(the_club: Club, attempt: int) -> None:
    code = the_club.invite(PERSON)
    requests = [the_club.wallet(f"w{n}").request(the_club.info, code, at=NOVEMBER) for n in range(4)]
    outcomes = approve_at_once(the_club, requests)  # none, where two came before either was signed: the code is void
    assert outcomes.count("enrolled") <= 1
    assert len(enrolments(the_club)) == 2 * outcomes.count("enrolled")


def test_two_processes_with_one_code_each_at_once(the_club: Club) -> None:
    requests = [the_club.wallet(f"w{n}").request(the_club.info, add_code(the_club), at=NOVEMBER) for n in range(4)]
    children = []
    for request in requests:
        child = fork()
        if child == 0:
            status = 9
            try:
                the_club.approve(request)
                status = 0
            except RefusedError:
                status = 3
            finally:
                os._exit(status)
        children.append(child)
    statuses = sorted(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)
    assert statuses == [0, 3, 3, 3]
    assert len(enrolments(the_club)) == 2


def approve_at_once(the_club: Club, requests: list[bytes]) -> list[str]:
    outcomes: list[str] = []
    barrier = threading.Barrier(len(requests))

    def approve(request: bytes) -> None:
        with the_club.open() as issuer:
            barrier.wait()
            try:
                issuer.approve(request, at=NOVEMBER)
                outcomes.append("enrolled")
            except RefusedError:
                outcomes.append("refused")

    threads = [threading.Thread(target=approve, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def enrolments(the_club: Club) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(the_club.folder / "enrolment.sqlite")
    try:
        return connection.execute("SELECT class, epoch FROM enrolment").fetchall()
    finally:
        connection.close()


def test_re_issue_is_the_same_answer_or_none(the_club: Club, member: Wallet) -> None:
    request = member._state().memberships[0].pending[0].request
    assert the_club.approve(request) == the_club.approve(request)
    again = member.renew(the_club.invite(PERSON, CodeKind.RENEW), at=NOVEMBER)  # this epoch is issued: for the next
    member.accept(the_club.approve(again))
    with pytest.raises(RefusedError, match="epoch"):  # neither epoch again, and none further ahead
        the_club.renew(member, at=NOVEMBER)


def test_a_renewal_for_an_epoch_already_issued_is_refused(the_club: Club, member: Wallet) -> None:
    other = the_club.wallet("copy")
    other._vault.write(member._vault.read())  # the same person's wallet, restored from a copy
    code = the_club.invite(PERSON, CodeKind.RENEW, DECEMBER)
    member.accept(the_club.approve(member.renew(code, at=DECEMBER), DECEMBER))
    second = the_club.invite(PERSON, CodeKind.RENEW, DECEMBER)
    with pytest.raises(RefusedError, match="already has credentials for epoch 2026-12"):
        the_club.approve(other.renew(second, at=DECEMBER), DECEMBER)


# Reset


def reset(the_club: Club, name: str, at: datetime, *, ahead: bool = False) -> Wallet:
    wallet = the_club.wallet(name)
    code = the_club.invite(PERSON, CodeKind.RESET, at)
    wallet.accept(the_club.approve(wallet.request(the_club.info, code, at=at, ahead=ahead), at), newer=the_club.info)
    return wallet


def test_a_reset_is_a_second_voice_once_in_its_time_and_counted(the_club: Club, member: Wallet) -> None:
    first = say(member)
    the_club.rotate(DECEMBER)
    lost = reset(the_club, "new", DECEMBER)
    assert say(lost, at=DECEMBER).pseudonym != first.pseudonym
    the_club.rotate(DECEMBER)
    assert the_club.info.resets == 1
    with pytest.raises(RefusedError, match=r"before its time, .* from 2027-12-03"):
        the_club.invite(PERSON, CodeKind.RESET, JANUARY)
    the_club.rotate(DECEMBER + YEAR, after_gap=True)
    with pytest.raises(RefusedError, match="before its time"):
        the_club.invite(PERSON, CodeKind.RESET, DECEMBER + YEAR - timedelta(seconds=1))
    reset(the_club, "newer", DECEMBER + YEAR)
    the_club.rotate(DECEMBER + YEAR)
    assert the_club.info.resets == 2


def test_a_reset_code_kept_for_later_does_not_help(the_club: Club, member: Wallet) -> None:
    """Both codes were given before either was used."""
    the_club.rotate(DECEMBER)
    codes = [add_code(the_club, kind=CodeKind.RESET, generation=generation) for generation in (1, 1, 2)]
    requests = [
        the_club.wallet(f"w{n}").request(the_club.info, code, at=DECEMBER, ahead=n > 0) for n, code in enumerate(codes)
    ]
    the_club.approve(requests[0], DECEMBER)
    for request in requests[1:]:
        with pytest.raises(RefusedError, match="before its time"):
            the_club.approve(request, DECEMBER)


def test_no_reset_in_an_epoch_with_a_lasting_credential(the_club: Club, member: Wallet) -> None:
    with pytest.raises(RefusedError, match="has a lasting credential for epoch 2026-11"):
        reset(the_club, "new", NOVEMBER)
    the_club.renew(member, at=NOVEMBER)  # ahead, for December
    for name, ahead in (("a", False), ("b", True)):
        with pytest.raises(RefusedError, match="has a lasting credential for epoch 2026-12"):
            reset(the_club, name, NOVEMBER, ahead=ahead)


def test_a_refused_reset_leaves_person_and_code_as_they_were(the_club: Club, member: Wallet) -> None:
    wallet, code = the_club.wallet("new"), the_club.invite(PERSON, CodeKind.RESET)
    with pytest.raises(RefusedError):
        the_club.approve(wallet.request(the_club.info, code, at=NOVEMBER))
    the_club.approve(wallet.request(the_club.info, code, at=NOVEMBER, ahead=True))  # the same code, for December


def test_the_old_wallet_renews_no_more_after_a_reset(the_club: Club, member: Wallet) -> None:
    the_club.rotate(DECEMBER)
    early = member.renew(the_club.invite(PERSON, CodeKind.RENEW, DECEMBER), at=DECEMBER)
    reset(the_club, "new", DECEMBER)
    with pytest.raises(RefusedError, match=r"replaced|reset"):
        the_club.approve(early, DECEMBER)
    with pytest.raises(RefusedError, match="nym secrets"):
        member.renew(the_club.invite(PERSON, CodeKind.RENEW, DECEMBER), at=DECEMBER)


def test_reset_and_renewal_at_once_give_one_credential(the_club: Club, member: Wallet) -> None:
    renewal = member.renew(add_code(the_club, kind=CodeKind.RENEW), at=NOVEMBER)
    wallet = the_club.wallet("new")
    fresh = wallet.request(
        the_club.info, add_code(the_club, kind=CodeKind.RESET, generation=1), at=NOVEMBER, ahead=True
    )
    assert sorted(approve_at_once(the_club, [renewal, fresh])) == ["enrolled", "refused"]
    assert sorted(epoch for _, epoch in enrolments(the_club)) == ["2026-11", "2026-11", "2026-12", "2026-12"]


# Slots and epochs


def test_a_slot_is_one_voice_and_others_are_refused(tmp_path: Path, ledger: NullifierLedger) -> None:
    the_club = club(tmp_path, slots=2)
    member = the_club.member(PERSON)
    vouch = say(member, slot=0)
    assert count(ledger, the_club, vouch) is Outcome.NEW
    assert count(ledger, the_club, say(forgetful(member), slot=0, binding=OTHER_PHOTO)) is Outcome.DUPLICATE
    with pytest.raises(SlotExceededError):
        count(ledger, the_club, say(member, slot=1))  # the reader counts one slot
    claimed = replace(say(member, slot=1), slot=0)
    with pytest.raises(ProofError):
        count(ledger, the_club, claimed)
    for slot in (2, 1023):
        with pytest.raises(SlotExceededError):
            count(ledger, the_club, replace(vouch, slot=slot))


def test_a_credential_counts_in_its_epoch_and_not_a_moment_outside(the_club: Club, member: Wallet) -> None:
    vouch = say(member)
    the_club.renew(member, at=NOVEMBER)  # ahead
    ahead = say(member, at=DECEMBER)
    bounds = the_club.info.epoch_length.epoch_bounds("2026-11")

    def read(vouch: Vouch, at: datetime) -> None:
        verify(vouch.encode(), bindings=[PHOTO], issuers=[the_club.info], scopes=[CAFE], at=at)

    read(vouch, bounds[0])
    read(vouch, bounds[1] - timedelta(microseconds=1))
    read(ahead, bounds[1])
    for late, at in ((vouch, bounds[1]), (vouch, bounds[0] - timedelta(microseconds=1)), (ahead, NOVEMBER)):
        with pytest.raises(EpochClosedError):
            read(late, at)


def test_claims_of_another_epoch_class_or_level_do_not_verify(the_club: Club, member: Wallet) -> None:
    the_club.renew(member, at=NOVEMBER)
    vouch = say(member, credential_class=EPOCH)
    for changes in (
        {"epoch": "2026-12", "period": "2026-12"},
        {"credential_class": LASTING, "period": "ever"},
        {"level": 2},
    ):
        with pytest.raises(ProofError):
            verify(
                replace(vouch, **changes).encode(),  # type: ignore[arg-type]
                bindings=[PHOTO],
                issuers=[the_club.info],
                scopes=[CAFE],
                at=DECEMBER if "epoch" in changes else NOVEMBER,
            )


def test_a_copied_wallet_is_the_same_voice(the_club: Club, member: Wallet, ledger: NullifierLedger) -> None:
    copy = Wallet(vault_at(the_club.home / "copy", member._vault))
    (the_club.home / "copy").write_bytes(member._vault.path.read_bytes())
    (the_club.home / "copy").chmod(0o600)
    assert count(ledger, the_club, say(member)) is Outcome.NEW
    assert count(ledger, the_club, say(copy, binding=OTHER_PHOTO, nothing_said_since=True)) is Outcome.DUPLICATE


def test_nothing_but_the_commit_stands_between_a_person_and_a_second_enrolment(the_club: Club) -> None:
    """The order: at the first signature the books are already on the disk, as another process reads them."""
    seen: list[int] = []
    real = issuer_module.blind_sign_with_nym

    def watching(*arguments: Any, **keywords: Any) -> bytes:
        seen.append(len(enrolments(the_club)))
        return real(*arguments, **keywords)

    request = the_club.wallet().request(the_club.info, the_club.invite(PERSON), at=NOVEMBER)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(issuer_module, "blind_sign_with_nym", watching)
        the_club.approve(request)
    assert seen == [2, 2]


def test_two_persons_are_two_voices(the_club: Club, member: Wallet, ledger: NullifierLedger) -> None:
    other = the_club.member("another person")
    assert count(ledger, the_club, say(member)) is Outcome.NEW
    assert count(ledger, the_club, say(other)) is Outcome.NEW
    assert hashlib.sha256(say(other).pseudonym).digest() != hashlib.sha256(say(member).pseudonym).digest()

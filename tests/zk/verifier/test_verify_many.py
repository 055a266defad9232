"""Many vouches in one run: the same answers as one by one, the bad ones named, on one thread and on two."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.people.world import (
    CAFE,
    CLUB,
    DESK,
    EPOCH,
    LASTING,
    NOW,
    PHOTO,
    TOWN,
    Issuer,
    binding,
    changed,
    person,
    presented,
)
from zk.bbs.ciphersuite import BLS12_381_SHA_256
from zk.bbs.curve import using
from zk.bbs.pseudonym import PairingTerm, check_pairings
from zk.errors import EncodingError, ProofError, StorageError, ZkError
from zk.profile.personhood import EpochLength, Level, Vouch
from zk.storage.ledger import open_ledger
from zk.verifier import proof_batches
from zk.verifier.reader import Reader, claim_of
from zk.verifier.verifier import Code, Presented, Refusal, Voice, prove_ahead, verify, verify_many

ISSUERS = [CLUB.info, TOWN.info]


@cache
def kinds() -> tuple[Presented, ...]:
    """Twenty-odd vouches by different people: some hold, the others fail in every way there is."""
    good = [person(issuer).vouch() for issuer in (CLUB, TOWN, CLUB, TOWN, CLUB)]
    good += [person(CLUB, EPOCH).vouch(scope=DESK), person(TOWN).vouch(statement="here")]
    wrong_key = [person(issuer).vouch(self_signed=True) for issuer in (CLUB, TOWN, CLUB)]
    forged = [
        changed(good[0], level=Level.THREE),
        changed(good[1], pseudonym=good[2].pseudonym),
        changed(good[3], proof=good[1].proof),
        changed(good[4], issuer=TOWN.info.id),
        person(TOWN).vouch(slot=2),
        person(Issuer(name="Stranger")).vouch(),
        person(CLUB).vouch(epoch="2026-12"),
    ]
    items = [presented(vouch) for vouch in (*good, *wrong_key, *forged)]
    items.append(presented(good[0], binding("elsewhere")))
    items.append(presented(person(CLUB).vouch(epoch="2026-10"), PHOTO, time_stamp=datetime(2026, 10, 3, tzinfo=UTC)))
    items += [Presented(vouch=octets, bindings=[PHOTO]) for octets in (b"", b"junk", good[0].encode()[:-1])]
    return tuple(items)


def one_by_one(items: Sequence[Presented], **options: object) -> list[Code]:
    """Return what `verify` says of each."""
    codes = []
    for item in items:
        try:
            voice = verify(
                item.vouch,
                bindings=item.bindings,
                time_stamp=item.time_stamp,
                issuers=ISSUERS,
                scopes=[CAFE],
                **{"at": NOW, **options},  # type: ignore[arg-type]
            )
        except ZkError as error:
            codes.append(error.code)  # type: ignore[attr-defined]
        else:
            codes.append(voice.code)
    return codes


def together(items: Sequence[Presented], **options: object) -> list[Voice | Refusal]:
    given = {"issuers": ISSUERS, "scopes": [CAFE], "at": NOW, **options}
    return verify_many(items, **given)  # type: ignore[arg-type]


def codes(results: list[Voice | Refusal]) -> list[Code]:
    return [result.code for result in results]


def test_the_material_holds_and_fails_in_every_way() -> None:
    found = set(one_by_one(kinds()))
    assert found == {
        Code.VOICE_UNCHECKED,
        Code.VOICE_UNCOUNTED,
        Code.PROOF_INVALID,
        Code.SLOT_EXCEEDED,
        Code.ISSUER_UNKNOWN,
        Code.EPOCH_CLOSED,
        Code.BINDING_MISMATCH,
        Code.MALFORMED,
    }


@settings(max_examples=25, deadline=None)
@given(
    chosen=st.lists(st.integers(0, len(kinds()) - 1), max_size=12),
    threads=st.sampled_from([1, 2]),
    batch=st.sampled_from([1, 3, 1024]),
)
def test_a_batch_gives_what_one_by_one_gives(chosen: list[int], threads: int, batch: int) -> None:
    items = [kinds()[i] for i in chosen]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof_batches, "BATCH_PROOFS", batch)
        patch.setattr(proof_batches, "CHUNK_PROOFS", 2)
        assert codes(together(items, threads=threads)) == one_by_one(items)


def test_a_batch_with_a_ledger_gives_what_one_by_one_gives(tmp_path: Path) -> None:
    epoch = EpochLength.MONTH.epoch_at(datetime.now(UTC))
    issuer = Issuer(name="Open Now", epochs=(epoch,))
    people = [person(issuer) for _ in range(4)]
    vouches = [somebody.vouch(epoch=epoch, nonce=nonce) for somebody in people for nonce in (b"1", b"2")]
    vouches += [
        people[0].vouch(epoch=epoch, scope=DESK),
        changed(vouches[0], slot=1),
        changed(vouches[2], level=Level.ONE),
    ]
    items = [presented(vouch) for vouch in vouches]
    options = {"issuers": [issuer.info], "scopes": [CAFE], "at": datetime.now(UTC), "grace": timedelta(days=1)}
    with open_ledger(tmp_path / "single.db") as single, open_ledger(tmp_path / "batch.db") as batch:
        for _ in range(2):  # the second time all are seen
            singly = []
            for item in items:
                try:
                    singly.append(verify(item.vouch, bindings=item.bindings, ledger=single, **options).code)
                except ZkError as error:
                    singly.append(error.code)  # type: ignore[attr-defined]
            assert codes(verify_many(items, ledger=batch, **options)) == singly  # type: ignore[arg-type]
        assert singly.count(Code.VOICE_SEEN) == 8


@pytest.mark.parametrize("engine", ["arkworks", "py_ecc"])
@pytest.mark.parametrize("threads", [1, 2])
def test_bad_signers_are_named_and_nobody_else(engine: str, threads: int) -> None:
    items = [presented(person().vouch(self_signed=i in (3, 4, 9))) for i in range(11 if engine == "arkworks" else 0)]
    items = items or list(kinds()[6:8])
    with using(engine):
        expected = one_by_one(items)
        assert codes(together(items, threads=threads)) == expected
    assert Code.PROOF_INVALID in expected
    assert Code.VOICE_UNCHECKED in expected


def test_two_bad_proofs_cannot_cancel_each_other_out() -> None:
    """Without fresh coefficients, errors of opposite sign in two proofs would vanish in the sum."""
    vouch = person().vouch(self_signed=True)
    # Negating Abar and Bbar of a wrong pairing gives its inverse; unweighted, the pair would pass.
    from zk.bbs.curve import backend

    term = proof_batches._begin((0, _question_of(presented(vouch)))).term
    assert isinstance(term, PairingTerm)
    curve = backend()
    inverse = PairingTerm(Abar=curve.neg(term.Abar), Bbar=curve.neg(term.Bbar), pk=term.pk)
    with pytest.raises(ProofError):
        check_pairings([term, inverse])
    assert sorted(proof_batches._bad_terms([(0, term), (1, inverse)])) == [0, 1]


@pytest.mark.parametrize("trick", ["Abar", "Bbar", "swapped", "negated", "twice"])
def test_errors_that_make_up_for_each_other_are_found_among_many(trick: str) -> None:
    from zk.bbs.curve import backend

    curve = backend()
    error = curve.hash_to_curve_g1(b"error", b"test", BLS12_381_SHA_256.expand_message)
    good = []
    for _ in range(16):
        term = proof_batches._begin((0, _question_of(presented(person().vouch())))).term
        assert isinstance(term, PairingTerm)
        good.append(term)
    one, other = good[:2]
    first, second = {
        "Abar": (replace(one, Abar=curve.add(one.Abar, error)), replace(other, Abar=curve.sub(other.Abar, error))),
        "Bbar": (replace(one, Bbar=curve.add(one.Bbar, error)), replace(other, Bbar=curve.sub(other.Bbar, error))),
        "swapped": (replace(one, Abar=other.Abar), replace(other, Abar=one.Abar)),
        "negated": (replace(one, Abar=curve.neg(one.Abar)), replace(other, Abar=curve.neg(other.Abar))),
        "twice": (replace(one, Abar=curve.add(one.Abar, error)),) * 2,
    }[trick]
    for places in ((0, 1), (3, 12), (14, 15)):
        terms = dict(enumerate(good)) | dict(zip(places, (first, second), strict=True))
        assert sorted(proof_batches._bad_terms(list(terms.items()))) == list(places)


def _question_of(item: Presented) -> proof_batches.Question:
    reader = Reader.check(ISSUERS, [CAFE], NOW, timedelta(0), 1, None, None, None)
    return claim_of(Vouch.decode(item.vouch), item, reader).question


def test_two_threads_use_the_callers_engine() -> None:
    used = []
    real = proof_batches._begin

    def spy(row: tuple[int, proof_batches.Question]) -> object:
        from zk.bbs.curve import backend

        used.append(backend().name)
        return real(row)

    with pytest.MonkeyPatch.context() as patch, using("py_ecc"):
        patch.setattr(proof_batches, "_begin", spy)
        patch.setattr(proof_batches, "CHUNK_PROOFS", 1)
        results = together(kinds()[:2], threads=2)
    assert codes(results) == [Code.VOICE_UNCHECKED] * 2
    assert used == ["py_ecc"] * 2


def test_vouches_that_share_a_voice_and_differ_are_all_duplicates_whatever_their_order() -> None:
    somebody, other = person(), person()
    vouches = [
        somebody.vouch(statement="one"),
        other.vouch(statement="mine"),
        somebody.vouch(statement="two"),
        other.vouch(statement="mine", nonce=b"again"),
    ]
    expected = {0: Code.DUPLICATE, 1: Code.VOICE_UNCHECKED, 2: Code.DUPLICATE, 3: Code.VOICE_UNCHECKED}
    for seed in range(4):
        order = random.Random(seed).sample(range(4), 4)
        assert codes(together([presented(vouches[i]) for i in order])) == [expected[i] for i in order]


def test_a_forged_second_use_does_not_make_a_duplicate_of_an_honest_one() -> None:
    honest = person().vouch(statement="mine")
    forged = changed(person().vouch(statement="not mine"), pseudonym=honest.pseudonym)
    assert codes(together([presented(forged), presented(honest)])) == [Code.PROOF_INVALID, Code.VOICE_UNCHECKED]


def test_a_run_that_contradicts_itself_records_nothing_but_keeps_what_was_recorded_before(tmp_path: Path) -> None:
    epoch = EpochLength.MONTH.epoch_at(datetime.now(UTC))
    issuer = Issuer(name="Open Now", epochs=(epoch,))
    somebody = person(issuer, LASTING)
    one, two = (presented(somebody.vouch(epoch=epoch, statement=text)) for text in ("one", "two"))
    options = {"issuers": [issuer.info], "scopes": [CAFE], "at": datetime.now(UTC), "grace": timedelta(days=1)}
    with open_ledger(tmp_path / "ledger.db") as ledger:

        def run(*items: Presented) -> list[Code]:
            return codes(verify_many(items, ledger=ledger, **options))  # type: ignore[arg-type]

        assert run(one, two) == [Code.DUPLICATE, Code.DUPLICATE]
        assert run(two) == [Code.VOICE_NEW]
        assert run(one, two) == run(two, one)[::-1] == [Code.DUPLICATE, Code.VOICE_SEEN]


def test_a_refusal_says_what_the_vouch_claimed_where_it_could_be_read() -> None:
    results = together([kinds()[0], Presented(vouch=b"junk", bindings=[]), presented(person(Issuer(name="X")).vouch())])
    assert isinstance(results[1], Refusal)
    assert results[1].vouch is None
    assert isinstance(results[2], Refusal)
    assert results[2].vouch is not None
    assert results[2].reason.startswith("issuer ")


@pytest.mark.parametrize("looked_at", [slice(None), slice(0, 7), slice(7, 12), slice(0, 0)])
def test_proofs_that_were_looked_at_ahead_change_no_answer(looked_at: slice) -> None:
    items = kinds()
    proofs = prove_ahead([item.vouch for item in items[looked_at]], issuers=ISSUERS, at=NOW)
    assert codes(together(items, proofs=proofs)) == one_by_one(items)


def test_what_was_proved_ahead_is_not_proved_again() -> None:
    good, bad = kinds()[0], kinds()[7]
    proofs = prove_ahead([good.vouch, bad.vouch], issuers=ISSUERS, at=NOW)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_begin", "trouble"):
            patch.setattr(proof_batches, name, lambda *_: pytest.fail("a proof was looked at twice"))
        assert codes(together([good, bad], proofs=proofs)) == [Code.VOICE_UNCHECKED, Code.PROOF_INVALID]


def test_what_was_proved_ahead_speaks_for_no_other_statement() -> None:
    """A proof that held for one vouch is no reason to believe another that borrows its octets."""
    vouch, other = person().vouch(), person().vouch(statement="another")
    proofs = prove_ahead([vouch.encode(), other.encode()], issuers=ISSUERS, at=NOW)
    borrowed = [
        changed(vouch, level=Level.THREE),
        changed(vouch, pseudonym=other.pseudonym),
        changed(vouch, presentation_header=other.presentation_header),
        changed(vouch, proof=other.proof),
        changed(vouch, scope=DESK),
        changed(vouch, epoch="2026-10"),
        changed(vouch, slot=1),
        changed(vouch, credential_class=EPOCH, period=vouch.epoch),
    ]
    options = {"proofs": proofs, "slots": 2, "scopes": [CAFE, DESK], "grace": timedelta(days=300)}
    found = codes(together([presented(one) for one in borrowed], **options))
    assert found == [Code.PROOF_INVALID] * len(borrowed)


def test_an_empty_run_is_empty() -> None:
    assert together([]) == []


@pytest.mark.parametrize("threads", [0, -1, 17, True, 1.5])
def test_refuses_a_number_of_threads_out_of_range(threads: object) -> None:
    with pytest.raises(EncodingError):
        together([], threads=threads)


def test_a_failing_ledger_fails_the_run(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.getpid", lambda: -1)
        with pytest.raises(StorageError):
            together(kinds()[:1], ledger=ledger)
    ledger.close()

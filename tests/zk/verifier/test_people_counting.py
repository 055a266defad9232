"""How many people: within one issuer, class, scope, period and slot; the largest such count; never a sum."""

import random
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.people.world import (
    CAFE,
    CLUB,
    DESK,
    EPOCH,
    LASTING,
    MEDIA,
    NOW,
    TOWN,
    Person,
    binding,
    in_epoch,
    person,
    presented,
)
from zk.profile.personhood import Vouch
from zk.verifier.verifier import Code, People, Voice, people, verify_many

ANYTHING = {"issuers": [CLUB.info, TOWN.info], "scopes": [CAFE, DESK, MEDIA], "slots": 3, "grace": timedelta(days=200)}


def voices(*vouches: Vouch) -> list[Voice]:
    """Verify each alone, as separate calls of one run would; keep those that hold."""
    results = [verify_many([presented(vouch)], at=NOW, **ANYTHING)[0] for vouch in vouches]  # type: ignore[arg-type]
    assert all(isinstance(result, Voice) for result in results)
    return results  # type: ignore[return-value]


def count(*vouches: Vouch) -> int:
    return people(voices(*vouches)).at_least


ADA, BEN, CAY = person(), person(), person()
ADA_EPOCH, BEN_EPOCH = person(CLUB, EPOCH), person(CLUB, EPOCH)
ADA_TOWN = person(TOWN)


def test_nobody_is_nobody() -> None:
    assert people([]) == People(at_least=0, counts=(), duplicates=(), uniqueness_checked=False)


def test_three_people_in_one_scope_are_three() -> None:
    assert count(ADA.vouch(), BEN.vouch(), CAY.vouch()) == 3


def test_one_person_is_one_however_many_scopes_slots_periods_and_files() -> None:
    everything = [
        *(ADA.vouch(scope=scope, slot=slot) for scope in (CAFE, DESK) for slot in range(3)),
        ADA.vouch(nonce=b"again"),
        ADA.vouch(epoch="2026-10"),
        *(ADA.vouch(scope=MEDIA, bound=binding(name)) for name in ("a", "b", "c")),
    ]
    result = people(
        result
        for vouch in everything
        for result in verify_many([presented(vouch)], at=in_epoch(vouch.epoch), **ANYTHING)  # type: ignore[arg-type]
        if isinstance(result, Voice)
    )
    assert result.at_least == 1
    assert {count.voices for count in result.counts} == {1}


def test_two_classes_or_two_issuers_may_be_one_person_and_are_never_added() -> None:
    assert count(ADA.vouch(), ADA_EPOCH.vouch()) == 1
    assert count(ADA.vouch(), ADA_TOWN.vouch()) == 1


def test_the_largest_count_is_the_answer() -> None:
    result = people(
        voices(ADA.vouch(), BEN.vouch(), CAY.vouch(), ADA_TOWN.vouch(), ADA_EPOCH.vouch(), BEN_EPOCH.vouch())
    )
    assert result.at_least == 3
    assert [(c.issuer_name, c.credential_class, c.scope, c.period, c.slot, c.voices) for c in result.counts] == sorted(
        [
            (CLUB.name, LASTING, str(CAFE), "ever", 0, 3),
            (CLUB.name, EPOCH, str(CAFE), "2026-11", 0, 2),
            (TOWN.name, LASTING, str(CAFE), "ever", 0, 1),
        ],
        key=lambda row: ((CLUB if row[0] == CLUB.name else TOWN).info.id, *row[1:]),
    )


def test_two_bindings_of_one_file_do_not_make_two_people_in_the_scope_media() -> None:
    assert count(ADA.vouch(scope=MEDIA, bound=binding("bytes")), ADA.vouch(scope=MEDIA, bound=binding("manifest"))) == 1


def test_epoch_voices_of_two_months_are_not_added() -> None:
    october = verify_many([presented(ADA_EPOCH.vouch(epoch="2026-10"))], at=in_epoch("2026-10"), **ANYTHING)  # type: ignore[arg-type]
    result = people([*october, *voices(BEN_EPOCH.vouch())])  # type: ignore[list-item]
    assert [count.voices for count in result.counts] == [1, 1]
    assert result.at_least == 1


def test_scopes_that_the_reader_did_not_name_count_for_nothing() -> None:
    items = [presented(somebody.vouch(scope=DESK)) for somebody in (ADA, BEN)]
    options = {**ANYTHING, "scopes": [CAFE]}
    result = people(r for r in verify_many(items, at=NOW, **options) if isinstance(r, Voice))  # type: ignore[arg-type]
    assert (result.at_least, result.counts) == (0, ())


def test_one_voice_for_two_things_counts_for_neither_across_calls_too() -> None:
    found = voices(ADA.vouch(statement="one"), BEN.vouch(), ADA.vouch(statement="two"))
    for order in (found, found[::-1]):
        result = people(order)
        assert result.at_least == 1
        assert {voice.vouch.presentation.statement for voice in result.duplicates} == {"one", "two"}


def test_of_a_voice_used_twice_the_one_that_the_ledger_had_first_stands() -> None:
    first, second = voices(ADA.vouch(statement="one"), ADA.vouch(statement="two"))
    recorded = replace(first, code=Code.VOICE_SEEN, recorded_at=NOW)
    result = people([second, recorded])
    assert (result.at_least, result.duplicates) == (1, (second,))


def test_only_new_voices_add_to_a_running_total() -> None:
    new, seen = (replace(voice, recorded_at=NOW) for voice in voices(ADA.vouch(), BEN.vouch()))
    new, seen = replace(new, code=Code.VOICE_NEW), replace(seen, code=Code.VOICE_SEEN)
    again = replace(new, code=Code.VOICE_SEEN)
    for order in ([new, seen, again], [again, seen, new]):
        result = people(order)
        assert (result.counts[0].voices, result.counts[0].new) == (2, 1)
        assert result.uniqueness_checked


def test_uniqueness_counts_as_checked_only_if_every_counted_voice_was() -> None:
    checked, unchecked = voices(ADA.vouch(), BEN.vouch())
    checked = replace(checked, code=Code.VOICE_SEEN)
    assert people([checked]).uniqueness_checked
    assert not people([checked, unchecked]).uniqueness_checked


def _pool() -> list[tuple[int, Voice]]:
    """Voices by five people (by number), in several scopes, slots and classes, some contradicting others."""
    crowd: list[tuple[Person, Person]] = [(person(), person(CLUB, EPOCH)) for _ in range(5)]
    pool = []
    for number, (lasting, epoch) in enumerate(crowd):
        vouches = [
            lasting.vouch(),
            lasting.vouch(nonce=b"n"),
            lasting.vouch(slot=1),
            lasting.vouch(scope=DESK),
            epoch.vouch(),
            epoch.vouch(scope=DESK),
        ]
        if number % 2:
            vouches.append(lasting.vouch(statement="otherwise"))
        pool += [(number, voice) for voice in voices(*vouches)]
    return pool


POOL = _pool()


@settings(deadline=None)
@given(chosen=st.lists(st.sampled_from(range(len(POOL))), max_size=40), seed=st.integers())
def test_never_more_than_there_are_people_and_never_dependent_on_order(chosen: list[int], seed: int) -> None:
    found = [POOL[i][1] for i in chosen]
    result = people(found)
    assert result.at_least <= len({POOL[i][0] for i in chosen})
    shuffled = random.Random(seed).sample(found, len(found))
    again = people(shuffled)
    assert (again.at_least, again.counts, again.uniqueness_checked) == (
        result.at_least,
        result.counts,
        result.uniqueness_checked,
    )
    assert sorted(map(id, again.duplicates)) == sorted(map(id, result.duplicates))

"""Whose reading do the lines describe where the first engine does not read a type, and what follows from one alone?"""

from __future__ import annotations

from typing import Any

import pytest

from provenance.credentials.engines.model import Outcome, Reading, State
from provenance.credentials.own_check import OwnCheck, Problem
from provenance.credentials.store.in_file import Container
from provenance.workers.pool import Examination
from tests.vouchmark.readings import GOOD, code, facts, manifest, reading
from vouchmark.examination.accounts import account_in_place_of
from vouchmark.lines.engines import line as engines
from vouchmark.lines.integrity import line as integrity
from vouchmark.report import Status

TYPE = reading(outcome=Outcome.UNSUPPORTED, reason="type")


def examined(**own: Any) -> Examination:
    """An examination with our own check and nothing else."""
    return Examination(
        readings=(),
        width=None,
        height=None,
        picture_reason=None,
        own=OwnCheck(problem=Problem.ABSENT, **own),
        own_failure=None,
        versions={},
    )


def second(**changes: Any) -> Reading:
    return reading(manifest(codes=GOOD), engine="encypher-c2pa", state=State.VALID, **changes)


def test_the_other_engine_is_described_where_it_says_something() -> None:
    for found in (second(), reading(outcome=Outcome.ABSENT, engine="encypher-c2pa")):
        assert account_in_place_of(TYPE, found, examined()) is found


@pytest.mark.parametrize("outcome", [Outcome.UNSUPPORTED, Outcome.ERROR, Outcome.SKIPPED, Outcome.UNPARSABLE])
def test_it_is_not_where_it_says_nothing_or_gave_up(outcome: Outcome) -> None:
    assert account_in_place_of(TYPE, reading(outcome=outcome, engine="encypher-c2pa"), examined()) is None
    assert account_in_place_of(TYPE, None, examined()) is None


def test_a_file_that_goes_wrong_at_a_place_that_we_see_is_told_as_that() -> None:
    broken = examined(container=Container("ogg", is_whole=False, stops=27))
    refused = reading(outcome=Outcome.UNPARSABLE, engine="encypher-c2pa")

    assert account_in_place_of(TYPE, refused, broken) is refused


def test_the_first_engine_is_described_where_it_reads_the_type() -> None:
    for outcome in (Outcome.FOUND, Outcome.ABSENT, Outcome.REMOTE, Outcome.ERROR):
        first = reading(*((manifest(),) if outcome is Outcome.FOUND else ()), outcome=outcome)
        assert account_in_place_of(first, second(), examined()) is None


def test_an_address_in_the_file_is_told_though_the_engine_finds_nothing() -> None:
    for outcome in (Outcome.ABSENT, Outcome.UNPARSABLE):
        found = reading(outcome=outcome, engine="encypher-c2pa")
        account = account_in_place_of(TYPE, found, examined(addresses=("https://store.example/a",)))
        assert account is not None
        assert (account.outcome, account.remote_url) == (Outcome.REMOTE, "https://store.example/a")


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (GOOD, "encypher-c2pa alone reads it and finds no change"),
        ((*GOOD[:2], code("assertion.dataHash.mismatch")), "and says that these are not the signed bytes"),
        ((*GOOD, code("claimSignature.mismatch")), "and finds something against it"),
    ],
)
def test_what_one_engine_alone_reads_never_passes_nor_fails(codes: tuple[Any, ...], words: str) -> None:
    alone = reading(manifest(codes=codes), engine="encypher-c2pa", state=State.VALID)
    told = integrity.answer(facts(alone, second=alone, refused=TYPE, own=OwnCheck(problem=Problem.ABSENT)))

    assert {draft.status for draft in told.drafts} <= {Status.UNKNOWN, Status.ABSENT}
    assert any(words in draft.statement for draft in told.drafts)


def test_the_engines_line_says_what_the_other_one_finds() -> None:
    alone = second()
    told = engines.answer(facts(alone, second=alone, refused=TYPE))

    assert told.summary.endswith("c2pa-rs does not read this type of file; encypher-c2pa says Valid.")

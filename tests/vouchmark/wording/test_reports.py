"""Is all that reports say of the catalogue, whole, said once, and the same when a saved report is read again?"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.attacks import CAMERA, LISTED, NONE, examine, other
from tests.support.authority import change_pixels, picture, sign, sign_edit
from tests.vouchmark.wording.saying import CLOSE, OPEN, facts_of, in_marks, messages, outside_of_facts
from vouchmark.render import json as report_json
from vouchmark.report import Message, Report, Status
from vouchmark.wording import catalogue
from vouchmark.wording.catalogue import render

MADE: Final[dict[str, Callable[[], Report]]] = {
    "signed": lambda: examine(sign(CAMERA), LISTED),
    "unlisted": lambda: examine(sign(other()), NONE),
    "altered": lambda: examine(change_pixels(sign(CAMERA)), LISTED),
    "cut off": lambda: examine(sign(CAMERA)[:-400], LISTED),
    "unsigned": lambda: examine(picture(), LISTED),
    "edited": lambda: examine(sign_edit(CAMERA, sign(CAMERA)), LISTED),
    "edited by a stranger": lambda: examine(sign_edit(other(), sign(CAMERA)), LISTED),
    "of a stranger": lambda: examine(sign_edit(CAMERA, sign(other())), LISTED),
    "of no type": lambda: examine(b"nothing that is known", LISTED),
    "empty": lambda: examine(b"", LISTED),
}
"""Reports on files that are made here."""

PROSE: Final = {
    # What a reader of ours calls a part of a file, or says where it stops: names and findings of `provenance`.
    ("integrity.malformed_store", "why"), ("integrity.limit_store", "why"), ("list.counted", "what"),
    ("integrity.brands", "what"), ("integrity.tables", "what"), ("integrity.pointer.store", "what"),
    ("integrity.padding.filled", "what"), ("integrity.references.outside", "what"), ("integrity.script", "what"),
    ("integrity.references.listed", "what"), ("integrity.text.unseen", "what"), ("integrity.shown.excluded", "what"),
    ("integrity.coverage.wide", "what"),
    # Where a bound of ours ended.
    ("ai.cut.steps", "cut"), ("ai.cut.signed", "cut"), ("ai.cut.metadata", "cut"), ("history.cut.named", "cut"),
    ("time.cut", "cut"), ("time.cut.metadata", "cut"), ("time.none.cut", "cut"), ("claim.cut", "cut"),
    ("claim.cut.steps", "cut"), ("claim.cut.metadata", "cut"), ("gap.metadata.cut", "what"),
    ("gap.metadata.unread", "what"),
    # The system's or another program's own words.
    ("integrity.unreadable", "why"), ("known.trouble", "why"), ("person.clock", "why"),
    ("gap.why", "reason"),
}  # fmt: skip
"""Facts that are clauses in English, which are no sentences of the catalogue yet."""
QUOTED: Final = frozenset(
    {"name", "title", "words", "said", "label", "list", "written", "where", "place", "index", "amount"}
)
"""Facts that are the media's or the reader's own words, however many, and amounts of bytes."""
MOST_WORDS: Final = 6


@pytest.fixture(scope="module", params=MADE)
def made(request: pytest.FixtureRequest) -> Report:
    """One of the reports."""
    return MADE[request.param]()


@pytest.mark.parametrize("name", MADE)
def test_every_text_is_one_sentence_of_the_catalogue_and_nothing_beside_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "_text", in_marks)
    check_whole(MADE[name]())


def check_whole(report: Report) -> None:
    """In the language of the tests: marks at both ends, and no English but in facts."""
    for text, _ in messages(report):
        assert (text[0], text[-1]) == (OPEN, CLOSE), text
        assert not re.search("[A-Za-z]", outside_of_facts(text)), text


def test_a_saved_report_says_the_same_again(made: Report) -> None:
    check_again(made)


def check_again(report: Report) -> None:
    """Every statement, answer and gap by its id and its facts, as JSON keeps them."""
    kept = report_json.loads(report_json.dumps(report))
    found = list(messages(kept))
    assert found
    for text, message in found:
        assert render(message) == text, message.id


def test_no_sentence_is_said_twice(made: Report) -> None:
    check_once(made)


def check_once(report: Report) -> None:
    """No finding says what another one says, on its own line or on another, and no line answers what another does."""
    statements = [finding.statement for finding in report.findings()]
    assert sorted(statements) == sorted(set(statements))
    answers = [one.summary for one in report.evidence.values() if one.status is not Status.SKIPPED]
    assert sorted(answers) == sorted(set(answers))
    for mine, theirs in itertools.permutations(report.evidence.values(), 2):
        assert mine.summary not in {finding.statement for finding in theirs.findings}, mine.summary
    whats = [gap.what for gap in report.not_checked]
    assert sorted(whats) == sorted(set(whats))


def test_no_clause_of_ours_hides_in_a_fact(made: Report) -> None:
    check_facts(made)


def check_facts(report: Report) -> None:
    """A fact is a name, a number, a date or the media's own words."""
    for _, message in messages(report):
        for id_, parameter, text in facts_of(message):
            if parameter not in QUOTED and len(text.split()) > MOST_WORDS:
                assert (id_.removesuffix(".given").removesuffix(".beside"), parameter) in PROSE, (id_, parameter, text)


CORPUS: Final = os.environ.get("VOUCHMARK_CORPUS", "")
SETTINGS: Final = ("plain", "listed", "compared", "claimed")
"""The four settings under which the corpus is read: as it comes, with the lists that it brings, with pictures compared,
and with place and time asked."""
FEW: Final = 12
"""Files of the corpus for each setting where the slow tests are not asked for."""


def _corpus() -> list[Path]:
    if not CORPUS:
        return []
    folder = Path(CORPUS) / "cases"
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in SUFFIXES)


SUFFIXES: Final = (".jpg", ".png", ".webp", ".pdf", ".mp4", ".svg", ".gif", ".tiff", ".zip", ".txt", ".mp3")


def _of_corpus(setting: str) -> Iterator[Path]:
    files = _corpus()
    few = len(files) if os.environ.get("VOUCHMARK_SLOW") else FEW
    # Every so many, another beginning for each setting.
    step = max(1, len(files) // few) if files else 1
    yield from files[SETTINGS.index(setting) % step :: step][:few]


@pytest.mark.skipif(not _corpus(), reason="VOUCHMARK_CORPUS names no folder with cases")
@pytest.mark.parametrize("setting", SETTINGS)
def test_the_same_holds_over_the_corpus(setting: str) -> None:
    from vouchmark import check

    more: dict[str, object] = {
        "plain": {},
        "listed": {},
        "compared": {"compare_pictures": True},
        "claimed": {"claim_place": "59.3293,18.0686", "claim_time": "2026-05-01"},
    }[setting]  # type: ignore[assignment]
    if setting == "listed":
        more = {"trust": LISTED}
    for path in _of_corpus(setting):
        report = check(path, **more)  # type: ignore[arg-type]
        for test in (check_again, check_once, check_facts):
            try:
                test(report)
            except AssertionError as error:
                raise AssertionError(f"{path}: {error}") from error


def test_a_message_with_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        render(Message("integrity.nothing-like-it", {}))
    with pytest.raises(KeyError):
        render(Message("signer.unknown", {}))

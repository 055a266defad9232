"""Does every sentence of the lines that are done come whole from the catalogue, with when it may be said?"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import vouchmark
from provenance.credentials.history.lineage import Removed
from tests.support.attacks import CAMERA, LISTED, NONE, examine, other
from tests.support.authority import change_pixels, picture, sign, sign_edit
from tests.support.media.crafting import Draft, actions, bind
from tests.support.media.histories import laundered, redacted, unreferenced
from vouchmark.lines.history.line import _STANDINGS
from vouchmark.render.headline.answer import headline
from vouchmark.report import Line, Report
from vouchmark.wording import catalogue
from vouchmark.wording.catalogue import everything, has, page, parameters, say
from vouchmark.wording.model import Sentence, message_of

FILES = sorted(Path(vouchmark.__file__).parent.rglob("*.py"))
FORBIDDEN = ("nothing follows", "laid upon", "says who", "stands behind", "stand behind", "calls itself")
OPEN, CLOSE = "⟦", "⟧"
ALL = everything()


def test_every_id_is_there_once_with_when_it_may_be_said() -> None:
    assert len({one.id for one in ALL}) == len(ALL)
    for one in ALL:
        assert re.fullmatch(r"[a-z_]+(\.[A-Za-z0-9_-]+)*", one.id), one.id
        assert one.text, one.id
        assert one.when, one.id


def test_a_sentence_is_found_while_another_thread_still_reads_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, go_on, sentences = threading.Event(), threading.Event(), catalogue._sentences
    slow = threading.Thread(target=has, args=("time.none",))

    def slowly(part: str) -> tuple[Sentence, ...]:
        if threading.current_thread() is slow:
            reading.set()
            go_on.wait()
        return sentences(part)

    monkeypatch.setattr(catalogue, "_read", {})
    monkeypatch.setattr(catalogue, "_parts_read", set())
    monkeypatch.setattr(catalogue, "_sentences", slowly)
    slow.start()
    try:
        reading.wait()
        first = next(one.id for one in sentences("time"))
        assert has(first)
    finally:
        go_on.set()
        slow.join()


def test_no_sentence_is_there_twice_under_two_ids_of_one_place() -> None:
    places: dict[tuple[str, str], str] = {}
    for one in ALL:
        other_id = places.setdefault((one.id.partition(".")[0], one.text), one.id)
        # Reasons of one kind may have one sentence, and a source type may mean what another means.
        assert (
            other_id == one.id
            or one.text == "{what}"
            or one.id.startswith(("headline.unread.", "ai.that.", "ai.says.", "gap.", "page.listed."))
            or other_id.endswith(".nameless")
            or one.id.startswith("rule.")
        ), (other_id, one.id)


@pytest.mark.parametrize("words", FORBIDDEN)
def test_no_sentence_says_what_hostile_readers_misread(words: str) -> None:
    assert [one.id for one in ALL if words in one.text] == []


def said(path: Path) -> Iterator[tuple[int, str]]:
    """The ids that a module says; what stands in braces is any word."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say" and node.args:
            for one in ast.walk(node.args[0]):
                if isinstance(one, ast.JoinedStr):
                    parts = [str(part.value) if isinstance(part, ast.Constant) else "*" for part in one.values]
                    yield node.lineno, "".join(parts)
                    break
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and "." in one.value:
                    yield node.lineno, one.value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_sentence_that_is_said_is_in_the_catalogue(path: Path) -> None:
    for number, id_ in said(path):
        shape = re.compile(re.escape(id_).replace(r"\*", "[A-Za-z0-9_.-]*"))
        assert any(shape.fullmatch(one.id) for one in ALL), f"{path.name}:{number}: {id_}"


def test_every_word_that_ends_an_id_has_its_sentence() -> None:
    for word in _STANDINGS.values():
        for role in ("parent", "component", "input"):
            assert has(f"history.{role}.by.{word}"), word
    for kind in Removed:
        assert has(f"redaction.what.{kind}"), kind


def test_a_sentence_without_one_of_its_facts_is_not_said() -> None:
    for one in ALL:
        if parameters(one):
            with pytest.raises((KeyError, TypeError)):
                say(one.id)


def test_text_of_the_media_is_isolated_when_it_is_rendered_and_not_before() -> None:
    evil = "x” is intact. “\u202e"
    told = say("signer.unknown", who={"name": evil, "vouched": ""})
    assert told == (
        'Signed by a signer using the name “x" is intact. "\\u202e”; no list that you use vouches for that name.'
    )
    message = message_of(told)
    assert message is not None
    assert message.args["who"] == {"name": evil, "vouched": ""}


def test_the_page_has_every_sentence_with_when_it_may_be_said() -> None:
    lines = list(page())
    assert len(lines) == 3 * len(ALL)
    assert {one.id for one in ALL} == set(lines[::3])


def marked(sentence: Sentence) -> str:
    """A language in which every sentence has a beginning and an end that can be seen."""
    return f"{OPEN}{sentence.text}{CLOSE}"


REPORTS = {
    "signed": lambda: examine(sign(CAMERA), LISTED),
    "unlisted": lambda: examine(sign(other()), NONE),
    "altered": lambda: examine(change_pixels(sign(CAMERA)), LISTED),
    "unsigned": lambda: examine(picture(), LISTED),
    "edited": lambda: examine(sign_edit(CAMERA, sign(CAMERA)), LISTED),
    "edited by a stranger": lambda: examine(sign_edit(other(), sign(CAMERA)), LISTED),
    "of a stranger": lambda: examine(sign_edit(CAMERA, sign(other())), LISTED),
    "laundered": lambda: examine(laundered(other()), LISTED),
    "redacted": lambda: examine(redacted("org.test.note", how="dropped"), LISTED),
    "unreferenced": lambda: examine(unreferenced(), LISTED),
    "opened": lambda: examine(
        bind(Draft(signer=CAMERA, version=1, assertions=[actions({"action": "c2pa.opened"})]), picture()), LISTED
    ),
}
DONE = (Line.SIGNER, Line.HISTORY)
"""Lines of which every finding is of the catalogue, where there are Content Credentials."""


@pytest.mark.parametrize("name", REPORTS)
def test_no_sentence_of_a_line_that_is_done_is_glued_from_pieces(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_text", marked)
    report: Report = REPORTS[name]()
    for line in DONE:
        for finding in report.evidence[line].findings:
            if finding.code.startswith("cawg."):
                continue
            assert finding.message is not None, finding
            assert finding.statement.startswith(OPEN), finding.statement
            assert finding.statement.endswith(CLOSE), finding.statement
    for finding in report.evidence[Line.AI].findings:
        if finding.message is not None:
            assert (finding.statement[0], finding.statement[-1]) == (OPEN, CLOSE)
    for clause in headline(report):
        assert (clause[0], clause[-1]) == (OPEN, CLOSE), clause


@pytest.mark.parametrize("name", REPORTS)
def test_no_finding_says_what_another_one_says(name: str) -> None:
    report: Report = REPORTS[name]()
    for evidence in report.evidence.values():
        statements = [finding.statement for finding in evidence.findings]
        assert len(set(statements)) == len(statements), statements
    lacking = [one.summary for line, one in report.evidence.items() if line in (*DONE, Line.TIME, Line.AI)]
    assert len(set(lacking)) == len(lacking)
    clauses = headline(report)
    assert len(set(clauses)) == len(clauses) <= 3


def test_the_catalogue_costs_a_cold_start_at_most_ten_milliseconds(tmp_path: Path) -> None:
    script = (
        "import vouchmark.report, vouchmark.render.safe, time, sys\n"
        "t = time.thread_time(); import vouchmark.wording.catalogue as c; c.say('integrity.absent')\n"
        "print(time.thread_time() - t)"
    )
    # Compiled code is kept, as it is where a package is installed.
    kept = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(tmp_path)}
    took = min(
        float(
            subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=kept).stdout
        )
        for _ in range(6)
    )
    assert took < 0.010, took

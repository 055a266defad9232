"""Does every word of a text, a page or an index that is ours come from the catalogue, whole?"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest

import vouchmark
from tests.vouchmark.wording.saying import CLOSE, END, FACT, OPEN
from tests.vouchmark.wording.test_places import texts

PACKAGE: Final = Path(vouchmark.__file__).parent
SHOWN: Final = ("aria-label", "alt", "title", "placeholder", "data-copied", "data-told")
"""Attributes that people see or hear."""
NAMES: Final = frozenset({"SHA"})
"""What is no word and stands in no report."""
WORD: Final = re.compile(r"[A-Za-z]{2,}")
HEX: Final = re.compile(r"\b[0-9a-f]{8,}\b")
"""Parts of a digest."""


class _Visible(HTMLParser):
    """What of a page is seen or read out."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._hidden = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.text += " "
        if tag in ("script", "style"):
            self._hidden = tag
        self.text += " ".join(str(value) for name, value in attrs if name in SHOWN and not value_is_code(str(value)))

    def handle_endtag(self, tag: str) -> None:
        self._hidden = "" if tag == self._hidden else self._hidden

    def handle_data(self, data: str) -> None:
        self.text += "" if self._hidden else data


def value_is_code(text: str) -> bool:
    """Whether that is a number or a name alone."""
    return not WORD.search(text)


def visible(name: str, output: str) -> str:
    """What people see of an output."""
    if not name.endswith("page"):
        return output
    page = _Visible()
    page.feed(output)
    return page.text


def parts(text: str) -> Iterator[tuple[str, str]]:
    """(`ours` or `outside`, text): what is within a sentence and no fact of it, and what is in no sentence."""
    stack: list[str] = []
    run = ""
    for letter in text:
        if letter in (OPEN, CLOSE, FACT, END):
            inner = stack[-1] if stack else ""
            yield {OPEN: "ours", "": "outside"}.get(inner, "fact"), run
            run = ""
            if letter in (OPEN, FACT):
                stack.append(letter)
            elif stack:
                stack.pop()
        else:
            run += letter
    yield "outside" if not stack else "cut", run


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """Outputs in the language of the tests."""
    words = [sys.executable, "-m", "tests.vouchmark.wording.marked"]
    done = subprocess.run(words, cwd=PACKAGE.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_word_is_of_the_catalogue_or_of_the_file(made: dict[str, Any]) -> None:
    known = NAMES | set(WORD.findall(json.dumps(made["reports"], ensure_ascii=False)))
    looked = 0
    for name, output in made["outputs"].items():
        for where, text in parts(visible(name, output)):
            if where == "ours":
                looked += 1
                assert not WORD.search(text), (name, text)
            elif where == "outside":
                left = set(WORD.findall(HEX.sub("", text))) - known
                assert not left, (name, text.strip(), left)
            assert where != "cut", (name, text[:80])
    assert looked > 1000


def test_a_word_outside_is_seen() -> None:
    assert ("outside", "Made by ") in list(parts(f"Made by {OPEN}x{CLOSE}"))
    assert [one for one in parts(f"{OPEN}x {FACT}Made by{END} y{CLOSE}") if "Made" in one[1]] == [("fact", "Made by")]


LITERALS: Final = {
    # CSS, policies of a page, formats: what a browser or a program reads.
    "default-src 'none'", "img-src data:", "base-uri 'none'", "form-action 'none'", "style-src 'sha256-",
    "script-src 'sha256-", '<tr data-row><th scope="row"><a href="', '<span class="outcome outcome-',
    # Values of a detail (`of`, `label`) and the beginnings of what engines say, which are compared and never shown.
    "this file", "earlier file", ", as you said", "the file could not be read: ",
    # Patterns of what a page leaves out, since it has no command line.
    "[;,] (?:to [a-z ]+, )?(?:add|run:?) (?:vouchmark [a-z ]+|--[a-z-]+)", " (?:with|without) --([a-z-]+)",
    "not asked for", " unless that is asked for",
    # Names of roles and types.
    "earlier version", "Mapping[str, Fact]",
    # An error of the command line: too many files for one page.
    "make several pages, or write JSON lines", "a single page bears ", " files, and there are more",
}  # fmt: skip
"""Texts of two words in the rooms that render, which no reader of a report reads as a sentence of ours, and why."""
OTHER: Final = frozenset({"json.py", "safe.py", "disclosure.py", "preservation.py"})
"""Files of that room that render no report for a person: errors about JSON, the law's four facts, two folders."""
NOT_REPORTS: Final = frozenset({"cover.html.j2"})
"""Templates of other pages than those of reports: the cover of a bundle."""


def _literals() -> Iterator[tuple[str, str]]:
    for path in sorted((PACKAGE / "render").rglob("*.py")):
        if path.name not in OTHER:
            yield from ((f"{path.name}:{number}", text) for number, text in texts(path))


def test_no_literal_of_two_words_stands_where_reports_are_rendered() -> None:
    found = [(where, text) for where, text in _literals() if len(WORD.findall(text)) > 1 and text not in LITERALS]
    assert found == []


def test_what_is_exempt_is_there() -> None:
    assert {text for _, text in _literals()} >= LITERALS
    assert {path.name for path in (PACKAGE / "render").rglob("*") if path.is_file()} >= OTHER | NOT_REPORTS


@pytest.mark.parametrize("path", sorted((PACKAGE / "render").rglob("*.j2")), ids=lambda path: str(path.name))
def test_no_template_has_words_of_its_own(path: Path) -> None:
    if path.name in NOT_REPORTS:
        pytest.skip("the cover of a bundle is no report")
    source = re.sub(r"\{\{.*?\}\}", "x", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    source = re.sub(r"\{[%#].*?[%#]\}", "", source, flags=re.DOTALL)
    page = _Visible()
    page.feed(source)
    assert WORD.findall(page.text.replace("SHA-256", "")) == []

"""Does no sentence reach a report from outside the catalogue?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import vouchmark
from vouchmark.wording import catalogue
from vouchmark.wording.catalogue import PARTS, everything

PACKAGE: Final = Path(vouchmark.__file__).parent
ROOMS: Final = ("lines", "examination/pictures.py", "examination/examine.py", "codes/values.py")
"""Where what a report says is decided."""
NO_SENTENCES: Final = {
    # What established a finding: names of our own checks and of engines, which stand under `source`.
    "vouchmark ", "the reader's index", " and ",
    # What a detail has for machines, as `of`, `standing`, `against`, `label` and `authority`; stable since 0.1.
    "this file", "earlier file", "not yet valid", "public test key", "irregular certificate", "nobody in particular",
    "without a name", "an unnamed authority", "signed thumbnail", "picture in your index", "bundled snapshot",
    "signature header", "not said", "not changed", "not Invalid", "GB 45438-2025", "Google AI",
    # Names that our readers give to parts and to what a file lacks; they are facts, and phrases are found by them.
    "extended XMP", "user data", "ID3 padding", "sound and more", "manifest ", "structured ",
    "the end of the picture", "the end of the sound", "the list of its parts",
    # How a list of errors and an exception read.
    "got the active manifest, expected an ancestor", "got ",
}  # fmt: skip
"""Texts with a space in them in these rooms, which no reader reads as a sentence of ours, and why."""


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Texts with a space in a module, but for its documentation and for ids of sentences."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {
        id(one.value)
        for node in ast.walk(tree)
        if isinstance(getattr(node, "body", None), list)
        for one in getattr(node, "body", [])
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in documentation:
            continue
        if " " in node.value and re.search("[A-Za-z]", node.value):
            yield node.lineno, node.value


def _files() -> list[Path]:
    return [
        path
        for room in ROOMS
        for path in (sorted((PACKAGE / room).rglob("*.py")) if (PACKAGE / room).is_dir() else [PACKAGE / room])
    ]


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_text_that_could_be_a_sentence_stands_beside_the_catalogue(path: Path) -> None:
    found = [
        f"{path.name}:{number}: {text!r}"
        for number, text in texts(path)
        if text not in NO_SENTENCES and not text.startswith("vouchmark ")
    ]
    assert found == []


def test_what_is_exempt_is_there() -> None:
    there = {text for path in _files() for _, text in texts(path)}
    assert {text for text in NO_SENTENCES if text not in there and text != "vouchmark "} == set()


def test_only_the_catalogue_says_what_was_not_checked() -> None:
    allowed = {PACKAGE / "wording" / "catalogue.py", PACKAGE / "render" / "json.py", PACKAGE / "report.py"}
    for path in sorted(PACKAGE.rglob("*.py")):
        if path in allowed or path.parent.name == "schema":
            continue
        calls = [
            node.lineno
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "NotChecked"
        ]
        assert calls == [], path


def test_every_part_is_read_and_each_sentence_is_found_without_reading_all() -> None:
    everything()
    files = {path.stem for path in (PACKAGE / "wording").glob("*.py")} - {"__init__", "catalogue", "model"}
    assert set(PARTS) == files
    for part in PARTS:
        for one in catalogue._sentences(part):
            first = one.id.partition(".")[0]
            home = catalogue._HOMES.get(first, (first,) if first in PARTS else PARTS)
            assert part in home, (one.id, part)
            # All parts are read only for what a page or a total says, and that once.
            assert home != PARTS or part == "furniture", one.id

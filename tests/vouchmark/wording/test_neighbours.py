"""Is each sentence said under the facts that it needs, and not under those of a neighbour?"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Final

import pytest

from tests.vouchmark.wording.rows import ROWS
from tests.vouchmark.wording.saying import said
from vouchmark.wording.catalogue import everything

for _path in sorted(Path(__file__).parent.glob("rows_*.py")):
    importlib.import_module(f"tests.vouchmark.wording.{_path.stem}")

LACKING: Final = 1100
"""Sentences without a row; it may only become smaller."""


def lacking() -> list[str]:
    """The ids without a row; what stands in tables has its tests beside them."""
    return [
        one.id for one in everything() if one.id not in ROWS and not one.id.startswith(("rule.", "label.", "exit."))
    ]


@pytest.mark.parametrize("id_", sorted(ROWS))
def test_is_said_under_its_facts_and_not_under_its_neighbours(id_: str) -> None:
    assert id_ in said(ROWS[id_].facts()), sorted(said(ROWS[id_].facts()))
    assert id_ not in said(ROWS[id_].neighbour()), sorted(said(ROWS[id_].neighbour()))


def test_every_row_is_of_a_sentence_that_is_there() -> None:
    assert set(ROWS) - {one.id for one in everything()} == set()


def test_no_more_sentences_lack_a_row_than_before() -> None:
    found = lacking()
    assert len(found) <= LACKING, found[:40]

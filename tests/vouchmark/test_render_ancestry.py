"""Is what a file was made from drawn as the history says it hangs together?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support import authority as made
from tests.support.attacks import CAMERA, examine
from tests.vouchmark import samples
from vouchmark.render.ancestry import MAX_DRAWN_DEPTH, draw, signed_by, versions
from vouchmark.render.text import TREE_ROWS, render
from vouchmark.report import Evidence, Finding, Line, Report, Root, Status


def finding(number: int, code: str, **detail: Any) -> Finding:
    fields: dict[str, Any] = {
        "title": f"v{number}",
        "owner": "",
        "manifest": f"m{number}",
        "depth": 1,
        "link": "verified",
    }
    return Finding(
        id=f"history.{number}",
        code=code,
        status=Status.PASS,
        statement=f"Version {number}.",
        source="test",
        root=Root.INGREDIENT,
        subject=f"m{number}",
        detail=fields | detail,
    )


def report(*findings: Finding) -> Report:
    base = samples.signed()
    history = Evidence(status=Status.PASS, summary="All recorded ingredients are unchanged.", findings=findings)
    return replace(base, evidence={**base.evidence, Line.HISTORY: history})


def drawn(*findings: Finding, unicode: bool = True) -> list[str]:
    return [branches + words for branches, words in draw(report(*findings), unicode=unicode)]


FAMILY = (
    finding(1, "history.parent.intact", owner="active"),
    finding(2, "history.component.missing", owner="active", title=""),
    finding(3, "history.component.broken", owner="m1", depth=2),
    finding(4, "history.parent.unsigned", owner="m3", depth=3, manifest=""),
    finding(5, "history.component.intact", owner="m1", depth=2, manifest="m3", repeated=True),
)


def test_children_stand_under_the_version_that_names_them() -> None:
    assert drawn(*FAMILY) == [
        "├─ earlier version “v1”: its credentials are valid, by a signer who could not be read (history.1)",
        "│  ├─ part “v3”: its credentials do not hold (history.3)",
        "│  │  └─ earlier version “v4”: it has no credentials (history.4)",
        "│  └─ part “v5”: its credentials are valid, by a signer who could not be read, as above (history.5)",
        "└─ part without a title: its credentials are missing (history.2)",
    ]


def test_ascii_has_signs_of_its_own() -> None:
    lines = drawn(*FAMILY, unicode=False)
    assert [line.partition(" ")[0] for line in lines] == ["|-", "|", "|", "|", "`-"]


def test_nothing_recorded_is_no_tree() -> None:
    assert drawn() == []
    assert versions(samples.signed()) == []


def test_findings_without_a_place_are_no_versions() -> None:
    odd = [
        finding(1, "history.unreferenced", depth=0),
        finding(2, "history.cut", depth=True),
        finding(3, "history.none"),
    ]
    assert [version.finding.id for version in versions(report(*odd))] == ["history.3"]


def test_a_version_whose_owner_is_not_there_is_drawn_all_the_same() -> None:
    assert len(drawn(finding(1, "history.parent.intact", owner="gone", depth=5))) == 1


def test_a_chain_deeper_than_a_terminal_is_wide_stays_readable() -> None:
    chain = [
        finding(n, "history.parent.intact", owner=f"m{n - 1}" if n > 1 else "active", depth=n) for n in range(1, 60)
    ]
    lines = drawn(*chain)
    assert len(lines) == 59
    assert max(line.index("earlier version") for line in lines) <= 3 * (MAX_DRAWN_DEPTH + 1)


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (["signer.yours"], "Maker"),
        (["signer.expired", "signer.unknown"], "a signer using the name “Maker”"),
        ([], "a signer using the name “Maker”"),
        (["signer.unestablished"], "somebody unknown: the signature in the name of “Maker” does not verify"),
    ],
)
def test_a_name_is_the_makers_only_where_a_list_vouches(codes: list[str], words: str) -> None:
    assert signed_by({"signer": "Maker", "signer_codes": list(codes)}) == words


def test_a_terminal_shows_the_first_ones_and_says_how_many_are_left() -> None:
    many = report(*(finding(n, "history.component.intact", owner="active") for n in range(1, TREE_ROWS + 4)))
    short, long = (render(many, width=120, colour=False, verbosity=v) for v in (0, 1))
    assert "and 3 more; -v shows them all" in short
    assert short.count("part “v") == TREE_ROWS
    assert long.count("part “v") >= TREE_ROWS + 3
    one = render(report(finding(1, "history.parent.intact")), width=120, colour=False, verbosity=0)
    assert "└─" not in one


def test_titles_are_harmless_in_the_tree() -> None:
    evil = finding(
        1, "history.parent.intact", title="\x1b[31mred\u202e", signer="\x1b]0;x\x07", signer_codes=["signer.yours"]
    )
    text = render(report(evil, finding(2, "history.parent.intact")), width=120, colour=False, verbosity=1)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_real_history_is_drawn_and_names_its_thumbnails() -> None:
    parent = made.sign(CAMERA, thumbnail=True)
    found = examine(made.sign_edit(CAMERA, made.sign_edit(CAMERA, parent, title="first"), title="second"))
    rows = [branches + words for branches, words in draw(found, unicode=True)]
    assert [row.partition(":")[0] for row in rows] == ["└─ earlier version “second”", "   └─ earlier version “first”"]
    assert all("signed by Test Camera (Camera 1)" in row for row in rows)
    thumbnail = found.evidence[Line.HISTORY].findings[1].detail["thumbnail"]
    assert isinstance(thumbnail, dict)
    assert (thumbnail["media_type"], len(str(thumbnail["sha256"]))) == ("image/jpeg", 64)

"""Does an index lead to every page, worst first, whatever files are called, and can it be read without its script?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.vouchmark import samples
from tests.vouchmark.pages import TAGS, Element, parse
from tests.vouchmark.tricks import DANGER, TRICKS
from vouchmark.cli.check.pages import OURS
from vouchmark.policies.policy import Policy
from vouchmark.render.groups import NAMES, Group, worst_first
from vouchmark.render.html.index import UNFOLDED, Index, page_name
from vouchmark.report import Report

GALLERY = {name: Policy.default().applied(report) for name, report in samples.gallery().items()}
INDEX_TAGS = TAGS | {"table", "thead", "tbody", "tr", "th", "td", "form", "label", "input", "output"}


def index(*reports: Report) -> Element:
    made, pages = Index(), set[str]()
    for number, report in enumerate(reports, start=1):
        name = page_name(number, report)
        pages.add(f"files/{name}")
        made.add(report, name)
    return parse("".join(made.pieces()), beside=frozenset(pages))


def test_every_file_is_there_once_worst_answers_first() -> None:
    shown = index(*GALLERY.values())
    rows = shown.all("tr")
    links = [row.one("a") for row in rows if row.all("a")]
    assert len(links) == len(GALLERY)
    order = [link.text for link in links]
    expected = sorted(GALLERY.values(), key=lambda report: worst_first(report))
    assert [name for name in order if name == "altered.jpg"] == ["altered.jpg"]
    assert order[0] == expected[0].media.shown
    assert order[-1] == "forwarded.jpg"


def test_totals_lead_to_their_groups_and_add_up() -> None:
    shown = index(*GALLERY.values())
    totals = shown.one(cls="totals").all("a")
    assert sum(int(one.one("strong").text) for one in totals) == len(GALLERY)
    groups = {one.attributes["id"]: one for one in shown.all("details", cls="group")}
    assert [one.attributes["href"].removeprefix("#") for one in totals] == list(groups)
    for total in totals:
        group = groups[total.attributes["href"].removeprefix("#")]
        assert len(group.one("tbody").all("tr")) == int(total.one("strong").text)
        assert group.one("h2").text.lower().startswith(NAMES[Group(group.attributes["id"])].lower())


def test_a_large_group_is_folded_and_a_small_one_is_not() -> None:
    many = [replace(GALLERY["without"], media=replace(GALLERY["without"].media, name=f"{n}.jpg")) for n in range(300)]
    assert len(many) > UNFOLDED
    shown = index(GALLERY["altered"], *many)
    assert ["open" in one.attributes for one in shown.all("details", cls="group")] == [True, False]
    assert len(shown.all("tr")) == 2 + 1 + 300


def test_the_filter_shows_only_where_the_script_runs() -> None:
    form = index(*GALLERY.values()).one("form")
    assert "hidden" in form.attributes
    assert form.one("label").attributes["for"] == form.one("input").attributes["id"]


def test_no_file_is_an_index_that_says_so() -> None:
    assert "There was no file" in index().text


@pytest.mark.parametrize("trick", [*TRICKS.values(), "</td><script>", "../../etc/passwd", "w" * 10_000, ""])
def test_a_name_chooses_neither_markup_nor_the_place_of_its_page(trick: str) -> None:
    report = replace(GALLERY["altered"], media=replace(GALLERY["altered"].media, name=trick or "-", path=trick or None))
    shown = index(report)
    assert {one.tag for one in shown.all()} <= INDEX_TAGS
    assert not DANGER.search(shown.one("main").text)
    name = page_name(7, report)
    assert OURS.fullmatch(name)
    assert name.startswith("000007")
    assert len(name) < 60


def test_two_files_of_one_name_have_two_pages() -> None:
    assert page_name(1, GALLERY["altered"]) != page_name(2, GALLERY["altered"])

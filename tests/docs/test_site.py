"""Is the README short, and does every link in README and manual lead somewhere, also to a heading?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

CHECKOUT: Final = Path(__file__).resolve().parents[2]
PAGES: Final = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
LINK: Final = re.compile(r"\]\(([^)]+)\)")
MOST_WORDS: Final = 1500
"""In the README: it is a door, and the manual is in `docs/`."""


def anchors(page: Path) -> set[str]:
    """The words by which a page's headings are linked to, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_every_link_leads_to_a_file_and_its_heading(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in link:
            assert link.startswith("https://"), link
            continue
        name, _, heading = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not heading or heading in anchors(target), link


def test_what_the_contributor_guide_tells_to_type_is_there() -> None:
    text = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shell = "".join(re.findall(r"^ *```sh\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL))
    named = set(re.findall(r"(?<![\w./-])((?:tests|docs|scripts|\.ci)/[\w./-]+)", shell))
    assert len(named) >= 4
    for name in named:
        assert (CHECKOUT / name).exists(), name
    for module in re.findall(r"python -m (tests\.\w+|zk\.\w+)", text):
        assert (CHECKOUT / module.replace(".", "/") / "__main__.py").exists() or (
            CHECKOUT / f"{module.replace('.', '/')}.py"
        ).exists(), module


def test_a_stranger_finds_where_to_begin() -> None:
    text = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    questions = text.partition("## Where would I")[2].partition("\n## ")[0].splitlines()
    for word, begin in (
        ("AVIF", "provenance/formats/bmff/"),
        ("exit code", "vouchmark/report.py"),
        ("policies", "vouchmark/policies/conditions.py"),
        ("option of", "vouchmark/options.py"),
        ("worker", "provenance/workers/parts/"),
    ):
        (row,) = (line for line in questions if line.count("|") > 3 and word in line.split("|")[1])
        assert begin in row.split("|")[2]
        assert (CHECKOUT / begin).exists()


def test_the_readme_is_a_door() -> None:
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    assert len(text.split()) <= MOST_WORDS
    assert re.findall(r"!\[[^]]+\]\((docs/pictures/[\w-]+\.png)\)", text)


def test_every_page_is_in_the_contents() -> None:
    docs = CHECKOUT / "docs"
    for page in docs.rglob("*.md"):
        listed = [
            (folder / "index.md").read_text(encoding="utf-8").splitlines()
            for folder in page.parents
            if folder.is_relative_to(docs) and (folder / "index.md").exists() and folder / "index.md" != page
        ]
        folders = [folder for folder in page.parents if folder.is_relative_to(docs)]
        names = {page.relative_to(folder).with_suffix("").as_posix() for folder in folders}
        names |= {"decisions/[0-9]*"} if page.parent.name == "decisions" else set()
        assert page == docs / "index.md" or any(names & set(lines) for lines in listed), page


def test_every_picture_is_shown_somewhere() -> None:
    shown = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for picture in (CHECKOUT / "docs/pictures").iterdir():
        assert f"pictures/{picture.name}" in shown, picture.name

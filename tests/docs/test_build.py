"""Is the site built without a warning, do all its links lead somewhere, and does it load nothing from elsewhere?"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import pytest

from vouchmark.codes.codes import OURS, SPECIFIED
from vouchmark.wording.catalogue import everything

CHECKOUT: Final = Path(__file__).resolve().parents[2]
NEEDED: Final = ("sphinx", "myst_parser", "furo")
pytestmark = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in NEEDED), reason="the extra 'docs' is not installed"
)
LOADED: Final = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "object": "data"}
"""What a browser loads by itself, and the attribute that says from where."""


@dataclass
class Page(HTMLParser):
    """One page of the site: what it loads, where it links to, and what can be linked to in it."""

    loaded: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get(LOADED.get(tag, "")):
            self.loaded.append(str(found[LOADED[tag]]))
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        if found.get("id"):
            self.ids.add(str(found["id"]))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    folder = tmp_path_factory.mktemp("site")
    words = [
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        "-b",
        "dirhtml",
        "-d",
        f"{folder}/trees",
        "docs",
        f"{folder}/html",
    ]
    done = subprocess.run([sys.executable, *words], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    """Every page of it, by its path."""
    found = {}
    for path in site.rglob("*.html"):
        found[path] = Page()
        found[path].feed(path.read_text(encoding="utf-8"))
    assert len(found) > 30
    return found


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        assert page.loaded
        for address in page.loaded:
            assert not re.match(r"[a-z]+:(?!image/)|//", address), (path, address)
    sheets = list(site.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        text = sheet.read_text(encoding="utf-8")
        assert "@import" not in text, sheet
        for address in re.findall(r"""url\(\s*["']?([^"')]*)""", text):
            assert not re.match(r"(?!data:)[a-z]+:|//", address), (sheet, address)


def test_every_link_leads_to_a_page_and_its_heading(site: Path, pages: dict[Path, Page]) -> None:
    checked = 0
    for path, page in pages.items():
        for link in page.links:
            name, _, heading = unquote(link).partition("#")
            if re.match(r"[a-z]+:", name):
                continue
            target = (path.parent / name).resolve() if name else path
            target = target / "index.html" if target.is_dir() else target
            assert target.exists(), (path, link)
            assert not heading or target not in pages or heading in pages[target].ids, (path, link)
            checked += 1
    assert checked > 1000


def test_the_tables_are_made_from_the_code(site: Path, pages: dict[Path, Page]) -> None:
    text = pages[site / "codes/index.html"].text
    for code in (*OURS.values(), *SPECIFIED.values()):
        assert code.code in text, code.code


def test_all_sentences_stand_on_one_page_and_when_they_may_be_said(site: Path, pages: dict[Path, Page]) -> None:
    text = " ".join(pages[site / "sentences/index.html"].text.split())
    for one in everything():
        row = f"{one.id} {one.text} {one.when}"
        assert " ".join(row.split()) in text, one.id
    index = pages[site / "index.html"]
    assert any(link.rstrip("/").endswith("sentences") for link in index.links)


@pytest.mark.parametrize("package", ["vouchmark", "provenance", "zk", "zk.bbs"])
def test_every_public_name_is_explained(package: str, site: Path, pages: dict[Path, Page]) -> None:
    page = pages[site / "api" / package.rpartition(".")[2] / "index.html"]
    module = importlib.import_module(package)
    for name in getattr(module, "__all__", ()):
        assert name.startswith("_") or f"{package}.{name}" in page.ids, name


def test_nothing_of_the_markup_of_docstrings_is_left(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        assert "<!-- made" not in page.text, path
        if "/api/" in path.as_posix():
            assert "Args:" not in page.text, path

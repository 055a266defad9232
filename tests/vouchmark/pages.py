"""How do tests read a page strictly: every tag closed, every place named once, every link leading somewhere?"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from vouchmark.render.html.markup import kept

VOID: Final = frozenset({"meta", "img", "br", "hr", "link", "input"})
HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
CLOSED_IN_PLACE: Final = frozenset({"use", "path"})

TAGS: Final = frozenset(
    {"html", "head", "meta", "title", "style", "body", "header", "main", "footer", "article", "section", "div"}
    | {"svg", "symbol", "path", "use", "figure", "figcaption", "img", "details", "summary", "h1", "h2", "h3"}
    | {
        "script",
        "button",
        "nav",
        "a",
        "p",
        "span",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "strong",
        "code",
        "bdi",
        "blockquote",
    }
)
"""Everything that our templates write, and nothing else may ever come up."""


@dataclass(kw_only=True)
class Element:
    """One element of a page."""

    tag: str
    attributes: dict[str, str]
    parts: list[str | Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What it says, spaces as one."""
        return " ".join("".join(part if isinstance(part, str) else part.raw_text for part in self.parts).split())

    @property
    def raw_text(self) -> str:
        return "".join(part if isinstance(part, str) else part.raw_text for part in self.parts)

    def all(self, *tags: str, cls: str = "") -> list[Element]:
        """Every element below with one of those tags (any where none is given) and that class."""
        found: list[Element] = []
        for part in self.parts:
            if isinstance(part, Element):
                if (not tags or part.tag in tags) and (not cls or cls in part.attributes.get("class", "").split()):
                    found.append(part)
                found.extend(part.all(*tags, cls=cls))
        return found

    def one_direct(self, tag: str) -> Element:
        [found] = [part for part in self.parts if isinstance(part, Element) and part.tag == tag]
        return found

    def one(self, *tags: str, cls: str = "") -> Element:
        [found] = self.all(*tags, cls=cls)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element(tag="", attributes={})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        element = Element(tag=tag, attributes={name: value or "" for name, value in attrs})
        self.open[-1].parts.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in CLOSED_IN_PLACE, tag
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, ([element.tag for element in self.open], tag)
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def parse(page: str, *, beside: frozenset[str] = frozenset()) -> Element:
    """A page as a tree, held to the rules that every page must keep; `beside` are addresses of pages beside it."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == [reader.root], [element.tag for element in reader.open]
    ids = [element.attributes["id"] for element in reader.root.all() if "id" in element.attributes]
    assert len(ids) == len(set(ids)), ids
    for element in reader.root.all():
        assert element.tag != "script" or element.raw_text == kept("report.js")
        assert not [name for name in element.attributes if name.startswith("on") or name == "style"], element.attributes
        for name in ("href", "src", "action", "data", "poster", "srcset"):
            target = element.attributes.get(name)
            if target is None:
                continue
            if name == "src":
                assert target.startswith(
                    ("data:image/jpeg;base64,", "data:image/png;base64,", "data:image/webp;base64,")
                )
            else:
                assert name == "href"
                assert target in beside or (target.startswith("#") and target[1:] in ids), target
        if "aria-labelledby" in element.attributes:
            assert element.attributes["aria-labelledby"] in ids
        if element.tag == "img":
            assert element.attributes.get("alt")
    if not reader.root.all("html"):
        return reader.root
    levels = [int(element.tag[1]) for element in reader.root.all(*HEADINGS)]
    assert levels[:1] == [1]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels
    return reader.root

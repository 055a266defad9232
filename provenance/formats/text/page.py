"""Which elements does an HTML page hold, and where (HTML, section 13.2.5)?

A browser's rules as far as they decide what is a tag: comments, texts that hold no tags, attributes with and without
quotes. Byte by byte, in linear time; nothing is called malformed, because browsers call nothing so.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from provenance.formats.markup.references import References
from provenance.formats.markup.tokens import Namespaces, Start

_NAME: Final = re.compile(rb"[A-Za-z][^\t\n\f\r />]*+")
_ATTRIBUTE: Final = re.compile(
    rb"[\t\n\f\r /]*+([^\t\n\f\r />][^\t\n\f\r />=]*+)"
    rb"(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:\"([^\"]*+)(?:\"|\Z)|'([^']*+)(?:'|\Z)|([^\t\n\f\r >]++)))?+"
)
_COMMENT_END: Final = re.compile(rb"--!?>")
_BLANKS: Final = re.compile(rb"[\t\n\f\r /]*+")
_RAW: Final = frozenset(
    {b"script", b"style", b"textarea", b"title", b"xmp", b"iframe", b"noembed", b"noframes", b"noscript"}
)
"""Elements whose content holds no tags; `noscript` is one where scripts run (HTML, section 13.2.6)."""


class Element(NamedTuple):
    """A start tag, with its content where that holds no tags."""

    name: bytes
    """In lower case."""
    attributes: tuple[tuple[bytes, bytes], ...]
    """Names in lower case, values as they stand there; the first of a name counts."""
    start: int
    end: int
    """Behind the end tag where the content holds no tags, else behind the tag."""
    content: bytes
    """Empty where the content may hold tags."""

    def attribute(self, name: bytes) -> bytes:
        """The value of an attribute, references resolved; empty where there is none."""
        value = next((value for one, value in self.attributes if one == name), b"")
        return html.unescape(value.decode("utf-8", "replace")).encode() if b"&" in value else value


def elements(data: bytes) -> Iterator[Element]:
    """Every start tag of a page that is no comment and no text, in order."""
    position, unclosed = 0, set[bytes]()
    while (position := data.find(b"<", position)) >= 0:
        if data.startswith(b"<!--", position):
            position = _comment(data, position)
        elif data[position + 1 : position + 2] in (b"!", b"?", b"/"):
            position = _past(data, position)
        elif name := _NAME.match(data, position + 1):
            element = _element(data, position, name[0].lower(), name.end(), unclosed)
            yield element
            position = element.end
        else:
            position += 1


def _past(data: bytes, position: int) -> int:
    """Behind the next `>`, or the end."""
    end = data.find(b">", position)
    return end + 1 if end >= 0 else len(data)


def _comment(data: bytes, position: int) -> int:
    """Behind a comment, which ends at once where its start does (`<!-->`, `<!--->`)."""
    for ending in (b"<!-->", b"<!--->"):
        if data.startswith(ending, position):
            return position + len(ending)
    found = _COMMENT_END.search(data, position + 4)
    return found.end() if found else len(data)


def _element(data: bytes, start: int, name: bytes, position: int, unclosed: set[bytes]) -> Element:
    attributes = dict[bytes, bytes]()
    while match := _ATTRIBUTE.match(data, position):
        attributes.setdefault(match[1].lower(), match[2] or match[3] or match[4] or b"")
        position = match.end()
    blanks = _BLANKS.match(data, position)
    position = _past(data, blanks.end() if blanks else position)
    content, end = b"", position
    if name in _RAW and name not in unclosed:
        closing = re.compile(rb"</" + name + rb"(?=[\t\n\f\r />])", re.IGNORECASE).search(data, position)
        if closing is None:
            # Looked for once: else a page of such tags costs its length each time.
            unclosed.add(name)
            content, end = data[position:], len(data)
        else:
            content, end = data[position : closing.start()], _past(data, closing.start())
    return Element(name, tuple(attributes.items()), start, end, content)


def references_of(data: bytes, *, skip: frozenset[int] = frozenset()) -> References:
    """Where a page leads to, and which programs run in it.

    Args:
        data: the page.
        skip: where elements begin that are none of it: those that carry Content Credentials.
    """
    found, names = References(), Namespaces()
    for one in elements(data):
        if one.start in skip:
            continue
        found.start(Start(one.name, one.attributes, False, one.start, one.end), names)  # noqa: FBT003
        if one.name == b"style":
            found.style(one.content)
    return found

"""Which elements does an HTML page hold, and where (HTML, section 13.2.5)?

A browser's rules as far as they decide what is a tag: comments, texts that hold no tags, attributes with and without
quotes. Byte by byte, in linear time; nothing is called malformed, because browsers call nothing so.
"""

from __future__ import annotations

import html
import html.entities
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from provenance.formats.markup.references import References
from provenance.formats.markup.styles import read
from provenance.formats.markup.tokens import ASCII_OCTETS, Namespaces, Start

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
_OTHER_RULES: Final = frozenset({b"svg", b"math", b"select", b"frameset"})
"""Elements within which those are elements like others, or none (sections 13.2.6.4 and 13.2.6.5)."""
_SECTION: Final = re.compile(rb"<!\[CDATA\[(?:[^\]>]++|\](?!\]>))*+(?!\]\]>)")
"""A section that ends elsewhere where it is a comment: text in a drawing, a comment in a page."""
_REFERENCE: Final = re.compile(r"&(#(?:\d+|[xX][0-9a-fA-F]+);?|[A-Za-z][A-Za-z0-9]*;?)(=?)")
_CHARSET: Final = re.compile(
    rb"charset[\t\n\f\r ]*+=[\t\n\f\r ]*+[\"']?[\t\n\f\r ]*+([^\t\n\f\r \"'/>;]++)", re.IGNORECASE
)
_SHIFT: Final = b"\x1b"
"""Begins what ISO-2022-JP has instead of ASCII."""
_UNSURE: Final = "text that is read otherwise within a drawing or a list"
_ENCODING: Final = "an encoding that is not read here"


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
    is_plain: bool
    """Whether the content is the same by the rules for drawings: no sign of a tag in it, and an end tag behind it."""

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
    content, end, is_plain = b"", position, True
    if name in _RAW and name not in unclosed:
        closing = re.compile(rb"</" + name + rb"(?=[\t\n\f\r />])", re.IGNORECASE).search(data, position)
        if closing is None:
            # Looked for once: else a page of such tags costs its length each time.
            unclosed.add(name)
            content, end, is_plain = data[position:], len(data), False
        else:
            content, end = data[position : closing.start()], _past(data, closing.start())
            is_plain = b"<" not in content and data[position - 2 : position] != b"/>"
    return Element(name, tuple(attributes.items()), start, end, content, is_plain)


def resolved(value: bytes) -> bytes:
    """An attribute's value, references resolved as browsers do it there (HTML, section 13.2.5.73).

    Many a name counts without its semicolon too, but not where letters, digits or `=` follow.
    """

    def put(found: re.Match[str]) -> str:
        name, sign = found.groups()
        if name[0] == "#" or (name in html.entities.html5 and (name[-1] == ";" or not sign)):
            return html.unescape(f"&{name}") + sign
        return found.group()

    return _REFERENCE.sub(put, value.decode("utf-8", "surrogateescape")).encode("utf-8", "replace")


def references_of(data: bytes, *, skip: frozenset[int] = frozenset()) -> References:
    """Where a page leads to, and which programs run in it.

    Args:
        data: the page.
        skip: where elements begin that are none of it: those that carry Content Credentials.
    """
    found, names = References(is_resolved=True), Namespaces()
    has_other_rules = False
    for one in elements(data):
        if one.start in skip:
            continue
        has_other_rules |= one.name in _OTHER_RULES
        if has_other_rules and not one.is_plain:
            found.unclear[_UNSURE] += 1
        _count(one, found, names)
        if one.name == b"style" and has_other_rules and b"&" in one.content:
            # By the rules for drawings, references within it are resolved.
            by_them = html.unescape(one.content.decode("utf-8", "surrogateescape")).encode("utf-8", "replace")
            if read(by_them) != read(one.content):
                found.unclear[_UNSURE] += 1
        elif one.name == b"noscript":
            # Where scripts do not run, its content is as good as any.
            _unscripted(one.content, found, names)
    if has_other_rules and _SECTION.search(data):
        found.unclear[_UNSURE] += 1
    if _SHIFT in data or not all(ASCII_OCTETS.match(one) for one in _CHARSET.findall(data)):
        found.unclear[_ENCODING] += 1
    return found


def _count(one: Element, found: References, names: Namespaces) -> None:
    """One element, with the style sheet that it holds."""
    attributes = tuple((name, resolved(value) if b"&" in value else value) for name, value in one.attributes)
    if one.name == b"meta" and not all(ASCII_OCTETS.match(it) for it in _CHARSET.findall(_joined(attributes))):
        found.unclear[_ENCODING] += 1
    found.start(Start(one.name, attributes, False, one.start, one.end), names)  # noqa: FBT003
    if one.name == b"style":
        found.style(one.content)


def _joined(attributes: tuple[tuple[bytes, bytes], ...]) -> bytes:
    return b" ".join(name + b"=" + value for name, value in attributes)


def _unscripted(content: bytes, found: References, names: Namespaces) -> None:
    for one in elements(content):
        if one.name in _OTHER_RULES or not one.is_plain:
            found.unclear[_UNSURE] += 1
        _count(one, found, names)

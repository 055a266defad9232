"""Which tags, texts and instructions does a marked-up text hold, in order (XML 1.0, fifth edition)?

Byte by byte and in linear time, with the places of everything: a comment that holds a tag is a comment. Entities are
not expanded; what a document type declares is handed out for its reader to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

MAX_ATTRIBUTES: Final = 2_000
"""Attributes of one tag; drawings have dozens."""
MAX_GROWTH: Final = 65_536
"""Octets that the entities in one value may add to it; real ones are addresses of namespaces."""

ASCII_OCTETS: Final = re.compile(
    rb"(?:utf-?8|us-ascii|ascii|iso-8859-\d{1,2}|latin-?\d|windows-125\d|cp125\d|koi8-[ru]|macintosh)\Z", re.IGNORECASE
)
"""Encodings whose ASCII characters are ASCII octets, and in which no other character has one in it."""

_NAME: Final = rb"[^\s<>/=\"'!?&;]++"
_TAG: Final = re.compile(
    rb"<(/?)(" + _NAME + rb")((?:\s++" + _NAME + rb"\s*+=\s*+(?:\"[^\"<]*+\"|'[^'<]*+'))*+)\s*+(/?)>"
)
_ATTRIBUTE: Final = re.compile(rb"(" + _NAME + rb")\s*+=\s*+(?:\"([^\"<]*+)\"|'([^'<]*+)')")
_DECLARATION: Final = re.compile(
    rb"\s*+(?:(%" + _NAME + rb";)|<!(ENTITY|ATTLIST|ELEMENT|NOTATION)\s((?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+)>"
    rb"|<!--(?:[^-]++|-(?!->))*+-->|<\?(?:[^?]++|\?(?!>))*+\?>|(\]))"
)
_DOCTYPE: Final = re.compile(
    rb"<!DOCTYPE\s++(" + _NAME + rb")(?:\s++(?:SYSTEM|PUBLIC\s++(?:\"[^\"]*+\"|'[^']*+'))"
    rb"\s++(?:\"([^\"]*+)\"|'([^']*+)'))?\s*+([>\[])"
)
_ENTITY: Final = re.compile(rb"(%\s++)?(" + _NAME + rb")\s++(?:\"([^\"]*+)\"|'([^']*+)'|(SYSTEM|PUBLIC)\b)")
_REFERENCE: Final = re.compile(rb"&(?:#(\d{1,9})|#x([0-9A-Fa-f]{1,8})|(" + _NAME + rb"));")
_PREDEFINED: Final = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}


class Start(NamedTuple):
    """A start tag, or one that is empty."""

    name: bytes
    attributes: tuple[tuple[bytes, bytes], ...]
    """Values as they stand there, references not resolved."""
    is_empty: bool
    start: int
    end: int


class End(NamedTuple):
    """An end tag."""

    name: bytes
    start: int
    end: int


class Text(NamedTuple):
    """Characters between tags, or a CDATA section's content."""

    content: bytes
    is_cdata: bool
    start: int
    end: int
    """Of the content."""


class Instruction(NamedTuple):
    """A processing instruction, the XML declaration among them."""

    target: bytes
    content: bytes


class Entity(NamedTuple):
    """An entity that the document type declares."""

    name: bytes
    value: bytes | None
    """None where it lies outside the file."""
    is_parameter: bool


class Doctype(NamedTuple):
    """The document type."""

    system: bytes
    """Address of the external part; empty where there is none."""
    entities: tuple[Entity, ...]
    sets_attributes: bool
    """Whether it gives elements attributes that do not stand in their tags, or calls for more of itself."""


class Broken(NamedTuple):
    """Something that is not well formed."""

    start: int


Token = Start | End | Text | Instruction | Doctype | Broken


def tokens(data: bytes, *, lenient: bool = False) -> Iterator[Token]:
    """What a text holds, in order; comments are left out.

    Args:
        data: in an encoding whose ASCII characters are ASCII octets.
        lenient: whether to go on behind what is not well formed, as readers of HTML do; else `Broken` is the last.
    """
    position, closed = 0, dict[bytes, bool]()
    while position < len(data):
        opened = data.find(b"<", position)
        if opened < 0:
            opened = len(data)
        if opened > position:
            yield Text(data[position:opened], False, position, opened)  # noqa: FBT003
            if opened == len(data):
                return
        token, position = _one(data, opened, closed)
        if token is not None:
            yield token
        if isinstance(token, Broken):
            if not lenient:
                return
            position = opened + 1


def _one(data: bytes, start: int, closed: dict[bytes, bool]) -> tuple[Token | None, int]:
    """What begins at a `<`, and where it ends."""
    if data.startswith(b"<!--", start):
        end = _find(data, b"-->", start + 4, closed)
        return (None, end + 3) if end >= 0 else (Broken(start), len(data))
    if data.startswith(b"<![CDATA[", start):
        end = _find(data, b"]]>", start + 9, closed)
        if end < 0:
            return Broken(start), len(data)
        return Text(data[start + 9 : end], True, start + 9, end), end + 3  # noqa: FBT003
    if data.startswith(b"<?", start):
        end = _find(data, b"?>", start + 2, closed)
        if end < 0:
            return Broken(start), len(data)
        target, _, content = data[start + 2 : end].partition(b" ")
        first, *rest = target.split(None, 1) or [b""]
        return Instruction(first, b" ".join([*rest, content])), end + 2
    if data.startswith(b"<!DOCTYPE", start):
        return _doctype(data, start)
    found = _TAG.match(data, start)
    if found is None:
        return Broken(start), len(data)
    closing, name, inside, empty = found.groups()
    if closing:
        return (End(name, start, found.end()) if not inside and not empty else Broken(start)), found.end()
    attributes = tuple((n, d if d is not None else s) for n, d, s in _attributes(inside))
    if len(attributes) > MAX_ATTRIBUTES or len({name for name, _ in attributes}) < len(attributes):
        return Broken(start), found.end()
    return Start(name, attributes, bool(empty), start, found.end()), found.end()


def _attributes(inside: bytes) -> Iterator[tuple[bytes, bytes | None, bytes]]:
    for found in _ATTRIBUTE.finditer(inside):
        yield found.group(1), found.group(2), found.group(3) or b""


def _find(data: bytes, mark: bytes, start: int, closed: dict[bytes, bool]) -> int:
    """Where a mark is; looked for to the end of the text only once where there is none."""
    if closed.get(mark, True):
        place = data.find(mark, start)
        closed[mark] = place >= 0
        return place
    return -1


def _doctype(data: bytes, start: int) -> tuple[Token, int]:
    found = _DOCTYPE.match(data, start)
    if found is None:
        return Broken(start), len(data)
    system, position = found.group(2) or found.group(3) or b"", found.end()
    entities, sets_attributes = list[Entity](), False
    if found.group(4) == b"[":
        while True:
            one = _DECLARATION.match(data, position)
            if one is None:
                return Broken(start), len(data)
            position = one.end()
            if one.group(4):
                break
            sets_attributes |= bool(one.group(1)) or one.group(2) == b"ATTLIST"
            if one.group(2) == b"ENTITY":
                entity = _ENTITY.match(one.group(3))
                if entity is None:
                    return Broken(start), len(data)
                parameter, name, double, single, _ = entity.groups()
                entities.append(Entity(name, double if double is not None else single, bool(parameter)))
        closing = re.compile(rb"\s*+>").match(data, position)
        if closing is None:
            return Broken(start), len(data)
        position = closing.end()
    return Doctype(system, tuple(entities), sets_attributes), position


def resolved(value: bytes, entities: Mapping[bytes, bytes]) -> bytes | None:
    """A value with its references resolved once; None where one is not known or where they make it too long.

    What an entity holds is put in as it is: values with further references are for the caller to refuse.
    """
    if b"&" not in value:
        return value
    room, unknown = MAX_GROWTH, False

    def put(found: re.Match[bytes]) -> bytes:
        nonlocal room, unknown
        decimal, hexadecimal, name = found.groups()
        if name is None:
            code = int(decimal) if decimal else int(hexadecimal, 16)
            is_character = 0 < code < 0x110000 and not 0xD800 <= code < 0xE000
            unknown |= not is_character
            return chr(code).encode() if is_character else b""
        known = _PREDEFINED.get(name, entities.get(name))
        room -= len(known or b"")
        unknown |= known is None or room < 0
        return b"" if unknown or known is None else known

    put_in = _REFERENCE.sub(put, value)
    return None if unknown else put_in


class Namespaces:
    """Which namespace a prefix stands for, at each depth."""

    def __init__(self) -> None:
        """Nothing is declared but `xml`."""
        self._known: dict[bytes, list[bytes]] = {b"xml": [b"http://www.w3.org/XML/1998/namespace"]}
        self._declared: list[list[bytes]] = []

    def enter(self, attributes: tuple[tuple[bytes, bytes], ...]) -> None:
        """One element deeper, with what its tag declares."""
        declared = []
        for name, value in attributes:
            prefix = b"" if name == b"xmlns" else name[6:] if name.startswith(b"xmlns:") else None
            if prefix is not None:
                self._known.setdefault(prefix, []).append(value)
                declared.append(prefix)
        self._declared.append(declared)

    def leave(self) -> None:
        """Out of that element."""
        for prefix in self._declared.pop():
            self._known[prefix].pop()

    def of(self, name: bytes, *, attribute: bool = False) -> tuple[bytes, bytes]:
        """(namespace, local name); an attribute without a prefix is in none."""
        prefix, colon, local = name.rpartition(b":")
        if not colon and attribute:
            return b"", name
        known = self._known.get(prefix)
        return (known[-1] if known else b""), local

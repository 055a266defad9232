"""What does a style sheet name, outside itself and among the elements that it styles (CSS Syntax 3)?

Read token by token, as browsers do: what looks like a comment within a text or an address is none, and the other way
round. Linear; nothing is called malformed, because browsers call nothing so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_ESCAPE: Final = re.compile(rb"\\(?:([0-9A-Fa-f]{1,6})(?:\r\n|[ \t\r\n\f])?|(\r\n|[\r\n\f])|([^\r\n\f])|\Z)")
_TOKEN: Final = re.compile(
    rb"(/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z))"
    rb"|(\"(?:[^\"\\\r\n\f]++|\\(?:\r\n|[\s\S])?+)*+\"?|'(?:[^'\\\r\n\f]++|\\(?:\r\n|[\s\S])?+)*+'?)"
    rb"|<!--"
    rb"|([@#]?(?:[\w\x00\x80-\xff-]++|\\(?:[0-9A-Fa-f]{1,6}(?:\r\n|[ \t\r\n\f])?|[^\r\n\f0-9A-Fa-f]))++)(\()?+"
    rb"|([()\[\]{};])"
    rb"|[^/\"'<@#\w\x00\x80-\xff\\()\[\]{};-]++|[\s\S]"
)
"""A comment, a text (which ends with its line), a name with its sign and a bracket, a bracket or semicolon."""
_UNQUOTED: Final = re.compile(rb"[ \t\r\n\f]*+(?![\"' \t\r\n\f])((?:[^)\\]++|\\(?:\r\n|[\s\S])?+)*+)\)?")
"""An address without quotes, behind `url(`."""
_FETCHING: Final = (b"image-set", b"cross-fade", b"image", b"src", b"element", b"url")
"""Ends of the names of functions that take texts for addresses."""
_WORTH_READING: Final = re.compile(rb"[\\\\@]|url|src|image|cross-fade|element", re.IGNORECASE)
"""What there is no address without: a sign of an import or of an escape, or one of those names."""
_PUT_IN: Final = frozenset({b"var", b"attr", b"env"})
"""Functions whose value is put in from elsewhere."""
_CLOSING: Final = {b"(": b")", b"[": b"]", b"{": b"}"}
_BLANKS: Final = b" \t\r\n\f"
_SELECTED: Final = re.compile(rb"(?<![#.\w-])(?:metadata|(?:c2pa[:|]|\*\|)?manifest)(?![\w-])", re.IGNORECASE)


class Sheet(NamedTuple):
    """What a style sheet, or the value of one property, asks for."""

    addresses: tuple[tuple[bytes, bool], ...]
    """Each with whether it is that of a further style sheet."""
    is_put_together: bool
    """Whether an address is made of what stands elsewhere (`var()`)."""


class _Token(NamedTuple):
    kind: str
    """`comment`, `text`, `address`, `name`, `mark` (a bracket or semicolon) or `other`."""
    raw: bytes
    value: bytes = b""
    """Of texts, addresses and names: without quotes and escapes."""
    opens: bool = False
    """Whether a name begins a function."""


def _unescaped(text: bytes) -> bytes:
    if b"\\" not in text:
        return text

    def put(found: re.Match[bytes]) -> bytes:
        if not found.group(1):
            return bytes(found.group(3) or b"")
        code = int(found.group(1), 16)
        return chr(code).encode() if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else b"?"

    return _ESCAPE.sub(put, text)


def _tokens(style: bytes) -> Iterator[_Token]:
    """Tokens in order (CSS Syntax 3, section 4.3)."""
    position = 0
    while found := _TOKEN.match(style, position):
        comment, text, name, opening, mark = found.groups()
        position = found.end()
        if name is not None:
            value = _unescaped(name)
            if opening and value.lower() == b"url" and (address := _UNQUOTED.match(style, position)):
                position = address.end()
                raw = style[found.start() : position]
                yield _Token("address", raw, _unescaped(address.group(1)).strip(_BLANKS))
            else:
                yield _Token("name", found.group(), value, opening is not None)
        elif text is not None:
            inner = text[1:-1] if len(text) > 1 and text[-1:] == text[:1] else text[1:]
            yield _Token("text", text, _unescaped(inner))
        else:
            yield _Token("comment" if comment is not None else "mark" if mark else "other", found.group())


class _Reader:
    """Follows which function and which rule a token stands in."""

    def __init__(self) -> None:
        self.open: list[tuple[bytes, bytes]] = []
        """Closing bracket and function's name of all that is open."""
        self.fetching = 0
        """Functions among them that take texts for addresses."""
        self.rule = b""
        """`@import` until its address, `@namespace` to its end."""
        self.found: list[tuple[bytes, bool]] = []
        self.is_put_together = False

    def take(self, token: _Token) -> None:
        """The next token."""
        if token.kind == "name":
            self._name(token)
        elif token.kind == "mark":
            self._mark(token.raw)
        elif self._is_address(token):
            self.found.append((token.value.strip(_BLANKS), self.rule == b"@import"))
            self.rule = b""

    def _is_address(self, token: _Token) -> bool:
        """Whether a token is taken for an address; a text in `type()` is a media type (CSS Images 4, section 2.4)."""
        if self.rule == b"@namespace" or token.kind not in ("address", "text"):
            return False
        fetched = self.rule == b"@import" or (bool(self.fetching) and self.open[-1][1] != b"type")
        return token.kind == "address" or fetched

    def _name(self, token: _Token) -> None:
        name = token.value.lower()
        if name in (b"@import", b"@namespace"):
            self.rule = name
        if token.opens:
            if self.fetching and (name in _PUT_IN or name.startswith(b"--")):
                self.is_put_together = True
            self.open.append((b")", name))
            self.fetching += name.endswith(_FETCHING)

    def _mark(self, mark: bytes) -> None:
        if mark in _CLOSING:
            self.open.append((_CLOSING[mark], b""))
        elif self.open and self.open[-1][0] == mark:
            self.fetching -= self.open.pop()[1].endswith(_FETCHING)
        if mark in (b";", b"{", b"}"):
            self.rule = b""


def read(style: bytes) -> Sheet:
    """What a style sheet or the value of one property asks for."""
    reader = _Reader()
    if _WORTH_READING.search(style):
        for token in _tokens(style):
            reader.take(token)
    return Sheet(tuple(reader.found), reader.is_put_together)


def plain(style: bytes) -> bytes:
    """A style sheet without comments and with the escapes in its names resolved."""
    return b"".join(
        b" " if one.kind == "comment" else one.value + b"(" * one.opens if one.kind == "name" else one.raw
        for one in _tokens(style)
    )


def selects_the_manifest(style: bytes) -> bool:
    """Whether a plain style sheet speaks of the elements that carry Content Credentials, by whatever selector."""
    return _SELECTED.search(style) is not None

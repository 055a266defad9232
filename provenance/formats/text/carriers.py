"""Where in a text do Content Credentials lie, and in whose form (C2PA 2.4, annexes A.7 to A.9)?

The bytes decide, never the name of the file: a run of variation selectors behind U+FEFF (A.8), a block in ASCII armour
(A.9), an element in the head of a page (A.7). A carrier that is not as writers make it is told apart, because no
signature covers it.
"""

from __future__ import annotations

import base64
import binascii
import enum
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from provenance.formats.text.page import Element, elements

MAX_CARRIERS: Final = 64
"""Carriers in one text; one is right, more are told."""

MAGIC: Final = b"C2PATXT\0"
"""What a wrapper begins with (A.8.2.2)."""
VERSION: Final = 1
_HEADER: Final = struct.Struct(">8sBI")
"""Magic, version, length of the store."""

_SELECTOR: Final = rb"(?:\xef\xb8[\x80-\x8f]|\xf3\xa0(?:[\x84-\x86][\x80-\xbf]|\x87[\x80-\xaf]))"
"""U+FE00 to U+FE0F and U+E0100 to U+E01EF in UTF-8: one octet each (A.8.3.1)."""
_VALUES: Final = {0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16: chr(byte) for byte in range(256)}
_PADDING: Final = re.compile(rb"\x00*\xff*")
"""What writers put behind a store to reach a length: any number of selectors for 0, then for 255."""

BEGIN: Final = b"-----BEGIN C2PA MANIFEST-----"
END: Final = b"-----END C2PA MANIFEST-----"
DATA: Final = b"data:application/c2pa;base64,"
_COMMENTS: Final = {
    b"#": b"", b"//": b"", b"///": b"", b"--": b"", b";": b"", b";;": b"", b"%": b"", b"!": b"", b"'": b"", b'"': b"",
    b"..": b"", b"NOTE": b"", b"REM": b"", b"##": b"", b"/*": b"*/", b"<!--": b"-->", b"(*": b"*)", b"{-": b"-}",
    b"": b"",
}  # fmt: skip
"""What opens a comment to what closes it; empty where the line's end does (A.9.3.1 leaves them to the host format)."""
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/]*+={0,2}")


class Method(enum.StrEnum):
    """How Content Credentials are put into a text."""

    PAGE = "page"
    """A.7: an element in the head of an HTML page."""
    WRAPPER = "wrapper"
    """A.8: variation selectors."""
    ARMOUR = "armour"
    """A.9: a block between delimiters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """One place that is made for Content Credentials."""

    method: Method
    start: int
    end: int
    """Exclusive. Of all that a hash has to leave out for it."""
    store: bytes | None = field(default=None, repr=False)
    """What it carries, whatever that is; None where it holds an address."""
    address: str = ""
    """Where the Content Credentials are kept, where they are not here."""
    foreign: tuple[tuple[int, int], ...] = ()
    """Parts of it that no writer puts there (start, end)."""


def carriers(data: bytes) -> tuple[Carrier, ...]:
    """Every carrier of a text, in order, at most MAX_CARRIERS. Linear; never raises.

    Args:
        data: in UTF-8, or anything else: then there is none.
    """
    found = [*_wrappers(data), *_armours(data), *_elements(data)]
    return tuple(sorted(found, key=lambda one: one.start)[:MAX_CARRIERS])


_START: Final = "".join(chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in MAGIC).encode()
_WRAPPER: Final = re.compile(rb"\xef\xbb\xbf(" + re.escape(_START) + _SELECTOR + rb"*+)")


def _wrappers(data: bytes) -> Iterator[Carrier]:
    """Wrappers of variation selectors (A.8.4.2). Selectors without the magic are an author's own."""
    for number, match in enumerate(_WRAPPER.finditer(data)):
        if number >= MAX_CARRIERS:
            return
        yield _wrapper(match)


def _wrapper(match: re.Match[bytes]) -> Carrier:
    raw = match[1].decode("utf-8").translate(_VALUES).encode("latin-1")
    _, version, length = _HEADER.unpack(raw[: _HEADER.size]) if len(raw) >= _HEADER.size else (b"", 0, 0)
    start, end, stop = match.start(), match.end(), _HEADER.size + length
    store, padding = raw[_HEADER.size : stop], raw[stop:]
    if version != VERSION or len(store) < length:
        # The specification calls it corrupted; what is left of it is no store, and is handed out as what it is.
        return Carrier(method=Method.WRAPPER, start=start, end=end, store=raw[_HEADER.size :])
    foreign: tuple[tuple[int, int], ...] = ()
    if not _PADDING.fullmatch(padding):
        behind = sum(3 if byte < 16 else 4 for byte in padding)
        foreign = ((end - behind, end),)
    return Carrier(method=Method.WRAPPER, start=start, end=end, store=store, foreign=foreign)


def _armours(data: bytes) -> Iterator[Carrier]:
    """Blocks in ASCII armour (A.9.3)."""
    position = 0
    for _ in range(MAX_CARRIERS):
        begin = data.find(BEGIN, position)
        end = data.find(END, begin + len(BEGIN)) if begin >= 0 else -1
        if end < 0:
            return
        position = end + len(END)
        inner = data[begin + len(BEGIN) : end]
        reference = inner.strip(b" \t\r\n")
        if _ADDRESS.fullmatch(reference):
            yield _armour(data, begin, position, inner, reference)


_ADDRESS: Final = re.compile(rb"[!-~]+")
"""Anything without blanks. A text that speaks of the delimiters has other words between them."""


def _armour(data: bytes, begin: int, stop: int, inner: bytes, reference: bytes) -> Carrier:
    """One block, from its first delimiter to behind its last."""
    line = max(data.rfind(b"\n", 0, begin), data.rfind(b"\r", 0, begin)) + 1
    if not line and data[:3] == b"\xef\xbb\xbf":
        line = 3
    close = min((at for at in (data.find(b"\n", stop), data.find(b"\r", stop)) if at >= 0), default=len(data))
    opener, closer = data[line:begin].strip(b" \t"), data[stop:close].strip(b" \t")
    is_framed = opener in _COMMENTS and _COMMENTS[opener] == closer and _is_in_form(inner, reference, opener)
    start, end = (line, _behind(data, close)) if is_framed else (begin, stop)
    if is_framed and end == len(data):
        # At the end of a file the line end in front of the block came with it.
        start = _before(data, line)
    if not reference.startswith(DATA):
        # Nothing of the store is in the text, and a hash covers the block like anything else (A.9.4).
        return Carrier(method=Method.ARMOUR, start=begin, end=begin, address=reference.decode("ascii"))
    encoded = reference[len(DATA) :]
    foreign = () if is_framed and _is_base64(encoded) else ((start, end),)
    return Carrier(method=Method.ARMOUR, start=start, end=end, store=_decoded(encoded), foreign=foreign)


def _is_in_form(inner: bytes, reference: bytes, opener: bytes) -> bool:
    """Whether a reference stands between its delimiters as writers put it: on their line, or on one of its own."""
    before, _, after = inner.partition(reference) if reference else (inner, b"", b"")
    edges = {(b" ", b" "), (b"", b"")} if opener else {(b" ", b" "), (b"\n", b"\n"), (b"\r\n", b"\r\n")}
    return (before, after) in edges


def _behind(data: bytes, close: int) -> int:
    """Behind the line end that begins at `close`."""
    return close + (2 if data[close : close + 2] == b"\r\n" else 1 if close < len(data) else 0)


def _before(data: bytes, line: int) -> int:
    """In front of the line end that ends at `line`."""
    if data[max(0, line - 2) : line] == b"\r\n":
        return line - 2
    return line - 1 if line and data[line - 1 : line] in (b"\n", b"\r") else line


_PLAIN: Final = re.compile(
    rb"<script type=(?:\"application/c2pa\"|'application/c2pa'|application/c2pa)>[\t\n\r ]*([A-Za-z0-9+/]*={0,2})"
    rb"[\t\n\r ]*</script>",
    re.IGNORECASE,
)
"""The element as writers make it: one attribute, and nothing but base64 in it."""


_PAGE: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<!--(?:[^-]++|-(?!->))*+-->\s*+|<\?[^>]*+>\s*+)*+<(?:!doctype\s++html|html[\s>]|head[\s>])",
    re.IGNORECASE,
)
"""How a page begins; a text that speaks of its elements begins otherwise."""
_NAME: Final = re.compile(rb"c2pa", re.IGNORECASE)


def is_page(data: bytes) -> bool:
    """Whether a text begins as an HTML page does."""
    return bool(_PAGE.match(data))


def _elements(data: bytes) -> Iterator[Carrier]:
    """Elements of an HTML page (A.7.1)."""
    if not _PAGE.match(data) or not _NAME.search(data):
        return
    number = 0
    for one in elements(data):
        if number >= MAX_CARRIERS:
            return
        if one.name == b"script" and one.attribute(b"type").strip().lower() == b"application/c2pa":
            number += 1
            yield _script(data, one)
        elif one.name == b"link" and b"c2pa-manifest" in one.attribute(b"rel").lower().split():
            number += 1
            address = one.attribute(b"href").strip().decode("utf-8", "replace")
            # A hash covers the link like anything else in the page (A.7.1.3).
            yield Carrier(method=Method.PAGE, start=one.start, end=one.start, address=address)


def _script(data: bytes, one: Element) -> Carrier:
    plain = _PLAIN.fullmatch(data, one.start, one.end)
    foreign = () if plain and _is_base64(plain[1]) else ((one.start, one.end),)
    store = _decoded(one.content.strip())
    return Carrier(method=Method.PAGE, start=one.start, end=one.end, store=store, foreign=foreign)


def _decoded(text: bytes) -> bytes:
    """What base64 stands for; empty where it is none."""
    try:
        return binascii.a2b_base64(text)
    except binascii.Error:
        return b""


def _is_base64(text: bytes) -> bool:
    """Whether it is base64 in its one form: padded, unbroken, no bit left over (RFC 4648, section 3.5)."""
    return bool(_BASE64.fullmatch(text)) and base64.b64encode(_decoded(text)) == text

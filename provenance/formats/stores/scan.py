"""Where does a manifest store begin, wherever it lies?

Formats say where a store may stand; copies, tails and other files' parts do not keep to that. So the whole file is
searched for the type of a store's description box, and what is found has to go on as a store does.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

STORE: Final = re.compile(rb"jumb....jumdc2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x008\x9bq", re.DOTALL)
"""The head of a manifest store: a superbox whose description has the type of one (C2PA 2.4, section 11.1.4)."""

_TAIL: Final = bytes.fromhex("00110010800000aa00389b71")
"""With what the UUIDs of all of C2PA's own boxes end (C2PA 2.4, section 11.1)."""
MARK: Final = b"jumdc2pa" + _TAIL
"""What stands in the head of every store, and hardly anywhere else."""
_LABEL: Final = b"c2pa\0"
_MANIFESTS: Final = (b"c2ma", b"c2um", b"c2cm", b"c2md")
"""With what the type of a manifest begins: standard, update, compressed, and time-stamp manifests of drafts."""
_LEAST_DESCRIPTION: Final = 8 + 16 + 1 + len(_LABEL)
"""Bytes of a description box: header, type, toggles, label (ISO/IEC 19566-5, annex B.3)."""
MAX_DESCRIPTION: Final = 4_096
"""The same at most: a digest, a salt and an identifier have some dozens of bytes."""
MAX_ENCODED: Final = 256
"""Stores in base64 that are looked at in one text; a page has a few pictures of its own."""

_GROUP: Final = 4
"""Characters of base64 that make three bytes (RFC 4648, section 4)."""
_IN_BASE64: Final = re.compile(rb"[A-Za-z0-9+/=\s]*+")
_LEAD: Final = 8
"""Groups in front of the mark that hold the superbox's own header, whatever its form."""


class Head(NamedTuple):
    """The beginning of a manifest store."""

    start: int
    """Of the superbox."""
    size: int
    """Bytes that the superbox announces, its header included."""
    has_manifest: bool
    """Whether the box of a manifest begins where the first one has to."""


def head_at(data: bytes, mark: int) -> Head | None:
    """The store whose description has its type at `mark`; None where no superbox labelled `c2pa` stands before it."""
    if data[mark - 8 : mark - 4] == b"jumb":
        start, size = mark - 12, int.from_bytes(data[mark - 12 : mark - 8], "big")
    elif data[mark - 20 : mark - 12] == b"\0\0\0\1jumb":
        start, size = mark - 20, int.from_bytes(data[mark - 12 : mark - 4], "big")
    else:
        return None
    # A size of zero says that it goes on to the end (ISO/IEC 19566-5, annex B.2).
    size = size or len(data) - start
    described = int.from_bytes(data[mark - 4 : mark], "big")
    label = mark + len(MARK) + 1
    is_labelled = data[label - 1] & 3 == 3 and data.startswith(_LABEL, label) if label < len(data) else False
    if start < 0 or not is_labelled or not _LEAST_DESCRIPTION <= described <= min(MAX_DESCRIPTION, size):
        return None
    first = mark - 4 + described
    kind = data[first + 16 : first + 20]
    is_box = data[first + 4 : first + 8] == b"jumb" and data[first + 12 : first + 16] == b"jumd"
    return Head(start, size, is_box and kind in _MANIFESTS and data.startswith(_TAIL, first + 20))


def heads(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Head | None]:
    """What stands at each mark between two offsets, in order: the beginning of a store, or None for anything else.

    Linear; whoever asks says how many are enough.
    """
    stop = len(data) if end is None else end
    mark = data.find(MARK, start, stop)
    while mark >= 0:
        yield head_at(data, mark)
        mark = data.find(MARK, mark + len(MARK), stop)


def _patterns() -> Iterator[tuple[bytes, int]]:
    """(the mark as base64 text, bytes of it before that) for the three ways in which it may meet the groups."""
    for shift in range(3):
        whole = MARK[shift : shift + (len(MARK) - shift) // 3 * 3]
        yield base64.b64encode(whole), shift


_PATTERNS: Final = tuple(_patterns())


class Encoded(NamedTuple):
    """A manifest store that is written as text."""

    start: int
    """Of the group of characters in which it begins."""
    end: int
    """Exclusive; of what of the text was read."""
    octets: bytes
    """From the store's first byte on."""
    head: Head
    """Within the octets."""


def encoded(text: bytes) -> Iterator[Encoded]:
    """Stores in base64, on their own or within a picture that is written so (RFC 4648; RFC 2397).

    Linear: each stretch of text is decoded once, from where a store begins to its end.
    """
    found = sorted({(at, shift) for pattern, shift in _PATTERNS for at in _all(text, pattern)})
    position = 0
    for at, shift in found:
        if at < position:
            continue
        lead = min(_LEAD, (at - position) // _GROUP)
        begin = at - lead * _GROUP
        while begin < at and not _is_group(text[begin:at]):
            begin += _GROUP
        first = _decoded(text[begin : at + 2 * MAX_DESCRIPTION])
        head = head_at(first, (at - begin) // _GROUP * 3 - shift)
        if head is None:
            continue
        written = _IN_BASE64.match(text, begin, begin + (head.start + head.size) * 2 + 64)
        stop = written.end() if written else begin
        octets = _decoded(text[begin:stop])[head.start : head.start + head.size]
        position = stop
        yield Encoded(begin + head.start // 3 * _GROUP, stop, octets, head._replace(start=0))


def is_over(text: bytes) -> bool:
    """Whether there is more that looks like a store in base64 than is looked at."""
    return any(text.count(pattern) > MAX_ENCODED for pattern, _ in _PATTERNS)


def _all(text: bytes, pattern: bytes) -> Iterator[int]:
    at = text.find(pattern)
    for _ in range(MAX_ENCODED):
        if at < 0:
            return
        yield at
        at = text.find(pattern, at + len(pattern))


def _is_group(text: bytes) -> bool:
    """Whether all of it is base64 without padding or breaks."""
    return re.fullmatch(rb"[A-Za-z0-9+/]*+", text) is not None


def _decoded(text: bytes) -> bytes:
    """As many bytes as the text is base64 for; breaks between its lines are passed over."""
    found = _IN_BASE64.match(text)
    plain = re.sub(rb"\s", b"", found[0] if found else b"").rstrip(b"=")
    try:
        return binascii.a2b_base64(plain[: len(plain) // _GROUP * _GROUP] + _rest(plain))
    except binascii.Error:
        return b""


def _rest(plain: bytes) -> bytes:
    """The last, short group with its padding; nothing where it is none."""
    rest = plain[len(plain) // _GROUP * _GROUP :]
    return rest + b"=" * (_GROUP - len(rest)) if len(rest) > 1 else b""

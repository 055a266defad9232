"""How are JUMBF boxes taken apart, with which bounds, and how are they digested?

ISO/IEC 19566-5 as C2PA uses it. Knows boxes, superboxes and brotli; what they mean is `jumbf.py`'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from provenance.credentials.errors import (
    CredentialsLimitError,
    MalformedCredentialsError,
    UnsupportedCredentialsError,
)

MAX_INFLATED_BYTES: Final = 64 * 1024 * 1024
"""Bytes that all compressed manifests of one store may unfold to, together: bounds a brotli bomb."""
MAX_BOXES: Final = 200_000
"""Boxes in one store, nested ones included, a few microseconds each: a manifest has some twenty."""
MAX_BOX_DEPTH: Final = 16
"""Nested superboxes. Store, manifest, assertion store, assertion are four."""
MAX_LABEL_BYTES: Final = 1_024
"""Bytes of a box label; C2PA URNs have about 60."""

HEADER: Final = 8
"""Bytes of a box header with a 32-bit size."""
LARGE_HEADER: Final = 16
"""Bytes of a box header with a 64-bit size."""
_INFLATE_STEP: Final = 64 * 1024
_JUMBF_UUID_TAIL: Final = bytes.fromhex("00110010800000aa00389b71")
_EMBEDDED_FILE_UUID: Final = bytes.fromhex("40cb0c32bb8a489da70b2ad6f47f4369")
_TOGGLE_LABEL: Final = 0x02
_DIGESTS: Final = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


def digest(algorithm: str, *parts: bytes | memoryview) -> bytes:
    """The digest over the parts in order, by C2PA's name for the algorithm (2.4, section 13.1).

    Raises UnsupportedCredentialsError for anything but sha256, sha384, sha512.
    """
    return digest_of(algorithm, parts)


def digest_of(algorithm: str, parts: Iterable[bytes | memoryview]) -> bytes:
    """The same over parts that come one by one, each used up before the next is asked for."""
    state = _maker(algorithm)()
    for part in parts:
        state.update(part)
    found: bytes = state.digest()
    return found


def digests(algorithm: str, parts: Iterable[bytes | memoryview]) -> list[bytes]:
    """The digest of each part by itself, quickly: there may be a million of a few bytes.

    Raises UnsupportedCredentialsError as `digest` does.
    """
    maker = _maker(algorithm)
    return [maker(part).digest() for part in parts]


def _maker(algorithm: str) -> Callable[..., Any]:
    maker = _DIGESTS.get(algorithm)
    if maker is None:
        raise UnsupportedCredentialsError(f"got hash algorithm {algorithm!r}, expected one of {sorted(_DIGESTS)}")
    return maker


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One content box."""

    type: str
    payload: memoryview = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Superbox:
    """One JUMBF superbox."""

    kind: str
    """First four characters of its type UUID (`c2ma`, `cbor`, …), `embedded` for an embedded file, else hex."""
    label: str
    content: memoryview = field(repr=False)
    """Description box and children without the superbox's own header: what hashed URIs hash."""
    boxes: tuple[Box | Superbox, ...]

    def superboxes(self) -> Iterator[Superbox]:
        """The nested superboxes, in order."""
        return (box for box in self.boxes if isinstance(box, Superbox))

    def payload(self, box_type: str) -> memoryview | None:
        """The payload of the first content box of that type; None where there is none."""
        return next((box.payload for box in self.boxes if isinstance(box, Box) and box.type == box_type), None)


class BoxReader:
    """Counts boxes over a whole store, so that the bound holds over nesting and decompression alike."""

    def __init__(self) -> None:
        self.boxes = 0
        self.inflated = 0

    def split(self, data: memoryview, *, depth: int) -> Iterator[tuple[bytes, memoryview]]:
        """The boxes of a byte run as (type, payload). Every byte must belong to one."""
        if depth > MAX_BOX_DEPTH:
            raise CredentialsLimitError(f"got boxes nested deeper than {MAX_BOX_DEPTH}")
        offset = 0
        while offset < len(data):
            self.boxes += 1
            if self.boxes > MAX_BOXES:
                raise CredentialsLimitError(f"got more than {MAX_BOXES} boxes in one store")
            head = data[offset : offset + LARGE_HEADER]
            if len(head) < HEADER:
                raise MalformedCredentialsError(f"got {len(head)} bytes, expected a box header")
            size, start = int.from_bytes(head[:4], "big"), HEADER
            if size == 1:
                size, start = int.from_bytes(head[HEADER:LARGE_HEADER], "big"), LARGE_HEADER
            elif size == 0:
                size = len(data) - offset
            if size < start or offset + size > len(data):
                raise MalformedCredentialsError(f"got a box of {size} bytes where {len(data) - offset} are left")
            yield bytes(head[4:8]), data[offset + start : offset + size]
            offset += size

    def superbox(self, content: memoryview, *, depth: int) -> Superbox:
        """A superbox from its content."""
        parts = self.split(content, depth=depth)
        first = next(parts, None)
        if first is None or first[0] != b"jumd":
            raise MalformedCredentialsError("got a superbox without a description box")
        kind, label = description(first[1])
        boxes: list[Box | Superbox] = []
        for box_type, payload in parts:
            if box_type == b"jumb":
                boxes.append(self.superbox(payload, depth=depth + 1))
            else:
                boxes.append(Box(type=box_type.decode("latin-1"), payload=payload))
        return Superbox(kind=kind, label=label, content=content, boxes=tuple(boxes))

    def inflate(self, data: memoryview) -> memoryview:
        """A brotli stream's content, within the store's budget."""
        import brotli

        decoder, parts = brotli.Decompressor(), []
        try:
            chunk = decoder.process(bytes(data), output_buffer_limit=_INFLATE_STEP)
            while True:
                self.inflated += len(chunk)
                if self.inflated > MAX_INFLATED_BYTES:
                    raise CredentialsLimitError(f"got compressed manifests of more than {MAX_INFLATED_BYTES} bytes")
                parts.append(chunk)
                if decoder.is_finished() or (not chunk and decoder.can_accept_more_data()):
                    break
                chunk = decoder.process(b"", output_buffer_limit=_INFLATE_STEP)
        except brotli.error as error:
            raise MalformedCredentialsError("got a compressed manifest that is no brotli stream") from error
        if not decoder.is_finished():
            raise MalformedCredentialsError("got a compressed manifest that ends too early")
        return memoryview(b"".join(parts))


def description(payload: memoryview) -> tuple[str, str]:
    """(kind, label) of a description box (ISO/IEC 19566-5, section A.3)."""
    if len(payload) < 17:
        raise MalformedCredentialsError(f"got a description box of {len(payload)} bytes, expected at least 17")
    uuid, toggles, rest = bytes(payload[:16]), payload[16], bytes(payload[17 : 17 + MAX_LABEL_BYTES + 1])
    label = ""
    if toggles & _TOGGLE_LABEL:
        text, found, _ = rest.partition(b"\0")
        if not found:
            raise MalformedCredentialsError(f"got a box label that does not end within {MAX_LABEL_BYTES} bytes")
        try:
            label = text.decode("utf-8")
        except UnicodeDecodeError as error:
            raise MalformedCredentialsError("got a box label that is no UTF-8") from error
    if uuid[4:] == _JUMBF_UUID_TAIL:
        return uuid[:4].decode("latin-1"), label
    return ("embedded" if uuid == _EMBEDDED_FILE_UUID else uuid.hex()), label

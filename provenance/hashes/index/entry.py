"""What does an index remember of one known file?

Labels, digests, hashes with the rule that each came about by, what its Content Credentials said when it was added, and
the vouches for it. All of it is data of whoever made the index: shown as such, never obeyed.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

import msgspec
from msgspec import Struct

from provenance.hashes.errors import DamagedIndexError

MAX_RECORD: Final = 16 * 1024 * 1024
"""Bytes of one entry: 64 vouches of some KiB, a thumbnail of 64 KiB, and 10,000 frames of a film."""
MAX_LABEL: Final = 1000
"""Characters of a label."""
_HEAD: Final = struct.Struct("<II")

WHOLE, TRIMMED, FRAME = "whole", "trimmed", "frame"
"""What a hash is of: a whole picture, one without its plain border, a frame of a video."""


class Hashed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one perceptual hash of an entry is of; its bits lie in the index itself, in the same order."""

    algorithm: str = "pdq"
    rule: str = ""
    """How it came about; empty where another program made it and did not say."""
    of: str = WHOLE
    at: int = 0
    """Milliseconds from the start, of a frame."""
    quality: int | None = None
    """0 to 100; None where it is not known."""


class Said(Struct, frozen=True, kw_only=True):
    """One line of the report on the file when it was added."""

    line: str
    status: str
    summary: str


class Code(Struct, frozen=True, kw_only=True):
    """A code for interchange, such as an ISCC unit."""

    algorithm: str
    rule: str
    value: str


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One known file."""

    label: str = ""
    sha256: bytes = b""
    """32 bytes; empty where only a perceptual hash is known."""
    name: str = ""
    """The file's name without its folder."""
    media_type: str = ""
    size: int = 0
    width: int = 0
    height: int = 0
    hashes: tuple[Hashed, ...] = ()
    codes: tuple[Code, ...] = ()
    said: tuple[Said, ...] = ()
    """What its Content Credentials said; empty where it had none."""
    judged_at: str = ""
    """RFC 3339 instant at which that was judged."""
    vouches: tuple[bytes, ...] = ()
    """As they came; checked again by whoever shows them."""
    thumbnail: bytes = b""
    """A small JPEG, to compare pixels with; empty where there is none."""
    source: str = ""
    """The list that it was imported from; empty where it was added from the file itself."""


_entries: Final = msgspec.msgpack.Decoder(Entry)


def encode_entry(entry: Entry) -> bytes:
    """An entry as it is stored: its length, its checksum and MessagePack.

    Raises:
        ValueError: it is larger than `MAX_RECORD`, its digest has another length, its label is too long, or a text in
            it holds halves of characters.
    """
    if len(entry.sha256) not in (0, 32):
        raise ValueError(f"got a digest of {len(entry.sha256)} bytes, expected 32 or none")
    if len(entry.label) > MAX_LABEL:
        raise ValueError(f"got a label of {len(entry.label)} characters, expected at most {MAX_LABEL}")
    content = msgspec.msgpack.encode(entry)
    if len(content) > MAX_RECORD:
        raise ValueError(f"got an entry of {len(content)} bytes, expected at most {MAX_RECORD}")
    return _HEAD.pack(len(content), zlib.crc32(content)) + content


def decode_entry(records: memoryview, offset: int) -> Entry:
    """The entry that lies at an offset, checked.

    Raises:
        DamagedIndexError: there is none, or it is not what was written.
    """
    if not 0 <= offset <= len(records) - _HEAD.size:
        raise DamagedIndexError(f"got an entry at byte {offset} of {len(records)}")
    size, checksum = _HEAD.unpack_from(records, offset)
    content = bytes(records[offset + _HEAD.size : offset + _HEAD.size + size]) if size <= MAX_RECORD else b""
    if len(content) != size or zlib.crc32(content) != checksum:
        raise DamagedIndexError(f"the entry at byte {offset} is not what was written")
    try:
        return _entries.decode(content)
    except msgspec.MsgspecError as error:
        raise DamagedIndexError(f"the entry at byte {offset} has another shape") from error

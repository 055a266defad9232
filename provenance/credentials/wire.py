"""What do the pool and its workers say to each other over their pipes?

Frames of a kind, a length and MessagePack, typed on both sides: a worker that a hostile file has taken over can lie
about that file, and do no more. Media follow their task as plain bytes.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

import msgspec

from provenance.credentials.model import Outcome, Reading

PICTURE: Final = "picture"
"""The part of a task that measures the picture; the other parts are engines."""

TRUST: Final = b"T"
"""To the worker: the lists for the tasks that follow."""
TASK: Final = b"J"
"""To the worker: a task, with its media behind it."""
READY: Final = b"R"
"""From the worker, once: its engines are loaded."""
PART: Final = b"P"
"""From the worker: the number and name of a part, with its value behind it."""
DONE: Final = b"D"
"""From the worker: a task is finished."""

MAX_FRAME: Final = 512 * 1024 * 1024
"""Bytes of a frame: a store (256 MiB at most) and a thumbnail (32 MiB), with room for the words."""
GRACE: Final = 5.0
"""Seconds after which a worker ends itself, once the pool should have ended it."""
_HEAD: Final = struct.Struct("<cQ")
_PART: Final = struct.Struct("<QB")


class BrokenWireError(Exception):
    """The other side is gone, or says what it may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a worker is asked to do with the bytes that follow."""

    number: int
    media_type: str
    parts: tuple[str, ...]
    at: dt.datetime
    pixels: int
    seconds: float
    """After so long the worker ends itself, should nobody be left to end it."""
    sizes: tuple[int, int | None, int | None]
    """Bytes of the media, the sidecar and the fragment."""
    sidecar_wins: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture's size, or why there is none."""

    width: int | None = None
    height: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What a worker says of itself when it can begin."""

    versions: Mapping[str, str]
    """Engine or package name to version; those that could not be loaded are missing."""
    memory_limited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The end of a task."""

    number: int
    retire: bool
    """Whether the worker ends now, because it has grown or has done its share."""


def frame(kind: bytes, content: bytes) -> bytes:
    """One frame, ready to be written."""
    return _HEAD.pack(kind, len(content)) + content


def part(number: int, name: str, value: bytes) -> bytes:
    """The frame of one part: its task's number, its name and its encoded value."""
    named = name.encode()
    return frame(PART, _PART.pack(number, len(named)) + named + value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part's value, as it arrived."""

    number: int
    name: str
    value: Picture | Reading


_readies: Final = msgspec.msgpack.Decoder(Ready)
_dones: Final = msgspec.msgpack.Decoder(Done)
_pictures: Final = msgspec.msgpack.Decoder(Picture)
_readings: Final = msgspec.msgpack.Decoder(Reading)


def decode_ready(content: bytes) -> Ready:
    """What a worker says of itself.

    Raises:
        msgspec.MsgspecError: It is something else.
    """
    return _readies.decode(content)


def decode_done(content: bytes) -> Done:
    """The end of a task.

    Raises:
        msgspec.MsgspecError: It is something else.
    """
    return _dones.decode(content)


def decode_part(content: bytes) -> Part:
    """One part with its value, checked for what every reader of a reading relies on.

    Raises:
        BrokenWireError: It is no part, or a reading that contradicts itself.
        msgspec.MsgspecError: Its value is of another shape.
    """
    try:
        number, length = _PART.unpack_from(content)
        name = content[_PART.size : _PART.size + length].decode()
    except (struct.error, UnicodeDecodeError) as error:
        raise BrokenWireError("got a part without a name") from error
    body = memoryview(content)[_PART.size + length :]
    if name == PICTURE:
        return Part(number=number, name=name, value=_pictures.decode(body))
    reading = _readings.decode(body)
    found = reading.outcome is Outcome.FOUND
    if reading.engine != name or found != (reading.store is not None) or (found and reading.state is None):
        raise BrokenWireError("got a reading that contradicts itself")
    if reading.store is not None and not reading.store.manifests:
        raise BrokenWireError("got a manifest store without a manifest")
    return Part(number=number, name=name, value=reading)


def read_frame(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    """The next frame's kind and content; None at the end.

    Raises:
        BrokenWireError: The stream ends within a frame, or a frame is over `MAX_FRAME`.
    """
    head = stream.read(_HEAD.size)
    if not head:
        return None
    if len(head) < _HEAD.size:
        raise BrokenWireError("the stream ends within a frame's head")
    kind, size = _HEAD.unpack(head)
    if size > MAX_FRAME:
        raise BrokenWireError(f"got a frame of {size} bytes, expected at most {MAX_FRAME}")
    return kind, read_exactly(stream, size)


def read_exactly(stream: BinaryIO, size: int) -> bytes:
    """So many bytes.

    Raises:
        BrokenWireError: The stream ends before.
    """
    content = stream.read(size)
    if len(content) < size:
        raise BrokenWireError(f"got {len(content)} bytes, expected {size}")
    return content

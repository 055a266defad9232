"""What do the pool and its workers say to each other over their pipes?

Frames of a kind, a length and MessagePack, typed on both sides: a worker that a hostile file has taken over can lie
about that file, and do no more. Media follow their task as plain bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import BinaryIO, Final

import msgspec
from msgspec import Struct

from provenance.errors import ProvenanceError
from provenance.workers.task import Lists, Task

LISTS: Final = b"T"
"""To the worker: the reader's lists for the tasks that follow."""
TASK: Final = b"J"
"""To the worker: a task, with its media behind it."""
READY: Final = b"R"
"""From the worker, once: its engines are loaded."""
PART: Final = b"P"
"""From the worker: the number of its task and the name of a part, with its value behind it (`parts`)."""
DONE: Final = b"D"
"""From the worker: a task is finished."""

MAX_FRAME: Final = 512 * 1024 * 1024
"""Bytes of a frame: a store (256 MiB at most) and a thumbnail (32 MiB), with room for the words."""
GRACE: Final = 5.0
"""Seconds after which a worker ends itself, once the pool should have ended it."""
_HEAD: Final = struct.Struct("<cQ")


class BrokenWireError(ProvenanceError):
    """The other side is gone, or says what it may not."""

    hint = "the file did something to its reader; keep it and report it"


class Place(Struct, frozen=True, kw_only=True):
    """Where a worker opens media that are not sent, and which file has to lie there."""

    path: str
    """Absolute."""
    identity: tuple[int, int, int, int]
    """As `provenance.files.window.Identity` has it."""


class Order(Struct, frozen=True, kw_only=True):
    """A task on its way to a worker, with what the way needs; its bytes follow behind it."""

    number: int
    task: Task
    """Without attachments and lists (`Task.bare`)."""
    parts: tuple[str, ...]
    """Those without an answer yet, in order."""
    seconds: float
    """After so long the worker ends itself, should nobody be left to end it."""
    media: int
    """Bytes of the media, which follow first; 0 where they lie at a place."""
    place: Place | None = None
    """Where the media lie; None where they follow."""
    sizes: tuple[int | None, ...] = ()
    """Bytes of what follows the media, as `Task.sizes` has them."""


class Ready(Struct, frozen=True, kw_only=True):
    """What a worker says of itself when it can begin."""

    versions: Mapping[str, str]
    """Package name to version; those that could not be loaded are missing."""


class Done(Struct, frozen=True, kw_only=True):
    """The end of a task."""

    number: int
    retire: bool
    """Whether the worker ends now, because it has grown or has done its share."""


def frame(kind: bytes, content: bytes) -> bytes:
    """One frame, ready to be written."""
    return _HEAD.pack(kind, len(content)) + content


_readies: Final = msgspec.msgpack.Decoder(Ready)
_dones: Final = msgspec.msgpack.Decoder(Done)


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


def lists_frame(lists: Lists) -> bytes:
    """The frame that tells a worker of the reader's lists."""
    return frame(LISTS, msgspec.msgpack.encode(lists))


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


def skip(stream: BinaryIO, size: int) -> None:
    """Read so many bytes and forget them.

    Raises:
        BrokenWireError: The stream ends before.
    """
    while size:
        part = stream.read(min(size, 64 * 1024))
        if not part:
            raise BrokenWireError(f"the stream ends {size} bytes too early")
        size -= len(part)

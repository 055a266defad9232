"""What do the parent and a worker say to each other? Typed messages with a length before each.

MessagePack by msgspec: decoding never runs code, unlike pickles, and a hostile asset that took over a worker gains
nothing but wrong answers.
"""

from __future__ import annotations

import datetime as dt
from typing import IO, Any, Final, TypeAlias, TypeVar

import msgspec

from provenance.credentials.model import Reading
from provenance.credentials.trust_settings import TrustSettings

ENGINES: Final = ("c2pa-rs", "encypher-c2pa")
"""Engines by name, the one whose store the report describes first."""
MAX_MESSAGE: Final = 2 * 1024 * 1024 * 1024
"""Bytes of one message: the largest asset with its sidecar, or an answer with its store."""


class Job(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One asset to read."""

    data: bytes = b""
    media_type: str
    sidecar: bytes | None = None
    engines: tuple[str, ...] = ENGINES
    trust: TrustSettings
    at: dt.datetime
    pixels: int
    """Most pixels that a picture may claim."""


class Started(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The worker has loaded its engines."""

    versions: dict[str, str]


class Sized(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The picture's size; None where it is none."""

    width: int | None
    height: int | None


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One engine's reading."""

    reading: Reading


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One part could not be done; `reason` is a stable word."""

    part: str
    reason: str


Part: TypeAlias = Started | Sized | Answer | Failed

M = TypeVar("M")


class ProtocolError(Exception):
    """The other side sent something that is no message."""


def encode(message: object) -> bytes:
    """A message with its length before it, eight bytes big-endian."""
    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(8, "big") + body


def write_message(stream: IO[bytes], message: object) -> None:
    """Send one message whole."""
    view = memoryview(encode(message))
    while view:
        written = stream.write(view)
        view = view[written or 0 :]
    stream.flush()


def read_message(stream: IO[bytes], kind: type[M]) -> M | None:
    """The next message; None at the end of the stream.

    Raises:
        ProtocolError: the stream ends within a message, or holds none.
    """
    head = _exactly(stream, 8)
    if head is None:
        return None
    size = int.from_bytes(head, "big")
    if size > MAX_MESSAGE:
        raise ProtocolError(f"got a message of {size} bytes, expected at most {MAX_MESSAGE}")
    body = _exactly(stream, size)
    if body is None:
        raise ProtocolError("the stream ended before the message")
    return decode(body, kind)


def read_part(stream: IO[bytes]) -> Part | None:
    """The next part of a worker's answer; None at the end of the stream.

    Raises:
        ProtocolError: the stream ends within a message, or holds none.
    """
    kind: Any = Part  # a union is no class, but msgspec takes it for one
    part: Part | None = read_message(stream, kind)
    return part


def decode(body: bytes | bytearray, kind: type[M]) -> M:
    """One message's body.

    Raises:
        ProtocolError: it is none of the expected kind.
    """
    try:
        return msgspec.msgpack.decode(body, type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise ProtocolError("got something that is no message") from error


def _exactly(stream: IO[bytes], size: int) -> bytearray | None:
    """That many bytes; None where the stream ends before the first."""
    parts = bytearray()
    while len(parts) < size:
        part = stream.read(size - len(parts))
        if not part:
            if parts:
                raise ProtocolError("the stream ended within a message")
            return None
        parts += part
    return parts

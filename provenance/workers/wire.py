"""What do the pool and its workers say to each other over their pipes?

Frames of a kind, a length and MessagePack, typed on both sides: a worker that a hostile file has taken over can lie
about that file, and do no more. Media follow their task as plain bytes.
"""

from __future__ import annotations

import datetime as dt
import functools
import struct
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeAlias

import msgspec
from msgspec import Struct

from provenance.credentials.engines.model import ManifestStore, Outcome, Reading
from provenance.credentials.trust.settings import TrustSettings
from provenance.metadata.model import Metadata
from provenance.preview import Previews, is_small_picture

if TYPE_CHECKING:
    from provenance.credentials.own_check import OwnCheck
    from provenance.credentials.trust.view import TrustView
    from provenance.hashes.fingerprint import Fingerprint
    from provenance.hashes.original import Against

PICTURE: Final = "picture"
"""The part of a task that measures the picture."""
PREVIEW: Final = "preview"
"""The part of a task that makes small pictures, for reports that show them."""
METADATA: Final = "metadata"
"""The part of a task that reads the file's own metadata."""
HASHES: Final = "hashes"
"""The part of a task that makes what a file may be recognised by."""
OWN: Final = "own"
"""The part of a task that is our own check; the parts with other names are engines."""

ORIGINAL: Final = "original"
"""The part of a task that compares the file with its original."""
CRJSON: Final = "crjson"
"""The part of a task that writes the manifests down as crJSON."""

LISTS: Final = b"T"
"""To the worker: the reader's lists for the tasks that follow."""
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


class Lists(Struct, frozen=True, kw_only=True):
    """The reader's lists, as the first engine and as our own check are told of them."""

    trust: TrustSettings
    view: bytes
    """Encoded once more by itself: unpacked only where our own check runs; empty where it is not asked for."""


class Place(Struct, frozen=True, kw_only=True):
    """Where a worker opens media that are not sent, and which file has to lie there."""

    path: str
    """Absolute."""
    identity: tuple[int, int, int, int]
    """As `provenance.files.window.Identity` has it."""


class Task(Struct, frozen=True, kw_only=True):
    """What a worker is asked to do with the bytes that follow."""

    number: int
    media_type: str
    parts: tuple[str, ...]
    at: dt.datetime
    pixels: int
    seconds: float
    """After so long the worker ends itself, should nobody be left to end it."""
    sizes: tuple[int, int | None]
    """Bytes of the media, 0 where they lie at a place, and of the sidecar."""
    place: Place | None = None
    """Where the media lie; None where they follow."""
    fragments: tuple[int, ...] = ()
    """Bytes of each fragment, in order."""
    sidecar_wins: bool
    asking: bool = False
    """Whether our own check shall say what could be asked about revocation."""
    answers: tuple[bytes, ...] = ()
    """Revocation answers that were asked for just now."""
    answered: dt.datetime | None = None
    """When they were; None where nothing was asked."""
    original: int | None = None
    """Bytes of the original, last of all; None to take the thumbnail that the file's own history carries."""
    original_type: str = ""


class Picture(Struct, frozen=True, kw_only=True):
    """A picture's size, or why there is none."""

    width: int | None = None
    height: int | None = None
    reason: str = ""


class Own(Struct, frozen=True, kw_only=True):
    """What we established ourselves, or why that did not come about."""

    check: OwnCheck | None = None
    reason: str = ""
    account: ManifestStore | None = None
    """The manifests as we read them ourselves, where the first engine gave no account of them."""


class Crjson(Struct, frozen=True, kw_only=True):
    """The manifests as crJSON has them, or why there are none."""

    manifests: tuple[dict[str, Any], ...] = ()
    reason: str = ""
    """`absent`, `malformed`, `limit` as our own check says, or why this part did not come about."""


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


def part(number: int, name: str, value: bytes) -> bytes:
    """The frame of one part: its task's number, its name and its encoded value."""
    named = name.encode()
    return frame(PART, _PART.pack(number, len(named)) + named + value)


class Part(Struct, frozen=True, kw_only=True):
    """One part's value, as it arrived."""

    number: int
    name: str
    value: Value


Value: TypeAlias = "Picture | Previews | Metadata | Reading | Own | Crjson | Fingerprint | Against"
"""What a part comes to."""

_readies: Final = msgspec.msgpack.Decoder(Ready)
_dones: Final = msgspec.msgpack.Decoder(Done)
_pictures: Final = msgspec.msgpack.Decoder(Picture)
_metadata: Final = msgspec.msgpack.Decoder(Metadata)
_crjsons: Final = msgspec.msgpack.Decoder(Crjson)
_previews: Final = msgspec.msgpack.Decoder(Previews)
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
    if name == METADATA:
        return Part(number=number, name=name, value=_metadata.decode(body))
    if name == PREVIEW:
        previews = _previews.decode(body)
        if not all(map(is_small_picture, previews.pictures)):
            raise BrokenWireError("got a small picture that is none")
        return Part(number=number, name=name, value=previews)
    if name == HASHES:
        return Part(number=number, name=name, value=_decode_hashes(body))
    if name == ORIGINAL:
        return Part(number=number, name=name, value=_decode_against(body))
    if name == CRJSON:
        return Part(number=number, name=name, value=_crjsons.decode(body))
    if name == OWN:
        return Part(number=number, name=name, value=_decode_own(body))
    reading = _readings.decode(body)
    found = reading.outcome is Outcome.FOUND
    if reading.engine != name or found != (reading.store is not None) or (found and reading.state is None):
        raise BrokenWireError("got a reading that contradicts itself")
    if reading.store is not None and not reading.store.manifests:
        raise BrokenWireError("got a manifest store without a manifest")
    return Part(number=number, name=name, value=reading)


def encode_lists(trust: TrustSettings, view: TrustView | None) -> bytes:
    """The frame that tells a worker of the reader's lists."""
    packed = b"" if view is None else msgspec.msgpack.encode(view)
    return frame(LISTS, msgspec.msgpack.encode(Lists(trust=trust, view=packed)))


@functools.lru_cache(maxsize=1)
def decode_view(view: bytes) -> TrustView:
    """The lists as our own check looks at them.

    Raises:
        msgspec.MsgspecError: It is something else.
    """
    from provenance.credentials.trust.view import TrustView

    return msgspec.msgpack.decode(view, type=TrustView)


_WHY: Final = b"W"
_CHECK: Final = b"C"


def encode_value(value: Value) -> bytes:
    """A part's value.

    Raises:
        RecursionError, ValueError, TypeError: It holds what MessagePack does not.
        MemoryError: Not enough memory for it.
    """
    if not isinstance(value, Own):
        return msgspec.msgpack.encode(value)
    if value.check is None:
        return _WHY + value.reason.encode()
    return _CHECK + msgspec.msgpack.encode((value.check.folded(), value.account))


def _decode_hashes(body: memoryview) -> Fingerprint:
    # Only now: nothing of it is loaded where nobody has an index.
    from provenance.hashes.fingerprint import Fingerprint

    found = msgspec.msgpack.decode(body, type=Fingerprint)
    if not found.is_sound:
        raise BrokenWireError("got hashes of another length, or a small picture that is none")
    return found


def _decode_against(body: memoryview) -> Against:
    # Only now: nothing of it is loaded where no original was given.
    from provenance.hashes.original import Against

    found = msgspec.msgpack.decode(body, type=Against)
    if not found.is_sound:
        raise BrokenWireError("got a comparison that contradicts itself, or a map that is none")
    return found


def _decode_own(body: memoryview) -> Own:
    kind, content = bytes(body[:1]), body[1:]
    if kind == _WHY:
        return Own(reason=str(content, "ascii", "replace"))
    if kind != _CHECK:
        raise BrokenWireError("got a check of ours of another kind")
    check, account = _own_decoder().decode(content)
    if account is not None and not account.manifests:
        raise BrokenWireError("got a manifest store without a manifest")
    return Own(check=check.unfolded(), account=account)


_making: Final = threading.Lock()
"""Several threads of a pool may want the first decoder at once, and msgspec crashes where two look into one class."""


def _own_decoder() -> msgspec.msgpack.Decoder[tuple[OwnCheck, ManifestStore | None]]:
    """The decoder of our own check, made once."""
    with _making:
        return _make_own_decoder()


@functools.lru_cache(maxsize=1)
def _make_own_decoder() -> msgspec.msgpack.Decoder[tuple[OwnCheck, ManifestStore | None]]:
    # Only now: its types bring an X.509 library, which most of this module's users do without.
    from provenance.credentials.own_check import OwnCheck

    return msgspec.msgpack.Decoder(tuple[OwnCheck, ManifestStore | None])


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

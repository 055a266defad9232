"""What may a file's own metadata say that somebody would ask for, in types that belong to no format?

Times, a place, and statements about how it was made. All of it is text that anybody can write: nothing here is signed,
and nothing here decides what it is worth.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

from provenance.reasons import Reason

MAX_BLOCK: Final = 4 * 1024 * 1024
"""Bytes of one block of metadata that are read, compressed or not; real XMP stays below 1 MiB, workflows below 3."""
MAX_TOTAL: Final = 16 * 1024 * 1024
"""Bytes of all blocks of one file."""
MAX_BLOCKS: Final = 512
"""Blocks of metadata of one file: PNG text chunks, ID3 frames, boxes."""
MAX_FIELDS: Final = 2048
"""Fields of one file that are looked at; XMP alone repeats some for every layer or region."""
MAX_TEXT: Final = 64 * 1024
"""Characters of one field that are looked at: the marks of every generator stand at the beginning."""
MAX_KEPT: Final = 300
"""Characters of a text that are kept to be shown."""
MAX_STATEMENTS: Final = 64
"""Statements that are kept."""


Note: TypeAlias = Callable[[str], None]
"""Hears of a bound that was met, in words."""


class Block(NamedTuple):
    """A run of metadata as it lies in a file, taken out of what wraps it."""

    kind: str
    """`exif` (a TIFF structure), `xmp`, `iptc` (IIM), `photoshop` (image resources), or `text` for a named text."""
    data: bytes
    spans: tuple[tuple[int, int], ...]
    """Where it lies in the file, with its wrapping; end exclusive."""
    name: str = ""
    """Of a `text`: whose and which, in our words (`PNG text parameters`)."""
    text: str = ""
    """Of a `text`: its content."""


class Field(NamedTuple):
    """One named text of a file's metadata."""

    name: str
    """In our words: `EXIF Software`, `XMP photoshop:Credit`, `PNG text parameters`."""
    text: str
    spans: tuple[tuple[int, int], ...] = ()


class Role(enum.StrEnum):
    """What a time is said to be the time of."""

    CAPTURED = "captured"
    DIGITISED = "digitised"
    MODIFIED = "modified"
    POSITION = "position"
    """When the position was measured: the only EXIF time in UTC by definition."""


class MetadataTime(Struct, frozen=True, kw_only=True):
    """A time as the metadata states it."""

    field: str
    """Where it stands: `EXIF DateTimeOriginal`, `XMP xmp:CreateDate`, …"""
    role: Role
    written: str
    """As written, with what other fields add to it (fraction, offset)."""
    time: dt.datetime
    """In UTC where the offset is known, else naive: the wall clock of wherever it was set."""
    offset_known: bool
    spans: tuple[tuple[int, int], ...] = ()
    """Where it lies in the file."""


class GeoPoint(Struct, frozen=True, kw_only=True):
    """A place as the metadata states it."""

    latitude: float
    """Degrees north, -90 to 90, seven places."""
    longitude: float
    """Degrees east, -180 to 180, seven places."""
    altitude: float | None
    """Metres above sea level."""
    source: str
    """`EXIF GPS`, `XMP exif:GPSLatitude`, …"""
    spans: tuple[tuple[int, int], ...] = ()


class Sort(enum.StrEnum):
    """What kind of statement about its making it is."""

    SOURCE_TYPE = "source-type"
    """An IPTC digital source type."""
    SYSTEM = "ai-system"
    """The IPTC field for the AI system used, or its version."""
    PROMPT = "ai-prompt"
    """The IPTC fields for the prompt and who wrote it."""
    CREDIT = "credit"
    """A credit line that makers of AI tools set."""
    LABEL = "label"
    """A platform's or a law's label in a form of its own."""
    PARAMETERS = "parameters"
    """Generation parameters in the form in which one program writes them."""
    SOFTWARE = "software"
    """The name of a program that generates media, in a field for the software used."""
    TRAINING = "training"
    """Whether it may be used for data mining and the training of AI."""


class Meaning(enum.StrEnum):
    """What a statement comes to, where its sort alone does not say."""

    GENERATED = "generated"
    EDITED = "edited"
    USED = "used"
    """AI was used, and how much is not said."""
    POSSIBLE = "possible"
    """AI may have been used."""
    OTHER = "other"
    """What it says stands in the value."""


class Statement(Struct, frozen=True, kw_only=True):
    """One statement about how the media was made, which anybody could have written."""

    kind: Sort
    value: str
    """As written, at most MAX_KEPT characters."""
    where: str
    """The field: `XMP Iptc4xmpExt:DigitalSourceType`, `PNG text parameters`, …"""
    meaning: Meaning
    system: str = ""
    """The program or maker in our words; empty where it is not known."""
    spans: tuple[tuple[int, int], ...] = ()


class StatedKind(enum.StrEnum):
    """What of itself a file states, besides times, a place and AI."""

    CAMERA = "camera"
    LENS = "lens"
    SOFTWARE = "software"
    ENCODER = "encoder"
    AUTHOR = "author"
    COPYRIGHT = "copyright"


class Stated(Struct, frozen=True, kw_only=True):
    """One thing that a file states of itself."""

    kind: StatedKind
    value: str
    """As written."""
    where: str
    """The field or fields: `EXIF Make, EXIF Model`, `XMP dc:creator`, …"""


class Metadata(Struct, frozen=True, kw_only=True):
    """What was read of a file's own metadata."""

    times: tuple[MetadataTime, ...] = ()
    place: GeoPoint | None = None
    statements: tuple[Statement, ...] = ()
    camera: str = ""
    """Make and model as written, empty where neither is."""
    stated: tuple[Stated, ...] = ()
    """With what, by whom and under which terms it says to have been made."""
    unread: tuple[str, ...] = ()
    """What of this type's metadata is not read here, or was not in this file, in words for `not checked`."""
    cut: tuple[str, ...] = ()
    """What there is in the file beyond what is looked at, in our words (`fields beyond 2,048`)."""
    reason: Reason | None = None
    """Why nothing was read (`time-limit`, `crash`, …); empty where it was."""


def ignore(_what: str) -> None:
    """What is told of bounds that were met, where nobody asks."""


def beyond(what: str, most: int) -> str:
    """In words, what was left out by a bound."""
    return f"{what} beyond {most:,}"


def kept(text: str, limit: int = MAX_KEPT) -> str:
    """A text cut to what is kept of it; lone surrogates become question marks, so that it can travel."""
    return text[:limit].strip("\0 \t\r\n").encode("utf-8", "replace").decode("utf-8")


def decoder() -> msgspec.msgpack.Decoder[Metadata]:
    """A decoder for what crosses between processes."""
    return msgspec.msgpack.Decoder(Metadata)

"""What do the few EXIF fields say that are asked for? A bounded reader of the TIFF structure that EXIF is.

Reads classic and big TIFF directories (TIFF 6.0; CIPA DC-008). Every offset is checked, every directory is read once,
and no value is longer than it may be; a broken entry is left out and the rest is read.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from provenance.metadata.model import MAX_BLOCK, MAX_TEXT, Block, Field, GeoPoint, Note, beyond, ignore

MAX_DIRECTORIES: Final = 16
"""Directories that are read: the image's, EXIF's and GPS's, and those of further images of a TIFF."""
MAX_EMBEDDED: Final = 8
"""Blocks in tags of one structure."""
MAX_ENTRIES: Final = 1_000
"""Entries of one directory that are read; cameras write below 100."""

_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 13: 4, 16: 8, 17: 8, 18: 8, 129: 1}
_DIRECTORIES: Final = {0x8769: "exif", 0x8825: "gps"}
_POSITION: Final = (0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07)
_XMP, _IPTC, _PHOTOSHOP = 700, 33723, 34377

_TEXTS: Final = {
    ("image", 0x010E): "ImageDescription",
    ("image", 0x010F): "Make",
    ("image", 0x0110): "Model",
    ("image", 0x0131): "Software",
    ("image", 0x0132): "DateTime",
    ("image", 0x013B): "Artist",
    ("image", 0x8298): "Copyright",
    ("image", 0x9C9B): "XPTitle",
    ("image", 0x9C9C): "XPComment",
    ("image", 0x9C9E): "XPKeywords",
    ("exif", 0x9003): "DateTimeOriginal",
    ("exif", 0x9004): "DateTimeDigitized",
    ("exif", 0x9010): "OffsetTime",
    ("exif", 0x9011): "OffsetTimeOriginal",
    ("exif", 0x9012): "OffsetTimeDigitized",
    ("exif", 0x9286): "UserComment",
    ("exif", 0x9290): "SubSecTime",
    ("exif", 0x9291): "SubSecTimeOriginal",
    ("exif", 0x9292): "SubSecTimeDigitized",
    ("exif", 0xA434): "LensModel",
    ("exif", 0xA436): "ImageTitle",
    ("exif", 0xA43B): "ImageEditingSoftware",
    ("exif", 0xA43C): "MetadataEditingSoftware",
    ("gps", 0x001D): "GPSDateStamp",
}
"""The texts that are read (CIPA DC-008-2023, tables 4 to 15)."""
_WIDE: Final = (0x9C9B, 0x9C9C, 0x9C9E)
"""Windows' fields, in UTF-16."""
_CHARSETS: Final = {b"ASCII\0\0\0": "latin-1", b"JIS\0\0\0\0\0": "iso2022_jp", b"\0" * 8: "utf-8"}


class Value(NamedTuple):
    """The bytes of one entry's values."""

    kind: int
    raw: bytes
    at: int
    """Where they lie in the structure."""


class Exif(NamedTuple):
    """What was read of one TIFF structure."""

    values: dict[tuple[str, int], Value]
    """(directory, tag) to values, the first one of each."""
    order: str
    """`little` or `big`."""
    embedded: tuple[tuple[str, bytes, int], ...]
    """XMP, IPTC and Photoshop blocks kept in tags: kind, bytes and where they lie in the structure."""

    def text(self, directory: str, tag: int) -> str:
        """A text value; empty where it is not there."""
        value = self.values.get((directory, tag))
        if value is None or value.kind not in (1, 2, 7, 129):
            return ""
        if tag == 0x9286:
            return _comment(value.raw, self.order)
        if tag in _WIDE:
            return value.raw[: 2 * MAX_TEXT].decode("utf-16-le", "replace").split("\0", 1)[0]
        raw = value.raw[:MAX_TEXT].split(b"\0", 1)[0]
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode("latin-1")

    def rationals(self, tag: int, count: int) -> tuple[float, ...]:
        """That many unsigned rationals of the GPS directory; empty where they are not there or not finite."""
        value = self.values.get(("gps", tag))
        if value is None or value.kind not in (5, 10) or len(value.raw) < 8 * count:
            return ()
        numbers = []
        for at in range(0, 8 * count, 8):
            above, below = (self._int(value.raw[at + part : at + part + 4]) for part in (0, 4))
            if not below:
                return ()
            numbers.append(above / below)
        return tuple(numbers)

    def number(self, directory: str, tag: int) -> int:
        """The first value as an unsigned integer; 0 where it is not there."""
        value = self.values.get((directory, tag))
        return self._int(value.raw[: _SIZES[value.kind]]) if value is not None else 0

    def _int(self, raw: bytes) -> int:
        return int.from_bytes(raw, "little" if self.order == "little" else "big")


def _comment(raw: bytes, order: str) -> str:
    """A user comment behind its eight bytes of character code; UTF-16 in the file's order, whatever its mark says."""
    code, body = raw[:8], raw[8:]
    if code.startswith(b"UNICODE"):
        body = body[: 2 * MAX_TEXT]
        # Writers differ on the order: the one in which the text looks like text is taken.
        little = order == "little"
        if len(body) >= 2 and (body[0] == 0) != (body[1] == 0):
            little = body[1] == 0
        return body.decode("utf-16-le" if little else "utf-16-be", "replace").strip("\0\ufeff ")
    text = body if code in _CHARSETS else raw
    text = text[: 2 * MAX_TEXT].strip(b"\0 ")
    try:
        return text.decode("iso2022_jp" if code.startswith(b"JIS") else "utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


class _Reader:
    """Walks the directories."""

    def __init__(self, data: memoryview, note: Note) -> None:
        self.data = data
        self.note = note
        self.order = "little" if bytes(data[:2]) == b"II" else "big"
        self.big = self.number(2, 2) == 43
        self.word = 8 if self.big else 4
        self.values: dict[tuple[str, int], Value] = {}
        self.embedded: list[tuple[str, bytes, int]] = []
        self.visited: set[int] = set()

    def number(self, position: int, size: int) -> int:
        """An unsigned integer in the file's order; 0 past its end."""
        return int.from_bytes(self.data[position : position + size], "little" if self.order == "little" else "big")

    def walk(self) -> None:
        """Every directory once, the image's first."""
        queue = [(self.number(8 if self.big else 4, self.word), "image")]
        while queue and len(self.visited) < MAX_DIRECTORIES:
            position, name = queue.pop(0)
            if not position or position in self.visited or position + 2 > len(self.data):
                continue
            self.visited.add(position)
            queue += self._directory(position, name)
        if any(0 < position <= len(self.data) - 2 and position not in self.visited for position, _ in queue):
            self.note(beyond("directories of EXIF", MAX_DIRECTORIES))

    def _directory(self, position: int, name: str) -> list[tuple[int, str]]:
        count_size, size = (8, 20) if self.big else (2, 12)
        count = self.number(position, count_size)
        following: list[tuple[int, str]] = []
        if count > MAX_ENTRIES and position + count_size + MAX_ENTRIES * size < len(self.data):
            self.note(beyond("entries of one directory of EXIF", MAX_ENTRIES))
        for number in range(min(count, MAX_ENTRIES)):
            at = position + count_size + number * size
            if at + size > len(self.data):
                return following
            pointed = self._entry(at, name)
            if pointed:
                following.append(pointed)
        if name == "image" and count <= MAX_ENTRIES:
            following.append((self.number(position + count_size + count * size, self.word), "image"))
        return following

    def _entry(self, at: int, name: str) -> tuple[int, str] | None:
        tag, kind, count = self.number(at, 2), self.number(at + 2, 2), self.number(at + 4, self.word)
        length = count * _SIZES.get(kind, 0)
        where = at + 4 + self.word
        if length > self.word:
            where = self.number(where, self.word)
        if not length or where + length > len(self.data):
            return None
        if tag in _DIRECTORIES:
            return self.number(where, min(length, _SIZES[kind])), _DIRECTORIES[tag]
        if tag in (_XMP, _IPTC, _PHOTOSHOP) and name == "image":
            if length > MAX_BLOCK:
                self.note(beyond("bytes of one block of metadata", MAX_BLOCK))
                return None
            if len(self.embedded) >= MAX_EMBEDDED:
                self.note(beyond("blocks in the tags of one structure", MAX_EMBEDDED))
                return None
            word = {_XMP: "xmp", _IPTC: "iptc", _PHOTOSHOP: "photoshop"}[tag]
            self.embedded.append((word, bytes(self.data[where : where + length]), where))
        elif ((name, tag) in _TEXTS or (name == "gps" and tag in _POSITION)) and (name, tag) not in self.values:
            if length > (2 if tag in (*_WIDE, 0x9286) else 1) * MAX_TEXT:
                self.note(beyond("characters of one field", MAX_TEXT))
            self.values[name, tag] = Value(kind, bytes(self.data[where : where + min(length, 2 * MAX_TEXT)]), where)
        return None


def read_exif(data: bytes | memoryview, note: Note = ignore) -> Exif:
    """The fields that are asked for of a TIFF structure; empty where it is none. Never raises for what it holds.

    `note` hears of what was left out.
    """
    view = memoryview(data)
    if bytes(view[:4]) not in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"IIRO", b"IIRS", b"IIU\0"):
        return Exif({}, "big", ())
    reader = _Reader(view, note)
    reader.walk()
    return Exif(reader.values, reader.order, tuple(reader.embedded))


def fields(exif: Exif, spans: tuple[tuple[int, int], ...]) -> list[Field]:
    """The texts as fields, in the order of the tags; without spans, the structure is the file and each has its own."""
    found = []
    for (directory, tag), name in _TEXTS.items():
        text = exif.text(directory, tag)
        if text.strip():
            value = exif.values[directory, tag]
            found.append(Field(f"EXIF {name}", text, spans or ((value.at, value.at + len(value.raw)),)))
    clock = exif.rationals(0x07, 3)
    if clock and all(part < 100 for part in clock):
        found.append(Field("EXIF GPSTimeStamp", f"{clock[0]:02.0f}:{clock[1]:02.0f}:{int(clock[2]):02d}", spans))
    return found


def inner_blocks(exif: Exif, spans: tuple[tuple[int, int], ...]) -> list[Block]:
    """XMP, IPTC and Photoshop blocks that lie in tags."""
    return [Block(kind, raw, spans or ((at, at + len(raw)),)) for kind, raw, at in exif.embedded]


def place(exif: Exif, spans: tuple[tuple[int, int], ...]) -> GeoPoint | None:
    """The position that the GPS directory states; None where there is none that can be."""
    latitude, longitude = (exif.rationals(tag, 3) for tag in (0x02, 0x04))
    if not latitude or not longitude:
        return None
    north, east = (degrees + minutes / 60 + seconds / 3600 for degrees, minutes, seconds in (latitude, longitude))
    north *= -1 if exif.text("gps", 0x01).strip().upper().startswith("S") else 1
    east *= -1 if exif.text("gps", 0x03).strip().upper().startswith("W") else 1
    if abs(north) > 90 or abs(east) > 180:
        return None
    above = exif.rationals(0x06, 1)
    below_sea = exif.number("gps", 0x05) in (1, 3)
    return GeoPoint(
        latitude=round(north, 7),
        longitude=round(east, 7),
        altitude=round(-above[0] if below_sea else above[0], 2) if above else None,
        source="EXIF GPS",
        spans=spans or tuple((one.at, one.at + len(one.raw)) for one in (exif.values["gps", tag] for tag in (2, 4))),
    )

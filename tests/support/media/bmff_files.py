"""Which films and pictures in boxes do the tests of ISO BMFF need, and what is the hash of one under any exclusions?

Everything is written box by box, straight from ISO/IEC 14496-12 and C2PA 2.4; nothing of the product is used to write
or to hash it.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from PIL import Image

from provenance.credentials.binding.coverage import Coverage, measure
from provenance.credentials.store import jumbf
from provenance.formats import read_layout
from tests.support.media.crafting import assertion_box, box, store, superbox

C2PA: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
NEW: Final[list[dict[str, Any]]] = [
    {"xpath": "/uuid", "data": [{"offset": 8, "value": C2PA}]},
    {"xpath": "/ftyp"},
    {"xpath": "/mfra"},
    {"xpath": "/free"},
    {"xpath": "/skip"},
]
"""What hashes of today leave out."""
OLD: Final[list[dict[str, Any]]] = [
    *NEW[:2],
    {"xpath": "/meta/iloc"},
    {"xpath": "/mfra/tfra"},
    {"xpath": "/moov/trak/mdia/minf/stbl/stco", "subset": [{"offset": 16, "length": 0}]},
    {"xpath": "/moov/trak/mdia/minf/stbl/co64", "subset": [{"offset": 16, "length": 0}]},
    {"xpath": "/moof/traf/tfhd", "subset": [{"offset": 16, "length": 8}], "flags": b"\1\0\0"},
    {"xpath": "/moof/traf/trun", "subset": [{"offset": 16, "length": 4}], "flags": b"\1\0\0"},
]
"""What hashes of 2022 to 2024 leave out, flags back to front and all."""


def full(kind: bytes, payload: bytes, *, version: int = 0, flags: int = 0) -> bytes:
    """A box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags) + payload)


def ftyp(*brands: bytes) -> bytes:
    """The declaration of the type; the first brand is the major one."""
    return box(b"ftyp", brands[0] + bytes(4) + b"".join(brands))


def c2pa_box(content: bytes, purpose: bytes = b"manifest", *, place: int = 0, head: bytes = bytes(4)) -> bytes:
    """The box of a manifest store."""
    return box(b"uuid", C2PA + head + purpose + b"\0" + struct.pack(">Q", place) + content)


def nal(payload: bytes) -> bytes:
    """A NAL unit behind its length."""
    return struct.pack(">I", len(payload)) + payload


def handler(kind: bytes, component: bytes = bytes(4)) -> bytes:
    return full(b"hdlr", component + kind + bytes(13))


def described(codec: bytes, *, configuration: bytes = b"", version: int = 0, entry_version: int = 0) -> bytes:
    """A sample description of pictures or, without configuration, of sound."""
    if configuration:
        content = bytes(6) + b"\0\1" + bytes(16) + struct.pack(">HH", 64, 48) + bytes(50) + configuration
    else:
        content = bytes(6) + b"\0\1" + struct.pack(">H", entry_version) + bytes(18)
    return full(b"stsd", struct.pack(">I", 1) + box(codec, content), version=version)


AVCC: Final = box(b"avcC", b"\1\x64\0\x0a\xff\xe1\0\1\x67\1\0\1\x68")
"""A configuration that says four bytes a length."""


@dataclass(kw_only=True)
class Track:
    """A track: its chunks, each of some samples."""

    chunks: Sequence[Sequence[bytes]]
    kind: bytes = b"vide"
    codec: bytes = b"avc1"
    component: bytes = bytes(4)
    configuration: bytes = AVCC
    sources: bytes = full(b"dref", struct.pack(">I", 1) + full(b"url ", b"", flags=1))
    wide: bool = False
    """64-bit offsets."""
    head: bytes = b""
    """Boxes before the media's own (`tkhd`, `edts`)."""
    more: bytes = b""
    """Boxes behind the tables."""
    description: bytes = b""

    def box(self, places: Sequence[int]) -> bytes:
        """The track whose chunks lie at those places."""
        samples = [sample for chunk in self.chunks for sample in chunk]
        groups = b"".join(struct.pack(">III", n + 1, len(chunk), 1) for n, chunk in enumerate(self.chunks))
        form = "Q" if self.wide else "I"
        sound = self.kind == b"soun"
        stbl = box(
            b"stbl",
            (self.description or described(self.codec, configuration=b"" if sound else self.configuration))
            + full(b"stsc", struct.pack(">I", len(self.chunks)) + groups)
            + full(b"stsz", struct.pack(f">II{len(samples)}I", 0, len(samples), *map(len, samples)))
            + full(
                b"co64" if self.wide else b"stco", struct.pack(f">I{len(self.chunks)}{form}", len(self.chunks), *places)
            )
            + self.more,
        )
        minf = box(b"minf", box(b"dinf", self.sources) + stbl)
        return box(b"trak", self.head + box(b"mdia", handler(self.kind, self.component) + minf))


def sound(*sizes: int, codec: bytes = b"mp4a", **more: Any) -> Track:
    """A track of sound, one sample a chunk."""
    chunks = [[bytes([0x21]) * size] for size in sizes]
    return Track(chunks=chunks, kind=b"soun", codec=codec, **more)


def video(*sizes: int, **more: Any) -> Track:
    """A track of video in NAL units, one sample a chunk; the sizes are those of the samples, each of one unit."""
    return Track(chunks=[[nal(bytes([0x65]) * (size - 4))] for size in sizes], **more)


@dataclass(kw_only=True)
class Film:
    """A film before its boxes are put together."""

    tracks: Sequence[Track]
    order: Sequence[int] = ()
    """Which track's next chunk lies where; one after the other where nothing is said."""
    brands: Sequence[bytes] = (b"isom", b"mp41")
    before: bytes = b""
    """Between the declaration of the type and the film's header."""
    after: bytes = b""
    more: bytes = b""
    """Boxes of the film's header behind the tracks."""
    places: dict[int, Sequence[int]] = field(default_factory=dict)
    """Other places for a track's chunks, counted from the media's start."""

    def build(self) -> bytes:
        """The file."""
        order = self.order or [number for number, track in enumerate(self.tracks) for _ in track.chunks]
        chunks = [iter(track.chunks) for track in self.tracks]
        places: list[list[int]] = [[] for _ in self.tracks]
        media = b""
        for number in order:
            places[number].append(len(media))
            media += b"".join(next(chunks[number]))
        head = ftyp(*self.brands) + self.before

        def moov(start: int) -> bytes:
            tracks = (
                track.box([max(0, start + place) for place in self.places.get(number, places[number])])
                for number, track in enumerate(self.tracks)
            )
            return box(b"moov", b"".join(tracks) + self.more)

        start = len(head) + len(moov(0)) + 8
        return head + moov(start) + box(b"mdat", media) + self.after


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """(type, start, end) of each box between two places."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        (size,) = struct.unpack(">I", data[start : start + 4])
        if size == 1:
            (size,) = struct.unpack(">Q", data[start + 8 : start + 16])
        yield data[start + 4 : start + 8], start, start + (size or end - start)
        start += size or end - start


def at(data: bytes, path: str) -> list[tuple[int, int]]:
    """(start, end) of the boxes at a path."""
    found, names = [(0, len(data))], path.strip("/").split("/")
    for number, name in enumerate(names):
        above, found = found, []
        for start, end in above:
            inside = start + (8 if number else 0) + (4 if number and names[number - 1] == "meta" else 0)
            found += [(first, last) for kind, first, last in boxes(data, inside, end) if kind == name.encode()]
    return found


def digest(data: bytes, rules: Sequence[dict[str, Any]] = NEW, *, version: int = 3) -> bytes:
    """A BMFF hash as the specification has it (C2PA 2.4, section 18.6.2)."""
    left_out: list[tuple[int, int]] = []
    gone: set[int] = set()
    for rule in rules:
        for start, end in at(data, rule["xpath"]):
            if not all(data.startswith(one["value"], start + one["offset"]) for one in rule.get("data", ())):
                continue
            if rule.get("flags") not in (None, data[start + 9 : start + 12], data[start + 9 : start + 12][::-1]):
                continue
            for part in rule.get("subset", [{"offset": 0, "length": 0}]):
                stop = min(end, start + part["offset"] + part["length"]) if part["length"] else end
                left_out.append((min(end, start + part["offset"]), stop))
            if "subset" not in rule and rule["xpath"].count("/") == 1:
                gone.add(start)
    state = hashlib.sha256()
    for _, start, end in boxes(data):
        if start not in gone and version >= 2:
            state.update(struct.pack(">Q", start))
        place = start
        for first, last in sorted(left_out):
            if start <= first < end:
                state.update(data[place:first])
                place = max(place, last)
        state.update(data[place:end])
    return state.digest()


def content(data: bytes, rules: Sequence[dict[str, Any]] = NEW, *, version: int = 3) -> dict[str, Any]:
    """The assertion that a signer of this file would make."""
    return {"exclusions": list(rules), "alg": "sha256", "hash": digest(data, rules, version=version)}


def held(
    data: bytes,
    signed: bytes | None = None,
    rules: Sequence[dict[str, Any]] = NEW,
    *,
    version: int = 3,
    fragments: Sequence[bytes] = (),
    assertion: dict[str, Any] | None = None,
) -> Coverage:
    """The coverage of a file under the hash of what was signed, by default the same file."""
    made = assertion or content(data if signed is None else signed, rules, version=version)
    label = f"c2pa.hash.bmff.v{version}" if version > 1 else "c2pa.hash.bmff"
    raw = store(superbox(b"c2ma", "m", superbox(b"c2as", "c2pa.assertions", assertion_box(label, made))))
    found = jumbf.parse_store(raw).active.assertions[0]
    return measure(found, data, read_layout(data), manifest="m", algorithm="sha256", fragments=fragments)


def codes(*arguments: Any, **options: Any) -> set[str]:
    """Our own codes for it; the hash has to match."""
    found = held(*arguments, **options)
    assert found.codes[0] == "assertion.bmffHash.match"
    return set(found.codes[1:])


FULL: Final = {"integrity.coverage.full"}
ORDER: Final = {"integrity.coverage.order_excluded"}


@dataclass(kw_only=True)
class Item:
    """An item of a picture file."""

    kind: bytes
    content: bytes = b""
    mime: bytes = b""
    made_of: Sequence[int] = ()
    """Numbers of the items that it is derived from."""
    method: int = 0
    source: int = 0
    places: Sequence[tuple[int, int]] = ()
    """Other extents than its own bytes: (start, length), counted from the media's start."""


@dataclass(kw_only=True)
class Pictures:
    """A picture file before its boxes are put together; items are numbered from 1, the first is shown."""

    items: Sequence[Item]
    order: Sequence[int] = ()
    """Numbers of the items as their bytes lie; as they are listed where nothing is said."""
    located: Sequence[int] = ()
    """Numbers in the list of locations, where they are not their own."""
    brands: Sequence[bytes] = (b"avif", b"mif1", b"miaf")
    properties: bytes = b""
    in_box: bool = False
    """The bytes lie in `idat`."""
    after: bytes = b""
    version: int = 1
    more: bytes = b""

    def build(self) -> bytes:
        """The file."""
        order = self.order or range(1, len(self.items) + 1)
        media, places = b"", dict[int, tuple[int, int]]()
        for number in order:
            places[number] = (len(media), len(self.items[number - 1].content))
            media += self.items[number - 1].content
        head = ftyp(*self.brands)

        def meta(start: int) -> bytes:
            inside = handler(b"pict") + full(b"pitm", struct.pack(">H", 1)) + self._list() + self._references()
            inside += box(b"iprp", box(b"ipco", self.properties)) + self._places(places, start) + self.more
            return full(b"meta", inside + (box(b"idat", media) if self.in_box else b""))

        start = len(head) + len(meta(0)) + 8
        whole = head + meta(0 if self.in_box else start)
        return whole + (b"" if self.in_box else box(b"mdat", media)) + self.after

    def _list(self) -> bytes:
        entries = b"".join(
            full(b"infe", struct.pack(">HH", n, 0) + one.kind + b"\0" + (one.mime and one.mime + b"\0"), version=2)
            for n, one in enumerate(self.items, 1)
        )
        return full(b"iinf", struct.pack(">H", len(self.items)) + entries)

    def _references(self) -> bytes:
        made = b"".join(
            box(b"dimg", struct.pack(f">HH{len(one.made_of)}H", n, len(one.made_of), *one.made_of))
            for n, one in enumerate(self.items, 1)
            if one.made_of
        )
        return full(b"iref", made) if made else b""

    def _places(self, places: dict[int, tuple[int, int]], start: int) -> bytes:
        rows = b""
        for number, item in enumerate(self.items, 1):
            extents = item.places or [places[number]]
            name = self.located[number - 1] if self.located else number
            rows += struct.pack(">H", name) if self.version < 2 else struct.pack(">I", name)
            if self.version:
                rows += struct.pack(">H", 1 if self.in_box else item.method)
            rows += struct.pack(">HH", item.source, len(extents))
            rows += b"".join(struct.pack(">II", start + place, length) for place, length in extents)
        count = struct.pack(">H" if self.version < 2 else ">I", len(self.items))
        return full(b"iloc", b"\x44\0" + count + rows, version=self.version)


def obu(kind: int, payload: bytes) -> bytes:
    """An OBU with its size."""
    size, left = b"", len(payload)
    while left >= 0x80:
        size += bytes([left & 0x7F | 0x80])
        left >>= 7
    return bytes([kind << 3 | 2]) + size + bytes([left]) + payload


def av1(shade: int = 0x77) -> bytes:
    """What an AV1 picture's bytes look like: a sequence header and a frame."""
    return obu(1, b"\x18\x15\x7f\xfc") + obu(6, bytes([shade]) * 150)


EXIF: Final = bytes(4) + b"MM\0*" + bytes(20)
XMP: Final = b'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


def animation() -> bytes:
    """A real animated AVIF of three frames beside its first as a picture."""
    frames = [Image.new("RGB", (32, 24), (80 * number, 40, 200 - 80 * number)) for number in range(3)]
    output = io.BytesIO()
    frames[0].save(output, "AVIF", save_all=True, append_images=frames[1:], duration=100, speed=10)
    return output.getvalue()

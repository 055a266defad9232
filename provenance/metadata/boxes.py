"""Where does metadata lie in ISO BMFF files (AVIF, HEIC, MP4, MOV, CR3) and in JPEG XL's boxes?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final, NamedTuple

from provenance.metadata.collector import MAX_PARTS, Collector, decoded
from provenance.metadata.model import MAX_BLOCK

MAX_WANTED: Final = 16
"""Items with EXIF or XMP of one picture; a real one has one of each."""
MAX_EXTENTS: Final = 64
"""Pieces of one of them."""
MAX_ITEMS: Final = 4_096
"""Items of one picture; a tiled one of 200 megapixels has about 800."""

_XMP_UUID: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_CANON_UUID: Final = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_EPOCH: Final = dt.datetime(1904, 1, 1, tzinfo=dt.UTC)
_ITUNES: Final = {
    b"\xa9too": "too", b"\xa9cmt": "cmt", b"\xa9day": "day", b"\xa9swr": "swr", b"\xa9xyz": "xyz", b"\xa9nam": "nam",
    b"\xa9des": "des", b"\xa9inf": "inf", b"\xa9ART": "ART", b"\xa9aut": "aut", b"desc": "desc", b"AIGC": "AIGC",
}  # fmt: skip
_KEYS: Final = frozenset(
    ("AIGC", "aigc", "aigc_info", "comment", "description", "software", "com.apple.quicktime.creationdate",
     "com.apple.quicktime.location.ISO6709", "com.apple.quicktime.software", "com.apple.quicktime.make",
     "com.apple.quicktime.model", "com.apple.quicktime.comment", "com.apple.quicktime.description", "encoder", "prompt",
     "workflow", "parameters", "com.tiktok.aigc_info", "digital_source_type", "DigitalSourceType")
)  # fmt: skip
"""Keys that are looked at, by ourselves written: a stranger's key never reaches a report."""


class _Box(NamedTuple):
    kind: bytes
    start: int
    body: int
    end: int


class _Walker:
    """Counts boxes over the whole file."""

    def __init__(self, data: bytes, found: Collector) -> None:
        self.data = data
        self.found = found
        self.left = MAX_PARTS

    def boxes(self, start: int, end: int) -> Iterator[_Box]:
        """The boxes between two offsets, up to the first that breaks off."""
        while start + 8 <= end:
            if not self.left:
                self.found.beyond("boxes", MAX_PARTS)
                return
            self.left -= 1
            size, kind, body = int.from_bytes(self.data[start : start + 4], "big"), self.data[start + 4 : start + 8], 8
            if size == 1:
                size, body = int.from_bytes(self.data[start + 8 : start + 16], "big"), 16
            elif size == 0:
                size = end - start
            if size < body or start + size > end:
                return
            yield _Box(kind, start, start + body, start + size)
            start += size


def bmff(data: bytes, found: Collector) -> None:
    """Boxes of a file of the ISO base media family (ISO/IEC 14496-12; QuickTime File Format)."""
    walker = _Walker(data, found)
    for box in walker.boxes(0, len(data)):
        if box.kind == b"meta":
            _items(walker, box, found)
        elif box.kind == b"moov":
            _movie(walker, box, found)
        elif box.kind == b"uuid":
            _uuid(walker, box, found)


def _uuid(walker: _Walker, box: _Box, found: Collector) -> None:
    kind = walker.data[box.body : box.body + 16]
    if kind == _XMP_UUID:
        found.cut("xmp", walker.data, box.body + 16, box.end, (box.start, box.end))
    elif kind == _CANON_UUID:
        for inner in walker.boxes(box.body + 16, box.end):
            if inner.kind in (b"CMT1", b"CMT2", b"CMT4"):
                found.cut("exif", walker.data, inner.body, inner.end, (inner.start, inner.end))


def _movie(walker: _Walker, movie: _Box, found: Collector) -> None:
    for box in walker.boxes(movie.body, movie.end):
        if box.kind == b"mvhd":
            _header(walker.data[box.body : box.body + 12], (box.start, box.end), found)
        elif box.kind == b"udta":
            _user_data(walker, box, found)
        elif box.kind == b"meta":
            _keyed(walker, box, found)
        elif box.kind == b"uuid":
            _uuid(walker, box, found)


def _header(body: bytes, span: tuple[int, int], found: Collector) -> None:
    """The movie header's creation time, in seconds since 1904 in UTC; 0 means that none was set."""
    seconds = int.from_bytes(body[4:12] if body[:1] == b"\1" else body[4:8], "big")
    if 0 < seconds < 1 << 33:
        moment = _EPOCH + dt.timedelta(seconds=seconds)
        found.text("MP4 movie creation", moment.strftime("%Y-%m-%dT%H:%M:%SZ"), span)


def _user_data(walker: _Walker, parent: _Box, found: Collector) -> None:
    for box in walker.boxes(parent.body, parent.end):
        span = (box.start, box.end)
        if box.kind == b"XMP_":
            found.cut("xmp", walker.data, box.body, box.end, span)
        elif box.kind == b"meta":
            _keyed(walker, box, found)
        elif box.kind[:1] == b"\xa9" and box.kind in _ITUNES:
            # QuickTime: a length and a language before the text.
            length = int.from_bytes(walker.data[box.body : box.body + 2], "big")
            text = decoded(walker.data[box.body + 4 : min(box.body + 4 + length, box.end)])
            found.text(f"MP4 {_ITUNES[box.kind]}", text, span)
        elif box.kind in _ITUNES:
            end = min(box.end, box.body + MAX_BLOCK)
            found.text(f"MP4 {_ITUNES[box.kind]}", decoded(walker.data[box.body : end]), span)


def _keyed(walker: _Walker, parent: _Box, found: Collector) -> None:
    """Lists of values, named by their own four letters, by keys, or by a text (`----`)."""
    start = parent.body if walker.data[parent.body + 4 : parent.body + 8] == b"hdlr" else parent.body + 4
    keys = list[bytes]()
    for box in walker.boxes(start, parent.end):
        if box.kind == b"keys":
            keys = [walker.data[one.body : min(one.end, one.body + 64)] for one in walker.boxes(box.body + 8, box.end)]
        elif box.kind == b"ilst":
            for item in walker.boxes(box.body, box.end):
                _value(walker, item, keys, found)


def _value(walker: _Walker, item: _Box, keys: list[bytes], found: Collector) -> None:
    number = int.from_bytes(item.kind, "big")
    name = _ITUNES.get(item.kind, "")
    if 1 <= number <= len(keys):
        name = decoded(keys[number - 1])
    for box in walker.boxes(item.body, item.end):
        if box.kind == b"name":
            name = decoded(walker.data[box.body + 4 : min(box.end, box.body + 68)])
        elif box.kind == b"data" and (name in _KEYS or item.kind in _ITUNES):
            end = min(box.end, box.body + 8 + MAX_BLOCK)
            found.text(f"MP4 {name}", decoded(walker.data[box.body + 8 : end]), (item.start, item.end))


def _items(walker: _Walker, meta: _Box, found: Collector) -> None:
    """EXIF and XMP items of a still picture (ISO/IEC 23008-12, annex A; ISO/IEC 14496-12, section 8.11)."""
    kinds: dict[int, str] = {}
    places: dict[int, list[tuple[int, int]]] = {}
    data_box = 0
    inner = list(walker.boxes(meta.body + 4, meta.end))
    for box in inner:
        if box.kind == b"idat":
            data_box = box.body
        elif box.kind == b"iinf":
            kinds = _item_kinds(walker, box)
    for box in inner:
        if box.kind == b"iloc" and kinds:
            if box.end - box.body > MAX_BLOCK:
                found.beyond("bytes of one block of metadata", MAX_BLOCK)
            body = walker.data[box.body : min(box.end, box.body + MAX_BLOCK)]
            places = _item_places(body, kinds, data_box, found)
    for number, kind in kinds.items():
        runs = places.get(number, [])
        if sum(end - start for start, end in runs) > MAX_BLOCK:
            found.beyond("bytes of one block of metadata", MAX_BLOCK)
            continue
        if not runs:
            continue
        body = b"".join(walker.data[start:end] for start, end in runs)
        if kind == "exif":
            skip = int.from_bytes(body[:4], "big")
            body = body[4 + skip :] if skip < len(body) else b""
        found.add(kind, body, *runs)


def _item_kinds(walker: _Walker, box: _Box) -> dict[int, str]:
    version = walker.data[box.body]
    found: dict[int, str] = {}
    for entry in walker.boxes(box.body + (6 if version == 0 else 8), box.end):
        body = walker.data[entry.body : min(entry.end, entry.body + 512)]
        if entry.kind != b"infe" or len(body) < 12 or body[0] not in (2, 3):
            continue
        wide = 4 if body[0] == 3 else 2
        number, kind = int.from_bytes(body[4 : 4 + wide], "big"), body[6 + wide : 10 + wide]
        if kind == b"Exif":
            found[number] = "exif"
        elif kind == b"mime" and b"application/rdf+xml\0" in body[10 + wide :][:256] + b"\0":
            found[number] = "xmp"
        if len(found) > MAX_WANTED:
            walker.found.beyond("items of metadata", MAX_WANTED)
            break
    return found


def _item_places(
    body: bytes, kinds: dict[int, str], data_box: int, collector: Collector
) -> dict[int, list[tuple[int, int]]]:
    """Where the wanted items lie, as runs of the file."""
    version, sizes, at = body[0] if body else 0, body[4:6], 6
    if len(sizes) < 2:
        return {}
    offset_size, length_size, base_size = sizes[0] >> 4, sizes[0] & 15, sizes[1] >> 4
    index_size, wide = (sizes[1] & 15 if version else 0), (2 if version < 2 else 4)
    count, at = int.from_bytes(body[at : at + wide], "big"), at + wide
    found: dict[int, list[tuple[int, int]]] = {}
    if count > MAX_ITEMS:
        collector.beyond("items of one picture", MAX_ITEMS)
    for _ in range(min(count, MAX_ITEMS)):
        number, at = int.from_bytes(body[at : at + wide], "big"), at + wide
        method, at = (int.from_bytes(body[at : at + 2], "big") & 15, at + 2) if version else (0, at)
        base, at = int.from_bytes(body[at + 2 : at + 2 + base_size], "big"), at + 2 + base_size
        extents, at = int.from_bytes(body[at : at + 2], "big"), at + 2
        runs = list[tuple[int, int]]()
        if extents > MAX_EXTENTS and number in kinds:
            collector.beyond("pieces of one item", MAX_EXTENTS)
        if extents > MAX_EXTENTS and number not in kinds:
            at += extents * (index_size + offset_size + length_size)
            extents = 0
        for _ in range(min(extents, MAX_EXTENTS)):
            at += index_size
            offset, at = int.from_bytes(body[at : at + offset_size], "big"), at + offset_size
            length, at = int.from_bytes(body[at : at + length_size], "big"), at + length_size
            start = base + offset + (data_box if method == 1 else 0)
            runs.append((start, start + length))
        if number in kinds and method in (0, 1) and (method == 0 or data_box):
            found[number] = runs
        if at > len(body):
            break
    return found


def jxl(data: bytes, found: Collector) -> None:
    """Boxes of a JPEG XL container (ISO/IEC 18181-2, sections 9.4 to 9.7), also those compressed with Brotli."""
    walker = _Walker(data, found)
    for box in walker.boxes(0, len(data)):
        kind, start = box.kind, box.body
        if kind == b"brob":
            kind, start = data[box.body : box.body + 4], box.body + 4
        if kind not in (b"Exif", b"xml "):
            continue
        if box.end - start > MAX_BLOCK:
            found.beyond("bytes of one block of metadata", MAX_BLOCK)
            continue
        body = data[start : box.end]
        if box.kind == b"brob":
            body = _unbrotli(body, found)
        if kind == b"xml ":
            found.add("xmp", body, (box.start, box.end))
        elif len(body) > 4:
            found.add("exif", body[4 + int.from_bytes(body[:4], "big") :], (box.start, box.end))


def _unbrotli(raw: bytes, found: Collector) -> bytes:
    """A Brotli stream's content up to the bound; empty where it is broken or the file has had its share."""
    import brotli

    machine, parts, size = brotli.Decompressor(), list[bytes](), 0
    try:
        chunk = machine.process(raw, output_buffer_limit=64 * 1024)
        while chunk and size < MAX_BLOCK:
            parts.append(chunk)
            size += len(chunk)
            chunk = b"" if machine.is_finished() else machine.process(b"", output_buffer_limit=64 * 1024)
    except brotli.error:
        found.left("a compressed box that cannot be read")
        return b""
    if size >= MAX_BLOCK:
        found.beyond("bytes of one block of metadata", MAX_BLOCK)
    return b"".join(parts) if found.fits(size) else b""

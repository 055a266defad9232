"""Which boxes make up an ISO BMFF or JPEG XL file, and what are they for?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from provenance.formats.bmff.boxes import MAX_BOX_DEPTH, Walker
from provenance.formats.bmff.brands import misfits
from provenance.formats.bmff.content import outside, read_content
from provenance.formats.bmff.items import item_runs
from provenance.formats.bmff.jxl_metadata import metadata_shown
from provenance.formats.bmff.shown import HOW, shown
from provenance.formats.bmff.store import C2PA_UUID, Stores, c2pa_payload
from provenance.formats.bmff.tables import STBL, Budget, Run, auxiliary_runs, chunk_runs, defaults, fragment_runs
from provenance.formats.parts import OFFSETS, BmffBox, Kind, Layout, Parts, Region, find_boxes, printable

__all__ = ["C2PA_UUID", "MAX_BOX_DEPTH", "c2pa_payload", "read_bmff"]

_XMP_UUID: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_METADATA: Final = {
    "udta": "user data", "Exif": "EXIF", "xml ": "XMP", "ID32": "ID3", "meta": "metadata", "emsg": "timed messages"
}  # fmt: skip
_STRUCTURE: Final = ("ftyp", "styp", "free", "skip", "wide", "mfra", "sidx", "ssix", "pdin", "prft", "JXL ")
_MEDIA: Final = ("moov", "mdat", "moof", "idat", "meta", "jxlc", "jxlp", "jxll", "jbrd", "pnot", "imda")
_INNER_STRUCTURE: Final = HOW | {
    "iloc": OFFSETS, "stco": OFFSETS, "co64": OFFSETS, "free": "free", "skip": "skip", "pssh": "pssh"
}  # fmt: skip
"""Boxes inside media boxes that hold no media themselves: those that say where it lies, or how it is shown."""


def _kind(data: bytes, box: BmffBox) -> tuple[Kind, str]:
    if box.type == "uuid" and data[box.start + box.header - 16 : box.start + box.header] == _XMP_UUID:
        return Kind.METADATA, "XMP"
    inner = data[box.start + box.header : box.start + box.header + 4].decode("latin-1") if box.type == "brob" else ""
    if inner in _METADATA:
        return Kind.METADATA, _METADATA[inner]
    if box.type in _STRUCTURE:
        return Kind.STRUCTURE, printable(box.type.encode("latin-1"))
    if box.type in _MEDIA:
        return Kind.MEDIA, "media"
    if box.type in _METADATA:
        return Kind.METADATA, _METADATA[box.type]
    return Kind.OTHER, printable(box.type.encode("latin-1"))


def _inner(data: bytes, boxes: Iterable[BmffBox]) -> Iterator[Region]:
    """Boxes inside media boxes that are not media: user data, and what only says where bytes lie or how they show."""
    for box in boxes:
        if box.type in ("udta", "meta"):
            yield Region(box.start, box.end, Kind.METADATA, _METADATA[box.type])
        elif box.type in _INNER_STRUCTURE:
            yield Region(box.start, box.end, Kind.STRUCTURE, _INNER_STRUCTURE[box.type])
        elif box.type in ("tfhd", "trun"):
            # Version and flags, the track or sample count, then the offset if any; the rest decides what is played.
            size = 8 if box.type == "tfhd" else 4
            if data[box.start + 11 : box.start + 12] and data[box.start + 11] & 1:
                yield Region(box.start + 16, min(box.end, box.start + 16 + size), Kind.STRUCTURE, OFFSETS)
        else:
            yield from _inner(data, box.children)


def _spread(data: bytes, box: BmffBox) -> Iterator[Region]:
    """A top-level box as regions, its inner exceptions cut out."""
    kind, name = _kind(data, box)
    position = box.start
    for region in _inner(data, box.children) if kind is Kind.MEDIA else ():
        yield Region(position, region.start, kind, name)
        yield region
        position = region.end
    yield Region(position, box.end, kind, name)


def read_bmff(data: bytes, *, is_jxl: bool = False) -> Layout:
    """Boxes of a BMFF file (ISO/IEC 14496-12) or a JPEG XL container (ISO/IEC 18181-2)."""
    walker, parts = Walker(data), Parts(len(data))
    boxes = tuple(walker.boxes(0, len(data)))
    stores = Stores(data, boxes)
    for box in boxes:
        for region in tuple(stores.regions(box, is_jxl=is_jxl)) or _spread(data, box):
            parts.add(*region)
        parts.box("C2PA" if is_jxl and parts.regions[-1].kind is Kind.MANIFEST else box.type, box.start, box.end)
    pointers, announced, is_readable = _pointers(data, boxes)
    content = read_content(data, boxes)
    is_listed = content.items is not None or not content.has_pictures
    return Layout(
        format="jxl" if is_jxl else "bmff",
        size=len(data),
        regions=parts.finish(Kind.OTHER, "unreadable"),
        stores=stores.stores(),
        boxes=tuple(parts.boxes) if is_jxl else (),
        bmff=boxes,
        pointers=pointers,
        announced=announced,
        shown=(*shown(data, boxes), *(metadata_shown(data, boxes) if is_jxl else ())),
        doubts=(*stores.doubts, *misfits(data, boxes, content, is_jxl=is_jxl), *outside(data, boxes)),
        complete=walker.complete and is_readable and is_listed,
    )


def _pointers(data: bytes, boxes: Sequence[BmffBox]) -> tuple[tuple[Region, ...], int, bool]:
    """Media as the tables of a file or fragment name it, up to where they go, and whether all of them could be read.

    A length that no table tells counts as one byte: the start at least must be covered.
    """
    found: list[Region] = []
    budget, reach = Budget(), 0
    try:
        known = defaults(data, boxes)
        readers: list[tuple[str, Iterator[Run]]] = []
        readers += [("iloc", item_runs(data, box)) for path in _WITH_ITEMS for box in find_boxes(boxes, path)]
        readers += [("moof", fragment_runs(data, box, known, budget)) for box in find_boxes(boxes, "moof")]
        for box in find_boxes(boxes, f"/moov/trak/{STBL}"):
            readers += [("stbl", chunk_runs(data, box, budget)), ("saio", auxiliary_runs(data, box))]
        for name, reader in readers:
            for start, length in budget.counted(reader):
                reach = max(reach, start + length)
                end = min(len(data), start + (length or 1))
                if start < end:
                    found.append(Region(start, end, Kind.MEDIA, name))
    except IndexError:
        return tuple(found), reach, False
    return tuple(found), reach, not any(find_boxes(boxes, "/moov/cmov"))


_WITH_ITEMS: Final = ("/meta", "/moov/meta", "/moov/trak/meta", "/moof/meta", "/moof/traf/meta", "/moov/udta/meta")
"""Where lists of items may stand (ISO/IEC 14496-12, section 8.11.1)."""

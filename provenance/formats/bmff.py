"""Which boxes make up an ISO BMFF or JPEG XL file?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from provenance.credentials.errors import CredentialsLimitError
from provenance.formats.bmff_tables import pointers
from provenance.formats.parts import (
    MAX_PARTS,
    OFFSETS,
    BmffBox,
    Kind,
    Layout,
    Parts,
    Region,
    printable,
    trimmed,
)

MAX_BOX_DEPTH: Final = 32
"""Nested boxes. `moov/trak/mdia/minf/stbl/…` is six; a thousand nested boxes only cost time."""

C2PA_UUID: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The `uuid` box of manifest stores and Merkle rows (C2PA 2.4, section A.5)."""
_STORE: Final = b"jumdc2pa"
"""With what the store's superbox begins; other JUMBF in JPEG XL is none."""
_STORES: Final = ("manifest", "original", "update")
_PURPOSES: Final = (*_STORES, "merkle")
"""What C2PA boxes are for (C2PA 2.4, section A.5.2)."""
_XMP_UUID: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_CONTAINERS: Final = frozenset(
    ("moov", "trak", "edts", "mdia", "minf", "dinf", "stbl", "mvex", "moof", "traf", "mfra", "udta", "sinf", "schi",
     "iprp", "ipco", "tref", "meta", "strk", "strd")
)  # fmt: skip
_METADATA: Final = {"udta": "user data", "Exif": "EXIF", "xml ": "XMP", "ID32": "ID3", "meta": "metadata"}
_STRUCTURE: Final = ("ftyp", "styp", "free", "skip", "wide", "mfra", "sidx", "ssix", "pdin", "prft", "JXL ")
_MEDIA: Final = ("moov", "mdat", "moof", "idat", "meta", "jxlc", "jxlp", "jxll", "jbrd", "emsg", "pnot", "imda")


class _Walker:
    """Counts boxes over the whole file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.count = 0
        self.complete = True

    def boxes(self, start: int, end: int, *, path: str, depth: int) -> Iterator[BmffBox]:
        """The boxes between two offsets; stops where one breaks off."""
        while start + 8 <= end:
            self.count += 1
            if self.count > MAX_PARTS:
                raise CredentialsLimitError(f"got more than {MAX_PARTS} boxes in one file")
            size, kind = int.from_bytes(self.data[start : start + 4], "big"), self.data[start + 4 : start + 8]
            header = 8
            if size == 1:
                size, header = int.from_bytes(self.data[start + 8 : start + 16], "big"), 16
            elif size == 0 and depth == 0:
                size = end - start
            if size < header or start + size > end:
                self.complete = False
                return
            name = kind.decode("latin-1")
            if name == "uuid":
                header += 16
            yield BmffBox(
                type=name,
                start=start,
                end=start + size,
                header=header,
                children=self._children(name, start + header, start + size, path=path, depth=depth),
            )
            start += size
        if 0 < end - start < 8:
            self.complete = False

    def _children(self, name: str, start: int, end: int, *, path: str, depth: int) -> tuple[BmffBox, ...]:
        if name not in _CONTAINERS:
            return ()
        if depth >= MAX_BOX_DEPTH:
            raise CredentialsLimitError(f"got boxes nested deeper than {MAX_BOX_DEPTH}")
        if name == "meta" and self.data[start + 4 : start + 8] != b"hdlr":
            # A full box (ISO), unless its handler follows at once (QuickTime).
            start += 4
        return tuple(self.boxes(start, end, path=f"{path}/{name}", depth=depth + 1))


def c2pa_payload(data: bytes, box: BmffBox) -> tuple[str, bytes] | None:
    """(purpose, content) of a C2PA `uuid` box; None for any other box (C2PA 2.4, section A.5.1)."""
    if box.type != "uuid" or data[box.start + box.header - 16 : box.start + box.header] != C2PA_UUID:
        return None
    body = data[box.start + box.header + 4 : box.end]
    purpose, found, content = body.partition(b"\0")
    if not found or len(purpose) > 16:
        return "", b""
    name = purpose.decode("latin-1")
    # A manifest's content starts with the offset of the first Merkle box.
    return name, content[8:] if name in _STORES else content


def _kind(data: bytes, box: BmffBox) -> tuple[Kind, str]:
    c2pa = c2pa_payload(data, box)
    if c2pa is not None:
        # A box of that kind without a purpose that is known would be a place to keep anything in.
        return (Kind.MANIFEST, "manifest") if c2pa[0] in _PURPOSES else (Kind.OTHER, "C2PA box of no known purpose")
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
    """Boxes inside media boxes that are not media: user data, and tables that only say where bytes lie."""
    for box in boxes:
        if box.type == "udta":
            yield Region(box.start, box.end, Kind.METADATA, "user data")
        elif box.type in ("iloc", "stco", "co64", "tfra"):
            yield Region(box.start, box.end, Kind.STRUCTURE, OFFSETS)
        elif box.type in ("free", "skip"):
            yield Region(box.start, box.end, Kind.STRUCTURE, box.type)
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
    walker, parts, stores = _Walker(data), Parts(len(data)), list[tuple[str, bytes]]()
    boxes = tuple(walker.boxes(0, len(data), path="", depth=0))
    for box in boxes:
        if is_jxl and box.type == "jumb" and data[box.start + box.header + 4 : box.start + box.header + 12] == _STORE:
            stores.append(("manifest", data[box.start : box.end]))
            parts.add(box.start, box.end, Kind.MANIFEST, "manifest")
            parts.box("C2PA", box.start, box.end)
            continue
        for region in _spread(data, box):
            parts.add(*region)
        parts.box(box.type, box.start, box.end)
        c2pa = c2pa_payload(data, box)
        if c2pa is not None and c2pa[0] in _STORES:
            stores.append((c2pa[0], trimmed(c2pa[1])))
    found = pointers(data, boxes)
    regions = parts.finish(Kind.OTHER, "unreadable")
    return Layout(
        format="jxl" if is_jxl else "bmff",
        size=len(data),
        regions=regions,
        stores=_logical(stores),
        boxes=tuple(parts.boxes) if is_jxl else (),
        bmff=boxes,
        pointers=found.regions,
        ordered=found.ordered,
        complete=walker.complete and found.readable,
    )


def _logical(stores: list[tuple[str, bytes]]) -> tuple[bytes, ...]:
    """Stores as they count: an original and its update are one (C2PA 2.4, section A.5.3), the rest stand alone."""
    by_purpose = dict(stores)
    if len(stores) == 2 and set(by_purpose) == {"original", "update"}:
        joined = _joined(by_purpose["original"], by_purpose["update"])
        if joined:
            return (joined,)
    return tuple(store for _, store in stores)


def _joined(original: bytes, update: bytes) -> bytes:
    """The update's manifests behind the original's; empty where either is no plain store."""
    size = int.from_bytes(update[8:12], "big")
    if (
        original[4:8] != b"jumb"
        or update[4:8] != b"jumb"
        or update[12:16] != b"jumd"
        or not 8 <= size <= len(update) - 8
    ):
        return b""
    body = original[8:] + update[8 + size :]
    return (8 + len(body)).to_bytes(4, "big") + b"jumb" + body

"""How do tests write PDFs by hand: any object, any table, any update, and a manifest among them?"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.provenance.by_hand import STORE

CATALOG = b"<</Type/Catalog/Pages 2 0 R/AF[6 0 R]/Names<</EmbeddedFiles<</Names[(c) 6 0 R]>>>>>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>"
CONTENT = b"0 0 4 4 re f"
SPECIFICATION = b"<</Type/Filespec/AFRelationship/C2PA_Manifest/F(c)/UF(c)/EF<</F 5 0 R>>>>"


def stream(content: bytes, entries: bytes = b"", *, length: object = None, close: bytes = b"\nendstream") -> bytes:
    """A stream object's inside; `length` instead of the right one."""
    said = str(len(content) if length is None else length).encode()
    return b"<<" + entries + b"/Length " + said + b">>stream\n" + content + close


def plain(store: bytes = STORE) -> dict[int, bytes]:
    """A page with a square, and the manifest as writers attach it (object 5, named by object 6)."""
    carried = stream(store, b"/Type/EmbeddedFile/Subtype/application#2Fc2pa")
    return {1: CATALOG, 2: PAGES, 3: PAGE, 4: stream(CONTENT), 5: carried, 6: SPECIFICATION}


@dataclass(kw_only=True)
class Pdf:
    """A file while it is written."""

    data: bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    places: dict[int, int] = field(default_factory=dict)
    """Offsets by number of object."""

    def put(self, objects: Mapping[int, bytes]) -> Pdf:
        for number, inside in objects.items():
            self.places[number] = len(self.data)
            self.data += b"%d 0 obj\n" % number + inside + b"\nendobj\n"
        return self

    def table(self, places: Mapping[int, int] | None = None, trailer: bytes = b"", *, start: int | None = None) -> Pdf:
        """A table in words, a trailer and where they are; `places` instead of the right ones."""
        here, places = len(self.data), self.places if places is None else places
        rows = b"".join(b"%d 1\n%010d 00000 n \n" % (number, place) for number, place in sorted(places.items()))
        self.data += b"xref\n0 1\n0000000000 65535 f \n" + rows
        size = max(places, default=0) + 1
        self.data += b"trailer\n<</Root 1 0 R/Size %d" % size + trailer + b">>\n"
        self.data += b"startxref\n%d\n%%%%EOF\n" % (here if start is None else start)
        return self

    def packed(
        self,
        number: int,
        inside: Mapping[int, bytes],
        *,
        entries: bytes = b"/Filter/FlateDecode",
        between: bytes = b" ",
        head: bytes | None = None,
    ) -> Pdf:
        """An object stream."""
        places, content = list[str](), b""
        for one, value in inside.items():
            places.append(f"{one} {len(content)}")
            content += value + between
        first = " ".join(places).encode() + b" " if head is None else head
        body = first + content
        coded = zlib.compress(body) if b"Flate" in entries else body
        return self.put({number: stream(coded, b"/Type/ObjStm/N %d/First %d" % (len(inside), len(first)) + entries)})

    def table_stream(
        self,
        number: int,
        rows: Mapping[int, tuple[int, int, int]],
        *,
        entries: bytes = b"/Filter/FlateDecode",
        predicted: int | None = None,
        start: int | None = None,
    ) -> Pdf:
        """A table as a stream: type, offset (or stream), index of each object."""
        here = len(self.data)
        every = dict(rows) | {number: (1, here, 0)}
        content = [struct.pack(">BIH", *row) for _, row in sorted(every.items())]
        index = b" ".join(b"%d 1" % one for one in sorted(every))
        if predicted is not None:
            entries += b"/DecodeParms<</Predictor 12/Columns 7>>"
            content = predict(content, predicted)
        coded = zlib.compress(b"".join(content)) if b"Flate" in entries else b"".join(content)
        size = max(every) + 1
        head = b"/Type/XRef/Root 1 0 R/W[1 4 2]/Size %d/Index[" % size + index + b"]" + entries
        self.put({number: stream(coded, head)})
        self.data += b"startxref\n%d\n%%%%EOF\n" % (here if start is None else start)
        return self


def predict(rows: Sequence[bytes], kind: int) -> list[bytes]:
    """Rows by one of the PNG filters (PNG, section 9.2)."""
    found, before = [], bytes(len(rows[0]))
    for row in rows:
        coded = bytearray()
        for at, octet in enumerate(row):
            left, over, corner = (row[at - 1], before[at], before[at - 1]) if at else (0, before[at], 0)
            guess = left + over - corner
            nearest = min((left, over, corner), key=lambda one: abs(guess - one))
            coded.append((octet - (0, left, over, (left + over) // 2, nearest)[kind]) & 0xFF)
        found.append(bytes((kind,)) + bytes(coded))
        before = row
    return found


def pdf(
    objects: Mapping[int, bytes] | None = None, *, trailer: bytes = b"", places: Mapping[int, int] | None = None
) -> bytes:
    """A whole file with one table."""
    file = Pdf().put(objects or plain())
    return file.table(file.places | dict(places or {}), trailer).data

"""For each bound that can cut something off: a file that reaches it once it is lowered, and which lines then wait."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from provenance.credentials.trust.lists import ListKind, TrustLists
from tests.support.attacks import LONG
from tests.support.authority import DAY, NOW, list_of, make_root, make_signer, picture, store_of
from tests.support.media.crafting import (
    Draft,
    actions,
    bind,
    link_to,
    make_authority,
    opening,
    revocation_answer,
    signed,
    stamper,
)
from tests.support.media.hidden_stores import a_picture, a_store, in_drawing, in_jpeg
from tests.support.media.histories import BINDING, PARENT, redacted
from tests.support.media.metadata_files import (
    box,
    chunk,
    document,
    drawing,
    edited_by_samsung,
    exif,
    flac,
    iim,
    jpeg_with,
    movie,
    png_with,
    still,
    tagged,
    text_chunk,
    wave,
    xmp,
)
from tests.support.media.metadata_files import picture as plain
from vouchmark.report import Line

ROOT: Final = make_root(**LONG)
CAMERA: Final = make_signer(ROOT, **LONG)
TIME_ROOT: Final = make_root("Time CA", **LONG)
CLOCK: Final = make_authority(TIME_ROOT, **LONG)
TRUST: Final[TrustLists] = store_of(list_of(ROOT), list_of(TIME_ROOT, kind=ListKind.TSA, name="clocks"))
SIGNED_AT: Final = NOW - 60 * DAY
IPTC: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
MADE: Final = {"action": "c2pa.created", "digitalSourceType": IPTC + "digitalCreation"}
ASKED: Final[Mapping[str, Any]] = {"claim_place": "59.33,18.07", "claim_time": "2026-01-02"}
"""Makes the line on place and time answer."""
SOUND: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """One bound, lowered."""

    name: str
    """`module.NAME`."""
    to: int
    build: Callable[[], bytes]
    lines: tuple[Line, ...]
    """Which may then say neither `absent` nor `pass`."""
    named: str = "{to:,}"
    """What stands in a sentence of each of them."""
    options: Mapping[str, Any] = field(default_factory=lambda: ASKED)
    fails: bool = False
    """Whether what is left out may also make a line fail: a removal that nobody looked at is none that was allowed."""


def held(*assertions: tuple[str, Any], **options: Any) -> bytes:
    """A picture with those assertions, stamped by a listed authority."""
    options.setdefault("cose", {"stamp": stamper(CLOCK, SIGNED_AT)})
    return signed(CAMERA, assertions=list(assertions), **options)


def steps(*more: Mapping[str, Any]) -> tuple[str, Any]:
    return actions(MADE, *more)


def metadata(**fields: Any) -> tuple[str, Any]:
    named = {f"exif:{name}": value for name, value in fields.items()}
    return "c2pa.metadata", json.dumps({"@context": {"exif": "http://ns.adobe.com/exif/1.0/"}, **named})


def places(number: int) -> tuple[str, Any]:
    listed = [{"exif:GPSLatitude": f"59,19.80{at}N", "exif:GPSLongitude": "18,4.2E"} for at in range(number)]
    return "c2pa.metadata", json.dumps({"@context": {}, "Iptc4xmpExt:LocationCreated": listed})


def edits(number: int) -> list[dict[str, Any]]:
    return [{"action": "c2pa.edited", "when": f"2026-01-0{at + 1}T10:00:00Z"} for at in range(number)]


def chain(length: int) -> bytes:
    """A picture with that many earlier versions, one before the other."""
    manifests: list[bytes] = []
    label = ""
    for number in range(length):
        above = [("c2pa.ingredient.v3", link_to(manifests[-1], label))] if manifests else []
        made = opening(above[0]) if above else steps()
        label = f"{PARENT[:-4]}b{number:03x}"
        manifests.append(Draft(signer=CAMERA, label=label, assertions=[made, BINDING, *above]).build())
    link = ("c2pa.ingredient.v3", link_to(manifests[-1], label))
    return bind(Draft(signer=CAMERA, assertions=[opening(link), link]), picture(), before=manifests)


def collage(number: int) -> bytes:
    """A picture of that many parts, each signed."""
    parts = [
        Draft(signer=CAMERA, label=f"{PARENT[:-4]}b{at:03x}", assertions=[steps(), BINDING]) for at in range(number)
    ]
    built = [part.build() for part in parts]
    links = [
        (f"c2pa.ingredient.v3__{at}", link_to(one, part.label, relationship="componentOf"))
        for at, (part, one) in enumerate(zip(parts, built, strict=True), start=1)
    ]
    return bind(Draft(signer=CAMERA, assertions=[steps(), *links]), picture(), before=built)


def extended(pieces: int, packets: int = 1) -> bytes:
    """A JPEG with extended XMP packets in pieces."""
    media, packet = plain(), xmp(dc_title="x")
    size = -(-len(packet) // pieces)
    added = b""
    for number in range(packets):
        for at in range(0, len(packet), size):
            head = b"http://ns.adobe.com/xmp/extension/\0" + b"%032d" % number + struct.pack(">II", len(packet), at)
            body = head + packet[at : at + size]
            added += b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    return media[:2] + added + media[2:]


def animated() -> bytes:
    """A GIF with a comment in three pieces."""
    comment = b"!\xfe\x03one\x03two\x05three\0"
    return b"GIF89a\1\0\1\0\0\0\0" + comment + b",\0\0\0\0\1\0\1\0\0\x02\x02D\x01\0;"


def items(number: int, extents: int = 1) -> bytes:
    """A HEIF file with that many items of XMP, each in pieces."""
    packet = xmp(dc_title="x")
    size = -(-len(packet) // extents)
    runs = [(at, min(size, len(packet) - at)) for at in range(0, len(packet), size)]
    entries = b"".join(
        box(b"infe", b"\2\0\0\0", struct.pack(">HH", at + 1, 0), b"mime", b"\0", b"application/rdf+xml\0")
        for at in range(number)
    )
    listed = b"".join(
        struct.pack(">HHHH", at + 1, 1, 0, len(runs)) + b"".join(struct.pack(">II", *run) for run in runs)
        for at in range(number)
    )
    place = b"\1\0\0\0\x44\0" + struct.pack(">H", number) + listed
    inner = (
        box(b"iinf", bytes(4), struct.pack(">H", number), entries), box(b"iloc", place), box(b"idat", packet)
    )  # fmt: skip
    return box(b"ftyp", b"heic", bytes(4), b"mif1") + box(b"meta", bytes(4), *inner)


def answered(number: int) -> bytes:
    """A picture with that many answers about its signer's revocation, all of them good."""
    answer = [
        revocation_answer(CAMERA, this_update=NOW - dt.timedelta(hours=at + 1)) for at in range(number)
    ]  # fmt: skip
    return signed(CAMERA, assertions=[steps()], cose={"answers": answer})


def tagged_structure() -> bytes:
    """A JPEG whose EXIF has three directories and several entries."""
    return plain("JPEG", exif=exif({0x010F: "Maker", 0x0110: "Model"}, {0x9286: b"ASCII\0\0\0hello"}))


def embedded() -> bytes:
    """A TIFF with XMP in a tag, and IPTC in another."""
    packet, iptc = xmp(dc_title="x"), iim((120, "x"))[26:]
    entries = struct.pack("<HHII", 700, 1, len(packet), 100) + struct.pack("<HHII", 33723, 1, len(iptc), 2_000)
    body = b"II*\0" + struct.pack("<IH", 8, 2) + entries + bytes(4)
    return (body.ljust(100, b"\0") + packet).ljust(2_000, b"\0") + iptc


def in_words() -> bytes:
    """A drawing with a store in base64 among its words."""
    return in_drawing(base64.b64encode(a_store()))


def in_archive() -> bytes:
    """A document with a signed picture, packed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>" * 9)
        archive.writestr("word/document.xml", "<document/>" * 9)
        archive.writestr("word/media/picture.jpg", a_picture())
    return made.getvalue()


_SEARCHED: Final = "searched"
_EVERY: Final = (Line.INTEGRITY, Line.SIGNER, Line.TIME, Line.HISTORY, Line.AI, Line.CLAIM)
_AI: Final = (Line.AI,)
_ALL: Final = (Line.AI, Line.TIME, Line.CLAIM)
_C: Final = "provenance.credentials."
_M: Final = "provenance.metadata."
_TWO: Final = jpeg_with(0xFE, b"one")
CAPS: Final = (
    # What is signed about AI.
    Cap(name=_C + "history.ai_statements.MAX_STATEMENTS", to=1, lines=_AI,
        build=lambda: held(steps({"action": "c2pa.edited", "digitalSourceType": IPTC + "humanEdits"}))),
    Cap(name=_C + "history.ai_reader.MAX_ACTIONS", to=1, lines=_AI, build=lambda: held(steps(*edits(1)))),
    Cap(name=_C + "history.ai_reader.MAX_RELATED", to=1, lines=_AI, build=lambda: held(
        steps({"action": "c2pa.edited", "related": [{"action": "c2pa.cropped"}, {"action": "c2pa.resized"}]}))),
    Cap(name=_C + "history.ai_reader.MAX_RELATED_DEPTH", to=0, lines=_AI,
        build=lambda: held(steps({"action": "c2pa.edited", "related": [{"action": "c2pa.cropped"}]}))),
    Cap(name=_C + "history.ai_reader.MAX_FIELDS", to=1, lines=_AI,
        build=lambda: held(steps(), ("c2pa.ai-disclosure", {"modelName": "a", "modelType": "b"}))),
    Cap(name=_C + "history.ai_reader.MAX_FIELD_DEPTH", to=0, lines=_AI,
        build=lambda: held(steps(), ("c2pa.ai-disclosure", {"contentProfile": {"contentProportion": 1}}))),
    Cap(name=_C + "history.ai_reader.MAX_DESCRIPTION", to=4, lines=_AI,
        build=lambda: held(steps({"action": "c2pa.edited", "description": "a long one"}))),
    Cap(name=_C + "history.ai_reader.MAX_NAME", to=3, lines=_AI,
        build=lambda: held(steps({"action": "c2pa.edited", "softwareAgent": {"name": "a long one"}}))),
    Cap(name=_C + "history.ai_reader.MAX_KEPT", to=50, lines=_AI,
        build=lambda: held(steps({"action": "c2pa.edited", "digitalSourceType": IPTC + "humanEdits"}))),
    # Signed places and times.
    Cap(name=_C + "history.content.MAX_JSON_BYTES", to=9, lines=(Line.AI, Line.TIME, Line.CLAIM),
        build=lambda: held(steps(), metadata(DateTimeOriginal="2020-05-05T10:00:00Z"))),
    Cap(name=_C + "history.statement_reader.MAX_ACTIONS", to=1, lines=(Line.TIME, Line.CLAIM),
        build=lambda: held(steps(*edits(2)))),
    Cap(name=_C + "history.statement_reader.MAX_RELATED", to=1, lines=(Line.TIME, Line.CLAIM), build=lambda: held(
        steps({"action": "c2pa.edited", "related": [{"action": "c2pa.cropped"}, {"action": "c2pa.resized"}]}))),
    Cap(name=_C + "history.statement_reader.MAX_FIELDS", to=1, lines=(Line.TIME, Line.CLAIM),
        build=lambda: held(steps(), metadata(DateTimeOriginal="2020-05-05T10:00:00Z"))),
    Cap(name=_C + "history.statement_reader.MAX_AREAS", to=0, lines=(Line.TIME, Line.CLAIM),
        build=lambda: held(steps(), metadata(City="Kyiv"))),
    Cap(name=_C + "history.statements.MAX_TIMES", to=1, lines=(Line.TIME, Line.CLAIM),
        build=lambda: held(steps(*edits(2)))),
    Cap(name=_C + "history.statements.MAX_PLACES", to=1, lines=(Line.TIME, Line.CLAIM),
        build=lambda: held(steps(), places(3))),
    Cap(name=_C + "history.statement_reader.MAX_DEPTH", to=0, lines=(Line.TIME, Line.CLAIM),
        build=lambda: held(steps(), places(1))),
    # The history.
    Cap(name=_C + "history.history.MAX_DEPTH", to=1, lines=(Line.HISTORY, Line.AI, Line.CLAIM), build=lambda: chain(3)),
    Cap(name=_C + "history.history.MAX_LINKS", to=1, lines=(Line.HISTORY, Line.AI, Line.CLAIM),
        build=lambda: collage(3)),
    Cap(name=_C + "history.history.MAX_REDACTIONS", to=0, lines=(Line.HISTORY, Line.AI, Line.CLAIM),
        build=lambda: redacted("org.test.note", how="dropped"), fails=True),
    # Signer and time stamp.
    Cap(name=_C + "certificates.ocsp.MAX_RESPONSES", to=1, lines=(Line.SIGNER,),
        build=lambda: answered(2), named="revo"),
    Cap(name=_C + "certificates.ocsp.MAX_RESPONSE_BYTES", to=9, lines=(Line.SIGNER,),
        build=lambda: answered(1), named="revo"),
    Cap(name=_C + "certificates.path_search.MAX_DEPTH", to=0, lines=(Line.SIGNER,), build=lambda: between(),
        named="no list"),
    Cap(name=_C + "certificates.path_search.MAX_CHECKS", to=0, lines=(Line.SIGNER,), build=lambda: held(steps()),
        named="no list"),
    Cap(name=_C + "certificates.path_search.MAX_VISITS", to=0, lines=(Line.SIGNER,), build=lambda: held(steps()),
        named="no list"),
    Cap(name=_C + "certificates.cms.MAX_TOKEN_BYTES", to=9, lines=(Line.TIME,),
        build=lambda: held(steps()), named="time"),
    Cap(name=_C + "certificates.cms.MAX_TOKEN_CERTIFICATES", to=0, lines=(Line.TIME,), build=lambda: held(steps()),
        named="time"),
    # The search for stores where no engine looks.
    Cap(name=_C + "store.hidden.MAX_MARKS", to=0, lines=_EVERY, named=_SEARCHED, build=lambda: in_jpeg(0xEC)),
    Cap(name=_C + "store.hidden.MAX_READ", to=0, lines=_EVERY, named="Credentials", build=lambda: in_jpeg(0xEC)),
    Cap(name="provenance.formats.stores.scan.MAX_ENCODED", to=0, lines=_EVERY, named=_SEARCHED, build=in_words),
    Cap(name="provenance.formats.packed.MAX_PARTS", to=0, lines=_EVERY, named=_SEARCHED, build=in_archive),
    Cap(name="provenance.formats.packed.MAX_UNPACKED", to=0, lines=_EVERY, named=_SEARCHED, build=in_archive),
    Cap(name="provenance.formats.packed.FREE_UNPACKED", to=-(1 << 30), lines=_EVERY, named=_SEARCHED, build=in_archive),
    Cap(name="provenance.formats.packed.TIMES", to=-(1 << 30), lines=_EVERY, named=_SEARCHED, build=in_archive),
    # The file's own metadata.
    Cap(name=_M + "model.MAX_BLOCK", to=9, lines=_ALL, build=lambda: plain(xmp=xmp(dc_title="x"))),
    Cap(name=_M + "model.MAX_TOTAL", to=9, lines=_ALL, build=lambda: plain(xmp=xmp(dc_title="x"))),
    Cap(name=_M + "model.MAX_BLOCKS", to=0, lines=_ALL, build=lambda: _TWO),
    Cap(name=_M + "model.MAX_FIELDS", to=1, lines=_ALL, build=tagged_structure),
    Cap(name=_M + "model.MAX_TEXT", to=3, lines=_ALL, build=lambda: jpeg_with(0xFE, b"a long one")),
    Cap(name=_M + "model.MAX_STATEMENTS", to=0, lines=_ALL,
        build=lambda: plain(xmp=xmp(Iptc4xmpExt_DigitalSourceType=IPTC + "digitalCapture"))),
    Cap(name=_M + "collector.MAX_OF_KIND", to=0, lines=_ALL, build=lambda: plain(xmp=xmp(dc_title="x"))),
    Cap(name=_M + "collector.MAX_PARTS", to=1, lines=_ALL, build=lambda: png_with(text_chunk("Comment", "x"))),
    Cap(name=_M + "generators.MAX_MARK", to=3, lines=_ALL, build=lambda: plain(exif=exif({0x0131: "a long one"}))),
    Cap(name=_M + "xmp.MAX_DEPTH", to=1, lines=_ALL, build=lambda: plain(xmp=xmp(dc_title="x"))),
    Cap(name=_M + "xmp.MAX_ELEMENTS", to=1, lines=_ALL, build=lambda: plain(xmp=xmp(dc_title="x"))),
    Cap(name=_M + "xmp.MAX_VALUES", to=0, lines=_ALL, build=lambda: plain(xmp=xmp(dc_title="x"))),
    Cap(name=_M + "exif.MAX_DIRECTORIES", to=1, lines=_ALL, build=tagged_structure),
    Cap(name=_M + "exif.MAX_ENTRIES", to=1, lines=_ALL, build=tagged_structure),
    Cap(name=_M + "exif.MAX_EMBEDDED", to=1, lines=_ALL, build=embedded),
    Cap(name=_M + "iptc.MAX_DATASETS", to=1, lines=_ALL, build=lambda: jpeg_with(0xED, iim((120, "a"), (105, "b")))),
    Cap(name=_M + "iptc.MAX_RESOURCES", to=0, lines=_ALL, build=lambda: jpeg_with(0xED, iim((120, "a")))),
    Cap(name=_M + "raster.MAX_EXTENDED", to=1, lines=_ALL, build=lambda: extended(1, packets=2)),
    Cap(name=_M + "raster.MAX_PIECES", to=1, lines=_ALL, build=lambda: extended(3)),
    Cap(name=_M + "raster.MAX_NOTES", to=0, lines=_ALL, build=lambda: edited_by_samsung("{}")),
    Cap(name=_M + "raster.MAX_TEXTS", to=0, lines=_ALL,
        build=lambda: wave((b"LIST", b"INFOICMT" + struct.pack("<I", 2) + b"x\0"))),
    Cap(name=_M + "raster.MAX_SUB_BLOCKS", to=2, lines=_ALL, build=animated),
    Cap(name=_M + "boxes.MAX_WANTED", to=1, lines=_ALL, build=lambda: items(3)),
    Cap(name=_M + "boxes.MAX_EXTENTS", to=1, lines=_ALL, build=lambda: items(1, extents=3)),
    Cap(name=_M + "boxes.MAX_ITEMS", to=0, lines=_ALL, build=lambda: still(xmp(dc_title="x"))),
    Cap(name=_M + "documents.HEAD", to=9, lines=_ALL, named="malformed",
        build=lambda: drawing(b"<rdf:RDF><rdf:Description/></rdf:RDF>",
                              declared="xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'")),
    Cap(name=_M + "documents.MAX_DECLARED", to=0, lines=_ALL,
        build=lambda: drawing(b"", declared="xmlns:x='http://example.org/'")),
    Cap(name=_M + "documents.MAX_ENTRIES", to=1, lines=_ALL,
        build=lambda: document(b"", b"/Creator (one) /Creator (two)")),
    Cap(name=_M + "documents.MAX_STRING", to=4, lines=_ALL, build=lambda: document(b"", b"/Creator (a long one)")),
    Cap(name=_M + "sound.MAX_FRAMES", to=1, lines=_ALL,
        build=lambda: tagged((b"TSSE", b"\3one"), (b"TENC", b"\3two"))),
)  # fmt: skip
"""One of each; a bound of several readers has more of them below."""


def between() -> bytes:
    """A picture whose signer stands below two authorities, of which the reader lists the upper one."""
    middle = make_root("Middle", issuer=ROOT, **LONG)
    signer = make_signer(middle, **LONG)
    return signed(signer, assertions=[steps()])


MORE: Final = (
    *(Cap(name=_M + "collector.MAX_PARTS", to=to, lines=_ALL, build=build) for to, build in (
        (1, lambda: jpeg_with(0xFE, b"one")),
        (1, lambda: wave((b"ICMT", b"x"))),
        (1, animated),
        (2, lambda: movie(box(b"udta", box(b"\xa9cmt", b"\0\1\0\0x")))),
    )),
    *(Cap(name=_M + "model.MAX_BLOCK", to=to, lines=_ALL, build=build) for to, build in (
        (9, lambda: png_with(text_chunk("Comment", "a rather long one"))),
        (9, lambda: png_with(chunk(b"eXIf", exif({0x010F: "Maker"})))),
        (9, lambda: movie(box(b"uuid", SOUND, xmp(dc_title="x")))),
        (9, lambda: still(xmp(dc_title="x"))),
        (9, lambda: tagged((b"PRIV", b"XMP\0" + xmp(dc_title="x")))),
        (9, lambda: document(xmp(dc_title="x"))),
        (9, embedded),
    )),
    Cap(name=_M + "sound.MAX_FRAMES", to=1, lines=_ALL, build=lambda: flac("comment=one", "comment=two")),
    Cap(name=_M + "model.MAX_TEXT", to=3, lines=_ALL, build=lambda: plain(xmp=xmp("<dc:title>a long one</dc:title>"))),
    Cap(name=_M + "model.MAX_TEXT", to=3, lines=_ALL, build=lambda: plain(exif=exif({0x010F: "a long one"}))),
    Cap(name=_M + "model.MAX_TEXT", to=3, lines=_ALL, build=lambda: jpeg_with(0xED, iim((120, "a long one")))),
)  # fmt: skip
"""The same bounds in other kinds of file."""

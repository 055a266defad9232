"""How do tests put a manifest store where a format has no place for one, in every container?"""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import brotli

from tests.support.authority import jpeg_segment, make_signer, manifest_store, picture
from tests.support.media.crafting import Draft, actions, bind, box, store
from tests.support.media.forms import FORMS, document, pdf, svg

SIGNER: Final = make_signer()
SMALL: Final = {"cose": {"room": 600}}


@lru_cache(maxsize=1)
def a_store() -> bytes:
    """A manifest store that can be read, of about 2 kB."""
    return store(Draft(signer=SIGNER, assertions=[actions()], **SMALL).build())


@lru_cache(maxsize=4)
def a_picture(form: str = "JPEG") -> bytes:
    """A signed picture of the same size."""
    return bind(Draft(signer=SIGNER, assertions=[actions()], **SMALL), picture(form))


@lru_cache(maxsize=1)
def a_large_picture() -> bytes:
    """A signed JPEG picture whose store takes several segments."""
    more = ("org.example.large", {"filling": bytes(range(256)) * 800})
    return bind(Draft(signer=SIGNER, assertions=[actions(), more], **SMALL), picture())


def in_jpeg(marker: int) -> bytes:
    """In a segment that is for something else."""
    plain = picture()
    return plain[:2] + jpeg_segment(marker, a_store()) + plain[2:]


def in_png(name: bytes) -> bytes:
    """In a chunk of another name, before the picture's data."""
    plain = picture("PNG")
    chunk = name + a_store()
    written = struct.pack(">I", len(a_store())) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return plain[:33] + written + plain[33:]


def in_gif() -> bytes:
    """In a comment, cut into blocks of 255 bytes."""
    plain, content = picture("GIF"), a_store()
    blocks = b"".join(bytes((len(part),)) + part for part in _pieces(content, 255))
    return plain[:-1] + b"!\xfe" + blocks + b"\0;"


def _pieces(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


def in_riff(plain: bytes, name: bytes) -> bytes:
    """In a chunk of another name behind the others."""
    content = a_store()
    whole = plain + name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) & 1)
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]


def in_tiff(tag: int = 65_000) -> bytes:
    """As the value of a tag that is for something else, in a directory behind all."""
    plain = picture("TIFF")
    order = "<" if plain[:2] == b"II" else ">"
    (first,) = struct.unpack_from(f"{order}I", plain, 4)
    (count,) = struct.unpack_from(f"{order}H", plain, first)
    entries = plain[first + 2 : first + 2 + 12 * count]
    place = len(plain)
    entry = struct.pack(f"{order}HHII", tag, 7, len(a_store()), place)
    content = a_store() + b"\0" * (len(a_store()) & 1)
    directory = struct.pack(f"{order}H", count + 1) + entries + entry + bytes(4)
    return plain[:4] + struct.pack(f"{order}I", place + len(content)) + plain[8:] + content + directory


def in_id3(kind: bytes, plain: bytes) -> bytes:
    """In an encapsulated object of another type than a writer of today gives it."""
    body = b"\0" + kind + b"\0c2pa\0c2pa manifest store\0" + a_store()
    frame = b"GEOB" + _synchsafe(len(body)) + bytes(2) + body
    return b"ID3\4\0\0" + _synchsafe(len(frame)) + frame + plain


def _synchsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def in_flac() -> bytes:
    """In the block of a cover picture, before the sound."""
    block = a_picture()
    about = struct.pack(">I", 3) + struct.pack(">I", 10) + b"image/jpeg" + bytes(20) + struct.pack(">I", len(block))
    plain = FORMS["audio/flac"]()
    return plain[:4] + b"\0" + plain[5:42] + b"\x86" + struct.pack(">I", len(about + block))[1:] + about + block


def in_film(path: str) -> bytes:
    """In a box at the end of an MP4 that is for something else."""
    plain = FORMS["video/mp4"]()
    content = {
        "udta": box(b"udta", box(b"c2pa", a_store())),
        "uuid": box(b"uuid", bytes(range(16)) + a_store()),
        "jumb": a_store(),
        "free": box(b"free", a_store()),
    }[path]
    return plain + content


def in_drawing(words: bytes) -> bytes:
    """As text in a drawing, in front of its last tag."""
    return svg().replace(b"</svg>", words + b"</svg>")


def drawn_picture(shift: int) -> bytes:
    """A signed picture in a drawing as a data URI, its store at each of the three ways to meet base64's groups."""
    whole = a_picture()
    whole = whole[:2] + jpeg_segment(0xFE, b"x" * shift) + whole[2:]
    return in_drawing(b'<image href="data:image/jpeg;base64,' + base64.b64encode(whole) + b'"/>')


def in_page(whole: bytes) -> bytes:
    """A page with a picture in it."""
    return (
        b'<!DOCTYPE html><html><p>Here.</p><img src="data:image/jpeg;base64,' + base64.b64encode(whole) + b'"></html>'
    )


def in_document(*, packed: bool, content: bytes = b"") -> bytes:
    """As a picture of a document."""
    target = io.BytesIO(document())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        archive.writestr("word/media/image1.jpeg", content or a_picture())
    return target.getvalue()


def in_pdf(*, packed: bool) -> bytes:
    """As an attachment of a PDF, or its page's picture, in an object behind all."""
    whole = a_picture()
    head = b"/Type /EmbeddedFile /Filter /FlateDecode" if packed else b"/Subtype /Image /Filter /DCTDecode"
    body = zlib.compress(whole) if packed else whole
    plain = pdf()
    number = b"\n90 0 obj\n<< %s /Length %d >>\nstream\n" % (head, len(body))
    at = plain.rindex(b"xref", 0, plain.rindex(b"startxref"))
    return plain[:at] + number + body + b"\nendstream\nendobj\n" + plain[at:]


def _picture_behind_another() -> bytes:
    return picture() + a_picture()


HIDES: Final[dict[str, tuple[str, Callable[[], bytes]]]] = {
    "JPEG, comment": ("in a comment", lambda: in_jpeg(0xFE)),
    "JPEG, APP12": ("in a part of it called “APP12”", lambda: in_jpeg(0xEC)),
    "JPEG, tail": ("behind its end", lambda: picture() + a_store()),
    "JPEG, second picture": ("in a JPEG picture inside it", _picture_behind_another),
    "JPEG, second picture in segments": ("in a JPEG picture inside it", lambda: picture() + a_large_picture()),
    "PNG, private chunk": ("in a part of it called “prVt”", lambda: in_png(b"prVt")),
    "PNG, tail": ("behind its end", lambda: picture("PNG") + a_store()),
    "PNG, second picture": ("in a PNG picture inside it", lambda: picture("PNG") + a_picture("PNG")),
    "GIF, comment": ("in a comment", in_gif),
    "GIF, tail": ("behind its end", lambda: picture("GIF") + a_store()),
    "WebP, chunk": ("in a part of it called “c2pa”", lambda: in_riff(picture("WEBP"), b"c2pa")),
    "WebP, tail": ("behind its end", lambda: picture("WEBP") + a_store()),
    "WAV, chunk": ("in a part of it called “c2pa”", lambda: in_riff(FORMS["audio/wav"](), b"c2pa")),
    "AVI, chunk": ("in a part of it called “JUMB”", lambda: in_riff(FORMS["video/x-msvideo"](), b"JUMB")),
    "TIFF, tag": ("amid its image", in_tiff),
    "TIFF, tail": ("in no part of it that is known here", lambda: picture("TIFF") + a_store()),
    "MP4, user data": ("in its user data", lambda: in_film("udta")),
    "MP4, box of its own": ("in a part of it called “jumb”", lambda: in_film("jumb")),
    "MP4, uuid box": ("in a part of it called “uuid”", lambda: in_film("uuid")),
    "MP4, free box": ("in a part of it called “free”", lambda: in_film("free")),
    "MOV, tail": ("in a part of it called “jumb”", lambda: FORMS["video/quicktime"]() + a_store()),
    "AVIF, box": ("in a part of it called “jumb”", lambda: picture("AVIF") + a_store()),
    "HEIC, box": ("in a part of it called “jumb”", lambda: FORMS["image/heic"]() + a_store()),
    "JPEG XL, packed box": (
        "in a packed part of it",
        lambda: FORMS["image/jxl"]() + box(b"brob", b"jumb" + brotli.compress(a_store()[8:])),
    ),
    "MP3, application/jumbf": ("in its ID3 tag", lambda: in_id3(b"application/jumbf", FORMS["audio/mpeg"]())),
    "MP3, tail": ("amid its sound", lambda: FORMS["audio/mpeg"]() + a_store()),
    "FLAC, application/jumbf": ("in its ID3 tag", lambda: in_id3(b"application/jumbf", FORMS["audio/flac"]())),
    "FLAC, cover": ("in a JPEG picture inside it", in_flac),
    "SVG, element": (
        "amid its drawing",
        lambda: in_drawing(b"<x:manifest xmlns:x='urn:x'>" + base64.b64encode(a_store()) + b"</x:manifest>"),
    ),
    "SVG, comment": ("amid its drawing", lambda: in_drawing(b"<!--" + base64.b64encode(a_store()) + b"-->")),
    "SVG, broken lines": (
        "amid its drawing",
        lambda: in_drawing(b"<desc>" + base64.encodebytes(a_store()) + b"</desc>"),
    ),
    "SVG, picture": ("amid its drawing", lambda: drawn_picture(0)),
    "SVG, picture, next group": ("amid its drawing", lambda: drawn_picture(1)),
    "SVG, picture, last group": ("amid its drawing", lambda: drawn_picture(2)),
    "HTML, picture": ("amid its text", lambda: in_page(a_picture())),
    "text, store": ("amid its text", lambda: b"Look at this:\n" + base64.encodebytes(a_store()) + b"\nas I said.\n"),
    "PDF, tail": ("amid the document", lambda: pdf() + a_store()),
    "PDF, page": ("in a JPEG picture inside it", lambda: in_pdf(packed=False)),
    "PDF, attachment": ("in a JPEG picture inside it", lambda: in_pdf(packed=True)),
    "DOCX, picture": ("“word/media/image1.jpeg”", lambda: in_document(packed=False)),
    "DOCX, packed picture": ("“word/media/image1.jpeg”", lambda: in_document(packed=True)),
    "DOCX, packed film": (
        "“word/media/image1.jpeg”",
        lambda: in_document(packed=True, content=in_film("jumb")),
    ),
}
"""By container and place: how a report names it, and such a file."""


def halves() -> tuple[bytes, bytes]:
    """A picture with a store behind it that ends in its first manifest, and one that has only its beginning."""
    return picture() + a_store()[:400], picture() + manifest_store(a_picture())[:60]

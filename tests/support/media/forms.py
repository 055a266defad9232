"""Which files do the tests have of every type, the smallest there are and some with more in them?"""

from __future__ import annotations

import io
import struct
import wave
import zipfile
from collections.abc import Callable, Sequence

from PIL import Image

from tests.support.authority import Identity, join_jpeg, jpeg_segment, jpeg_segments, picture
from tests.support.media.crafting import Draft, actions, bind, box
from tests.support.media.hostile import movie, silence


def branded(brand: bytes) -> bytes:
    """The smallest movie under another brand."""
    plain = movie(256)
    return plain[:8] + brand + plain[12:16] + brand + plain[20:]


def heic() -> bytes:
    """A HEIF file with its handler and an item of nothing."""
    handler = box(b"hdlr", bytes(8) + b"pict" + bytes(13))
    primary = box(b"pitm", bytes(4) + b"\0\1")
    entry = box(b"infe", b"\2\0\0\0" + b"\0\1\0\0hvc1\0")
    items = box(b"iinf", bytes(4) + b"\0\1" + entry)
    head = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    size = len(head) + 8 + 4 + len(handler) + len(primary) + len(items) + 30
    place = box(b"iloc", bytes(4) + b"\x44\x00" + b"\0\1" + b"\0\1\0\0\0\1" + struct.pack(">II", size + 8, 64))
    return head + box(b"meta", bytes(4) + handler + primary + items + place) + box(b"mdat", bytes(64))


def dng() -> bytes:
    """A TIFF that says which version of DNG it is."""
    target = io.BytesIO()
    directory = Image.new("RGB", (8, 8))
    directory.save(target, "TIFF", tiffinfo={0xC612: b"\1\4\0\0"})
    return target.getvalue()


def mp3() -> bytes:
    """Ten frames of silence, MPEG 1 layer III, 128 kbit/s."""
    return (b"\xff\xfb\x90\x00" + bytes(413)) * 10


def flac() -> bytes:
    """Stream information and nothing to play."""
    about = struct.pack(">HH", 4096, 4096) + bytes(6) + bytes.fromhex("0ac442f000000000") + bytes(16)
    return b"fLaC" + b"\x80" + struct.pack(">I", len(about))[1:] + about


def avi() -> bytes:
    """A RIFF file of the form, with an empty list of frames."""
    header = b"LIST" + struct.pack("<I", 4 + 8 + 56) + b"hdrl" + b"avih" + struct.pack("<I", 56) + bytes(56)
    content = b"AVI " + header + b"LIST" + struct.pack("<I", 4) + b"movi"
    return b"RIFF" + struct.pack("<I", len(content)) + content


def jxl() -> bytes:
    """The container with a codestream of nothing."""
    return box(b"JXL ", b"\r\n\x87\n") + box(b"ftyp", b"jxl \0\0\0\0jxl ") + box(b"jxlc", b"\xff\x0a" + bytes(32))


def svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>'


def pdf() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, "PDF")
    return target.getvalue()


def document(first: str = "") -> bytes:
    """A document in a ZIP archive, its parts stored as they are: the signing library reads no compressed ones.

    `first` is the type that such files of other families name in their first part.
    """
    target = io.BytesIO()
    parts = (
        {"mimetype": first} if first else {"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:p>text</w:p>"}
    )
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in (parts | {"content.xml": "<office:text>words</office:text>" * 8}).items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


FORMS: dict[str, Callable[[], bytes]] = {
    "image/jpeg": lambda: picture("JPEG"),
    "image/png": lambda: picture("PNG"),
    "image/webp": lambda: picture("WEBP"),
    "image/gif": lambda: picture("GIF"),
    "image/tiff": lambda: picture("TIFF"),
    "image/avif": lambda: picture("AVIF"),
    "image/heic": heic,
    "image/heif": lambda: heic().replace(b"heic\0\0\0\0mif1heic", b"mif1\0\0\0\0mif1miaf"),
    "image/x-adobe-dng": dng,
    "image/svg+xml": svg,
    "image/jxl": jxl,
    "video/mp4": lambda: movie(256),
    "video/quicktime": lambda: branded(b"qt  "),
    "audio/mp4": lambda: branded(b"M4A "),
    "video/x-msvideo": avi,
    "audio/mpeg": mp3,
    "audio/wav": silence,
    "audio/flac": flac,
    "application/pdf": pdf,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": document,
    "application/epub+zip": lambda: document("application/epub+zip"),
    "application/vnd.oasis.opendocument.text": lambda: document("application/vnd.oasis.opendocument.text"),
}
"""The smallest file of every type that can be signed here."""

DOCUMENTS = [media_type for media_type in FORMS if media_type.endswith((".document", "+zip", ".text"))]
"""ZIP documents: the second engine does not follow the form in which the first one writes their hashes."""


def sound() -> bytes:
    """Half a second that can be heard."""
    output = io.BytesIO()
    with wave.open(output, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(range(256)) * 8)
    return output.getvalue()


def film(sizes: Sequence[int] = (200, 300, 250, 100), *, each: int = 2) -> bytes:
    """A film whose tables say where its samples lie, so many of them in each chunk."""
    plain = movie(sum(sizes))
    start = plain.index(b"moov") - 4
    (length,) = struct.unpack(">I", plain[start : start + 4])

    def tracks(place: int) -> bytes:
        chunks = [place + sum(sizes[:number]) for number in range(0, len(sizes), each)]
        tables = (
            box(b"stsc", struct.pack(">IIIII", 0, 1, 1, each, 1))
            + box(b"stsz", struct.pack(f">III{len(sizes)}I", 0, 0, len(sizes), *sizes))
            + box(b"stco", struct.pack(f">II{len(chunks)}I", 0, len(chunks), *chunks))
        )
        track = box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", tables))))
        return plain[:start] + box(b"moov", plain[start + 8 : start + length] + track)

    return tracks(len(tracks(0)) + 8) + plain[start + length :]


def music() -> bytes:
    """Eight frames between the two kinds of ID3 tags."""
    return (
        b"ID3\x03\0\0\0\0\0\x10TIT2\0\0\0\x06\0\0\0title" + (b"\xff\xfb\x90\x64" + bytes(413)) * 8 + b"TAG" + bytes(125)
    )


def animation() -> bytes:
    """Three frames of noise, and a comment."""
    frames = [Image.effect_noise((24, 16), 50).convert("P") for _ in range(3)]
    output = io.BytesIO()
    frames[0].save(output, "GIF", save_all=True, append_images=frames[1:], loop=0, comment=b"a comment")
    return output.getvalue()


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'
PDF = (
    b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
    b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\nxref\n0 4\n0000000000 65535 f \n"
    b"0000000009 00000 n \n0000000054 00000 n \n0000000105 00000 n \ntrailer\n<</Size 4/Root 1 0 R>>\n"
    b"startxref\n164\n%%EOF\n"
)
MEDIA: dict[str, Callable[[], bytes]] = {
    "image/jpeg": picture,
    "image/png": lambda: picture("PNG"),
    "image/webp": lambda: picture("WEBP"),
    "image/gif": animation,
    "image/tiff": lambda: picture("TIFF"),
    "image/avif": lambda: picture("AVIF"),
    "audio/wav": sound,
    "audio/mpeg": music,
    "image/svg+xml": lambda: SVG,
    "application/pdf": lambda: PDF,
}
"""Files with media of some size in them, by type."""


def scan_of(whole: bytes) -> tuple[int, int]:
    """(start, length) of a JPEG's pixels."""
    start = len(whole) - len(jpeg_segments(whole)[1])
    return start, len(whole) - start - 2


def with_exif() -> bytes:
    """A JPEG with an Exif block of nothing."""
    segments, scan = jpeg_segments(picture())
    exif = jpeg_segment(0xE1, b"Exif\0\0" + bytes(60))
    return join_jpeg([segments[0], exif, *segments[1:]], scan)


def exif_of(whole: bytes) -> tuple[int, int]:
    """(start, length) of its Exif block."""
    start = whole.index(b"\xff\xe1")
    return start, 2 + struct.unpack(">H", whole[start + 2 : start + 4])[0]


def leaving_out(signer: Identity, media: bytes, *ranges: Callable[[bytes], tuple[int, int]]) -> bytes:
    """Signed media whose data hash leaves those ranges (start, length) out, and is right."""
    draft = Draft(signer=signer, assertions=[actions()])
    return bind(draft, media, extra=lambda whole: [each(whole) for each in ranges])

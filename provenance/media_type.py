"""What type of media are these bytes, whatever the file is called?

The content decides. A name is asked only inside a family whose members look alike (raw photos inside TIFF, macro
documents inside Office, kinds of text), and a name that says something else is reported, never believed.
"""

from __future__ import annotations

import re
import struct
from typing import Final

from provenance.readings.names import RAW, STORE, TEXTS, UNKNOWN, disagrees, named_type

__all__ = ["STORE", "UNKNOWN", "disagrees", "frame_length", "named_type", "recognise"]

HEAD: Final = 64 * 1024
"""Bytes looked at for anything that has no signature of its own (SVG, text); prologues stay far below."""
MAX_ENTRIES: Final = 4096
"""Entries of a TIFF directory or ZIP archive that are looked at; what tells a type apart stands among the first."""
MAX_SYNC: Final = 4096
"""Longest MPEG audio frame that is skipped to find the next one; real ones stay below 2881 bytes."""

_WORD, _SHEET, _SLIDES = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
)
_REFINED_BY_NAME: Final = {
    "image/tiff": RAW,
    "text/plain": TEXTS,
    _WORD: frozenset({"application/vnd.ms-word.document.macroenabled.12"}),
    _SHEET: frozenset({"application/vnd.ms-excel.sheet.macroenabled.12"}),
    _SLIDES: frozenset({"application/vnd.ms-powerpoint.presentation.macroenabled.12"}),
}
"""Types whose content cannot tell these others apart: there the name may."""

_SIGNATURES: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\xff\x0a", "image/jxl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"8BPS\0\1\0\0\0\0\0\0", "image/vnd.adobe.photoshop"),
    (b"8BPS\0\2\0\0\0\0\0\0", "image/vnd.adobe.photoshop"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51\0", "image/jp2"),
    (b"FLV\1", "video/x-flv"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c", "video/x-ms-wmv"),
    (b"OTTO\0", "font/otf"),
    (b"\0\x01\0\0\0", "font/ttf"),
)
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_SVG: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*\?>\s*|<!--(?:[^-]|-(?!->))*-->\s*|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>\s*)*"
    rb"<(?:[A-Za-z_][\w.-]*:)?svg[\s>/]"
)
_MIME: Final = re.compile(rb"application/[a-z0-9.+-]{1,100}")


def recognise(data: bytes, *, name: str = "") -> str:
    """The media type of some bytes.

    Args:
        data: The whole content; only its beginning is read, and a ZIP archive's directory at its end.
        name: The file's name, used only where the content leaves several types open.

    Returns:
        A media type in lower case; `UNKNOWN` where nothing is recognised.
    """
    found = _by_content(data)
    named = named_type(name)
    if found == "audio/mpeg" and named == "audio/flac" and _ends_in_tag(data):
        return named
    return named if named in _REFINED_BY_NAME.get(found, ()) else found


def _by_content(data: bytes) -> str:
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    head = data[:HEAD]
    readers = (_riff, _chunked, _bmff, _store, _tiff, _audio, _zip, _bitmap, _pdf, _svg, _text)
    return next((kind for kind in (read(data, head) for read in readers) if kind), UNKNOWN)


def _riff(data: bytes, _head: bytes) -> str:
    return _RIFF.get(data[8:12], "") if data[:4] in (b"RIFF", b"RF64") else ""


def _chunked(data: bytes, head: bytes) -> str:
    """AIFF (Apple, 1989), and Matroska or WebM, which EBML's own header tells apart (RFC 8794; RFC 9559)."""
    if data[:4] == b"FORM" and data[8:12] in (b"AIFF", b"AIFC"):
        return "audio/aiff"
    if data[:4] != b"\x1a\x45\xdf\xa3":
        return ""
    return "video/webm" if b"\x42\x82\x84webm" in head[:256] else "video/x-matroska"


def _bmff(data: bytes, head: bytes) -> str:
    """ISO BMFF by its brands (ISO/IEC 14496-12), QuickTime also without any."""
    box = data[4:8]
    if box in (b"wide", b"moov", b"mdat", b"moof", b"sidx", b"styp") and data[:1] > b"\x1f" and _text(data, head):
        # A word with one of four letters before it. A box of so many bytes is one of a film that is no text.
        return ""
    if box in (b"styp", b"moof", b"sidx"):
        return "video/iso.segment"
    if box in (b"moov", b"mdat", b"wide") and len(data) > 8:
        return "video/quicktime"
    if box != b"ftyp":
        return ""
    size = min(int.from_bytes(data[:4], "big"), 1024)
    major = data[8:12]
    brands = {major, *(data[at : at + 4] for at in range(16, size, 4))}
    if major in (b"avif", b"avis"):
        return "image/avif"
    if major in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"):
        return "image/heic"
    if major in (b"mif1", b"msf1", b"mif2", b"heif"):
        return "image/avif" if b"avif" in brands else "image/heic" if b"heic" in brands else "image/heif"
    if major == b"crx ":
        return "image/x-canon-cr3"
    if major in (b"M4A ", b"M4B ", b"M4P "):
        return "audio/mp4"
    return "video/quicktime" if major == b"qt  " else "video/mp4"


def _store(data: bytes, _head: bytes) -> str:
    return STORE if data[4:8] == b"jumb" and data[12:20] == b"jumdc2pa" else ""


def _tiff(data: bytes, _head: bytes) -> str:
    """TIFF, and raw photos in it: by the DNG version, or by maker where the first directory is only a preview."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        return "image/tiff" if data[:4] in (b"II+\0", b"MM\0+") else ""
    tags = _first_directory(data, order)
    if 0xC612 in tags:  # DNGVersion
        return "image/x-adobe-dng"
    make = _ascii(data, order, tags.get(0x010F, b"")).upper()
    is_preview = 0x00FE in tags and int.from_bytes(tags[0x00FE][4:8], "little" if order == "<" else "big") & 1
    if is_preview and make.startswith("NIKON"):
        return "image/x-nikon-nef"
    if is_preview and make.startswith("SONY"):
        return "image/x-sony-arw"
    return "image/tiff"


def _first_directory(data: bytes, order: str) -> dict[int, bytes]:
    """Tag to the count and value words of its entry, of the first directory; empty where it lies outside."""
    if len(data) < 8:
        return {}
    (start,) = struct.unpack_from(f"{order}I", data, 4)
    if start + 2 > len(data):
        return {}
    (count,) = struct.unpack_from(f"{order}H", data, start)
    tags = {}
    for at in range(start + 2, start + 2 + 12 * min(count, MAX_ENTRIES), 12):
        entry = data[at : at + 12]
        if len(entry) < 12:
            break
        tags[struct.unpack_from(f"{order}H", entry)[0]] = entry[4:]
    return tags


def _ascii(data: bytes, order: str, entry: bytes) -> str:
    if len(entry) < 8:
        return ""
    count, offset = struct.unpack(f"{order}II", entry)
    raw = entry[4 : 4 + count] if count <= 4 else data[offset : offset + min(count, 64)]
    return raw.rstrip(b"\0 ").decode("ascii", "replace")


def _ends_in_tag(data: bytes) -> bool:
    """Whether a file breaks off within its ID3 tag, so that what sound would follow is left open."""
    return data[:3] == b"ID3" and 10 + _synchsafe(data[6:10]) + 4 > len(data)


def _synchsafe(digits: bytes) -> int:
    size = 0
    for digit in digits:
        size = size << 7 | digit & 0x7F
    return size


def _audio(data: bytes, _head: bytes) -> str:
    """MP3 with an ID3v2 tag in front or without, and FLAC behind such a tag."""
    if data[:3] == b"ID3" and len(data) >= 10 and data[3] < 0x20:
        size = _synchsafe(data[6:10])
        return "audio/flac" if data[10 + size : 14 + size] == b"fLaC" else "audio/mpeg"
    length = frame_length(data[:4])
    if not length or length > MAX_SYNC:
        return ""
    # Two sync bytes alone are chance: the frame that they announce must end at another one, or at the end.
    following = data[length : length + 4]
    return "audio/mpeg" if not following or frame_length(following) else ""


_RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_KBITS_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def frame_length(header: bytes) -> int:
    """Length in bytes of the MPEG layer III frame with that header; 0 where it is none (ISO/IEC 11172-3, 2.4.1.3)."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, bitrate, rate = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or bitrate in (0, 15) or rate == 3:
        return 0
    kbits, factor = (_KBITS_1[bitrate], 144) if version == 3 else (_KBITS_2[bitrate], 72)
    return factor * 1000 * kbits // _RATES[version][rate] + (header[2] >> 1 & 1)


def _zip(data: bytes, _head: bytes) -> str:
    """ZIP archives, told apart by a leading `mimetype` entry (OCF) or by the parts of an Office document (OPC)."""
    if data[:4] not in (b"PK\x03\x04", b"PK\x05\x06"):
        return ""
    if data[30:38] == b"mimetype" and data[8:10] == b"\0\0":
        declared = _MIME.match(data, 38)
        if declared:
            return declared[0].decode("ascii")
    names = _zip_names(data)
    for folder, kind in (("word/", _WORD), ("xl/", _SHEET), ("ppt/", _SLIDES)):
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            return kind
    if "[Content_Types].xml" in names and "FixedDocumentSequence.fdseq" in names:
        return "application/oxps"
    return "application/zip"


def _zip_names(data: bytes) -> set[str]:
    """Names in the archive's central directory; empty where it cannot be found."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if end < 0 or len(data) < end + 20:
        return set()
    (at,) = struct.unpack_from("<I", data, end + 16)
    names = set()
    for _ in range(MAX_ENTRIES):
        if data[at : at + 4] != b"PK\x01\x02" or len(data) < at + 46:
            break
        name, extra, comment = struct.unpack_from("<HHH", data, at + 28)
        names.add(data[at + 46 : at + 46 + name].decode("utf-8", "replace"))
        at += 46 + name + extra + comment
    return names


def _bitmap(data: bytes, _head: bytes) -> str:
    is_bitmap = data[:2] == b"BM" and data[6:10] == b"\0\0\0\0" and data[14:18] in (b"\x28\0\0\0", b"\x7c\0\0\0")
    return "image/bmp" if is_bitmap else ""


def _pdf(_data: bytes, head: bytes) -> str:
    # Readers accept the header anywhere in the first 1,024 bytes (ISO 32000-1, annex H, note 13).
    return "application/pdf" if b"%PDF-" in head[:1024] else ""


def _svg(_data: bytes, head: bytes) -> str:
    return "image/svg+xml" if _SVG.match(head) else ""


def _text(data: bytes, head: bytes) -> str:
    """Text in UTF-8 (or UTF-16 with its mark), without the control characters that no text has."""
    if not head:
        return ""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    cut = head if len(data) <= HEAD else head[: HEAD - 4]
    try:
        text = cut.decode(encoding)
    except UnicodeDecodeError as error:
        if error.end < len(cut) or len(data) <= HEAD:
            return ""
        text = cut[: error.start].decode(encoding)
    if any(ord(sign) < 32 and sign not in "\t\n\r\f\x1b" for sign in text):
        return ""
    return "text/plain"

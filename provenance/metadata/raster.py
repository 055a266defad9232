"""Where does metadata lie in JPEG, PNG, GIF and RIFF files (WebP, WAV, AVI)?"""

from __future__ import annotations

import re
from typing import Final

from provenance.metadata import sound
from provenance.metadata.collector import MAX_PARTS, Collector, decoded
from provenance.metadata.model import MAX_BLOCK

_XMP_HEAD: Final = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_MORE: Final = b"http://ns.adobe.com/xmp/extension/\0"
_FILL: Final = re.compile(rb"\xff+")
_BARE: Final = (0x01, *range(0xD0, 0xD9))
_KEYWORDS: Final = {
    name.casefold(): name
    for name in (
        "parameters", "prompt", "workflow", "workflow_json", "Comment", "Description", "Software", "Source", "Author",
        "Creation Time", "Dream", "sd-metadata", "invokeai_metadata", "invokeai_graph", "invokeai_workflow", "metadata",
        "generation_data", "fooocus_scheme", "AIGC", "UserComment", "Generator", "Sui-Params", "sui_image_params",
        "use_stable_diffusion_model",
    )
}  # fmt: skip
"""Keywords of PNG texts that are looked at, by ourselves written: a stranger's keyword never reaches a report."""
_XMP_KEYWORD: Final = "XML:com.adobe.xmp"
_EXIF: Final = b"Exif\0\0"
MAX_EXTENDED: Final = 2
"""Extended XMP packets of one JPEG; a real one has one."""
MAX_PIECES: Final = 128
"""Segments of one of them, of at most 64 KiB each."""
MAX_NOTES: Final = 256
"""Entries of Samsung's trailer; real ones have about ten."""
MAX_TEXTS: Final = 1_000
"""Texts of one list of a RIFF file."""
MAX_SUB_BLOCKS: Final = 4_000_000
"""Sub-blocks of one GIF file: 1 GiB where they are filled as writers fill them."""
_PROFILE: Final = re.compile(r"Raw profile type (exif|iptc|xmp|APP1|8bim)")
_EDITORS: Final = (b"PhotoEditor_Re_Edit_Data", b"PEg_Info")
_GENERATIVE: Final = re.compile(rb'"genAIType"\s{0,4}:\s{0,4}([1-9]\d{0,5})')
_RIFF_TEXTS: Final = {b"ISFT", b"ICMT", b"ICRD", b"INAM", b"IART", b"ISRC", b"ICOP", b"AIGC", b"ITCH", b"ISBJ"}


def jpeg(data: bytes, found: Collector) -> None:
    """Segments before the scan (ITU-T T.81, annex B; XMP specification part 3, section 1.1.3)."""
    position, more = 2, dict[bytes, list[tuple[int, bytes, tuple[int, int]]]]()
    for _ in range(MAX_PARTS):
        fill = _FILL.match(data, position)
        position = fill.end() - 1 if fill else position
        head = data[position : position + 4]
        if len(head) < 4 or head[0] != 0xFF or head[1] in (0xD9, 0xDA):
            break
        if head[1] in _BARE:
            position += 2
            continue
        end = position + 2 + int.from_bytes(head[2:4], "big")
        body = data[position + 4 : end]
        _segment(head[1], body, (position, end), found, more)
        position = max(end, position + 4)
    else:
        if data[position : position + 1] == b"\xff" and data[position + 1 : position + 2] not in (b"\xd9", b"\xda"):
            found.beyond("segments", MAX_PARTS)
    for pieces in more.values():
        joined = b"".join(body for _, body, _ in sorted(pieces))
        found.add("xmp", joined, *(span for _, _, span in pieces))
    if data.endswith(b"SEFT"):
        _samsung(data, found)


def _samsung(data: bytes, found: Collector) -> None:
    """The trailer of Samsung's cameras, where the gallery's editor notes whether a generative tool was used.

    Not documented by its maker: a directory `SEFH`, its size and `SEFT` at the file's end, its offsets counted
    backwards from the directory (as ExifTool reads it).
    """
    start = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    if start < 0 or data[start : start + 4] != b"SEFH":
        return
    count = int.from_bytes(data[start + 8 : start + 12], "little")
    if count > MAX_NOTES:
        found.beyond("entries of Samsung's trailer", MAX_NOTES)
        count = MAX_NOTES
    for at in range(start + 12, min(start + 12 + 12 * count, len(data) - 8), 12):
        back, size = (int.from_bytes(data[at + part : at + part + 4], "little") for part in (4, 8))
        if MAX_BLOCK < size <= back:
            found.beyond("bytes of one block of metadata", MAX_BLOCK)
        block = data[start - back : start - back + size] if 8 <= size <= back <= start and size <= MAX_BLOCK else b""
        length = int.from_bytes(block[4:8], "little")
        noted = _GENERATIVE.search(block) if block[8 : 8 + length] in _EDITORS else None
        if noted:
            found.text("Samsung editor", f"genAIType {int(noted[1])}", (start - back, start - back + size))
            return


def _segment(
    marker: int,
    body: bytes,
    span: tuple[int, int],
    found: Collector,
    more: dict[bytes, list[tuple[int, bytes, tuple[int, int]]]],
) -> None:
    if marker == 0xE1 and body[:6] in (b"Exif\0\0", b"Exif\0\xff"):
        found.add("exif", body[6:], span)
    elif marker == 0xE1 and body.startswith(_XMP_HEAD):
        found.add("xmp", body[len(_XMP_HEAD) :], span)
    elif marker == 0xE1 and body.startswith(_XMP_MORE):
        at = len(_XMP_MORE)
        guid, size, offset = body[at : at + 32], body[at + 32 : at + 36], body[at + 36 : at + 40]
        pieces = more.setdefault(guid, []) if guid in more or len(more) < MAX_EXTENDED else None
        if pieces is None:
            found.beyond("extended XMP packets", MAX_EXTENDED)
        elif len(pieces) >= MAX_PIECES:
            found.beyond("pieces of an extended XMP packet", MAX_PIECES)
        elif int.from_bytes(size, "big") > MAX_BLOCK:
            found.beyond("bytes of one block of metadata", MAX_BLOCK)
        else:
            pieces.append((int.from_bytes(offset, "big"), body[at + 40 :], span))
    elif marker == 0xED and body.startswith(b"Photoshop 3.0\0"):
        found.add("photoshop", body[14:], span)
    elif marker == 0xFE:
        found.text("JPEG comment", decoded(body), span)


def png(data: bytes, found: Collector) -> None:
    """Chunks of a PNG file (ISO/IEC 15948, sections 11.3.4 and 11.3.5)."""
    position = 8
    for _ in range(MAX_PARTS):
        length, name = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        end = position + 12 + length
        if len(name) < 4 or end > len(data) or name == b"IEND":
            return
        span = (position, end)
        if name == b"eXIf":
            found.cut(
                "exif", data, position + (14 if data[position + 8 : position + 14] == _EXIF else 8), end - 4, span
            )
        elif name in (b"tEXt", b"zTXt", b"iTXt", b"tIME") and length <= MAX_BLOCK:
            _chunk(name, data[position + 8 : end - 4], span, found)
        elif name in (b"tEXt", b"zTXt", b"iTXt"):
            found.beyond("bytes of one block of metadata", MAX_BLOCK)
        position = end
    if data[position + 4 : position + 8] not in (b"", b"IEND"):
        found.beyond("chunks", MAX_PARTS)


def _chunk(name: bytes, body: bytes, span: tuple[int, int], found: Collector) -> None:
    if name == b"tIME":
        if len(body) == 7:
            year, clock = int.from_bytes(body[:2], "big"), [f"{part:02}" for part in body[2:]]
            found.text("PNG time", f"{year:04}-{clock[0]}-{clock[1]}T{':'.join(clock[2:])}Z", span)
        return
    keyword, _, rest = body.partition(b"\0")
    if not _is_wanted(keyword.decode("latin-1")):
        return
    if name == b"tEXt":
        raw, encoding = rest, "latin-1"
    elif name == b"zTXt":
        raw, encoding = found.inflate(rest[1:]), "latin-1"
    else:
        compressed, tail = rest[:1] == b"\1", rest[2:]
        _, _, tail = tail.partition(b"\0")
        _, _, raw = tail.partition(b"\0")
        raw, encoding = found.inflate(raw) if compressed else raw, "utf-8"
    _png_text(keyword.decode("latin-1"), raw, encoding, span, found)


def _is_wanted(keyword: str) -> bool:
    return keyword == _XMP_KEYWORD or keyword.strip().casefold() in _KEYWORDS or _PROFILE.fullmatch(keyword) is not None


def _png_text(keyword: str, raw: bytes, encoding: str, span: tuple[int, int], found: Collector) -> None:
    if keyword == _XMP_KEYWORD:
        found.add("xmp", raw, span)
        return
    profile = _PROFILE.fullmatch(keyword)
    if profile:
        _raw_profile(profile[1], raw, span, found)
        return
    known = _KEYWORDS.get(keyword.strip().casefold())
    if known:
        # Many writers put UTF-8 into chunks that are Latin-1 by the specification.
        text = decoded(raw) if encoding == "utf-8" or not raw.isascii() else raw.decode("latin-1")
        found.text(f"PNG text {known}", text, span)


def _raw_profile(kind: str, raw: bytes, span: tuple[int, int], found: Collector) -> None:
    """ImageMagick's hexadecimal profiles: a name, a length, then digits."""
    words = raw[: 2 * MAX_BLOCK + 1024].split(None, 2)
    try:
        body = bytes.fromhex(b"".join(words[2].split()).decode("ascii")) if len(words) == 3 else b""
    except (UnicodeDecodeError, ValueError):
        return
    if body.startswith(b"Exif\0\0"):
        found.add("exif", body[6:], span)
    elif body.startswith(_XMP_HEAD):
        found.add("xmp", body[len(_XMP_HEAD) :], span)
    elif kind == "exif":
        found.add("exif", body, span)
    elif kind == "xmp":
        found.add("xmp", body, span)
    elif kind in ("iptc", "8bim"):
        found.add("photoshop" if body[:4] == b"8BIM" else "iptc", body, span)


def gif(data: bytes, found: Collector) -> None:
    """Comment and XMP blocks of a GIF file (GIF89a; XMP specification part 3, section 1.1.2)."""
    position, blocks = 13 + _colours(data[10:11]), _SubBlocks(data)
    for _ in range(MAX_PARTS):
        start, introducer = position, data[position : position + 1]
        if introducer == b"!":
            label, head = data[position + 1 : position + 2], data[position + 3 : position + 14]
            if label == b"\xff" and head == b"XMP DataXMP":
                stop = blocks.end(position + 2)
                end = data.find(b"\x01\xff\xfe\xfd", position + 14, stop)
                found.cut("xmp", data, position + 14, end if end > 0 else stop, (start, stop))
                position = stop
                continue
            position = blocks.end(position + 2)
            if label == b"\xfe":
                comment = _joined(data, start + 2)
                if len(comment) >= MAX_BLOCK:
                    found.beyond("bytes of one block of metadata", MAX_BLOCK)
                found.text("GIF comment", decoded(comment), (start, position))
        elif introducer == b",":
            position = blocks.end(position + 11 + _colours(data[position + 9 : position + 10]))
        else:
            break
    else:
        if data[position : position + 1] in (b"!", b","):
            found.beyond("blocks of a GIF", MAX_PARTS)
    if not blocks.left:
        found.beyond("sub-blocks of a GIF", MAX_SUB_BLOCKS)


def _colours(flags: bytes) -> int:
    return 3 << ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0


class _SubBlocks:
    """Walks runs of sub-blocks, counted over the whole file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.left = MAX_SUB_BLOCKS

    def end(self, position: int) -> int:
        """The end of a run; the file's end where there are more than any real file has."""
        data, size = self.data, len(self.data)
        while position < size and data[position] and self.left:
            position += 1 + data[position]
            self.left -= 1
        return position + 1 if self.left else size


def _joined(data: bytes, position: int) -> bytes:
    pieces, size = list[bytes](), 0
    while position < len(data) and data[position] and size < MAX_BLOCK:
        pieces.append(data[position + 1 : position + 1 + data[position]])
        size += data[position]
        position += 1 + data[position]
    return b"".join(pieces)


def riff(data: bytes, found: Collector) -> None:
    """Chunks of WebP, WAV and AVI files (RFC 9649; Multimedia Programming Interface; EBU Tech 3285)."""
    position = 12
    for _ in range(MAX_PARTS):
        name, length = data[position : position + 4], int.from_bytes(data[position + 4 : position + 8], "little")
        if len(name) < 4 or position + 8 > len(data):
            return
        end = min(position + 8 + length + (length & 1), len(data))
        _riff_chunk(name, data, (position, end), found)
        position = end
    if position + 8 <= len(data):
        found.beyond("chunks", MAX_PARTS)


def _riff_chunk(name: bytes, data: bytes, span: tuple[int, int], found: Collector) -> None:
    start, end = span[0] + 8, span[1]
    if name == b"EXIF":
        found.cut("exif", data, start + (6 if data[start : start + 6] == _EXIF else 0), end, span)
    elif name in (b"XMP ", b"_PMX"):
        found.cut("xmp", data, start, end, span)
    elif name == b"LIST" and data[start : start + 4] == b"INFO":
        _info(data, start + 4, end, found)
    elif name == b"bext" and end - start >= 348:
        _broadcast(data[start : start + 348], span, found)
    elif name in (b"id3 ", b"ID3 "):
        if end - start > MAX_BLOCK:
            found.beyond("bytes of one block of metadata", MAX_BLOCK)
        else:
            sound.id3(data[start:end], found, at=start)
    elif name in (b"AIGC", b"aigc"):
        found.text("RIFF AIGC", decoded(data[start : min(end, start + MAX_BLOCK)]), span)


def _info(data: bytes, position: int, stop: int, found: Collector) -> None:
    for _ in range(MAX_TEXTS):
        name, length = data[position : position + 4], int.from_bytes(data[position + 4 : position + 8], "little")
        if position + 8 > stop:
            return
        end = min(stop, position + 8 + length)
        if name in _RIFF_TEXTS:
            text = decoded(data[position + 8 : min(end, position + 8 + MAX_BLOCK)])
            found.text(f"RIFF {name.decode('ascii')}", text, (position, end))
        position = end + (length & 1)
    if position + 8 <= stop:
        found.beyond("texts of one list", MAX_TEXTS)


def _broadcast(body: bytes, span: tuple[int, int], found: Collector) -> None:
    """Description, originator and origination date and time."""
    found.text("RIFF bext description", decoded(body[:256].split(b"\0", 1)[0]), span)
    found.text("RIFF bext originator", decoded(body[256:288].split(b"\0", 1)[0]), span)
    date, clock = (decoded(part).strip("\0 ") for part in (body[320:330], body[330:338]))
    if date and clock:
        found.text("RIFF bext origination", f"{date.replace(':', '-')}T{clock.replace('-', ':')}", span)

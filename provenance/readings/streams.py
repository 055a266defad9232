"""Does a player that passes over what it does not know find a stream of pictures or sound in this file?

FFmpeg asks each of its readers how many signs of their own they see in the first mebibyte, wherever they lie
(libavformat: `mpegps_probe`, `mpegvideo_probe`, `h264_probe`, `ac3_probe`, `dts_probe`, `dv_probe` and the like). The
reader that sees most plays the file, and a picture says little of itself before its first line. The signs are those of
ISO/IEC 11172-1 and 13818-1 (packs and packets), 13818-2, 14496-2, 14496-10 and 23008-2 (start codes), ETSI TS 102 366
(AC-3), ISO/IEC 14496-3 (AAC), ETSI TS 102 114 (DTS) and IEC 61834-2 (DV).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from provenance.readings.model import Runs, SecondReading, Source, search

PROBED: Final = 1 << 20
"""Bytes over which players look for signs (libavformat, PROBE_BUF_MAX)."""
FRAMES: Final = 5
"""Frames of sound, or packets, that have to follow each other: five headers in their places are no chance."""
REPEATED: Final = 4
"""Signs of four bytes that have to be there where nothing says where the next one stands."""
PACKS: Final = 2
"""Packs of a program stream, with a clock each."""
PACKETS: Final = 5
"""Packets with a time or no time, in the forms that the standard has."""
STRANGE: Final = 3
"""Codes of other streams, at which nobody takes one for MPEG-4 any more."""

SURE: Final = frozenset(f"image/{kind}" for kind in ("png", "gif", "webp", "avif", "heic", "heif", "x-canon-cr3"))
"""Types of which FFmpeg is sure by their first bytes: only a transport stream counts as much (AVPROBE_SCORE_MAX)."""
WEAK: Final = "image/jpeg"
"""The type that FFmpeg gives up for nearly any stream in the midst of its coded bytes (`jpeg_probe`)."""
_CLOCKED: Final = rb"G[\0-\x7f][\0-\xff][\x10-\x3f\x50-\x7f\x90-\xbf\xd0-\xff]"
"""The head of a packet with a payload or an adaptation field (ISO/IEC 13818-1, section 2.4.3.2)."""
_PACKET_SIZES: Final = (188, 192, 204)
"""Bytes of a packet: plain, with a time in front, with a checksum behind."""
_TRANSPORT: Final = re.compile(
    _CLOCKED + b"(?:%s)" % b"|".join(rb"(?:.{%d}%s){%d}" % (size - 4, _CLOCKED, FRAMES - 1) for size in _PACKET_SIZES),
    re.DOTALL,
)
_START: Final = re.compile(rb"\x01(?<=\0\0\x01)")
"""The last byte of a start code's prefix, which is rarer than the others: that makes the search fast."""
_CODE: Final = 3
"""Bytes of that prefix (ISO/IEC 13818-2, section 6.2.1)."""
_PACK_CODE: Final = 0xBA
_CLOCK: Final = re.compile(rb"[\x40-\x7f\x20-\x2f]")
_STREAMS: Final = (0xBD, *range(0xC0, 0xF0))
_SEQUENCE: Final = 0xB3
_MARKED: Final = re.compile(rb"[\0-\xff]{6}[\x20-\x3f\x60-\x7f\xa0-\xbf\xe0-\xff]")
_PICTURE: Final = 0x00
_PLANE, _OBJECTS, _LAYERS = 0xB6, range(0x20), range(0x20, 0x30)
_VISUAL: Final = frozenset((*_OBJECTS, *_LAYERS, *range(0xB0, 0xB7), *range(0xBA, 0xC4)))
_SLICES: Final = range(0x01, 0xB0)

_CODED: Final = (
    # Parameters of a sequence and of a picture, and a picture by them.
    ("video/h264", (
        ((0x27, 0x47, 0x67), bytes.fromhex("424d5356586e647af42c")), ((0x28, 0x48, 0x68), b""),
        ((0x25, 0x45, 0x65, 0x21, 0x41, 0x61), b""),
    )),
    ("video/h265", (((0x40,), b"\1"), ((0x42,), b"\1"), ((0x44,), b"\1"), (range(0x20, 0x2C, 2), b"\1"))),
    ("video/h266", (((0x00,), b"\x79"), ((0x00,), b"\x81"), ((0x00,), b"\x39\x41\x49"))),
    ("video/vc1", (((0x0F,), bytes(range(0xC0, 0x100))), ((0x0E,), b""), ((0x0D,), b""))),
)  # fmt: skip
"""Streams by the parts that each of them needs: the code, and what may be the byte behind it (any where empty)."""
_REPEATING: Final = (
    (
        ("audio/vnd.dts", "audio/vnd.dts"),
        re.compile(rb"\x7f(?:(\xfe\x80\x01)|(?<=\xfe\x7f)(\x01\x80))"),
    ),
    (
        ("audio/vnd.dts", "audio/vnd.dts", "video/dv", "video/dv", "video/dv"),
        re.compile(
            rb"\x07(?:(?<=\x1f\xff\xe8\0\x07)()|(?<=\xff\x1f\0\xe8\xf1\x07)()"
            rb"|(?<=\x1f\x07)\0(?:(\x3f)|(\xbf))|(?<=\xff\x3f\x07)(\x01))"
        ),
    ),
)
"""Signs of which a player needs no more than that they come again: by the byte that several of them share, with the
stream that each group of the pattern is a sign of. One literal byte in front is what makes a search fast."""

_KBITS: Final = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640)
"""Rates of AC-3 (ETSI TS 102 366, table 4.13)."""


Codes = dict[int, list[int]]
"""Where each start code stands, by its fourth byte."""


def streams(source: Source) -> Iterator[SecondReading]:
    """Everything that such players find; once each."""
    head = source.data[:PROBED]
    # A JPEG's own scans too: FFmpeg is less sure of it than of most streams.
    places = source.everywhere if source.media_type == WEAK else source.loose
    runs = tuple((start, min(end, PROBED)) for start, end in places if start < PROBED)
    packet = next(search(_TRANSPORT, head, runs), None)
    if packet is not None:
        yield source.found("video/mp2t", packet.start())
    if source.media_type in SURE:
        return
    codes = _codes(head, runs)
    found = (
        ("video/mpeg", _program(head, codes)),
        ("video/mpv", _sequence(head, codes)),
        ("video/mp4v-es", _visual_objects(codes)),
        *((kind, _parts(head, codes, parts)) for kind, parts in _CODED),
        *(one for kinds, signs in _REPEATING for one in _often(head, runs, kinds, signs)),
        *((kind, _frames(head, runs, sign, length)) for kind, sign, length in _SOUNDS),
    )
    yield from (source.found(kind, start) for kind, start in found if start is not None)


def _codes(head: bytes, runs: Runs) -> Codes:
    """All start codes of the runs."""
    found: Codes = {}
    for start, end in runs:
        for match in _START.finditer(head, start, end):
            code = match.end()
            if code < len(head):
                found.setdefault(head[code], []).append(code - _CODE)
    return found


def _often(head: bytes, runs: Runs, kinds: Sequence[str], signs: re.Pattern[bytes]) -> Iterator[tuple[str, int]]:
    """The streams of which one sign comes often enough, and about where it stands first."""
    places: dict[int, list[int]] = {}
    for match in search(signs, head, runs):
        places.setdefault(match.lastindex or 0, []).append(match.start())
    for number, found in places.items():
        if len(found) >= REPEATED:
            yield kinds[number - 1], found[0]


def _program(head: bytes, codes: Codes) -> int | None:
    """Where a program stream begins, by its packs or by its packets alone (ISO/IEC 13818-1, section 2.5)."""
    packs = [at for at in codes.get(_PACK_CODE, ()) if _CLOCK.match(head, at + _CODE + 1)]
    if len(packs) >= PACKS:
        return packs[0]
    places = [at for code in _STREAMS for at in codes.get(code, ())]
    packets = [at for at in places if _is_packet(head[at + 4 : at + 84])]
    # Where most have another form, these are numbers.
    return min(packets) if len(packets) >= PACKETS and 2 * len(packets) > len(places) else None


def _is_packet(head: bytes) -> bool:
    """Whether what follows a packet's start code has the form of one: of MPEG-2, or of MPEG-1 behind its stuffing."""
    if len(head) < 6:
        return False
    flags, times, stamp = head[2], head[3] & 0xC0, head[5] & 0xF0
    if flags & 0xC0 == 0x80 and times != 0x40 and (times == 0 or times >> 2 == stamp):
        return True
    rest = head[2:].lstrip(b"\xff")
    rest = rest[2:] if rest[:1] and rest[0] & 0xC0 == 0x40 else rest
    if len(rest) < 10:
        return False
    if rest[0] & 0xF0 == 0x20:
        return bool(rest[0] & rest[2] & rest[4] & 1)
    if rest[0] & 0xF0 == 0x30:
        return bool(rest[0] & rest[2] & rest[4] & rest[5] & rest[7] & rest[9] & 1)
    return rest[0] == 0x0F


def _sequence(head: bytes, codes: Codes) -> int | None:
    """Where a sequence of MPEG-1 or MPEG-2 video begins, that has a picture with a slice."""
    slices = max((codes[code][-1] for code in _SLICES if code in codes), default=-1)
    pictures = max(codes.get(_PICTURE, ()), default=-1)
    for at in codes.get(_SEQUENCE, ()):
        if at > min(slices, pictures) or not _MARKED.match(head, at + _CODE + 1):
            continue
        # Matrices of 64 bytes each may follow, and behind them always a start code.
        end = at + 12
        for has_matrix in (2, 1):
            end += 64 * bool(head[end - 1 : end] and head[end - 1] & has_matrix)
        if head[end : end + 2] == b"\0\0":
            return at
    return None


def _visual_objects(codes: Codes) -> int | None:
    """Where objects of MPEG-4 video begin (ISO/IEC 14496-2, table 6-3), among hardly any other codes."""
    planes, layers = codes.get(_PLANE, []), [at for code in _LAYERS for at in codes.get(code, ())]
    objects = [at for code in _OBJECTS for at in codes.get(code, ())]
    strange = sum(len(places) for code, places in codes.items() if code not in _VISUAL)
    if not layers or min(len(planes), len(objects)) < len(layers) or len(planes) + len(objects) < FRAMES:
        return None
    return min(objects) if strange < STRANGE else None


def _parts(head: bytes, codes: Codes, parts: Sequence[tuple[Sequence[int], bytes]]) -> int | None:
    """Where a stream begins of which all parts are there, in whichever order."""
    firsts = []
    for names, behind in parts:
        places = (at for code in names for at in codes.get(code, ()) if at + 4 < len(head))
        first = next((at for at in places if not behind or head[at + 4] in behind), None)
        if first is None:
            return None
        firsts.append(first)
    return min(firsts)


def _frames(head: bytes, runs: Runs, sign: re.Pattern[bytes], length: Callable[[bytes], int]) -> int | None:
    """Where frames begin to follow each other."""
    for start, end in runs:
        for match in sign.finditer(head, start, end):
            first = match.start()
            position = first + length(head[first : first + 8])
            # Mostly chance made that one, and nothing stands where the next should.
            if position == first or head[position : position + 1] != head[first : first + 1]:
                continue
            if _follow(head, position, sign, length):
                return first
    return None


def _follow(head: bytes, position: int, sign: re.Pattern[bytes], length: Callable[[bytes], int]) -> bool:
    """Whether the frames behind a first one follow each other from there on."""
    for _ in range(FRAMES - 1):
        size = length(head[position : position + 8]) if sign.match(head, position) else 0
        if not size:
            return False
        position += size
    return True


def _adts(header: bytes) -> int:
    """Length in bytes of a frame of AAC with its own header (ISO/IEC 14496-3, section 1.A.2.2.1); 0 for none."""
    if len(header) < 7 or header[2] >> 2 & 15 > 12:
        return 0
    size = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return size if size > 7 else 0


def _latm(header: bytes) -> int:
    """The same of AAC in LOAS (section 1.7.2)."""
    return 3 + ((header[1] & 0x1F) << 8 | header[2]) if len(header) > 3 and (header[1] & 0x1F or header[2] > 6) else 0


def _ac3(header: bytes) -> int:
    """The same of AC-3 and its later form (ETSI TS 102 366, sections 4.4.1 and E.1.3.1)."""
    if len(header) < 6 or header[5] >> 3 > 16:
        return 0
    if header[5] >> 3 > 10:
        size = 2 * (((header[2] & 7) << 8 | header[3]) + 1)
        return size if size > 7 else 0
    code, rate = header[4] & 0x3F, header[4] >> 6
    if code >= 2 * len(_KBITS) or rate == 3:
        return 0
    kbits = _KBITS[code >> 1]
    return 2 * (2 * kbits, kbits * 96_000 // 44_100 + (code & 1), 3 * kbits)[rate]


_SOUNDS: Final = (
    ("audio/ac3", re.compile(rb"\x0b\x77"), _ac3),
    ("audio/aac", re.compile(rb"\xff[\xf0\xf1\xf8\xf9]"), _adts),
    ("audio/loas", re.compile(rb"\x56[\xe0-\xff]"), _latm),
)

"""Which boxes of an ISO BMFF file hold no media, and yet decide what of it is shown and how?

Left out of a hash, and not neutral, they leave open what was signed. Those not named here count as media, with all in
them; of streams' indexes only those that lead elsewhere than the fragments lie matter.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from provenance.formats.bmff.boxes import Table
from provenance.formats.bmff.tables import MAX_POINTERS
from provenance.formats.parts import BmffBox, Kind, Region, find_boxes

HOW: Final = {
    "irot": "the rotation", "imir": "the mirroring", "clap": "the cut-out", "pasp": "the shape of the pixels",
    "colr": "the colours", "pitm": "which picture comes first", "edts": "the edit list", "tkhd": "the track's header",
    "mvhd": "the film's header", "mdhd": "the time scale",
}  # fmt: skip
"""Boxes within `moov` and `meta` that say how media is shown, and hold none."""
_IN_USER_DATA: Final = {
    "covr": "a cover picture", "thmb": "a thumbnail", "snal": "a thumbnail", "pnot": "a preview", "chpl": "chapters",
    "HMMT": "chapters", "kind": "the track's role", "tsel": "the choice of tracks", "strk": "the choice of tracks",
    "SelO": "the part that is played", "LOOP": "the part that is played", "AllF": "the part that is played",
    "hinv": "the part that is played", "WLOC": "the window", "ptv ": "the window",
}  # fmt: skip
"""Of user data, what players show as part of the media or go by (QuickTime File Format; 3GPP TS 26.244)."""
_OF_FILM: Final = "a part of a film in its user data"
_OWN: Final = "----"
"""Items of iTunes whose name is a text."""
_PLAYED: Final = "the part that is played"
_KEYS: Final = (
    (b"artwork", "a cover picture"), (b"orientation", "the rotation"), (b"rotat", "the rotation"),
    (b"itunsmpb", _PLAYED), (b"capture.fps", "the speed"), (b"playback", "the speed"), (b"itunnorm", "the loudness"),
    (b"replaygain", "the loudness"), (b"r128_", "the loudness"), (b"player.", "how it is played"),
)  # fmt: skip
"""Of keys in QuickTime's metadata, and of names in iTunes' own; the number of samples that are cut off is one."""
_OF_FILMS: Final = frozenset(HOW) | {
    "moov", "trak", "mdia", "minf", "dinf", "dref", "stbl", "stsd", "stts", "ctts", "cslg", "stsc", "stsz", "stz2",
    "stco", "co64", "stss", "stsh", "stps", "sdtp", "sbgp", "sgpd", "subs", "saiz", "saio", "senc", "elst", "mvex",
    "mehd", "trex", "trep", "leva", "moof", "mfhd", "traf", "tfhd", "tfdt", "trun", "mfra", "tfra", "sidx", "ssix",
    "cmov", "dcom", "cmvd", "rmra", "mdat", "imda", "pdin", "tref", "tmcd", "chap", "wave", "esds", "glbl", "alac",
    "dac3", "dec3", "dac4", "ddts", "dmlp", "dOps", "dfLa", "pcmC", "chan", "chnl", "enda", "wfex", "iacb", "SA3D",
    "avcC", "hvcC", "lhvC", "vvcC", "av1C", "vpcC", "avss", "strf", "jp2h", "fiel", "gama", "APRG", "AALP", "ARES",
    "AORD", "ACLR", "D263", "mdcv", "clli", "SmDm", "CoLL", "amve", "dvcC", "dvvC", "dvwC", "hvcE", "vexu", "hfov",
    "sv3d", "st3d", "prji", "cbmp", "equi", "sinf", "schm", "schi", "frma", "tenc", "adrm", "ftyp", "styp", "sbas",
    "iinf", "iref", "iprp", "ipco", "ipma", "ispe", "pixi", "auxC", "grpl", "gmhd", "vmhd", "smhd", "covi", "crgn",
    "matt", "load", "imap", "SMI ",
}  # fmt: skip
"""Boxes of films and pictures: FFmpeg reads them wherever they stand (libavformat, `mov_default_parse_table`)."""
_HANDLERS: Final = (b"vide", b"soun", b"text", b"subt", b"sbtl", b"subp", b"clcp", b"tmcd", b"m1a ")
"""Of tracks: in user data such a word gives the last track another kind."""
LONGEST: Final = 4_096
"""Bytes of a name within which a word is looked for."""
_UUIDS: Final = (
    bytes.fromhex("ffcc8263f8554a938814587a02521fdd"), bytes.fromhex("a2394f525a9b4f14a2446c427c648df4"),
    bytes.fromhex("8974dbce7be74c5184f97148f9882554"), bytes.fromhex("d4807ef2ca3946958e5426cb9e46a79f"),
    bytes.fromhex("6d1d9b0542d544e680e2141daff757b2"), bytes.fromhex("a5d40b30e81411ddba2f0800200c9a66"),
)  # fmt: skip
"""Spherical video (Google, version 1), encryption (PIFF) and further fragments and streams (Smooth Streaming)."""
_IN_XMP: Final = (b"MotionPhoto", b"MicroVideo", b"GContainer", b"hdrgm:")
"""Words of XMP that say where in the file a film or a gain map lies (Motion Photo 1.0; ISO 21496-1)."""
_INDEXES: Final = {"sidx": "the index of segments", "ssix": "the index of segments", "emsg": "timed messages"}


def shown(data: bytes, boxes: Sequence[BmffBox]) -> Iterator[Region]:
    """What decides how the file is shown, where it is not neutral."""
    moofs = [box for box in boxes if box.type == "moof"]
    has_motion = False
    for box in boxes:
        if has_motion or (box.type in ("uuid", "xml ") and any(word in data[box.start : box.end] for word in _IN_XMP)):
            # The film of a motion photo is looked for from the end of the file: nothing may follow on it.
            yield _region(box, "a motion photo or gain map")
        has_motion = has_motion or box.type == "mpvd"
        if box.type in _INDEXES:
            yield _region(box, _INDEXES[box.type])
        elif box.type == "mfra" and not _leads_to(data, box, moofs, is_stream=any(find_boxes(boxes, "/moov/mvex"))):
            yield _region(box, "an index that does not fit the fragments")
        elif box.type == "udta":
            yield from _user_data(data, box)
        elif box.type in ("moov", "meta", "moof"):
            yield from _within(data, box.children)


def _region(box: BmffBox, name: str) -> Region:
    return Region(box.start, box.end, Kind.STRUCTURE, name)


def _within(data: bytes, boxes: Sequence[BmffBox]) -> Iterator[Region]:
    for box in boxes:
        if box.type in ("udta", "meta"):
            yield from _user_data(data, box)
        elif box.type in HOW:
            if not _is_neutral(data, box):
                yield _region(box, HOW[box.type])
        elif box.type in ("ilst", "keys"):
            yield from _listed(data, box)
        else:
            yield from _within(data, box.children)


def _user_data(data: bytes, box: BmffBox) -> Iterator[Region]:
    """What stands in user data, or in metadata within `moov`."""
    if box.type == "meta" and box.children and box.children[0].type != "hdlr":
        # Players look on for the handler, and read from there.
        yield _region(box, _OF_FILM)
    for one in box.children:
        if one.type in _IN_USER_DATA:
            yield _region(one, _IN_USER_DATA[one.type])
        elif one.type in ("iloc", "idat"):
            yield _region(one, "a cover picture")
        elif one.type in HOW and _is_neutral(data, one):
            continue
        elif one.type in _OF_FILMS or _is_of_film(data, one):
            yield _region(one, HOW.get(one.type, _OF_FILM))
        elif one.type in ("ilst", "keys"):
            yield from _listed(data, one)
        else:
            yield from _user_data(data, one)


def _is_of_film(data: bytes, box: BmffBox) -> bool:
    """Whether a box with a name for many things is one of a film."""
    body = box.start + box.header
    if box.type == "hdlr":
        return data[body + 8 : body + 12] in _HANDLERS
    return box.type == "uuid" and data[body - 16 : body] in _UUIDS


def _listed(data: bytes, box: BmffBox) -> Iterator[Region]:
    """A list of metadata items or of their keys: each an own small box, behind a count where it is of keys."""
    for name, start, end in _small(data, box.start + box.header + 8 * (box.type == "keys"), box.end):
        if box.type == "keys":
            yield from _named(data[start + 8 : min(end, start + LONGEST)], start, end)
        elif name in _IN_USER_DATA:
            yield Region(start, end, Kind.STRUCTURE, _IN_USER_DATA[name])
        elif name == _OWN:
            # Of names that are no code: whose it is, what it is called, its value.
            for part, at, stop in _small(data, start + 8, end):
                if part == "name":
                    yield from _named(data[at + 12 : min(stop, at + LONGEST)], start, end)


def _named(name: bytes, start: int, end: int) -> Iterator[Region]:
    """The item of that name, where players go by it."""
    small = name.lower()
    yield from (Region(start, end, Kind.STRUCTURE, what) for word, what in _KEYS if word in small)


def _small(data: bytes, position: int, end: int) -> Iterator[tuple[str, int, int]]:
    """(name, start, end) of each small box, as far as there are some."""
    while position + 8 <= end:
        size = int.from_bytes(data[position : position + 4], "big")
        if size < 8:
            return
        stop = min(end, position + size)
        yield data[position + 4 : position + 8].decode("latin-1"), position, stop
        position = stop


def _is_neutral(data: bytes, box: BmffBox) -> bool:
    """Whether a box says no more than its absence would; whatever else it could say cannot be told from a choice."""
    body = data[box.start + box.header : box.end]
    match box.type:
        case "irot":
            return body == b"\0"
        case "pasp":
            return len(body) == 8 and body[:4] == body[4:] != bytes(4)
        case "edts":
            return not any(one.type == "elst" for one in box.children)
    return False


def _leads_to(data: bytes, mfra: BmffBox, moofs: Sequence[BmffBox], *, is_stream: bool) -> bool:
    """Whether an index of fragments leads to where fragments begin, in their order (sections 8.8.9 to 8.8.11)."""
    if not moofs:
        return is_stream
    starts = [moof.start for moof in moofs]
    left = MAX_POINTERS
    try:
        for box in mfra.children:
            if box.type == "mfro":
                table = Table(data, box)
                table.take(4)
                if table.take(4) != mfra.end - mfra.start:
                    return False
                continue
            if box.type != "tfra":
                return False
            entries = list(_entries(data, box))
            left -= len(entries)
            if left < 0 or not _in_order(entries, starts):
                return False
    except IndexError:
        return False
    return True


def _entries(data: bytes, tfra: BmffBox) -> Iterator[tuple[int, int]]:
    """(time, where the fragment begins) of each entry."""
    table = Table(data, tfra)
    wide = 8 if table.take(4) >> 24 else 4
    table.take(4)
    sizes = table.take(4)
    rest = sum((sizes >> shift & 3) + 1 for shift in (0, 2, 4))
    for _ in range(table.take(4)):
        yield table.take(wide), table.take(wide)
        table.take(rest)
    if table.left:
        raise IndexError("got a table that does not end")


def _in_order(entries: Sequence[tuple[int, int]], starts: Sequence[int]) -> bool:
    for _, place in entries:
        at = bisect_left(starts, place)
        if at == len(starts) or starts[at] != place:
            return False
    return all(one[0] <= after[0] and one[1] <= after[1] for one, after in pairwise(entries))

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
_KEYS: Final = ((b"artwork", "a cover picture"), (b"orientation", "the rotation"), (b"rotat", "the rotation"))
"""Of keys in QuickTime's metadata."""
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
        else:
            yield from _within(data, box.children)


def _user_data(data: bytes, box: BmffBox) -> Iterator[Region]:
    """What stands in user data, or in metadata within `moov`."""
    for one in box.children:
        if one.type in _IN_USER_DATA:
            yield _region(one, _IN_USER_DATA[one.type])
        elif one.type in ("iloc", "idat"):
            yield _region(one, "a cover picture")
        elif one.type in ("ilst", "keys"):
            yield from _listed(data, one)
        else:
            yield from _user_data(data, one)


def _listed(data: bytes, box: BmffBox) -> Iterator[Region]:
    """A list of metadata items or of their keys: each an own small box, behind a count where it is of keys."""
    position = box.start + box.header + 8 * (box.type == "keys")
    while position + 8 <= box.end:
        size = int.from_bytes(data[position : position + 4], "big")
        if size < 8:
            return
        end = min(box.end, position + size)
        name = data[position + 4 : position + 8].decode("latin-1")
        if box.type == "ilst" and name in _IN_USER_DATA:
            yield Region(position, end, Kind.STRUCTURE, _IN_USER_DATA[name])
        if box.type == "keys":
            key = data[position + 8 : min(end, position + 264)].lower()
            for word, what in _KEYS:
                if word in key:
                    yield Region(position, end, Kind.STRUCTURE, what)
        position = end


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

"""What does an ISO BMFF file hold: pictures, films, sound, fragments, and what of it lies elsewhere?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple

from provenance.formats.bmff.boxes import Table
from provenance.formats.bmff.items import Items, picture_box, places, read_items
from provenance.formats.bmff.tables import STBL
from provenance.formats.parts import BmffBox, Doubt, find_boxes

MAX_ENTRIES: Final = 1_024
"""Sample descriptions, or names of other files, of one track: real ones have one or two."""
_OUTSIDE: Final = "integrity.references.outside"
_INSIDE: Final = ("imdt", "snim")
"""References to boxes of media within the file (ISO/IEC 14496-12, section 8.7.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What a track is, as far as it decides how it is read."""

    handler: str
    """`vide`, `soun`, `pict`, `auxv`, …; empty where it does not say."""
    is_quicktime: bool
    """Whether its handler is written as QuickTime writes it (`mhlr`)."""
    codecs: tuple[str, ...]
    """Of its sample descriptions."""
    is_long_sound: bool
    """Whether a description of sound has QuickTime's longer form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a file holds."""

    items: Items | None
    """None where it has no pictures of its own beside tracks, or their list cannot be read."""
    has_pictures: bool
    tracks: tuple[Track, ...]
    has_fragments: bool
    """Whether it is a stream's first part, or has fragments."""

    def of(self, *handlers: str) -> tuple[Track, ...]:
        """The tracks with those handlers."""
        return tuple(track for track in self.tracks if track.handler in handlers)


def read_content(data: bytes, boxes: Sequence[BmffBox]) -> Content:
    """What a file holds; never raises for what the bytes hold."""
    meta = picture_box(data, boxes)
    items = None
    with suppress(IndexError):
        items = read_items(data, meta) if meta is not None else None
    fragments = any(box.type == "moof" for box in boxes) or any(find_boxes(boxes, "/moov/mvex"))
    tracks = tuple(_track(data, box) for box in find_boxes(boxes, "/moov/trak"))
    return Content(items=items, has_pictures=meta is not None, tracks=tracks, has_fragments=fragments)


def _track(data: bytes, trak: BmffBox) -> Track:
    handler, component = b"", b""
    for box in find_boxes(trak.children, "mdia/hdlr"):
        body = box.start + box.header
        component, handler = data[body + 4 : body + 8], data[body + 8 : body + 12]
    found = _descriptions(data, trak)
    return Track(
        handler=handler.decode("latin-1"),
        is_quicktime=component == b"mhlr",
        codecs=tuple(name for name, _ in found),
        is_long_sound=handler == b"soun" and any(is_long for _, is_long in found),
    )


def _descriptions(data: bytes, trak: BmffBox) -> list[tuple[str, bool]]:
    """(codec, whether a description of sound would have the longer form) of each sample description (8.5.2)."""
    found: list[tuple[str, bool]] = []
    for box in find_boxes(trak.children, f"{STBL}/stsd"):
        table = Table(data, box)
        with suppress(IndexError):
            version, count = table.take(4) >> 24, table.take(4)
            if count > MAX_ENTRIES:
                # Whatever else there is: its name fits no brand.
                found.append(("", False))
            for _ in range(min(count, MAX_ENTRIES)):
                end = table.position + table.take(4)
                name = table.raw(4).decode("latin-1")
                table.raw(8)
                found.append((name, table.left >= 2 and table.take(2) > 0 and not version))
                if not table.position <= end <= table.end:
                    break
                table.position = end
    return found


class _Source(NamedTuple):
    """An entry of a table of the files in which media lies (section 8.7.2)."""

    start: int
    end: int
    is_outside: bool


def outside(data: bytes, boxes: Sequence[BmffBox]) -> Iterator[Doubt]:
    """Media that the file takes from other files (sections 8.7.2 and 8.11.3; QuickTime reference movies)."""
    known = 0
    for path in ("/moov/trak/mdia/minf/dinf/dref", "/meta/dinf/dref"):
        for box in find_boxes(boxes, path):
            sources = _sources(data, box)
            known = len(sources) if path.startswith("/meta") else 0
            for source in sources:
                if source.is_outside:
                    yield Doubt(_OUTSIDE, "media that lies in another file", source.start, source.end)
    for box in find_boxes(boxes, "/moov/rmra"):
        yield Doubt(_OUTSIDE, "another film that is shown instead", box.start, box.end)
    for box in find_boxes(boxes, "/meta/iloc"):
        try:
            if any(place.source > known for place in places(data, box)):
                yield Doubt(_OUTSIDE, "a picture that lies in another file", box.start, box.end)
        except IndexError:
            continue


def _sources(data: bytes, dref: BmffBox) -> list[_Source]:
    """The entries; where the list breaks off or is too long, what is left counts as one that names another file."""
    table, found = Table(data, dref), list[_Source]()
    try:
        table.take(4)
        count = table.take(4)
        if count > MAX_ENTRIES:
            raise IndexError("got more entries than any real file has")
        for _ in range(count):
            start = table.position
            end = start + table.take(4)
            is_inside = table.raw(4).decode("latin-1") in _INSIDE
            is_inside = bool(table.take(4) & 1) or is_inside
            if not start + 12 <= end <= table.end:
                raise IndexError("got an entry that breaks off")
            # Some writers forget the flag for "in this file", and name no other one either.
            found.append(_Source(start, end, not is_inside and bool(data[start + 12 : end].strip(b"\0"))))
            table.position = end
    except IndexError:
        found.append(_Source(dref.start, dref.end, is_outside=True))
    return found

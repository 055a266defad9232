"""Could the media of an ISO BMFF file be meant in another order than its tables of offsets name?

Older hashes leave these tables out (`stco`, `co64`, `iloc`, offsets in fragments): whoever moves the offsets shows
something else, and no digest changes. What is hashed may yet leave one order only. The rule, fail closed:

- All media is used, once, and each track goes through its own from front to back, as every writer lays it down.
- One track, or one picture, has no other such order. Two have many, and so one of them has to be video whose samples
  begin with lengths: a sample read at another place is then no row of units, and that is looked for everywhere.
- Pictures with EXIF and XMP beside them: the picture, too, is a row of units that begins and ends nowhere else, and the
  others begin as they must. Two pictures could be taken for each other.
- Fragments hold one track each, and use the media that follows on their header.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from provenance.formats.bmff.boxes import Table
from provenance.formats.bmff.items import IN_BOX, IN_FILE, Place, located, picture_box, read_items
from provenance.formats.bmff.tables import STBL, Budget, Run, Sizes, chunks, defaults, fragment_runs, sizes
from provenance.formats.bmff.units import NAL_CODECS, Nal, Obu, Steps, Units, ends, has_long_lengths
from provenance.formats.parts import BmffBox, find_boxes

_TIFF = (b"II*\0", b"MM\0*")
_XMP = (b"<?xpacket", b"<x:xmpmeta", b"<rdf:RDF", b"\xef\xbb\xbf<")


def is_only_order(data: bytes, boxes: Sequence[BmffBox]) -> bool:
    """Whether no other offsets could be meant. Linear; False where that takes too long to tell."""
    try:
        tracks = _tracks(data, boxes)
        meta = picture_box(data, boxes)
        if any(box.type == "moof" for box in boxes):
            return not tracks and meta is None and _fragments(data, boxes)
        if meta is not None:
            return not tracks and _pictures(data, boxes, meta)
        return bool(tracks) and _films(data, boxes, tracks)
    except IndexError:
        return False


def _media(boxes: Sequence[BmffBox]) -> list[Run]:
    """The contents of all `mdat` boxes that have some."""
    found = (Run(box.start + box.header, box.end - box.start - box.header) for box in boxes if box.type == "mdat")
    return [run for run in found if run.length]


def _tile(runs: Sequence[Run], media: Sequence[Run]) -> bool:
    """Whether runs use all media, each byte of it once."""
    place, rest = 0, list(media)[::-1]
    for run in sorted(run for run in runs if run.length):
        if not rest or run.start != rest[-1].start + place or run.length > rest[-1].length - place:
            return False
        place += run.length
        if place == rest[-1].length:
            rest.pop()
            place = 0
    return not rest


def _rises(runs: Sequence[Run]) -> bool:
    return all(one.start + one.length <= after.start for one, after in pairwise(runs))


@dataclass(slots=True, kw_only=True)
class _Track:
    """A track with its chunks."""

    stsd: BmffBox | None
    codec: str
    sizes: Sizes
    runs: list[Run]
    firsts: list[tuple[int, int]] = field(repr=False)
    """(number of the first sample, how many) of each chunk."""


def _tracks(data: bytes, boxes: Sequence[BmffBox]) -> list[_Track]:
    """The tracks that have media in the film itself."""
    budget, found = Budget(), list[_Track]()
    for tables in find_boxes(boxes, f"/moov/trak/{STBL}"):
        known = sizes(data, tables, budget)
        own = [chunk for chunk in chunks(data, tables) if budget.count()]
        if not own:
            continue
        stsd = next(find_boxes(tables.children, "stsd"), None)
        codec = data[stsd.start + 20 : stsd.start + 24].decode("latin-1") if stsd is not None else ""
        runs = [Run(chunk.start, known.between(chunk.first, chunk.samples)) for chunk in own]
        firsts = [(chunk.first, chunk.samples) for chunk in own]
        found.append(_Track(stsd=stsd, codec=codec, sizes=known, runs=runs, firsts=firsts))
    return found


def _films(data: bytes, boxes: Sequence[BmffBox], tracks: Sequence[_Track]) -> bool:
    media = _media(boxes)
    if len(tracks) > 2 or not all(_rises(track.runs) for track in tracks):
        return False
    if not _tile([run for track in tracks for run in track.runs], media):
        return False
    if len(tracks) == 1:
        return True
    coded = [track for track in tracks if track.codec in NAL_CODECS]
    other = next((track for track in tracks if track.codec not in NAL_CODECS), None)
    if len(coded) != 1 or other is None or len(media) != 1 or coded[0].stsd is None:
        return False
    if not has_long_lengths(data, coded[0].stsd, coded[0].codec):
        return False
    return _Interleaved(data, media[0], coded[0], other).is_single()


class _Interleaved:
    """Chunks of video in NAL units among those of another track, in one run of media.

    Why the order is single where `is_single` says so. Say that the chunks lay in another order that uses all media
    once. Then some sample of video begins, or goes on after a unit, at a place where no unit of video begins in the
    order that is named: else all video would lie where it does now, and so would the rest, in its only order. Such a
    place is behind a chunk of video, where the other track's chunk begins (`_follows`), or the first sample of a chunk
    begins there, behind some chunks of video and some of the other track (`_begins`).
    """

    def __init__(self, data: bytes, media: Run, video: _Track, other: _Track) -> None:
        self.data, self.media, self.video, self.other = data, media, video, other
        self.end = media.start + media.length
        self.steps = Steps(len(data))
        count = sum(number for _, number in video.firsts)
        if count != video.sizes.count or count > self.steps.left:
            raise IndexError("got another number of samples than the film has, or too many")
        each = [video.sizes.between(number, 1) for number in range(count)]
        self.longest, self.least = max(each), min(each)
        self.units = Nal(self.longest)
        self.by_size: dict[int, list[int]] = {}
        for number, (first, _) in enumerate(video.firsts):
            self.by_size.setdefault(video.sizes.between(first, 1), []).append(number)

    def is_single(self) -> bool:
        """Whether the chunks can lie in no other order. Raises IndexError where that takes too long to tell."""
        if self.least < 5:
            return False
        starts = array("Q", self._units())
        if not starts or self._follows():
            return False
        return not self._begins(starts)

    def _units(self) -> Iterator[int]:
        """Where each unit of video begins; nothing where a sample is no row of them."""
        for run, (first, count) in zip(self.video.runs, self.video.firsts, strict=True):
            start = run.start
            for number in range(first, first + count):
                end = start + self.video.sizes.between(number, 1)
                row = [start, *ends(self.units, self.data, start, end, self.steps)]
                if row[-1] != end:
                    raise IndexError("got video that lies elsewhere")
                yield from row[:-1]
                start = end

    def _follows(self) -> bool:
        return any(self.units.after(self.data, run.start, run.start + self.longest) >= 0 for run in self.other.runs)

    def _begins(self, starts: Sequence[int]) -> bool:
        """Whether the first sample of some chunk of video could begin at another place."""
        video = [0, *accumulate(run.length for run in self.video.runs)]
        others = {0, *accumulate(run.length for run in self.other.runs)}
        for start in self.units.starts(self.data, self.media.start, self.end):
            at = bisect_left(starts, start)
            if at < len(starts) and starts[at] == start:
                continue
            for end in ends(self.units, self.data, start, min(self.end, start + self.longest), self.steps):
                for number in self.by_size.get(end - start, ()):
                    self.steps.take()
                    if start - self.media.start - video[number] in others:
                        return True
        return False


def _fragments(data: bytes, boxes: Sequence[BmffBox]) -> bool:
    """Whether each fragment has one track, which uses the media between its header and the next in its order."""
    known, budget = defaults(data, boxes), Budget()
    firsts = [number for number, box in enumerate(boxes) if box.type == "moof"]
    if _media(boxes[: firsts[0]]):
        return False
    for number, after in zip(firsts, [*firsts[1:], len(boxes)], strict=True):
        runs = list(budget.counted(fragment_runs(data, boxes[number], known, budget)))
        tracks = sum(1 for _ in find_boxes(boxes[number].children, "traf"))
        if tracks != 1 or not _rises(runs) or not _tile(runs, _media(boxes[number + 1 : after])):
            return False
    return True


def _pictures(data: bytes, boxes: Sequence[BmffBox], meta: BmffBox) -> bool:
    """Whether one picture, and what is said of it, can lie only where it does."""
    locations = [*find_boxes(boxes, "/meta/iloc")]
    inside = [box for box in find_boxes(meta.children, "idat") if box.end - box.start > box.header]
    media = [*_media(boxes), *(Run(box.start + box.header, box.end - box.start - box.header) for box in inside)]
    if len(locations) != 1 or len(media) != 1:
        return False
    budget, table = Budget(), Table(data, locations[0])
    extents = [place for place in located(table) if budget.count()]
    runs = [_run(place, inside) for place in extents]
    types = read_items(data, meta).types
    if (
        table.left
        or not _tile(runs, media)
        or any(not run.length for run in runs)
        or {place.item for place in extents} != set(types)
    ):
        return False
    if len(types) == 1:
        return _rises(runs)
    return len(extents) == len(types) and _picture(data, meta, media[0], list(zip(extents, runs, strict=True)), types)


def _run(place: Place, inside: Sequence[BmffBox]) -> Run:
    """An extent within the file; of length 0 where it lies elsewhere, or says no length: readers differ in that."""
    start = place.start + (inside[0].start + inside[0].header if inside and place.method == IN_BOX else 0)
    known = place.source == 0 and place.method == (IN_BOX if inside else IN_FILE)
    return Run(start, place.length if known else 0)


def _picture(
    data: bytes, meta: BmffBox, media: Run, runs: Sequence[tuple[Place, Run]], types: Mapping[int, str]
) -> bool:
    """Whether the one coded picture begins and ends where it must, and EXIF and XMP begin where they can."""
    coded = [(types[place.item], run) for place, run in runs if types[place.item] in ("av01", "hvc1")]
    beside = sorted(types[place.item] for place, run in runs if types[place.item] not in ("av01", "hvc1"))
    described = all(_is_said(data, run.start) for place, run in runs if types[place.item] in ("Exif", "mime"))
    if len(coded) != 1 or beside not in (["Exif"], ["mime"], ["Exif", "mime"]) or not described:
        return False
    (codec, run), end, steps = coded[0], media.start + media.length, Steps(len(data))
    if codec == "hvc1" and not has_long_lengths(data, meta, codec):
        return False
    units: Units = Obu() if codec == "av01" else Nal(media.length)
    row = list(ends(units, data, run.start, run.start + run.length, steps))
    if not row or row[-1] != run.start + run.length or any(_is_said(data, place) for place in row[:-1]):
        return False
    if run.start == media.start:
        return True
    # A sequence header right behind the temporal delimiter begins the same picture.
    own = (run.start, run.start + 2 if codec == "av01" and data[run.start] == 0x12 else run.start)
    for start in units.starts(data, media.start, end):
        if start not in own:
            for place in ends(units, data, start, end, steps):
                if place == end or _is_said(data, place):
                    return False
    return True


def _is_said(data: bytes, at: int) -> bool:
    """Whether EXIF (ISO/IEC 23008-12, section A.2.1) or XMP begins at a place."""
    skipped = int.from_bytes(data[at : at + 4], "big")
    return data[at + 4 + skipped : at + 8 + skipped] in _TIFF or data.startswith(_XMP, at)

"""Do these bytes match a hard binding's digest, and which of them does the digest cover?

Our own computation for data hashes, box hashes and collection hashes (C2PA 2.4, section 9.2); BMFF hashes are in
`bmff_binding.py`. A mismatch that only an engine claims is not one: an engine that ran out of memory says the same.
"""

from __future__ import annotations

import enum
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from provenance.credentials.binding.riff_length import holds_at_its_old_length
from provenance.credentials.errors import (
    CredentialsLimitError,
    MalformedCredentialsError,
    UnsupportedCredentialsError,
)
from provenance.credentials.store.boxes import digest_of
from provenance.files.window import pieces
from provenance.formats.parts import Kind, Layout, NamedBox, join
from provenance.formats.pictures.jpeg import with_restarts

MAX_EXCLUSIONS: Final = 10_000
"""Exclusion ranges, named boxes or collection entries in one binding; a phone's photo has a dozen ranges."""

UPDATED_LENGTH: Final = "updated-length"
"""The hash holds over the file's length as it was before an update was added (RIFF)."""
FILES_AS_MAP: Final = "files-as-map"
"""The files of a collection stand in a map by name, as c2pa-rs writes them, where the specification has a list."""

PLACED_FRAGMENTS: Final = "placed-fragments"
"""The fragments of a stream are hashed with the place of each box in front of it (C2PA 2.4, section 9.2.3)."""

Runs = tuple[tuple[int, int], ...]


class Match(enum.StrEnum):
    """What our own digest says."""

    MATCH = "match"
    MISMATCH = "mismatch"
    MALFORMED = "malformed"
    """The binding contradicts its own rules: the issuer's fault, no sign of a change."""
    UNSUPPORTED = "unsupported"
    """A kind, algorithm or container that is not computed here."""
    MISSING = "missing"
    """No hard binding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The outcome of one binding."""

    match: Match
    covered: Runs = ()
    """The bytes under the digest: everything that cannot change without a mismatch."""
    left_out: Runs = ()
    """The ranges that a data hash leaves out, each as its signer names it."""
    strays: Runs = ()
    """Boxes among the manifest's of which the binding makes no use, and that could hold anything (BMFF)."""
    is_movable: bool = False
    """Whether the digest is the same wherever the covered bytes lie, while tables in them count from the file's start:
    what is left out in front of them can be made longer or shorter (BMFF, version 1)."""
    skipped: Runs = ()
    """Bytes of media in other files that the digest speaks of (fragments), never of this one."""
    needs_fragments: bool = False
    """The file's own part holds, and its media lies in fragments that were not given."""
    fragments: int = 0
    """Fragments that the binding counts; 0 where none were given."""
    fragments_missing: int = 0
    """Those of them that were not given."""
    fragments_outside: frozenset[Kind] = frozenset()
    """What of the given fragments the digest leaves out, the manifest's own boxes aside."""
    fragments_unused: bool = False
    """Fragments were given, and the binding speaks of none in other files."""
    forms: frozenset[str] = frozenset()
    """Forms in which the binding holds and that other verifiers refuse: UPDATED_LENGTH, FILES_AS_MAP,
    PLACED_FRAGMENTS."""


def whole(value: object, *, what: str, most: int = 1 << 63) -> int:
    """A non-negative integer from decoded CBOR. Raises MalformedCredentialsError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise MalformedCredentialsError(f"got no number from 0 to {most}, expected {what}")
    return value


def some_bytes(value: object, *, what: str) -> bytes:
    """A byte string from decoded CBOR; old writers give a list of numbers. Raises MalformedCredentialsError."""
    if (
        isinstance(value, list)
        and len(value) <= 64
        and all(isinstance(item, int) and 0 <= item < 256 for item in value)
    ):
        return bytes(value)
    if not isinstance(value, bytes):
        raise MalformedCredentialsError(f"got {type(value).__name__}, expected bytes of {what}")
    return value


def entries(value: object, *, what: str) -> list[Mapping[str, Any]]:
    """A list of maps; empty for none. Raises MalformedCredentialsError, CredentialsLimitError."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise MalformedCredentialsError(f"got no list of maps, expected {what}")
    if len(value) > MAX_EXCLUSIONS:
        raise CredentialsLimitError(f"got {len(value)} entries in {what}, expected at most {MAX_EXCLUSIONS}")
    return value


def name_of(value: object, default: str) -> str:
    """A hash algorithm's name."""
    return value if isinstance(value, str) and value else default


def complement(runs: Runs, size: int) -> Runs:
    """What of `size` bytes is in none of the (joined) runs."""
    position, rest = 0, []
    for start, end in runs:
        rest.append((position, start))
        position = end
    rest.append((position, size))
    return join(rest)


def intersect(left: Runs, right: Runs) -> Runs:
    """What is in both of two joined sequences of runs. Linear."""
    found, first, second = [], 0, 0
    while first < len(left) and second < len(right):
        start = max(left[first][0], right[second][0])
        end = min(left[first][1], right[second][1])
        if start < end:
            found.append((start, end))
        if left[first][1] <= right[second][1]:
            first += 1
        else:
            second += 1
    return tuple(found)


def length(runs: Iterable[tuple[int, int]]) -> int:
    """Bytes in some runs."""
    return sum(end - start for start, end in runs)


def digest_runs(algorithm: str, data: bytes, runs: Runs) -> bytes:
    """The digest over runs of the file, in order."""
    return digest_of(algorithm, (piece for start, end in runs for piece in pieces(data, start, end)))


def _grown(ranges: list[tuple[int, int]], manifest: Runs) -> list[tuple[int, int]]:
    """Exclusions after an update manifest made the store longer: what follows has moved (C2PA 2.4, section 9.2.1.2)."""
    starts: dict[int, int] = dict(manifest)
    hit = next((number for number, (start, _) in enumerate(ranges) if start in starts), None)
    if hit is None:
        return ranges
    start = ranges[hit][0]
    by = max(0, (starts[start] - start) - (ranges[hit][1] - start))
    moved = [(s + by, e + by) if s > start else (s, e) for s, e in ranges]
    moved[hit] = (start, starts[start])
    return moved


def data_hash(content: Mapping[str, Any], data: bytes, layout: Layout, *, algorithm: str, is_updated: bool) -> Bound:
    """A `c2pa.hash.data` assertion against the file (C2PA 2.4, section 9.2.1).

    `is_updated` says that update manifests follow the bound one, so that the store has grown since.
    """
    ranges: list[tuple[int, int]] = []
    for entry in entries(content.get("exclusions"), what="exclusions"):
        start = whole(entry.get("start"), what="an exclusion's start")
        ranges.append((start, start + whole(entry.get("length"), what="an exclusion's length")))
    signed = list(ranges)
    if is_updated:
        ranges = _grown(ranges, layout.manifest_runs())
    expected = some_bytes(content.get("hash"), what="a data hash")
    if any(end > len(data) for _, end in ranges):
        return Bound(match=Match.MISMATCH)
    covered = complement(join(ranges), len(data))
    name = name_of(content.get("alg"), algorithm)
    matches, forms = hmac.compare_digest(digest_runs(name, data, covered), expected), frozenset[str]()
    if not matches and is_updated and layout.format == "riff":
        matches = _holds_before_its_update(data, covered, signed, layout, algorithm=name, expected=expected)
        forms = frozenset((UPDATED_LENGTH,))
    match = Match.MATCH if matches else Match.MISMATCH
    return Bound(match=match, covered=covered, left_out=tuple(sorted(ranges)), forms=forms)


def _holds_before_its_update(
    data: bytes, covered: Runs, signed: list[tuple[int, int]], layout: Layout, *, algorithm: str, expected: bytes
) -> bool:
    """Whether a digest over a RIFF file holds at the length that the file had before an update was added."""
    runs = layout.manifest_runs()
    found = [(run, end - start) for run in runs for start, end in signed if run[0] == start]
    if len(runs) != 1 or len(found) != 1:
        return False
    ((store, was),) = found
    return holds_at_its_old_length(data, covered, store=store, was=was, algorithm=algorithm, expected=expected)


def box_hash(content: Mapping[str, Any], data: bytes, layout: Layout, *, algorithm: str) -> Bound:
    """A `c2pa.hash.boxes` assertion against the file's named boxes, which must come in the same order (9.2.2)."""
    groups = entries(content.get("boxes"), what="boxes")
    if not groups:
        raise MalformedCredentialsError("got a box hash without boxes")
    if not layout.boxes:
        raise UnsupportedCredentialsError(f"got a box hash for a container without named boxes ({layout.format})")
    boxes, position, covered = layout.boxes, 0, list[tuple[int, int]]()
    first = groups[0].get("names")
    if boxes[0].name == "PNGh" and isinstance(first, list) and first[:1] != ["PNGh"]:
        position = 1
    if layout.format == "jpeg" and _names_restarts(groups):
        boxes = with_restarts(data, boxes)
    total = 0
    for group in groups:
        named = group.get("names")
        if not isinstance(named, list) or not named or not all(isinstance(name, str) for name in named):
            raise MalformedCredentialsError("got a box hash without names")
        total += len(named)
        if total > len(boxes):
            return Bound(match=Match.MISMATCH)
        taken = boxes[position : position + len(named)]
        if [box.name for box in taken] != named:
            return Bound(match=Match.MISMATCH)
        position += len(named)
        if named == ["C2PA"] or group.get("excluded") is True:
            continue
        if "C2PA" in named:
            raise MalformedCredentialsError("got a box hash over the manifest itself")
        runs = _without_holes(group, taken)
        name = name_of(group.get("alg"), name_of(content.get("alg"), algorithm))
        expected = some_bytes(group.get("hash"), what="a box hash")
        if runs is None or not hmac.compare_digest(digest_runs(name, data, runs), expected):
            return Bound(match=Match.MISMATCH)
        covered += runs
    return Bound(match=Match.MATCH, covered=join(covered))


def _without_holes(group: Mapping[str, Any], boxes: Sequence[NamedBox]) -> Runs | None:
    """The bytes of some boxes that one entry hashes: all but its `exclusions`, each within one box, in order (9.2.2).

    None where one reaches beyond its box, which was longer when it was signed. Raises MalformedCredentialsError.
    """
    position, runs = boxes[0].start, list[tuple[int, int]]()
    holes = entries(group.get("exclusions"), what="exclusions")
    if not holes and group.get("exclusions") is not None:
        raise MalformedCredentialsError("got an empty list of exclusions in a box hash")
    for hole in holes:
        box = boxes[whole(hole.get("boxIndex"), what="a box index", most=len(boxes) - 1)]
        start = box.start + whole(hole.get("start"), what="an exclusion's start")
        end = start + whole(hole.get("length"), what="an exclusion's length")
        if start < position:
            raise MalformedCredentialsError("got exclusions in a box hash that overlap or are out of order")
        if end > box.end:
            return None
        runs.append((position, start))
        position = end
    return join([*runs, (position, boxes[-1].end)])


def _names_restarts(groups: list[Mapping[str, Any]]) -> bool:
    named = [group.get("names") for group in groups]
    return any(
        isinstance(name, str) and name.startswith("RST") for names in named if isinstance(names, list) for name in names
    )


def _collected(uris: object) -> list[Mapping[str, Any]]:
    """The files of a collection: a list of maps with `uri`, or, as c2pa-rs writes it, a map by URI."""
    if isinstance(uris, Mapping):
        rows = [{**row, "uri": uri} if isinstance(row, Mapping) else row for uri, row in uris.items()]
        return entries(rows, what="uris")
    return entries(uris, what="uris")


def collection_hash(content: Mapping[str, Any], data: bytes, layout: Layout, *, algorithm: str) -> Bound:
    """A `c2pa.hash.collection.data` assertion against a ZIP document's entries and directory (9.2.4)."""
    if layout.format != "zip":
        raise UnsupportedCredentialsError("got a collection hash for files that are not here")
    from provenance.formats.zip import zip_directory
    from provenance.formats.zip.directory import MAX_ENTRIES

    directory = zip_directory(data)
    if len(directory.entries) >= MAX_ENTRIES:
        raise UnsupportedCredentialsError(f"got an archive of more than {MAX_ENTRIES} parts")
    if not directory.complete:
        return Bound(match=Match.MISMATCH)
    by_name: dict[str, list[tuple[int, int]]] = {}
    for entry in directory.entries:
        by_name.setdefault(entry.name.decode("utf-8", "replace"), []).append((entry.start, entry.end))
    name, covered = name_of(content.get("alg"), algorithm), []
    uris = content.get("uris")
    forms = frozenset((FILES_AS_MAP,)) if isinstance(uris, Mapping) else frozenset[str]()
    listed, room = _collected(uris), len(data)
    if not listed:
        raise MalformedCredentialsError("got a collection hash without URIs")
    for item in listed:
        uri = item.get("uri")
        if not isinstance(uri, str) or ".." in uri.split("/"):
            raise MalformedCredentialsError("got a collection hash with a URI that leaves the collection")
        found = by_name.get(uri.removeprefix("./"), [])
        if len(found) != 1:
            return Bound(match=Match.MISMATCH)
        expected = some_bytes(item.get("hash"), what="a collection hash")
        room -= found[0][1] - found[0][0]
        if room < 0:
            raise MalformedCredentialsError("got a collection hash over parts that overlap")
        if not hmac.compare_digest(digest_runs(name, data, (found[0],)), expected):
            return Bound(match=Match.MISMATCH)
        covered.append(found[0])
    stored = content.get("zip_central_directory_hash")
    if stored is not None:
        expected = some_bytes(stored, what="a directory hash")
        whole_run: Runs = ((directory.start, directory.end),)
        left_out = directory.manifest_checksum
        runs = (intersect(whole_run, complement((left_out,), len(data))), whole_run) if left_out else (whole_run,)
        held = next((run for run in runs if hmac.compare_digest(digest_runs(name, data, run), expected)), None)
        if held is None:
            return Bound(match=Match.MISMATCH)
        covered += held
    return Bound(match=Match.MATCH, covered=join(covered), forms=forms)


def uncovered_media(bound: Bound, layout: Layout) -> Runs:
    """Media bytes that the binding leaves out, by their boxes or by the tables that say where media lies."""
    media = join((r.start, r.end) for r in (*layout.of_kind(Kind.MEDIA), *layout.pointers))
    return intersect(media, complement(bound.covered, layout.size))

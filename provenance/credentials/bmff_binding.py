"""Do the boxes of a BMFF file match its hash, in whole or as a Merkle tree, and which bytes does it cover?

`c2pa.hash.bmff`, `.v2` and `.v3` (C2PA 2.4, section 9.2.3): exclusions name boxes by path and filters; from version 2
on the offset of every top-level box that is not left out whole is hashed in front of its bytes; Merkle trees cover
`mdat` boxes in blocks or the fragments of a stream.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from provenance.credentials.binding import (
    Bound,
    Match,
    Runs,
    complement,
    digest_runs,
    entries,
    intersect,
    name_of,
    some_bytes,
    whole,
)
from provenance.credentials.boxes import digest
from provenance.credentials.errors import MalformedCredentialsError, UnsupportedCredentialsError
from provenance.credentials.merkle import blocks_of, builds, proves, read_proofs, read_tree
from provenance.formats.parts import OFFSETS, BmffBox, Kind, Layout, join

MAX_PATH: Final = 256
"""Characters of a box path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Excluded:
    """The byte ranges that exclusions name in one file, and which top-level boxes they take whole."""

    runs: Runs
    whole_boxes: frozenset[int]


def _selected(boxes: Sequence[BmffBox], path: str) -> Iterator[BmffBox]:
    """Boxes at a path whose parts may carry a position (`/moov/trak[2]`), counted from 1."""
    head, _, rest = path.strip("/").partition("/")
    name, bracket, number = head.partition("[")
    found = [box for box in boxes if box.type == name]
    if bracket:
        position = number.removesuffix("]")
        if not position.isdigit() or len(position) > 6 or int(position) < 1:
            raise MalformedCredentialsError("got a box path with a position that is no number")
        found = found[int(position) - 1 : int(position)]
    for box in found:
        if rest:
            yield from _selected(box.children, rest)
        else:
            yield box


def _applies(data: bytes, box: BmffBox, rule: Mapping[str, Any], *, lenient_flags: bool) -> bool:
    """Whether an exclusion's filters fit a box."""
    size, version, flags = rule.get("length"), rule.get("version"), rule.get("flags")
    if size is not None and whole(size, what="a box length") != box.end - box.start:
        return False
    body = box.start + box.header
    if version is not None and whole(version, what="a box version") != data[body]:
        return False
    if flags is not None:
        wanted = some_bytes(flags, what="box flags")
        own = data[body + 1 : body + 4]
        if rule.get("exact") is False:
            if any(has & ~want & 0xFF for has, want in zip(own, wanted, strict=False)):
                return False
        elif wanted != own and not (lenient_flags and wanted == own[::-1]):
            return False
    for pattern in entries(rule.get("data"), what="data patterns"):
        offset = whole(pattern.get("offset"), what="a pattern's offset")
        value = some_bytes(pattern.get("value"), what="a pattern")
        at = box.start + offset
        if data[at : at + len(value)] != value:
            return False
    return True


def _subsets(rule: Mapping[str, Any], box: BmffBox) -> Iterator[tuple[int, int]]:
    last = 0
    for subset in entries(rule.get("subset"), what="subsets"):
        offset = whole(subset.get("offset"), what="a subset's offset")
        size = whole(subset.get("length"), what="a subset's length")
        if offset < last:
            raise MalformedCredentialsError("got subsets that overlap or are out of order")
        last = offset + size
        start = box.start + offset
        if start < box.end:
            yield start, min(box.end, start + size) if size else box.end


def _exclusions(
    data: bytes, boxes: Sequence[BmffBox], rules: Sequence[Mapping[str, Any]], *, lenient_flags: bool
) -> _Excluded:
    runs: list[tuple[int, int]] = []
    taken: set[int] = set()
    top = {box.start for box in boxes}
    for rule in rules:
        path = rule.get("xpath")
        if not isinstance(path, str) or not path.startswith("/") or len(path) > MAX_PATH:
            raise MalformedCredentialsError("got an exclusion without a box path")
        for box in _selected(boxes, path):
            if not _applies(data, box, rule, lenient_flags=lenient_flags):
                continue
            if rule.get("subset") is not None:
                runs += _subsets(rule, box)
            else:
                runs.append((box.start, box.end))
                if box.start in top:
                    taken.add(box.start)
    return _Excluded(runs=join(runs), whole_boxes=frozenset(taken))


def _kinds_in(layout: Layout, runs: Runs) -> set[Kind]:
    """What lies in some runs of a fragment, the manifest's own boxes aside; anything, where it is not read whole."""
    found: set[Kind] = {
        region.kind
        for region in (*layout.regions, *layout.pointers)
        if region.kind is not Kind.MANIFEST and intersect(((region.start, region.end),), runs)
    }
    moved = any(region.name == OFFSETS and intersect(((region.start, region.end),), runs) for region in layout.regions)
    if not layout.complete or (moved and not layout.ordered):
        found.add(Kind.OTHER)
    return found


def _file_digest(algorithm: str, data: bytes, covered: Runs, offsets: Sequence[int]) -> bytes:
    """The digest over the covered runs, with each offset as 8 bytes in front of the box that starts there."""
    if not offsets or not covered:
        return digest_runs(algorithm, data, covered)
    view, parts, pending = memoryview(data), list[bytes | memoryview](), sorted(offsets)
    number, first, last = 0, covered[0][0], covered[-1][1]
    for start, end in covered:
        position = start
        while number < len(pending) and pending[number] < end:
            offset = pending[number]
            number += 1
            if offset < first:
                continue
            if offset > position:
                parts.append(view[position:offset])
                position = offset
            parts.append(offset.to_bytes(8, "big"))
        parts.append(view[position:end])
    parts += [offset.to_bytes(8, "big") for offset in pending[number:] if offset < last]
    return digest(algorithm, *parts)


class _Check:
    """One BMFF binding over one file."""

    def __init__(
        self, content: Mapping[str, Any], data: bytes, layout: Layout, *, algorithm: str, version: int
    ) -> None:
        self.data, self.boxes, self.size = data, layout.bmff, len(data)
        self.version = version
        self.algorithm = name_of(content.get("alg"), algorithm)
        self.rules = entries(content.get("exclusions"), what="exclusions")
        stored = content.get("hash")
        self.expected = None if stored is None else some_bytes(stored, what="a BMFF hash")
        self.trees = [read_tree(row, self.algorithm) for row in entries(content.get("merkle"), what="Merkle trees")]
        if not self.rules or (self.expected is None and not self.trees):
            raise MalformedCredentialsError("got a BMFF hash without exclusions, or without hash and tree")

    def offsets(self, excluded: _Excluded, boxes: Sequence[BmffBox]) -> list[int]:
        if self.version < 2:
            return []
        return [box.start for box in boxes if box.start not in excluded.whole_boxes]

    def run(self, fragments: Sequence[tuple[bytes, Layout]]) -> Bound:
        for lenient in (False, True) if any(rule.get("flags") is not None for rule in self.rules) else (False,):
            bound = self.once(fragments, lenient_flags=lenient)
            if bound.match is Match.MATCH:
                return bound
        return Bound(match=Match.MISMATCH)

    def once(self, fragments: Sequence[tuple[bytes, Layout]], *, lenient_flags: bool) -> Bound:
        excluded = _exclusions(self.data, self.boxes, self.rules, lenient_flags=lenient_flags)
        covered = complement(excluded.runs, self.size)
        runs: list[tuple[int, int]] = []
        if self.expected is not None:
            own = _file_digest(self.algorithm, self.data, covered, self.offsets(excluded, self.boxes))
            if not hmac.compare_digest(own, self.expected):
                return Bound(match=Match.MISMATCH)
            runs += covered
        if not self.trees:
            return Bound(match=Match.MATCH, covered=join(runs), fragments_unused=bool(fragments))
        if any(tree.init_hash is not None for tree in self.trees):
            return self.fragmented(excluded, covered, runs, fragments, lenient_flags=lenient_flags)
        blocks = self.mdats()
        if blocks is None:
            return Bound(match=Match.MISMATCH)
        return Bound(match=Match.MATCH, covered=join(runs + blocks), fragments_unused=bool(fragments))

    def mdats(self) -> list[tuple[int, int]] | None:
        """The blocks of every `mdat`, where all trees hold; None where one does not."""
        mdats = [box for box in self.boxes if box.type == "mdat"]
        proofs = read_proofs(self.data, self.boxes)
        if any(box.type == "moof" for box in self.boxes):
            raise UnsupportedCredentialsError("got a fragmented file whose trees have no initHash")
        if len(mdats) != len(self.trees):
            if proofs:
                raise UnsupportedCredentialsError("got Merkle trees over tracks")
            return None
        found: list[tuple[int, int]] = []
        for tree, mdat in zip(self.trees, mdats, strict=True):
            blocks = blocks_of(tree, mdat)
            leaves = [digest_runs(tree.algorithm, self.data, (block,)) for block in blocks]
            own = [proof for proof in proofs if (proof.unique, proof.local) == (tree.unique, tree.local)]
            if own:
                proved = len(own) == len(leaves) == tree.count and all(
                    proof.location == number and proves(tree, leaf, number, proof.hashes)
                    for number, (leaf, proof) in enumerate(zip(leaves, own, strict=True))
                )
            else:
                proved = builds(tree, leaves)
            if not proved:
                return None
            found += blocks
        return found

    def fragmented(
        self,
        excluded: _Excluded,
        covered: Runs,
        runs: list[tuple[int, int]],
        fragments: Sequence[tuple[bytes, Layout]],
        *,
        lenient_flags: bool,
    ) -> Bound:
        """Fragments in this file after its first `moof`, or in files of their own (C2PA 2.4, section 9.2.3.3)."""
        first = next((box.start for box in self.boxes if box.type == "moof"), self.size)
        init, offsets = intersect(covered, ((0, first),)), self.offsets(excluded, self.boxes)
        for tree in self.trees:
            own = _file_digest(tree.algorithm, self.data, init, [o for o in offsets if o < first])
            if tree.init_hash is None or not hmac.compare_digest(own, tree.init_hash):
                return Bound(match=Match.MISMATCH)
        runs = [*runs, *init]
        if first < self.size:
            inner = self.inner_fragments(covered, offsets)
            if inner is None:
                return Bound(match=Match.MISMATCH)
            return Bound(match=Match.MATCH, covered=join(runs + inner), fragments_unused=bool(fragments))
        places: set[tuple[int, int, int]] = set()
        outside: set[Kind] = set()
        for data, layout in fragments:
            fragment_excluded = _exclusions(data, layout.bmff, self.rules, lenient_flags=lenient_flags)
            proved = self.proves_fragment(data, layout.bmff, fragment_excluded)
            if not proved:
                return Bound(match=Match.MISMATCH)
            places |= proved
            outside |= _kinds_in(layout, fragment_excluded.runs)
        if not fragments:
            return Bound(match=Match.MATCH, covered=join(runs), needs_fragments=True)
        total = sum(tree.count for tree in self.trees)
        return Bound(
            match=Match.MATCH,
            covered=join(runs),
            fragments=total,
            fragments_missing=max(0, total - len(places)),
            fragments_outside=frozenset(outside),
        )

    def inner_fragments(self, covered: Runs, offsets: Sequence[int]) -> list[tuple[int, int]] | None:
        starts = [box.start for box in self.boxes if box.type == "moof"]
        ends = [*starts[1:], self.size]
        proofs, found = read_proofs(self.data, self.boxes), list[tuple[int, int]]()
        for tree in self.trees:
            own = [proof for proof in proofs if (proof.unique, proof.local) == (tree.unique, tree.local)]
            if len(starts) != tree.count or len(own) != tree.count:
                return None
            for number, (start, end, proof) in enumerate(zip(starts, ends, own, strict=True)):
                if proof.location != number:
                    # A fragment that holds in another place: they were put in another order, or one is there twice.
                    return None
                runs = intersect(covered, ((start, end),))
                leaf = _file_digest(tree.algorithm, self.data, runs, [o for o in offsets if start <= o < end])
                if not proves(tree, leaf, proof.location, proof.hashes):
                    return None
                found += runs
        return found

    def proves_fragment(self, data: bytes, boxes: Sequence[BmffBox], excluded: _Excluded) -> set[tuple[int, int, int]]:
        """The places in the trees that a fragment proves to be its own; none where one of its proofs does not hold."""
        covered, proofs = complement(excluded.runs, len(data)), read_proofs(data, boxes)
        for proof in proofs:
            tree = next((t for t in self.trees if (t.unique, t.local) == (proof.unique, proof.local)), None)
            if tree is None:
                return set()
            leaf = _file_digest(tree.algorithm, data, covered, self.offsets(excluded, boxes))
            if not proves(tree, leaf, proof.location, proof.hashes):
                return set()
        return {(proof.unique, proof.local, proof.location) for proof in proofs}


def bmff_hash(
    content: Mapping[str, Any],
    data: bytes,
    layout: Layout,
    *,
    algorithm: str,
    version: int,
    fragments: Sequence[tuple[bytes, Layout]] = (),
) -> Bound:
    """A BMFF hash assertion of that label version (1, 2, 3) against a file and, where it is a stream, its fragments.

    Raises MalformedCredentialsError where the assertion breaks its own rules, UnsupportedCredentialsError for trees
    over tracks, which only very old writers made.
    """
    if not layout.bmff:
        raise UnsupportedCredentialsError(f"got a BMFF hash for a container without boxes ({layout.format})")
    return _Check(content, data, layout, algorithm=algorithm, version=version).run(fragments)

"""Do the boxes of a BMFF file match its hash, in whole or as a Merkle tree, and which bytes does it cover?

`c2pa.hash.bmff`, `.v2` and `.v3` (C2PA 2.4, section 9.2.3): exclusions name boxes by path and filters; from version 2
on the offset of every top-level box that is not left out whole is hashed in front of its bytes; Merkle trees cover
`mdat` boxes in blocks or the fragments of a stream.
"""

from __future__ import annotations

import hmac
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from provenance.credentials.binding.base import (
    PLACED_FRAGMENTS,
    Bound,
    Match,
    Runs,
    complement,
    digest_runs,
    intersect,
    name_of,
    some_bytes,
)
from provenance.credentials.binding.bmff_rules import Excluded, Trials, exclude, read_rules
from provenance.credentials.binding.merkle import (
    MAX_LEAVES,
    Tree,
    blocks_of,
    builds,
    by_name,
    by_tree,
    proves,
    read_proofs,
    read_trees,
    strays,
)
from provenance.credentials.errors import CredentialsLimitError, MalformedCredentialsError, UnsupportedCredentialsError
from provenance.credentials.store.boxes import digest_of, digests
from provenance.files.window import pieces, window_of
from provenance.formats.parts import OFFSETS, BmffBox, Kind, Layout, join


def _kinds_in(data: bytes, layout: Layout, runs: Runs, *, is_movable: bool) -> set[Kind]:
    """What lies in some runs of a fragment, the manifest's own boxes aside; anything, where that leaves it open."""
    by_kind: dict[Kind, list[tuple[int, int]]] = {}
    for region in (*layout.regions, *layout.pointers):
        by_kind.setdefault(region.kind, []).append((region.start, region.end))
    found: set[Kind] = {
        kind for kind, own in by_kind.items() if kind is not Kind.MANIFEST and intersect(join(own), runs)
    }
    from provenance.formats.bmff.order import is_only_order

    tables = join((region.start, region.end) for region in layout.regions if region.name == OFFSETS)
    shown = join((region.start, region.end) for region in layout.shown)
    is_open = not layout.complete or bool(layout.doubts) or bool(intersect(shown, runs))
    if is_open or (
        (intersect(tables, runs) or (is_movable and layout.pointers)) and not is_only_order(data, layout.bmff)
    ):
        found.add(Kind.OTHER)
    return found


def _file_digest(algorithm: str, data: bytes, covered: Runs, offsets: Sequence[int]) -> bytes:
    """The digest over the covered runs, with each offset as 8 bytes in front of the box that starts there."""
    if not offsets or not covered:
        return digest_runs(algorithm, data, covered)
    return digest_of(algorithm, _parts(data, covered, sorted(offsets)))


def _parts(data: bytes, covered: Runs, pending: Sequence[int]) -> Iterator[bytes | memoryview]:
    """What is hashed, in order: each piece is to be used up before the next is asked for."""
    number, first, last = 0, covered[0][0], covered[-1][1]
    for start, end in covered:
        position = start
        while number < len(pending) and pending[number] < end:
            offset = pending[number]
            number += 1
            if offset < first:
                continue
            if offset > position:
                yield from pieces(data, position, offset)
                position = offset
            yield offset.to_bytes(8, "big")
        yield from pieces(data, position, end)
    yield from (offset.to_bytes(8, "big") for offset in pending[number:] if offset < last)


class _Signed:
    """What a binding speaks of in one file: the bytes that no exclusion takes, and the offsets that are hashed."""

    def __init__(self, data: bytes, boxes: Sequence[BmffBox], excluded: Excluded, *, version: int) -> None:
        self.data = data
        self.covered = complement(excluded.runs, len(data))
        self._starts = [start for start, _ in self.covered]
        self._offsets = (
            sorted(box.start for box in boxes if box.start not in excluded.whole_boxes) if version >= 2 else []
        )
        self._digests: dict[tuple[str, int, int], bytes] = {}

    def between(self, start: int, end: int) -> Runs:
        """The covered bytes between two offsets."""
        first = max(0, bisect_right(self._starts, start) - 1)
        return intersect(self.covered[first : bisect_left(self._starts, end)], ((start, end),))

    def digest(self, algorithm: str, start: int = 0, end: int | None = None) -> bytes:
        """The digest between two offsets; computed once, however many trees ask for it."""
        end = len(self.data) if end is None else end
        key = algorithm, start, end
        if key not in self._digests:
            offsets = self._offsets[bisect_left(self._offsets, start) : bisect_left(self._offsets, end)]
            self._digests[key] = _file_digest(algorithm, self.data, self.between(start, end), offsets)
        return self._digests[key]


class _Check:
    """One BMFF binding over one file."""

    def __init__(
        self, content: Mapping[str, Any], data: bytes, layout: Layout, *, algorithm: str, version: int
    ) -> None:
        self.data, self.boxes, self.size = data, layout.bmff, len(data)
        self.version = version
        self.algorithm = name_of(content.get("alg"), algorithm)
        self.rules = read_rules(content.get("exclusions"))
        stored = content.get("hash")
        self.expected = None if stored is None else some_bytes(stored, what="a BMFF hash")
        self.trees = read_trees(content.get("merkle"), self.algorithm)
        if not self.rules or (self.expected is None and not self.trees):
            raise MalformedCredentialsError("got a BMFF hash without exclusions, or without hash and tree")

    def run(self, fragments: Sequence[tuple[bytes, Layout]]) -> Bound:
        for lenient in (False, True) if any(rule.flags is not None for rule in self.rules) else (False,):
            bound = self.once(fragments, lenient_flags=lenient)
            if bound.match is Match.MATCH:
                return bound
        return Bound(match=Match.MISMATCH)

    def strays(self) -> Runs:
        """Merkle boxes of this file that no tree needs: none does where its fragments lie in other files."""
        apart = any(tree.init_hash is not None for tree in self.trees) and not any(b.type == "moof" for b in self.boxes)
        return strays(self.data, self.boxes, () if apart else self.trees)

    def once(self, fragments: Sequence[tuple[bytes, Layout]], *, lenient_flags: bool) -> Bound:
        trials = Trials()
        excluded = exclude(self.data, self.boxes, self.rules, trials, lenient_flags=lenient_flags)
        signed = _Signed(self.data, self.boxes, excluded, version=self.version)
        runs: list[tuple[int, int]] = []
        if self.expected is not None:
            if not hmac.compare_digest(signed.digest(self.algorithm), self.expected):
                return Bound(match=Match.MISMATCH)
            runs += signed.covered
        if not self.trees:
            return Bound(match=Match.MATCH, covered=join(runs), fragments_unused=bool(fragments))
        if any(tree.init_hash is not None for tree in self.trees):
            return self.fragmented(signed, runs, fragments, trials, lenient_flags=lenient_flags)
        blocks = self.mdats()
        if blocks is None:
            return Bound(match=Match.MISMATCH)
        return Bound(match=Match.MATCH, covered=join(runs + blocks), fragments_unused=bool(fragments))

    def mdats(self) -> list[tuple[int, int]] | None:
        """The blocks of every `mdat`, where all trees hold; None where one does not."""
        mdats = [box for box in self.boxes if box.type == "mdat"]
        proofs = by_tree(read_proofs(self.data, self.boxes))
        if any(box.type == "moof" for box in self.boxes):
            raise UnsupportedCredentialsError("got a fragmented file whose trees have no initHash")
        if len(mdats) != len(self.trees):
            if proofs:
                raise UnsupportedCredentialsError("got Merkle trees over tracks")
            return None
        found: list[tuple[int, int]] = []
        for tree, mdat in zip(self.trees, mdats, strict=True):
            blocks = blocks_of(tree, mdat)
            if len(found) + len(blocks) > MAX_LEAVES:
                raise CredentialsLimitError(f"got more than {MAX_LEAVES} blocks")
            leaves = _leaves(tree.algorithm, self.data, blocks)
            own = proofs.get(tree.name, [])
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
        signed: _Signed,
        runs: list[tuple[int, int]],
        fragments: Sequence[tuple[bytes, Layout]],
        trials: Trials,
        *,
        lenient_flags: bool,
    ) -> Bound:
        """Fragments in this file after its first `moof`, or in files of their own (C2PA 2.4, section 9.2.3.3)."""
        first = next((box.start for box in self.boxes if box.type == "moof"), self.size)
        for tree in self.trees:
            own = signed.digest(tree.algorithm, 0, first)
            if tree.init_hash is None or not hmac.compare_digest(own, tree.init_hash):
                return Bound(match=Match.MISMATCH)
        runs = [*runs, *signed.between(0, first)]
        if first < self.size:
            inner = self.inner_fragments(signed)
            if inner is None:
                return Bound(match=Match.MISMATCH)
            return Bound(match=Match.MATCH, covered=join(runs + inner), fragments_unused=bool(fragments))
        places: set[tuple[int, int, int]] = set()
        outside: set[Kind] = set()
        trees = by_name(self.trees) if fragments else {}
        for data, layout in fragments:
            excluded = exclude(data, layout.bmff, self.rules, trials, lenient_flags=lenient_flags)
            proved = _proved(data, layout.bmff, _Signed(data, layout.bmff, excluded, version=self.version), trees)
            if not proved:
                return Bound(match=Match.MISMATCH)
            places |= proved
            outside |= _kinds_in(data, layout, excluded.runs, is_movable=self.version < 2)
            if strays(data, layout.bmff, self.trees):
                outside.add(Kind.FOREIGN)
        if not fragments:
            return Bound(match=Match.MATCH, covered=join(runs), needs_fragments=True)
        total = sum(tree.count for tree in self.trees)
        return Bound(
            match=Match.MATCH,
            covered=join(runs),
            fragments=total,
            fragments_missing=max(0, total - len(places)),
            fragments_outside=frozenset(outside),
            forms=frozenset((PLACED_FRAGMENTS,)) if self.version >= 2 else frozenset(),
        )

    def inner_fragments(self, signed: _Signed) -> list[tuple[int, int]] | None:
        starts = [box.start for box in self.boxes if box.type == "moof"]
        ends = [*starts[1:], self.size]
        proofs, found = by_tree(read_proofs(self.data, self.boxes)), list[tuple[int, int]]()
        for name, tree in by_name(self.trees).items():
            own = proofs.get(name, [])
            if len(starts) != tree.count or len(own) != tree.count:
                return None
            for number, (start, end, proof) in enumerate(zip(starts, ends, own, strict=True)):
                # One that holds in another place: they were put in another order, or one is there twice.
                holds = proof.location == number
                if not holds or not proves(tree, signed.digest(tree.algorithm, start, end), number, proof.hashes):
                    return None
                found += signed.between(start, end)
        return found


def _leaves(algorithm: str, data: bytes, blocks: Sequence[tuple[int, int]]) -> list[bytes]:
    """The digest of each block."""
    if window_of(data) is not None:
        return [digest_of(algorithm, pieces(data, start, end)) for start, end in blocks]
    view = memoryview(data)
    return digests(algorithm, (view[start:end] for start, end in blocks))


def _proved(
    data: bytes, boxes: Sequence[BmffBox], signed: _Signed, trees: Mapping[tuple[int, int], Tree]
) -> set[tuple[int, int, int]]:
    """The places in the trees that a fragment proves to be its own; none where one of its proofs does not hold."""
    found: set[tuple[int, int, int]] = set()
    for proof in read_proofs(data, boxes):
        tree = trees.get(proof.tree)
        if tree is None or not proves(tree, signed.digest(tree.algorithm), proof.location, proof.hashes):
            return set()
        found.add((*proof.tree, proof.location))
    return found


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
    check = _Check(content, data, layout, algorithm=algorithm, version=version)
    bound = check.run(fragments)
    if bound.match is not Match.MATCH:
        return bound
    return replace(bound, strays=check.strays(), is_movable=version < 2)

"""Do leaves lead to the stored row of a Merkle tree, and which bytes are the leaves?

The trees of BMFF hashes (C2PA 2.4, section 9.2.3.4): a tree is kept as one of its rows; an odd node moves up unhashed.
"""

from __future__ import annotations

import hmac
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from provenance.credentials.binding.base import entries, name_of, some_bytes, whole
from provenance.credentials.binding.fields import MERKLE_BOX, check_fields
from provenance.credentials.errors import CredentialsLimitError, MalformedCredentialsError
from provenance.credentials.store.boxes import digest, digests
from provenance.credentials.store.octets import plain_cbor
from provenance.formats.parts import BmffBox

MAX_LEAVES: Final = 1_000_000
"""Leaves of all Merkle trees of one file: a 50 GB film in 100 KB blocks has 500,000."""
MDAT_HEAD: Final = 16
"""Bytes at the start of every `mdat` that are hashed with the file and not in its tree, whatever its header's size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """One row of `merkle`."""

    unique: int
    local: int
    count: int
    algorithm: str
    hashes: tuple[bytes, ...]
    init_hash: bytes | None
    fixed: int | None
    variable: tuple[int, ...] | None

    @property
    def name(self) -> tuple[int, int]:
        """By which proofs name it."""
        return self.unique, self.local


def read_trees(value: object, algorithm: str) -> list[Tree]:
    """All rows of `merkle`. Raises MalformedCredentialsError, CredentialsLimitError."""
    return [_read_tree(row, algorithm) for row in entries(value, what="Merkle trees")]


def by_name(trees: Iterable[Tree]) -> dict[tuple[int, int], Tree]:
    """Trees by their names. Raises MalformedCredentialsError where two bear one."""
    found: dict[tuple[int, int], Tree] = {}
    for tree in trees:
        if found.setdefault(tree.name, tree) is not tree:
            raise MalformedCredentialsError("got two Merkle trees of one name")
    return found


def _read_tree(row: Mapping[str, Any], algorithm: str) -> Tree:
    """A row of `merkle`. Raises MalformedCredentialsError."""
    hashes, sizes = row.get("hashes"), row.get("variableBlockSizes")
    if not isinstance(hashes, list) or not hashes or len(hashes) > MAX_LEAVES:
        raise MalformedCredentialsError("got a Merkle tree without a row of hashes")
    if sizes is not None and (not isinstance(sizes, list) or len(sizes) > MAX_LEAVES):
        raise MalformedCredentialsError("got a Merkle tree with block sizes that are no list")
    fixed = row.get("fixedBlockSize")
    init = row.get("initHash")
    tree = Tree(
        unique=whole(row.get("uniqueId"), what="a tree's uniqueId"),
        local=whole(row.get("localId"), what="a tree's localId"),
        count=whole(row.get("count"), what="a tree's count", most=MAX_LEAVES),
        algorithm=name_of(row.get("alg"), algorithm),
        hashes=tuple(some_bytes(item, what="a tree's row") for item in hashes),
        init_hash=None if init is None else some_bytes(init, what="an initHash"),
        fixed=None if fixed is None else whole(fixed, what="a block size"),
        variable=None if sizes is None else tuple(whole(item, what="a block size") for item in sizes),
    )
    if (tree.fixed is not None and tree.variable is not None) or tree.fixed in (0, 1):
        raise MalformedCredentialsError("got a Merkle tree with two block sizes, or with one below 2")
    return tree


def _layers(count: int) -> list[int]:
    layers = [count]
    while layers[-1] > 1:
        layers.append((layers[-1] + 1) // 2)
    return layers


def proves(tree: Tree, leaf: bytes, location: int, proof: Sequence[bytes] | None) -> bool:
    """Whether a leaf leads to the tree's stored row (C2PA 2.4, section 9.2.3.4)."""
    if location >= tree.count:
        return False
    index, node, rest = location, leaf, list(proof or ())
    for layer in _layers(tree.count):
        if layer == len(tree.hashes):
            return index < len(tree.hashes) and hmac.compare_digest(tree.hashes[index], node)
        sibling = index - 1 if index % 2 else index + 1
        if sibling < layer:
            if not rest:
                return False
            other = rest.pop(0)
            node = digest(tree.algorithm, other, node) if index % 2 else digest(tree.algorithm, node, other)
        index //= 2
    return False


def builds(tree: Tree, leaves: list[bytes]) -> bool:
    """Whether all leaves together build the stored row."""
    if len(leaves) != tree.count:
        return False
    row = leaves
    while len(row) > len(tree.hashes):
        odd = row[-1:] if len(row) % 2 else []
        row = digests(tree.algorithm, map(operator.add, row[::2], row[1::2])) + odd
    return len(row) == len(tree.hashes) and all(map(hmac.compare_digest, row, tree.hashes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One Merkle box: where its leaf stands, and the hashes beside its way up."""

    unique: int
    local: int
    location: int
    hashes: tuple[bytes, ...] | None
    start: int
    """Where the box lies in its file."""
    end: int

    @property
    def tree(self) -> tuple[int, int]:
        """Name of the tree."""
        return self.unique, self.local


def by_tree(proofs: Iterable[Proof]) -> dict[tuple[int, int], list[Proof]]:
    """Proofs by the names of their trees, in order."""
    found: dict[tuple[int, int], list[Proof]] = {}
    for proof in proofs:
        found.setdefault(proof.tree, []).append(proof)
    return found


def read_proofs(data: bytes, boxes: Sequence[BmffBox]) -> list[Proof]:
    """The Merkle boxes of a file or fragment, in order."""
    from provenance.formats.bmff import c2pa_payload

    found = []
    for box in boxes:
        payload = c2pa_payload(data, box)
        if payload is None or payload[0] != "merkle":
            continue
        value = _proof(payload[1])
        check_fields(value, MERKLE_BOX)
        hashes = value.get("hashes")
        if hashes is not None and (not isinstance(hashes, list) or len(hashes) > 64):
            raise MalformedCredentialsError("got a Merkle box with a proof that is no short list")
        found.append(
            Proof(
                unique=whole(value.get("uniqueId"), what="a uniqueId"),
                local=whole(value.get("localId"), what="a localId"),
                location=whole(value.get("location"), what="a location", most=MAX_LEAVES),
                hashes=None if hashes is None else tuple(some_bytes(item, what="a proof") for item in hashes),
                start=box.start,
                end=box.end,
            )
        )
    return found


def _proof(content: bytes) -> Mapping[Any, Any]:
    """What a Merkle box says, in which nothing else may lie: no hash covers it. Raises MalformedCredentialsError."""
    value, end = plain_cbor.read(content, 0) if content else ({}, 0)
    if not isinstance(value, Mapping) or content[end:].strip(b"\0"):
        raise MalformedCredentialsError("got a Merkle box with more in it than one map and zeros")
    return value


def strays(data: bytes, boxes: Sequence[BmffBox], trees: Sequence[Tree]) -> tuple[tuple[int, int], ...]:
    """The Merkle boxes that hold more than a tree of the binding needs, or belong to none: no hash covers them.

    Raises MalformedCredentialsError.
    """
    if not trees:
        from provenance.formats.bmff import c2pa_payload

        payloads = ((box, c2pa_payload(data, box)) for box in boxes)
        return tuple((box.start, box.end) for box, payload in payloads if payload and payload[0] == "merkle")
    known = {tree.name: tree for tree in trees}
    proofs = read_proofs(data, boxes)
    return tuple((proof.start, proof.end) for proof in proofs if not _is_needed(proof, known.get(proof.tree)))


def _is_needed(proof: Proof, tree: Tree | None) -> bool:
    if tree is None:
        return False
    needed, index = 0, proof.location
    for layer in _layers(tree.count):
        if layer <= len(tree.hashes):
            break
        needed += (index - 1 if index % 2 else index + 1) < layer
        index //= 2
    return len(proof.hashes or ()) == needed


def blocks_of(tree: Tree, mdat: BmffBox) -> list[tuple[int, int]]:
    """The byte ranges that are a tree's leaves. Raises MalformedCredentialsError, CredentialsLimitError."""
    start, end = min(mdat.end, mdat.start + MDAT_HEAD), mdat.end
    if tree.fixed is not None:
        if (end - start) // tree.fixed > MAX_LEAVES:
            raise CredentialsLimitError(f"got more than {MAX_LEAVES} blocks")
        return [(at, min(end, at + tree.fixed)) for at in range(start, end, tree.fixed)]
    if tree.variable is None:
        return [(start, end)]
    if sum(tree.variable) != end - start:
        raise MalformedCredentialsError("got block sizes that do not add up to the box")
    blocks = []
    for size in tree.variable:
        blocks.append((start, start + size))
        start += size
    return blocks

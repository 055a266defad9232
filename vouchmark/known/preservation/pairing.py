"""Which file after belongs to which file before? By name, else by likeness; nothing is paired twice.

A platform gives files new endings and new folders, and often new names: the same path first, then the same name
but for its ending in the same folder, then anywhere; what is left is paired by what it looks like, the nearest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, TypeAlias

MAX_LIKENESS: Final = 31
"""Bits by which PDQ hashes may differ, of 256: the distance that ThreatExchange matches at."""
MAX_BY_LIKENESS: Final = 2_000
"""Files of each folder that are paired by likeness: every one is held against every other."""

Hash: TypeAlias = bytes
"""A PDQ hash of 32 octets; empty where a file has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A file before and the file after; one of the two may be missing."""

    before: str | None
    """Its path below its folder, with `/`; None where the file after came from nowhere."""
    after: str | None
    by: str
    """`name`, `likeness`, or empty where there is no pair."""
    was_looked_for: bool = True
    """Whether it was looked for by likeness as well; False where there were too many to be."""
    distance: int | None = None
    """Bits by which the two differ, where they were paired by likeness."""


def pair(
    before: Sequence[str],
    after: Sequence[str],
    likeness: Callable[[Sequence[str], Sequence[str]], tuple[Mapping[str, Hash], Mapping[str, Hash]]],
) -> tuple[Pair, ...]:
    """Every file of both folders in one pair, in the order of the files before, then what is new.

    Args:
        before: paths below the first folder, with `/`.
        after: paths below the second one.
        likeness: gives the hashes of those that no name pairs; asked once, and only where both have some left.
    """
    found: dict[str, Pair] = {}
    for key in (_same_path, _same_stem, _same_name):
        left, right = _left(before, after, found)
        ours, theirs = _by(key, left), _by(key, right)
        for name, some in ours.items():
            others = theirs.get(name, [])
            # Where several could be meant, none is: their look has to decide.
            if len(some) == 1 and len(others) == 1:
                found[some[0]] = Pair(before=some[0], after=others[0], by="name")
    left, right = _left(before, after, found)
    beyond = {*left[MAX_BY_LIKENESS:], *right[MAX_BY_LIKENESS:]}
    if left and right:
        found |= {str(one.before): one for one in _alike(*likeness(left[:MAX_BY_LIKENESS], right[:MAX_BY_LIKENESS]))}
    # Where one folder was cut, what is left in the other one may belong to what was left out.
    whole = not beyond
    _, new = _left(before, after, found)
    old = tuple(found.get(name) or Pair(before=name, after=None, by="", was_looked_for=whole) for name in before)
    return (*old, *(Pair(before=None, after=name, by="", was_looked_for=whole) for name in new))


def _left(before: Sequence[str], after: Sequence[str], found: Mapping[str, Pair]) -> tuple[list[str], list[str]]:
    """What no pair has yet."""
    taken = {one.after for one in found.values()}
    return [name for name in before if name not in found], [name for name in after if name not in taken]


def _by(key: Callable[[str], str], names: Sequence[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name in names:
        grouped.setdefault(key(name), []).append(name)
    return grouped


def _same_path(name: str) -> str:
    return name


def _same_stem(name: str) -> str:
    path = PurePosixPath(name)
    return str(path.with_name(path.stem)).casefold() if path.stem else name


def _same_name(name: str) -> str:
    return PurePosixPath(name).stem.casefold()


def _alike(before: Mapping[str, Hash], after: Mapping[str, Hash]) -> Iterator[Pair]:
    """The nearest first; each file once."""
    near = sorted(
        (distance, one, other)
        for one, ours in before.items()
        for other, theirs in after.items()
        if ours and theirs and (distance := _distance(ours, theirs)) <= MAX_LIKENESS
    )
    done: set[tuple[str, str]] = set()
    for distance, one, other in near:
        if ("before", one) not in done and ("after", other) not in done:
            done |= {("before", one), ("after", other)}
            yield Pair(before=one, after=other, by="likeness", distance=distance)


def _distance(one: Hash, other: Hash) -> int:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()

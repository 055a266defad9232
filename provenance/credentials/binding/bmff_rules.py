"""Which byte ranges do the exclusions of a BMFF hash name, however many rules meet however many boxes?

An exclusion names boxes by a path and filters, and takes them whole or in subsets (C2PA 2.4, section 9.2.3.1). Equal
rules are one, boxes at a path are looked for once, and how often a rule is held against a box is counted over the file
and its fragments together: whoever signs may write as many rules as there are boxes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from provenance.credentials.binding.base import Runs, entries, some_bytes, whole
from provenance.credentials.errors import CredentialsLimitError, MalformedCredentialsError
from provenance.formats.parts import BmffBox, join

MAX_PATH: Final = 256
"""Characters of a box path."""
MAX_TRIALS: Final = 400_000
"""Boxes held against rules, in one file and its fragments: below half a second. Ten thousand fragments under a dozen
rules need 240,000; a file without fragments some hundreds."""
_STEP: Final = 4_096
"""Bytes of a pattern that cost as much as one more trial."""

Path: TypeAlias = tuple[tuple[str, int], ...]
"""Box types with a position counted from 1 among the boxes of that type, or 0 for all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One exclusion."""

    path: Path
    length: int | None
    version: int | None
    flags: bytes | None
    exact: bool
    """Whether the flags must be those and no others."""
    patterns: tuple[tuple[int, bytes], ...]
    """(offset, value) of bytes that the box must hold."""
    subsets: tuple[tuple[int, int], ...] | None
    """(offset, length) of what is left out of the box; None for all of it."""

    @property
    def cost(self) -> int:
        """What holding it against one box costs, in trials."""
        compared = sum(1 + len(value) // _STEP for _, value in self.patterns)
        return 1 + compared + len(self.subsets or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """The byte ranges that exclusions name in one file, and which top-level boxes they take whole."""

    runs: Runs
    whole_boxes: frozenset[int]


class Trials:
    """Counts them over a file and its fragments."""

    def __init__(self) -> None:
        """Begin with none."""
        self.left = MAX_TRIALS

    def take(self, count: int) -> None:
        """So many more. Raises CredentialsLimitError."""
        self.left -= count
        if self.left < 0:
            raise CredentialsLimitError(f"got more than {MAX_TRIALS} boxes under exclusion rules")


def _path(text: object) -> Path:
    """A box path whose parts may carry a position (`/moov/trak[2]`)."""
    if not isinstance(text, str) or not text.startswith("/") or len(text) > MAX_PATH:
        raise MalformedCredentialsError("got an exclusion without a box path")
    parts = []
    rest = text.strip("/")
    while True:
        head, _, rest = rest.partition("/")
        name, bracket, number = head.partition("[")
        position = number.removesuffix("]")
        if bracket and not (position.isascii() and position.isdigit() and len(position) <= 6 and int(position) >= 1):
            raise MalformedCredentialsError("got a box path with a position that is no number")
        parts.append((name, int(position) if bracket else 0))
        rest = rest.strip("/")
        if not rest:
            return tuple(parts)


def _subsets(value: object) -> tuple[tuple[int, int], ...] | None:
    if value is None:
        return None
    found, last = [], 0
    for subset in entries(value, what="subsets"):
        offset = whole(subset.get("offset"), what="a subset's offset")
        size = whole(subset.get("length"), what="a subset's length")
        if offset < last:
            raise MalformedCredentialsError("got subsets that overlap or are out of order")
        last = offset + size
        found.append((offset, size))
    return tuple(found)


def _rule(entry: Mapping[str, Any]) -> Rule:
    length, version, flags = entry.get("length"), entry.get("version"), entry.get("flags")
    return Rule(
        path=_path(entry.get("xpath")),
        length=None if length is None else whole(length, what="a box length"),
        version=None if version is None else whole(version, what="a box version"),
        flags=None if flags is None else some_bytes(flags, what="box flags"),
        exact=entry.get("exact") is not False,
        patterns=tuple(
            (whole(one.get("offset"), what="a pattern's offset"), some_bytes(one.get("value"), what="a pattern"))
            for one in entries(entry.get("data"), what="data patterns")
        ),
        subsets=_subsets(entry.get("subset")),
    )


def read_rules(value: object) -> tuple[Rule, ...]:
    """The exclusions of a BMFF hash, equal ones once. Raises MalformedCredentialsError, CredentialsLimitError."""
    return tuple(dict.fromkeys(map(_rule, entries(value, what="exclusions"))))


class _Tree:
    """Boxes of one file by path; each path, and each part of one, is followed once."""

    def __init__(self, boxes: Sequence[BmffBox], trials: Trials) -> None:
        self.top = boxes
        self.trials = trials
        self.found: dict[Path, Sequence[BmffBox]] = {}
        self.by_type: dict[int, dict[str, list[BmffBox]]] = {}

    def at(self, path: Path) -> Sequence[BmffBox]:
        """The boxes at a path, in file order."""
        for size in range(1, len(path) + 1):
            if path[:size] not in self.found:
                self.found[path[:size]] = self._step(path[: size - 1], *path[size - 1])
        return self.found[path]

    def _step(self, above: Path, name: str, position: int) -> Sequence[BmffBox]:
        found: list[BmffBox] = []
        parents = [(-1, self.top)] if not above else [(box.start, box.children) for box in self.found[above]]
        for start, children in parents:
            if start not in self.by_type:
                self.by_type[start] = _by_type(children)
            same = self.by_type[start].get(name, [])
            found += same[position - 1 : position] if position else same
        self.trials.take(len(parents) + len(found))
        return found


def _by_type(boxes: Sequence[BmffBox]) -> dict[str, list[BmffBox]]:
    found: dict[str, list[BmffBox]] = {}
    for box in boxes:
        found.setdefault(box.type, []).append(box)
    return found


def _applies(data: bytes, box: BmffBox, rule: Rule, *, lenient_flags: bool) -> bool:
    """Whether an exclusion's filters fit a box."""
    if rule.length is not None and rule.length != box.end - box.start:
        return False
    body = box.start + box.header
    if rule.version is not None and [*data[body : body + 1]] != [rule.version]:
        return False
    if rule.flags is not None:
        own = data[body + 1 : body + 4]
        if not rule.exact:
            if any(has & ~want & 0xFF for has, want in zip(own, rule.flags, strict=False)):
                return False
        elif rule.flags != own and not (lenient_flags and rule.flags == own[::-1]):
            return False
    return all(data[box.start + offset : box.start + offset + len(value)] == value for offset, value in rule.patterns)


def _taken(rule: Rule, box: BmffBox) -> Iterator[tuple[int, int]]:
    if rule.subsets is None:
        yield box.start, box.end
    for offset, size in rule.subsets or ():
        start = box.start + offset
        if start < box.end:
            yield start, min(box.end, start + size) if size else box.end


def exclude(
    data: bytes, boxes: Sequence[BmffBox], rules: Sequence[Rule], trials: Trials, *, lenient_flags: bool
) -> Excluded:
    """What rules leave out of one file. Raises CredentialsLimitError."""
    tree = _Tree(boxes, trials)
    runs: list[tuple[int, int]] = []
    taken: set[int] = set()
    top = {box.start for box in boxes}
    for rule in rules:
        found = tree.at(rule.path)
        trials.take(1 + len(found) * rule.cost)
        for box in found:
            if _applies(data, box, rule, lenient_flags=lenient_flags):
                runs += _taken(rule, box)
                if rule.subsets is None and box.start in top:
                    taken.add(box.start)
    return Excluded(runs=join(runs), whole_boxes=frozenset(taken))

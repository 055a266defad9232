"""Do two bundles speak of the same bytes, do they conclude the same, and if not, from which input on?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from vouchmark.bundles import differences
from vouchmark.bundles.bag.model import Bundle
from vouchmark.bundles.making import salted
from vouchmark.bundles.verifying import Answered, Verified
from vouchmark.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One file that both have."""

    name: str
    sha256: str
    differ: tuple[str, ...]
    """What the first one's report says otherwise than the second one's, by what each brings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two bundles, side by side."""

    is_one: bool
    """Whether their payloads are the same octet for octet."""
    both: tuple[Pair, ...]
    first_alone: tuple[str, ...]
    second_alone: tuple[str, ...]
    withheld: tuple[str, ...]
    """Files that one has and the other withholds, as its salted digest says."""
    inputs: tuple[str, ...]
    """Which inputs differ, in the order in which they decide."""
    versions: tuple[str, ...]

    @property
    def same_bytes(self) -> bool:
        """Whether both speak of the same files, as far as they hold them."""
        return not self.first_alone and not self.second_alone

    @property
    def same_conclusions(self) -> bool:
        """Whether both say the same of every file that both have."""
        return not any(pair.differ for pair in self.both)


def compare(first: Verified, second: Verified) -> Compared | None:
    """Two bundles that were looked at; None where one of them does not say what it holds, or was altered."""
    one, two = first.bundle, second.bundle
    if one is None or two is None:
        return None
    hidden = {**_withheld(one, second), **_withheld(two, first)}
    mine = [answered for answered in first.files if answered.row.sha256 not in hidden]
    theirs = [answered for answered in second.files if answered.row.sha256 not in hidden]
    counts = [Counter(answered.row.sha256 for answered in files) for files in (mine, theirs)]
    return Compared(
        is_one=bool(first.digest) and first.digest == second.digest,
        both=tuple(_pairs(mine, theirs)),
        first_alone=tuple(_names(mine, counts[0] - counts[1])),
        second_alone=tuple(_names(theirs, counts[1] - counts[0])),
        withheld=tuple(hidden.values()),
        inputs=tuple(differences.of_inputs(one.inputs, two.inputs, names=("first", "second"))),
        versions=tuple(differences.of_versions(one.environment, two.environment, names=("first", "second"))),
    )


def _withheld(bundle: Bundle, other: Verified) -> dict[str, str]:
    """By digest, the names of the other one's files that a bundle withholds."""
    salts = other.bundle.salts if other.bundle is not None else {}
    digests = {row.digest for row in bundle.withheld}
    return {
        one.row.sha256: one.row.below or one.row.name
        for one in other.files
        if salted(salts[str(one.row.number)], one.row.sha256) in digests
    }


def _pairs(mine: list[Answered], theirs: list[Answered]) -> Iterator[Pair]:
    waiting = list(theirs)
    for one in mine:
        other = next((found for found in waiting if found.row.sha256 == one.row.sha256), None)
        if other is None:
            continue
        waiting.remove(other)
        differ = _differ(one.theirs, other.theirs)
        yield Pair(name=one.row.below or one.row.name, sha256=one.row.sha256, differ=tuple(differ))


def _differ(one: Report | None, two: Report | None) -> list[str]:
    if one is None or two is None:
        return [] if one is two else ["the report of one of them cannot be read"]
    found = differences.of_reports(one, two)
    # Names, times and lists stand among the inputs: here only what was found counts.
    return [words for words in found if not words.startswith(differences.WORDING)]


def _names(files: list[Answered], left: Counter[str]) -> Iterator[str]:
    left = Counter(left)
    for one in files:
        if left[one.row.sha256] > 0:
            left[one.row.sha256] -= 1
            yield one.row.below or one.row.name

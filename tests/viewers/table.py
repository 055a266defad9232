"""What came of all mutants, as a table of formats, mutators and viewers?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.viewers.judge import Judged, Seen

STRANGE: Final = "as "
"""With what the names of strangers begin; they are printed where they found something."""


@dataclass(slots=True)
class Row:
    """One mutator on one format."""

    made: int = 0
    passed: int = 0
    seen: dict[str, Counter[Seen]] = field(default_factory=dict)
    """By viewer."""


@dataclass(slots=True)
class Figures:
    """Everything that is printed."""

    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[Judged] = field(default_factory=list)
    """Mutants that passed although a viewer shows something else."""
    refused: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    """Mutants that passed and that a viewer does not show at all, by format, mutator, detail and viewer."""
    harmed: list[Judged] = field(default_factory=list)
    """Mutants over which a process ended or hung: of a viewer or of an engine, which is no finding about bytes."""
    unmade: Mapping[str, str] = field(default_factory=dict)
    """Originals that could not be made here, with the reason."""
    doubted: Mapping[str, str] = field(default_factory=dict)
    """Originals that do not pass themselves, with what the report says: nothing is tried on them."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Viewers that are not here, with the reason."""
    left_out: dict[tuple[str, str], str] = field(default_factory=dict)
    """Viewers that could not be asked about an original, with the reason."""

    @property
    def total(self) -> int:
        return sum(row.made for row in self.rows.values())

    @property
    def passed(self) -> int:
        return sum(row.passed for row in self.rows.values())

    @property
    def untouched_lost(self) -> int:
        """Files that nobody changed and that did not pass again."""
        return sum(row.made - row.passed for (_, mutator), row in self.rows.items() if mutator == "none")

    def take(self, judged: Judged) -> None:
        """Count one mutant."""
        self.statuses[judged.status] += 1
        row = self.rows.setdefault((judged.format, judged.mutator), Row())
        row.made += 1
        row.passed += judged.status == "pass"
        for viewer, seen in judged.seen.items():
            row.seen.setdefault(viewer, Counter())[seen] += 1
            if seen is Seen.REFUSED:
                self.refused[judged.format, judged.mutator, judged.detail, viewer] += 1
            if seen is Seen.LEFT_OUT:
                self.left_out[judged.original, viewer] = judged.told[viewer]
        if judged.is_wrong:
            self.wrong.append(judged)
        if judged.status in ("crash", "hang"):
            self.harmed.append(judged)

    def lines(self) -> Iterator[str]:
        """As a person reads it."""
        yield "viewers by row: same+refused/differing, of the mutants that passed"
        wide = max((len(name) for name, _ in self.rows), default=6)
        for (name, mutator), row in sorted(self.rows.items()):
            shown = [
                f"{viewer} {seen[Seen.SAME]}+{seen[Seen.REFUSED]}/{seen[Seen.DIFFERS]}"
                for viewer, seen in row.seen.items()
                if seen[Seen.DIFFERS] or (seen.total() > seen[Seen.LEFT_OUT] and not viewer.startswith(STRANGE))
            ]
            yield f"{name:{wide}} {mutator:12} made {row.made:5} passed {row.passed:5}  {', '.join(shown)}".rstrip()
        formats = len({name for name, _ in self.rows})
        yield f"{self.total} mutants of {formats} formats: " + ", ".join(
            f"{status} {count}" for status, count in sorted(self.statuses.items())
        )
        yield from (f"original {name} could not be made: {why}" for name, why in self.unmade.items())
        yield from (f"original {name} does not pass: {why}" for name, why in self.doubted.items())
        yield from (f"viewer {name} is not here: {why}" for name, why in self.missing.items())
        for (name, viewer), why in sorted(self.left_out.items()):
            yield f"{viewer} is not asked about {name}: {' '.join(why.split())}"
        yield f"untouched files that did not pass: {self.untouched_lost}"
        yield f"ended or hung: {len(self.harmed)}"
        yield from (f"  {one.number} {one.original} {one.mutator} {one.detail}" for one in self.harmed[:20])
        yield f"passed, and not shown at all by a viewer: {self.refused.total()}"
        yield from (f"  {' '.join(what)}: {count}" for what, count in self.refused.most_common(40))
        yield f"wrong passes: {len(self.wrong)}"
        for one in self.wrong[:100]:
            yield f"  {one.number} {one.original} {one.mutator} ({one.detail}): " + "; ".join(
                f"{viewer} {told}" for viewer, told in one.told.items() if one.seen[viewer] is Seen.DIFFERS
            )

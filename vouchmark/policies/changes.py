"""How many of yesterday's outcomes does another policy change? Counted by outcome and by label.

A policy reads nothing but the report, so that saved reports answer as the files would. Only what was not looked at when
they were made stays so: people in a scope that nobody counted, lines that nobody asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from vouchmark.policies.policy import STRENGTH, Policy
from vouchmark.report import Json, Outcome, Report, Verdict

NONE = "none"
"""In the place of an outcome, where a report had no verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One report whose verdict is another one."""

    report: Report
    """With the new verdict."""
    before: str
    """The outcome that it had."""
    after: Outcome
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(slots=True)
class Changes:
    """What one policy changes over many reports."""

    policy: Policy
    reports: int = 0
    changed: int = 0
    before: Counter[str] = field(default_factory=Counter)
    """Reports by the outcome that they had."""
    after: Counter[str] = field(default_factory=Counter)
    """Reports by the outcome that they get."""
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(before, after) of those whose outcome changes."""
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    uncounted: Counter[str] = field(default_factory=Counter)
    """Scopes that the policy counts people in, by how many reports were made without."""

    def add(self, report: Report) -> Change | None:
        """Apply the policy to one report; what changes for it, None where nothing does."""
        new = self.policy.decide(report)
        change = _change(report, new)
        self.reports += 1
        self.before[change.before] += 1
        self.after[new.outcome] += 1
        self.uncounted.update(set(self.policy.scopes) - _counted(report))
        if change.before == change.after and not change.gained and not change.lost:
            return None
        self.changed += 1
        if change.before != change.after:
            self.moves[change.before, str(change.after)] += 1
        self.gained.update(change.gained)
        self.lost.update(change.lost)
        return change

    def sorted_moves(self) -> Iterator[tuple[str, str, int]]:
        """(before, after, reports): those first that become stronger most."""

        def stronger(move: tuple[str, str]) -> tuple[int, tuple[str, str]]:
            before, after = (_ORDER.index(outcome) for outcome in move)
            return before - after, move

        yield from ((before, after, self.moves[before, after]) for before, after in sorted(self.moves, key=stronger))

    def to_dict(self) -> dict[str, Json]:
        """Everything as JSON values."""
        return {
            "policy": {"name": self.policy.name, "sha256": self.policy.sha256},
            "reports": self.reports,
            "changed": self.changed,
            "before": {name: self.before[name] for name in _ORDER if self.before[name]},
            "after": {name: self.after[name] for name in _ORDER if self.after[name]},
            "outcomes": [{"from": one, "to": other, "reports": count} for one, other, count in self.sorted_moves()],
            "labels_gained": dict[str, Json](sorted(self.gained.items())),
            "labels_lost": dict[str, Json](sorted(self.lost.items())),
            "scopes_not_counted": dict[str, Json](sorted(self.uncounted.items())),
        }


_ORDER = (NONE, *(str(outcome) for outcome in STRENGTH))


def _change(report: Report, new: Verdict) -> Change:
    old = report.verdict
    had, has = set(old.labels if old else ()), set(new.labels)
    return Change(
        report=report,
        before=str(old.outcome) if old else NONE,
        after=new.outcome,
        gained=tuple(label for label in new.labels if label not in had),
        lost=tuple(label for label in (old.labels if old else ()) if label not in has),
    )


def _counted(report: Report) -> set[str]:
    """The scopes in which people were counted when the report was made."""
    person = report.inputs.options.get("person")
    scopes = person.get("scopes") if isinstance(person, Mapping) else None
    return {str(scope) for scope in scopes} if isinstance(scopes, list) else set()

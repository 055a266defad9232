"""What does a reader do with a report? Ordered rules that the reader owns turn findings into a verdict.

Policies come from the reader only, never from the media. The grammar of the TOML file:

```toml
name = "desk"                      # default: the file's name without its ending
description = "..."                # for people; optional
otherwise = "allow"                # what follows where no rule matches; required, so that nobody trusts by omission
                                   # or { outcome = "label", labels = ["x-quiet"] }

[[rules]]
name = "changed bytes"             # for people; optional
when = { line = "integrity", status = "fail" }
outcome = "review"                 # allow, label, review or block
labels = ["altered-after-signing"] # names from `vouchmark codes --labels`, or your own that begin with x-; optional
final = false                      # true: where this rule matches, later ones are not looked at; optional
```

Every rule that matches counts: the verdict has the strongest outcome among them (allow < label < review < block), so
that nothing good outweighs a failure, and the labels of all of them in the order of the rules. `final = true` is how an
earlier rule settles the matter.

`when` is one of

- the status of a line: `{ line = "signer", status = ["unknown", "absent"] }`.
- findings: any of `code`, `root`, `detail`, or `at_least`, narrowed by `line` and `status` (then the finding's own):
  `{ line = "history", code = "history.*", status = "fail" }`. `code = "signer.*"` is a family. `line`, `status`, `code`
  and `root` take one value or a list of which one must fit. `detail = { name = "Harbour Press", depth = { max = 1 } }`
  compares entries of a finding's detail: a scalar must be equal (or be an element, where the entry is a list), a list
  names several of which one must fit, `{ min = …, max = … }` bounds a number, `{ exists = false }` asks for absence; a
  dotted key such as `"answers.state"` goes into a nested entry.
- findings, counted: `at_least = 2` asks for so many with distinct roots (`distinct = "root"`, the default: findings
  with the same root count once) or from distinct people (`distinct = "person"`). People are counted by the voices
  within one issuer, class, scope, period and slot, because in each of these the same person has another voice; the
  largest group decides. `by = ["level"]` groups by further detail entries.
- people, counted: `{ people = { at_least = 1, issuer = "Harbour Press Club", scope = "public:review/cafe-harbour" } }`.
  Only vouches that hold count, and the largest group decides as above. `issuer` is a name or an id (64 hex digits),
  `scope` a scope; both take a list of which one must fit. `at_most = 3` caps; `at_most = 0` means that there is nobody.
  A scope that is named so counts for the reader, as if `--scope` had named it: `Policy.scopes` has them all.
- `{ all = [ … ] }`, `{ any = [ … ] }`, `{ not = { … } }` of such conditions.

Errors name the key path and, where it can be found, the line of the file.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

from vouchmark.report import Finding, Json, Line, Outcome, PolicyName, Report, Root, Status, Verdict

STRENGTH: Final = (Outcome.ALLOW, Outcome.LABEL, Outcome.REVIEW, Outcome.BLOCK)
"""From the mildest to the strongest."""

DEFAULT_FILE: Final = Path(__file__).with_name("default_policy.toml")
"""The built-in policy; it never blocks."""

PERSON_GROUP: Final = ("issuer", "class", "scope", "period", "slot")
"""Detail entries within which two voices are two people: across them the same person has different voices."""
MEDIA_SCOPE: Final = ":media"
"""How scopes end that mean the media itself."""
PERSON_VOICE: Final = "voice"
"""Detail entry that is the same for the same person within such a group, and for nobody else."""


class PolicyError(ValueError):
    """A policy that cannot be used, with the key path and the line of the mistake where these are known."""

    def __init__(self, message: str, *, policy: str, path: str = "", line: int | None = None) -> None:
        """Compose the message.

        Args:
            message: got and expected.
            policy: name of the policy or its file.
            path: key path such as `rules[2].when.line`, counted from 0; empty for the file as a whole.
            line: line of the file, counted from 1; None where it could not be found.
        """
        self.path = path
        self.line = line
        where = ", ".join(part for part in (f"line {line}" if line else "", path) if part)
        super().__init__(f"policy {policy}: {where}{': ' if where else ''}{message}")


class Distinct(enum.StrEnum):
    """What `at_least` counts."""

    ROOT = "root"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailTest:
    """One comparison with an entry of a finding's detail."""

    key: tuple[str, ...]
    """Path into the detail."""
    values: tuple[str | int | float | bool, ...] = ()
    """One of these must be equal; empty where another test is meant."""
    minimum: float | None = None
    maximum: float | None = None
    exists: bool | None = None

    def fits(self, detail: Mapping[str, Json]) -> bool:
        """Whether a finding's detail passes."""
        value: Json = dict(detail)
        present = True
        for part in self.key:
            if isinstance(value, Mapping) and part in value:
                value = value[part]
            else:
                value, present = None, False
                break
        if self.exists is not None:
            return present is self.exists
        if self.minimum is not None or self.maximum is not None:
            if isinstance(value, bool) or not isinstance(value, int | float):
                return False
            return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)
        candidates = value if isinstance(value, list | tuple) else [value]
        return present and any(_same(candidate, wanted) for candidate in candidates for wanted in self.values)


def _same(left: Json, right: str | int | float | bool) -> bool:
    """Equality in which true is not 1."""
    return isinstance(left, bool) is isinstance(right, bool) and left == right


@dataclass(frozen=True, slots=True, kw_only=True)
class LineIs:
    """A line has one of these statuses."""

    lines: tuple[Line, ...]
    statuses: tuple[Status, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """There are findings such as these; an empty field narrows nothing."""

    lines: tuple[Line, ...] = ()
    statuses: tuple[Status, ...] = ()
    codes: tuple[str, ...] = ()
    """A code, or a family that ends in `.*`."""
    roots: tuple[Root, ...] = ()
    detail: tuple[DetailTest, ...] = ()
    at_least: int = 1
    distinct: Distinct = Distinct.ROOT
    by: tuple[str, ...] = ()
    """Further detail entries within which is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """So many people stand behind it; an empty field narrows nothing."""

    at_least: int = 0
    at_most: int | None = None
    issuers: tuple[str, ...] = ()
    """Names, or ids in lower-case hex."""
    scopes: tuple[str, ...] = ()

    def fits(self, finding: Finding) -> bool:
        """Whether a finding is a voice of such an issuer in such a scope."""
        detail = finding.detail
        issuers = {detail.get("issuer"), detail.get("issuer_name")}
        return (
            finding.status is Status.PASS
            and isinstance(detail.get(PERSON_VOICE), str)
            and all(key in detail for key in PERSON_GROUP)
            and (not self.issuers or not issuers.isdisjoint(self.issuers))
            and (not self.scopes or any(_is_in(str(detail["scope"]), scope) for scope in self.scopes))
        )


def _is_in(scope: str, named: str) -> bool:
    """Whether a voice's scope is the named one; `media` stands there with the digest."""
    return scope == named or (named.endswith(MEDIA_SCOPE) and scope.startswith(f"{named}/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition: TypeAlias = LineIs | Findings | People | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What follows."""

    outcome: Outcome
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: where `when` holds, `then` follows."""

    when: Condition
    then: Consequence
    name: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A reader's policy."""

    name: str
    sha256: str
    """Of the policy's bytes as loaded, lower-case hex."""
    rules: tuple[Rule, ...]
    otherwise: Consequence
    """What follows where no rule matches."""
    description: str = ""

    @property
    def scopes(self) -> tuple[str, ...]:
        """Every scope in which a rule counts people, sorted: they count as if named by `--scope`."""
        return tuple(sorted({scope for rule in self.rules for scope in _scopes(rule.when)}))

    @staticmethod
    def default() -> Policy:
        """The built-in policy: recognises, labels and asks for review, and never blocks."""
        return _default()

    @staticmethod
    def load(path: str | Path) -> Policy:
        """Read a policy file.

        Raises:
            PolicyError: it cannot be read, is too large, or breaks the grammar.
        """
        from vouchmark.policy_toml import load

        return load(Path(path))

    @staticmethod
    def parse(data: bytes, name: str) -> Policy:
        """Read a policy from the bytes of a TOML document.

        Args:
            data: UTF-8, at most `policy_toml.MAX_BYTES`.
            name: what errors call it, and its name where it gives itself none.

        Raises:
            PolicyError: it is too large or breaks the grammar.
        """
        from vouchmark.policy_toml import parse

        return parse(data, name)

    def decide(self, report: Report) -> Verdict:
        """The verdict on a report. Reads nothing but the report, and is the same for the same report."""
        outcome: Outcome | None = None
        labels: dict[str, None] = {}
        reasons: set[str] = set()
        for rule in self.rules:
            ids = grounds(rule.when, report)
            if ids is None:
                continue
            outcome = rule.then.outcome if outcome is None else max(outcome, rule.then.outcome, key=STRENGTH.index)
            labels.update(dict.fromkeys(rule.then.labels))
            reasons |= ids
            if rule.final:
                break
        if outcome is None:
            outcome = self.otherwise.outcome
            labels.update(dict.fromkeys(self.otherwise.labels))
        return Verdict(
            outcome=outcome,
            labels=tuple(labels),
            reasons=tuple(finding.id for finding in report.findings() if finding.id in reasons),
            policy=PolicyName(name=self.name, sha256=self.sha256),
        )

    def applied(self, report: Report) -> Report:
        """The same report with this policy's verdict."""
        return replace(report, verdict=self.decide(report))


@functools.cache
def _default() -> Policy:
    return Policy.parse(DEFAULT_FILE.read_bytes(), "default")


def at_least_as_strong(outcome: Outcome, threshold: Outcome) -> bool:
    """Whether an outcome reaches a threshold (`--fail-on`)."""
    return STRENGTH.index(outcome) >= STRENGTH.index(threshold)


def _scopes(condition: Condition) -> Iterator[str]:
    match condition:
        case People():
            yield from condition.scopes
        case AllOf() | AnyOf():
            for part in condition.parts:
                yield from _scopes(part)
        case Not():
            yield from _scopes(condition.part)


def grounds(condition: Condition, report: Report) -> frozenset[str] | None:
    """Ids of the findings that a condition rests on where it holds (none for `not`); None where it does not hold."""
    match condition:
        case LineIs():
            return _line_grounds(condition, report)
        case Findings():
            return _finding_grounds(condition, report)
        case People():
            return _people_grounds(condition, report)
        case AllOf():
            parts = [grounds(part, report) for part in condition.parts]
            held = [part for part in parts if part is not None]
            return frozenset().union(*held) if len(held) == len(parts) else None
        case AnyOf():
            held = [part for part in (grounds(part, report) for part in condition.parts) if part is not None]
            return frozenset().union(*held) if held else None
        case Not():
            return frozenset() if grounds(condition.part, report) is None else None


def _line_grounds(condition: LineIs, report: Report) -> frozenset[str] | None:
    held = [line for line in condition.lines if report.evidence[line].status in condition.statuses]
    if not held:
        return None
    return frozenset(
        finding.id
        for line in held
        for finding in report.evidence[line].findings
        if finding.status is report.evidence[line].status
    )


def _finding_grounds(condition: Findings, report: Report) -> frozenset[str] | None:
    found = list(_matching(condition, report))
    groups: dict[tuple[str, ...], set[str]] = {}
    for finding in found:
        group, thing = _group_of(condition, finding)
        if thing is not None:
            groups.setdefault(group, set()).add(thing)
    enough = {group for group, things in groups.items() if len(things) >= condition.at_least}
    if not enough:
        return None
    ids = [(finding.id, _group_of(condition, finding)) for finding in found]
    return frozenset(id_ for id_, (group, thing) in ids if group in enough and thing is not None)


def _people_grounds(condition: People, report: Report) -> frozenset[str] | None:
    """The voices of the largest group where their number is within the bounds; nothing rests on nobody."""
    groups: dict[tuple[str, ...], dict[str, str]] = {}
    for finding in report.evidence[Line.PERSON].findings:
        if condition.fits(finding):
            group = tuple(repr(finding.detail[key]) for key in PERSON_GROUP)
            groups.setdefault(group, {})[str(finding.detail[PERSON_VOICE])] = finding.id
    most = max((len(voices) for voices in groups.values()), default=0)
    if most < condition.at_least or (condition.at_most is not None and most > condition.at_most):
        return None
    return frozenset(id_ for voices in groups.values() if len(voices) == most for id_ in voices.values())


def _group_of(condition: Findings, finding: Finding) -> tuple[tuple[str, ...], str | None]:
    """Within which group a finding counts, and as what; None where it does not count."""
    extra = tuple(repr(finding.detail.get(key)) for key in condition.by)
    if condition.distinct is Distinct.ROOT:
        return extra, str(finding.root)
    if not all(key in finding.detail for key in PERSON_GROUP):
        return extra, None
    voice = finding.detail.get(PERSON_VOICE)
    group = tuple(repr(finding.detail[key]) for key in PERSON_GROUP)
    return (*group, *extra), voice if isinstance(voice, str) and voice else None


def _matching(condition: Findings, report: Report) -> Iterator[Finding]:
    for line, evidence in report.evidence.items():
        if condition.lines and line not in condition.lines:
            continue
        for finding in evidence.findings:
            if (
                (not condition.statuses or finding.status in condition.statuses)
                and (not condition.codes or any(fits(finding.code, pattern) for pattern in condition.codes))
                and (not condition.roots or finding.root in condition.roots)
                and all(test.fits(finding.detail) for test in condition.detail)
            ):
                yield finding


def fits(code: str, pattern: str) -> bool:
    """Whether a code is the pattern, or of the family that the pattern names with a final `.*`."""
    return code.startswith(pattern[:-1]) if pattern.endswith(".*") else code == pattern

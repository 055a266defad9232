"""When does a condition of a policy hold, and on which findings does it rest?

What a policy file says of conditions stands in `vouchmark.policies.policy`. Nothing is read here but the report.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, TypeAlias

from vouchmark.report import Evidence, Finding, Json, Line, Report, Root, Status

PERSON_GROUP: Final = ("issuer", "class", "scope", "period", "slot")
"""Detail entries within which two voices are two people: across them the same person has different voices."""
MEDIA_SCOPE: Final = ":media"
"""How scopes end that mean the media itself."""
ID_DIGITS: Final = 64
"""Lower-case hex digits of an issuer's id."""
PERSON_VOICE: Final = "voice"
"""Detail entry that is the same for the same person within such a group, and for nobody else."""


class Distinct(enum.StrEnum):
    """What `at_least` counts."""

    AUTHORITY = "authority"
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
    """A line has one of these statuses, and one of these values; an empty field narrows nothing."""

    lines: tuple[Line, ...]
    statuses: tuple[Status, ...] = ()
    values: tuple[str, ...] = ()
    """As `vouchmark.codes.values` has them; of the history a number in digits as well."""

    def fits(self, evidence: Evidence) -> bool:
        """Whether a line's evidence is as it says."""
        return (not self.statuses or evidence.status in self.statuses) and (
            not self.values or str(evidence.value) in self.values
        )


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
    distinct: Distinct = Distinct.AUTHORITY
    by: tuple[str, ...] = ()
    """Further detail entries within which is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """So many people stand behind it; an empty field narrows nothing."""

    at_least: int = 0
    at_most: int | None = None
    issuers: tuple[str, ...] = ()
    """Ids in lower-case hex, or what the reader calls an issuer: what it calls itself is matched by nothing."""
    scopes: tuple[str, ...] = ()
    level_at_least: int = 1
    """How well their issuer checked them, in its own terms: 1 to 3."""
    issuers_at_least: int = 1
    """Of how many issuers there must be so many voices each; more than one says nothing of how many people."""

    def fits(self, finding: Finding) -> bool:
        """Whether a finding is a voice of such an issuer in such a scope."""
        detail = finding.detail
        return (
            finding.status is Status.PASS
            and isinstance(detail.get(PERSON_VOICE), str)
            and all(key in detail for key in PERSON_GROUP)
            and (not self.issuers or detail.get("issuer") in self.issuers)
            and (self.level_at_least == 1 or _is_at_least(detail.get("level"), self.level_at_least))
            and (not self.scopes or any(_is_in(str(detail["scope"]), scope) for scope in self.scopes))
        )


def is_id(issuer: str) -> bool:
    """Whether a policy names an issuer by its id, and not by a petname."""
    return len(issuer) == ID_DIGITS and not set(issuer) - set("0123456789abcdef")


def _is_at_least(value: Json, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


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


def people_of(condition: Condition) -> Iterator[People]:
    """Every condition on people within a condition."""
    match condition:
        case People():
            yield condition
        case AllOf() | AnyOf():
            for part in condition.parts:
                yield from people_of(part)
        case Not():
            yield from people_of(condition.part)


def with_issuers(condition: Condition, ids: Mapping[str, str]) -> Condition:
    """The same condition with the id of each issuer that is named by a petname."""
    match condition:
        case People():
            return replace(condition, issuers=tuple(ids.get(issuer, issuer) for issuer in condition.issuers))
        case AllOf():
            return AllOf(parts=tuple(with_issuers(part, ids) for part in condition.parts))
        case AnyOf():
            return AnyOf(parts=tuple(with_issuers(part, ids) for part in condition.parts))
        case Not():
            return Not(part=with_issuers(condition.part, ids))
    return condition


def scopes_of(condition: Condition) -> Iterator[str]:
    """Every scope in which a condition counts people."""
    for people in people_of(condition):
        yield from people.scopes


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
    held = [line for line in condition.lines if condition.fits(report.evidence[line])]
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
        group, thing = _group_of(condition, finding, report)
        if thing is not None:
            groups.setdefault(group, set()).add(thing)
    enough = {group for group, things in groups.items() if len(things) >= condition.at_least}
    if not enough:
        return None
    ids = [(finding.id, _group_of(condition, finding, report)) for finding in found]
    return frozenset(id_ for id_, (group, thing) in ids if group in enough and thing is not None)


def _people_grounds(condition: People, report: Report) -> frozenset[str] | None:
    """The voices of the largest group where their number is within the bounds; nothing rests on nobody."""
    groups: dict[tuple[str, ...], dict[str, str]] = {}
    for finding in report.evidence[Line.PERSON].findings:
        if condition.fits(finding):
            group = tuple(repr(finding.detail[key]) for key in PERSON_GROUP)
            groups.setdefault(group, {})[str(finding.detail[PERSON_VOICE])] = finding.id
    if condition.issuers_at_least > 1:
        return _issuers_grounds(condition, groups)
    most = max((len(voices) for voices in groups.values()), default=0)
    if most < condition.at_least or (condition.at_most is not None and most > condition.at_most):
        return None
    return frozenset(id_ for voices in groups.values() if len(voices) == most for id_ in voices.values())


def _issuers_grounds(condition: People, groups: Mapping[tuple[str, ...], Mapping[str, str]]) -> frozenset[str] | None:
    """The voices in groups that are large enough, where these are of enough issuers."""
    enough = {group: voices for group, voices in groups.items() if len(voices) >= condition.at_least}
    if len({group[0] for group in enough}) < condition.issuers_at_least:
        return None
    return frozenset(id_ for voices in enough.values() for id_ in voices.values())


_SIGNERS_OWN: Final = frozenset({Root.CLAIM_SIGNATURE, Root.CERTIFICATE})
"""Roots that come to the signer of the content: what is signed, and the key that signed it."""
_CERTIFICATE: Final = "certificate_sha256"


def authority_of(finding: Finding, report: Report) -> str:
    """On whose word a finding rests: a signer counts once, whatever of its own is looked at and however often it signs.

    By the certificate where the finding or, for the content, the signer's line names it; else by the finding's root.
    """
    by = finding.detail.get("by")
    certificate = by.get(_CERTIFICATE) if isinstance(by, Mapping) else None
    if finding.root in _SIGNERS_OWN and not certificate:
        own = (
            one.detail.get(_CERTIFICATE) for one in report.evidence[Line.SIGNER].findings if one.root in _SIGNERS_OWN
        )
        certificate = next((one for one in own if one), str(Root.CLAIM_SIGNATURE))
    return f"signer {certificate}" if certificate else str(finding.root)


def _group_of(condition: Findings, finding: Finding, report: Report) -> tuple[tuple[str, ...], str | None]:
    """Within which group a finding counts, and as what; None where it does not count."""
    extra = tuple(repr(finding.detail.get(key)) for key in condition.by)
    if condition.distinct is Distinct.AUTHORITY:
        return extra, authority_of(finding, report)
    if condition.distinct is Distinct.ROOT:
        return extra, str(finding.root)
    if not all(key in finding.detail for key in PERSON_GROUP):
        return extra, None
    voice = finding.detail.get(PERSON_VOICE)
    group = tuple(repr(finding.detail[key]) for key in PERSON_GROUP)
    return (*group, *extra), voice if isinstance(voice, str) and voice else None


@lru_cache(maxsize=256)
def _patterns(codes: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The codes among some patterns, and the starts of families: what `fits` asks of each, for all of them at once."""
    families = tuple(pattern[:-1] for pattern in codes if pattern.endswith(".*"))
    return frozenset(pattern for pattern in codes if not pattern.endswith(".*")), families


def needed(condition: Condition) -> frozenset[str] | None:
    """Codes, and starts of families up to their last dot, without any of which a condition never holds.

    None where it may hold whatever codes there are. `told_by` says what a report has of both.
    """
    match condition:
        case Findings():
            named, families = _patterns(condition.codes)
            return named.union(families) if condition.codes else None
        case AllOf():
            return next((found for found in map(needed, condition.parts) if found is not None), None)
        case AnyOf():
            parts = [found for found in map(needed, condition.parts) if found is not None]
            return frozenset().union(*parts) if len(parts) == len(condition.parts) else None
        case _:
            return None


def told_by(codes: Iterable[str]) -> frozenset[str]:
    """Codes, and the starts of all families that they are of."""
    told = set(codes)
    for code in tuple(told):
        end = code.find(".") + 1
        while end:
            told.add(code[:end])
            end = code.find(".", end) + 1
    return frozenset(told)


def _matching(condition: Findings, report: Report) -> Iterator[Finding]:
    named, families = _patterns(condition.codes)
    for line, evidence in report.evidence.items():
        if condition.lines and line not in condition.lines:
            continue
        for finding in evidence.findings:
            if (
                (not condition.statuses or finding.status in condition.statuses)
                and (not condition.codes or finding.code in named or finding.code.startswith(families))
                and (not condition.roots or finding.root in condition.roots)
                and all(test.fits(finding.detail) for test in condition.detail)
            ):
                yield finding


def fits(code: str, pattern: str) -> bool:
    """Whether a code is the pattern, or of the family that the pattern names with a final `.*`."""
    return code.startswith(pattern[:-1]) if pattern.endswith(".*") else code == pattern

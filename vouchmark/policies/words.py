"""What does a policy do, in words: for each value of each line, and rule by rule?

Nothing is decided here: conditions are read, not tried. What depends on more than a line's status is said with what it
depends on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vouchmark.policies.conditions import AllOf, AnyOf, Condition, DetailTest, Findings, LineIs, Not, People, is_id
from vouchmark.policies.policy import Consequence, Policy
from vouchmark.report import Line, Status

VALUES: Final = (Status.PASS, Status.FAIL, Status.UNKNOWN, Status.ABSENT, Status.ERROR, Status.SKIPPED)
"""The values of a line, in the order in which they are explained."""


def explain(policy: Policy) -> Iterator[str]:
    """Line by line: what the policy promises of itself, then each line's values, then its rules."""
    yield f"policy “{policy.name}”{f': {policy.description}' if policy.description else ''}"
    yield f"Every rule that fits counts, and the strongest outcome decides; where none fits: {_then(policy.otherwise)}."
    for line in Line:
        yield ""
        yield f"{line}:"
        for status in VALUES:
            yield f"  {status}: {_of_value(policy, line, status)}"
    yield ""
    yield "rules:"
    for number, rule in enumerate(policy.rules, start=1):
        last = "; later rules are not looked at then" if rule.final else ""
        yield f"  {number}. {rule.name or 'without a name'}: where {words(rule.when)}, {_then(rule.then)}{last}."


def _of_value(policy: Policy, line: Line, status: Status) -> str:
    """The outcomes that rest on a line's status alone, then the rules for which it can be part of the reason."""
    alone = [rule for rule in policy.rules if _rests_on(rule.when, line, status)]
    parts = [_then(rule.then) for rule in alone]
    more = [
        str(number)
        for number, rule in enumerate(policy.rules, start=1)
        if rule not in alone and _may_rest_on(rule.when, line, status)
    ]
    said = "; ".join(dict.fromkeys(parts)) or f"no rule for it alone, so {_then(policy.otherwise)} where no other fits"
    return f"{said} (see also rule{'s' if len(more) > 1 else ''} {', '.join(more)})" if more else said


def _rests_on(condition: Condition, line: Line, status: Status) -> bool:
    """Whether this status of this line is enough for the condition."""
    match condition:
        case LineIs():
            return line in condition.lines and status in condition.statuses and not condition.values
        case AnyOf():
            return any(_rests_on(part, line, status) for part in condition.parts)
        case AllOf():
            return all(_rests_on(part, line, status) for part in condition.parts)
    return False


def _may_rest_on(condition: Condition, line: Line, status: Status) -> bool:
    """Whether this status of this line can be part of why the condition holds."""
    match condition:
        case LineIs():
            return line in condition.lines and (not condition.statuses or status in condition.statuses)
        case Findings():
            return _may_have(condition, line, status) and (not condition.statuses or status in condition.statuses)
        case People():
            return line is Line.PERSON and status is Status.PASS
        case AllOf() | AnyOf():
            return any(_may_rest_on(part, line, status) for part in condition.parts)
        case Not():
            return not _may_rest_on(condition.part, line, status) and _names(condition.part, line)


def _names(condition: Condition, line: Line) -> bool:
    match condition:
        case LineIs():
            return line in condition.lines
        case Findings():
            return any(_may_have(condition, line, status) for status in VALUES)
        case People():
            return line is Line.PERSON
        case AllOf() | AnyOf():
            return any(_names(part, line) for part in condition.parts)
        case Not():
            return _names(condition.part, line)


def _may_have(condition: Findings, line: Line, status: Status) -> bool:
    """Whether findings such as these can stand on a line with that status."""
    from vouchmark.codes.codes import can_be, lines_of

    if (condition.lines and line not in condition.lines) or status is Status.SKIPPED:
        return False
    if not condition.codes:
        return True
    # The specification's codes may stand on any line, and are those of the lines that the rule names.
    named = [code for code in condition.codes if line in (lines_of(code) or condition.lines)]
    return any(can_be(code, status) for code in named)


def words(condition: Condition) -> str:
    """A condition as the middle of a sentence."""
    match condition:
        case LineIs():
            return _line(condition)
        case Findings():
            return _findings(condition)
        case People():
            return _people(condition)
        case AllOf():
            return " and ".join(_grouped(part) for part in condition.parts)
        case AnyOf():
            return " or ".join(_grouped(part) for part in condition.parts)
        case Not():
            return f"it is not so that {_grouped(condition.part)}"


def _line(condition: LineIs) -> str:
    parts = [f"is {_or(condition.statuses)}"] if condition.statuses else []
    parts += [f"comes to “{_or(condition.values)}”"] if condition.values else []
    return f"{_or(condition.lines)} {' and '.join(parts)}"


def _grouped(condition: Condition) -> str:
    return f"({words(condition)})" if isinstance(condition, AllOf | AnyOf) else words(condition)


def _or(values: tuple[object, ...]) -> str:
    *others, last = [str(value) for value in values]
    return f"{', '.join(others)} or {last}" if others else last


def _findings(condition: Findings) -> str:
    what = f"a finding {_or(condition.codes)}" if condition.codes else "a finding"
    if condition.lines:
        what += f" on {_or(condition.lines)}"
    if condition.statuses:
        what += f" that is {_or(condition.statuses)}"
    if condition.roots:
        what += f", resting on {_or(condition.roots)}"
    if condition.detail:
        what += f", with {' and '.join(_detail(test) for test in condition.detail)}"
    if condition.at_least > 1:
        return f"there are at least {condition.at_least} of {what}, counted by {condition.distinct}"
    return f"there is {what}"


def _detail(test: DetailTest) -> str:
    name = ".".join(test.key)
    if test.exists is not None:
        return f"{name} there" if test.exists else f"no {name}"
    if test.minimum is not None or test.maximum is not None:
        bounds = [f"at least {test.minimum:g}"] if test.minimum is not None else []
        bounds += [f"at most {test.maximum:g}"] if test.maximum is not None else []
        return f"{name} {' and '.join(bounds)}"
    return f"{name} = {_or(test.values)}"


def _people(condition: People) -> str:
    most = "" if condition.at_most is None else f" at most {condition.at_most}"
    least = f" at least {condition.at_least}" if condition.at_least or not most else ""
    number = " and".join(part for part in (least, most) if part)
    called = tuple(f"{issuer[:16]}…" if is_id(issuer) else issuer for issuer in condition.issuers)
    issuers = f" of issuer {_or(called)}" if condition.issuers else ""
    scopes = f" in the scope {_or(condition.scopes)}" if condition.scopes else ""
    level = f" checked at level {condition.level_at_least} or higher" if condition.level_at_least > 1 else ""
    if condition.issuers_at_least > 1:
        each = "" if condition.at_least == 1 else f", {condition.at_least} or more of each"
        several = condition.issuers_at_least
        people = f"perhaps of {several} people, perhaps of fewer"
        return f"there are voices of {several} issuers{each}{issuers}{scopes}{level}, {people}"
    return f"the people behind it{issuers}{scopes}{level} are{number}"


def _then(then: Consequence) -> str:
    return f"{then.outcome}, labelled {', '.join(then.labels)}" if then.labels else str(then.outcome)

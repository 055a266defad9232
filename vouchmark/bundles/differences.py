"""Where two reports on one file differ: on which findings, from which input on?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from vouchmark.bundles.bag.model import EnvironmentRow, InputsRow, ListRow
from vouchmark.report import Finding, Line, Report

WORDING: Final = "no finding differs;"
"""How it begins where only words or details are other ones."""
MAX_TOLD: Final = 50
"""Differences that are told one by one."""


def of_reports(before: Report, after: Report) -> list[str]:
    """What changed from one report to another, finding by finding; wording alone is told as that."""
    found = list(_of_lines(before, after))
    outcomes = [str(one.verdict.outcome) if one.verdict else "none" for one in (before, after)]
    if outcomes[0] != outcomes[1]:
        found.append(f"verdict: {outcomes[0]}, now {outcomes[1]}")
    if not found and before != after:
        parts = [
            name for name in ("media", "evidence", "verdict", "not_checked", "inputs") if _differ(before, after, name)
        ]
        found.append(f"{WORDING} {', '.join(parts) or 'what is written'} does, in wording or details")
    return _bounded(found)


def _differ(before: Report, after: Report, name: str) -> bool:
    return bool(getattr(before, name) != getattr(after, name))


def _of_lines(before: Report, after: Report) -> Iterator[str]:
    for line in Line:
        old, new = before.evidence[line], after.evidence[line]
        if old.status is not new.status:
            yield f"{line}: {old.status}, now {new.status}"
        gone, come = _counted(old.findings), _counted(new.findings)
        yield from (f"{line}: no longer {_words(one)}" for one in sorted((gone - come).elements()))
        yield from (f"{line}: now {_words(one)}" for one in sorted((come - gone).elements()))


def _counted(findings: tuple[Finding, ...]) -> Counter[tuple[str, str, str]]:
    return Counter((one.code, str(one.status), one.subject) for one in findings)


def _words(one: tuple[str, str, str]) -> str:
    code, status, subject = one
    return f"{code} ({status}) of {subject}" if subject else f"{code} ({status})"


def of_versions(theirs: EnvironmentRow, ours: EnvironmentRow, *, names: tuple[str, str] = ("", "here")) -> list[str]:
    """What is another version in one environment than in another: where a bundle was made, and here."""
    left, right = names
    found = [
        f"{what} {left} {before}, {right} {after}"
        for what, before, after in (
            ("", theirs.tool, ours.tool),
            ("Python", theirs.python, ours.python),
            ("system", theirs.system, ours.system),
        )
        if before != after
    ]
    for name in sorted(theirs.packages.keys() | ours.packages.keys()):
        before, after = theirs.packages.get(name, "not there"), ours.packages.get(name, "not there")
        if before != after:
            found.append(f"{name} {left} {before}, {right} {after}")
    return _bounded([" ".join(one.split()) for one in found])


def of_inputs(theirs: InputsRow, ours: InputsRow, *, names: tuple[str, str] = ("theirs", "yours")) -> list[str]:
    """Which inputs are other ones, in the order in which they decide."""
    left, right = names
    found = list(_of_lists(theirs.lists, ours.lists, left, right))
    if theirs.distrust != ours.distrust:
        found.append(f"distrusted signers: {left} {_has(theirs.distrust)}, {right} {_has(ours.distrust)}")
    if theirs.policy.sha256 != ours.policy.sha256:
        found.append(f"policy: {left} {theirs.policy.name}, {right} {ours.policy.name}")
    issuers = [{row.sha256 for row in one.issuers} for one in (theirs, ours)]
    if issuers[0] != issuers[1]:
        found.append(f"issuers of personhood credentials: {left} {len(issuers[0])}, {right} {len(issuers[1])}")
    for name in theirs.options.__struct_fields__:
        before, after = getattr(theirs.options, name), getattr(ours.options, name)
        if before != after and name not in ("manifest", "vouches"):
            found.append(f"{name}: {left} {_shown(before)}, {right} {_shown(after)}")
    for name in ("index", "ledger"):
        before, after = getattr(theirs, name), getattr(ours, name)
        if before != after:
            found.append(f"{name}: {left} {before or 'none'}, {right} {after or 'none'}")
    return _bounded(found)


def _of_lists(theirs: tuple[ListRow, ...], ours: tuple[ListRow, ...], left: str, right: str) -> Iterator[str]:
    def by_role(rows: tuple[ListRow, ...]) -> Mapping[tuple[str, str, str], ListRow]:
        return {(row.label, row.kind or row.content, row.name): row for row in rows}

    before, after = by_role(theirs), by_role(ours)
    for role in sorted(before.keys() | after.keys()):
        old, new = before.get(role), after.get(role)
        if old is None or new is None or old.sha256 != new.sha256:
            yield f"list {role[2]} ({role[0]}, {role[1]}): {left} {_list(old)}, {right} {_list(new)}"


def _list(row: ListRow | None) -> str:
    if row is None:
        return "none"
    return f"{row.sha256[:12]}{f' of {row.dated}' if row.dated else ''}"


def _has(is_there: bool) -> str:
    return "some" if is_there else "none"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _bounded(found: list[str]) -> list[str]:
    more = len(found) - MAX_TOLD
    return found if more <= 0 else [*found[:MAX_TOLD], f"and {more} more"]

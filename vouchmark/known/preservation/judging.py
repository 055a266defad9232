"""What became of a file's credentials, its metadata and its pixels on the way? Two reports, held against each other.

Nothing is judged that the reports do not say. What could not be read is told as that, and is neither kept nor lost.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from vouchmark.known.preservation.pairing import Pair
from vouchmark.report import Finding, Line, Report, Root, Status


class Credentials(enum.StrEnum):
    """What became of the Content Credentials."""

    KEPT = "kept"
    """The same manifest holds for what is there now."""
    RESIGNED = "re-signed"
    """Another manifest holds, and names the earlier one as where it came from."""
    REPLACED = "replaced"
    """Another manifest holds, which does not name the earlier one."""
    BROKEN = "broken"
    """There are credentials, and they do not hold for what is there now."""
    STRIPPED = "stripped"
    """There are none any more."""
    ADDED = "added"
    """There were none, and now there are."""
    NONE = "none"
    """There were none, and there are none."""
    UNKNOWN = "unknown"
    """They did not hold before, or one of the two could not be looked at."""
    MISSING = "missing"
    """No file after belongs to it."""
    NEW = "new"
    """No file before belongs to it."""


LOST: Final = (Credentials.BROKEN, Credentials.STRIPPED, Credentials.REPLACED, Credentials.MISSING)
"""What a platform that may not strip anything should not show."""


class Pixels(enum.StrEnum):
    """How far what is seen or heard was changed."""

    SAME_FILE = "same file"
    """Byte for byte."""
    SAME = "no region differs"
    """Encoded anew, or only its other bytes changed."""
    CHANGED = "changed"
    UNCOMPARED = "not compared"


_DIFFERS: Final = ("differs-everywhere", "differs-widely")
"""Why two that were laid upon each other have no regions to tell: all of it differs. Other reasons compared nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one file."""

    pair: Pair
    type_before: str = ""
    type_after: str = ""
    credentials: Credentials
    pixels: Pixels = Pixels.UNCOMPARED
    share: float | None = None
    """Of what both show, how much differs, from 0 to 1; None where that was not measured."""
    said: str = ""
    """What comparing came to, in a sentence."""
    size_before: tuple[int, int] | None = None
    size_after: tuple[int, int] | None = None
    lost: tuple[str, ...] = ()
    """What the file said of itself and says no more: `camera`, `place`, `AI statement`, …"""
    altered: tuple[str, ...] = ()
    """What it says otherwise now."""

    @property
    def is_scaled(self) -> bool:
        """Whether it has another number of pixels now."""
        return None not in (self.size_before, self.size_after) and self.size_before != self.size_after

    @property
    def is_converted(self) -> bool:
        """Whether it is of another type now."""
        return bool(self.type_before and self.type_after) and self.type_before != self.type_after

    @property
    def is_intact(self) -> bool:
        """Whether nothing at all was lost: what was there is there, and nothing that it shows or says differs."""
        clean = self.pixels in (Pixels.SAME_FILE, Pixels.SAME) and not (self.lost or self.altered or self.is_scaled)
        return clean and self.credentials in (Credentials.KEPT, Credentials.NONE) and not self.is_converted


def judge(pair: Pair, before: Report | None, after: Report | None) -> Fate:
    """What became of one file.

    Args:
        pair: the two names.
        before: the report on the file before; None where there is none.
        after: the report on the file after, which was held against the file before; None where there is none.
    """
    if before is None or after is None:
        gone = Credentials.MISSING if pair.after is None else Credentials.NEW
        return Fate(
            pair=pair,
            credentials=gone if pair.was_looked_for else Credentials.UNKNOWN,
            type_before=(before.media.type or "") if before is not None else "",
            type_after=(after.media.type or "") if after is not None else "",
        )
    pixels, share, said = _pixels(before, after)
    lost, altered = _metadata(before, after)
    return Fate(
        pair=pair,
        type_before=before.media.type or "",
        type_after=after.media.type or "",
        credentials=_credentials(before, after),
        pixels=pixels,
        share=share,
        said=said,
        size_before=_size(before),
        size_after=_size(after),
        lost=lost,
        altered=altered,
    )


def _status(report: Report) -> Status:
    return report.evidence[Line.INTEGRITY].status


def _credentials(before: Report, after: Report) -> Credentials:
    was, now = _status(before), _status(after)
    if before.media.sha256 is not None and before.media.sha256 == after.media.sha256 and was is Status.PASS:
        return Credentials.KEPT
    if was is Status.ABSENT:
        return {Status.ABSENT: Credentials.NONE, Status.PASS: Credentials.ADDED}.get(now, Credentials.UNKNOWN)
    if was is not Status.PASS:
        return Credentials.UNKNOWN
    if now is Status.ABSENT:
        return Credentials.STRIPPED
    if now is Status.FAIL:
        return Credentials.BROKEN
    if now is not Status.PASS:
        return Credentials.UNKNOWN
    own = _manifest(before)
    if own is not None and own == _manifest(after):
        return Credentials.KEPT
    return Credentials.RESIGNED if own in _subjects(after) else Credentials.REPLACED


def _manifest(report: Report) -> str | None:
    """The manifest that is bound to the bytes."""
    found = (one for one in report.evidence[Line.INTEGRITY].findings if one.root is Root.CLAIM_SIGNATURE)
    return next((one.subject for one in found if one.status is Status.PASS), None)


def _subjects(report: Report) -> set[str]:
    """Every manifest that holds and that the history, or a later update, speaks of."""
    return {one.subject for one in report.findings() if one.status is not Status.FAIL}


def _size(report: Report) -> tuple[int, int] | None:
    return (report.media.width, report.media.height) if report.media.width and report.media.height else None


def _pixels(before: Report, after: Report) -> tuple[Pixels, float | None, str]:
    if before.media.sha256 is not None and before.media.sha256 == after.media.sha256:
        return Pixels.SAME_FILE, 0.0, "It is the same file, byte for byte."
    known = after.evidence[Line.KNOWN]
    changed = _first(known.findings, "known.changed", "known.spliced")
    if changed is not None:
        return Pixels.CHANGED, _share(changed), known.summary
    same = _first(known.findings, "known.same", "known.excerpt")
    if same is not None:
        return Pixels.SAME, 0.0, known.summary
    unlike = _first(known.findings, "known.unaligned")
    if unlike is not None and unlike.detail.get("reason") in _DIFFERS:
        return Pixels.CHANGED, None, known.summary
    return Pixels.UNCOMPARED, None, known.summary


def _first(findings: Iterable[Finding], *codes: str) -> Finding | None:
    return next((one for one in findings if one.code in codes), None)


def _share(finding: Finding) -> float | None:
    share = finding.detail.get("share")
    return float(share) if isinstance(share, int | float) and not isinstance(share, bool) else None


def _metadata(before: Report, after: Report) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is said no more, and what is said otherwise."""
    ours, theirs = _said(before), _said(after)
    lost = [what for what in ours if what not in theirs]
    altered = [what for what, values in ours.items() if what in theirs and not values <= theirs[what]]
    return tuple(lost), tuple(altered)


def _said(report: Report) -> dict[str, set[str]]:
    """What a file says of itself, unsigned, by what it speaks of."""
    said: dict[str, set[str]] = {}
    for fact in report.media.metadata:
        said.setdefault(fact.what, set()).add(" ".join(fact.value.split()))
    for one in report.evidence[Line.AI].findings:
        if one.root is Root.UNSIGNED_METADATA and one.code not in ("ai.cut", "ai.contradiction"):
            what = "terms of use for AI" if one.code.startswith("ai.training") else "AI statement"
            said.setdefault(what, set()).add(one.code)
    return said


@dataclass(slots=True)
class Totals:
    """What became of all files, for each type that they had before."""

    by_type: dict[str, Counter[Credentials]] = field(default_factory=dict)
    lost: Counter[str] = field(default_factory=Counter)
    """How often each kind of metadata was lost."""
    fates: int = 0

    def add(self, fate: Fate) -> None:
        """Count one."""
        self.fates += 1
        self.by_type.setdefault(fate.type_before or fate.type_after or "unknown", Counter())[fate.credentials] += 1
        self.lost.update((*fate.lost, *fate.altered))

    def rows(self) -> Iterator[tuple[str, Counter[Credentials]]]:
        """Each type with its counts, by name."""
        yield from sorted(self.by_type.items())

    @property
    def has_losses(self) -> bool:
        """Whether credentials were lost anywhere."""
        return any(counts[one] for counts in self.by_type.values() for one in LOST)

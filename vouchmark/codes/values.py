"""What is a line's value, beside its status? The word that colours, signs and policies may go by.

A status says whether a check was made and how it went; a tick says nothing of what is declared. The value is taken from
the findings that decide the line, the most telling first, and from nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from vouchmark.report import Finding, Line, Root, Status

NOTHING: Final[Mapping[Status, str]] = {
    Status.SKIPPED: "not-asked",
    Status.ERROR: "unreadable",
    Status.ABSENT: "none",
    Status.UNKNOWN: "unclear",
    Status.FAIL: "failed",
    Status.PASS: "holds",
}
"""Where no finding has a value of its own."""

_INTEGRITY: Final = {
    "integrity.cut": "cut-off",
    "assertion.dataHash.mismatch": "altered",
    "assertion.bmffHash.mismatch": "altered",
    "assertion.boxesHash.mismatch": "altered",
    "assertion.boxesHash.unknownBox": "altered",
    "assertion.collectionHash.mismatch": "altered",
    "assertion.collectionHash.incorrectFileCount": "altered",
    "assertion.multiAssetHash.mismatch": "altered",
    "claimSignature.mismatch": "signature-invalid",
    "claimSignature.missing": "signature-invalid",
    "assertion.hashedURI.mismatch": "statement-altered",
    "assertion.missing": "statement-altered",
    "assertion.undeclared": "statement-altered",
    "hashedURI.mismatch": "statement-altered",
    "hashedURI.missing": "statement-altered",
    "integrity.stores.multiple": "two-stores",
    "integrity.coverage.media_excluded": "partly-covered",
    "integrity.malformed": "malformed",
    "integrity.unbound": "not-bound",
    "integrity.remote": "kept-online",
    "integrity.unsupported": "not-supported",
    "integrity.store.alone": "without-media",
    "integrity.fragments.missing": "without-fragments",
    "integrity.unconfirmed": "disputed",
    "integrity.thumbnail.unlike": "unlike-thumbnail",
    "integrity.coverage.other_excluded": "partly-covered",
    "integrity.coverage.trailing_excluded": "partly-covered",
    "integrity.coverage.order_excluded": "partly-covered",
    "integrity.coverage.wide": "partly-covered",
    "integrity.shown.excluded": "partly-covered",
    "integrity.coverage.unknown": "not-measured",
    "integrity.absent": "none",
}
_SIGNER: Final = {
    "signer.test_key": "test-key",
    "signer.distrusted": "distrusted",
    "signer.revoked": "revoked",
    "signer.profile.violated": "irregular",
    "signer.assurance.exceeded": "irregular",
    "signer.signal.disallowed": "irregular",
    "signer.other_bytes": "other-bytes",
    "signer.foreign": "other-bytes",
    "signer.unestablished": "unestablished",
    "signer.expired": "expired",
    "signer.not_yet_valid": "not-yet-valid",
    "signer.listed": "unknown",
    "signer.unknown": "unknown",
    "signer.official": "official",
    "signer.yours": "yours",
    "signer.publisher": "publisher",
    "signer.interim": "interim",
    "signer.bundled": "bundled",
    "signer.remote": "kept-online",
    "signer.absent": "none",
}
_TIME: Final = {
    "time.order.impossible": "contradicts",
    "time.trusted": "trusted",
    "time.unlisted": "unlisted",
    "time.distrusted": "distrusted",
    "time.weak": "weak",
    "time.outside": "outside",
    "time.later": "later",
    "time.loose": "loose",
    "time.stamp.invalid": "invalid",
    "time.stamp.unreadable": "unreadable",
    "time.claimed": "own-clock",
    "time.redacted": "removed",
    "time.cut": "cut",
    "time.none": "none",
    "time.absent": "none",
}
_HISTORY: Final = {
    "broken": "broken",
    "missing": "missing",
    "signer": "signer",
    "unlike": "unlike",
    "unsigned": "unsigned",
    "forbidden": "removed",
    "ingredient": "removed",
    "actions": "incoherent",
    "cut": "cut",
    "unreferenced": "unreferenced",
}
"""By the last word of a code: the first break, or the first doubt."""
_PERSON: Final = {
    "person.voice.new": "vouched",
    "person.voice.seen": "vouched",
    "person.voice.unrecorded": "vouched",
    "person.voice.unchecked": "vouched",
    "person.duplicate": "duplicate",
    "person.against": "against",
    "person.statement": "statement",
    "person.absent": "none",
}
_KNOWN: Final = {
    "known.changed": "changed",
    "known.spliced": "spliced",
    "known.other": "other",
    "known.same": "same",
    "known.excerpt": "excerpt",
    "known.exact": "exact",
    "known.near": "near",
    "known.unaligned": "not-compared",
    "known.uncompared": "not-compared",
}
_ENGINES: Final = {
    "engines.disagree": "disagree",
    "engines.incomparable": "incomparable",
    "engines.agree": "agree",
    "engines.nothing": "nothing",
    "engines.state": "one",
}
TABLES: Final[Mapping[Line, Mapping[str, str]]] = {
    Line.INTEGRITY: _INTEGRITY,
    Line.SIGNER: _SIGNER,
    Line.TIME: _TIME,
    Line.PERSON: _PERSON,
    Line.KNOWN: _KNOWN,
    Line.ENGINES: _ENGINES,
}
"""Codes to values, the most telling first, for lines on which the deciding finding names the value."""

_AI_WORDS: Final = (
    "generated", "generator", "edited", "used", "possible", "synthetic", "composite", "algorithmic", "screen",
    "captured", "human", "other", "unread",
)  # fmt: skip
AI: Final = {f"ai.{word}": word for word in _AI_WORDS}
"""What is declared, in a word, the loudest first."""
_ELSEWHERE: Final = ("ai.inherited.", "ai.part.")
"""How codes begin of what is said of an earlier file, or of something used in this one."""
_AI_FIRST: Final = {"ai.contradiction": "contradicts", "ai.redacted": "removed", "ai.cut": "cut"}
INHERITED, PART, UNSIGNED = "inherited-", "part-", "unsigned-"
"""In front of what is declared of something else, or by nobody's signature."""
_OF: Final = {"earlier file": INHERITED, "part": PART, "input": PART}


def value_of(line: Line, status: Status, findings: Sequence[Finding]) -> str | int:
    """The value of a line; of the history, where nothing is amiss, the number of earlier versions.

    Args:
        line: which.
        status: the line's.
        findings: in the order in which the line shows them.
    """
    deciding = [one for one in findings if one.status is status]
    if line is Line.AI:
        return _ai(status, findings)
    if line is Line.HISTORY:
        return _history(status, deciding, findings)
    if line is Line.CLAIM:
        return _claim(status, deciding)
    codes = {one.code for one in deciding}
    table = TABLES[line]
    if line is Line.INTEGRITY and status is Status.PASS:
        return "intact"
    return next((value for code, value in table.items() if code in codes), NOTHING[status])


def _ai(status: Status, findings: Sequence[Finding]) -> str:
    """What the file's own signer declares; else what is declared of something else, or by nobody's signature."""
    first = next((_AI_FIRST[one.code] for one in findings if one.code in _AI_FIRST and one.status is status), "")
    if status in (Status.SKIPPED, Status.ERROR) or first:
        return first or NOTHING[status]
    found: dict[str, set[str]] = {}
    for one in findings:
        start = next((start for start in _ELSEWHERE if one.code.startswith(start)), "")
        code = f"ai.{one.code.removeprefix(start)}" if start else one.code
        if code in AI and (one.status is not Status.ABSENT or start):
            whose = _OF.get(str(one.detail.get("of", "")), "")
            found.setdefault(UNSIGNED if one.root is Root.UNSIGNED_METADATA else whose, set()).add(code)
    for whose in ("", INHERITED, PART, UNSIGNED):
        told = next((AI[code] for code in AI if code in found.get(whose, ())), "")
        if told:
            return f"{whose}{told}"
    return "none" if status in (Status.ABSENT, Status.PASS) else NOTHING[status]


def _history(status: Status, deciding: Sequence[Finding], findings: Sequence[Finding]) -> str | int:
    if status in (Status.FAIL, Status.UNKNOWN):
        words = (_HISTORY.get(one.code.rpartition(".")[2], "") for one in deciding)
        return next((word for word in words if word), NOTHING[status])
    if status in (Status.PASS, Status.ABSENT):
        return sum(1 for one in findings if one.code.startswith("history.parent.") and not one.detail.get("repeated"))
    return NOTHING[status]


def _claim(status: Status, deciding: Sequence[Finding]) -> str:
    last = {one.code.rpartition(".")[2] for one in deciding}
    for word in ("contradicts", "future", "apart", "agrees", "named", "redacted", "cut"):
        if word in last:
            unsigned = all(one.root is Root.UNSIGNED_METADATA for one in deciding if one.code.endswith(f".{word}"))
            return f"{UNSIGNED}{word}" if unsigned else word
    return NOTHING[status]


def is_told(line: Line, status: Status) -> bool:
    """Whether a line that passes tells only what somebody declares or what is alike: no tick, and nothing green."""
    return status is Status.PASS and line in (Line.AI, Line.HISTORY, Line.KNOWN)


def tells_ai(value: str) -> bool:
    """Whether the value of the AI line says that AI made something, or a part of it, whoever says so."""
    for start in (INHERITED, PART, UNSIGNED):
        value = value.removeprefix(start)
    return value in _MADE


_MADE: Final = frozenset({"generated", "generator", "edited", "used"})
"""Values of the AI line which say that AI made something or a part of it."""


def is_value(line: Line, value: str) -> bool:
    """Whether a line can have that value; of the history a number as well."""
    return value in values(line) or (line is Line.HISTORY and value.isascii() and value.isdigit())


def values(line: Line) -> tuple[str, ...]:
    """Every word that can be a line's value."""
    own: tuple[str, ...] = tuple(TABLES.get(line, {}).values())
    if line is Line.INTEGRITY:
        own = ("intact", *own)
    if line is Line.AI:
        said = tuple(AI.values())
        own = (
            *_AI_FIRST.values(),
            *said,
            *(f"{whose}{word}" for whose in (INHERITED, PART, UNSIGNED) for word in said),
        )
    if line is Line.HISTORY:
        own = tuple(_HISTORY.values())
    if line is Line.CLAIM:
        said = ("contradicts", "future", "apart", "agrees", "named", "redacted", "cut")
        own = (*said, *(f"{UNSIGNED}{word}" for word in said))
    return tuple(dict.fromkeys((*own, *NOTHING.values())))

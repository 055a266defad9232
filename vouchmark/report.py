"""What is a trust report? Numbered findings in nine lines of evidence, never one score.

Frozen data and the rules that hold between its parts; no input or output, nothing of ours but errors' base.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from vouchmark.errors import VouchmarkError

SCHEMA: Final = "vouchmark.report/2"

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""A JSON value. Detail keeps to integers and strings where it can: floats are rounded by whoever makes them."""


class ReportError(VouchmarkError, ValueError):
    """A document is not a report of this schema, or was changed after it was written."""

    hint = "make the report again: vouchmark check FILE --format json"


class Status(enum.StrEnum):
    """What a check found. Absence, doubt, failure and error are four different things."""

    FAIL = "fail"
    """The check was made and the answer is bad."""
    ERROR = "error"
    """The check could not be made: unreadable, over a limit, crashed."""
    UNKNOWN = "unknown"
    """Looked, cannot tell."""
    PASS = "pass"  # noqa: S105 - a status, not a password
    """The check was made and the answer is good."""
    ABSENT = "absent"
    """Nothing there to check. Never evidence of anything."""
    SKIPPED = "skipped"
    """Not asked for."""


SERIOUSNESS: Final = (Status.FAIL, Status.ERROR, Status.UNKNOWN, Status.PASS, Status.ABSENT, Status.SKIPPED)
"""From the most serious to the least; a line's status is its most serious finding, but for lines like `person` and
`ai`, where what holds goes before what is only doubted beside it."""


class Line(enum.StrEnum):
    """The nine lines of evidence, in the order in which they are shown."""

    INTEGRITY = "integrity"
    SIGNER = "signer"
    TIME = "time"
    HISTORY = "history"
    AI = "ai"
    PERSON = "person"
    KNOWN = "known"
    CLAIM = "claim"
    ENGINES = "engines"


REQUIRED: Final = (Line.INTEGRITY, Line.SIGNER)
"""The lines that the exit code requires where nobody says otherwise."""

QUESTIONS: Final[Mapping[Line, str]] = {
    Line.INTEGRITY: "Are these the bytes that were signed?",
    Line.SIGNER: "Who signed, and who vouches for that signer?",
    Line.TIME: "When was it signed, and by whose clock?",
    Line.HISTORY: "What happened before?",
    Line.AI: "Is synthetic origin or editing declared?",
    Line.PERSON: "Has a real person vouched for this?",
    Line.KNOWN: "Have we seen this, or something like it?",
    Line.CLAIM: "Does what is said about it agree with what is signed?",
    Line.ENGINES: "Do independent verifiers agree?",
}


class Root(enum.StrEnum):
    """What a finding rests on. Findings with the same root count once; policies count roots."""

    FILE = "file"
    """The bytes as they were read: type, size, readability."""
    CLAIM_SIGNATURE = "claim-signature"
    """The signature over the manifest that carries the hard binding."""
    CERTIFICATE = "certificate"
    """The signer's certificate chain and the reader's lists."""
    TIME_STAMP = "time-stamp"
    """A time-stamping authority's signature."""
    UPDATE = "update"
    """The signature over a later update, which changes no content."""
    INGREDIENT = "ingredient"
    """A manifest reached through an ingredient link."""
    UNSIGNED_METADATA = "unsigned-metadata"
    """XMP, IPTC, EXIF, PNG text: anybody can write it."""
    PERCEPTUAL_HASH = "perceptual-hash"
    """Similarity, which binds nothing."""
    PERSONHOOD_PROOF = "personhood-proof"
    """A zero-knowledge proof by a credential holder."""
    IDENTITY = "identity"
    """The signature of an identity that somebody attached beside the signer's own (CAWG)."""
    ENGINE = "engine"
    """What a verifier said of itself: version, state, a crash."""


class Message(NamedTuple):
    """Which sentence of the catalogue was said, with which facts, so that it can be said in another language later."""

    id: str
    args: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that one check established."""

    id: str
    """`line.n`, numbered from 1 within the line, in the order in which the line shows them."""
    code: str
    """The C2PA specification's code where it has one, else ours: lower-case dotted words under the line's name."""
    status: Status
    statement: str
    """One sentence for a person. Ours, never an engine's explanation; text from the media is quoted in it as data."""
    source: str
    """The engine or rule that established it, with its version where it has one."""
    root: Root
    subject: str
    """The manifest, assertion or file that it speaks of."""
    detail: Mapping[str, Json] = field(default_factory=dict)
    """Evidence for machines: lists, ranges, names, dates. No wall clock, no engine prose."""
    message: Message | None = None
    """Which sentence of the catalogue the statement is, with its facts; None where it is not of the catalogue yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One line of evidence: its status, its answer in a sentence, and what that rests on."""

    status: Status
    summary: str
    findings: tuple[Finding, ...] = ()
    message: Message | None = None
    """Which sentence of the catalogue the summary is; None where it is not of it."""
    value: str | int = ""
    """What was found, in a word: colours, signs and policies go by it and by the status (`vouchmark.codes.values`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFact:
    """One thing that the file says of itself. Anybody could have written it: evidence of nothing."""

    what: str
    """`camera`, `lens`, `taken`, `digitised`, `modified`, `place`, `software`, `encoder`, `author` or `copyright`."""
    value: str
    """As written; a place as degrees north and east."""
    where: str
    """The field that says so: `EXIF Software`, `XMP dc:creator`, …"""
    contradicted: bool = False
    """Whether another field says something else that cannot be true as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """What was examined. Digest and size are None where the bytes could not be read."""

    name: str
    """The file's name without its folder; `-` for standard input."""
    type: str | None
    """Media type from the content, `application/octet-stream` where no type was recognised."""
    size: int | None
    """Bytes."""
    sha256: str | None
    """Lower-case hex."""
    width: int | None = None
    """Pixels, as stored (before any EXIF orientation); None where it is no picture or could not be measured."""
    height: int | None = None
    path: str | None = None
    """Its path below the folder that was named, with `/`; None where the file itself was named."""
    metadata: tuple[MediaFact, ...] = ()
    """What it says of itself; empty also where nobody asked for a line that reads metadata."""

    @property
    def shown(self) -> str:
        """How it is called for people: its path below the folder that was named, else its name."""
        return self.path or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class NotChecked:
    """Something a reader might expect to have been checked, and why it was not."""

    what: str
    why: str
    messages: tuple[Message, Message] | None = None
    """Which sentences of the catalogue these two are; None where they are not of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustListInput:
    """A trust list that decided something in this report."""

    name: str
    kind: str
    """`signer`, `tsa`, `cawg` or `publisher`."""
    label: str
    """`official`, `interim`, `iptc`, `yours` or `bundled snapshot`; with `, as you said` where the reader said so."""
    dated: str | None
    """ISO date that the list says of itself, or its publisher of it; None where nobody says."""
    sha256: str
    imported: str | None = None
    """ISO date of its import; None for a file given for this run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything besides the bytes that the report is a function of."""

    at: str
    """RFC 3339 UTC instant at which expiry and lists are judged."""
    tool: str
    engines: Mapping[str, str] = field(default_factory=dict)
    """Distribution or engine name to version."""
    trust_lists: tuple[TrustListInput, ...] = ()
    options: Mapping[str, Json] = field(default_factory=dict)
    """What was asked for beyond the defaults: `only`, `require`, `scope`, ledger and index names with digests."""


class Outcome(enum.StrEnum):
    """What a policy says to do, from the mildest to the strongest."""

    ALLOW = "allow"
    LABEL = "label"
    REVIEW = "review"
    BLOCK = "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyName:
    """Which policy spoke."""

    name: str
    sha256: str
    """Of the policy's bytes as loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A policy's answer. The report has none of its own."""

    outcome: Outcome
    labels: tuple[str, ...]
    reasons: tuple[str, ...]
    """Ids of the findings that the matching rules rest on."""
    policy: PolicyName


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPicture:
    """A small picture that goes with a report for people's eyes; evidence of nothing, and not in JSON."""

    role: str
    """`asset`, `ancestor` (as a manifest's own thumbnail has it), `difference` (a map of what changed)."""
    subject: str
    """What it is a picture of: the manifest's label for an ancestor, else the file's name."""
    media_type: str
    """`image/jpeg`, `image/png` or `image/webp`."""
    data: bytes = field(repr=False)
    """Encoded by us, never a stranger's bytes; empty where there is no picture, and then `alt` says why."""
    alt: str
    """What a person who cannot see it should know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrJson:
    """The manifests in crJSON, the conformance programme's format, for `render.crjson` alone."""

    manifests: tuple[Mapping[str, Json], ...] = ()
    """The active one first; each with the results of this validation."""
    problem: str = ""
    """Why there is none, in a stable word: `absent`, `malformed`, `limit`, `unreadable`, …; empty where there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole report about one asset. `evidence` has all nine lines, in order, always."""

    media: Media
    evidence: Mapping[Line, Evidence]
    verdict: Verdict | None
    """None only before a policy has spoken."""
    not_checked: tuple[NotChecked, ...]
    inputs: Inputs
    required: tuple[Line, ...] = REQUIRED
    """The lines that the exit code requires; they stand under `inputs.options` in JSON where not the default."""
    crjson: CrJson | None = None
    """Only where that format was asked for; never in JSON, and no part of its digest."""
    pictures: tuple[ReportPicture, ...] = ()
    """For people's eyes, where they were asked for; never in JSON, and no part of its digest."""

    def __post_init__(self) -> None:
        """Hold the shape that every reader relies on; ValueError where it is broken."""
        if tuple(self.evidence) != tuple(Line):
            raise ValueError(f"got lines {list(self.evidence)}, expected all nine in order")
        for line, evidence in self.evidence.items():
            for number, finding in enumerate(evidence.findings, start=1):
                if finding.id != f"{line}.{number}":
                    raise ValueError(f"got finding id {finding.id!r}, expected {line}.{number}")

    def findings(self) -> Iterable[Finding]:
        """Every finding of every line, in order."""
        for evidence in self.evidence.values():
            yield from evidence.findings

    def having(self, code: str) -> tuple[Finding, ...]:
        """The findings with that code, in order; a code that ends in `*` stands for all that begin so."""
        start = code.removesuffix("*")
        return tuple(
            finding
            for finding in self.findings()
            if (finding.code.startswith(start) if start != code else finding.code == code)
        )

    @property
    def exit_code(self) -> Exit:
        """What `vouchmark check` would end with: 0, 1, 3 or 4."""
        return exit_code(self)


def most_serious(statuses: Iterable[Status]) -> Status:
    """The most serious of some statuses; SKIPPED where there are none."""
    present = set(statuses)
    return next((status for status in SERIOUSNESS if status in present), Status.SKIPPED)


class Exit(enum.IntEnum):
    """Exit codes, the same for every output format."""

    OK = 0
    """Every required line passed and nothing failed; or `--fail-on` alone was asked, and no verdict reached it."""
    FAILED = 1
    """A line is `fail` (or the verdict reached `--fail-on`)."""
    USAGE = 2
    """The command line was wrong."""
    INCONCLUSIVE = 3
    """Nothing failed, but a required line is unknown, absent or skipped."""
    ERROR = 4
    """Nothing failed, but a required line is `error`: unreadable, undecodable, over a limit."""


EXIT_ORDER: Final = (Exit.FAILED, Exit.ERROR, Exit.INCONCLUSIVE, Exit.OK)
"""Over many files the first of these that any file has."""


def exit_code(report: Report) -> Exit:
    """The exit code of one report.

    With `--only` the lines that were not asked for are skipped, so that they cannot fail. An error on the person line
    counts as one on a required line: whoever names a ledger relies on its being asked.
    """
    if any(evidence.status is Status.FAIL for evidence in report.evidence.values()):
        return Exit.FAILED
    required = [report.evidence[line].status for line in report.required]
    if Status.ERROR in (*required, report.evidence[Line.PERSON].status):
        return Exit.ERROR
    return Exit.OK if all(status is Status.PASS for status in required) else Exit.INCONCLUSIVE


def overall_exit(codes: Iterable[Exit]) -> Exit:
    """The exit code over many files: 1 before 4 before 3 before 0; INCONCLUSIVE where there were no files."""
    present = set(codes)
    return next((code for code in EXIT_ORDER if code in present), Exit.INCONCLUSIVE)

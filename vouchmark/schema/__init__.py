"""What does a report look like in JSON? The one description that writing, reading and the JSON Schema share.

`report-2.json` beside this file is made from these structures (`python -m vouchmark.schema` prints it) and a test
compares the two. Field order is the order in a report.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from vouchmark.report import SCHEMA, Line, Outcome, Root, Status

FILE: Final = Path(__file__).with_name("report-2.json")
"""The JSON Schema as kept in the package."""

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256, lower-case hex.")]
Code = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z0-9_-]+)+$",
        max_length=128,
        description="See `vouchmark explain codes`.",
    ),
]
Instant = Annotated[
    str,
    Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$", description="RFC 3339, UTC, whole seconds."),
]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Wire(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all parts share: immutable, and a field that is not described here is refused."""


class MediaFact(Wire, frozen=True, kw_only=True):
    """One thing that the file says of itself, which anybody could have written."""

    what: Literal[
        "camera",
        "lens",
        "taken",
        "digitised",
        "modified",
        "place",
        "software",
        "encoder",
        "author",
        "copyright",
    ]
    value: Annotated[str, Meta(description="As written; a place as degrees north and east.")]
    where: Annotated[str, Meta(description="The field that says so.")]
    contradicted: Annotated[bool, Meta(description="Whether another field says what cannot be true as well.")]


class Media(Wire, frozen=True, kw_only=True):
    """What was examined."""

    name: Annotated[str, Meta(description="The file's name without its folder; `-` for standard input.")]
    path: Annotated[str | None, Meta(description="Below the folder that was named; null where the file itself was.")]
    type: Annotated[str | None, Meta(description="Media type, from the content.")]
    size: Annotated[Count | None, Meta(description="Bytes; null where they could not be read.")]
    sha256: Annotated[Sha256 | None, Meta(description="Of the bytes; null where they could not be read.")]
    width: Annotated[Count | None, Meta(description="Pixels, as stored.")]
    height: Annotated[Count | None, Meta(description="Pixels, as stored.")]
    metadata: Annotated[list[MediaFact], Meta(description="What the file says of itself; evidence of nothing.")]


class Message(Wire, frozen=True, kw_only=True):
    """Which sentence of the catalogue was said (`vouchmark explain sentences`), with which facts."""

    id: Annotated[str, Meta(pattern=r"^[a-z_]+(\.[A-Za-z0-9_-]+)*$", max_length=128)]
    args: dict[str, Any]


class Finding(Wire, frozen=True, kw_only=True):
    """One thing that one check established."""

    id: Annotated[str, Meta(pattern=r"^[a-z]+\.[1-9][0-9]*$", description="`line.n`, numbered within its line.")]
    code: Code
    status: Status
    statement: Annotated[str, Meta(description="One sentence for a person, in English.")]
    message: Annotated[
        Message | None, Meta(description="Which sentence that is; null where it is not of the catalogue yet.")
    ]
    source: Annotated[str, Meta(description="The engine or rule that established it, with its version.")]
    root: Annotated[Root, Meta(description="What it rests on; findings with the same root count once.")]
    subject: Annotated[str, Meta(description="The manifest, assertion or file that it speaks of.")]
    detail: Annotated[dict[str, Any], Meta(description="Evidence for machines.")]


class Evidence(Wire, frozen=True, kw_only=True):
    """One line of evidence."""

    status: Status
    value: Annotated[
        str | int,
        Meta(description="What was found, in a word; of an intact history the number of earlier versions."),
    ]
    summary: Annotated[str, Meta(description="The line's answer in a sentence.")]
    findings: list[Finding]
    message: Annotated[Message | None, Meta(description="Which sentence of the catalogue the summary is.")] = None


class Lines(Wire, frozen=True, kw_only=True):
    """The nine lines of evidence, always all of them."""

    integrity: Evidence
    signer: Evidence
    time: Evidence
    history: Evidence
    ai: Evidence
    person: Evidence
    known: Evidence
    claim: Evidence
    engines: Evidence


class PolicyName(Wire, frozen=True, kw_only=True):
    """Which policy spoke."""

    name: str
    sha256: Sha256


class Verdict(Wire, frozen=True, kw_only=True):
    """The policy's answer; the report has none of its own."""

    outcome: Outcome
    labels: Annotated[list[str], Meta(description="Stable names; see `vouchmark explain labels`.")]
    reasons: Annotated[list[str], Meta(description="Ids of the findings that the matching rules rest on.")]
    policy: PolicyName


class Messages(Wire, frozen=True, kw_only=True):
    """Which sentences of the catalogue were said of something that was not checked."""

    what: Message
    why: Message


class NotChecked(Wire, frozen=True, kw_only=True):
    """Something a reader might expect to have been checked."""

    what: str
    why: str
    messages: Annotated[Messages | None, Meta(description="Which sentences of the catalogue these two are.")] = None


class TrustList(Wire, frozen=True, kw_only=True):
    """A trust list that decided something."""

    name: str
    kind: Annotated[str, Meta(description="`signer`, `tsa`, `cawg` or `publisher`.")]
    label: Annotated[
        str,
        Meta(description="`official`, `interim`, `iptc`, `yours` or `bundled snapshot`, perhaps `, as you said`."),
    ]
    dated: Annotated[str | None, Meta(description="The list's own date; null where nobody says.")]
    sha256: Sha256
    imported: Annotated[str | None, Meta(description="When it was taken in; null for a file of one run.")] = None


class Inputs(Wire, frozen=True, kw_only=True):
    """Everything besides the bytes that the report is a function of."""

    at: Instant
    tool: str
    engines: dict[str, str]
    trust_lists: list[TrustList]
    options: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    """Absent where nothing was asked for beyond the defaults."""


class Report(Wire, frozen=True, kw_only=True):
    """A trust report about one asset."""

    schema: Literal["vouchmark.report/2"]
    media: Media
    evidence: Lines
    verdict: Verdict | None
    not_checked: list[NotChecked]
    inputs: Inputs
    sha256: Annotated[
        str,
        Meta(pattern="^[0-9a-f]{64}$", description="SHA-256 of the RFC 8785 form of the report without this field."),
    ]


def generate() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a report, from the structures above."""
    _, components = msgspec.json.schema_components([Report], ref_template="#/$defs/{name}")
    root = components.pop("Report")
    for component in (root, *components.values()):
        if component.get("type") == "object" and "properties" in component:
            component["additionalProperties"] = False
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA.replace('.', ':').replace('/', ':')}",
        **root,
        "$defs": dict(sorted(components.items())),
    }


def text() -> str:
    """The JSON Schema as kept in the package: UTF-8 JSON with a final newline."""
    return FILE.read_text(encoding="utf-8")


LINES: Final = tuple(Lines.__struct_fields__)
if tuple(Line) != LINES:
    raise TypeError(f"got lines {LINES}, expected {tuple(Line)}")

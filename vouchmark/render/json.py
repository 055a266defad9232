"""How is a report written as JSON, byte for byte the same for the same report, and read back strictly?

Every string passes `safe.plain`; detail keys are sorted; `<`, `>` and `&` are written as escapes, so that a report may
stand inside a web page. `sha256` is the digest of the RFC 8785 form of everything before it: it shows accidents and
lazy edits, and is no signature.

Numbers: RFC 8785 knows IEEE doubles only. Integers beyond ±(2**53 - 1) become decimal strings, NaN and infinities the
strings `NaN`, `Infinity`, `-Infinity`, minus zero becomes zero. Nothing of that stops a report from being written: a
hostile file must not be able to do so.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import rfc8785

from vouchmark.render.safe import plain
from vouchmark.report import (
    REQUIRED,
    SCHEMA,
    Evidence,
    Finding,
    Inputs,
    Json,
    Line,
    Media,
    MediaFact,
    Message,
    NotChecked,
    Outcome,
    PolicyName,
    Report,
    ReportError,
    Root,
    Status,
    TrustListInput,
    Verdict,
)

if TYPE_CHECKING:
    from vouchmark import schema as wire

MAX_BYTES: Final = 16 * 1024 * 1024
"""Bytes of JSON that `loads` reads; the largest report over real files stays below 200 KB."""
OLDER: Final = "vouchmark.report/1"
"""The schema before this one."""
MAX_DEPTH: Final = 32
"""Nested arrays and objects in a document; our own need six besides detail."""
MAX_DETAIL_DEPTH: Final = 16
"""Nested arrays and objects in one detail value; deeper content is replaced by `TOO_DEEP`."""
TOO_DEEP: Final = "… (nested too deeply to show)"
SAFE_INTEGER: Final = 2**53 - 1
"""The largest integer that RFC 8785 can write (IEEE 754 double)."""

_MARKUP: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def to_dict(report: Report) -> dict[str, Json]:
    """A report as JSON values, in the order of the schema, `sha256` last."""
    document: dict[str, Json] = {
        "schema": SCHEMA,
        "media": {
            "name": plain(report.media.name),
            "path": _text(report.media.path),
            "type": _text(report.media.type),
            "size": report.media.size,
            "sha256": report.media.sha256,
            "width": report.media.width,
            "height": report.media.height,
            "metadata": [_fact(fact) for fact in report.media.metadata],
        },
        "evidence": {str(line): _evidence(evidence) for line, evidence in report.evidence.items()},
        "verdict": _verdict(report.verdict),
        "not_checked": [_gap(gap) for gap in report.not_checked],
        "inputs": _inputs(report),
    }
    document["sha256"] = hashlib.sha256(rfc8785.dumps(document)).hexdigest()
    return document


def dumps(report: Report, *, indent: int | None = 2) -> str:
    """A report as JSON text, without a final newline; the digest does not depend on the indent."""
    return _encode(to_dict(report), indent=indent)


def dumps_line(report: Report) -> str:
    """A report on one line (JSON Lines), without the newline."""
    return _encode(to_dict(report), indent=None)


def _encode(document: Mapping[str, Json], *, indent: int | None) -> str:
    separators = (",", ": ") if indent is not None else (",", ":")
    # Markup signs occur in JSON only inside strings, so that they can be escaped in the finished text.
    return json.dumps(document, indent=indent, separators=separators, ensure_ascii=False, allow_nan=False).translate(
        _MARKUP
    )


def _fact(fact: MediaFact) -> dict[str, Json]:
    return {
        "what": fact.what,
        "value": plain(fact.value),
        "where": plain(fact.where),
        "contradicted": fact.contradicted,
    }


def _text(value: str | None) -> str | None:
    return None if value is None else plain(value)


def _evidence(evidence: Evidence) -> dict[str, Json]:
    return {
        "status": str(evidence.status),
        "value": plain(evidence.value) if isinstance(evidence.value, str) else evidence.value,
        "summary": plain(evidence.summary),
        "message": _message(evidence.message),
        "findings": [
            {
                "id": finding.id,
                "code": plain(finding.code),
                "status": str(finding.status),
                "statement": plain(finding.statement),
                "message": _message(finding.message),
                "source": plain(finding.source),
                "root": str(finding.root),
                "subject": plain(finding.subject),
                "detail": _object(finding.detail, depth=1),
            }
            for finding in evidence.findings
        ],
    }


def _gap(gap: NotChecked) -> dict[str, Json]:
    what, why = gap.messages or (None, None)
    return {
        "what": plain(gap.what),
        "why": plain(gap.why),
        "messages": None if what is None else {"what": _message(what), "why": _message(why)},
    }


def _message(message: Message | None) -> Json:
    return None if message is None else {"id": message.id, "args": _object(message.args, depth=1)}


def _verdict(verdict: Verdict | None) -> dict[str, Json] | None:
    if verdict is None:
        return None
    return {
        "outcome": str(verdict.outcome),
        "labels": list[Json](verdict.labels),
        "reasons": list[Json](verdict.reasons),
        "policy": {"name": plain(verdict.policy.name), "sha256": verdict.policy.sha256},
    }


def _inputs(report: Report) -> dict[str, Json]:
    inputs = report.inputs
    document: dict[str, Json] = {
        "at": inputs.at,
        "tool": plain(inputs.tool),
        "engines": _object(inputs.engines, depth=1),
        "trust_lists": [
            {
                "name": plain(trust.name),
                "kind": plain(trust.kind),
                "label": plain(trust.label),
                "dated": _text(trust.dated),
                "sha256": trust.sha256,
                "imported": _text(trust.imported),
            }
            for trust in inputs.trust_lists
        ],
    }
    options = dict(inputs.options)
    if report.required != REQUIRED and "only" not in options:
        options["require"] = [str(line) for line in report.required]
    if options:
        document["options"] = _object(options, depth=1)
    return document


def _object(values: Mapping[str, Json] | Mapping[str, str], *, depth: int) -> dict[str, Json]:
    """Sorted by key; where harmless forms of two keys coincide, the later ones are numbered and not lost."""
    result: dict[str, Json] = {}
    for key, value in sorted(values.items()):
        name = harmless = plain(str(key))
        number = 1
        while name in result:
            number += 1
            name = f"{harmless} ({number})"
        result[name] = _value(value, depth=depth + 1)
    return dict(sorted(result.items()))


def _value(value: Json, *, depth: int) -> Json:
    """A JSON value with harmless strings and with numbers that RFC 8785 can write."""
    match value:
        case str():
            return plain(value)
        case None | bool():
            return value
        case int():
            return int(value) if abs(value) <= SAFE_INTEGER else str(value)
        case float():
            if math.isfinite(value):
                return value + 0.0
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if depth > MAX_DETAIL_DEPTH:
        return TOO_DEEP
    if isinstance(value, Mapping):
        return _object(value, depth=depth)
    if isinstance(value, list | tuple):
        return [_value(item, depth=depth + 1) for item in value]
    raise TypeError(f"got {type(value).__name__} in a detail, expected a JSON value")


_TOKENS: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


def loads(text: str | bytes) -> Report:
    """Read one report back, strictly.

    Args:
        text: what `dumps` or `dumps_line` wrote, at most `MAX_BYTES`.

    Raises:
        ReportError: not JSON, not of this schema, a field too many or too few, a key twice, nested too deeply,
            numbers that RFC 8785 cannot write, or a digest that does not fit.
    """
    import msgspec

    from vouchmark import schema as wire

    document = _parse(text)
    if document.get("schema") == OLDER:
        raise ReportError(f"a report of the older schema {OLDER}, which has no values: check the file again")
    try:
        parsed = msgspec.convert(document, wire.Report, strict=True)
    except msgspec.ValidationError as error:
        raise ReportError(f"not a {SCHEMA} document: {plain(str(error), limit=300)}") from None
    _check_digest(document)
    try:
        return _report(parsed)
    except ReportError:
        raise
    except ValueError as error:
        raise ReportError(f"not a {SCHEMA} document: {plain(str(error), limit=300)}") from None


def _parse(text: str | bytes) -> dict[str, Any]:
    """JSON with bounded size and depth, every key once, no NaN."""
    try:
        raw = text.encode() if isinstance(text, str) else text
        if len(raw) > MAX_BYTES:
            raise ReportError(f"got {len(raw)} bytes, expected at most {MAX_BYTES}")
        words = raw.decode()
    except UnicodeError:
        raise ReportError("not UTF-8") from None
    depth = 0
    for match in _TOKENS.finditer(words):
        if match[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ReportError(f"nested more than {MAX_DEPTH} deep")
        elif match[0] in "]}":
            depth -= 1
    try:
        document = json.loads(words, object_pairs_hook=_unique, parse_constant=_no_constant)
    except ReportError:
        raise
    except (ValueError, RecursionError):
        raise ReportError("not JSON") from None
    if not isinstance(document, dict):
        raise ReportError(f"got {type(document).__name__}, expected one JSON object")
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ReportError("a key stands twice in one object")
    return result


def _no_constant(name: str) -> Any:
    raise ReportError(f"got {name}, expected a finite number")


def _check_digest(document: Mapping[str, Any]) -> None:
    covered = {key: value for key, value in document.items() if key != "sha256"}
    try:
        digest = hashlib.sha256(rfc8785.dumps(covered)).hexdigest()
    except (rfc8785.CanonicalizationError, UnicodeError):
        raise ReportError("a number or string that RFC 8785 cannot write") from None
    if digest != document["sha256"]:
        raise ReportError(
            f"got sha256 {document['sha256'][:12]}…, expected {digest[:12]}…: changed after it was written"
        )


def _read_message(message: wire.Message | None) -> Message | None:
    return None if message is None else Message(message.id, message.args)


def _read_gap(gap: wire.NotChecked) -> NotChecked:
    said = gap.messages
    messages = None if said is None else (Message(said.what.id, said.what.args), Message(said.why.id, said.why.args))
    return NotChecked(what=gap.what, why=gap.why, messages=messages)


def _report(parsed: wire.Report) -> Report:
    """The same as our own types. ValueError where the parts contradict one another."""
    evidence = {
        Line(name): Evidence(
            status=Status(line.status),
            summary=line.summary,
            message=_read_message(line.message),
            value=line.value,
            findings=tuple(
                Finding(
                    id=item.id,
                    code=item.code,
                    status=Status(item.status),
                    statement=item.statement,
                    source=item.source,
                    root=Root(item.root),
                    subject=item.subject,
                    detail=item.detail,
                    message=_read_message(item.message),
                )
                for item in line.findings
            ),
        )
        for name in parsed.evidence.__struct_fields__
        for line in [getattr(parsed.evidence, name)]
    }
    options = parsed.inputs.options if isinstance(parsed.inputs.options, dict) else {}
    report = Report(
        media=Media(
            name=parsed.media.name,
            path=parsed.media.path,
            type=parsed.media.type,
            size=parsed.media.size,
            sha256=parsed.media.sha256,
            width=parsed.media.width,
            height=parsed.media.height,
            metadata=tuple(
                MediaFact(what=one.what, value=one.value, where=one.where, contradicted=one.contradicted)
                for one in parsed.media.metadata
            ),
        ),
        evidence=evidence,
        verdict=_read_verdict(parsed.verdict),
        not_checked=tuple(_read_gap(gap) for gap in parsed.not_checked),
        inputs=Inputs(
            at=parsed.inputs.at,
            tool=parsed.inputs.tool,
            engines=parsed.inputs.engines,
            trust_lists=tuple(
                TrustListInput(
                    name=t.name, kind=t.kind, label=t.label, dated=t.dated, sha256=t.sha256, imported=t.imported
                )
                for t in parsed.inputs.trust_lists
            ),
            options=options,
        ),
        required=_required(options),
    )
    if report.verdict is not None:
        missing = set(report.verdict.reasons) - {finding.id for finding in report.findings()}
        if missing:
            raise ValueError(f"got reasons {sorted(missing)}, expected ids of findings")
    return report


def _read_verdict(parsed: wire.Verdict | None) -> Verdict | None:
    if parsed is None:
        return None
    return Verdict(
        outcome=Outcome(parsed.outcome),
        labels=tuple(parsed.labels),
        reasons=tuple(parsed.reasons),
        policy=PolicyName(name=parsed.policy.name, sha256=parsed.policy.sha256),
    )


def _required(options: Mapping[str, Any]) -> tuple[Line, ...]:
    names = options.get("only", options.get("require"))
    if names is None:
        return REQUIRED
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("got something else, expected a list of lines in options")
    return tuple(Line(name) for name in names)

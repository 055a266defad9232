"""What is a report a function of, who was asked for it, and what was left out? The rows below its lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from vouchmark.render.safe import plain
from vouchmark.render.values import named, value_words
from vouchmark.render.words import sentence
from vouchmark.report import Line, Report, Status, TrustListInput
from vouchmark.wording.catalogue import say

BUILT_IN: Final = "default"
"""The name of the policy that is used where a reader has none."""
SHORT: Final = 16
"""Hexadecimal digits of a list's digest where there is little room."""
_SKIPPED_KNOWN: Final = "gap.index"
"""A gap that a line says already which nobody asked for."""


def inputs(report: Report, *, short: bool = True) -> Iterator[tuple[str, list[str]]]:
    """Rows of names and values: file, time, verifiers, lists, policy; where not short, options as well."""
    media, of = report.media, report.inputs
    if short:
        yield say("fact.file"), [", ".join(_file(report)) or say("fact.unread")]
    else:
        yield say("fact.file"), [plain(media.name)]
    yield say("fact.at"), [say("fact.by", at=of.at, tool=of.tool)]
    yield (
        say("fact.engines"),
        [f"{name} {version}" for name, version in sorted(of.engines.items())] or [say("fact.none")],
    )
    yield say("fact.lists"), [_list(one, short=short) for one in of.trust_lists] or [say("fact.none")]
    if report.verdict is not None:
        policy = report.verdict.policy
        digest = policy.sha256[:SHORT] + "…" if short else policy.sha256
        yield say("fact.policy"), [f"{plain(policy.name)}, {say('fact.digest', digest=digest)}"]
    if not short:
        for name, value in of.options.items():
            yield say("fact.options", name=named(name)), _option(value)


def _file(report: Report) -> Iterator[str]:
    media = report.media
    if media.type:
        yield plain(media.type)
    if media.size is not None:
        yield say("fact.bytes", count=media.size)
    if media.width and media.height:
        yield say("fact.pixels", width=media.width, height=media.height)
    if media.sha256:
        yield say("fact.digest", digest=media.sha256)


def _list(one: TrustListInput, *, short: bool) -> str:
    facts = {"name": one.name, "label": one.label if short else f"{one.label}, {one.kind}"}
    facts["digest"] = f"{one.sha256[:SHORT]}…" if short else one.sha256
    if one.dated:
        return say("fact.list.dated", dated=one.dated, **facts)
    return say("fact.list.imported", imported=one.imported, **facts) if one.imported else say("fact.list", **facts)


def _option(value: Any) -> list[str]:
    pairs = value.items() if isinstance(value, dict) else ()
    return [f"{named(inner)}: {value_words(item)}" for inner, item in pairs] or [value_words(value)]


def asked(report: Report) -> list[str]:
    """Who was asked over the network, and what came of it; empty where that was not allowed."""
    contacts = report.inputs.options.get("online")
    if not isinstance(contacts, list):
        return []
    found = list[str]()
    for contact in contacts:
        if isinstance(contact, dict):
            facts = {"purpose": str(contact.get("purpose")), "outcome": str(contact.get("outcome"))}
            host = str(contact.get("host") or "")
            found.append(say("asked.host", host=host, **facts) if host else say("asked.no_host", **facts))
    return list(dict.fromkeys(found)) or [say("asked.nobody")]


def gaps(report: Report) -> list[str]:
    """What was not checked, once for each reason; without what a line says that nobody asked for."""
    known = report.evidence[Line.KNOWN].status is Status.SKIPPED
    reasons: dict[str, list[str]] = {}
    for gap in report.not_checked:
        if not (known and gap.messages is not None and gap.messages[0].id == _SKIPPED_KNOWN):
            reasons.setdefault(sentence(gap.why), []).append(sentence(gap.what))
    return [say("not_checked.of", what=", ".join(whats), why=why) for why, whats in reasons.items()]

"""What do the verified assertions of one manifest say about AI?

Read from every carrier in the table (`ai_carriers.py`), and handed on as written: whose word it is, and what it comes
to, is not judged here. What a claim lists as gathered alone is marked, because it is not attributed to the signer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final, TypeVar

from provenance.credentials.ai_carriers import CARRIERS, Carrier
from provenance.credentials.jumbf import Assertion, RawManifest
from provenance.credentials.lineage import Removed, kind_of_label
from provenance.credentials.manifest_check import ManifestCheck
from provenance.credentials.statements import content_of
from provenance.metadata.generators import generator_named, says_generated

__all__ = ["CARRIERS", "AiStated", "AiStatement", "Carrier", "ai_stated"]

T = TypeVar("T")

MAX_STATEMENTS: Final = 2_000
"""Statements of one manifest; a long edit records one for each step."""
MAX_ACTIONS: Final = 10_000
"""Actions and templates of one assertion that are looked at."""
MAX_RELATED: Final = 100
"""Related actions of one action, and templates that apply to one."""
MAX_FIELDS: Final = 32
"""Fields of a disclosure or an entry list that are kept."""
MAX_FIELD_DEPTH: Final = 2
"""Maps inside a disclosure that are read; its content profile is one."""
MAX_DESCRIPTION: Final = 10_000
"""Characters of an action's description that are looked at."""
MAX_KEPT: Final = 300
"""Characters kept of what is written."""


_INPUTS: Final = ("c2pa.types.generator", "c2pa.types.model")
_TRAINING: Final = ("c2pa.training-mining", "cawg.training-mining")
_METADATA: Final = ("c2pa.metadata", "cawg.metadata", "stds.iptc")
_SOURCE: Final = "digitalsourcetype"


@dataclass(frozen=True, slots=True, kw_only=True)
class AiStatement:
    """One thing that is said, as written."""

    carrier: Carrier
    written: str
    """A source type's address, a description, a name, a label: at most MAX_KEPT characters."""
    assertion: str = ""
    """Label of the assertion; empty for the claim itself."""
    action: str = ""
    """Name of the action that it belongs to."""
    software: str = ""
    """Who did the action, as written."""
    relationship: str = ""
    """Of an ingredient: `parentOf`, `componentOf`, `inputTo`."""
    gathered: bool = False
    fields: tuple[tuple[str, str], ...] = ()
    """(name, value) of a disclosure, or (use, answer) of training and mining."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AiStated:
    """Everything of the kind in one manifest."""

    statements: tuple[AiStatement, ...] = ()
    is_cut: bool = False
    """Whether there is more than was looked at."""


def ai_stated(manifest: RawManifest, check: ManifestCheck) -> AiStated:
    """What the verified assertions and the claim of one manifest say about AI. Never raises for what they hold."""
    reader = _Reader()
    found = list(islice(reader.read(manifest, check), MAX_STATEMENTS + 1))
    return AiStated(
        statements=tuple(dict.fromkeys(found[:MAX_STATEMENTS])),
        is_cut=reader.is_cut or len(found) > MAX_STATEMENTS,
    )


def _text(value: object) -> str:
    return value[:MAX_KEPT] if isinstance(value, str) else ""


def _maps(value: object) -> list[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def _agent(value: object) -> str:
    """The name and version of a software agent, in any of its forms."""
    if isinstance(value, list):
        return _text(" ".join(filter(None, map(_agent, value[:MAX_FIELDS]))))
    if isinstance(value, Mapping):
        return _text("/".join(filter(None, (_text(value.get("name")), _text(value.get("version"))))))
    return _text(value)


class _Reader:
    """Reads assertion by assertion; knows whether a bound was met."""

    def __init__(self) -> None:
        self.is_cut = False

    def read(self, manifest: RawManifest, check: ManifestCheck) -> Iterator[AiStatement]:
        for assertion in check.verified:
            for one in self.assertion(assertion):
                gathered = assertion.label in check.gathered
                yield replace(one, assertion=assertion.label[:MAX_KEPT], gathered=gathered)
        for name in (_agent(manifest.claim.get("claim_generator")), _agent(manifest.claim.get("claim_generator_info"))):
            if generator_named(name):
                yield AiStatement(carrier=Carrier.GENERATOR, written=name, software=name)

    def assertion(self, assertion: Assertion) -> Iterator[AiStatement]:
        base = assertion.base_label
        if base == "c2pa.actions":
            yield from self.actions(self.content(assertion))
        elif base == "c2pa.ingredient":
            yield from self.ingredient(self.content(assertion))
        elif base.startswith(_METADATA):
            yield from self.metadata(self.content(assertion))
        elif base == "com.adobe.generative-ai":
            fields = _fields(self.content(assertion))
            said = dict(fields).get("description", "")
            yield AiStatement(carrier=Carrier.ADOBE, written=said, software=said, fields=fields)
        elif base == "c2pa.ai-disclosure":
            fields = _fields(self.content(assertion))
            model = dict(fields).get("modelName", "")
            yield AiStatement(carrier=Carrier.DISCLOSURE, written=model, software=model, fields=fields)
        elif base in _TRAINING or kind_of_label(base) is Removed.TRAINING:
            yield AiStatement(carrier=Carrier.TRAINING, written=base, fields=self.uses(base, self.content(assertion)))
        elif kind_of_label(base) is Removed.AI:
            yield AiStatement(carrier=Carrier.UNREAD, written=base[:MAX_KEPT])

    def content(self, assertion: Assertion) -> Mapping[str, Any]:
        """What is in an assertion; nothing where it could not be read, and then nobody knows what it says."""
        content = content_of(assertion)
        self.is_cut = self.is_cut or content is None
        return content or {}

    def few(self, entries: Iterable[T], most: int = MAX_FIELDS) -> list[T]:
        """The first of some entries."""
        found = list(islice(entries, most + 1))
        self.is_cut = self.is_cut or len(found) > most
        return found[:most]

    def actions(self, content: Mapping[str, Any]) -> Iterator[AiStatement]:
        """Every action with the templates that apply to it, its parameters and its related actions."""
        agents = content.get("softwareAgents")
        templates: dict[str, list[Mapping[str, Any]]] = {}
        for template in self.some(content.get("templates")):
            templates.setdefault(_text(template.get("action")), []).append(template)
        for entry in self.some(content.get("actions")):
            name = _text(entry.get("action"))
            applying = [*templates.get("*", ()), *(templates.get(name, ()) if name != "*" else ())]
            yield from self.action(entry, name, self.few(applying, MAX_RELATED), agents)

    def some(self, value: object) -> list[Mapping[str, Any]]:
        self.is_cut = self.is_cut or (isinstance(value, list) and len(value) > MAX_ACTIONS)
        return _maps(value)[:MAX_ACTIONS]

    def action(
        self, entry: Mapping[str, Any], name: str, templates: list[Mapping[str, Any]], agents: object
    ) -> Iterator[AiStatement]:
        software = _software(entry, agents) or next(filter(None, (_software(one, agents) for one in templates)), "")
        own = _text(entry.get("digitalSourceType"))
        said = AiStatement(carrier=Carrier.ACTION, written=own, action=name, software=software)
        if own:
            yield said
        for template in templates:
            # A template's value counts where the action has none of its own (C2PA 2.2, section 18.14.6.1).
            written = _text(template.get("digitalSourceType"))
            if written and not own:
                yield replace(said, carrier=Carrier.TEMPLATE, written=written)
        parameters = entry.get("parameters")
        for key, value in self.few(parameters.items()) if isinstance(parameters, Mapping) else ():
            if isinstance(key, str) and key.rpartition(".")[2].casefold() == _SOURCE and _text(value):
                yield replace(said, carrier=Carrier.PARAMETER, written=_text(value))
        description = entry.get("description")
        if isinstance(description, str):
            self.is_cut = self.is_cut or len(description) > MAX_DESCRIPTION
            if says_generated(description[:MAX_DESCRIPTION]):
                yield replace(said, carrier=Carrier.DESCRIPTION, written=_text(description))
        if software and generator_named(software):
            yield replace(said, carrier=Carrier.AGENT, written=software)
        for one in self.few(_maps(entry.get("related")), MAX_RELATED):
            # A related action has the fields that differ from the action's (section 18.14.8).
            merged = {**{key: value for key, value in entry.items() if key != "related"}, **one}
            merged.pop("related", None)
            for inner in self.action(merged, _text(merged.get("action")), [], agents):
                if _text(one.get("digitalSourceType")) or inner.carrier is not Carrier.ACTION:
                    yield replace(inner, carrier=Carrier.RELATED) if inner.carrier is Carrier.ACTION else inner

    def ingredient(self, content: Mapping[str, Any]) -> Iterator[AiStatement]:
        """How what it was made from came about, and prompts and models that went into it."""
        relationship = _text(content.get("relationship"))
        written = _text(content.get("digitalSourceType"))
        if written:
            yield AiStatement(carrier=Carrier.INGREDIENT, written=written, relationship=relationship)
        for data_type in self.few(_maps(content.get("dataTypes", content.get("data_types")))):
            kind = _text(data_type.get("type"))
            if kind.startswith(_INPUTS):
                title = _text(content.get("dc:title"))
                yield AiStatement(carrier=Carrier.INPUT, written=kind, software=title, relationship=relationship)

    def metadata(self, content: Mapping[str, Any]) -> Iterator[AiStatement]:
        """Source types in JSON-LD."""
        for key, value in content.items():
            if isinstance(key, str) and key.rpartition(":")[2].casefold() == _SOURCE:
                for one in self.few(value) if isinstance(value, list) else (value,):
                    written = _text(one.get("@id") if isinstance(one, Mapping) else one)
                    if written:
                        yield AiStatement(carrier=Carrier.METADATA, written=written)

    def uses(self, base: str, content: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """(use, answer): of the entries of an assertion for several uses, or of one that is for a single use."""
        entries = content.get("entries")
        if not isinstance(entries, Mapping):
            entries = {base: content}
        found = []
        for name, entry in self.few(entries.items()):
            answer = entry.get("use") if isinstance(entry, Mapping) else None
            if isinstance(name, str) and isinstance(answer, str):
                found.append((_text(name).rpartition(".")[2], answer[:MAX_KEPT]))
        return tuple(found)


def _software(entry: Mapping[str, Any], agents: object) -> str:
    agent, index = entry.get("softwareAgent"), entry.get("softwareAgentIndex")
    if agent is None and isinstance(agents, list) and isinstance(index, int) and 0 <= index < len(agents):
        agent = agents[index]
    return _agent(agent)


def _fields(content: Mapping[str, Any], before: str = "", depth: int = 0) -> tuple[tuple[str, str], ...]:
    """Every single value by name, those of inner maps as `contentProfile.humanOversightLevel`."""
    found: list[tuple[str, str]] = []
    for key, value in list(content.items())[:MAX_FIELDS]:
        name = f"{before}{_text(key)}"
        if isinstance(value, Mapping) and depth < MAX_FIELD_DEPTH:
            found += _fields(value, f"{name}.", depth + 1)
        elif isinstance(value, list):
            found.append((name, ", ".join(str(one)[:MAX_KEPT] for one in value[:MAX_FIELDS])[:MAX_KEPT]))
        elif isinstance(value, str | int | float | bool):
            found.append((name, str(value)[:MAX_KEPT]))
    return tuple(found[:MAX_FIELDS])

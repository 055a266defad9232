"""How is what is said about AI taken out of assertions, one carrier after another, within which bounds?

Whatever is left out because there is more than any real file has is named (`cut`), so that nobody takes its silence
for an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import chain, islice
from typing import Any, Final, TypeVar

from provenance.credentials.history.ai_carriers import Carrier
from provenance.credentials.history.ai_names import PLUS, TRAINING, speaks_of_ai
from provenance.credentials.history.ai_statements import MAX_STATEMENTS, AiStated, AiStatement
from provenance.credentials.history.content import content_of, unread
from provenance.credentials.history.manifest_check import ManifestCheck
from provenance.credentials.store.jumbf import Assertion, RawManifest
from provenance.metadata import Meaning
from provenance.metadata.generators import generator_named, says_of_making

T = TypeVar("T")

MAX_ACTIONS: Final = 10_000
"""Actions and templates of one assertion that are looked at."""
MAX_RELATED: Final = 100
"""Related actions of one action, and templates that apply to one."""
MAX_RELATED_DEPTH: Final = 4
"""Related actions inside related actions."""
MAX_FIELDS: Final = 64
"""Fields of a disclosure, an entry list or an action's parameters that are looked at."""
MAX_FIELD_DEPTH: Final = 3
"""Maps inside a disclosure that are read; its content profile is one."""
MAX_DESCRIPTION: Final = 10_000
"""Characters of a description that are looked at."""
MAX_NAME: Final = 400
"""Characters of the name of a program that are looked at."""
MAX_KEPT: Final = 300
"""Characters kept of what is written, to be shown."""

_INPUTS: Final = ("c2pa.types.generator", "c2pa.types.model", "c2pa.types.savedmodel", "c2pa.types.tensorflow.")
_METADATA: Final = ("c2pa.metadata", "cawg.metadata", "stds.iptc", "stds.schema-org.CreativeWork")
_SOURCE: Final = "digitalsourcetype"
_SYSTEM: Final = ("aisystemused", "aisystemversionused", "aipromptinformation", "aipromptwritername")
_MINING: Final = "datamining"
_TOLD: Final = ("description", "name", "com.adobe.tool")
"""Parameters of an action in which programs say in words what was done."""
_PARAMETERS: Final = "parameters of one action"
_TAKEN_OVER: Final = ("action", "digitalSourceType", "softwareAgent", "softwareAgentIndex")
"""Fields that a related action has from the action around it, where it has none of its own; of what is looked at."""
_OWN: Final = ("description", "parameters", "related")
_CONTENT: Final = ("c2pa.ai_generated_content", "c2pa.ai_generated")


_means = lru_cache(maxsize=256)(says_of_making)
"""One template may describe every action."""


def _kept(value: object) -> str:
    return value[:MAX_KEPT] if isinstance(value, str) else ""


class Reader:
    """Reads assertion by assertion; knows which bounds were met."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.cut: dict[str, None] = {}

    def beyond(self, what: str, most: int) -> None:
        """Note that there is more of something than is looked at."""
        self.cut[f"{what} beyond {most:,}"] = None

    def unread(self, what: str) -> None:
        """Note that something is there in a form that cannot be read."""
        self.cut[f"{what} that cannot be read"] = None

    def few(self, entries: Iterable[T], what: str, most: int) -> list[T]:
        """The first of some entries."""
        found = list(islice(entries, most + 1))
        if len(found) > most:
            self.beyond(what, most)
        return found[:most]

    def maps(self, value: object, what: str, most: int) -> list[Mapping[str, Any]]:
        """The maps of a list; nothing where there is no such field."""
        entries = value if isinstance(value, list) else []
        if (value is not None and not isinstance(value, list)) or not all(isinstance(one, Mapping) for one in entries):
            self.unread(what)
        return self.few((one for one in entries if isinstance(one, Mapping)), what, most)

    def text(self, value: object, what: str, most: int = 0) -> str:
        """A text of which what is looked at is its beginning."""
        if not isinstance(value, str):
            return ""
        most = most or MAX_KEPT
        if len(value) > most:
            self.beyond(f"characters of {what}", most)
        return value[:most]

    def agent(self, value: object) -> str:
        """The name and version of a software agent, in any of its forms."""
        if isinstance(value, list):
            return " ".join(filter(None, map(self.agent, self.few(value, "programs of one action", MAX_FIELDS))))
        if isinstance(value, Mapping):
            parts = (self.text(value.get(key), "the name of a program", MAX_NAME) for key in ("name", "version"))
            return "/".join(filter(None, parts))
        return self.text(value, "the name of a program", MAX_NAME)

    def read(self, manifest: RawManifest, check: ManifestCheck) -> Iterator[AiStatement]:
        """Every statement of one manifest."""
        for assertion in check.verified:
            is_gathered = assertion.label in check.gathered
            for one in self.assertion(assertion):
                yield replace(one, assertion=assertion.label[:MAX_KEPT], gathered=is_gathered)
        for key in ("claim_generator", "claim_generator_info"):
            name = self.agent(manifest.claim.get(key))
            if generator_named(name):
                yield AiStatement(carrier=Carrier.GENERATOR, written=_kept(name), software=_kept(name))

    def assertion(self, assertion: Assertion) -> Iterator[AiStatement]:
        """What one assertion says, by its label."""
        base = assertion.base_label
        if base == "c2pa.actions":
            yield from self.actions(self.content(assertion) or {})
        elif base == "c2pa.ingredient":
            yield from self.ingredient(self.content(assertion) or {})
        elif base.startswith(_METADATA):
            yield from self.metadata(self.content(assertion) or {})
        elif base in ("com.adobe.generative-ai", "c2pa.ai-disclosure", *_CONTENT):
            yield from self.outright(base, self.content(assertion))
        elif base in TRAINING:
            uses = self.uses(base, self.content(assertion) or {})
            yield AiStatement(carrier=Carrier.TRAINING, written=base, fields=uses)
        elif speaks_of_ai(base):
            yield AiStatement(carrier=Carrier.UNREAD, written=_kept(base))

    def content(self, assertion: Assertion) -> Mapping[str, Any] | None:
        """What is in an assertion; None where it could not be read, and then nobody knows what it says."""
        content = content_of(assertion)
        if content is None:
            self.cut[unread(assertion)] = None
        return content

    def outright(self, base: str, content: Mapping[str, Any] | None) -> Iterator[AiStatement]:
        """Assertions whose being there says that AI was used."""
        if content is None:
            yield AiStatement(carrier=Carrier.UNREAD, written=base)
            return
        fields = tuple(self.fields(content))
        by_name = dict(fields)
        if base == "c2pa.ai-disclosure":
            model = by_name.get("modelName", "")
            yield AiStatement(carrier=Carrier.DISCLOSURE, written=model, software=model, fields=fields)
        elif base == "com.adobe.generative-ai":
            said = by_name.get("description", "")
            yield AiStatement(carrier=Carrier.ADOBE, written=said, software=said, fields=fields)
        elif "False" in by_name.values():
            yield AiStatement(carrier=Carrier.UNREAD, written=base, fields=fields)
        else:
            yield AiStatement(carrier=Carrier.CONTENT, written=base, fields=fields)

    def actions(self, content: Mapping[str, Any]) -> Iterator[AiStatement]:
        """Every action with the templates that apply to it, its parameters and its related actions."""
        agents = content.get("softwareAgents")
        templates: dict[str, list[Mapping[str, Any]]] = {}
        for template in self.maps(content.get("templates"), "action templates", MAX_ACTIONS):
            templates.setdefault(_kept(template.get("action")), []).append(template)
        for entry in self.maps(content.get("actions"), "actions", MAX_ACTIONS):
            yield from self.action(entry, templates, agents)

    def action(
        self,
        entry: Mapping[str, Any],
        by_name: Mapping[str, list[Mapping[str, Any]]],
        agents: object,
        depth: int = 0,
    ) -> Iterator[AiStatement]:
        """One action, with the templates for actions of its name and for all."""
        name = _kept(entry.get("action"))
        applying = chain(by_name.get("*", ()), by_name.get(name, ()) if name != "*" else ())
        templates = self.few(applying, "templates of one action", MAX_RELATED)
        parameters = entry.get("parameters")
        given = parameters if isinstance(parameters, Mapping) else {"name": parameters}
        programs = self.software(entry, templates, agents, given)
        software = next((one for one in programs if generator_named(one)), programs[0] if programs else "")
        own = self.source(entry)
        said = AiStatement(carrier=Carrier.ACTION, written=own, action=name, software=_kept(software))
        found = [said] if own else []
        for template in templates:
            # A template's value counts where the action has none of its own (C2PA 2.2, section 18.14.6.1).
            written = self.source(template)
            if written and not own:
                found.append(replace(said, carrier=Carrier.TEMPLATE, written=written))
        found += self.parameters(given, said)
        told = list(self.told(entry, given, said))
        for template in templates:
            # The same of its description and of each parameter.
            added = {key: value for key, value in self.template_parameters(template) if key not in given}
            found += self.parameters(added, said)
            told += self.told({} if "description" in entry else template, added, said)
        yield from (*found, *told)
        if software and generator_named(software):
            yield replace(said, carrier=Carrier.AGENT, written=_kept(software))
        elif not found and speaks_of_ai(name):
            yield replace(said, carrier=Carrier.UNREAD, written=name)
        yield from self.related(entry, by_name, agents, depth)

    def source(self, entry: Mapping[str, Any]) -> str:
        """The source type of an action, a template or an ingredient; in another form than a text it is not read."""
        value = entry.get("digitalSourceType")
        if value is not None and not isinstance(value, str):
            self.unread("a source type")
        return self.text(value, "a source type")

    def template_parameters(self, template: Mapping[str, Any]) -> list[tuple[Any, Any]]:
        """The parameters that a template adds to an action."""
        table = template.get("templateParameters")
        return self.few(table.items(), _PARAMETERS, MAX_FIELDS) if isinstance(table, Mapping) else []

    def parameters(self, table: Mapping[Any, Any], said: AiStatement) -> list[AiStatement]:
        """Source types among the parameters of an action or a template."""
        found = []
        for key, value in self.few(table.items(), _PARAMETERS, MAX_FIELDS):
            if not isinstance(key, str) or key.rpartition(".")[2].casefold() != _SOURCE:
                continue
            if isinstance(value, str):
                written = self.text(value, "a source type")
                found.append(replace(said, carrier=Carrier.PARAMETER, written=written))
            else:
                self.unread("a source type")
        return found

    def software(
        self, entry: Mapping[str, Any], templates: list[Mapping[str, Any]], agents: object, given: Mapping[Any, Any]
    ) -> list[str]:
        """Who did an action, as written: its own, else every template's, else the model that Adobe notes."""
        found = []
        for one in (entry, *templates):
            agent, index = one.get("softwareAgent"), one.get("softwareAgentIndex")
            if agent is None and isinstance(agents, list) and isinstance(index, int) and 0 <= index < len(agents):
                agent = agents[index]
            if name := self.agent(agent):
                found.append(name)
                if one is entry:
                    break
        return found or list(filter(None, (self.agent(given.get("com.adobe.details")),)))

    def told(self, entry: Mapping[str, Any], given: Mapping[Any, Any], said: AiStatement) -> Iterator[AiStatement]:
        """What stands in words with an action."""
        for value in (entry.get("description"), *(given.get(key) for key in _TOLD)):
            if not isinstance(value, str):
                continue
            means = _means(self.text(value, "a description", MAX_DESCRIPTION))
            carrier = Carrier.UNREAD if means is Meaning.OTHER else Carrier.DESCRIPTION
            if means is not None:
                yield replace(said, carrier=carrier, written=_kept(value), means=means)

    def related(
        self, entry: Mapping[str, Any], by_name: Mapping[str, list[Mapping[str, Any]]], agents: object, depth: int
    ) -> Iterator[AiStatement]:
        """Actions within an action, which have the fields that differ from it (section 18.14.8)."""
        inner = self.maps(entry.get("related"), "related actions of one action", MAX_RELATED)
        if inner and depth >= MAX_RELATED_DEPTH:
            self.beyond("related actions inside each other", MAX_RELATED_DEPTH)
            return
        taken_over = {key: entry[key] for key in _TAKEN_OVER if key in entry}
        for one in inner:
            merged = taken_over | {key: one[key] for key in (*_TAKEN_OVER, *_OWN) if key in one}
            for found in self.action(merged, by_name, agents, depth + 1):
                if found.carrier is not Carrier.ACTION:
                    yield found
                elif "digitalSourceType" in one:
                    yield replace(found, carrier=Carrier.RELATED)

    def ingredient(self, content: Mapping[str, Any]) -> Iterator[AiStatement]:
        """How what it was made from came about, and prompts and models that went into it."""
        relationship = _kept(content.get("relationship"))
        written = self.source(content)
        if written:
            yield AiStatement(carrier=Carrier.INGREDIENT, written=written, relationship=relationship)
        types = content.get("dataTypes", content.get("data_types"))
        for data_type in self.maps(types, "data types of one ingredient", MAX_FIELDS):
            kind = _kept(data_type.get("type"))
            if kind.startswith(_INPUTS):
                title = _kept(content.get("dc:title"))
                yield AiStatement(carrier=Carrier.INPUT, written=kind, software=title, relationship=relationship)

    def metadata(self, content: Mapping[str, Any]) -> Iterator[AiStatement]:
        """Source types, AI systems and what may be done with it, in JSON-LD."""
        if isinstance(content.get("@graph"), list | Mapping):
            self.unread("a graph of JSON-LD")
        for key, value in content.items():
            name = key.rpartition(":")[2].casefold() if isinstance(key, str) else ""
            if name not in (_SOURCE, _MINING, *_SYSTEM):
                continue
            values = (
                self.few(value, "values of one field of metadata", MAX_FIELDS) if isinstance(value, list) else [value]
            )
            for one in values:
                said = one.get("@id", one.get("@value")) if isinstance(one, Mapping) else one
                written = self.text(said, "a field of metadata")
                if written:
                    yield self.field(name, key, written)
                elif one is not None and not isinstance(one, str):
                    self.unread("a field of metadata")

    def field(self, name: str, key: str, written: str) -> AiStatement:
        """What one value of signed metadata says."""
        if name == _SOURCE:
            return AiStatement(carrier=Carrier.METADATA, written=written)
        if name in _SYSTEM:
            return AiStatement(carrier=Carrier.SYSTEM, written=written, fields=((_kept(key), written),))
        code = written.rpartition("/")[2].upper().removeprefix("PLUS-")
        if code not in PLUS:
            return AiStatement(carrier=Carrier.UNREAD, written=written)
        return AiStatement(carrier=Carrier.TRAINING, written=written, fields=PLUS[code])

    def uses(self, base: str, content: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """(use, answer): of the entries of an assertion for several uses, or of one that is for a single use."""
        entries = content.get("entries")
        if not isinstance(entries, Mapping):
            entries = {base: content}
        found = []
        for name, entry in self.few(entries.items(), "entries on training and mining", MAX_FIELDS):
            answer = entry.get("use") if isinstance(entry, Mapping) else None
            if not isinstance(name, str) or not isinstance(answer, str):
                self.unread("an entry on training and mining")
            else:
                found.append((_kept(name).rpartition(".")[2], answer[:MAX_KEPT]))
        return tuple(found)

    def fields(self, content: Mapping[Any, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
        """Every single value by name, those of inner maps as `contentProfile.humanOversightLevel`."""
        for key, value in self.few(content.items(), "fields of one assertion", MAX_FIELDS):
            yield from self.value(f"{before}{_kept(str(key))}", value, depth)

    def value(self, name: str, value: object, depth: int) -> Iterator[tuple[str, str]]:
        """One value, or those inside it."""
        if isinstance(value, Mapping | list) and depth >= MAX_FIELD_DEPTH:
            self.beyond("fields inside each other", MAX_FIELD_DEPTH)
        elif isinstance(value, Mapping):
            yield from self.fields(value, f"{name}.", depth + 1)
        elif isinstance(value, list):
            for number, one in enumerate(self.few(value, "values of one field", MAX_FIELDS)):
                yield from self.value(f"{name}[{number}]" if len(value) > 1 else name, one, depth + 1)
        elif isinstance(value, str | int | float | bool):
            yield name, str(value)[:MAX_KEPT]


def ai_stated(manifest: RawManifest, check: ManifestCheck) -> AiStated:
    """What the verified assertions and the claim of one manifest say about AI. Never raises for what they hold."""
    reader, said = Reader(), dict[AiStatement, None]()
    reader.cut |= dict.fromkeys(check.unread)
    # As many are looked at as there may be of different ones: what is said a hundred times is one statement.
    for one in reader.read(manifest, check):
        said[one] = None
        if len(said) > MAX_STATEMENTS:
            reader.beyond("statements about AI", MAX_STATEMENTS)
            break
    return AiStated(statements=tuple(islice(said, MAX_STATEMENTS)), cut=tuple(reader.cut))

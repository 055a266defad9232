"""What do signers declare about AI, in every manifest that verified links lead to? Part of the ai line.

Who speaks, and of what, is the table of authority's (`vouchmark.lines.authority`); where it is said, the table of
carriers' (`provenance.credentials.history.ai_statements`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from provenance.credentials.engines.model import Kind, Manifest
from provenance.credentials.history.ai_statements import AiStatement, Carrier
from provenance.metadata import Meaning as Told
from provenance.metadata.generators import only_generates
from vouchmark.lines import about, authority
from vouchmark.lines.ai.words import (
    BEGINNINGS,
    MECHANICAL,
    SOURCE_TYPES,
    WHOLLY,
    WITH_AI,
    Meaning,
    signal,
    source_type,
)
from vouchmark.lines.authority import Of, Speaker, Standing
from vouchmark.lines.facts import Draft, Facts, has, own_lack, source_of
from vouchmark.lines.history import account as history
from vouchmark.report import Json, Root, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Fact
from vouchmark.wording.model import Said as Sentence

MAX_SHOWN: Final = 80
"""Code points of a text from the media that a sentence quotes."""

INHERITED: Final = {Of.EARLIER: "ai.inherited.", Of.PART: "ai.part.", Of.INPUT: "ai.part."}
"""How codes begin of what is not said of this file: its own signer may have declared nothing."""
_WORDS: Final = {Of.EARLIER: "earlier", Of.PART: "part", Of.INPUT: "input"}
"""What a signer speaks of who is not this file's, in the ids of sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One statement, by whom, and of what."""

    statement: AiStatement
    speaker: Speaker
    of: Of
    counts: bool
    """Whether it is established that its signer says this of what it speaks of, and that the signer's word counts."""
    title: str = ""
    """What the signer of a later version calls the file that its own signer speaks of; empty for this file."""

    @property
    def kind(self) -> str:
        """The digital source type; empty where the carrier has none."""
        return source_type(self.statement.written) if self.statement.carrier in _WITH_TYPE else ""

    @property
    def is_of_whole(self) -> bool:
        """Whether it speaks of the signer's whole file, and not of something used in it."""
        return self.of is self.speaker.of

    @property
    def is_beginning(self) -> bool:
        """Whether it says how the signer's file came about."""
        action = self.statement.action
        return self.is_of_whole and (action in BEGINNINGS or self.statement.carrier in _WHOLE)


_WITH_TYPE: Final = frozenset(
    (Carrier.ACTION, Carrier.RELATED, Carrier.TEMPLATE, Carrier.PARAMETER, Carrier.INGREDIENT, Carrier.METADATA)
)
_WHOLE: Final = frozenset((Carrier.METADATA, Carrier.SYSTEM, Carrier.ADOBE, Carrier.CONTENT, Carrier.GENERATOR))
"""Carriers that speak of the whole file and of no action."""


def said(facts: Facts) -> list[Said]:
    """Everything that is said, the content's own signer first, then as the links lead."""
    if facts.own is None or facts.own.problem:
        return list(_by_engine(facts))
    own, found, titles = facts.own, list[Said](), authority.titles_of(facts.own)
    for speaker in facts.speakers.values():
        stated = own.ai.get(speaker.label)
        title = titles.get(speaker.label, "")
        found += [_said(facts, one, speaker, title) for one in (stated.statements if stated is not None else ())]
    found.sort(key=lambda one: authority.ORDER.index(one.speaker.of))
    outright = {one.speaker.label for one in found if _declares_outright(one)}
    # A generator's name adds nothing where its signer declares that AI was used.
    return [one for one in found if one.statement.carrier not in _NAMES or one.speaker.label not in outright]


def _said(facts: Facts, one: AiStatement, speaker: Speaker, title: str) -> Said:
    counts = not doubt_of(facts, speaker) and not speaker.is_hearsay and not one.gathered and not own_lack(facts)
    counts = counts and speaker.of is not Of.UPDATE
    return Said(statement=one, speaker=speaker, of=_of(one, speaker), counts=counts, title=title)


def _of(one: AiStatement, speaker: Speaker) -> Of:
    """Of what a statement speaks: of its signer's file, or of something that this was made from."""
    if speaker.of is Of.UPDATE:
        return Of.UPDATE
    if one.action == "c2pa.placed":
        return speaker.of if speaker.of is Of.INPUT else Of.PART
    if one.carrier is not Carrier.INGREDIENT:
        return speaker.of
    if one.relationship == "parentOf":
        return Of.EARLIER if speaker.of in (Of.CONTENT, Of.EARLIER) else speaker.of
    below = Of.INPUT if one.relationship == "inputTo" else Of.PART
    return below if speaker.of in (Of.CONTENT, Of.EARLIER) else speaker.of


_NAMES: Final = frozenset((Carrier.AGENT, Carrier.GENERATOR))
"""Carriers that only name a program."""


def _declares_outright(one: Said) -> bool:
    if not one.is_of_whole or one.statement.carrier in (*_NAMES, Carrier.TRAINING):
        return False
    return meaning_of(one).code in ("ai.generated", "ai.edited", "ai.used")


def doubt_of(facts: Facts, speaker: Speaker) -> str:
    """What stands against all that a signer says, as the end of a sentence's id; empty where nothing does."""
    if speaker.of is Of.CONTENT:
        return about.doubt(facts) or ("" if speaker.in_order else about.BROKEN)
    return "" if speaker.in_order else about.BROKEN


def drafts(facts: Facts, told: list[Said]) -> list[Draft]:
    """One draft for each different statement; what is said about training has findings of its own."""
    found: dict[tuple[str, str, str], Draft] = {}
    by_type = {_same(one) for one in told if one.statement.carrier in _WITH_TYPE}
    # Of two statements alike the one on how it began tells more.
    for one in sorted(told, key=lambda one: not one.is_beginning):
        in_other_words = one.statement.carrier is Carrier.DESCRIPTION and _same(one) in by_type
        if one.statement.carrier is not Carrier.TRAINING and not in_other_words:
            draft = _draft(facts, one)
            found.setdefault((draft.subject, one.kind or one.statement.carrier, draft.statement), draft)
    return list(found.values())


def _same(one: Said) -> tuple[str, str, str]:
    """Whose statement it is, of which action, and what it comes to: a description may say what a source type says."""
    return one.speaker.label, one.statement.action, meaning_of(one).code


def _draft(facts: Facts, one: Said) -> Draft:
    meaning, speaker = meaning_of(one), one.speaker
    if speaker.of is Of.UPDATE:
        statement = say("ai.update", who=speaker.called, what=meaning())
        return _finding(facts, one, "ai.update", Status.ABSENT, statement, Root.UPDATE)
    statement = sentence(facts, one, meaning)
    if speaker.of is not Of.CONTENT:
        # Nothing that it declares is said of this file: it never makes this line pass.
        code = f"{INHERITED[speaker.of]}{meaning.code.removeprefix('ai.')}"
        telling = meaning.code in (*WITH_AI, "ai.unread") or not one.counts
        status = Status.UNKNOWN if telling else Status.ABSENT
        return _finding(facts, one, code, status, statement, Root.INGREDIENT)
    status = Status.PASS if one.counts and meaning.code != "ai.unread" else Status.UNKNOWN
    return _finding(facts, one, meaning.code, status, statement, Root.CLAIM_SIGNATURE)


def sentence(facts: Facts, one: Said, meaning: Meaning) -> Sentence:
    """Who says it of what, and why that does not count where it does not."""
    speaker, doubt = one.speaker, doubt_of(facts, one.speaker)
    if speaker.of is Of.CONTENT:
        end = f".{doubt}" if doubt else ".passed_on" if one.statement.gathered else ""
        if not end and not one.is_of_whole:
            end = f".of_{_WORDS[one.of]}"
        return say(f"ai.own{end}", what=meaning())
    word = f"ai.{_WORDS[speaker.of]}"
    title = one.title or speaker.label
    if doubt:
        return say(f"{word}.broken", title=title, what=meaning())
    end = ".passed_on" if one.statement.gathered else "" if one.is_of_whole else ".of_part"
    if not end and speaker.is_hearsay:
        end = ".doubted"
    return say(f"{word}{end}", who=speaker.called, title=title, what=meaning())


def _finding(facts: Facts, one: Said, code: str, status: Status, statement: Sentence, root: Root) -> Draft:
    return Draft(
        code=code,
        status=status,
        statement=statement,
        source=source_of(facts.first),
        root=root,
        subject=one.speaker.label,
        detail=_detail(one),
    )


_INPUTS: Final = (
    ("c2pa.types.generator.prompt", "prompt"),
    ("c2pa.types.generator.seed", "seed"),
    ("c2pa.types.generator", "program"),
)
"""What went into it, by its data type; all others that are read are models (C2PA 2.2, section 18.17)."""


def meaning_of(one: Said) -> Meaning:
    """What a statement comes to where it is made: beside an edit it speaks of what the edit did."""
    stated = one.statement
    program, written = {"name": stated.software}, {"name": stated.written}
    match stated.carrier:
        case Carrier.DESCRIPTION if stated.means is Told.USED:
            return Meaning(code="ai.used", phrase="ai.that.used.by", facts=written)
        case Carrier.DESCRIPTION if stated.means is Told.GENERATED and (one.is_beginning or not stated.action):
            return Meaning(code="ai.generated", phrase="ai.that.generated.by", facts=written)
        case Carrier.DESCRIPTION:
            return Meaning(code="ai.edited", phrase="ai.that.edited.by", facts=written)
        case Carrier.ADOBE:
            return Meaning(code="ai.generated", phrase="ai.that.generated.by", facts=program)
        case Carrier.CONTENT:
            return Meaning(code="ai.generated", phrase="ai.that.generated.by", facts=written)
        case Carrier.SYSTEM:
            return Meaning(code="ai.used", phrase="ai.that.used.by", facts=written)
        case Carrier.DISCLOSURE:
            named = _disclosed(stated)
            return Meaning(
                code="ai.used", phrase="ai.that.disclosed" if named else "ai.that.used", facts={"named": named}
            )
        case Carrier.AGENT | Carrier.GENERATOR if one.is_beginning and only_generates(stated.software):
            return Meaning(code="ai.generator", phrase="ai.that.generator", facts=program)
        case Carrier.AGENT | Carrier.GENERATOR if one.is_beginning:
            return Meaning(code="ai.used", phrase="ai.that.also_generates", facts=program)
        case Carrier.AGENT | Carrier.GENERATOR:
            return Meaning(code="ai.used", phrase="ai.that.step", facts=program)
        case Carrier.INPUT:
            what = next((words for kind, words in _INPUTS if stated.written.startswith(kind)), "model")
            return Meaning(code="ai.used", phrase=f"ai.that.{what}", facts=program)
        case Carrier.UNREAD if stated.means is not None:
            return Meaning(code="ai.unread", phrase="ai.that.unread.words", facts=written)
        case Carrier.UNREAD:
            return Meaning(code="ai.unread", phrase="ai.that.unread", facts=written)
    return _by_type(one)


def _by_type(one: Said) -> Meaning:
    meaning = SOURCE_TYPES.get(one.kind)
    if meaning is None:
        return Meaning(code="ai.other", phrase="ai.that.other", facts={"name": one.kind})
    action = one.statement.action
    is_edit = bool(action) and action not in (*BEGINNINGS, *MECHANICAL) and one.is_of_whole
    return SOURCE_TYPES["compositeWithTrainedAlgorithmicMedia"] if is_edit and one.kind in WHOLLY else meaning


def _disclosed(stated: AiStatement) -> list[Fact]:
    """The model, the share and the oversight that a disclosure names, as phrases."""
    fields = dict(stated.fields)
    named: list[Fact] = []
    if fields.get("modelName"):
        named.append({"id": "disclosed.model", "name": fields["modelName"]})
    for name, value in fields.items():
        word = _DISCLOSED.get(name.rpartition(".")[2])
        named += [{"id": word, "value": value}] if word else []
    return named


_DISCLOSED: Final = {"contentProportion": "disclosed.share", "humanOversightLevel": "disclosed.oversight"}


def _detail(one: Said) -> dict[str, Json]:
    from provenance.metadata.generators import generator_named

    stated = one.statement
    generator = generator_named(stated.software) if stated.software else ""
    named = {"ingredient": stated.assertion} if stated.carrier is Carrier.INGREDIENT else {"action": stated.action}
    return {
        "digital_source_type": one.kind,
        **one.speaker.detail(),
        "of": str(one.of),
        **({"holds": one.speaker.in_order and not stated.gathered} if one.speaker.of is not Of.CONTENT else {}),
        "carrier": str(stated.carrier),
        "assertion": stated.assertion,
        **named,
        "signal": signal(stated.action, one.kind) if stated.action else "",
        "software": stated.software,
        **({"generator": generator} if generator else {}),
        **({"gathered": True} if stated.gathered else {}),
        **({"fields": dict[str, Json](stated.fields)} if stated.fields else {}),
    }


def reached(facts: Facts) -> list[Manifest]:
    """The active manifest and every one that links lead to: ours, verified, where our own check is there."""
    store = facts.first.store
    if store is None:
        return []
    if facts.own is not None and not facts.own.problem:
        by_label = {manifest.label: manifest for manifest in reversed(store.manifests)}
        return [manifest for label, manifest in reversed(by_label.items()) if label in facts.own.checks]
    manifests = {store.active.label: store.active}
    for step in history.walk(store)[0]:
        if step.manifest is not None:
            manifests.setdefault(step.manifest.label, step.manifest)
    return list(manifests.values())


def _by_engine(facts: Facts) -> Iterator[Said]:
    """The engine's account of actions, where our own check is missing: nothing else of it is read for this line."""
    bound = facts.bound
    for manifest in reached(facts):
        codes = facts.codes_of(manifest)
        broken = any(
            code.kind is Kind.FAILURE and code.code.startswith(("assertion.", "claimSignature.mismatch"))
            for code in codes
        )
        speaker = Speaker(
            label=manifest.label,
            of=Of.CONTENT if bound is not None and manifest.label == bound.label else Of.EARLIER,
            name="",
            standing=Standing.UNESTABLISHED,
            weakest=Standing.LISTED,
            fingerprint="",
            in_order=not broken and (has(codes, "claimSignature.validated") or manifest is not bound),
        )
        for action in manifest.actions:
            if action.digital_source_type:
                stated = AiStatement(
                    carrier=Carrier.ACTION,
                    written=action.digital_source_type,
                    action=action.action,
                    software=action.software_agent or "",
                )
                counts = speaker.in_order and not own_lack(facts)
                yield Said(statement=stated, speaker=speaker, of=_of(stated, speaker), counts=counts)


def may_be_watermarked(manifest: Manifest) -> bool:
    """Whether a manifest speaks of a watermark, or was made by a service that sets one."""
    if any(action.action.startswith("c2pa.watermarked") for action in manifest.actions):
        return True
    if any(label.startswith("c2pa.soft-binding") for label in manifest.assertions):
        return True
    if any("synthid" in (action.description or "").casefold() for action in manifest.actions):
        return True
    names = (manifest.claim_generator, *(action.software_agent or "" for action in manifest.actions))
    return any(word in name.casefold() for name in names for word in ("google", "gemini", "imagen", "deepmind"))


def cut(facts: Facts) -> tuple[str, ...]:
    """What there is that is signed beyond what was looked at, in words; empty where all was."""
    own = facts.own
    if own is None or own.history is None:
        # An engine's account has actions alone.
        lack = own_lack(facts)
        return (lack,) if lack else ()
    found = [*own.history.cut, *(words for stated in own.ai.values() for words in stated.cut)]
    return tuple(dict.fromkeys(found))


def by_label(told: list[Said]) -> Mapping[str, list[Said]]:
    """The statements of each manifest."""
    found: dict[str, list[Said]] = {}
    for one in told:
        found.setdefault(one.speaker.label, []).append(one)
    return found

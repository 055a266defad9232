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
from vouchmark.lines.ai.words import BEGINNINGS, MECHANICAL, SOURCE_TYPES, WHOLLY, Meaning, signal, source_type
from vouchmark.lines.authority import Of, Speaker, Standing
from vouchmark.lines.facts import Draft, Facts, has, own_lack, source_of
from vouchmark.lines.history import line as history
from vouchmark.render.safe import quoted
from vouchmark.report import Json, Root, Status

MAX_SHOWN: Final = 80
"""Code points of a text from the media that a sentence quotes."""

_IN: Final = {
    Of.CONTENT: "It",
    Of.EARLIER: "Of an earlier version it",
    Of.INPUT: "Of something that went into it it",
    Of.PART: "Of a part it",
    Of.UPDATE: "In a later update it",
}
_ABOUT: Final = {
    Of.EARLIER: "of what it was made from ",
    Of.INPUT: "of something that went into it ",
    Of.PART: "of something used in it ",
}
"""Of what a signer speaks who speaks of something else than its own file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One statement, by whom, and of what."""

    statement: AiStatement
    speaker: Speaker
    of: Of
    counts: bool
    """Whether it is established that its signer says this of what it speaks of, and that the signer's word counts."""

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
    own, found = facts.own, list[Said]()
    for speaker in facts.speakers.values():
        stated = own.ai.get(speaker.label)
        found += [_said(facts, one, speaker) for one in (stated.statements if stated is not None else ())]
    found.sort(key=lambda one: authority.ORDER.index(one.speaker.of))
    outright = {one.speaker.label for one in found if _declares_outright(one)}
    # A generator's name adds nothing where its signer declares that AI was used.
    return [one for one in found if one.statement.carrier not in _NAMES or one.speaker.label not in outright]


def _said(facts: Facts, one: AiStatement, speaker: Speaker) -> Said:
    counts = not doubt_of(facts, speaker) and not speaker.is_hearsay and not one.gathered and not own_lack(facts)
    return Said(statement=one, speaker=speaker, of=_of(one, speaker), counts=counts and speaker.of is not Of.UPDATE)


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
    """Why nobody stands for what a signer says, as the second half of a sentence; empty where somebody does."""
    if not speaker.in_order:
        return about.BROKEN
    return about.doubt(facts) if speaker.of is Of.CONTENT else ""


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
        statement = f"Whoever signed a later update ({speaker.who}) declares {meaning.words}."
        return _finding(facts, one, "ai.update", Status.ABSENT, statement, Root.UPDATE)
    root = Root.CLAIM_SIGNATURE if speaker.of is Of.CONTENT else Root.INGREDIENT
    status = Status.PASS if one.counts and meaning.code != "ai.unread" else Status.UNKNOWN
    return _finding(facts, one, meaning.code, status, f"{sentence(facts, one, meaning)}.", root)


def sentence(facts: Facts, one: Said, meaning: Meaning) -> str:
    """Who says it of what, and why that does not count where it does not; without a full stop."""
    speaker = one.speaker
    of_what = "" if one.is_of_whole else _ABOUT.get(one.of, "")
    doubt = doubt_of(facts, speaker)
    if doubt:
        return f"{_IN[speaker.of]} is declared {of_what}{meaning.words}, but {doubt}"
    if one.statement.gathered:
        return f"{authority.WHO[speaker.of]} passes on, without making it its own statement, {of_what}{meaning.words}"
    words = f"{authority.WHO[speaker.of]} declares {of_what}{meaning.words}"
    return f"{words}; but {authority.WHY[speaker.weakest]}" if speaker.is_hearsay else words


def _finding(facts: Facts, one: Said, code: str, status: Status, statement: str, root: Root) -> Draft:
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
    ("c2pa.types.generator.prompt", "a prompt for generating"),
    ("c2pa.types.generator.seed", "a seed for generating"),
    ("c2pa.types.generator", "a generator"),
)
"""What went into it, by its data type; all others that are read are models (C2PA 2.2, section 18.17)."""


def meaning_of(one: Said) -> Meaning:
    """What a statement comes to where it is made: beside an edit it speaks of what the edit did."""
    stated, name = one.statement, quoted(one.statement.software, limit=MAX_SHOWN)
    written = quoted(stated.written, limit=MAX_SHOWN)
    match stated.carrier:
        case Carrier.DESCRIPTION if stated.means is Told.USED:
            return Meaning(code="ai.used", words=f"that AI was used ({written})")
        case Carrier.DESCRIPTION if stated.means is Told.GENERATED and (one.is_beginning or not stated.action):
            return Meaning(code="ai.generated", words=f"that it was generated by AI ({written})")
        case Carrier.DESCRIPTION:
            return Meaning(code="ai.edited", words=f"that parts were made or edited with generative AI ({written})")
        case Carrier.ADOBE:
            return Meaning(code="ai.generated", words=f"that it was generated by AI ({name})")
        case Carrier.CONTENT:
            return Meaning(code="ai.generated", words=f"that it was generated by AI ({written})")
        case Carrier.SYSTEM:
            return Meaning(code="ai.used", words=f"that AI was used ({written})")
        case Carrier.DISCLOSURE:
            return Meaning(code="ai.used", words=f"that AI was used{_model(stated)}")
        case Carrier.AGENT | Carrier.GENERATOR if one.is_beginning and only_generates(stated.software):
            return Meaning(code="ai.generator", words=f"that it was made with {name}, which generates media")
        case Carrier.AGENT | Carrier.GENERATOR if one.is_beginning:
            return Meaning(code="ai.used", words=f"that it was made with {name}, which also generates media")
        case Carrier.AGENT | Carrier.GENERATOR:
            return Meaning(code="ai.used", words=f"that a step was done with {name}, which generates media")
        case Carrier.INPUT:
            what = next((words for kind, words in _INPUTS if stated.written.startswith(kind)), "a model of AI")
            return Meaning(code="ai.used", words=f"that {what} went into it ({name})")
        case Carrier.UNREAD if stated.means is not None:
            return Meaning(code="ai.unread", words=f"something about AI in words that are not read here ({written})")
        case Carrier.UNREAD:
            return Meaning(code="ai.unread", words=f"something not read here that is named as about AI ({written})")
    return _by_type(one)


def _by_type(one: Said) -> Meaning:
    meaning = SOURCE_TYPES.get(one.kind)
    if meaning is None:
        return Meaning(code="ai.other", words=f"the source type {quoted(one.kind, limit=MAX_SHOWN)}")
    action = one.statement.action
    is_edit = bool(action) and action not in (*BEGINNINGS, *MECHANICAL) and one.is_of_whole
    return SOURCE_TYPES["compositeWithTrainedAlgorithmicMedia"] if is_edit and one.kind in WHOLLY else meaning


def _model(stated: AiStatement) -> str:
    """The model and the share that a disclosure names."""
    fields = dict(stated.fields)
    named = [f"model {quoted(fields['modelName'], limit=MAX_SHOWN)}"] if fields.get("modelName") else []
    for name, value in fields.items():
        last = name.rpartition(".")[2]
        if last == "contentProportion":
            named.append(f"share {quoted(value, limit=MAX_SHOWN)}")
        elif last == "humanOversightLevel":
            named.append(f"human oversight {quoted(value, limit=MAX_SHOWN)}")
    return f" ({', '.join(named)})" if named else ""


def _detail(one: Said) -> dict[str, Json]:
    from provenance.metadata.generators import generator_named

    stated = one.statement
    generator = generator_named(stated.software) if stated.software else ""
    named = {"ingredient": stated.assertion} if stated.carrier is Carrier.INGREDIENT else {"action": stated.action}
    return {
        "digital_source_type": one.kind,
        **one.speaker.detail(),
        "of": str(one.of),
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
        return (f"our own check was not made: {lack}",) if lack else ()
    found = [*own.history.cut, *(words for stated in own.ai.values() for words in stated.cut)]
    return tuple(dict.fromkeys(found))


def by_label(told: list[Said]) -> Mapping[str, list[Said]]:
    """The statements of each manifest."""
    found: dict[str, list[Said]] = {}
    for one in told:
        found.setdefault(one.speaker.label, []).append(one)
    return found

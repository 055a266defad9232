"""How does crJSON, c2pa-rs' account of a manifest store, become our model?

Words, numbers and codes are kept; explanations are not: they vary between versions and processes. The one thing that
an explanation decides is whether a "mismatch" was really an input or memory error.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from provenance.credentials.engines.model import (
    Action,
    CertificateInfo,
    Ingredient,
    Kind,
    Manifest,
    Signer,
    Timestamp,
    ValidationCode,
)

_HASH: Final = re.compile(r"assertion\.\w*[Hh]ash\.\w+")
"""Codes over bytes that the engine reads while it validates."""
_IO_ERROR: Final = re.compile(
    r".*, error: (?:(?!, error: ).)*(?:\(os error \d+\)|UntrackedPointer: \w+|out of memory)[\s)]*", re.DOTALL
)
"""What the engine ends an explanation with where reading failed. Only what follows the last `error:` is looked at:
before it stands a name out of the media."""
_ACTIONS: Final = re.compile(r"c2pa\.actions(?:\.v\d+)?(?:__\d+)?")
_INGREDIENT: Final = re.compile(r"c2pa\.ingredient(?:\.v\d+)?(?:__\d+)?")
_LOOKED_INTO: Final = re.compile(r"c2pa\.(?:soft-binding|hash\.bmff)(?:[._].*)?", re.DOTALL)
"""Assertions of which more than that they are there is asked later; actions and ingredients are taken apart here."""
_SUCCESS: Final = re.compile(r".*\.(?:match|validated|trusted|insideValidity|notRevoked|accessible|credential_valid)")
"""Success codes by how they end (C2PA 2.4, section 15.2.1): older ingredients record codes without their kind."""
_ORDER: Final = operator.attrgetter("code", "kind", "url", "io_error")
"""The order of codes, several times faster than comparing them one with another."""
_PREFIX: Final = "self#jumbf=/c2pa/"


def manifests(crjson: Mapping[str, Any]) -> tuple[Manifest, ...]:
    """Every manifest of a crJSON document, in its order: the active one first."""
    return tuple(_manifest(raw) for raw in maps(crjson.get("manifests")))


def all_codes(found: Iterable[Manifest]) -> tuple[ValidationCode, ...]:
    """Every code of this validation with its subject, sorted and without duplicates."""
    codes: set[ValidationCode] = set()
    for manifest in found:
        codes.update(manifest.codes)
        for ingredient in manifest.ingredients:
            codes.update(ingredient.live)
    return in_order(codes)


def in_order(codes: Iterable[ValidationCode]) -> tuple[ValidationCode, ...]:
    """Codes sorted and without duplicates."""
    return tuple(sorted(set(codes), key=_ORDER))


def code(raw: Mapping[str, Any], kind: Kind) -> ValidationCode:
    """One validation code, without its explanation."""
    named = _text(raw.get("code")) or ""
    explained = _text(raw.get("explanation")) or ""
    return ValidationCode(
        code=named,
        kind=kind,
        url=_text(raw.get("url")) or "",
        io_error=bool(_HASH.fullmatch(named) and _IO_ERROR.fullmatch(explained)),
    )


def results(raw: object) -> Iterator[ValidationCode]:
    """The codes of one `success`/`informational`/`failure` object."""
    if isinstance(raw, Mapping):
        for kind in Kind:
            for entry in maps(raw.get(kind.value)):
                yield code(entry, kind)


def statuses(raw: object) -> Iterator[ValidationCode]:
    """The codes of a `validationStatus` list of ingredients before version 3, which may not say of which kind."""
    for entry in maps(raw):
        named = _text(entry.get("code")) or ""
        passed = entry.get("success", bool(_SUCCESS.fullmatch(named)))
        yield code(entry, Kind.SUCCESS if passed is True else Kind.FAILURE)


def certificate(raw: object) -> CertificateInfo | None:
    """What crJSON tells of a certificate; None where it tells nothing."""
    if not isinstance(raw, Mapping):
        return None
    validity = _map(raw.get("validity"))
    return CertificateInfo(
        subject=_strings(raw.get("subject")),
        issuer=_strings(raw.get("issuer")),
        serial=(_text(raw.get("serialNumber")) or "").lower(),
        not_before=_instant(validity.get("notBefore")),
        not_after=_instant(validity.get("notAfter")),
    )


def actions(raw: object) -> Iterator[Action]:
    """The actions of one actions assertion, version 1 or 2."""
    content = _map(raw)
    agents = content.get("softwareAgents")
    for entry in maps(content.get("actions")):
        agent = entry.get("softwareAgent")
        index = entry.get("softwareAgentIndex")
        if agent is None and isinstance(agents, list) and isinstance(index, int) and 0 <= index < len(agents):
            agent = agents[index]
        yield Action(
            action=_text(entry.get("action")) or "",
            when=_text(entry.get("when")),
            software_agent=generator(agent) or None,
            digital_source_type=_text(entry.get("digitalSourceType")),
            description=_text(entry.get("description")),
        )


def generator(raw: object) -> str:
    """`name/version` of a generator or software agent, as written; several are joined by blanks."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, list):
        return " ".join(filter(None, map(generator, raw)))
    info = _map(raw)
    return "/".join(filter(None, (_text(info.get("name")), _text(info.get("version")))))


def manifest_label(url: object) -> str | None:
    """The manifest label that a JUMBF URI leads to; None where it leads to none."""
    if not isinstance(url, str) or not url.startswith(_PREFIX):
        return None
    return url.removeprefix(_PREFIX).partition("/")[0] or None


def is_read(label: str) -> bool:
    """Whether anything in the assertions with that label becomes part of the model."""
    return bool(_ACTIONS.fullmatch(label)) or is_ingredient(label) or is_kept(label)


def is_ingredient(label: str) -> bool:
    """Whether the assertions with that label are ingredients, whatever their version."""
    return bool(_INGREDIENT.fullmatch(label))


def is_kept(label: str) -> bool:
    """Whether the content of the assertions with that label is itself part of the model."""
    return bool(_LOOKED_INTO.fullmatch(label))


def link(name: str, raw: Mapping[str, Any], owner: str) -> tuple[str, str | None]:
    """(JUMBF URI of an assertion, label of the manifest that it names as an ingredient's, where it is one)."""
    return f"{_PREFIX}{owner}/c2pa.assertions/{name}", _target(raw) if is_ingredient(name) else None


def _target(raw: Mapping[str, Any]) -> str | None:
    named = _map(raw.get("activeManifest")) or _map(raw.get("c2pa_manifest"))
    return manifest_label(named.get("url"))


def manifest_of(raw: Mapping[str, Any], *, signer: Signer | None, timestamp: Timestamp | None) -> Manifest:
    """One manifest as crJSON has it, whose signature has been looked at already."""
    label = _text(raw.get("label")) or ""
    version = 2 if "claim.v2" in raw else 1
    claim = _map(raw.get("claim.v2" if version == 2 else "claim"))
    assertions = _map(raw.get("assertions"))
    live = {
        _text(delta.get("ingredientAssertionURI")): in_order(results(delta.get("validationDeltas")))
        for delta in maps(raw.get("ingredientDeltas"))
    }
    redacted = claim.get("redacted_assertions")
    return Manifest(
        label=label,
        claim_version=version,
        is_update=raw.get("isUpdateManifest") is True,
        is_compressed=raw.get("isCompressedManifest") is True,
        title=_text(claim.get("dc:title")),
        format=_text(claim.get("dc:format")),
        instance_id=_text(claim.get("instanceID")),
        claim_generator=_text(claim.get("claim_generator")) or generator(claim.get("claim_generator_info")),
        signer=signer,
        timestamp=timestamp,
        actions=tuple(
            action for name, body in assertions.items() if _ACTIONS.fullmatch(name) for action in actions(body)
        ),
        ingredients=tuple(
            _ingredient(name, _map(body), label, live) for name, body in assertions.items() if is_ingredient(name)
        ),
        assertions={name: body if is_kept(name) else None for name, body in assertions.items()},
        codes=in_order(results(raw.get("validationResults"))),
        redacted=tuple(filter(None, map(_text, redacted))) if isinstance(redacted, list) else (),
    )


def _manifest(raw: Mapping[str, Any]) -> Manifest:
    signature = _map(raw.get("signature"))
    return manifest_of(raw, signer=_signer(signature), timestamp=_timestamp(signature.get("timeStampInfo")))


def _signer(raw: Mapping[str, Any]) -> Signer | None:
    found = certificate(raw.get("certificateInfo"))
    algorithm = (_text(raw.get("algorithm")) or "").lower()
    return Signer(algorithm=algorithm, certificate=found) if found or algorithm else None


def _timestamp(raw: object) -> Timestamp | None:
    info = _map(raw)
    moment = _instant(info.get("timestamp"))
    return None if moment is None else Timestamp(time=moment, authority=certificate(info.get("certificateInfo")))


def _ingredient(
    name: str, raw: Mapping[str, Any], owner: str, live: Mapping[str | None, tuple[ValidationCode, ...]]
) -> Ingredient:
    url = f"{_PREFIX}{owner}/c2pa.assertions/{name}"
    recorded = set(statuses(raw.get("validationStatus")))
    validation = _map(raw.get("validationResults"))
    recorded.update(results(validation.get("activeManifest")))
    for delta in maps(validation.get("ingredientDeltas")):
        recorded.update(results(delta.get("validationDeltas")))
    return Ingredient(
        label=name,
        url=url,
        relationship=_text(raw.get("relationship")) or "",
        title=_text(raw.get("dc:title")),
        format=_text(raw.get("dc:format")),
        manifest=_target(raw),
        recorded=in_order(recorded),
        live=live.get(url, ()),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def maps(value: object) -> Iterator[Mapping[str, Any]]:
    """The maps of a list; nothing where it is none."""
    if isinstance(value, list):
        yield from (entry for entry in value if isinstance(entry, Mapping))


def _strings(value: object) -> dict[str, str]:
    return {key: entry for key, entry in _map(value).items() if isinstance(entry, str)}


def _instant(value: object) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if moment is None:
        return None
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)

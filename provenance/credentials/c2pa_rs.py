"""What does the first engine, c2pa-rs through c2pa-python, read from an asset?

The only module that reads with `c2pa`. Settings are built in one place and keep the engine offline; its crJSON is
turned into our own model, codes verbatim, explanations dropped (they vary between processes).
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from c2pa import C2paError, Context, Reader, sdk_version

from provenance.credentials.model import (
    Action,
    CertificateInfo,
    Ingredient,
    Kind,
    Manifest,
    ManifestStore,
    Outcome,
    Reading,
    Signer,
    State,
    Timestamp,
    ValidationCode,
)
from provenance.credentials.trust_settings import TrustSettings

ENGINE: Final = "c2pa-rs"
MAX_TEXT: Final = 2048
"""Code points kept of any one text of the media; longer ones are cut, as no title or name needs more."""
MAX_MANIFESTS: Final = 512
"""Manifests taken over from one store; real files stay below fifty."""
CONTEXTS: Final = 4
"""Engine contexts kept by a worker: one for each set of lists in use; parsing the lists costs milliseconds."""

IO_WORDS: Final = re.compile(
    r"os error|out of memory|memory allocation|i/o error|broken pipe|unexpected eof", re.IGNORECASE
)
"""How an explanation names an input, output or memory error that says nothing about the asset."""

_ENGINE_TYPES: Final = {"video/iso.segment": "video/mp4"}
"""Types that the engine knows by another name."""


def version() -> str:
    """The engine's own version, for instance `0.91.3`."""
    return str(sdk_version())


def engine_settings(trust: TrustSettings) -> dict[str, Any]:
    """The settings that the engine is given, complete.

    Unknown keys are ignored by the engine without a word, so a test shows that each one here has an effect.
    """
    return {
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
        "core": {"allowed_network_hosts": []},
        "trust": trust.to_engine(),
    }


@lru_cache(maxsize=CONTEXTS)
def _context(trust: TrustSettings) -> Context:
    return Context.from_dict(engine_settings(trust))


def read(data: bytes, media_type: str, *, sidecar: bytes | None = None, trust: TrustSettings | None = None) -> Reading:
    """Read and validate an asset's manifest store.

    Args:
        data: the asset's bytes.
        media_type: as found from its content.
        sidecar: a manifest store kept outside the asset.
        trust: the reader's lists; none where None.

    Returns:
        A reading; never an error for what the asset holds.
    """
    try:
        with Reader(
            _ENGINE_TYPES.get(media_type, media_type),
            io.BytesIO(data),
            sidecar,
            context=_context(trust or TrustSettings()),
        ) as reader:
            return _reading(reader)
    except C2paError as error:
        return _nothing(str(error))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        # The engine's own JSON in a shape that this version does not know.
        return _empty(Outcome.UNPARSABLE, "unexpected-shape")


def _reading(reader: Reader) -> Reading:
    document = json.loads(reader.crjson())
    manifests = tuple(_manifest(raw) for raw in document["manifests"][:MAX_MANIFESTS])
    if not manifests:
        return _empty(Outcome.UNPARSABLE, "no-manifest-in-store")
    codes = sorted({code for m in manifests for code in (*m.codes, *(c for i in m.ingredients for c in i.live))})
    thumbnail, thumbnail_type = _thumbnail(reader, manifests[0])
    store = ManifestStore(
        manifests=manifests,
        embedded=bool(reader.is_embedded()),
        raw=_resource(reader, f"self#jumbf=/c2pa/{manifests[0].label}"),
        thumbnail=thumbnail,
        thumbnail_type=thumbnail_type,
    )
    return Reading(
        engine=ENGINE,
        version=version(),
        outcome=Outcome.FOUND,
        state=State(reader.get_validation_state()),
        store=store,
        codes=tuple(codes),
        remote_url=str(reader.get_remote_url() or ""),
    )


def _resource(reader: Reader, uri: str) -> bytes:
    target = io.BytesIO()
    try:
        reader.resource_to_stream(uri, target)
    except C2paError:
        return b""
    return target.getvalue()


def _thumbnail(reader: Reader, manifest: Manifest) -> tuple[bytes, str]:
    for label, content in manifest.assertions.items():
        if label.startswith("c2pa.thumbnail.claim") and isinstance(content, Mapping):
            data = _resource(reader, str(content.get("identifier", "")))
            if data:
                return data, _text(content.get("format")) or ""
    return b"", ""


_ERRORS: Final = (
    ("ManifestNotFound", "no JUMBF data", Outcome.ABSENT, ""),
    ("Remote", "", Outcome.REMOTE, "remote"),
    ("", "prerelease content", Outcome.UNPARSABLE, "prerelease"),
    ("NotSupported", "", Outcome.UNSUPPORTED, "type"),
    ("", "unsupported asset", Outcome.UNSUPPORTED, "shape"),
    ("", "type is unsupported", Outcome.UNSUPPORTED, "type"),
    ("", "invalid JUMBF", Outcome.UNPARSABLE, "jumbf"),
    ("", "asset could not be parsed", Outcome.UNPARSABLE, "asset"),
    ("", "JumbfParseError", Outcome.UNPARSABLE, "jumbf"),
)
"""How the engine's error texts are read: kind before the colon, words after it."""


def _nothing(text: str) -> Reading:
    """A reading for an asset from which the engine read no store, from its error's text."""
    kind, _, words = text.partition(":")
    if IO_WORDS.search(text):
        return _empty(Outcome.ERROR, "io")
    for wanted, phrase, outcome, reason in _ERRORS:
        if (not wanted or kind.strip().endswith(wanted)) and phrase.lower() in words.lower():
            url = words.rpartition("from url")[2].strip() if outcome is Outcome.REMOTE else ""
            return _empty(outcome, reason, remote_url=url[:MAX_TEXT])
    return _empty(Outcome.UNPARSABLE, "malformed")


def _empty(outcome: Outcome, reason: str, *, remote_url: str = "") -> Reading:
    return Reading(engine=ENGINE, version=version(), outcome=outcome, reason=reason, remote_url=remote_url)


def _manifest(raw: Mapping[str, Any]) -> Manifest:
    claim_version = 2 if "claim.v2" in raw else 1
    claim: Mapping[str, Any] = raw.get("claim.v2") or raw.get("claim") or {}
    assertions: Mapping[str, Any] = raw.get("assertions") or {}
    label = str(raw["label"])
    signature: Mapping[str, Any] = raw.get("signature") or {}
    return Manifest(
        label=label,
        claim_version=claim_version,
        is_update=bool(raw.get("isUpdateManifest")),
        is_compressed=bool(raw.get("isCompressedManifest")),
        title=_text(claim.get("dc:title")),
        format=_text(claim.get("dc:format")),
        instance_id=_text(claim.get("instanceID")),
        claim_generator=_generator(claim),
        signer=_signer(signature),
        timestamp=_timestamp(signature.get("timeStampInfo")),
        actions=tuple(_actions(assertions)),
        ingredients=tuple(_ingredients(label, assertions, raw.get("ingredientDeltas") or ())),
        assertions=assertions,
        codes=tuple(sorted(_codes(raw.get("validationResults")))),
        redacted=tuple(_text(uri) or "" for uri in claim.get("redacted_assertions") or ()),
    )


def _text(value: Any) -> str | None:
    """A text of the media, cut to a length that any title or name stays below; None for anything else."""
    return value[:MAX_TEXT] if isinstance(value, str) else None


def _generator(claim: Mapping[str, Any]) -> str:
    info = claim.get("claim_generator_info")
    entries = [info] if isinstance(info, Mapping) else info if isinstance(info, list) else []
    words = [
        "/".join(part for part in (_text(entry.get("name")), _text(entry.get("version"))) if part)
        for entry in entries
        if isinstance(entry, Mapping)
    ]
    return " ".join(word for word in words if word) or _text(claim.get("claim_generator")) or ""


def _moment(value: Any) -> dt.datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _certificate(raw: Any) -> CertificateInfo | None:
    if not isinstance(raw, Mapping):
        return None
    validity = raw.get("validity") or {}
    return CertificateInfo(
        subject=_names(raw.get("subject")),
        issuer=_names(raw.get("issuer")),
        serial=str(raw.get("serialNumber") or "").lower(),
        not_before=_moment(validity.get("notBefore")),
        not_after=_moment(validity.get("notAfter")),
    )


def _names(raw: Any) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        return {}
    return {str(key): ", ".join(map(str, v)) if isinstance(v, list) else str(v)[:MAX_TEXT] for key, v in raw.items()}


def _signer(signature: Mapping[str, Any]) -> Signer | None:
    if not signature:
        return None
    return Signer(
        algorithm=str(signature.get("algorithm") or "").lower(),
        certificate=_certificate(signature.get("certificateInfo")),
    )


def _timestamp(raw: Any) -> Timestamp | None:
    if not isinstance(raw, Mapping):
        return None
    moment = _moment(raw.get("timestamp"))
    return None if moment is None else Timestamp(time=moment, authority=_certificate(raw.get("certificateInfo")))


def _numbered(assertions: Mapping[str, Any], *stems: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Assertions of some labels, also their further instances (`label__1`) and versions (`label.v2`)."""
    for label, content in assertions.items():
        stem = label.partition("__")[0]
        if stem in stems and isinstance(content, Mapping):
            yield label, content


def _actions(assertions: Mapping[str, Any]) -> Iterator[Action]:
    for _label, content in _numbered(assertions, "c2pa.actions", "c2pa.actions.v2"):
        listed = content.get("actions")
        for raw in listed if isinstance(listed, list) else ():
            if not isinstance(raw, Mapping):
                continue
            agent = raw.get("softwareAgent")
            named = agent.get("name") if isinstance(agent, Mapping) else agent
            parameters = raw.get("parameters")
            yield Action(
                action=_text(raw.get("action")) or "",
                when=_text(raw.get("when")),
                software_agent=_text(named),
                digital_source_type=_text(raw.get("digitalSourceType")),
                description=_text(raw.get("description")),
                parameters=parameters if isinstance(parameters, Mapping) else {},
            )


_INGREDIENTS: Final = ("c2pa.ingredient", "c2pa.ingredient.v2", "c2pa.ingredient.v3")


def _ingredients(owner: str, assertions: Mapping[str, Any], deltas: Any) -> Iterator[Ingredient]:
    live = {str(delta.get("ingredientAssertionURI")): delta.get("validationDeltas") for delta in deltas}
    for label, content in _numbered(assertions, *_INGREDIENTS):
        url = f"self#jumbf=/c2pa/{owner}/c2pa.assertions/{label}"
        link = content.get("activeManifest") or content.get("c2pa_manifest")
        yield Ingredient(
            label=label,
            url=url,
            relationship=_text(content.get("relationship")) or "",
            title=_text(content.get("dc:title")),
            format=_text(content.get("dc:format")),
            manifest=_linked(link),
            recorded=tuple(sorted(_recorded(content))),
            live=tuple(sorted(_codes(live.get(url)))),
        )


def _linked(link: Any) -> str | None:
    """The manifest label in an ingredient's hashed URI (`self#jumbf=/c2pa/LABEL`)."""
    uri = link.get("url") if isinstance(link, Mapping) else None
    if not isinstance(uri, str):
        return None
    return uri.rstrip("/").rpartition("/")[2] or None


def _codes(results: Any) -> set[ValidationCode]:
    """The three lists of a validation result."""
    if not isinstance(results, Mapping):
        return set()
    return {_code(raw, kind) for kind in Kind for raw in results.get(str(kind)) or () if isinstance(raw, Mapping)}


def _code(raw: Mapping[str, Any], kind: Kind) -> ValidationCode:
    explained = str(raw.get("explanation") or "")
    return ValidationCode(
        code=str(raw.get("code") or "")[:MAX_TEXT],
        kind=kind,
        url=str(raw.get("url") or "")[:MAX_TEXT],
        io_error=kind is Kind.FAILURE and IO_WORDS.search(explained) is not None,
    )


_RECORDED_SUCCESS: Final = re.compile(r"\.(match|validated|trusted|insideValidity|notRevoked)$")


def _recorded(content: Mapping[str, Any]) -> set[ValidationCode]:
    """What the ingredient's assertion says was found when it was added: v3 in full, older ones as one flat list."""
    results = content.get("validationResults")
    codes: set[ValidationCode] = set()
    if isinstance(results, Mapping):
        codes |= _codes(results.get("activeManifest"))
        for delta in results.get("ingredientDeltas") or ():
            if isinstance(delta, Mapping):
                codes |= _codes(delta.get("validationDeltas"))
    for raw in content.get("validationStatus") or ():
        if isinstance(raw, Mapping):
            name = str(raw.get("code") or "")
            success = raw.get("success") is True or _RECORDED_SUCCESS.search(name) is not None
            codes.add(_code(raw, Kind.SUCCESS if success else Kind.FAILURE))
    return codes

"""What does encypher-c2pa, a second engine that shares no code with the first, read from the same bytes?

The only module that imports `encypher_c2pa`. Its telemetry is switched off before it is loaded and no call may go
online. With no lists given it judges trust by the snapshot inside its package, which mixes the C2PA lists with other
roots and does not say which one matched: such an answer is a bundled snapshot's, never the official list's.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from provenance.credentials.crjson import reading as crjson
from provenance.credentials.engines.model import ManifestStore, Outcome, Reading, State
from provenance.reasons import Reason

if TYPE_CHECKING:
    from provenance.credentials.trust.lists import TrustSettings

ENGINE: Final = "encypher-c2pa"
SNAPSHOT_DATED: Final = dt.date(2026, 9, 24)
"""The day of the trust lists inside version 1.7.1. The module does not tell it, so that version and day are pinned."""


def load() -> ModuleType:
    """The engine's module, with telemetry and online checks switched off for the whole process.

    Raises:
        ImportError: encypher-c2pa is not installed, or its library does not load.
    """
    os.environ["ENCYPHER_C2PA_TELEMETRY"] = "off"
    os.environ["ENCYPHER_C2PA_ONLINE"] = "off"
    import encypher_c2pa

    return encypher_c2pa


def version() -> str:
    """The engine's version, such as `1.7.1`."""
    return str(load().__version__)


def supported_types() -> frozenset[str]:
    """The types that the engine says it reads."""
    return frozenset(load().supported_mime_types())


def read(
    data: bytes,
    media_type: str,
    *,
    at: dt.datetime | None = None,
    sidecar: bytes | None = None,
    sidecar_wins: bool = True,
    fragments: Sequence[bytes] = (),
    trust: TrustSettings | None = None,
) -> Reading:
    """What encypher-c2pa says of some media.

    Args:
        data: The media (of a fragmented video the initialisation segment).
        media_type: Its type by content; of a text the bytes decide, by what carries its Content Credentials.
        at: The instant at which it judges validity; its own clock where not given.
        sidecar: A manifest store kept outside the media.
        sidecar_wins: Whether the sidecar is read even where the media has a store of its own.
        fragments: Media segments that belong to `data`.
        trust: The reader's anchors, in place of the bundled snapshot. Listed leaf certificates are known here by
            their hash alone, which this engine does not take, so that they vouch for nothing in its answer.

    Returns:
        A reading, whatever the bytes are.

    Raises:
        MemoryError: Not enough memory for this engine to finish.
        ImportError: The engine is not there.
    """
    options = _options(at, trust)
    if fragments:
        options["fragments"] = list(fragments)
    if sidecar is not None and not sidecar_wins:
        own = _read(data, media_type, None, options)
        if own.outcome not in (Outcome.ABSENT, Outcome.REMOTE):
            return own
    return _read(data, media_type, sidecar, options)


def _type_of(data: bytes, media_type: str, *, is_outside: bool) -> str:
    """The type under which the engine is asked: of a text what its bytes say, never what a name says.

    A store outside a text has nothing to be left out of its hash, which this engine demands of unstructured ones.
    """
    from provenance.formats.text import Method, is_text, method_of

    if not is_text(media_type):
        return media_type
    # For each way to put Content Credentials into a text, a type under which this engine looks for them that way alone.
    texts = {Method.PAGE: "text/html", Method.WRAPPER: "text/plain", Method.ARMOUR: "text/markdown"}
    return texts[method_of(data) or (Method.ARMOUR if is_outside else Method.WRAPPER)]


def _options(at: dt.datetime | None, trust: TrustSettings | None) -> dict[str, Any]:
    options: dict[str, Any] = {"online": False}
    if at is not None:
        options["validation_time"] = at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if trust is not None:
        options["no_default_trust"] = True
        lists = {
            "trust_pem": trust.signer_anchors,
            "tsa_trust_pem": trust.tsa_anchors,
            "cawg_trust_pem": trust.cawg_anchors,
        }
        options.update({key: "".join(pem for _name, pem in anchors) for key, anchors in lists.items() if anchors})
    return options


def _read(data: bytes, media_type: str, sidecar: bytes | None, options: Mapping[str, Any]) -> Reading:
    if sidecar == b"":
        return _nothing(Outcome.UNPARSABLE, Reason.SIDECAR)
    if not data:
        return _nothing(Outcome.UNSUPPORTED, Reason.EMPTY)
    engine = load()
    if sidecar is not None:
        options = {**options, "manifest_store": sidecar}
    media_type = _type_of(data, media_type, is_outside=sidecar is not None)
    try:
        report = engine.verify(data, media_type, **options)
    except ValueError as error:
        return _refused(str(error))
    except MemoryError:
        raise
    except BaseException as error:
        # A panic in Rust arrives as an exception outside `Exception`, of a class that has no importable name.
        if type(error).__name__ != "PanicException":
            raise
        return _nothing(Outcome.ERROR, Reason.PANIC)
    return _reading(report, embedded=sidecar is None)


_COMPLAINTS: Final = (
    ("unsupported_mime", Outcome.UNSUPPORTED, Reason.TYPE),
    ("verification_error: verification failed: format extraction failed", Outcome.UNPARSABLE, Reason.ASSET),
)
"""How the engine's complaints begin; everything else is a broken store."""


_NO_REASON: Final[Reason | None] = None
_ITSELF: Final = "self#"
"""How a place within the asset begins; anything else is an address."""


def _refused(complaint: str) -> Reading:
    for beginning, outcome, reason in _COMPLAINTS:
        if complaint.startswith(beginning):
            return _nothing(outcome, reason)
    return _nothing(Outcome.UNPARSABLE, Reason.STORE)


def _nothing(outcome: Outcome, reason: Reason | None) -> Reading:
    return Reading(engine=ENGINE, version=version(), outcome=outcome, reason=reason)


def _reading(report: Mapping[str, Any], *, embedded: bool) -> Reading:
    if not report["present"]:
        return _nothing(Outcome.ABSENT, None)
    told = report.get("manifest_report") or {}
    manifests = crjson.manifests({"manifests": _as_crjson(told, report["validation_results"])})
    direct = crjson.in_order(crjson.results(report["validation_results"]))
    outcome, reason, remote = Outcome.FOUND, _NO_REASON, ""
    if not manifests:
        named = [code.url for code in direct if code.code == "manifest.inaccessible"]
        remote = next((url for url in named if not url.startswith(_ITSELF)), "")
        # It says the same of a file that it cannot parse, and names no address then.
        outcome, reason = (
            (Outcome.REMOTE, None) if remote else (Outcome.UNPARSABLE, Reason.ASSET if named else Reason.STORE)
        )
    trust = report["trust"]
    return Reading(
        engine=ENGINE,
        version=version(),
        outcome=outcome,
        state=State(report["validation_state"]),
        store=ManifestStore(manifests=manifests, embedded=embedded) if manifests else None,
        codes=crjson.in_order((*direct, *crjson.all_codes(manifests))),
        reason=reason,
        remote_url=remote,
        answers={
            "integrity": str(report["integrity"]),
            "signature": str(report["signature"]),
            "hard_binding": str(report["hard_binding"]),
            "trust": str(trust["status"]),
            "trust_basis": str(trust["basis"]),
        },
    )


def _as_crjson(told: Mapping[str, Any], direct: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The engine's account in crJSON's words, the active manifest first, so that one reader makes the model of both."""
    found = told.get("manifests") or {}
    active = told.get("active_manifest")
    deltas = (told.get("validation_results") or {}).get("ingredientDeltas") or []
    ordered = sorted(found, key=lambda label: (label != active, label))
    if not ordered or ordered[0] != active:
        return []
    about, own = _by_manifest(deltas)
    manifests = [_manifest(label, found[label], about.get(label, {}), own.get(label, [])) for label in ordered]
    manifests[0]["validationResults"] = direct
    return manifests


def _manifest(label: str, raw: Mapping[str, Any], about: Mapping[str, list[Any]], deltas: list[Any]) -> dict[str, Any]:
    assertions: dict[str, Any] = {}
    numbers: dict[str, int] = {}
    for entry in raw.get("assertions") or ():
        name, number = entry["label"], numbers.get(entry["label"], 1)
        while name in assertions:
            name, number = f"{entry['label']}__{number}", number + 1
        assertions[name] = entry.get("data")
        numbers[entry["label"]] = number
    signature = raw.get("signature_info") or {}
    information = raw.get("claim_generator_info")
    claim = {
        "dc:title": raw.get("title") or None,
        "instanceID": raw.get("instance_id"),
        "claim_generator_info": information,
    }
    return {
        "label": label,
        # The engine calls every claim version 2. In version 1 this field is a list (C2PA 1.4, section 10.3).
        "claim.v2" if isinstance(information, Mapping) else "claim": claim,
        # An update manifest is the one kind that has no hard binding (C2PA 2.4, section 11.2.2).
        "isUpdateManifest": bool(assertions) and not any(name.startswith("c2pa.hash.") for name in assertions),
        "assertions": assertions,
        "signature": {"algorithm": signature.get("alg"), "certificateInfo": _certificate(signature)},
        "validationResults": about,
        "ingredientDeltas": deltas,
    }


def _by_manifest(deltas: list[Any]) -> tuple[dict[str, dict[str, list[Any]]], dict[str, list[Any]]]:
    """What the ingredient results say about each manifest, wherever they stand, and those that stand in each."""
    about: dict[str, dict[str, list[Any]]] = {}
    own: dict[str, list[Any]] = {}
    for delta in deltas:
        own.setdefault(crjson.manifest_label(delta.get("ingredientAssertionURI")) or "", []).append(delta)
        for kind, entries in (delta.get("validationDeltas") or {}).items():
            for entry in entries:
                label = crjson.manifest_label(entry.get("url")) or ""
                about.setdefault(label, {}).setdefault(kind, []).append(entry)
    return about, own


def _certificate(signature: Mapping[str, Any]) -> dict[str, Any] | None:
    serial = str(signature.get("cert_serial_number") or "")
    if not signature:
        return None
    return {
        "serialNumber": f"{int(serial):x}" if serial.isascii() and serial.isdigit() else serial,
        "issuer": {"O": signature.get("issuer")},
        "subject": {"CN": signature.get("common_name")},
    }

"""Builds engine readings by hand, so that a line can be tested without an engine or a file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from provenance.credentials.binding.base import Match
from provenance.credentials.binding.coverage import Coverage
from provenance.credentials.engines.model import (
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
from provenance.credentials.history.lineage import History, Node
from provenance.credentials.history.manifest_check import ManifestCheck, SignatureState
from provenance.credentials.own_check import OwnCheck
from vouchmark.lines.facts import Facts

AT = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)


def code(name: str, kind: Kind = Kind.FAILURE, url: str = "self#jumbf=/c2pa/active/c2pa.signature") -> ValidationCode:
    return ValidationCode(code=name, kind=kind, url=url)


GOOD = (
    code("claimSignature.validated", Kind.SUCCESS),
    code("claimSignature.insideValidity", Kind.SUCCESS),
    code("assertion.dataHash.match", Kind.SUCCESS, "self#jumbf=/c2pa/active/c2pa.assertions/c2pa.hash.data"),
)
TRUSTED = (*GOOD, code("signingCredential.trusted", Kind.SUCCESS))
UNTRUSTED = (*GOOD, code("signingCredential.untrusted"))


def certificate(organisation: str = "Harbour Press", *, until: int = 2030) -> CertificateInfo:
    return CertificateInfo(
        subject={"O": organisation, "CN": "Desk camera"},
        issuer={"O": "Some Authority"},
        serial="2a",
        not_before=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
        not_after=dt.datetime(until, 1, 1, tzinfo=dt.UTC),
    )


def manifest(label: str = "active", **changes: Any) -> Manifest:
    fields: dict[str, Any] = {
        "label": label,
        "claim_version": 2,
        "is_update": False,
        "is_compressed": False,
        "title": None,
        "format": "image/jpeg",
        "instance_id": None,
        "claim_generator": "desk/1",
        "signer": Signer(algorithm="es256", certificate=certificate()),
        "timestamp": None,
        "actions": (),
        "ingredients": (),
        "assertions": {},
        "codes": UNTRUSTED,
    }
    return Manifest(**(fields | changes))


def reading(*manifests: Manifest, state: State = State.VALID, engine: str = "c2pa-rs", **changes: Any) -> Reading:
    store = ManifestStore(manifests=manifests, embedded=True) if manifests else None
    codes = tuple(sorted({c for m in manifests for c in (*m.codes, *(x for i in m.ingredients for x in i.live))}))
    fields: dict[str, Any] = {
        "engine": engine,
        "version": "1.0",
        "outcome": Outcome.FOUND if manifests else Outcome.ABSENT,
        "state": state if manifests else None,
        "store": store,
        "codes": codes,
    }
    return Reading(**(fields | changes))


def facts(first: Reading, **changes: Any) -> Facts:
    fields: dict[str, Any] = {
        "name": "harbour.jpg",
        "media_type": "image/jpeg",
        "named_type": None,
        "first": first,
        "second": None,
        "at": AT,
    }
    return Facts(**(fields | changes))


def parent(title: str = "before.jpg", **changes: Any) -> Ingredient:
    fields: dict[str, Any] = {
        "label": "c2pa.ingredient.v3",
        "url": "self#jumbf=/c2pa/active/c2pa.assertions/c2pa.ingredient.v3",
        "relationship": "parentOf",
        "title": title,
        "manifest": "older",
    }
    return Ingredient(**(fields | changes))


def created(source: str) -> Action:
    return Action(action="c2pa.created", digital_source_type=f"http://cv.iptc.org/newscodes/digitalsourcetype/{source}")


def stamp(year: int = 2025) -> Timestamp:
    return Timestamp(time=dt.datetime(year, 5, 1, 12, tzinfo=dt.UTC), authority=certificate("Clockwork"))


def covered(**changes: Any) -> Coverage:
    """A data hash over all of a picture, which matches."""
    fields: dict[str, Any] = {
        "manifest": "active",
        "binding": "c2pa.hash.data",
        "match": Match.MATCH,
        "codes": ("assertion.dataHash.match", "integrity.coverage.full"),
        "format": "jpeg",
        "size": 100,
        "covered": 90,
        "media": 80,
        "media_covered": 80,
        "excluded": (),
        "totals": (("manifest", 10),),
        "excluded_names": (),
    }
    return Coverage(**(fields | changes))


def own_check(*, signature: SignatureState = SignatureState.VALID, **changes: Any) -> OwnCheck:
    """Our own check of one manifest called `active`, of which all holds."""
    check = ManifestCheck(
        label="active",
        signature=signature,
        codes=("claimSignature.validated",) if signature is SignatureState.VALID else (),
        verified=(),
        changed=(),
        absent=(),
        undeclared=(),
        sign1=None,
        source_types=frozenset(),
        actions=(),
    )
    root = Node(
        link=None,
        check=check,
        outcome="intact",
        reasons=(),
        depth=0,
        is_update=False,
        title="",
        generator="",
        thumbnail=None,
        is_repeated=False,
    )
    fields: dict[str, Any] = {
        "problem": "",
        "active": "active",
        "bound": "active",
        "checks": {"active": check},
        "coverage": covered(),
        "history": History(root=root, unreferenced=(), redactions=()),
    }
    return OwnCheck(**(fields | changes))

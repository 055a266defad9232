"""How do tests get trust lists in every public form?"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from tests.support.authority import Identity

TRUSTED = "http://c2pa.org/conformance/trust-list/trusted"
UNTRUSTED = "http://c2pa.org/conformance/trust-list/untrusted"


def lote(
    *certificates: Identity,
    scheme: str = "C2PA Trust List",
    issued: str = "2026-08-05T00:11:39Z",
    sequence: int = 1,
    withdrawn: Sequence[Identity] = (),
) -> bytes:
    """A list of trusted entities as the C2PA publishes it (ETSI TS 119 602 with its extensions)."""
    entities = [_entity(item, TRUSTED) for item in certificates] + [_entity(item, UNTRUSTED) for item in withdrawn]
    about = {
        "LoTEVersionIdentifier": 1,
        "LoTESequenceNumber": sequence,
        "SchemeName": [{"lang": "en", "value": scheme}],
        "ListIssueDateTime": issued,
        "NextUpdate": "2027-08-05T00:11:39Z",
    }
    return json.dumps({"LoTE": {"ListAndSchemeInformation": about, "TrustedEntitiesList": entities}}).encode()


def _entity(identity: Identity, status: str) -> dict[str, Any]:
    value = base64.b64encode(identity.der).decode()
    service = {
        "ServiceName": [{"lang": "en", "value": "a root"}],
        "ServiceDigitalIdentity": {"X509Certificates": [{"val": value}]},
        "ServiceStatus": status,
        "StatusStartingTime": "2026-01-01T00:00:00Z",
    }
    return {
        "TrustedEntityInformation": {"TEName": [{"lang": "en", "value": "somebody"}]},
        "TrustedEntityServices": [{"ServiceInformation": service}],
    }


def product(
    organization: str = "Test Camera",
    common_name: str = "Camera 1",
    *,
    level: int = 1,
    disallowed: Sequence[str] = (),
    kind: str = "generatorProduct",
    status: str = "conformant",
    modified: str = "2026-08-20",
) -> dict[str, Any]:
    """One record of a conforming products list."""
    about: dict[str, Any] = {"productType": kind, "DN": {"CN": common_name, "O": organization, "C": "CH"}}
    if kind == "generatorProduct":
        about |= {"assurance": {"maxAssuranceLevel": level}, "disallowedSignals": {"inception": list(disallowed)}}
    dates = {"creation": "2026-01-01", "lastModification": modified}
    return {"recordId": f"record of {common_name}", "status": status, "product": about, "dates": dates}


def products_list(*records: dict[str, Any]) -> bytes:
    """A conforming products list."""
    return json.dumps(records or [product()]).encode()

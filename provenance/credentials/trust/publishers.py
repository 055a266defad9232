"""Who is on IPTC's list of verified news publishers, in the two forms in which it is published?

A PEM file of the publishers' own certificates (`formats.py` reads it like any other), and a JSON file that names them:
version 0.1 of the format at iptc.org/verified-news-publishers-list/trust-list-format.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final

from provenance.errors import ProvenanceError

VERSION: Final = "0.1"
"""Of the format; another one is refused, as it may say other things in the same words."""
MAX_ENTITIES: Final = 10_000
"""Publishers in one list; there were ten in 2026."""
_DIGEST: Final = 32
"""Bytes of a SHA-256."""


class PublishersError(ProvenanceError, ValueError):
    """The file is not of this form."""

    hint = "name a publisher of 'vouchmark trust update --help'"


def is_list(value: Any) -> bool:
    """Whether parsed JSON looks like the list."""
    return isinstance(value, Mapping) and "entities" in value and "LoTE" not in value


def split(value: Mapping[str, Any]) -> tuple[list[bytes], list[str], dt.datetime]:
    """(certificates, DER; SHA-256 of others, lower-case hex; when it was last changed). Raises PublishersError."""
    if value.get("version") != VERSION:
        raise PublishersError(f"got a list of publishers of version {str(value.get('version'))[:20]!r}")
    entities = value["entities"]
    if not isinstance(entities, list) or not 0 < len(entities) <= MAX_ENTITIES:
        raise PublishersError(f"expected 1 to {MAX_ENTITIES} publishers")
    certificates, digests = list[bytes](), list[str]()
    for number, entity in enumerate(entities):
        for key in _keys(entity, f"entities[{number}]"):
            written, digest = key.get("x5c"), key.get("x5t#S256")
            if isinstance(written, list) and written:
                certificates.append(_decoded(written[0], f"entities[{number}]"))
            elif isinstance(digest, str):
                digests.append(_digest(digest, f"entities[{number}]"))
            else:
                raise PublishersError(f"entities[{number}]: a key with neither a certificate nor its SHA-256")
    return certificates, digests, _changed(value.get("last_updated"))


def _keys(entity: Any, where: str) -> Iterator[Mapping[str, Any]]:
    """The JSON Web Keys of one publisher (RFC 7517, section 4)."""
    jwks = entity.get("jwks") if isinstance(entity, Mapping) else None
    keys = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(keys, list) or not all(isinstance(key, Mapping) for key in keys):
        raise PublishersError(f"{where}: expected jwks with keys")
    yield from keys


def _decoded(text: Any, where: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (AttributeError, binascii.Error, ValueError) as error:
        raise PublishersError(f"{where}: x5c is no base64") from error


def _digest(text: str, where: str) -> str:
    """`x5t#S256`, base64url without padding (RFC 7517, section 4.9)."""
    try:
        found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise PublishersError(f"{where}: x5t#S256 is no base64url") from error
    if len(found) != _DIGEST:
        raise PublishersError(f"{where}: x5t#S256 is no SHA-256")
    return found.hex()


def _changed(text: Any) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(text)
        return found.astimezone(dt.UTC) if found.tzinfo else found.replace(tzinfo=dt.UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise PublishersError(f"got last_updated {str(text)[:40]!r}, expected an RFC 3339 instant") from error

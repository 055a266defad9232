"""To what does a JUMBF URI lead, and which digest must that have?

Hashed URIs are how a claim names assertions, and an assertion whatever else it speaks of (C2PA 2.4, sections 8.2.1 and
8.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provenance.credentials.errors import MalformedCredentialsError
from provenance.credentials.store.boxes import MAX_LABEL_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedUri:
    """A reference with the digest of what it refers to (C2PA 2.4, section 8.3)."""

    url: str
    algorithm: str
    """Empty where the reference names none: then the claim's own algorithm counts."""
    hash: bytes


def hashed_uri(value: object, *, what: str) -> HashedUri:
    """A decoded hashed-URI map as a value. Raises MalformedCredentialsError."""
    if not isinstance(value, Mapping):
        raise MalformedCredentialsError(f"got {type(value).__name__}, expected a hashed URI in {what}")
    url, algorithm, stored = value.get("url"), value.get("alg", ""), value.get("hash")
    if isinstance(stored, str):
        stored = _from_base64(stored, what=what)
    if not isinstance(url, str) or not isinstance(stored, bytes) or not isinstance(algorithm, str | None):
        raise MalformedCredentialsError(f"got a hashed URI without url and hash in {what}")
    return HashedUri(url=url, algorithm=algorithm or "", hash=stored)


def _from_base64(text: str, *, what: str) -> bytes:
    import base64
    import binascii

    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedCredentialsError(f"got a hash that is no base64 in {what}") from error


def split_uri(url: str, *, manifest: str) -> tuple[str, tuple[str, ...]]:
    """A JUMBF URI as (manifest label, path inside it); relative ones belong to `manifest`.

    `self#jumbf=/c2pa/LABEL/c2pa.assertions/NAME` and `self#jumbf=c2pa.assertions/NAME` (C2PA 2.4, section 8.2.1).
    Raises MalformedCredentialsError.
    """
    prefix, found, path = url.partition("self#jumbf=")
    if prefix or not found or len(url) > 4 * MAX_LABEL_BYTES:
        raise MalformedCredentialsError("got a URI that is not self#jumbf=…")
    # Some writers leave out the slash in front of the store's label.
    if not path.startswith(("/", "c2pa/")):
        return manifest, tuple(path.split("/"))
    parts = path.removeprefix("/").split("/")
    if len(parts) < 2 or parts[0] != "c2pa":
        raise MalformedCredentialsError("got an absolute JUMBF URI that does not start with /c2pa/LABEL")
    return parts[1], tuple(parts[2:])

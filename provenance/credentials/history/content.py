"""What does an assertion hold, decoded, and in which words is it said that one was not read?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from provenance.credentials.errors import CredentialsError
from provenance.credentials.store.jumbf import Assertion
from provenance.nesting import loads

MAX_JSON_BYTES: Final = 1024 * 1024
"""Bytes of one assertion in JSON; real ones have a few KiB."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("got a name twice")
    return found


def content_of(assertion: Assertion) -> Mapping[str, Any] | None:
    """The decoded assertion; None where it is no map, cannot be read, or is larger or nested deeper than is read."""
    if assertion.kind == "cbor":
        try:
            return assertion.map()
        except CredentialsError:
            return None
    if assertion.kind != "json" or len(assertion.data) > MAX_JSON_BYTES:
        return None
    try:
        value = loads(bytes(assertion.data).decode("utf-8"), object_pairs_hook=_unique)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def unread(assertion: Assertion) -> str:
    """What an assertion is that was not read."""
    if assertion.kind == "json" and len(assertion.data) > MAX_JSON_BYTES:
        return f"an assertion of more than {MAX_JSON_BYTES:,} bytes"
    return "an assertion that cannot be read"

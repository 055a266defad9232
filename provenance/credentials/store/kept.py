"""Which data boxes and credentials of a manifest does something signed cover?

Older claims keep data and verifiable credentials in stores of their own, beside the assertions (C2PA 2.1, sections
11.1.4.6 and 18.20): what the claim covers covers them in turn, by hashed URIs, and nothing else does.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from provenance.credentials.errors import CredentialsError, MalformedCredentialsError, UnsupportedCredentialsError
from provenance.credentials.store.boxes import digest
from provenance.credentials.store.jumbf import Assertion, RawManifest
from provenance.credentials.store.uris import HashedUri, hashed_uri, split_uri

DATA_BOXES: Final = "c2pa.databoxes"
CREDENTIALS: Final = "c2pa.credentials"
MAX_LINK_DEPTH: Final = 32
"""Nested containers in which references are looked for: as deep as CBOR is read."""
MAX_JSON_REFERENCE: Final = 4_096
"""Characters of a reference in JSON, which has no objects inside: a hash in decimal numbers takes some 250."""

_MARKS: Final = (DATA_BOXES.encode(), CREDENTIALS.encode())
_FLAT: Final = re.compile(rb"\{[^{}]{1,%d}\}" % MAX_JSON_REFERENCE)


@dataclass(slots=True)
class Kept:
    """What checking the references found."""

    held: set[str] = field(default_factory=set)
    """`c2pa.databoxes/LABEL` and `c2pa.credentials/LABEL` of those whose digest is the signed one."""
    held_inside: set[str] = field(default_factory=set)
    """The same of those whose payload alone was hashed (Photoshop of 2022): what stands around it is left open."""
    changed: list[str] = field(default_factory=list)
    """Labels of data boxes that are there with other bytes than is signed."""
    absent: list[str] = field(default_factory=list)
    """Labels of data boxes that are not there."""
    is_unsupported: bool = False
    """Whether a digest was of a kind that is not computed here."""


def _links(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Every hashed URI to one of the two stores in decoded CBOR."""
    if depth > MAX_LINK_DEPTH:
        return
    if isinstance(value, Mapping):
        url = value.get("url")
        if isinstance(url, str) and "hash" in value and (f"{DATA_BOXES}/" in url or f"{CREDENTIALS}/" in url):
            yield value
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        yield from _links(inner, depth + 1)


def _json_links(data: bytes) -> Iterator[Mapping[str, Any]]:
    """The same in JSON: a reference is an object without objects in it, so that the rest need not be decoded."""
    for match in _FLAT.finditer(data):
        if any(mark in match[0] for mark in _MARKS):
            try:
                yield from _links(json.loads(match[0]))
            except (ValueError, RecursionError):
                continue


def _all_links(manifest: RawManifest, verified: Sequence[Assertion]) -> Iterator[Mapping[str, Any]]:
    if any(mark in manifest.claim_bytes for mark in _MARKS):
        yield from _links(manifest.claim)
    for assertion in verified:
        data = bytes(assertion.data) if assertion.kind in ("cbor", "json") else b""
        if not any(mark in data for mark in _MARKS):
            continue
        if assertion.kind == "json":
            yield from _json_links(data)
        else:
            try:
                yield from _links(assertion.map())
            except CredentialsError:
                continue


def _reference(value: Mapping[str, Any], manifest: RawManifest) -> tuple[HashedUri, str, str] | None:
    """(reference, store, label); None where it leads elsewhere, or is none."""
    stored = value.get("hash")
    try:
        if isinstance(stored, list):
            # JSON has no byte strings, and c2pa-rs writes numbers.
            value = {**value, "hash": bytes(stored)}
        reference = hashed_uri(value, what="what is kept beside assertions")
        owner, path = split_uri(reference.url, manifest=manifest.label)
    except (MalformedCredentialsError, ValueError, TypeError):
        return None
    if owner != manifest.label or len(path) != 2 or path[0] not in (DATA_BOXES, CREDENTIALS):
        return None
    return reference, *path


def check_kept(manifest: RawManifest, verified: Sequence[Assertion]) -> Kept:
    """Hold what is kept beside assertions against the claim and the verified assertions that refer to it."""
    found, digests = Kept(), dict[tuple[str, str, str], tuple[bytes, ...]]()
    for value in _all_links(manifest, verified):
        named = _reference(value, manifest)
        if named is None:
            continue
        reference, store, label = named
        box = manifest.data_box(label) if store == DATA_BOXES else manifest.credential(label)
        if box is None:
            found.absent += [label] if store == DATA_BOXES else []
            continue
        key = store, label, reference.algorithm or manifest.algorithm
        try:
            if key not in digests:
                # Writers hash the superbox's content, as for assertions, or the payload alone.
                digests[key] = tuple(digest(key[2], one) for one in (box.content, box.data))
        except UnsupportedCredentialsError:
            found.is_unsupported = True
            continue
        of_content, of_data = (hmac.compare_digest(own, reference.hash) for own in digests[key])
        if of_content:
            found.held.add(f"{store}/{label}")
        elif of_data:
            found.held_inside.add(f"{store}/{label}")
        elif store == DATA_BOXES:
            found.changed.append(label)
    return found

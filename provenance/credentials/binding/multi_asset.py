"""A file made of several assets in a row: which parts are here, and do those match their own hashes?

Phones append gain maps and short films to a JPEG; services strip them. `c2pa.hash.multi-asset` (C2PA 2.4, section
9.2.5) hashes each part by itself and says which may be missing. It is asked only where the hash over the whole file
does not match; nothing may lie between or after the parts.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from provenance.credentials.binding.base import (
    Match,
    Runs,
    complement,
    digest_runs,
    entries,
    name_of,
    some_bytes,
    whole,
)
from provenance.credentials.binding.fields import check_fields
from provenance.credentials.errors import (
    CredentialsLimitError,
    MalformedCredentialsError,
    UnsupportedCredentialsError,
)
from provenance.credentials.store.boxes import digest
from provenance.credentials.store.jumbf import Assertion
from provenance.credentials.store.uris import hashed_uri, split_uri
from provenance.formats.parts import Kind, Layout, join
from provenance.formats.pictures.mpf import NAMES

LABEL: Final = "c2pa.hash.multi-asset"
MAX_PARTS: Final = 1_000
"""Parts of one file; phones make two to four."""
MAX_TRIED: Final = 8
"""How often each byte may be hashed in the search for parts that are still there: for every optional part that is gone,
what follows it is tried in its place."""
_RUN: Final = 512
"""Bytes that are hashed in the time that one exclusion takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The outcome over all parts."""

    match: Match
    covered: Runs = ()
    left_out: Runs = ()
    """The ranges within parts that their hashes leave out."""
    missing: int = 0
    """Optional parts that are not there any more."""
    lacks_required: bool = False
    """A part that may not be missing is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hash:
    excluded: Runs
    named: Runs
    """The same as the signer names them, one by one."""
    last: int
    """Where the last exclusion ends."""
    algorithm: str
    expected: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    length: int
    hash: _Hash
    is_optional: bool


def _parts(content: Mapping[str, Any], verified: Sequence[Assertion], *, manifest: str, algorithm: str) -> list[_Part]:
    """The parts in order; they must follow each other from the file's start. Raises MalformedCredentialsError."""
    check_fields(content, LABEL)
    listed = entries(content.get("parts"), what="parts")
    if not listed:
        raise MalformedCredentialsError("got no parts")
    if len(listed) > MAX_PARTS:
        raise CredentialsLimitError(f"got {len(listed)} parts, expected at most {MAX_PARTS}")
    by_label, found, position = {one.label: one for one in verified}, list[_Part](), 0
    read: dict[tuple[str, str], tuple[bytes, _Hash]] = {}
    for entry in listed:
        location = entry.get("location")
        if not isinstance(location, Mapping):
            raise MalformedCredentialsError("got a part without a location")
        if "byteOffset" not in location:
            raise UnsupportedCredentialsError("got a part that is named by its box")
        start = whole(location.get("byteOffset"), what="a part's offset")
        length = whole(location.get("length"), what="a part's length")
        if start != position or length == 0:
            raise MalformedCredentialsError("got parts with a gap, an overlap or no length")
        position = start + length
        reference = hashed_uri(entry.get("hashAssertion"), what="a part")
        owner, path = split_uri(reference.url, manifest=manifest)
        assertion = by_label.get(path[-1]) if owner == manifest and len(path) == 2 else None
        if assertion is None or assertion.base_label != "c2pa.hash.data.part":
            raise MalformedCredentialsError("got a part whose hash the claim does not cover")
        key = assertion.label, reference.algorithm or algorithm
        if key not in read:
            part = assertion.map()
            check_fields(part, assertion.base_label)
            read[key] = digest(key[1], assertion.content), _hash(part, algorithm)
        own, hashed = read[key]
        if not hmac.compare_digest(own, reference.hash):
            raise MalformedCredentialsError("got a part whose hash assertion is another one")
        found.append(_Part(length=length, hash=hashed, is_optional=entry.get("optional") is True))
    return found


def _hash(content: Mapping[str, Any], algorithm: str) -> _Hash:
    """The hash of one part. Raises MalformedCredentialsError, CredentialsLimitError."""
    ranges = [
        (whole(e.get("start"), what="an exclusion's start"), whole(e.get("length"), what="an exclusion's length"))
        for e in entries(content.get("exclusions"), what="exclusions")
    ]
    return _Hash(
        excluded=join((start, start + length) for start, length in ranges),
        named=tuple(sorted((start, start + length) for start, length in ranges)),
        last=max((start + length for start, length in ranges), default=0),
        algorithm=name_of(content.get("alg"), algorithm),
        expected=some_bytes(content.get("hash"), what="a part's hash"),
    )


def _holds(part: _Part, start: int, data: bytes) -> tuple[Runs, Runs] | None:
    """What of the file a part's hash covers and leaves out, where it matches; exclusions count from its start."""
    if part.hash.last > part.length:
        return None
    inside = complement(part.hash.excluded, part.length)
    covered = tuple((start + first, start + last) for first, last in inside)
    own = digest_runs(part.hash.algorithm, data, covered)
    if not hmac.compare_digest(own, part.hash.expected):
        return None
    return covered, tuple((start + first, start + last) for first, last in part.hash.named)


def check_parts(
    content: Mapping[str, Any],
    verified: Sequence[Assertion],
    data: bytes,
    layout: Layout,
    *,
    manifest: str,
    algorithm: str,
) -> Parts:
    """A multi-asset hash against a file from which optional parts may be gone.

    What is shown has to be what was shown: where a part is gone, neither the picture nor what its table names may be
    one that lay behind that part, and the picture must be there to its end.

    Args:
        content: the `c2pa.hash.multi-asset` assertion.
        verified: the assertions of that manifest that its claim covers.
        data: the whole file.
        layout: its own parts as a file, as it is now.
        manifest: the manifest's label.
        algorithm: its claim's hash algorithm.

    Raises:
        MalformedCredentialsError: the parts contradict the rules.
        UnsupportedCredentialsError: parts named by BMFF boxes.
        CredentialsLimitError: more parts than are tried.
    """
    position, covered, left_out, missing, moved = 0, list[tuple[int, int]](), list[tuple[int, int]](), 0, len(data)
    left = MAX_TRIED * (len(data) + MAX_PARTS * _RUN)
    for part in _parts(content, verified, manifest=manifest, algorithm=algorithm):
        is_here = position + part.length <= len(data)
        left -= (part.length + _RUN * len(part.hash.named)) * is_here
        if left < 0:
            raise CredentialsLimitError(f"got parts that would have to be hashed more than {MAX_TRIED} times")
        held = _holds(part, position, data) if is_here else None
        if held is not None:
            covered += held[0]
            left_out += held[1]
            position += part.length
        elif part.is_optional:
            missing += 1
            moved = min(moved, position)
        else:
            return Parts(match=Match.MISMATCH, lacks_required=not is_here)
    is_another = any(region.end > moved for region in layout.of_kind(Kind.MEDIA)) or any(
        region.start >= moved and region.name == NAMES["MPF"] for region in layout.pointers
    )
    if position != len(data) or is_another or not layout.complete:
        return Parts(match=Match.MISMATCH)
    return Parts(match=Match.MATCH, covered=join(covered), left_out=tuple(left_out), missing=missing)

"""Which second readings of a file count, given what its hard binding covers?

A part that the format declares is no second reading where it lies within what is hashed: the signer saw it as what it
is. So are files that signed statements carry (an icon, a thumbnail) within the manifest store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from provenance.credentials.binding import Match, Runs, complement, intersect
from provenance.credentials.coverage import MAX_NAMED, Coverage
from provenance.credentials.errors import CredentialsError, CredentialsLimitError
from provenance.credentials.jumbf import Assertion, RawStore
from provenance.credentials.kept import DATA_BOXES
from provenance.credentials.manifest_check import ManifestCheck
from provenance.credentials.multi_asset import LABEL, MAX_PARTS
from provenance.formats import read_layout
from provenance.formats.parts import Layout, join
from provenance.readings.model import inside
from provenance.second_reading import Declared, SecondReading, declared_parts, second_readings

MAX_CONTENTS: Final = 64
"""Files and texts of the store that are looked for in the media file, where something is found there; each search costs
the store's length."""
EMBEDDED: Final = "embedded"
"""The kind of assertions that are files (C2PA 2.4, section 8.3)."""
STATEMENTS: Final = ("cbor", "json")
"""The kinds that are words."""
CLAIM: Final = "claim"
SEGMENT: Final = "video/iso.segment"


def readings_of(
    data: bytes,
    media_type: str,
    layout: Layout,
    coverage: Coverage,
    *,
    bound: ManifestCheck | None,
    store: RawStore,
    checks: Mapping[str, ManifestCheck],
) -> tuple[SecondReading, ...]:
    """The second readings of a file that count.

    Args:
        data: the whole file.
        media_type: as recognised from the content.
        layout: its parts.
        coverage: what the hard binding covers.
        bound: the manifest that carries the binding; None where none does.
        store: the store that was read.
        checks: its manifests that were reached, by label.
    """
    hashed = _hashed(layout, coverage)
    said = declared_parts(data, layout)
    # Where parts are gone, those that are left have moved; all that is here is one of them.
    parts = hashed if "assertion.multiAssetHash.match" in coverage.codes else _parts(bound.verified if bound else ())
    media = join((*said.media, *parts))
    declared = Declared(files=intersect(said.files, hashed), media=intersect(media, hashed))
    found = second_readings(data, media_type, layout, declared=declared)
    runs = layout.manifest_runs()
    if not any(inside(one.start, runs) for one in found):
        return found
    files = join((*declared.files, *_places(data, runs, _signed(store, checks, EMBEDDED))))
    texts = join(_places(data, runs, _signed(store, checks, CLAIM, *STATEMENTS)))
    declared = Declared(files=files, texts=texts, media=declared.media)
    return second_readings(data, media_type, layout, declared=declared)


def readings_in(fragments: Sequence[bytes]) -> Iterator[SecondReading]:
    """The second readings of the other files of a stream, which declare no parts; one of each type a file."""
    for number, data in enumerate(fragments, start=1):
        try:
            found = second_readings(data, SEGMENT, read_layout(data), declared=Declared())
        except CredentialsLimitError:
            # More parts than any real file has: its binding could not be computed either.
            continue
        yield from (replace(one, fragment=number) for one in found)


def _hashed(layout: Layout, coverage: Coverage) -> Runs:
    """What the binding covers; nothing where it does not hold, or too much is outside it to be listed."""
    if coverage.match is not Match.MATCH or len(coverage.excluded) >= MAX_NAMED:
        return ()
    outside = [(one.start, one.end) for one in coverage.excluded]
    return complement(join((*outside, *layout.manifest_runs())), layout.size)


def _parts(verified: Iterable[Assertion]) -> Iterator[tuple[int, int]]:
    """The parts of a multi-asset hash behind the first (C2PA 2.4, section 9.2.5)."""
    for assertion in verified:
        if assertion.label != LABEL:
            continue
        try:
            parts = assertion.map().get("parts")
        except CredentialsError:
            continue
        for part in parts[1:MAX_PARTS] if isinstance(parts, list) else ():
            location = part.get("location") if isinstance(part, Mapping) else None
            start, size = (location.get(key) for key in ("byteOffset", "length")) if location else (None, None)
            if isinstance(start, int) and isinstance(size, int) and start > 0 and size > 0:
                yield start, start + size


def _signed(store: RawStore, checks: Mapping[str, ManifestCheck], *kinds: str) -> Iterator[bytes]:
    """What intact manifests carry of some kinds: the claim, assertions that it covers, data that those refer to."""
    for label, check in checks.items():
        manifest = store.manifest(label)
        if manifest is None or not check.is_intact:
            continue
        # Names in certificates are words too; what of a signature is unsigned is looked at for itself.
        found = [manifest.claim_bytes, manifest.signature] if CLAIM in kinds else []
        found += [bytes(one.data) for one in check.verified if one.kind in kinds]
        if EMBEDDED in kinds:
            found += [bytes(one.data) for one in manifest.data_boxes if f"{DATA_BOXES}/{one.label}" in check.held]
        yield from (one for one in found if one)


def _places(data: bytes, runs: Runs, contents: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    """Where those lie in the manifest, as far as they lie there in one piece."""
    for content in islice(contents, MAX_CONTENTS):
        for start, end in runs:
            at = data.find(content, start, end)
            if at >= 0:
                yield at, at + len(content)
                break

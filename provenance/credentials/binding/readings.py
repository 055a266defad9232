"""Which second readings of a file count, given what its hard binding covers?

A part that the format declares is no second reading where it lies within what is hashed: the signer saw it as what it
is. Within the manifest store only what the signer of the content signed may speak of tags: words, and drawings that are
such. Whoever adds an update manifest may be a stranger, and what readers find anywhere counts there as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from provenance.credentials.binding.base import Match, Runs, complement, intersect
from provenance.credentials.binding.coverage import MAX_NAMED, Coverage
from provenance.credentials.binding.multi_asset import LABEL, MAX_PARTS
from provenance.credentials.errors import CredentialsError, CredentialsLimitError
from provenance.credentials.history.lineage import History, LinkState
from provenance.credentials.history.manifest_check import ManifestCheck
from provenance.credentials.store.jumbf import Assertion, RawStore
from provenance.credentials.store.kept import DATA_BOXES
from provenance.formats import read_layout
from provenance.formats.parts import Layout, join
from provenance.media_type import recognise
from provenance.readings.model import inside
from provenance.readings.second_reading import Declared, SecondReading, declared_parts, second_readings

MAX_CONTENTS: Final = 64
"""Files and texts of the store that are looked for in the media file, where something is found there; each search costs
the store's length."""
EMBEDDED: Final = "embedded"
"""The kind of assertions that are files (C2PA 2.4, section 8.3)."""
DRAWING: Final = "image/svg+xml"
"""The one type of icons and thumbnails that is written in tags."""
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
    history: History,
) -> tuple[SecondReading, ...]:
    """The second readings of a file that count.

    Args:
        data: the whole file.
        media_type: as recognised from the content.
        layout: its parts.
        coverage: what the hard binding covers.
        bound: the manifest that carries the binding; None where none does.
        store: the store that was read.
        history: its manifests, and which links lead to them.
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
    checks = _of_signer(bound, history)
    texts = join(_places(data, runs, _signed(store, checks, CLAIM, *STATEMENTS)))
    drawings = join(_places(data, runs, _signed(store, checks, EMBEDDED)))
    return second_readings(data, media_type, layout, declared=replace(declared, texts=texts, drawings=drawings))


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


def _of_signer(bound: ManifestCheck | None, history: History) -> tuple[ManifestCheck, ...]:
    """The manifests that speak for who signed the content: the bound one, those that its links hash, one after the
    other, and updates that are signed with its certificate."""
    if bound is None:
        return ()
    nodes = [node for node in history.root.walk() if node.check is not None]
    checks = {node.check.label: node.check for node in nodes if node.check is not None}
    below: dict[str, list[str]] = {}
    for node in nodes:
        if node.link is not None and node.link.state is LinkState.VERIFIED:
            below.setdefault(node.link.owner, []).append(node.link.target)
    found, left = dict[str, ManifestCheck](), [bound.label]
    while left:
        label = left.pop()
        if label in found or label not in checks:
            continue
        found[label] = checks[label]
        left += below.get(label, ())
    return (*found.values(), *(one for label, one in checks.items() if label not in found and _by_same(one, bound)))


def _by_same(check: ManifestCheck, bound: ManifestCheck) -> bool:
    """Whether both claims are signed with one certificate's key; that the signatures hold is `is_intact`."""
    if check.sign1 is None or bound.sign1 is None:
        return False
    return check.sign1.chain[:1] == bound.sign1.chain[:1] != ()


def _signed(store: RawStore, checks: Iterable[ManifestCheck], *kinds: str) -> Iterator[bytes]:
    """What intact manifests carry of some kinds: the claim, assertions that it covers, data that those refer to."""
    for check in checks:
        manifest = store.manifest(check.label)
        if manifest is None or not check.is_intact:
            continue
        # Names in certificates are words too; what of a signature is unsigned is looked at for itself.
        found = [manifest.claim_bytes, manifest.signature] if CLAIM in kinds else []
        found += [bytes(one.data) for one in check.verified if one.kind in kinds and one.kind != EMBEDDED]
        if EMBEDDED in kinds:
            boxes = [one for one in manifest.data_boxes if f"{DATA_BOXES}/{one.label}" in check.held]
            files = [*map(_file, check.verified), *map(_boxed, boxes)]
            found += [content for said, content in files if said == DRAWING == recognise(content)]
        yield from (one for one in found if one)


def _file(assertion: Assertion) -> tuple[str, bytes]:
    """(the type that is said, the content) of an embedded file; empty where it is none."""
    if assertion.kind != EMBEDDED:
        return "", b""
    return assertion.media_type.lower(), bytes(assertion.data)


def _boxed(box: Assertion) -> tuple[str, bytes]:
    """The same of a data box (C2PA 1.4, section 9.4: `dc:format` and `data`)."""
    try:
        content = box.map()
    except CredentialsError:
        return "", b""
    said, data = content.get("dc:format"), content.get("data")
    return (said.lower(), data) if isinstance(said, str) and isinstance(data, bytes) else ("", b"")


def _places(data: bytes, runs: Runs, contents: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    """Where those lie in the manifest, as far as they lie there in one piece."""
    for content in islice(contents, MAX_CONTENTS):
        for start, end in runs:
            at = data.find(content, start, end)
            if at >= 0:
                yield at, at + len(content)
                break

"""Which bytes does the hard binding cover, what are the others, and how much of the media is among them?

Engines accept a binding whose exclusions leave out every pixel. Here the digest is computed again, each byte outside it
is named (manifest, metadata, media, trailing), and media outside it fails. Where media cannot be told from the rest,
that is said: never passed by default.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from provenance.credentials.binding.base import (
    UPDATED_LENGTH,
    Bound,
    Match,
    box_hash,
    collection_hash,
    data_hash,
    intersect,
    length,
    uncovered_media,
)
from provenance.credentials.binding.bmff import bmff_hash
from provenance.credentials.binding.fields import check_fields
from provenance.credentials.binding.multi_asset import LABEL as MULTI_ASSET
from provenance.credentials.binding.multi_asset import Parts, check_parts
from provenance.credentials.binding.outside import beside_manifest, doubts_about, outside, shown_outside, swallows
from provenance.credentials.binding.text import NORMAL_FORM, SAME_WORDS, text_hash
from provenance.credentials.errors import (
    CredentialsError,
    CredentialsLimitError,
    MalformedCredentialsError,
    UnknownFieldError,
    UnsupportedCredentialsError,
)
from provenance.credentials.store.jumbf import HARD_BINDINGS, Assertion
from provenance.formats import Kind, Layout, Region, read_layout
from provenance.formats.parts import OFFSETS, Doubt, join

_PARTS: Final = "assertion.multiAssetHash"
MAX_NAMED: Final = 64
"""Ranges outside the binding that are listed one by one; the totals by kind are always complete."""

LISTED: Final = "integrity.references.listed"
"""What leads out of the file and decides nothing of what is shown: told, and no doubt."""

_STEMS: Final = {
    "c2pa.hash.data": "assertion.dataHash",
    "c2pa.hash.boxes": "assertion.boxesHash",
    "c2pa.hash.bmff": "assertion.bmffHash",
    "c2pa.hash.collection.data": "assertion.collectionHash",
}


_OPEN: Final = frozenset(
    f"integrity.{word}"
    for word in (
        "coverage.media_excluded", "coverage.unknown", "coverage.order_excluded", "coverage.other_excluded",
        "store.foreign", "pointer.store", "tables", "text.form",
    )
)  # fmt: skip
"""With these a digest that matches does not say that the media is the one that was signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """A range outside the binding."""

    start: int
    end: int
    """Exclusive."""
    kind: Kind
    name: str
    """`EXIF`, `XMP`, `image`, … in our words, or a chunk's own name made printable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What one hard binding covers of one file."""

    manifest: str
    """Label of the manifest that carries the binding; empty where there is none."""
    binding: str
    """Label of the assertion; empty where there is none."""
    match: Match
    codes: tuple[str, ...]
    """The specification's code for the digest (`assertion.dataHash.match`, …), then ours:
    `integrity.stores.multiple`, `integrity.coverage.media_excluded`, `integrity.coverage.unknown`,
    `integrity.coverage.order_excluded`, `integrity.coverage.other_excluded`, `integrity.coverage.trailing_excluded`,
    `integrity.coverage.metadata_excluded`, `integrity.coverage.full`, `integrity.store.foreign`,
    `integrity.coverage.wide`, `integrity.shown.excluded`, the codes of `doubts`, `integrity.fragments.missing`,
    `integrity.fragments.unused`,
    `integrity.update.length`, `integrity.text.form`, `integrity.parts.missing`, `integrity.references.listed`."""
    format: str
    """The container as recognised, empty where it is not read here."""
    size: int
    """Bytes of the file."""
    covered: int
    """Bytes under the digest; 0 unless it matches."""
    media: int
    """Bytes of media, as far as they can be told apart."""
    media_covered: int
    excluded: tuple[Excluded, ...]
    """Ranges outside the binding, in order, the manifest's own left out; at most MAX_NAMED."""
    totals: tuple[tuple[str, int], ...]
    """Bytes outside the binding by kind, sorted, the manifest's own included."""
    excluded_names: tuple[str, ...]
    """Names of metadata outside the binding, sorted."""
    wide_names: tuple[str, ...] = ()
    """Names of what a range leaves out besides the manifest store that it is for, sorted."""
    shown_names: tuple[str, ...] = ()
    """Names of what is outside the binding and decides how the media is shown, sorted."""
    doubts: tuple[Doubt, ...] = ()
    """What no hash can answer for; at most MAX_NAMED."""
    has_unknown_field: bool = False
    """Whether nothing could be computed because the binding has a field that is not known here."""
    forms: tuple[str, ...] = ()
    """What of the binding holds in a form that other verifiers refuse (`binding.Bound.forms`), sorted."""
    fragments: int = 0
    """Fragments of a stream that the binding counts; 0 where none were given."""
    fragments_missing: int = 0
    """Those of them that were not given."""

    @property
    def media_share(self) -> float:
        """Share of the media bytes under the digest, from 0 to 1, rounded down at six places.

        Where no media could be told apart, 1 only if the digest covers everything but the manifest, else 0.
        """
        if self.media:
            return self.media_covered * 1_000_000 // self.media / 1_000_000
        return 1.0 if self.is_whole and self.covered else 0.0

    @property
    def is_open(self) -> bool:
        """Media lies outside the binding: what is signed need not be about what is seen or heard."""
        return bool({"integrity.coverage.media_excluded", "integrity.pointer.store"} & set(self.codes))

    @property
    def is_whole(self) -> bool:
        """The digest matches and no media byte, nor any byte of an unknown kind, is outside it."""
        return self.match is Match.MATCH and not any(code in _OPEN for code in self.codes)


def hard_bindings(assertions: Sequence[Assertion]) -> tuple[Assertion, ...]:
    """The hard bindings among some assertions; parts of a multi-asset hash are none of their own."""
    return tuple(assertion for assertion in assertions if assertion.base_label in HARD_BINDINGS)


def _bind(
    assertion: Assertion, data: bytes, layout: Layout, algorithm: str, fragments: Sequence[bytes], *, is_updated: bool
) -> Bound:
    from provenance.formats.text import FORMATS

    content = assertion.map()
    check_fields(content, assertion.base_label)
    if assertion.base_label == "c2pa.hash.data" and layout.format in FORMATS.values():
        return text_hash(content, data, layout, algorithm=algorithm)
    if assertion.base_label == "c2pa.hash.data":
        return data_hash(content, data, layout, algorithm=algorithm, is_updated=is_updated)
    if assertion.base_label == "c2pa.hash.boxes":
        return box_hash(content, data, layout, algorithm=algorithm)
    if assertion.base_label == "c2pa.hash.collection.data":
        return collection_hash(content, data, layout, algorithm=algorithm)
    others = [(fragment, read_layout(fragment)) for fragment in fragments]
    return bmff_hash(content, data, layout, algorithm=algorithm, version=assertion.version, fragments=others)


def _by_parts(
    verified: Sequence[Assertion], data: bytes, layout: Layout, *, manifest: str, algorithm: str
) -> tuple[Parts | None, list[str]]:
    """What the hashes of single parts say, where they match; else the specification's code, where there are any.

    Raises UnknownFieldError: then nobody can tell here whether a part may be missing.
    """

    found = [assertion for assertion in verified if assertion.label == MULTI_ASSET]
    if len(found) != 1:
        return None, []
    try:
        parts = check_parts(found[0].map(), verified, data, layout, manifest=manifest, algorithm=algorithm)
    except UnknownFieldError:
        raise
    except UnsupportedCredentialsError:
        return None, []
    except CredentialsLimitError:
        raise
    except CredentialsError:
        return None, ["assertion.multiAssetHash.malformed"]
    if parts.match is Match.MATCH:
        return parts, []
    return None, [f"assertion.multiAssetHash.{'missingPart' if parts.lacks_required else 'mismatch'}"]


def _coverage_codes(data: bytes, left_out: list[Region], media_outside: int, layout: Layout, bound: Bound) -> list[str]:
    own = {region.kind for region in left_out if region.kind is not Kind.MANIFEST}
    kinds = own | bound.fragments_outside
    codes = []
    if Kind.FOREIGN in kinds or bound.strays or swallows(bound, layout):
        codes.append("integrity.store.foreign")
    if media_outside or Kind.MEDIA in bound.fragments_outside:
        codes.append("integrity.coverage.media_excluded")
    if own and (not layout.is_known or not layout.complete):
        # Where nothing but the manifest is outside, the media is inside, whatever the container.
        codes.append("integrity.coverage.unknown")
    from provenance.formats.bmff.order import is_only_order

    moves = any(region.name == OFFSETS for region in left_out) or (bound.is_movable and layout.pointers)
    if moves and not is_only_order(data, layout.bmff):
        codes.append("integrity.coverage.order_excluded")
    for kind, word in (
        (Kind.OTHER, "other_excluded"),
        (Kind.TRAILING, "trailing_excluded"),
        (Kind.METADATA, "metadata_excluded"),
    ):
        if kind in kinds:
            codes.append(f"integrity.coverage.{word}")
    if beside_manifest(bound, layout):
        codes.append("integrity.coverage.wide")
    if shown_outside(bound, layout):
        codes.append("integrity.shown.excluded")
    codes += dict.fromkeys(doubt.code for doubt in doubts_about(bound, layout) if doubt.code != LISTED)
    listed = [LISTED] if any(doubt.code == LISTED for doubt in layout.doubts) else []
    return [*listed, *(codes or ["integrity.coverage.full"])]


def with_tail(coverage: Coverage) -> Coverage:
    """The same where something lies behind the store that is none of it: whatever carries the store hides it too."""
    if coverage.match is not Match.MATCH:
        return coverage
    codes = [code for code in coverage.codes if code != "integrity.coverage.full"]
    return replace(coverage, codes=tuple(dict.fromkeys((*codes, "integrity.coverage.other_excluded"))))


def _nothing(manifest: str, binding: str, match: Match, codes: Sequence[str], layout: Layout) -> Coverage:
    media = length(join((region.start, region.end) for region in layout.of_kind(Kind.MEDIA)))
    return Coverage(
        manifest=manifest,
        binding=binding,
        match=match,
        codes=tuple(codes),
        format=layout.format,
        size=layout.size,
        covered=0,
        media=media,
        media_covered=0,
        excluded=(),
        totals=(),
        excluded_names=(),
    )


def measure(
    assertion: Assertion | None,
    data: bytes,
    layout: Layout,
    *,
    manifest: str,
    algorithm: str,
    is_updated: bool = False,
    fragments: Sequence[bytes] = (),
    verified: Sequence[Assertion] = (),
) -> Coverage:
    """What a hard binding covers of a file, by our own digest.

    Args:
        assertion: the binding, its own hash already checked against the claim; None where the manifest has none.
        data: the whole file.
        layout: its parts.
        manifest: label of the manifest that carries the binding.
        algorithm: that claim's hash algorithm.
        is_updated: whether update manifests follow the bound one.
        fragments: other files of a fragmented stream.
        verified: all assertions that the claim covers: among them may be the hashes of the file's single parts.

    Never raises for what the bytes hold; what cannot be computed is `malformed` or `unsupported`.
    """
    doubled = ["integrity.stores.multiple"] if len(layout.stores) > 1 else []
    if assertion is None:
        return _nothing(manifest, "", Match.MISSING, ["claim.hardBindings.missing", *doubled], layout)
    stem = _STEMS.get(assertion.base_label, assertion.base_label)
    parts, against = None, list[str]()
    try:
        bound = _bind(assertion, data, layout, algorithm, fragments, is_updated=is_updated)
        if bound.match is Match.MISMATCH:
            parts, against = _by_parts(verified, data, layout, manifest=manifest, algorithm=algorithm)
    except MalformedCredentialsError:
        return _nothing(manifest, assertion.label, Match.MALFORMED, [f"{stem}.malformed", *doubled], layout)
    except CredentialsError as error:
        nothing = _nothing(
            manifest, assertion.label, Match.UNSUPPORTED, ["integrity.coverage.unknown", *doubled], layout
        )
        return replace(nothing, has_unknown_field=isinstance(error, UnknownFieldError))
    if bound.match is Match.MISMATCH:
        if parts is None:
            return _nothing(manifest, assertion.label, bound.match, [f"{stem}.mismatch", *against, *doubled], layout)
        bound, stem = Bound(match=Match.MATCH, covered=parts.covered, left_out=parts.left_out), _PARTS
    left_out = outside(bound, layout)
    media = join((region.start, region.end) for region in (*layout.of_kind(Kind.MEDIA), *layout.pointers))
    media_outside = uncovered_media(bound, layout)
    # The specification knows no match of words: by its own procedure that is none.
    held = f"{stem}.{'mismatch' if SAME_WORDS in bound.forms else 'match'}"
    codes = [held, *doubled, *_coverage_codes(data, left_out, length(media_outside), layout, bound)]
    if bound.needs_fragments:
        codes.append("integrity.fragments.missing")
    if bound.fragments_unused or (fragments and not assertion.base_label.startswith("c2pa.hash.bmff")):
        codes.append("integrity.fragments.unused")
    if UPDATED_LENGTH in bound.forms:
        codes.append("integrity.update.length")
    if bound.forms & {SAME_WORDS, NORMAL_FORM}:
        codes.append("integrity.text.form")
    if parts is not None and parts.missing:
        codes.append("integrity.parts.missing")
    totals: dict[str, int] = {}
    for region in left_out:
        totals[region.kind.value] = totals.get(region.kind.value, 0) + region.end - region.start
    named = [region for region in left_out if region.kind is not Kind.MANIFEST]
    return Coverage(
        manifest=manifest,
        binding=assertion.label,
        match=Match.MATCH,
        codes=tuple(codes),
        format=layout.format,
        size=layout.size,
        covered=length(bound.covered),
        media=length(media),
        media_covered=length(intersect(media, bound.covered)),
        excluded=tuple(Excluded(start=r.start, end=r.end, kind=r.kind, name=r.name) for r in named[:MAX_NAMED]),
        totals=tuple(sorted(totals.items())),
        excluded_names=tuple(sorted({region.name for region in named if region.kind is Kind.METADATA})),
        wide_names=beside_manifest(bound, layout),
        shown_names=shown_outside(bound, layout),
        doubts=doubts_about(bound, layout)[:MAX_NAMED],
        forms=tuple(sorted(bound.forms)),
        fragments=bound.fragments,
        fragments_missing=bound.fragments_missing,
    )

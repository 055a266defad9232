"""What does a raw manifest store hold, box by box, and what are its parts' digests?

A strict, bounded reader of JUMBF (ISO/IEC 19566-5) as C2PA 2.4 (section 11) uses it. It reads; it does not judge: the
claim, the signature and the assertions are handed on as bytes with their digests, and whatever is missing or doubled
is named by the specification's code. Nothing in the result refers to another manifest except by URI.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from provenance.credentials.errors import (
    CredentialsError,
    CredentialsLimitError,
    MalformedCredentialsError,
)
from provenance.credentials.store import cbor
from provenance.credentials.store.boxes import (
    HEADER,
    LARGE_HEADER,
    BoxReader,
    Superbox,
    description,
)
from provenance.credentials.store.uris import HashedUri, hashed_uri

MAX_STORE_BYTES: Final = 256 * 1024 * 1024
"""Bytes of a manifest store. Thumbnails dominate; the largest real store seen is under 16 MiB."""
MAX_MANIFESTS: Final = 5_000
"""Manifests in one store, a millisecond each: a collage may be made of a thousand pictures."""
MAX_KEPT: Final = 4 * 1024
"""Bytes of an assertion that is kept decoded: those that are asked about again and again have some hundreds."""
_MANIFEST_KINDS: Final = ("c2ma", "c2um", "c2md")
HARD_BINDINGS: Final = ("c2pa.hash.data", "c2pa.hash.bmff", "c2pa.hash.boxes", "c2pa.hash.collection.data")
"""Labels of hard-binding assertions, without version and instance (C2PA 2.4, section 9.2)."""


@lru_cache(maxsize=64)
def _decoded(data: bytes, label: str) -> Mapping[str, Any]:
    """A decoded assertion; kept, as each question about it needs it again. Nobody may change it."""
    return cbor.decode_map(data, what=f"assertion {label}")


@lru_cache(maxsize=1_024)
def _base(label: str) -> str:
    """A label without instance and version; kept, as it is asked for in every question about an assertion."""
    base = label.split("__", 1)[0]
    head, _, tail = base.rpartition(".")
    return head if head and tail.startswith("v") and tail[1:].isdigit() else base


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """One assertion as it lies in the store; whether a claim vouches for it is another question."""

    label: str
    kind: str
    """`cbor`, `json`, `embedded`, …"""
    content: memoryview = field(repr=False)
    """What its hashed URI hashes."""
    data: memoryview = field(repr=False)
    """The payload: CBOR, JSON or the embedded file's bytes."""
    media_type: str = ""
    """Of an embedded file, as written."""

    @property
    def base_label(self) -> str:
        """The label without instance (`__2`) and version (`.v3`)."""
        return _base(self.label)

    @property
    def version(self) -> int:
        """The version in the label, 1 where none is written."""
        tail = self.label.split("__", 1)[0].rpartition(".")[2]
        return int(tail[1:]) if tail.startswith("v") and tail[1:].isdigit() and len(tail) <= 4 else 1

    @property
    def is_zeroed(self) -> bool:
        """Every payload byte is zero: how a redaction may leave an assertion (C2PA 2.4, section 6.8)."""
        return not any(self.data[:1]) and not bytes(self.data).strip(b"\0")

    def map(self) -> Mapping[str, Any]:
        """The decoded CBOR map. Raises MalformedCredentialsError, CredentialsLimitError."""
        decode = _decoded if len(self.data) <= MAX_KEPT else _decoded.__wrapped__
        return decode(bytes(self.data), self.label)


def _single(assertions: tuple[Assertion, ...]) -> dict[str, Assertion]:
    """Assertions by label, those left out that share theirs."""
    counts = Counter(one.label for one in assertions)
    return {one.label: one for one in assertions if counts[one.label] == 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class RawManifest:
    """One manifest's parts."""

    label: str
    is_update: bool
    is_compressed: bool
    content: memoryview = field(repr=False)
    """The manifest superbox without its header, decompressed."""
    claim_version: int
    claim_bytes: bytes = field(repr=False)
    """Exactly the bytes that the signature covers; empty where there is no claim."""
    claim: Mapping[str, Any] = field(repr=False)
    """The decoded claim; empty where it could not be decoded."""
    signature: bytes = field(repr=False)
    """COSE_Sign1, as stored; empty where there is none."""
    signature_content: memoryview = field(repr=False)
    """The signature superbox's content, for hashed URIs to it."""
    assertions: tuple[Assertion, ...]
    data_boxes: tuple[Assertion, ...] = ()
    """What assertions of older claims keep beside themselves (`c2pa.databoxes`): icons, prompts, thumbnails."""
    credentials: tuple[Assertion, ...] = ()
    """Verifiable credentials that assertions of older claims name (`c2pa.credentials`)."""
    number: int = 0
    """Which of the store's boxes it is; the description box is 0."""
    stream: memoryview = field(default=memoryview(b""), repr=False)
    """What it was unfolded from; empty where it is not compressed."""
    problems: tuple[str, ...] = ()
    """The specification's codes for what is missing, doubled or unreadable."""
    _assertions: Mapping[str, Assertion] = field(init=False, repr=False, compare=False)
    _data_boxes: Mapping[str, Assertion] = field(init=False, repr=False, compare=False)
    _credentials: Mapping[str, Assertion] = field(init=False, repr=False, compare=False)
    _digest: list[bytes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look up by name once what a claim may name a thousand times."""
        object.__setattr__(self, "_digest", [])
        object.__setattr__(self, "_assertions", _single(self.assertions))
        object.__setattr__(self, "_data_boxes", _single(self.data_boxes))
        object.__setattr__(self, "_credentials", _single(self.credentials))

    @property
    def digest(self) -> bytes:
        """SHA-256 of the manifest superbox without its header: what most links to it hash, and what statements about
        it name. Computed once."""
        if not self._digest:
            self._digest.append(hashlib.sha256(self.content).digest())
        return self._digest[0]

    @property
    def algorithm(self) -> str:
        """The claim's default hash algorithm (C2PA 2.4, section 10.2)."""
        name = self.claim.get("alg")
        return name if isinstance(name, str) else "sha256"

    def assertion(self, label: str) -> Assertion | None:
        """The only assertion with that label; None where there is none, or more than one."""
        return self._assertions.get(label)

    def data_box(self, label: str) -> Assertion | None:
        """The only data box with that label; None where there is none, or more than one."""
        return self._data_boxes.get(label)

    def credential(self, label: str) -> Assertion | None:
        """The only credential with that label; None where there is none, or more than one."""
        return self._credentials.get(label)

    def references(self) -> tuple[HashedUri, ...]:
        """The claim's assertion references, created before gathered.

        Raises MalformedCredentialsError where an entry is no hashed URI.
        """
        names = ("assertions",) if self.claim_version == 1 else ("created_assertions", "gathered_assertions")
        references: list[HashedUri] = []
        for name in names:
            entries = self.claim.get(name, [])
            if not isinstance(entries, list):
                raise MalformedCredentialsError(f"got {type(entries).__name__}, expected a list in claim.{name}")
            references += [hashed_uri(entry, what=f"claim.{name}") for entry in entries]
        return tuple(references)

    @property
    def redacted(self) -> tuple[str, ...]:
        """JUMBF URIs that this manifest says it redacted."""
        entries = self.claim.get("redacted_assertions") or []
        return tuple(entry for entry in entries if isinstance(entry, str)) if isinstance(entries, list) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawStore:
    """All manifests of a store, in the order in which they lie. The last one is active (C2PA 2.4, section 11.1.4)."""

    manifests: tuple[RawManifest, ...]
    ambiguous: frozenset[str] = frozenset()
    """Labels that more than one manifest carries: no reference to them can be followed."""
    unreadable: tuple[str, ...] = ()
    """Labels of manifests that could not be read at all, and unlabelled boxes as an empty string."""
    raw: memoryview = field(default=memoryview(b""), repr=False)
    """The store as it lies there, its own header included; what may lie behind it is not."""
    tail: int = 0
    """Bytes that lie behind the store in what carries it, and are not all zero; 0 where they are, or there are none."""

    _manifests: Mapping[str, RawManifest] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look up by name once what any number of links may name."""
        object.__setattr__(self, "_manifests", {one.label: one for one in reversed(self.manifests)})

    @property
    def has_tail(self) -> bool:
        """Whether anything but zeros lies behind the store in what carries it: nobody's signature covers that."""
        return self.tail > 0

    @property
    def active(self) -> RawManifest:
        """The active manifest."""
        return self.manifests[-1]

    def is_hidden(self, manifest: RawManifest) -> bool:
        """Whether it bears a name that others bear too: no reference can mean it, but the active one needs none."""
        return manifest.label in self.ambiguous and manifest is not self.active

    def manifest(self, label: str) -> RawManifest | None:
        """The only manifest with that label; None where there is none, or more than one."""
        return None if label in self.ambiguous else self._manifests.get(label)


def _assertion(box: Superbox) -> Assertion:
    media_type = ""
    if box.kind == "embedded":
        described = bytes(box.payload("bfdb") or b"")
        media_type = described[1:].split(b"\0", 1)[0].decode("utf-8", "replace")
        data = box.payload("bidb")
    else:
        data = box.payload(box.kind)
    return Assertion(
        label=box.label,
        kind=box.kind,
        content=box.content,
        data=memoryview(b"") if data is None else data,
        media_type=media_type,
    )


def _only(boxes: list[Superbox], missing: str, multiple: str, problems: list[str]) -> Superbox | None:
    if len(boxes) == 1:
        return boxes[0]
    problems.append(multiple if boxes else missing)
    return None


def _manifest(box: Superbox, *, number: int, stream: memoryview | None) -> RawManifest:
    """One manifest's parts; what is wrong with them is listed, not raised."""
    problems: list[str] = []
    by_kind: dict[str, list[Superbox]] = {}
    for child in box.superboxes():
        by_kind.setdefault(child.kind, []).append(child)
    claim_box = _only(by_kind.get("c2cl", []), "claim.missing", "claim.multiple", problems)
    signature_box = _only(by_kind.get("c2cs", []), "claimSignature.missing", "claimSignature.missing", problems)
    store_box = _only(by_kind.get("c2as", []), "assertion.missing", "assertion.multiple", problems)
    claim_bytes = bytes((claim_box.payload("cbor") if claim_box else None) or b"")
    claim: Mapping[str, Any] = {}
    if claim_box is not None:
        try:
            claim = cbor.decode_map(claim_bytes, what="claim")
        except CredentialsError:
            problems.append("claim.cbor.invalid")
    assertions = tuple(_assertion(child) for child in store_box.superboxes()) if store_box else ()
    data_boxes = tuple(_assertion(child) for kept in by_kind.get("c2db", []) for child in kept.superboxes())
    credentials = tuple(_assertion(child) for kept in by_kind.get("c2vc", []) for child in kept.superboxes())
    if any(count > 1 for count in Counter(assertion.label for assertion in assertions).values()):
        problems.append("assertion.multiple")
    return RawManifest(
        label=box.label,
        is_update=box.kind == "c2um",
        is_compressed=stream is not None,
        content=box.content,
        claim_version=2 if claim_box is not None and claim_box.label.startswith("c2pa.claim.v2") else 1,
        claim_bytes=claim_bytes,
        claim=claim,
        signature=bytes((signature_box.payload("cbor") if signature_box else None) or b""),
        signature_content=signature_box.content if signature_box else memoryview(b""),
        assertions=assertions,
        data_boxes=data_boxes,
        credentials=credentials,
        number=number,
        stream=memoryview(b"") if stream is None else stream,
        problems=tuple(problems),
    )


def _inflated(reader: BoxReader, box: Superbox, packed: memoryview | None) -> Superbox:
    """The manifest superbox inside a compressed one; it must keep the label (C2PA 2.4, section 11.1.4.4)."""
    if packed is None:
        raise MalformedCredentialsError("got a compressed manifest without a brob box")
    parts = list(reader.split(reader.inflate(packed), depth=2))
    if len(parts) != 1 or parts[0][0] != b"jumb":
        raise MalformedCredentialsError("got a compressed manifest that does not unfold to one superbox")
    inner = reader.superbox(parts[0][1], depth=2)
    if inner.label != box.label:
        raise MalformedCredentialsError("got a compressed manifest whose inner label differs from its own")
    return inner


def parse_store(data: bytes) -> RawStore:
    """A manifest store's parts from its bytes (the superbox labelled `c2pa`, header included).

    Zero bytes after the superbox are padding; anything else there counts as an unreadable manifest. A single unreadable
    manifest is named in `unreadable`. Raises MalformedCredentialsError where there is no store or no readable manifest,
    CredentialsLimitError where a bound is passed.
    """
    if len(data) > MAX_STORE_BYTES:
        raise CredentialsLimitError(f"got a manifest store of {len(data)} bytes, expected at most {MAX_STORE_BYTES}")
    reader = BoxReader()
    first = next(reader.split(memoryview(data), depth=0), None) if data else None
    if first is None or first[0] != b"jumb":
        raise MalformedCredentialsError("got no JUMBF superbox")
    outer = reader.split(first[1], depth=1)
    head = next(outer, None)
    if head is None or head[0] != b"jumd" or description(head[1]) != ("c2pa", "c2pa"):
        raise MalformedCredentialsError("got a superbox that is no C2PA manifest store")
    manifests: list[RawManifest] = []
    end = len(first[1]) + (LARGE_HEADER if data[:4] == b"\0\0\0\1" else HEADER)
    tail = len(data) - end if data[end:].strip(b"\0") else 0
    unreadable: list[str] = [""] if tail else []
    for number, (box_type, payload) in enumerate(outer, start=1):
        if box_type != b"jumb":
            continue
        if len(manifests) + len(unreadable) >= MAX_MANIFESTS:
            raise CredentialsLimitError(f"got more than {MAX_MANIFESTS} manifests in one store")
        label = ""
        try:
            box = reader.superbox(payload, depth=2)
            label = box.label
            packed = box.payload("brob")
            is_compressed = box.kind == "c2cm" or packed is not None
            inner = _inflated(reader, box, packed) if is_compressed else box
            if inner.kind in _MANIFEST_KINDS:
                manifests.append(_manifest(inner, number=number, stream=packed if is_compressed else None))
        except MalformedCredentialsError:
            unreadable.append(label)
    if not manifests:
        raise MalformedCredentialsError("got a manifest store without a readable manifest")
    counts = Counter(manifest.label for manifest in manifests)
    ambiguous = frozenset(label for label, count in counts.items() if count > 1)
    return RawStore(
        manifests=tuple(manifests),
        ambiguous=ambiguous,
        unreadable=tuple(unreadable),
        raw=memoryview(data)[:end],
        tail=tail,
    )

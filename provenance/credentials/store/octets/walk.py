"""Which octets of a manifest store are neither signed, nor hashed by something signed, nor of the one form they have?

A manifest whose whole digest stands in a link that counts is covered by it, and only the header of its box is looked
at. Any other one, the active manifest first, has to account for itself (C2PA 2.4, section 11.1): its claim signature
holds, the claim has the hash of each assertion, something signed that of each data box and credential, and what stands
around these, and in the signature's unsigned header, is exactly as C2PA writes it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from provenance.credentials.certificates.chain import find_path, fingerprint
from provenance.credentials.errors import MalformedCredentialsError
from provenance.credentials.history.lineage import Node, below_update
from provenance.credentials.history.manifest_check import ManifestCheck, SignatureState, check_manifest
from provenance.credentials.store.boxes import HEADER
from provenance.credentials.store.jumbf import RawManifest, RawStore
from provenance.credentials.store.kept import CREDENTIALS, DATA_BOXES
from provenance.credentials.store.octets import boxes, headers, packing
from provenance.credentials.store.octets.boxes import Found, RawBox
from provenance.credentials.store.octets.found import MAX_NAMED, Place, StoreOctets, Unsigned
from provenance.credentials.store.octets.headers import Backing
from provenance.credentials.store.octets.signatures import Verifier
from provenance.credentials.store.uris import split_uri
from provenance.credentials.trust.view import ORDER, Label, TrustView

MAX_LOOKUPS: Final = 20
"""Chains of one file that are looked for on lists because something in them is odd: each costs milliseconds."""

_CLAIMS: Final = ("c2pa.claim", "c2pa.claim.v2")
_MANIFEST_KINDS: Final = (b"c2ma", b"c2um", b"c2md")
_UUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_VENDOR: Final = r"[A-Za-z0-9._-]"
_LABEL: Final = re.compile(
    rf"(?:{_VENDOR}{{1,64}}:)?(?:urn:uuid:)?{_UUID}|urn:c2pa:{_UUID}(?::{_VENDOR}{{0,32}}(?::\d{{1,5}}_\d{{1,5}})?)?"
)
"""Labels of manifests in versions 1 and 2 (C2PA 1.4 and 2.4, section 8.1; Firefly of 2023 leaves out `urn:uuid:`)."""


def examine_octets(
    store: RawStore, root: Node, checks: Mapping[str, ManifestCheck], *, trust: TrustView, at: dt.datetime
) -> StoreOctets:
    """What of a store nobody signed. Never raises for what the bytes hold.

    Args:
        store: as it lies in the file.
        root: its history (`history.trace`).
        checks: the manifests that the history reaches, each by itself.
        trust: the reader's lists.
        at: aware, in UTC; with which lists are asked, dates aside.
    """
    walk = _Walk(store, root, checks, trust=trust, at=at)
    outer = next(boxes.split(store.raw))
    found = [Unsigned(place=place, manifest="", size=size) for place, size in boxes.superbox(outer, b"c2pa", "c2pa")]
    by_number = {manifest.number: manifest for manifest in store.manifests}
    for number, box in enumerate(outer.contents, start=1):
        manifest = by_number.get(number)
        label = manifest.label if manifest is not None else ""
        found += (Unsigned(place=place, manifest=label, size=size) for place, size in walk.box(box, manifest))
    if store.tail:
        found.append(Unsigned(place=Place.TAIL, manifest="", size=store.tail))
    return StoreOctets(found=tuple(found[:MAX_NAMED]), more=max(0, len(found) - MAX_NAMED))


class _Walk:
    """One store."""

    def __init__(
        self, store: RawStore, root: Node, checks: Mapping[str, ManifestCheck], *, trust: TrustView, at: dt.datetime
    ) -> None:
        self.store, self.checks, self.trust, self.at = store, checks, trust, at
        self.covered, self.claimed = _covered(root)
        self.judged = _judged(root)
        self.backing = Backing(signers=self.signers, authorities=self.authorities, verifier=Verifier())
        self.lookups = MAX_LOOKUPS
        self.to_unfold = packing.MAX_CONTENT

    def box(self, box: RawBox, manifest: RawManifest | None) -> Found:
        """One box of the store, the description aside."""
        if manifest is None and box.type == b"jumb":
            yield Place.UNREADABLE, box.size
        elif manifest is None:
            yield from boxes.spare(box)
        else:
            yield from self.packed(box, manifest) if manifest.is_compressed else boxes.header(box)
            is_hidden = self.store.is_hidden(manifest)
            if is_hidden or manifest.label not in self.covered:
                check = None if is_hidden else self.checks.get(manifest.label)
                is_judged = check is not None and manifest.label in self.judged
                yield from self.manifest(manifest, check or check_manifest(manifest), is_judged=is_judged)

    def packed(self, box: RawBox, manifest: RawManifest) -> Found:
        """What surrounds a compressed manifest, and what its stream holds beside it."""
        yield from boxes.holder(box, b"c2cm", b"brob", manifest.label)
        # The header of the superbox inside is in the stream too.
        content = (HEADER + len(manifest.content)).to_bytes(4, "big") + b"jumb" + bytes(manifest.content)
        self.to_unfold -= len(content)
        if self.to_unfold < 0 or not packing.is_plain(bytes(manifest.stream), content):
            yield Place.COMPRESSION, len(manifest.stream)

    def manifest(self, manifest: RawManifest, check: ManifestCheck, *, is_judged: bool) -> Found:
        """A manifest that no link covers.

        `is_judged`: what of it was changed is told elsewhere, as a failure of the file.
        """
        is_claimed = check.signature is SignatureState.MISMATCH and manifest.label in self.claimed
        if check.sign1 is None or not (check.signature is SignatureState.VALID or is_claimed):
            if not is_judged:
                yield Place.MANIFEST, HEADER + len(manifest.content)
            return
        head, *parts = boxes.split(manifest.content)
        yield from boxes.header(head)
        is_exact = bytes(head.payload) in [boxes.described(kind, manifest.label) for kind in _MANIFEST_KINDS]
        if not is_exact or not _is_labelled(manifest):
            yield Place.DESCRIPTION, len(head.payload)
        taken: set[bytes] = set()
        for box in parts:
            kind = box.kind
            yield from boxes.spare(box) if kind in taken else self.part(kind, box, manifest, check, is_judged=is_judged)
            taken |= {kind} if kind else set()

    def part(self, kind: bytes, box: RawBox, manifest: RawManifest, check: ManifestCheck, *, is_judged: bool) -> Found:
        """One box of a manifest."""
        match kind:
            case b"c2cl":
                yield from boxes.holder(box, kind, b"cbor", *_CLAIMS)
            case b"c2cs":
                yield from boxes.holder(box, kind, b"cbor", "c2pa.signature")
                if check.sign1 is not None:
                    is_signed = check.signature is SignatureState.VALID
                    yield from headers.examine(manifest.signature, check.sign1, self.backing, is_signed=is_signed)
            case b"c2as":
                yield from _assertions(box, check, is_judged=is_judged)
            case b"c2db":
                yield from _kept(box, kind, b"cbor", DATA_BOXES, Place.DATA_BOX, check)
            case b"c2vc":
                yield from _kept(box, kind, b"json", CREDENTIALS, Place.CREDENTIAL, check)
            case _:
                yield from boxes.spare(box)

    def signers(self, chain: Sequence[bytes]) -> Collection[bytes]:
        """Which certificates of a chain stand on a path to a list of claim signers."""
        return self.vouched(chain, self.trust.signers, self.trust.leaves)

    def authorities(self, chain: Sequence[bytes]) -> Collection[bytes]:
        """The same for time-stamping authorities."""
        return self.vouched(chain, self.trust.authorities, self.trust.authority_leaves)

    def vouched(
        self,
        chain: Sequence[bytes],
        anchors: Mapping[Label, tuple[bytes, ...]],
        leaves: Mapping[Label, frozenset[str]],
    ) -> Collection[bytes]:
        """The certificates on a path to a list, dates aside, and the first one where a list names that."""
        found: set[bytes] = set()
        for label in ORDER:
            if fingerprint(chain[0]) in leaves.get(label, frozenset()):
                found.add(chain[0])
            if anchors.get(label) and self.lookups > 0:
                self.lookups -= 1
                path = find_path(tuple(chain), anchors[label], self.at)
                found.update(path.certificates if path is not None else ())
        return found


def _is_labelled(manifest: RawManifest) -> bool:
    """Whether a manifest bears the label that its claim gives it, or one of the usual form where that gives none."""
    url = manifest.claim.get("signature")
    try:
        named = split_uri(url, manifest="")[0] if isinstance(url, str) else ""
    except MalformedCredentialsError:
        named = ""
    return named == manifest.label if named else _LABEL.fullmatch(manifest.label) is not None


def _assertions(box: RawBox, check: ManifestCheck, *, is_judged: bool) -> Found:
    verified = {assertion.label for assertion in check.verified}
    told = {*check.changed, *check.undeclared} if is_judged else set()
    yield from boxes.superbox(box, b"c2as", "c2pa.assertions")
    for inner in box.contents:
        if inner.type != b"jumb":
            yield from boxes.spare(inner)
        elif inner.label in verified:
            yield from boxes.header(inner)
        elif inner.label not in told and not (inner.label in check.absent and boxes.is_blank(inner)):
            yield Place.ASSERTION, inner.size


def _kept(box: RawBox, kind: bytes, content: bytes, store: str, place: Place, check: ManifestCheck) -> Found:
    yield from boxes.superbox(box, kind, store)
    for inner in box.contents:
        name = f"{store}/{inner.label}"
        if inner.type != b"jumb":
            yield from boxes.spare(inner)
        elif name in check.held:
            yield from boxes.header(inner)
        elif name in check.held_inside:
            yield from boxes.holder(inner, content, content, inner.label)
        else:
            yield place, inner.size


def _covered(root: Node) -> tuple[frozenset[str], frozenset[str]]:
    """Labels of manifests whose whole digest stands in a link that counts, and of those whose claim's digest does.

    A link counts where its owner is signed, or covered itself. Before C2PA 1.1 links hashed the claim alone, and the
    claim has the hashes of the assertions: only the signature is then left to itself.
    """
    waiting: list[str] = []
    links: dict[str, list[tuple[str, bool]]] = {}
    for node in root.walk():
        if node.check is None:
            continue
        if node.check.signature is SignatureState.VALID:
            waiting.append(node.check.label)
        if node.link is not None and (node.link.covers_manifest or not node.link.covers_signature):
            links.setdefault(node.link.owner, []).append((node.check.label, node.link.covers_manifest))
    whole, claims = set[str](), set[str]()
    while waiting:
        found = links.pop(waiting.pop(), [])
        whole.update(label for label, is_whole in found if is_whole)
        claims.update(label for label, is_whole in found if not is_whole)
        waiting += [label for label, _ in found]
    return frozenset(whole), frozenset(claims)


def _judged(root: Node) -> frozenset[str]:
    """The active manifest, the updates below it and the bound one: what is wrong with them fails the file."""
    found: set[str] = set()
    node: Node | None = root
    while node is not None and node.check is not None:
        found.add(node.check.label)
        node = below_update(node)
    return frozenset(found)

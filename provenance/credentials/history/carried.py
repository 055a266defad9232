"""Which assertions of one label does the verified history carry, where do they stand, and for which manifest may each
one count?

Such an assertion is somebody's statement about a manifest: it lies in an update manifest whose only ingredient is the
manifest that it speaks of. Here its place is judged and nothing else: what its octets say, and which manifest they
name, is for whoever reads them.

Its content is text, because engines take assertions as JSON, which has no byte strings, and show them as JSON; one form
alone (RFC 4648, section 4, padded), so that equal octets are equal assertions.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from provenance.credentials.certificates.signer import SignerAssessment
from provenance.credentials.errors import CredentialsError
from provenance.credentials.history.lineage import History, LinkState, Node, below_update
from provenance.credentials.store.jumbf import Assertion, RawManifest, RawStore
from provenance.options import CarriedLabel

MAX_CARRIED: Final = 256
"""Assertions that are handed on of one file: each costs its reader milliseconds."""
_MORE: Final = 64
"""Octets of the assertion's CBOR besides its text: a map's head, a key and a text's head."""


class CarriedState(enum.StrEnum):
    """Whether an assertion stands where it may count; only `PLACED` ever counts."""

    PLACED = "placed"
    """In an intact update manifest, reached by verified links, whose one ingredient is an intact manifest."""
    NOT_UPDATE = "not-update"
    """In a standard manifest, which may have changed the content that it is about."""
    BROKEN = "broken"
    """In a manifest that does not hold, or that is reached only through one that does not: somebody changed it, or the
    claim does not cover the assertion."""
    UNREFERENCED = "unreferenced"
    """In a manifest to which no verified link leads."""
    UNREACHED = "unreached"
    """In a manifest to which no link was followed, and more links are there than are followed."""
    PARENT = "parent"
    """The update manifest has not exactly one ingredient, its parent, by a verified link; or that parent is broken, or
    was recorded as broken, or leads to no manifest with a hard binding."""
    SEVERAL = "several"
    """One manifest carries more than one: none of them counts."""
    MALFORMED = "malformed"
    """The assertion is not of the one form."""
    TOO_LARGE = "too-large"
    """More octets than its label allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedAssertion:
    """One assertion: its octets, and what its place allows.

    A reader that finds `may_count` reads the octets as a statement about the manifest of the digest `updated_digest`,
    and of no other: one that names another manifest (the grandparent, say) is about other media. Where it then holds,
    it speaks of `for_manifest`: of this very file where `reaches_file`, else of an earlier version only, and that must
    be said. `reaches_file` is about the manifests; that the bytes of the file are those of the bound manifest is
    `OwnCheck.coverage.is_whole`, which has to be looked at as well.
    """

    carrier: str
    """Label of the manifest that carries it."""
    state: CarriedState
    octets: bytes = field(default=b"", repr=False)
    """What it carries; empty where the assertion could not be read. Whatever the state: nothing in it is believed."""
    updated: str = ""
    """Label of the manifest that the carrier updates: the one that it must name. Empty unless `PLACED`."""
    updated_digest: str = ""
    """Its SHA-256, lower-case hex, as in `OwnCheck.manifest_digests`. Empty unless `PLACED`."""
    for_manifest: str = ""
    """Label of the manifest with the hard binding to which `updated` leads through updates alone, itself included: it
    counts for that one. Empty unless `PLACED`."""
    reaches_file: bool = False
    """Whether that is the file's own bound manifest, and nothing but updates lie between the active one and it. False
    across an edit: it then counts for the earlier version alone."""
    stamped: dt.datetime | None = None
    """Aware, UTC: what a trusted time stamp that binds the carrying manifest says; None where there is none."""
    depth: int = 0
    """Links from the active manifest to the carrier."""

    @property
    def may_count(self) -> bool:
        """Whether its place lets it count for anything at all."""
        return self.state is CarriedState.PLACED


def content_of(octets: bytes, kind: CarriedLabel) -> dict[str, str]:
    """The assertion's content for these octets: what `read_content` reads."""
    return {kind.key: base64.b64encode(octets).decode("ascii")}


def read_content(assertion: Assertion, kind: CarriedLabel) -> tuple[CarriedState, bytes]:
    """(`PLACED`, octets) of an assertion of the one form, else (`MALFORMED` or `TOO_LARGE`, nothing)."""
    if len(assertion.data) > 4 * (kind.max_octets // 3 + 1) + _MORE:
        return CarriedState.TOO_LARGE, b""
    if assertion.kind != "cbor":
        return CarriedState.MALFORMED, b""
    try:
        content = assertion.map()
        text = content.get(kind.key)
        octets = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (CredentialsError, binascii.Error, ValueError):
        return CarriedState.MALFORMED, b""
    if not octets or dict(content) != content_of(octets, kind):
        return CarriedState.MALFORMED, b""
    if len(octets) > kind.max_octets:
        return CarriedState.TOO_LARGE, b""
    return CarriedState.PLACED, octets


def find_carried(
    store: RawStore,
    history: History,
    kind: CarriedLabel | None,
    *,
    bound: str,
    signers: Mapping[str, SignerAssessment],
    digests: Mapping[str, str],
) -> tuple[tuple[CarriedAssertion, ...], int]:
    """(the assertions of one kind in a store, how many more there are than MAX_CARRIED).

    Those that may count come first, those for the file before those for earlier versions, nearest to the active
    manifest first: what is cut off is never one of these for the sake of a bad one.

    Args:
        store: The manifests.
        history: Their verified tree.
        kind: The label, and what lies under it; None where nothing is looked for.
        bound: Label of the manifest that carries the file's hard binding; empty where there is none.
        signers: What is known of their signers, and so of their time stamps.
        digests: Their SHA-256 by label, lower-case hex.
    """
    if kind is None:
        return (), 0
    carriers = [(manifest, found) for manifest in store.manifests if (found := _assertions(manifest, kind))]
    if not carriers:
        return (), 0
    place = _Place.of(history, bound=bound)
    judged = [_judge(manifest, found, kind, store, place, digests) for manifest, found in carriers]
    judged.sort(key=lambda one: (not one.may_count, not one.reaches_file, one.depth, one.carrier))
    kept = judged[:MAX_CARRIED]
    return tuple(_stamped(one, signers) for one in kept), len(judged) - len(kept)


def _assertions(manifest: RawManifest, kind: CarriedLabel) -> tuple[Assertion, ...]:
    return tuple(one for one in manifest.assertions if one.label.split("__", 1)[0] == kind.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The history by label, and which of its manifests hold on every step from the active one."""

    nodes: Mapping[str, Node]
    """Where each manifest stands with its children."""
    reached: frozenset[str]
    """Labels of manifests that are intact and led to by intact ones alone."""
    updates: frozenset[str]
    """Labels of the updates between the active manifest and the bound one."""
    is_cut: bool
    """Whether there are more links than were followed."""

    @classmethod
    def of(cls, history: History, *, bound: str) -> _Place:
        nodes = {node.check.label: node for node in history.root.walk() if node.check and not node.is_repeated}
        reached, queue = set[str](), [history.root]
        while queue:
            node = queue.pop()
            if node.check is None or node.outcome != "intact" or node.check.label in reached:
                continue
            reached.add(node.check.label)
            queue += nodes[node.check.label].children
        updates, step = list[str](), history.root
        while step.check is not None and step.check.label != bound and (below := below_update(step)) is not None:
            updates.append(step.check.label)
            step = below
        leads = step.check is not None and step.check.label == bound
        return cls(
            nodes=nodes,
            reached=frozenset(reached),
            updates=frozenset(updates if leads else ()),
            is_cut=history.is_cut,
        )


def _judge(
    manifest: RawManifest,
    found: Sequence[Assertion],
    kind: CarriedLabel,
    store: RawStore,
    place: _Place,
    digests: Mapping[str, str],
) -> CarriedAssertion:
    state, octets = read_content(found[0], kind) if len(found) == 1 else (CarriedState.SEVERAL, b"")
    node = None if store.is_hidden(manifest) else place.nodes.get(manifest.label)
    if node is None:
        is_beyond = place.is_cut and not store.is_hidden(manifest)
        beyond = CarriedState.UNREACHED if is_beyond else CarriedState.UNREFERENCED
        return CarriedAssertion(carrier=manifest.label, state=beyond, octets=octets)
    parent = _parent(node, place)
    base = _base(parent, place) if parent is not None else ""
    if manifest.label not in place.reached:
        state = CarriedState.BROKEN
    elif not node.is_update:
        state = CarriedState.NOT_UPDATE
    elif state is CarriedState.PLACED and not base:
        state = CarriedState.PARENT
    target = parent.check.label if parent is not None and parent.check is not None else ""
    if state is not CarriedState.PLACED:
        return CarriedAssertion(carrier=manifest.label, state=state, octets=octets, depth=node.depth)
    return CarriedAssertion(
        carrier=manifest.label,
        state=state,
        octets=octets,
        updated=target,
        updated_digest=digests[target],
        for_manifest=base,
        reaches_file=manifest.label in place.updates,
        depth=node.depth,
    )


def _parent(node: Node, place: _Place) -> Node | None:
    """The manifest that an update updates, where that is its only ingredient and holds in every way."""
    if len(node.children) != 1:
        return None
    (child,) = node.children
    link = child.link
    is_parent = link is not None and link.relationship == "parentOf" and link.state is LinkState.VERIFIED
    if not is_parent or child.check is None or child.outcome != "intact" or (link and link.recorded_breaks):
        # Who says that what they update does not hold cannot carry a statement for it.
        return None
    return place.nodes[child.check.label]


def _base(node: Node | None, place: _Place) -> str:
    """Label of the manifest with the hard binding to which updates alone lead from here; empty where to none."""
    while node is not None and node.check is not None:
        if not node.is_update:
            return node.check.label
        node = _parent(node, place)
    return ""


def _stamped(found: CarriedAssertion, signers: Mapping[str, SignerAssessment]) -> CarriedAssertion:
    """The same with its time, where a trusted authority proves that the carrier was there then.

    Whoever signs the carrier may have made the certificate: what ties its claim to a stamp over the signature alone is
    a key that the signature covers (`timestamp.assess_time` trusts no other, nor `cose.verify_with` a weak one).
    """
    signer = signers.get(found.carrier) if found.may_count else None
    if signer is None or not signer.stamp.is_trusted or signer.stamp.time is None:
        return found
    return replace(found, stamped=signer.stamp.time)

"""Which vouches does the verified history carry, where do they stand, and for which manifest may each one count?

A vouch is somebody's proof that a person stands behind a manifest. Inside Content Credentials it lies in an assertion
`org.vouchmark.vouch` of an update manifest whose only ingredient is the manifest that was vouched for. Here its place
is judged and nothing else: what the vouch itself proves, and which manifest it names, is for whoever reads it.

Content of the assertion: a CBOR map with exactly one entry, `vouch`, the vouch's octets as base64 text (RFC 4648,
section 4, padded). Text, because engines take assertions as JSON, which has no byte strings, and show them as JSON; one
form alone, so that equal vouches are equal assertions.
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

LABEL: Final = "org.vouchmark.vouch"
"""Label of the assertion."""
MAX_VOUCH_OCTETS: Final = 8192
"""Octets of one vouch, as in the personhood profile (a test compares): real ones have about 1,200."""
MAX_VOUCHES: Final = 256
"""Vouches that are handed on of one file: each costs its reader milliseconds."""

_KEY: Final = "vouch"
_MAX_CONTENT: Final = 4 * (MAX_VOUCH_OCTETS // 3 + 1) + 64
"""Octets of the assertion's CBOR: the text, a map's head, a key and a text's head."""


class VouchState(enum.StrEnum):
    """Whether an embedded vouch stands where it may count; only `PLACED` ever counts."""

    PLACED = "placed"
    """In an intact update manifest, reached by verified links, whose one ingredient is an intact manifest."""
    NOT_UPDATE = "not-update"
    """In a standard manifest, which may have changed the content that the vouch is about."""
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
    """More than MAX_VOUCH_OCTETS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVouch:
    """One embedded vouch: its octets, and what its place allows.

    A reader that finds `may_count` verifies the octets with the binding `c2pa-manifest` and the digest
    `vouched_digest`, and with no other digest: a vouch that names another manifest (the grandparent, say) is bound to
    other media. Where it then holds, it speaks of `for_manifest`: of this very file where `reaches_file`, else of an
    earlier version only, and that must be said. `reaches_file` is about the manifests; that the bytes of the file are
    those of the bound manifest is `OwnCheck.coverage.is_whole`, which has to be looked at as well.
    """

    carrier: str
    """Label of the manifest that carries it."""
    state: VouchState
    octets: bytes = field(default=b"", repr=False)
    """The vouch; empty where the assertion could not be read. Whatever the state: nothing in it is believed."""
    vouched: str = ""
    """Label of the manifest that the carrier updates: the one that the vouch must name. Empty unless `PLACED`."""
    vouched_digest: str = ""
    """Its SHA-256, lower-case hex, as in `OwnCheck.manifest_digests`. Empty unless `PLACED`."""
    for_manifest: str = ""
    """Label of the manifest with the hard binding to which `vouched` leads through updates alone, itself included: the
    vouch counts for that one. Empty unless `PLACED`."""
    reaches_file: bool = False
    """Whether that is the file's own bound manifest, and nothing but updates lie between the active one and it. False
    across an edit: the vouch then counts for the earlier version alone."""
    stamped: dt.datetime | None = None
    """Aware, UTC: what a trusted time stamp that binds the carrying manifest says; None where there is none."""
    depth: int = 0
    """Links from the active manifest to the carrier."""

    @property
    def may_count(self) -> bool:
        """Whether its place lets it count for anything at all."""
        return self.state is VouchState.PLACED


def content_of(vouch: bytes) -> dict[str, str]:
    """The assertion's content for these octets: what `read_content` reads."""
    return {_KEY: base64.b64encode(vouch).decode("ascii")}


def read_content(assertion: Assertion) -> tuple[VouchState, bytes]:
    """(`PLACED`, octets) of an assertion of the one form, else (`MALFORMED` or `TOO_LARGE`, nothing)."""
    if len(assertion.data) > _MAX_CONTENT:
        return VouchState.TOO_LARGE, b""
    if assertion.kind != "cbor":
        return VouchState.MALFORMED, b""
    try:
        content = assertion.map()
        text = content.get(_KEY)
        octets = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (CredentialsError, binascii.Error, ValueError):
        return VouchState.MALFORMED, b""
    if not octets or dict(content) != content_of(octets):
        return VouchState.MALFORMED, b""
    if len(octets) > MAX_VOUCH_OCTETS:
        return VouchState.TOO_LARGE, b""
    return VouchState.PLACED, octets


def find_vouches(
    store: RawStore,
    history: History,
    *,
    bound: str,
    signers: Mapping[str, SignerAssessment],
    digests: Mapping[str, str],
) -> tuple[tuple[FoundVouch, ...], int]:
    """(the embedded vouches of a store, how many more there are than MAX_VOUCHES).

    Those that may count come first, those for the file before those for earlier versions, nearest to the active
    manifest first: what is cut off is never one of these for the sake of a bad one.

    Args:
        store: The manifests.
        history: Their verified tree.
        bound: Label of the manifest that carries the file's hard binding; empty where there is none.
        signers: What is known of their signers, and so of their time stamps.
        digests: Their SHA-256 by label, lower-case hex.
    """
    carriers = [(manifest, found) for manifest in store.manifests if (found := _assertions(manifest))]
    if not carriers:
        return (), 0
    place = _Place.of(history, bound=bound)
    vouches = [_judge(manifest, found, store, place, digests) for manifest, found in carriers]
    vouches.sort(key=lambda one: (not one.may_count, not one.reaches_file, one.depth, one.carrier))
    kept = vouches[:MAX_VOUCHES]
    return tuple(_stamped(one, signers) for one in kept), len(vouches) - len(kept)


def _assertions(manifest: RawManifest) -> tuple[Assertion, ...]:
    return tuple(one for one in manifest.assertions if one.label.split("__", 1)[0] == LABEL)


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
    store: RawStore,
    place: _Place,
    digests: Mapping[str, str],
) -> FoundVouch:
    state, octets = read_content(found[0]) if len(found) == 1 else (VouchState.SEVERAL, b"")
    node = None if store.is_hidden(manifest) else place.nodes.get(manifest.label)
    if node is None:
        is_beyond = place.is_cut and not store.is_hidden(manifest)
        beyond = VouchState.UNREACHED if is_beyond else VouchState.UNREFERENCED
        return FoundVouch(carrier=manifest.label, state=beyond, octets=octets)
    parent = _parent(node, place)
    base = _base(parent, place) if parent is not None else ""
    if manifest.label not in place.reached:
        state = VouchState.BROKEN
    elif not node.is_update:
        state = VouchState.NOT_UPDATE
    elif state is VouchState.PLACED and not base:
        state = VouchState.PARENT
    target = parent.check.label if parent is not None and parent.check is not None else ""
    if state is not VouchState.PLACED:
        return FoundVouch(carrier=manifest.label, state=state, octets=octets, depth=node.depth)
    return FoundVouch(
        carrier=manifest.label,
        state=state,
        octets=octets,
        vouched=target,
        vouched_digest=digests[target],
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


def _stamped(vouch: FoundVouch, signers: Mapping[str, SignerAssessment]) -> FoundVouch:
    """The same with its time, where a trusted authority proves that the carrier was there then.

    Whoever signs the carrier may have made the certificate: what ties its claim to a stamp over the signature alone is
    a key that the signature covers (`timestamp.assess_time` trusts no other, nor `cose.verify_with` a weak one).
    """
    signer = signers.get(vouch.carrier) if vouch.may_count else None
    if signer is None or not signer.stamp.is_trusted or signer.stamp.time is None:
        return vouch
    return replace(vouch, stamped=signer.stamp.time)

"""What happened before, as far as verified links lead?

Walks from the active manifest through ingredient assertions that its claim covers, and from there on only where the
link's digest matches the manifest that lies in the store. Each ancestor is checked by itself, what claim generators
recorded is kept apart from what is seen now, and a manifest that no such walk reaches is reported and never believed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from provenance.credentials.errors import CredentialsError
from provenance.credentials.history.lineage import History, Link, LinkState, Node, Redaction, Thumbnail
from provenance.credentials.history.links import CLAIM, SIGNATURE, WHOLE, Digests, Redacted
from provenance.credentials.history.manifest_check import ManifestCheck, check_manifest
from provenance.credentials.history.recorded import recorded_failures
from provenance.credentials.store.jumbf import Assertion, RawManifest, RawStore
from provenance.credentials.store.kept import CREDENTIALS, DATA_BOXES
from provenance.credentials.store.uris import HashedUri, hashed_uri, split_uri

__all__ = ["History", "Link", "LinkState", "Node", "Redaction", "Thumbnail", "trace"]

MAX_DEPTH: Final = 64
"""Links from the active manifest. Real files stay below ten."""
MAX_LINKS: Final = 5_000
"""Ingredient links followed in one file, a tenth of a millisecond each: a collage may have a thousand pictures, and a
store can name the same ancestor many times."""
MAX_REDACTIONS: Final = 5_000
"""Redactions read in one file; real ones have one or two."""
MAX_TITLE: Final = 1_024
"""Characters kept of a title."""

NEVER_REDACTED: Final = ("c2pa.actions", "c2pa.hash.")
"""Starts of labels that nobody may redact (C2PA 2.4, section 6.8)."""
_ASSERTIONS: Final = "c2pa.assertions"
_REMOVABLE: Final = (_ASSERTIONS, DATA_BOXES, CREDENTIALS)
"""Stores of a manifest from which something may be removed; older claims have two besides the assertions."""


def _text(value: object) -> str:
    return value[:MAX_TITLE] if isinstance(value, str) else ""


class _Walker:
    """Builds the tree; counts links over the whole store."""

    def __init__(self, store: RawStore) -> None:
        self.store = store
        self.links = 0
        self.cut: dict[str, None] = {}
        self.entered: set[str] = set()
        self.checks: dict[str, ManifestCheck] = {}
        self.redactions: dict[Redaction, None] = {}
        self.redacted_by: dict[str, Redacted] = {}
        self.gone: dict[tuple[str, str, str], bool] = {}
        self.absent: dict[str, frozenset[str]] = {}
        self.digests = Digests()
        self.thumbnails: dict[str, Thumbnail | None] = {}

    def check(self, manifest: RawManifest) -> ManifestCheck:
        if manifest.label not in self.checks:
            self.checks[manifest.label] = check_manifest(manifest)
            self.thumbnails[manifest.label] = _thumbnail(self.checks[manifest.label])
        return self.checks[manifest.label]

    def node(self, manifest: RawManifest, link: Link | None, *, depth: int, redacted: Redacted) -> Node:
        check = self.check(manifest)
        repeated = manifest.label in self.entered
        self.entered.add(manifest.label)
        below = redacted.and_by(self.redact(manifest, check))
        reasons = [code for code in check.codes if code not in ("claimSignature.validated", "assertion.missing")]
        reasons += [] if redacted.allows(manifest.label, check.absent) else ["assertion.missing"]
        reasons += [f"recorded:{code}" for code in link.recorded_breaks] if link else []
        if link is not None and link.state is LinkState.UNVERIFIABLE:
            reasons.append("ingredient.manifest.mismatch")
        children: list[Node] = []
        if not repeated:
            if depth >= MAX_DEPTH:
                if any(map(_is_ingredient, check.verified)):
                    self.cut[f"earlier versions beyond {MAX_DEPTH:,}, one before the other"] = None
            else:
                children = self.children(manifest, check, depth=depth + 1, redacted=below)
        return Node(
            link=link,
            check=check,
            outcome="broken" if reasons else "intact",
            reasons=tuple(dict.fromkeys(reasons)),
            depth=depth,
            is_update=manifest.is_update,
            title=_text(manifest.claim.get("dc:title")),
            generator=_generator(manifest.claim),
            thumbnail=self.thumbnails[manifest.label],
            is_repeated=repeated,
            children=tuple(children),
        )

    def children(self, manifest: RawManifest, check: ManifestCheck, *, depth: int, redacted: Redacted) -> list[Node]:
        found = []
        for assertion in check.verified:
            if not _is_ingredient(assertion):
                continue
            self.links += 1
            if self.links > MAX_LINKS:
                self.cut[f"ingredients beyond {MAX_LINKS:,}"] = None
                break
            link, target = self.link(manifest, assertion, redacted)
            if target is None:
                found.append(_end(link, depth))
            else:
                found.append(self.node(target, link, depth=depth, redacted=redacted))
        return found

    def link(self, owner: RawManifest, assertion: Assertion, redacted: Redacted) -> tuple[Link, RawManifest | None]:
        """One link and the manifest to which it leads, where that may be entered."""
        try:
            content = assertion.map()
        except CredentialsError:
            return _link(owner, assertion, {}, LinkState.MALFORMED, ""), None
        stored = content.get("activeManifest", content.get("c2pa_manifest"))
        if stored is None:
            return _link(owner, assertion, content, LinkState.NONE, ""), None
        try:
            reference = hashed_uri(stored, what="an ingredient")
            label, path = split_uri(reference.url, manifest="")
        except CredentialsError:
            return _link(owner, assertion, content, LinkState.MALFORMED, ""), None
        if path or not label:
            return _link(owner, assertion, content, LinkState.MALFORMED, label), None
        if label in self.store.ambiguous:
            return _link(owner, assertion, content, LinkState.AMBIGUOUS, label), None
        target = self.store.manifest(label)
        if target is None:
            return _link(owner, assertion, content, LinkState.MISSING, label), None
        is_whole = self.digests.matches(reference, owner, target, WHOLE)
        is_legacy = self.is_legacy(reference, owner, target)
        state = LinkState.VERIFIED if is_whole or is_legacy else self.state(owner, content, target, redacted)
        link = _link(owner, assertion, content, state, label)
        link = replace(link, covers_signature=not is_legacy, covers_manifest=is_whole)
        return link, target if state is not LinkState.CHANGED else None

    def state(
        self,
        owner: RawManifest,
        content: Mapping[str, Any],
        target: RawManifest,
        redacted: Redacted,
    ) -> LinkState:
        """Where a link leads whose digest is not that of the manifest."""
        if target.label not in redacted.manifests:
            return LinkState.CHANGED
        # Redaction changed the manifest's bytes but not its signature, whose digest newer links carry.
        stored = content.get("claimSignature")
        if stored is None:
            return LinkState.UNVERIFIABLE
        try:
            signature = hashed_uri(stored, what="an ingredient's signature")
        except CredentialsError:
            return LinkState.CHANGED
        matches = self.digests.matches(signature, owner, target, SIGNATURE)
        return LinkState.VERIFIED if matches else LinkState.CHANGED

    def is_legacy(self, reference: HashedUri, owner: RawManifest, target: RawManifest) -> bool:
        """Before C2PA 1.1 a link hashed the claim alone; its signature covers the same bytes."""
        return target.claim_version == 1 and self.digests.matches(reference, owner, target, CLAIM)

    def redact(self, manifest: RawManifest, check: ManifestCheck) -> Redacted:
        """What this manifest is allowed to have removed; each is noted once."""
        if manifest.label not in self.redacted_by:
            allowed = frozenset(self.redactions_of(manifest) if check.is_intact else ())
            labels = frozenset(label for label, _ in allowed)
            self.redacted_by[manifest.label] = Redacted(allowed, labels)
        return self.redacted_by[manifest.label]

    def redactions_of(self, manifest: RawManifest) -> Iterator[tuple[str, str]]:
        """(manifest, assertion) of those that are allowed."""
        for url in dict.fromkeys(manifest.redacted):
            if len(self.redactions) >= MAX_REDACTIONS:
                self.cut[f"redactions beyond {MAX_REDACTIONS:,}"] = None
                return
            try:
                label, path = split_uri(url, manifest=manifest.label)
            except CredentialsError:
                label, path = "", ()
            place, name = path if len(path) == 2 and path[0] in _REMOVABLE else ("", "")
            ok = bool(name) and label != manifest.label and not name.startswith(NEVER_REDACTED)
            redaction = Redaction(
                by=manifest.label,
                manifest=label,
                assertion=name,
                is_allowed=ok,
                is_done=self.is_gone(label, place, name),
                is_named=self.is_named(label, place, name),
                is_assertion=place in (_ASSERTIONS, ""),
            )
            self.redactions[redaction] = None
            if ok:
                yield label, name

    def is_named(self, label: str, place: str, name: str) -> bool:
        """Whether a manifest has, or its claim names, what is said to be removed; true of manifests that are gone."""
        target = self.store.manifest(label)
        if target is None or not name or _stored(target, place, name) is not None:
            return True
        if target.label not in self.absent:
            self.absent[target.label] = frozenset(self.check(target).absent)
        return name in self.absent[target.label]

    def is_gone(self, label: str, place: str, name: str) -> bool:
        """Whether something is not there, or holds nothing but zeros."""
        if (label, place, name) not in self.gone:
            target = self.store.manifest(label)
            stored = _stored(target, place, name) if target else None
            self.gone[label, place, name] = stored is None or stored.is_zeroed
        return self.gone[label, place, name]


def _stored(target: RawManifest, place: str, name: str) -> Assertion | None:
    """What lies under that name in one of a manifest's stores."""
    find = {DATA_BOXES: target.data_box, CREDENTIALS: target.credential}.get(place, target.assertion)
    return find(name)


def _is_ingredient(assertion: Assertion) -> bool:
    return assertion.base_label == "c2pa.ingredient"


def _link(owner: RawManifest, assertion: Assertion, content: Mapping[str, Any], state: LinkState, target: str) -> Link:
    relationship = content.get("relationship")
    return Link(
        owner=owner.label,
        assertion=assertion.label,
        relationship=relationship if isinstance(relationship, str) and len(relationship) <= 64 else "",
        state=state,
        target=target,
        title=_text(content.get("dc:title")),
        format=_text(content.get("dc:format")),
        recorded=recorded_failures(content),
    )


def _below_updates(node: Node) -> Node:
    """The tree in which no update above the content breaks the content by what it recorded.

    That is its signer's word, and our own check of the content is ours. As deep as there are updates: MAX_DEPTH.
    """
    if not node.is_update:
        return node
    return replace(node, children=tuple(_below_updates(_of_update(child)) for child in node.children))


def _of_update(child: Node) -> Node:
    """One child of an update above the content."""
    if child.link is None or child.link.relationship != "parentOf":
        return child
    reasons = tuple(reason for reason in child.reasons if not reason.startswith("recorded:"))
    outcome = "intact" if child.outcome == "broken" and child.check is not None and not reasons else child.outcome
    return replace(child, link=replace(child.link, is_update=True), reasons=reasons, outcome=outcome)


_END_REASONS: Final = {
    LinkState.CHANGED: ("broken", "ingredient.manifest.mismatch"),
    LinkState.MISSING: ("missing", "ingredient.manifest.missing"),
    LinkState.AMBIGUOUS: ("broken", "ingredient.manifest.mismatch"),
    LinkState.MALFORMED: ("broken", "assertion.ingredient.malformed"),
}


def _end(link: Link, depth: int) -> Node:
    """A link that leads to no manifest which may be entered."""
    outcome, reason = _END_REASONS.get(link.state, ("unsigned", ""))
    reasons = [reason] if reason else []
    if link.recorded_breaks:
        outcome = "broken" if outcome == "unsigned" else outcome
        reasons += [f"recorded:{code}" for code in link.recorded_breaks]
    return Node(
        link=link,
        check=None,
        outcome=outcome,
        reasons=tuple(reasons),
        depth=depth,
        is_update=False,
        title=link.title,
        generator="",
        thumbnail=None,
        is_repeated=False,
    )


def _generator(claim: Mapping[str, Any]) -> str:
    """The claim generator's name and version, as written."""
    info = claim.get("claim_generator_info")
    if isinstance(info, list) and info:
        info = info[0]
    if isinstance(info, Mapping) and isinstance(info.get("name"), str):
        version = info.get("version")
        return _text(f"{info['name']} {version}" if isinstance(version, str) else info["name"])
    return _text(claim.get("claim_generator"))


def _thumbnail(check: ManifestCheck) -> Thumbnail | None:
    for assertion in check.verified:
        if assertion.base_label.startswith("c2pa.thumbnail.claim") and assertion.kind == "embedded":
            return Thumbnail(
                media_type=assertion.media_type[:128],
                size=len(assertion.data),
                sha256=hashlib.sha256(assertion.data).hexdigest(),
                data=assertion.data,
            )
    return None


def trace(store: RawStore) -> History:
    """The history of the active manifest. Never raises for what the bytes hold."""
    walker = _Walker(store)
    root = _below_updates(walker.node(store.active, None, depth=0, redacted=Redacted()))
    # By a name that several carry nothing is reached, but the active manifest is where the walk begins. Where links are
    # left that were not followed, nobody knows of the others whether one leads there.
    left = [
        manifest.label
        for manifest in store.manifests
        if (manifest.label not in walker.entered and not walker.cut) or store.is_hidden(manifest)
    ]
    return History(
        root=root,
        unreferenced=(*dict.fromkeys(left), *store.unreadable),
        redactions=tuple(walker.redactions),
        cut=tuple(walker.cut),
    )

"""What is a file's history, as data: links, manifests reached by them, redactions, in a tree?"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from provenance.credentials.history.ai_names import TRAINING, speaks_of_ai
from provenance.credentials.history.manifest_check import ManifestCheck

SOFT_FAILURES: Final = ("signingCredential.", "cawg.",
                        "timeStamp.", "ingredient.unknownProvenance")  # fmt: skip
"""Starts of recorded codes that do not say that bytes or statements were changed."""

_REVOKED: Final = ("signingCredential.revoked", "signingCredential.ocsp.revoked")


class LinkState(enum.StrEnum):
    """Where one ingredient link leads."""

    VERIFIED = "verified"
    """To a manifest whose digest is the recorded one."""
    CHANGED = "changed"
    """To a manifest of that name with other bytes."""
    MISSING = "missing"
    """To a manifest that is not in the store."""
    AMBIGUOUS = "ambiguous"
    """To a name that several manifests carry."""
    UNVERIFIABLE = "unverifiable"
    """Redaction changed the digest, and the old link has no other that could be checked."""
    NONE = "none"
    """The ingredient has no Content Credentials of its own."""
    MALFORMED = "malformed"
    """The ingredient assertion cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One ingredient of one manifest."""

    owner: str
    """Label of the manifest that names the ingredient."""
    assertion: str
    """Label of the ingredient assertion."""
    relationship: str
    """`parentOf`, `componentOf`, `inputTo`; empty where it could not be read."""
    state: LinkState
    target: str
    """Label of the ingredient's manifest, empty where it has none."""
    title: str
    """As written by the signer, at most MAX_TITLE characters."""
    format: str
    recorded: tuple[str, ...]
    """Failure codes that the claim generator recorded when it added the ingredient, sorted."""
    is_update: bool = False
    """Whether it is the link of an update to the content that it updates."""
    covers_signature: bool = True
    """Whether the link hashes the ingredient's signature too; those from before C2PA 1.1 hash the claim alone."""
    covers_manifest: bool = False
    """Whether the link's digest is that of the ingredient's whole manifest as it lies in the store."""

    @property
    def recorded_breaks(self) -> tuple[str, ...]:
        """Recorded failures that say the ingredient was changed then."""
        return tuple(code for code in self.recorded if not code.startswith(SOFT_FAILURES))

    @property
    def recorded_revocations(self) -> tuple[str, ...]:
        """Recorded failures that say the certificate of the ingredient's signer was revoked then."""
        return tuple(code for code in self.recorded if code.startswith(_REVOKED))

    @property
    def role(self) -> str:
        """`parent`, `input` or `component`."""
        return {"parentOf": "parent", "inputTo": "input"}.get(self.relationship, "component")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A picture that a manifest carries of its own state."""

    media_type: str
    """As written."""
    size: int
    """Bytes."""
    sha256: str
    """Lower-case hex."""
    data: memoryview = field(default=memoryview(b""), repr=False)
    """Empty outside the process that parsed it: a report needs no more than its digest."""


class Removed(enum.StrEnum):
    """What a removed assertion was about, by its label."""

    AI = "ai"
    TRAINING = "training"
    INGREDIENT = "ingredient"
    """What went into it, which may have been made by AI."""
    METADATA = "metadata"
    """Place, time and rights."""
    TIME = "time"
    """A time stamp."""
    IDENTITY = "identity"
    PICTURE = "picture"
    """A thumbnail or an icon, which states nothing."""
    OTHER = "done"


_BY_LABEL: Final = (
    *((label, Removed.TRAINING) for label in TRAINING),
    ("c2pa.ai-disclosure", Removed.AI),
    ("com.adobe.generative-ai", Removed.AI),
    ("c2pa.ingredient", Removed.INGREDIENT),
    ("c2pa.metadata", Removed.METADATA),
    ("cawg.metadata", Removed.METADATA),
    ("c2pa.location", Removed.METADATA),
    ("stds.", Removed.METADATA),
    ("c2pa.time-stamp", Removed.TIME),
    ("cawg.identity", Removed.IDENTITY),
    ("c2pa.thumbnail", Removed.PICTURE),
    ("c2pa.icon", Removed.PICTURE),
)
"""Starts of labels, the first that fits."""
_STARTS: Final = tuple(start for start, _ in _BY_LABEL)


_OF_METADATA: Final = frozenset(
    ("exif", "iptc", "xmp", "metadata", "gps", "geo", "geolocation", "location", "place", "rights", "copyright",
     "license", "licence")
)  # fmt: skip
"""Words in labels of makers' own that speak of place, time or rights."""
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_WITH_AI: Final = ("c2pa.metadata", "cawg.metadata", "stds.iptc", "stds.schema-org.CreativeWork")
"""Starts of labels of metadata whose vocabularies have fields on AI as well (IPTC Photo Metadata, schema.org)."""


def may_speak_of_ai(label: str) -> bool:
    """Whether an assertion of that label is one in which something may be said of a making by or with AI."""
    return kind_of_label(label) in (Removed.AI, Removed.INGREDIENT) or label.startswith(_WITH_AI)


def kind_of_label(label: str) -> Removed:
    """What an assertion was about, by its label; labels that speak of AI count as such whoever made them."""
    if label.startswith(_STARTS):
        return next(kind for start, kind in _BY_LABEL if label.startswith(start))
    if speaks_of_ai(label):
        return Removed.AI
    words = {word.casefold() for word in _WORD.findall(label)}
    return Removed.OTHER if words.isdisjoint(_OF_METADATA) else Removed.METADATA


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """An assertion that a manifest says it removed from an ancestor."""

    by: str
    """Label of the manifest that removed it."""
    manifest: str
    assertion: str
    is_allowed: bool
    """False for actions and hard bindings, and for assertions of the redacting manifest itself."""
    is_done: bool
    """False where the assertion is still there."""
    is_named: bool = True
    """False where the manifest is there and never named it: what was never there was not removed."""
    is_assertion: bool = True
    """False for data that older claims keep beside their assertions."""

    @property
    def is_real(self) -> bool:
        """Whether something is gone, as the specification allows it."""
        return self.is_allowed and self.is_done and self.is_named

    @property
    def kind(self) -> Removed:
        """What was removed, by its label."""
        return kind_of_label(self.assertion) if self.is_assertion else Removed.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One manifest in the tree, and how it was reached."""

    link: Link | None
    """None for the active manifest."""
    check: ManifestCheck | None
    """None where the link leads to no manifest that may be read."""
    outcome: str
    """`intact`, `broken`, `missing`, `unsigned`; for the active manifest `intact` or `broken`."""
    reasons: tuple[str, ...]
    """Why it is broken or missing: the specification's codes seen now, then `recorded:` ones."""
    depth: int
    is_update: bool
    title: str
    generator: str
    """Name of the software that made the claim, as written."""
    thumbnail: Thumbnail | None
    is_repeated: bool
    """The same manifest stands earlier in the tree, with its children."""
    children: tuple[Node, ...] = ()

    @property
    def code(self) -> str:
        """`history.parent.broken`, `history.component.intact`, …; empty for the active manifest."""
        return f"history.{self.link.role}.{self.outcome}" if self.link else ""

    def walk(self) -> Iterator[Node]:
        """This node and all below, each before its children."""
        left = [self]
        while left:
            node = left.pop()
            yield node
            left.extend(reversed(node.children))


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The whole tree."""

    root: Node
    unreferenced: tuple[str, ...]
    """Labels of manifests that no verified link reaches, and of unreadable ones: never believed."""
    redactions: tuple[Redaction, ...]
    cut: tuple[str, ...] = ()
    """What there is beyond what was followed, in our words."""

    @property
    def is_cut(self) -> bool:
        """A bound was met: there are more links than were followed."""
        return bool(self.cut)

    @property
    def first_break(self) -> Node | None:
        """The broken or missing ancestor nearest to the active manifest; None where there is none."""
        bad = [n for n in self.root.walk() if n.link is not None and n.outcome in ("broken", "missing")]
        return min(bad, key=lambda node: node.depth, default=None)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code of the tree, once, in the order met."""
        found = [node.code for node in self.root.walk() if node.code]
        found += ["history.unreferenced"] if self.unreferenced else []
        found += ["history.redaction.forbidden"] if any(not one.is_allowed for one in self.redactions) else []
        found += ["history.redaction.not_done"] if any(not one.is_done for one in self.redactions) else []
        found += ["history.redaction.done"] if any(one.is_real for one in self.redactions) else []
        found += ["history.cut"] if self.is_cut else []
        return tuple(dict.fromkeys(found))


def below_update(node: Node) -> Node | None:
    """The manifest that an update updates, by its one verified parent link; None where it is no update, or has none."""
    if not node.is_update:
        return None
    parents = [
        child
        for child in node.children
        if child.link and child.link.relationship == "parentOf" and child.link.state is LinkState.VERIFIED
    ]
    return parents[0] if len(parents) == 1 else None

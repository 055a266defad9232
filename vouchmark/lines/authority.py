"""Whose word counts for what? The one table of authority that every line uses.

| who signed | speaks for | counts on the lines as |
|---|---|---|
| the manifest with the hard binding | this file's content | its signer's word |
| a later update (C2PA 2.2, section 11.2.3) | nothing of the content | what a later signer says, beside the answer |
| an ancestor (`parentOf`) | the earlier file that it is bound to | that signer's word on the earlier file |
| a component (`componentOf`) | its part | that signer's word on the part |
| an input (`inputTo`) | what went in | that signer's word on the input |
| a manifest that nothing reaches | nothing | nothing |

What a claim lists among its gathered assertions "is not attributed to the signer" (C2PA 2.2, section 10.2.2). An
ancestor's word counts no more than its signer's standing: unlisted, it is hearsay; revoked or distrusted, it is as if
that signer had signed this file.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from provenance.credentials.certificates.signer import SignerAssessment
from provenance.credentials.history.lineage import LinkState, Node, below_update
from provenance.credentials.history.manifest_check import SignatureState
from provenance.credentials.own_check import OwnCheck
from vouchmark.lines.facts import Answer, Draft, certificate_name
from vouchmark.report import Json, Root
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Phrase, Said

NOBODY: Final = "nobody in particular"
"""What a signer is called whose certificate has no name that can be read."""


class Of(enum.StrEnum):
    """Of what a manifest speaks, seen from the content at hand."""

    CONTENT = "this file"
    EARLIER = "earlier file"
    """What it was made from, step by step."""
    INPUT = "input"
    """What went into making it and is not seen in it."""
    PART = "part"
    """What was used in it, or in what it was made from."""
    UPDATE = "update"
    """What a later signer added without changing content."""


ORDER: Final = (Of.CONTENT, Of.EARLIER, Of.PART, Of.INPUT, Of.UPDATE)
"""The most telling first: a manifest that is reached in several ways counts as the first of them."""
_BY_LINK: Final = {"parentOf": Of.EARLIER, "inputTo": Of.INPUT}


class Standing(enum.StrEnum):
    """What is known against or for a signer, at the time that counts."""

    LISTED = "listed"
    """A list that the reader uses vouches for it."""
    UNLISTED = "unlisted"
    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    TEST_KEY = "public test key"
    IRREGULAR = "irregular certificate"
    UNESTABLISHED = "unestablished"
    """Its signature does not hold, or its certificate cannot be read."""
    REVOKED = "revoked"
    DISTRUSTED = "distrusted"

    @property
    def is_refused(self) -> bool:
        """Whether somebody who may do so took this signer's word back."""
        return self in (Standing.REVOKED, Standing.DISTRUSTED)


WHY: Final = {
    Standing.UNLISTED: "hearsay.unlisted",
    Standing.EXPIRED: "hearsay.expired",
    Standing.NOT_YET_VALID: "hearsay.not_yet_valid",
    Standing.TEST_KEY: "hearsay.test_key",
    Standing.IRREGULAR: "hearsay.irregular",
    Standing.UNESTABLISHED: "hearsay.unestablished",
    Standing.REVOKED: "hearsay.revoked",
    Standing.DISTRUSTED: "hearsay.distrusted",
}
"""The sentence of what stands against a signer."""

_STANDINGS: Final = {
    "signer.distrusted": Standing.DISTRUSTED,
    "signer.revoked": Standing.REVOKED,
    "signer.profile.violated": Standing.IRREGULAR,
    "signer.test_key": Standing.TEST_KEY,
    "signer.not_yet_valid": Standing.NOT_YET_VALID,
    "signer.expired": Standing.EXPIRED,
    "signer.unreadable": Standing.UNESTABLISHED,
}

WHOSE: Final = {Of.CONTENT: "", Of.EARLIER: ".earlier", Of.INPUT: ".input", Of.PART: ".part", Of.UPDATE: ".update"}
"""Whose word it is, or of what something is said, as the ids of sentences end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """One manifest, of what it speaks, and what its signer's word is worth."""

    label: str
    """Of the manifest."""
    of: Of
    name: str
    """What its signer is called; only a claim unless the standing is LISTED."""
    standing: Standing
    weakest: Standing
    """The least of the standings on the way to it, its own included and the content's left out: LISTED for the content
    itself. What an ancestor says of its own parent rests on both."""
    fingerprint: str
    """SHA-256 of the signer's certificate, lower-case hex; empty where there is none."""
    in_order: bool
    """Whether every link on the way to it holds, and it is intact itself."""

    @property
    def called(self) -> Phrase:
        """The signer, for a sentence: by name only where a list vouches for it."""
        return {"name": self.name, "vouched": "yes" if self.standing is Standing.LISTED else ""}

    @property
    def is_hearsay(self) -> bool:
        """Whether its word comes through a signer whom nothing that the reader uses vouches for."""
        return self.weakest is not Standing.LISTED

    @property
    def but(self) -> Said:
        """Why its word is hearsay: for its own signer, or for another on the way."""
        return say("hearsay.on_the_way" if self.standing is Standing.LISTED else WHY[self.weakest])

    def detail(self) -> dict[str, Json]:
        """`of` and `by`, for a finding's detail."""
        return {"of": str(self.of), **self.by()}

    def by(self) -> dict[str, Json]:
        """`by` alone, for a finding that says itself of what it is."""
        by: dict[str, Json] = {
            "signer": self.name,
            "standing": str(self.standing),
            "certificate_sha256": self.fingerprint,
        }
        return {"by": by}


def attributed(answer: Answer, known: Mapping[str, Speaker]) -> Answer:
    """The same with `of` and `by` for every finding about a manifest or something in it, where it does not say so."""
    if not known:
        return answer
    return replace(answer, drafts=tuple(_attributed(draft, known) for draft in answer.drafts))


_ADDRESS: Final = "self#jumbf=/c2pa/"


def _attributed(draft: Draft, known: Mapping[str, Speaker]) -> Draft:
    # An engine names a manifest, or something in it, by its address.
    speaker = known.get(draft.subject.removeprefix(_ADDRESS).partition("/")[0])
    if speaker is None or draft.root in (Root.ENGINE, Root.FILE, Root.UNSIGNED_METADATA):
        return draft
    return replace(draft, detail={**speaker.detail(), **draft.detail})


def standing_of(own: OwnCheck, label: str) -> Standing:
    """What is known for or against the signer of a manifest."""
    check, signer = own.checks.get(label), own.signers.get(label)
    if check is None or signer is None or check.signature is not SignatureState.VALID:
        return Standing.UNESTABLISHED
    return _standing(signer)


def _standing(signer: SignerAssessment) -> Standing:
    for code, standing in _STANDINGS.items():
        if code in signer.codes:
            return standing
    return Standing.LISTED if signer.is_vouched else Standing.UNLISTED


def content_of(own: OwnCheck) -> Node | None:
    """The manifest with the hard binding, as the walk reached it; None where updates lead to none."""
    node = own.history.root if own.history is not None else None
    while node is not None and node.is_update:
        node = below_update(node)
    return node


def updates_of(own: OwnCheck) -> tuple[Node, ...]:
    """The updates above the content, the latest first."""
    found: list[Node] = []
    node = own.history.root if own.history is not None else None
    while node is not None and node.is_update:
        found.append(node)
        node = below_update(node)
    return tuple(found)


def titles_of(own: OwnCheck) -> dict[str, str]:
    """What each ancestor is called by whoever names it, by the label of its manifest; the nearest link's word."""
    found: dict[str, str] = {}
    for node in own.history.root.walk() if own.history is not None else ():
        if node.link is not None and node.link.target:
            found.setdefault(node.link.target, node.link.title)
    return found


def speakers(own: OwnCheck | None) -> Mapping[str, Speaker]:
    """Everyone who says something, by the label of the manifest; nobody where our own check is missing."""
    if own is None or own.history is None:
        return {}
    found: dict[str, Speaker] = {}
    for node in updates_of(own):
        if node.check is not None:
            found[node.check.label] = _speaker(own, node, Of.UPDATE, Standing.LISTED, in_order=True)
    content = content_of(own)
    if content is not None:
        found |= _below(own, content)
    return found


def _below(own: OwnCheck, content: Node) -> dict[str, Speaker]:
    """The content's own manifest and all that links lead to from there, each with the way to it.

    One that several links lead to counts as the most telling of them, and so does all below it: each is looked at again
    at most once for each way in ORDER.
    """
    nodes = {node.check.label: node for node in content.walk() if node.check is not None and not node.is_repeated}
    found: dict[str, Speaker] = {}
    waiting: list[tuple[Node, Of, Standing, bool]] = [(content, Of.CONTENT, Standing.LISTED, True)]
    while waiting:
        node, of, above, in_order = waiting.pop()
        if node.check is None:
            continue
        known = found.get(node.check.label)
        if known is not None and ORDER.index(known.of) <= ORDER.index(of):
            continue
        speaker = _speaker(own, node, of, above, in_order=in_order)
        found[speaker.label] = speaker
        # What an update of an ancestor says counts as an update; what lies below it is the ancestor itself.
        through = speaker.weakest if of is not Of.CONTENT else Standing.LISTED
        for child in nodes.get(speaker.label, node).children:
            if child.link is not None:
                holds = speaker.in_order and child.link.state is LinkState.VERIFIED
                waiting.append((child, _child(of, child), through, holds))
    return found


def _child(of: Of, child: Node) -> Of:
    relationship = child.link.relationship if child.link is not None else ""
    below = _BY_LINK.get(relationship, Of.PART)
    if child.is_update and below is Of.EARLIER and of in (Of.CONTENT, Of.EARLIER, Of.UPDATE):
        return Of.UPDATE
    if of in (Of.CONTENT, Of.EARLIER, Of.UPDATE):
        return below
    # All that lies below a part or an input is one, too.
    return of


def of_node(known: Mapping[str, Speaker], node: Node) -> Of:
    """Of what a link leads to speaks, by whoever names it; an update of an earlier version belongs to that version."""
    owner = known.get(node.link.owner) if node.link is not None else None
    of = _child(owner.of if owner is not None else Of.PART, node)
    return Of.EARLIER if of is Of.UPDATE else of


_RANKS: Final = tuple(Standing)


def _speaker(own: OwnCheck, node: Node, of: Of, above: Standing, *, in_order: bool) -> Speaker:
    label = node.check.label if node.check is not None else ""
    signer, standing = own.signers.get(label), standing_of(own, label)
    weakest = Standing.LISTED if of is Of.CONTENT else max((above, standing), key=_RANKS.index)
    return Speaker(
        label=label,
        of=of,
        name=certificate_name(signer.certificate) if signer is not None else "",
        standing=standing,
        weakest=weakest,
        fingerprint=signer.fingerprint if signer is not None else "",
        in_order=in_order and node.outcome == "intact" and node.check is not None and node.check.is_intact,
    )

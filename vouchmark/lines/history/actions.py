"""Does what a signer says of the making hang together: one beginning, first, of what is named? Part of history.

At most one action begins a file, created or opened, and it is the first; what is opened is an ingredient, and what is
created has none that it was made from (C2PA 2.2, section 18.14.2). Where that is not so, nobody knows what the file was
made from; of an earlier version the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from provenance.credentials.history.lineage import Node, Removed
from provenance.credentials.own_check import OwnCheck
from vouchmark.lines.authority import Of, Speaker
from vouchmark.lines.facts import Draft, Drafter
from vouchmark.report import Json, Root, Status
from vouchmark.wording.catalogue import say

_BEGINNINGS: Final = ("c2pa.created", "c2pa.opened")
_own: Final = Drafter("vouchmark history check", Root.CLAIM_SIGNATURE)
_earlier: Final = Drafter("vouchmark history check", Root.INGREDIENT)
MAX_ACTIONS: Final = 50
"""Actions named in the detail."""


def drafts(own: OwnCheck, content: Node, known: Mapping[str, Speaker]) -> Iterator[Draft]:
    """What does not hang together in the account of the making of the content, and of what it was made from."""
    for node in content.walk():
        of = known[node.check.label].of if node.check is not None and node.check.label in known else Of.PART
        if of in (Of.CONTENT, Of.EARLIER) and not node.is_repeated:
            yield from _of_one(own, node, of)


def _of_one(own: OwnCheck, node: Node, of: Of) -> Iterator[Draft]:
    check = node.check
    if check is None or not check.is_intact or node.is_update:
        return
    begun = [name for name in check.actions if name in _BEGINNINGS]
    parents = any(child.link is not None and child.link.relationship == "parentOf" for child in node.children)
    found = []
    if "c2pa.opened" in begun and not parents and not _lost(own, node):
        found.append("opened-without-ingredient")
    if begun == ["c2pa.created"] and parents:
        found.append("created-with-parent")
    if len(begun) > 1:
        found.append("several-beginnings")
    elif begun and check.actions[0] not in _BEGINNINGS:
        found.append("late-beginning")
    for reason in found:
        below, draft = (".earlier", _earlier) if of is Of.EARLIER else ("", _own)
        detail: dict[str, Json] = {"reason": reason, "actions": list[Json](check.actions[:MAX_ACTIONS])}
        yield draft("history.actions", Status.UNKNOWN, say(f"history.{reason}{below}"), check.label, detail)


def _lost(own: OwnCheck, node: Node) -> bool:
    """Whether an ingredient is gone from a manifest, or was not looked at: it may be the one that was opened."""
    if node.check is None:
        return False
    removed = own.history.redactions if own.history is not None else ()
    gone = any(one.manifest == node.check.label and one.is_real and one.kind is Removed.INGREDIENT for one in removed)
    unread = own.history is not None and own.history.is_cut and not node.children
    return gone or unread or "c2pa.ingredient" in _bases(node.check.absent)


def _bases(labels: tuple[str, ...]) -> set[str]:
    return {label.split("__", 1)[0].removesuffix(".v2").removesuffix(".v3") for label in labels}

"""Does what a signer says of the making hang together: one beginning, first, of what is named? Part of history.

At most one action begins a file, created or opened, and it is the first; what is opened is an ingredient (C2PA 2.2,
section 18.14.2). Where that is not so, nobody knows what the file was made from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provenance.credentials.history.lineage import Node
from provenance.credentials.own_check import OwnCheck
from vouchmark.lines.facts import Draft, Drafter
from vouchmark.report import Json, Root, Status

_BEGINNINGS: Final = ("c2pa.created", "c2pa.opened")
_own: Final = Drafter("vouchmark history check", Root.CLAIM_SIGNATURE)
_WORDS: Final = {
    "opened-without-ingredient": "It is signed that an earlier file was opened, and no such file is named.",
    "several-beginnings": "It is signed that it was begun more than once, so what it was made from is not known.",
    "late-beginning": "It is signed that it was begun after something was done to it: that cannot be.",
}
"""What does not hang together, by a stable word."""


def drafts(own: OwnCheck, content: Node) -> Iterator[Draft]:
    """What does not hang together in the content's own account of its making."""
    check = content.check
    if check is None or not check.is_intact or content.is_update:
        return
    begun = [name for name in check.actions if name in _BEGINNINGS]
    parents = any(child.link is not None and child.link.relationship == "parentOf" for child in content.children)
    removed = own.history is not None and any(one.manifest == check.label for one in own.history.redactions)
    found = []
    if "c2pa.opened" in begun and not parents and not removed and "c2pa.ingredient" not in _bases(check.absent):
        found.append("opened-without-ingredient")
    if len(begun) > 1:
        found.append("several-beginnings")
    elif begun and check.actions[0] not in _BEGINNINGS:
        found.append("late-beginning")
    for reason in found:
        detail: dict[str, Json] = {"reason": reason, "actions": list[Json](check.actions[:MAX_ACTIONS])}
        yield _own("history.actions", Status.UNKNOWN, _WORDS[reason], check.label, detail)


MAX_ACTIONS: Final = 50
"""Actions named in the detail."""


def _bases(labels: tuple[str, ...]) -> set[str]:
    return {label.split("__", 1)[0].removesuffix(".v2").removesuffix(".v3") for label in labels}

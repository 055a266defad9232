"""Where does each manifest stand, seen from the content? Walked once for all manifests of a file."""

from __future__ import annotations

from provenance.credentials.lineage import Node
from provenance.credentials.own_check import OwnCheck


class Places:
    """Labels of manifests by where our own walk reached them; all empty where there was none."""

    def __init__(self, own: OwnCheck | None) -> None:
        """Walk the history."""
        root = own.history.root if own is not None and own.history is not None else None
        nodes = list(root.walk()) if root is not None else []
        self.current = frozenset(check.label for check in own.chain) if own is not None else frozenset[str]()
        """The active manifest, the updates below it and the bound manifest."""
        self.broken = frozenset(node.link.target for node in nodes if node.link and node.outcome != "intact")
        """Ancestors whose media was found changed: what they declare is about other bytes than those that were used."""
        self.earlier = frozenset(_versions(root) if root is not None else ())
        """What it was made from, step by step, by parent links alone."""


def _versions(root: Node) -> list[str]:
    found: list[str] = []
    left = [root]
    while left:
        for child in left.pop().children:
            if child.link is not None and child.link.relationship == "parentOf":
                found.append(child.link.target)
                left.append(child)
    return found

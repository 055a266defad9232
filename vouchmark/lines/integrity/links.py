"""Where does a link between manifests lead nowhere, and what is wrong with it?"""

from __future__ import annotations

from provenance.credentials.history.lineage import Link, LinkState, below_update
from vouchmark.lines.facts import Facts


def broken_update(facts: Facts) -> Link | None:
    """The malformed link of the update at which our own walk to the bound manifest ends; None where it ends at none."""
    node = facts.own.history.root if facts.own is not None and facts.own.history is not None else None
    while node is not None and node.is_update:
        for child in node.children:
            if child.link is not None and child.link.state is LinkState.MALFORMED:
                return child.link
        node = below_update(node)
    return None

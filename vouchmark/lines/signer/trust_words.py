"""What is a list called in a sentence, and when does its label rest on the reader's word alone?

A list earns its label by the address that it came from or by its digest (`trust update`, `trust import`); where the
reader said what it is, every sentence says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provenance.credentials.trust.formats import AS_SAID
from provenance.credentials.trust.view import Label

VOUCHING: Final[Mapping[Label, str]] = {
    Label.OFFICIAL: "the official C2PA list",
    Label.INTERIM: "the interim list, frozen on 2026-01-01,",
    Label.IPTC: "IPTC's list of verified news publishers",
    Label.YOURS: "your own list",
}
"""A list that vouches, as the beginning of "… vouches for this signer"."""
_PUBLISHERS: Final[Mapping[Label, str]] = {
    Label.IPTC: "on IPTC's list of verified news publishers",
    Label.YOURS: "on your own list of news publishers",
}


def shown_label(label: Label, *, is_said: bool) -> str:
    """A label as findings carry it: `official`, or `official, as you said`."""
    return f"{label}{AS_SAID}" if is_said else str(label)


def vouching(label: Label, *, is_said: bool) -> str:
    """The list that vouches, as the beginning of a sentence's second half."""
    return f"a list ({shown_label(label, is_said=True)})" if is_said else VOUCHING.get(label, "a list")


def among_publishers(label: Label, *, is_said: bool) -> str:
    """Where a publisher stands, behind its name and a comma."""
    if is_said or label not in _PUBLISHERS:
        return f"on a list of news publishers ({shown_label(label, is_said=is_said)})"
    return _PUBLISHERS[label]

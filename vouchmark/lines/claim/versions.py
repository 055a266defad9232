"""Whose signed statements on place and time are held against what is said? Part of the claim line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from provenance.credentials.history.statements import Declared
from vouchmark.lines.authority import Of, Speaker

OWN: Final = "vouchmark claim check"
"""The source of the line's findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One manifest whose statements are about this content or an earlier version of it."""

    speaker: Speaker
    gathered: frozenset[str]
    """Labels of its assertions that are not attributed to its signer."""
    holds: bool
    """Whether what it states is established to be about what is looked at."""
    declared: Declared
    signed: dt.datetime | None
    """When it was signed, by a trusted authority; None where none says so."""

    @property
    def label(self) -> str:
        """Of the manifest."""
        return self.speaker.label

    @property
    def earlier(self) -> bool:
        """Whether it speaks of an earlier version."""
        return self.speaker.of is Of.EARLIER

    def whose(self, assertion: str) -> str:
        """Whose word one of its assertions is, as the ids of sentences end."""
        return f"{'.earlier' if self.earlier else ''}{'.passed_on' if assertion in self.gathered else ''}"

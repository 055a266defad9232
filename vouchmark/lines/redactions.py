"""What did later signers remove, and which lines does that concern?

A redaction is allowed to whoever signs next (C2PA 2.2, section 6.8), and takes a statement away without a trace of what
it said: its label alone tells of what kind it was. A line whose statement may have been removed cannot tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provenance.credentials.history.lineage import Redaction, Removed, may_speak_of_ai
from provenance.credentials.own_check import OwnCheck
from vouchmark.lines.authority import Of, Speaker
from vouchmark.report import Json
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Fact, Said

_WHERE: Final = {Of.EARLIER: ".earlier", Of.PART: ".part", Of.INPUT: ".input", Of.UPDATE: ".update"}
"""From what, in the ids of sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One statement that is gone."""

    kind: Removed
    redaction: Redaction
    of: Of
    """Of what the manifest spoke that lost it."""
    by: Speaker | None
    """Who says that it was removed; None where that is not known."""

    @property
    def concerns_content(self) -> bool:
        """Whether it was said of this file or of an earlier version, and not of something used in it."""
        return self.of in (Of.CONTENT, Of.EARLIER)

    @property
    def concerns_ai(self) -> bool:
        """Whether it may have spoken of AI, be it by its kind or among other things."""
        speaks = may_speak_of_ai(self.redaction.assertion) and self.redaction.is_assertion
        return self.concerns_content and (speaks or self.kind is Removed.TRAINING)

    @property
    def statement(self) -> Said:
        """One sentence."""
        what: dict[str, Fact] = {"id": f"redaction.what.{self.kind}"}
        if self.kind is Removed.OTHER:
            what["label"] = self.redaction.assertion
        where = _WHERE.get(self.of, "")
        if self.by is None:
            return say(f"redaction{where}.nobody", what=what)
        return say(f"redaction{where}", who=self.by.called, what=what)

    def detail(self) -> dict[str, Json]:
        """For a finding's detail."""
        found: dict[str, Json] = {
            "manifest": self.redaction.manifest,
            "assertion": self.redaction.assertion,
            "removed": str(self.kind),
            "redacted_by": self.redaction.by,
        }
        return found | (self.by.detail() if self.by is not None else {}) | {"of": str(self.of)}


def removals(own: OwnCheck | None, known: Mapping[str, Speaker]) -> tuple[Removal, ...]:
    """Everything that was removed as the specification allows it, in the order met."""
    if own is None or own.history is None:
        return ()
    return tuple(
        Removal(
            kind=one.kind,
            redaction=one,
            of=known[one.manifest].of if one.manifest in known else Of.PART,
            by=known.get(one.by),
        )
        for one in own.history.redactions
        if one.is_real
    )

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
from vouchmark.render.safe import quoted
from vouchmark.report import Json

WORDS: Final = {
    Removed.AI: "what was signed about AI",
    Removed.TRAINING: "what was signed about the training of AI",
    Removed.INGREDIENT: "what was signed about something that it was made from",
    Removed.METADATA: "what was signed about place, time or rights",
    Removed.TIME: "a time stamp",
    Removed.IDENTITY: "an identity that was attached",
    Removed.PICTURE: "a small picture",
    Removed.OTHER: "a statement",
}
"""What is gone, in the middle of a sentence."""

_WHERE: Final = {
    Of.EARLIER: " from an earlier version",
    Of.PART: " from something used in it",
    Of.INPUT: " from something that went into it",
    Of.UPDATE: " from an update",
}


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
    def statement(self) -> str:
        """One sentence."""
        where = _WHERE.get(self.of, "")
        what = f"{WORDS[self.kind]} ({quoted(self.redaction.assertion)})" if self.kind is Removed.OTHER else ""
        return f"{self.who} removed{where} {what or WORDS[self.kind]}."

    @property
    def who(self) -> str:
        """Who says that it was removed, as a sentence begins."""
        return f"A later signer ({self.by.who})" if self.by is not None else "A later signer"

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

"""What do the verified assertions of one manifest say about AI?

Read from every carrier in the table (`ai_carriers.py`), and handed on as written: whose word it is, and what it comes
to, is not judged here. What a claim lists as gathered alone is marked, because it is not attributed to the signer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from provenance.credentials.history.ai_carriers import CARRIERS, VENDORS, Carrier
from provenance.metadata.model import Meaning

__all__ = ["CARRIERS", "VENDORS", "AiStated", "AiStatement", "Carrier"]

MAX_STATEMENTS: Final = 2_000
"""Statements of one manifest; a long edit records one for each step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AiStatement:
    """One thing that is said, as written."""

    carrier: Carrier
    written: str
    """A source type's address, a description, a name, a label: at most `ai_reader.MAX_KEPT` characters."""
    means: Meaning | None = None
    """What a description comes to; None for every other carrier."""
    assertion: str = ""
    """Label of the assertion; empty for the claim itself."""
    action: str = ""
    """Name of the action that it belongs to."""
    software: str = ""
    """Who did the action, as written."""
    relationship: str = ""
    """Of an ingredient: `parentOf`, `componentOf`, `inputTo`."""
    gathered: bool = False
    fields: tuple[tuple[str, str], ...] = ()
    """(name, value) of a disclosure, or (use, answer) of training and mining."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AiStated:
    """Everything of the kind in one manifest."""

    statements: tuple[AiStatement, ...] = ()
    cut: tuple[str, ...] = ()
    """What there is beyond what was looked at, in our words (`actions beyond 10,000`)."""

    @property
    def is_cut(self) -> bool:
        """Whether there is more than was looked at."""
        return bool(self.cut)

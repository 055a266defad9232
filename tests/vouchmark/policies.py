"""How do tests write a policy in one line, and ask it about a report?"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vouchmark.samples import Said
from vouchmark.policies.policy import Policy, PolicyError
from vouchmark.report import Outcome, Report, Root, Status


def policy(rules: str, *, otherwise: str = '"allow"') -> Policy:
    return Policy.parse(f"otherwise = {otherwise}\n{rules}".encode(), "desk")


def when(condition: str, *, outcome: str = "review", more: str = "") -> str:
    return f'[[rules]]\nwhen = {condition}\noutcome = "{outcome}"\n{more}\n'


def holds(condition: str, report: Report) -> bool:
    return policy(when(condition)).decide(report).outcome is Outcome.REVIEW


def refused(text: str | bytes) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        Policy.parse(text.encode() if isinstance(text, str) else text, "desk")
    return caught.value


def voice(
    name: str, *, issuer: str = "club", scope: str = "harbour", period: str = "2026-W47", slot: int = 0, **more: Any
) -> Said:
    """A vouch that holds."""
    detail = {
        "issuer": issuer,
        "class": "lasting",
        "scope": scope,
        "period": period,
        "slot": slot,
        "voice": name,
        **more,
    }
    return Said(code="person.any", status=Status.PASS, statement="A person.", root=Root.PERSONHOOD_PROOF, detail=detail)

"""Is there anything in the Content Credentials that nobody signed? Part of the integrity line.

A signature covers the claim and, by their hashes, the statements. What surrounds them in the file is covered by
nothing, and no viewer of Content Credentials shows it: so it has to be exactly what the format has there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from provenance.credentials.store.octets.found import Place, Unsigned
from vouchmark.lines.facts import Draft, Drafter, Facts
from vouchmark.report import Json, Root, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Fact, Said

OWN: Final = "vouchmark coverage check"
MAX_NAMED: Final = 4
"""Places named in one sentence; the detail has them all."""


def drafts(facts: Facts) -> list[Draft]:
    """What of the Content Credentials nobody signed; empty where all of it is accounted for."""
    if facts.own is None or facts.own.problem:
        return []
    filled = [one for one in facts.own.octets.found if one.place is Place.PADDING]
    others = [one for one in facts.own.octets.found if one.place is not Place.PADDING]
    found = []
    if filled:
        what = say("integrity.padding.filled.store")
        found.append(_draft(facts, "integrity.padding.filled", Status.FAIL, what, filled))
    if others:
        what = say("integrity.store.unsigned", what=_words(others))
        found.append(_draft(facts, "integrity.store.unsigned", Status.UNKNOWN, what, others))
    return found


def _words(found: Sequence[Unsigned]) -> list[Fact]:
    words: list[Fact] = [{"id": f"octets.{place}"} for place in dict.fromkeys(one.place for one in found)]
    return [*words[:MAX_NAMED], {"id": "list.more"}] if len(words) > MAX_NAMED else words


def _draft(facts: Facts, code: str, status: Status, statement: Said, found: Sequence[Unsigned]) -> Draft:
    own = facts.own
    more = own.octets.more if own is not None else 0
    detail: dict[str, Json] = {
        "found": [{"what": str(one.place), "manifest": one.manifest, "size": one.size} for one in found]
    }
    if more:
        detail["more"] = more
    subject = own.active if own is not None else facts.name
    return Drafter(OWN, Root.CLAIM_SIGNATURE)(code, status, statement, subject, detail)

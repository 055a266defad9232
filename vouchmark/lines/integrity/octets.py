"""Is there anything in the Content Credentials that nobody signed? Part of the integrity line.

A signature covers the claim and, by their hashes, the statements. What surrounds them in the file is covered by
nothing, and no viewer of Content Credentials shows it: so it has to be exactly what the format has there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from provenance.credentials.store.octets.found import Place, Unsigned
from vouchmark.lines.facts import Draft, Drafter, Facts
from vouchmark.render.words import listed
from vouchmark.report import Json, Root, Status

OWN: Final = "vouchmark coverage check"
MAX_NAMED: Final = 4
"""Places named in one sentence; the detail has them all."""

_WORDS: Final[Mapping[Place, str]] = {
    Place.BOX: "a box that does not belong there",
    Place.HEADER: "a box header in a form of its own",
    Place.DESCRIPTION: "a box description that says more than it has to",
    Place.ASSERTION: "a statement that no claim names",
    Place.DATA_BOX: "data that no statement names",
    Place.CREDENTIAL: "a credential that no statement names",
    Place.MANIFEST: "a manifest whose signature does not hold",
    Place.UNREADABLE: "a manifest that cannot be read",
    Place.COMPRESSION: "a compressed manifest that is longer than its content explains",
    Place.HEADER_ENTRY: "an entry in the unsigned part of a signature that does not belong there",
    Place.CERTIFICATE: "a certificate that leads nowhere or holds more than a certificate does",
    Place.TIME_STAMP: "a time stamp with parts that its authority did not sign",
    Place.REVOCATION: "a revocation answer that none of the certificates signed",
    Place.PADDING: "padding that is not empty",
    Place.TAIL: "bytes behind the Content Credentials",
}


def drafts(facts: Facts) -> list[Draft]:
    """What of the Content Credentials nobody signed; empty where all of it is accounted for."""
    if facts.own is None or facts.own.problem:
        return []
    filled = [one for one in facts.own.octets.found if one.place is Place.PADDING]
    others = [one for one in facts.own.octets.found if one.place is not Place.PADDING]
    found = []
    if filled:
        what = "Padding in the Content Credentials that no signature covers, and that must be empty, holds something."
        found.append(_draft(facts, "integrity.padding.filled", Status.FAIL, what, filled))
    if others:
        what = f"The Content Credentials hold what nobody signed, and anybody could have put there: {_words(others)}."
        found.append(_draft(facts, "integrity.store.unsigned", Status.UNKNOWN, what, others))
    return found


def _words(found: Sequence[Unsigned]) -> str:
    words = list(dict.fromkeys(_WORDS[one.place] for one in found))
    return listed((*words[:MAX_NAMED], *(("more",) if len(words) > MAX_NAMED else ())))


def _draft(facts: Facts, code: str, status: Status, statement: str, found: Sequence[Unsigned]) -> Draft:
    own = facts.own
    more = own.octets.more if own is not None else 0
    detail: dict[str, Json] = {
        "found": [{"what": str(one.place), "manifest": one.manifest, "size": one.size} for one in found]
    }
    if more:
        detail["more"] = more
    subject = own.active if own is not None else facts.name
    return Drafter(OWN, Root.CLAIM_SIGNATURE)(code, status, statement, subject, detail)

"""Which signed places are no point to measure from: named towns, vague positions, unreadable ones? Part of the line."""

from __future__ import annotations

import math
from collections.abc import Iterator

from provenance.credentials.history.statements import SignedArea, SignedPlace
from provenance.written.places import distance_words
from vouchmark.lines.claim.versions import OWN, Version
from vouchmark.lines.facts import Draft
from vouchmark.report import Json, Root, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Said


def area(version: Version, one: SignedArea, *, beside: bool) -> Draft:
    """A town or a country is a place, and no point that could be held against another."""
    sentence = "claim.place.named.beside" if beside else "claim.place.named"
    statement = say(f"{sentence}{version.whose(one.assertion)}", place=one.name)
    detail: dict[str, Json] = {"signed": one.name, "where": one.where, "assertion": one.assertion}
    root = Root.INGREDIENT if version.earlier else Root.CLAIM_SIGNATURE
    return _draft(
        "claim.place.named",
        Status.ABSENT if beside else Status.UNKNOWN,
        statement,
        version.label,
        root,
        detail | version.speaker.detail(),
    )


def unread(versions: list[Version]) -> Iterator[Draft]:
    """That a place is signed and cannot be read: then nobody knows what is signed."""
    for version in versions:
        for where, written in version.declared.unreadable:
            if where.rpartition(":")[2].casefold().endswith(("latitude", "longitude")):
                statement = say("claim.statement.unreadable.place", where=where, written=written)
                detail: dict[str, Json] = {"where": where, "written": written}
                yield _draft(
                    "claim.statement.unreadable",
                    Status.UNKNOWN,
                    statement,
                    version.label,
                    Root.CLAIM_SIGNATURE,
                    detail,
                )
                return


def vague(version: Version, one: SignedPlace) -> Draft:
    """A position that may be wrong by more than says anything, or by nobody knows how much."""
    whose = version.whose(one.assertion)
    statement = say(f"claim.place.vague.unread{whose}")
    if math.isfinite(one.error):
        statement = say(f"claim.place.vague{whose}", error=distance_words(one.error))
    detail: dict[str, Json] = {"signed": one.place.text, "where": one.where, "assertion": one.assertion}
    root = Root.INGREDIENT if version.earlier else Root.CLAIM_SIGNATURE
    return _draft(
        "claim.place.vague", Status.UNKNOWN, statement, version.label, root, detail | version.speaker.detail()
    )


def _draft(code: str, status: Status, statement: Said, subject: str, root: Root, detail: dict[str, Json]) -> Draft:
    return Draft(code=code, status=status, statement=statement, source=OWN, root=root, subject=subject, detail=detail)

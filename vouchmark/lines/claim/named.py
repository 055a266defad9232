"""Which signed places are no point to measure from: named towns, vague positions, unreadable ones? Part of the line."""

from __future__ import annotations

import math
from collections.abc import Iterator

from provenance.credentials.history.statements import SignedArea, SignedPlace
from provenance.written.places import distance_words
from vouchmark.lines.claim.versions import OWN, Version
from vouchmark.lines.facts import Draft
from vouchmark.render.safe import quoted
from vouchmark.report import Json, Root, Status


def area(version: Version, one: SignedArea, *, beside: bool) -> Draft:
    """A town or a country is a place, and no point that could be held against another."""
    statement = (
        f"It was taken in {quoted(one.name)}, says {version.says(one.assertion)}, without coordinates: whether that is "
        "the place that was given cannot be told here."
    )
    if beside:
        statement = f"The place is also named, as {quoted(one.name)}, by {version.says(one.assertion)}."
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
                statement = f"A place is signed that cannot be read ({quoted(where)}: {quoted(written)})."
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
    err = f"give or take {distance_words(one.error)}" if math.isfinite(one.error) else "with an error that is not read"
    statement = f"A place is signed by {version.says(one.assertion)}, {err}: that is too vague to agree with anything."
    detail: dict[str, Json] = {"signed": one.place.text, "where": one.where, "assertion": one.assertion}
    root = Root.INGREDIENT if version.earlier else Root.CLAIM_SIGNATURE
    return _draft(
        "claim.place.vague", Status.UNKNOWN, statement, version.label, root, detail | version.speaker.detail()
    )


def _draft(code: str, status: Status, statement: str, subject: str, root: Root, detail: dict[str, Json]) -> Draft:
    return Draft(code=code, status=status, statement=statement, source=OWN, root=root, subject=subject, detail=detail)

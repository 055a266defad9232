"""Do the places and times that one signer states agree with each other? Part of the claim line, and never asked for."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from provenance.credentials.history.statements import Role, SignedArea, SignedPlace, SignedTime
from provenance.written.places import distance_km, distance_words
from vouchmark.lines.claim.versions import OWN, Version
from vouchmark.lines.facts import Draft
from vouchmark.lines.time.order import length_of, when_of
from vouchmark.report import Json, Root, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Said

FAR: Final = 10.0
"""Kilometres: two positions of one camera within a town differ by less, and two towns lie further apart."""
LONG: Final = dt.timedelta(days=2)
"""A clock that was never set to the right zone, and an import on the next day, differ by less."""


def drafts(versions: Sequence[Version]) -> Iterator[Draft]:
    """Two places, and two times, that one signer states of one file and that cannot both be right."""
    for version in versions:
        own = [one for one in version.declared.places if one.assertion not in version.gathered]
        pair = max(itertools.combinations(own, 2), key=_apart, default=None)
        if pair is not None and _apart(pair) > FAR:
            away = distance_words(distance_km(pair[0].place, pair[1].place))
            statement = say("claim.place.apart", away=away)
            detail: dict[str, Json] = {
                "places": [one.place.text for one in pair],
                "where": [one.where for one in pair],
                "assertions": [one.assertion for one in pair],
            }
            yield _draft(version, "claim.place.apart", statement, detail)
        named = [one for one in version.declared.areas if one.assertion not in version.gathered]
        others = next((two for two in itertools.combinations(named, 2) if _differ(two)), None)
        if others is not None and pair is None:
            names = [one.name for one in others]
            statement = say("claim.place.apart.named", first=names[0], second=names[1])
            detail = {"names": list[Json](names), "where": [one.where for one in others]}
            yield _draft(version, "claim.place.apart", statement, detail)
        times = [
            one for one in version.declared.times if one.role is Role.CREATED and one.assertion not in version.gathered
        ]
        if times:
            first, last = min(times, key=_end), max(times, key=_start)
            gap = last.span.start - first.span.end
            if gap > LONG:
                both = {"first": when_of(first.span), "second": when_of(last.span)}
                statement = say("claim.time.apart", **both, gap=length_of(gap))
                yield _draft(version, "claim.time.apart", statement, {"where": [first.where, last.where]})


def _apart(pair: tuple[SignedPlace, SignedPlace]) -> float:
    """Kilometres between two places beyond what their signers allow for."""
    return distance_km(pair[0].place, pair[1].place) - pair[0].error - pair[1].error


def _differ(pair: tuple[SignedArea, SignedArea]) -> bool:
    """Whether two named places have no part in common: a town may be named with its country and without."""
    parts = [{part.strip().casefold() for part in one.name.split(",")} for one in pair]
    return parts[0].isdisjoint(parts[1])


def _start(one: SignedTime) -> dt.datetime:
    return one.span.start


def _end(one: SignedTime) -> dt.datetime:
    return one.span.end


def _draft(version: Version, code: str, statement: Said, detail: dict[str, Json]) -> Draft:
    return Draft(
        code=code,
        status=Status.UNKNOWN,
        statement=statement,
        source=OWN,
        root=Root.CLAIM_SIGNATURE,
        subject=version.label,
        detail=detail | version.speaker.detail(),
    )

"""Where do Content Credentials come from that do not lie in the file, and are they this file's? For all lines.

A store that lies beside a file, or that somebody gives, is tied to it by a name alone. Where it does not fit, the file
may have been changed, or the store may be another file's: nobody can tell which, and nothing in it is said of this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provenance.credentials.binding.base import Match
from provenance.credentials.engines.model import Outcome
from vouchmark.lines.facts import FRAGMENT, STORE_ALONE, Draft, Facts, StoreOrigin, failures
from vouchmark.lines.integrity.code_families import BYTES_CHANGED
from vouchmark.report import NotChecked, Root, Status
from vouchmark.wording.catalogue import gap, say
from vouchmark.wording.model import Fact, Said

LOOSE: Final = (StoreOrigin.BESIDE, StoreOrigin.GIVEN)
"""Where the file itself names no store."""
UNUSED: Final = "integrity.sidecar.unused"


def told(facts: Facts, sentence: str, **more: Fact) -> Said:
    """A sentence about a store, by where it came from: in the file, given, beside it or fetched."""
    store = facts.outside
    if store is None:
        return say(sentence, **more)
    if store.origin is StoreOrigin.GIVEN:
        return say(f"{sentence}.given", **more)
    if store.origin is StoreOrigin.BESIDE:
        return say(f"{sentence}.beside", name=store.name, **more)
    return say(f"{sentence}.remote", host=store.host, **more)


def origin(facts: Facts) -> tuple[Draft, ...]:
    """A finding for Content Credentials from elsewhere; information only: they bind these bytes or do not."""
    store = facts.outside
    if store is None:
        return ()
    return (
        Draft(
            code="integrity.store.outside",
            status=Status.ABSENT,
            statement=told(facts, "integrity.store.outside"),
            source="vouchmark",
            root=Root.FILE,
            subject=facts.name,
            detail={"from": str(store.origin), "sha256": store.sha256, "host": store.host, "name": store.name},
        ),
    )


def changed(facts: Facts, *, by_us: bool = False) -> Said:
    """What is said where the bytes are not those that were signed.

    Args:
        facts: with where the store came from.
        by_us: beside an engine's finding of the same.
    """
    if by_us:
        return say("integrity.changed.own")
    store = facts.outside
    if store is not None and store.origin is StoreOrigin.GIVEN:
        return say("integrity.changed.given")
    if store is not None and store.origin is StoreOrigin.BESIDE:
        return say("integrity.changed.beside", name=store.name)
    return say("integrity.changed")


def is_foreign(facts: Facts) -> bool:
    """Whether a store that the file does not name does not fit it, so that nothing in it is said of the file."""
    if facts.outside is None or facts.outside.origin not in LOOSE or facts.first.outcome is not Outcome.FOUND:
        return False
    if facts.media_type in (STORE_ALONE, FRAGMENT):
        return False
    own = facts.own.coverage if facts.own is not None else None
    if own is not None and own.match in (Match.MATCH, Match.MISMATCH):
        return own.match is Match.MISMATCH
    return any(code.code in BYTES_CHANGED for code in failures(facts.first.codes))


def unused(facts: Facts) -> tuple[Draft, ...]:
    """A finding for each store beside a file without credentials that was not taken for the file's."""
    return tuple(
        Draft(
            code=UNUSED,
            status=Status.UNKNOWN,
            statement=say(UNUSED, name=one.name),
            source="vouchmark",
            root=Root.FILE,
            subject=facts.name,
            detail={"name": one.name},
        )
        for one in facts.beside.unused
        if one.is_shared
    )


def gaps(facts: Facts) -> Iterator[NotChecked]:
    """Every store beside the file that was found and not used."""
    is_read = facts.first.store is not None
    if is_read and facts.beside.name and facts.outside is None:
        yield gap(say("gap.beside", name=facts.beside.name), say("gap.beside.own"))
    for one in facts.beside.unused:
        why = say("gap.beside.shared" if one.is_shared else "gap.beside.other")
        yield gap(say("gap.beside", name=one.name), why)

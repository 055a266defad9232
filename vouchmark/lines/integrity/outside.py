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
from vouchmark.render.safe import quoted
from vouchmark.report import NotChecked, Root, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Said

LOOSE: Final = (StoreOrigin.BESIDE, StoreOrigin.GIVEN)
"""Where the file itself names no store."""
UNUSED: Final = "integrity.sidecar.unused"
_OWN: Final = "the file has Content Credentials of its own"


def whose(facts: Facts) -> str:
    """What the store is called at the start of a sentence; `Its Content Credentials` where it lies in the file."""
    store = facts.outside
    if store is None:
        return "Its Content Credentials"
    if store.origin is StoreOrigin.GIVEN:
        return "The Content Credentials that you gave"
    if store.origin is StoreOrigin.BESIDE:
        return f"The Content Credentials in {quoted(store.name)} beside this file"
    return f"The Content Credentials that were fetched from {quoted(store.host)}, which the file names,"


def origin(facts: Facts) -> tuple[Draft, ...]:
    """A finding for Content Credentials from elsewhere; information only: they bind these bytes or do not."""
    store = facts.outside
    if store is None:
        return ()
    statement = {
        StoreOrigin.GIVEN: "The Content Credentials are those that you gave, not ones in the file.",
        StoreOrigin.BESIDE: f"The Content Credentials lie in {quoted(store.name)} beside this file, not in it.",
    }.get(store.origin, f"The Content Credentials were fetched from {quoted(store.host)}, which the file names.")
    return (
        Draft(
            code="integrity.store.outside",
            status=Status.ABSENT,
            statement=statement,
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
            statement=(
                f"Content Credentials lie in {quoted(one.name)} beside this file, and beside another of the same name: "
                "whose they are cannot be told, and they were not used."
            ),
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
        yield NotChecked(what=f"the Content Credentials in {quoted(facts.beside.name)} beside the file", why=_OWN)
    for one in facts.beside.unused:
        why = "another one bears the file's whole name"
        if one.is_shared:
            why = "other files of the same name lie there, so that whose they are cannot be told"
        yield NotChecked(what=f"the Content Credentials in {quoted(one.name)} beside the file", why=why)

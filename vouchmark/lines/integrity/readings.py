"""Can the file be read as another type than the one that was examined? Part of the integrity line.

A signature covers bytes. What a person sees depends on the program that opens them, and that is chosen by the name or
by a guess: where two choices can show two things, unchanged bytes are no answer.
"""

from __future__ import annotations

from provenance.credentials.engines.model import Outcome
from vouchmark.lines.facts import Draft, Facts
from vouchmark.report import Json, Root, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Said


def drafts(facts: Facts) -> tuple[Draft, ...]:
    """A finding for every other type as which a signed file can be read."""
    if facts.own is None:
        return ()
    found, content = [], facts.own.read_as or facts.media_type or ""
    for reading in facts.own.second_readings:
        if reading.fragment:
            statement = say("integrity.second_reading.fragment", number=reading.fragment, also=reading.media_type)
        else:
            sentence = "integrity.second_reading.behind" if reading.is_behind else "integrity.second_reading"
            statement = say(sentence, content=content, also=reading.media_type)
        detail: dict[str, Json] = {"content": content, "also": reading.media_type}
        detail |= {"start": reading.start, "end": reading.end}
        if reading.fragment:
            detail["fragment"] = reading.fragment
        found.append(_draft(facts, "integrity.second_reading", Status.UNKNOWN, statement, detail))
    return tuple(found)


def wrong_name(facts: Facts) -> tuple[Draft, ...]:
    """A finding for a name that claims another type.

    It is information where nothing is signed; where something is, another program than the one that shows what was
    examined would open the file.
    """
    if not facts.named_type:
        return ()
    signed = facts.first.outcome is Outcome.FOUND
    code, status = ("integrity.name", Status.UNKNOWN) if signed else ("integrity.type.misnamed", Status.ABSENT)
    statement = say("integrity.name", named=facts.named_type, content=facts.media_type or "")
    detail: dict[str, Json] = {"named": facts.named_type, "content": facts.media_type or ""}
    return (_draft(facts, code, status, statement, detail),)


def _draft(facts: Facts, code: str, status: Status, statement: Said, detail: dict[str, Json]) -> Draft:
    return Draft(
        code=code,
        status=status,
        statement=statement,
        source="vouchmark",
        root=Root.FILE,
        subject=facts.name,
        detail=detail,
    )

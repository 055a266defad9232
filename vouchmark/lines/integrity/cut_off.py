"""Is the file all there? Part of the integrity line, and said before any word of a change or a fault.

A file that breaks off is not what was signed, but nobody need have changed it; whether somebody did as well cannot be
told. And what was not found in the part that is here may have been in the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from provenance.credentials.binding.base import Match
from provenance.credentials.engines.model import Outcome
from provenance.formats.cut_off.model import CutOff
from vouchmark.lines.facts import Answer, Draft, Facts, has_unreached_store
from vouchmark.lines.integrity.code_families import BYTES_CHANGED
from vouchmark.render.words import amount
from vouchmark.report import Json, Root, Status

CUT: Final = "integrity.cut"
_GONE: Final = frozenset({"integrity.absent", "integrity.unparsable"})
"""What is said of a file that is all there, and not of one that breaks off."""
_OTHER: Final = "What is left of the file does not match the hash of what was signed."


def first_told(facts: Facts, said: Answer) -> Answer:
    """The line's answer, in front of it that the file breaks off; as it is where it does not, or its hash holds."""
    cut = found(facts)
    if cut is None or _worst(said.drafts) in (None, Status.PASS):
        return said
    is_broken = any(draft.code in BYTES_CHANGED and draft.status is Status.FAIL for draft in said.drafts)
    kept = tuple(_of_part(draft) for draft in said.drafts if draft.code not in _GONE)
    draft = Draft(
        code=CUT,
        status=Status.FAIL if is_broken or _worst(kept) is Status.FAIL else Status.UNKNOWN,
        statement=f"The file is cut off after {length(cut)}{_consequence(facts, is_broken=is_broken)}.",
        source="vouchmark",
        root=Root.FILE,
        subject=facts.name,
        detail=_detail(cut, said.drafts),
    )
    return replace(said, summary=draft.statement, drafts=(draft, *kept))


def _of_part(draft: Draft) -> Draft:
    """A mismatch is one, and says of a part no more than that."""
    is_change = draft.code in BYTES_CHANGED and draft.status is Status.FAIL
    return replace(draft, statement=_OTHER) if is_change else draft


def found(facts: Facts) -> CutOff | None:
    """Where the file breaks off; None where it does not, or was signed as it is."""
    own = facts.own
    if own is None or (own.coverage is not None and own.coverage.match is Match.MATCH):
        return None
    return own.cut


def length(cut: CutOff) -> str:
    """`1.2 of 3.4 MB`, or `1.2 MB, and the end of the picture is missing`."""
    if cut.announced:
        return amount(cut.present, of=cut.announced, at_least=cut.is_least)
    return f"{amount(cut.present)}, and {cut.lacks} is missing"


def _consequence(facts: Facts, *, is_broken: bool) -> str:
    if is_broken:
        return ", so that it is not what was signed; whether it was changed as well cannot be told"
    if facts.first.outcome is Outcome.ABSENT and not has_unreached_store(facts):
        return "; no Content Credentials are in the part that is here, and what was in the rest cannot be told"
    if facts.first.outcome is Outcome.UNPARSABLE:
        return ", so that it cannot be read to its end, and whether it was changed cannot be told"
    return ""


def _worst(drafts: Iterable[Draft]) -> Status | None:
    order = (Status.FAIL, Status.ERROR, Status.UNKNOWN, Status.PASS, Status.ABSENT)
    return min((draft.status for draft in drafts), key=order.index, default=None)


def _detail(cut: CutOff, drafts: Iterable[Draft]) -> dict[str, Json]:
    told: dict[str, Json] = {"present": cut.present}
    if cut.announced:
        told |= {"announced": cut.announced, "at_least": cut.is_least}
    if cut.lacks:
        told["lacks"] = cut.lacks
    instead = sorted({draft.code for draft in drafts if draft.code in _GONE | BYTES_CHANGED})
    return told | ({"from": ", ".join(instead)} if instead else {})

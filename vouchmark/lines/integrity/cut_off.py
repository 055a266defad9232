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
from vouchmark.lines.facts import Answer, Draft, Facts, has_unreached_store, source_of
from vouchmark.lines.integrity.code_families import BYTES_CHANGED
from vouchmark.render.words import amount
from vouchmark.report import Json, Root, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Fact, Said

CUT: Final = "integrity.cut"
_GONE: Final = frozenset({"integrity.absent", "integrity.unparsable"})
"""What is said of a file that is all there, and not of one that breaks off."""


def first_told(facts: Facts, said: Answer) -> Answer:
    """The line's answer, in front of it that the file breaks off; as it is where it does not, or its hash holds."""
    cut = found(facts)
    if cut is None or _worst(said.drafts) in (None, Status.PASS):
        return said
    is_broken = any(draft.code in BYTES_CHANGED and draft.status is Status.FAIL for draft in said.drafts)
    kept = tuple(_of_part(facts, draft) for draft in said.drafts if draft.code not in _GONE)
    draft = Draft(
        code=CUT,
        status=Status.FAIL if is_broken or _worst(kept) is Status.FAIL else Status.UNKNOWN,
        statement=_statement(facts, cut, is_broken=is_broken),
        source="vouchmark",
        root=Root.FILE,
        subject=facts.name,
        detail=_detail(cut, said.drafts),
    )
    return replace(said, summary=draft.statement, drafts=(draft, *kept))


def _of_part(facts: Facts, draft: Draft) -> Draft:
    """A mismatch is one, and says of a part no more than that."""
    is_change = draft.code in BYTES_CHANGED and draft.status is Status.FAIL
    if not is_change:
        return draft
    by_us = draft.source != source_of(facts.first)
    return replace(draft, statement=say(f"integrity.cut.rest{'.own' if by_us else ''}"))


def found(facts: Facts) -> CutOff | None:
    """Where the file breaks off; None where it does not, or was signed as it is."""
    own = facts.own
    if own is None or (own.coverage is not None and own.coverage.match is Match.MATCH):
        return None
    return own.cut


def _statement(facts: Facts, cut: CutOff, *, is_broken: bool) -> Said:
    """After how much of it, or what is missing, and what is known of it all the same."""
    follows = ""
    if is_broken:
        follows = ".mismatch"
    elif facts.first.outcome is Outcome.ABSENT and not has_unreached_store(facts):
        follows = ".absent"
    elif facts.first.outcome is Outcome.UNPARSABLE:
        follows = ".unparsable"
    if cut.announced:
        return say(f"integrity.cut{follows}", amount=amount(cut.present, of=cut.announced, at_least=cut.is_least))
    lacks: Fact = {"id": _LACKS[cut.lacks]} if cut.lacks in _LACKS else cut.lacks
    return say(f"integrity.cut{follows}.lacks", amount=amount(cut.present), lacks=lacks)


_LACKS: Final = {
    "the end of the picture": "cut.lacks.picture",
    "the end of the sound": "cut.lacks.sound",
    "the list of its parts": "cut.lacks.list",
}
"""What is missing, as our readers call it, by the phrase for it."""


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

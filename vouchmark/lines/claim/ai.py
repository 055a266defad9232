"""Does what is said about AI, yes or no, agree with what is signed or stands in the metadata? Part of the claim line.

It is held against the findings of the `ai` line, as they are: what the signer of this content declares decides; what
nobody signed, or what is declared of another file, leaves it open; and silence agrees with nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from vouchmark.lines.ai import line as ai
from vouchmark.lines.ai.words import BEGINNINGS, CAPTURED, INHERITED, MADE_BY_PEOPLE, WITH_AI, plain_code
from vouchmark.lines.authority import Of
from vouchmark.lines.claim.versions import OWN
from vouchmark.lines.facts import Draft, Facts
from vouchmark.report import Json, Root, Status
from vouchmark.wording.catalogue import say, together
from vouchmark.wording.model import Said

_OPEN: Final = frozenset({"ai.redacted", "ai.cut", "ai.unread", "ai.other", "ai.contradiction", "ai.possible"})
"""Findings beside which nobody knows what else is declared."""
_SAID: Final = {True: "with", False: "without"}
"""What is said, as the ids of sentences end."""


def drafts(facts: Facts, *, said: bool) -> list[Draft]:
    """What becomes of the uploader's word on AI; at least one.

    Args:
        facts: of the file.
        said: whether it is said to have been made or edited with AI.
    """
    found = ai.answer(facts).drafts
    judged = list(_judged(found, said=said))
    if not judged:
        statement = say(f"claim.ai.none.{_SAID[said]}")
        return [_draft("claim.ai.none", Status.ABSENT, statement, facts.name, Root.FILE, {"said": _word(said)})]
    return judged


def _judged(found: Sequence[Draft], *, said: bool) -> Iterator[Draft]:
    signed = next((one for one in found if _is_own(one) and one.code in WITH_AI), None)
    if signed is not None:
        yield _against(signed, Status.PASS if said else Status.FAIL, agrees=said, said=said)
        return
    yield from (_left_open(one, said=said) for one in found if plain_code(one.code) in _OPEN)
    doubtful = next((one for one in found if one.status is Status.UNKNOWN and plain_code(one.code) in WITH_AI), None)
    if doubtful is not None:
        elsewhere = doubtful.code.startswith(INHERITED) or _is_of_another(doubtful)
        yield (
            _left_open(doubtful, said=said) if elsewhere else _against(doubtful, Status.UNKNOWN, agrees=said, said=said)
        )
        return
    origin = next((one for one in found if _is_own(one) and _is_without_ai(one)), None)
    if origin is not None:
        is_open = any(plain_code(one.code) in _OPEN for one in found)
        # A signed origin without AI speaks of how it began, not of what was done to it afterwards.
        status = Status.UNKNOWN if said or is_open else Status.PASS
        yield _against(origin, status, agrees=not said, said=said)


def _against(one: Draft, status: Status, *, agrees: bool, said: bool) -> Draft:
    """A finding of the ai line held against what is said."""
    word = "agrees" if agrees else "contradicts"
    statement = together(one.statement, say(f"claim.ai.{word}.{_SAID[said]}"))
    code = "claim.ai.agrees" if agrees else "claim.ai.contradicts"
    return _draft(code, status, statement, one.subject, one.root, _detail(one, said=said))


def _left_open(one: Draft, *, said: bool) -> Draft:
    """A finding beside which neither yes nor no is established."""
    statement = together(one.statement, say(f"claim.ai.open.{_SAID[said]}"))
    return _draft("claim.ai.open", Status.UNKNOWN, statement, one.subject, one.root, _detail(one, said=said))


def _is_own(one: Draft) -> bool:
    """Whether the signer of this content declares it of this content, and that holds."""
    return one.status is Status.PASS and one.root is Root.CLAIM_SIGNATURE and not _is_of_another(one)


def _is_of_another(one: Draft) -> bool:
    return one.detail.get("of") not in (None, str(Of.CONTENT))


def _is_without_ai(one: Draft) -> bool:
    """Whether it says how the whole came about, and that without AI."""
    if one.detail.get("action") not in BEGINNINGS:
        return False
    return one.code in CAPTURED or one.detail.get("digital_source_type") in MADE_BY_PEOPLE


def _word(said: bool) -> str:
    return "yes" if said else "no"


def _detail(one: Draft, *, said: bool) -> dict[str, Json]:
    detail: dict[str, Json] = {"said": _word(said), "rests_on": one.code}
    where = one.detail.get("where")
    return detail | ({"where": where} if where is not None else {})


def _draft(code: str, status: Status, statement: Said, subject: str, root: Root, detail: dict[str, Json]) -> Draft:
    return Draft(code=code, status=status, statement=statement, source=OWN, root=root, subject=subject, detail=detail)

"""Does the picture look like what was signed with it, and like the earlier file that its signer names?

By the cheap hash it may only be said that it looks like; by registration, which is asked for, also that it does not.
Neither binds anything, and neither ever fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from vouchmark.lines.authority import Of
from vouchmark.lines.facts import Draft, Drafter, Facts
from vouchmark.report import Json, Root, Status
from vouchmark.wording.catalogue import say

if TYPE_CHECKING:
    from provenance.hashes.likeness import Like

_own: Final = Drafter("vouchmark picture check", Root.PERCEPTUAL_HASH)


def of_itself(facts: Facts) -> tuple[Draft, ...]:
    """What comes of holding it against the thumbnail that was signed with it; empty where nothing can be said."""
    bound = facts.own.bound if facts.own is not None else ""
    for one in _found(facts):
        if one.label == bound:
            if one.is_unlike:
                code = "integrity.thumbnail.unlike"
                return (_own(code, Status.UNKNOWN, say(code), bound, _detail(facts, one)),)
            if one.is_alike:
                code = "integrity.thumbnail.like"
                return (_own(code, Status.ABSENT, say(code), bound, _detail(facts, one)),)
    return ()


def of_parents(facts: Facts, titles: dict[str, str]) -> Iterator[Draft]:
    """What comes of holding it against the thumbnail of each earlier file; nothing where nothing can be said.

    Args:
        facts: what is known.
        titles: what each of them is called by whoever names it, by the label of its manifest.
    """
    for one in _found(facts):
        speaker = facts.speakers.get(one.label)
        if speaker is None or speaker.of is not Of.EARLIER:
            continue
        title = titles.get(one.label) or one.label
        if one.is_unlike:
            code = "history.parent.unlike"
            yield _own(code, Status.UNKNOWN, say(code, title=title), one.label, _detail(facts, one))
        elif one.is_alike:
            code = "history.parent.like"
            yield _own(code, Status.ABSENT, say(code, title=title), one.label, _detail(facts, one))


def is_answered(facts: Facts) -> bool:
    """Whether it was told how the picture and its own signed thumbnail look beside each other."""
    return bool(of_itself(facts))


def _found(facts: Facts) -> tuple[Like, ...]:
    return facts.likeness.found if facts.likeness is not None else ()


def _detail(facts: Facts, one: Like) -> dict[str, Json]:
    detail: dict[str, Json] = {"distance": one.distance} if one.distance >= 0 else {}
    if one.registered:
        detail |= {"registered": one.registered, "engine": facts.likeness.engine if facts.likeness is not None else ""}
    return detail

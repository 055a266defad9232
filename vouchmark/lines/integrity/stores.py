"""Where in a file do Content Credentials lie for which its format has no place there? Words for the integrity line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provenance.credentials.engines.model import Outcome
from provenance.credentials.store.hidden_model import BMFF, GIF, JPEG, PNG, RIFF, Hidden, HiddenStore
from provenance.formats import Kind
from vouchmark.lines.facts import Facts
from vouchmark.report import Json, NotChecked
from vouchmark.wording.catalogue import gap, say
from vouchmark.wording.model import Fact, Phrase, Said

MAX_SAID: Final = 3
"""Places named in one sentence; the detail has more of them."""

_FILES: Final = frozenset({JPEG, PNG, GIF, RIFF, BMFF})
"""Families of files whose phrase bears their name."""
_PARTS: Final = {
    "comment": "comment",
    "comments": "comment",
    "ID3": "id3",
    "ID3v1": "id3",
    "cover": "cover",
    "EXIF": "exif",
    "XMP": "xmp",
    "extended XMP": "xmp",
    "IPTC": "iptc",
    "metadata": "metadata",
    "user data": "user_data",
    "document": "document",
    "padding": "padding",
    "ID3 padding": "padding",
}
"""Parts by the names that our readers give them, with the end of their phrase's name."""
_NO_PART: Final = frozenset({"", "unread", "unreadable", "between", "unreferenced", "sound and more"})
"""What belongs to no part that is known here."""


def where(store: HiddenStore) -> Phrase:
    """The place of one store, for the middle of a sentence."""
    if store.is_packed or store.inside:
        what = {"id": f"store.inside.{store.inside if store.inside in _FILES else 'packed'}"}
        named = store.is_packed and store.name
        return {"id": "store.in.packed", "what": what, "name": store.name} if named else {
            "id": "store.in.inside", "what": what
        }  # fmt: skip
    if store.kind is Kind.TRAILING:
        return {"id": "store.in.trailing"}
    if store.part in _NO_PART:
        return {"id": "store.in.nowhere", "start": store.start}
    if store.part in _PARTS:
        return {"id": f"store.in.{_PARTS[store.part]}"}
    return {"id": "store.in.media" if store.kind is Kind.MEDIA else "store.in.part", "part": store.part}


def places(hidden: Hidden) -> list[Fact]:
    """All places, for the middle of a sentence."""
    said: list[Phrase] = []
    for store in hidden.stores:
        place = where(store)
        if place not in said:
            said.append(place)
    more = max(0, len(said) - MAX_SAID) + hidden.more
    rest: list[Fact] = [{"id": "list.more.number", "number": more}] if more else []
    return [*said[:MAX_SAID], *rest]


def hidden_of(facts: Facts) -> Hidden | None:
    """The stores of a file that lie where its format has no place for them; None where there are none."""
    return facts.own.hidden if facts.own is not None and facts.own.hidden.stores else None


def statement(hidden: Hidden) -> Said:
    """What is said of a file in which nothing else was found."""
    if not any(store.is_whole for store in hidden.stores):
        return say("integrity.unreached.unreadable", where=places(hidden))
    inside = all(store.inside or store.is_packed for store in hidden.stores)
    return say(f"integrity.unreached.{'inside' if inside else 'placeless'}", where=places(hidden))


def detail(hidden: Hidden) -> list[Json]:
    """Each store's place, for machines."""
    return [_place(store) for store in hidden.stores]


def _place(store: HiddenStore) -> dict[str, Json]:
    found: dict[str, Json] = {"start": store.start, "size": store.size, "part": store.part, "readable": store.is_whole}
    more: dict[str, Json] = {"inside": store.inside, "name": store.name, "encoding": "base64" if store.is_text else ""}
    return found | {key: value for key, value in more.items() if value}


def gaps(facts: Facts) -> Iterator[NotChecked]:
    """What of the file was not looked at, where it has Content Credentials of its own or nothing was found."""
    if facts.first.outcome not in (Outcome.FOUND, Outcome.ABSENT, Outcome.REMOTE) or facts.own is None:
        return
    hidden = facts.own.hidden
    if hidden.stores and facts.first.outcome is not Outcome.ABSENT:
        yield gap(say("gap.further", where=places(hidden)), say("gap.further.why"))
    if hidden.is_cut:
        yield gap(say("gap.packed"), say("gap.packed.why"))

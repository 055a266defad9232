"""Where in a file do Content Credentials lie for which its format has no place there? Words for the integrity line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provenance.credentials.engines.model import Outcome
from provenance.credentials.store.hidden_model import BMFF, GIF, JPEG, PNG, RIFF, Hidden, HiddenStore
from provenance.formats import Kind
from vouchmark.lines.facts import Facts
from vouchmark.render.safe import quoted
from vouchmark.render.words import listed
from vouchmark.report import Json, NotChecked

MAX_SAID: Final = 3
"""Places named in one sentence; the detail has more of them."""

_FILES: Final = {
    JPEG: "a JPEG picture inside it",
    PNG: "a PNG picture inside it",
    GIF: "a GIF picture inside it",
    RIFF: "a WebP, WAV or AVI file inside it",
    BMFF: "a film or picture inside it",
}
_PARTS: Final = {
    "comment": "in a comment",
    "comments": "in a comment",
    "ID3": "in its ID3 tag",
    "ID3v1": "in its ID3 tag",
    "cover": "in its cover picture",
    "EXIF": "in its EXIF",
    "XMP": "in its XMP",
    "extended XMP": "in its XMP",
    "IPTC": "in its IPTC",
    "metadata": "in its metadata",
    "user data": "in its user data",
    "document": "amid the document",
    "padding": "in its padding",
    "ID3 padding": "in its padding",
}
"""Parts by the names that our readers give them."""
_NO_PART: Final = frozenset({"", "unread", "unreadable", "between", "unreferenced", "sound and more"})
"""What belongs to no part that is known here."""


def where(store: HiddenStore) -> str:
    """The place of one store, for the middle of a sentence."""
    if store.is_packed:
        what = _FILES.get(store.inside, "a packed part of it")
        return f"in {what} ({quoted(store.name)})" if store.name else f"in {what}"
    if store.inside:
        return f"in {_FILES[store.inside]}"
    if store.kind is Kind.TRAILING:
        return "behind its end"
    if store.part in _NO_PART:
        return f"at byte {store.start}, in no part of it that is known here"
    if store.part in _PARTS:
        return _PARTS[store.part]
    return f"amid its {store.part}" if store.kind is Kind.MEDIA else f"in a part of it called {quoted(store.part)}"


def places(hidden: Hidden) -> str:
    """All places, for the middle of a sentence."""
    said = list(dict.fromkeys(where(store) for store in hidden.stores))
    more = max(0, len(said) - MAX_SAID) + hidden.more
    return listed((*said[:MAX_SAID], *((f"{more} more",) if more else ())))


def hidden_of(facts: Facts) -> Hidden | None:
    """The stores of a file that lie where its format has no place for them; None where there are none."""
    return facts.own.hidden if facts.own is not None and facts.own.hidden.stores else None


def statement(hidden: Hidden) -> str:
    """What is said of a file in which nothing else was found."""
    if not any(store.is_whole for store in hidden.stores):
        return f"What begins like Content Credentials lies in this file, and cannot be read: {places(hidden)}."
    if all(store.inside or store.is_packed for store in hidden.stores):
        return (
            f"Content Credentials lie in this file where the engines do not look: {places(hidden)}. They may speak of "
            "that alone, and were not checked."
        )
    return (
        f"Content Credentials lie in this file where its format has no place for them: {places(hidden)}. They were not "
        "checked."
    )


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
        yield NotChecked(
            what=f"further Content Credentials that lie in the file, {places(hidden)}",
            why="only those in the place that its format has for them are checked",
        )
    if hidden.is_cut:
        yield NotChecked(
            what="Content Credentials in all of what the file holds packed", why="not all of it was searched"
        )

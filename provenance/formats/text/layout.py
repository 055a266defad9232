"""Which bytes of a text are words, and which carry its Content Credentials (C2PA 2.4, annexes A.7 to A.9)?"""

from __future__ import annotations

import html
import re
from typing import Final

from provenance.formats.parts import Doubt, Kind, Layout, Region, from_scattered
from provenance.formats.text.carriers import Carrier, Method, carriers, is_page
from provenance.formats.text.page import references_of
from provenance.formats.text.unseen import unseen

TEXT, STRUCTURED, PAGE = "text", "structured text", "html"
FORMATS: Final = {Method.WRAPPER: TEXT, Method.ARMOUR: STRUCTURED, Method.PAGE: PAGE}
"""What a text is, by what carries its Content Credentials; without any it is the first."""

READ_AS: Final = {PAGE: "text/html", TEXT: "text/plain", STRUCTURED: "text/plain"}
"""The type as which a text is looked at: that is what its bytes say, whatever its name is."""

_TYPES: Final = frozenset(
    {"application/json", "application/xml", "application/yaml", "application/toml", "application/javascript",
     "application/xhtml+xml"}
)  # fmt: skip
_REFERENCE: Final = re.compile(r"&[#A-Za-z]")


def is_text(media_type: str) -> bool:
    """Whether files of a type are text."""
    return media_type.startswith("text/") or media_type in _TYPES


def method_of(data: bytes) -> Method | None:
    """How Content Credentials are put into this text; None where there are none."""
    return next((one.method for one in carriers(data)), None)


def read_text(data: bytes) -> Layout:
    """A text: what carries its Content Credentials is the manifest, all else is media.

    The carrier decides what kind of text it is. Signs that a reader does not see, programs, and what a page loads from
    elsewhere are doubts, wherever the hash ends.
    """
    found = carriers(data)
    kind = FORMATS[found[0].method] if found else PAGE if is_page(data) else TEXT
    known = [region for one in found for region in _regions(one)]
    regions = from_scattered(len(data), known, rest=Kind.MEDIA, rest_name="text")
    return Layout(
        format=kind,
        size=len(data),
        regions=regions,
        stores=tuple(one.store for one in found if one.store is not None),
        addresses=tuple(dict.fromkeys(one.address for one in found if one.store is None)),
        doubts=_doubts(data, found, kind),
    )


def _regions(carrier: Carrier) -> list[Region]:
    """The parts of a carrier in order: the manifest's own, and what is not."""
    found, position = [], carrier.start
    for start, end in carrier.foreign:
        found += [Region(position, start, Kind.MANIFEST, "manifest"), Region(start, end, Kind.FOREIGN, "no store")]
        position = end
    return [*found, Region(position, carrier.end, Kind.MANIFEST, "manifest")]


def _doubts(data: bytes, found: tuple[Carrier, ...], kind: str) -> tuple[Doubt, ...]:
    """What a hash over the words does not answer for."""
    words = without(data, found)
    try:
        text = words.decode("utf-8")
    except UnicodeDecodeError:
        return (Doubt("integrity.tables", "an encoding that is not read here"),)
    if kind != PAGE:
        return unseen(text)
    shown = html.unescape(text) if _REFERENCE.search(text) else text
    references = references_of(data, skip=frozenset(one.start for one in found if one.store is not None))
    return (*unseen(shown), *references.doubts())


def without(data: bytes, found: tuple[Carrier, ...]) -> bytes:
    """A text without what carries its Content Credentials."""
    kept, position = [], 0
    for one in found:
        kept.append(data[position : max(position, one.start)])
        position = max(position, one.end)
    return b"".join([*kept, data[position:]])

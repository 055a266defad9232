"""Where do drawing, metadata and manifest lie in an SVG?"""

from __future__ import annotations

import binascii
import re
from typing import Final

from provenance.formats.parts import Kind, Layout, Region, from_scattered

_SVG_MANIFEST: Final = re.compile(
    rb"<c2pa:manifest[^<>]{0,1024}>([A-Za-z0-9+/=\s]{0,268435456})</c2pa:manifest\s{0,64}>"
)
_SVG_METADATA: Final = re.compile(rb"<metadata[\s>]|</metadata\s{0,64}>")


def read_svg(data: bytes) -> Layout:
    """An SVG: the manifest is base64 text in `c2pa:manifest`, the rest draws.

    What stands between `metadata` tags is apart and not taken for harmless: a comment can hold either tag, what is in
    there can be drawn by reference, and a style sheet counts wherever it stands.
    """
    stores, known, complete = [], [], True
    for found in _SVG_MANIFEST.finditer(data):
        known.append(Region(found.start(1), found.end(1), Kind.MANIFEST, "manifest"))
        try:
            stores.append(binascii.a2b_base64(found.group(1)))
        except binascii.Error:
            complete = False
    depth, opened = 0, 0
    for found in _SVG_METADATA.finditer(data):
        closing = found.group().startswith(b"</")
        if closing and depth == 1:
            known += _around(opened, found.end(), [r for r in known if opened <= r.start < found.end()])
        if not closing and depth == 0:
            opened = found.start()
        depth = max(0, depth + (-1 if closing else 1))
    regions = from_scattered(len(data), known, rest=Kind.MEDIA, rest_name="drawing")
    return Layout(format="svg", size=len(data), regions=regions, stores=tuple(stores), complete=complete)


def _around(start: int, end: int, holes: list[Region]) -> list[Region]:
    pieces = []
    for hole in sorted(holes):
        pieces.append(Region(start, hole.start, Kind.OTHER, "metadata"))
        start = hole.end
    return [*pieces, Region(start, end, Kind.OTHER, "metadata")]

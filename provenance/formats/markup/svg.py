"""Where do drawing, metadata and manifest lie in an SVG, and can anything draw the manifest (SVG 2; C2PA 2.4)?"""

from __future__ import annotations

import base64
import binascii
import re
from itertools import pairwise
from typing import Final

from provenance.formats.markup.references import SVG, References
from provenance.formats.markup.sheets import Sheets
from provenance.formats.markup.styles import plain, selects_the_manifest
from provenance.formats.markup.tokens import (
    ASCII_OCTETS,
    Broken,
    Doctype,
    End,
    Instruction,
    Namespaces,
    Start,
    Text,
    tokens,
)
from provenance.formats.parts import Doubt, Kind, Layout, Region, from_scattered

MAX_DEPTH: Final = 4_096
"""Elements inside elements; browsers give up far earlier."""
MAX_STORES: Final = 64
"""Elements that carry a store: one is right, more are told."""

_MANIFEST: Final = b"c2pa:manifest"
_MANIFEST_SPACE: Final = b"http://c2pa.org/manifest"
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/]*+={0,2}")
_PLAIN_NAME: Final = re.compile(rb"#[\w:.-]+")
_ENCODING: Final = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)[\"']")


class _Svg:
    """Reads one drawing, element by element."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.names = Namespaces()
        self.references = References()
        self.path: list[Start] = []
        self.known: list[Region] = []
        self.stores: list[bytes] = []
        self.sheets = Sheets(self.references)
        self.carriers: list[tuple[Start, ...]] = []
        """The elements around each store, its own among them."""
        self.drawn: list[bytes] = []
        """What `tref` elements draw the text of."""
        self.unclear: list[str] = []
        self.opened = 0
        """Where the outermost metadata element began."""
        self.depth = 0
        """Metadata elements inside each other."""
        self.is_over = False
        """Whether the root element has ended."""

    def read(self) -> Layout:
        """The whole layout."""
        start = 3 if self.data[:3] == b"\xef\xbb\xbf" else 0
        is_complete = self._read(self.data[start:] if start else self.data, start)
        if not is_complete or not self.is_over:
            self.unclear.append("a drawing that is not well formed")
        regions = from_scattered(len(self.data), self.known, rest=Kind.MEDIA, rest_name="drawing")
        return Layout(
            format="svg",
            size=len(self.data),
            regions=regions,
            stores=tuple(self.stores),
            doubts=tuple(self._doubts()),
            complete=is_complete and self.is_over,
        )

    def _read(self, content: bytes, shift: int) -> bool:
        """False where it is not well formed."""
        for token in tokens(content):
            self.sheets.take(token)
            match token:
                case Broken():
                    return False
                case Doctype():
                    self.references.doctype(token)
                case Instruction():
                    self._instruction(token)
                case Text():
                    if not self._text(token, shift):
                        return False
                case Start():
                    if self.is_over or len(self.path) >= MAX_DEPTH:
                        return False
                    self._start(token, shift)
                    if token.is_empty:
                        self._end(token.end + shift)
                case End():
                    if not self.path or self.path[-1].name != token.name:
                        return False
                    self._end(token.end + shift)
        return True

    def _instruction(self, token: Instruction) -> None:
        if token.target.lower() == b"xml":
            found = _ENCODING.search(token.content)
            if found and not ASCII_OCTETS.match(found.group(1)):
                self.unclear.append("an encoding that is not read here")
        self.references.instruction(token)

    def _start(self, tag: Start, shift: int) -> None:
        self.names.enter(tag.attributes)
        self.path.append(tag)
        self.references.start(tag, self.names)
        space, local = self.names.of(tag.name)
        if len(self.path) == 1 and (space, local) != (SVG, b"svg"):
            self.unclear.append("a drawing inside something else")
        if local == b"metadata":
            if not self.depth:
                self.opened = tag.start + shift
            self.depth += 1
        if local == b"tref":
            self.drawn += [value for name, value in tag.attributes if name.rpartition(b":")[2] == b"href"]
        if self._is_manifest(tag) and len(self.carriers) < MAX_STORES:
            self.carriers.append(tuple(self.path[-MAX_STORES:]))
            self._hold_carrier()

    def _is_manifest(self, tag: Start) -> bool:
        space, local = self.names.of(tag.name)
        return tag.name == _MANIFEST or (space == _MANIFEST_SPACE and local == b"manifest")

    def _hold_carrier(self) -> None:
        """Doubts where the element stands elsewhere than writers put it, or has more to it."""
        *above, own = self.path
        places = [(self.names.of(tag.name), tag.name) for tag in above]
        spaces = [space for (space, _), _ in places]
        if [name for _, name in places] != [b"svg", b"metadata"] or set(spaces) != {SVG}:
            self.unclear.append("Content Credentials in a place where they are drawn or not looked for")
        elif any(name != b"id" for name, _ in above[1].attributes):
            self.unclear.append("metadata with attributes for things that are drawn")
        declared = ((b"xmlns:c2pa", _MANIFEST_SPACE),)
        if self.names.of(own.name) != (_MANIFEST_SPACE, b"manifest") or own.attributes not in ((), declared):
            self.unclear.append("an element for the Content Credentials of another form")

    def _text(self, token: Text, shift: int) -> bool:
        """False for text outside the root element."""
        if not self.path:
            return not token.content.strip() and not token.is_cdata
        tag = self.path[-1]
        if self._is_manifest(tag):
            self._manifest(token, shift)
        return True

    def _manifest(self, token: Text, shift: int) -> None:
        """A store's base64, which has one form: padded, unbroken, no bit left over (RFC 4648, section 3.5)."""
        start, end = token.start + shift, token.end + shift
        kind = Kind.FOREIGN
        try:
            store = binascii.a2b_base64(token.content)
        except binascii.Error:
            store = b""
        if not token.is_cdata and _BASE64.fullmatch(token.content) and base64.b64encode(store) == token.content:
            kind = Kind.MANIFEST
        self.known.append(Region(start, end, kind, "manifest"))
        if len(self.stores) < MAX_STORES:
            self.stores.append(store)

    def _end(self, end: int) -> None:
        tag = self.path.pop()
        if self.names.of(tag.name)[1] == b"metadata":
            self.depth -= 1
            if not self.depth:
                self._metadata(self.opened, end)
        self.names.leave()
        self.is_over = not self.path

    def _metadata(self, start: int, end: int) -> None:
        """One outermost metadata element but for the stores in it."""
        first = len(self.known)
        while first and self.known[first - 1].start >= start:
            first -= 1
        edges = [start, *(edge for region in self.known[first:] for edge in region[:2]), end]
        # What is in there can be drawn by reference, and a style sheet counts wherever it stands.
        holes = list(pairwise(edges))[::2]
        self.known += [Region(low, high, Kind.OTHER, "metadata") for low, high in holes]

    def _doubts(self) -> list[Doubt]:
        self.sheets.finish()
        if self.carriers and any(selects_the_manifest(plain(sheet)) for sheet in self.sheets.found):
            self.unclear.append("a style for the Content Credentials")
        self.references.unclear.update(self.unclear)
        around = [(tag, number) for path in self.carriers for number, tag in enumerate(path)]
        ids = {value for tag, _ in around for name, value in tag.attributes if name.endswith(b"id")}
        inner = {value for tag, number in around if number for name, value in tag.attributes if name == b"id"}
        doubts = list(self.references.doubts())
        if self.carriers and (
            self.references.named & inner or any(not _PLAIN_NAME.fullmatch(one) or one[1:] in ids for one in self.drawn)
        ):
            doubts.insert(0, Doubt("integrity.pointer.store", "an element that draws what another one holds"))
        return doubts


def read_svg(data: bytes) -> Layout:
    """An SVG: the manifest is base64 text in `c2pa:manifest`, the rest draws.

    What stands between `metadata` tags is apart and not taken for harmless.
    """
    return _Svg(data).read()

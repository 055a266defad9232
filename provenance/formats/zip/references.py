"""What do a document's parts fetch from outside it, or run (ECMA-376 part 2; ODF 1.3; EPUB 3.3)?

Only parts that can say so are unpacked, and no more of them than a bound lets.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from provenance.formats.markup.references import References, has_scheme
from provenance.formats.markup.sheets import Sheets
from provenance.formats.markup.tokens import Broken, Doctype, End, Instruction, Namespaces, Start, tokens
from provenance.formats.parts import Doubt
from provenance.formats.zip.directory import ZipDirectory, ZipEntry, number
from provenance.formats.zip.office import count

MAX_RATIO: Final = 10
"""Bytes that are unpacked for each byte of the file; text packs to a fifth."""
MAX_FREE: Final = 4 * 1024 * 1024
"""Bytes that may be unpacked of however small a file."""
MAX_TOKENS: Final = 100_000
"""Tags and texts that may be read of however small a file; more by a quarter of its bytes, as text packs."""

_PAGES: Final = (b".xhtml", b".html", b".htm", b".svg")
_OPEN_DOCUMENT: Final = (b"content.xml", b"styles.xml")
_MACROS: Final = re.compile(rb"(?:^|/)(?:vbaproject\.bin|vbadata\.xml)$|^(?:basic|scripts)/.|/activex/", re.IGNORECASE)
"""Where families of documents keep programs and controls."""
_CONNECTIONS: Final = re.compile(rb"^xl/connections\.xml$|^xl/queryTables/", re.IGNORECASE)
_RELATIONS: Final = {
    b"image": "images", b"attachedTemplate": "templates", b"oleObject": "objects", b"frame": "pages in a window",
    b"externalLinkPath": "other documents", b"externalLink": "other documents", b"subDocument": "other documents",
    b"video": "films", b"audio": "sounds", b"media": "films", b"mailMergeSource": "data",
}  # fmt: skip
_LINKED: Final = frozenset({b"hyperlink", b"hlinkClick"})
_OPEN_LINKS: Final = frozenset(
    {(b"text", b"a"), (b"draw", b"a"), (b"form", b"form"), (b"form", b"button"),
     (b"presentation", b"event-listener")}
)  # fmt: skip
_ENCODED: Final = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-?8[\"']|us-ascii[\"']|iso-8859-)", re.IGNORECASE)


_Tags = Iterator[tuple[Start, Namespaces]]


def _stays(address: bytes) -> bool:
    """Whether an address leads to another part of the document, as far as it can tell."""
    return address[:5].lower() == b"data:" or not has_scheme(address)


def _stays_in_package(address: bytes) -> bool:
    """The same by the rule of OpenDocument: the package is a folder (ODF 1.3 part 2, section 3.7)."""
    return _stays(address) and not address.startswith((b"../", b"/"))


class _Parts:
    """Unpacks parts within bounds."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.packed = len(data)
        self.unpacked = MAX_FREE + MAX_RATIO * len(data)
        self.room = MAX_TOKENS + len(data) // 4
        self.unclear: set[str] = set()

    def content(self, entry: ZipEntry) -> bytes:
        """A part as it is read, in UTF-8 where it is text in UTF-16; empty where it cannot be had."""
        method, flags = number(self.data, entry.record + 10, 2), number(self.data, entry.record + 8, 2)
        self.packed -= entry.stop - entry.data
        if self.packed < 0 or self.unpacked <= 0:
            self.unclear.add("parts that are too large to be looked into")
            return b""
        raw = memoryview(self.data)[entry.data : entry.stop]
        content = bytes(raw)
        if method == 8 and not flags & 1:
            unpacking = zlib.decompressobj(-15)
            try:
                content = unpacking.decompress(raw, self.unpacked)
            except zlib.error:
                content = b""
            if not unpacking.eof:
                self.unclear.add("parts that cannot be unpacked")
        elif method or flags & 1:
            self.unclear.add("parts that cannot be unpacked")
            return b""
        self.unpacked -= len(content)
        return self._text(content)

    def tags(
        self, content: bytes, found: References, sheets: Sheets | None = None
    ) -> Iterator[tuple[Start, Namespaces]]:
        """A part's start tags, each with the namespaces in which it stands, as far as its text is well formed.

        `sheets` takes the style sheets of a page. One that is not well formed is read in more ways than one.
        """
        spaces, depth = Namespaces(), 0
        for token in tokens(content, lenient=True):
            self.room -= 1
            if self.room < 0:
                self.unclear.add("parts that are too large to be looked into")
                return
            if sheets is not None:
                sheets.take(token)
                if isinstance(token, Broken):
                    self.unclear.add("pages that are not well formed")
            match token:
                case Doctype():
                    found.doctype(token)
                case Instruction():
                    found.instruction(token)
                case Start():
                    spaces.enter(token.attributes)
                    yield token, spaces
                    depth += 1
            if (isinstance(token, End) or (isinstance(token, Start) and token.is_empty)) and depth:
                spaces.leave()
                depth -= 1

    def _text(self, content: bytes) -> bytes:
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return content.decode("utf-16", "replace").encode()
        if _ENCODED.match(content[3:] if content[:3] == b"\xef\xbb\xbf" else content):
            self.unclear.add("parts in an encoding that is not read here")
        return content


def references(data: bytes, directory: ZipDirectory) -> Iterator[Doubt]:
    """What a document leads to, by kind and number; nothing for an archive of no known family."""
    names = {entry.name for entry in directory.entries}
    first = next((data[entry.data : entry.stop] for entry in directory.entries if entry.name == b"mimetype"), b"")
    is_office = b"[Content_Types].xml" in names
    is_open = first.startswith(b"application/vnd.oasis.opendocument")
    if not is_office and not is_open and first.strip() != b"application/epub+zip":
        return
    found, parts = References(_stays), _Parts(data)
    if is_open:
        found.is_inside = _stays_in_package
    for entry in directory.entries:
        name = entry.name.lower()
        if _MACROS.search(entry.name):
            found.programs["macros or controls"] += 1
        elif _CONNECTIONS.search(entry.name):
            found.outside["data"] += 1
        elif name.endswith(b".rels"):
            _relations(parts.tags(parts.content(entry), found), found)
        elif is_office and name.endswith(b".xml"):
            # Its relations say what a part is for, whatever its name.
            count(parts.content(entry), found)
        elif name.endswith(b".opf"):
            _package(parts.tags(parts.content(entry), found), found)
        elif name.endswith(b".css"):
            found.style(parts.content(entry))
        elif name.endswith(_PAGES):
            sheets = Sheets(found)
            for tag, spaces in parts.tags(parts.content(entry), found, sheets):
                found.start(tag, spaces)
            sheets.finish()
        elif is_open and name.rpartition(b"/")[2] in _OPEN_DOCUMENT:
            _open_document(parts.tags(parts.content(entry), found), found)
    found.unclear.update(parts.unclear)
    yield from found.doubts()


def _values(tag: Start, found: References) -> dict[bytes, bytes]:
    """A tag's attributes by local name."""
    return {name.rpartition(b":")[2]: found.value(value).strip() for name, value in tag.attributes}


def _relations(tags: _Tags, found: References) -> None:
    """Relationships of one part (ECMA-376 part 2, section 6.5)."""
    for tag, spaces in tags:
        values = _values(tag, found)
        if spaces.of(tag.name)[1] != b"Relationship" or values.get(b"TargetMode", b"").lower() != b"external":
            continue
        kind = values.get(b"Type", b"").rpartition(b"/")[2]
        if kind in _LINKED:
            found.listed["links"] += 1
        else:
            found.outside[_RELATIONS.get(kind, "other things")] += 1


def _package(tags: _Tags, found: References) -> None:
    """The list of a book's parts (EPUB 3.3, section 5.6); what its own metadata links to is not shown."""
    for tag, spaces in tags:
        if not _stays(_values(tag, found).get(b"href", b"")):
            if spaces.of(tag.name)[1] == b"item":
                found.outside["parts of the book"] += 1
            else:
                found.listed["links"] += 1


def _open_document(tags: _Tags, found: References) -> None:
    """A text, a table or a drawing (ODF 1.3 part 3): links by `xlink:href`, programs by their listeners."""
    for tag, spaces in tags:
        space, name = spaces.of(tag.name)
        family = space.rpartition(b":xmlns:")[2].partition(b":")[0]
        if (family == b"script" and name != b"libraries") or (family, name) == (b"office", b"script"):
            found.programs["scripts"] += 1
        if _stays_in_package(_values(tag, found).get(b"href", b"")):
            continue
        if (family, name) in _OPEN_LINKS:
            found.listed["links"] += 1
        else:
            found.outside["images" if name == b"image" else "other things"] += 1

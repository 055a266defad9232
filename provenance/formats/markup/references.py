"""Where does a drawing or a page lead to outside its file, and does what it shows depend on that (SVG 2; HTML)?

Kinds are counted, not followed. What a link leads to is not what is shown; a picture, a style or a font from elsewhere
is, and a program decides anew each time.
"""

from __future__ import annotations

import html.entities
import re
from collections import ChainMap, Counter
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import unquote_to_bytes

from provenance.formats.markup.styles import read
from provenance.formats.markup.tokens import Doctype, Instruction, Namespaces, Start, resolved
from provenance.formats.parts import Doubt

SVG: Final = b"http://www.w3.org/2000/svg"
_PAGE: Final = b"http://www.w3.org/1999/xhtml"
_INCLUDE: Final = b"http://www.w3.org/2001/XInclude"
_EVENTS: Final = b"http://www.w3.org/2001/xml-events"
_XML: Final = b"http://www.w3.org/XML/1998/namespace"
_SHOWN: Final = frozenset({b"", SVG, _PAGE})
"""Namespaces of elements that are drawn."""

_REFRESH: Final = (b"http-equiv", b"refresh")
_OWN: Final = frozenset({b"", b"http://www.w3.org/1999/xlink", SVG, _PAGE, _XML, _EVENTS})
"""Namespaces of attributes that do something; editors add their own."""

_LINKS: Final = frozenset({b"a", b"area"})
_PROGRAMS: Final = frozenset({b"script", b"handler", b"listener"})
_WINDOWS: Final = frozenset(
    {b"iframe", b"frame", b"embed", b"object", b"applet", b"portal", b"webview", b"fencedframe"}
)
_SETTERS: Final = frozenset({b"set", b"animate", b"animatetransform", b"animatemotion", b"animatecolor", b"discard"})
_ADDRESSES: Final = frozenset(
    {b"href", b"src", b"poster", b"background", b"data", b"codebase", b"classid", b"archive", b"code", b"icon",
     b"formaction", b"lowsrc", b"dynsrc", b"manifest"}
)  # fmt: skip
"""Attributes whose value is an address from which something is loaded."""
_KINDS: Final = {
    b"image": "images", b"img": "images", b"feimage": "images", b"picture": "images", b"source": "images",
    b"use": "parts of drawings", b"link": "style sheets", b"style": "style sheets", b"video": "films",
    b"audio": "sounds", b"track": "subtitles", b"font-face-uri": "fonts", b"color-profile": "colour profiles",
}  # fmt: skip
_NAMED: Final = {name[:-1].encode(): value.encode() for name, value in html.entities.html5.items() if name[-1] == ";"}
_SCHEME: Final = re.compile(rb"([A-Za-z][A-Za-z0-9+.-]*):")
_BLANKS: Final = re.compile(rb"[\x00-\x20]+")

_PSEUDO_ATTRIBUTE: Final = re.compile(rb"([^\s=\"']++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_PSEUDO_ATTRIBUTES: Final = re.compile(rb"\s*+(?:[^\s=\"']++\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+')\s*+)*+")
_LISTS: Final = re.compile(rb"data:[^,]{0,200}(?:mpegurl|dash\+xml)", re.IGNORECASE)
"""Begins a list of films or sounds to fetch."""
_SHEETS: Final = "style sheets within addresses"

Inside = Callable[[bytes], bool]


def is_inside_a_drawing(address: bytes) -> bool:
    """Whether an address leads to nothing outside the one file that it stands in."""
    return not address or address.startswith(b"#") or _is_data(address)


def _is_data(address: bytes) -> bool:
    return address[:5].lower() == b"data:"


class References:
    """Counts references while a text is read, tag by tag."""

    def __init__(self, is_inside: Inside = is_inside_a_drawing, *, is_resolved: bool = False) -> None:
        """What is counted so far: nothing.

        Args:
            is_inside: says of an address whether it stays in the file.
            is_resolved: whether references in values are resolved already.
        """
        self.is_inside, self.is_resolved = is_inside, is_resolved
        self.listed = Counter[str]()
        self.outside = Counter[str]()
        self.programs = Counter[str]()
        self.unclear = Counter[str]()
        self.entities: dict[bytes, bytes] = {}
        self.named: set[bytes] = set()
        """Names (`#name`) that something other than a link refers to."""

    def doubts(self) -> Iterator[Doubt]:
        """What was found, by kind and number; what weighs most comes first."""
        for code, kinds in (("integrity.script", self.programs), ("integrity.references.outside", self.outside)):
            yield from (Doubt(code, kind, number=number) for kind, number in sorted(kinds.items()))
        yield from (Doubt("integrity.tables", what) for what in sorted(self.unclear))
        yield from (Doubt("integrity.references.listed", kind, number=n) for kind, n in sorted(self.listed.items()))

    def instruction(self, token: Instruction) -> None:
        """A style sheet by processing instruction (xml-stylesheet 1.0): what is none is a transformation (XSLT)."""
        if token.target != b"xml-stylesheet":
            return
        if not _PSEUDO_ATTRIBUTES.fullmatch(token.content):
            self.unclear["a call for a style sheet that cannot be read"] += 1
        found = _PSEUDO_ATTRIBUTE.findall(token.content)
        values = {name: self.value(double or single).strip() for name, double, single in found}
        if len(values) < len(found):
            self.unclear["a call for a style sheet that cannot be read"] += 1
        address = values.get(b"href", b"")
        if values.get(b"type", b"").partition(b";")[0].strip().lower() not in (b"", b"text/css"):
            self.programs["transformations"] += 1
        elif _is_data(address):
            self.unclear[_SHEETS] += 1
        else:
            self._resource(address, "style sheets")

    def doctype(self, token: Doctype) -> None:
        """What a document type brings along; entities that hold markup or each other are not expanded here."""
        if token.system and not re.match(rb"(?:https?:)?//www\.w3\.org/|about:legacy-compat\Z", token.system):
            self.outside["document types"] += 1
        if token.sets_attributes:
            self.unclear["a document type that sets attributes"] += 1
        for entity in token.entities:
            if entity.value is None:
                self.outside["entities"] += 1
            elif entity.is_parameter or b"<" in entity.value or b"&" in entity.value or b"%" in entity.value:
                self.unclear["entities that hold markup"] += 1
            else:
                self.entities.setdefault(entity.name, entity.value)

    def start(self, tag: Start, names: Namespaces) -> None:
        """A start tag, its namespaces already entered."""
        namespace, local = names.of(tag.name)
        element = local.lower()
        if namespace == _INCLUDE:
            self.outside["inclusions"] += 1
            return
        is_shown = namespace in _SHOWN
        if (element in _PROGRAMS and is_shown) or namespace == _EVENTS:
            self.programs["scripts"] += 1
        values = [(*names.of(name, attribute=True), self.value(value)) for name, value in tag.attributes]
        for space, name, value in values:
            if space not in _OWN:
                continue
            self._attribute(element, space, name.lower(), value, is_shown=is_shown)
        if element in _SETTERS and is_shown:
            self._setter({name: value for _, name, value in values})
        if element == b"link" and is_shown:
            self._sheet({name.lower(): value for space, name, value in values if not space})
        if element == b"meta" and any((name.lower(), value.lower()) == _REFRESH for _, name, value in values):
            self.outside["redirections"] += 1
        if element == b"base" and namespace != SVG and is_shown:
            self.outside["base addresses"] += 1

    def style(self, content: bytes) -> None:
        """A style sheet's text."""
        sheet = read(content)
        for address, is_sheet in sheet.addresses:
            if is_sheet and _is_data(address):
                self.unclear[_SHEETS] += 1
            self._resource(address, "addresses in styles")
        if sheet.is_put_together:
            self.unclear["addresses in styles that are put together"] += 1

    def value(self, value: bytes) -> bytes:
        """An attribute's value with its references resolved, as far as they are known."""
        put_in = value if self.is_resolved else resolved(value, self.entities)
        if put_in is None:
            names = re.findall(rb"&([^#;\s&][^;\s&]*);", value)
            known = names and all(name in _NAMED or name in self.entities for name in names)
            put_in = resolved(value, ChainMap(self.entities, _NAMED)) if known else None
        if put_in is None:
            self.unclear["entities that are not known"] += 1
        return value if put_in is None else put_in

    def _attribute(self, element: bytes, space: bytes, name: bytes, value: bytes, *, is_shown: bool) -> None:
        if space == _XML:
            if name == b"base":
                self.outside["base addresses"] += 1
            return
        if space == _EVENTS or (name.startswith(b"on") and len(name) > 2 and not space and is_shown):
            self.programs["event handlers"] += 1
        if not is_shown:
            return
        address = _BLANKS.sub(b"", value)
        if address[:11].lower() in (b"javascript:", b"vbscript:"):
            self.programs["scripts"] += 1
        elif name == b"srcdoc":
            self.programs["pages in a window"] += 1
        elif name in (b"srcset", b"imagesrcset"):
            for one in value.split(b","):
                self._resource(one.strip().partition(b" ")[0], "images")
        elif name in (b"action", b"ping"):
            self._link(address, "forms" if name == b"action" else "notices of visits")
        elif name in _ADDRESSES:
            self._address(element, name, address)
        elif b"(" in value or b"\\" in value or name == b"style":
            self.style(value)

    def _address(self, element: bytes, name: bytes, address: bytes) -> None:
        if element in _LINKS and name == b"href":
            self._link(address, "links")
        elif element in _WINDOWS:
            if _is_data(address):
                self.programs["pages in a window"] += 1
            elif name != b"codebase" or address:
                self._resource(address, "pages in a window")
        else:
            if address.startswith(b"#"):
                self.named.add(unquote_to_bytes(address[1:]))
            self._resource(address, _KINDS.get(element, "other things"))

    def _sheet(self, values: dict[bytes, bytes]) -> None:
        """A page's `link` with its content within its address: a sheet leads on to others, a small picture does not."""
        kinds = set(values.get(b"rel", b"").lower().split())
        is_picture = any(kind.endswith(b"icon") for kind in kinds) and b"stylesheet" not in kinds
        if _is_data(_BLANKS.sub(b"", values.get(b"href", b""))) and not is_picture:
            self.unclear[_SHEETS] += 1

    def _setter(self, values: dict[bytes, bytes]) -> None:
        """Animation may give another element an address or a program (SMIL)."""
        target = values.get(b"attributeName", b"").rpartition(b":")[2].lower()
        if target.startswith(b"on"):
            self.programs["event handlers"] += 1
        for name in (b"from", b"to", b"by", b"values"):
            for one in values.get(name, b"").split(b";"):
                address = _BLANKS.sub(b"", one)
                if address[:11].lower() == b"javascript:":
                    self.programs["scripts"] += 1
                elif target in _ADDRESSES:
                    if address.startswith(b"#"):
                        self.named.add(unquote_to_bytes(address[1:]))
                    self._resource(address, "images")

    def _link(self, address: bytes, kind: str) -> None:
        if not self.is_inside(address):
            self.listed[kind] += 1

    def _resource(self, address: bytes, kind: str) -> None:
        if not self.is_inside(address) or _LISTS.match(address):
            self.outside[kind] += 1


def has_scheme(address: bytes) -> bool:
    """Whether an address names a scheme or a host, so that it cannot be relative."""
    return _SCHEME.match(address) is not None or address[:2] in (b"//", b"\\\\", b"/\\", b"\\/")

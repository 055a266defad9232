"""What do the few XMP properties say that are asked for?

XMP is RDF in XML (ISO 16684-1). It is parsed as a stream by defusedxml, without document types and entities, within
bounds on depth and count; what was read before an error stays.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from provenance.metadata.model import MAX_TEXT, Field, beyond

MAX_DEPTH: Final = 64
"""Nested elements; real XMP needs below 12."""
MAX_ELEMENTS: Final = 50_000
"""Elements of one packet; the largest real ones (histories of layers) have about 20,000."""
MAX_VALUES: Final = 256
"""Values that are kept of one packet."""

_PREFIXES: Final = {
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.useplus.org/ldf/xmp/1.0/": "plus",
    "http://www.tc260.org.cn/ns/AIGC/1.0/": "TC260",
    "http://ns.adobe.com/pdf/1.3/": "pdf",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://cipa.jp/exif/1.0/": "exifEX",
}
"""Namespaces by the prefix that their specification prefers; a file may write any other."""
_WANTED: Final = {
    "Iptc4xmpExt": ("DigitalSourceType", "DigitalSourcetype", "DigitalSourceFileType", "DigitalSourcefileType",
                    "AISystemUsed", "AISystemVersionUsed", "AIPromptInformation", "AIPromptWriterName"),
    "photoshop": ("Credit", "Source", "Instructions", "DateCreated"),
    "xmp": ("CreatorTool", "CreateDate", "ModifyDate"),
    "dc": ("creator", "description", "title", "rights"),
    "tiff": ("Software", "Make", "Model"),
    "exif": ("UserComment", "DateTimeOriginal", "DateTimeDigitized", "GPSLatitude", "GPSLongitude", "GPSAltitude",
             "GPSAltitudeRef"),
    "plus": ("DataMining",),
    "TC260": ("AIGC",),
    "pdf": ("Producer",),
    "aux": ("Lens",),
    "exifEX": ("LensModel",),
}  # fmt: skip
_NAMES: Final = {
    f"{{{space}}}{name}": f"{prefix}:{name}" for space, prefix in _PREFIXES.items() for name in _WANTED[prefix]
}
_RESOURCE: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_DECLARATION: Final = re.compile(r"<\?xml\s[^>]{0,200}\?>")
_CONTROLS: Final = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)]
)  # signs that XML does not allow, among them the NULs that pad a packet


class Xmp(NamedTuple):
    """What was read of one packet."""

    values: tuple[tuple[str, str], ...]
    """(`prefix:name`, text) in the order of the packet; several of a list."""
    cut: tuple[str, ...] = ()
    """In words, what was not read of it: where it breaks off, is not well-formed, or goes over a bound."""

    @property
    def is_whole(self) -> bool:
        """Whether all of it was read."""
        return not self.cut


class _BoundError(Exception):
    """More than any real packet has."""


class _Target:
    """Collects wanted properties while the parser runs."""

    def __init__(self) -> None:
        self.values: list[tuple[str, str]] = []
        self.stack: list[str] = []
        self.elements = 0
        self.parts: list[str] = []
        self.length = 0
        self.cut: dict[str, None] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self.elements += 1
        if len(self.stack) >= MAX_DEPTH:
            raise _BoundError(beyond("elements of XMP inside each other", MAX_DEPTH))
        if self.elements > MAX_ELEMENTS:
            raise _BoundError(beyond("elements of XMP", MAX_ELEMENTS))
        self.stack.append(_NAMES.get(tag) or (self.stack[-1] if self.stack else ""))
        self.parts, self.length = [], 0
        for key, value in attributes.items():
            name = self.stack[-1] if key == _RESOURCE else _NAMES.get(key, "")
            self._keep(name, value)

    def data(self, text: str) -> None:
        """Text of the innermost element."""
        if self.stack and self.stack[-1]:
            if self.length + len(text) > MAX_TEXT:
                self.cut[beyond("characters of one field", MAX_TEXT)] = None
            self.parts.append(text[: MAX_TEXT - self.length])
            self.length += len(self.parts[-1])

    def end(self, _tag: str) -> None:
        """An element ends."""
        self._keep(self.stack.pop(), "".join(self.parts))
        self.parts, self.length = [], 0

    def close(self) -> None:
        """The end of the packet."""

    def _keep(self, name: str, text: str) -> None:
        if name and len(text) > MAX_TEXT:
            self.cut[beyond("characters of one field", MAX_TEXT)] = None
        if name and (shown := text[:MAX_TEXT].strip()):
            if len(self.values) >= MAX_VALUES:
                raise _BoundError(beyond("values of XMP", MAX_VALUES))
            self.values.append((name, shown))


def read_xmp(data: bytes) -> Xmp:
    """The wanted properties of one packet. Never raises for what it holds."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser, ParseError

    target = _Target()
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    try:
        parser.feed(_text(data))
        parser.close()
    except _BoundError as error:
        target.cut[str(error)] = None
    except (ParseError, DefusedXmlException, ValueError):
        target.cut["part of the XMP, which is malformed"] = None
    return Xmp(tuple(target.values), tuple(target.cut))


def _text(data: bytes) -> str:
    """The packet from its first to its last sign of markup, in whichever Unicode form; without a declaration, whose
    encoding could only mislead once it is text."""
    encoding = "utf-8"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif data[1:2] == b"\0" or data[:1] == b"\0":
        encoding = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    text = data.decode(encoding, "replace")
    text = text[text.find("<") : text.rfind(">") + 1] if "<" in text else ""
    return _DECLARATION.sub("", text, count=1).translate(_CONTROLS)


def fields(xmp: Xmp, spans: tuple[tuple[int, int], ...]) -> list[Field]:
    """The properties as fields."""
    return [Field(f"XMP {name}", text, spans) for name, text in xmp.values]

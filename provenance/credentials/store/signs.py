"""May there be anything in a file that an engine reads as Content Credentials, or as the address of some?

A search for byte signs that says yes too often and never no too often: only for types whose bytes engines read as they
lie there, and only where the file is, to its last byte, what its type says. Everything else may hold something.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provenance.formats import Layout

PLAIN: Final = frozenset({"image/jpeg", "image/png", "image/gif"})
"""Types in which a store lies as it is: unpacked, and under names that are listed here. (A TIFF's tag is a number that
may stand anywhere; PDF, ZIP and JPEG XL pack; films, sound and text have more places than one; of a damaged WebP one
engine says that it cannot parse it where our reading goes on.)"""

_LABEL: Final = b"c2pa"
"""Label and type of every manifest store (C2PA 2.4, section 11.1.4): no store is without it, whatever carries it."""
_SIGNS: Final = (
    _LABEL,
    b"C2PA",  # the extension of GIF
    b"jumb",  # any JUMBF box (ISO/IEC 19566-5)
    b"caBX",  # the chunk of PNG
    b"provenance",  # dcterms:provenance in XMP: the address of a remote store
    b"p\0r\0o\0v\0e\0n",  # the same in UTF-16
)
_OF_TYPE: Final = {
    # Any APP11 segment, and XMP in pieces, which may cut a sign in two.
    "image/jpeg": (b"\xff\xeb", b"http://ns.adobe.com/xmp/extension/"),
    # XMP may be packed there, and cut into blocks here.
    "image/png": (b"XML:com.adobe.xmp",),
    "image/gif": (b"XMP Data",),
}
_SCAN: Final = "SOS"
"""The box that is a JPEG's scan: by what ends it, it holds no marker, and so no segment. A whole store in it is found
by the search for hidden ones, as anywhere."""


def may_hold_credentials(data: bytes, media_type: str, layout: Layout) -> bool:
    """Whether there may be something for an engine to read. Linear in the file's length.

    Args:
        data: the whole file.
        media_type: as recognised from the content.
        layout: its parts.

    Returns:
        False only where no sign was found in a type of PLAIN that could be read to its end. Then there may still be a
        whole store where no format has one, for which `find_hidden` looks.
    """
    if media_type not in PLAIN or not layout.complete or layout.stores or layout.addresses:
        return True
    if not _is_plain(layout):
        return True
    signs = (*_SIGNS, *_OF_TYPE.get(media_type, ()))
    return any(sign in piece for piece in _pieces(data, media_type, layout) for sign in signs)


_SEGMENTS: Final = frozenset({"SOI", "EOI", "SOS", "DQT", "DHT", "DRI", "DAC", "COM", "SOF0", "SOF1", "SOF2"}) | {
    f"APP{number}" for number in range(16)
}
"""What stands in JPEG files of cameras and programs."""


def _is_plain(layout: Layout) -> bool:
    """Whether a file has the parts that every reader expects, so that no engine gives up on it."""
    names = [box.name for box in layout.boxes]
    if layout.format == "jpeg":
        is_usual = _SEGMENTS.issuperset(names) and names.count("SOI") == 1
        return is_usual and "SOS" in names and any(name.startswith("SOF") for name in names)
    if layout.format == "png":
        chunks = names[1:]
        is_usual = all(len(name) == _CHUNK and name.isascii() and name.isalpha() for name in chunks)
        return is_usual and chunks[:1] == ["IHDR"] and "IDAT" in chunks
    return layout.format == "gif"


_CHUNK: Final = 4
"""Characters of a PNG chunk's name (PNG, third edition, section 5.3)."""


def _pieces(data: bytes, media_type: str, layout: Layout) -> Iterator[bytes]:
    """The file; of a JPEG what is no scan, each piece with a few bytes of its neighbours."""
    if media_type != "image/jpeg":
        yield data
        return
    position = 0
    for box in layout.boxes:
        if box.name == _SCAN:
            yield data[position : box.start + 64]
            position = max(position, box.end - 64)
    yield data[position:]

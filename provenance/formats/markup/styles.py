"""What does a style sheet name, outside itself and among the elements that it styles (CSS Syntax 3)?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_COMMENT: Final = re.compile(rb"/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)")
_ESCAPE: Final = re.compile(rb"\\(?:([0-9A-Fa-f]{1,6})(?:\r\n|[ \t\r\n\f])?|([^\r\n\f]))")
_ADDRESS: Final = re.compile(
    rb"@namespace[^;{}]*+[;{}]|@import\s*+(?:url\(\s*+)?[\"']?([^\"')\s;]*+)|url\(\s*+(\"[^\"]*+\"|'[^']*+'|[^)\"']*+)"
    rb"|(?:image-set|cross-fade|image|src|element)\([^\"')]*+[\"']([^\"']*+)[\"']",
    re.IGNORECASE,
)
"""An import, an address, or a text where a function takes one for an address; a namespace's name is no address."""
_SELECTED: Final = re.compile(rb"(?<![#.\w-])(?:metadata|(?:c2pa[:|]|\*\|)?manifest)(?![\w-])", re.IGNORECASE)


def plain(style: bytes) -> bytes:
    """A style sheet without comments and with its escapes resolved. Linear."""

    def put(found: re.Match[bytes]) -> bytes:
        if found.group(2) is not None:
            return bytes(found.group(2))
        code = int(found.group(1), 16)
        return chr(code).encode() if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else b"?"

    return _ESCAPE.sub(put, _COMMENT.sub(b" ", style))


def addresses(style: bytes) -> Iterator[bytes]:
    """Addresses in a plain style sheet or in the value of one property."""
    for found in _ADDRESS.finditer(style):
        address = next((group for group in found.groups() if group is not None), None)
        if address is not None:
            yield address.strip(b"\"' \t\r\n\f")


def selects_the_manifest(style: bytes) -> bool:
    """Whether a plain style sheet speaks of the elements that carry Content Credentials, by whatever selector."""
    return _SELECTED.search(style) is not None

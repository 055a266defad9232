"""Where do content and manifest lie in a PDF (ISO 32000-2)?"""

from __future__ import annotations

import re
from typing import Final

from provenance.formats.jumbf_scan import STORE
from provenance.formats.parts import Kind, Layout, Region, from_scattered

_PDF_STREAM: Final = re.compile(rb"stream(?:\r\n|\n|\r)\Z")
"""What stands before a stream's bytes (ISO 32000-2, section 7.3.8.1; a lone return is not allowed, and written)."""
_PDF_OBJECT: Final = re.compile(rb"\d\s{1,4}\d{1,5}\s{1,4}obj\b")
"""What every object begins with (section 7.3.10)."""


def read_pdf(data: bytes) -> Layout:
    """A PDF: everything is content but the manifest store, which lies uncompressed in an embedded file stream.

    It begins where a stream begins: the store of a signed picture on one of the pages lies further inside its own.
    """
    stores, known, position = [], [], 0
    while found := STORE.search(data, position):
        start = found.start() - 4
        size = int.from_bytes(data[max(start, 0) : found.start()], "big")
        end = start + size
        if size < 33 or end > len(data) or not _PDF_STREAM.search(data, max(0, start - 16), max(0, start)):
            position = found.end()
            continue
        stores.append(data[start:end])
        hides = _PDF_OBJECT.search(data, start, end)
        # No hash covers the store: a page that is kept in it could be any other tomorrow.
        known.append(Region(start, end, *((Kind.OTHER, "objects") if hides else (Kind.MANIFEST, "manifest"))))
        position = end
    regions = from_scattered(len(data), known, rest=Kind.MEDIA, rest_name="document")
    return Layout(format="pdf", size=len(data), regions=regions, stores=tuple(stores))

"""Where do pixels, metadata and manifest lie in TIFF files and the raw formats built on TIFF?"""

from __future__ import annotations

from provenance.formats.tiff.layout import read_tiff

__all__ = ["read_tiff"]

"""Where do content and manifest lie in a ZIP document, and do all of its readers find the same parts in it?"""

from __future__ import annotations

from provenance.formats.zip.directory import zip_directory
from provenance.formats.zip.layout import read_zip

__all__ = ["read_zip", "zip_directory"]

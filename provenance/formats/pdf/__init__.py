"""Where do content and manifest lie in a PDF, and does nothing in it lead into the manifest (ISO 32000-2)?"""

from __future__ import annotations

from provenance.formats.pdf.layout import read_pdf

__all__ = ["read_pdf"]

"""What does a text hold besides its words: Content Credentials, and signs that nobody sees (C2PA 2.4, annex A)?"""

from __future__ import annotations

from provenance.formats.text.carriers import Carrier, Method, carriers
from provenance.formats.text.layout import FORMATS, is_text, method_of, read_text

__all__ = ["FORMATS", "Carrier", "Method", "carriers", "is_text", "method_of", "read_text"]

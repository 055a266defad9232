"""Where does a manifest store begin, wherever it lies?"""

from __future__ import annotations

import re
from typing import Final

STORE: Final = re.compile(rb"jumb....jumdc2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x008\x9bq", re.DOTALL)
"""The head of a manifest store: a superbox whose description has the type of one (C2PA 2.4, section 11.1.4)."""

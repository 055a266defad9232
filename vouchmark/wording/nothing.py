"""TODO"""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

SENTENCES: Final[tuple[Sentence, ...]] = ()

"""How do tests make sure that a worker is still busy when something else happens?"""

from __future__ import annotations

from typing import Final

import pytest

from provenance.workers import process

_LATE: Final = """
import time
from provenance.credentials.engines import encypher
read = encypher.read
encypher.read = lambda *a, **o: time.sleep(0.5) or read(*a, **o)
"""
_START: Final = "from {module} import main"


def with_a_late_second_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let workers that are started from now on take half a second longer for the second engine's answer."""
    assert _START in process._BOOT
    monkeypatch.setattr(process, "_BOOT", process._BOOT.replace(_START, f"exec({_LATE!r}); {_START}"))

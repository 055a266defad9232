"""For every test: what is imported and collected by now stays, so the collector need not go over it again and again."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()

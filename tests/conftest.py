"""For every test: what of the suite is fast, and what is not looked at again and again by the collector.

`-m fast` runs the files of `fast.txt`, and imports no others: a minute that reaches every room.
"""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FAST = frozenset((HERE / "fast.txt").read_text(encoding="utf-8").split())


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Whether a file is passed over: None lets others decide."""
    is_asked = config.getoption("markexpr") == "fast" and collection_path.name.startswith("test_")
    return True if is_asked and not is_fast(collection_path) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if is_fast(item.path):
            item.add_marker(pytest.mark.fast)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


def is_fast(path: Path) -> bool:
    """Whether a file is listed in `fast.txt`."""
    return path.is_relative_to(HERE) and path.relative_to(HERE).as_posix() in FAST

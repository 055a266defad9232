"""Do the packages export what users need, lazily, and do the examples use nothing else?"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))
DOORS = ("vouchmark", "vouchmark.demo", "provenance", "zk", "zk.bbs")
OURS = ("vouchmark", "provenance", "zk")


@pytest.mark.parametrize("name", DOORS)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    door = importlib.import_module(name)
    for public in door.__all__:
        found = getattr(door, public)
        if callable(found):
            assert found.__doc__, f"{name}.{public}"
    assert sorted(door.__all__, key=str.lower) == sorted(set(door.__all__), key=str.lower)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = door.nonsense


@pytest.mark.parametrize("name", DOORS)
def test_a_door_loads_nothing_heavy_before_it_is_asked(name: str) -> None:
    heavy = ("c2pa", "encypher_c2pa", "numpy", "PIL", "py_ecc", "sqlalchemy", "cryptography", "msgspec")
    code = f"import sys, {name}; print([one for one in {heavy!r} if one in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_come_in_by_the_doors_and_nowhere_else(path: Path) -> None:
    used = 0
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OURS:
            assert node.module in DOORS, f"{path.name}:{node.lineno}"
            names = importlib.import_module(str(node.module)).__all__
            assert [one.name for one in node.names if one.name not in names] == []
            used += 1
        elif isinstance(node, ast.Import):
            assert all(one.name.split(".")[0] not in OURS or one.name in DOORS for one in node.names)
            used += any(one.name in DOORS for one in node.names)
    assert used

"""Do the rooms keep apart, as `tool.importlinter` in pyproject.toml says?

The rules are read from where the linter reads them and checked with the standard library alone, so that they hold in
every test run; `lint-imports` checks the same again where it is installed.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

CHECKOUT: Final = Path(__file__).resolve().parents[2]
OURS: Final = ("provenance", "zk", "vouchmark")
CONTRACTS: Final = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]

Graph: TypeAlias = Mapping[str, frozenset[str]]


def module_name(path: Path) -> str:
    parts = path.relative_to(CHECKOUT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(module: str, source: str, known: frozenset[str]) -> frozenset[str]:
    """What a module imports, inside functions and for type checking too: our modules in full, others as written."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            base = node.module or ""
            found.update(f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base for alias in node.names)
    return frozenset(found - {module})


def read_graph() -> Graph:
    paths = {module_name(path): path for room in OURS for path in (CHECKOUT / room).rglob("*.py")}
    known = frozenset(paths)
    return {name: imports(name, path.read_text(encoding="utf-8"), known) for name, path in paths.items()}


GRAPH: Final = read_graph()


def inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def chain(graph: Graph, sources: Iterable[str], targets: Iterable[str], *, indirect: bool = True) -> list[str]:
    """The shortest way by imports from a source to a target (packages with all in them); empty where there is none."""
    targets = tuple(targets)
    starts = sorted(name for name in graph if any(inside(name, source) for source in sources))
    came_from: dict[str, str] = dict.fromkeys(starts, "")
    queue = deque(starts)
    while queue:
        module = queue.popleft()
        if any(inside(module, target) for target in targets):
            way = [module]
            while came_from[way[0]]:
                way.insert(0, came_from[way[0]])
            return way
        if indirect or not came_from[module]:
            for name in sorted(graph.get(module, frozenset()) - came_from.keys()):
                came_from[name] = module
                queue.append(name)
    return []


def layers_of(contract: Mapping[str, Any]) -> list[list[str]]:
    """The layers of a contract, the highest first, each module by its whole name."""
    (container,) = contract.get("containers", ("",))
    prefix = f"{container}." if container else ""
    return [[prefix + part.strip() for part in layer.split("|")] for layer in contract.get("layers", ())]


def broken(graph: Graph, contract: Mapping[str, Any]) -> list[list[str]]:
    """Every way by which a contract is broken."""
    if contract["type"] == "forbidden":
        indirect = not contract.get("allow_indirect_imports", False)
        ways = (
            chain(graph, [source], [target], indirect=indirect)
            for source in contract["source_modules"]
            for target in contract["forbidden_modules"]
        )
        return [way for way in ways if way]
    assert contract["type"] == "layers", contract["type"]
    layers = layers_of(contract)
    found = []
    for place, layer in enumerate(layers):
        above = [module for higher in layers[:place] for module in higher]
        for module in layer:
            beside = [other for other in layer if other != module]
            found.append(chain(graph, [module], [*above, *beside]))
    return [way for way in found if way]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["name"])
def test_every_rule_of_the_house_holds(contract: Mapping[str, Any]) -> None:
    assert broken(GRAPH, contract) == []


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["name"])
def test_every_rule_speaks_of_modules_that_exist(contract: Mapping[str, Any]) -> None:
    layers = [module for layer in layers_of(contract) for module in layer]
    for name in [*contract.get("source_modules", ()), *layers]:
        assert name in GRAPH, name
    for name in contract.get("forbidden_modules", ()):
        assert name.split(".")[0] not in OURS or name in GRAPH, name


def test_a_broken_rule_would_be_found() -> None:
    graph = {
        "zk.a": frozenset({"zk.b"}),
        "zk.b": frozenset({"vouchmark.x", "json"}),
        "zk.c": frozenset({"zk.d"}),
        "zk.d": frozenset[str](),
        "vouchmark.x": frozenset({"click.core"}),
    }
    forbidden = {"type": "forbidden", "source_modules": ["zk"], "forbidden_modules": ["click", "PIL"]}
    assert broken(graph, forbidden) == [["zk.b", "vouchmark.x", "click.core"]]
    assert broken(graph, forbidden | {"allow_indirect_imports": True}) == []
    assert broken(graph, forbidden | {"forbidden_modules": ["vouchmark"], "allow_indirect_imports": True})
    assert broken(graph, {"type": "layers", "layers": ["zk.a", "zk.b", "zk.c", "zk.d"]}) == []
    assert broken(graph, {"type": "layers", "layers": ["zk.b", "zk.a"]}) == [["zk.a", "zk.b"]]
    assert broken(graph, {"type": "layers", "layers": ["zk.d | zk.c"]}) == [["zk.c", "zk.d"]]
    assert broken(graph, {"type": "layers", "containers": ["zk"], "layers": ["b", "a"]}) == [["zk.a", "zk.b"]]


ONLY_IN: Final = {
    "encypher_c2pa": ("provenance.credentials.engines.encypher",),
    "click": ("vouchmark.cli", "vouchmark.__main__"),
    "rich": ("vouchmark.render",),
    "bagit": ("vouchmark.bundles.making",),
    "securesystemslib": ("vouchmark.bundles.hands.sealing",),
    "sqlalchemy": (
        "zk.storage.database",
        "zk.storage.ledger",
        "zk.storage.challenges",
        "zk.storage.challenges_schema",
        "zk.issuer.books_schema",
        "zk.issuer.commitments",
        "zk.issuer.enrolment",
        "zk.issuer.rules",
        "zk.issuer.seals",
    ),
    "py_ecc": ("zk.bbs.curve",),
    "py_arkworks_bls12381": ("zk.bbs.curve",),
}
"""Packages that are used in one place, so that they can be replaced there."""


@pytest.mark.parametrize("package", list(ONLY_IN))
def test_a_package_is_used_where_it_belongs_and_nowhere_else(package: str) -> None:
    users = {module for module, names in GRAPH.items() if any(inside(name, package) for name in names)}
    assert users
    assert {user for user in users if not any(inside(user, place) for place in ONLY_IN[package])} == set()


def test_the_first_engine_is_loaded_by_one_function_alone() -> None:
    # A plain import would let its binding look for the native library in the current folder.
    assert not [module for module, names in GRAPH.items() if any(inside(name, "c2pa") for name in names)]
    loaders = [
        path for path in (CHECKOUT / "provenance").rglob("*.py") if 'import_module("c2pa")' in path.read_text("utf-8")
    ]
    assert [path.name for path in loaders] == ["c2pa_rs.py"]


def test_the_report_needs_the_standard_library_alone() -> None:
    # And the base of errors, which needs nothing else either.
    ours = {"vouchmark.errors", "vouchmark.errors.VouchmarkError"}
    needed = {name.split(".")[0] for name in {*GRAPH["vouchmark.report"], *GRAPH["vouchmark.errors"]} - ours}
    assert needed <= set(sys.stdlib_module_names)


def test_the_command_line_is_imported_by_nobody_but_its_own_start() -> None:
    users = {module for module, names in GRAPH.items() if any(inside(name, "vouchmark.cli") for name in names)}
    assert {user for user in users if not inside(user, "vouchmark.cli")} == {"vouchmark.__main__"}


def test_nothing_below_the_command_line_prints() -> None:
    for module in GRAPH:
        if inside(module, "vouchmark.cli") or module in ("zk.conformance", "vouchmark.schema.__main__"):
            continue
        place = CHECKOUT / (module.replace(".", "/") + ".py")
        path = place if place.exists() else CHECKOUT / module.replace(".", "/") / "__init__.py"
        calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
        assert not [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"], (
            module
        )


def test_the_linter_says_the_same() -> None:
    cli = pytest.importorskip("importlinter.cli", reason="import-linter is in the extra dev")
    code = cli.lint_imports(config_filename=str(CHECKOUT / "pyproject.toml"), no_cache=True)
    assert code == 0

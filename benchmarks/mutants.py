"""How many small faults, put into the code on purpose, do the tests find?

    python benchmarks/mutants.py --coverage .coverage [--count 300] [--seed 1] [--jobs 2] [--only GLOB] [--kept FILE]

A sample of mutants, drawn by a seed from the modules on which a conclusion rests, one at a time in a copy of the
checkout: a comparison turned, `and` for `or`, a condition that always or never holds, a `not` lost, `True` for `False`,
a number one higher, a `raise` that raises nothing, a `return` that gives nothing. For each, the tests that reach the
changed line are run, nearest first, until one fails. Prints every survivor with its line before and after, and the
share that was killed. What is equivalent (no test could tell) has to be judged by a reader: name those in `--kept`,
one `PATH:LINE:COLUMN:KIND` a line, and they are counted apart.

Which tests reach which line comes from a coverage file with contexts:

    python -m pytest --cov=provenance --cov=zk --cov=vouchmark --cov-context=test --cov-report=

A line that no test reaches is a survivor. Bounds at the top of modules are left out: tests/vouchmark/test_caps.py
walks them one by one. Our own script, because the kept tools (mutmut, cosmic-ray) draw no sample over chosen modules by
a seed, and run all tests for each mutant.
"""

from __future__ import annotations

import argparse
import ast
import concurrent.futures
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
MODULES: Final = (
    "provenance/credentials/binding/*.py",
    "provenance/credentials/certificates/*.py",
    "provenance/credentials/history/*.py",
    "provenance/credentials/store/*.py",
    "provenance/credentials/own_check.py",
    "provenance/credentials/cose.py",
    "provenance/formats/*.py",
    "provenance/formats/*/*.py",
    "provenance/hashes/*/*.py",
    "vouchmark/lines/*.py",
    "vouchmark/lines/*/*.py",
    "vouchmark/persons/*.py",
    "zk/*/*.py",
)
AIM: Final = 0.92
MAX_TESTS: Final = 80
"""Tests run against one mutant at most, the nearest first."""
TIME_LIMIT: Final = 240
"""Seconds for the tests of one mutant; a mutant that makes them hang is killed by it."""

_TURNED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One fault: where, of which kind, and the source with it."""

    path: str
    line: int
    column: int
    last: int
    kind: str
    source: str
    """The whole module, changed."""
    before: str
    after: str

    @property
    def name(self) -> str:
        """How it is named in `--kept`."""
        return f"{self.path}:{self.line}:{self.column}:{self.kind}"


def _variants(node: ast.AST) -> Iterator[tuple[str, ast.AST, ast.expr | ast.stmt]]:
    """(kind, what is replaced, by what) for one node."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        turned = ast.Compare(left=node.left, ops=[_TURNED[type(node.ops[0])]()], comparators=node.comparators)
        yield "compare", node, turned
    elif isinstance(node, ast.BoolOp):
        other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        yield "and-or", node, ast.BoolOp(op=other, values=node.values)
        yield "first-lost", node, node.values[1] if len(node.values) == 2 else ast.BoolOp(node.op, node.values[1:])
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not-lost", node, node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "bool", node, ast.Constant(value=not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield "number", node, ast.Constant(value=node.value + 1)
    elif isinstance(node, ast.If | ast.IfExp):
        yield "never", node.test, ast.Constant(value=False)
        yield "always", node.test, ast.Constant(value=True)
    elif isinstance(node, ast.Raise):
        yield "raise-lost", node, ast.Pass()
    elif isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield "return-lost", node, ast.Return(value=ast.Constant(value=None))


def _skipped(tree: ast.Module) -> set[int]:
    """Nodes that no test can judge: docstrings, annotations, bounds at the top, imports for types alone."""
    left_out: set[int] = set()
    for node in ast.walk(tree):
        gone: list[ast.AST] = []
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            gone = [node]
        elif isinstance(node, ast.AnnAssign):
            gone = [node.annotation]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            gone = [one for one in (node.returns, *node.decorator_list) if one is not None]
            gone += [one.annotation for one in ast.walk(node.args) if isinstance(one, ast.arg) and one.annotation]
        for one in gone:
            left_out |= {id(child) for child in ast.walk(one)}
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            left_out |= {id(child) for child in ast.walk(statement)}
    return left_out


def mutants_of(path: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    tree = ast.parse(source)
    left_out = _skipped(tree)
    lines = source.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    raw = source.encode()
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        for kind, target, replacement in _variants(node):
            if id(target) in left_out:
                continue
            first = starts[target.lineno - 1] + target.col_offset  # type: ignore[attr-defined]
            end = starts[target.end_lineno - 1] + target.end_col_offset  # type: ignore[attr-defined]
            text = ast.unparse(ast.fix_missing_locations(replacement))
            new = text if isinstance(replacement, ast.stmt) else f"({text})"
            changed = (raw[:first] + new.encode() + raw[end:]).decode()
            try:
                ast.parse(changed)
            except SyntaxError:  # within an f-string
                continue
            yield Mutant(
                path=path,
                line=target.lineno,  # type: ignore[attr-defined]
                column=target.col_offset,  # type: ignore[attr-defined]
                last=target.end_lineno,  # type: ignore[attr-defined]
                kind=kind,
                source=changed,
                before=raw[first:end].decode(),
                after=new,
            )


class Reached:
    """Which tests reach which line, by a coverage file with contexts."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            SystemExit: It is no coverage file, or has no contexts.
        """
        self._base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        contexts = self._base.execute("select count(*) from context where context like '%|run'").fetchone()[0]
        if not contexts:
            raise SystemExit(f"{path}: no contexts of tests; see the docstring for how it is made")
        self._files = {
            Path(name).as_posix(): number for number, name in self._base.execute("select id, path from file")
        }

    def tests(self, mutant: Mutant) -> list[str]:
        """Names of tests that reach its lines, the nearest first: those of files that are named like the module."""
        number = next((number for name, number in self._files.items() if name.endswith(f"/{mutant.path}")), None)
        wanted = range(mutant.line, mutant.last + 1)
        found = {
            context.rpartition("|")[0]
            for context, bits in self._base.execute(
                "select context.context, line_bits.numbits from line_bits join context on context.id = context_id"
                " where file_id = ?",
                (number,),
            )
            if context.endswith("|run") and any(_has(bits, line) for line in wanted)
        }
        words = set(Path(mutant.path).with_suffix("").parts[-2:])
        return sorted(found, key=lambda name: (not any(word in name.partition("::")[0] for word in words), name))


def _has(bits: bytes, line: int) -> bool:
    byte, bit = divmod(line, 8)
    return byte < len(bits) and bool(bits[byte] >> bit & 1)


def _nearest(tests: Sequence[str]) -> list[str]:
    """At most MAX_TESTS, taken from each file in turn, so that one long table does not fill them all."""
    files: dict[str, list[str]] = {}
    for test in tests:
        files.setdefault(test.partition("::")[0], []).append(test)
    chosen: list[str] = []
    while files and len(chosen) < MAX_TESTS:
        for name in list(files):
            chosen.append(files[name].pop(0))
            if not files[name]:
                del files[name]
    return chosen[:MAX_TESTS]


def killed(mutant: Mutant, tests: Sequence[str], folder: Path) -> bool:
    """Whether a test fails with it, in a copy of the checkout."""
    target = folder / mutant.path
    kept = target.read_bytes()
    target.write_text(mutant.source, encoding="utf-8")
    try:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests],
            cwd=folder, capture_output=True, check=False, timeout=TIME_LIMIT,
        )  # fmt: skip
        return run.returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        target.write_bytes(kept)


def _sample(count: int, seed: int, only: str) -> list[Mutant]:
    every_name = {path.relative_to(ROOT).as_posix() for glob in MODULES for path in ROOT.glob(glob)}
    names = sorted(name for name in every_name if fnmatch(name, only))
    every = [mutant for name in names for mutant in mutants_of(name, (ROOT / name).read_text(encoding="utf-8"))]
    print(f"{len(every)} mutants in {len(names)} modules; {min(count, len(every))} drawn with seed {seed}", flush=True)
    return random.Random(seed).sample(every, min(count, len(every)))


def _copy(place: Path) -> Path:
    ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis")
    shutil.copytree(ROOT, place, ignore=ignored, symlinks=True)
    return place


def main() -> None:
    """Draw, try, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coverage", type=Path, required=True)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="*", help="modules whose path fits this pattern")
    parser.add_argument("--kept", type=Path, help="names of mutants that a reader judged equivalent")
    options = parser.parse_args()
    equivalent = set(options.kept.read_text(encoding="utf-8").split()) if options.kept else set()
    sample = _sample(options.count, options.seed, options.only)
    reached = Reached(options.coverage)
    asked = [(mutant, _nearest(reached.tests(mutant))) for mutant in sample]
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        free = [_copy(Path(name) / str(number)) for number in range(options.jobs)]

        def tried(one: tuple[Mutant, list[str]]) -> bool:
            folder = free.pop()
            try:
                return bool(one[1]) and killed(*one, folder)
            finally:
                free.append(folder)

        survivors: list[Mutant] = []
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for number, ((mutant, tests), dead) in enumerate(zip(asked, pool.map(tried, asked), strict=True), 1):
                if dead:
                    continue
                survivors.append(mutant)
                word = "equivalent" if mutant.name in equivalent else "survived" if tests else "never reached"
                before, after = (" ".join(text.split())[:90] for text in (mutant.before, mutant.after))
                print(f"{number:4} {word}: {mutant.name}\n       {before}\n    -> {after}", flush=True)
    same = sum(mutant.name in equivalent for mutant in survivors)
    judged = len(sample) - same
    share = (len(sample) - len(survivors)) / judged if judged else 1.0
    print(f"{len(sample) - len(survivors)} of {judged} killed: {share:.1%} (aim {AIM:.0%}); {same} judged equivalent")


if __name__ == "__main__":
    main()

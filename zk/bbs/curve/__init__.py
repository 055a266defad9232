"""BLS12-381 behind one small interface, with two engines that give equal octets: which one computes here?

Chosen by `VOUCHMARK_CURVE` (`arkworks` or `py_ecc`), else arkworks where its wheel is installed, else py_ecc.
An engine is imported only when the first point is needed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Final

from zk.bbs.curve.interface import FIELD_MODULUS, G1, G1_OCTETS, G2, G2_OCTETS, Backend, Curve, Expander, R
from zk.errors import UnsupportedError

__all__ = [
    "BACKENDS",
    "FIELD_MODULUS",
    "G1",
    "G1_OCTETS",
    "G2",
    "G2_OCTETS",
    "Backend",
    "Curve",
    "Expander",
    "R",
    "backend",
    "load",
    "using",
]

ENVIRONMENT: Final = "VOUCHMARK_CURVE"
"""The environment variable that forces an engine."""

BACKENDS: Final = ("arkworks", "py_ecc")
"""The engines by name, the preferred one first."""

_MODULES: Final = {
    "arkworks": ("py_arkworks_bls12381", "zk.bbs.curve.arkworks", "ArkworksCurve"),
    "py_ecc": ("py_ecc", "zk.bbs.curve.pyecc", "PyEccCurve"),
}

_override: ContextVar[Backend | None] = ContextVar("zk_curve_override", default=None)


@cache
def load(name: str) -> Backend:
    """Return the engine of that name, imported once. Raises UnsupportedError if unknown or not installed."""
    if name not in _MODULES:
        raise UnsupportedError(f"curve engine: expected one of {', '.join(BACKENDS)}, got {name!r}")
    package, module, class_name = _MODULES[name]
    if find_spec(package) is None:
        raise UnsupportedError(f"curve engine {name}: the package {package} is not installed")
    engine: Backend = getattr(_imported(module), class_name)()
    return engine


def _imported(module: str) -> ModuleType:
    """The engine's module, with the interpreter as it was: py_ecc raises its recursion limit to 100,000 on import.

    Everything of ours stays far below the usual one, and a decoder that trusts in a limit must find it.
    """
    limit = sys.getrecursionlimit()
    try:
        return import_module(module)
    finally:
        sys.setrecursionlimit(limit)


@cache
def _default() -> Backend:
    forced = os.environ.get(ENVIRONMENT, "")
    if forced:
        return load(forced)
    installed = [name for name in BACKENDS if find_spec(_MODULES[name][0]) is not None]
    if not installed:
        raise UnsupportedError("no curve engine: expected py_arkworks_bls12381 or py_ecc to be installed")
    return load(installed[0])


def backend() -> Backend:
    """Return the engine in use here: that of the innermost `using`, else the process's (decided once).

    Raises UnsupportedError if `VOUCHMARK_CURVE` names none that is installed.
    """
    return _override.get() or _default()


@contextmanager
def using(name: str) -> Iterator[Backend]:
    """Compute with the named engine inside a `with` block, in this thread or task only (for cross-checks)."""
    engine = load(name)
    token = _override.set(engine)
    try:
        yield engine
    finally:
        _override.reset(token)

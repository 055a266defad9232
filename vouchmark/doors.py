"""How are a package's public names imported only when somebody asks for them (PEP 562)?

As `provenance.doors`, which is not imported: `vouchmark --help` loads no package beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def opener(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package.

    Args:
        package: its name, for the error.
        homes: each public name to the module in which it lives, with `:NAME` behind where that differs.
    """

    def found(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, _, inner = homes[name].partition(":")
        return getattr(import_module(module), inner or name)

    return found

"""The report: what a reader may and may not conclude, from the media and from the person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from provenance.credentials.trust_lists import TrustLists
    from vouchmark.examine import check
    from vouchmark.policy import Policy
    from vouchmark.report import Report

__version__ = "0.1.0"

__all__ = ["Policy", "Report", "TrustLists", "__version__", "check"]

_HOMES = {
    "check": "vouchmark.examine",
    "Policy": "vouchmark.policy",
    "Report": "vouchmark.report",
    "TrustLists": "provenance.credentials.trust_lists",
}


def __getattr__(name: str) -> Any:
    """Import the public names only when they are asked for: `vouchmark --help` must not load an engine."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)

"""The report: what a reader may and may not conclude, from the media and from the person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from provenance.credentials.trust.lists import TrustLists
    from vouchmark.examination.examine import check
    from vouchmark.examination.many import check_many
    from vouchmark.policies.policy import Policy
    from vouchmark.render.crjson import dumps as to_crjson
    from vouchmark.render.html import render as to_html
    from vouchmark.render.json import dumps as to_json
    from vouchmark.report import Report

__version__ = "0.1.0"

__all__ = ["Policy", "Report", "TrustLists", "__version__", "check", "check_many", "to_crjson", "to_html", "to_json"]

_HOMES = {
    "check": ("vouchmark.examination.examine", "check"),
    "check_many": ("vouchmark.examination.many", "check_many"),
    "to_crjson": ("vouchmark.render.crjson", "dumps"),
    "to_html": ("vouchmark.render.html", "render"),
    "to_json": ("vouchmark.render.json", "dumps"),
    "Policy": ("vouchmark.policies.policy", "Policy"),
    "Report": ("vouchmark.report", "Report"),
    "TrustLists": ("provenance.credentials.trust.lists", "TrustLists"),
}
"""Where each public name lives, and what it is called there."""


def __getattr__(name: str) -> Any:
    """Import the public names only when they are asked for: `vouchmark --help` must not load an engine."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    module, inner = _HOMES[name]
    return getattr(importlib.import_module(module), inner)

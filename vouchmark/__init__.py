"""The report: what a reader may and may not conclude, from the media and from the person.

Names are imported when they are asked for: `vouchmark --help` must not load an engine. What is kept:
docs/stability.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vouchmark.doors import opener

if TYPE_CHECKING:
    from provenance.asset import Limits
    from provenance.credentials.trust.lists import TrustLists
    from provenance.hashes.index.index import KnownMedia
    from vouchmark.errors import VouchmarkError
    from vouchmark.examination.checker import Checker
    from vouchmark.examination.examine import check
    from vouchmark.examination.many import check_many
    from vouchmark.examination.raised import ERRORS
    from vouchmark.known.originals import Original
    from vouchmark.options import Options
    from vouchmark.policies.policy import Policy
    from vouchmark.render.crjson import dumps as to_crjson
    from vouchmark.render.html import render as to_html
    from vouchmark.render.json import dumps as to_json
    from vouchmark.report import Exit, Line, Outcome, Report, Status, exit_code
    from vouchmark.vouching.making import embed_vouch, make_vouch
    from vouchmark.vouching.vouch import VouchError, Wish
    from zk.storage.ledger import open_ledger

__version__ = "0.2.0"

__all__ = [
    "ERRORS",
    "Checker",
    "Exit",
    "KnownMedia",
    "Limits",
    "Line",
    "Options",
    "Original",
    "Outcome",
    "Policy",
    "Report",
    "Status",
    "TrustLists",
    "VouchError",
    "VouchmarkError",
    "Wish",
    "__version__",
    "check",
    "check_many",
    "embed_vouch",
    "exit_code",
    "make_vouch",
    "open_ledger",
    "to_crjson",
    "to_html",
    "to_json",
]

_HOMES: Final = {
    "ERRORS": "vouchmark.examination.raised",
    "Checker": "vouchmark.examination.checker",
    "Exit": "vouchmark.report",
    "KnownMedia": "provenance.hashes.index.index",
    "Limits": "provenance.asset",
    "Line": "vouchmark.report",
    "Options": "vouchmark.options",
    "Original": "vouchmark.known.originals",
    "Outcome": "vouchmark.report",
    "Policy": "vouchmark.policies.policy",
    "Report": "vouchmark.report",
    "Status": "vouchmark.report",
    "TrustLists": "provenance.credentials.trust.lists",
    "VouchError": "vouchmark.vouching.vouch",
    "VouchmarkError": "vouchmark.errors",
    "Wish": "vouchmark.vouching.vouch",
    "check": "vouchmark.examination.examine",
    "check_many": "vouchmark.examination.many",
    "embed_vouch": "vouchmark.vouching.making",
    "exit_code": "vouchmark.report",
    "make_vouch": "vouchmark.vouching.making",
    "open_ledger": "zk.storage.ledger",
    "to_crjson": "vouchmark.render.crjson:dumps",
    "to_html": "vouchmark.render.html:render",
    "to_json": "vouchmark.render.json:dumps",
}
"""Where each public name lives."""

__getattr__ = opener(__name__, _HOMES)

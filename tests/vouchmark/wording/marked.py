"""Reports in the language of the tests, as text, page and index: run as a program, since modules keep what they said.

python -m tests.vouchmark.wording.marked
"""

from __future__ import annotations

import json
import sys
from typing import Any

from tests.vouchmark.wording.saying import in_marks
from vouchmark.wording import catalogue


def outputs() -> dict[str, Any]:
    """Every output of some reports, and the reports as JSON, whose other words are names and codes."""
    from tests.vouchmark.wording.test_reports import MADE
    from vouchmark.cli.check.totals import Totals
    from vouchmark.render import json as report_json
    from vouchmark.render import text
    from vouchmark.render.html import render, render_many
    from vouchmark.render.html.index import Index

    reports = [build() for build in MADE.values()]
    index, totals, found = Index(), Totals(fail_on=None), dict[str, str]()
    for name, report in zip(MADE, reports, strict=True):
        for verbosity in (-1, 0, 1):
            found[f"{name}, text {verbosity}"] = text.render(report, width=200, colour=False, verbosity=verbosity)
        found[f"{name}, page"] = render(report)
        index.add(report, "a.html")
        totals.add(report)
    found["all, page"] = "".join(render_many(reports))
    found["index, page"] = "".join(index.pieces())
    found["empty, page"] = "".join(Index().pieces())
    found["totals, text"] = "\n".join(totals.lines())
    return {"outputs": found, "reports": [report_json.to_dict(report) for report in reports]}


if __name__ == "__main__":
    catalogue._text = in_marks
    sys.stdout.write(json.dumps(outputs()))

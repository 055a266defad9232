"""Check one file, read the answer line by line, and write a page about it that a colleague can open.

python examples/check_one.py [FILE]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from vouchmark import TrustLists, check, to_html
from vouchmark.demo import AUTHORITY_FILE, make_gallery


def main(file: Path, page: Path, trust: TrustLists | None = None) -> None:
    """Check a file, print what each line of evidence says, and write the page."""
    report = check(file, trust=trust, pictures=True)
    for line, evidence in report.evidence.items():
        print(f"{line}: {evidence.status}: {evidence.summary}")
    for finding in report.having("history.*"):
        print(f"{finding.id} {finding.code}: {finding.statement}")
    page.write_text(to_html(report), encoding="utf-8")
    print(f"exit code {int(report.exit_code)}, verdict {report.verdict.outcome if report.verdict else 'none'}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]), Path("report.html"))
    else:
        with tempfile.TemporaryDirectory(prefix="check-one-") as made:
            pictures = make_gallery(Path(made, "gallery"))
            # Only the gallery's own authority vouches here; your lists stay out of it.
            trust = TrustLists.empty().with_run_lists(trust=[pictures[0].parent / AUTHORITY_FILE])
            main(pictures[4], Path(made, "report.html"), trust)

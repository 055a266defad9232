"""Check a folder in child processes, take one report after the other, and keep what a desk wants to see.

python examples/check_many.py [FOLDER]

A file that crashes, hangs or floods its reader costs one child process and is reported as an error; the run goes on.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from vouchmark import Policy, TrustLists, check_many
from vouchmark.demo import AUTHORITY_FILE, make_gallery

POLICY = Path(__file__).parent / "policies" / "moderation.toml"


def main(files: Iterable[Path], trust: TrustLists | None = None) -> None:
    """Check files, print those that somebody should look at, and count the others."""
    outcomes: Counter[str] = Counter()
    for report in check_many(files, jobs=2, policy=Policy.load(POLICY), trust=trust):
        assert report.verdict is not None
        outcomes[report.verdict.outcome] += 1
        if report.verdict.outcome in ("review", "block"):
            print(f"{report.media.name}: {', '.join(report.verdict.labels)}")
    print(", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main([Path(sys.argv[1])])
    else:
        with tempfile.TemporaryDirectory(prefix="check-many-") as made:
            pictures = make_gallery(Path(made, "gallery"))
            main(pictures, TrustLists.empty().with_run_lists(trust=[pictures[0].parent / AUTHORITY_FILE]))

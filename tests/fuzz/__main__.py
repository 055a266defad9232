"""Fuzz the whole pipeline at length: `python -m tests.fuzz --count 20000 --jobs 2`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.fuzz.harness import run
from tests.fuzz.seeds import of_folder


def main() -> int:
    """Run, print the figures, and fail where anything was harmed or wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=1000, help="damaged files")
    options.add_argument("--seed", type=int, default=1, help="which ones")
    options.add_argument("--jobs", type=int, default=1, help="worker processes")
    options.add_argument("--keep", type=Path, help="folder for files over which something went wrong")
    options.add_argument("--folder", type=Path, help="damage the signed files in there, not ones made on the spot")
    given = options.parse_args()
    if given.keep is not None:
        given.keep.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    figures = run(
        given.count,
        seed=given.seed,
        jobs=given.jobs,
        ground=of_folder(given.folder) if given.folder is not None else (),
        keep=given.keep,
        tell=lambda line: print(line, file=sys.stderr, flush=True),
    )
    for line in figures.lines():
        print(line)
    print(f"{time.monotonic() - started:.0f} s")
    return 1 if figures.harmed or figures.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

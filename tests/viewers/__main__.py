"""Hold reports against viewers at length: `python -m tests.viewers --count 20000 --jobs 2`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.viewers.harness import run


def main() -> int:
    """Run, print the table, and fail where anything passed that is shown otherwise."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=1000, help="mutants")
    options.add_argument("--seed", type=int, default=1, help="which ones")
    options.add_argument("--jobs", type=int, default=1, help="processes")
    options.add_argument("--formats", nargs="*", default=(), help="formats or originals by name, not all of them")
    options.add_argument("--mutators", nargs="*", default=(), help="mutators by name, not all of them")
    options.add_argument("--viewers", nargs="*", default=(), help="viewers by name, not all of them")
    options.add_argument("--keep", type=Path, help="folder for mutants that passed wrongly, with their originals")
    given = options.parse_args()
    if given.keep is not None:
        given.keep.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    figures = run(
        given.count,
        seed=given.seed,
        jobs=given.jobs,
        formats=given.formats,
        mutators=given.mutators,
        asked=given.viewers,
        keep=given.keep,
        tell=lambda line: print(line, file=sys.stderr, flush=True),
    )
    for line in figures.lines():
        print(line)
    print(f"{time.monotonic() - started:.0f} s")
    return 1 if figures.wrong or figures.untouched_lost else 0


if __name__ == "__main__":
    sys.exit(main())

"""How long does the command take in a cold process, against the bare library in the same run?

    python benchmarks/cold_start.py [--runs 20] [--media FILE]

Both sides are new processes, run in turn so that a busy machine slows both. The bare side imports c2pa-python and
reads one signed JPEG of 0.5 MB; ours is `vouchmark check` on the same file: two engines, our own check, the report.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from media import ROOT, signed_photo

BARE_READ = (
    "import sys, c2pa\n"
    "with open(sys.argv[1], 'rb') as file, c2pa.Reader('image/jpeg', file) as reader:\n"
    "    print(reader.json())\n"
)
BARE_CLICK = "import click"
COMMAND = "import sys; from vouchmark.cli import main; sys.exit(main())"
"""What the installed command does; through the same interpreter as the bare side, so that only the code differs."""
AIM_CHECK = AIM_HELP = 1.5


def seconds(arguments: Sequence[str], environment: dict[str, str], *, expected: set[int]) -> float:
    """One cold run; it must end with an expected code."""
    started = time.perf_counter()
    run = subprocess.run(
        [sys.executable, *arguments], capture_output=True, check=False, env=environment, cwd=tempfile.gettempdir()
    )
    took = time.perf_counter() - started
    if run.returncode not in expected:
        raise SystemExit(f"{arguments} ended with {run.returncode}: {run.stderr.decode(errors='replace')}")
    return took


def compare(
    title: str, ours: dict[str, list[str]], bare: list[str], *, runs: int, aim: float, environment: dict[str, str]
) -> None:
    """Run each side in turn and print medians and ratios; the first of ours is the one with the aim."""
    sides = {"bare": bare, **ours}
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(runs + 1):
        for name, arguments in sides.items():
            times[name].append(seconds(arguments, environment, expected={0} if name == "bare" else {0, 3}))
    # The first round warms the disk's cache for everybody.
    median = {name: statistics.median(taken[1:]) for name, taken in times.items()}
    print(f"{title}: bare {median['bare'] * 1000:.0f} ms")
    for number, name in enumerate(ours):
        ratio = median[name] / median["bare"]
        verdict = f"  aim <= {aim}: {'met' if ratio <= aim else 'MISSED'}" if number == 0 else ""
        print(f"  {name:52} {median[name] * 1000:6.0f} ms  {ratio:5.2f}x{verdict}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--media", type=Path, help="a JPEG of your own in place of a made one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        photo = options.media or Path(folder) / "photo.jpg"
        if options.media is None:
            photo.write_bytes(signed_photo())
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "VOUCHMARK_HOME": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        print(f"{photo.stat().st_size / 1e6:.2f} MB, {options.runs} runs each, {os.cpu_count()} cores")
        check = ["-c", COMMAND, "check", str(photo), "-q"]
        compare(
            "read one file",
            {
                "vouchmark check (two engines and our own check)": check,
                "vouchmark check --engine c2pa-rs": [*check, "--engine", "c2pa-rs"],
                "vouchmark check --engine c2pa-rs --in-process": [*check, "--engine", "c2pa-rs", "--in-process"],
            },
            ["-c", BARE_READ, str(photo)],
            runs=options.runs,
            aim=AIM_CHECK,
            environment=environment,
        )
        compare(
            "say what it can do",
            {"vouchmark --help": ["-c", COMMAND, "--help"]},
            ["-c", BARE_CLICK],
            runs=options.runs,
            aim=AIM_HELP,
            environment=environment,
        )


if __name__ == "__main__":
    main()

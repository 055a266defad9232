"""How many files a second are checked, against a bare loop over the library in the same run? Does memory stay bounded?

    python benchmarks/throughput.py [--media FOLDER] [--seconds 5] [--files 10000]

The bare loop is `Reader(type, bytes, shared context).crjson()` in a process of its own. Ours is the whole of
`examine_all`: child processes, the picture's size, the engines asked, our own check, the report and its verdict. Each
round runs every side once, so that a busy machine slows all of them; medians over the rounds. `alone` leaves out what
the library does not do either: our own check, the report and its verdict. VOUCHMARK_CORPUS names the shared corpus;
without it the demo's gallery is read.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from media import ROOT, files

from provenance.asset import Asset, open_asset
from provenance.credentials.trust.lists import TrustLists
from provenance.options import MediaOptions
from provenance.workers.pool import Pool
from provenance.workers.task import Lists, Task
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import make_settings

AIM = 0.8
MIB = 1024 * 1024

BARE = """
import io, sys, time
import c2pa
from provenance.asset import open_asset
from pathlib import Path
context = c2pa.Context.from_dict({
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}, "core": {"allowed_network_hosts": []},
})
paths, rounds = [Path(line) for line in sys.stdin.read().splitlines()], int(sys.argv[1])
types = {path: open_asset(path).media_type for path in paths}
def once():
    for path in paths:
        try:
            with c2pa.Reader(types[path], io.BytesIO(path.read_bytes()), context=context) as reader:
                reader.crjson()
        except c2pa.C2paError:
            pass
once()
started = time.perf_counter()
for _ in range(rounds):
    once()
print(time.perf_counter() - started)
"""


def bare(paths: list[Path], rounds: int) -> float:
    """Files a second of a bare loop."""
    run = subprocess.run(
        [sys.executable, "-c", BARE, str(rounds)],
        input="\n".join(map(str, paths)),
        text=True,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return len(paths) * rounds / float(run.stdout)


def ours(engines: tuple[str, ...], workers: int) -> Callable[[list[Path], int], float]:
    """Files a second of ours with so many workers, once they have started."""

    def measure(paths: list[Path], rounds: int) -> float:
        settings = make_settings(trust=TrustLists.empty(), engines=engines)
        with Pool(workers=workers) as pool:
            for _report in examine_all(paths[: 4 * workers], settings, pool=pool):
                pass
            started = time.perf_counter()
            done = sum(1 for _ in examine_all(paths * rounds, settings, pool=pool))
            return done / (time.perf_counter() - started)

    return measure


def engine_alone(paths: list[Path], rounds: int) -> float:
    """Files a second of one worker that asks one engine and leaves our own check, the report and its verdict out."""
    settings = make_settings(trust=TrustLists.empty())
    first = ("c2pa-rs",)

    def tasks() -> Iterator[tuple[Asset, Task]]:
        for path in paths * rounds:
            asset = open_asset(path)
            yield (
                asset,
                Task(
                    media_type=asset.media_type,
                    at=settings.at,
                    options=MediaOptions(engines=first),
                    lists=Lists(trust=settings.lists.trust),
                ),
            )

    with Pool(workers=1) as pool:
        for _ in pool.examine_stream(islice(tasks(), 4)):
            pass
        started = time.perf_counter()
        done = sum(1 for _ in pool.examine_stream(tasks()))
        return done / (time.perf_counter() - started)


def memory(paths: list[Path], count: int) -> None:
    """Check many files and say how resident memory grew, of this process and of its largest worker."""
    settings = make_settings(trust=TrustLists.empty())
    marks = []
    with Pool(workers=2) as pool:
        for number, _report in enumerate(examine_all(islice(cycle(paths), count), settings, pool=pool), start=1):
            if number in (count // 10, count):
                marks.append(resident())
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(
        f"memory over {count} files: {marks[0] / MIB:.0f} MiB after a tenth, {marks[-1] / MIB:.0f} MiB at the end"
        f" ({(marks[-1] - marks[0]) / MIB:+.1f}); largest worker ever {children / MIB:.0f} MiB"
    )


def resident() -> int:
    """Bytes of this process in memory now."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--media", type=Path, help="a folder of files to read")
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement, roughly")
    parser.add_argument("--repeat", type=int, default=3, help="measurements of each side")
    parser.add_argument("--files", type=int, default=0, help="also check so many files and say how memory grew")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths, what = files(options.media, Path(folder))
        size = sum(path.stat().st_size for path in paths)
        print(f"{what}, {size / len(paths) / 1000:.0f} kB on average, {os.cpu_count()} cores")
        rounds = max(1, round(options.seconds * bare(paths, 1) / len(paths)))
        first, both = ("c2pa-rs",), ("c2pa-rs", "encypher-c2pa")
        sides: dict[str, Callable[[list[Path], int], float]] = {
            "bare loop": bare,
            "c2pa-rs alone, 1 worker": engine_alone,
            "c2pa-rs, 1 worker": ours(first, 1),
            "c2pa-rs, 2 workers": ours(first, 2),
            "both engines, 1 worker": ours(both, 1),
            "both engines, 2 workers": ours(both, 2),
        }
        rates: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(options.repeat):
            for name, measure in sides.items():
                rates[name].append(measure(paths, rounds))
        median = {name: statistics.median(measured) for name, measured in rates.items()}
        for name, rate in median.items():
            ratio = rate / median["bare loop"]
            per_worker = ratio / (2 if "2 workers" in name else 1)
            verdict = f"  aim >= {AIM}: {'met' if ratio >= AIM else 'MISSED'}" if name == "c2pa-rs, 1 worker" else ""
            print(f"  {name:28} {rate:7.1f} files/s  {ratio:5.2f}x  {per_worker:5.2f}x a worker{verdict}")
        if options.files:
            memory(paths, options.files)


if __name__ == "__main__":
    main()

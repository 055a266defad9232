"""How much processor time does a check take here, against another checkout of this repository, on the same files?

    python benchmarks/against.py FOLDER [--media FOLDER] [--rounds 20] [--python OTHER/bin/python]

Both checkouts check all files over and over, in turns, each by a worker of its own that has started before; a busy
machine slows both. What is counted is the processor time, of the process and its worker, of whole checks by
`examine_all`: reading the file, the engines asked, our own check, the report and its verdict. The ratio is the other's
time over ours: above 1 it takes less here. VOUCHMARK_CORPUS names the shared corpus; without it the demo's gallery is
read. Linux, or another system that tells of the processor time of other processes.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Final, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))

from media import ROOT, files

ENGINES: Final = {"one engine": "c2pa-rs", "both engines": "c2pa-rs,encypher-c2pa"}
AIM: Final = 0.95

DRIVER: Final = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from provenance.credentials.trust.lists import TrustLists
try:
    from provenance.workers.pool import Pool
    from vouchmark.examination.examine import examine_all
    from vouchmark.examination.settings import make_settings
except ImportError:  # as the modules were called until December 2026
    from provenance.credentials.workers.pool import Pool
    from vouchmark.examine import examine_all
    from vouchmark.settings import make_settings
import vouchmark
assert Path(vouchmark.__file__).is_relative_to(sys.argv[1]), vouchmark.__file__
paths = [Path(line) for line in sys.argv[3:]]
settings = make_settings(trust=TrustLists.empty(), engines=tuple(sys.argv[2].split(",")))
def clock(pid):
    return time.clock_gettime((~pid << 3) | 2)
with Pool(workers=1) as pool:
    for line in sys.stdin:
        workers = pool.pids
        own, others = time.process_time(), sum(map(clock, workers))
        for _report in examine_all(paths, settings, pool=pool):
            pass
        assert pool.pids == workers, "a worker was replaced"
        print(time.process_time() - own, sum(map(clock, workers)) - others, flush=True)
"""


class Side(NamedTuple):
    """One checkout at work."""

    name: str
    process: subprocess.Popen[str]
    commands: IO[str]
    answers: IO[str]

    def once(self) -> tuple[float, float]:
        """Seconds of processor time for all files once: of the process, and of its worker."""
        self.commands.write("\n")
        self.commands.flush()
        own, worker = map(float, self.answers.readline().split())
        return own, worker


def started(name: str, python: str, checkout: Path, engines: str, paths: list[Path]) -> Side:
    """A side that has checked every file once."""
    process = subprocess.Popen(
        [python, "-c", DRIVER, str(checkout), engines, *map(str, paths)],
        cwd=checkout,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    side = Side(name, process, process.stdin, process.stdout)
    side.once()
    return side


def compare(sides: list[Side], rounds: int, count: int) -> float:
    """The other's time over ours, by what each takes where the machine disturbs it least."""
    taken: dict[str, list[tuple[float, float]]] = {side.name: [] for side in sides}
    for number in range(rounds):
        for side in sides if number % 2 else sides[::-1]:
            taken[side.name].append(side.once())
    least, middle = {}, {}
    for name, found in taken.items():
        whole = [own + worker for own, worker in found]
        least[name], middle[name] = statistics.quantiles(whole, n=4)[0], statistics.median(whole)
        own, worker = (statistics.median(part) for part in zip(*found, strict=True))
        print(
            f"  {name:6} {least[name] / count * 1000:6.2f} ms a file in its best quarter, median"
            f" {middle[name] / count * 1000:.2f} (process {own / count * 1000:.2f}, worker {worker / count * 1000:.2f})"
        )
    return least["other"] / least["this"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=Path, help="the other checkout")
    parser.add_argument("--media", type=Path, help="a folder of files to read")
    parser.add_argument("--rounds", type=int, default=20, help="times that each side checks all files, at most")
    parser.add_argument("--python", default=sys.executable, help="the other's interpreter")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths, what = files(options.media, Path(folder))
        print(what)
        for words, engines in ENGINES.items():
            sides = [
                started("other", options.python, options.other.resolve(), engines, paths),
                started("this", sys.executable, ROOT, engines, paths),
            ]
            print(f"{words}:")
            # A worker is replaced after some thousands of files.
            ratio = compare(sides, max(4, min(options.rounds, 1900 // len(paths))), len(paths))
            print(f"  {ratio:.3f} of the other's time over ours  aim >= {AIM}: {'met' if ratio >= AIM else 'MISSED'}")
            for side in sides:
                side.commands.close()
                side.process.wait()


if __name__ == "__main__":
    main()

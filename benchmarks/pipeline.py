"""What does a checker cost for a file that nobody signed, above reading it and taking its digest?

    python benchmarks/pipeline.py [--runs 300] [--media FILE]

Every run does three things in turn, so that a busy machine slows them alike: read the file and hash it; check it by a
`Checker` that looks first; check it by one that asks every engine. One worker, warm; medians, and the quickest
quarter, which a machine with other work tells more by.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from media import HALF_A_MEGABYTE, ROOT  # noqa: F401 - puts the repository on the path

from provenance.credentials.trust.lists import TrustLists
from vouchmark.demo import pictures
from vouchmark.examination.checker import Checker
from vouchmark.options import Options

AIM = 2.0
"""Milliseconds above reading and hashing, for an unsigned JPEG of 0.5 MB."""


def photo() -> bytes:
    """An unsigned JPEG of about 0.5 MB with EXIF, as a camera writes it."""
    picture, scale = pictures.harbour(), 1.0
    exif = picture.getexif()
    exif[0x010F], exif[0x0110], exif[0x0132] = "Canon", "EOS R6", "2026:05:01 18:22:00"
    while True:
        encoded = io.BytesIO()
        size = (int(picture.width * scale), int(picture.height * scale))
        picture.resize(size).save(encoded, "JPEG", quality=95, exif=exif)
        if encoded.tell() >= HALF_A_MEGABYTE:
            return encoded.getvalue()
        scale *= 1.1


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--media", type=Path, help="a file of your own in place of a made one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.media or Path(folder) / "photo.jpg"
        if options.media is None:
            path.write_bytes(photo())
        asked = Options(trust=TrustLists.empty(), issuers=())
        with Checker(asked) as looking, Checker(asked, look_first=False) as asking:
            sides: dict[str, Callable[[], object]] = {
                "read and hash": lambda: hashlib.sha256(path.read_bytes()).hexdigest(),
                "a checker that looks first": lambda: looking.check(path),
                "a checker that asks every engine": lambda: asking.check(path),
            }
            times: dict[str, list[float]] = {name: [] for name in sides}
            for number in range(options.runs + 20):
                for name, side in sides.items():
                    started = time.perf_counter()
                    side()
                    if number >= 20:
                        times[name].append((time.perf_counter() - started) * 1000)
    print(f"{path.name}, {options.runs} runs each; milliseconds: median, lower quartile")
    base = times["read and hash"]
    for name, taken in times.items():
        above = [one - two for one, two in zip(taken, base, strict=True)]
        median, quick = statistics.median(above), statistics.quantiles(above)[0]
        shown = f"  {name:34} {statistics.median(taken):6.2f} {statistics.quantiles(taken)[0]:6.2f}"
        verdict = f"  aim <= {AIM}: {'met' if median <= AIM else 'MISSED'}" if "looks first" in name else ""
        print(shown + (f"   above: {median:6.2f} {quick:6.2f}{verdict}" if name != "read and hash" else ""))


if __name__ == "__main__":
    main()

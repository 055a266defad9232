"""What does a vouch cost whoever checks a file, and what do ten thousand of them cost in one run?

    python benchmarks/person.py [--rounds 40] [--vouches 10000] [--jobs 2]

First: a folder of small pictures with a vouch beside each, by people of three issuers, checked in one run against the
same folder without vouches; time for each vouch, what the batch saves against one call for each, and peak memory.

Second: the check of one signed photo with a vouch beside it against the check of the same photo without, in the same
process and round by round; medians. A proof takes its milliseconds whatever the photo, so that with a small picture it
weighs more. The first check of a run, which loads the proofs' library and parses the issuer, is shown apart. What a
vouch inside the file costs is measured by `embedded_vouch.py`.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PIL import Image

from provenance.credentials.trust.lists import TrustLists
from provenance.workers.pool import Pool
from tests.support import authority as made
from tests.support.people import world
from vouchmark.demo.pictures import harbour
from vouchmark.examination.examine import examine_all
from vouchmark.examination.gather import facts_about
from vouchmark.examination.settings import Settings, make_settings
from vouchmark.report import Line, Status
from vouchmark.vouching.vouch import binding_for
from zk.profile.personhood import Binding, BindingKind, EpochLength, Scope, Vouch
from zk.verifier.verifier import Presented, verify_many

AIM = 1.5
EPOCH = EpochLength.MONTH.epoch_at(made.NOW)
ISSUERS = tuple(world.Issuer(name=name, epochs=(EPOCH,)) for name in ("Harbour Press Club", "Town Hall", "University"))
SCOPES = tuple(f"public:review/place-{number}" for number in range(100))
MIB = 1024 * 1024


def settings(scopes: Iterable[str] = SCOPES) -> Settings:
    """A reader of all three issuers."""
    issuers = [issuer.info.to_json() for issuer in ISSUERS]
    return make_settings(trust=TrustLists.empty(), at=made.NOW, issuers=issuers, scopes=scopes)


def once(path: Path, reader: Settings, pool: Pool) -> float:
    """Seconds for one check."""
    started = time.perf_counter()
    (_report,) = examine_all([path], reader, pool=pool)
    return time.perf_counter() - started


def photo(size: tuple[int, int]) -> bytes:
    """A picture with as many bytes as a photo of that size: the grain of a sensor over a scene."""
    scene = harbour().resize(size)
    grain = Image.effect_noise(size, 18).convert("RGB")
    output = io.BytesIO()
    Image.blend(scene, grain, 0.25).save(output, "JPEG", quality=90)
    return output.getvalue()


def one_file(folder: Path, rounds: int, size: tuple[int, int]) -> None:
    """The cost of one vouch."""
    folder.mkdir()
    signer = made.make_signer(made.make_root())
    plain = folder / "plain.jpg"
    plain.write_bytes(made.sign(signer, photo(size)))
    print(f"\na photo of {size[0]} x {size[1]} pixels, {plain.stat().st_size / 1e6:.1f} MB")
    reader = settings()
    asset, facts = facts_about(plain, reader, pool=None)
    person = world.person(ISSUERS[0])
    octets = person.vouch(scope=Scope.parse(SCOPES[0]), bound=binding_for(asset, facts), epoch=EPOCH).encode()
    beside = folder / "beside.jpg"
    beside.write_bytes(plain.read_bytes())
    (folder / "beside.jpg.vouch").write_bytes(octets)
    sides = {"without": plain, "beside": beside}
    with Pool(1) as pool:
        once(plain, reader, pool)
        print(f"first vouch of a run: {once(beside, settings(), pool) * 1000:.1f} ms")
        times: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(rounds):
            for name, path in sides.items():
                times[name].append(once(path, reader, pool))
        (report,) = examine_all([beside], reader, pool=pool)
        assert report.evidence[Line.PERSON].status is Status.PASS
    shown = statistics.median(times["without"]) * 1000
    # Ratios of one round: whatever else the machine does meets both.
    ratios = {
        name: statistics.median(one / base for one, base in zip(found, times["without"], strict=True))
        for name, found in times.items()
    }
    print(f"check without a vouch: {shown:.1f} ms")
    more = statistics.median(times["beside"]) * 1000
    print(f"with one beside: {more:.1f} ms, {ratios['beside']:.2f} x (aim: at most {AIM})")


def pictures(folder: Path, count: int) -> list[Path]:
    """So many small pictures, no two alike."""
    base = made.picture(size=(64, 48))
    paths = []
    for number in range(count):
        path = folder / f"{number:06}.jpg"
        path.write_bytes(base[:2] + made.jpeg_segment(0xFE, str(number).encode()) + base[2:])
        paths.append(path)
    return paths


def vouches(paths: list[Path]) -> Iterator[tuple[Path, bytes]]:
    """One for each picture: each by another person, or by the same in another scope."""
    people = [world.person(issuer) for _ in range(-(-len(paths) // (len(SCOPES) * len(ISSUERS)))) for issuer in ISSUERS]
    for number, path in enumerate(paths):
        bound = Binding(kind=BindingKind.FILE, digest=hashlib.sha256(path.read_bytes()).digest())
        scope = Scope.parse(SCOPES[number // len(people) % len(SCOPES)])
        yield path, people[number % len(people)].vouch(scope=scope, bound=bound, epoch=EPOCH).encode()


def walk(paths: list[Path], reader: Settings, jobs: int) -> tuple[float, int]:
    """Seconds for all, and how many are vouched for."""
    passed = 0
    with Pool(jobs) as pool:
        next(iter(examine_all(paths[:1], reader, pool=pool)))
        started = time.perf_counter()
        for report in examine_all(paths, reader, pool=pool):
            passed += report.evidence[Line.PERSON].status is Status.PASS
        return time.perf_counter() - started, passed


def peak() -> float:
    """MiB that this process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MIB


def many(folder: Path, count: int, jobs: int) -> None:
    """A folder in one run."""
    paths = pictures(folder, count)
    reader = settings()
    without, _ = walk(paths, reader, jobs)
    low = peak()
    started = time.perf_counter()
    made_here = dict(vouches(paths))
    print(f"{count} vouches by {len(ISSUERS)} issuers made in {time.perf_counter() - started:.0f} s")
    for path, octets in made_here.items():
        path.with_name(f"{path.name}.vouch").write_bytes(octets)
    before = peak()
    with_them, passed = walk(paths, settings(), jobs)
    assert passed == count, f"{passed} of {count} vouches held"
    each = (with_them - without) / count * 1000
    print(f"folder without vouches: {without:.1f} s, {without / count * 1000:.2f} ms a file, peak {low:.0f} MiB")
    print(f"folder with a vouch beside each file: {with_them:.1f} s, {with_them / count * 1000:.2f} ms a file")
    more = peak() - before
    print(f"a vouch costs {each:.2f} ms in the batch; peak {peak():.0f} MiB, {more:.0f} MiB more than before it")
    alone = single(list(made_here.values())[:200])
    print(f"one call for each vouch: {alone:.2f} ms, the batch is {alone / each:.2f} times as fast")


def single(octets: list[bytes]) -> float:
    """Milliseconds for one vouch verified by itself."""
    infos = [issuer.info for issuer in ISSUERS]
    named = [Scope.parse(scope) for scope in SCOPES]
    presented = [Presented(vouch=one, bindings=[Vouch.decode(one).presentation.binding]) for one in octets]
    started = time.perf_counter()
    for one in presented:
        verify_many([one], issuers=infos, scopes=named, at=made.NOW)
    return (time.perf_counter() - started) / len(octets) * 1000


def main() -> None:
    """Run both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--vouches", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="person-") as folder:
        (Path(folder) / "many").mkdir()
        many(Path(folder) / "many", chosen.vouches, chosen.jobs)  # first: photos would raise the peak of memory
        for name, size in (("web", (1600, 1200)), ("phone", (4000, 3000))):
            one_file(Path(folder) / name, chosen.rounds, size)


if __name__ == "__main__":
    main()

"""How well are copies of a picture recognised, edits in it found, and different pictures told apart?

    python benchmarks/robustness.py [--photos DIR] [--cache DIR] [--jobs 2] [--write docs/comparison.md]

Three measurements over real photographs, the same ones on every run:

1. Forty copies of each photo: found by PDQ alone (at most 31 bits), by the first stage as Vouchmark uses it (eight
   orientations and without plain borders, at most 64 bits), and by comparing one to one (`--original`).
2. Pairs of different photos: all of them through the first stage; every retrieved pair, the 5,000 nearest and 5,000 by
   chance through the second.
3. Edits of 80 photos through five channels: found, and how well the box fits; the same channels without edit count the
   false alarms.

Every answer is kept in the cache under the version of what is measured (MEASURED) and a digest of the transforms, so
that an interrupted run goes on; whoever changes what a step answers raises its version, and it is measured anew. The
peer in the same run is PDQ alone at its recommended threshold, as existing tools use it.
"""

from __future__ import annotations

import argparse
import concurrent.futures as futures
import functools
import hashlib
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import photos  # noqa: E402
import transforms  # noqa: E402

from provenance.hashes.pictures import pdq as perceptual  # noqa: E402
from provenance.hashes.pictures import registration  # noqa: E402
from provenance.hashes.pictures.compare import Verdict, compare  # noqa: E402

HASHING, MOVEMENT, COMPARISON = 1, 1, 1
"""Versions of what hashing (PDQ, borders), registration and comparing (photometric adjustment, palette, difference)
answer. A change that moves or renames code leaves them; one that can change an answer raises them."""
MEASURES: Final = f"hashing {HASHING}, registration {MOVEMENT}, comparison {COMPARISON}"
"""What stands in the table: it holds for every version of the package with the same."""
MEASURED: Final = {
    "edits": (MOVEMENT, COMPARISON),
    "copies": (HASHING, MOVEMENT, COMPARISON),
    "photos": (HASHING,),
    "pairs": (HASHING, MOVEMENT),
}
"""On which of these the answers of each step depend."""
COPIED, EDITED = 142, 80
PAIRS: Final = 5000
"""Of the nearest pairs, and as many by chance."""
UNTOUCHED: Final = "no edit"
EDITS_IN_COPIES: Final = ("words over it", "watermark", "pasted 5 %")
"""Copies in which a region does differ, so that saying so is right."""
HIT: Final = 0.25
"""Part of the edited rectangle that a found box must cover."""
START, END = "<!-- robustness: written by benchmarks/robustness.py -->", "<!-- end of robustness -->"


@functools.cache
def opened(path: Path) -> Image.Image:
    """One photo."""
    with Image.open(path) as picture:
        return picture.convert("RGB")


def copied(name: str, path: Path, copy: str, other: Path) -> Image.Image:
    """One copy of one photo, the same on every run."""
    chance = random.Random(f"{name}/{copy}")
    if copy == "pasted 5 %":
        return transforms.pasted(opened(path), opened(other), 0.05, chance).picture
    return transforms.COPIES[copy](opened(path), chance)


def hashes_of(picture: Image.Image) -> dict[str, list[str]]:
    """PDQ of the eight orientations, with and without a plain border."""
    array = np.asarray(picture)
    pixels = perceptual.ArrayPixels(array)
    whole = perceptual.pdq_orientations(array)
    box = perceptual.find_border(pixels)
    inner = perceptual.pdq_orientations(array, box) if box else {}
    return {"whole": [one.hex for one in whole.values()], "inner": [one.hex for one in inner.values()]}


def of_copy(job: tuple[str, Path, str, Path]) -> dict[str, Any]:
    """Hashes of a copy, and what comparing it with its original says."""
    name, path, copy, other = job
    picture = copied(name, path, copy, other)
    found = compare(np.asarray(opened(path)), np.asarray(picture))
    return {
        "photo": name,
        "copy": copy,
        **hashes_of(picture),
        "verdict": str(found.verdict),
        "reason": found.reason,
        "inliers": found.movement.inliers if found.movement else 0,
        "regions": [(one.share, one.strength) for one in found.regions[:3]],
    }


def of_photo(job: tuple[str, Path]) -> dict[str, Any]:
    """Hashes of a photo, and of thirteen parts of it."""
    name, path = job
    picture = opened(path)
    parts = [
        perceptual.pdq(np.asarray(transforms.cut(x * gap, y * gap, (1 - x) * gap, (1 - y) * gap)(picture, random)))
        for gap, steps in ((0.2, (0, 0.5, 1)), (0.4, (0.0, 1.0)))
        for x in steps
        for y in steps
    ]
    return {"photo": name, **hashes_of(picture), "parts": [one.hex for one in parts]}


def of_edit(job: tuple[str, Path, str, str, Path]) -> dict[str, Any]:
    """What comparing says of an edited photo that went through a channel."""
    name, path, edit, channel, other = job
    chance = random.Random(f"{name}/{edit}")
    photo = opened(path)
    if edit == UNTOUCHED:
        made = transforms.Pasted(picture=photo, box=(0, 0, 0, 0))
    elif edit == "removed":
        made = transforms.removed(photo, transforms.REMOVED, chance)
    else:
        made = transforms.pasted(photo, opened(other), float(edit), chance)
    seen = transforms.CHANNELS[channel](made.picture, random.Random(f"{name}/{edit}/{channel}"))
    found = compare(np.asarray(photo), np.asarray(seen))
    answer = {"photo": name, "edit": edit, "channel": channel, "verdict": str(found.verdict), "reason": found.reason}
    box = visible(made.box, found.cut, photo.size)
    boxes = [one.original for one in found.regions]
    return answer | {
        "left": area(box) / max(1, area(made.box)),
        "covered": max((area(common(one, box)) / max(1, area(box)) for one in boxes), default=0.0),
        "fit": max((fit(one, box) for one in boxes), default=0.0),
        "strength": max((one.strength for one in found.regions), default=0.0),
        "regions": len(boxes),
    }


Rectangle = tuple[int, int, int, int]


def area(box: Rectangle) -> int:
    """Pixels."""
    return max(0, box[2] - box[0]) * max(0, box[3] - box[1])


def common(one: Rectangle, other: Rectangle) -> Rectangle:
    """What two rectangles share."""
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def fit(one: Rectangle, other: Rectangle) -> float:
    """Intersection over union."""
    shared = area(common(one, other))
    return shared / max(1, area(one) + area(other) - shared)


def visible(box: Rectangle, cut: Any, size: tuple[int, int]) -> Rectangle:
    """What a crop leaves of a rectangle."""
    width, height = size
    frame = round(cut.left * width), round(cut.top * height), round((1 - cut.right) * width)
    return common(box, (*frame, round((1 - cut.bottom) * height)))


def of_pair(job: tuple[list[tuple[str, Path]], str, Path, str, Path]) -> list[dict[str, Any]]:
    """Whether a copy registers with other photos."""
    originals, name, path, copy, other = job
    picture = np.asarray(copied(name, path, copy, other))
    first, second = registration.find_features(picture), registration.find_features(picture[:, ::-1])
    answers = []
    for original, place in originals:
        features = features_of(place)
        found = [registration.match(features, first), registration.match(features, registration.mirror(second))]
        best = max(found, key=lambda one: (isinstance(one, registration.Registration), one.inliers))
        if isinstance(best, registration.Registration):
            best = registration.register(np.asarray(opened(place)), picture)
        agreed = isinstance(best, registration.Registration)
        answers.append({"original": original, "photo": name, "copy": copy, "found": agreed, "inliers": best.inliers})
    return answers


@functools.lru_cache(maxsize=200)
def features_of(path: Path) -> registration.Features:
    """The local features of one photo."""
    return registration.find_features(np.asarray(opened(path)))


def kept(
    folder: Path,
    step: str,
    jobs: Iterable[Any],
    key: Callable[[Any], str],
    work: Callable[[Any], Any],
    pool: futures.Executor,
) -> list[Any]:
    """The answers to all jobs of a step; those that an earlier run of the same code has answered are read."""
    file = folder / f"{step}-{digest(step)}.jsonl"
    known: dict[str, Any] = {}
    text = file.read_text() if file.exists() else ""
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # the last line of an interrupted run
        known[entry["key"]] = entry["answer"]
    wanted = list(jobs)
    missing = [job for job in wanted if key(job) not in known]
    began = time.monotonic()
    with file.open("a") as out:
        out.write("\n" * (text[-1:] not in ("", "\n")))
        for number, (job, answer) in enumerate(zip(missing, pool.map(work, missing, chunksize=4), strict=True), 1):
            known[key(job)] = answer
            out.write(json.dumps({"key": key(job), "answer": answer}) + "\n")
            if number % 200 == 0 or number == len(missing):
                out.flush()
                rate = (time.monotonic() - began) / number
                print(f"{step}: {number} of {len(missing)}, {rate:.2f} s each", file=sys.stderr, flush=True)
    return [known[key(job)] for job in wanted]


def bits(hexes: list[str]) -> np.ndarray[Any, Any]:
    """Hashes as rows of 32 bytes."""
    return np.array([list(bytes.fromhex(one)) for one in hexes], np.uint8).reshape(-1, 32)


COUNTS: Final = np.array([bin(value).count("1") for value in range(256)], np.uint8)


def distances(one: np.ndarray[Any, Any], many: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Bits by which each of some hashes differs from each of many."""
    return COUNTS[one[:, None, :] ^ many[None, :, :]].sum(axis=2, dtype=np.int32)


def nearest(photo: dict[str, Any], copies: list[dict[str, Any]]) -> np.ndarray[Any, Any]:
    """For each copy the fewest bits from any orientation of a photo, with and without plain borders."""
    own = np.concatenate([bits(photo["whole"]), bits(photo["inner"])])
    least = distances(own, bits([copy["whole"][0] for copy in copies])).min(axis=0)
    for place, copy in enumerate(copies):
        if copy["inner"]:
            least[place] = min(least[place], distances(own, bits(copy["inner"][:1])).min())
    return least


def percent(hits: Iterable[bool]) -> str:
    """A share."""
    values = list(hits)
    return f"{100 * sum(values) / len(values):.0f} %" if values else "-"


def shuffled(sources: list[tuple[str, Path]]) -> list[tuple[str, Path]]:
    """The photos in an order of which every beginning is as mixed as the whole: more photos keep what fewer gave."""
    return sorted(sources, key=lambda one: hashlib.sha256(one[0].encode()).digest())


def measure_copies(
    sources: list[tuple[str, Path]], others: dict[str, Path], folder: Path, pool: futures.Executor
) -> dict[str, Any]:
    """The first measurement, and the distances of the second.

    Args:
        sources: The photos.
        others: For each one the photo of which a piece is pasted into it.
        folder: Where answers are kept.
        pool: Who works.
    """
    jobs = [(name, path, copy, others[name]) for name, path in sources for copy in transforms.COPIES]
    copies = kept(folder, "copies", jobs, lambda job: f"{job[0]}/{job[2]}", of_copy, pool)
    originals = kept(folder, "photos", sources, lambda job: job[0], of_photo, pool)
    least = np.array([nearest(photo, copies) for photo in originals])
    rows = defaultdict(list)
    index = {photo["photo"]: place for place, photo in enumerate(originals)}
    for place, copy in enumerate(copies):
        photo = originals[index[copy["photo"]]]
        plain = int(distances(bits(photo["whole"][:1]), bits(copy["whole"][:1]))[0, 0])
        parts = int(distances(bits(photo["parts"]), bits([*copy["whole"][:1], *copy["inner"][:1]])).min())
        first = int(least[index[copy["photo"]], place])
        rows[copy["copy"]].append({**copy, "plain": plain, "first": first, "parts": min(parts, first)})
    return {"rows": rows, "least": least, "copies": copies, "originals": originals, "others": others}


def measure_pairs(
    sources: list[tuple[str, Path]], found: dict[str, Any], folder: Path, pool: futures.Executor, count: int
) -> dict[str, Any]:
    """The second measurement, of so many nearest pairs and as many by chance."""
    paths = dict(sources)
    names = [photo["photo"] for photo in found["originals"]]
    donors = {name: path.stem for name, path in found["others"].items()}
    places = [
        (int(found["least"][row, column]), row, column)
        for row in range(len(names))
        for column in range(len(found["copies"]))
        if found["copies"][column]["photo"] != names[row]
        # A piece of another photo was pasted into these: that one is no different picture.
        and (found["copies"][column]["copy"] != "pasted 5 %" or donors[found["copies"][column]["photo"]] != names[row])
    ]
    places.sort()
    retrieved = [place for place in places if place[0] <= perceptual.RELATED]
    chosen = set(places[:count]) | set(retrieved) | set(random.Random(8).sample(places, min(count, len(places))))
    grouped = defaultdict(list)
    for _, row, column in sorted(chosen):
        grouped[column].append((names[row], paths[names[row]]))
    jobs = []
    for column, originals in sorted(grouped.items()):
        copy = found["copies"][column]
        jobs.append((originals, copy["photo"], paths[copy["photo"]], copy["copy"], found["others"][copy["photo"]]))
    answers = kept(
        folder,
        "pairs",
        jobs,
        lambda job: f"{job[1]}/{job[3]}/{hashlib.sha256(repr([n for n, _ in job[0]]).encode()).hexdigest()[:12]}",
        of_pair,
        pool,
    )
    flat = [one for answer in answers for one in answer]
    return {
        "pairs": len(places),
        "near": sum(place[0] <= perceptual.NEAR for place in places),
        "retrieved": len(retrieved),
        "least": places[0][0] if places else None,
        "count": count,
        "compared": len(flat),
        "false": [(one["original"], one["photo"], one["copy"], one["inliers"]) for one in flat if one["found"]],
        "most_inliers": max((one["inliers"] for one in flat if not one["found"]), default=0),
    }


def measure_edits(
    sources: list[tuple[str, Path]], others: dict[str, Path], folder: Path, pool: futures.Executor
) -> list[dict[str, Any]]:
    """The third measurement."""
    edits = [UNTOUCHED, *map(str, transforms.PASTES), "removed"]
    jobs = [
        (name, path, edit, channel, others[name])
        for name, path in sources
        for edit in edits
        for channel in transforms.CHANNELS
    ]
    answers = kept(folder, "edits", jobs, lambda job: f"{job[0]}/{job[2]}/{job[3]}", of_edit, pool)
    return [one for one in answers if one["edit"] == UNTOUCHED or one["left"] >= 0.5]


def table(copies: dict[str, Any], pairs: dict[str, Any], edits: list[dict[str, Any]], versions: str) -> str:
    """What the manual quotes."""
    rows = copies["rows"]
    every = [one for group in rows.values() for one in group]
    untouched = [one for name, group in rows.items() if name not in EDITS_IN_COPIES for one in group]
    aligned = [one for one in untouched if one["verdict"] in (Verdict.SAME, Verdict.CHANGED)]
    unedited = [one for one in edits if one["edit"] == UNTOUCHED]
    counted = f"{len(copies['originals'])} photos x {len(rows)} copies"
    edited = f"edits of {len({one['photo'] for one in edits})} photos"
    lines = [f"Measured with {versions}: {counted}, {pairs['pairs']:,} pairs of different pictures, {edited}.", ""]
    lines += ["| copy | PDQ alone | first stage | one to one | taken for an edit |", "|---|---:|---:|---:|---:|"]
    for name, group in rows.items():
        found = [one for one in group if one["verdict"] in (Verdict.SAME, Verdict.CHANGED)]
        alarm = "(is one)" if name in EDITS_IN_COPIES else percent(one["verdict"] == Verdict.CHANGED for one in found)
        lines.append(f"| {name} | {_stages(group)} | {alarm} |")
    alarms = percent(one["verdict"] == Verdict.CHANGED for one in aligned)
    lines += [f"| **all** | {_stages(every)} | {alarms} |", ""]
    lines += [
        "PDQ alone: at most 31 bits. First stage: at most 64 bits in one of eight orientations, with or without a",
        "plain border. One to one: local features agree on one movement (`check --original`).",
        "",
        f"Different pictures: {pairs['near']} pairs at most 31 bits apart, {pairs['retrieved']} at most 64, the nearest"
        f" {pairs['least']}; of {pairs['compared']:,} pairs compared one to one (all retrieved, the nearest",
        f"{pairs['count']:,}, {pairs['count']:,} by chance) {len(pairs['false'])} were taken for copies; in the others",
        f"at most {pairs['most_inliers']} local features agreed, and {registration.MIN_INLIERS} are asked for.",
        "",
        "| edit | " + " | ".join(transforms.CHANNELS) + " |",
        "|---|" + "---:|" * len(transforms.CHANNELS),
    ]
    names = {"0.0025": "pasted 0.25 %", "0.01": "pasted 1 %", "0.05": "pasted 5 %", "removed": "removed 5 %"}
    for edit, words in names.items():
        lines.append(
            f"| {words} | " + " | ".join(_found(edits, edit, channel) for channel in transforms.CHANNELS) + " |"
        )
    cells = [_alarms(unedited, channel) for channel in transforms.CHANNELS]
    lines += [f"| no edit: false alarms | {' | '.join(cells)} |"]
    cells = [percent(_aligned(one) for one in edits if one["channel"] == channel) for channel in transforms.CHANNELS]
    lines += [f"| could be aligned | {' | '.join(cells)} |", ""]
    lines += ["Found, of those that could be aligned; in brackets the boxes that cover it well (IoU of at least 0.5)."]
    return "\n".join(lines)


def _stages(group: list[dict[str, Any]]) -> str:
    plain = percent(one["plain"] <= perceptual.NEAR for one in group)
    first = percent(one["first"] <= perceptual.RELATED for one in group)
    return f"{plain} | {first} | {percent(_aligned(one) for one in group)}"


def _aligned(one: dict[str, Any]) -> bool:
    return one["verdict"] in (Verdict.SAME, Verdict.CHANGED)


def _found(edits: list[dict[str, Any]], edit: str, channel: str) -> str:
    group = [one for one in edits if one["edit"] == edit and one["channel"] == channel and _aligned(one)]
    return f"{percent(one['covered'] >= HIT for one in group)} ({percent(one['fit'] >= 0.5 for one in group)})"


def _alarms(unedited: list[dict[str, Any]], channel: str) -> str:
    return percent(one["verdict"] == Verdict.CHANGED for one in unedited if one["channel"] == channel and _aligned(one))


def summary(copies: dict[str, Any], pairs: dict[str, Any], edits: list[dict[str, Any]]) -> Iterator[str]:
    """What the person who runs it wants to know besides the table."""
    every = [one for group in copies["rows"].values() for one in group]
    alone = sum(one["plain"] <= perceptual.NEAR for one in every)
    both = sum(_aligned(one) for one in every)
    yield f"one to one against PDQ alone in the same run: {both / max(1, alone):.2f} times as many copies recognised"
    for name in ("crop 10 %", "crop 20 %", "crop 40 %", "caption bar", "phone screenshot", "browser screenshot"):
        group = copies["rows"][name]
        parts = percent(one["parts"] <= perceptual.NEAR for one in group)
        wide = percent(one["parts"] <= perceptual.RELATED for one in group)
        yield f"retrieval by 13 hashed parts an entry: {name}: {parts} at 31 bits, {wide} at 64"
    for name, group in copies["rows"].items():
        for one in group:
            if not _aligned(one):
                yield f"not aligned: {name}: {one['photo']}: {one['reason']}"
            elif one["verdict"] == Verdict.CHANGED and name not in EDITS_IN_COPIES:
                yield f"false alarm: {name}: {one['photo']}: {one['regions']}"
    for one in pairs["false"]:
        yield f"taken for a copy: {one}"
    for one in edits:
        if not _aligned(one):
            yield f"not aligned: {one['edit']} / {one['channel']}: {one['photo']}: {one['reason']}"
        elif one["edit"] == UNTOUCHED and one["verdict"] == Verdict.CHANGED:
            yield f"false alarm: {one['channel']}: {one['photo']}: {one['strength']}"
        elif one["edit"] != UNTOUCHED and one["covered"] < HIT:
            yield f"missed: {one['edit']} / {one['channel']}: {one['photo']}"


def digest(step: str) -> str:
    """Of the versions that a step measures and of what it is measured with."""
    versions = repr(MEASURED[step]).encode()
    return hashlib.sha256(versions + (HERE / "transforms.py").read_bytes()).hexdigest()[:12]


def insert(page: Path, text: str) -> None:
    """Put the table into the manual's page, between its marks."""
    before, start, rest = page.read_text(encoding="utf-8").partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise SystemExit(f"got no marks in {page}, expected {START} and {END}")
    page.write_text(f"{before}{start}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def main() -> None:
    """Measure, print, and write where asked."""
    import cv2

    from vouchmark import __version__

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, help="a folder of photographs instead of those of the packages")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "vouchmark-benchmarks")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--copied", type=int, default=COPIED, help="photos in the first and second measurement")
    parser.add_argument("--edited", type=int, default=EDITED, help="photos in the third")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="nearest pairs in the second, and as many by chance")
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    chosen = parser.parse_args()
    chosen.cache.mkdir(parents=True, exist_ok=True)
    sources = photos.load_photos(chosen.photos, chosen.cache)
    if len(sources) < 2:
        raise SystemExit(f"got {len(sources)} photos, expected at least 2; see --photos")
    folder = chosen.cache / "answers"
    folder.mkdir(parents=True, exist_ok=True)
    with futures.ProcessPoolExecutor(chosen.jobs) as pool:
        order = shuffled(sources)
        others = {name: order[place - 1][1] for place, (name, _) in enumerate(order)}
        edits = measure_edits(order[: chosen.edited], others, folder, pool)
        copied = order[: chosen.copied]
        copies = measure_copies(copied, others, folder, pool)
        pairs = measure_pairs(copied, copies, folder, pool, chosen.pairs)
    versions = f"vouchmark {__version__} ({MEASURES}), OpenCV {cv2.__version__}, numpy {np.__version__}"
    text = table(copies, pairs, edits, versions)
    print(text, *summary(copies, pairs, edits), sep="\n")
    if chosen.write:
        insert(chosen.write, text)


if __name__ == "__main__":
    main()

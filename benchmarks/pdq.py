"""Is PDQ in numpy the reference's, bit by bit, and how fast is it? Against pdqhash, built from source.

    pip install pdqhash==0.2.8          needs a C++ compiler
    python benchmarks/pdq.py [--photos DIR] [--rounds 3]

Both get the same normalised pixels, so that only the algorithm is compared; `wrong without normalising` is how far
pdqhash is off when it is fed what Pillow's `convert("RGB")` makes of the same file, as the best-known tools do. Without
--photos, the demo's pictures are made in every mode and size; real photographs are better.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from PIL import Image

from provenance.asset import Limits
from provenance.hashes.pictures.pdq import MIN_SIDE, RULE, distance, pdq
from provenance.hashes.pictures.pixels import PictureError, decode
from provenance.media_type import recognise
from vouchmark.demo.pictures import harbour

ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".avif")


def made() -> Iterator[tuple[str, bytes]]:
    """The demo's harbour in modes, formats and sizes that tools get wrong."""
    base = harbour().convert("RGB")
    grey = np.asarray(base.convert("L")).astype(np.uint16) * 257
    exif = Image.Exif()
    exif[0x0112] = 6
    forms = {
        "RGB": (base, "PNG", {}),
        "grey": (base.convert("L"), "PNG", {}),
        "palette": (base.quantize(256), "PNG", {}),
        "CMYK": (base.convert("CMYK"), "JPEG", {"quality": 95}),
        "16 bit": (Image.fromarray(grey), "PNG", {}),
        "1 bit": (base.convert("1"), "PNG", {}),
        "EXIF-rotated": (base, "JPEG", {"quality": 95, "exif": exif}),
        "12 megapixels": (base.resize((4000, 3000)), "JPEG", {"quality": 90}),
        "48 megapixels": (base.resize((8000, 6000)), "JPEG", {"quality": 90}),
    }
    for name, (image, form, options) in forms.items():
        target = io.BytesIO()
        image.save(target, form, **options)
        yield name, target.getvalue()


def photos(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in ENDINGS and path.is_file():
            yield path.name, path.read_bytes()


def fastest(action: Callable[[Any], Any], value: Any, rounds: int) -> float:
    """Seconds of processor time: other work on the machine does not count."""
    times = []
    for _ in range(rounds):
        started = time.process_time()
        action(value)
        times.append(time.process_time() - started)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    try:
        import pdqhash
    except ImportError:
        raise SystemExit("pdqhash is not installed: pip install pdqhash==0.2.8 (needs a C++ compiler)") from None
    Image.MAX_IMAGE_PIXELS = None
    warnings.simplefilter("ignore")
    print(f"rule: {RULE}")
    same = differ = skipped = 0
    ratios, wrong = [], []
    for name, data in photos(options.photos) if options.photos else made():
        try:
            picture = decode(data, recognise(data, name=name), Limits())
        except PictureError:
            skipped += 1
            continue
        if min(picture.size) < MIN_SIDE:
            skipped += 1
            continue
        pixels = np.ascontiguousarray(np.asarray(picture.whole().convert("RGB")))
        vector, quality = pdqhash.compute(pixels)
        reference = np.packbits(vector).tobytes()
        own = pdq(picture)
        if (own.bits, own.quality) == (reference, quality):
            same += 1
        else:
            differ += 1
            print(f"  differs: {name} {picture.size}: {distance(own.bits, reference)} bits, {own.quality} to {quality}")
        theirs = fastest(pdqhash.compute, pixels, options.rounds)
        ours = fastest(pdq, picture, options.rounds)
        ratios.append(ours / theirs)
        raw = np.ascontiguousarray(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))
        off = distance(np.packbits(pdqhash.compute(raw)[0]).tobytes(), own.bits)
        if off:
            wrong.append(off)
            print(f"  {name}: {off} bits off without normalising ({', '.join(picture.notes) or 'no note'})")
        if not options.photos:
            millions = pixels.shape[0] * pixels.shape[1] / 1e6
            words = f"{ours * 1000:7.1f} ms, pdqhash {theirs * 1000:7.1f} ms, {ours / theirs:.2f}x"
            print(f"  {name:14} {millions:5.1f} MP: {words}")
    print(f"{same} of {same + differ} bit-identical with the same quality; {skipped} not decoded or too small")
    if ratios:
        print(f"time of ours to pdqhash: {statistics.median(ratios):.2f}x (median), {max(ratios):.2f}x at worst")
    print(
        f"{len(wrong)} files wrong without normalising" + (f", by {min(wrong)} to {max(wrong)} bits" if wrong else "")
    )
    if differ:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

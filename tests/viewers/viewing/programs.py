"""What do the programs of Debian show: Poppler, MuPDF, ImageMagick, libavif, libheif, libjxl, FFmpeg and unzip?

Each runs on a file of its own in a folder of its own, with a time limit and without a way to the network.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tests.viewers.model import RefusedError, View, Viewer
from tests.viewers.viewing.libraries import CLIPS, digest, refusing, shown

SECONDS: Final = 20
"""For one file; the slowest of these takes half a second."""
SUFFIXES: Final = {
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/tiff": "tif",
    "image/x-adobe-dng": "dng", "image/avif": "avif", "image/heic": "heic", "image/jxl": "jxl", "image/svg+xml": "svg",
    "video/mp4": "mp4", "video/quicktime": "mov", "video/x-msvideo": "avi", "audio/mp4": "m4a", "audio/mpeg": "mp3",
    "audio/wav": "wav", "audio/flac": "flac", "application/pdf": "pdf", "application/epub+zip": "epub",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}  # fmt: skip
"""How files of a type are called: some programs go by it."""
NO_NETWORK: Final = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9", "no_proxy": ""}

Words = Callable[[str, str], Sequence[str]]
"""The command for a file and a folder for what comes out."""


def run(words: Sequence[str], folder: str) -> bytes:
    """What a program writes on standard output; RefusedError where it takes too long.

    Its code does not count: many complain, and show a picture all the same.
    """
    try:
        done = subprocess.run(
            list(words),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=SECONDS,
            cwd=folder,
            env={**os.environ, **NO_NETWORK, "HOME": folder, "LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired as error:
        raise RefusedError("took too long") from error
    return done.stdout


def _pictures(folder: Path) -> View:
    """Every picture that a program wrote, in order.

    A PNG is what the program shows, to the pixel: the EXIF that it copied into it, readable or not, is no part of that.
    A JPEG is the file that it gives back, for other viewers to show.
    """
    from PIL import Image

    lines = []
    for path in sorted(folder.iterdir(), key=lambda one: (len(one.name), one.name)):
        with Image.open(io.BytesIO(path.read_bytes())) as image:
            lines.append(f"{path.name} {shown(image, is_upright=path.suffix == '.png')}")
    if not lines:
        raise RefusedError("nothing came out")
    return tuple(lines)


def into_pictures(words: Words) -> Callable[[bytes, str], View]:
    """A viewer that writes pictures into a folder."""

    def look(data: bytes, media_type: str) -> View:
        with tempfile.TemporaryDirectory() as work:
            source, out = Path(work) / f"in.{SUFFIXES.get(media_type, 'bin')}", Path(work) / "out"
            out.mkdir()
            source.write_bytes(data)
            run(words(str(source), str(out)), work)
            return _pictures(out)

    return refusing(look)


def into_text(words: Words) -> Callable[[bytes, str], View]:
    """A viewer that writes what it finds on standard output."""

    def look(data: bytes, media_type: str) -> View:
        with tempfile.TemporaryDirectory() as work:
            source = Path(work) / f"in.{SUFFIXES.get(media_type, 'bin')}"
            source.write_bytes(data)
            text = run(words(str(source), work), work)
        lines = tuple(line for line in text.decode("utf-8", "replace").splitlines() if line and line[0] != "#")
        if not lines:
            raise RefusedError("nothing came out")
        return lines

    return refusing(look)


def _unzip(data: bytes, _: str) -> View:
    """Names and contents, the store aside."""
    with tempfile.TemporaryDirectory() as work:
        source, out = Path(work) / "in.zip", Path(work) / "out"
        out.mkdir()
        source.write_bytes(data)
        run(["unzip", "-qq", "-o", str(source), "-d", str(out)], work)
        found = [(path, path.relative_to(out).as_posix()) for path in sorted(out.rglob("*")) if path.is_file()]
        lines = [f"{name} {digest(path.read_bytes())}" for path, name in found if not name.endswith(".c2pa")]
    if not lines:
        raise RefusedError("nothing came out")
    return tuple(lines)


def _magick() -> str:
    """ImageMagick's own program; `convert` alone may be somebody's wrapper."""
    return next((one for one in ("convert-im6", "convert-im6.q16", "magick") if shutil.which(one)), "")


def _program(name: str, command: str, formats: Sequence[str], look: Callable[[bytes, str], View]) -> Viewer:
    found = bool(command) and shutil.which(command) is not None
    missing = "" if found else f"the program {command or name} is not installed"
    return Viewer(name=name, look=look, formats=frozenset(formats), missing=missing)


def program_viewers() -> list[Viewer]:
    """All of them."""
    return [*_general(), *_of_one_format()]


def _general() -> list[Viewer]:
    """Those that show several formats."""
    magick = _magick()
    limits = ["-limit", "memory", "256MiB", "-limit", "time", "15"]
    frames = ["-map", "0:v?", "-map", "0:a?", "-f", "framemd5", "-"]
    return [
        _program(
            "MuPDF", "mutool", ["application/pdf", "application/epub+zip", "image/svg+xml", "image/tiff"],
            into_pictures(lambda source, out: ["mutool", "draw", "-q", "-r", "54", "-o", f"{out}/%d.png", source]),
        ),
        _program(
            "ImageMagick", magick,
            [f"image/{kind}" for kind in ("jpeg", "png", "gif", "webp", "tiff", "svg+xml")],
            into_pictures(lambda source, out: [magick, *limits, source, "-auto-orient", f"{out}/%d.png"]),
        ),
        _program(
            "FFmpeg", "ffmpeg", sorted(CLIPS | {"image/gif", "image/webp", "image/tiff", "image/jpeg"}),
            into_text(lambda source, _: ["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", "-i", source, *frames]),
        ),
    ]  # fmt: skip


def _of_one_format() -> list[Viewer]:
    """Those that show one format or one kind."""
    heif = next((one for one in ("heif-dec", "heif-convert") if shutil.which(one)), "heif-convert")
    return [
        _program(
            "Poppler", "pdftoppm", ["application/pdf"],
            into_pictures(lambda source, out: ["pdftoppm", "-r", "54", "-png", source, f"{out}/page"]),
        ),
        _program(
            "libavif", "avifdec", ["image/avif"],
            into_pictures(lambda source, out: ["avifdec", "--index", "all", source, f"{out}/a.png"]),
        ),
        _program(
            "libheif-examples", heif, ["image/heic"],
            into_pictures(lambda source, out: [heif, source, f"{out}/a.png"]),
        ),
        _program(
            "libjxl", "djxl", ["image/jxl"],
            into_pictures(lambda source, out: ["djxl", "--quiet", source, f"{out}/a.png"]),
        ),
        _program(
            "libjxl as JPEG", "djxl", ["image/jxl"],
            into_pictures(lambda source, out: ["djxl", "--quiet", source, f"{out}/a.jpg"]),
        ),
        _program(
            "unzip", "unzip",
            [
                "application/epub+zip",
                "application/vnd.oasis.opendocument.text",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ],
            refusing(_unzip),
        ),
    ]  # fmt: skip

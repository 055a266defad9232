"""What do tools that everybody runs leave of Content Credentials, metadata and pixels?

The table that docs/preservation.md quotes:

    python -m benchmarks.preservation            # writes the table into docs/preservation.md
    python -m benchmarks.preservation --show     # prints it

Each tool does with a signed file of each format what people use it for; what it leaves is found as
`check AFTER/ --original BEFORE/` finds it. Tools that are not installed are left out, and named.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from provenance.credentials.trust.lists import TrustLists
from provenance.workers.pool import Pool
from tests.support import authority as made
from vouchmark.demo.pictures import harbour
from vouchmark.examination.before_after import Folders
from vouchmark.examination.settings import make_settings
from vouchmark.known.preservation.judging import Fate

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "preservation.md"
BEGIN, END = "<!-- made by benchmarks/preservation.py -->", "<!-- end -->"
SECONDS: Final = 120
SIZE: Final = (720, 484)
TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "jpg": ("JPEG", "image/jpeg"),
    "png": ("PNG", "image/png"),
    "webp": ("WEBP", "image/webp"),
    "tif": ("TIFF", "image/tiff"),
    "mp4": ("", "video/mp4"),
    "pdf": ("PDF", "application/pdf"),
}


@dataclass(frozen=True)
class Tool:
    """One tool, and what it is asked to do."""

    name: str
    does: str
    runs: str = ""
    """Its command line; `IN` and `OUT` stand for the files. Empty for Pillow, which runs here."""
    takes: str = "jpg"
    ending: str = ""
    """Of what it writes, where that is another."""
    in_place: bool = False
    """Whether it changes OUT, a copy of the file."""

    @property
    def words(self) -> list[str]:
        """Its command line in words."""
        return self.runs.split()


TOOLS: Final = (
    Tool("Pillow", "open, save",
         takes="jpg png webp tif"),
    Tool("ImageMagick", "resize to half", "convert IN -resize 50% OUT",
         takes="jpg png webp tif"),
    Tool("ImageMagick", "-strip", "convert IN -strip OUT",
         takes="jpg png webp"),
    Tool("libvips", "copy", "vips copy IN OUT",
         takes="jpg png tif"),
    Tool("FFmpeg", "-c copy", "ffmpeg -v error -y -i IN -c copy OUT",
         takes="mp4"),
    Tool("FFmpeg", "encode anew", "ffmpeg -v error -y -i IN OUT",
         takes="jpg png mp4"),
    Tool("ExifTool", "set a copyright", "exiftool -q -overwrite_original -Copyright=Me OUT",
         takes="jpg png webp tif mp4 pdf", in_place=True),
    Tool("ExifTool", "-all=", "exiftool -q -overwrite_original -all= OUT",
         takes="jpg png webp mp4 pdf", in_place=True),
    Tool("mat2", "clean", "mat2 --inplace OUT",
         takes="jpg png webp mp4 pdf", in_place=True),
    Tool("cwebp", "to WebP", "cwebp -quiet IN -o OUT",
         takes="jpg png", ending="webp"),
    Tool("jpegoptim", "as it comes", "jpegoptim -q OUT", in_place=True),
    Tool("jpegoptim", "-s -m80", "jpegoptim -q -s -m80 OUT", in_place=True),
    Tool("optipng", "as it comes", "optipng -quiet OUT",
         takes="png", in_place=True),
    Tool("qpdf", "--linearize", "qpdf --linearize IN OUT",
         takes="pdf"),
    Tool("Ghostscript", "pdfwrite", "gs -q -dBATCH -dNOPAUSE -sDEVICE=pdfwrite -sOutputFile=OUT IN",
         takes="pdf"),
)  # fmt: skip


def main() -> None:
    """Run what is there, and write or print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--show", action="store_true", help="print the table in place of writing it")
    show = asked.parse_args().show
    with tempfile.TemporaryDirectory() as folder:
        text = table(Path(folder))
    if show:
        print(text)
        return
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n{text}{END}{tail}", encoding="utf-8")


def table(folder: Path) -> str:
    """The table, and what was left out."""
    files = {ending: data for ending in TYPES if (data := signed(ending))}
    missing = sorted({tool.name for tool in TOOLS if tool.words and shutil.which(tool.words[0]) is None})
    rows, number = [], 0
    with Pool(workers=1) as pool:
        for tool in TOOLS:
            if tool.name in missing:
                continue
            for ending in tool.takes.split():
                if ending not in files:
                    continue
                number += 1
                rows.append(row(tool, ending, files[ending], folder / f"{number:03}", pool))
    text = (
        "| tool | does | format | credentials | metadata lost or altered | what it shows |\n|---|---|---|---|---|---|\n"
    )
    text += "".join(f"| {' | '.join(one)} |\n" for one in rows)
    versions = ", ".join(f"{name} {told}" for name in sorted({tool.name for tool in TOOLS}) if (told := version(name)))
    text += f"\nMeasured with {versions}."
    return text + (f" Not installed: {', '.join(missing)}.\n" if missing else "\n")


def row(tool: Tool, ending: str, data: bytes, folder: Path, pool: Pool) -> tuple[str, ...]:
    """What one tool leaves of one file."""
    before, after = folder / "before", folder / "after"
    before.mkdir(parents=True)
    after.mkdir()
    (before / f"file.{ending}").write_bytes(data)
    said = run(tool, before / f"file.{ending}", after / f"file.{tool.ending or ending}")
    cells = (tool.name, tool.does, TYPES[ending][1].partition("/")[2])
    if said:
        return (*cells, said, "", "")
    settings = make_settings(trust=TrustLists.empty(), at=made.NOW, snapshot=False)
    (fate,) = Folders(before=before, after=after).fates(settings, pool=pool)
    gone = ", ".join(dict.fromkeys((*fate.lost, *fate.altered))) or "–"
    return (*cells, str(fate.credentials), gone, shows(fate))


def shows(fate: Fate) -> str:
    """How far what it shows was changed."""
    words = [str(fate.pixels)]
    if fate.is_scaled:
        words.append("scaled")
    if fate.is_converted:
        words.append(f"now {fate.type_after.partition('/')[2]}")
    return ", ".join(words)


def run(tool: Tool, source: Path, target: Path) -> str:
    """Let a tool do its work; empty where it did, else why not."""
    if not tool.words:
        Image.open(source).save(target)
        return ""
    if tool.in_place:
        shutil.copy(source, target)
    words = [
        word.replace("IN", str(source)).replace("OUT", str(target)) if word.isupper() or "=" in word else word
        for word in tool.words
    ]
    done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
    if not target.exists() or not target.stat().st_size:
        return f"refused (code {done.returncode})"
    return "refused, left as it was" if done.returncode and tool.in_place else ""


def signed(ending: str) -> bytes:
    """A signed file with some metadata; empty where none can be made here."""
    form, media_type = TYPES[ending]
    makers: Mapping[str, Callable[[], bytes]] = {"mp4": film}
    data = makers[ending]() if ending in makers else still(form)
    if not data:
        return b""
    return made.sign(made.make_signer(), data, media_type=media_type)


def still(form: str) -> bytes:
    """A picture with a camera and a time in its EXIF, or a page."""
    out, tags = io.BytesIO(), Image.Exif()
    tags[0x010F], tags[0x0110], tags[0x9003] = "Canon", "Canon EOS R6", "2026:05:01 18:22:00"
    picture = harbour().convert("RGB").resize(SIZE)
    more = {"exif": tags} if form in ("JPEG", "PNG", "WEBP", "TIFF") else {"author": "Ann", "title": "Harbour"}
    picture.save(out, form, **more)
    return out.getvalue()


def film() -> bytes:
    """Eight seconds of a moving pattern and a rising tone, with an author."""
    if shutil.which("ffmpeg") is None:
        return b""
    seen, heard = "testsrc2=duration=8:size=720x484:rate=10", "aevalsrc=sin(2*PI*(200+100*t+300*sin(t))*t):d=8"
    with tempfile.TemporaryDirectory() as folder:
        words = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", seen, "-f", "lavfi", "-i", heard, "-pix_fmt", "yuv420p"]
        words += ["-metadata", "artist=Ann", "-metadata", "title=Harbour", "film.mp4"]
        done = subprocess.run(words, cwd=folder, capture_output=True, timeout=SECONDS, check=False)
        return (Path(folder) / "film.mp4").read_bytes() if done.returncode == 0 else b""


_ASKED: Final[Mapping[str, tuple[str, ...]]] = {
    "ImageMagick": ("convert", "--version"), "libvips": ("vips", "--version"), "FFmpeg": ("ffmpeg", "-version"),
    "ExifTool": ("exiftool", "-ver"), "mat2": ("mat2", "--version"), "cwebp": ("cwebp", "-version"),
    "jpegoptim": ("jpegoptim", "--version"), "optipng": ("optipng", "--version"), "qpdf": ("qpdf", "--version"),
    "Ghostscript": ("gs", "--version"),
}  # fmt: skip


def version(name: str) -> str:
    """The version that a tool says it has; empty where it is not there."""
    if name == "Pillow":
        from PIL import __version__

        return __version__
    if shutil.which(_ASKED[name][0]) is None:
        return ""
    done = subprocess.run(_ASKED[name], capture_output=True, text=True, timeout=SECONDS, check=False)
    found = re.search(r"\d+(?:\.\d+)+(?:-\d+)?", done.stdout + done.stderr)
    return found[0] if found else "of unknown version"


if __name__ == "__main__":
    main()

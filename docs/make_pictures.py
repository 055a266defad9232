"""Which pictures of reports do the pages show? Real ones: the demo's files, checked, drawn by headless Chromium.

python docs/make_pictures.py

Needs Chromium. The demo's keys are new on every run, so the digests in the pictures differ from run to run; nothing
else does. The pictures go to docs/pictures, each as a PNG of at most 256 colours.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image

from vouchmark import TrustLists, check, to_html
from vouchmark.demo.demo import AUTHORITY_FILE, make_gallery

FOLDER: Final = Path(__file__).parent / "pictures"
WIDTH: Final = 900
"""Of the window, in pixels."""
SHOTS: Final = {
    "report-signed": ("1-signed.jpg", 800),
    "report-altered": ("4-altered.jpg", 1120),
    "report-laundered": ("5-laundered.jpg", 1260),
    "report-plain": ("6-plain.jpg", 800),
    "report-generated": ("3-generated.png", 800),
}
"""Each picture: the file of the gallery, and how many pixels from the top of its page are shown."""
COLOURS: Final = 256
"""In each picture: half of them the most frequent ones as they are, the page's own; the others are the photo's."""
SECONDS: Final = 60
"""For one page in the browser."""


def main() -> None:
    """Make the gallery, check it, draw the pages, and write the pictures."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("got no Chromium, expected one to draw the pages")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pictures-") as made:
        gallery = {path.name: path for path in make_gallery(Path(made, "gallery"))}
        # Only the gallery's own authority vouches here; your lists stay out of it.
        trust = TrustLists.empty().with_run_lists(trust=[Path(made, "gallery", AUTHORITY_FILE)])
        for name, (file, height) in SHOTS.items():
            page, shot = Path(made, f"{name}.html"), Path(made, f"{name}.png")
            page.write_text(to_html(check(gallery[file], trust=trust, pictures=True)), encoding="utf-8")
            draw(browser, page, shot, height)
            with Image.open(shot) as drawn:
                small = fewer_colours(drawn.convert("RGB"))
            small.save(FOLDER / f"{name}.png", optimize=True)


def draw(browser: str, page: Path, shot: Path, height: int) -> None:
    """Draw the top of a page into a PNG.

    Args:
        browser: the Chromium to ask.
        page: the page, on this machine.
        shot: where the picture goes.
        height: how much of the page is drawn, in pixels.

    Raises:
        subprocess.SubprocessError: The browser failed, or took longer than `SECONDS`.
    """
    words = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--proxy-server=127.0.0.1:9"]
    words += [f"--user-data-dir={shot}.profile", f"--window-size={WIDTH},{height}", f"--screenshot={shot}"]
    subprocess.run([browser, *words, page.as_uri()], check=True, capture_output=True, timeout=SECONDS)


def fewer_colours(picture: Image.Image) -> Image.Image:
    """A picture with a palette of `COLOURS`."""
    counted = sorted(picture.getcolors(picture.width * picture.height) or (), reverse=True)
    own = [colour for _, colour in counted[: COLOURS // 2]]
    others = picture.quantize(COLOURS - len(own)).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for colour in own for value in colour] + others)
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


if __name__ == "__main__":
    main()

"""What happens to pictures on their way: the forty copies, four channels and eight edits of the robustness benchmark.

Everything is a function of the picture and a number, so that two runs measure the same thing.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

Picture = Image.Image
Copy = Callable[[Picture, random.Random], Picture]


def encoded(picture: Picture, kind: str, quality: int) -> Picture:
    """The picture after a lossy encoder."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, quality=quality)
    buffer.seek(0)
    return Image.open(buffer).convert("RGB")


def jpeg(quality: int) -> Copy:
    """Recompressed."""
    return lambda picture, _: encoded(picture, "JPEG", quality)


def scaled(across: float, down: float | None = None) -> Copy:
    """Resized, each way by a factor of its own."""

    def change(picture: Picture, _: random.Random) -> Picture:
        size = max(1, round(picture.width * across)), max(1, round(picture.height * (down or across)))
        return picture.resize(size, Image.Resampling.LANCZOS)

    return change


def cut(left: float, top: float, right: float, bottom: float) -> Copy:
    """Cut on each side, in parts of the width and height."""

    def change(picture: Picture, _: random.Random) -> Picture:
        w, h = picture.size
        return picture.crop((round(w * left), round(h * top), round(w * (1 - right)), round(h * (1 - bottom))))

    return change


def cropped(share: float) -> Copy:
    """So much of each side's length gone, in a place by chance."""

    def change(picture: Picture, chance: random.Random) -> Picture:
        x, y = chance.random() * share, chance.random() * share
        return cut(x, y, share - x, share - y)(picture, chance)

    return change


def rotated(degrees: float) -> Copy:
    """Turned within its frame; the corners turn black."""
    return lambda picture, _: picture.rotate(degrees, Image.Resampling.BICUBIC)


def turned(method: Image.Transpose) -> Copy:
    """Turned or mirrored without loss."""
    return lambda picture, _: picture.transpose(method)


def framed(colour: str, share: float) -> Copy:
    """A plain border."""
    return lambda picture, _: ImageOps.expand(picture, round(max(picture.size) * share), colour)


def letterboxed(picture: Picture, _: random.Random) -> Picture:
    """Black bars that make it a square."""
    return ImageOps.pad(picture, (max(picture.size),) * 2, color="black")


def _writing(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], chance: random.Random, colour: Any) -> None:
    """Lines of something like words."""
    left, top, right, bottom = box
    line = max(6, (bottom - top) // 3)
    for y in range(top, bottom - line // 2, line):
        x = left
        while x < right - line:
            word = min(chance.randint(line, 5 * line), right - x)
            draw.rectangle((x, y, x + word - line // 2, y + line // 2), fill=colour)
            x += word


def captioned(picture: Picture, chance: random.Random) -> Picture:
    """A white bar with words above it, as memes have."""
    bar = picture.height // 5
    whole = Image.new("RGB", (picture.width, picture.height + bar), "white")
    whole.paste(picture, (0, bar))
    _writing(ImageDraw.Draw(whole), (bar // 6, bar // 6, picture.width - bar // 6, bar - bar // 8), chance, "black")
    return whole


def overprinted(picture: Picture, chance: random.Random) -> Picture:
    """Words printed over its lower part."""
    whole = picture.copy()
    w, h = whole.size
    _writing(ImageDraw.Draw(whole), (w // 10, round(h * 0.8), w - w // 10, round(h * 0.92)), chance, "white")
    return whole


def watermarked(picture: Picture, _: random.Random) -> Picture:
    """A half transparent ring in a corner."""
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    w, h = picture.size
    r = min(w, h) // 12
    box = (w - 3 * r, h - 3 * r, w - r, h - r)
    ImageDraw.Draw(layer).ellipse(box, outline=(255, 255, 255, 140), width=max(2, r // 4))
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")


def phone(picture: Picture, chance: random.Random) -> Picture:
    """A phone's screen, 1080 x 2340, that shows it in a feed; as JPEG 80."""
    screen = Image.new("RGB", (1080, 2340), (18, 18, 18))
    draw = ImageDraw.Draw(screen)
    _writing(draw, (30, 15, 300, 60), chance, (220, 220, 220))
    draw.ellipse((40, 140, 160, 260), fill=(90, 120, 200))
    _writing(draw, (190, 150, 900, 250), chance, (235, 235, 235))
    shown = picture.resize((1080, round(picture.height * 1080 / picture.width)), Image.Resampling.LANCZOS)
    if shown.height > 1700:
        shown = ImageOps.fit(picture, (1080, 1700))
    screen.paste(shown, (0, 320))
    draw.rectangle((0, 320 + shown.height, 1080, 2340), fill=(18, 18, 18))
    _writing(draw, (40, 360 + shown.height, 1000, min(2280, 560 + shown.height)), chance, (200, 200, 200))
    return encoded(screen, "JPEG", 80)


def browser(picture: Picture, chance: random.Random) -> Picture:
    """A browser's window, 1600 x 1000, with the picture at less than half of its width; as PNG."""
    screen = Image.new("RGB", (1600, 1000), (245, 245, 247))
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 1600, 90), fill=(222, 225, 230))
    _writing(draw, (200, 25, 900, 65), chance, (90, 90, 90))
    shown = ImageOps.contain(picture, (760, 620))
    screen.paste(shown, (180, 200))
    _writing(draw, (180, 110, 900, 180), chance, (20, 20, 20))
    _writing(draw, (1000, 220, 1520, 900), chance, (120, 120, 120))
    return screen


def enhanced(kind: Callable[[Picture], Any], factor: float) -> Copy:
    """Brightness, contrast or colour by a factor."""
    return lambda picture, _: kind(picture).enhance(factor)


def gamma(power: float) -> Copy:
    """A tone curve."""
    table = [round(255 * (level / 255) ** power) for level in range(256)] * 3
    return lambda picture, _: picture.point(table)


def toned(picture: Picture, _: random.Random) -> Picture:
    """Brown, as old prints are."""
    return ImageOps.colorize(picture.convert("L"), "#1c0f05", "#fff2d8", mid="#a9825a")


def vignetted(picture: Picture, _: random.Random) -> Picture:
    """Brighter by a fifth in the middle, and down to a half of that in the corners."""
    pixels = np.asarray(picture, np.float32)
    height, width = pixels.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    factor = 1.2 * (1 - 0.5 * (x * x + y * y) / 2)
    return Image.fromarray(np.clip(pixels * factor[..., None], 0, 255).astype(np.uint8))


def filtered(kind: Any) -> Copy:
    """Blurred or sharpened."""
    return lambda picture, _: picture.filter(kind)


def noisy(deviation: float) -> Copy:
    """Grain, as in the dark."""

    def change(picture: Picture, chance: random.Random) -> Picture:
        source = np.random.default_rng(chance.getrandbits(32))
        pixels = np.asarray(picture, np.float32)
        return Image.fromarray(np.clip(pixels + source.normal(0, deviation, pixels.shape), 0, 255).astype(np.uint8))

    return change


def palette(picture: Picture, _: random.Random) -> Picture:
    """64 colours, as GIF has them."""
    return picture.quantize(64).convert("RGB")


def blurred(share: float) -> Copy:
    """Blurred by a part of the longer side."""

    def change(picture: Picture, _: random.Random) -> Picture:
        return picture.filter(ImageFilter.GaussianBlur(max(picture.size) * share))

    return change


def then(*steps: Copy) -> Copy:
    """One after the other."""

    def change(picture: Picture, chance: random.Random) -> Picture:
        for step in steps:
            picture = step(picture, chance)
        return picture

    return change


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """An edited picture and where the edit is."""

    picture: Picture
    box: tuple[int, int, int, int]
    """Left, top, right, bottom in pixels."""


def pasted(picture: Picture, other: Picture, share: float, chance: random.Random) -> Pasted:
    """A piece of another photo, an oval or a rectangle, laid over so much of the area."""
    w, h = picture.size
    oval = chance.random() < 0.5
    ratio = chance.uniform(0.6, 1.6)
    area = share * w * h * (4 / np.pi if oval else 1)
    width = max(4, min(w - 2, round((area * ratio) ** 0.5)))
    height = max(4, min(h - 2, round(area / width)))
    x, y = chance.randint(0, w - width), chance.randint(0, h - height)
    piece = _piece(other, width, height, chance)
    mask = Image.new("L", (width, height), 0 if oval else 255)
    if oval:
        ImageDraw.Draw(mask).ellipse((0, 0, width - 1, height - 1), fill=255)
    whole = picture.copy()
    whole.paste(piece, (x, y), mask)
    return Pasted(picture=whole, box=(x, y, x + width, y + height))


def _piece(other: Picture, width: int, height: int, chance: random.Random) -> Picture:
    """A cut of another photo, from a tenth to a third of its width, scaled to a size."""
    part = chance.uniform(0.15, 0.4)
    w = max(2, round(other.width * part))
    h = max(2, min(other.height, round(w * height / width)))
    x, y = chance.randint(0, other.width - w), chance.randint(0, other.height - h)
    return other.crop((x, y, x + w, y + h)).resize((width, height), Image.Resampling.LANCZOS)


def removed(picture: Picture, share: float, chance: random.Random) -> Pasted:
    """An oval of so much of the area filled from its surroundings, where there was something to see."""
    import cv2

    pixels = np.ascontiguousarray(np.asarray(picture))
    height, width = pixels.shape[:2]
    small = max(1, round(max(width, height) / 160))
    side_x = round(width * (share * 4 / np.pi) ** 0.5)
    side_y = round(height * (share * 4 / np.pi) ** 0.5)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    places = [(chance.randint(0, width - side_x), chance.randint(0, height - side_y)) for _ in range(12)]
    x, y = max(places, key=lambda at: float(grey[at[1] : at[1] + side_y, at[0] : at[0] + side_x].std()))
    mask = np.zeros((height, width), np.uint8)
    cv2.ellipse(mask, (x + side_x // 2, y + side_y // 2), (side_x // 2, side_y // 2), 0, 0, 360, 255, -1)
    # Filled in small and enlarged again: the same smooth surface, in a hundredth of the time.
    size = max(1, width // small), max(1, height // small)
    coarse = cv2.inpaint(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), cv2.resize(mask, size), 5, 1)
    filled = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(mask, (0, 0), small).astype(np.float32)[..., None] / 255
    whole = Image.fromarray(np.clip(filled * soft + pixels * (1 - soft), 0, 255).astype(np.uint8))
    return Pasted(picture=whole, box=(x, y, x + side_x, y + side_y))


_T: Final = Image.Transpose

COPIES: Final[Mapping[str, Copy]] = {
    "JPEG 90": jpeg(90),
    "JPEG 50": jpeg(50),
    "JPEG 30": jpeg(30),
    "JPEG 10": jpeg(10),
    "WebP 40": lambda picture, _: encoded(picture, "WEBP", 40),
    "64 colours": palette,
    "half size": scaled(0.5),
    "quarter size": scaled(0.25),
    "double size": scaled(2.0),
    "stretched by 15 %": scaled(1.15, 1.0),
    "half size, JPEG 30": then(scaled(0.5), jpeg(30)),
    "crop 5 %": cropped(0.05),
    "crop 10 %": cropped(0.10),
    "crop 20 %": cropped(0.20),
    "crop 40 %": cropped(0.40),
    "left half": cut(0, 0, 0.5, 0),
    "rotate 2°": rotated(2),
    "rotate 5°": rotated(5),
    "rotate 15°": rotated(15),
    "rotate 90°": turned(_T.ROTATE_90),
    "rotate 180°": turned(_T.ROTATE_180),
    "mirror": turned(_T.FLIP_LEFT_RIGHT),
    "white border": framed("white", 0.08),
    "letterbox": letterboxed,
    "caption bar": captioned,
    "words over it": overprinted,
    "watermark": watermarked,
    "phone screenshot": phone,
    "browser screenshot": browser,
    "brightness + 30 %": enhanced(ImageEnhance.Brightness, 1.3),
    "brightness - 30 %": enhanced(ImageEnhance.Brightness, 0.7),
    "contrast + 40 %": enhanced(ImageEnhance.Contrast, 1.4),
    "gamma 1.6": gamma(1.6),
    "greyscale": enhanced(ImageEnhance.Color, 0.0),
    "sepia": toned,
    "vignette": vignetted,
    "blur": blurred(0.004),
    "sharpened": filtered(ImageFilter.UnsharpMask(3, 150, 2)),
    "noise": noisy(20),
    "pasted 5 %": lambda picture, chance: picture,
}
"""Forty copies; the last one is made by `pasted`, because it needs another photo."""

CHANNELS: Final[Mapping[str, Copy]] = {
    "PNG": lambda picture, _: picture,
    "JPEG 50, half size": then(scaled(0.5), jpeg(50)),
    "crop 10 %, JPEG 70": then(cropped(0.10), jpeg(70)),
    "phone screenshot, half size, JPEG 50": then(phone, scaled(0.5), jpeg(50)),
    "brightness and vignette, JPEG 70": then(vignetted, jpeg(70)),
}
"""What an edited picture goes through before it is seen."""

PASTES: Final = (0.0025, 0.01, 0.05)
"""Shares of the area."""
REMOVED: Final = 0.05

"""What do the demo's pictures show? Four scenes, drawn from nothing, with the same pixels on every machine.

Drawn at twice their size and scaled down, so that edges are smooth. No camera and no model was involved: what the demo
signs of them is part of the play. One long file on purpose: it is a drawing, and nothing in it is used elsewhere.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw as Pen

WIDTH: Final = 960
HEIGHT: Final = 640
SIZE: Final = (WIDTH, HEIGHT)
"""Pixels of a finished picture."""
_SCALE: Final = 2
_W: Final = WIDTH * _SCALE
_H: Final = HEIGHT * _SCALE

Colour = tuple[int, int, int]
Point = tuple[float, float]


@lru_cache(maxsize=1)
def _harbour() -> Image.Image:
    horizon = int(_H * 0.58)
    sky = _gradient(
        (_W, horizon),
        [
            (0.0, (24, 28, 74)),
            (0.45, (92, 60, 120)),
            (0.75, (214, 105, 98)),
            (0.93, (250, 170, 96)),
            (1, (255, 205, 130)),
        ],
    )
    sun = (int(_W * 0.64), horizon - 148)
    _glow(sky, sun, 900, (255, 214, 140), 0.75)
    pen = ImageDraw.Draw(sky)
    for x, y, length in [(120, 210, 620), (430, 262, 760), (1120, 150, 560), (1330, 232, 470)]:
        for step in range(5):
            left, wide = x + length * step * 0.13, length * (0.48 - step * 0.03)
            pen.ellipse((left, y - 9 - 3 * (step % 2), left + wide, y + 9), fill=(176, 96, 122))
    sky = sky.filter(ImageFilter.GaussianBlur(5))
    pen = ImageDraw.Draw(sky)
    pen.ellipse((sun[0] - 74, sun[1] - 74, sun[0] + 74, sun[1] + 74), fill=(255, 238, 190))
    _hills(pen, horizon, [(150, 0.9, 0.0, (122, 74, 116)), (96, 1.7, 1.3, (84, 52, 98)), (50, 3.1, 0.4, (52, 36, 76))])
    _lighthouse(pen, 300, horizon)
    _town(pen, 1480, horizon, seed=3)

    picture = Image.new("RGB", (_W, _H))
    picture.paste(sky, (0, 0))
    picture.paste(_water(sky, _H - horizon), (0, horizon))
    pen = ImageDraw.Draw(picture)
    _glitter(pen, sun[0], horizon)
    for x, y, size in [(760, horizon + 44, 0.62), (1010, horizon + 96, 0.95), (520, horizon + 180, 1.35)]:
        _sailing_boat(pen, x, y, size)
    _quay(pen)
    return _finish(picture, seed=1)


def harbour() -> Image.Image:
    """A harbour at dusk: hills, a lighthouse, sailing boats, and all of it again in the water."""
    return _harbour().copy()


def harbour_with_airship() -> Image.Image:
    """The harbour with something in the sky that was never there."""
    picture = harbour().resize((_W, _H), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(picture)
    pen.polygon([(690, 196), (610, 140), (640, 226), (610, 312)], fill=(66, 48, 84))
    pen.ellipse((640, 130, 1220, 322), fill=(88, 64, 102))
    pen.ellipse((664, 138, 1200, 268), fill=(122, 86, 118))
    pen.ellipse((730, 146, 1130, 206), fill=(164, 112, 126))
    pen.rounded_rectangle((850, 312, 1010, 356), 16, fill=(52, 38, 70))
    for x in range(866, 1000, 28):
        pen.ellipse((x, 324, x + 14, 338), fill=(255, 220, 140))
    return picture.resize(SIZE, Image.Resampling.LANCZOS)


def harbour_edited() -> Image.Image:
    """The harbour, cropped to its boats and warmed: what an honest editor does."""
    crop = harbour().crop((220, 190, 760, 550)).resize(SIZE, Image.Resampling.LANCZOS)
    red, green, blue = crop.split()
    return Image.merge("RGB", (red.point(_lift(1.1)), green.point(_lift(1.03)), blue.point(_lift(0.92))))


def cafe() -> Image.Image:
    """A café table from above: a cup, a croissant, a notebook and a spoon on wood, with morning light."""
    picture = _planks()
    shadow = Image.new("L", (_W, _H), 0)
    pen = ImageDraw.Draw(shadow)
    pen.ellipse((300, 330, 930, 960), fill=170)
    pen.ellipse((1080, 620, 1720, 1180), fill=170)
    pen.polygon([(1090, 130), (1650, 60), (1700, 520), (1150, 590)], fill=170)
    picture.paste((34, 20, 12), (0, 0), shadow.filter(ImageFilter.GaussianBlur(34)))
    pen = ImageDraw.Draw(picture)
    _notebook(pen)
    _plate(pen, (1380, 870), 300, (236, 232, 224))
    _croissant(picture, (1380, 870))
    _plate(pen, (600, 620), 300, (244, 240, 232))
    _cup(picture, (600, 620))
    _spoon(pen)
    light = _gradient((_W * 2, _H * 2), [(0, (255, 244, 214)), (0.35, (255, 240, 208)), (0.75, (140, 122, 112))])
    light = light.rotate(24, Image.Resampling.BILINEAR).crop((_W // 2, _H // 2, _W // 2 + _W, _H // 2 + _H))
    return _finish(ImageChops.multiply(picture, light), seed=2)


def dream() -> Image.Image:
    """A whale of light over a city at night: nobody would take it for a photograph."""
    picture = _gradient((_W, _H), [(0, (8, 10, 38)), (0.5, (24, 30, 92)), (0.8, (70, 44, 128)), (1, (120, 66, 140))])
    chance = random.Random(7)  # noqa: S311 - stars, not keys
    pen = ImageDraw.Draw(picture)
    for _ in range(420):
        x, y, r = chance.uniform(0, _W), chance.uniform(0, _H * 0.75), chance.choice([1.0, 1.4, 2.2])
        pen.ellipse((x - r, y - r, x + r, y + r), fill=(230, 236, 255))
    for shift, colour in [(0, (70, 220, 190)), (70, (110, 150, 255)), (150, (190, 110, 240))]:
        _aurora(picture, shift, colour)
    _glow(picture, (1000, 520), 760, (120, 210, 255), 0.55)
    _whale(picture)
    pen = ImageDraw.Draw(picture)
    _skyline(pen, chance, _H - 250, 210, (24, 20, 58), lit=0.16)
    _skyline(pen, chance, _H - 150, 150, (10, 8, 30), lit=0.3)
    return picture.resize(SIZE, Image.Resampling.LANCZOS)


def mountains() -> Image.Image:
    """Snowy peaks under a clear evening sky, over a lake."""
    horizon = int(_H * 0.66)
    sky = _gradient((_W, horizon), [(0, (52, 104, 168)), (0.6, (140, 186, 216)), (1, (250, 222, 196))])
    _glow(sky, (420, 240), 240, (255, 252, 240), 0.8)
    pen = ImageDraw.Draw(sky)
    pen.ellipse((380, 200, 460, 280), fill=(255, 253, 244))
    for peaks, rock, snow in [
        ([(120, 300), (640, 170), (1240, 260), (1760, 150)], (126, 142, 172), (226, 232, 242)),
        ([(340, 430), (980, 300), (1540, 390)], (82, 98, 130), (246, 248, 252)),
    ]:
        for number, (x, y) in enumerate(peaks):
            _peak(pen, (x, y), horizon, rock, snow, seed=number)
    _hills(pen, horizon, [(70, 2.1, 0.7, (40, 66, 76)), (34, 4.3, 2.0, (26, 46, 52))])
    picture = Image.new("RGB", (_W, _H))
    picture.paste(sky, (0, 0))
    picture.paste(_water(sky, _H - horizon), (0, horizon))
    pen = ImageDraw.Draw(picture)
    for x, size in [(90, 1.5), (220, 1.1), (1650, 1.7), (1790, 1.25), (1540, 0.9)]:
        _fir(pen, x, _H - 20, size)
    return _finish(picture, seed=4)


def _lift(factor: float) -> Callable[[int], int]:
    return lambda value: min(255, int(value * factor))


def _gradient(size: tuple[int, int], stops: Sequence[tuple[float, Colour]]) -> Image.Image:
    """From top to bottom through colours at heights between 0 and 1."""
    column = Image.new("RGB", (1, size[1]))
    for y in range(size[1]):
        height = y / (size[1] - 1)
        upper = next((index for index, (at, _) in enumerate(stops) if at >= height), len(stops) - 1)
        lower = max(0, upper - 1)
        span = stops[upper][0] - stops[lower][0]
        share = (height - stops[lower][0]) / span if span else 0.0
        pairs = zip(stops[lower][1], stops[upper][1], strict=True)
        red, green, blue = (round(a + (b - a) * share) for a, b in pairs)
        column.putpixel((0, y), (red, green, blue))
    return column.resize(size, Image.Resampling.NEAREST)


def _glow(picture: Image.Image, centre: tuple[int, int], radius: int, colour: Colour, strength: float) -> None:
    # Pillow's gradient is not yet dark at the middle of its edges: stretch it, so that no square shows.
    falloff = Image.radial_gradient("L").resize((radius * 2, radius * 2), Image.Resampling.BICUBIC)
    mask = falloff.point(lambda value: int(max(0.0, 1 - value / 176) ** 1.7 * 255 * strength))
    picture.paste(colour, (centre[0] - radius, centre[1] - radius), mask)


def _hills(pen: Pen, base: int, layers: Sequence[tuple[int, float, float, Colour]]) -> None:
    for height, waves, phase, colour in layers:
        ridge: list[Point] = [(0, base)]
        for x in range(0, _W + 16, 16):
            t = x / _W * math.tau * waves
            y = math.sin(t + phase) * 0.5 + math.sin(t * 2.3 + phase * 2) * 0.25 + math.sin(t * 5.1) * 0.07
            ridge.append((x, base - height * (0.62 + 0.45 * y)))
        pen.polygon([*ridge, (_W, base)], fill=colour)


def _water(above: Image.Image, depth: int) -> Image.Image:
    """What stands above, upside down, darker, and broken by ripples that grow towards the viewer."""
    mirror = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    mirror = mirror.resize((_W, depth), Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(4))
    mirror = Image.blend(mirror, Image.new("RGB", mirror.size, (18, 26, 62)), 0.34)
    result = Image.new("RGB", mirror.size)
    for y in range(0, depth, 2):
        near = y / depth
        shift = int(math.sin(y * y / (90 + y * 2.2)) * (3 + near * 26))
        row = mirror.crop((0, y, _W, y + 2))
        result.paste(ImageChops.offset(row, shift, 0), (0, y))
    return result


def _glitter(pen: Pen, x: int, horizon: int) -> None:
    chance = random.Random(11)  # noqa: S311 - waves, not keys
    for _ in range(420):
        near = chance.random() ** 1.4
        y = horizon + 6 + near * (_H - horizon) * 0.85
        middle = x + chance.gauss(0, 26 + near * 90)
        half = chance.uniform(6, 18 + near * 60)
        warm = chance.randint(170, 226)
        pen.line((middle - half, y, middle + half, y), fill=(255, warm, warm - 76), width=2 + int(near * 4))


def _lighthouse(pen: Pen, x: int, base: int) -> None:
    pen.polygon([(x - 190, base), (x - 80, base - 46), (x + 60, base - 50), (x + 210, base)], fill=(36, 26, 58))
    pen.polygon(
        [(x - 24, base - 46), (x - 15, base - 226), (x + 15, base - 226), (x + 24, base - 46)], fill=(226, 206, 204)
    )
    for low in (96, 156):
        pen.polygon(
            [(x - 22, base - low), (x - 20, base - low - 30), (x + 20, base - low - 30), (x + 22, base - low)],
            fill=(164, 62, 72),
        )
    pen.rectangle((x - 22, base - 234, x + 22, base - 226), fill=(44, 30, 60))
    pen.rectangle((x - 12, base - 262, x + 12, base - 234), fill=(255, 236, 160))
    pen.polygon([(x - 18, base - 262), (x, base - 288), (x + 18, base - 262)], fill=(44, 30, 60))


def _town(pen: Pen, x: int, base: int, *, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - houses, not keys
    while x < _W:
        wide, high = chance.randint(44, 84), chance.randint(46, 112)
        pen.rectangle((x, base - high, x + wide, base), fill=(44, 32, 66))
        pen.polygon(
            [(x - 5, base - high), (x + wide / 2, base - high - 30), (x + wide + 5, base - high)], fill=(34, 24, 54)
        )
        for window_y in range(base - high + 12, base - 18, 26):
            for window_x in range(x + 10, x + wide - 12, 20):
                if chance.random() < 0.55:
                    pen.rectangle((window_x, window_y, window_x + 8, window_y + 11), fill=(255, 206, 120))
        x += wide + chance.randint(0, 8)


def _sailing_boat(pen: Pen, x: float, y: float, size: float) -> None:
    def at(*points: Point) -> list[Point]:
        return [(x + dx * size, y + dy * size) for dx, dy in points]

    pen.polygon(at((-84, 4), (84, 4), (60, 44), (-60, 44)), fill=(40, 70, 84))
    for step in range(9):
        half = 60 - step * 5
        pen.line(at((-half, 12 + step * 9), (half - 8, 12 + step * 9)), fill=(52, 40, 78), width=max(2, int(4 * size)))
    pen.polygon(at((-92, -22), (96, -26), (66, 8), (-66, 8)), fill=(34, 24, 50))
    pen.polygon(at((-92, -22), (96, -26), (93, -18), (-88, -14)), fill=(214, 120, 92))
    pen.line(at((0, -22), (0, -230)), fill=(34, 24, 50), width=max(2, int(6 * size)))
    pen.polygon(at((7, -222), (86, -44), (7, -44)), fill=(250, 220, 186))
    pen.polygon(at((-7, -206), (-66, -44), (-7, -44)), fill=(232, 176, 150))


def _quay(pen: Pen) -> None:
    pen.polygon([(0, _H), (0, _H - 132), (760, _H - 64), (1180, _H)], fill=(26, 20, 40))
    pen.polygon(
        [(0, _H - 132), (760, _H - 64), (1180, _H), (1130, _H), (744, _H - 50), (0, _H - 116)], fill=(70, 50, 72)
    )
    for x, y in [(120, _H - 112), (430, _H - 84), (720, _H - 58)]:
        pen.rectangle((x - 15, y - 44, x + 15, y + 14), fill=(18, 14, 30))
        pen.ellipse((x - 21, y - 56, x + 21, y - 34), fill=(18, 14, 30))


def _finish(picture: Image.Image, *, seed: int) -> Image.Image:
    """Scale down, darken the corners, add the grain of a sensor."""
    small = picture.resize(SIZE, Image.Resampling.LANCZOS)
    corners = Image.radial_gradient("L").resize(SIZE).point(lambda value: int(max(0, value - 90) * 0.62))
    small.paste((10, 8, 20), (0, 0), corners)
    chance = random.Random(seed)  # noqa: S311 - grain, not keys
    grain = Image.frombytes("L", (WIDTH // 2, HEIGHT // 2), chance.randbytes(WIDTH * HEIGHT // 4))
    grain = grain.resize(SIZE, Image.Resampling.BILINEAR).point(lambda value: 120 + value // 16)
    return ImageChops.overlay(small, Image.merge("RGB", (grain, grain, grain)))


def _planks() -> Image.Image:
    chance = random.Random(5)  # noqa: S311 - wood, not keys
    picture = Image.new("RGB", (_W, _H), (142, 96, 60))
    pen = ImageDraw.Draw(picture)
    for number, top in enumerate(range(0, _H, 214)):
        tone = (-12, 8, -4, 12, 0, -8)[number % 6]
        pen.rectangle((0, top, _W, top + 210), fill=(148 + tone, 101 + tone, 64 + tone))
        for _ in range(46):
            y, phase = top + chance.uniform(6, 204), chance.uniform(0, math.tau)
            dark = chance.randint(8, 26)
            grain = [(x, y + math.sin(x / chance.uniform(150, 190) + phase) * 4) for x in range(0, _W + 40, 40)]
            pen.line(
                grain, fill=(148 + tone - dark, 101 + tone - dark, 64 + tone - dark), width=chance.choice([1, 2, 3])
            )
        pen.rectangle((0, top + 208, _W, top + 214), fill=(66, 42, 26))
    return picture.filter(ImageFilter.GaussianBlur(1.2))


def _plate(pen: Pen, centre: tuple[int, int], radius: int, colour: Colour) -> None:
    x, y = centre
    for inset, shade in [(0, 0.82), (8, 1.0), (62, 0.9), (70, 0.97), (78, 1.0)]:
        fill = (int(colour[0] * shade), int(colour[1] * shade), int(colour[2] * shade))
        r = radius - inset
        pen.ellipse((x - r, y - r, x + r, y + r), fill=fill)


def _cup(picture: Image.Image, centre: tuple[int, int]) -> None:
    x, y = centre
    shadow = Image.new("L", picture.size, 0)
    ImageDraw.Draw(shadow).ellipse((x - 160, y - 140, x + 220, y + 220), fill=110)
    picture.paste((70, 56, 46), (0, 0), shadow.filter(ImageFilter.GaussianBlur(22)))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((x + 130, y - 40, x + 262, y + 40), 40, fill=(226, 220, 210))
    pen.rounded_rectangle((x + 150, y - 18, x + 236, y + 18), 18, fill=(150, 138, 124))
    pen.ellipse((x - 184, y - 184, x + 184, y + 184), fill=(252, 249, 242))
    pen.ellipse((x - 162, y - 162, x + 162, y + 162), fill=(196, 182, 164))
    pen.ellipse((x - 152, y - 150, x + 152, y + 154), fill=(74, 42, 22))
    pen.ellipse((x - 140, y - 138, x + 140, y + 142), fill=(150, 96, 52))
    foam = (240, 218, 184)
    for step in range(5):
        half, top = 96 - step * 17, y - 82 + step * 36
        pen.pieslice(
            (x - half, top, x + half, top + half * 1.3), 180, 360, fill=foam if step % 2 == 0 else (160, 104, 58)
        )
    pen.polygon([(x - 22, y + 62), (x + 22, y + 62), (x, y + 122)], fill=foam)
    pen.line((x, y - 84, x, y + 120), fill=(150, 96, 52), width=5)


def _croissant(picture: Image.Image, centre: tuple[int, int]) -> None:
    x, y = centre
    pen = ImageDraw.Draw(picture)
    for step in range(-8, 9):
        angle = math.radians(90 + step * 13)
        middle = (x + math.cos(angle) * 150, y - 70 + math.sin(angle) * 130)
        fat = 88 - abs(step) * 7.4
        golden = (214 - abs(step) * 4, 144 - abs(step) * 5, 64)
        pen.ellipse((middle[0] - fat, middle[1] - fat, middle[0] + fat, middle[1] + fat), fill=(150, 88, 34))
        fat -= 7
        pen.ellipse((middle[0] - fat, middle[1] - fat - 4, middle[0] + fat, middle[1] + fat - 8), fill=golden)
        shine = fat * 0.45
        pen.ellipse(
            (middle[0] - shine, middle[1] - fat * 0.8, middle[0] + shine, middle[1] - fat * 0.3), fill=(240, 186, 104)
        )


def _notebook(pen: Pen) -> None:
    pen.polygon([(1066, 96), (1626, 26), (1682, 486), (1122, 556)], fill=(38, 62, 84))
    pen.polygon([(1084, 100), (1612, 34), (1664, 478), (1136, 544)], fill=(250, 246, 234))
    for line in range(1, 11):
        drop = line * 40
        pen.line((1110 + drop * 0.12, 112 + drop, 1596 + drop * 0.12, 51 + drop), fill=(176, 194, 214), width=3)
    chance = random.Random(9)  # noqa: S311 - handwriting, not keys
    for line in range(1, 7):
        drop, x = line * 40, 1126.0
        while x < 1520 - line * 24:
            wide = chance.uniform(22, 64)
            waves = [
                (x + t + drop * 0.12, 108 + drop - (x + t - 1110) * 0.1255 + math.sin(t * 0.9) * 7)
                for t in range(0, int(wide), 2)
            ]
            pen.line(waves, fill=(52, 56, 96), width=4)
            x += wide + 16
    pen.line((1420, 560, 1700, 330), fill=(30, 30, 36), width=20)
    pen.line((1420, 560, 1402, 576), fill=(206, 176, 96), width=10)


def _spoon(pen: Pen) -> None:
    pen.line((388, 884, 690, 980), fill=(120, 116, 112), width=20)
    pen.line((388, 882, 690, 976), fill=(226, 224, 220), width=10)
    pen.ellipse((300, 812, 420, 914), fill=(132, 128, 124))
    pen.ellipse((312, 820, 406, 902), fill=(224, 222, 218))
    pen.ellipse((330, 832, 376, 868), fill=(250, 250, 248))


def _aurora(picture: Image.Image, shift: int, colour: Colour) -> None:
    mask = Image.new("L", picture.size, 0)
    pen = ImageDraw.Draw(mask)
    for x in range(0, _W, 8):
        middle = 250 + shift + math.sin(x / 260 + shift) * 90 + math.sin(x / 97) * 22
        height = 120 + math.sin(x / 140 + shift) * 60
        pen.line((x, middle - height, x, middle + height * 0.4), fill=70, width=8)
    picture.paste(colour, (0, 0), mask.filter(ImageFilter.GaussianBlur(26)))


def _whale(picture: Image.Image) -> None:
    body = [(420, 560), (520, 450), (720, 380), (980, 372), (1220, 420), (1400, 500), (1520, 520), (1600, 450)]
    body += [(1730, 396), (1690, 500), (1776, 580), (1624, 576), (1500, 612), (1320, 650), (1080, 690), (820, 700)]
    body += [(600, 672), (470, 624)]
    shape = Image.new("L", picture.size, 0)
    ImageDraw.Draw(shape).polygon(body, fill=255)
    ImageDraw.Draw(shape).polygon([(800, 668), (900, 690), (800, 850), (690, 900)], fill=235)
    shape = shape.filter(ImageFilter.GaussianBlur(18)).point(lambda value: max(0, min(255, (value - 96) * 4)))
    skin = _gradient(
        (_W, _H), [(0.0, (210, 250, 255)), (0.3, (150, 226, 255)), (0.48, (70, 120, 214)), (0.58, (150, 190, 250))]
    )
    pen = ImageDraw.Draw(skin)
    for line in range(9):
        curve = [(470 + x, 628 + line * 9 + math.sin(x / 190) * 12) for x in range(0, 560, 20)]
        pen.line(curve, fill=(196, 222, 255), width=3)
    chance = random.Random(13)  # noqa: S311 - sparks, not keys
    for _ in range(150):
        x, y, r = chance.uniform(460, 1600), chance.uniform(390, 640), chance.uniform(1.5, 5)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=(250, 255, 255))
    picture.paste(skin, (0, 0), shape)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((548, 566, 576, 594), fill=(14, 18, 60))
    pen.ellipse((556, 570, 564, 578), fill=(255, 255, 255))


def _skyline(pen: Pen, chance: random.Random, base: int, high: int, colour: Colour, *, lit: float) -> None:
    x = -20
    while x < _W:
        wide, top = chance.randint(60, 130), base - chance.randint(10, high)
        pen.rectangle((x, top, x + wide, _H), fill=colour)
        for window_y in range(top + 16, _H - 10, 26):
            for window_x in range(x + 12, x + wide - 12, 22):
                if chance.random() < lit:
                    pen.rectangle((window_x, window_y, window_x + 9, window_y + 12), fill=(255, 220, 150))
        x += wide + chance.randint(0, 10)


def _peak(pen: Pen, top: tuple[int, int], base: int, rock: Colour, snow: Colour, *, seed: int) -> None:
    x, y = top
    wide = (base - y) * 1.15
    pen.polygon([(x, y), (x + wide, base), (x - wide, base)], fill=rock)
    dark = (int(rock[0] * 0.82), int(rock[1] * 0.82), int(rock[2] * 0.86))
    pen.polygon([(x, y), (x + wide, base), (x + wide * 0.12, base), (x - wide * 0.06, y + (base - y) * 0.5)], fill=dark)
    chance = random.Random(seed)  # noqa: S311 - snow, not keys
    low = y + (base - y) * 0.42
    edge: list[Point] = [(x, y)]
    for step in range(9):
        share = 0.42 - step / 8 * 0.84
        edge.append((x + wide * share, low + chance.uniform(-14, 46) * (1 if step % 2 else -1)))
    pen.polygon(edge, fill=snow)
    shade = (int(snow[0] * 0.86), int(snow[1] * 0.88), int(snow[2] * 0.95))
    pen.polygon([(x, y), *edge[1:5], (x - wide * 0.02, low - 40)], fill=shade)


def _fir(pen: Pen, x: int, base: int, size: float) -> None:
    pen.rectangle((x - 8 * size, base - 40 * size, x + 8 * size, base + 30), fill=(30, 24, 22))
    for step in range(5):
        half, low = (96 - step * 17) * size, base - (30 + step * 52) * size
        pen.polygon(
            [(x - half, low), (x + half, low), (x, low - 92 * size)], fill=(16 + step * 4, 38 + step * 6, 40 + step * 3)
        )

"""How does a code become a QR code? (ISO/IEC 18004: version 3, level M, alphanumeric mode, one block)

Version 3 holds 61 characters of 0-9 A-Z $%*+-./: and space, which is more than any enrolment code has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

SIZE: Final = 29
"""Modules a side of version 3: 17 + 4 * 3."""
MOST: Final = 61
"""Characters at most, at level M (table 7)."""
DATA_OCTETS: Final = 44
"""Data codewords of version 3 at level M (table 9)."""
CHECK_OCTETS: Final = 26
"""Error correction codewords (table 9)."""

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_MASKS: Final[tuple[Callable[[int, int], bool], ...]] = (
    lambda i, j: (i + j) % 2 == 0,
    lambda i, j: i % 2 == 0,
    lambda i, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
)
"""Data masks by row and column (table 10)."""

_Grid = list[list[bool]]


def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of a text's QR code, row by row, dark ones true, without the quiet zone.

    Raises ValueError for a text that is empty, too long or has other characters.
    """
    if not 0 < len(text) <= MOST or set(text) - set(_ALPHABET):
        raise ValueError(f"expected 1 to {MOST} characters of 0-9, A-Z and $%*+-./: for a QR code")
    data = _data(text)
    bits = [octet >> shift & 1 == 1 for octet in (*data, *_check(data)) for shift in range(7, -1, -1)]
    best = min((_drawn(bits, mask) for mask in range(len(_MASKS))), key=_penalty)
    return tuple(map(tuple, best))


def svg(text: str, *, title: str) -> str:
    """Return a QR code as an SVG picture with its quiet zone of four modules; `title` is for who cannot see it."""
    import html

    rows = modules(text)
    path = "".join(f"M{x + 4} {y + 4}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    side = SIZE + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" shape-rendering="crispEdges">'
        f'<title>{html.escape(title)}</title><rect width="{side}" height="{side}" fill="#fff"/>'
        f'<path d="{path}" fill="#000"/></svg>'
    )


def _data(text: str) -> list[int]:
    """Return the data codewords (clause 7.4): mode, length, characters by twos, end, padding."""
    bits = f"0010{len(text):09b}"
    values = [_ALPHABET.index(character) for character in text]
    for place in range(0, len(values) - 1, 2):
        bits += f"{45 * values[place] + values[place + 1]:011b}"
    if len(values) % 2:
        bits += f"{values[-1]:06b}"
    bits += "0" * min(4, 8 * DATA_OCTETS - len(bits))
    bits += "0" * (-len(bits) % 8)
    octets = [int(bits[place : place + 8], 2) for place in range(0, len(bits), 8)]
    return [*octets, *((0xEC, 0x11)[number % 2] for number in range(DATA_OCTETS - len(octets)))]


def _times(a: int, b: int) -> int:
    """Multiply in GF(256) by x^8 + x^4 + x^3 + x^2 + 1 (clause 7.5.2)."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a, b = a << 1 ^ (0x11D if a & 0x80 else 0), b >> 1
    return product


def _check(data: Iterable[int]) -> list[int]:
    """Return the error correction codewords: the remainder of the data by the generator of 26 roots (annex A)."""
    generator, root = [1], 1
    for _ in range(CHECK_OCTETS):
        shifted = [*generator, 0]
        generator = [a ^ _times(b, root) for a, b in zip(shifted, [0, *generator], strict=True)]
        root = _times(root, 2)
    remainder = [0] * CHECK_OCTETS
    for octet in data:
        factor = octet ^ remainder[0]
        remainder = [a ^ _times(b, factor) for a, b in zip([*remainder[1:], 0], generator[1:], strict=True)]
    return remainder


def _drawn(bits: list[bool], mask: int) -> _Grid:
    """Return the whole symbol under one mask (clauses 6.3 and 7.7 to 7.9)."""
    grid: list[list[bool | None]] = [[None] * SIZE for _ in range(SIZE)]
    for top, left in ((0, 0), (0, SIZE - 7), (SIZE - 7, 0)):
        for y in range(-1, 8):
            for x in range(-1, 8):
                if 0 <= top + y < SIZE and 0 <= left + x < SIZE:
                    ring = max(abs(y - 3), abs(x - 3))
                    grid[top + y][left + x] = ring in (0, 1, 3)
    for y in range(-2, 3):
        for x in range(-2, 3):
            grid[SIZE - 7 + y][SIZE - 7 + x] = max(abs(y), abs(x)) != 1
    for place in range(8, SIZE - 8):
        grid[6][place] = grid[place][6] = place % 2 == 0
    _put_format(grid, mask)
    stream = iter(bits)
    for turn, right in enumerate((*range(SIZE - 1, 6, -2), 5, 3, 1)):
        for y in range(SIZE) if turn % 2 else range(SIZE - 1, -1, -1):
            for x in (right, right - 1):
                if grid[y][x] is None:
                    grid[y][x] = next(stream, False) ^ _MASKS[mask](y, x)
    return [[bool(module) for module in row] for row in grid]


def _put_format(grid: list[list[bool | None]], mask: int) -> None:
    """Write level M (00) and mask twice, with their BCH(15, 5) check, and the one module that is always dark."""
    value = mask
    rest = value << 10
    for shift in range(4, -1, -1):
        if rest >> shift + 10 & 1:
            rest ^= 0x537 << shift
    word = (value << 10 | rest) ^ 0x5412
    bit = [word >> place & 1 == 1 for place in range(15)]
    for place in range(15):
        y = place if place < 6 else place + 1 if place < 8 else SIZE - 15 + place
        grid[y][8] = bit[place]
        x = SIZE - 1 - place if place < 8 else 7 if place == 8 else 14 - place
        grid[8][x] = bit[place]
    grid[SIZE - 8][8] = True


def _penalty(grid: _Grid) -> int:
    """Return how hard a symbol is to read (clause 7.8.3.1)."""
    total = 0
    lines = ["".join("1" if module else "0" for module in row) for row in (*grid, *zip(*grid, strict=True))]
    for line in lines:
        for run in line.replace("01", "0 1").replace("10", "1 0").split():
            total += len(run) - 2 if len(run) >= 5 else 0
        total += 40 * sum(line.startswith(shape, at) for shape in ("10111010000", "00001011101") for at in range(SIZE))
    for y in range(SIZE - 1):
        for x in range(SIZE - 1):
            total += 3 * (grid[y][x] == grid[y][x + 1] == grid[y + 1][x] == grid[y + 1][x + 1])
    dark = sum(map(sum, grid))
    return total + 10 * (abs(20 * dark - 10 * SIZE * SIZE) // (SIZE * SIZE))

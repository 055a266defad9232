"""How many guesses would a passphrase take, by a simple estimate that errs on the low side?

It is an estimate and no promise: words are counted as words of a dictionary of 8,192, numbers as numbers, repeats and
rows of neighbours as next to nothing. What somebody knows about its owner is not in it.
"""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import Final

GUESSES_A_SECOND: Final = 1000.0
"""What somebody who has the file may try, with scrypt at its default cost of 128 MiB and a rack of machines."""

_WORD_BITS: Final = 13.0
"""A word of a dictionary of 8,192; a shorter run of letters counts at most this too."""
_LETTERS_OF_A_WORD: Final = 8
_LETTER_BITS, _DIGIT_BITS, _SIGN_BITS = math.log2(26), math.log2(10), 5.0
_NUMBER_BITS: Final = 7.0
"""A year or a date's part: four digits in a row or fewer, at most."""
_NEIGHBOUR_BITS: Final = 1.0
"""A sign that is the same as the one before, or beside it in the alphabet or on a keyboard."""
_ROWS: Final = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop")
_RUN: Final = re.compile(r"[^\W\d_]+|\d+|[\W_]+")
_SECONDS: Final = ((60, "seconds"), (3600, "minutes"), (86_400, "hours"), (31_557_600, "days"))


def guess_bits(text: str) -> float:
    """Return log2 of the guesses that a passphrase takes, as far as this estimate sees."""
    words = [_run_bits(run) for run in _RUN.findall(text)]
    earlier: set[str] = set()
    bits = 0.0
    for run, found in zip(_RUN.findall(text), words, strict=True):
        bits += _NEIGHBOUR_BITS if run.casefold() in earlier else found
        earlier.add(run.casefold())
    return bits


def guess_time(bits: float) -> str:
    """Return how long so many guesses take, in words: at GUESSES_A_SECOND, half of them on average."""
    seconds = 2 ** min(bits, 200.0) / 2 / GUESSES_A_SECOND
    unit = 1.0
    for most, name in _SECONDS:
        if seconds < most:
            count = max(1, round(seconds / unit))
            return f"about {count} {name.removesuffix('s') if count == 1 else name}"
        unit = most
    years = seconds / unit
    return f"about {round(years)} years" if years < 10_000 else "more than 10,000 years"


def _run_bits(run: str) -> float:
    """Bits of a run of letters, digits or other signs."""
    if run[0].isdigit():
        plain = _each(run, _DIGIT_BITS)
        return min(plain, _NUMBER_BITS) if len(run) <= 4 else plain
    if not run[0].isalpha():
        return min(_each(run, _SIGN_BITS), _SIGN_BITS) if set(run) <= {" "} else _each(run, _SIGN_BITS)
    words = math.ceil(len(run) / _LETTERS_OF_A_WORD)
    mixed = 1.0 if run not in (run.lower(), run.upper()) else 0.0
    return min(_each(run.lower(), _LETTER_BITS), _WORD_BITS * words) + mixed


def _each(run: str, bits: float) -> float:
    """Bits of a run sign by sign; a neighbour of the one before counts next to nothing."""
    return bits + sum(_NEIGHBOUR_BITS if _neighbours(one, other) else bits for one, other in pairwise(run))


def _neighbours(one: str, other: str) -> bool:
    return one == other or any(one + other in row or other + one in row for row in _ROWS)

"""Which names do people take for each other, and which look like an issuer's id?

A simplification of UTS #39, section 4 (confusable detection): letters of other scripts that look Latin, signs that
look alike in most fonts, and what is not seen at all. It errs towards calling two names alike: that costs a few more
digits of an id, and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

ID_DIGITS: Final = 16
"""Hexadecimal digits in a row that no name has: so many are shown of an id in messages."""

_RUNS: Final = (
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)),
    *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
IGNORABLE: Final = {point: None for first, last in _RUNS for point in range(first, last + 1)}
"""What nobody sees: Default_Ignorable_Code_Point (Unicode 15, DerivedCoreProperties.txt), for `str.translate`."""

_MODIFIERS: Final = dict.fromkeys(
    (0x1C3, *range(0x2B0, 0x300), 0x374, 0x640, 0x7FA, *range(0xA700, 0xA722), *range(0xA788, 0xA78D))
)
"""Letters to Unicode, and to the eye apostrophes, colons, marks, or strokes that only make a word longer."""

_UPPER: Final = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧՏՍՕԱ", "ABEZHIKMNOPTYXSUOU", strict=True))
"""Capitals that look Latin and whose small letters look like another letter, or like none."""
_LOWER: Final = dict(
    zip(
        "аеорсухіјѕԁһԛԝӏвкмнтгпиьъѵүєαβεηικνορτυχωγσօսհոցվıłøđ"
        "ɑɡɩⲁⲟⲣⲥⲭᴄᴏᴠᴡᴢǀꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴᎪᏴᏟᎠᎬᏀᎻᎫᏞᎷᏢᏒᏚᎢᏙᎳᏃ",
        "aeopcyxijsdhqwlbkmhtrnubbvyeabenlkvoptuxwyoouhnguilod"
        "agiaopcxcovwzlbpddtgkjczfmnlsrvhwxyaeiouabcdeghjlmprstvwz",
        strict=True,
    )
)
_ALIKE: Final = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "m": "rn", "w": "vv"})
_HEX: Final = re.compile(r"[0-9a-f]+")


def skeleton(name: str) -> str:
    """Return what is left of a name for the eye: two with one skeleton are taken for each other."""
    letters = _latin(name).translate(_ALIKE)
    return "".join(sign for sign in letters.translate(_MODIFIERS) if sign.isalnum()) or letters


def holds_digits(name: str, number: int) -> bool:
    """Return whether a name holds so many signs in a row that read as hexadecimal digits, whatever stands between."""
    signs = "".join(sign for sign in _latin(name) if sign.isalnum())
    return any(len(run) >= number for run in _HEX.findall(signs))


def resembles_id(name: str, *, least: int = ID_DIGITS) -> bool:
    """Return whether a name holds what reads as an issuer's id, or is as a whole a beginning of one.

    `least` is how many hexadecimal digits a whole name must have to be such a beginning.
    """
    signs = "".join(sign for sign in _latin(name) if sign.isalnum())
    return holds_digits(name, ID_DIGITS) or (_HEX.findall(signs) == [signs] and len(signs) >= least)


def _latin(name: str) -> str:
    """Return a name in small letters, without marks, with letters of other scripts as those that they look like."""
    told = "".join(_UPPER.get(sign, sign) for sign in unicodedata.normalize("NFKC", name.translate(IGNORABLE)))
    bare = (sign for sign in unicodedata.normalize("NFKD", told.casefold()) if not unicodedata.combining(sign))
    return "".join(_LOWER.get(sign, str(unicodedata.decimal(sign, sign))) for sign in bare)  # digits of every script

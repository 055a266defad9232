"""Which names do people take for each other, and which look like an issuer's id?

A simplification of UTS #39, section 4 (confusable detection): the letters of Cyrillic, Greek and Armenian that look
Latin, and signs that look alike in most fonts. It errs towards calling two names alike: that costs a few more digits
of an id, and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

ID_DIGITS: Final = 16
"""Hexadecimal digits in a row that no name has: so many are shown of an id in messages."""

_UPPER: Final = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧՏՍՕԱ", "ABEZHIKMNOPTYXSUOU", strict=True))
"""Capitals that look Latin and whose small letters look like another letter, or like none."""
_LOWER: Final = dict(
    zip(
        "аеорсухіјѕԁһԛԝӏвкмнтгпиьъѵүєαβεηικνορτυχωγσօսհոցվıłøđ",
        "aeopcyxijsdhqwlbkmhtrnubbvyeabenlkvoptuxwyoouhnguilod",
        strict=True,
    )
)
_ALIKE: Final = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "m": "rn", "w": "vv"})
_HEX: Final = re.compile(r"[0-9a-f]+")


def skeleton(name: str) -> str:
    """Return what is left of a name for the eye: two with one skeleton are taken for each other."""
    letters = _latin(name).translate(_ALIKE)
    return "".join(sign for sign in letters if sign.isalnum()) or letters


def looks_like_id(name: str, *, least: int = ID_DIGITS) -> bool:
    """Return whether a name holds what reads as an issuer's id, or is as a whole a beginning of one.

    `least` is how many hexadecimal digits a whole name must have to be such a beginning.
    """
    signs = "".join(sign for sign in _latin(name) if sign.isalnum())
    runs = _HEX.findall(signs)
    return any(len(run) >= ID_DIGITS for run in runs) or (runs == [signs] and len(signs) >= least)


def _latin(name: str) -> str:
    """Return a name in small letters, without marks, with letters of other scripts as those that they look like."""
    told = "".join(_UPPER.get(sign, sign) for sign in unicodedata.normalize("NFKC", name))
    bare = (sign for sign in unicodedata.normalize("NFKD", told.casefold()) if not unicodedata.combining(sign))
    return "".join(_LOWER.get(sign, sign) for sign in bare)

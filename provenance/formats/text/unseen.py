"""Which signs of a text does a reader not see, or take for others (UAX #9, UTS #39, UAX #31)?

A hash covers code points; a person reads what a program draws of them. Signs that are not drawn, that change the order
of what is drawn, or that look like other letters make two texts of one. Where a script needs such a sign, it is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from provenance.formats.parts import Doubt

CODE: Final = "integrity.text.unseen"
MAX_WORDS: Final = 50_000
"""Words of more than ASCII that are held against look-alikes, each once; a long book has as many."""
LONGEST_WORD: Final = 256
"""Letters of a word that are looked at together."""

_ORDER: Final = "[\u202a-\u202e\u2066-\u2069]"
"""Embeddings, overrides and isolates (UAX #9): they change the order of what is shown."""
_MARKS: Final = "[\u200e\u200f\u061c]"
"""Marks of direction."""
_INVISIBLE: Final = (
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]"
)
"""Default ignorable code points and fillers that no plain text needs."""
_JOINERS: Final = "[\u200b-\u200d]"
"""Zero width space, non-joiner and joiner: some scripts and emoji need them."""
_TAGS: Final = "[\U000e0000-\U000e007f]"
_SELECTORS: Final = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
_CONTROLS: Final = "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]"
"""Controls, terminal escapes among them; tab, line ends and form feed are white space."""

_TURNS, _HIDES, _COMMANDS = (
    "characters that change the direction of what is shown", "characters without width", "control characters",
)  # fmt: skip
_ANY: Final = re.compile(
    f"(?P<order>{_ORDER})|(?P<mark>{_MARKS})|(?P<joiner>{_JOINERS})|(?P<selector>{_SELECTORS})|(?P<control>{_CONTROLS})"
    f"|{_INVISIBLE}|{_TAGS}"
)
_FLAG: Final = re.compile("\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]{1,30}\U000e007f")
"""A flag of a region (UTS #51, section 1.4.7)."""
_RIGHT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
"""Scripts that are written from right to left."""
_WORD: Final = re.compile(r"[^\W\d_]+")

_NEED_JOINERS: Final = (
    (0x0600, 0x08FF), (0x0900, 0x0DFF), (0x0E00, 0x109F), (0x1780, 0x17FF), (0x1800, 0x18AF), (0x1A00, 0x1AFF),
    (0xA800, 0xABFF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC), (0x11000, 0x11FFF),
)  # fmt: skip
"""Blocks of scripts in which joiners and breaks without width decide how letters join or where lines end."""
_PICTURES: Final = ((0x00A9, 0x00AE), (0x203C, 0x3299), (0x1F000, 0x1FAFF), (0x0023, 0x0039), (0x20E3, 0x20E3))
"""Blocks with emoji and the signs that selectors turn into some."""
_HAN: Final = ((0x2E80, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF), (0x1820, 0x18AA), (0x1000, 0x109F))
"""Scripts with standardised variants beside emoji: Han, kana, Mongolian, Myanmar."""

_LOOK_LIKE_LATIN: Final = frozenset(
    "аеорсухіјѕԁһԛԝӏвкмнтгпиьъѵүҮАВЕКМНОРСТУХІЈЅԌԚԜҺҮӀαβεηικνορτυχωγΑΒΕΖΗΙΚΜΝΟΡΤΥΧօսհոցքվԱՏՍՕ"
)
"""Letters of Cyrillic, Greek and Armenian that readers take for Latin ones (UTS #39, confusables)."""
_MIXED: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
"""Scripts with letters that look like each other's: in one word two of them are one disguised as the other."""


def unseen(text: str) -> tuple[Doubt, ...]:
    """Signs of a text that are not shown or are taken for others, by kind and number. Linear."""
    if text.isascii():
        found = Counter[str]({_COMMANDS: len(re.findall(_CONTROLS, text))})
    else:
        found = Counter(_signs(_FLAG.sub("\U0001f3f4", text)))
        found.update(_words(text))
    return tuple(Doubt(CODE, what, number=number) for what, number in sorted(found.items()) if number)


def _signs(text: str) -> Iterator[str]:
    """What each sign is that a reader does not see, by itself."""
    is_right = bool(_RIGHT.search(text))
    for match in _ANY.finditer(text):
        kind, at = match.lastgroup, match.start()
        if kind == "order" or (kind == "mark" and not is_right):
            yield _TURNS
        elif kind == "control":
            yield _COMMANDS
        elif kind == "joiner":
            if not _joins(match[0], text[at - 1 : at] if at else "", text[at + 1 : at + 2]):
                yield _HIDES
        elif kind == "selector":
            if not _selects(match[0], text[at - 1 : at] if at else ""):
                yield "variation selectors"
        elif kind is None and (at or match[0] != "\ufeff"):
            # A mark of the encoding at the start of a file is no sign of the text.
            yield _HIDES


def _joins(sign: str, before: str, after: str) -> bool:
    """Whether a joiner, or a break without width, stands where a script or emoji need it."""
    return _in(before, _NEED_JOINERS) or (sign == "\u200d" and _is_emoji(before) and _in(after, _PICTURES))


def _selects(sign: str, before: str) -> bool:
    """Whether a selector stands behind a character that has variants."""
    return _in(before, _HAN) or (sign in "\ufe0e\ufe0f" and _in(before, _PICTURES))


def _is_emoji(sign: str) -> bool:
    """Whether a joiner behind it joins emoji: a picture, its selector or the tone of its skin."""
    return sign == "\ufe0f" or _in(sign, _PICTURES)


def _in(sign: str, blocks: tuple[tuple[int, int], ...]) -> bool:
    return bool(sign) and any(low <= ord(sign) <= high for low, high in blocks)


def _words(text: str) -> Iterator[str]:
    """Words of letters that are taken for others: of two scripts, or of one that looks like the text's own."""
    # Scripts without blanks have words of any length: they are held against look-alikes piece by piece.
    words = dict.fromkeys(
        word[at : at + LONGEST_WORD]
        for word in _WORD.findall(text)
        if not word.isascii()
        for at in range(0, len(word), LONGEST_WORD)
    )
    scripts = Counter[str]()
    for number, word in enumerate(words):
        if number >= MAX_WORDS:
            yield "words beyond those that are looked at"
            return
        scripts.update({_script(letter) for letter in word})
    is_latin = len(re.findall(r"[A-Za-z]{2,}", text)) > scripts["CYRILLIC"] + scripts["GREEK"] + scripts["ARMENIAN"]
    for word in words:
        used = {_script(letter) for letter in word} & _MIXED
        if len(used) > 1 or (is_latin and used and set(word) <= _LOOK_LIKE_LATIN):
            yield "words with letters that look like others"


@lru_cache(maxsize=65_536)
def _script(letter: str) -> str:
    """The script of a letter, by the first word of its name."""
    return "LATIN" if letter.isascii() else unicodedata.name(letter, "").partition(" ")[0]

"""How does a text change on its way, or in somebody's hands, so that a reader sees other words, or nearly the same?

Each mutation gives other bytes than it was given. Those in `FORMS` change no word; all others do, or put something
there that a reader does not see.
"""

from __future__ import annotations

import html
import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Final

Mutation = Callable[[str, random.Random], str]

HOMOGLYPHS: Final = dict(zip("aceopxyisjhABCEHIKMOPTX", "асеорхуіѕјһАВСЕНІКМОРТХ", strict=True)) | {"o": "ο", "v": "ν"}
WIDTHLESS: Final = "\u200b\u200c\u200d\u2060\u00ad\ufeff\u034f\u180e"
BIDI: Final = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f\u061c"
BLANKS: Final = "\u00a0\u2009\u3000\u2003  \t"


def _at(text: str, chance: random.Random, put: str) -> str:
    """Something put in at any place."""
    at = chance.randrange(len(text) + 1)
    return text[:at] + put + text[at:]


def _swapped(text: str, chance: random.Random, table: Mapping[str, str]) -> str:
    """One of the signs that a table knows, replaced."""
    places = [number for number, sign in enumerate(text) if sign in table]
    at = chance.choice(places)
    return text[:at] + table[text[at]] + text[at + 1 :]


def _word(text: str, chance: random.Random, change: Callable[[str], str]) -> str:
    """One word changed."""
    match = chance.choice(list(re.finditer(r"\w{2,}", text)))
    return text[: match.start()] + change(match[0]) + text[match.end() :]


def _through_html(text: str, _chance: random.Random) -> str:
    """Copied out of a page: entities stay, blanks collapse, line ends become tags."""
    shown = html.escape(re.sub(r"[ \t]+", " ", text), quote=False).replace("'", "&#39;")
    return re.sub(r"\n+", "<br>", shown)


def _pasted(text: str, _chance: random.Random) -> str:
    """Copied from a page that was laid out: lines joined, blanks that do not break, quotes of the typographer."""
    joined = re.sub(r"\n+", "\u00a0", text.strip())
    return joined.replace("'", "\u2019").replace(" - ", " \u2013 ")


def _wide(word: str) -> str:
    """A word of ASCII in its wide form (U+FF01 and on), any other in capitals."""
    return "".join(chr(ord(sign) + 0xFEE0) for sign in word) if word.isascii() else word.upper()


WORDS: Final[dict[str, Mutation]] = {
    "homoglyph": lambda text, chance: _swapped(text, chance, HOMOGLYPHS),
    "no width": lambda text, chance: _at(text, chance, chance.choice(WIDTHLESS)),
    "direction": lambda text, chance: _at(text, chance, chance.choice(BIDI)),
    "direction around a word": lambda text, chance: _word(text, chance, lambda word: f"\u202e{word[::-1]}\u202c"),
    "case": lambda text, chance: _word(text, chance, str.swapcase),
    "blank": lambda text, chance: _swapped(text, chance, {" ": chance.choice(BLANKS[:-1])}),
    "blanks added": lambda text, chance: _word(text, chance, lambda word: f"{word[:1]} {word[1:]}"),
    "word gone": lambda text, chance: _word(text, chance, lambda _: ""),
    "word turned": lambda text, chance: _word(text, chance, lambda word: word[::-1] if word[::-1] != word else "not"),
    "digit": lambda text, chance: _swapped(text, chance, {digit: str(9 - int(digit)) for digit in "0123456789"}),
    "compatibility form": lambda text, chance: _word(text, chance, _wide),
    "selector": lambda text, chance: _at(text, chance, chr(0xE0100 + chance.randrange(240))),
    "tag": lambda text, chance: _at(text, chance, chr(0xE0020 + chance.randrange(95))),
    "control": lambda text, chance: _at(text, chance, "\x1b[8m"),
    "through HTML": _through_html,
    "pasted": _pasted,
    "line joined": lambda text, _: text.replace(".\n", ". ", 1),
    "line added": lambda text, chance: _word(text, chance, lambda word: f"{word}\nNot so.\n"),
}  # fmt: skip
"""A visible word differs, or something stands there that a reader does not see."""

FORMS: Final[dict[str, Mutation]] = {
    "CRLF": lambda text, _: text.replace("\n", "\r\n"),
    "CR": lambda text, _: text.replace("\n", "\r"),
    "blanks at line ends": lambda text, chance: text.replace("\n", " " * chance.randint(1, 4) + "\n"),
    "one more line end": lambda text, _: f"{text}\n",
    "no last line end": lambda text, _: text.rstrip("\n"),
    "byte order mark": lambda text, _: f"\ufeff{text}",
    "decomposed": lambda text, _: unicodedata.normalize("NFD", text),
}
"""Line ends, white space at line ends and the normal form alone differ."""


def mutations(
    text: str, number: int, *, seed: int = 1, kinds: Mapping[str, Mutation] = WORDS
) -> Iterator[tuple[str, str]]:
    """So many mutations by name, each of another text than it was given; every kind comes in turn."""
    chance, names = random.Random(seed), list(kinds)
    for count in range(number):
        name = names[count % len(names)]
        changed = kinds[name](text, chance)
        for _ in range(count // len(names) % 3):
            more = chance.choice(names)
            changed = kinds[more](changed, chance) if re.search(r"\w{2,} \w{2,}", changed) else changed
        if changed != text:
            yield name, changed

"""Which spellings of an identifier are one person, and which may be?

Two spellings that a reader takes for the same must not be two people. What the identifier is (a member number, an
address) is the issuer's choice, and so is checking the person; the issuer's books keep keyed hashes only.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from zk.errors import EncodingError
from zk.profile.names import IGNORABLE, skeleton

MAX_IDENTIFIER_CHARACTERS: Final = 320
"""Characters of a person's identifier: the longest e-mail address."""

_REORDERING: Final = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""What shows the characters after it in another order (UAX #9): nobody is called so."""
_BLANK: Final = dict.fromkeys((0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0), " ")
"""Letters and signs that look like a space."""
_APOSTROPHES: Final = dict.fromkeys(map(ord, "`´ʹʻʼˈ‘’‛′ꞌ＇"), "'")
_DASHES: Final = frozenset("−˗⁃")
"""Dashes that are of no dash's general category (Pd)."""


def forms(identifier: str) -> tuple[str, ...]:
    """Return the forms under which a person may be in the books, the one that counts now first. Raises EncodingError.

    It is followed by that where invisible letters stand for spaces, and by the one of earlier versions: whoever was
    enrolled under that is found by it for ever.
    """
    counted = canonical(identifier)
    spaced = canonical(identifier.translate(_BLANK))
    return tuple(dict.fromkeys(form for form in (counted, spaced, _earlier(identifier)) if form))


def canonical(identifier: str) -> str:
    """Return an identifier in the one form that counts. Raises EncodingError.

    Unicode's NFKC case folding (NFKC_Casefold, which drops default-ignorable code points), dashes and apostrophes each
    of one kind, white space as single spaces, and no punctuation at the end.
    """
    if not isinstance(identifier, str) or len(identifier) > 4 * MAX_IDENTIFIER_CHARACTERS:
        raise _refused()
    if _REORDERING & set(identifier):
        raise EncodingError("identifier: holds a sign that shows the others in another order")
    text, before = identifier, ""
    while text != before:
        before = text
        # Before NFKC, which takes some apostrophes for a space with a mark, and after it, since it makes others.
        text = unicodedata.normalize("NFKC", text.translate(IGNORABLE).translate(_APOSTROPHES).casefold())
    text = "".join("-" if unicodedata.category(sign) == "Pd" or sign in _DASHES else sign for sign in text)
    text = " ".join(text.split())
    while text and (text[-1] == " " or unicodedata.category(text[-1]).startswith("P")):
        text = text[:-1]
    if not 0 < len(text) <= MAX_IDENTIFIER_CHARACTERS or not text.isprintable():
        raise _refused()
    return text


def loose(identifier: str) -> tuple[str, ...]:
    """Return what an identifier may be mistaken for by: two that share one of these are near. Raises EncodingError.

    One is the whole without marks, spaces and punctuation, letters that look alike being one; the other the same of
    its words in alphabetical order.
    """
    form = "".join(str(unicodedata.digit(sign, sign)) for sign in canonical(identifier))  # digits of every script
    words = "".join(sign if sign.isalnum() else " " for sign in form).split()
    return tuple(dict.fromkeys(skeleton("".join(order)) for order in (words, sorted(words)) if order))


def _earlier(identifier: str) -> str | None:
    """Return the form of the first version (NFKC, case-folded, trimmed), or None for what it refused."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", identifier).casefold()).strip()
    return folded if 0 < len(folded) <= MAX_IDENTIFIER_CHARACTERS and folded.isprintable() else None


def _refused() -> EncodingError:
    return EncodingError(f"identifier: expected 1 to {MAX_IDENTIFIER_CHARACTERS} printable characters")

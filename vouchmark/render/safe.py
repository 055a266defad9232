"""How does text that a stranger wrote become harmless to look at, to paste and to open in a spreadsheet?

Names, titles, captions and certificate words come from the media. Every renderer passes every string through `plain`,
so that no output carries a terminal command, a reversed file name, an invisible letter or a spreadsheet formula. The
result is for reading: it cannot be turned back, and what identifies a file is its digest. HTML's own signs are left to
the renderers, each of which knows its own quoting (the JSON one writes them as `\\u003c`).

`plain(plain(text)) == plain(text)`, so that a report which is read back and written again stays the same. The tables
stand here and not in `unicodedata`, so that two Python versions write the same bytes.
"""

from __future__ import annotations

import re
from typing import Final

TEXT_LIMIT: Final = 4096
"""Code points in any string of a report: our own sentences stay below 400, with a quoted title below 900."""
NAME_LIMIT: Final = 255
"""Code points of a name: what file systems allow."""
MAX_MARKS: Final = 3
"""Combining marks on one letter; Vietnamese and Hebrew stay within, stacks that spill over other lines do not."""

ELLIPSIS: Final = "…"

_HIDDEN: Final = "".join(
    (
        "\\x00-\\x1f\\x7f-\\x9f",  # C0, DEL, C1: newlines, NUL, and the start of every terminal sequence
        "\\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0",  # invisible: soft hyphen, joiners, blank fillers
        "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2",  # prefix format signs
        "\u180b-\u180f",  # Mongolian variation selectors and vowel separator
        "\u200b-\u200f\u2028-\u202e\u2060-\u206f",  # zero width, bidi marks, embeddings, overrides, isolates, LS, PS
        "\ufe00-\ufe0f\ufeff\ufff0-\ufffb\ufffe\uffff\ufdd0-\ufdef",  # variation selectors, BOM, noncharacters
        "\ud800-\udfff",  # unpaired surrogates, which no encoding can write
        "\ue000-\uf8ff",  # private use: a font may draw a tick or a maker's logo there
        "\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a",  # of scripts
        "\U000e0000-\U0010ffff",  # tags (a hidden ASCII), variation selectors, private planes
    )
)
_SPACES: Final = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_MARKS: Final = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"

_TROUBLE: Final = re.compile(f"[{_HIDDEN}{_SPACES}]|(?:(?<=[{_MARKS}]{{{MAX_MARKS}}})[{_MARKS}])")
_SPACE: Final = re.compile(f"[{_SPACES}]")
_FORMULA: Final = re.compile(r"[ ]*[=+\-@＝＋－＠]")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]*(?:[:.][0-9]+)*|Infinity)")
"""What starts with a sign and is no formula: `-`, `+02:00`, `-3.5`, `-Infinity`."""
_ESCAPED: Final = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")


def plain(text: str, *, limit: int = TEXT_LIMIT) -> str:
    """The same text, harmless: hidden characters become visible escapes, the middle of a long text an ellipsis.

    Args:
        text: anything, unpaired surrogates included.
        limit: code points of the result at most; at least 16.

    Returns:
        Text without control, format, private, invisible or bidirectional characters, which begins no spreadsheet
        formula (an apostrophe is put before `=`, `+`, `-`, `@` unless a mere number follows; OWASP, CSV injection).
        Exotic spaces are plain spaces.

    Raises:
        ValueError: the limit is too small to show anything.
    """
    if limit < 16:
        raise ValueError(f"got a limit of {limit}, expected at least 16")
    if len(text) > 4 * limit:
        # What cannot be shown need not be escaped; the ends that are kept are at most `limit` long.
        text = text[: 2 * limit] + text[-2 * limit :]
        cut = True
    else:
        cut = False
    if not (text.isascii() and text.isprintable()):
        text = _TROUBLE.sub(_visible, text)
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        text = f"'{text}"
    if len(text) > limit or cut:
        text = _shorten(text, limit)
    return text


def quoted(text: str, *, limit: int = 120) -> str:
    """Text from the media inside a sentence of ours: in curly quotes that it cannot close itself.

    Without this a title such as `” is intact. “` would write half of our sentence.
    """
    inner = plain(text, limit=limit).replace("“", '"').replace("”", '"').replace("„", '"').replace("‟", '"')
    return f"“{inner}”"


def _visible(match: re.Match[str]) -> str:
    """A space for a space, else the character's number in Python's notation."""
    character = match[0]
    if _SPACE.match(character):
        return " "
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _shorten(text: str, limit: int) -> str:
    """Both ends with an ellipsis between, never in the middle of an escape; the end (`.jpg`) keeps a third."""
    tail_length = limit // 3
    head, tail = text[: limit - tail_length - 1], text[-tail_length:]
    for match in _ESCAPED.finditer(text, max(0, len(head) - 10), len(head) + 10):
        if match.start() < len(head) < match.end():
            head = text[: match.start()]
    start = len(text) - len(tail)
    for match in _ESCAPED.finditer(text, max(0, start - 10), start + 10):
        if match.start() < start < match.end():
            tail = text[match.end() :]
    return f"{head}{ELLIPSIS}{tail}"

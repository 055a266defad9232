"""Do the words of a text match its data hash, and if the bytes do not, do the words (C2PA 2.4, section 15.12.1.3)?

A text goes through clipboards, mail and editors, which change line ends and the forms of letters. A hash that holds
only over such another form of the same words is told as that: nobody's word was changed, and the bytes were.
"""

from __future__ import annotations

import functools
import hmac
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from provenance.credentials.binding.base import Bound, Match, Runs, complement, entries, name_of, some_bytes, whole
from provenance.credentials.errors import UnsupportedCredentialsError
from provenance.credentials.store.boxes import digest
from provenance.formats.parts import Layout, join

SAME_WORDS: Final = "same-words"
"""The hash holds over the same words with other line ends, blanks at line ends, byte order mark or normal form."""
NORMAL_FORM: Final = "normal-form"
"""The hash holds by the specification, which has it made over another normal form than the file's (A.8)."""

MAX_TRIED: Final = 2 * 1024 * 1024
"""Bytes of a text whose other forms are tried: there are up to 144, and each costs a digest."""
MAX_MARKS: Final = 30
"""Combining marks in a row, beyond which normalising is no longer linear (UAX #15, stream-safe text format)."""

_BLANKS: Final = re.compile(r"[ \t]+(?=[\r\n]|\Z)")
_ENDS: Final = re.compile(r"\r\n?|\n")
_LAST: Final = re.compile(r"[\r\n]+\Z")


def text_hash(content: Mapping[str, Any], data: bytes, layout: Layout, *, algorithm: str) -> Bound:
    """A `c2pa.hash.data` assertion against a text.

    The hash of an unstructured text is made over its normal form C; that of a structured one, and of a page, over its
    bytes (15.12.1.3.1; A.9.4; A.7.1.3).

    Raises:
        MalformedCredentialsError: The assertion breaks its own rules.
        UnsupportedCredentialsError: The text cannot be normalised in linear time.
    """
    from provenance.formats.text.layout import TEXT

    ranges: list[tuple[int, int]] = []
    for entry in entries(content.get("exclusions"), what="exclusions"):
        start = whole(entry.get("start"), what="an exclusion's start")
        ranges.append((start, start + whole(entry.get("length"), what="an exclusion's length")))
    expected = some_bytes(content.get("hash"), what="a data hash")
    name = name_of(content.get("alg"), algorithm)
    covered = complement(join(ranges), len(data))
    if all(end <= len(data) for _, end in ranges):
        kept = _kept(data, covered)
        if hmac.compare_digest(digest(name, kept), expected):
            return Bound(match=Match.MATCH, covered=covered, left_out=tuple(sorted(ranges)))
        if layout.format == TEXT and _holds(name, _normal(kept, "NFC"), expected):
            forms = frozenset((NORMAL_FORM,))
            return Bound(match=Match.MATCH, covered=covered, left_out=tuple(sorted(ranges)), forms=forms)
    words = complement(layout.manifest_runs(), len(data))
    if any(_holds(name, form, expected) for form in _forms(_kept(data, words), is_normal=layout.format == TEXT)):
        return Bound(match=Match.MATCH, covered=words, left_out=layout.manifest_runs(), forms=frozenset((SAME_WORDS,)))
    return Bound(match=Match.MISMATCH)


def _kept(data: bytes, runs: Runs) -> bytes:
    return b"".join(data[start:end] for start, end in runs)


def _holds(name: str, form: bytes | None, expected: bytes) -> bool:
    return form is not None and hmac.compare_digest(digest(name, form), expected)


def _normal(kept: bytes, form: str) -> bytes | None:
    """Bytes in a normal form; None where they are no UTF-8. Raises UnsupportedCredentialsError."""
    if kept.isascii():
        return kept
    try:
        text = kept.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return _normalised(text, form).encode()


def _normalised(text: str, form: str) -> str:
    if text.isascii():
        return text
    if _too_many_marks().search(text):
        raise UnsupportedCredentialsError(f"got more than {MAX_MARKS} combining marks in a row")
    return unicodedata.normalize(form, text)  # type: ignore[arg-type]


@functools.cache
def _too_many_marks() -> re.Pattern[str]:
    """A run of combining marks that is too long; all of them lie below U+1F000."""
    marks = "".join(map(chr, (code for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code)))))
    return re.compile(f"[{marks}]{{{MAX_MARKS + 1}}}")


def _forms(words: bytes, *, is_normal: bool) -> Iterator[bytes]:
    """The same words in every form that passing them on may give them, each once; none of a long text."""
    if len(words) > MAX_TRIED:
        return
    try:
        text = words.decode("utf-8")
    except UnicodeDecodeError:
        return
    distinct = set[str]()
    for form in _normal_forms(text, is_normal=is_normal):
        for marked in (form.removeprefix("\ufeff"), f"\ufeff{form.removeprefix(chr(0xFEFF))}"):
            for stripped in (marked, _BLANKS.sub("", marked)):
                for one in _ended(stripped):
                    if one not in distinct:
                        distinct.add(one)
                        yield one.encode()


def _normal_forms(text: str, *, is_normal: bool) -> Iterator[str]:
    if not is_normal:
        yield text
        yield _normalised(text, "NFD")
    yield _normalised(text, "NFC")


def _ended(text: str) -> Iterator[str]:
    """With each kind of line end, and with and without one at the end."""
    plain = _ENDS.sub("\n", text)
    for last in (None, "", "\n"):
        for end in (None, "\n", "\r\n", "\r"):
            one = text if end is None else plain.replace("\n", end)
            yield one if last is None else _LAST.sub("", one) + (last and (end or "\n"))

"""Which fields and formulas of an office document are filled from elsewhere (ECMA-376 part 1, 17.16 and 18.17)?

A field's instruction is put together from all its runs, as Word does it; a formula is read without the texts in it.
"""

from __future__ import annotations

import re
from typing import Final

from provenance.formats.markup.references import References

_IN_PIECES: Final = re.compile(rb"<!|<\?(?!xml[\s?])")
"""What could cut a text in two, and what office programs do not write."""
_ATTRIBUTES: Final = rb"((?:[^\"'<>]++|\"[^\"<]*+\"|'[^'<]*+')*+)"
_FIELD: Final = re.compile(rb"<(?:[\w.-]++:)?(fldChar|instrText|fldSimple)(?=[\s/>])" + _ATTRIBUTES + rb">([^<]*+)")
_ATTRIBUTE: Final = re.compile(rb"(?:^|[\s:])(instr|fldCharType)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_FETCHED: Final = re.compile(
    rb"[^A-Za-z]*+(?:INCLUDEPICTURE|INCLUDETEXT|INCLUDE|DDEAUTO|DDE|LINK|IMPORT|DATABASE|RD)(?![A-Za-z])", re.IGNORECASE
)
"""Instructions by their names (17.16.5)."""
_BEGINNING: Final = 256
_NAMED: Final = re.compile(rb"\s*+[^\s]++\s")
"""An instruction whose name is complete."""
_FORMULA: Final = re.compile(
    rb"<(?:[\w.-]++:)?(?:f|formula[12]?|definedName|[A-Za-z]{1,40}Formula)(?=[\s>])" + _ATTRIBUTES + rb"(?<!/)>([^<]*+)"
)
_WORTH_READING: Final = re.compile(rb"&#|\||image|webservice|rtd|call|register|exec|['\\/]", re.IGNORECASE)
_TEXTS: Final = re.compile(rb'"(?:[^"]++|"")*+"')
_QUOTED: Final = re.compile(rb"'((?:[^']++|'')*+)'")
"""A name of a sheet, which holds no slash unless it is that of another document."""
_FUNCTION: Final = re.compile(
    rb"(?<![\w])(?:_xl\w{0,8}\.)*(?:IMAGE|WEBSERVICE|RTD|CALL|REGISTER(?:\.ID)?|EXEC)\s*+\(", re.I
)
_DDE: Final = re.compile(rb"<(?:[\w.-]++:)?(?:ddeLink|oleLink)(?=[\s/>])")


def count(content: bytes, found: References) -> None:
    """What one part of a document is filled with from elsewhere; `found` counts it. Linear; never raises."""
    if b"instr" in content or b"fldChar" in content:
        _fields(content, found)
    _formulas(content, found)
    if links := len(_DDE.findall(content)):
        found.outside["other documents"] += links


def _fields(content: bytes, found: References) -> None:
    if _IN_PIECES.search(content):
        found.unclear["fields that cannot be read"] += 1
    open_fields: list[bytes | None] = []
    """Instructions of the open fields so far; None behind their end."""
    loose = b""
    for one in _FIELD.finditer(content):
        name, inside, text = one.groups()
        values = {key: found.value(double or single) for key, double, single in _ATTRIBUTE.findall(inside)}
        if name == b"fldSimple":
            _judge(values.get(b"instr", b""), found)
        elif name == b"instrText":
            text = found.value(text)
            if not open_fields:
                loose = _joined(loose, text)
            elif (so_far := open_fields[-1]) is not None:
                open_fields[-1] = _joined(so_far, text)
        elif values.get(b"fldCharType") == b"begin":
            if open_fields and open_fields[-1] is not None and not _NAMED.match(open_fields[-1]):
                # The name of one is what the other one comes to.
                found.unclear["fields that cannot be read"] += 1
            open_fields.append(b"")
        elif open_fields:
            _judge(open_fields[-1] or b"", found)
            open_fields[-1] = None
            if values.get(b"fldCharType") == b"end":
                open_fields.pop()
    for instruction in (*open_fields, loose):
        _judge(instruction or b"", found)


def _joined(so_far: bytes, text: bytes) -> bytes:
    """The beginning of an instruction: its name is what counts."""
    return (so_far + text).lstrip(b' \t\r\n"\xc2\xa0')[:_BEGINNING]


def _judge(instruction: bytes, found: References) -> None:
    if _FETCHED.match(instruction):
        found.outside["fields"] += 1


def _formulas(content: bytes, found: References) -> None:
    is_there = False
    for one in _FORMULA.finditer(content):
        is_there = True
        if not _WORTH_READING.search(one.group(2)):
            continue
        formula = _TEXTS.sub(b'""', found.value(one.group(2)))
        names = _QUOTED.findall(formula)
        if any(b"/" in name or b"\\" in name for name in names) or b"|" in _QUOTED.sub(b"", formula):
            found.outside["other documents"] += 1
        if functions := len(_FUNCTION.findall(formula)):
            found.outside["formulas"] += functions
    if is_there and _IN_PIECES.search(content):
        found.unclear["formulas that cannot be read"] += 1

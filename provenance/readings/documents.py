"""Does a viewer of documents, a browser or an interpreter find something of its own in this file?

PDF readers accept their header within the first 1,024 bytes (ISO 32000-1, annex H, note 13), and mend what lies
further in. Browsers sniff by WHATWG MIME Sniffing, section 7.1, and show whatever tags stand in a file that is called
HTML. Interpreters run a file from its first line, PHP from any place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from provenance.formats.parts import Kind, join
from provenance.readings.model import SecondReading, Source, inside, search, without

PDF_HEAD: Final = 1_024
"""Bytes within which the header must begin."""
SNIFFED: Final = 1_445
"""Bytes of which a browser takes notice (WHATWG MIME Sniffing, section 5.2)."""

LINE: Final = 9
"""Blanks in front of a command."""

PDF: Final = "application/pdf"
HTML: Final = "text/html"
PHP: Final = "application/x-httpd-php"
TEXTS: Final = ("text/", "application/json", "application/xml", "image/svg+xml")
"""Starts of types that are text: a script or a page in them is there to be read."""

_PDF_START: Final = re.compile(rb"%PDF|%FDF-|%!PS-Adobe-\d\.\d PDF-")
_OBJECT: Final = re.compile(rb"obj(?![A-Za-z0-9])")
OBJECT_NUMBER: Final = 256
"""Bytes in front of `obj` within which an object's two numbers stand (ISO 32000-2, section 7.3.10), blanks between."""
OBJECTS: Final = 2
"""Objects from which readers put a document together: a catalogue and its pages."""

_SNIFF: Final = re.compile(
    rb"[\t\n\x0c\r ]*(?:<!--|<(?:!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P)"
    rb"[ >])",
    re.IGNORECASE,
)
_PHP: Final = (
    rb"\?php\s|\?=\s{0,9}(?:\$[a-z_]|[a-z_][\w\\]{1,64}\s{0,9}\(|[\"'`(])[\t\n\r -~]{0,64}?"
    rb"(?:\?>|;\s{0,9}(?:/[*/]|#|__halt))"
)
"""PHP's marks; the short one is chance in smooth pixels, where no short program ends behind it."""
_NAMES: Final = (
    rb"html|head|body|script|iframe|table|meta|link|base|form|main|span|input|button|video|audio|canvas|center"
    rb"|marquee|section|article|frame|frameset|textarea|select|details|applet|blockquote|figure"
)
_TAGS: Final = re.compile(
    rb"<(?-i:(?=[!?A-Za-z][\w\s!=>-]))(?:!doctype\s+html|(?:"
    + _NAMES
    + rb"|style)[\s>/]|(?:div|img|svg)\s|a\s+href\s*="
    rb"|(h[1-6]|p|b|i|pre|div|font)>[^<>\0-\x08\x80-\xff]{1,200}</\1>"
    rb"|[a-z][\w-]{0,20}\s(?:[^<>\0-\x08\x80-\xff]{0,200}\s)?on[a-z]{4,20}\s?=|(?P<php>" + _PHP + rb"))",
    re.IGNORECASE,
)
"""Tags that no chance makes, at any of which a browser begins to show a page."""
_UNDRAWN: Final = re.compile(
    rb"<(?:!doctype\s+html|(?:" + _NAMES + rb"|foreignObject|[a-z]{1,9}:script)[\s>/]|(?:div|img)\s"
    rb"|(?:h[1-6]|p|b|i|pre|div|font)>|(?P<php>" + _PHP + rb"))|\son[a-z]{3,20}\s{0,9}=|javascript:",
    re.IGNORECASE,
)
"""What no drawing needs to be one (SVG 2, appendix F): tags of pages, and whatever runs."""
_WHOLE_PAGE: Final = re.compile(rb"<(?:!doctype\s+html|html[\s>/])", re.IGNORECASE)
_PHP_START: Final = re.compile(rb"<(?:" + _PHP + rb")", re.IGNORECASE)
FAR: Final[Mapping[object, bytes | re.Pattern[bytes]]] = {_OBJECT: _OBJECT, _TAGS: _TAGS}
"""What is searched for in all of a file, coded media too, and with what its places begin."""
_BREAKS: Final = re.compile(
    rb"<(?:b|big|blockquote|body|br|center|code|dd|div|dl|dt|em|embed|h[1-6]|head|hr|i|img|li|listing|menu|meta|nobr|ol|p"
    rb"|pre|ruby|s|small|span|strong|strike|sub|sup|table|tt|u|ul|var|font)[\s/>]",
    re.IGNORECASE,
)
"""Tags at which a browser leaves SVG within HTML (HTML, section 13.2.6.5); in XML they are names like others."""
_EARLY: Final = re.compile(rb"<!---?>")
"""A comment that ends at once in HTML and goes on in XML."""
_MHTML: Final = re.compile(rb"-version:[ \t]{0,9}1\.0", re.IGNORECASE)
"""What follows `MIME`, which stands at the start of a line. Begins with a sign that has no case: that is fast."""
_PARTS: Final = re.compile(rb"multipart/related", re.IGNORECASE)
_BATCH: Final = re.compile(rb"@echo[ \t]{1,9}off\b", re.IGNORECASE)
_WORD: Final = re.compile(rb"[A-Za-z_$\xc0-\xd6\xd8-\xf6\xf8-\xff][\w$\xc0-\xd6\xd8-\xf6\xf8-\xff]{1,15}")
"""A name in JavaScript that is read as Latin-1; the first bytes of GIF, BMP, RIFF and JPEG are one."""
_AFTER_COMMENT: Final = re.compile(rb"\*/[\t\n\r ]{0,99}[=;(\[.,+?][\t\n\r -~]{3}")
_ASSIGNED: Final = re.compile(rb"=[\t -~]{0,64}?(?:/[*/]|[\"'`])")
"""What makes the bytes behind it a comment or a text; where they are neither, a zero ends the script."""


def documents(source: Source) -> Iterator[SecondReading]:
    """Everything that viewers, browsers and interpreters find."""
    yield from _pdf(source)
    yield from _page(source)
    is_text = source.media_type.startswith(TEXTS)
    if is_text:
        return
    yield from _tags(source)
    if source.data[:2] == b"#!":
        yield source.found("text/x-shellscript", 0)
    if _is_javascript(source.data):
        yield source.found("text/javascript", 0)
    for match in search(_BATCH, source.data, source.early):
        if not source.data[max(0, match.start() - LINE) : match.start()].rpartition(b"\n")[2].strip():
            yield source.found("application/x-bat", match.start())
            break
    yield from _mhtml(source)


def _mhtml(source: Source) -> Iterator[SecondReading]:
    """A page with its parts (RFC 2557): browsers pass over what they do not take for a header."""
    data, runs = source.data, source.early
    for match in search(_MHTML, data, runs):
        start = match.start() - len("mime")
        if data[max(0, start) : start + 4].lower() == b"mime" and data[start - 1 : start] in (b"", b"\n", b"\r"):
            if any(search(_PARTS, data, runs)):
                yield source.found("multipart/related", start)
            return


def _pdf(source: Source) -> Iterator[SecondReading]:
    if source.media_type == PDF:
        return
    data = source.data
    header = _PDF_START.search(data, 0, PDF_HEAD + 32)
    if header and header.start() <= PDF_HEAD and not inside(header.start(), source.declared.files):
        yield source.found(PDF, header.start())
        return
    # Further in, Poppler and MuPDF go by the objects that they find, and ask for no header and no table.
    found: list[int] = []
    for match in search(_OBJECT, data, source.everywhere):
        if _has_numbers(data[max(0, match.start() - OBJECT_NUMBER) : match.start()]):
            found.append(match.start())
            if len(found) == OBJECTS:
                yield source.found(PDF, found[0])
                return


def _has_numbers(head: bytes) -> bool:
    """Whether those bytes end in two numbers, each with a blank behind it."""
    for _ in range(2):
        rest = head.rstrip()
        before = rest.rstrip(b"0123456789")
        if len(rest) == len(head) or len(before) == len(rest):
            return False
        head = before
    return True


def _page(source: Source) -> Iterator[SecondReading]:
    """What a browser takes for a page by its first bytes, where it is told no type."""
    if source.media_type in (HTML, "text/markdown", "text/xml") or not _SNIFF.match(_beginning(source)):
        return
    if source.media_type == "image/svg+xml" and not _shows_otherwise(source):
        # A drawing behind a comment: a browser shows the same, by whichever name.
        return
    yield source.found(HTML, 0)


def _beginning(source: Source) -> bytes:
    """What a browser takes notice of; of a text behind the comment that carries its Content Credentials."""
    first = source.layout.regions[0] if source.layout.regions else None
    start = first.end if first is not None and first.kind is Kind.MANIFEST else 0
    return source.data[start : start + SNIFFED]


def _shows_otherwise(source: Source) -> bool:
    """Whether a drawing that is taken for a page shows something else than as the drawing that it is."""
    return bool(_EARLY.search(source.data) or _BREAKS.search(source.data))


def _tags(source: Source) -> Iterator[SecondReading]:
    """Tags and PHP at any place; among signed words only a whole page, in signed drawings what no drawing needs."""
    data, texts, drawings = source.data, source.declared.texts, source.declared.drawings
    runs = without(source.everywhere, join((*texts, *drawings)))
    found = [next(search(_TAGS, data, runs), None), next(search(_UNDRAWN, data, drawings), None)]
    tags = sorted((one for one in found if one is not None), key=lambda one: one.start())
    pages = [one for one in tags if not one["php"]]
    scripts = [one for one in tags if one["php"]]
    if pages:
        scripts += [one for one in (next(search(_PHP_START, data, run), None) for run in (runs, drawings)) if one]
    else:
        pages += [one for one in (next(search(_WHOLE_PAGE, data, texts), None),) if one]
    if pages:
        yield source.found(HTML, pages[0].start())
    if scripts:
        yield source.found(PHP, min(one.start() for one in scripts))


def _is_javascript(data: bytes) -> bool:
    """Whether the first bytes are a name that the next ones comment on or give a value."""
    name = _WORD.match(data)
    if name is None:
        return False
    end = name.end()
    if data[end : end + 2] != b"/*":
        return bool(_ASSIGNED.match(data, end))
    comment = data.find(b"*/", end + 2)
    return comment > 0 and bool(_AFTER_COMMENT.match(data, comment))

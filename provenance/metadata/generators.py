"""Which statements about AI do fields of metadata make, and which program's marks are they?

Only what is written counts: vocabulary of the IPTC, credit lines and labels that makers set, and parameters in the
forms in which generating programs write them. Nothing is inferred from pictures, and no absence is a statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

from provenance.metadata.model import MAX_STATEMENTS, Field, Meaning, Sort, Statement, kept
from provenance.metadata.parameters import written_by
from provenance.nesting import loads

MAX_MARK: Final = 1_024
"""Characters of a field for a program or a credit in which a maker's name is looked for."""


class _Mark(NamedTuple):
    """Words that one maker writes."""

    pattern: re.Pattern[str]
    system: str
    meaning: Meaning


def _mark(pattern: str, system: str, meaning: Meaning) -> _Mark:
    return _Mark(re.compile(pattern, re.IGNORECASE), system, meaning)


_SOURCE_TYPE: Final = re.compile(
    r"XMP Iptc4xmpExt:DigitalSource(?:File)?Type|(?:MP4|ID3|FLAC) digital_?source_?type", re.IGNORECASE
)
"""The IPTC property, its older spellings and Google's, and the same name in the free fields of other formats."""
_IPTC_AI: Final = {
    "XMP Iptc4xmpExt:AISystemUsed": Sort.SYSTEM,
    "XMP Iptc4xmpExt:AISystemVersionUsed": Sort.SYSTEM,
    "XMP Iptc4xmpExt:AIPromptInformation": Sort.PROMPT,
    "XMP Iptc4xmpExt:AIPromptWriterName": Sort.PROMPT,
}
"""IPTC Photo Metadata Standard 2025.1."""

_CREDIT_FIELDS: Final = ("XMP photoshop:Credit", "IPTC Credit", "XMP photoshop:Source", "IPTC Source")
_CREDITS: Final = (
    _mark(r"edited with google ai", "Google AI", Meaning.EDITED),
    # Google sets it on generated pictures, and set it on edited ones in the beginning.
    _mark(r"made (?:with|by) google ai", "Google AI", Meaning.USED),
    _mark(r"apple photos clean ?up", "Apple Photos Clean Up", Meaning.EDITED),
    _mark(r"(?:apple )?image playground", "Apple Image Playground", Meaning.GENERATED),
    _mark(r"(?:imagined|made|created) with (?:meta )?ai", "", Meaning.USED),
    _mark(r"meta ai", "Meta AI", Meaning.USED),
)

_SOFTWARE_FIELDS: Final = frozenset(
    ("EXIF Software", "EXIF Make", "EXIF Model", "EXIF ImageEditingSoftware", "XMP xmp:CreatorTool",
     "XMP tiff:Software", "PNG text Software", "PNG text Generator", "PNG text Source", "MP4 too", "MP4 swr",
     "MP4 software", "MP4 encoder", "MP4 com.apple.quicktime.software", "RIFF ISFT", "RIFF bext originator",
     "ID3 TSSE", "ID3 TENC", "ID3 software", "ID3 generator", "ID3 encoder", "FLAC software", "FLAC generator",
     "FLAC encoder", "PDF Creator", "PDF Producer", "XMP pdf:Producer", "IPTC OriginatingProgram",
     "XMP photoshop:Credit", "IPTC Credit", "GIF comment")
)  # fmt: skip
_SOFTWARE: Final = (
    _mark(r"\bmidjourney\b", "Midjourney", Meaning.GENERATED),
    _mark(r"\bnovelai\b", "NovelAI", Meaning.GENERATED),
    _mark(r"\bdall[·\-\s.]?e\b", "DALL·E", Meaning.GENERATED),
    _mark(r"\bgpt-?(?:image|4o)\b|\bchatgpt\b|\bopenai\b", "OpenAI", Meaning.USED),
    _mark(r"\bstable[ \-_]?diffusion\b|\bsdxl\b", "Stable Diffusion", Meaning.GENERATED),
    _mark(r"\bautomatic1111\b", "Stable Diffusion web UI", Meaning.GENERATED),
    _mark(r"\bcomfyui\b", "ComfyUI", Meaning.GENERATED),
    _mark(r"\binvokeai\b", "InvokeAI", Meaning.GENERATED),
    _mark(r"\bfooocus\b", "Fooocus", Meaning.GENERATED),
    _mark(r"\bswarmui\b", "SwarmUI", Meaning.GENERATED),
    _mark(r"\bdraw things\b", "Draw Things", Meaning.GENERATED),
    _mark(r"\beasy diffusion\b", "Easy Diffusion", Meaning.GENERATED),
    _mark(r"\bdreamstudio\b", "DreamStudio", Meaning.GENERATED),
    _mark(r"\bideogram(?: ai)?\b", "Ideogram", Meaning.GENERATED),
    _mark(r"\bleonardo\.?\s?ai\b", "Leonardo.Ai", Meaning.GENERATED),
    _mark(
        r"\bbing image creator\b|\bmicrosoft designer\b|\bimage creator from designer\b",
        "Microsoft image generator",
        Meaning.USED,
    ),
    _mark(r"\badobe firefly\b", "Adobe Firefly", Meaning.USED),
    _mark(r"\bimage playground\b", "Apple Image Playground", Meaning.GENERATED),
    _mark(r"\bflux\.?[12]\b|\bblack forest labs\b", "FLUX", Meaning.GENERATED),
    _mark(r"\bsuno(?:[ .]?ai)?\b", "Suno", Meaning.GENERATED),
    _mark(r"\budio\b", "Udio", Meaning.GENERATED),
    _mark(r"\belevenlabs\b", "ElevenLabs", Meaning.GENERATED),
    _mark(r"\bnightcafe\b", "NightCafe", Meaning.GENERATED),
    _mark(r"\bmicrosoft responsible ai\b", "Microsoft image generator", Meaning.USED),
    _mark(
        r"\bgoogle generative ai\b|\bgemini (?:flash|pro|ultra|omni)\b|\b(?:google imagen|imagen[ -]?[2-9])\b"
        r"|\bnano[ -]?banana\b",
        "Google AI",
        Meaning.USED,
    ),
    _mark(r"\bstability ai\b|\bstable image\b", "Stability AI", Meaning.USED),
    _mark(r"\bdreamina\b|\bjimeng\b|\bseedream\b|\bseedance\b|\bvolcengine\b", "ByteDance", Meaning.GENERATED),
    _mark(r"\btiktok ad creative toolbox\b", "TikTok Ad Creative Toolbox", Meaning.USED),
    _mark(r"\bhiggsfield(?: ai)?\b", "Higgsfield AI", Meaning.GENERATED),
    _mark(r"\bbria(?: ai)\b", "Bria AI", Meaning.USED),
    _mark(r"\bmeta ai\b|\bimagine with meta\b", "Meta AI", Meaning.USED),
)
"""Names of programs and services, in fields for the software or its maker. A name is not a generation: programs that
also edit come to `used`."""

_LABEL_FIELDS: Final = re.compile(r"XMP TC260:AIGC|(?:PNG text|RIFF|MP4|ID3|FLAC|PDF) AIGC|EXIF UserComment")
_TC260: Final = {"1": Meaning.GENERATED, "2": Meaning.POSSIBLE, "3": Meaning.POSSIBLE}
"""GB 45438-2025, annex E: 1 is generated, 2 may be, 3 is suspected of being generated."""
_TIKTOK_FIELDS: Final = ("MP4 aigc_info", "MP4 com.tiktok.aigc_info", "MP4 inf", "ID3 aigc_info")
_DATA_MINING: Final = re.compile(r"(?:.*/vocab/|PLUS-)?(DMI-[A-Z\-]{1,60})", re.ASCII)


def statements(fields: Iterable[Field]) -> tuple[Statement, ...]:
    """Every statement that the fields make, each once, in the order of the fields; one more than are kept, at most."""
    given = list(fields)
    found: dict[tuple[str, str, str], Statement] = {}
    for statement in (*(one for field in given for one in _of(field)), *written_by(given)):
        found.setdefault((statement.kind, statement.value, statement.where), statement)
        if len(found) > MAX_STATEMENTS:
            break
    return tuple(found.values())


def is_looked_at_wholly(field: Field) -> bool:
    """Whether a maker's name is looked for in all of a field."""
    return len(field.text) <= MAX_MARK or field.name not in (*_SOFTWARE_FIELDS, *_CREDIT_FIELDS)


def generator_named(text: str) -> str:
    """The program or service that a text names, in our words, where it is one that generates media; else empty.

    Claim generators and software agents write `Adobe_Firefly/1.0`: underscores and slashes stand for blanks.
    """
    mark = _software_named(text[:MAX_MARK])
    return mark.system if mark else ""


def only_generates(text: str) -> bool:
    """Whether a text names a program or service that does nothing but generate media."""
    mark = _software_named(text[:MAX_MARK])
    return mark is not None and mark.meaning is Meaning.GENERATED


@lru_cache(maxsize=256)
def _software_named(text: str) -> _Mark | None:
    """The same; kept, as every action of a file names the program that did it."""
    return _first(_SOFTWARE, text.replace("_", " ").replace("/", " "))


_AI: Final = r"(?:gen(?:erative )?[ -]?)?(?:(?-i:AI|ai)|artificial intelligence)\b"
_BY_AI: Final = rf"(?:an? |the )?(?:[\w&.'+-]{{1,30}} ){{0,3}}?{_AI}"
_SAID: Final = (
    (re.compile(rf"\bai[ -](?:edited|modified|enhanced|retouched|assisted)\b|\b(?:edited|modified|enhanced|retouched|"
                rf"altered|changed|expanded) (?:by|with|using) {_BY_AI}|\bgenerative (?:fill|expand|edit|remove)\b",
                re.I), Meaning.EDITED),
    (re.compile(rf"\bai[ -]generated\b|\bgenerated (?:by|with|using) {_BY_AI}|\bcreated by {_BY_AI}", re.I),
     Meaning.GENERATED),
    (re.compile(rf"\bai[ -](?:made|created)\b|\b(?:made|created|produced|designed) (?:by|with|using) {_BY_AI}", re.I),
     Meaning.USED),
)  # fmt: skip
"""What descriptions say of making, in English; what is said of an edit comes first, as it may be one of several."""
_IN_PART: Final = re.compile(r"\bpart(?:s|ly|ial(?:ly)?)?\b", re.I)
_DENIED: Final = re.compile(r"\b(?:no|not|non|never|without|nor)\b|n['’]t\b", re.I)


def says_of_making(text: str) -> Meaning | None:
    """What a description says that AI did; None where it says nothing of the kind, or could deny it.

    `OTHER` where it speaks of that and holds a word that may turn it round: what it says is then for people to read.
    """
    for pattern, meaning in _SAID:
        if pattern.search(text):
            if _DENIED.search(text):
                return Meaning.OTHER
            in_part = meaning is Meaning.GENERATED and _IN_PART.search(text)
            return Meaning.EDITED if in_part else meaning
    return None


def _of(field: Field) -> Iterator[Statement]:
    """What one field says by itself."""
    name = field.name
    if _SOURCE_TYPE.fullmatch(name):
        yield _said(field, Sort.SOURCE_TYPE, Meaning.OTHER)
    elif name in _IPTC_AI:
        yield _said(field, _IPTC_AI[name], Meaning.USED)
    elif name == "XMP plus:DataMining":
        mining = _DATA_MINING.fullmatch(field.text.strip())
        if mining:
            yield _said(field, Sort.TRAINING, Meaning.OTHER, value=mining[1])
    elif name in _TIKTOK_FIELDS:
        yield from _tiktok(field)
    elif name == "Samsung editor":
        yield _said(field, Sort.LABEL, Meaning.USED, system="Samsung Galaxy AI")
    else:
        yield from _marks(field)


def _marks(field: Field) -> Iterator[Statement]:
    if _LABEL_FIELDS.fullmatch(field.name):
        yield from _aigc(field)
    credit = _first(_CREDITS, field.text) if field.name in _CREDIT_FIELDS else None
    if credit:
        yield _said(field, Sort.CREDIT, credit.meaning, system=credit.system)
    elif field.name in _SOFTWARE_FIELDS:
        software = _first(_SOFTWARE, field.text)
        if software:
            yield _said(field, Sort.SOFTWARE, software.meaning, system=software.system)


def _first(marks: Iterable[_Mark], text: str) -> _Mark | None:
    return next((mark for mark in marks if mark.pattern.search(text[:MAX_MARK])), None)


def _aigc(field: Field) -> Iterator[Statement]:
    """The label that GB 45438-2025 asks for: a JSON object with `Label` and who produced and spread it."""
    content = object_in(field.text)
    inner = content.get("AIGC", content)
    label = str(inner.get("Label", "")) if isinstance(inner, dict) else ""
    if label in _TC260 and isinstance(inner, dict):
        producer = inner.get("ContentProducer")
        value = f"Label {label}" + (f", ContentProducer {producer}" if isinstance(producer, str) and producer else "")
        yield _said(field, Sort.LABEL, _TC260[label], value=value, system="GB 45438-2025")


def _tiktok(field: Field) -> Iterator[Statement]:
    label = object_in(field.text).get("aigc_label_type")
    if isinstance(label, int) and not isinstance(label, bool) and 0 < label < 100:
        yield _said(field, Sort.LABEL, Meaning.USED, value=f"aigc_label_type {label}", system="TikTok")


def object_in(text: str) -> dict[str, Any]:
    """The JSON object that a text is; empty where it is none or nested beyond any real label."""
    try:
        found = loads(text) if text.lstrip()[:1] == "{" else None
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _said(field: Field, kind: Sort, meaning: Meaning, *, value: str | None = None, system: str = "") -> Statement:
    return Statement(
        kind=kind,
        value=kept(field.text if value is None else value),
        where=field.name,
        meaning=meaning,
        system=system,
        spans=field.spans,
    )

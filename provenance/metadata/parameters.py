"""Which program writes generation parameters in the form that these texts have?

A1111 and those that follow it, ComfyUI, InvokeAI, Fooocus, SwarmUI, NovelAI, Draw Things, Easy Diffusion, Midjourney,
xAI: each has a form that nothing else has by accident. A form shows who writes like that, not who wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from provenance.metadata.model import Field, Meaning, Sort, Statement, kept

_FREE: Final = frozenset(
    ("PNG text parameters", "PNG text prompt", "PNG text workflow", "PNG text workflow_json", "PNG text Comment",
     "PNG text Description", "PNG text UserComment", "PNG text generation_data", "PNG text Sui-Params",
     "PNG text sui_image_params", "PNG text metadata", "EXIF UserComment", "EXIF ImageDescription", "EXIF XPComment",
     "EXIF Make", "EXIF Model", "XMP exif:UserComment", "XMP dc:description", "JPEG comment", "GIF comment",
     "MP4 cmt", "MP4 comment", "MP4 des", "MP4 desc", "MP4 description", "MP4 prompt", "MP4 workflow", "MP4 parameters",
     "RIFF ICMT", "ID3 comment", "ID3 prompt", "ID3 workflow", "ID3 parameters", "FLAC comment", "FLAC prompt",
     "FLAC workflow", "FLAC parameters")
)  # fmt: skip
"""Fields for texts of any kind, in which programs put their parameters."""

_A1111: Final = re.compile(r"\b(Steps|Sampler|CFG scale|Seed|Size|Model hash|Schedule type): ")
_A1111_ENOUGH: Final = 3
"""Different ones of these that must be there."""
_COMFY: Final = re.compile(r'\\?"class_type\\?"\s{0,4}:|\\?"last_node_id\\?"\s{0,4}:|\\?"last_link_id\\?"\s{0,4}:')
_FORMS: Final = (
    (re.compile(r'"sui_image_params"\s{0,4}:'), "SwarmUI"),
    (re.compile(r'"app"\s{0,4}:\s{0,4}"invokeai|"invokeai_metadata"'), "InvokeAI"),
    (_COMFY, "ComfyUI"),
    (
        re.compile(r'(?s)^\s*\{(?=.*"base_model"\s*:)(?=.*"(?:guidance_scale|sharpness)"\s*:)(?=.*"seed"\s*:)'),
        "Fooocus",
    ),
    (re.compile(r'(?s)^\s*\{(?=.*"uc"\s*:)(?=.*"sampler"\s*:)(?=.*"(?:seed|scale)"\s*:)'), "NovelAI"),
    (re.compile(r'(?s)^\s*\{(?=.*"c"\s*:)(?=.*"uc"\s*:)(?=.*"v2"\s*:)'), "Draw Things"),
)
_MIDJOURNEY: Final = re.compile(r"(?s)(?=.*\bJob ID: [0-9a-f]{8}-[0-9a-f]{4}-)|.*\s--(?:v|niji) \d")
_DREAM: Final = re.compile(r'"\s{1,8}-[A-Za-z]\s?\d')
_SIGNED_BY_XAI: Final = re.compile(r"Signature:\s{0,4}[A-Za-z0-9+/=]{64,}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

_OWN_FIELDS: Final = {
    "PNG text invokeai_metadata": "InvokeAI",
    "PNG text invokeai_graph": "InvokeAI",
    "PNG text invokeai_workflow": "InvokeAI",
    "PNG text sd-metadata": "InvokeAI",
    "PNG text fooocus_scheme": "Fooocus",
    "PNG text use_stable_diffusion_model": "Easy Diffusion",
}
"""Keywords that only one program uses."""


def written_by(fields: Iterable[Field]) -> Iterator[Statement]:
    """One statement for each program's form that the fields have, at the first field that shows it."""
    given = list(fields)
    distinct: set[str] = set()
    for field in given:
        system = _system(field)
        if system and system not in distinct:
            distinct.add(system)
            yield _parameters(field, system)
    artist = next((field for field in given if field.name == "EXIF Artist"), None)
    described = next((field for field in given if field.name == "EXIF ImageDescription"), None)
    if artist and described and _UUID.fullmatch(artist.text.strip()) and _SIGNED_BY_XAI.match(described.text):
        yield _parameters(described, "Grok (xAI)")


def _system(field: Field) -> str:
    if field.name in _OWN_FIELDS:
        return _OWN_FIELDS[field.name]
    if field.name == "PNG text Dream" and _DREAM.search(field.text):
        return "InvokeAI"
    if field.name not in _FREE:
        return ""
    for form, system in _FORMS:
        if form.search(field.text):
            return system
    if len(set(_A1111.findall(field.text))) >= _A1111_ENOUGH:
        return "Stable Diffusion web UI"
    if field.name in ("PNG text Description", "EXIF ImageDescription", "XMP dc:description"):
        return "Midjourney" if _MIDJOURNEY.match(field.text) else ""
    return ""


def _parameters(field: Field, system: str) -> Statement:
    return Statement(
        kind=Sort.PARAMETERS,
        value=kept(field.text),
        where=field.name,
        meaning=Meaning.GENERATED,
        system=system,
        spans=field.spans,
    )

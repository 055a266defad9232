"""How are a file's blocks of metadata read, each in its own form, into times, a place and statements?

XMP, IPTC, EXIF, and the named texts of PNG, MP4, RIFF, ID3, FLAC and PDF, within bounds. Nobody has signed any of it by
being there: whether a signature covers it is for whoever knows the signature.
"""

from __future__ import annotations

from provenance.metadata import exif, generators, iptc, stated, times, xmp
from provenance.metadata.blocks import find_blocks
from provenance.metadata.collector import Collector
from provenance.metadata.model import MAX_FIELDS, MAX_STATEMENTS, Block, Field, GeoPoint, Metadata, kept


def read(data: bytes, media_type: str) -> Metadata:
    """What a file's metadata says; see `provenance.metadata.read_metadata`."""
    found = find_blocks(data, media_type)
    fields: list[Field] = []
    place: GeoPoint | None = None
    for block in found.blocks:
        if block.kind == "exif":
            tags = exif.read_exif(block.data, found.left)
            fields += exif.fields(tags, block.spans)
            place = place or exif.place(tags, block.spans)
            for inner in exif.inner_blocks(tags, block.spans):
                fields += _fields(inner, found) if found.fits(len(inner.data)) else []
        else:
            fields += _fields(block, found)
    if len(fields) > MAX_FIELDS:
        found.beyond("fields", MAX_FIELDS)
        fields = fields[:MAX_FIELDS]
    if not all(map(generators.is_looked_at_wholly, fields)):
        found.beyond("characters of the name of a program", generators.MAX_MARK)
    said = generators.statements(fields)
    if len(said) > MAX_STATEMENTS:
        found.beyond("statements on its making", MAX_STATEMENTS)
    return Metadata(
        times=times.times(fields),
        place=place or times.place(fields),
        statements=said[:MAX_STATEMENTS],
        camera=_camera(fields),
        stated=stated.stated(fields),
        unread=tuple(found.unread),
        cut=tuple(found.left_out),
    )


def _fields(block: Block, found: Collector) -> list[Field]:
    """The fields of any block but EXIF."""
    if block.kind == "xmp":
        packet = xmp.read_xmp(block.data)
        for words in packet.cut:
            found.left(words)
        return xmp.fields(packet, block.spans)
    if block.kind == "iptc":
        return iptc.fields(block.data, block.spans, found.left)
    if block.kind == "photoshop":
        return iptc.fields(iptc.from_photoshop(block.data, found.left), block.spans, found.left)
    return [Field(block.name, block.text, block.spans)]


def _camera(fields: list[Field]) -> str:
    by_name = {field.name: kept(field.text, 80) for field in reversed(fields)}
    make, model = (by_name.get(f"EXIF {name}") or by_name.get(f"XMP tiff:{name}", "") for name in ("Make", "Model"))
    return model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()

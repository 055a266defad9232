"""Which bytes of a file are media, metadata, manifest or something else? One reader a family of containers.

The type comes from the content; only text and SVG, which have no signature of their own, are taken at their word.
"""

from __future__ import annotations

from provenance.formats.parts import BmffBox, Kind, Layout, NamedBox, Region

__all__ = ["BmffBox", "Kind", "Layout", "NamedBox", "Region", "read_layout"]

_BMFF_STARTS = frozenset(
    (b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"wide", b"free", b"skip", b"pnot", b"uuid", b"sidx", b"emsg",
     b"prft")
)  # fmt: skip
"""Boxes with which files and segments of a stream begin (ISO/IEC 14496-12, ISO/IEC 23009-1)."""
_FLAC = ("audio/flac", "audio/x-flac")
_JXL_SIGNATURE = b"\0\0\0\x0cJXL \r\n\x87\n"


def read_layout(data: bytes, media_type: str = "") -> Layout:
    """The parts of a file. Linear in its length.

    Args:
        data: the whole file.
        media_type: as recognised elsewhere; asked only for what has no signature of its own (text, SVG).

    Returns:
        A layout; with an empty format and one `other` region where the type is not read here.

    Raises:
        CredentialsLimitError: more parts than any real file has.
    """
    from provenance.formats import bmff, pdf, riff, sfnt, text, tiff
    from provenance.formats import zip as zip_archive
    from provenance.formats.markup import svg
    from provenance.formats.pictures import gif, jpeg, png
    from provenance.formats.sound import flac, id3, ogg

    if text.is_text(media_type):
        # First of all: words can begin with what is a signature of other types.
        return text.read_text(data)
    if data[:3] == b"\xff\xd8\xff":
        return jpeg.read_jpeg(data)
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return png.read_png(data)
    if data[:4] in (b"RIFF", b"RF64", b"BW64"):
        return riff.read_riff(data)
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return gif.read_gif(data)
    if data[:12] == _JXL_SIGNATURE:
        return bmff.read_bmff(data, is_jxl=True)
    if data[4:8] in _BMFF_STARTS:
        return bmff.read_bmff(data)
    if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"IIRO", b"IIRS", b"IIU\0"):
        return tiff.read_tiff(data)
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return zip_archive.read_zip(data)
    if data[:4] == ogg.CAPTURE:
        return ogg.read_ogg(data)
    if media_type.startswith("font/") and data[:4] in sfnt.SIGNATURES:
        return sfnt.read_sfnt(data)
    if data.startswith(b"fLaC", id3.tag_end(data)) or (data[:3] == b"ID3" and media_type in _FLAC):
        return flac.read_flac(data)
    if data[:3] == b"ID3" or (data[:1] == b"\xff" and len(data) > 1 and data[1] & 0xE6 in (0xE2, 0xE4, 0xE6)):
        return id3.read_mp3(data)
    if b"%PDF-" in data[:1024]:
        # Last of those with a signature: its header may lie within a part of any of the others.
        return pdf.read_pdf(data)
    if media_type == "image/svg+xml" or b"<svg" in data[:4096]:
        return svg.read_svg(data)
    return Layout(format="", size=len(data), regions=(Region(0, len(data), Kind.OTHER, "unread"),) if data else ())

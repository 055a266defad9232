"""Does what an ISO BMFF file says of its own type fit what it holds?

No BMFF hash covers `ftyp` (C2PA 2.4, section A.5.6), and viewers go by it: under `avis` a decoder plays the sequence
and under `avif` it shows the picture beside it. So its brands are held against what is signed. The brands are those of
ISO/IEC 14496-12 (annex E), 23008-12 (section 10), 23000-22, AVIF 1.1 (section 6) and the MP4 Registration Authority.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from typing import Final

from provenance.formats.bmff.content import Content
from provenance.formats.parts import BmffBox, Doubt, printable

MAX_BRANDS: Final = 64
"""Brands in one declaration: the longest known has fifteen."""
_CHARACTERS: Final = frozenset((string.ascii_letters + string.digits + " ._+-").encode())
_CODECS: Final = {
    "heic": ("hvc1", "hev1", "lhv1"), "heix": ("hvc1", "hev1", "lhv1"),
    "hevc": ("hvc1", "hev1", "lhv1"), "hevx": ("hvc1", "hev1", "lhv1"),
    "heim": ("lhv1",), "heis": ("lhv1",), "hevm": ("lhv1",), "hevs": ("lhv1",),
    "avif": ("av01",), "avis": ("av01",), "avio": ("av01",), "avci": ("avc1",), "avcs": ("avc1",),
    "j2ki": ("j2k1",), "j2is": ("j2k1",), "jpeg": ("jpeg",), "jpgs": ("jpeg",), "vvic": ("vvc1",), "vvis": ("vvc1",),
}  # fmt: skip
"""Brands that say how the main picture is coded."""
_SEQUENCES: Final = frozenset(("msf1", "avis", "hevc", "hevx", "hevm", "hevs", "avcs", "j2is", "jpgs", "vvis"))
_STRICT: Final = "avis"
"""The one of these without whose sequence decoders show nothing, wherever it stands (AVIF 1.1, section 6.2)."""
_FIRST: Final = (frozenset(_CODECS) - _SEQUENCES) | frozenset(("mif1", "mif3"))
"""Of files with pictures and no sequence of them: those that stand first."""
_GAIN_MAP: Final = "tmap"
"""The brand and the item by which a picture is shown brighter (ISO/IEC 23008-12, amendment 1; ISO 21496-1)."""
_PICTURES: Final = _FIRST | frozenset(
    ("mif2", "miaf", "MA1A", "MA1B", "MiHA", "MiHB", "MiHE", "MiPr", "1pic", "unif", "geo1", _GAIN_MAP)
)
_SOUND: Final = frozenset(("M4A ", "M4B ", "M4P "))
_STREAMS: Final = frozenset(
    ("dash", "dsms", "msdh", "msix", "lmsg", "cmfc", "cmf2", "cmff", "cmfl", "cmfs", "cud1", "ccff", "piff", "hlsf")
)
"""Of streams in pieces."""
_RAW: Final = "crx "
_QUICKTIME: Final = "qt  "
_FILMS: Final = _SOUND | _STREAMS | frozenset(
    ("isom", "avc1", "mp41", "mp42", "mp71", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9", "isoa",
     "isob", "isoc", "M4V ", "M4VH", "M4VP", "F4V ", "F4P ", "F4A ", "F4B ", "MSNV", "NDAS", "NDSC", "XAVC", "mmp4",
     "3gp1", "3gp2", "3gp3", "3gp4", "3gp5", "3gp6", "3gp7", "3gp8", "3gp9", "3gr6", "3gs6", "3ge6", "3ge7", "3gg6",
     "3gh9", "3g2a", "3g2b", "3g2c", "kddi", "av01", "dby1", "CAEP", "caqv", "pana", "niko", "MPPI", "dmb1",
     _RAW, _QUICKTIME)
)  # fmt: skip
_FILM_CODECS: Final = {"avc1": ("avc1", "avc2", "avc3", "avc4", "encv"), "av01": ("av01", "encv")}
"""Brands of films that say how they are coded."""
_STILLS: Final = ("jpeg", "png ", "mjpa", "mjpb", "tiff", "gif ")
"""Codecs of the pictures of chapters, which files of sound may carry."""


def misfits(data: bytes, boxes: Sequence[BmffBox], content: Content, *, is_jxl: bool = False) -> Iterator[Doubt]:
    """Everything in which a file's own word for its type does not fit its content."""
    declared = [box for box in boxes if box.type == "ftyp"]
    for box in boxes:
        if box.type == "styp":
            yield from _segment(data, box, content)
    for again in declared[1:]:
        yield _doubt("a second declaration of the type", again)
    if not declared:
        yield from _undeclared(boxes, content, is_jxl=is_jxl)
        return
    first = declared[0]
    if first is not boxes[1 if is_jxl else 0]:
        yield _doubt("a declaration of the type that does not come first", first)
    found = _brands(data, first)
    if isinstance(found, str):
        yield _doubt(found, first)
        return
    what = _jxl(found) if is_jxl else next(_unfit(found, content), "")
    if what:
        yield _doubt(what, first)


def _doubt(what: str, box: BmffBox) -> Doubt:
    return Doubt("integrity.brands", what, box.start, box.end)


def _brands(data: bytes, box: BmffBox) -> tuple[str, ...] | str:
    """The major brand and the compatible ones; words where they are no brands."""
    body = data[box.start + box.header : box.end]
    if len(body) < 8 or len(body) % 4 or len(body) > 4 * (MAX_BRANDS + 2):
        return "a declaration of the type that is none"
    raw = [body[:4], *(body[at : at + 4] for at in range(8, len(body), 4))]
    # QuickTime fills its list up with zeros.
    raw = raw[:1] + [one for one in raw[1:] if one != bytes(4)]
    for one in raw:
        if not _CHARACTERS.issuperset(one):
            return f"the brand {printable(one)}"
    return tuple(one.decode("ascii") for one in raw)


def _segment(data: bytes, box: BmffBox, content: Content) -> Iterator[Doubt]:
    """What is wrong with what a segment says of itself."""
    found = _brands(data, box)
    if isinstance(found, str):
        yield _doubt(found, box)
    elif not content.has_fragments:
        yield _doubt("a segment's brands in a file that has none", box)
    elif stray := next((name for name in found if name in _PICTURES or name in _SEQUENCES), ""):
        yield _doubt(f"the brand {stray} on a segment of a film", box)


def _undeclared(boxes: Sequence[BmffBox], content: Content, *, is_jxl: bool) -> Iterator[Doubt]:
    """A file without a declaration: old QuickTime and segments have none, others do."""
    old = all(track.is_quicktime for track in content.tracks)
    if boxes and (is_jxl or content.has_pictures or not old):
        yield _doubt("no declaration of the type", boxes[0])


def _jxl(brands: Sequence[str]) -> str:
    stray = next((name for name in brands if name != "jxl "), "")
    return f"the brand {stray.strip()} on JPEG XL" if stray else ""


def _unfit(brands: Sequence[str], content: Content) -> Iterator[str]:
    major, *compatible = brands
    name = f"the brand {major.strip()}"
    if major == "jxl ":
        yield f"{name} on another container"
    elif content.has_pictures:
        yield from _unfit_pictures(name, brands, content)
    elif content.of("pict") and not content.of("vide"):
        if major not in _SEQUENCES:
            yield f"{name} on a sequence of pictures"
        yield from _unfit_codecs(major, tuple(codec for track in content.of("pict") for codec in track.codecs))
    elif content.tracks:
        stray = next((one for one in brands if one in _PICTURES or one in _SEQUENCES), "")
        if stray:
            yield f"the brand {stray} on a film"
        yield from _unfit_film(name, brands, content)
        if major not in _FILMS and not any(one in _FILMS for one in compatible):
            yield f"{name}, which is not known here"


def _unfit_pictures(name: str, brands: Sequence[str], content: Content) -> Iterator[str]:
    major = brands[0]
    codec = content.items.codec if content.items is not None else ""
    if content.of("vide"):
        yield "a picture beside a film"
    elif content.of("pict") and major not in _SEQUENCES:
        # Whether the sequence or the picture beside it is shown hangs on this word.
        yield f"{name} beside a sequence of pictures"
    elif not content.of("pict") and major in _SEQUENCES:
        yield f"{name} without a sequence of pictures"
    elif not content.of("pict") and _STRICT in brands:
        yield f"the brand {_STRICT} without a sequence of pictures"
    elif not content.of("pict") and major not in _FIRST:
        yield f"{name} on a picture" if major not in _PICTURES else f"{name} in the first place"
    yield from _unfit_codecs(major, (codec,) if codec else ())
    is_brightened = content.items is not None and _GAIN_MAP in content.items.types.values()
    if is_brightened is not (_GAIN_MAP in brands):
        # Decoders read a gain map where this word stands, and pass over it where it does not.
        yield "a gain map without the brand tmap" if is_brightened else "the brand tmap without a gain map"
    if codec == "av01" and not any("av01" in _CODECS.get(one, ()) for one in brands):
        # AVIF 1.1, section 6: whoever writes it says so.
        yield f"{name} on a picture in av01"


def _unfit_codecs(brand: str, codecs: Sequence[str]) -> Iterator[str]:
    wanted = _CODECS.get(brand, ())
    stray = next((codec for codec in codecs if codec not in wanted), "") if wanted else ""
    if stray:
        yield f"the brand {brand} on a picture in {printable(stray.encode('latin-1'))}"


def _unfit_film(name: str, brands: Sequence[str], content: Content) -> Iterator[str]:
    major = brands[0]
    codecs = [codec for track in content.tracks for codec in track.codecs]
    pictures = [codec for track in content.of("vide") for codec in track.codecs]
    if major in _SOUND and any(codec not in _STILLS for codec in pictures):
        yield f"{name} on a film with pictures"
    if major in _FILM_CODECS and not any(codec in _FILM_CODECS[major] for codec in pictures):
        yield f"{name} on a film that is coded otherwise"
    if major in _STREAMS and not content.has_fragments:
        yield f"{name} on a film in one piece"
    if (major == _RAW) is not ("CRAW" in codecs):
        yield f"{name} on {'raw pictures' if 'CRAW' in codecs else 'a film'}"
    handled = [track for track in content.tracks if track.handler]
    if major == _QUICKTIME and handled and not any(track.is_quicktime for track in handled):
        yield f"{name} on tracks that are not QuickTime's"
    if _QUICKTIME not in brands and any(track.is_long_sound for track in content.tracks):
        yield f"{name} on sound in QuickTime's form"

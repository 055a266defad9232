"""What does a file state of itself, from which field, and is nothing of a stranger's but the values in it?"""

from __future__ import annotations

import pytest

from provenance.metadata import Stated, StatedKind, read_metadata
from provenance.metadata.model import Field
from provenance.metadata.stated import MAX_OF_A_KIND, MAX_STATED, MAX_VALUE, stated
from tests.support.media.metadata_files import exif, iim, jpeg_with, picture, png_with, text_chunk, xmp

CAMERA, SOFTWARE, AUTHOR = StatedKind.CAMERA, StatedKind.SOFTWARE, StatedKind.AUTHOR


def test_reads_camera_lens_program_author_and_terms_of_a_photo() -> None:
    tags = {0x010F: "Canon", 0x0110: "Canon EOS R6", 0x0131: "Lightroom 14", 0x013B: "Ada L.", 0x8298: "(c) Ada L."}
    found = read_metadata(picture("JPEG", exif=exif(tags, sub={0xA434: "RF 35mm"})), "image/jpeg")
    assert [(str(one.kind), one.value, one.where) for one in found.stated] == [
        ("camera", "Canon EOS R6", "EXIF Make, EXIF Model"),
        ("lens", "RF 35mm", "EXIF LensModel"),
        ("software", "Lightroom 14", "EXIF Software"),
        ("author", "Ada L.", "EXIF Artist"),
        ("copyright", "(c) Ada L.", "EXIF Copyright"),
    ]


def test_two_cameras_are_two_facts_and_the_same_one_is_one() -> None:
    def cameras(*texts: tuple[str, str]) -> list[str]:
        return [one.value for one in stated(Field(name, text) for name, text in texts) if one.kind is CAMERA]

    exif_says = (("EXIF Make", "NIKON CORPORATION"), ("EXIF Model", "NIKON Z 9"))
    assert cameras(*exif_says, ("XMP tiff:Model", "Canon EOS R6")) == ["NIKON CORPORATION NIKON Z 9", "Canon EOS R6"]
    again = (("XMP tiff:Make", "Nikon Corporation"), ("XMP tiff:Model", "nikon z 9"))
    assert cameras(*exif_says, *again) == ["NIKON CORPORATION NIKON Z 9"]
    assert cameras(("EXIF Make", "Apple")) == ["Apple"]


@pytest.mark.parametrize(
    ("data", "media_type", "expected"),
    [
        (
            png_with(text_chunk("Software", "GIMP")),
            "image/png",
            Stated(kind=SOFTWARE, value="GIMP", where="PNG text Software"),
        ),
        (jpeg_with(0xED, iim((80, "Ada"))), "image/jpeg", Stated(kind=AUTHOR, value="Ada", where="IPTC By-line")),
    ],
    ids=["png", "iptc"],
)
def test_other_formats_have_their_own_fields(data: bytes, media_type: str, expected: Stated) -> None:
    assert expected in read_metadata(data, media_type).stated


def test_what_is_beyond_the_bounds_is_left_out_and_nothing_is_longer() -> None:
    many = [Field("XMP dc:creator", f"Author {number}") for number in range(1000)]
    assert len(stated(many)) == MAX_OF_A_KIND
    long = stated([Field("EXIF Software", "x" * 10_000)])
    assert len(long[0].value) == MAX_VALUE
    everything = [Field(name, f"{name} {number}") for name in ("EXIF Software", "EXIF Artist") for number in range(9)]
    assert len(stated(everything)) <= MAX_STATED


def test_blank_fields_and_line_ends_state_nothing() -> None:
    assert stated([Field("EXIF Software", " \0 \n"), Field("EXIF Artist", "")]) == ()
    assert stated([Field("EXIF Artist", "Ada\r\nL.")])[0].value == "Ada L."


def test_a_packet_states_rights_and_a_lens() -> None:
    packet = xmp(
        "<aux:Lens xmlns:aux='http://ns.adobe.com/exif/1.0/aux/'>35mm</aux:Lens>"
        "<dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>All rights</rdf:li></rdf:Alt></dc:rights>"
    )
    found = read_metadata(jpeg_with(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet), "image/jpeg")
    assert {str(one.kind): one.value for one in found.stated} == {"copyright": "All rights", "lens": "35mm"}

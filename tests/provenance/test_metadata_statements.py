"""Is every kind of statement about AI found wherever its format keeps it, and nothing else taken for one?"""

from __future__ import annotations

import json
from typing import Final

import pytest

from provenance.media_type import recognise
from provenance.metadata import Meaning, Metadata, Sort, Statement, read_metadata
from tests.support.media.metadata_files import (
    SOURCE,
    box,
    chunk,
    codestream,
    document,
    drawing,
    edited_by_samsung,
    exif,
    flac,
    iim,
    jpeg_with,
    keyed,
    movie,
    picture,
    png_with,
    riff,
    still,
    tagged,
    text_chunk,
    uuid_xmp,
    wave,
    xmp,
)

GENERATED: Final = f"{SOURCE}trainedAlgorithmicMedia"
DECLARED: Final = xmp(Iptc4xmpExt_DigitalSourceType=GENERATED)
A1111: Final = "a harbour\nNegative prompt: people\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512"
COMFY: Final = json.dumps({"3": {"class_type": "KSampler", "inputs": {"seed": 1}}})
DRAWN: Final = '{"c":"x","uc":"","v2":{}}'.replace('"', "&quot;")
UUID: Final = "01234567-89ab-cdef-0123-456789abcdef"


def read(data: bytes, name: str = "") -> Metadata:
    return read_metadata(data, recognise(data, name=name))


def only(data: bytes, name: str = "") -> Statement:
    found = read(data, name).statements
    assert len(found) == 1, found
    return found[0]


WITH_XMP: Final = {
    "jpeg": lambda: picture("JPEG", xmp=DECLARED),
    "png": lambda: png_with(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + DECLARED)),
    "webp": lambda: picture("WEBP", xmp=DECLARED),
    "avif": lambda: picture("AVIF", xmp=DECLARED),
    "heic": lambda: still(DECLARED),
    "tiff": lambda: picture("TIFF", tiffinfo={700: DECLARED}),
    "gif": lambda: gif_with_xmp(DECLARED),
    "jxl": lambda: codestream(DECLARED, compressed=False),
    "jxl-compressed": lambda: codestream(DECLARED, compressed=True),
    "mp4": lambda: movie() + uuid_xmp(DECLARED),
    "mov": lambda: movie(box(b"udta", box(b"XMP_", DECLARED)), brand=b"qt  "),
    "wav": lambda: wave((b"_PMX", DECLARED)),
    "avi": lambda: riff(b"AVI ", (b"_PMX", DECLARED)),
    "mp3": lambda: tagged((b"PRIV", b"XMP\0" + DECLARED)),
    "pdf": lambda: document(DECLARED),
    "svg": lambda: drawing(DECLARED),
}


def gif_with_xmp(packet: bytes) -> bytes:
    plain = picture("GIF")
    head = 13 + (3 << ((plain[10] & 7) + 1) if plain[10] & 0x80 else 0)
    trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    return plain[:head] + b"!\xff\x0bXMP DataXMP" + packet + trailer + plain[head:]


@pytest.mark.parametrize("form", WITH_XMP)
def test_reads_a_declared_source_type_in_the_xmp_of(form):
    data = WITH_XMP[form]()
    found = only(data)
    assert (found.kind, found.value, found.where) == (
        Sort.SOURCE_TYPE,
        GENERATED,
        "XMP Iptc4xmpExt:DigitalSourceType",
    )
    # Where it is told to lie is where it lies, as far as it lies there as it is.
    (start, end), *_ = found.spans
    assert form == "jxl-compressed" or b"trainedAlgorithmicMedia" in data[start:end]
    assert end - start < len(data)


@pytest.mark.parametrize(
    "name", ["DigitalSourceType", "DigitalSourcetype", "DigitalSourceFileType", "DigitalSourcefileType"]
)
def test_reads_every_spelling_of_the_source_type(name):
    assert only(picture("JPEG", xmp=xmp(**{f"Iptc4xmpExt_{name}": GENERATED}))).value == GENERATED


def test_reads_a_source_type_written_as_an_element_or_as_a_resource():
    element = f"<Iptc4xmpExt:DigitalSourceType>{GENERATED}</Iptc4xmpExt:DigitalSourceType>"
    resource = f"<Iptc4xmpExt:DigitalSourceType rdf:resource='{GENERATED}'/>"
    assert only(picture("JPEG", xmp=xmp(element))).value == only(picture("JPEG", xmp=xmp(resource))).value == GENERATED


def test_knows_a_property_by_its_namespace_and_not_by_its_prefix():
    other = DECLARED.replace(b"Iptc4xmpExt:D", b"zz:D").replace(b"xmlns:Iptc4xmpExt", b"xmlns:zz")
    assert only(picture("JPEG", xmp=other)).where == "XMP Iptc4xmpExt:DigitalSourceType"
    foreign = DECLARED.replace(b"http://iptc.org/std/Iptc4xmpExt/2008-02-29/", b"http://example.org/")
    assert read(picture("JPEG", xmp=foreign)).statements == ()


def test_finds_prefixes_that_an_svg_declares_on_its_root():
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    declared = f"xmlns:rdf='{rdf}' xmlns:I='http://iptc.org/std/Iptc4xmpExt/2008-02-29/'"
    inner = f"<rdf:RDF><rdf:Description I:DigitalSourceType='{GENERATED}'/></rdf:RDF>".encode()
    assert only(drawing(inner, declared=declared)).value == GENERATED


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("AISystemUsed", Sort.SYSTEM),
        ("AISystemVersionUsed", Sort.SYSTEM),
        ("AIPromptInformation", Sort.PROMPT),
        ("AIPromptWriterName", Sort.PROMPT),
    ],
)
def test_reads_the_ai_fields_of_the_iptc(name, kind):
    found = only(picture("JPEG", xmp=xmp(**{f"Iptc4xmpExt_{name}": "Dreamer 3"})))
    assert (found.kind, found.meaning, found.value) == (kind, Meaning.USED, "Dreamer 3")


@pytest.mark.parametrize(
    ("line", "meaning", "system"),
    [
        ("Made with Google AI", Meaning.USED, "Google AI"),
        ("Edited with Google AI", Meaning.EDITED, "Google AI"),
        ("Apple Photos Clean Up", Meaning.EDITED, "Apple Photos Clean Up"),
        ("Apple Image Playground", Meaning.GENERATED, "Apple Image Playground"),
        ("Imagined with AI", Meaning.USED, ""),
    ],
)
def test_reads_credit_lines_in_xmp_and_in_iim(line, meaning, system):
    for data in (picture("JPEG", xmp=xmp(photoshop_Credit=line)), jpeg_with(0xED, iim((110, line)))):
        found = only(data)
        assert (found.kind, found.meaning, found.system, found.value) == (Sort.CREDIT, meaning, system, line)


PARAMETERS: Final = {
    "a1111": (lambda: png_with(text_chunk("parameters", A1111)), "Stable Diffusion web UI"),
    "a1111-jpeg": (
        lambda: picture("JPEG", exif=exif(sub={0x9286: b"UNICODE\0" + A1111.encode("utf-16-be")})),
        "Stable Diffusion web UI",
    ),
    "a1111-little-endian": (
        lambda: picture("WEBP", exif=exif(sub={0x9286: b"UNICODE\0" + A1111.encode("utf-16-le")})),
        "Stable Diffusion web UI",
    ),
    "comfyui": (lambda: png_with(text_chunk("prompt", COMFY)), "ComfyUI"),
    "comfyui-workflow": (lambda: png_with(text_chunk("workflow", '{"last_node_id": 9, "nodes": []}')), "ComfyUI"),
    "comfyui-webp": (lambda: picture("WEBP", exif=exif({0x010F: f"prompt:{COMFY}"})), "ComfyUI"),
    "comfyui-mp4": (lambda: movie(box(b"udta", keyed(comment=json.dumps({"prompt": COMFY})))), "ComfyUI"),
    "invokeai": (lambda: png_with(text_chunk("invokeai_metadata", '{"positive_prompt": "x"}')), "InvokeAI"),
    "invokeai-old": (lambda: png_with(text_chunk("sd-metadata", '{"model": "stable diffusion"}')), "InvokeAI"),
    "invokeai-dream": (lambda: png_with(text_chunk("Dream", '"a cat" -s 50 -S 1234 -W 512')), "InvokeAI"),
    "fooocus": (
        lambda: png_with(text_chunk("parameters", '{"base_model": "x", "guidance_scale": 4, "seed": "1"}')),
        "Fooocus",
    ),
    "swarmui": (lambda: png_with(text_chunk("parameters", '{"sui_image_params": {"prompt": "x"}}')), "SwarmUI"),
    "novelai": (
        lambda: png_with(text_chunk("Comment", '{"sampler": "k_euler", "seed": 1, "uc": "bad", "scale": 11}')),
        "NovelAI",
    ),
    "draw-things": (
        lambda: picture("JPEG", xmp=xmp(exif_UserComment=DRAWN)),
        "Draw Things",
    ),
    "easy-diffusion": (lambda: png_with(text_chunk("use_stable_diffusion_model", "sd-v1-5")), "Easy Diffusion"),
    "midjourney": (
        lambda: png_with(text_chunk("Description", f"a cat --ar 3:2 --v 6.1 Job ID: {UUID}")),
        "Midjourney",
    ),
    "grok": (
        lambda: picture("JPEG", exif=exif({0x010E: f"Signature: {'aB3+' * 20}", 0x013B: UUID})),
        "Grok (xAI)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", PARAMETERS)
def test_tells_whose_parameters_are_written_like_that(form):
    build, system = PARAMETERS[form]
    found = [one for one in read(build()).statements if one.kind is Sort.PARAMETERS]
    assert [(one.system, one.meaning) for one in found] == [(system, Meaning.GENERATED)]


def test_reads_compressed_png_texts_and_hexadecimal_profiles():
    import zlib

    squeezed = chunk(b"zTXt", b"parameters\0\0" + zlib.compress(A1111.encode()))
    assert only(png_with(squeezed)).system == "Stable Diffusion web UI"
    international = chunk(b"iTXt", b"prompt\0\1\0\0\0" + zlib.compress(COMFY.encode()))
    assert only(png_with(international)).system == "ComfyUI"
    body = exif({0x0131: "Midjourney"})
    profile = f"\nexif\n{len(body):8}\n{body.hex()}\n"
    assert only(png_with(text_chunk("Raw profile type exif", profile))).system == "Midjourney"


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (picture("JPEG", exif=exif({0x0131: "Midjourney 6"})), "EXIF Software"),
        (picture("TIFF", exif=exif({0x0131: "Midjourney 6"})), "EXIF Software"),
        (png_with(text_chunk("Software", "Midjourney 6")), "PNG text Software"),
        (picture("JPEG", xmp=xmp(xmp_CreatorTool="Midjourney 6")), "XMP xmp:CreatorTool"),
        (movie(box(b"udta", keyed(software="Midjourney 6"))), "MP4 software"),
        (wave((b"LIST", b"INFOISFT" + (12).to_bytes(4, "little") + b"Midjourney 6")), "RIFF ISFT"),
        (tagged((b"TSSE", b"\0Midjourney 6")), "ID3 TSSE"),
        (flac("Encoder=Midjourney 6"), "FLAC encoder"),
        (document(b"", b"/Creator (Midjourney \\(6\\))"), "PDF Creator"),
        (picture("GIF", comment=b"Midjourney 6"), "GIF comment"),
        (jpeg_with(0xED, iim((65, "Midjourney 6"))), "IPTC OriginatingProgram"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_finds_a_programs_name_in_each_formats_own_field(data, where):
    found = only(data)
    assert (found.kind, found.where, found.system) == (Sort.SOFTWARE, where, "Midjourney")


@pytest.mark.parametrize(
    ("label", "meaning"), [("1", Meaning.GENERATED), ("2", Meaning.POSSIBLE), ("3", Meaning.POSSIBLE)]
)
def test_reads_the_label_of_gb_45438(label, meaning):
    text = json.dumps({"Label": label, "ContentProducer": "Example"})
    for data in (
        png_with(text_chunk("AIGC", text)),
        picture("JPEG", xmp=xmp(TC260_AIGC=text.replace('"', "&quot;"))),
        picture("JPEG", exif=exif(sub={0x9286: b"ASCII\0\0\0" + json.dumps({"AIGC": json.loads(text)}).encode()})),
        movie(box(b"udta", keyed(AIGC=text))),
        tagged((b"TXXX", b"\3AIGC\0" + text.encode())),
        flac(f"AIGC={text}"),
        wave((b"AIGC", text.encode())),
    ):
        found = only(data)
        assert (found.kind, found.meaning, found.value) == (
            Sort.LABEL,
            meaning,
            f"Label {label}, ContentProducer Example",
        )


def test_reads_tiktoks_label_and_no_label_where_it_says_that_there_is_none():
    assert only(movie(box(b"udta", keyed(aigc_info='{"aigc_label_type": 2}')))).system == "TikTok"
    assert read(movie(box(b"udta", keyed(aigc_info='{"aigc_label_type": 0}')))).statements == ()


def test_reads_what_samsungs_editor_notes():
    found = only(edited_by_samsung('{"originalPath": "x", "genAIType": 3}'))
    assert (found.kind, found.meaning, found.system, found.value) == (
        Sort.LABEL,
        Meaning.USED,
        "Samsung Galaxy AI",
        "genAIType 3",
    )
    assert read(edited_by_samsung('{"genAIType": 0}')).statements == ()
    assert read(edited_by_samsung('{"rotation": 1}')).statements == ()


def test_reads_what_is_said_about_data_mining():
    uri = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING"
    found = only(picture("JPEG", xmp=xmp(plus_DataMining=uri)))
    assert (found.kind, found.value) == (Sort.TRAINING, "DMI-PROHIBITED-AIMLTRAINING")


@pytest.mark.parametrize(
    "data",
    [
        picture("JPEG", exif=exif({0x010F: "Canon", 0x0110: "Canon EOS R5", 0x0131: "Adobe Photoshop 25.0"})),
        picture("JPEG", exif=exif({0x010E: "Una imagen del puerto", 0x013B: "Leonardo Suno"})),
        png_with(text_chunk("Description", "a harbour at night -- v 6 of my draft")),
        png_with(text_chunk("Comment", '{"sampler": "none"}'), text_chunk("parameters", "exposure: 2, gain: 4")),
        png_with(text_chunk("prompt", "what do you see?"), text_chunk("workflow", "retouched, then printed")),
        png_with(text_chunk("AIGC", '{"Label": "9"}'), text_chunk("AIGC", "yes"), text_chunk("AIGC", "[1]")),
        picture("JPEG", xmp=xmp(photoshop_Credit="Harbour Press", xmp_CreatorTool="GIMP 2.10")),
        picture("JPEG", xmp=xmp(plus_DataMining="x", dc_title="Stable Diffusion explained")),
        wave((b"LIST", b"INFOICMT" + (6).to_bytes(4, "little") + b"sodium")),
        document(b"", b"/Producer (LibreOffice) /Creator <48>"),
    ],
)  # fmt: skip
def test_takes_nothing_else_for_a_statement(data):
    assert read(data).statements == ()


def test_says_each_thing_once_however_often_it_is_written():
    data = png_with(*[text_chunk("parameters", A1111)] * 50, *[text_chunk("Software", "Midjourney")] * 50)
    assert [one.kind for one in read(data).statements] == [Sort.SOFTWARE, Sort.PARAMETERS]


def test_says_what_is_not_read():
    assert read(b"OggS" + bytes(60)).unread == ("metadata of audio/ogg",)
    packed = document(DECLARED) + b"5 0 obj<</Type/ObjStm>>"
    assert read(packed).unread == ("metadata of this PDF in compressed or encrypted objects",)
    assert read(picture("JPEG", xmp=DECLARED[:-40])).cut == ("part of the XMP, which is malformed",)


def test_keeps_what_stands_before_an_error_in_the_xmp():
    assert only(picture("JPEG", xmp=DECLARED[:-40])).value == GENERATED


def test_keeps_only_the_beginning_of_a_long_text():
    assert len(only(png_with(text_chunk("parameters", "x" * 20_000 + A1111))).value) == 300

"""Which originals has a signer made who means harm? Their media lies where nobody hashes it.

None of them need pass. One that passes must show the same whatever is done to what nobody hashes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from tests.support.authority import Identity
from tests.viewers import rebinding
from tests.viewers.carriers import ZIP_NAME, carrier_of, with_store
from tests.viewers.makers import clips, documents, raster
from tests.viewers.mutators.bmff import chunks_of, extents_of
from tests.viewers.rebinding import OLD, TODAY
from tests.viewers.stores import pad_range, with_pad
from tests.viewers.structure.parse import directories, directory, number, order, riff, segments

if TYPE_CHECKING:
    from tests.viewers.originals import Recipe

Sign = Callable[[bytes, Identity], bytes]
Redirect = Callable[[bytes, int], bytes]
"""What points into the padding, which begins at that place of the file."""


def hidden(data: bytes, family: str, signer: Identity, content: bytes, redirect: Redirect, sign: Sign) -> bytes:
    """Signed media that something hashed points from into the padding, where that content lies."""
    first = sign(data, signer)
    found = carrier_of(first, family)
    place = first.index(found.store[:64]) + pad_range(found.store)[0]
    second = sign(redirect(first, place), signer)
    own = carrier_of(second, family)
    if second.index(own.store[:64]) + pad_range(own.store)[0] != place:
        raise ValueError("the padding moved")
    return with_store(second, family, with_pad(own.store, 0, content))


def _of_data(family: str) -> Sign:
    return lambda data, signer: rebinding.by_data(data, family, signer)


def _of_boxes(rules: tuple[dict[str, object], ...]) -> Sign:
    return lambda data, signer: rebinding.by_bmff(data, signer, rules, 3)


def _tiff_strips(data: bytes, place: int, *, how: str = "plain") -> bytes:
    """Strip offsets that lead into the store; without the lengths, or with the true offset in a second entry."""
    whole, little = bytearray(data), order(data) == "little"
    form = "<I" if little else ">I"
    fields = {field.tag: field for _, found in directories(data) for field in found}
    struct.pack_into(form, whole, fields[273].at + 8, place)
    if how == "nocount":
        struct.pack_into(form[0] + "H", whole, fields[279].at, 280)
    return bytes(whole)


def _tiff(how: str) -> Sign:
    def sign(data: bytes, signer: Identity) -> bytes:
        (field,) = (one for _, found in directories(data) for one in found if one.tag == 273)
        strip = number(data, field.value, field.size)
        pixels = data[strip : strip + 32 * 24 * 3]
        return hidden(data, "tiff", signer, pixels, partial(_tiff_strips, how=how), _of_data("tiff"))

    return sign


def _small_tiff() -> bytes:
    return raster.encoded(raster.scene(0, (32, 24)), "TIFF")


def _avi(data: bytes, signer: Identity) -> bytes:
    frame = next(
        data[one.start : one.end]
        for part in riff(data)
        if data[part.start + 8 : part.start + 12] == b"movi"
        for one in riff(data, part.start + 12, part.end)
        if one.kind == b"00dc"
    )

    def redirect(whole: bytes, place: int) -> bytes:
        changed = bytearray(whole)
        index = next(one for one in riff(whole) if one.kind == b"idx1")
        movi = next(one for one in riff(whole) if whole[one.start + 8 : one.start + 12] == b"movi")
        struct.pack_into("<I", changed, index.start + 8 + 8, place - movi.start - 8)
        return bytes(changed)

    return hidden(data, "riff", signer, frame[:4000], redirect, _of_data("riff"))


def _chunk_in_store(data: bytes, signer: Identity) -> bytes:
    """A film whose first run of sound lies in the padding."""
    chunk = next(one for one in reversed(chunks_of(data)) if one.size < 4000)
    content = data[chunk.place : chunk.place + chunk.size]

    def redirect(whole: bytes, place: int) -> bytes:
        return whole[: chunk.at] + place.to_bytes(chunk.width, "big") + whole[chunk.at + chunk.width :]

    return hidden(data, "bmff", signer, content, redirect, _of_boxes(TODAY))


def _item_in_store(rules: tuple[dict[str, object], ...]) -> Sign:
    def sign(data: bytes, signer: Identity) -> bytes:
        item = extents_of(data)[0]
        content = data[item.place : item.place + item.size]

        def redirect(whole: bytes, place: int) -> bytes:
            written = (place - item.base).to_bytes(item.width, "big")
            return whole[: item.at] + written + whole[item.at + item.width :]

        return hidden(data, "bmff", signer, content, redirect, _of_boxes(rules))

    return sign


def _page_in_store(data: bytes, signer: Identity) -> bytes:
    """A JPEG whose list of pictures (MPF) says that the second one lies in the padding."""
    second = raster.jpeg(2, quality=40)
    own = next(one for one in segments(data) if data[one.start + 4 : one.start + 7] == b"MPF")
    data = data[:2] + data[own.start : own.end] + data[2 : own.start] + data[own.end :]

    def redirect(whole: bytes, place: int) -> bytes:
        changed = bytearray(whole)
        base = whole.index(b"MPF\0") + 4
        little = whole[base : base + 2] == b"II"
        form = "<II" if little else ">II"
        count, at = number(whole[base:], 8, 2), base + 10
        for row in range(count):
            if number(whole[base:], 10 + 12 * row, 2) == 0xB002:
                at = base + number(whole[base:], 10 + 12 * row + 8, 4)
        struct.pack_into(form, changed, at + 16 + 4, len(second), place - base)
        return bytes(changed)

    return hidden(data, "jpeg", signer, second, redirect, _of_data("jpeg"))


def _table_in_store(data: bytes, signer: Identity) -> bytes:
    """A document whose `startxref` leads into the padding, where a table lies."""
    start = int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    table = data[start : data.rindex(b"startxref")]

    def redirect(whole: bytes, place: int) -> bytes:
        head, tail = whole.rsplit(b"startxref\n", 1)
        old = tail.split(b"\n")[0]
        return head + b"startxref\n" + str(place).zfill(len(old)).encode()[-len(old) :] + tail[len(old) :]

    return hidden(data, "pdf", signer, table, redirect, _of_data("pdf"))


def _picture_is_store(data: bytes, signer: Identity) -> bytes:
    """A document whose manifest stream is itself a picture on a page."""
    found = re.search(rb"(\d+) 0 obj\n<</Length (\d+)>>stream\n(?=\0\0..jumb)", data, re.DOTALL)
    assert found
    size = int(found[2])
    about = b"<</Type/XObject/Subtype/Image/Width 100/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8/Length %d>>"
    head = b"%b 0 obj\n" % found[1] + about % (size // 100, size) + b"stream\n"
    whole = data[: found.start()] + head + data[found.end() :]
    whole = whole.replace(b"<</I 3 0 R>>", b"<</I %b 0 R>>" % found[1])
    return rebinding.by_data(documents.with_new_table(whole), "pdf", signer)


def _entry_in_store(data: bytes, signer: Identity) -> bytes:
    """A document one of whose entries lies in the padding of the manifest's own."""
    entries, _, _ = directory(data)
    one = next(entry for entry in entries if entry.name != ZIP_NAME and entry.data_end - entry.data_start < 2000)
    own = carrier_of(data, "zip")
    place = own.start + pad_range(own.store)[0]
    piece = data[one.local : one.data_end]
    changed = bytearray(with_store(data, "zip", with_pad(own.store, 0, piece)))
    struct.pack_into("<I", changed, one.record + 42, place)
    return bytes(changed)


SCRIPT = (
    b"<script>const text = document.getElementsByTagName('c2pa:manifest')[0].textContent;"
    b"document.getElementById('dot').setAttribute('r', 2 + text.charCodeAt(9000) % 20);</script>\n</svg>"
)


def traps() -> Iterator[Recipe]:
    """Every trap."""
    from tests.viewers.originals import Recipe

    tiff = partial(Recipe, format="TIFF", media_type="image/tiff", family="tiff", is_trap=True)
    for how in ("plain", "nocount"):
        yield tiff(name=f"tiff-in-store-{how}", build=_small_tiff, bind=_tiff(how))
    yield Recipe(
        name="avi-in-store", format="AVI", media_type="video/x-msvideo", family="riff", build=clips.avi, bind=_avi,
        is_trap=True,
    )  # fmt: skip
    yield Recipe(
        name="mov-in-store", format="MOV", media_type="video/quicktime", family="bmff", build=clips.mov,
        bind=_chunk_in_store, is_trap=True,
    )  # fmt: skip
    still = lambda: raster.encoded(raster.scene(), "AVIF")  # noqa: E731
    avif = partial(Recipe, format="AVIF", media_type="image/avif", family="bmff", build=still, is_trap=True)
    yield avif(name="avif-in-store", bind=_item_in_store(TODAY))
    yield avif(name="avif-in-store-old", bind=_item_in_store(OLD))
    yield Recipe(
        name="jpeg-in-store", format="JPEG", media_type="image/jpeg", family="jpeg", build=raster.jpeg_pages,
        bind=_page_in_store, is_trap=True,
    )  # fmt: skip
    pdf = partial(Recipe, format="PDF", media_type="application/pdf", family="pdf", build=documents.pdf, is_trap=True)
    yield pdf(name="pdf-table-in-store", bind=_table_in_store)
    yield pdf(name="pdf-picture-is-store", bind=_picture_is_store)
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    yield Recipe(
        name="docx-in-store", format="DOCX", media_type=word, family="zip", build=documents.docx,
        bind=_entry_in_store, is_trap=True,
    )  # fmt: skip
    scripted = documents.SVG.replace(b"</svg>", SCRIPT)
    yield Recipe(
        name="svg-script", format="SVG", media_type="image/svg+xml", family="svg", build=lambda: scripted, is_trap=True
    )

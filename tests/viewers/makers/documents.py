"""Which small documents and drawings are signed before they are changed?"""

from __future__ import annotations

import io
import re
import struct
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.viewers.makers.raster import encoded, scene

SVG: Final = (
    b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    b'width="64" height="48" viewBox="0 0 64 48">\n<title>a drawing</title>\n'
    b'<defs><linearGradient id="g"><stop offset="0" stop-color="#d22"/><stop offset="1" stop-color="#22d"/>'
    b'</linearGradient></defs>\n<rect width="64" height="48" fill="url(#g)"/>\n'
    b'<circle id="dot" cx="20" cy="14" r="9" fill="#2c2"/>\n<path d="M2 46L30 24L40 46Z" fill="#fff"/>\n</svg>\n'
)
SVG_STYLED: Final = SVG.replace(
    b"<title>", b"<style>#dot{stroke:#000;stroke-width:2}</style>\n<metadata>words</metadata>\n<title>"
)


def _page(number: int) -> bytes:
    colours = (b"0.9 0.2 0.1 rg", b"0.1 0.3 0.8 rg", b"0.1 0.7 0.2 rg")
    return colours[number] + b" 10 %d 30 25 re f q 40 0 0 30 50 50 cm /I Do Q" % (10 + 30 * number)


def _objects(pages: int) -> dict[int, bytes]:
    """The objects of a document of some pages, with one picture."""
    image = zlib.compress(scene(0, (16, 12)).tobytes())
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(pages))
    found = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, pages),
        3: b"<</Type/XObject/Subtype/Image/Width 16/Height 12/ColorSpace/DeviceRGB/BitsPerComponent 8"
        b"/Filter/FlateDecode/Length %d>>stream\n" % len(image) + image + b"\nendstream",
    }
    for number in range(pages):
        content = _page(number)
        found[4 + 2 * number] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 120]/Contents %d 0 R/Resources<</XObject<</I 3 0 R>>>>>>"
            % (5 + 2 * number)
        )
        found[5 + 2 * number] = b"<</Length %d>>stream\n" % len(content) + content + b"\nendstream"
    return found


def pdf(pages: int = 2) -> bytes:
    """A document with a plain table of its objects."""
    return _pdf_of(_objects(pages))


def _pdf_of(objects: Mapping[int, bytes], *, base: bytes = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n", prev: int = 0) -> bytes:
    body, places = bytearray(base), {}
    for number, content in objects.items():
        places[number] = len(body)
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = len(body)
    body += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        body += b"%d 1\n%010d 00000 n \n" % (number, place)
    more = b"/Prev %d" % prev if prev else b""
    body += b"trailer\n<</Size 40/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (more, table)
    return bytes(body)


def with_new_table(data: bytes) -> bytes:
    """A document with a table that fits where its objects now begin."""
    start = data.rindex(b"xref\n0 ")
    body, objects = data[:start], {}
    for found in re.finditer(rb"(?:\A|\n)(\d+) 0 obj\n", body):
        objects[int(found[1])] = found.end() - len(found[1]) - len(b" 0 obj\n")
    rows = [b"%010d 00000 n \n" % objects[one] for one in range(1, len(objects) + 1)]
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(rows) + 1) + b"".join(rows)
    trailer = re.search(rb"trailer\n<<.*?>>\n", data[start:], re.DOTALL)
    assert trailer
    return body + table + trailer[0] + b"startxref\n%d\n%%%%EOF" % start


def with_update(data: bytes) -> bytes:
    """A document whose first page was changed by an update at its end."""
    prev = int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    content = _page(2)
    return _pdf_of({5: b"<</Length %d>>stream\n" % len(content) + content + b"\nendstream"}, base=data, prev=prev)


def with_streams(data: bytes) -> bytes:
    """A document with an update whose table is a stream and whose objects lie in another one."""
    prev = int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    found = re.search(rb"4 0 obj\n(.*?)\nendobj", data, re.DOTALL)
    assert found
    page = found[1].replace(b"[0 0 100 120]", b"[0 0 90 120]")
    heads = b"4 0 "
    packed = zlib.compress(heads + page)
    body = bytearray(data)
    first = len(body)
    body += b"20 0 obj\n<</Type/ObjStm/N 1/First %d/Filter/FlateDecode/Length %d>>stream\n" % (len(heads), len(packed))
    body += packed + b"\nendstream\nendobj\n"
    table = len(body)
    rows = struct.pack(">BIHBIHBIH", 2, 20, 0, 1, first, 0, 1, table, 0)
    body += b"21 0 obj\n<</Type/XRef/Size 22/Index[4 1 20 2]/W[1 4 2]/Root 1 0 R/Prev %d/Length %d>>stream\n" % (
        prev,
        len(rows),
    )
    body += rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % table
    return bytes(body)


def _archive(parts: Mapping[str, bytes], *, packed: bool = False) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name)
            if packed and name != "mimetype":
                info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return target.getvalue()


def docx(*, packed: bool = False) -> bytes:
    types = (
        b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        b'<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        b'wordprocessingml.document.main+xml"/></Types>'
    )
    links = (
        b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        b'officeDocument" Target="word/document.xml"/></Relationships>'
    )
    text = (
        b'<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        b"<w:body><w:p><w:r><w:t>The bridge is safe.</w:t></w:r></w:p></w:body></w:document>"
    )
    parts = {"[Content_Types].xml": types, "_rels/.rels": links, "word/document.xml": text}
    return _archive(parts | {"word/media/image1.png": encoded(scene(), "PNG")}, packed=packed)


def odt() -> bytes:
    text = (
        b'<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        b' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
        b"<text:p>The bridge is safe.</text:p></office:text></office:body></office:document-content>"
    )
    listed = (
        b'<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        b'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    kind = b"application/vnd.oasis.opendocument.text"
    return _archive({"mimetype": kind, "content.xml": text, "META-INF/manifest.xml": listed})


def epub() -> bytes:
    box = (
        b'<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        b'<rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles>'
        b"</container>"
    )
    book = (
        b'<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="2.0" unique-identifier="i">'
        b'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>t</dc:title><dc:identifier id="i">i'
        b'</dc:identifier></metadata><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
        b'<item id="b" href="b.xhtml" media-type="application/xhtml+xml"/></manifest>'
        b'<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    page = b'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>t</title></head><body><h1>%b</h1></body></html>'
    parts = {"mimetype": b"application/epub+zip", "META-INF/container.xml": box, "book.opf": book}
    return _archive(parts | {"a.xhtml": page % b"The bridge is safe", "b.xhtml": page % b"So it stays open"})


def jxl(*options: str, frames: int = 1) -> bytes:
    """A JPEG XL container by libjxl's own program.

    Raises:
        FileNotFoundError: it is not installed here.
    """
    form = "GIF" if frames > 1 else "JPEG" if "--lossless_jpeg=1" in options else "PNG"
    more = [scene(number) for number in range(1, frames)]
    source = encoded(scene(), form, **({"save_all": True, "append_images": more, "duration": 100} if more else {}))
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / f"a.{form.lower()}", Path(folder) / "a.jxl"
        before.write_bytes(source)
        words = ["cjxl", str(before), str(after), "--container=1", "--quiet", *options]
        subprocess.run(words, check=True, capture_output=True, timeout=300)
        return after.read_bytes()

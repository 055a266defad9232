"""Which files of other types, and which Exif blocks, are put into files?"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from tests.viewers.makers import clips, documents, raster

Pieces = Mapping[str, bytes]
HTML: Final = b"<html><body><h1>The bridge fell.</h1><script>document.title='x'</script></body></html>"


@lru_cache
def small_pdf() -> bytes:
    return documents.pdf(1)


@lru_cache
def small_zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.txt"), "the bridge fell")
    return target.getvalue()


@lru_cache
def small_mp3() -> bytes:
    return clips.mp3()


RAR: Final = b"Rar!\x1a\x07\x01\0" + bytes(40)


@lru_cache
def other(form: str) -> bytes:
    """Another small picture in that form."""
    return raster.encoded(raster.scene(3, (32, 24)), form)


def exif_blocks() -> Pieces:
    """Exif blocks of every orientation, and one with another picture's thumbnail."""
    found = {f"orientation {number}": raster.exif(number) for number in range(2, 9)}
    return found | {"thumbnail": raster.exif(1, thumbnail=other("JPEG"))}

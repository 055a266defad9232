"""What do the viewers from PyPI show: Pillow, FFmpeg (PyAV), PDFium, libheif and LibRaw?"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import warnings
from collections.abc import Callable
from typing import Any, Final

from tests.viewers.model import RefusedError, View, Viewer

MAX_FRAMES: Final = 64
"""Frames and pages that are compared; no original has as many."""

PICTURES: Final = frozenset(f"image/{kind}" for kind in ("jpeg", "png", "gif", "webp", "tiff", "avif", "x-adobe-dng"))
CLIPS: Final = frozenset(
    ("video/mp4", "video/quicktime", "video/x-msvideo", "audio/mp4", "audio/mpeg", "audio/wav", "audio/flac")
)
MOVING: Final = CLIPS | frozenset(f"image/{kind}" for kind in ("jpeg", "png", "gif", "avif", "tiff"))


def digest(data: bytes | memoryview) -> str:
    """A short name for bytes."""
    return hashlib.sha256(data).hexdigest()[:16]


def refusing(look: Callable[[bytes, str], View]) -> Callable[[bytes, str], View]:
    """Whatever a library raises becomes a refusal."""

    def guarded(data: bytes, media_type: str) -> View:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return look(data, media_type)
        except Exception as error:
            raise RefusedError(f"{type(error).__name__}: {error}"[:160]) from error

    return guarded


def _turned(image: Any) -> Any:
    """A frame turned as its orientation says; as it is where its EXIF cannot be read, which no viewer minds."""
    from PIL import ImageOps

    # Pixels that cannot be read are a refusal, whatever stands beside them.
    image.load()
    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        # Each kind of fault in EXIF has an error of its own.
        return image


def shown(image: Any, *, is_upright: bool = False) -> str:
    """One frame as people see it: turned as its orientation says, its colours in sRGB.

    `is_upright`: whether whoever wrote the picture has turned it already, whatever its EXIF still says.
    """
    from PIL import ImageCms

    turned = image if is_upright else _turned(image)
    profile = image.info.get("icc_profile")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            alpha = turned.getchannel("A") if turned.mode in ("RGBA", "LA") else None
            base = turned if turned.mode in ("RGB", "L", "CMYK") else turned.convert("RGB")
            turned = ImageCms.profileToProfile(base, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if alpha is not None:
                turned.putalpha(alpha)
        except (ImageCms.PyCMSError, OSError, ValueError):
            # As viewers do: a profile that does not fit the picture is left alone.
            pass
    return f"{turned.size[0]}x{turned.size[1]} {digest(turned.convert('RGBA').tobytes())}"


def pillow(data: bytes, _: str) -> View:
    """What Pillow shows."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        lines = [f"{getattr(image, 'n_frames', 1)} frames, loop {image.info.get('loop')}"]
        for number in range(min(MAX_FRAMES, getattr(image, "n_frames", 1))):
            image.seek(number)
            # The duration is told once a frame is there.
            seen = shown(image)
            lines.append(f"{seen} for {image.info.get('duration')}")
    return tuple(lines)


def _thumbnail(data: bytes, _: str) -> View:
    """The small picture in a file's EXIF, which file managers show."""
    from PIL import Image
    from PIL.ExifTags import IFD

    with Image.open(io.BytesIO(data)) as image:
        exif = image.getexif()
        second = exif.get_ifd(IFD.IFD1)
        if 513 not in second or 514 not in second:
            return ("none",)
        block = image.info.get("exif", b"")
        start = block.find(b"Exif\0\0") + 6 if b"Exif\0\0" in block[:8] else 0
        small = block[start + second[513] : start + second[513] + second[514]]
    with Image.open(io.BytesIO(small)) as inner:
        return (shown(inner),)


def pyav(data: bytes, _: str) -> View:
    """What FFmpeg shows."""
    import av

    lines: list[str] = []
    with av.open(io.BytesIO(data)) as container:
        streams = [one for one in container.streams if one.type in ("video", "audio")]
        lines.append(f"{[one.type for one in container.streams]}")
        for stream in streams:
            lines += _stream(container, stream)
            container.seek(0)
    if len(lines) == 1:
        raise RefusedError("nothing to show or hear")
    return tuple(lines)


def _stream(container: Any, stream: Any) -> list[str]:
    sound, lines = hashlib.sha256(), []
    count = samples = 0
    if stream.type == "video":
        stream.codec_context.thread_count = 1
    for packet in container.demux(stream):
        for frame in packet.decode():
            count += 1
            if stream.type == "audio":
                samples += frame.samples
                sound.update(frame.to_ndarray().tobytes())
                continue
            if count <= MAX_FRAMES:
                pixels = frame.to_ndarray(format="rgb24").tobytes()
                turned = getattr(frame, "rotation", 0)
                lines.append(f"{frame.width}x{frame.height} turned {turned} at {frame.time} {digest(pixels)}")
    if stream.type == "audio":
        return [f"{samples} samples at {stream.codec_context.sample_rate} {sound.hexdigest()[:16]}"]
    return [f"{count} frames, aspect {stream.sample_aspect_ratio}", *lines]


def pdfium(data: bytes, _: str) -> View:
    """What PDFium shows."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        lines = [f"{len(document)} pages"]
        for number in range(min(MAX_FRAMES, len(document))):
            page = document[number]
            bitmap = page.render(scale=0.75)
            lines.append(f"{bitmap.width}x{bitmap.height} {digest(bytes(bitmap.buffer))}")
        return tuple(lines)
    finally:
        document.close()


def _libheif(data: bytes, _: str) -> View:
    import pillow_heif

    file = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True)
    lines = [f"{len(file)} pictures, first {file.primary_index}"]
    for image in file:
        lines.append(shown(image.to_pillow()))
    return tuple(lines)


def _libraw(data: bytes, _: str) -> View:
    import rawpy

    with rawpy.imread(io.BytesIO(data)) as raw:
        developed = raw.postprocess(use_camera_wb=True, output_bps=8)
        lines = [f"{developed.shape} {digest(developed.tobytes())}"]
        try:
            small = raw.extract_thumb()
            lines.append(f"{small.format} {digest(bytes(small.data))}")
        except rawpy.LibRawError:
            lines.append("no thumbnail")
    return tuple(lines)


def _needs(module: str) -> str:
    return "" if importlib.util.find_spec(module) else f"the package {module} is not installed"


def library_viewers() -> list[Viewer]:
    """All of them."""
    return [
        Viewer(name="Pillow", look=refusing(pillow), formats=PICTURES, missing=_needs("PIL")),
        Viewer(name="thumbnails", look=refusing(_thumbnail), formats=PICTURES - {"image/gif"}, missing=_needs("PIL")),
        Viewer(name="PyAV", look=refusing(pyav), formats=MOVING, missing=_needs("av")),
        Viewer(
            name="PDFium", look=refusing(pdfium), formats=frozenset(["application/pdf"]), missing=_needs("pypdfium2")
        ),
        Viewer(
            name="libheif", look=refusing(_libheif), formats=frozenset(["image/heic"]), missing=_needs("pillow_heif")
        ),
        Viewer(
            name="LibRaw", look=refusing(_libraw), formats=frozenset(["image/x-adobe-dng"]), missing=_needs("rawpy")
        ),
    ]

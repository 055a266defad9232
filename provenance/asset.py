"""What is this file? Opened once, read once while hashing, its type taken from its content.

Nothing here parses more than signatures, but for `measure`, which reads a picture's header with Pillow and belongs in
a worker process.
"""

from __future__ import annotations

import hashlib
import io
import mimetypes
import os
import stat
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

MIB: Final = 1024 * 1024
CHUNK: Final = 4 * MIB
"""Bytes read at a time: large enough that hashing dominates, small enough that a stream is cut off near its limit."""
MAX_BYTES: Final = 512 * MIB
"""Default largest file: what both engines read within a worker's 2 GiB."""
MAX_PIXELS: Final = 256_000_000
"""Default most pixels: beyond the largest cameras, below what a decoder would need 1 GiB for."""
MAX_SIDECAR: Final = 64 * MIB
"""Largest manifest store beside a file; real ones stay below 20 MiB."""
MAX_FOLDERS: Final = 100_000
"""Folders entered on one walk: an end also where links or mounts have none."""
UNKNOWN: Final = "application/octet-stream"


class AssetError(Exception):
    """An input cannot be read. `reason` is a stable word, `hint` says what to do next."""

    reason = "unreadable"

    def __init__(self, message: str, *, hint: str = "") -> None:
        """A message in lower case without a full stop, and what to do next."""
        super().__init__(message)
        self.hint = hint


class AssetMissingError(AssetError):
    """There is nothing of that name."""

    reason = "missing"


class AssetDeniedError(AssetError):
    """It may not be read by this user."""

    reason = "denied"


class AssetKindError(AssetError):
    """It is a folder, a pipe, a device or a socket, no file."""

    reason = "not-a-file"


class AssetTooLargeError(AssetError):
    """It has more bytes, or pixels, than the limit."""

    reason = "too-large"


class AssetEmptyError(AssetError):
    """It has no bytes."""

    reason = "empty"


class AssetReadError(AssetError):
    """The system failed while it was read."""

    reason = "read-failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of an input is accepted."""

    bytes: int = MAX_BYTES
    pixels: int = MAX_PIXELS


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One input, read whole."""

    name: str
    """File name without its folder; `-` for standard input."""
    data: bytes = field(repr=False)
    media_type: str
    """From the content; `application/octet-stream` where no type was recognised."""
    named_type: str | None
    """What the name claims, where the content is something else; None where they agree or the name claims nothing."""
    size: int
    """Bytes."""
    sha256: str
    """Lower-case hex."""


def open_asset(source: Path | bytes | BinaryIO, *, name: str | None = None, limits: Limits | None = None) -> Asset:
    """Read one input whole, hashing on the way.

    Args:
        source: a path, the bytes, or a binary stream (read to its end, not closed).
        name: the name to report; a path's own, else `-`, where None.
        limits: how much is accepted; the defaults where None.

    Raises:
        AssetError: it cannot be read; each subclass names a reason.
    """
    limits = limits or Limits()
    if isinstance(source, bytes):
        data = source
        if len(data) > limits.bytes:
            raise _too_large(len(data), limits)
        digest = hashlib.sha256(data).hexdigest()
    elif isinstance(source, Path):
        name = name or source.name or str(source)
        data, digest = _read_path(source, limits)
    else:
        data, digest = _read_stream(source, limits)
    if not data:
        raise AssetEmptyError("it is empty", hint="check that it was copied or downloaded whole")
    name = name or "-"
    media_type = sniff(data, name)
    claimed = type_of_name(name)
    return Asset(
        name=name,
        data=data,
        media_type=media_type,
        named_type=claimed if claimed and not _same_type(claimed, media_type) else None,
        size=len(data),
        sha256=digest,
    )


def _too_large(size: int | None, limits: Limits) -> AssetTooLargeError:
    got = f"got {size} bytes" if size is not None else "got more"
    return AssetTooLargeError(f"{got}, expected at most {limits.bytes}", hint="raise the limit with --max-size")


def _read_path(path: Path, limits: Limits) -> tuple[bytes, str]:
    """Open without blocking on pipes, look at what was opened, then read that and nothing else."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as error:
        raise AssetMissingError("there is no such file", hint="check the path") from error
    except PermissionError as error:
        raise AssetDeniedError("you may not read it", hint="check its permissions") from error
    except IsADirectoryError as error:
        raise AssetKindError("it is a folder", hint="name a file in it") from error
    except (OSError, ValueError) as error:
        # ValueError: a NUL in the path. OSError: a socket, a name too long, a loop of links.
        raise AssetReadError("it cannot be opened", hint="check the path") from error
    with open(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe, a device or a socket"
            raise AssetKindError(f"it is {kind}, not a file", hint="to read a pipe, use - and standard input")
        if status.st_size > limits.bytes:
            raise _too_large(status.st_size, limits)
        return _read_stream(file, limits)


def _read_stream(stream: BinaryIO | io.FileIO, limits: Limits) -> tuple[bytes, str]:
    """Read to the end or to one byte past the limit."""
    digest, parts, total = hashlib.sha256(), [], 0
    while True:
        try:
            part = stream.read(CHUNK)
        except (OSError, ValueError) as error:
            raise AssetReadError("the system failed while it was read", hint="try again") from error
        if not part:
            break
        total += len(part)
        if total > limits.bytes:
            raise _too_large(None, limits)
        digest.update(part)
        parts.append(part)
    return (parts[0] if len(parts) == 1 else b"".join(parts)), digest.hexdigest()


def walk(paths: Iterable[Path]) -> Iterator[Path]:
    """Every file below some paths, in the order given and sorted within a folder.

    A path that is no folder is passed on as it is, whatever it is: opening it says what is wrong. Inside folders only
    regular files count, links to folders are followed once, and hidden names are passed over.
    """
    seen: set[tuple[int, int]] = set()
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        yield from _walk_folder(path, seen)


def _walk_folder(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    stack: list[Path] = [folder]
    while stack:
        path = stack.pop()
        try:
            status = path.stat()
            mark = (status.st_dev, status.st_ino)
            if mark in seen or len(seen) >= MAX_FOLDERS:
                continue
            seen.add(mark)
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except OSError:
            # The folder itself is the input that could not be read: opening it says so.
            yield path
            continue
        folders = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            found = Path(entry.path)
            if entry.is_dir():
                folders.append(found)
            elif entry.is_file():
                yield found
        stack.extend(reversed(folders))


def find_sidecar(path: Path) -> bytes | None:
    """The manifest store beside a file: `photo.c2pa` or `photo.jpg.c2pa` beside `photo.jpg`; None where there is none.

    A store that cannot be read, or is larger than `MAX_SIDECAR`, is none.
    """
    if path.suffix.lower() == ".c2pa":
        return None
    for beside in (path.with_name(path.name + ".c2pa"), path.with_suffix(".c2pa") if path.suffix else path):
        if beside == path or not beside.is_file():
            continue
        try:
            return _read_path(beside, Limits(bytes=MAX_SIDECAR))[0] or None
        except AssetError:
            continue
    return None


_BRANDS: Final = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"hevc": "image/heic",
    b"hevx": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"M4P ": "audio/mp4",
}
"""Major brands of ISO BMFF files (ISO/IEC 14496-12, 23008-12; MP4RA)."""

_TIFF_NAMES: Final = {
    ".dng": "image/x-adobe-dng",
    ".nef": "image/x-nikon-nef",
    ".arw": "image/x-sony-arw",
}
"""Camera raw formats that are TIFF inside and differ by name alone."""

_NAMES: Final = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".jpe": "image/jpeg",
    ".png": "image/png",
    ".apng": "image/png",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
    ".jxl": "image/jxl",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".m4a": "audio/mp4",
    ".m4s": "video/iso.segment",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".avi": "video/x-msvideo",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".epub": "application/epub+zip",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".c2pa": "application/c2pa",
    **_TIFF_NAMES,
}

_FAMILIES: Final = (
    frozenset({"image/heic", "image/heif", "image/avif"}),
    frozenset({"video/mp4", "audio/mp4", "video/quicktime", "video/iso.segment"}),
    frozenset({"image/tiff", *_TIFF_NAMES.values()}),
)
"""Types that share a container closely enough that a name of one is no lie about the other."""


def type_of_name(name: str) -> str | None:
    """The type that a file's name claims; None where it claims none that is known."""
    suffix = Path(name).suffix.lower()
    return _NAMES.get(suffix) or mimetypes.guess_type(name, strict=True)[0]


def _same_type(claimed: str, found: str) -> bool:
    if claimed == found or any({claimed, found} <= family for family in _FAMILIES):
        return True
    if found == UNKNOWN:
        # Nothing was recognised: that contradicts only a name whose type has a signature of its own.
        return claimed not in _NAMES.values()
    return claimed.startswith("text/") and found == "text/plain"


def sniff(data: bytes, name: str = "") -> str:
    """The media type of some bytes by their signature; the name decides only between TIFF's kinds."""
    found = _by_signature(data)
    if found == "image/tiff":
        return _TIFF_NAMES.get(Path(name).suffix.lower(), found)
    return found or _by_text(data)


def _by_signature(data: bytes) -> str:
    head = data[:16]
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(data[8:12], "")
    if data[4:8] == b"ftyp":
        return _bmff_type(data)
    if data[4:8] in (b"styp", b"moof", b"sidx"):
        return "video/iso.segment"
    if data[4:8] in (b"moov", b"mdat", b"wide"):
        return "video/quicktime"
    if data[4:8] == b"jumb":
        return "application/c2pa"
    if head[:4] == b"PK\x03\x04":
        return _zip_type(data)
    if len(data) > 3 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2 and data[2] & 0xF0 not in (0x00, 0xF0):
        return "audio/mpeg"  # an MPEG audio layer III frame without a tag
    if b"%PDF-" in data[:1024]:
        return "application/pdf"
    return ""


_SIGNATURES: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (b"\xff\x0a", "image/jxl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
)


def _bmff_type(data: bytes) -> str:
    major = data[8:12]
    if major in _BRANDS:
        found = _BRANDS[major]
        if found == "image/heif":
            # mif1 is the family's common brand: a compatible brand says which coding it is.
            size = min(int.from_bytes(data[:4], "big"), 256)
            others = {data[at : at + 4] for at in range(16, size - 3, 4)}
            return next((_BRANDS[b] for b in sorted(others) if _BRANDS.get(b, found) != found), found)
        return found
    return "video/mp4"


def _zip_type(data: bytes) -> str:
    """A document's own type where its first entry says it (ODF, EPUB), or its parts do (OOXML)."""
    length = int.from_bytes(data[26:28], "little")
    if data[30 : 30 + length] == b"mimetype":
        start = 30 + length + int.from_bytes(data[28:30], "little")
        size = min(int.from_bytes(data[18:22], "little"), 128)
        words = data[start : start + size]
        if words.isascii() and words.decode("ascii").isprintable() and b"/" in words:
            return words.decode("ascii")
    if b"[Content_Types].xml" in data[:4096] or b"[Content_Types].xml" in data[-65536:]:
        tail = data[-65536:]
        for part, suffix in ((b"word/", ".docx"), (b"xl/", ".xlsx"), (b"ppt/", ".pptx")):
            if part in tail:
                return _NAMES[suffix]
    return "application/zip"


def _by_text(data: bytes) -> str:
    head = data[:4096]
    words = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if words.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--")) and b"<svg" in data[: 64 * 1024].lower():
        return "image/svg+xml"
    try:
        text = head.decode("utf-8", errors="strict") if len(data) <= len(head) else head[:-4].decode("utf-8", "ignore")
    except UnicodeDecodeError:
        return UNKNOWN
    readable = all(character.isprintable() or character in "\t\r\n\f" for character in text)
    return "text/plain" if text and readable else UNKNOWN


def measure(data: bytes, media_type: str, *, limits: Limits | None = None) -> tuple[int, int] | None:
    """Width and height of a picture from its header, in pixels; None where it is no picture that Pillow reads.

    Run it in a worker: Pillow parses what a stranger wrote.

    Raises:
        AssetTooLargeError: the header claims more pixels than the limit.
    """
    if not media_type.startswith("image/") or media_type == "image/svg+xml":
        return None
    from PIL import Image, UnidentifiedImageError

    limit = (limits or Limits()).pixels
    Image.MAX_IMAGE_PIXELS = None  # our own limit below speaks, not a warning of Pillow's
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data)) as image:
                width, height = image.size
        except (
            UnidentifiedImageError,
            OSError,
            ValueError,
            SyntaxError,
            TypeError,
            IndexError,
            KeyError,
            OverflowError,
        ):
            return None
    if width * height > limit:
        raise AssetTooLargeError(
            f"got {width} × {height} pixels, expected at most {limit}", hint="raise the limit with --max-pixels"
        )
    return width, height

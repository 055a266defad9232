"""How are digests written down and read back, as BagIt has it (RFC 8493, section 2.1.3), and strictly?"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from vouchmark.bundles.bag import layout
from vouchmark.bundles.bag.model import Bundle

_LINE: Final = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._/-]{1,600})")


class ManifestError(ValueError):
    """Text that is no manifest as we write them. Caught where it is raised."""


def dumps(digests: Mapping[str, str]) -> bytes:
    """A manifest: one line a file, sorted by path, as `sha256sum` writes and checks them."""
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests)).encode("ascii")


def loads(data: bytes) -> dict[str, str]:
    """Path to digest.

    Raises:
        ManifestError: it is not what `dumps` would write; nothing in it has two readings.
    """
    found: dict[str, str] = {}
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError as error:
        raise ManifestError(f"byte {error.start} is no plain letter") from None
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        match = _LINE.fullmatch(line)
        if match is None or not layout.is_path(match[2]):
            raise ManifestError(f"line {number} is no digest with a path")
        if match[2] in found:
            raise ManifestError(f"line {number} names a file a second time")
        found[match[2]] = match[1]
    if dumps(found) != data:
        raise ManifestError("its lines are not in order, or its end is missing")
    return found


def info(bundle: Bundle, *, octets: int, files: int) -> bytes:
    """`bag-info.txt`, which follows from the payload alone."""
    lines = (
        f"Bag-Software-Agent: {bundle.environment.tool}",
        f"Bagging-Date: {bundle.made[:10]}",
        f"Payload-Oxum: {octets}.{files}",
    )
    return ("\n".join(lines) + "\n").encode()


def digest_of(path: Path) -> tuple[str, int]:
    """(SHA-256 of a file, its size), read in pieces. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while part := file.read(layout.CHUNK):
            digest.update(part)
            size += len(part)
    return digest.hexdigest(), size

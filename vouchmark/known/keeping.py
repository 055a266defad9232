"""What does an index of known media keep of one file, and how do files get into it?"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from provenance.hashes.index.entry import Entry, Said
from vouchmark.known.lookup import hashes_to_keep
from vouchmark.report import Line, Report, Status

if TYPE_CHECKING:
    from provenance.hashes.fingerprint import Small
    from vouchmark.examination.examine import Kept

MAX_VOUCHES: Final = 64
"""Vouches that are kept with one file."""
SAID_LINES: Final = (Line.INTEGRITY, Line.SIGNER, Line.TIME, Line.HISTORY, Line.AI)
"""The lines that are kept of what a file's Content Credentials said."""
_QUALITY: Final = 80


def entry_of(kept: Kept, *, label: str = "", with_thumbnail: bool = True) -> tuple[Entry, list[bytes]]:
    """One file as an index remembers it, with the bits of its hashes.

    Args:
        kept: what was found out about the file.
        label: how to call it.
        with_thumbnail: whether a small picture is kept, to compare pixels with.

    Raises:
        ValueError: it could not be read.
    """
    media, found = kept.report.media, kept.fingerprint
    if not kept.sha256:
        raise ValueError("got a file that could not be read, expected one that was")
    hashes, bits = hashes_to_keep(found) if found is not None else ((), [])
    small = found.small if found is not None and with_thumbnail else None
    said = said_by(kept.report)
    entry = Entry(
        label=label,
        sha256=kept.sha256,
        name=media.name,
        media_type=media.type or "",
        size=media.size or 0,
        width=media.width or 0,
        height=media.height or 0,
        hashes=hashes,
        codes=found.codes if found is not None else (),
        said=said,
        judged_at=kept.report.inputs.at if said else "",
        vouches=kept.vouches[:MAX_VOUCHES],
        thumbnail=_as_jpeg(small) if small is not None and bits else b"",
    )
    return entry, bits


def said_by(report: Report) -> tuple[Said, ...]:
    """What the report says of a file's Content Credentials; empty where it has none that could be read."""
    if report.evidence[Line.INTEGRITY].status in (Status.ABSENT, Status.SKIPPED, Status.ERROR):
        return ()
    evidence = ((line, report.evidence[line]) for line in SAID_LINES)
    return tuple(Said(line=str(line), status=str(one.status), summary=one.summary) for line, one in evidence)


def _as_jpeg(small: Small) -> bytes:
    """The small picture, encoded by us from plain pixels."""
    from PIL import Image

    target = io.BytesIO()
    Image.fromarray(small.array()).save(target, "JPEG", quality=_QUALITY)
    return target.getvalue()

"""Does a Brotli stream hold anything but its content?

A stream has room that no decoder shows: blocks of metadata, unused code tables, octets behind its end (RFC 7932). None
of it can be seen without taking the stream apart bit by bit, but all of it costs octets. So the stream must be one that
the reference encoder makes of this content at some setting, or no longer than it makes it at its best; c2pa-rs's own
encoder comes out within half a percent of that.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

MAX_CONTENT: Final = 1024 * 1024
"""Bytes of content in one store that are compressed anew, which takes up to a second and a half. Real compressed
manifests have tens of kilobytes; what is longer is said to be unaccounted for."""
SLACK: Final = 64
"""Bytes by which any stream may be longer."""
SLACK_SHARE: Final = 128
"""One such part of a long stream's length by which it may be longer."""
_BEST: Final = 11
_WINDOW: Final = 22


@lru_cache(maxsize=8)
def is_plain(stream: bytes, content: bytes) -> bool:
    """Whether a stream is as long as its content explains. Who asks keeps to MAX_CONTENT."""
    import brotli

    best = len(brotli.compress(content, quality=_BEST, lgwin=_WINDOW))
    if len(stream) <= best + max(SLACK, best // SLACK_SHARE):
        return True
    return any(brotli.compress(content, quality=quality, lgwin=_WINDOW) == stream for quality in range(_BEST))

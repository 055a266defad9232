"""Where do sound, tags and manifest lie in an MP3 with ID3 tags (id3.org, 2.3 and 2.4)?"""

from __future__ import annotations

from typing import Final

from provenance.formats.jumbf_scan import STORE
from provenance.formats.parts import Kind, Layout, Parts, trimmed

_ID3_MANIFEST_TYPES: Final = (b"application/x-c2pa-manifest-store", b"application/c2pa")


def _synchsafe(raw: bytes) -> int:
    return sum((byte & 0x7F) << (7 * (3 - place)) for place, byte in enumerate(raw))


def read_id3(data: bytes, parts: Parts, stores: list[bytes]) -> int:
    """The ID3v2 tag at the start (id3.org, 2.3 and 2.4); returns where it ends, 0 where there is none."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    version, stop = data[3], min(len(data), 10 + _synchsafe(data[6:10]))
    position = 10
    if data[5] & 0x40 and version >= 3:
        size = _synchsafe(data[10:14]) if version == 4 else 4 + int.from_bytes(data[10:14], "big")
        position += size
    parts.add(0, position, Kind.STRUCTURE, "ID3 header")
    while position + 10 <= stop and version >= 3 and data[position]:
        name, raw = data[position : position + 4], data[position + 4 : position + 8]
        size = _synchsafe(raw) if version == 4 else int.from_bytes(raw, "big")
        end = min(stop, position + 10 + size)
        body = data[position + 10 : end]
        if name == b"GEOB" and body[1:].split(b"\0", 1)[0] in _ID3_MANIFEST_TYPES:
            parts.add(position, end, Kind.MANIFEST, "manifest")
            found = STORE.search(body)
            stores.append(trimmed(body[found.start() - 4 :]) if found and found.start() >= 4 else b"")
        else:
            parts.add(position, end, Kind.METADATA, "cover" if name == b"APIC" else "ID3")
        position = end
    parts.add(position, stop, Kind.STRUCTURE, "ID3 padding")
    return stop


def read_mp3(data: bytes) -> Layout:
    """An MP3: ID3v2 before, ID3v1 after, sound between."""
    parts, stores = Parts(len(data)), list[bytes]()
    read_id3(data, parts, stores)
    tail = len(data) - 128 if data[-128:-125] == b"TAG" else len(data)
    start = parts.regions[-1].end if parts.regions else 0
    parts.add(start, tail, Kind.MEDIA, "sound")
    regions = parts.finish(Kind.METADATA, "ID3v1")
    return Layout(format="mp3", size=len(data), regions=regions, stores=tuple(stores))

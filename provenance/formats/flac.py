"""Where do sound, tags and manifest lie in a FLAC file (RFC 9639)?"""

from __future__ import annotations

from provenance.formats.id3 import read_id3
from provenance.formats.jumbf_scan import STORE
from provenance.formats.parts import Kind, Layout, Parts, trimmed


def read_flac(data: bytes) -> Layout:
    """A FLAC file (RFC 9639): perhaps an ID3v2 tag, metadata blocks, frames."""
    parts, stores = Parts(len(data)), list[bytes]()
    position = read_id3(data, parts, stores)
    complete = data[position : position + 4] == b"fLaC"
    parts.add(position, position + 4, Kind.MEDIA, "sound")
    position += 4
    while complete and position + 4 <= len(data):
        head, size = data[position], int.from_bytes(data[position + 1 : position + 4], "big")
        end = position + 4 + size
        if end > len(data):
            complete = False
            break
        body = data[position + 4 : end]
        found = STORE.search(body, 0, 64) if head & 0x7F == 2 else None
        if found and found.start() >= 4:
            parts.add(position, end, Kind.MANIFEST, "manifest")
            stores.append(trimmed(body[found.start() - 4 :]))
        else:
            names = {1: (Kind.STRUCTURE, "padding"), 4: (Kind.METADATA, "comments"), 6: (Kind.METADATA, "cover")}
            parts.add(position, end, *names.get(head & 0x7F, (Kind.MEDIA, "sound")))
        position = end
        if head & 0x80:
            break
    regions = parts.finish(Kind.MEDIA if complete else Kind.OTHER, "sound" if complete else "unreadable")
    return Layout(format="flac", size=len(data), regions=regions, stores=tuple(stores), complete=complete)

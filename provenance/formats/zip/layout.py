"""Which bytes of a ZIP document are content, which the manifest, and which neither (APPNOTE 6.3.10; C2PA 2.4, A.6)?"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from provenance.formats.parts import Doubt, Kind, Layout, Region, from_scattered, trimmed
from provenance.formats.stores.scan import STORE
from provenance.formats.zip.directory import MANIFEST, ZipDirectory, ZipEntry, number, zip_directory
from provenance.formats.zip.headers import is_as_written, is_harmless_folder, oddities
from provenance.formats.zip.references import references

MAX_MANIFESTS: Final = 4
"""Parts with the manifest's name that are looked at: one is right, two are told."""

_RECORDS: Final = re.compile(rb"PK(?:\x01\x02|\x03\x04|\x05\x05|\x05\x06|\x06\x06|\x06\x07|\x07\x08)")
"""What readers look for who mend an archive, or who search for its next part."""


def _manifest(data: bytes, entry: ZipEntry) -> tuple[list[Region], bytes]:
    """The regions of the manifest's entry, and the store: stored as it is, behind the header that its record asks for.

    The record is content, and covered by the directory's hash.
    """
    content = data[entry.data : entry.stop]
    if not STORE.match(content, 4) or number(data, entry.record + 10, 2):
        return [Region(entry.start, entry.end, Kind.OTHER, "manifest of another form")], b""
    size = int.from_bytes(content[:4], "big")
    cut = entry.data + size if size <= len(content) else entry.stop
    checksum = zlib.crc32(content) == number(data, entry.record + 16, 4)
    header = Kind.MANIFEST if is_as_written(data, entry) and checksum else Kind.FOREIGN
    behind = Kind.MANIFEST if not data[cut : entry.end].strip(b"\0") else Kind.FOREIGN
    return [
        Region(entry.start, entry.data, header, "header of the manifest"),
        Region(entry.data, cut, Kind.MANIFEST, "manifest"),
        Region(cut, entry.end, behind, "behind the manifest"),
    ], trimmed(content)


def _regions(data: bytes, directory: ZipDirectory) -> Iterator[Region]:
    for entry in directory.entries:
        if entry.name == MANIFEST:
            continue
        if not entry.name.endswith(b"/") or entry.data < entry.stop:
            yield Region(entry.start, entry.end, Kind.MEDIA, "content")
        elif is_harmless_folder(data, entry):
            yield Region(entry.start, entry.end, Kind.STRUCTURE, "folder")
        else:
            yield Region(entry.start, min(entry.end, entry.start + 30), Kind.OTHER, "folder of another form")


def _old_directories(data: bytes, regions: tuple[Region, ...], directory: ZipDirectory) -> Iterator[Region]:
    """The regions, told apart where they are records that stand in the directory too.

    Writers that add a part leave the old ones. The versions of the writer (bytes 4 to 8) may differ; nothing else may,
    so that nothing can be kept there.
    """
    known = {data[at : at + 4] + data[at + 8 : stop] for at, stop in directory.records}
    for region in regions:
        position = region.start
        while region.kind is Kind.OTHER and position + 46 <= region.end:
            stop = position + 46 + sum(number(data, position + at, 2) for at in (28, 30, 32))
            if stop > region.end or data[position : position + 4] + data[position + 8 : stop] not in known:
                break
            position = stop
        is_old = region.kind is Kind.OTHER and position == region.end
        yield region._replace(kind=Kind.STRUCTURE, name="old directory") if is_old else region


def read_zip(data: bytes) -> Layout:
    """A ZIP document: each entry is content, the manifest is `META-INF/content_credential.c2pa`.

    The directory says under which name and how each entry is unpacked, and so is content too; but for the manifest's
    own checksum.
    """
    directory = zip_directory(data)
    known, stores, odd = list(_regions(data, directory)), list[bytes](), list(directory.oddities)
    for entry in [entry for entry in directory.entries if entry.name == MANIFEST][:MAX_MANIFESTS]:
        regions, store = _manifest(data, entry)
        known += regions
        stores += [store] if store else []
        if _RECORDS.search(data, entry.data, entry.stop):
            odd.append("parts inside the Content Credentials")
    at = directory.start
    if checksum := directory.manifest_checksum:
        known += [
            Region(at, checksum[0], Kind.MEDIA, "directory"),
            Region(*checksum, Kind.STRUCTURE, "manifest checksum"),
        ]
        at = checksum[1]
    known.append(Region(at, directory.end, Kind.MEDIA, "directory"))
    odd += oddities(data, directory) if directory.complete else ["a directory that cannot be read"]
    return Layout(
        format="zip",
        size=len(data),
        regions=tuple(
            _old_directories(data, from_scattered(len(data), known, rest=Kind.OTHER, rest_name="between"), directory)
        ),
        stores=tuple(stores),
        # Content stands apart too: an entry may lie inside what another one calls the manifest.
        pointers=tuple(region for region in known if region.kind is Kind.MEDIA and region.name == "content"),
        doubts=(*(Doubt("integrity.tables", what) for what in dict.fromkeys(odd)), *references(data, directory)),
        complete=directory.complete,
    )

"""Do Content Credentials lie in a file where no engine looks for them: behind its end, in another part, in a picture
inside it?

The whole file is searched once, and what a document holds packed as far as there is room. Whatever is found is told
with its place, and nothing more follows from it: whether it speaks of this file is not looked at.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import Final

from provenance.credentials.errors import CredentialsError
from provenance.credentials.store.hidden_model import BMFF, GIF, JPEG, PNG, RIFF, Hidden, HiddenStore
from provenance.credentials.store.jumbf import parse_store
from provenance.formats import Kind, Layout, Region
from provenance.formats.bmff import C2PA_UUID
from provenance.formats.packed import entry_name, room_for, unpacked
from provenance.formats.pictures.gif import STORE as GIF_BLOCK
from provenance.formats.pictures.gif import sub_blocks
from provenance.formats.pictures.jpeg import store_in_segments
from provenance.formats.stores.scan import Head, encoded, heads, is_over
from provenance.formats.text.layout import is_text
from provenance.formats.zip import zip_directory
from provenance.readings.names import STORE

MAX_TOLD: Final = 8
"""Stores that are told with their places; more of them are counted."""
MAX_READ: Final = 32
"""Stores that are read, to see whether they can be: each costs its length."""

MAX_MARKS: Final = 100_000
"""Marks of a store that are looked at, a microsecond each: real files have as many as they have stores."""

_BEFORE: Final = 96
"""Bytes in front of a store in which a box says that it is for one."""
_WITHIN: Final = 16 * 1024 * 1024
"""Bytes in front of a store in which the file that it belongs to begins: what precedes it there is metadata, and in
WebP and WAV the media."""
_OWN_BRAND: Final = 4
"""Where the type of a BMFF file's first box stands."""
_APP11: Final = 12
"""Bytes of an APP11 segment in front of its first box: marker, length, `JP`, instance, number (ISO/IEC 19566-5)."""

_SIGNATURES: Final = {JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG\r\n\x1a\n", GIF: b"GIF8", RIFF: b"RIFF", BMFF: b"ftyp"}
"""With what the files begin that have stores of these forms."""


def find_hidden(data: bytes, media_type: str, layout: Layout) -> Hidden:
    """Every manifest store in a file but those that its format has a place for.

    Args:
        data: the whole file.
        media_type: as recognised from the content.
        layout: its parts; stores in their place are part of it.

    Returns:
        What was found. What is no store, and does not begin like one, is passed over. Linear in the file's length.
    """
    if media_type == STORE:
        return Hidden()
    search, room = _Search(data, layout), room_for(data)
    search.plain()
    if layout.format == "svg" or is_text(media_type):
        search.written()
    for part in unpacked(data, layout, room):
        inner = _Search(
            part.content, Layout(format="", size=len(part.content), regions=()), left=search.left, is_part=True
        )
        inner.plain()
        search.left = inner.left
        search.found += (replace(one, is_packed=True, name=part.name) for one in inner.found)
        search.is_cut |= inner.is_cut
    return Hidden(
        stores=tuple(search.found[:MAX_TOLD]),
        more=max(0, len(search.found) - MAX_TOLD),
        is_cut=room.is_cut or search.is_cut,
    )


class _Search:
    """Goes through some bytes once."""

    def __init__(self, data: bytes, layout: Layout, *, left: int = MAX_READ, is_part: bool = False) -> None:
        self.data = data
        self.layout = layout
        self.left = left
        """How many stores may still be read."""
        self.marks = MAX_MARKS
        self.first = 0 if is_part else 1
        """Where a file inside may begin: the bytes of a part may be one."""
        self.is_cut = False
        self.found: list[HiddenStore] = []
        self.starts = [region.start for region in layout.regions]
        self.entries = sorted(zip_directory(data).entries, key=lambda one: one.data) if layout.format == "zip" else []

    def plain(self) -> None:
        """Stores that lie there as they are."""
        position = 0
        for start, end in (*self.layout.manifest_runs(), (len(self.data), 0)):
            for head in heads(self.data, position, start):
                self.marks -= 1
                if self.marks < 0:
                    self.is_cut = True
                    return
                if head is not None and head.start >= position:
                    octets, inside = self._octets(head) if self.left > 0 else (b"", "")
                    position = self._keep(head, octets, self._region(head.start), inside=inside)
            position = max(position, end)

    def written(self) -> None:
        """Stores that are written as base64."""
        self.is_cut |= is_over(self.data)
        for one in encoded(self.data):
            region = self._region(one.start)
            if region.kind is not Kind.MANIFEST:
                self._keep(one.head._replace(start=one.start), one.octets, region, is_text=True)

    def _region(self, start: int) -> Region:
        number = bisect_right(self.starts, start) - 1
        return self.layout.regions[number] if number >= 0 else Region(0, len(self.data), Kind.OTHER, "")

    def _keep(self, head: Head, octets: bytes, region: Region, *, inside: str = "", is_text: bool = False) -> int:
        """Tell a store where it can be read or at least begins like one; where the search goes on."""
        if octets and any(store[: head.size] == octets for store in self.layout.stores):
            # In its place, though something else is there too.
            return head.start + max(1, len(octets))
        is_read = self._reads(octets)
        if not is_read and not head.has_manifest:
            self.is_cut |= is_read is None
            return head.start + 1
        number = bisect_right(self.entries, head.start, key=lambda one: one.data) - 1
        entry = self.entries[number] if number >= 0 and head.start < self.entries[number].stop else None
        self.found.append(
            HiddenStore(
                start=head.start,
                size=head.size,
                is_whole=is_read is not False,
                kind=region.kind,
                part=region.name,
                inside=inside,
                is_packed=entry is not None,
                name=entry_name(entry) if entry is not None else "",
                is_text=is_text,
            )
        )
        return head.start + max(1, len(octets)) if is_read else head.start + 1

    def _reads(self, octets: bytes) -> bool | None:
        """Whether a store can be read; None where enough were tried."""
        if not self.left:
            return None
        self.left -= 1
        try:
            parse_store(octets)
        except CredentialsError:
            return False
        return True

    def _octets(self, head: Head) -> tuple[bytes, str]:
        """(a store's own octets, the family of the file inside this one that carries it in its place)."""
        data, start = self.data, head.start
        if data[start - _APP11 : start - _APP11 + 2] == b"\xff\xeb":
            store = store_in_segments(data, start - _APP11, len(data))
            if store:
                return store, self._inside(JPEG, start)
        is_block = data.startswith(GIF_BLOCK, start - len(GIF_BLOCK) - 1)
        if is_block or (self.layout.format == GIF and self._region(start).kind is not Kind.TRAILING):
            return b"".join(sub_blocks(data, start - 1, len(data)))[: head.size], self._inside(GIF, start)
        octets = data[start : start + head.size]
        if data.startswith(b"caBX", start - 4):
            return octets, self._inside(PNG, start)
        if data.startswith(b"C2PA", start - 8):
            return octets, self._inside(RIFF, start)
        return octets, self._inside(BMFF, start) if data.find(C2PA_UUID, max(0, start - _BEFORE), start) >= 0 else ""

    def _inside(self, family: str, start: int) -> str:
        """The same family where such a file begins between this one's own start and the store."""
        begin = self.data.rfind(_SIGNATURES[family], max(self.first, start - _WITHIN), start)
        # The type of a film's own first box is no film inside it.
        least = self.first + (_OWN_BRAND if family == BMFF else 0)
        return family if begin >= least else ""

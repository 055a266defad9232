"""How far is a file what its type is, and which of its own stores is the one that an engine read?"""

from __future__ import annotations

from typing import Final, NamedTuple

from provenance.credentials.errors import CredentialsError, CredentialsLimitError
from provenance.credentials.store.jumbf import RawStore, parse_store
from provenance.formats import Kind, Layout, Region, read_layout


class Container(NamedTuple):
    """How far a file could be read as what its type is."""

    format: str = ""
    """As in `Layout.format`; empty where the type is not read here."""
    is_whole: bool = False
    """Whether it could be read to its end."""
    stops: int = -1
    """Byte from which on it is nothing of its type; -1 where there is no one place."""


NOT_READ: Final = Container()
"""Of a file that nobody looked at."""


def container_of(layout: Layout) -> Container:
    """What a layout says of the whole file."""
    from provenance.formats.cut_off.pictures import UNREAD

    last = layout.regions[-1] if layout.regions else None
    stops = last.start if last is not None and last.name == UNREAD else -1
    return Container(layout.format, layout.is_known and layout.complete, stops)


def layout_of(data: bytes, media_type: str) -> Layout:
    """The file's parts; one unknown region where it has more parts than any real file."""
    try:
        return read_layout(data, media_type)
    except CredentialsLimitError:
        return Layout(format="", size=len(data), regions=(Region(0, len(data), Kind.OTHER, "unread"),) if data else ())


def store_in_file(raw: bytes, store: RawStore, layout: Layout) -> RawStore | None:
    """The file's own store where it holds every manifest of `store`, byte for byte, under the same active one.

    An engine hands out only what the active manifest leads to: what lies beside that is in the file's store alone.
    """
    if raw in layout.stores:
        return store
    wanted = {(manifest.label, manifest.digest) for manifest in store.manifests}
    for other in layout.stores:
        try:
            found = parse_store(other)
        except CredentialsError:
            continue
        active = (found.active.label, found.active.digest) == (store.active.label, store.active.digest)
        if active and wanted <= {(manifest.label, manifest.digest) for manifest in found.manifests}:
            return found
    return None

"""Which of a file's own stores is the one that an engine read?"""

from __future__ import annotations

from provenance.credentials.errors import CredentialsError, CredentialsLimitError
from provenance.credentials.jumbf import RawStore, parse_store
from provenance.formats import Kind, Layout, Region, read_layout


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

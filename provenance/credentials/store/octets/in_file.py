"""Which store's octets are looked at: what an engine handed out, or what lies in the file?"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from provenance.credentials.errors import CredentialsError
from provenance.credentials.history.history import History, trace
from provenance.credentials.store.jumbf import RawStore, parse_store
from provenance.credentials.store.octets.found import StoreOctets
from provenance.credentials.store.octets.walk import examine_octets
from provenance.credentials.trust.view import TrustView
from provenance.formats import Layout


def octets_in_file(
    store: RawStore,
    history: History,
    layout: Layout,
    *,
    is_sidecar: bool,
    differs: bool,
    trust: TrustView,
    at: dt.datetime,
) -> StoreOctets:
    """What nobody signed in the store as it lies in the file.

    Args:
        store: the one that was checked.
        history: what it leads to.
        layout: the file's parts.
        is_sidecar: whether the store came from beside the file; then nothing carries it, and what lies behind it is
            no part of the file.
        differs: whether it is not the one in the file: an engine hands it out without the boxes that it skips.
        trust: the reader's lists.
        at: aware, in UTC.
    """
    if differs:
        try:
            store = parse_store(layout.stores[0])
        except CredentialsError:
            # That the two differ is told anyway.
            return StoreOctets()
        history = trace(store)
    checks = {node.check.label: node.check for node in history.root.walk() if node.check is not None}
    return examine_octets(replace(store, tail=0) if is_sidecar else store, history.root, checks, trust=trust, at=at)

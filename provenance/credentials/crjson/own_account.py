"""What do the Content Credentials say, in our model, where no engine gives an account of them?

Written as crJSON from the manifests' own bytes, with the results of our own validation, and read as an engine's is, so
that whoever looks at manifests needs not know who read them.
"""

from __future__ import annotations

import datetime as dt

from provenance.credentials.crjson import reading, results
from provenance.credentials.engines.model import ManifestStore
from provenance.credentials.history.manifest_check import SignatureState
from provenance.credentials.own_check import OwnCheck
from provenance.credentials.store.jumbf import RawStore


def is_signed(check: OwnCheck) -> bool:
    """Whether somebody signed it in a form that can be read, from the active manifest to the one that is bound."""
    return bool(check.chain) and not any(
        one.signature is SignatureState.MISSING or "claim.cbor.invalid" in one.codes for one in check.chain
    )


def account(store: RawStore, check: OwnCheck, *, at: dt.datetime, embedded: bool) -> ManifestStore:
    """The manifests of a store that could be read, the active one first.

    Args:
        store: the store.
        check: our own check of it, with its assertions' bytes.
        at: aware; the validation time.
        embedded: False for a sidecar.
    """
    documents = results.manifests(store, check, None, at=at)
    for document, manifest in zip(documents, reversed(store.manifests), strict=True):
        document |= {"isUpdateManifest": manifest.is_update, "isCompressedManifest": manifest.is_compressed}
    return ManifestStore(manifests=reading.manifests({"manifests": documents}), embedded=embedded)

"""The media: what a file itself proves (Content Credentials, digests, declared AI use).

It never imports `zk`, `vouchmark` or click. Names are imported when they are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from provenance.doors import opener

if TYPE_CHECKING:
    from provenance.asset import Asset, AssetError, Limits, open_asset
    from provenance.credentials.errors import CredentialsError
    from provenance.credentials.signing.c2pa_sign import SigningKey, sign_media
    from provenance.credentials.signing.key import load_signing_key
    from provenance.credentials.trust.kinds import TrustListError
    from provenance.credentials.trust.lists import TrustLists
    from provenance.errors import OptionError, ProvenanceError
    from provenance.hashes.errors import KnownIndexError
    from provenance.hashes.index.index import KnownMedia
    from provenance.options import MediaOptions
    from provenance.workers.pool import Examination, Pool
    from provenance.workers.task import Lists, Task

__all__ = [
    "Asset",
    "AssetError",
    "CredentialsError",
    "Examination",
    "KnownIndexError",
    "KnownMedia",
    "Limits",
    "Lists",
    "MediaOptions",
    "OptionError",
    "Pool",
    "ProvenanceError",
    "SigningKey",
    "Task",
    "TrustListError",
    "TrustLists",
    "load_signing_key",
    "open_asset",
    "sign_media",
]

_HOMES: Final = {
    "Asset": "provenance.asset",
    "AssetError": "provenance.asset",
    "CredentialsError": "provenance.credentials.errors",
    "KnownIndexError": "provenance.hashes.errors",
    "KnownMedia": "provenance.hashes.index.index",
    "Limits": "provenance.asset",
    "MediaOptions": "provenance.options",
    "Examination": "provenance.workers.pool",
    "Pool": "provenance.workers.pool",
    "Lists": "provenance.workers.task",
    "Task": "provenance.workers.task",
    "ProvenanceError": "provenance.errors",
    "OptionError": "provenance.errors",
    "SigningKey": "provenance.credentials.signing.c2pa_sign",
    "TrustListError": "provenance.credentials.trust.kinds",
    "TrustLists": "provenance.credentials.trust.lists",
    "load_signing_key": "provenance.credentials.signing.key",
    "open_asset": "provenance.asset",
    "sign_media": "provenance.credentials.signing.c2pa_sign",
}
"""Where each public name lives."""

__getattr__ = opener(__name__, _HOMES)

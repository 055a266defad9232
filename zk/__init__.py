"""The person: zero-knowledge personhood credentials over BLS12-381 (BBS, Blind BBS, per-verifier pseudonyms).

A library of its own: it never imports `provenance`, `vouchmark`, Pillow, c2pa or click. The signatures alone are in
`zk.bbs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zk.doors import opener
from zk.errors import (
    ClockError,
    EncodingError,
    ProofError,
    RefusedError,
    SignatureError,
    StorageError,
    UnsupportedError,
    UntrustedError,
    ZkError,
)

if TYPE_CHECKING:
    from zk.issuer.issuer import Issuer
    from zk.profile.codes import CodeKind
    from zk.profile.constants import CredentialClass, EpochLength
    from zk.profile.issuer_info import IssuerInfo
    from zk.profile.personhood import Vouch
    from zk.profile.presentation import Binding, BindingKind, Stance
    from zk.profile.scope import Scope
    from zk.storage.ledger import open_ledger
    from zk.storage.vault import LEAST_LOG_COST, Passphrase
    from zk.verifier.reader import Presented
    from zk.verifier.verifier import verify, verify_many
    from zk.verifier.voices import Voice, people
    from zk.wallet.wallet import Wallet

__all__ = [
    "LEAST_LOG_COST",
    "Binding",
    "BindingKind",
    "ClockError",
    "CodeKind",
    "CredentialClass",
    "EncodingError",
    "EpochLength",
    "Issuer",
    "IssuerInfo",
    "Passphrase",
    "Presented",
    "ProofError",
    "RefusedError",
    "Scope",
    "SignatureError",
    "Stance",
    "StorageError",
    "UnsupportedError",
    "UntrustedError",
    "Voice",
    "Vouch",
    "Wallet",
    "ZkError",
    "open_ledger",
    "people",
    "verify",
    "verify_many",
]

_HOMES: Final = {
    "LEAST_LOG_COST": "zk.storage.vault",
    "Binding": "zk.profile.presentation",
    "BindingKind": "zk.profile.presentation",
    "CodeKind": "zk.profile.codes",
    "CredentialClass": "zk.profile.constants",
    "EpochLength": "zk.profile.constants",
    "Issuer": "zk.issuer.issuer",
    "IssuerInfo": "zk.profile.issuer_info",
    "Passphrase": "zk.storage.vault",
    "Presented": "zk.verifier.reader",
    "Scope": "zk.profile.scope",
    "Stance": "zk.profile.presentation",
    "Voice": "zk.verifier.voices",
    "Vouch": "zk.profile.personhood",
    "Wallet": "zk.wallet.wallet",
    "open_ledger": "zk.storage.ledger",
    "people": "zk.verifier.voices",
    "verify": "zk.verifier.verifier",
    "verify_many": "zk.verifier.verifier",
}
"""Where each public name lives."""

__getattr__ = opener(__name__, _HOMES)

"""BBS signatures, blind signatures and pseudonyms over BLS12-381: the three drafts, from curve to proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zk.doors import opener

if TYPE_CHECKING:
    from zk.bbs.bbs import key_gen, proof_gen, proof_verify, sign, sk_to_pk, verify
    from zk.bbs.blind import blind_proof_gen, blind_proof_verify, blind_sign, commit, verify_blind_sign
    from zk.bbs.ciphersuite import Suite, by_name
    from zk.bbs.pseudonym import (
        blind_sign_with_nym,
        calculate_pseudonym,
        commit_with_nym,
        proof_gen_with_nym,
        proof_verify_with_nym,
        verify_finalize_with_nym,
    )

__all__ = [
    "Suite",
    "blind_proof_gen",
    "blind_proof_verify",
    "blind_sign",
    "blind_sign_with_nym",
    "by_name",
    "calculate_pseudonym",
    "commit",
    "commit_with_nym",
    "key_gen",
    "proof_gen",
    "proof_gen_with_nym",
    "proof_verify",
    "proof_verify_with_nym",
    "sign",
    "sk_to_pk",
    "verify",
    "verify_blind_sign",
    "verify_finalize_with_nym",
]

_HOMES: Final = {
    "Suite": "zk.bbs.ciphersuite",
    "blind_proof_gen": "zk.bbs.blind",
    "blind_proof_verify": "zk.bbs.blind",
    "blind_sign": "zk.bbs.blind",
    "blind_sign_with_nym": "zk.bbs.pseudonym",
    "by_name": "zk.bbs.ciphersuite",
    "calculate_pseudonym": "zk.bbs.pseudonym",
    "commit": "zk.bbs.blind",
    "commit_with_nym": "zk.bbs.pseudonym",
    "key_gen": "zk.bbs.bbs",
    "proof_gen": "zk.bbs.bbs",
    "proof_gen_with_nym": "zk.bbs.pseudonym",
    "proof_verify": "zk.bbs.bbs",
    "proof_verify_with_nym": "zk.bbs.pseudonym",
    "sign": "zk.bbs.bbs",
    "sk_to_pk": "zk.bbs.bbs",
    "verify": "zk.bbs.bbs",
    "verify_blind_sign": "zk.bbs.blind",
    "verify_finalize_with_nym": "zk.bbs.pseudonym",
}
"""Where each public name lives."""

__getattr__ = opener(__name__, _HOMES)

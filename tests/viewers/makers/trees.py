"""How is a film signed whose media is hashed in blocks (Merkle trees, C2PA 2.4, section 9.2.3)? By the engine."""

from __future__ import annotations

import io
import json

from provenance.credentials.engines.c2pa_rs import load
from tests.support.authority import Identity, definition

BLOCK: int = 1
"""Kilobytes in a block: small, so that a small film has some."""


def signed_in_blocks(data: bytes, signer: Identity, *, media_type: str = "video/mp4") -> bytes:
    """The film with a manifest whose BMFF hash has a tree."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    c2pa, output = load(), io.BytesIO()
    settings = {
        "verify": {"verify_after_sign": False},
        "builder": {"thumbnail": {"enabled": False}},
        "core": {"merkle_tree_chunk_size_in_kb": BLOCK},
    }
    chain = b"".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in signer.chain).decode()
    algorithm = c2pa.C2paSigningAlg[signer.algorithm.upper()]
    with (
        c2pa.Context.from_dict(settings) as context,
        c2pa.Signer.from_callback(signer.signing_key().sign, algorithm, chain) as key,
        c2pa.Builder(json.dumps(definition()), context) as builder,
    ):
        builder.sign(key, media_type, io.BytesIO(data), output)
    return output.getvalue()

"""Which keys are public, so that a signature by them says nothing on who signed?

The private keys of c2pa-rs's test signers lie in its public repository (sdk/tests/fixtures/certs and
sdk/tests/fixtures/crypto, also shipped with c2pa-python and c2patool): anybody can sign with them. Facts, not secrets:
SHA-256 of each key's SubjectPublicKeyInfo as `cryptography` writes it, taken from c2pa-rs 24d17555 (2026-08-20).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TEST_SIGNERS: Final[Mapping[str, str]] = {
    "bacf496d240ffe2acb49cc247b9aa8ce56ea2cdc6f49b9629e2dc0311410707b": "c2pa-rs test signer (es256)",
    "5e33f77f14cbc9342944280d914dfeafb2c33da4f07c39145e35d99e93d52025": "c2pa-rs test signer (es384)",
    "2dc6855d8037519dd95178d7a2c517804270b42a50a0ab21735b0dcd3c0a8599": "c2pa-rs test signer (es512)",
    "cfe63a61b19e0e603b1fadbc6d11226e73ebf5ecfbe575988c79d51ad32feeb9": "c2pa-rs test signer (ps256)",
    "063accc46e39094c78a4258d8b8212b0b3436d70ad8c3825db8733e526defc54": "c2pa-rs test signer (ps384)",
    "6891ad5dfaf116d35883a4fbc45f3fa9c0d143b57012a3101633dcc47d3365f1": "c2pa-rs test signer (ps512)",
    "b0e9d303900e61ddefa9df403ae929bc36163362c8e6cfb530310c382a21aa5d": "c2pa-rs test signer (ed25519)",
    "48989101a532566c2928e4b843d8df1a1abd054f25cb09e29de435bebbc70900": "c2pa-rs test signer (rs256)",
    "accc85fd73ec85257e99b2f3abe3380fb39baf432367aad7f89dbf0faf1d71a7": "c2pa-rs test signer (legacy rs256)",
    "7ae6600cba5fb1381980fa0313bbff1430e9623d8ea816531979c81d603671b2": "c2pa-rs test signer (legacy rs384)",
    "ac6f7abd4af37b93b42ef072208ab7e0087fd83a0f433594b54f75a90a4627e9": "c2pa-rs test signer (legacy rs512)",
    "ed9ad048c5cd1d2afa5f6f7349471264178ddfc8f6d1c7e96280ff266b498691": "c2pa-rs test signer (legacy sha1)",
    "15a63264c6de5a4167893b8933ed9920e3a7f160731d3f2144a3b8a201ed1b26": "c2pa-rs test signer (rsa-pss256, expired)",
}
"""Signers whose private key is public."""

TEST_AUTHORITIES: Final[frozenset[str]] = frozenset(
    {
        "045d9f87206c97d40f9818f6f7f64bafa57ba95d7afe9d712afa493d56c3c19c",
        "09dd8527baf1a66cf0f040bda1b56866e4a8af6332d829f12936a2b599a7fbd5",
        "0c5decaa72b3844878478336adb90de15d9737776b13897e1637c388e2511121",
        "2654471c9a115a5e3c8ad70d04b495434c432dd7bd8e543afac6ab1fadf6e304",
        "3512576b440177a9e6e47383f093b0fc388971490925324cfd6042e906baaa84",
        "58ae7d89711e9e13df4eeb9603874b25bca8693dcc410137699327412ec34b5d",
        "67d328b408a528e19671a2126648d4cf2aaf09afc44e86eedb211e887cb71bb6",
        "6d4b5d6e110271f65568490c649bfab1c13183a2d385fee8a9d90a83fc028f64",
        "847cfd534fdcf3b73069296721157408098d1edbc0fb9e57c862c2bad215ffd9",
        "86edfa48c6edbaeb9406f967b736ce24ceddfcc66c75b4c4e78658374a00883d",
        "ad6d7dc5be31d9e2fd21e7053b01defe72aabeee0c9012a581dc788c55e23439",
        "c346b342738f2148e4902f82f1dbf12a27a0f9fe028e1f5a71e383df13447337",
        "c703d9d689adf081e18712fdae1939da67c01c72751387cd4aa64f454b0714d7",
        "cbe43a20a63be23fffc6f9d5a7de84f30df3ba5416ec55d2ce2a65d3a6429e34",
        "d54a8d9180abee90902d46087f17260e5fec213d11180e04eee60c6aa115a698",
        "f9b85f6ccc4ebe2b5fa472333ea1561d4bad4548bf01485e152acbaf39c249e2",
    }
)
"""The certification authorities of those signers ("FOR TESTING_ONLY"): nobody is checked before they issue."""

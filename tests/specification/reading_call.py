"""A second reading of docs/specification/call.md: by that page and the reading of personhood.md, nothing of ours."""

import base64

from tests.specification.reading import DRAFTS, PROFILE, SUITE, decode, encode, require, sha256, vouch, words


def call_id(meeting: list) -> str:
    return base64.b32encode(sha256(encode(meeting))).decode().rstrip("=").lower()


def channel(name: str, prover: str, verifier: str, prints: dict[str, bytes]) -> bytes:
    return sha256(encode(["vouchmark-call/1", name, prover, verifier, prints[prover], prints[verifier]]))


def challenge(octets: bytes, info: dict) -> list:
    """Check the form of a challenge; return its elements."""
    row = decode(octets)
    require(isinstance(row, list) and len(row) == 8 and row[0] == "vouchmark-challenge/1", "a challenge")
    _, mode, name, meeting, nonce, prover, verifier, bound = row
    require(mode in ("channel", "unbound") and (bound is None) == (mode == "unbound"), "mode and channel")
    require(len(meeting) == 7 and meeting[0] == "vouchmark-meeting/1" and len(meeting[1]) == 32, "a meeting")
    require(meeting[3] == "epoch" and meeting[5] == 0 and meeting[5] is not False, "class and slot")
    require(meeting[2] == bytes.fromhex(info["id"]), "another issuer")
    require(name == call_id(meeting), "another call id")
    require(len(nonce) == 16 and {prover, verifier} == {"caller", "callee"}, "nonce and roles")
    return row


def answer(octets: bytes, asked: bytes, info: dict) -> list:
    """Check an answer to a challenge, and that its proof is for it; return its elements."""
    _, mode, name, meeting, nonce, prover, _, _ = challenge(asked, info)
    row = decode(octets)
    require(isinstance(row, list) and len(row) == 10 and row[0] == "vouchmark-answer/1", "an answer")
    _, *claims, level, proof, pseudonym = row
    digest = sha256(encode(meeting))
    require(claims == [mode, digest, nonce, prover, meeting[2], meeting[4]], "another challenge")
    require(level >= meeting[6], "too low a level")
    binding = {"kind": {"channel": "session", "unbound": "session-unbound"}[mode], "digest": digest}
    shown = {"profile": PROFILE, "binding": binding, "pdq": None, "audience": name, "nonce": sha256(asked)}
    said = {
        "profile": PROFILE, "suite": SUITE, "drafts": DRAFTS, "issuer": meeting[2], "class": "epoch",
        "epoch": meeting[4], "level": level, "scope": f"public:call/{name}", "period": meeting[4], "slot": 0,
        "proof": proof, "pseudonym": pseudonym, "header": encode({**shown, "statement": None}),
    }  # fmt: skip
    vouch(encode(said), info, binding)
    return row


def spoken(asked: bytes, answered: bytes, listed: list[str]) -> list[str]:
    return words(sha256(encode(["vouchmark-call-words/1", asked, answered])), listed)

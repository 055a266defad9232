"""A second reading of docs/specification/personhood.md: by that page, the drafts and the RFCs, and by nothing of ours.

It imports no module of `zk`: hashing is the standard library's, curve arithmetic py_ecc's, Ed25519 that of
`cryptography`. It is for suites with SHA-256 alone, slow, and raises `Refused` for whatever does not hold.
"""

import base64
import hashlib
import hmac
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from py_ecc.bls.g2_primitives import signature_to_G2, subgroup_check
from py_ecc.bls.hash_to_curve import hash_to_G1
from py_ecc.bls.point_compression import compress_G1, decompress_G1
from py_ecc.optimized_bls12_381 import G2, Z1, add, curve_order, multiply, pairing
from py_ecc.optimized_bls12_381.optimized_curve import is_inf

R = curve_order
SUITE = "BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_"
API_ID = SUITE.encode() + b"H2G_HM2S_PSEUDONYM_"
P1 = "a8ce256102840821a3e94ea9025e4662b205762f9776b3a766c872b948f1fd225e7c59698588e70d11406d161b4e28c9"
PROFILE = "vouchmark/1"
DRAFTS = [
    "draft-irtf-cfrg-bbs-signatures-09",
    "draft-irtf-cfrg-bbs-blind-signatures-02",
    "draft-irtf-cfrg-bbs-per-verifier-linkability-02",
]


class Refused(Exception):
    """Something does not hold, or is not written as the page says."""


def require(holds: bool, what: str) -> None:
    if not holds:
        raise Refused(what)


# CBOR (RFC 8949)


def head(major: int, value: int) -> bytes:
    for extra, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 24:
            return bytes([major << 5 | value])
        if value < 1 << 8 * size:
            return bytes([major << 5 | extra]) + value.to_bytes(size, "big")
    raise Refused("a number too large")


def encode(value: object) -> bytes:
    if value is None or value is True or value is False:
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(encode, value))
    assert isinstance(value, dict)
    return head(5, len(value)) + b"".join(sorted(encode(key) + encode(item) for key, item in value.items()))


def decode(octets: bytes) -> object:
    """Decode one value that takes all octets, and refuse all that is not in the one form."""

    def item(at: int) -> tuple[object, int]:
        major, low = octets[at] >> 5, octets[at] & 31
        size = {24: 1, 25: 2, 26: 4, 27: 8}.get(low, 0)
        require(low < 28 or major == 7, "an indefinite length")
        number = int.from_bytes(octets[at + 1 : at + 1 + size], "big") if size else low
        at += 1 + size
        if major == 7:
            require(low in (20, 21, 22), "a simple value")
            return {20: False, 21: True, 22: None}[low], at
        if major < 2:
            return (number if major == 0 else -1 - number), at
        if major < 4:
            text = octets[at : at + number]
            return (text if major == 2 else text.decode()), at + number
        found: list[object] = []
        for _ in range(number * (1 if major == 4 else 2)):
            one, at = item(at)
            found.append(one)
        return (found if major == 4 else dict(zip(found[::2], found[1::2], strict=True))), at

    try:
        value, _ = item(0)
    except (IndexError, UnicodeDecodeError, TypeError) as error:
        raise Refused("not CBOR") from error
    require(encode(value) == octets, "not in deterministic form")
    return value


def members(octets: bytes, names: str, optional: str = "") -> dict:
    value = decode(octets)
    require(isinstance(value, dict), "no map")
    keys = set(value)  # type: ignore[call-overload]
    require(set(names.split()) <= keys <= {*names.split(), *optional.split()}, "a key too few or too many")
    return value  # type: ignore[return-value]


def members_of(octets: bytes) -> dict:
    """Return the members of a map, whatever they are."""
    value = decode(octets)
    assert isinstance(value, dict)
    return value


# Points and scalars


def i2osp(value: int, size: int) -> bytes:
    return value.to_bytes(size, "big")


def point(octets: bytes) -> tuple:
    require(len(octets) == 48, "a point's length")
    try:
        found = decompress_G1(int.from_bytes(octets, "big"))
    except ValueError as error:
        raise Refused("no point") from error
    require(not is_inf(found) and subgroup_check(found) and octets_of(found) == octets, "no point of G1")
    return found


def octets_of(found: tuple) -> bytes:
    return i2osp(int(compress_G1(found)), 48)


def point_g2(octets: bytes) -> tuple:
    require(len(octets) == 96, "a key's length")
    found = signature_to_G2(octets)
    require(not is_inf(found) and subgroup_check(found), "no point of G2")
    return found


def scalars(octets: bytes) -> list[int]:
    require(len(octets) % 32 == 0, "no scalars")
    found = [int.from_bytes(octets[at : at + 32], "big") for at in range(0, len(octets), 32)]
    require(all(0 < scalar < R for scalar in found), "a scalar out of range")
    return found


def total(points: list, factors: list[int]) -> tuple:
    result = Z1
    for one, factor in zip(points, factors, strict=True):
        result = add(result, multiply(one, factor % R))
    return result


def expand(message: bytes, tag: bytes, size: int) -> bytes:
    """expand_message_xmd of RFC 9380, section 5.3.1, with SHA-256."""
    tag += i2osp(len(tag), 1)
    first = hashlib.sha256(bytes(64) + message + i2osp(size, 2) + b"\0" + tag).digest()
    block, out = bytes(32), b""
    for index in range(1, -(-size // 32) + 1):
        mixed = bytes(a ^ b for a, b in zip(first, block, strict=True))
        block = hashlib.sha256(mixed + i2osp(index, 1) + tag).digest()
        out += block
    return out[:size]


def to_scalar(message: bytes, tag: bytes) -> int:
    return int.from_bytes(expand(message, tag, 48), "big") % R


def to_point(message: bytes, tag: bytes) -> tuple:
    return hash_to_G1(message, tag, hashlib.sha256)


def generators(count: int, api_id: bytes) -> list:
    seed_tag = api_id + b"SIG_GENERATOR_SEED_"
    v, found = expand(api_id + b"MESSAGE_GENERATOR_SEED", seed_tag, 48), []
    for index in range(1, count + 1):
        v = expand(v + i2osp(index, 8), seed_tag, 48)
        found.append(to_point(v, api_id + b"SIG_GENERATOR_DST_"))
    return found


_CACHE: dict[tuple[int, bytes], list] = {}


def kept_generators(count: int, api_id: bytes) -> list:
    if (count, api_id) not in _CACHE:
        _CACHE[count, api_id] = generators(count, api_id)
    return _CACHE[count, api_id]


def sha256(octets: bytes) -> bytes:
    return hashlib.sha256(octets).digest()


def ed25519(key: bytes, signature: bytes, octets: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, octets)
    except InvalidSignature as error:
        raise Refused("a signature") from error


# The page


def issuer(text: str) -> dict:
    info = json.loads(text)
    signature = bytes.fromhex(info.pop("signature"))
    key = bytes.fromhex(info["identity_key"])
    constants = ["vouchmark-issuer/1", key, info["suite"], info["n"], info["epoch_length"], info["slots"]]
    require(bytes.fromhex(info["id"]) == sha256(encode(constants)), "the issuer's id")
    require(info["suite"] == SUITE and info["profile"] == PROFILE and info["drafts"] == DRAFTS, "another suite")
    ed25519(key, signature, b"vouchmark-issuer-json/1\0" + encode(info))
    return info


def key_of(info: dict, epoch: str) -> bytes:
    (found,) = [key for key in info["keys"] if key["epoch"] == epoch and not key["compromised"]]
    return bytes.fromhex(found["public_key"])


def code(text: str) -> tuple[bytes, bytes]:
    """Return the public key and the id that follow from a code's text."""
    _, kind, generation, letters = text.split("-")
    secret = base64.b32decode(letters.upper() + "======")
    info = encode(["vouchmark/code/1", kind, int(generation)])
    seed = hmac.digest(hmac.digest(bytes(32), secret, "sha256"), info + b"\x01", "sha256")
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return public, sha256(public)[:16]


def commitment(octets: bytes, n: int) -> tuple:
    require(len(octets) == 48 + 32 * (n + 2), "a commitment's length")
    C, (*responses, c) = point(octets[:48]), scalars(octets[48:])
    bases = kept_generators(n + 1, b"BLIND_" + API_ID)
    Cbar = total([*bases, C], [*responses, -c])
    hashed = i2osp(n, 8) + b"".join(map(octets_of, [*bases, C, Cbar]))
    require(c == to_scalar(hashed, API_ID + b"H2S_"), "a commitment")
    return C


def request(octets: bytes, info: dict, public_key: bytes, tag: bytes | None = None) -> dict:
    """Check a request; `tag` is the T that an issuer keeps, for a renewal."""
    asked = members(octets, "format drafts suite issuer epoch code kind generation lasting epochal tag proof signature")
    require(asked["format"] == "vouchmark-request/2" and asked["drafts"] == DRAFTS, "another format")
    require(asked["issuer"] == bytes.fromhex(info["id"]) and asked["suite"] == info["suite"], "another issuer")
    require(asked["code"] == sha256(public_key)[:16], "another code")
    signed = {name: value for name, value in asked.items() if name != "signature"}
    ed25519(public_key, asked["signature"], b"vouchmark-request/2\0" + encode(signed))
    require((asked["tag"] is None) == (asked["kind"] in ("renew", "token")), "T is missing, or given")
    n, tag = info["n"], asked["tag"] or tag
    C = commitment(asked["lasting"], n)
    commitment(asked["epochal"], n)
    require(len(asked["proof"]) == 32 * (n + 2), "a proof's length")
    *responses, c = scalars(asked["proof"])
    bases = kept_generators(n + 1, b"BLIND_" + API_ID)
    own_tag = SUITE.encode() + b"VOUCHMARK_CONTINUITY_V1_GENERATOR_"
    own = [
        to_point(encode(["vouchmark/continuity-generator/1", asked["issuer"], n, index]), own_tag)
        for index in range(1, n + 1)
    ]
    T = point(tag)
    bound = ["vouchmark/continuity/2", asked["issuer"], SUITE, n, asked["epoch"], asked["generation"]]
    bind = encode([*bound, sha256(asked["code"]), sha256(asked["lasting"]), sha256(asked["epochal"])])
    Cbar = total([*bases, C], [*responses, -c])
    Tbar = total([*own, T], [*responses[1:], -c])
    hashed = i2osp(len(bind), 8) + bind + i2osp(n, 8) + b"".join(map(octets_of, [*bases, *own, C, T, Cbar, Tbar]))
    require(c == to_scalar(hashed, SUITE.encode() + b"VOUCHMARK_CONTINUITY_V1_H2S_"), "the continuity proof")
    return asked


def words(digest: bytes, listed: list[str]) -> list[str]:
    bits = "".join(f"{octet:08b}" for octet in digest)
    return [listed[int(bits[at : at + 11], 2)] for at in range(0, 44, 11)]


def signed_values(info: dict, credential_class: str, epoch: str, level: int) -> tuple[bytes, list[int]]:
    """Return header || I2OSP(N, 8) and the scalars of the five messages."""
    own = bytes.fromhex(info["id"])
    header = encode(
        {"profile": PROFILE, "suite": SUITE, "issuer": own, "class": credential_class, "epoch": epoch, "n": info["n"]}
    )
    messages = [encode(value) for value in (PROFILE, own, credential_class, epoch, level)]
    found = [to_scalar(message, API_ID + b"MAP_MSG_TO_SCALAR_AS_HASH_") for message in messages]
    return header + i2osp(info["n"], 8), found


def bases_and_domain(info: dict, public_key: bytes, header: bytes) -> tuple[list, int]:
    """Return Q_1, H_1 … H_5, Q_2, J_1 … J_N, and the domain."""
    bases = [*kept_generators(6, API_ID), *kept_generators(info["n"] + 1, b"BLIND_" + API_ID)]
    octets = public_key + i2osp(len(bases) - 1, 8) + b"".join(map(octets_of, bases)) + API_ID
    return bases, to_scalar(octets + i2osp(len(header), 8) + header, API_ID + b"H2S_")


def response(octets: bytes, info: dict, digest: bytes, secrets: dict[str, tuple[list[int], int]]) -> dict:
    """Check both signatures with what the wallet kept: nyms and blinding factor of each class."""
    answer = members(octets, "format drafts issuer request epoch generation level lasting epochal renewal")
    require(answer["format"] == "vouchmark-response/2" and answer["drafts"] == DRAFTS, "another format")
    require(answer["request"] == digest and answer["issuer"] == bytes.fromhex(info["id"]), "another request")
    public_key = key_of(info, answer["epoch"])
    for name, credential_class in (("lasting", "lasting"), ("epochal", "epoch")):
        signature, entropy = answer[name]
        (e,), (added,) = scalars(signature[48:]), scalars(entropy)
        nyms, blind = secrets[name]
        header, messages = signed_values(info, credential_class, answer["epoch"], answer["level"])
        bases, domain = bases_and_domain(info, public_key, header)
        hidden = [*nyms[:-1], (nyms[-1] + added) % R]
        B = add(point(bytes.fromhex(P1)), total(bases, [domain, *messages, blind, *hidden]))
        A, W = point(signature[:48]), point_g2(public_key)
        require(pairing(add(W, multiply(G2, e)), A) == pairing(G2, B), f"the signature of class {credential_class}")
    return answer


def vouch(octets: bytes, info: dict, binding: dict) -> dict:
    """Check a vouch that is bound to `binding`; return its members."""
    names = "profile suite drafts issuer class epoch level scope period slot proof pseudonym header"
    said = members(octets, names)
    require(said["profile"] == PROFILE and said["drafts"] == DRAFTS and said["suite"] == SUITE, "another format")
    require(said["issuer"] == bytes.fromhex(info["id"]), "another issuer")
    shown = members(said["header"], "profile binding pdq audience nonce statement", optional="stance")
    require(shown["binding"] == binding, "other media")
    period = {"lasting": "ever", "epoch": said["epoch"]}[said["class"]]
    require(said["period"] == period and 0 <= said["slot"] < info["slots"], "another period or slot")
    scope = said["scope"] + (f"/{binding['digest'].hex()}" if said["scope"].endswith(":media") else "")
    context = encode([PROFILE, said["issuer"], said["class"], scope, period, said["slot"]])
    public_key = key_of(info, said["epoch"])
    header, messages = signed_values(info, said["class"], said["epoch"], said["level"])
    bases, domain = bases_and_domain(info, public_key, header)
    n, proof = info["n"], said["proof"]
    require(len(proof) == 3 * 48 + 32 * (5 + n), "a proof's length")
    Abar, Bbar, D = (point(proof[at : at + 48]) for at in (0, 48, 96))
    e_hat, r1_hat, r3_hat, *m_hat, c = scalars(proof[144:])
    T1 = total([Bbar, Abar, D], [c, e_hat, r1_hat])
    shown_part = add(point(bytes.fromhex(P1)), total(bases[:6], [domain, *messages]))
    T2 = total([shown_part, D, *bases[6:]], [c, r3_hat, *m_hat])
    z = to_scalar(context, API_ID + b"VECT_NYM_SECRETS")
    answer = sum(hat * pow(z, index, R) for index, hat in enumerate(m_hat[-n:])) % R
    nym = point(said["pseudonym"])
    Uv = total([to_point(context, API_ID), nym], [answer, -c])
    hashed = i2osp(5, 8) + b"".join(i2osp(index, 8) + i2osp(scalar, 32) for index, scalar in enumerate(messages))
    hashed += b"".join(map(octets_of, [Abar, Bbar, D, T1, T2, nym, Uv])) + i2osp(domain, 32)
    hashed += i2osp(len(said["header"]), 8) + said["header"] + i2osp(len(context), 8) + context
    require(c == to_scalar(hashed, API_ID + b"H2S_"), "the proof's challenge")
    require(pairing(point_g2(public_key), Abar) == pairing(G2, Bbar), "the proof's pairing")
    return said


def seal(octets: bytes, info: dict, payload_type: str, payload: bytes) -> dict:
    """Check a seal over a statement; return its members."""
    kind = payload_type.encode()
    encoded = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    said = vouch(octets, info, {"kind": "seal", "digest": hashlib.sha256(encoded).digest()})
    require((said["class"], said["scope"], said["slot"]) == ("epoch", "public:media", 0), "no form of a seal")
    shown = members(said["header"], "profile binding pdq audience nonce statement")
    require({shown[name] for name in ("pdq", "audience", "nonce", "statement")} == {None}, "a seal that says more")
    return said

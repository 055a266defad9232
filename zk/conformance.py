"""Do this machine's engines give what the drafts' and RFC 9380's official fixtures say, byte for byte?

    python -m zk.conformance DIR [--backend arkworks] [--backend py_ecc]

Runs every fixture file below DIR on each engine (both, if none is named): core BBS, Blind BBS, BBS pseudonyms, each
in the suite that the folder's name tells, and RFC 9380's vectors. Files that it does not know are named. The last line
is `N passed, M failed`; the exit code is 1 if any failed or none was found.

Proofs and commitments are random, so their fixtures publish the scalars that they were made with. Those are handed to
the private functions beneath the public ones (`_proof_gen` and its like): the published numbers and nothing that could
make others, so that no generator of predictable scalars exists outside the tests.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

from zk.bbs import bbs, blind, pseudonym
from zk.bbs.ciphersuite import BLS12_381_SHA_256, BLS12_381_SHAKE_256, Suite, create_generators, messages_to_scalars
from zk.bbs.curve import BACKENDS, R, backend, using
from zk.bbs.encoding import scalar_to_octets
from zk.bbs.hashing import EXPAND_OCTETS, MAX_DST_OCTETS, expand_message_xmd, expand_message_xof, hash_to_scalar
from zk.errors import EncodingError, ProofError, SignatureError, ZkError

MAX_FIXTURE_OCTETS: Final = 1 << 20
"""Octets of a fixture file at most; the official ones have 40 KB."""

_SUITE_FOLDERS: Final = {"bls12-381-sha-256": BLS12_381_SHA_256, "bls12-381-shake-256": BLS12_381_SHAKE_256}

Fixture: TypeAlias = dict[str, Any]
Check: TypeAlias = Callable[[], None]


class Mismatch(Exception):
    """What came out is not what the fixture says."""


def main(arguments: list[str] | None = None) -> int:
    """Run the fixtures, write one line for each failure and unknown file, then the sum. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m zk.conformance", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("directory", type=Path, metavar="DIR", help="folder with the official fixtures")
    parser.add_argument("--backend", action="append", choices=BACKENDS, help="engine to test (default: each)")
    options = parser.parse_args(arguments)
    if not options.directory.is_dir():
        parser.error(f"{options.directory} is not a folder")
    passed = failed = 0
    for path in sorted(options.directory.rglob("*.json")):
        name = path.relative_to(options.directory)
        check = _recognise(path)
        if isinstance(check, str):
            sys.stdout.write(f"{check}: {name}\n")
            continue
        for engine in options.backend or BACKENDS:
            reason = _run(check, engine)
            if reason is None:
                passed += 1
            else:
                failed += 1
                sys.stdout.write(f"failed on {engine}: {name}: {reason}\n")
    sys.stdout.write(f"{passed} passed, {failed} failed\n")
    return 1 if failed or not passed else 0


def _run(check: Check, engine: str) -> str | None:
    """Return why the check fails on this engine, or None."""
    try:
        with using(engine):
            check()
    except (ZkError, Mismatch, KeyError, TypeError, ValueError, IndexError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def _recognise(path: Path) -> Check | str:
    """Return what to run for a file, or in words why nothing is."""
    if path.stat().st_size > MAX_FIXTURE_OCTETS:
        return "unknown (too large)"
    try:
        fixture = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return "unknown (not JSON)"
    if path.name == "messages.json":
        return "input of other fixtures"
    if not isinstance(fixture, dict):
        return "unknown"
    check = _recognise_rfc9380(fixture)
    if check is not None:
        return check
    suite = next((_SUITE_FOLDERS[part.name] for part in path.parents if part.name in _SUITE_FOLDERS), None)
    return "unknown" if suite is None else _recognise_bbs(fixture, suite, path)


def _recognise_rfc9380(fixture: Fixture) -> Check | str | None:
    if "tests" in fixture and str(fixture.get("name", "")).startswith("expand_message_"):
        return partial(_expand_message, fixture)
    if str(fixture.get("ciphersuite", "")).startswith("BLS12381G1_XMD:SHA-256_SSWU_"):
        return partial(_hash_to_curve, fixture)
    if str(fixture.get("ciphersuite", "")).startswith("BLS12381G2_"):
        return "not used here (nothing is hashed to G2)"
    return None


def _recognise_bbs(fixture: Fixture, suite: Suite, path: Path) -> Check | str:
    """Tell a fixture by the fields that only its kind has; the most particular kinds come first."""
    kinds: list[tuple[set[str], Check]] = [
        ({"mockedScalars", "seed"}, partial(_mocked_scalars, fixture, suite)),
        ({"keyMaterial", "keyPair"}, partial(_key_pair, fixture, suite)),
        ({"cases", "dst"}, partial(_map_messages, fixture, suite)),
        ({"scalar", "message", "dst"}, partial(_hash_to_scalar, fixture, suite)),
        ({"MsgGenerators", "Q1"}, partial(_generators, {**fixture, "api_id": suite.api_id.decode()}, suite)),
        ({"generators", "blindGenerators"}, partial(_both_generators, fixture, suite)),
        ({"proverNyms", "proof", "pseudonym"}, partial(_nym_proof, fixture, suite)),
        ({"proverNyms", "signature"}, partial(_nym_signature, fixture, suite)),
        ({"proverNyms", "commitmentWithProof"}, partial(_nym_commit, fixture, suite)),
        ({"proverBlind", "proof", "L"}, partial(_blind_proof, fixture, suite, path)),
        ({"proverBlind", "signature"}, partial(_blind_signature, fixture, suite)),
        ({"proverBlind", "commitmentWithProof"}, partial(_blind_commit, fixture, suite)),
        ({"proof", "disclosedIndexes"}, partial(_proof, fixture, suite)),
        ({"signature", "messages"}, partial(_signature, fixture, suite)),
    ]
    return next((check for fields, check in kinds if fields <= fixture.keys()), "unknown")


# What each kind of fixture says.


def _mocked_scalars(fixture: Fixture, suite: Suite) -> None:
    count = int(fixture["count"])
    uniform = suite.expand_message(_octets(fixture["seed"]), _octets(fixture["dst"]), count * EXPAND_OCTETS)
    parts = (uniform[i * EXPAND_OCTETS : (i + 1) * EXPAND_OCTETS] for i in range(count))
    _same("mocked scalars", [int.from_bytes(part, "big") % R for part in parts], _scalars(fixture["mockedScalars"]))


def _key_pair(fixture: Fixture, suite: Suite) -> None:
    material, info, dst = (_octets(fixture[key]) for key in ("keyMaterial", "keyInfo", "keyDst"))
    sk = bbs.key_gen(material, info, suite=suite, key_dst=dst)
    _same("secret key", sk, _octets(fixture["keyPair"]["secretKey"]))
    _same("public key", bbs.sk_to_pk(sk), _octets(fixture["keyPair"]["publicKey"]))


def _map_messages(fixture: Fixture, suite: Suite) -> None:
    messages = [_octets(case["message"]) for case in fixture["cases"]]
    _same("dst", suite.api_id + b"MAP_MSG_TO_SCALAR_AS_HASH_", _octets(fixture["dst"]))
    scalars = messages_to_scalars(messages, suite.api_id, suite=suite)
    _same("scalars", list(scalars), _scalars([case["scalar"] for case in fixture["cases"]]))


def _hash_to_scalar(fixture: Fixture, suite: Suite) -> None:
    scalar = hash_to_scalar(_octets(fixture["message"]), _octets(fixture["dst"]), suite)
    _same("scalar", scalar, int(fixture["scalar"], 16))


def _generators(fixture: Fixture, suite: Suite) -> None:
    expected = [_octets(point) for point in (fixture["Q1"], *fixture["MsgGenerators"])]
    points = create_generators(len(expected), fixture["api_id"].encode("ascii"), suite=suite)
    _same("P1", suite.p1_octets, _octets(fixture["P1"]))
    _same("generators", [backend().encode_g1(point) for point in points], expected)


def _both_generators(fixture: Fixture, suite: Suite) -> None:
    for part in ("generators", "blindGenerators"):
        _generators(fixture[part], suite)


def _signature(fixture: Fixture, suite: Suite) -> None:
    pk, signature, header = _fields(fixture["signerKeyPair"], "publicKey") + _fields(fixture, "signature", "header")
    messages = _list(fixture["messages"])
    _verdict(fixture, SignatureError, lambda: bbs.verify(pk, signature, header, messages, suite=suite))
    if fixture["result"]["valid"]:
        sk = _octets(fixture["signerKeyPair"]["secretKey"])
        _same("public key", bbs.sk_to_pk(sk), pk)
        _same("signature", bbs.sign(sk, pk, header, messages, suite=suite), signature)


def _proof(fixture: Fixture, suite: Suite) -> None:
    pk, proof, header, ph = _fields(fixture, "signerPublicKey", "proof", "header", "presentationHeader")
    messages, indexes = _list(fixture["messages"]), fixture["disclosedIndexes"]
    disclosed = [messages[index] for index in indexes]
    _verdict(fixture, ProofError, lambda: bbs.proof_verify(pk, proof, header, ph, disclosed, indexes, suite=suite))
    if fixture["result"]["valid"]:
        made = bbs._proof_gen(
            pk,
            _octets(fixture["signature"]),
            header,
            ph,
            messages,
            indexes,
            suite=suite,
            random_scalars=_proof_scalars(fixture),
        )
        _same("proof", made, proof)


def _blind_commit(fixture: Fixture, suite: Suite) -> None:
    messages = _list(fixture["committedMessages"])
    made = blind._commit(messages, suite=suite, random_scalars=_commit_scalars(fixture))
    _same("commitment", made, _fields(fixture, "commitmentWithProof", "proverBlind"))
    _, count = blind.deserialize_and_validate_commit(made[0], suite=suite)
    _same("number of committed messages", count, len(messages))


def _blind_signature(fixture: Fixture, suite: Suite) -> None:
    sk, pk = _fields(fixture["signerKeyPair"], "secretKey", "publicKey")
    header, commitment = _fields(fixture, "header", "commitmentWithProof")
    messages, committed = _list(fixture["messages"]), _list(fixture["committedMessages"])
    signature = blind.blind_sign(sk, pk, commitment, header, messages, suite=suite)
    _same("signature", signature, _octets(fixture["signature"]))
    prover_blind = _octets(fixture["proverBlind"]) or None
    blind.verify_blind_sign(pk, signature, header, messages, committed, prover_blind, suite=suite)


def _blind_proof(fixture: Fixture, suite: Suite, path: Path) -> None:
    pk, proof, header, ph = _fields(fixture, "signerPublicKey", "proof", "header", "presentationHeader")
    indexes, disclosed = _revealed(fixture["revealedMessages"])
    committed_indexes, disclosed_committed = _revealed(fixture["revealedCommittedMessages"])
    verify = partial(blind.blind_proof_verify, pk, proof, header, ph, fixture["L"], disclosed, disclosed_committed)
    _verdict(fixture, ProofError, lambda: verify(indexes, committed_indexes, suite=suite))
    inputs = json.loads((path.parents[2] / "messages.json").read_text(encoding="utf-8"))
    made = blind._blind_proof_gen(
        pk,
        _octets(fixture["signature"]),
        header,
        ph,
        _list(inputs["messages"]),
        _list(inputs["committedMessages"]) if fixture["commitmentWithProof"] else [],
        indexes,
        committed_indexes,
        _octets(fixture["proverBlind"]) or None,
        suite=suite,
        random_scalars=_proof_scalars(fixture),
    )
    _same("proof", made, proof)


def _nym_commit(fixture: Fixture, suite: Suite) -> None:
    nyms, committed = _scalar_octets(fixture["proverNyms"]), _list(fixture["committedMessages"])
    made = pseudonym._commit_with_nym(nyms, committed, suite=suite, random_scalars=_commit_scalars(fixture))
    _same("commitment", made, _fields(fixture, "commitmentWithProof", "proverBlind"))


def _nym_signature(fixture: Fixture, suite: Suite) -> None:
    sk, pk = _fields(fixture["signerKeyPair"], "secretKey", "publicKey")
    header, commitment, prover_blind = _fields(fixture, "header", "commitmentWithProof", "proverBlind")
    messages, committed = _list(fixture["messages"]), _list(fixture["committedMessages"])
    nyms, (entropy,) = _scalar_octets(fixture["proverNyms"]), _scalar_octets([fixture["signer_nym_entropy"]])
    sign = partial(pseudonym.blind_sign_with_nym, sk, pk, commitment, len(nyms), entropy, header, messages)
    signature = sign(suite=suite)
    _same("signature", signature, _octets(fixture["signature"]))
    finalize = partial(pseudonym.verify_finalize_with_nym, pk, signature, header, messages, committed, nyms)
    nym_secrets = finalize(entropy, prover_blind, suite=suite)
    _same("nym secrets", list(nym_secrets), _scalar_octets(fixture["nym_secrets"]))


def _nym_proof(fixture: Fixture, suite: Suite) -> None:
    pk, proof, header, ph = _fields(fixture, "signerPublicKey", "proof", "header", "presentationHeader")
    nym, context_id = _fields(fixture, "pseudonym", "context_id")
    secrets = _scalar_octets(fixture["nym_secrets"])
    indexes, disclosed = _revealed(fixture["revealedMessages"])
    committed_indexes, disclosed_committed = _revealed(fixture["revealedCommittedMessages"])
    verify = partial(pseudonym.proof_verify_with_nym, pk, proof, header, ph, nym, context_id, len(secrets))
    shown = (fixture["L"], disclosed, disclosed_committed, indexes, committed_indexes)
    _verdict(fixture, ProofError, lambda: verify(*shown, suite=suite))
    _same("pseudonym", pseudonym.calculate_pseudonym(secrets, context_id, suite=suite), nym)
    made = pseudonym._proof_gen_with_nym(
        pk,
        _octets(fixture["signature"]),
        header,
        ph,
        secrets,
        context_id,
        _list(fixture["messages"]),
        _list(fixture["committedMessages"]),
        indexes,
        committed_indexes,
        _octets(fixture["proverBlind"]),
        suite=suite,
        random_scalars=_proof_scalars(fixture),
    )
    _same("proof and pseudonym", made, (proof, nym))


def _expand_message(fixture: Fixture) -> None:
    name = fixture["hash"].lower()
    expand = (
        partial(expand_message_xmd, hash_name=name)
        if fixture["name"] == "expand_message_xmd"
        else partial(expand_message_xof, xof_name=name.replace("shake", "shake_"))
    )
    dst = fixture["DST"].encode("ascii")
    if len(dst) > MAX_DST_OCTETS:
        _refused(EncodingError, lambda: expand(b"", dst, 32))
        dst = _reduced_dst(dst, name, int(fixture["k"]))
    for test in fixture["tests"]:
        uniform = expand(test["msg"].encode("ascii"), dst, int(test["len_in_bytes"], 16))
        _same("uniform bytes", uniform, _octets(test["uniform_bytes"]))


def _reduced_dst(dst: bytes, hash_name: str, k: int) -> bytes:
    """Reduce a tag over 255 octets (RFC 9380, section 5.3.3): the library refuses those, the vectors contain them."""
    long_dst = b"H2C-OVERSIZE-DST-" + dst
    if hash_name == "shake128":
        return hashlib.shake_128(long_dst).digest(-(-2 * k // 8))
    return hashlib.new(hash_name, long_dst).digest()


def _hash_to_curve(fixture: Fixture) -> None:
    curve = backend()
    dst = fixture["dst"].encode("ascii")
    for vector in fixture["vectors"]:
        if fixture["randomOracle"]:
            point = curve.hash_to_curve_g1(vector["msg"].encode("ascii"), dst, expand_message_xmd)
        else:
            (u,) = vector["u"]
            point = curve.map_to_curve_g1(int(u, 16))
        x, y = int(vector["P"]["x"], 16), int(vector["P"]["y"], 16)
        _same("point", curve.encode_g1(point), _compressed(x, y, int(fixture["field"]["p"], 16)))


# Reading fixtures.


def _compressed(x: int, y: int, p: int) -> bytes:
    """Return the compressed form of an affine point of G1: bit 7 says compressed, bit 5 that y is the larger root."""
    octets = bytearray(x.to_bytes(48, "big"))
    octets[0] |= 0x80 | (0x20 if 2 * y > p else 0)
    return bytes(octets)


def _octets(text: str | None) -> bytes:
    return bytes.fromhex(text or "")


def _fields(fixture: Fixture, *names: str) -> tuple[bytes, ...]:
    return tuple(_octets(fixture[name]) for name in names)


def _list(texts: list[str] | None) -> list[bytes]:
    return [_octets(text) for text in texts or []]


def _scalars(texts: list[str]) -> list[int]:
    return [int(text, 16) for text in texts]


def _scalar_octets(texts: list[str]) -> list[bytes]:
    return [scalar_to_octets(scalar) for scalar in _scalars(texts)]


def _revealed(messages: dict[str, str] | None) -> tuple[list[int], list[bytes]]:
    shown = sorted((int(index), _octets(text)) for index, text in (messages or {}).items())
    return [index for index, _ in shown], [message for _, message in shown]


def _proof_scalars(fixture: Fixture) -> list[int]:
    """Return r1, r2, e~, r1~, r3~ and the m~ that a proof's fixture publishes, under either spelling."""
    trace = fixture["trace"]
    published = {key.lower(): value for key, value in (trace.get("random_scalars") or trace["randomScalars"]).items()}
    first = [published[name] for name in ("r1", "r2", "e_tilde", "r1_tilde", "r3_tilde")]
    return _scalars([*first, *published["m_tilde_scalars"]])


def _commit_scalars(fixture: Fixture) -> list[int]:
    """Return the blinding factor, s~ and the m~ that a commitment's fixture publishes."""
    published = fixture["trace"]["random_scalars"]
    return _scalars([fixture["proverBlind"], published["s_tilde"], *published["m_tildes"]])


def _same(what: str, got: object, expected: object) -> None:
    if got != expected:
        raise Mismatch(f"{what} differs")


def _refused(error: type[ZkError], call: Callable[[], object]) -> None:
    try:
        call()
    except (error, EncodingError):  # indexes out of order, for one, are refused before anything is computed
        return
    raise Mismatch("accepted, expected a refusal")


def _verdict(fixture: Fixture, error: type[ZkError], call: Callable[[], object]) -> None:
    """Run a verification and compare with the fixture's verdict."""
    if fixture["result"]["valid"]:
        call()
    else:
        _refused(error, call)


def fixture_files(directory: Path) -> Iterator[Path]:
    """Yield the files below a folder that would be run, for tests that run them one by one."""
    for path in sorted(directory.rglob("*.json")):
        if callable(_recognise(path)):
            yield path


def run_file(path: Path, engine: str) -> str | None:
    """Run one fixture file on one engine; return why it fails, or None. Raises ValueError for a file it cannot run."""
    check = _recognise(path)
    if isinstance(check, str):
        raise ValueError(f"{path.name}: {check}")
    return _run(check, engine)


if __name__ == "__main__":
    sys.exit(main())

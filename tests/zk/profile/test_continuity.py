"""The continuity proof: the same nym secrets as before, or no renewal. Each attack that the design names."""

import secrets
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zk.bbs.ciphersuite import BLS12_381_SHA_256, BLS12_381_SHAKE_256, SUITES, Suite, create_generators
from zk.bbs.core import draw_scalars
from zk.bbs.curve import R, backend, using
from zk.bbs.encoding import dcbor_encode, octets_to_scalars, scalar_to_octets
from zk.bbs.hashing import hash_to_scalar
from zk.bbs.pseudonym import _commit_with_nym, calculate_pseudonym, commit_with_nym
from zk.errors import EncodingError, ProofError
from zk.profile import continuity
from zk.profile.continuity import (
    ContinuityStatement,
    commitment_octets,
    continuity_octets,
    continuity_tag,
    prove_continuity,
    validate_commitment,
    verify_continuity,
)

ISSUER = bytes(range(32))
N = 4
IDENTITY = bytes([0xC0]) + bytes(47)


def draw(n: int = N) -> tuple[bytes, ...]:
    return tuple(scalar_to_octets(scalar) for scalar in draw_scalars(n))


@dataclass(frozen=True)
class Asked:
    """A request's half that the proof is about, with the wallet's secrets."""

    statement: ContinuityStatement
    nyms: tuple[bytes, ...]
    blind: bytes

    @property
    def tag(self) -> bytes:
        return continuity_tag(self.nyms, self.statement.issuer_id, suite=self.statement.suite)

    def prove(self, tag: bytes | None = None) -> bytes:
        return prove_continuity(self.statement, tag or self.tag, nyms=self.nyms, secret_prover_blind=self.blind)


def ask(nyms: tuple[bytes, ...] | None = None, suite: Suite = BLS12_381_SHA_256, **changes: object) -> Asked:
    """Return a request with fresh commitments; `changes` replace what the statement says."""
    chosen = nyms or draw()
    commitment, blind = commit_with_nym(chosen, [], suite=suite)
    epochal, _ = commit_with_nym(draw(), [], suite=suite)
    statement = ContinuityStatement(
        issuer_id=ISSUER,
        suite=suite,
        n=N,
        epoch="2026-11",
        generation=0,
        code_id=bytes(range(16)),
        lasting=commitment,
        epochal=epochal,
    )
    return Asked(statement=replace(statement, **changes), nyms=chosen, blind=blind)  # type: ignore[arg-type]


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_a_proof_holds_and_has_the_length_of_the_design(suite: Suite) -> None:
    asked = ask(suite=suite)
    proof = asked.prove()
    assert len(proof) == continuity_octets(N) == 192
    assert len(asked.statement.lasting) == commitment_octets(N) == 48 + 32 * (N + 2)
    verify_continuity(asked.statement, asked.tag, proof)


def test_both_engines_agree_on_tag_and_proof() -> None:
    asked = ask()
    tag, proof = asked.tag, asked.prove()
    with using("py_ecc"):
        assert asked.tag == tag
        verify_continuity(asked.statement, tag, proof)
        reference = asked.prove()
    verify_continuity(asked.statement, tag, reference)


def test_a_renewal_with_the_same_nyms_and_a_fresh_commitment_holds() -> None:
    first = ask()
    again = ask(first.nyms, epoch="2026-12")
    assert again.statement.lasting != first.statement.lasting
    verify_continuity(again.statement, first.tag, again.prove())


def test_refuses_a_renewal_with_other_nyms() -> None:
    first, other = ask(), ask(epoch="2026-12")
    with pytest.raises(ProofError):
        verify_continuity(other.statement, first.tag, other.prove())
    with pytest.raises(ProofError):  # the proof made for the tag of the books, with nyms that don't belong to it
        verify_continuity(other.statement, first.tag, other.prove(first.tag))


@pytest.mark.parametrize("position", range(N))
def test_refuses_a_renewal_where_one_nym_differs(position: int) -> None:
    first = ask()
    nyms = list(first.nyms)
    nyms[position] = draw(1)[0]
    other = ask(tuple(nyms))
    with pytest.raises(ProofError):
        verify_continuity(other.statement, first.tag, other.prove(first.tag))


def test_refuses_nyms_with_the_same_pseudonym_in_one_context() -> None:
    """Many vectors share one value of the drafts' polynomial: why T is not that value."""
    first = ask()
    context = b"public:review/cafe-harbour"
    z = hash_to_scalar(context, BLS12_381_SHA_256.pseudonym_api_id + b"VECT_NYM_SECRETS", BLS12_381_SHA_256)
    nyms = [int.from_bytes(nym, "big") for nym in first.nyms]
    nyms[0], nyms[1] = (nyms[0] - z) % R, (nyms[1] + 1) % R  # x_1 + x_2*z stays the same
    forged = ask(tuple(scalar_to_octets(nym) for nym in nyms))
    assert calculate_pseudonym(forged.nyms, context, suite=BLS12_381_SHA_256) == calculate_pseudonym(
        first.nyms, context, suite=BLS12_381_SHA_256
    )
    assert forged.tag != first.tag
    with pytest.raises(ProofError):
        verify_continuity(forged.statement, first.tag, forged.prove(first.tag))


def forge_with_free_tag(asked: Asked) -> tuple[bytes, bytes]:
    """Choose responses first, and then the tag that would fit them, which is possible where T is not hashed."""
    statement, curve = asked.statement, backend()
    blind_generators, generators, _ = continuity._all_generators(statement)
    tilde = draw_scalars(N + 1)
    Cbar = curve.msm(blind_generators, tilde)
    Tbar = curve.msm(generators, draw_scalars(N))  # of other scalars than those of Cbar
    c = continuity._challenge(statement, IDENTITY, Cbar, Tbar)
    known = [int.from_bytes(octets, "big") for octets in (asked.blind, *asked.nyms)]
    responses = [(t + c * k) % R for t, k in zip(tilde, known, strict=True)]
    # Tbar = sum G_i*x^_i - c*T  =>  T = (sum G_i*x^_i - Tbar) / c
    T = curve.mul(curve.sub(curve.msm(generators, responses[1:]), Tbar), pow(c, -1, R))
    return curve.encode_g1(T), b"".join(scalar_to_octets(scalar) for scalar in (*responses, c))


def test_refuses_a_tag_that_was_fitted_to_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ask()
    tag, proof = forge_with_free_tag(asked)
    assert tag != asked.tag
    with pytest.raises(ProofError):
        verify_continuity(asked.statement, tag, proof)
    # The attack is real: were T not hashed, the forged tag would pass for nyms that it does not hide.
    real = continuity._challenge
    monkeypatch.setattr(continuity, "_challenge", lambda s, tag, C, T: real(s, IDENTITY, C, T))
    verify_continuity(asked.statement, tag, proof)


def responses(octets: bytes) -> list[int]:
    return list(octets_to_scalars(octets, "proof"))


def test_two_challenges_over_one_set_of_nonces_would_give_the_nyms_away() -> None:
    """… which is why the proof never takes the commitment's: shown with nonces reused on purpose, and with ours."""
    suite, nyms = BLS12_381_SHA_256, draw()
    randomness = draw_scalars(N + 2)  # blinding factor, s~, m~_1 …
    commitment, blind = _commit_with_nym(nyms, [], suite=suite, random_scalars=randomness)
    asked = ask(nyms)
    statement = replace(asked.statement, lasting=commitment)
    tag = asked.tag

    def extract(proof: bytes) -> list[int]:
        *first, c1 = responses(commitment[48:])
        *second, c2 = responses(proof)
        return [((a - b) * pow(c1 - c2, -1, R)) % R for a, b in zip(first[1:], second[1:], strict=True)]

    known = [int.from_bytes(nym, "big") for nym in nyms]
    reused = continuity._prove_continuity(
        statement, tag, nyms=nyms, secret_prover_blind=blind, random_scalars=randomness[1:]
    )
    verify_continuity(statement, tag, reused)
    assert extract(reused) == known
    honest = prove_continuity(statement, tag, nyms=nyms, secret_prover_blind=blind)
    assert not set(extract(honest)) & set(known)


def test_every_proof_is_fresh() -> None:
    asked = ask()
    first, second = responses(asked.prove()), responses(asked.prove())
    assert not set(first) & set(second)


@pytest.mark.parametrize(
    "change",
    [
        {"issuer_id": bytes(32)},
        {"epoch": "2026-12"},
        {"generation": 1},
        {"code_id": bytes(16)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_refuses_a_proof_for_another_statement(change: dict[str, object]) -> None:
    asked = ask()
    with pytest.raises(ProofError):
        verify_continuity(replace(asked.statement, **change), asked.tag, asked.prove())  # type: ignore[arg-type]


def test_refuses_a_proof_with_another_commitment_of_either_class() -> None:
    asked, other = ask(), ask()
    for part in ("lasting", "epochal"):
        swapped = replace(asked.statement, **{part: getattr(other.statement, part)})  # type: ignore[arg-type]
        with pytest.raises(ProofError):
            verify_continuity(swapped, asked.tag, asked.prove())


def test_refuses_another_suite() -> None:
    asked = ask()
    with pytest.raises(ProofError):
        verify_continuity(replace(asked.statement, suite=BLS12_381_SHAKE_256), asked.tag, asked.prove())


@pytest.mark.parametrize("count", [1, 3, 5])
def test_refuses_commitments_to_another_number_of_scalars(count: int) -> None:
    """N is the issuer's; a request that commits to fewer would have fewer to keep."""
    asked = ask()
    commitment, blind = commit_with_nym(draw(count), [], suite=BLS12_381_SHA_256)
    for part in ("lasting", "epochal"):
        with pytest.raises(EncodingError):
            verify_continuity(replace(asked.statement, **{part: commitment}), asked.tag, asked.prove())  # type: ignore[arg-type]
    with pytest.raises(EncodingError):
        validate_commitment(commitment, N, suite=BLS12_381_SHA_256)
    with pytest.raises(EncodingError):
        prove_continuity(asked.statement, asked.tag, nyms=draw(count), secret_prover_blind=blind)


def test_refuses_a_commitment_whose_own_proof_does_not_hold() -> None:
    asked = ask()
    broken = bytearray(asked.statement.epochal)
    broken[-1] ^= 1
    with pytest.raises(ProofError):
        verify_continuity(replace(asked.statement, epochal=bytes(broken)), asked.tag, asked.prove())


@given(bit=st.integers(min_value=0, max_value=192 * 8 - 1))
@settings(max_examples=60, deadline=None)
def test_refuses_every_flipped_bit(bit: int) -> None:
    proof = bytearray(PROOF)
    proof[bit // 8] ^= 1 << bit % 8
    with pytest.raises((ProofError, EncodingError)):
        verify_continuity(ASKED.statement, ASKED.tag, bytes(proof))


@pytest.mark.parametrize("position", range(N + 2))
@pytest.mark.parametrize("value", [0, R, 2**256 - 1], ids=["zero", "r", "all ones"])
def test_refuses_scalars_out_of_range(position: int, value: int) -> None:
    proof = PROOF[: 32 * position] + value.to_bytes(32, "big") + PROOF[32 * position + 32 :]
    with pytest.raises(EncodingError):
        verify_continuity(ASKED.statement, ASKED.tag, proof)


@pytest.mark.parametrize("size", [0, 1, 160, 191, 193, 224])
def test_refuses_other_lengths(size: int) -> None:
    with pytest.raises(EncodingError):
        verify_continuity(ASKED.statement, ASKED.tag, (PROOF * 2)[:size])


def test_refuses_the_identity_and_points_outside_the_subgroup_as_tag() -> None:
    for tag in (IDENTITY, OUTSIDE_SUBGROUP, ASKED.tag[:-1], bytes(48)):
        with pytest.raises(EncodingError):
            verify_continuity(ASKED.statement, tag, PROOF)


def test_the_tag_shares_no_generator_with_pseudonyms_or_commitments() -> None:
    """With a shared tag the continuity generator would be a context's point, and T a pseudonym (N = 1)."""
    suite, curve = BLS12_381_SHA_256, backend()
    message = dcbor_encode(["vouchmark/continuity-generator/1", ISSUER, 1, 1])
    nyms = draw(1)
    shared = curve.hash_to_curve_g1(message, suite.pseudonym_api_id, suite.expand_message)
    T_shared = curve.encode_g1(curve.mul(shared, int.from_bytes(nyms[0], "big")))
    assert T_shared == calculate_pseudonym(nyms, message, suite=suite)  # what sharing would mean
    assert continuity_tag(nyms, ISSUER, suite=suite) != T_shared
    ours = {curve.encode_g1(point) for point in continuity._generators(ISSUER, N, suite)[0]}
    drafts = {
        curve.encode_g1(point)
        for api_id in (suite.api_id, suite.pseudonym_api_id, b"BLIND_" + suite.pseudonym_api_id)
        for point in create_generators(16, api_id, suite=suite)
    }
    assert len(ours) == N
    assert not ours & drafts


def test_tags_of_one_person_at_two_issuers_have_nothing_in_common() -> None:
    nyms = draw()
    assert continuity_tag(nyms, ISSUER, suite=BLS12_381_SHA_256) != continuity_tag(
        nyms, secrets.token_bytes(32), suite=BLS12_381_SHA_256
    )


def test_shows_no_secret_in_its_repr() -> None:
    text = repr(ASKED.statement)
    for secret in (ASKED.statement.lasting, ASKED.statement.epochal):
        assert secret.hex() not in text
        assert repr(secret) not in text


def point_outside_subgroup() -> bytes:
    """Return a point of the curve that is not in G1: found by trying x, 48 octets, compressed."""
    p = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB
    for x in range(1, 100):
        square = (x**3 + 4) % p
        y = pow(square, (p + 1) // 4, p)
        if y * y % p == square:
            return bytes([0x80]) + x.to_bytes(47, "big")
    raise AssertionError("no point found")


OUTSIDE_SUBGROUP = point_outside_subgroup()
ASKED = ask()
PROOF = ASKED.prove()

"""Do both engines of BLS12-381 refuse the same octets and give the same ones?"""

import os
import subprocess
import sys
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import zk.bbs.curve
from zk.bbs import curve as curves
from zk.bbs.curve import FIELD_MODULUS, R, backend, interface, load, using
from zk.bbs.hashing import expand_message_xmd, expand_message_xof
from zk.errors import EncodingError, UnsupportedError

SLOW = os.environ.get("VOUCHMARK_SLOW") == "1"
IDENTITY_G1 = bytes([0xC0]) + bytes(47)
IDENTITY_G2 = bytes([0xC0]) + bytes(95)
# The standard generators of G1 and G2 (pairing-friendly curves draft, section 4.2.1).
BP1 = bytes.fromhex("97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb")
BP2 = bytes.fromhex(
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
)
# RFC 9380, appendix J.9.1: BLS12381G1_XMD:SHA-256_SSWU_RO_, message "abc".
H2C_DST = b"QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_"
H2C_ABC_X = "03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903"

engines = pytest.mark.parametrize("name", curves.BACKENDS)


@pytest.fixture(params=curves.BACKENDS)
def curve(request):
    """Each engine in turn."""
    with using(request.param) as engine:
        yield engine


def on_curve_outside_the_subgroup() -> list[bytes]:
    """Points of E1 whose order is not r: (0, 2) has order 3, the others some multiple of r."""
    found = [bytes([0x80]) + bytes(47)]
    x = 1
    while len(found) < 4:
        y2 = (x**3 + 4) % FIELD_MODULUS
        if pow(y2, (FIELD_MODULUS - 1) // 2, FIELD_MODULUS) == 1:
            found.append((x | 1 << 383).to_bytes(48, "big"))
        x += 1
    return found


def non_canonical_x() -> bytes:
    """A point of the subgroup whose x is written as x + p, which fits into 381 bits for a small x."""
    arkworks = load("arkworks")
    for i in range(200):
        octets = arkworks.encode_g1(arkworks.hash_to_curve_g1(bytes([i]), b"test", expand_message_xmd))
        x = int.from_bytes(octets, "big") & (1 << 381) - 1
        if x + FIELD_MODULUS < 1 << 381:
            return (int.from_bytes(octets, "big") + FIELD_MODULUS).to_bytes(48, "big")
    raise AssertionError("no small x among 200 points")


def test_decodes_and_encodes_the_generators(curve):
    assert curve.encode_g1(curve.decode_g1(BP1)) == BP1
    assert curve.encode_g2(curve.decode_g2(BP2)) == BP2
    assert curve.encode_g2(curve.g2_generator) == BP2


@pytest.mark.parametrize("octets", on_curve_outside_the_subgroup(), ids=lambda octets: octets.hex()[-4:])
def test_refuses_a_point_outside_the_subgroup(curve, octets):
    with pytest.raises(EncodingError, match="subgroup"):
        curve.decode_g1(octets)


def test_refuses_a_point_of_g2_outside_the_subgroup(curve):
    """Almost every point of the twist is outside the subgroup: try small x until one is on the curve."""
    refused = 0
    for x in range(1, 30):
        with pytest.raises(EncodingError, match="subgroup"):
            curve.decode_g2(bytes([0x80]) + bytes(46) + bytes([x]) + bytes(48))
        refused += 1
    assert refused == 29


def test_refuses_a_point_whose_x_is_not_reduced(curve):
    with pytest.raises(EncodingError):
        curve.decode_g1(non_canonical_x())


@pytest.mark.parametrize(
    "octets",
    [
        bytes([0xC0]) + b"\x01" * 47,  # arkworks reads this as the identity
        bytes([0xC0]) + bytes(46) + b"\x01",
        bytes([0xE0]) + bytes(47),  # identity with a sign
        bytes([0x40]) + bytes(47),  # identity, not compressed
        bytes([BP1[0] & 0x7F]) + BP1[1:],  # not marked as compressed
        bytes([BP1[0] | 0x40]) + BP1[1:],  # a point marked as the identity
        bytes(48),
        b"\xff" * 48,
        bytes([0x9A]) + FIELD_MODULUS.to_bytes(48, "big")[1:],  # x = p
        BP1[:-1],
        BP1 + b"\x00",
        b"",
        BP2,
    ],
    ids=lambda octets: f"{len(octets)}:{octets[:2].hex()}",
)
@pytest.mark.parametrize("allow_identity", [False, True])
def test_refuses_octets_that_are_not_the_one_form_of_a_point(curve, octets, allow_identity):
    with pytest.raises(EncodingError):
        curve.decode_g1(octets, allow_identity=allow_identity)


@pytest.mark.parametrize(
    "value", [None, 7, "97f1", bytearray(BP1), memoryview(BP1), [*BP1]], ids=lambda v: type(v).__name__
)
def test_refuses_what_is_no_bytes_object(curve, value):
    with pytest.raises(EncodingError):
        curve.decode_g1(value)
    with pytest.raises(EncodingError):
        curve.decode_g2(value)


def test_refuses_the_identity_unless_asked_to_allow_it(curve):
    with pytest.raises(EncodingError, match="identity"):
        curve.decode_g1(IDENTITY_G1)
    with pytest.raises(EncodingError, match="identity"):
        curve.decode_g2(IDENTITY_G2)
    point = curve.decode_g1(IDENTITY_G1, allow_identity=True)
    assert curve.is_identity(point)
    assert curve.encode_g1(point) == IDENTITY_G1


@pytest.mark.parametrize(
    "octets",
    [bytes([0xC0]) + b"\x01" * 95, BP2[:48], BP2 + BP2, bytes(96), b"\xff" * 96, bytes([BP2[0] & 0x7F]) + BP2[1:]],
)
def test_refuses_octets_that_are_no_public_key(curve, octets):
    with pytest.raises(EncodingError):
        curve.decode_g2(octets)


def test_refuses_sums_of_unequal_or_empty_lists(curve):
    point = curve.decode_g1(BP1)
    for sums in (curve.msm, curve.msm_secret):
        for points, scalars in (([point, point], [1]), ([point], [1, 2]), ([], [])):
            with pytest.raises(ValueError, match="expected as many"):
                sums(points, scalars)


def test_refuses_to_check_no_pairings(curve):
    with pytest.raises(ValueError, match="at least one"):
        curve.pairing_check([])


def test_pairing_is_bilinear_and_notices_a_change(curve):
    point, key = curve.decode_g1(BP1), curve.g2_public(77)
    assert curve.pairing_check([(point, key), (curve.neg(curve.mul(point, 77)), curve.g2_generator)])
    assert not curve.pairing_check([(point, key), (curve.neg(curve.mul(point, 78)), curve.g2_generator)])
    assert not curve.pairing_check([(point, key)])


def test_sums_and_products_agree_with_each_other(curve):
    points = [curve.mul(curve.decode_g1(BP1), k) for k in (3, 5, 7)]
    expected = curve.encode_g1(curve.mul(curve.decode_g1(BP1), 3 * 11 + 5 * (R - 2) + 7 * 0))
    assert curve.encode_g1(curve.msm(points, [11, -2, 0])) == expected
    assert curve.encode_g1(curve.msm_secret(points, [11, R - 2, R])) == expected
    assert curve.encode_g1(curve.mul_secret(points[0], 2**200)) == curve.encode_g1(curve.mul(points[0], 2**200))
    assert curve.is_identity(curve.sub(points[0], points[0]))
    assert curve.encode_g1(curve.add(points[0], points[0])) == curve.encode_g1(curve.mul(points[0], 2))
    assert curve.is_identity(curve.msm(points, [0, 0, 0]))
    assert curve.is_identity(curve.mul_secret(points[0], 0))


def test_the_engine_never_sees_a_secret_scalar_itself(curve, monkeypatch):
    seen = []
    original = curve._msm

    def spy(points, scalars):
        seen.extend(scalar % R for scalar in scalars)
        return original(points, scalars)

    monkeypatch.setattr(curve, "_msm", spy)
    monkeypatch.setattr(
        curve, "_g2_generator_mul", lambda k, whole=curve._g2_generator_mul: (seen.append(k % R), whole(k))[1]
    )
    secrets = [1, 2, 3, 0]
    point = curve.decode_g1(BP1)
    curve.mul_secret(point, secrets[0])
    curve.msm_secret([point] * 4, secrets)
    curve.g2_public(secrets[1])
    assert len(seen) == 2 + 5 + 2
    assert not set(seen) & set(secrets)
    first = list(seen)
    curve.mul_secret(point, secrets[0])
    assert not set(first) & set(seen[9:])  # and the mask is fresh


def test_hashes_to_the_point_of_rfc_9380(curve):
    octets = curve.encode_g1(curve.hash_to_curve_g1(b"abc", H2C_DST, expand_message_xmd))
    assert int.from_bytes(octets, "big") & (1 << 381) - 1 == int(H2C_ABC_X, 16)


def test_refuses_to_hash_with_a_tag_over_255_octets(curve):
    with pytest.raises(EncodingError, match="255"):
        curve.hash_to_curve_g1(b"abc", b"t" * 256, expand_message_xmd)


# 1,000 random cases on request, 200 fixed ones otherwise.
CHEAP = settings(
    max_examples=1000 if SLOW else 200,
    deadline=None,
    derandomize=not SLOW,
    suppress_health_check=[HealthCheck.too_slow],
)
scalars = st.one_of(st.sampled_from([0, 1, 2, R - 1, R, R + 1]), st.integers(0, 1 << 64), st.integers(0, 1 << 256))
seeds = st.integers(0, 15)


@CHEAP
@given(
    st.sampled_from(["mul", "msm", "sum", "hash", "decode", "key"]),
    st.lists(scalars, min_size=1, max_size=3),
    seeds,
    st.binary(max_size=64),
)
def test_the_engines_agree_on_random_cases(operation, numbers, seed, octets):
    results = []
    for name in curves.BACKENDS:
        curve = load(name)
        points = [_point(name, (seed + i) % 16) for i in range(len(numbers))]
        if operation == "mul":
            result = curve.encode_g1(curve.mul(points[0], numbers[0]))
        elif operation == "msm":
            result = curve.encode_g1(curve.msm(points, numbers))
        elif operation == "sum":
            result = curve.encode_g1(curve.sub(curve.add(points[0], points[-1]), _point(name, numbers[0] % 16)))
        elif operation == "hash":
            expander = expand_message_xof if seed % 2 else expand_message_xmd
            result = curve.encode_g1(curve.hash_to_curve_g1(octets, b"dst%d" % seed, expander))
        elif operation == "decode":
            result = _decoded(curve, bytes([octets[0] | 0x80 if octets else 0x80]) + octets[1:48].ljust(47, b"\x00"))
        else:
            result = curve.encode_g2(curve.g2_public(numbers[0]))
        results.append(result)
    assert results[0] == results[1]


_points: dict[tuple[str, int], object] = {}


def _point(name, seed):
    if (name, seed) not in _points:
        _points[name, seed] = load(name).hash_to_curve_g1(bytes([seed]), b"points", expand_message_xmd)
    return _points[name, seed]


def _decoded(curve, octets):
    try:
        return curve.encode_g1(curve.decode_g1(octets))
    except EncodingError:
        return "refused"


def _python(code, **environment):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env={**os.environ, **environment}, capture_output=True, text=True
    )


def test_the_environment_forces_an_engine():
    code = "from zk.bbs.curve import backend; print(backend().name)"
    assert _python(code, VOUCHMARK_CURVE="").stdout.strip() == "arkworks"
    assert _python(code, VOUCHMARK_CURVE="arkworks").stdout.strip() == "arkworks"
    assert _python(code, VOUCHMARK_CURVE="py_ecc").stdout.strip() == "py_ecc"
    failed = _python(code, VOUCHMARK_CURVE="openssl")
    assert failed.returncode == 1
    assert "UnsupportedError: curve engine: expected one of arkworks, py_ecc, got 'openssl'" in failed.stderr


def test_importing_the_package_loads_no_engine_and_nothing_of_the_media():
    code = """
import sys, zk
heavy = {"py_ecc", "py_arkworks_bls12381", "c2pa", "PIL", "click", "sqlalchemy", "cryptography", "cbor2"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
from zk.bbs import bbs
from zk.bbs.ciphersuite import BLS12_381_SHA_256
assert not heavy & set(sys.modules), heavy & set(sys.modules)
bbs.sk_to_pk(bbs.key_gen(bytes(32), suite=BLS12_381_SHA_256))
assert heavy & set(sys.modules) == {"py_arkworks_bls12381"}, heavy & set(sys.modules)
"""
    done = _python(code, VOUCHMARK_CURVE="")
    assert done.returncode == 0, done.stderr


def test_takes_the_reference_engine_where_the_fast_one_is_not_installed(monkeypatch):
    real = zk.bbs.curve.find_spec
    monkeypatch.setattr(zk.bbs.curve, "find_spec", lambda name: None if "arkworks" in name else real(name))
    monkeypatch.delenv("VOUCHMARK_CURVE", raising=False)
    assert zk.bbs.curve._default.__wrapped__().name == "py_ecc"


def test_says_so_where_no_engine_is_installed(monkeypatch):
    monkeypatch.setattr(zk.bbs.curve, "find_spec", lambda name: None)
    monkeypatch.delenv("VOUCHMARK_CURVE", raising=False)
    with pytest.raises(UnsupportedError, match="no curve engine"):
        zk.bbs.curve._default.__wrapped__()
    with pytest.raises(UnsupportedError, match="not installed"):
        load.__wrapped__("arkworks")


@engines
def test_an_engine_is_chosen_for_a_block_and_one_thread_only(name):
    outside = backend().name
    elsewhere = []
    with using(name):
        assert backend().name == name
        thread = threading.Thread(target=lambda: elsewhere.append(backend().name))
        thread.start()
        thread.join()
    assert backend().name == outside
    assert elsewhere == [outside]


def test_two_computations_give_both_results_and_pass_errors_on(curve):
    assert curve.both(lambda: 1, lambda: 2) == (1, 2)
    for first, second in ((lambda: 1 / 0, lambda: 2), (lambda: 1, lambda: 2 / 0)):
        with pytest.raises(ZeroDivisionError):
            curve.both(first, second)


def test_two_computations_use_the_engine_chosen_for_the_block(curve, monkeypatch):
    monkeypatch.setattr(curve, "releases_gil", True)
    assert curve.both(lambda: backend().name, lambda: backend().name) == (curve.name, curve.name)


def test_two_computations_run_here_where_no_thread_is_to_be_had(monkeypatch):
    def refuse(*_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert load("arkworks").both(lambda: 1, lambda: 2) == (1, 2)


def test_a_callers_own_thread_starts_no_further_one():
    names = []

    def work():
        load("arkworks").both(
            lambda: names.append(threading.current_thread().name), lambda: names.append(threading.current_thread().name)
        )

    thread = threading.Thread(target=work, name="the caller's")
    thread.start()
    thread.join()
    assert names == ["the caller's"] * 2


@pytest.mark.parametrize(("are_even", "threads"), [(False, 3), (True, 2)])
def test_two_computations_that_fill_two_processors_are_not_split_further(are_even, threads, monkeypatch):
    monkeypatch.setattr(interface.os, "cpu_count", lambda: 2)
    curve, seen = load("arkworks"), []
    meet = threading.Barrier(threads, timeout=300)  # passed only where that many run beside each other

    def note():
        seen.append(threading.get_ident())
        meet.wait()

    curve.both(note, (lambda: curve.both(note, note)) if not are_even else note, are_even=are_even)
    assert len(set(seen)) == threads
    seen.clear()
    curve.both(lambda: None, lambda: curve.both(*[lambda: seen.append(threading.get_ident())] * 2), are_even=True)
    assert seen == [threading.get_ident()] * 2

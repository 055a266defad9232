"""Which hash, fixed point and names belong to a BBS ciphersuite, and which generators and scalars follow from them?

BBS draft (draft-irtf-cfrg-bbs-signatures-09), "Ciphersuites" and "Interface Utilities". A suite's strings go into
every hash: another draft with other octets would be another suite, not a silent change of this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Final

from zk.bbs.curve import G1, Expander, backend, load
from zk.bbs.hashing import EXPAND_OCTETS, expand_message_xmd, expand_message_xof, hash_to_scalar
from zk.errors import EncodingError, UnsupportedError

MAX_MESSAGES: Final = 128
"""Signed scalars of one signature at most, blinding factor and nym secrets included.

A bound on the work that a hostile length can cause: each scalar is a point in a sum (0.05 ms) and, once per process,
a generator to be hashed (0.3 ms). The largest proof allowed costs about three times the personhood profile's.
"""

_GENERATOR_LISTS: Final = 32  # cached lists: 2 engines x 2 suites x 5 interface identifiers, with room
_GENERATOR_SETS: Final = 64  # cached pairs of lists as interfaces use them: a few shapes of credential per suite


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A BBS ciphersuite over BLS12-381 and the identifiers of the three interfaces built on it."""

    name: str
    """The drafts' ciphersuite_id, ASCII, ends in an underscore."""
    expand_message: Expander = field(repr=False)
    """RFC 9380's expand_message with the suite's hash."""
    p1_octets: bytes = field(repr=False)
    """P1, the fixed point of G1, 48 octets."""

    @property
    def suite_id(self) -> bytes:
        """The ciphersuite_id as octets."""
        return self.name.encode("ascii")

    @property
    def api_id(self) -> bytes:
        """Interface identifier of core BBS."""
        return self.suite_id + b"H2G_HM2S_"

    @property
    def blind_api_id(self) -> bytes:
        """Interface identifier of Blind BBS (draft-irtf-cfrg-bbs-blind-signatures-02)."""
        return self.suite_id + b"BLIND_H2G_HM2S_"

    @property
    def pseudonym_api_id(self) -> bytes:
        """Interface identifier of BBS pseudonyms, as the official vectors have it."""
        return self.suite_id + b"H2G_HM2S_PSEUDONYM_"


BLS12_381_SHA_256: Final = Suite(
    name="BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_",
    expand_message=expand_message_xmd,
    p1_octets=bytes.fromhex(
        "a8ce256102840821a3e94ea9025e4662b205762f9776b3a766c872b948f1fd225e7c59698588e70d11406d161b4e28c9"
    ),
)
"""BLS12-381-SHA-256 (BBS draft, section "BLS12-381-SHA-256")."""

BLS12_381_SHAKE_256: Final = Suite(
    name="BBS_BLS12381G1_XOF:SHAKE-256_SSWU_RO_",
    expand_message=expand_message_xof,
    p1_octets=bytes.fromhex(
        "8929dfbc7e6642c4ed9cba0856e493f8b9d7d5fcb0c31ef8fdcd34d50648a56c795e106e9eada6e0bda386b414150755"
    ),
)
"""BLS12-381-SHAKE-256 (BBS draft, section "BLS12-381-SHAKE-256")."""

SUITES: Final = (BLS12_381_SHA_256, BLS12_381_SHAKE_256)
"""Every suite this version knows."""


def by_name(name: str) -> Suite:
    """Return the suite with this ciphersuite_id. Raises UnsupportedError if there is none."""
    for suite in SUITES:
        if suite.name == name:
            return suite
    raise UnsupportedError(f"ciphersuite: expected one of {', '.join(s.name for s in SUITES)}, got {name!r}")


class _GeneratorList:
    """create_generators as a list that grows on demand, each point with its octets."""

    def __init__(self, backend_name: str, suite: Suite, api_id: bytes) -> None:
        self._curve = load(backend_name)
        self._expand = suite.expand_message
        self._seed_dst = api_id + b"SIG_GENERATOR_SEED_"
        self._generator_dst = api_id + b"SIG_GENERATOR_DST_"
        self._v = self._expand(api_id + b"MESSAGE_GENERATOR_SEED", self._seed_dst, EXPAND_OCTETS)
        self._points: list[G1] = []
        self._octets: list[bytes] = []
        self._lock = Lock()  # two threads that extend at once would interleave v

    def first(self, count: int) -> tuple[tuple[G1, ...], tuple[bytes, ...]]:
        with self._lock:
            while len(self._points) < count:
                i = len(self._points) + 1
                self._v = self._expand(self._v + i.to_bytes(8, "big"), self._seed_dst, EXPAND_OCTETS)
                point = self._curve.hash_to_curve_g1(self._v, self._generator_dst, self._expand)
                self._points.append(point)
                self._octets.append(self._curve.encode_g1(point))
            return tuple(self._points[:count]), tuple(self._octets[:count])


@lru_cache(maxsize=_GENERATOR_LISTS)
def _generator_list(backend_name: str, suite: Suite, api_id: bytes) -> _GeneratorList:
    return _GeneratorList(backend_name, suite, api_id)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Generators:
    """The points that a signature of some shape uses, in the order in which they are hashed.

    Equal only to itself (points of some engines have no hash): `prepare_generators` keeps one for each shape.
    """

    suite: Suite
    api_id: bytes
    p1: G1 = field(repr=False)
    q_1: G1 = field(repr=False)
    h: tuple[G1, ...] = field(repr=False)
    """One generator for each signed scalar: the signer's messages, then (blind interfaces) Q_2 and J_1 … J_M."""
    octets: bytes = field(repr=False)
    """I2OSP(len(h), 8) || Q_1 || h, serialised: the part of the domain that depends on the shape alone."""


def create_generators(count: int, api_id: bytes, *, suite: Suite) -> tuple[G1, ...]:
    """Return the first `count` generators for an interface identifier (BBS draft, "Generators Calculation").

    Cached. Raises EncodingError for a count over MAX_MESSAGES + 1 (Q_1 or Q_2 comes on top of the messages).
    """
    if not 0 <= count <= MAX_MESSAGES + 1:
        raise EncodingError(f"generators: expected at most {MAX_MESSAGES + 1}, got {count}")
    return _generator_list(backend().name, suite, api_id).first(count)[0]


def prepare_generators(count: int, blind_count: int, api_id: bytes, *, suite: Suite) -> Generators:
    """Return Q_1 with `count` message generators, followed by `blind_count` generators for "BLIND_" || api_id.

    The generators' half of the Blind BBS draft's prepare_parameters; `blind_count` is 0 for core BBS. Cached.
    Raises EncodingError for more than MAX_MESSAGES together.
    """
    if count < 0 or blind_count < 0 or count + blind_count > MAX_MESSAGES:
        raise EncodingError(f"messages: expected at most {MAX_MESSAGES} in all, got {count} and {blind_count}")
    return _prepare(backend().name, suite, api_id, count, blind_count)


@lru_cache(maxsize=_GENERATOR_SETS)
def _prepare(backend_name: str, suite: Suite, api_id: bytes, count: int, blind_count: int) -> Generators:
    points, octets = _generator_list(backend_name, suite, api_id).first(count + 1)
    blind_points, blind_octets = _generator_list(backend_name, suite, b"BLIND_" + api_id).first(blind_count)
    return Generators(
        suite=suite,
        api_id=api_id,
        p1=load(backend_name).decode_g1(suite.p1_octets),
        q_1=points[0],
        h=points[1:] + blind_points,
        octets=b"".join([(count + blind_count).to_bytes(8, "big"), *octets, *blind_octets]),
    )


def messages_to_scalars(messages: Sequence[bytes], api_id: bytes, *, suite: Suite) -> tuple[int, ...]:
    """Map each message to a scalar, independently of the others (BBS draft, "Messages to Scalars")."""
    dst = api_id + b"MAP_MSG_TO_SCALAR_AS_HASH_"
    return tuple(hash_to_scalar(message, dst, suite) for message in messages)

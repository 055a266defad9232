"""What does the rest of the library ask of BLS12-381, whichever engine computes it?

Scalars are plain integers (reduced modulo `R` here); points are opaque values of one engine, never mixed with
those of another and never pickled: between processes and threads of different engines, pass octets.

Source of the curve and the encodings: draft-irtf-cfrg-pairing-friendly-curves, appendix C (compressed form, as in
draft-irtf-cfrg-bbs-signatures, section "Point Encoding"); RFC 9380, section 8.8.1, for hashing to G1.
"""

from __future__ import annotations

import os
import secrets
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextvars import ContextVar, copy_context
from typing import Any, Final, Generic, TypeAlias, TypeVar

from zk.errors import EncodingError

R: Final = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
"""Prime order of G1, G2 and GT, and so of the scalar field."""

FIELD_MODULUS: Final = int(
    "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab", 16
)
"""Prime of the base field Fp."""

G1_OCTETS: Final = 48  # octets of a compressed G1 point (the drafts' octet_point_length)
G2_OCTETS: Final = 96  # octets of a compressed G2 point (a public key)
FIELD_HASH_OCTETS: Final = 64  # octets hashed for one field element: ceil((381 + 128) / 8), RFC 9380 section 5.1

_IDENTITY_G1: Final = bytes([0xC0]) + bytes(G1_OCTETS - 1)
_IDENTITY_G2: Final = bytes([0xC0]) + bytes(G2_OCTETS - 1)

Expander: TypeAlias = Callable[[bytes, bytes, int], bytes]
"""expand_message of RFC 9380, section 5.3: (message, domain separation tag, length in octets) -> octets."""

P1 = TypeVar("P1")
P2 = TypeVar("P2")
_First = TypeVar("_First")
_Second = TypeVar("_Second")

G1: TypeAlias = Any
"""A point of G1 as the engine in use holds it: opaque to every caller."""
G2: TypeAlias = Any
"""A point of G2 as the engine in use holds it: opaque to every caller."""


_are_even: Final[ContextVar[bool]] = ContextVar("are_even", default=False)
"""Whether two computations of about equal length run beside each other already, and leave no processor idle."""


class _Other(threading.Thread, Generic[_First]):
    """A thread for one computation, in the caller's context."""

    def __init__(self, compute: Callable[[], _First]) -> None:
        super().__init__(daemon=True)
        self._compute, self._context = compute, copy_context()
        self._found: list[_First] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._found.append(self._context.run(self._compute))
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            self._error = error

    def result(self) -> _First:
        """What was computed; raises what that raised. Only after `join`."""
        if self._error is not None:
            raise self._error
        return self._found[0]


class Curve(ABC, Generic[P1, P2]):
    """One engine for BLS12-381. All engines return equal octets for equal questions."""

    name: str
    """How the engine is called in `VOUCHMARK_CURVE`."""
    releases_gil: bool
    """Whether sums of points run beside other Python threads."""

    g1_identity: P1
    g2_generator: P2

    # What an engine has to bring.

    @abstractmethod
    def _decode_g1(self, octets: bytes) -> P1:
        """Decompress and check curve and subgroup; any exception of `_refusals` means no."""

    @abstractmethod
    def _decode_g2(self, octets: bytes) -> P2:
        """Decompress and check curve and subgroup; any exception of `_refusals` means no."""

    @abstractmethod
    def encode_g1(self, point: P1) -> bytes:
        """Return the 48 octets of a G1 point (point_to_octets_E1)."""

    @abstractmethod
    def encode_g2(self, point: P2) -> bytes:
        """Return the 96 octets of a G2 point (point_to_octets_E2)."""

    @abstractmethod
    def add(self, left: P1, right: P1) -> P1:
        """Return the sum of two G1 points (complete: equal, opposite and identity points included)."""

    @abstractmethod
    def neg(self, point: P1) -> P1:
        """Return the negative of a G1 point."""

    @abstractmethod
    def mul(self, point: P1, scalar: int) -> P1:
        """Return point * scalar for a *public* scalar; its running time depends on the scalar."""

    @abstractmethod
    def _msm(self, points: Sequence[P1], scalars: Sequence[int]) -> P1:
        """Return the sum of points[i] * scalars[i]; lengths are equal and at least one."""

    @abstractmethod
    def _g2_generator_mul(self, scalar: int) -> P2:
        """Return BP2 * scalar."""

    @abstractmethod
    def _g2_add(self, left: P2, right: P2) -> P2:
        """Return the sum of two G2 points."""

    @abstractmethod
    def _pairing_check(self, pairs: Sequence[tuple[P1, P2]]) -> bool:
        """Return whether the product of the pairings is one; there is at least one pair."""

    @abstractmethod
    def map_to_curve_g1(self, u: int) -> P1:
        """Map a field element to G1 with its cofactor cleared (RFC 9380, sections 6.6.3 and 7)."""

    _refusals: tuple[type[Exception], ...] = (ValueError, TypeError, ArithmeticError)
    """What the engine raises on octets that are no point."""

    # What every caller uses.

    def decode_g1(self, octets: bytes, *, what: str = "point of G1", allow_identity: bool = False) -> P1:
        """Decode 48 octets to a point of the prime-order subgroup of G1.

        Strict: exact length, on the curve, in the subgroup, the one canonical form (the point must encode back to
        the same octets), and not the identity unless `allow_identity` says so. Raises EncodingError.
        """
        if not isinstance(octets, bytes) or len(octets) != G1_OCTETS:
            raise EncodingError(f"{what}: expected {G1_OCTETS} octets, got {_size(octets)}")
        if octets == _IDENTITY_G1:
            if allow_identity:
                return self.g1_identity
            raise EncodingError(f"{what}: the identity point is refused")
        try:
            point = self._decode_g1(octets)
        except self._refusals as error:
            raise EncodingError(f"{what}: not a point of the prime-order subgroup") from error
        if self.encode_g1(point) != octets:  # the arkworks engine reads junk with the infinity flag as identity
            raise EncodingError(f"{what}: not in canonical form")
        return point

    def decode_g2(self, octets: bytes, *, what: str = "point of G2") -> P2:
        """Decode 96 octets to a point of the prime-order subgroup of G2, never the identity. Raises EncodingError.

        As strict as `decode_g1`.
        """
        if not isinstance(octets, bytes) or len(octets) != G2_OCTETS:
            raise EncodingError(f"{what}: expected {G2_OCTETS} octets, got {_size(octets)}")
        if octets == _IDENTITY_G2:
            raise EncodingError(f"{what}: the identity point is refused")
        try:
            point = self._decode_g2(octets)
        except self._refusals as error:
            raise EncodingError(f"{what}: not a point of the prime-order subgroup") from error
        if self.encode_g2(point) != octets:
            raise EncodingError(f"{what}: not in canonical form")
        return point

    def is_identity(self, point: P1) -> bool:
        """Return whether a G1 point is the identity."""
        return self.encode_g1(point) == _IDENTITY_G1

    def sub(self, left: P1, right: P1) -> P1:
        """Return left - right in G1."""
        return self.add(left, self.neg(right))

    def msm(self, points: Sequence[P1], scalars: Sequence[int]) -> P1:
        """Return the sum of points[i] * scalars[i] for *public* scalars.

        Raises ValueError for lists of unequal length (a programming error which the engines would answer by
        silently dropping the rest) and for empty ones.
        """
        if len(points) != len(scalars) or not points:
            raise ValueError(f"expected as many scalars as points and at least one, got {len(points)}, {len(scalars)}")
        return self._msm(points, scalars)

    def mul_secret(self, point: P1, scalar: int) -> P1:
        """Return point * scalar for a *secret* scalar, split additively: k = a + (k - a) with a fresh random a.

        Each half is uniform, so the running time of either says nothing about k. This is mitigation, not
        constant time, which Python cannot promise.
        """
        mask = secrets.randbelow(R)
        return self._msm([point, point], [mask, scalar - mask])

    def msm_secret(self, points: Sequence[P1], scalars: Sequence[int]) -> P1:
        """Return the sum of points[i] * scalars[i] for *secret* scalars, all shifted by one fresh random mask.

        sum(k_i * P_i) = sum((k_i + a) * P_i) - a * sum(P_i): one point more instead of twice as many, and every
        scalar that the engine sees is uniform.
        """
        if len(points) != len(scalars) or not points:
            raise ValueError(f"expected as many scalars as points and at least one, got {len(points)}, {len(scalars)}")
        if len(points) == 1:
            return self.mul_secret(points[0], scalars[0])
        mask = secrets.randbelow(R)
        total = points[0]
        for point in points[1:]:
            total = self.add(total, point)
        return self._msm([*points, self.neg(total)], [*(scalar + mask for scalar in scalars), mask])

    def both(
        self, first: Callable[[], _First], second: Callable[[], _Second], *, are_even: bool = False
    ) -> tuple[_First, _Second]:
        """Return what two independent computations give, side by side where that saves time.

        That is: on the main thread of a machine with two processors and an engine that releases the interpreter's
        lock. Callers that bring their own threads use the processors already. are_even: whether the two take about
        as long, so that nothing within them is worth a third thread. The thread ends with the call, so nothing of it
        survives into a forked process.
        """
        alone = threading.current_thread() is not threading.main_thread()
        if alone or _are_even.get() or not self.releases_gil or (os.cpu_count() or 1) < 2:
            return first(), second()
        token = _are_even.set(are_even)
        try:
            other = _Other(first)
            try:
                other.start()
            except RuntimeError:  # no further thread to be had: too many, or the interpreter is going down
                return first(), second()
            try:
                result = second()
            finally:
                other.join()
            return other.result(), result
        finally:
            _are_even.reset(token)

    def g2_public(self, secret: int) -> P2:
        """Return BP2 * secret, the scalar split as in `mul_secret`: a public key from a secret key."""
        mask = secrets.randbelow(R)
        return self._g2_add(self._g2_generator_mul(mask), self._g2_generator_mul(secret - mask))

    def pairing_check(self, pairs: Sequence[tuple[P1, P2]]) -> bool:
        """Return whether the product of h(P_i, Q_i) is the identity of GT.

        Raises ValueError for an empty list, of which the engines would say True.
        """
        if not pairs:
            raise ValueError("expected at least one pair, got none")
        return self._pairing_check(pairs)

    def hash_to_curve_g1(self, msg: bytes, dst: bytes, expander: Expander) -> P1:
        """Hash a message to G1: the random-oracle suites BLS12381G1_XMD:SHA-256_SSWU_RO_ and _XOF:SHAKE-256_.

        RFC 9380, section 3; `expander` decides which. The cofactor is cleared on each half, which gives the same
        sum. Raises EncodingError where the expander refuses the tag.
        """
        uniform = expander(msg, dst, 2 * FIELD_HASH_OCTETS)
        u_0 = int.from_bytes(uniform[:FIELD_HASH_OCTETS], "big") % FIELD_MODULUS
        u_1 = int.from_bytes(uniform[FIELD_HASH_OCTETS:], "big") % FIELD_MODULUS
        return self.add(self.map_to_curve_g1(u_0), self.map_to_curve_g1(u_1))


def _size(value: object) -> str:
    return str(len(value)) if isinstance(value, bytes) else type(value).__name__


Backend: TypeAlias = Curve[Any, Any]
"""An engine whose kind of points the caller need not know."""

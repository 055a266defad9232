"""How does the arkworks engine (Rust, by way of py_arkworks_bls12381) answer the curve interface?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from py_arkworks_bls12381 import GT, G1Point, G2Point, Scalar

from zk.bbs.curve.interface import G1_OCTETS, Curve, R

_SCALAR_OCTETS: Final = 32


def _scalar(value: int) -> Scalar:
    return Scalar.from_be_bytes((value % R).to_bytes(_SCALAR_OCTETS, "big"))


class ArkworksCurve(Curve[G1Point, G2Point]):
    """The fast engine, used wherever its wheel is installed."""

    name = "arkworks"
    releases_gil = True  # in multiexp_unchecked and pairing_check, not in single multiplications

    def __init__(self) -> None:
        self.g1_identity = G1Point.identity()
        self.g2_generator = G2Point()

    def _decode_g1(self, octets: bytes) -> G1Point:
        return G1Point.from_compressed_bytes(octets)  # checks curve and subgroup, not the canonical form

    def _decode_g2(self, octets: bytes) -> G2Point:
        return G2Point.from_compressed_bytes(octets)

    def encode_g1(self, point: G1Point) -> bytes:
        """Return the 48 octets of a G1 point."""
        return bytes(point.to_compressed_bytes())

    def encode_g2(self, point: G2Point) -> bytes:
        """Return the 96 octets of a G2 point."""
        return bytes(point.to_compressed_bytes())

    def add(self, left: G1Point, right: G1Point) -> G1Point:
        """Return the sum of two G1 points."""
        return left + right

    def neg(self, point: G1Point) -> G1Point:
        """Return the negative of a G1 point."""
        return -point

    def mul(self, point: G1Point, scalar: int) -> G1Point:
        """Return point * scalar, in time that grows with the scalar's weight."""
        return point * _scalar(scalar)

    def _msm(self, points: Sequence[G1Point], scalars: Sequence[int]) -> G1Point:
        if len(points) == 1:
            return points[0] * _scalar(scalars[0])
        return G1Point.multiexp_unchecked(list(points), [_scalar(scalar) for scalar in scalars])

    def _g2_generator_mul(self, scalar: int) -> G2Point:
        return self.g2_generator * _scalar(scalar)

    def _g2_add(self, left: G2Point, right: G2Point) -> G2Point:
        return left + right

    def _pairing_check(self, pairs: Sequence[tuple[G1Point, G2Point]]) -> bool:
        return GT.pairing_check([p for p, _ in pairs], [q for _, q in pairs])

    def map_to_curve_g1(self, u: int) -> G1Point:
        """Map a field element to G1, cofactor cleared."""
        return G1Point.map_from_fp_be(u.to_bytes(G1_OCTETS, "big"))

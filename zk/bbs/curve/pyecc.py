"""How does the py_ecc engine (plain Python, the reference) answer the curve interface?

About a hundred times slower than arkworks: for machines without its wheel, and to cross-check it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from eth_typing import BLSSignature
from py_ecc.bls.g2_primitives import G2_to_signature, signature_to_G2, subgroup_check
from py_ecc.bls.hash_to_curve import clear_cofactor_G1, map_to_curve_G1
from py_ecc.bls.point_compression import compress_G1, decompress_G1
from py_ecc.bls.typing import G1Compressed
from py_ecc.fields import optimized_bls12_381_FQ as FQ
from py_ecc.fields import optimized_bls12_381_FQ12 as FQ12
from py_ecc.optimized_bls12_381.optimized_curve import G2 as BP2
from py_ecc.optimized_bls12_381.optimized_curve import Z1, add, multiply, neg
from py_ecc.optimized_bls12_381.optimized_pairing import final_exponentiate, pairing

from zk.bbs.curve.interface import G1_OCTETS, G2_OCTETS, Curve, R

_Point: TypeAlias = tuple[Any, Any, Any]
_COMPONENT_OCTETS: Final = G2_OCTETS // 2


class PyEccCurve(Curve[_Point, _Point]):
    """The reference engine. Points are projective triples."""

    name = "py_ecc"
    releases_gil = False

    def __init__(self) -> None:
        self.g1_identity = Z1
        self.g2_generator = BP2

    def _decode_g1(self, octets: bytes) -> _Point:
        point: _Point = decompress_G1(G1Compressed(int.from_bytes(octets, "big")))
        if not subgroup_check(point):  # decompress_G1 checks the curve only
            raise ValueError("outside the subgroup")
        return point

    def _decode_g2(self, octets: bytes) -> _Point:
        point: _Point = signature_to_G2(BLSSignature(octets))
        if not subgroup_check(point):
            raise ValueError("outside the subgroup")
        return point

    def encode_g1(self, point: _Point) -> bytes:
        """Return the 48 octets of a G1 point."""
        return int(compress_G1(point)).to_bytes(G1_OCTETS, "big")

    def encode_g2(self, point: _Point) -> bytes:
        """Return the 96 octets of a G2 point."""
        return bytes(G2_to_signature(point))

    def add(self, left: _Point, right: _Point) -> _Point:
        """Return the sum of two G1 points."""
        return _point(add(left, right))

    def neg(self, point: _Point) -> _Point:
        """Return the negative of a G1 point."""
        return _point(neg(point))

    def mul(self, point: _Point, scalar: int) -> _Point:
        """Return point * scalar, in time that grows with the scalar's weight."""
        return _point(multiply(point, scalar % R))

    def _msm(self, points: Sequence[_Point], scalars: Sequence[int]) -> _Point:
        """Double once for all points, from the highest bit down (Straus)."""
        reduced = [scalar % R for scalar in scalars]
        total = self.g1_identity
        for bit in range(max(scalar.bit_length() for scalar in reduced) - 1, -1, -1):
            total = add(total, total)
            for point, scalar in zip(points, reduced, strict=True):
                if scalar >> bit & 1:
                    total = add(total, point)
        return _point(total)

    def _g2_generator_mul(self, scalar: int) -> _Point:
        return _point(multiply(BP2, scalar % R))

    def _g2_add(self, left: _Point, right: _Point) -> _Point:
        return _point(add(left, right))

    def _pairing_check(self, pairs: Sequence[tuple[_Point, _Point]]) -> bool:
        product = FQ12.one()
        for p, q in pairs:
            product *= pairing(q, p, final_exponentiate=False)
        return bool(final_exponentiate(product) == FQ12.one())

    def map_to_curve_g1(self, u: int) -> _Point:
        """Map a field element to G1, cofactor cleared."""
        return _point(clear_cofactor_G1(map_to_curve_G1(FQ(u))))


def _point(value: Any) -> _Point:
    """Name the type of what py_ecc returns untyped."""
    x, y, z = value
    return x, y, z

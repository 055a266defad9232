"""Which octets stand for an integer, a scalar, a point or a small structure, and is that form the only one?

Every decoder here accepts exactly one form of each value: what it returns encodes back to the octets it was given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from zk.bbs.curve import G1, G2, R, backend
from zk.errors import EncodingError

SCALAR_OCTETS: Final = 32
"""Octets of a scalar (the drafts' octet_scalar_length)."""

MAX_TEXT_CHARACTERS: Final = 200
"""Characters of a text in a structure: names, epochs, and scopes, which are the longest."""

MAX_DEPTH: Final = 8
"""Nested arrays and maps of a CBOR item at most; our own structures need three."""

CborValue: TypeAlias = "int | bytes | str | bool | list[CborValue] | dict[str, CborValue] | None"
"""What our deterministic CBOR can carry."""

_HEAD_64: Final = 27  # additional information that announces an argument of 8 octets, the largest
_UINT, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _SIMPLE = 0, 1, 2, 3, 4, 5, 7  # major types (RFC 8949, section 3.1)
_FALSE, _TRUE, _NULL = b"\xf4", b"\xf5", b"\xf6"


def i2osp(value: int, length: int) -> bytes:
    """Return `value` as `length` octets, big-endian (RFC 8017, section 4.1). Raises EncodingError if it doesn't fit."""
    if value < 0 or value.bit_length() > 8 * length:
        raise EncodingError(f"integer: expected 0 to 2^{8 * length} - 1, got one outside")
    return value.to_bytes(length, "big")


def require_octets(value: object, what: str, *, length: int | None = None, most: int | None = None) -> bytes:
    """Return `value` if it is a bytes object of exactly `length` or at most `most` octets. Raises EncodingError."""
    if not isinstance(value, bytes):
        raise EncodingError(f"{what}: expected octets, got {type(value).__name__}")
    if length is not None and len(value) != length:
        raise EncodingError(f"{what}: expected {length} octets, got {len(value)}")
    if most is not None and len(value) > most:
        raise EncodingError(f"{what}: expected at most {most} octets, got {len(value)}")
    return value


def require_text(value: object, what: str) -> str:
    """Return `value` if it is text of at most MAX_TEXT_CHARACTERS characters. Raises EncodingError."""
    if not isinstance(value, str) or len(value) > MAX_TEXT_CHARACTERS:
        raise EncodingError(f"{what}: expected text of at most {MAX_TEXT_CHARACTERS} characters")
    return value


def scalar_to_octets(scalar: int) -> bytes:
    """Return a scalar in 0..r-1 as 32 octets. Raises EncodingError for any other integer."""
    if not 0 <= scalar < R:
        raise EncodingError("scalar: expected 0 to r - 1, got one outside")
    return scalar.to_bytes(SCALAR_OCTETS, "big")


def octets_to_scalar(octets: bytes, what: str = "scalar") -> int:
    """Return the scalar in 1..r-1 that 32 octets stand for. Raises EncodingError; 0 and r or more are refused."""
    scalar = int.from_bytes(require_octets(octets, what, length=SCALAR_OCTETS), "big")
    if not 0 < scalar < R:
        raise EncodingError(f"{what}: expected 1 to r - 1, got zero or r or more")
    return scalar


def octets_to_scalars(octets: bytes, what: str) -> tuple[int, ...]:
    """Return the scalars in 1..r-1 that a row of 32 octets each stands for. Raises EncodingError."""
    if len(octets) % SCALAR_OCTETS:
        raise EncodingError(f"{what}: expected a multiple of {SCALAR_OCTETS} octets, got {len(octets)}")
    return tuple(octets_to_scalar(octets[i : i + SCALAR_OCTETS], what) for i in range(0, len(octets), SCALAR_OCTETS))


def octets_to_point_g1(octets: bytes, what: str = "point of G1") -> G1:
    """Return the G1 point of 48 octets: in the subgroup, canonical, not the identity. Raises EncodingError."""
    return backend().decode_g1(octets, what=what)


def octets_to_point_g2(octets: bytes, what: str = "point of G2") -> G2:
    """Return the G2 point of 96 octets: in the subgroup, canonical, not the identity. Raises EncodingError."""
    return backend().decode_g2(octets, what=what)


def dcbor_encode(value: CborValue) -> bytes:
    """Return the deterministic CBOR of a value (RFC 8949, section 4.2.1: shortest heads, keys in bytewise order).

    Carries integers of -2^64 … 2^64-1, octets, text, booleans, null, lists and maps with text keys; nothing else.
    Written here and not left to cbor2 because what is not encodable must not be decodable either: no tags, floats,
    shared references or indefinite lengths are even looked at. Raises EncodingError.
    """
    out: list[bytes] = []
    _encode(value, out, MAX_DEPTH)
    return b"".join(out)


def dcbor_decode(octets: bytes, *, max_size: int) -> CborValue:
    """Return the value of one deterministic CBOR item of at most `max_size` octets, and nothing after it.

    Refuses whatever `dcbor_encode` would not write: indefinite lengths, heads longer than needed, unsorted or
    repeated keys, keys that are no text, invalid UTF-8, tags, floats, trailing octets, nesting over MAX_DEPTH.
    Raises EncodingError.
    """
    require_octets(octets, "cbor", most=max_size)
    value, end = _decode(octets, 0, MAX_DEPTH)
    if end != len(octets):
        raise EncodingError(f"cbor: expected one item, got {len(octets) - end} octets after it")
    if dcbor_encode(value) != octets:  # holds by construction; kept so that no later change can weaken it silently
        raise EncodingError("cbor: not in deterministic form")
    return value


def dcbor_decode_map(
    octets: bytes, what: str, names: frozenset[str], max_size: int, *, optional: frozenset[str] = frozenset()
) -> Mapping[str, CborValue]:
    """Decode a canonical CBOR map with exactly these keys, and perhaps the optional ones. Raises EncodingError."""
    try:
        value = dcbor_decode(octets, max_size=max_size)
    except EncodingError as error:
        raise EncodingError(f"{what}: {error}") from error
    if not isinstance(value, dict):
        raise EncodingError(f"{what}: expected a map")
    if not names <= value.keys() <= names | optional:
        missing = ", ".join(sorted(names - value.keys())) or "none"
        raise EncodingError(f"{what}: missing {missing}, unknown {len(value.keys() - names - optional)}")
    return value


_SHORT_HEADS: Final = tuple(tuple(bytes([major << 5 | argument]) for argument in range(24)) for major in range(8))


def _head(major: int, argument: int) -> bytes:
    if 0 <= argument < 24:
        return _SHORT_HEADS[major][argument]
    for information, size in ((24, 1), (25, 2), (26, 4), (_HEAD_64, 8)):
        if argument < 1 << 8 * size:
            return bytes([major << 5 | information]) + argument.to_bytes(size, "big")
    raise EncodingError("cbor: expected an integer of -2^64 to 2^64 - 1, got one outside")


def _text(value: str) -> bytes:
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise EncodingError("cbor: expected text without lone surrogates") from error


def _encode(value: object, out: list[bytes], depth: int) -> None:
    if isinstance(value, str):
        text = _text(value)
        out += (_head(_TEXT, len(text)), text)
    elif isinstance(value, bytes):
        out += (_head(_BYTES, len(value)), value)
    elif isinstance(value, bool):
        out.append(_TRUE if value else _FALSE)
    elif value is None:
        out.append(_NULL)
    elif isinstance(value, int):
        out.append(_head(_UINT, value) if value >= 0 else _head(_NEGATIVE, -1 - value))
    elif isinstance(value, list | tuple | dict):
        if depth == 0:
            raise EncodingError(f"cbor: expected at most {MAX_DEPTH} levels, got more")
        _encode_container(value, out, depth - 1)
    else:
        raise EncodingError(f"cbor: cannot carry {type(value).__name__}")


def _encode_container(
    value: list[object] | tuple[object, ...] | dict[object, object], out: list[bytes], depth: int
) -> None:
    if not isinstance(value, dict):
        out.append(_head(_ARRAY, len(value)))
        for item in value:
            _encode(item, out, depth)
        return
    entries = []
    for key, item in value.items():
        if not isinstance(key, str):
            raise EncodingError(f"cbor: expected text as key, got {type(key).__name__}")
        text = _text(key)
        entries.append((_head(_TEXT, len(text)) + text, item))
    out.append(_head(_MAP, len(entries)))
    for encoded_key, item in sorted(entries, key=lambda entry: entry[0]):
        out.append(encoded_key)
        _encode(item, out, depth)


def _read_head(octets: bytes, at: int) -> tuple[int, int, int]:
    """Return major type, argument and the offset after them; refuses every head that is longer than needed."""
    if at >= len(octets):
        raise EncodingError("cbor: ends too early")
    major, information = octets[at] >> 5, octets[at] & 31
    at += 1
    if information < 24 or major == _SIMPLE:
        return major, information, at
    if information > _HEAD_64:
        raise EncodingError("cbor: indefinite or reserved length")
    size = 1 << information - 24
    argument = int.from_bytes(octets[at : at + size], "big")
    if at + size > len(octets):
        raise EncodingError("cbor: ends too early")
    if argument < 24 or (size > 1 and argument < 1 << 4 * size):
        raise EncodingError("cbor: a length or number in a form longer than needed")
    return major, argument, at + size


def _decode(octets: bytes, start: int, depth: int) -> tuple[CborValue, int]:
    major, argument, at = _read_head(octets, start)
    if major == _UINT:
        return argument, at
    if major == _NEGATIVE:
        return -1 - argument, at
    if major in (_BYTES, _TEXT):
        return _decode_string(octets, at, argument, major)
    if major in (_ARRAY, _MAP):
        if depth == 0:
            raise EncodingError(f"cbor: expected at most {MAX_DEPTH} levels, got more")
        if argument > len(octets) - at:  # each item takes an octet at least
            raise EncodingError("cbor: ends too early")
        return (_decode_array if major == _ARRAY else _decode_map)(octets, at, argument, depth - 1)
    simple: dict[bytes, bool | None] = {_FALSE: False, _TRUE: True, _NULL: None}
    item = octets[start:at]
    if item not in simple:
        raise EncodingError("cbor: tags, floats and other simple values are refused")
    return simple[item], at


def _decode_string(octets: bytes, at: int, size: int, major: int) -> tuple[CborValue, int]:
    if size > len(octets) - at:
        raise EncodingError("cbor: ends too early")
    content = octets[at : at + size]
    if major == _BYTES:
        return content, at + size
    try:
        return content.decode("utf-8"), at + size
    except UnicodeDecodeError as error:
        raise EncodingError("cbor: text is not UTF-8") from error


def _decode_array(octets: bytes, at: int, count: int, depth: int) -> tuple[CborValue, int]:
    items: list[CborValue] = []
    for _ in range(count):
        item, at = _decode(octets, at, depth)
        items.append(item)
    return items, at


def _decode_map(octets: bytes, at: int, count: int, depth: int) -> tuple[CborValue, int]:
    entries: dict[str, CborValue] = {}
    previous = b""
    for _ in range(count):
        start = at
        key, at = _decode(octets, at, 0)
        if not isinstance(key, str):
            raise EncodingError("cbor: expected text as key")
        if octets[start:at] <= previous:
            raise EncodingError("cbor: keys repeated or not in bytewise order")
        previous = octets[start:at]
        entries[key], at = _decode(octets, at, depth)
    return entries, at

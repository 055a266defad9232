"""How is CBOR from strangers decoded: with which bounds, and which of its features are refused?

A thin, strict face over `cbor2`. Tags are never interpreted (dates, regular expressions, shared references and string
references make small inputs cost much), depth and length are bounded, map keys are text or byte strings (tuples with
colliding hashes make maps quadratic), duplicate keys and trailing bytes are refused.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from provenance.credentials.errors import CredentialsLimitError, MalformedCredentialsError

if TYPE_CHECKING:
    import cbor2

MAX_CBOR_BYTES: Final = 16 * 1024 * 1024
"""Bytes of one CBOR item. Real assertions stay under 64 KiB; the Merkle maps of long films reach megabytes."""
MAX_CBOR_DEPTH: Final = 32
"""Nested containers. Real assertions stay below 10."""
MAX_HEADER_ENTRIES: Final = 64
"""Entries of one COSE header map, or of a map that is read slice by slice. Real ones have at most 6."""

CWT_CLAIMS: Final = 15
"""The COSE header with claims of the signer about the signature (RFC 9597)."""

_MAP: Final = 0xA0
_MAP_INDEFINITE: Final = 0xBF
_BREAK: Final = 0xFF
# Tags that the library would turn into something else than the data that they mark.
_INTERPRETED_TAGS: Final = (*range(6), 25, 28, 29, 30, 35, 36, 37, 43, 52, 54, 100, 256, 258, 260, 261, 1004, 43000)


def _content(value: Any, _immutable: bool) -> Any:
    """A tag says what its content is for; we read the content and decide ourselves."""
    return value


def _tag_content(tag: Any, _immutable: bool) -> Any:
    return tag.value


_CONTENT_ONLY: Final = dict.fromkeys(_INTERPRETED_TAGS, _content)


def _decoder(stream: io.BytesIO) -> cbor2.CBORDecoder:
    import cbor2

    return cbor2.CBORDecoder(
        stream,
        tag_hook=_tag_content,
        semantic_decoders=_CONTENT_ONLY,
        max_depth=MAX_CBOR_DEPTH,
        allow_duplicate_keys=False,
        strict_hashable_types=True,
    )


def _bounded(data: bytes, *, what: str) -> io.BytesIO:
    if len(data) > MAX_CBOR_BYTES:
        raise CredentialsLimitError(f"got {len(data)} bytes of CBOR in {what}, expected at most {MAX_CBOR_BYTES}")
    return io.BytesIO(data)


def decode(data: bytes, *, what: str, is_padded: bool = False) -> Any:
    """The one CBOR item that `data` is (RFC 8949), tags dropped; with zeros behind it where it `is_padded`.

    `what` names the source in errors. Raises MalformedCredentialsError, CredentialsLimitError.
    """
    import cbor2

    stream = _bounded(data, what=what)
    try:
        value = _decoder(stream).decode()
    except (cbor2.CBORError, ValueError, OverflowError, RecursionError, MemoryError, TypeError) as error:
        if "nesting depth" in str(error):
            raise CredentialsLimitError(f"got containers nested deeper than {MAX_CBOR_DEPTH} in {what}") from error
        raise MalformedCredentialsError(f"got bytes that are no CBOR in {what}") from error
    left = data[stream.tell() :]
    if left and not (is_padded and not any(left)):
        raise MalformedCredentialsError(f"got {len(left)} bytes after the CBOR item in {what}")
    return value


def decode_map(data: bytes, *, what: str, is_padded: bool = False) -> Mapping[str, Any]:
    """Like `decode`, for a map with text keys."""
    value = decode(data, what=what, is_padded=is_padded)
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise MalformedCredentialsError(f"got a CBOR {type(value).__name__}, expected a map with text keys in {what}")
    return value


def slices(data: bytes, *, what: str) -> Mapping[str, bytes]:
    """The values of a map with text keys, each as its bytes stand there: for what is signed as it was encoded.

    Raises MalformedCredentialsError, CredentialsLimitError.
    """
    import cbor2

    stream = _bounded(data, what=what)
    head = stream.read(1)
    if not head:
        raise MalformedCredentialsError(f"got no bytes, expected a map in {what}")
    length = _map_length(stream, head[0], what=what)
    if length is None or length > MAX_HEADER_ENTRIES:
        raise CredentialsLimitError(f"got a map without a length or of more than {MAX_HEADER_ENTRIES} in {what}")
    found: dict[str, bytes] = {}
    for _ in range(length):
        try:
            key = _decoder(stream).decode()
            start = stream.tell()
            _decoder(stream).decode()
        except (cbor2.CBORError, ValueError, OverflowError, RecursionError, MemoryError, TypeError) as error:
            raise MalformedCredentialsError(f"got bytes that are no CBOR in {what}") from error
        if not isinstance(key, str) or key in found:
            raise MalformedCredentialsError(f"got a key that is repeated or no text in {what}")
        found[key] = data[start : stream.tell()]
    return found


def _map_length(stream: io.BytesIO, head: int, *, what: str) -> int | None:
    """Entries of the map whose first byte was `head`; None for an indefinite one."""
    if head == _MAP_INDEFINITE:
        return None
    if head & 0xE0 != _MAP:
        raise MalformedCredentialsError(f"got CBOR major type {head >> 5}, expected a header map in {what}")
    short = head & 0x1F
    if short < 24:
        return short
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(short)
    if size is None:
        raise MalformedCredentialsError(f"got a reserved CBOR length in {what}")
    raw = stream.read(size)
    if len(raw) != size:
        raise MalformedCredentialsError(f"got a CBOR length that breaks off in {what}")
    return int.from_bytes(raw, "big")


def read_header_map(stream: io.BytesIO, *, what: str, is_inner: bool = False) -> Mapping[int | str, Any]:
    """One COSE header map (RFC 9052, section 3) from the stream's position: keys are integers or text.

    Apart from `decode` because its keys may be integers, and those of the CWT claims in it too (RFC 9597). Raises
    MalformedCredentialsError, CredentialsLimitError.
    """
    import cbor2

    head = stream.read(1)
    if not head:
        raise MalformedCredentialsError(f"got no bytes, expected a header map in {what}")
    length = _map_length(stream, head[0], what=what)
    if length is not None and length > MAX_HEADER_ENTRIES:
        raise CredentialsLimitError(f"got {length} header entries in {what}, expected at most {MAX_HEADER_ENTRIES}")
    entries: dict[int | str, Any] = {}
    decoder = _decoder(stream)
    for _ in range(MAX_HEADER_ENTRIES + 1 if length is None else length):
        if length is None:
            start = stream.tell()
            if stream.read(1) == bytes([_BREAK]):
                return entries
            stream.seek(start)
        try:
            key = decoder.decode()
            is_claims = key == CWT_CLAIMS and not is_inner and _is_map(stream)
            value = read_header_map(stream, what=what, is_inner=True) if is_claims else decoder.decode()
        except (cbor2.CBORError, ValueError, OverflowError, RecursionError, MemoryError, TypeError) as error:
            raise MalformedCredentialsError(f"got bytes that are no CBOR in {what}") from error
        if isinstance(key, bool) or not isinstance(key, int | str) or key in entries:
            raise MalformedCredentialsError(f"got a header label that is repeated or no label in {what}")
        entries[key] = value
    if length is None:
        raise CredentialsLimitError(f"got more than {MAX_HEADER_ENTRIES} header entries in {what}")
    return entries


def _is_map(stream: io.BytesIO) -> bool:
    """Whether the next item is a map; nothing is read."""
    start = stream.tell()
    head = stream.read(1)
    stream.seek(start)
    return bool(head) and head[0] & 0xE0 == _MAP

"""Which keys have the maps of a hard binding, in the specification and in real files?

A key that is not known here may change what all the others mean (as `exclusions` in box hashes did, c2pa-rs 2513): who
goes on without it computes another digest and accuses a file that nobody touched. So it ends the computation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provenance.credentials.errors import UnknownFieldError, UnsupportedCredentialsError

MERKLE_BOX: Final = "a Merkle box"
"""The proofs in `uuid` boxes of a file, which are no assertion of their own."""


@dataclass(frozen=True, slots=True)
class _Fields:
    """The keys of one map: plain ones, those that must be empty, and those that hold more maps."""

    plain: frozenset[str]
    empty: frozenset[str] = frozenset()
    maps: tuple[tuple[str, _Fields], ...] = ()
    """A map, a list of maps, or (`uris`, as c2pa-rs writes them) maps by name."""


def _fields(plain: str, *, empty: str = "", **maps: _Fields) -> _Fields:
    return _Fields(frozenset(plain.split()), frozenset(empty.split()), tuple(maps.items()))


# C2PA 2.4, sections 18.5 to 18.9, and 1.0 to 2.3 before it. `name` and `pad` also where the specification has none:
# writers fill up every binding alike. `url` speaks of bytes that are kept elsewhere; `bmff_offset` is c2pa-rs' own, and
# old versions wrote it down as null.
_DATA: Final = _fields("alg hash name pad pad2", empty="url", exclusions=_fields("start length", empty="bmff_offset"))
_KNOWN: Final[Mapping[str, _Fields]] = {
    "c2pa.hash.data": _DATA,
    "c2pa.hash.data.part": _DATA,
    "c2pa.hash.boxes": _fields(
        "alg name pad pad2",
        boxes=_fields("names alg hash excluded pad pad2", exclusions=_fields("start length boxIndex")),
    ),
    "c2pa.hash.bmff": _fields(
        "alg hash name pad pad2",
        empty="url",
        exclusions=_fields(
            "xpath length version flags exact", data=_fields("offset value"), subset=_fields("offset length")
        ),
        merkle=_fields("uniqueId localId count alg initHash hashes fixedBlockSize variableBlockSizes"),
    ),
    "c2pa.hash.collection.data": _fields(
        "alg name pad pad2 zip_central_directory_hash", uris=_fields("uri hash size dc:format data_types")
    ),
    "c2pa.hash.multi-asset": _fields(
        "alg name pad pad2",
        parts=_fields("optional", location=_fields("byteOffset length bmffBox"), hashAssertion=_fields("url hash alg")),
    ),
    MERKLE_BOX: _fields("uniqueId localId location hashes"),
}


def check_fields(content: Mapping[Any, Any], binding: str) -> None:
    """Make sure that every key of a binding's maps is known.

    Args:
        content: the decoded assertion.
        binding: its label without version and instance, or MERKLE_BOX.

    Raises:
        UnknownFieldError: one is not.
        UnsupportedCredentialsError: a key says that what is hashed is not in this file.
    """
    known = _KNOWN.get(binding)
    if known is not None:
        _check(content, known, binding)


def _check(content: Mapping[Any, Any], known: _Fields, what: str) -> None:
    maps = dict(known.maps)
    for key, value in content.items():
        if key in known.empty:
            if value is not None:
                raise UnsupportedCredentialsError(f"got a {key} in {what}, which is not followed here")
        elif key in maps:
            for inner in _maps(value, by_name=key == "uris"):
                _check(inner, maps[key], what)
        elif key not in known.plain:
            raise UnknownFieldError(f"got a field in {what} that is not known here")


def _maps(value: Any, *, by_name: bool) -> Iterator[Mapping[Any, Any]]:
    """The maps that a field holds; what is none is refused where it is read."""
    if isinstance(value, Mapping) and not by_name:
        yield value
    else:
        inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        yield from (one for one in inner if isinstance(one, Mapping))

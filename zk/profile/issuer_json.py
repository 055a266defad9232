"""How is the JSON of an issuer taken apart, so that nothing in it is ambiguous and nothing is left unread?

Every function here names the member that is wrong, and raises EncodingError.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from zk.bbs.encoding import require_octets
from zk.errors import EncodingError

MAX_NESTING: Final = 8
"""Lists and objects within one another; the format has three. How deep the interpreter would follow is no bound."""
_TOKEN: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{\]}]', re.DOTALL)
# A text as a whole, up to the end where nothing ends it, or one bracket.
MAX_COUNT: Final = 1 << 40
"""A number of holders, resets or versions at most; there are fewer people."""


def render(members: dict[str, Any]) -> bytes:
    """Return the file: indented JSON, UTF-8, sorted, with a line end."""
    return (json.dumps(members, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8")


def members_of(octets: bytes, *, most: int) -> dict[str, Any]:
    """Return the whole file's members, from at most so many octets: none twice, whole numbers of up to 16 digits."""
    require_octets(octets, "issuer.json", most=most)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            raise EncodingError("issuer.json: a member twice")
        return members

    def refuse(_text: str) -> Any:
        raise EncodingError("issuer.json: expected whole numbers of up to 16 digits only")

    def integer(text: str) -> int:
        return int(text) if len(text) <= 16 else refuse(text)

    try:
        text = octets.decode("utf-8")
        _require_shallow(text)
        parsed = json.loads(text, object_pairs_hook=once, parse_float=refuse, parse_constant=refuse, parse_int=integer)
    except EncodingError:
        raise
    except (ValueError, RecursionError) as error:
        raise EncodingError("issuer.json: not JSON in UTF-8") from error
    return object_of(parsed, "content")


def _require_shallow(text: str) -> None:
    """Refuse what is nested deeper than an issuer's file ever is, before the decoder recurses into it."""
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
            if depth > MAX_NESTING:
                raise EncodingError(f"issuer.json: expected at most {MAX_NESTING} levels, got more")
        elif token[0] in ("]", "}"):
            depth -= 1


def object_of(value: object, what: str) -> dict[str, Any]:
    """Return an object's members."""
    if not isinstance(value, dict):
        raise EncodingError(f"issuer.json: {what}: expected an object, got {type(value).__name__}")
    return value


def exactly(members: dict[str, Any], names: frozenset[str], what: str) -> None:
    """Refuse an object that lacks a member or has one too many."""
    missing = sorted(names - members.keys())
    unknown = len(members.keys() - names)
    if missing or unknown:
        raise EncodingError(f"issuer.json: {what}: missing {', '.join(missing) or 'none'}, unknown {unknown}")


def list_of(value: object, what: str, most: int) -> list[Any]:
    """Return a list of at most so many."""
    if not isinstance(value, list) or len(value) > most:
        raise EncodingError(f"issuer.json: {what}: expected a list of at most {most}")
    return value


def text_of(value: object, what: str) -> str:
    """Return text."""
    if not isinstance(value, str):
        raise EncodingError(f"issuer.json: {what}: expected text, got {type(value).__name__}")
    return value


def count_of(value: object, what: str, *, least: int = 0) -> int:
    """Return a whole number from `least` to MAX_COUNT."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MAX_COUNT:
        raise EncodingError(f"issuer.json: {what}: expected a whole number from {least}")
    return value


def hex_of(value: object, what: str, octets: int) -> bytes:
    """Return so many octets that are written as lower-case hexadecimal digits, the only form."""
    text = text_of(value, what)
    if len(text) != 2 * octets or set(text) - set("0123456789abcdef"):
        raise EncodingError(f"issuer.json: {what}: expected {2 * octets} lower-case hexadecimal digits")
    return bytes.fromhex(text)

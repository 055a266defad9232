"""How is JSON about trust read, so that no two readers could take two things from it?

No key twice in one object, no NaN and no infinity, no halves of characters, nested no deeper than anything real.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from provenance.nesting import loads

_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
# Half of a character, as JSON escapes it; two of them may be a whole one.


def read_json(data: str | bytes) -> Any:
    """The value of a document.

    Raises:
        ValueError: it is none, or ambiguous; the message says what is wrong.
    """
    text = data if isinstance(data, str) else data.decode(json.detect_encoding(data))
    value = loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    if _HALF.search(text):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ValueError("half of a character stands in it") from None
    return value


def is_text(value: str) -> bool:
    """Whether a text is whole characters: what comes from a file's name or an escape need not be."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _refuse(name: str) -> Any:
    raise ValueError(f"got {name}, expected a number")

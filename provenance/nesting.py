"""How deep is a JSON text nested, before anything follows it down?

Decoders recurse, and how far the interpreter lets them is anybody's to change: a package that raises its limit on
import makes a text of 99,000 brackets end the process. So depth is counted first, in one pass that recurses nowhere.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from provenance.errors import ProvenanceError

MAX_NESTING: Final = 200
"""Arrays and objects within one another. Trust lists, labels and credentials stay below 20; the engines read no deeper
than 128 and wrap what they read in a dozen more."""

_TEXT: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
# A string, up to the end where nothing ends it.
_RUN: Final = re.compile(rb"[\[{]++|[\]}]++")


class NestingError(ProvenanceError, ValueError):
    """A text that is nested deeper than anything real."""

    hint = "nothing that is made by programs in use is nested so deeply"


def check_nesting(text: str, *, most: int = MAX_NESTING) -> None:
    """Accept a text whose brackets outside its strings are nested at most so deep. Linear in its length.

    Up to the first place where a text is no JSON, strings begin and end here as they do for every decoder.

    Raises:
        NestingError: it goes deeper.
    """
    if text.count("[") + text.count("{") <= most:
        return
    depth = 0
    for run in _RUN.finditer(_TEXT.sub(b"", text.encode("utf-8", "surrogatepass"))):
        brackets = run[0]
        depth = depth + len(brackets) if brackets[0] in b"[{" else max(0, depth - len(brackets))
        if depth > most:
            raise NestingError(f"nested more than {most} deep")


def loads(data: str | bytes, *, most: int = MAX_NESTING, **options: Any) -> Any:
    """What `json.loads` gives, with its options, of a text that is nested at most so deep.

    Raises:
        NestingError: it goes deeper; a ValueError like everything else that is wrong with a text.
    """
    text = data if isinstance(data, str) else data.decode(json.detect_encoding(data))
    check_nesting(text, most=most)
    try:
        return json.loads(text, **options)
    except RecursionError as error:
        # Whoever calls stands near the interpreter's limit already.
        raise NestingError("nested deeper than there is room for") from error

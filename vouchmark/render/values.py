"""How do names and values of a detail, which are for machines, read to people?"""

from __future__ import annotations

from typing import Any, Final

from vouchmark.wording.catalogue import say

MAX_VALUE: Final = 1000
"""Characters of one value of a detail; the JSON report has the whole."""
MAX_VALUES: Final = 60
"""Values of one finding's detail."""


def named(name: str) -> str:
    """A key of a detail in words."""
    return name.replace("_", " ")


def value_words(value: Any) -> str:
    """One value of a detail on one line, not longer than a page can bear."""
    if isinstance(value, bool) or value is None:
        text = str(say("value.none" if value is None else "value.yes" if value else "value.no"))
    elif isinstance(value, list):
        inner = [value_words(item) for item in value[:MAX_VALUES]]
        text = ("; " if any(isinstance(item, dict | list) for item in value) else ", ").join(inner) or say("value.none")
    elif isinstance(value, dict):
        pairs = list(value.items())[:MAX_VALUES]
        text = ", ".join(f"{named(name)}: {value_words(item)}" for name, item in pairs) or say("value.none")
    else:
        text = str(value) or say("value.none")
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}…"

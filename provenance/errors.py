"""What does everything in this package raise on what it is given: by one name, with a code and a hint?

Messages say got and expected, start in lower case and never carry a secret.
"""

from __future__ import annotations

import re
from typing import Any, Final

_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class ProvenanceError(Exception):
    """Base of every error of this package: who catches it has caught all that files, lists and options can cause."""

    code: str = "provenance"
    """A stable word for machines: the class's name without `Error`, such as `asset-not-found`."""
    hint: str = ""
    """What to do next, in words that follow a colon; empty where nothing can be said."""

    def __init__(self, *arguments: object, hint: str | None = None) -> None:
        """Compose it of a message; `hint` takes the place of the class's own."""
        super().__init__(*arguments)
        if hint is not None:
            self.hint = hint

    def __init_subclass__(cls, **options: Any) -> None:
        """Give each class its code."""
        super().__init_subclass__(**options)
        if "code" not in vars(cls):
            cls.code = _WORD.sub("-", cls.__name__.strip("_").removesuffix("Error")).lower()


class OptionError(ProvenanceError, ValueError):
    """What was asked cannot be meant: a name that there is not, a number out of its range, a time without a zone."""

    hint = "the message names what was expected"

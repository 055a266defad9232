"""What do this package's own errors have in common: a code and a hint?

The three packages have a base each, because the two wings know nothing of each other; `vouchmark.ERRORS` are all three.
"""

from __future__ import annotations

import re
from typing import Any, Final

_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class VouchmarkError(Exception):
    """Base of every error of this package's own."""

    code: str = "vouchmark"
    """A stable word for machines: the class's name without `Error`, such as `policy`."""
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

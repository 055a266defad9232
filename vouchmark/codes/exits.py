"""What does each exit code of the command mean? The same in every output format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CHECKED: Final[Mapping[int, str]] = {
    0: "every required line passed, and nothing failed; with --fail-on alone, every verdict stayed below it",
    1: "a line failed, or the verdict reached --fail-on",
    2: "the command line was wrong",
    3: "inconclusive: nothing failed, but a required line is unknown, absent or skipped",
    4: "nothing failed, but a required line could not be looked at",
}
"""What `check` ends with, in the words of its help; other commands use 0, 2 and 4 in the same sense."""

ENDED: Final[Mapping[int, str]] = {
    130: "ended by Ctrl-C; what was done until then is kept",
    141: "whoever read the output went away before its end",
    143: "ended by the system (SIGTERM); a file that was not complete is not kept",
}
"""What every command ends with where it does not come to its end."""

EXITS: Final[Mapping[int, str]] = {**CHECKED, **ENDED}
"""All of them."""

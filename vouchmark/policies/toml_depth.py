"""How deep are the arrays and inline tables of a TOML document nested, before anything parses it?"""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(
    r"""
    \#[^\n]*+                                              # a comment
    | \"\"\"(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{0,5}           # texts; one that nothing ends goes on to the end
    | '''(?:[^']++|'{1,2}(?!'))*+'{0,5}
    | "(?:[^"\\\n]++|\\.)*+"?
    | '[^'\n]*+'?
    | [\[{\]}]
    """,
    re.VERBOSE | re.DOTALL,
)


def depth_of(text: str) -> int:
    """The most brackets that are open at once, outside comments and texts: no parser goes deeper in that document.

    Linear, and without recursion. Up to the first place where it is no TOML, texts begin and end here as they do there.
    """
    deepest = depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in ("]", "}"):
            depth = max(0, depth - 1)
    return deepest

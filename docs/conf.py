"""How is the site built? Sphinx over the Markdown pages of this folder, with nothing from elsewhere in the result.

python -m sphinx -W --keep-going -b dirhtml docs build/site

`-W` makes every warning an error: a link that leads nowhere, a page in no table of contents, a name that is not there.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from sphinx.application import Sphinx

from vouchmark import __version__
from vouchmark.cli.explain import exit_rows, label_rows, markdown
from vouchmark.codes.codes import OURS, SPECIFIED, Code

project = "Vouchmark"
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 3
"""Headings down to this depth can be linked to by their words, as code hosts do it."""
default_role = "code"
"""Docstrings put code between single backticks."""
smartquotes = False
"""Options have two hyphens, and code has straight quotes."""
autodoc_typehints = "description"
autodoc_member_order = "bysource"
napoleon_google_docstring = True
napoleon_numpy_docstring = False

html_theme = "furo"
html_title = f"Vouchmark {__version__}"
html_show_sourcelink = False
html_show_sphinx = False
html_copy_source = False

TOP: Final = Path(__file__).parents[1]
PAPER: Final = re.compile(r"<!-- paper: ([A-Z]+\.md) -->.*", re.DOTALL)
"""The page that a paper of the repository's top takes the place of."""
TO_PAPERS: Final = re.compile(r"\]\((?:\.\./)*(SECURITY|CONTRIBUTING|CHANGELOG)\.md")
"""Links to those papers."""
MADE: Final = re.compile(r"^<!-- made: ([a-z-]+) -->$", re.MULTILINE)
"""Where a table is put that is made from the code."""
PUBLIC: Final = re.compile(r"^<!-- public names of ([a-z.]+) -->$", re.MULTILINE)
"""Where a package's public names are put."""


def code_rows(codes: Mapping[str, Code]) -> list[dict[str, str]]:
    """Codes as rows of a table."""
    return [
        {
            "code": one.code,
            "line": str(one.line),
            "statuses": ", ".join(one.statuses),
            "origin": one.origin,
            "meaning": one.meaning,
        }
        for one in codes.values()
    ]


TABLES: Final[Mapping[str, Callable[[], list[dict[str, str]]]]] = {
    "exit-codes": exit_rows,
    "labels": label_rows,
    "codes": lambda: code_rows(OURS),
    "specified": lambda: code_rows(SPECIFIED),
}
"""The tables that are made, by their marks."""


def public_names(package: str) -> str:
    """What a package says of itself, and its public names, which it imports only when they are asked for."""
    module = importlib.import_module(package)
    lines = ["```{eval-rst}", f".. automodule:: {package}", "   :no-members:", ""]
    for name in sorted(getattr(module, "__all__", ()), key=str.casefold):
        found = getattr(module, name)
        if inspect.isclass(found):
            kind = "exception" if issubclass(found, Exception) else "class"
            lines += [f".. auto{kind}:: {package}.{name}", "   :members:", "   :show-inheritance:", ""]
        elif callable(found):
            lines += [f".. autofunction:: {package}.{name}", ""]
        elif not name.startswith("_"):
            lines += [f".. autodata:: {package}.{name}", ""]
    return "\n".join([*lines, "```"])


def complete(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Put in what is made from the code, and let links to the papers at the top lead to the site's pages of them."""
    text = PAPER.sub(lambda found: (TOP / found[1]).read_text(encoding="utf-8").replace("](docs/", "](/"), source[0])
    text = TO_PAPERS.sub(lambda found: f"](/{found[1].lower()}.md", text)
    text = MADE.sub(lambda found: markdown(TABLES[found[1]]()), text)
    source[0] = PUBLIC.sub(lambda found: public_names(found[1]), text)


def take_plainly(_app: Sphinx, what: str, _name: str, _found: object, _options: object, lines: list[str]) -> None:
    """Docstrings are plain text with code between backticks: nothing else in them is markup."""
    for number, line in enumerate(lines):
        parts = re.split(r"(`[^`]*`)", line)
        parts[::2] = (re.sub(r"[*|]|_(?!\w)", r"\\\g<0>", part) for part in parts[::2])
        lines[number] = "".join(parts)
    if what in ("attribute", "data", "property"):
        lines.insert(0, "")  # else what stands before a colon in the first line would be taken for a type


def setup(app: Sphinx) -> None:
    """What is done beside what the extensions do."""
    app.connect("source-read", complete)
    app.connect("autodoc-process-docstring", take_plainly, priority=400)  # before napoleon, which writes markup

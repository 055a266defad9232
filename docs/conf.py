"""How is the site built? Sphinx over the Markdown pages of this folder, with nothing from elsewhere in the result.

python -m sphinx -W --keep-going -b dirhtml docs build/site

`-W` makes every warning an error: a link that leads nowhere, a page in no table of contents, a name that is not there.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Final

from sphinx.application import Sphinx

from vouchmark import __version__
from vouchmark.cli.explain import exit_rows, label_rows, markdown
from vouchmark.codes.codes import OURS, SPECIFIED, Code
from vouchmark.wording.catalogue import rooms

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
SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|$#])")
"""What Markdown could take for markup."""


def sentence_pages() -> str:
    """All sentences of the catalogue, a table for each of its parts: id, English, when it may be said."""
    lines: list[str] = []
    for question, sentences in rooms():
        lines += [f"## {question}", "", "| id | English | when it may be said |", "| --- | --- | --- |"]
        lines += [f"| `{one.id}` | {plainly(one.text)} | {plainly(one.when)} |" for one in sentences]
        lines.append("")
    return "\n".join(lines)


def plainly(text: str) -> str:
    """Text in which nothing is markup."""
    return SPECIAL.sub(r"\\\1", text)


PAGES: Final[Mapping[str, Callable[[], str]]] = {"sentences": sentence_pages}
"""What is made and is no single table."""


def public_names(package: str) -> str:
    """What a package says of itself, and its public names, which it imports only when they are asked for."""
    module = importlib.import_module(package)
    lines = ["```{eval-rst}", f".. automodule:: {package}", "   :no-members:", ""]
    for name in sorted(getattr(module, "__all__", ()), key=str.casefold):
        if not name.startswith("_"):
            lines += one_name(package, name, getattr(module, name))
    return "\n".join([*lines, "```"])


def one_name(package: str, name: str, found: object) -> list[str]:
    """One public name: explained, or where it is another package's, that said."""
    is_class = inspect.isclass(found)
    kind = "data" if not callable(found) else "function" if not is_class else "class"
    kind = "exception" if is_class and issubclass(found, Exception) else kind
    home = str(getattr(found, "__module__", package)).partition(".")[0]
    if home != package.partition(".")[0] and name in getattr(importlib.import_module(home), "__all__", ()):
        return [f".. py:{kind}:: {name}", f"   :module: {package}", "", f"   The same as :py:obj:`{home}.{name}`.", ""]
    if is_class or kind == "function":
        import_hints(sys.modules[found.__module__])
    members = ["   :members:", "   :show-inheritance:"] if is_class else []
    return [f".. auto{kind}:: {package}.{name}", *members, ""]


def import_hints(module: ModuleType) -> None:
    """Import what a module imports for its annotations alone, so that these can be shown."""
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            exec(compile(ast.Module(node.body, []), module.__name__, "exec"), vars(module))  # noqa: S102 - our own code


def made(found: re.Match[str]) -> str:
    """What stands in the place of a mark."""
    return PAGES[found[1]]() if found[1] in PAGES else markdown(TABLES[found[1]]())


def complete(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Put in what is made from the code, and let links to the papers at the top lead to the site's pages of them."""
    text = PAPER.sub(lambda found: (TOP / found[1]).read_text(encoding="utf-8").replace("](docs/", "](/"), source[0])
    text = TO_PAPERS.sub(lambda found: f"](/{found[1].lower()}.md", text)
    text = MADE.sub(made, text)
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

"""How is the site built? Sphinx over the Markdown pages of this folder, with nothing from elsewhere in the result.

python -m sphinx -W --keep-going -b dirhtml docs build/site

`-W` makes every warning an error: a link that leads nowhere, a page in no table of contents, a name that is not there.
"""

from __future__ import annotations

import re
from typing import Final

from sphinx.application import Sphinx

from vouchmark import __version__

PAPERS: Final = re.compile(r"\]\((?:\.\./)+(SECURITY|CONTRIBUTING|CHANGELOG)\.md")
"""Links to the papers at the repository's top, which the site has as pages of its own."""

project = "Vouchmark"
release = version = __version__
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
"""Headings down to this depth can be linked to by their words, as code hosts do it."""

html_theme = "furo"
html_title = f"Vouchmark {__version__}"
html_static_path: list[str] = []
html_show_sourcelink = False
html_show_sphinx = False
html_copy_source = False


def link_to_pages(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Let links to the papers at the top lead to the site's pages of them."""
    source[0] = PAPERS.sub(lambda found: f"](/{found[1].lower()}.md", source[0])


def setup(app: Sphinx) -> None:
    """What is done beside what the extensions do."""
    app.connect("source-read", link_to_pages)

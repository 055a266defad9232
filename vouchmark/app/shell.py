"""What does the page consist of? One document, one style, one script, all ours, and what the browser may do."""

from __future__ import annotations

import functools
import html
from importlib import resources
from typing import Final

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Of the page itself: nothing from elsewhere, nothing inline."""
KEPT: Final = {"/app.css": ("app.css", "text/css"), "/app.js": ("app.js", "text/javascript")}
"""Files that the page loads, by their address, with their media types."""
HEADER: Final = "x-vouchmark-token"
"""In which the script sends the token."""
FIELD: Final = "token"
"""In which a form without script sends it."""


@functools.cache
def kept(name: str) -> str:
    """A file of ours."""
    return resources.files("vouchmark.app").joinpath("page", name).read_text(encoding="utf-8")


def page(token: str = "") -> str:
    """The document; with a token where a code was just used, and else without anything secret in it."""
    return kept("app.html").replace("{{token}}", html.escape(token))


def notice(heading: str, words: str) -> str:
    """A small page that says one thing."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Vouchmark</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/app.css">'
        f"</head><body><main><h1>{html.escape(heading)}</h1><p>{html.escape(words)}</p></main></body></html>\n"
    )

"""How do reports become pages: one file on one page, a few on one, a folder of them with an index?"""

from __future__ import annotations

from vouchmark.render.html.page import MAX_ON_ONE_PAGE, Page, TooManyError, render, render_many

__all__ = ["MAX_ON_ONE_PAGE", "Page", "TooManyError", "render", "render_many"]

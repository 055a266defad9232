"""What do the style elements of a drawing or a page say, put together as readers put it together (SVG 2, section 6.2)?

A style sheet is all the text right within its element, in however many pieces: comments, CDATA sections and elements
may stand between them, and references among their characters.
"""

from __future__ import annotations

from provenance.formats.markup.references import References
from provenance.formats.markup.tokens import End, Start, Text, Token


class Sheets:
    """Goes through tokens, and hands every style sheet to the references as it ends."""

    def __init__(self, references: References) -> None:
        """`references` counts what the sheets lead to, and knows the document's entities."""
        self.references = references
        self.found: list[bytes] = []
        """Every style sheet, in order."""
        self._open: list[tuple[bytes, list[bytes] | None]] = []
        """From the outermost open style element on: names, and the pieces of those that are style elements."""

    def take(self, token: Token) -> None:
        """The next token."""
        match token:
            case Start(name=name, is_empty=False):
                is_style = name.rpartition(b":")[2].lower() == b"style"
                if is_style or self._open:
                    self._open.append((name, [] if is_style else None))
            case Text():
                pieces = self._open[-1][1] if self._open else None
                if pieces is not None:
                    pieces.append(token.content if token.is_cdata else self.references.value(token.content))
            case End(name=name) if self._open:
                if self._open[-1][0] == name:
                    self._close()
                else:
                    self.finish()

    def finish(self) -> None:
        """Ends whatever is still open: after the last token, or where tags do not fit each other."""
        while self._open:
            self._close()

    def _close(self) -> None:
        _, pieces = self._open.pop()
        if pieces is not None:
            sheet = b"".join(pieces)
            self.found.append(sheet)
            self.references.style(sheet)

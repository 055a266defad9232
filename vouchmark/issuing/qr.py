"""How does a code become a QR code that a phone can read? (ISO/IEC 18004, by segno)"""

from __future__ import annotations


def svg(text: str, *, title: str) -> str:
    """A QR code as an SVG picture with its quiet zone of four modules.

    Args:
        text: What it says; capitals and digits make it smaller.
        title: For who cannot see it.

    Raises:
        ValueError: There is more to say than a QR code holds.
    """
    import segno

    return segno.make_qr(text, error="m").svg_inline(border=4, dark="#000", light="#fff", title=title, omitsize=True)


def blocks(text: str) -> str:
    """The same for a terminal, of half blocks, with its quiet zone.

    Raises:
        ValueError: There is more to say than a QR code holds.
    """
    import io

    import segno

    out = io.StringIO()
    segno.make_qr(text, error="l").terminal(out=out, border=2, compact=True)
    return out.getvalue()

"""How do tests get signed texts: by variation selectors, an armour block, an HTML element (C2PA 2.4, annex A)?

The carriers are written here by the specification's words; nothing of the product is used to write them.
"""

from __future__ import annotations

import base64
import struct
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import cbor2

from tests.support.authority import Identity, created
from tests.support.media.crafting import Draft, actions, sha256, store

ARTICLE: Final = (
    "The harbour was closed on Monday.\n"
    "Café owners in Zürich paid 1,500 francs each; the mayor called it fair.\n"
    "\n"
    "Nothing else was decided.\n"
)
"""What reporters write: several lines, letters with marks, numbers."""
PAGE: Final = (
    "<!DOCTYPE html>\n<html>\n<head>\n<title>Harbour</title>\n{}</head>\n"
    "<body><h1>The harbour was closed on Monday.</h1></body>\n</html>\n"
)
"""An HTML page with room for an element in its head."""
CODE: Final = "print('The harbour was closed on Monday.')\n"

BEGIN: Final = "-----BEGIN C2PA MANIFEST-----"
END: Final = "-----END C2PA MANIFEST-----"

Place = Callable[[bytes], tuple[str, str, str]]
"""Text before the carrier, the carrier of a store, text behind it."""


def selectors(raw: bytes) -> str:
    """Bytes as variation selectors (A.8.3.1)."""
    return "".join(chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in raw)


def wrapper(stored: bytes, *, version: int = 1, length: int | None = None, padding: bytes | None = None) -> str:
    """A C2PATextManifestWrapper (A.8.2.2), padded to a size that depends on nothing but the store's.

    Octets below 16 take three bytes in UTF-8 and others four, so that signatures would change its size.
    """
    head = b"C2PATXT\0" + struct.pack(">BI", version, len(stored) if length is None else length)
    body = "\ufeff" + selectors(head + stored)
    if padding is None:
        room = 3 + 4 * (13 + len(stored)) + 6 - len(body.encode())
        fours = next(n for n in range(room // 4, -1, -1) if (room - 4 * n) % 3 == 0)
        padding = bytes((room - 4 * fours) // 3) + b"\xff" * fours
    return body + selectors(padding)


def armour(stored: bytes, prefix: str = "#", suffix: str = "") -> str:
    """A manifest block in one line (A.9.3.1), without its line end."""
    reference = f"data:application/c2pa;base64,{base64.b64encode(stored).decode()}"
    return " ".join(part for part in (prefix, BEGIN, reference, END, suffix) if part)


def element(stored: bytes) -> str:
    """The script element of an HTML page (A.7.1.1)."""
    return f'<script type="application/c2pa">{base64.b64encode(stored).decode()}</script>'


def behind(text: str = ARTICLE) -> Place:
    """A.8, at the end, where writers put it."""
    return lambda stored: (text, wrapper(stored), "")


def within(before: str, after: str) -> Place:
    """A.8, anywhere."""
    return lambda stored: (before, wrapper(stored), after)


def on_top(text: str = CODE, prefix: str = "#", suffix: str = "") -> Place:
    """A.9, on the first line, with its line end left out too."""
    return lambda stored: ("", f"{armour(stored, prefix, suffix)}\n", text)


def at_the_bottom(text: str = CODE, prefix: str = "#", suffix: str = "") -> Place:
    """A.9, on the last line, with the line end in front left out too."""
    return lambda stored: (text.removesuffix("\n"), f"\n{armour(stored, prefix, suffix)}", "")


def in_front_matter(text: str = "title: Harbour\n---\nThe harbour was closed on Monday.\n") -> Place:
    """A.9.3.2, between the fences of YAML."""

    def place(stored: bytes) -> tuple[str, str, str]:
        reference = f"data:application/c2pa;base64,{base64.b64encode(stored).decode()}"
        return "---\n", f"{BEGIN}\n{reference}\n{END}\n", text

    return place


def in_head(page: str = PAGE) -> Place:
    """A.7, in the head."""
    before, after = page.split("{}")
    return lambda stored: (before, element(stored), after)


def sign_text(
    signer: Identity,
    place: Place | None = None,
    *,
    more: Sequence[tuple[int, int]] = (),
    normalised: bool = False,
    source_type: str = "trainedAlgorithmicMedia",
    beside: Path | None = None,
) -> bytes:
    """A text with a data hash over everything but its carrier, in UTF-8.

    Args:
        signer: whose signature.
        place: where the carrier goes.
        more: further ranges (start, length) that the hash leaves out.
        normalised: whether the hash is made of the text in NFC (A.8), else of the bytes as they are.
        source_type: what its signer says it is.
        beside: where the store goes, where it is not put into the text.
    """
    put = place or behind()
    draft = Draft(signer=signer, assertions=[actions(created(source_type))])
    base, stored = list(draft.assertions), b""
    for _ in range(8):
        before, carrier, after = (part.encode() for part in put(stored))
        ranges = sorted([(len(before), len(carrier)), *more]) if carrier or beside is None else []
        whole = before + carrier + after
        kept, position = b"", 0
        for start, length in ranges:
            kept += whole[position:start]
            position = start + length
        kept += whole[position:]
        hashed = unicodedata.normalize("NFC", kept.decode()).encode() if normalised else kept
        content: dict[str, Any] = {
            "exclusions": [{"start": start, "length": length} for start, length in ranges],
            "alg": "sha256",
            "hash": sha256(hashed),
            "name": "text",
        }
        content["pad"] = bytes(400 - len(cbor2.dumps(content)))
        draft.assertions = [*base, ("c2pa.hash.data", content)]
        made = store(draft.build())
        if beside is not None:
            beside.write_bytes(made)
            return whole
        before, carrier, after = (part.encode() for part in put(made))
        if (len(before), len(carrier)) in ranges:
            return before + carrier + after
        stored = made
    raise AssertionError("the layout does not settle")

"""What are signers called within sentences? Noun phrases, which no sentence is made of alone."""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

SENTENCES: Final = (
    Sentence(
        "signer.claimed", "a signer using the name {name}", "A certificate bears the name and no list vouches for it."
    ),
    Sentence("signer.nameless", "a signer without a name", "The certificate has no name that can be read."),
)

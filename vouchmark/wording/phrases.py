"""What are signers called within sentences? Noun phrases, which no sentence is made of alone."""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

SENTENCES: Final = (
    Sentence(
        "hearsay.unlisted",
        "No list that you use vouches for that signer.",
        "Behind what an earlier signer states: it counts no more than that signer does.",
    ),
    Sentence(
        "hearsay.expired",
        "That signer's certificate is out of date, and no trusted time shows that it signed before.",
        "The same; the certificate had expired at every moment that can be shown.",
    ),
    Sentence(
        "hearsay.not_yet_valid",
        "That signer's certificate was not valid yet at the time that counts.",
        "The same; the certificate's dates begin later.",
    ),
    Sentence(
        "hearsay.test_key",
        "That signer's key is a public test key: anybody could have signed with it.",
        "The same; the key is published.",
    ),
    Sentence(
        "hearsay.irregular",
        "That signer's certificate breaks the rules for signing Content Credentials.",
        "The same; the profile is violated.",
    ),
    Sentence("hearsay.unestablished", "Who signed it is not established.", "The same; nothing is known of the signer."),
    Sentence("hearsay.revoked", "That signer's certificate was revoked.", "The same; a signed answer says so."),
    Sentence(
        "hearsay.distrusted",
        "You distrust that signer or a certificate above it.",
        "The same; the reader's own entry says so.",
    ),
    Sentence(
        "hearsay.on_the_way",
        "That it is an earlier version rests on another signer as well, for whom nothing vouches.",
        "A list vouches for that signer, and for one between that file and this one none does.",
    ),
    Sentence(
        "signer.claimed",
        "a signer using the name {name:quoted}",
        "A certificate bears the name and no list vouches for it.",
    ),
    Sentence(
        "hearsay.passed_on",
        "That is a statement that the signer only passes on.",
        "Behind what is among the gathered statements.",
    ),
    Sentence("cut.unread", "it was not read: {reason}", "The metadata could not be read, for that stable reason."),
    Sentence("amount.all", "{size} {unit}", "So many bytes."),
    Sentence("amount.of", "{size} of {total} {unit}", "So many bytes of more."),
    Sentence("amount.of.least", "{size} of at least {total} {unit}", "The same, where the whole may be larger."),
    Sentence("amount.apart", "{part} of {whole}", "The same, where the two have other units."),
    Sentence("amount.apart.least", "{part} of at least {whole}", "The same, where the whole may be larger."),
    Sentence("amount.some", "some bytes", "How many is not known."),
    *(Sentence(f"amount.{unit.lower()}", unit, f"An amount in {unit}.") for unit in ("GB", "MB", "kB", "bytes")),
    Sentence("both", "{first:phrase} {second:phrase}", "A line's answer is two sentences."),
    Sentence("signer.nameless", "a signer without a name", "The certificate has no name that can be read."),
)

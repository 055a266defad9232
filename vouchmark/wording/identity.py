"""What is said of identities that are attached beside the signer's own? A part of the signer's line.

An identity is somebody else's word on who is behind something. It moves no status, whatever it is worth.
"""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_OF: Final = {
    "": ("this file", "the content", "about it", "the content's own manifest"),
    ".earlier": ("an earlier version", "the content of an earlier version", "about that", "an ancestor"),
    ".part": ("something used in it", "the content of something used in it", "about that", "a component"),
    ".input": ("something that went into it", "the content of something that went into it", "about that", "an input"),
    ".update": ("a later update", "what a later update says", "in that", "an update above the content"),
}
"""To what it is attached: how that is called, for what the identity vouches, and when that is said."""
_WHY: Final = {
    "cawg.identity.cbor.invalid": "it is malformed",
    "cawg.identity.pad.invalid": "its padding is not empty",
    "cawg.identity.assertion.mismatch": "it speaks of statements that are not in this manifest",
    "cawg.identity.assertion.duplicate": "it names the same statement twice",
    "cawg.identity.hard_binding_missing": "it is not tied to this content",
    "cawg.identity.hard_binding_incorrect": "it is tied to other content",
    "cawg.identity.credential_revoked": "its certificate was revoked",
    "signer.identity.conditions": "it sets conditions that are not checked here",
    "cawg.identity.sig_type.unknown": "it is signed in a way that is not known here",
    "cawg.x509.signature.mismatch": "its signature does not hold",
    "cawg.x509.algorithm.unsupported": "it is signed with an algorithm that is not allowed",
    "cawg.x509.credential.invalid": "its certificate breaks the rules",
    "cawg.x509.signature.outside_validity": "its certificate was not valid then",
    "cawg.x509.time_stamp.mismatch": "its time stamp belongs to something else",
    "cawg.x509.time_stamp.malformed": "its time stamp is malformed",
    "cawg.x509.time_stamp.outside_validity": "its time stamp was made outside the validity of a certificate",
    "cawg.ica.invalid_cose_sign1": "its signature is malformed",
    "cawg.ica.invalid_alg": "it names no algorithm that is allowed",
    "cawg.ica.invalid_content_type": "its type of content is missing or wrong",
    "cawg.ica.invalid_verifiable_credential": "it is no credential",
    "cawg.ica.invalid_issuer": "it does not say who issued it",
    "cawg.ica.invalid_did_document": "its issuer's key cannot be used",
    "cawg.ica.did_unavailable": "the key of that service was not fetched",
    "cawg.ica.did_unsupported_method": "its issuer is named in a way that is not known here",
    "cawg.ica.signature_mismatch": "the service's signature does not hold",
    "cawg.ica.signer_payload.mismatch": "it was issued for something else",
    "cawg.ica.time_stamp.invalid": "its time stamp does not hold",
    "cawg.ica.valid_from.missing": "it does not say from when it is valid",
    "cawg.ica.valid_from.invalid": "it was not yet valid",
    "cawg.ica.valid_until.invalid": "it was out of date",
    "cawg.ica.revocation.unsupported": "whether it was revoked could not be found out",
    "cawg.ica.verified_identities.missing": "it names nobody",
    "cawg.ica.verified_identities.invalid": "part of what it says was verified is missing",
}
"""Why an identity does not hold, or was not found out, by the code."""
_KINDS: Final = {
    "document_verification": ("by an identity document", "The kind is cawg.document_verification."),
    "affiliation": ("as a member", "The kind is cawg.affiliation."),
    "web_site": ("by a web site", "The kind is cawg.web_site."),
    "social_media": ("by an account", "The kind is cawg.social_media."),
    "crypto_wallet": ("by a wallet", "The kind is cawg.crypto_wallet."),
    "other": ("by {kind:quoted}", "Another kind."),
}
"""How something was verified, by the specification's word without `cawg.`."""


def _objects() -> tuple[Sentence, ...]:
    found = []
    for of, (about, content, there, when) in _OF.items():
        found += [
            Sentence(f"identity.of{of}", about, f"It is attached to {when}."),
            Sentence(f"identity.what{of}", content, f"It names no statement of {when}."),
            Sentence(
                f"identity.what.one{of}", f"{content} and one statement {there}", f"It names one statement of {when}."
            ),
            Sentence(
                f"identity.what.several{of}",
                f"{content} and {{number}} statements {there}",
                f"It names several statements of {when}.",
            ),
        ]
    return tuple(found)


SENTENCES: Final = (
    Sentence(
        "identity.unestablished",
        "An identity is attached to {of:phrase}, whose credentials do not hold: it shows nobody.",
        "The manifest, or the binding that it speaks of, does not hold.",
    ),
    Sentence(
        "identity.unestablished.named",
        "An identity ({name:quoted}) is attached to {of:phrase}, whose credentials do not hold: it shows nobody.",
        "The same, and it bears a name.",
    ),
    Sentence(
        "identity.trusted",
        "{name} also vouches for {what:phrase} by a signature of their own.",
        "The identity holds and a list vouches for it; which list is told behind it.",
    ),
    Sentence(
        "identity.listed.official",
        "An official list for identities vouches for that name.",
        "Behind identity.trusted: by the official list.",
    ),
    Sentence(
        "identity.listed.interim",
        "The interim list for identities vouches for that name.",
        "Behind identity.trusted: by the interim list.",
    ),
    Sentence(
        "identity.listed.yours",
        "Your own list for identities vouches for that name.",
        "Behind identity.trusted: by a list that the reader gave.",
    ),
    Sentence(
        "identity.listed.said",
        "A list for identities ({label}) vouches for that name.",
        "Behind identity.trusted: what list it is rests on the reader's word, or it has another label.",
    ),
    Sentence(
        "identity.listed.iptc",
        "IPTC's list of verified news publishers has that name.",
        "Behind identity.trusted: by IPTC's list.",
    ),
    Sentence(
        "identity.listed.iptc.said",
        "A list of news publishers ({label}) has that name.",
        "The same; that it is IPTC's list rests on the reader's word.",
    ),
    Sentence(
        "identity.says",
        "An attached identity says that {name:quoted} vouches for {what:phrase}.",
        "The identity is by a certificate, and nothing establishes its name.",
    ),
    Sentence(
        "identity.nameless",
        "An identity without a name that can be read is attached to {of:phrase}.",
        "The identity's certificate has no name, or cannot be read.",
    ),
    Sentence(
        "identity.service",
        "A service using the name {issuer:quoted} says that it knows who is behind {of:phrase}: {who:listed}.",
        "The service's signature verifies, and no list vouches for the service.",
    ),
    Sentence(
        "identity.service.nameless",
        "A service without a name says that it knows who is behind {of:phrase}: {who:listed}.",
        "The same, and its identifier is a bare key.",
    ),
    Sentence(
        "identity.service.said",
        "A service using the name {issuer:quoted} is said to know who is behind {of:phrase}: {who:listed}.",
        "The service's signature was not verified.",
    ),
    Sentence(
        "identity.service.said.nameless",
        "A service without a name is said to know who is behind {of:phrase}: {who:listed}.",
        "The same, and its identifier is a bare key.",
    ),
    Sentence(
        "identity.but.broken",
        "That identity does not hold: {why:phrase}.",
        "Behind what it says: a failure of its own.",
    ),
    Sentence(
        "identity.but.open",
        "That is not established: {why:phrase}.",
        "Behind what it says: nothing vouches for it, or something was not found out.",
    ),
    Sentence(
        "identity.also.named",
        "Of the identity {name:quoted}: {why:phrase}.",
        "A further failure of an identity that was told.",
    ),
    Sentence("identity.also", "Of the attached identity: {why:phrase}.", "The same without a name."),
    Sentence(
        "identity.disputed",
        "A verifier judges the identity of {of:phrase} otherwise: it says {theirs:listed}, we say {ours:listed}.",
        "An engine's codes for an identity differ from ours in what neither clock nor lists decide.",
    ),
    *_objects(),
    *(Sentence(f"identity.why.{code}", text, f"The code is {code}.") for code, text in _WHY.items()),
    Sentence(
        "identity.why.distrusted",
        "you distrust that certificate or one above it",
        "The reader's own entry says so.",
    ),
    Sentence(
        "identity.why.test_key", "its key is a public test key: anybody can sign with it", "The key is published."
    ),
    Sentence(
        "identity.why.service",
        "its signature holds, and no list vouches for that service",
        "The service is on no list.",
    ),
    Sentence(
        "identity.why.unlisted",
        "its signature holds, and no list for identities that you use vouches for that name",
        "The certificate is on no list.",
    ),
    Sentence("identity.nothing", "nothing against it", "One of the two has no failure."),
    Sentence("identity.nobody", "nobody that can be read", "The service names nobody."),
    Sentence("identity.who", "{name:quoted}", "Somebody with a name, a user name or an address."),
    Sentence("identity.who.somebody", "somebody", "Somebody without any."),
    *(
        Sentence(f"identity.verified.{kind}{provider}", f"{{who:phrase}} {text}{says}", f"{when}{told}")
        for kind, (text, when) in _KINDS.items()
        for provider, says, told in (
            ("", "", ""),
            (".provider", ", says {provider:quoted}", " A provider is named that verified it."),
        )
    ),
)

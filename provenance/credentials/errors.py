"""Which errors do our own readers of Content Credentials raise, and whose fault is each?"""

from __future__ import annotations

from provenance.errors import ProvenanceError


class CredentialsError(ProvenanceError):
    """Something about the credentials' bytes could not be read. Never a statement on the media itself."""

    hint = "the Content Credentials are not what the specification asks for; take the file from where it came from"


class MalformedCredentialsError(CredentialsError):
    """The bytes break the format that they claim to have (JUMBF, CBOR, COSE, X.509, RFC 3161)."""


class CredentialsLimitError(CredentialsError):
    """The bytes ask for more work or memory than a reader gives: the bound is named in the message."""


class UnsupportedCredentialsError(CredentialsError):
    """Well-formed, but an algorithm, version or shape that is not read here."""


class UnknownFieldError(UnsupportedCredentialsError):
    """A map has a key that is not known here, so that what the rest of it means is not known either."""

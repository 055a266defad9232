"""Is every octet of a stapled revocation answer signed by its responder, or of a form in which nothing else fits?

OCSP responses (RFC 6960, section 4.2.1) in `rVals`: signed by the issuer of a certificate of the chain, or by a
responder. One answer may be by an issuer that is not here, as roots are not: about a certificate of the chain, in a
form that leaves nothing free but times and the two numbers of a signature over an elliptic curve (`lone_answers.py`).
That it counts for nothing is told where revocation is. What an answer says, and whether it may be believed, is
`ocsp.py`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from provenance.credentials.errors import MalformedCredentialsError
from provenance.credentials.store.octets.certificates import Certificate, is_plain, issued, read_certificate
from provenance.credentials.store.octets.der import BIT_STRING, OCTET_STRING, OID, SEQUENCE, of_tags, only
from provenance.credentials.store.octets.lone_answers import has_no_room
from provenance.credentials.store.octets.signatures import Verifier

MAX_ANSWER: Final = 64 * 1024
"""Bytes of one answer; real ones have 300 to 2,000."""
MAX_SAID: Final = 1_024
"""Bytes of what is signed in it. Real ones have 161 to 165."""
MAX_SENT: Final = 4
"""Certificates sent along; real answers have at most one."""

_ENUMERATED: Final = 0x0A
_EXPLICIT: Final = 0xA0
_BASIC: Final = bytes.fromhex("06092b0601050507300101")


def is_accounted(answer: bytes, chain: Sequence[bytes], verifier: Verifier, *, may_be_foreign: bool = False) -> bool:
    """Whether every octet of an answer is signed by an issuer of the chain, or by a responder that it appointed.

    `may_be_foreign`: it may be by the issuer of one of its certificates that is not here.
    """
    try:
        return len(answer) <= MAX_ANSWER and _is_accounted(answer, chain, verifier, may_be_foreign=may_be_foreign)
    except (MalformedCredentialsError, ValueError, IndexError):
        return False


def _is_accounted(answer: bytes, chain: Sequence[bytes], verifier: Verifier, *, may_be_foreign: bool) -> bool:
    status, *rest = only(answer).children
    if status.tag != _ENUMERATED or len(status.content) != 1:
        return False
    if not rest:
        # A refusal: five octets, none of which is free.
        return True
    (wrapped,) = of_tags(rest, _EXPLICIT)
    kind, response = of_tags(only(wrapped.content).children, OID, OCTET_STRING)
    said, algorithm, signature, *sent = only(response.content).children
    if kind.raw != _BASIC or len(said.raw) > MAX_SAID or signature.tag != BIT_STRING or signature.content[:1] != b"\0":
        return False
    certificates = [one.raw for one in only(of_tags(sent, _EXPLICIT)[0].content).children] if sent else []
    if said.tag != SEQUENCE or len(certificates) > MAX_SENT:
        return False
    # Issuers may be sent once more, octet for octet; besides them only the certificate of the responder who signed.
    issuers, others = (
        _readable(chain),
        [read_certificate(der) for der in dict.fromkeys(certificates) if der not in chain],
    )
    appointed = [one for one in others if is_plain(one) and any(issued(one, above, verifier) for above in issuers)]

    def signers(offered: Sequence[Certificate]) -> list[Certificate]:
        return [one for one in offered if verifier.holds(one.key, algorithm, signature.content[1:], said.raw)]

    by = signers((*issuers, *appointed))
    if not by and may_be_foreign and not certificates:
        # No root is sent along, so its issuer may not be here.
        return has_no_room(said, algorithm, signature.content[1:], issuers)
    return bool(by) and all(other in by for other in others) and len(others) <= 1


def _readable(chain: Sequence[bytes]) -> list[Certificate]:
    found = []
    for der in chain:
        try:
            found.append(read_certificate(der))
        except MalformedCredentialsError:
            continue
    return found

"""Is a certificate for time stamping alone, by its own extended key usage?

The interim list is one bag of anchors for everything. An anchor without any usage would vouch for time stamps as well
as for signers, and whoever signs could then date a stamp back to before a revocation: so only an anchor that says of
itself that it is for time stamps counts for them, and for nothing else. Read from the octets, as no X.509 library is
loaded to start a check.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from provenance.credentials.errors import MalformedCredentialsError
from provenance.credentials.store.octets.der import OCTET_STRING, OID, SEQUENCE, only

_EXTENSIONS: Final = 0xA3
_USAGES: Final = bytes.fromhex("551d25")
_STAMPING: Final = bytes.fromhex("2b06010505070308")


@lru_cache(maxsize=256)
def stamps_alone(der: bytes) -> bool:
    """Whether the one usage in a certificate is time stamping (RFC 5280, section 4.2.1.12); False where unreadable."""
    try:
        parts = only(der).children[0].children
        extensions = only(parts[-1].content).children if parts and parts[-1].tag == _EXTENSIONS else []
        found = [one.children for one in extensions if one.children[0].content == _USAGES]
        if len(found) != 1 or found[0][-1].tag != OCTET_STRING:
            return False
        usages = only(found[0][-1].content, SEQUENCE).children
    except (MalformedCredentialsError, IndexError):
        return False
    return [(one.tag, one.content) for one in usages] == [(OID, _STAMPING)]

"""What does a vouch count for? An authority and a path, in one written form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from zk.bbs.encoding import require_octets
from zk.errors import EncodingError
from zk.profile.constants import ID_OCTETS

MAX_SCOPE_OCTETS: Final = 200
"""Octets of a scope: names of places and topics fit, texts don't."""

MEDIA: Final = "media"
"""The path that stands for the media itself: "one voice per person for this file"."""

PUBLIC: Final = "public"
"""The authority of scopes that belong to nobody."""

_PATH: Final = re.compile(r"[a-z0-9._-]+(?:/[a-z0-9._-]+)*")
_DNS_NAME: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a vouch counts for: an authority and a path, `public:review/cafe-harbour`."""

    authority: str
    """A DNS name in lower case, or `public`."""
    path: str
    """Segments of `[a-z0-9._-]` with slashes between them; `media` alone stands for the media itself."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse `authority:path`. Raises EncodingError; there is one form of each scope.

        Paths below `media/` are refused: they are what the verifier makes of `media` and a digest.
        """
        if not isinstance(text, str) or len(text.encode("utf-8", "replace")) > MAX_SCOPE_OCTETS:
            raise EncodingError(f"scope: expected text of at most {MAX_SCOPE_OCTETS} octets")
        authority, colon, path = text.partition(":")
        if not colon:
            raise EncodingError("scope: expected authority:path, such as public:review/cafe-harbour")
        if authority != PUBLIC and not _DNS_NAME.fullmatch(authority):
            raise EncodingError("scope: expected public or a DNS name in lower case before the colon")
        if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
            raise EncodingError(
                "scope: expected segments of a-z, 0-9, '.', '_' or '-' with single slashes between them"
            )
        if path.startswith(MEDIA + "/"):
            raise EncodingError("scope: 'media' stands alone; the digest is inserted by the verifier")
        return cls(authority=authority, path=path)

    def __str__(self) -> str:
        return f"{self.authority}:{self.path}"

    @property
    def is_media(self) -> bool:
        """Whether the media itself is the scope."""
        return self.path == MEDIA

    def resolved(self, media_digest: bytes | None) -> str:
        """Return the scope as it goes into the context, with the binding's digest (32 octets) where it says `media`.

        Raises EncodingError where the digest is missing.
        """
        if not self.is_media:
            return str(self)
        if media_digest is None:
            raise EncodingError("scope: 'media' needs the digest of the binding")
        return f"{self}/{require_octets(media_digest, 'media digest', length=ID_OCTETS).hex()}"

"""How does the service say that something cannot be done? RFC 9457 problems with a code, a hint and when to come again.

No problem names a path of this machine, a token, or anything out of a file.
"""

from __future__ import annotations

import http
import json
from dataclasses import dataclass
from typing import Any, Final

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of problem, as the manual and the OpenAPI document have it."""

    status: int
    hint: str
    meaning: str


KINDS: Final[dict[str, Kind]] = {
    "malformed": Kind(status=400, hint="see /openapi.json", meaning="The request is not what the service reads."),
    "no-file": Kind(status=400, hint="send it as the part 'file', or as the raw body", meaning="No file was sent."),
    "unknown-name": Kind(
        status=400, hint="GET /v1/policies and /v1/lists name what there is", meaning="A name that is not configured."
    ),
    "option": Kind(status=400, hint="see /openapi.json", meaning="What is asked cannot be meant."),
    "no-vouch": Kind(
        status=400,
        hint="send the vouch as the part 'vouch'",
        meaning="A challenge is answered by a vouch, and none came.",
    ),
    "unauthorized": Kind(
        status=401, hint="send Authorization: Bearer TOKEN", meaning="No token, or one that is not known or over."
    ),
    "forbidden": Kind(
        status=403, hint="vouchmark serve token makes one with that scope", meaning="The token may not do that."
    ),
    "foreign": Kind(
        status=403,
        hint="call the service by a name of [server] hosts, and not from a page of another origin",
        meaning="Another host or origin than the service's own.",
    ),
    "not-found": Kind(status=404, hint="see /openapi.json", meaning="There is nothing at this address."),
    "not-allowed": Kind(status=405, hint="see /openapi.json", meaning="That address takes another method."),
    "not-acceptable": Kind(
        status=406, hint="see /openapi.json for what can be had", meaning="No format that the caller accepts."
    ),
    "too-slow": Kind(status=408, hint="send it again", meaning="The upload stood still, or took too long."),
    "challenge": Kind(
        status=409,
        hint="ask for a new one: POST /v1/challenges",
        meaning="The challenge was used, is over, or is none.",
    ),
    "too-large": Kind(
        status=413, hint="the limits stand in GET /v1/version", meaning="More bytes than this service or token takes."
    ),
    "media-type": Kind(
        status=415,
        hint="send multipart/form-data, or the file itself as application/octet-stream",
        meaning="A body of a kind that is not read.",
    ),
    "rate": Kind(status=429, hint="wait as Retry-After says", meaning="More requests than the token's limit."),
    "uploads": Kind(status=429, hint="wait as Retry-After says", meaning="Too many uploads of one caller at a time."),
    "later": Kind(status=503, hint="wait as Retry-After says", meaning="All workers are busy, and as many files wait."),
    "stopping": Kind(status=503, hint="wait as Retry-After says", meaning="This server is about to end."),
    "spool": Kind(
        status=503, hint="wait as Retry-After says", meaning="No room to keep the upload until it is checked."
    ),
    "ledger": Kind(
        status=503, hint="wait as Retry-After says", meaning="The ledger cannot be asked: nothing was counted."
    ),
    "internal": Kind(status=500, hint="tell whoever runs this service", meaning="A mistake of ours; the log has it."),
}
"""Every problem by its code."""


class ProblemError(Exception):
    """A request ends with that problem."""

    def __init__(
        self, code: str, detail: str, *, hint: str = "", retry_after: int | None = None, allow: str = ""
    ) -> None:
        """Compose it.

        Args:
            code: a key of `KINDS`.
            detail: got and expected, in words for the caller.
            hint: in place of the kind's own.
            retry_after: seconds.
            allow: methods that the address takes.
        """
        super().__init__(detail)
        self.code = code
        self.status = KINDS[code].status
        self.detail = detail
        self.hint = hint or KINDS[code].hint
        self.retry_after = retry_after
        self.allow = allow

    def document(self) -> dict[str, Any]:
        """The problem as JSON values (RFC 9457, section 3)."""
        return {
            "type": "about:blank",
            "title": http.HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "hint": self.hint,
        }

    def body(self) -> bytes:
        """The problem as it is sent."""
        return json.dumps(self.document(), ensure_ascii=True, separators=(",", ":")).encode()

    def headers(self) -> list[tuple[bytes, bytes]]:
        """What goes with it."""
        found = [(b"content-type", MEDIA_TYPE.encode())]
        if self.retry_after is not None:
            found.append((b"retry-after", str(self.retry_after).encode()))
        if self.allow:
            found.append((b"allow", self.allow.encode()))
        if self.status == http.HTTPStatus.UNAUTHORIZED:
            found.append((b"www-authenticate", b'Bearer realm="vouchmark"'))
        return found

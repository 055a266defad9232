"""What does a request ask for, in its query and its JSON? Read strictly, before anything is done."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from vouchmark.service.names import Asked
from vouchmark.service.problems import ProblemError
from vouchmark.service.uploads import Body

MAX_ISSUERS: Final = 32
"""Issuers that a request may name."""
MAX_QUERY: Final = 4096
"""Characters of a query."""
MAX_JSON: Final = 16 * 1024
"""Bytes of a request in JSON."""
NONCE_DIGITS: Final = 64
QUERY: Final = {
    "/v1/check": frozenset({"policy", "lists", "index", "issuer", "name", "challenge"}),
}
"""What an address may ask for; elsewhere nothing."""


def asked_by(request: Request) -> tuple[Asked, dict[str, str]]:
    """What a query names. Raises ProblemError for what it may not."""
    text = request.scope["query_string"].decode("latin-1")
    if len(text) > MAX_QUERY:
        raise ProblemError("malformed", f"got a query of more than {MAX_QUERY} characters")
    known, found, issuers = QUERY["/v1/check"], dict[str, str](), list[str]()
    for name, value in parse_qsl(text, keep_blank_values=True, errors="replace"):
        if name not in known:
            raise ProblemError("malformed", f"query: not known, expected some of {sorted(known)}")
        if name == "issuer":
            issuers.append(value)
        elif name in found:
            raise ProblemError("malformed", f"query: {name} was given twice")
        else:
            found[name] = value
    if len(issuers) > MAX_ISSUERS:
        raise ProblemError("malformed", f"got more than {MAX_ISSUERS} issuers")
    empty = [name for name in ("policy", "lists", "index") if found.get(name) == ""]
    if empty or "" in issuers:
        raise ProblemError("unknown-name", "query: got an empty name")
    nonce = found.get("challenge")
    if nonce is not None and (len(nonce) != NONCE_DIGITS or set(nonce) - set("0123456789abcdef")):
        raise ProblemError("malformed", f"challenge: expected {NONCE_DIGITS} hex digits")
    asked = Asked(
        policy=found.get("policy", ""),
        lists=found.get("lists", ""),
        index=found.get("index", ""),
        issuers=tuple(issuers),
    )
    return asked, found


def refuse_query(request: Request) -> None:
    """Refuse a query where an address takes none. Raises ProblemError."""
    if request.scope["query_string"]:
        raise ProblemError("malformed", "query: this address takes none")


async def json_of(request: Request) -> Any:
    """A small body in JSON. Raises ProblemError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ProblemError("media-type", "expected application/json", hint="send Content-Type: application/json")
    body: Body = request.scope["vouchmark"]["body"]
    data = b"".join([piece async for piece in body.pieces(MAX_JSON)])
    try:
        return json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ProblemError("malformed", "the body is no JSON") from error


def as_json(value: Any, *, status: int = 200) -> Response:
    """An answer in JSON."""
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
    return Response(content.encode(), status_code=status, media_type="application/json")

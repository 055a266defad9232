"""How does a new signature get a time stamp from one authority, with nothing else asked and nothing waited for in vain?

The engine asks for time stamps by itself, but follows redirects to any public host and cannot be told not to. So it is
given an address on this machine instead, where `relayed` takes its one request (RFC 3161) and hands it on to the one
authority that the user named: no redirect, so many bytes, so many seconds.
"""

from __future__ import annotations

import os
import secrets
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

from provenance.credentials.errors import CredentialsError
from provenance.net.client import MAX_ADDRESS, Failure, NetError, Rules, ask
from provenance.net.words import in_words

MAX_REQUEST: Final = 4096
"""Bytes of a time-stamp request; the engine's have about 70."""
MAX_ANSWER: Final = 64 * 1024
"""Bytes of an answer; real ones have 2-8 KiB."""
SECONDS: Final = 20.0
"""For the whole exchange with the authority: real ones answer within a second. The engine itself waits for 30."""

_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_HERE: Final = "127.0.0.1"


class TimeStampFetchError(CredentialsError):
    """The authority gave no time stamp: no connection, another answer, too large, too slow."""

    hint = "try again later, or without a time stamp"


def check_address(url: str) -> str:
    """The address of a time-stamping authority as given, or a refusal.

    Raises:
        TimeStampFetchError: It is no plain `http://` or `https://` address of a host.
    """
    try:
        parts = urlsplit(url)
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        parts, port_is_right = urlsplit(""), False
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= MAX_ADDRESS
    if not is_plain or parts.scheme not in ("http", "https") or not parts.hostname or not port_is_right:
        raise TimeStampFetchError("expected the address of a time-stamping authority, http:// or https:// and a host")
    if parts.username is not None or parts.password is not None:
        raise TimeStampFetchError("got an address with a user name or password, expected one without")
    return url


def ask_authority(
    url: str, request: bytes, *, proxies: Mapping[str, str] | None = None, seconds: float = SECONDS
) -> bytes:
    """One exchange with a time-stamping authority by HTTP (RFC 3161, section 3.4); the answer is not looked into.

    Args:
        url: The authority's address. No redirect is followed.
        request: A TimeStampReq, DER.
        proxies: Scheme to address; the system's where not given.
        seconds: For the whole exchange.

    Raises:
        TimeStampFetchError: No answer of the kind, at most MAX_ANSWER bytes long, in time.
    """
    rules = Rules(
        limit=MAX_ANSWER,
        seconds=seconds,
        idle=seconds,
        schemes=("http", "https"),
        proxies=urllib.request.getproxies() if proxies is None else proxies,
    )
    try:
        answer = ask(check_address(url), rules, body=request, headers={"Content-Type": _QUERY, "Accept": _REPLY})
    except NetError as error:
        raise TimeStampFetchError(f"{url}: {_why(error, rules)}") from error
    if answer.media_type != _REPLY:
        raise TimeStampFetchError(f"{url}: got an answer of type {answer.media_type[:80]!r}, expected {_REPLY}")
    return answer.content


def _why(error: NetError, rules: Rules) -> str:
    match error.failure:
        case Failure.STATUS:
            return f"HTTP status {error.status}"
        case Failure.MOVED:
            return f"HTTP status {error.status}, a redirect, which is not followed"
        case Failure.SIZE:
            return f"got more than {rules.limit} bytes"
        case Failure.CUT_OFF:
            return f"the answer was cut off after {error.detail}"
        case Failure.TOO_LATE:
            return f"no time stamp after {rules.seconds:g} seconds"
    return in_words(error.cause)


class Relay:
    """Where the engine finds a time stamp on this machine, and what came of asking for it."""

    def __init__(self, authority: str, seconds: float) -> None:
        """Filled in by `relayed`."""
        self.authority = authority
        self.seconds = seconds
        self.url = ""
        self.error: TimeStampFetchError | None = None
        self._path = f"/{secrets.token_urlsafe(24)}"
        self._turns = threading.Lock()
        self._proxies = urllib.request.getproxies()

    def at(self, port: int) -> None:
        """Say where it is reached: by a path that only its user knows."""
        self.url = f"http://{_HERE}:{port}{self._path}"

    def admits(self, path: str, size: str) -> bool:
        """Whether this is the one request, and of a size that one may have."""
        return (
            path == self._path and size.isdigit() and int(size) <= MAX_REQUEST and self._turns.acquire(blocking=False)
        )

    def ask(self, request: bytes) -> bytes | None:
        """The authority's answer; None where it gave none, which `complain` then tells of."""
        try:
            return ask_authority(self.authority, request, proxies=self._proxies, seconds=self.seconds)
        except TimeStampFetchError as error:
            self.error = error
            return None

    def complain(self) -> None:
        """Raise what the authority did wrong, if it did.

        Raises:
            TimeStampFetchError: It gave no time stamp.
        """
        if self.error is not None:
            raise self.error


class _Server(ThreadingHTTPServer):
    """One that never looks its own name up, and complains of nothing on standard error."""

    daemon_threads = True

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        super().__init__((_HERE, 0), _Handler)
        relay.at(self.server_address[1])

    def server_bind(self) -> None:
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


class _Handler(BaseHTTPRequestHandler):
    """Serves the one request."""

    timeout = SECONDS
    server: _Server

    def do_POST(self) -> None:
        """Hand it on."""
        relay, size = self.server.relay, self.headers.get("Content-Length", "")
        if not relay.admits(self.path, size):
            self.send_error(404)
            return
        answer = relay.ask(self.rfile.read(int(size)))
        if answer is None:
            self.send_error(502)
            return
        self.send_response(200)
        self.send_header("Content-Type", _REPLY)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's own name
        """Say nothing."""


@contextmanager
def relayed(authority: str, *, seconds: float = SECONDS) -> Iterator[Relay]:
    """An address on this machine behind which `authority` answers one request; gone when the block ends.

    Only who knows the address's random path is served, and only once.

    Args:
        authority: The address that is asked.
        seconds: For the exchange with it.

    Raises:
        TimeStampFetchError: The address is none.
    """
    relay = Relay(check_address(authority), seconds)
    with _Server(relay) as server, _reached_directly():
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield relay
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def _reached_directly() -> Iterator[None]:
    """The engine takes proxies from the environment, and none of them leads to this machine."""
    before = {name: os.environ.get(name) for name in ("NO_PROXY", "no_proxy")}
    for name, value in before.items():
        os.environ[name] = f"{value},{_HERE}" if value else _HERE
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value

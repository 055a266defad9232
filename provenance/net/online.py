"""How is something fetched that a file names, when the reader allows it for one run?

A file can name any address, so nothing it names is trusted: HTTPS (revocation answers, which are signed by themselves,
over HTTP too), the usual ports, public addresses only, and the connection goes to the very address that was judged, so
that a name cannot change its meaning in between. No proxy, which would look the name up once more and may reach what
was refused; no cookie, no credentials; bounded in bytes, seconds, redirects and number. Every host that was to be asked
is kept, with what came of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import socket
import ssl
import time
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from provenance.errors import ProvenanceError
from provenance.net.deadline import TooLateError, read_until, within
from provenance.net.public_addresses import is_public

MAX_STORE: Final = 64 * 1024 * 1024
"""Bytes of a remote manifest store; real ones stay below 20 MiB."""
MAX_FILE: Final = MAX_STORE
"""Bytes of a file that the reader names by its address: the same, as nobody vouches for who answers either."""
MAX_ANSWER: Final = 64 * 1024
"""Bytes of a revocation answer; real ones have about 2 KiB."""
MAX_ADDRESS: Final = 2_048
"""Characters of an address."""
MAX_REDIRECTS: Final = 3
"""Each judged as if the file had named it."""
MAX_REQUESTS: Final = 1_000
"""Requests of one run: a folder of crafted files must not turn the reader's machine into a hammer."""
SECONDS: Final = 15.0
"""For one request with its redirects, whatever the server does."""
IDLE_SECONDS: Final = 5.0
"""Without a byte."""
PORTS: Final = {"https": 443, "http": 80}
"""Schemes and the one port of each: a file must not choose which door is knocked on."""
_PATH_SAFE: Final = "/%:@!$&'()*+,;=~-._"

Resolver = Callable[[str, int], Sequence[str]]
"""A host's addresses, as text; raises OSError where there are none."""


class OnlineError(ProvenanceError):
    """Nothing was fetched: `str` says why, in words that fit after "could not be had: "."""

    hint = "try again later, or without --online"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One thing that was asked for over the network."""

    host: str
    purpose: str
    """`file`, `manifest` or `revocation`."""
    outcome: str
    """`answered`, or why there is no answer."""
    sha256: str = ""
    """Of the answer's bytes, lower-case hex; empty where there is none."""
    answered_by: str = ""
    """The host that answered in the end, where the one that was named sent on to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came of one request."""

    contact: Contact
    content: bytes | None = field(default=None, repr=False)
    """None where nothing was had."""


def system_addresses(host: str, port: int) -> Sequence[str]:
    """A host's addresses by the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """An address that may be asked, judged."""

    scheme: str
    host: str
    path: str
    address: str


class Online:
    """The reader's leave to ask over the network, for one run. Equal requests are made once."""

    def __init__(
        self,
        *,
        resolver: Resolver = system_addresses,
        public: Callable[[str], bool] = is_public,
        ports: dict[str, int] | None = None,
        context: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        """Settle the bounds; nothing is asked yet. The arguments are there for tests on this machine.

        Args:
            resolver: finds a host's addresses.
            public: which addresses may be asked.
            ports: the one port of each scheme.
            context: TLS settings; the system's authorities where not given.
            seconds: for one request.
        """
        self._resolver = resolver
        self._public = public
        self._ports = ports or dict(PORTS)
        self._context = context
        self._seconds = seconds
        self._answers: dict[tuple[str, bytes], Fetched] = {}
        self._asked = 0

    def manifest(self, url: str) -> Fetched:
        """A remote manifest store (C2PA 2.4, section 11.5), over HTTPS alone."""
        return self._ask(url, purpose="manifest", schemes=("https",), limit=MAX_STORE)

    def file(self, url: str, *, limit: int = MAX_FILE) -> Fetched:
        """A file that the reader names by its address, over HTTPS alone; nothing of it is kept here."""
        return self._fetch(url, purpose="file", schemes=("https",), limit=min(limit, MAX_FILE))

    def revocation(self, url: str, request: bytes) -> Fetched:
        """A revocation answer (RFC 6960, appendix A.1). Over HTTP too: it is signed, and authorities publish no other
        addresses; whoever listens on the way learns which certificate is asked about."""
        return self._ask(url, purpose="revocation", schemes=("https", "http"), limit=MAX_ANSWER, body=request)

    def _ask(self, url: str, *, purpose: str, schemes: tuple[str, ...], limit: int, body: bytes = b"") -> Fetched:
        known = self._answers.get((url, body))
        if known is not None:
            return known
        found = self._fetch(url, purpose=purpose, schemes=schemes, limit=limit, body=body)
        self._answers[url, body] = found
        return found

    def _fetch(self, url: str, *, purpose: str, schemes: tuple[str, ...], limit: int, body: bytes = b"") -> Fetched:
        host = _host(url)
        self._asked += 1
        try:
            if self._asked > MAX_REQUESTS:
                raise OnlineError(f"more than {MAX_REQUESTS} requests in one run")
            content, last = self._in_time(url, schemes, limit, body)
        except OnlineError as error:
            return Fetched(contact=Contact(host=host, purpose=purpose, outcome=str(error)))
        contact = Contact(
            host=host,
            purpose=purpose,
            outcome="answered",
            sha256=hashlib.sha256(content).hexdigest(),
            answered_by="" if last == host else last,
        )
        return Fetched(contact=contact, content=content)

    def _in_time(self, url: str, schemes: tuple[str, ...], limit: int, body: bytes) -> tuple[bytes, str]:
        deadline = time.monotonic() + self._seconds
        try:
            return within(self._seconds + 1, lambda: self._follow(url, schemes, limit, body, deadline))
        except OnlineError:
            raise
        except TooLateError:
            raise OnlineError("it took too long") from None
        except Exception:  # noqa: BLE001 - a hostile server must not end the run
            raise OnlineError("the answer could not be read") from None

    def _follow(
        self, url: str, schemes: tuple[str, ...], limit: int, body: bytes, deadline: float
    ) -> tuple[bytes, str]:
        """The answer's bytes, and the host that gave them."""
        for _ in range(MAX_REDIRECTS + 1):
            target = self._judge(url, schemes)
            answer = self._request(target, limit, body, deadline)
            if isinstance(answer, bytes):
                return answer, _host(url)
            if body:
                raise OnlineError("it was sent elsewhere")
            url = urllib.parse.urljoin(url, answer)
        raise OnlineError("it was sent from one address to the next")

    def _judge(self, url: str, schemes: tuple[str, ...]) -> _Target:
        """The one address that may be connected to for this URL."""
        if len(url) > MAX_ADDRESS or not url.isascii() or any(ord(letter) <= 32 for letter in url):
            raise OnlineError("the address is not one")
        try:
            parts = urllib.parse.urlsplit(url)
            port = parts.port
        except ValueError:
            raise OnlineError("the address is not one") from None
        scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
        if scheme not in schemes:
            raise OnlineError("the address is not HTTPS")
        if not host or parts.username is not None or parts.password is not None:
            raise OnlineError("the address is not one")
        if port not in (None, self._ports[scheme]):
            raise OnlineError("the address names an unusual port")
        try:
            addresses = tuple(self._resolver(host, self._ports[scheme]))
        except (OSError, UnicodeError):
            raise OnlineError("the host is not known") from None
        if not addresses or not all(self._public(address) for address in addresses):
            raise OnlineError("the host is not on the public internet")
        path = urllib.parse.quote(parts.path or "/", safe=_PATH_SAFE)
        query = f"?{urllib.parse.quote(parts.query, safe=_PATH_SAFE + '?')}" if parts.query else ""
        return _Target(scheme=scheme, host=host, path=path + query, address=addresses[0])

    def _request(self, target: _Target, limit: int, body: bytes, deadline: float) -> bytes | str:
        """The answer's bytes, or where a redirect points."""
        connection = self._connect(target, deadline)
        try:
            headers = {"User-Agent": "vouchmark", "Accept-Encoding": "identity", "Connection": "close"}
            if body:
                headers |= {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}
            connection.request("POST" if body else "GET", target.path, body=body or None, headers=headers)
            with contextlib.closing(connection.getresponse()) as response:
                if response.status in (301, 302, 303, 307, 308):
                    return response.headers.get("Location", "")
                if response.status != 200:
                    raise OnlineError(f"the host answered with HTTP status {response.status}")
                return _read(response, limit, deadline)
        except (OSError, http.client.HTTPException, ValueError):
            raise OnlineError("the connection failed") from None
        finally:
            connection.close()

    def _connect(self, target: _Target, deadline: float) -> http.client.HTTPConnection:
        """A connection to the address that was judged, under the host's name."""
        idle = max(0.1, min(IDLE_SECONDS, deadline - time.monotonic()))
        port = self._ports[target.scheme]
        try:
            plain = socket.create_connection((target.address, port), timeout=idle)
        except OSError:
            raise OnlineError("the host could not be reached") from None
        connection = http.client.HTTPConnection(target.host, port, timeout=idle)
        if target.scheme == "http":
            connection.sock = plain
            return connection
        try:
            context = self._context or ssl.create_default_context()
            connection.sock = context.wrap_socket(plain, server_hostname=target.host)
        except (OSError, ValueError):
            plain.close()
            raise OnlineError("the host could not show that it is the one that was named") from None
        return connection


def _host(url: str) -> str:
    """The host as the report names it, even of an address that is refused; at most 253 characters, as DNS allows."""
    try:
        return (urllib.parse.urlsplit(url).hostname or "")[:253]
    except ValueError:
        return ""


def _read(response: http.client.HTTPResponse, limit: int, deadline: float) -> bytes:
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced[:20]) > limit:
        raise OnlineError(f"the answer has more than {limit} bytes")
    content = read_until(response, limit, deadline)
    if len(content) > limit:
        raise OnlineError(f"the answer has more than {limit} bytes")
    if announced.isdigit() and int(announced[:20]) != len(content):
        raise OnlineError("the answer was cut off")
    return content

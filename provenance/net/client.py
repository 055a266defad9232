"""How is anything asked for over the network? One HTTP request, by rules that name every bound.

What a stranger's file names, a publisher's list and a time-stamping authority differ in whom they trust; how a
connection is opened, read and given up is the same. The rules say which schemes and ports, which addresses, how many
redirects, bytes and seconds, and whether a proxy may come between. A redirect is judged as if it had been asked for.
No cookie, no credentials, no compression.
"""

from __future__ import annotations

import contextlib
import enum
import http.client
import socket
import ssl
import time
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from provenance.errors import ProvenanceError
from provenance.net.deadline import TooLateError, read_until, within

MAX_ADDRESS: Final = 2_048
"""Characters of an address."""
PORTS: Final = {"https": 443, "http": 80}
"""The usual port of each scheme."""
_PATH_SAFE: Final = "/%:@!$&'()*+,;=~-._"
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

Resolver = Callable[[str, int], Sequence[str]]
"""A host's addresses, as text; raises OSError where there are none."""


class Failure(enum.StrEnum):
    """Why there is no answer."""

    ADDRESS = "address"
    """It is no address of a host, or one with a user name or password."""
    SCHEME = "scheme"
    """Of an address, or of one that a redirect points to."""
    PORT = "port"
    UNKNOWN_HOST = "unknown-host"
    NOT_PUBLIC = "not-public"
    UNREACHABLE = "unreachable"
    IDENTITY = "identity"
    """No TLS connection with the host that was named."""
    CONNECTION = "connection"
    """It broke off, or does not speak HTTP."""
    STATUS = "status"
    MOVED = "moved"
    """A redirect where none is followed."""
    REDIRECTS = "redirects"
    """More than the rules allow."""
    SIZE = "size"
    CUT_OFF = "cut-off"
    TOO_LATE = "too-late"
    UNREADABLE = "unreadable"


class NetError(ProvenanceError):
    """There is no answer: `failure` says why."""

    hint = "try again later, or look at the connection"

    def __init__(
        self, failure: Failure, *, status: int = 0, cause: BaseException | None = None, detail: str = ""
    ) -> None:
        """Keep what is known: the HTTP status, the exception underneath, the address or the sizes that were wrong."""
        super().__init__(str(failure))
        self.failure = failure
        self.status = status
        self.cause = cause
        self.detail = detail


def system_addresses(host: str, port: int) -> Sequence[str]:
    """A host's addresses by the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What one request may do."""

    limit: int
    """Bytes of an answer."""
    seconds: float
    """For the request with its redirects, whatever the server does."""
    idle: float
    """Seconds without a byte."""
    schemes: tuple[str, ...] = ("https",)
    redirects: int = 0
    """How many are followed; of a request with a body none ever is."""
    ports: Mapping[str, int] | None = None
    """The one port of each scheme; any where not given."""
    public: Callable[[str], bool] | None = None
    """Which network addresses may be connected to; any where not given. Every address of a host has to be one, and the
    connection goes to the first that was judged, so that a name cannot change its meaning in between."""
    resolver: Resolver = system_addresses
    context: ssl.SSLContext | None = None
    """TLS settings; the system's authorities where not given."""
    proxies: Mapping[str, str] = field(default_factory=dict)
    """By scheme, as `urllib.request.getproxies` gives them; none by default: a proxy looks the name up once more, and
    may reach what was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a host answered, with success."""

    content: bytes = field(repr=False)
    url: str
    """Who answered in the end."""
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """An address that may be asked, judged."""

    scheme: str
    host: str
    port: int
    path: str
    address: str
    """What to connect to: a network address where they are judged, else the host's name."""


def ask(url: str, rules: Rules, *, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
    """Make one request: GET, or POST where there is a body.

    Args:
        url: What is asked.
        rules: By which.
        body: Sent with the request.
        headers: More than the usual ones.

    Raises:
        NetError: There is no answer that keeps to the rules.
    """
    deadline = time.monotonic() + rules.seconds
    sent = {"User-Agent": "vouchmark", "Accept-Encoding": "identity", "Connection": "close"} | dict(headers or {})
    try:
        return within(rules.seconds, lambda: _follow(url, rules, body, sent, deadline))
    except NetError:
        raise
    except TooLateError:
        raise NetError(Failure.TOO_LATE) from None
    except Exception as error:  # noqa: BLE001 - a hostile server must not end the run
        raise NetError(Failure.UNREADABLE, cause=error) from None


def host_of(url: str) -> str:
    """The host of an address, even of one that is refused; at most 253 characters, as DNS allows."""
    try:
        return (urllib.parse.urlsplit(url).hostname or "")[:253]
    except ValueError:
        return ""


def _follow(url: str, rules: Rules, body: bytes, headers: Mapping[str, str], deadline: float) -> Answer:
    for _ in range(rules.redirects + 1):
        found = _request(url, _judge(url, rules), rules, body, headers, deadline)
        if isinstance(found, Answer):
            return found
        if body or not rules.redirects:
            raise NetError(Failure.MOVED, status=found[0])
        status, there = found
        url = urllib.parse.urljoin(url, there)
    raise NetError(Failure.REDIRECTS, status=status)


def _judge(url: str, rules: Rules) -> _Target:
    """What may be connected to for this URL."""
    if len(url) > MAX_ADDRESS or not url.isascii() or any(ord(letter) <= 32 or ord(letter) == 127 for letter in url):
        raise NetError(Failure.ADDRESS, detail=url)
    try:
        parts = urllib.parse.urlsplit(url)
        port = parts.port
    except ValueError:
        raise NetError(Failure.ADDRESS, detail=url) from None
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    if scheme not in rules.schemes:
        raise NetError(Failure.SCHEME, detail=url)
    if not host or parts.username is not None or parts.password is not None or port == 0:
        raise NetError(Failure.ADDRESS)
    if rules.ports is not None and port not in (None, rules.ports[scheme]):
        raise NetError(Failure.PORT)
    port = rules.ports[scheme] if rules.ports is not None else port or PORTS[scheme]
    path = urllib.parse.quote(parts.path or "/", safe=_PATH_SAFE)
    query = f"?{urllib.parse.quote(parts.query, safe=_PATH_SAFE + '?')}" if parts.query else ""
    return _Target(scheme=scheme, host=host, port=port, path=path + query, address=_address(host, port, rules))


def _address(host: str, port: int, rules: Rules) -> str:
    if rules.public is None:
        return host
    try:
        addresses = tuple(rules.resolver(host, port))
    except (OSError, UnicodeError) as error:
        raise NetError(Failure.UNKNOWN_HOST, cause=error) from None
    if not addresses or not all(rules.public(address) for address in addresses):
        raise NetError(Failure.NOT_PUBLIC)
    return addresses[0]


def _request(
    url: str, target: _Target, rules: Rules, body: bytes, headers: Mapping[str, str], deadline: float
) -> Answer | tuple[int, str]:
    """The answer, or status and place of a redirect."""
    connection, path, more = _connect(target, rules, deadline)
    try:
        connection.request("POST" if body else "GET", path, body=body or None, headers={**headers, **more})
        with contextlib.closing(connection.getresponse()) as response:
            if response.status in _REDIRECTS:
                return response.status, response.headers.get("Location", "")
            if response.status != 200:
                raise NetError(Failure.STATUS, status=response.status)
            content = _read(response, rules.limit, deadline)
            return Answer(content=content, url=url, media_type=response.headers.get_content_type())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NetError(Failure.CONNECTION, cause=error) from None
    finally:
        connection.close()


def _connect(
    target: _Target, rules: Rules, deadline: float
) -> tuple[http.client.HTTPConnection, str, Mapping[str, str]]:
    """A connection to the place that was judged, under the host's name; what to ask there, and further headers."""
    idle = max(0.1, min(rules.idle, deadline - time.monotonic()))
    proxy = _proxy(target, rules)
    place = (proxy.hostname or "", proxy.port or PORTS["http"]) if proxy else (target.address, target.port)
    try:
        plain = socket.create_connection(place, timeout=idle)
    except (OSError, UnicodeError) as error:
        failure = Failure.UNKNOWN_HOST if isinstance(error, socket.gaierror) else Failure.UNREACHABLE
        raise NetError(failure, cause=error) from None
    connection = http.client.HTTPConnection(target.host, target.port, timeout=idle)
    if proxy is not None and target.scheme == "https":
        connection.set_tunnel(target.host, target.port, headers=_credentials(proxy))
    connection.sock = plain
    if target.scheme == "http":
        if proxy is None:
            return connection, target.path, {}
        return connection, f"http://{_named(target)}{target.path}", _credentials(proxy)
    try:
        if proxy is not None:
            connection._tunnel()  # type: ignore[attr-defined]
        context = rules.context or ssl.create_default_context()
        connection.sock = context.wrap_socket(plain, server_hostname=target.host)
    except (OSError, ValueError, http.client.HTTPException) as error:
        plain.close()
        raise NetError(Failure.IDENTITY, cause=error) from None
    return connection, target.path, {}


def _named(target: _Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if target.port == PORTS[target.scheme] else f"{host}:{target.port}"


def _proxy(target: _Target, rules: Rules) -> urllib.parse.SplitResult | None:
    """The proxy that leads to it, if the rules have one."""
    named = rules.proxies.get(target.scheme) or rules.proxies.get("all", "")
    if not named or rules.public is not None:
        return None
    from urllib.request import proxy_bypass

    if proxy_bypass(f"{target.host}:{target.port}"):
        return None
    return urllib.parse.urlsplit(named if "://" in named else f"http://{named}")


def _credentials(proxy: urllib.parse.SplitResult) -> dict[str, str]:
    """What the user's own proxy asks for, where its address holds it."""
    if not proxy.username:
        return {}
    import base64

    words = ":".join(urllib.parse.unquote(word or "") for word in (proxy.username, proxy.password))
    return {"Proxy-Authorization": "Basic " + base64.b64encode(words.encode()).decode("ascii")}


def _read(response: http.client.HTTPResponse, limit: int, deadline: float) -> bytes:
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced[:20]) > limit:
        raise NetError(Failure.SIZE)
    content = read_until(response, limit, deadline)
    if len(content) > limit:
        raise NetError(Failure.SIZE)
    if announced.isdigit() and int(announced[:20]) != len(content):
        raise NetError(Failure.CUT_OFF, detail=f"{len(content)} of {announced[:20]} bytes")
    return content

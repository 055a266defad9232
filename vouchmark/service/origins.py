"""Who asks: a program, our own page, or a page of somebody else in the same browser?

A browser tells in `Host`, `Origin` and `Sec-Fetch-Site`; all three are held on every route, for loopback as for any
other address. `Host` has to be one of our names exactly, with its port (a name that was rebound to our address is not);
`Origin`, where it is sent, one of our own; `Sec-Fetch-Site`, where it is sent, `same-origin`, or `none` for an address
that somebody typed. A program that is no browser sends neither of the last two.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any, Final

from vouchmark.service.problems import ProblemError

SAFE: Final = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def headers_of(scope: Mapping[str, Any]) -> dict[str, list[str]]:
    """The headers of a request, names in small letters, each with all its values."""
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


class Origins:
    """By which names a server may be called."""

    def __init__(self, host: str, port: int, names: Iterable[str] = (), *, strict: bool = False) -> None:
        """Settle them.

        Args:
            host: the address that it listens on.
            port: the port.
            names: further names.
            strict: whether browsers alone call it, so that whatever changes something has to say its origin.
        """
        own = {_in_url(host)} | ({"localhost", "127.0.0.1", "[::1]"} if not strict and _is_local(host) else set())
        self._hosts = {f"{one}:{port}" for one in own} | ({*own} if port in _DEFAULT_PORTS.values() else set())
        self._hosts |= set(names)
        self._strict = strict

    def check(self, scope: Mapping[str, Any], *, scheme: str) -> None:
        """Refuse whoever calls by another name, or from another origin. Raises ProblemError.

        Args:
            scope: of the request (ASGI).
            scheme: that the caller used, as a trusted proxy or the connection tells.
        """
        headers = headers_of(scope)
        host = _only(headers, "host")
        if host is None or host.lower() not in self._hosts:
            raise ProblemError("foreign", "this server is not called by that Host")
        origin = _only(headers, "origin")
        if origin is not None and origin.lower() != f"{scheme}://{host.lower()}":
            raise ProblemError("foreign", "the request comes from another origin")
        site = _only(headers, "sec-fetch-site")
        allowed = {"same-origin", "none"} if scope["method"] in SAFE else {"same-origin"}
        if site is not None and site not in allowed:
            raise ProblemError("foreign", "the request comes from a page of another site")
        if self._strict and scope["method"] not in SAFE and origin is None:
            raise ProblemError("foreign", "a request that changes something has to say its origin")


def _only(headers: Mapping[str, list[str]], name: str) -> str | None:
    """A header's one value; two of one name are a way around a check. Raises ProblemError."""
    values = headers.get(name, [])
    if len(values) > 1:
        raise ProblemError("malformed", f"got {len(values)} headers {name}, expected one")
    return values[0] if values else None


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return host == "localhost"


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class Proxies:
    """Whose word counts about who called, and by which scheme."""

    def __init__(self, networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> None:
        self._networks = tuple(networks)

    def is_trusted(self, address: str) -> bool:
        """Whether an address is one of the named proxies."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._networks)

    def caller(self, scope: Mapping[str, Any]) -> tuple[str, str]:
        """(address, scheme) of whoever called: as the connection has them, or as trusted proxies tell.

        `X-Forwarded-For` is read from its end, as far as the addresses are proxies that are named; what a caller wrote
        before them counts for nothing.
        """
        address = (scope.get("client") or ("", 0))[0]
        scheme = scope.get("scheme", "http")
        if not self._networks or not self.is_trusted(address):
            return address, scheme
        headers = headers_of(scope)
        told = [one.strip() for value in headers.get("x-forwarded-for", []) for one in value.split(",")]
        while told and self.is_trusted(address):
            address = told.pop()
        protocols = headers.get("x-forwarded-proto", [])
        if len(protocols) == 1 and protocols[0] in _DEFAULT_PORTS:
            scheme = protocols[0]
        try:
            return str(ipaddress.ip_address(address)), scheme
        except ValueError:
            raise ProblemError("malformed", "X-Forwarded-For holds no address") from None


_SUBSCRIBER: Final = 64
"""Bits of an IPv6 address by which a subscriber is told from another (RFC 6177; RFC 4291, section 2.5.4)."""


def counted_as(address: str) -> str:
    """By what the bounds of an address are counted: one who has a whole IPv6 network is one caller, not 2^64.

    Returns:
        the address itself; of IPv6 its /64; of a mapped IPv4 address that address (RFC 4291, section 2.5.5.2).
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found) >> (128 - _SUBSCRIBER) << (128 - _SUBSCRIBER), _SUBSCRIBER)))

"""How is something fetched that a file names, when the reader allows it for one run?

A file can name any address, so nothing it names is trusted: HTTPS (revocation answers, which are signed by themselves,
over HTTP too), the usual ports, public addresses only, and the connection goes to the very address that was judged, so
that a name cannot change its meaning in between. No proxy, which would look the name up once more and may reach what
was refused; no cookie, no credentials; bounded in bytes, seconds, redirects and number. Every host that was to be asked
is kept, with what came of it.
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from provenance.net.client import PORTS, Failure, NetError, Resolver, Rules, ask, host_of, system_addresses
from provenance.net.public_addresses import is_public

MAX_STORE: Final = 64 * 1024 * 1024
"""Bytes of a remote manifest store; real ones stay below 20 MiB."""
MAX_FILE: Final = MAX_STORE
"""Bytes of a file that the reader names by its address: the same, as nobody vouches for who answers either."""
MAX_ANSWER: Final = 64 * 1024
"""Bytes of a revocation answer; real ones have about 2 KiB."""
MAX_REDIRECTS: Final = 3
"""Each judged as if the file had named it."""
MAX_REQUESTS: Final = 1_000
"""Requests of one run: a folder of crafted files must not turn the reader's machine into a hammer."""
SECONDS: Final = 15.0
"""For one request with its redirects, whatever the server does."""
IDLE_SECONDS: Final = 5.0
"""Without a byte."""
_OCSP: Final = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}
_WORDS: Final = {
    Failure.ADDRESS: "the address is not one",
    Failure.SCHEME: "the address is not HTTPS",
    Failure.PORT: "the address names an unusual port",
    Failure.UNKNOWN_HOST: "the host is not known",
    Failure.NOT_PUBLIC: "the host is not on the public internet",
    Failure.UNREACHABLE: "the host could not be reached",
    Failure.IDENTITY: "the host could not show that it is the one that was named",
    Failure.CONNECTION: "the connection failed",
    Failure.MOVED: "it was sent elsewhere",
    Failure.REDIRECTS: "it was sent from one address to the next",
    Failure.CUT_OFF: "the answer was cut off",
    Failure.TOO_LATE: "it took too long",
    Failure.UNREADABLE: "the answer could not be read",
}
"""What a failure reads like after "could not be had: "."""


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
        host = host_of(url)
        self._asked += 1
        if self._asked > MAX_REQUESTS:
            return Fetched(contact=_unanswered(host, purpose, f"more than {MAX_REQUESTS} requests in one run"))
        try:
            found = ask(url, self._rules(schemes, limit), body=body, headers=_OCSP if body else {})
        except NetError as error:
            return Fetched(contact=_unanswered(host, purpose, _in_words(error, limit)))
        last = host_of(found.url)
        contact = Contact(
            host=host,
            purpose=purpose,
            outcome="answered",
            sha256=hashlib.sha256(found.content).hexdigest(),
            answered_by="" if last == host else last,
        )
        return Fetched(contact=contact, content=found.content)

    def _rules(self, schemes: tuple[str, ...], limit: int) -> Rules:
        return Rules(
            limit=limit,
            seconds=self._seconds,
            idle=IDLE_SECONDS,
            schemes=schemes,
            redirects=MAX_REDIRECTS,
            ports=self._ports,
            public=self._public,
            resolver=self._resolver,
            context=self._context,
        )


def _unanswered(host: str, purpose: str, why: str) -> Contact:
    return Contact(host=host, purpose=purpose, outcome=why)


def _in_words(error: NetError, limit: int) -> str:
    if error.failure is Failure.STATUS:
        return f"the host answered with HTTP status {error.status}"
    if error.failure is Failure.SIZE:
        return f"the answer has more than {limit} bytes"
    return _WORDS[error.failure]

"""How is one list downloaded, with every bound that a stranger's server needs?

HTTPS only, also after a redirect; no more than so many bytes; no longer than so many seconds, whatever the server does.
Like everything that is asked for here, without a proxy (`online.py` says why): where only one leads out, lists are
imported from a file.
"""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING, Final

from provenance.credentials.trust.formats import MAX_LIST_BYTES, TrustListFetchError
from provenance.net.client import Failure, NetError, Rules, ask
from provenance.net.words import in_words, status_in_words

if TYPE_CHECKING:
    import ssl

FETCH_SECONDS: Final = 60.0
"""For one whole download; the largest list takes a second on a slow line."""
IDLE_SECONDS: Final = 15.0
"""Without a byte."""
MAX_REDIRECTS: Final = 3
"""From HTTPS to HTTPS only; the publishers' hosts use none or one."""


def fetch_https(
    url: str, *, context: ssl.SSLContext | None = None, limit: int = MAX_LIST_BYTES, seconds: float = FETCH_SECONDS
) -> bytes:
    """Download over HTTPS, following redirects to HTTPS only.

    Args:
        url: Starts with `https://`.
        context: TLS settings; the system's authorities where not given.
        limit: Most bytes.
        seconds: For the whole download.

    Raises:
        TrustListFetchError: No connection, no valid certificate, an HTTP error, too large, too slow, or not HTTPS.
    """
    rules = Rules(limit=limit, seconds=seconds, idle=IDLE_SECONDS, redirects=MAX_REDIRECTS, context=context)
    try:
        return ask(url, rules).content
    except NetError as error:
        raise TrustListFetchError(f"{url}: {_why(error, url, rules)}") from error


def _why(error: NetError, url: str, rules: Rules) -> str:
    match error.failure:
        case Failure.SCHEME if error.detail == url:
            return "only addresses that begin with https:// are asked"
        case Failure.SCHEME:
            return f"redirected away from HTTPS, to {error.detail[:200]!r}"
        case Failure.ADDRESS:
            return "it is no address of a host"
        case Failure.STATUS | Failure.REDIRECTS | Failure.MOVED:
            return status_in_words(error.status)
        case Failure.SIZE:
            return f"more than {rules.limit} bytes"
        case Failure.CUT_OFF:
            return f"cut off after {error.detail}"
        case Failure.TOO_LATE:
            return f"not done after {rules.seconds:g} seconds{_unused_proxy()}"
        case Failure.UNREACHABLE | Failure.UNKNOWN_HOST:
            return in_words(error.cause) + _unused_proxy()
    return in_words(error.cause)


def _unused_proxy() -> str:
    """What somebody wants to know who can go out through a proxy alone; empty where the environment names none."""
    return " (the proxy that the environment names is not used)" if urllib.request.getproxies() else ""

"""How is one list downloaded, with every bound that a stranger's server needs?

HTTPS only, also after a redirect; no more than so many bytes; no longer than so many seconds, whatever the server does.
Like everything that is asked for here, without a proxy (`online.py` says why): where only one leads out, lists are
imported from a file.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from provenance.credentials.trust.formats import MAX_LIST_BYTES, TrustListFetchError
from provenance.net.deadline import TooLateError, read_until, within
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
    try:
        return within(seconds, lambda: _download(url, context, limit, seconds))
    except TooLateError:
        raise TrustListFetchError(f"{url}: not done after {seconds:g} seconds{_unused_proxy()}") from None


def _download(url: str, context: ssl.SSLContext | None, limit: int, seconds: float) -> bytes:
    import http.client
    import urllib.error

    deadline = time.monotonic() + seconds
    try:
        with _opener(context).open(url, timeout=min(IDLE_SECONDS, seconds)) as response:
            content = read_until(response, limit, deadline)
            announced = response.headers.get("Content-Length", "")
    except urllib.error.HTTPError as error:
        error.close()
        raise TrustListFetchError(f"{url}: {status_in_words(error.code)}") from error
    except urllib.error.URLError as error:
        raise TrustListFetchError(f"{url}: {in_words(error.reason)}{_unused_proxy()}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise TrustListFetchError(f"{url}: {in_words(error)}") from error
    if len(content) > limit:
        raise TrustListFetchError(f"{url}: more than {limit} bytes")
    if announced.isdigit() and int(announced) != len(content):
        raise TrustListFetchError(f"{url}: cut off after {len(content)} of {announced} bytes")
    return content


def _unused_proxy() -> str:
    """What somebody wants to know who can go out through a proxy alone; empty where the environment names none."""
    import urllib.request

    return " (the proxy that the environment names is not used)" if urllib.request.getproxies() else ""


def _opener(context: ssl.SSLContext | None) -> Any:
    """An opener that knows HTTPS and nothing else: no http, ftp, file or data, wherever a redirect points."""
    import urllib.error
    import urllib.request

    class HttpsRedirects(urllib.request.HTTPRedirectHandler):
        max_redirections = MAX_REDIRECTS

        def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
            if not newurl.lower().startswith("https://"):
                fp.close()
                raise urllib.error.URLError(f"redirected away from HTTPS, to {newurl[:200]!r}")
            return super().redirect_request(req, fp, code, msg, headers, newurl)

    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPSHandler(context=context),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
        HttpsRedirects(),
    ):
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", "vouchmark"), ("Accept-Encoding", "identity")]
    return opener

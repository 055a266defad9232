"""What went wrong on the network, in words for somebody who has to do something about it?"""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
from typing import Final

_STATUSES: Final = {
    401: "the host gives it to nobody without a password",
    403: "the host does not give it out",
    404: "there is nothing at that address",
    410: "there is nothing at that address any more",
    429: "the host was asked too often; wait a while",
}
_UNREACHABLE: Final = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})


def status_in_words(status: int) -> str:
    """An HTTP status that is no success, with its number."""
    words = _STATUSES.get(status) or ("the host has a fault of its own" if status >= 500 else "the host refused")
    return f"{words} (HTTP status {status})"


def in_words(error: object) -> str:
    """What failed, without a number of the system's.

    Args:
        error: an exception of the standard library's network modules, or words already.
    """
    match error:
        case socket.gaierror():
            return "the host is not known: is the name right, and is there a network?"
        case TimeoutError():
            return "the host did not answer in time"
        case ConnectionRefusedError():
            return "the host refuses the connection"
        case ConnectionError():
            return "the host broke the connection off"
        case ssl.SSLCertVerificationError():
            return f"the host could not show that it is the one that was named ({error.verify_message})"
        case ssl.SSLError():
            return "no secure connection could be made"
        case OSError() if error.errno in _UNREACHABLE:
            return "the host cannot be reached from this network"
        case http.client.IncompleteRead():
            return "the answer was cut off"
        case http.client.HTTPException():
            return "what answered does not speak HTTP"
        case OSError():
            return f"the connection failed ({error.strerror or type(error).__name__})"
    return str(error)

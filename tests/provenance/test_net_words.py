"""Is every failure of a network told in words, and never by a number of the system's alone?"""

from __future__ import annotations

import errno
import http.client
import socket
import ssl

import pytest

from provenance.net.words import in_words, status_in_words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "the host is not known"),
        (TimeoutError("timed out"), "the host did not answer in time"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "the host refuses the connection"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), "broke the connection off"),
        (http.client.RemoteDisconnected("closed"), "broke the connection off"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "cannot be reached from this network"),
        (ssl.SSLError(1, "wrong version number"), "no secure connection could be made"),
        (http.client.IncompleteRead(b""), "the answer was cut off"),
        (http.client.BadStatusLine("x"), "does not speak HTTP"),
        (OSError(errno.EPERM, "Operation not permitted"), "the connection failed (Operation not permitted)"),
        ("redirected away from HTTPS", "redirected away from HTTPS"),
    ],
)
def test_an_error_is_told_in_words(error: object, words: str) -> None:
    told = in_words(error)
    assert words in told
    assert "Errno" not in told


def test_a_certificate_that_does_not_hold_says_why() -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "certificate has expired"
    assert in_words(error).endswith("(certificate has expired)")


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "nothing at that address"), (429, "too often"), (503, "a fault of its own"), (418, "the host refused")],
)
def test_a_status_is_told_in_words_with_its_number(status: int, words: str) -> None:
    told = status_in_words(status)
    assert words in told
    assert told.endswith(f"(HTTP status {status})")

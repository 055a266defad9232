"""Is one client enough for whatever is asked over the network, and does it go through a proxy only where it may?"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from provenance.credentials.signing import time_stamping
from provenance.credentials.trust import fetch
from provenance.net import online
from provenance.net.client import Failure, NetError, Rules, ask, host_of
from tests.support import authority as made
from tests.support.https_server import running

ROOT = made.make_root()


class Answers(BaseHTTPRequestHandler):
    """Says what it was asked."""

    def do_GET(self) -> None:
        body = self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with running(Answers, root=ROOT, folder=tmp_path_factory.mktemp("tls")) as number:
        yield number


def rules(**options: Any) -> Rules:
    usual: dict[str, Any] = {"limit": 1000, "seconds": 3, "idle": 2}
    return Rules(**usual | {"context": ssl.create_default_context(cadata=ROOT.pem)} | options)


@contextmanager
def tunnelling(reply: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A proxy that takes one CONNECT (RFC 9110, section 9.3.6), answers it so, and hands on where that is a success."""
    heads: list[bytes] = []

    def pump(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(65_536):
                other.sendall(piece)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        try:
            caller, _ = listening.accept()
        except OSError:
            return
        caller.settimeout(5)
        with caller:
            heads.append(caller.recv(65_536))
            caller.sendall(reply)
            if b" 200 " not in reply:
                return
            place = heads[0].split()[1].decode()
            with socket.create_connection(("127.0.0.1", int(place.rpartition(":")[2]))) as there:
                back = threading.Thread(target=pump, args=(there, caller))
                back.start()
                pump(caller, there)
                back.join()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1], heads
        finally:
            thread.join()


def test_an_answer_tells_who_gave_it_and_of_which_type_it_is(port: int) -> None:
    found = ask(f"https://127.0.0.1:{port}/a%20b?c=d", rules())
    assert (found.content, found.media_type, host_of(found.url)) == (b"/a%20b?c=d", "text/plain", "127.0.0.1")


def test_https_goes_through_a_proxy_in_a_tunnel_that_ends_at_the_host(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")
    with tunnelling(b"HTTP/1.1 200 OK\r\n\r\n") as (proxy, heads):
        found = ask(f"https://127.0.0.1:{port}/x", rules(proxies={"https": f"http://one:w%40rd@127.0.0.1:{proxy}"}))
    assert found.content == b"/x"
    assert heads[0].startswith(f"CONNECT 127.0.0.1:{port} HTTP/1.".encode())
    assert b"Proxy-Authorization: Basic b25lOndAcmQ=\r\n" in heads[0]


def test_a_proxy_that_refuses_is_no_answer(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")
    with tunnelling(b"HTTP/1.1 403 No\r\n\r\n") as (proxy, _), pytest.raises(NetError) as caught:
        ask(f"https://127.0.0.1:{port}/x", rules(proxies={"https": f"127.0.0.1:{proxy}"}))
    assert caught.value.failure is Failure.IDENTITY


def test_a_host_that_the_user_exempts_is_asked_without_the_proxy(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert ask(f"https://127.0.0.1:{port}/x", rules(proxies={"https": "http://127.0.0.1:9"})).content == b"/x"


def test_where_addresses_are_judged_no_proxy_comes_between(port: int) -> None:
    judged = rules(
        proxies={"https": "http://127.0.0.1:9"}, public=lambda _: True, resolver=lambda host, number: ["127.0.0.1"]
    )
    assert ask(f"https://127.0.0.1:{port}/x", judged).content == b"/x"


@pytest.mark.parametrize("address", ["https://a/\x7f", "https://a:0/", "https://a\\@b/", "https://@a/"])
def test_what_two_readers_may_take_for_two_hosts_is_not_asked(address: str) -> None:
    with pytest.raises(NetError) as caught:
        ask(address, rules(resolver=lambda host, number: ["8.8.8.8"], public=lambda _: False))
    assert caught.value.failure in (Failure.ADDRESS, Failure.NOT_PUBLIC)


@pytest.mark.parametrize("failure", list(Failure))
def test_each_failure_has_words_wherever_something_is_asked(failure: Failure, tmp_path: Path) -> None:
    error = NetError(failure, status=302, cause=OSError(5, "broken"), detail="10 of 20 bytes")
    assert online._in_words(error, 5)
    assert fetch._why(error, "https://host.example/list", rules())
    assert time_stamping._why(error, rules())

"""Is nothing asked for over the network but what may be, at the address that was judged, within bounds?"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar

import pytest

from provenance.net import client, online
from provenance.net.online import MAX_ANSWER, Online, is_public
from tests.support import authority as made
from tests.support.effort import PATIENCE, ends
from tests.support.https_server import running

ROOT = made.make_root()
HOST = "store.example"
CONTENT = b"a manifest store"


class Answers(BaseHTTPRequestHandler):
    """Each path is another habit of a server."""

    asked: ClassVar[list[tuple[str, str, bytes]]] = []

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer by the path's first part."""
        self.asked.append((self.command, self.path, b""))
        getattr(self, "at_" + self.path.strip("/").partition("?")[0].replace("-", "_"), self.at_missing)()

    def do_POST(self) -> None:
        """Give back what was sent."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.headers["Content-Type"], self.path, body))
        if self.path == "/moved":
            self.at_moved()
        else:
            self.give(b"to " + body)

    def give(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def at_store(self) -> None:
        self.give(CONTENT)

    def at_missing(self) -> None:
        self.give(b"nothing", 404)

    def at_moved(self) -> None:
        self.give(b"", 302, Location="/store")

    def at_to_http(self) -> None:
        self.give(b"", 302, Location=f"http://{HOST}/store")

    def at_to_file(self) -> None:
        self.give(b"", 302, Location="file:///etc/hostname")

    def at_to_private(self) -> None:
        self.give(b"", 302, Location="https://inside.example/store")

    def at_loop(self) -> None:
        self.give(b"", 302, Location=f"/loop?{len(self.asked)}")

    def at_short(self) -> None:
        self.give(b"x" * 10, Content_Length="1000")

    def at_announced(self) -> None:
        self.give(b"", Content_Length="99999999999999999999999999")

    def at_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            while True:
                self.wfile.write(b"x" * 65536)

    def at_trickle(self) -> None:
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            for _ in range(3000):
                self.wfile.write(b"x")
                time.sleep(0.05)

    def at_silent(self) -> None:
        self.connection.settimeout(2 * PATIENCE)
        with suppress(OSError):
            self.connection.recv(1)  # until nobody waits any more

    def at_junk(self) -> None:
        self.wfile.write(b"\0\xff" * 100)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with running(Answers, root=ROOT, folder=tmp_path_factory.mktemp("tls"), host=HOST) as number:
        yield number


ADDRESSES = {HOST: ["127.0.0.1"], "inside.example": ["10.0.0.7"], "other.example": ["127.0.0.1"]}


def resolve(host: str, port: int) -> Sequence[str]:
    """As a name server would: only these names are known."""
    if host not in ADDRESSES:
        raise OSError(host)
    return ADDRESSES[host]


def allowed(port: int, **options: Any) -> Online:
    """Leave to ask this machine's server under its name."""
    return Online(
        **{
            "resolver": resolve,
            "public": lambda address: address == "127.0.0.1",
            "ports": {"https": port, "http": port},
            "context": ssl.create_default_context(cadata=ROOT.pem),
            "seconds": 1.0,
        }
        | options
    )


def test_a_store_is_fetched_over_https_and_its_host_is_kept(port: int) -> None:
    found = allowed(port).manifest(f"https://{HOST}/store")
    assert found.content == CONTENT
    assert (found.contact.host, found.contact.purpose, found.contact.outcome) == (HOST, "manifest", "answered")
    assert len(found.contact.sha256) == 64


def test_no_proxy_of_the_environment_is_asked(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        for scheme in ("http", "https", "all"):
            for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper()):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        assert allowed(port).manifest(f"https://{HOST}/store").content == CONTENT
        proxy.settimeout(0)
        with pytest.raises(BlockingIOError):
            proxy.accept()


def test_a_redirect_within_the_rules_is_followed(port: int) -> None:
    assert allowed(port).manifest(f"https://{HOST}/moved").content == CONTENT


def test_equal_requests_are_made_once(port: int) -> None:
    leave, before = allowed(port), len(Answers.asked)
    assert leave.manifest(f"https://{HOST}/store") is leave.manifest(f"https://{HOST}/store")
    assert len(Answers.asked) == before + 1


def test_a_revocation_request_is_posted_as_the_rfc_has_it(port: int) -> None:
    assert allowed(port).revocation(f"https://{HOST}/ocsp", b"question").content == b"to question"
    assert Answers.asked[-1] == ("application/ocsp-request", "/ocsp", b"question")


def test_revocation_may_be_asked_over_http_and_a_store_may_not(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running(Answers, root=None, folder=tmp_path_factory.mktemp("plain")) as port:
        assert allowed(port).revocation(f"http://{HOST}/ocsp", b"q").content == b"to q"
        refused = allowed(port).manifest(f"http://{HOST}/store")
    assert (refused.content, refused.contact.outcome) == (None, "the address is not HTTPS")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("missing", "HTTP status 404"),
        ("to-http", "not HTTPS"),
        ("to-file", "not HTTPS"),
        ("to-private", "not on the public internet"),
        ("loop", "from one address to the next"),
        ("short", "cut off|connection failed"),
        ("announced", "more than"),
        ("trickle", "took too long|connection failed"),
        ("silent", "took too long|connection failed"),
        ("junk", "connection failed|could not be read"),
    ],
)
def test_a_server_that_misbehaves_gives_nothing_and_costs_little(path: str, why: str, port: int) -> None:
    with ends():
        found = allowed(port).manifest(f"https://{HOST}/{path}")
    assert found.content is None
    assert re.search(why, found.contact.outcome), found.contact.outcome


def test_no_more_bytes_are_taken_than_the_limit(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(online, "MAX_STORE", 100_000)
    found = allowed(port, seconds=5.0).manifest(f"https://{HOST}/endless")
    assert (found.content, found.contact.outcome) == (None, "the answer has more than 100000 bytes")
    assert MAX_ANSWER < online.MAX_STORE


def test_a_redirect_of_a_revocation_request_is_not_followed(port: int) -> None:
    assert allowed(port).revocation(f"https://{HOST}/moved", b"q").contact.outcome == "it was sent elsewhere"


def test_a_server_that_is_not_the_one_named_is_refused(port: int) -> None:
    why = "the host could not show that it is the one that was named"
    assert allowed(port).manifest("https://other.example/store").contact.outcome == why
    assert allowed(port, context=None).manifest(f"https://{HOST}/store").contact.outcome == why


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("https://unknown.example/", "the host is not known"),
        ("https://inside.example/", "the host is not on the public internet"),
        ("ftp://store.example/x", "the address is not HTTPS"),
        ("file:///etc/passwd", "the address is not HTTPS"),
        ("store.example/x", "the address is not HTTPS"),
        ("https://user:word@store.example/", "the address is not one"),
        ("https://store.example:22/", "the address names an unusual port"),
        ("https://store.example:99999/", "the address is not one"),
        ("https://store.example/a b", "the address is not one"),
        ("https://store.example/a\r\nX: y", "the address is not one"),
        ("https://störe.example/", "the address is not one"),
        ("https:///x", "the address is not one"),
        ("https://[::1/", "the address is not one"),
        ("https://" + "a" * 3000, "the address is not one"),
        ("", "the address is not HTTPS"),
    ],
)
def test_an_address_that_may_not_be_asked_is_not(address: str, why: str, port: int) -> None:
    before = len(Answers.asked)
    found = allowed(port).manifest(address)
    assert (found.content, found.contact.outcome) == (None, why)
    assert len(Answers.asked) == before


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    leave = Online(resolver=lambda host, port: ["8.8.8.8", "192.168.0.1"])
    assert leave.manifest("https://two.example/").contact.outcome == "the host is not on the public internet"


def test_the_address_that_was_judged_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], timeout: float) -> Any:
        connected.append(address)
        raise OSError

    monkeypatch.setattr(client.socket, "create_connection", connect)
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    leave = Online(resolver=lambda host, port: next(answers))
    assert leave.manifest("https://rebound.example/").contact.outcome == "the host could not be reached"
    assert connected == [("8.8.8.8", 443)]


def test_a_run_asks_only_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(online, "MAX_REQUESTS", 2)
    leave = Online(resolver=resolve)
    outcomes = [leave.manifest(f"https://unknown.example/{n}").contact.outcome for n in range(3)]
    assert outcomes == ["the host is not known", "the host is not known", "more than 2 requests in one run"]


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "1.1.1.1", "192.0.1.1", "198.17.255.255", "198.20.0.0", "223.255.255.255", "172.32.0.1"),
        *("2606:4700::1111", "2a00::1", "2001:200::1", "2001:4860::8888", "3ffe:ffff::1", "::ffff:8.8.8.8"),
        "64:ff9b::808:808",
    ],
)
def test_public_addresses_may_be_asked(address: str) -> None:
    assert is_public(address)


INNER = (
    *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::1"),
    *("localhost", "1.2.3", "x", "", "127.1", "0x7f.0.0.1", "2130706433", "8.8.8.8/32", "[::1]", "２.2.2.2"),
    # One of each network that is for something else, first and last.
    *("0.255.255.255", "100.127.255.255", "192.0.0.1", "192.0.0.255", "192.88.99.1", "198.18.0.0", "198.19.255.255"),
    *("198.51.100.7", "203.0.113.7", "239.255.255.255", "240.0.0.1", "127.255.255.255", "169.254.0.1"),
    *("64:ff9b:1::", "64:ff9b:1:ffff::1", "64:ff9b:1::808:808", "fec0::1", "feff:ffff::1", "febf::1", "fdff::1"),
    *("::7f00:1", "::8.8.8.8", "::ffff:0:8.8.8.8", "::ffff:0:7f00:1", "3fff::1", "3fff:fff::1", "5f00::1", "100::1"),
    *("2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:20::1", "2001:1ff:ffff::1"),
    *("2001:db8::1", "2002:808:808::1", "2002:a00:1::", "4000::1", "1fff::1", "8.8.8.8%1", "2606:4700::1111%eth0"),
    *("::ffff:10.0.0.1", "::ffff:198.18.0.1", "::ffff:224.0.0.1", "64:ff9b::a00:1", "64:ff9b::c0a8:101"),
    *("64:ff9b::a9fe:a9fe", "64:ff9b::c612:1", "64:ff9b::e000:1", "64:ff9b::1:0:0", "ff0e::1", "ff05::1"),
)


@pytest.mark.parametrize("address", INNER)
def test_addresses_of_inner_networks_may_not(address: str) -> None:
    assert not is_public(address)

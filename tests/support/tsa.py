"""How do tests get a time-stamping authority that answers over HTTP on this machine, rightly or in any wrong way?"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from asn1crypto import cms, tsp

from tests.support.authority import Identity
from tests.support.media.crafting import stamper

REPLY: Final = "application/timestamp-reply"


class Authority:
    """What the server does with the next request, and what it was asked."""

    def __init__(self, identity: Identity, at: dt.datetime) -> None:
        self.identity = identity
        self.at = at
        self.url = ""
        self.how = "right"
        """`right`, `error`, `redirect`, `type`, `huge`, `slow`, `drip`, `junk`, `refused`, `others`, `nonce`."""
        self.only = 0
        """How many requests are answered before it fails; 0 for all."""
        self.asked: list[tuple[str, dict[str, str], bytes]] = []

    def answer(self, request: bytes) -> bytes:
        """A TimeStampResp."""
        if self.how == "refused":
            return bytes.fromhex("30053003020102")  # PKIStatus 2, and no token: asn1crypto does not write that
        asked = tsp.TimeStampReq.load(request)
        imprint = asked["message_imprint"]["hashed_message"].native
        nonce = asked["nonce"].native
        wrong = bytes(len(imprint)) if self.how == "others" else imprint
        token = stamper(self.identity, self.at, imprint=wrong, nonce=7 if self.how == "nonce" else nonce)(b"")
        granted = {"status": {"status": "granted"}, "time_stamp_token": cms.ContentInfo.load(token)}
        return bytes(tsp.TimeStampResp(granted).dump())


def _handler(authority: Authority) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            authority.asked.append((self.path, dict(self.headers), request))
            if authority.how == "error" or 0 < authority.only < len(authority.asked):
                self.send_error(503)
            elif authority.how == "redirect":
                self.send_response(307)
                self.send_header("Location", authority.url + "/elsewhere")
                self.end_headers()
            elif authority.how == "slow":
                self.rfile.read(1)  # until nobody waits any more
            elif authority.how == "drip":
                self.send_response(200)
                self.send_header("Content-Type", REPLY)
                self.end_headers()
                for _ in range(1500):
                    self.wfile.write(b"0")
                    self.wfile.flush()
                    time.sleep(0.1)
            else:
                junk = {"junk": b"no answer", "huge": bytes(10_000_000)}.get(authority.how)
                self._reply(authority.answer(request) if junk is None else junk)

        def do_GET(self) -> None:
            authority.asked.append((self.path, dict(self.headers), b""))
            self.send_error(404)

        def _reply(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html" if authority.how == "type" else REPLY)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are part of the tests."""


@contextmanager
def serving(identity: Identity, at: dt.datetime) -> Iterator[Authority]:
    """A time-stamping authority on this machine; its `url` is where it answers."""
    authority = Authority(identity, at)
    with _Server(("127.0.0.1", 0), _handler(authority)) as server:
        authority.url = f"http://127.0.0.1:{server.server_port}/stamp"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield authority
        finally:
            server.shutdown()
            thread.join()

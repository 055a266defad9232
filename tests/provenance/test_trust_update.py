"""Does an update take what its publisher published and nothing else, over HTTPS and within bounds?"""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from provenance.credentials.trust.fetch import fetch_https
from provenance.credentials.trust.folder import TrustFolder
from provenance.credentials.trust.lists import (
    Label,
    ListKind,
    TrustListDataError,
    TrustListError,
    TrustListFetchError,
    TrustListOlderError,
    TrustLists,
)
from provenance.credentials.trust.update import FROZEN, INTERIM, OFFICIAL, Change, Publication, update
from tests.support import authority as made
from tests.support.effort import ends
from tests.support.https_server import running
from tests.support.lists import lote, product, products_list

AT = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
ROOT = made.make_root()
OTHER = made.make_root("Other Authority")
LEAF = made.make_signer(ROOT)

PUBLISHED = {
    "c2pa": lote(ROOT),
    "c2pa-tsa": lote(OTHER, scheme="C2PA TSA Trust List"),
    "c2pa-products": products_list(product()),
    "interim": OTHER.pem.encode(),
    "interim-allowed": LEAF.pem.encode(),
}
ADDRESSES = {publication.url: publication.name for publication in (*OFFICIAL, *INTERIM)}


def serve(**changed: bytes | TrustListError) -> Callable[[str], bytes]:
    """A fetch that answers from memory."""
    table = PUBLISHED | {name.replace("_", "-"): data for name, data in changed.items()}

    def fetch(url: str) -> bytes:
        answer = table[ADDRESSES[url]]
        if isinstance(answer, TrustListError):
            raise answer
        return answer

    return fetch


def run(home: Path, fetch: Callable[[str], bytes], **options: Any) -> dict[str, Change | TrustListError]:
    results = update(TrustFolder(home), (*OFFICIAL, *INTERIM), at=AT, fetch=fetch, **options)
    return {publication.name: result for publication, result in results}


def test_takes_every_official_list_with_its_kind_label_and_day(tmp_path: Path) -> None:
    assert all(isinstance(result, Change) and result.is_new for result in run(tmp_path, serve()).values())
    store = TrustLists.load(tmp_path)
    assert [(item.name, item.kind, item.label, item.dated) for item in store.lists] == [
        ("c2pa", ListKind.SIGNER, Label.OFFICIAL, dt.date(2026, 8, 5)),
        ("c2pa-tsa", ListKind.TSA, Label.OFFICIAL, dt.date(2026, 8, 5)),
        ("interim", ListKind.SIGNER, Label.INTERIM, FROZEN),
        ("interim-allowed", ListKind.SIGNER, Label.INTERIM, FROZEN),
    ]
    assert {item.confirmed for item in store.lists} == {AT.date()}
    assert [(kept.name, kept.dated) for kept in store.configurations] == [("c2pa-products", dt.date(2026, 8, 20))]
    again = run(tmp_path, serve())
    assert not any(isinstance(result, Change) and result.is_new for result in again.values())


def test_every_publisher_is_asked_over_https() -> None:
    assert all(publication.url.startswith("https://") for publication in (*OFFICIAL, *INTERIM))
    assert len(ADDRESSES) == 5


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (b"", TrustListDataError),
        (b"<html>gateway time-out</html>", TrustListDataError),
        (lote(withdrawn=[ROOT]), TrustListDataError),
        (lote(OTHER)[:-40], TrustListDataError),
        (lote(OTHER, scheme="C2PA TSA Trust List"), TrustListDataError),
        (products_list(), TrustListDataError),
        (lote(OTHER, issued="2026-08-04T00:00:00Z"), TrustListOlderError),
        (OTHER.pem.encode(), TrustListOlderError),
        (TrustListFetchError("no connection"), TrustListFetchError),
    ],
)
def test_what_does_not_hold_leaves_the_old_list_and_the_others_go_on(
    bad: bytes | TrustListError, expected: type[TrustListError], tmp_path: Path
) -> None:
    run(tmp_path, serve())
    before = TrustLists.load(tmp_path)
    newer = lote(ROOT, OTHER, scheme="C2PA TSA Trust List", issued="2026-10-01T00:00:00Z")
    results = run(tmp_path, serve(c2pa=bad, c2pa_tsa=newer))
    assert isinstance(results["c2pa"], expected)
    after = TrustLists.load(tmp_path)
    assert after.lists[0] == before.lists[0]
    assert after.lists[1].certificates == (ROOT.der, OTHER.der)


def test_an_older_list_is_taken_only_where_that_is_asked_for(tmp_path: Path) -> None:
    run(tmp_path, serve())
    older = lote(OTHER, issued="2026-07-01T00:00:00Z")
    assert isinstance(run(tmp_path, serve(c2pa=older))["c2pa"], TrustListOlderError)
    assert isinstance(run(tmp_path, serve(c2pa=older), force=True)["c2pa"], Change)
    assert TrustLists.load(tmp_path).lists[0].certificates == (OTHER.der,)


def test_does_not_take_over_a_list_of_the_reader_s_own(tmp_path: Path) -> None:
    run(tmp_path, serve())
    mine = Publication(name="c2pa", url=OFFICIAL[0].url, label=Label.YOURS, kind=ListKind.SIGNER)
    ((_, result),) = update(TrustFolder(tmp_path), [mine], at=AT, fetch=serve())
    assert isinstance(result, TrustListDataError)


# The download itself, against a server of our own with a certificate of our own.


class Answers(BaseHTTPRequestHandler):
    """One path for each thing that a server can do."""

    def do_GET(self) -> None:
        getattr(self, "do_" + self.path.strip("/").partition("?")[0])()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def _send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_list(self) -> None:
        self._send(200, lote(ROOT))

    def do_missing(self) -> None:
        self._send(404, b"no such list")

    def do_moved(self) -> None:
        self._send(302, Location="/list")

    def do_loop(self) -> None:
        self._send(302, Location=f"/loop?{time.monotonic_ns()}")

    def do_downgrade(self) -> None:
        self._send(302, Location=f"http://127.0.0.1:{self.server.server_address[1]}/list")

    def do_local(self) -> None:
        self._send(302, Location="file:///etc/hostname")

    def do_short(self) -> None:
        self._send(200, b"x" * 10, **{"Content-Length": "1000"})

    def do_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * 65536)
        except OSError:
            pass

    def do_trickle(self) -> None:
        # Never silent for long, never done: a limit on silence alone would wait for ever.
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            for _ in range(3000):
                self.wfile.write(b"x")
                time.sleep(0.05)
        except OSError:
            pass


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(Answers, root=ROOT, folder=tmp_path_factory.mktemp("tls")) as port:
        yield f"https://127.0.0.1:{port}"


@pytest.fixture
def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cadata=ROOT.pem)


def test_downloads_over_https(server: str, trusting: ssl.SSLContext) -> None:
    assert fetch_https(f"{server}/list", context=trusting) == lote(ROOT)


def test_refuses_a_server_that_nobody_vouches_for(server: str) -> None:
    with pytest.raises(TrustListFetchError, match="could not show that it is the one that was named"):
        fetch_https(f"{server}/list")


def test_follows_a_redirect_within_https(server: str, trusting: ssl.SSLContext) -> None:
    assert fetch_https(f"{server}/moved", context=trusting) == lote(ROOT)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("downgrade", "redirected away from HTTPS"),
        ("local", "redirected away from HTTPS|HTTP status 302"),
        ("loop", "HTTP status 302"),
        ("missing", "HTTP status 404"),
        ("short", "cut off|IncompleteRead"),
    ],
)
def test_refuses_what_a_server_should_not_do(path: str, words: str, server: str, trusting: ssl.SSLContext) -> None:
    with pytest.raises(TrustListFetchError, match=words):
        fetch_https(f"{server}/{path}", context=trusting)


PROXIES = [f"{scheme}_proxy" for scheme in ("http", "https", "all", "HTTP", "HTTPS", "ALL")]


def test_no_proxy_of_the_environment_is_asked(
    server: str, trusting: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        for name in PROXIES:
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.setenv("no_proxy", "")
        assert fetch_https(f"{server}/list", context=trusting) == lote(ROOT)
        with pytest.raises(TrustListFetchError, match="the proxy that the environment names is not used"):
            fetch_https("https://127.0.0.1:9/list", context=trusting)
        proxy.settimeout(0)
        with pytest.raises(BlockingIOError):
            proxy.accept()


def test_a_failure_speaks_of_no_proxy_where_there_is_none(
    trusting: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with pytest.raises(TrustListFetchError) as failed:
        fetch_https("https://127.0.0.1:9/list", context=trusting)
    assert "proxy" not in str(failed.value)


def test_stops_at_the_limit_of_bytes(server: str, trusting: ssl.SSLContext) -> None:
    with pytest.raises(TrustListFetchError, match="more than 100000 bytes"):
        fetch_https(f"{server}/endless", context=trusting, limit=100_000)


def test_stops_at_the_limit_of_time_also_for_a_server_that_keeps_talking(server: str, trusting: ssl.SSLContext) -> None:
    with ends(), pytest.raises(TrustListFetchError, match=r"not done after 0\.5 seconds"):
        fetch_https(f"{server}/trickle", context=trusting, seconds=0.5)


@pytest.mark.parametrize("scheme", ["http", "ftp", "file", "data"])
def test_knows_no_other_scheme_than_https(scheme: str, tmp_path: Path) -> None:
    (tmp_path / "list.pem").write_text(ROOT.pem)
    address = {"file": f"file://{tmp_path}/list.pem", "data": "data:text/plain,x"}.get(
        scheme, f"{scheme}://127.0.0.1:9/"
    )
    with pytest.raises(TrustListFetchError, match="only addresses that begin with https"):
        fetch_https(address)


def test_an_update_over_the_wire_is_kept(server: str, trusting: ssl.SSLContext, tmp_path: Path) -> None:
    here = Publication(name="c2pa", url=f"{server}/list", label=Label.OFFICIAL, kind=ListKind.SIGNER)
    folder = TrustFolder(tmp_path)
    ((_, result),) = update(folder, [here], at=AT, fetch=lambda url: fetch_https(url, context=trusting))
    assert isinstance(result, Change)
    assert TrustLists.load(tmp_path).lists[0].certificates == (ROOT.der,)

"""What can a hostile page, client or file do to the service? Each attempt, and that nothing comes of it."""

from __future__ import annotations

import http.client
import os
import random
import socket
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import command
from tests.vouchmark.service.server import Server, multipart, needs_service, running, wait_for

pytestmark = needs_service
MEDIA: Final = command.media()
MIB: Final = 1024 * 1024
CONFIG: Final = """
[server]
rate = 1000000
hosts = ["vouch.example"]
proxies = ["127.0.0.1"]
max_size = 4
idle = 1.0
upload_limit = 4.0
uploads = 16
workers = 1
waiting = 8
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("attacked")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with running(folder, CONFIG) as found:
        yield found


def pieces(folder: Path) -> list[Path]:
    return [path for spool in folder.glob("vouchmark-spool-*") for path in spool.iterdir() if path.name != ".lock"]


ROUTES: Final = ("/", "/v1/version", "/v1/policies", "/v1/lists", "/metrics", "/livez", "/readyz", "/openapi.json")


class TestOtherPages:
    @pytest.mark.parametrize("path", ROUTES)
    @pytest.mark.parametrize("host", ["attacker.example", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.attacker.example", ""])
    def test_a_name_that_was_rebound_gets_nothing(self, server: Server, path: str, host: str) -> None:
        told = server.ask("GET", path, host=host.replace(":1", ":1"))
        assert (told.status, told.problem) == (403, "foreign")

    def test_the_names_that_were_given_are_taken_and_no_other_spelling(self, server: Server) -> None:
        assert server.ask("GET", "/livez", host="vouch.example").status == 200
        assert server.ask("GET", "/livez", host=f"localhost:{server.port}").status == 200
        for host in ("vouch.example.", "vouch.example:80", "x@vouch.example", "vouch.example,vouch.example"):
            assert server.ask("GET", "/livez", host=host).problem == "foreign", host

    @pytest.mark.parametrize("path", ROUTES)
    @pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
    def test_a_page_of_another_site_gets_nothing(self, server: Server, path: str, site: str) -> None:
        assert server.get(path, Sec_Fetch_Site=site).problem == "foreign"

    @pytest.mark.parametrize(
        "origin", ["https://attacker.example", "null", "http://127.0.0.1:1", "http://localhost", ""]
    )
    def test_nor_does_another_origin_on_any_method(self, server: Server, origin: str) -> None:
        for method, path in (
            ("GET", "/v1/version"),
            ("POST", "/v1/check"),
            ("POST", "/v1/challenges"),
            ("OPTIONS", "/v1/check"),
        ):
            told = server.ask(method, path, body=b"x" if method == "POST" else None, headers=[("Origin", origin)])
            assert told.problem == "foreign", (method, path)
            assert "access-control-allow-origin" not in told.headers

    def test_its_own_origin_with_port_and_scheme_is_taken(self, server: Server) -> None:
        own = f"http://127.0.0.1:{server.port}"
        assert server.get("/v1/version", Origin=own, Sec_Fetch_Site="same-origin").status == 200
        assert server.get("/v1/version", Origin=own.replace("http:", "https:")).problem == "foreign"
        behind = {"Origin": "https://vouch.example", "X_Forwarded_Proto": "https"}
        headers = [(name.replace("_", "-"), value) for name, value in behind.items()]
        assert server.ask("GET", "/v1/version", host="vouch.example", headers=headers).status == 200

    def test_a_form_that_another_page_posts_is_refused_before_its_body_is_read(self, server: Server) -> None:
        boundary, body = multipart(("file", "a.jpg", MEDIA["plain.jpg"]))
        headers = [
            ("Content-Type", f"multipart/form-data; boundary={boundary}"),
            ("Origin", "https://attacker.example"),
            ("Sec-Fetch-Site", "cross-site"),
        ]
        assert server.ask("POST", "/v1/check", body=body, headers=headers).problem == "foreign"

    @pytest.mark.parametrize("name", ["Host", "Origin", "Sec-Fetch-Site"])
    def test_a_header_that_stands_there_twice_is_no_way_around(self, server: Server, name: str) -> None:
        value = {"Host": f"127.0.0.1:{server.port}", "Origin": f"http://127.0.0.1:{server.port}"}.get(name, "none")
        headers = [(name, value)] if name == "Host" else [(name, value), (name, value)]
        assert server.ask("GET", "/livez", headers=headers).status in (400, 403)

    def test_a_post_that_a_browser_calls_typed_is_refused(self, server: Server) -> None:
        assert server.check(b"x", Sec_Fetch_Site="none").problem == "foreign"


class TestProxies:
    def test_who_called_is_what_the_last_unnamed_hop_was(self, tmp_path: Path) -> None:
        config = '[server]\nrate = 6\nproxies = ["127.0.0.1"]\n'
        with running(tmp_path, config) as server:

            def ask(forwarded: str) -> int:
                return server.get("/v1/version", X_Forwarded_For=forwarded).status

            assert ask("203.0.113.5") == 200
            # What a caller writes before its own address changes nobody's count.
            assert [ask(f"198.51.100.{n}, 203.0.113.5") for n in range(3)] == [429] * 3
            assert ask("203.0.113.6") == 200
            assert server.get("/v1/version", X_Forwarded_For="no address").problem == "malformed"

    def test_nobody_else_is_believed(self, tmp_path: Path) -> None:
        with running(tmp_path, "[server]\nrate = 6\n") as server:
            told = [server.get("/v1/version", X_Forwarded_For=f"203.0.113.{n}").status for n in range(4)]
            assert told == [200, 429, 429, 429]


class TestBodies:
    def test_one_that_says_that_it_is_too_large_is_not_read(self, server: Server) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.putrequest("POST", "/v1/check")
        connection.putheader("Content-Length", str(10**12))
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == 413
        connection.close()

    def test_one_that_does_not_say_is_cut_at_the_limit_and_never_in_memory(self, server: Server, folder: Path) -> None:
        before = server.memory()

        def endless() -> Iterator[bytes]:
            for _ in range(256):
                yield bytes(MIB)

        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        try:
            connection.request(
                "POST", "/v1/check", endless(), {"Content-Type": "application/octet-stream"}, encode_chunked=True
            )
            status = connection.getresponse().status
        except (BrokenPipeError, ConnectionResetError):
            status = 413
        finally:
            connection.close()
        assert status == 413
        assert server.memory() - before < 16 * MIB
        wait_for(lambda: not pieces(folder), what="a piece was left")

    def test_one_within_the_limit_is_on_the_disk_and_not_in_memory_while_it_comes(
        self, server: Server, folder: Path
    ) -> None:
        before = server.memory()
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            head = f"POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: image/jpeg\r\n"
            connection.sendall(f"{head}Content-Length: {4 * MIB}\r\n\r\n".encode() + bytes(3 * MIB))
            wait_for(lambda: sum(path.stat().st_size for path in pieces(folder)) == 3 * MIB, what="it is not there")
            (piece,) = pieces(folder)
            assert stat.S_IMODE(piece.stat().st_mode) == 0o600
            assert stat.S_IMODE(piece.parent.stat().st_mode) == 0o700
            assert server.memory() - before < 8 * MIB
        wait_for(lambda: not pieces(folder), what="a cut upload was left")

    def test_what_was_answered_is_gone(self, server: Server, folder: Path) -> None:
        for _ in range(3):
            assert server.send(("file", "a.jpg", MEDIA["signed.jpg"]), ("vouch", "v", b"x")).status == 200
        assert pieces(folder) == []

    def test_one_that_stands_still_or_drips_is_given_up(self, server: Server) -> None:
        head = f"POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: 1000\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            connection.sendall(head + b"x")
            assert b" 408 " in connection.recv(65536)
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            connection.sendall(head)
            connection.settimeout(0.3)
            said, begun = b"", time.monotonic()
            while not said and time.monotonic() - begun < 30:
                connection.sendall(b"x")
                try:
                    said = connection.recv(65536)
                except TimeoutError:
                    continue
            assert b" 408 " in said

    def test_slow_ones_leave_room_for_everybody_else(self, server: Server) -> None:
        head = (
            f"POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nX-Forwarded-For: 203.0.113.9\r\n"
            "Content-Length: 1000\r\n\r\n"
        ).encode()
        crowd = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(12)]
        try:
            for connection in crowd:
                connection.sendall(head)
            assert server.check(MEDIA["plain.jpg"], X_Forwarded_For="203.0.113.10").status == 200
            told = [connection for connection in crowd if b" 429 " in _peek(connection)]
            assert len(told) == 8
        finally:
            for connection in crowd:
                connection.close()

    @pytest.mark.parametrize(
        ("content_type", "body", "problem"),
        [
            ("multipart/form-data", b"x", "malformed"),
            ("multipart/form-data; boundary=", b"x", "malformed"),
            ("multipart/form-data; boundary=x", b"", "malformed"),
            ("multipart/form-data; boundary=x", b"--x--\r\n", "no-file"),
            (
                "multipart/form-data; boundary=x",
                b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc',
                "malformed",
            ),
            ("multipart/form-data; boundary=x", b"--x\r\n\r\nabc\r\n--x--\r\n", "malformed"),
            ("multipart/form-data; boundary=" + "y" * 5000, b"x", "malformed"),
            ("multipart/mixed; boundary=x", b"x", "media-type"),
            ("application/x-www-form-urlencoded", b"file=x", "media-type"),
        ],
    )
    def test_parts_that_cannot_be_told_apart_are_refused(
        self, server: Server, content_type: str, body: bytes, problem: str
    ) -> None:
        told = server.ask("POST", "/v1/check", body=body, headers=[("Content-Type", content_type)])
        assert told.problem == problem

    def test_parts_of_another_name_and_too_many_of_one_are_refused(self, server: Server) -> None:
        assert server.send(("file", "a", b"x"), ("path", "b", b"/etc/passwd")).problem == "malformed"
        assert server.send(("file", "a", b"x"), ("file", "b", b"y")).problem == "malformed"
        assert server.send(("original", "a", b"x")).problem == "no-file"
        assert server.send(("file", "a", b"x"), *[("vouch", str(n), b"") for n in range(1200)]).problem == "malformed"
        assert server.send(("file", "a", b"x"), *[("vouch", str(n), b"") for n in range(300)]).problem == "option"

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def test_bodies_that_were_damaged_get_an_answer_and_never_a_mistake_of_ours(
        self, server: Server, data: Any
    ) -> None:
        boundary, body = multipart(("file", "a.jpg", b"\xff\xd8\xff\xe0abc"), ("manifest", "m", b"x"))
        damaged = bytearray(body)
        for _ in range(data.draw(st.integers(1, 6))):
            place = data.draw(st.integers(0, len(damaged) - 1))
            how = data.draw(st.sampled_from(("flip", "cut", "double")))
            if how == "flip":
                damaged[place] = data.draw(st.integers(0, 255))
            elif how == "cut":
                del damaged[place : place + data.draw(st.integers(1, 20))]
            else:
                damaged[place:place] = damaged[place : place + 20]
            if not damaged:
                break
        headers = [("Content-Type", f"multipart/form-data; boundary={boundary}")]
        told = server.ask("POST", "/v1/check", body=bytes(damaged), headers=headers)
        assert told.status in (200, 400), told
        if told.status == 400:
            assert told.problem in ("malformed", "no-file")

    def test_octets_that_are_no_request_end_nothing(self, server: Server) -> None:
        for seed in range(20):
            noise = random.Random(seed).randbytes(500)
            server.raw(noise + b"\r\n\r\n")
        assert server.get("/livez").status == 200


def _peek(connection: socket.socket) -> bytes:
    connection.settimeout(0.5)
    try:
        return connection.recv(65536, socket.MSG_PEEK)
    except TimeoutError:
        return b""


class TestOverload:
    def test_whoever_comes_when_all_is_full_is_told_later_at_once_and_nothing_is_lost(self, server: Server) -> None:
        told: list[tuple[int, float, str | None]] = []
        lock = threading.Lock()

        def client(number: int) -> None:
            for _ in range(4):
                begun = time.monotonic()
                answer = server.check(MEDIA["signed.jpg"], X_Forwarded_For=f"203.0.113.{number}")
                with lock:
                    told.append((answer.status, time.monotonic() - begun, answer.headers.get("retry-after")))

        threads = [threading.Thread(target=client, args=(number,)) for number in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(told) == 160
        assert {status for status, _, _ in told} <= {200, 503}
        later = [(seconds, retry) for status, seconds, retry in told if status == 503]
        assert later
        assert all(retry is not None and int(retry) >= 1 for _, retry in later)
        assert sum(status == 200 for status, _, _ in told) >= 8
        # Full speed afterwards: nothing of the crowd is in hand any more.
        assert server.check(MEDIA["signed.jpg"]).status == 200

    def test_the_log_names_digests_and_nothing_of_a_file(self, server: Server, folder: Path) -> None:
        secret = "very-secret-name-of-a-source.jpg"
        digest = server.send(("file", secret, MEDIA["generated.jpg"])).json["media"]["sha256"]
        server.check(MEDIA["plain.jpg"], f"?name={secret}")
        wait_for(lambda: f"sha256={digest}" in server.log, what="the digest is not in the log")
        assert secret not in server.log
        assert secret not in (Path(f"/proc/{server.process.pid}/cmdline").read_text())


class TestEnding:
    def test_what_is_in_hand_is_answered_and_then_nobody_is_left(self, tmp_path: Path) -> None:
        with running(tmp_path, "[server]\nworkers = 1\nrate = 100000\n") as server:
            server.check(MEDIA["plain.jpg"])
            children = _children(server.process.pid)
            told: list[int] = []
            threads = [
                threading.Thread(target=lambda: told.append(server.check(MEDIA["signed.jpg"]).status)) for _ in range(4)
            ]
            for thread in threads:
                thread.start()
            wait_for(lambda: pieces(tmp_path), what="nothing came")
            server.process.terminate()
            for thread in threads:
                thread.join()
            assert server.process.wait(60) == 0
            assert set(told) <= {200, 503}
            assert 200 in told
            assert children
            wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), what="a worker was left")
        assert not list(tmp_path.glob("vouchmark-spool-*"))

    def test_what_a_killed_server_left_is_removed_by_the_next(self, tmp_path: Path) -> None:
        with running(tmp_path) as server:
            left = next(iter(tmp_path.glob("vouchmark-spool-*")))
            (left / "00000001").write_bytes(b"a stranger's file")
            server.process.kill()
            server.process.wait()
            assert left.exists()
        with running(tmp_path):
            wait_for(lambda: not left.exists(), what="it lies there still")

    def test_a_hang_up_reads_again_and_ends_nothing(self, tmp_path: Path) -> None:
        with running(tmp_path, "[server]\nreload = 0\n") as server:
            server.process.send_signal(1)
            wait_for(lambda: "were read again" in server.log, what="nothing was read again")
            assert server.get("/readyz").status == 200

    def test_a_worker_that_is_killed_costs_one_file_at_most(self, tmp_path: Path) -> None:
        with running(tmp_path, "[server]\nworkers = 1\nrate = 100000\n") as server:
            server.check(MEDIA["plain.jpg"])
            for pid in _children(server.process.pid):
                os.kill(pid, 9)
            assert server.check(MEDIA["signed.jpg"]).status == 200
            assert server.check(MEDIA["signed.jpg"]).json["values"]["integrity"]["status"] == "pass"


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(one) for path in found for one in path.read_text().split()]

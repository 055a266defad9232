"""How do tests ask a service? One that runs as it does for a platform, in a process of its own, over real HTTP."""

from __future__ import annotations

import http.client
import importlib.util
import json
import os
import signal
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.command import arguments, environment

SECONDS: Final = 60
"""For one answer, on a busy machine."""
NEEDED: Final = ("starlette", "uvicorn", "python_multipart", "prometheus_client")
needs_service: Final = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in NEEDED), reason="the extra [serve] is not installed"
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """One answer."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def problem(self) -> str:
        """The code of a problem, whose form is held here for every test."""
        assert self.headers["content-type"] == "application/problem+json", self
        value = self.json
        assert set(value) == {"type", "title", "status", "detail", "code", "hint"}
        assert value["status"] == self.status
        code: str = value["code"]
        return code


@dataclass(kw_only=True)
class Server:
    """A running service."""

    process: subprocess.Popen[bytes]
    port: int
    said: list[str] = field(default_factory=list)
    """What it wrote to standard error, line by line."""

    @property
    def log(self) -> str:
        return "".join(self.said)

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Sequence[tuple[str, str]] = (),
        host: str | None = None,
    ) -> Told:
        """One request on a connection of its own; headers as they are given, repeated ones too."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", f"127.0.0.1:{self.port}" if host is None else host)
            for name, value in headers:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Told(status=answer.status, headers=told, content=answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Told:
        return self.ask("GET", path, headers=_named(headers))

    def post(self, path: str, value: Any, **headers: str) -> Told:
        told = [("Content-Type", "application/json"), *_named(headers)]
        return self.ask("POST", path, body=json.dumps(value).encode(), headers=told)

    def check(self, data: bytes, query: str = "", **headers: str) -> Told:
        """A raw body."""
        told = [("Content-Type", "application/octet-stream"), *_named(headers)]
        return self.ask("POST", f"/v1/check{query}", body=data, headers=told)

    def send(self, *parts: tuple[str, str, bytes], query: str = "", **headers: str) -> Told:
        """A body in parts: (name, file name, content)."""
        boundary, body = multipart(*parts)
        told = [("Content-Type", f"multipart/form-data; boundary={boundary}"), *_named(headers)]
        return self.ask("POST", f"/v1/check{query}", body=body, headers=told)

    def raw(self, octets: bytes) -> bytes:
        """What comes back for these octets, sent as they are, until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS) as connection:
            connection.sendall(octets)
            connection.shutdown(socket.SHUT_WR)
            found = b""
            while part := connection.recv(65536):
                found += part
            return found

    def memory(self) -> int:
        """Bytes that the server's own process has held at most."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024


def _named(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name.replace("_", "-"), value) for name, value in headers.items()]


def multipart(*parts: tuple[str, str, bytes]) -> tuple[str, bytes]:
    """(boundary, body) of a form."""
    boundary = uuid.uuid4().hex
    body = b""
    for name, file_name, content in parts:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n\r\n'
        body += head.encode("utf-8") + content + b"\r\n"
    return boundary, body + f"--{boundary}--\r\n".encode()


@contextmanager
def running(
    folder: Path, config: str = "", *, words: Sequence[str] = (), env: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A service with that configuration; it has to end in peace, and say no traceback."""
    folder.mkdir(exist_ok=True)
    path = folder / "serve.toml"
    path.write_text(config, encoding="utf-8")
    told = environment(folder / "home", env) | {"TMPDIR": str(folder)}
    process = subprocess.Popen(
        arguments("serve", "--config", path, "--port", "0", *words),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=told,
        cwd=folder,
    )
    server = Server(process=process, port=0)
    try:
        assert process.stderr is not None
        first = process.stderr.readline().decode()
        assert "listening on" in first, first + process.stderr.read().decode()
        server.port = int(first.split(";")[0].rpartition(":")[2])
        listener = threading.Thread(target=_listen, args=(process.stderr, server.said), daemon=True)
        listener.start()
        yield server
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            assert process.wait(SECONDS) == 0
        listener.join(SECONDS)
        assert "Traceback" not in server.log
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def _listen(stream: Any, said: list[str]) -> None:
    for line in stream:
        said.append(line.decode("utf-8", "replace"))


def wait_for(happened: Any, *, what: str) -> None:
    """Wait until something has happened."""
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

"""How do tests use the page as somebody would: a command, its file, a browser, and what is asked past the browser?"""

from __future__ import annotations

import http.client
import importlib.util
import json
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.browser import Browser
from tests.support.command import arguments, environment

SECONDS: Final = 90
NEEDED: Final = ("starlette", "uvicorn", "python_multipart")
needs_app: Final = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in NEEDED), reason="the extra [app] is not installed"
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


@dataclass(kw_only=True)
class Window:
    """A running page."""

    process: subprocess.Popen[bytes]
    port: int
    door: Path
    said: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def code(self) -> str:
        found = re.search(r'name="code" value="([^"]+)"', self.door.read_text(encoding="utf-8"))
        assert found is not None
        return found[1]

    def ask(
        self, method: str, path: str, *, body: bytes | None = None, headers: Sequence[tuple[str, str]] = ()
    ) -> Told:
        """One request past any browser, with exactly these headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            if not any(name.lower() == "host" for name, _ in headers):
                connection.putheader("Host", f"127.0.0.1:{self.port}")
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

    def enter(self, code: str | None = None, **more: str) -> Told:
        """What the file of the command does."""
        headers = {"Origin": "null", "Sec-Fetch-Site": "cross-site", "Content-Type": FORM} | {
            name.replace("_", "-"): value for name, value in more.items()
        }
        body = f"code={self.code if code is None else code}".encode()
        return self.ask("POST", "/enter", body=body, headers=list(headers.items()))

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        return self.process.wait(SECONDS)


FORM: Final = "application/x-www-form-urlencoded"


def token_in(page: bytes) -> str:
    found = re.search(rb'data-token="([^"]*)"', page)
    assert found is not None
    return found[1].decode()


@contextmanager
def window(home: Path) -> Iterator[Window]:
    """A page that waits to be opened."""
    home.mkdir(exist_ok=True)
    env = environment(home) | {"TMPDIR": str(home)}
    process = subprocess.Popen(arguments("app", "--no-browser"), stderr=subprocess.PIPE, env=env, cwd=home)
    assert process.stderr is not None
    try:
        first, second = process.stderr.readline().decode(), process.stderr.readline().decode()
        assert "listening on" in first, first + second
        port = int(first.split(";")[0].rpartition(":")[2])
        yield Window(process=process, port=port, door=Path(second.partition(": ")[2].strip()))
    finally:
        process.terminate()
        process.wait(SECONDS)
        said = process.stderr.read().decode()
        process.stderr.close()
        assert "Traceback" not in said, said


def open_in(chrome: Browser, page: Window, *, width: int = 1280, dark: bool = False) -> None:
    """Start on the command's file, as a browser is started, and wait until the page is there."""
    chrome.open(page.door, width=width, dark=dark)
    wait_in(chrome, "location.protocol === 'http:' && !!document.querySelector('nav:not([hidden])')")
    wait_in(chrome, "document.getElementById('lists').children.length > 0")


def wait_in(chrome: Browser, script: str) -> None:
    """Wait until a script says yes."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            if chrome.run(script):
                return
        except AssertionError:
            pass  # between two pages there is nothing to be asked
        assert time.monotonic() < deadline, script
        time.sleep(0.1)


def choose(chrome: Browser, selector: str, *paths: Path) -> None:
    """Choose files in a field."""
    root = chrome.ask("DOM.getDocument")["root"]["nodeId"]
    node = chrome.ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
    chrome.ask("DOM.setFileInputFiles", nodeId=node, files=[str(path) for path in paths])


def key(chrome: Browser, name: str, code: int, text: str = "") -> None:
    """Press a key."""
    told = {"key": name, "code": name, "windowsVirtualKeyCode": code}
    chrome.ask("Input.dispatchKeyEvent", type="keyDown", **told, **({"text": text} if text else {}))
    chrome.ask("Input.dispatchKeyEvent", type="keyUp", **told)

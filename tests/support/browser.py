"""How do tests look at a page as a browser does? Headless Chromium over a pipe, with every way out closed.

The DevTools protocol over two file descriptors (`--remote-debugging-pipe`): no port, no further package.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SECONDS: Final = 90
"""For one answer of the browser, on a busy machine."""
WAYS_OUT: Final = ("--proxy-server=127.0.0.1:9", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
"""A proxy where nobody listens and no name that resolves: whatever the page tried would fail, and be seen."""

needs_browser: Final = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here to look with")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What happened while a page was open."""

    console: list[str] = field(default_factory=list)
    """Console messages, exceptions and the browser's own complaints, violations of the page's policy among them."""
    requests: list[str] = field(default_factory=list)
    """Addresses that were asked for."""
    stopped: list[str] = field(default_factory=list)
    """Numbers of requests that the page's policy stopped."""


LEFT = "Inspected target navigated or closed"
"""What the browser answers where its page went away during a script."""
LEFT_PAGES = 5


class Browser:
    """One Chromium with one page."""

    def __init__(self, profile: Path, *ways: str) -> None:
        assert CHROMIUM is not None
        (low_read, self._tell), (self._hear, low_write) = os.pipe(), os.pipe()
        # Above the two numbers that Chromium uses, so that neither is overwritten before it is copied.
        told_read, answer_write = (fcntl.fcntl(number, fcntl.F_DUPFD, 10) for number in (low_read, low_write))
        words = (
            "--headless=new",
            "--no-sandbox",
            "--remote-debugging-pipe",
            "--disable-gpu",
            "--no-first-run",
            "--disable-extensions",
        )
        quiet = (
            "--disable-extensions",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        )
        # Chromium listens on 3 and speaks on 4; bash puts the pipes there, without any code between fork and exec.
        places = f'exec "$0" "$@" 3<&{told_read} 4>&{answer_write}'
        self._process = subprocess.Popen(
            ["bash", "-c", places, CHROMIUM, *words, *quiet, *(ways or WAYS_OUT), f"--user-data-dir={profile}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(told_read, answer_write),
        )
        for number in (low_read, low_write, told_read, answer_write):
            os.close(number)
        self._number = 0
        self._buffer = b""
        self._session: str | None = None
        self._events: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._tell)
        os.close(self._hear)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol and its result."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        content = json.dumps(message).encode() + b"\0"
        while content:
            content = content[os.write(self._tell, content) :]
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]  # type: ignore[no-any-return]
            self._events.append(answer)

    def _next(self) -> dict[str, Any]:
        deadline = time.monotonic() + SECONDS
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._hear], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, "the browser did not answer in time"
            part = os.read(self._hear, 1 << 20)
            assert part, "the browser ended"
            self._buffer += part
        first, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(first)  # type: ignore[no-any-return]

    def open(self, page: Path, *, width: int = 1280, height: int = 900, dark: bool = False, media: str = "") -> Seen:
        """Open a page at a width, in light or dark, and tell what happened until it was there."""
        return self.visit(page.as_uri(), width=width, height=height, dark=dark, media=media)

    def visit(self, url: str, *, width: int = 1280, height: int = 900, dark: bool = False, media: str = "") -> Seen:
        """The same for an address; numbers of this machine alone lead anywhere."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.ask("Emulation.setEmulatedMedia", media=media, features=[scheme])
        self.ask("Page.navigate", url="about:blank")
        self._events.clear()
        self.ask("Page.navigate", url=url)
        while not any(event.get("method") == "Page.loadEventFired" for event in self._events):
            self._events.append(self._next())
        self.run("document.fonts.ready.then(() => 1)")
        return self.seen()

    def seen(self) -> Seen:
        """What happened since the page was opened."""
        found = Seen()
        for event in self._events:
            params = event.get("params", {})
            if event.get("method") == "Network.requestWillBeSent":
                found.requests.append(params["request"]["url"])
            elif event.get("method") == "Network.loadingFailed" and params.get("blockedReason") == "csp":
                found.stopped.append(params["requestId"])
            elif event.get("method") in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
                found.console.append(json.dumps(params)[:500])
        return found

    def run(self, script: str) -> Any:
        """The value of a script's last expression, awaited; asked again of the page that came in between."""
        for _ in range(LEFT_PAGES):
            try:
                answer = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
                break
            except AssertionError as error:
                # A page that sends its form by itself is left while it is looked at.
                if LEFT not in str(error):
                    raise
        else:
            raise AssertionError("one page after another was left while it was looked at")
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def screenshot(self) -> bytes:
        """The whole page as PNG."""
        shot = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    def pdf(self, *, width: float = 8.27, height: float = 11.69) -> bytes:
        """The page as printed; inches, A4 by default."""
        printed = self.ask("Page.printToPDF", paperWidth=width, paperHeight=height, preferCSSPageSize=False)
        return base64.b64decode(printed["data"])


@contextmanager
def browser(profile: Path, *ways: str) -> Iterator[Browser]:
    """A browser for a while; `ways` in place of `WAYS_OUT`."""
    running = Browser(profile, *ways)
    try:
        yield running
    finally:
        running.close()

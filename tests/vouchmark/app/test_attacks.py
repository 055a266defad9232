"""What can a hostile page in the next tab, a hostile file, or another user do to the page? That nothing comes of it."""

from __future__ import annotations

import http.server
import json
import re
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support import command
from tests.support.browser import Browser, browser, needs_browser
from tests.vouchmark.app.window import FORM, Window, choose, needs_app, open_in, token_in, wait_in, window
from tests.vouchmark.service.server import multipart
from vouchmark.app import session as told
from vouchmark.app.application import App, PageOrigins
from vouchmark.app.session import Session
from vouchmark.app.trusting import Trusting
from vouchmark.service.problems import ProblemError

pytestmark = needs_app
MEDIA: Final = command.media()


def routes() -> list[tuple[str, str]]:
    nothing: Any = None
    router = App(Session(), nothing, Trusting(Path()), nothing).router()
    return [(one.path, next(iter(one.methods - {"HEAD"}))) for one in router.routes]  # type: ignore[attr-defined]


ROUTES: Final = routes()
OPEN: Final = ("/", "/app.css", "/app.js", "/enter")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    with window(tmp_path_factory.mktemp("page")) as found:
        yield found


class TestOrigins:
    @pytest.mark.parametrize(("path", "method"), ROUTES)
    def test_nobody_else_gets_in_on_any_route(self, page: Window, path: str, method: str) -> None:
        own = page.address
        body = b"x" if method == "POST" else None
        for headers in (
            [("Host", "attacker.example")],
            [("Host", f"localhost:{page.port}")],
            [("Host", "127.0.0.1")],
            [("Host", f"127.0.0.1:{page.port + 1}")],
            [("Origin", "https://attacker.example"), ("Sec-Fetch-Site", "cross-site")],
            [("Origin", f"http://127.0.0.1:{page.port + 1}"), ("Sec-Fetch-Site", "same-site")],
            [("Origin", own.replace("http:", "https:"))],
            [("Origin", own), ("Sec-Fetch-Site", "cross-site")],
            [("Origin", own), ("Origin", own)],
            [("Sec-Fetch-Site", "same-site")],
            [("Origin", "null"), ("Sec-Fetch-Site", "same-origin")],
        ):
            answer = page.ask(method, path, body=body, headers=headers)
            assert answer.status in (400, 403), (path, headers, answer)
            assert "access-control-allow-origin" not in answer.headers

    @pytest.mark.parametrize(("path", "method"), ROUTES)
    def test_without_the_token_nothing_is_told_but_what_is_no_secret(
        self, page: Window, path: str, method: str
    ) -> None:
        if path in OPEN:
            return
        for token in ("", "x", "A" * 43):
            boundary, body = multipart(("file", "a", b"x"))
            kind = "application/json" if path.startswith("/trust") else f"multipart/form-data; boundary={boundary}"
            kind = FORM if path == "/report" else kind
            headers = [("Origin", page.address), ("Sec-Fetch-Site", "same-origin"), ("Content-Type", kind)]
            headers += [("X-Vouchmark-Token", token)] if token else []
            answer = page.ask(method, path, body=body if method == "POST" else None, headers=headers)
            assert answer.status == 401, (path, answer)

    def test_what_anybody_may_load_holds_no_secret(self, page: Window) -> None:
        shell = page.ask("GET", "/")
        assert token_in(shell.content) == ""
        assert shell.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
        assert "unsafe" not in shell.headers["content-security-policy"]
        assert shell.headers["cache-control"] == "no-store"
        assert "set-cookie" not in shell.headers

    def test_the_first_route_takes_the_file_alone(self) -> None:
        guard = PageOrigins(8000)
        scope: dict[str, Any] = {
            "path": "/enter",
            "method": "POST",
            "headers": [(b"host", b"127.0.0.1:8000"), (b"origin", b"null")],
        }
        guard.check(scope, scheme="http")
        for wrong in (
            {"path": "/trust"},
            {"headers": [(b"host", b"127.0.0.1:8000")]},
            {"headers": [*scope["headers"], (b"sec-fetch-site", b"same-origin")]},
            {"headers": [(b"host", b"attacker.example:8000"), (b"origin", b"null")]},
        ):
            with pytest.raises(ProblemError):
                guard.check(scope | wrong, scheme="http")


class TestCode:
    def test_a_code_counts_once_and_its_file_is_private_and_gone(self, tmp_path: Path) -> None:
        with window(tmp_path / "home") as page:
            assert stat.S_IMODE(page.door.stat().st_mode) == 0o600
            assert stat.S_IMODE(page.door.parent.stat().st_mode) == 0o700
            code, text = page.code, page.door.read_text()
            first = page.enter()
            assert first.status == 200
            token = token_in(first.content)
            assert len(token) == 43
            assert token not in text
            assert not page.door.exists()
            again = page.enter(code)
            assert again.status == 403
            assert token not in again.content.decode()
            line = Path(f"/proc/{page.process.pid}/cmdline").read_text()
            environment = Path(f"/proc/{page.process.pid}/environ").read_text()
            assert code not in line + environment
            assert token not in line + environment

    def test_after_five_wrong_ones_no_code_counts(self, tmp_path: Path) -> None:
        with window(tmp_path / "home") as page:
            code = page.code
            for number in range(told.MAX_WRONG):
                assert page.enter(f"{number}" * 43).status == 403
            assert page.enter(code).status == 403

    def test_a_page_that_nobody_opens_and_one_that_was_closed_end(self) -> None:
        now = 0.0
        session = Session(clock=lambda: now)
        now = told.ENTER_SECONDS + 1
        assert session.is_over
        session = Session(clock=lambda: now)
        assert not session.is_over
        assert session.enter(session.code)
        now += told.ENTER_SECONDS + 1
        assert not session.is_over
        session.opened()
        now += 10 * told.QUIET_SECONDS
        assert not session.is_over
        session.closed()
        now += told.AWAY_SECONDS / 2
        assert not session.is_over
        now += told.AWAY_SECONDS
        assert session.is_over

    def test_without_script_it_ends_when_nobody_asks_any_more(self) -> None:
        now = 0.0
        session = Session(clock=lambda: now)
        assert session.enter(session.code)
        now = told.QUIET_SECONDS - 1
        session.touch()
        now += told.QUIET_SECONDS - 1
        assert not session.is_over
        now += 2
        assert session.is_over


class Mail(http.server.BaseHTTPRequestHandler):
    """A second origin on this machine, with a page that attacks the first."""

    page = ""
    asked: Final[list[tuple[str, str]]] = []

    def do_GET(self) -> None:
        type(self).asked.append((self.path, self.headers.get("Referer", "")))
        content = type(self).page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def attacker(page: str) -> Iterator[str]:
    """The address of that page."""
    Mail.page = page
    Mail.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mail) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


ATTACK: Final = """<!doctype html><title>x</title><script>
const target = "%s";
const tries = {
  read: () => fetch(target + "/trust"),
  blind: () => fetch(target + "/trust", {mode: "no-cors"}).then(answer => { if (answer.type !== "opaque") throw 1; }),
  token: () => fetch(target + "/trust", {headers: {"X-Vouchmark-Token": "x"}}),
  post: () => fetch(target + "/trust/distrust", {method: "POST", body: '{"sha256": "%s"}'}),
  report: () => fetch(target + "/report", {method: "POST", body: new URLSearchParams({number: "1"})}),
  shell: () => fetch(target + "/").then(answer => answer.text()),
};
window.found = {};
window.done = (async () => {
  for (const [name, attempt] of Object.entries(tries)) {
    try { await attempt(); found[name] = "answered"; } catch { found[name] = "refused"; }
  }
  const frame = document.createElement("iframe");
  frame.src = target + "/";
  document.body.append(frame);
  await new Promise(found => { frame.onload = found; setTimeout(found, 3000); });
  try { found.frame = frame.contentDocument.body.innerText; } catch { found.frame = "refused"; }
  return found;
})();
</script><body><form method="post" enctype="multipart/form-data" action="%s/check"><input name="file" value="x"></form>
<form method="post" action="%s/enter"><input name="code" value="x"></form>"""


def attack(page: Window) -> str:
    return ATTACK % (page.address, "a" * 64, page.address, page.address)


@needs_browser
class TestSecondOrigin:
    def test_a_page_of_another_port_reads_nothing_and_changes_nothing(self, tmp_path: Path) -> None:
        home = tmp_path / "home"
        command.write(tmp_path / "media")
        with window(home) as page, browser(tmp_path / "profile") as chrome:
            open_in(chrome, page)
            choose(chrome, "#files", tmp_path / "media" / "signed.jpg")
            wait_in(chrome, "document.getElementById('told').textContent === '1 of 1 checked'")
            first = chrome.ask("Target.getTargets")["targetInfos"]
            with attacker(attack(page)) as other:
                found = in_another_tab(chrome, other, "window.done.then(found => JSON.stringify(found))")
            said = json.loads(found)
            assert said.pop("blind") in ("answered", "refused")  # opaque: a request was made, and nothing was read
            assert set(said.values()) <= {"refused", ""}, said
            assert first
            assert not (home / "trust" / "distrust.json").exists()

    @pytest.mark.parametrize("form", [0, 1])
    def test_a_form_of_another_page_is_refused(self, tmp_path: Path, form: int) -> None:
        with window(tmp_path / "home") as page, browser(tmp_path / "profile") as chrome:
            with attacker(attack(page)) as other:
                chrome.visit(other)
                chrome.run(f"document.forms[{form}].submit()")
                wait_in(chrome, f"location.port === '{page.port}'")
                assert '"foreign"' in chrome.run("document.body.innerText")
            # Nor has it used up the code.
            open_in(chrome, page)

    def test_a_name_that_is_rebound_to_this_machine_gets_nothing(self, tmp_path: Path) -> None:
        with window(tmp_path / "home") as page:
            rules = "MAP rebound.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
            with browser(tmp_path / "profile", "--no-proxy-server", f"--host-resolver-rules={rules}") as chrome:
                chrome.visit(f"http://rebound.example:{page.port}/")
                assert '"foreign"' in chrome.run("document.body.innerText")

    def test_neither_history_nor_referer_nor_address_tells_the_token(self, tmp_path: Path) -> None:
        with window(tmp_path / "home") as page, browser(tmp_path / "profile") as chrome:
            open_in(chrome, page)
            token = chrome.run("sessionStorage.getItem('token')")
            assert chrome.run("document.body.dataset.token") == ""
            with attacker("<title>x</title>") as other:
                chrome.run(f"location.href = '{other}from-the-page'")
                wait_in(chrome, "document.title === 'x'")
                referers = [referer for path, referer in Mail.asked if path == "/from-the-page"]
                assert referers == [""]
                assert chrome.run("sessionStorage.getItem('token')") is None
            history = chrome.ask("Page.getNavigationHistory")["entries"]
            assert token not in str(history)
            assert all("?" not in one["url"] for one in history)

    def test_script_in_names_and_titles_stays_text(self, tmp_path: Path) -> None:
        media = tmp_path / "media"
        media.mkdir()
        name = "<img src=x onerror=alert(1)>“\u202egpj.exe.jpg"
        (media / name).write_bytes(MEDIA["signed.jpg"])
        with window(tmp_path / "home") as page, browser(tmp_path / "profile") as chrome:
            open_in(chrome, page)
            choose(chrome, "#files", media / name)
            wait_in(chrome, "document.querySelectorAll('.answer').length === 1")
            assert chrome.run("document.querySelectorAll('.answer img, .answer script').length") == 0
            assert "<img src=x" in chrome.run("document.querySelector('.answer h2').textContent")
            assert "\u202e" not in chrome.run("document.querySelector('.answer h2').textContent")
            assert "\u202e" not in chrome.run("document.querySelector('.answer .paste').textContent")
            assert chrome.seen().console == []


def in_another_tab(chrome: Browser, address: str, script: str) -> Any:
    """What a script says in a second tab of the same browser, while the first stays open."""
    before = chrome._session
    chrome._session = None
    target = chrome.ask("Target.createTarget", url=address)["targetId"]
    chrome._session = chrome.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    try:
        wait_in(chrome, "!!window.done")
        return chrome.run(script)
    finally:
        chrome._session = before


def test_the_script_builds_no_markup_and_loads_nothing() -> None:
    folder = Path(told.__file__).parent / "page"
    script = (folder / "app.js").read_text(encoding="utf-8")
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "http:",
        "https:",
    ):
        assert word not in script, word
    for name in ("app.html", "app.css"):
        text = (folder / name).read_text(encoding="utf-8")
        assert not re.search(r"https?:|@import|url\(", text), name
    assert " style=" not in (folder / "app.html").read_text(encoding="utf-8")
    assert not re.search(r"\son[a-z]+=", (folder / "app.html").read_text(encoding="utf-8"))

"""Can somebody do all that the page offers, by mouse and by keyboard, at a desk and on a phone, in light and dark?"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.support import command
from tests.support.browser import Browser, browser, needs_browser
from tests.vouchmark import people
from tests.vouchmark.app.window import Window, choose, key, needs_app, open_in, wait_in, window
from vouchmark.demo.pictures import harbour
from vouchmark.persons.issuers import IssuerFolder

pytestmark = [needs_app, needs_browser]
FOUR: Final = ("signed.jpg", "altered.jpg", "generated.jpg", "plain.jpg")
ANSWERS: Final = "[...document.querySelectorAll('.answer')]"


@pytest.fixture
def media(tmp_path: Path) -> Path:
    command.write(tmp_path / "media")
    return tmp_path / "media"


def checked(chrome: Browser, count: int) -> None:
    wait_in(chrome, f"document.getElementById('told').textContent === '{count} of {count} checked'")


def quiet(chrome: Browser, page: Window) -> None:
    """No message in the console, and no request but to the page itself."""
    seen = chrome.seen()
    assert seen.console == []
    assert seen.stopped == []
    own = (f"{page.address}/", "file://", "data:,", "about:")
    assert [one for one in seen.requests if not one.startswith(own)] == []
    assert not any("token" in one or "?" in one for one in seen.requests)


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_four_files_at_once_are_answered_worst_first(tmp_path: Path, media: Path, width: int, dark: bool) -> None:
    with window(tmp_path / "home") as page, browser(tmp_path / "profile") as chrome:
        open_in(chrome, page, width=width, dark=dark)
        assert chrome.run("!document.getElementById('first').hidden")
        choose(chrome, "#files", *(media / name for name in FOUR))
        checked(chrome, 4)
        names = chrome.run(f"{ANSWERS}.map(one => one.querySelector('h2').textContent)")
        assert names == ["altered.jpg", "generated.jpg", "signed.jpg", "plain.jpg"]
        said = chrome.run(f"{ANSWERS}.map(one => one.querySelector('.said').textContent)")
        assert said[0].startswith("Does not match its credentials")
        assert said[1].startswith("Declared as AI-generated")
        assert chrome.run("document.documentElement.scrollWidth <= innerWidth")
        quiet(chrome, page)


def test_a_report_opens_in_a_tab_of_its_own_without_an_origin(tmp_path: Path, media: Path) -> None:
    with window(tmp_path / "home") as page, browser(tmp_path / "profile") as chrome:
        open_in(chrome, page)
        choose(chrome, "#files", media / "altered.jpg")
        checked(chrome, 1)
        # In the same tab, so that it can be looked at.
        chrome.run("document.querySelector('.answer form').target = '_self'")
        chrome.run("setTimeout(() => document.querySelector('.answer form button').click(), 0); 1")
        wait_in(chrome, "location.pathname === '/report'")
        assert chrome.run("self.origin") == "null"
        assert "does not match" in chrome.run("document.body.innerText")
        assert chrome.run("fetch('/trust').then(() => 'read', () => 'refused')") == "refused"
        assert chrome.run("(() => { try { return sessionStorage.length } catch { return 'none' } })()") == "none"


def test_an_original_is_compared_and_a_file_remembered(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    whole = harbour().convert("RGB").resize((640, 430))
    whole.save(media / "press.jpg", quality=90)
    whole.crop((0, 0, 400, 430)).save(media / "viral.jpg", quality=70)
    with window(tmp_path / "home") as page, browser(tmp_path / "profile") as chrome:
        open_in(chrome, page)
        choose(chrome, "#files", media / "viral.jpg")
        checked(chrome, 1)
        # A person's click: a browser opens its window of files for nothing else.
        chrome.ask("Page.setInterceptFileChooserDialog", enabled=True)
        click = f"{ANSWERS}[0].querySelectorAll('.do > button')[1].click()"
        chrome.ask("Runtime.evaluate", expression=click, userGesture=True)
        choose(chrome, "#original", media / "press.jpg")
        wait_in(chrome, "document.querySelector('.answer dl').innerText.includes('Have you seen it?')")
        chrome.run(f"{ANSWERS}[0].querySelectorAll('.do > button')[2].click()")
        wait_in(chrome, f"{ANSWERS}[0].querySelectorAll('.do > button')[2].textContent === 'Remembered'")
        choose(chrome, "#files", media / "viral.jpg")
        checked(chrome, 2)
        assert chrome.run("document.querySelectorAll('.answer dl')[1].innerText.includes('Have you seen it?')")
        assert (tmp_path / "home" / "index" / "index.json").exists()
        quiet(chrome, page)


def test_whom_one_trusts_is_shown_and_changed(tmp_path: Path, media: Path) -> None:
    home = tmp_path / "home"
    run = command.Command(folder=media, home=home)
    assert run("trust", "import", "root.pem", "--kind", "signer", "--name", "newsroom").code == 0
    (media / "issuer.json").write_bytes(people.CLUB.info.to_json())
    with window(home) as page, browser(tmp_path / "profile") as chrome:
        open_in(chrome, page)
        assert chrome.run("document.getElementById('first').hidden")
        chrome.run("document.getElementById('to-trust').click()")
        assert "newsroom" in chrome.run("document.getElementById('lists').innerText")
        choose(chrome, "#issuer-file", media / "issuer.json")
        chrome.run("document.getElementById('petname').value = 'the club'")
        chrome.run("document.querySelector('#issuer-form button').click()")
        wait_in(chrome, "document.getElementById('issuers').innerText.includes('the club')")
        assert [row.petname for row in IssuerFolder(home).rows()] == ["the club"]
        chrome.run("document.getElementById('sha256').value = 'A'.repeat(64)")
        chrome.run("document.getElementById('reason').value = '<b>why</b>'")
        chrome.run("document.querySelector('#distrust-form button').click()")
        wait_in(chrome, "document.getElementById('distrusted').innerText.includes('<b>why</b>')")
        for where in ("issuers", "distrusted", "lists"):
            chrome.run(f"document.querySelector('#{where} button').click()")
            wait_in(chrome, f"!document.querySelector('#{where} button')")
        assert IssuerFolder(home).rows() == []
        assert "nobody is distrusted" in run("trust", "distrust").stderr
        quiet(chrome, page)


def test_a_fetch_names_its_hosts_before_it_asks(tmp_path: Path) -> None:
    with window(tmp_path / "home") as page, browser(tmp_path / "profile") as chrome:
        open_in(chrome, page)
        chrome.run("document.querySelector('#first button').click()")
        chrome.run("document.getElementById('update').click()")
        hosts = chrome.run("document.getElementById('hosts').innerText")
        assert "raw.githubusercontent.com" in hosts
        assert "trust.iptc.org" in hosts
        chrome.run("document.getElementById('no').click()")
        assert chrome.run("document.getElementById('ask').hidden")
        assert chrome.run("document.activeElement.id") == "update"


def test_all_of_it_can_be_reached_by_keyboard_in_order(tmp_path: Path, media: Path) -> None:
    with window(tmp_path / "home") as page, browser(tmp_path / "profile") as chrome:
        open_in(chrome, page)
        choose(chrome, "#files", media / "signed.jpg")
        checked(chrome, 1)
        reached = []
        chrome.run("document.activeElement.blur()")
        for _ in range(11):
            key(chrome, "Tab", 9)
            reached.append(
                chrome.run("document.activeElement.id || document.activeElement.textContent.trim().slice(0, 40)")
            )
        wanted = ["Skip to the page", "to-check", "to-trust", "Fetch the official lists", "files", "folder"]
        wanted += ["Whole report", "Save as page", "Copy two sentences", "Compare with an original", "Remember this"]
        assert [one for one in reached if one in wanted] == wanted
        shown = chrome.run("getComputedStyle(document.activeElement).outlineStyle")
        assert shown
        chrome.run("document.getElementById('to-trust').focus()")
        key(chrome, "Enter", 13, "\r")
        assert chrome.run("!document.getElementById('trust').hidden && document.activeElement.id") == "main"


def test_names_and_roles_are_there_for_who_hears_the_page(tmp_path: Path, media: Path) -> None:
    with window(tmp_path / "home") as page, browser(tmp_path / "profile") as chrome:
        open_in(chrome, page)
        choose(chrome, "#files", media / "signed.jpg")
        checked(chrome, 1)
        nodes = chrome.ask("Accessibility.getFullAXTree")["nodes"]
        for node in nodes:
            role = node.get("role", {}).get("value")
            if role in ("button", "link", "textbox") and not node.get("ignored"):
                assert node.get("name", {}).get("value"), node
        roles = {node.get("role", {}).get("value") for node in nodes}
        assert {"banner", "navigation", "main", "contentinfo", "heading", "status", "list"} <= roles
        assert chrome.run("document.documentElement.lang") == "en"
        fields = "[...document.querySelectorAll('input:not([type=hidden])')]"
        assert chrome.run(f"{fields}.every(one => one.labels.length === 1)")


def test_one_file_is_checked_without_script(tmp_path: Path, media: Path) -> None:
    with window(tmp_path / "home") as page, browser(tmp_path / "profile") as chrome:
        chrome.ask("Emulation.setScriptExecutionDisabled", value=True)
        chrome.open(page.door)
        # The file's own script does not run either: somebody presses its button.
        chrome.ask("Emulation.setScriptExecutionDisabled", value=False)
        chrome.run("document.forms[0].submit()")
        chrome.ask("Emulation.setScriptExecutionDisabled", value=True)
        wait_in(chrome, "location.pathname === '/enter' && !!document.forms[0]")
        choose(chrome, "#files", media / "altered.jpg")
        chrome.ask("Runtime.evaluate", expression="document.querySelector('.send button').click()")
        wait_in(chrome, "location.pathname === '/check/page' && document.body.innerText.includes('does not match')")
        assert chrome.run("self.origin") == "null"


def test_closing_the_page_ends_the_program_and_leaves_nothing(tmp_path: Path, media: Path) -> None:
    home = tmp_path / "home"
    with window(home) as page:
        with browser(tmp_path / "profile") as chrome:
            open_in(chrome, page)
            choose(chrome, "#files", media / "signed.jpg")
            checked(chrome, 1)
            assert list(home.glob("vouchmark-spool-*"))
            # Reloading is not closing: the tab knows its token.
            chrome.ask("Page.reload")
            wait_in(chrome, "document.getElementById('lists').children.length > 0")
        assert page.ended() == 0
    assert not list(home.glob("vouchmark-*"))

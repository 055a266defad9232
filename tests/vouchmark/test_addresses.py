"""Is a file fetched from an address only where the reader allows it, under every rule, and is nothing of it kept?"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner, Result

from provenance.net import online as rules
from provenance.net.online import Online
from tests.support.attacks import CAMERA, LISTED, ROOT, codes, said
from tests.support.authority import NOW
from tests.support.https_server import running
from tests.support.media.crafting import signed
from vouchmark.cli import main
from vouchmark.examination import settings as settings_of
from vouchmark.examination.examine import check, examine_all
from vouchmark.examination.many import check_many
from vouchmark.examination.opening.addresses import host_of, is_address, name_of
from vouchmark.examination.settings import make_settings
from vouchmark.render.json import dumps
from vouchmark.render.text import render
from vouchmark.report import Exit, Line, Report, Status, exit_code

HOST: Final = "news.press.example"
OTHER: Final = "cdn.press.example"
PHOTO: Final = f"https://{HOST}/2026/harbour.jpg"
SIGNED: Final = signed(CAMERA)


class Host(BaseHTTPRequestHandler):
    """Gives a signed picture, or sends somewhere else."""

    asked: list[tuple[str, dict[str, str]]] = []  # noqa: RUF012 - shared with the tests on purpose

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.asked.append((self.path, dict(self.headers)))
        if self.path.startswith("/moved"):
            self.send_response(302)
            places = {"/moved": f"https://{OTHER}/harbour.jpg", "/moved-inside": "https://inside.example/x"}
            self.send_header("Location", places[self.path])
            self.end_headers()
            return
        if self.path.startswith("/round"):
            self.send_response(302)
            self.send_header("Location", self.path)
            self.end_headers()
            return
        self.send_response(200 if "harbour" in self.path else 404)
        self.send_header("Content-Length", str(len(SIGNED)))
        self.end_headers()
        self.wfile.write(SIGNED)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    folder = tmp_path_factory.mktemp("tls")
    with running(Host, root=ROOT, folder=folder, host="*.press.example") as secure:
        yield {"https": secure, "http": 1}


@pytest.fixture
def leave(port: dict[str, int]) -> Callable[[], Online]:
    """Leave to ask this machine under the host's name; other names lead nowhere, or inside."""
    Host.asked.clear()
    places = {HOST: ["127.0.0.1"], OTHER: ["127.0.0.1"], "inside.example": ["10.0.0.7"]}

    def found(host: str, port: int) -> list[str]:
        if host not in places:
            raise OSError("no such host")
        return places[host]

    return lambda: Online(
        resolver=found,
        public=lambda address: not address.startswith("10."),
        ports=port,
        context=ssl.create_default_context(cadata=ROOT.pem),
    )


def look(address: str, online: Online | None, **options: Any) -> Report:
    made = make_settings(trust=LISTED, at=NOW, snapshot=False, **options)
    return next(examine_all([address], replace(made, online=online), pool=None))


def only_contact(report: Report) -> dict[str, Any]:
    """The one host that was asked."""
    asked: Any = report.inputs.options["online"]
    (one,) = asked
    return dict(one)


def test_the_file_is_checked_as_if_it_lay_here_and_its_host_is_named(leave: Callable[[], Online]) -> None:
    report = look(PHOTO, leave())
    assert exit_code(report) is Exit.OK
    assert said(report).startswith("signed by Test Camera (Camera 1)")
    assert (report.media.name, report.media.size) == ("harbour.jpg", len(SIGNED))
    told = next(one for one in report.findings() if one.code == "integrity.fetched")
    assert told.statement == f"The file was fetched from “{HOST}” for this report, and nothing of it is kept."
    assert told.status is Status.ABSENT
    asked = only_contact(report)
    assert (asked["host"], asked["purpose"], asked["outcome"]) == (HOST, "file", "answered")
    assert asked["sha256"] == report.media.sha256
    assert HOST in render(report, width=200, colour=False, verbosity=1)
    assert [path for path, _ in Host.asked] == ["/2026/harbour.jpg"]
    assert not {"cookie", "authorization", "referer"} & {name.lower() for name in Host.asked[0][1]}


def test_nothing_of_it_is_kept(leave: Callable[[], Online], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOUCHMARK_HOME", str(tmp_path / "home"))
    online = leave()
    look(PHOTO, online)
    look(PHOTO, online)
    assert len(Host.asked) == 2
    assert not list(tmp_path.rglob("*"))
    assert SIGNED not in [one.content for one in online._answers.values()]


def test_what_it_is_made_into_is_the_same_report_as_of_the_file(leave: Callable[[], Online], tmp_path: Path) -> None:
    (tmp_path / "harbour.jpg").write_bytes(SIGNED)
    here = next(examine_all([tmp_path / "harbour.jpg"], make_settings(trust=LISTED, at=NOW, snapshot=False), pool=None))
    there = look(PHOTO, leave())
    for line in (Line.SIGNER, Line.TIME, Line.HISTORY, Line.AI, Line.ENGINES):
        assert here.evidence[line] == there.evidence[line]
    assert dumps(here) != dumps(there)


def test_a_redirect_is_followed_and_judged_like_the_first_address(leave: Callable[[], Online]) -> None:
    report = look(f"https://{HOST}/moved", leave())
    assert exit_code(report) is Exit.OK
    assert report.media.name == "moved"
    assert (only_contact(report)["host"], only_contact(report)["answered_by"]) == (HOST, OTHER)
    told = next(one for one in report.findings() if one.code == "integrity.fetched")
    assert f"was fetched from “{OTHER}”, to which “{HOST}” sent on, for this report" in told.statement


REFUSED: Final = {
    f"http://{HOST}/harbour.jpg": "the address is not HTTPS",
    f"https://{HOST}:8443/harbour.jpg": "the address names an unusual port",
    f"https://me:secret@{HOST}/harbour.jpg": "the address is not one",
    "https://inside.example/harbour.jpg": "the host is not on the public internet",
    "https://nowhere.example/harbour.jpg": "the host is not known",
    f"https://{HOST}/missing.jpg": "the host answered with HTTP status 404",
    f"https://{HOST}/moved-inside": "the host is not on the public internet",
    f"https://{HOST}/round": "it was sent from one address to the next",
    "https://": "the address is not one",
    f"https://{HOST}/a b": "the address is not one",
}


@pytest.mark.parametrize("address", REFUSED)
def test_what_the_rules_refuse_is_an_error_that_says_why(address: str, leave: Callable[[], Online]) -> None:
    report = look(address, leave())
    assert codes(report, Line.INTEGRITY) == ["integrity.unreadable"]
    assert report.evidence[Line.INTEGRITY].status is Status.ERROR
    assert exit_code(report) is Exit.ERROR
    assert REFUSED[address] in report.evidence[Line.INTEGRITY].summary
    assert report.media.sha256 is None
    assert only_contact(report)["outcome"] == REFUSED[address]
    assert "secret" not in dumps(report)
    assert "could not be read: it could not be fetched" in said(report)


@pytest.mark.parametrize("where", ["rule", "reader"])
def test_more_bytes_than_either_limit_are_not_taken(
    where: str, leave: Callable[[], Online], monkeypatch: pytest.MonkeyPatch
) -> None:
    from provenance.asset import Limits

    limit = len(SIGNED) - 1
    options: dict[str, Any] = {}
    if where == "rule":
        monkeypatch.setattr(rules, "MAX_FILE", limit)
    else:
        options["limits"] = Limits(bytes=limit)
    report = look(PHOTO, leave(), **options)
    assert f"the answer has more than {limit} bytes" in report.evidence[Line.INTEGRITY].summary


def test_a_run_asks_no_more_often_than_it_may(leave: Callable[[], Online], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_REQUESTS", 1)
    online = leave()
    assert exit_code(look(PHOTO, online)) is Exit.OK
    assert "more than 1 requests" in look(PHOTO, online).evidence[Line.INTEGRITY].summary


def test_the_library_says_offline_that_it_is_an_address(no_network: None) -> None:
    for report in (check(PHOTO, trust=LISTED, in_process=True), *check_many([PHOTO], trust=LISTED, in_process=True)):
        assert report.evidence[Line.INTEGRITY].findings[0].detail["reason"] == "address"
        assert "it is an address on the web" in report.evidence[Line.INTEGRITY].summary
        assert report.media.name == "harbour.jpg"


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any look-up of a host fails the test."""
    import socket

    def refuse(*args: object, **named: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def command(*words: str) -> Result:
    return CliRunner().invoke(main, ["check", "--in-process", "--no-default-trust", *words])


def test_the_command_says_what_to_do_and_asks_nobody(no_network: None) -> None:
    for words in ((PHOTO,), ("x.jpg", PHOTO)):
        result = command(*words)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr.splitlines() == [
            f"error: {PHOTO} is an address, and nothing is fetched without --online",
            f"hint: --online fetches that one file from {HOST} and keeps nothing; or download it and name the file",
        ]
    assert command("HTTP://x\x1b[31m/y").exit_code == 2
    assert "\x1b" not in command("HTTP://x\x1b[31m/y").stderr


def test_the_command_fetches_it_with_online(leave: Callable[[], Online], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_of, "_leave", leave)
    result = command(PHOTO, "--online")
    assert result.exit_code == 3
    assert result.stdout.startswith("harbour.jpg: unknown signer using the name")
    assert len(Host.asked) == 1


@pytest.mark.parametrize(
    ("source", "is_one"),
    [
        (PHOTO, True),
        ("HTTPS://X/y", True),
        ("http://x", True),
        ("https:/x", False),
        ("file:///etc/passwd", False),
        ("photo.jpg", False),
        (Path("https://x/y"), False),
        (b"https://x/y", False),
    ],
)
def test_an_address_is_told_from_a_path(source: object, is_one: bool) -> None:
    assert is_address(source) is is_one


@pytest.mark.parametrize(
    ("address", "name", "host"),
    [
        (PHOTO, "harbour.jpg", HOST),
        (f"https://{HOST}/a%20b.jpg?size=1#x", "a b.jpg", HOST),
        (f"https://{HOST}/", HOST, HOST),
        (f"https://{HOST}", HOST, HOST),
        ("https://[", "https://[", ""),
        (f"https://{HOST}/" + "n" * 999, "n" * 255, HOST),
    ],
)
def test_a_fetched_file_is_called_by_the_last_part_of_its_address(address: str, name: str, host: str) -> None:
    assert (name_of(address), host_of(address)) == (name, host)

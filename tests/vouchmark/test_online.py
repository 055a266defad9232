"""What does a report say where the reader allows asking the hosts that a file names, and what where not?"""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from provenance.net.online import Online
from provenance.workers.pool import Pool
from tests.support import authority as made
from tests.support.attacks import LISTED, ROOT, codes, said
from tests.support.authority import DAY, NOW
from tests.support.command import Command
from tests.support.https_server import running
from tests.support.media.crafting import revocation_answer
from tests.support.media.hostile import with_remote_address
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import make_settings
from vouchmark.render.json import dumps
from vouchmark.render.text import render
from vouchmark.report import Exit, Line, Report, Status, exit_code

HOST = "credentials.example"
HOUR = dt.timedelta(hours=1)
SHORT = dt.timedelta(minutes=1)


def asking_at(url: str, *, issuer: made.Identity = ROOT, **options: Any) -> made.Identity:
    """A signer whose certificate names a responder."""
    place = x509.UniformResourceIdentifier(url)
    access = x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)])
    return made.make_signer(issuer, extra=[(access, False)], **options)


CAMERA = asking_at(f"http://{HOST}/ocsp")
SIGNED = made.sign(CAMERA)
REMOTE = with_remote_address(SIGNED, f"https://{HOST}/manifest.c2pa")


CAMERA_ACCESS = [
    (extension.value, extension.critical)
    for extension in CAMERA.certificate.extensions
    if isinstance(extension.value, x509.AuthorityInformationAccess)
]


def now() -> dt.datetime:
    """The responder's clock: an answer is of the moment in which it is asked for."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Detached:
    """A picture that only names an address, and the store that was signed for exactly these bytes."""

    media: bytes
    store: bytes


def detach(signer: made.Identity, *, shade: int = 0) -> Detached:
    signed = made.sign(signer, made.picture(shade=shade))
    media = with_remote_address(signed, f"https://{HOST}/manifest.c2pa")
    return Detached(media, made.sign_detached(signer, media))


class Host(BaseHTTPRequestHandler):
    """Gives what a test put there."""

    store = b""
    answer = b""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """The manifest store."""
        self.give(self.store)

    def do_POST(self) -> None:
        """The revocation answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.give(self.answer)

    def give(self, body: bytes) -> None:
        self.send_response(200 if body else 503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    folder = tmp_path_factory.mktemp("tls")
    with (
        running(Host, root=ROOT, folder=folder, host=HOST) as secure,
        running(Host, root=None, folder=folder) as plain,
    ):
        yield {"https": secure, "http": plain}


@pytest.fixture
def ask(ports: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Check with leave to ask this machine under the host's name."""

    def run(data: bytes | Path, *, store: bytes = b"", answer: bytes = b"", at: dt.datetime = NOW) -> Report:
        monkeypatch.setattr(Host, "store", store)
        monkeypatch.setattr(Host, "answer", answer)
        leave = Online(
            resolver=lambda host, port: ["127.0.0.1"] if host == HOST else [],
            public=lambda address: True,
            ports=ports,
            context=ssl.create_default_context(cadata=ROOT.pem),
        )
        settings = make_settings(trust=LISTED, at=at, snapshot=False)
        return next(examine_all([data], replace(settings, online=leave), pool=None))

    return run


def gaps(report: Report) -> dict[str, str]:
    return {gap.what: gap.why for gap in report.not_checked}


def revocation(report: Report) -> object:
    return report.evidence[Line.SIGNER].findings[0].detail["revocation"]


def test_a_remote_store_is_fetched_checked_against_the_bytes_and_named(ask: Any) -> None:
    detached = detach(CAMERA)
    report = ask(detached.media, store=detached.store, answer=revocation_answer(CAMERA))
    assert report.evidence[Line.INTEGRITY].status is Status.PASS
    assert codes(report, Line.INTEGRITY)[-1] == "integrity.store.outside"
    last = report.evidence[Line.INTEGRITY].findings[-1]
    assert last.statement == f"The Content Credentials were fetched from “{HOST}”, which the file names."
    assert exit_code(report) is Exit.OK
    assert said(report).startswith("signed by Test Camera (Camera 1)")
    asked = report.inputs.options["online"]
    assert [(one["host"], one["purpose"], one["outcome"]) for one in asked] == [
        (HOST, "manifest", "answered"),
        (HOST, "revocation", "answered"),
    ]
    text = render(report, width=200, colour=False, verbosity=0)
    assert f"asked over the network: {HOST} (manifest: answered); {HOST} (revocation: answered)\n" in text


def test_a_remote_store_of_another_file_is_a_change(ask: Any) -> None:
    other = detach(CAMERA, shade=1)
    report = ask(REMOTE, store=other.store, answer=revocation_answer(CAMERA))
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL
    assert exit_code(report) is Exit.FAILED


@pytest.mark.parametrize("store", [b"", b"\0" * 100, b"no store", made.manifest_store(SIGNED)[:-100]])
def test_a_remote_store_that_is_none_is_never_a_pass(ask: Any, store: bytes) -> None:
    report = ask(REMOTE, store=store)
    assert report.evidence[Line.INTEGRITY].status is not Status.PASS
    assert exit_code(report) is not Exit.OK


def test_a_host_that_gives_nothing_is_named_with_the_reason(ask: Any) -> None:
    report = ask(REMOTE)
    assert codes(report, Line.INTEGRITY) == ["integrity.remote"]
    assert report.evidence[Line.INTEGRITY].summary.endswith(f"“{HOST}” did not give them.")
    assert gaps(report)["remote Content Credentials"] == "the host answered with HTTP status 503"
    assert exit_code(report) is Exit.INCONCLUSIVE


def test_a_fetched_store_does_not_send_the_reader_further(ask: Any) -> None:
    # What was fetched is itself a file that only names an address: it is no store, and that is the end of it.
    report = ask(REMOTE, store=REMOTE)
    assert [one["purpose"] for one in report.inputs.options["online"]] == ["manifest"]
    assert report.evidence[Line.INTEGRITY].status is not Status.PASS


def test_a_good_answer_closes_the_gap(ask: Any) -> None:
    report = ask(SIGNED, answer=revocation_answer(CAMERA, this_update=now()))
    assert revocation(report) == "good"
    assert "revocation" not in gaps(report)
    assert exit_code(report) is Exit.OK


def test_a_revoked_certificate_fails_the_signer(ask: Any) -> None:
    report = ask(SIGNED, answer=revocation_answer(CAMERA, revoked_at=NOW - HOUR))
    assert codes(report, Line.SIGNER)[0] == "signer.revoked"
    assert exit_code(report) is Exit.FAILED
    assert report.evidence[Line.INTEGRITY].status is Status.PASS


def test_a_revocation_after_the_time_asked_for_does_not_count_yet(ask: Any) -> None:
    report = ask(SIGNED, answer=revocation_answer(CAMERA, revoked_at=NOW - HOUR), at=NOW - 2 * HOUR)
    assert revocation(report) == "good"


def test_an_answer_of_today_speaks_for_the_time_before_it(ask: Any) -> None:
    report = ask(SIGNED, answer=revocation_answer(CAMERA, this_update=now()), at=NOW - 2 * HOUR)
    assert revocation(report) == "good"


def test_an_answer_of_today_says_nothing_about_a_time_to_come(ask: Any) -> None:
    report = ask(SIGNED, answer=revocation_answer(CAMERA, this_update=now()), at=NOW + 2 * DAY)
    assert revocation(report) == "not-checked"
    assert gaps(report)["revocation"] == "no answer that could be believed"


@pytest.mark.parametrize(
    "answer",
    [
        revocation_answer(CAMERA, next_update=NOW - SHORT),
        revocation_answer(CAMERA, this_update=NOW + HOUR, next_update=NOW + DAY),
        revocation_answer(CAMERA)[:-1] + b"\0",
        revocation_answer(made.make_signer(ROOT)),
        revocation_answer(CAMERA, responder=made.make_signer(made.make_root("Other"))),
        b"junk",
    ],
    ids=["stale", "future", "bad-signature", "other-certificate", "stranger", "junk"],
)
def test_an_answer_that_may_not_be_believed_changes_nothing(ask: Any, answer: bytes) -> None:
    report = ask(SIGNED, answer=answer)
    assert revocation(report) == "not-checked"
    assert codes(report, Line.SIGNER) == ["signer.yours"]
    assert gaps(report)["revocation"] == "no answer that could be believed"


def test_a_certificate_that_names_nobody_to_ask_is_said_to(ask: Any) -> None:
    report = ask(made.sign(made.make_signer(ROOT)))
    assert gaps(report)["revocation"] == "the certificate names nobody to ask"
    assert report.inputs.options["online"] == []
    assert "asked over the network: nobody, there was nothing to ask\n" in render(
        report, width=200, colour=False, verbosity=0
    )


def test_authorities_between_are_asked_about_too(ask: Any) -> None:
    middle = made.certify({"O": "T", "CN": "M"}, issuer=ROOT, is_authority=True, extra=CAMERA_ACCESS)
    signer = asking_at(f"http://{HOST}/ocsp", issuer=middle)
    report = ask(made.sign(signer), answer=revocation_answer(middle, revoked_at=NOW - HOUR))
    assert codes(report, Line.SIGNER)[0] == "signer.revoked"


def test_without_leave_nobody_is_asked(ports: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: Any) -> Any:
        raise AssertionError("got a request, expected none")

    monkeypatch.setattr(Host, "do_GET", never)
    monkeypatch.setattr(Host, "do_POST", never)
    report = next(examine_all([REMOTE], make_settings(trust=LISTED, at=NOW, snapshot=False), pool=None))
    assert gaps(report)["remote Content Credentials"] == "nothing is fetched without --online"
    assert "online" not in report.inputs.options


def test_workers_say_the_same_as_this_process(ask: Any, ports: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    detached = detach(CAMERA)
    answer = revocation_answer(CAMERA)
    here = ask(detached.media, store=detached.store, answer=answer)
    leave = Online(
        resolver=lambda host, port: ["127.0.0.1"],
        public=lambda address: True,
        ports=ports,
        context=ssl.create_default_context(cadata=ROOT.pem),
    )
    settings = replace(make_settings(trust=LISTED, at=NOW, snapshot=False), online=leave)
    with Pool(workers=1) as pool:
        there = list(examine_all([detached.media, b"", detached.media], settings, pool=pool))
    assert [dumps(there[0]), dumps(there[2])] == [dumps(here)] * 2


def test_the_command_names_the_host_and_reaches_no_inner_network(tmp_path: Path) -> None:
    (tmp_path / "far.jpg").write_bytes(with_remote_address(SIGNED, "https://127.0.0.1/manifest.c2pa"))
    done = Command(folder=tmp_path, home=tmp_path / "home")("check", "far.jpg", "--online", "--format", "json")
    assert done.code == Exit.INCONCLUSIVE
    (contact,) = done.json["inputs"]["options"]["online"]
    assert (contact["host"], contact["outcome"]) == ("127.0.0.1", "the host is not on the public internet")

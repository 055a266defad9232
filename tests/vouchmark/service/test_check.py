"""Does the service answer as the command line does, in every form, for files as they may be sent?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from tests.support import command
from tests.support.command import Command
from tests.support.media.streams import signed_stream
from tests.vouchmark.service.server import Server, needs_service, running
from vouchmark.service.answers import FORMS, chosen
from vouchmark.service.problems import ProblemError

pytestmark = needs_service

REPORT: Final = "application/vnd.vouchmark.report+json"
CRJSON: Final = "application/vnd.vouchmark.crjson+json"
CONFIG: Final = """
[server]
rate = 100000
[policies]
strict = "strict.toml"
[lists]
ours = { signers = ["root.pem"] }
[defaults]
lists = "ours"
"""
STRICT: Final = """
name = "strict"
otherwise = "block"
"""
MEDIA: Final = command.media()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("service")
    command.write(made)
    (made / "strict.toml").write_text(STRICT)
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with running(folder, CONFIG) as found:
        yield found


class TestForms:
    @pytest.mark.parametrize("name", ["signed.jpg", "altered.jpg", "plain.jpg", "generated.jpg", "empty.jpg"])
    @pytest.mark.parametrize(("media_type", "form"), [(REPORT, "json"), (CRJSON, "crjson"), ("text/html", "html")])
    def test_the_bytes_are_those_of_the_command_line(
        self, server: Server, folder: Path, name: str, media_type: str, form: str
    ) -> None:
        told = server.send(("file", name, MEDIA[name]), Accept=media_type)
        assert told.status == 200, told
        at = server.send(("file", name, MEDIA[name]), Accept=REPORT).json["inputs"]["at"]
        run = Command(folder=folder, home=folder / "home")
        words = ("--format", form, "--trust", "root.pem", "--no-default-trust")
        for _ in range(3):
            # The two were made at two moments, which both stand in the report.
            done = run("check", name, *words, "--at", at)
            if done.stdout.encode() == told.content:
                return
            told = server.send(("file", name, MEDIA[name]), Accept=media_type)
            at = server.send(("file", name, MEDIA[name]), Accept=REPORT).json["inputs"]["at"]
        assert done.stdout == told.content.decode()

    def test_a_summary_is_what_a_platform_acts_on(self, server: Server) -> None:
        told = server.send(("file", "altered.jpg", MEDIA["altered.jpg"])).json
        assert told["outcome"] == "review"
        assert "altered-after-signing" in told["labels"]
        assert told["values"]["integrity"] == {"status": "fail", "value": told["values"]["integrity"]["value"]}
        assert told["media"]["sha256"] == hashlib.sha256(MEDIA["altered.jpg"]).hexdigest()
        assert told["exit_code"] == 1
        whole = server.send(("file", "altered.jpg", MEDIA["altered.jpg"]), Accept=REPORT).json
        assert told["headline"]
        assert {line: found["status"] for line, found in whole["evidence"].items()} == {
            line: found["status"] for line, found in told["values"].items()
        }

    def test_a_page_is_in_a_sandbox(self, server: Server) -> None:
        told = server.send(("file", "<script>alert(1)</script>.jpg", MEDIA["signed.jpg"]), Accept="text/html")
        assert told.headers["content-type"] == "text/html; charset=utf-8"
        policy = told.headers["content-security-policy"]
        assert policy.startswith("sandbox allow-scripts; default-src 'none'")
        assert "allow-same-origin" not in policy
        assert "unsafe" not in policy
        assert b"<script>alert" not in told.content

    def test_what_is_accepted_is_chosen_by_weight(self) -> None:
        assert chosen(None) == chosen("*/*") == chosen("application/*") == FORMS[0]
        assert chosen("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8") == "text/html"
        assert chosen(f"{REPORT};q=0.5, {CRJSON};q=0.9") == CRJSON
        assert chosen("application/json;q=0, */*") != FORMS[0]
        assert chosen(f"*/*;q=0.1, {REPORT}") == REPORT
        for nothing in ("image/png", "text/html;q=0", "text/html;q=nan", "text/html;q=7", ","):
            with pytest.raises(ProblemError):
                chosen(nothing)


class TestBodies:
    def test_a_raw_body_is_the_file(self, server: Server) -> None:
        raw = server.check(MEDIA["signed.jpg"], "?name=signed.jpg", Accept=REPORT).json
        sent = server.send(("file", "signed.jpg", MEDIA["signed.jpg"]), Accept=REPORT).json
        assert raw["media"] == sent["media"]
        assert raw["evidence"]["integrity"] == sent["evidence"]["integrity"]

    @pytest.mark.parametrize(
        ("sent", "told"),
        [
            ("../../../etc/passwd", "passwd"),
            ("..\\\\..\\\\boot.jpg", "boot.jpg"),
            ("/etc/", "-"),
            ("..", "-"),
            ("", "-"),
            ("a%00b.jpg", "a%00b.jpg"),
            ("Übung – 写真.jpg", "Übung – 写真.jpg"),
            ("x" * 400, "x" * 255),
        ],
    )
    def test_a_name_is_a_name_and_never_a_place(self, server: Server, sent: str, told: str) -> None:
        found = server.send(("file", sent, MEDIA["plain.jpg"]), Accept=REPORT)
        assert found.status == 200
        assert found.json["media"]["name"] == told

    def test_nothing_beside_an_upload_is_taken_for_its_own(self, server: Server) -> None:
        # Numbers of pieces are guessable, and a second upload lies beside the first.
        found = server.send(("file", "a.jpg", MEDIA["plain.jpg"]), ("vouch", "a.jpg.vouch", b"x"), Accept=REPORT).json
        assert [one["code"] for one in found["evidence"]["person"]["findings"]] == ["person.vouch.malformed"]
        alone = server.send(("file", "a.jpg", MEDIA["plain.jpg"]), Accept=REPORT).json
        assert alone["evidence"]["person"]["status"] == "absent"

    def test_fragments_and_an_original_are_parts(self, server: Server) -> None:
        first, fragments = signed_stream(command.SIGNER, (b"a" * 50, b"b" * 50))
        parts = [("file", "init.mp4", first), *(("fragment", f"{n}.m4s", one) for n, one in enumerate(fragments))]
        whole = server.send(*parts, Accept=REPORT).json
        assert len(whole["inputs"]["options"]["fragments_sha256"]) == 2
        assert whole["evidence"]["integrity"]["status"] == "pass"
        plain = MEDIA["plain.jpg"]
        same = server.send(("file", "a.jpg", plain), ("original", "b.jpg", plain), Accept=REPORT).json
        assert same["inputs"]["options"]["original"]["name"] == "b.jpg"
        assert same["evidence"]["known"]["status"] == "pass"

    def test_a_file_that_cannot_be_read_gets_a_report(self, server: Server) -> None:
        told = server.check(b"")
        assert told.status == 200
        assert told.json["values"]["integrity"]["status"] == "error"


class TestNames:
    def test_a_policy_is_named_and_nothing_else(self, server: Server) -> None:
        assert server.check(MEDIA["plain.jpg"], "?policy=strict").json["outcome"] == "block"
        for query in (
            "?policy=strict.toml",
            "?policy=/etc/passwd",
            "?policy=",
            "?lists=root.pem",
            "?index=x",
            "?issuer=y",
        ):
            told = server.check(MEDIA["plain.jpg"], query)
            assert (told.status, told.problem) == (400, "unknown-name"), query

    @pytest.mark.parametrize(
        "query", ["?polcy=strict", "?policy=strict&policy=strict", "?name=a&name=b", "?challenge=12", "?" + "a" * 5000]
    )
    def test_a_query_that_cannot_be_meant_is_refused(self, server: Server, query: str) -> None:
        assert server.check(MEDIA["plain.jpg"], query).problem == "malformed"

    def test_names_are_told(self, server: Server) -> None:
        policies = server.get("/v1/policies").json["policies"]
        assert [(one["name"], one["default"]) for one in policies] == [("", True), ("strict", False)]
        lists = server.get("/v1/lists").json["lists"]
        assert [(one["name"], one["default"], len(one["files"])) for one in lists] == [("ours", True, 1)]
        assert lists[0]["files"][0]["label"] == "yours"

    def test_version_and_schema_say_what_runs_here(self, server: Server) -> None:
        told = server.get("/v1/version").json
        assert told["formats"] == list(FORMS)
        schema = server.get("/v1/schema").json
        report = server.check(MEDIA["signed.jpg"], Accept=REPORT).json
        jsonschema.validate(report, schema)
        assert json.dumps(told["limits"])


def test_the_index_and_the_policies_are_read_again_without_a_restart(tmp_path: Path) -> None:
    command.write(tmp_path)
    (tmp_path / "strict.toml").write_text(STRICT)
    run = Command(folder=tmp_path, home=tmp_path / "home")
    assert run("index", "add", "plain.jpg", "--index", "index").code == 0
    config = """
[server]
reload = 0.2
rate = 100000
[policies]
desk = "strict.toml"
[indexes]
archive = "index"
[defaults]
policy = "desk"
index = "archive"
"""

    def known(server: Server, name: str) -> Any:
        return server.check(MEDIA[name]).json["values"]["known"]["status"]

    from tests.vouchmark.service.server import wait_for

    with running(tmp_path, config) as server:
        assert (known(server, "plain.jpg"), known(server, "signed.jpg")) == ("pass", "absent")
        assert run("index", "add", "signed.jpg", "--index", "index").code == 0
        wait_for(lambda: known(server, "signed.jpg") == "pass", what="the index was not read again")
        (tmp_path / "strict.toml").write_text('name = "strict"\notherwise = "review"\n')
        wait_for(lambda: server.check(MEDIA["plain.jpg"]).json["outcome"] == "review", what="nor the policy")
        (tmp_path / "strict.toml").write_text("otherwise = 7")
        wait_for(lambda: "stays as it was" in server.log, what="a mistake was not told")
        assert server.check(MEDIA["plain.jpg"]).json["outcome"] == "review"

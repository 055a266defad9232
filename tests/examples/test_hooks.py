"""Does a hook let unsigned files pass, and hold back altered, distrusted, broken and slow ones, as its host runs it?"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from tests.support import authority as made
from tests.support import command
from tests.support.command import Command
from tests.support.hesitant import with_a_late_second_engine
from tests.vouchmark import samples
from vouchmark import Policy
from vouchmark.cli import main
from vouchmark.report import Exit, Outcome

CHECKOUT: Final = Path(__file__).resolve().parents[2]
HOOKS: Final = CHECKOUT / "examples" / "hooks"
PASSES: Final = ("plain.jpg", "signed.jpg", "generated.jpg")
HELD: Final = ("altered.jpg", "distrusted.jpg", "broken.jpg", "empty.jpg", "not-there.jpg", "large.jpg")
PHOTOS: Final = 1000


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """A host's machine: the command on its path, files as they come in, and one certificate that is distrusted."""
    folder = tmp_path_factory.mktemp("host")
    command.write(folder, "plain.jpg", "signed.jpg", "generated.jpg", "altered.jpg", "empty.jpg")
    root = made.make_root()
    bad = made.make_signer(root)
    (folder / "distrusted.jpg").write_bytes(made.sign(bad, manifest=made.definition(made.created("digitalCapture"))))
    (folder / "bad.pem").write_text(bad.pem)
    signed = command.media()["signed.jpg"]
    store = signed.index(b"jumb")
    (folder / "broken.jpg").write_bytes(signed[: store + 200] + bytes(400) + signed[store + 600 :])
    (folder / "large.jpg").write_bytes(command.media()["plain.jpg"] + bytes(1024 * 1024))
    (folder / "bin").mkdir()
    script = f"#!/bin/sh\nexec '{sys.executable}' -P -m vouchmark \"$@\"\n"
    (folder / "bin" / "vouchmark").write_text(script)
    (folder / "bin" / "vouchmark").chmod(0o755)
    run = Command(folder=folder, home=tmp_path_factory.mktemp("home"))
    assert run("trust", "distrust", "bad.pem").code == 0
    return run


def hosted(host: Command, *words: str | Path, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    """What a host runs, with our command on its path."""
    surroundings = command.environment(host.home, env)
    surroundings["PATH"] = f"{host.folder / 'bin'}{os.pathsep}{surroundings['PATH']}"
    surroundings.setdefault("VOUCHMARK_CHECK_MAX_SIZE", "1")
    return subprocess.run(
        list(map(str, words)),
        input=stdin,
        capture_output=True,
        cwd=host.folder,
        env=surroundings,
        timeout=120,
        check=False,
    )


class TestTheVerdictAlone:
    @pytest.mark.parametrize("name", PASSES)
    def test_below_the_outcome_is_zero_whatever_the_lines_say(self, name: str, host: Command) -> None:
        done = host("check", "-qq", "--fail-on", "review", name)
        assert (done.code, done.stderr) == (0, "")
        assert done.stdout in ("allow\n", "label\n")

    @pytest.mark.parametrize("name", HELD)
    def test_from_it_on_is_one(self, name: str, host: Command) -> None:
        done = host("check", "-qq", "--fail-on", "review", "--max-size", "1", name)
        assert (done.code, done.stdout, done.stderr) == (1, "review\n", "")

    def test_a_policy_that_allows_what_fails_decides_too(self, host: Command, tmp_path: Path) -> None:
        (tmp_path / "open.toml").write_text('otherwise = "allow"\n')
        words = ("check", "-qq", "--policy", tmp_path / "open.toml", "altered.jpg")
        assert host(*words, "--fail-on", "label").said == (0, "")
        assert host(*words, "--fail-on", "label", "--require", "integrity").code == 1
        assert host(*words, "--fail-on", "allow").code == 1

    def test_a_variable_requires_lines_as_the_option_does(self, host: Command) -> None:
        env = {"VOUCHMARK_CHECK_REQUIRE": "integrity"}
        assert host("check", "-qq", "--fail-on", "review", "plain.jpg", env=env).code == 3

    def test_no_file_at_all_is_not_let_through(self, host: Command, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        assert host("check", "-qq", "--fail-on", "block", tmp_path / "empty").code == 3

    def test_a_thousand_unsigned_photos_pass_and_one_bad_one_does_not(self, host: Command, tmp_path: Path) -> None:
        for number in range(PHOTOS):
            data = made.picture()
            (tmp_path / f"{number:04}.jpg").write_bytes(data + b"%d" % number)
        done = host("check", "-qq", "--fail-on", "review", "--jobs", "2", tmp_path)
        assert (done.code, done.stderr, done.lines) == (0, "", ["label"] * PHOTOS)
        for name in ("altered.jpg", "distrusted.jpg", "broken.jpg", "empty.jpg"):
            shutil.copy(host.folder / name, tmp_path / "one-more.jpg")
            some = [tmp_path / f"{number:04}.jpg" for number in range(3)]
            assert host("check", "-qq", "--fail-on", "review", *some, tmp_path / "one-more.jpg").code == 1

    def test_no_way_through_by_being_slow(self, host: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VOUCHMARK_HOME", str(host.home))
        with_a_late_second_engine(monkeypatch)
        file = str(host.folder / "signed.jpg")
        words = ["check", "-qq", "--fail-on", "review", "--time-limit", "0.2", file]
        done = CliRunner().invoke(main, words)
        assert (done.exit_code, done.stdout) == (1, "review\n")


class TestPolicies:
    @pytest.mark.parametrize("reason", ["time-limit", "memory-limit", "too-large", "crash"])
    def test_what_could_not_be_looked_at_is_a_condition_by_its_reason(self, reason: str) -> None:
        rule = f'when = {{ line = "integrity", status = "error", detail = {{ reason = "{reason}" }} }}'
        policy = Policy.parse(f'otherwise = "allow"\n[[rules]]\n{rule}\noutcome = "block"\n'.encode(), "hook")
        for other in ("time-limit", "memory-limit", "too-large", "crash"):
            found = policy.decide(samples.unreadable(reason=other)).outcome
            assert found is (Outcome.BLOCK if other == reason else Outcome.ALLOW)

    def test_the_reasons_are_those_that_reports_give(self, host: Command) -> None:
        page = (CHECKOUT / "docs/hooks.md").read_text(encoding="utf-8")
        named = set(re.findall(r"`([a-z-]+)`", page.partition("| reason | when |")[2].partition("\n\n")[0]))
        for name, reason in (("large.jpg", "too-large"), ("not-there.jpg", "not-found")):
            report = host("check", "--format", "json", "--max-size", "1", name).json
            (found,) = report["evidence"]["integrity"]["findings"]
            assert found["detail"]["reason"] == reason
            assert reason in named

    def test_the_rule_that_the_page_shows_is_one(self) -> None:
        page = (CHECKOUT / "docs/hooks.md").read_text(encoding="utf-8")
        rules = page.partition("```text\n")[2].partition("```")[0]
        policy = Policy.parse(f'otherwise = "allow"\n{rules}'.encode(), "page")
        verdict = policy.decide(samples.unreadable())
        assert (verdict.outcome, verdict.labels) == (Outcome.BLOCK, ("x-over-a-limit",))
        assert policy.decide(samples.signed()).outcome is Outcome.ALLOW


class TestMatrix:
    @pytest.mark.parametrize(("name", "code"), [(name, 0) for name in PASSES] + [(name, 1) for name in HELD])
    def test_the_script_ends_with_zero_for_a_clean_file_alone(self, name: str, code: int, host: Command) -> None:
        done = hosted(host, HOOKS / "matrix-scan.sh", host.folder / name)
        assert (done.returncode, done.stderr) == (code, b"")

    def test_it_is_never_clean_without_a_file_or_without_the_command(self, host: Command) -> None:
        assert hosted(host, HOOKS / "matrix-scan.sh").returncode != 0
        bare = {"PATH": "/usr/bin:/bin"}
        done = subprocess.run(["sh", HOOKS / "matrix-scan.sh", "x"], env=bare, capture_output=True, check=False)
        assert done.returncode == 127


class TestAction:
    def run(self, host: Command, out: Path, **env: str) -> tuple[int, str, str]:
        done = hosted(host, HOOKS / "action.sh", GITHUB_OUTPUT=str(out), **env)
        return done.returncode, done.stdout.decode(), out.read_text() if out.exists() else ""

    def test_it_passes_and_holds(self, host: Command, tmp_path: Path) -> None:
        code, said, result = self.run(host, tmp_path / "out", PATHS="plain.jpg\nsigned.jpg\n")
        assert (code, result) == (0, "result=passed\n")
        assert "plain.jpg: " in said
        code, _, result = self.run(host, tmp_path / "held", PATHS="plain.jpg\naltered.jpg\n")
        assert (code, result) == (1, "result=held\n")
        assert self.run(host, tmp_path / "block", PATHS="altered.jpg", FAIL_ON="block")[0] == 0

    def test_nothing_to_look_at_is_no_pass(self, host: Command, tmp_path: Path) -> None:
        assert self.run(host, tmp_path / "out", PATHS="\n")[0] == 2
        (tmp_path / "empty").mkdir()
        code, _, result = self.run(host, tmp_path / "none", PATHS=str(tmp_path / "empty"))
        assert (code, result) == (3, "result=undecided\n")

    def test_reports_go_where_they_are_asked_for(self, host: Command, tmp_path: Path) -> None:
        code, _, _ = self.run(host, tmp_path / "out", PATHS="plain.jpg", REPORT=str(tmp_path / "reports.jsonl"))
        assert code == 0
        assert '"plain.jpg"' in (tmp_path / "reports.jsonl").read_text()

    def test_no_name_of_a_file_is_obeyed(self, host: Command, tmp_path: Path) -> None:
        name = "::add-path::$(touch here)"
        shutil.copy(host.folder / "plain.jpg", tmp_path / name)
        code, said, _ = self.run(host, tmp_path / "out", PATHS=str(tmp_path / name))
        first, *_, last = said.splitlines()
        token = first.removeprefix("::stop-commands::")
        assert code == 0
        assert re.fullmatch(r"[0-9a-f]{32}", token)
        assert last == f"::{token}::"
        assert said.index("::add-path::") > said.index(token)
        assert not (host.folder / "here").exists()

    def test_the_action_gives_its_inputs_by_variables_alone(self) -> None:
        yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
        action = yaml.safe_load((CHECKOUT / "action.yml").read_text(encoding="utf-8"))
        assert action["runs"]["using"] == "composite"
        for step in action["runs"]["steps"]:
            assert step["shell"] == "bash"
            assert "${{" not in step["run"]
        step = action["runs"]["steps"][-1]
        assert {name: text.split(".")[1].strip(" }") for name, text in step["env"].items()} == {
            "PATHS": "paths", "FAIL_ON": "fail-on", "POLICY": "policy", "REPORT": "report",
        }  # fmt: skip
        assert set(action["inputs"]) == {"paths", "fail-on", "policy", "report"}
        assert step["run"].endswith('"$GITHUB_ACTION_PATH/examples/hooks/action.sh"')


class TestPreCommit:
    @pytest.fixture
    def hook(self) -> dict[str, Any]:
        yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
        (hook,) = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
        return dict(hook)

    def test_its_entry_runs_over_names_as_pre_commit_gives_them(self, hook: dict[str, Any], host: Command) -> None:
        entry = hook["entry"].split()
        assert hosted(host, *entry, *PASSES).returncode == 0
        done = hosted(host, *entry, "plain.jpg", "altered.jpg")
        assert done.returncode == 1
        assert b"altered.jpg: does not match its credentials" in done.stdout

    def test_pre_commit_itself_runs_it(self, hook: dict[str, Any], host: Command, tmp_path: Path) -> None:
        program = shutil.which("pre-commit")
        if program is None or shutil.which("git") is None:
            pytest.skip("pre-commit or git is not installed")
        for name in ("plain.jpg", "altered.jpg"):
            shutil.copy(host.folder / name, tmp_path)
        local = f"repos: [{{repo: local, hooks: [{ {**hook, 'language': 'system'} }]}}]"
        (tmp_path / ".pre-commit-config.yaml").write_text(local)
        git = ("git", "-C", tmp_path, "-c", "init.defaultBranch=main")
        assert hosted(host, *git, "init", "-q").returncode == 0
        for name, code in (("plain.jpg", 0), ("altered.jpg", 1)):
            hosted(host, *git, "add", name)
            words = ("env", "-C", tmp_path, program, "run", "--files", name)
            done = hosted(host, *words)
            assert done.returncode == code, done.stdout

    def test_the_manifest_is_one(self) -> None:
        program = shutil.which("pre-commit")
        if program is None:
            pytest.skip("pre-commit is not installed")
        subprocess.run([program, "validate-manifest", CHECKOUT / ".pre-commit-hooks.yaml"], check=True)


def message(*files: Path, **fields: str) -> bytes:
    """A message with these files attached."""
    made_up = EmailMessage()
    made_up["From"], made_up["To"], made_up["Subject"] = "ann@example.org", "bob@example.org", "pictures"
    for name, value in fields.items():
        made_up[name.replace("_", "-")] = value
    made_up.set_content("see attached\n")
    for file in files:
        made_up.add_attachment(file.read_bytes(), maintype="image", subtype="jpeg", filename=f"../{file.name}")
    return bytes(made_up)


class TestMail:
    def filtered(self, host: Command, data: bytes, *words: str) -> tuple[int, bytes, str]:
        done = hosted(host, sys.executable, HOOKS / "mail_filter.py", *words, stdin=data)
        return done.returncode, done.stdout, done.stderr.decode()

    def test_a_message_with_unsigned_pictures_passes_and_says_so(self, host: Command) -> None:
        data = message(host.folder / "plain.jpg", host.folder / "signed.jpg")
        code, out, _ = self.filtered(host, data)
        assert (code, out) == (0, b"X-Vouchmark: passed; label; 2 attachments\n" + data)

    @pytest.mark.parametrize("name", [name for name in HELD if name != "not-there.jpg"])
    def test_one_that_is_held_is_not_passed_on(self, name: str, host: Command) -> None:
        code, out, said = self.filtered(host, message(host.folder / "plain.jpg", host.folder / name))
        assert (code, out, said) == (69, b"", "X-Vouchmark: held; review; 2 attachments\n")

    def test_a_picture_in_a_forwarded_message_is_looked_at(self, host: Command) -> None:
        outer = EmailMessage()
        outer["Subject"] = "fwd"
        outer.set_content("look\n")
        inner = EmailMessage()
        inner.set_content("inner\n")
        inner.add_attachment(command.media()["altered.jpg"], maintype="image", subtype="jpeg", filename="a.jpg")
        outer.add_attachment(inner)
        assert self.filtered(host, bytes(outer))[0] == 69

    def test_a_field_that_the_sender_wrote_does_not_stay(self, host: Command) -> None:
        forged = message(host.folder / "plain.jpg", X_Vouchmark="passed; allow; 1 attachment")
        folded = forged.replace(b"X-Vouchmark: passed;", b"x-vouchmark : passed;\n and", 1)
        crlf = forged.replace(b"\n", b"\r\n")
        for data in (forged, folded, crlf, b"From ann Mon Nov 30\n" + forged):
            code, out, _ = self.filtered(host, data)
            head = re.split(rb"\r?\n\r?\n", out)[0]
            assert code == 0
            assert re.findall(rb"(?im)^x-vouchmark[^\n]*", head) == [
                b"X-Vouchmark: passed; label; 1 attachment" + (b"\r" if data is crlf else b"")
            ]

    def test_what_others_may_read_otherwise_is_held(self, host: Command) -> None:
        data = message(host.folder / "plain.jpg").replace(b"Subject: pictures", b"Subject : pictures\nno field", 1)
        assert self.filtered(host, data)[::2] == (
            69, "X-Vouchmark: held; the message is malformed, and others may read it otherwise\n",
        )  # fmt: skip

    def test_without_attachments_there_is_nothing_to_ask(self, host: Command) -> None:
        assert self.filtered(host, message())[1].startswith(b"X-Vouchmark: passed; no attachments\n")

    def test_what_cannot_be_decided_now_is_tried_again(self, host: Command) -> None:
        words = ("--policy", "none.toml")
        assert self.filtered(host, message(host.folder / "plain.jpg"), *words)[0] == 75


def test_exit_codes_say_it_in_the_help() -> None:
    done = CliRunner().invoke(main, ["check", "--help-all"])
    assert "where --fail-on is given then, the verdict alone decides" in " ".join(done.stdout.split())
    assert int(Exit.FAILED) == 1

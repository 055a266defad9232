"""Does a policy say of saved reports what it would have said of the files, and how much that changes?"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import command
from tests.support.command import AT, Command
from tests.vouchmark import samples
from vouchmark.policies.changes import Changes
from vouchmark.policies.policy import Policy
from vouchmark.render.json import dumps_line, loads
from vouchmark.report import Outcome

STRICT = b"""name = "strict"
otherwise = "allow"
[[rules]]
when = { code = "ai.generated" }
outcome = "block"
labels = ["ai-generated", "x-desk"]
[[rules]]
when = { line = "integrity", status = "absent" }
outcome = "label"
labels = ["no-provenance"]
"""
PEOPLE = b"""name = "people"
otherwise = "review"
[[rules]]
when = { people = { at_least = 2, scope = "public:review/cafe" } }
outcome = "allow"
"""


@pytest.fixture
def run(tmp_path: Path) -> Command:
    command.write(tmp_path / "here/in")
    (tmp_path / "here/in/root.pem").rename(tmp_path / "here/root.pem")
    (tmp_path / "here/strict.toml").write_bytes(STRICT)
    return Command(folder=tmp_path / "here", home=tmp_path / "home")


def saved(run: Command) -> None:
    words = ("--trust", "root.pem", "--at", AT, "--in-process", "--format", "jsonl", "-o", "reports.jsonl")
    run("check", "in", *words)


class TestCounting:
    def test_a_saved_report_gets_the_verdict_that_its_file_would_get(self) -> None:
        policy = Policy.parse(STRICT, "strict")
        for report in samples.gallery().values():
            again = loads(dumps_line(Policy.default().applied(report)))
            assert policy.decide(again) == policy.decide(report)

    def test_what_changes_is_counted_by_outcome_and_label(self) -> None:
        changes = Changes(policy=Policy.parse(STRICT, "strict"))
        gallery = samples.gallery()
        told = [changes.add(Policy.default().applied(gallery[name])) for name in ("generated", "without", "signed")]
        assert [change and (change.before, change.after) for change in told] == [
            ("label", "block"),
            None,
            ("allow", "allow"),
        ]
        assert (changes.reports, changes.changed) == (3, 2)
        assert list(changes.sorted_moves()) == [("label", "block", 1)]
        assert changes.gained == {"x-desk": 1}
        assert "signer-recognised" in changes.lost

    def test_the_policy_that_made_them_changes_nothing(self) -> None:
        changes = Changes(policy=Policy.default())
        for report in samples.gallery().values():
            assert changes.add(Policy.default().applied(report)) is None
        assert changes.changed == 0
        assert not changes.moves

    def test_a_report_without_a_verdict_had_none(self) -> None:
        changes = Changes(policy=Policy.default())
        change = changes.add(replace(samples.without(), verdict=None))
        assert change is not None
        assert (change.before, change.after) == ("none", Outcome.LABEL)

    def test_what_becomes_stronger_most_comes_first(self) -> None:
        changes = Changes(policy=Policy.default())
        changes.moves.update({("review", "label"): 5, ("allow", "block"): 1, ("allow", "label"): 3})
        assert [move[:2] for move in changes.sorted_moves()] == [
            ("allow", "block"),
            ("allow", "label"),
            ("review", "label"),
        ]


class TestCommand:
    def test_says_how_many_outcomes_change_and_looks_at_no_file(self, run: Command) -> None:
        saved(run)
        for path in (run.folder / "in").iterdir():
            path.unlink()
        done = run("check", "--policy", "strict.toml", "--from", "reports.jsonl")
        assert (done.code, done.stderr) == (0, "")
        assert done.lines[0].endswith("of 5 reports get another verdict from the policy “strict”")
        assert "  1  label -> block" in done.lines
        assert "labels that go:" in done.lines
        piped = run("--from", "-", "--policy", "strict.toml", stdin=(run.folder / "reports.jsonl").read_bytes())
        assert piped.stdout == done.stdout

    def test_json_and_names_on_request(self, run: Command) -> None:
        saved(run)
        words = ("check", "--policy", "strict.toml", "--from", "reports.jsonl")
        found = run(*words, "--format", "json").json
        assert found["reports"] == 5
        assert {"from": "label", "to": "block", "reports": 1} in found["outcomes"]
        assert sum(found["before"].values()) == sum(found["after"].values()) == 5
        assert any(line.startswith("generated.jpg: label -> block  +x-desk") for line in run(*words, "-v").lines)
        assert len(run(*words, "-q").lines) == 1

    def test_a_verdict_that_reaches_the_threshold_fails(self, run: Command) -> None:
        saved(run)
        words = ("check", "--policy", "strict.toml", "--from", "reports.jsonl", "-q")
        assert run(*words, "--fail-on", "block").code == 1
        assert run(*words[:1], *words[3:], "--fail-on", "block").code == 0

    def test_people_that_nobody_counted_are_named(self, run: Command) -> None:
        saved(run)
        (run.folder / "people.toml").write_bytes(PEOPLE)
        done = run("check", "--policy", "people.toml", "--from", "reports.jsonl")
        assert done.code == 0, done.stderr
        assert "were not counted in 5 of them" in done.lines[-1]

    @pytest.mark.parametrize(
        ("words", "error"),
        [
            (("in", "--from", "reports.jsonl"), "--from takes saved reports in place of files"),
            (("--from", "none.jsonl"), "--from none.jsonl: No such file or directory"),
            (("--from", "root.pem"), "--from root.pem, line 1: not JSON"),
            (("--from", "reports.jsonl", "--trust", "root.pem"), "--trust means nothing with --from"),
            (("--from", "reports.jsonl", "--format", "html"), "--from writes text or json"),
            (("--from", "reports.jsonl", "--policy", "root.pem"), "policy "),
            ((), "missing argument 'FILE|FOLDER|-…'"),
        ],
    )
    def test_what_cannot_be_meant_is_a_usage_error(self, words: tuple[str, ...], error: str, run: Command) -> None:
        (run.folder / "reports.jsonl").write_text("")
        done = run("check", *words)
        assert done.code == 2
        assert done.stderr.startswith("error: ")
        assert error in done.stderr.splitlines()[0]

    def test_a_report_that_was_changed_is_not_taken(self, run: Command) -> None:
        saved(run)
        lines = (run.folder / "reports.jsonl").read_text(encoding="utf-8").splitlines()
        value = json.loads(lines[1])
        value["evidence"]["integrity"]["status"] = "pass"
        lines[1] = json.dumps(value)
        (run.folder / "reports.jsonl").write_text("\n".join(lines), encoding="utf-8")
        done = run("check", "--from", "reports.jsonl")
        assert done.code == 2
        assert "line 2: " in done.stderr

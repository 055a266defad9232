"""Is every code that the product emits in the table, with a meaning, and is the table honest about itself?"""

from __future__ import annotations

import ast
import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import provenance
import vouchmark
from vouchmark.cli import INTERRUPTED, READER_GONE
from vouchmark.cli.explain import TOPICS
from vouchmark.cli.explain import explain as command
from vouchmark.codes.codes import OURS, SPECIFIED, Code, find, lines_of, patterns
from vouchmark.codes.exits import EXITS
from vouchmark.codes.specification import FAMILY_LINES, SPECIFICATION, Kind
from vouchmark.policies.labels import LABELS, is_label
from vouchmark.report import Exit, Line, Status
from vouchmark.wording.catalogue import everything

LINES = sorted(Path(vouchmark.__file__).parent.joinpath("lines").rglob("*.py"))
ENGINES = sorted(Path(provenance.__file__).parent.rglob("*.py"))
OURS_SHAPE = re.compile(rf"(?:{'|'.join(Line)})(?:\.[a-z][a-z0-9_]*)+")
SPECIFIED_SHAPE = re.compile(rf"(?:{'|'.join(FAMILY_LINES)})(?:\.[A-Za-z][A-Za-z0-9_-]*)+")


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of a module that could be a code, with its line; parts of f-strings in braces become `*`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside.update(node.values)
            parts = [part.value if isinstance(part, ast.Constant) else "*" for part in node.values]
            yield node.lineno, "".join(str(part) for part in parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inside:
            yield node.lineno, node.value


def known(pattern: str) -> bool:
    """Whether some code of the table fits or begins so (`startswith` is used too); `*` stands for any words."""
    shape = re.compile(re.escape(pattern).replace(r"\*", "[A-Za-z0-9_.-]+"))
    return any(shape.match(code) for code in (*OURS, *SPECIFIED, *(one.id for one in everything())))


@pytest.mark.parametrize("path", LINES, ids=lambda path: path.stem)
def test_every_code_that_a_line_names_is_in_the_table(path: Path) -> None:
    for number, text in literals(path):
        dotted = text.replace("*", "x")
        if OURS_SHAPE.fullmatch(dotted) or SPECIFIED_SHAPE.fullmatch(dotted):
            assert known(text), f"{path.name}:{number}: {text}"


def statuses(path: Path) -> Iterator[tuple[int, str, Status]]:
    """Every status that stands beside a code: in one call, or as a code's value in a table."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        groups: list[list[ast.expr]] = []
        if isinstance(node, ast.Call):
            groups.append([*node.args, *(keyword.value for keyword in node.keywords)])
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if key is not None and isinstance(value, ast.Tuple):
                    groups.append([key, *value.elts])
        for group in groups:
            codes = [part.value for part in group if isinstance(part, ast.Constant) and find(str(part.value))]
            found = [
                part.attr
                for part in group
                if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "Status"
            ]
            if len(codes) == 1 and len(found) == 1:
                yield node.lineno, str(codes[0]), Status[found[0]]


@pytest.mark.parametrize("path", LINES, ids=lambda path: path.stem)
def test_lines_give_codes_only_the_statuses_of_the_table(path: Path) -> None:
    for number, code, status in statuses(path):
        entry = find(code)
        assert entry is not None
        assert status in entry.statuses, f"{path.name}:{number}: {code} {status}"


def test_the_search_finds_statuses_at_all() -> None:
    found = {(code, status) for path in LINES for _, code, status in statuses(path)}
    assert ("integrity.absent", Status.ABSENT) in found
    assert ("signer.unknown", Status.UNKNOWN) in found


@pytest.mark.parametrize("path", ENGINES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_code_of_ours_that_the_media_side_names_is_in_the_table(path: Path) -> None:
    for number, text in literals(path):
        if OURS_SHAPE.fullmatch(text.replace("*", "x")) and not text.endswith((".py", "claim.v2")):
            assert known(text), f"{path.name}:{number}: {text}"


def test_the_search_finds_codes_at_all() -> None:
    found = {text for path in LINES for _, text in literals(path) if OURS_SHAPE.fullmatch(text)}
    assert {"integrity.malformed", "ai.generated", "engines.disagree"} <= found
    assert known("history.*.broken")
    assert not known("history.*.nonsense")
    assert not known("signer.unknown.more")


@pytest.mark.parametrize("entry", OURS.values(), ids=lambda entry: entry.code)
def test_our_codes_stand_under_their_line_with_one_sentence(entry: Code) -> None:
    assert OURS_SHAPE.fullmatch(entry.code)
    assert entry.code.startswith(f"{entry.line}.")
    assert entry.statuses
    assert entry.meaning.endswith(".")
    assert entry.meaning[0].isupper()
    assert not re.search(r"\b(real|fake|authentic|score)\b", entry.meaning)


def test_the_specifications_codes_have_a_family_a_kind_and_a_sentence() -> None:
    for code, (kind, meaning) in SPECIFICATION.items():
        assert SPECIFIED_SHAPE.fullmatch(code), code
        assert kind in Kind
        assert meaning.endswith("."), code
        assert not re.search(r"\b(real|fake|authentic|score)\b", meaning)


def test_our_codes_and_theirs_are_apart() -> None:
    assert not set(OURS) & set(SPECIFIED)


@pytest.mark.parametrize(
    "code",
    [
        "claimSignature.validated",
        "assertion.dataHash.mismatch",
        "assertion.boxesHash.unknownBox",
        "assertion.hardBinding.redacted",
        "ingredient.unknownProvenance",
        "signingCredential.ocsp.revoked",
        "timeStamp.credentialInvalid",
        "timeOfSigning.outsideValidity",
        "manifest.update.wrongParents",
        "cawg.ica.did_unavailable",
        "cawg.identity.well-formed",
        "cawg.x509.credential.untrusted",
        "general.error",
    ],
)
def test_knows_the_specifications_codes(code: str) -> None:
    entry = find(code)
    assert entry is not None
    assert entry.origin in ("C2PA", "CAWG")
    assert lines_of(code) == frozenset()


def test_a_success_is_a_pass_and_a_failure_never_is() -> None:
    for code, (kind, _) in SPECIFICATION.items():
        statuses = SPECIFIED[code].statuses
        assert (Status.FAIL in statuses) == (kind is Kind.FAILURE)
        assert kind is not Kind.FAILURE or Status.PASS not in statuses


def test_families_are_known_and_nonsense_is_not() -> None:
    assert lines_of("signer.*") == {Line.SIGNER}
    assert lines_of("assertion.*") == frozenset()
    assert lines_of("soul.*") is None
    assert lines_of("signer.soul") is None
    assert find("signer.soul") is None
    assert {"signer.*", "assertion.dataHash.*", "signer.unknown"} <= set(patterns())


def test_labels_have_a_meaning_and_own_ones_a_prefix() -> None:
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) and meaning.endswith(".") for name, meaning in LABELS.items())
    assert is_label("ai-generated")
    assert is_label("x-desk-4")
    for name in ("x-", "x-Desk", "desk", "x-a b", "x-" + "a" * 100, "x-a\n"):
        assert not is_label(name)


class TestCommand:
    def test_lists_our_own_by_line(self) -> None:
        result = CliRunner().invoke(command, ["codes"])
        assert result.exit_code == 0
        assert [line for line in result.output.splitlines() if line in set(Line)] == list(
            dict.fromkeys(str(code.line) for code in OURS.values())
        )
        assert "assertion.dataHash.match" not in result.output

    def test_lists_all(self) -> None:
        result = CliRunner().invoke(command, ["codes", "--all", "--format", "json"])
        assert len(json.loads(result.output)) == len(OURS) + len(SPECIFIED)

    def test_explains_one_code_and_a_family(self) -> None:
        result = CliRunner().invoke(command, ["signer.unknown", "assertion.dataHash.*", "--format", "json"])
        names = {row["code"] for row in json.loads(result.output)}
        assert "signer.unknown" in names
        assert "assertion.dataHash.mismatch" in names
        assert all(name == "signer.unknown" or name.startswith("assertion.dataHash.") for name in names)

    def test_writes_a_table_for_the_manual(self) -> None:
        result = CliRunner().invoke(command, ["signer.unknown", "--format", "markdown"])
        head, rule, row = result.output.strip().splitlines()
        assert head == "| code | line | statuses | origin | meaning |"
        assert set(rule) <= set("| -")
        assert row.startswith("| `signer.unknown` | signer | unknown | vouchmark | ")

    def test_lists_labels(self) -> None:
        result = CliRunner().invoke(command, ["labels", "--format", "json"])
        assert [row["label"] for row in json.loads(result.output)] == list(LABELS)

    def test_guesses_what_was_meant(self) -> None:
        result = CliRunner().invoke(command, ["signer.unknwn"])
        assert result.exit_code == 2
        assert "did you mean signer.unknown?" in result.output

    def test_says_what_can_be_explained(self) -> None:
        shown = CliRunner().invoke(command).output
        for topic in TOPICS:
            assert f"  {topic}\n" in shown
            if topic != "NAME":
                assert CliRunner().invoke(command, [topic]).exit_code == 0

    def test_explains_a_label_and_an_exit_code(self) -> None:
        rows = json.loads(CliRunner().invoke(command, ["ai-generated", "3", "--format", "json"]).output)
        assert rows[0] == {"label": "ai-generated", "meaning": LABELS["ai-generated"]}
        assert rows[1]["exit"] == "3"
        assert rows[1]["meaning"].startswith("Inconclusive")

    def test_lists_every_sentence_with_when_it_may_be_said(self) -> None:
        rows = json.loads(CliRunner().invoke(command, ["sentences", "--format", "json"]).output)
        assert [row["sentence"] for row in rows] == [one.id for one in everything()]
        assert all(row["when"] for row in rows)
        one = next(one for one in everything() if lines_of(one.id) is None)
        assert f"  {one.id}\n" in CliRunner().invoke(command, [one.id]).output

    def test_what_the_command_can_end_with_is_explained(self) -> None:
        assert {*Exit, INTERRUPTED, READER_GONE, 128 + signal.SIGTERM} == set(EXITS)

    @pytest.mark.parametrize(
        "words",
        [["labels", "--all"], ["--all"], ["schema", "codes"], ["codes", "labels", "--format", "markdown"], ["99"]],
    )
    def test_what_does_not_go_together_is_a_usage_error(self, words: list[str]) -> None:
        result = CliRunner().invoke(command, words)
        assert result.exit_code == 2
        assert "hint: " in result.output

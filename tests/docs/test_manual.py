"""Is every table, command, snippet and number in README and manual true, and tested what people are told to type?"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from PIL import Image

from provenance.asset import DEFAULT_BYTES, DEFAULT_PIXELS
from provenance.workers import pool
from tests.support import command, talks
from tests.support.authority import NOW, make_signer
from tests.support.command import Command
from tests.support.media.streams import signed_stream
from tests.support.people import world
from tests.vouchmark.test_cli_main import EVERY
from vouchmark.cli import COMMANDS, main
from vouchmark.codes.exits import EXITS
from vouchmark.demo.pictures import harbour
from vouchmark.examination.gather import facts_about
from vouchmark.examination.settings import make_settings
from vouchmark.policies.conditions import AllOf, Findings, LineIs, People
from vouchmark.policies.file import CONDITION_KEYS, PEOPLE_KEYS
from vouchmark.policies.policy import Policy
from vouchmark.render.text import SIGNS, TOLD
from vouchmark.report import QUESTIONS, Exit, Line, Status
from vouchmark.vouching.vouch import binding_for
from zk.profile.personhood import Binding, BindingKind

CHECKOUT: Final = Path(__file__).resolve().parents[2]
INDEX: Final = (CHECKOUT / "docs/index.md").read_text(encoding="utf-8")
ORDER: Final = [f"docs/{name}.md" for name in re.findall(r"^[a-z][a-z/-]+$", INDEX, re.MULTILINE)]
"""The pages in the manual's order, in which their commands build on each other."""
PAGES: Final = {
    path: (CHECKOUT / path).read_text(encoding="utf-8")
    for path in dict.fromkeys(
        ["README.md", *ORDER, *sorted(p.relative_to(CHECKOUT).as_posix() for p in (CHECKOUT / "docs").rglob("*.md"))]
    )
}
"""The README and every page of the manual, by path."""
FENCE: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str, *pages: str) -> list[str]:
    """The blocks in a language, each once, of all pages or those named."""
    found = (FENCE.findall(PAGES[page]) for page in pages or PAGES)
    return list(dict.fromkeys(text for every in found for name, text in every if name == language))


def table(text: str, *columns: str) -> list[list[str]]:
    """The rows of the table with these columns."""
    _, found, rest = text.partition(f"| {' | '.join(columns)} |\n")
    assert found, columns
    rows = re.match(r"(?:\|.*\|\n)+", rest)
    assert rows is not None
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[0].splitlines()[1:]]


def lines_that_run() -> Iterator[str]:
    """Every line of the shell blocks, without its comment."""
    for line in dict.fromkeys(line for block in blocks("sh") for line in block.splitlines()):
        yield " ".join(shlex.join([word]) if " " in word else word for word in shlex.split(line, comments=True))


def command_lines() -> list[list[str]]:
    """The words of every `vouchmark …` in the shell blocks, each once, without the first."""
    found: list[list[str]] = []
    for block in blocks("sh"):
        for part in re.split(r"\n|&&|\|", block):
            try:
                words = shlex.split(part, comments=True)
            except ValueError:
                continue  # a piece of a quoted completion line
            if words and words[0].endswith("vouchmark"):
                found.append([word for word in words[1:] if word != ">"])
    return [list(words) for words in dict.fromkeys(map(tuple, found))]


class TestTables:
    def test_the_lines_of_evidence_are_the_reports(self) -> None:
        rows = [[f"`{line}`", question] for line, question in QUESTIONS.items()]
        assert table(PAGES["docs/command-line.md"], "line", "question") == rows

    def test_the_statuses_are_the_reports_with_their_signs(self) -> None:
        rows = table(PAGES["docs/command-line.md"], "sign", "status", "meaning")
        assert {status: sign for sign, status, _ in rows} == {f"`{s}`": f"`{SIGNS[s][0]}`" for s in Status}
        assert f"has the sign `{TOLD[0]}`" in PAGES["docs/command-line.md"]

    def test_the_exit_codes_are_the_commands(self) -> None:
        rows = table(PAGES["docs/exit-codes.md"], "code", "meaning", "more")
        assert [(code, meaning) for code, meaning, _ in rows] == [(str(code), EXITS[code]) for code in EXITS]
        assert set(Exit) <= set(EXITS)

    def test_the_help_of_check_gives_the_same_codes(self) -> None:
        epilog = EVERY["check",].epilog or ""
        assert [int(code) for code in re.findall(r"^  (\d)  ", epilog, re.MULTILINE)] == sorted(Exit)

    def test_every_variable_that_is_named_exists(self) -> None:
        options = {
            param.envvar for found in EVERY.values() for param in found.params if isinstance(param, click.Option)
        }
        source = "".join(
            path.read_text(encoding="utf-8")
            for room in ("provenance", "zk", "vouchmark")
            for path in (CHECKOUT / room).rglob("*.py")
        )
        # Those of the tests: where they find real files, and whether they may take long.
        source += "".join(
            (CHECKOUT / name).read_text(encoding="utf-8")
            for name in ("tests/support/corpus.py", "tests/fuzz/test_fuzz.py")
        )
        named = set(re.findall(r"\bVOUCHMARK_\w+", "".join(PAGES.values()))) - {"VOUCHMARK_"}
        assert len(named) > 5
        for name in named:
            assert name in options or f'"{name}"' in source, name

    def test_the_limits_are_the_defaults(self) -> None:
        text = PAGES["docs/pipeline.md"]
        assert f"within {pool.DEFAULT_SECONDS:g} s" in text
        assert f"{pool.DEFAULT_MEMORY // 2**30} GiB" in text
        assert f"over {DEFAULT_BYTES // 2**20} MiB" in text
        assert f"over {DEFAULT_PIXELS // 10**6} megapixels" in text
        defaults = {param.name: param.default for param in EVERY["check",].params}
        assert defaults["time_limit"] == pool.DEFAULT_SECONDS
        assert defaults["memory_limit"] * 2**20 == pool.DEFAULT_MEMORY
        assert defaults["max_size"] * 2**20 == DEFAULT_BYTES
        assert defaults["max_pixels"] * 10**6 == DEFAULT_PIXELS

    @pytest.mark.parametrize("page", PAGES)
    def test_every_option_that_the_text_names_exists(self, page: str) -> None:
        options = {opt for found in EVERY.values() for param in found.params for opt in param.opts}
        prose = re.sub(r"^```.*?^```$", "", PAGES[page], flags=re.MULTILINE | re.DOTALL)
        for option in re.findall(r"`(--?[a-z][a-z-]*)", prose):
            assert option in options, option


class TestCommands:
    def test_the_two_marked_commands_are_what_the_checks_of_every_change_run(self) -> None:
        script = (CHECKOUT / ".ci/run").read_text(encoding="utf-8")
        reader = next(line for line in script.splitlines() if line.startswith("readme_command() "))
        for mark, words in (("demo", "vouchmark demo"), ("test", "-m pytest")):
            assert f"readme_command {mark}" in script
            done = subprocess.run(
                ["bash", "-c", f"{reader}\nreadme_command {mark}"],
                cwd=CHECKOUT,
                capture_output=True,
                text=True,
                check=True,
            )
            assert done.stdout.count("\n") == 1
            assert done.stdout in blocks("sh")
            assert words in done.stdout

    def test_there_are_many_commands_and_every_command_is_shown(self) -> None:
        shown = command_lines()
        assert len(shown) > 20
        assert {words[0] for words in shown if words} == set(COMMANDS)

    @pytest.mark.parametrize("words", command_lines(), ids=" ".join)
    def test_every_command_line_is_one_that_the_command_understands(self, words: list[str]) -> None:
        found: click.Command = main
        context = click.Context(main, info_name="vouchmark")
        # A group may be a command by itself, such as `serve`.
        while isinstance(found, click.Group) and (words or not found.invoke_without_command):
            name, inner, words = found.resolve_command(context, words)
            assert inner is not None
            found, context = inner, click.Context(inner, info_name=name, parent=context)
        found.make_context(found.name, list(words), parent=context.parent).close()

    def test_commands_that_look_at_files_run_as_shown(self, tmp_path: Path) -> None:
        run = Command(folder=tmp_path, home=tmp_path / "home")
        prepare(tmp_path)
        prepare_persons(tmp_path)
        ran = 0
        for line in lines_that_run():
            if "vouchmark" not in line or not re.search(
                r"\b(check|explain|doctor|show|import|export|search|distrust|add|bundle)\b", line
            ):
                continue
            if "wallet" in line or "vouchmark issuer" in line or "vouchmark vouch make" in line:
                continue  # these need a person or an issuer, and are tried below
            shown = line.replace("curl -s https://example.org/photo.jpg", "cat photo.jpg")
            shown = re.sub(r"(^|\| )vouchmark ", lambda found: f"{found[1]}{shlex.join(command.arguments())} ", shown)
            done = subprocess.run(
                ["bash", "-c", shown],
                cwd=tmp_path,
                env=command.environment(run.home),
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode in (0, 1, 3), (line, done.stderr)
            assert not re.search("error:|hint:|Traceback", done.stderr), (line, done.stderr)
            ran += 1
        assert ran >= 12
        assert len((tmp_path / "reports.jsonl").read_text(encoding="utf-8").splitlines()) == 2

    def test_credentials_are_issued_as_shown(self, tmp_path: Path) -> None:
        (steps,) = blocks("sh", "docs/personhood/index.md")
        done = run_steps(steps.splitlines(), tmp_path)
        assert "public:review/cafe-harbour, for ever, slot 0" in done[-1].stdout
        assert (tmp_path / "club" / "issuer.json").exists()

    def test_a_club_and_a_member_get_on_as_their_pages_show(self, tmp_path: Path) -> None:
        founding, enrolling, many, rotating, leaving, copying, recovering = (
            block.splitlines() for block in blocks("sh", "docs/personhood/secretary.md")
        )
        holding, vouching, _, _, keeping = (block.splitlines() for block in blocks("sh", "docs/personhood/member.md"))
        *asking, accepting, showing, renewing = holding
        (invite, approve), (lost,) = enrolling, re.findall("`(.* --reset)`", PAGES["docs/personhood/secretary.md"])
        begun = [*founding, invite, *asking, approve, accepting, showing, *vouching]
        (again, revoke) = leaving
        run_steps(begun, tmp_path)
        assert (tmp_path / "photo.jpg.vouch").exists()
        (tmp_path / "members.csv").write_text("identifier,name\nID-1,Ann\nID-2,Bob\n")
        (tmp_path / "requests").mkdir()
        shutil.copy(tmp_path / "request.vmr", tmp_path / "requests" / "ann.vmr")
        run_steps([*many, *rotating, again, renewing, *keeping, lost, revoke], tmp_path)
        assert sorted(path.name for path in (tmp_path / "answers").iterdir()) == ["ann.vma", "answers.csv"]
        assert len(list((tmp_path / "slips").iterdir())) == 3
        (backup,), (recover,) = copying, recovering
        run_steps([backup.replace("/media/stick/", "")], tmp_path)
        (tmp_path / "club" / "issuer.json").rename(tmp_path / "issuer.json")
        shutil.rmtree(tmp_path / "club")
        (copied,) = tmp_path.glob("club-*")
        copied.rename(tmp_path / "club")
        (done,) = run_steps([recover], tmp_path)
        assert (tmp_path / "club" / "issuer.json").exists(), done.stdout

    def test_a_vouch_is_embedded_as_shown(self, tmp_path: Path) -> None:
        run = Command(folder=tmp_path, home=tmp_path / "home")
        (line,) = (line for line in lines_that_run() if "vouch embed" in line)
        prepare(tmp_path)
        prepare_signer(tmp_path)
        done = run(*shlex.split(line)[1:])
        assert done.code == 0, done.stderr
        again = run("check", "vouched.jpg", "--format", "json", "--no-default-trust")
        assert again.json["evidence"]["person"]["findings"][0]["detail"]["where"] == "embedded"


def run_steps(steps: Sequence[str], folder: Path) -> list[command.Done]:
    """What each command of issuer and wallet says, with the last code that was given; every one has to succeed."""
    run = Command(folder=folder, home=folder / "home")
    secret = {
        "VOUCHMARK_PASSPHRASE": "four words are better",
        "VOUCHMARK_NEW_PASSPHRASE": "four other words are better",
        "VOUCHMARK_SCRYPT_COST": "15",
        "VOUCHMARK_ISSUER_INVITE_PERSON": "ID-4711",  # nobody is there to be asked
        "VOUCHMARK_ISSUER_REVOKE_PERSON": "ID-4711",
    }
    prepare(folder)
    code, done = "", []
    for line in steps:
        words = shlex.split(line, comments=True)[1:]
        words += ["-y"] if words[1] in ("current", "forget") else []  # nobody is there to be asked
        done.append(run(*words, env=secret | {"VOUCHMARK_CODE": code}))
        assert done[-1].code == 0, (line, done[-1].stderr)
        if "--json" in words:
            code = json.loads(done[-1].stdout)["code"]
    return done


def prepare_signer(folder: Path) -> None:
    """A key with its certificates, and a vouch for the photo's Content Credentials."""
    signer = make_signer()
    key = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(key)
    (folder / "chain.pem").write_text(signer.pem)
    asset, facts = facts_about(folder / "photo.jpg", make_settings(at=NOW), pool=None)
    (folder / "photo.jpg.vouch").write_bytes(world.person().vouch(bound=binding_for(asset, facts)).encode())


def scene(size: tuple[int, int]) -> Image.Image:
    """A picture with enough in it to be recognised."""
    return harbour().convert("RGB").resize(size)


def prepare(folder: Path) -> None:
    """The files that the manual's commands and snippets speak of."""
    for name, data in spoken_of().items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)


@functools.cache
def spoken_of() -> dict[str, bytes]:
    """Made once."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _make(folder)
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _make(folder: Path) -> None:
    made = command.media()
    for name in (
        "photo.jpg",
        "picture.jpg",
        "upload.jpg",
        "folder/one.jpg",
        "incoming/one.jpg",
        "incoming/two.jpg",
        "before/one.jpg",
        "after/one.jpg",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(made["generated.jpg"])
    for name in ("newsroom.pem", "times.pem"):
        (folder / name).write_bytes(made["root.pem"])
    first, fragments = signed_stream(command.SIGNER, (b"a" * 50, b"b" * 50))
    for name, data in zip(("init.mp4", "1.m4s", "2.m4s"), (first, *fragments), strict=True):
        (folder / name).write_bytes(data)
    scene((640, 430)).save(folder / "press.jpg", quality=90)
    scene((320, 215)).save(folder / "viral.jpg", quality=60)
    voice = talks.speech(12, 1)
    (folder / "talk.mp4").write_bytes(talks.encode(None, voice))
    for name in ("clip.mp4", "clip.mp3"):
        (folder / name).write_bytes(talks.encode(None, talks.cut_sound(voice, (3, 11)), kind=name[-3:]))
    policy, _ = blocks("toml")
    (folder / "desk.toml").write_text(policy, encoding="utf-8")
    seal = Ed25519PrivateKey.generate()
    (folder / "seal.key").write_bytes(seal.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = seal.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "seal.pub").write_bytes(public)


def prepare_persons(folder: Path) -> None:
    """An issuer's public part, and a person's vouch for the photo."""
    photo = (folder / "photo.jpg").read_bytes()
    bound = Binding(kind=BindingKind.FILE, digest=hashlib.sha256(photo).digest())
    (folder / "club").mkdir()
    (folder / "club" / "issuer.json").write_bytes(world.CLUB.info.to_json())
    (folder / "photo.jpg.vouch").write_bytes(world.person().vouch(bound=bound).encode())


class TestSnippets:
    @pytest.mark.parametrize("number", range(len(blocks("python"))))
    def test_a_snippet_runs_as_a_script_without_a_guard(self, number: int, tmp_path: Path) -> None:
        prepare(tmp_path)
        (tmp_path / "script.py").write_text(blocks("python")[number], encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-W", "error", "script.py"],
            cwd=tmp_path,
            env=command.environment(tmp_path / "home"),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        expected = (
            "pass The file is unchanged since it was signed.\n",
            "label ('ai-generated',)\n",
            "one.jpg INCONCLUSIVE ['ai.generated']\ntwo.jpg INCONCLUSIVE ['ai.generated']\n",
            "image/jpeg OK\nphoto.jpg OK\npicture.jpg OK\n",
            f"option: got lines ['integrety'], expected some of {[str(line) for line in Line]}\n",
        )
        assert done.stdout.endswith(expected[number])

    def test_the_policy_is_one(self) -> None:
        policy, _ = blocks("toml")
        parsed = Policy.parse(policy.encode(), "manual")
        assert (parsed.name, len(parsed.rules)) == ("desk", 2)

    def test_conditions_are_written_as_shown(self) -> None:
        _, conditions = blocks("toml")
        rule = 'otherwise = "allow"\n[[rules]]\noutcome = "label"\n'
        shown = [Policy.parse(f"{rule}{line}\n".encode(), "manual") for line in conditions.splitlines()]
        assert {type(policy.rules[0].when) for policy in shown} == {LineIs, Findings, People, AllOf}

    def test_every_key_of_a_policy_is_in_the_tables(self) -> None:
        named = set(re.findall(r"`(\w+)(?: =[^`]*)?`", PAGES["docs/policies.md"]))
        assert {*CONDITION_KEYS, *PEOPLE_KEYS, "name", "description", "otherwise", "rules", "final"} - {"by"} <= named

    def test_the_policies_to_start_from_are_policies(self) -> None:
        paths = sorted((CHECKOUT / "examples/policies").glob("*.toml"))
        assert len(paths) == 5
        for path in paths:
            assert Policy.load(path).name == path.stem

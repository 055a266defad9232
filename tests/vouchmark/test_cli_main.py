"""Does the command as a whole behave: help that loads nothing, variables for every option, terminals, pipes, Ctrl-C?"""

from __future__ import annotations

import errno
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest

from provenance.hashes.index.recorder import Recorder
from tests.support import command
from tests.support.command import AT, Command
from tests.support.people.world import CLUB
from vouchmark import __version__
from vouchmark.cli import COMMANDS, main
from vouchmark.cli.check.help import GROUPS
from vouchmark.cli.common import PATIENCE
from vouchmark.cli.explain import TOPICS
from vouchmark.cli.meant import TRANSLATED
from vouchmark.demo.pictures import harbour, harbour_with_airship

SGR: Final = "\x1b["
HEAVY: Final = (
    "c2pa",
    "encypher_c2pa",
    "numpy",
    "PIL",
    "msgspec",
    "rich",
    "cryptography",
    "zk",
    "provenance",
    "sqlalchemy",
    "jinja2",
)
"""Packages that help must not wait for."""


@pytest.fixture
def run(tmp_path: Path) -> Command:
    folder = tmp_path / "here"
    command.write(folder)
    return Command(folder=folder, home=tmp_path / "home")


def every_command() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Each command with the words that lead to it, groups too."""
    context = click.Context(main)

    def below(words: tuple[str, ...], found: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
        yield words, found
        if isinstance(found, click.Group):
            for name, member in found.commands.items():
                yield from below((*words, name), member)

    for name in COMMANDS:
        found = main.get_command(context, name)
        assert found is not None
        yield from below((name,), found)


EVERY: Final = dict(every_command())


class TestHelp:
    def test_lists_every_command_with_its_own_words(self) -> None:
        for name, words in COMMANDS.items():
            assert EVERY[name,].get_short_help_str(limit=200) == words

    def test_every_command_explains_itself_and_every_option(self) -> None:
        for words, found in EVERY.items():
            assert found.help, words
            for param in found.params:
                if isinstance(param, click.Option) and not param.hidden:
                    assert param.help or param.type.name == "choice", (words, param.opts)

    def test_loads_no_engine_and_no_library_but_click(self, run: Command) -> None:
        code = (
            "import sys\nfrom vouchmark.cli import main\n"
            "try: main(['--help'])\nexcept SystemExit as end: assert end.code == 0\n"
            f"print(sorted(set({HEAVY!r}) & {{name.split('.')[0] for name in sys.modules}}), file=sys.stderr)"
        )
        words = [sys.executable, "-P", "-c", code]
        done = subprocess.run(words, env=command.environment(run.home), capture_output=True, text=True, check=True)
        assert done.stdout.startswith("Usage: ")
        assert done.stderr == "[]\n"

    def test_without_words_shows_help_and_is_a_usage_error(self, run: Command) -> None:
        done = run()
        assert done.code == 2
        assert "vouchmark check FILE" in done.stderr

    def test_fits_on_a_small_screen(self, run: Command) -> None:
        lines = run("--help").lines
        # Twenty-two lines with the twelve commands that there will be.
        assert len(lines) + 12 - len(COMMANDS) <= 22
        assert max(map(len, lines)) <= 80
        shown = [word for line in lines for word in line.split() if word in COMMANDS]
        assert list(dict.fromkeys(shown[1:])) == list(COMMANDS)
        assert all(words in run("--help").stdout for words in COMMANDS.values())

    def test_that_of_check_shows_ten_options_and_all_of_them_in_groups_on_request(self, run: Command) -> None:
        short, whole = run("check", "--help"), run("check", "--help-all")
        assert (short.code, whole.code) == (0, 0)
        rows = re.compile(r"^  (?:-\w, )?--", re.MULTILINE)
        assert len(rows.findall(short.stdout)) == 10
        options = [param for param in EVERY["check",].params if isinstance(param, click.Option)]
        named = [*(str(option.name) for option in options), "help"]
        assert sorted(name for names in GROUPS.values() for name in names) == sorted(named)
        assert len(rows.findall(whole.stdout.partition("Exit codes")[0])) == len(named)
        assert "Exit codes, the same in every format" in whole.stdout

    @pytest.mark.parametrize("flag", ["-h", "--help"])
    def test_help_is_an_answer(self, flag: str, run: Command) -> None:
        for words in ((), ("check",), ("trust", "import")):
            done = run(*words, flag)
            assert (done.code, done.stderr) == (0, "")
            assert done.stdout.startswith("Usage: vouchmark")

    def test_says_its_version(self, run: Command) -> None:
        assert run("--version").stdout == f"vouchmark {__version__}\n"

    def test_a_file_in_the_place_of_a_command_is_checked(self, run: Command) -> None:
        (run.folder / "verify").mkdir()
        for words in (
            ("signed.jpg", "plain.jpg"),
            ("-q", "plain.jpg"),
            ("--format", "json", "./plain.jpg"),
            ("verify",),
        ):
            short, whole = run(*words, "--at", AT), run("check", *words, "--at", AT)
            assert (short.code, short.stdout, short.stderr) == (whole.code, whole.stdout, whole.stderr)
            assert short.code in (3, 4)
        assert run("missing.jpg").code == 4
        assert run("-", stdin=command.media()["plain.jpg"]).stdout.startswith("-: ")

    def test_the_name_of_a_command_is_never_a_file(self, run: Command) -> None:
        (run.folder / "explain").write_bytes(command.media()["plain.jpg"])
        assert "codes" in run("explain").stdout
        assert run("./explain").code == 3

    @pytest.mark.parametrize(
        ("words", "hint"),
        [
            (("chekc", "a.jpg"), "did you mean: vouchmark check a.jpg"),
            (("verify", "a b.jpg", "--detailed"), "did you mean: vouchmark check 'a b.jpg'"),
            (("Inspect", "a.jpg"), "did you mean: vouchmark check a.jpg"),
            (("sign",), "did you mean: vouchmark vouch make"),
            (("codes",), "did you mean: vouchmark explain codes"),
            (("schema",), "did you mean: vouchmark explain schema"),
            (("version",), "did you mean: vouchmark --version"),
            (("trsut", "show"), "did you mean: vouchmark trust show"),
            (("xyzzy", "a.jpg"), "run: vouchmark --help"),
            (("\x1b[31mred",), "run: vouchmark --help"),
        ],
    )
    def test_a_word_that_is_no_command_gets_a_guess(self, words: tuple[str, ...], hint: str, run: Command) -> None:
        done = run(*words)
        assert (done.code, done.stdout) == (2, "")
        first, second = done.stderr.splitlines()
        assert first.startswith("error: there is no command '")
        assert second == f"hint: {hint}"
        assert "\x1b" not in done.stderr

    def test_a_guess_is_always_something_that_there_is(self) -> None:
        for word, ours in TRANSLATED.items():
            assert word not in COMMANDS
            if ours.startswith("-"):
                continue
            name, *rest = ours.split()
            found: click.Command = EVERY[name,]
            if isinstance(found, click.Group) and rest:
                assert found.get_command(click.Context(found), rest[0]) is not None, ours
            elif name == "explain":
                assert rest[0] in TOPICS


def variable(words: tuple[str, ...], option: click.Option) -> str:
    return "_".join(("vouchmark", *words, max(option.opts, key=len).lstrip("-"))).upper().replace("-", "_")


class TestVariables:
    def test_every_option_has_one_of_its_long_name(self) -> None:
        named: dict[str, tuple[tuple[str, ...], str]] = {}
        for words, found in EVERY.items():
            for option in found.params:
                if isinstance(option, click.Option):
                    assert isinstance(option.envvar, str), (words, option.opts)
                    assert option.envvar.startswith("VOUCHMARK_")
                    if words == ("check",):
                        assert option.envvar == variable(words, option)
                    if option.envvar == variable(words, option):
                        assert named.setdefault(option.envvar, (words, option.opts[0])) == (words, option.opts[0])
        assert len(named) > 40

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("FORMAT", "json", ("--format", "json")),
            ("REQUIRE", "integrity time", ("--require", "integrity", "--require", "time")),
            ("ONLY", "signer  ai", ("--only", "signer", "--only", "ai")),
            ("POLICY", "desk.toml", ("--policy", "desk.toml")),
            ("FAIL_ON", "allow", ("--fail-on", "allow")),
            ("AT", "2099-01-01", ("--at", "2099-01-01")),
            ("TRUST", f"root.pem{os.pathsep}other.pem", ("--trust", "root.pem", "--trust", "other.pem")),
            ("TSA_TRUST", "other.pem", ("--tsa-trust", "other.pem")),
            ("CAWG_TRUST", "other.pem", ("--cawg-trust", "other.pem")),
            ("NO_DEFAULT_TRUST", "1", ("--no-default-trust",)),
            ("MANIFEST", "store.c2pa", ("--manifest", "store.c2pa")),
            ("ENGINE", "c2pa-rs", ("--engine", "c2pa-rs")),
            ("ONLINE", "1", ("--online",)),
            ("IN_PROCESS", "true", ("--in-process",)),
            ("JOBS", "2", ("--jobs", "2")),
            ("SORT", "name", ("--sort", "name")),
            ("COMPARE_PICTURES", "1", ("--compare-pictures",)),
            ("MAX_SIZE", "1", ("--max-size", "1")),
            ("MAX_PIXELS", "1", ("--max-pixels", "1")),
            ("TIME_LIMIT", "20", ("--time-limit", "20")),
            ("MEMORY_LIMIT", "1024", ("--memory-limit", "1024")),
            ("CLAIM_PLACE", "-33.8688,151.2093,2", ("--claim-place", "-33.8688,151.2093,2")),
            ("CLAIM_TIME", "2026-05-01", ("--claim-time", "2026-05-01")),
            ("CLAIM_AI", "no", ("--claim-ai", "no")),
            ("FRAGMENT", "other.pem", ("--fragment", "other.pem")),
            ("VOUCH", "x.vouch", ("--vouch", "x.vouch")),
            ("ISSUER", "issuer.json", ("--issuer", "issuer.json")),
            ("SCOPE", "public:a public:b", ("--scope", "public:a", "--scope", "public:b")),
            ("SLOTS", "2", ("--scope", "public:a", "--slots", "2")),
            ("LEDGER", "voices.sqlite", ("--ledger", "voices.sqlite")),
            ("NONCE", "00ff", ("--nonce", "00ff")),
            ("AUDIENCE", "desk.example", ("--audience", "desk.example")),
            ("GRACE", "3", ("--scope", "public:a", "--grace", "3")),
            ("INDEX", "known", ("--index", "known")),
            ("ORIGINAL", "plain.jpg", ("--original", "plain.jpg")),
            ("QUIET", "2", ("-q", "-q")),
            ("VERBOSE", "2", ("-v", "-v")),
        ],
    )
    def test_a_variable_does_what_its_option_does(
        self, name: str, value: str, words: tuple[str, ...], run: Command
    ) -> None:
        (run.folder / "desk.toml").write_text('name = "desk"\notherwise = "block"\nrules = []\n')
        (run.folder / "other.pem").write_text(command.made.make_root("Other").pem)
        (run.folder / "issuer.json").write_bytes(CLUB.info.to_json())
        (run.folder / "x.vouch").write_bytes(b"no vouch")
        Recorder(run.folder / "known").__exit__(None, None, None)
        (run.folder / "store.c2pa").write_bytes(command.made.manifest_store(command.media()["signed.jpg"]))
        fixed = () if name == "AT" else ("--at", AT)
        by_option = run("check", "signed.jpg", *fixed, *words)
        env = {f"VOUCHMARK_CHECK_{name}": value}
        if name in ("SLOTS", "GRACE"):
            env["VOUCHMARK_CHECK_SCOPE"] = "public:a"  # so that the report names it among its inputs
        by_variable = run("check", "signed.jpg", *fixed, env=env)
        assert by_option.code != 2, by_option.stderr
        assert (by_variable.code, by_variable.stdout) == (by_option.code, by_option.stdout)

    @pytest.mark.parametrize(("value", "words"), [("yes", ("-q",)), ("TRUE", ("-q",)), ("on", ("-q",)), ("no", ())])
    def test_a_counted_one_takes_yes_for_once(self, value: str, words: tuple[str, ...], run: Command) -> None:
        by_variable = run("check", "plain.jpg", "--at", AT, env={"VOUCHMARK_CHECK_QUIET": value})
        assert (by_variable.code, by_variable.stdout) == (3, run("check", "plain.jpg", "--at", AT, *words).stdout)

    @pytest.mark.parametrize("value", ["maybe", "-1", "10", "1.5", "²"])
    def test_a_counted_one_that_is_no_count_gets_one_sentence(self, value: str, run: Command) -> None:
        done = run("check", "plain.jpg", env={"VOUCHMARK_CHECK_QUIET": value})
        assert done.code == 2
        assert f"got {value!r}, expected a number from 0 to 9, or yes or no" in done.stderr
        assert "hint: the value is that of the environment variable VOUCHMARK_CHECK_QUIET" in done.stderr

    def test_output_has_one_too(self, run: Command) -> None:
        done = run("check", "plain.jpg", "-q", env={"VOUCHMARK_CHECK_OUTPUT": "answer.txt"})
        assert done.stdout == ""
        assert (run.folder / "answer.txt").read_text(encoding="utf-8").startswith("plain.jpg: ")

    def test_the_map_of_what_changed_has_one_too(self, run: Command) -> None:
        harbour().save(run.folder / "before.png")
        harbour_with_airship().save(run.folder / "after.png")
        env = {"VOUCHMARK_CHECK_ORIGINAL": "before.png", "VOUCHMARK_CHECK_DIFF_OUT": "map.png"}
        run("check", "after.png", "-q", env=env)
        assert (run.folder / "map.png").read_bytes().startswith(b"\x89PNG")

    def test_that_is_every_option_of_check(self) -> None:
        mark = next(
            mark
            for mark in TestVariables.test_a_variable_does_what_its_option_does.pytestmark  # type: ignore[attr-defined]
            if mark.name == "parametrize"
        )
        tested = {f"VOUCHMARK_CHECK_{row[0]}" for row in mark.args[1]} | {
            "VOUCHMARK_CHECK_OUTPUT",
            "VOUCHMARK_CHECK_DIFF_OUT",
            "VOUCHMARK_CHECK_EXPLAIN_POLICY",
            "VOUCHMARK_CHECK_FROM",
            "VOUCHMARK_CHECK_HELP_ALL",
        }
        assert tested == {param.envvar for param in EVERY["check",].params if isinstance(param, click.Option)}

    def test_the_command_line_goes_before_a_variable(self, run: Command) -> None:
        done = run("check", "plain.jpg", "--format", "json", env={"VOUCHMARK_CHECK_FORMAT": "text"})
        assert done.json["media"]["name"] == "plain.jpg"

    def test_a_wrong_value_names_the_variable_that_it_came_from(self, run: Command) -> None:
        done = run("check", "plain.jpg", env={"VOUCHMARK_CHECK_JOBS": "many"})
        assert done.code == 2
        assert done.stderr.splitlines()[0].startswith("error: invalid value for '--jobs'")
        assert done.stderr.splitlines()[1].endswith("the environment variable VOUCHMARK_CHECK_JOBS")

    def test_a_variable_that_others_may_use_is_not_ours(self, run: Command) -> None:
        assert run("check", "plain.jpg", "-q", env={"VOUCHMARK_VERSION": "0.1.0", "VOUCHMARK_HELP": "1"}).code == 3


class TestCompletion:
    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_gives_each_shell_its_script(self, shell: str, run: Command) -> None:
        done = run(env={"_VOUCHMARK_COMPLETE": f"{shell}_source"})
        assert done.code == 0
        assert f"_VOUCHMARK_COMPLETE={shell}_complete" in done.stdout

    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ("vouchmark ch", {"check"}),
            ("vouchmark check --fail-on ", {"allow", "label", "review", "block"}),
            ("vouchmark check --only si", {"signer"}),
            ("vouchmark trust up", {"update"}),
            ("vouchmark check --no-def", {"--no-default-trust"}),
        ],
    )
    def test_completes_commands_options_and_values(self, line: str, expected: set[str], run: Command) -> None:
        words = line.split(" ")
        asked = {"_VOUCHMARK_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
        done = run(env=asked)
        assert {entry.split(",")[1] for entry in done.lines} == expected

    @pytest.mark.parametrize(("shell", "check"), [("bash", ("-n",)), ("zsh", ("-n",)), ("fish", ("--no-execute",))])
    def test_the_script_is_one_that_the_shell_understands(
        self, shell: str, check: tuple[str, ...], run: Command
    ) -> None:
        if shutil.which(shell) is None:
            pytest.skip(f"there is no {shell} here")
        script = run(env={"_VOUCHMARK_COMPLETE": f"{shell}_source"}).stdout
        done = subprocess.run([shell, *check, "/dev/stdin"], input=script, text=True, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def on_terminal(
    run: Command, *words: str, env: dict[str, str] | None = None, columns: int = 80, only_stderr: bool = False
) -> tuple[int, str, str]:
    """Run with stdout and stderr on a terminal, or stderr alone: exit code, what the terminal got, what a pipe got."""
    parent, child = pty.openpty()
    subprocess.run(["stty", "cols", str(columns)], stdin=child, check=True)
    terminal = {"TERM": "xterm", "PYTHONIOENCODING": "utf-8"} | (env or {})
    stdout = subprocess.PIPE if only_stderr else child
    process = run.start(*words, env=terminal, stdin=subprocess.DEVNULL, stdout=stdout, stderr=child)
    os.close(child)
    seen = b""
    while True:
        try:
            part = os.read(parent, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            part = b""  # so does Linux say that the other end was closed
        if not part:
            break
        seen += part
    os.close(parent)
    piped = process.stdout.read().decode() if process.stdout else ""
    code = process.wait(command.SECONDS)
    if process.stdout:
        process.stdout.close()
    return code, seen.decode().replace("\r\n", "\n"), piped


class TestTerminal:
    def test_colour_shows_on_a_terminal_alone(self, run: Command) -> None:
        _, seen, _ = on_terminal(run, "check", "altered.jpg")
        assert SGR in seen
        assert SGR not in run("check", "altered.jpg").stdout

    @pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
    def test_no_colour_where_it_is_not_wanted(self, env: dict[str, str], run: Command) -> None:
        code, seen, _ = on_terminal(run, "check", "altered.jpg", env=env)
        assert code == 1
        assert "altered.jpg: does not match its credentials" in seen
        assert SGR not in seen

    @pytest.mark.parametrize("columns", [60, 120])
    def test_text_fits_the_terminal(self, columns: int, run: Command) -> None:
        _, seen, _ = on_terminal(run, "check", "generated.jpg", env={"NO_COLOR": "1"}, columns=columns)
        assert columns - 20 < max(len(line) for line in seen.splitlines()) <= columns

    @pytest.mark.parametrize(("columns", "most"), [("60", 60), ("200", 200), ("5", 40), ("9999", 200), ("wide", 100)])
    def test_columns_says_the_width(self, columns: str, most: int, run: Command) -> None:
        done = run("check", "generated.jpg", env={"COLUMNS": columns})
        assert max(len(line) for line in done.lines) <= most

    def test_progress_shows_on_stderr_alone_past_two_seconds(self, run: Command) -> None:
        (run.folder / "slow").mkdir()
        for number in range(3):
            os.mkfifo(run.folder / f"slow/{number}.jpg")
        # Nothing here is slow by itself: time is told to have passed.
        (run.folder / "sitecustomize.py").write_text(
            "import itertools, time\nticks = itertools.count()\ntime.monotonic = lambda: next(ticks) * 1.5\n"
        )
        hurried = {"PYTHONPATH": os.pathsep.join((str(run.folder), str(command.CHECKOUT)))}
        words = ("check", "slow", "--format", "jsonl", "--in-process")
        code, seen, piped = on_terminal(run, *words, env=hurried, only_stderr=True)
        assert (code, len(piped.splitlines())) == (4, 3)
        assert "2 of 3 checked, " in seen
        assert seen.endswith("\r\x1b[K")
        for quiet in ({"TERM": "dumb"}, {"VOUCHMARK_CHECK_QUIET": "1"}):
            assert on_terminal(run, *words, env=hurried | quiet, only_stderr=True)[1] == ""
        assert run(*words, env=hurried).stderr == ""

    def test_a_short_run_leaves_no_trace(self, run: Command) -> None:
        assert PATIENCE >= 2
        # However busy the machine is: time is told to pass slowly.
        (run.folder / "sitecustomize.py").write_text(
            "import itertools, time\nticks = itertools.count()\ntime.monotonic = lambda: next(ticks) * 0.01\n"
        )
        slow = {"PYTHONPATH": os.pathsep.join((str(run.folder), str(command.CHECKOUT)))}
        assert on_terminal(run, "check", "plain.jpg", "--in-process", env=slow, only_stderr=True)[1] == ""


class TestPipes:
    def test_a_reader_that_goes_away_is_no_error_and_no_success(self, run: Command) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        for words in (
            ("check", "plain.jpg"),
            ("check", "plain.jpg", "--format", "json"),
            ("explain", "codes", "--all"),
            ("-h",),
        ):
            process = run.start(*words, stdout=writing, stderr=subprocess.PIPE)
            _, said = process.communicate(timeout=command.SECONDS)
            assert (process.returncode, said) == (141, b""), words
        os.close(writing)

    def test_head_gets_its_line(self, run: Command) -> None:
        line = " ".join(command.arguments("explain", "codes", "--all")) + " | head -1"
        done = subprocess.run(
            ["bash", "-c", line], env=command.environment(run.home), capture_output=True, text=True, check=True
        )
        assert (done.stdout, done.stderr) == ("integrity\n", "")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
    def test_a_full_disk_is_one_clear_line(self, run: Command) -> None:
        for words in (("check", "plain.jpg"), ("check", ".", "--format", "json"), ("explain", "schema"), ("--help",)):
            with Path("/dev/full").open("w") as full:
                process = run.start(*words, stdout=full, stderr=subprocess.PIPE)
                _, said = process.communicate(timeout=command.SECONDS)
            lines = said.decode().splitlines()
            assert (process.returncode, lines[0]) == (4, "error: No space left on device"), words
            assert len(lines) == 2

    def test_a_closed_standard_output_is_a_usage_error(self, run: Command) -> None:
        line = " ".join(command.arguments("check", "plain.jpg")) + " >&-"
        done = subprocess.run(
            ["bash", "-c", line],
            env=command.environment(run.home),
            cwd=run.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr.splitlines()[0]) == (2, "error: standard output is closed")


class TestInterrupt:
    @pytest.mark.parametrize("more", [(), ("--in-process",), ("-o", "report.json")])
    def test_ctrl_c_ends_cleanly_and_leaves_nothing(self, more: tuple[str, ...], run: Command) -> None:
        before = sorted(run.folder.iterdir())
        process = run.start(
            "check",
            "-",
            *more,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            # Where these tests run in the background, Ctrl-C is ignored, and that is handed on.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        try:
            wait_until_reading(process)
            os.killpg(process.pid, signal.SIGINT)
            # Standard input stays open: it is the signal that ends the run.
            code = process.wait(command.SECONDS)
            said = process.stderr.read() if process.stderr else b""
        finally:
            process.kill()
            process.communicate()
        assert (code, said.strip()) == (130, b"")
        assert sorted(run.folder.iterdir()) == before


def wait_until_reading(process: subprocess.Popen[bytes]) -> None:
    """Wait until the command waits for standard input, as /proc tells; without /proc, give it two seconds."""
    where = Path(f"/proc/{process.pid}/syscall")
    give_up = time.monotonic() + command.SECONDS
    if not where.exists():
        time.sleep(2)
        return
    while time.monotonic() < give_up:
        # Number 0 on x86_64 and 63 on aarch64 is read; its first argument is the file.
        if re.match(r"(0|63) 0x0 ", where.read_text()):
            return
        time.sleep(0.01)
    raise AssertionError("the command never read its standard input")

"""Which command does what? Parse, call, render, exit code; one file for each command or group."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

import click
from click.core import ParameterSource

from vouchmark import __version__

GROUPS: Final[Mapping[str, Mapping[str, str]]] = {
    "look": {
        "check": "Say what files prove, and who stands behind them.",
        "app": "Open a page on this machine, for files dropped on it.",
        "index": "Keep an index of media that you know.",
        "bundle": "Keep evidence that others can check again.",
    },
    "stand behind": {
        "vouch": "Stand behind a file as a person, without a name.",
        "wallet": "Hold personhood credentials.",
    },
    "decide and run": {
        "trust": "Keep the lists of signers that you trust or not.",
        "issuer": "Issue personhood credentials, one per person.",
        "serve": "Answer platforms over HTTP.",
    },
    "help": {
        "demo": "Make good and bad pictures, and check them.",
        "doctor": "Say what works here, what is missing, what to do.",
        "explain": "Explain a code, label, exit code or the schema.",
    },
}
"""The commands as help shows them: by what they are for, in the order in which a newcomer needs them."""

COMMANDS: Final[Mapping[str, str]] = {name: words for group in GROUPS.values() for name, words in group.items()}
"""Each command and its line in `--help`, which must not import the command (a test compares them)."""

ROOMS: Final = frozenset({"bundle", "check", "index", "issuer", "serve", "trust", "vouch", "wallet"})
"""Commands that have a folder of their own, with the command in `command.py`."""

VARIABLES: Final = "VOUCHMARK"
"""How the environment variable of every option begins; then the command's words and the option's long name."""

USAGE: Final = 2
"""Exit code of a command line that is wrong."""
NOT_DONE: Final = 4
"""Exit code where the system refused something, such as room on the disk."""
INTERRUPTED: Final = 130
"""Exit code after Ctrl-C: 128 and the number of SIGINT, as shells count."""
READER_GONE: Final = 141
"""Exit code where the reader of our output went away: 128 and SIGPIPE. Not 0, which would say that all is well."""


class LazyGroup(click.Group):
    """A group whose commands are imported only when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import `vouchmark.cli.NAME`, or `command` in the room of that name, and take its attribute NAME."""
        if cmd_name not in COMMANDS:
            return None
        module = f"vouchmark.cli.{cmd_name}" + (".command" if cmd_name in ROOMS else "")
        command: click.Command = getattr(importlib.import_module(module), cmd_name)
        name_variables(command, f"{VARIABLES}_{_variable(cmd_name)}")
        return command

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """All that there is on one small screen, without importing a command."""
        formatter.write(HELP_BEFORE)
        group_wide, name_wide = (max(map(len, names)) + 2 for names in (GROUPS, COMMANDS))
        for group, members in GROUPS.items():
            for number, (name, words) in enumerate(members.items()):
                formatter.write(f"  {'' if number else group:{group_wide}}{name:{name_wide}}{words}\n")
        formatter.write(HELP_AFTER)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does; options that are not ours are those of `check`, the command that needs no name."""
        if args and args[0].startswith("-") and args[0] not in _OURS and not ctx.resilient_parsing:
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; a file in the place of a command is checked, and what is neither gets a hint."""
        word = args[0] if args else ""
        if word in COMMANDS or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        if _names_a_file(word):
            return "check", self.get_command(ctx, "check"), args
        from vouchmark.cli.common import printable
        from vouchmark.cli.meant import meant

        guess = printable(meant(word, COMMANDS, args[1:]))
        hint = f"did you mean: vouchmark {guess}" if guess else "run: vouchmark --help"
        _tell(f"there is no command '{printable(word)}', and no such file", hint)
        raise click.exceptions.Exit(USAGE)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """As click does; help that nobody reads any more is no error."""
        with _system_errors():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run, with one clear line for what the system refuses."""
        with _system_errors():
            result = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
            return result

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Run and exit, with errors in our own form and never with a code that means something else."""
        run: Any = super().main
        if not standalone_mode:
            return run(*args, standalone_mode=False, **extra)
        from vouchmark.cli.ending import ToldToEnd, ends_when_told

        _occupy_closed_streams()
        try:
            with ends_when_told():
                code = run(*args, standalone_mode=False, **extra)
        except ToldToEnd as error:
            # Nobody may be there any more to read what is left to be written.
            _drop_output()
            code = error.code
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            code = USAGE
        except click.UsageError as error:
            _tell_usage(error)
            code = USAGE
        except click.ClickException as error:
            _tell(error.format_message())
            code = USAGE
        except (click.Abort, KeyboardInterrupt):
            code = INTERRUPTED
        sys.exit(code if isinstance(code, int) else 0)


def _occupy_closed_streams() -> None:
    """Put nothing in the place of a standard stream that is closed.

    The next file to be opened would take its number, and what an engine prints there would end up in that file.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def name_variables(command: click.Command, prefix: str) -> None:
    """Give every option of a command, and of the commands below it, the environment variable of its long name.

    Options that name a variable themselves keep it.
    """
    for option in command.params:
        if isinstance(option, click.Option) and not option.envvar:
            longest = max(option.opts, key=len)
            option.envvar = f"{prefix}_{_variable(longest.lstrip('-'))}"
    if isinstance(command, click.Group):
        for name, member in command.commands.items():
            name_variables(member, f"{prefix}_{_variable(name)}")


def _variable(name: str) -> str:
    return name.upper().replace("-", "_")


def _names_a_file(word: str) -> bool:
    """Whether that can only be meant as a file: it looks like one, or is there."""
    return "." in word or "/" in word or word == "-" or os.path.lexists(word)


def _tell(message: str, hint: str = "") -> None:
    click.echo(f"error: {message}", err=True)
    if hint:
        click.echo(f"hint: {hint}", err=True)


def _tell_usage(error: click.UsageError) -> None:
    """The mistake, and what to do next: the variable that it came from, or the command's help."""
    message = error.format_message().strip().rstrip(".")
    context, option = error.ctx, getattr(error, "param", None)
    hint = f"run: {context.command_path} --help" if context else ""
    if context and isinstance(option, click.Option) and _is_from_environment(context, option):
        hint = f"the value is that of the environment variable {option.envvar}"
    _tell(message[:1].lower() + message[1:], hint)


def _is_from_environment(context: click.Context, option: click.Option) -> bool:
    return bool(option.name) and context.get_parameter_source(option.name or "") is ParameterSource.ENVIRONMENT


@contextmanager
def _system_errors() -> Iterator[None]:
    """Turn what the system refuses into a line and an exit code."""
    try:
        yield
    except BrokenPipeError as error:
        # The reader of our output went away; say nothing, as other tools do.
        _drop_output()
        raise click.exceptions.Exit(READER_GONE) from error
    except OSError as error:
        _drop_output()
        what = f": {error.filename}" if isinstance(error.filename, str) else ""
        _tell(f"{error.strerror or type(error).__name__}{what}", _REMEDIES.get(error.errno or 0, ""))
        raise click.exceptions.Exit(NOT_DONE) from error


_REMEDIES: Final = {
    errno.ENOSPC: "the output is incomplete; make room, then run it again",
    errno.EMFILE: "fewer --jobs need fewer open files",
    errno.EAGAIN: "fewer --jobs need fewer processes",
    errno.ENOMEM: "fewer --jobs need less memory",
}


def _drop_output() -> None:
    """Let the interpreter's last flush go nowhere, so that it does not complain as well."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


_OURS: Final = frozenset({"-h", "--help", "--version"})
"""Options of the command as a whole."""

HELP_BEFORE: Final = """\
Usage: vouchmark FILE|FOLDER…       short for: vouchmark check FILE|FOLDER…
       vouchmark COMMAND [ARGS]…

  What does a media file prove, does a real person stand behind it, and what
  may you conclude? Nothing is sent or fetched unless you ask for it.

"""
HELP_AFTER: Final = """
  vouchmark COMMAND --help tells more of one; -h, --help, --version.
  Every option can be set by an environment variable: VOUCHMARK_, the command,
  the option's long name, such as VOUCHMARK_CHECK_FORMAT=json.
"""


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "--version", prog_name="vouchmark", message="%(prog)s %(version)s")
def main() -> None:
    """What does a media file prove, does a real person stand behind it, and what may you conclude?"""

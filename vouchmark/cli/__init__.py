"""Which command does what? Parse, call, render, exit code; one file for each command or group."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any, Final

import click

from vouchmark import __version__

COMMANDS: Final[Mapping[str, str]] = {
    "check": "Say what files prove, who stands behind them, and what follows.",
    "trust": "Keep the lists of signers that you trust or distrust.",
    "issuer": "Issue personhood credentials: one per person, class and epoch.",
    "wallet": "Hold personhood credentials.",
    "demo": "Make a small gallery of good and bad files and check it.",
    "doctor": "Show versions, engines, lists and what is missing.",
    "codes": "Explain every code that a report can carry.",
    "schema": "Print the JSON Schema of reports.",
}
"""Each command and its line in `--help`, which must not import the command (a test compares them)."""


class LazyGroup(click.Group):
    """A group whose commands are imported only when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import `vouchmark.cli.NAME` and take its attribute NAME."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"vouchmark.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a hint for a file where a command belongs."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            word = args[0] if args else ""
            if "." in word or "/" in word or word == "-":
                raise click.UsageError(
                    f"there is no command '{word}'\nhint: to look at a file, run: vouchmark check {word}", ctx
                ) from error
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run, with a closed pipe being no error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # The reader of our output went away; say nothing, as other tools do.
            sys.stderr.close()
            ctx.exit(0)


@click.command(
    cls=LazyGroup,
    context_settings={
        "auto_envvar_prefix": "VOUCHMARK",
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
    },
)
@click.version_option(__version__, "--version", prog_name="vouchmark", message="%(prog)s %(version)s")
def main() -> None:
    """What does a media file prove, does a real person stand behind it, and what may you conclude?

    Everything is done on this machine; nothing is sent or fetched unless you ask for it.

    \b
    vouchmark check photo.jpg       one file
    vouchmark check folder -v       many, with every finding
    vouchmark demo                  see the whole range without a file of your own
    """

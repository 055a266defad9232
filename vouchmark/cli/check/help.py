"""How is the help of `check` laid out, which has more options than a screen has lines? Ten first, all on request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click

FIRST: Final = ("form", "output", "quiet", "verbose", "trust", "policy", "online", "original", "help_all", "help")
"""What `--help` shows: what most people need, and the way to the rest."""

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "What is written": ("form", "output", "sort", "quiet", "verbose", "diff_out"),
    "What is looked at": ("manifest", "fragment", "only", "require", "engine", "online", "at"),
    "Whom you trust": ("trust", "tsa_trust", "cawg_trust", "no_default_trust"),
    "What you decide": ("policy", "fail_on", "from_reports", "explain_policy"),
    "What you know or are told": ("original", "compare_pictures", "index", "claim_place", "claim_time", "claim_ai"),
    "Which persons count": ("vouch", "issuer", "scope", "slots", "ledger", "nonce", "audience", "grace"),
    "Limits": ("jobs", "time_limit", "memory_limit", "max_size", "max_pixels", "in_process"),
    "Help": ("help_all", "help"),
}
"""All options by what they are for (a test compares them with the command's)."""

_ALL: Final = "vouchmark.help_all"


class GroupedHelp(click.Command):
    """A command whose `--help` shows the first options, and whose `--help-all` shows all of them in groups."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options that were asked for."""
        rows = {_named(param): row for param in self.get_params(ctx) if (row := param.get_help_record(ctx)) is not None}
        groups = GROUPS if ctx.meta.get(_ALL) else {"Options": FIRST}
        for heading, names in groups.items():
            with formatter.section(heading):
                formatter.write_dl([rows[name] for name in names if name in rows])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Exit codes and the like stand under all options alone."""
        if ctx.meta.get(_ALL):
            super().format_epilog(ctx, formatter)
            return
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text("Options marked * can be repeated. Exit codes stand at the end of --help-all.")


def _named(param: click.Parameter) -> str:
    """An option's name in the tables above."""
    return "help" if "--help" in param.opts else str(param.name)


def _show_all(ctx: click.Context, _: click.Parameter, value: Any) -> None:
    if not value or ctx.resilient_parsing:
        return
    ctx.meta[_ALL] = True
    click.echo(ctx.get_help(), color=ctx.color)
    ctx.exit()


help_all_option: Final = click.option(
    "--help-all",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_all,
    help="Show all options, by what they are for.",
)
"""Shows all options and ends."""

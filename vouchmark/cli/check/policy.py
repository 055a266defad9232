"""`check --explain-policy`: what does a policy do, in words?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from vouchmark.cli.common import fail_usage

Command = TypeVar("Command", bound=Callable[..., Any])


def policy_options(command: Command) -> Command:
    """Add the option; it needs no file to check, and nothing else happens."""
    return click.option(
        "--explain-policy",
        type=click.Path(path_type=Path),
        is_eager=True,
        expose_value=False,
        callback=_explain,
        help="Say in words what a policy does with each value of each line, and stop.",
    )(command)


def _explain(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is None or ctx.resilient_parsing:
        return
    from vouchmark.policies.policy import Policy, PolicyError
    from vouchmark.policies.words import explain
    from vouchmark.render.safe import plain

    try:
        policy = Policy.load(value)
    except PolicyError as error:
        fail_usage(str(error))
    for line in explain(policy):
        click.echo(plain(line) if line else "")
    ctx.exit()

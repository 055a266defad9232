"""`vouchmark serve token`: who may ask the service?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from vouchmark.cli.common import fail_usage, printable

if TYPE_CHECKING:
    from vouchmark.service.tokens import Token

SCOPES: Final = ("check", "challenges", "metrics")
"""As in vouchmark.service.tokens, which this must not import to show its help (a test compares)."""
MOST: Final = 1_000_000
MAX_DAYS: Final = 36_525
"""A hundred years."""

config_option: Final = click.option(
    "--config",
    "-c",
    type=click.Path(path_type=Path),
    envvar="VOUCHMARK_SERVE_CONFIG",
    help="The service's configuration (TOML).",
)
_file_option: Final = click.option(
    "--tokens", "file", type=click.Path(path_type=Path), help="The file of tokens; else the one that --config names."
)


@click.group(short_help="Make and revoke bearer tokens.")
def token() -> None:
    """Make and revoke bearer tokens. What is kept of one is its SHA-256; the token itself is shown once."""


@token.command()
@click.argument("name")
@click.option(
    "--scope",
    multiple=True,
    type=click.Choice(SCOPES),
    default=("check",),
    show_default=True,
    help="* What it is for.",
)
@click.option("--rate", type=click.IntRange(1, MOST), help="Requests a minute; else the server's.")
@click.option("--max-size", type=click.IntRange(1, MOST), help="MiB of a body; else the server's, and never more.")
@click.option("--days", type=click.IntRange(1, MAX_DAYS), help="How long it is taken; else until it is revoked.")
@config_option
@_file_option
def add(
    name: str,
    scope: tuple[str, ...],
    rate: int | None,
    max_size: int | None,
    days: int | None,
    config: Path | None,
    file: Path | None,
) -> None:
    """Make a token for NAME, and write it to standard output, once."""
    from vouchmark.service import tokens

    try:
        secret = tokens.add(
            _file(config, file),
            name,
            scopes=scope,
            today=dt.datetime.now(dt.UTC).date(),
            days=days,
            rate=rate,
            max_size=max_size,
        )
    except tokens.TokenError as error:
        fail_usage(str(error), hint=error.hint)
    click.echo(secret)
    click.echo("this is shown once: give it to whoever asks as NAME, as Authorization: Bearer TOKEN", err=True)


@token.command("list")
@config_option
@_file_option
def list_(config: Path | None, file: Path | None) -> None:
    """Show the tokens that are kept: names, scopes, limits."""
    from vouchmark.service import tokens

    try:
        found = tokens.read(_file(config, file))
    except tokens.TokenError as error:
        fail_usage(str(error), hint=error.hint)
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo("no token yet", err=True)


@token.command()
@click.argument("name")
@config_option
@_file_option
def revoke(name: str, config: Path | None, file: Path | None) -> None:
    """Take a token out: a running service hears of it within seconds."""
    from vouchmark.service import tokens

    try:
        gone = tokens.revoke(_file(config, file), name)
    except tokens.TokenError as error:
        fail_usage(str(error), hint=error.hint)
    click.echo(f"{gone.name}: revoked")


def _line(one: Token) -> str:
    limits = [f"{one.rate} a minute"] if one.rate else []
    limits += [f"{one.max_size} MiB"] if one.max_size else []
    until = f", until {one.expires}" if one.expires else ""
    return printable(f"{one.name}: {' '.join(one.scopes)}, made {one.made}{until}{''.join(f', {x}' for x in limits)}")


def _file(config: Path | None, file: Path | None) -> Path:
    """Where tokens are kept."""
    if file is not None:
        return file
    if config is None:
        fail_usage("nobody says where tokens are kept", hint="--config FILE with [server] tokens = …, or --tokens FILE")
    from vouchmark.service.config import Config, ConfigError

    try:
        found = Config.load(config).server.tokens
    except ConfigError as error:
        fail_usage(str(error), hint=error.hint)
    if found is None:
        fail_usage(f"{config}: names no file of tokens", hint='add to [server]: tokens = "tokens.json"')
    return found

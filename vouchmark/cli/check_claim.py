"""What is said about a file's place and time? The options of `vouchmark check` for claims."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from vouchmark.cli.common import fail_usage

if TYPE_CHECKING:
    from vouchmark.claimed import Claimed

_Command = TypeVar("_Command", bound=Callable[..., Any])


def claim_options(command: _Command) -> _Command:
    """Add the options about what is claimed, in the order in which help shows them."""
    for option in reversed(
        (
            click.option("--claim-place", metavar="LAT,LON[,KM]", help="Where it is said to be from; within 1 km."),
            click.option("--claim-time", metavar="TIME[/TIME]", help="When it is said to be from (ISO 8601)."),
        )
    ):
        command = option(command)
    return command


def claim_settings(options: dict[str, Any]) -> Claimed | None:
    """What is claimed, as a value; a mistake in it is a usage error."""
    if options["claim_place"] is None and options["claim_time"] is None:
        return None
    from vouchmark.claimed import ClaimedError, claimed

    try:
        return claimed(options["claim_place"], options["claim_time"])
    except ClaimedError as error:
        hint = "--claim-place 59.3293,18.0686,2 and --claim-time 2026-05-01 are both understood"
        fail_usage(f"what is claimed cannot be read: {error}", hint=hint)

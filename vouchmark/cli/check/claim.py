"""What is said about a file's place and time, and about AI? The options of `vouchmark check` for claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.common import fail_usage, with_options

if TYPE_CHECKING:
    from vouchmark.options import Overrides

claim_options: Final = with_options(
    click.option(
        "--claim-place", metavar="LAT,LON[,KM]", help="Where it is said to be from; within 1 km unless KM says."
    ),
    click.option("--claim-time", metavar="TIME[/TIME]", help="When it is said to be from (ISO 8601)."),
    click.option(
        "--claim-ai", type=click.Choice(("yes", "no")), help="Whether it is said to be made or edited with AI."
    ),
)
"""What is claimed."""


def what_is_claimed(options: dict[str, Any]) -> Overrides:
    """What is claimed, as `check` is asked of it; a mistake in it is a usage error."""
    place, time = options["claim_place"], options["claim_time"]
    said_of_ai: Overrides = {} if options["claim_ai"] is None else {"claim_ai": options["claim_ai"] == "yes"}
    if place is None and time is None:
        return said_of_ai
    from vouchmark.examination.claimed import ClaimedError, claimed

    try:
        claimed(place, time)
    except ClaimedError as error:
        hint = "--claim-place 59.3293,18.0686,2 and --claim-time 2026-05-01 are both understood"
        fail_usage(f"what is claimed cannot be read: {error}", hint=hint)
    return {"claim_place": place, "claim_time": time, **said_of_ai}

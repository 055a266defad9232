"""What is said about a file's place and time? The options of `vouchmark check` for claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.common import fail_usage, with_options

if TYPE_CHECKING:
    from vouchmark.examination.claimed import Claimed

claim_options: Final = with_options(
    click.option(
        "--claim-place", metavar="LAT,LON[,KM]", help="Where it is said to be from; within 1 km unless KM says."
    ),
    click.option("--claim-time", metavar="TIME[/TIME]", help="When it is said to be from (ISO 8601)."),
)
"""What is claimed."""


def claim_settings(options: dict[str, Any]) -> Claimed | None:
    """What is claimed, as a value; a mistake in it is a usage error."""
    if options["claim_place"] is None and options["claim_time"] is None:
        return None
    from vouchmark.examination.claimed import ClaimedError, claimed

    try:
        return claimed(options["claim_place"], options["claim_time"])
    except ClaimedError as error:
        hint = "--claim-place 59.3293,18.0686,2 and --claim-time 2026-05-01 are both understood"
        fail_usage(f"what is claimed cannot be read: {error}", hint=hint)

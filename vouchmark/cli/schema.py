"""`vouchmark schema`: what does a report look like in JSON?"""

from __future__ import annotations

import click


@click.command(short_help="Print the JSON Schema of reports.")
def schema() -> None:
    """Print the JSON Schema (2020-12) of what `vouchmark check --format json` writes."""
    from vouchmark.schema import text

    click.echo(text(), nl=False)

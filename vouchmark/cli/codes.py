"""`vouchmark codes`: what does a code or label in a report mean?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import click

from vouchmark.cli.common import fail_usage

if TYPE_CHECKING:
    from vouchmark.codes.codes import Code

FORMATS: Final = ("text", "json", "markdown")


@click.command(short_help="Explain every code that a report can carry.")
@click.argument("names", nargs=-1, metavar="[CODE]…")
@click.option("--all", "everything", is_flag=True, help="Also those of the C2PA and CAWG specifications.")
@click.option("--labels", "show_labels", is_flag=True, help="The labels that a policy can give.")
@click.option("--carriers", is_flag=True, help="Where statements about AI are read in Content Credentials.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="What to write.")
def codes(names: tuple[str, ...], everything: bool, show_labels: bool, carriers: bool, form: str) -> None:
    """Explain every code that a report can carry, or only the CODEs named.

    A name such as 'signer.*' explains a family.
    """
    from vouchmark.policies.labels import LABELS

    if carriers:
        if names or everything or show_labels:
            fail_usage("--carriers stands alone", hint="run 'vouchmark codes --carriers'")
        rows = carrier_rows()
    elif show_labels:
        if names or everything:
            fail_usage("--labels stands alone", hint="run 'vouchmark codes --labels'")
        rows = [{"label": name, "meaning": meaning} for name, meaning in LABELS.items()]
    else:
        rows = [_row(code) for code in _chosen(names, everything=everything)]
    click.echo({"text": _text, "json": _json, "markdown": markdown}[form](rows))


def carrier_rows() -> list[dict[str, str]]:
    """Where in Content Credentials statements about AI are read, one row for each carrier."""
    from provenance.credentials.history.ai_carriers import CARRIERS

    return [
        {"carrier": str(row.carrier), "where": row.where, "meaning": row.meaning, "source": row.source}
        for row in CARRIERS
    ]


def _chosen(names: tuple[str, ...], *, everything: bool) -> list[Code]:
    """The codes asked for, in the table's order; a name that is none ends with a guess at what was meant."""
    import difflib

    from vouchmark.codes.codes import OURS, SPECIFIED, lines_of, patterns
    from vouchmark.policies.conditions import fits

    table = {**OURS, **SPECIFIED}
    if not names:
        return list(table.values() if everything else OURS.values())
    for name in names:
        if lines_of(name) is None:
            close = difflib.get_close_matches(name[:100], patterns(), n=1)
            hint = f"did you mean {close[0]}?" if close else "run 'vouchmark codes --all' to see every code"
            fail_usage(f"there is no code {name!r}", hint=hint)
    return [code for code in table.values() if any(fits(code.code, name) for name in names)]


def _row(code: Code) -> dict[str, str]:
    return {
        "code": code.code,
        "line": str(code.line),
        "statuses": ", ".join(code.statuses),
        "origin": code.origin,
        "meaning": code.meaning,
    }


def _text(rows: list[dict[str, str]]) -> str:
    """A heading for each line of evidence; the code, its statuses, its meaning below."""
    from vouchmark.render.layout import wrap

    width = min(100, max(40, shutil.get_terminal_size((100, 24)).columns))
    lines: list[str] = []
    heading = ""
    for row in rows:
        if row.get("line", "") != heading:
            heading = row["line"]
            lines += ["", heading] if lines else [heading]
        name = row.get("code") or row.get("label") or row["carrier"]
        statuses = f"  ({row['statuses']})" if "statuses" in row else ""
        lines.append(f"  {name}{statuses}")
        words = f"{row['where']}: {row['meaning']} ({row['source']})" if "where" in row else row["meaning"]
        lines += wrap(words.replace("`", ""), width=width, first=" " * 6, rest=" " * 6)
    return "\n".join(lines)


def _json(rows: list[dict[str, str]]) -> str:
    return json.dumps(rows, indent=2, ensure_ascii=False)


def markdown(rows: list[dict[str, str]]) -> str:
    """A table; codes in monospace."""
    columns = list(rows[0])
    body = [_markdown_row(f"`{row[c]}`" if c in ("code", "label") else row[c] for c in columns) for row in rows]
    return "\n".join([_markdown_row(columns), _markdown_row("---" for _ in columns), *body])


def _markdown_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"

"""`vouchmark explain`: what does a code, a label or an exit code mean, and what does a report look like in JSON?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

import click

from vouchmark.cli.common import fail_usage

if TYPE_CHECKING:
    from vouchmark.codes.codes import Code

Row = dict[str, str]
FORMATS: Final = ("text", "json", "markdown")
NAMES: Final = ("code", "label", "exit", "carrier", "topic", "sentence")
"""Columns that name what a row explains, one of them in each row."""
SCHEMA: Final = "schema"
"""The topic that is no table."""


@click.command(short_help="Explain a code, label, exit code or the schema.")
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option("--all", "everything", is_flag=True, help="With 'codes': also those of the C2PA and CAWG specifications.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="What to write.")
def explain(names: tuple[str, ...], everything: bool, form: str) -> None:
    """Explain what a report, a policy or the shell shows.

    NAME is a code (signer.unknown; 'signer.*' for a family), a label (ai-generated), an exit code (3), or all of a
    kind: codes, labels, exit-codes, sentences, carriers (where statements about AI are read). 'schema' is the JSON
    Schema of reports. Without a name it says what can be explained.
    """
    if everything and names != ("codes",):
        fail_usage("--all belongs to 'codes'", hint="run: vouchmark explain codes --all")
    if SCHEMA in names:
        _write_schema(names)
        return
    rows = [row for name in names or ("topics",) for row in _explained(name, everything=everything)]
    if form == "markdown" and len({tuple(row) for row in rows}) > 1:
        fail_usage("codes, labels and exit codes do not fit one table", hint="ask for one kind at a time")
    click.echo({"text": _text, "json": _json, "markdown": markdown}[form](rows))


def _write_schema(names: tuple[str, ...]) -> None:
    """The JSON Schema (2020-12) of what `vouchmark check --format json` writes, as it is kept."""
    from vouchmark.schema import text

    if len(names) > 1:
        fail_usage("the schema stands alone", hint="run: vouchmark explain schema")
    click.echo(text(), nl=False)


TOPICS: Final[Mapping[str, str]] = {
    "codes": "Every code of ours that a report can carry; --all for the C2PA and CAWG specifications' as well.",
    "labels": "Every label that a policy can give.",
    "exit-codes": "What the command ends with.",
    "carriers": "Where in Content Credentials statements about AI are read.",
    "sentences": "Every sentence that a report can say, and when it may say it.",
    "schema": "The JSON Schema of reports.",
    "NAME": "One code, family of codes ('signer.*'), label, exit code or sentence: vouchmark explain signer.unknown",
}
"""What can be explained."""


def _explained(name: str, *, everything: bool) -> list[Row]:
    """The rows that one word asks for."""
    from vouchmark.codes.codes import lines_of

    kinds: Mapping[str, Callable[[], list[Row]]] = {
        "topics": lambda: [{"topic": topic, "meaning": meaning} for topic, meaning in TOPICS.items()],
        "codes": lambda: _all_codes(everything=everything),
        "labels": label_rows,
        "exit-codes": exit_rows,
        "carriers": carrier_rows,
        "sentences": sentence_rows,
    }
    if name in kinds:
        return kinds[name]()
    found = [row for row in (*label_rows(), *exit_rows()) if name in (row.get("label"), row.get("exit"))]
    if found or lines_of(name) is not None:
        return found or [_row(code) for code in _codes_named(name)]
    said = [row for row in sentence_rows() if row["sentence"] == name]
    return said or [_row(code) for code in _codes_named(name)]


def label_rows() -> list[Row]:
    """Every label that a policy can give."""
    from vouchmark.policies.labels import LABELS
    from vouchmark.wording.catalogue import say

    return [{"label": name, "meaning": say(f"label.{name}")} for name in LABELS]


def exit_rows() -> list[Row]:
    """Every exit code."""
    from vouchmark.codes.exits import EXITS
    from vouchmark.wording.catalogue import say

    return [{"exit": str(code), "meaning": say(f"exit.{code}")} for code in EXITS]


def sentence_rows() -> list[Row]:
    """Every sentence of the catalogue, with the facts under which it may be said."""
    from vouchmark.wording.catalogue import everything

    return [{"sentence": one.id, "meaning": one.text, "when": one.when} for one in everything()]


def _all_codes(*, everything: bool) -> list[Row]:
    from vouchmark.codes.codes import OURS, SPECIFIED

    table = {**OURS, **SPECIFIED} if everything else OURS
    return [_row(code) for code in table.values()]


def carrier_rows() -> list[Row]:
    """Where in Content Credentials statements about AI are read, one row for each carrier."""
    from provenance.credentials.history.ai_carriers import CARRIERS

    return [
        {"carrier": str(row.carrier), "where": row.where, "meaning": row.meaning, "source": row.source}
        for row in CARRIERS
    ]


def _codes_named(name: str) -> list[Code]:
    """The codes of that name or family, in the table's order; a name that is none ends with a guess."""
    import difflib

    from vouchmark.codes.codes import OURS, SPECIFIED, lines_of, patterns
    from vouchmark.policies.conditions import fits
    from vouchmark.policies.labels import LABELS

    if lines_of(name) is None:
        close = difflib.get_close_matches(name[:100], (*patterns(), *LABELS, *TOPICS), n=1)
        hint = f"did you mean {close[0]}?" if close else "run 'vouchmark explain' to see what can be explained"
        fail_usage(f"there is nothing called {name!r} to explain", hint=hint)
    return [code for code in (*OURS.values(), *SPECIFIED.values()) if fits(code.code, name)]


def _row(code: Code) -> Row:
    return {
        "code": code.code,
        "line": str(code.line),
        "statuses": ", ".join(code.statuses),
        "origin": code.origin,
        "meaning": code.meaning,
    }


def _text(rows: list[Row]) -> str:
    """A heading for each line of evidence; the code, its statuses, its meaning below."""
    from vouchmark.render.layout import wrap

    width = min(100, max(40, shutil.get_terminal_size((100, 24)).columns))
    lines: list[str] = []
    heading = ""
    for row in rows:
        if row.get("line", heading) != heading:
            heading = row["line"]
            lines += ["", heading] if lines else [heading]
        name = next(row[kind] for kind in NAMES if kind in row)
        statuses = f"  ({row['statuses']})" if "statuses" in row else ""
        lines.append(f"  {name}{statuses}")
        words = f"{row['where']}: {row['meaning']} ({row['source']})" if "where" in row else row["meaning"]
        words += f" [when: {row['when']}]" if "when" in row else ""
        lines += wrap(words.replace("`", ""), width=width, first=" " * 6, rest=" " * 6)
    return "\n".join(lines)


def _json(rows: list[Row]) -> str:
    return json.dumps(rows, indent=2, ensure_ascii=False)


def markdown(rows: list[Row]) -> str:
    """A table; codes in monospace."""
    columns = list(rows[0])
    body = [
        _markdown_row(f"`{row[c]}`" if c in ("code", "label", "exit", "sentence") else row[c] for c in columns)
        for row in rows
    ]
    return "\n".join([_markdown_row(columns), _markdown_row("---" for _ in columns), *body])


def _markdown_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"

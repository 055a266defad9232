"""`vouchmark trust issuer`: whose personhood credentials does the reader count?"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vouchmark.cli.common import Instant, fail, fail_usage, printable
from vouchmark.lines.person.names import folded
from vouchmark.render.safe import quoted
from vouchmark.report import Exit

if TYPE_CHECKING:
    from vouchmark.persons.issuers import IssuerFolder, KeptIssuer


@click.group(short_help="Keep the issuers of personhood credentials that you trust.")
def issuer() -> None:
    """Keep the issuers of personhood credentials that you trust.

    An issuer is trusted by adding its issuer.json, and counted from then on. Take the file from where everybody takes
    it. A later version replaces an earlier one; an older serial, or the same serial with other bytes, is refused.

    Anybody may call an issuer anything: what it calls itself is shown in quotation marks and matched by nothing. Name
    it by its id, or by a petname that you give it with --as.
    """


@issuer.command()
@click.argument("file", metavar="ISSUER.JSON", type=click.Path(path_type=Path))
@click.option("--as", "petname", metavar="NAME", help="What you call it, in reports, options and policies of yours.")
@click.option("--at", type=Instant(), help="The day to note it under; today by default.")
def add(file: Path, petname: str | None, at: dt.datetime | None) -> None:
    """Trust an issuer, or take a later version of its file."""
    from provenance.asset import AssetError, Limits, open_asset
    from vouchmark.persons.issuers import MAX_ISSUER_OCTETS
    from zk.errors import ZkError

    with _errors(str(file)):
        try:
            octets = open_asset(file, limits=Limits(bytes=MAX_ISSUER_OCTETS)).data
        except AssetError as error:
            fail_usage(f"{file}: {error}", hint=error.hint)
        try:
            row, before = _folder().add(octets, at=at or dt.datetime.now(dt.UTC), petname=petname)
        except ValueError as error:
            if isinstance(error, ZkError):
                raise
            fail_usage(f"--as: {printable(str(error))}", hint="'vouchmark trust issuer show' names those that you keep")
        others = [kept for kept in _folder().rows() if kept.id != row.id and folded(kept.name) == folded(row.name)]
    state = "added" if before is None else "unchanged" if before == row else f"replaced serial {before.serial}"
    click.echo(f"{_called(row)}: {state}, serial {row.serial}, issuer {row.id}\n  SHA-256 {row.sha256}")
    if before is not None and before.name != row.name:
        click.echo(f"note: it called itself {quoted(before.name)} before", err=True)
    for other in others:
        note = (
            f"note: you trust another issuer that calls itself {quoted(other.name)}, {other.id}, which people may take "
            "for this one: this is no later version of it, and one person may have a voice at each"
        )
        click.echo(note, err=True)


@issuer.command()
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True, help="What to write."
)
def show(form: str) -> None:
    """Show the issuers that you trust."""
    with _errors("the issuers"):
        rows = _folder().rows()
        for row in rows:
            _folder().read(row)  # says so where one was changed
    if form == "json":
        click.echo(json.dumps({"issuers": [row.to_json() for row in rows]}, indent=2))
        return
    for row in rows:
        for line in _as_text(row):
            click.echo(line)
    if not rows:
        click.echo("no issuer is trusted: no vouch counts")
        click.echo("hint: vouchmark trust issuer add issuer.json", err=True)


@issuer.command()
@click.argument("name", metavar="PETNAME|ID")
def remove(name: str) -> None:
    """Trust an issuer no longer, by your petname for it or by its id."""
    with _errors(name):
        try:
            row = _folder().remove(name)
        except LookupError as error:
            fail_usage(printable(str(error.args[0])), hint="'vouchmark trust issuer show' names them")
    click.echo(f"{_called(row)}: removed, issuer {row.id}")


def _folder() -> IssuerFolder:
    from provenance.files.home import default_home
    from vouchmark.persons.issuers import IssuerFolder

    return IssuerFolder(default_home())


@contextmanager
def _errors(what: str) -> Iterator[None]:
    """Turn what goes wrong into one clear line, a hint and the exit code."""
    from vouchmark.persons.issuers import IssuerRefusedError, IssuersError
    from zk.errors import ZkError

    try:
        yield
    except IssuerRefusedError as error:
        hint = "somebody gave you an old or a forged file; take it from where everybody takes it"
        fail(printable(f"{what}: {error}"), hint=hint, code=Exit.FAILED)
    except IssuersError as error:
        hint = "add the issuer again, or drop it: vouchmark trust issuer remove NAME"
        fail(printable(str(error)), hint=hint, code=Exit.ERROR)
    except ZkError as error:
        fail_usage(
            printable(f"{what}: {error}"), hint="it is no issuer.json, or was changed since its issuer signed it"
        )


def _called(row: KeptIssuer) -> str:
    """What the reader calls it, and what it calls itself."""
    return (
        quoted(row.name) if row.petname is None else f"{printable(row.petname)}, which calls itself {quoted(row.name)}"
    )


def _as_text(row: KeptIssuer) -> Iterator[str]:
    yield f"{_called(row)}: serial {row.serial}, dated {row.dated}"
    yield f"  issuer {row.id}"
    yield f"  SHA-256 {row.sha256}"

"""`vouchmark trust`: which lists of signers does the reader keep, and whom does the reader distrust?"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.common import Instant, fail, fail_usage, printable
from vouchmark.cli.trust.issuer import issuer
from vouchmark.report import EXIT_ORDER, Exit

if TYPE_CHECKING:
    from provenance.credentials.trust.distrust import DistrustEntry
    from provenance.credentials.trust.folder import TrustFolder
    from provenance.credentials.trust.formats import Label, Origin
    from provenance.credentials.trust.lists import KeptConfiguration, TrustList, TrustLists
    from provenance.credentials.trust.update import Change

KINDS: Final = ("signer", "tsa", "cawg", "publisher")
LABELS: Final = ("official", "interim", "iptc", "yours")
WORDS: Final = {
    "signer": "signers",
    "tsa": "time-stamping authorities",
    "cawg": "identity signers (CAWG)",
    "publisher": "news publishers",
    "products": "conforming products",
    "key-usages": "certificate purposes",
}
"""Kind or content of a list, for a person."""
_LIST: Final = "a list is a PEM file of certificates or a published list in JSON; --kind says what it vouches for"
_WHOM: Final = "give FILE with certificates, --sha256 HEX, --subject O=…,CN=… or --issuer O=…,CN=…"
LABEL_WORDS: Final = {"official": "official", "interim": "interim", "iptc": "IPTC's", "yours": "your own"}


@click.group(short_help="Keep the lists of signers that you trust or not.")
def trust() -> None:
    """Keep the lists of signers that you trust or distrust.

    Lists stay in your data folder (VOUCHMARK_HOME changes it), dated, and pinned by the SHA-256 of their file. Nothing
    is fetched but by 'update'. Exit codes: 0 done, 1 refused as older than the kept list, 2 a file or option that
    cannot be used, 4 could not be read, written or fetched.
    """


trust.add_command(issuer)


@trust.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), help="What it vouches for; needed unless the file says so.")
@click.option(
    "--as",
    "--label",
    "label",
    type=click.Choice(LABELS),
    help="Whose list it is, by your word, which every report repeats. Default: yours, or a published file's own.",
)
@click.option("--name", help="Name to keep it under; one of that name is replaced. Default: from the file.")
@click.option("--at", type=Instant(), help="The day of import; today by default.")
@click.option("--force", is_flag=True, help="Take it also where it is older than the kept one.")
def import_(
    file: Path, kind: str | None, label: str | None, name: str | None, at: dt.datetime | None, force: bool
) -> None:
    """Keep a list from a file.

    Reads PEM bundles, the C2PA lists in JSON, leaf certificates or their SHA-256 (allow lists), the conforming products
    list and IPTC's list of publishers in JSON, and store.cfg. One certificate that cannot be read refuses the whole
    file. A file gives no label: it is your own list, unless its SHA-256 is that of a published one that is known here,
    or you say with --as whose it is; that then reads "official, as you said" everywhere.
    """
    from provenance.credentials.trust.lists import Label, ListKind, read_file
    from provenance.credentials.trust.update import default_name, import_list

    with _errors(str(file), hint=_LIST):
        data = read_file(file)
        change = import_list(
            _folder(),
            data,
            name=name or default_name(data, stem=file.stem, label=Label(label) if label else None),
            at=at or dt.datetime.now(dt.UTC),
            kind=ListKind(kind) if kind else None,
            label=Label(label) if label else None,
            force=force,
        )
    click.echo(_say(change))


@trust.command()
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True, help="What to write."
)
@click.option("--at", type=Instant(), help="Count ages up to this time; now by default.")
def show(form: str, at: dt.datetime | None) -> None:
    """Show the kept lists with their age and SHA-256, and the distrust file."""
    from provenance.credentials.trust.lists import TrustLists

    moment = at or dt.datetime.now(dt.UTC)
    with _errors("the trust lists"):
        store = TrustLists.load()
    if form == "json":
        click.echo(json.dumps(_as_json(store, moment), indent=2))
        return
    for line in _as_text(store, moment):
        click.echo(line)


@trust.command()
@click.option("--interim", is_flag=True, help="Also fetch the frozen interim list.")
@click.option("--force", is_flag=True, help="Take lists also where they are older than the kept ones.")
@click.pass_context
def update(ctx: click.Context, interim: bool, force: bool) -> None:
    """Fetch the official lists over HTTPS.

    Fetches the C2PA trust list, its list of time-stamping authorities and the conforming products list from
    raw.githubusercontent.com/c2pa-org/conformance-public, and IPTC's list of verified news publishers from
    trust.iptc.org; with --interim the frozen interim list from verify.contentauthenticity.org, of which the anchors for
    time stamping alone count for time stamps. No proxy is used: where only one leads out, fetch the files and import
    them. What cannot be fetched or does not hold leaves the kept list as it is.
    """
    from provenance.credentials.trust.fetch import fetch_https
    from provenance.credentials.trust.lists import TrustListError, TrustListOlderError
    from provenance.credentials.trust.update import INTERIM, OFFICIAL, PUBLISHERS
    from provenance.credentials.trust.update import update as update_lists

    publications = (*OFFICIAL, *PUBLISHERS, *(INTERIM if interim else ()))
    codes = {Exit.OK}
    folder = _folder()
    for publication, result in update_lists(
        folder, publications, at=dt.datetime.now(dt.UTC), fetch=fetch_https, force=force
    ):
        if isinstance(result, TrustListError):
            codes.add(Exit.FAILED if isinstance(result, TrustListOlderError) else Exit.ERROR)
            click.echo(f"error: {publication.name}: {printable(str(result))}", err=True)
        else:
            click.echo(_say(result))
    if codes != {Exit.OK}:
        click.echo("hint: kept lists stay as they were; a list from disk: vouchmark trust import FILE", err=True)
    ctx.exit(int(next(code for code in EXIT_ORDER if code in codes)))


@trust.command()
@click.argument("name")
def remove(name: str) -> None:
    """Drop a kept list by its name."""
    from provenance.credentials.trust.update import remove as remove_list

    with _errors(name, hint="'vouchmark trust show' names the kept lists"):
        row = remove_list(_folder(), name)
    click.echo(f"{row.name}: removed ({_what(row.label, row.origin, row.kind or row.content)})")


@trust.command()
@click.argument("files", nargs=-1, metavar="[FILE]…", type=click.Path(path_type=Path))
@click.option("--sha256", multiple=True, metavar="HEX", help="A certificate by the SHA-256 of its DER.")
@click.option("--subject", multiple=True, metavar="O=…,CN=…", help="Certificates for this name.")
@click.option("--issuer", "issuer_names", multiple=True, metavar="O=…,CN=…", help="Those issued under this name.")
@click.option("--reason", default="", help="Your words on why; reports show them.")
@click.option("--remove", "removing", is_flag=True, help="Take these entries out again.")
def distrust(
    files: tuple[Path, ...],
    sha256: tuple[str, ...],
    subject: tuple[str, ...],
    issuer_names: tuple[str, ...],
    reason: str,
    removing: bool,
) -> None:
    r"""Distrust signers, whatever any list says of them; alone: show whom.

    FILE holds certificates (PEM, DER) or base64 SHA-256 lines. A comma inside a name is written \, as in
    'O=Maker\, Inc.,CN=Camera'.
    """
    from provenance.credentials.trust.update import add_distrust, remove_distrust

    folder = _folder()
    with _errors("what to distrust", hint=_WHOM):
        entries = _entries(files, sha256, subject, issuer_names, reason)
    with _errors("the distrust file"):
        if not entries:
            if removing or reason:
                fail_usage("no certificate and no name given", hint=_WHOM)
            changed, word = list(folder.read_distrust()), "distrusted"
        elif removing:
            changed, word = remove_distrust(folder, entries), "no longer distrusted"
        else:
            changed, word = add_distrust(folder, entries), "distrusted"
    for entry in changed:
        why = f" ({printable(entry.reason)})" if entry.reason else ""
        click.echo(f"{word}: {printable(entry.describe())}{why}")
    if not changed:
        click.echo("nobody is distrusted" if not entries else "nothing changed", err=True)


def _folder() -> TrustFolder:
    from provenance.credentials.trust.folder import TrustFolder
    from provenance.files.home import default_home

    return TrustFolder(default_home())


def _entries(
    files: tuple[Path, ...], sha256: tuple[str, ...], subject: tuple[str, ...], issuer: tuple[str, ...], reason: str
) -> list[DistrustEntry]:
    from provenance.credentials.trust.distrust import DistrustEntry, parse_name
    from provenance.credentials.trust.formats import Content, TrustListDataError, certificate_hash, parse
    from provenance.credentials.trust.lists import read_file

    hashes = [word.replace(":", "").lower() for word in sha256]
    for path in files:
        found = parse(read_file(path))
        if found.content is not Content.CERTIFICATES:
            raise TrustListDataError(f"{path}: expected certificates, got {found.content}")
        hashes += [*map(certificate_hash, found.certificates), *sorted(found.leaf_hashes)]
    entries = [DistrustEntry(sha256=word, reason=reason) for word in hashes]
    entries += [DistrustEntry(subject=parse_name(text), reason=reason) for text in subject]
    return entries + [DistrustEntry(issuer=parse_name(text), reason=reason) for text in issuer]


@contextmanager
def _errors(what: str, *, hint: str = "") -> Iterator[None]:
    """Turn the lists' errors into one clear line, a hint and the exit code."""
    from provenance.credentials.trust.lists import TrustListDataError, TrustListError, TrustListOlderError

    try:
        yield
    except TrustListOlderError as error:
        fail(printable(f"{what}: {error}"), hint="--force takes it all the same", code=Exit.FAILED)
    except TrustListDataError as error:
        text = str(error)
        fail_usage(printable(text if text.startswith(what) else f"{what}: {text}"), hint=hint)
    except TrustListError as error:
        hint = "import the list again, or drop it: vouchmark trust remove NAME"
        fail(printable(str(error)), hint=hint, code=Exit.ERROR)


def _what(label: Label, origin: Origin, vouches_for: str) -> str:
    """`official list of signers` and the like; of what the reader said, that they did."""
    from provenance.credentials.trust.formats import worded

    shown = worded(label, origin)
    if shown != str(label):
        return f"list of {WORDS[vouches_for]} ({shown})"
    return f"{LABEL_WORDS[label]} list of {WORDS[vouches_for]}"


def _say(change: Change) -> str:
    state = "imported" if change.before is None else "replaced" if change.is_new else "unchanged"
    row = change.row
    what = _what(row.label, row.origin, row.kind or row.content)
    dated = f"dated {row.dated}" if row.dated else f"imported on {row.imported}; its own date is unknown"
    return f"{row.name}: {state}, {what}, {dated}\n  SHA-256 {row.sha256}"


def _about(item: TrustList | KeptConfiguration, moment: dt.datetime) -> str:
    """Its age in words, with a warning where it is old."""
    age = item.age_days(at=moment)
    confirmed = f", confirmed {item.confirmed}" if item.confirmed else ""
    if age is None:
        came = f"imported on {item.imported}" if item.imported else "without a date"
        return f"{came}{confirmed}{'; its own date is unknown' if item.imported else ''}"
    return f"dated {item.dated} ({age} {'day' if age == 1 else 'days'} old){confirmed}"


def _as_text(store: TrustLists, moment: dt.datetime) -> Iterator[str]:
    from provenance.credentials.trust.lists import ListKind

    if not store.lists:
        yield "No list of signers is kept: the dated one inside the second engine answers until there is."
        yield "hint: 'vouchmark trust update' fetches the official lists, 'vouchmark trust import FILE' takes your own"
    for item in store.lists:
        hashes = len(item.allowed) - len(item.leaves)
        parts = [(len(item.certificates), "anchor"), (len(item.leaves), "leaf certificate")]
        counted = [f"{number} {word}{'' if number == 1 else 's'}" for number, word in parts if number]
        counted += [f"{hashes} leaf {'hash' if hashes == 1 else 'hashes'}"] if hashes else []
        yield f"{item.name}: {_what(item.label, item.origin, item.kind)}"
        yield f"  {', '.join(counted)}; {_about(item, moment)}"
        if item.kind != "tsa" and (stamping := len(item.anchors_for(ListKind.TSA))):
            yield f"  of the anchors {stamping} for time stamping alone, which count for time stamps and nothing else"
        yield f"  SHA-256 {item.sha256}"
        if item.is_stale(at=moment):
            yield f"  warning: old; {_remedy(item, moment)}"
    for kept in store.configurations:
        yield f"{kept.name}: {_what(kept.label, kept.origin, kept.content)}"
        yield f"  {_about(kept, moment)}"
        yield f"  SHA-256 {kept.sha256}"
        if kept.is_stale(at=moment):
            yield f"  warning: old; {_remedy(kept, moment)}"
    for entry in store.distrust:
        why = f" ({printable(entry.reason)})" if entry.reason else ""
        yield f"distrusted: {printable(entry.describe())}{why}"


def _remedy(item: TrustList | KeptConfiguration, moment: dt.datetime) -> str:
    if item.origin == "reader":
        return "see whether its publisher has a newer one"
    if item.confirmed and (moment.astimezone(dt.UTC).date() - item.confirmed).days == 0:
        return "its publisher has no newer one today"
    return "run: vouchmark trust update"


def _as_json(store: TrustLists, moment: dt.datetime) -> dict[str, Any]:
    return {
        "lists": [
            {
                "name": item.name,
                "kind": item.kind,
                "label": item.words,
                "dated": item.dated.isoformat() if item.dated else None,
                "imported": item.imported.isoformat() if item.imported else None,
                "confirmed": item.confirmed.isoformat() if item.confirmed else None,
                "age_days": item.age_days(at=moment),
                "stale": item.is_stale(at=moment),
                "anchors": len(item.certificates),
                "leaves": len(item.allowed),
                "sha256": item.sha256,
            }
            for item in store.lists
        ],
        "configurations": [
            {
                "name": kept.name,
                "content": kept.content,
                "label": kept.words,
                "dated": kept.dated.isoformat() if kept.dated else None,
                "imported": kept.imported.isoformat() if kept.imported else None,
                "sha256": kept.sha256,
            }
            for kept in store.configurations
        ],
        "distrust": [{key: value for key, value in _entry_json(entry).items() if value} for entry in store.distrust],
        "key_usages": list(store.eku_oids),
        "sha256": store.digest,
    }


def _entry_json(entry: DistrustEntry) -> dict[str, Any]:
    return {
        "sha256": entry.sha256,
        "issuer": dict(entry.issuer),
        "subject": dict(entry.subject),
        "reason": entry.reason,
    }

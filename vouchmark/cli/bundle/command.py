"""`vouchmark bundle`: make one, check one, show one."""

from __future__ import annotations

import io
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.bundle.asking import (
    ENGINE_NAMES,
    asked_of,
    bundle_errors,
    is_one,
    read_small,
    reader_options,
    running_options,
    start_pool,
)
from vouchmark.cli.check.claim import claim_options, what_is_claimed
from vouchmark.cli.check.person import person_errors
from vouchmark.cli.common import fail_usage, printable, standard_output, with_options
from vouchmark.cli.placing import may_write, output_file, output_text
from vouchmark.report import Outcome, overall_exit

if TYPE_CHECKING:
    from vouchmark.bundles.making import Made
    from vouchmark.bundles.verifying import Expected, Verified

OUTCOME_NAMES: Final = tuple(outcome.value for outcome in Outcome)
MAX_STORE: Final = 64 * 1024 * 1024
"""Bytes of a manifest store given by hand, as in `check`."""
MAX_PEM: Final = 64 * 1024
KEY_PASSPHRASE: Final = "VOUCHMARK_KEY_PASSPHRASE"  # noqa: S105 - its name, not its value
EXITS: Final = """\b
Exit codes of verify and show:
  0  nothing was altered, and by your lists every required line passed
  1  something was altered, or by your lists a line failed
  2  the command line was wrong
  3  nothing failed; by your lists a required line is unknown or absent
  4  it cannot be read
"""


@click.group(short_help="Keep evidence that others can check again.")
def bundle() -> None:
    """Keep files with what was found of them, so that anybody can check it again, years later and without us.

    A bundle is a BagIt bag: the files octet for octet, the reports on them, and all that decided. 'verify' looks
    whether anything was altered, runs the check again, and concludes by your own lists, never by those in the bundle.
    """


maker_options: Final = with_options(
    click.option("--only", multiple=True, help="* Check and require exactly these lines."),
    click.option("--manifest", type=click.Path(path_type=Path), help="A manifest store (.c2pa) kept outside the file."),
    click.option("--engine", multiple=True, type=click.Choice(ENGINE_NAMES), help="* Engines to ask; both by default."),
    click.option("--compare-pictures", is_flag=True, help="Match a picture to the thumbnails in its own history."),
    click.option("--vouch", multiple=True, type=click.Path(path_type=Path), help="* A vouch for the one file named."),
    click.option("--ledger", metavar="FILE|URL", help="Record each voice once; the rows that spoke go along."),
    click.option("--nonce", metavar="HEX", help="The challenge that vouches must answer."),
    click.option("--audience", metavar="NAME", help="For whom vouches must be made."),
    claim_options,
)
"""What only the maker of a bundle is asked."""


@bundle.command(short_help="Make a bundle of files.")
@click.argument("inputs", nargs=-1, metavar="FILE|FOLDER…", type=click.Path(readable=False))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="A new folder, or NAME.zip.")
@click.option("--source", multiple=True, metavar="URL", help="* Where it came from, as you say.")
@click.option("--note", multiple=True, help="* Words of yours that go along.")
@click.option("--by", default="", metavar="NAME", help="Who makes it, for the custody log; nobody is named without.")
@click.option("--from", "source_bundle", type=click.Path(path_type=Path), help="Copy this bundle, in place of files.")
@click.option("--withhold", multiple=True, metavar="NUMBER|NAME", help="* Leave this file out, and all that shows it.")
@click.option("--attach", multiple=True, type=click.Path(path_type=Path), help="* What another tool made of it.")
@click.option("--seal", type=click.Path(path_type=Path), help="Seal it with this key (PEM; Ed25519 or P-256).")
@click.option(
    "--key-passphrase-file",
    type=click.Path(path_type=Path),
    help=f"Read the key's passphrase there (first line); else {KEY_PASSPHRASE}, else a prompt.",
)
@click.option("--tsa", metavar="URL", default="", help="Have the seal stamped by this authority; it alone is asked.")
@reader_options
@maker_options
@running_options
def make(inputs: tuple[str, ...], **options: Any) -> None:
    """Make a bundle of files, whole or not at all, and print its digest: mail or publish that.

    Needs no key. Nothing is sent or fetched, but for --tsa. Exit codes: 0 made, 2 the command line was wrong, 4
    something could not be read or written.
    """
    _refuse_contradictions(inputs, options)
    if options["source_bundle"] is not None:
        _copy(options)
        return
    with ExitStack() as stack, bundle_errors(), person_errors():
        from vouchmark.bundles.making import Keeper
        from vouchmark.bundles.making import make as make_bundle

        pool = start_pool(options, stack)
        store = options["manifest"]
        asked = asked_of(
            options,
            stack,
            is_one=is_one(inputs),
            only=options["only"],
            compare_pictures=options["compare_pictures"],
            manifest=None if store is None else read_small(store, "--manifest", most=MAX_STORE),
            **what_is_claimed(options),
        )
        keeper = Keeper(by=options["by"], sources=options["source"], notes=options["note"], attached=options["attach"])
        made = make_bundle(
            [Path(one) for one in inputs],
            options["output"],
            asked,
            keeper=keeper,
            seal=_sealer(options),
            pool=pool,
            seconds=options["time_limit"],
        )
    _tell_made(made)


def _refuse_contradictions(inputs: tuple[str, ...], options: dict[str, Any]) -> None:
    """What cannot be meant, before anything is read."""
    copies = options["source_bundle"] is not None
    if copies is bool(inputs):
        fail_usage("expected files, or a bundle after --from", hint="run: vouchmark bundle make --help")
    if options["withhold"] and not copies:
        fail_usage("--withhold leaves files out of a copy", hint="add --from BUNDLE; or name fewer files")
    if copies and (options["source"] or options["note"] or options["attach"]):
        fail_usage("a copy keeps what its first keeper said, and nothing is added to it", hint="say it beside the copy")
    if "" in inputs:
        fail_usage("got an empty name, expected a file", hint="an unset variable in a script leaves its place empty")
    if options["manifest"] is not None and not is_one(inputs):
        fail_usage("--manifest was given with several files, and belongs to one", hint="make one bundle for each file")
    if options["tsa"] and options["seal"] is None:
        fail_usage("--tsa stamps a seal, and there is none", hint="add --seal KEY")


def _copy(options: dict[str, Any]) -> None:
    """Hand a bundle on."""
    with ExitStack() as stack, bundle_errors():
        from vouchmark.bundles.copying import copy

        done = copy(
            options["source_bundle"],
            options["output"],
            withhold=options["withhold"],
            by=options["by"],
            seal=_sealer(options),
            pool=start_pool(options, stack),
            seconds=options["time_limit"],
        )
    count = len(options["withhold"])
    without = f", without {count} of its {'file' if count == 1 else 'files'} and what shows them" if count else ""
    click.echo(printable(f"{options['output']}: a copy of {options['source_bundle']}{without}"), err=True)
    click.echo(done.bag)


def _sealer(options: dict[str, Any]) -> Any:
    if options["seal"] is None:
        return None
    from provenance.credentials.signing.time_stamping import check_address
    from vouchmark.bundles.hands.sealing import Key, Sealer

    if options["tsa"]:
        check_address(options["tsa"])
    return Sealer(key=Key.load(*_key(options)), authority=options["tsa"])


def _key(options: dict[str, Any], name: str = "seal") -> tuple[bytes, bytes | None]:
    """(a private key, its passphrase where it has one)."""
    pem = read_small(options[name], f"--{name}", most=MAX_PEM)
    if b"ENCRYPTED" not in pem:
        return pem, None
    import os

    from vouchmark.cli.common import somebody_types

    if options["key_passphrase_file"] is not None:
        octets = read_small(options["key_passphrase_file"], "--key-passphrase-file", most=MAX_PEM)
        return pem, octets.splitlines()[0] if octets else b""
    text = os.environ.get(KEY_PASSPHRASE)
    if text is None and somebody_types():
        text = str(click.prompt("Passphrase for the key", hide_input=True, err=True))
    return pem, None if text is None else text.encode()


def _tell_made(made: Made) -> None:
    """The digest on standard output, words about it on standard error."""
    count = len(made.reports)
    said = [f"{made.place}: made, with {count} {'file' if count == 1 else 'files'}"]
    if made.sealed_by:
        said.append(f"sealed by key {made.sealed_by}")
    if made.stamped is not None:
        said.append(f"stamped {made.stamped.isoformat()}")
    if made.unpinned:
        said.append(f"no published digest is known of {', '.join(made.unpinned)}: requirements.txt names them apart")
    said.append("mail or publish its digest; whoever has both can tell whether anything was changed:")
    for words in said:
        click.echo(printable(words), err=True)
    click.echo(made.digest)


known_of: Final = with_options(
    click.option("--digest", default="", metavar="HEX", help="The digest that you were given of it."),
    click.option(
        "--key", multiple=True, type=click.Path(path_type=Path), help="* A public key that may have sealed it."
    ),
    click.option("--receipt", multiple=True, type=click.Path(path_type=Path), help="* A receipt that you keep of it."),
    click.option("--fail-on", type=click.Choice(OUTCOME_NAMES), help="Exit 1 where your policy says this or stronger."),
)
"""What a reader knows of a bundle from elsewhere."""


@bundle.command(short_help="Look whether a bundle was altered, and check it again.", epilog=EXITS)
@click.argument("places", nargs=-1, required=True, metavar="BUNDLE [OTHER]", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True, help="What to write."
)
@click.option("--receive", is_flag=True, help="Add to its custody log that you received it, where nothing was altered.")
@click.option("--by", default="", metavar="NAME", help="Who receives it; nobody is named without.")
@click.option("--sign", type=click.Path(path_type=Path), help="Countersign the log with this key (PEM).")
@click.option(
    "--key-passphrase-file",
    type=click.Path(path_type=Path),
    help=f"Read the key's passphrase there (first line); else {KEY_PASSPHRASE}, else a prompt.",
)
@click.option(
    "--receipt-out", type=click.Path(path_type=Path), help="Write the receipt there as well, for who handed it over."
)
@known_of
@reader_options
@running_options
@click.pass_context
def verify(ctx: click.Context, /, **options: Any) -> None:
    """Look whether anything in a bundle was altered, run its check again, and say what follows by your own lists.

    A bundle brings its own lists and policy. That its reports come out the same by them shows that nothing was altered,
    and no more: what follows, and the exit code, is by your lists. Both answers stand side by side.

    With two bundles: do they speak of the same bytes, do they conclude the same, and if not, from which input on?
    """
    _refuse_places(options)
    places: tuple[Path, ...] = options["places"]
    with ExitStack() as stack, bundle_errors(), person_errors():
        from vouchmark.bundles.verifying import verify as verify_bundle

        pool = start_pool(options, stack)
        asked = asked_of(options, stack)
        key = _receiver(options) if options["receive"] else None
        verified = [
            verify_bundle(place, asked, _expected(options), pool=pool, seconds=options["time_limit"])
            for place in places
        ]
        _tell_verified(verified, places, options)
        if options["receive"]:
            _receive(places[0], verified[0], key, options)
    ctx.exit(int(overall_exit(one.exit for one in verified)))


def _refuse_places(options: dict[str, Any]) -> None:
    places = options["places"]
    if len(places) > 2:
        fail_usage(f"got {len(places)} bundles, expected one or two")
    if len(places) == 2 and (options["receive"] or options["digest"]):
        fail_usage("--receive and --digest are for one bundle", hint="run it once for each")
    given = options["by"] or options["sign"] or options["receipt_out"]
    if given and not options["receive"]:
        fail_usage("--by, --sign and --receipt-out go with --receive")
    if options["receipt_out"] and not options["sign"]:
        fail_usage("--receipt-out writes a receipt, and there is none without --sign KEY")
    if options["receipt_out"]:
        may_write(options["receipt_out"], overwrite=False, hint="name another one")


def _tell_verified(verified: list[Verified], places: tuple[Path, ...], options: dict[str, Any]) -> None:
    import json

    from vouchmark.bundles import comparing, telling

    compared = comparing.compare(*verified) if len(verified) == 2 else None
    if options["form"] == "json":
        told: Any = telling.to_dict(verified[0])
        if len(verified) == 2:
            told = telling.pair_to_dict(verified, compared)
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for place, one in zip(places, verified, strict=True):
        for line in telling.lines(one, name=place.name or str(place), last=one is verified[-1]):
            click.echo(line)
    if len(verified) == 2:
        for line in telling.pair_lines(compared):
            click.echo(line)


def _receiver(options: dict[str, Any]) -> Any:
    """The key that countersigns; and what somebody began before and did not end is taken back."""
    from vouchmark.bundles.hands import receipts, sealing

    place: Path = options["places"][0]
    if not place.is_dir():
        fail_usage(f"{place}: a line is added to a folder, not to a ZIP", hint="unpack it first, or copy it: --from")
    if receipts.mend(place):
        click.echo("a receipt that was cut off is taken back", err=True)
    return sealing.Key.load(*_key(options, "sign")) if options["sign"] else None


def _receive(place: Path, verified: Verified, key: Any, options: dict[str, Any]) -> None:
    """Add the line, where nothing was altered."""
    import datetime as dt

    from vouchmark import __version__
    from vouchmark.bundles.hands import receipts
    from vouchmark.lines.facts import instant

    if verified.is_altered:
        click.echo("not received: something was altered, or is not what you expected", err=True)
        return
    now = instant(dt.datetime.now(dt.UTC))
    done = receipts.receive(place, at=now, tool=f"vouchmark {__version__}", by=options["by"], key=key)
    if done.receipt is not None and options["receipt_out"]:
        with output_file(options["receipt_out"]) as out:
            out.write(done.receipt)
    signed = f", countersigned by key {done.entry.key}" if done.entry.key else ""
    click.echo(f"received: line {done.entry.n} of its custody log{signed}", err=True)


def _expected(options: dict[str, Any], *, pictures: bool = False) -> Expected:
    """What the reader says that they know."""
    import re

    from vouchmark.bundles.verifying import Expected

    if options["digest"] and not re.fullmatch(r"[0-9a-fA-F]{64}", options["digest"].strip()):
        fail_usage("--digest: expected 64 hexadecimal digits", hint="'bundle make' prints it as its last line")
    return Expected(
        digest=options["digest"],
        receipts=tuple(read_small(path, "--receipt", most=MAX_PEM) for path in options["receipt"]),
        keys=tuple(read_small(path, "--key", most=MAX_PEM) for path in options["key"]),
        pictures=pictures,
        fail_on=Outcome(options["fail_on"]) if options["fail_on"] else None,
    )


@bundle.command(short_help="Make a page of a bundle, by your own lists.", epilog=EXITS)
@click.argument("place", metavar="BUNDLE", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the page there, not to standard output.")
@known_of
@reader_options
@running_options
@click.pass_context
def show(ctx: click.Context, /, **options: Any) -> None:
    """Make a page of a bundle: what it is, what it shows and what not, and how to check it without us.

    It is made anew by your own lists, never taken out of the bundle. Its commands are safe whatever files are called.
    """
    output: Path | None = options["output"]
    if output is None and sys.stdout is not None and sys.stdout.isatty():
        fail_usage("a page is for a browser, not for a terminal", hint="name a file: -o case.html")
    with ExitStack() as stack, bundle_errors(), person_errors():
        from vouchmark.bundles import cover
        from vouchmark.bundles.verifying import verify as verify_bundle

        pool = start_pool(options, stack)
        place: Path = options["place"]
        asked = asked_of(options, stack)
        expected = _expected(options, pictures=True)
        verified = verify_bundle(place, asked, expected, pool=pool, seconds=options["time_limit"])
    pieces = cover.page(verified, name=place.name or str(place))
    if output is not None:
        with output_text(output, newline="\n") as out:
            out.writelines(pieces)
    else:
        out_stream = standard_output()
        if isinstance(out_stream, io.TextIOWrapper):
            out_stream.reconfigure(encoding="utf-8", newline="\n")
        out_stream.writelines(pieces)
    ctx.exit(int(verified.exit))

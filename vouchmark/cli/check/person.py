"""Which persons does a reader count? The options of `vouchmark check` about vouches, issuers, scopes and the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.common import composed, fail, fail_usage, nonce_of, with_options
from vouchmark.report import Exit

if TYPE_CHECKING:
    from vouchmark.options import Overrides
    from vouchmark.persons.issuers import IssuerFile
    from vouchmark.vouching.files import VouchFile
    from zk.storage.ledger import NullifierLedger

LONGEST_GRACE: Final = 366
"""Days, as in zk.verifier.verifier: beyond a year an epoch would mean nothing."""
MOST_SLOTS: Final = 1024
"""As in zk.profile.constants."""
NOW: Final = dt.timedelta(hours=1)
"""How far --at may be from now for a ledger to be written to, as in zk.verifier.verifier."""

_PRESENT: Final = "take the issuer's present issuer.json from where everybody takes it"

person_options: Final = with_options(
    click.option("--vouch", multiple=True, type=click.Path(path_type=Path), help="* A vouch for the one file named."),
    click.option("--issuer", multiple=True, type=click.Path(path_type=Path), help="* An issuer.json for this run."),
    click.option("--scope", multiple=True, metavar="AUTHORITY:PATH", help="* Scopes in which persons are counted."),
    click.option(
        "--slots",
        type=click.IntRange(1, MOST_SLOTS),
        default=1,
        show_default=True,
        help="How many of an issuer's slots count.",
    ),
    click.option("--ledger", metavar="FILE|URL", help="Record each voice once: SQLite file or PostgreSQL URL."),
    click.option("--nonce", metavar="HEX", help="The challenge that vouches must answer."),
    click.option("--audience", metavar="NAME", help="For whom vouches must be made."),
    click.option(
        "--grace",
        type=click.IntRange(0, LONGEST_GRACE),
        default=0,
        show_default=True,
        metavar="DAYS",
        help="Accept credentials so long after their epoch.",
    ),
)
"""Which persons count."""


def who_counts(options: dict[str, Any], stack: ExitStack, *, is_one: bool) -> Overrides:
    """What the options say, as `check` is asked of it, with every mistake told before a file is looked at.

    Args:
        options: of `check`.
        stack: closes the ledger at the end.
        is_one: whether exactly one file is checked.
    """
    if options["vouch"] and not is_one:
        fail_usage(
            "--vouch was given with several files, and belongs to one",
            hint="put it beside its file as FILE.vouch; check finds it there",
        )
    from vouchmark.persons.settings import MAX_GIVEN

    if len(options["vouch"]) > MAX_GIVEN:
        fail_usage(f"--vouch: got {len(options['vouch'])}, expected at most {MAX_GIVEN}")
    asked: Overrides = {
        "issuers": (*_kept(options), *map(_issuer, options["issuer"])),
        "scopes": options["scope"],
        "slots": options["slots"],
        "vouches": tuple(map(_vouch, options["vouch"])),
        "ledger": _ledger(options["ledger"], options["at"], stack),
        "nonce": nonce_of(options["nonce"]),
        "audience": _audience(options["audience"]),
        "grace": dt.timedelta(days=options["grace"]),
    }
    _check_now(asked, has_issuers=bool(options["issuer"]))
    return asked


@contextmanager
def person_errors() -> Iterator[None]:
    """Turn what fails during the run, above all the ledger, into one clear line and the exit code."""
    try:
        yield
    except Exception as error:
        from zk.errors import StorageError, ZkError

        if not isinstance(error, ZkError):
            raise
        is_ledger = isinstance(error, StorageError)
        hint = "what was recorded stays recorded, and counts as seen when you run it again" if is_ledger else ""
        fail(str(error), hint=hint or "run: vouchmark trust issuer show", code=Exit.ERROR)


def _check_now(asked: Overrides, *, has_issuers: bool) -> None:
    """Parse what was given for this run; without any of it nothing of the proofs' library is loaded."""
    if not asked["scopes"] and not has_issuers:
        return
    from vouchmark.options import with_overrides
    from vouchmark.persons.settings import person_settings
    from zk.errors import ZkError

    try:
        settings = person_settings(with_overrides(**asked))
    except ZkError as error:
        fail_usage(f"--{error}", hint="'vouchmark vouch show FILE.vouch' tells the scope of a vouch")
    try:
        if has_issuers:
            _ = settings.trusted
    except ZkError as error:
        fail_usage(f"--issuer: {error}", hint=_PRESENT)


def _kept(options: dict[str, Any]) -> list[IssuerFile]:
    """The reader's kept issuers; they are parsed when the first vouch turns up."""
    if options["no_default_trust"]:
        return []
    from provenance.files.home import default_home
    from vouchmark.persons.issuers import IssuerFolder, IssuersError

    try:
        return IssuerFolder(default_home()).files()
    except IssuersError as error:
        fail(str(error), hint="run: vouchmark trust issuer show", code=Exit.ERROR)


def _issuer(path: Path) -> IssuerFile:
    from vouchmark.persons.issuers import MAX_ISSUER_OCTETS, IssuerFile
    from zk.errors import ZkError

    file = IssuerFile.of(_read(path, "--issuer", MAX_ISSUER_OCTETS))
    try:
        file.parse()
    except ZkError as error:
        fail_usage(f"--issuer {path}: {str(error).removeprefix('issuer.json: ')}", hint=_PRESENT)
    return file


def _vouch(path: Path) -> VouchFile:
    """A vouch given by hand. What is in it is for the report to say; that it can be read is for now."""
    from vouchmark.vouching.files import VouchFile, read_vouch
    from vouchmark.vouching.vouch import MAX_OCTETS

    found = read_vouch(path)
    if found.trouble and found.trouble != "too-large":
        _read(path, "--vouch", MAX_OCTETS)
    return VouchFile(name=found.name, octets=found.octets, trouble=found.trouble)


def _read(path: Path, option: str, most: int) -> bytes:
    from provenance.asset import AssetError, Limits, open_asset

    try:
        return open_asset(path, limits=Limits(bytes=most)).data
    except AssetError as error:
        fail_usage(f"{option} {path}: {error}", hint=error.hint)


def _ledger(location: str | None, at: dt.datetime | None, stack: ExitStack) -> NullifierLedger | None:
    """Open the ledger; only to read where the run is about another time than now."""
    if location is None:
        return None
    from zk.errors import StorageError, UnsupportedError
    from zk.storage.ledger import open_ledger

    past = at is not None and abs(dt.datetime.now(dt.UTC) - at) > NOW
    try:
        return stack.enter_context(open_ledger(location, read_only=past))
    except StorageError as error:
        fail(str(error), hint=_ledger_hint(location, str(error), past=past), code=Exit.ERROR)
    except UnsupportedError as error:
        fail_usage(f"--ledger: {error}", hint="a file, sqlite:///FILE or postgresql://HOST/DATABASE")


def _audience(name: str | None) -> str | None:
    """A reader's name as vouches hold it."""
    from vouchmark.persons.settings import MAX_AUDIENCE

    text = None if name is None else composed(name)
    if text is not None and not 1 <= len(text.encode("utf-8", "replace")) <= MAX_AUDIENCE:
        hint = "give the name that vouches for you are made for with 'vouch make --audience'"
        fail_usage(f"--audience: expected a name of 1 to {MAX_AUDIENCE} octets", hint=hint)
    return text


def _ledger_hint(location: str, message: str, *, past: bool) -> str:
    if location.startswith("postgres"):
        return "is the server up, and may you use that database? Nothing was looked at or recorded"
    if "readonly database" in message:
        return "SQLite writes beside a ledger even to read it: you must be allowed to write in its folder"
    if past:
        return "with --at at another time than now a ledger is only read, and must be there"
    return "name a file in a folder of yours that nobody else may read"

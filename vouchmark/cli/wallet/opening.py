"""Which wallet is meant, and which of its issuers?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from vouchmark.cli.common import fail
from vouchmark.cli.person import errors, passphrase, read_file
from vouchmark.render.safe import quoted
from vouchmark.report import Exit

if TYPE_CHECKING:
    from zk.profile.issuer_info import IssuerInfo
    from zk.wallet.wallet import HeldMembership, Wallet

WALLET_VARIABLE: Final = "VOUCHMARK_WALLET"
FILE_NAME: Final = "wallet.vault"
"""Name of the wallet in the user's data folder."""

LEAST_DIGITS: Final = 8
"""Hex digits of an issuer's id that name it."""

wallet_option: Final = click.option(
    "--wallet",
    "file",
    type=click.Path(path_type=Path),
    envvar=WALLET_VARIABLE,
    help=f"The wallet; else {WALLET_VARIABLE}, else {FILE_NAME} in your data folder (VOUCHMARK_HOME).",
)


def wallet_path(file: Path | None) -> Path:
    """Return where the wallet lies: as given, else in the user's data folder."""
    if file is not None:
        return file
    from provenance.files.home import default_home

    return default_home() / FILE_NAME


def open_wallet(file: Path | None, passphrase_file: Path | None) -> Wallet:
    """Open the wallet that is meant. Raises StorageError or EncodingError."""
    from zk.wallet.wallet import Wallet

    path = wallet_path(file)
    if not path.exists():
        fail(
            f"{path}: cannot read: No such file or directory", hint="'vouchmark wallet init' makes one", code=Exit.ERROR
        )
    return Wallet.open(path, passphrase(passphrase_file, what=f"the wallet {path}"), marks=marks())


def marks() -> Path:
    """Where marks are kept by which a wallet put back from a copy is noticed: apart from wallets."""
    from provenance.files.home import default_state

    return default_state()


def read_info(path: str) -> IssuerInfo:
    """Read an issuer.json; what is wrong with it is said with its path. Raises EncodingError or StorageError."""
    from zk.errors import EncodingError
    from zk.profile.issuer_info import MAX_JSON_OCTETS, IssuerInfo

    with errors("the issuer publishes its issuer.json: take it from where everybody takes it"):
        octets = read_file(path, most=MAX_JSON_OCTETS)
        try:
            return IssuerInfo.from_json(octets, check_keys=False)
        except EncodingError as error:
            raise EncodingError(f"{path}: {str(error).removeprefix('issuer.json: ')}") from error


def member(wallet: Wallet, word: str | None, now: dt.datetime) -> HeldMembership:
    """Return what is held of the issuer that a word names, or of the only one; leaves with an error otherwise."""
    held = wallet.held(at=now)
    found = list(held)
    if word is not None:
        petnamed = _petnamed(word)
        # Never by what an issuer calls itself: anybody may call one anything.
        found = [each for each in held if each.info.id.hex() in (word.lower(), petnamed)] or [
            each for each in held if len(word) >= LEAST_DIGITS and each.info.id.hex().startswith(word.lower())
        ]
    if len(found) != 1:
        names = "; ".join(f"{quoted(each.info.name)} ({each.info.id.hex()[:16]})" for each in held) or "none"
        fail(
            f"--issuer: {len(found)} of the wallet's issuers are meant, expected one",
            hint=f"give an id, or a petname of 'vouchmark trust issuer add --as'; the wallet holds: {names}",
        )
    return found[0]


def _petnamed(word: str) -> str | None:
    """The id of the kept issuer to which the wallet's owner gave this petname; None where there is none."""
    from provenance.files.home import default_home
    from vouchmark.persons.issuers import IssuerFolder, IssuersError

    try:
        return next((row.id for row in IssuerFolder(default_home()).rows() if row.petname == word), None)
    except IssuersError:
        return None  # 'trust issuer show' says what is wrong

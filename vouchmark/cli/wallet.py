"""`vouchmark wallet`: how does a person get, renew and look at personhood credentials?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.person import (
    at_option,
    code_options,
    code_text,
    cost_option,
    errors,
    json_option,
    moment,
    output_option,
    passphrase,
    passphrase_option,
    read_file,
    tell,
    write_output,
)

if TYPE_CHECKING:
    from zk.profile.issuer_info import IssuerInfo
    from zk.wallet.wallet import HeldMembership, Wallet

WALLET_VARIABLE: Final = "VOUCHMARK_WALLET"
FILE_NAME: Final = "wallet.vault"
"""Name of the wallet in the user's data folder."""

wallet_option: Final = click.option(
    "--wallet",
    "file",
    type=click.Path(path_type=Path),
    envvar=WALLET_VARIABLE,
    help=f"The wallet; else {WALLET_VARIABLE}, else {FILE_NAME} in your data folder (VOUCHMARK_HOME).",
)
issuer_option: Final = click.option(
    "--issuer", "issuer_json", type=click.Path(), help="The issuer's present issuer.json, where the wallet's is older."
)


@click.group(short_help="Hold personhood credentials.")
def wallet() -> None:
    """Hold personhood credentials.

    A wallet is one file, encrypted with a passphrase; whoever loses it has to ask the issuer for a reset. Codes and
    passphrases come from a prompt, a file or the environment. Exit codes: 0 done, 2 refused or a file or option that
    cannot be used, 4 could not be read, written or decrypted.
    """


@wallet.command()
@wallet_option
@cost_option
@passphrase_option
@json_option
def init(file: Path | None, scrypt_cost: int, passphrase_file: Path | None, as_json: bool) -> None:
    """Make an empty wallet."""
    path = wallet_path(file)
    with errors("a wallet is never overwritten; move the old one away if you mean it"):
        from zk.wallet.wallet import Wallet

        Wallet.create(path, passphrase(passphrase_file, what="the new wallet", is_new=True), log_cost=scrypt_cost)
    tell([f"{path}: made"], {"wallet": str(path)}, as_json=as_json)


@wallet.command(short_help="Ask an issuer for first credentials.")
@click.option("--issuer", "issuer_json", type=click.Path(), required=True, help="The issuer's issuer.json.")
@code_options
@click.option("--next", "ahead", is_flag=True, help="For the next epoch; for this one by default.")
@output_option
@wallet_option
@at_option
@passphrase_option
@json_option
def request(
    issuer_json: str,
    code: str | None,
    code_file: str | None,
    ahead: bool,
    output: str,
    file: Path | None,
    at: dt.datetime | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Ask an issuer for a first credential of each class, or for new ones after a reset.

    Take issuer.json from where everybody takes it, not from a message to you alone. The request holds the code: give it
    to the issuer by a private way. The same code gives the same request again.
    """
    with errors("codes come from 'issuer invite'; 'wallet renew' is for those of --renew"):
        from zk.profile.exchange import Code

        info = _read_info(issuer_json)
        parsed = Code.parse(code_text(code, code_file))
        opened = _open(file, passphrase_file)
        octets = opened.request(info, parsed, at=moment(at), ahead=ahead, source=Path(issuer_json))
        write_output(output, octets)
    _tell_request(octets, output, as_json=as_json)


@wallet.command(short_help="Ask for credentials for a further epoch.")
@code_options
@output_option
@issuer_option
@wallet_option
@at_option
@passphrase_option
@json_option
def renew(
    code: str | None,
    code_file: str | None,
    output: str,
    issuer_json: str | None,
    file: Path | None,
    at: dt.datetime | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Ask for credentials for this epoch, or where they are there already, for the next.

    Nym secrets of class lasting stay the same, and so does your voice in scopes that count for ever.
    """
    with errors("codes for this come from 'issuer invite --renew'"):
        from zk.profile.exchange import Code

        parsed = Code.parse(code_text(code, code_file))
        newer = None if issuer_json is None else _read_info(issuer_json)
        octets = _open(file, passphrase_file).renew(parsed, at=moment(at), newer=newer)
        write_output(output, octets)
    _tell_request(octets, output, as_json=as_json)


@wallet.command()
@click.argument("response", metavar="FILE")
@issuer_option
@wallet_option
@at_option
@passphrase_option
@json_option
def accept(
    response: str,
    issuer_json: str | None,
    file: Path | None,
    at: dt.datetime | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Verify the issuer's answer in FILE and keep the credentials."""
    with errors(
        "if the issuer signed something else than was asked for, do not use it, and say so in public",
        malformed="FILE is the issuer's answer, made by 'vouchmark issuer approve'",
    ):
        from zk.profile.exchange import MAX_RESPONSE_OCTETS, EnrolmentResponse

        octets = read_file(response, most=MAX_RESPONSE_OCTETS)
        newer = None if issuer_json is None else _read_info(issuer_json)
        opened = _open(file, passphrase_file)
        held = opened.accept(octets, newer=newer)
        answer = EnrolmentResponse.decode(octets)
        membership = next(each for each in opened.held(at=moment(at)) if each.info.id == answer.issuer)
    tell(
        [
            f"{membership.info.name}: credentials for {answer.epoch}, level {int(answer.level)}: "
            + ", ".join(str(each.credential_class) for each in held),
            *_renewal(membership),
        ],
        {
            "issuer": answer.issuer.hex(),
            "name": membership.info.name,
            "epoch": answer.epoch,
            "level": int(answer.level),
            "classes": [each.credential_class.value for each in held],
            "renew_from": _time(membership.renew_from),
        },
        as_json=as_json,
    )


@wallet.command()
@wallet_option
@at_option
@passphrase_option
@json_option
def show(file: Path | None, at: dt.datetime | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Show what the wallet holds, without its secrets."""
    path = wallet_path(file)
    now = moment(at)
    with errors("'vouchmark wallet init' makes one"):
        held = _open(file, passphrase_file).held(at=now)
    lines = [line for membership in held for line in _as_text(membership)]
    values = {"wallet": str(path), "issuers": [_as_json(membership, now) for membership in held]}
    tell(lines or [f"{path}: holds no credential yet"], values, as_json=as_json)


def wallet_path(file: Path | None) -> Path:
    """Return where the wallet lies: as given, else in the user's data folder."""
    if file is not None:
        return file
    from provenance.files.home import default_home

    return default_home() / FILE_NAME


def _open(file: Path | None, passphrase_file: Path | None) -> Wallet:
    from zk.wallet.wallet import Wallet

    path = wallet_path(file)
    return Wallet.open(path, passphrase(passphrase_file, what=f"the wallet {path}"))


def _read_info(path: str) -> IssuerInfo:
    from zk.errors import EncodingError
    from zk.profile.issuer_info import MAX_JSON_OCTETS, IssuerInfo

    with errors("the issuer publishes its issuer.json: take it from where everybody takes it"):
        octets = read_file(path, most=MAX_JSON_OCTETS)
        try:
            return IssuerInfo.from_json(octets, check_keys=False)
        except EncodingError as error:
            raise EncodingError(f"{path}: {str(error).removeprefix('issuer.json: ')}") from error


def _tell_request(octets: bytes, output: str, *, as_json: bool) -> None:
    from zk.profile.exchange import EnrolmentRequest

    asked = EnrolmentRequest.decode(octets)
    tell(
        [f"{output}: request for {asked.epoch}; give it to the issuer by a private way"],
        {"request": output, "issuer": asked.issuer.hex(), "epoch": asked.epoch},
        as_json=as_json,
        quiet=output == "-",
    )


def _time(value: dt.datetime | None) -> str | None:
    return None if value is None else value.isoformat(timespec="seconds")


def _renewal(membership: HeldMembership) -> list[str]:
    return [] if membership.renew_from is None else [f"  renew from {_time(membership.renew_from)} on"]


def _as_text(membership: HeldMembership) -> list[str]:
    info = membership.info
    lines = [f"{info.name}: issuer {info.id.hex()}"]
    lines += [
        f"  class {each.credential_class}, epoch {each.epoch}, level {int(each.level)}"
        + (", current" if each.is_current else "")
        for each in membership.credentials
    ]
    lines += [f"  request for {epoch}: no answer yet" for epoch in membership.open_requests]
    if membership.crowd is not None:
        people = "nobody else" if membership.crowd <= 1 else f"{membership.crowd} holders"
        lines.append(f"  you hide among {people}, as the issuer last published")
    lines.append(f"  slots used: {membership.used_slots}")
    return lines + _renewal(membership)


def _as_json(membership: HeldMembership, now: dt.datetime) -> dict[str, Any]:
    info = membership.info
    return {
        "issuer": info.id.hex(),
        "name": info.name,
        "serial": info.serial,
        "credentials": [
            {
                "class": each.credential_class.value,
                "epoch": each.epoch,
                "level": int(each.level),
                "current": each.is_current,
            }
            for each in membership.credentials
        ],
        "open_requests": list(membership.open_requests),
        "used_slots": membership.used_slots,
        "crowd": membership.crowd,
        "renew_from": _time(membership.renew_from),
        "renewal_due": membership.renew_from is not None and membership.renew_from <= now,
    }

"""`vouchmark wallet`: how does a person get, renew and look at personhood credentials?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.common import somebody_types
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
from vouchmark.cli.wallet.care import change, current, forget, refresh
from vouchmark.cli.wallet.opening import marks, open_wallet, read_info, wallet_option, wallet_path

if TYPE_CHECKING:
    from zk.wallet.wallet import HeldMembership

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

        secret = passphrase(passphrase_file, what="the new wallet", is_new=True)
        Wallet.create(path, secret, log_cost=scrypt_cost, marks=marks())
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

    Take issuer.json from where everybody takes it, not from a message to you alone. The request does not hold the code.
    The issuer may ask for its four words, which no other request has. The same code gives the same request again.
    """
    with errors("codes come from 'issuer invite'; 'wallet renew' is for those of --renew"):
        from zk.profile.exchange import Code

        info = read_info(issuer_json)
        parsed = Code.parse(code_text(code, code_file))
        opened = open_wallet(file, passphrase_file)
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

    Without a code the token that came with the last answer is used: the issuer need not invite you again for a year
    after it last checked you. Nym secrets of class lasting stay the same, and so does your voice in scopes that count
    for ever.
    """
    with errors("codes for this come from 'issuer invite --renew'"):
        from zk.errors import RefusedError
        from zk.profile.exchange import Code

        newer = None if issuer_json is None else read_info(issuer_json)
        opened, now = open_wallet(file, passphrase_file), moment(at)
        try:
            parsed = None if code is None and code_file is None else Code.parse(code_text(code, code_file))
            octets = opened.renew(parsed, at=now, newer=newer)
        except RefusedError:
            if code is not None or code_file is not None or not somebody_types():
                raise
            octets = opened.renew(Code.parse(code_text(None, None)), at=now, newer=newer)
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
        newer = None if issuer_json is None else read_info(issuer_json)
        opened = open_wallet(file, passphrase_file)
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
            "renewable_until": _time(membership.renewable_until),
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
        held = open_wallet(file, passphrase_file).held(at=now)
    lines = [line for membership in held for line in _as_text(membership)]
    values = {"wallet": str(path), "issuers": [_as_json(membership, now) for membership in held]}
    tell(lines or [f"{path}: holds no credential yet"], values, as_json=as_json)


def _tell_request(octets: bytes, output: str, *, as_json: bool) -> None:
    from zk.profile.exchange import EnrolmentRequest
    from zk.profile.words import words_of

    asked = EnrolmentRequest.decode(octets)
    words = " ".join(words_of(asked.digest))
    tell(
        [
            f"{output}: request for {asked.epoch}; give it to the issuer",
            f"  its four words, if the issuer asks: {words}",
        ],
        {"request": output, "issuer": asked.issuer.hex(), "epoch": asked.epoch, "words": words},
        as_json=as_json,
        quiet=output == "-",
    )


def _time(value: dt.datetime | None) -> str | None:
    return None if value is None else value.isoformat(timespec="seconds")


def _renewal(membership: HeldMembership) -> list[str]:
    if membership.renew_from is None:
        return []
    until = membership.renewable_until
    token = "with a new code" if until is None else f"without a new code before {_time(until)}"
    return [f"  renew from {_time(membership.renew_from)} on, {token}"]


def _as_text(membership: HeldMembership) -> list[str]:
    info = membership.info
    lines = [f"{info.name}: issuer {info.id.hex()}"]
    lines += [
        f"  class {each.credential_class}, epoch {each.epoch}, level {int(each.level)}"
        + (", current" if each.is_current else "")
        for each in membership.credentials
    ]
    lines += [
        f"  request for {each.epoch}: no answer yet; its four words: {' '.join(each.words)}"
        for each in membership.open_requests
    ]
    if membership.restored_in is not None:
        lines.append(
            f"  an older copy of the wallet was put back in {membership.restored_in}: class epoch waits for the next "
            "epoch, and what class lasting has vouched for since the copy is not known"
        )
    lines += _crowd(membership)
    lines.append(f"  slots used: {membership.used_slots}")
    return lines + _renewal(membership)


def _crowd(membership: HeldMembership) -> list[str]:
    """Among how many one hides with a current credential; one where that is not known."""
    if not any(each.is_current for each in membership.credentials):
        return []
    if membership.crowd is None:
        return ["  how many you hide among is not known: assume that you are the only one"]
    people = "nobody else" if membership.crowd <= 1 else f"{membership.crowd} holders"
    return [f"  you hide among {people}, as the issuer last published in {membership.info.published_in}"]


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
        "open_requests": [each.epoch for each in membership.open_requests],
        "open_request_words": [" ".join(each.words) for each in membership.open_requests],
        "restored_in": membership.restored_in,
        "used_slots": membership.used_slots,
        "crowd": membership.crowd,
        "renew_from": _time(membership.renew_from),
        "renewable_until": _time(membership.renewable_until),
        "renewal_due": membership.renew_from is not None and membership.renew_from <= now,
    }


wallet.add_command(refresh)
wallet.add_command(forget)
wallet.add_command(current)
wallet.add_command(change)

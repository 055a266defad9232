"""`vouchmark wallet`: how does a person keep a wallet in order? A newer issuer.json, another passphrase, forgetting."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from vouchmark.cli.common import fail, somebody_types
from vouchmark.cli.person import (
    at_option,
    errors,
    json_option,
    moment,
    new_passphrase,
    new_passphrase_option,
    passphrase_option,
    tell,
)
from vouchmark.cli.wallet.opening import member, open_wallet, read_info, wallet_option, wallet_path

yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask on a terminal before it is done.")


@click.command(short_help="Take an issuer's newer issuer.json.")
@click.option("--issuer", "issuer_json", type=click.Path(), help="The newer issuer.json; else where the first one was.")
@wallet_option
@at_option
@passphrase_option
@json_option
def refresh(
    issuer_json: str | None, file: Path | None, at: dt.datetime | None, passphrase_file: Path | None, as_json: bool
) -> None:
    """Take an issuer's newer issuer.json: keys that it has withdrawn, and how many you hide among.

    Two members who compare the digest of what they hold see whether the issuer gives everybody the same file.
    """
    with errors("the issuer publishes its issuer.json: take it from where everybody takes it"):
        newer = None if issuer_json is None else read_info(issuer_json)
        opened = open_wallet(file, passphrase_file)
        taken = []
        for each in opened.held(at=moment(at)):
            if newer is None or newer.id == each.info.id:
                info = opened.refresh(newer, issuer_id=each.info.id)
                taken.append((each.info, info))
        if not taken:
            fail("the wallet holds nothing of this issuer", hint="'vouchmark wallet show' names what it holds")
    tell(
        [
            f"{after.name}: serial {after.serial}{'' if after.serial > before.serial else ', as before'}; SHA-256 "
            f"{after.digest.hex()}"
            for before, after in taken
        ],
        {
            "issuers": [
                {
                    "issuer": after.id.hex(),
                    "serial": after.serial,
                    "before": before.serial,
                    "sha256": after.digest.hex(),
                }
                for before, after in taken
            ]
        },
        as_json=as_json,
    )


@click.command(short_help="Forget an issuer, and all that it gave.")
@click.option("--issuer", required=True, metavar="PETNAME|ID", help="Which one.")
@yes_option
@wallet_option
@at_option
@passphrase_option
@json_option
def forget(
    issuer: str, yes: bool, file: Path | None, at: dt.datetime | None, passphrase_file: Path | None, as_json: bool
) -> None:
    """Forget an issuer: nym secrets, credentials, requests and which slots were used.

    Your lasting voice with this issuer is lost with it, and only a reset gives another. Vouches that you made stay as
    they are. Copies of the wallet keep what they hold.
    """
    with errors("'vouchmark wallet show' names what the wallet holds"):
        opened = open_wallet(file, passphrase_file)
        held = member(opened, issuer, moment(at))
        if not yes and not somebody_types():
            fail("nothing was forgotten", hint="-y forgets it without asking")
        if not yes and not click.confirm(f"Forget {held.info.name} ({held.info.id.hex()[:16]}) for good?", err=True):
            fail("nothing was forgotten", hint="-y forgets it without asking")
        opened.forget(held.info.id)
    tell(
        [f"{held.info.name}: forgotten"],
        {"issuer": held.info.id.hex(), "name": held.info.name, "forgotten": True},
        as_json=as_json,
    )


@click.command(short_help="Say that this copy of the wallet is the newest.")
@yes_option
@wallet_option
@passphrase_option
@json_option
def current(yes: bool, file: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Say that this copy of the wallet is the newest: after it was moved to another machine, say.

    Do not say it of a backup that was put back: vouches made after it was taken are not in it, and where you vouch a
    second time, both count for nothing.
    """
    with errors("'vouchmark wallet init' makes one"):
        opened = open_wallet(file, passphrase_file)
        question = "Has nothing been vouched for with a later copy of this wallet?"
        if not yes and not (somebody_types() and click.confirm(question, err=True)):
            fail("the wallet was left as it is", hint="-y says so without being asked")
        opened.declare_current()
    path = str(wallet_path(file))
    tell([f"{path}: taken as the newest copy"], {"wallet": path, "current": True}, as_json=as_json)


@click.command("passphrase", short_help="Give the wallet another passphrase.")
@new_passphrase_option
@wallet_option
@passphrase_option
@json_option
def change(new_passphrase_file: Path | None, file: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Give the wallet another passphrase. Copies of the file keep the old one."""
    with errors("'vouchmark wallet init' makes one"):
        opened = open_wallet(file, passphrase_file)
        path = str(wallet_path(file))
        opened.change_passphrase(new_passphrase(new_passphrase_file, what=f"the wallet {path} from now on"))
    tell([f"{path}: has the new passphrase; copies keep the old one"], {"wallet": path}, as_json=as_json)

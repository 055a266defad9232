"""`vouchmark issuer backup` and `recover`: how does an issuer keep a copy, and go on after a lost disk?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.person import (
    at_option,
    errors,
    gap_option,
    json_option,
    line_of,
    moment,
    passphrase,
    passphrase_option,
    tell,
)

if TYPE_CHECKING:
    from zk.issuer.status import Status

FOLDER: Final = "DIR is a folder made by 'vouchmark issuer init'"
_PUBLISHED: Final = "--published is the last issuer.json that anybody has: from where you publish it, or from a member"


@click.command(short_help="Say what is due, and how the issuer stands.")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@at_option
@json_option
def status(directory: Path, at: dt.datetime | None, as_json: bool) -> None:
    """Say what is due, what is published, how large the crowds are and whom you revoked. Needs no passphrase."""
    with errors(FOLDER):
        from zk.issuer.status import status as look

        state = look(directory, at=moment(at))
    tell(_as_text(state), _as_json(state), as_json=as_json)


@click.command(short_help="Void the codes and the renewal of who leaves.")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--person", metavar="IDENTIFIER", help="Who leaves; - reads standard input; else a prompt.")
@at_option
@passphrase_option
@json_option
def revoke(
    directory: Path, person: str | None, at: dt.datetime | None, passphrase_file: Path | None, as_json: bool
) -> None:
    """Make the unused codes and the renewal token of a person void, as when a member leaves.

    Their credentials work until the epoch ends, and nobody can shorten that. An invitation takes them in again.
    """
    with errors("the identifier is the one by which they were invited", missing=FOLDER):
        from zk.issuer.issuer import Issuer

        secret = passphrase(passphrase_file, what=f"the issuer in {directory}")
        with Issuer.open(directory, secret) as opened:
            voided = opened.revoke(line_of(person, asking="Identifier of the person who leaves"), at=moment(at))
    tell(
        [f"void: {voided} {'code or token' if voided == 1 else 'codes and tokens'}; credentials end with their epoch"],
        {"void": voided},
        as_json=as_json,
    )


@click.command(short_help="Make a copy that is safe to keep.")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("copy", metavar="COPY", type=click.Path(path_type=Path))
@passphrase_option
@json_option
def backup(directory: Path, copy: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Make a copy of the issuer in DIR in a new folder COPY, to be kept elsewhere.

    It holds the identity key, the other secrets under the same passphrase, and the books; not the keys of the epochs,
    so that those that are destroyed stay so. It is marked: 'vouchmark issuer recover' takes it up, and nothing else.
    """
    with errors("choose a folder that is not there yet", missing=FOLDER):
        from zk.issuer.recovery import back_up

        place = back_up(directory, copy, passphrase(passphrase_file, what=f"the issuer in {directory}"))
    lines = [
        f"{place}: a copy of the issuer in {directory}, without the keys of its epochs",
        "  who is enrolled from now on is missing in it: make another after each round of approvals",
        "  keep the last issuer.json that you publish beside it: 'vouchmark issuer recover' needs it",
    ]
    tell(lines, {"copy": str(place), "issuer": str(directory)}, as_json=as_json)


@click.command(short_help="Go on from a copy after a lost disk.")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--published",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The last issuer.json that anybody has.",
)
@click.option("--identity", type=click.Path(path_type=Path), help="Where identity.vault lies, if not in DIR.")
@gap_option
@at_option
@passphrase_option
@json_option
def recover(
    directory: Path,
    published: Path,
    identity: Path | None,
    after_gap: bool,
    at: dt.datetime | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Take up the issuer in DIR again from a copy, or from books that were put back to an earlier state.

    The keys of every open epoch are withdrawn: members send their last request again, and are invited again where they
    are missing. What the copy may lack of the last publication is published as possible second voices, and the serial
    jumps. Whoever was enrolled after that publication is missing too, and nobody can tell who. Publish the new
    issuer.json at once. It may be repeated where it was interrupted.
    """
    with errors(_PUBLISHED, missing=f"{FOLDER}, or a copy of it; {_PUBLISHED}"):
        from zk.issuer.recovery import recover as take_up
        from zk.profile.issuer_info import read_info

        done = take_up(
            directory,
            passphrase(passphrase_file, what=f"the issuer in {directory}"),
            published=read_info(published),
            at=moment(at),
            identity=identity,
            after_gap=after_gap,
        )
    info = done.info
    if not done.withdrawn and not done.added:
        lines = [f"{info.name}: was taken up already, issuer.json has serial {info.serial}"]
    else:
        lines = [
            f"{info.name}: issuer.json has serial {info.serial}; publish it now",
            f"  withdrew the keys of {', '.join(done.withdrawn) or 'no epoch'}; new keys for {', '.join(done.added)}",
            f"  persons of the last publication who may be missing: at most {done.lost}; resets are now {info.resets}",
            "  enrolments since that publication are not excluded: those persons can be enrolled a second time",
            "  members send their last request again; whoever is refused is missing, and is to be invited",
            "  revocations since the copy was made are lost: revoke again who has left since",
        ]
    values = {
        "id": info.id.hex(),
        "serial": info.serial,
        "withdrawn": list(done.withdrawn),
        "added": list(done.added),
        "lost_at_most": done.lost,
        "resets": info.resets,
    }
    tell(lines, values, as_json=as_json)


def due_words(state: Status) -> list[str]:
    """What a rotation is due for, in words; none where nothing is."""
    words = [f"keys for {', '.join(state.missing)}"] if state.missing else []
    return [*words, "counts that have changed"] if state.is_behind else words


def _as_text(state: Status) -> list[str]:
    info = state.info
    day = "at an unknown time" if state.published_at is None else f"{state.published_at:%Y-%m-%d}"
    lines = [f"{info.name}: issuer {info.id.hex()}", f"  published: serial {info.serial}, {day}"]
    if state.trouble:
        lines.append(f"  to be recovered: {state.trouble}")
    due = due_words(state)
    lines.append(
        f"  due: rotate, for {' and '.join(due)}" if due else f"  due: nothing before {state.next_due:%Y-%m-%d}"
    )
    published = {(one.credential_class, one.epoch, one.level): one.holders for one in info.counts}
    for one in state.counts:
        told = published.get((one.credential_class, one.epoch, one.level), 0)
        holders = f"{one.holders} {'holder' if one.holders == 1 else 'holders'}"
        lines.append(
            f"  crowd: {holders}, {told} published: class {one.credential_class}, epoch {one.epoch}, "
            f"level {int(one.level)}"
        )
    lines.append(f"  open: {state.open_codes} codes, {state.open_tokens} renewals; resets: {state.resets}")
    lines.append(f"  revoked: {state.left} persons; keys withdrawn: {', '.join(state.withdrawn) or 'none'}")
    return lines


def _as_json(state: Status) -> dict[str, Any]:
    return {
        "id": state.info.id.hex(),
        "name": state.info.name,
        "serial": state.info.serial,
        "published": None if state.published_at is None else state.published_at.isoformat(),
        "trouble": state.trouble,
        "due": state.is_due,
        "missing_keys": list(state.missing),
        "counts_behind": state.is_behind,
        "next_due": state.next_due.isoformat(),
        "crowds": [
            {
                "class": one.credential_class.value,
                "epoch": one.epoch,
                "level": int(one.level),
                "holders": one.holders,
                "published": state.info.holders(one.credential_class, one.epoch, one.level) or 0,
            }
            for one in state.counts
        ],
        "resets": state.resets,
        "open_codes": state.open_codes,
        "open_renewals": state.open_tokens,
        "revoked": state.left,
        "withdrawn": list(state.withdrawn),
    }

"""`vouchmark issuer backup` and `recover`: how does an issuer keep a copy, and go on after a lost disk?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

import click

from vouchmark.cli.person import (
    at_option,
    errors,
    gap_option,
    json_option,
    moment,
    passphrase,
    passphrase_option,
    tell,
)

FOLDER: Final = "DIR is a folder made by 'vouchmark issuer init'"
_PUBLISHED: Final = "--published is the last issuer.json that anybody has: from where you publish it, or from a member"


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

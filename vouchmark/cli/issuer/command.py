"""`vouchmark issuer`: how does an issuer enrol persons, one credential each, and publish its keys?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from vouchmark.cli.common import fail_usage
from vouchmark.cli.issuer import many
from vouchmark.cli.issuer.keeping import backup, recover, revoke, status
from vouchmark.cli.person import (
    at_option,
    cost_option,
    errors,
    gap_option,
    json_option,
    line_of,
    moment,
    new_passphrase,
    new_passphrase_option,
    output_option,
    passphrase,
    passphrase_option,
    read_file,
    tell,
    write_output,
)

if TYPE_CHECKING:
    from zk.issuer.folder import Overview
    from zk.profile.issuer_info import HolderCount, IssuerInfo

LENGTHS: Final = ("day", "week", "month", "quarter", "year")
SUITES: Final = {"sha-256": "BLS12_381_SHA_256", "shake-256": "BLS12_381_SHAKE_256"}
"""How the ciphersuites are called here, and in `zk.bbs.ciphersuite`."""

_FOLDER: Final = "DIR is a folder made by 'vouchmark issuer init'"


class SuiteName(click.ParamType[str]):
    """A ciphersuite by a short name (`sha-256`), or by the drafts' or the library's name for it."""

    name = "suite"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the short name."""
        word = str(value).lower().replace("_", "-").removeprefix("bls12-381-")
        if word not in SUITES:
            self.fail(f"got {value!r}, expected one of {', '.join(SUITES)}", param, ctx)
        return word


@click.group(short_help="Issue personhood credentials, one per person.")
def issuer() -> None:
    """Issue personhood credentials: one per person, class and epoch.

    An issuer is a folder. Its issuer.json is public; the rest is for you alone, its secrets encrypted with a
    passphrase. Whom you check, and how, is up to you; of an identifier only a keyed hash is kept. Exit codes: 0 done,
    2 refused or a file or option that cannot be used, 4 could not be read, written or decrypted.
    """


issuer.add_command(backup)
issuer.add_command(recover)
issuer.add_command(revoke)
issuer.add_command(status)


@issuer.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="What reports call the issuer.")
@click.option(
    "--epoch", type=click.Choice(LENGTHS), default="quarter", show_default=True, help="How long credentials live."
)
@click.option(
    "--slots", type=click.IntRange(1, 1024), default=1, show_default=True, help="Voices per scope and period."
)
@click.option("--suite", type=SuiteName(), default="sha-256", show_default=True, help="sha-256 or shake-256.")
@click.option(
    "--reset-days", type=click.IntRange(28, 3660), default=365, show_default=True, help="Days between resets."
)
@at_option
@cost_option
@passphrase_option
@json_option
def init(
    directory: Path,
    name: str,
    epoch: str,
    slots: int,
    suite: str,
    reset_days: int,
    at: dt.datetime | None,
    scrypt_cost: int,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Make a new issuer in DIR, with keys for this epoch and the next.

    Epoch length, slots and suite are part of the issuer's identity and never change.
    """
    with errors("an issuer is made once; choose a folder that is not there yet"):
        from zk.bbs import ciphersuite
        from zk.issuer.folder import ISSUER_JSON
        from zk.issuer.issuer import Issuer
        from zk.profile.constants import EpochLength

        secret = passphrase(passphrase_file, what="the new issuer", is_new=True)
        with Issuer.create(
            directory,
            secret,
            name=name,
            at=moment(at),
            suite=getattr(ciphersuite, SUITES[suite]),
            epoch_length=EpochLength(epoch),
            slots=slots,
            reset_days=reset_days,
            log_cost=scrypt_cost,
        ) as made:
            info = made.info
    published = str(directory / ISSUER_JSON)
    tell(
        [
            f"{info.name}: issuer {info.id.hex()}",
            f"  keys for {_epochs(info)}",
            f"  publish {published}; keep the rest of {directory} to yourself",
            "  'vouchmark issuer backup' makes copies that are safe to keep",
        ],
        {**_identity(info), "issuer_json": published, "epochs": [key.epoch for key in info.keys]},
        as_json=as_json,
    )


@issuer.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--person",
    metavar="IDENTIFIER",
    help="Whom you have checked; - reads standard input. Asked for where it is not given: others may see options.",
)
@click.option("--from", "members_file", metavar="FILE", help="Everybody in a CSV file with a column 'identifier'.")
@click.option("--slips", type=click.Path(path_type=Path), help="A new folder for the slips of --from.")
@click.option("--renew", is_flag=True, help="For a further epoch.")
@click.option("--reset", is_flag=True, help="For a person who lost the wallet: a possible second voice, and counted.")
@click.option("--level", type=click.IntRange(1, 3), help="How well checked, in your own terms; 1, or as before.")
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True, help="How long the code holds.")
@click.option("--is-other", is_flag=True, help="Nobody of those whose identifiers may be mistaken for this one.")
@gap_option
@at_option
@passphrase_option
@json_option
def invite(
    directory: Path,
    person: str | None,
    members_file: str | None,
    slips: Path | None,
    renew: bool,
    reset: bool,
    level: int | None,
    days: int,
    is_other: bool,
    after_gap: bool,
    at: dt.datetime | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Make a code for a person whom you have just checked.

    It enrols once, for both classes. The identifier (a member number, an address) must be the same each time for the
    same person; case, width, invisible signs, kinds of dashes and spaces, and punctuation at the end do not matter. Who
    may be mistaken for somebody in the books is told before. An earlier unused code of that person becomes void.

    --from invites everybody of a list, and writes a page for each into the folder --slips, with the code in letters and
    as a QR code, and slips.csv for mail merge; who was refused stands there with the reason.
    """
    if members_file is not None and _is_of_environment("person"):
        person = None  # the command line goes first
    if (person is not None and members_file is not None) or (members_file is None) != (slips is None):
        fail_usage(
            "give --person, or --from with --slips, or neither, to be asked",
            hint="'vouchmark issuer invite --help' shows both",
        )
    if renew and reset:
        fail_usage("--renew and --reset exclude each other", hint="--reset is for a lost wallet")
    hint = "--renew for a further epoch, --reset for a lost wallet, neither for a first enrolment"
    with errors(hint, missing=_FOLDER):
        from zk.profile.constants import check_level
        from zk.profile.exchange import CodeKind

        kind = CodeKind.RENEW if renew else CodeKind.RESET if reset else CodeKind.ENROL
        now = moment(at)
        if members_file is not None and slips is not None:
            members = many.members_of(members_file)
            with _open(directory, passphrase_file) as opened:
                many.invite_many(
                    opened,
                    members,
                    slips,
                    at=now,
                    kind=kind,
                    days=days,
                    is_other=is_other,
                    after_gap=after_gap,
                    as_json=as_json,
                )
            return
        with _open(directory, passphrase_file) as opened:
            code = opened.invite(
                line_of(person, asking="Whom have you checked? Identifier"),
                at=now,
                kind=kind,
                level=None if level is None else check_level(level),
                code_days=days,
                after_gap=after_gap,
                is_other=is_other,
            )
    expires = (now + dt.timedelta(days=days)).isoformat(timespec="seconds")
    tell(
        [code.reveal(), f"  {kind.value}, until {expires}; for this person alone, by a private way"],
        {"code": code.reveal(), "kind": kind.value, "expires": expires},
        as_json=as_json,
    )


@issuer.command(short_help="Check a wallet's REQUEST and sign it blindly.")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("request", metavar="REQUEST")
@output_option
@click.option(
    "--words", metavar="'A B C D'", help="The four words that the person reads out: no other request is signed."
)
@at_option
@passphrase_option
@json_option
def approve(
    directory: Path,
    request: str,
    output: str,
    words: str | None,
    at: dt.datetime | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Check a wallet's REQUEST and sign it blindly; the same request is always answered alike.

    REQUEST may be a folder: then every .vmr file in it is answered into the folder -o, with answers.csv for mail merge.
    The answer is of no use without the wallet that asked. Where it matters who asked, let the person read out the four
    words that their wallet showed, and give them as --words; 'issuer review' shows them without signing.
    """
    hint = "'vouchmark issuer invite' makes another code, with --renew or --reset for a person who is enrolled"
    request_is = "REQUEST is a file made by 'vouchmark wallet request' or 'vouchmark wallet renew'"
    with errors(hint, missing=f"{_FOLDER}; {request_is}", malformed=request_is):
        from zk.profile.exchange import MAX_REQUEST_OCTETS, EnrolmentResponse

        if request != "-" and Path(request).is_dir():
            if words is not None:
                fail_usage("--words are of one request, and a folder was given", hint="name the request's file")
            with _open(directory, passphrase_file) as opened:
                many.approve_folder(opened, Path(request), Path(output), at=moment(at), as_json=as_json)
            return
        octets = read_file(request, most=MAX_REQUEST_OCTETS)
        with _open(directory, passphrase_file) as opened:
            response = opened.approve(octets, at=moment(at), words=words)
        write_output(output, response)
    answer = EnrolmentResponse.decode(response)
    tell(
        [f"{output}: credentials for {answer.epoch}, level {int(answer.level)}"],
        {"response": output, "epoch": answer.epoch, "level": int(answer.level)},
        as_json=as_json,
        quiet=output == "-",
    )


@issuer.command(short_help="Check REQUEST without signing it, and show its four words.")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("request", metavar="REQUEST")
@at_option
@passphrase_option
@json_option
def review(directory: Path, request: str, at: dt.datetime | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Check REQUEST without signing it, and show the four words that the person's wallet shows for it.

    The books remember that it came: if another request comes under the same code before either is signed, neither is,
    and the code is void.
    """
    request_is = "REQUEST is a file made by 'vouchmark wallet request' or 'vouchmark wallet renew'"
    with errors(
        "'vouchmark issuer invite' makes another code", missing=f"{_FOLDER}; {request_is}", malformed=request_is
    ):
        from zk.profile.exchange import MAX_REQUEST_OCTETS

        octets = read_file(request, most=MAX_REQUEST_OCTETS)
        with _open(directory, passphrase_file) as opened:
            state = opened.review(octets, at=moment(at))
    words = " ".join(state.words)
    tell(
        [
            f"{request}: {state.kind.value}, for {state.epoch}, level {int(state.level)}; its four words: {words}",
            "  signed before" if state.signed else "  not signed yet",
        ],
        {
            "request": request,
            "kind": state.kind.value,
            "epoch": state.epoch,
            "level": int(state.level),
            "words": words,
            "signed": state.signed,
        },
        as_json=as_json,
    )


@issuer.command("passphrase", short_help="Give the issuer another passphrase.")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--identity", type=click.Path(path_type=Path), help="Where identity.vault lies, if not in DIR.")
@new_passphrase_option
@passphrase_option
@json_option
def change(
    directory: Path,
    identity: Path | None,
    new_passphrase_file: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Give the issuer's secrets and its identity key another passphrase. Copies keep the old one.

    If it is cut off between the two files, repeat it.
    """
    with errors(_FOLDER):
        from zk.issuer.passphrases import change_passphrase

        old = passphrase(passphrase_file, what=f"the issuer in {directory}")
        new = new_passphrase(new_passphrase_file, what=f"the issuer in {directory} from now on")
        changed = [str(path) for path in change_passphrase(directory, old, new, identity=identity)]
    tell(
        [f"{path}: has the new passphrase; copies keep the old one" for path in changed]
        or ["nothing was left to change"],
        {"changed": changed},
        as_json=as_json,
    )


@issuer.command(short_help="Publish keys and counts; destroy old secret keys.")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--compromised", metavar="EPOCH", help="Withdraw this epoch's present key and make another.")
@click.option("--identity", type=click.Path(path_type=Path), help="Where identity.vault lies, if not in DIR.")
@click.option("--if-due", is_flag=True, help="Only where 'issuer status' says that it is due: for a timer.")
@gap_option
@at_option
@passphrase_option
@json_option
def rotate(
    directory: Path,
    compromised: str | None,
    identity: Path | None,
    if_due: bool,
    after_gap: bool,
    at: dt.datetime | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Publish keys for this epoch and the next, and how many persons hold credentials; destroy old keys.

    Run it in each epoch, and publish issuer.json again. Secret keys of epochs that are over are destroyed for good:
    a clock that jumps is refused. It may be repeated without harm.
    """
    with errors("'vouchmark issuer show' names the keys", missing=_FOLDER):
        now = moment(at)
        if if_due and compromised is None and _tell_not_due(directory, now, as_json=as_json):
            return
        secret = passphrase(passphrase_file, what=f"the issuer in {directory}")
        from zk.issuer.issuer import Issuer

        with Issuer.open(directory, secret) as opened:
            done = opened.rotate(secret, at=now, compromised=compromised, identity=identity, after_gap=after_gap)
    tell(
        [
            f"{done.info.name}: issuer.json has serial {done.info.serial}",
            f"  new keys for {', '.join(done.added) or 'no epoch'}",
            f"  destroyed secret keys of {', '.join(done.destroyed) or 'no epoch'}",
        ],
        {**_identity(done.info), "added": list(done.added), "destroyed": list(done.destroyed)},
        as_json=as_json,
    )


@issuer.command(short_help="Show the public part, and how many hold what.")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@at_option
@json_option
def show(directory: Path, at: dt.datetime | None, as_json: bool) -> None:
    """Show an issuer's public part, and from its books how many persons hold what. Needs no passphrase."""
    with errors(_FOLDER):
        from zk.issuer.folder import overview

        state = overview(directory, at=moment(at))
    tell(_as_text(state), _as_json(state), as_json=as_json)


def _is_of_environment(name: str) -> bool:
    return click.get_current_context().get_parameter_source(name) is ParameterSource.ENVIRONMENT


def _tell_not_due(directory: Path, now: dt.datetime, *, as_json: bool) -> bool:
    """Say that no rotation is due, where none is; return whether that is so. Asks for no passphrase."""
    from zk.issuer.status import status as look

    state = look(directory, at=now)
    if state.is_due or state.trouble:
        return False
    tell(
        [f"{state.info.name}: nothing is due before {state.next_due:%Y-%m-%d}"],
        {**_identity(state.info), "added": [], "destroyed": []},
        as_json=as_json,
    )
    return True


def _open(directory: Path, passphrase_file: Path | None) -> Any:
    from zk.issuer.issuer import Issuer

    return Issuer.open(directory, passphrase(passphrase_file, what=f"the issuer in {directory}"))


def _epochs(info: IssuerInfo) -> str:
    return ", ".join(key.epoch for key in info.keys if not key.compromised)


def _identity(info: IssuerInfo) -> dict[str, Any]:
    return {
        "id": info.id.hex(),
        "name": info.name,
        "suite": info.suite.name,
        "n": info.n,
        "epoch_length": info.epoch_length.value,
        "slots": info.slots,
        "serial": info.serial,
    }


def _count(count: HolderCount) -> dict[str, Any]:
    return {
        "class": count.credential_class.value,
        "epoch": count.epoch,
        "level": int(count.level),
        "holders": count.holders,
    }


def _as_text(state: Overview) -> list[str]:
    info = state.info
    lines = [
        f"{info.name}: issuer {info.id.hex()}",
        f"  epoch length {info.epoch_length.value}, slots {info.slots}, serial {info.serial}",
        f"  {info.suite.name}, {info.n} nym secrets",
    ]
    lines += [f"  key {key.epoch}{' (compromised)' if key.compromised else ''}" for key in info.keys]
    lines += [
        f"  {count.holders} {'holder' if count.holders == 1 else 'holders'}: class {count.credential_class}, "
        f"epoch {count.epoch}, level {int(count.level)}"
        for count in state.counts
    ]
    return [*lines, f"  resets: {state.resets}, codes that may still be used: {state.open_codes}"]


def _as_json(state: Overview) -> dict[str, Any]:
    return {
        **_identity(state.info),
        "keys": [{"epoch": key.epoch, "compromised": key.compromised} for key in state.info.keys],
        "counts": [_count(count) for count in state.counts],
        "resets": state.resets,
        "open_codes": state.open_codes,
    }

"""`vouchmark vouch embed`: how does a vouch get into a file's Content Credentials, and whose key signs that?

The options of a signing key are here too, for every command that signs.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.common import fail, fail_usage, somebody_types, umask, with_options
from vouchmark.cli.person import MAX_LINE, errors, json_option, read_file, tell
from vouchmark.cli.placing import may_write, place
from vouchmark.report import Exit, Json

if TYPE_CHECKING:
    from provenance.credentials.signing.c2pa_sign import SigningKey
    from vouchmark.examination.settings import Settings
    from vouchmark.vouching.embedding import Done

KEY_PASSPHRASE: Final = "VOUCHMARK_KEY_PASSPHRASE"  # noqa: S105 - its name, not its value
ALGORITHMS: Final = ("auto", "es256", "es384", "es512", "ps256", "ps384", "ps512", "ed25519")
"""As in provenance.credentials.signing.c2pa_sign, which this must not import to show its help (a test compares)."""
NOT_ANONYMOUS: Final = (
    "note: whoever signs the update is not anonymous: the file shows the certificate to everybody, as that of who put "
    "the vouch in, not of who made the vouch or the file",
    "note: a certificate of your own links every file that you embed a vouch into, and may tell who vouched; a "
    "newsroom's or a platform's does not",
)
"""Said before anything is signed."""

key_options: Final = with_options(
    click.option(
        "--cert",
        "cert_file",
        metavar="CHAIN.pem",
        type=click.Path(path_type=Path),
        help="The signer's certificate, then the authorities' above it.",
    ),
    click.option("--key", "key_file", metavar="KEY.pem", type=click.Path(path_type=Path), help="The private key."),
    click.option(
        "--key-passphrase-file",
        type=click.Path(path_type=Path),
        help=f"Read the key's passphrase there (first line); else {KEY_PASSPHRASE}, else a prompt.",
    ),
    click.option("--alg", type=click.Choice(ALGORITHMS), default="auto", show_default=True, help="How to sign."),
    click.option(
        "--tsa",
        metavar="URL",
        default="",
        help="Ask this time-stamping authority for a time stamp; the only connection that is opened.",
    ),
)
"""What a command needs to sign."""


@click.command(short_help="Put a vouch into a file's Content Credentials.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("vouch_file", metavar="VOUCH", type=click.Path())
@key_options
@click.option("-o", "--output", required=True, metavar="OUT", type=click.Path(path_type=Path), help="Write there.")
@click.option("--overwrite", is_flag=True, help="Replace OUT where there is a file, FILE itself too.")
@json_option
def embed(file: Path, vouch_file: str, output: Path, *, overwrite: bool, as_json: bool, **options: Any) -> None:
    """Put VOUCH into the Content Credentials of FILE, and write the result to OUT.

    An update manifest with the vouch in it is signed over the manifest that the vouch names; picture or film stay as
    they are, bit by bit. Works for JPEG, PNG, GIF, JPEG XL, AVIF, HEIC and MP4; elsewhere keep the vouch beside the
    file. Refused where the Content Credentials do not hold, or where the vouch is for something else. What the vouch
    proves is not looked at: 'vouchmark check' does that.

    The result is read again by both engines before it is put in place. Several people's vouches go in one after the
    other; each is made for the file as it was then.

    Exit codes: 0 done, 2 refused or a file or option that cannot be used, 4 could not be read or written, or no time
    stamp could be had.
    """
    may_write(output, overwrite=overwrite)
    with errors("a vouch is a file made by 'vouchmark vouch make'"):
        from vouchmark.vouching.vouch import MAX_OCTETS
        from zk.profile.personhood import Vouch

        octets = read_file(vouch_file, most=MAX_OCTETS)
        Vouch.decode(octets)
    key = read_key(options)
    for line in NOT_ANONYMOUS:
        click.echo(line, err=True)
    with errors("a vouch is a file made by 'vouchmark vouch make'"), refusals(file):
        from provenance.workers.pool import Pool
        from vouchmark.vouching.embedding import embed as put

        with Pool(workers=1) as pool:
            done = put(file, octets, key=key, settings=reading(), pool=pool, authority=options["tsa"])
    with errors("name another OUT"):
        write_media(output, done.embedded.data, like=file, overwrite=overwrite)
    tell(told(output, done), values(output, done), as_json=as_json)


def read_key(options: Mapping[str, Any]) -> SigningKey:
    """The key of the options, checked; leaves with what is wrong with it."""
    from provenance.credentials.signing.key import MAX_PEM, SigningKeyError, load_signing_key
    from provenance.credentials.signing.time_stamping import TimeStampFetchError, check_address

    cert_file, key_file = options["cert_file"], options["key_file"]
    if cert_file is None or key_file is None:
        fail_usage("no key to sign with", hint="give --cert CHAIN.pem and --key KEY.pem")
    try:
        if options["tsa"]:
            check_address(options["tsa"])
    except TimeStampFetchError as error:
        fail_usage(f"--tsa: {error}")
    with errors("--cert and --key name PEM files"):
        chain, private = read_file(str(cert_file), most=MAX_PEM), read_file(str(key_file), most=MAX_PEM)
    try:
        return load_signing_key(
            chain,
            private,
            at=dt.datetime.now(dt.UTC),
            passphrase=_key_passphrase(private, key_file, options["key_passphrase_file"]),
            algorithm=options["alg"],
        )
    except SigningKeyError as error:
        fail_usage(f"{cert_file}, {key_file}: {error}", hint=_key_hint(str(error)))


def _key_hint(message: str) -> str:
    if "passphrase" in message:
        return f"{KEY_PASSPHRASE} and --key-passphrase-file give the key's passphrase"
    if "expired" in message or "not valid before" in message:
        return "get a new certificate; a time stamp does not help one that has run out already"
    return "CHAIN.pem holds the signer's certificate first; KEY.pem its private key"


def _key_passphrase(private: bytes, key_file: Path, file: Path | None) -> bytes | None:
    if file is not None:
        with errors("--key-passphrase-file names a file with the passphrase in its first line"):
            lines = read_file(str(file), most=MAX_LINE).splitlines()
        return lines[0] if lines else b""
    text = os.environ.get(KEY_PASSPHRASE)
    if text is None and b"ENCRYPTED" in private and somebody_types():
        text = click.prompt(f"Passphrase for {key_file}", hide_input=True, err=True)
    return None if text is None else text.encode()


def reading() -> Settings:
    """How files are looked at here: by both engines, by the reader's own lists, and now, as signing is."""
    from vouchmark.examination.settings import make_settings

    return make_settings(only=("integrity", "engines"))


@contextmanager
def refusals(file: Path) -> Iterator[None]:
    """Turn what is refused into one clear line, a hint and the exit code."""
    from provenance.asset import AssetError
    from vouchmark.vouching.embedding import StampError
    from vouchmark.vouching.vouch import VouchError

    try:
        yield
    except AssetError as error:
        fail(f"{file}: {error}", hint=error.hint, code=Exit.ERROR)
    except StampError as error:
        fail(str(error), hint=error.hint, code=Exit.ERROR)
    except VouchError as error:
        fail(f"{file}: {error}", hint=error.hint)


def write_media(output: Path, data: bytes, *, like: Path, overwrite: bool) -> None:
    """Put a file in place, whole or not at all, as readable as `like`; a file that came in between stays."""
    try:
        mode = like.stat().st_mode & 0o777
    except OSError:  # gone meanwhile: then as any new file
        mode = 0o666 & ~umask()
    place(output, data, mode=mode, overwrite=overwrite)


def told(output: Path, done: Done) -> list[str]:
    """What was done, for people."""
    from provenance.credentials.certificates.time_trust import Doubt
    from vouchmark.lines.facts import certificate_name, instant
    from vouchmark.render.safe import quoted

    made = done.embedded
    name = quoted(certificate_name(made.signer.certificate) or "a certificate without a name")
    lines = [
        f"{output}: the vouch for {done.vouch.scope} is in the Content Credentials, in an update signed by {name}",
        "  read again by both engines: picture or film and what was signed before are as they were"
        if done.engines_agree
        else f"  read again: picture or film and what was signed before are as they were. {done.engines}",
    ]
    if made.time is not None:
        listed = "on a list of yours" if made.signer.stamp.doubt is not Doubt.UNLISTED else "on no list of yours"
        listed += "" if made.time_is_trusted else ", so that readers may not count it"
        lines.append(f"  time stamp of {instant(made.time)}, by an authority {listed}")
    return lines


def values(output: Path, done: Done) -> dict[str, Json]:
    """The same for machines."""
    from vouchmark.lines.facts import certificate_name, instant

    made = done.embedded
    return {
        "file": str(output),
        "manifest": made.vouch.carrier,
        "vouched": made.vouch.updated,
        "vouched_sha256": made.vouch.updated_digest,
        "scope": str(done.vouch.scope),
        "signer": certificate_name(made.signer.certificate),
        "time": None if made.time is None else instant(made.time),
        "time_is_trusted": made.time_is_trusted,
        "engines_agree": done.engines_agree,
        "engines": done.engines,
    }

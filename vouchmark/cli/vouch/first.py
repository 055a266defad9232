"""`vouchmark vouch make --sign-first`: how does a vouch get into a file that has no Content Credentials yet?

A first manifest is signed in memory, the vouch names it, and an update puts the vouch in. What a wallet has written
down cannot be taken back: where the last step fails, signed file and vouch are written apart, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.common import fail, fail_usage, umask, with_options
from vouchmark.cli.person import errors, tell
from vouchmark.cli.placing import may_write, place
from vouchmark.cli.vouch.embed import (
    NOT_ANONYMOUS,
    key_options,
    read_key,
    reading,
    refusals,
    told,
    values,
    write_media,
)
from vouchmark.report import Exit

if TYPE_CHECKING:
    from provenance.credentials.signing.c2pa_sign import SigningKey
    from vouchmark.vouching.embedding import Done, Signed

_NEED_IT: Final = ("cert_file", "key_file", "key_passphrase_file", "tsa", "overwrite")
"""Options that mean nothing without `--sign-first`."""
first_options: Final = with_options(
    click.option(
        "--sign-first",
        is_flag=True,
        help="Sign a first manifest for a JPEG, PNG or JPEG XL without any, and put the vouch into it: -o OUT, --cert, "
        "--key.",
    ),
    click.option("--overwrite", is_flag=True, help="With --sign-first: replace OUT where there is a file."),
    key_options,
)
"""`--sign-first` and what it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """A file with a first manifest, in memory, and where it will be written with the vouch in it."""

    signed: Signed
    key: SigningKey = field(repr=False)
    file: Path
    output: Path
    overwrite: bool
    authority: str

    @classmethod
    def of(cls, file: Path, options: Mapping[str, Any]) -> First | None:
        """Sign, where the options ask for it; leaves with what is wrong with them, or with the file."""
        if not options["sign_first"]:
            stray = [name for name in _NEED_IT if options[name]]
            if stray:
                name = "--" + stray[0].removesuffix("_file").replace("_", "-")
                fail_usage(f"{name} is for --sign-first", hint="'vouchmark vouch embed' puts a vouch in afterwards")
            return None
        output = options["output"]
        if output is None:
            fail_usage("--sign-first writes a new file", hint="say where: -o OUT")
        may_write(output, overwrite=options["overwrite"])
        may_write(_spare(output), overwrite=False, hint="it may be somebody else's vouch; move it away")
        cut_off = "a run that was cut off may have left it, signed: then vouch for that one, and embed the vouch"
        may_write(_spare_signed(output), overwrite=False, hint=cut_off)
        key = read_key(options)
        for line in NOT_ANONYMOUS:
            click.echo(line, err=True)
        with refusals(file):
            from provenance.workers.pool import Pool
            from vouchmark.vouching.embedding import sign_first

            with Pool(workers=1) as pool:
                signed = sign_first(file, key=key, settings=reading(), pool=pool, authority=options["tsa"])
        return cls(
            signed=signed,
            key=key,
            file=file,
            output=output,
            overwrite=options["overwrite"],
            authority=options["tsa"],
        )

    def finish(self, prove: Callable[[], bytes], *, as_json: bool) -> None:
        """Make the vouch, put it in and write the file; where that fails, write both apart and say so.

        A first manifest is another one each time, and a voice counts once: whoever lost the signed file after the
        wallet has written it down, on Ctrl-C, a full disk or a power cut, would have lost the voice with it. So it is
        on the disk before, and until all is done.

        Args:
            prove: makes the vouch, of which it gives the octets.
            as_json: whether to tell of it in JSON.
        """
        from zk.errors import EncodingError, RefusedError, UntrustedError

        spare = _spare_signed(self.output)
        with errors("nothing was written down in the wallet: name an OUT where there is room"):
            write_media(spare, self.signed.asset.data, like=self.file, overwrite=False)
        with _kept(spare):
            try:
                octets = prove()
            except (RefusedError, UntrustedError, EncodingError):  # before the wallet has written anything down
                spare.unlink(missing_ok=True)
                raise
            done = self._embedded(octets)
            self._write(done.embedded.data)
            spare.unlink(missing_ok=True)
        tell(told(self.output, done), values(self.output, done), as_json=as_json)

    def _embedded(self, octets: bytes) -> Done:
        from provenance.workers.pool import Pool
        from vouchmark.vouching.embedding import StampError, embed
        from vouchmark.vouching.vouch import VouchError

        data = self.signed.asset.data
        try:
            with Pool(workers=1) as pool:
                return embed(data, octets, key=self.key, settings=reading(), pool=pool, authority=self.authority)
        except VouchError as error:
            self._write(data)
            place(_spare(self.output), octets, mode=0o644 & ~umask(), overwrite=False)
            _spare_signed(self.output).unlink(missing_ok=True)
            fail(
                f"{error}; {self.output} is signed, and the vouch lies beside it",
                hint=f"try again: vouchmark vouch embed {self.output} {_spare(self.output)} --cert … --key … -o OUT",
                code=Exit.ERROR if isinstance(error, StampError) else Exit.USAGE,
            )

    def _write(self, data: bytes) -> None:
        write_media(self.output, data, like=self.file, overwrite=self.overwrite)


@contextmanager
def _kept(spare: Path) -> Iterator[None]:
    """Say where the signed file lies, if it still does when something goes wrong."""
    try:
        yield
    except BaseException:
        if spare.exists():
            note = (
                f"note: {spare} is the signed file; the wallet may let you vouch for this one alone, so keep it: "
                "'vouchmark vouch make' for it with the same words, then 'vouchmark vouch embed'"
            )
            click.echo(note, err=True)
        raise


def _spare(output: Path) -> Path:
    from vouchmark.vouching.vouch import vouch_path

    return vouch_path(output)


def _spare_signed(output: Path) -> Path:
    """Where the signed file lies until the one with the vouch in it is there: `photo.signed.jpg`."""
    return output.with_name(f"{output.stem}.signed{output.suffix}")

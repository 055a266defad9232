"""What do the commands about persons share? Passphrases, codes, files, times, errors with a hint."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.common import Instant, fail, printable, somebody_types, standard_input, standard_output, with_options
from vouchmark.cli.placing import place
from vouchmark.report import Exit

if TYPE_CHECKING:
    from zk.storage.vault import Passphrase

PASSPHRASE_VARIABLE: Final = "VOUCHMARK_PASSPHRASE"  # noqa: S105 - its name, not its value
CODE_VARIABLE: Final = "VOUCHMARK_CODE"
COST_VARIABLE: Final = "VOUCHMARK_SCRYPT_COST"

LEAST_COST, DEFAULT_COST, MOST_COST = 15, 17, 20
"""As in zk.storage.vault, which this must not import to show its help (a test compares)."""
MAX_LINE: Final = 4096
"""Octets read for a passphrase, a code or an identifier."""

at_option: Final = click.option("--at", type=Instant(), help="Take this as the time (RFC 3339); now by default.")
json_option: Final = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
output_option: Final = click.option(
    "-o", "--output", required=True, metavar="FILE", help="Write there, for your eyes only (mode 600); - for stdout."
)
passphrase_option: Final = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path),
    help=f"Read the passphrase there (first line); else {PASSPHRASE_VARIABLE}, else a prompt.",
)
cost_option: Final = click.option(
    "--scrypt-cost",
    type=click.IntRange(LEAST_COST, MOST_COST),
    default=DEFAULT_COST,
    show_default=True,
    envvar=COST_VARIABLE,
    help="log2 of scrypt's cost: each step doubles time and memory (17: 128 MiB).",
)
code_options: Final = with_options(
    click.option(
        "--code", envvar=CODE_VARIABLE, help=f"The code; others on this machine may see it. Else {CODE_VARIABLE}."
    ),
    click.option("--code-file", metavar="FILE", help="Read the code there; - for standard input."),
)
"""The ways in which a code can be given."""


def moment(at: dt.datetime | None) -> dt.datetime:
    """Return the time that was asked for, or now."""
    return at or dt.datetime.now(dt.UTC)


def passphrase(file: Path | None, *, what: str, is_new: bool = False) -> Passphrase:
    """Return the passphrase from file, environment or prompt (twice for a new one).

    From here on the process holds secrets, and so writes no core file where it crashes.
    """
    import resource

    from zk.storage.vault import Passphrase

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))

    if file is not None:
        return Passphrase.of(_first_line(read_file(str(file), most=MAX_LINE), str(file)))
    text = os.environ.get(PASSPHRASE_VARIABLE)
    if text is None:
        if not somebody_types():
            fail(f"no passphrase for {what}", hint=f"set {PASSPHRASE_VARIABLE} or give --passphrase-file")
        text = click.prompt(f"Passphrase for {what}", hide_input=True, confirmation_prompt=is_new, err=True)
    return Passphrase.of(text)


def code_text(code: str | None, file: str | None) -> str:
    """Return the text of a code from option, environment, file, prompt or standard input."""
    if file is not None:
        return _first_line(read_file(file, most=MAX_LINE), "standard input" if file == "-" else file)
    if code is not None:
        return code
    if somebody_types():
        typed: str = click.prompt("Code", hide_input=True, err=True)
        return typed
    return _first_line(read_file("-", most=MAX_LINE), "standard input")


def line_of(argument: str) -> str:
    """Return an argument, or for - the first line of standard input, which no process list shows."""
    return _first_line(read_file("-", most=MAX_LINE), "standard input") if argument == "-" else argument


def read_file(path: str, *, most: int) -> bytes:
    """Return the octets of a file, or of standard input for -. Raises EncodingError or StorageError."""
    from zk.errors import EncodingError, StorageError

    try:
        if path == "-":
            octets = standard_input().buffer.read(most + 1)
        else:
            with Path(path).open("rb") as file:
                octets = file.read(most + 1)
    except OSError as error:
        raise StorageError(f"{path}: cannot read: {error.strerror}") from error
    if len(octets) > most:
        raise EncodingError(f"{path}: expected at most {most} octets, got more")
    return octets


def write_output(path: str, octets: bytes) -> None:
    """Write a file for its owner alone, whole or not at all; - is standard output.

    Raises StorageError, or RefusedError where a wallet, a database or a key lies there.
    """
    if path == "-":
        out = standard_output().buffer
        out.write(octets)
        out.flush()
    else:
        place(Path(path), octets, mode=0o600, overwrite=True)


def tell(lines: list[str], values: Mapping[str, Any], *, as_json: bool, quiet: bool = False) -> None:
    """Say what was done: lines for a person, or JSON. On stderr where stdout carries the file."""
    text = json.dumps(values, indent=2, ensure_ascii=False) if as_json else "\n".join(map(printable, lines))
    click.echo(text, err=quiet)


@contextmanager
def errors(hint: str = "", *, missing: str = "", malformed: str = "") -> Iterator[None]:
    """Turn the library's errors into one clear line, a hint and the exit code.

    Args:
        hint: what to do next.
        missing: the same where something cannot be read; `hint` where empty.
        malformed: the same where something is not what it should be; `hint` where empty.
    """
    from zk.errors import EncodingError, StorageError, UntrustedError, ZkError

    try:
        yield
    except StorageError as error:
        if "passphrase" in str(error):
            missing = f"{PASSPHRASE_VARIABLE} and --passphrase-file give the passphrase"
        fail(printable(str(error)), hint=missing or hint, code=Exit.ERROR)
    except EncodingError as error:
        fail(printable(str(error)), hint=malformed or hint)
    except UntrustedError as error:
        fail(printable(str(error)), hint="take the issuer's present issuer.json from where everybody takes it")
    except ZkError as error:
        fail(printable(str(error)), hint=hint)


def _first_line(octets: bytes, what: str) -> str:
    from zk.errors import EncodingError

    try:
        lines = octets.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise EncodingError(f"{what}: expected text in UTF-8") from error
    if not lines or not lines[0].strip():
        raise EncodingError(f"{what}: expected a line of text, got none")
    return lines[0]

"""What do the commands about persons share? Passphrases, codes, files, times, errors with a hint."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.common import Instant, fail, printable, somebody_types, standard_input, standard_output, with_options
from vouchmark.cli.placing import place
from vouchmark.report import Exit

if TYPE_CHECKING:
    from zk.storage.vault import Passphrase

PASSPHRASE_VARIABLE: Final = "VOUCHMARK_PASSPHRASE"  # noqa: S105 - its name, not its value
NEW_PASSPHRASE_VARIABLE: Final = "VOUCHMARK_NEW_PASSPHRASE"  # noqa: S105 - its name, not its value
ENOUGH_BITS: Final = 40
"""Guesses, as a power of two, from which on no advice is given: 17 years of 1,000 a second."""
_PR_SET_DUMPABLE: Final = 4  # linux/prctl.h
CODE_VARIABLE: Final = "VOUCHMARK_CODE"
COST_VARIABLE: Final = "VOUCHMARK_SCRYPT_COST"

LEAST_COST, DEFAULT_COST, MOST_COST = 15, 17, 20
"""As in zk.storage.vault, which this must not import to show its help (a test compares)."""
MAX_LINE: Final = 4096
"""Octets read for a passphrase, a code or an identifier."""

RECOVER: Final = "vouchmark issuer recover DIR --published FILE, with the last issuer.json that anybody has"
FOREIGN: Final = f"put back the books of the latest backup, or take out what does not hold: {RECOVER}"
CLOCK: Final = "set this machine's clock; where it is right, after a pause, say so with --after-gap"
IS_OTHER: Final = "look at whom you have; where this is another person, say so with --is-other"
ROTATE: Final = "run 'vouchmark issuer rotate DIR' first; --compromised EPOCH withdraws a key that is lost"
"""What to do where an issuer's folder is an earlier state or somebody else wrote there, its clock is not believed,
somebody is near, a key lacks."""

at_option: Final = click.option("--at", type=Instant(), help="Take this as the time (RFC 3339); now by default.")
json_option: Final = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
gap_option: Final = click.option(
    "--after-gap", is_flag=True, help="The clock is right, although this is long after the last published epoch."
)
output_option: Final = click.option(
    "-o", "--output", required=True, metavar="FILE", help="Write there, for your eyes only (mode 600); - for stdout."
)
passphrase_option: Final = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path),
    help=f"Read the passphrase there (first line); else {PASSPHRASE_VARIABLE}, else a prompt.",
)
new_passphrase_option: Final = click.option(
    "--new-passphrase-file",
    type=click.Path(path_type=Path),
    help=f"Read the new passphrase there (first line); else {NEW_PASSPHRASE_VARIABLE}, else a prompt.",
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
    """Return the passphrase from file, environment or prompt (twice for a new one, and with an estimate).

    From here on the process holds secrets, and so leaves no image of its memory where it crashes.
    """
    hide_memory()
    return _passphrase(file, PASSPHRASE_VARIABLE, "--passphrase-file", what=what, is_new=is_new)


def new_passphrase(file: Path | None, *, what: str) -> Passphrase:
    """Return the passphrase that something gets instead of its old one, from file, environment or prompt (twice)."""
    return _passphrase(file, NEW_PASSPHRASE_VARIABLE, "--new-passphrase-file", what=what, is_new=True)


def _passphrase(file: Path | None, variable: str, option: str, *, what: str, is_new: bool) -> Passphrase:
    from zk.storage.vault import Passphrase

    text = os.environ.get(variable)
    if file is not None:
        text = _first_line(read_file(str(file), most=MAX_LINE), str(file))
    elif text is None:
        if not somebody_types():
            fail(f"no passphrase for {what}", hint=f"set {variable} or give {option}")
        text = str(click.prompt(f"Passphrase for {what}", hide_input=True, confirmation_prompt=is_new, err=True))
    chosen = Passphrase.of(text)
    if is_new:
        chosen.require_chosen_well()
        if somebody_types():
            click.echo(_estimate(text), err=True)
    return chosen


def _estimate(text: str) -> str:
    """How hard a passphrase is to guess, as far as a simple estimate sees."""
    from zk.storage.guessing import GUESSES_A_SECOND, guess_bits, guess_time

    bits = guess_bits(text)
    pace = f"{guess_time(bits)} at {GUESSES_A_SECOND:,.0f} a second"
    said = f"passphrase: some 2^{round(bits)} guesses by a simple estimate, {pace}"
    return said if bits >= ENOUGH_BITS else f"{said}; four words or more that do not belong together are better"


def hide_memory() -> None:
    """Let no core file, and on Linux no other process of the same user, show what this process holds (prctl(2))."""
    from provenance.files.system import no_core_files

    no_core_files()
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    # A programme that core_pattern names gets an image in spite of the limit, but not of this.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


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


def line_of(argument: str | None, *, asking: str = "Identifier") -> str:
    """Return an argument; for - the first line of standard input, which no process list shows; else ask for it."""
    if argument is None and somebody_types():
        typed: str = click.prompt(asking, err=True)
        return typed
    return argument if argument not in (None, "-") else _first_line(read_file("-", most=MAX_LINE), "standard input")


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
    from zk.errors import (
        ClockJumpError,
        EncodingError,
        ForeignRowError,
        NearMatchError,
        NoKeyError,
        RolledBackError,
        StorageError,
        UntrustedError,
        ZkError,
    )

    told: tuple[tuple[type[ZkError], str], ...] = (
        (ForeignRowError, FOREIGN),
        (RolledBackError, RECOVER),
        (NearMatchError, IS_OTHER),
        (NoKeyError, ROTATE),
        (ClockJumpError, CLOCK),
        (StorageError, missing or hint),
        (EncodingError, malformed or hint),
        (UntrustedError, "take the issuer's present issuer.json from where everybody takes it"),
    )
    try:
        yield
    except ZkError as error:
        own = vars(error).get("hint")  # of this very error; that of its class says less than the command does
        words = own or next((words for kind, words in told if isinstance(error, kind)), hint)
        if isinstance(error, StorageError) and "wrong passphrase" in str(error):
            words = _LOST_BY_ISSUER if str(error).split(".vault")[0].endswith(("secrets", "identity")) else _LOST
        code = Exit.ERROR if isinstance(error, StorageError) else Exit.USAGE
        fail(printable(str(error)), hint=words, code=code)


_LOST: Final = (
    f"{PASSPHRASE_VARIABLE} and --passphrase-file give the passphrase; a lost one nobody can restore: ask the issuer "
    "for a reset"
)
_LOST_BY_ISSUER: Final = (
    f"{PASSPHRASE_VARIABLE} and --passphrase-file give the passphrase; a lost one nobody can restore, and "
    "copies have it too"
)
"""Who can mend a lost passphrase: of a wallet its issuer, of an issuer nobody."""


def _first_line(octets: bytes, what: str) -> str:
    from zk.errors import EncodingError

    try:
        lines = octets.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise EncodingError(f"{what}: expected text in UTF-8") from error
    if not lines or not lines[0].strip():
        raise EncodingError(f"{what}: expected a line of text, got none")
    return lines[0]

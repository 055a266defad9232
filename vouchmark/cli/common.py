"""What do all commands share? Options, times, usage errors with a hint, text fit to print, progress on a terminal."""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NoReturn, TextIO, TypeVar

import click

from vouchmark.report import Exit

T = TypeVar("T")
Command = TypeVar("Command", bound=Callable[..., Any])

PATIENCE: Final = 2.0
"""Seconds before progress shows: a short run should leave no trace."""


def with_options(*each: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """A decorator that gives a command some options, in the order in which its help shows them."""

    def add(command: Command) -> Command:
        for option in reversed(each):
            command = option(command)
        return command

    return add


FIRST_YEAR, LAST_YEAR = 2, 9990
"""Years that a time may lie in: whatever is added to it or taken from it is still a date."""


class Instant(click.ParamType[dt.datetime]):
    """An RFC 3339 instant, or a date taken as its first moment in UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        """Parse; a time without a zone is refused, because two readers would read it differently."""
        if isinstance(value, dt.datetime):
            return value
        try:
            moment = dt.datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"got {value!r}, expected a time such as 2026-11-21T12:00:00Z or a date", param, ctx)
        if moment.tzinfo is None:
            if len(str(value)) > len("2026-11-21"):
                self.fail(f"got {value!r} without a zone, expected one: add Z for UTC", param, ctx)
            moment = moment.replace(tzinfo=dt.UTC)
        try:
            in_utc = moment.astimezone(dt.UTC)
        except OverflowError:
            in_utc = dt.datetime.min.replace(tzinfo=dt.UTC)
        if not FIRST_YEAR <= in_utc.year <= LAST_YEAR:
            self.fail(f"got {value!r}, expected a time of the years {FIRST_YEAR} to {LAST_YEAR}", param, ctx)
        return in_utc


_YES: Final = frozenset({"yes", "true", "on"})
_NO: Final = frozenset({"no", "false", "off", ""})
"""What people write into the variable of an option that is counted, beside a number."""
MOST_TIMES: Final = 9
"""How often an option that is counted can be given; what it asks for ends at two."""


class Times(click.ParamType[int]):
    """How often an option is given; in its environment variable a number, or yes for once and no for never."""

    name = "times"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Parse; a count that click made itself passes."""
        word = str(value).strip().lower()
        if word in _YES or word in _NO:
            return int(word in _YES)
        if not word.isascii() or not word.isdecimal() or int(word[:4]) > MOST_TIMES:
            self.fail(f"got {value!r}, expected a number from 0 to {MOST_TIMES}, or yes or no", param, ctx)
        return int(word)


def fail_usage(message: str, *, hint: str = "") -> NoReturn:
    """Leave with one clear error, a hint on what to do next, and the code for usage."""
    fail(message, hint=hint, code=Exit.USAGE)


def fail(message: str, *, hint: str = "", code: Exit = Exit.USAGE) -> NoReturn:
    """Leave with one clear error, a hint on what to do next, and that exit code."""
    from vouchmark.render.safe import plain

    # Names of files and words out of lists stand in it, and a terminal obeys what it is shown. No line begins a cell.
    harmless = "\n".join(plain(f".{line}")[1:] for line in message.split("\n"))
    click.echo(f"error: {harmless}", err=True)
    if hint:
        click.echo(f"hint: {hint}", err=True)
    raise click.exceptions.Exit(int(code))


def standard_input() -> TextIO:
    """Standard input, to be read from; leaves with one clear error where it is closed."""
    if sys.stdin is None or sys.stdin.closed:
        fail_usage("standard input is closed", hint="name a file in place of -, or pipe something in")
    return sys.stdin


def standard_output() -> TextIO:
    """Standard output, to be written to; leaves with one clear error where it is closed."""
    if sys.stdout is None or sys.stdout.closed:
        fail_usage("standard output is closed", hint="name a file with -o, or send it to one")
    return sys.stdout


def somebody_types() -> bool:
    """Whether standard input is a terminal, where somebody can be asked."""
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


def _nobody_counts() -> None:
    """No total."""
    return


def progress(items: Iterable[T], *, quiet: bool, total: Callable[[], int | None] = _nobody_counts) -> Iterator[T]:
    """Pass items on; on a terminal's stderr say how many are done, once it takes longer than `PATIENCE`.

    Args:
        items: what is passed on.
        quiet: say nothing, because that was asked for, or because the reports themselves show that it goes on.
        total: counts all of them, asked once, when there is something to say; None where nobody knows.
    """
    if quiet or sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield from items
        return
    started = time.monotonic()
    shown, among = False, None
    try:
        for done, item in enumerate(items, start=1):
            yield item
            if (seconds := time.monotonic() - started) > PATIENCE:
                among = among if shown else total()
                sys.stderr.write(f"\r\x1b[K{so_far(done, among, seconds)}")
                sys.stderr.flush()
                shown = True
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def so_far(done: int, among: int | None, seconds: float) -> str:
    """How far a run is: `120 of 5,000 checked, 40 a second, 2 min left`.

    Args:
        done: how many are done.
        among: how many there are; None where nobody knows.
        seconds: since it began.
    """
    rate = done / seconds if seconds > 0 else 0.0
    counted = f"{done:,} of {among:,} checked" if among is not None and among >= done else f"{done:,} checked"
    pace = f"{rate:,.0f} a second" if rate >= 2 else f"{seconds / done:,.1f} s each"
    left = f", {_duration((among - done) / rate)} left" if among is not None and among > done and rate > 0 else ""
    return f"{counted}, {pace}{left}"


def _duration(seconds: float) -> str:
    """A time span as precise as a guess is: seconds, minutes or hours."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def printable(text: str) -> str:
    """Text without control characters and bidirectional marks: names come from files."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


def composed(text: str) -> str:
    """Text as vouches hold it (Unicode form NFC): two keyboards write one letter in two ways."""
    import unicodedata

    return unicodedata.normalize("NFC", text)


def umask() -> int:
    """The bits that files which this process makes shall not have; the system tells them only while they are set."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def nonce_of(text: str | None) -> bytes | None:
    """The octets of a challenge in hex; leaves with a usage error where it is none."""
    if text is None:
        return None
    try:
        nonce = bytes.fromhex(text)
    except ValueError:
        nonce = b""
    if not 1 <= len(nonce) <= 64:
        fail_usage("--nonce: expected 1 to 64 octets in hex", hint="a reader makes one with: openssl rand -hex 16")
    return nonce

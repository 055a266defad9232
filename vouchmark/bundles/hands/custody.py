"""Through whose hands did a bundle go? One line each, with the digest of the line before it.

A line says what its writer says; nothing in it is proved but its place. The end of a log can be cut off by whoever
holds it: a receiver's signature over its last line (a receipt), kept by somebody else, shows that.
"""

from __future__ import annotations

import hashlib
import json
from typing import Final

import msgspec
from msgspec import Struct

from provenance.credentials.trust.strict_json import read_json

START: Final = "0" * 64
"""What stands for the line before the first."""
MAX_LINES: Final = 9_999
MAX_LINE: Final = 16 * 1024
"""Bytes of one line."""
ACTIONS: Final = ("make", "copy", "receive")


class CustodyError(ValueError):
    """Lines that are no log. Caught where it is raised."""


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line."""

    n: int
    before: str
    """SHA-256 of the line before it, with its line end; zeros in the first."""
    at: str
    """RFC 3339 instant, by the writer's clock."""
    action: str
    bag: str
    """SHA-256 of `manifest-sha256.txt`: of everything below `data`."""
    tool: str
    by: str = ""
    """Who it was, in their own words."""
    copy_of: str = ""
    """Of a copy, the `bag` that it was made from: another one where files are withheld."""
    withheld: int = 0
    """Files that are not in it."""
    key: str = ""
    """SHA-256 of the key of the receipt that goes with it, where there is one."""


def line_of(entry: Entry) -> bytes:
    """A line, with its line end."""
    return (json.dumps(msgspec.to_builtins(entry), sort_keys=True, ensure_ascii=True) + "\n").encode()


def digest(line: bytes) -> str:
    """What the next line says of it."""
    return hashlib.sha256(line).hexdigest()


def read_log(data: bytes) -> list[tuple[Entry, str]]:
    """Every line with its digest.

    Raises:
        CustodyError: a line is none, is not as we write them, or does not fit the one before it.
    """
    if not data.endswith(b"\n"):
        raise CustodyError("its last line has no end")
    lines = data.split(b"\n")[:-1]
    if len(lines) > MAX_LINES:
        raise CustodyError(f"it has more than {MAX_LINES} lines")
    found: list[tuple[Entry, str]] = []
    before = START
    for number, raw in enumerate(lines, start=1):
        entry = _entry(raw, number)
        if entry.n != number:
            raise CustodyError(f"line {number} says that it is line {entry.n}")
        if entry.before != before:
            raise CustodyError(f"line {number} does not follow the line before it")
        _fits(entry, found[-1][0] if found else None)
        before = digest(raw + b"\n")
        found.append((entry, before))
    return found


def _fits(entry: Entry, before: Entry | None) -> None:
    """Whether a line can follow another: made once, and another bundle only where a copy says of which it is one."""
    is_first = before is None
    if entry.action not in ACTIONS or (entry.action == "make") is not is_first:
        raise CustodyError(f"line {entry.n} says something else than can stand there")
    is_copy = entry.action == "copy"
    if bool(entry.copy_of) is not is_copy or (entry.withheld and not is_copy) or entry.withheld < 0:
        raise CustodyError(f"line {entry.n} says something else than can stand there")
    if before is not None and before.bag != (entry.copy_of if is_copy else entry.bag):
        raise CustodyError(f"line {entry.n} speaks of another bundle than the line before it")


def _entry(raw: bytes, number: int) -> Entry:
    try:
        if len(raw) > MAX_LINE:
            raise ValueError("too long")
        entry = msgspec.convert(read_json(raw), Entry, strict=True)
    except (ValueError, RecursionError) as error:
        raise CustodyError(f"line {number} cannot be read: {str(error)[:100]}") from None
    if line_of(entry) != raw + b"\n":
        raise CustodyError(f"line {number} is not written as lines are")
    return entry

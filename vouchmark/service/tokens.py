"""Who may ask for what? Bearer tokens, of which nothing but SHA-256 digests is kept.

A token is 32 random octets, so that its digest needs no salt and no slow function (RFC 6750; NIST SP 800-63B, 5.1.2.2).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provenance.files import system
from provenance.files.whole_file import whole_file
from vouchmark.errors import VouchmarkError

SCHEMA: Final = "vouchmark.tokens/1"
SCOPES: Final = ("check", "challenges", "metrics")
"""What a token may be for: checks and the names for them; making challenges, and answering them; the metrics."""
MAX_FILE: Final = 4 * 1024 * 1024
"""Octets of the file: some 20,000 tokens."""
SECRET_OCTETS: Final = 32
PREFIX: Final = "vmt_"
"""By which a scanner of leaked secrets knows them."""
_FORM: Final = re.compile(r"vmt_[A-Za-z0-9_-]{43}")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class TokenError(VouchmarkError, ValueError):
    """A token, or the file of them, cannot be used."""

    hint = "run: vouchmark serve token list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is kept of one."""

    name: str
    sha256: str
    """Of the token; lower-case hex."""
    scopes: tuple[str, ...]
    made: dt.date
    expires: dt.date | None = None
    """The first day on which it is not taken any more."""
    rate: int | None = None
    """Requests a minute; the server's where None."""
    max_size: int | None = None
    """MiB of a body; the server's where None, and never more than that."""

    def to_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        found: dict[str, Any] = {"name": self.name, "sha256": self.sha256, "scopes": list(self.scopes)}
        found |= {"made": self.made.isoformat(), "expires": self.expires.isoformat() if self.expires else None}
        return found | {"rate": self.rate, "max_size": self.max_size}

    @classmethod
    def from_json(cls, row: Any) -> Token:
        """From the file. Raises ValueError, TypeError or KeyError where it is not of this shape."""
        if set(row) != set(cls.__slots__):
            raise ValueError("a row lacks a key or has one too many")
        if not _NAME.fullmatch(row["name"]) or not _DIGEST.fullmatch(row["sha256"]):
            raise ValueError("a name or a digest is malformed")
        if not row["scopes"] or not set(row["scopes"]) <= set(SCOPES):
            raise ValueError(f"expected scopes out of {list(SCOPES)}")
        for name in ("rate", "max_size"):
            if row[name] is not None and (type(row[name]) is not int or row[name] < 1):
                raise ValueError(f"{name} is no number from 1 on")
        expires = row["expires"]
        return cls(
            **row
            | {
                "scopes": tuple(row["scopes"]),
                "made": dt.date.fromisoformat(row["made"]),
                "expires": None if expires is None else dt.date.fromisoformat(expires),
            }
        )


def read(path: Path) -> tuple[Token, ...]:
    """The tokens of a file; none where it is not there. Raises TokenError, where others may read it too."""
    try:
        handle = os.open(path, os.O_RDONLY | system.CLOEXEC | system.NONBLOCK)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise TokenError(f"{path}: cannot read: {error.strerror}") from error
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise TokenError(f"{path}: not a regular file")
        if system.IS_POSIX and status.st_mode & 0o077:
            raise TokenError(f"{path}: open to others, expected mode 600", hint=f"chmod 600 {path}")
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise TokenError(f"{path}: more than {MAX_FILE} bytes")
    try:
        value = json.loads(data)
        if value["schema"] != SCHEMA:
            raise ValueError("unknown schema")
        tokens = tuple(Token.from_json(row) for row in value["tokens"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TokenError(f"{path}: damaged: {error}") from error
    if len({one.name for one in tokens}) != len(tokens):
        raise TokenError(f"{path}: damaged: a name stands there twice")
    return tokens


def _write(path: Path, tokens: Iterable[Token]) -> None:
    rows = sorted((one.to_json() for one in tokens), key=lambda row: str(row["name"]))
    try:
        with whole_file(path, mode=0o600, durable=True) as file:
            file.write((json.dumps({"schema": SCHEMA, "tokens": rows}, indent=1) + "\n").encode())
    except OSError as error:
        raise TokenError(f"{path}: cannot write: {error.strerror}") from error


def add(
    path: Path,
    name: str,
    *,
    scopes: Iterable[str],
    today: dt.date,
    days: int | None = None,
    rate: int | None = None,
    max_size: int | None = None,
) -> str:
    """Make a token and keep its digest; the token itself is returned, and nowhere kept. Raises TokenError."""
    if not _NAME.fullmatch(name):
        raise TokenError(f"got the name {name!r}, expected letters, digits, '.', '-' and '_', 64 at most")
    wanted = tuple(one for one in SCOPES if one in set(scopes))
    if not wanted:
        raise TokenError(f"got no scope, expected some of {list(SCOPES)}")
    tokens = read(path)
    if any(one.name == name for one in tokens):
        raise TokenError(f"there is a token {name!r}: revoke it, or take another name")
    secret = PREFIX + secrets.token_urlsafe(SECRET_OCTETS)
    made = Token(
        name=name,
        sha256=_digest(secret),
        scopes=wanted,
        made=today,
        expires=None if days is None else today + dt.timedelta(days=days),
        rate=rate,
        max_size=max_size,
    )
    _write(path, (*tokens, made))
    return secret


def revoke(path: Path, name: str) -> Token:
    """Take a token out, and return what was kept of it. Raises TokenError."""
    tokens = read(path)
    gone = next((one for one in tokens if one.name == name), None)
    if gone is None:
        raise TokenError(f"there is no token {name!r}")
    _write(path, (one for one in tokens if one.name != name))
    return gone


class Doorkeeper:
    """Knows tokens by their digests; those of another file, once it is another."""

    def __init__(self, tokens: Iterable[Token]) -> None:
        self._by_digest = {one.sha256: one for one in tokens}

    def find(self, header: str | None, *, today: dt.date) -> Token | None:
        """The token of an `Authorization` header; None where there is none, or it counts no more."""
        scheme, _, secret = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not _FORM.fullmatch(secret):
            return None
        # Looked up by its digest: how far a guess agrees with a digest tells nothing about the token.
        found = self._by_digest.get(_digest(secret))
        return None if found is None or (found.expires is not None and today >= found.expires) else found


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

"""Which signers does the reader distrust, whatever any list says?

A frozen list keeps signers whose certificates were revoked since; a reader who knows better says so here, by the
SHA-256 of a certificate, by who issued it, or by the organisation and common name that it carries.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from provenance.credentials.trust.formats import TrustListDataError
from provenance.credentials.trust.strict_json import is_text, read_json

SCHEMA: Final = "vouchmark.distrust/1"
MAX_ENTRIES: Final = 100_000
"""Entries of one distrust file; a whole maker's revoked certificates are a few thousand."""
MAX_VALUE: Final = 512
"""Characters of one name attribute; RFC 5280 allows 64 for most."""

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_NAME_TYPES: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,31}|\d+(?:\.\d+)+")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class DistrustEntry:
    """One reason to distrust. Exactly one of the three is given."""

    sha256: str = ""
    """Of a certificate's DER, lower-case hex: the signer's own or any CA's above it."""
    issuer: tuple[tuple[str, str], ...] = ()
    """Attributes that the issuer's name of a certificate has, all of them (`O`, `CN`, …)."""
    subject: tuple[tuple[str, str], ...] = ()
    """Attributes that the subject's name of a certificate has, all of them."""
    reason: str = ""
    """The reader's own words."""

    def __post_init__(self) -> None:
        """Hold the shape; TrustListDataError where it is broken."""
        if sum(map(bool, (self.sha256, self.issuer, self.subject))) != 1:
            raise TrustListDataError("expected exactly one of a SHA-256, an issuer and a subject")
        if self.sha256 and not _HASH.fullmatch(self.sha256):
            raise TrustListDataError(f"got {self.sha256[:80]!r}, expected a SHA-256 of 64 hexadecimal digits")
        for kind, value in (*self.issuer, *self.subject):
            if not _NAME_TYPES.fullmatch(kind) or not 0 < len(value) <= MAX_VALUE:
                raise TrustListDataError(f"got the name attribute {kind[:40]!r}, expected O=…, CN=… and the like")
        if not all(map(is_text, (self.reason, *(value for _, value in (*self.issuer, *self.subject))))):
            raise TrustListDataError("got a name or a reason that is no text in UTF-8")

    @property
    def target(self) -> tuple[object, ...]:
        """What it speaks of, without the reader's words."""
        return (self.sha256, self.issuer, self.subject)

    def describe(self) -> str:
        """What it speaks of, in one line."""
        if self.sha256:
            return f"certificate {self.sha256}"
        role, name = ("issued by", self.issuer) if self.issuer else ("subject", self.subject)
        return f"{role} " + ", ".join(f"{kind}={value}" for kind, value in name)

    def matches(self, *, digests: frozenset[str], subject: Mapping[str, str], issuer: Mapping[str, str]) -> bool:
        """Whether it speaks of this certificate; `digests` are all under which it can be shown."""
        if self.sha256:
            return self.sha256 in digests
        wanted, name = (self.issuer, issuer) if self.issuer else (self.subject, subject)
        return all(_fold(name.get(kind, "")) == _fold(value) for kind, value in wanted)


def _fold(value: str) -> str:
    """Names are compared as RFC 5280, 7.1 does: without regard to case and to runs of spaces."""
    return " ".join(value.split()).casefold()


def distrusted_by(
    entries: tuple[DistrustEntry, ...],
    *,
    digests: frozenset[str],
    subject: Mapping[str, str],
    issuer: Mapping[str, str],
) -> DistrustEntry | None:
    """The first entry that speaks of this certificate; None where none does."""
    return next(
        (entry for entry in entries if entry.matches(digests=digests, subject=subject, issuer=issuer)),
        None,
    )


def distrust_of(chain: tuple[bytes, ...], entries: tuple[DistrustEntry, ...]) -> DistrustEntry | None:
    """The first entry that speaks of any of these certificates (DER); None where none does."""
    from provenance.credentials.certificates.chain import describe, fingerprints
    from provenance.credentials.errors import CredentialsError

    for der in chain if entries else ():
        try:
            info = describe(der)
            subject, issuer = info.subject, info.issuer
        except CredentialsError:
            subject, issuer = {}, {}
        entry = distrusted_by(entries, digests=fingerprints(der), subject=subject, issuer=issuer)
        if entry is not None:
            return entry
    return None


def parse_name(text: str) -> tuple[tuple[str, str], ...]:
    r"""Attributes of a name as people write it: `O=Maker\, Inc.,CN=Camera` (a comma in a value after a backslash).

    Raises:
        TrustListDataError: An attribute has no `=`, a type that is none, or stands there twice.
    """
    attributes = []
    for part in re.split(r"(?<!\\),", text):
        kind, equals, value = part.partition("=")
        if not equals:
            raise TrustListDataError(f"got {part.strip()[:80]!r}, expected an attribute such as O=… or CN=…")
        attributes.append((kind.strip(), re.sub(r"\\(.)", r"\1", value.strip())))
    if len({kind for kind, _ in attributes}) != len(attributes):
        raise TrustListDataError("an attribute stands there twice")
    return tuple(sorted(attributes))


def dump(entries: tuple[DistrustEntry, ...]) -> bytes:
    """The distrust file, the same bytes for the same entries."""
    rows = []
    for entry in sorted(entries):
        row: dict[str, Any] = {"sha256": entry.sha256} if entry.sha256 else {}
        row |= {"issuer": dict(entry.issuer)} if entry.issuer else {}
        row |= {"subject": dict(entry.subject)} if entry.subject else {}
        rows.append(row | ({"reason": entry.reason} if entry.reason else {}))
    return (json.dumps({"schema": SCHEMA, "entries": rows}, ensure_ascii=False, indent=1) + "\n").encode()


def parse(data: bytes) -> tuple[DistrustEntry, ...]:
    """Read a distrust file.

    Raises:
        TrustListDataError: It is malformed. A distrust file is never skipped: that would trust.
    """
    try:
        value = read_json(data)
    except ValueError as error:
        raise TrustListDataError(f"the distrust file is not JSON: {error}") from error
    rows = value.get("entries") if isinstance(value, dict) and value.get("schema") == SCHEMA else None
    if not isinstance(rows, list) or len(rows) > MAX_ENTRIES:
        raise TrustListDataError(f"expected a distrust file of schema {SCHEMA} with at most {MAX_ENTRIES} entries")
    return tuple(sorted(_entry(row) for row in rows))


def _entry(row: Any) -> DistrustEntry:
    if not isinstance(row, dict) or set(row) - {"sha256", "issuer", "subject", "reason"}:
        raise TrustListDataError("the distrust file has an entry with unknown keys")
    names = {key: row.get(key, {}) for key in ("issuer", "subject")}
    texts = {key: row.get(key, "") for key in ("sha256", "reason")}
    if not all(isinstance(name, dict) and all(isinstance(v, str) for v in name.values()) for name in names.values()):
        raise TrustListDataError("the distrust file has a name that is no table of texts")
    if not all(isinstance(text, str) for text in texts.values()):
        raise TrustListDataError("the distrust file has an entry whose SHA-256 or reason is no text")
    return DistrustEntry(
        sha256=texts["sha256"],
        reason=texts["reason"],
        issuer=tuple(sorted(names["issuer"].items())),
        subject=tuple(sorted(names["subject"].items())),
    )

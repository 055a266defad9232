"""Whom does an issuer invite at once, and what does each member get in their hand?

A club's list is a CSV file with a header. Each row becomes a slip: a page to print or to send, with the code in letters
and as a QR code. Nothing is asked: what was refused is told for its row, and the others go on.
"""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from vouchmark.errors import VouchmarkError
from vouchmark.issuing.qr import svg

if TYPE_CHECKING:
    from zk.issuer.issuer import Issuer
    from zk.profile.codes import CodeKind

COLUMN: Final = "identifier"
"""The one column that there must be."""
NAME: Final = "name"
"""What the slip calls the member, where that column is there."""
LEVEL: Final = "level"
"""How well checked, 1 to 3, where that column is there."""
MAX_MEMBERS: Final = 100_000
MAX_OCTETS: Final = 32 << 20
"""Of a list at most: 320 octets a member."""


class MembersError(VouchmarkError):
    """A list of members that cannot be used; the message says why, and in which line."""

    hint = "mend the line that it names, and give the list again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One row of a list."""

    row: int
    """From 1, without the header: by it slips are named, so that no file's name tells of anybody."""
    identifier: str = field(repr=False)
    name: str = field(repr=False)
    """As the list says; empty where it does not."""
    level: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What became of one member's invitation."""

    member: Member
    code: str = field(default="", repr=False)
    """The code's text; empty where it was refused."""
    refused: str = ""
    """Why not; empty where there is a code."""
    near: tuple[str, ...] = ()
    """Tags of those for whom the member may be mistaken, where it was refused for that."""


def read_members(octets: bytes) -> list[Member]:
    """Return the members of a list in CSV: UTF-8, comma or semicolon, with a header. Raises MembersError.

    No two rows may be of one spelling of one identifier: a list with such a pair is a mistake to be looked at first.
    """
    if len(octets) > MAX_OCTETS:
        raise MembersError(f"expected at most {MAX_OCTETS} octets")
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MembersError("expected text in UTF-8") from error
    header = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in header else ",", strict=True)
    try:
        columns = [name.strip().lower() for name in reader.fieldnames or ()]
        if columns.count(COLUMN) != 1:
            raise MembersError(f"expected a header with one column {COLUMN!r}, and perhaps {NAME!r} and {LEVEL!r}")
        reader.fieldnames = columns
        members = [_member(number, row) for number, row in enumerate(reader, start=1) if number <= MAX_MEMBERS + 1]
    except csv.Error as error:
        raise MembersError(f"not CSV: {error}") from error
    if not 0 < len(members) <= MAX_MEMBERS:
        raise MembersError(f"expected 1 to {MAX_MEMBERS} members, got {len(members)}")
    _refuse_twins(members)
    return members


def _member(number: int, row: dict[str, str | None]) -> Member:
    if None in row or any(value is None for value in row.values()):
        raise MembersError(f"row {number}: has another number of columns than the header")
    identifier, level = row[COLUMN] or "", (row.get(LEVEL) or "").strip()
    if not identifier.strip():
        raise MembersError(f"row {number}: the identifier is empty")
    if level not in ("", "1", "2", "3"):
        raise MembersError(f"row {number}: expected a level of 1 to 3")
    return Member(
        row=number, identifier=identifier, name=(row.get(NAME) or "").strip(), level=int(level) if level else None
    )


def _refuse_twins(members: Iterable[Member]) -> None:
    from zk.errors import EncodingError
    from zk.issuer.identifiers import canonical

    rows: dict[str, int] = {}
    for member in members:
        try:
            form = canonical(member.identifier)
        except EncodingError:
            continue  # refused for its row, when it is invited
        if form in rows:
            raise MembersError(f"rows {rows[form]} and {member.row} are of one identifier")
        rows[form] = member.row


def invitations(
    issuer: Issuer,
    members: Iterable[Member],
    *,
    at: dt.datetime,
    kind: CodeKind,
    days: int,
    is_other: bool = False,
    after_gap: bool = False,
) -> Iterator[Invitation]:
    """Invite each member; give each one's outcome as it comes. Raises StorageError, and ClockJumpError at the first.

    Args:
        issuer: an opened issuer.
        members: as read.
        at: the time.
        kind: what the codes are for.
        days: how long they hold.
        is_other: whether members who may be mistaken for others are other people.
        after_gap: whether the clock is right although it jumped.
    """
    from zk.errors import ClockJumpError, NearMatchError, StorageError, ZkError
    from zk.profile.constants import check_level

    for member in members:
        try:
            code = issuer.invite(
                member.identifier,
                at=at,
                kind=kind,
                level=None if member.level is None else check_level(member.level),
                code_days=days,
                is_other=is_other,
                after_gap=after_gap,
            )
        except (ClockJumpError, StorageError):
            raise
        except NearMatchError as error:
            yield Invitation(member=member, refused=str(error), near=error.tags)
        except ZkError as error:
            yield Invitation(member=member, refused=str(error))
        else:
            yield Invitation(member=member, code=code.reveal())


def slip(invitation: Invitation, *, issuer_name: str, until: dt.datetime) -> str:
    """Return the page for one member, complete HTML that loads nothing. The QR code holds the code alone."""
    code = invitation.code
    name = html.escape(invitation.member.name)
    picture = svg(code.upper(), title=f"QR code of {code}")
    return (
        "<!doctype html>\n"
        '<html lang="en"><head><meta charset="utf-8"><meta name="robots" content="noindex">'
        f"<title>{html.escape(issuer_name)}</title>\n<style>{_STYLE}</style></head>\n"
        f"<body><h1>{html.escape(issuer_name)}</h1>\n"
        f"{f'<p>For {name}</p>' if name else ''}\n"
        f"<figure>{picture}<figcaption><code>{html.escape(code)}</code></figcaption></figure>\n"
        f"<p>This code is for you alone, and good for one request before {until:%Y-%m-%d} (UTC). "
        "Whoever has it could ask in your place.</p>\n"
        "<ol><li>Make a wallet, once: <code>vouchmark wallet init</code></li>"
        f"<li>Ask: <code>vouchmark wallet {_ASKS[code.split('-')[1]]}</code>. "
        "It asks for the code and writes a request.</li>"
        "<li>Send the request, and put what comes back into your wallet: "
        "<code>vouchmark wallet accept answer.vma</code></li></ol>\n"
        "<p>Take issuer.json from where everybody takes it. Destroy this page afterwards.</p></body></html>\n"
    )


_ASKS: Final = {
    "enrol": "request --issuer issuer.json -o request.vmr",
    "reset": "request --issuer issuer.json -o request.vmr",
    "renew": "renew -o request.vmr",
}
_STYLE: Final = (
    "body{font:12pt/1.5 sans-serif;max-width:36em;margin:2em auto;padding:0 1em}"
    "figure{margin:1em 0;text-align:center}svg{width:6cm;height:6cm}figcaption code{font-size:14pt}"
    "@media print{body{margin:0}}"
)

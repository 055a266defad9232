"""`vouchmark issuer invite --from` and `approve FOLDER`: many members at once, with a table for mail merge."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from vouchmark.cli.common import fail_usage, printable
from vouchmark.cli.person import moment, read_file, tell
from vouchmark.cli.placing import place
from vouchmark.report import Exit

if TYPE_CHECKING:
    from vouchmark.issuing.members import Invitation, Member
    from zk.issuer.issuer import Issuer
    from zk.profile.codes import CodeKind

SLIPS_TABLE: Final = "slips.csv"
_PRIVATE: Final = 0o700


def members_of(file: str) -> list[Member]:
    """Read a list of members, or leave with one clear error."""
    from vouchmark.issuing.members import MAX_OCTETS, MembersError, read_members

    try:
        return read_members(read_file(file, most=MAX_OCTETS))
    except MembersError as error:
        fail_usage(f"--from {file}: {error}", hint="a CSV file with a column 'identifier', perhaps 'name' and 'level'")


def invite_many(
    issuer: Issuer,
    members: list[Member],
    folder: Path,
    *,
    at: dt.datetime,
    kind: CodeKind,
    days: int,
    is_other: bool,
    after_gap: bool,
    as_json: bool,
) -> None:
    """Write a slip for each member into a new folder, and a table of them. Leaves with 2 where some were refused.

    Raises what `invitations` does, RefusedError where something is in the folder, or StorageError.
    """
    from vouchmark.issuing.answers import table
    from vouchmark.issuing.members import invitations, slip

    _make_empty(folder)
    until = moment(at) + dt.timedelta(days=days)
    rows: list[tuple[str, ...]] = []
    told: list[Invitation] = []
    for one in invitations(issuer, members, at=at, kind=kind, days=days, is_other=is_other, after_gap=after_gap):
        name = f"slip-{one.member.row:05}.html" if one.code else ""
        if one.code:
            page = slip(one, issuer_name=issuer.info.name, until=until)
            place(folder / name, page.encode("utf-8"), mode=0o600, overwrite=False)
        rows.append((str(one.member.row), name, one.member.name, one.refused))
        told.append(one)
    place(folder / SLIPS_TABLE, table(rows, ("row", "slip", "name", "refused")), mode=0o600, overwrite=False)
    refused = [one for one in told if one.refused]
    lines = [f"{folder}: {len(told) - len(refused)} slips, {len(refused)} refused; each slip is for its member alone"]
    lines += [f"  row {one.member.row}: {one.refused}" for one in refused]
    values = {
        "folder": str(folder),
        "kind": kind.value,
        "slips": len(told) - len(refused),
        "refused": [{"row": one.member.row, "reason": one.refused, "near": list(one.near)} for one in refused],
    }
    tell(lines, values, as_json=as_json)
    _leave(refused=bool(refused))


def approve_folder(issuer: Issuer, requests: Path, output: Path, *, at: dt.datetime, as_json: bool) -> None:
    """Answer every request of a folder into another, with a table. Leaves with 2 where some were refused.

    Raises StorageError or RefusedError.
    """
    from vouchmark.issuing.answers import TABLE, answers, others_in, read_request, requests_in, table_of
    from zk.errors import StorageError

    try:
        found, others = requests_in(requests), others_in(requests)
        output.mkdir(mode=_PRIVATE, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{requests}: cannot use: {error.strerror}") from error
    except ValueError as error:
        fail_usage(f"{requests}: {error}")
    if not found:
        fail_usage(f"{requests}: no request in it", hint="requests are files that end in .vmr")
    read = ((path.name, read_request(path)) for path in found)
    done = []
    for one in answers(issuer, read, at=at):
        if one.response:
            place(output / one.answer_name, one.response, mode=0o600, overwrite=True)
        done.append(one)
    place(output / TABLE, table_of(done), mode=0o600, overwrite=True)
    refused = [one for one in done if one.refused]
    lines = [f"{output}: {len(done) - len(refused)} answers, {len(refused)} refused; {TABLE} has them all"]
    lines += [f"  {one.name}: {one.refused}" for one in refused]
    if others:
        lines.append(f"  left alone: {others} whose names do not end in .vmr")
    values = {
        "folder": str(output),
        "others": others,
        "answers": [one.answer_name for one in done if one.response],
        "refused": [{"request": one.name, "reason": one.refused} for one in refused],
    }
    tell([printable(line) for line in lines], values, as_json=as_json)
    _leave(refused=bool(refused))


def _make_empty(folder: Path) -> None:
    from zk.errors import RefusedError, StorageError

    try:
        folder.mkdir(mode=_PRIVATE, exist_ok=True)
        if any(folder.iterdir()):
            raise RefusedError(f"{folder}: something is in it; slips go into a folder of their own")
    except OSError as error:
        raise StorageError(f"{folder}: cannot create: {error.strerror}") from error


def _leave(*, refused: bool) -> None:
    if refused:
        raise click.exceptions.Exit(int(Exit.USAGE))

"""What stands beside the answer on place and time: what is gone, what updates say, what is none? Part of the line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from provenance.credentials.history.lineage import Removed
from provenance.credentials.own_check import OwnCheck
from provenance.written.places import distance_km, distance_words
from vouchmark.examination.claimed import Claimed as Said
from vouchmark.lines.authority import Of, Speaker
from vouchmark.lines.claim.versions import OWN, Version
from vouchmark.lines.facts import Draft, Facts
from vouchmark.lines.redactions import Removal
from vouchmark.lines.time.order import what_happened, when_of
from vouchmark.render.safe import quoted
from vouchmark.render.words import listed
from vouchmark.report import Json, Root, Status

MAX_OF_UPDATE: Final = 4
"""Places and times of one later update that are told one by one."""


def removed(gone: Iterable[Removal], versions: list[Version]) -> Iterator[Draft]:
    """That a later signer took away what may have said where or when: nobody knows what it was."""
    spoken = {version.label for version in versions}
    for one in gone:
        if one.kind is Removed.METADATA and one.redaction.manifest in spoken:
            yield _draft(
                "claim.redacted",
                Status.UNKNOWN,
                one.statement,
                one.redaction.manifest,
                Root.CLAIM_SIGNATURE,
                one.detail(),
            )


def updates(own: OwnCheck, known: Mapping[str, Speaker], said: Said) -> Iterator[Draft]:
    """What later updates say of place and time: told, and no part of the answer."""
    for speaker in known.values():
        declared = own.declared.get(speaker.label)
        if speaker.of is not Of.UPDATE or declared is None:
            continue
        words: list[tuple[str, str]] = []
        if said.place is not None:
            words += [
                (f"taken {distance_words(distance_km(said.place.place, one.place))} from the place that was given",
                 one.where)
                for one in declared.places[:MAX_OF_UPDATE]
            ]  # fmt: skip
        if said.time is not None:
            words += [
                (f"{what_happened(one)} {when_of(one.span)}", one.where) for one in declared.times[:MAX_OF_UPDATE]
            ]
        for what, where in words:
            statement = (
                f"Whoever signed a later update ({speaker.who}) says that it was {what}; an update changes no content, "
                "so that counts for nothing here."
            )
            detail: dict[str, Json] = {"where": where}
            yield _draft(
                "claim.update", Status.ABSENT, statement, speaker.label, Root.UPDATE, detail | speaker.detail()
            )


def cut(own: OwnCheck | None, versions: list[Version]) -> Iterator[Draft]:
    """That there is more than was looked at: what was not may say something else."""
    for version in versions:
        if version.declared.is_cut:
            cut = version.declared.cut
            statement = (
                f"Not all that is signed about places and times could be looked at ({listed(cut)}); the rest may say "
                "otherwise."
            )
            detail: dict[str, Json] = {"cut": list[Json](cut)}
            yield _draft("claim.cut", Status.UNKNOWN, statement, version.label, Root.CLAIM_SIGNATURE, detail)
    if own is not None and own.history is not None and own.history.is_cut:
        cut = own.history.cut
        statement = f"Not all earlier steps were looked at ({listed(cut)}); the others may say where and when."
        yield _draft("claim.cut", Status.UNKNOWN, statement, own.active, Root.INGREDIENT, {"cut": list[Json](cut)})


def unsigned_cut(facts: Facts) -> Iterator[Draft]:
    """That there is more metadata than was looked at, where nothing is signed and nothing else is stated."""
    left_out = facts.metadata_cut
    if left_out:
        statement = (
            f"Not all of its metadata could be looked at ({listed(left_out)}); the rest may say where and when it was "
            "taken."
        )
        detail: dict[str, Json] = {"cut": list[Json](left_out)}
        yield _draft("claim.cut", Status.UNKNOWN, statement, facts.name, Root.UNSIGNED_METADATA, detail)


def nonsense(versions: list[Version]) -> list[Draft]:
    """Signed places and times that are none: not believed, and said."""
    return [
        _draft(
            "claim.statement.unreadable",
            Status.ABSENT,
            f"A signed statement ({quoted(where)}) is no place and no time: {quoted(written)}.",
            version.label,
            Root.CLAIM_SIGNATURE,
            {"where": where, "written": written},
        )
        for version in versions
        for where, written in version.declared.unreadable
    ]


def _draft(code: str, status: Status, statement: str, subject: str, root: Root, detail: dict[str, Json]) -> Draft:
    return Draft(code=code, status=status, statement=statement, source=OWN, root=root, subject=subject, detail=detail)

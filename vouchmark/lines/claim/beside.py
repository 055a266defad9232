"""What stands beside the answer on place and time: what is gone, what updates say, what is none? Part of the line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from provenance.credentials.history.lineage import Removed
from provenance.credentials.history.statements import SignedPlace
from provenance.credentials.own_check import OwnCheck
from provenance.written.places import distance_km, distance_words
from vouchmark.examination.claimed import Claimed, ClaimedPlace
from vouchmark.lines.authority import Of, Speaker
from vouchmark.lines.claim.versions import OWN, Version
from vouchmark.lines.facts import Draft, Facts
from vouchmark.lines.redactions import Removal
from vouchmark.lines.time.order import what_happened, when_of
from vouchmark.report import Json, Root, Status
from vouchmark.wording.catalogue import say, together
from vouchmark.wording.model import Said

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
                together(one.statement, say("redaction.gone.place")),
                one.redaction.manifest,
                Root.CLAIM_SIGNATURE,
                one.detail(),
            )


def updates(own: OwnCheck, known: Mapping[str, Speaker], said: Claimed) -> Iterator[Draft]:
    """What later updates say of place and time: told, and no part of the answer."""
    for speaker in known.values():
        declared = own.declared.get(speaker.label)
        if speaker.of is not Of.UPDATE or declared is None:
            continue
        told: list[tuple[Said, str]] = []
        if said.place is not None:
            told += [
                (say("claim.update.place", who=speaker.called, away=_away(said.place, one)), one.where)
                for one in declared.places[:MAX_OF_UPDATE]
            ]
        if said.time is not None:
            told += [
                (
                    say("claim.update.time", who=speaker.called, what=what_happened(one), when=when_of(one.span)),
                    one.where,
                )
                for one in declared.times[:MAX_OF_UPDATE]
            ]
        for statement, where in told:
            detail: dict[str, Json] = {"where": where}
            yield _draft(
                "claim.update", Status.ABSENT, statement, speaker.label, Root.UPDATE, detail | speaker.detail()
            )


def _away(said: ClaimedPlace, one: SignedPlace) -> str:
    return distance_words(distance_km(said.place, one.place))


def cut(own: OwnCheck | None, versions: list[Version]) -> Iterator[Draft]:
    """That there is more than was looked at: what was not may say something else."""
    for version in versions:
        if version.declared.is_cut:
            cut = version.declared.cut
            statement = say("claim.cut", cut=cut)
            detail: dict[str, Json] = {"cut": list[Json](cut)}
            yield _draft("claim.cut", Status.UNKNOWN, statement, version.label, Root.CLAIM_SIGNATURE, detail)
    if own is not None and own.history is not None and own.history.is_cut:
        cut = own.history.cut
        statement = say("claim.cut.steps", cut=cut)
        yield _draft("claim.cut", Status.UNKNOWN, statement, own.active, Root.INGREDIENT, {"cut": list[Json](cut)})


def unsigned_cut(facts: Facts) -> Iterator[Draft]:
    """That there is more metadata than was looked at, where nothing is signed and nothing else is stated."""
    left_out = facts.metadata_cut
    if left_out:
        statement = say("claim.cut.metadata", cut=left_out)
        detail: dict[str, Json] = {"cut": list[Json](left_out)}
        yield _draft("claim.cut", Status.UNKNOWN, statement, facts.name, Root.UNSIGNED_METADATA, detail)


def nonsense(versions: list[Version]) -> list[Draft]:
    """Signed places and times that are none: not believed, and said."""
    return [
        _draft(
            "claim.statement.unreadable",
            Status.ABSENT,
            say("claim.statement.unreadable", where=where, written=written),
            version.label,
            Root.CLAIM_SIGNATURE,
            {"where": where, "written": written},
        )
        for version in versions
        for where, written in version.declared.unreadable
    ]


def _draft(code: str, status: Status, statement: Said, subject: str, root: Root, detail: dict[str, Json]) -> Draft:
    return Draft(code=code, status=status, statement=statement, source=OWN, root=root, subject=subject, detail=detail)

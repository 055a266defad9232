"""What does a file say of itself, in the order in which a person asks, and where does it contradict itself?

With which camera, when, where, with which programs, by whom. Nobody has signed any of it by its being there, and no
line of evidence and no verdict follows from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from provenance.metadata import Metadata, MetadataTime, Role, StatedKind
from vouchmark.report import MediaFact

_TIMES: Final = {Role.CAPTURED: "taken", Role.DIGITISED: "digitised", Role.MODIFIED: "modified"}
"""The times that are told; when a position was measured is none of the file's."""
_ORDER: Final = (
    "camera",
    "lens",
    "taken",
    "digitised",
    "modified",
    "place",
    "software",
    "encoder",
    "author",
    "copyright",
)
_ONE_ALONE: Final = frozenset({StatedKind.CAMERA, StatedKind.LENS})
"""Of what there can be only one: two values contradict each other."""
_DIGITS: Final = re.compile(r"\d")
CLOCK: Final = 14
"""Digits of a clock to the second, as every form of a time writes them first: 20261121174205."""


def media_facts(metadata: Metadata | None) -> tuple[MediaFact, ...]:
    """What the metadata says, with contradictions marked; nothing where it was not looked at."""
    if metadata is None:
        return ()
    found = [*_stated(metadata), *_times(metadata.times), *_place(metadata)]
    return tuple(sorted(found, key=lambda fact: _ORDER.index(fact.what)))


def _stated(metadata: Metadata) -> Iterator[MediaFact]:
    for one in metadata.stated:
        same = {other.value.casefold() for other in metadata.stated if other.kind is one.kind}
        yield MediaFact(
            what=str(one.kind),
            value=one.value,
            where=one.where,
            contradicted=one.kind in _ONE_ALONE and len(same) > 1,
        )


def _times(times: Iterable[MetadataTime]) -> Iterator[MediaFact]:
    """Each time of a role once: fields that agree say the same."""
    told: dict[Role, list[MetadataTime]] = {}
    for time in times:
        kept = told.setdefault(time.role, [])
        if time.role in _TIMES and not any(_agree(time, other) for other in kept):
            kept.append(time)
    for role, kept in told.items():
        against = role is Role.CAPTURED and len(kept) > 1
        for time in kept:
            yield MediaFact(what=_TIMES[role], value=time.written, where=time.field, contradicted=against)


def _agree(one: MetadataTime, other: MetadataTime) -> bool:
    """Whether two times can be the same moment: by the instant where both have a zone, else by what clocks showed."""
    if one.offset_known and other.offset_known:
        return abs((one.time - other.time).total_seconds()) < 1
    return _clock(one) == _clock(other)


def _clock(time: MetadataTime) -> str:
    digits = "".join(_DIGITS.findall(time.written))[:CLOCK]
    return digits.ljust(CLOCK, "0")


def _place(metadata: Metadata) -> Iterator[MediaFact]:
    if metadata.place is not None:
        value = f"{metadata.place.latitude:.7g}, {metadata.place.longitude:.8g}"
        yield MediaFact(what="place", value=value, where=metadata.place.source)

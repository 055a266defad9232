"""Does a report pass a mutant that any viewer shows otherwise than the original?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tests.support.media.streams import with_fragments
from tests.viewers.cases import Case
from tests.viewers.model import Original, RefusedError, View, Viewer, difference
from tests.viewers.viewing import asked_about
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import Settings
from vouchmark.report import Line, Status


class Seen(StrEnum):
    """What a viewer makes of a mutant whose report passed."""

    SAME = "same"
    DIFFERS = "differs"
    REFUSED = "refused"
    """It shows nothing: no other picture, and so no lie; counted by itself."""
    LEFT_OUT = "left out"
    """It cannot be asked: it refuses the original, or shows it otherwise each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One mutant, judged."""

    number: int
    original: str
    format: str
    mutator: str
    detail: str
    status: str
    """Of the integrity line; `crash` or `hang` where the process that asked did not survive."""
    seen: Mapping[str, Seen] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    """The first difference, by viewer."""

    @property
    def is_wrong(self) -> bool:
        return Seen.DIFFERS in self.seen.values()


def status_of(data: bytes, settings: Settings, fragments: tuple[bytes, ...] = ()) -> Status:
    """What the report says of the bytes."""
    (report,) = examine_all([data], with_fragments(settings, fragments), pool=None)
    return report.evidence[Line.INTEGRITY].status


class Judge:
    """Remembers what every viewer shows of each original."""

    def __init__(self, viewers: Sequence[Viewer], settings: Settings) -> None:
        self.viewers = viewers
        self.settings = settings
        self.known: dict[tuple[str, str], View | str] = {}
        """By original and viewer: the view, or why there is none."""

    def of_original(self, viewer: Viewer, original: Original) -> View | str:
        """What a viewer shows of an original both times; else a word why it is not asked."""
        key = (original.name, viewer.name)
        if key not in self.known:
            try:
                first = viewer.look(original.shown, original.media_type)
                second = viewer.look(original.shown, original.media_type)
                self.known[key] = first if first == second else "unsteady"
            except RefusedError as error:
                self.known[key] = f"refused: {error}"
        return self.known[key]

    def compare(self, viewer: Viewer, original: Original, data: bytes) -> tuple[Seen, str]:
        """What a viewer makes of a mutant, and the first difference."""
        before = self.of_original(viewer, original)
        if isinstance(before, str) and (before == "unsteady" or not viewer.is_stranger):
            return Seen.LEFT_OUT, before
        try:
            after = viewer.look(data, original.media_type)
        except RefusedError as error:
            return (Seen.SAME, "") if isinstance(before, str) else (Seen.REFUSED, str(error))
        if isinstance(before, str):
            return Seen.DIFFERS, f"reads as another type: {'; '.join(after)[:120]}"
        told = difference(before, after)
        if told and self._is_chance(viewer, original, data):
            return Seen.LEFT_OUT, "shows the same only at times"
        return (Seen.DIFFERS, told) if told else (Seen.SAME, "")

    def _is_chance(self, viewer: Viewer, original: Original, data: bytes) -> bool:
        """Whether a viewer, asked again, shows both as one: films are not always caught at the same frame."""
        before = self.of_original(viewer, original)
        try:
            return any(
                viewer.look(original.shown, original.media_type) != before
                or viewer.look(data, original.media_type) == before
                for _ in range(2)
            )
        except RefusedError:
            return False

    def judge(self, case: Case) -> Judged:
        """Ask for the report, and every viewer where it passes."""
        original, mutant = case.original, case.mutant
        fragments = original.fragments if mutant.fragments is None else mutant.fragments
        status, shown = status_of(mutant.data, self.settings, fragments), mutant.data + b"".join(fragments)
        seen, told = dict[str, Seen](), dict[str, str]()
        if status is Status.PASS and shown != original.shown:
            for viewer in asked_about(original.media_type, self.viewers):
                seen[viewer.name], words = self.compare(viewer, original, shown)
                if words:
                    told[viewer.name] = words
        return Judged(
            number=case.number,
            original=original.name,
            format=original.format,
            mutator=mutant.mutator,
            detail=mutant.detail,
            status=status.value,
            seen=seen,
            told=told,
        )

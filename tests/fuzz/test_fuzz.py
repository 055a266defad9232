"""Does no damaged file end the run, hang, or pass with other media? Bounded here; at length with VOUCHMARK_SLOW=1."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from typing import Any, Final

import pytest

from tests.fuzz.harness import Case, cases, run, wrong
from tests.fuzz.mutate import KINDS, Mutation, mutate
from tests.fuzz.seeds import Seed, seeds
from tests.support.attacks import examine
from vouchmark.report import Line, Report, Status

AT_LENGTH: Final = 20_000
BOUNDED: Final = 300
"""Files in every run of the tests: `.ci/run` tries more of them."""


def test_every_seed_passes_before_it_is_damaged() -> None:
    assert len({seed.media_type for seed in seeds()}) >= 15
    for seed in seeds():
        report = examine(seed.data, fragments=seed.fragments)
        assert report.evidence[Line.INTEGRITY].status is Status.PASS, seed.media_type
        assert seed.media or seed.fragments, seed.media_type


def test_damaged_files_harm_nothing_and_none_passes_with_other_media() -> None:
    figures = run(BOUNDED, seed=1, jobs=2)
    assert figures.files == BOUNDED
    assert figures.harmed == []
    assert figures.wrong == []
    assert figures.by_status["fail"] > BOUNDED // 4


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("VOUCHMARK_SLOW"), reason="runs at length with VOUCHMARK_SLOW=1")
def test_the_same_at_length() -> None:
    figures = run(AT_LENGTH, seed=2, jobs=2)
    assert (figures.harmed, figures.wrong) == ([], [])


def test_damage_is_the_same_for_the_same_number_and_of_every_kind() -> None:
    data, other = bytes(range(256)) * 8, bytes(4096)
    kinds = set()
    for number in range(400):
        first = mutate(random.Random(number), data, [(100, 900)], other)
        assert mutate(random.Random(number), data, [(100, 900)], other) == first
        assert first.data
        kinds.add(first.kind)
        if first.changed is not None:
            start, end = first.changed
            assert len(first.data) == len(data)
            assert first.data[:start] == data[:start]
            assert first.data[end:] == data[end:]
    assert len(kinds) >= len(set(KINDS)) - 1


class TestTheJudge:
    """The judge must be able to convict: here it is handed reports that pass."""

    @pytest.fixture
    def seed(self) -> Seed:
        return next(one for one in seeds() if one.media_type == "image/png")

    def passing(self, seed: Seed) -> Report:
        return examine(seed.data, crjson=True)

    def judged(self, seed: Seed, data: bytes, changed: tuple[int, int] | None = None) -> str:
        case = Case(number=0, seed=seed, mutation=Mutation(kind="test", data=data, changed=changed))
        return wrong(case, self.passing(seed))

    def test_nothing_is_wrong_with_the_file_itself(self, seed: Seed) -> None:
        assert self.judged(seed, seed.data) == ""

    def test_a_replaced_media_byte_is_seen(self, seed: Seed) -> None:
        start, end = seed.media[-1]
        place = (start + end) // 2
        data = seed.data[:place] + bytes((seed.data[place] ^ 1,)) + seed.data[place + 1 :]
        assert "were replaced and passed" in self.judged(seed, data, (place, place + 1))

    def test_other_media_anywhere_is_seen(self, seed: Seed) -> None:
        assert self.judged(seed, seed.data[: seed.media[-1][0]]) == "other media was found and passed"

    def test_other_pixels_are_seen(self, seed: Seed) -> None:
        from tests.support.authority import picture, transplant

        other = transplant(seed.data, picture("PNG", shade=200))
        blind = replace(seed, media=())
        assert self.judged(blind, other) in ("other media was found and passed", "other pixels are shown and passed")

    def test_a_changed_fragment_is_seen(self) -> None:
        stream = next(one for one in seeds() if one.fragments)
        data = stream.fragments[0][:-1] + b"!"
        case = Case(number=0, seed=stream, mutation=Mutation(kind="test", data=data, changed=None))
        report = examine(stream.data, fragments=stream.fragments, crjson=True)
        assert wrong(case, report) == "a changed fragment passed"

    def test_a_report_that_cannot_be_written_is_seen(self, seed: Seed) -> None:
        report = self.passing(seed)
        broken: Any = replace(report, crjson=replace(report.crjson, manifests=({"label": object()},)))  # type: ignore[type-var]
        case = Case(number=0, seed=seed, mutation=Mutation(kind="test", data=seed.data, changed=None))
        assert wrong(case, broken).startswith("could not be written")


def test_cases_cover_every_seed() -> None:
    chosen = {id(case.seed) for case in cases(len(seeds()), seed=3)}
    assert len(chosen) == len(seeds())

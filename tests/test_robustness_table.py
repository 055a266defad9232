"""Is the table that the manual quotes whole, of what is measured now, and what the benchmark writes?"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks import transforms
from tests.provenance.hashes.pictures.test_compare import scene
from vouchmark.lines.known.words import FALSE_ALARMS

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/comparison.md").read_text(encoding="utf-8")


def quoted() -> str:
    from benchmarks import robustness

    assert PAGE.count(robustness.START) == PAGE.count(robustness.END) == 1
    return PAGE.partition(robustness.START)[2].partition(robustness.END)[0]


def rows(text: str, first: str) -> list[list[str]]:
    """The cells of the table whose head begins so, without its rule."""
    table = text[text.index(f"| {first} |") :].split("\n\n")[0].strip().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return [cells[0], *cells[2:]]


def shares(cell: str) -> list[int]:
    return [int(number) for number in re.findall(r"(\d+) %", cell)]


def test_the_table_is_of_what_is_measured_now_and_names_its_tools() -> None:
    from benchmarks import robustness

    assert re.search(rf"vouchmark [\d.]+ \({robustness.MEASURES}\), OpenCV [\d.]+, numpy [\d.]+:", quoted())
    assert re.search(r"\d+ photos x 40 copies, [\d,]+ pairs of different pictures", quoted())


def test_every_copy_has_its_row_and_every_row_its_cells() -> None:
    table = rows(quoted(), "copy")
    assert [row[0] for row in table[1:]] == [*transforms.COPIES, "**all**"]
    assert {len(row) for row in table} == {5}
    assert len(transforms.COPIES) == 40
    for row in table[1:]:
        for cell in row[1:4]:
            assert 0 <= shares(cell)[0] <= 100
        assert row[4] == "(is one)" or 0 <= shares(row[4])[0] <= 100


def test_every_edit_and_channel_has_its_cell() -> None:
    table = rows(quoted(), "edit")
    assert table[0][1:] == list(transforms.CHANNELS)
    assert [row[0] for row in table[1:]][-2:] == ["no edit: false alarms", "could be aligned"]
    assert {len(row) for row in table} == {6}


def test_the_rate_that_findings_carry_is_the_one_that_was_measured() -> None:
    alarms = rows(quoted(), "copy")[-1][4]
    assert shares(alarms)[0] <= shares(FALSE_ALARMS)[0]


def test_the_benchmark_writes_its_table_from_a_folder_of_photos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from benchmarks import photos, robustness

    (tmp_path / "photos").mkdir()
    for seed in (1, 2, 3):
        scene(seed, (420, 300)).save(tmp_path / "photos" / f"{seed}.png")
    (tmp_path / "photos" / "broken.jpg").write_bytes(b"no picture")
    names = ("JPEG 50", "crop 10 %", "crop 20 %", "crop 40 %", "caption bar", "phone screenshot", "browser screenshot")
    monkeypatch.setattr(robustness.transforms, "COPIES", {name: transforms.COPIES[name] for name in names})
    monkeypatch.setattr(robustness.transforms, "CHANNELS", {"PNG": transforms.CHANNELS["PNG"]})
    sources = photos.load_photos(tmp_path / "photos", tmp_path / "cache")
    assert [name for name, _ in sources] == ["1", "2", "3"]
    others = {name: sources[place - 1][1] for place, (name, _) in enumerate(sources)}
    (tmp_path / "answers").mkdir()
    with ThreadPoolExecutor(1) as pool:
        measured = [
            (robustness.measure_edits(sources, others, tmp_path / "answers", pool), copies, pairs)
            for copies in [robustness.measure_copies(sources, others, tmp_path / "answers", pool)]
            for pairs in [robustness.measure_pairs(sources, copies, tmp_path / "answers", pool, 5)]
        ]
    edits, copies, pairs = measured[0]
    text = robustness.table(copies, pairs, edits, "these versions")
    assert pairs["pairs"] == 3 * 2 * len(names)
    assert "| JPEG 50 | 100 % | 100 % | 100 % | 0 % |" in text
    assert any("times as many copies" in line for line in robustness.summary(copies, pairs, edits))
    page = tmp_path / "page.md"
    page.write_text(f"before\n{robustness.START}\nold\n{robustness.END}\nafter\n", encoding="utf-8")
    robustness.insert(page, text)
    written = page.read_text(encoding="utf-8")
    assert text in written
    assert "old" not in written
    assert (written.startswith("before\n"), written.endswith("after\n")) == (True, True)


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    from benchmarks import robustness

    file = tmp_path / f"edits-{robustness.digest('edits')}.jsonl"
    file.write_text('{"key": "a", "answer": 1}\n{"key": "b", "ans')
    asked: list[str] = []

    def work(job: str) -> int:
        asked.append(job)
        return 2

    with ThreadPoolExecutor(1) as pool:
        assert robustness.kept(tmp_path, "edits", ["a", "b"], str, work, pool) == [1, 2]
    assert asked == ["b"]
    with ThreadPoolExecutor(1) as pool:
        assert robustness.kept(tmp_path, "edits", ["a", "b"], str, work, pool) == [1, 2]
        assert asked == ["b"]
        assert robustness.kept(tmp_path, "copies", ["a"], str, work, pool) == [2]
    assert asked == ["b", "a"]

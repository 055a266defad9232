"""Does the library's way to check many files give what `check` gives for each, in order, whatever a file does?"""

from __future__ import annotations

import types
from collections.abc import Iterator
from pathlib import Path

import pytest

import vouchmark
from tests.support.attacks import LISTED
from tests.support.authority import NOW
from tests.support.command import write
from tests.vouchmark import people, samples
from vouchmark import check, check_many, to_html, to_json
from vouchmark.options import Overrides
from vouchmark.report import Exit, Line, Report, Status

OPTIONS = Overrides(trust=LISTED, at=NOW, snapshot=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("files")
    write(made, "signed.jpg", "altered.jpg", "plain.jpg", "empty.jpg")
    (made / "within").mkdir()
    write(made / "within", "generated.jpg")
    return made


def test_every_report_is_the_one_that_check_gives(folder: Path) -> None:
    paths = sorted(folder.glob("*.jpg"))
    for in_process in (True, False):
        many = list(check_many(paths, in_process=in_process, **OPTIONS))
        assert many == [check(path, in_process=True, **OPTIONS) for path in paths]


def test_folders_are_walked_and_bytes_and_streams_stand_for_themselves(folder: Path) -> None:
    data = (folder / "plain.jpg").read_bytes()
    with (folder / "signed.jpg").open("rb") as stream:
        found = [one.media.name for one in check_many([str(folder), data, stream], in_process=True, **OPTIONS)]
    assert found == ["altered.jpg", "empty.jpg", "plain.jpg", "signed.jpg", "generated.jpg", "-", "-"]


def test_a_vouch_in_a_folder_is_looked_at_with_the_file_that_it_lies_beside(tmp_path: Path) -> None:
    people.put(tmp_path, "a.jpg", people.PLAIN, [people.vouch(people.PLAIN)])
    (tmp_path / "alone.vouch").write_bytes(people.vouch(people.PLAIN))
    asked = Overrides(issuers=people.issuer_json(people.CLUB), scopes=[people.CAFE], **OPTIONS)
    found = list(check_many([tmp_path], in_process=True, **asked))
    assert [(one.media.name, str(one.evidence[Line.PERSON].status)) for one in found] == [
        ("a.jpg", "pass"),
        ("alone.vouch", "absent"),
    ]
    assert [one.media.name for one in check_many([tmp_path / "a.jpg.vouch"], in_process=True, **asked)] == [
        "a.jpg.vouch"
    ]


def test_reports_come_in_order_from_several_children(folder: Path) -> None:
    paths = [folder / name for name in ("signed.jpg", "altered.jpg", "missing.jpg", "plain.jpg")] * 4
    found = list(check_many(paths, jobs=2, **OPTIONS))
    assert [one.media.name for one in found] == [path.name for path in paths]
    codes = [Exit.INCONCLUSIVE, Exit.FAILED, Exit.ERROR, Exit.INCONCLUSIVE]
    assert [one.exit_code for one in found[:4]][1:] == codes[1:]


def test_files_are_taken_as_they_are_needed(folder: Path) -> None:
    taken = 0

    def endless() -> Iterator[Path]:
        nonlocal taken
        while True:
            taken += 1
            yield folder / "plain.jpg"

    reports = check_many(endless(), **OPTIONS)
    assert isinstance(reports, types.GeneratorType)
    assert next(reports).media.name == "plain.jpg"
    reports.close()
    assert taken < 20


def test_mistakes_show_at_once_and_not_at_the_first_report() -> None:
    with pytest.raises(ValueError, match="expected at least 1"):
        check_many([], jobs=0, **OPTIONS)
    with pytest.raises(ValueError, match="without a zone"):
        check_many([], at=NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="nonsense"):
        check_many([], only=["nonsense"], trust=LISTED)
    with pytest.raises(ValueError, match="scope"):
        check_many([], scopes=["nonsense"], trust=LISTED)


def test_what_is_claimed_and_asked_of_persons_reaches_the_report(folder: Path) -> None:
    options = Overrides(claim_time="2026-11", scopes=["public:review/cafe-harbour"], **OPTIONS)
    [report] = check_many([folder / "signed.jpg"], in_process=True, **options)
    assert report == check(folder / "signed.jpg", in_process=True, **options)
    assert report.evidence[Line.CLAIM].status is not Status.SKIPPED


# What a report offers


def test_findings_are_had_by_code_or_by_how_it_starts() -> None:
    report = samples.signed(ai=[samples.GENERATED])
    assert [one.id for one in report.having("ai.generated")] == ["ai.1"]
    assert [one.id for one in report.having("ai.*")] == ["ai.1"]
    assert report.having("ai") == ()
    assert len(report.having("*")) == len(list(report.findings()))


def test_the_exit_code_is_the_commands() -> None:
    assert samples.signed().exit_code is Exit.OK
    assert samples.without().exit_code is Exit.INCONCLUSIVE


def test_the_front_door_has_what_it_names_and_nothing_else() -> None:
    for name in vouchmark.__all__:
        assert getattr(vouchmark, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        _ = vouchmark.nonsense
    report: Report = samples.signed()
    assert to_json(report).startswith("{")
    assert to_html(report).startswith("<!doctype html>")

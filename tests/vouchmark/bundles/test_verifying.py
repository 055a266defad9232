"""Does a bundle come out the same again, is nothing altered in it unseen, and does it never conclude for its reader?"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import vouchmark
from provenance.asset import Limits
from tests.support import command
from tests.support.authority import NOW, make_root, make_signer, sign
from tests.vouchmark.bundles import cases
from vouchmark.bundles import making, telling, tool
from vouchmark.bundles.bag import layout
from vouchmark.bundles.inputs.asked import Asked
from vouchmark.bundles.verifying import Expected, Verified, verify
from vouchmark.report import Exit, Line, Status

ALLOW = b'name = "all is well"\notherwise = "allow"\n'


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    cases.small_tool(monkeypatch)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    with pytest.MonkeyPatch.context() as patch:
        cases.small_tool(patch)
        cases.made(folder, "signed.jpg", "altered.jpg", "plain.jpg")
    return folder


@pytest.fixture
def case(world: Path, tmp_path: Path) -> Path:
    shutil.copytree(world / "case", tmp_path / "case")
    return tmp_path / "case"


def again(found: Verified) -> tuple[Status | None, tuple[str, ...]]:
    check = next(one for one in found.checks if one.code == "bundle.again")
    return check.status, check.details


class TestAgain:
    def test_every_report_comes_out_byte_for_byte_the_same(self, world: Path, case: Path) -> None:
        found = verify(case, cases.reader(world))
        assert again(found) == (Status.PASS, ())
        assert found.inputs_differ == ()
        assert all(one.theirs is not None and one.theirs.evidence == one.yours.evidence for one in found.files)

    def test_whatever_the_reader_goes_by_themselves(self, case: Path) -> None:
        found = verify(case, Asked())
        assert again(found)[0] is Status.PASS
        assert any(words.startswith("list root.pem (yours, signer): theirs ") for words in found.inputs_differ)

    def test_wherever_it_lies_and_as_a_zip(self, world: Path, tmp_path: Path) -> None:
        made = making.make([world / "in"], tmp_path / "a.zip", cases.reader(world))
        place = tmp_path / "x y" / "b.zip"
        place.parent.mkdir()
        made.place.rename(place)
        assert again(verify(place, Asked()))[0] is Status.PASS

    @pytest.mark.parametrize("form", ["json", "html", "crjson"])
    def test_a_report_that_was_altered_is_named(self, form: str, world: Path, case: Path) -> None:
        path = case / layout.report_path(3, form)
        path.write_bytes(path.read_bytes().replace(b"plain.jpg", b"plane.jpg"))
        cases.closed_again(case)
        found = verify(case, cases.reader(world))
        status, details = again(found)
        assert (status, found.exit) == (Status.FAIL, Exit.FAILED)
        assert any(f"0003.{layout.ENDINGS[form]}" in words for words in details)

    def test_a_report_made_better_names_the_findings_that_differ(self, world: Path, case: Path) -> None:
        bundle = json.loads((case / layout.BUNDLE).read_text())
        numbers = {row["name"]: row["number"] for row in bundle["files"]}
        good, bad = (case / layout.report_path(numbers[name], "json") for name in ("signed.jpg", "altered.jpg"))
        altered = json.loads(bad.read_text())
        altered["evidence"]["integrity"] = json.loads(good.read_text())["evidence"]["integrity"]
        del altered["sha256"]
        import rfc8785

        altered["sha256"] = hashlib.sha256(rfc8785.dumps(altered)).hexdigest()
        bad.write_text(json.dumps(altered, indent=2))
        cases.closed_again(case)
        found = verify(case, cases.reader(world))
        status, details = again(found)
        assert status is Status.FAIL
        assert any("integrity: pass, now fail" in words for words in details)

    def test_another_version_is_named_with_the_findings_that_differ(self, world: Path, case: Path) -> None:
        def other(value: dict[str, Any]) -> None:
            value["environment"]["packages"]["numpy"] = "0.1"

        bad = case / layout.report_path(3, "html")
        bad.write_bytes(bad.read_bytes() + b" ")
        cases.described(case, other)
        cases.closed_again(case)
        status, details = again(verify(case, cases.reader(world)))
        assert status is Status.UNKNOWN
        assert any(words.startswith("numpy 0.1, here ") for words in details)
        assert any("0003.html" in words for words in details)

    def test_lower_limits_of_the_reader_accuse_nobody(self, world: Path, case: Path) -> None:
        found = verify(case, cases.reader(world, limits=Limits(bytes=2_000)))
        status, details = again(found)
        assert status is Status.UNKNOWN
        assert any("your limits for one file are lower" in words for words in details)
        assert found.exit is not Exit.OK

    def test_a_machine_that_is_too_slow_accuses_nobody(
        self, world: Path, case: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from vouchmark.bundles import running

        def late(work: Any, otherwise: Any, *, seconds: float) -> Any:
            return otherwise()

        monkeypatch.setattr(running, "in_time", late)
        status, details = again(verify(case, cases.reader(world)))
        assert status is Status.UNKNOWN
        assert any("could not be looked at here as it was then" in words for words in details)

    def test_inputs_that_cannot_be_used_are_a_reason_and_no_crash(self, world: Path, case: Path) -> None:
        changes: list[Callable[[dict[str, Any]], object]] = [
            lambda value: value["inputs"]["options"].update(at="yesterday"),
            lambda value: value["inputs"]["options"].update(engines=["none"]),
            lambda value: value["inputs"]["options"].update(grace_days=10**12),
            lambda value: value["inputs"]["options"].update(claim_time="never"),
            lambda value: value["inputs"]["options"].update(slots=-1),
            lambda value: value["inputs"]["options"].update(nonce="zz"),
            lambda value: value["inputs"]["options"]["limits"].update(bytes=-1),
            lambda value: value["inputs"]["lists"][0].update(kind="none"),
            lambda value: value["inputs"]["lists"][0].update(dated="never"),
            lambda value: value["inputs"]["policy"].update(sha256="0" * 64),
        ]
        before = (case / layout.BUNDLE).read_bytes()
        for change in changes:
            (case / layout.BUNDLE).write_bytes(before)
            cases.described(case, change)
            cases.closed_again(case)
            found = verify(case, cases.reader(world))
            assert again(found)[0] is Status.UNKNOWN, change
            assert len(found.files) == 4

    def test_a_description_that_is_none_fails(self, world: Path, case: Path) -> None:
        changes: list[Callable[[dict[str, Any]], object]] = [
            lambda value: value.update(more=1),
            lambda value: value.pop("salts"),
            lambda value: value["files"][0].update(path="../../etc/passwd"),
            lambda value: value["files"][0].update(path="data/files/0001/../../../x"),
            lambda value: value["files"][0].update(path="data/files/0002/x"),
            lambda value: value["files"][0].update(name="../x"),
            lambda value: value["files"][0].update(number=2),
            lambda value: value["files"].append(value["files"][0]),
            lambda value: value["files"][0]["vouches"].append({"name": "x", "path": "bagit.txt", "trouble": ""}),
            lambda value: value.update(schema="vouchmark.bundle/9"),
        ]
        before = (case / layout.BUNDLE).read_bytes()
        for change in changes:
            (case / layout.BUNDLE).write_bytes(before)
            cases.described(case, change)
            cases.closed_again(case)
            found = verify(case, cases.reader(world))
            assert (found.exit, found.status_of("bundle.files")) == (Exit.FAILED, Status.FAIL), change
            assert found.files == ()


class TestAttacks:
    def test_swapped_originals_are_found_also_by_who_writes_every_digest_anew(self, world: Path, case: Path) -> None:
        def swap(value: dict[str, Any]) -> None:
            one, two = value["files"][1:3]
            octets = [(case / row["path"]).read_bytes() for row in (one, two)]
            for row, other, data in ((one, two, octets[1]), (two, one, octets[0])):
                (case / row["path"]).write_bytes(data)
                row["new"] = (other["size"], other["sha256"])
            for row in (one, two):
                row["size"], row["sha256"] = row.pop("new")

        cases.described(case, swap)
        cases.closed_again(case)
        found = verify(case, cases.reader(world))
        assert found.status_of("bundle.files") is Status.PASS
        assert (again(found)[0], found.exit) == (Status.FAIL, Exit.FAILED)

    def test_the_digest_that_was_mailed_tells_it_from_every_other_one(self, world: Path, case: Path) -> None:
        digest = verify(case, cases.reader(world)).digest
        assert (
            verify(case, cases.reader(world), Expected(digest=digest.upper())).status_of("bundle.digest") is Status.PASS
        )
        (case / "data" / "README.txt").write_bytes(b"x")
        cases.closed_again(case)
        found = verify(case, cases.reader(world), Expected(digest=digest))
        assert (found.status_of("bundle.digest"), found.exit) == (Status.FAIL, Exit.FAILED)

    def test_an_older_list_put_in_its_place_does_not_speak_for_the_reader(self, world: Path, case: Path) -> None:
        # The old list names nobody who signed; its maker writes every digest anew.
        old = make_root("Old").pem.encode()
        digest = hashlib.sha256(old).hexdigest()

        def put(value: dict[str, Any]) -> None:
            row = value["inputs"]["lists"][0]
            (case / layout.list_path(row["sha256"])).unlink()
            row.update(sha256=digest, dated="2020-01-01")
            (case / layout.list_path(digest)).write_bytes(old)

        cases.described(case, put)
        cases.closed_again(case)
        found = verify(case, cases.reader(world))
        assert (again(found)[0], found.exit) == (Status.FAIL, Exit.FAILED)
        assert any("of 2020-01-01, yours" in words for words in found.inputs_differ)

    def test_a_bundle_with_an_authority_and_a_policy_of_its_own_concludes_nothing(self, tmp_path: Path) -> None:
        root = make_root("Impostor")
        forged = sign(make_signer(root, organization="Reuters"))
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "x.jpg").write_bytes(forged)
        theirs = Asked(at=NOW, trust=cases.lists(tmp_path / "theirs", pem=root.pem), policy=ALLOW, policy_name="x")
        place = making.make([tmp_path / "in"], tmp_path / "case", theirs).place
        found = verify(place, cases.reader(tmp_path))
        assert again(found)[0] is Status.PASS
        (one,) = found.files
        assert one.theirs is not None
        assert one.theirs.evidence[Line.SIGNER].status is Status.PASS
        assert one.yours.evidence[Line.SIGNER].status is Status.UNKNOWN
        trust = cases.lists(tmp_path / "lists").lists()
        alone = vouchmark.check(forged, at=NOW, trust=trust, issuers=(), in_process=True)
        assert found.exit is alone.exit_code is Exit.INCONCLUSIVE
        assert one.yours.verdict is not None
        assert alone.verdict is not None
        assert one.yours.verdict.outcome == alone.verdict.outcome

    def test_the_exit_code_is_never_better_than_that_of_a_check_of_the_same_files(
        self, world: Path, case: Path
    ) -> None:
        trust = cases.lists(world / "lists").lists()
        for asked, lists in ((cases.reader(world), trust), (replace(Asked(), at=NOW), Asked().trust.lists())):
            found = verify(case, asked)
            codes = {
                vouchmark.check(path, at=NOW, trust=lists, issuers=(), in_process=True).exit_code
                for path in (world / "in").iterdir()
            }
            assert found.exit is vouchmark.report.overall_exit(codes)

    def test_a_policy_of_the_reader_can_fail_it(self, world: Path, case: Path) -> None:
        policy = b'otherwise = "block"\n'
        asked = cases.reader(world, policy=policy, policy_name="mine")
        shutil.rmtree(case)
        making.make([world / "in" / "plain.jpg"], case, cases.reader(world))
        assert verify(case, asked).exit is Exit.INCONCLUSIVE
        outcome = vouchmark.Outcome.BLOCK
        assert verify(case, asked, Expected(fail_on=outcome)).exit is Exit.FAILED

    def test_words_of_strangers_come_out_harmless(self, tmp_path: Path) -> None:
        name = "x\x1b[31m\u202egpj.jpg"
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / name).write_bytes(command.media()["plain.jpg"])
        keeper = making.Keeper(notes=("\x1b]0;x\x07 note", "=cmd()"), by="\x1b[2J")
        place = making.make([tmp_path / "in"], tmp_path / "case", cases.reader(tmp_path), keeper=keeper).place
        found = verify(place, cases.reader(tmp_path))
        text = "\n".join(telling.lines(found, name="case\x1b[0m")) + json.dumps(
            telling.to_dict(found), ensure_ascii=False
        )
        assert not {"\x1b", "\x07", "\u202e"} & set(text)


class TestLogs:
    def test_lines_that_were_removed_reordered_or_changed_are_told(self, world: Path, case: Path) -> None:
        from vouchmark.bundles.hands import custody

        path = case / layout.CUSTODY
        first = custody.read_log(path.read_bytes())[0]
        lines, before = [path.read_bytes()], first[1]
        for number in (2, 3, 4):
            entry = custody.Entry(
                n=number, before=before, at=first[0].at, action="receive", bag=first[0].bag, tool="t", by=f"n{number}"
            )
            lines.append(custody.line_of(entry))
            before = custody.digest(lines[-1])
        states = {
            "whole": (lines, Status.PASS),
            "removed": ([lines[0], *lines[2:]], Status.FAIL),
            "no first": (lines[1:], Status.FAIL),
            "reordered": ([lines[0], lines[2], lines[1], lines[3]], Status.FAIL),
            "changed": ([lines[0], lines[1].replace(b"n2", b"n9"), *lines[2:]], Status.FAIL),
            "cut within": ([*lines[:3], lines[3][:-5]], Status.FAIL),
            "empty": ([], Status.FAIL),
            "another form": ([lines[0].replace(b": ", b":"), *lines[1:]], Status.FAIL),
        }
        for name, (state, status) in states.items():
            path.write_bytes(b"".join(state))
            cases.tags_again(case)
            assert verify(case, cases.reader(world)).status_of("bundle.custody") is status, name


class TestTool:
    def test_names_of_packages_say_what_differs(self) -> None:
        from vouchmark.bundles.differences import of_versions

        ours = tool.environment()
        assert of_versions(ours, ours) == []

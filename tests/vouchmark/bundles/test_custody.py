"""Does custody hold: lines, receipts, copies, and copies without some files that show nothing of them?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import command
from tests.support.authority import NOW
from tests.vouchmark.bundles import cases
from vouchmark.bundles import making, tool
from vouchmark.bundles.bag import layout
from vouchmark.bundles.bag.errors import BundleError
from vouchmark.bundles.bag.model import loads
from vouchmark.bundles.comparing import compare
from vouchmark.bundles.copying import WithheldError, copy
from vouchmark.bundles.hands import custody, receipts, sealing
from vouchmark.bundles.hands.sealing import Sealer
from vouchmark.bundles.inputs.asked import Asked
from vouchmark.bundles.making import Keeper
from vouchmark.bundles.verifying import Expected, Verified, verify
from vouchmark.report import Exit, Status

THEN = "2026-11-30T12:00:00Z"
QUICK = Asked(at=NOW, only=("integrity",), engines=("c2pa-rs",))


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    cases.small_tool(monkeypatch)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hands")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tool, "wheel", lambda: b"the program")
        key = cases.new_key(folder)
        cases.new_key(folder, "EC")
        keeper = Keeper(notes=("of the secret meeting",), sources=("https://secret.example",), by="desk")
        source = cases.originals(folder / "in", "signed.jpg", "plain.jpg", "generated.jpg")
        making.make([source], folder / "case", QUICK, keeper=keeper, seal=Sealer(key=key))
    return folder


@pytest.fixture
def case(world: Path, tmp_path: Path) -> Path:
    shutil.copytree(world / "case", tmp_path / "case")
    return tmp_path / "case"


def look(case: Path, **expected: Any) -> Verified:
    return verify(case, QUICK, Expected(**expected))


def receive(case: Path, world: Path | None = None, by: str = "") -> receipts.Received:
    key = None if world is None else sealing.Key.load((world / "EC.key").read_bytes())
    return receipts.receive(case, at=THEN, tool="vouchmark test", by=by, key=key)


class TestReceiving:
    def test_adds_a_line_with_the_digest_of_the_one_before(self, case: Path) -> None:
        before = (case / layout.CUSTODY).read_bytes()
        receive(case, by="court")
        after = (case / layout.CUSTODY).read_bytes()
        assert after.startswith(before)
        line = json.loads(after.splitlines()[1])
        assert (line["before"], line["by"], line["action"]) == (custody.digest(before), "court", "receive")
        found = look(case)
        assert (found.status_of("bundle.custody"), found.status_of("bundle.files")) == (Status.PASS, Status.PASS)
        assert found.status_of("bundle.seal") is Status.UNKNOWN
        import bagit

        bagit.Bag(str(case)).validate()

    def test_a_receipt_holds_for_others(self, case: Path, world: Path) -> None:
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
        from securesystemslib.dsse import Envelope
        from securesystemslib.signer import SSlibKey

        done = receive(case, world)
        assert done.receipt is not None
        envelope = Envelope.from_dict(json.loads(done.receipt))
        public = load_pem_public_key((world / "EC.pub").read_bytes())
        assert envelope.verify([SSlibKey.from_crypto(public, keyid=done.entry.key)], 1)  # type: ignore[arg-type]
        told = json.loads(envelope.payload)
        assert (told["lines"], told["head"]) == (
            2,
            custody.digest((case / layout.CUSTODY).read_bytes().splitlines(keepends=True)[1]),
        )
        assert look(case).status_of("bundle.receipts") is Status.PASS

    def test_a_tail_that_was_cut_shows_by_the_receipt_inside_or_elsewhere(self, case: Path, world: Path) -> None:
        done = receive(case, world)
        receive(case, by="third")
        assert done.receipt is not None
        path = case / layout.CUSTODY
        first = path.read_bytes().splitlines(keepends=True)[0]
        path.write_bytes(first)
        cases.tags_again(case)
        found = look(case)
        assert (found.status_of("bundle.receipts"), found.exit) == (Status.FAIL, Exit.FAILED)
        (case / receipts.path_of(2)).unlink()
        cases.tags_again(case)
        # With the receipt it goes unseen by who has nothing from elsewhere; and that is said.
        found = look(case)
        assert found.status_of("bundle.receipts") is None
        assert any("Later lines, if there are any, are not in this copy." in one.words for one in found.checks)
        found = look(case, receipts=(done.receipt,))
        details = next(one.details for one in found.checks if one.code == "bundle.receipts")
        assert "its end was cut off" in details[0]
        assert found.exit is Exit.FAILED

    @pytest.mark.parametrize("how", ["missing", "another line", "another key", "another bag", "junk", "renamed"])
    def test_a_receipt_that_does_not_fit_fails(self, how: str, case: Path, world: Path) -> None:
        done = receive(case, world)
        path, key = case / receipts.path_of(2), sealing.Key.load((world / "EC.key").read_bytes())
        bag, head = done.entry.bag, custody.digest((case / layout.CUSTODY).read_bytes().splitlines(keepends=True)[1])
        changes: dict[str, Callable[[], object]] = {
            "missing": path.unlink,
            "another line": lambda: path.write_bytes(receipts.make(key, bag=bag, lines=1, head=head)),
            "another bag": lambda: path.write_bytes(receipts.make(key, bag="0" * 64, lines=2, head=head)),
            "another key": lambda: path.write_bytes(
                receipts.make(sealing.Key.load((world / "ed25519.key").read_bytes()), bag=bag, lines=2, head=head)
            ),
            "junk": lambda: path.write_bytes(b"{}"),
            "renamed": lambda: path.rename(case / receipts.path_of(1)),
        }
        changes[how]()
        cases.tags_again(case)
        assert look(case).status_of("bundle.receipts") is Status.FAIL

    def test_a_line_whose_writer_was_cut_off_is_taken_back(
        self, case: Path, world: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = {path.name: path.read_bytes() for path in case.iterdir() if path.is_file()}
        whole = receipts.whole_file
        for stop in (layout.CUSTODY, receipts.path_of(2), layout.TAG_MANIFEST):

            def late(path: Path, *, stop: str = stop, **options: Any) -> Any:
                if path.name == stop:
                    raise OSError("cut off")
                return whole(path, **options)

            monkeypatch.setattr(receipts, "whole_file", late)
            with pytest.raises(OSError, match="cut off"):
                receive(case, world)
            monkeypatch.setattr(receipts, "whole_file", whole)
            assert receipts.mend(case) is (stop != layout.CUSTODY)
            assert {path.name: path.read_bytes() for path in case.iterdir() if path.is_file()} == before
        receive(case, world)
        assert receipts.mend(case) is False
        assert look(case).status_of("bundle.files") is Status.PASS

    def test_nothing_is_taken_back_that_is_not_a_line_of_ours(self, case: Path) -> None:
        path = case / layout.CUSTODY
        path.write_bytes(path.read_bytes().replace(b"desk", b"dusk"))
        changed = path.read_bytes()
        assert receipts.mend(case) is False
        assert path.read_bytes() == changed


class TestCopies:
    def test_a_whole_copy_is_the_same_bundle_with_a_line_more_and_its_seal(
        self, case: Path, world: Path, tmp_path: Path
    ) -> None:
        receive(case, world)
        done = copy(case, tmp_path / "copy.zip", by="archive")
        one, two = look(case), look(tmp_path / "copy.zip", keys=((world / "ed25519.pub").read_bytes(),))
        assert one.digest == two.digest == done.bag
        assert two.status_of("bundle.seal") is Status.PASS
        assert two.status_of("bundle.receipts") is Status.PASS
        assert [entry.action for entry in two.entries] == ["make", "receive", "copy"]
        compared = compare(one, two)
        assert compared is not None
        assert compared.is_one

    def test_a_copy_without_a_file_shows_nothing_of_it(self, case: Path, tmp_path: Path) -> None:
        bundle = loads((case / layout.BUNDLE).read_bytes())
        row = next(row for row in bundle.files if row.name == "plain.jpg")
        copy(case, tmp_path / "copy", withhold=["plain.jpg"])
        secret = command.media()["plain.jpg"]
        report = json.loads((case / layout.report_path(row.number, "json")).read_text())
        traces = [
            secret[:40],
            row.sha256.encode(),
            b"plain.jpg",
            b"secret",
            bundle.salts[str(row.number)].encode(),
            report["sha256"].encode(),
        ]
        for path in sorted((tmp_path / "copy").rglob("*")):
            octets = path.read_bytes() if path.is_file() else b""
            for trace in traces:
                assert trace not in octets, (path, trace)
        assert not list((tmp_path / "copy").rglob(f"{row.number:04}*"))

    def test_it_is_a_bundle_of_its_own_that_comes_out_the_same_again(self, case: Path, tmp_path: Path) -> None:
        copy(case, tmp_path / "copy", withhold=["2"])
        found = look(tmp_path / "copy")
        assert (found.status_of("bundle.files"), found.status_of("bundle.again")) == (Status.PASS, Status.PASS)
        assert (found.status_of("bundle.seal"), found.status_of("bundle.withheld")) == (Status.ABSENT, Status.UNKNOWN)
        assert found.entries[-1].withheld == 1
        assert found.entries[-1].copy_of == look(case).digest
        import bagit

        bagit.Bag(str(tmp_path / "copy")).validate()

    def test_who_has_the_whole_one_can_tell_which_file_is_withheld(self, case: Path, tmp_path: Path) -> None:
        copy(case, tmp_path / "copy", withhold=["plain.jpg"])
        compared = compare(look(tmp_path / "copy"), look(case))
        assert compared is not None
        assert (compared.withheld, compared.same_bytes) == (("plain.jpg",), True)

    def test_a_copy_of_a_copy_goes_on(self, case: Path, tmp_path: Path) -> None:
        copy(case, tmp_path / "one", withhold=["2"], by="first")
        copy(tmp_path / "one", tmp_path / "two", withhold=["3"], by="second")
        found = look(tmp_path / "two")
        assert found.exit is not Exit.FAILED
        assert [entry.by for entry in found.entries] == ["desk", "first", "second"]
        assert found.bundle is not None
        assert [row.number for row in found.bundle.withheld] == [2, 3]

    def test_may_be_sealed_by_who_copies(self, case: Path, world: Path, tmp_path: Path) -> None:
        key = sealing.Key.load((world / "EC.key").read_bytes())
        copy(case, tmp_path / "copy", withhold=["2"], seal=Sealer(key=key))
        keys = ((world / "EC.pub").read_bytes(),)
        assert look(tmp_path / "copy", keys=keys).status_of("bundle.seal") is Status.PASS
        # Its seal is over the line of the copy too: a log that is cut before it does not fit.
        path = tmp_path / "copy" / layout.CUSTODY
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        path.write_bytes(custody.line_of(custody.Entry(**{**lines[0], "bag": lines[1]["bag"]})))
        cases.tags_again(tmp_path / "copy")
        assert look(tmp_path / "copy", keys=keys).status_of("bundle.seal") is Status.FAIL

    def test_an_altered_bundle_is_not_copied(self, case: Path, tmp_path: Path) -> None:
        (case / "data" / "README.txt").write_bytes(b"x")
        with pytest.raises(BundleError, match="is not copied"):
            copy(case, tmp_path / "copy")
        assert not (tmp_path / "copy").exists()

    @pytest.mark.parametrize("names", [["none"], ["1", "2", "3", "4"], ["0"], ["../x"]])
    def test_what_cannot_be_withheld_is_told(self, names: list[str], case: Path, tmp_path: Path) -> None:
        with pytest.raises(WithheldError):
            copy(case, tmp_path / "copy", withhold=names)
        assert not (tmp_path / "copy").exists()

    def test_a_file_that_others_speak_of_is_not_withheld_alone(self, case: Path, tmp_path: Path) -> None:
        # The same bytes under two names: the report on one bears the digest of the other.
        bundle = loads((case / layout.BUNDLE).read_bytes())
        name = next(row.name for row in bundle.files if row.name == "signed.jpg")
        with pytest.raises(WithheldError, match="is named in"):
            copy(case, tmp_path / "copy", withhold=[name])
        copy(case, tmp_path / "copy", withhold=[name, cases.ODD])


class TestTwo:
    def test_of_the_same_bytes_say_from_which_input_on_they_differ(self, world: Path, tmp_path: Path) -> None:
        asked = Asked(at=NOW, trust=cases.lists(tmp_path / "lists"))
        one = making.make([world / "in"], tmp_path / "one", asked)
        two = making.make([world / "in"], tmp_path / "two", Asked(at=NOW))
        compared = compare(verify(one.place, Asked(at=NOW)), verify(two.place, Asked(at=NOW)))
        assert compared is not None
        assert (compared.same_bytes, compared.same_conclusions, compared.is_one) == (True, False, False)
        assert compared.inputs[0].startswith("list root.pem (yours, signer): first ")
        differ = {pair.name: pair.differ for pair in compared.both}
        assert differ["plain.jpg"] == ()
        assert any(words.startswith("signer: pass, now unknown") for words in differ["signed.jpg"])

    def test_of_other_bytes_say_so(self, world: Path, tmp_path: Path) -> None:
        one = making.make([world / "in" / "plain.jpg"], tmp_path / "one", QUICK)
        two = making.make([world / "in" / "signed.jpg"], tmp_path / "two", QUICK)
        compared = compare(look(one.place), look(two.place))
        assert compared is not None
        assert (compared.first_alone, compared.second_alone) == (("plain.jpg",), ("signed.jpg",))
        assert not compared.same_bytes

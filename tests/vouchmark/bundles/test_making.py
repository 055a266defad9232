"""Is a bundle a bag that others' tools read, with every octet that decided, and there whole or not at all?"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bagit
import pytest

import vouchmark
from provenance.asset import Limits
from provenance.credentials.trust.lists import TrustLists
from tests.support import command
from tests.support.authority import NOW
from tests.vouchmark.bundles import cases
from vouchmark.bundles import making, tool
from vouchmark.bundles.bag import layout
from vouchmark.bundles.bag.errors import BundleError
from vouchmark.bundles.bag.model import loads, payload
from vouchmark.bundles.bag.opening import opened
from vouchmark.bundles.bag.staging import ENDING, SourceError, staged
from vouchmark.bundles.inputs import lists
from vouchmark.bundles.inputs.asked import LEFT_OUT, Asked, asked_from
from vouchmark.bundles.making import Keeper
from vouchmark.options import Options
from vouchmark.render.json import loads as report_of

RUN = command.Command


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    cases.small_tool(monkeypatch)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return cases.made(tmp_path).place


class TestLayout:
    def test_bagit_and_sha256sum_find_nothing_wrong(self, case: Path) -> None:
        bagit.Bag(str(case)).validate()
        cases.run(cases.needs("sha256sum"), "--check", "--quiet", "--strict", "manifest-sha256.txt", cwd=case)
        cases.run("sha256sum", "--check", "--quiet", "--strict", "tagmanifest-sha256.txt", cwd=case)

    def test_the_digest_is_that_of_the_manifest(self, tmp_path: Path) -> None:
        made = cases.made(tmp_path)
        assert made.digest == hashlib.sha256((made.place / layout.MANIFEST).read_bytes()).hexdigest()

    def test_originals_lie_there_octet_for_octet_under_plain_names(self, case: Path) -> None:
        bundle = loads((case / layout.BUNDLE).read_bytes())
        named = {row.name: row for row in bundle.files}
        assert set(named) == {"signed.jpg", "plain.jpg", cases.ODD}
        for name, row in named.items():
            data = command.media().get(name, command.media()["signed.jpg"])
            assert (case / row.path).read_bytes() == data
            assert row.sha256 == hashlib.sha256(data).hexdigest()
        assert named[cases.ODD].path.endswith("/original.jpg")
        assert named["plain.jpg"].path.endswith("/plain.jpg")

    def test_what_lies_there_is_what_the_description_names(self, case: Path) -> None:
        bundle = loads((case / layout.BUNDLE).read_bytes())
        there = {path.relative_to(case).as_posix() for path in (case / "data").rglob("*") if path.is_file()}
        assert there == set(payload(bundle))

    def test_reports_are_those_that_check_gives(self, case: Path, tmp_path: Path) -> None:
        for row in loads((case / layout.BUNDLE).read_bytes()).files:
            report = report_of((case / layout.report_path(row.number, "json")).read_bytes())
            trust = cases.lists(tmp_path / "lists").lists()
            plain = vouchmark.check(tmp_path / "in" / row.name, at=NOW, trust=trust, issuers=(), in_process=True)
            assert report.evidence == report_of(vouchmark.to_json(plain)).evidence

    def test_neighbours_go_along_and_count_as_they_did(self, tmp_path: Path) -> None:
        source = tmp_path / "in"
        source.mkdir()
        signed = command.media()["signed.jpg"]
        from tests.support.authority import manifest_store, remove_manifest

        (source / "a.jpg").write_bytes(remove_manifest(signed))
        (source / "a.jpg.c2pa").write_bytes(manifest_store(signed))
        (source / "b.jpg").write_bytes(remove_manifest(signed))
        (source / "b.png").write_bytes(command.media()["plain.jpg"])
        (source / "b.c2pa").write_bytes(manifest_store(signed))
        (source / "a.jpg.vouch").write_bytes(b"no vouch")
        made = making.make([source / "a.jpg", source / "b.jpg"], tmp_path / "case", cases.reader(tmp_path))
        a, b = loads((made.place / layout.BUNDLE).read_bytes()).files
        assert (a.sidecar.name, a.sidecar.path) == ("a.jpg.c2pa", f"{a.path}.c2pa")
        assert [one.name for one in a.vouches] == ["a.jpg.vouch"]
        assert (b.sidecar.path, [one.name for one in b.sidecar.unused]) == (None, ["b.c2pa"])
        trust = cases.lists(tmp_path / "lists").lists()
        for row in (a, b):
            report = report_of((made.place / layout.report_path(row.number, "json")).read_bytes())
            plain = vouchmark.check(source / row.name, at=NOW, trust=trust, issuers=(), in_process=True)
            assert report.evidence == report_of(vouchmark.to_json(plain)).evidence

    def test_the_same_as_one_zip(self, tmp_path: Path) -> None:
        made = cases.made(tmp_path, place="case.zip")
        with zipfile.ZipFile(made.place) as archive:
            archive.extractall(tmp_path / "out")
        bagit.Bag(str(tmp_path / "out" / "case")).validate()
        with opened(made.place) as bag:
            assert (bag.troubles, bag.container, bag.digest) == ([], "", made.digest)

    def test_what_the_keeper_says_and_adds_goes_along(self, tmp_path: Path) -> None:
        extra = tmp_path / "page.warc.gz"
        extra.write_bytes(b"\x1f\x8bwarc")
        keeper = Keeper(sources=("https://a.example/x",), notes=("seen at 9",), by="desk", attached=(extra,))
        made = cases.made(tmp_path, keeper=keeper)
        bundle = loads((made.place / layout.BUNDLE).read_bytes())
        assert (bundle.sources, bundle.notes) == (keeper.sources, keeper.notes)
        assert (made.place / bundle.attached[0].path).read_bytes() == extra.read_bytes()
        assert json.loads((made.place / layout.CUSTODY).read_text())["by"] == "desk"

    def test_nobody_is_named_who_did_not_say_so(self, case: Path) -> None:
        assert "by" not in json.loads((case / layout.CUSTODY).read_text())


class TestLists:
    def test_come_out_as_they_are_loaded(self, tmp_path: Path) -> None:
        run = RUN(folder=tmp_path, home=tmp_path / "home")
        (tmp_path / "root.pem").write_text(command.ROOT.pem)
        assert run("trust", "import", "root.pem", "--name", "mine", "--kind", "signer").code == 0
        files = lists.kept_files(tmp_path / "home")
        assert files.files
        assert files.lists() == TrustLists.load(tmp_path / "home")

    def test_of_one_run_are_those_that_check_takes(self, tmp_path: Path) -> None:
        (tmp_path / "root.pem").write_text(command.ROOT.pem)
        files = lists.TrustFiles(files=(lists.run_file(tmp_path / "root.pem", lists.ListKind.SIGNER),))
        assert files.lists() == TrustLists.empty().with_run_lists(trust=[tmp_path / "root.pem"])


class TestOptions:
    def test_every_option_of_a_check_goes_along_or_is_named_with_why_not(self) -> None:
        asked = {field.name for field in dataclasses.fields(Asked)} - {"policy_name"}
        assert asked | LEFT_OUT.keys() == set(Options.__struct_fields__)
        assert not asked & LEFT_OUT.keys()

    def test_what_is_asked_otherwise_comes_out_again(self, tmp_path: Path) -> None:
        asked = Asked(
            at=NOW,
            only=("claim", "integrity"),
            engines=("c2pa-rs",),
            snapshot=False,
            compare_pictures=True,
            claim_place="59.3,18.0,2",
            claim_time="2026-05-01",
            claim_ai=False,
            scopes=("public:review/x",),
            slots=3,
            nonce=b"nonce",
            audience="desk",
            grace=dt.timedelta(days=3),
            limits=Limits(bytes=10_000_000, pixels=1_000_000),
        )
        place = making.make([cases.originals(tmp_path / "in", "plain.jpg")], tmp_path / "case", asked).place
        with opened(place) as bag:
            assert bag.bundle is not None
            again = asked_from(bag.bundle.inputs, bag.read)
        assert again == asked


class TestTool:
    def test_pins_every_distribution_that_is_installed(self) -> None:
        assert {"cryptography", "numpy", "pillow", "bagit", "securesystemslib"} <= set(tool.packages())
        assert not {"pytest", "mypy", "sphinx"} & set(tool.packages())

    def test_knows_digests_of_what_it_pins(self) -> None:
        text, unknown = tool.requirements(tool.environment(), wheel_sha256="0" * 64)
        for name, version in tool.packages().items():
            assert (f"{name}=={version} \\\n    --hash=sha256:" in text) is (f"{name}=={version}" not in unknown)
        assert f"./{tool.wheel_path()} \\\n    --hash=sha256:{'0' * 64}" in text

    def test_the_wheel_holds_what_is_running(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.undo()
        (tmp_path / "x.whl").write_bytes(tool.wheel())
        with zipfile.ZipFile(tmp_path / "x.whl") as archive:
            names = archive.namelist()
            assert archive.read("vouchmark/report.py") == Path(vouchmark.report.__file__ or "").read_bytes()
        assert not [name for name in names if "__pycache__" in name]
        assert f"vouchmark-{vouchmark.__version__}.dist-info/RECORD" in names


class TestRefusals:
    def test_nothing_is_written_over(self, case: Path, tmp_path: Path) -> None:
        with pytest.raises(BundleError, match="is there already"):
            making.make([tmp_path / "in"], case, cases.reader(tmp_path))
        with pytest.raises(BundleError, match="no such folder"):
            making.make([tmp_path / "in"], tmp_path / "none" / "case", cases.reader(tmp_path))

    @pytest.mark.parametrize("kind", ["missing", "fifo", "address", "none"])
    def test_what_is_no_file_leaves_nothing_behind(self, kind: str, tmp_path: Path) -> None:
        source: Any = tmp_path / "x"
        if kind == "fifo":
            os.mkfifo(source)
        if kind == "address":
            source = "https://a.example/x.jpg"
        if kind == "none":
            source.mkdir()
        with pytest.raises(BundleError):
            making.make([source], tmp_path / "case", cases.reader(tmp_path))
        assert not list(tmp_path.glob("case*"))
        assert not list(tmp_path.glob(".vouchmark-*"))

    def test_a_file_that_changes_while_it_is_copied_is_told(self, tmp_path: Path) -> None:
        source = tmp_path / "x"
        source.write_bytes(bytes(3 * layout.CHUNK))
        with pytest.raises(SourceError, match="changed while"), staged(tmp_path / "case") as stage:  # noqa: PT012
            write = stage._new

            @contextmanager
            def slow(place: str) -> Iterator[Any]:
                with write(place) as out:
                    source.write_bytes(bytes(2 * layout.CHUNK))
                    yield out

            stage._new = slow  # type: ignore[method-assign]
            stage.copy(source, "data/files/0001/x")
        assert not (tmp_path / "case").exists()

    def test_the_library_is_asked_for_where_it_is_missing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "bagit", None)
        with pytest.raises(BundleError, match="bagit") as told:
            cases.made(tmp_path)
        assert "vouchmark[bundle]" in told.value.hint


SLOW_COPY = """
import sys, time
from pathlib import Path
from vouchmark.bundles.bag import staging
put = staging.Stage.put
def late(self, place, data):
    print(place, flush=True)
    if place == sys.argv[2]: time.sleep(60)
    return put(self, place, data)
staging.Stage.put = late
from vouchmark.bundles import making, tool
from vouchmark.bundles.inputs.asked import LEFT_OUT, Asked, asked_from
tool.wheel = lambda: b"tool"
making.make([Path(sys.argv[1])], Path("case"), Asked())
"""


class TestWhole:
    @pytest.mark.parametrize("when", ["data/reports/0001.json", layout.BUNDLE, layout.CUSTODY, layout.TAG_MANIFEST])
    def test_kill_9_leaves_no_half_bundle_and_the_next_one_clears_up(self, when: str, tmp_path: Path) -> None:
        cases.originals(tmp_path / "in", "plain.jpg")
        words = [sys.executable, "-P", "-c", SLOW_COPY, str(tmp_path / "in" / "plain.jpg"), when]
        env = command.environment(tmp_path / "home")
        with subprocess.Popen(words, cwd=tmp_path, env=env, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if line.decode().strip() == when:
                    break
            process.send_signal(signal.SIGKILL)
        assert not (tmp_path / "case").exists()
        assert len(list(tmp_path.glob(f".vouchmark-*{ENDING}"))) == 1
        making.make([tmp_path / "in" / "plain.jpg"], tmp_path / "case", Asked(at=NOW))
        assert not list(tmp_path.glob(f".vouchmark-*{ENDING}"))
        with opened(tmp_path / "case") as bag:
            assert bag.troubles == []

    def test_somebody_who_is_still_at_work_is_left_alone(self, tmp_path: Path) -> None:
        with staged(tmp_path / "case") as first:
            with staged(tmp_path / "case") as second:
                second.put("data/x", b"x")
            assert first.folder.is_dir()
            (tmp_path / "case" / "data" / "x").unlink()
            (tmp_path / "case" / "data").rmdir()
            (tmp_path / "case").rmdir()

    def test_of_two_at_once_the_first_one_stays(self, tmp_path: Path) -> None:
        with pytest.raises(BundleError, match="is there already"), staged(tmp_path / "case") as first:  # noqa: PT012
            first.put("data/x", b"first")
            with staged(tmp_path / "case") as second:
                second.put("data/x", b"second")
        assert (tmp_path / "case" / "data" / "x").read_bytes() == b"second"

    def test_a_full_disk_leaves_nothing_behind(self, tmp_path: Path) -> None:
        disk = tmp_path / "disk"
        disk.mkdir()
        words = ["unshare", "--mount", "--map-root-user", "sh", "-c"]
        if subprocess.run([*words, f"mount -t tmpfs -o size=600k none {disk}"], capture_output=True).returncode:
            pytest.skip("no disk of a small size can be made here")
        cases.originals(tmp_path / "in", "plain.jpg")
        (tmp_path / "in" / "large.bin").write_bytes(os.urandom(900_000))
        script = (
            f"mount -t tmpfs -o size=600k none {disk} && cd {disk} && "
            f"{' '.join(command.arguments('bundle', 'make', tmp_path / 'in' / 'large.bin', '-o', disk / 'case'))}; "
            f"echo code $?; ls -A {disk}"
        )
        ran = subprocess.run([*words, script], env=command.environment(tmp_path / "home"), capture_output=True)
        assert ran.stdout.decode() == "code 4\n"
        assert ran.stderr.decode().startswith("error: No space left on device")

    def test_files_are_readable_by_others_as_other_files_are(self, case: Path) -> None:
        assert stat.S_IMODE(case.stat().st_mode) & 0o500 == 0o500
        assert time.time() - case.stat().st_mtime < 600

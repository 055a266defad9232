"""Does a command that is told to end leave nothing behind, and say by its exit code what ended it?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.authority import picture
from vouchmark.cli.ending import ToldToEnd, ends_when_told

CHECKOUT: Final = Path(__file__).resolve().parents[2]
ENDS: Final = {signal.SIGTERM: 143, signal.SIGHUP: 129}


def children(pid: int) -> list[int]:
    """Processes that a process has started and that are still there."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in found.read_text().split()] if found.exists() else []


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def wait_until(condition: Callable[[], Any], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def hang_ups_are_heard() -> Iterator[None]:
    """Tests that themselves run under `nohup` would hand its deafness on to what they start."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder of files that takes a while."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number}.jpg").write_bytes(picture(shade=number % 200))
    return folder


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start the command in a group of its own, with its own temporary folder."""
    started: list[subprocess.Popen[bytes]] = []
    (tmp_path / "temporary").mkdir()

    def run(*words: object, **options: Any) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "vouchmark", *map(str, words)]
        environment = os.environ | {"TMPDIR": str(tmp_path / "temporary"), "VOUCHMARK_HOME": str(tmp_path / "home")}
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        process = subprocess.Popen(
            command, cwd=CHECKOUT, env=environment, start_new_session=True, **{**streams, **options}
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.suffix in (".tmp", ".new", ".part"))


@pytest.mark.parametrize("number", list(ENDS), ids=lambda number: number.name)
@pytest.mark.parametrize("whole_group", [False, True], ids=["the process", "its group"])
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_run_that_is_ended_leaves_no_file_and_no_worker(
    number: signal.Signals, whole_group: bool, form: str, many: Path, tmp_path: Path, start: Any
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    process = start("check", many, "--format", form, "-o", out / f"report.{form}", "--no-default-trust", "--jobs", "2")
    wait_until(lambda: leftovers(out) and children(process.pid))
    workers = children(process.pid)
    (os.killpg if whole_group else os.kill)(process.pid, number)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == ENDS[number]
    assert b"Traceback" not in errors
    assert list(out.iterdir()) == []
    assert list((tmp_path / "temporary").iterdir()) == []
    wait_until(lambda: not any(map(alive, workers)))


def test_several_signals_at_once_are_one(many: Path, tmp_path: Path, start: Any) -> None:
    out = tmp_path / "out"
    out.mkdir()
    process = start("check", many, "--format", "csv", "-o", out / "report.csv", "--no-default-trust")
    wait_until(lambda: leftovers(out))
    for _ in range(20):
        os.killpg(process.pid, signal.SIGTERM)
        os.killpg(process.pid, signal.SIGHUP)
    process.communicate(timeout=300)
    assert process.returncode in ENDS.values()
    assert list(out.iterdir()) == []


def test_what_nohup_ignores_stays_ignored(many: Path, tmp_path: Path, start: Any) -> None:
    out = tmp_path / "out"
    out.mkdir()
    process = start(
        "check", *sorted(many.iterdir())[:40], "--format", "jsonl", "-o", out / "report.jsonl", "--no-default-trust",
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )  # fmt: skip
    wait_until(lambda: leftovers(out))
    os.kill(process.pid, signal.SIGHUP)
    process.communicate(timeout=300)
    assert process.returncode not in ENDS.values()
    assert [path.name for path in out.iterdir()] == ["report.jsonl"]


def test_an_index_that_is_being_written_keeps_what_it_had(many: Path, tmp_path: Path, start: Any) -> None:
    index = tmp_path / "index"
    first = start("index", "add", next(many.iterdir()), "--index", index)
    first.communicate(timeout=300)
    assert first.returncode == 0
    before = sorted(path.name for path in index.iterdir())
    process = start("index", "add", many, "--index", index)
    wait_until(lambda: children(process.pid))
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGTERM)
    process.communicate(timeout=300)
    if process.returncode == 143:
        assert sorted(path.name for path in index.iterdir()) == before
    else:
        assert process.returncode == 0


def run_here(code: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, cwd=CHECKOUT, check=False, **options
    )


def test_a_main_thread_that_does_not_listen_is_ended_all_the_same(tmp_path: Path) -> None:
    """As where an engine is at work in this very process, or a callback swallows exceptions."""
    code = f"""
import os, signal, time
from pathlib import Path
from provenance.files.whole_file import whole_file
from vouchmark.cli import ending
ending.GRACE = 0.5
with ending.ends_when_told(), whole_file(Path({str(tmp_path / "out")!r}), mode=0o600) as file:
    while True:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(30)
        except BaseException:
            pass
"""
    done = run_here(code)
    assert (done.returncode, done.stderr) == (143, "")
    assert list(tmp_path.iterdir()) == []


class TestHere:
    def _told(self, number: int) -> None:
        with ends_when_told():
            os.kill(os.getpid(), number)
            time.sleep(5)

    def test_the_signal_is_raised_and_what_was_before_is_there_again(self) -> None:
        before = [signal.getsignal(number) for number in ENDS]
        for number, code in ENDS.items():
            with pytest.raises(ToldToEnd) as told:
                self._told(number)
            assert told.value.code == code
        assert [signal.getsignal(number) for number in ENDS] == before
        with ends_when_told():
            pass

    def test_another_thread_hears_nothing(self) -> None:
        before = signal.getsignal(signal.SIGTERM)
        seen: list[object] = []

        def run() -> None:
            with ends_when_told():
                seen.append(signal.getsignal(signal.SIGTERM))

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        assert seen == [before]

    def test_its_thread_goes_with_it(self) -> None:
        def watching() -> list[str]:
            return [one.name for one in threading.enumerate() if "_watch" in one.name]

        for _ in range(5):
            wait_until(lambda: not watching())
            with ends_when_told():
                assert len(watching()) == 1
        wait_until(lambda: not watching())


def test_a_vault_that_is_cut_off_leaves_no_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from zk.storage import vault

    def told(_descriptor: int) -> None:
        raise ToldToEnd(signal.SIGTERM)

    monkeypatch.setattr(vault.os, "fsync", told)
    with pytest.raises(ToldToEnd):
        vault.write_private(tmp_path / "vault", b"octets")
    assert list(tmp_path.iterdir()) == []

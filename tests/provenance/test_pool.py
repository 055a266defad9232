"""Does the run go on, with every answer that was given, whatever happens to a worker?"""

from __future__ import annotations

import datetime as dt
import os
import signal
import struct
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from provenance.asset import Asset, Limits, open_asset
from provenance.credentials.engines.model import Outcome, State
from provenance.credentials.trust.settings import TrustSettings
from provenance.credentials.trust.view import TrustView
from provenance.options import ENGINES, MediaOptions
from provenance.workers import dispatcher, parts, process, wire
from provenance.workers.pool import Examination, Pool, examine_in_process
from provenance.workers.task import Lists, Task
from tests.support import no_network
from tests.support.authority import (
    Identity,
    change_pixels,
    make_root,
    make_signer,
    manifest_store,
    picture,
    remove_manifest,
    sign,
)
from tests.support.effort import PATIENCE, ends
from tests.support.hesitant import with_a_late_second_engine

ROOT = Path(__file__).parents[2]
AT = dt.datetime.now(dt.UTC).replace(microsecond=0)
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def root() -> Identity:
    return make_root()


@pytest.fixture(scope="module")
def signed(root: Identity) -> bytes:
    return sign(make_signer(root), thumbnail=True)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool() as running:
        yield running


def asset(data: bytes, name: str = "harbour.jpg") -> Asset:
    return open_asset(data, name=name)


def task(item: Asset, *, trust: TrustSettings | None = None, view: TrustView | None = None, **options: Any) -> Task:
    asked = {name: options.pop(name) for name in MediaOptions.__struct_fields__ if name in options}
    return Task(
        media_type=item.media_type,
        at=AT,
        options=MediaOptions(**asked),
        lists=Lists.of(trust or TrustSettings(), view),
        **options,
    )


def outcomes(examination: Examination) -> list[tuple[str, str]]:
    return [(str(reading.outcome), str(reading.reason or "")) for reading in examination.readings]


FOUND = ("found", "")
BOTH_FOUND = [FOUND, FOUND]


def until(happened: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_both_engines_answer_and_the_picture_is_measured(pool: Pool, signed: bytes) -> None:
    item = asset(signed)
    examination = pool.examine(item, task(item))
    assert [reading.engine for reading in examination.readings] == list(ENGINES)
    assert outcomes(examination) == BOTH_FOUND
    assert (examination.width, examination.height, examination.picture_reason) == (96, 64, None)
    assert set(examination.versions) == {"c2pa-python", *ENGINES}


def test_a_worker_says_what_the_same_process_would_say(pool: Pool, signed: bytes) -> None:
    for data in (signed, change_pixels(signed), picture(), b"words"):
        item = asset(data)
        for view in (None, TrustView()):
            assert pool.examine(item, task(item, view=view)) == examine_in_process(item, task(item, view=view))


def test_only_the_engines_that_are_asked_answer_in_the_order_asked(pool: Pool, signed: bytes) -> None:
    item = asset(signed)
    for engines in (ENGINES, ENGINES[::-1], ENGINES[:1], ENGINES[1:]):
        examination = pool.examine(item, task(item, engines=engines))
        assert tuple(reading.engine for reading in examination.readings) == engines


def test_our_own_check_comes_with_it_where_it_is_asked_for(pool: Pool, signed: bytes) -> None:
    item = asset(signed)
    with_view = pool.examine(item, task(item, view=TrustView()))
    assert with_view.own is not None
    assert (with_view.own.problem, with_view.own_failure) == (None, None)
    without = pool.examine(item, task(item))
    assert (without.own, without.own_failure) == (None, None)


@pytest.mark.parametrize("view", [None, TrustView()])
def test_the_stores_own_bytes_stay_with_the_worker(pool: Pool, signed: bytes, view: TrustView | None) -> None:
    item = asset(signed)
    store = pool.examine(item, task(item, view=view)).readings[0].store
    assert store is not None
    assert store.raw == b""


def test_lists_are_those_of_each_task(pool: Pool, signed: bytes, root: Identity) -> None:
    item = asset(signed)
    ours = TrustSettings(signer_anchors=(("ours", root.pem),))
    states = [pool.examine(item, task(item, trust=trust)).readings[0].state for trust in (ours, TrustSettings(), ours)]
    assert states == [State.TRUSTED, State.VALID, State.TRUSTED]


def test_a_sidecar_goes_with_its_file(pool: Pool, signed: bytes) -> None:
    item = asset(remove_manifest(signed))
    assert outcomes(pool.examine(item, task(item))) == [("absent", ""), ("absent", "")]
    assert outcomes(pool.examine(item, task(item, sidecar=manifest_store(signed)))) == BOTH_FOUND
    assert outcomes(pool.examine(item, task(item, sidecar=b"")))[0] == ("unparsable", "sidecar")


def test_a_picture_over_the_pixel_limit_is_read_and_not_measured(pool: Pool, signed: bytes) -> None:
    item = asset(signed)
    examination = pool.examine(item, task(item, limits=Limits(pixels=96 * 64 - 1)))
    assert (examination.width, examination.picture_reason) == (None, "too-many-pixels")
    assert outcomes(examination) == BOTH_FOUND


def test_the_worker_is_kept_from_file_to_file(pool: Pool, signed: bytes) -> None:
    item = asset(signed)
    pool.examine(item, task(item))
    before = pool.pids
    for _ in range(5):
        pool.examine(item, task(item))
    assert pool.pids == before


@pytest.mark.parametrize("workers", [1, 3])
def test_a_stream_keeps_its_order_and_hands_through_what_has_no_task(signed: bytes, workers: int) -> None:
    items: list[Asset | str] = []
    for number in range(12):
        items += [asset(picture(shade=number), f"{number}.jpg"), f"unreadable {number}", asset(signed, f"s{number}")]
    with Pool(workers) as running:
        pairs = list(running.examine_stream((i, task(i) if isinstance(i, Asset) else None) for i in items))
    assert [item for item, _examination in pairs] == items
    for item, examination in pairs:
        assert (examination is None) == isinstance(item, str)
        if isinstance(item, Asset):
            assert examination is not None
            assert examination.readings[0].outcome is (Outcome.FOUND if item.name[0] == "s" else Outcome.ABSENT)


def test_a_stream_is_taken_only_a_little_ahead(pool: Pool) -> None:
    taken = 0

    def endless() -> Iterator[tuple[Asset, Task]]:
        nonlocal taken
        while True:
            taken += 1
            item = asset(picture())
            yield item, task(item)

    stream = pool.examine_stream(endless())
    for _ in range(3):
        next(stream)
    assert taken <= 8
    stream.close()  # type: ignore[attr-defined]


def test_large_files_are_not_piled_up(pool: Pool) -> None:
    taken = 0

    def large() -> Iterator[tuple[Asset, Task]]:
        nonlocal taken
        for _ in range(4):
            taken += 1
            item = asset(bytes(48 * MIB))
            yield item, task(item, engines=ENGINES[:1])

    stream = pool.examine_stream(large())
    next(stream)
    assert taken <= 2
    assert sum(1 for _ in stream) == 3


@pytest.mark.parametrize("count", [1, 3])
def test_our_own_check_of_the_last_asset_is_told_while_the_rest_is_still_to_come(
    count: int, signed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_late_second_engine(monkeypatch)
    told: list[str] = []
    items = [asset(signed, f"{number}.jpg") for number in range(count)]
    tasks = ((item, task(item, view=TrustView())) for item in items)
    with Pool() as running:
        stream = running.examine_stream(tasks, ahead=lambda own: told.append(own.active))
        examinations = [examination for _item, examination in stream]
    assert [outcomes(one) for one in examinations if one] == [BOTH_FOUND] * count
    assert told == [one.own.active for one in examinations[:1] if one and one.own]


def test_nothing_is_told_ahead_where_there_is_no_own_check(pool: Pool, signed: bytes) -> None:
    items = [asset(signed), asset(picture())]
    for item in items:
        stream = pool.examine_stream([(item, task(item))], ahead=lambda _: pytest.fail("told"))
        assert len(list(stream)) == 1


def test_a_stream_that_is_left_early_leaves_the_pool_usable(pool: Pool, signed: bytes) -> None:
    items = [asset(signed) for _ in range(6)]
    stream = pool.examine_stream((item, task(item)) for item in items)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert outcomes(pool.examine(items[0], task(items[0]))) == BOTH_FOUND


def test_a_job_needs_an_asset(pool: Pool, signed: bytes) -> None:
    with pytest.raises(TypeError, match="expected one for an Asset"):
        list(pool.examine_stream([("not opened", task(asset(signed)))]))


@pytest.mark.parametrize("options", [{"workers": 0}, {"seconds": 0}, {"memory": 0}])
def test_refuses_limits_without_sense(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected more than none"):
        Pool(**options)


# Ends


def stopped(running: Pool, signed: bytes) -> int:
    """The worker's process, ready and stopped: whatever is sent to it now is in its hands and goes no further."""
    item = asset(signed)
    running.examine(item, task(item))
    (pid,) = running.pids
    time.sleep(0.1)  # until it waits for the next one
    os.kill(pid, signal.SIGSTOP)
    return pid


def in_background(work: Callable[[], Any]) -> Callable[[], Any]:
    """Start some work now; the function returned waits for it."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()

    def result() -> Any:
        thread.join(30)
        assert found, "it never came back"
        return found[0]

    return result


@pytest.mark.parametrize("fault", [TypeError, KeyError, AttributeError, ZeroDivisionError])
def test_a_fault_of_ours_in_taking_an_answer_is_an_error_and_no_hang(
    signed: bytes, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    def fails(*_arguments: Any) -> Any:
        raise fault("a fault of ours")

    item = asset(signed)
    with Pool(workers=1) as running:
        assert outcomes(running.examine(item, task(item))) == BOTH_FOUND
        with monkeypatch.context() as broken:
            broken.setattr(parts, "decoded", fails)
            assert {outcome for outcome, _ in outcomes(running.examine(item, task(item)))} == {"error"}
        assert outcomes(running.examine(item, task(item))) == BOTH_FOUND


def test_a_fault_of_ours_in_sending_a_task_is_an_error_and_no_hang(
    signed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = wire.frame

    def fails(kind: bytes, *arguments: Any) -> Any:
        if kind == wire.TASK:
            raise TypeError("a fault of ours")
        return real(kind, *arguments)

    item = asset(signed)
    with Pool(workers=1) as running:
        assert outcomes(running.examine(item, task(item))) == BOTH_FOUND
        monkeypatch.setattr(wire, "frame", fails)
        found = outcomes(running.examine(item, task(item)))
        assert {outcome for outcome, _ in found} == {"error"}


def test_a_crash_costs_one_part_and_the_successor_answers_the_rest(signed: bytes) -> None:
    item = asset(signed)
    with Pool() as running:
        pid = stopped(running, signed)
        result = in_background(lambda: running.examine(item, task(item, view=TrustView())))
        time.sleep(0.1)
        os.kill(pid, signal.SIGKILL)
        examination = result()
        assert outcomes(examination) == [("error", "crash"), FOUND]
        assert (examination.width, examination.picture_reason) == (96, None)
        assert examination.own is not None
        assert running.pids != (pid,)
        assert outcomes(running.examine(item, task(item))) == BOTH_FOUND


def test_a_crash_costs_no_other_file(signed: bytes) -> None:
    items = [asset(signed, f"{number}.jpg") for number in range(8)]
    with Pool() as running:
        pid = stopped(running, signed)
        result = in_background(lambda: list(running.examine_stream((item, task(item)) for item in items)))
        time.sleep(0.1)
        os.kill(pid, signal.SIGKILL)
        found = [outcomes(examination) for _item, examination in result()]
    assert found == [[("error", "crash"), FOUND], *[BOTH_FOUND] * 7]


def test_a_hang_ends_at_the_time_limit_and_the_next_file_is_read(signed: bytes) -> None:
    item = asset(signed)
    with Pool(seconds=1) as running:
        pid = stopped(running, signed)
        started = time.monotonic()
        examination = running.examine(item, task(item, view=TrustView()))
        assert 0.9 < time.monotonic() - started < PATIENCE
        assert outcomes(examination) == [("error", "time-limit")] * 2
        assert (examination.picture_reason, examination.own_failure) == ("time-limit", "time-limit")
        assert not is_running(pid)
        assert outcomes(running.examine(item, task(item))) == BOTH_FOUND


def test_files_that_wait_behind_a_hang_have_their_own_time(signed: bytes) -> None:
    items = [asset(signed, f"{number}.jpg") for number in range(4)]
    with Pool(seconds=1.5) as running:
        stopped(running, signed)
        found = [outcomes(e) for _i, e in running.examine_stream((item, task(item)) for item in items) if e]
    assert found == [[("error", "time-limit")] * 2, *[BOTH_FOUND] * 3]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_out_of_memory_in_an_engine_is_an_error_and_never_changed(root: Identity, signed: bytes, form: str) -> None:
    """Zeros behind the end make the file a changed one, and more than an engine can copy."""
    data = sign(make_signer(root), picture(form), media_type=f"image/{form.lower()}") + bytes(80 * MIB)
    item, small = asset(data, "large"), asset(signed)
    with Pool(memory=128 * MIB) as running:
        assert outcomes(running.examine(item, task(item))) == [("error", "memory-limit")] * 2
        assert outcomes(running.examine(small, task(small))) == BOTH_FOUND
    with Pool() as running:
        examination = running.examine(item, task(item))
        assert [reading.state for reading in examination.readings] == [State.INVALID] * 2


def test_what_one_engine_has_said_stays_where_the_other_runs_out_of_memory(root: Identity) -> None:
    """Free space in an AVIF is bound by no hash: the first engine steps over it, the second one copies it."""
    data = sign(make_signer(root), picture("AVIF"), media_type="image/avif")
    item = asset(data + struct.pack(">I4s", 80 * MIB, b"free") + bytes(80 * MIB - 8), "large.avif")
    with Pool(memory=128 * MIB) as running:
        examination = running.examine(item, task(item))
    assert outcomes(examination) == [FOUND, ("error", "memory-limit")]
    assert (examination.readings[0].state, examination.width) == (State.VALID, 96)


def test_a_file_larger_than_the_memory_limit_is_an_error_of_every_part(signed: bytes) -> None:
    item = asset(b"\xff\xd8\xff" + bytes(200 * MIB))
    with Pool(memory=64 * MIB) as running:
        examination = running.examine(item, task(item, view=TrustView()))
        assert outcomes(examination) == [("error", "memory-limit")] * 2
        assert examination.own_failure == "memory-limit"
        small = asset(signed)
        assert outcomes(running.examine(small, task(small))) == BOTH_FOUND


def test_a_worker_that_never_starts_is_an_error_and_not_a_loop(signed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_BOOT", "import sys; sys.exit(3)")
    item = asset(signed)
    with Pool() as running:
        with ends():
            assert outcomes(running.examine(item, task(item))) == [("error", "not-started")] * 2
            assert outcomes(running.examine(item, task(item))) == [("error", "not-started")] * 2
        assert running.pids == ()


def test_a_system_that_starts_no_process_is_an_error(signed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_options: Any) -> None:
        raise BlockingIOError(11, "no more processes")

    monkeypatch.setattr(dispatcher, "WorkerProcess", refuse)
    item = asset(signed)
    with Pool() as running:
        assert outcomes(running.examine(item, task(item))) == [("error", "not-started")] * 2


def test_a_worker_that_starts_too_slowly_is_given_up(signed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_BOOT", "import time; time.sleep(600)")
    monkeypatch.setattr(dispatcher, "STARTING_SECONDS", 0.2)
    item = asset(signed)
    with Pool() as running:
        assert outcomes(running.examine(item, task(item))) == [("error", "not-started")] * 2


LIAR = """
import os, sys
sys.path[:0] = {places!r}
import msgspec
from provenance.workers import parts, wire
from provenance.workers.parts.picture import Picture
from provenance.credentials.engines.model import Outcome, Reading
out = os.fdopen(1, "wb", buffering=0)
out.write(wire.frame(wire.READY, msgspec.msgpack.encode(wire.Ready(versions={{}}))))
kind, content = wire.read_frame(sys.stdin.buffer)
while kind != wire.TASK:
    kind, content = wire.read_frame(sys.stdin.buffer)
order = msgspec.msgpack.decode(content, type=wire.Order)
{lie}
sys.stdin.buffer.read()
"""

LIES = {
    "noise": "out.write(os.urandom(64))",
    "an endless frame": "out.write(b'P' + b'\\xff' * 8)",
    "another file's answer": "out.write(parts.encoded(order.number + 1, order.parts[0], {}))",
    "a part that is not its turn": "out.write(parts.encoded(order.number, 'picture', Picture()))",
    "found without a store": (
        "out.write(parts.encoded(order.number, 'c2pa-rs', "
        "Reading(engine='c2pa-rs', version='', outcome=Outcome.FOUND)))"
    ),
    "another engine's name": (
        "out.write(parts.encoded(order.number, 'c2pa-rs', "
        "Reading(engine='encypher-c2pa', version='', outcome=Outcome.ABSENT)))"
    ),
    "done before it is": (
        "out.write(wire.frame(wire.DONE, msgspec.msgpack.encode(wire.Done(number=order.number, retire=False))))"
    ),
}


@pytest.mark.parametrize("lie", list(LIES))
def test_a_worker_that_says_what_it_may_not_is_ended(lie: str, signed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    item = asset(signed)
    honest = process._BOOT
    monkeypatch.setattr(process, "_BOOT", LIAR.format(places=sys.path, lie=LIES[lie]))
    with Pool() as running:
        monkeypatch.setattr(process, "_BOOT", honest)
        assert outcomes(running.examine(item, task(item))) == [("error", "broken-answer"), FOUND]


def test_closing_ends_busy_workers_and_closing_again_does_nothing(signed: bytes) -> None:
    item = asset(signed)
    running = Pool(2)
    running.start()
    pids = running.pids
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    result = in_background(lambda: running.examine(item, task(item)))
    time.sleep(0.1)
    running.close()
    running.close()
    assert outcomes(result()) == [("error", "closed")] * 2
    assert not any(map(is_running, pids))


def test_no_thread_and_no_pipe_is_left_behind(signed: bytes) -> None:
    item = asset(signed)

    def once() -> tuple[int, int]:
        with Pool(2) as running:
            running.examine(item, task(item))
        return threading.active_count(), sum(1 for _ in Path("/proc/self/fd").iterdir())

    before = once()
    assert [once() for _ in range(3)] == [before] * 3


# Surroundings


def script(
    code: str, *arguments: object, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a script as a user of the library would: a file without a `__main__` guard."""
    return subprocess.run(
        [sys.executable, "-P", "-c", textwrap.dedent(code), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        timeout=300,
    )


USE = """
    import datetime as dt, sys
    from pathlib import Path
    from provenance.asset import open_asset
    from provenance.workers.pool import Pool
    from provenance.workers.task import Task
    item = open_asset(Path(sys.argv[1]))
    task = Task(media_type=item.media_type, at=dt.datetime.now(dt.UTC))
    with Pool() as pool:
        examination = pool.examine(item, task)
    print([str(reading.outcome) for reading in examination.readings])
"""


@pytest.fixture
def photo(tmp_path: Path, signed: bytes) -> Path:
    path = tmp_path / "harbour.jpg"
    path.write_bytes(signed)
    return path


PLANT = "import pathlib\npathlib.Path({mark!r}).write_text(__file__)\n"


def test_nothing_planted_beside_the_media_is_run(tmp_path: Path, photo: Path) -> None:
    mark = str(tmp_path / "was run")
    names = ["c2pa", "encypher_c2pa", "msgspec", "PIL", "sitecustomize", "usercustomize", "json", "ctypes"]
    for name in [*names, "provenance", "provenance/workers"]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(PLANT.format(mark=mark))
    for name in ("provenance/workers/worker.py", "struct.py", "c2pa.py"):
        (tmp_path / name).write_text(PLANT.format(mark=mark))
    for name in ("libc2pa_c.so", "libs/libc2pa_c.so"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"not a library")
    run = script(USE, photo, cwd=tmp_path)
    assert run.stdout.strip() == "['found', 'found']", run.stderr
    assert not Path(mark).exists()


def test_python_variables_do_not_reach_the_worker(tmp_path: Path, photo: Path) -> None:
    mark = str(tmp_path / "was run")
    planted = tmp_path / "planted"
    planted.mkdir()
    (planted / "sitecustomize.py").write_text(
        f"import os, sys\nif os.getppid() != {os.getpid()}:\n    open({mark!r}, 'w')\n"
    )
    run = script(USE, photo, PYTHONPATH=f"{ROOT}{os.pathsep}{planted}", PYTHONSTARTUP="x", PYTHONWARNINGS="error")
    assert run.stdout.strip() == "['found', 'found']", run.stderr
    assert not Path(mark).exists()


def test_the_engines_settings_do_not_come_from_the_environment(photo: Path) -> None:
    hostile = {
        "C2PA_LIBRARY_NAME": "libevil.so",
        "ENCYPHER_C2PA_TELEMETRY": "on",
        "ENCYPHER_C2PA_ONLINE": "on",
        "RUST_BACKTRACE": "full",
    }
    run = script(USE, photo, **hostile)
    assert run.stdout.strip() == "['found', 'found']", run.stderr


def test_nothing_that_a_worker_prints_reaches_the_terminal(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(picture()[:200])
    run = script(USE, broken)
    assert run.stderr == ""


@pytest.mark.skipif(bool(no_network.why_not()), reason=no_network.why_not() or "can be forbidden")
def test_no_socket_is_opened_by_the_pool_or_its_workers(photo: Path) -> None:
    run = subprocess.run(
        no_network.command([sys.executable, "-P", "-c", textwrap.dedent(USE), str(photo)]),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=300,
    )
    assert run.stdout.strip() == "['found', 'found']", run


def test_a_worker_ends_with_its_parent_however_that_ends(photo: Path) -> None:
    code = (
        USE.partition("    print(")[0] + "        print(pool.pids[0], flush=True); import os; os.kill(os.getpid(), 9)\n"
    )
    run = script(code, photo)
    assert run.returncode == -signal.SIGKILL, run.stderr
    until(lambda: not is_running(int(run.stdout)))


def test_ctrl_c_is_the_parents_business(pool: Pool, signed: bytes) -> None:
    item = asset(signed)
    pool.examine(item, task(item))
    (pid,) = pool.pids
    os.kill(pid, signal.SIGINT)
    assert outcomes(pool.examine(item, task(item))) == BOTH_FOUND
    assert pool.pids == (pid,)


def test_memory_stays_bounded_over_many_files(signed: bytes) -> None:
    """A thousand files here, ten thousand with VOUCHMARK_SLOW=1 (the benchmark prints the figures)."""
    count = 10_000 if os.environ.get("VOUCHMARK_SLOW") else 1000
    items = (asset(signed) for _ in range(count))
    marks = []
    with Pool() as running:
        stream = running.examine_stream((item, task(item, engines=ENGINES[:1])) for item in items)
        for number, _pair in enumerate(stream, start=1):
            if number in (count // 10, count) and running.pids:
                pages = Path(f"/proc/{running.pids[0]}/statm").read_text().split()[1]
                marks.append(int(pages) * os.sysconf("SC_PAGE_SIZE"))
    assert max(marks) - min(marks) < 48 * MIB

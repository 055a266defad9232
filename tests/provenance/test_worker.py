"""Does a worker turn whatever happens inside it into an answer, and does the wire carry nothing but answers?"""

from __future__ import annotations

import datetime as dt
import io
import os
import resource
import signal
import struct
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Limits
from provenance.credentials.engines import c2pa_rs
from provenance.credentials.engines.model import Outcome, Reading
from provenance.options import MediaOptions
from provenance.reasons import Reason
from provenance.workers import parts, process, tasks, wire, worker
from provenance.workers.parts import own
from provenance.workers.parts import picture as picture_part
from provenance.workers.parts.crjson import Crjson
from provenance.workers.parts.own import Own
from provenance.workers.parts.picture import Picture
from provenance.workers.process import WorkerProcess
from provenance.workers.task import Lists, Task
from provenance.workers.wire import BrokenWireError, Order
from tests.support.authority import make_signer, picture, sign
from tests.support.effort import ends

MIB = 1024 * 1024
ENGINE = "c2pa-rs"


def task(**changes: Any) -> Task:
    fields: dict[str, Any] = {
        "media_type": "image/jpeg",
        "at": dt.datetime(2026, 11, 21, tzinfo=dt.UTC),
        "options": MediaOptions(limits=Limits(pixels=10**9)),
    }
    return Task(**(fields | changes))


def order(data: bytes, *names: str, number: int = 1, seconds: float = 30.0) -> Order:
    wanted = names or (ENGINE, "picture")
    return Order(number=number, task=task(), parts=wanted, seconds=seconds, media=len(data), sizes=task().sizes)


def run(data: bytes, *names: str, **changes: Any) -> dict[str, parts.Value]:
    return dict(tasks.run_parts(task(**changes), names or (ENGINE, "picture"), data))


# One part at a time


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MemoryError(), "memory-limit"),
        (RecursionError(), "too-deep"),
        (ImportError("no such engine"), "not-installed"),
        (KeyError("a field that was always there"), "failure"),
        (OSError("anything"), "failure"),
    ],
)
def test_whatever_an_engine_raises_becomes_an_error_with_a_stable_word(
    error: Exception, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any, **_options: Any) -> None:
        raise error

    monkeypatch.setattr(c2pa_rs, "read", fail)
    values = run(picture(), ENGINE, "picture")
    reading = values[ENGINE]
    assert isinstance(reading, Reading)
    assert (reading.outcome, reading.reason) == (Outcome.ERROR, reason)
    assert values["picture"] == Picture(width=96, height=64)


def test_what_ends_the_process_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(*_arguments: Any, **_options: Any) -> None:
        raise SystemExit(1)

    monkeypatch.setattr(c2pa_rs, "read", leave)
    with pytest.raises(SystemExit):
        run(picture(), ENGINE)


def test_parts_come_as_soon_as_they_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(picture_part, "measure", lambda *_, **__: asked.append("measured"))
    found = tasks.run_parts(task(), (ENGINE, "picture"), b"")
    assert next(found)[0] == ENGINE
    assert not asked
    assert next(found)[0] == "picture"


@pytest.mark.parametrize(
    ("noise", "reason"),
    [
        (b"", None),
        (b"a warning of some library", None),
        (b"thread '<unnamed>' panicked at src/lib.rs:1:1:\ncalled `Option::unwrap()`", "panic"),
        (b"memory allocation of 210510437 bytes failed", "memory-limit"),
        (b"Exception ignored on calling ctypes callback function\nMemoryError", "memory-limit"),
        (b"Cannot allocate memory (os error 12)", "memory-limit"),
        (b"Resource temporarily unavailable (os error 11)", "panic"),
    ],
)
def test_trouble_on_standard_error_has_a_stable_word(noise: bytes, reason: str | None) -> None:
    assert tasks.reason_in(noise) == reason


@pytest.mark.parametrize("name", [ENGINE, "picture", "own"])
def test_a_value_that_cannot_be_sent_becomes_an_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = parts.encoded
    tried: list[str] = []

    def once(number: int, name: str, value: parts.Value) -> bytes:
        tried.append(name)
        if len(tried) == 1:
            raise RecursionError
        return real(number, name, value)

    monkeypatch.setattr(parts, "encoded", once)
    framed = worker._encoded(1, name, parts.failed(name, "crash"))
    found = wire.read_frame(io.BytesIO(framed))
    assert found is not None
    part = parts.decoded(found[1])
    assert part.value == parts.failed(name, "too-deep")


def test_deep_content_of_an_assertion_is_an_error_and_no_crash() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    reading = c2pa_rs.read(sign(make_signer()), "image/jpeg")
    assert reading.store is not None
    manifest = msgspec.structs.replace(reading.store.active, assertions={"deep": deep})
    broken = msgspec.structs.replace(reading, store=replace(reading.store, manifests=(manifest,)))
    found = wire.read_frame(io.BytesIO(worker._encoded(1, ENGINE, broken)))
    assert found is not None
    assert parts.decoded(found[1]).value == parts.failed(ENGINE, "too-deep")


# The wire


VALUES = [
    Picture(),
    Picture(width=1, height=2),
    Picture(reason="too-many-pixels"),
    Own(reason="crash"),
    parts.failed(ENGINE, "crash", version="1"),
]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_arrives_as_it_was_sent(value: parts.Value) -> None:
    name = "picture" if isinstance(value, Picture) else "own" if isinstance(value, Own) else ENGINE
    found = wire.read_frame(io.BytesIO(parts.encoded(7, name, value)))
    assert found is not None
    part = parts.decoded(found[1])
    assert (part.number, part.name, part.value) == (7, name, value)


def test_a_whole_reading_arrives_as_it_was_sent() -> None:
    reading = c2pa_rs.read(sign(make_signer(), thumbnail=True), "image/jpeg")
    found = wire.read_frame(io.BytesIO(parts.encoded(1, ENGINE, reading)))
    assert found is not None
    assert parts.decoded(found[1]).value == reading


def test_the_end_between_frames_is_an_end_and_within_one_it_is_broken() -> None:
    whole = wire.frame(wire.PART, b"content")
    assert wire.read_frame(io.BytesIO(b"")) is None
    assert wire.read_frame(io.BytesIO(whole)) == (wire.PART, b"content")
    for cut in range(1, len(whole)):
        with pytest.raises(BrokenWireError):
            wire.read_frame(io.BytesIO(whole[:cut]))


def test_a_frame_over_the_bound_is_refused_before_it_is_read() -> None:
    class Stream(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            assert (size or 0) < 100, "asked for what the frame announced"
            return super().read(size)

    with pytest.raises(BrokenWireError, match="expected at most"):
        wire.read_frame(Stream(b"P" + (wire.MAX_FRAME + 1).to_bytes(8, "little")))


def test_skipping_reads_just_as_much_and_no_more() -> None:
    stream = io.BytesIO(bytes(200_000) + b"next")
    wire.skip(stream, 200_000)
    assert stream.read() == b"next"
    with pytest.raises(BrokenWireError):
        wire.skip(io.BytesIO(b"12"), 3)


@given(st.binary(max_size=300))
def test_noise_is_no_part(noise: bytes) -> None:
    with pytest.raises((BrokenWireError, msgspec.MsgspecError)):
        parts.decoded(noise)


def framed(name: str, content: bytes) -> bytes:
    """A part's frame around any content."""
    named = name.encode()
    return wire.frame(wire.PART, struct.pack("<QB", 1, len(named)) + named + content)


@given(st.sampled_from([ENGINE, "picture", "own"]), st.binary(max_size=200))
def test_noise_behind_a_good_head_is_no_value_or_a_harmless_one(name: str, noise: bytes) -> None:
    found = wire.read_frame(io.BytesIO(framed(name, noise)))
    assert found is not None
    try:
        value = parts.decoded(found[1]).value
    except (BrokenWireError, msgspec.MsgspecError):
        return
    assert isinstance(value, Picture | Own)


# The process


@pytest.fixture
def child() -> Iterator[WorkerProcess]:
    running = WorkerProcess(memory=512 * MIB)
    yield running
    if not running.stdout.closed:
        running.kill(Reason.CLOSED)
        running.reap()


def ready(child: WorkerProcess) -> wire.Ready:
    found = wire.read_frame(child.stdout)
    assert found is not None
    assert found[0] == wire.READY
    return wire.decode_ready(found[1])


def send(child: WorkerProcess, what: Order, *content: bytes) -> None:
    child.stdin.write(wire.lists_frame(Lists()))
    child.stdin.write(wire.frame(wire.TASK, msgspec.msgpack.encode(what)) + b"".join(content))
    child.stdin.flush()


def answers(child: WorkerProcess) -> Iterator[parts.Answer | wire.Done]:
    while found := wire.read_frame(child.stdout):
        kind, content = found
        if kind == wire.DONE:
            yield wire.decode_done(content)
            return
        yield parts.decoded(content)


def test_a_task_is_answered_part_by_part_and_then_done(child: WorkerProcess) -> None:
    assert "c2pa-python" in ready(child).versions
    data = picture()
    send(child, order(data, ENGINE, "encypher-c2pa", "picture"), data)
    *found, done = answers(child)
    assert [part.name for part in found if isinstance(part, parts.Answer)] == [ENGINE, "encypher-c2pa", "picture"]
    assert done == wire.Done(number=1, retire=False)


def test_a_worker_ends_when_nobody_can_ask_it_any_more(child: WorkerProcess) -> None:
    ready(child)
    child.stdin.close()
    assert child.stdout.read() == b""
    assert child.reap() == "crash"
    assert child._process.returncode == 0


def test_a_worker_that_nobody_ends_ends_itself(child: WorkerProcess) -> None:
    """Its clock runs while it waits for bytes that never come, as it would in an endless loop of an engine."""
    ready(child)
    with ends():
        send(child, order(b"x" * 10, seconds=0.3), b"x")
        assert child.stdout.read() == b""
        assert child.reap() == "time-limit"


def limits(pid: int) -> dict[int, tuple[int, int]]:
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)
    return {kind: resource.prlimit(pid, kind) for kind in kinds}


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="the limits of another process are told by Linux only")
def test_memory_written_files_and_core_dumps_are_bounded(child: WorkerProcess) -> None:
    ready(child)
    data = picture()
    send(child, order(data), data)
    list(answers(child))
    found = limits(child.pid)
    used = int(Path(f"/proc/{child.pid}/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    assert used < found[resource.RLIMIT_AS][0] <= used + 512 * MIB
    assert found[resource.RLIMIT_FSIZE] == (worker.MAX_WRITTEN, worker.MAX_WRITTEN)
    assert found[resource.RLIMIT_CORE] == (0, 0)


INSIDE = """
import os, sys
sys.path[:0] = {places!r}
from provenance.credentials.engines import c2pa_rs
from provenance.workers import worker
{before}
worker.main()
"""


def altered(before: str, monkeypatch: pytest.MonkeyPatch) -> WorkerProcess:
    """A worker in which something else happens where the first engine reads."""
    monkeypatch.setattr(process, "_BOOT", INSIDE.format(places=sys.path, before=before))
    return WorkerProcess(memory=512 * MIB)


def first_value(running: WorkerProcess) -> parts.Value:
    ready(running)
    data = picture()
    send(running, order(data), data)
    part, *_others = answers(running)
    assert isinstance(part, parts.Answer)
    return part.value


NOISY = [
    ("print('on standard output')", Outcome.ABSENT, None),
    ("os.write(1, b'on descriptor 1')", Outcome.ABSENT, None),
    ("os.write(2, b'a warning')", Outcome.ABSENT, None),
    ("os.write(2, b'x' * 20_000_000)", Outcome.ABSENT, None),
    ("os.write(2, b\"thread '<unnamed>' panicked at lib.rs\")", Outcome.ERROR, "panic"),
    ("os.write(2, b'memory allocation of 5 bytes failed')", Outcome.ERROR, "memory-limit"),
    ("open('/dev/stdin').read()", Outcome.ABSENT, None),
]


@pytest.mark.parametrize(("statement", "outcome", "reason"), NOISY)
def test_what_an_engine_prints_reaches_nobody_and_a_panic_undoes_its_answer(
    statement: str,
    outcome: Outcome,
    reason: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    before = (
        f"real = c2pa_rs.read\ndef noisy(*a, **o):\n    {statement}\n    return real(*a, **o)\nc2pa_rs.read = noisy"
    )
    running = altered(before, monkeypatch)
    value = first_value(running)
    running.kill(Reason.CLOSED)
    running.reap()
    assert isinstance(value, Reading)
    assert (value.outcome, value.reason) == (outcome, reason)
    assert capfd.readouterr() == ("", "")


DEATHS: list[tuple[str, str]] = [
    ("os.abort()", "crash"),
    ("os.kill(os.getpid(), 11)", "crash"),
    ("os._exit(0)", "crash"),
    ("os.write(2, b'memory allocation of 99 bytes failed'); os.abort()", "memory-limit"),
    ("import signal; signal.setitimer(signal.ITIMER_REAL, 0.01); signal.pause()", "time-limit"),
]


@pytest.mark.parametrize(("statement", "cause"), DEATHS)
def test_the_cause_of_a_workers_end_is_told(statement: str, cause: str, monkeypatch: pytest.MonkeyPatch) -> None:
    running = altered(f"def die(*a, **o):\n    {statement}\nc2pa_rs.read = die", monkeypatch)
    ready(running)
    data = picture()
    send(running, order(data), data)
    assert list(answers(running)) == []
    assert running.reap() == cause


def test_a_worker_that_did_its_share_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    running = altered("worker.MAX_TASKS = 2", monkeypatch)
    ready(running)
    data = picture()
    ends = []
    for number in (1, 2):
        send(running, order(data, number=number), data)
        ends.append(list(answers(running))[-1])
    assert ends == [wire.Done(number=1, retire=False), wire.Done(number=2, retire=True)]
    assert running.stdout.read() == b""
    running.reap()


def test_a_worker_that_has_grown_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    leak = "kept.append(bytearray(200_000_000)); return real(*a, **o)"
    running = altered(f"kept, real = [], c2pa_rs.read\ndef leak(*a, **o): {leak}\nc2pa_rs.read = leak", monkeypatch)
    ready(running)
    data = picture()
    send(running, order(data), data)
    assert list(answers(running))[-1] == wire.Done(number=1, retire=True)
    running.kill(Reason.CLOSED)
    running.reap()


def test_a_key_press_for_the_whole_group_ends_no_worker(child: WorkerProcess) -> None:
    ready(child)
    os.kill(child.pid, signal.SIGINT)
    data = picture()
    send(child, order(data), data)
    assert len(list(answers(child))) == 3


def test_the_environment_that_a_worker_gets_holds_nothing_of_python_or_the_engines_and_no_secret_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("PYTHONPATH", "pythonhome", "C2PA_LIBRARY_NAME", "ENCYPHER_C2PA_TELEMETRY", "LD_PRELOAD", "RUST_LOG"):
        monkeypatch.setenv(name, "planted")
    for name in ("VOUCHMARK_PASSPHRASE", "VOUCHMARK_KEY_PASSPHRASE", "VOUCHMARK_CODE"):
        monkeypatch.setenv(name, "planted")
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    found = process._environment()
    assert "planted" not in found.values()
    assert found["LANG"] == "de_DE.UTF-8"
    assert (found["ENCYPHER_C2PA_TELEMETRY"], found["ENCYPHER_C2PA_ONLINE"]) == ("off", "off")
    assert not Path(found["HOME"]).exists()


def test_the_current_folder_is_no_place_for_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", str(tmp_path), str(tmp_path / "."), *sys.path])
    assert str(tmp_path) not in [os.path.realpath(place) for place in process._places()]


def test_the_decoder_of_our_own_check_is_made_once_however_many_threads_want_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # msgspec looks into a dataclass when its first decoder is made, and crashes where two threads do so at once.
    at_work, most = 0, 0
    real = msgspec.msgpack.Decoder

    def slow(kind: Any) -> Any:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        time.sleep(0.05)
        at_work -= 1
        return real(kind)

    own._make_decoder.cache_clear()
    monkeypatch.setattr(msgspec.msgpack, "Decoder", slow)
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: own._decoder(), range(4)))
    assert most == 1
    assert all(decoder is made[0] for decoder in made)


def test_crjson_says_why_it_is_missing_where_our_own_check_did_not_come_about() -> None:
    values = run(picture(), ENGINE, "own", "crjson")
    assert values["own"] == Own(reason="failure")
    assert values["crjson"] == Crjson(reason="failure")


def test_fragments_arrive_behind_the_media_in_their_order() -> None:
    media = (b"media", b"sidecar", b"first", b"second")
    asked = task(sidecar=media[1], fragments=media[2:], lists=Lists(packed=b"lists"))
    sent = Order(number=1, task=asked.bare(), parts=(ENGINE,), seconds=1.0, media=5, sizes=asked.sizes)
    stream = io.BytesIO(b"".join((media[0], *asked.attached)))
    assert worker._receive(stream, sent, asked.lists, worker.Room(1 << 30)) == (media[0], asked)

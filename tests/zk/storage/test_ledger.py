"""The verifier's ledger on SQLite: one voice per key, durable, private, versioned."""

import os
import random
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.effort import PATIENCE, ends
from tests.zk.ledger_races import ROOT, assert_exactly_one_accepted, pour_and_kill, race, start
from zk.errors import EncodingError, StorageError, UnsupportedError
from zk.storage import database
from zk.storage.ledger import BATCH_ENTRIES, Entry, NullifierLedger, Outcome, open_ledger

SLOW = os.environ.get("VOUCHMARK_SLOW") == "1"
ISSUER = bytes(range(32))


def entry(
    number: int = 0,
    *,
    content: bytes = b"a",
    context: bytes = b"context",
    issuer: bytes = ISSUER,
    credential_class: str = "lasting",
) -> Entry:
    return Entry(
        issuer=issuer,
        credential_class=credential_class,
        context=context,
        pseudonym=number.to_bytes(48, "big"),
        content=content.ljust(32, b"\0"),
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[NullifierLedger]:
    with open_ledger(tmp_path / "ledger.db") as opened:
        yield opened


def outcomes(ledger: NullifierLedger, *entries: Entry) -> list[str]:
    return [record.outcome.value for record in ledger.consume_many(entries)]


def test_a_nullifier_is_new_once_then_seen_with_equal_content_and_duplicate_with_other(ledger: NullifierLedger) -> None:
    first = ledger.consume(entry(content=b"a"))
    again = ledger.consume(entry(content=b"a"))
    other = ledger.consume(entry(content=b"b"))
    assert [first.outcome, again.outcome, other.outcome] == [Outcome.NEW, Outcome.SEEN, Outcome.DUPLICATE]
    assert first.recorded_at == again.recorded_at == other.recorded_at


def test_a_refused_duplicate_leaves_the_first_content_in_place(ledger: NullifierLedger) -> None:
    assert outcomes(ledger, entry(content=b"a"), entry(content=b"b"), entry(content=b"b"), entry(content=b"a")) == [
        "new",
        "duplicate",
        "duplicate",
        "seen",
    ]


@pytest.mark.parametrize(
    "other",
    [
        entry(context=b"contexT"),
        entry(issuer=bytes(32)),
        entry(credential_class="epoch"),
        entry(1),
    ],
    ids=["context", "issuer", "class", "pseudonym"],
)
def test_each_part_of_the_key_separates(ledger: NullifierLedger, other: Entry) -> None:
    assert outcomes(ledger, entry(), other) == ["new", "new"]


def test_the_time_is_the_databases_and_stays(ledger: NullifierLedger) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    recorded = ledger.consume(entry()).recorded_at
    assert recorded is not None
    assert before <= recorded <= datetime.now(UTC)
    time.sleep(1.1)
    assert ledger.consume(entry()).recorded_at == recorded
    assert ledger.now() - recorded >= timedelta(seconds=1)


def test_look_up_reads_and_never_records(ledger: NullifierLedger) -> None:
    ledger.consume(entry(1, content=b"a"))
    wanted = [entry(1, content=b"a"), entry(1, content=b"b"), entry(2), entry(1, context=b"nowhere")]
    for _ in range(2):
        records = ledger.look_up(wanted)
        assert [record.outcome.value for record in records] == ["seen", "duplicate", "absent", "absent"]
    assert [record.recorded_at is None for record in records] == [False, False, True, True]
    assert ledger.count(issuer=ISSUER, credential_class="lasting", context=b"context") == 1
    assert ledger.count(issuer=ISSUER, credential_class="lasting", context=b"nowhere") == 0


def test_no_entries_give_no_records(ledger: NullifierLedger) -> None:
    assert ledger.consume_many([]) == []
    assert ledger.look_up([]) == []


def test_many_entries_over_several_transactions_keep_their_order(ledger: NullifierLedger) -> None:
    numbers = [i % 2000 for i in range(2 * BATCH_ENTRIES + 500)]
    records = ledger.consume_many([entry(i, context=b"%d" % (i % 7)) for i in numbers])
    assert [record.outcome.value for record in records] == ["new"] * 2000 + ["seen"] * 500
    assert [record.outcome.value for record in ledger.look_up(entry(i, context=b"%d" % (i % 7)) for i in numbers)] == [
        "seen"
    ] * len(numbers)


@settings(max_examples=50, deadline=None)  # two new databases an example: as slow as the disk
@given(uses=st.lists(st.tuples(st.integers(0, 5), st.sampled_from([b"a", b"b"]), st.sampled_from([b"x", b"y"]))))
def test_a_batch_gives_what_one_after_the_other_gives(
    uses: list[tuple[int, bytes, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    entries = [entry(number, content=content, context=context) for number, content, context in uses]
    folder = tmp_path_factory.mktemp("pair")
    with open_ledger(folder / "batch.db") as together, open_ledger(folder / "single.db") as one_by_one:
        assert outcomes(together, *entries) == [one_by_one.consume(one).outcome.value for one in entries]


def test_64_concurrent_consumers_are_told_new_exactly_once_for_each_nullifier(tmp_path: Path) -> None:
    for round_number in range(5 if SLOW else 1):
        # The ledger does not exist yet: the first race is for its creation.
        told = race(str(tmp_path / f"race-{round_number}.db"), salt=str(round_number))
        assert_exactly_one_accepted(told)


def test_a_killed_process_loses_no_accepted_nullifier(tmp_path: Path) -> None:
    location = tmp_path / "killed.db"
    dice = random.Random(6)
    accepted: list[str] = []
    for trial in range(60 if SLOW else 6):
        size = 1 if trial % 2 else 50
        accepted += pour_and_kill(str(location), size=size, after=dice.uniform(0, 0.15))
    assert len(accepted) > 20
    with open_ledger(location) as ledger:
        records = ledger.look_up(
            Entry(
                issuer=bytes(32),
                credential_class="lasting",
                context=b"context",
                pseudonym=bytes.fromhex(pseudonym),
                content=bytes(32),
            )
            for pseudonym in accepted
        )
        assert {record.outcome for record in records} == {Outcome.SEEN}


def test_a_process_killed_while_it_creates_the_ledger_leaves_one_that_opens(tmp_path: Path) -> None:
    dice = random.Random(7)
    for trial in range(40 if SLOW else 4):
        location = tmp_path / f"{trial}.db"
        child = start("pour", str(location), "1")
        deadline = time.monotonic() + PATIENCE
        while not location.exists() and time.monotonic() < deadline:
            time.sleep(0.0005)
        time.sleep(dice.uniform(0, 0.02))
        child.kill()
        child.communicate()
        with open_ledger(location) as ledger:
            assert outcomes(ledger, entry()) == ["new"]


_WHERE_NOTHING_FITS = """
import resource, sys
from zk.errors import StorageError
from zk.storage.ledger import Entry, open_ledger
entry = Entry(issuer=bytes(32), credential_class="lasting", context=b"c", pseudonym=bytes(48), content=bytes(32))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    with open_ledger(sys.argv[1]) as ledger:
        print(ledger.consume_many([entry])[0].outcome)
except StorageError as error:
    print("refused:", error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of files here")
@pytest.mark.parametrize("size", [0, 512, 4096, 8192, 16384])
def test_a_disk_without_room_is_an_error_and_no_voice_passes_by_it(tmp_path: Path, size: int) -> None:
    path = tmp_path / "ledger.db"
    command = [sys.executable, "-c", _WHERE_NOTHING_FITS, str(path), str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300, cwd=ROOT)
    assert done.stdout.startswith("refused: ledger sqlite:")
    assert done.stderr == ""
    with open_ledger(path) as ledger:  # and with room it is a ledger, in which nothing is
        assert ledger.consume(entry()).outcome is Outcome.NEW


def test_the_log_is_synced_before_a_call_returns(ledger: NullifierLedger) -> None:
    with ledger._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL


def test_the_file_and_its_log_are_for_the_owner_alone(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        with open_ledger(tmp_path / "ledger.db") as ledger:
            ledger.consume(entry())
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(previous)
    assert modes == {"ledger.db": 0o600, "ledger.db-wal": 0o600, "ledger.db-shm": 0o600}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622, 0o666])
@pytest.mark.parametrize("read_only", [False, True])
def test_refuses_a_file_that_others_may_read_or_write(tmp_path: Path, mode: int, read_only: bool) -> None:
    open_ledger(tmp_path / "ledger.db").close()
    (tmp_path / "ledger.db").chmod(mode)
    with pytest.raises(StorageError, match=rf"open to others \(mode {mode:o}\)"):
        open_ledger(tmp_path / "ledger.db", read_only=read_only)


def test_refuses_what_is_not_a_ledger_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "text").write_bytes(b"not a database at all, but long enough to have a header" * 40)
    (tmp_path / "text").chmod(0o600)
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "text", "folder", "missing/ledger.db"):
        with pytest.raises(StorageError):
            open_ledger(tmp_path / name)
    assert (tmp_path / "text").read_bytes().startswith(b"not a database")


def test_refuses_a_database_whose_table_is_of_another_making(tmp_path: Path) -> None:
    path = tmp_path / "foreign.db"
    with sqlite3.connect(path) as foreign:
        foreign.execute("CREATE TABLE vouchmark_ledger_nullifier (anything)")
    foreign.close()
    path.chmod(0o600)
    with pytest.raises(StorageError):
        open_ledger(path)


def test_refuses_another_programs_database_and_leaves_it_alone(tmp_path: Path) -> None:
    path = tmp_path / "bookmarks.db"
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute("CREATE TABLE bookmarks (address)")
        foreign.commit()
    path.chmod(0o600)
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StorageError, match=r"holds something else|holds no ledger"):
            open_ledger(path, read_only=read_only)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["bookmarks.db"]


def test_read_only_creates_nothing_and_refuses_to_consume(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot open"):
        open_ledger(tmp_path / "ledger.db", read_only=True)
    assert list(tmp_path.iterdir()) == []
    with open_ledger(tmp_path / "ledger.db") as ledger:
        ledger.consume(entry())
    with open_ledger(tmp_path / "ledger.db", read_only=True) as ledger:
        assert ledger.look_up([entry()])[0].outcome is Outcome.SEEN
        with pytest.raises(StorageError, match="read-only"):
            ledger.consume(entry(1))
        with pytest.raises(sa.exc.OperationalError, match="readonly"), ledger._engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM vouchmark_ledger_nullifier")


def test_read_only_refuses_an_empty_database(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch(0o600)
    with pytest.raises(StorageError, match="holds no ledger"):
        open_ledger(tmp_path / "empty.db", read_only=True)


def test_refuses_a_newer_schema_and_leaves_it_alone(tmp_path: Path) -> None:
    open_ledger(tmp_path / "ledger.db").close()
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("UPDATE vouchmark_ledger_schema SET version = 2")
    raw.close()
    for read_only in (False, True):
        with pytest.raises(StorageError, match="schema 2"):
            open_ledger(tmp_path / "ledger.db", read_only=read_only)
    raw = sqlite3.connect(tmp_path / "ledger.db")
    assert raw.execute("SELECT version FROM vouchmark_ledger_schema").fetchall() == [(2,)]
    raw.close()


@pytest.mark.parametrize("versions", [[], [1, 2]])
def test_refuses_a_schema_table_that_says_nothing_or_two_things(tmp_path: Path, versions: list[int]) -> None:
    open_ledger(tmp_path / "ledger.db").close()
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("DELETE FROM vouchmark_ledger_schema")
        raw.executemany("INSERT INTO vouchmark_ledger_schema VALUES (?)", [(version,) for version in versions])
    raw.close()
    with pytest.raises(StorageError, match=f"has {len(versions)} rows"):
        open_ledger(tmp_path / "ledger.db")


def test_migrates_an_older_schema_and_keeps_its_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_ledger(tmp_path / "ledger.db") as ledger:
        recorded = ledger.consume(entry()).recorded_at

    def second_step(connection: sa.Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE vouchmark_ledger_nullifier ADD COLUMN later INTEGER DEFAULT 7")

    monkeypatch.setattr(database, "MIGRATIONS", [*database.MIGRATIONS, second_step])
    monkeypatch.setattr(database, "SCHEMA_VERSION", 2)
    with pytest.raises(StorageError, match="schema 1, expected 2"):
        open_ledger(tmp_path / "ledger.db", read_only=True)
    with open_ledger(tmp_path / "ledger.db") as ledger:
        again = ledger.consume(entry())
        assert (again.outcome, again.recorded_at) == (Outcome.SEEN, recorded)
        with ledger._engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT later FROM vouchmark_ledger_nullifier").scalars().all() == [7]
            assert connection.execute(sa.select(database.SCHEMA.c.version)).scalars().all() == [2]


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_ledger(tmp_path / "ledger.db") as ledger:
        ledger.consume(entry())

    def broken_step(connection: sa.Connection) -> None:
        connection.exec_driver_sql("DELETE FROM vouchmark_ledger_nullifier")
        connection.exec_driver_sql("ALTER TABLE nowhere ADD COLUMN later")

    with monkeypatch.context() as patched:
        patched.setattr(database, "MIGRATIONS", [*database.MIGRATIONS, broken_step])
        patched.setattr(database, "SCHEMA_VERSION", 2)
        with pytest.raises(StorageError, match="nowhere"):
            open_ledger(tmp_path / "ledger.db")
    with open_ledger(tmp_path / "ledger.db") as ledger:
        assert ledger.look_up([entry()])[0].outcome is Outcome.SEEN


def test_a_locked_ledger_is_a_storage_error_that_shows_no_parameters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_SECONDS", 0.05)
    with open_ledger(tmp_path / "ledger.db") as ledger:
        blocker = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="cannot record nullifiers: database is locked") as caught:
            ledger.consume(entry(7, content=b"CONTENT"))
        blocker.execute("ROLLBACK")
        blocker.close()
        assert "CONTENT" not in str(caught.value)
        assert ledger.consume(entry(7)).outcome is Outcome.NEW


def test_a_new_ledger_that_another_process_holds_is_waited_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_SECONDS", 0.1)
    with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as blocker:
        blocker.execute("BEGIN EXCLUSIVE")
        (tmp_path / "ledger.db").chmod(0o600)
        with ends(), pytest.raises(StorageError, match="locked"):
            open_ledger(tmp_path / "ledger.db")
    open_ledger(tmp_path / "ledger.db").close()


def test_a_forked_child_is_told_to_open_its_own(ledger: NullifierLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pytest.raises(StorageError, match="another process"):
        ledger.consume(entry())


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("", StorageError),
        (":memory:", StorageError),
        ("sqlite://", StorageError),
        ("sqlite:///:memory:", StorageError),
        ("sqlite:///file:x?mode=memory&uri=true", StorageError),
        ("sqlite:///x.db?mode=ro", StorageError),
        ("mysql://user:secret@host/db", UnsupportedError),
        ("oracle://host", UnsupportedError),
        ("https://example.org/ledger", UnsupportedError),
        ("postgresql://user:secret@host:notaport/db", StorageError),
    ],
)
def test_refuses_locations_that_cannot_be_a_ledger(location: str, error: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(error) as caught:
        open_ledger(location)
    assert "secret" not in str(caught.value)
    assert not Path(":memory:").exists()


def test_a_url_and_a_path_mean_the_same_file(tmp_path: Path) -> None:
    with open_ledger(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        ledger.consume(entry())
        assert ledger.name == f"sqlite:{tmp_path}/ledger.db"
    with open_ledger(tmp_path / "ledger.db") as ledger:
        assert ledger.consume(entry()).outcome is Outcome.SEEN


def test_a_password_is_in_no_name_repr_or_error() -> None:
    location = "postgresql://user:hunter2@127.0.0.1:1/db?password=hunter3&connect_timeout=1"
    with pytest.raises(StorageError) as caught:
        open_ledger(location)
    assert "hunter" not in str(caught.value)
    assert "hunter" not in database.describe(database.parse_location(location))


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": bytes(31)},
        {"issuer": "0" * 32},
        {"pseudonym": bytes(49)},
        {"content": b""},
        {"context": b""},
        {"context": bytes(1025)},
        {"credential_class": ""},
        {"credential_class": "x" * 33},
        {"credential_class": "épo"},
    ],
    ids=str,
)
def test_refuses_entries_that_could_never_be_a_key(wrong: dict[str, object]) -> None:
    fields: dict[str, object] = {
        "issuer": ISSUER,
        "credential_class": "lasting",
        "context": b"context",
        "pseudonym": bytes(48),
        "content": bytes(32),
    }
    with pytest.raises(EncodingError):
        Entry(**{**fields, **wrong})  # type: ignore[arg-type]


def test_importing_the_ledger_loads_no_database_code() -> None:
    heavy = ("sqlalchemy", "sqlite3", "psycopg")
    code = f"import sys, zk.storage.ledger; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0

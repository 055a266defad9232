"""The verifier's ledger on a private PostgreSQL server: the same answers, the same races."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from tests.support.people.private_postgres import PostgresMissingError, private_postgres
from tests.support.people.world import CAFE, presented
from tests.zk.ledger_races import assert_exactly_one_accepted, pour_and_kill, race
from tests.zk.verifier.test_verifier import live
from zk.errors import ClockError, StorageError, UnsupportedError
from zk.storage import database
from zk.storage.ledger import BATCH_ENTRIES, Entry, NullifierLedger, Outcome, open_ledger
from zk.verifier.verifier import verify_many

SLOW = os.environ.get("VOUCHMARK_SLOW") == "1"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    pytest.importorskip("psycopg", reason="psycopg is not installed (extra [postgres])")
    try:
        with private_postgres() as url:
            yield url
    except PostgresMissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def url(server: str) -> Iterator[str]:
    """The server with no ledger on it."""
    yield server
    engine = sa.create_engine(database.parse_location(server))
    database.METADATA.drop_all(engine)
    engine.dispose()


@pytest.fixture
def ledger(url: str) -> Iterator[NullifierLedger]:
    with open_ledger(url) as opened:
        yield opened


def entry(number: int = 0, *, content: bytes = b"a", context: bytes = b"context") -> Entry:
    return Entry(
        issuer=bytes(range(32)),
        credential_class="epoch",
        context=context,
        pseudonym=number.to_bytes(48, "big"),
        content=content.ljust(32, b"\0"),
    )


def test_a_nullifier_is_new_once_then_seen_or_duplicate(ledger: NullifierLedger) -> None:
    records = ledger.consume_many([entry(), entry(content=b"b"), entry(), entry(context=b"other")])
    assert [record.outcome.value for record in records] == ["new", "duplicate", "seen", "new"]
    assert [record.outcome.value for record in ledger.look_up([entry(), entry(content=b"b"), entry(9)])] == [
        "seen",
        "duplicate",
        "absent",
    ]
    recorded = records[0].recorded_at
    assert recorded is not None
    assert 0 <= (ledger.now() - recorded).total_seconds() < 60
    assert ledger.count(issuer=bytes(range(32)), credential_class="epoch", context=b"context") == 1


def test_many_entries_over_several_transactions_keep_their_order(ledger: NullifierLedger) -> None:
    numbers = [i % 1500 for i in range(BATCH_ENTRIES + 800)]
    records = ledger.consume_many([entry(i, context=b"%d" % (i % 3)) for i in numbers])
    assert [record.outcome.value for record in records] == ["new"] * 1500 + ["seen"] * 300


def test_batches_that_meet_in_opposite_order_do_not_deadlock(ledger: NullifierLedger) -> None:
    for round_number in range(4):
        entries = [entry(1000 * round_number + i) for i in range(BATCH_ENTRIES)]
        together = threading.Barrier(2)

        def consume(ordered: list[Entry], barrier: threading.Barrier = together) -> list[Outcome]:
            barrier.wait()
            return [record.outcome for record in ledger.consume_many(ordered)]

        with ThreadPoolExecutor(2) as pool:
            forward, backward = pool.map(consume, [entries, entries[::-1]])
        for outcomes in zip(forward, backward[::-1], strict=True):
            assert sorted(outcomes) == [Outcome.NEW, Outcome.SEEN]


def test_64_concurrent_consumers_are_told_new_exactly_once_for_each_nullifier(url: str) -> None:
    for round_number in range(5 if SLOW else 1):
        # In the first round they also race to create the tables.
        assert_exactly_one_accepted(race(url, salt=str(round_number)))


def test_a_killed_process_loses_no_accepted_nullifier(url: str) -> None:
    accepted: list[str] = []
    for _ in range(20 if SLOW else 2):
        accepted += pour_and_kill(url, size=20, after=0.05)
    with open_ledger(url) as ledger:
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
    assert len(records) >= 40
    assert {record.outcome for record in records} == {Outcome.SEEN}


def test_commits_synchronously_even_where_the_server_would_not(url: str) -> None:
    lax = url + "&options=-csynchronous_commit%3Doff"
    with open_ledger(lax) as ledger, ledger._engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"


def test_refuses_a_newer_schema(url: str) -> None:
    open_ledger(url).close()
    engine = sa.create_engine(database.parse_location(url))
    with engine.begin() as connection:
        connection.execute(sa.update(database.SCHEMA).values(version=99))
    engine.dispose()
    with pytest.raises(StorageError, match="schema 99"):
        open_ledger(url)


def test_read_only_creates_nothing_and_refuses_to_consume(url: str) -> None:
    with pytest.raises(StorageError, match="holds no ledger"):
        open_ledger(url, read_only=True)
    open_ledger(url).close()
    with open_ledger(url, read_only=True) as ledger:
        assert ledger.look_up([entry()])[0].outcome is Outcome.ABSENT
        with pytest.raises(StorageError, match="read-only"):
            ledger.consume(entry())
        with pytest.raises(sa.exc.InternalError, match="read-only"), ledger._engine.begin() as connection:
            connection.execute(sa.delete(database.NULLIFIERS))


def test_a_server_that_does_not_answer_is_a_storage_error() -> None:
    with pytest.raises(StorageError, match="cannot open"):
        open_ledger("postgresql://user@127.0.0.1:1/nothing")


def test_a_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(UnsupportedError, match=r"vouchmark\[postgres\]"):
        open_ledger("postgresql://user@127.0.0.1/nothing")


@pytest.mark.parametrize("off", [-7200, 7200])
def test_a_server_whose_clock_is_off_records_nothing_and_passes_nothing(
    url: str, monkeypatch: pytest.MonkeyPatch, off: int
) -> None:
    """By 64 readers at once, each of whom would else pass the same voice for something else."""
    real = database.clock
    somebody, epoch = live()
    vouches = [presented(somebody.vouch(epoch=epoch, statement=f"post {number}")) for number in range(8)]

    def clock(dialect: str) -> sa.ColumnElement[int]:
        return real(dialect) + off

    def check(number: int) -> str:
        with open_ledger(url) as opened:
            try:
                results = verify_many(
                    [vouches[number % len(vouches)]],
                    issuers=[somebody.issuer.info],
                    scopes=[CAFE],
                    at=datetime.now(UTC),
                    ledger=opened,
                )
            except ClockError:
                return "clock"
            return results[0].code.value

    open_ledger(url).close()
    try:
        with monkeypatch.context() as patched, ThreadPoolExecutor(16) as readers:
            patched.setattr(database, "clock", clock)
            database.insert_nullifiers.cache_clear()
            assert set(readers.map(check, range(64))) == {"clock"}
    finally:
        database.insert_nullifiers.cache_clear()
    with ThreadPoolExecutor(16) as readers:
        told = list(readers.map(check, range(64)))
    assert (told.count("voice.new"), set(told)) == (1, {"voice.new", "voice.seen", "duplicate"})

"""What did the reader's index and ledger answer, so that the same questions get the same answers years later?

A bundle holds the rows that spoke and not the rest: that an index knew nothing else, or that a ledger was whole, is the
maker's word. Recorders stand before the real ones and write down what is asked; replays know that and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from provenance.credentials.trust.strict_json import read_json
from provenance.hashes.errors import DamagedIndexError
from provenance.hashes.index.entry import Entry as Known
from provenance.hashes.index.index import MAX_HITS, Hit
from vouchmark.bundles.bag.errors import NoBundleError

if TYPE_CHECKING:
    from zk.storage.ledger import Entry, Record

ERRORS: Final = "the bundle holds no answer to this question"


class HitRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A look-alike."""

    entry: Known
    query: int
    place: int
    distance: int
    ref: tuple[int, int]


class NearRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found near some hashes."""

    hashes: tuple[str, ...]
    radius: int
    limit: int
    with_thumbnail: bool
    hits: tuple[HitRow, ...]


class IndexRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An index, as far as it spoke."""

    name: str
    generation: int
    sha256: str
    exact: dict[str, tuple[Known, ...]]
    near: tuple[NearRow, ...]


class LedgerRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer of a ledger."""

    asked: str
    """`consume` or `look-up`."""
    issuer: str
    credential_class: str
    context: str
    pseudonym: str
    content: str
    outcome: str
    recorded_at: str | None


class LedgerRows(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ledger, as far as it spoke."""

    name: str
    read_only: bool
    now: str
    rows: tuple[LedgerRow, ...]


class Answers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`answers.json`."""

    index: IndexRow | None
    ledger: LedgerRows | None


def dumps(answers: Answers) -> bytes:
    """As they stand in a bundle."""
    return msgspec.json.format(msgspec.json.encode(answers, order="sorted"), indent=2) + b"\n"


def loads(data: bytes) -> Answers:
    """Read them back, strictly. Raises NoBundleError."""
    try:
        return msgspec.convert(read_json(data), Answers, strict=True)
    except (ValueError, RecursionError) as error:
        raise NoBundleError(f"the answers of index and ledger cannot be read: {str(error)[:200]}") from error


class _Listing:
    """As much of an index's list as reports name."""

    def __init__(self, generation: int) -> None:
        self.generation = generation


class IndexRecorder:
    """Stands before an index and writes down what it answers. Used as `KnownMedia` is, as far as checks use it."""

    def __init__(self, index: Any) -> None:
        """`index` is open, or a replay."""
        self._index = index
        self._exact: dict[str, tuple[Known, ...]] = {}
        self._near: dict[tuple[Any, ...], NearRow] = {}

    @property
    def name(self) -> str:
        """As the index's."""
        return str(self._index.name)

    @property
    def sha256(self) -> str:
        """As the index's."""
        return str(self._index.sha256)

    @property
    def listing(self) -> Any:
        """As the index's."""
        return self._index.listing

    def exact(self, sha256: bytes) -> list[Known]:
        """As the index's."""
        found: list[Known] = self._index.exact(sha256)
        self._exact[sha256.hex()] = tuple(found)
        return found

    def near(
        self, hashes: Sequence[bytes], radius: int, *, limit: int = MAX_HITS, with_thumbnail: bool = False
    ) -> list[Hit]:
        """As the index's."""
        found: list[Hit] = self._index.near(hashes, radius, limit=limit, with_thumbnail=with_thumbnail)
        key = _asked(hashes, radius, limit, with_thumbnail)
        self._near[key] = NearRow(
            hashes=key[0], radius=radius, limit=limit, with_thumbnail=with_thumbnail, hits=tuple(map(_hit_row, found))
        )
        return found

    def row(self) -> IndexRow:
        """What was written down."""
        return IndexRow(
            name=self.name,
            generation=self.listing.generation,
            sha256=self.sha256,
            exact=dict(sorted(self._exact.items())),
            near=tuple(self._near[key] for key in sorted(self._near)),
        )


def _asked(
    hashes: Sequence[bytes], radius: int, limit: int, with_thumbnail: bool
) -> tuple[tuple[str, ...], int, int, bool]:
    return tuple(bytes(one).hex() for one in hashes), radius, limit, with_thumbnail


def _hit_row(hit: Hit) -> HitRow:
    return HitRow(entry=hit.entry, query=hit.query, place=hit.place, distance=hit.distance, ref=hit.ref)


class IndexReplay:
    """Answers as an index did, and nothing else."""

    def __init__(self, row: IndexRow) -> None:
        """`row` is what was written down."""
        self.name, self.sha256, self.listing = row.name, row.sha256, _Listing(row.generation)
        self._exact = row.exact
        self._near = {(one.hashes, one.radius, one.limit, one.with_thumbnail): one.hits for one in row.near}

    def exact(self, sha256: bytes) -> list[Known]:
        """As the index did. Raises DamagedIndexError where that was not asked."""
        if sha256.hex() not in self._exact:
            raise DamagedIndexError(ERRORS)
        return list(self._exact[sha256.hex()])

    def near(
        self, hashes: Sequence[bytes], radius: int, *, limit: int = MAX_HITS, with_thumbnail: bool = False
    ) -> list[Hit]:
        """As the index did. Raises DamagedIndexError where that was not asked."""
        rows = self._near.get(_asked(hashes, radius, limit, with_thumbnail))
        if rows is None or any(_is_beyond(one, len(hashes)) for one in rows):
            raise DamagedIndexError(ERRORS)
        return [
            Hit(entry=one.entry, query=one.query, place=one.place, distance=one.distance, ref=one.ref) for one in rows
        ]


def _is_beyond(one: HitRow, asked: int) -> bool:
    """Whether a hit names a question that was not asked, or a hash that its entry does not have."""
    return not 0 <= one.query < asked or not 0 <= one.place < len(one.entry.hashes)


class LedgerRecorder:
    """Stands before a ledger and writes down what it answers. Used as `NullifierLedger` is, as far as checks use it."""

    def __init__(self, ledger: Any) -> None:
        """`ledger` is open, or a replay."""
        self._ledger = ledger
        self.read_only = bool(ledger.read_only)
        self._now: dt.datetime | None = None
        self._rows: dict[tuple[str, Any], LedgerRow] = {}

    @property
    def name(self) -> str:
        """Its kind and file, without the folder."""
        return str(self._ledger.name)

    def now(self) -> dt.datetime:
        """As the ledger's."""
        now: dt.datetime = self._ledger.now()
        self._now = self._now or now
        return now

    def consume_many(self, entries: Iterable[Entry]) -> list[Record]:
        """As the ledger's."""
        return self._noted("consume", list(entries), self._ledger.consume_many)

    def look_up(self, entries: Iterable[Entry]) -> list[Record]:
        """As the ledger's."""
        return self._noted("look-up", list(entries), self._ledger.look_up)

    def _noted(self, asked: str, entries: list[Entry], answer: Any) -> list[Record]:
        records: list[Record] = answer(entries)
        for entry, record in zip(entries, records, strict=True):
            # Asked again within a run, the first answer is the one that a second run begins with.
            self._rows.setdefault((asked, entry), _ledger_row(asked, entry, record))
        return records

    def row(self) -> LedgerRows:
        """What was written down."""
        kind, _, place = self.name.partition(":")
        name = f"{kind}:{place.replace(chr(92), '/').rpartition('/')[2]}" if kind == "sqlite" else self.name
        rows = sorted(self._rows.values(), key=lambda row: (row.asked, row.issuer, row.context, row.pseudonym))
        now = (self._now or self._ledger.now()).isoformat()
        return LedgerRows(name=name, read_only=self.read_only, now=now, rows=tuple(rows))


def _ledger_row(asked: str, entry: Entry, record: Record) -> LedgerRow:
    return LedgerRow(
        asked=asked,
        issuer=entry.issuer.hex(),
        credential_class=entry.credential_class,
        context=entry.context.hex(),
        pseudonym=entry.pseudonym.hex(),
        content=entry.content.hex(),
        outcome=str(record.outcome),
        recorded_at=None if record.recorded_at is None else record.recorded_at.isoformat(),
    )


class LedgerReplay:
    """Answers as a ledger did, and nothing else."""

    def __init__(self, rows: LedgerRows, *, at: dt.datetime) -> None:
        """`at` is the instant at which the run judges. Raises NoBundleError where a row is none."""
        from zk.errors import ZkError

        self.name, self.read_only, self._at = rows.name, rows.read_only, at
        try:
            self._then = dt.datetime.fromisoformat(rows.now)
            self._rows = {(row.asked, *_entry(row)): _record(row) for row in rows.rows}
            _ = self._then - at
        except (ValueError, TypeError, ZkError) as error:
            raise NoBundleError(f"the answers of the ledger cannot be read: {str(error)[:200]}") from error

    def now(self) -> dt.datetime:
        """The ledger's time then; while that is still about now, ours: a run would take the rest for a wrong clock."""
        from zk.verifier.reader import AT_TOLERANCE, our_clock

        ours = our_clock()
        return ours if abs(ours - self._at) <= AT_TOLERANCE else self._then

    def consume_many(self, entries: Iterable[Entry]) -> list[Record]:
        """As the ledger did. Raises StorageError where that was not asked."""
        return [self._answer("consume", entry) for entry in entries]

    def look_up(self, entries: Iterable[Entry]) -> list[Record]:
        """As the ledger did. Raises StorageError where that was not asked."""
        return [self._answer("look-up", entry) for entry in entries]

    def _answer(self, asked: str, entry: Entry) -> Record:
        from zk.errors import StorageError

        key = (asked, entry.issuer, entry.credential_class, entry.context, entry.pseudonym, entry.content)
        if key not in self._rows:
            raise StorageError(f"ledger {self.name}: {ERRORS}")
        return self._rows[key]


def _entry(row: LedgerRow) -> tuple[bytes, str, bytes, bytes, bytes]:
    octets = [bytes.fromhex(text) for text in (row.issuer, row.context, row.pseudonym, row.content)]
    return octets[0], row.credential_class, octets[1], octets[2], octets[3]


def _record(row: LedgerRow) -> Record:
    from zk.storage.ledger import Outcome, Record

    when = None if row.recorded_at is None else dt.datetime.fromisoformat(row.recorded_at)
    if when is not None and when.tzinfo is None:
        raise ValueError("a time has no zone")
    return Record(outcome=Outcome(row.outcome), recorded_at=when)

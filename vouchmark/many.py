"""How does a program of one's own check many files, each in a child process that may crash, and take one report after
the other?
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypedDict, Unpack

from provenance.asset import Limits, walk
from provenance.credentials.pool import Pool
from provenance.credentials.trust_lists import TrustLists
from vouchmark.claimed import claimed
from vouchmark.examine import Settings, examine_all, make_settings
from vouchmark.persons import person_settings
from vouchmark.policy import Policy
from vouchmark.report import Line, Report

if TYPE_CHECKING:
    from zk.ledger import NullifierLedger


class Options(TypedDict, total=False):
    """What `vouchmark.check` can be asked besides its source, by the same names and with the same defaults."""

    policy: Policy | None
    trust: TrustLists | None
    at: dt.datetime | None
    engines: tuple[str, ...]
    only: Iterable[Line | str]
    require: Iterable[Line | str]
    limits: Limits | None
    manifest: bytes | None
    fragments: Iterable[bytes]
    snapshot: bool
    crjson: bool
    pictures: bool
    online: bool
    claim_place: str | None
    claim_time: str | None
    vouches: Iterable[bytes]
    issuers: Iterable[bytes] | None
    scopes: Iterable[str]
    slots: int
    ledger: NullifierLedger | None
    nonce: bytes | None
    audience: str | None
    grace: dt.timedelta


def check_many(
    sources: Iterable[str | Path | bytes | BinaryIO],
    *,
    jobs: int = 1,
    in_process: bool = False,
    **options: Unpack[Options],
) -> Iterator[Report]:
    """Examine many assets and yield one report for each, in order, as they become ready.

    A file that crashes its reader, hangs it or floods its memory costs one child process and is reported as `error`;
    the run goes on. Reports are not kept: take each as it comes.

    Args:
        sources: paths, bytes or binary streams; a folder stands for every file in it, and the folders within.
        jobs: child processes at work at the same time.
        in_process: parse in this process, without time and memory limit; for input that you trust.
        options: everything that `check` takes besides.

    Raises:
        ValueError: at once, as `check` does, or where `jobs` is below one.
    """
    settings = _settings(options)
    if jobs < 1:
        raise ValueError(f"got {jobs} jobs, expected at least 1")
    return _reports(sources, settings, jobs=0 if in_process else jobs)


def _reports(sources: Iterable[str | Path | bytes | BinaryIO], settings: Settings, *, jobs: int) -> Iterator[Report]:
    if not jobs:
        yield from examine_all(_files(sources), settings, pool=None)
        return
    with Pool(workers=jobs) as pool:
        yield from examine_all(_files(sources), settings, pool=pool)


def _files(sources: Iterable[str | Path | bytes | BinaryIO]) -> Iterator[Path | bytes | BinaryIO]:
    """Every file, folders walked in order."""
    for source in sources:
        if isinstance(source, str | Path):
            yield from walk([Path(source)])
        else:
            yield source


def _settings(options: Options) -> Settings:
    """The same settings as `check` makes of the same options."""
    rest = dict(options)
    claim = {name: rest.pop(name, None) for name in ("claim_place", "claim_time")}
    names = ("vouches", "issuers", "scopes", "slots", "ledger", "nonce", "audience", "grace")
    person = {name: rest.pop(name) for name in names if name in rest}
    return make_settings(
        **rest,  # type: ignore[arg-type]
        claim=claimed(claim["claim_place"], claim["claim_time"]),  # type: ignore[arg-type]
        person=person_settings(**person),  # type: ignore[arg-type]
    )

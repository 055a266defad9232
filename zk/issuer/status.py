"""What does an issuer have to do, and how does it stand? (Without its passphrase, and asking nothing.)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from zk.errors import RolledBackError
from zk.issuer.enrolment import EnrolmentBooks
from zk.issuer.epochs import open_epochs
from zk.issuer.folder import BOOKS, ISSUER_JSON, seconds
from zk.profile.issuer_info import HolderCount, IssuerInfo, read_info

COUNTS_DAYS: Final = 7
"""Days after which counts that have changed are to be published: sooner, each step would tell of single persons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How an issuer stands at one moment."""

    info: IssuerInfo
    """What is published, as far as the folder knows."""
    trouble: str
    """Why the books are not those of issuer.json, so that the issuer has to be recovered; empty where they are."""
    missing: tuple[str, ...]
    """Epochs of now and next that have no key: no one can be enrolled for them before the next rotation."""
    is_behind: bool
    """Whether the published counts are older than COUNTS_DAYS and no longer those of the books."""
    next_due: datetime
    """When the next rotation is due if it was run now: the start of the next epoch."""
    published_at: datetime | None
    """When issuer.json was last written; None where an earlier version did."""
    counts: tuple[HolderCount, ...]
    """The sizes of the crowds by the books; those that members can rely on are the published ones."""
    resets: int
    open_codes: int
    open_tokens: int
    """Renewal tokens that may still be used."""
    left: int
    """Persons whose codes and tokens were revoked, and who were not invited again."""
    withdrawn: tuple[str, ...]
    """Epochs a key of which was withdrawn."""

    @property
    def is_due(self) -> bool:
        """Whether a rotation would change anything that matters now."""
        return bool(self.missing) or self.is_behind


def status(directory: Path, *, at: datetime) -> Status:
    """Return how the issuer in a folder stands. Raises EncodingError, StorageError or what `from_json` raises."""
    info = read_info(directory / ISSUER_JSON)
    usable = {key.epoch for key in info.keys if not key.compromised}
    opened = open_epochs(info.epoch_length, at)
    books = EnrolmentBooks.open(directory / BOOKS)
    try:
        counts, resets, standing = tuple(books.counts()), books.resets(), books.standing(seconds(at))
        trouble = ""
        try:
            books.check(info)
        except RolledBackError as error:
            trouble = str(error)
    finally:
        books.close()
    published_at = None if standing.published_at is None else datetime.fromtimestamp(standing.published_at, UTC)
    is_old = published_at is None or at - published_at >= timedelta(days=COUNTS_DAYS)
    return Status(
        info=info,
        trouble=trouble,
        missing=tuple(epoch for epoch in opened if epoch not in usable),
        is_behind=is_old and (counts, resets) != (info.counts, info.resets),
        next_due=info.epoch_length.epoch_bounds(opened[1])[0],
        published_at=published_at,
        counts=counts,
        resets=resets,
        open_codes=standing.open_codes,
        open_tokens=standing.open_tokens,
        left=standing.left,
        withdrawn=tuple(sorted({key.epoch for key in info.keys if key.compromised})),
    )

"""What can be told of what a wallet holds, without its secrets?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from zk.profile.issuer_info import IssuerInfo
from zk.profile.personhood import CredentialClass, Level
from zk.profile.words import words_of
from zk.wallet.state import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCredential:
    """What can be told of a credential without its secrets."""

    credential_class: CredentialClass
    epoch: str
    level: Level
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """A request that was made and not answered yet."""

    epoch: str
    words: tuple[str, ...]
    """Four words of its digest: the issuer sees the same ones, and no other request has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMembership:
    """What can be told of an issuer's part of a wallet."""

    info: IssuerInfo
    credentials: tuple[HeldCredential, ...]
    open_requests: tuple[OpenRequest, ...]
    """Requests for epochs of which no credential was accepted yet."""
    used_slots: int
    renew_from: datetime | None
    """When to ask for the next epoch, a random moment, so that asking does not show when one speaks."""
    renewable_until: datetime | None
    """Until when the next epochs can be asked for without a new code; None where the issuer wants to see the person."""
    crowd: int | None
    """Among how many the current credentials hide at least, as last published; None is to be taken for one."""
    restored_in: str | None
    """The epoch in which an older copy of the wallet was put back; None where none was, as far as it knows."""


def held_of(membership: Membership, at: datetime) -> HeldMembership:
    """Return what can be told of an issuer's part at a time. Raises EncodingError."""
    info = membership.info
    epoch = info.epoch_length.epoch_at(at)
    credentials = tuple(
        HeldCredential(
            credential_class=each.credential_class,
            epoch=each.epoch,
            level=each.level,
            is_current=each.epoch == epoch,
        )
        for each in membership.credentials
    )
    issued = {each.epoch for each in credentials}
    current = membership.credential(CredentialClass.LASTING, epoch)
    return HeldMembership(
        info=info,
        credentials=credentials,
        open_requests=tuple(
            OpenRequest(epoch=each.epoch, words=words_of(each.digest))
            for each in membership.pending
            if each.epoch not in issued
        ),
        used_slots=len(membership.uses),
        renew_from=None if membership.renew_from is None else datetime.fromtimestamp(membership.renew_from, UTC),
        renewable_until=None if membership.token is None else datetime.fromtimestamp(membership.token.until, UTC),
        crowd=None if current is None else info.crowd(epoch, current.level, at=at),
        restored_in=membership.restored_in,
    )

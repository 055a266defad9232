"""What may a wallet that was put back from an older copy still say?

It does not know what was vouched for after the copy was made. It asks nobody: an issuer that was asked would learn
pseudonyms. In class `epoch` it waits until the next epoch; in class `lasting` it wants to be told that nothing else was
said in that scope, because a second vouch there makes both void.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from zk.errors import RefusedError
from zk.profile.constants import CredentialClass
from zk.wallet.state import Membership, WalletState


def noticed(state: WalletState, mark: int | None) -> WalletState:
    """Return the state as restored where it lies behind its mark, or has none here although it was written before."""
    if state.count == 0 or (mark is not None and mark <= state.count):
        return state
    return replace(state, restored=True, count=max(state.count, mark or 0))


def settled(state: WalletState, at: datetime) -> WalletState:
    """Write down, for each issuer, in which epoch the wallet was put back. Raises EncodingError.

    That is the later one of `at`, which its owner may have chosen, and this machine's clock: a wait that begins in an
    epoch long past would be over.
    """
    if not state.restored:
        return state
    if isinstance(at, datetime) and at.tzinfo is not None:  # else the epoch's length says what is wrong with it
        at = max(at, our_clock())
    memberships = tuple(
        replace(each, restored_in=max(each.restored_in or "", each.info.epoch_length.epoch_at(at)))
        for each in state.memberships
    )
    return replace(state, memberships=memberships, restored=False)


def our_clock() -> datetime:
    """Return the time by this machine's clock, UTC."""
    return datetime.now(UTC)


def declared_current(state: WalletState) -> WalletState:
    """Return the state of a wallet whose owner says that this is the newest copy."""
    memberships = tuple(replace(each, restored_in=None) for each in state.memberships)
    return replace(state, memberships=memberships, restored=False)


def require_known(
    membership: Membership, credential_class: CredentialClass, epoch: str, *, nothing_said_since: bool
) -> None:
    """Refuse a first use of a slot where it may have been used already. Raises RefusedError."""
    restored_in = membership.restored_in
    if restored_in is None:
        return
    if credential_class is CredentialClass.EPOCH and epoch <= restored_in:
        following = membership.info.epoch_length.next_epoch(restored_in)
        raise RefusedError(
            f"wallet: an older copy of it was put back in {restored_in}; what it vouched for since then is not known, "
            f"so class epoch waits until {following}"
        )
    if credential_class is CredentialClass.LASTING and not nothing_said_since:
        raise RefusedError(
            f"wallet: an older copy of it was put back in {restored_in}; if you have vouched in this scope since that "
            "copy was made, a second vouch makes both void"
        )

"""What do a new issuer.json, a code and an answer make of what a wallet holds of one issuer?

Pure steps from one `Membership` to the next: the wallet reads, takes a step and writes, under its lock.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path

from zk.bbs.core import draw_scalars
from zk.bbs.encoding import scalar_to_octets
from zk.bbs.pseudonym import commit_with_nym, verify_finalize_with_nym
from zk.errors import RefusedError, SignatureError, ZkError
from zk.profile.codes import Code, CodeKind
from zk.profile.continuity import ContinuityStatement, continuity_tag, prove_continuity
from zk.profile.exchange import BlindSignature, EnrolmentRequest, EnrolmentResponse
from zk.profile.issuer_info import IssuerInfo, read_info
from zk.profile.personhood import CredentialClass, header, issuer_messages
from zk.wallet.state import Credential, Lasting, Membership, Pending, Token


def updated(membership: Membership, newer: IssuerInfo) -> Membership:
    """Take a later issuer.json; one that is not later or the same raises UntrustedError."""
    return replace(membership, info=newer) if newer.supersedes(membership.info) else membership


def refreshed(membership: Membership, newer: IssuerInfo | None) -> Membership:
    """Take `newer`, or where it is not given a later version in the file that issuer.json came from."""
    if newer is not None:
        return updated(membership, newer)
    if membership.source is None:
        return membership
    try:
        found = read_info(Path(membership.source))
    except ZkError:
        return membership  # moved or replaced by something else: what needs a later one will say so
    if found.id != membership.info.id or found.serial < membership.info.serial:
        return membership
    return updated(membership, found)


def requested(membership: Membership, code: Code, epoch: str) -> tuple[Membership, bytes]:
    """Return the request for a code and epoch, made now or before, and the membership that remembers it."""
    info = membership.info
    for pending in membership.pending:
        if (pending.code, pending.epoch) == (code.id, epoch):
            return membership, pending.request
    lasting = _lasting_for(membership, code)
    epochal_nyms = _draw_nyms(info.n)
    commitment, lasting_blind = commit_with_nym(lasting.nyms, [], suite=info.suite)
    epochal, epochal_blind = commit_with_nym(epochal_nyms, [], suite=info.suite)
    statement = ContinuityStatement(
        issuer_id=info.id,
        suite=info.suite,
        n=info.n,
        epoch=epoch,
        generation=code.generation,
        code_id=code.id,
        lasting=commitment,
        epochal=epochal,
    )
    tag = continuity_tag(lasting.nyms, info.id, suite=info.suite)
    request = EnrolmentRequest(
        issuer=info.id,
        suite=info.suite,
        code_id=code.id,
        kind=code.kind,
        generation=code.generation,
        epoch=epoch,
        lasting=commitment,
        epochal=epochal,
        tag=None if code.kind.is_renewal else tag,
        proof=prove_continuity(statement, tag, nyms=lasting.nyms, secret_prover_blind=lasting_blind),
    ).signed_by(code)
    pending = Pending(
        digest=request.digest,
        code=code.id,
        epoch=epoch,
        generation=code.generation,
        request=request.encode(),
        lasting_blind=lasting_blind,
        epochal_blind=epochal_blind,
        epochal_nyms=epochal_nyms,
    )
    return membership.with_lasting(lasting).with_pending(pending), pending.request


def _lasting_for(membership: Membership, code: Code) -> Lasting:
    """Return the lasting nyms that a code is for: those of its generation, or fresh ones. Raises RefusedError."""
    known = membership.lasting_of(code.generation)
    if code.kind.is_renewal:
        if known is None or known.entropy is None:
            raise RefusedError(
                "renewal: this wallet does not hold this person's nym secrets; a lost wallet needs a reset"
            )
        return known
    if known is not None:
        # An issuer that has withdrawn a key may have lost its books, and then enrols people again: the same nym secrets
        # make it the same voice, which it could not be with fresh ones.
        if known.entropy is not None and not any(key.compromised for key in membership.info.keys):
            raise RefusedError("wallet: holds a credential of this issuer already: it can be renewed")
        return known
    if any(lasting.generation > code.generation for lasting in membership.lasting):
        raise RefusedError("code: older than this wallet's last reset")
    return Lasting(generation=code.generation, nyms=_draw_nyms(membership.info.n))


def _draw_nyms(n: int) -> tuple[bytes, ...]:
    return tuple(scalar_to_octets(scalar) for scalar in draw_scalars(n))


def pending_of(membership: Membership, answer: EnrolmentResponse) -> Pending | None:
    """Return the request that is answered, or None. Raises SignatureError if it asked for something else."""
    for pending in membership.pending:
        if pending.digest == answer.request:
            if (pending.epoch, pending.generation) != (answer.epoch, answer.generation):
                raise SignatureError("response: for another epoch or generation than was asked for")
            return pending
    return None


def accepted(membership: Membership, pending: Pending, answer: EnrolmentResponse) -> Membership:
    """Verify both signatures and return the membership with the credentials, the entropy pinned.

    Raises SignatureError (header or messages that are not everybody's; switched entropy; another answer than before)
    or UntrustedError (no good key for the epoch).
    """
    lasting = membership.lasting_of(pending.generation)
    if lasting is None:
        raise RefusedError("response: answers no request of this wallet")
    if lasting.entropy is not None and lasting.entropy != answer.lasting.entropy:
        raise SignatureError("issuer: switched the entropy of the lasting nym secrets, which would make them others")
    for credential_class, entropy in (
        (CredentialClass.LASTING, answer.lasting.entropy),
        (CredentialClass.EPOCH, answer.epochal.entropy),
    ):
        before = membership.credential(credential_class, answer.epoch)
        if before is None or before.generation != answer.generation:
            continue
        if (before.entropy, before.level) != (entropy, answer.level):
            raise SignatureError("issuer: answered the same request in another way than before")
    public_key = membership.info.key_for(answer.epoch)
    for credential_class, part, nyms, blind in (
        (CredentialClass.LASTING, answer.lasting, lasting.nyms, pending.lasting_blind),
        (CredentialClass.EPOCH, answer.epochal, pending.epochal_nyms, pending.epochal_blind),
    ):
        credential = _verified(membership.info, credential_class, answer, part, nyms, blind, public_key)
        membership = membership.with_credential(credential)
    renewal = _renewal_moment(membership.info, answer.epoch)
    pinned = replace(lasting, entropy=answer.lasting.entropy)
    membership = replace(membership.with_lasting(pinned), renew_from=max(renewal, membership.renew_from or 0))
    return _with_token(membership, answer)


def _with_token(membership: Membership, answer: EnrolmentResponse) -> Membership:
    """Keep the renewal token of the latest answer; an older answer that is accepted again brings back no used one."""
    kept = membership.token
    if kept is not None and (kept.generation, kept.epoch) > (answer.generation, answer.epoch):
        return membership
    if any((each.generation, each.epoch) > (answer.generation, answer.epoch) for each in membership.credentials):
        return membership
    given = answer.renewal
    token = (
        None
        if given is None
        else Token(secret=given.secret, generation=answer.generation, until=given.until, epoch=answer.epoch)
    )
    return replace(membership, token=token)


def token_code(membership: Membership, at: int) -> Code:
    """Return the code that the membership's renewal token is, at a time (seconds since 1970). Raises RefusedError."""
    token = membership.token
    if token is None:
        raise RefusedError("renewal: the issuer gave no token for it, ask it for a code")
    if token.until <= at:
        raise RefusedError("renewal: the token for it has run out, ask the issuer for a code")
    return Code(kind=CodeKind.TOKEN, generation=token.generation, secret=token.secret)


def _verified(
    info: IssuerInfo,
    credential_class: CredentialClass,
    answer: EnrolmentResponse,
    part: BlindSignature,
    nyms: tuple[bytes, ...],
    blind: bytes,
    public_key: bytes,
) -> Credential:
    """Return the credential if it signs header and messages as they are computed here. Raises SignatureError."""
    nym_secrets = verify_finalize_with_nym(
        public_key,
        part.signature,
        header(info, credential_class, answer.epoch),
        issuer_messages(info, credential_class, answer.epoch, answer.level),
        [],
        nyms,
        part.entropy,
        blind,
        suite=info.suite,
    )
    return Credential(
        credential_class=credential_class,
        epoch=answer.epoch,
        level=answer.level,
        generation=answer.generation,
        public_key=public_key,
        signature=part.signature,
        entropy=part.entropy,
        nym_secrets=nym_secrets,
        blind=blind,
    )


def _renewal_moment(info: IssuerInfo, epoch: str) -> int:
    start, end = (int(bound.timestamp()) for bound in info.epoch_length.epoch_bounds(epoch))
    half = (end - start) // 2
    return start + half + secrets.randbelow(half)

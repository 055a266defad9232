"""To what is a vouch bound, and how is one made, written and read?

A vouch names exactly one binding. Which ones an asset offers is computed here alone, for the wallet before it proves
and for the reader before anything is verified: so the two cannot disagree.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provenance.credentials.binding.base import Match
from vouchmark.errors import VouchmarkError
from vouchmark.lines.facts import Answer, Facts, evidence
from vouchmark.lines.integrity import line as integrity
from vouchmark.report import Line, Status

if TYPE_CHECKING:
    from provenance.asset import Asset
    from provenance.credentials.history.lineage import Node
    from provenance.credentials.own_check import OwnCheck
    from zk.profile.personhood import Binding, CredentialClass, Scope, Stance, Vouch
    from zk.wallet.wallet import Wallet

ENDING: Final = ".vouch"
"""How files that carry a vouch end."""
MEDIA_TYPE: Final = "application/vnd.vouchmark.vouch+cbor"
"""Media type of what they hold."""
MAX_OCTETS: Final = 8192
"""Octets of a vouch at most, as in zk.profile.personhood, not imported before there is a vouch (a test compares)."""


class VouchError(VouchmarkError):
    """No vouch can be made for this file; the message says why, in words for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaBindings:
    """What a vouch for an asset may name, and what it may not."""

    files: tuple[bytes, ...]
    """SHA-256 of the file, unless it is among `bare`."""
    bare: tuple[bytes, ...] = ()
    """SHA-256 of what the file is without the Content Credentials that speak of it: whoever vouched for that has not
    vouched for them, and may never have seen them."""
    manifests: Mapping[bytes, str] = field(default_factory=dict)
    """Digests to labels of the manifests that hold for this file: the bound one and the updates above it."""
    ancestors: Mapping[bytes, str] = field(default_factory=dict)
    """The same of intact earlier versions, which verified links lead to across an edit."""
    components: Mapping[bytes, str] = field(default_factory=dict)
    """The same of intact manifests of what was used in it, and of what that was made from: no version of this file."""
    known: Mapping[bytes, str] = field(default_factory=dict)
    """The same of every manifest that lies in the file, whether it holds or not."""
    measured: bool = True
    """Whether our own check could look at the Content Credentials at all, where there are any."""
    is_part: bool = False
    """Whether the file is the first part of a video in pieces, and others are given with it: its bytes are not all."""

    def accepted(self, *, labels: Collection[str] | None = None) -> tuple[Binding, ...]:
        """The bindings that count for this file; `labels` narrows the manifests to those that it names."""
        from zk.profile.personhood import Binding, BindingKind

        manifests = [digest for digest, label in self.manifests.items() if labels is None or label in labels]
        files = () if self.is_part else self.files
        return (
            *(Binding(kind=BindingKind.FILE, digest=digest) for digest in files),
            *(Binding(kind=BindingKind.MANIFEST, digest=digest) for digest in manifests),
        )


def bindings_of(asset: Asset, facts: Facts, *, bare: bool = True) -> MediaBindings:
    """Every binding of an asset, by the rules of the profile.

    A manifest holds for a file where its hard binding verifies over the file by our own computation with full media
    coverage, and it is the manifest with that binding or an intact update above it. `bare` False spares the digest of
    the file without its store, which costs as much as reading the file again.
    """
    files, without = [bytes.fromhex(asset.sha256)], list[bytes]()
    own = facts.own
    if bare and own is not None and own.store_runs:
        without.append(_digest_without(asset.data, own.store_runs))
    if own is None or own.problem or own.history is None:
        return MediaBindings(
            files=tuple(files), bare=tuple(without), measured=not facts.own_failure, is_part=facts.fragments > 0
        )
    if _lies_elsewhere(own):
        files, without = [], files
    digests = {label: bytes.fromhex(value) for label, value in own.manifest_digests.items()}
    chain = [check.label for check in own.chain]
    status, answer = _integrity(facts)
    in_pieces = _is_first_part(answer)
    holds = chain if _holds(own, status) and not in_pieces else []
    below = [(label, is_earlier) for label, is_earlier in _intact(own.history.root) if label not in chain]
    earlier = {label for label, is_earlier in below if is_earlier}
    return MediaBindings(
        files=tuple(files),
        bare=tuple(without),
        manifests={digests[label]: label for label in holds if label in digests},
        ancestors={digests[label]: label for label in sorted(earlier) if label in digests},
        components={digests[label]: label for label, _ in below if label in digests and label not in earlier},
        known={digest: label for label, digest in digests.items()},
        measured=not in_pieces,
        is_part=facts.fragments > 0,
    )


def _lies_elsewhere(own: OwnCheck) -> bool:
    """Whether Content Credentials that speak of exactly these bytes came from beside the file, or from the network."""
    coverage = own.coverage
    return own.store_matches_file is None and coverage is not None and coverage.match is Match.MATCH


def _holds(own: OwnCheck, integrity_is: Status) -> bool:
    """Whether the bound manifest speaks of exactly these bytes, all media among them, and every update is intact."""
    coverage, chain = own.coverage, own.chain
    if coverage is None or coverage.match is not Match.MATCH or not coverage.is_whole or not own.bound:
        return False
    if "integrity.stores.multiple" in coverage.codes or own.store_matches_file is False:
        return False
    if not chain or chain[-1].label != own.bound or not all(check.is_intact for check in chain):
        return False
    # What an engine found and we did not look for (redactions, say) counts against it as well.
    return integrity_is not in (Status.FAIL, Status.ERROR)


def _integrity(facts: Facts) -> tuple[Status, Answer]:
    answer = integrity.answer(facts)
    return evidence(Line.INTEGRITY, answer).status, answer


def _is_first_part(answer: Answer) -> bool:
    """Whether it is the first part of a video in pieces by itself, which shows nothing of what its manifest binds."""
    return any(draft.code == "integrity.fragments.missing" for draft in answer.drafts)


def _intact(node: Node, *, is_earlier: bool = True) -> list[tuple[str, bool]]:
    """Labels of the manifests below a node that are intact, as far as every step to them is.

    With each whether it is an earlier version: whether every step is from a version to the one that it was made from.
    """
    if node.check is None or node.outcome != "intact":
        return []
    is_earlier = is_earlier and (node.link is None or node.link.relationship == "parentOf")
    found = (one for child in node.children for one in _intact(child, is_earlier=is_earlier))
    return [(node.check.label, is_earlier), *found]


def _digest_without(data: bytes, runs: tuple[tuple[int, int], ...]) -> bytes:
    """SHA-256 of the bytes outside some runs."""
    digest, at, view = hashlib.sha256(), 0, memoryview(data)
    for start, end in runs:
        digest.update(view[at:start])
        at = max(at, end)
    digest.update(view[at:])
    return digest.digest()


def binding_for(asset: Asset, facts: Facts) -> Binding:
    """The one binding that a new vouch for this asset names: its intact manifest, else the file's SHA-256.

    Raises:
        VouchError: the file could not be read, or its Content Credentials do not hold.
    """
    from zk.profile.personhood import Binding, BindingKind

    status, answer = _integrity(facts)
    summary = answer.summary.rstrip(".")
    if status is Status.ERROR:
        raise VouchError(summary[:1].lower() + summary[1:], hint="vouch for a file that can be read")
    if status is Status.FAIL:
        raise VouchError(
            f"its Content Credentials do not hold: {summary[:1].lower() + summary[1:]}",
            hint="vouch for the file as it was signed, or remove the Content Credentials first",
        )
    if _is_first_part(answer):
        raise VouchError(
            "it is the first part of a video in pieces, and the others would not be bound",
            hint="vouch for the whole video as one file",
        )
    found = bindings_of(asset, facts, bare=False)
    # The active one: an update that carries the vouch has the vouched manifest as its only ingredient.
    active = facts.own.active if facts.own is not None else ""
    for digest, label in found.manifests.items():
        if label == active:
            return Binding(kind=BindingKind.MANIFEST, digest=digest)
    return Binding(kind=BindingKind.FILE, digest=bytes.fromhex(asset.sha256))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants to say with a vouch."""

    scope: Scope
    credential_class: CredentialClass
    slot: int | None = None
    """None takes slot 0, or the one in which the same was said before."""
    statement: str | None = None
    stance: Stance | None = None
    """None is `for`, and `note` where there is a statement: what it says, nobody judges."""
    audience: str | None = None
    nonce: bytes | None = None
    nothing_said_since: bool = False
    """Said of a wallet that was put back from a copy: nothing was vouched for in this scope after the copy was made."""


def make(
    wallet: Wallet,
    wish: Wish,
    binding: Binding,
    *,
    at: dt.datetime,
    issuer_id: bytes | None = None,
    pdq: bytes | None = None,
) -> Vouch:
    """Prove. The wallet writes the slot down first, and refuses one that was used for another file or statement.

    Raises the errors of `zk.wallet.wallet.Wallet.present`.
    """
    return wallet.present(
        scope=wish.scope,
        binding=binding,
        at=at,
        credential_class=wish.credential_class,
        issuer_id=issuer_id,
        slot=wish.slot,
        statement=wish.statement,
        stance=wish.stance,
        audience=wish.audience,
        nonce=wish.nonce,
        pdq=pdq,
        nothing_said_since=wish.nothing_said_since,
    )


def vouch_path(media: Path) -> Path:
    """Where a vouch for a file lies by default: `photo.jpg.vouch` beside `photo.jpg`."""
    return media.with_name(media.name + ENDING)

"""Which update carries a vouch, so that both hold each other and nothing else in the file has changed?

An update manifest with the vouch in it is signed over the manifest that the vouch names, its only ingredient: the vouch
binds that manifest's digest, and the update binds the same manifest. The engine that writes it raises nothing where the
result is broken, so that the result is read again by both engines and by ourselves, and compared with what it was made
from, before anybody puts it in place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from provenance.asset import Asset
from provenance.credentials.binding.base import Match
from provenance.credentials.certificates.signer import SignerAssessment
from provenance.credentials.engines.model import Kind as CodeKind
from provenance.credentials.engines.model import Outcome, Reading
from provenance.credentials.errors import CredentialsError, UnsupportedCredentialsError
from provenance.credentials.history.carried import CarriedAssertion, CarriedState, content_of
from provenance.credentials.history.lineage import SOFT_FAILURES
from provenance.credentials.own_check import REMOVABLE, OwnCheck, Problem
from provenance.credentials.signing.apart import carry_out, order_for
from provenance.credentials.signing.c2pa_sign import SigningKey
from provenance.credentials.trust.settings import TrustSettings
from provenance.formats import Kind, Layout, read_layout
from vouchmark.vouching.assertion import VOUCHES

UPDATABLE: Final = (
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/jxl",
    "image/avif",
    "image/heic",
    "image/heif",
    "video/mp4",
)
"""Types in which update manifests survive: in WebP, WAV, MP3, TIFF, DNG, PDF and SVG the engine's come out broken."""
BEFORE: Final = "the file before the vouch"
"""Title of an update's one ingredient; the file's own name is nobody's business."""
OPENED: Final = "the file as it was opened"
"""Title of what a first manifest was made over."""
_OPENED_ID: Final = "xmp:iid:opened"
SIGNABLE: Final = ("image/jpeg", "image/png", "image/jxl")
"""Types in which a first manifest is made here: where the file without it is exactly what it was before."""


class EmbedError(CredentialsError):
    """The vouch cannot be embedded, or the result would not be what was wanted; nothing was put in place."""

    hint = "keep the vouch beside the file, as FILE.vouch"


class WrongManifestError(EmbedError):
    """The vouch names another manifest than the one that the update would be for."""

    hint = "make a vouch for the file as it is now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A file and everything that was found about it, by ourselves and by the engines."""

    asset: Asset = field(repr=False)
    own: OwnCheck | None
    readings: tuple[Reading, ...]
    """One for each engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """A file with one more vouch in it, read again and compared."""

    data: bytes = field(repr=False)
    vouch: CarriedAssertion
    """As it was found in the result."""
    signer: SignerAssessment
    """Who signed the update; says nothing of the file."""
    time: dt.datetime | None
    """What the time stamp over the update says, whoever made it; None without one."""

    @property
    def time_is_trusted(self) -> bool:
        """Whether the authority is on a list, so that this time counts for the vouch."""
        return self.vouch.stamped is not None


def write_vouch(
    before: Looked,
    vouch: bytes,
    *,
    digest: bytes,
    key: SigningKey,
    generator: Mapping[str, str],
    trust: TrustSettings | None = None,
    authority: str = "",
    apart: bool = True,
) -> bytes:
    """The file with an update manifest that carries the vouch; not yet read again: `confirm_vouch` does that.

    Args:
        before: The file, found intact.
        vouch: Octets of the vouch.
        digest: The manifest that it names (SHA-256), which must be the file's active one.
        key: Who signs the update.
        generator: Name and version of the software that does this.
        trust: The lists by which the engine looks at the file; what it finds is recorded for good.
        authority: Address of a time-stamping authority; none is asked where empty.
        apart: Whether the engine runs in a child process.

    Raises:
        UnsupportedCredentialsError: A type in which update manifests do not survive.
        WrongManifestError: The vouch names another manifest.
        EmbedError: The file's Content Credentials do not hold, are not inside it, or the vouch is too large.
        SigningError, TimeStampFetchError: As from `apart.carry_out`.
    """
    asset = before.asset
    if asset.media_type not in UPDATABLE:
        raise UnsupportedCredentialsError(f"in {asset.media_type} files update manifests do not survive")
    if not 0 < len(vouch) <= VOUCHES.max_octets:
        raise EmbedError(f"got a vouch of {len(vouch)} octets, expected 1 to {VOUCHES.max_octets}")
    own = _holds(before)
    if own.manifest_digests.get(own.active) != digest.hex():
        earlier = digest.hex() in own.manifest_digests.values()
        where = "an earlier manifest of this file" if earlier else "a manifest that is not in this file"
        raise WrongManifestError(f"the vouch names {where}, expected the active one, which the update would be for")
    order = order_for(
        {
            "claim_generator_info": [dict(generator)],
            "assertions": [{"label": VOUCHES.label, "data": content_of(vouch, VOUCHES)}],
        },
        key,
        media_type=asset.media_type,
        title=BEFORE,
        is_update=True,
        trust=trust,
    )
    return carry_out(order, asset.data, key, authority=authority, apart=apart)


def sign_first(
    before: Looked,
    *,
    key: SigningKey,
    generator: Mapping[str, str],
    trust: TrustSettings | None = None,
    authority: str = "",
    apart: bool = True,
) -> bytes:
    """A file without Content Credentials with a first manifest; not yet read again.

    The manifest says `c2pa.opened` of the file as it was, its one ingredient, and nothing more: whoever signs here did
    not make the file and knows nothing of its origin, so that `c2pa.created` and a digital source type would be claims
    that nobody can make.

    Raises:
        UnsupportedCredentialsError: A type other than SIGNABLE.
        EmbedError: There are Content Credentials already, or it could not be told.
        SigningError, TimeStampFetchError: As from `apart.carry_out`.
    """
    asset = before.asset
    if asset.media_type not in SIGNABLE:
        raise UnsupportedCredentialsError(f"no first manifest is made here for {asset.media_type} files")
    outcomes = {reading.outcome for reading in before.readings}
    if before.own is None or before.own.problem is not Problem.ABSENT or outcomes - {Outcome.ABSENT}:
        raise EmbedError("the file has Content Credentials already, or it cannot be told whether it has")
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [_OPENED_ID]}}
    order = order_for(
        {
            "claim_generator_info": [dict(generator)],
            "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [opened]}, "created": True}],
        },
        key,
        media_type=asset.media_type,
        title=OPENED,
        instance_id=_OPENED_ID,
        is_update=False,
        trust=trust,
    )
    return carry_out(order, asset.data, key, authority=authority, apart=apart)


def confirm_vouch(before: Looked, after: Looked, vouch: bytes, *, digest: bytes, stamped: bool) -> Embedded:
    """The result, once everything about it is as it must be.

    Args:
        before: The file that the vouch was embedded into.
        after: What `write_vouch` made of it, looked at anew.
        vouch: Octets of the vouch.
        digest: The manifest that it names.
        stamped: Whether a time stamp was asked for.

    Raises:
        EmbedError: Something is not as it must be, and what.
    """
    own, was = _holds(after), _holds(before)
    # 1. The media is what it was, and every manifest that led to it.
    _same_media(before.asset, after.asset)
    if own.bound != was.bound or any(
        own.manifest_digests.get(label) != was.manifest_digests[label] for label in was.checks
    ):
        raise EmbedError("the manifests that were there before came out changed")
    # 2. The vouch came out as it went in, over the manifest that it names.
    found = [one for one in own.carried if one.carrier == own.active]
    expected = {
        "state": CarriedState.PLACED,
        "octets": vouch,
        "updated": was.active,
        "updated_digest": digest.hex(),
        "for_manifest": was.bound,
        "reaches_file": True,
    }
    if len(found) != 1 or any(getattr(found[0], name) != value for name, value in expected.items()):
        raise EmbedError("the vouch did not come out as it was put in")
    # 3. Those that counted before still do.
    kept = {(one.carrier, one.octets, one.for_manifest) for one in own.carried if one.may_count}
    if any((one.carrier, one.octets, one.for_manifest) not in kept for one in was.carried if one.may_count):
        raise EmbedError("a vouch that was there before no longer counts")
    # 4. Both engines say of it what they said before.
    _same_readings(before, after)
    # 5. The time stamp is over this signature.
    signer = own.signers.get(own.active)
    if signer is None:
        raise EmbedError("the update's signer cannot be read")
    if stamped and "timeStamp.validated" not in signer.stamp.codes:
        raise EmbedError("the time stamp does not belong to the update")
    return Embedded(data=after.asset.data, vouch=found[0], signer=signer, time=signer.stamp.time)


def confirm_first(before: Looked, after: Looked) -> None:
    """Check what `sign_first` made: it holds, and the file without it is the one from before. Raises EmbedError."""
    own = _holds(after)
    if own.active != own.bound or len(own.manifest_digests) != 1:
        raise EmbedError("the first manifest came out as more than one")
    _same_media(before.asset, after.asset)
    _same_readings(None, after)


def _holds(looked: Looked) -> OwnCheck:
    """Our own check of a file whose Content Credentials lie in it and hold for all of its media."""
    own = looked.own
    if own is None or own.problem is Problem.LIMIT or (own.history is None and own.problem is not Problem.ABSENT):
        raise EmbedError("the file's Content Credentials could not be read")
    if own.history is not None and own.history.is_cut and not own.bound:
        raise EmbedError("the file has more versions than are looked at")
    if own.problem or own.coverage is None or not own.active:
        raise EmbedError("the file has no Content Credentials")
    if own.store_matches_file is not True:
        raise EmbedError("the Content Credentials are not the one store inside the file")
    chain = own.chain
    is_sound = bool(chain) and chain[-1].label == own.bound and all(check.is_intact for check in chain)
    if own.coverage.match is not Match.MATCH or not own.coverage.is_whole or not is_sound:
        raise EmbedError("the file's Content Credentials do not hold for all of its media")
    return own


def _same_media(before: Asset, after: Asset) -> None:
    """Every byte of media is there again, in order; where a store is only put between other bytes, all of those are."""
    old, new = read_layout(before.data, before.media_type), read_layout(after.data, after.media_type)
    if before.media_type != after.media_type or old.format != new.format:
        raise EmbedError(f"the file came out as {after.media_type}, expected {before.media_type}")
    everything = old.format in REMOVABLE or old.format == "gif"
    if _bytes_of(before.data, old, everything=everything) != _bytes_of(after.data, new, everything=everything):
        raise EmbedError("the media came out with other bytes")


def _bytes_of(data: bytes, layout: Layout, *, everything: bool) -> bytes:
    """The media's bytes, or all but the manifest's."""
    view = memoryview(data)
    return b"".join(
        view[region.start : region.end]
        for region in layout.regions
        if region.kind is Kind.MEDIA or (everything and region.kind is not Kind.MANIFEST)
    )


def _same_readings(before: Looked | None, after: Looked) -> None:
    """No engine finds less than it did, or says anything of bytes and manifests that it did not say.

    What it says of certificates, times and identities does not count: the update's signer is checked before, and an
    engine may call an old certificate expired only once it is an ancestor's. The report says where the engines differ.
    """
    past: Mapping[str, Any] = {} if before is None else {reading.engine: reading for reading in before.readings}
    for reading in after.readings:
        old = past.get(reading.engine)
        if reading.outcome is not Outcome.FOUND and (old is None or old.outcome is not reading.outcome):
            raise EmbedError(f"{reading.engine} does not find the Content Credentials in the result")
        new = _failures(reading) - (_failures(old) if old is not None else frozenset())
        if new:
            raise EmbedError(f"{reading.engine} says of the result: {', '.join(sorted(new))}")


def _failures(reading: Reading) -> frozenset[str]:
    """What an engine says against bytes and manifests."""
    failures = (code.code for code in reading.codes if code.kind is CodeKind.FAILURE)
    return frozenset(code for code in failures if not code.startswith(SOFT_FAILURES))

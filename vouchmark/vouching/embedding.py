"""How does a vouch get into a file's Content Credentials, and what is refused before anything is signed?

Files come from strangers: each is examined in a child process before it is signed, signed in another one that never
sees the key, and what came of it is examined again. Nothing is written here; the result is bytes for whoever asked.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provenance.credentials.engines.model import Outcome, Reading
from provenance.credentials.errors import CredentialsError, UnsupportedCredentialsError
from provenance.credentials.signing.c2pa_sign import SigningKey
from provenance.credentials.signing.time_stamping import TimeStampFetchError
from vouchmark import __version__
from vouchmark.examination.gather import facts_about
from vouchmark.examination.settings import Settings
from vouchmark.lines.engines import line as engines
from vouchmark.lines.facts import Facts, evidence
from vouchmark.lines.integrity import line as integrity
from vouchmark.report import Line, Status
from vouchmark.vouching import updating
from vouchmark.vouching.updating import SIGNABLE, UPDATABLE, Embedded, EmbedError, Looked, WrongManifestError
from vouchmark.vouching.vouch import VouchError

if TYPE_CHECKING:
    from provenance.asset import Asset
    from provenance.workers.pool import Pool
    from zk.profile.personhood import Vouch

CLOCKS_DIFFER: Final = dt.timedelta(minutes=5)
"""How far an authority's clock may be ahead: what Kerberos allows, for the same reason (RFC 4120, section 8.2)."""
GENERATOR: Final = {"name": "Vouchmark", "version": __version__}
"""Who makes the claims of the manifests that are signed here."""
BESIDE: Final = "keep the vouch beside the file, as FILE.vouch: 'vouchmark check' finds it there"
ONCE_MORE: Final = "make a vouch for the file as it is now: 'vouchmark vouch make FILE'"


class StampError(VouchError):
    """The time-stamping authority gave no time stamp: nobody's refusal, and worth another try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A file with a vouch in it, examined again."""

    vouch: Vouch
    embedded: Embedded
    engines: str
    """What the two engines say of the result together, in one sentence."""
    engines_agree: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A file with a first manifest, examined again."""

    asset: Asset = field(repr=False)
    facts: Facts = field(repr=False)


def embed(
    source: Path | bytes,
    octets: bytes,
    *,
    key: SigningKey,
    settings: Settings,
    pool: Pool | None,
    authority: str = "",
) -> Done:
    """A file with an update manifest that carries a vouch for the manifest below it.

    What the vouch proves is not looked at: that takes its issuer, and is the reader's to do.

    Args:
        source: The file, which must be intact.
        octets: The vouch.
        key: Who signs the update.
        settings: With both engines; the lists by which the file is looked at.
        pool: Where to parse; None parses and signs in this process.
        authority: Address of a time-stamping authority, the only thing that is asked of anybody; none where empty.

    Raises:
        AssetError: The file could not be read.
        VouchError: It is refused, with a hint; StampError where only the time stamp could not be had.
        zk.errors.ZkError: The octets are no vouch.
    """
    from zk.profile.personhood import BindingKind, Vouch

    vouch = Vouch.decode(octets)
    asset, facts = facts_about(source, settings, pool=pool)
    if asset.media_type not in UPDATABLE:
        raise VouchError(f"an update manifest would not survive in a file of type {asset.media_type}", hint=BESIDE)
    _intact(facts)
    if vouch.presentation.binding.kind is not BindingKind.MANIFEST:
        raise VouchError("the vouch is bound to a file's bytes, expected one for its Content Credentials", hint=BESIDE)
    before, digest = _looked(asset, facts), vouch.media_digest
    try:
        written = updating.write_vouch(
            before,
            octets,
            digest=digest,
            key=key,
            generator=GENERATOR,
            trust=settings.lists.trust,
            authority=authority,
            apart=pool is not None,
        )
        again, found = facts_about(written, _afterwards(settings), pool=pool)
        done = updating.confirm_vouch(before, _looked(again, found), octets, digest=digest, stamped=bool(authority))
    except CredentialsError as error:
        raise _refusal(error) from error
    _still_intact(found)
    said = engines.answer(found)
    agree = evidence(Line.ENGINES, said).status is Status.PASS
    return Done(vouch=vouch, embedded=done, engines=said.summary, engines_agree=agree)


def sign_first(
    source: Path | bytes, *, key: SigningKey, settings: Settings, pool: Pool | None, authority: str = ""
) -> Signed:
    """A file without Content Credentials with a first manifest, which claims nothing of where it comes from.

    Raises:
        AssetError: The file could not be read.
        VouchError: It is refused, with a hint; StampError where only the time stamp could not be had.
    """
    asset, facts = facts_about(source, settings, pool=pool)
    if asset.media_type not in SIGNABLE:
        kinds = "JPEG, PNG and JPEG XL"
        raise VouchError(f"a first manifest is made for {kinds} alone, got {asset.media_type}", hint=BESIDE)
    if facts.first.outcome is Outcome.FOUND:
        hint = "leave out --sign-first; 'vouchmark vouch embed' puts the vouch in afterwards"
        raise VouchError("the file has Content Credentials already", hint=hint)
    before = _looked(asset, facts)
    try:
        written = updating.sign_first(
            before,
            key=key,
            generator=GENERATOR,
            trust=settings.lists.trust,
            authority=authority,
            apart=pool is not None,
        )
        again, found = facts_about(written, _afterwards(settings), pool=pool)
        updating.confirm_first(before, _looked(again, found))
    except CredentialsError as error:
        raise _refusal(error) from error
    _still_intact(found)
    return Signed(asset=again, facts=found)


def _afterwards(settings: Settings) -> Settings:
    """The same for what was made since: then a stamp of a moment ago is of the past, by a clock that is ahead too."""
    return replace(settings, at=max(settings.at, dt.datetime.now(dt.UTC) + CLOCKS_DIFFER))


def _looked(asset: Asset, facts: Facts) -> Looked:
    readings: tuple[Reading, ...] = tuple(one for one in (facts.engine, facts.second) if one is not None)
    return Looked(asset=asset, own=facts.own, readings=readings)


def _intact(facts: Facts) -> None:
    """Nobody puts a vouch on top of what does not hold: the update would only lend it a new signature."""
    answer = integrity.answer(facts)
    status, said = evidence(Line.INTEGRITY, answer).status, answer.summary.rstrip(".")
    said = said[:1].lower() + said[1:]
    if status is Status.ABSENT:
        hint = (
            "'vouchmark vouch make FILE --sign-first' signs a first manifest for JPEG, PNG and JPEG XL; else " + BESIDE
        )
        raise VouchError("the file has no Content Credentials for a vouch to be in", hint=hint)
    if status is not Status.PASS:
        hint = "embed into the file as it was signed; 'vouchmark check FILE -v' says what is wrong with this one"
        raise VouchError(f"its Content Credentials do not hold: {said}", hint=hint)


def _still_intact(facts: Facts) -> None:
    answer = integrity.answer(facts)
    if evidence(Line.INTEGRITY, answer).status is not Status.PASS:
        raise VouchError(f"the result would not hold ({answer.summary.rstrip('.')}); nothing was written", hint=BESIDE)


def _refusal(error: CredentialsError) -> VouchError:
    """An error of the lower floor, with what to do next."""
    if isinstance(error, TimeStampFetchError):
        return StampError(f"no time stamp: {error}", hint="try again, or name another authority, or leave out --tsa")
    if isinstance(error, WrongManifestError):
        return VouchError(str(error), hint=ONCE_MORE)
    if isinstance(error, EmbedError | UnsupportedCredentialsError):
        return VouchError(f"{error}; nothing was written", hint=BESIDE)
    return VouchError(f"{error}; nothing was written", hint="check the certificates and the key")

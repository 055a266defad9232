"""What do Content Credentials say, in types that belong to no engine?

Names follow the C2PA specification 2.4. Everything is frozen, everything that came from the media is plain text or
numbers, and nothing here decides trust: that is `signer.py`'s and the report's. Most are msgspec structs, because they
cross between processes and every cold start pays for making their classes: a dataclass costs twenty times as much.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from provenance.reasons import Reason

if TYPE_CHECKING:
    from provenance.credentials.store.jumbf import RawStore


class Kind(enum.StrEnum):
    """The three lists in which validators file their codes (C2PA 2.4, section 15.2)."""

    SUCCESS = "success"
    INFORMATIONAL = "informational"
    FAILURE = "failure"


class ValidationCode(Struct, frozen=True, kw_only=True, order=True):
    """One validation code, kept verbatim, with what it speaks of."""

    code: str
    kind: Kind
    url: str
    """JUMBF URI of the subject, empty where the engine names none."""
    io_error: bool = False
    """The engine's explanation named an input/output or memory error: an `error`, never a mismatch."""


class CertificateInfo(Struct, frozen=True, kw_only=True):
    """What a certificate says of itself. Nobody has vouched for these words."""

    subject: Mapping[str, str]
    """Distinguished name attributes by short name (`O`, `CN`, …)."""
    issuer: Mapping[str, str]
    serial: str
    """Lower-case hex."""
    not_before: dt.datetime | None
    not_after: dt.datetime | None


class Timestamp(Struct, frozen=True, kw_only=True):
    """A time stamp's content (RFC 3161), whether or not anybody trusts its authority."""

    time: dt.datetime
    authority: CertificateInfo | None


class Signer(Struct, frozen=True, kw_only=True):
    """Who signed a claim, as the certificate puts it."""

    algorithm: str
    """COSE name in lower case: `es256`, `ps384`, `ed25519`, …; empty where it could not be read."""
    certificate: CertificateInfo | None


class Action(Struct, frozen=True, kw_only=True):
    """One action (C2PA 2.4, section 18.17)."""

    action: str
    """`c2pa.created`, `c2pa.edited`, …"""
    when: str | None = None
    """As written by the signer: a claim, not a time stamp."""
    software_agent: str | None = None
    digital_source_type: str | None = None
    """IPTC NewsCodes URI or a C2PA one, as written."""
    description: str | None = None


class Ingredient(Struct, frozen=True, kw_only=True):
    """Something the asset was made from (C2PA 2.4, section 18.16)."""

    label: str
    """Assertion label within its manifest."""
    url: str
    """Full JUMBF URI of the ingredient assertion."""
    relationship: str
    """`parentOf`, `componentOf` or `inputTo`."""
    title: str | None = None
    format: str | None = None
    manifest: str | None = None
    """Label of the ingredient's own manifest in the store; None where it has none."""
    recorded: tuple[ValidationCode, ...] = ()
    """What the claim generator saw when it added the ingredient."""
    live: tuple[ValidationCode, ...] = ()
    """What this validation saw."""


class Manifest(Struct, frozen=True, kw_only=True):
    """One manifest of the store."""

    label: str
    claim_version: int
    """1 or 2."""
    is_update: bool
    is_compressed: bool
    title: str | None
    format: str | None
    instance_id: str | None
    claim_generator: str
    """`name/version` words of the software that made the claim, as written; empty where none."""
    signer: Signer | None
    timestamp: Timestamp | None
    actions: tuple[Action, ...]
    ingredients: tuple[Ingredient, ...]
    assertions: Mapping[str, Any]
    """Assertion label to its decoded content, where lines look into it (soft bindings, BMFF hashes), binary fields as
    crJSON writes them (`b64'…'`); to None of all others, of which it is told that they are there."""
    codes: tuple[ValidationCode, ...]
    """Results for this manifest, sorted. For ancestors validated only as ingredients: what the engine says of them."""
    redacted: tuple[str, ...] = ()
    """JUMBF URIs of assertions redacted by this manifest."""


class _Beside:
    """Room for what is kept with a store beside its fields: it is neither compared nor sent anywhere."""

    __slots__ = ("_manifests", "_parsed")
    _manifests: Mapping[str, Manifest]
    _parsed: object


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestStore(_Beside):
    """The whole store as one engine sees it. The active manifest stands first."""

    manifests: tuple[Manifest, ...]
    embedded: bool
    """False for a sidecar."""
    raw: bytes = field(default=b"", repr=False)
    """The manifest store's own bytes (JUMBF), empty where the engine does not give them."""

    @property
    def active(self) -> Manifest:
        """The active manifest."""
        return self.manifests[0]

    @property
    def parsed(self) -> RawStore | None:
        """What `raw` was taken apart into, where somebody has done so."""
        found: RawStore | None = getattr(self, "_parsed", None)
        return found

    def keep(self, parsed: RawStore) -> None:
        """Remember what `raw` was taken apart into."""
        object.__setattr__(self, "_parsed", parsed)

    def manifest(self, label: str) -> Manifest | None:
        """The manifest with that label, the first of several; None where the store has none."""
        if not hasattr(self, "_manifests"):
            object.__setattr__(self, "_manifests", {one.label: one for one in reversed(self.manifests)})
        return self._manifests.get(label)


class Outcome(enum.StrEnum):
    """What an engine could do with an asset."""

    FOUND = "found"
    """There is a manifest store and it was read."""
    ABSENT = "absent"
    """A type that the engine reads, and no manifest store in it."""
    REMOTE = "remote"
    """Only a reference to a manifest store somewhere else; nothing is fetched unless asked."""
    UNSUPPORTED = "unsupported"
    """A type, or a shape of a type, that the engine does not read."""
    UNPARSABLE = "unparsable"
    """The asset or its manifest store is malformed."""
    ERROR = "error"
    """The engine crashed, hung, ran out of memory or could not be started: says nothing about the asset."""
    SKIPPED = "skipped"
    """The engine was not asked."""


class State(enum.StrEnum):
    """The specification's validation state (C2PA 2.4, section 14.3)."""

    INVALID = "Invalid"
    VALID = "Valid"
    TRUSTED = "Trusted"


class Reading(Struct, frozen=True, kw_only=True):
    """What one engine read from one asset."""

    engine: str
    """`c2pa-rs` or `encypher-c2pa`."""
    version: str
    outcome: Outcome
    state: State | None = None
    """The engine's own overall state; None where it gave none, as always where there is no store to judge."""
    store: ManifestStore | None = None
    codes: tuple[ValidationCode, ...] = ()
    """Every code with its subject, sorted and without duplicates (also those of ingredients)."""
    reason: Reason | None = None
    """Why nothing was read; None where something was, or there is nothing more to say."""
    remote_url: str = ""
    """The address of a remote manifest store, as written in the asset."""
    answers: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Engine-specific single answers (`integrity`, `signature`, `hard_binding`, `trust`) where it gives them."""

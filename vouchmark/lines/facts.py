"""What does every line of evidence look at, and how does it become numbered findings?"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from provenance.credentials.engines.model import (
    CertificateInfo,
    Kind,
    Manifest,
    Outcome,
    Reading,
    ValidationCode,
)
from provenance.credentials.own_check import OwnCheck, Problem
from provenance.files.sidecar import Sidecar
from provenance.metadata import Metadata
from provenance.reasons import Reason
from vouchmark.codes.values import value_of
from vouchmark.lines.subjects import Subjects
from vouchmark.report import Evidence, Finding, Json, Line, NotChecked, ReportPicture, Root, Status, most_serious
from vouchmark.wording.catalogue import because, gap, say
from vouchmark.wording.model import Said

if TYPE_CHECKING:
    from provenance.credentials.trust.view import Label
    from provenance.hashes.likeness import Likeness
    from provenance.net.online import Contact
    from vouchmark.examination.claimed import Claimed
    from vouchmark.known.lookup import Lookup
    from vouchmark.known.originals import Compared
    from vouchmark.known.soft_bindings import SoftBinding, SoftCheck
    from vouchmark.lines.authority import Speaker

FRAGMENT: Final = "video/iso.segment"
"""A media segment of a fragmented video: its Content Credentials lie in another file."""
STORE_ALONE: Final = "application/c2pa"
"""A manifest store without the media that it belongs to."""


class StoreOrigin(enum.StrEnum):
    """From where a manifest store came that does not lie in the file."""

    GIVEN = "given"
    """By the reader."""
    BESIDE = "beside"
    """From a file beside this one."""
    REMOTE = "remote"
    """From the address that the file names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideStore:
    """A manifest store that was read from somewhere else than the file."""

    origin: StoreOrigin
    sha256: str
    """Of its bytes, lower-case hex."""
    host: str = ""
    """Where a remote one was fetched from."""
    name: str = ""
    """Of the file that it lies in, beside this one."""


class _Lookups:
    """Room for what is looked up in the facts again for every manifest, beside their fields."""

    __slots__ = ("_speakers", "_subjects")
    _speakers: Mapping[str, Speaker]
    _subjects: Subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts(_Lookups):
    """Everything known about one asset before any line has spoken."""

    name: str
    media_type: str | None
    named_type: str | None
    """The type that the file's name claims, where the content disagrees."""
    first: Reading
    """The engine whose store the lines describe."""
    second: Reading | None
    """The independent engine; None where it was not asked."""
    refused: Reading | None = None
    """What the first engine came to, where it gives no account and the lines describe our own."""
    at: dt.datetime
    unreadable: str = ""
    """Why the bytes could not be read, in a word; empty where they were."""
    unreadable_words: str = ""
    """The same in a sentence."""
    signer_lists: bool = False
    """Whether the reader has any list of claim signers."""
    tsa_lists: bool = False
    """Whether the reader has any list of time-stamping authorities."""
    fetched_from: tuple[str, ...] = ()
    """The host that the reader named, and the one that it sent on to; empty where the file was not fetched."""
    product_lists: bool = False
    """Whether a list of conforming products is kept."""
    list_dates: Mapping[Label, str] = field(default_factory=dict)
    """Of the lists of claim signers by their label, where all that bear it have one date."""
    fragments: int = 0
    """How many media segments of a stream were given with it."""
    own: OwnCheck | None = None
    """What we established ourselves; None where that was not possible, and then the first engine's word stands."""
    own_failure: Reason | None = None
    """Why our own check is missing; None where it is there or was not asked."""
    metadata: Metadata | None = None
    """What the file's own metadata says (`reason` where that could not be read); None where it was not looked at."""
    picture_reason: Reason | None = None
    """Why the picture could not be measured; None where it could, or it is no picture."""
    outside: OutsideStore | None = None
    """Where the Content Credentials came from, where not from the file itself."""
    missing: tuple[str, ...] = ()
    """Engines that were to be asked and for which there is no build for this system."""
    beside: Sidecar = field(default_factory=Sidecar)
    """The manifest stores that lie beside the file, used or not."""
    is_online: bool = False
    """Whether the reader allowed asking over the network."""
    contacts: tuple[Contact, ...] = ()
    """Who was asked, and what came of it."""
    claim: Claimed | None = None
    """What somebody says about place and time; None where nothing is said."""
    snapshot: dt.date | None = None
    """Date of the second engine's bundled lists, where they may answer because the reader has none."""
    has_index: bool = False
    """Whether the reader named an index of known media."""
    original: Compared | None = None
    """The original that the reader gave, and what came of comparing; None where none was, or nobody asks."""
    likeness: Likeness | None = None
    """The picture against the thumbnails in its own history; None where it has none, or nobody looked."""
    known: Lookup | None = None
    """What that index says; None where the file could not be read or nobody asks."""
    soft_bindings: tuple[SoftBinding, ...] = ()
    """What the signer wrote down of the file's looks."""
    soft_checks: tuple[SoftCheck, ...] = ()
    """Those of them that were recomputed, or why not."""

    @property
    def engine(self) -> Reading:
        """What the first engine itself came to."""
        return self.refused or self.first

    @property
    def bound(self) -> Manifest | None:
        """The manifest that carries the hard binding: the active one, or the one below its update manifests.

        An update manifest has exactly one ingredient, the manifest that it updates (C2PA 2.4, section 11.2.2).
        """
        store = self.first.store
        if store is not None and self.own is not None and not self.own.problem:
            return store.manifest(self.own.bound) if self.own.bound else None
        manifest = store.active if store else None
        visited: set[str] = set()
        while store and manifest and manifest.is_update and manifest.label not in visited:
            visited.add(manifest.label)
            parents = [i.manifest for i in manifest.ingredients if i.relationship == "parentOf" and i.manifest]
            manifest = store.manifest(parents[0]) if len(parents) == 1 else None
        return manifest if manifest and not manifest.is_update else None

    def codes_of(self, manifest: Manifest) -> tuple[ValidationCode, ...]:
        """Every code that the first engine gave with that manifest as its subject, wherever it filed it."""
        if not hasattr(self, "_subjects"):
            object.__setattr__(self, "_subjects", Subjects(self.first.codes))
        return tuple(code for code in self._subjects.of(manifest) if not self.is_about_identity(manifest, code))

    @property
    def speakers(self) -> Mapping[str, Speaker]:
        """Who says something, by the label of the manifest; nobody where our own check is missing."""
        if not hasattr(self, "_speakers"):
            from vouchmark.lines import authority

            object.__setattr__(self, "_speakers", authority.speakers(self.own))
        return self._speakers

    @property
    def metadata_cut(self) -> tuple[str, ...]:
        """What of the file's own metadata was not looked at though it is read in files like this, in words."""
        if self.metadata is None:
            return ()
        return (
            *self.metadata.cut,
            *((say("cut.unread", reason=self.metadata.reason),) if self.metadata.reason else ()),
        )

    def is_about_identity(self, manifest: Manifest, code: ValidationCode) -> bool:
        """Whether the engine speaks of an identity that it cannot read, for which it has no word of its own.

        It then says that a required assertion is missing from the manifest. Only where we find such an identity and
        nothing else wrong with the manifest: an identity moves nothing but what is said of it.
        """
        check = self.own.checks.get(manifest.label) if self.own is not None else None
        if code.code != "assertion.required.missing" or self.own is None or check is None or not check.is_intact:
            return False
        unreadable = ("cawg.identity.cbor.invalid",)
        return any(one.manifest == manifest.label and one.codes == unreadable for one in self.own.identities)

    def expired(self, manifest: Manifest) -> bool:
        """Whether the signer's certificate was out of its validity at the time that counts, judged at `at`.

        The time that counts is the time stamp's where the engine accepts the stamp, else `at`: the engine's own
        answer depends on the wall clock, and a report must not.
        """
        certificate = manifest.signer.certificate if manifest.signer else None
        if certificate is None or certificate.not_before is None or certificate.not_after is None:
            return False
        codes = self.codes_of(manifest)
        stamped = (
            manifest.timestamp is not None and has(codes, "timeStamp.validated") and has(codes, "timeStamp.trusted")
        )
        moment = manifest.timestamp.time if stamped and manifest.timestamp else self.at
        return not certificate.not_before <= moment <= certificate.not_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A finding before it has its number."""

    code: str
    status: Status
    statement: Said
    source: str
    root: Root
    subject: str
    detail: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drafter:
    """By whose word findings of one kind are, and on what they rest."""

    source: str
    root: Root

    def __call__(
        self, code: str, status: Status, statement: Said, subject: str, detail: Mapping[str, Json] | None = None
    ) -> Draft:
        """One finding of that kind."""
        return Draft(
            code=code,
            status=status,
            statement=statement,
            source=self.source,
            root=self.root,
            subject=subject,
            detail=dict(detail or {}),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one line has to say: its findings, its sentence, and what it did not look at."""

    summary: Said
    drafts: tuple[Draft, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    status: Status | None = None
    """Only where the line's status is not its most serious finding: where there are no findings at all, and where some
    speak of something else than the line asks about (identities on the signer's line, unsigned words beside signed
    ones on the ai line)."""
    pictures: tuple[ReportPicture, ...] = ()
    """For people's eyes, encoded by us."""


def evidence(line: Line, answer: Answer) -> Evidence:
    """Number an answer's drafts; the line's status is its most serious finding, unless the answer says otherwise."""
    findings = tuple(
        Finding(
            id=f"{line}.{number}",
            code=draft.code,
            status=draft.status,
            statement=str(draft.statement),
            source=draft.source,
            root=draft.root,
            subject=draft.subject,
            detail=draft.detail,
            message=draft.statement.message,
        )
        for number, draft in enumerate(answer.drafts, start=1)
    )
    status = answer.status or most_serious(finding.status for finding in findings)
    value = value_of(line, status, findings)
    summary = answer.summary
    return Evidence(status=status, summary=str(summary), message=summary.message, findings=findings, value=value)


def source_of(reading: Reading) -> str:
    """The engine as findings name it; ourselves where no engine was asked."""
    if reading.outcome is Outcome.SKIPPED or reading.reason is Reason.NOTHING_TO_READ:
        return "vouchmark"
    return f"{reading.engine} {reading.version}".strip()


def failures(codes: Iterable[ValidationCode]) -> tuple[ValidationCode, ...]:
    """Those codes that the specification files under failure."""
    return tuple(code for code in codes if code.kind is Kind.FAILURE)


def has(codes: Iterable[ValidationCode], *names: str) -> bool:
    """Whether any of those codes is among them."""
    return any(code.code in names for code in codes)


def certificate_name(certificate: CertificateInfo | None) -> str:
    """What a certificate calls its subject: organisation and, where it says more, common name; empty where neither."""
    if certificate is None:
        return ""
    organisation = certificate.subject.get("O", "").strip()
    common = certificate.subject.get("CN", "").strip()
    if organisation and common and common.casefold() != organisation.casefold():
        return f"{organisation} ({common})"
    return organisation or common


def day(moment: dt.datetime) -> str:
    """A date for a sentence, in UTC."""
    return moment.astimezone(dt.UTC).date().isoformat()


def instant(moment: dt.datetime) -> str:
    """RFC 3339 in UTC, whole seconds: how every instant in a detail is written."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def own_lack(facts: Facts) -> str:
    """Why our own check is missing although there was something to check, in a word; empty where it is not.

    Whoever makes a file can also make it one that we give up on: then no engine's word alone is enough.
    """
    if facts.own_failure:
        return str(facts.own_failure)
    if facts.own is not None and facts.first.outcome is Outcome.FOUND:
        return str(facts.own.problem or "")
    return ""


def has_unreached_store(facts: Facts) -> bool:
    """Whether the engine finds no Content Credentials, and some, or what looks like some, lie in the file's bytes.

    They may have been cut off by a later change, or belong to something inside the file: nothing follows but that.
    """
    own = facts.own
    found = own is not None and (own.problem is not Problem.ABSENT or bool(own.hidden.stores))
    return facts.first.outcome is Outcome.ABSENT and found


def is_searched_in_part(facts: Facts) -> bool:
    """Whether there is more in the file than was searched for Content Credentials."""
    return facts.own is not None and facts.own.hidden.is_cut


def is_cut_off(facts: Facts) -> bool:
    """Whether the file breaks off before its end, so that what was not found in it may have been in the rest."""
    return facts.own is not None and facts.own.cut is not None


def own_gap(facts: Facts) -> tuple[NotChecked, ...]:
    """What to say where our own check is missing although there was something to check."""
    why = own_lack(facts)
    return (gap(say("gap.own"), because(why)),) if why else ()

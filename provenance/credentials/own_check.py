"""What do we ourselves establish about a file's Content Credentials, whatever any engine says?

One entry point for the report: signatures and signers of every manifest reached, what the hard binding covers, and the
history. Pure: bytes and lists in, frozen data out; no clock, no network, no file.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from provenance.credentials.binding.coverage import Coverage, hard_bindings, measure, with_tail
from provenance.credentials.certificates.ocsp import Fresh, by_serial
from provenance.credentials.certificates.signer import SignerAssessment, assess_signer
from provenance.credentials.errors import CredentialsError, CredentialsLimitError
from provenance.credentials.history.ai_statements import AiStated
from provenance.credentials.history.carried import CarriedAssertion, find_carried
from provenance.credentials.history.history import History, Node, trace
from provenance.credentials.history.lineage import below_update
from provenance.credentials.history.manifest_check import ManifestCheck
from provenance.credentials.history.statements import Declared
from provenance.credentials.identities.attached import check_identities
from provenance.credentials.identities.identity import IdentityCheck
from provenance.credentials.store.hidden_model import Hidden
from provenance.credentials.store.in_file import NOT_READ, Container, container_of, layout_of, store_in_file
from provenance.credentials.store.jumbf import RawStore, parse_store
from provenance.credentials.store.octets.found import StoreOctets
from provenance.credentials.store.octets.in_file import octets_in_file
from provenance.credentials.trust.view import TrustView
from provenance.formats import Layout
from provenance.formats.cut_off.model import CutOff
from provenance.options import CarriedLabel
from provenance.readings.model import SecondReading

REMOVABLE: Final = frozenset({"jpeg", "png", "jxl"})
"""Formats in which a store is put between other bytes and changes none of them: no table of offsets, no length."""


class Problem(enum.StrEnum):
    """Why there is no store of which anything could be established."""

    ABSENT = "absent"
    """There is none."""
    MALFORMED = "malformed"
    """What is there cannot be read as one."""
    LIMIT = "limit"
    """It is over a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCheck:
    """Everything that we establish ourselves."""

    problem: Problem | None
    """Why there is nothing below; None where there is."""
    why: str = ""
    """What is malformed, or over which limit: got and expected."""
    addresses: tuple[str, ...] = ()
    """Where the file says that its Content Credentials are kept, where there are none in it (text)."""
    active: str = ""
    """Label of the active manifest."""
    bound: str = ""
    """Label of the manifest that carries the hard binding: the active one, or the one that verified updates lead to;
    empty where there is none."""
    checks: Mapping[str, ManifestCheck] = field(default_factory=dict)
    """Every manifest that the walk reached, by label."""
    signers: Mapping[str, SignerAssessment] = field(default_factory=dict)
    """Signers of the same manifests, where a signature could be read."""
    coverage: Coverage | None = None
    history: History | None = None
    declared: Mapping[str, Declared] = field(default_factory=dict)
    """Times and places that verified assertions state, by manifest; those that state none are missing."""
    ai: Mapping[str, AiStated] = field(default_factory=dict)
    """What verified assertions and claims say about AI, by manifest; those that say nothing are missing."""
    claimed_times: Mapping[str, int] = field(default_factory=dict)
    """When signers' own clocks say that they signed, in seconds since 1970, by manifest."""
    identities: tuple[IdentityCheck, ...] = ()
    """Identity assertions (CAWG) of the same manifests, nearest to the active one first; at most MAX_IDENTITIES."""
    more_identities: int = 0
    """How many more of them there are."""
    manifest_digests: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of every manifest of the store without its box header, lower-case hex (the `c2pa-manifest` binding)."""
    store_matches_file: bool | None = None
    """Whether the store handed in is the one in the file; None where none is there, or it came from elsewhere."""
    carried: tuple[CarriedAssertion, ...] = ()
    """Assertions of the label that was asked for, those that may count for the file first (`history.carried`)."""
    more_carried: int = 0
    """How many more of them there are."""
    hidden: Hidden = field(default_factory=Hidden)
    """Stores that lie where the file's format has no place for them."""
    container: Container = NOT_READ
    """How far the file could be read as what its type is."""
    cut: CutOff | None = None
    """Where the file breaks off before its end; None where nothing shows that it does."""
    octets: StoreOctets = field(default_factory=StoreOctets)
    """What of the store nobody signed."""
    read_as: str = ""
    """The type as which the file was looked at, where its name has a say in what it is called (text); else empty."""
    second_readings: tuple[SecondReading, ...] = ()
    """Other types as which the file can be read, declared and hashed parts left out."""
    store_runs: tuple[tuple[int, int], ...] = ()
    """Where the file's only store lies (start, end), in formats in which the file without it is exactly the other bytes
    (REMOVABLE); empty elsewhere."""
    store: RawStore | None = field(default=None, repr=False)
    """The store that all of this speaks of; None where it could not be read, and on the other side of a pipe."""

    @property
    def signer(self) -> SignerAssessment | None:
        """The signer of the bound manifest: later updates never raise or lower this answer."""
        return self.signers.get(self.bound)

    @property
    def check(self) -> ManifestCheck | None:
        """The bound manifest by itself."""
        return self.checks.get(self.bound)

    @property
    def chain(self) -> tuple[ManifestCheck, ...]:
        """The active manifest, the updates below it and the bound manifest: all that must hold for these bytes."""
        node = self.history.root if self.history is not None else None
        found: list[ManifestCheck] = []
        while node is not None and node.check is not None:
            found.append(node.check)
            node = below_update(node)
        return tuple(found)

    def without_bytes(self) -> OwnCheck:
        """The same without assertions' bytes, signatures and thumbnails: small enough to send between processes."""
        checks = {label: replace(check, verified=(), sign1=None) for label, check in self.checks.items()}
        return replace(self._with(checks), checks=checks, store=None)

    def folded(self) -> OwnCheck:
        """The same with what was checked of a manifest in `checks` alone, however many links lead to it."""
        return self._with({label: _named(check) for label, check in self.checks.items()})

    def unfolded(self) -> OwnCheck:
        """What was folded, with every node of the history at its check again."""
        return self._with(self.checks)

    def _with(self, checks: Mapping[str, ManifestCheck]) -> OwnCheck:
        if self.history is None:
            return self
        return replace(self, history=replace(self.history, root=_mapped(self.history.root, checks)))


def _named(check: ManifestCheck) -> ManifestCheck:
    """Nothing but which one it is."""
    return ManifestCheck(
        label=check.label,
        signature=check.signature,
        codes=(),
        verified=(),
        changed=(),
        absent=(),
        undeclared=(),
        sign1=None,
        source_types=frozenset(),
        actions=(),
    )


def _mapped(node: Node, checks: Mapping[str, ManifestCheck]) -> Node:
    """A node without bytes and with these checks, and all below it; as deep as links are followed."""
    check = checks.get(node.check.label) if node.check else None
    thumbnail = replace(node.thumbnail, data=memoryview(b"")) if node.thumbnail else None
    children = tuple(_mapped(child, checks) for child in node.children)
    return replace(node, check=check, thumbnail=thumbnail, children=children)


def _bound(root: Node) -> tuple[str, bool]:
    """(label of the manifest with the hard binding, whether updates follow it). Only verified parent links count."""
    node: Node | None = root
    updated = False
    while node is not None and node.check is not None:
        if not node.is_update:
            return node.check.label, updated
        updated = True
        node = below_update(node)
    return "", updated


def _kept(checks: Iterable[ManifestCheck]) -> tuple[dict[str, list[bytes]], dict[int, list[bytes]]]:
    """(time stamps by manifest label, OCSP responses by serial number) that intact manifests keep for others."""
    stamps: dict[str, list[bytes]] = {}
    answers: list[bytes] = []
    for check in checks:
        if not check.is_intact:
            continue
        for assertion in check.verified:
            if assertion.kind != "cbor" or assertion.base_label not in ("c2pa.time-stamp", "c2pa.certificate-status"):
                continue
            try:
                content = assertion.map()
            except CredentialsError:
                continue
            if assertion.base_label == "c2pa.time-stamp":
                for label, token in content.items():
                    if isinstance(token, bytes):
                        stamps.setdefault(label, []).append(token)
            else:
                values = content.get("ocspVals")
                found = values if isinstance(values, list) else []
                answers += [value for value in found if isinstance(value, bytes)]
    return stamps, by_serial(answers)


def _signers(
    store: RawStore,
    checks: Sequence[ManifestCheck],
    *,
    trust: TrustView,
    at: dt.datetime,
    fresh: Fresh | None,
    asking: bool,
) -> dict[str, SignerAssessment]:
    stamps, answers = _kept(checks)
    found: dict[str, SignerAssessment] = {}
    for check in checks:
        if check.sign1 is None:
            continue
        manifest = store.manifest(check.label) or store.active
        found[check.label] = assess_signer(
            check.sign1,
            manifest.claim_bytes,
            trust=trust,
            at=at,
            source_types=check.source_types,
            later_stamps=tuple(stamps.get(check.label, ())),
            later_answers=answers,
            fresh=fresh,
            asking=asking,
        )
    return found


def _declared(checks: Mapping[str, ManifestCheck]) -> dict[str, Declared]:
    from provenance.credentials.history.statement_reader import declared

    found = {label: declared(check.verified, check.unread) for label, check in checks.items()}
    return {label: one for label, one in found.items() if not one.is_empty}


def _ai(store: RawStore, checks: Mapping[str, ManifestCheck]) -> dict[str, AiStated]:
    from provenance.credentials.history.ai_reader import ai_stated

    found = {}
    for label, check in checks.items():
        manifest = store.manifest(label) or (store.active if store.active.label == label else None)
        said = ai_stated(manifest, check) if manifest is not None else AiStated()
        if said.statements or said.is_cut:
            found[label] = said
    return found


def examine_own(
    data: bytes,
    media_type: str,
    store_bytes: bytes | None,
    *,
    parsed: RawStore | None = None,
    layout: Layout | None = None,
    trust: TrustView,
    at: dt.datetime,
    is_sidecar: bool = False,
    beside: bytes | None = None,
    fragments: Sequence[bytes] = (),
    fresh: Fresh | None = None,
    asking: bool = False,
    carries: CarriedLabel | None = None,
) -> OwnCheck:
    """Everything that we establish ourselves about one file.

    Args:
        data: the whole file.
        media_type: as recognised from the content.
        store_bytes: the manifest store as an engine gave it, or a sidecar's; None to use the one found in the file.
        parsed: what `store_bytes` were taken apart into, where that has been done.
        layout: the file's parts, where somebody has looked for them.
        trust: the reader's lists (`trust.view.view_of`).
        at: aware; expiry and lists are judged at this instant, unless a trusted time stamp proves another.
        is_sidecar: whether the store came from beside the file.
        beside: a store that lies there, for a file that has none of its own where none is given.
        fragments: the other files of a fragmented stream.
        fresh: revocation answers that were asked for just now.
        asking: whether it is wanted what could be asked about revocation.
        carries: which assertions to look for in the history; none where None.

    Returns:
        The outcome; `problem` says why where the store could not be read. Never raises for what the bytes hold.

    Raises:
        ValueError: `at` is naive.
    """
    # Only now: whoever only reads what was established needs none of the readers of formats.
    from provenance.credentials.binding.readings import readings_in, readings_of
    from provenance.credentials.store.hidden import find_hidden
    from provenance.formats.cut_off.reading import cut_off
    from provenance.formats.text.layout import READ_AS

    if at.tzinfo is None:
        raise ValueError("got a time without a zone, expected an aware one")
    layout = layout_of(data, media_type) if layout is None else layout
    cut = cut_off(data, layout)
    nothing = OwnCheck(problem=Problem.ABSENT, cut=cut, container=container_of(layout), addresses=layout.addresses)
    read_as = READ_AS.get(layout.format, "")
    if store_bytes is None and not layout.stores and beside:
        store_bytes, is_sidecar = beside, True
    raw = store_bytes if store_bytes is not None else next(iter(layout.stores), b"")
    if not raw:
        return replace(nothing, hidden=find_hidden(data, media_type, layout))
    try:
        store = parse_store(raw) if parsed is None else parsed
        own = store_in_file(raw, store, layout) if layout.stores and not is_sidecar else None
        history = trace(own or store)
    except CredentialsError as error:
        problem = Problem.LIMIT if isinstance(error, CredentialsLimitError) else Problem.MALFORMED
        hidden = find_hidden(data, media_type, layout)
        return replace(nothing, problem=problem, why=str(error), hidden=hidden)
    matches = None if is_sidecar or not layout.stores else own is not None
    store = own or store
    nodes = tuple(history.root.walk())
    bound, updated = _bound(history.root)
    checks = {node.check.label: node.check for node in nodes if node.check is not None}
    check = checks.get(bound)
    bindings = hard_bindings(check.verified) if check else ()
    manifest = store.manifest(bound) if bound else None
    coverage = measure(
        bindings[0] if len(bindings) == 1 else None,
        data,
        layout,
        manifest=bound,
        algorithm=(manifest or store.active).algorithm,
        is_updated=updated,
        fragments=fragments,
        verified=check.verified if check else (),
    )
    if store.has_tail and not is_sidecar:
        coverage = with_tail(coverage)
    moment = at.astimezone(dt.UTC)
    signers = _signers(store, tuple(checks.values()), trust=trust, at=moment, fresh=fresh, asking=asking)
    stamps = {label: signer.stamp for label, signer in signers.items()}
    digests = {one.label: one.digest.hex() for one in store.manifests}
    carried, more_carried = find_carried(store, history, carries, bound=bound, signers=signers, digests=digests)
    identities, more_identities = check_identities(store, nodes, trust=trust, at=moment, stamps=stamps)
    return OwnCheck(
        problem=None,
        # Behind the digest: what goes over a large file beside all else has come far by then.
        hidden=find_hidden(data, media_type, layout),
        cut=cut,
        container=nothing.container,
        active=store.active.label,
        bound=bound,
        checks=checks,
        signers=signers,
        coverage=coverage,
        history=history,
        declared=_declared(checks),
        ai=_ai(store, checks),
        claimed_times={
            label: one.sign1.claimed_time
            for label, one in checks.items()
            if one.sign1 is not None and one.sign1.claimed_time is not None
        },
        identities=identities,
        more_identities=more_identities,
        manifest_digests=digests,
        store_matches_file=matches,
        carried=carried,
        more_carried=more_carried,
        octets=octets_in_file(
            store, history, layout, is_sidecar=is_sidecar, differs=matches is False, trust=trust, at=moment
        ),
        read_as=read_as,
        second_readings=(
            *readings_of(data, read_as or media_type, layout, coverage, bound=check, store=store, history=history),
            *readings_in(fragments),
        ),
        store_runs=layout.manifest_runs() if len(layout.stores) == 1 and layout.format in REMOVABLE else (),
        store=store,
    )

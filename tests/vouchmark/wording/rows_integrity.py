"""Rows on bytes, coverage and what could not be read."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from provenance.credentials.binding.base import FILES_AS_MAP, PLACED_FRAGMENTS, Match
from provenance.credentials.engines.model import Kind, Outcome
from provenance.credentials.history.manifest_check import SignatureState
from provenance.credentials.own_check import Problem
from provenance.credentials.store.hidden_model import Hidden, HiddenStore
from provenance.credentials.store.octets.found import Place, Unsigned
from provenance.files.sidecar import Sidecar
from provenance.formats import Kind as Region
from provenance.formats.parts import Doubt
from provenance.reasons import Reason
from tests.vouchmark.readings import GOOD, code, covered, facts, manifest, own_check, reading
from tests.vouchmark.wording.rows import group, row
from vouchmark.examination.accounts import OF_TYPE
from vouchmark.lines.facts import FRAGMENT, STORE_ALONE, OutsideStore, StoreOrigin
from vouchmark.lines.integrity import (
    contradictions,
    coverage,
    cut_off,
    formats,
    line,
    malformed,
    octets,
    outside,
    rules,
    stores,
    unread,
)
from vouchmark.lines.integrity import own as integrity_own
from vouchmark.lines.integrity import readings as other_readings
from vouchmark.wording.catalogue import because, say

SECOND = "encypher-c2pa"


def read(**changes: Any) -> Any:
    """The line of a signed picture that differs in something."""
    own = changes.pop("own", None) or own_check(coverage=changes.pop("coverage", covered()))
    first = changes.pop("first", reading(manifest()))
    return line.answer(facts(first, own=own, **changes))


def coded(name: str, **changes: Any) -> Callable[[], Any]:
    """The line where our own reading gives a code."""
    return lambda: read(coverage=covered(codes=("assertion.dataHash.match", name), **changes))


def contradicted(engine: str, *codes: str, **changes: Any) -> Callable[[], Any]:
    return lambda: contradictions._told(covered(**changes), reading(engine=engine), codes, "active")


group(
    {
        "integrity.contradiction.bytes": contradicted("another", "assertion.dataHash.mismatch"),
        "integrity.contradiction.malformed": contradicted("another", "assertion.dataHash.malformed"),
        "integrity.contradiction.files-as-map": contradicted(
            SECOND, "assertion.collectionHash.malformed", forms=(FILES_AS_MAP,)
        ),
        "integrity.contradiction.placed-fragments": contradicted(
            SECOND, "assertion.bmffHash.mismatch", forms=(PLACED_FRAGMENTS,)
        ),
        "integrity.contradiction.parts-missing": contradicted(
            SECOND, "assertion.multiAssetHash.mismatch", codes=("integrity.parts.missing",)
        ),
        "integrity.contradiction.more-left-out": contradicted(
            SECOND, "assertion.dataHash.mismatch", codes=(coverage.WIDE,)
        ),
        "integrity.contradiction.updated-length": contradicted(
            SECOND, "assertion.dataHash.mismatch", codes=(coverage.LENGTH,)
        ),
    }
)
_CHANGED = manifest(codes=(*GOOD[:2], code("assertion.dataHash.mismatch")))
row(
    "integrity.contradiction.field",
    lambda: read(first=reading(_CHANGED), coverage=covered(match=Match.UNSUPPORTED, has_unknown_field=True)),
    lambda: read(first=reading(_CHANGED), coverage=covered(match=Match.UNSUPPORTED)),
)
row(
    "integrity.coverage.unknown.field",
    lambda: read(coverage=covered(match=Match.UNSUPPORTED, has_unknown_field=True)),
    lambda: read(coverage=covered(match=Match.UNSUPPORTED)),
)
row(
    "integrity.contradiction.signature",
    lambda: read(second=reading(manifest(codes=(*GOOD, code("claimSignature.mismatch"))), engine=SECOND)),
    lambda: read(second=reading(manifest(), engine=SECOND)),
)

_NAMING = {
    "integrity.padding.filled", "integrity.pointer.store", "integrity.brands", "integrity.tables",
    "integrity.references.outside", "integrity.references.listed", "integrity.script", "integrity.text.unseen",
}  # fmt: skip
group(
    {
        name: coded(
            name,
            **({"doubts": (Doubt(code=name, what="something"),)} if name in _NAMING else {}),
            **({"excluded_names": ("EXIF",)} if name == "integrity.coverage.metadata_excluded" else {}),
            **({"shown_names": ("the colour profile",)} if name == "integrity.shown.excluded" else {}),
            **({"wide_names": ("EXIF",)} if name == coverage.WIDE else {}),
        )
        for name in (
            "integrity.coverage.full",
            "integrity.coverage.metadata_excluded",
            "integrity.coverage.order_excluded",
            "integrity.coverage.other_excluded",
            "integrity.coverage.trailing_excluded",
            "integrity.coverage.media_excluded",
            "integrity.coverage.unknown",
            "integrity.coverage.wide",
            "integrity.store.foreign",
            "integrity.padding.filled",
            "integrity.pointer.store",
            "integrity.shown.excluded",
            "integrity.brands",
            "integrity.tables",
            "integrity.references.outside",
            "integrity.references.listed",
            "integrity.script",
            "integrity.text.form",
            "integrity.text.unseen",
            "integrity.update.length",
            "integrity.fragments.unused",
            "integrity.parts.missing",
            "integrity.stores.multiple",
        )
    }
)
_METADATA = "integrity.coverage.metadata_excluded"
row("metadata.any", coded(_METADATA), coded(_METADATA, excluded_names=("EXIF",)))
row(
    "metadata.other",
    coded(_METADATA, excluded_names=("EXIF", "XMP", "IPTC", "a", "b")),
    coded(_METADATA, excluded_names=("EXIF", "XMP", "IPTC", "a")),
)
row("integrity.unchanged.but", coded(_METADATA, excluded_names=("EXIF",)), read)
row("integrity.unchanged", read, coded("integrity.coverage.unknown"))
row("integrity.unchanged.covered", coded("integrity.coverage.unknown"), read)
_PART = (SimpleNamespace(start=1, end=2, kind=Region.STRUCTURE, name="index"),)
row("integrity.coverage.full.but", coded("integrity.coverage.full", excluded=_PART), read)
row("integrity.unchanged.media", coded("integrity.coverage.full", excluded=_PART), read)
group(
    {
        "integrity.unchanged.fragment": lambda: read(fragments=1),
        "integrity.unchanged.fragments": lambda: read(fragments=2),
        "integrity.unchanged.media.fragment": lambda: read(fragments=1, coverage=covered(excluded=_PART)),
        "integrity.unchanged.media.fragments": lambda: read(fragments=2, coverage=covered(excluded=_PART)),
    }
)
_COUNTED = "integrity.tables"
row(
    "list.counted",
    coded(_COUNTED, doubts=(Doubt(code=_COUNTED, what="a", number=2),)),
    coded(_COUNTED, doubts=(Doubt(code=_COUNTED, what="a"),)),
)
row(
    "list.more",
    coded(_COUNTED, doubts=tuple(Doubt(code=_COUNTED, what=what) for what in "abcde")),
    coded(_COUNTED, doubts=tuple(Doubt(code=_COUNTED, what=what) for what in "abcd")),
)
row("integrity.store.differs", lambda: read(own=own_check(store_matches_file=False)), read)
row("integrity.unbound.form", lambda: read(own=own_check(signature=SignatureState.UNSUPPORTED)), read)
row("integrity.signature.own", lambda: _signature(engine=True), lambda: _signature(engine=False))
row("integrity.signature", lambda: _signature(engine=False), read)


def _signature(*, engine: bool) -> Any:
    codes = (code("claimSignature.mismatch"),) if engine else GOOD
    return read(first=reading(manifest(codes=codes)), own=own_check(signature=SignatureState.MISMATCH))


group(
    {
        f"octets.{place}": lambda place=place: octets._words([Unsigned(place=place, manifest="", size=1)])  # type: ignore[misc]
        for place in Place
    }
)
row(
    "integrity.store.unsigned",
    lambda: read(own=_with_octets(Place.TAIL)),
    lambda: read(own=_with_octets(Place.PADDING)),
)
row(
    "integrity.padding.filled.store",
    lambda: read(own=_with_octets(Place.PADDING)),
    lambda: read(own=_with_octets(Place.TAIL)),
)


def _with_octets(place: Place) -> Any:
    return own_check(octets=SimpleNamespace(found=(Unsigned(place=place, manifest="", size=1),), more=0))


# Changed bytes, by where the store came from.
def changed(origin: str = "", *, by_us: bool = False) -> Callable[[], Any]:
    store = OutsideStore(origin=StoreOrigin(origin), sha256="", name="a.c2pa") if origin else None
    return lambda: outside.changed(facts(reading(manifest()), outside=store), by_us=by_us)


group(
    {
        "integrity.changed": changed(),
        "integrity.changed.given": changed("given"),
        "integrity.changed.beside": changed("beside"),
        "integrity.changed.own": changed(by_us=True),
    }
)


def elsewhere(origin: str) -> Callable[[], Any]:
    store = OutsideStore(origin=StoreOrigin(origin), sha256="", name="a.c2pa", host="example.org")
    return lambda: outside.origin(facts(reading(manifest()), outside=store))


group({f"integrity.store.outside.{origin}": elsewhere(origin) for origin in ("given", "beside", "remote")})


# Files in which nothing was read.
def unfound(outcome: Outcome, reason: Any = None, **changes: Any) -> Callable[[], Any]:
    return lambda: unread.not_found(facts(reading(outcome=outcome, reason=reason), **changes))


_HIDDEN: dict[str, Any] = {"start": 5, "size": 9, "is_whole": True, "kind": Region.METADATA, "part": "comment"}


def hiding(**changes: Any) -> Any:
    return Hidden(stores=(HiddenStore(**(_HIDDEN | changes)),))


def hidden(**changes: Any) -> Callable[[], Any]:
    own = own_check(problem=Problem.ABSENT, hidden=hiding(**changes))
    return unfound(Outcome.ABSENT, own=own)


group(
    {
        "integrity.absent": unfound(Outcome.ABSENT),
        "integrity.unsearched": unfound(
            Outcome.ABSENT, own=own_check(problem=Problem.ABSENT, hidden=Hidden(is_cut=True))
        ),
        "integrity.unreached.placeless": hidden(),
        "integrity.unreached.unreadable": hidden(is_whole=False),
        "integrity.unreached.inside": hidden(inside="jpeg"),
        "integrity.unparsable.form": unfound(Outcome.ABSENT, own=own_check(problem=Problem.MALFORMED)),
        "integrity.unreached.engine": unfound(Outcome.ABSENT, own=own_check()),
        "integrity.unparsable.deep": unfound(Outcome.UNSUPPORTED, Reason.TOO_DEEP),
        "integrity.unsupported": unfound(Outcome.UNSUPPORTED, Reason.TYPE, own=own_check(problem=Problem.ABSENT)),
        "integrity.unsupported.unsearched": unfound(Outcome.UNSUPPORTED, Reason.TYPE),
        "integrity.unsupported.here": unfound(Outcome.UNSUPPORTED, Reason.EMPTY),
        "integrity.skipped": unfound(Outcome.SKIPPED),
        "integrity.error.time-limit": unfound(Outcome.ERROR, Reason.TIME_LIMIT),
        "integrity.error.memory-limit": unfound(Outcome.ERROR, Reason.MEMORY_LIMIT),
        "integrity.error.crash": unfound(Outcome.ERROR, Reason.CRASH),
        "integrity.error.other": unfound(Outcome.ERROR, Reason.PANIC),
        "integrity.remote": unfound(Outcome.REMOTE),
        "integrity.prerelease": unfound(Outcome.UNPARSABLE, Reason.PRERELEASE),
        "integrity.no_store": unfound(Outcome.UNPARSABLE, Reason.SIDECAR),
        "integrity.engine.refused.unlooked": unfound(Outcome.UNPARSABLE, Reason.STORE),
    }
)


def contact(host: str) -> Any:
    return (SimpleNamespace(purpose="manifest", host=host, outcome="refused", sha256=""),)


row(
    "integrity.remote.refused",
    unfound(Outcome.REMOTE, contacts=contact("example.org")),
    unfound(Outcome.REMOTE, contacts=contact("")),
)
row("integrity.remote.unasked", unfound(Outcome.REMOTE, contacts=contact("")), unfound(Outcome.REMOTE))
_SHARED = SimpleNamespace(name="a.c2pa", is_shared=True)
row(
    "integrity.sidecar.unused",
    unfound(Outcome.ABSENT, beside=SimpleNamespace(unused=(_SHARED,), name="")),
    unfound(Outcome.ABSENT, beside=Sidecar()),
)


def place(**changes: Any) -> Callable[[], Any]:
    return lambda: stores.where(HiddenStore(**(_HIDDEN | changes)))


group(
    {
        f"store.in.{end}": place(part=part)
        for end, part in (
            ("comment", "comments"), ("id3", "ID3"), ("cover", "cover"), ("exif", "EXIF"), ("xmp", "extended XMP"),
            ("iptc", "IPTC"), ("metadata", "metadata"), ("user_data", "user data"), ("document", "document"),
            ("padding", "ID3 padding"), ("nowhere", "unread"), ("part", "abcd"),
        )
    }
    | {"store.in.trailing": place(kind=Region.TRAILING), "store.in.media": place(kind=Region.MEDIA, part="scans")}
)  # fmt: skip
group(
    {f"store.inside.{family}": place(inside=family) for family in ("jpeg", "png", "gif", "riff", "bmff")}
    | {"store.inside.packed": place(is_packed=True)}
)
row("store.in.packed", place(is_packed=True, name="a.jpg"), place(is_packed=True))
row("store.in.inside", place(is_packed=True), place(is_packed=True, name="a.jpg"))
row(
    "list.more.number",
    lambda: stores.places(Hidden(stores=tuple(HiddenStore(**(_HIDDEN | {"part": part})) for part in "abcd"))),
    lambda: stores.places(Hidden(stores=tuple(HiddenStore(**(_HIDDEN | {"part": part})) for part in "abc"))),
)


# Why a file's bytes could not be had.
def unreadable(reason: str) -> Callable[[], Any]:
    return lambda: unread.unreadable(facts(reading(), unreadable=reason, unreadable_words="in its own words"))


group(
    {
        f"integrity.unreadable.{reason}": unreadable(reason)
        for reason in (
            "not-found", "no-permission", "folder", "too-large", "changed-meanwhile", "too-many-pixels", "empty",
            "address",
        )
    }
    | {"integrity.unreadable": unreadable("of-no-kind-that-is-known")}
)  # fmt: skip


# An engine that gives up.
def container(name: str = "", *, stops: int = -1, whole: bool = False) -> Any:
    return own_check(problem=Problem.ABSENT, container=SimpleNamespace(format=name, stops=stops, is_whole=whole))


def given_up(own: Any, **changes: Any) -> Callable[[], Any]:
    return lambda: malformed.told(facts(reading(outcome=Outcome.UNPARSABLE, reason=Reason.ASSET), own=own, **changes))


_FAMILIES = (
    "jpeg", "png", "gif", "tiff", "riff", "bmff", "jxl", "mp3", "flac", "pdf", "svg", "zip", "text", "html", "sfnt",
    "ogg",
)  # fmt: skip
group({f"format.{name}": given_up(container(name)) for name in _FAMILIES})
group(
    {
        "integrity.malformed_file": given_up(container("png")),
        "integrity.malformed_file.from": given_up(container("png", stops=33)),
        "integrity.engine.refused.absent": given_up(container("png", whole=True)),
        "integrity.engine.refused.absent.both": given_up(
            container("png", whole=True), second=reading(outcome=Outcome.ABSENT, engine=SECOND)
        ),
    }
)
_BESIDE: dict[str, Any] = {"name": "a.c2pa", "host": "example.org", "sha256": ""}
for _end, _origin in (("", ""), (".given", "given"), (".beside", "beside"), (".remote", "remote")):
    _store = OutsideStore(origin=StoreOrigin(_origin), **_BESIDE) if _origin else None
    group(
        {
            f"integrity.malformed_store{_end}": given_up(own_check(problem=Problem.MALFORMED, why="x"), outside=_store),
            f"integrity.limit_store{_end}": given_up(own_check(problem=Problem.LIMIT, why="x"), outside=_store),
            f"integrity.unsigned_store{_end}": given_up(own_check(checks={}), outside=_store),
            f"integrity.rule_store{_end}": given_up(
                own_check(checks={"a": SimpleNamespace(codes=("claim.missing",))}), outside=_store
            ),
        }
    )
    if _end:
        row(
            f"integrity.no_store{_end}",
            lambda store=_store: outside.told(facts(reading(), outside=store), "integrity.no_store"),  # type: ignore[misc]
            lambda: outside.told(facts(reading()), "integrity.no_store"),
        )


def refusal(follows: str, **more: Any) -> Callable[[], Any]:
    engine = reading(outcome=Outcome.UNPARSABLE, reason=Reason.CHAIN_DEPTH)
    return lambda: integrity_own._refusal(facts(reading(manifest()), refused=engine), follows, **more)


def alone(*codes: str) -> Callable[[], Any]:
    only = reading(manifest(codes=(*GOOD, *(code(one) for one in codes))), engine=SECOND)
    own = own_check()
    return lambda: integrity_own.drafts(
        facts(only, second=only, own=own, refused=reading()), [], unchanged=say("integrity.unchanged")
    )


group(
    {
        "integrity.engine.refused.only": alone(),
        "integrity.engine.refused.only.changed": alone("assertion.dataHash.mismatch"),
        "integrity.engine.refused.only.against": alone("claimSignature.mismatch"),
    }
)


def refused(reason: Any, own: Any, *, confirmed: bool = True) -> Callable[[], Any]:
    engine = reading(outcome=Outcome.UNPARSABLE, reason=reason)
    second = reading(manifest(), engine=SECOND) if confirmed else None
    ours = facts(reading(manifest()), refused=engine, second=second, own=own)
    return lambda: integrity_own.drafts(ours, [], unchanged=say("integrity.unchanged"))


group(
    {
        "integrity.engine.refused.nothing": refused(Reason.PARTS, own_check(coverage=None)),
        "integrity.engine.refused.unconfirmed": refused(
            Reason.PARTS, own_check(coverage=covered(match=Match.MISMATCH))
        ),
        "integrity.engine.refused.alone": refused(Reason.STORE, own_check()),
        "integrity.engine.refused.parts": refused(Reason.PARTS, own_check()),
        "integrity.engine.refused.chain-depth": refused(Reason.CHAIN_DEPTH, own_check()),
        "integrity.engine.refused.type": refused(OF_TYPE, own_check()),
    }
)


# Where a file breaks off.
def cut(outcome: Outcome, *, broken: bool = False, announced: int = 0) -> Callable[[], Any]:
    from provenance.formats.cut_off.model import CutOff

    broken_off = CutOff(present=1000, announced=announced, lacks="" if announced else "the end of the picture")
    return lambda: cut_off._statement(facts(reading(outcome=outcome)), broken_off, is_broken=broken)


group(
    {
        f"integrity.cut{end}{lacks}": cut(outcome, broken=broken, announced=announced)
        for lacks, announced in (("", 2000), (".lacks", 0))
        for end, outcome, broken in (
            ("", Outcome.FOUND, False),
            (".mismatch", Outcome.FOUND, True),
            (".absent", Outcome.ABSENT, False),
            (".unparsable", Outcome.UNPARSABLE, False),
        )
    }
)


def lacking(what: str) -> Callable[[], Any]:
    from provenance.formats.cut_off.model import CutOff

    return lambda: cut_off._statement(facts(reading()), CutOff(present=1, lacks=what), is_broken=False)


group(
    {
        "cut.lacks.picture": lacking("the end of the picture"),
        "cut.lacks.sound": lacking("the end of the sound"),
        "cut.lacks.list": lacking("the list of its parts"),
    }
)


# Rules that an issuer broke.
group(
    {
        "integrity.malformed.issuer": lambda: rules.malformed("no.such.code"),
        "integrity.malformed.issuer.rule": lambda: rules.malformed("claim.missing"),
        "integrity.malformed.updater": lambda: rules.malformed("no.such.code", update=True),
        "integrity.malformed.updater.rule": lambda: rules.malformed("claim.missing", update=True),
    }
)


# What else the line says.
row("integrity.fetched", lambda: read(fetched_from=("a.example",)), read)
row(
    "integrity.fetched.sent_on",
    lambda: read(fetched_from=("a.example", "b.example")),
    lambda: read(fetched_from=("a.example",)),
)
row(
    "integrity.picture.limit",
    lambda: read(picture_reason=Reason.TOO_MANY_PIXELS),
    lambda: read(picture_reason=Reason.UNDECODABLE),
)
row(
    "integrity.picture.error",
    lambda: read(picture_reason=Reason.UNDECODABLE),
    lambda: read(picture_reason=Reason.TOO_MANY_PIXELS),
)
row("integrity.name", lambda: other_readings.wrong_name(facts(reading(), named_type="image/png")), read)
row(
    "integrity.unbound.unconfirmed",
    lambda: read(first=reading(manifest(codes=(code("claimSignature.validated", Kind.SUCCESS),)))),
    read,
)


def also(**changes: Any) -> Callable[[], Any]:
    one = SimpleNamespace(
        **({"media_type": "text/html", "fragment": 0, "is_behind": False, "start": 0, "end": 0} | changes)
    )
    return lambda: other_readings.drafts(facts(reading(manifest()), own=own_check(second_readings=(one,))))


group(
    {
        "integrity.second_reading": also(),
        "integrity.second_reading.behind": also(is_behind=True),
        "integrity.second_reading.fragment": also(fragment=3),
    }
)
row(
    "integrity.fragments.missing.alone",
    lambda: read(first=reading(outcome=Outcome.UNPARSABLE), media_type=FRAGMENT),
    read,
)
row(
    "integrity.store.alone",
    lambda: read(first=reading(_CHANGED), media_type=STORE_ALONE, coverage=covered(match=Match.MISMATCH)),
    lambda: read(first=reading(_CHANGED), coverage=covered(match=Match.MISMATCH)),
)

# Gaps.
group(
    {
        "gap.why.time-limit": lambda: because("time-limit"),
        "gap.why.memory-limit": lambda: because("memory-limit"),
        "gap.why.crash": lambda: because("crash"),
        "gap.why": lambda: because("another"),
    }
)
_DOCUMENT = "application/vnd.oasis.opendocument.text"
for _gap, _kind, _other in (
    ("size", "image/x", "text/plain"),
    ("elsewhere", "image/svg+xml", "image/png"),
    ("macros", _DOCUMENT, "application/pdf"),
    ("signatures", "application/pdf", "image/svg+xml"),
):
    for _why in ("", ".why"):
        row(
            f"gap.{_gap}{_why}",
            lambda kind=_kind: formats.gaps(kind, measured=False),  # type: ignore[misc]
            lambda kind=_other: formats.gaps(kind, measured=True),  # type: ignore[misc]
        )
_MISSING = covered(codes=("integrity.fragments.missing",))
row("gap.fragments", lambda: read(coverage=_MISSING), read)
row("gap.fragments.why", lambda: read(coverage=_MISSING), read)
row("gap.fragments.some", lambda: read(coverage=covered(fragments=3, fragments_missing=1)), read)
row("gap.own", lambda: read(own_failure="crash"), read)
_THUMBNAIL = reading(manifest(assertions={"c2pa.thumbnail.claim": {}}))
row("gap.thumbnail", lambda: read(first=_THUMBNAIL), read)
row("gap.thumbnail.why", lambda: read(first=_THUMBNAIL), read)
row("gap.remote", unfound(Outcome.REMOTE), unfound(Outcome.ABSENT))
row("gap.remote.why", unfound(Outcome.REMOTE), unfound(Outcome.REMOTE, contacts=contact("example.org")))
row("gap.credentials", unfound(Outcome.UNSUPPORTED, Reason.TYPE), unfound(Outcome.ABSENT))
row("gap.credentials.why", unfound(Outcome.UNSUPPORTED, Reason.TYPE), unfound(Outcome.ABSENT))


def beside(*, own: bool, shared: bool | None = None) -> Callable[[], Any]:
    others = () if shared is None else (SimpleNamespace(name="b.c2pa", is_shared=shared),)
    lying = SimpleNamespace(name="a.c2pa" if own else "", unused=others)
    return lambda: list(outside.gaps(facts(reading(manifest()), beside=lying)))


row("gap.beside", beside(own=True), beside(own=False))
group(
    {
        "gap.beside.own": beside(own=True),
        "gap.beside.other": beside(own=False, shared=False),
        "gap.beside.shared": beside(own=False, shared=True),
    }
)


def searched(**changes: Any) -> Callable[[], Any]:
    return lambda: list(stores.gaps(facts(reading(manifest()), own=own_check(hidden=Hidden(**changes)))))


for _id in ("gap.further", "gap.further.why"):
    row(_id, searched(stores=(HiddenStore(**_HIDDEN),)), searched())
for _id in ("gap.packed", "gap.packed.why"):
    row(_id, searched(is_cut=True), searched())

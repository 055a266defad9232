"""What does c2pa-rs, the reference engine, read from some bytes, with nothing but those bytes and the reader's lists?

Beside `signing/c2pa_sign.py`, which writes, this is the only module that imports `c2pa`. It keeps every validation code
and the raw store, turns the engine's complaints into our own stable words, and never opens a connection.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import os
import re
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import msgspec

from provenance.credentials.crjson import handed_out
from provenance.credentials.crjson import reading as crjson
from provenance.credentials.engines.cost import has_too_many_parts, is_too_much
from provenance.credentials.engines.model import Manifest, ManifestStore, Outcome, Reading, State
from provenance.credentials.engines.streams import Bounded, source_of
from provenance.credentials.errors import CredentialsError, CredentialsLimitError
from provenance.credentials.store.jumbf import RawStore, parse_store
from provenance.credentials.trust.settings import TrustSettings
from provenance.nesting import NestingError, check_nesting
from provenance.reasons import Reason

ENGINE: Final = "c2pa-rs"

MAX_STORE: Final = 256 * 1024 * 1024
"""Bytes of a manifest store that are handed on; real ones stay below 20 MiB."""
MAX_INFLATED_MB: Final = 64
"""MiB to which the engine may inflate compressed (`brob`) manifests: as much as our own reader allows."""

_FORMATS: Final = {"video/iso.segment": "video/mp4"}
"""Our types that the engine knows by another name."""

_loading: Final = threading.Lock()


def load() -> ModuleType:
    """The engine's Python module, with its native library taken from its own package and from nowhere else.

    c2pa-python looks for the library in the current folder first, and under the name that `C2PA_LIBRARY_NAME` gives:
    a folder of media could bring its own code. An absolute path in that variable ends the search at once.

    Raises:
        ImportError: c2pa-python is not installed, or its library does not load.
    """
    with _loading:
        if "c2pa" in sys.modules:
            return sys.modules["c2pa"]
        found = importlib.util.find_spec("c2pa")
        if found is None or not found.submodule_search_locations:
            raise ImportError("c2pa-python is not installed")
        folder = Path(next(iter(found.submodule_search_locations))).absolute() / "libs"
        name = {"win32": "c2pa_c.dll", "darwin": "libc2pa_c.dylib"}.get(sys.platform, "libc2pa_c.so")
        before = os.environ.get("C2PA_LIBRARY_NAME")
        os.environ["C2PA_LIBRARY_NAME"] = str(folder / name)
        try:
            return importlib.import_module("c2pa")
        finally:
            if before is None:
                del os.environ["C2PA_LIBRARY_NAME"]
            else:
                os.environ["C2PA_LIBRARY_NAME"] = before


@functools.cache
def version() -> str:
    """The version of c2pa-rs, such as `0.91.3`."""
    return str(load().sdk_version())


@functools.cache
def binding_version() -> str:
    """The version of c2pa-python, such as `0.38.1`."""
    return str(load().__version__)


def settings(trust: TrustSettings | None) -> dict[str, Any]:
    """The engine's settings for reading: offline, bounded, and with the reader's lists alone. Made here only.

    The engine ignores keys that it does not know, so that a test shows for each of these that it has an effect. Also
    without any list it must be told the purposes: a certificate with C2PA's own alone would read Invalid.
    """
    return {
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
        # The only switch that keeps did:web at home too: an empty list lets no host through.
        "core": {
            "allowed_network_hosts": [],
            "allow_redirects": False,
            "max_decompressed_manifest_size_in_mb": MAX_INFLATED_MB,
        },
        "trust": (trust or TrustSettings()).to_engine(),
    }


def _context(trust: TrustSettings | None) -> Any:
    """One engine context for each set of lists: making one parses every certificate."""
    return _context_in(os.getpid(), trust)


@functools.lru_cache(maxsize=4)
def _context_in(_process: int, trust: TrustSettings | None) -> Any:
    """The same, by process: no context survives a fork."""
    return load().Context.from_dict(settings(trust))


def read(
    data: bytes,
    media_type: str,
    *,
    sidecar: bytes | None = None,
    sidecar_wins: bool = True,
    fragments: Sequence[bytes] = (),
    trust: TrustSettings | None = None,
    raw: bool = True,
    inside: bytes = b"",
) -> Reading:
    """What c2pa-rs says of some media.

    Args:
        data: The media (of a fragmented video the initialisation segment).
        media_type: Its type by content.
        sidecar: A manifest store kept outside it.
        sidecar_wins: Whether the sidecar is read even where the media has a store of its own.
        fragments: Media segments that belong to `data`; each is held against it by itself, and the first that does
            not hold decides.
        trust: The reader's lists; none where not given, so that no signer reads Trusted.
        raw: Whether the store's own bytes are wanted.
        inside: The store that lies in the media, where that is known: the engine is not asked about one of so many
            parts that it would take too long over them.

    Returns:
        A reading, whatever the bytes are.

    Raises:
        MemoryError: Not enough memory for this engine to finish.
        ImportError: The engine is not there.
    """
    media_type = _FORMATS.get(media_type, media_type)
    wanted = _Wanted(trust=trust, raw=raw, inside=inside)
    if fragments:
        return _with_fragments(data, media_type, sidecar, fragments, wanted)
    if sidecar is not None and not sidecar_wins:
        own = _read(data, media_type, None, wanted)
        if own.outcome not in (Outcome.ABSENT, Outcome.REMOTE):
            return own
    return _read(data, media_type, sidecar, wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What `read` was asked for, besides media and sidecar."""

    trust: TrustSettings | None
    raw: bool
    inside: bytes


def _with_fragments(
    data: bytes, media_type: str, sidecar: bytes | None, fragments: Sequence[bytes], wanted: _Wanted
) -> Reading:
    """The reading with the first fragment that does not hold, else with the first one."""
    first: Reading | None = None
    for fragment in fragments:
        reading = _read(data, media_type, sidecar, wanted, fragment)
        if reading.outcome is not Outcome.FOUND or any(c.code.endswith("Hash.mismatch") for c in reading.codes):
            return reading
        first = first or reading
    return first or _read(data, media_type, sidecar, wanted)


def _read(
    data: bytes, media_type: str, sidecar: bytes | None, wanted: _Wanted, fragment: bytes | None = None
) -> Reading:
    if sidecar == b"":
        return _nothing(Outcome.UNPARSABLE, Reason.SIDECAR)
    if not data:
        return _nothing(Outcome.UNSUPPORTED, Reason.EMPTY)
    if any(is_too_much(part, store=sidecar) for part in (data, fragment) if part is not None):
        return _nothing(Outcome.UNPARSABLE, Reason.RULES)
    try:
        known = _parsed(wanted.inside if sidecar is None else sidecar)
    except CredentialsLimitError:
        return _nothing(Outcome.UNPARSABLE, Reason.PARTS)
    if known is not None and has_too_many_parts(known, len(data)):
        return _nothing(Outcome.UNPARSABLE, Reason.PARTS)
    engine = load()
    sources = [source_of(data)]
    try:
        with engine.Reader(media_type, sources[0], sidecar, _context(wanted.trust)) as reader:
            if fragment is not None:
                sources += [source_of(data), source_of(fragment)]
                reader.with_fragment(media_type, *sources[1:])
            reading = _found(reader, wanted, known, embedded=sidecar is None)
    except engine.C2paError as error:
        reading = _refused(str(error), media_type)
    except (msgspec.DecodeError, NestingError, RecursionError):
        # Nested deeper than anybody reads, or an account of another shape.
        reading = _nothing(Outcome.UNPARSABLE, Reason.TOO_DEEP)
    if failed := [source for source in sources if source.failed]:
        # The engine took the failure for the end of the media, a mismatch or an absent store: none of it counts.
        return _nothing(Outcome.ERROR, failed[0].reason)
    return reading


class _Summary(msgspec.Struct):
    """What is taken out of the engine's own JSON."""

    active_manifest: str
    validation_state: State
    manifests: dict[str, msgspec.Raw] = {}
    validation_results: dict[str, Any] = {}


_documents: Final = msgspec.json.Decoder(dict[str, Any])
_summaries: Final = msgspec.json.Decoder(_Summary)


def _found(reader: Any, wanted: _Wanted, known: RawStore | None, *, embedded: bool) -> Reading:
    brief = reader.json()
    check_nesting(brief)
    summary = _summaries.decode(brief)
    active = summary.active_manifest
    raw = _resource(reader, f"self#jumbf=/c2pa/{active}", MAX_STORE) if wanted.raw else b""
    try:
        # Mostly the engine hands out what lies in the file, which has been taken apart.
        parsed = known if known is not None and known.raw.obj == raw else _parsed(raw)
    except CredentialsLimitError:
        parsed = None
    manifests = _by_store(parsed, summary) or _by_account(reader)
    if not manifests or manifests[0].label != active:
        return _nothing(Outcome.UNPARSABLE, Reason.NO_ACTIVE_MANIFEST)
    codes = crjson.all_codes(manifests)
    if any(code.io_error for code in codes):
        # The engine could not read on; that it calls this a mismatch says nothing about the media.
        return _nothing(Outcome.ERROR, Reason.IO)
    store = ManifestStore(manifests=manifests, embedded=embedded, raw=raw)
    if parsed is not None:
        store.keep(parsed)
    return Reading(
        engine=ENGINE,
        version=version(),
        outcome=Outcome.FOUND,
        state=summary.validation_state,
        store=store,
        codes=codes,
    )


def _parsed(raw: bytes) -> RawStore | None:
    """A store taken apart; None where there is none, or none that can be. Raises CredentialsLimitError."""
    try:
        return parse_store(raw) if raw else None
    except CredentialsLimitError:
        raise
    except CredentialsError:
        return None


def _by_store(store: RawStore | None, summary: _Summary) -> tuple[Manifest, ...]:
    """The manifests by the store that the engine hands out, with its codes; none where it has to be asked for more."""
    if store is None:
        return ()
    try:
        return handed_out.manifests(
            store,
            active=summary.active_manifest,
            labels=summary.manifests,
            results=summary.validation_results,
        )
    except (handed_out.OddError, CredentialsError):
        return ()


def _by_account(reader: Any) -> tuple[Manifest, ...]:
    """The manifests by the engine's own whole account."""
    told = reader.crjson()
    check_nesting(told)
    return crjson.manifests(_documents.decode(told))


def _resource(reader: Any, uri: str, limit: int) -> bytes:
    """The bytes behind a JUMBF URI; empty where there are none, or more than the limit."""
    target = Bounded(limit)
    try:
        reader.resource_to_stream(uri, target)
    except (load().C2paError, UnicodeError):
        return b""
    return target.getvalue()


_REMOTE: Final = re.compile(r"Remote: must fetch remote manifests from url (\S+)")
_COMPLAINTS: Final = (
    (re.compile(r"ManifestNotFound\b"), Outcome.ABSENT, None),
    (re.compile(r"NotSupported\b"), Outcome.UNSUPPORTED, Reason.TYPE),
    (
        re.compile(r"Other: asset could not be parsed: Boxes are too dee?ply nested"),
        Outcome.UNSUPPORTED,
        Reason.TOO_DEEP,
    ),
    (re.compile(r"Other: prerelease content detected"), Outcome.UNPARSABLE, Reason.PRERELEASE),
    (re.compile(r"Io: (?:out of memory|memory)"), Outcome.ERROR, Reason.MEMORY_LIMIT),
    (re.compile(r".*\(os error 12\)[\s)]*$", re.DOTALL), Outcome.ERROR, Reason.MEMORY_LIMIT),
    (re.compile(r".*(?:\(os error \d+\)|UntrackedPointer: \w+)[\s)]*$", re.DOTALL), Outcome.ERROR, Reason.IO),
    (
        re.compile(r"Other: asset could not be parsed: ingredient chain depth \(\d+\) exceeds maximum \(\d+\)\Z"),
        Outcome.UNPARSABLE,
        Reason.CHAIN_DEPTH,
    ),
    (re.compile(r"(?:Other: asset could not be parsed|Io)\b"), Outcome.UNPARSABLE, Reason.ASSET),
    (re.compile(r"Decoding: claim could not be converted from CBOR\b"), Outcome.UNPARSABLE, Reason.CLAIM),
    (re.compile(r"Decoding: could not decode assertion\b"), Outcome.UNPARSABLE, Reason.ASSERTION),
)
"""How the engine's complaints begin, and what each one says; everything else is a broken store."""


@functools.cache
def supported_types() -> frozenset[str]:
    """The types and endings that the engine says it reads."""
    return frozenset(load().Reader.get_supported_mime_types())


def _refused(complaint: str, media_type: str) -> Reading:
    """The reading where the engine gave no store, by what it complained of."""
    remote = _REMOTE.match(complaint)
    if remote:
        return _nothing(Outcome.REMOTE, None, remote_url=remote[1])
    for pattern, outcome, reason in _COMPLAINTS:
        if pattern.match(complaint):
            if reason is Reason.TYPE and media_type in supported_types():
                # It reads this type, and did not recognise it: the file breaks off within its first bytes.
                return _nothing(Outcome.UNPARSABLE, Reason.ASSET)
            return _nothing(outcome, reason)
    return _nothing(Outcome.UNPARSABLE, Reason.STORE)


def _nothing(outcome: Outcome, reason: Reason | None, *, remote_url: str = "") -> Reading:
    return Reading(engine=ENGINE, version=version(), outcome=outcome, reason=reason, remote_url=remote_url)

"""What does each part of a task come to, whatever its media do to whoever reads them?

The one procedure that runs the parts: a worker calls it in its own process, `--in-process` without any protection.
"""

from __future__ import annotations

import contextlib
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from provenance.credentials.engines.model import ManifestStore, Outcome, Reading
from provenance.credentials.trust.settings import TrustSettings
from provenance.files.window import Identity, Scout, open_window, window_of
from provenance.metadata import Metadata, read_metadata
from provenance.preview import Previews, preview
from provenance.workers import wire
from provenance.workers.wire import Crjson, Lists, Own, Picture, Task, Value

if TYPE_CHECKING:
    from provenance.credentials.history.lineage import History
    from provenance.credentials.own_check import OwnCheck
    from provenance.formats import Layout
    from provenance.hashes.fingerprint import Fingerprint
    from provenance.hashes.original import Against

ENGINE, SECOND_ENGINE = "c2pa-rs", "encypher-c2pa"
"""The engines by name; the modules that say so too are loaded with them."""

FRAGMENTED: Final = frozenset({"video/mp4", "video/quicktime", "audio/mp4"})
"""Types that may be the first part of a stream; elsewhere no engine is given fragments, and our own check says so."""

_TROUBLE: Final = re.compile(rb"panicked at|MemoryError|memory allocation of|out of memory|Exception ignored|os error")
"""Words on standard error after which an engine's answer does not count, however whole it looks."""
_NO_MEMORY: Final = re.compile(rb"MemoryError|memory allocation of|out of memory|os error 12")


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """The bytes of one task."""

    data: bytes
    sidecar: bytes | None = None
    fragments: tuple[bytes, ...] = ()
    original: bytes | None = None
    """What the file may have been made from."""
    _layouts: list[Layout] = field(default_factory=list, repr=False, compare=False)

    def layout(self, media_type: str) -> Layout:
        """The parts of the file, looked for once."""
        from provenance.credentials.store.in_file import layout_of

        if not self._layouts:
            self._layouts.append(layout_of(self.data, media_type))
        return self._layouts[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What earlier parts of the same task have found, for those that build on it."""

    store: ManifestStore | None = None
    """The store that the first engine read."""
    history: History | None = None
    """With its thumbnails; only where those are wanted."""
    check: OwnCheck | None = None
    """Our own check with all bytes; only where crJSON is wanted."""


def opened(place: wire.Place) -> bytes:
    """Media that were not sent: a window to them, with what goes over all of them at once begun.

    Raises:
        OSError: Another file lies there, or it cannot be opened.
    """
    data = open_window(Path(place.path), Identity(*place.identity))
    scout(data)
    return data


def scout(data: bytes) -> None:
    """Begin to look for what our own check looks for in all of a file; only where that is a window."""
    from provenance.formats.stores.scan import MARK
    from provenance.readings.documents import FAR

    if (window := window_of(data)) is not None and window.scout is None:
        window.scout = Scout(window.handle, len(window), {MARK: MARK, **FAR})
        window.scout.start()


def release(media: Media) -> None:
    """Close what was opened."""
    if (window := window_of(media.data)) is not None:
        window.close()


_TOO_LARGE: Final = "too-large"
"""Why parts that need a file whole leave out one that is read through a window."""


def failed(name: str, reason: str, *, version: str = "") -> Value:
    """What a part comes to that could not be finished: says nothing about the media."""
    if name == wire.PICTURE:
        return Picture(reason=reason)
    if name == wire.METADATA:
        return Metadata(reason=reason)
    if name == wire.PREVIEW:
        return Previews(reason=reason)
    if name == wire.OWN:
        return Own(reason=reason)
    if name == wire.ORIGINAL:
        from provenance.hashes.original import Against

        return Against(reason=reason)
    if name == wire.CRJSON:
        return Crjson(reason=reason)
    if name == wire.HASHES:
        from provenance.hashes.fingerprint import Fingerprint

        return Fingerprint(reason=reason)
    return Reading(engine=name, version=version, outcome=Outcome.ERROR, reason=reason)


def reason_in(noise: bytes) -> str:
    """Our word for the trouble that standard error tells of; empty where it tells of none."""
    if not _TROUBLE.search(noise):
        return ""
    return "memory-limit" if _NO_MEMORY.search(noise) else "panic"


def run_parts(task: Task, media: Media, lists: Lists) -> Iterator[tuple[str, Value]]:
    """Every part of a task in order, as soon as it is there."""
    before = Before()
    for name in task.parts:
        value = _run_part(name, task, media, lists, before)
        if isinstance(value, Own) and value.check is not None:
            before = replace(
                before,
                history=value.check.history if {wire.PREVIEW, wire.ORIGINAL} & set(task.parts) else None,
                check=value.check if wire.CRJSON in task.parts else None,
            )
            value = Own(check=value.check.without_bytes(), account=value.account)
        if isinstance(value, Reading):
            before = replace(before, store=before.store or value.store)
            if value.store is not None and value.store.raw:  # most of an answer's bytes, and read here already
                value = msgspec.structs.replace(value, store=replace(value.store, raw=b""))
        yield name, value


def _run_part(name: str, task: Task, media: Media, lists: Lists, before: Before) -> Value:
    """One part of a task; whatever happens short of the end of the process becomes a value."""
    try:
        if name == wire.PICTURE:
            return _measure(task, media)
        if name == wire.METADATA:
            return read_metadata(media.data, task.media_type)
        if name == wire.PREVIEW:
            return preview(media.data, task.media_type, before.history, pixels=task.pixels)
        if name == wire.ORIGINAL:
            return _against(task, media, before)
        if name == wire.CRJSON:
            return _crjson(task, before)
        if name == wire.HASHES:
            return _hashes(task, media)
        return _own(task, media, lists, before.store) if name == wire.OWN else _engine(name, task, media, lists.trust)
    except MemoryError:
        reason = "memory-limit"
    except RecursionError:
        reason = "too-deep"
    except ImportError:
        reason = "not-installed"
    except Exception:  # noqa: BLE001 - an engine's binding may raise anything over hostile bytes; it must not end the run
        reason = "failure"
    return failed(name, reason)


def _own(task: Task, media: Media, lists: Lists, store: ManifestStore | None) -> Own:
    """Our own check of the store that the first engine read, or of what lies in the file where it read none."""
    from provenance.credentials.certificates.ocsp import Fresh
    from provenance.credentials.own_check import examine_own

    view = wire.decode_view(lists.view)
    raw, is_sidecar = (store.raw or None, not store.embedded) if store is not None else (None, False)
    if raw is None and task.sidecar_wins and media.sidecar:
        raw, is_sidecar = media.sidecar, True
    check = examine_own(
        media.data,
        task.media_type,
        raw,
        parsed=store.parsed if store is not None else None,
        layout=media.layout(task.media_type),
        trust=view,
        at=task.at,
        is_sidecar=is_sidecar,
        beside=media.sidecar if not task.sidecar_wins else None,
        fragments=media.fragments,
        fresh=Fresh(answers=task.answers, fetched=task.answered) if task.answered is not None else None,
        asking=task.asking,
    )
    from provenance.credentials.crjson import own_account

    if store is not None or check.store is None or not own_account.is_signed(check):
        return Own(check=check)

    # Of a store that does not come from the file it is not asked whether it is the file's.
    embedded = check.store_matches_file is not None
    return Own(check=check, account=own_account.account(check.store, check, at=task.at, embedded=embedded))


def _against(task: Task, media: Media, before: Before) -> Against:
    """The file against the original that was given, or against the nearest thumbnail in its own verified history."""
    from provenance.hashes.original import Against, against, against_thumbnail
    from provenance.preview import stored_thumbnails

    if window_of(media.data) is not None:
        return Against(reason=_TOO_LARGE)
    if media.original is not None:
        return against(media.original, task.original_type, media.data, task.media_type, pixels=task.pixels)
    label, thumbnail = next(stored_thumbnails(before.history), ("", b""))
    return against_thumbnail(label, thumbnail, media.data, task.media_type, pixels=task.pixels)


def _crjson(task: Task, before: Before) -> Crjson:
    """The manifests as crJSON has them, out of what the parts before have found."""
    from provenance.credentials.crjson.results import manifests

    if before.check is None:
        return Crjson(reason="failure")
    if before.check.store is None:
        return Crjson(reason=before.check.problem)
    return Crjson(manifests=tuple(manifests(before.check.store, before.check, before.store, at=task.at)))


def _hashes(task: Task, media: Media) -> Fingerprint:
    from provenance.asset import Limits
    from provenance.hashes.fingerprint import Fingerprint, fingerprint

    if window_of(media.data) is not None:
        return Fingerprint(reason=_TOO_LARGE)
    return fingerprint(media.data, task.media_type, Limits(pixels=task.pixels))


def _measure(task: Task, media: Media) -> Picture:
    from provenance.asset import Limits, PictureTooLargeError
    from provenance.picture import measure

    try:
        size = measure(media.data, task.media_type, limits=Limits(pixels=task.pixels))
    except PictureTooLargeError as error:
        return Picture(reason=error.reason)
    return Picture() if size is None else Picture(width=size[0], height=size[1])


def _engine(name: str, task: Task, media: Media, trust: TrustSettings) -> Reading:
    from provenance.credentials.engines import c2pa_rs, encypher

    if name == c2pa_rs.ENGINE:
        is_checked = wire.OWN in task.parts
        return c2pa_rs.read(
            media.data,
            task.media_type,
            sidecar=media.sidecar,
            sidecar_wins=task.sidecar_wins,
            fragments=media.fragments if task.media_type in FRAGMENTED else (),
            trust=trust,
            raw=is_checked,
            inside=next(iter(media.layout(task.media_type).stores), b"") if is_checked else b"",
        )
    # By its own bundled snapshot, always: it is asked for a second opinion, and cannot take every list we have.
    # It takes nothing but bytes: whoever has it asked about a large file has said that there is room for them.
    return encypher.read(
        media.data if window_of(media.data) is None else media.data[:],
        task.media_type,
        at=task.at,
        sidecar=media.sidecar,
        sidecar_wins=task.sidecar_wins,
        fragments=media.fragments if task.media_type in FRAGMENTED else (),
    )


def load(name: str) -> None:
    """Load what one part needs."""
    from provenance.credentials.engines import c2pa_rs, encypher

    with contextlib.suppress(ImportError, OSError):
        if name == c2pa_rs.ENGINE:
            c2pa_rs.load()
        elif name == encypher.ENGINE:
            encypher.load()
        elif name == wire.OWN:
            importlib.import_module("provenance.credentials.own_check")
        elif name == wire.METADATA:
            importlib.import_module("provenance.metadata.reading")
        elif name == wire.HASHES:
            for module in ("PIL.ImageChops", "PIL.ImageCms", "iscc_lib", "numpy", "provenance.hashes.fingerprint"):
                importlib.import_module(module)
        elif name == wire.ORIGINAL:
            for module in ("provenance.hashes.original", "PIL.ImageCms", "PIL.PngImagePlugin", "cv2", "av"):
                with contextlib.suppress(ImportError):
                    importlib.import_module(module)
        elif name == wire.CRJSON:
            importlib.import_module("provenance.credentials.crjson.results")
        else:
            for module in ("PIL.Image", "PIL.ImageOps", "PIL.ImageCms")[: 1 if name == wire.PICTURE else None]:
                importlib.import_module(module)


def loaded_versions() -> dict[str, str]:
    """The versions of the packages that speak for no engine of their own, as far as they are loaded."""
    from provenance.credentials.engines import c2pa_rs

    with contextlib.suppress(ImportError, OSError):
        return {"c2pa-python": c2pa_rs.binding_version()}
    return {}

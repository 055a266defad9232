"""Of which parts does an examination consist? The registry: one file of this folder a part, found by being there.

A part is one question about one asset: what an engine says, our own check, its metadata, its size. Each runs by itself,
so that what one comes to is safe before the next begins, and what harms one harms no other. To add one, add a file that
has a `PART`; nothing else has to name it. CONTRIBUTING.md shows how.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec
from msgspec import Struct

from provenance.reasons import Reason
from provenance.workers import wire
from provenance.workers.task import Task

if TYPE_CHECKING:
    from provenance.credentials.engines.model import ManifestStore
    from provenance.credentials.history.lineage import History
    from provenance.credentials.own_check import OwnCheck
    from provenance.formats import Layout

MIB: Final = 1024 * 1024

Value: TypeAlias = object
"""What a part comes to: of the type that its own codec decodes, and of no other."""

_NAMED: Final = struct.Struct("<QB")


@dataclass(slots=True, kw_only=True, eq=False)
class Work:
    """One task in hand, with what earlier parts of it have found for those that build on it."""

    task: Task
    data: bytes
    """The media; a window to them where they are large."""
    parts: tuple[str, ...]
    """All that are asked for, in order."""
    store: ManifestStore | None = None
    """The store that the first engine read."""
    history: History | None = None
    """With its thumbnails."""
    check: OwnCheck | None = None
    """Our own check with all bytes."""
    held: str = ""
    """Label of the manifest whose binding holds for all of the media; empty where none does."""

    _layout: Layout | None = None

    @property
    def layout(self) -> Layout:
        """The parts of the file, looked for once."""
        from provenance.credentials.store.in_file import layout_of

        if self._layout is None:
            self._layout = layout_of(self.data, self.task.media_type)
        return self._layout

    def wants(self, *names: str) -> bool:
        """Whether any of these parts is asked for."""
        return not set(names).isdisjoint(self.parts)


def _plainly(value: Any) -> bytes:
    return msgspec.msgpack.encode(value)


class Part(Struct, frozen=True, kw_only=True):
    """One entry of the registry."""

    name: str
    """Its own, as it stands in an answer; an engine's part is called as the engine."""
    place: int
    """Where it stands among the parts, lowest first: what most depends on comes first."""
    wanted: Callable[[Task], bool]
    """Whether a task asks for it."""
    load: Callable[[], object]
    """Load the libraries that it needs; what they need does not count against a task's memory. ImportError, OSError."""
    run: Callable[[Work], Any]
    """Look. Whatever it raises becomes an error for its value."""
    failed: Callable[[Reason, str], Any]
    """(reason, version of the engine) -> the value of a part that could not be finished: says nothing of the media."""
    decode: Callable[[memoryview], Any]
    """The value in an answer, checked for what its readers rely on. BrokenWireError, MsgspecError."""
    encode: Callable[[Any], bytes] = _plainly
    budget: int
    """Bytes that its answer may have; over it, it is an error in the worker and no answer for the parent."""
    needs_library: Callable[[Task], bool] = lambda _task: True
    """Whether what `load` loads is needed for a task."""


@functools.cache
def registry() -> Mapping[str, Part]:
    """Every part by its name, in order.

    Raises:
        ValueError: two files are called alike, or stand in the same place.
    """
    found = [importlib.import_module(f"{__name__}.{module.name}").PART for module in pkgutil.iter_modules(__path__)]
    found.sort(key=lambda part: part.place)
    if len({part.name for part in found}) < len(found) or len({part.place for part in found}) < len(found):
        raise ValueError(f"got parts {[(part.name, part.place) for part in found]}, expected each name and place once")
    return {part.name: part for part in found}


def parts_of(task: Task) -> tuple[str, ...]:
    """The parts that a task asks for, in the order in which they run.

    The first engine goes before everything else: our own check needs the store that it read, and nothing of the second.
    """
    first = task.options.engines[:1]
    asked = [part for part in registry().values() if part.wanted(task)]
    return tuple(part.name for part in sorted(asked, key=lambda part: 0 if (part.name,) == first else part.place))


def failed(name: str, reason: Reason, *, version: str = "") -> Value:
    """What a part comes to that could not be finished."""
    return registry()[name].failed(reason, version)


def run_part(name: str, work: Work) -> Value:
    """One part of a task; whatever happens short of the end of the process becomes a value."""
    try:
        return registry()[name].run(work)
    except MemoryError:
        reason = Reason.MEMORY_LIMIT
    except RecursionError:
        reason = Reason.TOO_DEEP
    except ImportError:
        reason = Reason.NOT_INSTALLED
    except Exception:  # noqa: BLE001 - an engine's binding may raise anything over hostile bytes; it must not end the run
        reason = Reason.FAILURE
    return failed(name, reason)


class Answer(Struct, frozen=True, kw_only=True):
    """One part's value, as it arrived."""

    number: int
    """Of its task."""
    name: str
    value: Value


def encoded(number: int, name: str, value: Value) -> bytes:
    """The frame of one part's value.

    Raises:
        RecursionError, ValueError, TypeError: It holds what MessagePack does not.
        MemoryError: Not enough memory for it, or it is over the part's budget.
    """
    part, named = registry()[name], name.encode()
    content = part.encode(value)
    if len(content) > part.budget:
        raise MemoryError(f"got {len(content)} bytes for {name}, expected at most {part.budget}")
    return wire.frame(wire.PART, _NAMED.pack(number, len(named)) + named + content)


def decoded(content: bytes) -> Answer:
    """One part with its value.

    Raises:
        BrokenWireError: It is no part, one of no such name, over its budget, or contradicts itself.
        msgspec.MsgspecError: Its value is of another shape.
    """
    try:
        number, length = _NAMED.unpack_from(content)
        name = content[_NAMED.size : _NAMED.size + length].decode()
        part = registry()[name]
    except (struct.error, UnicodeDecodeError, KeyError) as error:
        raise wire.BrokenWireError("got a part without a name that there is") from error
    body = memoryview(content)[_NAMED.size + length :]
    if len(body) > part.budget:
        raise wire.BrokenWireError(f"got {len(body)} bytes for {name}, expected at most {part.budget}")
    return Answer(number=number, name=name, value=part.decode(body))

"""The part that writes the manifests down as crJSON has them."""

from __future__ import annotations

import importlib
from typing import Any, Final

import msgspec
from msgspec import Struct

from provenance.reasons import Reason
from provenance.workers import wire
from provenance.workers.parts import Part, Work

NAME: Final = "crjson"


class Crjson(Struct, frozen=True, kw_only=True):
    """The manifests as crJSON has them, or why there are none."""

    manifests: tuple[dict[str, Any], ...] = ()
    reason: Reason | None = None
    """`absent`, `malformed`, `limit` as our own check says, or why this part did not come about."""


def _run(work: Work) -> Crjson:
    """The manifests, out of what the parts before have found."""
    from provenance.credentials.crjson.results import manifests

    check = work.check
    if check is None:
        return Crjson(reason=Reason.FAILURE)
    if check.store is None:
        return Crjson(reason=Reason(check.problem) if check.problem else None)
    return Crjson(manifests=tuple(manifests(check.store, check, work.store, at=work.task.at)))


PART: Final = Part(
    name=NAME,
    place=50,
    wanted=lambda task: task.options.crjson and task.own and bool(task.lists.packed),
    load=lambda: importlib.import_module("provenance.credentials.crjson.results"),
    run=_run,
    failed=lambda reason, _version: Crjson(reason=reason),
    decode=msgspec.msgpack.Decoder(Crjson).decode,
    budget=wire.MAX_FRAME,
)

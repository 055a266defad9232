"""The part that reads the file's own metadata: what does it say of itself?"""

from __future__ import annotations

import importlib
from typing import Final

import msgspec

from provenance.metadata import Metadata, read_metadata
from provenance.workers.parts import MIB, Part

NAME: Final = "metadata"

PART: Final = Part(
    name=NAME,
    place=40,
    wanted=lambda task: task.metadata,
    load=lambda: importlib.import_module("provenance.metadata.reading"),
    run=lambda work: read_metadata(work.data, work.task.media_type),
    failed=lambda reason, _version: Metadata(reason=reason),
    decode=msgspec.msgpack.Decoder(Metadata).decode,
    budget=64 * MIB,
)

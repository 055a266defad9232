"""Which numbers in the code bound what is looked at, and what happens with each of those that cut nothing off?

The constants are found by walking the modules. Those that can cut something off have a file each that reaches them
(`cap_files`); every other one stands below, with why no line can pass or stay silent because of it.
"""

from __future__ import annotations

import ast
import functools
import importlib
import pkgutil
import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

import provenance
import vouchmark

_NAME: Final = re.compile(r"_?[A-Z][A-Z0-9_]*")

NUMBER: Final = "a number of a format or of an algorithm: it bounds nothing"
TRANSPORT: Final = "bounds messages, waiting, processes or lists that the reader keeps, and no evidence in a file"
REFUSES: Final = "beyond it the whole is refused, as malformed, unread or over a limit"
CLOSED: Final = "what lies beyond it counts as unsigned, undeclared or not covered: nothing passes by it"
OPTION: Final = "what an option lifts: a file over it is an error, and the message names the option"
SHOWN: Final = "bounds what is shown of what was looked at wholly"
LONGER: Final = "no time and no place is written in so many characters: a longer text is none, and is told as that"
INPUT: Final = "bounds what the reader gives, and is an error of the command"
LOOKS: Final = "bounds a search for what looks alike; what is not found says nothing, and a cut film is named as cut"

EXEMPT: Final[tuple[tuple[str, str], ...]] = (
    # Numbers of formats and algorithms.
    ("provenance.credentials.*._*", NUMBER),
    ("provenance.credentials.store.octets.der.*", NUMBER),
    ("provenance.credentials.store.boxes.*HEADER", NUMBER),
    ("provenance.credentials.store.cbor.CWT_CLAIMS", NUMBER),
    ("provenance.credentials.certificates.algorithms.*", NUMBER),
    ("provenance.credentials.binding.merkle.MDAT_HEAD", NUMBER),
    ("provenance.credentials.certificates.ocsp.TOO_LARGE", NUMBER),
    ("provenance.credentials.store.octets.packing.SLACK*", NUMBER),
    ("provenance.formats.*._*", NUMBER),
    ("provenance.formats.tiff.directories.MANIFEST", NUMBER),
    ("provenance.formats.zip.headers.DESCRIBED", NUMBER),
    ("provenance.formats.bmff.units.BYTES_PER_STEP", NUMBER),
    ("provenance.formats.pdf.*.BYTES_FREE", NUMBER),
    ("provenance.metadata.parameters._*", NUMBER),
    ("provenance.written.places.[!M]*", NUMBER),
    ("provenance.written.places.MEAN_RADIUS", NUMBER),
    ("provenance.readings.*._*", NUMBER),
    ("provenance.readings.model.*", NUMBER),
    ("provenance.readings.documents.*", NUMBER),
    ("provenance.formats.packed.STREAM_WITHIN", CLOSED),
    ("provenance.formats.text.carriers.VERSION", NUMBER),
    ("provenance.formats.text.unseen.LONGEST_WORD", NUMBER),
    ("provenance.formats.stores.scan.MAX_DESCRIPTION", NUMBER),
    ("provenance.credentials.engines.cost.*", REFUSES),
    ("provenance.readings.media.[!M]*", NUMBER),
    ("provenance.readings.streams.*", NUMBER),
    ("provenance.media_type.*", REFUSES),
    ("provenance.pictures.preview.*", SHOWN),
    # Messages, waiting, processes, the network, lists that the reader keeps.
    ("provenance.asset._FLAGS", NUMBER),
    ("provenance.asset.LARGE", TRANSPORT),
    ("provenance.files.window.*", TRANSPORT),
    ("provenance.asset.CHUNK", TRANSPORT),
    ("provenance.asset.MAX_DEPTH", TRANSPORT),
    ("provenance.files.whole_file.*", TRANSPORT),
    ("provenance.files.system.*", NUMBER),
    ("vouchmark.examination.checker.WAITING", TRANSPORT),
    ("vouchmark.examination.of_itself.CLOCK", NUMBER),
    ("vouchmark.issuing.*", INPUT),
    ("vouchmark.vouching.calls.*", INPUT),
    ("vouchmark.policies.conditions.ID_DIGITS", NUMBER),
    ("provenance.net.*", TRANSPORT),
    ("provenance.workers.*", TRANSPORT),
    ("provenance.credentials.signing.*", TRANSPORT),
    ("provenance.credentials.trust.*", TRANSPORT),
    ("provenance.credentials.certificates.chain.CACHED_PATHS", TRANSPORT),
    ("provenance.credentials.store.jumbf.MAX_KEPT", TRANSPORT),
    ("provenance.credentials.certificates.timestamp.MAX_KEPT", TRANSPORT),
    ("provenance.credentials.crjson.*", SHOWN),
    ("provenance.credentials.certificates.ocsp.MAX_QUESTIONS", TRANSPORT),
    ("vouchmark.examination.opening.addresses.*", INPUT),
    ("vouchmark.cli.*", INPUT),
    ("vouchmark.service.*", TRANSPORT),
    ("vouchmark.bundles.*", INPUT),
    ("vouchmark.app.*", TRANSPORT),
    ("vouchmark.demo.*", NUMBER),
    ("vouchmark.examination.asking.LEAST", TRANSPORT),
    ("vouchmark.persons.issuers.*", INPUT),
    ("vouchmark.known.keeping.*", SHOWN),
    ("vouchmark.policies.labels.*", INPUT),
    ("vouchmark.examination.online.*", TRANSPORT),
    ("vouchmark.persons.settings.*", INPUT),
    ("vouchmark.persons.run.*", TRANSPORT),
    ("vouchmark.policies.file.*", INPUT),
    ("vouchmark.policies.toml_lines.*", INPUT),
    ("vouchmark.examination.spool.*", TRANSPORT),
    ("vouchmark.examination.claimed.*", INPUT),
    ("vouchmark.known.preservation.pairing.MAX_*", LOOKS),
    ("vouchmark.vouching.vouch.MAX_OCTETS", REFUSES),
    # The whole is refused.
    ("provenance.asset.DEFAULT_*", OPTION),
    ("provenance.files.sidecar.MAX_SIDECAR", REFUSES),
    ("provenance.credentials.binding.text.*", REFUSES),
    ("provenance.credentials.certificates.names.*", REFUSES),
    ("provenance.credentials.store.hidden.MAX_TOLD", SHOWN),
    ("provenance.nesting.*", REFUSES),
    ("provenance.pictures.size.MAX_SEGMENTS", REFUSES),
    ("provenance.written.places.MAX_TEXT", LONGER),
    ("provenance.written.times.MAX_TEXT", LONGER),
    ("provenance.credentials.binding.bmff_rules.*", REFUSES),
    ("provenance.credentials.store.boxes.MAX_*", REFUSES),
    ("provenance.credentials.engines.c2pa_rs.*", REFUSES),
    ("provenance.credentials.store.cbor.MAX_*", REFUSES),
    ("provenance.credentials.certificates.name_constraints.*", REFUSES),
    ("provenance.credentials.cose.MAX_*", REFUSES),
    ("provenance.credentials.store.jumbf.MAX_*", REFUSES),
    ("provenance.credentials.binding.base.MAX_EXCLUSIONS", REFUSES),
    ("provenance.credentials.certificates.keys.*", REFUSES),
    ("provenance.credentials.binding.merkle.MAX_LEAVES", REFUSES),
    ("provenance.credentials.binding.multi_asset.*", REFUSES),
    ("provenance.formats.parts.*", REFUSES),
    ("provenance.formats.riff.MAX_STREAMS", REFUSES),
    ("provenance.formats.markup.svg.*", REFUSES),
    ("provenance.formats.tiff.*", REFUSES),
    ("provenance.formats.zip.*", REFUSES),
    ("provenance.formats.pdf.*", REFUSES),
    ("provenance.formats.bmff.*", REFUSES),
    ("provenance.formats.markup.*", REFUSES),
    ("provenance.formats.sfnt.*", REFUSES),
    ("provenance.formats.shown.*", REFUSES),
    # What is beyond counts against the file.
    ("provenance.credentials.store.kept.*", CLOSED),
    ("provenance.credentials.store.octets.*", CLOSED),
    ("provenance.credentials.binding.readings.MAX_CONTENTS", CLOSED),
    ("provenance.credentials.binding.coverage.MAX_NAMED", CLOSED),
    ("provenance.readings.*.MAX_*", CLOSED),
    ("provenance.formats.pictures.mpf.*", CLOSED),
    ("provenance.formats.text.carriers.MAX_CARRIERS", CLOSED),
    ("provenance.formats.text.unseen.MAX_WORDS", CLOSED),
    # An identity or a vouch beyond it is told as a number, and moves no line by being left out.
    ("provenance.credentials.identities.*", CLOSED),
    ("provenance.credentials.history.carried.*", CLOSED),
    ("vouchmark.vouching.files.*", CLOSED),
    # Only what is shown.
    ("provenance.credentials.history.history.MAX_TITLE", SHOWN),
    ("provenance.credentials.history.recorded.MAX_CODE", SHOWN),
    ("provenance.credentials.history.statements.MAX_KEPT", SHOWN),
    ("provenance.metadata.model.MAX_KEPT", SHOWN),
    ("provenance.metadata.stated.*", SHOWN),
    ("vouchmark.wording.*", SHOWN),
    ("vouchmark.lines.history.account.MAX_[DS]*", REFUSES),
    ("vouchmark.lines.*", SHOWN),
    ("vouchmark.render.*", SHOWN),
    ("vouchmark.vouching.words.*", SHOWN),
    # Looking alike.
    ("provenance.hashes.*", LOOKS),
    ("vouchmark.known.lookup.*", LOOKS),
    ("vouchmark.vouching.likeness.*", LOOKS),
    ("vouchmark.known.soft_bindings.*", LOOKS),
)
"""Patterns of names, the first that fits; none of them may fit nothing."""


@functools.cache
def modules() -> dict[str, ModuleType]:
    """Every module of the product, imported."""
    found = {}
    for package in (provenance, vouchmark):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not info.name.endswith("__main__"):
                found[info.name] = importlib.import_module(info.name)
    return found


@functools.cache
def _parsed(name: str) -> ast.Module:
    path = modules()[name].__file__
    assert path is not None
    return ast.parse(Path(path).read_text(encoding="utf-8"))


def _assigned(name: str) -> set[str]:
    """Names that a module gives a value at its top."""
    found = set()
    for node in _parsed(name).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


@functools.cache
def constants() -> dict[str, float]:
    """Every number with a name in capitals, as `module.NAME`."""
    found = {}
    for name, module in modules().items():
        for constant in sorted(_assigned(name)):
            value = getattr(module, constant, None)
            if _NAME.fullmatch(constant) and isinstance(value, int | float) and type(value) in (int, float):
                found[f"{name}.{constant}"] = value
    return found


def exempt(name: str) -> str:
    """Why a constant needs no file that reaches it; empty where it needs one."""
    return next((why for pattern, why in EXEMPT if fnmatchcase(name, pattern)), "")


@functools.cache
def _taken_over() -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(module, name) to those that import it from there, under which name."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for name in modules():
        for node in ast.walk(_parsed(name)):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    found.setdefault((node.module, alias.name), []).append((name, alias.asname or alias.name))
    return found


def lower(monkeypatch: pytest.MonkeyPatch, name: str, value: float) -> None:
    """Give a constant another value wherever it was imported to, and forget what was computed with the old one."""
    module, _, constant = name.rpartition(".")
    waiting = [(module, constant)]
    while waiting:
        where, called = waiting.pop()
        if hasattr(modules()[where], called):
            monkeypatch.setattr(modules()[where], called, value)
        waiting += _taken_over().get((where, called), [])
    for one in modules().values():
        for kept in vars(one).values():
            if hasattr(kept, "cache_clear") and getattr(kept, "__module__", "") in sys.modules:
                kept.cache_clear()

"""What became of every file of a folder on its way to another? Both are examined, each after beside its before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

from provenance.asset import AssetError, Limits, walk
from provenance.workers.pool import Pool
from vouchmark.examination.examine import examine_all, examine_to_keep
from vouchmark.examination.settings import Settings
from vouchmark.known.originals import Original
from vouchmark.known.preservation.judging import Fate, judge
from vouchmark.known.preservation.pairing import Hash, Pair, pair
from vouchmark.report import Line, Report
from vouchmark.vouching.files import Beside

ASKED: Final = (Line.INTEGRITY, Line.SIGNER, Line.HISTORY, Line.AI)
"""The lines that are asked of a file before; of the one after, what it was made from as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Two folders."""

    before: Path
    after: Path

    def fates(self, settings: Settings, *, pool: Pool | None) -> Iterator[Fate]:
        """What became of each file, in the order of the files before, then what is new.

        Args:
            settings: of the run, without an original.
            pool: where to parse; None parses in this process.
        """
        only = _asking(settings, ASKED)
        pairs = pair(_names(self.before), _names(self.after), lambda ours, theirs: (
            _hashes(self.before, ours, only, pool), _hashes(self.after, theirs, only, pool)
        ))  # fmt: skip
        for one in pairs:
            before = None if one.before is None else _report(self.before / one.before, only, pool)
            after = None if one.after is None else self._after(one, only, pool)
            yield judge(one, before, after)

    def _after(self, one: Pair, only: Settings, pool: Pool | None) -> Report:
        """The report on a file after, held against the one before where that can be read."""
        settings = only
        if one.before is not None:
            try:
                original = Original.load(self.before / one.before, limits=only.options.limits or Limits())
            except AssetError:
                original = None
            if original is not None:
                settings = _asking(only, (*ASKED, Line.KNOWN), original=original)
        return _report(self.after / str(one.after), settings, pool)


def _asking(settings: Settings, lines: Sequence[Line], *, original: Original | None = None) -> Settings:
    """The same run with these lines alone."""
    options = msgspec.structs.replace(
        settings.options, only=tuple(line for line in Line if line in lines), original=original
    )
    return replace(settings, options=options)


def _report(path: Path, settings: Settings, pool: Pool | None) -> Report:
    return next(iter(examine_all([path], settings, pool=pool)))


def _names(folder: Path) -> list[str]:
    """Every file below a folder but vouches that lie beside one, in order, with `/`."""
    beside = Beside()
    return [
        path.relative_to(folder).as_posix() for path in walk([folder]) if path != folder and not beside.belongs(path)
    ]


def _hashes(folder: Path, names: Sequence[str], settings: Settings, pool: Pool | None) -> Mapping[str, Hash]:
    """What files look like; empty for what is no picture."""
    asked = replace(settings, options=msgspec.structs.replace(settings.options, hashes=True))
    found = examine_to_keep([folder / name for name in names], asked, pool=pool)
    return {name: _hash(kept.fingerprint) for name, kept in zip(names, found, strict=True)}


def _hash(fingerprint: object) -> Hash:
    from provenance.hashes.fingerprint import Fingerprint
    from provenance.hashes.pictures.pdq import MIN_QUALITY

    if not isinstance(fingerprint, Fingerprint) or fingerprint.picture is None or fingerprint.picture.pdq is None:
        return b""
    pdq = fingerprint.picture.pdq
    return pdq.bits if pdq.quality >= MIN_QUALITY else b""

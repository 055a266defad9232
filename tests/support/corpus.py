"""Where the shared corpus lies, if anywhere: tests that need it say why they skip where it does not."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

WHY = "VOUCHMARK_CORPUS does not name the shared material"


def folder() -> Path | None:
    """The corpus' folder; None where the environment names none."""
    named = os.environ.get("VOUCHMARK_CORPUS", "")
    return Path(named) if named and Path(named).is_dir() else None


needs_corpus = pytest.mark.skipif(folder() is None, reason=WHY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One file of the media corpus, with what is documented of it."""

    path: Path
    columns: dict[str, str]

    @property
    def id(self) -> str:
        return self.path.name


def media() -> list[Row]:
    """Every file of the media corpus; empty without a corpus."""
    base = folder()
    if base is None:
        return []
    with (base / "media/c2pa/INDEX.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [Row(path=base / "media/c2pa" / row["file"], columns=dict(row)) for row in rows]


def trust(name: str) -> Path:
    """One file of the corpus' trust lists."""
    base = folder()
    if base is None:
        pytest.skip(WHY)
    return base / "trust" / name


def real(name: str) -> Path:
    """One file of the media corpus."""
    base = folder()
    if base is None:
        pytest.skip(WHY)
    return base / "media/c2pa" / name


SETTINGS = {
    "none": ((), ()),
    "official": (("C2PA-TRUST-LIST.pem",), ("C2PA-TSA-TRUST-LIST.pem",)),
    "official+interim": (
        ("C2PA-TRUST-LIST.pem", "ITL-anchors.pem", "ITL-allowed.pem"),
        ("C2PA-TSA-TRUST-LIST.pem",),
    ),
    "test-roots": (("c2pa-rs-test-roots.pem",), ()),
}
"""The four trust settings of the index: lists of signers, lists of time-stamping authorities."""

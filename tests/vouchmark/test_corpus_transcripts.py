"""What does a stranger read about real files: tampered, nested, in pieces, with a sidecar, in every kind of container?

Whole transcripts of the command, so that a changed word is seen by whoever changes it. `VOUCHMARK_TRANSCRIPTS=write`
writes them anew; then read them as a tired journalist would.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

from tests.support.command import Command
from tests.support.corpus import needs_corpus, real, trust

pytestmark = [needs_corpus, pytest.mark.corpus]

FOLDER: Final = Path(__file__).parent / "transcripts"
MEASURED: Final = "2026-11-21T00:00:00Z"
LISTS: Final = (
    *("--no-default-trust", "--trust", "c2pa-rs-test-roots.pem", "--trust", "C2PA-TRUST-LIST.pem"),
    *("--tsa-trust", "C2PA-TSA-TRUST-LIST.pem"),
)
RUNS: Final[dict[str, tuple[str, ...]]] = {
    "tampered-data": ("pub__adobe-20220124-E-dat-CA.jpg",),
    "tampered-signature": ("pub__adobe-20220124-E-sig-CA.jpg",),
    "tampered-reference": ("pub__adobe-20220124-E-uri-CA.jpg",),
    "tampered-later": ("pub__adobe-20220124-XCA.jpg",),
    "tampered-signature-2": ("rs__E-sig-CA.jpg",),
    "tampered-later-2": ("rs__XCA.jpg",),
    "nested-broken-ingredient": ("pub__adobe-20220124-CIE-sig-CA.jpg",),
    "nested-broken-ingredient-2": ("rs__CIE-sig-CA.jpg",),
    "nested-intact": ("pub__adobe-20220124-CAICA.jpg",),
    "pdf-signed": ("pub__adobe-20240110-single_manifest_store.pdf",),
    "pdf-signed-2": ("rs__basic-signed.pdf",),
    "pdf-plain": ("rs__basic.pdf",),
    "pdf-password": ("rs__basic-password.pdf",),
    "svg": ("ms__cards.svg",),
    "svg-2": ("rs__sample4.svg",),
    "mp4": ("ms__cards_trusted.mp4",),
    "mp4-legacy": ("rs__legacy.mp4",),
    "mp4-nested": ("rs__nested_moov_1000.mp4",),
    "stream-with-fragment": ("rs__dashinit.mp4", "--fragment", "rs__dash1.m4s"),
    "stream-without-fragment": ("rs__dashinit.mp4",),
    "fragment-alone": ("rs__dash1.m4s",),
    "sidecar": ("rs__cloud.jpg", "--manifest", "rs__cloud_manifest.c2pa"),
    "sidecar-not-there": ("rs__cloud.jpg",),
    "store-alone": ("rs__cloud_manifest.c2pa",),
    "revocation-stapled": ("rs__ocsp.jpg",),
}
"""Name of the transcript to the words of the command."""


@pytest.mark.parametrize("name", list(RUNS))
def test_the_transcript_is_the_one_that_was_read(name: str, tmp_path: Path) -> None:
    words = [_place(word) for word in (*RUNS[name], *LISTS)]
    folder = tmp_path / "here"
    folder.mkdir()
    done = Command(folder=folder, home=tmp_path / "home")("check", *words, "--at", MEASURED)
    assert not done.stderr
    assert not done.files
    said = f"{done.stdout}\nexit code {done.code}\n"
    kept = FOLDER / f"{name}.txt"
    if os.environ.get("VOUCHMARK_TRANSCRIPTS") == "write":
        kept.write_text(said, encoding="utf-8")
    assert said == kept.read_text(encoding="utf-8")


def _place(word: str) -> str | Path:
    """A word of the command, with files of the corpus at their place."""
    if word.endswith(".pem"):
        return trust(word)
    return word if word.startswith("--") else real(word)

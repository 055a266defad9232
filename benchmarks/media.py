"""Which media do the benchmarks read? Signed pictures made here and now, or the reader's own files."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from provenance.credentials.signing.c2pa_sign import sign_media  # noqa: E402
from vouchmark.demo import pictures as demo_pictures  # noqa: E402
from vouchmark.demo.authority import issue_signer, make_authority  # noqa: E402
from vouchmark.demo.demo import make_gallery  # noqa: E402

HALF_A_MEGABYTE = 500_000


def signed_photo(least_bytes: int = HALF_A_MEGABYTE) -> bytes:
    """A signed JPEG of about that many bytes."""
    camera = issue_signer(make_authority("Benchmark", "Benchmark root"), "Benchmark", "Camera")
    action = {
        "action": "c2pa.created",
        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
    }
    manifest = {
        "claim_generator_info": [{"name": "Benchmark"}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}, "created": True}],
    }
    picture = demo_pictures.harbour()
    scale = 1.0
    while True:
        encoded = io.BytesIO()
        size = (int(picture.width * scale), int(picture.height * scale))
        picture.resize(size).save(encoded, "JPEG", quality=95)
        if encoded.tell() >= least_bytes:
            return sign_media(encoded.getvalue(), media_type="image/jpeg", manifest=manifest, key=camera.signing_key())
        scale *= 1.1


def files(named: Path | None, scratch: Path) -> tuple[list[Path], str]:
    """The files to read and what they are: a named folder, the shared corpus, or a gallery made in `scratch`."""
    if named is None and os.environ.get("VOUCHMARK_CORPUS"):
        named = Path(os.environ["VOUCHMARK_CORPUS"]) / "media/c2pa"
    if named is not None:
        found = sorted(
            path for path in named.iterdir() if path.is_file() and path.suffix not in (".tsv", ".md", ".txt")
        )
        return found, f"{len(found)} files of {named}"
    gallery = list(make_gallery(scratch / "gallery"))
    photo = scratch / "photo.jpg"
    photo.write_bytes(signed_photo())
    return [*gallery, photo], "the demo's gallery and a photo of 0.5 MB"

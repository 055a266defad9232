"""What does the whole range look like, from well signed to laundered? Nine pictures, made here and now.

Everything is made on this machine with keys that are thrown away: a camera and an editor under one demo authority, a
generator under the same, and somebody who made an authority of their own to call themselves a famous maker. Only the
demo authority's certificate is written beside the pictures, so that a reader can list it for a run.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vouchmark import __version__
from vouchmark.errors import VouchmarkError

if TYPE_CHECKING:
    from PIL import Image

    from vouchmark.demo.authority import Holder

AUTHORITY_FILE: Final = "demo-authority.pem"
"""The demo authority's certificate: whoever lists it trusts the demo's signers."""
PAGE_FILE: Final = "report.html"
"""The reports on all pictures as one page, where the command makes it."""
MARK: Final = ".vouchmark-demo"
"""A file that says that a folder is the demo's own, to be written over."""
SOURCE_TYPES: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_QUALITY: Final = 90
_JPEG: Final = "image/jpeg"
_PNG: Final = "image/png"


class DemoError(VouchmarkError):
    """The gallery cannot be put where it was asked for."""

    hint = "name a folder that is not there yet, or is empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One picture of the gallery."""

    name: str
    caption: str
    """What was done to it, in one line."""
    teaches: str
    """What can be learnt from it, in one line."""


GALLERY: Final = (
    Piece(
        name="1-signed.jpg",
        caption="a photo-like picture, signed by a camera that the demo's list vouches for",
        teaches="A signature shows who signed which bytes, and nothing about what they show.",
    ),
    Piece(
        name="2-edited.jpg",
        caption="the same, cropped and warmed by an editor that kept its history",
        teaches="Where editors keep the history, an edited picture can be followed back.",
    ),
    Piece(
        name="3-generated.png",
        caption="declared by its generator as made by AI, and signed",
        teaches="AI is known where it is declared; nobody looks for it in the pixels.",
    ),
    Piece(
        name="4-altered.jpg",
        caption="the first picture with an airship put in after signing",
        teaches="Bytes that were changed no longer match what was signed.",
    ),
    Piece(
        name="5-laundered.jpg",
        caption="the altered picture, signed once more by a trusted editor",
        teaches="A good last signature does not mend what came before it.",
    ),
    Piece(
        name="6-plain.jpg",
        caption="no Content Credentials at all",
        teaches="Most files have none, and that is evidence of nothing.",
    ),
    Piece(
        name="7-calls-itself-nikon.jpg",
        caption="signed by somebody who made an authority called NIKON",
        teaches="A name counts only where a list vouches for it.",
    ),
    Piece(
        name="8-false-parent.jpg",
        caption="a drawing whose signer names the first picture as what it was made from",
        teaches="What a picture was made from is its signer's word: compare the two.",
    ),
    Piece(
        name="9-moved-credentials.jpg",
        caption="the first picture's credentials, put into another picture",
        teaches="Credentials that do not match were left behind by a change, or moved from another file.",
    ),
)
"""All of them, in the order in which they are shown."""


def make_gallery(folder: Path) -> tuple[Path, ...]:
    """Make the gallery in a folder: a new or empty one, or one that an earlier demo made.

    Returns:
        The pictures, in the order of `GALLERY`.

    Raises:
        DemoError: The folder holds other files, or cannot be written to.
    """
    try:
        _claim(folder)
        files, authority = _make()
        (folder / AUTHORITY_FILE).write_bytes(authority.pem)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise DemoError(f"cannot write to {folder}: {error.strerror}") from error
    return tuple(folder / piece.name for piece in GALLERY)


def _claim(folder: Path) -> None:
    """Make the folder ours, or refuse."""
    if folder.is_dir() and not (folder / MARK).is_file() and any(folder.iterdir()):
        raise DemoError(f"{folder} is not empty, and no earlier demo made it")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("Made by `vouchmark demo`, which may write over this folder.\n", encoding="utf-8")


def _make() -> tuple[dict[str, bytes], Holder]:
    """Every picture by its name, and the authority behind the trusted ones."""
    from provenance.credentials.signing.c2pa_sign import Source, sign_media
    from provenance.credentials.trust.lists import TrustSettings
    from vouchmark.demo import pictures
    from vouchmark.demo.authority import issue_signer, make_authority

    authority = make_authority("Vouchmark demo", "Vouchmark demo root, made just now")
    trust = TrustSettings(signer_anchors=(("demo", authority.pem.decode("ascii")),))
    camera = issue_signer(authority, "Demo Camera Works", "Demo Camera 1").signing_key()
    editor = issue_signer(authority, "Demo Darkroom", "Demo Darkroom 2").signing_key()
    generator = issue_signer(authority, "Demo Dreams", "Demo Dreams model").signing_key()
    impostor_root = make_authority("NIKON CORPORATION", "NIKON Camera Root CA")
    impostor = issue_signer(impostor_root, "NIKON CORPORATION", "NIKON Z9").signing_key()

    def signed_photo(picture: Image.Image, *, name: str, key: Any, by: str) -> bytes:
        manifest = _manifest(name, by=by, actions=[_created("digitalCapture")])
        return sign_media(_encode(picture, "JPEG"), media_type=_JPEG, manifest=manifest, key=key, thumbnail=True)

    def edited(picture: Image.Image, parent: bytes, *, name: str, parent_name: str, done: Sequence[str]) -> bytes:
        source = Source(data=parent, media_type=_JPEG, title=parent_name, instance_id="xmp:iid:parent")
        opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [source.instance_id]}}
        manifest = _manifest(name, by="Demo Darkroom", actions=[opened, *({"action": action} for action in done)])
        data = _encode(picture, "JPEG")
        return sign_media(
            data, media_type=_JPEG, manifest=manifest, key=editor, sources=[source], trust=trust, thumbnail=True
        )

    (
        signed_name,
        edited_name,
        generated_name,
        altered_name,
        laundered_name,
        plain_name,
        impostor_name,
        drawing_name,
        moved_name,
    ) = (piece.name for piece in GALLERY)
    signed = signed_photo(pictures.harbour(), name=signed_name, key=camera, by="Demo Camera")
    airship = pictures.harbour_with_airship()
    altered = _with_other_pixels(signed, _encode(airship, "JPEG"))
    generated = _manifest(generated_name, by="Demo Dreams", actions=[_created("trainedAlgorithmicMedia")])
    files = {
        signed_name: signed,
        edited_name: edited(
            pictures.harbour_edited(),
            signed,
            name=edited_name,
            parent_name=signed_name,
            done=("c2pa.cropped", "c2pa.adjustedColor"),
        ),
        generated_name: sign_media(
            _encode(pictures.dream(), "PNG"), media_type=_PNG, manifest=generated, key=generator
        ),
        altered_name: altered,
        laundered_name: edited(
            airship, altered, name=laundered_name, parent_name=altered_name, done=("c2pa.published",)
        ),
        plain_name: _encode(pictures.cafe(), "JPEG"),
        impostor_name: signed_photo(pictures.mountains(), name=impostor_name, key=impostor, by="NIKON Z9"),
        drawing_name: edited(
            pictures.dream(), signed, name=drawing_name, parent_name=signed_name, done=("c2pa.edited",)
        ),
        moved_name: _with_other_pixels(signed, _encode(pictures.cafe(), "JPEG")),
    }
    return files, authority


def _created(source_type: str) -> dict[str, Any]:
    return {"action": "c2pa.created", "digitalSourceType": SOURCE_TYPES + source_type}


def _manifest(title: str, *, by: str, actions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "title": title,
        "claim_generator_info": [{"name": by, "version": __version__}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": list(actions)}, "created": True}],
    }


def _encode(picture: Image.Image, form: str) -> bytes:
    output = io.BytesIO()
    picture.save(output, form, quality=_QUALITY)
    return output.getvalue()


def _segments(jpeg: bytes) -> tuple[list[bytes], bytes]:
    """A JPEG's segments before the picture itself (ITU-T T.81, B.1.1), and the rest from the first scan on."""
    position, segments = 2, []
    while jpeg[position + 1] != 0xDA:
        end = position + 2 + int.from_bytes(jpeg[position + 2 : position + 4], "big")
        segments.append(jpeg[position:end])
        position = end
    return segments, jpeg[position:]


def _with_other_pixels(signed: bytes, other: bytes) -> bytes:
    """A signed JPEG whose picture was exchanged while its Content Credentials (APP11) stayed."""
    kept = [segment for segment in _segments(signed)[0] if segment[1] == 0xEB]
    (first, *others), scan = _segments(other)
    return b"\xff\xd8" + first + b"".join(kept) + b"".join(others) + scan

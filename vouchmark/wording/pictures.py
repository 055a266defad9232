"""What do small pictures say to somebody who cannot see them?"""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_NONE: Final = {
    "not-drawn": "No picture is shown: drawings (SVG) are programs in part and are not run here.",
    "unsupported": "No picture is shown: this type of picture cannot be drawn here.",
    "too-many-pixels": "No picture is shown: it announces more pixels than are decoded here.",
    "undecodable": "No picture is shown: what the file holds could not be decoded.",
    "time-limit": "No picture is shown: decoding it went over the time limit.",
    "memory-limit": "No picture is shown: decoding it went over the memory limit.",
    "video": "No picture is shown: the file is a video.",
    "audio": "No picture is shown: the file is sound.",
    "font": "No picture is shown: the file is a font.",
    "image": "No picture is shown: it could not be drawn.",
    "other": "No picture is shown: the file is no picture.",
}
"""Why there is none, by the worker's reason or by the type of file."""

SENTENCES: Final = (
    Sentence("picture.asset", "The picture in the file, drawn anew and smaller.", "A picture was drawn of the file."),
    Sentence("picture.ancestor", "The thumbnail that its signer stored with it.", "A manifest has a thumbnail."),
    Sentence("picture.turned", "It is turned as its camera says.", "Behind another: EXIF orientation was followed."),
    Sentence(
        "picture.transparent",
        "A checkerboard stands for its transparent parts.",
        "Behind another: the picture has transparent parts.",
    ),
    *(Sentence(f"picture.none.{word}", text, f"The reason or type is `{word}`.") for word, text in _NONE.items()),
    Sentence(
        "picture.difference",
        "The picture in grey, as the original is turned: where it differs from the original it is red.",
        "Regions differ from what it was compared with.",
    ),
    Sentence(
        "picture.difference.none",
        "The picture in grey, as the original is turned. No region differs from the original.",
        "No region differs.",
    ),
)

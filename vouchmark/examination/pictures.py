"""Which pictures go with a report for people's eyes, and what do they say to somebody who cannot see them?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provenance.pictures.preview import MEDIA_TYPE, Preview, Previews
from vouchmark.report import ReportPicture

ASSET, ANCESTOR, DIFFERENCE = "asset", "ancestor", "difference"
"""The roles of pictures in a report."""

_WHY_NOT: Final = {
    "not-drawn": "No picture is shown: drawings (SVG) are programs in part and are not run here.",
    "unsupported": "No picture is shown: this type of picture cannot be drawn here.",
    "too-many-pixels": "No picture is shown: it announces more pixels than are decoded here.",
    "undecodable": "No picture is shown: what the file holds could not be decoded.",
    "time-limit": "No picture is shown: decoding it went over the time limit.",
    "memory-limit": "No picture is shown: decoding it went over the memory limit.",
}
"""Reasons of the worker in a sentence."""


def pictures_of(name: str, media_type: str | None, previews: Previews | None) -> Iterator[ReportPicture]:
    """The pictures of one asset; none at all where they were not asked for.

    Args:
        name: what the asset is called.
        media_type: from its content; None where its bytes could not be had.
        previews: what the worker drew.
    """
    if previews is None:
        return
    own = next((picture for picture in previews.pictures if not picture.label), None)
    if own is None:
        alt = _WHY_NOT.get(previews.reason or "") or _no_picture(media_type)
        yield ReportPicture(role=ASSET, subject=name, media_type=MEDIA_TYPE, data=b"", alt=alt)
    else:
        yield _picture(ASSET, name, own, "The picture in the file, drawn anew and smaller.")
    for picture in previews.pictures:
        if picture.label:
            yield _picture(ANCESTOR, picture.label, picture, "The thumbnail that its signer stored with it.")


def _picture(role: str, subject: str, picture: Preview, words: str) -> ReportPicture:
    notes = [words]
    if picture.is_turned:
        notes.append("It is turned as its camera says.")
    if picture.is_transparent:
        notes.append("A checkerboard stands for its transparent parts.")
    return ReportPicture(role=role, subject=subject, media_type=MEDIA_TYPE, data=picture.data, alt=" ".join(notes))


def _no_picture(media_type: str | None) -> str:
    kind = (media_type or "").partition("/")[0]
    kinds = {"video": "a video", "audio": "sound", "font": "a font"}
    if kind in kinds:
        return f"No picture is shown: the file is {kinds[kind]}."
    if kind == "image":
        return "No picture is shown: it could not be drawn."
    return "No picture is shown: the file is no picture."

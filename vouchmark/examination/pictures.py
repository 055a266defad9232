"""Which pictures go with a report for people's eyes, and what do they say to somebody who cannot see them?"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.pictures.preview import MEDIA_TYPE, Preview, Previews
from vouchmark.report import ReportPicture
from vouchmark.wording.catalogue import has, say, together
from vouchmark.wording.model import Said

ASSET, ANCESTOR, DIFFERENCE = "asset", "ancestor", "difference"
"""The roles of pictures in a report."""


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
        why = f"picture.none.{previews.reason}"
        alt = say(why) if has(why) else _no_picture(media_type)
        yield ReportPicture(role=ASSET, subject=name, media_type=MEDIA_TYPE, data=b"", alt=alt)
    else:
        yield _picture(ASSET, name, own, say("picture.asset"))
    for picture in previews.pictures:
        if picture.label:
            yield _picture(ANCESTOR, picture.label, picture, say("picture.ancestor"))


def _picture(role: str, subject: str, picture: Preview, words: Said) -> ReportPicture:
    turned = (say("picture.turned"),) if picture.is_turned else ()
    transparent = (say("picture.transparent"),) if picture.is_transparent else ()
    alt = together(words, *turned, *transparent)
    return ReportPicture(role=role, subject=subject, media_type=MEDIA_TYPE, data=picture.data, alt=alt)


def _no_picture(media_type: str | None) -> Said:
    kind = (media_type or "").partition("/")[0]
    return say(f"picture.none.{kind if kind in ('video', 'audio', 'font', 'image') else 'other'}")

"""Is the manual's table of types what the engines and our own check do?"""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.credentials.engines import c2pa_rs, encypher
from provenance.formats import read_layout
from provenance.media_type import UNKNOWN, recognise
from tests.support.media.forms import FORMS
from tests.support.media.texts import ARTICLE, PAGE
from vouchmark import check
from vouchmark.codes.type_table import FAMILIES, NOT_OURS, markdown
from vouchmark.report import Line, Status

MANUAL = Path(__file__).parents[2] / "docs/formats.md"
NOBODY = list(FAMILIES)[-1]

UNREAD = {
    "image/bmp": b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1\0\0\0\1\0\0\0\1\0\x18" + bytes(30),
    "image/jp2": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(40),
    "image/vnd.adobe.photoshop": b"8BPS\0\1" + bytes(6) + b"\0\3" + bytes(40),
    "video/x-matroska": bytes.fromhex("1a45dfa3a34286810142f7810142f2810442f381084282886d6174726f736b61") + bytes(40),
    "video/webm": bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d") + bytes(40),
    "video/x-flv": b"FLV\1\5" + bytes(40),
    "video/x-ms-wmv": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(40),
    "audio/aiff": b"FORM\0\0\0\x20AIFF" + bytes(40),
}
"""The beginning of a file of each type that nobody reads."""


def test_the_manual_has_the_table_that_the_code_prints() -> None:
    printed = markdown(c2pa_rs.supported_types(), encypher.supported_types())

    assert MANUAL.read_text(encoding="utf-8").split("<!-- types -->\n")[1].split("<!-- end -->")[0] == printed


def test_every_type_that_the_second_engine_reads_is_in_one_group() -> None:
    named = [media_type for types in FAMILIES.values() for media_type in types]

    assert len(set(named)) == len(named)
    assert encypher.supported_types() <= set(named)


def test_groups_are_read_alike() -> None:
    for name, types in FAMILIES.items():
        for known in (c2pa_rs.supported_types(), encypher.supported_types()):
            # Sequences and videos for MP4 go by other names in one engine; by content they are the type beside them.
            assert len({media_type in known for media_type in types}) == 1, name


@pytest.mark.parametrize("media_type", [*FORMS, "text/plain", "text/html"])
def test_our_own_check_reads_what_the_table_says(media_type: str) -> None:
    texts = {"text/plain": ARTICLE.encode(), "text/html": PAGE.encode()}
    (name,) = (name for name, types in FAMILIES.items() if media_type in types)
    data = texts.get(media_type) or FORMS[media_type]()

    assert read_layout(data, media_type).is_known is (name not in NOT_OURS)


@pytest.mark.parametrize("media_type", UNREAD)
def test_what_nobody_reads_is_recognised_and_said_once(media_type: str) -> None:
    assert recognise(UNREAD[media_type]) == media_type
    assert media_type in FAMILIES[NOBODY]
    report = check(UNREAD[media_type], in_process=True)
    (finding,) = report.evidence[Line.INTEGRITY].findings

    assert (finding.code, finding.status) == ("integrity.unsupported", Status.UNKNOWN)
    assert finding.statement.startswith("This type of file is not supported; nothing was looked for")
    for line in (Line.SIGNER, Line.TIME, Line.HISTORY, Line.AI):
        assert report.evidence[line].status is Status.UNKNOWN
        assert report.evidence[line].summary.endswith(": nothing was looked for in this type of file.")
    assert report.media.sha256


def test_bytes_that_only_begin_alike_are_none_of_those() -> None:
    for data in (b"8BPS\0\3" + bytes(40), b"FORM\0\0\0\x20ILBM" + bytes(20), b"jP  \r\n\x87\n" + bytes(9)):
        assert recognise(data) == UNKNOWN

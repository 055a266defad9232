"""Does a report tell what a signed document runs, fetches or leads to, and does only what is shown by it weigh?"""

from __future__ import annotations

import io
import zipfile

from tests.support.attacks import CAMERA, codes, examine, said
from tests.support.authority import sign
from tests.support.media.forms import document
from vouchmark.report import Line, Report, Status

SVG = "image/svg+xml"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def drawn(inside: str) -> Report:
    """A report on a signed drawing."""
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    plain = f'<svg {space} width="8" height="8">{inside}<rect width="8" height="8"/></svg>'
    return examine(sign(CAMERA, plain.encode(), media_type=SVG))


def test_links_are_listed_by_kind_and_number_and_weigh_nothing() -> None:
    report = drawn('<a xlink:href="https://a"><rect width="1" height="1"/></a><a href="https://b"/>')
    integrity = report.evidence[Line.INTEGRITY]
    assert integrity.status is Status.PASS
    assert said(report).endswith("; unchanged since")
    (listed,) = [one for one in integrity.findings if one.code == "integrity.references.listed"]
    assert listed.status is Status.ABSENT
    assert listed.statement == (
        "The file leads to things outside it, and does not need them to be shown as it was signed: links (2)."
    )
    assert listed.detail["found"] == [{"what": "links", "start": 0, "end": 0, "number": 2}]
    assert "integrity.references.listed" not in codes(drawn(""), Line.INTEGRITY)


def test_pictures_from_elsewhere_are_counted_and_leave_it_open_what_is_shown() -> None:
    report = drawn('<image href="https://a"/><image href="https://b"/><style>@import "c.css";</style>')
    integrity = report.evidence[Line.INTEGRITY]
    assert integrity.status is Status.UNKNOWN
    assert integrity.summary == (
        "What is shown depends on things outside the file, which no signature in it covers: "
        "addresses in styles (1) and images (2)."
    )
    assert report.evidence[Line.SIGNER].status is Status.PASS


def test_a_program_is_told_before_what_it_could_fetch() -> None:
    report = drawn('<image href="https://a"/><script>x</script>')
    assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN
    assert "scripts (1)" in report.evidence[Line.INTEGRITY].summary
    assert {"integrity.script", "integrity.references.outside"} <= set(codes(report, Line.INTEGRITY))


def test_a_document_with_a_picture_from_elsewhere_is_not_called_unchanged() -> None:
    relation = (
        '<Relationships><Relationship Type="http://a/image" Target="http://a" TargetMode="External"/></Relationships>'
    )
    for rels, status in ((relation, Status.UNKNOWN), (relation.replace("/image", "/hyperlink"), Status.PASS)):
        target = io.BytesIO(document())
        with zipfile.ZipFile(target, "a") as archive:
            archive.writestr(zipfile.ZipInfo("word/_rels/document.xml.rels"), rels)
        report = examine(sign(CAMERA, target.getvalue(), media_type=DOCX))
        assert report.evidence[Line.INTEGRITY].status is status

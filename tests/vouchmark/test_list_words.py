"""Does a report say on whose list somebody stands, by whose word it is that list, and when it came?"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, Final

import pytest

from provenance.credentials.trust.formats import Content, Label, ListKind, Origin
from provenance.credentials.trust.lists import KeptConfiguration, TrustList
from tests.support.attacks import CAMERA, LONG, PASS, ROOT, UNKNOWN, codes, examine, said
from tests.support.authority import (
    DAY,
    EMAIL_PROTECTION,
    NOW,
    TIME_STAMPING,
    certify,
    list_of,
    make_root,
    make_signer,
    store_of,
)
from tests.support.lists import product, products_list
from tests.support.media.crafting import make_authority, signed, stamper
from tests.support.media.identities import actor, attach, by_certificate
from vouchmark.render.html import render as to_page
from vouchmark.render.text import render
from vouchmark.report import Line, Report, exit_code

PAPER: Final = make_signer(
    make_root("Public"), organization="Daily Paper", common_name="Paper", purposes=(EMAIL_PROTECTION,)
)


def earned(listed: TrustList) -> TrustList:
    """As it comes from its publisher."""
    return replace(listed, origin=Origin.ADDRESS)


def as_said(listed: TrustList) -> TrustList:
    """As the reader says that it is."""
    return replace(listed, origin=Origin.READER)


PUBLISHERS: Final = earned(list_of(PAPER, kind=ListKind.PUBLISHER, label=Label.IPTC, name="iptc"))


def told(report: Report, line: Line = Line.SIGNER) -> str:
    return report.evidence[line].summary


class TestPublishers:
    def test_one_who_signs_is_named_as_on_iptcs_list(self) -> None:
        report = examine(signed(PAPER), store_of(PUBLISHERS))
        assert report.evidence[Line.SIGNER].status is PASS
        assert codes(report, Line.SIGNER) == ["signer.publisher"]
        assert told(report) == "Signed by Daily Paper (Paper), on IPTC's list of verified news publishers."
        assert said(report) == (
            "signed by Daily Paper (Paper), on IPTC's list of verified news publishers; unchanged since"
        )
        assert report.verdict is not None
        assert report.verdict.labels[0] == "signer-recognised"
        assert exit_code(report) == 0

    def test_beside_an_official_list_both_are_said(self) -> None:
        official = earned(list_of(make_root("C2PA"), label=Label.OFFICIAL))
        camera = make_signer(ROOT, organization="Daily Paper", common_name="Paper")
        lists = store_of(
            earned(list_of(ROOT, label=Label.OFFICIAL, name="c2pa")),
            official,
            earned(list_of(camera, kind=ListKind.PUBLISHER, label=Label.IPTC)),
        )
        report = examine(signed(camera), lists)
        assert codes(report, Line.SIGNER) == ["signer.official", "signer.publisher"]
        assert "certified by an authority on the official C2PA list" in told(report)
        assert "on IPTC's list of verified news publishers" in told(report)
        assert said(report) == "signed by Daily Paper (Paper), certified under the official C2PA list; unchanged since"

    def test_one_that_only_calls_itself_so_is_not(self) -> None:
        stranger = make_signer(make_root("Public"), organization="Daily Paper", common_name="Paper")
        report = examine(signed(stranger), store_of(PUBLISHERS))
        assert codes(report, Line.SIGNER) == ["signer.unknown"]
        assert "IPTC" not in said(report)

    def test_one_who_attaches_an_identity_is_named_so_too(self) -> None:
        desk = actor(make_root("Else"), organization="Daily Paper", common_name="Desk")
        lists = store_of(list_of(ROOT), earned(list_of(desk, kind=ListKind.PUBLISHER, label=Label.IPTC)))
        report = examine(attach(CAMERA, by_certificate(desk)), lists)
        assert "cawg.identity.trusted" in codes(report, Line.SIGNER)
        assert "IPTC's list of verified news publishers has that name." in told(report)
        assert codes(report, Line.SIGNER)[0] == "signer.yours"

    def test_a_list_of_the_readers_own_is_called_that(self) -> None:
        report = examine(signed(PAPER), store_of(list_of(PAPER, kind=ListKind.PUBLISHER)))
        assert told(report) == "Signed by Daily Paper (Paper), on your own list of news publishers."

    def test_an_ancestor_by_one_counts_as_a_listed_signer(self) -> None:
        from provenance.credentials.own_check import examine_own
        from provenance.credentials.trust.view import view_of
        from vouchmark.lines.authority import Standing, standing_of

        own = examine_own(signed(PAPER), "image/jpeg", None, trust=view_of(store_of(PUBLISHERS)), at=NOW)
        assert standing_of(own, own.bound) is Standing.LISTED


class TestTheReadersWord:
    @pytest.mark.parametrize("label", [Label.OFFICIAL, Label.INTERIM])
    def test_it_is_repeated_wherever_the_label_is(self, label: Label) -> None:
        clock_root = certify({"O": "T", "CN": "T"}, is_authority=True, purposes=(TIME_STAMPING,), **LONG)
        clock = make_authority(clock_root, **LONG)
        lists = store_of(
            as_said(list_of(ROOT, label=label)),
            as_said(list_of(clock_root, kind=ListKind.TSA, label=label, name="time")),
        )
        report = examine(signed(CAMERA, cose={"stamp": stamper(clock, NOW - DAY / 24)}), lists)
        words = f"{label}, as you said"
        for text in (told(report), told(report, Line.TIME), said(report)):
            assert words in text
        assert {one.label for one in report.inputs.trust_lists} == {words}
        assert report.evidence[Line.SIGNER].findings[0].detail["label"] == words
        assert report.evidence[Line.TIME].findings[0].detail["label"] == words
        assert words in render(report, width=2000, colour=False, verbosity=3)
        assert words in to_page(report)

    def test_an_earned_label_is_not_called_the_readers(self) -> None:
        report = examine(signed(CAMERA), store_of(earned(list_of(ROOT, label=Label.OFFICIAL))))
        assert "certified by an authority on the official C2PA list" in told(report)
        assert "as you said" not in render(report, width=2000, colour=False, verbosity=3)

    def test_the_interim_list_is_named_where_it_vouches_for_a_time(self) -> None:
        root = certify({"O": "T", "CN": "T"}, is_authority=True, purposes=(TIME_STAMPING,), **LONG)
        lists = store_of(list_of(ROOT), earned(list_of(root, label=Label.INTERIM, name="interim")))
        report = examine(signed(CAMERA, cose={"stamp": stamper(make_authority(root, **LONG), NOW - DAY / 24)}), lists)
        assert told(report, Line.TIME).endswith("a time-stamping authority on the interim list, frozen on 2026-01-01.")


class TestDates:
    def _report(self, **dates: Any) -> Report:
        return examine(signed(CAMERA), store_of(replace(list_of(ROOT), **dates)))

    def test_a_list_without_a_date_says_when_it_came_and_that_its_own_is_unknown(self) -> None:
        report = self._report(imported=dt.date(2026, 11, 1))
        assert report.inputs.trust_lists[0].dated is None
        for text in (render(report, width=2000, colour=False, verbosity=3), to_page(report)):
            assert "imported on 2026-11-01; its own date is unknown" in text

    def test_a_list_with_a_date_says_that_one(self) -> None:
        report = self._report(dated=dt.date(2026, 8, 5), imported=dt.date(2026, 11, 1))
        text = render(report, width=2000, colour=False, verbosity=3)
        assert "2026-08-05" in text
        assert "its own date is unknown" not in text

    def test_an_old_import_without_a_date_stands_under_not_checked(self) -> None:
        report = self._report(imported=(NOW - 90 * DAY).date())
        why = next(gap.why for gap in report.not_checked if gap.what.startswith("changes to the list"))
        assert why == f"the list was imported on {(NOW - 90 * DAY).date()}; its own date is unknown"


class TestConformingProducts:
    def _report(self, **options: Any) -> Report:
        data = products_list(product(**options)) if options else b""
        kept = KeptConfiguration(
            name="p", content=Content.PRODUCTS, label=Label.OFFICIAL, dated=NOW.date(), sha256="0" * 64, data=data
        )
        official = earned(list_of(ROOT, label=Label.OFFICIAL))
        return examine(signed(CAMERA), store_of(official, configurations=(kept,) if options else ()))

    def test_one_on_the_list_is_told(self) -> None:
        report = self._report(level=1)
        assert codes(report, Line.SIGNER) == ["signer.official", "signer.product.listed"]
        found = report.evidence[Line.SIGNER].findings[1]
        assert found.statement.startswith("The signing product is on the list of conforming products, ")

    def test_one_that_may_not_state_that_origin_fails(self) -> None:
        report = self._report(disallowed=["capturedMedia"])
        assert codes(report, Line.SIGNER)[0] == "signer.signal.disallowed"

    def test_without_that_list_it_is_said_that_nobody_looked(self) -> None:
        report = self._report()
        gaps = {gap.what: gap.why for gap in report.not_checked}
        assert gaps["the conforming product"] == "no list of conforming products is kept"
        other = examine(signed(CAMERA), store_of(list_of(ROOT)))
        assert "the conforming product" not in {gap.what for gap in other.not_checked}
        assert other.evidence[Line.TIME].status is not UNKNOWN

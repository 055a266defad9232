"""Does the time line tell who says when, fail what cannot be, and only state what may be?"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.credentials.own_check import examine_own
from provenance.credentials.store.jumbf import parse_store
from provenance.credentials.trust.formats import ListKind
from provenance.credentials.trust.lists import TrustLists
from provenance.credentials.trust.view import view_of
from provenance.metadata import Metadata, MetadataTime, Role
from tests.support.attacks import BY_LISTED, LONG, codes, examine, said
from tests.support.authority import (
    DAY,
    NOW,
    change_pixels,
    created,
    list_of,
    make_root,
    make_signer,
    picture,
    store_of,
)
from tests.support.media.crafting import (
    Draft,
    actions,
    bind,
    link_to,
    make_authority,
    sha256,
    signed,
    stamper,
    store,
    updated,
)
from tests.vouchmark.readings import facts, reading
from vouchmark.lines.authority import speakers
from vouchmark.lines.time.order import CLOCK_TOLERANCE, impossible, unsigned
from vouchmark.report import Exit, Finding, Line, Report, Root, Status, exit_code

ROOT: Final = make_root(**LONG)
CAMERA: Final = make_signer(ROOT, **LONG)
TIME_ROOT: Final = make_root("Time CA", **LONG)
CLOCK: Final = make_authority(TIME_ROOT, **LONG)
LISTS: Final = store_of(list_of(ROOT), list_of(TIME_ROOT, kind=ListKind.TSA, name="clocks"))
UNLISTED: Final = store_of(list_of(ROOT))
SIGNED_AT: Final = NOW - 60 * DAY
HOUR: Final = dt.timedelta(hours=1)
MINUTE: Final = dt.timedelta(minutes=1)
VERSION_1: Final = {"claim_generator": "test/1", "dc:format": "image/jpeg", "claim_generator_info": [{"name": "Test"}]}
IMPOSSIBLE: Final = "the times it states cannot all be true"


def text(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def bare(moment: dt.datetime) -> str:
    return moment.strftime("%Y:%m:%d %H:%M:%S")


def taken(when: dt.datetime | None = None, *, stamp: dt.datetime | None = SIGNED_AT, **exif: str) -> bytes:
    """A picture whose `c2pa.created` says when, with signed EXIF; stamped at a time."""
    action = created() | ({"when": text(when)} if when else {})
    assertions = [actions(action), *([("stds.exif", dict(exif))] if exif else [])]
    cose: dict[str, Any] = {"stamp": stamper(CLOCK, stamp)} if stamp else {}
    return signed(CAMERA, assertions=assertions, cose=cose)


def findings(report: Report, code: str) -> list[Finding]:
    return [finding for finding in report.evidence[Line.TIME].findings if finding.code == code]


def look(data: bytes, lists: TrustLists = LISTS, **options: Any) -> Report:
    return examine(data, lists, **options)


class TestWhoSaysWhen:
    def test_a_listed_authority_is_believed(self) -> None:
        report = look(taken())
        evidence = report.evidence[Line.TIME]
        day = SIGNED_AT.date().isoformat()
        assert evidence.status is Status.PASS
        assert evidence.summary == (
            f"Signed on {day}, says Test Time (Stamper), a time-stamping authority on a list you use."
        )
        assert codes(report, Line.TIME)[0] == "time.trusted"
        assert exit_code(report) is Exit.OK

    def test_an_unlisted_one_is_only_quoted(self) -> None:
        report = look(taken(), UNLISTED)
        assert report.evidence[Line.TIME].status is Status.UNKNOWN
        assert "by an authority not on a list you use (“Test Time (Stamper)”)" in report.evidence[Line.TIME].summary

    def test_without_a_stamp_the_signers_own_clock_is_named_as_that(self) -> None:
        report = look(taken(SIGNED_AT, stamp=None))
        evidence = report.evidence[Line.TIME]
        assert (evidence.status, codes(report, Line.TIME)[0]) == (Status.UNKNOWN, "time.claimed")
        assert evidence.summary == (
            f"There is no time stamp; only the signer's own clock says that it was created on {SIGNED_AT.date()}."
        )
        assert findings(report, "time.claimed")[0].root is Root.CLAIM_SIGNATURE

    def test_the_signature_headers_own_time_is_read(self) -> None:
        header = {1: -7, 33: list(CAMERA.chain), 15: {6: int(SIGNED_AT.timestamp())}}
        report = look(signed(CAMERA, cose={"header": header}))
        (claimed,) = findings(report, "time.claimed")
        assert claimed.detail["where"] == "signature header"
        assert claimed.statement.endswith(f"says that it was signed on {SIGNED_AT.date()}.")
        assert claimed.detail["claimed"] == SIGNED_AT.date().isoformat()

    @pytest.mark.parametrize("value", [10**30, -(10**30), float("nan"), True, "soon", None, [1]])
    def test_a_header_time_that_is_none_says_nothing(self, value: Any) -> None:
        header = {1: -7, 33: list(CAMERA.chain), 15: {6: value}}
        assert codes(look(signed(CAMERA, cose={"header": header})), Line.TIME)[0] == "time.none"

    def test_nothing_at_all_says_nothing(self) -> None:
        report = look(taken(stamp=None))
        assert report.evidence[Line.TIME].status is Status.ABSENT
        assert report.evidence[Line.TIME].summary == ("There is no time stamp; nothing shows when it was signed.")

    def test_a_stamp_over_something_else_shows_no_time(self) -> None:
        broken = signed(CAMERA, cose={"stamp": stamper(CLOCK, SIGNED_AT, imprint=b"\1" * 32)})
        report = look(broken)
        assert codes(report, Line.TIME)[0] == "time.stamp.invalid"
        assert report.evidence[Line.TIME].status is Status.UNKNOWN

    def test_a_stamp_of_the_older_form_is_labelled(self) -> None:
        old = signed(
            CAMERA,
            version=1,
            claim=VERSION_1,
            cose={"stamp": stamper(CLOCK, SIGNED_AT), "stamp_version": 1},
        )
        report = look(old)
        (label,) = findings(report, "time.stamp.legacy")
        assert label.status is Status.ABSENT
        assert label.statement == (
            "The time stamp is of an older form: it shows that the statements existed then, not the signature."
        )
        assert not findings(look(taken()), "time.stamp.legacy")
        assert report.evidence[Line.TIME].summary.startswith(f"Its statements existed on {SIGNED_AT.date()}, says ")
        assert look(taken()).evidence[Line.TIME].summary.startswith(f"Signed on {SIGNED_AT.date()}, says ")

    @pytest.mark.parametrize("lists", [LISTS, UNLISTED], ids=["listed", "unlisted"])
    def test_of_other_bytes_the_stamp_shows_when_the_credentials_were_signed(self, lists: TrustLists) -> None:
        told = look(change_pixels(taken()), lists).evidence[Line.TIME].summary
        assert told.startswith(f"The credentials, which are for other bytes, were signed on {SIGNED_AT.date()}, says ")
        assert look(taken(), lists).evidence[Line.TIME].summary.startswith("Signed on ")

    def test_of_other_bytes_a_stamp_of_the_older_form_shows_what_was_stated(self) -> None:
        cose = {"stamp": stamper(CLOCK, SIGNED_AT), "stamp_version": 1}
        old = change_pixels(signed(CAMERA, version=1, claim=VERSION_1, cose=cose))
        told = look(old).evidence[Line.TIME].summary
        assert told.startswith(f"Its statements, which are of other bytes, existed on {SIGNED_AT.date()}, says ")

    def test_a_stamp_that_a_later_update_keeps_counts_and_is_said_to_be_kept(self) -> None:
        report = look(_updated(kept_at=SIGNED_AT + DAY))
        (trusted,) = findings(report, "time.trusted")
        assert trusted.statement.endswith("whose time stamp a later update keeps.")
        assert trusted.detail["kept_later"] is True
        assert report.evidence[Line.TIME].status is Status.PASS


class TestCertificate:
    def test_it_is_said_that_it_was_valid_when_it_signed(self) -> None:
        (finding,) = findings(look(taken()), "time.certificate.inside")
        assert finding.status is Status.ABSENT
        assert finding.statement.startswith(
            f"The signer's certificate was valid at the time of the time stamp, {SIGNED_AT.date()} (it runs from "
        )

    def test_without_a_trusted_time_the_time_asked_for_is_judged(self) -> None:
        (finding,) = findings(look(taken(stamp=None)), "time.certificate.inside")
        assert f"is valid at the time of this report, {NOW.date()}" in finding.statement
        assert finding.statement.endswith("; no trusted time says whether it was when it signed.")

    @pytest.mark.parametrize("stamp", [None, NOW - 200 * DAY])
    def test_it_is_said_that_it_was_not(self, stamp: dt.datetime | None) -> None:
        short = make_signer(ROOT, start=NOW - 100 * DAY, end=NOW - 50 * DAY)
        data = signed(short, cose={"stamp": stamper(CLOCK, stamp)} if stamp else {})
        report = look(data)
        (finding,) = findings(report, "time.certificate.outside")
        assert (
            "was not valid at the time of the time stamp" if stamp else "is not valid at the time of this report"
        ) in (finding.statement)
        # Judged on the signer's line, stated on this one.
        assert finding.status is Status.ABSENT


class TestImpossible:
    @pytest.mark.parametrize(
        ("action", "word"),
        [("c2pa.created", "created"), ("c2pa.edited", "edited"), ("c2pa.published", "published")],
    )
    def test_what_is_signed_to_have_happened_after_the_signing_fails(self, action: str, word: str) -> None:
        late = created() | {"action": action, "when": text(SIGNED_AT + 3 * DAY)}
        every = [created(), late] if action != "c2pa.created" else [late]
        data = signed(CAMERA, assertions=[actions(*every)], cose={"stamp": stamper(CLOCK, SIGNED_AT)})
        report = look(data)
        (finding,) = findings(report, "time.order.impossible")
        assert finding.status is Status.FAIL
        assert finding.statement == (
            f"It is signed that it was {word} on {(SIGNED_AT + 3 * DAY).date()}, at least 3 days after it was signed "
            f"({SIGNED_AT.date()}): that cannot be."
        )
        assert report.evidence[Line.TIME].summary == finding.statement
        assert exit_code(report) is Exit.FAILED
        assert said(report) == f"the times it states cannot all be true; {BY_LISTED}"
        assert IMPOSSIBLE in said(report)
        assert report.verdict is not None
        assert "time-contradiction" in report.verdict.labels
        assert report.evidence[Line.INTEGRITY].status is Status.PASS

    def test_so_does_signed_exif(self) -> None:
        report = look(taken(**{"exif:DateTimeOriginal": text(SIGNED_AT + 2 * HOUR)}))
        (finding,) = findings(report, "time.order.impossible")
        assert "It is signed that it was captured on" in finding.statement
        assert "at least 2 hours after it was signed" in finding.statement

    @pytest.mark.parametrize(
        ("late", "fails"),
        [(CLOCK_TOLERANCE, False), (CLOCK_TOLERANCE + 2 * MINUTE, True), (-400 * DAY, False)],
    )
    def test_clocks_may_differ_by_minutes(self, late: dt.timedelta, fails: bool) -> None:
        report = look(taken(SIGNED_AT + late))
        assert bool(findings(report, "time.order.impossible")) is fails
        assert (report.evidence[Line.TIME].status is Status.FAIL) is fails

    @pytest.mark.parametrize(("late", "fails"), [(13 * HOUR, False), (15 * HOUR, True)])
    def test_a_time_without_a_zone_has_fourteen_hours_of_slack(self, late: dt.timedelta, fails: bool) -> None:
        report = look(taken(**{"exif:DateTimeOriginal": bare(SIGNED_AT + late)}))
        assert bool(findings(report, "time.order.impossible")) is fails
        if fails:
            assert "at least " in findings(report, "time.order.impossible")[0].statement

    @settings(max_examples=25, deadline=None)
    @given(st.integers(-3_000, 3_000), st.booleans())
    def test_fails_exactly_beyond_the_tolerance_whatever_the_times(self, minutes: int, zoned: bool) -> None:
        moment = SIGNED_AT + minutes * MINUTE
        written = text(moment) if zoned else bare(moment)
        earliest = moment if zoned else moment - 14 * HOUR
        data = taken(**{"exif:DateTimeOriginal": written})
        own = examine_own(data, "image/jpeg", None, trust=view_of(LISTS), at=NOW)
        assert bool(impossible(own, speakers(own))) is (earliest > SIGNED_AT + CLOCK_TOLERANCE)

    def test_an_unlisted_authority_proves_no_contradiction(self) -> None:
        report = look(taken(SIGNED_AT + 9 * DAY), UNLISTED)
        assert not findings(report, "time.order.impossible")
        assert report.evidence[Line.TIME].status is Status.UNKNOWN
        assert "9 days after its time stamp" in findings(report, "time.stated")[0].statement

    @pytest.mark.parametrize("when", ["c2pa.metadata", "com.example"])
    def test_what_is_planned_is_no_contradiction(self, when: str) -> None:
        later = text(SIGNED_AT + 9 * DAY)
        planned = ("stds.schema-org.CreativeWork", {"datePublished": later})
        scheduled = actions(created(), {"action": "com.example.release", "when": later})
        assertions = [actions(), planned] if when == "c2pa.metadata" else [scheduled]
        data = signed(CAMERA, assertions=assertions, cose={"stamp": stamper(CLOCK, SIGNED_AT)})
        report = look(data)
        assert report.evidence[Line.TIME].status is Status.PASS
        assert "9 days after its time stamp" in findings(report, "time.stated")[0].statement

    def test_a_statement_that_nobody_signed_contradicts_nothing(self) -> None:
        exif = ("stds.exif", {"exif:DateTimeOriginal": text(SIGNED_AT + 9 * DAY)})
        data = signed(CAMERA, undeclared=[exif], cose={"stamp": stamper(CLOCK, SIGNED_AT)})
        assert not findings(look(data), "time.order.impossible")
        assert not examine_own(data, "image/jpeg", None, trust=view_of(LISTS), at=NOW).declared

    def test_changed_pixels_leave_a_signed_contradiction_what_it_is(self) -> None:
        report = look(change_pixels(taken(SIGNED_AT + 9 * DAY)))
        assert findings(report, "time.order.impossible")
        assert report.evidence[Line.INTEGRITY].status is Status.FAIL


OLDER: Final = "urn:c2pa:00000000-0000-4000-8000-00000000000a"


def _parent(*, stamp: dt.datetime | None, when: dt.datetime | None = None, **more: Any) -> bytes:
    action = created() | ({"when": text(when)} if when else {})
    binding = ("c2pa.hash.data", {"alg": "sha256", "hash": sha256(b"earlier"), "pad": b""})
    cose: dict[str, Any] = {"stamp": stamper(CLOCK, stamp)} if stamp else {}
    draft = Draft(signer=CAMERA, label=OLDER, assertions=[actions(action), binding], cose=cose, **more)
    return draft.build()


def _edit(parent: bytes, *, stamp: dt.datetime | None) -> bytes:
    edit = actions({"action": "c2pa.opened", "parameters": {"ingredients": []}})
    cose: dict[str, Any] = {"stamp": stamper(CLOCK, stamp)} if stamp else {}
    draft = Draft(signer=CAMERA, assertions=[edit, ("c2pa.ingredient.v3", link_to(parent, OLDER))], cose=cose)
    return bind(draft, picture(), before=[parent])


def _updated(*, kept_at: dt.datetime) -> bytes:
    """A picture without a stamp, and an update above it that keeps one for it."""

    def above(below: bytes) -> Draft:
        protected, signature = _signature_of(below)
        token = stamper(CLOCK, kept_at)(cbor2.dumps(["CounterSignature", protected, b"", cbor2.dumps(signature)]))
        kept = [("c2pa.ingredient.v3", link_to(below, OLDER)), ("c2pa.time-stamp", {OLDER: token})]
        return Draft(signer=CAMERA, assertions=kept)

    return updated(Draft(signer=CAMERA, label=OLDER, assertions=[actions()]), picture(), above)


def _signature_of(manifest: bytes) -> tuple[bytes, bytes]:
    """Protected header and signature of a manifest's claim signature."""
    parts = cbor2.loads(parse_store(store(manifest)).active.signature).value
    return parts[0], parts[3]


class TestEarlierVersions:
    def test_an_earlier_version_that_was_signed_later_cannot_be(self) -> None:
        report = look(_edit(_parent(stamp=SIGNED_AT + 5 * DAY), stamp=SIGNED_AT))
        (finding,) = findings(report, "time.order.impossible")
        assert finding.subject == OLDER
        assert finding.statement == (
            f"An earlier version was signed on {(SIGNED_AT + 5 * DAY).date()}, 5 days after the version that was made "
            f"from it ({SIGNED_AT.date()}): that cannot be."
        )
        assert report.evidence[Line.TIME].status is Status.FAIL
        assert exit_code(report) is Exit.FAILED

    @pytest.mark.parametrize("stamp", [SIGNED_AT - 400 * DAY, SIGNED_AT, SIGNED_AT + CLOCK_TOLERANCE, None])
    def test_one_that_was_signed_before_can(self, stamp: dt.datetime | None) -> None:
        report = look(_edit(_parent(stamp=stamp), stamp=SIGNED_AT))
        assert report.evidence[Line.TIME].status is Status.PASS

    def test_an_earlier_version_cannot_show_what_happened_after_the_later_was_signed(self) -> None:
        report = look(_edit(_parent(stamp=None, when=SIGNED_AT + 3 * DAY), stamp=SIGNED_AT))
        (finding,) = findings(report, "time.order.impossible")
        assert finding.statement == (
            f"It is signed of an earlier version that it was created on {(SIGNED_AT + 3 * DAY).date()}, at least 3 "
            f"days after what was made from it was signed ({SIGNED_AT.date()}): that cannot be."
        )

    def test_without_trusted_times_nothing_is_impossible(self) -> None:
        report = look(_edit(_parent(stamp=SIGNED_AT + 5 * DAY), stamp=SIGNED_AT), UNLISTED)
        assert not findings(report, "time.order.impossible")

    def test_a_link_of_the_oldest_form_proves_no_order_of_signatures(self) -> None:
        """It hashes the claim alone, so that the stamp may have been put beside it later."""
        parent = _parent(stamp=SIGNED_AT + 5 * DAY, version=1, claim=VERSION_1)
        claim = parse_store(store(parent)).active.claim_bytes
        link = link_to(parent, OLDER)
        link["activeManifest"] = {"url": f"self#jumbf=/c2pa/{OLDER}", "hash": sha256(claim)}
        del link["claimSignature"]
        edit = actions({"action": "c2pa.opened", "parameters": {"ingredients": []}})
        draft = Draft(
            signer=CAMERA,
            assertions=[edit, ("c2pa.ingredient.v3", link)],
            cose={"stamp": stamper(CLOCK, SIGNED_AT)},
        )
        report = look(bind(draft, picture(), before=[parent]))
        assert not findings(report, "time.order.impossible")
        assert "history.parent.intact" in codes(report, Line.HISTORY)


class TestStated:
    def test_gaps_are_told_in_words_and_never_fail(self) -> None:
        report = look(taken(SIGNED_AT - 3 * 366 * DAY, **{"exif:DateTimeOriginal": bare(SIGNED_AT - 40 * DAY)}))
        assert report.evidence[Line.TIME].status is Status.PASS
        told = [finding.statement for finding in findings(report, "time.stated")]
        assert told == [
            f"The signer says that it was created on {(SIGNED_AT - 3 * 366 * DAY).date()}. That is 3 years before "
            "its time stamp.",
            f"The signer says that it was captured on {(SIGNED_AT - 40 * DAY).date()}. That is at least 39 days "
            "before its time stamp.",
        ]
        assert all(finding.status is Status.ABSENT for finding in findings(report, "time.stated"))

    @pytest.mark.parametrize(
        ("written", "words"), [("2019", "in 2019"), ("2019-12", "in 2019-12"), ("2019-12-01", "on 2019-12-01")]
    )
    def test_no_more_of_a_date_is_told_than_was_written(self, written: str, words: str) -> None:
        told = [f.statement for f in findings(look(taken(**{"exif:DateTimeOriginal": written})), "time.stated")]
        assert [one for one in told if f"captured {words}. That is at least " in one], told

    def test_about_the_same_time_is_said_to_be_that(self) -> None:
        report = look(taken(SIGNED_AT - MINUTE, **{"exif:DateTimeOriginal": bare(SIGNED_AT)}))
        told = [finding.statement for finding in findings(report, "time.stated")]
        assert told[0].endswith(" That is about the time of its time stamp, as far as its missing time zone tells.")
        assert told[1].endswith(" That is about the time of its time stamp.")

    def test_unsigned_metadata_is_the_weaker_root_and_never_fails(self) -> None:
        """EXIF that claims a capture after the trusted signing: stated, not failed."""
        from PIL import Image

        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9003] = bare(SIGNED_AT + 40 * DAY)
        report = look(signed(CAMERA, picture_with(exif), cose={"stamp": stamper(CLOCK, SIGNED_AT)}))
        (finding,) = findings(report, "time.unsigned")
        assert finding.root is Root.UNSIGNED_METADATA
        assert finding.statement == (
            "The file's own metadata (EXIF DateTimeOriginal), which anybody could have written, says that it was "
            "captured "
            f"on {(SIGNED_AT + 40 * DAY).date()}. That is at least 39 days after its time stamp."
        )
        assert report.evidence[Line.TIME].status is Status.PASS
        assert exit_code(report) is Exit.OK

    def test_a_file_without_credentials_has_only_its_own_word(self) -> None:
        from PIL import Image

        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9003] = bare(SIGNED_AT)
        report = look(picture_with(exif))
        assert codes(report, Line.TIME) == ["time.absent", "time.unsigned"]
        assert report.evidence[Line.TIME].status is Status.ABSENT
        assert findings(report, "time.unsigned")[0].statement == (
            "The file's own metadata (EXIF DateTimeOriginal), which anybody could have written, says that it was "
            "captured "
            f"on {SIGNED_AT.date()}."
        )

    def test_hundreds_of_actions_are_told_briefly(self) -> None:
        many = [{"action": "c2pa.edited", "when": text(SIGNED_AT - n * DAY)} for n in range(1, 60)]
        data = signed(CAMERA, assertions=[actions(created(), *many)], cose={"stamp": stamper(CLOCK, SIGNED_AT)})
        told = findings(look(data), "time.stated")
        assert len(told) == 8
        assert told[-1].detail["more"] == 51

    def test_a_strangers_words_stay_harmless(self) -> None:
        nasty = "com.example.\u202e\x1b[2J” so all is well. “"
        data = signed(
            CAMERA,
            assertions=[actions(created(), {"action": nasty, "when": text(SIGNED_AT - DAY)})],
            cose={"stamp": stamper(CLOCK, SIGNED_AT)},
        )
        (finding,) = findings(look(data), "time.stated")
        assert "\x1b" not in finding.statement
        assert "” so all" not in finding.statement

    def test_the_report_is_the_same_whenever_it_is_made(self) -> None:
        data = taken(SIGNED_AT - DAY)
        assert list(look(data).findings()) == list(look(data).findings())


def picture_with(exif: Any) -> bytes:
    import io

    from PIL import Image

    output = io.BytesIO()
    Image.open(io.BytesIO(picture())).save(output, "JPEG", exif=exif, quality=92)
    return output.getvalue()


@pytest.mark.parametrize(
    ("field", "word"),
    [
        ("EXIF DateTimeDigitized", "digitised"),
        ("PDF CreationDate", "created"),
        ("XMP xmp:CreateDate", "created"),
        ("MP4 movie creation", "created"),
    ],
)
def test_only_exif_tells_digitising_from_creating(field: str, word: str) -> None:
    time = MetadataTime(
        field=field, role=Role.DIGITISED, written="2026-05-01", time=dt.datetime(2026, 5, 1), offset_known=False
    )
    (draft,) = unsigned(facts(reading(), metadata=Metadata(times=(time,))), None)
    assert f"({field}), which anybody could have written, says that it was {word} on 2026-05-01." in draft.statement

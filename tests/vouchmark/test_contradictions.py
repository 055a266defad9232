"""Does a contradiction about bytes count, whoever it is from, unless it is known why and our own check holds?"""

from __future__ import annotations

import dataclasses
import hashlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import pytest

from provenance.credentials.binding.base import Match, data_hash
from provenance.credentials.binding.coverage import Coverage
from provenance.credentials.binding.riff_length import holds_at_its_old_length
from provenance.credentials.engines.model import Kind, Outcome, Reading, State, ValidationCode
from provenance.credentials.history.manifest_check import SignatureState
from provenance.credentials.own_check import OwnCheck, Problem
from provenance.credentials.store.jumbf import parse_store
from provenance.formats import read_layout
from tests.support.attacks import CAMERA, FAILED, INCONCLUSIVE, OK, codes, examine, said
from tests.support.authority import picture, sign, sign_update
from tests.support.corpus import folder, needs_corpus
from tests.support.media.crafting import Draft, actions, bind, link_to, updated
from tests.support.media.forms import DOCUMENTS, FORMS, sound
from tests.support.media.parts import parted_jpeg
from tests.support.media.streams import signed_stream
from tests.vouchmark.readings import GOOD, code, covered, facts, manifest, own_check, reading
from vouchmark.lines import facts as lines
from vouchmark.lines.engines import line as engines
from vouchmark.lines.facts import Answer, evidence
from vouchmark.lines.integrity import line as integrity
from vouchmark.lines.integrity.contradictions import BYTES_CHANGED, MALFORMED, REVIEWED, Condition
from vouchmark.report import Line, Report, Status, exit_code
from vouchmark.wording.catalogue import has, say

UNKNOWN, PASS, FAIL = Status.UNKNOWN, Status.PASS, Status.FAIL
SECOND = "encypher-c2pa"


def second(*names: str, answers: Mapping[str, str] | None = None, **changes: Any) -> Reading:
    """The second engine's reading, with those failures."""
    shown = manifest(codes=(*GOOD, *(code(name) for name in names)))
    return reading(shown, engine=SECOND, answers=answers or {}, **changes)


def line(answer: Answer) -> Status:
    return evidence(Line.INTEGRITY, answer).status


def found(answer: Answer, name: str) -> list[lines.Draft]:
    return [draft for draft in answer.drafts if draft.code == name]


def told(report: Report, name: str) -> list[str]:
    return [one.statement for one in report.evidence[Line.INTEGRITY].findings if one.code == name]


class TestTheSecondEngine:
    @pytest.mark.parametrize("name", sorted(BYTES_CHANGED | MALFORMED))
    def test_its_contradiction_about_bytes_is_a_doubt(self, name: str) -> None:
        answer = integrity.answer(facts(reading(manifest()), second=second(name), own=own_check()))
        assert line(answer) is UNKNOWN
        (doubt,) = found(answer, "integrity.unconfirmed")
        assert (doubt.detail["from"], doubt.detail["engine"], doubt.source) == (name, SECOND, f"{SECOND} 1.0")
        assert doubt.subject == "active"
        assert ("malformed" in doubt.statement) is (name in MALFORMED)

    def test_its_answer_counts_where_it_gives_no_code(self) -> None:
        other = second(answers={"hard_binding": "mismatch"})
        answer = integrity.answer(facts(reading(manifest()), second=other, own=own_check()))
        assert line(answer) is UNKNOWN
        assert found(answer, "integrity.unconfirmed")[0].detail["from"] == "hard_binding"

    @pytest.mark.parametrize("name", ["claimSignature.mismatch", "assertion.hashedURI.mismatch"])
    def test_what_it_computes_of_the_signature_counts_too(self, name: str) -> None:
        answer = integrity.answer(facts(reading(manifest()), second=second(name), own=own_check()))
        assert line(answer) is UNKNOWN
        assert found(answer, "integrity.unconfirmed")[0].detail["from"] == name

    @pytest.mark.parametrize(
        "other",
        [
            None,
            reading(engine=SECOND, outcome=Outcome.ABSENT),
            reading(engine=SECOND, outcome=Outcome.UNSUPPORTED, reason="type"),
            reading(engine=SECOND, outcome=Outcome.UNPARSABLE, reason="store"),
            reading(engine=SECOND, outcome=Outcome.ERROR, reason="crash"),
            reading(engine=SECOND, outcome=Outcome.REMOTE),
            second(),
            second(answers={"hard_binding": "missing"}),
            second("claim.hardBindings.missing", "claimSignature.missing", "assertion.undeclared"),
            second("signingCredential.untrusted", "cawg.ica.did_unavailable", state=State.INVALID),
        ],
    )
    def test_who_refuses_does_not_know_or_finds_nothing_lowers_nothing(self, other: Reading | None) -> None:
        answer = integrity.answer(facts(reading(manifest()), second=other, own=own_check()))
        assert line(answer) is PASS

    @pytest.mark.parametrize(
        ("media_type", "codes"),
        [
            ("application/c2pa", ("assertion.dataHash.match",)),
            ("video/iso.segment", ("assertion.bmffHash.match",)),
            ("video/mp4", ("assertion.bmffHash.match", "integrity.fragments.missing")),
        ],
    )
    def test_nor_does_who_was_not_given_the_media(self, media_type: str, codes: tuple[str, ...]) -> None:
        own = own_check(coverage=covered(codes=codes))
        other = second("assertion.bmffHash.mismatch")
        answer = integrity.answer(facts(reading(manifest()), second=other, own=own, media_type=media_type))
        assert not found(answer, "integrity.unconfirmed")

    def test_an_error_of_input_is_no_contradiction(self) -> None:
        io = ValidationCode(code="assertion.dataHash.mismatch", kind=Kind.FAILURE, url="", io_error=True)
        other = reading(manifest(codes=(*GOOD, io)), engine=SECOND)
        assert line(integrity.answer(facts(reading(manifest()), second=other, own=own_check()))) is PASS

    def test_it_adds_nothing_where_our_own_digest_does_not_match(self) -> None:
        own = own_check(coverage=covered(match=Match.MISMATCH, codes=("assertion.dataHash.mismatch",)))
        answer = integrity.answer(facts(reading(manifest()), second=second("assertion.dataHash.mismatch"), own=own))
        assert line(answer) is FAIL
        assert not found(answer, "integrity.unconfirmed")


class TestTheFirstEngine:
    @pytest.mark.parametrize("name", sorted(BYTES_CHANGED))
    def test_a_change_that_our_own_digest_contradicts_is_never_called_one(self, name: str) -> None:
        shown = reading(manifest(codes=(*GOOD[:2], code(name))))
        answer = integrity.answer(facts(shown, own=own_check()))
        assert line(answer) is UNKNOWN
        assert not found(answer, name)
        assert "changed after" not in answer.summary

    def test_nor_is_a_hash_called_malformed_by_its_issuer_that_our_own_check_could_follow(self) -> None:
        shown = reading(manifest(codes=(*GOOD[:2], code("assertion.bmffHash.malformed"))))
        answer = integrity.answer(facts(shown, own=own_check()))
        assert (line(answer), answer.summary) == (
            UNKNOWN, "One verifier says that the signed hash is malformed; by our own computation it holds."
        )  # fmt: skip

    def test_both_contradictions_are_told(self) -> None:
        shown = reading(manifest(codes=(*GOOD[:2], code("assertion.bmffHash.mismatch"))))
        answer = integrity.answer(facts(shown, second=second("assertion.bmffHash.malformed"), own=own_check()))
        assert [one.detail["engine"] for one in found(answer, "integrity.unconfirmed")] == ["c2pa-rs", SECOND]

    def test_the_subject_is_what_the_engine_speaks_of(self) -> None:
        place = "self#jumbf=/c2pa/active/c2pa.assertions/c2pa.hash.data"
        shown = reading(manifest(codes=(*GOOD[:2], code("assertion.dataHash.mismatch", url=place))))
        (failed,) = found(integrity.answer(facts(shown)), "assertion.dataHash.mismatch")
        (doubt,) = found(integrity.answer(facts(shown, own=own_check())), "integrity.unconfirmed")
        assert failed.subject == doubt.subject == place
        nowhere = reading(manifest(codes=(*GOOD[:2], code("assertion.dataHash.mismatch", url=""))))
        (failed,) = found(integrity.answer(facts(nowhere)), "assertion.dataHash.mismatch")
        assert failed.subject == "active"


class TestNoEngineAlone:
    """Without our own check there is no pass, whatever engines say."""

    AGREE = second(answers={"hard_binding": "match"})

    @pytest.mark.parametrize(
        "own",
        [
            None,
            OwnCheck(problem=Problem.MALFORMED),
            OwnCheck(problem=Problem.LIMIT),
            OwnCheck(problem=Problem.ABSENT),
            own_check(coverage=None),
            own_check(coverage=covered(match=Match.MALFORMED, codes=("assertion.dataHash.malformed",))),
            own_check(coverage=covered(match=Match.UNSUPPORTED, codes=("integrity.coverage.unknown",))),
            own_check(coverage=covered(match=Match.MISSING, codes=("claim.hardBindings.missing",))),
            own_check(signature=SignatureState.MALFORMED),
            own_check(signature=SignatureState.UNSUPPORTED),
        ],
    )
    def test_two_engines_that_agree_are_not_enough(self, own: OwnCheck | None) -> None:
        answer = integrity.answer(facts(reading(manifest()), second=self.AGREE, own=own))
        assert line(answer) is UNKNOWN
        assert next(one.code for one in answer.drafts if one.status is UNKNOWN) in (
            "integrity.coverage.unknown", "integrity.unbound"
        )  # fmt: skip

    @pytest.mark.parametrize("match", [Match.MALFORMED, Match.UNSUPPORTED])
    def test_what_could_not_be_measured_is_told_with_its_binding(self, match: Match) -> None:
        own = own_check(coverage=covered(match=match, codes=("assertion.dataHash.malformed",)))
        (told,) = found(integrity.answer(facts(reading(manifest()), own=own)), "integrity.coverage.unknown")
        assert told.statement == "How much of the file the signature covers could not be measured."
        assert (told.detail["binding"], told.subject) == ("c2pa.hash.data", "active")

    @pytest.mark.parametrize("why", ["missing", "time-limit"])
    def test_why_our_own_check_is_missing_is_told(self, why: str) -> None:
        failure = {"own_failure": why} if why != "missing" else {}
        (told,) = found(integrity.answer(facts(reading(manifest()), **failure)), "integrity.coverage.unknown")
        assert told.detail == {"reason": why}

    @pytest.mark.parametrize("state", [SignatureState.MISMATCH, SignatureState.MISSING])
    def test_a_signature_that_fails_by_our_own_check_fails(self, state: SignatureState) -> None:
        assert line(integrity.answer(facts(reading(manifest()), own=own_check(signature=state)))) is FAIL

    def test_a_malformed_binding_in_a_real_file_does_not_pass(self) -> None:
        draft = Draft(signer=CAMERA, assertions=[actions()])
        whole = bind(draft, FORMS["image/jpeg"](), more={"exclusions": 7})
        report = examine(whole)
        assert report.evidence[Line.INTEGRITY].status is not PASS
        assert exit_code(report) is not OK

    def test_what_its_issuer_broke_is_told_with_the_code_behind_it(self) -> None:
        two = [("c2pa.hash.data", {"exclusions": [], "hash": bytes(32), "alg": "sha256", "name": "x"})]
        draft = Draft(signer=CAMERA, assertions=[actions(), *two])
        report = examine(bind(draft, FORMS["image/jpeg"]()))
        own = [one for one in report.evidence[Line.INTEGRITY].findings if one.source == "vouchmark coverage check"]
        broken = [one for one in own if one.code == "integrity.malformed"]
        assert [one.detail["from"] for one in broken] == ["assertion.multiple"]
        assert broken[0].statement == "A manifest lacks what it must have: its issuer broke the rules."


class TestTheReviewedList:
    """Every condition holds over our own check of these bytes, and one changed byte ends it."""

    def test_each_has_a_name_a_reason_and_both_tests(self) -> None:
        names = [one.name for one in REVIEWED]
        assert len(set(names)) == len(names) == len(HOLD)
        assert set(names) == set(HOLD) == set(BROKEN)
        for one in REVIEWED:
            assert has(f"integrity.contradiction.{one.name}")
            assert one.codes <= BYTES_CHANGED | MALFORMED
            assert one.engines <= {"c2pa-rs", SECOND}

    @pytest.mark.parametrize("condition", REVIEWED, ids=lambda one: one.name)
    def test_holds_over_nothing_that_only_an_engine_says(self, condition: Condition) -> None:
        assert list(inspect.signature(condition.holds).parameters) == ["own"]
        assert not condition.holds(covered())
        assert "reading" not in inspect.getsource(condition.holds)

    @pytest.mark.parametrize("condition", REVIEWED, ids=lambda one: one.name)
    def test_explains_no_other_code_and_no_other_engine(self, condition: Condition) -> None:
        own = own_check(coverage=HELD[condition.name])
        assert condition.holds(HELD[condition.name])
        for engine in ("c2pa-rs", SECOND, "another"):
            for name in sorted(BYTES_CHANGED | MALFORMED):
                shown = reading(manifest(codes=(*GOOD, code(name))), engine=engine)
                answer = integrity.answer(facts(reading(manifest()), second=shown, own=own))
                explained = bool(found(answer, "integrity.contradiction.explained"))
                known = condition.passes and engine in condition.engines and name in condition.codes
                assert explained is known, (engine, name)
                if not known:
                    assert line(answer) is UNKNOWN

    @pytest.mark.parametrize("condition", [one for one in REVIEWED if one.passes], ids=lambda one: one.name)
    @pytest.mark.parametrize("code", ["media_excluded", "order_excluded", "other_excluded", "unknown"])
    def test_none_passes_where_our_own_check_does_not_go_through_all_media(
        self, condition: Condition, code: str
    ) -> None:
        held = HELD[condition.name]
        assert condition.holds(held)
        assert not condition.holds(dataclasses.replace(held, codes=(*held.codes, f"integrity.coverage.{code}")))

    @pytest.mark.parametrize("name", ["files-as-map", "placed-fragments"])
    def test_a_known_error_of_an_engine_lowers_nothing_where_our_own_check_holds(self, name: str) -> None:
        report = HOLD[name]()
        assert exit_code(report) is OK
        (words,) = told(report, "integrity.contradiction.explained")
        condition = next(one for one in REVIEWED if one.name == name)
        assert words == say(f"integrity.contradiction.{condition.name}")

    @pytest.mark.parametrize("name", ["parts-missing", "more-left-out", "updated-length"])
    def test_what_is_known_and_yet_not_as_it_was_stays_a_doubt(self, name: str) -> None:
        report = HOLD[name]()
        assert report.evidence[Line.INTEGRITY].status is UNKNOWN
        assert exit_code(report) is INCONCLUSIVE
        condition = next(one for one in REVIEWED if one.name == name)
        assert say(f"integrity.contradiction.{condition.name}") in told(report, "integrity.unconfirmed")
        assert not [one for one in codes(report, Line.INTEGRITY) if one.endswith("Hash.mismatch")]

    @pytest.mark.parametrize("name", [one.name for one in REVIEWED])
    def test_one_changed_byte_ends_it(self, name: str) -> None:
        report = BROKEN[name]()
        assert report.evidence[Line.INTEGRITY].status is FAIL
        assert exit_code(report) is FAILED
        assert not told(report, "integrity.contradiction.explained")
        assert not told(report, "integrity.unconfirmed")
        assert "integrity.update.length" not in codes(report, Line.INTEGRITY)


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]


def document() -> bytes:
    return sign(CAMERA, FORMS[DOCUMENTS[0]](), media_type=DOCUMENTS[0])


def stream(*, change: bool = False) -> Report:
    first, fragments = signed_stream(CAMERA, (b"a" * 50, b"b" * 50))
    if change:
        fragments[1] = flipped(fragments[1], len(fragments[1]) - 3)
    return examine(first, fragments=fragments)


def wide() -> bytes:
    """A picture whose signer left out everything from its first segment to the end of the store."""
    return bind(
        Draft(signer=CAMERA, assertions=[actions()]), picture(), wide=lambda start, length: (2, start + length - 2)
    )


def longer() -> bytes:
    """A sound with an update by the engine, which leaves the length of the file as it has to be."""
    return sign_update(sign(CAMERA, sound(), media_type="audio/wav"), CAMERA, media_type="audio/wav")


HOLD: Final[dict[str, Callable[[], Report]]] = {
    "files-as-map": lambda: examine(document()),
    "placed-fragments": stream,
    "parts-missing": lambda: examine(parted_jpeg(CAMERA, keep=(0, 1))),
    "more-left-out": lambda: examine(wide()),
    "updated-length": lambda: examine(longer()),
}
BROKEN: Final[dict[str, Callable[[], Report]]] = {
    "files-as-map": lambda: examine(document().replace(b"<w:p>text", b"<w:p>test")),
    "placed-fragments": lambda: stream(change=True),
    "parts-missing": lambda: examine(parted_jpeg(CAMERA, keep=(0, 1), change=1)),
    "more-left-out": lambda: examine(flipped(wide(), len(wide()) - 40)),
    "updated-length": lambda: examine(flipped(longer(), 100)),
}
HELD: dict[str, Coverage] = {
    "files-as-map": covered(binding="c2pa.hash.collection.data", forms=("files-as-map",)),
    "placed-fragments": covered(binding="c2pa.hash.bmff.v3", forms=("placed-fragments",)),
    "parts-missing": covered(codes=("assertion.multiAssetHash.match", "integrity.parts.missing")),
    "more-left-out": covered(codes=("assertion.dataHash.match", "integrity.coverage.wide"), wide_names=("EXIF",)),
    "updated-length": covered(codes=("assertion.dataHash.match", "integrity.update.length")),
}


class TestTheLengthOfAFileWithAnUpdate:
    @pytest.mark.parametrize("media_type", ["audio/wav", "image/webp", "video/x-msvideo"])
    def test_is_named_and_nothing_is_called_changed(self, media_type: str) -> None:
        whole = sign(CAMERA, FORMS[media_type](), media_type=media_type)
        report = examine(sign_update(whole, CAMERA, media_type=media_type))
        integrity = report.evidence[Line.INTEGRITY]
        assert (integrity.status, integrity.findings[0].code) == (UNKNOWN, "integrity.update.length")
        assert "length field" in integrity.summary
        assert "changed after" not in said(report)
        assert "a later update changed the length field at its start" in said(report)

    @pytest.mark.parametrize("value", [0, 1, 0x7FFFFFFF, -1, 2])
    def test_is_the_only_one_that_the_update_can_have_made(self, value: int) -> None:
        whole = longer()
        length = int.from_bytes(whole[4:8], "little")
        other = length + value if abs(value) <= 2 else value
        if other == length:
            other = 12
        report = examine(whole[:4] + (other & 0xFFFFFFFF).to_bytes(4, "little") + whole[8:])
        assert report.evidence[Line.INTEGRITY].status is not PASS
        assert "integrity.update.length" not in codes(report, Line.INTEGRITY)

    def test_is_put_back_under_an_update_alone_and_never_made_longer(self) -> None:
        whole = longer()
        layout = read_layout(whole)
        (below, _) = parse_store(layout.stores[0]).manifests
        content = next(one for one in below.assertions if one.label == "c2pa.hash.data").map()
        for is_updated, match in ((True, Match.MATCH), (False, Match.MISMATCH)):
            assert data_hash(content, whole, layout, algorithm="sha256", is_updated=is_updated).match is match
        shorter = b"RIFF" + (90).to_bytes(4, "little") + bytes(90)
        signed = hashlib.sha256(b"RIFF" + (100).to_bytes(4, "little") + bytes(40)).digest()
        assert not holds_at_its_old_length(
            shorter, ((0, 48),), store=(48, 98), was=60, algorithm="sha256", expected=signed
        )

    def test_without_an_update_a_longer_length_is_a_change(self) -> None:
        whole = sign(CAMERA, sound(), media_type="audio/wav")
        length = int.from_bytes(whole[4:8], "little") + 100
        report = examine(whole[:4] + length.to_bytes(4, "little") + whole[8:] + bytes(100))
        assert report.evidence[Line.INTEGRITY].status is FAIL


class TestAnUpdateWhoseLinkCannotBeFollowed:
    @staticmethod
    def report(url: str) -> Report:
        below = Draft(signer=CAMERA, assertions=[actions()])

        def above(manifest: bytes) -> Draft:
            link = link_to(manifest, below.label)
            link["activeManifest"]["url"] = url.format(label=below.label)
            label = "urn:c2pa:00000000-0000-4000-8000-000000000002"
            return Draft(signer=CAMERA, label=label, assertions=[("c2pa.ingredient.v3", link)])

        return examine(updated(below, picture(), above))

    def test_right_links_lead_to_the_content(self) -> None:
        assert exit_code(self.report("self#jumbf=/c2pa/{label}")) is OK

    def test_what_is_wrong_with_it_is_said_and_nothing_is_called_changed(self) -> None:
        report = self.report("self#jumbf=/c2pa/{label}/c2pa.claim")
        words = "has a URL that names a part of "
        integrity, signer, history = (report.evidence[line] for line in (Line.INTEGRITY, Line.SIGNER, Line.HISTORY))
        assert (integrity.status, integrity.findings[0].code) == (FAIL, "integrity.malformed")
        assert words in integrity.summary
        assert words in history.summary
        assert signer.summary == "No manifest is bound to this content, so that nobody is known to have signed it."
        assert "changed" not in " ".join((integrity.summary, history.summary, signer.summary, said(report)))


class TestTheEnginesLine:
    def answer(self, first: Reading, other: Reading) -> Answer:
        return engines.answer(facts(first, second=other))

    def test_one_that_calls_a_hash_malformed_is_told_as_that(self) -> None:
        first = reading(manifest(codes=(*GOOD[:2], code("assertion.bmffHash.mismatch"))), state=State.INVALID)
        told = self.answer(first, second("assertion.bmffHash.malformed", state=State.INVALID)).drafts[0]
        assert told.statement == (
            "The verifiers disagree: c2pa-rs says that the bytes changed, "
            "encypher-c2pa calls the signed hash malformed."
        )
        assert told.detail["answers"] == {"bytes": {"c2pa-rs": "changed", SECOND: "malformed"}}

    def test_one_that_cannot_parse_a_file_is_told_as_that(self) -> None:
        # It gives a state of its own all the same.
        other = reading(engine=SECOND, outcome=Outcome.UNPARSABLE, reason="asset")
        other = msgspec.structs.replace(other, state=State.INVALID)
        told = self.answer(reading(), other).drafts[0]
        assert told.statement == (
            "c2pa-rs finds no Content Credentials; encypher-c2pa cannot parse the file or its Content Credentials."
        )
        assert told.detail["unread"] == SECOND

    @pytest.mark.parametrize("failed", ["c2pa-rs", SECOND])
    def test_one_that_failed_makes_the_comparison_an_error(self, failed: str) -> None:
        good, bad = reading(manifest()), reading(engine=failed, outcome=Outcome.ERROR, reason="crash")
        first, other = (bad, second()) if failed == "c2pa-rs" else (good, bad)
        told = self.answer(first, other).drafts[0]
        assert (told.code, told.status) == ("engines.incomparable", Status.ERROR)
        assert told.detail == {"failed": failed}
        assert evidence(Line.ENGINES, self.answer(first, other)).status is Status.ERROR


REAL: Final = {
    "reading/real/truepic-library.jpg": ("unknown", "integrity.coverage.wide"),
    "reading/real/trustnxt-v2-bmff-2.heic": ("unknown", "integrity.unconfirmed"),
    "reading/i05_update.webp": ("unknown", "integrity.update.length"),
    "reading/a27_wav_update.wav": ("unknown", "integrity.update.length"),
    "reading/real/rs__update_manifest.jpg": ("fail", "integrity.malformed"),
}


@needs_corpus
@pytest.mark.corpus
@pytest.mark.parametrize("name", REAL)
def test_no_real_file_is_called_changed_by_an_engines_word(name: str) -> None:
    base = folder()
    assert base is not None
    path = base / "cases" / name
    if not path.is_file():
        pytest.skip("the shared material has no such case")
    report = examine(path)
    status, first = REAL[name]
    integrity = report.evidence[Line.INTEGRITY]
    assert (str(integrity.status), integrity.findings[0].code) == (status, first)
    assert "does not match its credentials" not in said(report)
    assert not [one for one in codes(report, Line.INTEGRITY) if one in BYTES_CHANGED]

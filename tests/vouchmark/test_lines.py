"""What does each line say about each kind of finding?"""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from provenance.credentials.engines.model import Kind, Outcome, Signer, State, ValidationCode
from tests.vouchmark.readings import (
    GOOD,
    TRUSTED,
    UNTRUSTED,
    certificate,
    code,
    created,
    facts,
    manifest,
    own_check,
    parent,
    reading,
    stamp,
)
from vouchmark.lines.ai import line as ai
from vouchmark.lines.engines import line as engines
from vouchmark.lines.facts import Answer, evidence
from vouchmark.lines.history import line as history
from vouchmark.lines.integrity import line as integrity
from vouchmark.lines.signer import line as signer
from vouchmark.lines.time import line as time
from vouchmark.report import Line, Root, Status
from vouchmark.wording.catalogue import because

BINDING = "self#jumbf=/c2pa/active/c2pa.assertions/c2pa.hash.data"


def status(line: Line, answer: Answer) -> Status:
    return evidence(line, answer).status


class TestIntegrity:
    def test_passes_where_binding_and_signature_hold(self) -> None:
        answer = integrity.answer(facts(reading(manifest()), own=own_check()))
        assert status(Line.INTEGRITY, answer) is Status.PASS
        assert answer.drafts[0].code == "assertion.dataHash.match"
        assert answer.summary == "The file is unchanged since it was signed."

    @pytest.mark.parametrize("why", ["time-limit", "memory-limit", "crash"])
    def test_passes_by_no_engines_word_alone_where_our_own_check_failed(self, why: str) -> None:
        answer = integrity.answer(facts(reading(manifest()), own_failure=why))
        assert status(Line.INTEGRITY, answer) is Status.UNKNOWN
        assert answer.drafts[0].code == "integrity.coverage.unknown"
        assert answer.drafts[1].statement == "What the signature covers is unchanged since it was signed."
        assert ("our own check of the bytes, signer and history", because(why)) in [
            (g.what, g.why) for g in answer.not_checked
        ]

    def test_fails_where_the_bytes_changed_and_says_so_first(self) -> None:
        codes = (*GOOD[:2], code("assertion.dataHash.mismatch", url=BINDING), code("assertion.json.invalid"))
        answer = integrity.answer(facts(reading(manifest(codes=codes), state=State.INVALID)))
        assert status(Line.INTEGRITY, answer) is Status.FAIL
        assert answer.summary.startswith("These are not the bytes that were signed: ")

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("claimSignature.mismatch", "signature is not valid"),
            ("assertion.hashedURI.mismatch", "altered, removed or added"),
            ("assertion.undeclared", "altered, removed or added"),
            ("claim.malformed", "malformed by their issuer"),
            ("assertion.action.malformed", "malformed by their issuer"),
        ],
    )
    def test_keeps_apart_what_failed(self, name: str, words: str) -> None:
        answer = integrity.answer(facts(reading(manifest(codes=(*GOOD, code(name))), state=State.INVALID)))
        assert status(Line.INTEGRITY, answer) is Status.FAIL
        assert words in answer.summary

    @pytest.mark.parametrize(
        "name",
        ["signingCredential.untrusted", "signingCredential.expired", "cawg.ica.did_unavailable", "timeStamp.mismatch"],
    )
    def test_is_not_moved_by_what_belongs_to_other_lines(self, name: str) -> None:
        shown = reading(manifest(codes=(*GOOD, code(name))), state=State.INVALID)
        answer = integrity.answer(facts(shown, own=own_check()))
        assert status(Line.INTEGRITY, answer) is Status.PASS

    def test_does_not_call_an_input_error_a_change(self) -> None:
        broken = ValidationCode(code="assertion.bmffHash.mismatch", kind=Kind.FAILURE, url=BINDING, io_error=True)
        answer = integrity.answer(facts(reading(manifest(codes=(*GOOD[:2], broken)))))
        assert status(Line.INTEGRITY, answer) is Status.ERROR
        assert "that says nothing about the bytes" in answer.summary

    def test_does_not_pass_where_no_code_confirms_the_binding(self) -> None:
        answer = integrity.answer(facts(reading(manifest(codes=GOOD[:2]))))
        assert status(Line.INTEGRITY, answer) is Status.FAIL
        assert answer.drafts[0].code == "integrity.unbound"

    def test_does_not_pass_where_no_code_confirms_the_signature(self) -> None:
        answer = integrity.answer(facts(reading(manifest(codes=GOOD[2:]))))
        assert status(Line.INTEGRITY, answer) is Status.UNKNOWN

    def test_cannot_tell_for_a_store_without_its_media(self) -> None:
        codes = (*GOOD[:2], code("assertion.dataHash.mismatch", url=BINDING))
        answer = integrity.answer(facts(reading(manifest(codes=codes)), media_type="application/c2pa"))
        assert status(Line.INTEGRITY, answer) is Status.UNKNOWN
        assert "on their own" in answer.summary

    def test_cannot_tell_for_an_initialisation_segment_without_fragments(self) -> None:
        codes = (*GOOD[:2], code("assertion.bmffHash.mismatch", url=BINDING))
        tree = {"c2pa.hash.bmff.v2": {"merkle": [{"initHash": "b64'AA=='"}]}}
        answer = integrity.answer(facts(reading(manifest(codes=codes, assertions=tree)), media_type="video/mp4"))
        assert status(Line.INTEGRITY, answer) is Status.UNKNOWN
        assert answer.drafts[0].code == "integrity.fragments.missing"

    def test_speaks_of_the_manifest_below_an_update(self) -> None:
        below = manifest("older", codes=(code("assertion.dataHash.mismatch", url=BINDING.replace("active", "older")),))
        update = manifest("active", is_update=True, ingredients=(parent(),), codes=TRUSTED[:2])
        answer = integrity.answer(facts(reading(update, below)))
        assert status(Line.INTEGRITY, answer) is Status.FAIL

    def test_fails_where_an_update_leads_nowhere(self) -> None:
        update = manifest("active", is_update=True, ingredients=(parent(manifest="gone"),))
        assert status(Line.INTEGRITY, integrity.answer(facts(reading(update)))) is Status.FAIL

    def test_fails_where_updates_go_in_a_circle(self) -> None:
        one = manifest("active", is_update=True, ingredients=(parent(manifest="older"),))
        two = manifest("older", is_update=True, ingredients=(parent(manifest="active"),))
        assert status(Line.INTEGRITY, integrity.answer(facts(reading(one, two)))) is Status.FAIL

    @pytest.mark.parametrize(
        ("outcome", "expected"),
        [
            (Outcome.ABSENT, Status.ABSENT),
            (Outcome.REMOTE, Status.UNKNOWN),
            (Outcome.UNSUPPORTED, Status.UNKNOWN),
            (Outcome.UNPARSABLE, Status.ERROR),
            (Outcome.ERROR, Status.ERROR),
            (Outcome.SKIPPED, Status.SKIPPED),
        ],
    )
    def test_has_an_own_status_for_each_way_of_finding_nothing(self, outcome: Outcome, expected: Status) -> None:
        answer = integrity.answer(facts(reading(outcome=outcome)))
        assert status(Line.INTEGRITY, answer) is expected
        assert answer.summary

    def test_says_when_the_name_claims_another_type(self) -> None:
        named = {"media_type": "image/png", "named_type": "image/jpeg"}
        answer = integrity.answer(facts(reading(manifest()), own=own_check(), **named))
        assert answer.drafts[0].code == "integrity.name"
        assert status(Line.INTEGRITY, answer) is Status.UNKNOWN
        nothing = integrity.answer(facts(reading(), **named))
        assert nothing.drafts[-1].code == "integrity.type.misnamed"
        assert status(Line.INTEGRITY, nothing) is Status.ABSENT


class TestSigner:
    def test_nobody_passes_by_a_list_that_only_an_engine_asked(self) -> None:
        answer = signer.answer(facts(reading(manifest(codes=TRUSTED), state=State.TRUSTED)))
        assert status(Line.SIGNER, answer) is Status.UNKNOWN
        assert answer.summary.startswith("Signed by a signer using the name “Harbour Press (Desk camera)”")
        assert answer.drafts[0].code == "signer.listed"

    def test_shows_an_unlisted_name_as_a_claim(self) -> None:
        shown = manifest(signer=Signer(algorithm="es256", certificate=certificate("NIKON")))
        answer = signer.answer(facts(reading(shown)))
        assert status(Line.SIGNER, answer) is Status.UNKNOWN
        assert "a signer using the name “NIKON (Desk camera)”" in answer.summary

    def test_expiry_is_judged_at_the_reports_time(self) -> None:
        old = manifest(signer=Signer(algorithm="es256", certificate=certificate(until=2026)), codes=TRUSTED)
        assert signer.answer(facts(reading(old))).drafts[0].code == "signer.expired"
        earlier = facts(reading(old), at=dt.datetime(2025, 6, 1, tzinfo=dt.UTC))
        assert signer.answer(earlier).drafts[0].code == "signer.listed"

    def test_an_accepted_time_stamp_keeps_an_expired_certificate(self) -> None:
        stamped = (*TRUSTED, code("timeStamp.validated", Kind.SUCCESS), code("timeStamp.trusted", Kind.SUCCESS))
        old = manifest(
            signer=Signer(algorithm="es256", certificate=certificate(until=2026)), codes=stamped, timestamp=stamp()
        )
        assert signer.answer(facts(reading(old))).drafts[0].code == "signer.listed"

    def test_names_nobody_where_the_signature_does_not_verify(self) -> None:
        codes = (code("signingCredential.trusted", Kind.SUCCESS), code("claimSignature.mismatch"))
        answer = signer.answer(facts(reading(manifest(codes=codes), state=State.INVALID)))
        assert answer.drafts[0].code == "signer.unestablished"
        assert status(Line.SIGNER, answer) is Status.UNKNOWN

    def test_fails_where_the_certificate_was_revoked(self) -> None:
        codes = (*TRUSTED, code("signingCredential.ocsp.revoked"))
        assert status(Line.SIGNER, signer.answer(facts(reading(manifest(codes=codes))))) is Status.FAIL

    def test_says_aloud_that_revocation_was_not_checked(self) -> None:
        assert ("revocation", "network off") in [
            (one.what, one.why) for one in signer.answer(facts(reading(manifest()))).not_checked
        ]


class TestTime:
    STAMPED = (*TRUSTED, code("timeStamp.validated", Kind.SUCCESS), code("timeStamp.trusted", Kind.SUCCESS))

    def test_passes_for_an_authority_on_the_readers_list(self) -> None:
        shown = manifest(codes=self.STAMPED, timestamp=stamp())
        answer = time.answer(facts(reading(shown), tsa_lists=True))
        assert status(Line.TIME, answer) is Status.PASS
        assert "2025-05-01" in answer.summary

    def test_does_not_trust_a_stamp_without_a_list(self) -> None:
        shown = manifest(codes=self.STAMPED, timestamp=stamp())
        assert time.answer(facts(reading(shown), tsa_lists=False)).drafts[0].code == "time.unlisted"

    def test_does_not_trust_a_legacy_stamp_that_the_engine_trusts_by_itself(self) -> None:
        shown = manifest(codes=self.STAMPED, timestamp=stamp(), claim_version=1)
        assert time.answer(facts(reading(shown), tsa_lists=True)).drafts[0].code == "time.unlisted"

    def test_a_stamp_that_does_not_fit_shows_no_time(self) -> None:
        shown = manifest(codes=(*TRUSTED, code("timeStamp.mismatch", Kind.INFORMATIONAL)), timestamp=stamp())
        answer = time.answer(facts(reading(shown), tsa_lists=True))
        assert answer.drafts[0].code == "time.stamp.invalid"
        assert "2025" not in answer.summary

    def test_no_stamp_is_absence(self) -> None:
        assert status(Line.TIME, time.answer(facts(reading(manifest())))) is Status.ABSENT


class TestHistory:
    def test_names_a_parent_that_was_broken_when_it_was_added(self) -> None:
        laundered = parent(recorded=(code("assertion.dataHash.mismatch"),))
        top = manifest(ingredients=(laundered,), codes=TRUSTED)
        answer = history.answer(facts(reading(top, manifest("older", codes=()))))
        assert status(Line.HISTORY, answer) is Status.FAIL
        assert answer.drafts[0].code == "history.parent.broken"
        assert "that it did not hold when it was added" in answer.summary

    def test_an_unknown_signer_in_the_past_is_no_break(self) -> None:
        kept = parent(recorded=(code("signingCredential.untrusted"),), live=(code("signingCredential.expired"),))
        top = manifest(ingredients=(kept,))
        answer = history.answer(facts(reading(top, manifest("older", codes=()))))
        assert status(Line.HISTORY, answer) is Status.PASS

    def test_no_earlier_version_passes_by_an_engines_word_alone(self) -> None:
        older = reading(manifest(ingredients=(parent(),)), manifest("older"))
        passed = history.answer(facts(older))
        assert status(Line.HISTORY, passed) is Status.PASS
        given_up = history.answer(facts(older, own_failure="crash"))
        assert status(Line.HISTORY, given_up) is Status.UNKNOWN
        assert "only an engine calls the credentials of that file valid" in given_up.summary

    def test_a_parent_without_credentials_is_unknown(self) -> None:
        top = manifest(ingredients=(parent(manifest=None),))
        answer = history.answer(facts(reading(top)))
        assert answer.drafts[0].code == "history.parent.unsigned"
        assert status(Line.HISTORY, answer) is Status.UNKNOWN

    def test_a_named_but_missing_manifest_fails(self) -> None:
        top = manifest(ingredients=(parent(manifest="gone"),))
        assert history.answer(facts(reading(top))).drafts[0].code == "history.parent.missing"

    def test_what_nothing_refers_to_is_reported_and_not_believed(self) -> None:
        answer = history.answer(facts(reading(manifest(), manifest("forged"))))
        assert answer.drafts[0].code == "history.unreferenced"
        assert status(Line.HISTORY, answer) is Status.UNKNOWN

    def test_a_circle_of_ingredients_ends(self) -> None:
        one = manifest("active", ingredients=(parent(manifest="older"),))
        two = manifest("older", ingredients=(parent(manifest="active"),), codes=())
        assert len(history.answer(facts(reading(one, two))).drafts) == 2

    def test_nothing_recorded_is_absence(self) -> None:
        assert status(Line.HISTORY, history.answer(facts(reading(manifest())))) is Status.ABSENT


class TestAi:
    def test_a_signed_declaration_passes_whatever_it_says(self) -> None:
        answer = ai.answer(facts(reading(manifest(actions=(created("trainedAlgorithmicMedia"),)))))
        assert status(Line.AI, answer) is Status.PASS
        assert answer.drafts[0].code == "ai.generated"
        assert answer.drafts[0].detail["signal"] == "fullyGenAIMedia"

    def test_silence_is_never_not_ai(self) -> None:
        answer = ai.answer(facts(reading(manifest())))
        assert status(Line.AI, answer) is Status.ABSENT
        assert "does not mean that none was used" in answer.summary

    def test_an_earlier_declaration_counts_with_its_own_root(self) -> None:
        older = manifest("older", actions=(created("trainedAlgorithmicMedia"),), codes=())
        top = manifest(ingredients=(parent(),), actions=(created("humanEdits"),))
        answer = ai.answer(facts(reading(top, older)))
        assert [draft.code for draft in answer.drafts] == ["ai.human", "ai.inherited.generated"]
        assert answer.drafts[1].root is Root.INGREDIENT

    def test_an_unreferenced_manifest_declares_nothing(self) -> None:
        forged = manifest("forged", actions=(created("digitalCapture"),))
        assert ai.answer(facts(reading(manifest(), forged))).drafts[0].code == "ai.none"

    def test_a_declaration_under_a_broken_signature_stands_for_nobody(self) -> None:
        shown = manifest(actions=(created("digitalCapture"),), codes=(code("claimSignature.mismatch"),))
        answer = ai.answer(facts(reading(shown, state=State.INVALID)))
        assert status(Line.AI, answer) is Status.UNKNOWN

    def test_captured_and_generated_by_the_same_signer_contradict(self) -> None:
        shown = manifest(actions=(created("digitalCapture"), created("trainedAlgorithmicMedia")))
        answer = ai.answer(facts(reading(shown)))
        assert status(Line.AI, answer) is Status.FAIL
        assert answer.drafts[0].code == "ai.contradiction"

    def test_what_is_said_of_the_whole_is_told_before_what_is_said_of_a_part(self) -> None:
        placed = msgspec.structs.replace(created("trainedAlgorithmicMedia"), action="c2pa.placed")
        shown = manifest(actions=(placed, created("compositeWithTrainedAlgorithmicMedia")))
        answer = ai.answer(facts(reading(shown)))
        assert [draft.code for draft in answer.drafts] == ["ai.edited", "ai.generated"]
        assert answer.summary == "The signer declares that parts were made or edited with generative AI."

    def test_a_part_with_ai_is_told_before_a_whole_of_which_nothing_on_ai_is_said(self) -> None:
        placed = msgspec.structs.replace(created("trainedAlgorithmicMedia"), action="c2pa.placed")
        answer = ai.answer(facts(reading(manifest(actions=(created("composite"), placed)))))
        assert [draft.code for draft in answer.drafts] == ["ai.generated", "ai.composite"]


class TestEngines:
    def test_agree(self) -> None:
        second = reading(manifest(), engine="encypher-c2pa")
        answer = engines.answer(facts(reading(manifest()), second=second))
        assert answer.drafts[0].code == "engines.agree"
        assert [draft.detail["state"] for draft in answer.drafts[1:]] == ["Valid", "Valid"]

    def test_disagree_and_say_on_what(self) -> None:
        changed = reading(
            manifest(codes=(*GOOD[:2], code("assertion.dataHash.mismatch", url=BINDING))),
            state=State.INVALID,
            engine="encypher-c2pa",
        )
        answer = engines.answer(facts(reading(manifest()), second=changed))
        assert status(Line.ENGINES, answer) is Status.UNKNOWN
        assert answer.drafts[0].detail["on"] == ["bytes", "state"]

    def test_a_traced_difference_is_explained(self) -> None:
        first = reading(manifest(codes=(*UNTRUSTED, code("cawg.ica.did_unavailable"))), state=State.INVALID)
        answer = engines.answer(facts(first, second=reading(manifest(), engine="encypher-c2pa")))
        assert "an identity that is attached" in answer.summary

    def test_a_crash_is_an_error_and_no_disagreement(self) -> None:
        crashed = reading(outcome=Outcome.ERROR, engine="encypher-c2pa", reason="crash")
        answer = engines.answer(facts(reading(manifest()), second=crashed))
        assert answer.drafts[0].code == "engines.incomparable"

    @pytest.mark.parametrize(
        ("outcome", "expected", "words"),
        [
            (Outcome.UNPARSABLE, Status.ERROR, "Neither verifier can parse the file or its Content Credentials."),
            (Outcome.UNSUPPORTED, Status.UNKNOWN, "Neither verifier reads this type of file."),
        ],
    )
    def test_two_engines_that_could_not_look_do_not_agree(self, outcome: Outcome, expected: Status, words: str) -> None:
        answer = engines.answer(
            facts(reading(outcome=outcome), second=reading(outcome=outcome, engine="encypher-c2pa"))
        )
        assert (status(Line.ENGINES, answer), answer.summary) == (expected, words)
        assert answer.drafts[0].code == "engines.incomparable"

    def test_one_that_finds_nothing_is_not_said_to_judge_what_it_did_not_find(self) -> None:
        answer = engines.answer(facts(reading(manifest()), second=reading(engine="encypher-c2pa")))
        assert answer.summary == (
            "The verifiers disagree on whether there are Content Credentials: "
            "c2pa-rs reads them, encypher-c2pa finds none."
        )
        assert answer.drafts[0].detail["on"] == ["presence"]

    def test_one_that_cannot_parse_is_not_said_to_judge(self) -> None:
        unread = reading(outcome=Outcome.UNPARSABLE, engine="encypher-c2pa")
        answer = engines.answer(facts(reading(manifest()), second=unread))
        assert answer.summary == ("c2pa-rs says Valid; encypher-c2pa cannot parse the file or its Content Credentials.")
        assert answer.drafts[0].code == "engines.incomparable"
        assert answer.drafts[0].detail["unread"] == "encypher-c2pa"

    def test_a_file_that_is_nested_too_deeply_is_not_called_a_type_that_is_not_read(self) -> None:
        deep = reading(outcome=Outcome.UNSUPPORTED, reason="too-deep")
        answer = engines.answer(facts(deep, second=reading(outcome=Outcome.UNPARSABLE, engine="encypher-c2pa")))
        assert "does not read parts that are nested so deeply" in answer.summary

    def test_expiry_in_the_state_follows_the_reports_time(self) -> None:
        codes = (*UNTRUSTED, code("signingCredential.expired"))
        old = manifest(signer=Signer(algorithm="es256", certificate=certificate(until=2026)), codes=codes)
        shown = facts(reading(old, state=State.INVALID))
        assert engines.state_at(shown, shown.first) is State.INVALID
        earlier = facts(reading(old, state=State.INVALID), at=dt.datetime(2025, 6, 1, tzinfo=dt.UTC))
        assert engines.state_at(earlier, earlier.first) is State.VALID

    def test_one_engine_alone_is_said_to_be_alone(self) -> None:
        answer = engines.answer(facts(reading(manifest())))
        assert answer.not_checked[0].what == "a second, independent engine"

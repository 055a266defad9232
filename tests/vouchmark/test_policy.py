"""Do a reader's rules give the verdict that they say, and is a mistake in them named where it stands?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vouchmark import samples
from tests.vouchmark.any_report import reports
from tests.vouchmark.policies import holds, policy, refused, voice, when
from tests.vouchmark.samples import Said
from vouchmark.policies import file as policy_toml
from vouchmark.policies.conditions import grounds, needed, told_by
from vouchmark.policies.labels import LABELS
from vouchmark.policies.policy import DEFAULT_FILE, STRENGTH, Policy, PolicyError, at_least_as_strong
from vouchmark.policies.toml_lines import line_of
from vouchmark.report import Line, Outcome, Report, Root, Status, Verdict

EXAMPLES = sorted(Path(__file__).parents[2].joinpath("examples", "policies").glob("*.toml"))

BLOCKING = {"moderation", "newsroom"}
"""Those that block changed bytes; what the others make of people is tested by `test_policy_people`."""


class TestDefault:
    @pytest.mark.parametrize(
        ("name", "outcome", "labels"),
        [
            ("signed", Outcome.ALLOW, ("signer-recognised",)),
            ("unknown", Outcome.LABEL, ("unknown-signer",)),
            ("altered", Outcome.REVIEW, ("altered-after-signing",)),
            ("laundered", Outcome.REVIEW, ("signer-recognised", "history-broken")),
            ("generated", Outcome.LABEL, ("signer-recognised", "ai-generated")),
            ("without", Outcome.LABEL, ("no-provenance",)),
            ("unreadable", Outcome.REVIEW, ("unreadable",)),
        ],
    )
    def test_gives_its_verdict_on_the_samples(self, name: str, outcome: Outcome, labels: tuple[str, ...]) -> None:
        verdict = Policy.default().decide(samples.gallery()[name])
        assert (verdict.outcome, verdict.labels) == (outcome, labels)

    def test_an_intact_file_rests_on_binding_and_signer(self) -> None:
        assert Policy.default().decide(samples.signed()).reasons == ("integrity.1", "signer.1")

    def test_a_declared_ai_work_is_labelled_and_not_reviewed(self) -> None:
        assert Policy.default().decide(samples.signed(ai=[samples.GENERATED])).outcome is Outcome.LABEL

    def test_what_was_generated_among_the_ingredients_is_a_part(self) -> None:
        said = replace(samples.GENERATED, root=Root.INGREDIENT, detail={"of": "part"})
        assert Policy.default().decide(samples.signed(ai=[said])).labels == ("signer-recognised", "ai-in-part")

    def test_what_was_made_from_something_generated_has_a_label_of_its_own(self) -> None:
        said = replace(samples.GENERATED, root=Root.INGREDIENT, detail={"of": "earlier file"})
        assert Policy.default().decide(samples.signed(ai=[said])).labels == ("signer-recognised", "ai-inherited")

    @pytest.mark.parametrize(
        ("code", "label"),
        [
            ("ai.generated", "ai-generated-unsigned"),
            ("ai.generator", "ai-generated-unsigned"),
            ("ai.edited", "ai-edited-unsigned"),
            ("ai.used", "ai-edited-unsigned"),
            ("ai.possible", "ai-edited-unsigned"),
        ],
    )
    def test_what_nobody_signed_has_labels_of_its_own(self, code: str, label: str) -> None:
        said = replace(samples.GENERATED, code=code, status=Status.UNKNOWN, root=Root.UNSIGNED_METADATA)
        assert Policy.default().decide(samples.signed(ai=[said])).labels == ("signer-recognised", label)

    def test_malformed_is_not_called_altered(self) -> None:
        said = Said(code="integrity.malformed", status=Status.FAIL, statement="Malformed.")
        verdict = Policy.default().decide(samples.signed(integrity=[said]))
        assert verdict.labels == ("malformed-credentials",)
        assert verdict.outcome is Outcome.REVIEW

    def test_what_the_signature_leaves_out_is_labelled(self) -> None:
        said = Said(code="integrity.coverage.trailing_excluded", status=Status.UNKNOWN, statement="More follows.")
        verdict = Policy.default().decide(samples.signed(integrity=[samples.MATCH, said]))
        assert (verdict.outcome, verdict.labels) == (Outcome.LABEL, ("partly-covered", "not-checkable"))

    @pytest.mark.parametrize("line", Line)
    def test_any_failure_is_reviewed_whatever_else_is_good(self, line: Line) -> None:
        people = [voice(str(number)) for number in range(50)]
        bad = Said(code=f"{line}.anything", status=Status.FAIL, statement="Bad.")
        verdict = Policy.default().decide(samples.signed(**{"person": people, line: [bad]}))
        assert verdict.outcome is Outcome.REVIEW
        assert f"{line}.1" in verdict.reasons

    def test_nothing_looked_at_is_not_allowed(self) -> None:
        assert Policy.default().decide(samples.report()).outcome is Outcome.LABEL

    @given(reports())
    @settings(max_examples=60, deadline=None)
    def test_never_blocks_and_uses_known_labels_only(self, report: Report) -> None:
        verdict = Policy.default().decide(report)
        assert verdict.outcome is not Outcome.BLOCK
        assert set(verdict.labels) <= set(LABELS)
        assert set(verdict.reasons) <= {finding.id for finding in report.findings()}

    @given(reports())
    @settings(max_examples=60, deadline=None)
    def test_a_rule_that_is_passed_over_would_not_have_held(self, report: Report) -> None:
        told = told_by(finding.code for finding in report.findings())
        asked = [(rule, needed(rule.when)) for rule in Policy.default().rules]
        passed_over = [rule for rule, needs in asked if needs is not None and needs.isdisjoint(told)]
        assert passed_over
        assert all(grounds(rule.when, report) is None for rule in passed_over)

    @given(reports())
    @settings(max_examples=60, deadline=None)
    def test_a_failed_binding_is_never_allowed(self, report: Report) -> None:
        if report.evidence[Line.INTEGRITY].status is Status.FAIL:
            assert Policy.default().decide(report).outcome is Outcome.REVIEW


class TestVerdict:
    def test_the_strongest_outcome_wins_in_any_order(self) -> None:
        rules = [when('{ line = "integrity", status = "pass" }', outcome=outcome) for outcome in Outcome]
        for ordered in (rules, rules[::-1]):
            assert policy("".join(ordered)).decide(samples.signed()).outcome is Outcome.BLOCK

    def test_labels_of_all_matching_rules_stand_once_in_order(self) -> None:
        rules = "".join(
            when('{ line = "integrity", status = "pass" }', more=f"labels = {labels}")
            for labels in ('["x-b", "x-a"]', '["x-a", "x-c"]')
        )
        assert policy(rules).decide(samples.signed()).labels == ("x-b", "x-a", "x-c")

    def test_a_final_rule_settles_it(self) -> None:
        rules = when('{ line = "integrity", status = "pass" }', outcome="allow", more="final = true") + when(
            '{ line = "integrity", status = "pass" }', outcome="block"
        )
        assert policy(rules).decide(samples.signed()).outcome is Outcome.ALLOW
        assert policy(rules).decide(samples.without()).outcome is Outcome.ALLOW

    def test_what_no_rule_matches_follows_otherwise(self) -> None:
        quiet = policy("", otherwise='{ outcome = "review", labels = ["x-unmatched"] }').decide(samples.signed())
        assert (quiet.outcome, quiet.labels, quiet.reasons) == (Outcome.REVIEW, ("x-unmatched",), ())

    def test_reasons_are_the_findings_in_report_order(self) -> None:
        rules = when('{ line = "signer", status = "pass" }') + when('{ code = "assertion.*" }')
        assert policy(rules).decide(samples.signed()).reasons == ("integrity.1", "signer.1")

    def test_names_the_policy_and_its_bytes(self) -> None:
        data = b'otherwise = "allow"\n'
        one, two = Policy.parse(data, "desk"), Policy.parse(data + b"\n", "desk")
        assert one.name == "desk"
        assert one.sha256 != two.sha256
        assert Policy.parse(b'name = "own"\n' + data, "desk").name == "own"

    def test_applied_changes_nothing_but_the_verdict(self) -> None:
        report = samples.signed()
        applied = Policy.default().applied(report)
        assert isinstance(applied.verdict, Verdict)
        assert replace(applied, verdict=None) == report

    def test_thresholds_are_reached_from_below(self) -> None:
        assert at_least_as_strong(Outcome.BLOCK, Outcome.REVIEW)
        assert at_least_as_strong(Outcome.REVIEW, Outcome.REVIEW)
        assert not at_least_as_strong(Outcome.LABEL, Outcome.REVIEW)
        assert set(STRENGTH) == set(Outcome)


class TestConditions:
    def test_line_and_status_speak_of_the_line_not_of_a_finding(self) -> None:
        mixed = samples.signed(signer=[samples.OFFICIAL, Said(code="x", status=Status.FAIL, statement="Bad.")])
        assert not holds('{ line = "signer", status = "pass" }', mixed)
        assert holds('{ line = "signer", status = "fail" }', mixed)
        assert holds('{ line = "signer", status = "pass", code = "signer.official" }', mixed)

    def test_skipped_lines_can_be_named(self) -> None:
        assert holds('{ line = "person", status = "skipped" }', samples.signed())

    def test_lists_name_several(self) -> None:
        assert holds('{ line = ["time", "history"], status = ["fail", "absent"] }', samples.signed())
        assert not holds('{ line = ["time", "history"], status = ["fail", "error"] }', samples.signed())

    @pytest.mark.parametrize(
        ("code", "matches"),
        [
            ("signer.official", True),
            ("signer.*", True),
            ("signer.unknown", False),
            ("assertion.dataHash.*", True),
            ("assertion.boxesHash.*", False),
        ],
    )
    def test_codes_and_families(self, code: str, matches: bool) -> None:
        assert holds(f'{{ code = "{code}" }}', samples.signed()) is matches

    def test_roots(self) -> None:
        assert holds('{ root = "time-stamp" }', samples.signed())
        assert not holds('{ root = "perceptual-hash" }', samples.signed())

    @pytest.mark.parametrize(
        ("detail", "matches"),
        [
            ('{ name = "Harbour" }', True),
            ('{ name = "harbour" }', False),
            ('{ name = ["Other", "Harbour"] }', True),
            ("{ depth = 2 }", True),
            ("{ depth = 2.0 }", True),
            ('{ depth = "2" }', False),
            ("{ depth = { max = 2 } }", True),
            ("{ depth = { min = 3 } }", False),
            ("{ depth = { min = 1, max = 1.5 } }", False),
            ("{ name = { min = 0 } }", False),
            ("{ ok = true }", True),
            ("{ ok = 1 }", False),
            ("{ one = true }", False),
            ("{ ok = { min = 0 } }", False),
            ('{ failures = "b" }', True),
            ('{ failures = "c" }', False),
            ("{ missing = { exists = false } }", True),
            ("{ missing = { exists = true } }", False),
            ("{ empty = { exists = true } }", True),
            ('{ "answers.state" = "Valid" }', True),
            ('{ "answers.state.more" = "Valid" }', False),
            ('{ name = "Harbour", depth = 9 }', False),
        ],
    )
    def test_details(self, detail: str, matches: bool) -> None:
        said = replace(
            samples.OFFICIAL,
            detail={
                "name": "Harbour",
                "depth": 2,
                "ok": True,
                "one": 1,
                "failures": ["a", "b"],
                "empty": None,
                "answers": {"state": "Valid"},
            },
        )
        assert holds(f'{{ line = "signer", detail = {detail} }}', samples.signed(signer=[said])) is matches

    def test_all_any_and_not(self) -> None:
        good, bad = '{ line = "integrity", status = "pass" }', '{ line = "signer", status = "fail" }'
        report = samples.signed()
        assert holds(f"{{ any = [{bad}, {good}] }}", report)
        assert not holds(f"{{ all = [{bad}, {good}] }}", report)
        assert holds(f"{{ all = [{good}, {{ not = {bad} }}] }}", report)
        assert not holds(f"{{ not = {good} }}", report)

    def test_not_rests_on_no_finding(self) -> None:
        verdict = policy(when('{ not = { line = "signer", status = "fail" } }')).decide(samples.signed())
        assert verdict.outcome is Outcome.REVIEW
        assert verdict.reasons == ()


class TestCounting:
    def test_findings_with_one_root_count_once(self) -> None:
        same = samples.signed(ai=[samples.GENERATED, samples.GENERATED, samples.CAPTURED])
        assert holds('{ line = "ai", status = "pass", at_least = 1 }', same)
        assert not holds('{ line = "ai", status = "pass", at_least = 2 }', same)
        other = samples.signed(ai=[samples.GENERATED, replace(samples.GENERATED, root=Root.UNSIGNED_METADATA)])
        assert holds('{ line = "ai", status = "pass", at_least = 2, distinct = "root" }', other)

    def people(self, count: int, *voices: Said) -> bool:
        condition = f'{{ line = "person", status = "pass", at_least = {count}, distinct = "person" }}'
        return holds(condition, samples.signed(person=list(voices)))

    def test_people_are_voices_within_one_issuer_scope_and_period(self) -> None:
        assert self.people(2, voice("a"), voice("b"))
        assert not self.people(2, voice("a"), voice("a"))

    @pytest.mark.parametrize("key", ["issuer", "scope", "period", "slot"])
    def test_one_person_with_two_voices_in_two_groups_is_not_two_people(self, key: str) -> None:
        other: dict[str, Any] = {key: 1 if key == "slot" else "other"}
        assert not self.people(2, voice("a"), voice("b", **other))
        assert self.people(2, voice("a"), voice("b", **other), voice("c"))

    def test_a_voice_whose_group_is_not_stated_counts_for_nobody(self) -> None:
        bare = Said(code="person.any", status=Status.PASS, statement="A person.", detail={"voice": "z"})
        assert not self.people(1, bare)
        nameless = voice("")
        assert not self.people(1, nameless)

    def test_other_entries_can_split_groups_further(self) -> None:
        report = samples.signed(person=[voice("a", level=1), voice("b", level=3), voice("c", level=3)])
        base = 'line = "person", status = "pass", distinct = "person", by = ["level"]'
        assert holds(f"{{ {base}, at_least = 2 }}", report)
        assert not holds(f"{{ {base}, at_least = 3 }}", report)

    def test_the_reasons_are_those_of_the_group_that_counts(self) -> None:
        report = samples.signed(person=[voice("x", issuer="other"), voice("a"), voice("b")])
        rule = when('{ line = "person", at_least = 2, distinct = "person" }')
        assert policy(rule).decide(report).reasons == ("person.2", "person.3")


GOOD = """otherwise = "allow"

[[rules]]
name = "one"
when = { line = "integrity", status = "fail" }
outcome = "review"

# a comment
[[rules]]
name = "two"
when = { any = [
  { line = "signer", status = "fail" },
  { code = "ai.generated", root = "ingredient" },
] }
outcome = "label"
labels = ["ai-edited"]
"""


class TestMistakes:
    def test_the_good_one_is_good(self) -> None:
        assert len(Policy.parse(GOOD.encode(), "desk").rules) == 2

    @pytest.mark.parametrize(
        ("old", "new", "path", "line", "words"),
        [
            ('otherwise = "allow"', "", "", None, "expected a key otherwise"),
            ('otherwise = "allow"', 'otherwise = "alow"', "otherwise", 1, "did you mean 'allow'?"),
            ('otherwise = "allow"', "otherwise = 1", "otherwise", 1, "got a number, expected an outcome"),
            ('otherwise = "allow"', 'otherwise = { labels = ["x-a"] }', "otherwise", 1, "expected a key outcome"),
            ('name = "one"', 'nmae = "one"', "rules[0].nmae", 4, "did you mean 'name'?"),
            ('name = "one"', "name = 1", "rules[0].name", 4, "expected text"),
            ('name = "one"', "final = 1", "rules[0].final", 4, "expected true or false"),
            ('line = "integrity"', 'line = "integritty"', "rules[0].when.line", 5, "did you mean 'integrity'?"),
            ('status = "fail" }\noutcome', 'status = "failed" }\noutcome', "rules[0].when.status", 5, "'fail'?"),
            ('status = "fail" }\noutcome', "status = [] }\noutcome", "rules[0].when.status", 5, "got an empty list"),
            ('outcome = "review"', 'outcome = "delete"', "rules[0].outcome", 6, "allow, label, review, block"),
            ('outcome = "review"\n', "", "rules[0]", 3, "expected a key outcome"),
            ('"signer", ', '"signr", ', "rules[1].when.any[0].line", 12, "did you mean 'signer'?"),
            ('"ai.generated"', '"ai.genrated"', "rules[1].when.any[1].code", 13, "did you mean 'ai.generated'?"),
            (
                'code = "ai.generated"',
                'line = "time", code = "ai.generated"',
                "rules[1].when.any[1].code",
                13,
                "only on ai",
            ),
            ('"ingredient"', '"hearsay"', "rules[1].when.any[1].root", 13, "expected a root"),
            ('["ai-edited"]', '["ai-editted"]', "rules[1].labels", 16, "did you mean 'ai-edited'?"),
            ('["ai-edited"]', '["Own Label"]', "rules[1].labels", 16, "begin with x-"),
            ('["ai-edited"]', "[1]", "rules[1].labels", 16, "expected a string or a list of strings"),
            ("any = [", 'line = "ai", any = [', "rules[1].when", 11, "expected it alone"),
            ('{ line = "integrity", status = "fail" }', '"integrity"', "rules[0].when", 5, "got text"),
            ('{ line = "integrity", status = "fail" }', "{}", "rules[0].when", 5, "says too little"),
            ('{ line = "integrity", status = "fail" }', '{ line = "ai" }', "rules[0].when", 5, "says too little"),
            ('{ line = "integrity", status = "fail" }', "{ any = [] }", "rules[0].when.any", 5, "an empty list"),
            ('status = "fail" }\noutcome', "at_least = 0 }\noutcome", "rules[0].when.at_least", 5, "from 1 to"),
            ('status = "fail" }\noutcome', "at_least = true }\noutcome", "rules[0].when.at_least", 5, "whole number"),
            (
                'status = "fail" }\noutcome',
                'distinct = "root" }\noutcome',
                "rules[0].when.distinct",
                5,
                "without at_least",
            ),
            (
                'status = "fail" }\noutcome',
                'at_least = 1, distinct = "people" }\noutcome',
                "rules[0].when.distinct",
                5,
                "root, person",
            ),
            ('status = "fail" }\noutcome', "detail = 1 }\noutcome", "rules[0].when.detail", 5, "expected a table"),
            (
                'status = "fail" }\noutcome',
                "detail = { n = { least = 1 } } }\noutcome",
                "rules[0].when.detail.n.least",
                5,
                "unknown key",
            ),
            (
                'status = "fail" }\noutcome',
                "detail = { n = {} } }\noutcome",
                "rules[0].when.detail.n",
                5,
                "exists alone",
            ),
            (
                'status = "fail" }\noutcome',
                "detail = { n = { min = nan } } }\noutcome",
                "rules[0].when.detail.n.min",
                5,
                "finite",
            ),
            (
                'status = "fail" }\noutcome',
                "detail = { n = 1979-05-27 } }\noutcome",
                "rules[0].when.detail.n",
                5,
                "a date or time",
            ),
        ],
    )
    def test_is_named_by_key_path_and_line(self, old: str, new: str, path: str, line: int | None, words: str) -> None:
        assert old in GOOD
        error = refused(GOOD.replace(old, new, 1))
        assert (error.path, error.line) == (path, line)
        assert words in str(error)
        assert str(error).startswith("policy desk: ")

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("x = = 1", 1),
            ('otherwise = "allow"\n\n[[rules]', 3),
            ('otherwise = "allow"\notherwise = "allow"', 2),
            (b'otherwise = "allow"\n\xff', 2),
            ("a." * 5000 + "b = 1", 1),
        ],
    )
    def test_in_the_toml_itself_is_named_by_its_line(self, text: str | bytes, line: int) -> None:
        assert refused(text).line == line

    @pytest.mark.parametrize(
        "text",
        [
            "a = " + "[" * 5000,
            "a = " + "{a=" * 2000,
            "a = " + "9" * 5000,
            "#" * (policy_toml.MAX_BYTES + 1),
            'otherwise = "allow"\n' + when('{ line = "ai", status = "fail" }') * (policy_toml.MAX_RULES + 1),
            'otherwise = "allow"\n' + when("{ not = " * 40 + '{ line = "ai", status = "fail" }' + " }" * 40),
            'otherwise = "allow"\n' + when("{ any = [" + '{ line = "ai", status = "fail" },' * 2001 + "] }"),
            'otherwise = "allow"\n' + when("{ code = [" + '"ai.none",' * 201 + "] }"),
        ],
        ids=["arrays", "tables", "digits", "bytes", "rules", "depth", "conditions", "values"],
    )
    def test_bounds_are_kept(self, text: str) -> None:
        refused(text)

    def test_text_from_the_file_is_harmless_in_the_message(self) -> None:
        error = refused('otherwise = "allow"\n"\\u001b[31m\\n\\u202e" = 1\n')
        assert not set(str(error)) & set("\x1b\n\u202e")

    def test_a_file_that_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(PolicyError, match="cannot be read"):
            Policy.load(tmp_path / "nothing.toml")
        with pytest.raises(PolicyError, match="cannot be read"):
            Policy.load(tmp_path)

    def test_a_file_is_named_by_its_stem_and_mistakes_by_its_name(self, tmp_path: Path) -> None:
        path = tmp_path / "desk.toml"
        path.write_bytes(b'\xef\xbb\xbfotherwise = "allow"\r\n')
        assert Policy.load(path).name == "desk"
        path.write_text("otherwise = 1")
        with pytest.raises(PolicyError, match=r"policy desk\.toml: line 1, otherwise"):
            Policy.load(path)

    @given(st.text(max_size=300) | st.binary(max_size=300))
    @settings(deadline=None)
    def test_any_bytes_are_a_policy_or_refused_in_a_typed_way(self, text: str | bytes) -> None:
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        try:
            Policy.parse(data, "desk").decide(samples.signed())
        except PolicyError:
            return

    @given(st.data())
    @settings(max_examples=300, deadline=None)
    def test_any_changed_file_is_a_policy_or_refused_in_a_typed_way(self, data: st.DataObject) -> None:
        original = data.draw(st.sampled_from([GOOD, DEFAULT_FILE.read_text(encoding="utf-8")]))
        words = [
            '"',
            "[",
            "]",
            "{",
            "}",
            "\n",
            "=",
            "any",
            "not",
            "all",
            "code",
            "detail",
            "-1",
            "1e999",
            "true",
            "#",
            "x-a",
        ]
        for _ in range(data.draw(st.integers(1, 4))):
            start = data.draw(st.integers(0, len(original)))
            end = min(len(original), start + data.draw(st.integers(0, 12)))
            original = original[:start] + data.draw(st.sampled_from(words)) + original[end:]
        try:
            Policy.parse(original.encode(), "desk").decide(samples.signed())
            line = 1
        except PolicyError as error:
            line = error.line or 1
        assert 1 <= line <= original.count("\n") + 1


class TestLines:
    def test_every_way_of_writing_a_key_is_found(self) -> None:
        text = (
            'a.b = 1\n[c]\n# d = 0\nd = """\n[c]\nd = 2\n"""\ne = [\n  1,\n  { f = 2 },\n]\n[[g]]\n[[g]]\n"h i" = 3\n'
        )
        assert line_of(text, ("a", "b")) == 1
        assert line_of(text, ("c", "d")) in (4, 6)
        assert line_of(text, ("c", "e", 1, "f")) == 10
        assert line_of(text, ("g", 1)) == 13
        assert line_of(text, ("g", 1, "h i")) == 14
        assert line_of(text, ("g", 1, "missing")) == 13
        assert line_of(text, ("missing",)) is None


@pytest.mark.parametrize("path", [path for path in EXAMPLES if path.stem in BLOCKING], ids=lambda path: path.stem)
def test_the_examples_are_policies_and_keep_their_rule_about_changed_bytes(path: Path) -> None:
    example = Policy.load(path)
    altered = example.decide(samples.signed(integrity=[samples.MISMATCH]))
    assert altered.outcome is Outcome.BLOCK
    assert "altered-after-signing" in altered.labels
    assert example.decide(samples.signed()).outcome is Outcome.ALLOW


def test_there_are_examples() -> None:
    assert {path.stem for path in EXAMPLES} == BLOCKING | {"news-desk-persons", "open-forum", "review-site"}


@pytest.mark.parametrize(
    ("written", "codes", "may"),
    [
        ('{ code = "known.near" }', {"known.near"}, True),
        ('{ code = "known.near" }', {"known.nearer"}, False),
        ('{ code = "known.*" }', {"known.nearer"}, True),
        ('{ all = [{ line = "ai", status = "pass" }, { code = "known.near" }] }', {"c"}, False),
        ('{ any = [{ code = "known.near" }, { code = "ai.*" }] }', {"ai.any"}, True),
        ('{ any = [{ code = "known.near" }, { code = "ai.*" }] }', {"d"}, False),
        ('{ any = [{ code = "known.near" }, { line = "ai", status = "pass" }] }', {"d"}, True),
        ('{ not = { code = "known.near" } }', {"d"}, True),
        ('{ root = "file" }', {"d"}, True),
    ],
)
def test_a_rule_is_passed_over_only_where_no_code_could_fit(written: str, codes: set[str], may: bool) -> None:
    needs = needed(policy(when(written)).rules[0].when)
    assert (needs is None or not needs.isdisjoint(told_by(codes))) is may

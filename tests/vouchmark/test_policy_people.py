"""Can a reader's rules require people, cap them, and name the scopes in which they count?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.vouchmark import people, samples
from tests.vouchmark.people import CAFE, CLUB, PLAIN, SIGNED, TOWN, issuer_json, look, somebody, vouch
from tests.vouchmark.policies import holds, policy, refused, voice, when
from vouchmark import Policy
from vouchmark.policies.file import SCOPE
from vouchmark.policies.policy import PolicyError
from vouchmark.policies.words import explain
from vouchmark.report import Outcome, Status
from zk.errors import EncodingError
from zk.profile.personhood import Scope

EXAMPLES = Path(__file__).parents[2] / "examples" / "policies"


class TestCounting:
    def test_the_largest_group_decides(self) -> None:
        report = samples.signed(person=[voice("a"), voice("b"), voice("c", issuer="town"), voice("d", slot=1)])
        assert holds("{ people = { at_least = 2 } }", report)
        assert not holds("{ people = { at_least = 3 } }", report)
        assert holds("{ people = { at_most = 2 } }", report)
        assert not holds("{ people = { at_most = 1 } }", report)

    def test_one_at_least_is_meant_where_nothing_is_said(self) -> None:
        assert holds("{ people = {} }", samples.signed(person=[voice("a")]))
        assert not holds("{ people = {} }", samples.signed())

    def test_nobody_is_at_most_none_and_rests_on_nothing(self) -> None:
        rule = when("{ people = { at_most = 0 } }")
        assert policy(rule).decide(samples.signed()).outcome is Outcome.REVIEW
        assert policy(rule).decide(samples.signed()).reasons == ()
        assert policy(rule).decide(samples.signed(person=[voice("a")])).outcome is Outcome.ALLOW

    def test_issuer_by_id_and_scope(self) -> None:
        report = samples.signed(person=[voice("a", issuer="ab" * 32, issuer_name="Club", scope=CAFE)])
        assert holds(f'{{ people = {{ issuer = ["{"cd" * 32}", "{"ab" * 32}"], scope = "{CAFE}" }} }}', report)
        assert not holds(f'{{ people = {{ issuer = "{"cd" * 32}" }} }}', report)
        assert not holds('{ people = { scope = "public:other" } }', report)

    def test_the_scope_media_is_that_of_this_file(self) -> None:
        report = samples.signed(person=[voice("a", scope="public:media/" + "ab" * 32)])
        assert holds('{ people = { scope = "public:media" } }', report)
        assert not holds('{ people = { scope = "public:medi" } }', report)

    def test_only_vouches_that_hold_count(self) -> None:
        bad = [replace(voice("a"), status=status) for status in Status if status is not Status.PASS]
        assert not holds("{ people = {} }", samples.signed(person=bad))

    def test_the_reasons_are_the_voices(self) -> None:
        report = samples.signed(person=[voice("a"), voice("b", issuer="town"), voice("c")])
        assert policy(when("{ people = { at_least = 2 } }")).decide(report).reasons == ("person.1", "person.3")


class TestLevelsAndIssuers:
    def test_only_those_checked_so_well_count(self) -> None:
        report = samples.signed(person=[voice("a", level=1), voice("b", level=2), voice("c", level=3)])
        assert holds("{ people = { at_least = 2, level_at_least = 2 } }", report)
        assert not holds("{ people = { at_least = 3, level_at_least = 2 } }", report)
        assert not holds("{ people = { at_least = 2, level_at_least = 3 } }", report)
        assert holds("{ people = { at_most = 1, level_at_least = 3 } }", report)

    def test_a_level_that_is_missing_or_no_number_is_none(self) -> None:
        for level in (True, "3", None):
            report = samples.signed(person=[voice("a", level=level)])
            assert not holds("{ people = { level_at_least = 2 } }", report)

    def test_two_of_three_issuers_are_two_whoever_their_people_are(self) -> None:
        one, two, three = ("01" * 32, "02" * 32, "03" * 32)
        rule = f'{{ people = {{ issuer = ["{one}", "{two}", "{three}"], issuers_at_least = 2 }} }}'
        both = samples.signed(person=[voice("a", issuer=one), voice("b", issuer=three)])
        assert holds(rule, both)
        alone = samples.signed(person=[voice("a", issuer=one), voice("b", issuer=one), voice("c", issuer="04" * 32)])
        assert not holds(rule, alone)
        assert policy(when(rule)).decide(both).reasons == ("person.1", "person.2")

    def test_so_many_people_of_each_issuer(self) -> None:
        rule = "{ people = { issuers_at_least = 2, at_least = 2 } }"
        voices = [voice("a", issuer="01" * 32), voice("b", issuer="01" * 32), voice("c", issuer="02" * 32)]
        assert not holds(rule, samples.signed(person=voices))
        assert holds(rule, samples.signed(person=[*voices, voice("d", issuer="02" * 32)]))

    def test_slots_and_scopes_of_one_issuer_are_not_two_issuers(self) -> None:
        voices = [voice("a", issuer="01" * 32, slot=0), voice("b", issuer="01" * 32, slot=1)]
        assert not holds("{ people = { issuers_at_least = 2 } }", samples.signed(person=voices))

    def test_in_words_two_issuers_are_perhaps_fewer_people(self) -> None:
        text = "\n".join(explain(policy(when("{ people = { issuers_at_least = 2, level_at_least = 2 } }"))))
        assert "voices of 2 issuers checked at level 2 or higher, perhaps of 2 people, perhaps of fewer" in text


class TestPetnames:
    def test_a_petname_becomes_the_id_that_the_reader_gave_it_to(self) -> None:
        named = policy(when('{ not = { any = [{ people = { issuer = "town hall" } }] } }'))
        assert named.petnames == ("town hall",)
        report = samples.signed(person=[voice("a", issuer="ab" * 32, issuer_name="town hall")])
        with pytest.raises(PolicyError, match="petname of no issuer"):
            named.decide(report)  # `not` would hold, were it taken for an id that nobody has
        resolved = named.with_issuers({"town hall": "ab" * 32})
        assert resolved.petnames == ()
        assert resolved.decide(report).outcome is Outcome.ALLOW
        assert named.with_issuers({"town hall": "cd" * 32}).decide(report).outcome is Outcome.REVIEW

    def test_what_an_issuer_calls_itself_names_it_nowhere(self) -> None:
        issuer = "ab" * 32
        report = samples.signed(person=[voice("a", issuer="cd" * 32, issuer_name=issuer)])
        assert not holds(f'{{ people = {{ issuer = "{issuer}" }} }}', report)


class TestGrammar:
    @pytest.mark.parametrize(
        ("condition", "path", "words"),
        [
            ("{ people = 1 }", "rules[0].when.people", "expected a table"),
            ("{ people = { at_most = -1 } }", "rules[0].when.people.at_most", "from 0 to"),
            ("{ people = { at_least = 0 } }", "rules[0].when.people.at_least", "from 1 to"),
            ("{ people = { at_least = 3, at_most = 2 } }", "rules[0].when.people.at_most", "or more"),
            ('{ people = { scope = "review" } }', "rules[0].when.people.scope", "an authority and a path"),
            ('{ people = { issuer = "deadbeef01" } }', "rules[0].when.people.issuer", "your petname for the issuer"),
            ('{ people = { issuer = ["club", "club"] } }', "rules[0].when.people.issuer", "the same issuer twice"),
            ("{ people = { level_at_least = 4 } }", "rules[0].when.people.level_at_least", "expected 1 to 3"),
            ("{ people = { level_at_least = 0 } }", "rules[0].when.people.level_at_least", "from 1 to"),
            (
                '{ people = { issuer = ["a", "b"], issuers_at_least = 3 } }',
                "rules[0].when.people.issuers_at_least",
                "2 issuers to choose from",
            ),
            (
                "{ people = { issuers_at_least = 2, at_most = 4 } }",
                "rules[0].when.people.issuers_at_least",
                "beside at_most",
            ),
            (
                '{ code = "person.voice.*", detail = { issuer_name = "City Registry" } }',
                "rules[0].when.detail.issuer_name",
                "for display",
            ),
            (
                '{ code = "person.voice.*", detail = { issuer_called = "x" } }',
                "rules[0].when.detail.issuer_called",
                "for display",
            ),
            (f'{{ people = {{ issuer = "{"AB" * 32}" }} }}', "rules[0].when.people.issuer", "64 hex digits"),
            ('{ people = { issuers = "x" } }', "rules[0].when.people.issuers", "did you mean 'issuer'?"),
            ('{ people = {}, line = "ai" }', "rules[0].when", "expected it alone"),
        ],
    )
    def test_a_mistake_is_named_where_it_stands(self, condition: str, path: str, words: str) -> None:
        error = refused(f'otherwise = "allow"\n{when(condition)}')
        assert error.path == path
        assert words in str(error)

    @pytest.mark.parametrize(
        "text",
        [
            CAFE,
            "public:media",
            "public:media/x",
            "public:mediator/x",
            "public:a/./b",
            "public:..",
            "public:...",
            "public:a/..",
            "public:a//b",
            "public:/a",
            "public:a/",
            "public:A",
            "Public:a",
            "news.example:corrections",
            "news:corrections",
            "news.1:x",
            "-a.example:x",
            "a-.example:x",
            "a.example.:x",
            "a:b:c",
            "public:a\n",
            "public:" + "a" * 193,
            "public:" + "a" * 194,
            "",
        ],
    )
    def test_scopes_are_those_of_the_profile(self, text: str) -> None:
        try:
            Scope.parse(text)
            good = True
        except EncodingError:
            good = False
        assert good == (len(text) <= 200 and SCOPE.fullmatch(text) is not None)

    def test_the_scopes_of_every_rule_are_the_policys(self) -> None:
        others = '{ not = { people = { scope = ["public:a", "public:c"] } } }'
        inner = f'{{ any = [{{ people = {{ scope = "public:b" }} }}, {others}] }}'
        assert policy(when(inner)).scopes == ("public:a", "public:b", "public:c")
        assert Policy.default().scopes == ()


class TestInAReport:
    def test_a_scope_that_a_policy_names_counts(self) -> None:
        rules = policy(when(f'{{ people = {{ issuer = "{CLUB.info.id.hex()}", scope = "{CAFE}" }} }}', outcome="label"))
        report = look(PLAIN, vouches=[vouch(PLAIN)], scopes=[], policy=rules)
        assert report.verdict is not None
        assert report.verdict.outcome is Outcome.LABEL
        assert report.verdict.reasons == ("person.1",)

    def test_an_issuer_of_the_same_name_is_another_one(self) -> None:
        other = replace(TOWN, name="Harbour Press Club")
        rules = policy(when(f'{{ people = {{ issuer = "{CLUB.info.id.hex()}", scope = "{CAFE}" }} }}', outcome="label"))
        report = look(PLAIN, vouches=[vouch(PLAIN, by=somebody(other))], policy=rules, issuers=issuer_json(TOWN))
        assert report.verdict is not None
        assert report.verdict.outcome is Outcome.ALLOW

    def verdict(self, name: str, data: bytes, *vouches: bytes) -> tuple[str, tuple[str, ...]]:
        text = (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")
        # The news desk names its club by id; the example's stands for the reader's own.
        rules = Policy.parse(text.replace("0123456789abcdef" * 4, CLUB.info.id.hex()).encode(), name)
        said = look(data, vouches=list(vouches), scopes=[], policy=rules).verdict
        assert said is not None
        return str(said.outcome), said.labels

    def test_the_review_site_counts_one_voice_a_person(self) -> None:
        person = somebody()
        assert self.verdict("review-site", PLAIN, vouch(PLAIN)) == ("allow", ("person-vouched",))
        assert self.verdict("review-site", PLAIN) == ("label", ("x-not-counted",))
        assert self.verdict("review-site", PLAIN, vouch(SIGNED)) == (
            "review",
            ("x-not-counted", "person-proof-invalid"),
        )
        twice = [vouch(PLAIN, by=person, statement=words) for words in ("Cold.", "Warm.")]
        assert self.verdict("review-site", PLAIN, *twice) == ("review", ("x-not-counted", "duplicate-voice"))
        campaign = [vouch(PLAIN), vouch(PLAIN)]
        assert self.verdict("review-site", PLAIN, *campaign) == ("review", ("person-vouched", "x-many-voices"))
        generated = people.command.media()["generated.jpg"]
        assert self.verdict("review-site", generated, vouch(generated)) == (
            "review",
            ("person-vouched", "ai-generated"),
        )

    def test_the_news_desk_wants_somebody_of_the_club(self) -> None:
        scope = "news.example:media"
        assert self.verdict("news-desk-persons", PLAIN, vouch(PLAIN, scope=scope)) == ("allow", ("person-vouched",))
        assert self.verdict("news-desk-persons", PLAIN, vouch(PLAIN)) == ("review", ())
        assert self.verdict("news-desk-persons", PLAIN)[0] == "review"
        altered = people.command.media()["altered.jpg"]
        assert self.verdict("news-desk-persons", altered, vouch(altered, scope=scope))[0] == "review"

    def test_the_forum_lets_everything_pass_and_says_what_stands_behind_it(self) -> None:
        scope = "public:forum/harbour"
        assert self.verdict("open-forum", PLAIN) == ("allow", ())
        assert self.verdict("open-forum", PLAIN, vouch(PLAIN, scope=scope)) == ("allow", ("person-vouched",))
        three = [vouch(PLAIN, scope=scope) for _ in range(3)]
        assert self.verdict("open-forum", PLAIN, *three) == ("label", ("person-vouched", "x-three-voices"))

"""Does the page say the answer first, stay one harmless file, and show what the report says and nothing more?"""

from __future__ import annotations

import base64
import hashlib
import io
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from PIL import Image

from tests.vouchmark import samples
from tests.vouchmark.any_report import reports
from tests.vouchmark.pages import TAGS, Element, parse
from tests.vouchmark.samples import Said
from tests.vouchmark.tricks import DANGER, TRICKS
from vouchmark.policies.labels import LABELS
from vouchmark.policies.policy import Policy
from vouchmark.render import html, text
from vouchmark.render import json as as_json
from vouchmark.render.groups import Group
from vouchmark.render.headline.answer import answer, not_shown
from vouchmark.render.html import lines, markup, pictures, top, tree
from vouchmark.render.html import page as one_page
from vouchmark.render.html import people as html_people
from vouchmark.render.html.words import CAVEATS, NAMES, TONES, WORDS
from vouchmark.report import QUESTIONS, Inputs, Line, MediaFact, NotChecked, Report, ReportPicture, Root, Status

GALLERY = {name: Policy.default().applied(report) for name, report in samples.gallery().items()}


def jpeg(shade: int = 90) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (32, 20), (shade, 60, 20)).save(target, "JPEG")
    return target.getvalue()


def pictured(role: str = "asset", subject: str = "harbour.jpg", **changed: Any) -> ReportPicture:
    return ReportPicture(
        **(
            {"role": role, "subject": subject, "media_type": "image/jpeg", "data": jpeg(), "alt": "A picture."}
            | changed
        )
    )


def page(report: Report) -> Element:
    return parse(html.render(report))


def policy_of(root: Element) -> str:
    [found] = [one for one in root.all("meta") if one.attributes.get("http-equiv") == "Content-Security-Policy"]
    return found.attributes["content"]


class TestAnswer:
    @pytest.mark.parametrize("name", list(GALLERY))
    def test_the_first_heading_is_the_first_line_of_the_text(self, name: str) -> None:
        report = GALLERY[name]
        said = text.render(report, width=100_000, colour=False, verbosity=-1).strip()
        assert page(report).one("h1").text == " ".join(f"{markup.without_options(said)}.".split())

    @pytest.mark.parametrize("name", list(GALLERY))
    def test_every_line_is_there_with_its_question_status_and_sentence(self, name: str) -> None:
        report, shown = GALLERY[name], page(GALLERY[name])
        for line, evidence in report.evidence.items():
            [card] = [one for one in shown.all() if one.attributes.get("id") == f"file-1-{line}"]
            assert QUESTIONS[line] in card.text
            assert NAMES[line] in card.text
            assert WORDS[evidence.status] in card.text
            assert " ".join(evidence.summary.split())[:40] in card.text or name == "hostile"

    @pytest.mark.parametrize("name", list(GALLERY))
    def test_failed_lines_come_first_and_open_and_what_is_not_there_is_one_line(self, name: str) -> None:
        report, shown = GALLERY[name], page(GALLERY[name])
        cards = shown.one(cls="lines").all("details", cls="line")
        order = [
            next(one for one in card.attributes["class"].split() if one.startswith(("line-", "fold"))) for card in cards
        ]
        order = ["line-pass" if one == "line-note" else one for one in order]
        wanted = ["line-fail", "line-error", "line-unknown", "line-pass", "folded"]
        assert [wanted.index(one) for one in order] == sorted(wanted.index(one) for one in order)
        assert order.count("folded") <= 2
        assert ["open" in card.attributes for card in cards] == [one == "line-fail" for one in order]
        statuses = [evidence.status for evidence in report.evidence.values()]
        assert order.count("line-fail") == statuses.count(Status.FAIL)

    def test_every_toggle_has_a_name_of_its_own(self) -> None:
        names = [one.text for one in page(samples.signed()).all("summary")]
        assert all(names)
        assert len(set(names)) == len(names)

    def test_no_two_statuses_share_a_word_or_a_sign(self) -> None:
        assert len(set(WORDS.values())) == len(Status) == len(WORDS)
        drawn = {one.attributes["id"]: str(one.one("path").attributes) for one in page(samples.signed()).all("symbol")}
        assert set(drawn) == {*(f"sign-{status}" for status in Status), "sign-note"}
        assert len(set(drawn.values())) == len(drawn)

    def test_findings_are_folded_with_code_source_root_subject_and_detail(self) -> None:
        shown = page(samples.signed())
        for finding in samples.signed().findings():
            [entry] = [one for one in shown.all("li", cls="finding") if one.attributes["id"] == f"file-1-{finding.id}"]
            for words in (finding.code, finding.source, finding.root, finding.subject, *finding.detail.values()):
                assert str(words) in entry.text
        assert not [one for one in shown.all("details") if "open" in one.attributes]

    def test_the_verdict_names_policy_labels_and_reasons(self) -> None:
        report = GALLERY["altered"]
        assert report.verdict is not None
        shown = page(report).one(cls="verdict")
        assert "“default” suggests: review" in shown.text
        for label in report.verdict.labels:
            assert f"{label} {LABELS[label]}" in shown.text
        links = shown.all("a")
        assert [link.text for link in links] == list(report.verdict.reasons)
        # A link opens the finding that it names.
        assert [link.attributes["href"] for link in links] == [f"#file-1-{reason}" for reason in report.verdict.reasons]

    def test_a_report_without_a_verdict_has_none(self) -> None:
        assert not page(samples.signed()).all(cls="verdict")

    def test_what_was_not_checked_and_what_no_report_shows(self) -> None:
        shown = page(samples.signed()).text
        assert "Not checked – " not in shown
        assert "Revocation (network off)." in shown
        for words in not_shown(samples.signed()):
            assert words in shown

    def test_a_page_names_no_options_and_a_quotation_is_left_whole(self) -> None:
        quotation = NotChecked(what="the soft binding “a --b c”", why="only its maker can recompute it")
        gaps = (
            NotChecked(what="known sounds", why="no --index and no --original given"),
            NotChecked(what="the fragments of the video", why="not given with --fragment"),
            NotChecked(what="the signer", why="no list kept; run: vouchmark trust update"),
            NotChecked(what="it", why="over the size limit (--max-size)"),
            quotation,
        )
        shown = page(replace(samples.signed(), not_checked=gaps))
        for words in (
            "Known sounds (no index and no original given).",
            "The fragments of the video (not given).",
            "The signer (no list kept).",
            "It (over the size limit).",
        ):
            assert words in shown.text
        assert "a --b c" in [one.text for one in shown.all("bdi")]
        assert not re.search(r"(?<!a )--[a-z]", shown.one("main").text)

    @pytest.mark.parametrize("name", list(GALLERY))
    def test_no_page_has_an_option_in_it(self, name: str) -> None:
        if name != "hostile":
            assert not re.search(r"--[a-z]", page(GALLERY[name]).one("main").text)

    def test_nothing_left_out_is_said(self) -> None:
        report = replace(samples.signed(), not_checked=())
        assert "The lines that nobody asked for." in page(report).text

    def test_the_digest_at_the_end_is_that_of_the_json_report(self) -> None:
        report = GALLERY["signed"]
        shown = page(report).one("section", cls="inputs").text
        assert str(as_json.to_dict(report)["sha256"]) in shown
        assert "2026-11-21T00:00:00Z" in shown
        assert "c2pa-rs 0.91.3" in shown

    def test_options_of_the_run_are_inputs(self) -> None:
        report = samples.signed()
        inputs = Inputs(at=report.inputs.at, tool="t", options={"scope": ["public:review/cafe-harbour"]})
        assert "public:review/cafe-harbour" in page(replace(report, inputs=inputs)).text

    def test_an_unreadable_file_has_a_page_too(self) -> None:
        shown = page(samples.unreadable())
        assert "could not be read" in shown.one("h1").text
        assert not shown.all(cls="digest")

    @settings(max_examples=25, deadline=None)
    @given(reports())
    def test_any_report_is_a_page(self, report: Report) -> None:
        shown = page(report)
        assert not DANGER.search(shown.text)
        assert str(as_json.to_dict(report)["sha256"]) in shown.text


class TestOneHarmlessFile:
    def test_the_page_s_policy_allows_its_own_style_and_pictures_alone(self) -> None:
        root = page(samples.signed())
        style, script = (
            base64.b64encode(hashlib.sha256(root.one(tag).raw_text.encode()).digest()).decode()
            for tag in ("style", "script")
        )
        assert policy_of(root).split("; ") == [
            "default-src 'none'",
            f"style-src 'sha256-{style}'",
            f"script-src 'sha256-{script}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]

    def test_it_names_no_address(self) -> None:
        assert not re.search(r"(?:https?:|//)\w", html.render(GALLERY["generated"]))
        assert not re.search(r"url\(|@import|expression\(", html.render(samples.signed()))

    def test_language_direction_and_landmarks_are_there(self) -> None:
        root = page(samples.signed())
        assert root.one("html").attributes == {"lang": "en", "dir": "ltr"}
        body = root.one("body")
        assert [one.tag for one in body.parts if isinstance(one, Element)] == [
            "svg",
            "a",
            "header",
            "main",
            "footer",
            "script",
        ]
        assert [one.attributes["href"] for one in body.all("a", cls="skip")] == ["#main"]
        assert root.one("title").text.startswith("harbour.jpg: signed by")

    @pytest.mark.parametrize("place", ["name", "statement", "summary", "subject", "detail", "gap", "alt", "label"])
    @pytest.mark.parametrize("trick", [*TRICKS.values(), "w" * 10_000, "</style><script>1</script>", "{{ 7 * 7 }}"])
    def test_nothing_that_a_stranger_wrote_becomes_markup(self, place: str, trick: str) -> None:
        said = {"statement": trick} if place == "statement" else {"statement": "As usual."}
        said |= {"subject": trick} if place == "subject" else {}
        finding = Said(
            code="ai.none",
            status=Status.ABSENT,
            detail={trick: trick, "deep": {trick: [trick]}} if place == "detail" else {},
            **said,
        )
        step = replace(samples.BROKEN_PARENT, detail={"depth": 1, "manifest": trick, "title": trick, "signer": trick})
        report = samples.report(
            trick if place == "name" else "harbour.jpg",
            lines={Line.AI: [finding], Line.HISTORY: [step if place == "label" else samples.NO_HISTORY]},
            summaries={Line.AI: trick} if place == "summary" else None,
            not_checked=(NotChecked(what=trick, why=trick),) if place == "gap" else (),
        )
        report = replace(report, pictures=(pictured(alt=trick if place == "alt" else "A picture."),))
        shown = page(report)
        assert {one.tag for one in shown.all()} <= TAGS
        assert not DANGER.search(html.render(report))
        assert "49" not in shown.one("h1").text

    def test_a_stranger_s_words_are_set_apart_in_every_direction(self) -> None:
        arabic = "ميناء 12"
        report = samples.signed(
            history=[replace(samples.BROKEN_PARENT, statement=f"The parent “{arabic}” was changed.")]
        )
        shown = page(report)
        assert arabic in [one.text for one in shown.all("bdi")]
        named = page(samples.signed(signer=[replace(samples.OFFICIAL, detail={"name": f"A {arabic} B"})]))
        assert "ميناء" in [one.text for one in named.one("h1").all("bdi")]

    def test_what_is_set_apart_reads_the_same(self) -> None:
        for words in ("“a” and “b”", "שלום, עולם! (1) x", "“unclosed", "”“", "a“b”c“"):
            assert parse(f"<h1>{markup.shown(words)}</h1>").one("h1").raw_text == words

    def test_a_template_cannot_forget_to_escape(self) -> None:
        assert markup.shown("<b>") == "&lt;b&gt;"
        assert markup.flat('"><b>') == "&#34;&gt;&lt;b&gt;"
        assert markup.apart("<b>") == "<bdi>&lt;b&gt;</bdi>"


class TestPictures:
    def test_the_picture_stands_above_its_hash(self) -> None:
        report = replace(samples.signed(), pictures=(pictured(),))
        shown = page(report).one(cls="pictures")
        source = shown.one("figure").one("img").attributes["src"]
        assert base64.b64decode(source.removeprefix("data:image/jpeg;base64,")) == report.pictures[0].data
        assert "".join(one.text for one in shown.one(cls="digest").one("code").all("span")) == report.media.sha256

    @pytest.mark.parametrize(
        "changed",
        [
            {"data": b""},
            {"data": b"<svg onload=alert(1)>"},
            {"media_type": "image/svg+xml"},
            {"media_type": "image/png"},
            {"media_type": 'image/jpeg"><script>'},
        ],
    )
    def test_what_is_no_picture_of_ours_is_words(self, changed: dict[str, Any]) -> None:
        report = replace(samples.signed(), pictures=(pictured(alt="No picture is shown: why not.", **changed),))
        shown = page(report)
        assert not shown.all("img")
        assert "No picture is shown: why not." in shown.one(cls="pictures").text

    def test_an_altered_file_stands_beside_what_was_signed(self) -> None:
        signed = pictured("ancestor", samples.MANIFEST, data=jpeg(200))
        for report, count in ((GALLERY["altered"], 1), (GALLERY["signed"], 0)):
            shown = page(replace(report, pictures=(pictured(), signed)))
            assert len(shown.all("figure")) == 1 + count
            assert len(shown.all("figcaption")) == 2 * count

    def test_the_map_of_what_changed_stands_beside_the_picture(self) -> None:
        pictures = (pictured(), pictured("difference", alt="Two regions differ."))
        _, change = page(replace(samples.signed(), pictures=pictures)).one(cls="pair").all("figure")
        assert change.one("img").attributes["alt"] == "Two regions differ."
        assert "Where it differs from your original" in change.text

    def test_pictures_beyond_the_bound_are_left_out_and_that_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pictures, "MAX_PICTURES", 2 * len(base64.b64encode(jpeg())))
        many = [replace(samples.signed(f"{number}.jpg"), pictures=(pictured(),)) for number in range(4)]
        shown = parse("".join(html.render_many(many)))
        assert len(shown.all("img")) == 2
        assert shown.text.count("would become too large") == 2

    def test_json_and_its_digest_know_no_pictures(self) -> None:
        assert as_json.dumps(replace(samples.signed(), pictures=(pictured(),))) == as_json.dumps(samples.signed())


class TestTop:
    def test_every_answer_has_a_tone_and_one_caveat(self) -> None:
        assert set(TONES) == set(CAVEATS) == set(Group)
        assert all(words.endswith(".") and words.count(". ") == 0 for words in CAVEATS.values())

    @pytest.mark.parametrize("name", list(GALLERY))
    def test_two_sentences_can_be_pasted_with_date_digest_and_caveat(self, name: str) -> None:
        report, banner = GALLERY[name], page(GALLERY[name]).one(cls="banner")
        [button] = banner.all("button")
        words = next(one for one in banner.all("p") if one.attributes["id"] == button.attributes["data-copies"])
        assert words.text.startswith("Checked on 21 November 2026, “")
        assert words.text == " ".join(top.paste(report).split())
        digest = report.media.sha256
        assert (f"(SHA-256 {digest[:8]}…{digest[-8:]})" in words.text) == (digest is not None) if digest else True
        assert any(words.text.endswith(caveat) for caveat in CAVEATS.values())
        # Nothing is promised that cannot be done: without the script there is no button.
        assert "hidden" in button.attributes

    def values(self, report: Report) -> list[str]:
        return [one.one(cls="three-value").text for one in page(report).one(cls="three").all("li")]

    def tones(self, report: Report) -> list[str]:
        rows = page(report).one(cls="three").all(cls="three-value")
        return [row.attributes["class"].split()[-1].removeprefix("tone-") for row in rows]

    def test_three_rows_say_bytes_signer_and_ai(self) -> None:
        assert self.values(GALLERY["signed"]) == [
            "Yes",
            "Harbour Press (Desk 4)",
            "A camera or scanner, its signer says",
        ]
        assert self.values(GALLERY["without"]) == ["Nothing was signed", "Nobody", "Nothing is declared"]
        assert self.values(GALLERY["unknown"])[1].endswith("says the signer alone")

    def test_what_is_declared_of_other_bytes_is_not_said_of_these(self) -> None:
        bytes_, signer, ai = self.values(GALLERY["altered"])
        assert (bytes_, ai) == ("No", "Nothing that counts for these bytes")
        assert signer.endswith(", for other bytes")
        assert "good" not in self.tones(GALLERY["altered"])

    @pytest.mark.parametrize(
        ("line", "value", "status", "words"),
        [
            (Line.SIGNER, "test-key", Status.FAIL, ": a public test key"),
            (Line.SIGNER, "revoked", Status.FAIL, ": revoked"),
            (Line.SIGNER, "expired", Status.UNKNOWN, ", certificate expired"),
            (Line.SIGNER, "other-bytes", Status.UNKNOWN, ", for other bytes"),
            (Line.AI, "inherited-generated", Status.ABSENT, "Not of this file, but of an earlier one"),
            (Line.AI, "part-edited", Status.ABSENT, "Not of this file, but of something used in it"),
            (Line.AI, "inherited-captured", Status.ABSENT, "Nothing is declared"),
        ],
    )
    def test_a_row_says_the_line_s_value(self, line: Line, value: str, status: Status, words: str) -> None:
        report = GALLERY["signed"]
        named = tuple(replace(one, status=status) for one in report.evidence[line].findings)
        changed = replace(report.evidence[line], status=status, value=value, findings=named)
        shown = self.values(replace(report, evidence={**report.evidence, line: changed}))
        assert shown[1 if line is Line.SIGNER else 2].endswith(words)
        assert self.tones(replace(report, evidence={**report.evidence, line: changed})).count("good") <= 2

    def test_declared_ai_is_not_green(self) -> None:
        assert self.values(GALLERY["generated"])[2] == "Yes: generated by AI"
        assert self.tones(GALLERY["generated"])[2] == "note"
        assert "banner-note" in page(GALLERY["generated"]).one(cls="banner").attributes["class"]
        [card] = [one for one in page(GALLERY["generated"]).all() if one.attributes.get("id") == "file-1-ai"]
        assert "line-note" in card.attributes["class"]
        assert card.all("summary")[0].one("use").attributes["href"] == "#sign-note"

    def test_a_name_that_no_list_vouches_for_stands_in_quotes(self) -> None:
        assert self.values(GALLERY["unknown"])[1].startswith("“")
        assert not self.values(GALLERY["signed"])[1].startswith("“")

    def test_what_the_file_says_of_itself_stands_apart(self) -> None:
        facts = (
            MediaFact(what="camera", value="Z 9</dd>", where="EXIF Model", contradicted=True),
            MediaFact(what="camera", value="R6", where="XMP tiff:Model", contradicted=True),
        )
        report = replace(samples.without(), media=replace(samples.without().media, metadata=facts))
        shown = page(report).one(cls="of-itself").text
        assert "anybody could have written this" in shown
        assert "“Z 9</dd>” EXIF Model" in shown
        assert "These contradict each other." in shown
        assert not page(samples.without()).all(cls="of-itself")

    def test_codes_stand_in_an_appendix_for_paper(self) -> None:
        codes = [one.text for one in page(GALLERY["signed"]).one(cls="appendix").all("code")]
        assert codes == [finding.code for finding in GALLERY["signed"].findings()]


def voice(name: str = "Harbour Press Club", *, of: str = "1", code: str = "person.voice.new", **detail: Any) -> Said:
    told = {"issuer_name": name, "scope": "public:review/cafe", "period": "ever", "issuer": "00", "voice": of}
    status = Status.PASS if code.startswith("person.voice.") else Status.UNKNOWN
    statement = "A person vouches for this file."
    return Said(code=code, status=status, statement=statement, root=Root.PERSONHOOD_PROOF, detail=told | detail)


class TestPeople:
    def shown(self, *voices: Said) -> list[str]:
        [card] = [
            one
            for one in page(samples.signed(person=list(voices))).all()
            if one.attributes.get("id") == "file-1-person"
        ]
        return [item.text for people in card.all(cls="people") for item in people.all("li")]

    def test_people_are_counted_by_issuer_scope_and_period(self) -> None:
        assert self.shown(voice(), voice(of="2"), voice("Town Hall", period="2026-11", statement="Still open.")) == [
            "2 people enrolled by “Harbour Press Club” for public:review/cafe, one voice each for ever",
            "1 person enrolled by “Town Hall” for public:review/cafe, one voice each in 2026-11 “Still open.”",
        ]

    def test_a_scope_that_is_the_media_itself_reads_as_that(self) -> None:
        assert self.shown(voice(scope="public:media/" + "ab" * 32), voice(scope="public:media/short")) == [
            "1 person enrolled by “Harbour Press Club” for public:media/abababab… (this file alone), "
            "one voice each for ever",
            "1 person enrolled by “Harbour Press Club” for public:media/short, one voice each for ever",
        ]

    def test_what_one_group_says_is_said_once(self) -> None:
        alone = page(samples.signed(person=[voice(statement="Cold soup.")]))
        assert alone.text.count("A person vouches for this file.") == 1

    def test_one_voice_that_came_twice_is_one_person(self) -> None:
        [said] = self.shown(voice(statement="One."), voice(statement="One."))
        assert said.startswith("1 person enrolled by “Harbour Press Club”")
        assert said.count("One.") == 1

    def test_one_person_in_several_slots_never_reads_as_several(self) -> None:
        voices = [voice(of=str(slot), slot=slot, statement="Mine.") for slot in range(3)]
        assert self.shown(*voices) == [
            "1 person enrolled by “Harbour Press Club” for public:review/cafe, one voice each for ever “Mine.”",
            "1 person enrolled by “Harbour Press Club” for public:review/cafe, one voice each for ever, slot 1 “Mine.”",
            "1 person enrolled by “Harbour Press Club” for public:review/cafe, one voice each for ever, slot 2 “Mine.”",
        ]

    def test_the_largest_groups_come_first_and_what_is_left_out_is_said(self) -> None:
        voices = [voice(scope=f"public:{number:02}") for number in range(html_people.MAX_PEOPLE)]
        several = [voice(of=str(number), scope="public:several") for number in range(2)]
        shown = page(samples.signed(person=[*voices, *several]))
        [card] = [one for one in shown.all() if one.attributes.get("id") == "file-1-person"]
        groups = [item.text for people in card.all(cls="people") for item in people.all("li")]
        assert groups[0] == "2 people enrolled by “Harbour Press Club” for public:several, one voice each for ever"
        assert len(groups) == html_people.MAX_PEOPLE
        assert "1 more group of people in the JSON report." in card.text

    def test_a_vouch_that_does_not_hold_for_these_bytes_is_nobody(self) -> None:
        assert self.shown(voice(code="person.lookalike"), voice(code="person.ancestor")) == []

    def test_two_issuers_of_one_name_are_two_groups(self) -> None:
        first, second = self.shown(
            voice(issuer="00" * 32, issuer_called="“Harbour Press Club” (issuer 00000000…)"),
            voice("HARBOUR press Club", issuer="01" * 32, issuer_called="“HARBOUR press Club” (issuer 01010101…)"),
        )
        assert "enrolled by “HARBOUR press Club” (issuer 01010101…)" in first
        assert "enrolled by “Harbour Press Club” (issuer 00000000…)" in second

    @pytest.mark.parametrize("trick", [*TRICKS.values(), "</blockquote><script>", "w" * 10_000])
    def test_what_people_and_issuers_say_is_harmless(self, trick: str) -> None:
        shown = page(samples.signed(person=[voice(trick, statement=trick, scope=trick)]))
        assert {one.tag for one in shown.all()} <= TAGS
        assert not DANGER.search(shown.text)

    def test_a_person_makes_nothing_truer_and_the_page_says_so(self) -> None:
        assert "not whether it is true" in page(samples.signed(person=[voice()])).text
        assert "not whether it is true" not in page(samples.signed()).text

    def test_groups_are_never_added_up_and_the_page_says_so(self) -> None:
        assert "they may be the same people" in page(samples.signed(person=[voice(), voice("Town Hall")])).text
        assert "they may be the same people" not in page(samples.signed(person=[voice(), voice(of="2")])).text


def step(depth: int, manifest: str, owner: str, **changed: Any) -> Said:
    detail = {"relationship": "parentOf", "depth": depth, "manifest": manifest, "owner": owner}
    said = {"code": "history.parent.intact", "status": Status.PASS, "statement": f"The parent “{manifest}” holds."}
    return Said(root=Root.INGREDIENT, **(said | {"detail": detail | changed.pop("detail", {})} | changed))


def outline(twigs: Element) -> list[Any]:
    """The tree of the history as nested lists of the words that it quotes."""
    found: list[Any] = []
    for item in twigs.parts:
        if not isinstance(item, Element):
            continue
        quoted = re.findall("“([^“”]*)” holds", item.one_direct("div").text)
        inner = [part for part in item.parts if isinstance(part, Element) and part.tag == "ol"]
        found.append([*quoted, *(outline(inner[0]) if inner else [])])
    return found


class TestHistory:
    def tree(self, *steps: Said, pictures: tuple[ReportPicture, ...] = ()) -> Element:
        return page(replace(samples.signed(history=list(steps)), pictures=pictures)).one("ol", cls="tree-root")

    def test_each_version_stands_below_the_one_that_names_it(self) -> None:
        twigs = self.tree(
            step(1, "a", "me"), step(1, "b", "me"), step(2, "c", "b"), step(2, "d", "a"), step(3, "e", "d")
        )
        assert outline(twigs) == [[["a", ["d", ["e"]]], ["b", ["c"]]]]

    def test_versions_that_name_each_other_end(self) -> None:
        twigs = self.tree(
            step(1, "a", "b"), step(2, "b", "a"), step(3, "a", "b"), step(0, "b", "a"), step(-9, "x", "x")
        )
        # Those at no distance from the file are none of its versions.
        assert len(twigs.all("li")) == 4

    def test_a_version_shows_its_thumbnail_its_state_and_who_signed(self) -> None:
        words = {"signer": "Camera 1", "signer_codes": ["signer.unknown"], "reasons": ["recorded:a.b"], "time": "2026"}
        broken = step(1, "a", "me", code="history.parent.broken", status=Status.FAIL, detail=words)
        twigs = self.tree(broken, pictures=(pictured("ancestor", "a", alt="As signed."),))
        assert twigs.one("img").attributes["alt"] == "As signed."
        assert "Made from its credentials do not hold" in twigs.text
        assert "a signer using the name “Camera 1”" in twigs.text
        assert "a.b (recorded when it was added)" in twigs.text

    def test_a_signer_is_named_where_a_list_vouches(self) -> None:
        twigs = self.tree(step(1, "a", "me", detail={"signer": "Camera 1", "signer_codes": ["signer.official"]}))
        assert "signed by Camera 1" in twigs.text

    def test_a_chain_beyond_the_bound_stays_readable_and_whole(self) -> None:
        twigs = self.tree(*(step(depth, f"m{depth}", f"m{depth - 1}") for depth in range(1, 40)))
        assert len(twigs.all("li")) == 40
        assert depth_of(twigs) <= tree.MAX_TREE_DEPTH + 2

    def test_more_versions_and_findings_than_a_page_bears_are_counted(self) -> None:
        many = [step(1, f"m{number}", "me") for number in range(300)]
        shown = page(samples.signed(history=many))
        [card] = [one for one in shown.all() if one.attributes.get("id") == "file-1-history"]
        assert len(shown.one("ol", cls="tree-root").all("li")) == tree.MAX_TWIGS + 1
        assert len(card.all("li", cls="finding")) == lines.MAX_FINDINGS
        assert "240 more versions in the JSON report." in shown.text
        assert "200 more findings in the JSON report." in card.text

    def test_a_detail_beyond_the_bound_is_cut_and_that_is_said(self) -> None:
        detail = {f"k{number}": "v" for number in range(100)} | {"long": "w" * 9000}
        shown = page(samples.signed(ai=[replace(samples.CAPTURED, detail=detail)]))
        assert "41 more values in the JSON report." in shown.text
        assert "w" * 1001 not in shown.text


def depth_of(element: Element) -> int:
    inner = [part for part in element.parts if isinstance(part, Element)]
    return (element.tag == "ol") + max(map(depth_of, inner), default=0)


class TestManyFiles:
    def test_a_table_stands_first_and_leads_to_every_report(self) -> None:
        shown = parse("".join(html.render_many(GALLERY.values())))
        assert shown.one("h1").text == f"{len(GALLERY)} files"
        rows = shown.one("tbody").all("tr")
        assert [row.one("a").attributes["href"] for row in rows] == [f"#file-{n}" for n in range(1, len(GALLERY) + 1)]
        for row, report in zip(rows, GALLERY.values(), strict=True):
            assert row.one("td", cls="row-answer").text == " ".join(
                f"{markup.without_options(answer(report))}.".split()
            )
            assert report.verdict is not None
            assert row.text.endswith(str(report.verdict.outcome))
        assert len(shown.all("article")) == len(GALLERY)

    def test_answers_are_counted_the_worst_first(self) -> None:
        shown = parse("".join(html.render_many(GALLERY.values())))
        totals = shown.one(cls="totals").all("li")
        assert sum(int(one.one("strong").text) for one in totals) == len(GALLERY)
        assert totals[0].text.startswith("1 does not hold")

    def test_one_page_bears_no_more_than_fifty_files(self) -> None:
        assert (
            parse("".join(html.render_many([GALLERY["without"]] * html.MAX_ON_ONE_PAGE))).one("h1").text == "50 files"
        )
        with pytest.raises(html.TooManyError, match="a single page bears 50 files"):
            list(html.render_many([GALLERY["without"]] * (html.MAX_ON_ONE_PAGE + 1)))

    def test_no_file_at_all_is_a_page_that_says_so(self) -> None:
        shown = parse("".join(html.render_many([])))
        assert shown.one("h1").text == "0 files"
        assert "There was no file" in shown.text

    def test_what_waits_is_on_the_disk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(one_page, "SPOOLED", 1000)
        with html.Page() as made:
            for report in GALLERY.values():
                made.add(report)
            assert getattr(made._body, "_rolled", False)
            spooled = "".join(made.pieces())
        monkeypatch.undo()
        assert spooled == "".join(html.render_many(GALLERY.values()))

    def test_the_same_reports_give_the_same_bytes(self) -> None:
        assert html.render(GALLERY["signed"]) == html.render(GALLERY["signed"])


# Contrast (WCAG 2.2, 1.4.3 and 1.4.11), computed from the palette itself


def palettes() -> dict[str, dict[str, str]]:
    style = markup.kept("report.css")
    light, dark = re.search(r":root \{(.*?)\n\}", style, re.DOTALL), re.search(r":root \{(.*?)\n  \}", style, re.DOTALL)
    assert light
    assert dark
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", light[1]))
    darker = re.search(r"prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}", style, re.DOTALL)
    assert darker
    other = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", darker[1]))
    assert set(other) == set(found)
    printed = re.search(r"@media print \{\s*:root \{(.*?)\}", style, re.DOTALL)
    assert printed
    return {"light": found, "dark": other, "print": found | dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", printed[1]))}


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", ["light", "dark", "print"])
def test_every_text_has_the_contrast_that_tired_eyes_need(name: str) -> None:
    palette = palettes()[name]
    for ground in ("page", "card"):
        for ink in ("ink", "soft", "link", "pass", "fail", "unknown", "error", "quiet", "note", "focus"):
            assert contrast(palette[ink], palette[ground]) >= 4.5, (name, ink, ground)
    for status in ("pass", "fail", "unknown", "error", "quiet", "note"):
        assert contrast(palette[status], palette[f"{status}-tint"]) >= 4.5, (name, status)
        # The banner's words stand on its tint.
        for ink in ("ink", "soft"):
            assert contrast(palette[ink], palette[f"{status}-tint"]) >= 4.5, (name, status, ink)
    assert contrast(palette["soft"], palette["quiet-tint"]) >= 4.5


def test_the_formula_of_contrast_is_that_of_the_guidelines() -> None:
    assert round(contrast("#fff", "#000000"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48

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
from vouchmark.render import html, html_people, html_view, text
from vouchmark.render import json as as_json
from vouchmark.render.answer import NOT_SHOWN, answer
from vouchmark.report import QUESTIONS, Inputs, Line, NotChecked, Report, ReportPicture, Root, Status

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
        assert page(report).one("h1").text == " ".join(f"{said}.".split())

    @pytest.mark.parametrize("name", list(GALLERY))
    def test_every_line_is_a_card_with_its_question_status_and_sentence(self, name: str) -> None:
        report = GALLERY[name]
        cards = page(report).all("section", cls="card")
        assert [card.one("h3").text for card in cards] == list(QUESTIONS.values())
        for card, evidence in zip(cards, report.evidence.values(), strict=True):
            assert card.one(cls="card-status").text.startswith(html_view.WORDS[evidence.status])
            assert html_view.WORDS[evidence.status]
            signs = [one for one in card.parts if isinstance(one, Element) and one.tag == "svg"]
            assert [sign.one("use").attributes["href"] for sign in signs] == [f"#sign-{evidence.status}"]

    def test_no_two_statuses_share_a_word_or_a_sign(self) -> None:
        assert len(set(html_view.WORDS.values())) == len(Status) == len(html_view.WORDS)
        drawn = {one.attributes["id"]: str(one.one("path").attributes) for one in page(samples.signed()).all("symbol")}
        assert set(drawn) == {f"sign-{status}" for status in Status}
        assert len(set(drawn.values())) == len(Status)

    def test_findings_are_folded_with_code_source_root_subject_and_detail(self) -> None:
        shown = page(samples.signed())
        for finding in samples.signed().findings():
            [entry] = [one for one in shown.all("li", cls="finding") if finding.id in one.text.split()]
            assert entry.attributes["id"] == f"file-1-{finding.id}"
            for words in (finding.code, finding.source, finding.root, finding.subject, *finding.detail.values()):
                assert str(words) in entry.text
        assert len(shown.all("details")) == 6
        assert not [one for one in shown.all("details") if "open" in one.attributes]

    def test_the_verdict_names_policy_labels_and_reasons(self) -> None:
        report = GALLERY["altered"]
        assert report.verdict is not None
        shown = page(report).one(cls="verdict")
        assert "“default” says review" in shown.text
        for label in report.verdict.labels:
            assert f"{label} {LABELS[label]}" in shown.text
        assert [link.text for link in shown.all("a")] == list(report.verdict.reasons)

    def test_a_report_without_a_verdict_has_none(self) -> None:
        assert not page(samples.signed()).all(cls="verdict")

    def test_what_was_not_checked_and_what_no_report_shows(self) -> None:
        shown = page(samples.signed()).text
        assert "Not checked – " not in shown
        assert "Revocation: network off." in shown
        for _, words in NOT_SHOWN:
            assert words in shown

    def test_options_are_not_torn_apart_and_a_quotation_is_left_whole(self) -> None:
        quotation = NotChecked(what="the soft binding “a --b c”", why="only its maker can recompute it")
        gaps = (NotChecked(what="known media", why="no --index and no --original given"), quotation)
        shown = page(replace(samples.signed(), not_checked=gaps))
        assert [one.text for one in shown.all(cls="option")] == ["--index", "--original"]
        assert "Known media: no --index and no --original given." in shown.text
        assert "a --b c" in [one.text for one in shown.all("bdi")]

    def test_nothing_left_out_is_said(self) -> None:
        report = replace(samples.signed(), not_checked=())
        assert "The lines marked as not looked at." in page(report).text

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
        assert "SHA-256" not in shown.one(cls="hero-picture").text

    @settings(max_examples=25, deadline=None)
    @given(reports())
    def test_any_report_is_a_page(self, report: Report) -> None:
        shown = page(report)
        assert not DANGER.search(shown.text)
        assert str(as_json.to_dict(report)["sha256"]) in shown.text


class TestOneHarmlessFile:
    def test_the_page_s_policy_allows_its_own_style_and_pictures_alone(self) -> None:
        root = page(samples.signed())
        digest = base64.b64encode(hashlib.sha256(root.one("style").raw_text.encode()).digest()).decode()
        assert policy_of(root).split("; ") == [
            "default-src 'none'",
            f"style-src 'sha256-{digest}'",
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
        assert [one.tag for one in body.parts if isinstance(one, Element)] == ["svg", "a", "header", "main", "footer"]
        assert [one.attributes["href"] for one in body.all("a", cls="skip")] == ["#main"]
        assert root.one("title").text.startswith("harbour.jpg: unchanged")

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
            assert parse(f"<h1>{html.shown(words)}</h1>").one("h1").raw_text == words

    def test_a_template_cannot_forget_to_escape(self) -> None:
        assert html.shown("<b>") == "&lt;b&gt;"
        assert html.flat('"><b>') == "&#34;&gt;&lt;b&gt;"
        assert html.apart("<b>") == "<bdi>&lt;b&gt;</bdi>"


class TestPictures:
    def test_the_picture_stands_above_its_hash(self) -> None:
        report = replace(samples.signed(), pictures=(pictured(),))
        figure = page(report).one(cls="hero-picture").one("figure")
        assert [one.tag for one in figure.parts if isinstance(one, Element)] == ["img", "figcaption"]
        source = figure.one("img").attributes["src"]
        assert base64.b64decode(source.removeprefix("data:image/jpeg;base64,")) == report.pictures[0].data
        assert "".join(one.text for one in figure.one("code").all("span")) == report.media.sha256

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
        assert "No picture is shown: why not." in shown.one(cls="hero-picture").text

    def test_an_altered_file_stands_beside_what_was_signed(self) -> None:
        signed = pictured("ancestor", samples.MANIFEST, data=jpeg(200))
        for report, count in ((GALLERY["altered"], 1), (GALLERY["signed"], 0)):
            shown = page(replace(report, pictures=(pictured(), signed)))
            assert len(shown.all(cls="as-signed")) == count

    def test_the_map_of_what_changed_stands_in_its_card(self) -> None:
        report = replace(samples.signed(), pictures=(pictured("difference", alt="Two regions differ."),))
        [card] = [one for one in page(report).all(cls="card") if one.attributes["id"].endswith("-known")]
        assert card.one("img").attributes["alt"] == "Two regions differ."

    def test_pictures_beyond_the_bound_are_left_out_and_that_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(html_view, "MAX_PICTURES", 2 * len(base64.b64encode(jpeg())))
        many = [replace(samples.signed(f"{number}.jpg"), pictures=(pictured(),)) for number in range(4)]
        shown = parse("".join(html.render_many(many)))
        assert len(shown.all("img")) == 2
        assert shown.text.count("would become too large") == 2

    def test_json_and_its_digest_know_no_pictures(self) -> None:
        assert as_json.dumps(replace(samples.signed(), pictures=(pictured(),))) == as_json.dumps(samples.signed())


def voice(name: str = "Harbour Press Club", *, of: str = "1", code: str = "person.voice.new", **detail: Any) -> Said:
    told = {"issuer_name": name, "scope": "public:review/cafe", "period": "ever", "issuer": "00", "voice": of}
    status = Status.PASS if code.startswith("person.voice.") else Status.UNKNOWN
    statement = "A person stands behind this file."
    return Said(code=code, status=status, statement=statement, root=Root.PERSONHOOD_PROOF, detail=told | detail)


class TestPeople:
    def shown(self, *voices: Said) -> list[str]:
        [card] = [
            one
            for one in page(samples.signed(person=list(voices))).all(cls="card")
            if one.text.startswith("Does a real")
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
        assert alone.text.count("A person stands behind this file.") == 1
        assert not alone.all(cls="said-below")
        several = page(samples.signed(person=[voice(), voice("Town Hall")]))
        assert len(several.all(cls="said-below")) == 1

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
        [card] = [one for one in shown.all(cls="card") if one.attributes["id"].endswith("-person")]
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
        tree = self.tree(
            step(1, "a", "me"), step(1, "b", "me"), step(2, "c", "b"), step(2, "d", "a"), step(3, "e", "d")
        )
        assert outline(tree) == [[["a", ["d", ["e"]]], ["b", ["c"]]]]

    def test_versions_that_name_each_other_end(self) -> None:
        tree = self.tree(step(1, "a", "b"), step(2, "b", "a"), step(3, "a", "b"), step(0, "b", "a"), step(-9, "x", "x"))
        # Those at no distance from the file are none of its versions.
        assert len(tree.all("li")) == 4

    def test_a_version_shows_its_thumbnail_its_state_and_who_signed(self) -> None:
        words = {"signer": "Camera 1", "signer_codes": ["signer.unknown"], "reasons": ["recorded:a.b"], "time": "2026"}
        broken = step(1, "a", "me", code="history.parent.broken", status=Status.FAIL, detail=words)
        tree = self.tree(broken, pictures=(pictured("ancestor", "a", alt="As signed."),))
        assert tree.one("img").attributes["alt"] == "As signed."
        assert "Made from changed or broken" in tree.text
        assert "a signer who calls itself “Camera 1”" in tree.text
        assert "a.b (recorded when it was added)" in tree.text

    def test_a_signer_is_named_where_a_list_vouches(self) -> None:
        tree = self.tree(step(1, "a", "me", detail={"signer": "Camera 1", "signer_codes": ["signer.official"]}))
        assert "signed by Camera 1" in tree.text

    def test_a_chain_beyond_the_bound_stays_readable_and_whole(self) -> None:
        tree = self.tree(*(step(depth, f"m{depth}", f"m{depth - 1}") for depth in range(1, 40)))
        assert len(tree.all("li")) == 40
        assert depth_of(tree) <= html_view.MAX_TREE_DEPTH + 2

    def test_more_versions_and_findings_than_a_page_bears_are_counted(self) -> None:
        many = [step(1, f"m{number}", "me") for number in range(300)]
        shown = page(samples.signed(history=many))
        [card] = [one for one in shown.all(cls="card") if one.attributes["id"].endswith("-history")]
        assert len(card.one("ol", cls="tree-root").all("li")) == html_view.MAX_TWIGS + 1
        assert len(card.all("li", cls="finding")) == html_view.MAX_FINDINGS
        assert "240 more versions in the JSON report." in card.text
        assert "200 more findings in the JSON report." in card.text
        assert "300 findings" in card.text

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
            assert row.one("td", cls="row-answer").text == " ".join(f"{answer(report)}.".split())
            assert report.verdict is not None
            assert row.text.endswith(str(report.verdict.outcome))
        assert len(shown.all("article")) == len(GALLERY)

    def test_verdicts_are_counted_the_strongest_first(self) -> None:
        shown = parse("".join(html.render_many(GALLERY.values())))
        counts = [int(one.text.split()[0]) for one in shown.one(cls="outcomes").all("span")]
        assert sum(counts) == len(GALLERY)
        assert shown.one(cls="outcomes").text.split()[1] == "review"

    def test_no_file_at_all_is_a_page_that_says_so(self) -> None:
        shown = parse("".join(html.render_many([])))
        assert shown.one("h1").text == "0 files"
        assert "There was no file" in shown.text

    def test_what_waits_is_on_the_disk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(html, "SPOOLED", 1000)
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
    style = html._style()
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
        for ink in ("ink", "soft", "link", "pass", "fail", "unknown", "error", "quiet", "focus"):
            assert contrast(palette[ink], palette[ground]) >= 4.5, (name, ink, ground)
    for status in ("pass", "fail", "unknown", "error", "quiet"):
        assert contrast(palette[status], palette[f"{status}-tint"]) >= 4.5, (name, status)
    assert contrast(palette["soft"], palette["quiet-tint"]) >= 4.5


def test_the_formula_of_contrast_is_that_of_the_guidelines() -> None:
    assert round(contrast("#fff", "#000000"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48

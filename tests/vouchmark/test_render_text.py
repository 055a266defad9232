"""Does the text say the answer first, in plain words, and can it be read anywhere?"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.vouchmark import samples
from tests.vouchmark.any_report import reports
from tests.vouchmark.samples import Said
from vouchmark.policies.policy import Policy
from vouchmark.render import text
from vouchmark.render.headline.answer import answer, not_shown, not_shown_short
from vouchmark.render.layout import wrap
from vouchmark.report import Json, Line, NotChecked, Report, Root, Status

GALLERY = {name: Policy.default().applied(report) for name, report in samples.gallery().items()}
WIDTHS = (60, 80, 120, 200)
ROW = re.compile(r"  (?P<name>[A-Za-z]+(?: [a-z]+)?) +(?P<sign>[✔✘?–!·•]) (?=\S)")
"""A line of evidence in text."""
SGR = re.compile(r"\x1b\[[0-9;]+m")
JUDGEMENTS = re.compile(r"\b(real|fake|authentic|genuine|score)\b", re.IGNORECASE)


def shown(report: Report, *, width: int = 80, verbosity: int = 0, colour: bool = False, unicode: bool = True) -> str:
    return text.render(report, width=width, colour=colour, verbosity=verbosity, unicode=unicode)


def signs(said: str) -> list[tuple[str, str]]:
    """The lines of evidence in a text, each with its sign."""
    return [(row["name"], row["sign"]) for line in said.splitlines() if (row := ROW.match(line))]


def failed(code: str, statement: str = "It does not hold.") -> list[Said]:
    return [Said(code=code, status=Status.FAIL, statement=statement)]


def doubtful(code: str, statement: str = "It cannot be told.") -> list[Said]:
    return [Said(code=code, status=Status.UNKNOWN, statement=statement)]


class TestAnswer:
    @pytest.mark.parametrize(
        ("report", "words"),
        [
            (
                samples.signed(),
                "signed by Harbour Press (Desk 4), certified under the official C2PA list; unchanged since",
            ),
            (
                samples.signed(signer=[replace(samples.OFFICIAL, code="signer.interim")]),
                "signed by Harbour Press (Desk 4), certified under the frozen interim list; unchanged since",
            ),
            (
                samples.signed(signer=[replace(samples.OFFICIAL, code="signer.yours")]),
                "signed by Harbour Press (Desk 4), certified under your own list; unchanged since",
            ),
            (
                samples.signed(signer=[samples.CALLS_ITSELF]),
                "unknown signer using the name “NIKON CORPORATION”; unchanged since",
            ),
            (
                samples.signed(signer=doubtful("signer.expired", "The certificate is out of date.")),
                "signed, and by whom is not established; unchanged since",
            ),
            (
                samples.signed(signer=[replace(samples.CALLS_ITSELF, code="signer.expired")]),
                "signed under the name “NIKON CORPORATION”, with an expired certificate and no trusted date; "
                "unchanged since",
            ),
            (
                samples.signed(signer=failed("signer.distrusted", "You distrust this signer.")),
                "its signer is not to be relied on; unchanged since",
            ),
            (
                samples.signed(signer=[replace(samples.CALLS_ITSELF, code="signer.revoked", status=Status.FAIL)]),
                "signed under the name “NIKON CORPORATION”, whose certificate was revoked; unchanged since",
            ),
            (
                samples.signed(signer=[replace(samples.CALLS_ITSELF, code="signer.test_key", status=Status.FAIL)]),
                "signed with a public test key: anybody could have made this",
            ),
            (
                samples.signed(integrity=[samples.MISMATCH], signer=[samples.OTHER_BYTES]),
                "does not match its credentials: changed after Harbour Press (Desk 4) signed, or taken from another "
                "file",
            ),
            (
                samples.signed(integrity=[samples.MISMATCH], signer=[samples.CALLS_ITSELF]),
                "does not match its credentials: changed after signing, or taken from another file",
            ),
            (
                samples.signed(integrity=[samples.MISMATCH], signer=[samples.CALLS_ITSELF], ai=[samples.GENERATED]),
                "does not match its credentials: changed after signing, or taken from another file",
            ),
            (
                samples.signed(integrity=failed("claimSignature.mismatch"), signer=doubtful("signer.unestablished")),
                "its signature is not valid; nothing in it is signed",
            ),
            (
                samples.signed(integrity=failed("assertion.hashedURI.mismatch")),
                "a signed statement in its credentials was altered, removed or added",
            ),
            (
                samples.signed(integrity=failed("integrity.malformed")),
                "its credentials were malformed by whoever made them, and show nothing",
            ),
            (
                samples.signed(integrity=failed("integrity.coverage.media_excluded")),
                "part of the content is not signed and could be anything",
            ),
            (
                samples.signed(integrity=failed("integrity.something", "The binding is odd.")),
                "its credentials do not hold: the binding is odd",
            ),
            (
                samples.signed(history=[samples.BROKEN_PARENT]),
                "the credentials of the earlier file that it names do not hold; signed by Harbour Press (Desk 4), "
                "certified under the "
                "official C2PA list; unchanged since",
            ),
            (
                samples.signed(history=[replace(samples.BROKEN_PARENT, code="history.component.broken")]),
                "the credentials of something used in it do not hold; signed by Harbour Press (Desk 4), "
                "certified under the official "
                "C2PA list; unchanged since",
            ),
            (
                samples.signed(history=[replace(samples.BROKEN_PARENT, code="history.component.missing")]),
                "the credentials of something used in it are missing; signed by Harbour Press (Desk 4), certified "
                "under the official C2PA list; unchanged since",
            ),
            (
                samples.signed(history=[replace(samples.BROKEN_PARENT, code="history.redaction.forbidden")]),
                "something was taken out of an earlier version that must stay in it; signed by Harbour Press (Desk 4), "
                "certified under the official C2PA list; unchanged since",
            ),
            (
                samples.signed(ai=[samples.GENERATED]),
                "declared as AI-generated by Harbour Press (Desk 4); unchanged since",
            ),
            (
                samples.signed(ai=[samples.GENERATED], signer=[samples.CALLS_ITSELF]),
                "declared as AI-generated, under the name “NIKON CORPORATION” (an unknown signer)",
            ),
            (
                samples.signed(ai=[samples.GENERATED], signer=[replace(samples.CALLS_ITSELF, code="signer.expired")]),
                "declared as AI-generated, under the name “NIKON CORPORATION” (certificate expired, signing date "
                "unconfirmed)",
            ),
            (
                samples.signed(ai=failed("ai.contradiction"), time=failed("time.stamp.invalid")),
                "the times it states cannot all be true; its statements about AI contradict each other; "
                "signed by Harbour Press (Desk 4), certified under the official C2PA list; unchanged since",
            ),
            (samples.without(), "nothing here proves where it comes from; that is true of most files"),
            (
                samples.signed(
                    integrity=[
                        replace(
                            samples.MATCH,
                            code="integrity.remote",
                            status=Status.UNKNOWN,
                            detail={"url": "https://press.example/manifests/1"},
                        )
                    ]
                ),
                "credentials are kept online at press.example; to fetch them, add --online",
            ),
            (
                samples.signed(integrity=doubtful("integrity.unsupported")),
                "image/jpeg is not supported; nothing was looked for",
            ),
            (
                samples.signed(integrity=[samples.MATCH, *doubtful("integrity.coverage.trailing_excluded")]),
                "something after its end is not signed; the rest is unchanged since Harbour Press (Desk 4) signed",
            ),
            (
                samples.signed(integrity=doubtful("integrity.other", "Half of it is missing.")),
                "whether it was changed cannot be told: half of it is missing",
            ),
            (samples.unreadable(), "could not be read: it is over the time limit (--time-limit)"),
            (samples.unreadable(reason="too-large"), "could not be read: it is over the size limit (--max-size)"),
            (
                samples.unreadable(reason="denied", code="integrity.unreadable"),
                "could not be read: you may not read it",
            ),
            (
                samples.unreadable(reason="new"),
                "could not be checked: reading it took longer than the time limit (--time-limit); that says nothing "
                "about the file",
            ),
            (
                samples.unreadable(reason="", code="integrity.unparsable"),
                "could not be read: reading it took longer than the time limit (--time-limit); that says nothing about "
                "the file",
            ),
            (samples.report(), "nothing was looked at"),
            (
                samples.report(lines={Line.AI: [samples.GENERATED]}),
                "ai only: the signer declares that it was generated by AI",
            ),
        ],
    )
    def test_says_what_was_found_in_plain_words(self, report: Report, words: str) -> None:
        assert answer(report) == words

    def test_an_unsigned_declaration_is_said_as_such(self) -> None:
        said = Said(
            code="ai.generated", status=Status.UNKNOWN, statement="Metadata says so.", root=Root.UNSIGNED_METADATA
        )
        base = samples.without()
        lines = {line: [] for line in Line}
        report = samples.report(
            lines={**lines, Line.INTEGRITY: samples.nothing(Line.INTEGRITY), Line.AI: [said]},
            not_checked=base.not_checked,
        )
        assert answer(report) == "metadata that nobody signed says it was generated by AI; no Content Credentials"

    def test_an_ingredients_declaration_is_said_of_the_ingredient(self) -> None:
        said = replace(samples.GENERATED, root=Root.INGREDIENT, detail={"of": "part"})
        assert answer(samples.signed(ai=[said])).endswith("; something used in it is declared as AI-generated")
        said = replace(said, detail={"of": "earlier file"})
        assert answer(samples.signed(ai=[said])).endswith(
            "; the earlier file that its signer names is declared as AI-generated"
        )

    def test_marks_of_a_program_in_metadata_are_told_as_nobodys_word(self) -> None:
        said = replace(
            samples.GENERATED,
            code="ai.generator",
            status=Status.UNKNOWN,
            root=Root.UNSIGNED_METADATA,
            detail={"system": "ComfyUI", "covered": False},
        )
        assert answer(samples.signed(ai=[said])).endswith(
            "; metadata that nobody signed has the marks of ComfyUI, an AI generator"
        )

    def test_metadata_that_the_signature_covers_is_still_not_the_signers_word(self) -> None:
        said = replace(samples.GENERATED, status=Status.UNKNOWN, root=Root.UNSIGNED_METADATA, detail={"covered": True})
        assert answer(samples.signed(ai=[said])).endswith(
            "; its metadata, unlike its signer, says it was generated by AI"
        )

    def test_what_is_signed_goes_before_what_is_not(self) -> None:
        unsigned = replace(samples.GENERATED, status=Status.UNKNOWN, root=Root.UNSIGNED_METADATA)
        signed = replace(samples.GENERATED, code="ai.edited")
        said = answer(samples.signed(ai=[unsigned, signed]))
        assert said.startswith("declared as partly AI-generated or edited with AI by Harbour Press")
        assert "nobody signed" not in said

    def test_an_ingredients_declaration_that_nobody_stands_for_is_not_repeated(self) -> None:
        said = replace(samples.GENERATED, root=Root.INGREDIENT, status=Status.UNKNOWN, detail={"of": "part"})
        assert "AI" not in answer(samples.signed(ai=[said]))

    def test_metadata_that_is_not_covered_is_named_and_what_is_cut_off_is_not_called_covered(self) -> None:
        said = Said(code="integrity.coverage.metadata_excluded", status=Status.PASS, statement="Some is left out.")
        kinds = [{"kind": "metadata", "name": name} for name in ("XMP", "EXIF", "IPTC", "ICC")]
        for number, words in ((1, "XMP"), (2, "EXIF and XMP"), (4, "EXIF, ICC, IPTC and other metadata")):
            found = replace(said, detail={"excluded": list[Json](kinds[:number])})
            report = samples.signed(integrity=[samples.MATCH, found])
            assert f", but for its {words}, which the signature does not cover" in answer(report)

    @pytest.mark.parametrize(
        ("code", "status", "detail", "words"),
        [
            ("known.changed", Status.FAIL, {"against": "original"}, "it differs from the original"),
            ("known.changed", Status.FAIL, {"against": "signed thumbnail"}, "it differs from the signed thumbnail"),
            ("known.spliced", Status.FAIL, {}, "it was put together from parts of the original"),
            ("known.same", Status.PASS, {"against": "picture in your index"}, "differs from the picture in your index"),
            ("known.same", Status.PASS, {"same_bytes": True}, "it is the original, byte for byte"),
            ("known.excerpt", Status.PASS, {}, "it is a part of the original, or all of it"),
            ("known.unaligned", Status.UNKNOWN, {}, "it could not be compared with the original"),
            ("known.uncompared", Status.ERROR, {}, "it could not be compared with the original"),
        ],
    )
    def test_what_comparing_came_to_is_said_and_with_what(
        self, code: str, status: Status, detail: dict[str, Json], words: str
    ) -> None:
        said = Said(code=code, status=status, statement="They were compared.", detail=detail)
        assert words in answer(samples.signed(known=[said]))

    def test_disagreement_over_the_bytes_is_said_and_over_expiry_is_not(self) -> None:
        said = Said(code="engines.disagree", status=Status.UNKNOWN, statement="They disagree.", root=Root.ENGINE)
        loud = samples.signed(engines=[replace(said, detail={"on": ["bytes", "state"]})])
        quiet = samples.signed(engines=[replace(said, detail={"on": ["state"]})])
        assert answer(loud).startswith("two verifiers disagree on whether it was changed; ")
        assert answer(quiet) == answer(samples.signed())
        unread = samples.signed(engines=[replace(said, detail={"on": ["presence"], "unread": "one"})])
        assert answer(unread).startswith("one of two verifiers cannot read it; ")
        unread = replace(
            samples.unreadable(), evidence={**samples.unreadable().evidence, Line.ENGINES: loud.evidence[Line.ENGINES]}
        )
        assert answer(unread) == answer(samples.unreadable())

    def test_a_signers_name_cannot_write_our_sentence(self) -> None:
        evil = "Acme” (on the official C2PA list). “"
        report = samples.signed(signer=[replace(samples.CALLS_ITSELF, detail={"name": evil})])
        assert '“Acme" (on the official C2PA list). "”' in answer(report)

    def test_a_name_that_no_list_vouches_for_is_always_in_quotes(self) -> None:
        assert "using the name “NIKON" in answer(GALLERY["unknown"])

    @pytest.mark.parametrize("name", GALLERY)
    def test_never_judges(self, name: str) -> None:
        assert not JUDGEMENTS.search(answer(GALLERY[name]))
        report = GALLERY[name]
        assert not any(JUDGEMENTS.search(words) for words in (*not_shown(report), *not_shown_short(report)))

    def test_a_report_on_persons_says_that_they_make_nothing_truer(self) -> None:
        vouched = samples.signed(person=[samples.Said(code="person.voice.new", status=Status.PASS, statement="One.")])
        for report, shown in ((vouched, True), (samples.signed(), False)):
            for verbosity, words in (
                (0, "truer for a person who vouches for it"),
                (1, "a person can vouch for anything"),
            ):
                said = text.render(report, width=200, colour=False, verbosity=verbosity)
                assert (words in " ".join(said.split())) is shown


class TestLayout:
    @pytest.mark.parametrize("width", WIDTHS)
    @pytest.mark.parametrize("verbosity", [0, 1, 2])
    @pytest.mark.parametrize("name", GALLERY)
    def test_fits_the_columns(self, name: str, verbosity: int, width: int) -> None:
        for line in shown(GALLERY[name], width=width, verbosity=verbosity).splitlines():
            assert cell_len(line) <= width, line

    def test_wide_letters_are_counted_as_two_cells(self) -> None:
        report = samples.signed("港の写真" * 20 + ".jpg")
        assert all(cell_len(line) <= 60 for line in shown(report, width=60).splitlines())

    def test_the_answer_comes_first(self) -> None:
        assert shown(GALLERY["altered"]).startswith(
            "altered.jpg: does not match its credentials: changed after Harbour Press"
        )

    def test_what_failed_comes_first_and_what_nobody_asked_for_is_folded(self) -> None:
        rows = signs(shown(GALLERY["laundered"], width=200))
        assert rows == [
            ("history", "✘"),
            ("bytes", "✔"),
            ("signer", "✔"),
            ("time", "✔"),
            ("AI", "•"),
            ("verifiers", "✔"),
        ]
        assert "\n  not asked: people, known media, claim\n" in shown(GALLERY["laundered"], width=200)

    def test_every_line_of_evidence_has_its_row_where_all_are_asked_for(self) -> None:
        rows = signs(shown(GALLERY["laundered"], width=200, verbosity=1))
        assert [name for name, _ in rows] == [text.NAMES[line] for line in Line]
        assert [sign for _, sign in rows] == ["✔", "✔", "✔", "✘", "•", "·", "·", "·", "✔"]

    def test_sentences_begin_in_one_column(self) -> None:
        lines = shown(GALLERY["signed"], width=200, verbosity=1).splitlines()
        assert len({row.end() for line in lines if (row := ROW.match(line))}) == 1

    @pytest.mark.parametrize(("name", "rows"), [("signed", 14), ("altered", 16), ("without", 8), ("generated", 14)])
    def test_an_ordinary_file_takes_about_twelve_lines(self, name: str, rows: int) -> None:
        assert len(shown(GALLERY[name], width=100).splitlines()) <= rows

    def test_continued_sentences_hang_below_their_beginning(self) -> None:
        lines = shown(GALLERY["signed"], width=60).splitlines()
        place = next(number for number, line in enumerate(lines) if "signer " in line)
        assert lines[place + 1].startswith(" " * lines[place].index("Signed"))

    def test_ends_with_what_was_not_checked_and_what_is_not_shown(self) -> None:
        rest = shown(GALLERY["altered"], width=200).split("\n\n")[-1]
        assert re.fullmatch(
            r"  suggested: review \(altered-after-signing\)\n  not checked: .*\n  not shown: whether a caption .*\n",
            rest,
        )

    def test_of_an_unsigned_file_nothing_is_said_of_its_signer(self) -> None:
        said = shown(GALLERY["without"], width=200)
        assert "signer" not in said
        assert "not shown: how it was made" in said

    def test_what_was_not_checked_for_one_reason_stands_together(self) -> None:
        gaps = (NotChecked(what="a", why="late"), NotChecked(what="b", why="off"), NotChecked(what="c", why="late"))
        assert "  not checked: a, c (late); b (off)\n" in shown(samples.report(not_checked=gaps))

    def test_skipped_lines_are_not_called_checked(self) -> None:
        report = replace(samples.report(), not_checked=())
        skipped = ", ".join(text.NAMES[line] for line, one in report.evidence.items() if one.status is Status.SKIPPED)
        assert f"not asked: {skipped}\n" in shown(report, width=200)
        everything = {line: [Said(code=f"{line}.x", status=Status.PASS, statement="Good.")] for line in Line}
        assert "not asked" not in shown(samples.report(lines=everything, not_checked=()))

    def test_what_a_policy_suggests_names_it_unless_it_is_the_built_in_one(self) -> None:
        report = GALLERY["altered"]
        assert "  suggested: review (altered-after-signing)\n" in shown(report)
        assert report.verdict is not None
        other = replace(report, verdict=replace(report.verdict, policy=replace(report.verdict.policy, name="desk")))
        assert "  suggested: review (altered-after-signing), by the policy “desk”\n" in shown(other)
        assert "suggested" not in shown(samples.signed())

    def test_quiet_is_one_line(self) -> None:
        for report in GALLERY.values():
            assert shown(report, verbosity=-1, width=60).count("\n") == 1

    def test_verbose_gives_every_finding_with_code_source_and_subject(self) -> None:
        report = GALLERY["laundered"]
        output = shown(report, verbosity=1, width=200)
        for finding in report.findings():
            assert f"{finding.id} {finding.status} {finding.code}" in output
            assert f"by {finding.source}, from {finding.root}, about {finding.subject}" in output
        assert report.media.sha256 is not None
        assert report.media.sha256 in output
        assert '"depth": 1' not in output
        assert '"depth": 1' in shown(report, verbosity=2, width=200)

    def test_a_long_word_is_cut_at_the_edge(self) -> None:
        assert wrap("a" * 25, width=10, first="- ", rest="  ") == [
            "- " + "a" * 8,
            "  " + "a" * 8,
            "  " + "a" * 8,
            "  a",
        ]

    @given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200), st.integers(12, 80))
    def test_wrapping_loses_nothing_but_spaces(self, given_text: str, width: int) -> None:
        lines = wrap(given_text, width=width)
        assert "".join(lines).replace(" ", "") == given_text.replace(" ", "") or given_text != given_text.rstrip()


class TestTerminals:
    def test_colour_changes_nothing_that_is_said(self) -> None:
        for report in GALLERY.values():
            assert SGR.sub("", shown(report, colour=True, verbosity=1)) == shown(report, verbosity=1)

    def test_without_colour_there_are_no_escapes(self) -> None:
        assert all("\x1b" not in shown(report, verbosity=2) for report in GALLERY.values())

    def test_signs_differ_without_colour_in_both_alphabets(self) -> None:
        assert set(text.SIGNS) == set(Status)
        for column in (0, 1):
            assert len({signs[column] for signs in text.SIGNS.values()}) == len(Status)
        assert all(cell_len(sign) == 1 for signs in text.SIGNS.values() for sign in signs)

    @pytest.mark.parametrize("name", GALLERY)
    def test_ascii_terminals_get_ascii(self, name: str) -> None:
        output = shown(GALLERY[name], unicode=False, verbosity=2)
        assert output.isascii()
        assert "\\u201c" not in output

    @pytest.mark.parametrize(
        ("encoding", "can"), [("utf-8", True), ("ascii", False), ("latin-1", False), (None, False), ("no-such", False)]
    )
    def test_knows_which_encodings_have_the_signs(self, encoding: str | None, can: bool) -> None:
        assert text.can_encode(encoding) is can

    @pytest.mark.parametrize("colour", [False, True])
    def test_a_hostile_file_writes_nothing_to_the_terminal_but_letters(self, colour: bool) -> None:
        output = SGR.sub("", shown(GALLERY["hostile"], colour=colour, verbosity=2))
        assert not set(output) & set("\x1b\x00\r\u202e\u200b\x9b")
        assert not any(line.startswith("=") for line in output.splitlines())

    @given(reports(), st.sampled_from(WIDTHS), st.booleans(), st.integers(-1, 2), st.booleans())
    @settings(max_examples=150, deadline=None)
    def test_any_report_is_shown_within_its_columns_and_harmless(
        self, report: Report, width: int, colour: bool, verbosity: int, unicode: bool
    ) -> None:
        output = shown(report, width=width, verbosity=verbosity, colour=colour, unicode=unicode)
        plain = SGR.sub("", output)
        assert output.endswith("\n")
        assert not re.search(
            r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff]", plain
        )
        assert verbosity < 0 or all(cell_len(line) <= width for line in plain.splitlines())
        assert unicode or output.isascii()

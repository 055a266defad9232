"""Are signed texts read by what their bytes hold, and does no changed word pass (C2PA 2.4, annexes A.7 to A.9)?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

from provenance.credentials.trust.formats import ListKind
from tests.support.authority import NOW, Identity, list_of, make_root, make_signer, store_of
from tests.support.corpus import WHY
from tests.support.corpus import folder as corpus
from tests.support.media.text_mutations import FORMS, WORDS, mutations
from tests.support.media.texts import (
    ARTICLE,
    CODE,
    PAGE,
    Place,
    armour,
    at_the_bottom,
    behind,
    element,
    in_front_matter,
    in_head,
    on_top,
    sign_text,
    within,
    wrapper,
)
from vouchmark import Report, TrustLists, check
from vouchmark.report import Line, Status

ROOT: Final = make_root()
SIGNER: Final = make_signer(ROOT)
TRUST: Final = store_of(list_of(ROOT, kind=ListKind.SIGNER))
XML: Final = "<article>The harbour was closed on Monday.</article>\n"
PLACES: Final[dict[str, Place]] = {
    "selectors behind": behind(),
    "selectors within": within("Before it.\n", "\nAnd behind.\n"),
    "armour on top": on_top(),
    "armour below": at_the_bottom(),
    "armour in CSS": on_top("p { color: red }\n", "/*", "*/"),
    "armour in XML": on_top(XML, "<!--", "-->"),
    "armour in front matter": in_front_matter(),
    "page": in_head(),
}
NAMES: Final = ("a.txt", "a.md", "a.csv", "a.html", "a.json", "a.py", "a")
SLOW: Final = os.environ.get("VOUCHMARK_SLOW") == "1"


def checked(data: bytes, *, name: str = "a.txt", trust: TrustLists = TRUST, folder: Path | None = None) -> Report:
    """The report on a text; under a name where a folder is given."""
    if folder is None:
        return check(data, trust=trust, at=NOW, in_process=True)
    path = folder / name
    path.write_bytes(data)
    return check(path, trust=trust, at=NOW, in_process=True)


def status(report: Report, line: Line = Line.INTEGRITY) -> Status:
    return report.evidence[line].status


def codes(report: Report, line: Line = Line.INTEGRITY) -> set[str]:
    return {finding.code for finding in report.evidence[line].findings}


class TestWhatTheBytesHold:
    @pytest.mark.parametrize("place", PLACES)
    def test_a_signed_text_passes_by_our_own_check_and_the_engine_that_reads_it(self, place: str) -> None:
        report = checked(sign_text(SIGNER, PLACES[place]))

        assert status(report) is Status.PASS
        assert status(report, Line.SIGNER) is Status.PASS
        assert status(report, Line.AI) is Status.PASS
        assert "integrity.engine.refused" in codes(report)

    @pytest.mark.parametrize(
        "place", [*PLACES.values(), behind("<h1>The harbour</h1>\n"), behind("The\u200bharbour.\n")]
    )
    def test_the_same_bytes_read_alike_under_every_name(self, place: Place, tmp_path: Path) -> None:
        data = sign_text(SIGNER, place)
        said = {
            tuple(
                (line, one.status, one.summary)
                for line, one in checked(data, name=name, folder=tmp_path).evidence.items()
            )
            for name in NAMES
        }

        assert len(said) == 1

    @pytest.mark.parametrize("place", PLACES)
    def test_a_changed_word_fails(self, place: str) -> None:
        data = sign_text(SIGNER, PLACES[place])
        word = next(word for word in (b"Monday", b"behind", b"red") if word in data)
        report = checked(data.replace(word, word[::-1]))

        assert status(report) is Status.FAIL
        assert "assertion.dataHash.mismatch" in codes(report)
        assert status(report, Line.AI) is Status.UNKNOWN

    @pytest.mark.parametrize(
        "text", [b"The harbour was closed.\n", b"<!DOCTYPE html><html><head></head></html>", b"a,b\n"]
    )
    def test_a_text_without_any_has_none(self, text: bytes) -> None:
        report = checked(text)

        assert (status(report), codes(report)) == (Status.ABSENT, {"integrity.absent"})

    def test_a_text_that_speaks_of_carriers_has_none(self) -> None:
        text = (
            f"Write -----BEGIN C2PA MANIFEST----- and then -----END C2PA MANIFEST-----, or {element(b'x')}; and do not "
            "forget \ufe0f and \ufeff.\n"
        )

        assert status(checked(text.encode())) is Status.ABSENT

    @pytest.mark.parametrize(
        "text",
        [
            "# -----BEGIN C2PA MANIFEST----- https://store.example/a.c2pa -----END C2PA MANIFEST-----\nx = 1\n",
            PAGE.format('<link rel="c2pa-manifest" href="https://store.example/a.c2pa" type="application/c2pa">\n'),
        ],
    )
    def test_an_address_is_told_and_nothing_is_fetched(self, text: str) -> None:
        report = checked(text.encode())

        assert codes(report) == {"integrity.remote"}
        (finding,) = report.evidence[Line.INTEGRITY].findings
        assert finding.detail["url"] == "https://store.example/a.c2pa"

    @pytest.mark.parametrize(
        "carrier",
        [
            wrapper(b"no store"),
            wrapper(b"no store", version=2),
            wrapper(b"no store", length=99),
            f"{armour(b'no store')}\n",
        ],
    )
    def test_a_broken_carrier_is_an_error_and_never_absent(self, carrier: str) -> None:
        assert status(checked(f"{carrier}The harbour.\n".encode())) is Status.ERROR

    def test_a_store_beside_a_text_is_held_against_its_words(self, tmp_path: Path) -> None:
        data = sign_text(SIGNER, lambda _: ("", "", ARTICLE), beside=tmp_path / "a.txt.c2pa")

        assert status(checked(data, folder=tmp_path)) is Status.PASS
        assert status(checked(data.replace(b"Monday", b"Sunday"), folder=tmp_path)) is Status.FAIL
        assert "integrity.text.form" in codes(checked(data.replace(b"\n", b"\r\n"), folder=tmp_path))

    def test_two_carriers_fail(self) -> None:
        data = sign_text(SIGNER)
        report = checked(data + data[data.index(b"\xef\xbb\xbf") :])

        assert "integrity.stores.multiple" in codes(report)
        assert status(report) is Status.FAIL


class TestWordsThatDiffer:
    """A text that is not the one that was signed, sign by sign."""

    @pytest.mark.parametrize("place", [behind(), on_top(ARTICLE), in_head(PAGE.replace("{}", f"<!-- {CODE} -->{{}}"))])
    def test_no_changed_word_passes(self, place: Place) -> None:
        data = sign_text(SIGNER, place)
        before, carrier, after = place(_store(data))
        words = before + after
        number = 2_000 if SLOW else 4 * len(WORDS)
        tried = 0
        for name, changed in mutations(words, number):
            cut = len(before) if not after else 0
            whole = changed + carrier if cut else _put(changed, before, carrier, after)
            report = checked(whole.encode("utf-8", "surrogatepass"))
            assert status(report) is not Status.PASS, (name, changed)
            tried += 1
        assert tried >= 0.9 * number

    @pytest.mark.parametrize("form", FORMS)
    def test_the_same_words_in_another_form_are_told_as_that(self, form: str) -> None:
        data = sign_text(SIGNER)
        before, carrier, _ = behind()(_store(data))
        ((_, changed),) = mutations(before, 1, kinds={form: FORMS[form]})
        report = checked((changed + carrier).encode())

        assert status(report) is Status.UNKNOWN
        assert "integrity.text.form" in codes(report)
        assert report.evidence[Line.INTEGRITY].summary.startswith("The same words, other line ends")

    def test_the_normal_form_of_a_text_that_was_signed_otherwise_is_told_too(self) -> None:
        data = sign_text(SIGNER, within("", "Cafe\u0301 owners paid.\n"), normalised=True)

        assert codes(checked(data)) >= {"integrity.text.form"}

    def test_a_changed_word_and_other_line_ends_are_a_changed_word(self) -> None:
        data = sign_text(SIGNER)
        changed = data.replace(b"Monday", b"Sunday").replace(b"\n", b"\r\n")

        assert status(checked(changed)) is Status.FAIL


def _put(changed: str, before: str, carrier: str, after: str) -> str:
    """Changed words around a carrier, as far in as it was."""
    at = round(len(changed) * len(before) / max(1, len(before) + len(after)))
    return changed[:at] + carrier + changed[at:]


def _store(data: bytes) -> bytes:
    """The store of a signed text, by its carrier's own bytes."""
    from provenance.formats.text import carriers

    (found,) = carriers(data)
    assert found.store is not None
    return found.store


class TestWhatAReaderDoesNotSee:
    """Signed as it is, and shown otherwise."""

    @pytest.mark.parametrize(
        "text",
        [
            "The har\u200bbour was closed.\n",
            "The \u202eruobrah\u202c was closed.\n",
            "The h\u0430rbour was closed.\n",
            "The harbour of \u0440\u0430\u0443\u0440\u0430 was closed today.\n",
            "The harbour\U000e0041\U000e0042 was closed.\n",
            "The harbour\ufe01\ufe02 was closed.\n",
            "The harbour\x1b[8m was closed.\n",
            "The harbour\u3164was closed.\n",
        ],
    )
    def test_it_does_not_pass_though_its_signer_signed_it(self, text: str) -> None:
        report = checked(sign_text(SIGNER, behind(text)))

        assert status(report) is Status.UNKNOWN
        assert "integrity.text.unseen" in codes(report)

    @pytest.mark.parametrize(
        "text",
        [
            ARTICLE,
            "Гавань была закрыта в понедельник. Сор и рок.\n",
            "می‌خواهم به خانه بروم\n",
            "नमस्ते क्‍ष\n",
            "Family 👨‍👩‍👧 and ❤️ and 🏴󠁧󠁢󠁳󠁣󠁴󠁿 and 1️⃣.\n",
            "נמל\u200f נסגר\n",
            "港は月曜日に閉鎖された。葛󠄀\n",
            "Ο λιμένας έκλεισε τη Δευτέρα.\n",
        ],
    )
    def test_what_scripts_need_is_no_doubt(self, text: str) -> None:
        assert status(checked(sign_text(SIGNER, behind(text)))) is Status.PASS

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ("<script>document.title = 'x'</script>", "integrity.script"),
            ('<img src="https://other.example/a.png">', "integrity.references.outside"),
            ('<p title="a&#x202e;b">', "integrity.text.unseen"),
        ],
    )
    def test_a_page_that_shows_more_than_its_words_does_not_pass(self, more: str, code: str) -> None:
        report = checked(sign_text(SIGNER, in_head(PAGE.replace("</body>", f"{more}</body>"))))

        assert status(report) is Status.UNKNOWN
        assert code in codes(report)

    def test_a_text_that_browsers_take_for_a_page_is_told(self) -> None:
        report = checked(sign_text(SIGNER, behind("<h1>The harbour</h1>\n")))

        assert "integrity.second_reading" in codes(report)


class TestWhatIsLeftOut:
    """The place of the carrier holds more than it did."""

    def test_words_that_a_hash_leaves_out_fail(self) -> None:
        start = ARTICLE.encode().index(b"Monday")
        report = checked(sign_text(SIGNER, more=[(start, 6)]))

        assert "integrity.coverage.media_excluded" in codes(report)
        assert status(report) is Status.FAIL

    @pytest.mark.parametrize("place", ["selectors behind", "armour on top", "page"])
    def test_words_in_the_place_of_unsigned_padding_fail(self, place: str) -> None:
        data = sign_text(SIGNER, PLACES[place])
        made = _store(data)
        pad = bytes(1_200)
        at = made.index(pad)
        before, carrier, after = PLACES[place](made[:at] + made[at + len(pad) :])
        whole = before + carrier + after
        room = len(data) - len(whole.encode())
        end = len((before + carrier).encode())
        changed = whole.encode()[:end] + (b"Not so. " * room)[:room] + whole.encode()[end:]

        assert len(changed) == len(data)
        assert status(checked(changed)) is not Status.PASS

    def test_selectors_that_no_writer_puts_behind_a_store_fail(self) -> None:
        data = sign_text(SIGNER)
        before, _, _ = behind()(b"")
        made = _store(data)
        plain = wrapper(made, padding=b"")
        room = len(data) - len(before.encode()) - len(plain.encode())
        hidden = b"\x20" * (room // 4) if room % 4 == 0 else b"\x00" * (4 - 0)
        report = checked((before + wrapper(made, padding=hidden + b"secret")).encode())

        assert status(report) is not Status.PASS

    @pytest.mark.parametrize(("prefix", "suffix"), [("<!--", ""), ("/*", ""), ("evil()", ""), ("#", "evil()")])
    def test_a_comment_that_does_not_end_or_holds_more_fails(self, prefix: str, suffix: str) -> None:
        report = checked(sign_text(SIGNER, on_top(CODE, prefix, suffix)))

        assert status(report) is Status.FAIL


class TestSharedCases:
    """Files made elsewhere."""

    @pytest.fixture
    def folder(self) -> Path:
        base = corpus()
        if base is None:
            pytest.skip(WHY)
        return base / "cases" / "reading"

    @pytest.mark.parametrize("name", ["signed.txt", "text/signed.txt", "text/signed.md"])
    def test_signed_texts_pass(self, folder: Path, name: str) -> None:
        root = (folder / name).parent / "root.pem"
        trust = TrustLists.empty().with_run_lists(trust=[root])

        assert status(check(folder / name, trust=trust, at=NOW, in_process=True)) is Status.PASS

    @pytest.mark.parametrize("name", ["altered.txt", "text/altered.txt"])
    def test_altered_texts_fail(self, folder: Path, name: str) -> None:
        assert status(checked((folder / name).read_bytes())) is Status.FAIL

    def test_what_is_no_store_is_an_error(self, folder: Path) -> None:
        assert status(checked((folder / "text" / "a.html").read_bytes())) is Status.ERROR


def test_identity_is_one_that_the_reader_lists() -> None:
    stranger: Identity = make_signer(make_root("Another"))

    assert status(checked(sign_text(stranger)), Line.SIGNER) is Status.UNKNOWN

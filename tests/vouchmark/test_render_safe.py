"""Is text from strangers harmless in every output, and does it stay readable?"""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouchmark.render.safe import ELLIPSIS, TEXT_LIMIT, plain, quoted

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)
NASTY = st.text(
    st.sampled_from("\x1b\x00\r\n\x9b\u202e\u2066\u200b\u2028\ufeff\ud800\U000e0041=+-@'\\ u2e…e\u0301"), max_size=80
)


def is_hidden(character: str) -> bool:
    """Control, format, surrogate, private use, line or paragraph separator, by Python's own tables."""
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


class TestPlain:
    @pytest.mark.parametrize(
        ("given_text", "shown"),
        [
            ("harbour.jpg", "harbour.jpg"),
            ("фото Ünïcödé 写真 تصویر", "фото Ünïcödé 写真 تصویر"),
            ("a\x1b[31mred\x1b[0m", "a\\x1b[31mred\\x1b[0m"),
            ("\x9b31m", "\\x9b31m"),
            ("photo\u202egpj.exe", "photo\\u202egpj.exe"),
            ("\u2066isolate\u2069", "\\u2066isolate\\u2069"),
            ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
            ("two\r\nlines\u2028three\u2029", "two\\x0d\\x0alines\\u2028three\\u2029"),
            ("nul\x00", "nul\\x00"),
            ("\ud83d", "\\ud83d"),
            ("\U000e0041\U000e0042", "\\U000e0041\\U000e0042"),
            ("soft\xadhyphen", "soft\\xadhyphen"),
            ("logo\uf8ff", "logo\\uf8ff"),
            ("blank\u3164\u2800", "blank\\u3164\\u2800"),
            ("non\xa0breaking\u3000space", "non breaking space"),
        ],
    )
    def test_makes_hidden_characters_visible_and_leaves_the_rest(self, given_text: str, shown: str) -> None:
        assert plain(given_text) == shown

    @pytest.mark.parametrize(
        "formula", ["=1+1", "+SUM(A1)", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", " =1", "＝1+1", "\xa0=1", "=", "@"]
    )
    def test_takes_the_power_from_a_spreadsheet_formula(self, formula: str) -> None:
        assert plain(formula).startswith("'")

    @pytest.mark.parametrize("number", ["-", "+02:00", "-3.5", "-12", "+1", ""])
    def test_leaves_signs_before_mere_numbers_and_standard_input_alone(self, number: str) -> None:
        assert plain(number) == number

    def test_shortens_in_the_middle_so_that_the_ending_stays(self) -> None:
        shown = plain("a" * 10_000 + ".jpg", limit=60)
        assert len(shown) == 60
        assert ELLIPSIS in shown
        assert shown.endswith("a.jpg")

    def test_never_cuts_an_escape_in_two(self) -> None:
        for length in range(16, 80):
            shown = plain("\u202e" * 100, limit=length)
            assert shown.replace("\\u202e", "").replace(ELLIPSIS, "") == ""

    def test_stops_stacks_of_marks_from_spilling_over_other_lines(self) -> None:
        shown = plain("z" + "\u0301" * 50)
        assert shown.count("\u0301") == 3
        assert plain("Vie\u0302\u0323t") == "Vie\u0302\u0323t"

    def test_refuses_a_limit_that_shows_nothing(self) -> None:
        with pytest.raises(ValueError, match="expected at least 16"):
            plain("text", limit=15)

    def test_is_fast_on_a_megabyte_of_overrides(self) -> None:
        assert len(plain("\u202e" * 1_000_000)) <= TEXT_LIMIT

    def test_knows_every_hidden_character_of_this_python(self) -> None:
        hidden = [chr(number) for number in range(0x110000) if is_hidden(chr(number))]
        assert len(hidden) > 137_000
        text = "".join(hidden)
        shown = "".join(plain(text[start : start + 200], limit=4000) for start in range(0, len(text), 200))
        assert not any(is_hidden(character) for character in shown)

    @given(ANY_TEXT | NASTY)
    def test_nothing_hidden_comes_through(self, text: str) -> None:
        shown = plain(text)
        assert not any(is_hidden(character) for character in shown)
        assert not shown.lstrip(" ").startswith(("=", "@", "＝"))
        shown.encode("utf-8")

    @given(ANY_TEXT | NASTY, st.integers(16, 120))
    def test_is_the_same_when_done_twice_and_keeps_its_limit(self, text: str, limit: int) -> None:
        once = plain(text, limit=limit)
        assert len(once) <= limit
        assert plain(once, limit=limit) == once

    @given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=100).map(lambda s: "a" + s))
    def test_ordinary_text_is_not_touched(self, text: str) -> None:
        assert plain(text) == text


class TestQuoted:
    def test_text_cannot_close_its_quotes_and_write_our_sentence(self) -> None:
        assert quoted("x” is intact. The signer “y") == '“x" is intact. The signer "y”'

    @given(ANY_TEXT)
    def test_there_is_one_pair_of_quotes_whatever_is_inside(self, text: str) -> None:
        shown = quoted(text)
        assert shown.startswith("“")
        assert shown.endswith("”")
        assert shown.count("“") == shown.count("”") == 1

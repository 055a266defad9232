"""One person in every spelling: forms that count, forms of earlier versions, and what is only near."""

import hmac
import os
import sqlite3
import unicodedata
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.people.club import DECEMBER, NOVEMBER, Club, as_of_version_1, club
from zk.errors import EncodingError, NearMatchError, RefusedError
from zk.issuer.identifiers import canonical, forms, loose
from zk.profile.codes import CodeKind

BASE = "ID-4711 Ann Example"

SAME = {
    "two spaces": "ID-4711  Ann Example",
    "tab": "ID-4711\tAnn Example",
    "hyphen": "ID\u20104711 Ann Example",
    "non-breaking hyphen": "ID\u20114711 Ann Example",
    "figure dash": "ID\u20124711 Ann Example",
    "en dash": "ID\u20134711 Ann Example",
    "em dash": "ID\u20144711 Ann Example",
    "minus": "ID\u22124711 Ann Example",
    "fullwidth hyphen": "ID\uff0d4711 Ann Example",
    "small hyphen": "ID\ufe634711 Ann Example",
    "variation selector": "ID-4711\ufe0f Ann Example",
    "variation selector of plane 14": "ID-4711\U000e0101 Ann Example",
    "combining grapheme joiner": "ID-4711\u034f Ann Example",
    "Hangul filler": "ID-4711\u3164Ann Example",
    "Hangul choseong filler": "ID-4711\u115fAnn Example",
    "halfwidth Hangul filler": "ID-4711\uffa0Ann Example",
    "blank braille": "ID-4711\u2800Ann Example",
    "no-break space": "ID-4711\u00a0Ann Example",
    "ideographic space": "ID-4711\u3000Ann Example",
    "zero width space": "ID-4711\u200b Ann Example",
    "zero width joiner": "ID-47\u200d11 Ann Example",
    "word joiner": "ID-4711 A\u2060nn Example",
    "soft hyphen": "ID-4711 Ann Exam\u00adple",
    "byte order mark": "\ufeffID-4711 Ann Example",
    "left-to-right mark": "ID-4711\u200e Ann Example",
    "tag characters": "ID-4711 Ann Example\U000e0041",
    "a full stop at the end": "ID-4711 Ann Example.",
    "commas at the end": "ID-4711 Ann Example , ,",
    "an ideographic full stop": "ID-4711 Ann Example。",
    "mathematical letters": "𝐈𝐃-𝟒𝟕𝟏𝟏 𝔸𝕟𝕟 Example",
    "small letters": "id-4711 ann example",
    "fullwidth": "ＩＤ-４７１１ Ann Example",
}

SLOW = os.environ.get("VOUCHMARK_SLOW") == "1"


@pytest.fixture
def the_club(tmp_path: Path) -> Club:
    return club(tmp_path)


@pytest.mark.parametrize("spelling", SAME.values(), ids=SAME.keys())
def test_another_spelling_is_no_other_person(spelling: str) -> None:
    assert canonical(BASE) in forms(spelling)


@pytest.mark.parametrize(
    ("one", "other"),
    [("O’Neil", "O'Neil"), ("Oʼneil", "o'NEIL"), ("\u0149Aap", "'naap"), ("D\uff40Arc", "d'arc"),
     ("D\ua78bArc", "d'arc"), ("Straße 5", "STRASSE 5"), ("Ω", "Ω"), ("K", "K"), ("ſ", "s"),
     ("ǅ", "dž"), ("Å", "A\u030a"), ("ᾳ", "ΑΙ"), ("½", "1⁄2"), ("ﬀ", "FF")],
)  # fmt: skip
def test_letters_that_case_folding_or_nfkc_makes_one_are_one(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize("one", ["C", "C++", "4711", "4712", "ann@x.example", "anna@x.example"])
def test_what_differs_in_a_letter_or_sign_stays_two(one: str) -> None:
    others = {"C", "C++", "4711", "4712", "ann@x.example", "anna@x.example"} - {one}
    assert canonical(one) not in {canonical(other) for other in others}


@pytest.mark.parametrize(
    "identifier",
    ["", " ", ".", "—", "...", "\u200b", "\u3164", "\ufeff", "a" * 321, "a\x00b", "a\x07", "\ue000", "a\u202eb",
     "a\u2067b", "\U0003fffe", "\ud800", "a" * 10_000_000],
)  # fmt: skip
def test_refuses_what_nobody_is_called(identifier: str) -> None:
    for form in (canonical, forms, loose):
        with pytest.raises(EncodingError):
            form(identifier)


def is_told(point: int) -> bool:
    """Whether a sign tells something new: not those that nobody assigned, nor letters that stay as they are."""
    sign = chr(point)
    kind = unicodedata.category(sign)
    return SLOW or (kind not in ("Cn", "Co", "Cs") and (kind != "Lo" or unicodedata.normalize("NFKC", sign) != sign))


def test_the_form_of_every_sign_is_the_form_of_itself() -> None:
    """NFKC and case folding make apostrophes of other signs: they count as those that were typed."""
    for point in filter(is_told, range(0x110000)):
        for text in (f"x{chr(point)}y", f"x{chr(point)}"):
            try:
                form = canonical(text)
            except EncodingError:
                continue
            assert canonical(form) == form, hex(point)


@given(st.text(max_size=40))
def test_the_form_is_stable_and_never_grows_out_of_bounds(text: str) -> None:
    try:
        form = canonical(text)
    except EncodingError:
        return
    assert canonical(form) == form == unicodedata.normalize("NFKC", form)
    assert form.isprintable()
    assert forms(form)[0] == form
    assert loose(form) == loose(text)


def test_ignorable_characters_are_those_of_unicode() -> None:
    """Format characters (Cf) that are not ignorable are visible signs, and stay."""
    for point in range(0x110000):
        sign = chr(point)
        if unicodedata.category(sign) == "Cf" and point not in range(0x600, 0x606) and point not in (0x6DD, 0x70F):
            visible = point in (0x8E2, 0x110BD, 0x110CD, 0x890, 0x891) or 0xFFF9 <= point <= 0xFFFB
            visible = visible or 0x13430 <= point <= 0x1345F
            if visible or point in range(0x202A, 0x202F) or point in range(0x2066, 0x206A):
                continue
            assert canonical(f"a{sign}b") == "ab", hex(point)


# In the books


@pytest.mark.parametrize("spelling", SAME.values(), ids=SAME.keys())
def test_nobody_enrols_twice_by_a_spelling(the_club: Club, spelling: str) -> None:
    the_club.approve(the_club.wallet().request(the_club.info, the_club.invite(BASE), at=NOVEMBER))
    with pytest.raises(RefusedError, match="enrolled already"):
        the_club.invite(spelling)
    the_club.invite(spelling, CodeKind.RENEW)


EARLIER = ["ID-4711  Ann", "ID‐4711 Ann", "ID-4711 Ann.", "O’Neil", "ann\u200bx"]


@pytest.mark.parametrize("spelling", ["ID-4711  Ann", "ID\u20134711 Ann", "ID-4711 Ann.", "O’Neil"])
def test_who_was_enrolled_under_an_earlier_form_is_found_by_it_for_ever(the_club: Club, spelling: str) -> None:
    """Their tag is of the earlier form; the same spelling finds it, and no second identity is given."""
    wallet = the_club.wallet()
    earlier = unicodedata.normalize("NFKC", spelling).casefold().strip()
    assert earlier != canonical(spelling)
    request = wallet.request(the_club.info, the_club.invite("somebody"), at=NOVEMBER)
    wallet.accept(the_club.approve(request))
    with the_club.open() as issuer:
        own = issuer._secrets
    as_of_version_1(the_club)
    was, now = own.tag("somebody"), hmac.digest(own.pepper, earlier.encode(), "sha256")
    with closing(sqlite3.connect(the_club.folder / "enrolment.sqlite")) as connection:
        for table in ("lasting_person", "enrolment"):
            connection.execute(f"UPDATE {table} SET tag = ? WHERE tag = ?", (now, was))
        connection.commit()
    for _ in range(2):
        with pytest.raises(RefusedError, match="enrolled already"):
            the_club.invite(spelling)
        the_club.invite(spelling, CodeKind.RENEW)
        the_club.rotate(DECEMBER)


def test_two_who_were_enrolled_under_forms_of_one_identifier_are_told(the_club: Club) -> None:
    """As the first version allowed: one as `ann x`, one as `ann  x`."""
    the_club.member("ann x")
    with the_club.open() as issuer:
        own = issuer._secrets
    the_club.member("somebody else")
    as_of_version_1(the_club)
    with closing(sqlite3.connect(the_club.folder / "enrolment.sqlite")) as connection:
        now = hmac.digest(own.pepper, b"ann  x", "sha256")
        for table in ("lasting_person", "enrolment"):
            connection.execute(f"UPDATE {table} SET tag = ? WHERE tag = ?", (now, own.tag("somebody else")))
        connection.commit()
    for kind in CodeKind:
        if kind.value == "token":
            continue
        with pytest.raises(RefusedError, match="two people are enrolled under spellings of it"):
            the_club.invite("Ann  X", kind)
    the_club.invite("Ann X", CodeKind.RENEW)


@pytest.mark.parametrize(
    "near",
    [
        "ID-4711 \u0410nn Example",  # Cyrillic A
        "ID-47ll Ann Example",
        "ID4711 Ann Example",
        "Ann Example, ID-4711",
        "ID-4711 Ánn Exämple",
        "ID-4711 (Ann) Example",
        "ID-٤٧١١ Ann Example",
        "ID-४७११ Ann Example",
    ],
)
def test_near_identifiers_are_told_by_tag_alone_and_invited_once_somebody_says_so(the_club: Club, near: str) -> None:
    the_club.member(BASE)
    with the_club.open() as issuer:
        tag = issuer._secrets.tag(BASE).hex()[:16]
        assert issuer.near(near) == (tag,)
        assert issuer.tag_of(BASE) == tag
        with pytest.raises(NearMatchError) as caught:
            issuer.invite(near, at=NOVEMBER)
        assert caught.value.tags == (tag,)
        assert tag in str(caught.value)
        assert "4711" not in str(caught.value).replace(tag, "")
        issuer.invite(near, at=NOVEMBER, is_other=True)
        # From now on both are known; who is enrolled is never asked about again.
        issuer.invite(BASE, at=NOVEMBER, kind=CodeKind.RENEW)


def test_near_is_also_who_was_only_invited_until_that_code_is_over(the_club: Club) -> None:
    the_club.invite("Ann Example")
    with pytest.raises(NearMatchError):
        the_club.invite("Example Ann")
    the_club.rotate(DECEMBER)
    the_club.invite("Example Ann", at=DECEMBER)


def test_members_by_number_are_not_near_each_other(the_club: Club) -> None:
    with the_club.open() as issuer:
        for number in range(200):
            issuer.invite(f"ID-{number}", at=NOVEMBER)


def test_the_books_hold_no_loose_form(the_club: Club) -> None:
    the_club.member("Wilhelmina Vandersteen")
    octets = (the_club.folder / "enrolment.sqlite").read_bytes().lower()
    for word in (b"wilhelmina", b"vandersteen", *(form.encode() for form in loose("Wilhelmina Vandersteen"))):
        assert word not in octets

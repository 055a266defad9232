"""Names: which are taken for each other, and which look like an id."""

import pytest

from zk.errors import EncodingError
from zk.profile.issuer_info import check_name
from zk.profile.names import holds_digits, resembles_id, skeleton


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Harbour Press Club", "Наrbоur Press Сlub"),  # Cyrillic Н, а, о, С
        ("City Registry", "Clty Reglstry"),
        ("Club", "CIub"),
        ("Modern Press", "Rnodern Press"),
        ("Wien", "VVien"),
        ("ΗARBOUR", "harbour"),  # Greek Eta
        ("Łódź", "Lodz"),
        ("Ｐｒｅｓｓ", "press"),
        ("Press-Club", "Press Club"),
        ("Zo0m", "Zoom"),
        ("Club\u3164", "Club"),  # Hangul fillers: letters that are not seen
        ("Cl\uffa0u\u1160b", "Club"),
        ("Qur\u02bean Circle", "Qur'an Circle"),
        ("\u0646\u0640\u0627\u062f\u064a", "\u0646\u0627\u062f\u064a"),  # drawn out by a tatweel
        ("pr\u0251\u0261ue", "prague"),
        ("\u13df\u13d5\u13a0\u13da", "\u13df\u13d5\u13a0\u13da".lower()),  # Cherokee
        ("\ua4d0\ua4ee\ua4e0\ua4d7", "BANK"),  # Lisu
        ("\u2c9f\u2ca3\u2c81", "opa"),  # Coptic
    ],
)
def test_names_that_people_take_for_each_other_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(("one", "other"), [("Town Hall", "Town Halt"), ("Club A", "Club B"), ("東京", "京都")])
def test_names_that_differ_stay_different(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)
    assert skeleton(one)


@pytest.mark.parametrize(
    "name",
    ["ab" * 32, "AB" * 8, "Registry 0123456789abcdef", "0123-4567-89ab-cdef", "аb" * 8, "０" * 16, "\u0661" * 16],
)
def test_an_issuer_is_not_called_like_an_id(name: str) -> None:
    assert resembles_id(name)
    with pytest.raises(EncodingError, match="looks like an issuer's id"):
        check_name(name)


@pytest.mark.parametrize("name", ["Café 2026", "Facade", "Coalfield", "Deaf Bee Café", "12345678"])
def test_names_of_the_world_are_names(name: str) -> None:
    assert not resembles_id(name)
    assert check_name(name) == name


def test_a_shorter_beginning_counts_where_it_is_asked_for() -> None:
    assert resembles_id("dead-beef", least=8)
    assert not resembles_id("dead-beef club", least=8)


@pytest.mark.parametrize(
    "name",
    [
        "Club deadbeef",
        "DEAD BEEF",
        "ｄｅａｄｂｅｅｆ",
        "０１２３４５６７",
        "dea\u200bdbeef",
        "dеаdbееf",
        "\u0661" * 8,
        "d\u00e9adb\u00e9ef",
    ],
)
def test_eight_digits_in_a_row_are_found_however_they_are_written(name: str) -> None:
    assert holds_digits(name, 8)


@pytest.mark.parametrize("name", ["Harbour Press Club", "Club 2026", "Deaf Press 1234567", "東京"])
def test_fewer_than_eight_in_a_row_are_none(name: str) -> None:
    assert not holds_digits(name, 8)

"""Do the filters of a BMFF hash's exclusions leave out the boxes that they name, and no others?"""

from __future__ import annotations

from typing import Any

import pytest

from provenance.credentials.binding.bmff_rules import Trials, exclude, read_rules
from provenance.formats.parts import BmffBox

WANTED = bytes.fromhex("010203")


def is_left_out(own: bytes, *, lenient: bool = False, has_version: int = 0, **rule: Any) -> bool:
    """Whether an exclusion takes a `meta` box with such flags."""
    data = b"\0\0\0\x10meta" + bytes([has_version]) + own + b"rest"
    found = BmffBox(type="meta", start=0, end=len(data), header=8)
    rules = read_rules([{"xpath": "/meta", **rule}])
    return bool(exclude(data, [found], rules, Trials(), lenient_flags=lenient).runs)


@pytest.mark.parametrize("exact", [{}, {"exact": True}, {"exact": None}])
def test_flags_have_to_be_those_and_no_others(exact: dict[str, Any]) -> None:
    assert is_left_out(WANTED, flags=WANTED, **exact)
    for other in ("010202", "010207", "000203", "810203", "030201"):
        assert not is_left_out(bytes.fromhex(other), flags=WANTED, **exact), other


@pytest.mark.parametrize("place", range(3))
def test_of_flags_that_need_not_be_exact_none_may_be_there_that_is_not_named(place: int) -> None:
    for one in (b"\0\0\0", WANTED, bytes(octet if at == place else 0 for at, octet in enumerate(WANTED))):
        assert is_left_out(one, flags=WANTED, exact=False)
    more = bytearray(WANTED)
    more[place] |= 0x80
    assert not is_left_out(bytes(more), flags=WANTED, exact=False)
    assert not is_left_out(bytes(0x80 if at == place else 0 for at in range(3)), flags=WANTED, exact=False)


def test_flags_turned_round_fit_only_where_that_is_asked_for() -> None:
    assert not is_left_out(WANTED[::-1], flags=WANTED)
    assert is_left_out(WANTED[::-1], flags=WANTED, lenient=True)
    assert not is_left_out(b"\x02\x01\x03", flags=WANTED, lenient=True)


@pytest.mark.parametrize("version", [0, 1, 7])
def test_version_has_to_be_that(version: int) -> None:
    assert is_left_out(WANTED, has_version=version, version=version)
    assert not is_left_out(WANTED, has_version=version, version=version + 1)


def test_length_has_to_be_that() -> None:
    assert [is_left_out(WANTED, length=length) for length in (15, 16, 17)] == [False, True, False]

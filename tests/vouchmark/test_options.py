"""Is everything that can be asked asked by one set of names, wherever it is asked?"""

from __future__ import annotations

import datetime as dt
import inspect
import typing

import msgspec
import pytest

from provenance.asset import Limits
from provenance.options import MediaOptions, MediaOverrides
from provenance.workers.task import Task
from tests.support.attacks import LISTED
from tests.support.authority import NOW, picture
from vouchmark import check, check_many
from vouchmark.examination.checker import Checker
from vouchmark.options import Options, Overrides, with_overrides
from vouchmark.report import Line


def annotations(of: type) -> dict[str, str]:
    """Every annotation as it is written, those of its bases too."""
    found: dict[str, str] = {}
    for one in reversed(of.__mro__):
        found |= {
            name: getattr(kind, "__forward_arg__", kind) for name, kind in vars(one).get("__annotations__", {}).items()
        }
    return found


@pytest.mark.parametrize(("options", "overrides"), [(MediaOptions, MediaOverrides), (Options, Overrides)])
def test_every_option_is_a_keyword_of_the_same_type(options: type, overrides: type) -> None:
    fields, words = annotations(options), annotations(overrides)
    assert list(words) == [name for name in fields if name in words]
    assert {name: kind for name, kind in words.items() if name != "limits"} == {
        name: kind for name, kind in fields.items() if name in options.__struct_fields__ and name != "limits"
    }
    assert words["limits"] == "Limits | None"


@pytest.mark.parametrize("way", [check, check_many, Checker])
def test_every_way_to_check_takes_options_and_keywords(way: object) -> None:
    asked = inspect.signature(way).parameters  # type: ignore[arg-type]
    assert asked["options"].default is None
    assert asked["overrides"].annotation == "Unpack[Overrides]"


def test_options_are_replaced_by_keywords_and_stay_what_they_were() -> None:
    options = Options(trust=LISTED, at=NOW, only=("integrity",))
    other = with_overrides(options, only=("known", "ai"), limits=None)
    assert (options.only, other.only) == ((Line.INTEGRITY,), (Line.AI, Line.KNOWN))
    assert (other.trust, other.at, other.limits) == (LISTED, NOW, Limits())
    with pytest.raises(AttributeError):
        options.at = None  # type: ignore[misc]


def test_a_report_is_the_same_whichever_way_it_was_asked_for() -> None:
    data = picture()
    options = Options(trust=LISTED, at=NOW, snapshot=False)
    by_words = check(data, trust=LISTED, at=NOW, snapshot=False, only=["integrity"], in_process=True)
    assert check(data, options, only=["integrity"], in_process=True) == by_words
    assert list(check_many([data], options, only=["integrity"], in_process=True)) == [by_words]
    assert check(data, options, in_process=True) != by_words


def test_a_word_that_is_no_option_is_refused() -> None:
    with pytest.raises(TypeError):
        check(picture(), engine="c2pa-rs")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        with_overrides(Options(), engine="c2pa-rs")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "wrong",
    [
        {"engines": ()},
        {"engines": ("c2pa",)},
        {"only": ["nonsense"]},
        {"require": ["nonsense"]},
        {"at": dt.datetime(2026, 1, 1)},
    ],
)
def test_what_cannot_be_meant_is_refused_as_soon_as_it_is_said(wrong: dict[str, typing.Any]) -> None:
    with pytest.raises(ValueError, match=r"got|valid"):
        Options(**wrong)
    with pytest.raises(ValueError, match=r"got|valid"):
        with_overrides(Options(), **wrong)


def test_what_a_worker_needs_travels_as_it_is() -> None:
    media = Options(engines=("encypher-c2pa",), crjson=True, limits=Limits(pixels=7), trust=LISTED).media
    assert type(media) is MediaOptions
    sent = Task(media_type="image/jpeg", at=NOW, options=media)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(sent), type=Task) == sent

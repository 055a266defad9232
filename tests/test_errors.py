"""Is everything that the packages raise on what they are given caught by one name, with a code and a hint?"""

from __future__ import annotations

import datetime as dt
import importlib
import pickle
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import provenance
import vouchmark
import zk
from provenance.asset import Limits, open_asset
from provenance.credentials.trust.lists import TrustLists
from provenance.errors import OptionError, ProvenanceError
from tests.support.authority import NOW, picture
from vouchmark.errors import VouchmarkError
from vouchmark.policies.policy import Policy
from vouchmark.vouching.vouch import VouchError
from zk.errors import ZkError

BASES = {provenance: ProvenanceError, zk: ZkError, vouchmark: VouchmarkError}
INSIDE = {
    "ChangedError": "an OSError, as whoever reads a window expects; AssetChangedError tells of it",
    "OddError": "caught where it is raised",
    "BudgetError": "caught where it is raised",
    "ToldToEnd": "a signal, which nobody is to handle",
    "Mismatch": "the conformance program's own",
    "ProblemError": "the service answers with it, as RFC 9457 has it",
    "ManifestError": "caught where it is raised, and told as what a bundle lacks",
    "SealError": "caught where it is raised, and told as what a bundle lacks",
    "CustodyError": "caught where it is raised, and told as what a bundle lacks",
    "GoneError": "nobody is there any more who could be answered",
}
"""Exceptions that no caller hears of, with the reason."""


def errors() -> Iterator[tuple[Any, type[BaseException]]]:
    """Every exception class of each package, but private ones."""
    for package in BASES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.endswith("__main__"):
                continue
            for one in vars(importlib.import_module(module.name)).values():
                is_error = isinstance(one, type) and issubclass(one, BaseException) and one.__module__ == module.name
                if is_error and not one.__name__.startswith("_"):
                    yield package, one


ALL = list(errors())


def test_every_error_of_a_package_is_caught_by_its_one_name() -> None:
    strays = {
        one.__name__
        for package, one in ALL
        if not issubclass(one, tuple(BASES.values())) and one.__name__ not in INSIDE
    }
    assert strays == set()
    for package, one in ALL:
        wing = BASES[package] if package is not vouchmark else tuple(BASES.values())
        assert one.__name__ in INSIDE or issubclass(one, wing)
    assert {one.__name__ for _, one in ALL} >= set(INSIDE), "a reason for an error that there is not"


@pytest.mark.parametrize("base", list(BASES.values()))
def test_every_error_has_a_code_of_its_own_and_a_hint(base: type[ProvenanceError]) -> None:
    family = [one for _, one in ALL if issubclass(one, base)]
    codes = [one.code for one in family]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z0-9]+(?:[-.][a-z0-9]+)*", str(code)) for code in codes), codes
    bare = {one.__name__ for one in family if not one.hint and one is not base}
    # Each of these says what to do where it is raised, or nothing can be said.
    assert bare <= {"VouchError", "StampError"}


def test_a_hint_may_be_given_where_the_error_is_raised_and_travels_with_it() -> None:
    for made in (ProvenanceError("x", hint="y"), ZkError("x", hint="y"), VouchmarkError("x", hint="y")):
        assert (str(made), made.hint) == ("x", "y")
        copied = pickle.loads(pickle.dumps(made))
        assert (type(copied), str(copied), copied.hint) == (type(made), "x", "y")
        assert (type(made).hint, made.code) == ("", type(made).code)


WRONG: dict[str, Callable[[Path], object]] = {
    "a line that there is not": lambda _: vouchmark.check(picture(), only=["nonsense"]),
    "an engine that there is not": lambda _: vouchmark.check(picture(), engines=("c2pa",)),
    "a naive time": lambda _: vouchmark.check(picture(), at=dt.datetime(2026, 1, 1)),
    "a scope that is none": lambda _: vouchmark.check(picture(), scopes=["nonsense"], trust=TrustLists.empty()),
    "an issuer that is none": lambda _: vouchmark.check(picture(), issuers=[b"{}"], trust=TrustLists.empty()),
    "too many slots": lambda _: vouchmark.check(picture(), slots=0, trust=TrustLists.empty()),
    "a place that is none": lambda _: vouchmark.check(picture(), claim_place="here", trust=TrustLists.empty()),
    "no workers": lambda _: vouchmark.check_many([], jobs=0),
    "no room": lambda _: vouchmark.Checker(trust=TrustLists.empty(), waiting=0),
    "a policy that is none": lambda folder: Policy.load(folder / "none.toml"),
    "a limit of nothing": lambda _: Limits(bytes=0),
    "a file that is not there": lambda folder: open_asset(folder / "none.jpg"),
}


@pytest.mark.parametrize("what", list(WRONG))
def test_what_a_public_function_raises_is_caught_by_one_name(what: str, tmp_path: Path) -> None:
    with pytest.raises(vouchmark.ERRORS) as caught:
        WRONG[what](tmp_path)
    assert caught.value.code
    assert caught.value.hint


def test_what_was_a_value_error_before_still_is() -> None:
    assert issubclass(OptionError, ValueError)
    with pytest.raises(ValueError, match="expected some of"):
        vouchmark.check(picture(), only=["nonsense"], at=NOW)


def test_an_error_keeps_what_its_maker_said() -> None:
    error = VouchError("it cannot be vouched for", hint="look at it first")
    assert (str(error), error.hint, error.code) == ("it cannot be vouched for", "look at it first", "vouch")

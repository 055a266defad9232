"""Rows on what `doctor` says: what to do, what there could be, what is here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from tests.vouchmark.wording.rows import group, row
from vouchmark.cli import doctor


def found(**changes: Any) -> dict[str, Any]:
    """What was found where all is well."""
    from vouchmark.wording.catalogue import say

    return {
        "problems": [],
        "trust": {"home": "/h", "lists": [{"name": "a", "stale": False}], "distrusted": 0},
        "engines": {"c2pa-rs": {"released": "2026-01-01"}},
        "added": {str(say(f"doctor.added.{what}")): True for what in doctor.ADDED},
        "issuers": [{"name": "Club"}],
    } | changes


def kept(*old: str) -> dict[str, Any]:
    """Lists, old or not."""
    return {"home": "/h", "lists": [{"name": "a", "stale": bool(one)} for one in old], "distrusted": 0}


def to_do(**changes: Any) -> Callable[[], Any]:
    """The steps."""
    return lambda: doctor.to_do(found(**changes))


group(
    {
        "doctor.no_lists": to_do(trust=kept()),
        "doctor.old.one": to_do(trust=kept("old", "")),
        "doctor.old": to_do(trust=kept("old", "old")),
        "doctor.untested": to_do(engines={"c2pa-rs": {"released": None}}),
    }
)


def wanted(missing: str) -> Callable[[], Any]:
    """The wishes where one package is missing."""
    from vouchmark.wording.catalogue import say

    added = {str(say(f"doctor.added.{what}")): what != missing for what in doctor.ADDED}
    return lambda: doctor.if_wanted(found(added=added))


group({f"doctor.added.{what}": wanted(what) for what in doctor.ADDED})
row("doctor.wish", wanted("video"), wanted(""))
row("doctor.wish.issuers", lambda: doctor.if_wanted(found(issuers=[])), wanted(""))


def engine(**facts: Any) -> Callable[[], Any]:
    """What is said of an engine."""
    return lambda: doctor._engine_words("c2pa-rs", facts)


WHOLE = {"package": "c2pa-python", "version": "1", "engine": "2", "released": "2026-01-01", "age_days": 3}
for _with, _without, _key in (
    ("package", "no_package", "package"),
    ("tested", "untested", "released"),
):
    _less = {key: value for key, value in WHOLE.items() if key != _key}
    group({f"doctor.engine.{_with}": engine(**WHOLE), f"doctor.engine.{_without}": engine(**_less)})


def one_list(**facts: Any) -> Callable[[], Any]:
    """What is said of a list."""
    item = {"name": "a", "label": "b", "kind": "c", "certificates": 1, "stale": False, "age_days": 3, "imported": ""}
    return lambda: doctor._list_words(item | facts)


group({"doctor.list": one_list(), "doctor.list.old": one_list(stale=True)})
group(
    {
        "doctor.age": one_list(),
        "doctor.age.imported": one_list(age_days=None, imported="2026-01-01"),
        "doctor.age.none": one_list(age_days=None),
    }
)
EMPTY: dict[str, Any] = {"home": "/h", "lists": [], "distrusted": 0}


def lists(home: str | None, *items: dict[str, Any]) -> Callable[[], Any]:
    """What is said of all lists."""
    return lambda: doctor._trust_words({**EMPTY, "home": home, "lists": list(items)})


ONE = {"name": "a", "label": "b", "kind": "c", "certificates": 1, "stale": False, "age_days": 3, "imported": ""}
row("doctor.lists.none", lists("/h"), lists("/h", ONE))
row("doctor.lists.kept", lists("/h", ONE), lists(None))
row("doctor.lists.unseen", lists(None), lists("/h"))
_BARE = {key: value for key, value in WHOLE.items() if key != "engine"}
group({"doctor.engine": engine(**_BARE), "doctor.engine.inner": engine(**WHOLE)})
group(
    {
        "doctor.package": lambda: doctor._package_words("a", "1"),
        "doctor.package.none": lambda: doctor._package_words("a", None),
    }
)
group(
    {
        "doctor.import": lambda: doctor._import_words("a", ["b"]),
        "doctor.import.folder": lambda: doctor._import_words("a", []),
    }
)


def owners(known: dict[str, list[str]], *, spec: Any = None) -> Callable[[], Any]:
    """What is wrong with import packages that distributions have, where each is found so."""

    def problems() -> list[str]:
        told = list[str]()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(doctor, "packages_distributions", lambda: known)
            if spec is not None:
                patch.setattr(doctor, "find_spec", spec)
            doctor._owners(told)
        return told

    return problems


class _Elsewhere:
    """A package that is found in another folder."""

    origin = "/other/place/a.py"


group(
    {
        "doctor.shared": owners({"zk": ["vouchmark", "namesake"]}),
        "doctor.elsewhere": owners({}, spec=lambda _name: _Elsewhere()),
        "doctor.not_found": owners({}, spec=lambda _name: None),
    }
)


def uninstalled() -> list[str]:
    """What is wrong where no engine is installed."""
    told = list[str]()

    def missing(name: str) -> Any:
        raise doctor.PackageNotFoundError(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(doctor, "distribution", missing)
        doctor._engines(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), told, ours=False)
    return told


row("doctor.not_installed", uninstalled, owners({}))

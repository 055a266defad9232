"""`vouchmark doctor`: which versions, engines and lists are at work here, and what is missing?"""

from __future__ import annotations

import datetime as dt
import json as json_module
import platform
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import click

import vouchmark
from vouchmark import __version__
from vouchmark.cli.common import Instant
from vouchmark.render.safe import plain
from vouchmark.report import Exit
from vouchmark.wording.catalogue import phrase, say
from vouchmark.wording.model import Fact

OURS: Final = ("provenance", "zk", "vouchmark")
"""Import packages that must be this distribution's own: a namesake elsewhere would be run in their place."""

DISTRIBUTIONS: Final = (
    "c2pa-python",
    "encypher-c2pa",
    "cryptography",
    "py-arkworks-bls12381",
    "py-ecc",
    "pillow",
    "cbor2",
    "msgspec",
    "click",
    "SQLAlchemy",
    "numpy",
    "iscc-lib",
    "jinja2",
    "psycopg",
    "opencv-python-headless",
    "av",
)

ADDED: Final = {
    "compare": ("cv2", "pip install 'vouchmark[compare]'"),
    "video": ("av", "pip install 'vouchmark[video]'"),
    "bundle": ("bagit", "pip install 'vouchmark[bundle]'"),
    "seal": ("securesystemslib", "pip install 'vouchmark[bundle]'"),
    "postgres": ("psycopg", "pip install 'vouchmark[postgres]'"),
}
"""What works only where more is installed, by the last word of its sentence: the import package, and how to get it."""

RELEASED: Final = {("c2pa-python", "0.38.1"): dt.date(2026, 10, 21), ("encypher-c2pa", "1.7.1"): dt.date(2026, 9, 24)}
"""When the releases that this version was tested with were made: the day its wheel was built, and the day of the trust
snapshot inside the other. Neither package says it in a form that could be read."""


@click.command(short_help="Say what works here, what is missing, what to do.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.option("--at", type=Instant(), help="Compute ages at this time; now by default.")
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool, at: dt.datetime | None) -> None:
    """Say what works here, what is missing, and what to do about it.

    Exit code 0 where everything needed is there, 4 where something is not.
    """
    found = examine(at or dt.datetime.now(dt.UTC))
    if as_json:
        click.echo(json_module.dumps(found, indent=2, sort_keys=True))
    else:
        click.echo(words(found))
    ctx.exit(int(Exit.ERROR) if found["problems"] else int(Exit.OK))


def examine(at: dt.datetime) -> dict[str, Any]:
    """Everything that the command shows, as plain data; what does not work is named under `problems`."""
    problems: list[str] = []
    owners = _owners(problems)
    # A namesake is somebody else's code: it is named, and not run.
    ours = not problems
    return {
        "vouchmark": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: _version(name) for name in DISTRIBUTIONS},
        "owners": owners,
        "engines": _engines(at, problems, ours=ours),
        "curve": _curve(problems) if ours else {"backend": None},
        "added": {say(f"doctor.added.{what}"): find_spec(package) is not None for what, (package, _) in ADDED.items()},
        "issuers": _issuers(at, problems) if ours else [],
        "trust": _trust(at, problems) if ours else {"home": None, "lists": [], "distrusted": 0},
        "problems": problems,
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _owners(problems: list[str]) -> dict[str, list[str]]:
    """Which distribution each of our import packages comes from, and whether it is ours that is imported."""
    known = packages_distributions()
    ours = Path(vouchmark.__file__).resolve().parents[1]
    owners = {}
    for name in OURS:
        owners[name] = sorted(set(known.get(name, ())))
        others = [owner for owner in owners[name] if owner != "vouchmark"]
        if others:
            problems.append(say("doctor.shared", name=name, others=", ".join(others)))
        found = find_spec(name)
        origin = Path(found.origin).resolve().parents[1] if found and found.origin else None
        if origin != ours:
            facts = {"name": name, "ours": str(ours)}
            problems.append(
                say("doctor.elsewhere", origin=str(origin), **facts) if origin else say("doctor.not_found", **facts)
            )
    return owners


def _engines(at: dt.datetime, problems: list[str], *, ours: bool) -> dict[str, Any]:
    """What each engine says of itself, asked for the way `check` does."""
    found: dict[str, Any] = {}
    for name, package in (("c2pa-rs", "c2pa-python"), ("encypher-c2pa", "encypher-c2pa")):
        try:
            installed = distribution(package)
        except PackageNotFoundError:
            problems.append(say("doctor.not_installed", name=package))
            continue
        released = RELEASED.get((package, installed.version))
        found[name] = {
            "package": package,
            "version": installed.version,
            "released": released.isoformat() if released else None,
            "age_days": (at.date() - released).days if released else None,
        }
    if not ours:
        return found
    try:
        from provenance.credentials.engines import c2pa_rs

        engine = c2pa_rs.version()
    except (ImportError, OSError) as error:
        problems.append(say("doctor.not_loaded", error=type(error).__name__))
    else:
        found.setdefault("c2pa-rs", {})["engine"] = engine
    return found


def _curve(problems: list[str]) -> dict[str, Any]:
    from zk.bbs.curve import backend
    from zk.errors import ZkError

    try:
        return {"backend": backend().name}
    except ZkError as error:
        problems.append(str(error))
        return {"backend": None}


def _trust(at: dt.datetime, problems: list[str]) -> dict[str, Any]:
    from provenance.credentials.trust.lists import TrustListError, TrustLists
    from provenance.files.home import default_home

    try:
        store = TrustLists.load()
    except TrustListError as error:
        problems.append(str(error))
        return {"home": str(default_home()), "lists": [], "distrusted": 0}
    return {
        "home": str(default_home()),
        "lists": [
            {
                "name": item.name,
                "kind": str(item.kind),
                "label": item.words,
                "dated": item.dated.isoformat() if item.dated else None,
                "imported": item.imported.isoformat() if item.imported else None,
                "age_days": item.age_days(at=at),
                "stale": item.is_stale(at=at),
                "certificates": len(item.certificates) + len(item.leaves),
                "sha256": item.sha256,
            }
            for item in store.lists
        ],
        "distrusted": len(store.distrust),
    }


def _issuers(at: dt.datetime, problems: list[str]) -> list[dict[str, Any]]:
    """The issuers of personhood credentials that the reader trusts, each with its file looked at."""
    from provenance.files.home import default_home
    from vouchmark.persons.issuers import IssuerFolder, IssuersError

    folder = IssuerFolder(default_home())
    try:
        rows = folder.rows()
        for row in rows:
            folder.read(row)
    except IssuersError as error:
        problems.append(str(error))
        return []
    return [{**row.to_json(), "age_days": (at.date() - row.dated).days} for row in rows]


def to_do(found: dict[str, Any]) -> list[str]:
    """What has to be done for checks to be worth most here, each with what to type."""
    steps = list(found["problems"])
    trust = found["trust"]
    if trust["home"] is not None and not trust["lists"]:
        steps.append(say("doctor.no_lists"))
    elif old := [plain(item["name"]) for item in trust["lists"] if item["stale"]]:
        steps.append(say("doctor.old.one" if len(old) == 1 else "doctor.old", names=", ".join(old)))
    untested = sorted(name for name, engine in found["engines"].items() if not engine.get("released"))
    if untested:
        steps.append(say("doctor.untested", names=", ".join(untested)))
    return steps


def if_wanted(found: dict[str, Any]) -> list[str]:
    """What more there could be, each with what to type."""
    missing = [(say(f"doctor.added.{what}"), how) for what, (_, how) in ADDED.items()]
    wishes: list[str] = [say("doctor.wish", what=what, how=how) for what, how in missing if not found["added"][what]]
    if not found["issuers"]:
        wishes.append(say("doctor.wish.issuers"))
    return wishes


def words(found: dict[str, Any]) -> str:
    """The same for a person: first what to do, then what is there."""
    steps, wishes = to_do(found), if_wanted(found)
    lines: list[str] = [
        say("doctor.title", version=found["vouchmark"], python=found["python"], platform=found["platform"])
    ]
    lines += ["", _heading("to_do"), *(f"  {number}. {step}" for number, step in enumerate(steps, start=1))]
    lines += [] if steps else [f"  {say('doctor.nothing')}"]
    lines += ["", _heading("wanted"), *(f"  - {wish}" for wish in wishes)] if wishes else []
    lines += ["", _heading("here"), "", _heading("engines")]
    lines += [f"  {_engine_words(name, engine)}" for name, engine in found["engines"].items()]
    lines += [
        "",
        _heading("curve"),
        f"  {found['curve']['backend'] or say('doctor.curve.none')}",
        "",
        _heading("lists"),
    ]
    lines += [f"  {line}" for line in _trust_words(found["trust"])]
    lines += ["", _heading("issuers")]
    lines += [f"  {_issuer_words(row)}" for row in found["issuers"]]
    lines += [] if found["issuers"] else [f"  {say('doctor.issuers.none')}"]
    lines += ["", _heading("packages")]
    lines += [f"  {_package_words(name, number)}" for name, number in found["packages"].items()]
    lines += ["", _heading("imports")]
    lines += [f"  {_import_words(name, owners)}" for name, owners in found["owners"].items()]
    return "\n".join(lines)


def _heading(name: str) -> str:
    return say(f"doctor.heading.{name}")


def _issuer_words(row: dict[str, Any]) -> str:
    return say("doctor.issuer", name=row["name"], serial=row["serial"], days=row["age_days"])


def _package_words(name: str, number: str | None) -> str:
    return say("doctor.package", name=name, version=number) if number else say("doctor.package.none", name=name)


def _import_words(name: str, owners: list[str]) -> str:
    if not owners:
        return say("doctor.import.folder", name=name)
    return say("doctor.import", name=name, owners=", ".join(owners))


def _engine_words(name: str, engine: dict[str, Any]) -> str:
    package, tested = say("doctor.engine.no_package"), say("doctor.engine.untested")
    if "package" in engine:
        package = say("doctor.engine.package", package=engine["package"], version=engine["version"])
    if engine.get("released"):
        tested = say("doctor.engine.tested", released=engine["released"], days=engine["age_days"])
    facts: dict[str, Fact] = {"name": name, "package": phrase(package), "tested": phrase(tested)}
    if "engine" not in engine:
        return say("doctor.engine", **facts)
    return say("doctor.engine.inner", version=engine["engine"], **facts)


def _trust_words(trust: dict[str, Any]) -> list[str]:
    if trust["home"] is None:
        return [say("doctor.lists.unseen")]
    lines = [_list_words(item) for item in trust["lists"]]
    if not lines:
        lines.append(say("doctor.lists.none"))
    return [*lines, say("doctor.lists.kept", count=trust["distrusted"], home=trust["home"])]


def _list_words(item: dict[str, Any]) -> str:
    age = say("doctor.age.imported", day=item["imported"]) if item["imported"] else say("doctor.age.none")
    if item["age_days"] is not None:
        age = say("doctor.age", days=item["age_days"])
    facts = {"name": item["name"], "label": item["label"], "kind": item["kind"], "count": item["certificates"]}
    return say("doctor.list.old" if item["stale"] else "doctor.list", age=age, **facts)

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
    "comparing with an original (--original)": ("cv2", "pip install 'vouchmark[compare]'"),
    "videos and sound in an index, clips": ("av", "pip install 'vouchmark[video]'"),
    "making bundles of evidence": ("bagit", "pip install 'vouchmark[bundle]'"),
    "sealing them": ("securesystemslib", "pip install 'vouchmark[bundle]'"),
    "ledgers on a PostgreSQL server": ("psycopg", "pip install 'vouchmark[postgres]'"),
}
"""What works only where more is installed: the import package that it needs, and how to get it."""

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
        "added": {what: find_spec(package) is not None for what, (package, _) in ADDED.items()},
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
            problems.append(
                f"the import package {name} is also shipped by {', '.join(others)}: uninstall one of the two"
            )
        found = find_spec(name)
        origin = Path(found.origin).resolve().parents[1] if found and found.origin else None
        if origin != ours:
            where = f"is taken from {origin}" if origin else "is not found"
            problems.append(f"the import package {name} {where}, expected {ours}: something stands before ours")
    return owners


def _engines(at: dt.datetime, problems: list[str], *, ours: bool) -> dict[str, Any]:
    """What each engine says of itself, asked for the way `check` does."""
    found: dict[str, Any] = {}
    for name, package in (("c2pa-rs", "c2pa-python"), ("encypher-c2pa", "encypher-c2pa")):
        try:
            installed = distribution(package)
        except PackageNotFoundError:
            problems.append(f"{package} is not installed: run pip install vouchmark again")
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
        problems.append(
            f"the engine c2pa-rs cannot be loaded ({type(error).__name__}): run pip install vouchmark again"
        )
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
        steps.append("no list of signers is kept, so that hardly any signer is recognised: vouchmark trust update")
    elif old := [plain(item["name"]) for item in trust["lists"] if item["stale"]]:
        steps.append(
            f"the {'list' if len(old) == 1 else 'lists'} {', '.join(old)} may be out of date: vouchmark trust update"
        )
    untested = sorted(name for name, engine in found["engines"].items() if not engine.get("released"))
    if untested:
        steps.append(
            f"this version was not tested with the {', '.join(untested)} that is installed: pip install vouchmark"
        )
    return steps


def if_wanted(found: dict[str, Any]) -> list[str]:
    """What more there could be, each with what to type."""
    wishes = [f"{what}: {how}" for what, (_, how) in ADDED.items() if not found["added"][what]]
    if not found["issuers"]:
        wishes.append("people who stand behind a file: vouchmark trust issuer add issuer.json")
    return wishes


def words(found: dict[str, Any]) -> str:
    """The same for a person: first what to do, then what is there."""
    steps, wishes = to_do(found), if_wanted(found)
    lines = [f"vouchmark {found['vouchmark']} on Python {found['python']}, {found['platform']}"]
    lines += ["", "To do", *(f"  {number}. {step}" for number, step in enumerate(steps, start=1))]
    lines += [] if steps else ["  nothing: everything that a check needs is here"]
    lines += ["", "If you want it", *(f"  - {wish}" for wish in wishes)] if wishes else []
    lines += ["", "What is here", "", "Engines"]
    lines += [f"  {name}: {_engine_words(engine)}" for name, engine in found["engines"].items()]
    lines += ["", "Curve", f"  {found['curve']['backend'] or 'none'}", "", "Trust lists"]
    lines += [f"  {line}" for line in _trust_words(found["trust"])]
    lines += ["", "Issuers of personhood credentials"]
    lines += [f"  {plain(row['name'])}, serial {row['serial']}, {row['age_days']} days old" for row in found["issuers"]]
    lines += [] if found["issuers"] else ["  none: no vouch counts"]
    lines += ["", "Packages"]
    lines += [f"  {name} {number or 'not installed'}" for name, number in found["packages"].items()]
    lines += ["", "Import packages"]
    lines += [f"  {name} from {', '.join(owners) or 'this folder'}" for name, owners in found["owners"].items()]
    return "\n".join(lines)


def _engine_words(engine: dict[str, Any]) -> str:
    package = f"{engine['package']} {engine['version']}" if "package" in engine else "of an unknown package"
    inner = f", engine {engine['engine']}" if "engine" in engine else ""
    tested = (
        f", of {engine['released']}, {engine['age_days']} days old" if engine.get("released") else ", not tested with"
    )
    return f"{package}{inner}{tested}"


def _trust_words(trust: dict[str, Any]) -> list[str]:
    if trust["home"] is None:
        return ["not looked at"]
    lines = [_list_words(item) for item in trust["lists"]]
    if not lines:
        lines.append("none: only the dated list in the second engine vouches for signers")
    return [*lines, f"distrusted: {trust['distrusted']}; kept in {trust['home']}"]


def _list_words(item: dict[str, Any]) -> str:
    undated = f"imported on {item['imported']}, own date unknown" if item["imported"] else "without a date"
    age = undated if item["age_days"] is None else f"{item['age_days']} days old"
    old = ", OLD" if item["stale"] else ""
    return f"{item['name']} ({item['label']}, {item['kind']}): {item['certificates']} certificates, {age}{old}"

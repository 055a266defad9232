"""Does `vouchmark doctor` say what is at work here, and name what is wrong?"""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.support import command
from tests.support.command import Command, Done
from tests.vouchmark.test_cli_main import EVERY
from vouchmark import __version__
from vouchmark.cli.doctor import ADDED, if_wanted, to_do
from vouchmark.wording.catalogue import say


@pytest.fixture
def run(tmp_path: Path) -> Command:
    folder = tmp_path / "here"
    folder.mkdir()
    return Command(folder=folder, home=tmp_path / "home")


def plant(folder: Path, name: str, *, distribution: str = "") -> dict[str, str]:
    """A package of that name before ours on the path, with or without a distribution; the environment that finds it."""
    (folder / "planted" / name).mkdir(parents=True)
    (folder / "planted" / name / "__init__.py").write_text("raise SystemExit('the namesake was run')\n")
    if distribution:
        info = folder / "planted" / f"{distribution}-9.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 9\n")
        (info / "top_level.txt").write_text(f"{name}\n")
    return {"PYTHONPATH": os.pathsep.join((str(folder / "planted"), str(command.CHECKOUT)))}


def both(run: Command, env: dict[str, str] | None = None) -> tuple[Done, Done]:
    """The same in words and in JSON."""
    text, data = run("doctor", env=env), run("doctor", "--json", env=env)
    assert (text.stderr, data.stderr) == ("", "")
    assert text.code == data.code == (4 if data.json["problems"] else 0)
    for problem in data.json["problems"]:
        assert any(line.strip().partition(". ")[2] == problem for line in text.lines), problem
    return text, data


def test_says_which_engines_curve_lists_and_packages_are_at_work(run: Command) -> None:
    text, data = both(run)
    found = data.json
    assert (text.code, found["problems"]) == (0, [])
    assert found["vouchmark"] == __version__
    assert found["engines"]["c2pa-rs"]["version"] == version("c2pa-python")
    assert found["engines"]["c2pa-rs"]["engine"].split(".")[0].isdigit()
    assert found["engines"]["encypher-c2pa"]["version"] == version("encypher-c2pa")
    assert found["packages"]["cryptography"] == version("cryptography")
    assert found["curve"]["backend"] in ("arkworks", "py_ecc")
    assert set(found["owners"]) == {"provenance", "zk", "vouchmark"}
    assert found["trust"] == {"home": str(run.home), "lists": [], "distrusted": 0}
    assert set(found["added"].values()) == {True}
    assert found["issuers"] == []
    assert "  - people who vouch for a file: vouchmark trust issuer add issuer.json" in text.lines
    assert any(line.startswith("  none: only the dated list in the second engine") for line in text.lines)
    assert not run.home.exists()


def test_trusted_issuers_have_a_serial_and_an_age_and_a_changed_file_is_a_problem(run: Command) -> None:
    from tests.support.people import world

    club = world.Issuer(name="Harbour Press Club", epochs=("2026-11",))
    (run.folder / "issuer.json").write_bytes(club.info.to_json())
    assert run("trust", "issuer", "add", "issuer.json", "--at", "2026-11-01").code == 0
    found = run("doctor", "--json", "--at", "2026-11-21").json
    (row,) = found["issuers"]
    assert (row["name"], row["serial"], row["age_days"]) == ("Harbour Press Club", club.info.serial, 20)
    assert "  Harbour Press Club, serial 1, 20 days old" in run("doctor", "--at", "2026-11-21").lines
    next((run.home / "issuers").glob("[0-9a-f]*.json")).write_text("{}")
    done = run("doctor", "--json")
    assert (done.code, done.json["issuers"]) == (4, [])
    assert done.json["problems"]


def test_engines_and_lists_have_an_age_and_old_lists_say_so(run: Command) -> None:
    command.write(run.folder, "root.pem")
    run("trust", "import", "root.pem", "--kind", "signer", "--at", "2026-11-01")
    run("trust", "distrust", "--subject", "CN=Leaked")
    fresh = run("doctor", "--json", "--at", "2026-11-21").json
    assert fresh["engines"]["c2pa-rs"]["age_days"] == 31
    (kept,) = fresh["trust"]["lists"]
    assert (kept["name"], kept["label"], kept["kind"]) == ("root", "yours", "signer")
    assert (kept["age_days"], kept["imported"], kept["stale"], kept["certificates"]) == (None, "2026-11-01", False, 1)
    assert fresh["trust"]["distrusted"] == 1
    later = run("doctor", "--at", "2028-01-01")
    assert later.code == 0
    assert "  1. the list root may be out of date: vouchmark trust update" in later.lines
    assert ", OLD" in later.stdout


def test_reads_as_a_list_of_things_to_do(run: Command) -> None:
    lines = run("doctor").lines
    start = lines.index("To do")
    assert start == 2
    assert lines[start + 1].startswith("  1. no list of signers is kept")
    assert lines[start + 1].endswith(": vouchmark trust update")
    command.write(run.folder, "root.pem")
    run("trust", "import", "root.pem", "--kind", "signer")
    lines = run("doctor").lines
    assert lines[lines.index("To do") + 1] == "  nothing: everything that a check needs is here"


def test_every_step_can_be_typed(run: Command) -> None:
    found = {
        **run("doctor", "--json").json,
        "added": {str(say(f"doctor.added.{what}")): False for what in ADDED},
        "engines": {"c2pa-rs": {"package": "c2pa-python", "version": "9", "released": None, "age_days": None}},
    }
    steps = [*to_do(found), *if_wanted(found)]
    assert len(steps) == 2 + len(ADDED) + 1
    for step in steps:
        typed = step.rpartition(": ")[2].split()
        assert typed[:2] == ["pip", "install"] or typed[0] == "vouchmark"
        if typed[0] == "vouchmark":
            assert tuple(typed[1:3]) in EVERY


def test_names_a_distribution_that_ships_a_package_of_ours(run: Command) -> None:
    env = plant(run.folder, "zk", distribution="zk")
    _, data = both(run, env)
    assert data.code == 4
    assert "the import package zk is also shipped by zk: uninstall one of the two" in data.json["problems"]
    assert data.json["owners"]["zk"] == ["zk"]


@pytest.mark.parametrize("name", ["provenance", "zk"])
def test_names_a_folder_that_stands_before_a_package_of_ours(name: str, run: Command) -> None:
    env = plant(run.folder, name)
    _, data = both(run, env)
    assert data.code == 4
    where = run.folder / "planted"
    assert any(
        problem.startswith(f"the import package {name} is taken from {where}") for problem in data.json["problems"]
    )


def test_a_namesake_is_named_and_never_run(run: Command) -> None:
    for name in ("provenance", "zk"):
        env = plant(run.folder / name, name)
        for words in (("doctor",), ("doctor", "--json")):
            assert "the namesake was run" not in run(*words, env=env).stderr


def test_a_package_in_the_current_folder_is_not_taken(run: Command) -> None:
    (run.folder / "zk").mkdir()
    (run.folder / "zk" / "__init__.py").write_text("raise SystemExit('the namesake was run')\n")
    _, data = both(run)
    assert data.json["problems"] == []


def test_a_kept_list_that_was_changed_is_a_problem(run: Command) -> None:
    command.write(run.folder, "root.pem")
    run("trust", "import", "root.pem", "--kind", "signer")
    (kept,) = (run.home / "trust" / "lists").iterdir()
    kept.write_text("changed")
    _, data = both(run)
    assert data.code == 4
    assert any("was changed since it was imported" in problem for problem in data.json["problems"])


def test_a_curve_that_is_not_there_is_a_problem(run: Command) -> None:
    text, data = both(run, {"VOUCHMARK_CURVE": "none"})
    assert data.code == 4
    assert data.json["curve"] == {"backend": None}
    assert text.lines[text.lines.index("Curve") + 1] == "  none"

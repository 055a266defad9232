"""Does the enricher do its work inside auto-archiver itself, as its own factory loads it?

The archiver has pins of its own, so that it lives in an environment of its own (adapters/README.md says how to make
it); `VOUCHMARK_AUTO_ARCHIVER` names the Python in it.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support import command
from tests.support.people import world
from zk.profile.personhood import Binding, BindingKind

ADAPTERS: Final = Path(__file__).resolve().parents[2] / "adapters"
MODULE: Final = ADAPTERS / "auto-archiver" / "vouchmark_enricher"
HOST: Final = os.environ.get("VOUCHMARK_AUTO_ARCHIVER", "")
DRIVER: Final = """
import json, sys
from auto_archiver.core import Media, Metadata
from auto_archiver.core.module import ModuleFactory

factory = ModuleFactory()
factory.setup_paths([sys.argv[1]])
module = factory.get_module("vouchmark_enricher", {"vouchmark_enricher": {"time_limit": 60}})
item = Metadata()
for name in sys.argv[2:]:
    media = Media(filename=name)
    if name.endswith("screenshot.jpg"):
        media.set("id", "screenshot")
    item.media.append(media)
parent = item.media[0]
inner = Media(filename=sys.argv[2])
inner.set("id", "thumbnail_0")
parent.set("thumbnails", [inner])
module.enrich(item)
told = {}
for media in item.media:
    page = media.get("vouchmark_report")
    told[media.filename.rpartition("/")[2]] = [media.get("vouchmark"), open(page.filename).read() if page else None]
told["inner"] = [inner.get("vouchmark"), None]
print("TOLD" + json.dumps(told))
"""
NAMES: Final = (
    "signed.jpg",
    "altered.jpg",
    "generated.jpg",
    "plain.jpg",
    "broken.jpg",
    "vouched.jpg",
    "screenshot.jpg",
)


def test_its_manifest_is_one_and_the_glue_is_short() -> None:
    manifest = ast.literal_eval((MODULE / "__manifest__.py").read_text(encoding="utf-8"))
    assert manifest["type"] == ["enricher"]
    assert set(manifest["configs"]) == {"time_limit"}
    assert len((MODULE / "vouchmark_enricher.py").read_text(encoding="utf-8").splitlines()) <= 70


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if not HOST:
        pytest.skip("VOUCHMARK_AUTO_ARCHIVER names no Python with auto-archiver 1.2.9 and vouchmark in it")
    folder = tmp_path_factory.mktemp("archived")
    made = command.media()
    for name in ("signed.jpg", "altered.jpg", "generated.jpg", "plain.jpg"):
        (folder / name).write_bytes(made[name])
    (folder / "screenshot.jpg").write_bytes(made["generated.jpg"])
    start = made["signed.jpg"].index(b"jumb")
    (folder / "broken.jpg").write_bytes(
        made["signed.jpg"][: start + 200] + bytes(400) + made["signed.jpg"][start + 600 :]
    )
    (folder / "vouched.jpg").write_bytes(made["plain.jpg"])
    bound = Binding(kind=BindingKind.FILE, digest=hashlib.sha256(made["plain.jpg"]).digest())
    (folder / "vouched.jpg.vouch").write_bytes(world.person().vouch(bound=bound).encode())
    (folder / "home").mkdir()
    done = subprocess.run(
        [HOST, "-c", DRIVER, MODULE.parent, *(folder / name for name in NAMES)],
        env={"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "VOUCHMARK_HOME": str(folder / "home")},
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("TOLD")) if done.returncode == 0 else ("",)
    assert line, done.stderr[-2000:]
    return dict(json.loads(line.removeprefix("TOLD")))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("signed.jpg", "unchanged since"),
        ("altered.jpg", "does not match its credentials"),
        ("generated.jpg", "AI"),
        ("broken.jpg", ""),
        (
            "vouched.jpg",
            "",
        ),  # the same bytes as plain.jpg, of which nothing is said
    ],
)
def test_media_in_which_something_was_found_say_so_and_have_a_page(name: str, says: str, told: dict[str, Any]) -> None:
    headline, page = told[name]
    assert headline
    assert says in headline
    assert page.startswith("<!doctype html>")


@pytest.mark.parametrize("name", ["plain.jpg", "screenshot.jpg", "inner"])
def test_nothing_is_said_where_nothing_was_found_or_the_archiver_made_it(name: str, told: dict[str, Any]) -> None:
    assert told[name] == [None, None]

"""With which versions was it made, and how does somebody install exactly those, years later?

`requirements.txt` pins every distribution that can decide something by the digests of its files, as published; they
come with the product (`hashes.txt`), since an installed package does not know them. The product itself goes along as a
wheel of what is running, because that is what made the reports.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import io
import platform
import re
import sys
import zipfile
from collections.abc import Iterator
from importlib import metadata, resources
from pathlib import Path
from typing import Final

from vouchmark import __version__
from vouchmark.bundles.bag.model import EnvironmentRow

NAME: Final = "vouchmark"
PACKAGES: Final = ("provenance", "vouchmark", "zk")
OWN: Final = ("bagit", "securesystemslib")
"""What bundles need, also where the installed product's own list is older."""
LEFT_OUT: Final = frozenset({"test", "dev", "docs", "release", "viewers"})
"""Extras that decide nothing."""
_NEEDS: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)")
_EXTRA: Final = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]")
_PINNED: Final = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")
_HASH: Final = re.compile(r"--hash=(sha256:[0-9a-f]{64})")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def wheel_path() -> str:
    """Where the wheel of what is running lies in a bundle."""
    return f"data/tool/{NAME}-{__version__}-py3-none-any.whl"


def environment() -> EnvironmentRow:
    """What is running."""
    return EnvironmentRow(
        tool=f"{NAME} {__version__}",
        wheel=wheel_path(),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        packages=dict(sorted(packages().items())),
    )


def packages() -> dict[str, str]:
    """Installed distributions that can decide something, by name, with their versions; without the product itself."""
    known = {name for name, _ in known_hashes()}
    found: dict[str, str] = {}
    waiting = [*_needs(NAME, known, left_out=LEFT_OUT), *OWN]
    while waiting:
        name = waiting.pop()
        if name in found or name == NAME:
            continue
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # for another system, or an extra that is not installed
        waiting += _needs(name, known, left_out=None)
    return found


def _needs(name: str, known: set[str], *, left_out: frozenset[str] | None) -> Iterator[str]:
    """What a distribution requires, by name; of its extras all but those, and none where None.

    What it requires on other systems or older versions of Python alone is not in `known`, and left out.
    """
    try:
        needs = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return
    for need in needs:
        requirement, _, marker = need.partition(";")
        extra = _EXTRA.search(marker)
        if extra is not None and (left_out is None or extra[1] in left_out):
            continue
        match = _NEEDS.match(requirement.strip())
        if match is None or requirement.strip().startswith(f"{NAME}["):
            continue
        if not marker or extra is not None or normal(match[1]) in known:
            yield normal(match[1])


def normal(name: str) -> str:
    """A distribution's name in its one form (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def published(text: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """(name, version) to the digests of its files, out of a requirements file with hashes."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        pinned, hashes = _PINNED.match(block), tuple(_HASH.findall(block))
        if pinned is not None and hashes:
            found[normal(pinned[1]), pinned[2]] = hashes
    return found


@functools.cache
def known_hashes() -> dict[tuple[str, str], tuple[str, ...]]:
    """Those that come with the product."""
    return published(resources.files("vouchmark.bundles").joinpath("hashes.txt").read_text(encoding="utf-8"))


def requirements(made: EnvironmentRow, *, wheel_sha256: str) -> tuple[str, list[str]]:
    """(a requirements file that pins by digests, the distributions of which no digest is known).

    Args:
        made: what is running.
        wheel_sha256: of the product's own wheel.
    """
    hashes = known_hashes()
    lines, unknown = [*_HEAD.format(python=made.python, system=made.system).splitlines()], []
    for name, version in made.packages.items():
        digests = hashes.get((name, version), ())
        if not digests:
            unknown.append(f"{name}=={version}")
            lines.append(f"# no digest known: {name}=={version}")
            continue
        pins = " \\\n".join(f"    --hash={one}" for one in digests)
        lines.append(f"{name}=={version} \\\n{pins}")
    lines.append(f"./{made.wheel} \\\n    --hash=sha256:{wheel_sha256}")
    return "\n".join(lines) + "\n", unknown


_HEAD: Final = """\
# What made the reports, on Python {python}, {system}. In this folder:
#   python -m pip install --require-hashes -r data/requirements.txt
# The last line installs the program that lies in this bundle, as its maker had it. Whoever made the bundle may have
# changed it: prefer the same version from where you get the product, and compare the digests.
"""


def wheel() -> bytes:
    """A wheel of what is running (binary distribution format, PEP 427)."""
    about = f"{NAME}-{__version__}.dist-info"
    files = {f"{about}/{name}": text.encode() for name, text in _about().items()}
    for package in PACKAGES:
        files |= dict(_modules(package))
    record = [f"{path},sha256={_urlsafe(data)},{len(data)}" for path, data in sorted(files.items())]
    files[f"{about}/RECORD"] = "\n".join([*record, f"{about}/RECORD,,"]).encode() + b"\n"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        # The metadata last, as the format asks.
        for path in sorted(files, key=lambda path: (path.startswith(about), path)):
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, files[path], zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def _modules(package: str) -> Iterator[tuple[str, bytes]]:
    module = sys.modules.get(package) or __import__(package)
    folder = Path(module.__file__ or "").parent
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in (".pyc", ".pyo"):
            yield f"{package}/{path.relative_to(folder).as_posix()}", path.read_bytes()


def _about() -> dict[str, str]:
    try:
        found = metadata.distribution(NAME)
    except metadata.PackageNotFoundError:
        found = None
    told = (found.read_text("METADATA") if found is not None else None) or "Metadata-Version: 2.1\nName: vouchmark\n"
    return {
        "METADATA": re.sub(r"(?m)^Version: .*$", f"Version: {__version__}", told, count=1)
        if re.search(r"(?m)^Version: ", told)
        else told + f"Version: {__version__}\n",
        "WHEEL": f"Wheel-Version: 1.0\nGenerator: {NAME} {__version__}\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "entry_points.txt": f"[console_scripts]\n{NAME} = vouchmark.cli:main\n",
    }


def _urlsafe(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()

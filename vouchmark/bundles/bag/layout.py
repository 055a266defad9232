"""Where does everything lie in a bundle, and under which names? The layout `vouchmark.bundle/1`, on top of BagIt.

A bundle is a bag (RFC 8493). Every name in it is made by us out of a few plain letters: what a file was called stands
in `data/bundle.json` alone, so that no name can be taken for an option, a command, another folder or another file.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

SCHEMA: Final = "vouchmark.bundle/1"
BAGIT: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

BUNDLE: Final = "data/bundle.json"
README: Final = "data/README.txt"
REQUIREMENTS: Final = "data/requirements.txt"
FILES: Final = "data/files"
REPORTS: Final = "data/reports"
INPUTS: Final = "data/inputs"
ATTACHED: Final = "data/attached"
DECLARATION: Final = "bagit.txt"
INFO: Final = "bag-info.txt"
MANIFEST: Final = "manifest-sha256.txt"
TAG_MANIFEST: Final = "tagmanifest-sha256.txt"
CUSTODY: Final = "custody.jsonl"
SEAL: Final = "seal.dsse.json"
SEAL_KEY: Final = "seal.pem"
STAMP: Final = "seal.dsse.json.tsr"
ALWAYS: Final = frozenset({DECLARATION, INFO, MANIFEST, TAG_MANIFEST, CUSTODY})
"""Files outside `data` that every bundle has."""
PERHAPS: Final = frozenset({SEAL, SEAL_KEY, STAMP})
"""Those that only some have, beside receipts."""

MAX_FILES: Final = 9_999
"""Files that are looked at in one bundle: their numbers have four digits."""
MAX_ENTRIES: Final = 200_000
"""Files in a bundle: those that are looked at, each with what lies beside it and its reports, and the inputs."""
MAX_ATTACHED: Final = 999
MAX_TEXT_BYTES: Final = 64 * 1024 * 1024
"""Bytes of any file that is read whole: manifests, `bundle.json`, a report, a list."""
CHUNK: Final = 1024 * 1024
"""Bytes that are read and written at a time."""

_SEGMENT: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}"
_PATH: Final = re.compile(rf"(?:{_SEGMENT})(?:/{_SEGMENT}){{0,4}}")
_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,10}")
RECEIPT: Final = re.compile(r"receipt-[0-9]{4}\.dsse\.json")
"""What a receipt is called, by the number of the line that it speaks of."""


def is_path(text: str) -> bool:
    """Whether that is a path that can stand in a bundle: plain letters, nothing that leads elsewhere."""
    return bool(_PATH.fullmatch(text)) and not any(_is_odd(part) for part in text.split("/"))


def _is_odd(part: str) -> bool:
    """Names that some system reads otherwise."""
    return part.endswith(".") or bool(_RESERVED.fullmatch(part))


def plain_name(name: str, instead: str = "original") -> str:
    """The name that a file has in a bundle: its own where that is plain, else one of ours with its ending."""
    if _PLAIN.fullmatch(name) and not _is_odd(name):
        return name
    ending = PurePosixPath(name).suffix
    return instead + (ending.lower() if _ENDING.fullmatch(ending) else "")


def file_folder(number: int) -> str:
    """Where the file of that number lies, with what lay beside it."""
    return f"{FILES}/{number:04}"


def report_path(number: int, form: str) -> str:
    """Where its report in one format lies."""
    return f"{REPORTS}/{number:04}.{ENDINGS[form]}"


ENDINGS: Final = {"json": "json", "html": "html", "crjson": "crjson.json"}
"""The formats of reports, and how their files end."""


def list_path(sha256: str) -> str:
    """Where a trust list, or another file of the reader's trust, lies."""
    return f"{INPUTS}/lists/{sha256}"


def issuer_path(sha256: str) -> str:
    """Where an issuer.json lies."""
    return f"{INPUTS}/issuers/{sha256}.json"


POLICY: Final = f"{INPUTS}/policy.toml"
DISTRUST: Final = f"{INPUTS}/distrust.json"
ANSWERS: Final = f"{INPUTS}/answers.json"
MANIFEST_STORE: Final = f"{INPUTS}/manifest.c2pa"


def given_path(number: int) -> str:
    """Where a vouch that was given by hand lies."""
    return f"{INPUTS}/given/{number:04}.vouch"


def attached_path(number: int, name: str) -> str:
    """Where something lies that another tool made."""
    return f"{ATTACHED}/{number:03}/{plain_name(name, 'attached')}"

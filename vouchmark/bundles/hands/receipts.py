"""How does a receiver countersign the end of a custody log, so that it shows where somebody cuts it off later?

A receipt is a DSSE envelope over the number of lines and the digest of the last one, with the key that signed it. One
lies in the bundle; the same octets go back to whoever handed it over, or to anybody else: who holds a bundle can take
a receipt out together with the lines that it speaks of, and only one that lies elsewhere shows that.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provenance.credentials.trust.strict_json import read_json
from provenance.files import system
from provenance.files.whole_file import whole_file
from vouchmark.bundles.bag import layout, manifests
from vouchmark.bundles.bag.errors import BundleError, NoBundleError
from vouchmark.bundles.hands import custody, sealing

SCHEMA: Final = "vouchmark.receipt/1"
PAYLOAD: Final = "application/vnd.vouchmark.receipt+json"
MAX_RECEIPT: Final = 64 * 1024
"""Bytes of a receipt; real ones have 500."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a receiver signed."""

    bag: str
    lines: int
    head: str
    key: str
    """SHA-256 of the key that signed it."""


def path_of(line: int) -> str:
    """Where the receipt for a line lies in a bundle."""
    return f"receipt-{line:04}.dsse.json"


def make(key: sealing.Key, *, bag: str, lines: int, head: str) -> bytes:
    """A receipt. Raises BundleExtraError."""
    value = {"schema": SCHEMA, "bag": bag, "lines": lines, "head": head, "key": key.public_pem.decode()}
    return sealing.signed(json.dumps(value, sort_keys=True, separators=(",", ":")).encode(), PAYLOAD, key)


def read(octets: bytes) -> Receipt:
    """A receipt whose signature holds, by the key in it; whose that is is for the reader to know.

    Raises:
        sealing.SealError: it is none, or does not hold.
        BundleExtraError: securesystemslib is not installed.
    """
    try:
        content = sealing.content_of(octets[: MAX_RECEIPT + 1])
        value = read_json(content)
        if set(value) != {"schema", "bag", "lines", "head", "key"} or value["schema"] != SCHEMA:
            raise ValueError("other members")
        if not isinstance(value["lines"], int) or isinstance(value["lines"], bool):
            raise ValueError("no number of lines")
        if not all(isinstance(value[name], str) for name in ("bag", "head", "key")):
            raise ValueError("no texts")
        public, key = sealing.read_public(value["key"].encode())
    except (ValueError, TypeError, AttributeError, RecursionError, sealing.SealKeyError) as error:
        raise sealing.SealError("it is no receipt") from error
    sealing.opened(octets, PAYLOAD, public, key)
    return Receipt(bag=value["bag"], lines=value["lines"], head=value["head"], key=key)


def trouble(receipt: Receipt, lines: list[tuple[custody.Entry, str]]) -> str:
    """Why a receipt does not fit a log; empty where it does."""
    if receipt.lines > len(lines):
        count = len(lines)
        return (
            f"a receipt by key {receipt.key} speaks of {receipt.lines} lines, and the log has {count}: "
            "its end was cut off"
        )
    entry, head = lines[receipt.lines - 1] if receipt.lines >= 1 else (None, "")
    if entry is None or (entry.bag, head) != (receipt.bag, receipt.head):
        return f"a receipt by key {receipt.key} speaks of another line {receipt.lines}"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What was added to a log."""

    entry: custody.Entry
    receipt: bytes | None


def receive(folder: Path, *, at: str, tool: str, by: str = "", key: sealing.Key | None = None) -> Received:
    """Add a line to the log of a bundle in a folder, countersigned where there is a key.

    Raises:
        BundleError: its log or its manifests are not as they have to be.
        OSError: the system refused; `mend` takes back what was begun.
    """
    with _locked(folder):
        tags = _tags(folder)
        log = (folder / layout.CUSTODY).read_bytes()
        try:
            lines = custody.read_log(log)
        except custody.CustodyError as error:
            raise BundleError(f"its custody log does not hold: {error}") from error
        last, before = lines[-1]
        if len(lines) >= custody.MAX_LINES:
            raise BundleError(f"its custody log has {custody.MAX_LINES} lines already", hint="make a bundle of it")
        entry = custody.Entry(
            n=last.n + 1,
            before=before,
            at=at,
            action="receive",
            bag=last.bag,
            tool=tool,
            by=by,
            key="" if key is None else key.id,
        )
        line = custody.line_of(entry)
        new: dict[str, bytes] = {layout.CUSTODY: log + line}
        receipt = None
        if key is not None:
            receipt = make(key, bag=entry.bag, lines=entry.n, head=custody.digest(line))
            new[path_of(entry.n)] = receipt
        new[layout.TAG_MANIFEST] = manifests.dumps(tags | {path: _sha256(data) for path, data in new.items()})
        for path, data in new.items():
            with whole_file(folder / path, mode=0o644, durable=True) as file:
                file.write(data)
    return Received(entry=entry, receipt=receipt)


def mend(folder: Path) -> bool:
    """Take back a line whose writer was cut off before it was listed; whether there was one.

    Nothing that the list of digests names is touched. Raises OSError.
    """
    with _locked(folder):
        try:
            tags = _tags(folder)
            log = (folder / layout.CUSTODY).read_bytes()
        except (BundleError, FileNotFoundError):
            return False
        shorter = b"".join(log.splitlines(keepends=True)[:-1])
        is_longer = _sha256(log) != tags.get(layout.CUSTODY)
        if is_longer and _sha256(shorter) != tags.get(layout.CUSTODY):
            return False
        kept = shorter if is_longer else log
        stray = folder / path_of(kept.count(b"\n") + 1)
        is_stray = stray.name not in tags and stray.is_file() and not stray.is_symlink()
        if is_stray:
            stray.unlink()
        if is_longer:
            with whole_file(folder / layout.CUSTODY, mode=0o644, durable=True) as file:
                file.write(kept)
    return is_longer or is_stray


def _locked(folder: Path) -> ExitStack:
    """Keep others from adding to the same log meanwhile, where the system has locks."""
    with ExitStack() as stack:
        try:
            file = stack.enter_context((folder / layout.DECLARATION).open("rb"))
        except OSError as error:
            raise NoBundleError(f"{folder}: is no bundle") from error
        with suppress(OSError):
            system.lock(file.fileno())
        return stack.pop_all()


def _tags(folder: Path) -> dict[str, str]:
    try:
        return manifests.loads((folder / layout.TAG_MANIFEST).read_bytes())
    except (manifests.ManifestError, OSError) as error:
        raise BundleError(f"{layout.TAG_MANIFEST} cannot be read: {error}") from error


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

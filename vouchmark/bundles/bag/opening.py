"""Is every file of a bundle there, the one that was closed, and nothing else? Read without trusting anything in it.

No link is followed, no name is used that is not of our few plain letters, and every octet that is used later is
compared with its digest when it is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vouchmark.bundles.bag import layout, manifests
from vouchmark.bundles.bag.errors import BundleError, NoBundleError
from vouchmark.bundles.bag.manifests import ManifestError
from vouchmark.bundles.bag.model import Bundle, loads, payload
from vouchmark.bundles.bag.staging import write_zip

MAX_GROWTH: Final = 200
"""Times that a ZIP may be larger unpacked; media hardly shrinks, and a bomb grows a thousandfold."""
LEAST_ROOM: Final = 64 * 1024 * 1024
"""Bytes that any ZIP may have unpacked."""
MAX_COMPARED: Final = 256 * 1024 * 1024
"""Bytes of a ZIP that is written a second time, to see whether anything lies between its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something in a bundle that is not as it has to be."""

    path: str
    """In the bundle; a name that none of ours has, as far as it can be shown."""
    code: str
    """`changed`, `missing`, `unlisted`, `link`, `not-a-file`, `fetch`, `name`, `malformed`, `place`."""
    words: str


@dataclass(slots=True)
class Opened:
    """A bundle as it lies on the disk, with all that is wrong with it."""

    folder: Path
    digest: str = ""
    """SHA-256 of its manifest; empty where there is none."""
    bundle: Bundle | None = None
    """What it says of itself; None where that cannot be read, or was changed."""
    digests: dict[str, str] = field(default_factory=dict)
    """By path, of everything that the manifests list: what it has to be."""
    found: dict[str, str] = field(default_factory=dict)
    """By path, of everything that is there: what it is."""
    troubles: list[Trouble] = field(default_factory=list)
    container: str = ""
    """Of a ZIP that is not as we write it, why."""

    @property
    def is_whole(self) -> bool:
        """Whether everything below `data` is what was closed."""
        return self.bundle is not None and not any(
            one.path.startswith("data") or one.path == layout.MANIFEST for one in self.troubles
        )

    def path(self, place: str) -> Path:
        """Where a file of it lies."""
        return self.folder / place

    def read(self, place: str) -> bytes:
        """The octets of a small file, which are those that its digest names.

        Raises:
            BundleError: they are not, or there are too many.
        """
        data = _small(self.path(place))
        if hashlib.sha256(data).hexdigest() != self.digests.get(place):
            raise BundleError(f"{place}: is not what the manifest names", hint="get the bundle again")
        return data

    def has(self, place: str) -> bool:
        """Whether there is such a file."""
        return place in self.found

    def tell(self, path: str, code: str, words: str) -> None:
        """Note something that is wrong."""
        self.troubles.append(Trouble(path=path, code=code, words=words))


@contextlib.contextmanager
def opened(place: Path) -> Iterator[Opened]:
    """A bundle, opened and gone through; one that is a ZIP lies in a temporary folder meanwhile.

    Raises:
        NoBundleError: there is nothing of the kind.
        BundleError: a ZIP that cannot be unpacked.
        OSError: it cannot be read.
    """
    with contextlib.ExitStack() as stack:
        container = ""
        folder = place
        if not place.is_dir():
            if not place.is_file():
                raise NoBundleError(f"{place}: there is no such bundle")
            scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vouchmark-")))
            folder = _unpacked(place, scratch)
            container = _container(place, folder)
        if not any((folder / name).exists() for name in (layout.DECLARATION, layout.MANIFEST, layout.BUNDLE)):
            raise NoBundleError(f"{place}: is no bundle")
        found = Opened(folder=folder, container=container)
        _go_through(found)
        yield found


def _go_through(bag: Opened) -> None:
    """Look at everything, in the order in which each rests on what was before."""
    there = _tree(bag)
    for path in sorted(one for one in there if not one.startswith("data/")):
        # What lies outside of data is read whole: more than that is none of ours, and is not looked into.
        if bag.path(path).lstat().st_size > layout.MAX_TEXT_BYTES:
            bag.tell(path, "malformed", f"has more than {layout.MAX_TEXT_BYTES} bytes")
            there.discard(path)
    # 1. Outside of data: the manifest of tags lists all of it.
    tags = _manifest(bag, layout.TAG_MANIFEST, there)
    bag.digests |= tags
    for path in sorted(one for one in there if not one.startswith("data/") and one != layout.TAG_MANIFEST):
        _compare(bag, path, tags.get(path), listed=layout.TAG_MANIFEST)
    # 2. Below data: the manifest lists all of it.
    listed = _manifest(bag, layout.MANIFEST, there)
    bag.digests |= listed
    for path in sorted(one for one in there if one.startswith("data/")):
        _compare(bag, path, listed.get(path), listed=layout.MANIFEST)
    for path in sorted((*(tags.keys() | layout.ALWAYS), *listed)):
        if path not in there and path != layout.TAG_MANIFEST:
            bag.tell(path, "missing", "is not there")
    bag.digest = bag.found.get(layout.MANIFEST, "")
    for path in listed:
        if not path.startswith("data/"):
            bag.tell(path, "place", f"stands in {layout.MANIFEST}, which lists what is below data alone")
    for path in tags:
        if path not in layout.ALWAYS | layout.PERHAPS and not layout.RECEIPT.fullmatch(path):
            bag.tell(path, "unlisted", "has no place in a bundle")
    _describe(bag, listed)


def _describe(bag: Opened, listed: dict[str, str]) -> None:
    """Read what the bundle says of itself, and hold it against what is there."""
    if bag.found.get(layout.BUNDLE) is None or bag.found[layout.BUNDLE] != listed.get(layout.BUNDLE):
        return
    try:
        bundle = loads(bag.read(layout.BUNDLE))
    except BundleError as error:
        bag.tell(layout.BUNDLE, "malformed", str(error))
        return
    bag.bundle = bundle
    expected = set(payload(bundle))
    for path in sorted(expected - listed.keys()):
        bag.tell(path, "missing", f"is named in {layout.BUNDLE}, and not in {layout.MANIFEST}")
    for path in sorted(listed.keys() - expected):
        bag.tell(path, "unlisted", f"is not named in {layout.BUNDLE}")
    for row in bundle.files:
        if listed.get(row.path) not in (None, row.sha256):
            bag.tell(row.path, "changed", f"is another file than {layout.BUNDLE} names")
    for attached in bundle.attached:
        if listed.get(attached.path) not in (None, attached.sha256):
            bag.tell(attached.path, "changed", f"is another file than {layout.BUNDLE} names")
    sizes = [bag.path(path).lstat().st_size for path in bag.found if path.startswith("data/")]
    wanted = {
        layout.DECLARATION: layout.BAGIT,
        layout.INFO: manifests.info(bundle, octets=sum(sizes), files=len(sizes)),
    }
    for path, octets in wanted.items():
        if bag.has(path) and _small(bag.path(path)) != octets:
            bag.tell(path, "changed", "is not what follows from the rest of the bundle")


def _tree(bag: Opened) -> set[str]:
    """Every file, by its path; links, devices, odd names and empty folders are told of, and not looked into."""
    there: set[str] = set()
    pending = [("", bag.folder)]
    while pending:
        before, folder = pending.pop()
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: os.fsencode(entry.name))
        if before and not entries:
            bag.tell(before.rstrip("/"), "unlisted", "is an empty folder")
        for entry in entries:
            path = f"{before}{entry.name}"
            mode = entry.stat(follow_symlinks=False).st_mode
            if not layout.is_path(path):
                bag.tell(path, "name", "has a name that nothing in a bundle has")
            elif path.casefold() == "fetch.txt":
                bag.tell(path, "fetch", "would have files fetched from elsewhere: a bundle holds all of its own")
            elif stat.S_ISLNK(mode):
                bag.tell(path, "link", "is a link")
            elif stat.S_ISDIR(mode):
                pending.append((f"{path}/", Path(entry.path)))
            elif not stat.S_ISREG(mode):
                bag.tell(path, "not-a-file", "is no file")
            else:
                there.add(path)
        if len(there) > layout.MAX_ENTRIES:
            raise BundleError(f"it has more than {layout.MAX_ENTRIES} files")
    return there


def _manifest(bag: Opened, path: str, there: set[str]) -> dict[str, str]:
    """What a manifest lists; nothing where it is not there or none."""
    if path not in there:
        bag.tell(path, "missing", "is not there")
        return {}
    try:
        return manifests.loads(_small(bag.path(path)))
    except (ManifestError, BundleError) as error:
        bag.tell(path, "malformed", f"cannot be read: {error}")
        return {}


def _compare(bag: Opened, path: str, digest: str | None, *, listed: str) -> None:
    found, _ = manifests.digest_of(bag.path(path))
    bag.found[path] = found
    if digest is None:
        bag.tell(path, "unlisted", f"is not listed in {listed}")
    elif found != digest:
        bag.tell(path, "changed", f"is not what {listed} says: one of the two was changed")


def _small(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(layout.MAX_TEXT_BYTES + 1)
    if len(data) > layout.MAX_TEXT_BYTES:
        raise BundleError(f"{path.name} has more than {layout.MAX_TEXT_BYTES} bytes")
    return data


def _unpacked(place: Path, scratch: Path) -> Path:
    """The one folder of a ZIP, unpacked: plain files alone, no name twice, and no more than fits."""
    try:
        with zipfile.ZipFile(place) as archive:
            return _unpack(archive, place, scratch)
    except NoBundleError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error) as error:
        raise NoBundleError(f"{place}: cannot be unpacked: {str(error)[:200]}") from error


def _unpack(archive: zipfile.ZipFile, place: Path, scratch: Path) -> Path:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > layout.MAX_ENTRIES:
        raise NoBundleError(f"{place}: has more than {layout.MAX_ENTRIES} files")
    left = max(LEAST_ROOM, place.stat().st_size * MAX_GROWTH)
    names = {entry.filename.partition("/")[0] for entry in entries}
    seen: set[str] = set()
    if len(names) != 1 or not layout.is_path(next(iter(names))):
        raise NoBundleError(f"{place}: has not one folder with everything in it")
    for entry in entries:
        if not layout.is_path(entry.filename.partition("/")[2]) or stat.S_ISLNK(entry.external_attr >> 16):
            raise NoBundleError(f"{place}: holds a link, or a name that nothing in a bundle has")
        if entry.filename.casefold() in seen:
            raise NoBundleError(f"{place}: holds two files of one name")
        seen.add(entry.filename.casefold())
        path = scratch / entry.filename
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, path.open("xb") as out:
            while part := source.read(layout.CHUNK):
                left -= len(part)
                if left < 0:
                    raise NoBundleError(f"{place}: grows {MAX_GROWTH} times and more when it is unpacked")
                out.write(part)
    return scratch / next(iter(names))


def _container(place: Path, folder: Path) -> str:
    """Why a ZIP is not as we write it; empty where it is, octet for octet."""
    if place.stat().st_size > MAX_COMPARED:
        return "it is too large to be compared with one that is written anew"
    with tempfile.TemporaryFile() as again:
        write_zip(folder, again, name=folder.name)
        again.seek(0)
        digest = hashlib.sha256()
        while part := again.read(layout.CHUNK):
            digest.update(part)
    if manifests.digest_of(place)[0] != digest.hexdigest():
        return (
            "its ZIP is not as 'bundle make' writes it: packed by another program, or something lies between its files"
        )
    return ""

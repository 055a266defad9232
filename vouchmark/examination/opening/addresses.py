"""How is a file read whose address the reader names instead of a path?

Offline it is not, and the reader is told what to do. With leave for one run (`--online`) that one file is fetched under
the rules for whatever a file names (`provenance.net.online`): HTTPS, public addresses, the usual port, few
redirects, so many bytes and seconds. It is held in memory for its report, and nothing of it is kept.
"""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from provenance.asset import Asset, AssetError, Limits, open_asset

if TYPE_CHECKING:
    from provenance.net.online import Contact, Online

_SCHEME: Final = re.compile(r"https?://", re.IGNORECASE)
MAX_NAME: Final = 255
"""Characters of a file's name out of an address, as most file systems have it."""


class AssetAddressError(AssetError):
    """An address was named, and this run may not fetch it."""

    reason: ClassVar[str] = "address"
    hint = "--online fetches that one file and keeps nothing; or download it and name the file"


class AssetNotFetchedError(AssetError):
    """The file at an address could not be had."""

    reason: ClassVar[str] = "not-fetched"
    hint = "download it with a program of your own and name the file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came of one address."""

    item: Asset | AssetError
    contact: Contact | None
    """Who was asked; None offline."""


def is_address(source: object) -> bool:
    """Whether a source is an address on the web and no path."""
    return isinstance(source, str) and _SCHEME.match(source) is not None


def host_of(address: str) -> str:
    """The host in an address; empty where there is none."""
    try:
        return (urllib.parse.urlsplit(address).hostname or "")[:253]
    except ValueError:
        return ""


def name_of(address: str) -> str:
    """What the file is called: the last part of the path, else the host, else the address."""
    try:
        path = urllib.parse.urlsplit(address).path
    except ValueError:
        path = ""
    last = urllib.parse.unquote(path.rpartition("/")[2], errors="replace")
    return (last or host_of(address) or address)[:MAX_NAME]


def fetch(address: str, online: Online | None, limits: Limits) -> Fetched:
    """The file at an address, or why it was not had.

    Args:
        address: with `https://`; one with `http://` is not fetched.
        online: the reader's leave; None where there is none.
        limits: of size, beside the one for whatever is fetched.
    """
    if online is None:
        error = AssetAddressError("it is an address on the web, and nothing is fetched without leave (--online)")
        return Fetched(item=error, contact=None)
    found = online.file(address, limit=limits.bytes)
    if found.content is None:
        words = f"it could not be fetched from {found.contact.host or 'there'}: {found.contact.outcome}"
        return Fetched(item=AssetNotFetchedError(words), contact=found.contact)
    try:
        return Fetched(item=open_asset(found.content, name=name_of(address), limits=limits), contact=found.contact)
    except AssetError as error:
        return Fetched(item=error, contact=found.contact)

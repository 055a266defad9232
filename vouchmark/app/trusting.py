"""Whom does the reader trust and distrust, as the page shows it, and how does that change?"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from vouchmark.service.problems import ProblemError

if TYPE_CHECKING:
    from provenance.credentials.trust.lists import TrustList

MAX_TEXT: Final = 400
"""Characters of a reason."""
_KINDS: Final = {
    "signer": "signers",
    "tsa": "time-stamping authorities",
    "cawg": "identity signers",
    "publisher": "news publishers",
}


class Trusting:
    """The reader's lists, issuers and distrusted signers, in the data folder."""

    def __init__(self, home: Path, fetch: Callable[..., Any] | None = None) -> None:
        """Say where they lie; `fetch` in place of the network is for tests."""
        self._home = home
        self._fetch = fetch

    def show(self, now: dt.datetime) -> dict[str, Any]:
        """All of it. Raises ProblemError."""
        from provenance.credentials.trust.lists import TrustLists
        from vouchmark.persons.issuers import IssuerFolder
        from vouchmark.render.safe import plain

        with _told():
            store = TrustLists.load(self._home)
            issuers = IssuerFolder(self._home).rows()
        return {
            "lists": [_list(one, now) for one in store.lists],
            "hosts": hosts(),
            "issuers": [
                {
                    "id": one.id,
                    "name": plain(one.name),
                    "petname": one.petname or "",
                    "words": f"serial {one.serial}, taken on {one.dated}",
                }
                for one in issuers
            ],
            "distrusted": [
                {"number": number, "words": plain(one.describe()), "reason": plain(one.reason)}
                for number, one in enumerate(store.distrust)
            ],
        }

    def update(self, value: Mapping[str, Any], now: dt.datetime) -> str:
        """Fetch the official lists from the hosts that the reader has read the names of. Raises ProblemError."""
        from provenance.credentials.trust.fetch import fetch_https
        from provenance.credentials.trust.folder import TrustFolder
        from provenance.credentials.trust.lists import TrustListError
        from provenance.credentials.trust.update import OFFICIAL, PUBLISHERS
        from provenance.credentials.trust.update import update as update_lists

        if value.get("hosts") != hosts():
            raise ProblemError("malformed", "the hosts that would be asked are others than the page has shown")
        fetch = self._fetch or fetch_https
        said: list[str] = []
        for publication, result in update_lists(
            TrustFolder(self._home), (*OFFICIAL, *PUBLISHERS), at=now, fetch=fetch, force=False
        ):
            failed = isinstance(result, TrustListError)
            said.append(f"{publication.name}: {result if failed else 'taken'}")
        return "; ".join(said)

    def drop(self, value: Mapping[str, Any], _now: dt.datetime) -> str:
        """Drop a kept list. Raises ProblemError."""
        from provenance.credentials.trust.folder import TrustFolder
        from provenance.credentials.trust.update import remove

        with _told():
            row = remove(TrustFolder(self._home), text(value, "name"))
        return f"{row.name}: dropped"

    def issuer(self, value: Mapping[str, Any], now: dt.datetime) -> str:
        """Trust an issuer, under a petname where one is given. Raises ProblemError."""
        from vouchmark.persons.issuers import MAX_ISSUER_OCTETS, IssuerFolder
        from vouchmark.render.safe import plain

        octets = text(value, "text", most=MAX_ISSUER_OCTETS).encode("utf-8", "replace")
        with _told():
            row, before = IssuerFolder(self._home).add(octets, at=now, petname=text(value, "petname").strip() or None)
        return f"{row.petname or plain(row.name)}: {'as before' if row == before else 'trusted'}"

    def drop_issuer(self, value: Mapping[str, Any], _now: dt.datetime) -> str:
        """Trust an issuer no longer. Raises ProblemError."""
        from vouchmark.persons.issuers import IssuerFolder
        from vouchmark.render.safe import plain

        with _told():
            row = IssuerFolder(self._home).remove(text(value, "id"))
        return f"{row.petname or plain(row.name)}: not trusted any more"

    def distrust(self, value: Mapping[str, Any], _now: dt.datetime) -> str:
        """Distrust the signers whose certificate it is, or is above theirs. Raises ProblemError."""
        from provenance.credentials.trust.distrust import DistrustEntry
        from provenance.credentials.trust.folder import TrustFolder
        from provenance.credentials.trust.update import add_distrust

        with _told():
            entry = DistrustEntry(sha256=text(value, "sha256"), reason=text(value, "reason"))
            changed = add_distrust(TrustFolder(self._home), [entry])
        return "distrusted" if changed else "nothing changed"

    def trust_again(self, value: Mapping[str, Any], _now: dt.datetime) -> str:
        """Take one entry out again, the one that the page shows under that number. Raises ProblemError."""
        from provenance.credentials.trust.folder import TrustFolder
        from provenance.credentials.trust.update import remove_distrust
        from vouchmark.render.safe import plain

        folder = TrustFolder(self._home)
        with _told():
            entries = folder.read_distrust()
            number = value.get("number")
            if type(number) is not int or not 0 <= number < len(entries):
                raise ProblemError("malformed", "there is no such entry")
            if plain(entries[number].describe()) != value.get("words"):
                raise ProblemError("malformed", "the entries have changed meanwhile", hint="open the page again")
            remove_distrust(folder, [entries[number]])
        return "distrusted no longer"


def hosts() -> list[str]:
    """The hosts that an update asks."""
    from provenance.credentials.trust.update import OFFICIAL, PUBLISHERS

    return sorted({urlsplit(one.url).hostname or "" for one in (*OFFICIAL, *PUBLISHERS)})


def text(value: Mapping[str, Any], name: str, *, most: int = MAX_TEXT) -> str:
    """A text of a request. Raises ProblemError."""
    found = value.get(name, "")
    if not isinstance(found, str) or len(found) > most:
        raise ProblemError("malformed", f"{name}: expected a text of at most {most} characters")
    return found


def parsed(data: bytes) -> Mapping[str, Any]:
    """A request in JSON. Raises ProblemError."""
    try:
        value = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ProblemError("malformed", "the request is no JSON") from error
    if not isinstance(value, dict):
        raise ProblemError("malformed", "expected an object")
    return value


def _list(one: TrustList, now: dt.datetime) -> dict[str, str]:
    days = one.age_days(at=now)
    age = f"dated {one.dated}, {days} days old" if one.dated and days is not None else "without a date of its own"
    stale = "; too old to be relied on: fetch it again" if one.is_stale(at=now) else ""
    imported = f"; imported on {one.imported}" if one.imported else ""
    kind = _KINDS.get(str(one.kind), str(one.kind))
    return {"name": one.name, "words": f"{one.words}: {kind}", "age": f"{age}{imported}{stale}"}


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the folders' rooms raise into a problem."""
    from provenance.errors import ProvenanceError
    from vouchmark.errors import VouchmarkError
    from zk.errors import ZkError

    try:
        yield
    except (ProvenanceError, VouchmarkError, ZkError) as error:
        raise ProblemError("option", str(error), hint=error.hint or "look at what was given") from error
    except (ValueError, LookupError) as error:
        raise ProblemError("option", str(error), hint="look at what was given") from error

"""What becomes of a folder of requests? Each is answered, or refused with its reason, and nothing is asked.

Two passes: every request is received before any is signed, so that of two different ones under one code neither is.
Whatever is named as a request is answered for: what cannot be read is refused as one, and stops no other.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provenance.files import system

if TYPE_CHECKING:
    from zk.issuer.issuer import Issuer

REQUEST: Final = ".vmr"
"""How the names of requests end, in capitals or not."""
ANSWER: Final = ".vma"
"""How those of answers end."""
TABLE: Final = "answers.csv"
MAX_REQUESTS: Final = 100_000
_FORMULAS: Final = (*"=+-@＝＋－＠", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What became of one request."""

    name: str
    """The request's file name."""
    response: bytes = field(default=b"", repr=False)
    """The answer; empty where it was refused."""
    epoch: str = ""
    level: int = 0
    words: tuple[str, ...] = ()
    """The request's four words, as the member's wallet shows them."""
    refused: str = ""
    """Why not; empty where there is an answer."""

    @property
    def answer_name(self) -> str:
        """The answer's file name: the request's, with another end."""
        return _answer_name(self.name) if self.response else ""


def _answer_name(name: str) -> str:
    return f"{name[: -len(REQUEST)] if _is_request(name) else name}{ANSWER}"


def _is_request(name: str) -> bool:
    return name.lower().endswith(REQUEST)


def requests_in(folder: Path) -> list[Path]:
    """Return what is named as a request in a folder, by name, be it a file or not.

    Raises OSError, or ValueError for more than MAX_REQUESTS.
    """
    found = sorted(path for path in folder.iterdir() if _is_request(path.name))
    if len(found) > MAX_REQUESTS:
        raise ValueError(f"expected at most {MAX_REQUESTS} requests, got {len(found)}")
    return found


def others_in(folder: Path) -> int:
    """Return how much else lies in a folder: neither requests nor answers, nor their table. Raises OSError."""
    known = (REQUEST, ANSWER)
    return sum(not path.name.lower().endswith(known) and path.name != TABLE for path in folder.iterdir())


def read_request(path: Path) -> bytes | str:
    """Return the octets of a request, of a larger file its beginning, or in words why it cannot be read."""
    from zk.profile.exchange import MAX_REQUEST_OCTETS

    try:
        # Whoever opens a pipe waits for its other end, unless told not to.
        descriptor = os.open(path, os.O_RDONLY | system.CLOEXEC | system.NONBLOCK)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return _NO_FILE
            # One octet more than any request has: what is larger is refused as that, and not read on.
            return file.read(MAX_REQUEST_OCTETS + 1)
    except IsADirectoryError:
        return _NO_FILE
    except OSError as error:
        return f"cannot be read: {error.strerror}"


_NO_FILE: Final = "is no file"


def answers(issuer: Issuer, requests: Iterable[tuple[str, bytes | str]], *, at: dt.datetime) -> Iterator[Answered]:
    """Answer requests, given by name and octets, or the reason why there are none; give each one's outcome.

    Raises StorageError.
    """
    from zk.errors import StorageError, ZkError

    received: list[tuple[str, bytes, tuple[str, ...], str]] = []
    taken: dict[str, str] = {}
    for name, given in requests:
        octets = b"" if isinstance(given, str) else given
        refused = _refusal(name, given, taken)
        if refused:
            received.append((name, octets, (), refused))
            continue
        try:
            reviewed = issuer.review(octets, at=at)
        except StorageError:
            raise
        except ZkError as error:
            received.append((name, octets, (), str(error)))
        else:
            taken[_answer_name(name)] = name
            received.append((name, octets, reviewed.words, ""))
    for name, octets, words, refused in received:
        if not refused:
            try:
                yield _answered(issuer, name, octets, words, at)
                continue
            except StorageError:
                raise
            except ZkError as error:
                refused = str(error)
        yield Answered(name=name, words=words, refused=refused)


def _refusal(name: str, given: bytes | str, taken: Mapping[str, str]) -> str:
    """Why a request is not looked into, empty where it is; `taken` are the names of answers, and whose each is."""
    if not _is_text(name):
        return "its file name holds what is no text: give it another one"
    if isinstance(given, str):
        return given
    other = taken.get(_answer_name(name))
    return "" if other is None else f"its answer would be named as that of {other}: give it another name"


def _is_text(name: str) -> bool:
    """Whether a file's name can stand in a table: no control characters, no octets that are not UTF-8 (PEP 383)."""
    return not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name)


def _answered(issuer: Issuer, name: str, octets: bytes, words: tuple[str, ...], at: dt.datetime) -> Answered:
    from zk.profile.exchange import EnrolmentResponse

    response = issuer.approve(octets, at=at)
    answer = EnrolmentResponse.decode(response)
    return Answered(name=name, response=response, epoch=answer.epoch, level=int(answer.level), words=words)


def table(rows: Iterable[tuple[str, ...]], header: tuple[str, ...]) -> bytes:
    """Return a table for mail merge: CSV in UTF-8, in which no cell begins as a formula does."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULAS) else cell for cell in row] for row in rows)
    return out.getvalue().encode("utf-8", "backslashreplace")


def table_of(done: Iterable[Answered]) -> bytes:
    """Return the table of answered requests: request, answer, epoch, level, words, refused."""
    return table(
        (
            (one.name, one.answer_name, one.epoch, str(one.level or ""), " ".join(one.words), one.refused)
            for one in done
        ),
        ("request", "answer", "epoch", "level", "words", "refused"),
    )

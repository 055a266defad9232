"""What becomes of a folder of requests? Each is answered, or refused with its reason, and nothing is asked.

Two passes: every request is received before any is signed, so that of two different ones under one code neither is.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zk.issuer.issuer import Issuer

REQUEST: Final = ".vmr"
"""How the names of requests end."""
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
        return f"{self.name.removesuffix(REQUEST)}{ANSWER}" if self.response else ""


def requests_in(folder: Path) -> list[Path]:
    """Return the requests that lie in a folder, by name. Raises OSError, or ValueError for more than MAX_REQUESTS."""
    found = sorted(path for path in folder.iterdir() if path.name.endswith(REQUEST) and path.is_file())
    if len(found) > MAX_REQUESTS:
        raise ValueError(f"expected at most {MAX_REQUESTS} requests, got {len(found)}")
    return found


def answers(issuer: Issuer, requests: Iterable[tuple[str, bytes]], *, at: dt.datetime) -> Iterator[Answered]:
    """Answer requests, given by name and octets; give each one's outcome. Raises StorageError."""
    from zk.errors import StorageError, ZkError

    received: list[tuple[str, bytes, tuple[str, ...], str]] = []
    for name, octets in requests:
        if not _is_text(name):
            received.append((name, octets, (), "its file name holds what is no text: give it another one"))
            continue
        try:
            reviewed = issuer.review(octets, at=at)
        except StorageError:
            raise
        except ZkError as error:
            received.append((name, octets, (), str(error)))
        else:
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

"""What is asked and answered in a call by people's hands, and what is remembered of it between two commands?

A question is made by one command and its answer judged by another, so the meeting is kept beside what must not be put
back from a backup: questions with the time of the machine's own monotonic clock, and which voice answered under which
name. A question from before the machine was started last is stale.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from vouchmark.errors import VouchmarkError
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Said
from zk.errors import ZkError

if TYPE_CHECKING:
    from zk.call.answering import Asked
    from zk.call.asking import Asker, Heard, Open
    from zk.call.messages import Meeting
    from zk.profile.issuer_info import IssuerInfo

MAX_MEETING_OCTETS: Final = 16 << 20
"""Octets of what is kept of one meeting."""
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_CALL_ID: Final = re.compile("[a-z2-7]{52}")


class CallsError(VouchmarkError):
    """What is kept of a meeting is not there, or cannot be used."""

    hint = "ask anew with 'vouchmark vouch ask'"


def clock() -> float:
    """Seconds of this machine's monotonic clock, which goes on between processes and, on Linux, in sleep."""
    which = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if which is None else time.clock_gettime(which)


def boot() -> str:
    """By what a start of this machine is told from another; empty where the system has nothing for that."""
    try:
        return _BOOT.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


@dataclass(frozen=True, slots=True)
class Calls:
    """The meetings of which something is kept, one file each, for their owner alone."""

    folder: Path

    @contextmanager
    def meeting(self, meeting: Meeting, issuer: IssuerInfo | None) -> Iterator[Asker]:
        """Give this end's questions in a meeting, and keep what became of them, whatever is raised.

        Raises CallsError (nothing is kept of it, and no issuer given), zk.errors.StorageError, or as `Asker` does.
        """
        from zk.storage.vault import locked

        path = self._path(meeting.call_id)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise CallsError(f"{self.folder}: cannot be made: {error.strerror}") from error
        with locked(path):
            asker = _read(path, meeting, issuer)
            try:
                yield asker
            finally:
                _write(path, asker)

    def find(self, call: str) -> Meeting:
        """Return a meeting in which something was asked, by its call id. Raises CallsError."""
        kept = _load(self._path(call))
        if kept is None or not kept.opened:
            raise CallsError(f"nothing was asked in the call {call[:60]}")
        return kept.opened[-1].challenge.meeting

    def of_answer(self, octets: bytes) -> Meeting:
        """Return the meeting for which an answer says it is.

        Raises CallsError, UnaskedError or as `zk.call.messages.Answer.decode` does.
        """
        from zk.call.messages import Answer
        from zk.call.refusals import UnaskedError
        from zk.profile.presentation import call_id

        kept = _load(self._path(call_id(Answer.decode(octets).meeting)))
        if kept is None or not kept.opened:
            raise UnaskedError("answer: to no question that was asked here")
        return kept.opened[-1].challenge.meeting

    def _path(self, call: str) -> Path:
        if not _CALL_ID.fullmatch(call):
            raise CallsError("a call id has 52 letters and digits")
        return self.folder / f"{call}.json"


class _Kept(NamedTuple):
    issuer: IssuerInfo
    opened: list[Open]
    voices: dict[str, bytes]
    own: bytes | None


def _load(path: Path) -> _Kept | None:
    try:
        with path.open("rb") as file:
            octets = file.read(MAX_MEETING_OCTETS + 1)
        return _kept(json.loads(octets))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CallsError(f"{path}: cannot be read: {error.strerror}") from error
    except (ZkError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CallsError(f"{path}: is not what was written there", hint="remove it, and ask anew") from error


def _kept(value: Any) -> _Kept:
    from zk.call.asking import Open
    from zk.call.messages import Challenge
    from zk.profile.issuer_info import IssuerInfo

    is_now = value["boot"] == boot()
    opened = [
        Open(
            peer=str(each["peer"]),
            challenge=Challenge.decode(bytes.fromhex(each["challenge"])),
            since=float(each["since"]) if is_now else -math.inf,
            spent=bool(each["spent"]),
            newest=bool(each["newest"]),
        )
        for each in value["opened"]
    ]
    return _Kept(
        issuer=IssuerInfo.from_json(value["issuer"].encode(), check_keys=False),
        opened=opened,
        voices={str(name): bytes.fromhex(voice) for name, voice in value["voices"].items()},
        own=None if value["own"] is None else bytes.fromhex(value["own"]),
    )


def _read(path: Path, meeting: Meeting, issuer: IssuerInfo | None) -> Asker:
    from zk.call.asking import Asker

    kept = _load(path)
    if kept is None:
        if issuer is None:
            raise CallsError(f"nothing was asked in the call {meeting.call_id}")
        return Asker(meeting, issuer)
    opened = {each.challenge.nonce: each for each in kept.opened}
    return Asker(meeting, issuer or kept.issuer, opened=opened, voices=kept.voices, own=kept.own)


def _write(path: Path, asker: Asker) -> None:
    from provenance.files.whole_file import whole_file

    opened = [
        {
            "peer": each.peer,
            "challenge": each.challenge.encode().hex(),
            "since": each.since if math.isfinite(each.since) else -1e300,
            "spent": each.spent,
            "newest": each.newest,
        }
        for each in asker.opened.values()
    ]
    kept = {
        "issuer": asker.issuer.to_json().decode(),
        "boot": boot(),
        "opened": opened,
        "voices": {name: voice.hex() for name, voice in asker.voices.items()},
        "own": None if asker.own is None else asker.own.hex(),
    }
    try:
        with whole_file(path, mode=0o600, durable=True, overwrite=True) as file:
            file.write(json.dumps(kept).encode())
    except OSError as error:
        raise CallsError(f"{path}: cannot be written: {error.strerror}") from error


def refusal(error: ZkError) -> Said | None:
    """Say why, in the catalogue's words; None where it is no refusal of a call."""
    return say(error.code) if str(error.code).startswith("call.") else None


def asking(seconds: float) -> list[Said]:
    """What is said beside a challenge, a relay first."""
    return [say("call.relay"), say("call.paste", seconds=int(seconds))]


def agreement(told: Asked) -> list[Said]:
    """What a wallet's owner is told before it answers, a relay first."""
    meeting, info, crowd = told.challenge.meeting, told.issuer, told.crowd
    agree = say(
        "call.agree",
        call=meeting.call_id,
        issuer=info.name,
        id=info.id.hex()[:16],
        level=int(told.level),
        epoch=meeting.epoch,
    )
    return [say("call.relay"), agree, _crowd(crowd)]


def _crowd(crowd: int | None) -> Said:
    return say("call.crowd.unknown") if crowd is None or crowd <= 1 else say("call.crowd", crowd=crowd)


def shown(heard: Heard, words: tuple[str, ...], at: dt.datetime) -> list[Said]:
    """What an answer that holds shows, and what not: a relay first."""
    crowd = heard.issuer.crowd(heard.epoch, heard.level, at=at)
    name, id_ = heard.issuer.name, heard.issuer.id.hex()[:16]
    return [
        say("call.relay"),
        say("call.shown", issuer=name, id=id_, seconds=round(heard.age), epoch=heard.epoch, level=int(heard.level)),
        say("call.again" if heard.again else "call.first", who=heard.peer),
        _crowd(crowd),
        say("call.words", words=" ".join(words)),
        say("call.not_shown"),
    ]

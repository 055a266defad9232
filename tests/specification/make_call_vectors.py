"""How are the vectors of docs/specification/call.md made? By the library, from an issuer and a wallet of its own.

python -m tests.specification.make_call_vectors > docs/specification/call-vectors.json
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.support.people.club import NOVEMBER, club
from tests.support.people.meeting import UNBOUND, meeting_of, wire
from zk.call.answering import Answerer
from zk.call.asking import Asker
from zk.call.messages import Answer, Challenge, Link, Meeting, call_words


def vectors(folder: Path) -> dict[str, Any]:
    """Return fresh vectors; `folder` is empty."""
    made = club(folder)
    wallet = made.member()
    caller, callee = wire()
    meetings = [meeting_of(made.info), meeting_of(made.info)]
    return {
        "issuer_json": made.info.to_json().decode("utf-8"),
        "fingerprints": {"caller": (caller.own or b"").hex(), "callee": (callee.own or b"").hex()},
        "bound": _exchange(made.info, wallet, meetings[0], (caller, callee)),
        "unbound": _exchange(made.info, wallet, meetings[1], UNBOUND),
    }


def _exchange(info: Any, wallet: Any, meeting: Meeting, ends: tuple[Link, Link]) -> dict[str, Any]:
    """A challenge by the caller, and the callee's answer."""
    challenge = Asker(meeting, info).ask("peer", ends[0], now=0, at=NOVEMBER)
    answer = Answerer(wallet, ends[1], lambda _: True).answer(challenge, at=NOVEMBER)
    channel = ends[0].asking(meeting)
    return {
        "host_nonce": meeting.host_nonce.hex(),
        "epoch": meeting.epoch,
        "least_level": int(meeting.least_level),
        "meeting_digest": meeting.digest.hex(),
        "call_id": meeting.call_id,
        "channel": None if channel is None else channel.hex(),
        "challenge": challenge.hex(),
        "challenge_text": Challenge.decode(challenge).text,
        "answer": answer.hex(),
        "answer_text": Answer.decode(answer).text,
        "words": list(call_words(challenge, answer)),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        json.dump(vectors(Path(scratch)), sys.stdout, indent=1, ensure_ascii=False)
        sys.stdout.write("\n")

"""Do the vectors of calls hold by the specification's words alone, and is what the library makes today what it says?"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.specification import reading, reading_call
from tests.specification.make_call_vectors import vectors
from tests.specification.reading import Refused
from tests.support.people.club import NOVEMBER
from zk.call import refusals
from zk.call.asking import BOUND_SECONDS, UNBOUND_SECONDS, Asker, Open
from zk.call.messages import Answer, Challenge, answer_octets, challenge_octets
from zk.profile.personhood import IssuerInfo
from zk.profile.words import word_list

PAGES = Path(__file__).parents[2] / "docs" / "specification"


@pytest.fixture(scope="module", params=["published", "made now"])
def given(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if request.param == "made now":
        return vectors(tmp_path_factory.mktemp("vectors"))
    published: dict[str, Any] = json.loads((PAGES / "call-vectors.json").read_text("utf-8"))
    return published


@pytest.mark.parametrize("mode", ["bound", "unbound"])
def test_challenge_answer_and_words(given: dict[str, Any], mode: str) -> None:
    info, made = reading.issuer(given["issuer_json"]), given[mode]
    asked, answered = bytes.fromhex(made["challenge"]), bytes.fromhex(made["answer"])
    row = reading_call.challenge(asked, info)
    assert row[2] == made["call_id"]
    assert (row[3][1].hex(), row[3][4], row[3][6]) == (made["host_nonce"], made["epoch"], made["least_level"])
    prints = {role: bytes.fromhex(octets) for role, octets in given["fingerprints"].items()}
    expected = reading_call.channel(row[2], row[5], row[6], prints).hex()
    assert made["channel"] == (expected if mode == "bound" else None) == (row[7].hex() if row[7] else None)
    assert reading_call.answer(answered, asked, info)[2].hex() == made["meeting_digest"]
    assert reading_call.spoken(asked, answered, list(word_list())) == made["words"]
    for text, octets in ((made["challenge_text"], asked), (made["answer_text"], answered)):
        body = text.partition(":")[2]
        assert base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)) == octets
        assert len(text) < 1000


@pytest.mark.parametrize("mode", ["bound", "unbound"])
def test_the_library_reads_them_too(given: dict[str, Any], mode: str) -> None:
    made, info = given[mode], IssuerInfo.from_json(given["issuer_json"].encode())
    asked = Challenge.decode(challenge_octets(made["challenge_text"]))
    answer = answer_octets(made["answer_text"])
    opened = {asked.nonce: Open(peer="peer", challenge=asked, since=0.0)}
    heard = Asker(asked.meeting, info, opened=opened).hear("peer", answer, now=5.0, at=NOVEMBER)
    assert heard.pseudonym == Answer.decode(answer).pseudonym


def test_neither_takes_an_answer_to_another_challenge(given: dict[str, Any]) -> None:
    info, made = reading.issuer(given["issuer_json"]), given["bound"]
    row = reading.decode(bytes.fromhex(made["challenge"]))
    assert isinstance(row, list)
    moved = reading.encode([*row[:7], bytes(32)])  # over another connection
    with pytest.raises(Refused):
        reading_call.answer(bytes.fromhex(made["answer"]), moved, info)
    with pytest.raises(Refused):
        reading_call.challenge(reading.encode([*row[:2], "a" * 52, *row[3:]]), info)
    with pytest.raises(Refused):
        reading_call.challenge(reading.encode([*row[:7], None]), info)


def test_the_page_names_every_code_and_both_times() -> None:
    page = (PAGES / "call.md").read_text("utf-8")
    codes = {one.code for one in vars(refusals).values() if getattr(one, "__module__", "") == refusals.__name__}
    assert set(re.findall(r"`(call\.[a-z.]+)`", page)) == codes
    assert f"{UNBOUND_SECONDS:.0f} seconds (`unbound`) or {BOUND_SECONDS:.0f} (`channel`)" in page

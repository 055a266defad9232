"""Is an answer bound to the WebRTC connection over which it came? aiortc against aiortc, on this machine alone."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.people.club import Club, club
from tests.support.people.meeting import CALLEE, CALLER, meeting_of
from vouchmark import call
from zk.call.answering import Answerer
from zk.call.asking import Asker
from zk.call.messages import Challenge, Link
from zk.call.refusals import InvalidAnswerError, OtherChannelError

aiortc = pytest.importorskip("aiortc", reason="aiortc is not installed (extra [call])")


async def connected() -> tuple[Any, Any, Any, Any]:
    """Two peers without any server, and the data channel at either end."""
    near, far = (aiortc.RTCPeerConnection(aiortc.RTCConfiguration(iceServers=[])) for _ in range(2))
    opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    arrived: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    channel = near.createDataChannel("vouchmark")
    channel.on("open", lambda: opened.set_result(None))
    far.on("datachannel", arrived.set_result)
    await near.setLocalDescription(await near.createOffer())
    await far.setRemoteDescription(near.localDescription)
    await far.setLocalDescription(await far.createAnswer())
    await near.setRemoteDescription(far.localDescription)
    await asyncio.wait_for(asyncio.gather(opened, arrived), 60)
    return near, far, channel, arrived.result()


@pytest.fixture
def clubhouse(tmp_path: Path) -> Club:
    made = club(tmp_path)
    made.rotate(dt.datetime.now(dt.UTC), after_gap=True)
    return made


def asker_of(made: Club) -> Asker:
    return Asker(meeting_of(made.info, at=dt.datetime.now(dt.UTC)), made.info)


def test_an_honest_call_binds_and_is_renewed(clubhouse: Club) -> None:
    ben = clubhouse.member("ben", dt.datetime.now(dt.UTC))

    async def run() -> None:
        near, far, here, there = await connected()
        links = call.link_of(near, CALLER), call.link_of(far, CALLEE)
        assert (links[0].own, links[0].peer) == (links[1].peer, links[1].own)
        call.Talk(there, links[1], peer="anna", answerer=Answerer(ben, links[1], lambda _: True))
        talk = call.Talk(here, links[0], peer="ben", asker=asker_of(clubhouse))
        assert [(await talk.ask()).again for _ in range(3)] == [False, True, True]
        await asyncio.gather(near.close(), far.close())

    asyncio.run(run())


@pytest.mark.parametrize("rewrites", [False, True], ids=["forwards", "rewrites"])
def test_whoever_ends_the_encryption_in_the_middle_is_refused(
    clubhouse: Club, rewrites: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mallory sits between Anna and Ben with a connection to each, and passes on, or rewrites, what they send."""
    ben = clubhouse.member("ben", dt.datetime.now(dt.UTC))
    monkeypatch.setattr(call, "BOUND_SECONDS", 3.0)

    async def run() -> None:
        anna, mallory_1, here, middle_1 = await connected()
        mallory_2, far, middle_2, there = await connected()
        links = call.link_of(anna, CALLER), call.link_of(far, CALLEE)
        to_ben: Link = call.link_of(mallory_2, CALLER)

        def pass_on(message: bytes) -> None:
            asked = Challenge.decode(message)
            middle_2.send(replace(asked, channel=to_ben.asking(asked.meeting)).encode() if rewrites else message)

        middle_1.on("message", pass_on)
        middle_2.on("message", middle_1.send)
        bens = call.Talk(there, links[1], peer="anna", answerer=Answerer(ben, links[1], lambda _: True))
        talk = call.Talk(here, links[0], peer="ben", asker=asker_of(clubhouse))
        with pytest.raises(InvalidAnswerError if rewrites else call.StaleError):
            await talk.ask()
        assert [type(error) for error in bens.refused] == ([] if rewrites else [OtherChannelError])
        await asyncio.gather(*(each.close() for each in (anna, mallory_1, mallory_2, far)))

    asyncio.run(run())


def test_there_is_no_link_before_the_handshake() -> None:
    async def run() -> None:
        connection = aiortc.RTCPeerConnection(aiortc.RTCConfiguration(iceServers=[]))
        connection.createDataChannel("vouchmark")
        with pytest.raises(call.NotConnectedError):
            call.link_of(connection, CALLER)
        await connection.close()

    asyncio.run(run())

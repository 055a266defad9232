"""How does a program ask over its own WebRTC connection whether a person answers at its other end? (extra `[call]`)

Fingerprints are those of the certificates that the DTLS transport used, never of the signalling; messages travel in a
data channel of that very connection.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from typing import TYPE_CHECKING

from vouchmark.errors import VouchmarkError
from zk.call.asking import BOUND_SECONDS
from zk.call.messages import Link, Role
from zk.call.refusals import StaleError
from zk.errors import ZkError

if TYPE_CHECKING:
    from aiortc import RTCDataChannel, RTCPeerConnection

    from zk.call.answering import Answerer
    from zk.call.asking import Asker, Heard


class NotConnectedError(VouchmarkError):
    """The connection has no transport yet whose both certificates are known."""

    code = "call-not-connected"
    hint = "wait until the connection is connected, and a data channel is open"


def link_of(connection: RTCPeerConnection, role: Role) -> Link:
    """Return this end's own view of a connection, from its transport alone.

    Raises NotConnectedError.
    """
    from cryptography.hazmat.primitives.hashes import SHA256

    sctp = connection.sctp
    transport = None if sctp is None else sctp.transport
    session = None if transport is None else transport._ssl
    if transport is None or session is None or transport.state != "connected":
        raise NotConnectedError("connection: is not connected")
    shown = session.get_peer_certificate(as_cryptography=True)
    own = next((each.value for each in transport.getLocalParameters().fingerprints if each.algorithm == "sha-256"), "")
    if shown is None or not own:
        raise NotConnectedError("connection: a certificate is not known")
    return Link(role=role, own=bytes.fromhex(own.replace(":", "")), peer=shown.fingerprint(SHA256()))


class Talk:
    """Questions and answers over one data channel. Answers come from `answerer`, where there is one."""

    def __init__(
        self,
        channel: RTCDataChannel,
        link: Link,
        *,
        peer: str,
        asker: Asker | None = None,
        answerer: Answerer | None = None,
    ) -> None:
        """Listen on the channel; `link` is that of the connection on which it lies."""
        self._channel, self._link, self._peer = channel, link, peer
        self._asker, self._answerer = asker, answerer
        self._waiting: asyncio.Future[Heard] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.refused: list[ZkError] = []
        """Why challenges of the far end were not answered, newest last; the last hundred."""
        channel.on("message", self._received)

    async def ask(self) -> Heard:
        """Ask the far end, and say what its answer shows.

        Raises an error of `zk.call.refusals`: StaleError where none comes in time.
        """
        if self._asker is None:
            raise NotConnectedError("talk: has nobody who asks")
        challenge = self._asker.ask(self._peer, self._link, now=time.monotonic(), at=dt.datetime.now(dt.UTC))
        self._waiting = asyncio.get_running_loop().create_future()
        self._channel.send(challenge)
        try:
            return await asyncio.wait_for(self._waiting, BOUND_SECONDS)
        except TimeoutError:
            raise StaleError(f"answer: none came within {BOUND_SECONDS:.0f} seconds") from None
        finally:
            self._waiting = None

    def _received(self, message: bytes | str) -> None:
        if not isinstance(message, bytes):
            return
        if b"vouchmark-challenge/" in message[:32]:
            task = asyncio.ensure_future(self._answer(message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif self._asker is not None and self._waiting is not None and not self._waiting.done():
            try:
                now = time.monotonic()
                self._waiting.set_result(self._asker.hear(self._peer, message, now=now, at=dt.datetime.now(dt.UTC)))
            except ZkError as error:
                self._waiting.set_exception(error)

    async def _answer(self, challenge: bytes) -> None:
        """Let the wallet answer, in a thread: its owner may have to be asked."""
        if self._answerer is None:
            return
        try:
            made = await asyncio.to_thread(self._answerer.answer, challenge, at=dt.datetime.now(dt.UTC))
        except ZkError as error:
            self.refused = [*self.refused, error][-100:]
            return
        if self._channel.readyState == "open":
            self._channel.send(made)

"""How is a file of strangers signed where the engine that parses it never comes near the key?

The engine runs in a child process with a time and a memory limit. It hands out what is to be signed, once, and gets the
signature back; then it hands out the result, which nobody believes before it has been read again. `--in-process` does
the same without a child.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, Final

import msgspec
from msgspec import Struct

from provenance.credentials.errors import CredentialsError, UnsupportedCredentialsError
from provenance.credentials.signing.c2pa_sign import SigningError, SigningKey, Source, sign_by_engine
from provenance.credentials.signing.time_stamping import relayed
from provenance.credentials.trust.settings import TrustSettings
from provenance.reasons import Reason
from provenance.workers import tasks, wire, worker
from provenance.workers.process import WorkerProcess

SECONDS: Final = 90.0
"""For one file, the exchange with a time-stamping authority included; the largest files take seconds."""
MEMORY: Final = 3 * 1024 * 1024 * 1024
"""Bytes for the child beyond its loaded engine: a file of 512 MiB, its copy and the result."""
MAX_MEDIA: Final = wire.MAX_FRAME - 16 * 1024 * 1024
"""Bytes of a file that a child signs: with its new manifest it must fit into one frame."""

_ORDER: Final = b"O"
_MEDIA: Final = b"M"
_TO_SIGN: Final = b"S"
_SIGNATURE: Final = b"A"
_RESULT: Final = b"D"
_REFUSAL: Final = b"E"
_UNSUPPORTED: Final = b"U"
_HERE: Final = "127.0.0.1"


class Order(Struct, frozen=True, kw_only=True):
    """What is to be made of some media, all but the private key: the media itself is the one ingredient."""

    media_type: str
    manifest: bytes
    """The engine's manifest definition, JSON."""
    title: str
    """Of the ingredient."""
    instance_id: str = ""
    """By which actions of the manifest name it."""
    is_update: bool
    """Whether an update manifest is made, or a first one."""
    algorithm: str
    certificates: tuple[bytes, ...]
    trust: TrustSettings
    seconds: float = SECONDS
    stamps: str = ""
    """Address on this machine where a time stamp is had; empty without one."""


def order_for(
    manifest: Mapping[str, Any],
    key: SigningKey,
    *,
    media_type: str,
    title: str,
    is_update: bool,
    trust: TrustSettings | None,
    instance_id: str = "",
) -> Order:
    """An order in terms of `c2pa_sign`."""
    return Order(
        media_type=media_type,
        manifest=json.dumps(manifest).encode(),
        title=title,
        instance_id=instance_id,
        is_update=is_update,
        algorithm=key.algorithm,
        certificates=key.certificates,
        trust=trust or TrustSettings(),
    )


def carry_out(order: Order, data: bytes, key: SigningKey, *, authority: str = "", apart: bool = True) -> bytes:
    """The signed media, as the engine gave it: to be read again before anybody relies on it.

    Args:
        order: What to do.
        data: The media.
        key: Who signs.
        authority: Address of a time-stamping authority, the one place that is asked; none where empty.
        apart: Whether the engine runs in a child process.

    Raises:
        UnsupportedCredentialsError: An algorithm or media type that cannot be signed.
        SigningError: The engine refused, or did not come to an end.
        TimeStampFetchError: The authority gave no time stamp.
    """
    run = _apart if apart else _here
    if not authority:
        return run(order, data, key.sign)
    with relayed(authority) as relay:
        try:
            return run(msgspec.structs.replace(order, stamps=relay.url), data, key.sign)
        except SigningError:
            relay.complain()
            raise


def _here(order: Order, data: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    source = Source(data=data, media_type=order.media_type, title=order.title, instance_id=order.instance_id)
    return sign_by_engine(
        data,
        order.media_type,
        json.loads(order.manifest),
        key=SigningKey(algorithm=order.algorithm, certificates=order.certificates, sign=sign),
        is_update=order.is_update,
        sources=[source],
        trust=order.trust,
        authority=order.stamps,
    )


def _apart(order: Order, data: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """The same in a child process."""
    if len(data) > MAX_MEDIA:
        raise SigningError(f"got a file of {len(data)} bytes, expected at most {MAX_MEDIA}")
    process = WorkerProcess(memory=MEMORY, module="provenance.credentials.signing.apart")
    timer = threading.Timer(order.seconds, process.kill, ["time-limit"])
    timer.daemon = True
    timer.start()
    broken = False
    try:
        return _converse(process.stdin, process.stdout, order, data, sign)
    except (OSError, wire.BrokenWireError):
        broken = True
    finally:
        timer.cancel()
        if not broken:
            process.kill(Reason.CLOSED)
        reason = process.reap()
    raise SigningError(f"the engine did not come to an end ({reason})")


def _converse(stdin: BinaryIO, stdout: BinaryIO, order: Order, data: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """Hand over the order and the media, sign what comes back, once, and take the result."""
    stdin.write(wire.frame(_ORDER, msgspec.msgpack.encode(order)))
    stdin.write(wire.frame(_MEDIA, data))
    stdin.flush()
    asked = 0
    while received := wire.read_frame(stdout):
        kind, content = received
        if kind == _RESULT:
            return content
        if kind == _UNSUPPORTED:
            raise UnsupportedCredentialsError(_words(content))
        if kind == _REFUSAL:
            raise SigningError(_words(content))
        asked += 1
        if kind != _TO_SIGN or asked > 1:
            # A child that a file has taken over is no oracle: one file, one signature.
            raise SigningError("the engine asked for more than the one signature")
        stdin.write(wire.frame(_SIGNATURE, sign(content)))
        stdin.flush()
    raise wire.BrokenWireError("the child ended without a result")


def _words(content: bytes) -> str:
    return content[:1000].decode("utf-8", "replace")


def main() -> None:
    """Carry out one order, in the child. Arguments: the memory limit in bytes."""
    source, target = worker.own_pipes()
    # The engine takes proxies from the environment, and none of them leads to this machine.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = _HERE
    room = worker.Room(int(sys.argv[-1]))
    room.load(tasks.ENGINE)
    room.limit()
    with contextlib.suppress(BrokenPipeError, wire.BrokenWireError):
        order = msgspec.msgpack.decode(_expect(source, _ORDER), type=Order)
        worker.alarm(order.seconds)
        data = _expect(source, _MEDIA)

        def ask(content: bytes) -> bytes:
            worker.send(target, wire.frame(_TO_SIGN, content))
            return _expect(source, _SIGNATURE)

        worker.send(target, wire.frame(*_outcome(order, data, ask)))


def _outcome(order: Order, data: bytes, ask: Callable[[bytes], bytes]) -> tuple[bytes, bytes]:
    try:
        return _RESULT, _here(order, data, ask)
    except UnsupportedCredentialsError as error:
        return _UNSUPPORTED, str(error).encode()
    except CredentialsError as error:
        return _REFUSAL, str(error).encode()
    except MemoryError:
        return _REFUSAL, b"not enough memory to sign this file"


def _expect(source: BinaryIO, wanted: bytes) -> bytes:
    received = wire.read_frame(source)
    if received is None or received[0] != wanted:
        raise wire.BrokenWireError("got another frame than expected")
    return received[1]

"""Does the engine sign in a process of its own, which gets one signature, a limited time, and never the key?"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Final

import msgspec
import pytest

from provenance.credentials.engines import c2pa_rs
from provenance.credentials.engines.model import State
from provenance.credentials.errors import UnsupportedCredentialsError
from provenance.credentials.signing import apart as sign_apart
from provenance.credentials.signing.apart import Order, carry_out, order_for
from provenance.credentials.signing.c2pa_sign import SigningError, SigningKey
from provenance.credentials.signing.time_stamping import TimeStampFetchError
from provenance.workers import wire
from provenance.workers.process import WorkerProcess
from tests.support import authority as made
from tests.support.media.crafting import make_authority
from tests.support.tsa import serving

ROOT: Final = made.make_root()
SIGNER: Final = made.make_signer(ROOT)
TRUST: Final = made.store_of(made.list_of(ROOT)).settings()
SIGNED: Final = made.sign(SIGNER)
MANIFEST: Final = {"claim_generator_info": [{"name": "Test", "version": "1"}], "assertions": []}


def an_order(media_type: str = "image/jpeg", *, manifest: Any = MANIFEST, key: SigningKey | None = None) -> Order:
    key = key or SIGNER.signing_key()
    return order_for(manifest, key, media_type=media_type, title="before", is_update=True, trust=TRUST)


def carried_out(data: bytes = SIGNED, order: Order | None = None, **options: Any) -> bytes:
    return carry_out(order or an_order(), data, SIGNER.signing_key(), **options)


@pytest.mark.parametrize("apart", [True, False])
def test_the_media_comes_back_with_an_update_over_what_it_carried(apart: bool) -> None:
    reading = c2pa_rs.read(carried_out(apart=apart), "image/jpeg", trust=TRUST)
    assert reading.state is State.TRUSTED
    assert reading.store is not None
    assert reading.store.active.is_update
    assert [one.title for one in reading.store.active.ingredients] == ["before"]


@pytest.mark.parametrize("apart", [True, False])
@pytest.mark.parametrize("proxy", ["", "http://127.0.0.1:1"])
def test_a_time_stamp_is_had_through_this_process_alone(
    apart: bool, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    if proxy:
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("ALL_PROXY", proxy)
    with serving(make_authority(made.make_root("Time")), made.NOW) as authority:
        reading = c2pa_rs.read(carried_out(authority=authority.url, apart=apart), "image/jpeg")
        assert reading.store is not None
        assert reading.store.active.timestamp is not None
        assert len(authority.asked) == 1
        authority.how = "error"
        with pytest.raises(TimeStampFetchError, match="HTTP status 503"):
            carried_out(authority=authority.url, apart=apart)


@pytest.mark.parametrize("apart", [True, False])
def test_a_refusal_is_the_engines_own(apart: bool) -> None:
    with pytest.raises(SigningError, match="the engine refused to sign"):
        carried_out(b"no picture", apart=apart)
    with pytest.raises(SigningError, match="the engine refused to sign"):
        carried_out(order=an_order(manifest={"assertions": 1}), apart=apart)
    with pytest.raises(SigningError, match="the engine refused to sign"):
        carried_out(order=an_order("text/plain"), apart=apart)
    odd = SigningKey(algorithm="es256k", certificates=SIGNER.chain, sign=SIGNER.sign)
    with pytest.raises(UnsupportedCredentialsError, match="es256k"):
        carried_out(order=an_order(key=odd), apart=apart)


def test_what_the_key_itself_refuses_comes_through() -> None:
    def locked(_: bytes) -> bytes:
        raise PermissionDeniedError("the token is locked")

    key = SigningKey(algorithm="es256", certificates=SIGNER.chain, sign=locked)
    with pytest.raises(PermissionDeniedError):
        carry_out(an_order(), SIGNED, key)


class PermissionDeniedError(Exception):
    """What some key says."""


def test_a_child_that_takes_too_long_is_ended() -> None:
    order = msgspec.structs.replace(an_order(), seconds=0.01)
    with pytest.raises(SigningError, match="time-limit"):
        carried_out(order=order)


def test_a_child_that_dies_is_said_to_have(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[WorkerProcess] = []

    class Watched(WorkerProcess):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            seen.append(self)

    def kill(_: bytes) -> bytes:
        seen[0]._process.kill()
        seen[0]._process.wait()
        return b"signature"

    monkeypatch.setattr(sign_apart, "WorkerProcess", Watched)
    key = SigningKey(algorithm="es256", certificates=SIGNER.chain, sign=kill)
    with pytest.raises(SigningError, match=r"did not come to an end \(crash\)"):
        carry_out(an_order(), SIGNED, key)
    assert seen[0]._process.returncode is not None


def test_a_file_of_many_megabytes_is_signed() -> None:
    import os

    from tests.support.authority import join_jpeg, jpeg_segment, jpeg_segments

    segments, scan = jpeg_segments(made.picture())
    filler = [jpeg_segment(0xFE, os.urandom(65_000)) for _ in range(500)]
    data = made.sign(SIGNER, join_jpeg([*segments, *filler], scan))
    assert len(data) > 32_000_000
    assert len(carried_out(data)) > len(data)


def test_a_file_that_the_child_could_not_hand_back_is_refused_before_it_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sign_apart, "MAX_MEDIA", len(SIGNED) - 1)
    with pytest.raises(SigningError, match="expected at most"):
        carried_out()


# A child that a file has taken over.


def converse(*frames: bytes, sign: Callable[[bytes], bytes] = SIGNER.sign) -> bytes:
    return sign_apart._converse(io.BytesIO(), io.BytesIO(b"".join(frames)), an_order(), SIGNED, sign)


def test_a_child_gets_one_signature_and_no_second_one() -> None:
    signed: list[bytes] = []

    def sign(content: bytes) -> bytes:
        signed.append(content)
        return b"signature"

    one, two = wire.frame(b"S", b"one"), wire.frame(b"S", b"two")
    with pytest.raises(SigningError, match="more than the one"):
        converse(one, two, wire.frame(b"D", b"result"), sign=sign)
    assert signed == [b"one"]
    assert converse(one, wire.frame(b"D", b"result"), sign=sign) == b"result"


@pytest.mark.parametrize(
    "frames",
    [(), (b"D",), (b"\0" * 9,), (b"S\xff\xff\xff\xff\xff\xff\xff\xff",), (wire.frame(b"S", b"x")[:-1],)],
)
def test_a_child_that_says_nothing_or_breaks_off_is_no_result(frames: tuple[bytes, ...]) -> None:
    with pytest.raises((wire.BrokenWireError, SigningError)):
        converse(*frames)


def test_a_child_cannot_make_this_process_say_much() -> None:
    with pytest.raises(SigningError) as caught:
        converse(wire.frame(b"E", b"x" * 100_000))
    assert len(str(caught.value)) <= 1000


def test_the_child_never_sees_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    with pytest.raises(wire.BrokenWireError):
        sign_apart._converse(written, io.BytesIO(), an_order(), SIGNED, SIGNER.sign)
    number = SIGNER.key.private_numbers().private_value.to_bytes(32, "big")
    assert SIGNER.der in written.getvalue()
    assert number not in written.getvalue()

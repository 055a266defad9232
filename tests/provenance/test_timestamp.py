"""Is a time believed only where a listed authority stamped exactly this signature?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from provenance.credentials.cose import parse_sign1
from provenance.credentials.timestamp import StampAssessment, assess_time
from provenance.credentials.trust_lists import ListKind
from provenance.credentials.trust_view import Label, TrustView, view_of
from tests.authority import DAY, NOW, OCSP_SIGNING, TIME_STAMPING, Identity, list_of, make_root, make_signer, store_of
from tests.provenance.crafting import cose, make_authority, stamper

CLAIM = b"\xa1\x61a\x01"
ROOT = make_root()
SIGNER = make_signer(ROOT)
TSA_ROOT = make_root("Time")
TSA = make_authority(TSA_ROOT)
LISTED = view_of(store_of(list_of(TSA_ROOT, kind=ListKind.TSA)))
THEN = NOW - dt.timedelta(hours=3)


def assess(
    stamp: Callable[[bytes], bytes] | None, trust: TrustView = LISTED, *, version: int = 2, **options: Any
) -> StampAssessment:
    built = cose(SIGNER, CLAIM, stamp=stamp, stamp_version=version, **options)
    return assess_time(parse_sign1(built), CLAIM, trust)


@pytest.mark.parametrize("version", [1, 2])
def test_a_listed_authority_is_believed(version: int) -> None:
    found = assess(stamper(TSA, THEN), version=version)
    assert found.codes == ("timeStamp.validated", "timeStamp.trusted")
    assert found.time == THEN
    assert found.label is Label.YOURS


@pytest.mark.parametrize("version", [1, 2])
def test_an_unlisted_authority_is_named_and_not_believed(version: int) -> None:
    found = assess(stamper(TSA, THEN), TrustView(), version=version)
    assert found.codes == ("timeStamp.validated", "timeStamp.untrusted")
    assert found.time == THEN
    assert not found.is_trusted


@pytest.mark.parametrize("kind", [ListKind.SIGNER, ListKind.CAWG])
def test_a_root_on_another_kind_of_list_vouches_for_no_time(kind: ListKind) -> None:
    assert not assess(stamper(TSA, THEN), view_of(store_of(list_of(TSA_ROOT, kind=kind)))).is_trusted


def test_a_stamp_of_other_bytes_is_a_mismatch() -> None:
    assert assess(stamper(TSA, THEN, imprint=bytes(32))).codes == ("timeStamp.mismatch",)


def test_a_stamp_moved_to_another_signature_is_a_mismatch() -> None:
    taken: list[bytes] = []

    def keep(message: bytes) -> bytes:
        taken.append(stamper(TSA, THEN)(message))
        return taken[-1]

    assess(keep)
    assert assess(lambda _: taken[0]).codes == ("timeStamp.mismatch",)


def test_a_stamp_of_the_claim_does_not_pass_for_one_of_the_signature() -> None:
    built = cose(SIGNER, CLAIM, stamp=stamper(TSA, THEN), stamp_version=1)
    renamed = built.replace(b"\x66sigTst", b"\x67sigTst2", 1)
    assert assess_time(parse_sign1(renamed), CLAIM, LISTED).codes == ("timeStamp.mismatch",)


def test_a_changed_time_is_a_mismatch() -> None:
    def changed(message: bytes) -> bytes:
        token = stamper(TSA, THEN)(message)
        return token.replace(THEN.strftime("%Y%m%d%H%M").encode(), b"202001010000", 1)

    assert assess(changed).codes == ("timeStamp.mismatch",)


def test_a_forged_signature_of_the_authority_is_a_mismatch() -> None:
    impostor = Identity(certificate=TSA.certificate, key=make_signer(ROOT).key, algorithm="es256", issuer=TSA.issuer)
    assert assess(stamper(impostor, THEN)).codes == ("timeStamp.mismatch",)


@pytest.mark.parametrize("purposes", [None, (OCSP_SIGNING,), (TIME_STAMPING, OCSP_SIGNING)])
def test_an_authority_without_exactly_that_purpose_is_not_believed(purposes: tuple[str, ...] | None) -> None:
    authority = make_authority(TSA_ROOT, purposes=purposes)
    assert assess(stamper(authority, THEN)).codes == ("timeStamp.validated", "timeStamp.untrusted")


def test_an_authority_expired_since_is_fine() -> None:
    old = make_authority(TSA_ROOT, start=NOW - DAY, end=NOW - dt.timedelta(hours=2))
    assert assess(stamper(old, THEN)).is_trusted


@pytest.mark.parametrize("at", [NOW - 2 * DAY, NOW - dt.timedelta(hours=1)])
def test_an_authority_not_valid_when_it_stamped_is_not_believed(at: dt.datetime) -> None:
    old = make_authority(TSA_ROOT, start=NOW - DAY, end=NOW - dt.timedelta(hours=2))
    assert assess(stamper(old, at)).codes == ("timeStamp.validated", "timeStamp.outsideValidity")


def test_two_stamps_are_no_time() -> None:
    two = {"sigTst2": {"tstTokens": [{"val": stamper(TSA, THEN)(b"x")}, {"val": stamper(TSA, THEN)(b"y")}]}}
    assert assess(None, unprotected=two).codes == ("timeStamp.malformed",)


@pytest.mark.parametrize("token", [b"", b"\x30\x00", b"\x30\x80" * 500, b"no asn.1 at all", bytes(300_000)])
def test_bytes_that_are_no_stamp_are_malformed(token: bytes) -> None:
    assert assess(lambda _: token, room=0).codes == ("timeStamp.malformed",)


def test_no_cut_of_a_stamp_escapes_as_an_error() -> None:
    token = stamper(TSA, THEN)(b"x")
    for end in range(0, len(token), 7):
        assert not assess(lambda _, end=end: token[:end]).is_trusted  # type: ignore[misc]


def test_no_flipped_byte_of_a_stamp_is_believed_with_another_time() -> None:
    kept: list[bytes] = []

    def keep(message: bytes) -> bytes:
        kept.append(stamper(TSA, THEN)(message))
        return kept[0]

    built = cose(SIGNER, CLAIM, stamp=keep)
    start = built.index(kept[0])
    for place in range(0, len(kept[0]), 5):
        changed = bytearray(built)
        changed[start + place] ^= 0x55
        found = assess_time(parse_sign1(bytes(changed)), CLAIM, LISTED)
        assert not found.is_trusted or found.time == THEN


def test_a_stamp_that_a_later_manifest_keeps_is_believed() -> None:
    sign1 = parse_sign1(cose(SIGNER, CLAIM))
    import cbor2

    structure = cbor2.dumps(["CounterSignature", sign1.protected, b"", cbor2.dumps(sign1.signature)])
    for message in (structure, sign1.signature):
        found = assess_time(sign1, CLAIM, LISTED, later=(stamper(TSA, THEN)(message),))
        assert found.is_trusted


def test_without_a_stamp_there_is_nothing() -> None:
    found = assess(None)
    assert found.codes == ()
    assert not found.is_present

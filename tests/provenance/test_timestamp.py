"""Is a time believed only where a listed authority stamped exactly this signature?"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from provenance.credentials.certificates.time_trust import Doubt, StampAssessment, assess_time
from provenance.credentials.cose import parse_sign1, signed_bytes, verify_claim
from provenance.credentials.trust.distrust import DistrustEntry
from provenance.credentials.trust.lists import ListKind
from provenance.credentials.trust.view import Label, TrustView, view_of
from tests.provenance.chains import signed_anew
from tests.support.authority import (
    DAY,
    NOW,
    OCSP_SIGNING,
    TIME_STAMPING,
    Identity,
    certify,
    list_of,
    make_root,
    make_signer,
    name_of,
    store_of,
)
from tests.support.media.crafting import cose, make_authority, stamper

CLAIM = b"\xa1\x61a\x01"
ROOT = make_root()
SIGNER = make_signer(ROOT)
TSA_ROOT = make_root("Time")
TSA = make_authority(TSA_ROOT)
LISTED = view_of(store_of(list_of(TSA_ROOT, kind=ListKind.TSA)))
THEN = NOW - dt.timedelta(hours=3)


def assess(
    stamp: Callable[[bytes], bytes] | None,
    trust: TrustView = LISTED,
    *,
    version: int = 2,
    at: dt.datetime = NOW,
    **options: Any,
) -> StampAssessment:
    built = cose(SIGNER, CLAIM, stamp=stamp, stamp_version=version, **options)
    return assess_time(parse_sign1(built), CLAIM, trust, at=at)


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


@pytest.mark.parametrize("listed", [TSA_ROOT, TSA], ids=["by its authority", "itself"])
@pytest.mark.parametrize("distrusted", [TSA, TSA_ROOT])
def test_a_distrusted_authority_is_not_believed_however_it_is_listed(listed: Identity, distrusted: Identity) -> None:
    entry = DistrustEntry(sha256=hashlib.sha256(distrusted.der).hexdigest())
    lists = list_of(listed, kind=ListKind.TSA)
    assert assess(stamper(TSA, THEN), view_of(store_of(lists))).is_trusted
    found = assess(stamper(TSA, THEN), view_of(store_of(lists, distrust=(entry,))))
    # What stands on no path to the list that names the authority itself is not asked about.
    assert found.is_trusted is (listed is TSA and distrusted is TSA_ROOT)
    assert found.doubt is (Doubt.NONE if found.is_trusted else Doubt.DISTRUSTED)


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
    assert assess_time(parse_sign1(renamed), CLAIM, LISTED, at=NOW).codes == ("timeStamp.mismatch",)


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


@pytest.mark.parametrize("above", [{"start": NOW - 9 * DAY, "end": NOW - 5 * DAY}, {"start": NOW + DAY}])
def test_why_a_listed_authority_is_not_believed_is_told_apart(above: dict[str, Any]) -> None:
    then = NOW - 2 * DAY
    late = make_authority(TSA_ROOT, start=NOW - 9 * DAY, end=NOW - 5 * DAY)
    found = assess(stamper(late, then))
    assert (found.doubt, found.is_authority_outside) == (Doubt.OUTSIDE, True)
    root = make_root("Time", start=NOW - 99 * DAY)
    middle = certify({"O": "T", "CN": "M"}, issuer=root, is_authority=True, **above)
    below = make_authority(middle, start=NOW - 99 * DAY)
    trust = view_of(store_of(list_of(middle, kind=ListKind.TSA)))
    found = assess(stamper(below, then), trust)
    assert found.codes == ("timeStamp.validated", "timeStamp.outsideValidity")
    assert (found.doubt, found.is_authority_outside) == (Doubt.OUTSIDE, False)
    assert assess(stamper(TSA, THEN), TrustView()).doubt is Doubt.UNLISTED
    assert assess(stamper(TSA, THEN)).doubt is Doubt.NONE


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("listed", [TSA_ROOT, TSA], ids=["by its authority", "itself"])
def test_a_stamp_later_than_the_instant_asked_for_is_not_believed(version: int, listed: Identity) -> None:
    trust = view_of(store_of(list_of(listed, kind=ListKind.TSA)))
    for at, late in (
        (THEN - DAY, True),
        (THEN - dt.timedelta(seconds=1), True),
        (THEN, False),
        (THEN + dt.timedelta(seconds=1), False),
    ):
        found = assess(stamper(TSA, THEN), trust, version=version, at=at)
        assert found.time == THEN
        assert found.is_trusted is not late
        assert found.doubt is (Doubt.LATER if late else Doubt.NONE)
        assert found.codes == ("timeStamp.validated", *(() if late else ("timeStamp.trusted",)))
    assert assess(stamper(TSA, THEN), TrustView(), version=version, at=THEN - DAY).doubt is Doubt.UNLISTED


def test_a_kept_stamp_from_before_counts_where_the_stapled_one_is_later() -> None:
    sign1 = parse_sign1(cose(SIGNER, CLAIM, stamp=stamper(TSA, NOW + DAY)))
    kept = stamper(TSA, THEN)(sign1.signature)
    found = assess_time(sign1, CLAIM, LISTED, at=NOW, later=(kept,))
    assert (found.time, found.is_trusted, found.is_kept) == (THEN, True, True)
    assert assess_time(sign1, CLAIM, LISTED, at=NOW).doubt is Doubt.LATER


@pytest.mark.parametrize("curve", [ec.SECP192R1, ec.SECP224R1, ec.SECP256K1, ec.BrainpoolP256R1])
@pytest.mark.parametrize("place", ["root", "middle", "authority"])
def test_an_authority_with_a_weak_key_on_its_path_is_not_believed(curve: type[ec.EllipticCurve], place: str) -> None:
    weak = ec.generate_private_key(curve())
    root = make_root("Time", key=weak if place == "root" else None)
    middle = certify({"O": "T", "CN": "M"}, issuer=root, is_authority=True, key=weak if place == "middle" else None)
    authority = make_authority(middle, key=weak if place == "authority" else None)
    listed = view_of(store_of(list_of(root, middle, kind=ListKind.TSA)))
    found = assess(stamper(authority, THEN), listed)
    assert found.time == THEN
    assert found.is_trusted is (place == "root")  # the one between is listed too, and nobody relies on what is above it
    itself = assess(stamper(authority, THEN), view_of(store_of(list_of(authority, kind=ListKind.TSA))))
    assert itself.doubt is (Doubt.WEAK if place == "authority" else Doubt.NONE)


def test_an_authority_itself_listed_whose_certificate_was_signed_with_sha_1_is_not_believed() -> None:
    authority = signed_anew(TSA, hashes.SHA1)
    found = assess(stamper(authority, THEN), view_of(store_of(list_of(authority, kind=ListKind.TSA))))
    assert (found.is_trusted, found.doubt) == (False, Doubt.WEAK)


@pytest.mark.parametrize(("organisation", "right"), [("Test Time", True), ("Test", False)])
def test_an_authority_is_held_to_the_names_that_its_root_allows(organisation: str, right: bool) -> None:
    only = x509.NameConstraints([x509.DirectoryName(name_of({"O": organisation}))], None)
    root = make_root("Time", extra=[(only, True)])
    found = assess(stamper(make_authority(root), THEN), view_of(store_of(list_of(root, kind=ListKind.TSA))))
    assert found.is_trusted is right


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
        found = assess_time(parse_sign1(bytes(changed)), CLAIM, LISTED, at=NOW)
        assert not found.is_trusted or found.time == THEN


def test_a_stamp_that_a_later_manifest_keeps_is_believed() -> None:
    sign1 = parse_sign1(cose(SIGNER, CLAIM))
    import cbor2

    structure = cbor2.dumps(["CounterSignature", sign1.protected, b"", cbor2.dumps(sign1.signature)])
    for message in (structure, sign1.signature):
        found = assess_time(sign1, CLAIM, LISTED, at=NOW, later=(stamper(TSA, THEN)(message),))
        assert found.is_trusted


def test_without_a_stamp_there_is_nothing() -> None:
    found = assess(None)
    assert found.codes == ()
    assert not found.is_present


def test_a_stamp_over_a_signature_whose_key_nobody_signed_is_never_trusted() -> None:
    """An old stamp over any signature could be given a key of today, under which it belongs to a claim of today."""
    loose = {"header": {1: -7}, "unprotected": {33: list(SIGNER.chain)}}
    for version, trusted in ((1, True), (2, False)):
        built = cose(SIGNER, CLAIM, stamp=stamper(TSA, THEN), stamp_version=version, **loose)
        found = assess_time(parse_sign1(built), CLAIM, LISTED, at=NOW)
        assert found.time == THEN
        assert found.is_trusted is trusted
        assert (found.label is Label.UNKNOWN) is not trusted
    sign1 = parse_sign1(cose(SIGNER, CLAIM, **loose))
    kept = assess_time(sign1, CLAIM, LISTED, at=NOW, later=(stamper(TSA, THEN)(sign1.signature),))
    assert (kept.time, kept.is_trusted, kept.doubt) == (THEN, False, Doubt.LOOSE)


def test_an_old_stamp_does_not_make_a_claim_of_today_old() -> None:
    """The attack itself: a signature that was stamped long ago, and the key that makes it one over another claim."""
    old = parse_sign1(cose(SIGNER, b"nothing", header={1: -7}, unprotected={33: list(SIGNER.chain)}))
    stamped = old.signature
    recovered = _recover(stamped, signed_bytes(old, CLAIM))
    holder = certify({"O": "Own", "CN": "Own"}, issuer=make_root("Own CA"), key=_Public(recovered))
    forged = replace(old, chain=(holder.der,))
    verify_claim(forged, CLAIM)  # it holds, and nobody who has the private key ever signed it
    token = stamper(TSA, THEN)(stamped)
    found = assess_time(forged, CLAIM, LISTED, at=NOW, later=(token,))
    assert found.time == THEN
    assert not found.is_trusted


class _Public:
    """A key of which only the public half is known: enough to be put into a certificate."""

    def __init__(self, public: object) -> None:
        self.public = public

    def public_key(self) -> object:
        return self.public


def _recover(signature: bytes, message: bytes) -> object:
    """A P-256 key under which `signature` is one over `message` (SEC 1, section 4.1.6): Q = (s R - e G) / r."""
    from cryptography.hazmat.primitives.asymmetric import ec

    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    n = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    base = (
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    )

    def add(one: tuple[int, int] | None, two: tuple[int, int] | None) -> tuple[int, int] | None:
        if one is None or two is None:
            return one or two
        if one[0] == two[0]:
            if (one[1] + two[1]) % p == 0:
                return None
            slope = (3 * one[0] ** 2 - 3) * pow(2 * one[1], -1, p)
        else:
            slope = (two[1] - one[1]) * pow(two[0] - one[0], -1, p)
        x = (slope**2 - one[0] - two[0]) % p
        return x, (slope * (one[0] - x) - one[1]) % p

    def times(factor: int, point: tuple[int, int]) -> tuple[int, int] | None:
        found, step = None, point
        while factor:
            found = add(found, step) if factor & 1 else found
            step, factor = add(step, step), factor >> 1  # type: ignore[assignment]
        return found

    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    e = int.from_bytes(hashlib.sha256(message).digest(), "big")
    point = (r, pow(r**3 - 3 * r + b, (p + 1) // 4, p))
    key = times(pow(r, -1, n), add(times(s, point), times(-e % n, base)))  # type: ignore[arg-type]
    assert key is not None
    return ec.EllipticCurvePublicNumbers(*key, ec.SECP256R1()).public_key()

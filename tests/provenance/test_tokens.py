"""Is a genuine time stamp read in every form that authorities write, and in none that they could not have written?"""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from provenance.credentials.certificates.chain import describe
from provenance.credentials.certificates.keys import load_certificate
from provenance.credentials.certificates.names import MAX_ELEMENTS, mended, same_name
from provenance.credentials.certificates.ocsp import Revocation, assess_revocation
from provenance.credentials.certificates.time_trust import Doubt, StampAssessment, assess_time
from provenance.credentials.certificates.timestamp import Flaw, read_stamp
from provenance.credentials.cose import parse_sign1, verify_claim
from provenance.credentials.errors import CredentialsError, MalformedCredentialsError
from provenance.credentials.store.octets.ber import MAX_DEPTH, to_der
from provenance.credentials.store.octets.signatures import Verifier
from provenance.credentials.store.octets.tokens import is_accounted
from provenance.credentials.trust.distrust import DistrustEntry
from provenance.credentials.trust.formats import parse
from provenance.credentials.trust.lists import ListKind
from provenance.credentials.trust.purposes import stamps_alone
from provenance.credentials.trust.view import Label, TrustView, view_of
from tests.support.authority import DAY, NOW, Identity, certify, list_of, make_root, make_signer, name_of, store_of
from tests.support.media.crafting import cose, make_authority, revocation_answer, sha256, stamper
from tests.support.media.tokens import (
    Stamper,
    by_key_id,
    element,
    in_ber,
    naming_issuer,
    of_version_1,
    rewritten,
    string,
    with_certificates,
    with_raw_signature,
)

CLAIM: Final = b"\xa1\x61a\x01"
SIGNER: Final = make_signer(make_root())
TSA_ROOT: Final = make_root("Time")
MIDDLE: Final = certify({"O": "Test Time", "CN": "Middle"}, issuer=TSA_ROOT, is_authority=True)
TSA: Final = make_authority(TSA_ROOT)
BELOW: Final = make_authority(MIDDLE)
LISTED: Final = view_of(store_of(list_of(TSA_ROOT, kind=ListKind.TSA)))
THEN: Final = NOW - dt.timedelta(hours=3)
PRINTABLE, UTF8 = 0x13, 0x0C


def assess(stamp: Stamper, trust: TrustView = LISTED, **options: object) -> StampAssessment:
    built = cose(SIGNER, CLAIM, stamp=stamp, **options)  # type: ignore[arg-type]
    return assess_time(parse_sign1(built), CLAIM, trust, at=NOW)


def is_wholly_signed(stamp: Stamper) -> bool:
    """Whether the octets are accounted for, as they must be for a file to be called unchanged."""
    return is_accounted(stamp(b"anything"), lambda _: (), Verifier())


def broken_name(text: bytes = b"Stamp_er", tag: int = PRINTABLE, issuer: Identity = TSA_ROOT) -> Identity:
    """An authority whose common name is no string of its type."""
    plain = make_authority(issuer)
    whole = certify(
        {"O": "Test Time", "CN": "Z" * len(text)}, issuer=issuer, purposes=("1.3.6.1.5.5.7.3.8",), key=plain.key
    )
    return rewritten(whole, (string(UTF8, b"Z" * len(text)), string(tag, text)))


FORMS: Final[dict[str, Stamper]] = {
    "cms version 1": of_version_1(stamper(TSA, THEN)),
    "raw r and s": with_raw_signature(stamper(TSA, THEN)),
    "raw r and s, P-384": with_raw_signature(
        stamper(make_authority(TSA_ROOT, key=ec.generate_private_key(ec.SECP384R1())), THEN), 48
    ),
    "signer first": with_certificates(stamper(BELOW, THEN), [BELOW.der, MIDDLE.der]),
    "signer last": with_certificates(stamper(BELOW, THEN), [TSA_ROOT.der, MIDDLE.der, BELOW.der]),
    "named by its key": by_key_id(stamper(TSA, THEN), TSA),
    "all at once": of_version_1(with_raw_signature(with_certificates(stamper(BELOW, THEN), [MIDDLE.der, BELOW.der]))),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_authorities_write_is_read_and_believed(form: str) -> None:
    found = assess(FORMS[form])
    assert (found.time, found.is_trusted, found.flaw) == (THEN, True, Flaw.NONE)
    assert is_wholly_signed(FORMS[form])


def test_a_token_in_ber_is_read_though_its_octets_could_be_others() -> None:
    found = assess(in_ber(stamper(TSA, THEN)))
    assert (found.time, found.is_trusted) == (THEN, True)
    assert not is_wholly_signed(in_ber(stamper(TSA, THEN)))


def test_an_unlisted_authority_with_version_1_is_unlisted_and_not_unreadable() -> None:
    found = assess(FORMS["cms version 1"], TrustView())
    assert (found.time, found.doubt) == (THEN, Doubt.UNLISTED)


@pytest.mark.parametrize("size", [31, 33, 48])
def test_raw_integers_of_another_size_than_the_curves_are_no_signature(size: int) -> None:
    def padded(message: bytes) -> bytes:
        return with_raw_signature(stamper(TSA, THEN), max(size, 33))(message)

    assert assess(padded).flaw is Flaw.BROKEN


def test_another_keys_raw_signature_does_not_hold() -> None:
    other = make_authority(TSA_ROOT)
    taken = with_certificates(stamper(other, THEN), [TSA.der])
    assert not assess(with_raw_signature(taken)).is_trusted


@pytest.mark.parametrize(
    ("text", "tag", "reads"),
    [
        (b"Stamp_er", PRINTABLE, "Stamp_er"),
        (b"Stamp*@&", PRINTABLE, "Stamp*@&"),
        ("Stämp".encode(), PRINTABLE, "Stämp"),
        ("Stämp".encode("latin-1"), PRINTABLE, "Stämp"),
        ("Stämp".encode("latin-1"), UTF8, "Stämp"),
        ("Stämp".encode(), 0x16, "Stämp"),
        (b"12-34", 0x12, "12-34"),
    ],
)
def test_a_name_that_breaks_its_string_type_is_read_and_believed_where_listed(
    text: bytes, tag: int, reads: str
) -> None:
    authority = broken_name(text, tag)
    found = assess(stamper(authority, THEN))
    assert found.is_trusted
    assert found.authority is not None
    assert found.authority.subject["CN"] == reads
    assert assess(stamper(authority, THEN), TrustView()).doubt is Doubt.UNLISTED


@pytest.mark.parametrize("tag", [PRINTABLE, UTF8])
def test_the_library_alone_reads_no_such_name(tag: int) -> None:
    with pytest.raises(ValueError, match=r"."):
        _ = x509.load_der_x509_certificate(broken_name("Stämp".encode("latin-1"), tag).der).subject


def test_an_authority_with_such_a_name_can_itself_be_listed() -> None:
    authority = broken_name()
    assert parse(authority.pem.encode()).leaves
    assert assess(stamper(authority, THEN), view_of(store_of(list_of(authority, kind=ListKind.TSA)))).is_trusted


def test_a_root_with_such_a_name_vouches_for_those_it_issued() -> None:
    plain = make_root("Tim_")
    broken = rewritten(plain, (string(UTF8, b"Tim_"), string(PRINTABLE, b"Tim_")))
    authority = make_authority(plain)
    below = rewritten(authority, (string(UTF8, b"Tim_"), string(PRINTABLE, b"Tim_")))
    trust = view_of(store_of(list_of(broken, kind=ListKind.TSA)))
    assert assess(stamper(below, THEN), trust).is_trusted


def test_such_a_name_hides_nobody_from_the_readers_distrust() -> None:
    lists = list_of(TSA_ROOT, kind=ListKind.TSA)
    for entry in (
        DistrustEntry(subject=(("CN", "Stamp_er"),)),
        DistrustEntry(sha256=sha256(broken.der).hex() if (broken := broken_name()) else ""),
    ):
        assert assess(stamper(broken, THEN), view_of(store_of(lists, distrust=(entry,)))).doubt is Doubt.DISTRUSTED


def test_such_a_name_does_not_make_up_for_a_signature_by_somebody_else() -> None:
    stranger = broken_name(issuer=make_root("Time"))
    assert assess(stamper(stranger, THEN)).doubt is Doubt.UNLISTED


@pytest.mark.parametrize("right", [True, False])
def test_such_a_name_is_held_to_what_its_root_permits(right: bool) -> None:
    permitted = x509.NameConstraints([x509.DirectoryName(name_of({"O": "Test Time" if right else "Other"}))], None)
    root = make_root("Bound", extra=((permitted, True),))
    found = assess(stamper(broken_name(issuer=root), THEN), view_of(store_of(list_of(root, kind=ListKind.TSA))))
    assert found.is_trusted is right


def test_a_revocation_answer_about_a_certificate_with_such_a_name_counts() -> None:
    root = make_root("Maker")
    plain = certify({"O": "Test Camera", "CN": "Cam_era"}, issuer=root)
    broken = rewritten(plain, (string(UTF8, b"Cam_era"), string(PRINTABLE, b"Cam_era")))
    for revoked, state in ((NOW - DAY, Revocation.REVOKED), (None, Revocation.GOOD)):
        answer = revocation_answer(plain, revoked_at=revoked)
        assert assess_revocation((answer,), (broken.der, root.der), NOW).state is state


def test_a_certificate_read_through_a_copy_stays_itself() -> None:
    from cryptography.hazmat.primitives.serialization import Encoding

    broken = broken_name()
    loaded = load_certificate(broken.der)
    assert loaded.public_bytes(Encoding.DER) == broken.der
    assert loaded.tbs_certificate_bytes in broken.der
    loaded.verify_directly_issued_by(TSA_ROOT.certificate)
    with pytest.raises(ValueError, match="another issuer"):
        loaded.verify_directly_issued_by(SIGNER.certificate)
    assert describe(broken.der).serial == f"{broken.certificate.serial_number:x}"


def test_a_whole_certificate_is_not_mended_and_no_cut_of_a_broken_one_escapes_as_an_error() -> None:
    assert mended(TSA.der) == TSA.der
    broken = broken_name().der
    for end in range(0, len(broken), 3):
        with pytest.raises(MalformedCredentialsError):
            load_certificate(broken[:end])


def test_a_certificate_of_too_many_elements_or_bytes_is_not_mended() -> None:
    def holding(parts: bytes) -> bytes:
        return element(0x30, element(0x30, parts) + b"\x30\x00" + b"\x03\x01\x00")

    small = element(PRINTABLE, b"_") * (MAX_ELEMENTS - 1)
    assert mended(holding(small)) != holding(small)
    for parts in (small + element(PRINTABLE, b"_") * 2, element(PRINTABLE, b"_" * 4_096)):
        with pytest.raises(MalformedCredentialsError):
            mended(holding(parts))
    with pytest.raises(MalformedCredentialsError):
        load_certificate(holding(small))


def test_the_signer_is_found_though_its_issuer_is_spelled_with_another_string_type() -> None:
    spelled = naming_issuer(stamper(TSA, THEN), string(UTF8, b"Time Root"), string(PRINTABLE, b"TIME Root"))
    assert assess(spelled).is_trusted
    assert not is_wholly_signed(spelled)
    other = naming_issuer(stamper(TSA, THEN), string(UTF8, b"Time Root"), string(UTF8, b"Tide Root"))
    assert assess(other).flaw is Flaw.NO_CERTIFICATE


def test_names_are_one_where_case_and_string_types_alone_differ() -> None:
    left, right = (name_of({"O": text}).public_bytes() for text in ("Test Time", "test  TIME"))
    assert same_name(left, right)
    assert not same_name(left, name_of({"O": "Test Tim"}).public_bytes())
    assert not same_name(left, b"\x30\x03\x31")


def test_a_certificate_that_cannot_be_read_before_the_signers_breaks_nothing() -> None:
    junk = b"\x30\x03\x02\x01\x05"
    found = assess(with_certificates(stamper(TSA, THEN), [junk, TSA.der]))
    assert found.is_trusted
    assert not is_wholly_signed(with_certificates(stamper(TSA, THEN), [junk, TSA.der]))


def test_a_later_manifests_stamp_may_be_of_every_form() -> None:
    sign1 = parse_sign1(cose(SIGNER, CLAIM))
    verify_claim(sign1, CLAIM)
    for form in (FORMS["all at once"], stamper(broken_name(), THEN), in_ber(stamper(TSA, THEN))):
        found = assess_time(sign1, CLAIM, LISTED, at=NOW, later=(form(sign1.signature),))
        assert (found.is_trusted, found.is_kept, found.version) == (True, True, 2)


def test_of_several_trusted_times_the_earliest_counts() -> None:
    sign1 = parse_sign1(cose(SIGNER, CLAIM, stamp=stamper(TSA, THEN)))
    earlier = stamper(TSA, THEN - dt.timedelta(hours=2))(sign1.signature)
    found = assess_time(sign1, CLAIM, LISTED, at=NOW, later=(earlier,))
    assert (found.time, found.is_kept, found.label) == (THEN - dt.timedelta(hours=2), True, Label.YOURS)


@pytest.mark.parametrize(
    ("stamp", "flaw"),
    [
        (lambda _: b"\x30\x00", Flaw.UNREADABLE),
        (lambda _: b"", Flaw.UNREADABLE),
        (with_certificates(stamper(TSA, THEN), []), Flaw.NO_CERTIFICATE),
        (with_certificates(stamper(TSA, THEN), [BELOW.der]), Flaw.NO_CERTIFICATE),
        (stamper(TSA, THEN, imprint=bytes(32)), Flaw.OTHER_BYTES),
        (lambda m: _flipped(stamper(TSA, THEN)(m)), Flaw.BROKEN),
    ],
)
def test_what_is_wrong_with_a_stamp_is_told_apart(stamp: Stamper, flaw: Flaw) -> None:
    found = assess(stamp)
    assert (found.flaw, found.time) == (flaw, None)


def _flipped(token: bytes) -> bytes:
    return token[:-1] + bytes([token[-1] ^ 1])


@pytest.mark.parametrize("data", [b"", b"\x30", b"\x30\x80", b"\x04\x80\0\0", b"\x30\x80\x02\x01\x01", b"\x30\x02\x01"])
def test_ber_that_breaks_off_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedCredentialsError):
        to_der(data)


def test_ber_nested_without_end_is_refused_quickly() -> None:
    with pytest.raises(MalformedCredentialsError):
        to_der(b"\x30\x80" * 100_000)
    deep = b"\x05\0"
    for _ in range(MAX_DEPTH - 1):
        deep = b"\x30\x80" + deep + b"\0\0"
    assert to_der(deep)[0] == 0x30


@given(place=st.integers(0, 10_000), value=st.integers(0, 255), end=st.integers(0, 10_000), cut=st.booleans())
def test_no_changed_token_or_certificate_escapes_as_an_error(place: int, value: int, end: int, cut: bool) -> None:
    for data in WHOLE:
        changed = bytearray(data)
        changed[place % len(data)] = value
        shown = bytes(changed[: end % len(data)] if cut else changed)
        with contextlib.suppress(CredentialsError):
            read_stamp(shown, (b"anything",))
        with contextlib.suppress(MalformedCredentialsError):
            to_der(shown)
        with contextlib.suppress(MalformedCredentialsError):
            mended(shown)
        with contextlib.suppress(MalformedCredentialsError):
            load_certificate(shown)
        assert same_name(shown, shown)
        assert stamps_alone(shown) in (True, False)


WHOLE: Final = (
    in_ber(stamper(TSA, THEN))(b"anything"),
    FORMS["all at once"](b"anything"),
    broken_name().der,
)


def test_what_is_der_already_stays_octet_for_octet() -> None:
    for data in (TSA.der, stamper(TSA, THEN)(b"x")):
        assert to_der(data) == data

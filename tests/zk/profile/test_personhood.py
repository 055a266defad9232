"""What is signed, proved and shown: epochs, scopes, issuer.json, header, context, vouch; other forms are refused."""

import dataclasses
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.support.people.club import CAFE, NOVEMBER, PHOTO, binding
from zk.bbs import bbs
from zk.bbs.ciphersuite import BLS12_381_SHA_256, BLS12_381_SHAKE_256, Suite
from zk.bbs.encoding import dcbor_decode, dcbor_encode
from zk.errors import EncodingError, ProofError, SignatureError, UnsupportedError, UntrustedError, ZkError
from zk.profile.personhood import (
    DRAFTS,
    EVER,
    MAX_STATEMENT_OCTETS,
    MAX_VOUCH_OCTETS,
    PROFILE,
    SEAL_SCOPE,
    Binding,
    BindingKind,
    CredentialClass,
    EpochLength,
    HolderCount,
    IssuerInfo,
    IssuerKey,
    Level,
    PresentationHeader,
    Scope,
    Stance,
    Vouch,
    check_possession,
    class_of,
    context_id,
    header,
    is_epoch,
    issuer_id,
    issuer_messages,
    period_of,
    proof_octets,
    prove_possession,
)

LASTING, EPOCH = CredentialClass.LASTING, CredentialClass.EPOCH
ROOT = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def issuer_key(
    epoch: str, number: int = 0, *, compromised: bool = False, suite: Suite = BLS12_381_SHA_256
) -> IssuerKey:
    secret = bbs.key_gen(hashlib.sha256(f"{epoch}/{number}".encode()).digest(), suite=suite)
    return IssuerKey(
        epoch=epoch,
        public_key=bbs.sk_to_pk(secret),
        possession=prove_possession(secret),
        compromised=compromised,
    )


KEYS = (issuer_key("2026-11"), issuer_key("2026-12"))


def info(**changes: Any) -> IssuerInfo:
    values: dict[str, Any] = {
        "name": "Harbour Press Club",
        "suite": BLS12_381_SHA_256,
        "n": 4,
        "epoch_length": EpochLength.MONTH,
        "slots": 1,
        "serial": 1,
        "keys": KEYS,
        "counts": (),
        "resets": 0,
    }
    return IssuerInfo.sign(ROOT, **{**values, **changes})


INFO = info()


# Epochs


@pytest.mark.parametrize(
    ("length", "moment", "epoch", "start", "end"),
    [
        (EpochLength.MONTH, "2026-11-21T12:00:00+00:00", "2026-11", "2026-11-01", "2026-12-01"),
        (EpochLength.MONTH, "2026-12-31T23:59:59.999999+00:00", "2026-12", "2026-12-01", "2027-01-01"),
        (EpochLength.MONTH, "2024-02-29T00:00:00+00:00", "2024-02", "2024-02-01", "2024-03-01"),
        (EpochLength.MONTH, "2026-12-01T01:00:00+02:00", "2026-11", "2026-11-01", "2026-12-01"),
        (EpochLength.DAY, "2026-11-21T23:59:59+00:00", "2026-11-21", "2026-11-21", "2026-11-22"),
        (EpochLength.DAY, "2024-02-28T23:00:00-02:00", "2024-02-29", "2024-02-29", "2024-03-01"),
        (EpochLength.WEEK, "2026-11-21T12:00:00+00:00", "2026-W47", "2026-11-16", "2026-11-23"),
        (EpochLength.WEEK, "2027-01-01T12:00:00+00:00", "2026-W53", "2026-12-28", "2027-01-04"),
        (EpochLength.WEEK, "2025-12-29T00:00:00+00:00", "2026-W01", "2025-12-29", "2026-01-05"),
        (EpochLength.QUARTER, "2026-11-21T12:00:00+00:00", "2026-Q4", "2026-10-01", "2027-01-01"),
        (EpochLength.QUARTER, "2026-03-31T23:59:59+00:00", "2026-Q1", "2026-01-01", "2026-04-01"),
        (EpochLength.YEAR, "2026-12-31T23:59:59+00:00", "2026", "2026-01-01", "2027-01-01"),
        (EpochLength.YEAR, "2028-01-01T01:00:00+02:00", "2027", "2027-01-01", "2028-01-01"),
    ],
)
def test_an_epoch_has_one_name_and_two_bounds(
    length: EpochLength, moment: str, epoch: str, start: str, end: str
) -> None:
    assert length.epoch_at(datetime.fromisoformat(moment)) == epoch
    bounds = tuple(datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (start, end))
    assert length.epoch_bounds(epoch) == bounds
    assert length.next_epoch(epoch) == length.epoch_at(bounds[1])


@given(
    length=st.sampled_from(EpochLength),
    moment=st.datetimes(datetime(2000, 1, 10), datetime(9996, 11, 1), timezones=st.timezones()),
)
def test_epochs_follow_each_other_without_gap_or_overlap(length: EpochLength, moment: datetime) -> None:
    epoch = length.epoch_at(moment)
    start, end = length.epoch_bounds(epoch)
    assert start <= moment < end
    assert length.epoch_at(start) == length.epoch_at(end - timedelta(microseconds=1)) == epoch
    assert length.epoch_bounds(length.next_epoch(epoch))[0] == end
    assert epoch < length.next_epoch(epoch)  # they sort as time does: the books rely on it
    assert [other for other in EpochLength if _is(other, epoch)] == [length]


def _is(length: EpochLength, epoch: str) -> bool:
    try:
        length.epoch_bounds(epoch)
    except EncodingError:
        return False
    return True


@pytest.mark.parametrize(
    ("length", "epoch"),
    [
        (EpochLength.MONTH, text)
        for text in (
            "",
            "2026-13",
            "2026-00",
            "2026-1",
            "2026-11 ",
            "2026-11\n",
            "2026-11-01",
            "26-11",
            "٢٠٢٦-11",
            "1999-11",
        )
    ]
    + [(EpochLength.DAY, text) for text in ("2026-02-29", "2026-11-31", "2026-11", "2026-11-1", "20261121")]
    + [(EpochLength.WEEK, text) for text in ("2026-W00", "2026-W54", "2025-W53", "2026-w47", "2026-47")]
    + [(EpochLength.QUARTER, text) for text in ("2026-Q0", "2026-Q5", "2026-q4", "2026-04")]
    + [(EpochLength.YEAR, text) for text in ("26", "02026", "2026-", "1999", "9999", "٢٠٢٦", "2026-01")],
)
def test_refuses_what_is_no_canonical_epoch(length: EpochLength, epoch: str) -> None:
    with pytest.raises(EncodingError):
        length.epoch_bounds(epoch)


def test_refuses_times_without_a_zone() -> None:
    with pytest.raises(EncodingError, match="zone"):
        EpochLength.MONTH.epoch_at(datetime(2026, 11, 21))


@pytest.mark.parametrize("year", [1999, 9999])
def test_refuses_years_out_of_range(year: int) -> None:
    with pytest.raises(EncodingError):
        EpochLength.MONTH.epoch_at(datetime(year, 6, 1, tzinfo=UTC))


# Scopes, periods, contexts


@pytest.mark.parametrize(
    "text",
    [
        "public:review/cafe-harbour",
        "news.example:corrections",
        "public:media",
        "xn--bcher-kva.example:a/b_c.d",
        "a.b:0",
    ],
)
def test_takes_scopes_in_their_one_form(text: str) -> None:
    assert str(Scope.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "public",
        ":path",
        "public:",
        "Public:a",
        "public:A",
        "public:a b",
        "public:a//b",
        "public:/a",
        "public:a/",
        "public:a/../b",
        "public:.",
        "public:é",
        "private:a",
        "localhost:a",
        "-a.example:x",
        "a-.example:x",
        "a..example:x",
        ".example:x",
        "example.:x",
        "127.0.0.1:x",
        "a.1:x",
        "public:a:b",
        "public:media/" + "0" * 64,
        "public:media/x",
        "public:" + "a" * 194,
        "public:a\n",
        "a" * 64 + ".example:x",
    ],
)
def test_refuses_other_scopes(text: str) -> None:
    with pytest.raises(EncodingError):
        Scope.parse(text)


@given(st.text(max_size=220))
def test_a_scope_is_refused_or_comes_back_as_it_was(text: str) -> None:
    try:
        scope = Scope.parse(text)
    except EncodingError:
        return
    assert str(scope) == text


def test_the_media_scope_takes_the_bindings_digest() -> None:
    scope = Scope.parse("public:media")
    assert scope.is_media
    assert scope.resolved(PHOTO.digest) == f"public:media/{PHOTO.digest.hex()}"
    with pytest.raises(EncodingError, match="digest"):
        scope.resolved(None)
    contexts = {context_id(INFO.id, LASTING, scope, EVER, 0, binding(name).digest) for name in (b"a", b"b")}
    assert len(contexts) == 2
    assert CAFE.resolved(PHOTO.digest) == str(CAFE)


def test_a_context_is_the_list_of_the_design() -> None:
    assert dcbor_decode(context_id(INFO.id, EPOCH, CAFE, "2026-11", 3), max_size=1024) == [
        PROFILE,
        INFO.id,
        "epoch",
        "public:review/cafe-harbour",
        "2026-11",
        3,
    ]


def test_every_part_makes_another_context() -> None:
    contexts = [
        context_id(INFO.id, LASTING, CAFE, EVER, 0),
        context_id(bytes(32), LASTING, CAFE, EVER, 0),
        context_id(INFO.id, EPOCH, CAFE, "2026-11", 0),
        context_id(INFO.id, EPOCH, CAFE, "2026-12", 0),
        context_id(INFO.id, LASTING, Scope.parse("public:review/cafe"), EVER, 0),
        context_id(INFO.id, LASTING, CAFE, EVER, 1),
    ]
    assert len(set(contexts)) == len(contexts)


@pytest.mark.parametrize(
    ("credential_class", "period"), [(LASTING, "2026-11"), (EPOCH, EVER), (EPOCH, "never"), (LASTING, "")]
)
def test_refuses_a_period_that_the_class_does_not_count_in(credential_class: CredentialClass, period: str) -> None:
    with pytest.raises(EncodingError):
        context_id(INFO.id, credential_class, CAFE, period, 0)


@pytest.mark.parametrize("slot", [-1, 1024, True, 1.0, "0", 1 << 70])
def test_refuses_slots_out_of_range(slot: Any) -> None:
    with pytest.raises(EncodingError):
        context_id(INFO.id, LASTING, CAFE, EVER, slot)


def test_class_and_period_follow_from_each_other() -> None:
    assert period_of(LASTING, "2026-11") == EVER
    assert period_of(EPOCH, "2026-11") == "2026-11"
    assert class_of(EVER) is LASTING
    assert class_of("2026-W47") is EPOCH
    assert not is_epoch(EVER)
    with pytest.raises(EncodingError):
        class_of("sometimes")


# Header and messages


def test_header_and_messages_say_what_the_design_says() -> None:
    assert dcbor_decode(header(INFO, LASTING, "2026-11"), max_size=1024) == {
        "profile": PROFILE,
        "suite": BLS12_381_SHA_256.name,
        "issuer": INFO.id,
        "class": "lasting",
        "epoch": "2026-11",
        "n": 4,
    }
    messages = issuer_messages(INFO, EPOCH, "2026-11", Level.TWO)
    assert [dcbor_decode(message, max_size=100) for message in messages] == [PROFILE, INFO.id, "epoch", "2026-11", 2]


def test_refuses_header_and_messages_for_what_cannot_be() -> None:
    for epoch in ("2026-W47", "ever", ""):
        with pytest.raises(EncodingError):
            header(INFO, LASTING, epoch)
        with pytest.raises(EncodingError):
            issuer_messages(INFO, LASTING, epoch, Level.ONE)
    for level in (0, 4, True):
        with pytest.raises(EncodingError):
            issuer_messages(INFO, LASTING, "2026-11", level)


# issuer.json


def test_issuer_json_comes_back_as_it_was() -> None:
    counts = (HolderCount(credential_class=LASTING, epoch="2026-11", level=Level.ONE, holders=3),)
    issued = info(counts=counts, resets=2, name="Café Haus", suite=BLS12_381_SHAKE_256)
    assert IssuerInfo.from_json(issued.to_json()) == issued
    assert issued.holders(LASTING, "2026-11", Level.ONE) == 3
    assert issued.holders(EPOCH, "2026-11", Level.ONE) is None


def test_layout_does_not_matter_and_content_does() -> None:
    members = json.loads(INFO.to_json())
    compact = IssuerInfo.from_json(json.dumps(dict(reversed(members.items()))).encode())
    assert compact == INFO
    assert compact.digest == INFO.digest


def test_the_issuer_id_is_the_digest_of_the_design() -> None:
    public = ROOT.public_key().public_bytes_raw()
    content = ["vouchmark-issuer/1", public, BLS12_381_SHA_256.name, 4, "month", 1]
    assert INFO.id == hashlib.sha256(dcbor_encode(content)).digest()
    ids = {
        INFO.id,
        issuer_id(bytes(32), BLS12_381_SHA_256, 4, EpochLength.MONTH, 1),
        info(suite=BLS12_381_SHAKE_256).id,
        info(n=5).id,
        info(epoch_length=EpochLength.QUARTER, keys=()).id,
        info(slots=2).id,
    }
    assert len(ids) == 6


def mutations() -> list[tuple[str, Callable[[dict[str, Any]], object]]]:
    def drop(name: str) -> Callable[[dict[str, Any]], object]:
        return lambda members: members.pop(name)

    def put(name: str, value: object) -> Callable[[dict[str, Any]], object]:
        return lambda members: members.update({name: value})

    def key(name: str, value: object) -> Callable[[dict[str, Any]], object]:
        return lambda members: members["keys"][0].update({name: value})

    members = json.loads(INFO.to_json())
    cases = [(f"without {name}", drop(name)) for name in members]
    cases += [
        ("unknown member", put("extra", 1)),
        ("other name", put("name", "Harbour Press Clubs")),
        ("other serial", put("serial", 2)),
        ("other slots", put("slots", 2)),
        ("other n", put("n", 5)),
        ("n as text", put("n", "4")),
        ("n as boolean", put("n", value=True)),
        ("n as float", put("n", 4.0)),
        ("zero n", put("n", 0)),
        ("huge n", put("n", 17)),
        ("other epoch length", put("epoch_length", "week")),
        ("unknown epoch length", put("epoch_length", "year")),
        ("other suite", put("suite", BLS12_381_SHAKE_256.name)),
        ("unknown suite", put("suite", "BBS_P256")),
        ("suite as list", put("suite", [])),
        ("other profile", put("profile", "vouchmark/2")),
        ("other drafts", put("drafts", list(DRAFTS[:-1]))),
        ("other id", put("id", "00" * 32)),
        ("id in capitals", put("id", INFO.id.hex().upper())),
        ("other identity key", put("identity_key", "11" * 32)),
        ("signature of zeros", put("signature", "00" * 64)),
        ("no keys", put("keys", [])),
        ("keys as object", put("keys", {})),
        ("key twice", lambda m: m["keys"].append(m["keys"][0])),
        ("keys swapped", lambda m: m["keys"].reverse()),
        ("key compromised", key("compromised", value=True)),
        ("compromised as number", key("compromised", 0)),
        ("key for another epoch", key("epoch", "2026-10")),
        ("key for no epoch", key("epoch", "2026-W47")),
        ("unknown member of key", key("x", 1)),
        ("other key", key("public_key", KEYS[1].public_key.hex())),
        ("name with control character", put("name", "a\u202eb")),
        ("empty name", put("name", "")),
        ("name not NFC", put("name", "Cafe\u0301")),
        ("negative resets", put("resets", -1)),
        ("huge resets", put("resets", 1 << 60)),
        ("count", put("counts", [{"class": "lasting", "epoch": "2026-11", "level": 1, "holders": 9}])),
        ("count of unknown class", put("counts", [{"class": "x", "epoch": "2026-11", "level": 1, "holders": 9}])),
    ]
    return cases


@pytest.mark.parametrize("change", [case[1] for case in mutations()], ids=[case[0] for case in mutations()])
def test_refuses_an_issuer_json_that_was_changed(change: Callable[[dict[str, Any]], object]) -> None:
    members = json.loads(INFO.to_json())
    change(members)
    with pytest.raises(ZkError):
        IssuerInfo.from_json(json.dumps(members).encode())


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b"{" * 100_000,
        b'{"n": 1e400}',
        b'{"n": NaN}',
        b'{"n": ' + b"9" * 5000 + b"}",
        b'{"a": 1, "a": 1}',
        INFO.to_json() + b"x",
        INFO.to_json()[:-3],
        b" " * (9 << 20),
        "not octets",
    ],
    ids=range(13),
)
def test_refuses_what_is_no_issuer_json(octets: Any) -> None:
    with pytest.raises(EncodingError):
        IssuerInfo.from_json(octets)


def test_refuses_a_member_twice() -> None:
    octets = INFO.to_json().replace(b'"n": 4,', b'"n": 4, "n": 4,')
    with pytest.raises(EncodingError, match="twice"):
        IssuerInfo.from_json(octets)


def test_refuses_another_roots_signature() -> None:
    members = json.loads(INFO.to_json())
    members["signature"] = ROOT.sign(b"something else").hex()
    with pytest.raises(SignatureError):
        IssuerInfo.from_json(json.dumps(members).encode())


def test_refuses_to_sign_what_it_would_refuse_to_read() -> None:
    for changes in (
        {"name": ""},
        {"n": 0},
        {"slots": 1025},
        {"serial": 0},
        {"keys": (KEYS[0], issuer_key("2026-11", 1))},
        {"keys": (KEYS[0], KEYS[0])},
        {"counts": (HolderCount(credential_class=EPOCH, epoch="2026-11", level=Level.ONE, holders=1),) * 2},
    ):
        with pytest.raises(EncodingError):
            info(**changes)


def test_a_key_without_possession_is_refused_when_read_and_when_used() -> None:
    stolen = dataclasses.replace(KEYS[0], possession=KEYS[1].possession)
    with pytest.raises(ProofError, match="possession"):
        info(keys=(stolen,))
    octets = unchecked(keys=(stolen,))
    with pytest.raises(ProofError):
        IssuerInfo.from_json(octets)
    with pytest.raises(ProofError):
        IssuerInfo.from_json(octets, check_keys=False).key_for("2026-11")


def unchecked(**changes: Any) -> bytes:
    """Return an issuer.json as a careless issuer would sign it."""
    loose = dataclasses.replace(INFO, **changes)
    signature = ROOT.sign(b"vouchmark-issuer-json/1\x00" + loose.signed_octets())
    return dataclasses.replace(loose, signature=signature).to_json()


@pytest.mark.parametrize(
    "octets", [bytes(96), bytes([0xC0]) + bytes(95), b"\xff" * 96], ids=["zeros", "identity", "ones"]
)
def test_a_key_that_is_no_point_is_refused(octets: bytes) -> None:
    with pytest.raises(EncodingError):
        IssuerInfo.from_json(unchecked(keys=(dataclasses.replace(KEYS[0], public_key=octets),)))


def test_possession_is_of_this_key_alone() -> None:
    check_possession(KEYS[0].public_key, KEYS[0].possession)
    with pytest.raises(ProofError):
        check_possession(KEYS[0].public_key, KEYS[1].possession)
    for octets in (b"", KEYS[0].possession[:-1], bytes([0xC0]) + bytes(47)):
        with pytest.raises(EncodingError):
            check_possession(KEYS[0].public_key, octets)


def test_a_withdrawn_key_is_replaced_by_the_next_of_its_epoch() -> None:
    withdrawn = dataclasses.replace(KEYS[0], compromised=True)
    with pytest.raises(UntrustedError, match="compromised"):
        info(keys=(withdrawn,)).key_for("2026-11")
    second = issuer_key("2026-11", 1)
    assert info(keys=(withdrawn, second)).key_for("2026-11") == second.public_key
    with pytest.raises(UntrustedError, match="no key"):
        INFO.key_for("2027-01")
    with pytest.raises(EncodingError):
        INFO.key_for("2026-W47")


def test_a_later_version_supersedes_an_older_one() -> None:
    withdrawn = dataclasses.replace(KEYS[0], compromised=True)
    newer = info(serial=2, keys=(withdrawn, KEYS[1], issuer_key("2026-11", 1)), resets=1, name="Harbour Press")
    assert newer.supersedes(INFO)
    assert not INFO.supersedes(info())


@pytest.mark.parametrize(
    "later",
    [
        {"serial": 1, "name": "Another"},
        {"serial": 2, "keys": KEYS[:1]},
        {"serial": 2, "keys": KEYS[::-1]},
        {"serial": 2, "keys": (issuer_key("2026-11", 1), KEYS[1])},
        {"serial": 2, "slots": 2},
    ],
    ids=["same serial, other content", "key taken away", "keys swapped", "key exchanged", "another issuer"],
)
def test_refuses_a_version_that_cannot_follow(later: dict[str, Any]) -> None:
    with pytest.raises(UntrustedError):
        info(**later).supersedes(INFO)


def test_refuses_to_go_back() -> None:
    newer = info(serial=3, resets=2, keys=(dataclasses.replace(KEYS[0], compromised=True), KEYS[1]))
    with pytest.raises(UntrustedError, match="older"):
        INFO.supersedes(newer)
    with pytest.raises(UntrustedError, match="changed"):  # a withdrawn key does not come back
        info(serial=4, resets=2).supersedes(newer)
    with pytest.raises(UntrustedError, match="resets"):
        info(serial=4, resets=1, keys=newer.keys).supersedes(newer)


# Presentation header and vouch


def shown(**changes: Any) -> PresentationHeader:
    values: dict[str, Any] = {
        "binding": PHOTO,
        "pdq": bytes(32),
        "audience": "news.example",
        "nonce": b"\x01" * 16,
        "statement": "seen at the harbour",
    }
    return PresentationHeader(**{**values, **changes})


def vouch(**changes: Any) -> Vouch:
    values: dict[str, Any] = {
        "suite": BLS12_381_SHA_256,
        "issuer": INFO.id,
        "credential_class": LASTING,
        "epoch": "2026-11",
        "level": Level.TWO,
        "scope": CAFE,
        "period": EVER,
        "slot": 0,
        "proof": b"p" * proof_octets(4),
        "pseudonym": b"n" * 48,
        "presentation_header": shown().encode(),
    }
    return Vouch(**{**values, **changes})


@given(
    kind=st.sampled_from([each for each in BindingKind if each.is_media]),
    digest=st.binary(min_size=32, max_size=32),
    pdq=st.none() | st.binary(min_size=32, max_size=32),
    nonce=st.none() | st.binary(min_size=1, max_size=64),
)
def test_a_presentation_header_comes_back_as_it_was(
    kind: BindingKind, digest: bytes, pdq: bytes | None, nonce: bytes | None
) -> None:
    made = shown(binding=Binding(kind=kind, digest=digest), pdq=pdq, nonce=nonce)
    assert PresentationHeader.decode(made.encode()) == made


SEALED = Binding(kind=BindingKind.SEAL, digest=PHOTO.digest)


@pytest.mark.parametrize(
    "more",
    [{"statement": "seen"}, {"stance": Stance.FOR}, {"pdq": bytes(32)}, {"audience": "desk.example"}, {"nonce": b"1"}],
    ids=str,
)
def test_a_seal_says_nothing_but_what_it_seals(more: dict[str, Any]) -> None:
    made = PresentationHeader(binding=SEALED)
    assert PresentationHeader.decode(made.encode()) == made
    assert made.content_digest != PresentationHeader(binding=PHOTO).content_digest
    with pytest.raises(EncodingError, match="seal"):
        PresentationHeader(binding=SEALED, **more)


@pytest.mark.parametrize(
    "other",
    [
        {"credential_class": LASTING, "period": EVER},
        {"scope": CAFE},
        {"scope": Scope.parse("desk.example:media")},
        {"slot": 1},
    ],
    ids=str,
)
def test_a_seal_has_one_form(other: dict[str, Any]) -> None:
    right = {"credential_class": EPOCH, "period": "2026-11", "scope": SEAL_SCOPE}
    right["presentation_header"] = PresentationHeader(binding=SEALED).encode()
    assert Vouch.decode(vouch(**right).encode()) == vouch(**right)
    with pytest.raises(EncodingError, match="seal"):
        vouch(**{**right, **other})


def test_a_vouch_comes_back_as_it_was() -> None:
    for made in (vouch(), vouch(credential_class=EPOCH, period="2026-11", slot=7, suite=BLS12_381_SHAKE_256)):
        assert Vouch.decode(made.encode()) == made
        assert made.presentation == shown()
        assert made.media_digest == PHOTO.digest


def test_equal_content_is_binding_and_statement_and_nothing_else() -> None:
    assert shown().content_digest == shown(pdq=None, audience=None, nonce=None).content_digest
    others = [
        shown(),
        shown(statement=None),
        shown(statement="else"),
        shown(binding=binding(b"x")),
        shown(binding=Binding(kind=BindingKind.MANIFEST, digest=PHOTO.digest)),
    ]
    assert len({other.content_digest for other in others}) == len(others)


@pytest.mark.parametrize(
    "changes",
    [
        {"pdq": bytes(31)},
        {"nonce": b""},
        {"nonce": bytes(65)},
        {"audience": ""},
        {"audience": "a" * 201},
        {"statement": ""},
        {"statement": "a" * (MAX_STATEMENT_OCTETS + 1)},
        {"statement": "é" * (MAX_STATEMENT_OCTETS // 2 + 1)},
        {"statement": "two\nlines"},
        {"statement": "a\x00"},
        {"statement": "\u202eabc"},
        {"statement": "e\u0301"},
        {"statement": "\ud800"},
        {"statement": b"octets"},
    ],
    ids=lambda changes: f"{next(iter(changes))}={next(iter(changes.values()))!r:.20}",
)
def test_refuses_parts_of_a_presentation_header(changes: dict[str, Any]) -> None:
    with pytest.raises(EncodingError):
        shown(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": bytes(31)},
        {"pseudonym": bytes(47)},
        {"proof": b""},
        {"proof": bytes(proof_octets(4) + 1)},
        {"proof": bytes(proof_octets(16) + 32)},
        {"proof": bytes(proof_octets(1) - 32)},
        {"epoch": "2026-13"},
        {"period": "2026-11"},
        {"credential_class": EPOCH},
        {"credential_class": EPOCH, "period": "2026-12"},
        {"slot": -1},
        {"slot": 1024},
        {"level": 0},
        {"presentation_header": b""},
    ],
    ids=lambda changes: ",".join(changes),
)
def test_refuses_vouches_that_no_wallet_makes(changes: dict[str, Any]) -> None:
    with pytest.raises(EncodingError):
        vouch(**changes)


def vouch_changes() -> list[tuple[str, dict[str, Any], type[ZkError]]]:
    members = decoded(vouch().encode())
    return [
        *((f"without {name}", {name: ...}, EncodingError) for name in members),
        ("unknown key", {"extra": 1}, EncodingError),
        ("other profile", {"profile": "vouchmark/2"}, UnsupportedError),
        ("profile as number", {"profile": 1}, EncodingError),
        ("other drafts", {"drafts": []}, UnsupportedError),
        ("unknown suite", {"suite": "BBS_P256"}, UnsupportedError),
        ("unknown class", {"class": "daily"}, EncodingError),
        ("level as text", {"level": "1"}, EncodingError),
        ("level as boolean", {"level": True}, EncodingError),
        ("bad scope", {"scope": "cafe"}, EncodingError),
        ("scope as octets", {"scope": b"public:a"}, EncodingError),
        ("header as map", {"header": {}}, EncodingError),
        ("proof as text", {"proof": "p" * 432}, EncodingError),
    ]


def decoded(octets: bytes) -> dict[str, Any]:
    value = dcbor_decode(octets, max_size=MAX_VOUCH_OCTETS)
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize(
    ("changes", "error"), [case[1:] for case in vouch_changes()], ids=[case[0] for case in vouch_changes()]
)
def test_refuses_vouches_of_another_form(changes: dict[str, Any], error: type[ZkError]) -> None:
    members = {**decoded(vouch().encode()), **changes}
    octets = dcbor_encode({name: value for name, value in members.items() if value is not ...})
    with pytest.raises(error):
        Vouch.decode(octets)


@pytest.mark.parametrize(
    "change",
    [
        {"binding": {"kind": "file"}},
        {"binding": {"kind": "pixels", "digest": bytes(32)}},
        {"binding": {"kind": "file", "digest": bytes(32), "x": 1}},
        {"binding": None},
        {"nonce": "text"},
        {"statement": b"octets"},
        {"time": 1},
    ],
    ids=str,
)
def test_refuses_presentation_headers_of_another_form(change: dict[str, Any]) -> None:
    with pytest.raises(EncodingError):
        PresentationHeader.decode(dcbor_encode({**decoded(shown().encode()), **change}))


@given(octets=st.binary(max_size=200))
def test_decoders_raise_nothing_but_our_errors(octets: bytes) -> None:
    for decode in (Vouch.decode, PresentationHeader.decode, IssuerInfo.from_json):
        with pytest.raises(ZkError):
            decode(octets)


@given(position=st.integers(0, len(vouch().encode()) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_refused_or_seen(position: int, bit: int) -> None:
    """Nothing of a vouch is ignored: what still parses is another vouch, and encodes to the flipped octets."""
    octets = bytearray(vouch().encode())
    octets[position] ^= 1 << bit
    try:
        other = Vouch.decode(bytes(octets))
    except ZkError:
        return
    assert other != vouch()
    assert other.encode() == bytes(octets)


cbor_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.binary(max_size=64)
    | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), inner)
    ),
    max_leaves=5,
)


@given(name=st.sampled_from(sorted(decoded(vouch().encode()))), value=cbor_values)
def test_a_vouch_with_any_other_value_in_it_is_refused_or_seen(name: str, value: Any) -> None:
    octets = dcbor_encode({**decoded(vouch().encode()), name: value})
    try:
        other = Vouch.decode(octets)
    except ZkError:
        return
    assert other.encode() == octets


@given(name=st.sampled_from(sorted(decoded(shown().encode()))), value=cbor_values)
def test_a_presentation_header_with_any_other_value_in_it_is_refused_or_seen(name: str, value: Any) -> None:
    octets = dcbor_encode({**decoded(shown().encode()), name: value})
    try:
        other = PresentationHeader.decode(octets)
    except ZkError:
        return
    assert other.encode() == octets


def test_refuses_an_over_long_vouch_at_once() -> None:
    with pytest.raises(EncodingError):
        Vouch.decode(bytes(MAX_VOUCH_OCTETS + 1))


def test_repr_is_short_and_shows_no_proof() -> None:
    text = repr(vouch())
    assert "pppp" not in text
    assert KEYS[0].possession.hex() not in repr(INFO)


def test_time_zones_do_not_change_the_epoch() -> None:
    east = NOVEMBER.astimezone(timezone(timedelta(hours=14)))
    assert EpochLength.DAY.epoch_at(NOVEMBER) == EpochLength.DAY.epoch_at(east)


class TestStance:
    def header(self, **more: Any) -> PresentationHeader:
        return PresentationHeader(binding=Binding(kind=BindingKind.FILE, digest=bytes(32)), **more)

    @pytest.mark.parametrize("stance", [None, *Stance])
    @pytest.mark.parametrize("statement", [None, "Seen."])
    def test_goes_there_and_back(self, stance: Stance | None, statement: str | None) -> None:
        header = self.header(stance=stance, statement=statement)
        assert PresentationHeader.decode(header.encode()) == header

    def test_without_one_the_octets_are_those_from_before_there_were_stances(self) -> None:
        assert set(dcbor_decode(self.header().encode(), max_size=2048)) == {  # type: ignore[call-overload]
            "profile", "binding", "pdq", "audience", "nonce", "statement",
        }  # fmt: skip

    def test_another_stance_is_another_use_of_the_voice(self) -> None:
        digests = {self.header(stance=stance, statement="Seen.").content_digest for stance in (None, *Stance)}
        assert len(digests) == 4

    @pytest.mark.parametrize(
        ("stance", "statement", "effective"),
        [
            (None, None, Stance.FOR), (None, "Seen.", Stance.NOTE), (Stance.AGAINST, None, Stance.AGAINST),
            (Stance.FOR, "FORGERY", Stance.FOR),
        ],
    )  # fmt: skip
    def test_what_it_comes_to_where_none_is_signed(
        self, stance: Stance | None, statement: str | None, effective: Stance
    ) -> None:
        assert self.header(stance=stance, statement=statement).effective_stance is effective

    @pytest.mark.parametrize("value", ["maybe", "", None, 1, "FOR"])
    def test_refuses_another_one(self, value: Any) -> None:
        members = dict(dcbor_decode(self.header(stance=Stance.FOR).encode(), max_size=2048))  # type: ignore[call-overload]
        with pytest.raises(EncodingError, match="stance"):
            PresentationHeader.decode(dcbor_encode(members | {"stance": value}))

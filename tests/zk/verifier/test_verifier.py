"""One vouch at a time: what it shows, and in which order it is refused for which reason."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.people.world import (
    CAFE,
    CLUB,
    DESK,
    EPOCH,
    LASTING,
    MEDIA,
    NOW,
    PHOTO,
    TOWN,
    Issuer,
    Person,
    binding,
    changed,
    in_epoch,
    person,
)
from tests.zk.holder import flips
from zk.bbs.ciphersuite import BLS12_381_SHAKE_256
from zk.bbs.curve import using
from zk.errors import EncodingError, UntrustedError, ZkError
from zk.profile.personhood import BindingKind, EpochLength, IssuerInfo, Level, PresentationHeader, Vouch
from zk.storage.ledger import NullifierLedger, open_ledger
from zk.verifier import voices
from zk.verifier.verifier import AT_TOLERANCE, MAX_GRACE, Code, TimeBasis, Voice, verify

ADA = person()
VOUCH = ADA.vouch(statement="seen with my own eyes")


def check(vouch: Vouch | bytes, **options: object) -> Voice:
    """Verify as a reader who trusts the club, counts the café and looks at the photo."""
    defaults: dict[str, object] = {"bindings": [PHOTO], "issuers": [CLUB.info], "scopes": [CAFE], "at": NOW}
    octets = vouch if isinstance(vouch, bytes) else vouch.encode()
    return verify(octets, **{**defaults, **options})  # type: ignore[arg-type]


def refused(vouch: Vouch | bytes, **options: object) -> Code:
    with pytest.raises(ZkError) as caught:
        check(vouch, **options)
    code = getattr(caught.value, "code", None)
    assert isinstance(code, Code), repr(caught.value)
    return code


@pytest.fixture
def ledger(tmp_path: Path) -> NullifierLedger:
    return open_ledger(tmp_path / "ledger.db")


def live(credential_class=LASTING, *, length: EpochLength = EpochLength.MONTH) -> tuple[Person, str]:
    """Return somebody with an issuer whose epochs are open now by the machine's clock, and the present epoch."""
    now = length.epoch_at(datetime.now(UTC))
    issuer = Issuer(name="Open Now", epochs=(now, length.next_epoch(now)), length=length)
    return person(issuer, credential_class), now


def live_check(somebody: Person, vouch: Vouch, **options: object) -> Voice:
    given = {"issuers": [somebody.issuer.info], "at": datetime.now(UTC), "grace": timedelta(days=1), **options}
    return check(vouch, **given)


# What holds


@pytest.mark.parametrize("issuer", [CLUB, Issuer(name="Shake", suite=BLS12_381_SHAKE_256), Issuer(name="One", n=1)])
@pytest.mark.parametrize("credential_class", [LASTING, EPOCH])
def test_an_honest_vouch_holds_and_says_what_it_shows(issuer: Issuer, credential_class) -> None:
    vouch = person(issuer, credential_class).vouch(statement="here", level=Level.THREE)
    voice = check(vouch, issuers=[TOWN.info, issuer.info])
    assert voice.code is Code.VOICE_UNCHECKED
    assert (voice.issuer.name, voice.vouch.level, voice.scope) == (issuer.name, Level.THREE, str(CAFE))
    assert voice.vouch.presentation.statement == "here"
    assert (voice.time, voice.time_basis) == (NOW, TimeBasis.ASSUMED)
    assert not voice.uniqueness_checked


def test_both_engines_accept_the_same_vouch_and_refuse_the_same_forgery() -> None:
    for engine in ("arkworks", "py_ecc"):
        with using(engine):
            assert check(VOUCH).code is Code.VOICE_UNCHECKED
            assert refused(changed(VOUCH, level=Level.THREE)) is Code.PROOF_INVALID


def test_a_vouch_of_a_scope_that_the_reader_did_not_name_holds_but_does_not_count(ledger: NullifierLedger) -> None:
    somebody, epoch = live()
    vouch = somebody.vouch(scope=DESK, epoch=epoch)
    voice = live_check(somebody, vouch, ledger=ledger)
    assert (voice.code, voice.counted) == (Code.VOICE_UNCOUNTED, False)
    assert live_check(somebody, vouch, ledger=ledger, scopes=[DESK]).code is Code.VOICE_NEW


def test_the_scope_media_is_the_readers_binding() -> None:
    vouch = ADA.vouch(scope=MEDIA)
    voice = check(vouch, scopes=[MEDIA])
    assert voice.scope == f"public:media/{PHOTO.digest.hex()}"
    assert voice.context != check(ADA.vouch(scope=MEDIA, bound=binding("x")), bindings=[binding("x")]).context


# Each refusal, in the profile's order


@pytest.mark.parametrize("octets", [b"", b"\xa0", b"junk", bytes(8193), VOUCH.encode()[:-1], VOUCH.encode() + b"\0"])
def test_refuses_octets_that_are_no_vouch(octets: bytes) -> None:
    assert refused(octets) is Code.MALFORMED


def test_refuses_another_profile_or_suite() -> None:
    encoded = VOUCH.encode()
    assert refused(encoded.replace(b"kvouchmark/1", b"kvouchmark/9")) is Code.UNSUPPORTED
    assert refused(encoded.replace(b"XMD:SHA-256", b"XMD:SHA-999", 1)) is Code.UNSUPPORTED


def test_refuses_an_issuer_that_the_reader_does_not_trust() -> None:
    assert refused(VOUCH, issuers=[]) is Code.ISSUER_UNKNOWN
    assert refused(VOUCH, issuers=[TOWN.info]) is Code.ISSUER_UNKNOWN
    assert refused(changed(VOUCH, issuer=TOWN.info.id), issuers=[CLUB.info, TOWN.info]) is Code.PROOF_INVALID


def test_refuses_another_suite_than_the_issuers() -> None:
    assert refused(changed(VOUCH, suite=BLS12_381_SHAKE_256)) is Code.UNSUPPORTED


def test_refuses_a_proof_of_another_length_than_the_issuers_n_gives() -> None:
    assert refused(changed(VOUCH, proof=VOUCH.proof + bytes(31) + b"\1")) is Code.PROOF_INVALID
    assert refused(changed(VOUCH, proof=VOUCH.proof[:-32])) is Code.PROOF_INVALID


@pytest.mark.parametrize("epoch", ["2027-01", "2026-W47", "2026-Q4", "2026-11-21"])
def test_refuses_an_epoch_for_which_the_issuer_has_no_key(epoch: str) -> None:
    vouch = replace(person(credential_class=EPOCH).vouch(), epoch=epoch, period=epoch)
    assert refused(vouch) is Code.KEY_UNKNOWN


def test_refuses_a_compromised_key_whatever_the_date() -> None:
    warned = replace(CLUB, compromised=frozenset({"2026-11"}), serial=2)
    assert refused(VOUCH, issuers=[CLUB.info, warned.info]) is Code.KEY_UNKNOWN
    assert refused(VOUCH, issuers=[warned.info, CLUB.info]) is Code.KEY_UNKNOWN


def test_refuses_two_versions_of_an_issuer_that_contradict_each_other() -> None:
    other = replace(CLUB, epochs=("2026-10", "2026-11"))
    for issuers in ([CLUB.info, other.info], [other.info, CLUB.info]):
        with pytest.raises(UntrustedError, match="two different versions"):
            check(VOUCH, issuers=issuers)


@pytest.mark.parametrize(
    ("at", "grace", "open_then"),
    [
        (datetime(2026, 11, 1, tzinfo=UTC), timedelta(0), True),
        (datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC), timedelta(0), False),
        (datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC), timedelta(days=30), False),
        (datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC), timedelta(0), True),
        (datetime(2026, 12, 1, tzinfo=UTC), timedelta(0), False),
        (datetime(2026, 12, 1, tzinfo=UTC), timedelta(seconds=1), True),
        (datetime(2026, 12, 7, 23, 59, 59, tzinfo=UTC), timedelta(days=7), True),
        (datetime(2026, 12, 8, tzinfo=UTC), timedelta(days=7), False),
    ],
)
def test_an_epoch_is_open_from_its_first_second_to_its_last_and_then_for_the_grace(
    at: datetime, grace: timedelta, open_then: bool
) -> None:
    if open_then:
        assert check(VOUCH, at=at, grace=grace).time == at
    else:
        assert refused(VOUCH, at=at, grace=grace) is Code.EPOCH_CLOSED


def test_a_trusted_time_stamp_within_the_epoch_keeps_an_old_vouch_alive() -> None:
    stamp = in_epoch("2026-11")
    later = datetime(2029, 1, 1, tzinfo=UTC)
    assert refused(VOUCH, at=later) is Code.EPOCH_CLOSED
    voice = check(VOUCH, at=later, time_stamp=stamp)
    assert (voice.time, voice.time_basis) == (stamp, TimeBasis.STAMPED)
    assert refused(VOUCH, at=later, time_stamp=datetime(2026, 10, 31, tzinfo=UTC)) is Code.EPOCH_CLOSED
    assert refused(VOUCH, at=datetime(2026, 10, 1, tzinfo=UTC), time_stamp=stamp) is Code.EPOCH_CLOSED


def test_a_late_time_stamp_does_not_spoil_a_vouch_that_is_in_time() -> None:
    voice = check(VOUCH, time_stamp=NOW + timedelta(days=400))
    assert (voice.time, voice.time_basis) == (NOW, TimeBasis.ASSUMED)


def test_refuses_a_vouch_transplanted_to_other_media() -> None:
    assert refused(VOUCH, bindings=[]) is Code.BINDING_MISMATCH
    assert refused(VOUCH, bindings=[binding("other")]) is Code.BINDING_MISMATCH
    assert refused(VOUCH, bindings=[binding("photo", BindingKind.MANIFEST)]) is Code.BINDING_MISMATCH
    rebound = PresentationHeader(binding=binding("other"), statement="seen with my own eyes").encode()
    assert refused(changed(VOUCH, presentation_header=rebound), bindings=[binding("other")]) is Code.PROOF_INVALID


def test_refuses_slots_beyond_what_reader_and_issuer_allow() -> None:
    second = ADA.vouch(slot=1)
    assert refused(second) is Code.SLOT_EXCEEDED
    assert check(second, slots=2).vouch.slot == 1
    assert refused(ADA.vouch(slot=3), slots=100) is Code.SLOT_EXCEEDED  # the issuer allows 3: 0, 1, 2


def test_refuses_a_missing_or_wrong_answer_to_the_readers_challenge() -> None:
    answer = ADA.vouch(nonce=b"n" * 16, audience="news.example")
    assert check(answer, nonce=b"n" * 16, audience="news.example")
    assert refused(answer, nonce=b"m" * 16) is Code.NONCE_MISMATCH
    assert refused(answer, audience="other.example") is Code.AUDIENCE_MISMATCH
    assert refused(VOUCH, nonce=b"n") is Code.NONCE_MISMATCH
    assert refused(VOUCH, audience="news.example") is Code.AUDIENCE_MISMATCH


def test_the_first_broken_rule_is_the_one_that_is_named() -> None:
    """Every later rule is broken too: order of the profile."""
    somebody = person()
    worst = somebody.vouch(slot=2, scope=CAFE, proved_scope=DESK, epoch="2026-12")
    nothing: dict[str, object] = {"issuers": [], "bindings": [], "nonce": b"n", "audience": "a.example"}
    mend: list[tuple[Code, dict[str, object]]] = [
        (Code.ISSUER_UNKNOWN, {"issuers": [replace(CLUB, epochs=("2026-11",)).info]}),
        (Code.KEY_UNKNOWN, {"issuers": [CLUB.info]}),
        (Code.EPOCH_CLOSED, {"at": in_epoch("2026-12")}),
        (Code.BINDING_MISMATCH, {"bindings": [PHOTO]}),
        (Code.SLOT_EXCEEDED, {"slots": 3}),
        (Code.NONCE_MISMATCH, {"nonce": None}),
        (Code.AUDIENCE_MISMATCH, {"audience": None}),
        (Code.PROOF_INVALID, {}),
    ]
    options = nothing
    for code, better in mend:
        assert refused(worst, **options) is code
        options = {**options, **better}


# Attacks on proof and pseudonym


@pytest.mark.parametrize(
    "claims",
    [
        {"level": Level.THREE},
        {"scope": DESK},
        {"slot": 1},
        {"epoch": "2026-12"},
        {"credential_class": EPOCH, "period": "2026-11"},
        {"pseudonym": person().vouch().pseudonym},
        {"pseudonym": ADA.vouch(scope=DESK).pseudonym},
        {"proof": person().vouch(statement="seen with my own eyes").proof},
        {"presentation_header": PresentationHeader(binding=PHOTO, statement="never saw it").encode()},
        {"presentation_header": PresentationHeader(binding=PHOTO, statement=None).encode()},
        {"presentation_header": replace(VOUCH.presentation, nonce=b"fresh").encode()},
        {"presentation_header": replace(VOUCH.presentation, audience="me.example").encode()},
        {"presentation_header": replace(VOUCH.presentation, pdq=bytes(32)).encode()},
    ],
    ids=" and ".join,
)
def test_refuses_a_vouch_that_claims_what_was_not_proved(claims: dict[str, object]) -> None:
    options = {"slots": 3, "scopes": [CAFE, DESK], "at": in_epoch(str(claims.get("epoch", "2026-11")))}
    assert refused(changed(VOUCH, **claims), **options) is Code.PROOF_INVALID


def test_refuses_a_pseudonym_of_another_context_so_that_no_scope_buys_a_second_voice() -> None:
    for slot, scope in ((1, CAFE), (0, DESK)):
        foreign = ADA.vouch(proved_scope=scope, proved_slot=slot)
        assert refused(foreign, slots=3) is Code.PROOF_INVALID


@pytest.mark.parametrize(
    "pseudonym",
    [bytes([0xC0]) + bytes(47), bytes(48), bytes([0x80]) + bytes(47), bytes([0xE0]) + bytes(47), b"\xff" * 48],
    ids=["identity", "uncompressed", "x=0", "junk with the infinity flag", "over the modulus"],
)
def test_refuses_points_that_are_no_pseudonym(pseudonym: bytes) -> None:
    assert refused(changed(VOUCH, pseudonym=pseudonym)) is Code.PROOF_INVALID


def test_refuses_the_negated_pseudonym() -> None:
    flipped = bytes([VOUCH.pseudonym[0] ^ 0x20]) + VOUCH.pseudonym[1:]
    assert refused(changed(VOUCH, pseudonym=flipped)) is Code.PROOF_INVALID


def test_refuses_a_credential_that_another_issuer_signed_with_the_same_key_material() -> None:
    """The header binds issuer id, class and epoch: a signature does not travel between issuers or epochs."""
    twin = replace(TOWN, name="Twin")
    forger = replace(ADA, issuer=twin)
    stolen = replace(forger.vouch(), issuer=CLUB.info.id)
    assert refused(stolen) is Code.PROOF_INVALID


def test_every_flipped_bit_of_a_vouch_is_refused_with_a_code() -> None:
    encoded = VOUCH.encode()
    for bit, octets in flips(encoded):
        if bit % 7 == 0:  # a seventh of all bits, the whole of every field's structure
            refused(octets, slots=3)


@settings(deadline=None)
@given(octets=st.binary(max_size=64), position=st.integers(0, len(VOUCH.encode())), cut=st.integers(0, 64))
def test_no_splice_of_a_vouch_gives_another_exception_than_ours(octets: bytes, position: int, cut: int) -> None:
    encoded = VOUCH.encode()
    spliced = encoded[:position] + octets + encoded[position + cut :]
    if spliced == encoded:
        assert check(spliced)
    else:
        refused(spliced)


# Options


@pytest.mark.parametrize(
    "options",
    [
        {"at": datetime(2026, 11, 21)},
        {"at": "2026-11-21"},
        {"grace": timedelta(seconds=-1)},
        {"grace": MAX_GRACE + timedelta(seconds=1)},
        {"slots": 0},
        {"slots": True},
        {"time_stamp": datetime(2026, 11, 21)},
    ],
    ids=str,
)
def test_refuses_options_out_of_range(options: dict[str, object]) -> None:
    with pytest.raises(EncodingError):
        check(VOUCH, **options)


# The ledger


def test_a_voice_is_new_then_seen_then_a_duplicate_for_another_statement(ledger: NullifierLedger) -> None:
    somebody, epoch = live()
    first = live_check(somebody, somebody.vouch(epoch=epoch, statement="one"), ledger=ledger)
    again = live_check(somebody, somebody.vouch(epoch=epoch, statement="one", nonce=b"new"), ledger=ledger)
    assert [first.code, again.code] == [Code.VOICE_NEW, Code.VOICE_SEEN]
    assert first.nullifier == again.nullifier
    assert (first.time, first.time_basis) == (first.recorded_at, TimeBasis.RECORDED) == (again.time, again.time_basis)
    with pytest.raises(voices.DuplicateVoiceError, match="recorded"):
        live_check(somebody, somebody.vouch(epoch=epoch, statement="two"), ledger=ledger)
    elsewhere = somebody.vouch(epoch=epoch, bound=binding("other"))
    with pytest.raises(voices.DuplicateVoiceError):
        live_check(somebody, elsewhere, ledger=ledger, bindings=[binding("other")])


def test_what_is_refused_leaves_no_trace_in_the_ledger(ledger: NullifierLedger) -> None:
    somebody, epoch = live()
    good = somebody.vouch(epoch=epoch)
    for bad in (changed(good, level=Level.THREE), somebody.vouch(epoch=epoch, slot=1)):
        with pytest.raises(ZkError):
            live_check(somebody, bad, ledger=ledger)
    with pytest.raises(voices.BindingMismatchError):
        live_check(somebody, good, ledger=ledger, bindings=[])
    assert live_check(somebody, good, ledger=ledger).code is Code.VOICE_NEW


def test_a_stolen_pseudonym_without_its_proof_cannot_use_up_somebodys_voice(ledger: NullifierLedger) -> None:
    somebody, epoch = live()
    good = somebody.vouch(epoch=epoch)
    thief = replace(somebody, nyms=tuple(reversed(somebody.nyms)))
    forged = changed(thief.vouch(epoch=epoch, statement="spoilt"), pseudonym=good.pseudonym)
    with pytest.raises(voices.InvalidProofError):
        live_check(somebody, forged, ledger=ledger)
    assert live_check(somebody, good, ledger=ledger).code is Code.VOICE_NEW


def test_a_run_in_the_past_or_future_only_reads_the_ledger(ledger: NullifierLedger) -> None:
    somebody, epoch = live()
    vouch = somebody.vouch(epoch=epoch)
    for away in (-AT_TOLERANCE - timedelta(minutes=5), AT_TOLERANCE + timedelta(minutes=5)):
        at = datetime.now(UTC) + away
        start = EpochLength.MONTH.epoch_bounds(epoch)[0]
        if at >= start:
            assert live_check(somebody, vouch, ledger=ledger, at=at).code is Code.VOICE_UNRECORDED
    assert live_check(somebody, vouch, ledger=ledger).code is Code.VOICE_NEW


def test_a_ledger_opened_read_only_is_only_read(ledger: NullifierLedger, tmp_path: Path) -> None:
    somebody, epoch = live()
    vouch = somebody.vouch(epoch=epoch)
    reading = open_ledger(tmp_path / "ledger.db", read_only=True)
    voice = live_check(somebody, vouch, ledger=reading)
    assert (voice.code, voice.uniqueness_checked, voice.recorded_at) == (Code.VOICE_UNRECORDED, False, None)
    live_check(somebody, vouch, ledger=ledger)
    assert live_check(somebody, vouch, ledger=reading).code is Code.VOICE_SEEN
    with pytest.raises(voices.DuplicateVoiceError):
        live_check(somebody, somebody.vouch(epoch=epoch, statement="other"), ledger=reading)


def test_a_vouch_recorded_in_time_holds_long_after_its_epoch(ledger: NullifierLedger) -> None:
    somebody, epoch = live()
    vouch, late = somebody.vouch(epoch=epoch), datetime.now(UTC) + timedelta(days=500)
    assert live_check(somebody, vouch, ledger=ledger).code is Code.VOICE_NEW
    voice = live_check(somebody, vouch, ledger=ledger, at=late)
    assert (voice.code, voice.time_basis, voice.time) == (Code.VOICE_SEEN, TimeBasis.RECORDED, voice.recorded_at)
    never = somebody.vouch(epoch=epoch, scope=DESK)
    with pytest.raises(voices.EpochClosedError):
        live_check(somebody, never, ledger=ledger, at=late, scopes=[CAFE, DESK])
    other = somebody.vouch(epoch=epoch, statement="an afterthought")
    with pytest.raises(voices.EpochClosedError):
        live_check(somebody, other, ledger=ledger, at=late)


def test_a_record_made_in_time_does_not_carry_a_forged_proof(ledger: NullifierLedger) -> None:
    somebody, epoch = live()
    vouch, late = somebody.vouch(epoch=epoch), datetime.now(UTC) + timedelta(days=500)
    live_check(somebody, vouch, ledger=ledger)
    forged = changed(vouch, proof=replace(somebody, nyms=somebody.nyms[::-1]).vouch(epoch=epoch).proof)
    with pytest.raises(voices.InvalidProofError):
        live_check(somebody, forged, ledger=ledger, at=late)


def test_a_lasting_voice_is_the_same_after_renewal_and_key_rotation(ledger: NullifierLedger) -> None:
    somebody, epoch = live()
    renewed = somebody.issuer.length.next_epoch(epoch)
    start = somebody.issuer.length.epoch_bounds(renewed)[0]
    assert live_check(somebody, somebody.vouch(epoch=epoch), ledger=ledger).code is Code.VOICE_NEW
    later = {"ledger": ledger, "at": start + timedelta(days=3)}
    assert live_check(somebody, somebody.vouch(epoch=renewed), **later).code is Code.VOICE_SEEN
    with pytest.raises(voices.DuplicateVoiceError):
        live_check(somebody, somebody.vouch(epoch=renewed, statement="second"), **later)


def test_an_epoch_voice_is_another_in_the_next_epoch() -> None:
    somebody = person(credential_class=EPOCH)
    one = check(somebody.vouch(epoch="2026-11"))
    two = check(somebody.vouch(epoch="2026-12"), at=in_epoch("2026-12"))
    assert one.nullifier != two.nullifier


def test_the_ledger_shares_nothing_with_the_vouch_but_pseudonym_and_context(
    ledger: NullifierLedger, tmp_path: Path
) -> None:
    somebody, epoch = live()
    vouch = somebody.vouch(epoch=epoch, statement="a telling statement", audience="reader.example", nonce=b"nonce!!!")
    live_check(somebody, vouch, ledger=ledger)
    ledger.close()
    dump = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert vouch.pseudonym in dump
    for secret in (vouch.proof[:16], b"telling", b"reader.example", b"nonce!!!", PHOTO.digest):
        assert secret not in dump


def test_errors_and_voices_show_no_proof_and_no_pseudonym() -> None:
    voice = check(VOUCH)
    with pytest.raises(ZkError) as caught:
        check(changed(VOUCH, level=Level.THREE))
    for text in (repr(voice), str(caught.value), repr(caught.value)):
        assert VOUCH.pseudonym.hex() not in text
        assert repr(VOUCH.pseudonym) not in text
        assert repr(VOUCH.proof) not in text


def test_importing_the_verifier_needs_no_database_picture_or_command_line_code() -> None:
    code = (
        "import sys, zk, zk.verifier;"
        "bad = {'sqlalchemy', 'PIL', 'c2pa', 'click', 'vouchmark', 'provenance', 'py_ecc', 'numpy'} & set(sys.modules);"
        "sys.exit(', '.join(bad) or 0)"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_foreign_issuer_json_cannot_stand_in_for_a_trusted_one() -> None:
    forged = replace(CLUB.info, keys=TOWN.info.keys)
    with pytest.raises(ZkError):
        IssuerInfo.from_json(forged.to_json())
    assert hashlib.sha256(forged.signed_octets()).digest() != CLUB.info.digest

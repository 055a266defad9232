"""The issuer: one credential per person, class and epoch; what it writes down, signs, publishes and destroys."""

import os
import shutil
import signal
import sqlite3
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.people.club import DECEMBER, FAST, JANUARY, NAME, NOVEMBER, PASSPHRASE, Club, club, keyed_books
from tests.support.people.dying import fork, killed_at
from zk.bbs.ciphersuite import BLS12_381_SHAKE_256, SUITES, Suite
from zk.errors import EncodingError, ProofError, RefusedError, SignatureError, StorageError, UntrustedError, ZkError
from zk.issuer import approving, publishing, rules
from zk.issuer.books_schema import ENROLMENTS
from zk.issuer.enrolment import EnrolmentBooks
from zk.issuer.folder import overview
from zk.issuer.identifiers import canonical
from zk.issuer.issuer import Issuer
from zk.issuer.seals import Pen
from zk.issuer.secrets import IssuerSecrets
from zk.profile.exchange import MAX_REQUEST_OCTETS, Code, CodeKind, EnrolmentRequest, EnrolmentResponse
from zk.profile.issuer_info import read_info
from zk.profile.personhood import CredentialClass, EpochLength, HolderCount, IssuerInfo, Level, check_possession
from zk.storage.vault import Passphrase, Vault
from zk.wallet.state import WalletState
from zk.wallet.wallet import Wallet

PERSON = "ID-4711"


@pytest.fixture
def the_club(tmp_path: Path) -> Club:
    return club(tmp_path)


def requested(the_club: Club, wallet: Wallet | None = None, at: datetime = NOVEMBER, person: str = PERSON) -> bytes:
    wallet = wallet or the_club.wallet()
    return wallet.request(the_club.info, the_club.invite(person, at=at), at=at)


def rows(the_club: Club, table: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(the_club.folder / "enrolment.sqlite")
    try:
        return connection.execute(f"SELECT * FROM {table}").fetchall()
    finally:
        connection.close()


# Making one


def test_a_new_issuer_has_keys_for_this_epoch_and_the_next(the_club: Club) -> None:
    info = the_club.info
    assert (info.name, info.serial, info.n, info.slots, info.epoch_length) == (NAME, 1, 4, 1, EpochLength.MONTH)
    assert [key.epoch for key in info.keys] == ["2026-11", "2026-12"]
    for key in info.keys:
        check_possession(key.public_key, key.possession)
    assert (info.counts, info.resets) == ((), 0)


def test_only_issuer_json_is_for_others(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        Issuer.create(tmp_path / "club", PASSPHRASE, name=NAME, at=NOVEMBER, log_cost=FAST).close()
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "club").stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "club").iterdir()}
    assert modes.pop("issuer.json") == 0o644
    assert set(modes.values()) == {0o600}


def test_never_overwrites_a_folder(tmp_path: Path) -> None:
    full, file, empty = tmp_path / "full", tmp_path / "file", tmp_path / "empty"
    full.mkdir()
    (full / "x").write_text("mine")
    file.write_text("mine")
    empty.mkdir()
    for path in (full, file):
        with pytest.raises(RefusedError, match="already there"):
            Issuer.create(path, PASSPHRASE, name=NAME, at=NOVEMBER, log_cost=FAST)
    assert (full / "x").read_text() == file.read_text() == "mine"
    Issuer.create(empty, PASSPHRASE, name=NAME, at=NOVEMBER, log_cost=FAST).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file", "full"]
    with pytest.raises(StorageError):
        Issuer.create(tmp_path / "none" / "club", PASSPHRASE, name=NAME, at=NOVEMBER, log_cost=FAST)


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"n": 0}, {"n": 17}, {"slots": 0}, {"reset_days": 1}, {"log_cost": 10}]
)
def test_refuses_an_issuer_out_of_bounds_and_leaves_nothing(tmp_path: Path, changes: dict[str, object]) -> None:
    values = {"name": NAME, "at": NOVEMBER, "log_cost": FAST, **changes}
    with pytest.raises((EncodingError, RefusedError)):
        Issuer.create(tmp_path / "club", PASSPHRASE, **values)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("owner", "name", "after"), [(Vault, "write", 1), (EnrolmentBooks, "create", 0), (Path, "rename", 0)]
)
def test_a_killed_making_leaves_no_half_issuer(tmp_path: Path, owner: object, name: str, after: int) -> None:
    def make() -> None:
        Issuer.create(tmp_path / "club", PASSPHRASE, name=NAME, at=NOVEMBER, log_cost=FAST).close()

    assert killed_at(owner, name, make, after=after)
    assert not (tmp_path / "club").exists()
    make()
    assert read_info(tmp_path / "club" / "issuer.json").serial == 1


def test_refuses_the_wrong_passphrase_and_mixed_folders(the_club: Club, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="wrong passphrase"):
        Issuer.open(the_club.folder, Passphrase.of("wrong"))
    Issuer.create(tmp_path / "other", PASSPHRASE, name=NAME, at=NOVEMBER, log_cost=FAST).close()
    shutil.copy(tmp_path / "other" / "secrets.vault", the_club.folder / "secrets.vault")
    with pytest.raises(StorageError, match="different issuers"):
        Issuer.open(the_club.folder, PASSPHRASE)


def test_refuses_books_of_another_schema_open_to_others_or_damaged(the_club: Club) -> None:
    path = the_club.folder / "enrolment.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("UPDATE enrolment_schema SET version = 99")
    connection.commit()
    connection.close()
    with pytest.raises(StorageError, match=r"expected schema \d+, got 99"):
        the_club.open()
    path.chmod(0o644)
    with pytest.raises(StorageError, match="open to others"):
        the_club.open()
    path.chmod(0o600)
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StorageError):
        the_club.open()
    path.unlink()
    with pytest.raises(StorageError):
        the_club.open()


# Inviting


def test_a_code_can_be_copied_with_white_space_and_capitals(the_club: Club) -> None:
    code = the_club.invite(PERSON)
    assert Code.parse(f"  {code.reveal().upper()}\n") == code
    assert len(code.secret) == 16
    assert code.secret != the_club.invite("other").secret


@pytest.mark.parametrize(
    "text",
    [
        "",
        "vm1-enrol-0-",
        "vm1-enrol-0-aaaaaaaaaaaaaaaaaaaaaaaaab",
        "vm1-x-0-aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "vm1-renew-00-aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "vm1-renew-1000-aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "a" * 1000,
    ],
)
def test_refuses_codes_with_a_slip_without_repeating_them(text: str) -> None:
    with pytest.raises(EncodingError) as caught:
        Code.parse(text)
    assert "aaaa" not in str(caught.value)


def test_refuses_a_second_enrolment_and_renewal_or_reset_of_a_stranger(the_club: Club) -> None:
    for kind in (CodeKind.RENEW, CodeKind.RESET):
        with pytest.raises(RefusedError, match="not enrolled"):
            the_club.invite(PERSON, kind)
    the_club.approve(requested(the_club))
    with pytest.raises(RefusedError, match="enrolled already"):
        the_club.invite(PERSON)


@pytest.mark.parametrize("spelling", ["id-4711", " ID-4711\n", "ＩＤ－４７１１", "Id-4711"])
def test_one_person_in_another_spelling_is_one_person(the_club: Club, spelling: str) -> None:
    the_club.approve(requested(the_club))
    with pytest.raises(RefusedError, match="enrolled already"):
        the_club.invite(spelling)


@pytest.mark.parametrize(
    ("first", "second"),
    [("Straße", "STRASSE"), ("ﬁona@x.example", "FIONA@X.EXAMPLE"), ("Å", "A\u030a"), ("ΌΣΟΣ", "όσος")],
)
def test_identifiers_are_folded(first: str, second: str) -> None:
    assert canonical(first) == canonical(second)


@pytest.mark.parametrize("identifier", ["", "  ", "a" * 321, "a\x00b", "a\u202eb"])
def test_refuses_identifiers_that_nobody_has(the_club: Club, identifier: str) -> None:
    with pytest.raises(EncodingError):
        the_club.invite(identifier)


def test_a_later_code_voids_the_earlier(the_club: Club) -> None:
    wallet = the_club.wallet()
    first = wallet.request(the_club.info, the_club.invite(PERSON), at=NOVEMBER)
    second = wallet.request(the_club.info, the_club.invite(PERSON), at=NOVEMBER)
    with pytest.raises(RefusedError, match="replaced"):
        the_club.approve(first)
    the_club.approve(second)


def test_a_code_expires(the_club: Club) -> None:
    request = requested(the_club)
    with pytest.raises(RefusedError, match="expired"):
        the_club.approve(request, NOVEMBER + timedelta(days=8))
    wallet = the_club.wallet("late")
    with the_club.open() as issuer:
        code = issuer.invite("late", at=NOVEMBER, code_days=10)
        request = wallet.request(issuer.info, code, at=NOVEMBER)
        end = NOVEMBER.replace(hour=0, minute=0) + timedelta(days=11)  # that day ends
        with pytest.raises(RefusedError, match="expired"):
            issuer.approve(request, at=end)
        issuer.approve(request, at=end - timedelta(seconds=1))
        for days in (0, 91):
            with pytest.raises(RefusedError):
                issuer.invite("late", at=NOVEMBER, kind=CodeKind.RENEW, code_days=days)


def test_the_level_is_the_issuers_and_stays_in_renewals(the_club: Club) -> None:
    wallet = the_club.wallet()
    with the_club.open() as issuer:
        code = issuer.invite(PERSON, at=NOVEMBER, level=Level.THREE)
        answer = EnrolmentResponse.decode(issuer.approve(wallet.request(issuer.info, code, at=NOVEMBER), at=NOVEMBER))
        wallet.accept(answer.encode())
        code = issuer.invite(PERSON, at=NOVEMBER, kind=CodeKind.RENEW)
        again = EnrolmentResponse.decode(issuer.approve(wallet.renew(code, at=NOVEMBER), at=NOVEMBER))
    assert (answer.level, again.level, again.epoch) == (Level.THREE, Level.THREE, "2026-12")


# Approving


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_signs_the_same_request_identically(tmp_path: Path, suite: Suite) -> None:
    the_club = club(tmp_path, suite=suite)
    wallet = the_club.wallet()
    request = requested(the_club, wallet)
    first = the_club.approve(request)
    assert the_club.approve(request, NOVEMBER + timedelta(days=15)) == first  # also after the code's time
    wallet.accept(first)
    assert len(rows(the_club, "enrolment")) == 2


def test_refuses_another_request_with_a_used_code(the_club: Club) -> None:
    code = the_club.invite(PERSON)
    one, other = (the_club.wallet(name).request(the_club.info, code, at=NOVEMBER) for name in "ab")
    the_club.approve(one)
    with pytest.raises(RefusedError, match="already used"):
        the_club.approve(other)
    with pytest.raises(RefusedError, match="already used"):  # for the next epoch neither
        the_club.approve(the_club.wallet("c").request(the_club.info, code, at=NOVEMBER, ahead=True))


def test_refuses_codes_that_it_never_gave(the_club: Club) -> None:
    wallet = the_club.wallet()
    with pytest.raises(RefusedError, match="unknown"):
        the_club.approve(wallet.request(the_club.info, Code.draw(CodeKind.ENROL, 0), at=NOVEMBER))
    code = the_club.invite(PERSON)
    for changed in (replace(code, kind=CodeKind.RESET), replace(code, generation=1)):
        with pytest.raises(RefusedError, match="unknown"):
            the_club.approve(wallet.request(the_club.info, changed, at=NOVEMBER))


@pytest.mark.parametrize(
    ("asked", "approved"),
    [(NOVEMBER, DECEMBER), (JANUARY, NOVEMBER), (DECEMBER + timedelta(days=31), DECEMBER)],
    ids=["past", "two ahead", "no key"],
)
def test_refuses_epochs_that_are_not_open(the_club: Club, asked: datetime, approved: datetime) -> None:
    code = the_club.invite(PERSON, at=approved)
    request = the_club.wallet().request(the_club.info, code, at=asked)
    with pytest.raises((RefusedError, UntrustedError)):
        the_club.approve(request, approved)
    assert not rows(the_club, "enrolment")


def test_the_epochs_edge_is_exact(the_club: Club) -> None:
    _, end = EpochLength.MONTH.epoch_bounds("2026-11")
    request = requested(the_club, at=end - timedelta(days=1))
    with pytest.raises(RefusedError, match="epoch 2026-11"):
        the_club.approve(request, end)
    the_club.approve(request, end - timedelta(microseconds=1))


def test_refuses_requests_for_another_issuer_or_suite(the_club: Club, tmp_path: Path) -> None:
    asked = EnrolmentRequest.decode(requested(the_club))
    for changes in ({"issuer": bytes(32)}, {"suite": BLS12_381_SHAKE_256}):
        with pytest.raises(RefusedError, match="another issuer"):
            the_club.approve(replace(asked, **changes).encode())  # type: ignore[arg-type]


def test_refuses_a_request_with_any_part_exchanged(the_club: Club) -> None:
    code = the_club.invite(PERSON)
    asked, other = (
        EnrolmentRequest.decode(the_club.wallet(name).request(the_club.info, code, at=NOVEMBER)) for name in "ab"
    )
    changed = [
        replace(asked, **{part: getattr(other, part)})  # type: ignore[arg-type]
        for part in ("lasting", "epochal", "tag", "proof")
    ]
    changed += [replace(asked, lasting=asked.epochal, epochal=asked.lasting), replace(asked, epoch="2026-12")]
    for request in changed:
        with pytest.raises(SignatureError):
            the_club.approve(request.encode())
        with pytest.raises(ProofError):  # whoever has the code could sign it, and yet it does not hold
            the_club.approve(request.signed_by(code).encode())
    assert not rows(the_club, "enrolment")
    assert not rows(the_club, "lasting_person")
    the_club.approve(asked.encode())  # and the code was not used up


def test_refuses_flipped_and_cut_requests_with_our_errors_only(the_club: Club) -> None:
    request = requested(the_club)
    with the_club.open() as issuer:
        for position in range(0, len(request), 7):
            changed = bytearray(request)
            changed[position] ^= 0x10
            with pytest.raises(ZkError):
                issuer.approve(bytes(changed), at=NOVEMBER)
        for octets in (b"", request[:-1], request + b"\0", bytes(MAX_REQUEST_OCTETS + 1)):
            with pytest.raises(EncodingError):
                issuer.approve(octets, at=NOVEMBER)
        issuer.approve(request, at=NOVEMBER)


@pytest.mark.parametrize("credential_class", list(CredentialClass))
def test_issues_both_classes_or_neither(the_club: Club, credential_class: CredentialClass) -> None:
    request = requested(the_club)
    with the_club.open() as issuer:
        tag = issuer._secrets.tag(PERSON)
    row = (tag, credential_class.value, "2026-11", 1, bytes(32))
    books = keyed_books(the_club)
    with books._writing("write") as pen:
        assert pen.insert(ENROLMENTS, dict(zip(("tag", "class", "epoch", "level", "request"), row, strict=True)))
    books.close()
    with pytest.raises(RefusedError, match="already has credentials"):
        the_club.approve(request)
    assert [found[:-1] for found in rows(the_club, "enrolment")] == [(*row, None)]
    assert not rows(the_club, "lasting_person")
    assert rows(the_club, "code")[0][10] is None  # the code is still good


def test_the_books_hold_what_the_design_lists_and_nothing_else(the_club: Club) -> None:
    the_club.approve(requested(the_club))
    connection = sqlite3.connect(the_club.folder / "enrolment.sqlite")
    columns = {
        table: [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    }
    connection.close()
    assert columns == {
        "enrolment_schema": ["version"],
        "lasting_person": ["tag", "generation", "continuity", "reset_at", "published_in", "seal"],
        "enrolment": ["tag", "class", "epoch", "level", "request", "published_in", "seal"],
        "code": [
            *("id", "key", "tag", "kind", "generation", "level", "expires_at", "renewable_until", "after", "request"),
            *("epoch", "void", "seal"),
        ],
        "person_left": ["tag", "epoch", "seal"],
        "person_near": ["skeleton", "tag", "seal"],
        "publication": ["serial", "previous", "salt", "rows", "persons", "credentials", "at", "done", "seal"],
        "state": ["only", "is_copy", "lost_resets", "issuer", "seal"],
        "head": ["only", "changes", "seal"],
    }


def test_no_file_of_the_issuer_holds_an_identifier_or_a_code(the_club: Club) -> None:
    name = "Wilhelmina.Vandersteen@harbour.example"
    code = the_club.invite(name)
    the_club.approve(the_club.wallet().request(the_club.info, code, at=NOVEMBER))
    the_club.rotate(DECEMBER)
    needles = [name, name.casefold(), "vandersteen", code.reveal(), code.reveal().rpartition("-")[2]]
    for path in the_club.folder.iterdir():
        octets = path.read_bytes().lower()
        assert not any(needle.lower().encode() in octets for needle in needles), path
        assert code.secret not in path.read_bytes()


def test_entropy_is_of_person_class_and_period_and_stays(the_club: Club) -> None:
    with the_club.open() as issuer:
        own = issuer._secrets
    tag, other = own.tag(PERSON), own.tag("other")
    lasting, epoch = CredentialClass.LASTING, CredentialClass.EPOCH
    drawn = [
        own.nym_entropy(tag, lasting, 0, suite=SUITES[0]),
        own.nym_entropy(tag, lasting, 1, suite=SUITES[0]),
        own.nym_entropy(tag, epoch, "2026-11", suite=SUITES[0]),
        own.nym_entropy(tag, epoch, "2026-12", suite=SUITES[0]),
        own.nym_entropy(other, lasting, 0, suite=SUITES[0]),
        own.nym_entropy(tag, lasting, 0, suite=SUITES[1]),
    ]
    assert len(set(drawn)) == len(drawn)
    assert own.nym_entropy(tag, lasting, 0, suite=SUITES[0]) == drawn[0]


# Killed


@pytest.mark.parametrize(
    ("owner", "name", "after", "enrolled"),
    [
        (approving, "verify_continuity", 0, False),
        (rules, "use_code", 0, False),
        *((Pen, "insert", number, False) for number in range(7)),  # tried with a first request, then done
        (Pen, "finish", 3, False),
        (Pen, "finish", 4, False),
        (approving, "blind_sign_with_nym", 0, True),
        (approving, "blind_sign_with_nym", 1, True),
    ],
)
def test_a_killed_approval_enrols_nobody_twice_and_loses_no_code(
    the_club: Club, owner: object, name: str, after: int, enrolled: bool
) -> None:
    wallet = the_club.wallet()
    request = requested(the_club, wallet)
    assert killed_at(owner, name, lambda: the_club.approve(request), after=after)
    assert len(rows(the_club, "enrolment")) == (2 if enrolled else 0)
    wallet.accept(the_club.approve(request))
    assert len(rows(the_club, "enrolment")) == 2
    assert len(rows(the_club, "lasting_person")) == 1


def test_after_a_crash_between_commit_and_signature_another_request_is_refused(the_club: Club) -> None:
    code = the_club.invite(PERSON)
    one, other = (the_club.wallet(name).request(the_club.info, code, at=NOVEMBER) for name in "ab")
    assert killed_at(approving, "blind_sign_with_nym", lambda: the_club.approve(one))
    with pytest.raises(RefusedError, match="already used"):
        the_club.approve(other)
    the_club.approve(one)


def test_approvals_killed_at_random_moments_enrol_nobody_twice_and_lose_no_code(the_club: Club) -> None:
    requests = [requested(the_club, the_club.wallet(f"w{n}"), person=f"p{n}") for n in range(12)]

    def approve_all() -> None:
        with the_club.open() as issuer:
            for request in requests:
                issuer.approve(request, at=NOVEMBER)

    for delay in (0.01, 0.03, 0.06, 0.1, 0.15, 0.2):
        child = fork()
        if child == 0:
            try:
                approve_all()
            finally:
                os._exit(0)
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with the_club.open():  # rolls back whatever was under way
            pass
        persons, issued = len(rows(the_club, "lasting_person")), rows(the_club, "enrolment")
        used = [row for row in rows(the_club, "code") if row[10] is not None]
        assert len(issued) == 2 * persons == 2 * len(used)
    answers = [the_club.approve(request) for request in requests]
    assert len(set(answers)) == len(rows(the_club, "lasting_person")) == len(requests)
    assert len(rows(the_club, "enrolment")) == 2 * len(requests)


# Any octets


@pytest.fixture(scope="module")
def encodings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bytes, Callable[[bytes], object]]]:
    """One good encoding of everything that passes between the roles or lies in a vault, and its decoder."""
    the_club = club(tmp_path_factory.mktemp("encodings"))
    wallet = the_club.wallet()
    request = requested(the_club, wallet)
    answer = the_club.approve(request)
    wallet.accept(answer)
    with the_club.open() as issuer:
        own = issuer._secrets.encode()
    return {
        "request": (request, EnrolmentRequest.decode),
        "response": (answer, EnrolmentResponse.decode),
        "secrets": (own, IssuerSecrets.decode),
        "wallet": (wallet._vault.read(), WalletState.decode),
    }


@pytest.mark.parametrize("what", ["request", "response", "secrets", "wallet"])
@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_changed_octets_are_refused_with_our_errors_or_are_another_value(
    encodings: dict[str, tuple[bytes, Callable[[bytes], object]]], what: str, data: st.DataObject
) -> None:
    octets, decode = encodings[what]
    position = data.draw(st.integers(0, len(octets) - 1))
    length = data.draw(st.integers(0, 3))
    changed = octets[:position] + data.draw(st.binary(max_size=3)) + octets[position + length :]
    try:
        value = decode(changed)
    except ZkError:
        return
    assert decode(value.encode()) == value  # type: ignore[attr-defined]
    if what != "wallet":  # in which issuer.json may have been laid out in another way
        assert value.encode() == changed  # type: ignore[attr-defined]


@pytest.mark.parametrize("what", ["request", "response", "secrets", "wallet"])
@given(octets=st.binary(max_size=64))
@settings(max_examples=50)
def test_any_octets_are_refused_with_our_errors(
    encodings: dict[str, tuple[bytes, Callable[[bytes], object]]], what: str, octets: bytes
) -> None:
    with pytest.raises(ZkError):
        encodings[what][1](octets)


# Rotating


def test_rotation_publishes_ahead_and_destroys_what_is_over(the_club: Club) -> None:
    with the_club.open() as issuer:
        before = issuer._secrets.keys
        done = issuer.rotate(PASSPHRASE, at=DECEMBER)
        assert done.info.supersedes(IssuerInfo.from_json((the_club.folder / "issuer.json").read_bytes())) is False
    assert (done.added, done.destroyed) == (("2027-01",), ("2026-11",))
    assert [key.epoch for key in the_club.info.keys] == ["2026-11", "2026-12", "2027-01"]
    content = Vault.open(the_club.folder / "secrets.vault", "issuer-secrets", PASSPHRASE).read()
    assert before[0].octets not in content
    assert before[1].octets in content
    assert [key.epoch for key in IssuerSecrets.decode(content).keys] == ["2026-12", "2027-01"]


def test_rotation_may_be_repeated(the_club: Club) -> None:
    the_club.rotate(DECEMBER)
    published = (the_club.folder / "issuer.json").read_bytes()
    with the_club.open() as issuer:
        done = issuer.rotate(PASSPHRASE, at=DECEMBER + timedelta(days=2))
    assert (done.added, done.destroyed, done.info.serial) == ((), (), 2)
    assert (the_club.folder / "issuer.json").read_bytes() == published


def test_rotation_publishes_how_many_hold_what(the_club: Club) -> None:
    for number in range(3):
        the_club.approve(requested(the_club, the_club.wallet(f"w{number}"), person=f"p{number}"))
    the_club.rotate(NOVEMBER)
    assert the_club.info.counts == tuple(
        HolderCount(credential_class=each, epoch="2026-11", level=Level.ONE, holders=3)
        for each in (CredentialClass.EPOCH, CredentialClass.LASTING)
    )
    seen = overview(the_club.folder, at=NOVEMBER)
    assert (seen.counts, seen.resets, seen.open_codes) == (the_club.info.counts, 0, 0)


def test_a_withdrawn_key_signs_no_more_and_holders_get_the_new_ones_signature(the_club: Club) -> None:
    wallet = the_club.wallet()
    request = requested(the_club, wallet)
    with the_club.open() as running:
        wallet.accept(running.approve(request, at=NOVEMBER))
        with the_club.open() as other_process:
            done = other_process.rotate(PASSPHRASE, at=NOVEMBER, compromised="2026-11")
        assert (done.added, done.destroyed) == (("2026-11",), ("2026-11",))
        answer = running.approve(request, at=NOVEMBER)  # noticed without being opened again
    info = the_club.info
    assert [(key.epoch, key.compromised) for key in info.keys] == [
        ("2026-11", True),
        ("2026-12", False),
        ("2026-11", False),
    ]
    wallet.accept(answer, newer=info)
    with the_club.open() as issuer, pytest.raises(RefusedError, match="no key that could be withdrawn"):
        issuer.rotate(PASSPHRASE, at=NOVEMBER, compromised="2026-10")


@pytest.mark.parametrize(
    ("owner", "name", "after"), [(Vault, "write", 0), (publishing, "write_private", 0), (Vault, "write", 1)]
)
def test_a_killed_rotation_is_finished_by_the_next(the_club: Club, owner: object, name: str, after: int) -> None:
    assert killed_at(owner, name, lambda: the_club.rotate(DECEMBER), after=after)
    the_club.rotate(DECEMBER)
    info = the_club.info
    assert [key.epoch for key in info.keys] == ["2026-11", "2026-12", "2027-01"]
    with the_club.open() as issuer:
        assert [key.public_key for key in issuer._secrets.keys] == [key.public_key for key in info.keys[1:]]
        wallet = the_club.wallet()
        code = issuer.invite(PERSON, at=DECEMBER)
        wallet.accept(issuer.approve(wallet.request(info, code, at=DECEMBER, ahead=True), at=DECEMBER))


def test_the_identity_key_may_lie_elsewhere_and_is_needed_for_publishing_only(the_club: Club, tmp_path: Path) -> None:
    elsewhere = tmp_path / "stick.vault"
    (the_club.folder / "identity.vault").rename(elsewhere)
    the_club.approve(requested(the_club))
    with the_club.open() as issuer:
        with pytest.raises(StorageError):
            issuer.rotate(PASSPHRASE, at=DECEMBER)
        issuer.rotate(PASSPHRASE, at=DECEMBER, identity=elsewhere)
    assert the_club.info.serial == 2
    Issuer.create(tmp_path / "other", PASSPHRASE, name=NAME, at=NOVEMBER, log_cost=FAST).close()
    with the_club.open() as issuer, pytest.raises(RefusedError, match="another issuer"):
        issuer.rotate(PASSPHRASE, at=JANUARY, identity=tmp_path / "other" / "identity.vault")


def test_rotation_forgets_codes_that_are_over(the_club: Club) -> None:
    the_club.approve(requested(the_club))
    the_club.invite("never came")
    the_club.rotate(NOVEMBER + timedelta(days=1))
    assert len(rows(the_club, "code")) == 3
    the_club.rotate(DECEMBER)
    assert [row[3] for row in rows(the_club, "code")] == ["token"]
    the_club.rotate(NOVEMBER + timedelta(days=366), after_gap=True)
    assert rows(the_club, "code") == []


@pytest.mark.parametrize("length", list(EpochLength))
def test_every_epoch_length_works(tmp_path: Path, length: EpochLength) -> None:
    the_club = club(tmp_path, epoch_length=length)
    wallet = the_club.member()
    ahead = length.epoch_bounds(length.epoch_at(NOVEMBER))[1]
    the_club.rotate(ahead)
    the_club.renew(wallet, at=ahead)
    assert {held.epoch for held in wallet.held(at=ahead)[0].credentials} == {
        length.epoch_at(NOVEMBER),
        length.epoch_at(ahead),
    }


def test_shows_no_secret_in_a_repr_or_error(the_club: Club) -> None:
    code = the_club.invite(PERSON)
    with the_club.open() as issuer:
        own = issuer._secrets
        texts = [repr(issuer), repr(own), repr(own.keys[0]), repr(code), repr(issuer._books), repr(issuer._vault)]
        request = the_club.wallet().request(issuer.info, code, at=NOVEMBER)
        texts.append(repr(EnrolmentRequest.decode(request)))
        texts.append(repr(EnrolmentResponse.decode(issuer.approve(request, at=NOVEMBER))))
        with pytest.raises(RefusedError) as caught:
            issuer.approve(the_club.wallet("b").request(issuer.info, code, at=NOVEMBER), at=NOVEMBER)
        texts.append(str(caught.value))
    secrets = [own.pepper, own.entropy_key, *(key.octets for key in own.keys), code.secret, code.reveal().encode()]
    for text in texts:
        for secret in secrets:
            assert secret.hex() not in text
            assert repr(secret)[2:-1] not in text

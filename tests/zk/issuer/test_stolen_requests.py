"""Whoever sees a request, and whoever has seen a code: what can they do, and what is the person told?"""

import datetime as dt
import sqlite3
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.people.club import NOVEMBER, Club, as_of_version_1, club
from tests.support.people.dying import killed_at
from zk.bbs.encoding import dcbor_decode, dcbor_encode
from zk.errors import EncodingError, RefusedError, SignatureError, UnsupportedError
from zk.issuer.enrolment import EnrolmentBooks
from zk.profile.codes import Code, CodeKind
from zk.profile.exchange import EnrolmentRequest, EnrolmentResponse
from zk.profile.words import words_of

PERSON = "ID-4711"
TWO = "two different requests"


@pytest.fixture
def the_club(tmp_path: Path) -> Club:
    return club(tmp_path)


def two_requests(the_club: Club) -> tuple[bytes, bytes]:
    """Return the person's request and another wallet's, both under the person's code."""
    code = the_club.invite(PERSON)
    return (
        the_club.wallet("person").request(the_club.info, code, at=NOVEMBER),
        the_club.wallet("thief").request(the_club.info, code, at=NOVEMBER),
    )


def rows(the_club: Club, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(the_club.folder / "enrolment.sqlite")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_a_request_holds_nothing_of_the_code(the_club: Club) -> None:
    code = the_club.invite(PERSON)
    request = the_club.wallet().request(the_club.info, code, at=NOVEMBER)
    assert code.id in request
    for part in (code.secret, code.secret[:8], code.reveal().encode(), code.reveal().rpartition("-")[2].encode()):
        assert part not in request
    assert code.public_key not in request


def test_who_sees_a_request_cannot_ask_in_the_persons_place(the_club: Club) -> None:
    person, thief = (EnrolmentRequest.decode(each) for each in two_requests(the_club))
    own = Code.draw(person.kind, person.generation)
    stolen = replace(thief, signature=person.signature)
    for request in (stolen, stolen.signed_by(own), replace(person, lasting=thief.lasting).signed_by(own)):
        with pytest.raises(SignatureError):
            the_club.approve(request.encode())
        with pytest.raises(SignatureError), the_club.open() as issuer:
            issuer.review(request.encode(), at=NOVEMBER)
    answer = EnrolmentResponse.decode(the_club.approve(person.encode()))  # and nothing of it has hurt the person
    assert answer.request == person.digest


def test_every_member_of_a_request_is_signed(the_club: Club) -> None:
    code = the_club.invite(PERSON)
    request = EnrolmentRequest.decode(the_club.wallet().request(the_club.info, code, at=NOVEMBER))
    other = the_club.invite("other")
    for change in (
        {"kind": CodeKind.RESET},
        {"generation": 1},
        {"epoch": "2026-12"},
        {"code_id": other.id},
        {"proof": bytes([1]) + request.proof[1:]},
        {"signature": bytes(64)},
    ):
        with pytest.raises(SignatureError):
            the_club.approve(replace(request, **change).encode())  # type: ignore[arg-type]
    the_club.approve(request.encode())


def test_of_two_requests_before_signing_neither_is_signed_and_both_are_told(the_club: Club) -> None:
    person, thief = two_requests(the_club)
    with the_club.open() as issuer:
        issuer.review(person, at=NOVEMBER)
        with pytest.raises(RefusedError, match=TWO):
            issuer.review(thief, at=NOVEMBER)
    for request in (person, thief, person):  # also later, and in another process
        with pytest.raises(RefusedError, match=TWO):
            the_club.approve(request)
    assert not rows(the_club, "SELECT tag FROM enrolment UNION ALL SELECT tag FROM lasting_person")
    with the_club.open() as issuer:
        assert issuer._books.open_codes(int(NOVEMBER.timestamp())) == 0
    again = the_club.wallet("again").request(the_club.info, the_club.invite(PERSON), at=NOVEMBER)
    the_club.approve(again)
    with pytest.raises(RefusedError, match="replaced"):
        the_club.approve(person)


def test_once_one_is_signed_the_other_is_refused_and_told_of(the_club: Club) -> None:
    person, thief = two_requests(the_club)
    first = the_club.approve(person)
    with pytest.raises(RefusedError, match="somebody else had the code"):
        the_club.approve(thief)
    assert the_club.approve(person) == first


def test_a_request_that_does_not_hold_makes_no_code_void(the_club: Club) -> None:
    """Also one that whoever has the code has signed: only what could be signed counts."""
    code = the_club.invite(PERSON)
    person = EnrolmentRequest.decode(the_club.wallet().request(the_club.info, code, at=NOVEMBER))
    broken = replace(person, proof=bytes([1]) + person.proof[1:]).signed_by(code)
    too_late = replace(person, epoch="2027-06").signed_by(code)
    for request in (broken, too_late):
        with pytest.raises(Exception, match=r"proof|epoch"):
            the_club.approve(request.encode())
    the_club.approve(person.encode())


def test_the_four_words_are_the_wallets_and_decide(the_club: Club) -> None:
    person, thief = two_requests(the_club)
    words = " ".join(words_of(EnrolmentRequest.decode(person).digest))
    with the_club.open() as issuer:
        with pytest.raises(RefusedError, match="words"):
            issuer.approve(thief, at=NOVEMBER, words=words)
        with pytest.raises(EncodingError, match="expected 4 words"):
            issuer.approve(person, at=NOVEMBER, words="zoo")
        reviewed = issuer.review(person, at=NOVEMBER)
        assert (" ".join(reviewed.words), reviewed.epoch, reviewed.signed) == (words, "2026-11", False)
        issuer.approve(person, at=NOVEMBER, words=words.upper())
        assert issuer.review(person, at=NOVEMBER).signed


def test_reviewing_twice_changes_nothing_and_an_expired_code_is_not_received(the_club: Club) -> None:
    person, thief = two_requests(the_club)
    with the_club.open() as issuer:
        assert issuer.review(person, at=NOVEMBER) == issuer.review(person, at=NOVEMBER)
        with pytest.raises(RefusedError, match="expired"):
            issuer.review(thief, at=NOVEMBER + timedelta(days=9))
        issuer.approve(person, at=NOVEMBER)


def test_killed_between_receiving_and_writing_down_the_same_request_goes_on(the_club: Club) -> None:
    person, thief = two_requests(the_club)
    assert killed_at(EnrolmentBooks, "enrol", lambda: the_club.approve(person))
    the_club.approve(person)
    with pytest.raises(RefusedError):
        the_club.approve(thief)


def racer(the_club: Club, request: bytes, start: threading.Barrier, signed: list[bytes], told: list[str]) -> None:
    start.wait()
    try:
        signed.append(the_club.approve(request))
    except RefusedError as error:
        told.append(str(error))


def test_in_a_race_at_most_one_is_signed_and_none_once_the_code_is_void(the_club: Club) -> None:
    for turn in range(4):
        code = the_club.invite(f"racer {turn}")
        requests = [the_club.wallet(f"{turn}-{n}").request(the_club.info, code, at=NOVEMBER) for n in range(3)]
        signed: list[bytes] = []
        told: list[str] = []
        start = threading.Barrier(len(requests))

        threads = [threading.Thread(target=racer, args=(the_club, each, start, signed, told)) for each in requests]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        void = any(TWO in words for words in told)
        assert len(signed) + len(told) == 3
        assert len(signed) == (0 if void else 1)


def test_a_used_code_leaves_no_time_and_an_open_one_its_day_alone(the_club: Club) -> None:
    person, _ = two_requests(the_club)
    (expires,) = rows(the_club, "SELECT expires_at FROM code")[0]
    assert isinstance(expires, int)
    assert expires % 86_400 == 0
    the_club.approve(person)
    assert rows(the_club, "SELECT expires_at FROM code WHERE kind = 'enrol'") == [(None,)]
    (until,) = rows(the_club, "SELECT expires_at FROM code WHERE kind = 'token'")[0]
    assert dt.datetime.fromtimestamp(int(str(until)), dt.UTC) == dt.datetime(2027, 11, 1, tzinfo=dt.UTC)  # by the month


def test_a_request_of_the_first_version_is_named_as_that(the_club: Club) -> None:
    person, _ = two_requests(the_club)
    members = dcbor_decode(person, max_size=4096)
    assert isinstance(members, dict)
    for name in ("kind", "generation", "signature"):
        del members[name]
    old = dcbor_encode({**members, "format": "vouchmark-request/1", "code": "vm1-enrol-0-aaaaaaaaaaaaaaaaaaaaaaaaaa"})
    with pytest.raises(UnsupportedError, match=r"vouchmark-request/1: made by another version"):
        the_club.approve(old)


def test_books_of_the_first_version_keep_everybody_and_void_their_codes(the_club: Club) -> None:
    person, _ = two_requests(the_club)
    the_club.approve(person)
    as_of_version_1(the_club)
    with pytest.raises(RefusedError, match="enrolled already"):
        the_club.invite(PERSON)
    assert rows(the_club, "SELECT count(*) FROM code") == [(0,)]
    assert len(rows(the_club, "SELECT * FROM lasting_person")) == 1
    the_club.approve(the_club.wallet("new").request(the_club.info, the_club.invite("new"), at=NOVEMBER))

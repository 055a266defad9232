"""Can issuer and readers together tell who spoke? The collusion game, and what their records share with a vouch.

The adversary has everything but the wallets: the issuer's database, its secrets, both directions of every enrolment,
and the vouches and ledgers of two readers.
"""

import os
import random
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.people.club import DECEMBER, NOVEMBER, PHOTO, Club, binding, club
from zk.bbs.curve import backend
from zk.profile.exchange import CodeKind, EnrolmentRequest, EnrolmentResponse
from zk.profile.issuer_info import IssuerInfo
from zk.profile.personhood import CredentialClass, Scope, Vouch, context_id, header, issuer_messages
from zk.storage.ledger import Entry, open_ledger
from zk.verifier.verifier import verify
from zk.wallet.wallet import Wallet

TRIALS = 1000 if os.environ.get("VOUCHMARK_SLOW") == "1" else 200
# A fair coin's 1,000 throws stay within 5 % in 998 of 1,000 runs; 200 throws within 18 % in all but one of 10^6.
TOLERANCE = 0.05 if TRIALS == 1000 else 0.18
FIRST = Scope.parse("news.example:letters")
SECOND = Scope.parse("forum.example:threads")
PERSONS = tuple(f"ID-471{number}" for number in range(8))
WINDOW = 8
"""Octets that two records must share to be called linked: by chance once in 10^13 for records of this size."""


@dataclass(frozen=True)
class Known:
    """All that the adversary knows of a person whose name it knows."""

    request: bytes
    response: bytes
    rows: bytes
    first_vouch: bytes

    @property
    def octets(self) -> list[bytes]:
        return [self.request, self.response, self.rows, self.first_vouch]


@dataclass(frozen=True)
class Game:
    """Some persons and what is known of each."""

    info: IssuerInfo
    wallets: tuple[Wallet, ...]
    known: tuple[Known, ...]


@pytest.fixture(scope="module")
def the_club(tmp_path_factory: pytest.TempPathFactory) -> Club:
    return club(tmp_path_factory.mktemp("game"), slots=1)


def rows_of(the_club: Club, person: str) -> bytes:
    """Every value of every row of a person, which the issuer finds by the tag."""
    with the_club.open() as issuer:
        tag = issuer._secrets.tag(person)
    connection = sqlite3.connect(the_club.folder / "enrolment.sqlite")
    values = []
    for table in ("lasting_person", "enrolment", "code"):
        for row in connection.execute(f"SELECT * FROM {table} WHERE tag = ?", (tag,)):
            values += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    connection.close()
    return b"|".join(values)


@pytest.fixture(scope="module")
def game(the_club: Club) -> Game:
    wallets, known = [], []
    for person in PERSONS:
        wallet = the_club.wallet(person)
        request = wallet.request(the_club.info, the_club.invite(person), at=NOVEMBER)
        response = the_club.approve(request)
        wallet.accept(response)
        vouch = wallet.present(scope=FIRST, binding=binding(person.encode()), at=NOVEMBER)
        wallets.append(wallet)
        known.append(Known(request, response, rows_of(the_club, person), vouch.encode()))
    return Game(the_club.info, tuple(wallets), tuple(known))


def windows(octets: bytes, width: int = WINDOW) -> set[bytes]:
    return {octets[i : i + width] for i in range(len(octets) - width + 1)}


def points_of(known: Known, info: IssuerInfo, context: bytes) -> set[bytes]:
    """Pseudonyms that a person would have, were one of the recorded scalars or points all that made them."""
    curve, suite = backend(), info.suite
    OP = curve.hash_to_curve_g1(context, suite.pseudonym_api_id, suite.expand_message)
    answer = EnrolmentResponse.decode(known.response)
    request = EnrolmentRequest.decode(known.request)
    guesses = {Vouch.decode(known.first_vouch).pseudonym, request.lasting[:48], request.epochal[:48]}
    if request.tag is not None:
        guesses.add(request.tag)
    for entropy in (answer.lasting.entropy, answer.epochal.entropy):
        guesses.add(curve.encode_g1(curve.mul(OP, int.from_bytes(entropy, "big"))))
    return guesses


def score(vouch: Vouch, known: Known, info: IssuerInfo) -> tuple[int, int, int]:
    """How much a vouch looks like a person's records: equal points, shared octets, and the closest octet strings."""
    context = context_id(info.id, vouch.credential_class, vouch.scope, vouch.period, vouch.slot, vouch.media_digest)
    equal = int(vouch.pseudonym in points_of(known, info, context))
    octets = vouch.encode()
    shared = sum(len(windows(octets) & windows(record)) for record in known.octets)
    parts = [vouch.pseudonym, *(vouch.proof[i : i + 48] for i in (0, 48, 96))]
    answer, request = EnrolmentResponse.decode(known.response), EnrolmentRequest.decode(known.request)
    records = [answer.lasting.signature[:48], answer.epochal.signature[:48], request.lasting[:48], request.epochal[:48]]
    records += [Vouch.decode(known.first_vouch).pseudonym, request.tag or b""]
    distance = min(
        (int.from_bytes(part, "big") ^ int.from_bytes(record, "big")).bit_count()
        for part in parts
        for record in records
    )
    return equal, shared, -distance


def guess(vouch: Vouch, suspects: tuple[int, int], game: Game, coin: random.Random) -> int:
    """Return whom of two the adversary takes for the speaker."""
    first, second = (score(vouch, game.known[suspect], game.info) for suspect in suspects)
    return suspects[coin.randrange(2) if first == second else int(second > first)]


def present(wallet: Wallet, scope: Scope, credential_class: CredentialClass = CredentialClass.LASTING) -> Vouch:
    return wallet.present(scope=scope, binding=PHOTO, at=NOVEMBER, credential_class=credential_class)


def test_the_collusion_game_is_a_coin_toss(game: Game) -> None:
    """The adversary knows two persons by name, with their enrolment and their vouches for the first reader.

    One of them, by the toss of a coin, makes a vouch in a new scope of the second reader: who was it?
    """
    coin = random.Random()
    right = 0
    for number in range(TRIALS):
        first, second = coin.sample(range(len(PERSONS)), 2)
        speaker = coin.choice((first, second))
        credential_class = coin.choice(list(CredentialClass))
        vouch = present(game.wallets[speaker], Scope.parse(f"forum.example:threads/{number}"), credential_class)
        right += guess(vouch, (first, second), game, coin) == speaker
    assert abs(right / TRIALS - 0.5) <= TOLERANCE, f"{right} of {TRIALS}"


def test_the_adversary_is_not_blind(game: Game) -> None:
    """It wins wherever there is something to see: the same scope again, or a vouch that carries a record."""
    coin = random.Random(1)
    for speaker, other in ((0, 1), (1, 0), (5, 2)):
        again = game.wallets[speaker].present(scope=FIRST, binding=binding(PERSONS[speaker].encode()), at=NOVEMBER)
        assert guess(again, (speaker, other), game, coin) == speaker
        leaking = game.wallets[speaker].present(
            scope=SECOND,
            binding=PHOTO,
            at=NOVEMBER,
            nonce=EnrolmentResponse.decode(game.known[speaker].response).lasting.signature[:16],
        )
        assert guess(leaking, (speaker, other), game, coin) == speaker


def public(info: IssuerInfo, vouch: Vouch) -> set[bytes]:
    """Every 8 octets of what is the same for everybody: metadata of issuer and epoch, and the form of a vouch."""
    blank = Vouch(
        suite=vouch.suite,
        issuer=vouch.issuer,
        credential_class=vouch.credential_class,
        epoch=vouch.epoch,
        level=vouch.level,
        scope=vouch.scope,
        period=vouch.period,
        slot=vouch.slot,
        proof=bytes(len(vouch.proof)),
        pseudonym=bytes(48),
        presentation_header=vouch.presentation_header,
    )
    known = [blank.encode(), info.to_json(), info.signed_octets(), info.id]
    for credential_class in CredentialClass:
        known.append(header(info, credential_class, vouch.epoch))
        known += issuer_messages(info, credential_class, vouch.epoch, vouch.level)
    return set().union(*(windows(octets) for octets in known))


def test_the_issuers_records_share_no_octets_with_any_vouch(the_club: Club, game: Game, tmp_path: Path) -> None:
    """Neither the database, file and dump, nor the transcript, in octets or in hexadecimal."""
    the_club.rotate(NOVEMBER)
    for wallet, person in list(zip(game.wallets, PERSONS, strict=True))[:2]:
        request = wallet.renew(the_club.invite(person, CodeKind.RENEW), at=NOVEMBER)
        wallet.accept(the_club.approve(request), newer=the_club.info)
    connection = sqlite3.connect(the_club.folder / "enrolment.sqlite")
    dump = "\n".join(connection.iterdump()).encode()
    connection.close()
    records = [(the_club.folder / "enrolment.sqlite").read_bytes(), dump, dump.lower()]
    for known in game.known:
        records += [known.request, known.response, known.rows, known.request.hex().encode(), known.rows.hex().encode()]
    held = set().union(*(windows(record) for record in records))
    vouches = [
        wallet.present(scope=scope, binding=PHOTO, at=at, credential_class=credential_class)
        for wallet in game.wallets[:2]
        for scope in (SECOND, Scope.parse("public:media"))
        for at in (NOVEMBER, DECEMBER)
        for credential_class in CredentialClass
    ]
    for vouch in vouches:
        octets = vouch.encode()
        assert not (windows(octets) - public(the_club.info, vouch)) & held
        for part in (vouch.proof, vouch.pseudonym):
            assert not windows(part) & held
            assert not windows(part.hex().encode(), 2 * WINDOW) & set().union(
                *(windows(record, 2 * WINDOW) for record in records)
            )


def test_two_readers_ledgers_share_no_pseudonym(game: Game, tmp_path: Path) -> None:
    """Two readers lay their ledgers side by side: the same persons, and no pseudonym shares octets with another."""
    dumps = []
    for scope in (SECOND, Scope.parse("blog.example:comments")):
        path = tmp_path / f"{scope.authority}.sqlite"
        with open_ledger(path) as ledger:
            for wallet in game.wallets:
                vouch = present(wallet, scope)
                voice = verify(
                    vouch.encode(), bindings=[PHOTO], issuers=[game.info], scopes=[scope], at=NOVEMBER, ledger=None
                )
                issuer, credential_class, context, pseudonym = voice.nullifier
                ledger.consume(
                    Entry(
                        issuer=issuer,
                        credential_class=credential_class,
                        context=context,
                        pseudonym=pseudonym,
                        content=voice.content,
                    )
                )
        connection = sqlite3.connect(path)
        rows = connection.execute("SELECT pseudonym FROM vouchmark_ledger_nullifier").fetchall()
        connection.close()
        assert len(rows) == len(PERSONS)
        dumps.append(b"|".join(row[0] for row in rows))
    assert not windows(dumps[0]) & windows(dumps[1])


def test_vouches_of_one_person_in_two_scopes_share_only_their_form(game: Game) -> None:
    first, second = (present(game.wallets[0], scope) for scope in (SECOND, Scope.parse("blog.example:comments")))
    assert not (windows(first.proof) | windows(first.pseudonym)) & (windows(second.proof) | windows(second.pseudonym))


def test_everybody_gets_the_same_shape(game: Game) -> None:
    """Length, fields and order of a request, a response and a vouch say nothing of who it is."""
    assert len({len(known.request) for known in game.known}) == 1
    assert len({len(known.response) for known in game.known}) == 1
    sizes = {len(present(wallet, SECOND).encode()) for wallet in game.wallets}
    assert len(sizes) == 1

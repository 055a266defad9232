"""A real issuer and real wallets on disk, cheap to make, for the tests of both roles."""

import atexit
import hashlib
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zk.bbs.ciphersuite import BLS12_381_SHA_256, Suite
from zk.bbs.pseudonym import proof_verify_with_nym
from zk.errors import StorageError
from zk.issuer.books_schema import engine_of
from zk.issuer.enrolment import EnrolmentBooks
from zk.issuer.issuer import Issuer
from zk.issuer.seals import Pen
from zk.issuer.secrets import IssuerSecrets
from zk.profile.exchange import Code, CodeKind
from zk.profile.issuer_info import read_info
from zk.profile.personhood import (
    DISCLOSED_INDEXES,
    ISSUER_MESSAGES,
    Binding,
    BindingKind,
    EpochLength,
    IssuerInfo,
    Scope,
    Vouch,
    context_id,
    header,
    issuer_messages,
)
from zk.storage.vault import LEAST_LOG_COST, Passphrase, Vault
from zk.wallet.state import WalletState
from zk.wallet.wallet import Wallet

PASSPHRASE = Passphrase.of("correct horse battery staple")
FAST = LEAST_LOG_COST
NOVEMBER = datetime(2026, 11, 10, 9, 30, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 3, 18, tzinfo=UTC)
JANUARY = datetime(2027, 1, 20, 7, tzinfo=UTC)
CAFE = Scope.parse("public:review/cafe-harbour")
NAME = "Harbour Press Club"


def binding(content: bytes = b"photo") -> Binding:
    """The binding of a file with this content."""
    return Binding(kind=BindingKind.FILE, digest=hashlib.sha256(content).digest())


PHOTO, OTHER_PHOTO = binding(), binding(b"another photo")


def _scratch() -> Path:
    """Return a folder that is gone when the tests are over."""
    folder = Path(tempfile.mkdtemp(prefix="club-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def vault_at(path: Path, model: Vault) -> Vault:
    """Return a copy's vault with the derived key of what it is a copy of: scrypt is slow on purpose."""
    return model.moved_to(path)


@cache
def _model_vault(folder: Path) -> Vault:
    return Vault.open(folder / "secrets.vault", "issuer-secrets", PASSPHRASE)


@cache
def _model_wallet() -> Vault:
    return Wallet.create(_scratch() / "wallet", PASSPHRASE, log_cost=FAST)._vault


@cache
def _template(suite: Suite, epoch_length: EpochLength, slots: int) -> Path:
    """Return an issuer's folder as it is after `create`, made once for each shape."""
    folder = _scratch() / "club"
    Issuer.create(
        folder,
        PASSPHRASE,
        name=NAME,
        at=NOVEMBER,
        suite=suite,
        epoch_length=epoch_length,
        slots=slots,
        log_cost=FAST,
    ).close()
    return folder


@dataclass(frozen=True)
class Club:
    """An issuer's folder and somewhere to put wallets."""

    home: Path
    model: Path
    """The folder of which this one is a copy."""

    @property
    def folder(self) -> Path:
        """The issuer's folder."""
        return self.home / "club"

    def open(self) -> Issuer:
        """Open the issuer; the caller closes it."""
        info = read_info(self.folder / "issuer.json")
        return Issuer(self.folder, info, self.vault, EnrolmentBooks.open(self.folder / "enrolment.sqlite"))

    @property
    def vault(self) -> Vault:
        """The issuer's secrets."""
        vault = vault_at(self.folder / "secrets.vault", _model_vault(self.model))
        try:
            vault.read()
        except StorageError:  # a copy's, which has a salt of its own
            return Vault.open(vault.path, "issuer-secrets", PASSPHRASE)
        return vault

    @property
    def info(self) -> IssuerInfo:
        """What is published now."""
        return IssuerInfo.from_json((self.folder / "issuer.json").read_bytes())

    def invite(self, person: str, kind: CodeKind = CodeKind.ENROL, at: datetime = NOVEMBER) -> Code:
        """Return a code for somebody."""
        with self.open() as issuer:
            return issuer.invite(person, at=at, kind=kind)

    def approve(self, request: bytes, at: datetime = NOVEMBER) -> bytes:
        """Return the issuer's answer."""
        with self.open() as issuer:
            return issuer.approve(request, at=at)

    def rotate(self, at: datetime, compromised: str | None = None, *, after_gap: bool = False) -> None:
        """Publish and destroy keys."""
        with self.open() as issuer:
            issuer.rotate(PASSPHRASE, at=at, compromised=compromised, after_gap=after_gap)

    def wallet(self, name: str = "wallet") -> Wallet:
        """Make an empty wallet."""
        model = _model_wallet()
        wallet = Wallet(vault_at(Path(shutil.copy(model.path, self.home / f"{name}.vault")), model))
        state = WalletState()  # with an id of its own
        wallet._vault.write(state.encode())
        wallet._marks.write(state.id, state.count)
        return wallet

    def member(self, person: str = "ID-4711", at: datetime = NOVEMBER) -> Wallet:
        """Return the wallet of somebody with credentials for the epoch of `at`."""
        wallet = self.wallet(f"wallet-{person}")
        request = wallet.request(self.info, self.invite(person, at=at), at=at, source=self.folder / "issuer.json")
        wallet.accept(self.approve(request, at=at))
        return wallet

    def renew(self, wallet: Wallet, person: str = "ID-4711", at: datetime = DECEMBER) -> None:
        """Renew somebody's credentials."""
        wallet.accept(self.approve(wallet.renew(self.invite(person, CodeKind.RENEW, at), at=at), at))


def club(
    home: Path,
    *,
    suite: Suite = BLS12_381_SHA_256,
    epoch_length: EpochLength = EpochLength.MONTH,
    slots: int = 1,
) -> Club:
    """Return a new issuer below `home`; every one of a shape has the same keys."""
    model = _template(suite, epoch_length, slots)
    shutil.copytree(model, home / "club")
    return Club(home, model)


def proof_holds(vouch: Vouch, info: IssuerInfo) -> None:
    """Verify a vouch's proof with nothing of its own but the claims; raises ProofError."""
    proof_verify_with_nym(
        info.key_for(vouch.epoch),
        vouch.proof,
        header(info, vouch.credential_class, vouch.epoch),
        vouch.presentation_header,
        vouch.pseudonym,
        context_id(info.id, vouch.credential_class, vouch.scope, vouch.period, vouch.slot, vouch.media_digest),
        info.n,
        ISSUER_MESSAGES,
        issuer_messages(info, vouch.credential_class, vouch.epoch, vouch.level),
        [],
        DISCLOSED_INDEXES,
        [],
        suite=info.suite,
    )


VERSION_1 = """
    CREATE TABLE enrolment_schema (version INTEGER NOT NULL PRIMARY KEY);
    INSERT INTO enrolment_schema VALUES (1);
    CREATE TABLE lasting_person (tag BLOB NOT NULL PRIMARY KEY, continuity BLOB NOT NULL, generation INTEGER NOT NULL,
                                 reset_at BIGINT) WITHOUT ROWID;
    CREATE TABLE enrolment (tag BLOB NOT NULL, class TEXT NOT NULL, epoch TEXT NOT NULL, level INTEGER NOT NULL,
                            request BLOB NOT NULL, PRIMARY KEY (tag, class, epoch)) WITHOUT ROWID;
    CREATE TABLE code (mac BLOB NOT NULL PRIMARY KEY, tag BLOB NOT NULL, kind TEXT NOT NULL,
                       generation INTEGER NOT NULL, level INTEGER NOT NULL, expires_at BIGINT NOT NULL, request BLOB,
                       epoch TEXT) WITHOUT ROWID;
    CREATE INDEX ix_code_tag ON code (tag);
    INSERT INTO code VALUES (zeroblob(32), zeroblob(32), 'enrol', 0, 1, 9999999999, NULL, NULL);
"""
"""The tables of the first version of the books."""


def never_sealed(the_club: Club) -> None:
    """Take the word out of an issuer's vault that its books were sealed: earlier versions did not seal them."""
    vault = the_club.vault
    vault.write(replace(IssuerSecrets.decode(vault.read()), sealed=False).encode())


def as_of_version_1(the_club: Club) -> None:
    """Turn an issuer's folder into one that the first version wrote, with the same persons and credentials."""
    never_sealed(the_club)
    path = the_club.folder / "enrolment.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        last = "SELECT tag, continuity, max(generation), reset_at FROM lasting_person GROUP BY tag"
        persons = connection.execute(last).fetchall()
        credentials = connection.execute("SELECT tag, class, epoch, level, request FROM enrolment").fetchall()
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1)
        connection.executemany("INSERT INTO lasting_person VALUES (?, ?, ?, ?)", persons)
        connection.executemany("INSERT INTO enrolment VALUES (?, ?, ?, ?, ?)", credentials)
        connection.commit()
    path.chmod(0o600)
    vault = Vault.open(the_club.folder / "identity.vault", "issuer-identity", PASSPHRASE)
    info = the_club.info
    names = ("name", "suite", "n", "epoch_length", "slots", "serial", "keys", "counts", "resets")
    older = IssuerInfo.sign(
        Ed25519PrivateKey.from_private_bytes(vault.read()), **{name: getattr(info, name) for name in names}
    )
    (the_club.folder / "issuer.json").write_bytes(older.to_json())


VERSION_2 = """
    UPDATE enrolment_schema SET version = 2;
    ALTER TABLE lasting_person RENAME TO person_3;
    ALTER TABLE enrolment RENAME TO enrolment_3;
    CREATE TABLE lasting_person (tag BLOB NOT NULL, generation INTEGER NOT NULL, continuity BLOB NOT NULL,
                                 reset_at BIGINT, published BOOLEAN DEFAULT 0 NOT NULL,
                                 PRIMARY KEY (tag, generation)) WITHOUT ROWID;
    CREATE TABLE enrolment (tag BLOB NOT NULL, class TEXT NOT NULL, epoch TEXT NOT NULL, level INTEGER NOT NULL,
                            request BLOB NOT NULL, published BOOLEAN DEFAULT 0 NOT NULL,
                            PRIMARY KEY (tag, class, epoch)) WITHOUT ROWID;
    INSERT INTO lasting_person SELECT tag, generation, continuity, reset_at, published_in IS NOT NULL FROM person_3;
    INSERT INTO enrolment SELECT tag, class, epoch, level, request, published_in IS NOT NULL FROM enrolment_3;
    DROP TABLE person_3;
    DROP TABLE enrolment_3;
"""
"""From the present tables to those of the second version."""


UNSEALED = """
    DROP TABLE head;
    CREATE TABLE code_3 (id BLOB NOT NULL PRIMARY KEY, "key" BLOB NOT NULL, tag BLOB NOT NULL, kind TEXT NOT NULL,
                         generation INTEGER NOT NULL, level INTEGER NOT NULL, expires_at BIGINT,
                         renewable_until BIGINT, after TEXT, request BLOB, epoch TEXT,
                         void BOOLEAN NOT NULL) WITHOUT ROWID;
    CREATE TABLE person_left_3 (tag BLOB NOT NULL PRIMARY KEY, epoch TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE person_near_3 (skeleton BLOB NOT NULL, tag BLOB NOT NULL, PRIMARY KEY (skeleton, tag)) WITHOUT ROWID;
    CREATE TABLE publication_3 (serial BIGINT NOT NULL PRIMARY KEY, previous BLOB, salt BLOB NOT NULL,
                                "rows" BLOB NOT NULL, persons INTEGER NOT NULL, credentials INTEGER NOT NULL,
                                at BIGINT NOT NULL, done BOOLEAN NOT NULL) WITHOUT ROWID;
    CREATE TABLE state_3 (only INTEGER NOT NULL PRIMARY KEY, is_copy BOOLEAN NOT NULL, lost_resets BIGINT NOT NULL,
                          issuer BLOB) WITHOUT ROWID;
    CREATE TABLE lasting_person_3 (tag BLOB NOT NULL, generation INTEGER NOT NULL, continuity BLOB NOT NULL,
                                   reset_at BIGINT, published_in BIGINT, PRIMARY KEY (tag, generation)) WITHOUT ROWID;
    CREATE TABLE enrolment_3 (tag BLOB NOT NULL, class TEXT NOT NULL, epoch TEXT NOT NULL, level INTEGER NOT NULL,
                              request BLOB NOT NULL, published_in BIGINT,
                              PRIMARY KEY (tag, class, epoch)) WITHOUT ROWID;
"""
"""The tables of the third version, which had no seals, beside the present ones."""


def as_of_version_3(the_club: Club, *, vault_too: bool = True) -> None:
    """Turn an issuer's books into those of the third version, with the same rows.

    Without the vault it is what anybody who can write there can do.
    """
    if vault_too:
        never_sealed(the_club)
    with closing(sqlite3.connect(the_club.folder / "enrolment.sqlite")) as connection:
        connection.executescript(UNSEALED)
        for name in ("code", "person_left", "person_near", "publication", "state", "lasting_person", "enrolment"):
            columns = ", ".join(f'"{row[1]}"' for row in connection.execute(f"PRAGMA table_info({name}_3)"))
            connection.execute(f"INSERT INTO {name}_3 ({columns}) SELECT {columns} FROM {name}")
            connection.execute(f"DROP TABLE {name}")
            connection.execute(f"ALTER TABLE {name}_3 RENAME TO {name}")
        connection.execute("CREATE INDEX ix_code_tag ON code (tag)")
        connection.execute("UPDATE enrolment_schema SET version = 3")
        connection.commit()


def as_of_version_2(the_club: Club, *, vault_too: bool = True) -> None:
    """Turn an issuer's books into those that version 0.2.0 wrote, with the same rows."""
    as_of_version_3(the_club, vault_too=vault_too)
    with closing(sqlite3.connect(the_club.folder / "enrolment.sqlite")) as connection:
        connection.executescript(VERSION_2)


def keyed_books(the_club: Club) -> EnrolmentBooks:
    """Return an issuer's books with the keys of their seals, which are not looked at."""
    keys = IssuerSecrets.decode(the_club.vault.read()).seal_keys
    path = the_club.folder / "enrolment.sqlite"
    return EnrolmentBooks(path, engine_of(path), keys)


def reseal(the_club: Club) -> None:
    """Seal the books as they are, as somebody could who has the passphrase and not the identity key."""
    books = keyed_books(the_club)
    with books._writing("seal", by=Pen) as pen:
        pen.adopt()
    books.close()

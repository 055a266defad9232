"""How does an issuer give each person at most one credential of each class and epoch, without seeing it?

An issuer is a folder (`zk.issuer.folder`) with a public part, secrets and books.

The order of `Issuer.approve` is the point of it: verify, write down, flush, and only then sign. A process that dies
between loses nothing, because the same request is signed again, identically, and no other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zk.bbs.ciphersuite import BLS12_381_SHA_256, Suite
from zk.errors import NearMatchError, RefusedError, RolledBackError, StorageError
from zk.issuer.approving import RequestDesk, Reviewed
from zk.issuer.commitments import Publication
from zk.issuer.enrolment import EnrolmentBooks
from zk.issuer.epochs import open_epochs, over, refuse_jump, renewable_until
from zk.issuer.folder import (
    BOOKS,
    IDENTITY_VAULT,
    ISSUER_JSON,
    SECRETS_KIND,
    SECRETS_VAULT,
    build_folder,
    seconds,
)
from zk.issuer.publishing import missing_keys, publish, unlock_books, unlock_identity, withdrawn
from zk.issuer.rows import CodeRow
from zk.issuer.secrets import IssuerSecrets, SecretKey
from zk.profile.codes import MAX_GENERATION, Code, CodeKind
from zk.profile.constants import DEFAULT_EPOCH_LENGTH
from zk.profile.issuer_info import IssuerInfo, IssuerKey, issuer_id, read_info
from zk.profile.personhood import (
    DEFAULT_N,
    DEFAULT_SLOTS,
    EpochLength,
    Level,
    check_level,
)
from zk.profile.words import check_words
from zk.storage.vault import DEFAULT_LOG_COST, Passphrase, Vault, locked

DEFAULT_RESET_DAYS: Final = 365
"""Days after a reset before the same person may have another: twelve months."""

LEAST_RESET_DAYS: Final = 28
"""Days between resets at least: each one is a possible second voice, so they cannot come with every epoch."""

MOST_RESET_DAYS: Final = 3660
"""Days between resets at most: ten years."""

DEFAULT_CODE_DAYS: Final = 7
"""Days for which a code may be used."""

MOST_CODE_DAYS: Final = 90
"""Days for which a code may be used at most: it stands for a check of the person that ages."""

TAG_DIGITS: Final = 16
"""Hexadecimal digits by which a person's tag is shown."""

_DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What a rotation changed."""

    info: IssuerInfo
    """The issuer's public part as it is now."""
    added: tuple[str, ...]
    """Epochs that got a key."""
    destroyed: tuple[str, ...]
    """Epochs whose secret key was destroyed."""


class Issuer:
    """An opened issuer. Get one by `create` or `open`; use it in a `with` block or call `close`."""

    def __init__(self, directory: Path, info: IssuerInfo, vault: Vault, books: EnrolmentBooks) -> None:
        self._directory = directory
        self._vault = vault
        self._books = books
        self.info = info
        """The public part."""
        self._read_at_stamp = self._stamp()
        self._secrets = self._read_secrets()
        self._check_books()

    def __repr__(self) -> str:
        return f"Issuer({str(self._directory)!r}, id={self.info.short_id})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the books."""
        self._books.close()

    @classmethod
    def create(
        cls,
        directory: Path,
        passphrase: Passphrase,
        *,
        name: str,
        at: datetime,
        suite: Suite = BLS12_381_SHA_256,
        n: int = DEFAULT_N,
        epoch_length: EpochLength = DEFAULT_EPOCH_LENGTH,
        slots: int = DEFAULT_SLOTS,
        reset_days: int = DEFAULT_RESET_DAYS,
        log_cost: int = DEFAULT_LOG_COST,
    ) -> Self:
        """Make a new issuer in a folder that is not there or empty, with keys for this epoch and the next.

        Suite, N, epoch length and slots are fixed for the issuer's life. The folder appears whole or not at all.
        Raises EncodingError, RefusedError or StorageError.
        """
        if not LEAST_RESET_DAYS <= reset_days <= MOST_RESET_DAYS:
            raise RefusedError(f"days between resets: expected {LEAST_RESET_DAYS} to {MOST_RESET_DAYS}")
        epochs = open_epochs(epoch_length, at)
        keys = tuple(SecretKey.draw(epoch, suite) for epoch in epochs)
        identity = Ed25519PrivateKey.generate()
        public = identity.public_key().public_bytes_raw()
        first = Publication.of_nothing(issuer_id(public, suite, n, epoch_length, slots))
        info = IssuerInfo.sign(
            identity,
            name=name,
            suite=suite,
            n=n,
            epoch_length=epoch_length,
            slots=slots,
            serial=first.serial,
            keys=[key.publish() for key in keys],
            counts=[],
            resets=0,
            books=first.commitment,
        )
        own = IssuerSecrets.draw(info.id, reset_days=reset_days, keys=keys)
        directory, vault = build_folder(
            directory, passphrase, info=info, identity=identity, own=own, first=first, at=at, log_cost=log_cost
        )
        return cls._opened(directory, info, vault)

    @classmethod
    def open(cls, directory: Path, passphrase: Passphrase) -> Self:
        """Open an issuer's folder. Raises StorageError, EncodingError or SignatureError.

        Books that lie behind its issuer.json, are a backup's, or lack a row to which it commits are a RolledBackError.
        """
        info = read_info(directory / ISSUER_JSON)
        return cls._opened(directory, info, Vault.open(directory / SECRETS_VAULT, SECRETS_KIND, passphrase))

    @classmethod
    def _opened(cls, directory: Path, info: IssuerInfo, vault: Vault) -> Self:
        books = EnrolmentBooks.open(directory / BOOKS)
        try:
            return cls(directory, info, vault, books)
        except BaseException:
            books.close()
            raise

    def invite(
        self,
        identifier: str,
        *,
        at: datetime,
        kind: CodeKind = CodeKind.ENROL,
        level: Level | None = None,
        code_days: int = DEFAULT_CODE_DAYS,
        after_gap: bool = False,
        is_other: bool = False,
    ) -> Code:
        """Return a code for a person whom the issuer has just checked; earlier unused ones of theirs become void.

        `level` is 1 for a first enrolment, else what it was, unless given. `after_gap`: the clock is right although it
        shows more than one epoch past the last published one. `is_other`: this is nobody of those whose identifiers may
        be mistaken for this one (`near`). Raises EncodingError (identifier) or RefusedError: such a clock, such people
        (NearMatchError), enrolled already, not enrolled yet, or a reset before its time.
        """
        if not 1 <= code_days <= MOST_CODE_DAYS:
            raise RefusedError(f"days for which a code holds: expected 1 to {MOST_CODE_DAYS}, got {code_days}")
        self._refresh()
        refuse_jump(self.info, at, after_gap=after_gap)
        tag = self._tag_of(identifier)
        now = seconds(at)
        if not is_other and self._books.person(tag) is None:
            _refuse_near(self.near(identifier))
        code = Code.draw(kind, self._generation_for(tag, kind, now))
        latest = self._books.latest(tag)
        if level is None:
            level = Level.ONE if latest is None else check_level(latest[1])
        self._books.add_code(
            CodeRow(
                id=code.id,
                key=code.public_key,
                tag=tag,
                kind=kind,
                generation=code.generation,
                level=int(level),
                expires_at=_end_of_day(now + code_days * _DAY_SECONDS),
                renewable_until=renewable_until(at),
            ),
            self._secrets.near(identifier),
        )
        return code

    def near(self, identifier: str) -> tuple[str, ...]:
        """Return the people whose identifiers may be mistaken for this one, to be looked at before inviting.

        Of each the first 16 hexadecimal digits of the tag; who was enrolled with an earlier version is among them once
        invited again. Raises EncodingError or StorageError.
        """
        found = self._books.near(self._secrets.near(identifier), but=self._tag_of(identifier))
        return tuple(tag.hex()[:TAG_DIGITS] for tag in found)

    def tag_of(self, identifier: str) -> str:
        """Return by which tag a person is called here: its first 16 hexadecimal digits. Raises as `near` does."""
        return self._tag_of(identifier).hex()[:TAG_DIGITS]

    def _tag_of(self, identifier: str) -> bytes:
        """Return a person's tag: that of the form under which they are enrolled, be it an earlier one.

        Raises RefusedError where two people are enrolled under forms of one identifier, as earlier versions allowed.
        """
        tags = self._secrets.tags(identifier)
        known = self._books.known(tags)
        if len(known) > 1:
            shown = ", ".join(tag.hex()[:TAG_DIGITS] for tag in known)
            raise RefusedError(f"identifier: two people are enrolled under spellings of it: {shown}")
        return known[0] if known else tags[0]

    def review(self, request: bytes, *, at: datetime) -> Reviewed:
        """Check a request and write down that it came, without signing it; return what there is to confirm.

        For whoever wants to hear the four words from the person before signing, or has several requests to look at
        first: two different ones under one code make it void, and both are refused. Raises as `approve` does.
        """
        self._refresh()
        return self._desk().receive(self._desk().check(request, at=at), at=at).reviewed

    def approve(self, request: bytes, *, at: datetime, words: str | None = None) -> bytes:
        """Return the response to a request: verify it, write it down, and only then sign.

        `words` are the four that the person reads out: a request with others is refused. The same request is answered
        identically as long as its epoch lasts. Raises EncodingError, ProofError, SignatureError (not by whoever has the
        code), RefusedError (code, words, epoch, second credential, early reset), UntrustedError or StorageError.
        """
        self._refresh()
        desk = self._desk()
        checked = desk.check(request, at=at)
        if words is not None:
            check_words(words, checked.asked.digest)
        received = desk.receive(checked, at=at)
        # On the disk before anything is signed; the unique constraints decide.
        code = self._books.enrol(desk.enrolment(received, at=at))
        return desk.sign(replace(received, code=code)).encode()

    def revoke(self, identifier: str, *, at: datetime) -> int:
        """Make a person's unused codes and renewal token void, as when a member leaves; return how many there were.

        Credentials work until their epoch ends. An invitation takes the person in again. Raises EncodingError, or
        RefusedError where nobody was enrolled or invited by that identifier.
        """
        self._refresh()
        tag = self._tag_of(identifier)
        if self._books.person(tag) is None and not self._books.is_invited(tag):
            raise RefusedError("this person is not enrolled or invited: nothing to revoke")
        return self._books.revoke(tag, self.info.epoch_length.epoch_at(at))

    def rotate(
        self,
        passphrase: Passphrase,
        *,
        at: datetime,
        compromised: str | None = None,
        identity: Path | None = None,
        after_gap: bool = False,
    ) -> Rotation:
        """Publish: keys for this epoch and the next, present counts; destroy the secret keys of epochs that are over.

        `compromised` names an epoch whose key is withdrawn and replaced. `identity` is where the identity key's vault
        lies, if not in the folder. `after_gap`: the clock is right although it shows more than one epoch past the last
        published one; what is older is then destroyed in the next epoch. Safe to repeat: without a change,
        `issuer.json` stays as it is. Raises EncodingError, RefusedError, StorageError or UntrustedError.
        """
        root = unlock_identity(identity or self._directory / IDENTITY_VAULT, passphrase, self.info.identity_key)
        with locked(self._directory / ISSUER_JSON):
            self._refresh()
            self._check_books()
            refuse_jump(self.info, at, after_gap=after_gap)
            published = withdrawn(self.info, compromised)
            own, added = missing_keys(published, self._secrets, self.info.epoch_length, self.info.suite, at)
            self._store(own)
            self._publish(root, (*published, *(key.publish() for key in added)), at)
            destroyed = self._destroy(at)
        self._books.forget_codes(seconds(at), self.info.epoch_length.epoch_at(at))
        return Rotation(info=self.info, added=tuple(key.epoch for key in added), destroyed=destroyed)

    def _desk(self) -> RequestDesk:
        return RequestDesk(info=self.info, own=self._secrets, books=self._books)

    def _stamp(self) -> tuple[tuple[int, int], ...]:
        """Return what changes whenever one of the two files is replaced."""
        try:
            found = [(self._directory / name).stat() for name in (ISSUER_JSON, SECRETS_VAULT)]
        except OSError as error:
            raise StorageError(f"{self._directory}: cannot read: {error.strerror}") from error
        return tuple((status.st_ino, status.st_mtime_ns) for status in found)

    def _read_secrets(self) -> IssuerSecrets:
        own = IssuerSecrets.decode(self._vault.read())
        if own.issuer != self.info.id:
            raise StorageError(f"{self._directory}: {ISSUER_JSON} and {SECRETS_VAULT} are of different issuers")
        return unlock_books(self._books, self._vault)

    def _refresh(self) -> None:
        """Read again what another process has rotated: a withdrawn key must not sign any more."""
        stamp = self._stamp()
        if stamp != self._read_at_stamp:
            newer = read_info(self._directory / ISSUER_JSON)
            newer.supersedes(self.info)
            self.info, self._secrets, self._read_at_stamp = newer, self._read_secrets(), stamp
            self._check_books()

    def _check_books(self) -> None:
        """Refuse books that are not those of issuer.json. Another process may just be publishing. RolledBackError."""
        try:
            self._books.check(self.info)
        except RolledBackError:
            newer = read_info(self._directory / ISSUER_JSON)
            if newer.serial <= self.info.serial or not newer.supersedes(self.info):
                raise
            self.info, self._secrets, self._read_at_stamp = newer, self._read_secrets(), self._stamp()
            self._books.check(self.info)

    def _generation_for(self, tag: bytes, kind: CodeKind, now: int) -> int:
        person = self._books.person(tag)
        if kind is CodeKind.TOKEN:
            raise RefusedError("renewal tokens come with answers, and are not given out by hand")
        if kind is CodeKind.ENROL:
            if person is not None:
                raise RefusedError("this person is enrolled already: renewal and reset need codes of their own")
            return 0
        if person is None:
            raise RefusedError(f"this person is not enrolled: nothing to {kind.value}")
        if kind is CodeKind.RENEW:
            return person.generation
        if person.reset_at is not None and now < person.reset_at + self._secrets.reset_days * _DAY_SECONDS:
            due = datetime.fromtimestamp(person.reset_at + self._secrets.reset_days * _DAY_SECONDS, UTC)
            raise RefusedError(f"reset: before its time, the next one is possible from {due:%Y-%m-%d}")
        if person.generation >= MAX_GENERATION:
            raise RefusedError("reset: this person has had too many")
        return person.generation + 1

    def _store(self, own: IssuerSecrets) -> None:
        if own != self._secrets:
            octets = own.encode()
            IssuerSecrets.decode(octets)  # what could not be read again must not be written
            with locked(self._vault.path):
                self._vault.write(octets)
            self._secrets = own

    def _publish(self, root: Ed25519PrivateKey, keys: tuple[IssuerKey, ...], at: datetime) -> None:
        info = self.info
        now = (keys, tuple(self._books.counts()), self._books.resets())
        if info.books is None or now != (info.keys, info.counts, info.resets):
            self.info = publish(self._directory, root, info, keys, self._books, at=at, least_serial=info.serial + 1)
        else:
            self._books.published(info.serial)

    def _destroy(self, at: datetime) -> tuple[str, ...]:
        """Destroy the secret keys of epochs that are over and those that are marked compromised."""
        bad = {key.public_key for key in self.info.keys if key.compromised}
        past = over(self.info.epoch_length, (key.epoch for key in self.info.keys), at)
        ended = [key for key in self._secrets.keys if key.public_key in bad or key.epoch in past]
        self._store(self._secrets.with_keys(tuple(key for key in self._secrets.keys if key not in ended)))
        return tuple(key.epoch for key in ended)


def _refuse_near(tags: tuple[str, ...]) -> None:
    if tags:
        raise NearMatchError(f"identifier: may be mistaken for that of {', '.join(tags)}, who is in the books", tags)


def _end_of_day(at: int) -> int:
    """Return the end of the day (UTC) of a time, both in seconds since 1970: it tells nobody when a code was given."""
    return -(-at // _DAY_SECONDS) * _DAY_SECONDS

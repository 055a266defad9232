"""What does an issuer say about itself in public (`issuer.json`), and did its identity key sign exactly that?

The JSON is a rendering for people. Signed is the deterministic CBOR of the same values, so that spaces and line ends
do not matter and nothing that is read is unsigned: unknown, missing and repeated members are refused.
"""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from zk.bbs.ciphersuite import Suite, by_name
from zk.bbs.curve import G1_OCTETS, G2_OCTETS
from zk.bbs.encoding import CborValue, dcbor_encode, require_octets
from zk.errors import EncodingError, SignatureError, StorageError, UnsupportedError, UntrustedError
from zk.profile.constants import (
    DRAFTS,
    ID_OCTETS,
    PROFILE,
    CredentialClass,
    EpochLength,
    Level,
    check_class,
    check_epoch_length,
    check_level,
    check_n,
    check_slots,
)
from zk.profile.issuer_json import (
    count_of,
    exactly,
    hex_of,
    list_of,
    members_of,
    object_of,
    render,
    text_of,
)
from zk.profile.names import resembles_id
from zk.profile.possession import check_possession

MAX_JSON_OCTETS: Final = 8 << 20
"""Octets of an issuer.json at most: MAX_KEYS keys and MAX_COUNTS counts take about 5 MiB."""

MAX_KEYS: Final = 4096
"""Keys at most: the list only grows; daily epochs fill it in 11 years, months in 341."""

MAX_COUNTS: Final = 24576
"""Published counts at most: two classes and three levels for each key."""

MAX_NAME_CHARACTERS: Final = 100
"""Characters of an issuer's name, which reports print on one line."""

SIGNATURE_CONTEXT: Final = b"vouchmark-issuer-json/1\x00"
"""Stands before the signed octets, so that the identity key's signatures mean one thing only."""

ED25519_OCTETS: Final = 32
ED25519_SIGNATURE_OCTETS: Final = 64

_VALUES: Final = frozenset(
    {"profile", "drafts", "id", "name", "identity_key", "suite", "n", "epoch_length", "slots"}
    | {"serial", "keys", "counts", "resets"}
)  # members of issuer.json beside its signature, and `books`


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerKey:
    """A BBS public key as published for one epoch. To use one, ask `IssuerInfo.key_for`: it checks the possession."""

    epoch: str
    public_key: bytes
    """96 octets."""
    possession: bytes = field(repr=False)
    """A BLS signature, 48 octets, by this key over itself."""
    compromised: bool = False
    """Whether the issuer has withdrawn it: nothing signed by it counts, whatever its date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderCount:
    """How many people hold a credential of one class, epoch and level: the size of the crowd they hide in."""

    credential_class: CredentialClass
    epoch: str
    level: Level
    holders: int


def issuer_id(identity_key: bytes, suite: Suite, n: int, epoch_length: EpochLength, slots: int) -> bytes:
    """Return SHA-256(dCBOR["vouchmark-issuer/1", identity key, suite, N, epoch length, k]), 32 octets.

    None of these ever changes for an issuer: each would give the same person other nullifiers.
    """
    require_octets(identity_key, "identity key", length=ED25519_OCTETS)
    content: list[CborValue] = [
        "vouchmark-issuer/1",
        identity_key,
        suite.name,
        check_n(n),
        epoch_length.value,
        check_slots(slots),
    ]
    return hashlib.sha256(dcbor_encode(content)).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerInfo:
    """A parsed, complete and signature-checked issuer.json; get one by `from_json` (or `sign`, for the issuer)."""

    id: bytes
    """32 octets: SHA-256 over what never changes."""
    name: str
    """What the issuer calls itself; nobody vouches for it but the reader who trusts the issuer."""
    identity_key: bytes
    """Ed25519, 32 octets: the offline root."""
    suite: Suite
    n: int
    """N, the number of nym secrets."""
    epoch_length: EpochLength
    slots: int
    """k, how often one person may speak per scope and period."""
    serial: int
    """Counts versions of this file from 1."""
    keys: tuple[IssuerKey, ...] = field(repr=False)
    counts: tuple[HolderCount, ...] = field(repr=False)
    resets: int
    """How many people got fresh nym secrets after a lost wallet, in all: each is a possible second voice."""
    books: bytes | None = None
    """Commitment to the issuer's books, 32 octets, for the issuer alone; None where an earlier version made it."""
    signature: bytes = field(repr=False)
    """Ed25519, 64 octets, over SIGNATURE_CONTEXT and the deterministic CBOR of everything above."""

    @classmethod
    def from_json(cls, octets: bytes, *, check_keys: bool = True) -> Self:
        """Parse an issuer.json and check its signature, id, key list and (with `check_keys`) every possession.

        Without `check_keys` a long key list is not worked through at once; `key_for` still checks what it returns.
        Raises EncodingError, UnsupportedError (another profile, drafts or suite), SignatureError or ProofError.
        """
        members = members_of(octets, most=MAX_JSON_OCTETS)
        signature = hex_of(members.pop("signature", None), "signature", ED25519_SIGNATURE_OCTETS)
        info = cls(**_parse(members), signature=signature)
        info._check()
        if check_keys:
            for key in info.keys:
                check_possession(key.public_key, key.possession)
        return info

    @classmethod
    def sign(
        cls,
        identity: Ed25519PrivateKey,
        *,
        name: str,
        suite: Suite,
        n: int,
        epoch_length: EpochLength,
        slots: int,
        serial: int,
        keys: Iterable[IssuerKey],
        counts: Iterable[HolderCount],
        resets: int,
        books: bytes | None = None,
    ) -> Self:
        """Return the signed public part of an issuer; what `from_json` would refuse is refused here too."""
        public = identity.public_key().public_bytes_raw()
        unsigned = cls(
            id=issuer_id(public, suite, n, epoch_length, slots),
            name=name,
            identity_key=public,
            suite=suite,
            n=n,
            epoch_length=epoch_length,
            slots=slots,
            serial=serial,
            keys=tuple(keys),
            counts=tuple(counts),
            resets=resets,
            books=books,
            signature=b"",
        )
        signature = identity.sign(SIGNATURE_CONTEXT + unsigned.signed_octets())
        return cls.from_json(render({**unsigned._payload(), "signature": signature.hex()}))

    def to_json(self) -> bytes:
        """Return the file: indented JSON, UTF-8, sorted, with a line end."""
        return render({**self._payload(), "signature": self.signature.hex()})

    def signed_octets(self) -> bytes:
        """Return the deterministic CBOR of everything but the signature."""
        return dcbor_encode(self._payload())

    @property
    def digest(self) -> bytes:
        """SHA-256 of the signed octets: equal for equal content, however the JSON is laid out."""
        return hashlib.sha256(self.signed_octets()).digest()

    def key_for(self, epoch: str) -> bytes:
        """Return the BBS public key, 96 octets, of an epoch, its possession checked.

        Raises EncodingError (no epoch of this issuer's length), UntrustedError (no key, or only compromised ones),
        or ProofError (the issuer never showed that it holds the key).
        """
        self.epoch_length.epoch_bounds(epoch)
        published = [key for key in self.keys if key.epoch == epoch]
        if not published:
            raise UntrustedError(f"issuer {self.short_id}: no key for epoch {epoch}")
        if published[-1].compromised:
            raise UntrustedError(f"issuer {self.short_id}: the key for epoch {epoch} is marked compromised")
        check_possession(published[-1].public_key, published[-1].possession)
        return published[-1].public_key

    @property
    def short_id(self) -> str:
        """The first 16 hexadecimal digits of the id, for messages."""
        return self.id.hex()[:16]

    def holders(self, credential_class: CredentialClass, epoch: str, level: Level) -> int | None:
        """Return the published size of a crowd, or None where the issuer has published none."""
        for count in self.counts:
            if (count.credential_class, count.epoch, count.level) == (credential_class, epoch, level):
                return count.holders
        return None

    @property
    def published_in(self) -> str | None:
        """The epoch in which this version was published: its newest key is for the one after.

        None without a key, or where there is no epoch before.
        """
        if not self.keys:
            return None
        # Canonical epochs of one length sort as the times do.
        newest = max(key.epoch for key in self.keys)
        try:
            return self.epoch_length.epoch_at(self.epoch_length.epoch_bounds(newest)[0] - timedelta(seconds=1))
        except EncodingError:
            return None

    def crowd(self, epoch: str, level: Level, *, at: datetime) -> int | None:
        """Return among how many a holder with this epoch and level hides at least, as far as is published.

        The least over both classes, which are given together. None, which is to be taken for one, where nothing is
        published; where the epoch had more than one key, because the numbers are not told by key; and where this
        version is more than one epoch older than `at`. Raises EncodingError.
        """
        now = self.epoch_length.epoch_at(at)
        published = self.published_in
        if published is None or self.epoch_length.next_epoch(published) < now:
            return None
        if sum(key.epoch == epoch for key in self.keys) != 1:
            return None
        counts = [self.holders(credential_class, epoch, level) for credential_class in CredentialClass]
        known = [count for count in counts if count is not None]
        return min(known) if len(known) == len(counts) else None

    def supersedes(self, older: IssuerInfo) -> bool:
        """Return whether this is a later version of `older`; False if it is the same one.

        Raises UntrustedError if it can be neither: another issuer, an older serial, the same serial with other
        content, a key taken away, changed or reinstated, a count that shrank.
        """
        if self.id != older.id:
            raise UntrustedError(f"issuer: expected {older.short_id}, got {self.short_id}")
        if self.serial < older.serial:
            raise UntrustedError(f"issuer {self.short_id}: serial {self.serial} is older than {older.serial}")
        if self.serial == older.serial:
            if self.signed_octets() != older.signed_octets():
                raise UntrustedError(f"issuer {self.short_id}: two different versions with serial {self.serial}")
            return False
        if len(self.keys) < len(older.keys):
            raise UntrustedError(f"issuer {self.short_id}: published keys were taken away")
        for new, old in zip(self.keys, older.keys, strict=False):
            if (new.epoch, new.public_key) != (old.epoch, old.public_key) or (old.compromised and not new.compromised):
                raise UntrustedError(f"issuer {self.short_id}: a published key for epoch {old.epoch} was changed")
        if older.books is not None and self.books is None:
            raise UntrustedError(f"issuer {self.short_id}: commits to its books no more")
        if self.resets < older.resets:
            raise UntrustedError(f"issuer {self.short_id}: the number of resets shrank")
        return True

    def _payload(self) -> dict[str, Any]:
        return {
            "profile": PROFILE,
            "drafts": list(DRAFTS),
            "id": self.id.hex(),
            "name": self.name,
            "identity_key": self.identity_key.hex(),
            "suite": self.suite.name,
            "n": self.n,
            "epoch_length": self.epoch_length.value,
            "slots": self.slots,
            "serial": self.serial,
            "keys": [
                {
                    "epoch": key.epoch,
                    "public_key": key.public_key.hex(),
                    "possession": key.possession.hex(),
                    "compromised": key.compromised,
                }
                for key in self.keys
            ],
            "counts": [
                {
                    "class": count.credential_class.value,
                    "epoch": count.epoch,
                    "level": int(count.level),
                    "holders": count.holders,
                }
                for count in self.counts
            ],
            "resets": self.resets,
            **({} if self.books is None else {"books": self.books.hex()}),
        }

    def _check(self) -> None:
        if self.id != issuer_id(self.identity_key, self.suite, self.n, self.epoch_length, self.slots):
            raise SignatureError("issuer: the id does not follow from identity key, suite, n, epoch length and slots")
        try:
            key = Ed25519PublicKey.from_public_bytes(self.identity_key)
            key.verify(self.signature, SIGNATURE_CONTEXT + self.signed_octets())
        except (InvalidSignature, ValueError) as error:
            raise SignatureError(f"issuer {self.short_id}: not signed by its identity key") from error
        open_epochs: dict[str, bool] = {}
        for issued in self.keys:
            self.epoch_length.epoch_bounds(issued.epoch)
            if open_epochs.get(issued.epoch, False):
                raise EncodingError(f"issuer: a second key for epoch {issued.epoch} while the first is not compromised")
            open_epochs[issued.epoch] = not issued.compromised
        if len({key.public_key for key in self.keys}) != len(self.keys):
            raise EncodingError("issuer: the same key twice")
        counted = [(count.credential_class, count.epoch, count.level) for count in self.counts]
        if counted != sorted(set(counted)):
            raise EncodingError("issuer: expected counts once each, sorted by class, epoch and level")
        for count in self.counts:
            self.epoch_length.epoch_bounds(count.epoch)


def read_info(path: Path) -> IssuerInfo:
    """Read an issuer.json. Raises StorageError (no regular file, say) or what `IssuerInfo.from_json` raises."""
    try:
        # Whoever put a pipe there would make us wait for ever.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
        with open(descriptor, "rb") as file:
            is_regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            octets = file.read(MAX_JSON_OCTETS + 1) if is_regular else b""
    except OSError as error:
        raise StorageError(f"{path}: cannot read: {error.strerror}") from error
    if not is_regular:
        raise StorageError(f"{path}: not a regular file")
    return IssuerInfo.from_json(octets, check_keys=False)


def _parse(members: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of IssuerInfo but the signature; every member is taken exactly once."""
    exactly(members, _VALUES | ({"books"} & members.keys()), "members")
    if members["profile"] != PROFILE:
        raise UnsupportedError(f"issuer.json: expected profile {PROFILE}, got {str(members['profile'])[:40]!r}")
    if members["drafts"] != list(DRAFTS):
        raise UnsupportedError("issuer.json: for other drafts than this version's")
    if not isinstance(members["suite"], str) or len(members["suite"]) > MAX_NAME_CHARACTERS:
        raise EncodingError("issuer.json: suite: expected a ciphersuite's name")
    return {
        "id": hex_of(members["id"], "id", ID_OCTETS),
        "name": check_name(members["name"]),
        "identity_key": hex_of(members["identity_key"], "identity_key", ED25519_OCTETS),
        "suite": by_name(members["suite"]),
        "n": check_n(members["n"]),
        "epoch_length": check_epoch_length(members["epoch_length"]),
        "slots": check_slots(members["slots"]),
        "serial": count_of(members["serial"], "serial", least=1),
        "keys": tuple(_key(item) for item in list_of(members["keys"], "keys", MAX_KEYS)),
        "counts": tuple(_holder_count(item) for item in list_of(members["counts"], "counts", MAX_COUNTS)),
        "resets": count_of(members["resets"], "resets"),
        "books": hex_of(members["books"], "books", ID_OCTETS) if "books" in members else None,
    }


def check_name(name: object) -> str:
    """Return an issuer's name: printable, NFC, no space around it, of bounded length, unlike an id.

    Raises EncodingError.
    """
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME_CHARACTERS:
        raise EncodingError(f"issuer name: expected text of 1 to {MAX_NAME_CHARACTERS} characters")
    if not name.isprintable() or name != name.strip() or name != unicodedata.normalize("NFC", name):
        raise EncodingError("issuer name: expected printable characters in NFC without spaces around them")
    if resembles_id(name):
        raise EncodingError("issuer name: looks like an issuer's id, expected a name")
    return name


def _key(item: object) -> IssuerKey:
    members = object_of(item, "key")
    exactly(members, frozenset({"epoch", "public_key", "possession", "compromised"}), "key")
    if not isinstance(members["compromised"], bool):
        raise EncodingError("issuer.json: compromised: expected true or false")
    return IssuerKey(
        epoch=text_of(members["epoch"], "epoch"),
        public_key=hex_of(members["public_key"], "public_key", G2_OCTETS),
        possession=hex_of(members["possession"], "possession", G1_OCTETS),
        compromised=members["compromised"],
    )


def _holder_count(item: object) -> HolderCount:
    members = object_of(item, "count")
    exactly(members, frozenset({"class", "epoch", "level", "holders"}), "count")
    return HolderCount(
        credential_class=check_class(members["class"]),
        epoch=text_of(members["epoch"], "epoch"),
        level=check_level(members["level"]),
        holders=count_of(members["holders"], "holders"),
    )

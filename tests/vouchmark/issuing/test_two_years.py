"""A club of five over two years, told twice: by the library and by the commands.

One wallet is lost, one disk, one member leaves, one copy of the books is put back, and at every turn somebody tries to
enrol twice. What readers count is right throughout, and what the issuer publishes bounds it.
"""

import hashlib
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from tests.support.people.club import NOVEMBER, PASSPHRASE, Club, club
from tests.vouchmark.persons_cli import Desk
from zk.errors import ZkError
from zk.issuer.recovery import back_up, recover
from zk.profile.codes import Code, CodeKind
from zk.profile.constants import EpochLength
from zk.profile.issuer_info import IssuerInfo
from zk.profile.personhood import Binding, BindingKind, Scope, Vouch
from zk.verifier.verifier import Presented, verify_many
from zk.verifier.voices import Voice, people

EVERYBODY = ["ann", "bob", "cem", "dia", "eva"]
FOREVER = "public:club/for-ever"
PICTURE = b"the club's picture"


class Refused(Exception):
    """By the library or by a command."""


class Hands(Protocol):
    """What a secretary and members do, however they do it."""

    folder: Path
    home: Path

    def invite(self, person: str, kind: CodeKind, at: datetime) -> str: ...
    def ask(self, wallet: str, code: str | None, at: datetime) -> bytes: ...
    def approve(self, request: bytes, at: datetime) -> bytes: ...
    def accept(self, wallet: str, response: bytes, at: datetime) -> None: ...
    def rotate(self, at: datetime) -> None: ...
    def revoke(self, person: str, at: datetime) -> None: ...
    def back_up(self, copy: Path) -> None: ...
    def recover(self, published: Path, at: datetime) -> None: ...
    def vouch(self, wallet: str, scope: str, at: datetime) -> Vouch: ...


class ByLibrary:
    """With the functions of `zk`."""

    def __init__(self, home: Path) -> None:
        self._club: Club = club(home, epoch_length=EpochLength.QUARTER)
        self.home, self.folder, self._wallets = home, self._club.folder, {}  # type: ignore[var-annotated]

    def _wallet(self, name: str):  # type: ignore[no-untyped-def]
        if name not in self._wallets:
            self._wallets[name] = self._club.wallet(name)
        return self._wallets[name]

    def invite(self, person: str, kind: CodeKind, at: datetime) -> str:
        return self._club.invite(person, kind, at).reveal()

    def ask(self, wallet: str, code: str | None, at: datetime) -> bytes:
        opened, parsed = self._wallet(wallet), None if code is None else Code.parse(code)
        if parsed is None or parsed.kind is CodeKind.RENEW:
            return bytes(opened.renew(parsed, at=at, newer=self._club.info))
        return bytes(opened.request(self._club.info, parsed, at=at))

    def approve(self, request: bytes, at: datetime) -> bytes:
        return self._club.approve(request, at)

    def accept(self, wallet: str, response: bytes, at: datetime) -> None:
        self._wallet(wallet).accept(response, newer=self._club.info)

    def rotate(self, at: datetime) -> None:
        self._club.rotate(at)

    def revoke(self, person: str, at: datetime) -> None:
        with self._club.open() as issuer:
            issuer.revoke(person, at=at)

    def back_up(self, copy: Path) -> None:
        back_up(self.folder, copy, PASSPHRASE)

    def recover(self, published: Path, at: datetime) -> None:
        recover(self.folder, PASSPHRASE, published=IssuerInfo.from_json(published.read_bytes()), at=at)

    def vouch(self, wallet: str, scope: str, at: datetime) -> Vouch:
        bound = Binding(kind=BindingKind.FILE, digest=hashlib.sha256(PICTURE).digest())
        made = self._wallet(wallet).present(scope=Scope.parse(scope), binding=bound, at=at)
        assert isinstance(made, Vouch)
        return made


class ByCommands:
    """With `vouchmark issuer`, `wallet` and `vouch`."""

    def __init__(self, home: Path) -> None:
        self._desk, self.home, self.folder = Desk(home), home, home / "club"
        init = ["issuer", "init", str(self.folder), "--name", "Club", "--at", self._text(NOVEMBER)]
        self._run(*init)
        (home / "picture.txt").write_bytes(PICTURE)

    def _run(self, *arguments: str) -> str:
        try:
            return str(self._desk.run(*arguments).stdout)
        except AssertionError as error:
            raise Refused(str(error)) from error

    @staticmethod
    def _text(at: datetime) -> str:
        return at.isoformat()

    def _file(self, wallet: str) -> list[str]:
        path = self.home / f"{wallet}.vault"
        if not path.exists():
            self._run("wallet", "init", "--wallet", str(path))
        return ["--wallet", str(path)]

    def invite(self, person: str, kind: CodeKind, at: datetime) -> str:
        option = [] if kind is CodeKind.ENROL else [f"--{kind.value}"]
        said = self._run("issuer", "invite", str(self.folder), "--person", person, "--at", self._text(at), *option)
        return said.split()[0]

    def ask(self, wallet: str, code: str | None, at: datetime) -> bytes:
        out, issuer = self.home / "request.vmr", ["--issuer", str(self.folder / "issuer.json")]
        given = [] if code is None else ["--code", code]
        word = "renew" if code is None or "-renew-" in code else "request"
        self._run("wallet", word, *given, *issuer, "-o", str(out), "--at", self._text(at), *self._file(wallet))
        return out.read_bytes()

    def approve(self, request: bytes, at: datetime) -> bytes:
        asked, out = self.home / "asked.vmr", self.home / "answer.vma"
        asked.write_bytes(request)
        self._run("issuer", "approve", str(self.folder), str(asked), "-o", str(out), "--at", self._text(at))
        return out.read_bytes()

    def accept(self, wallet: str, response: bytes, at: datetime) -> None:
        answer, issuer = self.home / "answer.vma", ["--issuer", str(self.folder / "issuer.json")]
        answer.write_bytes(response)
        self._run("wallet", "accept", str(answer), *issuer, "--at", self._text(at), *self._file(wallet))

    def rotate(self, at: datetime) -> None:
        self._run("issuer", "rotate", str(self.folder), "--at", self._text(at))

    def revoke(self, person: str, at: datetime) -> None:
        self._run("issuer", "revoke", str(self.folder), "--person", person, "--at", self._text(at))

    def back_up(self, copy: Path) -> None:
        self._run("issuer", "backup", str(self.folder), str(copy))

    def recover(self, published: Path, at: datetime) -> None:
        self._run("issuer", "recover", str(self.folder), "--published", str(published), "--at", self._text(at))

    def vouch(self, wallet: str, scope: str, at: datetime) -> Vouch:
        out = self.home / "made.vouch"
        out.unlink(missing_ok=True)
        where = ["--scope", scope, "-o", str(out), "-y", "--at", self._text(at)]
        self._run("vouch", "make", str(self.home / "picture.txt"), *where, *self._file(wallet))
        return Vouch.decode(out.read_bytes())


@pytest.fixture(params=[ByLibrary, ByCommands], ids=["library", "commands"])
def hands(request: pytest.FixtureRequest, tmp_path: Path) -> Hands:
    made: Hands = request.param(tmp_path)
    return made


def info(hands: Hands) -> IssuerInfo:
    return IssuerInfo.from_json((hands.folder / "issuer.json").read_bytes())


def join(hands: Hands, person: str, wallet: str, kind: CodeKind, at: datetime) -> None:
    hands.accept(wallet, hands.approve(hands.ask(wallet, hands.invite(person, kind, at), at), at), at)


def renew(hands: Hands, wallet: str, at: datetime) -> None:
    """By the token that came with the last answer."""
    hands.accept(wallet, hands.approve(hands.ask(wallet, None, at), at), at)


def refused(act: object, *arguments: object) -> None:
    with pytest.raises((Refused, ZkError)):
        act(*arguments)  # type: ignore[operator]


def voices(hands: Hands, wallets: list[str], at: datetime, seen: set[bytes], readers: list[IssuerInfo]) -> int:
    """Let these speak; return how many people a reader counts, in a scope of this quarter and in one for ever."""
    readers[:] = [info(hands), *readers][:1]
    epoch = info(hands).epoch_length.epoch_at(at).lower()
    made = [hands.vouch(wallet, scope, at) for wallet in wallets for scope in (f"public:club/{epoch}", FOREVER)]
    results = verify_many(
        [Presented(vouch=one.encode(), bindings=[one.presentation.binding]) for one in made],
        issuers=readers,
        scopes=[Scope.parse(f"public:club/{epoch}"), Scope.parse(FOREVER)],
        at=at,
    )
    assert all(isinstance(one, Voice) for one in results), results
    seen |= {one.pseudonym for one in made if str(one.scope) == FOREVER}
    return people(one for one in results if isinstance(one, Voice)).at_least


def tricks(hands: Hands, used: str, at: datetime, *, turn: int) -> None:
    """Ways to a second credential, none of which works."""
    for spelling in ("ann", "ANN", " ann ", "a\u200bnn", "ann.", "\uff41\uff4e\uff4e"):
        refused(hands.invite, spelling, CodeKind.ENROL, at)
    thief = f"thief-{turn}"
    refused(lambda: hands.approve(hands.ask(thief, used, at), at))  # a code that was used
    code = hands.invite("bob", CodeKind.RENEW, at)
    refused(hands.ask, f"fresh-{turn}", code, at)  # a renewal in a fresh wallet
    refused(hands.approve, b"junk", at)


def start(year: int, quarter: int) -> datetime:
    return datetime(year, 3 * quarter - 2, 10, 9, tzinfo=UTC)


def test_a_club_of_five_over_two_years(hands: Hands) -> None:
    seen: set[bytes] = set()
    readers: list[IssuerInfo] = []
    published = hands.home / "published.json"

    def publish() -> None:
        """What readers have; each version is one that they take after the one before."""
        newer = info(hands)
        if published.exists():
            older = IssuerInfo.from_json(published.read_bytes())
            assert newer == older or newer.supersedes(older)
        shutil.copy(hands.folder / "issuer.json", published)

    # 2026, fourth quarter: five members.
    used = ""
    for person in EVERYBODY:
        code = hands.invite(person, CodeKind.ENROL, NOVEMBER)
        hands.accept(person, hands.approve(hands.ask(person, code, NOVEMBER), NOVEMBER), NOVEMBER)
        used = used or code
    tricks(hands, used, NOVEMBER, turn=0)
    hands.rotate(NOVEMBER)
    publish()
    assert {count.holders for count in info(hands).counts} == {5}
    assert voices(hands, EVERYBODY, NOVEMBER, seen, readers) == 5
    # bob was invited once more by a trick, so his token is void: he renews by a code, the others by their tokens.
    at = start(2027, 1)
    hands.rotate(at)
    refused(renew, hands, "bob", at)
    join(hands, "bob", "bob", CodeKind.RENEW, at)
    for wallet in ("ann", "cem", "dia", "eva"):
        renew(hands, wallet, at)
        refused(renew, hands, wallet, at - timedelta(days=400))  # not for a time before
    assert voices(hands, EVERYBODY, at, seen, readers) == 5
    assert len(seen) == 5
    # Second quarter: dia lost her wallet.
    at = start(2027, 2)
    hands.rotate(at)
    for wallet in ("ann", "bob", "cem", "eva"):
        renew(hands, wallet, at)
    join(hands, "dia", "dia's new one", CodeKind.RESET, at)
    refused(renew, hands, "dia", at)  # whoever found the old one
    refused(hands.invite, "dia", CodeKind.RESET, at)  # once in twelve months
    here = ["ann", "bob", "cem", "eva", "dia's new one"]
    assert voices(hands, here, at, seen, readers) == 5
    hands.rotate(at)
    publish()
    assert (len(seen), info(hands).resets) == (6, 1)
    # Third quarter: eva leaves, and somebody puts last quarter's books back.
    at = start(2027, 3)
    kept = hands.home / "kept.sqlite"
    shutil.copy(hands.folder / "enrolment.sqlite", kept)
    hands.rotate(at)
    hands.revoke("eva", at)
    refused(renew, hands, "eva", at)
    refused(hands.invite, "eva", CodeKind.ENROL, at)
    here.remove("eva")
    for wallet in here:
        renew(hands, wallet, at)
    hands.rotate(at)
    publish()
    right = hands.home / "right.sqlite"
    shutil.move(hands.folder / "enrolment.sqlite", right)
    shutil.copy(kept, hands.folder / "enrolment.sqlite")
    refused(hands.invite, "frida", CodeKind.ENROL, at)
    refused(hands.rotate, at)
    shutil.move(right, hands.folder / "enrolment.sqlite")
    assert voices(hands, here, at, seen, readers) == 4
    # Fourth quarter: the year since the first check is over but for those who were seen later.
    at = start(2027, 4) + timedelta(days=30)
    hands.rotate(at)
    for person in ("ann", "cem"):
        refused(renew, hands, person, at)
        join(hands, person, person, CodeKind.RENEW, at)
    for wallet in ("bob", "dia's new one"):
        renew(hands, wallet, at)
    tricks(hands, used, at, turn=1)
    join(hands, "bob", "bob", CodeKind.RENEW, at)  # for the next quarter already
    hands.rotate(at)
    publish()
    copy = hands.home / "copy"
    hands.back_up(copy)
    assert voices(hands, here, at, seen, readers) == 4
    # 2028, first quarter: two renew, a sixth member joins, and then the disk is lost.
    at = start(2028, 1)
    hands.rotate(at)
    asked = {wallet: hands.ask(wallet, None, at) for wallet in ("ann", "cem")}
    for wallet, request in asked.items():
        hands.accept(wallet, hands.approve(request, at), at)
    join(hands, "gil", "gil", CodeKind.ENROL, at)
    hands.rotate(at)
    publish()
    assert voices(hands, ["ann", "cem", "gil"], at, seen, readers) == 3
    old = [hands.vouch("ann", "public:club/old", at)]
    shutil.rmtree(hands.folder)
    shutil.copytree(copy, hands.folder)
    refused(hands.invite, "ann", CodeKind.ENROL, at)
    hands.recover(published, at)
    publish()
    after = info(hands)
    # Of the last publication ann's, cem's and gil's credentials are missing: at most three persons.
    assert (after.resets, after.serial > 65_536) == (4, True)
    [gone] = verify_many(
        [Presented(vouch=old[0].encode(), bindings=[old[0].presentation.binding])],
        issuers=[after],
        scopes=[Scope.parse("public:club/old")],
        at=at,
    )
    assert not isinstance(gone, Voice)  # the key is withdrawn
    for wallet, request in asked.items():
        hands.accept(wallet, hands.approve(request, at), at)  # the same request, signed by the new key
    join(hands, "gil", "gil", CodeKind.ENROL, at)  # missing, and invited again: the same wallet is the same voice
    renew(hands, "dia's new one", at)
    hands.rotate(at)
    publish()
    here = ["ann", "cem", "gil", "dia's new one"]
    assert voices(hands, here, at, seen, readers) == 4
    assert len(seen) == 7  # five, dia's second one, and gil
    # To the end of the second year.
    for quarter in (2, 3):
        at = start(2028, quarter)
        hands.rotate(at)
        for wallet in here:
            if quarter == 2 and wallet.startswith("dia"):
                join(hands, "dia", wallet, CodeKind.RENEW, at)
            else:
                renew(hands, wallet, at)
        hands.rotate(at)
        publish()
        assert voices(hands, here, at, seen, readers) == 4
    tricks(hands, used, at, turn=2)
    assert len(seen) == 7
    assert info(hands).resets == 4
    assert len(seen) <= (len(EVERYBODY) + 1) * (1 + info(hands).resets)
    lasting = {one.epoch: one.holders for one in info(hands).counts if one.credential_class == "lasting"}
    assert lasting["2026-Q4"] == 5
    assert lasting["2028-Q3"] == 4

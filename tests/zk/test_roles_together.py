"""Issuer, wallet, verifier and ledger together, by files and codes: one person stays one voice."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.people.world import CAFE, PHOTO, binding
from zk.errors import RefusedError
from zk.issuer.issuer import Issuer
from zk.profile.exchange import CodeKind
from zk.profile.personhood import CredentialClass, EpochLength, Vouch
from zk.storage.ledger import NullifierLedger, open_ledger
from zk.storage.vault import LEAST_LOG_COST, Passphrase
from zk.verifier.verifier import Code, Voice, people, verify, verify_many
from zk.verifier.verifier import Presented as Found
from zk.verifier.voices import DuplicateVoiceError, InvalidProofError
from zk.wallet.wallet import Wallet

SECRET = Passphrase.of("a passphrase for tests")
NOW = datetime.now(UTC)
GRACE = timedelta(days=1)  # so that a test may run across midnight


class Town:
    """An issuer and its people, each with a wallet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.issuer = Issuer.create(
            folder / "issuer", SECRET, name="Town Hall", at=NOW, epoch_length=EpochLength.MONTH, log_cost=LEAST_LOG_COST
        )
        self.next = EpochLength.MONTH.epoch_bounds(EpochLength.MONTH.epoch_at(NOW))[1] + timedelta(days=2)

    def enrol(
        self, name: str, *, wallet: str | None = None, kind: CodeKind = CodeKind.ENROL, at: datetime = NOW
    ) -> Wallet:
        path = self.folder / f"{wallet or name}.wallet"
        held = Wallet.open(path, SECRET) if path.exists() else Wallet.create(path, SECRET, log_cost=LEAST_LOG_COST)
        code = self.issuer.invite(name, at=at, kind=kind)
        if kind is CodeKind.RENEW:
            request = held.renew(code, at=at, newer=self.issuer.info)
        else:
            request = held.request(self.issuer.info, code, at=at)
        held.accept(self.issuer.approve(request, at=at), newer=self.issuer.info)
        return held

    def check(self, vouch: Vouch, *, ledger: NullifierLedger | None = None, at: datetime = NOW) -> Voice:
        return verify(
            vouch.encode(),
            bindings=[vouch.presentation.binding],
            issuers=[self.issuer.info],
            scopes=[CAFE],
            at=at,
            ledger=ledger,
            grace=GRACE,
        )


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


@pytest.fixture
def ledger(tmp_path: Path) -> NullifierLedger:
    return open_ledger(tmp_path / "ledger.db")


def test_a_vouch_out_of_a_wallet_holds_and_is_one_voice(town: Town, ledger: NullifierLedger) -> None:
    ada = town.enrol("ada@example.org")
    first = ada.present(scope=CAFE, binding=PHOTO, at=NOW, statement="I was there")
    again = ada.present(scope=CAFE, binding=PHOTO, at=NOW, statement="I was there")
    assert first.proof != again.proof
    assert [town.check(vouch, ledger=ledger).code for vouch in (first, again)] == [Code.VOICE_NEW, Code.VOICE_SEEN]
    with pytest.raises(RefusedError):
        ada.present(scope=CAFE, binding=binding("another"), at=NOW)


def test_a_renewed_lasting_credential_is_the_same_voice(town: Town, ledger: NullifierLedger) -> None:
    ada = town.enrol("ada")
    assert town.check(ada.present(scope=CAFE, binding=PHOTO, at=NOW), ledger=ledger).code is Code.VOICE_NEW
    town.issuer.rotate(SECRET, at=town.next)
    renewed = town.enrol("ada", kind=CodeKind.RENEW, at=town.next)
    vouch = renewed.present(scope=CAFE, binding=PHOTO, at=town.next)
    assert town.check(vouch, ledger=ledger, at=town.next).code is Code.VOICE_SEEN


def test_an_old_wallet_file_put_back_buys_no_second_voice(town: Town, ledger: NullifierLedger) -> None:
    ada = town.enrol("ada")
    path = town.folder / "ada.wallet"
    backup = path.read_bytes()
    assert town.check(ada.present(scope=CAFE, binding=PHOTO, at=NOW), ledger=ledger).code is Code.VOICE_NEW
    path.write_bytes(backup)
    restored = Wallet.open(path, SECRET)
    with pytest.raises(RefusedError, match="older copy"):
        restored.present(scope=CAFE, binding=binding("another"), at=NOW)
    second = restored.present(scope=CAFE, binding=binding("another"), at=NOW, nothing_said_since=True)  # untruly
    with pytest.raises(DuplicateVoiceError):
        town.check(second, ledger=ledger)


def test_epoch_credentials_are_one_voice_a_month_and_another_the_next(town: Town, ledger: NullifierLedger) -> None:
    ada = town.enrol("ada")
    this = ada.present(scope=CAFE, binding=PHOTO, at=NOW, credential_class=CredentialClass.EPOCH)
    town.issuer.rotate(SECRET, at=town.next)
    renewed = town.enrol("ada", kind=CodeKind.RENEW, at=town.next)
    following = renewed.present(scope=CAFE, binding=PHOTO, at=town.next, credential_class=CredentialClass.EPOCH)
    one, two = town.check(this), town.check(following, at=town.next)
    assert one.nullifier != two.nullifier
    assert people([one, two]).at_least == 1


def test_after_a_key_is_withdrawn_the_reissued_credential_is_the_same_voice(
    town: Town, ledger: NullifierLedger
) -> None:
    ada = Wallet.create(town.folder / "ada.wallet", SECRET, log_cost=LEAST_LOG_COST)
    request = ada.request(town.issuer.info, town.issuer.invite("ada", at=NOW), at=NOW)
    ada.accept(town.issuer.approve(request, at=NOW))
    old = ada.present(scope=CAFE, binding=PHOTO, at=NOW)
    assert town.check(old, ledger=ledger).code is Code.VOICE_NEW
    town.issuer.rotate(SECRET, at=NOW, compromised=EpochLength.MONTH.epoch_at(NOW))
    with pytest.raises(InvalidProofError):
        town.check(old, ledger=ledger)
    ada.accept(town.issuer.approve(request, at=NOW), newer=town.issuer.info)
    assert town.check(ada.present(scope=CAFE, binding=PHOTO, at=NOW), ledger=ledger).code is Code.VOICE_SEEN


def test_four_people_with_two_vouches_each_are_four(town: Town, ledger: NullifierLedger) -> None:
    wallets = [town.enrol(f"person {i}") for i in range(4)]
    vouches = [wallet.present(scope=CAFE, binding=PHOTO, at=NOW) for wallet in wallets for _ in range(2)]
    results = verify_many(
        [Found(vouch=vouch.encode(), bindings=[PHOTO]) for vouch in vouches],
        issuers=[town.issuer.info],
        scopes=[CAFE],
        at=NOW,
        ledger=ledger,
        grace=GRACE,
        threads=2,
    )
    counted = people(result for result in results if isinstance(result, Voice))
    assert (counted.at_least, counted.counts[0].new, counted.uniqueness_checked) == (4, 4, True)

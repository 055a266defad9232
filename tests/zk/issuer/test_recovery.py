"""A lost disk, a copy, a recovery: what is kept, withdrawn and published, and that nobody speaks twice by it."""

import shutil
import sqlite3
import stat
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.people.club import (
    CAFE,
    DECEMBER,
    JANUARY,
    NOVEMBER,
    OTHER_PHOTO,
    PASSPHRASE,
    PHOTO,
    Club,
    club,
    reseal,
)
from tests.support.people.dying import killed_at
from zk.errors import EncodingError, NoKeyError, RefusedError, RolledBackError, StorageError, UntrustedError
from zk.issuer import recovery
from zk.issuer.enrolment import EnrolmentBooks
from zk.issuer.issuer import Issuer
from zk.issuer.recovery import SERIAL_JUMP, Recovery, back_up, lost_persons, recover
from zk.issuer.secrets import IssuerSecrets
from zk.profile.codes import CodeKind
from zk.profile.constants import CredentialClass
from zk.profile.exchange import EnrolmentResponse
from zk.profile.issuer_info import HolderCount, IssuerInfo
from zk.profile.personhood import Level
from zk.storage.vault import Passphrase, Vault
from zk.verifier.verifier import verify
from zk.verifier.voices import InvalidProofError
from zk.wallet.wallet import Wallet

PERSON = "ID-4711"


@pytest.fixture
def the_club(tmp_path: Path) -> Club:
    return club(tmp_path)


def backed_up(the_club: Club, name: str = "copy") -> Path:
    return back_up(the_club.folder, the_club.home / name, PASSPHRASE)


def lost_disk(the_club: Club, copy: Path) -> None:
    """The folder is gone, and the copy is put in its place."""
    shutil.rmtree(the_club.folder)
    shutil.copytree(copy, the_club.folder)


def recovered(the_club: Club, published: IssuerInfo, at: object = NOVEMBER, **options: object) -> Recovery:
    return recover(the_club.folder, PASSPHRASE, published=published, at=at, **options)  # type: ignore[arg-type]


def state(the_club: Club) -> tuple[object, ...]:
    with closing(sqlite3.connect(the_club.folder / "enrolment.sqlite")) as connection:
        return tuple(connection.execute("SELECT is_copy, lost_resets FROM state").fetchone())


# Backing up


def test_a_copy_holds_everything_but_epoch_keys_and_is_private(the_club: Club) -> None:
    the_club.member(PERSON)
    with the_club.open() as issuer:
        own = issuer._secrets
    copy = backed_up(the_club)
    assert {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in copy.iterdir() if not path.name.endswith(".lock")
    } == {
        "issuer.json": 0o644,
        "identity.vault": 0o600,
        "secrets.vault": 0o600,
        "enrolment.sqlite": 0o600,
    }
    content = Vault.open(copy / "secrets.vault", "issuer-secrets", PASSPHRASE).read()
    kept = IssuerSecrets.decode(content)
    assert (kept.pepper, kept.entropy_key, kept.keys) == (own.pepper, own.entropy_key, ())
    assert not any(key.octets in content for key in own.keys)
    the_club.open().close()  # the issuer itself goes on


def test_a_copy_is_made_whole_or_not_at_all_and_never_over_something(the_club: Club) -> None:
    for owner, name in ((Vault, "create"), (recovery, "_copy_books"), (recovery, "write_private"), (Path, "rename")):
        assert killed_at(owner, name, lambda: backed_up(the_club, "half"))
        assert not (the_club.home / "half").exists()
    copy = backed_up(the_club)
    with pytest.raises(RefusedError, match="already there"):
        back_up(the_club.folder, copy, PASSPHRASE)
    with pytest.raises(StorageError, match="wrong passphrase"):
        back_up(the_club.folder, the_club.home / "other", Passphrase.of("wrong"))
    with pytest.raises(RolledBackError):
        back_up(copy, the_club.home / "copy of the copy", PASSPHRASE)


def test_a_copy_neither_opens_nor_rotates_nor_invites(the_club: Club) -> None:
    copy = backed_up(the_club)
    with pytest.raises(RolledBackError, match="a backup's, in which later enrolments are missing"):
        Issuer.open(copy, PASSPHRASE)
    lost_disk(the_club, copy)
    with pytest.raises(RolledBackError):
        the_club.open()


@pytest.mark.parametrize("name", ["enrolment.sqlite", "secrets.vault"])
def test_a_part_of_a_copy_in_the_live_folder_signs_nothing(the_club: Club, name: str) -> None:
    copy = backed_up(the_club)
    request = the_club.wallet().request(the_club.info, the_club.invite(PERSON), at=NOVEMBER)
    shutil.copy(copy / name, the_club.folder / name)
    if name == "secrets.vault":
        with (
            Issuer.open(the_club.folder, PASSPHRASE) as issuer,
            pytest.raises(NoKeyError, match="not here any more"),
        ):
            issuer.approve(request, at=NOVEMBER)
    else:
        with pytest.raises(RolledBackError):
            Issuer.open(the_club.folder, PASSPHRASE)


# Recovering


def test_members_who_are_in_the_copy_get_the_new_keys_signature_for_their_old_request(the_club: Club) -> None:
    wallet = the_club.wallet()
    request = wallet.request(the_club.info, the_club.invite(PERSON), at=NOVEMBER)
    wallet.accept(the_club.approve(request))
    before = wallet.present(scope=CAFE, binding=PHOTO, at=NOVEMBER)
    the_club.rotate(NOVEMBER)
    copy, published = backed_up(the_club), the_club.info
    lost_disk(the_club, copy)
    done = recovered(the_club, published)
    assert (done.withdrawn, done.added, done.lost) == (("2026-11", "2026-12"), ("2026-11", "2026-12"), 0)
    assert done.info == the_club.info
    assert (done.info.serial, done.info.resets) == (published.serial + SERIAL_JUMP, 0)
    assert done.info.supersedes(published)
    assert state(the_club) == (0, 0)
    with pytest.raises(InvalidProofError):
        verify(before.encode(), bindings=[PHOTO], issuers=[done.info], scopes=[CAFE], at=NOVEMBER)
    wallet.accept(the_club.approve(request), newer=done.info)
    again = wallet.present(scope=CAFE, binding=PHOTO, at=NOVEMBER)
    assert again.pseudonym == before.pseudonym
    verify(again.encode(), bindings=[PHOTO], issuers=[done.info], scopes=[CAFE], at=NOVEMBER)
    the_club.rotate(DECEMBER)
    the_club.renew(wallet, PERSON, DECEMBER)


def test_members_who_are_missing_are_counted_and_stay_the_same_voice_with_their_wallet(the_club: Club) -> None:
    copy = backed_up(the_club)
    wallets = [the_club.member(f"p{n}") for n in range(3)]
    before = wallets[0].present(scope=CAFE, binding=PHOTO, at=NOVEMBER)
    the_club.rotate(NOVEMBER)
    published = the_club.info
    the_club.member("after the last publication")
    lost_disk(the_club, copy)
    done = recovered(the_club, published)
    assert (done.lost, done.info.resets, done.info.counts) == (3, 3, ())
    with the_club.open() as issuer:
        code = issuer.invite("p0", at=NOVEMBER)
        request = wallets[0].request(done.info, code, at=NOVEMBER)
        wallets[0].accept(issuer.approve(request, at=NOVEMBER))
    assert wallets[0].present(scope=CAFE, binding=PHOTO, at=NOVEMBER).pseudonym == before.pseudonym
    with pytest.raises(RefusedError, match="file or statement"):
        wallets[0].present(scope=CAFE, binding=OTHER_PHOTO, at=NOVEMBER)


def test_a_second_identity_by_the_loss_is_within_what_is_published(the_club: Club) -> None:
    copy = backed_up(the_club)
    first = the_club.member(PERSON).present(scope=CAFE, binding=PHOTO, at=NOVEMBER)
    the_club.rotate(NOVEMBER)
    published = the_club.info
    lost_disk(the_club, copy)
    done = recovered(the_club, published)
    wallet = the_club.wallet("fresh")
    wallet.accept(the_club.approve(wallet.request(done.info, the_club.invite(PERSON), at=NOVEMBER)))
    second = wallet.present(scope=CAFE, binding=PHOTO, at=NOVEMBER)
    assert first.pseudonym != second.pseudonym
    assert done.info.resets == 1
    the_club.rotate(DECEMBER)
    assert the_club.info.resets == 1  # and stays so


def test_resets_that_were_lost_are_counted_again_and_never_shrink(the_club: Club) -> None:
    the_club.member("ann")
    the_club.rotate(NOVEMBER)
    copy = backed_up(the_club)
    the_club.rotate(DECEMBER)
    wallet, code = the_club.wallet("new"), the_club.invite("ann", CodeKind.RESET, DECEMBER)
    wallet.accept(the_club.approve(wallet.request(the_club.info, code, at=DECEMBER), DECEMBER))
    the_club.rotate(DECEMBER)
    published = the_club.info
    assert published.resets == 1
    lost_disk(the_club, copy)
    done = recovered(the_club, published, DECEMBER)
    # One lost credential of December, which may be somebody's who is missing, and one lost reset.
    assert (done.lost, done.info.resets) == (1, 2)


def test_open_codes_for_first_enrolments_in_the_copy_are_void(the_club: Club) -> None:
    """One may have been used after the copy was made: it would enrol its person a second time."""
    code = the_club.invite(PERSON)
    copy = backed_up(the_club)
    request = the_club.wallet().request(the_club.info, code, at=NOVEMBER)
    the_club.approve(request)
    lost_disk(the_club, copy)
    recovered(the_club, the_club.info)
    with pytest.raises((RefusedError, UntrustedError), match="code: unknown"):
        the_club.approve(request)


def test_a_folder_put_back_by_hand_is_recovered_with_what_was_published(the_club: Club) -> None:
    """A copy by other means knows nothing of it: whoever puts it back says so."""
    kept = the_club.home / "by hand"
    shutil.copytree(the_club.folder, kept)
    the_club.member(PERSON)
    the_club.rotate(DECEMBER)
    published = the_club.info
    lost_disk(the_club, kept)
    the_club.open().close()  # nothing in it shows that it is old
    done = recovered(the_club, published, DECEMBER)
    assert done.withdrawn == ("2026-12", "2027-01")
    assert done.info.supersedes(published)
    assert done.lost == 1
    with the_club.open() as issuer:
        current = {key.public_key for key in done.info.keys if not key.compromised and key.epoch != "2026-11"}
        assert {key.public_key for key in issuer._secrets.keys} >= current


def test_recovered_from_an_old_publication_and_then_from_the_last_one_counts_the_lost_of_that(the_club: Club) -> None:
    the_club.rotate(NOVEMBER)
    copy, old = backed_up(the_club), the_club.info
    for person in ("one", "two", "three"):
        the_club.member(person)
    the_club.rotate(NOVEMBER)
    last = the_club.info
    assert last.serial == old.serial + 1
    lost_disk(the_club, copy)
    first = recovered(the_club, old)
    assert (first.lost, first.info.resets) == (0, 0)
    done = recovered(the_club, last)
    assert (done.lost, done.info.resets) == (3, 3)
    assert done.info.supersedes(first.info)
    assert done.info.supersedes(last)
    again = recovered(the_club, last)
    assert (again.info, state(the_club)) == (done.info, (0, 3))


def test_whoever_is_enrolled_after_a_recovery_stands_for_nobody_who_was_lost(the_club: Club) -> None:
    """Three were lost, and as many came: as many rows as the last publication counted, and three second voices."""
    the_club.rotate(NOVEMBER)
    copy, old = backed_up(the_club), the_club.info
    for person in ("one", "two", "three"):
        the_club.member(person)
    the_club.rotate(NOVEMBER)
    last = the_club.info
    lost_disk(the_club, copy)
    first = recovered(the_club, old)
    for person in ("one", "five", "six"):
        the_club.member(person)
    done = recovered(the_club, last)
    assert (first.lost, done.lost, done.info.resets) == (0, 3, 3)
    assert [count.holders for count in done.info.counts if count.credential_class == "lasting"] == [3]


def test_a_second_lost_disk_after_re_enrolments_adds_its_own_loss(the_club: Club) -> None:
    the_club.rotate(NOVEMBER)
    copy = backed_up(the_club)
    for person in ("one", "two"):
        the_club.member(person)
    the_club.rotate(NOVEMBER)
    published = the_club.info
    lost_disk(the_club, copy)
    assert recovered(the_club, published).info.resets == 2
    for person in ("one", "two", "three"):
        code = the_club.invite(person)
        the_club.approve(the_club.wallet(person).request(the_club.info, code, at=NOVEMBER))
    the_club.rotate(NOVEMBER)
    published = the_club.info
    assert (published.resets, {count.holders for count in published.counts}) == (2, {3})
    lost_disk(the_club, copy)
    done = recovered(the_club, published)
    # one and two may speak three times each by now, three twice: five second voices.
    assert (done.lost, done.info.resets) == (3, 5)


def test_rows_that_were_in_the_copy_and_published_later_are_not_lost(the_club: Club) -> None:
    """ann was enrolled before the copy was made, and published after it."""
    the_club.member("ann")
    copy = backed_up(the_club)
    the_club.member("bob")
    the_club.rotate(NOVEMBER)
    published = the_club.info
    lost_disk(the_club, copy)
    done = recovered(the_club, published)
    assert (done.lost, done.info.resets) == (1, 1)
    the_club.member("cem")
    again = recovered(the_club, done.info)
    assert (again.lost, again.info.resets) == (0, 1)


def test_recovered_books_under_an_issuer_json_from_before_the_recovery_get_a_later_serial(the_club: Club) -> None:
    the_club.rotate(NOVEMBER)
    old = the_club.info
    first = recovered(the_club, old)
    (the_club.folder / "issuer.json").write_bytes(old.to_json())
    with pytest.raises(RolledBackError):
        the_club.open()
    done = recovered(the_club, old)
    assert done.info.serial == first.info.serial + SERIAL_JUMP
    the_club.open().close()
    the_club.member(PERSON)


def test_books_alone_are_put_back_and_the_folders_own_issuer_json_is_the_newest(the_club: Club) -> None:
    older = the_club.info
    kept = the_club.home / "kept.sqlite"
    shutil.copy(the_club.folder / "enrolment.sqlite", kept)
    the_club.member(PERSON)
    the_club.rotate(NOVEMBER)
    shutil.copy(kept, the_club.folder / "enrolment.sqlite")
    done = recovered(the_club, older)  # an older one than the folder has
    assert (done.info.serial, done.lost) == (2 + SERIAL_JUMP, 1)
    the_club.member(PERSON)


def test_without_an_issuer_json_of_its_own_the_published_one_will_do(the_club: Club) -> None:
    copy, published = backed_up(the_club), the_club.info
    lost_disk(the_club, copy)
    (the_club.folder / "issuer.json").unlink()
    recovered(the_club, published)
    the_club.member(PERSON)


def test_a_later_version_that_nobody_gave_is_refused_by_its_readers(the_club: Club) -> None:
    copy, given = backed_up(the_club), the_club.info
    the_club.rotate(DECEMBER)
    seen_by_readers = the_club.info
    lost_disk(the_club, copy)
    done = recovered(the_club, given, DECEMBER)
    with pytest.raises(UntrustedError):
        done.info.supersedes(seen_by_readers)
    done = recovered(the_club, given, DECEMBER)  # repeated: nothing more happens
    assert (done.withdrawn, done.added) == ((), ())


def test_refuses_what_is_no_version_of_this_issuer(the_club: Club, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    other = club(tmp_path / "elsewhere")
    published = Issuer.create(tmp_path / "stranger", PASSPHRASE, name="x", at=NOVEMBER, log_cost=15).info
    with pytest.raises(UntrustedError):
        recovered(the_club, published)
    other.rotate(DECEMBER)  # the same keys at first, and then another branch with the same serial
    branch = other.info
    the_club.rotate(DECEMBER)
    with pytest.raises(UntrustedError, match="two different versions"):
        recovered(the_club, branch)
    with pytest.raises(RefusedError, match="clock"):
        recovered(the_club, the_club.info, JANUARY + timedelta(days=400))
    with pytest.raises(EncodingError):
        recovered(the_club, the_club.info, JANUARY.replace(tzinfo=None))


def test_books_of_another_issuer_open_nowhere_and_recover_nothing(the_club: Club) -> None:
    Issuer.create(the_club.home / "other", PASSPHRASE, name="Other", at=NOVEMBER, log_cost=15).close()
    shutil.copy(the_club.home / "other" / "enrolment.sqlite", the_club.folder / "enrolment.sqlite")
    before = (the_club.folder / "secrets.vault").read_bytes()
    with pytest.raises(StorageError, match="of another issuer"):
        the_club.open()
    with pytest.raises(StorageError, match="of another issuer"):
        recovered(the_club, the_club.info)
    assert (the_club.folder / "secrets.vault").read_bytes() == before
    assert the_club.info.serial == 1


def test_an_issuer_that_was_left_open_signs_nothing_by_a_withdrawn_key(the_club: Club) -> None:
    """Another process has the folder open while it is recovered."""
    code, other = the_club.invite("a"), the_club.invite("b")
    requests = [the_club.wallet(n).request(the_club.info, c, at=NOVEMBER) for n, c in (("a", code), ("b", other))]
    with the_club.open() as running:
        running.approve(requests[0], at=NOVEMBER)
        done = recovered(the_club, the_club.info)
        answer = EnrolmentResponse.decode(running.approve(requests[0], at=NOVEMBER))
        with pytest.raises(RefusedError, match="code: unknown"):
            running.approve(requests[1], at=NOVEMBER)
        assert running.info == done.info
    assert answer.epoch == "2026-11"


def test_the_identity_key_may_lie_elsewhere(the_club: Club) -> None:
    stick = the_club.home / "stick.vault"
    (the_club.folder / "identity.vault").rename(stick)
    copy, published = backed_up(the_club), the_club.info
    assert not (copy / "identity.vault").exists()
    lost_disk(the_club, copy)
    with pytest.raises(StorageError):
        recovered(the_club, published)
    recovered(the_club, published, identity=stick)


# Killed


def rerun(the_club: Club, published: IssuerInfo) -> Recovery:
    with suppress(RolledBackError):
        the_club.open().close()
    return recovered(the_club, published)


@pytest.mark.parametrize(
    ("owner", "name", "after"),
    [
        (EnrolmentBooks, "draft", 0),
        (Vault, "write", 0),
        (recovery, "write_private", 0),
        (EnrolmentBooks, "take_up", 0),
        (Vault, "write", 1),
    ],
)
def test_a_recovery_killed_at_each_write_is_repeated_and_counts_nothing_twice(
    the_club: Club, owner: object, name: str, after: int
) -> None:
    the_club.member("kept")
    the_club.rotate(NOVEMBER)
    copy = backed_up(the_club)
    lost: Wallet = the_club.member(PERSON)
    the_club.rotate(NOVEMBER)
    published = the_club.info
    lost_disk(the_club, copy)
    assert killed_at(owner, name, lambda: recovered(the_club, published), after=after)
    between = the_club.info  # may have been published by now
    done = rerun(the_club, published)
    info = the_club.info
    assert info.supersedes(published)
    assert info == between or info.supersedes(between)
    assert (info.resets, state(the_club)) == (1, (0, 1))
    assert done.info == info
    lost.accept(the_club.approve(lost.request(info, the_club.invite(PERSON), at=NOVEMBER)))
    the_club.rotate(DECEMBER)
    assert the_club.info.resets == 1
    with the_club.open() as issuer:
        known = {key.public_key for key in the_club.info.keys if not key.compromised}
        assert {key.public_key for key in issuer._secrets.keys} <= known


def test_rows_that_change_during_a_recovery_stop_it(the_club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    copy, published = backed_up(the_club), the_club.info
    lost_disk(the_club, copy)
    real = recovery.write_private

    def meanwhile(path: Path, octets: bytes, **options: int) -> None:
        real(path, octets, **options)
        with closing(sqlite3.connect(the_club.folder / "enrolment.sqlite")) as connection:
            connection.execute(
                "INSERT INTO enrolment VALUES (zeroblob(32), 'lasting', '2026-11', 1, zeroblob(32), NULL, NULL)"
            )
            connection.commit()
        reseal(the_club)

    with monkeypatch.context() as patched:
        patched.setattr(recovery, "write_private", meanwhile)
        with pytest.raises(StorageError, match="changed by another process"):
            recovered(the_club, published)
    with pytest.raises(RolledBackError):
        the_club.open()
    recovered(the_club, published)
    the_club.open().close()


def test_the_largest_possible_loss_is_each_missing_lasting_credential() -> None:
    def count(epoch: str, holders: int, level: int = 1, kind: str = "lasting") -> HolderCount:
        return HolderCount(credential_class=CredentialClass(kind), epoch=epoch, level=Level(level), holders=holders)

    published = [count("2026-11", 5), count("2026-11", 2, 2), count("2026-12", 4), count("2026-12", 9, kind="epoch")]
    assert lost_persons(published, published) == 0
    assert lost_persons(published, []) == 11
    assert lost_persons(published, [count("2026-11", 3), count("2026-11", 4, 2), count("2026-12", 4)]) == 2
    assert lost_persons([], published) == 0

"""A site for reviews counts persons, not accounts: the whole story, from an issuer to the report about each photo.

python examples/review_site.py [FOLDER]

A press club enrols three people and never learns what they say. Each vouches for a photo in the site's scope, once for
ever. The site trusts the club, keeps a ledger, and learns nobody's name.
"""

from __future__ import annotations

import datetime as dt
import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from provenance import sign_media
from vouchmark import Line, Policy, Report, TrustLists, Wish, check, embed_vouch, exit_code, make_vouch
from vouchmark.demo import cafe, harbour, issue_signer, make_authority
from zk import (
    LEAST_LOG_COST,
    CodeKind,
    CredentialClass,
    EpochLength,
    Issuer,
    IssuerInfo,
    Passphrase,
    RefusedError,
    Scope,
    Stance,
    Wallet,
    open_ledger,
)

SCOPE = "public:review/cafe-harbour"
POLICY = Path(__file__).parent / "policies" / "review-site.toml"
SECRET = Passphrase.of("an example, so that everybody may know it")
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
MONTH = EpochLength.MONTH.epoch_bounds(EpochLength.MONTH.epoch_at(NOW))
NEXT = MONTH[1] + dt.timedelta(days=10)
"""A day in the next epoch: the wallets have renewed by then, and the club has another key."""
CAPTURED = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"


@dataclass(frozen=True)
class Scene:
    """One thing that happens, and what the site's report says of it."""

    title: str
    report: Report


class Club:
    """The issuer: who is enrolled, and nothing about what they do."""

    def __init__(self, folder: Path, name: str, *, slots: int = 1) -> None:
        self.folder = folder
        Issuer.create(
            folder, SECRET, name=name, at=NOW, slots=slots, epoch_length=EpochLength.MONTH, log_cost=LEAST_LOG_COST
        ).close()

    @property
    def json(self) -> bytes:
        """What it publishes."""
        return (self.folder / "issuer.json").read_bytes()

    def enrol(self, wallet: Wallet, person: str) -> Wallet:
        """A first credential of each class for somebody whom the club has checked; the credential is signed blindly."""
        with Issuer.open(self.folder, SECRET) as issuer:
            code = issuer.invite(person, at=NOW)
            wallet.accept(issuer.approve(wallet.request(IssuerInfo.from_json(self.json), code, at=NOW), at=NOW))
        return wallet

    def renew(self, wallet: Wallet, person: str) -> None:
        """A new key for the next epoch, and a new credential; the person's voice stays the same."""
        with Issuer.open(self.folder, SECRET) as issuer:
            issuer.rotate(SECRET, at=NEXT)
            code = issuer.invite(person, at=NEXT, kind=CodeKind.RENEW)
            newer = IssuerInfo.from_json(self.json)
            wallet.accept(issuer.approve(wallet.renew(code, at=NEXT, newer=newer), at=NEXT), newer=newer)


def jpeg(picture: Image.Image, quality: int = 92) -> bytes:
    """A picture as a file."""
    output = io.BytesIO()
    picture.save(output, "JPEG", quality=quality)
    return output.getvalue()


class Site:
    """The reader: it trusts the club, counts one scope, and keeps a ledger."""

    def __init__(self, folder: Path, issuer: bytes, authority: bytes) -> None:
        self.folder = folder
        self.issuers = [issuer]
        (folder / "makers.pem").write_bytes(authority)
        self.trust = TrustLists.empty().with_run_lists(trust=[folder / "makers.pem"])
        self.policy = Policy.load(POLICY)

    def look(
        self, path: Path, *, at: dt.datetime = NOW, nonce: bytes | None = None, given: tuple[bytes, ...] = ()
    ) -> Report:
        """What the site learns of one upload: a function of the file, what lies beside it, and the ledger."""
        with open_ledger(self.folder / "voices.sqlite") as ledger:
            return check(
                path,
                at=at,
                trust=self.trust,
                policy=self.policy,
                issuers=self.issuers,
                ledger=ledger,
                nonce=nonce,
                vouches=given,
                require=["person"],
                in_process=True,  # our own pictures; for files from elsewhere leave it out
            )


def vouch(
    wallet: Wallet,
    path: Path,
    statement: str | None = None,
    *,
    at: dt.datetime = NOW,
    nonce: bytes | None = None,
    per: CredentialClass = CredentialClass.LASTING,
    scope: str = SCOPE,
    slot: int | None = None,
) -> bytes:
    """What `vouchmark vouch make` does: refuse what does not hold, bind, prove. The octets of a `.vouch` file."""
    # A text is nobody's to judge: where the person stands is signed beside it.
    wish = Wish(
        scope=Scope.parse(scope), credential_class=per, slot=slot, statement=statement, stance=Stance.FOR, nonce=nonce
    )
    return make_vouch(wallet, path, wish, at=at, hint=True, in_process=True)  # our own pictures


def beside(path: Path, octets: bytes) -> Path:
    """Put a vouch beside a file."""
    path.with_name(f"{path.name}.vouch").write_bytes(octets)
    return path


def story(folder: Path) -> Iterator[Scene]:
    """Everything that happens, in order."""
    photos = folder / "uploads"
    photos.mkdir(parents=True)
    club, town = Club(folder / "club", "Harbour Press Club"), Club(folder / "town", "Town Hall")
    first, second, third, stranger = (
        issuer.enrol(Wallet.create(folder / f"{number}.vault", SECRET, log_cost=LEAST_LOG_COST), f"member {number}")
        for number, issuer in ((1, club), (2, club), (3, club), (4, town))
    )
    authority = make_authority("Harbour Cameras", "Harbour Cameras Root")
    camera = issue_signer(authority, "Harbour Cameras", "Model One").signing_key()
    platform = issue_signer(authority, "Review Site", "Uploads").signing_key()
    site = Site(folder, club.json, authority.pem)

    # One signed photo, with the vouch inside it: the platform signs the update, and is not anonymous; the person is.
    actions = [{"action": "c2pa.created", "digitalSourceType": CAPTURED}]
    manifest = {
        "title": "cockroach.jpg",
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": actions}, "created": True}],
    }
    signed = photos / "cockroach.jpg"
    signed.write_bytes(sign_media(jpeg(cafe()), media_type="image/jpeg", manifest=manifest, key=camera))
    original = photos / "cockroach-as-taken.jpg"
    shutil.copy(signed, original)
    words = "A cockroach ran over table four."
    inside = vouch(first, signed, words)
    done = embed_vouch(signed, inside, key=platform, trust=site.trust, at=NOW, in_process=True)
    signed.write_bytes(done.embedded.data)
    yield Scene("a vouch inside the Content Credentials", site.look(signed))
    yield Scene("the same upload once more", site.look(signed))

    # One without Content Credentials, vouched for by its bytes; then recompressed by some service on the way.
    plain = photos / "table.jpg"
    plain.write_bytes(jpeg(cafe().crop((0, 0, 640, 480))))
    of_plain = vouch(second, plain, "This is how the table looked.")
    yield Scene("a vouch beside the file", site.look(beside(plain, of_plain)))
    small = photos / "table-recompressed.jpg"
    small.write_bytes(jpeg(Image.open(plain), quality=60))
    yield Scene("a recompressed copy", site.look(beside(small, of_plain)))

    # The vouch moved to another photo.
    other = photos / "harbour.jpg"
    other.write_bytes(jpeg(harbour()))
    yield Scene("a vouch that was moved to another photo", site.look(other, given=(of_plain,)))

    # One person, two reviews: the wallet refuses, and a copy of it notices that it is one; its owner says untruly that
    # it is the newest, and the ledger finds out.
    shutil.copy(folder / "3.vault", folder / "3-copy.vault")
    terrace, kitchen = photos / "terrace.jpg", photos / "kitchen.jpg"
    terrace.write_bytes(jpeg(harbour().crop((100, 0, 900, 600))))
    kitchen.write_bytes(jpeg(cafe().crop((100, 100, 900, 600))))
    yield Scene("the first review of a third person", site.look(beside(terrace, vouch(third, terrace, "A fine view."))))
    try:
        vouch(third, kitchen, "And a fine kitchen.")
    except RefusedError:
        pass
    else:
        raise SystemExit("the wallet let a person speak twice")
    copied = Wallet.open(folder / "3-copy.vault", SECRET, marks=folder / "another machine")
    copied.declare_current()
    twice = vouch(copied, kitchen, "And a fine kitchen.")
    yield Scene("a second review by the same person", site.look(kitchen, given=(twice,)))

    # A proof for somebody else's question, shown again here.
    replayed = vouch(third, terrace, "A fine view.", nonce=b"another site's question")
    yield Scene("a vouch that was shown elsewhere", site.look(terrace, nonce=b"our question today", given=(replayed,)))

    # A person of an issuer that the site does not trust.
    sea = photos / "sea.jpg"
    sea.write_bytes(jpeg(harbour().crop((0, 100, 700, 640))))
    yield Scene("a person of an unknown issuer", site.look(sea, given=(vouch(stranger, sea),)))

    # A vouch with a credential that lives one epoch: told in time, and not told in time.
    monthly = vouch(second, sea, "Still open.", per=CredentialClass.EPOCH)
    late = vouch(third, kitchen, "Still open.", per=CredentialClass.EPOCH)
    yield Scene("a vouch for this month", site.look(sea, given=(monthly,)))
    yield Scene("the same, a month later: the ledger has it from then", site.look(sea, at=NEXT, given=(monthly,)))
    yield Scene("one that is shown a month too late", site.look(kitchen, at=NEXT, given=(late,)))

    # A month later: a new key of the club, a new credential, and still the same voice.
    club.renew(first, "member 1")
    site.issuers = [club.json]
    again = vouch(first, original, words, at=NEXT)
    yield Scene("the first person again, after renewal and a new key", site.look(original, at=NEXT, given=(again,)))


def main(folder: Path) -> None:
    """Run the story and print what the site sees."""
    for scene in story(folder):
        evidence, verdict = scene.report.evidence[Line.PERSON], scene.report.verdict
        assert verdict is not None
        print(f"{scene.title}: {evidence.status}, exit code {int(exit_code(scene.report))}")
        print(f"    {evidence.summary}")
        print(f"    {verdict.outcome}: {', '.join(verdict.labels)}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory(prefix="review-site-") as made:
            main(Path(made))

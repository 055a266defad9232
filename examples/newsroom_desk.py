"""A news desk takes pictures from people whom a press club has enrolled, and asks each a fresh question.

python examples/newsroom_desk.py [FOLDER]

Whoever sends a picture answers the desk's challenge of the day, so that a vouch that was shown to somebody else is of
no use. The scope is the picture itself: one voice a person for each picture, and as many pictures as they like.

A person behind a picture does not make it true: one that was changed after signing is looked at all the same.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from review_site import CAPTURED, NOW, SECRET, Club, jpeg, vouch

from provenance import sign_media
from vouchmark import Line, Policy, Report, TrustLists, VouchError, check
from vouchmark.demo import harbour, issue_signer, make_authority
from zk import LEAST_LOG_COST, IssuerInfo, Wallet

POLICY = Path(__file__).parent / "policies" / "news-desk-persons.toml"
SCOPE = "news.example:media"
DESK = "desk.news.example"


def story(folder: Path) -> Iterator[tuple[str, Report]]:
    """What reaches the desk, and the report of each."""
    folder.mkdir(parents=True, exist_ok=True)
    club = Club(folder / "club", "Harbour Press Club")
    member = club.enrol(Wallet.create(folder / "member.vault", SECRET, log_cost=LEAST_LOG_COST), "press card 12")
    authority = make_authority("Harbour Cameras", "Harbour Cameras Root")
    (folder / "makers.pem").write_bytes(authority.pem)
    camera = issue_signer(authority, "Harbour Cameras", "Model One").signing_key()
    trust = TrustLists.empty().with_run_lists(trust=[folder / "makers.pem"])
    # The policy names the club by its id, which is another for every club.
    club_id = IssuerInfo.from_json(club.json).id.hex()
    rules = POLICY.read_text(encoding="utf-8").replace("0123456789abcdef" * 4, club_id)
    policy, challenge = Policy.parse(rules.encode(), POLICY.stem), secrets.token_bytes(16)

    def desk(path: Path, *given: bytes) -> Report:
        # The scope that counts stands in the policy.
        return check(
            path,
            at=NOW,
            trust=trust,
            policy=policy,
            issuers=[club.json],
            vouches=given,
            nonce=challenge,
            in_process=True,  # our own pictures; for files from elsewhere leave it out
        )

    actions = [{"action": "c2pa.created", "digitalSourceType": CAPTURED}]
    manifest = {
        "title": "harbour.jpg",
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": actions}, "created": True}],
    }
    picture = folder / "harbour.jpg"
    picture.write_bytes(sign_media(jpeg(harbour()), media_type="image/jpeg", manifest=manifest, key=camera))
    fresh = vouch(member, picture, "Fog at seven this morning.", nonce=challenge, scope=SCOPE)
    yield "a picture whose sender answers the desk's question", desk(picture, fresh)
    yield "the same picture without anybody behind it", desk(picture)
    old = vouch(member, picture, "Fog at seven this morning.", nonce=b"yesterday's question", scope=SCOPE)
    yield "an answer to yesterday's question", desk(picture, old)

    altered = folder / "altered.jpg"
    data = bytearray(picture.read_bytes())
    data[-2000] ^= 0x10
    altered.write_bytes(data)
    yield "the same picture, changed on the way", desk(altered, fresh)
    try:
        vouch(member, altered, scope=SCOPE)
    except VouchError:
        pass  # nobody is let vouch for what does not hold
    else:
        raise SystemExit("the wallet vouched for a changed picture")


def main(folder: Path) -> None:
    """Run it and print what the desk sees."""
    for title, report in story(folder):
        assert report.verdict is not None
        labels = ", ".join(report.verdict.labels)
        print(f"{title}: {report.verdict.outcome}{f' ({labels})' if labels else ''}")
        print(f"    integrity: {report.evidence[Line.INTEGRITY].summary}")
        print(f"    person: {report.evidence[Line.PERSON].summary}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory(prefix="newsroom-desk-") as made:
            main(Path(made))

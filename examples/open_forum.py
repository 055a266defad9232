"""An open forum lets everybody post, shows first what a person stands behind, and nobody speaks too often.

python examples/open_forum.py [FOLDER]

The town hall gives three slots: three posts for each person and month. Nobody learns which posts are by one person: in
each slot the same person has another voice, and so they are never counted together.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from review_site import NOW, SECRET, Club, jpeg, vouch

from vouchmark import Line, Policy, Report, TrustLists, check
from vouchmark.demo import cafe, harbour
from zk import LEAST_LOG_COST, CredentialClass, RefusedError, Wallet, open_ledger

POLICY = Path(__file__).parent / "policies" / "open-forum.toml"
SCOPE = "public:forum/harbour"
SLOTS = 3


def story(folder: Path) -> Iterator[tuple[str, Report]]:
    """The posts, and the report of each."""
    folder.mkdir(parents=True, exist_ok=True)
    town = Club(folder / "town", "Town Hall", slots=SLOTS)
    first, second = (
        town.enrol(Wallet.create(folder / f"{number}.vault", SECRET, log_cost=LEAST_LOG_COST), f"citizen {number}")
        for number in (1, 2)
    )
    policy = Policy.load(POLICY)

    def forum(path: Path, *given: bytes) -> Report:
        with open_ledger(folder / "voices.sqlite") as ledger:
            return check(
                path,
                at=NOW,
                trust=TrustLists.empty(),
                policy=policy,
                issuers=[town.json],
                ledger=ledger,
                slots=SLOTS,
                vouches=given,
                in_process=True,  # our own pictures; for files from elsewhere leave it out
            )

    posts = []
    for number in range(SLOTS + 1):
        post = folder / f"post-{number}.jpg"
        post.write_bytes(jpeg(harbour().crop((40 * number, 0, 640 + 40 * number, 480))))
        posts.append(post)
    yield "a post that nobody stands behind", forum(posts[0])
    monthly = CredentialClass.EPOCH
    for slot, post in enumerate(posts[:SLOTS]):
        made = vouch(first, post, per=monthly, scope=SCOPE, slot=slot)  # slot 0 unless one is named
        yield f"post {slot + 1} of one person", forum(post, made)
    try:
        vouch(first, posts[SLOTS], per=monthly, scope=SCOPE)
    except RefusedError:
        pass  # no slot is left before next month
    else:
        raise SystemExit("the wallet let a person post a fourth time")

    shared = folder / "shared.jpg"
    shared.write_bytes(jpeg(cafe()))
    yield "a post of somebody else", forum(shared, vouch(second, shared, "Come by!", per=monthly, scope=SCOPE))


def main(folder: Path) -> None:
    """Run it and print what the forum sees."""
    for title, report in story(folder):
        assert report.verdict is not None
        labels = ", ".join(report.verdict.labels)
        print(f"{title}: {report.verdict.outcome}{f' ({labels})' if labels else ''}")
        print(f"    {report.evidence[Line.PERSON].summary}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory(prefix="open-forum-") as made:
            main(Path(made))

"""Issue a personhood credential, vouch for a picture with it, and verify: the three roles in thirty lines.

python examples/issue_vouch_verify.py

In life these are three machines: an issuer that knows people and never learns what they say, a wallet that says it
without a name, and a reader who counts one person once.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from vouchmark import TrustLists, Wish, check, make_vouch
from vouchmark.demo import make_gallery
from zk import LEAST_LOG_COST, CredentialClass, Issuer, IssuerInfo, Passphrase, Scope, Stance, Wallet


def main(folder: Path) -> None:
    """Play all three roles, and print what the reader learns."""
    now = dt.datetime.now(dt.UTC)
    secret = Passphrase.of("four words are better")
    photo = make_gallery(folder / "gallery")[0]

    # The issuer checks a person (that is its own affair) and signs a credential that it cannot recognise later.
    with Issuer.create(folder / "club", secret, name="Harbour Press Club", at=now, log_cost=LEAST_LOG_COST) as club:
        published = (folder / "club" / "issuer.json").read_bytes()
        wallet = Wallet.create(folder / "person.vault", secret, log_cost=LEAST_LOG_COST)
        request = wallet.request(IssuerInfo.from_json(published), club.invite("member 17", at=now), at=now)
        wallet.accept(club.approve(request, at=now))

    # The person vouches for exactly this picture, in one scope.
    wish = Wish(
        scope=Scope.parse("public:review/cafe-harbour"),
        credential_class=CredentialClass.LASTING,
        statement="I took this on the quay this morning.",
        stance=Stance.FOR,
    )
    vouch = make_vouch(wallet, photo, wish, at=now)

    # The reader trusts the club, names the scope that counts, and learns that one person stands behind the picture.
    report = check(
        photo, trust=TrustLists.empty(), at=now, issuers=[published], vouches=[vouch], scopes=[str(wish.scope)]
    )
    print(report.evidence["person"].status, report.evidence["person"].summary)
    for finding in report.having("person.*"):
        print(finding.code, finding.statement)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="three-roles-") as made:
        main(Path(made))

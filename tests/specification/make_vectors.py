"""How are the vectors of docs/specification made? By the library, from an issuer and a wallet in a scratch folder.

python -m tests.specification.make_vectors > docs/specification/personhood-vectors.json
"""

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.support.people.club import CAFE, NOVEMBER, PASSPHRASE, PHOTO
from zk.issuer.issuer import Issuer
from zk.profile.exchange import EnrolmentRequest
from zk.profile.personhood import SEAL_SCOPE, Binding, BindingKind, CredentialClass, EpochLength, Scope, Stance
from zk.profile.words import words_of
from zk.storage.vault import LEAST_LOG_COST
from zk.wallet.wallet import Wallet


def vectors(folder: Path) -> dict[str, Any]:
    """Return fresh vectors; `folder` is empty."""
    issuer = Issuer.create(
        folder / "issuer",
        PASSPHRASE,
        name="Harbour Press Club",
        at=NOVEMBER,
        epoch_length=EpochLength.MONTH,
        log_cost=LEAST_LOG_COST,
    )
    code = issuer.invite("ID-4711", at=NOVEMBER)
    wallet = Wallet.create(folder / "wallet", PASSPHRASE, log_cost=LEAST_LOG_COST)
    request = wallet.request(issuer.info, code, at=NOVEMBER)
    response = issuer.approve(request, at=NOVEMBER)
    wallet.accept(response)
    (membership,) = wallet._state().memberships
    (lasting,), (pending,) = membership.lasting, membership.pending
    said: list[dict[str, Any]] = [
        {"scope": CAFE, "statement": "seen at the harbour", "stance": Stance.FOR},
        {"scope": Scope.parse("public:media"), "nonce": b"\x00\xff", "pdq": bytes(range(32))},
        {"scope": CAFE, "credential_class": CredentialClass.EPOCH, "audience": "desk.example"},
    ]
    kind, payload = "application/vnd.in-toto+json", '{"_type":"https://in-toto.io/Statement/v1"}'
    encoded = f"DSSEv1 {len(kind)} {kind} {len(payload)} {payload}".encode()
    sealed = Binding(kind=BindingKind.SEAL, digest=hashlib.sha256(encoded).digest())
    made = {
        "issuer_json": issuer.info.to_json().decode("utf-8"),
        "code": {"text": code.reveal(), "public_key": code.public_key.hex(), "id": code.id.hex()},
        "request": {
            "octets": request.hex(),
            "digest": EnrolmentRequest.decode(request).digest.hex(),
            "words": list(words_of(EnrolmentRequest.decode(request).digest)),
        },
        "response": {
            "octets": response.hex(),
            "lasting_nyms": [nym.hex() for nym in lasting.nyms],
            "epochal_nyms": [nym.hex() for nym in pending.epochal_nyms],
            "lasting_blind": pending.lasting_blind.hex(),
            "epochal_blind": pending.epochal_blind.hex(),
        },
        "vouches": [wallet.present(binding=PHOTO, at=NOVEMBER, **each).encode().hex() for each in said],
        "seal": {
            "payload_type": kind,
            "payload": payload,
            "vouch": wallet.present(
                binding=sealed, at=NOVEMBER, scope=SEAL_SCOPE, credential_class=CredentialClass.EPOCH
            )
            .encode()
            .hex(),
        },
    }
    issuer.close()
    return made


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        json.dump(vectors(Path(scratch)), sys.stdout, indent=1, ensure_ascii=False)
        sys.stdout.write("\n")

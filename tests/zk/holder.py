"""One holder of a pseudonym credential, made once for each suite, and what they show: shared by several tests."""

from dataclasses import dataclass, replace
from functools import cache

from zk.bbs import bbs, pseudonym
from zk.bbs.ciphersuite import Suite
from zk.bbs.encoding import scalar_to_octets

NYMS = 4
HEADER = b"header"
PH = b"presentation header"
CONTEXT = b"context"
MESSAGES = (b"profile", b"issuer", b"class", b"epoch", b"level")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Everything that a verifier looks at, by the names of `proof_verify_with_nym`."""

    pk: bytes
    proof: bytes
    header: bytes
    ph: bytes
    pseudonym: bytes
    context_id: bytes
    length_nym_vector: int
    L: int
    disclosed_messages: tuple[bytes, ...]
    disclosed_committed_messages: tuple[bytes, ...]
    disclosed_indexes: tuple[int, ...]
    disclosed_committed_indexes: tuple[int, ...]
    suite: Suite

    def arguments(self, **changes):
        """Return the positional arguments, in the draft's order."""
        changed = replace(self, **changes)
        return tuple(getattr(changed, name) for name in self.__dataclass_fields__ if name != "suite")

    def verify(self, **changes):
        """Verify, with some values changed."""
        pseudonym.proof_verify_with_nym(*self.arguments(**changes), suite=self.suite)

    def prepare(self, **changes):
        """Verify all but the pairing, with some values changed."""
        return pseudonym.prepare_verify(*self.arguments(**changes), suite=self.suite)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A credential with its secrets."""

    suite: Suite
    sk: bytes
    pk: bytes
    signature: bytes
    nym_secrets: tuple[bytes, ...]
    prover_blind: bytes

    def show(self, *, context_id=CONTEXT, ph=PH, indexes=(0, 1, 2, 3, 4)):
        """Make a proof and return what the verifier sees."""
        proof, nym = pseudonym.proof_gen_with_nym(
            self.pk, self.signature, HEADER, ph, self.nym_secrets, context_id, MESSAGES, (), indexes, (),
            self.prover_blind, suite=self.suite,
        )  # fmt: skip
        return Shown(
            pk=self.pk, proof=proof, header=HEADER, ph=ph, pseudonym=nym, context_id=context_id,
            length_nym_vector=len(self.nym_secrets), L=len(MESSAGES),
            disclosed_messages=tuple(MESSAGES[i] for i in indexes), disclosed_committed_messages=(),
            disclosed_indexes=tuple(indexes), disclosed_committed_indexes=(), suite=self.suite,
        )  # fmt: skip


def nyms(count: int, *, start: int = 10**70) -> list[bytes]:
    """Return distinct nym scalars, predictable for tests."""
    return [scalar_to_octets(start + i) for i in range(count)]


@cache
def holder(suite: Suite, *, count: int = NYMS, key: bytes = b"k" * 32) -> Holder:
    """Return a holder of a credential with `count` nym secrets under the key made of `key`."""
    sk = bbs.key_gen(key, suite=suite)
    pk = bbs.sk_to_pk(sk)
    prover_nyms, entropy = nyms(count), scalar_to_octets(5**100)
    commitment, prover_blind = pseudonym.commit_with_nym(prover_nyms, (), suite=suite)
    signature = pseudonym.blind_sign_with_nym(sk, pk, commitment, count, entropy, HEADER, MESSAGES, suite=suite)
    nym_secrets = pseudonym.verify_finalize_with_nym(
        pk, signature, HEADER, MESSAGES, (), prover_nyms, entropy, prover_blind, suite=suite
    )
    return Holder(
        suite=suite, sk=sk, pk=pk, signature=signature, nym_secrets=nym_secrets, prover_blind=prover_blind
    )  # fmt: skip


def flips(octets: bytes):
    """Yield every octet string that differs in exactly one bit, with that bit's number."""
    for bit in range(8 * len(octets)):
        changed = bytearray(octets)
        changed[bit // 8] ^= 0x80 >> bit % 8
        yield bit, bytes(changed)

"""Do signatures and proofs pass between this library and an independent one, both ways?

The other is `@digitalbazaar/bbs-signatures` (JavaScript, on @noble/curves), fetched by npm on request: set
VOUCHMARK_SLOW=1 where Node.js and a network are. Its blind and pseudonym interfaces follow older drafts, so that it
can only judge core BBS.
"""

import json
import os
import random
import shutil
import subprocess

import pytest

from zk.bbs import bbs
from zk.bbs.ciphersuite import BLS12_381_SHA_256, BLS12_381_SHAKE_256
from zk.bbs.curve import BACKENDS, using

PACKAGE = "@digitalbazaar/bbs-signatures@3.0.0"
CASES = 12
SUITES = {"BLS12-381-SHA-256": BLS12_381_SHA_256, "BLS12-381-SHAKE-256": BLS12_381_SHAKE_256}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.environ.get("VOUCHMARK_SLOW") != "1", reason="runs on request: VOUCHMARK_SLOW=1"),
    pytest.mark.skipif(not shutil.which("node") or not shutil.which("npm"), reason="Node.js with npm is not installed"),
]

# Reads cases as JSON, says for each what it thinks of our signature and proof, and makes its own of both.
SCRIPT = """
import * as bbs from '@digitalbazaar/bbs-signatures';
import {readFileSync} from 'node:fs';
const un = text => new Uint8Array(Buffer.from(text, 'hex'));
const hex = octets => Buffer.from(octets).toString('hex');
const said = [];
for(const c of JSON.parse(readFileSync(0, 'utf8'))) {
  const {ciphersuite} = c;
  const [secretKey, publicKey, header, presentationHeader] = [c.sk, c.pk, c.header, c.ph].map(un);
  const messages = c.messages.map(un);
  const disclosedMessageIndexes = c.indexes;
  const disclosedMessages = c.indexes.map(i => messages[i]);
  const judge = async call => { try { return await call(); } catch { return false; } };
  const proofOf = proof => judge(() => bbs.verifyProof({
    publicKey, proof: un(proof), header, presentationHeader, disclosedMessages, disclosedMessageIndexes, ciphersuite}));
  const signature = await bbs.sign({secretKey, publicKey, header, messages, ciphersuite});
  said.push({
    pk: hex(await bbs.secretKeyToPublicKey({secretKey, ciphersuite})),
    signature: hex(signature),
    ours: await judge(() => bbs.verifySignature({
      publicKey, signature: un(c.signature), header, messages, ciphersuite})),
    proofs: await Promise.all(c.proofs.map(proofOf)),
    bad: await Promise.all(c.bad.map(proofOf)),
    proof: hex(await bbs.deriveProof({
      publicKey, signature, header, messages, presentationHeader, disclosedMessageIndexes, ciphersuite})),
  });
}
process.stdout.write(JSON.stringify(said));
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """A folder with the package, and a function that runs the script in it."""
    folder = tmp_path_factory.mktemp("npm")
    (folder / "package.json").write_text('{"type": "module", "private": true}')
    npm = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", PACKAGE]
    installed = subprocess.run(npm, cwd=folder, capture_output=True, text=True, timeout=120)
    if installed.returncode:
        pytest.skip(f"npm could not fetch {PACKAGE}: {installed.stderr.strip()[-200:]}")
    (folder / "peer.js").write_text(SCRIPT)

    def run(cases):
        command = ["node", "peer.js"]
        done = subprocess.run(command, cwd=folder, input=json.dumps(cases), capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def make_case(name, seed):
    """One key, signature and proof of ours as hexadecimal text: a proof of each engine, and two that are spoiled."""
    draw, suite = random.Random(f"{name} {seed}"), SUITES[name]
    messages = [draw.randbytes(draw.randrange(40)) for _ in range(draw.randrange(1, 8))]
    indexes = sorted(draw.sample(range(len(messages)), draw.randrange(len(messages) + 1)))
    header, ph = draw.randbytes(draw.randrange(40)), draw.randbytes(draw.randrange(40))
    sk = bbs.key_gen(draw.randbytes(32), suite=suite)
    pk = bbs.sk_to_pk(sk)
    signature = bbs.sign(sk, pk, header, messages, suite=suite)
    proofs = []
    for engine in BACKENDS:
        with using(engine):
            proofs.append(bbs.proof_gen(pk, signature, header, ph, messages, indexes, suite=suite))
    other = bbs.proof_gen(pk, signature, header, ph + b"x", messages, indexes, suite=suite)
    spoiled = proofs[0][:-1] + bytes([proofs[0][-1] ^ 1])
    return {
        "ciphersuite": name, "sk": sk.hex(), "pk": pk.hex(), "header": header.hex(), "ph": ph.hex(),
        "messages": [message.hex() for message in messages], "indexes": indexes, "signature": signature.hex(),
        "proofs": [proof.hex() for proof in proofs], "bad": [other.hex(), spoiled.hex()],
    }  # fmt: skip


@pytest.mark.parametrize("name", SUITES)
def test_each_verifies_what_the_other_made_and_refuses_what_is_spoiled(node, name):
    cases = [make_case(name, seed) for seed in range(CASES)]
    for case, said in zip(cases, node(cases), strict=True):
        assert said["pk"] == case["pk"]
        assert said["signature"] == case["signature"]
        assert said["ours"] is True
        assert said["proofs"] == [True, True]
        assert said["bad"] == [False, False]
        pk, proof, header, ph = (
            bytes.fromhex(text) for text in (case["pk"], said["proof"], case["header"], case["ph"])
        )
        shown = [bytes.fromhex(case["messages"][i]) for i in case["indexes"]]
        for engine in BACKENDS:
            with using(engine):
                bbs.proof_verify(pk, proof, header, ph, shown, case["indexes"], suite=SUITES[name])
                assert not bbs.is_valid_proof(pk, proof, header, ph + b"x", shown, case["indexes"], suite=SUITES[name])

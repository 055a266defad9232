// How fast do other engines sign, prove and verify plain BBS with the same number of messages?
// Run by benchmarks/zk.py in a folder where npm has installed the package: node zk_peers.mjs PACKAGE MESSAGES DISCLOSED SECONDS
// Prints one line of JSON: milliseconds a call (median) and the proof's bytes.

import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';
import {randomBytes} from 'node:crypto';

const [name, messageCount, disclosedCount, seconds] = process.argv.slice(2);
const require = createRequire(process.cwd() + '/');
const messages = Array.from({length: Number(messageCount)}, () => new Uint8Array(randomBytes(32)));
const disclosed = Array.from({length: Number(disclosedCount)}, (_, i) => i);
const header = new Uint8Array(randomBytes(64));

async function median(call) {
  for (let i = 0; i < 2; i += 1) await call();
  const times = [];
  const start = performance.now();
  while (times.length < 5 || performance.now() - start < Number(seconds) * 1000) {
    const before = performance.now();
    await call();
    times.push(performance.now() - before);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

async function digitalbazaar() {
  const bbs = await import(pathToFileURL(process.cwd() + '/node_modules/@digitalbazaar/bbs-signatures/lib/index.js'));
  const ciphersuite = 'BLS12-381-SHA-256';
  const {secretKey, publicKey} = await bbs.generateKeyPair({ciphersuite});
  const signature = await bbs.sign({secretKey, publicKey, header, messages, ciphersuite});
  const prove = () => bbs.deriveProof({
    publicKey, signature, header, messages, presentationHeader: header, disclosedMessageIndexes: disclosed, ciphersuite,
  });
  const proof = await prove();
  const verify = async () => {
    const ok = await bbs.verifyProof({
      publicKey, proof, header, presentationHeader: header, ciphersuite,
      disclosedMessages: disclosed.map(i => messages[i]), disclosedMessageIndexes: disclosed,
    });
    if (!ok) throw new Error('the proof does not verify');
  };
  const sign = () => bbs.sign({secretKey, publicKey, header, messages, ciphersuite});
  return {sign: await median(sign), prove: await median(prove), verify: await median(verify), bytes: proof.length};
}

async function docknetwork() {
  const dock = require('@docknetwork/crypto-wasm-ts');
  const {generateChallengeFromBytes} = require('crypto-wasm-new');
  await dock.initializeWasm();
  const parameters = dock.BBSSignatureParams.generate(messages.length, header);
  const {sk, pk} = dock.BBSKeypair.generate(parameters);
  const sign = async () => dock.BBSSignature.generate(messages, sk, parameters, true);
  const signature = await sign();
  const shown = new Map(disclosed.map(i => [i, messages[i]]));
  const prove = async () => {
    const protocol = dock.BBSPoKSignatureProtocol.initialize(
      messages, signature, parameters, true, new Map(), new Set(disclosed));
    const challenge = generateChallengeFromBytes(protocol.challengeContribution(parameters, true, shown));
    return [protocol.generateProof(challenge), challenge];
  };
  const [proof] = await prove();
  const verify = async () => {
    const challenge = generateChallengeFromBytes(proof.challengeContribution(parameters, true, shown));
    if (!proof.verify(challenge, pk, parameters, true, shown).verified) throw new Error('the proof does not verify');
  };
  return {sign: await median(sign), prove: await median(prove), verify: await median(verify), bytes: proof.bytes.length};
}

const engines = {'@digitalbazaar/bbs-signatures': digitalbazaar, '@docknetwork/crypto-wasm-ts': docknetwork};
console.log(JSON.stringify(await engines[name]()));

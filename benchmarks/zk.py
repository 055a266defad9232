"""How fast are personhood proofs, their batches and their ledger, here and against other engines, in one run?

    python benchmarks/zk.py            everything; two to four minutes
    python benchmarks/zk.py --quick    a short run of the same
    python benchmarks/zk.py --no-peers without npm and the network

Peers are installed by npm into a folder that is deleted afterwards. Times are medians; ratios above 1 favour us.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # this file is called zk as well: without this it would import itself

from tests.support.people import world  # noqa: E402
from zk.bbs import bbs, pseudonym  # noqa: E402
from zk.bbs.ciphersuite import BLS12_381_SHA_256 as SUITE  # noqa: E402
from zk.bbs.core import draw_scalars  # noqa: E402
from zk.bbs.curve import using  # noqa: E402
from zk.bbs.encoding import scalar_to_octets  # noqa: E402
from zk.issuer.issuer import Issuer  # noqa: E402
from zk.profile.personhood import IssuerInfo  # noqa: E402
from zk.storage.ledger import Entry, open_ledger  # noqa: E402
from zk.storage.vault import LEAST_LOG_COST, Passphrase  # noqa: E402
from zk.verifier.verifier import Presented, Voice, verify_many  # noqa: E402
from zk.wallet.wallet import Wallet  # noqa: E402

ISSUER_MESSAGES = [b"profile version", bytes(32), b"lasting", b"2026-11", b"\x01"]
PEERS = {"@digitalbazaar/bbs-signatures": "3.0.0", "@docknetwork/crypto-wasm-ts": "0.67.0"}
PEER_MESSAGES, PEER_DISCLOSED = 10, 5  # as many signed and hidden scalars as a personhood credential with N = 4
AIM_PROVE_MS = AIM_VERIFY_MS = 3.0
AIM_BATCHED_MS = 1.5
AIM_BYTES = 544
AIM_PROCESSES = 1.8
AIM_CONSUMES = 20_000


@dataclass
class Run:
    """What one run measures with, and what it found out about the aims."""

    quick: bool
    seconds: float
    aims: list[tuple[str, float, float, bool]] = field(default_factory=list)

    def aim(self, name: str, got: float, aim: float, *, at_least: bool = False) -> None:
        """Note an aim: `got` must be at most (or at least) `aim`."""
        self.aims.append((name, got, aim, got >= aim if at_least else got <= aim))


def median_ms(call: Callable[[], object], *, seconds: float, least: int = 3) -> float:
    """Return the median of milliseconds a call, measured for about `seconds`, after one warm-up call."""
    call()
    times: list[float] = []
    start = time.perf_counter()
    while len(times) < least or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        call()
        times.append((time.perf_counter() - before) * 1000)
    return statistics.median(times)


def on_one_processor(call: Callable[[], float]) -> float:
    """Return what `call` measures in a thread that is not the main one, where sums are not split over two."""
    found: list[float] = []
    thread = threading.Thread(target=lambda: found.append(call()))
    thread.start()
    thread.join()
    return found[0]


def heading(text: str) -> None:
    """Print a section's title."""
    print(f"\n{text}\n{'-' * len(text)}")


class Holder:
    """A credential of one holder, straight from the core: N nym secrets, five issuer messages."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.sk = bbs.key_gen(os.urandom(32), suite=SUITE)
        self.pk = bbs.sk_to_pk(self.sk)
        self.nyms = [scalar_to_octets(scalar) for scalar in draw_scalars(n)]
        self.entropy = scalar_to_octets(draw_scalars(1)[0])
        self.header = bytes(120)
        self.commitment, self.blind = pseudonym.commit_with_nym(self.nyms, [], suite=SUITE)
        self.signature = self.sign()
        self.secrets = pseudonym.verify_finalize_with_nym(
            self.pk, self.signature, self.header, ISSUER_MESSAGES, [], self.nyms, self.entropy, self.blind, suite=SUITE
        )
        self.context = bytes(150)
        self.ph = bytes(200)

    def sign(self) -> bytes:
        """One blind signature: the issuer's whole work on one commitment."""
        return pseudonym.blind_sign_with_nym(
            self.sk, self.pk, self.commitment, self.n, self.entropy, self.header, ISSUER_MESSAGES, suite=SUITE
        )

    def prove(self) -> tuple[bytes, bytes]:
        """One proof and pseudonym, all issuer messages disclosed."""
        return pseudonym.proof_gen_with_nym(
            self.pk, self.signature, self.header, self.ph, self.secrets, self.context, ISSUER_MESSAGES, [],
            range(len(ISSUER_MESSAGES)), [], self.blind, suite=SUITE,
        )  # fmt: skip

    def verify(self, proof: bytes, nym: bytes) -> None:
        """One verification."""
        pseudonym.proof_verify_with_nym(
            self.pk, proof, self.header, self.ph, nym, self.context, self.n, len(ISSUER_MESSAGES), ISSUER_MESSAGES, [],
            range(len(ISSUER_MESSAGES)), [], suite=SUITE,
        )  # fmt: skip


def measure_proofs(run: Run) -> None:
    """Prove and verify at N = 1, 4, 16 with both engines, on one processor and on two."""
    heading("Proofs with pseudonym, 5 issuer messages disclosed (ms)")
    print(f"{'engine':<10}{'N':>4}{'prove':>10}{'verify':>10}{'prove, 1 cpu':>15}{'verify, 1 cpu':>15}{'bytes':>8}")
    for engine in ("arkworks", "py_ecc"):
        seconds = run.seconds if engine == "arkworks" else run.seconds / 4
        for n in (1, 4, 16):
            with using(engine):
                holder = Holder(n)
                proof, nym = holder.prove()
                prove = median_ms(holder.prove, seconds=seconds)
                verify = median_ms(lambda h=holder, p=proof, m=nym: h.verify(p, m), seconds=seconds)

            def alone(call: Callable[[], object], engine: str = engine, seconds: float = seconds) -> float:
                def measure() -> float:
                    with using(engine):
                        return median_ms(call, seconds=seconds)

                return on_one_processor(measure)

            prove_1 = alone(holder.prove)
            verify_1 = alone(lambda h=holder, p=proof, m=nym: h.verify(p, m))
            print(f"{engine:<10}{n:>4}{prove:>10.2f}{verify:>10.2f}{prove_1:>15.2f}{verify_1:>15.2f}{len(proof):>8}")
            if (engine, n) == ("arkworks", 4):
                run.aim("prove, N = 4, arkworks (ms)", prove, AIM_PROVE_MS)
                run.aim("prove, the same on one processor (ms)", prove_1, AIM_PROVE_MS)
                run.aim("verify, N = 4, arkworks (ms)", verify, AIM_VERIFY_MS)
                run.aim("verify, the same on one processor (ms)", verify_1, AIM_VERIFY_MS)
                run.aim("proof, N = 4 (bytes)", len(proof), AIM_BYTES)


def measure_issuing(run: Run) -> None:
    """One blind signature, and whole approvals: request checked, written down and flushed, both classes signed."""
    heading("Issuing")
    holder = Holder(4)
    blind_sign = median_ms(holder.sign, seconds=run.seconds)
    print(f"blind_sign_with_nym, N = 4: {blind_sign:.2f} ms, {1000 / blind_sign:,.0f} a second")
    people = 10 if run.quick else 100
    secret, at = Passphrase.of("benchmark"), world.NOW
    with tempfile.TemporaryDirectory() as folder:
        issuer = Issuer.create(Path(folder) / "issuer", secret, name="Club", at=at, log_cost=LEAST_LOG_COST)
        requests = []
        for number in range(people):
            wallet = Wallet.create(Path(folder) / f"{number}.wallet", secret, log_cost=LEAST_LOG_COST)
            requests.append(wallet.request(issuer.info, issuer.invite(f"person {number}", at=at), at=at))
        start = time.perf_counter()
        for request in requests:
            issuer.approve(request, at=at)
        approve = (time.perf_counter() - start) / people
        issuer.close()
    print(f"approve, both classes with continuity proof and books: {approve * 1000:.2f} ms a person, ", end="")
    print(f"{2 / approve:,.0f} credentials a second")


def make_vouches(count: int, issuers: int) -> tuple[list[Presented], list[IssuerInfo]]:
    """Return vouches for one photo and scope, by four people of each issuer, none like another."""
    clubs = [world.Issuer(name=f"Club {number}") for number in range(issuers)]
    people = [world.person(clubs[number % issuers]) for number in range(4 * issuers)]
    vouches = [people[i % len(people)].vouch(nonce=i.to_bytes(4, "big")) for i in range(count)]
    return [world.presented(vouch) for vouch in vouches], [club.info for club in clubs]


def batched_ms(
    items: list[Presented], issuers: list[IssuerInfo], *, threads: int = 1, processes: int = 1, seconds: float
) -> float:
    """Return milliseconds a vouch in `verify_many`, the whole way from octets to voices, without a ledger."""

    def call() -> None:
        scopes, at = [world.CAFE], world.NOW
        results = verify_many(items, issuers=issuers, scopes=scopes, at=at, threads=threads, processes=processes)
        if not all(isinstance(result, Voice) for result in results):
            raise SystemExit("an honest vouch does not hold")

    # Not in the main thread: there, even one thread would use two processors.
    return on_one_processor(lambda: median_ms(call, seconds=seconds)) / len(items)


def measure_batches(run: Run) -> None:
    """Verify 32 and 1,000 vouches of one issuer and of ten, on one thread, on two, and on two processes."""
    heading("verify_many, from octets to voices (ms a vouch)")
    print(f"{'vouches':>8}{'issuers':>9}{'1 thread':>11}{'2 threads':>11}{'faster':>9}{'2 processes':>13}{'faster':>9}")
    sizes = (32, 200) if run.quick else (32, 1000)
    for issuers in (1, 10):
        for count in sizes:
            items, infos = make_vouches(count, issuers)
            one, two = (batched_ms(items, infos, threads=threads, seconds=run.seconds) for threads in (1, 2))
            shared = batched_ms(items, infos, processes=2, seconds=run.seconds)
            row = (
                f"{count:>8}{issuers:>9}{one:>11.2f}{two:>11.2f}{one / two:>8.2f}x{shared:>13.2f}{one / shared:>8.2f}x"
            )
            print(row)
            if (issuers, count) == (1, sizes[-1]):
                run.aim(f"verify_many, {count} of one issuer, 2 threads (ms)", two, AIM_BATCHED_MS)
                run.aim("verify_many, the same on 1 thread (ms)", one, AIM_BATCHED_MS)
                run.aim("verify_many, the same on 2 processes (times)", one / shared, AIM_PROCESSES, at_least=True)


def random_entries(count: int) -> list[Entry]:
    """Return entries of one context, as a busy scope has them."""
    return [
        Entry(
            issuer=bytes(32),
            credential_class="lasting",
            context=bytes(150),
            pseudonym=os.urandom(48),
            content=bytes(32),
        )
        for _ in range(count)
    ]


def consumes_a_second(location: str, batch: int, *, total: int) -> float:
    """Return new nullifiers a second, consumed in calls of `batch`, each call durable when it returns."""
    with open_ledger(location) as ledger:
        batches = [random_entries(batch) for _ in range(max(1, total // batch))]
        ledger.consume_many(random_entries(1))
        start = time.perf_counter()
        for entries in batches:
            records = ledger.consume_many(entries)
            if any(record.outcome != "new" for record in records):
                raise SystemExit("a random nullifier was not new")
        return sum(len(entries) for entries in batches) / (time.perf_counter() - start)


def measure_ledger(run: Run) -> None:
    """New nullifiers a second in calls of several sizes, on SQLite and on a private PostgreSQL server."""
    heading("Ledger: atomic, durable consumes a second")
    sizes = {1: 1_000, 10: 5_000, 100: 20_000, 1_000: 60_000, 10_000: 60_000}
    if run.quick:
        sizes = {1: 200, 100: 5_000, 1_000: 20_000}
    print(f"{'database':<12}" + "".join(f"{'batch ' + str(size):>15}" for size in sizes))
    with tempfile.TemporaryDirectory() as folder:
        rates = {size: consumes_a_second(f"{folder}/{size}.db", size, total=total) for size, total in sizes.items()}
        print(f"{'SQLite':<12}" + "".join(f"{rate:>15,.0f}" for rate in rates.values()))
        run.aim("ledger, SQLite, batches of 1,000 (consumes/s)", rates[1_000], AIM_CONSUMES, at_least=True)
        if not run.quick:
            measure_full_ledger(f"{folder}/1000.db")
    from tests.support.people.private_postgres import PostgresMissingError, private_postgres

    try:
        with private_postgres() as url:
            rates = {size: consumes_a_second(url, size, total=total // 2) for size, total in sizes.items()}
            print(f"{'PostgreSQL':<12}" + "".join(f"{rate:>15,.0f}" for rate in rates.values()))
    except PostgresMissingError as missing:
        print(f"{'PostgreSQL':<12}not measured: {missing}")


def measure_full_ledger(location: str, *, rows: int = 500_000) -> None:
    """Print the rate once the ledger holds half a million voices."""
    with open_ledger(location) as ledger:
        for _ in range(rows // 10_000):
            ledger.consume_many(random_entries(10_000))
    rate = consumes_a_second(location, 1_000, total=20_000)
    print(f"{'SQLite':<12}{rate:,.0f} in batches of 1,000 once it holds {rows:,} nullifiers")


def measure_peers(run: Run) -> None:
    """Compare plain BBS, 10 messages of which 5 are disclosed, with the engines that npm offers."""
    heading(f"Plain BBS against peers, {PEER_MESSAGES} messages, {PEER_DISCLOSED} disclosed (ms)")
    sk = bbs.key_gen(os.urandom(32), suite=SUITE)
    pk = bbs.sk_to_pk(sk)
    messages = [os.urandom(32) for _ in range(PEER_MESSAGES)]
    shown = list(range(PEER_DISCLOSED))
    signature = bbs.sign(sk, pk, b"header", messages, suite=SUITE)
    proof = bbs.proof_gen(pk, signature, b"header", b"ph", messages, shown, suite=SUITE)
    calls: dict[str, Callable[[], object]] = {
        "sign": lambda: bbs.sign(sk, pk, b"header", messages, suite=SUITE),
        "prove": lambda: bbs.proof_gen(pk, signature, b"header", b"ph", messages, shown, suite=SUITE),
        "verify": lambda: bbs.proof_verify(pk, proof, b"header", b"ph", messages[:PEER_DISCLOSED], shown, suite=SUITE),
    }
    ours = {name: median_ms(call, seconds=run.seconds) for name, call in calls.items()}
    print(f"{'engine':<34}{'sign':>9}{'prove':>9}{'verify':>9}{'bytes':>7}   times ours (sign, prove, verify)")
    print(f"{'zk on arkworks':<34}" + "".join(f"{ours[name]:>9.2f}" for name in calls) + f"{len(proof):>7}")
    for package, version in PEERS.items():
        try:
            theirs = run_peer(package, version, seconds=run.seconds)
        except PeerMissingError as missing:
            print(f"{package:<34} not measured: {missing}")
            continue
        ratios = ", ".join(f"{theirs[name] / ours[name]:.1f}x" for name in calls)
        row = "".join(f"{theirs[name]:>9.2f}" for name in calls)
        print(f"{package + '@' + version:<34}{row}{int(theirs['bytes']):>7}   {ratios}")


class PeerMissingError(Exception):
    """A peer cannot be installed or run here; the message says why."""


def run_peer(package: str, version: str, *, seconds: float) -> dict[str, float]:
    """Install one npm package into a folder of its own, measure it, delete it."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise PeerMissingError("no Node.js or npm on this machine")
    with tempfile.TemporaryDirectory(prefix="vouchmark-peer-") as folder:
        (Path(folder) / "package.json").write_text('{"private": true}')
        install = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", f"{package}@{version}"]
        measure = ["node", str(ROOT / "benchmarks" / "zk_peers.mjs"), package]
        measure += [str(PEER_MESSAGES), str(PEER_DISCLOSED), str(seconds)]
        try:
            subprocess.run(install, cwd=folder, capture_output=True, text=True, timeout=180, check=True)
            done = subprocess.run(measure, cwd=folder, capture_output=True, text=True, timeout=180, check=True)
        except subprocess.CalledProcessError as error:
            last = (error.stderr or "").strip().splitlines()[-1:]
            raise PeerMissingError(f"{error.cmd[0]} failed: {' '.join(last)[:120]}") from None
        except subprocess.TimeoutExpired as error:
            raise PeerMissingError(f"{error.cmd[0]} took over {error.timeout:.0f} s") from None
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, smaller ledgers")
    parser.add_argument("--no-peers", action="store_true", help="do not install the npm peers")
    options: Any = parser.parse_args()
    run = Run(quick=options.quick, seconds=0.3 if options.quick else 2.0)
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.machine()}, suite {SUITE.name}")
    measure_proofs(run)
    measure_batches(run)
    measure_issuing(run)
    measure_ledger(run)
    if not options.no_peers:
        measure_peers(run)
    heading("Aims")
    for name, got, aim, met in run.aims:
        print(f"{'met   ' if met else 'MISSED'}  {name:<48}{got:>12,.2f}  aim {aim:,.2f}")


if __name__ == "__main__":
    main()

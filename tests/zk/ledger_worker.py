"""What do the ledger tests' child processes do? (Started as `python -m tests.zk.ledger_worker MODE LOCATION …`.)

`race LOCATION THREADS KEYS SALT`  wait for a line on standard input, then consume the same keys from every thread with
                                   contents of their own; print one line a thread: its id and each key's outcome.
`pour LOCATION SIZE`               consume batches of random entries for ever; after each return, print its pseudonyms.
"""

import hashlib
import os
import sys
import threading

from zk.storage.ledger import Entry, open_ledger


def entry(*, pseudonym: bytes, content: bytes, context: bytes = b"context") -> Entry:
    """Return an entry of the tests' one issuer."""
    return Entry(issuer=bytes(32), credential_class="lasting", context=context, pseudonym=pseudonym, content=content)


def key(salt: str, number: int) -> bytes:
    """Return the pseudonym number `number` of a race."""
    return hashlib.sha384(f"{salt}/{number}".encode()).digest()


def race(location: str, threads: int, keys: int, salt: str) -> None:
    """Consume the same keys from many threads at once, each thread with a content of its own."""
    ledger = open_ledger(location)
    barrier = threading.Barrier(threads)
    lock = threading.Lock()

    def consume(number: int) -> None:
        name = f"{os.getpid()}-{number}"
        content = hashlib.sha256(name.encode()).digest()
        # Every other thread walks backwards: if order mattered, these would deadlock.
        order = range(keys) if number % 2 else range(keys - 1, -1, -1)
        entries = [entry(pseudonym=key(salt, i), content=content) for i in order]
        barrier.wait()
        records = ledger.consume_many(entries) if number % 4 < 2 else [ledger.consume(one) for one in entries]
        outcomes = dict(zip(order, (record.outcome.value for record in records), strict=True))
        with lock:
            print(name, *(outcomes[i] for i in range(keys)), flush=True)

    workers = [threading.Thread(target=consume, args=(i,)) for i in range(threads)]
    print("ready", flush=True)
    sys.stdin.readline()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    ledger.close()


def pour(location: str, size: int) -> None:
    """Consume until killed; print what was accepted, after it was."""
    ledger = open_ledger(location)
    while True:
        entries = [entry(pseudonym=os.urandom(48), content=bytes(32)) for _ in range(size)]
        records = ledger.consume_many(entries)
        if any(record.outcome != "new" for record in records):
            raise SystemExit("a random pseudonym was not new")
        print(*(one.pseudonym.hex() for one in entries), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "race":
        race(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
    else:
        pour(sys.argv[2], int(sys.argv[3]))

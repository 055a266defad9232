"""What does a check of a film of several gigabytes cost: memory of all processes, time against one pass of SHA-256?

Makes and signs an MP4 with random samples, checks it by the command as anybody would, and removes it. The command has
to come out with `pass`, within LIMIT_MB and LIMIT_PASSES.

    python benchmarks/large.py [--gigabytes 4] [--folder /tmp]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from media import ROOT

from provenance.credentials.engines.c2pa_rs import load
from vouchmark.demo.authority import Holder, issue_signer, make_authority

GIGABYTE = 1 << 30
SAMPLE = 1 << 20
"""Bytes of a sample, one to a chunk; intra-coded film has such."""
WINDOW = 1 << 24
LIMIT_MB = 800
LIMIT_PASSES = 3.5


def box(kind: bytes, payload: bytes) -> bytes:
    """A box with a 32-bit size (ISO/IEC 14496-12, section 4.2)."""
    return struct.pack(">I", 8 + len(payload)) + kind + payload


def full(kind: bytes, payload: bytes, flags: int = 0) -> bytes:
    """The same with version 0 and flags."""
    return box(kind, struct.pack(">I", flags) + payload)


def head(samples: int) -> bytes:
    """All of a film in front of its samples: type, tables, and the header of a box with a 64-bit size."""
    ftyp = box(b"ftyp", b"isom" + bytes(4) + b"isommp42")

    def moov(first: int) -> bytes:
        offsets = (first + number * SAMPLE for number in range(samples))
        avcc = box(b"avcC", b"\x01\x64\x00\x0a\xff\xe1\x00\x01\x67\x01\x00\x01\x68")
        entry = box(b"avc1", bytes(6) + b"\0\1" + bytes(16) + struct.pack(">HH", 3840, 2160) + bytes(50) + avcc)
        stbl = box(
            b"stbl",
            full(b"stsd", struct.pack(">I", 1) + entry)
            + full(b"stts", struct.pack(">III", 1, samples, 1000))
            + full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1))
            + full(b"stsz", struct.pack(">II", SAMPLE, samples))
            + full(b"co64", struct.pack(f">I{samples}Q", samples, *offsets)),
        )
        dinf = box(b"dinf", full(b"dref", struct.pack(">I", 1) + full(b"url ", b"", 1)))
        minf = box(b"minf", full(b"vmhd", bytes(8), 1) + dinf + stbl)
        mdhd = full(b"mdhd", struct.pack(">IIIII", 0, 0, 24_000, samples * 1000, 0x55C40000))
        hdlr = full(b"hdlr", bytes(4) + b"vide" + bytes(13))
        tkhd = full(b"tkhd", struct.pack(">IIIII", 0, 0, 1, 0, samples) + bytes(60), 7)
        mvhd = full(b"mvhd", struct.pack(">IIII", 0, 0, 24, samples) + bytes(80))
        return box(b"moov", mvhd + box(b"trak", tkhd + box(b"mdia", mdhd + hdlr + minf)))

    size = len(ftyp) + len(moov(0)) + 16
    return ftyp + moov(size) + struct.pack(">I4sQ", 1, b"mdat", 16 + samples * SAMPLE)


def write_film(path: Path, samples: int) -> None:
    """A film whose samples are random, the same ones each time, each one NAL unit."""
    noise = Cipher(algorithms.ChaCha20(bytes(32), bytes(16)), mode=None).encryptor()
    with path.open("wb") as file:
        file.write(head(samples))
        for _ in range(samples):
            file.write(struct.pack(">IB", SAMPLE - 4, 0x65) + noise.update(bytes(SAMPLE - 5)))


def sign_film(source: Path, target: Path, camera: Holder) -> None:
    """The film with a manifest, written by the first engine from file to file."""
    engine = load()
    action = {
        "action": "c2pa.created",
        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
    }
    manifest = {
        "claim_generator_info": [{"name": "Benchmark"}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}, "created": True}],
    }
    settings = {"verify": {"verify_after_sign": False}, "builder": {"thumbnail": {"enabled": False}}}
    with (
        engine.Context.from_dict(settings) as context,
        engine.Signer.from_callback(camera.signing_key().sign, engine.C2paSigningAlg.ES256, camera.pem.decode()) as key,
        engine.Builder(json.dumps(manifest), context) as builder,
        source.open("rb") as film,
        target.open("w+b") as signed,
    ):
        builder.sign(key, "video/mp4", film, signed)


def one_pass(path: Path) -> float:
    """Seconds for SHA-256 over a file, read in windows."""
    start, digest, window = time.perf_counter(), hashlib.sha256(), bytearray(WINDOW)
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(window):
            digest.update(memoryview(window)[:count])
    return time.perf_counter() - start


def tree(pid: int) -> Iterator[int]:
    """A process and all below it (Linux)."""
    yield pid
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return
    for task in tasks:
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            yield from tree(int(child))


def resident(pid: int) -> int:
    """Bytes of memory that a process holds, pages of mapped files among them; 0 where it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def watched(arguments: Sequence[str]) -> tuple[str, float, int]:
    """(standard output, seconds, most bytes that all of its processes held at once) of a command."""
    start, most = time.perf_counter(), 0
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        over = threading.Event()

        def watch() -> None:
            nonlocal most
            while not over.wait(0.02):
                most = max(most, sum(map(resident, tree(process.pid))))

        watcher = threading.Thread(target=watch)
        watcher.start()
        output = process.communicate()[0]
        over.set()
        watcher.join()
    return output, time.perf_counter() - start, most


def main() -> int:
    """Make, check, print and clean up; 1 where a limit is not held."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=4)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    given = parser.parse_args()
    size = int(given.gigabytes * GIGABYTE)
    if shutil.disk_usage(given.folder).free < 2 * size + GIGABYTE:
        print(f"error: {given.folder} has no room for twice {given.gigabytes:g} GiB", file=sys.stderr)
        return 2
    root = make_authority("Benchmark", "Benchmark root")
    camera = issue_signer(root, "Benchmark", "Camera")
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        plain, signed, anchor = (Path(name) / one for one in ("plain.mp4", "film.mp4", "root.pem"))
        write_film(plain, max(1, size // SAMPLE))
        sign_film(plain, signed, camera)
        plain.unlink()
        anchor.write_bytes(root.pem)
        once = min(one_pass(signed) for _ in range(2))
        command = [sys.executable, "-m", "vouchmark", "check", str(signed), "--format", "json", "--no-default-trust"]
        os.environ["PYTHONPATH"] = str(ROOT)
        output, seconds, most = watched([*command, "--trust", str(anchor)])
        once = min(once, one_pass(signed))
        megabytes = signed.stat().st_size / 1e6
    lines = json.loads(output)["evidence"]
    integrity, engines = lines["integrity"], lines["engines"]["summary"]
    print(f"{megabytes:,.0f} MB: {integrity['status']}: {integrity['summary']}")
    print(f"engines: {engines}")
    print(f"one pass of SHA-256: {once:.2f} s; check: {seconds:.2f} s, {seconds / once:.2f} times as long")
    print(f"memory of all its processes together: {most / 1e6:,.0f} MB")
    held = integrity["status"] == "pass" and most / 1e6 <= LIMIT_MB and seconds / once <= LIMIT_PASSES
    print(f"limits ({LIMIT_MB} MB, {LIMIT_PASSES} times): {'held' if held else 'not held'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())

"""How do tests get bundles, whole and altered in every way that an attacker has, and an authority made by OpenSSL?"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest

from provenance.credentials.trust.formats import ListKind
from tests.support import command
from tests.support.authority import NOW
from vouchmark.bundles import making, tool
from vouchmark.bundles.bag import manifests
from vouchmark.bundles.hands import custody
from vouchmark.bundles.hands.sealing import Key
from vouchmark.bundles.inputs.asked import Asked
from vouchmark.bundles.inputs.lists import TrustFiles, run_file
from vouchmark.bundles.making import Keeper, Made

ODD: Final = "$(touch x).jpg"


def needs(program: str) -> str:
    """A program of the system; skips the test where it is not there."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def lists(folder: Path, kind: ListKind = ListKind.SIGNER, pem: str = "") -> TrustFiles:
    """A reader's lists with one root: that of the test signer."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "root.pem"
    path.write_text(pem or command.ROOT.pem)
    return TrustFiles(files=(run_file(path, kind),))


def reader(folder: Path, **more: Any) -> Asked:
    """A reader who trusts the test authority, at the time of the tests."""
    return Asked(at=NOW, trust=lists(folder / "lists"), **more)


def originals(folder: Path, *names: str) -> Path:
    """A folder with some media, one of which has an odd name."""
    command.write(folder, *(names or ("signed.jpg", "plain.jpg")))
    (folder / ODD).write_bytes(command.media()["signed.jpg"])
    return folder


def made(folder: Path, *names: str, seal: Any = None, keeper: Keeper | None = None, place: str = "case") -> Made:
    """A bundle of some media, `folder/case`."""
    sources = originals(folder / "in", *names)
    return making.make([sources], folder / place, reader(folder), keeper=keeper, seal=seal)


def small_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the program itself out, for tests that look at a bundle a thousand times."""
    monkeypatch.setattr(tool, "wheel", lambda: b"the program")


def new_key(folder: Path, kind: str = "ed25519") -> Key:
    """A key that OpenSSL made, with `NAME.key` and `NAME.pub` in the folder."""
    more = ["-pkeyopt", "ec_paramgen_curve:P-256"] if kind == "EC" else []
    key, public = folder / f"{kind}.key", folder / f"{kind}.pub"
    run(needs("openssl"), "genpkey", "-algorithm", kind, *more, "-out", key)
    run("openssl", "pkey", "-in", key, "-pubout", "-out", public)
    return Key.load(key.read_bytes())


def run(*words: str | Path, cwd: Path | None = None) -> str:
    """Run another program, which has to end well."""
    done = subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout.decode()


def closed_again(folder: Path, *, custody_too: bool = True) -> None:
    """Write every digest anew, as an attacker does who has changed something."""
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    digests = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items()}
    data = {name: digest for name, digest in digests.items() if name.startswith("data/")}
    (folder / "manifest-sha256.txt").write_bytes(manifests.dumps(data))
    octets = sum(there[name].stat().st_size for name in data)
    info = (folder / "bag-info.txt").read_text().splitlines()[:-1]
    (folder / "bag-info.txt").write_text("\n".join([*info, f"Payload-Oxum: {octets}.{len(data)}"]) + "\n")
    if custody_too:
        bag = hashlib.sha256((folder / "manifest-sha256.txt").read_bytes()).hexdigest()
        entries = [json.loads(line) for line in (folder / "custody.jsonl").read_text().splitlines()]
        before, lines = custody.START, b""
        for entry in entries:
            line = (json.dumps(entry | {"bag": bag, "before": before}, sort_keys=True) + "\n").encode()
            before, lines = custody.digest(line), lines + line
        (folder / "custody.jsonl").write_bytes(lines)
    tags_again(folder)


def tags_again(folder: Path) -> None:
    """Write the digests of everything outside `data` anew."""
    tags = [path for path in folder.iterdir() if path.is_file() and path.name != "tagmanifest-sha256.txt"]
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tags}
    (folder / "tagmanifest-sha256.txt").write_bytes(manifests.dumps(digests))


def described(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what a bundle says of itself."""
    path = folder / "data" / "bundle.json"
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n")


_CONFIGURATION: Final = """\
[tsa]
default_tsa = tsa_config
[tsa_config]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
certs = {folder}/tsa-root.pem
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
signer_digest = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[stamper]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[req]
distinguished_name = name
prompt = no
[name]
CN = Stamping
"""


@contextmanager
def authority(folder: Path) -> Iterator[str]:
    """A time-stamping authority that is nothing but OpenSSL behind an address; `tsa-root.pem` lies in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    openssl, config = needs("openssl"), folder / "tsa.cnf"
    config.write_text(_CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("01\n")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", config)
    run(openssl, "req", "-x509", *key, "-keyout", folder / "ca.key", "-out", folder / "tsa-root.pem", "-days", "3650",
        "-subj", "/CN=Stamping root", "-extensions", "ca")  # fmt: skip
    run(openssl, "req", *key, "-keyout", folder / "tsa.key", "-out", folder / "tsa.csr", "-subj", "/CN=Stamping")
    run(openssl, "x509", "-req", "-in", folder / "tsa.csr", "-CA", folder / "tsa-root.pem", "-CAkey", folder / "ca.key",
        "-CAcreateserial", "-days", "3000", "-out", folder / "tsa.pem", "-extfile", config,
        "-extensions", "stamper")  # fmt: skip

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "query.tsq").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            run(openssl, "ts", "-reply", "-config", config, "-queryfile", folder / "query.tsq", "-out",
                folder / "answer.tsr")  # fmt: skip
            answer = (folder / "answer.tsr").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()

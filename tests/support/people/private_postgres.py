"""How does a test or a benchmark get a PostgreSQL server of its own, without touching one that the machine runs?

It belongs to an unprivileged user, listens on a socket in its own folder and on no port, and dies with the block.
"""

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

START_SECONDS = 120.0


class PostgresMissingError(Exception):
    """There is no PostgreSQL here that could be started; the message says what is missing."""


def find_binaries() -> Path:
    """Return the folder of the newest initdb and postgres on this machine."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path and shutil.which("postgres") else []
    folders += Path("/usr/lib/postgresql").glob("*/bin") if Path("/usr/lib/postgresql").is_dir() else []
    complete = [folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()]
    if not complete:
        raise PostgresMissingError("no PostgreSQL server binaries (initdb, postgres) on this machine")
    return max(complete, key=lambda folder: [int(part) for part in re.findall(r"\d+", str(folder))])


def unprivileged_user() -> str | None:
    """Return the user to start the server as: None for ourselves, a system user where we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            pwd.getpwnam(name)
            return name
    raise PostgresMissingError("PostgreSQL refuses to run as root and there is no user postgres or nobody")


@contextlib.contextmanager
def private_postgres() -> Iterator[str]:
    """Yield the URL of an empty database on a fresh server; stop and delete it afterwards."""
    binaries = find_binaries()
    user = unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="vouchmark-pg-", dir="/tmp"))  # a socket's path is at most 107 bytes
    owner = user or pwd.getpwuid(os.geteuid()).pw_name
    environment = {"PATH": os.environ.get("PATH", "/usr/bin"), "LC_ALL": "C", "HOME": str(folder)}
    if user is not None:
        shutil.chown(folder, user)
    try:
        made = subprocess.run(
            [binaries / "initdb", "-D", folder / "data", "-A", "trust", "-E", "UTF8", "--no-sync", "-U", owner],
            user=user, env=environment, cwd=folder, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        if made.returncode:
            raise PostgresMissingError(f"initdb failed: {made.stderr.strip().splitlines()[-1:]}")
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses=",
                 "-c", "max_connections=100", "-c", "shared_buffers=64MB"],
                user=user, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            _wait(folder, server)
            yield f"postgresql://{owner}@/postgres?host={folder}"
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(folder: Path, server: "subprocess.Popen[bytes]") -> None:
    import psycopg

    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise PostgresMissingError(f"the server stopped: {(folder / 'log').read_text()[-500:]}")
        try:
            owner = folder.owner()
            with psycopg.connect(host=str(folder), user=owner, dbname="postgres", connect_timeout=2):
                return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise PostgresMissingError(f"the server did not answer in {START_SECONDS:.0f} s")

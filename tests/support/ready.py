"""How do tests start the command many times without importing it each time? One process has, and forks for each run.

What runs is a process of its own all the same: with its own arguments, environment, folder, streams and end. How the
command starts, and what it imports when, is for tests that start it anew.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final

CAN_FORK: Final = sys.platform == "linux"
"""Elsewhere every run is started anew: there are no packets over a socket of this kind, or no copies worth having."""
LARGEST: Final = 1 << 17
"""Octets of one order."""

_SERVER: Final = """
import contextlib, gc, importlib, json, os, runpy, socket, sys
line = socket.socket(fileno=int(sys.argv[1]))
for name in sys.argv[2:]:
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
gc.collect()
gc.freeze()
while True:
    order, streams, _, _ = socket.recv_fds(line, 1 << 17, 3)
    if not order:
        os._exit(0)
    child = os.fork()
    if not child:
        break
    for one in streams:
        os.close(one)
    line.send(str(child).encode())
    line.send(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode())
line.close()
asked = json.loads(order)
for number, one in enumerate(streams):
    os.dup2(one, number)
    os.close(one)
sys.stdin, sys.stdout = open(0), open(1, "w")
sys.stderr = open(2, "w", buffering=1, errors="backslashreplace")
sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
os.environ.clear()
os.environ.update(asked["env"])
os.umask(asked["umask"])
os.chdir(asked["cwd"])
sys.argv[1:] = asked["words"]
runpy.run_module("vouchmark", run_name="__main__", alter_sys=True)
"""

_IMPORTED: Final = (
    "vouchmark.cli.check",
    "vouchmark.cli.index",
    "vouchmark.cli.trust",
    "vouchmark.cli.vouch",
    "vouchmark.examination.examine",
    "vouchmark.persons.run",
    "vouchmark.policies.policy",
    "vouchmark.policies.conditions",
    "vouchmark.render.json",
    "vouchmark.render.text",
    "provenance.workers.pool",
    "provenance.credentials.own_check",
)
"""What most runs need; what starts threads when it is imported stays out."""


class Server:
    """The process that forks, and the line to it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Start it."""
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._turn = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _SERVER, str(theirs.fileno()), *_IMPORTED],
                pass_fds=[theirs.fileno()], env=dict(environment), cwd="/", stdin=subprocess.DEVNULL,
            )  # fmt: skip

    def run(
        self, words: Sequence[str], *, stdin: bytes, cwd: Path, env: Mapping[str, str], seconds: float
    ) -> subprocess.CompletedProcess[bytes]:
        """What one run comes to.

        Raises:
            subprocess.TimeoutExpired: It did not end in time, and was ended.
        """
        order = json.dumps({"words": list(words), "cwd": str(cwd), "env": dict(env), "umask": _umask()}).encode()
        assert len(order) <= LARGEST
        with self._turn:
            theirs, ours = _pipes()
            socket.send_fds(self._line, [order], theirs)
            for one in theirs:
                os.close(one)
            child = int(self._line.recv(64))
            ended: list[int] = []

            def end() -> None:
                ended.append(child)
                os.kill(child, signal.SIGKILL)

            late = threading.Timer(seconds, end)
            late.start()
            try:
                out, errors = _talk(stdin, *ours)
                code = int(self._line.recv(64))
            finally:
                late.cancel()
        if ended:
            raise subprocess.TimeoutExpired(list(words), seconds)
        return subprocess.CompletedProcess(list(words), code, out, errors)


def _umask() -> int:
    now = os.umask(0o077)
    os.umask(now)
    return now


def _pipes() -> tuple[list[int], tuple[BinaryIO, BinaryIO, BinaryIO]]:
    """(their ends of the three streams, ours)."""
    (read_in, write_in), (read_out, write_out), (read_err, write_err) = os.pipe(), os.pipe(), os.pipe()
    ours = (os.fdopen(write_in, "wb"), os.fdopen(read_out, "rb"), os.fdopen(read_err, "rb"))
    return [read_in, write_out, write_err], ours


def _talk(stdin: bytes, into: BinaryIO, out: BinaryIO, errors: BinaryIO) -> tuple[bytes, bytes]:
    """What is read of both streams while the other one is written."""
    told: list[bytes] = []

    def write() -> None:
        try:
            with into:
                into.write(stdin)
        except BrokenPipeError:
            pass

    threads = [threading.Thread(target=write), threading.Thread(target=lambda: told.append(errors.read()))]
    for thread in threads:
        thread.start()
    with out, errors:
        read = out.read()
        for thread in threads:
            thread.join()
    return read, told[0]


@functools.cache
def server(environment: tuple[tuple[str, str], ...]) -> Server:
    """One for this process: it ends with it, as its line does."""
    return Server(dict(environment))

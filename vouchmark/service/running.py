"""How does `vouchmark serve` run: one process that hears signals, ends in peace, and reads again on SIGHUP?"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from vouchmark.service.gate import LOG

if TYPE_CHECKING:
    from vouchmark.service.config import Config

BACKLOG: Final = 1024
"""Connections that may wait to be taken: who comes in a crowd is told later, not cut off."""
KEEP_ALIVE: Final = 15
"""Seconds that a quiet connection is kept."""
CONNECTIONS: Final = 4096
"""Connections at a time; beyond that the server answers 503 without looking."""
SWITCH: Final = 0.001
"""Seconds after which a thread gives way: who waits for an answer must not wait for five reports to be written."""


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(BACKLOG)
    except OSError:
        made.close()
        raise
    return made


def serve(config: Config, *, ready: Callable[[str], None] = lambda _: None) -> None:
    """Run until told to end (SIGTERM, SIGINT); SIGHUP reads lists, policies, issuers, indexes and tokens again.

    Args:
        config: what it is told.
        ready: is told the address, once it listens.

    Raises:
        OSError: it cannot listen there.
        ConfigError: something that is named cannot be read.
        zk.errors.ZkError: the ledger cannot be opened.
    """
    from vouchmark.service.application import Running, Service

    _log()
    listening = bound(config.server.host, config.server.port)
    port = listening.getsockname()[1]
    settled = config.with_server(port=port)
    running = Running(Service(settled))
    host = f"[{settled.server.host}]" if ":" in settled.server.host else settled.server.host
    try:
        with _quick_turns():
            asyncio.run(_run(running, listening, lambda: ready(f"http://{host}:{port}")))
    finally:
        listening.close()


async def _run(running: Any, listening: socket.socket, ready: Callable[[], None]) -> None:
    import uvicorn

    service = running.service
    failed: list[BaseException] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        try:
            await running.app(scope, receive, send)
        except BaseException as error:
            if scope["type"] == "lifespan":
                failed.append(error)
            raise

    class Server(uvicorn.Server):
        """Tells that it listens, and says later to whoever comes when it is about to end."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready()

        def handle_exit(self, sig: int, frame: Any) -> None:
            service.admission.stopping = True
            super().handle_exit(sig, frame)

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            # The library's own raises them again at the end, and the process would end as if it had been cut off.
            before = {one: signal.signal(one, self.handle_exit) for one in (signal.SIGINT, signal.SIGTERM)}
            try:
                yield
            finally:
                for one, handler in before.items():
                    signal.signal(one, handler)

    options = uvicorn.Config(
        app,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=max(1, round(service.config.server.grace)),
        limit_concurrency=CONNECTIONS,
        backlog=BACKLOG,
        ws="none",
    )
    server = Server(options)
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[Any]] = set()

    def again() -> None:
        tasks.add(loop.create_task(service.reload()))

    with _hearing(lambda: loop.call_soon_threadsafe(again)):
        try:
            await server.serve(sockets=[listening])
        except SystemExit:
            if not failed:
                raise
    if failed:
        raise failed[0]


@contextlib.contextmanager
def _hearing(reload: Callable[[], Any]) -> Iterator[None]:
    """Hear SIGHUP as a wish to read again; and let nobody end this process who waits shorter than we do."""
    name = "SIGHUP"
    told = signal.set_wakeup_fd(-1)
    before = None
    if hasattr(signal, name):
        before = signal.signal(getattr(signal, name), lambda *_: reload())
    try:
        yield
    finally:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), before)
        with contextlib.suppress(ValueError, OSError):
            signal.set_wakeup_fd(told, warn_on_full_buffer=False)


@contextlib.contextmanager
def _quick_turns() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _log() -> None:
    """Our own lines to standard error; of the server around us what goes wrong alone."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    uvicorn = logging.getLogger("uvicorn.error")
    uvicorn.addHandler(handler)
    uvicorn.setLevel(logging.CRITICAL)
    uvicorn.propagate = False

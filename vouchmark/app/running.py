"""How does `vouchmark app` run: a port that nobody knows beforehand, a browser, and an end when the page is closed?"""

from __future__ import annotations

import asyncio
import contextlib
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from vouchmark.app.application import App, PageOrigins
from vouchmark.app.looking import MOST, Looking
from vouchmark.app.session import Door, Session
from vouchmark.app.trusting import Trusting
from vouchmark.service.config import MIB, Server
from vouchmark.service.gate import Gate
from vouchmark.service.origins import Proxies
from vouchmark.service.running import bound
from vouchmark.service.spool import Spool

HOST: Final = "127.0.0.1"
LOOKS: Final = 0.5
"""Seconds between two looks at whether the page is still open."""
SPOOL: Final = 4096 * MIB
"""Bytes of uploads and reports at a time."""
UPLOAD_SECONDS: Final = 600.0
CONNECTIONS: Final = 64
BACKLOG: Final = 64


class _NoMetrics:
    """Nobody counts."""

    def told(self, route: str, status: int, seconds: float) -> None:
        """Nothing."""

    def problem(self, code: str) -> None:
        """Nothing."""


def run(home: Path, *, browser: bool = True, ready: Callable[[str, Path], None] = lambda *_: None) -> None:
    """Run until the page is closed, or somebody ends the command.

    Args:
        home: the reader's data folder.
        browser: whether the browser is started; else `ready` has to say which file opens the page.
        ready: is told the address and that file.

    Raises:
        OSError: no port, or no private folder, can be had.
    """
    with ExitStack() as stack:
        listening = stack.enter_context(contextlib.closing(bound(HOST, 0)))
        port = listening.getsockname()[1]
        spool = stack.enter_context(Spool(None, most=SPOOL))
        looking = stack.enter_context(Looking(spool, home))
        session = Session()
        door = Door(f"http://{HOST}:{port}", session.code)
        path = stack.enter_context(door)

        def begin() -> None:
            ready(f"http://{HOST}:{port}", path)
            if browser:
                webbrowser.open(path.as_uri())

        asyncio.run(_run(session, looking, home, spool, listening, door, begin))


async def _run(
    session: Session, looking: Looking, home: Path, spool: Spool, listening: Any, door: Door, begin: Callable[[], None]
) -> None:
    import uvicorn

    app = App(session, looking, Trusting(home), spool)
    app.entered = door.remove
    told = Server(max_size=MOST, upload_limit=UPLOAD_SECONDS)
    port = listening.getsockname()[1]
    gate = Gate(
        app.router(),
        server=told,
        origins=PageOrigins(port),
        proxies=Proxies(()),
        metrics=_NoMetrics(),
    )

    class Window(uvicorn.Server):
        """Opens the browser when it listens."""

        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            if self.started:
                await asyncio.get_running_loop().run_in_executor(None, begin)

    options = uvicorn.Config(
        gate,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=CONNECTIONS,
        backlog=BACKLOG,
        timeout_graceful_shutdown=1,
        ws="none",
    )
    server = Window(options)
    watching = asyncio.create_task(_watch(session, app, server))
    try:
        await server.serve(sockets=[listening])
    finally:
        app.ending.set()
        watching.cancel()


async def _watch(session: Session, app: App, server: Any) -> None:
    """End the server once nobody is there any more."""
    while not session.is_over:  # noqa: ASYNC110 - that time has passed sets no event
        await asyncio.sleep(LOOKS)
    app.ending.set()
    server.should_exit = True

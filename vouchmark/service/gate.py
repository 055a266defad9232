"""What happens to every request, whatever it asks: who calls, how fast, what is written down, what headers go back?

Everything that goes wrong ends here as one problem, and nothing of a file, a token or an address's query in the log.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from vouchmark.service.origins import counted_as
from vouchmark.service.problems import KINDS, ProblemError
from vouchmark.service.uploads import Body, GoneError

if TYPE_CHECKING:
    from vouchmark.service.config import Server
    from vouchmark.service.origins import Proxies

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

LOG: Final = logging.getLogger("vouchmark.service")
HEADERS: Final = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
"""On every answer."""
POLICY: Final = b"default-src 'none'; frame-ancestors 'none'"
"""Of an answer that has no policy of its own."""
MAX_LENGTH_DIGITS: Final = 15
"""Of a body's length: no body is longer, and no number is worked on that is."""
NOT_ALLOWED: Final = 405
CLIENT_GONE: Final = 499
"""In the log alone: nobody was there any more to be answered."""


class Counts(Protocol):
    """Whoever wants to know what was answered."""

    def told(self, route: str, status: int, seconds: float) -> None:
        """An answer."""

    def problem(self, code: str) -> None:
        """A problem."""


class Guard(Protocol):
    """Whoever says from where a request may come."""

    def check(self, scope: Mapping[str, Any], *, scheme: str) -> None:
        """Refuse it, where it may not. Raises ProblemError."""


class Gate:
    """An ASGI application around another one."""

    def __init__(self, app: App, *, server: Server, origins: Guard, proxies: Proxies, metrics: Counts) -> None:
        self._app, self._server = app, server
        self._origins, self._proxies, self._metrics = origins, proxies, metrics

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let a request in, or say why not."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        from starlette.exceptions import HTTPException

        begun = time.monotonic()
        # The router raises what it does not find, where it is told of an application around it.
        scope["app"] = self
        state = scope["vouchmark"] = {"route": "-", "digest": "", "caller": ""}
        answer = _Answer(send)
        body = self._body(scope, receive)
        try:
            if isinstance(body, ProblemError):
                raise body
            state["body"] = body
            address, scheme = self._proxies.caller(scope)
            state["caller"] = counted_as(address)
            self._origins.check(scope, scheme=scheme)
            await self._app(scope, receive, answer.send)
        except ProblemError as problem:
            self._metrics.problem(problem.code)
            await answer.problem(problem, body if isinstance(body, Body) else None)
        except HTTPException as error:
            code = "not-allowed" if error.status_code == NOT_ALLOWED else "not-found"
            allowed = (error.headers or {}).get("Allow", "")
            missing = ProblemError(code, KINDS[code].meaning, allow=allowed)
            self._metrics.problem(code)
            await answer.problem(missing, body if isinstance(body, Body) else None)
        except GoneError:
            answer.status = CLIENT_GONE
        except Exception as error:  # noqa: BLE001 - the last one to hear of it
            LOG.error("%s", told(error))
            self._metrics.problem("internal")
            await answer.problem(ProblemError("internal", "the service made a mistake"), None)
        seconds = time.monotonic() - begun
        self._metrics.told(state["route"], answer.status, seconds)
        digest = f" sha256={state['digest']}" if state["digest"] else ""
        LOG.info("%s %s %d %.0fms%s", scope["method"], state["route"], answer.status, seconds * 1000, digest)

    def _body(self, scope: Message, receive: Receive) -> Body | ProblemError:
        lengths = [value for name, value in scope["headers"] if name == b"content-length"]
        if any(not one.isdigit() or len(one) > MAX_LENGTH_DIGITS for one in lengths) or len(lengths) > 1:
            return ProblemError("malformed", "Content-Length is no number")
        is_empty = not lengths and not any(name == b"transfer-encoding" for name, _ in scope["headers"])
        body = Body(
            receive,
            length=int(lengths[0]) if lengths else 0 if is_empty else None,
            idle=self._server.idle,
            seconds=self._server.upload_limit,
        )
        body.done = body.length == 0
        return body


class _Answer:
    """Sends one answer, with our headers, and remembers its status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 500
        self._begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun, self.status = True, message["status"]
            headers = list(message.get("headers", []))
            known = {name.lower() for name, _ in headers}
            headers += [one for one in HEADERS if one[0] not in known]
            if b"content-security-policy" not in known:
                headers.append((b"content-security-policy", POLICY))
            message = {**message, "headers": headers}
        await self._send(message)

    async def problem(self, problem: ProblemError, body: Body | None) -> None:
        """Send a problem; where a body is still to come, the connection is closed after a little of it was read."""
        if self._begun:
            return
        content, headers = problem.body(), problem.headers()
        headers.append((b"content-length", str(len(content)).encode()))
        unread = body is not None and not body.done
        if unread:
            headers.append((b"connection", b"close"))
        await self.send({"type": "http.response.start", "status": problem.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": content, "more_body": unread})
        if body is not None and unread:
            await body.linger()
            await self.send({"type": "http.response.body", "body": b"", "more_body": False})


def told(error: BaseException) -> str:
    """A mistake of ours for the log: its kind and the lines that led there, without its words."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames[-8:]))
    return f"{type(error).__name__} at {where}"

"""What is answered at which address of the page? Nothing without the token but what holds no secret."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, Router

from vouchmark.app import shell
from vouchmark.app.looking import MOST, Looking
from vouchmark.app.session import Session
from vouchmark.app.trusting import Trusting, parsed
from vouchmark.persons.issuers import MAX_ISSUER_OCTETS
from vouchmark.service.answers import sandbox
from vouchmark.service.asking import as_json, refuse_query
from vouchmark.service.config import MIB
from vouchmark.service.origins import Origins, headers_of
from vouchmark.service.problems import ProblemError
from vouchmark.service.spool import Spool, pieces
from vouchmark.service.uploads import PARTS, Body, Upload, receive_multipart

MAX_FORM: Final = 4096
"""Bytes of a small form."""
MAX_JSON: Final = 2 * MAX_ISSUER_OCTETS
"""Bytes of a request in JSON: an issuer's file, with what JSON adds to it."""
BEAT: Final = 2.0
"""Seconds between two signs of life on the line that a page holds."""
ENTER: Final = "/enter"

Answer = Callable[[Request], Awaitable[Response]]
Change = Callable[[Mapping[str, Any], dt.datetime], str]


class PageOrigins:
    """Our own page alone, on every route; but for the first one, to which a file of this user posts."""

    def __init__(self, port: int) -> None:
        self._own = Origins("127.0.0.1", port, strict=True)

    def check(self, scope: Mapping[str, Any], *, scheme: str) -> None:
        """Refuse everything else. Raises ProblemError."""
        if scope["path"] != ENTER or scope["method"] != "POST":
            self._own.check(scope, scheme=scheme)
            return
        # A file has no origin, and its site is no site of ours; the code in its body is what counts.
        headers = headers_of(scope)
        if headers.get("origin") != ["null"] or headers.get("sec-fetch-site", ["cross-site"]) != ["cross-site"]:
            raise ProblemError("foreign", "the page is opened by the file that the command has written")
        host = {**scope, "headers": [one for one in scope["headers"] if one[0] == b"host"], "method": "GET"}
        self._own.check(host, scheme=scheme)


class App:
    """The page's server."""

    def __init__(self, session: Session, looking: Looking, trusting: Trusting, spool: Spool) -> None:
        self.session, self._looking, self._trusting, self._spool = session, looking, trusting, spool
        self.entered: Callable[[], None] = lambda: None
        """Is called once the page was opened."""
        self.ending = asyncio.Event()

    # Without a token: what holds no secret.

    async def shell(self, request: Request) -> Response:
        """GET /."""
        refuse_query(request)
        return _page(shell.page())

    async def file(self, request: Request) -> Response:
        """GET /app.css and /app.js."""
        name, media_type = shell.KEPT[request.url.path]
        return Response(shell.kept(name), media_type=media_type)

    async def enter(self, request: Request) -> Response:
        """POST /enter, from the file."""
        form = await _form(request)
        if not self.session.enter(form.get("code", "")):
            words = "This was opened already, or never meant to be. Start it again: vouchmark app"
            return _page(shell.notice("Not opened", words), status=403)
        self.entered()
        return _page(shell.page(self.session.token))

    # With the token, in a header; where there is no script, in a form's field.

    def _known(self, token: str | None) -> None:
        if not self.session.is_known(token):
            raise ProblemError("unauthorized", "this is not the page that was opened", hint="run: vouchmark app")
        self.session.touch()

    def _by_header(self, request: Request) -> None:
        refuse_query(request)
        self._known(request.headers.get(shell.HEADER))

    async def alive(self, request: Request) -> Response:
        """GET /alive: a line that a page holds as long as it is open."""
        self._by_header(request)

        async def line() -> AsyncIterator[bytes]:
            """Signs of life, until either side ends."""
            self.session.opened()
            try:
                while not self.ending.is_set():
                    yield b"\n"
                    await asyncio.sleep(BEAT)
            finally:
                self.session.closed()

        return StreamingResponse(line(), media_type="text/plain")

    async def check(self, request: Request) -> Response:
        """POST /check."""
        self._by_header(request)
        return as_json(await self._with_upload(request, self._looking.look))

    async def remember(self, request: Request) -> Response:
        """POST /remember."""
        self._by_header(request)
        return as_json(await self._with_upload(request, self._looking.remember))

    async def check_page(self, request: Request) -> Response:
        """POST /check/page: without script."""
        refuse_query(request)
        return _report(await self._with_upload(request, self._looking.page, form=True))

    async def _with_upload(self, request: Request, work: Callable[[Upload], Any], *, form: bool = False) -> Any:
        content_type = request.headers.get("content-type", "")
        if not content_type.startswith("multipart/form-data"):
            raise ProblemError("media-type", "expected multipart/form-data")
        body: Body = request.scope["vouchmark"]["body"]
        names = (*PARTS, shell.FIELD) if form else PARTS
        with pieces() as kept:
            upload = await receive_multipart(
                body, self._spool, kept, content_type=content_type, most=MOST * MIB, names=names
            )
            if form:
                token = upload.one(shell.FIELD)
                self._known(token.piece.read().decode("utf-8", "replace") if token else None)
            found = await asyncio.get_running_loop().run_in_executor(self._looking.threads, work, upload)
        self.session.touch()
        return found

    async def report(self, request: Request) -> Response:
        """POST /report: a whole report, in a tab of its own and without an origin."""
        refuse_query(request)
        form = await _form(request)
        self._known(form.get(shell.FIELD))
        return _report(self._looking.report(form.get("number", "")), save="save" in form)

    async def trust(self, request: Request) -> Response:
        """GET /trust."""
        self._by_header(request)
        now = dt.datetime.now(dt.UTC)
        return as_json(await asyncio.get_running_loop().run_in_executor(None, self._trusting.show, now))

    def change(self, work: Change) -> Answer:
        """What answers a request that changes whom the reader trusts."""

        async def answer(request: Request) -> Response:
            """Change it, and say what came of it."""
            self._by_header(request)
            if request.headers.get("content-type") != "application/json":
                raise ProblemError("media-type", "expected application/json")
            body: Body = request.scope["vouchmark"]["body"]
            value = parsed(b"".join([piece async for piece in body.pieces(MAX_JSON)]))
            now = dt.datetime.now(dt.UTC)
            said = await asyncio.get_running_loop().run_in_executor(None, work, value, now)
            self._looking.changed()
            return as_json({"told": said})

        return answer

    def router(self) -> Router:
        """Every address."""
        trusting = self._trusting
        answers: list[tuple[str, Answer, str]] = [
            ("/", self.shell, "GET"),
            *((path, self.file, "GET") for path in shell.KEPT),
            (ENTER, self.enter, "POST"),
            ("/alive", self.alive, "GET"),
            ("/check", self.check, "POST"),
            ("/check/page", self.check_page, "POST"),
            ("/remember", self.remember, "POST"),
            ("/report", self.report, "POST"),
            ("/trust", self.trust, "GET"),
            ("/trust/update", self.change(trusting.update), "POST"),
            ("/trust/drop", self.change(trusting.drop), "POST"),
            ("/trust/issuer", self.change(trusting.issuer), "POST"),
            ("/trust/issuer/drop", self.change(trusting.drop_issuer), "POST"),
            ("/trust/distrust", self.change(trusting.distrust), "POST"),
            ("/trust/distrust/drop", self.change(trusting.trust_again), "POST"),
        ]
        return Router(
            [Route(path, answer, methods=[method]) for path, answer, method in answers], redirect_slashes=False
        )


async def _form(request: Request) -> dict[str, str]:
    """A small form. Raises ProblemError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise ProblemError("media-type", "expected a form")
    body: Body = request.scope["vouchmark"]["body"]
    data = b"".join([piece async for piece in body.pieces(MAX_FORM)])
    found = parse_qs(data.decode("latin-1"), keep_blank_values=True, errors="replace")
    return {name: values[0] for name, values in found.items()}


def _page(text: str, *, status: int = 200) -> Response:
    # With no-referrer a browser would call the origin of our own forms null.
    headers = {"content-security-policy": shell.POLICY, "referrer-policy": "same-origin"}
    return Response(text, status_code=status, media_type="text/html", headers=headers)


def _report(content: bytes, *, save: bool = False) -> Response:
    headers = {"content-security-policy": sandbox()}
    if save:
        headers["content-disposition"] = 'attachment; filename="vouchmark-report.html"'
    return Response(content, media_type="text/html", headers=headers)

"""What is answered at which address? The service as an ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from vouchmark import __version__
from vouchmark.service import openapi
from vouchmark.service.answers import FORMS, HTML, chosen, sandbox
from vouchmark.service.asking import as_json, asked_by, json_of, refuse_query
from vouchmark.service.checking import Checks, Question
from vouchmark.service.config import Config, is_loopback, network_of
from vouchmark.service.gate import LOG, App, Gate
from vouchmark.service.limits import LATER, Admission, Rates
from vouchmark.service.metrics import MEDIA_TYPE as METRICS_TYPE
from vouchmark.service.metrics import Metrics
from vouchmark.service.names import MEGAPIXEL, MIB, Names
from vouchmark.service.origins import Origins, Proxies
from vouchmark.service.problems import ProblemError
from vouchmark.service.spool import Spool, pieces
from vouchmark.service.uploads import Body, Upload, receive_multipart, receive_raw

if TYPE_CHECKING:
    from vouchmark.service.tokens import Token
    from zk.storage.challenges import Challenge, ChallengeBook
    from zk.storage.ledger import NullifierLedger


class Service:
    """One server: what it holds open, and what it answers."""

    def __init__(self, config: Config, *, workers: Checks | None = None) -> None:
        self.config = config
        server = config.server
        self.metrics = Metrics()
        self.rates = Rates()
        self.admission = Admission(uploads=server.uploads, places=server.workers * server.waiting)
        self.spool = Spool(server.spool, most=server.spool_size * MIB)
        self._given = workers
        self._stack = ExitStack()
        self._names: Names | None = None
        self._challenges: ChallengeBook | None = None
        self._ledger: NullifierLedger | None = None
        self._reloading = asyncio.Lock()

    @property
    def names(self) -> Names:
        """What names stand for now. Raises ProblemError before it runs."""
        if self._names is None:
            raise ProblemError("stopping", "this server does not take files", retry_after=LATER)
        return self._names

    def open(self) -> None:
        """Start workers, read what is named, make the spool. Raises ConfigError, OSError or the ledger's errors."""
        with ExitStack() as stack:
            self.checks = stack.enter_context(self._given or Checks(self.config.server))
            if self.config.ledger:
                from zk.storage.challenges import open_challenges
                from zk.storage.ledger import open_ledger

                self._ledger = stack.enter_context(open_ledger(self.config.ledger))
                self._challenges = stack.enter_context(open_challenges(self.config.ledger))
            stack.enter_context(self.spool)
            self._names = Names.read(self.config, self._ledger)
            self._stack = stack.pop_all()
        self.metrics.watch(self.admission, self.spool)

    def close(self) -> None:
        """End everything."""
        self.admission.stopping = True
        names, self._names = self._names, None
        if names is not None:
            names.retire()
        self._stack.close()

    async def reload(self) -> bool:
        """Read what is named again; whether it could be taken. What is in use stays in use until then."""
        from vouchmark.service.config import ConfigError

        async with self._reloading:
            loop = asyncio.get_running_loop()
            try:
                fresh = await loop.run_in_executor(None, Names.read, self.config, self._ledger)
            except ConfigError as error:
                LOG.error("what is configured cannot be read again, and stays as it was: %s", error)
                self.metrics.reloaded(well=False)
                return False
            before, self._names = self._names, fresh
            if before is not None:
                before.retire()
            self.metrics.reloaded(well=True)
            LOG.info("lists, policies, issuers, indexes and tokens were read again")
            return True

    async def watch(self) -> None:
        """Read again whenever a file is another one; for ever."""
        from vouchmark.service.names import mark_of

        tried: object = None
        while True:
            await asyncio.sleep(self.config.server.reload)
            mark = await asyncio.get_running_loop().run_in_executor(None, mark_of, self.config)
            if mark not in (self.names.mark, tried):
                tried = mark
                await self.reload()

    def caller(self, request: Request, scope: str) -> tuple[str, Token | None]:
        """Who asks, where that may be asked for; counted. Raises ProblemError."""
        server = self.config.server
        header = request.headers.get("authorization")
        token = self.names.doorkeeper.find(header, today=dt.datetime.now(dt.UTC).date())
        address: str = request.scope["vouchmark"]["caller"]
        caller = f"token {token.name}" if token else f"address {address}"
        self.rates.take(caller, (token and token.rate) or server.rate)
        if token is None and (header is not None or not self._takes_anybody()):
            raise ProblemError("unauthorized", "no token that counts here")
        if token is not None and scope not in token.scopes:
            raise ProblemError("forbidden", f"the token is not for {scope}")
        return caller, token

    def _takes_anybody(self) -> bool:
        server = self.config.server
        return server.anonymous or (server.tokens is None and is_loopback(server.host))

    # What is answered.

    async def check(self, request: Request) -> Response:
        """POST /v1/check."""
        caller, token = self.caller(request, "check")
        form = chosen(request.headers.get("accept"))
        asked, given = asked_by(request)
        self.admission.refuse_if_full()
        names = self.names
        names.settings(asked)
        most = min((token and token.max_size) or self.config.server.max_size, self.config.server.max_size) * MIB
        with names.used(), pieces() as kept:
            with self.admission.uploads_of(caller):
                upload = await self._receive(request, kept, name=given.get("name", ""), most=most)
            with self.admission.place():
                challenge = await self._used_up(given.get("challenge"), upload, caller, token)
                question = Question(upload=upload, asked=asked, form=form, challenge=challenge)
                answer = await asyncio.get_running_loop().run_in_executor(
                    self.checks.threads, self.checks.answer, question, names
                )
        request.scope["vouchmark"]["digest"] = answer.sha256
        self.metrics.outcome(answer.outcome)
        headers = {"content-security-policy": sandbox()} if form == HTML else {}
        return Response(answer.content, headers={"content-type": answer.media_type, **headers})

    async def _receive(self, request: Request, kept: list[Any], *, name: str, most: int) -> Upload:
        body: Body = request.scope["vouchmark"]["body"]
        content_type = request.headers.get("content-type", "")
        kind = content_type.partition(";")[0].strip().lower()
        if kind == "multipart/form-data":
            upload = await receive_multipart(body, self.spool, kept, content_type=content_type, most=most)
        elif kind == "application/x-www-form-urlencoded" or kind.startswith("multipart/"):
            raise ProblemError("media-type", "expected multipart/form-data, or the file itself")
        else:
            upload = await receive_raw(body, self.spool, kept, name=name, most=most)
        if upload.one("file") is None:
            raise ProblemError("no-file", "the body has no part 'file'")
        return upload

    async def _used_up(self, nonce: str | None, upload: Upload, caller: str, token: Token | None) -> Challenge | None:
        """The challenge that a vouch answers, used up by this request. Raises ProblemError."""
        if nonce is None:
            return None
        if token is not None and "challenges" not in token.scopes:
            raise ProblemError("forbidden", "the token is not for challenges")
        if not upload.all("vouch"):
            raise ProblemError("no-vouch", "a challenge was named, and no vouch came to answer it")
        from zk.storage.challenges import ChallengeError

        book = self._book()
        try:
            used: Challenge = await self._in_database(
                lambda: book.use(bytes.fromhex(nonce), owner=_owner(caller, token))
            )
        except ChallengeError as error:
            raise ProblemError("challenge", str(error)) from error
        return used

    async def challenges(self, request: Request) -> Response:
        """POST /v1/challenges."""
        caller, token = self.caller(request, "challenges")
        refuse_query(request)
        self.admission.refuse_if_full()
        scope, audience = await self._wanted(request)
        book, seconds = self._book(), self.config.server.challenge_seconds
        made = await self._in_database(
            lambda: book.give(scope=scope, audience=audience, owner=_owner(caller, token), seconds=seconds)
        )
        told = {
            "nonce": made.nonce.hex(),
            "scope": made.scope,
            "audience": made.audience or None,
            "expires_at": made.expires_at.isoformat().replace("+00:00", "Z"),
        }
        return as_json(told, status=201)

    async def _wanted(self, request: Request) -> tuple[str, str]:
        """The scope and the audience that a challenge shall be bound to. Raises ProblemError."""
        from vouchmark.persons.settings import MAX_AUDIENCE
        from zk.errors import ZkError
        from zk.profile.personhood import Scope

        value = await json_of(request)
        if not isinstance(value, dict) or not {"scope"} <= set(value) <= {"scope", "audience"}:
            raise ProblemError("malformed", "expected an object with scope, and perhaps audience")
        audience = value.get("audience", self.config.defaults.audience)
        if not isinstance(value["scope"], str) or not isinstance(audience, str):
            raise ProblemError("malformed", "scope and audience are texts")
        if len(audience.encode("utf-8", "replace")) > MAX_AUDIENCE:
            raise ProblemError("option", f"audience: expected at most {MAX_AUDIENCE} octets")
        if not audience.isprintable():
            raise ProblemError("option", "audience: expected printable characters")
        try:
            Scope.parse(value["scope"])
        except (ZkError, ValueError) as error:
            raise ProblemError("option", "scope: expected AUTHORITY:PATH such as public:media") from error
        return value["scope"], audience

    def _book(self) -> ChallengeBook:
        if self._challenges is None:
            raise ProblemError(
                "option", "this service keeps no ledger, and so no challenges", hint="configure ledger = …"
            )
        return self._challenges

    async def _in_database(self, work: Callable[[], Any]) -> Any:
        from zk.errors import StorageError

        try:
            return await asyncio.get_running_loop().run_in_executor(None, work)
        except StorageError as error:
            LOG.error("the ledger failed: %s", error)
            raise ProblemError("ledger", "the ledger failed, and nothing was counted", retry_after=LATER) from error

    async def policies(self, request: Request) -> Response:
        """GET /v1/policies."""
        from vouchmark.policies.policy import Policy

        self.caller(request, "check")
        refuse_query(request)
        names, default = self.names, self.config.defaults.policy
        found: list[dict[str, Any]] = [
            {"name": name, "policy": one.name, "sha256": one.sha256, "default": name == default}
            for name, one in sorted(names.policies.items())
        ]
        if not default:
            built_in = Policy.default()
            found.insert(0, {"name": "", "policy": built_in.name, "sha256": built_in.sha256, "default": True})
        return as_json({"policies": found})

    async def lists(self, request: Request) -> Response:
        """GET /v1/lists."""
        self.caller(request, "check")
        refuse_query(request)
        default = self.config.defaults.lists
        found = [
            {
                "name": name,
                "default": name == default,
                "sha256": one.digest,
                "files": [
                    {
                        "name": listed.name,
                        "kind": str(listed.kind),
                        "label": listed.words,
                        "dated": listed.dated.isoformat() if listed.dated else None,
                        "sha256": listed.sha256,
                    }
                    for listed in one.lists
                ],
            }
            for name, one in sorted(self.names.lists.items())
            if name or not default
        ]
        return as_json({"lists": found})

    async def version(self, request: Request) -> Response:
        """GET /v1/version."""
        from vouchmark.report import SCHEMA

        self._open(request)
        server = self.config.server
        limits = {
            "body_bytes": server.max_size * MIB,
            "pixels": server.max_pixels * MEGAPIXEL,
            "seconds": server.time_limit,
            "challenge_seconds": server.challenge_seconds,
        }
        return as_json({"vouchmark": __version__, "report": SCHEMA, "limits": limits, "formats": list(FORMS)})

    async def schema(self, request: Request) -> Response:
        """GET /v1/schema."""
        from vouchmark.schema import FILE

        self._open(request)
        return Response(FILE.read_bytes(), media_type="application/json")

    async def openapi(self, request: Request) -> Response:
        """GET /openapi.json."""
        self._open(request)
        return as_json(openapi.document())

    async def page(self, request: Request) -> Response:
        """GET /."""
        self._open(request)
        policy = f"default-src 'none'; style-src 'sha256-{openapi.style_digest()}'; frame-ancestors 'none'"
        return Response(openapi.page(), media_type="text/html", headers={"content-security-policy": policy})

    async def live(self, request: Request) -> Response:
        """GET /livez."""
        refuse_query(request)
        return as_json({"state": "live"})

    async def ready(self, request: Request) -> Response:
        """GET /readyz."""
        refuse_query(request)
        if self.admission.stopping or self._names is None:
            raise ProblemError("stopping", "this server is about to end", retry_after=LATER)
        if self._challenges is not None:
            await self._in_database(self._challenges.ping)
        return as_json({"state": "ready"})

    async def numbers(self, request: Request) -> Response:
        """GET /metrics."""
        self.caller(request, "metrics")
        refuse_query(request)
        return Response(self.metrics.written(), headers={"content-type": METRICS_TYPE})

    def _open(self, request: Request) -> None:
        """Count a request that anybody may make. Raises ProblemError."""
        refuse_query(request)
        self.rates.take(f"address {request.scope['vouchmark']['caller']}", self.config.server.rate)


def routes(service: Service) -> list[Route]:
    """Every address, each with what answers it."""

    def route(path: str, answer: Callable[[Request], Any], method: str = "GET") -> Route:
        async def named(request: Request) -> Response:
            """Answer, and let the log know which address it was."""
            request.scope["vouchmark"]["route"] = path
            found: Response = await answer(request)
            return found

        return Route(path, named, methods=[method])

    return [
        route("/v1/check", service.check, "POST"),
        route("/v1/challenges", service.challenges, "POST"),
        route("/v1/policies", service.policies),
        route("/v1/lists", service.lists),
        route("/v1/version", service.version),
        route("/v1/schema", service.schema),
        route("/openapi.json", service.openapi),
        route("/", service.page),
        route("/livez", service.live),
        route("/readyz", service.ready),
        route("/metrics", service.numbers),
    ]


def make_app(config: Config | None = None) -> App:
    """The service as an ASGI application; nothing is opened before it starts (lifespan).

    Args:
        config: what it is told; the file that `VOUCHMARK_SERVE_CONFIG` names, or the defaults, where None.

    Raises:
        ConfigError: that cannot be used.
    """
    settled = config or Config.from_environment()
    return Running(Service(settled)).app


def _owner(caller: str, token: Token | None) -> str:
    """Who a challenge belongs to: a token, or everybody without one; addresses change."""
    return caller if token is not None else ""


class Running:
    """A service with its application, for whoever runs both."""

    def __init__(self, service: Service) -> None:
        self.service = service
        server = service.config.server
        inner = Router(routes(service), redirect_slashes=False, lifespan=self._lifespan)
        self.app: App = Gate(
            inner,
            server=server,
            origins=Origins(server.host, server.port, server.hosts),
            proxies=Proxies([network_of(one) for one in server.proxies]),
            metrics=service.metrics,
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: Any) -> AsyncIterator[None]:
        await asyncio.get_running_loop().run_in_executor(None, self.service.open)
        seconds = self.service.config.server.reload
        watching = asyncio.create_task(self.service.watch()) if seconds else None
        try:
            yield
        finally:
            if watching is not None:
                watching.cancel()
            await asyncio.get_running_loop().run_in_executor(None, self.service.close)


def __getattr__(name: str) -> Any:
    """`app`, made when somebody asks for it."""
    if name == "app":
        return make_app()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if TYPE_CHECKING:
    app: App

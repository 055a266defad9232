"""What did somebody send? A body as it comes: piece by piece to the disk, with a bound on bytes, parts and time.

Multipart (RFC 7578) or the file itself. The body is never in memory: what is read is written, and what is over the
limit is not read. A file's name is kept for the report; it names no place here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final

from vouchmark.service.problems import ProblemError
from vouchmark.service.spool import Piece, Spool

MAX_PARTS: Final = 1100
"""Parts of a body: a film in a thousand fragments, and the rest."""
MAX_PART_HEADER: Final = 4096
"""Bytes of a part's headers."""
MAX_FILE_NAME: Final = 255
"""Characters of a file's name, as file systems have them."""
LINGER_BYTES: Final = 1024 * 1024
"""Bytes that are still read of a body that was refused, so that a client that sends first hears the answer."""
LINGER_SECONDS: Final = 2.0
PARTS: Final = ("file", "manifest", "fragment", "original", "vouch")
"""Names of parts."""
SEVERAL: Final = frozenset({"fragment", "vouch"})
"""Of which there may be several."""


class GoneError(Exception):
    """Whoever asked is not there any more."""


class Body:
    """A request's body: read once, with its bounds."""

    def __init__(
        self,
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        *,
        length: int | None,
        idle: float,
        seconds: float,
    ) -> None:
        """Say what holds for it.

        Args:
            receive: as ASGI gives it.
            length: bytes, as announced; None where nobody says.
            idle: seconds without a byte.
            seconds: for all of it.
        """
        self._receive = receive
        self.length = length
        self._idle, self._seconds = idle, seconds
        self.done = False

    async def pieces(self, most: int) -> AsyncIterator[bytes]:
        """The bytes as they come. Raises ProblemError for more than `most`, or where they stand still; GoneError."""
        if self.length is not None and self.length > most:
            raise ProblemError("too-large", f"got a body of {self.length} bytes, expected at most {most}")
        deadline, count = time.monotonic() + self._seconds, 0
        while not self.done:
            message = await self._next(deadline)
            data: bytes = message.get("body", b"")
            self.done = not message.get("more_body", False)
            count += len(data)
            if count > most:
                raise ProblemError("too-large", f"got a body of more than {most} bytes")
            if data:
                yield data

    async def _next(self, deadline: float) -> MutableMapping[str, Any]:
        left = deadline - time.monotonic()
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, min(self._idle, left)))
        except TimeoutError:
            raise ProblemError("too-slow", "the upload stood still, or took too long") from None
        if message["type"] == "http.disconnect":
            self.done = True
            raise GoneError
        return message

    async def linger(self) -> None:
        """Read a little of what is left, after the answer was sent: a connection that is cut eats its answer."""
        deadline, count = time.monotonic() + LINGER_SECONDS, 0
        while not self.done and count < LINGER_BYTES:
            try:
                message = await self._next(deadline)
            except (ProblemError, GoneError):
                return
            count += len(message.get("body", b""))
            self.done = not message.get("more_body", False)


@dataclass(slots=True, kw_only=True)
class Part:
    """One part of an upload."""

    name: str
    file_name: str
    piece: Piece


@dataclass(slots=True, kw_only=True)
class Upload:
    """All parts of one."""

    parts: list[Part] = field(default_factory=list)

    def one(self, name: str) -> Part | None:
        """The part of that name; None where there is none."""
        return next((part for part in self.parts if part.name == name), None)

    def all(self, name: str) -> list[Part]:
        """Every part of that name, in order."""
        return [part for part in self.parts if part.name == name]


def file_name(text: str) -> str:
    """What a sender calls a file, without any folder; `-` where that is nothing."""
    last = text.replace("\\", "/").rpartition("/")[2].replace("\x00", "")
    return "-" if last in ("", ".", "..") else last[:MAX_FILE_NAME]


async def receive_raw(body: Body, spool: Spool, kept: list[Piece], *, name: str, most: int) -> Upload:
    """A body that is the file itself. Raises ProblemError or GoneError."""
    piece = spool.new()
    kept.append(piece)
    async for data in body.pieces(most):
        piece.write(data)
    piece.close()
    return Upload(parts=[Part(name="file", file_name=file_name(name), piece=piece)])


async def receive_multipart(
    body: Body, spool: Spool, kept: list[Piece], *, content_type: str, most: int, names: tuple[str, ...] = PARTS
) -> Upload:
    """A body in parts of these names. Raises ProblemError or GoneError."""
    from python_multipart.exceptions import FormParserError

    form = _Form(spool, kept, names)
    try:
        parser = form.parser(content_type)
        async for data in body.pieces(most):
            parser.write(data)
            if form.problem is not None:
                raise form.problem
        parser.finalize()
    except (FormParserError, ValueError) as error:
        raise ProblemError("malformed", "the parts of the body cannot be told apart") from error
    if form.problem is not None:
        raise form.problem
    if not form.ended:
        raise ProblemError("malformed", "the body ends before its last part does")
    return Upload(parts=form.parts)


class _Form:
    """What a parser tells, as parts on the disk. The first problem is kept: nothing is raised through the parser."""

    def __init__(self, spool: Spool, kept: list[Piece], names: tuple[str, ...]) -> None:
        self._spool, self._kept, self._names = spool, kept, names
        self.parts: list[Part] = []
        self.problem: ProblemError | None = None
        self.ended = False
        self._header, self._value = b"", b""
        self._disposition = ""
        self._piece: Piece | None = None

    def parser(self, content_type: str) -> Any:
        from python_multipart.multipart import MultipartParser, parse_options_header

        _, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if not boundary:
            raise ProblemError("malformed", "multipart/form-data came without a boundary")
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._field,
                "on_header_value": self._valued,
                "on_header_end": self._header_ended,
                "on_headers_finished": self._opened,
                "on_part_data": self._data,
                "on_part_end": self._part_ended,
                "on_end": self._end,
            },
            max_header_size=MAX_PART_HEADER,
        )

    def _begin(self) -> None:
        self._header, self._value, self._disposition, self._piece = b"", b"", "", None

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _valued(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ended(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value.decode("latin-1")
        self._header, self._value = b"", b""

    def _opened(self) -> None:
        try:
            self._open()
        except ProblemError as problem:
            self.problem = self.problem or problem

    def _open(self) -> None:
        from python_multipart.multipart import parse_options_header

        _, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if name not in self._names:
            raise ProblemError("malformed", f"got a part of another name, expected some of {list(self._names)}")
        if len(self.parts) >= MAX_PARTS:
            raise ProblemError("malformed", f"got more than {MAX_PARTS} parts")
        if name not in SEVERAL and any(part.name == name for part in self.parts):
            raise ProblemError("malformed", f"got the part {name!r} twice")
        self._piece = self._spool.new()
        self._kept.append(self._piece)
        called = options.get(b"filename", b"").decode("utf-8", "replace")
        self.parts.append(Part(name=name, file_name=file_name(called), piece=self._piece))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._piece is None or self.problem is not None:
            return
        try:
            self._piece.write(data[start:end])
        except ProblemError as problem:
            self.problem = problem

    def _part_ended(self) -> None:
        if self._piece is not None:
            self._piece.close()

    def _end(self) -> None:
        self.ended = True
